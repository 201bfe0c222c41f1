"""Sequences of unequal length: the mask of what is real, and batches with little padding."""

import numpy as np

from rnn_tf.errors import whole_number, wrong
from rnn_tf.feeding.batches import Batches


def real_steps(lengths, num_steps):
    """The mask: bool (count, num_steps), True where a step is real and not padding.

    >>> real_steps([1, 3], 3)
    array([[ True, False, False],
           [ True,  True,  True]])
    """
    lengths = np.asarray(lengths)
    whole = lengths.ndim == 1 and np.issubdtype(lengths.dtype, np.integer)
    if not whole or (lengths.size and not 0 <= lengths.min() <= lengths.max() <= num_steps):
        raise wrong("lengths", lengths, f"whole numbers from 0 to {num_steps}, (count,)")
    return np.arange(num_steps) < lengths[:, None]


class ByLength(Batches):
    """Batches of sequences of like length, each padded to its own longest only.

    In each epoch the sequences are shuffled, ``pool`` batches at a time are put in order of length
    and cut into batches, and the batches are shuffled: who sits beside whom, and who comes first,
    remains a matter of chance.

    >>> batches = ByLength(frames, lengths, targets, batch_size=64, seed=0)
    >>> model.fit(Feed(batches), epochs=3)  # a model of two inputs, frames and mask

    Args:
        sequences: (count, steps, ...), real steps first, padding behind them.
        lengths: (count,), real steps of each, 1 or more.
        targets: (count, ...), one a sequence.
        batch_size, seed: as of ``Batches``; the last batch of an epoch may be smaller.
        pool: how many batches are put in order together. With 1 the order does not look at
            lengths.

    A batch is ``((sequences, mask), targets)``, the first two (batch, its longest, ...).
    """

    def __init__(self, sequences, lengths, targets, batch_size=32, *, seed=0, pool=20):
        sequences, lengths = np.asarray(sequences), np.asarray(lengths)
        if sequences.ndim < 2 or lengths.shape != sequences.shape[:1]:
            raise wrong("lengths", f"shape {lengths.shape}", f"one each of {sequences.shape[:1]}")
        whole_number("pool", pool)
        self.sequences, self.lengths, self.pool = sequences, lengths, pool
        self.mask = real_steps(lengths, sequences.shape[1])
        if lengths.size and lengths.min() < 1:
            raise wrong("lengths", 0, "1 or more: a sequence without a step says nothing")
        # What ``Batches`` puts in order are row numbers.
        super().__init__(np.arange(len(sequences)), targets, batch_size, seed=seed)

    def __getitem__(self, index):
        """Batch ``index`` of the current epoch: ``((sequences, mask), targets)``."""
        rows, targets = super().__getitem__(index)
        longest = self.lengths[rows].max()
        return (self.sequences[rows, :longest], self.mask[rows, :longest]), targets

    def _go_to(self, epoch):
        super()._go_to(epoch)
        count, size = len(self._order), self.batch_size
        # The smaller batch stays the last one, whoever is in it.
        full, rest = np.split(self._order, [count - count % size])
        pools = [
            pool[np.argsort(self.lengths[pool], kind="stable")]
            for pool in np.split(full, range(self.pool * size, len(full), self.pool * size))
        ]
        batches = np.concatenate(pools).reshape(-1, size)
        random = np.random.default_rng((self.seed, epoch, self.pool))
        self._order = np.concatenate([random.permutation(batches).ravel(), rest])
