"""The linear rival: what it finds is what a formula, or a search, finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf.baselines import linear
from rnn_tf.errors import InputError


def made_up(seed=0, n=80, values=4, outputs=2):
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n, values))
    weights = random.normal(size=(values, outputs))
    return rows, rows @ weights + 3 + 0.3 * random.normal(size=(n, outputs))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.floats(0, 1000))
def test_the_penalised_squares_are_least(seed, ridge):
    """No small step away from the weights found makes the penalised loss smaller."""
    rows, targets = made_up(seed)
    predict = linear.fit(rows, targets, ridge=ridge)
    constant = predict(np.zeros((1, 4)))
    weights = predict(np.eye(4)) - constant

    def loss(weights, constant):
        return np.sum((targets - rows @ weights - constant) ** 2) + ridge * np.sum(weights**2)

    least = loss(weights, constant)
    random = np.random.default_rng(seed)
    for _ in range(10):
        step = 0.01 * random.normal(size=weights.shape)
        assert loss(weights + step, constant) > least
        assert loss(weights, constant + 0.01 * random.normal(size=(1, 2))) > least


def test_windows_are_flattened_and_the_constant_is_free():
    rows, targets = made_up(values=6)
    windows = rows.reshape(-1, 3, 2)
    np.testing.assert_allclose(
        linear.fit(windows, targets)(windows), linear.fit(rows, targets)(rows)
    )
    far = linear.fit(rows, targets, ridge=1e12)(rows)
    np.testing.assert_allclose(far, np.broadcast_to(targets.mean(axis=0), far.shape), atol=1e-6)


def test_absolute_errors_give_the_median():
    """Without anything to see, squares lead to the mean and absolute errors to the median."""
    targets = np.array([[0.0], [0.0], [1.0], [2.0], [100.0]])
    nothing = np.zeros((5, 1))
    assert linear.fit(nothing, targets)(nothing[:1]).item() == pytest.approx(20.6)
    median = linear.fit(nothing, targets, loss="absolute", rounds=200)(nothing[:1]).item()
    assert median == pytest.approx(1.0, abs=0.05)


def test_absolute_errors_care_less_for_outliers():
    rows, targets = made_up(n=200)
    broken = targets.copy()
    broken[::10] += 50
    robust = linear.fit(rows, broken, ridge=1e-6, loss="absolute")
    squared = linear.fit(rows, broken, ridge=1e-6)
    assert np.abs(robust(rows) - targets).mean() < 0.4 < np.abs(squared(rows) - targets).mean()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"loss": "huber"}, "loss: got 'huber'"),
        ({"ridge": -1}, "ridge: got -1"),
        ({"targets": np.zeros(80)}, "targets: got shape (80,)"),
        ({"targets": np.zeros((79, 1))}, "(80, outputs)"),
    ],
)
def test_bad_arguments_get_one_line(given, named):
    rows, targets = made_up()
    with pytest.raises(InputError) as caught:
        linear.fit(rows, **{"targets": targets} | given)
    assert named in str(caught.value) and "\n" not in str(caught.value)


def test_other_rows_than_fitted():
    rows, targets = made_up()
    with pytest.raises(InputError, match="3 values, expected 4"):
        linear.fit(rows, targets)(rows[:, :3])
