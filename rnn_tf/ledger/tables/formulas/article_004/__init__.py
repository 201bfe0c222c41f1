"""Formulas of article 004, §1.2 and §2."""

from rnn_tf.ledger.tables.formulas.article_004 import gru, lstm, recurrence

ROWS = sorted([*recurrence.ROWS, *lstm.ROWS, *gru.ROWS], key=lambda row: row.id)
