"""Recurrent neural networks that run, prove what they say, and can be taught.

The rooms are loaded when they are first used, so that ``import rnn_tf`` is quick and
TensorFlow starts only when something needs it:

>>> import rnn_tf
>>> rnn_tf.reference.LSTM        # NumPy only
>>> rnn_tf.models.row_lstm       # starts TensorFlow, without start-up noise
"""

from importlib import import_module

__version__ = "0.1.0"

_ROOMS = (
    "backend",
    "baselines",
    "claims",
    "course",
    "datasets",
    "errors",
    "feeding",
    "generation",
    "layers",
    "ledger",
    "models",
    "reference",
    "shapes",
    "text",
    "threads",
    "training",
    "translation",
    "weights",
)

__all__ = ["__version__", *_ROOMS]


def __getattr__(name):
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
