"""From the logits of the next token to its id.

The next id is that of the largest sum of log-probability and Gumbel noise: the same as drawing
from the distribution, and the noise can be made beforehand, so that every way of running the
loop draws the same ids. ``with_temperature``, ``keep_top_k`` and ``keep_nucleus`` say in NumPy
what is drawn from; ``choose`` draws from it with neither a sort nor a running sum.
Source: C. Maddison, D. Tarlow and T. Minka (2014), A* sampling.
"""

import math
from numbers import Real

import numpy as np

from rnn_tf.backend import tf
from rnn_tf.errors import whole_number, wrong

STRATEGIES = ("greedy", "temperature", "top_k", "nucleus", "beam")

#: Probabilities that differ by less are the same: 7 of 14 equal ones are half of them.
ROUNDING = 1e-12

#: What ``choose`` gives where the logits are no numbers.
NOTHING = -1


def choose(logits, allowed, noise, temperature, k, p):
    """The next id, as a scalar int32 tensor; ``NOTHING`` where the logits are NaN or infinite.

    Args:
        logits: (vocab_size,), of any float dtype.
        allowed: bool (vocab_size,), False for what is never written.
        noise: (vocab_size,) Gumbel noise, or zeros to take the likeliest id.
        temperature, p: float64 scalars, ``k`` an int32 scalar: see ``limits``.

    The ids of which there are fewer than ``k`` likelier ones, with a probability below ``p``
    together, are the ones to draw from; equally likely ids stand in the order of their numbers.
    Whether one id is among them is a single pass over all, and mostly the first one looked at,
    that of the largest sum, is. If it is not, nothing less likely is either: the likelier ones
    are looked at next, on average half as many as before or fewer.
    """
    logits = tf.where(allowed, tf.cast(logits, tf.float64), -math.inf)
    logits = (logits - tf.reduce_max(logits)) / temperature  # at most 0, or NaN
    noisy = logits + tf.cast(noise, tf.float64)
    ids = tf.range(tf.size(logits))

    def look(best, _):
        # Not logits[best]: TensorFlow would work the index out while it compiles for XLA, number
        # by number, in time that grows with the vocabulary (seconds for 10,000 words).
        its_own = tf.gather(logits, best)
        likelier = (logits > its_own) | ((logits == its_own) & (ids < best))
        weights = tf.exp(logits)
        before = tf.reduce_sum(tf.where(likelier, weights, 0.0))
        inside = before < (p - ROUNDING) * tf.reduce_sum(weights)
        inside &= tf.math.count_nonzero(likelier, dtype=tf.int32) < k
        inside |= ~tf.reduce_any(likelier)
        return tf.where(inside, best, _largest(tf.where(likelier, noisy, -math.inf))), inside

    all_by = (k >= tf.size(logits)) & (p == math.inf)
    best, _ = tf.while_loop(lambda _, found: ~found, look, (_largest(noisy), all_by))
    return tf.where(tf.math.is_nan(tf.reduce_sum(logits)), NOTHING, best)


def _largest(values):
    return tf.argmax(values, output_type=tf.int32)


def limits(strategy, vocab_size, temperature=1.0, k=1, p=1.0):
    """``(temperature, k, p)`` for ``choose``, as tensors: those without a part in it let all by."""
    if strategy == "greedy":
        temperature = 1.0
    # Division by a number too small for full precision would be one by 0.
    temperature = max(float(temperature), np.finfo(np.float64).tiny)
    return (
        tf.constant(temperature, tf.float64),
        tf.constant(min(int(k), vocab_size) if strategy == "top_k" else vocab_size),
        tf.constant(p if strategy == "nucleus" else math.inf, tf.float64),
    )


class Noise:
    """What is added to the log-probabilities of one text: zeros if it is ``"greedy"``."""

    def __init__(self, strategy, seed=0):
        self._rng = None if strategy == "greedy" else np.random.default_rng(seed)

    def next(self, tokens, vocab_size):
        """Float32 (tokens, vocab_size); the same numbers however many are asked for at once."""
        if self._rng is None:
            return np.zeros((tokens, vocab_size), np.float32)
        numbers = self._rng.standard_exponential(size=(tokens, vocab_size), dtype=np.float32)
        # One in some eight million is 0, which stands for all below 2**-23: its logarithm would
        # write an id however unlikely, or forbidden.
        return -np.log(np.maximum(numbers, 2.0**-24))


def check_choice(strategy, temperature, k, p, seed):
    """Raises ``InputError`` unless ``generate`` can work with these."""
    if strategy not in STRATEGIES:
        raise wrong("strategy", repr(strategy), ", ".join(map(repr, STRATEGIES)))
    if strategy in ("greedy", "beam"):
        return
    with_temperature(np.zeros(2), temperature), keep_top_k(np.ones(1), k), keep_nucleus([1.0], p)
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise wrong("seed", repr(seed), "a whole number from 0 up")


def with_temperature(logits, temperature):
    """softmax(logits / temperature), (vocab_size,): below 1 sharper, above 1 flatter."""
    if not (isinstance(temperature, Real) and 0 < temperature < math.inf):
        raise wrong(
            "temperature",
            repr(temperature),
            "a number above 0 and finite; strategy='greedy' is its limit at 0",
        )
    logits = np.asarray(logits, dtype=np.float64)
    with np.errstate(over="ignore"):  # far below the largest, and at -inf for a small temperature
        return np.exp(log_softmax((logits - logits.max()) / temperature))


def keep_top_k(probabilities, k):
    """The ``k`` largest probabilities, scaled to sum 1; all others 0. Ties: the lower id stays."""
    whole_number("k", k)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    kept = np.argsort(-probabilities, kind="stable")[:k]
    return _only(probabilities, kept)


def keep_nucleus(probabilities, p):
    """The smallest set of likeliest ids with probability ``p`` or more, scaled to sum 1.

    All others are 0. Ties: the lower id stays. ``p`` is taken to twelve digits.
    """
    if not (isinstance(p, Real) and 0 < p <= 1):
        raise wrong("p", repr(p), "a probability above 0, up to 1")
    probabilities = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(-probabilities, kind="stable")
    mass = np.cumsum(probabilities[order])
    return _only(probabilities, order[: np.searchsorted(mass, p - ROUNDING) + 1])


def _only(probabilities, kept):
    narrowed = np.zeros_like(probabilities)
    narrowed[kept] = probabilities[kept]
    return narrowed / narrowed.sum()


def log_probabilities(logits, allowed, tokens):
    """Log-softmax of NumPy ``logits`` (rows, vocab_size) over the ``allowed`` ids alone.

    ``tokens`` have been read: where the logits after them are no numbers, the ``InputError`` of
    ``no_numbers`` is raised.
    """
    found = log_softmax(np.where(allowed, logits, -np.inf))
    if np.isnan(found).any():
        raise no_numbers(tokens)
    return found


def no_numbers(tokens):
    """The ``InputError`` for a model that puts out NaN or infinity after so many ``tokens``."""
    return wrong(
        "model",
        f"logits that are NaN or infinite after token {tokens}, prompt counted",
        "numbers: its weights or its inputs are broken",
    )


def log_softmax(logits):
    with np.errstate(invalid="ignore"):  # infinity less infinity is NaN, which is looked for
        shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
