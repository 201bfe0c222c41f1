"""The zoo: as many parameters as stated, and who sees which steps."""

import numpy as np
import pytest

from rnn_tf import zoo
from rnn_tf.errors import InputError


def reach(model, steps):
    """The inputs that change the answer at the last step, and those that change one before."""
    values = np.random.default_rng(0).normal(size=(1, steps, 1)).astype(np.float32)
    rows = np.repeat(values, steps + 1, axis=0)
    rows[np.arange(1, steps + 1), np.arange(steps)] += 1.0
    answers = model(rows).numpy()[:, :, 0]
    changed = np.abs(answers[1:] - answers[0]) > 1e-6  # rounding is below
    return np.flatnonzero(changed[:, -1]), changed


@pytest.mark.parametrize("kind", zoo.KINDS)
def test_parameters_are_as_counted_and_the_past_is_what_is_seen(kind):
    for features, outputs in ((1, 1), (5, 4)):
        model = zoo.network(kind, features, outputs, per_step=features == 1)
        units = zoo.units_for(kind, features, outputs)
        assert model.count_params() == zoo.count(kind, units, features, outputs)
        assert 0.83 * zoo.PARAMETERS <= model.count_params() <= zoo.PARAMETERS
        assert model.output_shape[-1] == outputs and len(model.output_shape) == 3 - (features > 1)
    model = zoo.network(kind, 1, 1, per_step=True, units=8)
    seen, changed = reach(model, 24)
    later = np.tril(np.ones((24, 24), bool), -1)  # an input after the answer
    assert changed[later].any() == (kind == "bidirectional")
    assert changed.diagonal().all()
    if kind == "dense":
        assert seen.min() == 24 - zoo.WINDOW
    elif kind in ("convolution", "attention"):
        assert seen.min() == 0


def test_the_convolution_sees_sixty_four_steps():
    model = zoo.network("convolution", 1, 1, per_step=True, units=8)
    assert reach(model, 70)[0].min() == 70 - (1 + sum(zoo.DILATIONS)) == 6


@pytest.mark.parametrize("kind", ["min_gru", "attention", "bidirectional"])
def test_the_answer_of_a_sequence_is_that_of_its_last_step(kind):
    last = zoo.network(kind, 2, 3, units=6)
    every = zoo.network(kind, 2, 3, per_step=True, units=6)
    every.set_weights(last.get_weights())
    values = np.random.default_rng(0).normal(size=(4, 9, 2)).astype(np.float32)
    answers = every(values).numpy()
    if kind != "bidirectional":  # the half that runs backwards ends at the first step
        np.testing.assert_allclose(last(values), answers[:, -1], atol=1e-6)
    assert answers.shape == (4, 9, 3)


def test_a_saved_network_answers_the_same(tmp_path):
    from rnn_tf.backend import keras

    model = zoo.network("attention", 2, 1)
    values = np.random.default_rng(0).normal(size=(2, 5, 2)).astype(np.float32)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(values), model(values))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: zoo.network("mamba", 1, 1), "kind: got 'mamba', expected 'simple' or "),
        (lambda: zoo.network("gru", 0, 1), "features: got 0, expected a whole number from 1 up"),
        (lambda: zoo.network("gru", 1, 0), "outputs: got 0, expected a whole number from 1 up"),
        (lambda: zoo.network("gru", 1, 1, parameters=5), "parameters: got 5, expected 14 or more"),
    ],
)
def test_bad_input_is_answered_in_one_line(call, said):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value).startswith(said)
