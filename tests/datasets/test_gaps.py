"""Gaps of a series: as long as asked for, and filled with nothing from outside the window."""

import numpy as np
import pytest

from rnn_tf.baselines import linear
from rnn_tf.datasets import gaps
from rnn_tf.errors import InputError

NO = np.nan


def lengths_of(missing):
    edges = np.diff(np.concatenate([[0], missing, [0]]).astype(int))
    return np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)


@pytest.mark.parametrize("share", [0, 0.1, 0.5])
@pytest.mark.parametrize("count", [2, 4001])
def test_the_share_is_that_which_was_asked_for(share, count):
    missing = gaps.blocks(count, share=share, mean_steps=12, seed=3)
    assert missing.sum() == round(share * count)
    assert not missing[0]
    assert gaps.blocks(2, share=0.9, mean_steps=3, seed=0).tolist() == [False, True]
    assert not gaps.blocks(1, share=0.9, mean_steps=3, seed=0).any()


def test_what_is_missing_comes_in_blocks():
    missing = gaps.blocks(20_000, share=0.1, mean_steps=12, seed=0)
    assert 10 < lengths_of(missing).mean() < 16
    assert lengths_of(gaps.blocks(20_000, share=0.1, mean_steps=1, seed=0)).mean() < 1.2


def test_a_seed_gives_the_same_gaps_again_and_another_one_others():
    one, again, other = (gaps.blocks(500, share=0.2, mean_steps=5, seed=s) for s in (1, 1, 2))
    assert (one == again).all() and (one != other).any()


@pytest.mark.parametrize(
    "filler, wanted",
    [
        (gaps.last_value, [[9, 2, 2, 2, 8, 8], [9] * 6, [1, 2, 3, 4, 5, 6]]),
        (gaps.straight_line, [[2, 2, 4, 6, 8, 8], [9] * 6, [1, 2, 3, 4, 5, 6]]),
    ],
)
def test_fillers(filler, wanted):
    windows = [[NO, 2, NO, NO, 8, NO], [NO] * 6, [1, 2, 3, 4, 5, 6]]
    assert filler(windows, 9).tolist() == wanted


@pytest.mark.parametrize("filler", [gaps.last_value, gaps.straight_line])
def test_nothing_measured_is_changed(filler):
    random = np.random.default_rng(0)
    windows = random.standard_normal((50, 12))
    missing = random.random(windows.shape) < 0.4
    filled = filler(np.where(missing, NO, windows), 0.0)
    assert (filled[~missing] == windows[~missing]).all() and np.isfinite(filled).all()


def test_a_line_through_a_window_is_numpys():
    random = np.random.default_rng(1)
    windows = random.standard_normal((40, 9))
    windows[random.random(windows.shape) < 0.5] = NO
    for window, filled in zip(windows, gaps.straight_line(windows, 7.0), strict=True):
        there = np.flatnonzero(np.isfinite(window))
        wanted = np.interp(np.arange(9), there, window[there]) if len(there) else np.full(9, 7.0)
        assert filled == pytest.approx(wanted)


@pytest.mark.parametrize(
    "change", [{"share": 1}, {"share": -0.1}, {"mean_steps": 0.5}, {"count": 0}]
)
def test_what_no_gap_can_be(change):
    arguments = {"count": 10, "share": 0.2, "mean_steps": 2, "seed": 0} | change
    with pytest.raises(InputError, match=next(iter(change))):
        gaps.blocks(arguments.pop("count"), **arguments)


def test_a_filler_wants_windows():
    with pytest.raises(InputError, match="count, steps"):
        gaps.last_value([1.0, NO], 0)


def test_a_forecast_goes_on_from_what_it_filled_and_sees_nothing_later():
    series = np.array([NO, 1.0, 2.0, NO, NO, 9.0, NO])
    filled = gaps.forecast(series, lambda rows: 2 * rows[:, 1:] - rows[:, :1], 2, 5.0)
    assert filled.tolist() == [5, 1, 2, 3, 4, 9, 14]
    other = np.append(series[:5], [-9.0, 3.0])
    again = gaps.forecast(other, lambda rows: 2 * rows[:, 1:] - rows[:, :1], 2, 5.0)
    assert again[:5].tolist() == filled[:5].tolist()


def test_only_the_line_through_the_file_looks_ahead():
    """What comes after a window changes nothing in it, unless the file is filled before."""
    random = np.random.default_rng(0)
    series = np.sin(np.arange(400) / 4) + 0.1 * random.standard_normal(400)
    series[gaps.blocks(400, share=0.2, mean_steps=3, seed=1)] = NO
    series[300:304] = NO
    other = series.copy()
    other[304:] = random.standard_normal(96)
    one, two = (gaps.filled_windows(values, 10, 200, linear.fit) for values in (series, other))
    upto = slice(0, 304 - 10 + 1)
    ahead = {name for name in one if not np.array_equal(one[name][upto], two[name][upto])}
    assert ahead == {"file"}
    assert all(
        np.isfinite(windows).all() and windows.shape == (391, 10) for windows in one.values()
    )


def test_the_mean_is_that_of_the_steps_learnt_from():
    series = np.concatenate([np.tile([1.0, 3.0], 20), np.full(20, 50.0)])
    series[45] = NO
    assert gaps.filled_windows(series, 4, 40, linear.fit)["mean"][42].tolist() == [50, 50, 50, 2]


def test_a_model_learnt_from_a_sine_fills_it():
    series = np.sin(2 * np.pi * np.arange(600) / 20)
    seen = series.copy()
    seen[500:510] = NO
    filled = gaps.filled_windows(seen, 20, 400, linear.fit)
    errors = {n: np.abs(w[500] - series[500:520]).max() for n, w in filled.items()}
    assert errors["forecast"] < 0.15 < 0.9 < errors["last"]
