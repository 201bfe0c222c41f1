"""Training that can be repeated, watched, compared with a baseline and interrupted."""

from rnn_tf.training.shapes import check_shapes

__all__ = ["check_shapes"]
