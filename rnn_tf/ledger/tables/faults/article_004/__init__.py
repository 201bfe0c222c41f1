"""Faults of article 004: text generation with NLTK and Keras (§4)."""

from rnn_tf.ledger.tables.faults.article_004 import measures, reading, samples, words

ROWS = [*reading.ROWS, *samples.ROWS, *words.ROWS, *measures.ROWS]
