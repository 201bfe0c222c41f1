"""``SimpleRNN``, ``LSTM`` and ``GRU``: drop-in for the Keras layers of the same names, faster on
a CPU; with ``Dense`` and ``SparseCategoricalCrossentropy`` for the head of a language model, and
``MinGRU``, a recurrence that Keras does not have.

Derivatives of any order, forward mode and export work as with Keras's. What drop-in leaves out:
results agree to rounding, not bit for bit, and the first call takes longer to trace.

The rooms: ``recurrent`` has the three classes, ``cells`` one step of each and its way back,
``engine`` the two loops over the steps, ``blocks`` how a long sequence is cut, ``chains`` how a
batch is, ``gradients`` what makes a gradient by hand differentiable again, ``head`` the rest,
``min_gru`` the layer of that name; ``regularised`` has cells for Keras's own loop: zoneout, layer
normalisation.
"""

from rnn_tf.layers.head import Dense, SparseCategoricalCrossentropy
from rnn_tf.layers.min_gru import MinGRU
from rnn_tf.layers.recurrent import GRU, LSTM, SimpleRNN, fast_path_reason
from rnn_tf.layers.regularised import LayerNormLSTMCell, ZoneoutCell

__all__ = [
    "GRU",
    "LSTM",
    "Dense",
    "LayerNormLSTMCell",
    "MinGRU",
    "SimpleRNN",
    "SparseCategoricalCrossentropy",
    "ZoneoutCell",
    "fast_path_reason",
]
