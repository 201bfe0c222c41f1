"""Kill -9 in the middle of training, and of saving: the resumed run ends with the same weights."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnn_tf import models, training
from rnn_tf.backend import keras
from rnn_tf.errors import DataError, InputError

RUN = Path(__file__).with_name("resumable_run.py")
INPUTS = np.random.default_rng(1).normal(size=(100, 3, 2)).astype("float32")
TARGETS = INPUTS.sum(axis=(1, 2))[:, None]


def run(*arguments, killed=False):
    """Train in a process of its own; it must end well, or by SIGKILL."""
    done = subprocess.run(
        [sys.executable, str(RUN), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == (-9 if killed else 0), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_in_training_then_in_saving_then_finished(tmp_path):
    """Ten batches an epoch, three epochs, saved every three batches; dropout and Adam."""
    run(tmp_path / "whole.npz", tmp_path / "whole_weights.npz", 3, 1)
    whole = dict(np.load(tmp_path / "whole_weights.npz"))
    assert tuple(whole["resumed"]) == (-1, -1)

    checkpoint, weights = tmp_path / "cut.npz", tmp_path / "cut_weights.npz"
    run(checkpoint, weights, 3, 1, "die-at", 1, 7, killed=True)
    former = checkpoint.read_bytes()
    # The next run goes on from batch 6 of epoch 1 and dies while it writes its first file.
    run(checkpoint, weights, 3, 1, "die-saving", 1, killed=True)
    assert len(list(tmp_path.glob(".cut.*.npz"))) == 1  # half a file, beside the checkpoint
    assert checkpoint.read_bytes() == former
    run(checkpoint, weights, 3, 1)
    assert not list(tmp_path.glob(".cut.*.npz"))

    cut = dict(np.load(weights))
    assert tuple(cut.pop("resumed")) == (1, 6)
    for name, values in cut.items():  # weights and history, running averages included
        np.testing.assert_allclose(values, whole[name], atol=1e-6, err_msg=name)
    assert cut["history"].shape == (3, 2)


class Stop(keras.callbacks.Callback):
    """An interruption after some batches in all."""

    def __init__(self, batches):
        super().__init__()
        self.left = batches

    def on_train_batch_end(self, batch, logs=None):
        self.left -= self.model.steps_per_execution
        if self.left <= 0:
            raise KeyboardInterrupt


def train(path, *, every=None, at_once=1, stop_after=None, units=4, seed=5, metrics=("mae",)):
    """Two epochs of five batches; returns the weights and the callback."""
    training.set_seed(2)
    model = keras.Sequential(
        [
            keras.Input((3, 2)),
            keras.layers.Flatten(),
            keras.layers.Dense(units, activation="tanh"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1),
        ]
    )
    optimizer = keras.optimizers.Adam(0.01)
    model.compile(optimizer, "mse", metrics=list(metrics), steps_per_execution=at_once)
    batches = training.Batches(INPUTS, TARGETS, 20, seed=seed)
    checkpoint = training.ResumableCheckpoint(path, batches, every=every)
    callbacks = [checkpoint] + ([Stop(stop_after)] if stop_after else [])
    try:
        model.fit(batches, epochs=2, shuffle=False, verbose=0, callbacks=callbacks)
    except KeyboardInterrupt:
        assert stop_after
    return model.get_weights(), checkpoint


@pytest.mark.parametrize(
    ("every", "at_once", "stop_after", "resumed_from"),
    [
        (1, 1, 3, (0, 3)),
        (None, 1, 7, (1, 0)),  # saved at the end of epoch 0; two batches are done again
        (2, 2, 4, (0, 4)),
        (5, 2, 6, (0, 5)),  # all batches done, the end of the epoch not yet
        (4, 1, 2, (0, 0)),  # killed before anything but the start was saved
    ],
)
def test_resumed_from_where_it_was_saved(tmp_path, every, at_once, stop_after, resumed_from):
    whole, all_of_it = train(tmp_path / "whole.npz", every=every, at_once=at_once)
    train(tmp_path / "cut.npz", every=every, at_once=at_once, stop_after=stop_after)
    weights, checkpoint = train(tmp_path / "cut.npz", every=every, at_once=at_once)
    assert checkpoint.resumed_from == resumed_from
    for one, other in zip(whole, weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    for one, other in zip(all_of_it.history, checkpoint.history, strict=True):
        assert one == pytest.approx(other, rel=1e-5)


def test_a_finished_run_is_not_trained_again(tmp_path):
    weights, _ = train(tmp_path / "run.npz")
    again, checkpoint = train(tmp_path / "run.npz")
    assert checkpoint.resumed_from == (2, 0)
    assert len(checkpoint.history) == 2
    for one, other in zip(weights, again, strict=True):
        np.testing.assert_array_equal(one, other)


def damaged(path, how):
    held = path.read_bytes()
    path.write_bytes(
        {
            "truncated": held[: len(held) // 2],
            "empty": b"",
            "one byte": held[:900] + bytes([held[900] ^ 255]) + held[901:],
            "text": b"not a checkpoint\n",
        }[how]
    )


@pytest.mark.parametrize("how", ["truncated", "empty", "one byte", "text"])
def test_a_damaged_checkpoint_gets_one_line(tmp_path, how):
    train(tmp_path / "run.npz", stop_after=1, metrics=())
    damaged(tmp_path / "run.npz", how)
    with pytest.raises(DataError, match=r"run\.npz: got a damaged") as caught:
        train(tmp_path / "run.npz", metrics=())
    assert "\n" not in str(caught.value)


def test_a_pickle_is_not_opened(tmp_path):
    np.savez(tmp_path / "run.npz", about=np.array([{"format": 1}], dtype=object))
    with pytest.raises(DataError, match="damaged or foreign"):
        train(tmp_path / "run.npz")


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    train(tmp_path / "run.npz", stop_after=1)
    with pytest.raises(InputError, match="build the same model"):
        train(tmp_path / "run.npz", units=5)
    with pytest.raises(InputError, match="give the same data"):
        train(tmp_path / "run.npz", seed=6)


def test_what_cannot_work_is_said_before_training(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        train(tmp_path / "file" / "run.npz")
    with pytest.raises(InputError, match=r"ending in \.npz"):
        train(tmp_path / "run.keras")
    with pytest.raises(InputError, match="every: got 0"):
        train(tmp_path / "run.npz", every=0)
    model = models.stacked_lstm(3, 2, units=(1,))
    model.compile("sgd", "mse")
    checkpoint = training.ResumableCheckpoint(
        tmp_path / "run.npz", training.Batches(INPUTS, TARGETS, 20)
    )
    with pytest.raises(InputError, match="give fit these batches"):
        model.fit(INPUTS, TARGETS, batch_size=50, verbose=0, callbacks=[checkpoint])
