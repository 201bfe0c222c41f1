"""Ids filled up to one length, and sentences with one token less."""

import numpy as np
import pytest

from rnn_tf.errors import InputError
from rnn_tf.text.padding import padded, without_each


def test_short_ones_are_filled_long_ones_cut():
    found = padded([[5, 6], np.array([7, 8, 9, 4]), []], 3)
    assert found.dtype == np.int32
    assert found.tolist() == [[5, 6, 0], [7, 8, 9], [0, 0, 0]]


def test_every_token_is_taken_away_once():
    ids = np.array([[5, 6, 0], [7, 0, 0]])
    copies, sentence, place = without_each(ids)
    assert copies.tolist() == [[1, 6, 0], [5, 1, 0], [1, 0, 0]]
    assert sentence.tolist() == [0, 0, 1] and place.tolist() == [0, 1, 0]
    assert ids.tolist() == [[5, 6, 0], [7, 0, 0]]


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: padded([[5]], 0), "num_steps: got 0"),
        (lambda: padded([[0.5]], 2), "sequences: got float64"),
        (lambda: padded([[[5]]], 2), "sequences: got int64 (1, 1)"),
        (lambda: without_each(np.array([5, 6])), "(sentences, steps)"),
        (lambda: without_each(np.zeros((2, 2))), "ids: got float64"),
    ],
)
def test_other_arrays_are_refused_in_one_line(attempt, words):
    with pytest.raises(InputError) as caught:
        attempt()
    assert words in str(caught.value)
