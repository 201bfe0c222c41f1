"""The equations in NumPy float64, forward and backward by hand, and the check that holds them.

Nothing here knows TensorFlow or Keras. Arrays are (batch, steps, features); one step is a row
vector times a matrix.

>>> cell = LSTM(features=3, units=4)
>>> trace = cell.forward(inputs)                     # (batch, steps, 3)
>>> gradients = cell.backward(trace, d_hidden_states)  # by name: weights, inputs, states

A cell is two functions, ``step`` and ``back`` (see ``Cell``); ``recurrence`` has the loop over the
steps and the loop back, once for all cells. ``rnn_tf.layers`` has the same ones, fast.
"""

from rnn_tf.reference.activations import sigmoid
from rnn_tf.reference.cell import Cell
from rnn_tf.reference.gradient_check import (
    GradientReport,
    GradientRow,
    gradient_check,
    numeric_gradient,
    relative_error,
)
from rnn_tf.reference.gru import GRU, GRUTrace
from rnn_tf.reference.losses import (
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    squared_error,
)
from rnn_tf.reference.lstm import LSTM, LSTMTrace
from rnn_tf.reference.min_gru import MinGRU, MinGRUTrace
from rnn_tf.reference.network import Network, NetworkTrace
from rnn_tf.reference.simple_rnn import SimpleRNN, SimpleRNNTrace
from rnn_tf.reference.trace import Trace
from rnn_tf.reference.training import SGD, global_norm, train, truncated_gradients

__all__ = [
    "GRU",
    "LSTM",
    "SGD",
    "Cell",
    "GRUTrace",
    "GradientReport",
    "GradientRow",
    "LSTMTrace",
    "MinGRU",
    "MinGRUTrace",
    "Network",
    "NetworkTrace",
    "SimpleRNN",
    "SimpleRNNTrace",
    "Trace",
    "global_norm",
    "gradient_check",
    "numeric_gradient",
    "relative_error",
    "sigmoid",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "squared_error",
    "train",
    "truncated_gradients",
]
