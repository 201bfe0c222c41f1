"""The long short-term memory."""

import numpy as np

from rnn_tf.reference.activations import sigmoid, sigmoid_back, tanh_back
from rnn_tf.reference.cell import Cell
from rnn_tf.reference.trace import Trace, saved_array, state_array


class LSTMTrace(Trace):
    """What ``forward`` computed. B batch, T steps, F features, U units.

    Attributes:
        inputs: (B, T, F)
        initial_state, initial_cell_state: (B, U), h_0 and c_0
        hidden_states, cell_states: (B, T, U), h_1 … h_T and c_1 … c_T
        input_gates, forget_gates, candidates, output_gates: (B, T, U), i, f, g, o of each step
        states, saved: the same step by step; see ``Trace``
    """

    cell_states = state_array(1)
    input_gates = saved_array(0)
    forget_gates = saved_array(1)
    candidates = saved_array(2)
    output_gates = saved_array(3)

    @property
    def initial_cell_state(self):
        """c_0, (B, U)."""
        return self.states[0][1]


class LSTM(Cell):
    """Input, forget and output gate around a cell state, as ``keras.layers.LSTM``.

        i, f, o = σ(x_t W + h_{t-1} U + b)      one column block each
        g       = tanh(x_t W + h_{t-1} U + b)   the candidate, also written c̃
        c_t     = f ∘ c_{t-1} + i ∘ g
        h_t     = o ∘ tanh(c_t)

    Column blocks in Keras's order: input gate, forget gate, candidate, output gate. The forget
    gate's bias starts at 1, so that a new network keeps what it has. A state is a pair
    ``(h, c)``.

    Sources: S. Hochreiter and J. Schmidhuber (1997); the forget gate: F. A. Gers,
    J. Schmidhuber and F. Cummins (2000). Articles 000 §3.3, 003 §3.3, 004 §2.2.
    """

    block_names = ("input", "forget", "candidate", "output")
    state_names = ("initial_state", "initial_cell_state")
    trace_type = LSTMTrace
    keras_layer = "LSTM"
    keras_fixed = {"activation": "tanh", "recurrent_activation": "sigmoid"}
    pytorch_order = (0, 1, 2, 3)

    def __init__(self, features, units, seed=0):
        super().__init__(features, units, seed)
        self.weights["bias"][units : 2 * units] = 1.0

    def step(self, x_part, h_part, state):
        i, f, g, o = np.split(x_part + h_part, 4, axis=-1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        cell_before = state[1]
        cell_state = f * cell_before + i * g  # keep some of the old, write some of the new
        squashed = np.tanh(cell_state)
        return (o * squashed, cell_state), (i, f, g, o, cell_before, squashed)

    def back(self, saved, d_state):
        i, f, g, o, cell_before, squashed = saved
        # Two totals walk backwards. That of the cell state has its own way from step to step,
        # c_t = f ∘ c_{t-1} + …, which does not pass through h (F-000-05).
        d_hidden, d_cell = d_state
        d_cell = d_cell + tanh_back(squashed, d_hidden * o)
        d_sum = np.concatenate(
            [
                sigmoid_back(i, d_cell * g),
                sigmoid_back(f, d_cell * cell_before),
                tanh_back(g, d_cell * i),
                sigmoid_back(o, d_hidden * squashed),
            ],
            axis=-1,
        )
        return d_sum, d_sum, (None, d_cell * f)
