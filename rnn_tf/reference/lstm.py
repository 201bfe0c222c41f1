"""The long short-term memory and its back-propagation through time."""

from dataclasses import dataclass

import numpy as np

from rnn_tf.reference.activations import sigmoid
from rnn_tf.reference.cell import Cell, pair_of_states


@dataclass(frozen=True)
class LSTMTrace:
    """What ``forward`` computed. B batch, T steps, F features, U units.

    Attributes:
        inputs: (B, T, F)
        initial_state, initial_cell_state: (B, U), h_0 and c_0
        hidden_states, cell_states: (B, T, U), h_1 … h_T and c_1 … c_T
        input_gates, forget_gates, candidates, output_gates: (B, T, U), i, f, c̃, o of each step
    """

    inputs: np.ndarray
    initial_state: np.ndarray
    initial_cell_state: np.ndarray
    hidden_states: np.ndarray
    cell_states: np.ndarray
    input_gates: np.ndarray
    forget_gates: np.ndarray
    candidates: np.ndarray
    output_gates: np.ndarray

    @property
    def final_state(self):
        """``(h_T, c_T)``: the ``initial_state`` of a forward pass that goes on from here."""
        return self.hidden_states[:, -1], self.cell_states[:, -1]


class LSTM(Cell):
    """Input, forget and output gate around a cell state, as ``keras.layers.LSTM``.

        i, f, o = σ(x_t W + h_{t-1} U + b)      one column block each
        c̃       = tanh(x_t W + h_{t-1} U + b)   the candidate, block "candidate"
        c_t     = f ∘ c_{t-1} + i ∘ c̃
        h_t     = o ∘ tanh(c_t)

    Column blocks in Keras's order: input gate, forget gate, candidate, output gate. The forget
    gate's bias starts at 1, so that a new network keeps what it has.

    Sources: S. Hochreiter and J. Schmidhuber (1997); the forget gate: F. A. Gers,
    J. Schmidhuber and F. Cummins (2000). Articles 000 §3.3, 003 §3.3, 004 §2.2.
    """

    gates = ("input", "forget", "candidate", "output")
    state_names = ("initial_state", "initial_cell_state")

    def __init__(self, features, units, seed=0):
        super().__init__(features, units, seed)
        self.weights["bias"][units : 2 * units] = 1.0

    def zero_state(self, batch_size):
        """``(h_0, c_0)`` of zeros."""
        return super().zero_state(batch_size), super().zero_state(batch_size)

    def forward(self, inputs, initial_state=None):
        """All states and gates of a batch.

        Args:
            inputs: (B, T, F)
            initial_state: pair ``(h_0, c_0)`` of (B, U) each, or ``None`` for zeros.

        Returns an ``LSTMTrace``. Raises ``InputError`` for wrong shapes.
        """
        x = self._inputs(inputs)
        h_0, c_0 = pair_of_states("initial_state", initial_state)
        h_0 = self._state("initial_state[0]", h_0, len(x))
        c_0 = self._state("initial_state[1]", c_0, len(x))
        W, U, b = self.weights["kernel"], self.weights["recurrent_kernel"], self.weights["bias"]

        shape = (len(x), x.shape[1], self.units)
        h_all, c_all, i_all, f_all, candidates, o_all = (np.empty(shape) for _ in range(6))
        h, c = h_0, c_0
        for t in range(x.shape[1]):
            a_i, a_f, a_c, a_o = np.split(x[:, t] @ W + h @ U + b, 4, axis=1)
            i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
            candidate = np.tanh(a_c)
            c = f * c + i * candidate  # keep some of the old, write some of the new
            h = o * np.tanh(c)  # show some of it
            i_all[:, t], f_all[:, t], o_all[:, t] = i, f, o
            candidates[:, t], c_all[:, t], h_all[:, t] = candidate, c, h
        return LSTMTrace(x, h_0, c_0, h_all, c_all, i_all, f_all, candidates, o_all)

    def backward(self, trace, d_hidden_states=None, d_final_state=None):
        """Back-propagation through time: the gradient of a loss L for everything it depends on.

        Two totals walk backwards: dh = ∂L/∂h_t and dc = ∂L/∂c_t. The second has its own way
        from step to step, c_t = f ∘ c_{t-1} + …, that does not pass through h (F-000-05).

        Args:
            trace: what ``forward`` returned.
            d_hidden_states: (B, T, U), ∂L/∂h_t as far as the loss uses h_t itself; ``None``: 0.
            d_final_state: pair (B, U) each, further ∂L/∂h_T and ∂L/∂c_T, from what goes on after
                the last step.

        Returns name -> gradient: every weight, ``"inputs"`` (B, T, F), ``"initial_state"`` and
        ``"initial_cell_state"`` (B, U).
        """
        d_direct = self._d_hidden_states(d_hidden_states, trace)
        dh_carry, dc_carry = pair_of_states("d_final_state", d_final_state)
        dh_carry = self._state("d_final_state[0]", dh_carry, len(trace.inputs))
        dc_carry = self._state("d_final_state[1]", dc_carry, len(trace.inputs))
        W, U = self.weights["kernel"], self.weights["recurrent_kernel"]
        gradients = self._zero_gradients(trace)

        x = trace.inputs
        for t in reversed(range(x.shape[1])):
            first = t == 0
            h_before = trace.initial_state if first else trace.hidden_states[:, t - 1]
            c_before = trace.initial_cell_state if first else trace.cell_states[:, t - 1]
            i, f, o = trace.input_gates[:, t], trace.forget_gates[:, t], trace.output_gates[:, t]
            candidate, tanh_c = trace.candidates[:, t], np.tanh(trace.cell_states[:, t])

            dh = d_direct[:, t] + dh_carry
            dc = dc_carry + dh * o * (1.0 - tanh_c**2)  # h_t = o ∘ tanh(c_t)

            da = np.hstack(
                [
                    dc * candidate * i * (1.0 - i),  # i
                    dc * c_before * f * (1.0 - f),  # f
                    dc * i * (1.0 - candidate**2),  # c̃
                    dh * tanh_c * o * (1.0 - o),  # o
                ]
            )
            gradients["kernel"] += x[:, t].T @ da
            gradients["recurrent_kernel"] += h_before.T @ da
            gradients["bias"] += da.sum(axis=0)
            gradients["inputs"][:, t] = da @ W.T
            dh_carry = da @ U.T
            dc_carry = dc * f
        gradients["initial_state"] = dh_carry
        gradients["initial_cell_state"] = dc_carry
        return gradients
