"""Faults of article 002: its NumPy class, §4.1."""

from rnn_tf.ledger.tables.faults.article_002 import backward, forward, loss, use

ROWS = [*forward.ROWS, *loss.ROWS, *backward.ROWS, *use.ROWS]
