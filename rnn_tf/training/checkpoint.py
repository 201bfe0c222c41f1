"""Training that a kill -9 can't hurt."""

import json
import os
import random
import zipfile
from pathlib import Path

import numpy as np

from rnn_tf.backend import keras
from rnn_tf.errors import unusable, wrong
from rnn_tf.paths import written_whole


class ResumableCheckpoint(keras.callbacks.Callback):
    """Saves all that training needs to go on; starts where the last run was cut off.

    Run the same script again after an interruption and it ends with the weights that it would
    have had without one:

    >>> batches = Batches(inputs, targets, batch_size=64, seed=0)
    >>> checkpoint = ResumableCheckpoint("run.npz", batches, every=100)
    >>> model.fit(batches, epochs=10, callbacks=[checkpoint])

    Args:
        path: the file, one ``.npz``. Delete it to start anew.
        batches: the ``Batches`` given to ``fit``: their order can be had again.
        every: save after this many batches; ``None`` saves at the end of each epoch only.

    Saved: weights, the state of dropout's random numbers, the optimizer, the running metrics,
    the position in the data, the history, Python's and NumPy's random state. Not saved: what
    other callbacks remember. The file is written beside its place and moved there in one go,
    so a kill at any moment leaves the former one; it holds arrays and JSON, no pickle.

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
        self._drop_leftovers()
        if not self.model.built:
            self.model(self.batches[0][0][:1])
        self.model.optimizer.build(self.model.trainable_variables)
        self._skip, self._saved_at = 0, 0
        if self.path.exists():
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
        return {
            "model": self.model.variables,
            "optimizer": self.model.optimizer.variables,
            "metrics": self.model.metrics_variables,
        }

    def _save(self, epoch, batch):
        self._saved_at = batch
        numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 - what Keras seeds
        python_version, python_state, python_gauss = random.getstate()
        about = {
            "format": 1,
            "epoch": epoch,
            "batch": batch,
            "data": self._data(),
            "history": self.history,
            "numpy": {**numpy_state, "state": {"pos": int(numpy_state["state"]["pos"])}},
            "python": [python_version, list(python_state), python_gauss],
            "sizes": {name: len(group) for name, group in self._groups().items()},
        }
        arrays = {
            f"{name}_{number}": variable.numpy()
            for name, group in self._groups().items()
            for number, variable in enumerate(group)
        }
        with written_whole(self.path) as temporary, open(temporary, "wb") as file:
            np.savez(
                file, about=np.array(json.dumps(about)), key=numpy_state["state"]["key"], **arrays
            )
            file.flush()
            os.fsync(file.fileno())

    def _resume(self):
        about, arrays = _read(self.path)
        if about["data"] != self._data():
            raise wrong(
                f"{self.path}",
                f"a checkpoint for data {about['data']}",
                f"{self._data()}: give the same data, or delete the file to start anew",
            )
        self.history, epoch = about["history"], about["epoch"]
        self._skip = self._saved_at = about["batch"]
        self.resumed_from = (epoch, self._skip)
        at_once = self.model.steps_per_execution
        if self._skip % at_once and self._skip != self.batches.num_batches:
            raise wrong("steps_per_execution", at_once, f"a divisor of {self._skip}, as before")
        if self._skip:  # in the middle of an epoch: Keras makes the metrics when it first tests
            self.model.test_on_batch(*self.batches[0])
            self._running_metrics = arrays["metrics"]
        for name in ("model", "optimizer"):
            _assign(self.path, self._groups()[name], arrays[name])
        numpy_state = about["numpy"]
        numpy_state["state"]["key"] = arrays["key"]
        np.random.set_state(numpy_state)  # noqa: NPY002
        version, python_state, gauss = about["python"]
        random.setstate((version, tuple(python_state), gauss))
        self.batches.start(epoch)
        self.model._initial_epoch = epoch  # fit's own way, which BackupAndRestore uses too

    def _data(self):
        b = self.batches
        return [list(b.inputs.shape), list(b.targets.shape), b.batch_size, b.seed, b.shuffle]

    def _drop_leftovers(self):
        """What a kill during saving left beside the checkpoint."""
        for leftover in self.path.parent.glob(f".{self.path.stem}.*.npz"):
            leftover.unlink(missing_ok=True)


def _read(path):
    """The description and the arrays of a checkpoint; every byte is checked on the way."""
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            arrays = {
                name: [file[f"{name}_{number}"] for number in range(size)]
                for name, size in about["sizes"].items()
            }
            arrays["key"] = file["key"]
        if about["format"] != 1:
            raise ValueError
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise unusable(
            path,
            "a damaged or foreign file",
            "a checkpoint written by ResumableCheckpoint: delete it to start anew",
        ) from error
    return about, arrays


def _assign(path, variables, arrays):
    shapes = [tuple(v.shape) for v in variables]
    saved = [a.shape for a in arrays]
    if shapes != saved:
        raise wrong(
            f"{path}",
            f"a checkpoint of shapes {saved}",
            f"{shapes}, which this model has: build the same model, or delete the file",
        )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
