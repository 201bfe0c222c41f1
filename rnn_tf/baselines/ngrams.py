"""Counting language models: what a recurrent one has to beat.

All of them are fitted on sequences of ids as ``text.Vocabulary.encode`` makes them (begin, words,
end) and give a probability to every token after the first of each sequence: the same tokens that
a recurrent model is scored on, ``<unk>`` and the end token included. Padding and the begin token
are never predicted; over all others the probabilities add up to one.

>>> trigram = KneserNey(order=3).fit(train, vocab_size)
>>> perplexity(trigram, test)
"""

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.text import Vocabulary

BOS = Vocabulary.BOS
NEVER_PREDICTED = (Vocabulary.PAD, BOS)


class _CountingModel:
    """N-gram counts for all orders, mixed from the lowest order up.

    With context $h$, its shorter form $h'$ and counts $c$:
    $p(w|h) = a(w, h) + b(h)\\, p(w|h')$, and $p$ without any context starts from the uniform
    guess. What $a$ and $b$ are is each model's own.
    """

    def __init__(self, order):
        if not isinstance(order, int) or order < 1:
            raise wrong("order", repr(order), "a whole number from 1 up")
        self.order = order

    def fit(self, sequences, vocab_size):
        """Count. Returns the model itself.

        Args:
            sequences: int arrays, one a training document, each starting with the begin token.
            vocab_size: number of ids.
        """
        if vocab_size**self.order >= 2**63:
            raise wrong("order", self.order, f"fewer words a count: {vocab_size} ids do not fit")
        self.vocab_size = vocab_size
        contexts, words = self._targets(sequences)
        grams = np.concatenate([contexts, words[:, None]], axis=1)
        seen, counts = np.unique(grams, axis=0, return_counts=True)
        self._levels = []
        for length in range(self.order, 0, -1):
            self._levels.insert(0, _Level(seen, counts, vocab_size, *self._discounting(counts)))
            if length > 1:
                seen, counts = self._shortened(seen, counts)
        return self

    def log_probabilities(self, sequences):
        """ln p of every target, one array (tokens - 1,) a sequence."""
        self._must_be_fitted()
        contexts, words = self._targets(sequences)
        logs = np.log(self._mixed(contexts, words))
        return np.split(logs, np.cumsum([len(s) - 1 for s in sequences])[:-1])

    def probabilities(self, context=()):
        """p of every id after ``context`` (ids, the latest last), (vocab_size,).

        A context shorter than ``order`` - 1 stands at the beginning of a document.
        """
        self._must_be_fitted()
        size = self.order - 1
        padded = ([BOS] * size + list(context))[len(context) :]
        words = np.arange(self.vocab_size)
        p = self._mixed(np.tile(np.array(padded, dtype=np.int64), (len(words), 1)), words)
        p[list(NEVER_PREDICTED)] = 0
        return p

    def _must_be_fitted(self):
        if not hasattr(self, "_levels"):
            raise wrong("model", "not fitted", "fit(sequences, vocab_size) first")

    def _mixed(self, contexts, words):
        p = np.full(len(words), 1 / (self.vocab_size - len(NEVER_PREDICTED)))
        for length, level in enumerate(self._levels):
            p = level.mix(contexts[:, self.order - 1 - length :], words, p)
        return p

    def _targets(self, sequences):
        """Contexts (targets, order - 1) and targets (targets,) of all sequences."""
        size = self.order - 1
        contexts, words = [], []
        for sequence in sequences:
            sequence = np.asarray(sequence, dtype=np.int64)
            if sequence.ndim != 1 or len(sequence) < 2 or sequence[0] != BOS:
                raise wrong("sequences", f"shape {sequence.shape}", "ids that start with <bos>")
            if sequence.max() >= self.vocab_size or np.isin(sequence[1:], NEVER_PREDICTED).any():
                raise wrong("sequences", "ids out of place", "words, without padding")
            padded = np.concatenate([np.full(max(size - 1, 0), BOS), sequence])
            extra = len(padded) - len(sequence)
            words.append(sequence[1:])
            # Target t stands at padded[t + 1 + extra]; before it are the ``size`` ids it may see.
            rows = np.arange(len(sequence) - 1)[:, None] + 1 + extra - size + np.arange(size)
            contexts.append(padded[rows])
        return np.concatenate(contexts), np.concatenate(words)

    def _shortened(self, seen, counts):
        """N-grams and counts one word shorter, from those of the order above."""
        raise NotImplementedError

    def _discounting(self, counts):
        """``(discount, smoothing)`` of one order; see ``_Level``."""
        raise NotImplementedError


class _Level:
    """One order: how much of p it takes from its own counts, and how much it leaves."""

    def __init__(self, grams, counts, vocab_size, discount, smoothing):
        """
        Args:
            grams: (n, length) distinct n-grams; ``counts`` (n,).
            discount: taken off every count, and given to the order below.
            smoothing: weight of the order below for each kind of word seen after the context,
                on top of the discount; makes the Witten-Bell mixture.
        """
        self.vocab_size, self.discount = vocab_size, discount
        keys = self._key(grams)
        order = np.argsort(keys)
        self.keys, self.counts = keys[order], counts[order].astype(float)
        self.contexts, place = np.unique(self.keys // vocab_size, return_inverse=True)
        kinds = np.bincount(place)
        self.totals = np.bincount(place, self.counts) + smoothing * kinds
        self.left = (discount + smoothing) * kinds / self.totals

    def mix(self, contexts, words, lower):
        counts, _ = _look_up(
            self.keys, self.counts, self._key(np.concatenate([contexts, words[:, None]], axis=1))
        )
        keys = self._key(contexts)
        totals, known = _look_up(self.contexts, self.totals, keys)
        left, _ = _look_up(self.contexts, self.left, keys)
        own = np.maximum(counts - self.discount, 0) / np.where(known, totals, 1)
        return np.where(known, own + left * lower, lower)

    def _key(self, grams):
        key = np.zeros(len(grams), dtype=np.int64)
        for column in grams.T:
            key = key * self.vocab_size + column
        return key


def _look_up(keys, values, wanted):
    """``values`` at the ``wanted`` keys, 0 where there is none; and where there is one."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    known = keys[place] == wanted
    return np.where(known, values[place], 0), known


class WittenBell(_CountingModel):
    """Relative frequencies, mixed with the order below.

    The more different words followed a context, the less its own counts are believed:
    $p(w|h) = (c(hw) + T(h)\\, p(w|h')) / (c(h) + T(h))$ with $T(h)$ the number of different words
    seen after $h$. Source: I. Witten and T. Bell (1991), The zero-frequency problem.
    """

    def _shortened(self, seen, counts):
        shorter, place = np.unique(seen[:, 1:], axis=0, return_inverse=True)
        return shorter, np.bincount(place.ravel(), counts)

    def _discounting(self, counts):
        return 0.0, 1.0


class Unigram(WittenBell):
    """Every word as often as in the training text, whatever came before."""

    def __init__(self):
        super().__init__(order=1)


class Bigram(WittenBell):
    """A word given the one before it."""

    def __init__(self):
        super().__init__(order=2)


class KneserNey(_CountingModel):
    """Interpolated Kneser-Ney: the strongest of the classical counting models.

    From every count a fixed discount $D$ is taken and given to the order below:
    $p(w|h) = \\max(c(hw) - D, 0)/c(h) + D\\,T(h)/c(h)\\; p(w|h')$. Below the highest order a word
    counts once for each *different* word it followed: "Francisco" is frequent, but only after
    "San".

    Args:
        order: 2 for bigrams, 3 for trigrams.
        discounts: one for each order, from single words up; ``None`` estimates each from how many
            n-grams were seen once and twice, $D = n_1/(n_1 + 2 n_2)$.

    Source: R. Kneser and H. Ney (1995), Improved backing-off for m-gram language modeling;
    S. Chen and J. Goodman (1999), An empirical study of smoothing techniques.
    """

    def __init__(self, order=2, discounts=None):
        super().__init__(order)
        usable = discounts is None or (
            len(discounts) == order and all(0 <= d <= 1 for d in discounts)
        )
        if not usable:
            raise wrong("discounts", discounts, f"{order} values from 0 to 1")
        self.given = discounts

    def fit(self, sequences, vocab_size):
        self._waiting = list(self.given or [])
        self.discounts = []
        return super().fit(sequences, vocab_size)

    def _shortened(self, seen, counts):
        # Each distinct n-gram counts once for the n-gram without its first word.
        return np.unique(seen[:, 1:], axis=0, return_counts=True)

    def _discounting(self, counts):
        if self.given is not None:
            discount = self._waiting.pop()
        else:
            once, twice = (counts == 1).sum(), (counts == 2).sum()
            discount = once / (once + 2 * twice) if once else 0.5
        self.discounts.insert(0, float(discount))
        return discount, 0.0


def negative_log_likelihood(model, sequences):
    """Mean of -ln p over all targets of all sequences, in nats."""
    return -float(np.mean(np.concatenate(model.log_probabilities(sequences))))


def perplexity(model, sequences):
    """exp of the mean negative log-likelihood: how many words, equally likely, it hesitates
    between."""
    return float(np.exp(negative_log_likelihood(model, sequences)))


def uniform_perplexity(vocab_size):
    """Perplexity of the guess that holds all ids but padding and begin for equally likely."""
    return float(vocab_size - len(NEVER_PREDICTED))
