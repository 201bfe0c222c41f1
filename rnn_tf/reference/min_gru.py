"""A gated recurrence without a hidden-to-hidden matrix: minGRU."""

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.reference.activations import sigmoid, sigmoid_back, tanh_back
from rnn_tf.reference.cell import Cell
from rnn_tf.reference.trace import Trace, saved_array

_GATES = {"sigmoid": (sigmoid, sigmoid_back), "tanh": (np.tanh, tanh_back)}


class MinGRUTrace(Trace):
    """What ``forward`` computed. B batch, T steps, F features, U units.

    Attributes:
        inputs: (B, T, F)
        initial_state: (B, U), h_0
        hidden_states: (B, T, U), h_1 … h_T
        gates, candidates: (B, T, U), a and g of each step
        states, saved: the same step by step; see ``Trace``
    """

    gates = saved_array(0)
    candidates = saved_array(1)


class MinGRU(Cell):
    """Gate and candidate see the input alone; the state is only multiplied and added to.

        a   = σ(x_t W_a + b_a)                  gate="sigmoid": from 0 to 1
        a   = tanh(x_t W_a + b_a)               gate="tanh": from −1 to 1
        g   = x_t W_g + b_g
        h_t = a ∘ h_{t-1} + (1 − a) ∘ g

    a is the share of the old state that stays: it is the eigenvalue of the step, one a unit, and
    only a negative one turns a state over. Column blocks: gate, candidate. The recurrent kernel
    has no columns: (units, 0).

    Sources: L. Feng and others (2024), Were RNNs all we needed?, arXiv 2410.01201, where
    1 − a is called z; negative eigenvalues: R. Grazzi and others (2024), arXiv 2411.12537.
    """

    block_names = ("gate", "candidate")
    trace_type = MinGRUTrace

    def __init__(self, features, units, seed=0, gate="sigmoid"):
        if gate not in tuple(_GATES):  # a list too gets its one line
            raise wrong("gate", repr(gate), " or ".join(map(repr, _GATES)))
        self.gate = gate
        self._gate, self._gate_back = _GATES[gate]
        super().__init__(features, units, seed)
        self.weights["recurrent_kernel"] = np.zeros((self.units, 0))

    def step(self, x_part, h_part, state):
        x_a, g = np.split(x_part, 2, axis=-1)
        (before,) = state
        a = self._gate(x_a)
        return (a * before + (1 - a) * g,), (a, g, before)

    def back(self, saved, d_state):
        a, g, before = saved
        (d_hidden,) = d_state
        d_a = self._gate_back(a, d_hidden * (before - g))
        d_x_part = np.concatenate([d_a, d_hidden * (1 - a)], axis=-1)
        return d_x_part, np.zeros((len(before), 0)), (d_hidden * a,)

    def __repr__(self):
        sizes = f"features={self.features}, units={self.units}"
        return f"{type(self).__name__}({sizes}, gate={self.gate!r})"
