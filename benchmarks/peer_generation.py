"""Generation with Keras and the course: from ``predict`` on a window to the whole loop compiled."""

import numpy as np

from rnn_tf import generation
from rnn_tf.backend import keras
from rnn_tf.models import word_language_model


def model_of(work):
    keras.utils.set_random_seed(0)
    return word_language_model(
        work.vocab_size,
        embedding=work.embedding,
        units=work.units,
        cell=work.cell,
        dropout=0,
        pad_is_zero=False,
    )


def _draw(logits, random):
    return int(np.argmax(logits + random.gumbel(size=logits.shape)))


def _predict(work):
    """The articles' way: the window is read again for every token, through ``predict``."""
    model, random, tokens = model_of(work), np.random.default_rng(0), 10

    def run():
        window = np.full((1, work.window), 4, dtype="int32")
        for _ in range(tokens):
            number = _draw(model.predict(window, verbose=0)[0, -1], random)
            window = np.append(window[:, 1:], [[number]], axis=1)
        return tokens

    return run


def _stateful(work):
    """``predict`` on one token, the layer keeping its state."""
    trained, random, tokens = model_of(work), np.random.default_rng(0), 10
    layer = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[work.cell]
    model = keras.Sequential(
        [
            keras.Input((1,), batch_size=1, dtype="int32"),
            keras.layers.Embedding(work.vocab_size, work.embedding),
            layer(work.units, stateful=True),
            keras.layers.Dense(work.vocab_size),
        ]
    )
    model.set_weights(trained.get_weights())

    def run():
        number = 4
        for _ in range(tokens):
            number = _draw(model.predict(np.array([[number]]), verbose=0)[0], random)
        return tokens

    return run


def _written_by(loop, tokens, strategy):
    def run():
        options = {"max_tokens": tokens, "strategy": strategy, "end_id": None}
        generation.generate(loop, [4], forbidden=(), **options)
        return tokens

    return run


def writing(work, variant):
    """A function that writes tokens and returns how many."""
    if variant == "predict":
        return _predict(work)
    if variant == "stateful":
        return _stateful(work)
    loop = {"stepper": generation.Stepper, "whole_loop": generation.WholeLoop}[variant]
    tokens = work.steps if variant == "stepper" else work.rounds
    return _written_by(loop(model_of(work)), tokens, work.strategy)
