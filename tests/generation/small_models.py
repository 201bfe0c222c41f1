"""Language models small enough to try everything on."""

import numpy as np

from rnn_tf import layers as fast
from rnn_tf.backend import keras
from rnn_tf.models import word_language_model
from rnn_tf.text import Vocabulary

VOCAB_SIZE = 11
PROMPT = np.array([Vocabulary.BOS, 5, 7])


def model_of(seed=0, *, sharpness=1.0, **options):
    keras.utils.set_random_seed(seed)
    options = {"embedding": 4, "units": 6, **options}
    return sharpened(word_language_model(VOCAB_SIZE, **options), seed, sharpness)


def sharpened(model, seed=0, sharpness=1.0):
    """The model with normal weights, which make its text varied."""
    rng = np.random.default_rng(seed)
    model.set_weights([sharpness * rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def model_from(*recurrent, head=keras.layers.Dense, seed=0, **head_options):
    """A language model of anybody's layers, named as ``word_language_model`` names them."""
    values = ids = keras.Input((None,), dtype="int32", name="ids")
    values = keras.layers.Embedding(VOCAB_SIZE, 4, mask_zero=True, name="embedding")(values)
    for number, make in enumerate(recurrent, start=1):
        values = make(6, return_sequences=True, name=f"recurrent_{number}")(values)
    logits = head(VOCAB_SIZE, name="logits", **head_options)(values)
    return sharpened(keras.Model(ids, logits), seed)


def with_products(layer, dtype="bfloat16"):
    return lambda units, **options: layer(units, products=dtype, **options)


#: One maker for each kind of model that there is: any cell, depth, head and origin of layers.
KINDS = {
    "simple": lambda seed: model_of(seed, cell="simple"),
    "lstm": lambda seed: model_of(seed, cell="lstm"),
    "gru, two layers": lambda seed: model_of(seed, cell="gru", layers=2),
    "lstm, two layers, dropout": lambda seed: model_of(seed, layers=2, dropout=0.5),
    "tied": lambda seed: model_of(seed, cell="gru", tie_embeddings=True, embedding=6),
    "tied, projection": lambda seed: model_of(seed, cell="gru", tie_embeddings=True),
    "Keras's own": lambda seed: model_from(keras.layers.LSTM, keras.layers.GRU, seed=seed),
    "Keras's GRU, reset before": lambda seed: model_from(
        lambda units, **options: keras.layers.GRU(units, reset_after=False, **options), seed=seed
    ),
    "bfloat16 products": lambda seed: model_from(
        with_products(fast.LSTM),
        with_products(fast.GRU),
        head=fast.Dense,
        products="bfloat16",
        seed=seed,
    ),
}
