"""Checks of the lab of lesson 16: prices of errors, alarms in time, intervals, an own record."""

import functools
import tempfile
from pathlib import Path

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import glucose, series
from rnn_tf.training import intervals


@exercise
def pinball(loss):
    """``loss(target, forecast, share)`` for arrays of one shape: the loss of each case."""
    target = np.array([60.0, 64.0, 80.0, 95.0, 121.0])
    forecast = np.full(5, 80.0)
    found = loss(target, forecast, 0.1)
    if np.ndim(found) == 0 and found is not None and found is not ...:
        raise NotYet(
            "one number came back: the loss of each case is wanted, (5,).",
            "只返回了一个数：要的是每种情形的损失，形状 (5,)。",
        )
    found = expect_shape(found, (5,), "loss")
    error = target - forecast
    right = np.where(error > 0, 0.1 * error, -0.9 * error)
    for value, en, zh in (
        (
            np.where(error > 0, 0.9 * error, -0.1 * error),
            "the two prices are exchanged: with a share of 0.1, a forecast that is too high must "
            "be the dear one.",
            "两种价格颠倒了：比例为 0.1 时，报高了才是贵的那一种。",
        ),
        (
            np.where(error > 0, 0.1 * error, 0.9 * error),
            "a loss below 0: for a negative error the factor is τ − 1, which is negative too.",
            "损失小于 0：误差为负时，系数是 τ − 1，它也是负的。",
        ),
        (0.1 * np.abs(error), "both sides cost the same here.", "这里两边的代价一样。"),
        (0.5 * np.abs(error), "both sides cost the same here.", "这里两边的代价一样。"),
        (
            np.where(error > 0, 0.1, 0.9) * error**2,
            "the error is squared: that asks for an expectile, which is no quantile.",
            "误差被平方了：那样问到的不是分位数。",
        ),
    ):
        if np.allclose(found, value):
            raise NotYet(en, zh)
    expect_close(found, right, at_most=1e-9, name="loss")
    median = expect_shape(loss(target, forecast, 0.5), (5,), "loss")
    expect_close(median, 0.5 * np.abs(error), at_most=1e-9, name="loss at τ = 0.5")


@exercise
def share_for(answer):
    """The share τ of the quantile that an alarm needs if a miss costs 19, a false alarm 1."""
    found = expect_number(answer)
    for value, en, zh in (
        (
            1 / 19,
            "nearly: 19 p is the price of silence, and ringing costs 1 − p, not 1.",
            "差一点：不响的代价是 19 p，响的代价是 1 − p，不是 1。",
        ),
        (
            0.95,
            "that is how sure one would have to be that no low comes.",
            "那是“有多大把握不会低”的概率。",
        ),
        (5, "as a share, not in per cent.", "请写成比例，不要写百分数。"),
        (0.1, "that belongs to a price of 9.", "那是代价为 9 时的。"),
        (0.5, "that belongs to equal prices.", "那是两种代价相等时的。"),
    ):
        if np.isclose(found, value, atol=5e-4):
            raise NotYet(en, zh)
    if not np.isclose(found, 0.05, atol=5e-4):
        raise NotYet(
            f"{found:.3g} it is not. At which chance of a low do ringing and silence cost the "
            "same?",
            f"不是 {found:.3g}。低血糖的概率为多少时，响与不响代价相同？",
        )


@exercise
def warned_in_time(function):
    """``function(last, later, forecast)``: of the lows that are still to come, the share."""
    last = np.array([80.0, 65.0, 90.0, 75.0, 60.0, 120.0, 72.0, 68.0, 85.0, 95.0, 99.0])
    later = np.array([60.0, 60.0, 65.0, 90.0, 66.0, 110.0, 69.0, 80.0, 64.0, 99.0, 90.0])
    forecast = np.array([66.0, 62.0, 80.0, 65.0, 61.0, 118.0, 69.5, 64.0, 75.0, 68.0, 66.0])
    found = expect_number(function(last, later, forecast), "share")
    low, rings, fine = later < 70, forecast < 70, last >= 70
    for value, en, zh in (
        (
            (low & rings).sum() / low.sum(),
            "lows that are there already are counted too: persistence would look good at that.",
            "把已经发生的低血糖也算进去了：那样的话持续性预报也会显得不错。",
        ),
        (
            (low & rings & fine).sum() / (rings & fine).sum(),
            "that is the precision: it is divided by the alarms.",
            "这是精确率：除的是警报数。",
        ),
        (
            (low & rings & fine).sum() / low.sum(),
            "the lower part of the fraction still counts the lows that are there already.",
            "分母里还含着已经发生的低血糖。",
        ),
        (
            (low & rings & fine).mean(),
            "it is divided by all cases: the share of the coming lows is asked for.",
            "除的是全部情形：问的是在将要发生的低血糖中占多少。",
        ),
    ):
        if np.isclose(found, value):
            raise NotYet(en, zh)
    expect_close(found, (low & rings & fine).sum() / (low & fine).sum(), at_most=1e-9, name="share")
    as_now = expect_number(function(last, later, last), "share")
    if as_now != 0:
        raise NotYet(
            f"persistence warns of {as_now:.0%} of the coming lows; it can't warn of any.",
            f"持续性预报警告了 {as_now:.0%}；它一次也不可能提前警告。",
        )


@exercise
def widened(function):
    """``function(targets, lower, upper, promise)``: what to add on both sides."""
    rng = np.random.default_rng(16)
    targets = rng.normal(0, 30, 199)
    lower, upper = np.full(199, -30.0), np.full(199, 40.0)
    found = expect_number(function(targets, lower, upper, 0.9), "width")
    outside = intervals.distances(targets, lower, upper)
    right = intervals.conformal_width(outside, 0.9)
    inside = np.mean((targets >= lower - found) & (targets <= upper + found))
    for value, en, zh in (
        (
            np.sort(np.abs(targets))[179],
            "the interval that is there is not used: measure how far the truth lies outside of it.",
            "没有用到已有的区间：要量的是真值在区间外多远。",
        ),
        (
            np.sort(np.maximum(outside, 0))[179] if right < 0 else np.nan,
            "inside counts as a negative distance, not as 0.",
            "在区间内的距离应为负，不是 0。",
        ),
        (
            np.quantile(outside, 0.95),
            "this is the width for 95 %: the promise holds for both sides together.",
            "这是 95 % 的宽度：承诺是两侧合计的。",
        ),
        (
            np.quantile(outside[outside > 0], 0.9),
            "only the misses were sorted: those inside belong to the count, too.",
            "只排了没盖住的：盖住的也要算在内。",
        ),
    ):
        if np.isclose(found, value):
            raise NotYet(en, zh)
    near = np.sort(outside)[[177, 181]]
    if not near[0] <= found <= near[1]:
        raise NotYet(
            f"widened by {found:.2f}, the interval holds {inside:.1%} of these values instead of "
            "90 %.",
            f"放宽 {found:.2f} 之后，区间盖住了 {inside:.1%}，而不是 90 %。",
        )
    narrow = expect_number(function(targets, lower - 200, upper + 200, 0.9), "width")
    if narrow >= 0:
        raise NotYet(
            "an interval that is far too wide must become narrower: the width is negative then.",
            "区间宽过头时应当收窄：这时宽度为负。",
        )


@functools.cache
def diary():
    """A file to be read: a made-up pulse, about every ten minutes, with an hour's gap a day.

    Written once a process, into a folder of its own among the temporary files; returns its path.
    """
    rng = np.random.default_rng(7)
    steps = 14 * 24 * 6
    slow = np.convolve(rng.normal(size=steps + 60), np.hanning(61) / 30, mode="valid")[:steps]
    pulse = 72 + 8 * slow + 6 * np.sin(2 * np.pi * np.arange(steps) / 144)
    pulse += rng.normal(0, 1, steps)
    minutes = 10 * np.arange(steps) + rng.integers(0, 4, steps)
    times = np.datetime64("2024-03-01T00:00") + minutes.astype("timedelta64[m]")
    kept = (np.arange(steps) % 144 >= 6) & (rng.random(steps) > 0.01)
    path = Path(tempfile.mkdtemp(prefix="rnn_tf_")) / "pulse.csv"
    lines = [f"{time},{value:.1f}" for time, value in zip(times[kept], pulse[kept], strict=True)]
    path.write_text("measured at,beats\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@exercise
def own_record(data):
    """``data``: windows of one hour and the value 30 minutes ahead, gaps up to 20 minutes filled.

    Made by ``series.load`` from ``diary()``, or from a file of the reader's own.
    """
    if data is None or data is ...:
        raise NotImplementedError
    if not isinstance(data, series.Series):
        kind = type(data).__name__
        raise NotYet(
            f"a Series is wanted, as series.load gives it; this is of type {kind}.",
            f"要的是 series.load 返回的 Series；这里的类型是 {kind}。",
        )
    parts = (data.train, data.validation, data.test)
    apart = [np.diff(part.times).astype("timedelta64[s]").astype(int) for part in parts]
    step = min(gaps.min() for gaps in apart)
    if any((gaps % step).any() for gaps in apart):
        raise NotYet(
            "the steps are not equally long: without every=… each line of the file is a step, and "
            "gaps vanish in silence.",
            "时间步长短不一：不写 every=…，文件的每一行就是一步，缺测悄悄消失了。",
        )
    minutes = step // 60
    hour = data.train.inputs.shape[1] * minutes
    if hour != 60:
        raise NotYet(
            f"a window holds {hour} minutes; one hour is wanted, num_steps counts steps of "
            f"{minutes} minutes.",
            f"窗口长 {hour} 分钟；要一小时。num_steps 数的是 {minutes} 分钟一步的步数。",
        )
    if data.train.actual.shape[1] != 1:
        several = data.train.actual.shape[1]
        raise NotYet(
            f"{several} values are predicted, every step up to the last. One is wanted: "
            "horizon=(steps,), with brackets and a comma.",
            f"预测了 {several} 个值，一步不落。只要一个：horizon=(步数,)，带括号和逗号。",
        )
    later = dict(zip(data.train.times, data.train.last, strict=True))
    ahead = _steps_ahead(data.train, later, minutes)
    if ahead != 30:
        raise NotYet(
            f"the target lies {ahead} minutes ahead; 30 are wanted.",
            f"目标在 {ahead} 分钟之后；要 30 分钟。",
        )
    filled = data.train.inputs[:, :, data.features.index("filled")]
    if "pulse.csv" in data.source and not (filled > 0).any():
        raise NotYet(
            "no window has a step that was filled in: short gaps may be bridged, max_fill.",
            "没有任何窗口含有填补过的步：短的缺口可以补上，用 max_fill。",
        )


def _steps_ahead(part, later, minutes):
    """Minutes from the last input to the target, found by looking the targets up."""
    for steps in range(1, 200):
        moment = part.times + np.timedelta64(int(steps * minutes), "m")
        known = [
            (later[t], y) for t, y in zip(moment, part.actual[:, 0], strict=True) if t in later
        ]
        if known and all(abs(one - other) < 1e-9 for one, other in known):
            return steps * minutes
    return 0


@exercise
def alarm(rule):
    """``rule(inputs, last)`` is True where it rings; at most 20 false alarms a day on the test."""
    data = glucose.load(calendar=("day",))
    test = data.test
    found = rule(test.inputs, test.last)
    if found is None or found is ...:
        raise NotImplementedError
    found = expect_shape(found, test.last.shape, "alarm")
    if found.dtype != bool:
        raise NotYet(
            f"True or False is wanted for each window; these are of type {found.dtype}.",
            f"每个窗口要 True 或 False；这里的类型是 {found.dtype}。",
        )
    fine, low = test.last >= 70, test.actual[:, 0] < 70
    false = (found & ~low & fine).sum() / len(test) * 288
    warned = (found & low & fine).sum() / (low & fine).sum()
    if warned == 0:
        raise NotYet(
            "it warns of none of the coming lows. Does it ring only when it is low already?",
            "将要发生的低血糖一次也没有警告。它是不是只在已经低了才响？",
        )
    if false > 20:
        raise NotYet(
            f"{false:.0f} false alarms a day; at most 20 are allowed. Choose the cut by the "
            "validation part.",
            f"每天误报 {false:.0f} 次，最多允许 20 次。请在验证集上选界限。",
        )
    if warned < 0.5:
        raise NotYet(
            f"{warned:.0%} of the coming lows at {false:.0f} false alarms a day; wanted are 50 % "
            "at 20 or fewer.",
            f"每天误报 {false:.0f} 次，警告了 {warned:.0%}；要求误报不超过 20 次时达到 50 %。",
        )
