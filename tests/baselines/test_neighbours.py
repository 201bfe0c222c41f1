"""Nearest neighbours: who is near, who wins a vote, what is stretched how."""

import numpy as np
import pytest

from rnn_tf.baselines import neighbours
from rnn_tf.errors import InputError

ROWS = [[0.0], [1.0], [2.0], [10.0]]
CLASSES = [0, 2, 2, 1]


@pytest.mark.parametrize(("k", "wanted"), [(1, [0, 2, 1]), (3, [2, 2, 2]), (4, [2, 2, 2])])
def test_the_nearest_vote(k, wanted):
    assert neighbours.fit(ROWS, CLASSES, k=k)([[0.2], [1.6], [9.0]]).tolist() == wanted


def test_of_equal_votes_the_lowest_class_wins():
    assert neighbours.fit([[0.0], [1.0]], [1, 0], k=2)([[0.0]]).tolist() == [0]


def test_curves_are_stretched_and_shrunk_along_straight_lines():
    rows = neighbours.resampled([np.array([0.0, 4.0]), np.arange(9.0) ** 2, np.array([7.0])], 5)
    assert rows.tolist() == [[0, 1, 2, 3, 4], [0, 4, 16, 36, 64], [7] * 5]
    assert neighbours.resampled([], 5).shape == (0, 5)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: neighbours.fit(ROWS, CLASSES, k=5), "k: got 5"),
        (lambda: neighbours.fit(ROWS, CLASSES, k=0), "k: got 0"),
        (lambda: neighbours.fit(ROWS, [0, 1]), "classes"),
        (lambda: neighbours.fit([1.0, 2.0], [0, 1]), "classes"),
        (lambda: neighbours.fit(ROWS, CLASSES, k=1)([[1.0, 2.0]]), "rows"),
        (lambda: neighbours.resampled([[1.0]], 1), "points"),
        (lambda: neighbours.resampled([[1.0], []], 3), "curves"),
    ],
)
def test_bad_arguments_get_one_line(call, named):
    with pytest.raises(InputError) as caught:
        call()
    assert named in str(caught.value) and "\n" not in str(caught.value)
