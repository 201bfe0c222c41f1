"""The nearest known sentence, and word by word: on pairs small enough to reckon by hand."""

import numpy as np
import pytest

from rnn_tf.baselines.dictionary import Nearest, WordByWord
from rnn_tf.errors import InputError

# 1 the, 2 house, 3 book, 4 a -> 1 das, 2 Haus, 3 Buch, 4 ein: the classic example.
SOURCES = np.array([[1, 2], [1, 3], [4, 3]])
TARGETS = np.array([[1, 2], [1, 3], [4, 3]])


def test_one_round_by_hand():
    """From equal chances, a target token is shared among all source tokens and the empty word."""
    model = WordByWord(SOURCES, TARGETS, 5, 5, rounds=1)
    # Every said token gives 1/3 to the empty word and each of the two source tokens.
    assert model.probability[1] == pytest.approx([0, 2 / 4, 1 / 4, 1 / 4, 0])
    assert model.probability[2] == pytest.approx([0, 1 / 2, 1 / 2, 0, 0])
    assert model.probability[0] == pytest.approx([0, 2 / 6, 1 / 6, 2 / 6, 1 / 6])


def test_words_find_their_partners():
    model = WordByWord(SOURCES, TARGETS, 5, 5, rounds=50)
    assert model([[2, 1, 4, 3], [3, 0, 0, 0]]) == [[2, 1, 4, 3], [3]]
    assert np.allclose(model.probability[[0, 1, 2, 3, 4]].sum(axis=1), 1)


def test_more_rounds_explain_the_pairs_better():
    def likelihood(rounds):
        table = WordByWord(SOURCES, TARGETS, 5, 5, rounds=rounds).probability
        return sum(
            np.log(table[[0, *source]].sum(axis=0)[target]).sum()
            for source, target in zip(SOURCES, TARGETS, strict=True)
        )

    found = [likelihood(rounds) for rounds in (1, 2, 5, 20)]
    assert found == sorted(found) and found[-1] > found[0]


def test_what_training_never_saw_says_nothing():
    model = WordByWord(SOURCES, TARGETS, 6, 5, rounds=3)
    assert model(np.array([[5, 2, 0]])) == [[2]]


def test_the_nearest_shares_the_rarest_tokens():
    said = Nearest(np.array([[1, 2, 0], [1, 3, 0], [1, 1, 4]]), ["two", "three", "four"], 5)
    assert said(np.array([[1, 4, 0], [2, 2, 2], [1, 3, 0]])) == ["four", "two", "three"]


def test_a_token_that_stands_everywhere_counts_for_nothing():
    said = Nearest(np.array([[1, 1, 1], [1, 2, 0]]), ["many", "rare"], 3)
    assert said(np.array([[1, 1, 2]])) == ["rare"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Nearest(SOURCES, ["one"], 5),
        lambda: Nearest(SOURCES, list("abc"), 3),
        lambda: WordByWord(SOURCES, TARGETS[:2], 5, 5),
        lambda: WordByWord(SOURCES.astype(float), TARGETS, 5, 5),
        lambda: WordByWord(SOURCES, TARGETS, 5, 5, rounds=0),
    ],
)
def test_what_does_not_fit_is_refused(make):
    with pytest.raises(InputError):
        make()
