"""Forecasts that learn next to nothing; for words see ``ngrams``."""

import numpy as np

from rnn_tf.errors import wrong


def majority(train_targets):
    """The most frequent class of the training targets (class numbers, any shape)."""
    classes, counts = np.unique(np.asarray(train_targets), return_counts=True)
    return classes[counts.argmax()]


def mean(train_targets):
    """The mean of the training targets, a number: the best constant for the squared error."""
    return np.mean(train_targets, dtype=np.float64)


def persistence(inputs, *, feature=0, horizon=1):
    """ "As now": the last value of each window, for each of the next ``horizon`` steps.

    Args:
        inputs: windows, (count, steps, features).
        feature: the column that is predicted.
        horizon: steps predicted.

    Returns (count, horizon).
    """
    last = _series(inputs, feature)[:, -1:]
    return np.repeat(last, horizon, axis=1)


def seasonal_naive(inputs, period, *, feature=0, horizon=1):
    """ "As one period ago", e.g. as yesterday at this hour with ``period=24``.

    Args:
        inputs: windows, (count, steps, features), at least ``period`` steps long.
        period: steps a season lasts.
        feature: the column that is predicted.
        horizon: steps predicted; beyond one period the last season repeats.

    Returns (count, horizon).
    """
    series = _series(inputs, feature)
    steps = series.shape[1]
    if not 1 <= period <= steps:
        raise wrong("period", period, f"1 to {steps}, the steps in a window")
    return series[:, steps - period + np.arange(horizon) % period]


def _series(inputs, feature):
    inputs = np.asarray(inputs)
    if inputs.ndim != 3:
        raise wrong("inputs", f"shape {inputs.shape}", "windows (count, steps, features)")
    return inputs[:, :, feature]
