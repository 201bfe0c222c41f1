"""The same numbers twice."""

from rnn_tf.backend import keras, tf


def set_seed(seed, *, deterministic=False):
    """Seed Python's, NumPy's, TensorFlow's and Keras's random numbers (B-000-07).

    Args:
        seed: whole number from 0 up.
        deterministic: also make TensorFlow's operations add up in a fixed order: equal to the
            last bit on one machine, and slower on a GPU. It can't be undone in this process.

    Between machines only bands are the same, not digits. TensorFlow drops its compiled kernels
    when it is seeded: whatever ran before is slow to start once more.
    """
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
