"""Full mode: the row-reading LSTM on all 60,000 digits reaches what its kind is known to reach."""

import os

import numpy as np
import pytest

from rnn_tf import models
from rnn_tf.backend import keras
from rnn_tf.datasets import digits
from rnn_tf.training import metrics, set_seed

EPOCHS, BATCH_SIZE = 10, 128


@pytest.mark.full
@pytest.mark.timeout(1500)
@pytest.mark.skipif("RNN_TF_DATA" not in os.environ, reason="RNN_TF_DATA names no full data sets")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ten_epochs_of_the_full_set(seed):
    data = digits.load("full", seed=seed)
    set_seed(seed)
    model = models.row_lstm(units=128)
    steps = EPOCHS * -(-len(data.train) // BATCH_SIZE)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.004, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=20,
        jit_compile=False,
    )
    model.fit(
        data.train.inputs, data.train.targets, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0
    )
    logits = np.concatenate([model(part) for part in np.split(data.test.inputs, 10)])
    assert metrics.accuracy(data.test.targets, metrics.decide(logits)) >= 0.988
