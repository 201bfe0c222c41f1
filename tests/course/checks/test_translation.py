"""Answers to the lab of lesson 13, right and wrong."""

import numpy as np

from rnn_tf.course.checks import translation as check
from rnn_tf.datasets import numbers
from tests.course.checks import harness
from tests.course.checks.harness import Answers, Call


def by_infinity(scores, real):
    scores = np.where(real, scores, -np.inf)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def by_loop(scores, real):
    rows = []
    for row in scores:
        top = max(s for s, r in zip(row, real, strict=True) if r)
        raised = [np.exp(s - top) if r else 0.0 for s, r in zip(row, real, strict=True)]
        rows.append([one / sum(raised) for one in raised])
    return rows


def softmax(scores, axis=1):
    raised = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


def without_shift(scores, real):
    raised = np.exp(scores) * real
    return raised / raised.sum(axis=1, keepdims=True)


def in_place(scores, real):
    scores[:, ~real] = -np.inf
    return softmax(scores)


def attend(query, memory):
    return softmax((memory @ query)[None])[0] @ memory


def attend_by_sum(query, memory):
    raised = [np.exp(place @ query) for place in memory]
    return sum(one * place for one, place in zip(raised, memory, strict=True)) / sum(raised)


def shift(targets):
    return targets[:, :-1], targets[:, 1:]


def shift_by_loop(targets):
    return [[row[:-1].tolist() for row in targets], [row[1:].tolist() for row in targets]]


def freely(step, state, most):
    token, said = 2, []
    while len(said) < most:
        scores, state = step(token, state)
        token = int(np.argmax(scores))
        if token == 3:
            break
        said.append(token)
    return said


def freely_by_for(step, state, most):
    said = [2]
    for _ in range(most):
        scores, state = step(said[-1], state)
        said.append(scores.argmax())
        if said[-1] == 3:
            return said[1:-1]
    return said[1:]


def loop(*, first=2, feed=lambda token: token, keep=True, end=3, with_end=False, limit=True):
    """``freely`` with one thing done wrong."""

    def translate(step, state, most):
        token, said = first, []
        for _ in range(most if limit else 7):
            scores, new = step(feed(token), state)
            state = new if keep else state
            token = int(np.argmax(scores))
            if token == end and not with_end:
                break
            said.append(token)
            if token == end:
                break
        return said

    return translate


def clock():
    return [
        (f"{numbers.in_chinese(hour)}点{numbers.in_chinese(minute)}分",
         f"{numbers.in_english(minute)} past {numbers.in_english(hour)}")
        for hour in range(1, 13) for minute in range(1, 60)
    ]  # fmt: skip


def hundreds():
    return [(numbers.in_chinese(n), numbers.in_english(n).upper()) for n in range(1, 900)]


def knowing(rows, change=lambda said: said):
    """A ``learn`` that translates by rule."""
    known = dict(rows)

    def learn(data):
        return lambda sources: [change(known[source]) for source in sources]

    return learn


def spoilt(share):
    """Wrong in every ``share``-th text."""

    def learn(data):
        known = dict(clock())
        return lambda sources: [
            known[s] if i % share else "noon" for i, s in enumerate(sources)
        ]  # fmt: skip

    return learn


CASES = {
    check.whole_sentences: Answers(
        right=[0.95**12, 0.54],
        wrong=[
            (0.95, "one word"),
            (1 - 0.95**12, "with a mistake"),
            (0.4, "multiply"),
            (11.4, "not above 1"),
            (0.7, "0.7 it is not"),
            (..., "still to be written"),
        ],
    ),
    check.attention_weights: Answers(
        right=[by_infinity, by_loop],
        wrong=[
            (lambda scores, real: softmax(scores), "padding is looked at"),
            (lambda scores, real: softmax(scores) * real, "before it was removed"),
            (lambda scores, real: softmax(scores * real), "exp(0) is 1"),
            (lambda scores, real: np.exp(scores) * real, "exponentials"),
            (
                lambda scores, real: softmax(np.where(real, scores, -np.inf)[:, :3], axis=0)
                @ np.eye(3, 5),
                "columns",
            ),
            (without_shift, "5,000"),
            (in_place, "changes the scores"),
            (lambda scores, real: softmax(scores)[:, real], "(3, 3)"),
            (lambda scores, real: real / real.sum() * np.ones_like(scores), "off by"),
            (lambda scores, real: ..., "still to be written"),
        ],
    ),
    check.context: Answers(
        right=[attend, attend_by_sum],
        wrong=[
            (lambda query, memory: softmax((memory @ query)[None])[0], "scores or weights"),
            (lambda query, memory: memory.mean(axis=0), "same weight"),
            (lambda query, memory: memory[np.argmax(memory @ query)], "best place alone"),
            (lambda query, memory: (memory @ query) @ memory, "softmax is missing"),
            (lambda query, memory: 6 * attend(query, memory), "sum of six"),
            (lambda query, memory: attend(-query, memory), "off by"),
            (lambda query, memory: ..., "still to be written"),
        ],
    ),
    check.teacher_forcing: Answers(
        right=[shift, shift_by_loop],
        wrong=[
            (lambda targets: (targets, targets), "one step less"),
            (lambda targets: (targets[:, 1:], targets[:, 1:]), "copy"),
            (lambda targets: shift(targets)[::-1], "exchanged"),
            (lambda targets: (targets[:, 1:], targets[:, :-1] * 0), "begin token"),
            (lambda targets: (targets[:, :-1], targets[:, :-1] + 1), "one token ahead"),
            (lambda targets: (..., ...), "still to be written"),
        ],
    ),
    check.running_freely: Answers(
        right=[freely, freely_by_for],
        wrong=[
            (loop(first=0), "first token"),
            (loop(feed=lambda token: 2), "something else"),
            (loop(keep=False), "state never moves"),
            (loop(with_end=True), "leave the end token out"),
            (loop(end=-1), "goes on after the end"),
            (loop(limit=False), "stopped after"),
            (lambda step, state, most: [2, *freely(step, state, most)], "begin token is no part"),
            (lambda step, state, most: freely(step, state, 2), "5, 7, 6"),
            (lambda step, state, most: [5, 7, 6], "never called"),
            (lambda step, state, most: ..., "still to be written"),
        ],
    ),
    check.own_pairs: Answers(
        right=[Call(clock, knowing(clock())), Call(hundreds, knowing(hundreds(), str.lower))],
        wrong=[
            (Call(lambda: clock()[:100], knowing(clock())), "500 or more"),
            (Call(clock, knowing(clock(), lambda said: "noon")), "wholly right"),
            (Call(clock, spoilt(3)), "wholly right"),
            (Call(clock, lambda data: "a translator"), "a function"),
            (Call(clock, lambda data: lambda sources: sources[:-1]), "translations for"),
            (Call(lambda: [(*pair, "") for pair in clock()], knowing(clock())), "two texts"),
            (Call(lambda: [(a, "\t") for a, _ in clock()], knowing(clock())), "cannot be read"),
            (
                Call(lambda: [(a, "time") for a, _ in clock()], knowing(clock())),
                "cannot be read",
            ),
            (Call(lambda: ..., knowing(clock())), "still to be written"),
        ],
    ),
}  # fmt: skip

test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
