"""From the states of all steps to one vector: a mean whose weights the network learns."""

from rnn_tf.backend import keras, tf


@keras.saving.register_keras_serializable("rnn_tf")
class AttentionPooling(keras.layers.Layer):
    r"""The mean of the steps, each with a weight of its own.

    $e_t = h_t \cdot v$, $a = \mathrm{softmax}(e)$ over the steps that are no padding, and the
    output is $\sum_t a_t h_t$: (batch, features) from (batch, steps, features).

    Source: Z. Yang et al. (2016), Hierarchical attention networks for document classification,
    without their hidden layer for the score.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1],), initializer=keras.initializers.RandomNormal(0, 0.1), name="v"
        )

    def call(self, values, mask=None):
        return tf.einsum("bt,btf->bf", self.shares(values, mask), values)

    def shares(self, values, mask=None):
        """The weights, (batch, steps): they add up to 1, and padding has none."""
        scores = tf.tensordot(values, tf.convert_to_tensor(self.kernel), 1)
        if mask is not None:
            scores = tf.where(mask, scores, tf.constant(-1e9, scores.dtype))
        return tf.nn.softmax(scores)

    def compute_mask(self, values, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])
