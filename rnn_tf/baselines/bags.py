"""Counting words: classifiers that see which words stand in a text, and nothing of their order.

Both give a text one number, a bias and the sum of the weights of its words (or of its words and
pairs of neighbours, with ``order=2``). A word counts once, however often it stands there.

>>> bag = bags.NaiveBayes(order=2).fit(train_tokens, labels)
>>> bag.scores(test_tokens) > 0

Sources: S. Wang and C. Manning (2012), Baselines and bigrams: simple, good sentiment and topic
classification, ACL 2012.
"""

from collections import Counter

import numpy as np

from rnn_tf.errors import InputError, wrong


class _Bag:
    """Texts as sets of grams, one weight a gram."""

    def __init__(self, order=1, *, min_count=1):
        for name, value in (("order", order), ("min_count", min_count)):
            if not isinstance(value, int) or value < 1:
                raise wrong(name, repr(value), "a whole number from 1 up")
        self.order, self.min_count = order, min_count

    def fit(self, documents, labels):
        """Learn the weights. Returns the model itself.

        Args:
            documents: lists of tokens.
            labels: (documents,), 0 or 1, both of them there.
        """
        labels = np.asarray(labels)
        if labels.shape != (len(documents),) or set(np.unique(labels)) != {0, 1}:
            raise wrong("labels", f"{labels.shape}, {np.unique(labels)[:4]}", "0 and 1, one a text")
        labels = labels.astype(np.int64)
        counts = Counter(gram for document in documents for gram in self._grams(document))
        kept = sorted(gram for gram, count in counts.items() if count >= self.min_count)
        if not kept:
            raise wrong("documents", f"no gram {self.min_count} times", "more text, or min_count=1")
        self._numbers = {gram: number for number, gram in enumerate(kept)}
        rows, columns = self._incidence(documents)
        self.weights, self.bias = self._learn(rows, columns, labels, len(kept))
        return self

    def scores(self, documents):
        """The log-odds of label 1, (documents,): above 0 means label 1."""
        if not hasattr(self, "weights"):
            raise InputError("scores: got a bag that was not fitted, expected fit() before")
        rows, columns = self._incidence(documents)
        return self.bias + np.bincount(rows, self.weights[columns], len(documents))

    def weight(self, *gram):
        """The weight of one word, or of neighbours ``weight("not", "good")``; unknown: 0."""
        number = self._numbers.get(tuple(gram))
        return 0.0 if number is None else float(self.weights[number])

    def strongest(self, count=10):
        """The grams of the lowest and of the highest weights: two lists of ``(gram, weight)``."""
        grams, order = list(self._numbers), np.argsort(self.weights, kind="stable")
        listed = [(" ".join(grams[n]), float(self.weights[n])) for n in order]
        return listed[:count], listed[: -count - 1 : -1]

    def _grams(self, document):
        if isinstance(document, str):
            raise wrong("documents", "text", "lists of tokens: text.tokenize makes them")
        return {
            tuple(document[start : start + length])
            for length in range(1, self.order + 1)
            for start in range(len(document) - length + 1)
        }

    def _incidence(self, documents):
        """Which known gram (column) stands in which document (row): two int arrays."""
        found = [
            sorted(self._numbers[gram] for gram in self._grams(document) if gram in self._numbers)
            for document in documents
        ]
        rows = np.repeat(np.arange(len(found)), [len(numbers) for numbers in found])
        return rows, np.concatenate([np.array(numbers, dtype=np.int64) for numbers in found])


class NaiveBayes(_Bag):
    r"""A word weighs as much as it is more frequent in texts of label 1.

    With $n_1$, $n_0$ the numbers of texts of each label that hold the gram, and $N_1$, $N_0$
    their sums over all grams: $w = \ln\frac{n_1 + a}{N_1 + aV} - \ln\frac{n_0 + a}{N_0 + aV}$.
    The bias is the log-odds of the labels.

    Args:
        order: 1 for words, 2 for words and pairs, …
        smoothing: $a$, what is added to every count.
        min_count: grams of fewer texts are left out.
    """

    def __init__(self, order=1, *, smoothing=1.0, min_count=1):
        super().__init__(order, min_count=min_count)
        if not smoothing > 0:
            raise wrong("smoothing", smoothing, "a number above 0")
        self.smoothing = smoothing

    def _learn(self, rows, columns, labels, size):
        shares = []
        for label in (0, 1):
            counts = np.bincount(columns[labels[rows] == label], minlength=size) + self.smoothing
            shares.append(np.log(counts / counts.sum()))
        texts = np.bincount(labels, minlength=2)
        return shares[1] - shares[0], float(np.log(texts[1] / texts[0]))
