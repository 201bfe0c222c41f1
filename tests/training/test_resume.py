"""Kill -9 in the middle of training, and of saving: the resumed run ends with the same weights."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnn_tf import feeding, locks, models, training
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
    assert len(list(tmp_path.glob(".cut.npz.*.npz"))) == 1  # half a file, beside the checkpoint
    assert checkpoint.read_bytes() == former
    run(checkpoint, weights, 3, 1)
    assert not list(tmp_path.glob(".*"))

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


def train(
    path, *, every=None, at_once=1, stop_after=None, units=4, seed=5, metrics=("mae",), **data
):
    """Two epochs of five batches; returns the weights and the callback."""
    inputs, targets = data.get("inputs", INPUTS), data.get("targets", TARGETS)
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
    batches = feeding.Batches(inputs, targets, 20, seed=seed)
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


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The bytes of a sound checkpoint."""
    path = tmp_path_factory.mktemp("saved") / "run.npz"
    train(path, stop_after=1)
    return path.read_bytes()


@pytest.fixture
def interrupted(tmp_path, saved):
    """A sound checkpoint, to go on from or to damage."""
    (tmp_path / "run.npz").write_bytes(saved)
    return tmp_path / "run.npz"


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
def test_a_damaged_checkpoint_gets_one_line(interrupted, how):
    damaged(interrupted, how)
    with pytest.raises(DataError, match=r"run\.npz: got a damaged") as caught:
        train(interrupted)
    assert "\n" not in str(caught.value)


def rewritten(path, **changed):
    """Write a checkpoint again with other fields in its description; ``None`` leaves one out."""
    with np.load(path) as file:
        arrays = dict(file)
    about = json.loads(arrays["about"].tobytes()) | changed
    about = {name: value for name, value in about.items() if value is not None}
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(path, **arrays)


def described(path, text):
    with np.load(path) as file:
        arrays = dict(file) | {"about": np.frombuffer(text.encode(), np.uint8)}
    np.savez(path, **arrays)


FOREIGN = {
    "a single array": lambda path: np.save(path.open("wb"), np.zeros(3)),
    "a pickle": lambda path: np.savez(path, about=np.array([{"format": 2}], dtype=object)),
    "the first form": lambda path: np.savez(path, about=np.array(json.dumps({"format": 1}))),
    "null": lambda path: described(path, "null"),
    "a list": lambda path: described(path, "[2]"),
    "deep": lambda path: described(path, "[" * 100_000),
    "an endless number": lambda path: described(path, "9" * 6_000),
    "another format": lambda path: rewritten(path, format=3),
    **{
        f"no {name}": lambda path, name=name: rewritten(path, **{name: None})
        for name in ("format", "epoch", "batch", "data", "history", "numpy", "python")
    },
    "batch 999": lambda path: rewritten(path, batch=999),
    "batch -1": lambda path: rewritten(path, batch=-1),
    "epoch 7": lambda path: rewritten(path, epoch=7),
    "epoch true": lambda path: rewritten(path, epoch=True, history=[{}]),
    "a position beyond the random numbers": lambda path: rewritten(
        path,
        numpy={"bit_generator": "MT19937", "state": {"pos": 625}, "has_gauss": 0, "gauss": 0.0},
    ),
    "no random state": lambda path: rewritten(path, python=[3, [1, 2, 3], None]),
    "a header of petabytes": lambda path: path.write_bytes(
        path.read_bytes().replace(b"(624,), }" + b" " * 12, b"(624000000000000,), }")
    ),
}


@pytest.mark.parametrize("how", FOREIGN)
def test_a_foreign_checkpoint_gets_one_line_and_changes_nothing(interrupted, saved, how):
    FOREIGN[how](interrupted)
    held = interrupted.read_bytes()
    assert held != saved
    training.set_seed(2)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    with pytest.raises(DataError, match=r"run\.npz: got .*delete it to start anew") as caught:
        train(interrupted)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 500
    assert interrupted.read_bytes() == held
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_other_data_of_the_same_shape_is_refused(interrupted):
    other = INPUTS.copy()
    other[-1, -1, -1] += 1e-6
    with pytest.raises(InputError, match=r"for other inputs, .*give the same data"):
        train(interrupted, inputs=other)
    with pytest.raises(InputError, match=r"for other targets, .*give the same data"):
        train(interrupted, targets=TARGETS[::-1])
    with pytest.raises(InputError, match=r"for other inputs, .*give the same data"):
        train(interrupted, inputs=INPUTS.astype("float64"))


def test_a_start_leaves_living_neighbours_and_the_users_files_alone(tmp_path):
    living = tmp_path / f".r[1].npz.rnn_tf-{'0' * 16}.npz"
    neighbour = tmp_path / f".r[1].big.npz.rnn_tf-{'1' * 16}.npz"
    mine = tmp_path / ".r[1].my_own_data.npz"
    abandoned = tmp_path / f".r[1].npz.rnn_tf-{'2' * 16}.npz"
    handle = locks.take(living)  # another start of the same run, in the middle of saving
    for file in (neighbour, mine, abandoned):
        file.write_bytes(b"half")
    train(tmp_path / "r[1].npz")
    assert living.is_file() and neighbour.is_file() and mine.read_bytes() == b"half"
    assert not abandoned.exists()
    locks.drop(living, handle)


def test_weights_in_bfloat16_come_back(tmp_path):
    kept = keras.config.dtype_policy()
    keras.config.set_dtype_policy("bfloat16")
    try:
        weights, _ = train(tmp_path / "run.npz")
        again, checkpoint = train(tmp_path / "run.npz")
    finally:
        keras.config.set_dtype_policy(kept)
    assert checkpoint.resumed_from == (2, 0) and str(weights[0].dtype) == "bfloat16"
    for one, other in zip(weights, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_checkpoint_of_something_else_is_refused(interrupted):
    with pytest.raises(InputError, match="build the same model"):
        train(interrupted, units=5)
    with pytest.raises(InputError, match="give the same data"):
        train(interrupted, seed=6)


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
        tmp_path / "run.npz", feeding.Batches(INPUTS, TARGETS, 20)
    )
    with pytest.raises(InputError, match="give fit these batches"):
        model.fit(INPUTS, TARGETS, batch_size=50, verbose=0, callbacks=[checkpoint])
