"""Faults of article 001: its diagram and NumPy sketch (§2.3, §3.2), set-up and program (§5)."""

from rnn_tf.ledger.tables.faults.article_001 import (
    environment,
    program_shapes,
    program_training,
    sketch_backward,
    sketch_forward,
)

ROWS = [
    *sketch_forward.ROWS,
    *sketch_backward.ROWS,
    *environment.ROWS,
    *program_shapes.ROWS,
    *program_training.ROWS,
]
