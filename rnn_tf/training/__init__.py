"""Training that can be repeated, watched, measured and interrupted."""

from rnn_tf.training import intervals, metrics
from rnn_tf.training.callbacks import GradientNorms
from rnn_tf.training.checkpoint import ResumableCheckpoint
from rnn_tf.training.loop import Record, train_with_tape
from rnn_tf.training.restart import initial_weights, reset
from rnn_tf.training.seeding import set_seed

__all__ = [
    "GradientNorms",
    "Record",
    "ResumableCheckpoint",
    "initial_weights",
    "intervals",
    "metrics",
    "reset",
    "set_seed",
    "train_with_tape",
]
