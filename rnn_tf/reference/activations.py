"""Activations with their adjoints, for arrays of any shape.

An adjoint ``φ_back(y, d_y)`` takes the output y = φ(x), which the step ahead has kept, and the
gradient of the loss with respect to y; it returns the gradient with respect to x.
"""

import numpy as np

from rnn_tf.errors import wrong


def sigmoid(x):
    """1 / (1 + e^-x), written with tanh so that no exponential can overflow (B-002-06)."""
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def sigmoid_back(y, d_y):
    """σ' = y (1 − y)."""
    return d_y * y * (1.0 - y)


def tanh_back(y, d_y):
    """tanh' = 1 − y²."""
    return d_y * (1.0 - y**2)


def relu(x):
    """max(x, 0)."""
    return np.maximum(x, 0.0)


def relu_back(y, d_y):
    """1 where y is positive, else 0."""
    return d_y * (y > 0.0)


def linear(x):
    """x itself."""
    return x


def linear_back(y, d_y):
    """The gradient itself."""
    return d_y


_WITH_ADJOINT = {
    "tanh": (np.tanh, tanh_back),
    "sigmoid": (sigmoid, sigmoid_back),
    "relu": (relu, relu_back),
    "linear": (linear, linear_back),
}


def activation_and_back(name):
    """``(φ, φ_back)`` by name. Raises ``InputError`` for an unknown name."""
    if name not in _WITH_ADJOINT:
        raise wrong("activation", repr(name), " or ".join(map(repr, _WITH_ADJOINT)))
    return _WITH_ADJOINT[name]
