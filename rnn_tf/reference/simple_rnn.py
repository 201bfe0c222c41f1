"""The simple recurrent layer (Elman 1990)."""

from rnn_tf.reference.activations import activation_and_back
from rnn_tf.reference.cell import Cell
from rnn_tf.reference.trace import Trace


class SimpleRNNTrace(Trace):
    __doc__ = Trace.__doc__


class SimpleRNN(Cell):
    """h_t = φ(x_t W + h_{t-1} U + b), as ``keras.layers.SimpleRNN``.

    Args:
        features, units: sizes F and U.
        seed: seed of the start weights (kernel Glorot uniform, recurrent kernel orthogonal).
        activation: φ: ``"tanh"``, ``"sigmoid"``, ``"relu"`` or ``"linear"``.

    Source: J. L. Elman (1990). Articles 000 §3.1, 001 §4.2, 002 §3, 003 §3.1, 004 §2.1.
    """

    trace_type = SimpleRNNTrace
    keras_layer = "SimpleRNN"
    keras_options = {"activation": None}
    pytorch_order = (0,)
    pytorch_options = {"activation": ("tanh", "relu")}

    def __init__(self, features, units, seed=0, activation="tanh"):
        super().__init__(features, units, seed)
        self.activation = activation
        self._phi, self._phi_back = activation_and_back(activation)

    def step(self, x_part, h_part, state):
        hidden_state = self._phi(x_part + h_part)
        return (hidden_state,), (hidden_state,)

    def back(self, saved, d_state):
        d_sum = self._phi_back(saved[0], d_state[0])
        return d_sum, d_sum, (None,)  # the old state acts through h_part alone
