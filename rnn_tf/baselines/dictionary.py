"""Translations without a network: the nearest known sentence, and word by word."""

import numpy as np

from rnn_tf.errors import whole_number, wrong


class Nearest:
    """Says what belongs to the training source that is most like the one it is asked.

    Alike are sources that share rare tokens: cosine of tf-idf vectors.

    Args:
        sources: ids (n, steps), 0 is padding.
        translations: n texts, or whatever shall be given back.
        source_size: number of source ids.
    """

    def __init__(self, sources, translations, source_size):
        if len(sources) != len(translations):
            raise wrong("translations", len(translations), f"{len(sources)}, one a source")
        counts = _counts(sources, source_size)
        self._rarity = np.log((1 + len(counts)) / (1 + (counts > 0).sum(axis=0)))
        self._known = self._unit_vectors(counts)
        self.translations = list(translations)
        self._size = source_size

    def __call__(self, sources):
        """A translation for each row of ``sources``; of equally near ones the first."""
        asked = self._unit_vectors(_counts(sources, self._size))
        return [self.translations[i] for i in np.argmax(asked @ self._known.T, axis=1)]

    def _unit_vectors(self, counts):
        vectors = counts * self._rarity
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


class WordByWord:
    """IBM model 1: a dictionary learnt from pairs of sentences, used token by token, in order.

    ``probability`` (source_size, target_size) holds p(target token | source token), found by
    expectation and maximization. Row 0 is the empty word, which brings forth tokens that belong
    to no source token.

    Args:
        sources, targets: ids (n, steps), 0 is padding; of targets without begin and end token.
        source_size, target_size: number of ids.
        rounds: of expectation and maximization.

    Source: P. Brown, S. Della Pietra, V. Della Pietra, R. Mercer (1993), The mathematics of
    statistical machine translation, model 1.
    """

    def __init__(self, sources, targets, source_size, target_size, rounds=10):
        if len(sources) != len(targets):
            raise wrong("targets", f"{len(targets)} rows", f"{len(sources)}, as sources")
        whole_number("rounds", rounds)
        # How often each token stands in each pair; the empty word stands in each once.
        said, meant = _counts(targets, target_size), _counts(sources, source_size)
        meant[:, 0] = 1
        self.probability = np.full((source_size, target_size), 1 / target_size)
        for _ in range(rounds):
            explained = meant @ self.probability  # (n, target_size)
            share = np.divide(said, explained, out=np.zeros_like(said), where=explained > 0)
            expected = self.probability * (meant.T @ share)
            total = expected.sum(axis=1, keepdims=True)
            self.probability = np.divide(
                expected, total, out=np.zeros_like(expected), where=total > 0
            )

    def __call__(self, sources):
        """For each row of ``sources`` a list of target ids: the likeliest for each token.

        A token that training never saw says nothing.
        """
        best = self.probability.argmax(axis=1)
        known = self.probability.any(axis=1)
        return [[int(best[i]) for i in row if i and known[i]] for row in np.asarray(sources)]


def _counts(ids, size):
    """How often each id stands in each row, float (n, size); padding not counted."""
    ids = np.asarray(ids)
    if ids.ndim != 2 or not np.issubdtype(ids.dtype, np.integer):
        raise wrong("ids", f"{ids.dtype} {ids.shape}", "whole numbers, (n, steps)")
    if ids.size and not (ids.min() >= 0 and ids.max() < size):
        raise wrong("ids", f"{ids.min()} to {ids.max()}", f"0 to {size - 1}")
    counts = np.zeros((len(ids), size))
    np.add.at(counts, (np.arange(len(ids))[:, None], ids), 1)
    counts[:, 0] = 0
    return counts
