"""Cells that over-fit less, or train more evenly, for ``keras.layers.RNN(cell)``.

Keras has dropout on a cell's inputs and on its state; here are zoneout and layer normalisation.
They run in Keras's own loop, one step at a time.
"""

from rnn_tf.backend import keras
from rnn_tf.errors import wrong

ops = keras.ops


@keras.saving.register_keras_serializable("rnn_tf")
class ZoneoutCell(keras.layers.Layer):
    r"""A cell, some of whose states keep their old values for a step (zoneout).

    In training each unit's new value is thrown away with probability ``rate``, anew at each step,
    and the old one stays; dropout would put a 0 there. Otherwise the old and the new value are
    mixed as they are on average, $\mathrm{rate}\,h_{t-1} + (1-\mathrm{rate})\,h_t$.

    Args:
        cell: a Keras cell whose output is its first state: ``SimpleRNNCell``, ``GRUCell``,
            ``LSTMCell``, ``LayerNormLSTMCell``; without dropout of its own, whose masks Keras
            renews only for cells that it knows.
        rate: from 0 up to, not including, 1: for all states, or one for each, of an LSTM
            ``(hidden_state, cell_state)``.
        seed: of the random choices; ``None`` takes one from Keras's global seed.

    Raises ``InputError`` for another cell or rate.

    Source: D. Krueger et al. (2017), Zoneout: regularizing RNNs by randomly preserving hidden
    activations, arXiv 1606.01305.
    """

    def __init__(self, cell, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.cell, self.rate, self.seed = cell, rate, seed
        sizes = getattr(cell, "state_size", None)
        sizes = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
        a_cell = not isinstance(cell, keras.layers.RNN)
        if not a_cell or not all(isinstance(size, int) for size in sizes):
            raise wrong("cell", type(cell).__name__, "one Keras cell, not a layer or a stack")
        if getattr(cell, "dropout", 0) or getattr(cell, "recurrent_dropout", 0):
            raise wrong("cell", "a cell with dropout", "dropout as a layer before keras.layers.RNN")
        self.rates = list(rate) if isinstance(rate, (list, tuple)) else [rate] * len(sizes)
        numbers = all(isinstance(one, (int, float)) and 0 <= one < 1 for one in self.rates)
        if not numbers or len(self.rates) != len(sizes):
            wanted = f"a number in [0, 1), or {len(sizes)} of them, one for each state"
            raise wrong("rate", repr(rate), wanted)
        self.state_size, self.output_size = cell.state_size, sizes[0]
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        if not self.cell.built:
            self.cell.build(input_shape)
            self.cell.built = True

    def call(self, inputs, states, training=False):
        states = states if isinstance(states, (list, tuple)) else [states]
        _, new_states = self.cell(inputs, states, training=training)
        new_states = new_states if isinstance(new_states, (list, tuple)) else [new_states]
        mixed = [
            self._mix(old, new, rate, training) if rate else new
            for old, new, rate in zip(states, new_states, self.rates, strict=True)
        ]
        return mixed[0], mixed

    def _mix(self, old, new, rate, training):
        if not training:
            return rate * old + (1 - rate) * new
        draws = keras.random.uniform(ops.shape(new), dtype=new.dtype, seed=self.seed_generator)
        return ops.where(draws < rate, old, new)

    def get_initial_state(self, batch_size=None):
        return self.cell.get_initial_state(batch_size)

    def get_config(self):
        cell = keras.saving.serialize_keras_object(self.cell)
        return {**super().get_config(), "cell": cell, "rate": self.rate, "seed": self.seed}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "cell": keras.saving.deserialize_keras_object(config["cell"])})


@keras.saving.register_keras_serializable("rnn_tf")
class LayerNormLSTMCell(keras.layers.LSTMCell):
    r"""An LSTM cell whose gates see sums of mean 0 and variance 1, whatever the weights' size.

    With $a = x_t W + h_{t-1} U$ and $N(v) = (v - \mathrm{mean}\,v) / \sqrt{\mathrm{var}\,v +
    \varepsilon}$ over the units, each gate by itself:

        (i, f, g, o) = (gain · N(a) + bias), squashed as in the LSTM
        c_t = f c_{t-1} + i g
        h_t = o tanh(cell_gain · N(c_t) + cell_shift)

    Weights: as Keras's ``LSTMCell``, and gain (4 · units,), cell_gain, cell_shift (units,). Its
    arguments too, and ``epsilon``; dropout has one mask for all gates.

    At the first step, from a state of zeros, N takes away the size of the inputs; of a single
    feature only its sign is left.

    Raises ``InputError`` for a single unit, which has no variance.

    Source: J. L. Ba, J. R. Kiros, G. E. Hinton (2016), Layer normalization, arXiv 1607.06450: N of
    the summed inputs as in their eq. 4; their LSTM normalises $x W$ and $h U$ apart, which would
    take the size away from a single feature at every step.
    """

    def __init__(self, units, *, epsilon=1e-5, **kwargs):
        if units == 1:
            raise wrong("units", 1, "2 or more: what is normalised is how they differ")
        super().__init__(units, **kwargs)
        self.epsilon = epsilon
        self.implementation, self.dropout_mask_count = 2, None  # one mask for all gates

    def build(self, input_shape):
        super().build(input_shape)
        self.gain = self.add_weight(shape=(4 * self.units,), initializer="ones", name="gain")
        shape = (self.units,)
        self.cell_gain = self.add_weight(shape=shape, initializer="ones", name="cell_gain")
        self.cell_shift = self.add_weight(shape=shape, initializer="zeros", name="cell_shift")

    def call(self, inputs, states, training=False):
        hidden_state, cell_state = states
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if training and self.recurrent_dropout:
            hidden_state = hidden_state * self.get_recurrent_dropout_mask(hidden_state)
        sums = ops.matmul(inputs, self.kernel) + ops.matmul(hidden_state, self.recurrent_kernel)
        by_gate = self._normalised(ops.reshape(sums, (-1, 4, self.units)))
        sums = ops.reshape(by_gate, (-1, 4 * self.units)) * self.gain
        if self.use_bias:
            sums = sums + self.bias
        i, f, g, o = ops.split(sums, 4, axis=-1)
        i, f, o = (self.recurrent_activation(gate) for gate in (i, f, o))
        cell_state = f * cell_state + i * self.activation(g)
        seen = self.cell_gain * self._normalised(cell_state) + self.cell_shift
        hidden_state = o * self.activation(seen)
        return hidden_state, [hidden_state, cell_state]

    def _normalised(self, values):
        mean, variance = ops.moments(values, axes=-1, keepdims=True)
        return (values - mean) / ops.sqrt(variance + self.epsilon)

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}
