"""Sequences of ids of unequal length as one array, and what is left when a token is taken away."""

import numpy as np

from rnn_tf.errors import whole_number, wrong
from rnn_tf.text.vocabulary import Vocabulary


def padded(sequences, num_steps):
    """Sequences of ids, cut at the end or filled up with 0, padding: int32 (count, num_steps).

    >>> padded([[5, 6], [7, 8, 9, 4]], 3)
    array([[5, 6, 0],
           [7, 8, 9]], dtype=int32)
    """
    whole_number("num_steps", num_steps)
    rows = np.full((len(sequences), num_steps), Vocabulary.PAD, np.int32)
    for row, sequence in zip(rows, sequences, strict=True):
        ids = np.asarray(sequence)[:num_steps]
        if ids.ndim != 1 or (ids.size and not np.issubdtype(ids.dtype, np.integer)):
            raise wrong("sequences", f"{ids.dtype} {ids.shape}", "whole numbers, (tokens,)")
        row[: len(ids)] = ids
    return rows


def without_each(ids):
    """Every sentence again and again, each time with another token replaced by ``<unk>``.

    Args:
        ids: (sentences, steps), 0 is padding.

    Returns ``(copies, sentence, place)``: (tokens, steps), (tokens,), (tokens,): in ``copies[k]``
    the token at ``place[k]`` of sentence ``sentence[k]`` is unknown.
    """
    ids = np.asarray(ids)
    if ids.ndim != 2 or not np.issubdtype(ids.dtype, np.integer):
        raise wrong("ids", f"{ids.dtype} {ids.shape}", "whole numbers, (sentences, steps)")
    sentence, place = np.nonzero(ids != Vocabulary.PAD)
    copies = ids[sentence]
    copies[np.arange(len(copies)), place] = Vocabulary.UNK
    return copies, sentence, place
