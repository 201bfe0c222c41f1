"""The order of the batches is a function of seed and epoch alone."""

import numpy as np
import pytest

from rnn_tf import feeding
from rnn_tf.backend import keras
from rnn_tf.errors import InputError

INPUTS = np.arange(23, dtype="float32")[:, None, None] * np.ones((1, 2, 1), "float32")
TARGETS = INPUTS[:, 0]


def epoch_of(batches):
    batches.on_epoch_begin()
    held = [batches[k] for k in range(batches.num_batches)]
    batches.on_epoch_end()
    return np.concatenate([x[:, 0, 0] for x, _ in held]), np.concatenate([y[:, 0] for _, y in held])


def test_every_sample_once_an_epoch_and_targets_stay_with_their_inputs():
    batches = feeding.Batches(INPUTS, TARGETS, 5, seed=1)
    assert batches.num_batches == 5
    orders = []
    for _ in range(3):
        inputs, targets = epoch_of(batches)
        np.testing.assert_array_equal(inputs, targets)
        np.testing.assert_array_equal(np.sort(inputs), np.arange(23))
        orders.append(tuple(inputs))
    assert len(set(orders)) == 3


def test_same_seed_same_order_and_any_epoch_can_be_had_at_once():
    one, other = (feeding.Batches(INPUTS, TARGETS, 5, seed=1) for _ in range(2))
    orders = [epoch_of(one)[0] for _ in range(4)]
    other.start(epoch=3)
    np.random.default_rng(99).random(10)
    np.testing.assert_array_equal(epoch_of(other)[0], orders[3])
    different = feeding.Batches(INPUTS, TARGETS, 5, seed=2)
    assert not np.array_equal(epoch_of(different)[0], orders[0])


def test_unshuffled():
    batches = feeding.Batches(INPUTS, TARGETS, 5, shuffle=False)
    for _ in range(2):
        np.testing.assert_array_equal(epoch_of(batches)[0], np.arange(23))


class Seen(keras.Model):
    """Adds up position times value, so that the order of the batches can be told."""

    def __init__(self):
        super().__init__()
        self.weight = self.add_weight(shape=(), initializer="zeros")

    def call(self, inputs):
        return inputs[:, 0] * self.weight


def test_fit_sees_the_epochs_in_order():
    """One step of SGD a sample on a linear model: its path depends on the order."""
    weights = []
    for by_fit in (True, False):
        model = Seen()
        model.compile(keras.optimizers.SGD(1e-3), "mse")
        batches = feeding.Batches(INPUTS, np.sqrt(TARGETS), 2, seed=3)
        if by_fit:
            model.fit(batches, epochs=3, shuffle=False, verbose=0)
        else:
            for _ in range(3):
                batches.on_epoch_begin()
                for k in range(batches.num_batches):
                    model.train_on_batch(*batches[k])
                batches.on_epoch_end()
        weights.append(float(model.weight))
    assert weights[0] == pytest.approx(weights[1], rel=1e-6)


def test_shuffling_twice_is_refused():
    model = Seen()
    model.compile("sgd", "mse")
    keras.utils.set_random_seed(0)
    with pytest.raises(Exception, match="Batches has shuffled already"):
        model.fit(feeding.Batches(INPUTS, TARGETS, 2), epochs=2, verbose=0)


def test_wrong_arguments():
    with pytest.raises(InputError, match="targets: got 22"):
        feeding.Batches(INPUTS, TARGETS[1:])
    with pytest.raises(InputError, match="batch_size: got 0"):
        feeding.Batches(INPUTS, TARGETS, 0)
