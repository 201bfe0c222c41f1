"""The head of a language model: with a vocabulary of thousands it costs more than the recurrence.

``Dense`` cuts its rows into chains, as the recurrent layers do, and
``SparseCategoricalCrossentropy`` keeps the softmax of its forward pass, because the gradient with
respect to the logits is that softmax minus the one-hot target: no exponential is taken twice.
Both are drop-in for the Keras classes of the same names.
"""

import math

from rnn_tf.backend import keras, tf
from rnn_tf.layers.chains import chain_sizes, cores
from rnn_tf.layers.engine import first_order_only


@keras.saving.register_keras_serializable("rnn_tf")
class Dense(keras.layers.Dense):
    """``keras.layers.Dense`` with its rows in as many chains as there are cores.

    Args:
        products: dtype of the operands of the products, ``"bfloat16"`` or ``None`` for the
            layer's own; sums and outputs stay in the layer's dtype.
    """

    #: Multiplications below which one product is as fast as several.
    WORTH_CUTTING = 1 << 24

    def __init__(self, *args, products=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.products = products

    def get_config(self):
        config = super().get_config()
        if self.products is not None:
            config["products"] = self.products
        return config

    def call(self, inputs, training=None):
        sizes = self._chain_sizes(inputs)
        if self.quantization_mode or (len(sizes) == 1 and self.products is None):
            return super().call(inputs, training=training)
        kernel, dtype = self._for_products(tf.convert_to_tensor(self.kernel)), inputs.dtype
        parts = [tf.tensordot(self._for_products(p), kernel, 1) for p in tf.split(inputs, sizes)]
        outputs = tf.concat([tf.cast(part, dtype) for part in parts], 0)
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, tf.convert_to_tensor(self.bias))
        return outputs if self.activation is None else self.activation(outputs)

    def _for_products(self, values):
        return values if self.products is None else tf.cast(values, self.products)

    def _chain_sizes(self, inputs):
        batch_size = inputs.shape[0]
        work = self.units * inputs.shape[-1] * math.prod(n or 1 for n in inputs.shape[:-1])
        if work < self.WORTH_CUTTING:
            return [-1]
        return chain_sizes(tf.shape(inputs)[0] if batch_size is None else batch_size, cores())


@keras.saving.register_keras_serializable("rnn_tf")
class SparseCategoricalCrossentropy(keras.losses.SparseCategoricalCrossentropy):
    """``keras.losses.SparseCategoricalCrossentropy``, several times faster on many classes.

    With probabilities instead of logits, or with ``ignore_class``, it is Keras's own.
    """

    def call(self, y_true, y_pred):
        config = self.get_config()
        y_pred = tf.convert_to_tensor(y_pred)
        if not config["from_logits"] or config.get("ignore_class") is not None:
            return super().call(y_true, y_pred)
        y_true = tf.convert_to_tensor(y_true)
        if y_true.shape.rank == y_pred.shape.rank:
            y_true = tf.squeeze(y_true, -1)
        logits = tf.reshape(y_pred, (-1, y_pred.shape[-1]))
        losses = cross_entropy(tf.reshape(tf.cast(y_true, tf.int32), (-1,)), logits)
        return tf.reshape(losses, tf.shape(y_pred)[:-1])


def cross_entropy(targets, logits):
    """-ln softmax(logits)[target] for each row: (rows,) from (rows,) and (rows, classes)."""

    @tf.custom_gradient
    def losses_of(logits):
        p = tf.nn.softmax(logits)
        places = tf.stack([tf.range(tf.shape(targets)[0]), targets], axis=-1)
        # The largest p is at least 1 / classes: its logarithm is safe where that of the
        # target's p may be that of zero.
        distance = tf.reduce_max(logits, axis=-1) - tf.gather_nd(logits, places)
        losses = distance - tf.math.log(tf.reduce_max(p, axis=-1))

        def gradient(d_losses):
            return tf.tensor_scatter_nd_sub(p * d_losses[:, None], places, d_losses)

        return losses, first_order_only(gradient)

    return losses_of(logits)
