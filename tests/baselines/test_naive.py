"""Naive forecasts: their values are those of the hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_tf import baselines
from rnn_tf.errors import InputError


def test_baselines_predict_what_they_say():
    assert baselines.majority([3, 1, 3, 0]) == 3
    assert baselines.majority(np.array([[0.0], [1.0], [1.0]])) == 1.0
    assert baselines.mean(np.array([[1.0], [4.0]])) == 2.5
    windows = np.stack([np.arange(12.0).reshape(2, 6), -np.ones((2, 6))], axis=2)
    np.testing.assert_array_equal(baselines.persistence(windows), [[5], [11]])
    np.testing.assert_array_equal(baselines.persistence(windows, horizon=2), [[5, 5], [11, 11]])
    np.testing.assert_array_equal(
        baselines.seasonal_naive(windows, 4, horizon=6), [[2, 3, 4, 5, 2, 3], [8, 9, 10, 11, 8, 9]]
    )
    with pytest.raises(InputError, match="1 to 6"):
        baselines.seasonal_naive(windows, 7)


@given(st.integers(2, 12), st.integers(1, 30))
def test_seasonal_naive_is_perfect_on_a_season(period, horizon):
    season = np.random.default_rng(period).normal(size=period)
    series = np.tile(season, 20)
    start = 2 * period
    predicted = baselines.seasonal_naive(series[None, :start, None], period, horizon=horizon)
    np.testing.assert_array_equal(predicted[0], series[start : start + horizon])
