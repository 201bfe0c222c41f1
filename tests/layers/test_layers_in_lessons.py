"""The lessons' models learn with our layers what they learn with Keras's, step by step."""

import numpy as np
import pytest

from rnn_tf import feeding, layers, models, text, training
from rnn_tf.backend import keras
from rnn_tf.datasets import articles, digits, weather

EXCHANGED = ("SimpleRNN", "LSTM", "GRU", "Dense")
TRAINING_STEPS = 30

# Relative for the loss, absolute for the weights. Both libraries add the same numbers in another
# order, so a gradient differs by the rounding of its dtype. Adam divides each gradient by its own
# size: where one is nearly zero its rounding moves the weight by a visible part of the learning
# rate of 0.01, which counts for the weights, hardly for the loss.
TOLERANCES = {"float64": (1e-10, 1e-10), "float32": (1e-5, 1e-4)}


def rebuilt(model, library):
    """The model with its layers from ``library``; weights and dropout seeds stay."""

    def same(layer):
        config = layer.get_config()
        if type(layer).__name__ not in EXCHANGED:
            return type(layer).from_config(config)
        config.pop("products", None)
        return getattr(library, type(layer).__name__).from_config(config)

    other = keras.models.clone_model(model, clone_function=same)
    other.set_weights(model.get_weights())
    for old, new in zip(model.layers, other.layers, strict=True):
        if isinstance(old, keras.layers.Dropout):
            new.seed_generator.state.assign(old.seed_generator.state)
    return other


def exchanged(model):
    return [layer for layer in model.layers if type(layer).__name__ in EXCHANGED]


def weather_lesson():
    data = weather.load(station="JFK", num_steps=24, horizon=24).train
    model = models.stacked_lstm(24, data.inputs.shape[-1], (12, 8), 0.2, outputs=24)
    return model, data.inputs, data.targets


def digits_lesson():
    data = digits.load().train
    return models.row_lstm(units=16), data.inputs, data.targets


def text_lesson(cell):
    """Windows of whole articles: the last one of each is filled with padding, which is masked."""
    tokens = [text.tokenize(document.text[:1500]) for document in articles.load().train[:60]]
    vocabulary = text.Vocabulary.fit(tokens, max_size=300)
    inputs, targets = text.windows([vocabulary.encode(t) for t in tokens], 24)
    assert 0.01 < np.mean(inputs == vocabulary.PAD) < 0.5
    model = models.word_language_model(len(vocabulary), embedding=12, units=12, cell=cell)
    return model, inputs, targets


LESSONS = {
    "weather": weather_lesson,
    "digits": digits_lesson,
    "text, LSTM": lambda: text_lesson("lstm"),
    "text, GRU": lambda: text_lesson("gru"),
}


def loss_curve(model, losses, inputs, targets):
    """The loss after each training step (the mean since the first), as ``fit`` reports it."""
    batch_size = 16
    rows = np.random.default_rng(0).permutation(len(inputs))
    rows = rows[: TRAINING_STEPS * batch_size - 5]  # not even in the last batch
    if np.issubdtype(targets.dtype, np.integer):
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    else:
        loss = "mse"
    curve = []
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: curve.append(logs["loss"])
    )
    model.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    model.fit(feeding.Batches(inputs[rows], targets[rows], batch_size), verbose=0, callbacks=[note])
    assert len(curve) == TRAINING_STEPS
    return np.array(curve)


@pytest.fixture(params=["float64", "float32"])
def dtype(request):
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


@pytest.mark.parametrize("lesson", LESSONS)
def test_training_gives_the_same_loss_curve(lesson, dtype, monkeypatch):
    monkeypatch.setattr("rnn_tf.layers.chains.PRODUCT_WORTH_CUTTING", 1)
    training.set_seed(0)
    ours, inputs, targets = LESSONS[lesson]()
    theirs = rebuilt(ours, keras.layers)
    fast = [layer for layer in exchanged(ours) if hasattr(layer, "fast_path_reason")]
    assert fast and all(layer.fast_path_reason() is None for layer in fast)
    assert all(type(layer).__module__.startswith("keras.") for layer in exchanged(theirs))
    assert [(w.path, w.shape, w.dtype) for w in ours.weights] == [
        (w.path, w.shape, dtype) for w in theirs.weights
    ]

    curve = loss_curve(ours, layers, inputs, targets)
    expected = loss_curve(theirs, keras.losses, inputs, targets)
    assert curve[-1] < 0.97 * curve[0]  # something is learnt
    curve_rtol, weights_atol = TOLERANCES[dtype]
    np.testing.assert_allclose(curve, expected, rtol=curve_rtol)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=weights_atol)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_saved_keras_model_goes_on_with_our_layers(lesson, tmp_path):
    training.set_seed(1)
    model, inputs, _ = LESSONS[lesson]()
    rebuilt(model, keras.layers).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    ours = rebuilt(loaded, layers)
    assert all(type(layer).__module__.startswith("rnn_tf.") for layer in exchanged(ours)[:1])
    expected = loaded(inputs[:20]).numpy()
    assert np.abs(expected).max() > 1e-2
    np.testing.assert_allclose(ours(inputs[:20]).numpy(), expected, atol=1e-6)
