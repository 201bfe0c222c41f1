"""Damaged checkpoints by the thousand: each is gone on from, or refused in one line."""

import numpy as np
import pytest

from rnn_tf import feeding, training
from rnn_tf.backend import keras
from rnn_tf.errors import DataError, InputError
from rnn_tf.training.checkpoint import read_checkpoint
from tests import fuzzing

RNG = np.random.default_rng(1)
BATCHES = feeding.Batches(RNG.normal(size=(8, 2)), RNG.normal(size=(8, 1)), 2, seed=5)


class Stop(keras.callbacks.Callback):
    """An interruption in the middle of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (1, 2):
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def model():
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
    made.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return made


def fit(model, path, *others):
    checkpoint = training.ResumableCheckpoint(path, BATCHES, every=1)
    model.fit(BATCHES, epochs=3, shuffle=False, verbose=0, callbacks=[checkpoint, *others])
    return checkpoint


@pytest.fixture(scope="module")
def sound(model, tmp_path_factory):
    """The bytes of a checkpoint in the middle of an epoch."""
    path = tmp_path_factory.mktemp("sound") / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        fit(model, path, Stop())
    assert read_checkpoint(path)[0]["batch"] == 3
    return path.read_bytes()


def read(path):
    about, arrays = read_checkpoint(path)
    assert len(about["history"]) == about["epoch"] and set(arrays) == {
        "model",
        "optimizer",
        "metrics",
    }


def test_a_damaged_checkpoint_is_read_or_refused_in_one_line(tmp_path, sound):
    seen = fuzzing.contained(fuzzing.fuzz, read, sound, tmp_path / "run.npz", 2_500, seed=3)
    assert seen["refused"] > 1_000 and seen["loaded"] > 100


def test_training_goes_on_from_a_damaged_checkpoint_or_is_refused(tmp_path, sound, model):
    path = tmp_path / "run.npz"
    seen = {"loaded": 0, "refused": 0}
    for damaged in fuzzing.mutations(sound, 60, seed=4):
        path.write_bytes(damaged)
        try:
            checkpoint = fit(model, path)
        except InputError as error:
            seen["refused"] += 1
            assert str(error).isprintable() and "delete" in str(error), error
            assert path.name in str(error) and path.read_bytes() == damaged
            assert isinstance(error, DataError) or "a checkpoint" in str(error)
        else:
            seen["loaded"] += 1
            assert len(checkpoint.history) == 3
    assert min(seen.values()) > 3, seen
