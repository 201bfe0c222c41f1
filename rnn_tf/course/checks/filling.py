"""How good a way to fill gaps is: gaps cut out of real temperatures, two errors, a check."""

import functools

import numpy as np

from rnn_tf.baselines import linear
from rnn_tf.course.checks import NotYet, exercise, expect_shape
from rnn_tf.datasets import gaps, weather

#: Ends of training and validation part, as shares of the year.
_TRAIN, _VALIDATION = 0.6, 0.8
#: The forecast that judges a filling: from so many hours, so many hours ahead.
_WINDOW, _AHEAD = 24, 3
#: Its error must be this share of that after filling with the last value, or less.
_BETTER = 0.95


def carried(series, start):
    """``(filled, age)``, (steps,) each: the last value before, and for how many steps it is old.

    Before the first value stands ``start``, and age counts from the start of the series.
    """
    filled, age = np.array(series, dtype=float), np.zeros(len(series))
    for t in range(len(series)):
        if np.isnan(filled[t]):
            filled[t] = filled[t - 1] if t else start
            age[t] = age[t - 1] + 1 if t else 1
    return filled, age


@functools.cache
def _temperatures():
    """A year of JFK: °C without gaps (the few real ones closed by lines), hour of the day."""
    hourly = weather.read(stations=("JFK",))
    hours = hourly.times.astype("datetime64[h]").astype(int) % 24
    return gaps.straight_line(hourly.column("temperature"), default=0)[0], hours


def hidden(seed, share=0.25, length=12):
    """Temperatures with gaps cut out as instruments leave them, in blocks.

    Args:
        seed: of the gaps.
        share: of all hours that is missing.
        length: mean length of a block, hours.

    Returns ``(series, hours)``: (steps,) °C with NaN, and (steps,) hours of the day, UTC.
    """
    truth, hours = _temperatures()
    lost = gaps.blocks(len(truth), share=share, mean_steps=length, seed=seed)
    return np.where(lost, np.nan, truth), hours.copy()


def errors(fill, part="validation", seeds=(0, 1, 2)):
    """What a way to fill is worth: ``(gap errors, forecast errors)``, °C, (seeds,) each.

    ``fill(series, hours)`` gives the filled series. The one error is that of what was filled in;
    the other that of a linear forecast 3 hours ahead from 24 filled hours, which was fitted on
    the filled training part. Both are root mean squares over ``part``.
    """
    truth, hours = _temperatures()
    first, second = (int(share * len(truth)) for share in (_TRAIN, _VALIDATION))
    here = slice(first, second) if part == "validation" else slice(second, None)
    now = np.arange(_WINDOW - 1, len(truth) - _AHEAD)
    turn = 2 * np.pi * (hours[now] + _AHEAD) / 24
    found = []
    for seed in seeds:
        series, _ = hidden(seed)
        lost = np.isnan(series)
        filled = np.asarray(fill(series.copy(), hours.copy()), dtype=float)
        windows = np.lib.stride_tricks.sliding_window_view(filled, _WINDOW)[: len(now)]
        known = np.column_stack([windows, 5 * np.sin(turn), 5 * np.cos(turn)])
        wanted = truth[now + _AHEAD]
        train = (now + _AHEAD < first) & ~lost[now + _AHEAD]
        judged = (now >= here.start) & (now + _AHEAD < (here.stop or len(truth)))
        forecast = linear.fit(known[train], wanted[train][:, None], ridge=10)(known[judged])
        gap = (filled - truth)[here][lost[here]]
        found.append([np.sqrt(np.mean(e**2)) for e in (gap, forecast[:, 0] - wanted[judged])])
    return tuple(np.array(found).T)


def last_value(series, hours):
    """The rival: each gap keeps the last value before it."""
    return gaps.last_value(series[None], default=0.0)[0]


@exercise
def filling(answer):
    """``answer(series, hours)`` fills for a forecast, and beats the last value on hidden gaps."""
    series, hours = hidden(seed=90)
    series, hours = series[:1500], hours[:1500]
    lost = np.isnan(series)
    whole = expect_shape(answer(series.copy(), hours.copy()), series.shape, "filled")
    if not np.isfinite(whole.astype(float)).all():
        raise NotYet(
            f"{np.sum(~np.isfinite(whole.astype(float)))} steps are still no numbers.",
            f"还有 {np.sum(~np.isfinite(whole.astype(float)))} 步不是数。",
        )
    if not np.allclose(whole[~lost], series[~lost]):
        raise NotYet(
            "a measured value has changed; only gaps are to be filled.",
            "有测得的值变了；只应填缺口。",
        )
    inside = np.flatnonzero(lost[:-1] & lost[1:]) + 1  # a look ahead shows inside a gap only
    for end in inside[[len(inside) // 4, len(inside) // 2, -3]]:
        early = np.asarray(answer(series[:end].copy(), hours[:end].copy()), dtype=float)
        if early.shape != (end,) or not np.allclose(early, whole[:end]):
            raise NotYet(
                f"what stands in the gaps before hour {end} depends on what was measured after "
                "it: this filling looks ahead, and no forecast can use it.",
                f"第 {end} 小时之前的填充值，取决于那之后的测量："
                "这种填法偷看了未来，预报时用不上。",
            )
    ours, theirs = (errors(way, "test", (100, 101, 102)) for way in (answer, last_value))
    gap, forecast = (np.mean(a / b) for a, b in zip(ours, theirs, strict=True))
    if forecast > _BETTER:
        beside = (
            ("The filling itself is nearer to the truth; this forecast gains nothing by it.",
             "填充值本身倒更接近真值，只是这个预报没有因此受益。")
            if gap < _BETTER
            else ("", "")
        )  # fmt: skip
        raise NotYet(
            f"on three hidden sets of gaps the forecast error is {forecast:.2f} times that of "
            f"the last value; {_BETTER} is wanted. {beside[0]}".rstrip(),
            f"在三组没见过的缺口上，预报误差是填前值的 {forecast:.2f} 倍；要求不超过 {_BETTER} 倍。"
            f"{beside[1]}",
        )
