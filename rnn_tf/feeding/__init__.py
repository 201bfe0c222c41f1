"""From arrays to the batches that ``fit`` gets: in an order of one's own, and without a wait."""

from rnn_tf.feeding.batches import Batches
from rnn_tf.feeding.feed import Feed, without_wait

__all__ = ["Batches", "Feed", "without_wait"]
