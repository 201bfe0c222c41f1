"""Training that can be repeated, watched, compared with a baseline and interrupted."""

from rnn_tf.training import baselines, metrics, ngrams
from rnn_tf.training.batches import Batches
from rnn_tf.training.callbacks import GradientNorms
from rnn_tf.training.checkpoint import ResumableCheckpoint
from rnn_tf.training.feeding import Feed, without_wait
from rnn_tf.training.loop import Record, train_with_tape
from rnn_tf.training.seeding import set_seed
from rnn_tf.training.shapes import check_shapes

__all__ = [
    "Batches",
    "Feed",
    "GradientNorms",
    "Record",
    "ResumableCheckpoint",
    "baselines",
    "check_shapes",
    "metrics",
    "ngrams",
    "set_seed",
    "train_with_tape",
    "without_wait",
]
