"""The written-out loop and ``fit``: the same weights; what each refuses."""

import numpy as np
import pytest

from rnn_tf import feeding, models, training
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError

INPUTS = np.random.default_rng(0).normal(size=(70, 5, 2)).astype("float32")
SUMS = INPUTS.sum(axis=(1, 2))[:, None]
SIGNS = (np.cumsum(INPUTS.sum(axis=2, keepdims=True), axis=1) > 0).astype("float32")
IDS = np.random.default_rng(1).integers(1, 9, (70, 5))
IDS[::3, 3:] = 0


def written_out():
    model = models.SequenceClassifier(6, return_sequences=True)
    model.build((None, 5, 2))
    return model, INPUTS, SIGNS, keras.losses.BinaryCrossentropy(from_logits=True)


def with_dropout_and_penalty():
    entry = keras.Input((5, 2))
    values = keras.layers.GRU(4, kernel_regularizer="l2")(entry)
    values = keras.layers.Dropout(0.4)(values)
    return keras.Model(entry, keras.layers.Dense(1)(values)), INPUTS, SUMS, keras.losses.Huber()


def masked_words():
    model = models.word_language_model(9, embedding=3, units=4, dropout=0.3, tie_embeddings=True)
    return model, IDS, IDS, keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@pytest.mark.parametrize(
    ("build", "clipnorm"),
    [(written_out, None), (with_dropout_and_penalty, 0.05), (masked_words, 0.05)],
)
def test_same_weights_as_fit_after_20_steps(build, clipnorm):
    """70 samples in batches of 16: four full batches and a short one an epoch, four epochs."""
    weights, total = [], []
    for by_hand in (False, True):
        training.set_seed(4)
        model, inputs, targets, loss = build()
        batches = feeding.Batches(inputs, targets, 16, seed=9)
        if by_hand:
            optimizer = keras.optimizers.Adam(0.02)
            record = training.train_with_tape(
                model, batches, optimizer=optimizer, loss=loss, epochs=4, clipnorm=clipnorm
            )
            total.append(record.gradient_norms)
        else:
            optimizer = keras.optimizers.Adam(0.02, global_clipnorm=clipnorm)
            model.compile(optimizer, loss)
            norms = training.GradientNorms()
            start = model.get_weights()
            model.fit(batches, epochs=4, shuffle=False, verbose=0, callbacks=[norms])
            total.append(norms.total)
        assert int(optimizer.iterations) == 20
        weights.append(model.get_weights())
    for first, one, other in zip(start, *weights, strict=True):
        assert np.abs(one - first).max() > 1e-3
        np.testing.assert_allclose(one, other, atol=1e-5)
    np.testing.assert_allclose(*total, rtol=1e-4)


def test_another_seed_of_the_data_gives_other_weights():
    """So the equality above is not that of a training that ignores its batches."""
    weights = []
    for seed in (0, 1):
        training.set_seed(4)
        model, inputs, targets, loss = written_out()
        batches = feeding.Batches(inputs, targets, 16, seed=seed)
        optimizer = keras.optimizers.Adam(0.02)
        training.train_with_tape(model, batches, optimizer=optimizer, loss=loss, steps=20)
        weights.append(model.get_weights()[0])
    assert np.abs(weights[0] - weights[1]).max() > 1e-4


def test_clipping_limits_the_step():
    """With plain SGD the weights move by learning rate times clipped norm, at the most."""
    model, inputs, targets, loss = written_out()
    before = model.get_weights()
    record = training.train_with_tape(
        model,
        feeding.Batches(inputs, targets, 70),
        optimizer=keras.optimizers.SGD(1.0),
        loss=loss,
        steps=1,
        clipnorm=0.01,
    )
    moved = [a - b for a, b in zip(model.get_weights(), before, strict=True)]
    assert record.gradient_norms[0] > 0.02
    assert np.sqrt(sum(np.square(m).sum() for m in moved)) == pytest.approx(0.01, rel=1e-3)


def test_steps_may_end_in_the_middle_of_an_epoch():
    model, inputs, targets, loss = written_out()
    record = training.train_with_tape(
        model,
        feeding.Batches(inputs, targets, 16),
        optimizer=keras.optimizers.SGD(0.1),
        loss=loss,
        steps=7,
    )
    assert record.losses.shape == record.gradient_norms.shape == (7,)


class Untracked(keras.Model):
    """Its weight is a bare ``tf.Variable``."""

    def __init__(self):
        super().__init__()
        self.bare = tf.Variable(tf.ones((2, 1)))

    def call(self, inputs):
        return tf.matmul(inputs[:, -1], self.bare)


class WithIdleBias(keras.Model):
    """It declares a bias and forgets to add it."""

    def build(self, input_shape):
        self.kernel_ = self.add_weight(shape=(2, 1), name="kernel")
        self.idle = self.add_weight(shape=(1,), name="idle_bias")

    def call(self, inputs):
        return tf.matmul(inputs[:, -1], self.kernel_)


@pytest.mark.parametrize(
    ("model", "told"), [(Untracked, "B-001-19"), (WithIdleBias, "idle_bias.*B-001-20")]
)
def test_weights_that_cannot_train_are_named(model, told):
    with pytest.raises(InputError, match=told):
        training.train_with_tape(
            model(),
            feeding.Batches(INPUTS, SUMS, 16),
            optimizer=keras.optimizers.SGD(0.1),
            loss=keras.losses.MeanSquaredError(),
            steps=1,
        )
