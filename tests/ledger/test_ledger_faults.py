"""Cases of single faults that one pair of miniatures has no room for."""

import numpy as np
import pytest

from rnn_tf.backend import keras, tf


@pytest.mark.parametrize("batch_size, silent", [(4, False), (5, True), (1, True)])
def test_targets_of_two_features_are_silent_only_for_some_batches(batch_size, silent):
    """B-000-01: with two features it depends on the batch size whether the fault shows."""
    model = keras.Sequential([keras.Input((5, 2)), keras.layers.LSTM(3), keras.layers.Dense(2)])
    model.compile("adam", "mse", run_eagerly=True)
    inputs, targets = np.zeros((batch_size, 5, 2), "float32"), np.zeros((batch_size, 5, 2))
    if silent:
        model.fit(inputs, targets, batch_size=batch_size, verbose=0)
    else:
        with pytest.raises((tf.errors.InvalidArgumentError, ValueError)):
            model.fit(inputs, targets, batch_size=batch_size, verbose=0)


def test_one_step_network_is_a_dense_layer():
    """B-003-02, B-004-08, B-001-21: one step from a zero state is a dense layer with tanh."""
    layer = keras.layers.SimpleRNN(3, seed=0)
    inputs = np.random.default_rng(0).normal(size=(4, 1, 6)).astype("float32")
    outputs = layer(inputs)
    kernel, _, bias = layer.get_weights()
    np.testing.assert_allclose(outputs, np.tanh(inputs[:, 0] @ kernel + bias), atol=1e-6)
