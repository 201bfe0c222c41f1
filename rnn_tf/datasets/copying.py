"""Two tasks that ask for a list of symbols back: at a known distance, and at distances that vary.

Drawn fresh from a seed. Inputs (count, steps, alphabet + 1): one feature a symbol, all zeros at a
blank, and last a feature that is 1 where an answer is wanted: at the last ``symbols`` steps.
Targets (count, steps): 0 where nothing is to be said, else 1 + the symbol.

Floor: no errors. Baseline without memory: a share of 1/alphabet of the symbols is right.
"""

import numpy as np

from rnn_tf.errors import whole_number


def copy(count, symbols=5, *, alphabet=4, wait=15, seed):
    """Repeat what was said ``symbols + wait`` steps ago.

    The symbols come first, then ``wait`` blanks, then the questions: every symbol is asked for
    after the same time, so that a network which always looks back as far will do.

    Source: S. Hochreiter and J. Schmidhuber (1997), in the form of A. Graves, G. Wayne and
    I. Danihelka (2014), Neural Turing machines.
    """
    _check(count, symbols, alphabet, wait)
    places = np.tile(np.arange(symbols), (count, 1))
    return _asked(np.random.default_rng(seed), places, alphabet, symbols + wait)


def selective_copy(count, symbols=5, *, alphabet=4, wait=15, seed):
    """Repeat the symbols in their order; blanks lie between them, as many as chance has it.

    How far back a symbol lies is another number each time: what must be remembered is decided by
    what is read, not by when.

    Source: A. Gu and T. Dao (2023), Mamba: linear-time sequence modeling with selective state
    spaces, §3.1.
    """
    _check(count, symbols, alphabet, wait)
    rng = np.random.default_rng(seed)
    places = np.argsort(rng.random((count, symbols + wait)), axis=1)[:, :symbols]
    return _asked(rng, np.sort(places, axis=1), alphabet, symbols + wait)


def share_right(targets, answers):
    """The share of symbols that are right.

    Args:
        targets: (count, steps), as above.
        answers: (count, steps), the class named at each step.

    Steps at which nothing is to be said do not count.
    """
    asked = np.asarray(targets) > 0
    return float(np.mean(np.asarray(answers)[asked] == np.asarray(targets)[asked]))


def _asked(rng, places, alphabet, before):
    """Symbols at ``places`` (count, symbols) of the ``before`` steps before the questions."""
    count, symbols = places.shape
    said = rng.integers(0, alphabet, places.shape)
    inputs = np.zeros((count, before + symbols, alphabet + 1), np.float32)
    targets = np.zeros(inputs.shape[:2], np.int32)
    inputs[np.arange(count)[:, None], places, said] = 1
    inputs[:, before:, alphabet] = 1
    targets[:, before:] = said + 1
    return inputs, targets


def _check(count, symbols, alphabet, wait):
    for name, value in (("count", count), ("symbols", symbols), ("alphabet", alphabet)):
        whole_number(name, value)
    if wait:
        whole_number("wait", wait)
