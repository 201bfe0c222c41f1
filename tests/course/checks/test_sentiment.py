"""Answers to the lab of lesson 12, right and wrong."""

from collections import Counter
from math import log, log2

import numpy as np

from rnn_tf import baselines
from rnn_tf.baselines import bags
from rnn_tf.course.checks import sentiment as check
from rnn_tf.datasets import labelled
from rnn_tf.text.padding import padded
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def weight(in_good, in_bad, all_good, all_bad, kinds):
    return log((in_good + 1) / (all_good + kinds)) - log((in_bad + 1) / (all_bad + kinds))


def weight_by_product(in_good, in_bad, all_good, all_bad, kinds):
    return np.log((in_good + 1) * (all_bad + kinds) / ((all_good + kinds) * (in_bad + 1)))


def pad(sequences, steps):
    ids = padded(sequences, steps)
    return ids, ids > 0


def pad_by_lists(sequences, steps):
    ids = [(list(s) + [0] * steps)[:steps] for s in sequences]
    return [ids, [[1 if n else 0 for n in row] for row in ids]]


def pad_in_front(sequences, steps):
    ids = np.array([([0] * steps + list(s)[:steps])[-steps:] for s in sequences])
    return ids, ids > 0


def pool(states, scores, mask):
    powers = np.exp(scores - scores.max()) * mask
    return powers / powers.sum() @ states


def pool_by_infinity(states, scores, mask):
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max())
    return (powers[:, None] * states).sum(axis=0) / powers.sum()


def overflowing(states, scores, mask):
    powers = np.exp(scores) * mask
    return powers / powers.sum() @ states


def zeroed(states, scores, mask):
    powers = np.exp(scores * mask)
    return powers / powers.sum() @ states


def pieces(sentence, width):
    return [tuple(sentence[i : i + width]) for i in range(len(sentence) - width + 1)]


def narrowest(compare):
    def width(first, second):
        for n in range(1, len(first) + 1):
            if compare(pieces(first, n), pieces(second, n)):
                return n
        return len(first)

    return width


def most(score_of, words):
    changes = [score_of(words) - score_of(words[:i] + words[i + 1 :]) for i in range(len(words))]
    return int(np.argmax(np.abs(changes)))


def most_by_unknown(score_of, words):
    def change(i):
        return abs(score_of([*words[:i], "<unk>", *words[i + 1 :]]) - score_of(words))

    return max(range(len(words)), key=change)


def signed(score_of, words):
    changes = [score_of(words) - score_of(words[:i] + words[i + 1 :]) for i in range(len(words))]
    return int(np.argmax(changes))


def judged(path, part="test", order=1, turned=False):
    data = labelled.load(path)
    bag = bags.NaiveBayes(order).fit([t.split() for t in data.train.inputs], data.train.targets)
    asked = getattr(data, part)
    said = bag.scores([t.split() for t in asked.inputs]) > 0
    often = baselines.majority(data.train.targets)
    shares = np.mean((said != turned) == asked.targets), np.mean(asked.targets == often)
    return shares


def by_list(path):
    return list(judged(path, order=2))


def never_failing(path):
    try:
        return judged(path)
    except ValueError:
        return 0.5, 0.5


CASES = {
    check.word_weight: Answers(
        right=[weight, weight_by_product],
        wrong=[
            (lambda *n: -weight(*n), "sign"),
            (lambda *n: np.exp(weight(*n)), "ratio"),
            (lambda *n: weight(*n) / log(2), "natural"),
            (lambda a, b, c, d, k: log(a / c / (b / d)), "nothing is added"),
            (lambda a, b, c, d, k: weight(a, b, c, d, 0), "totals grow"),
            (lambda a, b, c, d, k: log((a + 1) / (b + 1)), "counts are compared"),
            (lambda a, b, c, d, k: log2(3), "off by"),
            (lambda *n: ..., "still to be written"),
        ],
    ),
    check.padding: Answers(
        right=[pad, pad_by_lists],
        wrong=[
            (pad_in_front, "in front"),
            (lambda s, n: pad([one[-n:] for one in s], n), "lost its beginning"),
            (lambda s, n: (pad(s, n)[0], pad(s, n)[0] == 0), "wrong way round"),
            (lambda s, n: (pad(s, n)[0], pad(s, n)[0] > 4), "real steps"),
            (lambda s, n: pad(s, 5), "(3, 5)"),
            (lambda s, n: pad(s, n)[0], "two arrays"),
            (lambda s, n: (..., ...), "still to be written"),
        ],
    ),
    check.attention: Answers(
        right=[pool, pool_by_infinity],
        wrong=[
            (lambda h, e, m: pool(h, e, m | True), "mask does nothing"),
            (lambda h, e, m: np.exp(e) * m / np.exp(e).sum() @ h, "less than 1"),
            (lambda h, e, m: np.exp(e) * m @ h, "add up to 1"),
            (lambda h, e, m: pool(h, e * 0, m), "plain mean"),
            (zeroed, "exp(0)"),
            (overflowing, "overflow"),
            (lambda h, e, m: e @ h, "off by"),
            (lambda h, e, m: None, "still to be written"),
        ],
    ),
    check.reach: Answers(
        right=[
            narrowest(lambda a, b: Counter(a) != Counter(b)),
            narrowest(lambda a, b: sorted(a) != sorted(b)),
        ],
        wrong=[
            (narrowest(lambda a, b: a != b), "must not matter"),
            (narrowest(lambda a, b: set(a) != set(b)), "sets are not enough"),
            (lambda a, b: 1 + narrowest(lambda x, y: sorted(x) != sorted(y))(a, b), "it is not"),
            (lambda a, b: ..., "still to be written"),
        ],
    ),
    check.decisive: Answers(
        right=[most, most_by_unknown],
        wrong=[
            (signed, "compare sizes"),
            (lambda s, words: words[most(s, words)], "the place is wanted"),
            (lambda s, words: max(range(len(words)), key=lambda i: abs(s([words[i]]))), "'not gre"),
            (lambda s, words: 0, "you name word 0"),
            (lambda s, words: ..., "still to be written"),
        ],
    ),
    check.own_texts: Answers(
        right=[judged, by_list],
        wrong=[
            (lambda path: judged(path, part="train"), "learnt from"),
            (lambda path: judged(path)[::-1], "majority is ahead"),
            (lambda path: judged(path, turned=True), "majority is ahead"),
            (lambda path: (judged(path)[0], 0.1), "About 60 %"),
            (never_failing, "loader's own line"),
            (lambda path: judged(path)[0], "(2,)"),
            (lambda path: ..., "still to be written"),
        ],
    ),
}

test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
