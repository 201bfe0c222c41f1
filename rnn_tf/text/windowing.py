"""Sequences of ids as windows with next-token targets."""

import numpy as np

from rnn_tf.errors import wrong

PAD = 0


def windows(sequences, num_steps, *, offset=0):
    """Windows over documents: at every step the target is the next token (B-004-07, -08).

    A window never crosses from one document into another, and every token after the first of a
    document is a target exactly once. A window that reaches beyond its document is filled with
    0, padding, which the model masks.

    Args:
        sequences: one int array a document, as ``Vocabulary.encode`` makes them.
        num_steps: length of a window.
        offset: length of the first window of a document, 0 to ``num_steps`` - 1, or an int array
            with one a document; 0 means a whole window. Other borders in every epoch let the
            model see every token with other ones before it.

    Returns ``(inputs, targets)``, both int32 (windows, num_steps), for a sparse loss (B-004-11).

    Raises ``InputError`` where no document fills one window (B-004-20).
    """
    if not isinstance(num_steps, (int, np.integer)) or num_steps < 1:
        raise wrong("num_steps", repr(num_steps), "a whole number from 1 up")
    sequences = _checked(sequences)
    longest = max(map(len, sequences))
    if longest < num_steps + 1:
        raise wrong(
            "sequences",
            f"a longest document of {longest} ids",
            f"{num_steps + 1} ids for windows of {num_steps} steps: "
            f"give more text, or num_steps={longest - 1} at most",
            "B-004-20",
        )
    offsets = np.broadcast_to(offset, len(sequences))
    if offsets.min() < 0 or offsets.max() >= num_steps:
        raise wrong("offset", f"{offsets.min()} to {offsets.max()}", f"0 to {num_steps - 1}")
    starts = [
        (number, start, min(start + num_steps, border))
        for number, (sequence, first) in enumerate(zip(sequences, offsets, strict=True))
        for start, border in _borders(len(sequence) - 1, num_steps, int(first))
    ]
    inputs = np.full((len(starts), num_steps), PAD, np.int32)
    targets = np.full((len(starts), num_steps), PAD, np.int32)
    for row, (number, start, stop) in enumerate(starts):
        inputs[row, : stop - start] = sequences[number][start:stop]
        targets[row, : stop - start] = sequences[number][start + 1 : stop + 1]
    return inputs, targets


def _borders(steps, num_steps, first):
    """``(start, stop)`` of the windows over ``steps`` steps; the first may be shorter."""
    starts = [0, *range(first or num_steps, steps, num_steps)]
    return zip(starts, [*starts[1:], steps], strict=True)


def whole_documents(sequences):
    """Each document in one piece, nothing filled up: for scoring with all that came before.

    Returns ``(inputs, targets)``: two lists with an int32 array (tokens - 1,) a document, for
    ``training.metrics.model_perplexity``. A model's ``fit`` wants ``windows`` instead.
    """
    sequences = [sequence.astype(np.int32) for sequence in _checked(sequences)]
    return [sequence[:-1] for sequence in sequences], [sequence[1:] for sequence in sequences]


def _checked(sequences):
    sequences = [np.asarray(sequence) for sequence in sequences]
    if not sequences:
        raise wrong("sequences", "none", "at least one document", "B-004-20")
    for sequence in sequences:
        if sequence.ndim != 1 or not np.issubdtype(sequence.dtype, np.integer):
            raise wrong(
                "sequences",
                f"{sequence.dtype} {sequence.shape}",
                "one array of whole numbers (tokens,) a document",
                "B-004-10",
            )
        if len(sequence) < 2:
            raise wrong("sequences", f"a document of {len(sequence)} ids", "at least 2")
    return sequences
