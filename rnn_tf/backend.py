"""TensorFlow and Keras, started once and without start-up noise.

Every module of the library that needs them writes ``from rnn_tf.backend import keras, tf``.
"""

import contextlib
import os
import sys
import tempfile

from rnn_tf import threads


@contextlib.contextmanager
def _native_stderr_kept_back():
    """Hold what native code writes to file descriptor 2; show it only if the start fails.

    ``TF_CPP_MIN_LOG_LEVEL`` alone leaves the oneDNN and ``absl::InitializeLog`` lines, which are
    written before TensorFlow reads its log level.
    """
    try:
        sys.stderr.flush()
        saved = os.dup(2)
    except (AttributeError, OSError, ValueError):  # no usable stderr, as in some GUIs
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(saved, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def _only_tensorflow(name):
    if name != "tensorflow":
        raise ImportError(
            f"KERAS_BACKEND: got {name!r}, expected 'tensorflow': "
            "set KERAS_BACKEND=tensorflow before Keras is imported"
        )


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND") or "tensorflow"
# Now, because Keras would ask for the other backend's package in words of its own.
_only_tensorflow(os.environ["KERAS_BACKEND"])

with _native_stderr_kept_back():
    import tensorflow as tf

    threads.prepare(tf)
    # Finding the devices is what writes the CUDA lines on machines without a GPU. It starts no
    # thread: a process that only imports this can still fork.
    tf.config.list_physical_devices()
    import keras

threads.warn_if_late()

# Python's side of TensorFlow warns of retracing wherever several models are fitted in a row.
tf.get_logger().setLevel("ERROR")

_only_tensorflow(keras.backend.backend())  # Keras may have been imported before

__all__ = ["keras", "tf"]
