"""Two things that several miniatures measure."""

import warnings

import numpy as np

from rnn_tf.ledger.late import tf


def recurrent_gradient(layer, inputs):
    """Largest absolute entry of the gradient of sum(outputs²) by the recurrent weights.

    Exactly 0 where nothing recurs.
    """
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(inputs) ** 2)
    kernels = [w for w in layer.trainable_variables if w.path.endswith("recurrent_kernel")]
    return float(np.max([np.abs(g) for g in tape.gradient(total, kernels)]))


def warnings_of(function):
    """How many ``UserWarning`` a call gives."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    return sum(issubclass(one.category, UserWarning) for one in caught)
