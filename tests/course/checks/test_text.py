"""Answers to the lab of lesson 6, right and wrong."""

import functools

import numpy as np

from rnn_tf.course.checks import language
from rnn_tf.course.checks import text as check
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def softmax(logits):
    weights = np.exp(logits - np.max(logits))
    return weights / weights.sum()


def keep(probabilities, share):
    order = np.argsort(-probabilities, kind="stable")
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.where(before < share - 1e-12, probabilities[order], 0)
    found = np.zeros_like(probabilities)
    found[order] = kept
    return found / found.sum()


def keep_by_loop(probabilities, share):
    left, kept = dict(enumerate(probabilities)), {}
    while sum(kept.values()) < share - 1e-9:
        best = max(left, key=left.get)
        kept[best] = left.pop(best)
    return [kept.get(i, 0) / sum(kept.values()) for i in range(len(probabilities))]


def keep_below(probabilities, share):
    """Leaves out the one that crosses the line."""
    order = np.argsort(-probabilities)
    kept = np.zeros_like(probabilities)
    inside = order[np.cumsum(probabilities[order]) <= share]
    kept[inside] = probabilities[inside]
    return kept / max(kept.sum(), 1e-9)


def keep_each(probabilities, share):
    kept = np.where(probabilities >= share, probabilities, 0)
    return kept if kept.sum() == 0 else kept / kept.sum()


def keep_three(probabilities, share):
    kept = np.zeros_like(probabilities)
    best = np.argsort(-probabilities)[:2]
    kept[best] = probabilities[best]
    return kept / kept.sum()


class InEachLanguage:
    """An answer that depends on the language that is asked for, as an array or a list."""

    def __init__(self, make):
        self.make = functools.cache(make)

    def __array__(self, dtype=None, copy=None):
        return self.make(language())

    def __iter__(self):
        return iter(self.make(language()))


def matrix(change):
    def made(lang):
        data, vocabulary, _ = check._poems(lang)
        size = len(vocabulary)
        counts = np.zeros((size, size))
        for poem in data.train:
            ids = vocabulary.encode(list(poem.text))
            np.add.at(counts, (ids[:-1], ids[1:]), 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return change(counts, (counts.sum(axis=0) + 1) / (counts.sum() + size))

    return InEachLanguage(made)


def rows(values):
    return values / values.sum(axis=1, keepdims=True)


def only_counts(counts, unigram):
    """Zeros where nothing was counted; rows without a count are the unigram."""
    return rows(np.where(counts.sum(axis=1, keepdims=True) > 0, counts, unigram))


def interpolated(counts, unigram):
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mixed = 0.8 * counts / totals
    return mixed + (1 - mixed.sum(axis=1, keepdims=True)) * unigram


def poems_of(part, count=10):
    return InEachLanguage(
        lambda lang: [p.text for p in getattr(check._poems(lang)[0], part)[:count]]
    )


def scrambled(lang):
    """Human poems with every character somewhere else."""
    random = np.random.default_rng(0)
    texts = [p.text for p in check._poems(lang)[0].test[:10]]
    return ["".join(random.permutation(list(one))) for one in texts]


def written(**settings):
    @functools.cache
    def made(lang):
        from rnn_tf import generation, weights

        poet = weights.load(f"poems_{lang}")
        pen = generation.WholeLoop(poet.model)
        ids = [
            generation.generate(pen, [2], seed=seed, max_tokens=600, **settings)
            for seed in range(100, 110)
        ]
        return ["".join(poet.vocabulary.decode(one)) for one in ids]

    return InEachLanguage(made)


CASES = {
    check.pairs: Answers(
        right=[lambda ids: (ids[:-1], ids[1:]), lambda ids: [list(ids)[:-1], ids[1:].tolist()]],
        wrong=[
            (lambda ids: (np.append(0, ids[:-1]), ids), "B-004-06"),
            (lambda ids: (ids, ids), "the same"),
            (lambda ids: (ids[1:], ids[:-1]), "wrong way round"),
            (lambda ids: (ids[:-2], ids[2:]), "two steps ahead"),
            (lambda ids: (ids[:-1, None], ids[1:, None]), "shape"),
            (lambda ids: (ids[:-1], np.roll(ids, 1)[:-1]), "the next id"),
            (lambda ids: ids[:-1], "two arrays"),
            (lambda ids: (..., ...), "still to be written"),
        ],
    ),
    check.perplexity: Answers(
        right=[
            lambda p: np.exp(-np.log(p).mean()),
            lambda p: np.prod(p) ** (-1 / len(p)),
            lambda p: 2 ** -np.log2(p).mean(),
        ],
        wrong=[
            (lambda p: 1 / p.mean(), "not the probabilities"),
            (lambda p: -np.log(p).mean(), "exponential is wanted"),
            (lambda p: np.exp(np.log(p).mean()), "the sign"),
            (lambda p: 1 / np.prod(p), "whole text"),
            (lambda p: 2 ** -np.log(p).mean(), "log2"),
            (lambda p: np.mean(1 / p), "something else"),
            (lambda p: np.exp(-np.log(p).mean()) * len(p) / 4, "make"),
            (lambda p: 65.0, "for four tokens"),
            (lambda p: ..., "still to be written"),
        ],
    ),
    check.temperature: Answers(
        right=[
            lambda logits, T: softmax(logits / T),
            lambda logits, T: np.exp(logits / T - np.logaddexp.reduce(logits / T)),
        ],
        wrong=[
            (lambda logits, T: softmax(logits * T), "flatter"),
            (lambda logits, T: softmax(logits), "changes nothing"),
            (lambda logits, T: softmax(logits) / T, "before the softmax"),
            (lambda logits, T: np.exp((logits - logits.max()) / T), "add up to"),
            (lambda logits, T: np.exp(logits / T) / np.sum(np.exp(logits / T)), "overflows"),
            (lambda logits, T: softmax(logits / T)[None], "shape"),
            (lambda logits, T: ..., "still to be written"),
        ],
    ),
    check.nucleus: Answers(
        right=[keep, keep_by_loop],
        wrong=[
            (keep_below, "crosses the line"),
            (lambda p, share: keep(p, share) * 0.7, "scale them"),
            (lambda p, share: p, "nothing is cut off"),
            (keep_each, "nothing is left"),
            (keep_three, "one is enough"),
            (lambda p, share: keep(p, share)[::-1], "off by"),
            (lambda p, share: ..., "still to be written"),
        ],
    ),
    check.bigram: Answers(
        right=[
            matrix(lambda counts, unigram: rows(counts + 100 * unigram)),
            matrix(interpolated),
        ],
        wrong=[
            (matrix(only_counts), "probability 0"),
            (matrix(lambda counts, unigram: rows(counts)), "no numbers"),
            (matrix(lambda counts, unigram: rows(counts + 100 * unigram).T), "columns"),
            (matrix(lambda counts, unigram: counts + 1), "adds up to"),
            (matrix(lambda counts, unigram: rows(counts + 1e4)), "drowns"),
            (matrix(lambda counts, unigram: rows(0 * counts + unigram)), "drowns"),
            (matrix(lambda counts, unigram: rows(counts + unigram)[1:]), "shape"),
            (None, "still to be written"),
        ],
    ),
    check.ten_poems: Answers(
        right=[
            written(strategy="nucleus", p=0.9),
            written(strategy="temperature", temperature=0.8),
        ],
        wrong=[
            (written(strategy="greedy"), "only 1 of ten"),
            (written(strategy="temperature", temperature=0.3), "dull"),
            (written(strategy="temperature", temperature=2.0), "wild"),
            (poems_of("train"), "copied"),
            (poems_of("test"), "copied"),
            (poems_of("test", 9), "here are 9"),
            (InEachLanguage(scrambled), "wild"),
            (None, "still to be written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
