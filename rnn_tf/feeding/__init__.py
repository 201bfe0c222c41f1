"""From arrays to the batches that ``fit`` gets: in an order of one's own, and without a wait."""

from rnn_tf.feeding.batches import Batches
from rnn_tf.feeding.feed import Feed, without_wait
from rnn_tf.feeding.lengths import ByLength, real_steps

__all__ = ["Batches", "ByLength", "Feed", "real_steps", "without_wait"]
