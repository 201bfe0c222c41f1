"""JAX: the same cells under ``lax.scan``, compiled whole."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

GATES = {"simple": 1, "lstm": 4, "gru": 3}


def step_of(cell, units):
    def simple(state, z, recurrent):
        h = jnp.tanh(z + state[0] @ recurrent)
        return (h,), h

    def lstm(state, z, recurrent):
        h, c = state
        i, f, g, o = jnp.split(z + h @ recurrent, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def gru(state, z, recurrent):
        (h,) = state
        x_z, x_r, x_g = jnp.split(z, 3, axis=-1)
        h_z, h_r, h_g = jnp.split(h @ recurrent, 3, axis=-1)
        u, r = jax.nn.sigmoid(x_z + h_z), jax.nn.sigmoid(x_r + h_r)
        h = u * h + (1 - u) * jnp.tanh(x_g + r * h_g)
        return (h,), h

    return {"simple": simple, "lstm": lstm, "gru": gru}[cell]


def matrix(rows, columns):
    """Random weights."""
    random = np.random.default_rng(rows * columns)
    return jnp.asarray(random.normal(size=(rows, columns)) / np.sqrt(rows), jnp.float32)


def _parameters(work):
    wide = GATES[work.cell] * work.units
    layers, features = [], work.features
    for _ in range(work.layers):
        layers.append((matrix(features, wide), matrix(work.units, wide), jnp.zeros(wide)))
        features = work.units
    outputs = work.vocab_size or work.outputs
    parameters = {"layers": layers, "head": (matrix(work.units, outputs), jnp.zeros(outputs))}
    if work.vocab_size:
        parameters["embedding"] = matrix(work.vocab_size, work.features)
    return parameters


def _forward(work, parameters, values, key):
    if work.vocab_size:
        values = parameters["embedding"][values]
    values = jnp.swapaxes(values, 0, 1)
    step = step_of(work.cell, work.units)
    zeros = jnp.zeros((values.shape[1], work.units))
    for kernel, recurrent, bias in parameters["layers"]:
        state = (zeros,) * (2 if work.cell == "lstm" else 1)
        _, values = lax.scan(lambda s, z, r=recurrent: step(s, z, r), state, values @ kernel + bias)
        if work.dropout and key is not None:
            key, used = jax.random.split(key)
            kept = jax.random.bernoulli(used, 1 - work.dropout, values.shape)
            values = values * kept / (1 - work.dropout)
    values = jnp.swapaxes(values, 0, 1) if work.vocab_size else values[-1]
    kernel, bias = parameters["head"]
    return values @ kernel + bias


def training(work, variant):
    """A function that trains for ``work.rounds`` steps with Adam."""
    inputs, targets = work.batches()

    def loss(parameters, x, y, key):
        outputs = _forward(work, parameters, x, key)
        if y.dtype == jnp.float32:
            return jnp.mean((outputs - y) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(outputs), y[..., None], -1))

    @jax.jit
    def update(parameters, first, second, t, x, y, key):
        gradients = jax.grad(loss)(parameters, x, y, key)
        tree = jax.tree.map
        first = tree(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
        second = tree(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
        rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        parameters = tree(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), parameters, first, second
        )
        return parameters, first, second

    parameters = _parameters(work)
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    held = [parameters, zeros, zeros]
    size = work.batch_size
    key = jax.random.key(0)

    def run():
        for n in range(work.rounds):
            part = slice(n * size, (n + 1) * size)
            held[:] = update(
                *held, n + 1.0, inputs[part], targets[part], jax.random.fold_in(key, n)
            )
        jax.block_until_ready(held)

    return run


def inference(work, variant):
    """A function that runs ``work.rounds`` forward passes."""
    parameters = _parameters(work)
    batch = work.batches()[0][: work.batch_size]
    forward = jax.jit(lambda p, x: _forward(work, p, x, None))

    def run():
        for _ in range(work.rounds):
            forward(parameters, batch).block_until_ready()

    return run
