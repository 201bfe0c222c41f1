"""Copy and selective copy: what is asked for is what was said, and when."""

import numpy as np
import pytest

from rnn_tf.datasets import copying
from rnn_tf.errors import InputError

BOTH = pytest.mark.parametrize("task", [copying.copy, copying.selective_copy])


@BOTH
def test_the_answers_are_the_symbols_in_their_order(task):
    inputs, targets = task(200, 5, alphabet=4, wait=7, seed=3)
    assert (inputs.shape, targets.shape) == ((200, 17, 5), (200, 17))
    for row, wanted in zip(inputs, targets, strict=True):
        said = [step.argmax() + 1 for step in row[:12] if step[:4].any()]
        assert said == list(wanted[12:]) and len(said) == 5
    assert np.all(targets[:, :12] == 0) and np.all(targets[:, 12:] > 0)
    assert np.array_equal(inputs[:, :, 4] == 1, targets > 0)
    assert inputs.sum(axis=2).max() == 1  # a symbol, a question or a blank


def test_in_the_copy_task_every_symbol_lies_as_far_back():
    inputs, targets = copying.copy(50, 3, alphabet=6, wait=4, seed=0)
    assert np.array_equal(inputs[:, :3, :6].argmax(axis=2) + 1, targets[:, 7:])
    assert not inputs[:, 3:7].any()


def test_in_the_selective_one_the_distance_varies():
    inputs, _ = copying.selective_copy(4000, 2, alphabet=3, wait=6, seed=0)
    said = inputs[:, :8, :3].any(axis=2)
    assert np.all(said.sum(axis=1) == 2)
    share = said.mean(axis=0)  # every place is as likely
    assert share == pytest.approx(np.full(8, 2 / 8), abs=0.03)


@BOTH
def test_symbols_are_even_and_seeds_count(task):
    _, targets = task(4000, 5, alphabet=4, wait=2, seed=1)
    shares = np.bincount(targets[targets > 0])[1:] / (4000 * 5)
    assert shares == pytest.approx(np.full(4, 0.25), abs=0.02)
    same, other = task(20, seed=5), task(20, seed=6)
    assert np.array_equal(same[0], task(20, seed=5)[0]) and not np.array_equal(same[0], other[0])
    assert task(20, wait=0, seed=5)[0].shape == (20, 10, 5)


def test_the_share_counts_only_where_an_answer_is_wanted():
    targets = np.array([[0, 0, 1, 2], [0, 0, 3, 4]])
    assert copying.share_right(targets, targets) == 1
    assert copying.share_right(targets, np.array([[9, 9, 1, 1], [9, 9, 4, 4]])) == 0.5
    assert copying.share_right(targets, np.zeros((2, 4))) == 0


@BOTH
def test_bad_input_is_answered_in_one_line(task):
    with pytest.raises(InputError, match="alphabet: got 0, expected a whole number from 1 up"):
        task(5, alphabet=0, seed=0)
