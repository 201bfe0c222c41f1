"""Activations with their slopes, both for arrays of any shape."""

import numpy as np

from rnn_tf.errors import wrong


def sigmoid(x):
    """1 / (1 + e^-x), written with tanh so that no exponential can overflow (B-002-06)."""
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def relu(x):
    """max(x, 0)."""
    return np.maximum(x, 0.0)


def linear(x):
    """x itself."""
    return x


# The slope is written in terms of the output y = φ(x): the forward pass has kept it.
_WITH_SLOPE = {
    "tanh": (np.tanh, lambda y: 1.0 - y**2),
    "sigmoid": (sigmoid, lambda y: y * (1.0 - y)),
    "relu": (relu, lambda y: (y > 0.0).astype(float)),
    "linear": (linear, np.ones_like),
}


def activation_and_slope(name):
    """``(φ, slope)`` by name, where ``slope(φ(x))`` is dφ/dx. Raises for an unknown name."""
    if name not in _WITH_SLOPE:
        raise wrong("activation", repr(name), " or ".join(map(repr, _WITH_SLOPE)))
    return _WITH_SLOPE[name]
