"""Weights that were trained at leisure and are shipped: small files of numbers, no code in them.

>>> poet = weights.load("poems_zh")
>>> ids = generation.generate(poet.model, poet.vocabulary.encode([], end=False), ...)

``tools/train_weights.py`` trains and writes them; ``data/weights/README.md`` says on what, how
long and how well. Each of these models has three files: ``NAME.npz`` with the weights (float16),
``NAME.vocabulary.json``, and ``NAME.json``, the record of its training.

>>> data = pairs.load()
>>> translator = weights.load_translator(data)

``tools/train_translators.py`` trains that one. Its vocabularies are those of the data.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnn_tf import paths
from rnn_tf.backend import keras
from rnn_tf.datasets.base import given, resolve
from rnn_tf.datasets.pairs import Pairs
from rnn_tf.errors import InputError, unusable, wrong
from rnn_tf.files import read_arrays, read_text
from rnn_tf.models import parts_of, word_language_model
from rnn_tf.text import Vocabulary
from rnn_tf.translation import Translator

NAMES = ("articles", "poems_zh", "poems_en")
TRANSLATOR = "zh_en"


@dataclass(frozen=True, repr=False)
class Trained:
    """A trained language model with its vocabulary and the record of its training.

    ``record`` has ``data``, ``recipe``, ``seed``, ``seconds``, ``machine``, ``unknown`` (share of
    the test tokens) and ``perplexity``: part of the data -> model -> perplexity.
    """

    name: str
    model: object
    vocabulary: Vocabulary
    record: dict

    def __repr__(self):
        own = self.record["perplexity"]["test"]["network"]
        return f"<Trained {self.name}: {len(self.vocabulary)} tokens, test perplexity {own:.4g}>"


def load(name):
    """A shipped model, ready to write.

    Args:
        name: ``"articles"`` (words), ``"poems_zh"`` or ``"poems_en"`` (characters).

    Returns ``Trained``. Raises ``DataError``, one line, for a file that is missing or is not,
    byte for byte, the one that ``data/SHA256SUMS`` lists.
    """
    if name not in NAMES:
        raise wrong("name", repr(name), " or ".join(map(repr, NAMES)))
    arrays, words, record = (
        resolve("weights", shipped=f"weights/{name}{ending}").path
        for ending in (".npz", ".vocabulary.json", ".json")
    )
    return _put_together(name, arrays, words, record)


@dataclass(frozen=True, repr=False)
class TrainedTranslator:
    """A trained ``translation.Translator`` and the record of its training.

    ``record["scores"]``: part of the data -> system (this kind of network, its rivals) -> a list,
    one a seed, of ``bleu``, ``chrf`` and ``right``, the share wholly right.
    """

    name: str
    model: Translator
    record: dict

    def __repr__(self):
        best = max(found["bleu"] for found in self.record["scores"]["validation"]["with attention"])
        return f"<TrainedTranslator {self.name}: validation BLEU {best:.1f}>"


def load_translator(data, path=None):
    """A translator that ``tools/train_translators.py`` trained, for the pairs it was trained on.

    Args:
        data: ``datasets.pairs.load()``; the model's ids are those of its vocabularies.
        path: its ``.npz`` file; the record of its training, ``.json``, lies beside it. Without
            one, the shipped translator, Chinese to English.

    Returns ``TrainedTranslator``. Raises ``DataError``, one line, for a file that is missing or
    damaged, or is not the shipped one byte for byte; ``InputError`` for data of other vocabularies.
    """
    if not isinstance(data, Pairs):
        raise wrong("data", type(data).__name__, "pairs of sentences, as datasets.pairs.load()")
    if path is None:
        path, record = (
            resolve("weights", shipped=f"weights/{TRANSLATOR}{ending}").path
            for ending in (".npz", ".json")
        )
    else:
        path = given(path).path
        record = path.with_suffix(".json")
    try:
        found = json.loads(read_text(record))
        found["scores"]["validation"]["with attention"], found["vocabularies"], found["data"]
        sizes = len(data.source_vocabulary), len(data.target_vocabulary)
        model = Translator(*sizes, **found["model"])
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise unusable(
            record, "no record of a translator", "one of train_translators.py"
        ) from error
    if vocabularies_of(data) != found["vocabularies"]:
        raise wrong("data", f"vocabularies of {sizes} tokens", f"those of {found['data']}")
    model.build()
    load_weights(model, path)
    return TrainedTranslator(path.stem, model, found)


def vocabularies_of(data):
    """A fingerprint of both vocabularies of ``datasets.pairs.Pairs``: 64 hexadecimal digits."""
    tokens = data.source_vocabulary.tokens, data.target_vocabulary.tokens
    return hashlib.sha256(json.dumps(tokens, ensure_ascii=False).encode()).hexdigest()


def _put_together(name, arrays, words, record):
    vocabulary = Vocabulary.load(words)
    found = _record(record)
    try:
        model = word_language_model(len(vocabulary), **found["model"])
    except (TypeError, InputError) as error:
        raise unusable(record, f"a model ({error})", "what word_language_model takes") from error
    load_weights(model, arrays)
    return Trained(name, model, vocabulary, found)


def _record(path):
    try:
        found = json.loads(read_text(path))
        found["model"].items(), found["perplexity"]["test"]["network"]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise unusable(path, "no record of a training", "one of train_weights.py") from error
    return found


def save_weights(model, path):
    """Write the weights of a built model as ``.npz`` of float16, whole or not at all.

    An array is called ``layer.weight``, as in ``recurrent_1.kernel``. Half the bytes cost little:
    three significant digits a weight.
    """
    arrays = {name: variable.numpy().astype(np.float16) for name, variable in _named(model)}
    with paths.written_whole(Path(path)) as temporary:
        np.savez_compressed(temporary, **arrays)


def load_weights(model, path):
    """Give a model the weights of a file that ``save_weights`` wrote. Nothing is executed.

    Args:
        model: built, of the same layers and sizes.
        path: the ``.npz`` file.

    Returns the model. Raises ``DataError``, one line, for a file that is missing or damaged,
    holds pickled objects, other arrays than the model has weights, arrays of another shape, or
    values that are no finite numbers. The model is then as it was.
    """
    variables = dict(_named(model))
    arrays = read_arrays(path)
    for name in sorted({*variables} ^ {*arrays}):
        held = "without" if name in variables else "with"
        raise unusable(path, f"weights {held} {name[:60]!r}", f"those of {model.name!r}")
    for name, variable in variables.items():
        array, shape = arrays[name], tuple(variable.shape)
        if array.shape != shape:
            raise unusable(path, f"{name} of shape {array.shape}", f"{shape}, as the model has")
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise unusable(path, f"{name} of {array.dtype}, not all finite", "finite numbers")
    for name, variable in variables.items():
        variable.assign(arrays[name].astype(np.float32))
    return model


def _named(model):
    """``(layer.weight, variable)`` for every weight: no counter of Keras's in the name."""
    if not isinstance(model, Translator):
        parts_of(model)  # refuses what is no word_language_model
    for layer in model.layers:
        both_ways = isinstance(layer, keras.layers.Bidirectional)
        for one in (layer.forward_layer, layer.backward_layer) if both_ways else (layer,):
            for variable in one.weights:
                yield f"{one.name}.{variable.path.rsplit('/', 1)[-1]}", variable
