"""What the three recurrent cells share: shapes, weights, checks, conversion."""

import math

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.reference import convert


class Cell:
    """A recurrent layer in NumPy float64 with its backward pass written out.

    All cells use row vectors: a batch of inputs is (batch, steps, features), and one step is
    ``x_t @ kernel + h_{t-1} @ recurrent_kernel + bias``. Several gates lie side by side in the
    columns of one kernel, in the order of ``gates`` (that of Keras).

    Attributes:
        weights: name -> array: ``kernel`` (features, gates * units), ``recurrent_kernel``
            (units, gates * units), ``bias`` (gates * units,). Change them in place.
        gates: names of the column blocks, in order.
    """

    gates: tuple[str, ...] = ("state",)
    state_names: tuple[str, ...] = ("initial_state",)

    def __init__(self, features, units, seed=0):
        self.features = _size("features", features)
        self.units = _size("units", units)
        random = np.random.default_rng(seed)
        blocks = len(self.gates)
        limit = math.sqrt(6.0 / (features + units))  # Glorot and Bengio (2010)
        self.weights = {
            "kernel": random.uniform(-limit, limit, (features, blocks * units)),
            "recurrent_kernel": np.hstack([_orthogonal(random, units) for _ in self.gates]),
            "bias": np.zeros(blocks * units),
        }

    @property
    def parameter_count(self):
        """Number of weights, as ``layer.count_params()`` counts them."""
        return sum(w.size for w in self.weights.values())

    def zero_state(self, batch_size):
        """The state before the first step where none is given: zeros."""
        return np.zeros((batch_size, self.units))

    @classmethod
    def from_keras(cls, layer):
        """A cell that computes what the built Keras ``layer`` computes, in float64.

        Raises ``InputError`` if the layer is of another kind, is not built yet, or was given
        activations that this cell does not have.
        """
        return convert.from_keras(cls, layer)

    def to_keras(self, layer):
        """Write this cell's weights into the built Keras ``layer``; returns the layer."""
        return convert.to_keras(self, layer)

    @classmethod
    def from_pytorch(cls, arrays, **options):
        """A cell from the arrays of a one-layer PyTorch module; see ``convert.from_pytorch``."""
        return convert.from_pytorch(cls, arrays, **options)

    def to_pytorch(self):
        """The arrays of the equal PyTorch module; see ``convert.to_pytorch``."""
        return convert.to_pytorch(self)

    def __repr__(self):
        return f"{type(self).__name__}(features={self.features}, units={self.units})"

    # What forward and backward ask first

    def _inputs(self, inputs):
        inputs = np.asarray(inputs, dtype=np.float64)
        if inputs.ndim != 3 or inputs.shape[1] == 0:
            raise wrong(
                "inputs", inputs.shape, "(batch, steps, features) with a step or more", "B-003-01"
            )
        if inputs.shape[2] != self.features:
            raise wrong("inputs", inputs.shape, f"(batch, steps, {self.features})")
        return inputs

    def _state(self, name, state, batch_size):
        if state is None:
            return np.zeros((batch_size, self.units))
        state = np.asarray(state, dtype=np.float64)
        if state.shape != (batch_size, self.units):
            raise wrong(name, state.shape, f"(batch, units) = ({batch_size}, {self.units})")
        return state

    def _d_hidden_states(self, given, trace):
        if given is None:
            return np.zeros_like(trace.hidden_states)
        given = np.asarray(given, dtype=np.float64)
        if given.shape != trace.hidden_states.shape:
            raise wrong(
                "d_hidden_states", given.shape, f"(batch, steps, units) {trace.hidden_states.shape}"
            )
        return given

    def _zero_gradients(self, trace):
        gradients = {name: np.zeros_like(w) for name, w in self.weights.items()}
        gradients["inputs"] = np.zeros_like(trace.inputs)
        return gradients


def pair_of_states(name, pair):
    """``(hidden, cell)`` from what was given for an LSTM's state; ``None`` stands for zeros."""
    if pair is None:
        return None, None
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise wrong(name, type(pair).__name__, "a pair (hidden state, cell state)")
    return tuple(pair)


def _size(name, value):
    if not isinstance(value, (int, np.integer)) or value < 1:
        raise wrong(name, repr(value), "a whole number of at least 1")
    return int(value)


def _orthogonal(random, units):
    q, r = np.linalg.qr(random.normal(size=(units, units)))
    return q * np.sign(np.diag(r))  # without the signs Q would not be uniformly distributed
