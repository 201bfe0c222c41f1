"""Data sets, one module each, in three disjoint parts: train, validation, test.

``digits.load()`` and ``weather.load()`` return a ``Dataset`` of arrays, ``articles.load()`` and
``poems.load()`` an ``Articles`` of documents, ``sentiment.load()`` and ``labelled.load(path)`` a
``Labelled`` of texts. ``tones``, ``speakers`` and ``spoken_digits`` are sounds of unequal
length.
``series.load(path)`` cuts any table with a column of times into windows; ``glucose``, ``shares``,
``flights`` and ``weather`` stand on it. ``toy``, ``contrast``, ``copying`` and ``numbers`` need no
file, their functions draw examples from a seed.

NumPy only: nothing here starts TensorFlow. A loader looks for its file in this order: the path
you give, the project's cache, a download with a checksum (only with ``download=True``), the
sample shipped with the course. ``Dataset.source`` says which one it was.
"""

from importlib import import_module

from rnn_tf.datasets.base import Dataset, Located, Split, resolve

_MODULES = (
    "articles",
    "base",
    "contrast",
    "copying",
    "digits",
    "flights",
    "gaps",
    "glucose",
    "grid",
    "labelled",
    "numbers",
    "pairs",
    "poems",
    "sentiment",
    "series",
    "shares",
    "speakers",
    "spoken_digits",
    "tones",
    "toy",
    "weather",
)

__all__ = ["Dataset", "Located", "Split", "resolve", *_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
