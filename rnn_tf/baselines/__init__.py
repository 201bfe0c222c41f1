"""The rivals: what a model has to beat, without TensorFlow. ``training.metrics`` judges them.

>>> from rnn_tf import baselines
>>> baselines.persistence(windows)                     # "as now"
>>> baselines.ngrams.KneserNey(3).fit(documents, vocab_size)
"""

from rnn_tf.baselines import linear, neighbours, ngrams
from rnn_tf.baselines.naive import majority, mean, persistence, seasonal_naive

__all__ = ["linear", "majority", "mean", "neighbours", "ngrams", "persistence", "seasonal_naive"]
