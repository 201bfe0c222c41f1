"""The norms that the callback shows are those of the gradients that the tape computes."""

import numpy as np
import pytest

from rnn_tf import feeding, models, training
from rnn_tf.backend import keras, tf

INPUTS = np.random.default_rng(0).normal(size=(30, 4, 2)).astype("float32")
TARGETS = INPUTS.sum(axis=(1, 2))[:, None]


@pytest.mark.parametrize("at_once", [1, 3])
def test_norms_equal_the_tapes_at_every_step(at_once):
    """With a learning rate of 0 the weights stay, so each batch can be looked at again."""
    model = models.stacked_lstm(4, 2, units=(3,), dropout=0)
    model.compile(keras.optimizers.SGD(0.0), "mse", steps_per_execution=at_once)
    model.fit(INPUTS[:5], TARGETS[:5], verbose=0)  # a step compiled before must not hide it
    batches = feeding.Batches(INPUTS, TARGETS, 5, seed=1)
    norms = training.GradientNorms()
    model.fit(batches, epochs=2, verbose=0, callbacks=[norms])
    expected = []
    for epoch in range(2):
        batches.start(epoch)
        for number in range(batches.num_batches):
            inputs, targets = batches[number]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(inputs) - targets))
            gradients = tape.gradient(loss, model.trainable_variables)
            expected.append([float(tf.norm(g)) for g in gradients])
    assert norms.per_weight.shape == (12, 5)
    assert len(norms.names) == 5
    assert norms.names[1].endswith("recurrent_kernel")
    np.testing.assert_allclose(norms.per_weight, expected, rtol=1e-4)
    np.testing.assert_allclose(norms.total, np.linalg.norm(expected, axis=1), rtol=1e-4)


def test_embeddings_count_too_and_the_optimizer_is_left_as_it_was():
    model = models.word_language_model(7, embedding=2, units=3, cell="simple", dropout=0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss)
    ids = np.random.default_rng(0).integers(1, 7, (8, 4))
    norms = training.GradientNorms()
    model.fit(ids, ids, verbose=0, callbacks=[norms])
    assert norms.per_weight.shape == (1, 6)
    assert (norms.per_weight > 0).all()
    assert "apply" not in vars(model.optimizer)
    assert model.train_function is None  # the next fit compiles a step that does not listen


def test_one_step_sequences_show_an_idle_recurrent_kernel():
    """B-001-21: exactly 0, at every step; with four steps it is not."""
    for steps, idle in ((1, True), (4, False)):
        model = models.SequenceClassifier(3)
        model.compile(keras.optimizers.SGD(0.1), "mse")
        norms = training.GradientNorms()
        model.fit(INPUTS[:, :steps], TARGETS, verbose=0, callbacks=[norms], allow_single_step=True)
        recurrent = norms.per_weight[:, norms.names.index("recurrent_kernel")]
        assert (recurrent == 0).all() if idle else (recurrent > 1e-6).all()
