"""A cell with a dense layer on top: the smallest network that can be trained."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.reference.losses import LOSSES


@dataclass(frozen=True)
class NetworkTrace:
    """What ``Network.forward`` computed.

    Attributes:
        cell: the cell's own trace.
        outputs: (batch, steps, outputs), or (batch, outputs) if only the last step is read.
    """

    cell: Any
    outputs: np.ndarray

    @property
    def final_state(self):
        """The cell's state after the last step."""
        return self.cell.final_state


class Network:
    """y = h V + c on the hidden states of ``cell``; a loss on y.

    Args:
        cell: a ``SimpleRNN``, ``LSTM`` or ``GRU`` of this package.
        outputs: number of outputs (for cross-entropies: of logits).
        loss: ``"squared_error"``, ``"sigmoid_cross_entropy"`` or ``"softmax_cross_entropy"``.
        per_step: a loss at every step, or at the last one only.
        seed: seed of the output kernel.

    Attributes:
        weights: the cell's, with ``output_kernel`` (units, outputs) and ``output_bias``
            (outputs,). The arrays are the cell's own: change them in place.
    """

    def __init__(self, cell, outputs, loss="squared_error", *, per_step=True, seed=0):
        if loss not in LOSSES:
            raise wrong("loss", repr(loss), " or ".join(map(repr, LOSSES)))
        self.cell = cell
        self.per_step = per_step
        self._loss = LOSSES[loss]
        limit = math.sqrt(6.0 / (cell.units + outputs))
        random = np.random.default_rng(seed)
        self.weights = {
            **cell.weights,
            "output_kernel": random.uniform(-limit, limit, (cell.units, outputs)),
            "output_bias": np.zeros(outputs),
        }

    @property
    def parameter_count(self):
        """Number of weights."""
        return sum(w.size for w in self.weights.values())

    def forward(self, inputs, initial_state=None):
        """Outputs of a batch (batch, steps, features); returns a ``NetworkTrace``."""
        trace = self.cell.forward(inputs, initial_state)
        states = trace.hidden_states if self.per_step else trace.hidden_states[:, -1]
        return NetworkTrace(
            trace, states @ self.weights["output_kernel"] + self.weights["output_bias"]
        )

    def loss(self, outputs, targets):
        """``(loss, d_outputs)`` of outputs against targets."""
        return self._loss(outputs, targets)

    def backward(self, trace, d_outputs, d_final_state=None):
        """Gradients by name: every weight, ``inputs``, ``initial_state`` (LSTM: both states)."""
        states = trace.cell.hidden_states
        d_states = np.zeros_like(states)
        read = d_states if self.per_step else d_states[:, -1]
        read[...] = d_outputs @ self.weights["output_kernel"].T
        seen = (states if self.per_step else states[:, -1]).reshape(-1, self.cell.units)
        flat = d_outputs.reshape(len(seen), -1)
        gradients = self.cell.backward(trace.cell, d_states, d_final_state)
        gradients["output_kernel"] = seen.T @ flat
        gradients["output_bias"] = flat.sum(axis=0)
        return gradients

    def loss_and_gradients(self, inputs, targets, initial_state=None):
        """``(loss, gradients)`` of one batch: what ``gradient_check`` asks for."""
        trace = self.forward(inputs, initial_state)
        loss, d_outputs = self.loss(trace.outputs, targets)
        return loss, self.backward(trace, d_outputs)
