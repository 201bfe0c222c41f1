"""Batches whose order depends on the seed and the epoch, and on nothing else."""

import numpy as np

from rnn_tf.backend import keras
from rnn_tf.errors import wrong


class Batches(keras.utils.PyDataset):
    """Arrays in shuffled batches: batch k of epoch e is the same in every run.

    ``fit`` shuffles as well, but nobody can ask it for the order again. Two ways of training
    that should agree, and a run that goes on after an interruption, need the same batches.

    >>> batches = Batches(inputs, targets, batch_size=64, seed=0)
    >>> model.fit(Feed(batches), epochs=3)  # our models make the Feed themselves

    Args:
        inputs, targets: arrays with the same first axis.
        batch_size: samples a batch; the last batch of an epoch may be smaller.
        seed: whole number from 0 up.
        shuffle: ``False`` keeps the order of the arrays.

    Each pass starts the next epoch; ``start`` chooses another. Raises ``InputError`` in a ``fit``
    with ``shuffle=True`` and without a ``Feed``: Keras would shuffle the batches once more, by
    other random numbers.
    """

    def __init__(self, inputs, targets, batch_size=32, *, seed=0, shuffle=True):
        super().__init__()
        if len(inputs) != len(targets) or len(inputs) == 0:
            raise wrong("targets", f"{len(targets)}", f"one for each of {len(inputs)} inputs")
        if batch_size < 1:
            raise wrong("batch_size", batch_size, "a whole number from 1 up")
        self.inputs, self.targets = inputs, targets
        self.batch_size, self.seed, self.shuffle = batch_size, seed, shuffle
        self.start()

    @property
    def num_batches(self):
        """Batches in an epoch."""
        return -(-len(self.inputs) // self.batch_size)

    def __getitem__(self, index):
        """Batch ``index`` of the current epoch: ``(inputs, targets)``."""
        if self._in_pass:
            if index > self._reached + 1:
                raise wrong("shuffle", True, "fit(…, shuffle=False): Batches has shuffled already")
            self._reached = max(self._reached, index)
        rows = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.inputs[rows], self.targets[rows]

    def start(self, epoch=0):
        """Make the next pass the given epoch."""
        self._go_to(epoch)
        self._next = epoch
        self._in_pass = False

    def on_epoch_begin(self):
        """Called by Keras before each pass."""
        self._go_to(self._next)
        self._next += 1
        self._in_pass, self._reached = True, -1

    def on_epoch_end(self):
        """Called by Keras after each pass."""
        self._in_pass = False

    def _go_to(self, epoch):
        self.epoch = epoch
        count = len(self.inputs)
        if self.shuffle:
            self._order = np.random.default_rng((self.seed, epoch)).permutation(count)
        else:
            self._order = np.arange(count)
