"""Checks of lesson 3's lab against answers right and wrong."""

import functools

import numpy as np

from rnn_tf import reference
from rnn_tf.course.checks import gates as check
from rnn_tf.datasets import toy
from rnn_tf.reference import sigmoid
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def unwritten(*arguments):
    raise NotImplementedError


def one_step(x, h, c, W_x, W_h, b, *, candidate=np.tanh, cut=(0, 1, 2, 3), show=np.tanh):
    units = h.shape[1]
    sums = x @ W_x + h @ W_h + b
    i, f, g, o = (sums[:, k * units : (k + 1) * units] for k in cut)
    c = sigmoid(f) * c + sigmoid(i) * candidate(g)
    return sigmoid(o) * show(c), c


def by_reference(x, h, c, W_x, W_h, b):
    cell = reference.LSTM(len(W_x), len(W_h))
    cell.weights["kernel"][...], cell.weights["recurrent_kernel"][...] = W_x, W_h
    cell.weights["bias"][...] = b
    trace = cell.forward(x[:, None], (h, c))
    return [trace.hidden_states[:, 0], trace.cell_states[:, 0]]


def one_matrix(x, h, c, W_x, W_h, b):
    """As articles 000 and 004 store it: [h, x] as one row."""
    joined = np.hstack([h, x]) @ np.vstack([W_h, W_x]) + b
    i, f, g, o = np.split(joined, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def by_name(x, h, c, W_x, W_h, b):
    """Article 003's "candidate of the hidden state" at its word (F-003-07)."""
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=1)
    return sigmoid(f) * h + sigmoid(i) * np.tanh(g), c


def by_loop(f):
    found = np.ones_like(f)
    for t in range(len(f)):
        for later in range(t + 1, len(f)):
            found[t] = found[t] * f[later]
    return found


def by_cumprod(f):
    return np.vstack([np.cumprod(f[:0:-1], axis=0)[::-1], np.ones((1, f.shape[1]))])


def lstm(**columns):
    """A one-unit LSTM; each of i, f, g, o is (weight, bias)."""
    cell = reference.LSTM(1, 1)
    cell.weights["recurrent_kernel"][...] = 0.0
    for place, name in enumerate("ifgo"):
        weight, bias = columns.get(name, (0.0, 0.0))
        cell.weights["kernel"][0, place], cell.weights["bias"][place] = weight, bias
    return cell


def gru(z=(-20.0, 10.0), g=1.0):
    """A one-unit GRU that listens to "write" with z and to the value with g."""
    cell = reference.GRU(2, 1)
    for array in cell.weights.values():
        array[...] = 0.0
    cell.weights["kernel"][1, 0], cell.weights["bias"][0, 0] = z
    cell.weights["kernel"][0, 2] = g
    return cell


def gru_by_the_other_bias():
    cell = gru(z=(-30.0, 0.0))
    cell.weights["bias"][1, 0] = 15.0
    return cell


@functools.cache
def trained(kind, units, epochs=12, seed=0):
    x, y = toy.last_written(512, 30, chance=0.1, seed=0)
    network = reference.Network(kind(2, units, seed=seed), 1, "squared_error", seed=seed)
    optimizer = reference.SGD(0.5, momentum=0.9, global_clipnorm=1.0)
    reference.train(network, x, y, optimizer, epochs=epochs, batch_size=64, seed=seed)
    return network


COUNTS = {"i": (0.0, 10.0), "f": (0.0, 10.0), "g": (5.0, 0.0)}

CASES = {
    check.belt: Answers(
        right=[
            lambda f, i, g, c: f * c + i * g,
            lambda f, i, g, c: [a * b + d * e for a, b, d, e in zip(f, c, i, g, strict=True)],
        ],
        wrong=[
            (lambda f, i, g, c: f @ c + i @ g, "one number"),  # article 004's dot (F-004-02)
            (lambda f, i, g, c: i * c + f * g, "swapped"),
            (lambda f, i, g, c: f * c + g, "input gate does nothing"),
            (lambda f, i, g, c: c + i * g, "forget gate does nothing"),
            (lambda f, i, g, c: f * c, "where is g"),
            (lambda f, i, g, c: np.tanh(f * c + i * g), "no tanh on the belt"),
            (lambda f, i, g, c: f * c - i * g, "off by"),
            (lambda f, i, g, c: ..., "written"),
        ],
    ),
    check.lstm_step: Answers(
        right=[one_step, by_reference, one_matrix],
        wrong=[
            (functools.partial(one_step, cut=(0, 1, 3, 2)), "order i, f, o, g"),
            (functools.partial(one_step, candidate=sigmoid), "no gate"),  # 004's "input gate" g
            (functools.partial(one_step, show=lambda c: c), "tanh is missing"),
            (lambda *a: one_step(*a)[::-1], "swapped"),
            (lambda *a: one_step(*a)[0], "two states"),
            (lambda x, h, *more: one_step(x, 0 * h, *more), "hidden state does nothing"),
            (lambda *a: one_step(*a[:5], 0.0), "bias"),
            (by_name, "off by"),
            (unwritten, "written"),
        ],
    ),
    check.reach: Answers(
        right=[by_loop, by_cumprod],
        wrong=[
            (lambda f: np.cumprod(f[::-1], axis=0)[::-1], "f_t itself"),
            (lambda f: np.cumprod(f, axis=0), "from the first step"),
            (lambda f: np.prod(f, axis=0), "one row"),
            (
                lambda f: np.vstack([np.cumsum(f[:0:-1], axis=0)[::-1], np.zeros((1, 3))]),
                "added",
            ),
            (lambda f: np.ones_like(f), "off by"),
            (unwritten, "written"),
        ],
    ),
    check.counter: Answers(
        right=[lstm(**COUNTS), lstm(f=(0.0, 12.0), i=(20.0, -10.0), g=(0.0, 5.0))],
        wrong=[
            (lstm(), "should rise"),
            (lstm(**COUNTS | {"f": (0.0, 1.0)}), "which gate forgets"),  # Keras's start
            (lstm(**COUNTS | {"f": (-20.0, 10.0)}), "Add, do not replace"),
            (lstm(**COUNTS | {"g": (5.0, 0.5)}), "nothing was pressed"),
            (lstm(**COUNTS | {"f": (-8.0, 10.0)}), "count as"),
            (reference.GRU(1, 1), "reference.LSTM"),
            (None, "written"),
        ],
    ),
    check.gru_memory: Answers(
        right=[gru(), gru_by_the_other_bias()],
        wrong=[
            (gru(z=(20.0, -10.0)), "article 004"),  # z = 1 writes
            (gru(z=(0.0, 10.0)), "at the step of writing"),
            (gru(z=(-4.0, 1.0)), "does not keep"),
            (gru(g=0.0), "at the step of writing"),
            (reference.LSTM(2, 1), "reference.GRU"),
            (..., "written"),
        ],
    ),
    check.remembers: Answers(
        right=[trained(reference.GRU, 3), trained(reference.GRU, 3, seed=1)],
        wrong=[
            (trained(reference.SimpleRNN, 8, 3), "hardly better"),
            (trained(reference.GRU, 8, 1), "at most 100"),
            (trained(reference.GRU, 3, 3), "at most 0.1"),
            (lambda inputs: inputs, "reference.Network"),
            (None, "written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
