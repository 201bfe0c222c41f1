"""Formulas of article 003, §3."""

from rnn_tf.ledger.tables.formulas.article_003 import gates, recurrence

ROWS = [*recurrence.ROWS, *gates.ROWS]
