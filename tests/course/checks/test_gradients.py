"""Checks of lesson 8's lab against answers right and wrong."""

import functools

import numpy as np

from rnn_tf.course.checks import gradients as check
from tests.course.checks import harness
from tests.course.checks.harness import Answers, Call


def unwritten(*arguments):
    raise NotImplementedError


# 1. norms by lag


def norms(jacobians, *, order=1, norm=2):
    product, found = np.eye(len(jacobians[0])), []
    for jacobian in jacobians[::-1]:
        product = product @ jacobian if order == 1 else jacobian @ product
        found.append(np.linalg.norm(product, norm))
    return found


def by_transposes(jacobians):
    """As the backward pass does it: a gradient is multiplied by the transpose."""
    back, found = np.eye(len(jacobians[0])), []
    for jacobian in reversed(jacobians):
        back = jacobian.T @ back
        found.append(np.sqrt(np.linalg.eigvalsh(back.T @ back)[-1]))
    return np.array(found)


def from_the_start(jacobians):
    return norms([one.T for one in jacobians[::-1]])  # ‖(A B)ᵀ‖ is ‖A B‖


def of_the_sum(jacobians):
    return [np.linalg.norm(np.sum(jacobians[-k:], axis=0), 2) for k in range(1, 7)]


def product_of_norms(jacobians):
    return np.cumprod([np.linalg.norm(one, 2) for one in jacobians[::-1]])


# 2. an orthogonal start


def by_qr(units, random):
    return np.linalg.qr(random.normal(size=(units, units)))[0]


def by_svd(units, random):
    left, _, right = np.linalg.svd(random.normal(size=(units, units)))
    return left @ right


def by_reference(units, random):
    q, r = np.linalg.qr(random.normal(size=(units, units)))
    return q * np.sign(np.diag(r))


def glorot(units, random):
    limit = np.sqrt(6 / (units + units))
    return random.uniform(-limit, limit, (units, units))


# 3. clipping


def clip(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    return {name: g * min(1.0, limit / (norm + 1e-300)) for name, g in gradients.items()}


def laid_end_to_end(gradients, limit):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients.values()]))
    if norm <= limit:
        return gradients
    return {name: g / norm * limit for name, g in gradients.items()}


def each_by_itself(gradients, limit):
    return {n: g * min(1.0, limit / np.linalg.norm(g)) for n, g in gradients.items()}


def by_value(gradients, limit):
    return {n: np.clip(g, -limit, limit) for n, g in gradients.items()}


def lengths_added(gradients, limit):
    return {
        n: g * min(1.0, limit / sum(np.linalg.norm(other) for other in gradients.values()))
        for n, g in gradients.items()
    }


def always(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    return {n: g * limit / norm for n, g in gradients.items()}


def zero_by_zero(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    return {n: g / norm * min(norm, limit) for n, g in gradients.items()}


def in_place(gradients, limit):
    factor = min(1.0, limit / np.sqrt(sum(np.sum(g**2) for g in gradients.values())))
    for g in gradients.values():
        g *= factor
    return gradients


# 4. the forget bias


def forget_bias(layer, value, *, block=1, array=2, add=False):
    weights = layer.get_weights()
    columns = slice(block * layer.units, (block + 1) * layer.units)
    weights[array][..., columns] = value + (weights[array][..., columns] if add else 0)
    layer.set_weights(weights)


def by_assign(layer, value):
    blocks = np.split(np.array(layer.cell.bias.numpy()), 4)
    blocks[1] = np.full_like(blocks[1], value)
    layer.cell.bias.assign(np.concatenate(blocks))


def first_unit_only(layer, value):
    weights = layer.get_weights()
    weights[2][layer.units] = value
    layer.set_weights(weights)


def all_of_it(layer, value):
    layer.cell.bias.assign(np.full(4 * layer.units, value))


def on_a_copy(layer, value):
    layer.get_weights()[2][layer.units : 2 * layer.units] = value


# 5. chrono


def chrono(units, longest, random, *, draw=None, order="ifgo", i=None):
    """Blocks by name, laid side by side; ``draw`` gives the forget bias."""
    f = np.log(random.uniform(1, longest - 1, units)) if draw is None else draw(units, random)
    blocks = {"i": -f if i is None else np.full(units, i), "f": f}
    return np.concatenate([blocks.get(name, np.zeros(units)) for name in order])


def whole_steps(units, random):
    return np.log(random.integers(1, 51, units))


def evenly_in_the_logarithm(units, random):
    return random.uniform(0, np.log(50), units)


# 6. the edge


def falls_at(place):
    """An accuracy that is right up to ``place`` steps, and guesses beyond."""
    return lambda num_steps, seed: 1.0 if num_steps <= place else 0.5


def by_chance(num_steps, seed):
    """Between 10 and 30 steps some seeds learn."""
    return 1.0 if num_steps <= 10 or (num_steps <= 30 and seed % 2) else 0.52


CASES = {
    check.norms_by_lag: Answers(
        right=[norms, by_transposes],
        wrong=[
            (functools.partial(norms, order=-1), "order is reversed"),
            (of_the_sum, "added"),
            (product_of_norms, "only a bound"),
            (from_the_start, "forward from h_0"),
            (functools.partial(norms, norm="fro"), "Frobenius"),
            (lambda js: norms(js)[::-1], "comes first"),
            (lambda js: [np.linalg.norm(one, 2) for one in js[::-1]], "by itself"),
            (lambda js: [1.0, *norms(js)], "shape (7,)"),
            (lambda js: np.square(norms(js)), "off by"),
            (unwritten, "written"),
        ],
    ),
    check.orthogonal: Answers(
        right=[by_reference, by_qr, by_svd],
        wrong=[
            (glorot, "on average only"),
            (lambda n, random: random.normal(size=(n, n)) / np.sqrt(n), "on average only"),
            (lambda n, random: random.normal(size=(n, n)), "singular values"),
            (lambda n, random: 0.9 * by_qr(n, random), "should be 1"),
            (lambda n, random: np.linalg.qr(random.normal(size=(n, n)))[1], "triangular"),
            (lambda n, random: np.eye(n), "same matrix"),
            (lambda n, random: by_qr(n, np.random.default_rng(7)), "same matrix"),
            (lambda n, random: by_qr(4, random), "shape"),
            (lambda n, random: ..., "written"),
        ],
    ),
    check.clip: Answers(
        right=[clip, laid_end_to_end],
        wrong=[
            (each_by_itself, "each array"),
            (by_value, "by value"),
            (lengths_added, "lengths of the arrays"),
            (always, "short gradient"),
            (zero_by_zero, "do not stay zeros"),
            (in_place, "make new ones"),
            (lambda gradients, limit: dict(gradients), "as long as before"),
            (lambda gradients, limit: list(gradients.values()), "dictionary"),
            (lambda gradients, limit: clip(gradients, limit / 2), "off by"),
            (unwritten, "written"),
        ],
    ),
    check.forget_bias: Answers(
        right=[forget_bias, by_assign],
        wrong=[
            (functools.partial(forget_bias, block=0), "input gate"),
            (functools.partial(forget_bias, block=3), "output gate"),
            (functools.partial(forget_bias, block=2), "candidate"),
            (functools.partial(forget_bias, array=1), "recurrent kernel"),
            (functools.partial(forget_bias, add=True), "was added"),
            (all_of_it, "input gate"),
            (first_unit_only, "1 of 3"),
            (on_a_copy, "copies"),
            (lambda layer, value: forget_bias(layer, 1.0), "off by"),  # Keras's own start
            (unwritten, "written"),
        ],
    ),
    check.chrono: Answers(
        right=[chrono, functools.partial(chrono, draw=whole_steps)],
        wrong=[
            (functools.partial(chrono, draw=evenly_in_the_logarithm), "Draw the durations evenly"),
            (functools.partial(chrono, order="figo"), "swapped"),
            (functools.partial(chrono, order="ifog", i=0.0), "minus the forget"),
            (functools.partial(chrono, order="gfio"), "should have a bias of 0"),
            (functools.partial(chrono, draw=lambda n, _: np.full(n, np.log(50))), "same bias"),
            (functools.partial(chrono, draw=lambda n, r: r.uniform(1, 50, n)), "logarithm taken"),
            (
                functools.partial(chrono, draw=lambda n, r: np.log(r.uniform(0.1, 50, n))),
                "duration below 1",
            ),
            (lambda n, longest, r: chrono(n, longest, np.random.default_rng(7)), "from random"),
            (lambda n, longest, r: np.zeros(n), "shape"),
            (lambda *arguments: ..., "written"),
        ],
    ),
    check.edge: Answers(
        right=[Call(12, falls_at(14)), Call(20, falls_at(14)), Call(17, by_chance)],
        wrong=[
            (Call(40, falls_at(14)), "nearer"),
            (Call(6, falls_at(14)), "further out"),
            (Call(12, by_chance), "now and then"),
            (Call(28, by_chance), "does not always"),
            (Call(12.5, falls_at(14)), "whole number"),
            (Call(1, falls_at(14)), "whole number"),
            (Call(..., falls_at(14)), "written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
