"""Answers to the lab of lesson 1, right and wrong."""

import numpy as np

from rnn_tf import reference
from rnn_tf.course.checks import by_hand as check
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def plain(x, h, w):
    return np.tanh(x @ w["W_x"] + h @ w["W_h"] + w["b_h"])


def by_loop(x, h, w):
    together = np.concatenate([x, h], axis=1)
    matrix = np.concatenate([w["W_x"], w["W_h"]])
    return np.array([np.tanh(row @ matrix + w["b_h"]) for row in together])


def halved(x, h, w):
    squashed = np.exp(-(x @ w["W_x"] + h @ w["W_h"] + w["b_h"]))
    return (1 - squashed) / (1 + squashed)  # article 002's


def register(units=6, threshold=0.2, transposed=False):
    return {
        "W_x": np.eye(1, units),
        "W_h": np.eye(units, k=-1 if transposed else 1),
        "b_h": np.zeros(units),
        "W_y": np.eye(1, units, k=units - 1).T,
        "b_y": np.array([-threshold]),
    }


def strong_register():
    """Weights above 1 keep the bit: tanh hardly shrinks it any more."""
    return {**register(threshold=0.5), "W_x": 2 * np.eye(1, 6), "W_h": 2 * np.eye(6, k=1)}


def back(d_y, from_later, h, W_y, W_h):
    alpha = (d_y @ W_y.T + from_later) * (1 - h**2)
    return alpha, alpha @ W_h.T


def back_by_einsum(d_y, from_later, h, W_y, W_h):
    delta = np.einsum("bo,uo->bu", d_y, W_y) + from_later
    alpha = delta - delta * h * h
    return [alpha, np.einsum("bj,ij->bi", alpha, W_h)]


def back_with(change):
    def step(d_y, from_later, h, W_y, W_h):
        delta, slope = d_y @ W_y.T + from_later, 1 - h**2
        return change(d_y, delta, slope, h, W_y, W_h)

    return step


def echo_of(delay):
    """Says without any network what was heard ``delay`` steps ago."""

    def say(inputs):
        logits = np.full(inputs.shape, -1.0)
        logits[:, delay:] = 2 * inputs[:, : inputs.shape[1] - delay] - 1
        return logits

    return say


def half_right(inputs):
    logits = echo_of(12)(inputs)
    logits[::2] = -1.0
    return logits


def new_network(inputs):
    network = reference.Network(reference.SimpleRNN(1, 16), 1, "sigmoid_cross_entropy")
    return network.forward(inputs).outputs


CASES = {
    check.one_step: Answers(
        right=[plain, by_loop],
        wrong=[
            (lambda x, h, w: np.tanh(x @ w["W_x"] + w["b_h"]), "without memory"),
            (lambda x, h, w: np.tanh(h @ w["W_h"] + w["b_h"]), "B-002-01"),
            (lambda x, h, w: np.tanh(x @ w["W_x"] + h @ w["W_h"]), "B-001-04"),
            (lambda x, h, w: x @ w["W_x"] + h @ w["W_h"] + w["b_h"], "tanh is missing"),
            (halved, "B-002-06"),
            (lambda x, h, w: np.tanh(x @ w["W_x"] + h @ w["W_h"].T + w["b_h"]), "transposed"),
            (lambda x, h, w: plain(x, h, w)[0], "shape (4,)"),
            (lambda x, h, w: 2 * plain(x, h, w), "off by"),
            (lambda x, h, w: ..., "still to be written"),
        ],
    ),
    check.sum_baseline: Answers(
        right=[0.25, np.float32(0.2493)],
        wrong=[
            (0.5, "always answering 1"),
            (0.0, "bit before"),
            (1.0, "1 it is not"),
            ("1/4", "a number is wanted"),
            (..., "still to be written"),
        ],
    ),
    check.memory_by_hand: Answers(
        right=[register(), strong_register(), register(threshold=0.4)],
        wrong=[
            (register(units=4), "echo after 3 steps"),
            (register(threshold=0.5), "never says 1"),
            (register(threshold=-0.1), "always says 1"),
            (register(transposed=True), "never says 1"),
            ({**register(), "W_h": np.eye(6)}, "never says 1"),
            ({**register(), "W_h": np.eye(6) + np.eye(6, k=1)}, "are right"),
            ({**register(), "b_h": np.zeros((6, 1))}, "b_h has the shape"),
            ({"W_x": np.eye(1, 6), "W_h": np.eye(6, k=1)}, "b_h, W_y, b_y missing"),
            ({**register(), "W_h": ...}, "still to be written"),
        ],
    ),
    check.one_step_back: Answers(
        right=[back, back_by_einsum],
        wrong=[
            (
                back_with(lambda d_y, d, s, h, W_y, W_h: (d_y @ W_y.T * s, d * s @ W_h.T)),
                "B-001-11",
            ),
            (back_with(lambda d_y, d, s, h, W_y, W_h: (d + s, (d + s) @ W_h.T)), "B-002-16"),
            (back_with(lambda d_y, d, s, h, W_y, W_h: (d, d @ W_h.T)), "slope of tanh is missing"),
            (
                back_with(lambda d_y, d, s, h, W_y, W_h: (d * (1 - h), d * (1 - h) @ W_h.T)),
                "1 − h²",
            ),
            (back_with(lambda d_y, d, s, h, W_y, W_h: (d * s, d @ W_h.T)), "B-002-19"),
            (back_with(lambda d_y, d, s, h, W_y, W_h: (d * s, d * s @ W_h)), "transposed"),
            (back_with(lambda d_y, d, s, h, W_y, W_h: d * s), "two arrays"),
            (back_with(lambda d_y, d, s, h, W_y, W_h: (d * s, d_y)), "shape"),
        ],
    ),
    check.suspects: Answers(
        right=[{"B", "D"}, ["d", "b"], "BD"],
        wrong=[
            (set(), "2 more"),
            ({"D"}, "1 more"),
            ({"A", "B", "D"}, "A is right"),
            ({"C"}, "C is right"),
            ({"E"}, "nobody is called E"),
            (..., "still to be written"),
        ],
    ),
    check.far_echo: Answers(
        right=[echo_of(12), lambda inputs: echo_of(12)(inputs) > 0],
        wrong=[
            (echo_of(11), "echo after 11 steps"),
            (new_network, "guessing"),
            (half_right, "wanted are 95 %"),
            (lambda inputs: reference.sigmoid(new_network(inputs)), "probabilities"),
            (lambda inputs: echo_of(12)(inputs)[:, 12:], "shape"),
            (lambda inputs: np.ones(inputs.shape), "guessing"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)


def test_the_suspects_are_told_apart_by_a_gradient_check():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(3, 4, 2)), random.uniform(size=(3, 4, 1))
    w = {"W_x": random.normal(size=(2, 5)), "W_h": random.normal(size=(5, 5))}
    w |= {"b_h": random.normal(size=5), "W_y": random.normal(size=(5, 1)), "b_y": np.zeros(1)}

    def loss_and_gradients(backward):
        hidden = [np.zeros((3, 5))]
        for t in range(4):
            hidden.append(plain(x[:, t], hidden[-1], w))
        hidden = np.stack(hidden, axis=1)
        outputs = hidden[:, 1:] @ w["W_y"] + w["b_y"]
        loss, d_outputs = reference.sigmoid_cross_entropy(outputs, y)
        return loss, backward(w, x, hidden, d_outputs)

    wrong = {
        name
        for name, backward in check.SUSPECTS.items()
        if not reference.gradient_check(
            lambda backward=backward: loss_and_gradients(backward), w, show=False
        ).holds()
    }
    assert wrong == {"B", "D"}
