"""The experiment on the zoo: its tasks, how they are scored, and what equal time means."""

import numpy as np
import pytest

from rnn_tf.claims import results
from rnn_tf.claims.experiments import which_network as w
from rnn_tf.datasets import digits


@pytest.mark.parametrize("name", w.TASKS)
def test_a_right_answer_has_the_best_score_and_guessing_is_far_from_it(name):
    task = w.TASKS[name]
    inputs, targets = task.held("test", 400, 3)
    assert inputs.ndim == 3 and len(inputs) == len(targets) == 400
    error = task.loss == "mse"
    answers = targets if error else 9.0 * (targets - 0.5)
    if task.loss == "classes":
        answers = 9.0 * np.eye(task.outputs)[targets]
    assert answers.shape[-1] == task.outputs and answers.ndim == 2 + task.per_step
    assert task.score(targets, answers) == (0 if error else 1)
    guess = w._guessing(name, (inputs, targets))
    bounds = {"adding": (0.14, 0.2), "next_value": (0.02, 0.03), "digits": (0.1, 0.15)}
    bounds |= dict.fromkeys(("copy", "selective_copy"), (0.2, 0.3))
    low, high = bounds.get(name, (0.5, 0.56))
    assert low <= guess <= high


@pytest.mark.parametrize("name", w.TASKS)
def test_training_validation_and_test_data_differ(name):
    task = w.TASKS[name]
    drawn = [task.make(50, seed=3)[0], *(task.held(p, 50, 3)[0] for p in ("validation", "test"))]
    assert not any(np.array_equal(a, b) for a, b in zip(drawn, drawn[1:], strict=False))


def test_pictures_of_the_test_part_are_the_file_s_own():
    inputs, targets = w.TASKS["digits"].held("test", 20, 0)
    there = digits.load().test
    for picture, label in zip(inputs, targets, strict=True):
        same = (there.inputs == picture).all(axis=(1, 2))
        assert same.any() and label in there.targets[same]


def test_the_next_value_is_the_input_of_the_step_after():
    inputs, targets = w.next_values(8, seed=0)
    assert np.array_equal(inputs[:, 1:], targets[:, :-1])
    assert np.std(inputs[:, 0]) > 0.1  # phases differ


def test_who_sees_the_future_is_left_out_where_that_tells():
    for name in ("parity", "copy", "selective_copy"):
        assert "bidirectional" not in w.TASKS[name].kinds


def test_batches_are_fresh_and_whole():
    task = w.TASKS["copy"]
    rng = np.random.default_rng(0)
    inputs, targets = w._batches(task, rng, 3)
    assert (inputs.shape, targets.shape) == ((3, w.BATCH, 25, 5), (3, w.BATCH, 25))
    assert not np.array_equal(w._batches(task, rng, 3)[0], inputs)


def test_equal_time_is_that_of_the_quickest_of_those_that_did_all_updates():
    curves = {
        "solved": [(10, 1.0, 0.6), (20, 2.0, 1.0)],
        "quick": [(10, 2.0, 0.5), (20, 4.0, 0.6), (30, 6.0, 0.7)],
        "slow": [(10, 3.0, 0.5), (20, 6.0, 0.8), (30, 9.0, 0.9)],
        "slowest": [(10, 7.0, 0.4), (20, 14.0, 0.5), (30, 21.0, 0.9)],
    }
    assert w._at_equal_time(curves) == {
        "solved": (20, 1.0),
        "quick": (30, 0.7),
        "slow": (30, 0.8),
        "slowest": (30, 0.4),  # not even one look in that time: its first counts
    }


def test_training_ends_where_nothing_is_left_to_learn_and_keeps_the_best_weights():
    task = w.Task(w._first_bit(3), "binary", w.right, solved=0.1)
    model, curve = w.trained(task, "simple", 0, 400)
    updates, seconds, scores = zip(*curve, strict=True)
    assert updates[-1] < 400 and scores[-1] == 1
    assert all(np.diff(seconds) >= 0)
    inputs, targets = task.held("validation", 256, 0)
    assert w.right(targets, model(inputs)) == scores[-1]


def stored(name="which_network"):
    found = results.load(name, "full")
    if found is None:
        pytest.skip("not measured in full mode")
    return found.evidence


def test_the_parity_table_of_the_full_mode():
    """24 and 96 bits: with gates and a matrix 1.00, minGRU at chance, its gate by tanh solves."""
    found = stored()
    for place in ("trained", "longer"):
        for kind in ("lstm", "gru"):
            assert found[f"parity/{kind}/{place}"].min() > 0.99, (kind, place)
        assert found[f"parity/min_gru/{place}"].max() < 0.6
    assert found["parity/signed/trained"].min() > 0.99
    assert found["parity/signed/longer"].min() > 0.9
    assert found["parity/min_gru2/longer"].max() < 0.6  # two layers: some at 24, none at 96


def test_parameters_are_about_equal_and_who_sees_the_future_knows_it():
    found = stored()
    counts = [found[f"parameters/{kind}"][0] for kind in w.KINDS]
    assert min(counts) >= 0.83 * 3400 and max(counts) <= 3400
    assert found["cheating/next_value/bidirectional"].max() < w.NOISE**2
    for kind in w.CAUSAL:
        assert found[f"next_value/{kind}"].min() > w.NOISE**2
