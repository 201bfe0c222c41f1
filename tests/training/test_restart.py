"""A model that starts afresh trains as a new one does, whatever it has done before."""

import numpy as np
import pytest

from rnn_tf import training
from rnn_tf.backend import keras

OPTIMIZERS = {
    "Adam": lambda: keras.optimizers.Adam(0.02),
    "Adam, falling rate": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.02, 6)
    ),
    "Nadam": lambda: keras.optimizers.Nadam(0.02),  # keeps a product that starts at one
    "Adagrad": lambda: keras.optimizers.Adagrad(0.02),  # its sum starts at 0.1
    "momentum": lambda: keras.optimizers.SGD(0.02, momentum=0.9),
    "averaged": lambda: keras.optimizers.Adam(0.02, use_ema=True, ema_momentum=0.5),
}
INPUTS = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
TARGETS = INPUTS.sum(axis=1, keepdims=True)


def build():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


def compiled(optimizer):
    model = build()
    model.compile(optimizer, "mse")
    return model


def trained(model):
    model.fit(INPUTS, TARGETS, batch_size=4, epochs=2, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_after_a_reset_training_is_that_of_a_new_model(name):
    (start,) = training.initial_weights(build, [3])
    new = compiled(OPTIMIZERS[name]())
    new.set_weights(start)
    wanted = trained(new)

    used = compiled(OPTIMIZERS[name]())
    trained(used)
    training.reset(used, start)
    assert int(used.optimizer.iterations) == 0
    for found, right, first in zip(trained(used), wanted, start, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-6)
        assert np.abs(right - first).max() > 1e-3


def test_the_learning_rate_stays():
    """It is one of the optimizer's variables: setting them all to zero would end all learning."""
    model = compiled(keras.optimizers.Adam(0.02))
    start = model.get_weights()
    model.optimizer.learning_rate = 0.005
    training.reset(model, start)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.005)


def test_a_model_that_has_not_trained_yet_can_be_reset():
    model = compiled(keras.optimizers.Adam(0.02))
    ones = [np.ones_like(array) for array in model.get_weights()]
    training.reset(model, ones)
    np.testing.assert_array_equal(model.get_weights()[0], ones[0])
    training.reset(model, ones)
    assert len(trained(model)) == 2


def test_each_seed_has_weights_of_its_own():
    first, second, again = training.initial_weights(build, [0, 1, 0])
    np.testing.assert_array_equal(first[0], again[0])
    assert np.abs(first[0] - second[0]).max() > 1e-2
