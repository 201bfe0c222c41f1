"""The simple recurrent layer (Elman 1990) and its back-propagation through time."""

from dataclasses import dataclass

import numpy as np

from rnn_tf.reference.activations import activation_and_slope
from rnn_tf.reference.cell import Cell


@dataclass(frozen=True)
class SimpleRNNTrace:
    """What ``forward`` computed. B batch, T steps, F features, U units.

    Attributes:
        inputs: (B, T, F)
        initial_state: (B, U), h_0
        hidden_states: (B, T, U), h_1 … h_T
    """

    inputs: np.ndarray
    initial_state: np.ndarray
    hidden_states: np.ndarray

    @property
    def final_state(self):
        """h_T, (B, U): the ``initial_state`` of a forward pass that goes on from here."""
        return self.hidden_states[:, -1]


class SimpleRNN(Cell):
    """h_t = φ(x_t W + h_{t-1} U + b), as ``keras.layers.SimpleRNN``.

    Args:
        features, units: sizes F and U.
        seed: seed of the start weights (kernel Glorot uniform, recurrent kernel orthogonal).
        activation: φ: ``"tanh"``, ``"sigmoid"``, ``"relu"`` or ``"linear"``.

    Source: J. L. Elman (1990). Articles 000 §3.1, 001 §4.2, 002 §3, 003 §3.1, 004 §2.1.
    """

    def __init__(self, features, units, seed=0, activation="tanh"):
        super().__init__(features, units, seed)
        self.activation = activation
        self._phi, self._slope = activation_and_slope(activation)

    def forward(self, inputs, initial_state=None):
        """All hidden states of a batch.

        Args:
            inputs: (B, T, F)
            initial_state: (B, U), or ``None`` for zeros.

        Returns a ``SimpleRNNTrace``. Raises ``InputError`` for wrong shapes.
        """
        x = self._inputs(inputs)
        h_0 = self._state("initial_state", initial_state, len(x))
        W, U, b = self.weights["kernel"], self.weights["recurrent_kernel"], self.weights["bias"]

        states = np.empty((len(x), x.shape[1], self.units))
        h = h_0
        for t in range(x.shape[1]):
            h = self._phi(x[:, t] @ W + h @ U + b)  # h_t = φ(x_t W + h_{t-1} U + b)
            states[:, t] = h
        return SimpleRNNTrace(x, h_0, states)

    def backward(self, trace, d_hidden_states=None, d_final_state=None):
        """Back-propagation through time: the gradient of a loss L for everything it depends on.

        Args:
            trace: what ``forward`` returned.
            d_hidden_states: (B, T, U), ∂L/∂h_t as far as the loss uses h_t itself; ``None``: 0.
            d_final_state: (B, U), a further ∂L/∂h_T, from what goes on after the last step.

        Returns name -> gradient: every weight, ``"inputs"`` (B, T, F) and ``"initial_state"``
        (B, U).
        """
        d_direct = self._d_hidden_states(d_hidden_states, trace)
        carry = self._state("d_final_state", d_final_state, len(trace.inputs))
        W, U = self.weights["kernel"], self.weights["recurrent_kernel"]
        gradients = self._zero_gradients(trace)

        x, h = trace.inputs, trace.hidden_states
        for t in reversed(range(x.shape[1])):
            # h[:, -1] would be the LAST state: the first step needs h_0 (B-002-18).
            h_before = h[:, t - 1] if t > 0 else trace.initial_state
            dh = d_direct[:, t] + carry  # total ∂L/∂h_t: this step's loss and all later steps
            da = dh * self._slope(h[:, t])  # through φ
            gradients["kernel"] += x[:, t].T @ da
            gradients["recurrent_kernel"] += h_before.T @ da
            gradients["bias"] += da.sum(axis=0)
            gradients["inputs"][:, t] = da @ W.T
            carry = da @ U.T  # ∂L/∂h_{t-1} through step t
        gradients["initial_state"] = carry
        return gradients
