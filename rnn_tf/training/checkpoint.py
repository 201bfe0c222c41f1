"""Training that a kill -9 can't hurt."""

import hashlib
import itertools
import json
import os
import random
from pathlib import Path

import numpy as np

from rnn_tf.backend import keras
from rnn_tf.errors import DataError, unusable, wrong
from rnn_tf.files import read_arrays
from rnn_tf.paths import remove_unfinished, written_whole

_FORMAT = 2
_GROUPS = ("model", "optimizer", "metrics")


class ResumableCheckpoint(keras.callbacks.Callback):
    """Saves all that training needs to go on; starts where the last run was cut off.

    Run the same script again after an interruption and it ends with the weights that it would
    have had without one:

    >>> batches = Batches(inputs, targets, batch_size=64, seed=0)
    >>> checkpoint = ResumableCheckpoint("run.npz", batches, every=100)
    >>> model.fit(batches, epochs=10, callbacks=[checkpoint])

    Args:
        path: the file, one ``.npz``. Delete it to start anew.
        batches: the ``feeding.Batches`` given to ``fit``: their order can be had again.
        every: save after this many batches; ``None`` saves at the end of each epoch only.

    Saved: weights, the state of dropout's random numbers, the optimizer, the running metrics,
    the position in the data, the history, Python's and NumPy's random state, and fingerprints of
    the data. Not saved: what other callbacks remember. The file is written beside its place and
    moved there in one go, so a kill at any moment leaves the former one, and what it leaves
    half-written goes at the next start; it holds arrays and JSON, no pickle.

    Attributes:
        history: one dict of logs an epoch, interrupted runs included.
        resumed_from: ``(epoch, batch)``, or ``None`` after a fresh start.

    Raises ``DataError`` for a damaged file, ``InputError`` for one of another model or data.
    """

    def __init__(self, path, batches, *, every=None):
        super().__init__()
        if every is not None and every < 1:
            raise wrong("every", every, "a number of batches from 1 up, or None")
        self.path, self.batches, self.every = Path(path), batches, every
        if self.path.suffix != ".npz":
            raise wrong("path", str(path), "a file name ending in .npz")
        self.history, self.resumed_from = [], None

    def on_train_begin(self, logs=None):
        if self.params.get("steps") != self.batches.num_batches:
            received = f"fit with {self.params.get('steps')} steps an epoch"
            raise wrong("batches", received, f"{self.batches.num_batches}: give fit these batches")
        remove_unfinished(self.path.parent, self.path.name)
        self._data = _fingerprints(self.batches)
        if not self.model.built:
            self.model(self.batches[0][0][:1])
        self.model.optimizer.build(self.model.trainable_variables)
        self._skip, self._saved_at = 0, 0
        if os.path.exists(self.path):
            self._resume()
        else:
            self.history, self.resumed_from = [], None
            self.batches.start()
            self._save(0, 0)  # tells now, not after an hour, if the file can't be written

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        if self._skip:
            _assign(self.path, self.model.metrics_variables, self._running_metrics)
            self._pass_over(self._skip)

    def on_train_batch_end(self, batch, logs=None):
        done = min(batch + 1, self.batches.num_batches)
        if self.every and done - self._saved_at >= self.every:
            self._save(self._epoch, done)

    def on_epoch_end(self, epoch, logs=None):
        self.history.append({name: float(value) for name, value in (logs or {}).items()})
        self._skip = 0
        self._save(epoch + 1, 0)

    def on_train_end(self, logs=None):
        self.model._initial_epoch = None

    def _pass_over(self, done):
        """Let ``fit`` walk over the batches that were trained on before the interruption."""
        train = self.model.train_function
        at_once = self.model.steps_per_execution
        logs = self.model.get_metrics_result()

        def walk(iterator):
            nonlocal done
            for _ in range(min(at_once, done)):
                next(iterator)
            done -= at_once
            if done <= 0:
                self.model.train_function = train
            return logs

        self.model.train_function = walk

    def _groups(self):
        model = self.model
        variables = model.variables, model.optimizer.variables, model.metrics_variables
        return dict(zip(_GROUPS, variables, strict=True))

    def _save(self, epoch, batch):
        self._saved_at = batch
        numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 - what Keras seeds
        python_version, python_state, python_gauss = random.getstate()
        about = {
            "format": _FORMAT,
            "epoch": epoch,
            "batch": batch,
            "data": self._data,
            "history": self.history,
            "numpy": {**numpy_state, "state": {"pos": int(numpy_state["state"]["pos"])}},
            "python": [python_version, list(python_state), python_gauss],
        }
        arrays = {
            f"{name}_{number}": _as_kept(variable)
            for name, group in self._groups().items()
            for number, variable in enumerate(group)
        }
        described = np.frombuffer(json.dumps(about).encode(), np.uint8)
        with written_whole(self.path) as temporary:
            np.savez(temporary, about=described, key=numpy_state["state"]["key"], **arrays)

    def _resume(self):
        about, arrays = read_checkpoint(self.path)
        other = [name for name, value in self._data.items() if about["data"].get(name) != value]
        if other:
            raise wrong(
                f"{self.path}",
                f"a checkpoint for other {', '.join(other)}",
                "the interrupted run's: give the same data, or delete the file to start anew",
            )
        epoch, batch = about["epoch"], about["batch"]
        if batch > self.batches.num_batches:
            raise _damaged(self.path, f"batch {batch} of {self.batches.num_batches}")
        at_once = self.model.steps_per_execution
        if batch % at_once and batch != self.batches.num_batches:
            raise wrong("steps_per_execution", at_once, f"a divisor of {batch}, as before")
        groups = self._groups()
        for name in ("model", "optimizer"):
            _must_fit(self.path, groups[name], arrays[name])
        self.history = about["history"]
        self._skip = self._saved_at = batch
        self.resumed_from = (epoch, batch)
        if batch:  # in the middle of an epoch: Keras makes the metrics when it first tests
            self.model.test_on_batch(*self.batches[0])
            self._running_metrics = arrays["metrics"]
        for name in ("model", "optimizer"):
            _assign(self.path, groups[name], arrays[name])
        np.random.set_state(about["numpy"])  # noqa: NPY002
        random.setstate(about["python"])
        self.batches.start(epoch)
        self.model._initial_epoch = epoch  # fit's own way, which BackupAndRestore uses too


def _fingerprints(batches):
    """What tells the data and their order from others, ready for JSON."""
    return {
        "inputs": _fingerprint(batches.inputs),
        "targets": _fingerprint(batches.targets),
        "batch size": int(batches.batch_size),
        "seed": int(batches.seed),
        "shuffle": bool(batches.shuffle),
    }


def _fingerprint(array, rows=4096):
    """Type, shape and sha256 of an array's values; no copy of the whole is made."""
    digest = hashlib.sha256()
    for start in range(0, len(array), rows):
        part = np.ascontiguousarray(array[start : start + rows])
        # The bytes of objects are addresses: what they show is told instead.
        digest.update(repr(part.tolist()).encode() if part.dtype.hasobject else part.tobytes())
    return [str(array.dtype), list(array.shape), digest.hexdigest()]


def read_checkpoint(path):
    """The description and the arrays in a file that ``ResumableCheckpoint`` wrote.

    Returns ``(about, arrays)``: ``about`` has ``epoch``, ``batch``, ``data``, ``history`` and the
    states of the random numbers, ``numpy`` and ``python``; ``arrays`` a list for each of
    ``model``, ``optimizer`` and ``metrics``.

    Raises ``DataError`` for a file that is damaged, foreign, or of an older form. Whether it fits
    a model is for the caller to see.
    """
    try:
        held = read_arrays(path)
    except DataError as error:
        if isinstance(error.__cause__, (FileNotFoundError, PermissionError)):
            raise  # deleting it would be no mend
        raise _damaged(path, str(error).removeprefix(f"{path}: ")) from error
    try:
        about = json.loads(held.pop("about").tobytes())
        if about["format"] != _FORMAT:
            raise ValueError(f"format {about['format']}")
        about = {
            "epoch": _count(about["epoch"]),
            "batch": _count(about["batch"]),
            "data": dict(about["data"]),
            "history": [
                {name: float(value) for name, value in logs.items()} for logs in about["history"]
            ],
            "numpy": _numpy_state(about["numpy"], held.pop("key")),
            "python": _python_state(*about["python"]),
        }
        arrays = {name: _numbered(name, held) for name in _GROUPS}
        if held or len(about["history"]) != about["epoch"]:
            raise ValueError("more or less than was saved")
    except KeyError as error:
        raise _damaged(path, f"without {error}") from error
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _damaged(path, error) from error
    return about, arrays


def _damaged(path, why):
    shown = f"a damaged or foreign file, or one of another version ({str(why)[:160]})"
    return unusable(path, shown, "what ResumableCheckpoint wrote: delete it to start anew")


def _count(value):
    if type(value) is not int or value < 0:
        raise ValueError("a count that is none")
    return value


def _numpy_state(state, key):
    """NumPy's random state, tried out; NumPy itself does not look at the position."""
    position = _count(state["state"]["pos"])
    if position > 624 or key.shape != (624,) or key.dtype != np.uint32:
        raise ValueError("a random state that is none")
    state = {**state, "state": {"pos": position, "key": key}}
    np.random.RandomState().set_state(state)  # noqa: NPY002
    return state


def _python_state(version, numbers, gauss):
    """Python's random state, tried out."""
    state = (version, tuple(numbers), None if gauss is None else float(gauss))
    random.Random().setstate(state)
    return state


def _numbered(name, held):
    """The arrays ``name_0``, ``name_1`` and so on, taken out of ``held``."""
    names = itertools.takewhile(held.__contains__, (f"{name}_{n}" for n in itertools.count()))
    return [held.pop(one) for one in names]


def _as_kept(variable):
    """The value as the file holds it: ``.npy`` does not know bfloat16, float32 holds it exactly."""
    value = np.asarray(variable)
    return value.astype("float32") if value.dtype.kind == "V" else value


def _must_fit(path, variables, arrays):
    shapes = [(tuple(v.shape), str(_as_kept(v).dtype)) for v in variables]
    saved = [(a.shape, str(a.dtype)) for a in arrays]
    if shapes != saved:
        raise wrong(
            f"{path}",
            f"a checkpoint of {_first_unlike(saved, shapes)}",
            f"{_first_unlike(shapes, saved)}: build the same model, or delete the file",
        )


def _first_unlike(ours, others):
    """The first place where two lists differ, in words."""
    pairs = itertools.zip_longest(ours, others)
    number, one = next((n, one) for n, (one, other) in enumerate(pairs) if one != other)
    shown = "none" if one is None else f"shape {one[0]}, {one[1]}"
    return f"{len(ours)} arrays, number {number} of {shown}"


def _assign(path, variables, arrays):
    _must_fit(path, variables, arrays)
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
