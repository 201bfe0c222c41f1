"""TensorFlow's threads, set so that several recurrent chains run side by side.

By default TensorFlow cuts every operation among all cores. A recurrent step is a dozen small
operations, and sharing each of them costs more than it brings. The layers of ``rnn_tf.layers``
cut the batch instead: one thread inside an operation, as many operations at a time as cores.
TensorFlow takes this setting only before its first operation, so ``rnn_tf.backend`` makes it.
"""

import os
import warnings

from rnn_tf.errors import wrong

#: So many cores at most for one process: for programs that run side by side.
CORES = "RNN_TF_CORES"
INTRA, INTER = "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"

_LATE = "threads not set: TensorFlow was started before rnn_tf was imported"

_done = "TensorFlow not started yet"


def cores():
    """Processor cores this process may use; ``RNN_TF_CORES`` can make them fewer."""
    if hasattr(os, "sched_getaffinity"):
        there = len(os.sched_getaffinity(0))
    else:
        there = os.cpu_count() or 1
    share = os.environ.get(CORES)
    if not share:
        return there
    if not (share.isdecimal() and int(share) > 0):
        raise wrong(CORES, repr(share), "a whole number from 1")
    return min(there, int(share))


def report():
    """What was set, or why nothing was, in one line."""
    return _done


def prepare(tf):
    """Set TensorFlow for several chains; leave alone whatever the user has set.

    Nothing is set where the environment names ``TF_NUM_INTRAOP_THREADS``, where
    ``tf.config.threading`` was used, where there is a GPU, or where TensorFlow has started
    already: then all still works, slower, and ``warn_if_late`` says so.
    ``RNN_TF_CORES`` limits how many operations run at a time.

    Returns the line that ``report`` gives from then on.
    """
    global _done
    threading = tf.config.threading
    if os.environ.get(INTRA):
        _done = f"threads left as the environment has them: {INTRA}={os.environ[INTRA]}"
    elif threading.get_intra_op_parallelism_threads():
        _done = (
            "threads left as the program set them: "
            f"{threading.get_intra_op_parallelism_threads()} inside an operation"
        )
    elif tf.config.list_physical_devices("GPU"):
        _done = "threads left as TensorFlow has them: there is a GPU"
    else:
        _done = _one_inside_an_operation(threading)
    return _done


def warn_if_late():
    """One warning where ``prepare`` came too late; apart from it, as backend mutes the start."""
    if _done == _LATE:
        warnings.warn(
            "TensorFlow was started before rnn_tf was imported: rnn_tf.layers will be slower. "
            f"Import rnn_tf.backend first, or start Python with {INTRA}=1",
            RuntimeWarning,
            stacklevel=3,  # the line that imports rnn_tf.backend
        )


def _one_inside_an_operation(threading):
    try:
        threading.set_intra_op_parallelism_threads(1)
    except RuntimeError:
        return _LATE
    inter = threading.get_inter_op_parallelism_threads() or os.environ.get(INTER)
    if not inter and os.environ.get(CORES):
        inter = cores()
        threading.set_inter_op_parallelism_threads(inter)
    inter = inter or "all cores"
    return f"one thread inside an operation (set by rnn_tf), operations at a time: {inter}"
