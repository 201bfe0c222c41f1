"""Checks of lesson 9's lab against answers right and wrong."""

import functools

import numpy as np

from rnn_tf.course.checks import memory as check
from tests.course.checks import harness
from tests.course.checks.harness import Answers, Call


def unwritten(*arguments):
    raise NotImplementedError


# 1. two steps in one


def combine(first, second):
    return first[0] * second[0], second[0] * first[1] + second[1]


def by_matrices(first, second):
    """A step is a matrix [[a, b], [0, 1]] acting on (h, 1)."""
    (a, b), (c, d) = first, second
    zeros, ones = np.zeros_like(a), np.ones_like(a)
    one, two = (np.array([[x, y], [zeros, ones]]) for x, y in ((a, b), (c, d)))
    both = np.einsum("ijn,jkn->ikn", two, one)
    return both[0, 0], both[0, 1]


# 2. gates by hand: bit → (a, g)

EVER = {0: (1, 0), 1: (0, 1)}
PARITY = {0: (1, 0), 1: (-1, 0.5)}
COUNTER = {0: (1, 0), 1: (0.9999, 10_000)}
THIRD = np.exp(2j * np.pi / 3)


def but(gates, bit, a, g):
    return gates | {bit: (a, g)}


# 3. units within a budget


def units_for(kind, features, budget, *, two_biases=True, min_gru_square=0, start=0, inputs=1):
    f, units = features * inputs, start
    while True:
        n = units + 1
        needed = {
            "simple": n * (f + n + 1),
            "lstm": 4 * n * (f + n + 1),
            "gru": 3 * n * (f + n + 1 + two_biases),
            "min_gru": 2 * n * (f + 1 + min_gru_square * n),
        }[kind]
        if needed > budget:
            return units
        units = n


def by_the_root(kind, features, budget):
    """n (n + p) ≤ q, solved for n."""
    if kind == "min_gru":
        return budget // (2 * (features + 1))
    blocks, biases = {"simple": (1, 1), "lstm": (4, 1), "gru": (3, 2)}[kind]
    half = (features + biases) / 2
    return int(np.floor(np.sqrt(half**2 + budget / blocks) - half + 1e-9))


# 4. layers


def layers_for(lag, kernel_size):
    layers = 1
    while (kernel_size - 1) * (2**layers - 1) < lag:
        layers += 1
    return layers


def by_logarithm(lag, kernel_size):
    return int(np.ceil(np.log2(lag / (kernel_size - 1) + 1) - 1e-12).clip(1))


def one_too_far(lag, kernel_size):
    """A receptive field counts the step of now, too; the lag does not."""
    return layers_for(lag + 1, kernel_size)


def undilated(lag, kernel_size):
    return -(-lag // (kernel_size - 1))


def field_for_lag(lag, kernel_size):
    layers = 1
    while 1 + (kernel_size - 1) * (2**layers - 1) < lag:
        layers += 1
    return layers


# 5. influence


def influence(network, inputs, by=0.1, *, axis=1, size=np.abs, keep=False, over=1.0):
    before, changed, columns = network(inputs), inputs.copy(), []
    for s in range(inputs.shape[1]):
        if not keep:
            changed = inputs.copy()
        changed[0, s, 0] += by
        columns.append(size(network(changed) - before)[0, :, 0] / over)
    return np.stack(columns, axis=axis)


def by_identity(network, inputs, by=0.1):
    moved = [network(inputs + by * row[None, :, None]) for row in np.eye(inputs.shape[1])]
    return np.abs(np.concatenate(moved)[..., 0] - network(inputs)[..., 0]).T


def in_place(network, inputs, by=0.1):
    found, before = [], network(inputs)
    for s in range(inputs.shape[1]):
        inputs[0, s, 0] += by
        found.append(np.abs(network(inputs) - before)[0, :, 0])
    return np.stack(found, axis=1)


def all_at_once(network, inputs, by=0.1):
    changed = np.repeat(inputs, inputs.shape[1], axis=0)
    return network(changed)


def of_zero(network, inputs, by=0.1):
    """The change from inputs of 0: the same for a linear network only."""
    nothing = np.zeros_like(inputs)
    return influence(network, nothing, by)


# 6. the choice: accuracies as they were measured, about

WEIGHTS = {"window": 57, "min_gru": 81, "signed": 81, "simple": 181, "gru": 273}
LEARNS = {
    "changed": {"window", "signed", "simple", "gru"},
    "latch": {"min_gru", "signed", "gru"},
    "parity": {"signed", "gru"},
    "coin": set(),
}
RIGHT = {"changed": "window", "latch": "min_gru", "parity": "signed", "coin": None}


def score(name, task, seed):
    return 1.0 if name in LEARNS[task] else 0.5 + 0.39 * (task == "parity" and name == "simple")


def chosen(**other):
    return Call(RIGHT | other, score, WEIGHTS)


CASES = {
    check.combine: Answers(
        right=[combine, by_matrices],
        wrong=[
            (lambda one, two: (one[0] * two[0], one[1] + two[1]), "through the second"),
            (lambda one, two: combine(two, one), "second step done first"),
            (lambda one, two: (one[0] + two[0], combine(one, two)[1]), "a is not right"),
            (lambda one, two: combine(one, two)[1], "a pair"),
            (lambda one, two: (combine(one, two)[0], 2 * combine(one, two)[1]), "off by"),
            (lambda one, two: ..., "written"),
        ],
    ),
    check.ever: Answers(
        right=[EVER, {0: (1.0, 7.0), 1: (0.01, 1.0)}],
        wrong=[
            ({0: (1, 0), 1: (1, 1)}, "step 4"),  # kept, and never written
            ({0: (0, 0), 1: (0, 1)}, "step 6"),  # the last bit
            (PARITY, "step 5"),
            (but(EVER, 0, 0.9, 0), "step 6"),
            (but(EVER, 1, 1.5, 1), "without end"),
            ({1: (0, 1)}, "for either bit"),
            ({0: (..., ...), 1: (..., ...)}, "written"),
        ],
    ),
    check.parity: Answers(
        right=[PARITY, {0: (1.0, -3.0), 1: (-1.0, 0.5)}, but(PARITY, 1, -0.999, 0.5)],
        wrong=[
            (EVER, "can't flip"),
            (but(PARITY, 1, -1, 0), "h is 0, wanted is 1"),
            (but(PARITY, 1, -1, 1), "h is 2, wanted is 1"),
            (but(PARITY, 0, -1, 0.5), "h is 1, wanted is 0"),
            (but(PARITY, 1, -0.5, 0.5), "wanted is 1"),
            (but(PARITY, 1, THIRD, 1), "real numbers"),
            (..., "written"),
        ],
    ),
    check.counter: Answers(
        right=[COUNTER, {0: (0.99999, 0), 1: (0.99999, 1e5)}],
        wrong=[
            (but(COUNTER, 1, 1, 1), "nothing is written"),
            (but(COUNTER, 1, 0.9, 10), "shrinks"),
            (but(COUNTER, 0, 0.9, 0), "zero should change nothing"),
            (but(COUNTER, 1, 0, 1), "shrinks"),
            (but(COUNTER, 1, 0.99, 1), "h is 0.01, wanted is 1"),
            (but(COUNTER, 1, 1.01, -100), "without end"),
            ({0: (1, 0), 1: ...}, "written"),
        ],
    ),
    check.modulo_three: Answers(
        right=[
            {0: (1, 0), 1: (THIRD, 1)},
            {0: (1, 5), 1: (complex(-0.5, -np.sqrt(0.75)), -2.0)},
        ],
        wrong=[
            (PARITY, "modulo 3 is"),
            ({0: (1, 0), 1: (THIRD, 0)}, "another g"),
            ({0: (1, 0), 1: (np.exp(120j), 1)}, "modulo 3 is"),  # degrees
            ({0: (1, 0), 1: (np.exp(2j * np.pi / 4), 1)}, "modulo 3 is"),
            ({0: (1, 0), 1: (1 / 3, 1)}, "modulo 3 is"),
            ({0: (0, 1), 1: (0, 1)}, "remainder"),
            ({0: (1, 0), 1: (3 * THIRD, 1)}, "without end"),
            ({0: (1, 0), 1: (..., 1)}, "written"),
        ],
    ),
    check.units_for: Answers(
        right=[units_for, by_the_root],
        wrong=[
            (functools.partial(units_for, two_biases=False), "two biases"),
            (functools.partial(units_for, min_gru_square=1), "do not see the state"),
            (lambda *given: units_for(*given) + 1, "too many"),
            (lambda *given: units_for(*given) - 1, "is allowed"),
            (functools.partial(units_for, inputs=0), "too many"),
            (lambda *given: units_for(*given) + 0.5, "whole number"),
            (unwritten, "written"),
        ],
    ),
    check.layers_for: Answers(
        right=[layers_for, by_logarithm],
        wrong=[
            (one_too_far, "already"),
            (field_for_lag, "see only"),
            (undilated, "already"),
            (lambda lag, kernel_size: layers_for(lag, kernel_size + 1), "see only"),
            (lambda lag, kernel_size: np.log2(lag / (kernel_size - 1) + 1), "whole number"),
            (lambda lag, kernel_size: 0, "can't be right"),
            (unwritten, "written"),
        ],
    ),
    check.influence: Answers(
        right=[influence, by_identity],
        wrong=[
            (functools.partial(influence, axis=0), "swapped"),
            (functools.partial(influence, size=np.positive), "negative"),
            (functools.partial(influence, keep=True), "still changed"),
            (functools.partial(influence, over=0.25), "divided"),
            (in_place, "the inputs have changed"),
            (all_at_once, "takes (1, 6, 1)"),
            (of_zero, "not linear"),
            (lambda network, inputs, by: network(inputs)[0], "shape"),
            (unwritten, "written"),
        ],
    ),
    check.choice: Answers(
        right=[chosen(), chosen(latch="signed")],  # as many weights: no fewer
        wrong=[
            (chosen(parity="min_gru"), "parity: min_gru does not"),
            (chosen(parity="gru"), "signed does, too"),
            (chosen(parity="simple"), "0.89"),
            (chosen(changed="gru"), "window does, too"),
            (chosen(latch="window"), "latch: window does not"),
            (chosen(coin="gru"), "coin: gru does not"),
            (chosen(parity=None), "gru does learn it"),
            (chosen(coin="lstm"), "there is no network"),
            (chosen(coin=...), "written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
