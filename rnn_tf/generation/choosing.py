"""From the logits of the next token to its id, in NumPy.

Drawing adds Gumbel noise to the log-probabilities and takes the largest: the same as drawing
from the distribution, and the noise can be made beforehand, so that every way of running the
loop draws the same ids. Source: C. Maddison, D. Tarlow and T. Minka (2014), A* sampling.
"""

import numpy as np

from rnn_tf.errors import whole_number, wrong

STRATEGIES = ("greedy", "temperature", "top_k", "nucleus", "beam")


def chooser(strategy, temperature=1.0, k=1, p=1.0, seed=0):
    """The function from log-probabilities (vocab_size,) to the next id."""
    if strategy == "greedy":
        return lambda log_p: int(np.argmax(log_p))
    narrow = {
        "temperature": lambda q: q,
        "top_k": lambda q: keep_top_k(q, k),
        "nucleus": lambda q: keep_nucleus(q, p),
    }[strategy]
    rng = np.random.default_rng(seed)

    def draw(log_p):
        with np.errstate(divide="ignore"):  # what is left out has log-probability -inf
            log_q = np.log(narrow(with_temperature(log_p, temperature)))
        return int(np.argmax(log_q + gumbel_noise(rng, len(log_q))))

    return draw


def gumbel_noise(rng, shape):
    """Float32 noise; (steps, vocab_size) at once is the same as (vocab_size,) step by step."""
    return -np.log(rng.standard_exponential(size=shape, dtype=np.float32))


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
    if not temperature > 0:
        raise wrong("temperature", temperature, "above 0; strategy='greedy' is its limit at 0")
    return np.exp(log_softmax(np.asarray(logits, dtype=np.float64) / temperature))


def keep_top_k(probabilities, k):
    """The ``k`` largest probabilities, scaled to sum 1; all others 0. Ties: the lower id stays."""
    whole_number("k", k)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    kept = np.argsort(-probabilities, kind="stable")[:k]
    return _only(probabilities, kept)


def keep_nucleus(probabilities, p):
    """The smallest set of likeliest ids with probability ``p`` or more, scaled to sum 1."""
    if not 0 < p <= 1:
        raise wrong("p", p, "a probability above 0, up to 1")
    probabilities = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(-probabilities, kind="stable")
    mass = np.cumsum(probabilities[order])
    # Rounding may leave the whole sum just below p = 1: then all are kept.
    size = min(int(np.searchsorted(mass, p)) + 1, len(order))
    return _only(probabilities, order[:size])


def _only(probabilities, kept):
    narrowed = np.zeros_like(probabilities)
    narrowed[kept] = probabilities[kept]
    return narrowed / narrowed.sum()


def without(logits, forbidden):
    logits = logits.copy()
    logits[..., list(forbidden)] = -np.inf
    return logits


def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
