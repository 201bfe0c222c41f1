"""What every recurrent cell of the reference is: two functions, its weights, its conversions."""

import math

import numpy as np

from rnn_tf.errors import whole_number, wrong
from rnn_tf.reference import convert, recurrence
from rnn_tf.reference.recurrence import over_time, per_step, sum_of_products
from rnn_tf.reference.trace import Trace, one_or_all


class Cell:
    """A recurrent layer in NumPy float64. A subclass states its equations in two methods, with
    the same meaning as in ``rnn_tf.layers.cells``:

    ``step(x_part, h_part, state) -> (state, saved)``
        ``x_part`` is the step's share of the input, ``x_t W + b``; ``h_part`` the share of the
        previous output, ``h_{t-1} U + b_r``; both (batch, blocks * units). ``state`` is a tuple
        of (batch, units) arrays, the first one the output. ``saved`` is a tuple of what ``back``
        will need.

    ``back(saved, d_state) -> (d_x_part, d_h_part, d_state)``
        Given the gradient of the loss with respect to the new state, the gradients with respect
        to the two parts and the *direct* share of the old state; ``None`` for the output's where
        there is none. The share that flows through ``h_part`` is the loop's work: it is the same
        product for every cell.

    All cells use row vectors: a batch of inputs is (batch, steps, features). Several gates lie
    side by side in the columns of one kernel, in the order of ``block_names`` (that of Keras).

    Attributes:
        weights: name -> array: ``kernel`` W (features, blocks * units), ``recurrent_kernel`` U
            (units, blocks * units), ``bias`` (blocks * units,), or b above b_r in
            (2, blocks * units) if ``two_biases``. Change them in place.
        block_names: names of the column blocks, in order: the gates, and the candidate.
        state_names: names of the gradients of the states before the first step, in order.
        two_biases: whether b and b_r do different things; else b_r is 0, as b does for both.
        trace_type: the ``Trace`` that ``forward`` returns.

    For conversion. A subclass with other equations sets ``keras_layer`` and ``pytorch_order`` to
    ``None``:
        keras_layer: name of the Keras layer that computes the same.
        keras_options: options that the cell and that layer have in common, each with the
            ledger's row on what it changes, or ``None``.
        keras_fixed: options of that layer that must have one value.
        pytorch_order: the column blocks in PyTorch's order. Its own inverse.
        pytorch_options: options of the cell -> the values that PyTorch has.
    """

    block_names: tuple[str, ...] = ("state",)
    state_names: tuple[str, ...] = ("initial_state",)
    two_biases = False
    trace_type = Trace

    keras_layer: str | None = None
    keras_options: dict = {}
    keras_fixed: dict = {}
    pytorch_order: tuple[int, ...] | None = None
    pytorch_options: dict = {}

    def __init__(self, features, units, seed=0):
        whole_number("features", features)
        whole_number("units", units)
        self.features, self.units = int(features), int(units)
        random = np.random.default_rng(seed)
        width = len(self.block_names) * self.units
        limit = math.sqrt(6.0 / (features + units))  # Glorot and Bengio (2010)
        self.weights = {
            "kernel": random.uniform(-limit, limit, (self.features, width)),
            "recurrent_kernel": np.hstack([_orthogonal(random, units) for _ in self.block_names]),
            "bias": np.zeros((2, width) if self.two_biases else width),
        }

    @property
    def parameter_count(self):
        """Number of weights, as ``layer.count_params()`` counts them."""
        return sum(w.size for w in self.weights.values())

    def zero_state(self, batch_size):
        """The state before the first step where none is given: zeros."""
        return one_or_all(self._states("initial_state", None, batch_size))

    def step(self, x_part, h_part, state):
        """One time step: ``(state, saved)``. See the class."""
        raise NotImplementedError

    def back(self, saved, d_state):
        """The adjoint of ``step``: ``(d_x_part, d_h_part, d_state)``. See the class."""
        raise NotImplementedError

    def forward(self, inputs, initial_state=None):
        """All states of a batch, and what the steps computed on the way.

        Args:
            inputs: (batch, steps, features)
            initial_state: (batch, units), a tuple of as many as the cell carries, or ``None``
                for zeros.

        Returns a ``trace_type``. Raises ``InputError`` for wrong shapes.
        """
        inputs = self._inputs(inputs)
        state = self._states("initial_state", initial_state, len(inputs))
        W, U, bias = (self.weights[name] for name in ("kernel", "recurrent_kernel", "bias"))
        b, b_r = bias if self.two_biases else (bias, 0.0)
        states, saved = recurrence.forward(
            [x @ W + b for x in per_step(inputs)],
            state,
            cell=self,
            recurrent_kernel=U,
            recurrent_bias=b_r,
        )
        return self.trace_type(inputs, states, saved)

    def backward(self, trace, d_hidden_states=None, d_final_state=None):
        """Back-propagation through time: the gradient of a loss L for everything it depends on.

        Args:
            trace: what ``forward`` returned.
            d_hidden_states: (batch, steps, units), ∂L/∂h_t as far as the loss uses h_t itself;
                ``None``: 0.
            d_final_state: like ``initial_state``, a further gradient of the last state, from what
                goes on after the last step.

        Returns name -> gradient: every weight, ``"inputs"`` (batch, steps, features), and each of
        ``state_names`` (batch, units).
        """
        W, U = self.weights["kernel"], self.weights["recurrent_kernel"]
        d_x_parts, d_h_parts, d_state = recurrence.backward(
            trace.saved,
            per_step(self._d_hidden_states(d_hidden_states, trace)),
            self._states("d_final_state", d_final_state, len(trace.inputs)),
            cell=self,
            recurrent_kernel=U,
        )
        # h_0 … h_{T-1}. In an array h_1 … h_T, index t − 1 would be the LAST state at the first
        # step (B-002-18).
        before = [state[0] for state in trace.states[:-1]]
        d_biases = [sum(parts).sum(axis=0) for parts in (d_x_parts, d_h_parts)]
        gradients = {
            "kernel": sum_of_products(per_step(trace.inputs), d_x_parts),
            "recurrent_kernel": sum_of_products(before, d_h_parts),
            "bias": np.stack(d_biases) if self.two_biases else d_biases[0],
            "inputs": over_time([d_x_part @ W.T for d_x_part in d_x_parts]),
            **dict(zip(self.state_names, d_state, strict=True)),
        }
        for name, gradient in self.inner_gradients(trace, d_x_parts).items():
            gradients[name] += gradient
        return gradients

    def inner_gradients(self, trace, d_x_parts):
        """Gradients of weights that ``step`` itself multiplies with, by name; here none."""
        return {}

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

    def exported_weights(self):
        """Copies of the weights as Keras's layer holds them."""
        return {name: array.copy() for name, array in self.weights.items()}

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

    def _states(self, name, given, batch_size):
        """``given`` as a tuple with an array for each of the cell's states."""
        shape, count = (batch_size, self.units), len(self.state_names)
        if given is None:
            return tuple(np.zeros(shape) for _ in range(count))
        if count == 1:
            names, given = [name], (given,)
        else:
            names = [f"{name}[{place}]" for place in range(count)]
        if not isinstance(given, (tuple, list)) or len(given) != count:
            kind = "pair" if count == 2 else f"tuple of {count}"
            raise wrong(name, type(given).__name__, f"a {kind}: {', '.join(self.state_names)}")
        return tuple(_state(*one, shape) for one in zip(names, given, strict=True))

    def _d_hidden_states(self, given, trace):
        shape = (*trace.inputs.shape[:2], self.units)
        given = np.zeros(shape) if given is None else np.asarray(given, dtype=np.float64)
        if given.shape != shape:
            raise wrong("d_hidden_states", given.shape, f"(batch, steps, units) = {shape}")
        return given


def _state(name, state, shape):
    state = np.asarray(state, dtype=np.float64)
    if state.shape != shape:
        raise wrong(name, state.shape, f"(batch, units) = {shape}")
    return state


def _orthogonal(random, units):
    q, r = np.linalg.qr(random.normal(size=(units, units)))
    return q * np.sign(np.diag(r))  # without the signs Q would not be uniformly distributed
