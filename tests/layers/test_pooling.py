"""Attention pooling: a weighted mean of the real steps, by plain NumPy."""

import numpy as np

from rnn_tf.backend import keras
from rnn_tf.layers.pooling import AttentionPooling


def test_values_are_those_of_the_formula_and_padding_has_no_share():
    random = np.random.default_rng(0)
    values = random.normal(size=(3, 5, 4)).astype(np.float32)
    mask = np.arange(5) < np.array([[5], [3], [1]])
    layer = AttentionPooling()
    pooled = layer(values, mask=mask).numpy()
    shares = layer.shares(values, mask).numpy()
    powers = np.exp(values @ layer.kernel.numpy()) * mask
    np.testing.assert_allclose(shares, powers / powers.sum(axis=1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(pooled, np.einsum("bt,btf->bf", shares, values), atol=1e-6)
    assert np.all(shares[~mask] == 0)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(pooled[2], values[2, 0], rtol=1e-6)
    every = layer(values).numpy()
    np.testing.assert_allclose(every[0], pooled[0], rtol=1e-5)
    assert not np.allclose(every[1], pooled[1])


def test_it_takes_the_mask_of_an_embedding_and_hands_none_on():
    ids = keras.Input((None,), dtype="int32")
    states = keras.layers.Embedding(9, 4, mask_zero=True)(ids)
    model = keras.Model(ids, AttentionPooling()(states))
    assert model.output_shape == (None, 4)
    short, long = np.array([[3, 4]]), np.array([[3, 4, 0, 0, 0]])
    np.testing.assert_allclose(model(short), model(long), rtol=1e-6)


def test_it_is_saved_and_loaded(tmp_path):
    inputs = keras.Input((6, 3))
    model = keras.Model(inputs, AttentionPooling()(inputs))
    values = np.random.default_rng(1).normal(size=(2, 6, 3)).astype(np.float32)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(values), model(values))
