"""Gaps in a series: cut out on purpose, so that the truth is known, and ways to fill them.

``last_value`` and ``straight_line`` get windows, (count, steps), with NaN where nothing was
measured, and see no step outside of them. Whoever cuts first and fills then cannot look ahead.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnn_tf.datasets.series import fill_forward
from rnn_tf.errors import whole_number, wrong


def blocks(count, *, share, mean_steps, seed):
    """Where an instrument is silent: bool (count,), in blocks, not in single steps.

    Args:
        count: steps of the series.
        share: share of all steps that is missing at the end, from 0 to below 1.
        mean_steps: mean length of a block as it is drawn; lengths are geometric, and blocks may
            meet.
        seed: of places and lengths.

    The first step is never missing.
    """
    whole_number("count", count)
    if not 0 <= share < 1:
        raise wrong("share", share, "a share from 0 to below 1")
    if not mean_steps >= 1:
        raise wrong("mean_steps", mean_steps, "1 step or more")
    random, missing = np.random.default_rng(seed), np.zeros(count, bool)
    wanted = min(round(share * count), count - 1)
    while (still := wanted - missing.sum()) > 0:
        start = random.integers(1, count)
        block = start + np.flatnonzero(~missing[start : start + random.geometric(1 / mean_steps)])
        missing[block[:still]] = True
    return missing


def last_value(windows, default):
    """Each gap filled with the last value before it; ``default`` where there is none."""
    windows = _windows(windows)
    filled, _ = fill_forward(windows[:, :, None], max_fill=windows.shape[1])
    return np.where(np.isnan(filled), default, filled)[:, :, 0]


def straight_line(windows, default):
    """Each gap bridged by a straight line; with one neighbour only, that one's value; with none,
    ``default``."""
    windows = _windows(windows)
    before, after = _neighbours(windows)
    low, high = _at(windows, before), _at(windows, np.minimum(after, windows.shape[1] - 1))
    steps = np.arange(windows.shape[1])
    share = (steps - before) / np.maximum(after - before, 1)
    filled = low + share * (high - low)
    filled = np.where(after == windows.shape[1], low, filled)
    filled = np.where(before < 0, high, filled)
    return np.where(np.isnan(filled), default, filled)


def forecast(series, predict, reach, default):
    """Each missing step forecast from the steps before it, filled ones too: no step looks ahead.

    Args:
        series: (steps,), NaN where nothing was measured.
        predict: (1, reach) -> the next value, (1, 1), as ``baselines.linear.fit`` gives it.
        reach: steps that it reads; up to there gaps are filled with the last value.
        default: where there is no last value.
    """
    filled = last_value(np.asarray(series)[None], default)[0]
    for step in np.flatnonzero(np.isnan(series)):
        if step >= reach:
            filled[step] = np.asarray(predict(filled[None, step - reach : step])).item()
    return filled


def filled_windows(series, num_steps, learnt, fit):
    """Every window of a series with its gaps filled in each way: name -> (windows, num_steps).

    Args:
        series: (steps,), NaN where nothing was measured.
        num_steps: steps of a window.
        learnt: mean and model are learnt from the first ``learnt`` steps.
        fit: ``fit(rows, targets) -> predict``, as ``baselines.linear.fit``.

    ``"mean"``, ``"last"`` and ``"line"`` fill each window by itself. ``"forecast"`` runs through
    the series in order of time: by a model of the ``num_steps`` before. ``"file"`` draws its
    lines through the whole series before it is cut: where a window ends in a gap, it looks ahead.
    """
    series = np.asarray(series, dtype=float)
    usual, cut = np.nanmean(series[:learnt]), sliding_window_view(series, num_steps)
    examples = sliding_window_view(series[:learnt], num_steps + 1)
    examples = examples[np.isfinite(examples).all(axis=1)]
    predict = fit(examples[:, :-1], examples[:, -1:])
    through = {
        "forecast": forecast(series, predict, num_steps, usual),
        "file": straight_line(series[None], usual)[0],
    }
    return {
        "mean": np.where(np.isnan(cut), usual, cut),
        "last": last_value(cut, usual),
        "line": straight_line(cut, usual),
    } | {name: sliding_window_view(filled, num_steps) for name, filled in through.items()}


def _windows(windows):
    windows = np.asarray(windows, dtype=float)
    if windows.ndim != 2:
        raise wrong("windows", f"shape {windows.shape}", "(count, steps)")
    return windows


def _neighbours(windows):
    """The nearest measured step up to each step, -1 if none, and from each step on, else steps."""
    count, steps = windows.shape[1], np.arange(windows.shape[1])
    missing = np.isnan(windows)
    before = np.maximum.accumulate(np.where(missing, -1, steps), axis=1)
    behind = np.where(missing, count, steps)[:, ::-1]
    return before, np.minimum.accumulate(behind, axis=1)[:, ::-1]


def _at(windows, steps):
    return np.take_along_axis(windows, np.maximum(steps, 0), axis=1)
