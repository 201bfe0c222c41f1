"""The head of a language model: with a vocabulary of thousands it costs more than the recurrence.

``Dense`` cuts its rows into chains, as the recurrent layers do, and
``SparseCategoricalCrossentropy`` keeps the softmax of its forward pass, because the gradient with
respect to the logits is that softmax minus the one-hot target: no exponential is taken twice.
Both are drop-in for the Keras classes of the same names.
"""

import math

from rnn_tf.backend import keras, tf
from rnn_tf.layers import chains
from rnn_tf.layers.chains import chain_sizes
from rnn_tf.layers.engine import checked_products
from rnn_tf.layers.gradients import differentiable
from rnn_tf.threads import cores


@keras.saving.register_keras_serializable("rnn_tf")
class Dense(keras.layers.Dense):
    """``keras.layers.Dense`` with its rows in as many chains as there are cores.

    Args:
        products: dtype of the operands of the products, ``"bfloat16"`` or ``None`` for the
            layer's own; sums and outputs stay in the layer's dtype.
    """

    def __init__(self, *args, products=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.products = checked_products(products)

    def get_config(self):
        config = super().get_config()
        if self.products is not None:
            config["products"] = self.products
        return config

    def call(self, inputs, training=None):
        if isinstance(inputs, tf.SparseTensor) or self.quantization_mode:
            return super().call(inputs, training=training)
        sizes = self._chain_sizes(inputs)
        if len(sizes) == 1 and self.products is None:
            return super().call(inputs, training=training)
        kernel = self._for_products(tf.convert_to_tensor(self.kernel))
        dtype = self.compute_dtype
        inputs = tf.cast(inputs, dtype)  # Keras takes integers too
        rows = tf.split(inputs, sizes) if len(sizes) > 1 else [inputs]
        parts = [tf.cast(tf.tensordot(self._for_products(part), kernel, 1), dtype) for part in rows]
        if self.use_bias:
            bias = tf.convert_to_tensor(self.bias)
            parts = [tf.nn.bias_add(part, bias) for part in parts]
        outputs = tf.concat(parts, 0)
        return outputs if self.activation is None else self.activation(outputs)

    def quantize(self, mode, type_check=True, **kwargs):
        # Keras's check is for subclasses of which it knows nothing; this one leaves the
        # quantized product to it.
        return super().quantize(mode, type_check=False, **kwargs)

    def _for_products(self, values):
        return values if self.products is None else tf.cast(values, self.products)

    def _chain_sizes(self, inputs):
        batch_size, features = inputs.shape[0], self.input_spec.axes[-1]
        work = self.units * features * math.prod(n or 1 for n in inputs.shape[:-1])
        if work < chains.PRODUCT_WORTH_CUTTING or _has_gpu():
            return [batch_size]
        return chain_sizes(tf.shape(inputs)[0] if batch_size is None else batch_size, cores())


@keras.saving.register_keras_serializable("rnn_tf")
class SparseCategoricalCrossentropy(keras.losses.SparseCategoricalCrossentropy):
    """``keras.losses.SparseCategoricalCrossentropy``, several times faster on many classes.

    With probabilities instead of logits, ``ignore_class``, another ``axis`` than the last, or on
    a GPU, it is Keras's own.
    """

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        *args,
        **kwargs,
    ):
        super().__init__(from_logits, ignore_class, reduction, axis, *args, **kwargs)
        self._plain = from_logits and ignore_class is None and axis == -1

    def call(self, y_true, y_pred):
        if not self._plain or isinstance(y_pred, keras.KerasTensor) or _has_gpu():
            return super().call(y_true, y_pred)
        y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
        shape = y_pred.shape
        if y_true.shape.rank == shape.rank and y_true.shape[-1:] == [1]:
            y_true = tf.squeeze(y_true, -1)
        known = None not in (y_true.shape.rank, shape.rank)
        if not (known and y_true.shape.is_compatible_with(shape[:-1])):
            return super().call(y_true, y_pred)  # which says what is wrong
        logits = tf.reshape(y_pred, (-1, tf.shape(y_pred)[-1]))
        if logits.dtype.size < 4:
            logits = tf.cast(logits, tf.float32)
        losses = cross_entropy(tf.reshape(tf.cast(y_true, tf.int32), (-1,)), logits)
        return tf.cast(tf.reshape(losses, tf.shape(y_pred)[:-1]), y_pred.dtype)


def _has_gpu():
    """On a GPU Keras's own operations are the fast ones."""
    return bool(tf.config.list_logical_devices("GPU"))


def cross_entropy(targets, logits):
    """-ln softmax(logits)[target] for each row: (rows,) from (rows,) and (rows, classes)."""

    @tf.custom_gradient
    def losses_of(logits):
        p = tf.nn.softmax(logits)
        places = tf.stack([tf.range(tf.shape(logits)[0]), targets], axis=-1)
        # The name is what TensorFlow's message shows where a label is no class.
        at_target = tf.gather_nd(logits, places, name="label_is_no_class")
        # The largest p is at least 1 / classes: its logarithm is safe where that of the
        # target's p may be that of zero.
        distance = tf.reduce_max(logits, axis=-1) - at_target
        losses = distance - tf.math.log(tf.reduce_max(p, axis=-1))

        def gradient(d_losses):
            # Softmax leaves zeros beside a NaN; Keras's gradient is NaN in the whole row.
            d_losses = tf.where(tf.math.is_nan(losses), losses, d_losses)
            return tf.tensor_scatter_nd_sub(p * d_losses[:, None], places, d_losses)

        def plain(logits):
            return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)

        return losses, differentiable(gradient, plain, (logits,))

    return losses_of(logits)
