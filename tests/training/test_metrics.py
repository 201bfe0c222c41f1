"""Metrics against values computed by hand, and against Keras."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_tf import models, text, training
from rnn_tf.backend import keras
from rnn_tf.errors import InputError
from rnn_tf.training import metrics


def test_decide():
    np.testing.assert_array_equal(metrics.decide([[-0.1], [0.2]]), [[0], [1]])
    np.testing.assert_array_equal(metrics.decide([[[0, 3, 1], [5, 3, 1]]]), [[1, 0]])


def test_accuracy():
    assert metrics.accuracy([1, 0, 2, 2], [1, 1, 2, 0]) == 0.5
    assert metrics.accuracy([1, 0, 2, 2], 2) == 0.5
    assert metrics.accuracy([1, 0, 2, 2], [1, 1, 2, 0], mask=[True, False, True, False]) == 1.0


def test_confusion_matrix_rows_are_the_truth():
    counts = metrics.confusion_matrix([0, 0, 1, 2], [0, 2, 1, 1], 4)
    expected = np.zeros((4, 4), int)
    expected[0, 0] = expected[0, 2] = expected[1, 1] = expected[2, 1] = 1
    np.testing.assert_array_equal(counts, expected)
    with pytest.raises(InputError, match="0 to 1"):
        metrics.confusion_matrix([0, 2], [0, 1], 2)


def test_rmse_and_skill():
    targets, predictions = np.array([[1.0], [3.0]]), np.array([[2.0], [5.0]])
    assert metrics.mse(targets, predictions) == 2.5
    assert metrics.rmse(targets, predictions) == pytest.approx(2.5**0.5)
    assert metrics.skill(targets, predictions, np.array([[4.0], [4.0]])) == pytest.approx(0.5)
    assert metrics.skill(targets, targets, predictions) == 1.0
    assert metrics.skill(targets, predictions, predictions) == 0.0
    with pytest.raises(InputError, match="without any error"):
        metrics.skill(targets, predictions, targets)


def test_shapes_that_would_broadcast_are_refused():
    """B-001-18: (N,) against (N, 1) would compare everything with everything."""
    for metric in (metrics.mse, metrics.accuracy):
        with pytest.raises(InputError, match="B-001-18"):
            metric(np.zeros((5, 1)), np.zeros(5))


@given(st.integers(2, 50), st.floats(-30, 30))
def test_uniform_guess_has_the_vocabularys_perplexity(vocab_size, level):
    targets = np.arange(vocab_size)
    logits = np.full((vocab_size, vocab_size), level)
    assert metrics.perplexity(targets, logits) == pytest.approx(vocab_size, rel=1e-9)


def test_negative_log_likelihood_equals_keras_and_survives_large_logits():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(3, 4, 5)) * 3, rng.integers(0, 5, (3, 4))
    theirs = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(targets, logits)
    assert metrics.negative_log_likelihood(targets, logits) == pytest.approx(
        float(theirs), rel=1e-5
    )
    assert metrics.negative_log_likelihood([0], [[1000.0, 0.0]]) == 0.0
    assert metrics.negative_log_likelihood([1], [[1000.0, 0.0]]) == 1000.0
    mask = np.zeros((3, 4), bool)
    mask[1, 2] = True
    p = np.exp(logits[1, 2]) / np.exp(logits[1, 2]).sum()
    assert metrics.perplexity(targets, logits, mask) == pytest.approx(1 / p[targets[1, 2]])
    with pytest.raises(InputError, match="False everywhere"):
        metrics.perplexity(targets, logits, np.zeros((3, 4), bool))


def test_a_models_perplexity_counts_every_token_once():
    model = models.word_language_model(9, embedding=2, units=3)
    ids = np.random.default_rng(0).integers(1, 9, (5, 6))
    ids[4, 1:] = 0  # a short window, alone in its batch
    logits = model(ids).numpy()
    expected = metrics.perplexity(ids, logits, mask=ids != 0)
    assert metrics.model_perplexity(model, ids, ids, batch_size=4) == pytest.approx(
        expected, rel=1e-5
    )
    model.compile(
        "sgd",
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[metrics.Perplexity()],
    )
    told = model.evaluate(ids, ids, batch_size=4, verbose=0, return_dict=True)["perplexity"]
    assert told == pytest.approx(expected, rel=1e-5)
    unmasked = metrics.model_perplexity(model, ids, ids, pad_id=None)
    assert unmasked == pytest.approx(metrics.perplexity(ids, logits), rel=1e-5)


@pytest.mark.parametrize("tie_embeddings", [False, True])
def test_one_long_document_among_short_ones_takes_no_more_than_its_own_room(
    monkeypatch, tie_embeddings
):
    rng = np.random.default_rng(0)
    vocab_size, lengths = 100, [*rng.integers(2, 16, 60), 600, *rng.integers(2, 16, 20)]
    documents = [rng.integers(1, vocab_size, length) for length in lengths]
    training.set_seed(0)
    model = models.word_language_model(
        vocab_size, embedding=4, units=6, pad_is_zero=False, tie_embeddings=tie_embeddings
    )
    inputs, targets = text.windows(documents, max(lengths) - 1)  # filled up to the longest
    expected = metrics.perplexity(targets, model(inputs).numpy(), mask=targets != 0)
    sizes = []
    update_state = metrics.Perplexity.update_state

    def noted(self, targets, logits, *weights):
        sizes.append(np.prod(logits.shape))
        return update_state(self, targets, logits, *weights)

    monkeypatch.setattr(metrics.Perplexity, "update_state", noted)
    monkeypatch.setattr(metrics, "_LOGITS", 1 << 15, raising=False)
    inputs, targets = text.whole_documents(documents)
    assert sum(map(len, inputs)) == sum(lengths) - len(lengths)
    assert metrics.model_perplexity(model, inputs, targets) == pytest.approx(expected, rel=1e-5)
    assert max(sizes) <= 1 << 15
    assert sum(sizes) < 2 * vocab_size * sum(lengths)


def test_a_token_counts_as_much_in_a_short_batch_as_in_a_long_one():
    rng = np.random.default_rng(2)
    metric, surprises = metrics.Perplexity(), []
    for steps, weights in ((3, [1.0, 1.0]), (40, [1.0, 1.0]), (5, [0.0, 2.0])):
        targets, logits = rng.integers(1, 9, (2, steps)), 3 * rng.normal(size=(2, steps, 9))
        metric.update_state(targets, logits.astype("float32"), weights)
        of_rows = [
            metrics.negative_log_likelihood(t, z) for t, z in zip(targets, logits, strict=True)
        ]
        surprises += [(x, w * steps) for x, w in zip(of_rows, weights, strict=True)]
    values, weights = np.transpose(surprises)
    expected = np.exp(np.average(values, weights=weights))
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_sequences_of_any_lengths_are_scored_without_their_padding():
    """With ``pad_id=None`` every target counts, and what fills a batch up is none."""
    rng = np.random.default_rng(1)
    documents = [rng.integers(0, 9, length) for length in (7, 2, 30, 7)]
    own = models.word_language_model(9, embedding=2, units=3, pad_is_zero=False)
    foreign = keras.Sequential([keras.layers.Embedding(9, 3), keras.layers.Dense(9)])
    for model in (own, foreign):
        one_by_one = [
            metrics.negative_log_likelihood(d[1:], model(d[None, :-1]).numpy()[0])
            for d in documents
        ]
        expected = np.exp(np.average(one_by_one, weights=[len(d) - 1 for d in documents]))
        scored = metrics.model_perplexity(model, *text.whole_documents(documents), pad_id=None)
        assert scored == pytest.approx(expected, rel=1e-5)


def test_a_layer_between_is_scored_with_the_model():
    """Names alone do not make a ``word_language_model``, whose parts are stepped by hand."""
    ids = keras.Input((None,), dtype="int32", name="ids")
    values = keras.layers.Embedding(9, 4, name="embedding")(ids)
    values = keras.layers.LSTM(4, return_sequences=True, name="recurrent_1")(values)
    values = keras.layers.Rescaling(5.0, name="louder")(values)
    model = keras.Model(ids, keras.layers.Dense(9, name="logits")(values))
    rows = np.random.default_rng(0).integers(1, 9, (3, 5))
    assert metrics.model_perplexity(model, rows, rows) == pytest.approx(
        metrics.perplexity(rows, model(rows).numpy()), rel=1e-5
    )
    with pytest.raises(InputError, match="louder"):
        models.parts_of(model)


def test_set_seed_makes_models_equal():
    weights = []
    for seed in (3, 3, 4):
        training.set_seed(seed)
        weights.append(models.row_lstm(3, 2, units=2).get_weights()[0])
    np.testing.assert_array_equal(weights[0], weights[1])
    assert np.abs(weights[0] - weights[2]).max() > 1e-3
