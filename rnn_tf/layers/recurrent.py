"""The layer classes: each *is* its Keras layer with another inner loop.

Constructor, weights, states, masks, saving and every call argument are Keras's own. What the fast
loop cannot take goes to Keras's loop; ``layer.fast_path_reason()`` says why.
"""

import math

from rnn_tf.backend import keras, tf
from rnn_tf.errors import wrong
from rnn_tf.layers.cells import GRUCell, LSTMCell, SimpleCell
from rnn_tf.layers.chains import chain_sizes
from rnn_tf.layers.engine import checked_products, recurrence
from rnn_tf.threads import cores


class _FastLoop:
    """The inner loop shared by the three layers; mixed in before the Keras class."""

    fast_cell = None

    def __init__(self, *args, products=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.products = checked_products(products)
        self.supports_jit = False  # XLA makes blocked training graphs several times slower here

    def get_config(self):
        config = super().get_config()
        if self.products is not None:
            config["products"] = self.products
        return config

    def fast_path_reason(self):
        """Why this layer uses Keras's own loop, or ``None`` where it uses the fast one."""
        cell = self.cell
        if tf.config.list_logical_devices("GPU"):
            return "a GPU is there: Keras's cuDNN path is the fast one"
        if self.compute_dtype not in ("float32", "float64"):
            return f"compute dtype {self.compute_dtype}: the fast loop computes in float32 or 64"
        if cell.activation is not keras.activations.tanh:
            return "activation other than tanh"
        if getattr(cell, "recurrent_activation", None) not in (None, keras.activations.sigmoid):
            return "recurrent_activation other than sigmoid"
        if not cell.use_bias:
            return "use_bias=False"
        if cell.recurrent_dropout:
            return "recurrent_dropout"
        if cell.dropout and getattr(cell, "implementation", 2) == 1:
            return "dropout with implementation=1: a dropout mask for each gate"
        if cell.dropout == 1:
            return "dropout=1, of which each Keras layer makes something else"
        if self.unroll:
            return "unroll=True asks for Keras's unrolled loop"
        if self.built and cell.kernel.shape[0] == 0:
            return "inputs without a feature"
        if getattr(cell, "reset_after", True) is False:
            return "reset_after=False: the reset gate acts inside the recurrent product"
        return None

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if self.fast_path_reason() is not None:
            return super().inner_loop(sequences, initial_state, mask, training=training)
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        if mask is not None and mask.shape.rank == 3:
            mask = tf.squeeze(mask, -1)
        cell = self.cell
        sequences = tf.cast(sequences, self.compute_dtype)  # Keras takes integers too
        if len(initial_state) != self.fast_cell.states:
            wanted = f"{self.fast_cell.states} for a {type(self).__name__}"
            raise wrong("initial_state", f"{len(initial_state)} tensors", wanted)
        # One mask or state for the whole batch is Keras's to broadcast, and ours.
        initial_state = [_a_row_each(state, sequences) for state in initial_state]
        if mask is not None:
            mask = tf.ensure_shape(_a_row_each(mask, sequences), sequences.shape[:2])
        if training and cell.dropout:
            sequences = sequences * cell.get_dropout_mask(sequences[:, 0, :])[:, None, :]
        if self.go_backwards:
            sequences = tf.reverse(sequences, [1])
            mask = None if mask is None else tf.reverse(mask, [1])
        static = sequences.shape[0]
        batch_size = tf.shape(sequences)[0] if static is None else static
        sizes = chain_sizes(batch_size, cores(), math.prod(cell.recurrent_kernel.shape))
        chains = [
            self._one_chain(*parts)
            for parts in zip(
                tf.split(sequences, sizes),
                [None] * len(sizes) if mask is None else tf.split(mask, sizes),
                *(tf.split(state, sizes) for state in initial_state),
                strict=True,
            )
        ]
        outputs, *final_state = (tf.concat(parts, 0) for parts in zip(*chains, strict=True))
        if self.return_sequences:
            return outputs[:, -1], outputs, final_state
        return outputs, outputs[:, None], final_state

    def _x_part(self, inputs):
        """The inputs' share of the gates, ``x W + b``: (..., gates * units)."""
        bias, _ = self._biases()
        # The bias as the weights of one more input, always 1: its gradient comes with the kernel's.
        inputs = tf.concat([inputs, tf.ones_like(inputs[..., :1])], axis=-1)
        return tf.tensordot(inputs, tf.concat([self.cell.kernel, bias[None]], axis=0), 1)

    def _one_chain(self, sequences, mask, *initial_state):
        _, recurrent_bias = self._biases()
        x_parts = self._x_part(tf.transpose(sequences, (1, 0, 2)))
        if mask is not None:
            mask = tf.transpose(tf.cast(mask, tf.bool), (1, 0))[:, :, None]
        outputs, final_state = recurrence(
            self.fast_cell,
            x_parts,
            tf.convert_to_tensor(self.cell.recurrent_kernel),
            recurrent_bias,
            tuple(initial_state),
            mask,
            products=tf.as_dtype(self.products or x_parts.dtype),
            sequences=self.return_sequences,
        )
        if not self.return_sequences:
            outputs = final_state[0]
        if mask is not None:
            # Keras gives zeros until a sequence's first unmasked step, whatever its state;
            # inside ``Bidirectional`` it gives them at every masked step.
            seen = mask if self.zero_output_for_mask else tf.cumsum(tf.cast(mask, tf.int32)) > 0
            seen = seen if self.return_sequences else seen[-1]
            outputs = tf.where(seen, outputs, tf.zeros_like(outputs))
        if self.return_sequences:
            outputs = tf.transpose(outputs, (1, 0, 2))
        return (outputs, *final_state)

    def _biases(self):
        """The bias of the inputs' share and that of the previous output's, a GRU's only."""
        return tf.convert_to_tensor(self.cell.bias), None


def _a_row_each(values, sequences):
    """(batch, width) from (batch, width), (1, width) or (width,)."""
    batch_size = sequences.shape[0]
    if batch_size is not None and values.shape.rank == 2 and values.shape[0] == batch_size:
        return values
    size = tf.shape(sequences)[0] if batch_size is None else batch_size
    rows = tf.broadcast_to(values, (size, tf.shape(values)[-1]))
    return tf.ensure_shape(rows, (batch_size, values.shape[-1]))


def fast_path_reason(layer):
    """Why any recurrent ``layer`` does not use the fast loop, or ``None`` where it does."""
    if not isinstance(layer, _FastLoop):
        return f"{type(layer).__name__} is none of rnn_tf.layers"
    return layer.fast_path_reason()


@keras.saving.register_keras_serializable("rnn_tf")
class SimpleRNN(_FastLoop, keras.layers.SimpleRNN):
    """``keras.layers.SimpleRNN`` with the fast loop."""

    fast_cell = SimpleCell


@keras.saving.register_keras_serializable("rnn_tf")
class LSTM(_FastLoop, keras.layers.LSTM):
    """``keras.layers.LSTM`` with the fast loop."""

    fast_cell = LSTMCell


@keras.saving.register_keras_serializable("rnn_tf")
class GRU(_FastLoop, keras.layers.GRU):
    """``keras.layers.GRU`` with the fast loop (``reset_after=True``, Keras's default)."""

    fast_cell = GRUCell

    def _biases(self):
        return tf.unstack(tf.convert_to_tensor(self.cell.bias))
