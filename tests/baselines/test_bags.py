"""Counting words: weights as of the formula, and nothing known of order."""

import numpy as np
import pytest

from rnn_tf.baselines import bags
from rnn_tf.datasets import contrast
from rnn_tf.errors import InputError

TEXTS = [["good", "film"], ["good", "good"], ["bad", "film"], ["not", "good"]]
LABELS = np.array([1, 1, 0, 0])


def test_weights_are_those_of_the_formula():
    """good stands in 2 positive texts and 1 negative; sums 3 and 4; four words; one added."""
    bag = bags.NaiveBayes(smoothing=1.0).fit(TEXTS, LABELS)
    of_good = np.log((2 + 1) / (3 + 4)) - np.log((1 + 1) / (4 + 4))
    assert bag.weight("good") == pytest.approx(of_good)
    assert bag.weight("bad") == pytest.approx(np.log(1 / 7) - np.log(2 / 8))
    assert bag.weight("unheard") == 0 and bag.bias == 0
    assert bag.scores([["good", "good", "unheard"], []]) == pytest.approx([bag.weight("good"), 0])
    weakest, strongest = bag.strongest(1)
    assert weakest[0][0] in ("bad", "not") and strongest[0] == ("good", bag.weight("good"))


def test_the_bias_is_the_log_odds_of_the_labels():
    bag = bags.NaiveBayes().fit(TEXTS, np.array([1, 1, 1, 0]))
    assert bag.bias == pytest.approx(np.log(3))


def test_pairs_are_neighbours():
    bag = bags.NaiveBayes(order=2).fit(TEXTS, LABELS)
    assert bag.weight("not", "good") < 0 < bag.weight("good", "film")
    assert bag.weight("good", "not") == 0
    few = bags.NaiveBayes(order=2, min_count=2).fit(TEXTS, LABELS)
    assert few.weight("not", "good") == 0 and few.weight("good") > 0


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_bag_sees_the_contrast_up_to_its_order_and_no_further(order):
    for gap in (0, 1, 3):
        data = contrast.load(gap)
        bag = bags.NaiveBayes(order).fit([t.split() for t in data.train.inputs], data.train.targets)
        scores = bag.scores([t.split() for t in data.test.inputs])
        if order < gap + 2:
            assert np.allclose(scores[::2], scores[1::2], atol=1e-9)
        else:
            assert np.mean((scores > 0) == data.test.targets) > 0.95


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: bags.NaiveBayes(0), "order: got 0"),
        (lambda: bags.NaiveBayes(1.5), "order: got 1.5"),
        (lambda: bags.NaiveBayes(min_count=0), "min_count: got 0"),
        (lambda: bags.NaiveBayes(smoothing=0), "smoothing: got 0"),
        (lambda: bags.NaiveBayes().fit(TEXTS, LABELS[:2]), "0 and 1, one a text"),
        (lambda: bags.NaiveBayes().fit(TEXTS, np.ones(4)), "0 and 1, one a text"),
        (lambda: bags.NaiveBayes().fit(["good film"] * 4, LABELS), "text.tokenize makes them"),
        (lambda: bags.NaiveBayes(min_count=9).fit(TEXTS, LABELS), "no gram 9 times"),
        (lambda: bags.NaiveBayes().scores(TEXTS), "not fitted"),
    ],
)
def test_what_cannot_be_counted_is_one_line(attempt, words):
    with pytest.raises(InputError) as caught:
        attempt()
    assert words in str(caught.value) and "\n" not in str(caught.value)
