"""``MinGRU``: a recurrence with gates and without a hidden-to-hidden matrix."""

from rnn_tf.backend import keras, tf
from rnn_tf.errors import whole_number, wrong

GATES = {"sigmoid": tf.sigmoid, "tanh": tf.tanh}

#: Known lengths up to this are unrolled, longer ones and unknown ones go in a loop of the graph.
UNROLLED_STEPS = 256


@keras.saving.register_keras_serializable("rnn_tf")
class MinGRU(keras.layers.Layer):
    r"""A GRU whose gate and candidate see the input alone, so that the state changes linearly.

    $a_t = \sigma(x_t W_a + b_a)$, $g_t = x_t W_g + b_g$ and
    $h_t = a_t \circ h_{t-1} + (1 - a_t) \circ g_t$: $a_t$ is the share that is kept.

    One step is the map $h \mapsto a h + b$. The step $(c, d)$ after the step $(a, b)$ is again
    such a map, $(ca, cb + d)$: steps can be put together two by two, and all states are there
    after about $\log_2(\text{steps})$ rounds instead of one step after the other.

    Args:
        units: size of the state.
        gate: ``"sigmoid"``, from 0 to 1: a unit keeps or forgets. ``"tanh"``, from -1 to 1: it can
            change its sign too, which is what counting odd and even takes.
        return_sequences: the state after every step instead of the last one.
        parallel: put steps together by ``keras.ops.associative_scan`` instead of going through
            them in order. The same states, but for rounding. It pays where there are very many
            cores: on a few, going in order is several times faster.

    Call arguments:
        inputs: float, (batch, steps, features).
        mask: bool, (batch, steps): a step that is False leaves the state as it was.
        initial_state: (batch, units); zeros if absent.

    Returns the last state, (batch, units), or all, (batch, steps, units). Weights: ``kernel``
    (features, 2 * units) and ``bias`` (2 * units,), the gate's columns first.

    Raises ``InputError`` for another gate, units that are no whole number, and inputs without a
    step axis.

    Source: L. Feng and others (2024), Were RNNs all we needed?, arXiv 2410.01201, with
    $a = 1 - z$; a gate from -1 to 1: R. Grazzi and others (2024), Unlocking state-tracking in
    linear RNNs through negative eigenvalues, arXiv 2411.12537; the scan: G. Blelloch (1990),
    Prefix sums and their applications.
    """

    def __init__(self, units, gate="sigmoid", *, return_sequences=False, parallel=False, **kwargs):
        super().__init__(**kwargs)
        whole_number("units", units)
        if gate not in tuple(GATES):  # a list too gets its one line
            raise wrong("gate", repr(gate), " or ".join(map(repr, GATES)))
        self.units, self.gate = units, gate
        self.return_sequences, self.parallel = return_sequences, parallel
        self.supports_masking = True
        self.supports_jit = False  # XLA fails on Keras's scan

    def build(self, input_shape):
        if len(input_shape) != 3:
            raise wrong("inputs", tuple(input_shape), "(batch, steps, features)")
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 2 * self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(2 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs, mask=None, initial_state=None):
        a, g = self.gates_and_candidates(inputs)
        b = (1 - a) * g
        if mask is not None:
            counts = tf.cast(mask, tf.bool)[:, :, None]
            a, b = tf.where(counts, a, tf.ones_like(a)), tf.where(counts, b, tf.zeros_like(b))
        if initial_state is None:
            initial_state = tf.zeros_like(a[:, 0])
        states = (_together if self.parallel else _in_order)(a, b, initial_state)
        return states if self.return_sequences else states[:, -1]

    def gates_and_candidates(self, inputs):
        """a and g of all steps, each (batch, steps, units): no state is needed for them."""
        parts = tf.tensordot(inputs, tf.convert_to_tensor(self.kernel), 1) + self.bias
        gate, candidate = tf.split(parts, 2, axis=-1)
        return GATES[self.gate](gate), candidate

    def compute_mask(self, inputs, mask=None):
        return mask if self.return_sequences else None

    def compute_output_shape(self, input_shape, **_):
        steps = (input_shape[1],) if self.return_sequences else ()
        return (input_shape[0], *steps, self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "gate": self.gate,
            "return_sequences": self.return_sequences,
            "parallel": self.parallel,
        }


def _in_order(a, b, state):
    """States (batch, steps, units) of h = a h + b, one step after the other."""
    if a.shape[1] is None or a.shape[1] > UNROLLED_STEPS:
        by_step = (tf.transpose(a, (1, 0, 2)), tf.transpose(b, (1, 0, 2)))
        states = tf.scan(lambda h, step: step[0] * h + step[1], by_step, initializer=state)
        return tf.transpose(states, (1, 0, 2))
    states = []
    for a_t, b_t in zip(tf.unstack(a, axis=1), tf.unstack(b, axis=1), strict=True):
        state = a_t * state + b_t
        states.append(state)
    return tf.stack(states, axis=1)


def _together(a, b, state):
    """The same states, steps put together two by two."""
    kept, added = keras.ops.associative_scan(_one_after_the_other, (a, b), axis=1)
    # Where the batch size is unknown the scan forgets how many steps and units there are.
    return tf.ensure_shape(kept * state[:, None] + added, b.shape)


def _one_after_the_other(first, second):
    (a, b), (c, d) = first, second
    return c * a, c * b + d
