"""A training run in a process of its own, for test_resume.py to kill.

python resumable_run.py CHECKPOINT WEIGHTS EVERY STEPS_PER_EXECUTION [FATE]

FATE is nothing, or: die-at EPOCH BATCH, or: die-saving N, or: slow SECONDS (a batch)
"""

import os
import signal
import sys
import time

import numpy as np

from rnn_tf import feeding, training
from rnn_tf.backend import keras


class DieAt(keras.callbacks.Callback):
    """Ends the process as kill -9 does, after the given batch of the given epoch."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.place = (epoch, batch)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.place:
            os.kill(os.getpid(), signal.SIGKILL)


class Slow(keras.callbacks.Callback):
    """Gives another process the time to kill this one."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def on_train_batch_end(self, batch, logs=None):
        time.sleep(self.seconds)


def die_while_saving(number):
    """Make the ``number``-th save write half of its file and be killed."""
    whole = np.savez
    saves = []

    def half(file, **arrays):
        saves.append(file)
        whole(file, **arrays)
        if len(saves) == number:
            os.truncate(file, file.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    np.savez = half


def main(checkpoint, weights, every, at_once, *fate):
    training.set_seed(7, deterministic=True)
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(200, 6, 2)).astype("float32")
    targets = inputs.sum(axis=(1, 2))[:, None]
    # Dropout and Adam: both carry a state of their own from step to step.
    model = keras.Sequential(
        [
            keras.Input((6, 2)),
            keras.layers.SimpleRNN(5, unroll=True),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(1),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01), "mse", metrics=["mae"], steps_per_execution=int(at_once)
    )
    batches = feeding.Batches(inputs, targets, 20, seed=3)  # ten an epoch
    resumable = training.ResumableCheckpoint(checkpoint, batches, every=int(every) or None)
    callbacks = [resumable]
    if fate and fate[0] == "die-at":
        callbacks.append(DieAt(int(fate[1]), int(fate[2])))
    if fate and fate[0] == "slow":
        callbacks.append(Slow(float(fate[1])))
    if fate and fate[0] == "die-saving":
        die_while_saving(int(fate[1]))
    model.fit(batches, epochs=3, verbose=0, shuffle=False, callbacks=callbacks)
    history = [[logs["loss"], logs["mae"]] for logs in resumable.history]
    np.savez(
        weights,
        *model.get_weights(),
        history=np.array(history),
        resumed=np.array(resumable.resumed_from or (-1, -1)),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
