"""Formulas of article 000, §2 and §3."""

from rnn_tf.ledger.tables.formulas.article_000 import gates, recurrence

ROWS = sorted([*recurrence.ROWS, *gates.ROWS], key=lambda row: row.id)
