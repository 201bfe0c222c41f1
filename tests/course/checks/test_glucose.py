"""Answers to the lab of lesson 16, right and wrong."""

import functools

import numpy as np

from rnn_tf.course.checks import glucose as check
from rnn_tf.datasets import glucose, series
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def by_maximum(target, forecast, share):
    return np.maximum(share * (target - forecast), (share - 1) * (target - forecast))


def by_loop(target, forecast, share):
    return [
        share * (y - said) if y > said else (1 - share) * (said - y)
        for y, said in zip(target, forecast, strict=True)
    ]


def priced(above, below):
    """A loss whose two sides cost what the functions say, (error, share) -> loss."""

    def loss(target, forecast, share):
        error = target - forecast
        return np.where(error > 0, above(error, share), below(error, share))

    return loss


def in_time(last, later, forecast):
    coming = (last >= 70) & (later < 70)
    return np.mean(forecast[coming] < 70)


def in_time_by_loop(last, later, forecast):
    coming = [f for now, then, f in zip(last, later, forecast, strict=True) if now >= 70 > then]
    return sum(f < 70 for f in coming) / len(coming)


def share_of(hits, among):
    """The share of ``among`` that is a hit; both are functions of low, rings and fine."""

    def function(last, later, forecast):
        found = later < 70, forecast < 70, last >= 70
        return hits(*found).sum() / among(*found).sum()

    return function


def by_distance(targets, lower, upper, promise):
    return np.quantile(np.maximum(lower - targets, targets - upper), promise)


def by_search(targets, lower, upper, promise):
    return next(
        width
        for width in np.arange(-300, 300, 0.01)
        if np.mean((targets >= lower - width) & (targets <= upper + width)) >= promise
    )


def own(**change):
    given = {
        "time": "measured at",
        "target": "beats",
        "every": "10 min",
        "num_steps": 6,
        "horizon": (3,),
        "max_fill": 2,
    }
    return series.load(check.diary(), **given | change)


@functools.cache
def least_squares():
    """Forecasts in mg/dl, a function of (inputs, last)."""
    data = glucose.load(calendar=("day",))

    def flat(inputs):
        return np.insert(inputs.reshape(len(inputs), -1).astype(float), 0, 1, axis=1)

    rows = flat(data.train.inputs)
    squares = rows.T @ rows + np.eye(rows.shape[1])
    weights = np.linalg.solve(squares, rows.T @ data.train.targets)[:, 0]
    return lambda inputs, last: last + flat(inputs) @ weights * data.scaling.change_std


def linear_below(cut):
    return lambda inputs, last: least_squares()(inputs, last) < cut


def line_below(cut):
    def rule(inputs, last):
        scaling = glucose.load().scaling
        values = inputs[:, -3:, 0] * scaling.std[0] + scaling.mean[0]
        return values.mean(axis=1) + 3.5 * (values[:, 2] - values[:, 0]) < cut

    return rule


CASES = {
    check.pinball: Answers(
        right=[by_maximum, by_loop],
        wrong=[
            (priced(lambda e, t: (1 - t) * e, lambda e, t: -t * e), "exchanged"),
            (priced(lambda e, t: t * e, lambda e, t: (1 - t) * e), "below 0"),
            (lambda y, f, t: t * np.abs(y - f), "both sides"),
            (lambda y, f, t: np.abs(y - f) / 2, "both sides"),
            (priced(lambda e, t: t * e**2, lambda e, t: (1 - t) * e**2), "squared"),
            (lambda y, f, t: by_maximum(y, f, t).mean(), "one number"),
            (lambda y, f, t: by_maximum(y, f, 0.1), "at τ = 0.5"),
            (lambda y, f, t: by_maximum(y, f, t)[:, None], "shape"),
            (lambda y, f, t: ..., "still to be written"),
        ],
    ),
    check.share_for: Answers(
        right=[1 / 20, np.float32(0.05)],
        wrong=[
            (1 / 19, "1 − p"),
            (0.95, "how sure"),
            (5, "not in per cent"),
            (0.1, "price of 9"),
            (0.5, "equal prices"),
            (0.3, "0.3 it is not"),
            (..., "still to be written"),
        ],
    ),
    check.warned_in_time: Answers(
        right=[in_time, in_time_by_loop],
        wrong=[
            (share_of(lambda low, r, f: low & r, lambda low, r, f: low), "there already"),
            (share_of(lambda low, r, f: low & r & f, lambda low, r, f: r & f), "precision"),
            (share_of(lambda low, r, f: low & r & f, lambda low, r, f: low), "lower part"),
            (lambda a, b, c: np.mean((a >= 70) & (b < 70) & (c < 70)), "all cases"),
            (lambda a, b, c: 0.9, "off by"),
            (lambda a, b, c: (a >= 70) & (b < 70), "a number is wanted"),
            (lambda a, b, c: ..., "still to be written"),
        ],
    ),
    check.widened: Answers(
        right=[by_distance, by_search],
        wrong=[
            (lambda y, a, b, p: np.sort(np.abs(y))[179], "not used"),
            (lambda y, a, b, p: by_distance(y, a, b, 0.95), "95 %"),
            (
                lambda y, a, b, p: np.quantile((d := np.maximum(a - y, y - b))[d > 0], p),
                "only the misses",
            ),
            (lambda y, a, b, p: 0.0, "instead of 90 %"),
            (lambda y, a, b, p: -by_distance(y, a, b, p), "instead of 90 %"),
            (lambda y, a, b, p: max(by_distance(y, a, b, p), 0), "narrower"),
            (lambda y, a, b, p: ..., "still to be written"),
        ],
    ),
    check.own_record: Answers(
        right=[own(), own(calendar=("day",), predict="level")],
        wrong=[
            (own(every=None), "vanish"),
            (own(num_steps=60), "600 minutes"),
            (own(horizon=3), "3 values"),
            (own(horizon=(6,)), "60 minutes ahead"),
            (own(horizon=(30,)), "300 minutes ahead"),
            (own(max_fill=0), "max_fill"),
            (check.diary(), "series.load gives"),
            (..., "still to be written"),
        ],
    ),
    check.alarm: Answers(
        right=[linear_below(83), line_below(70)],
        wrong=[
            (lambda inputs, last: last < 70, "none of the coming"),
            (linear_below(70), "wanted are 50 %"),
            (lambda inputs, last: last < 1000, "false alarms a day; at most"),
            (lambda inputs, last: least_squares()(inputs, last), "True or False"),
            (lambda inputs, last: np.ones((len(last), 1), bool), "shape"),
            (lambda inputs, last: ..., "still to be written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)


def test_a_record_of_the_readers_own_needs_no_gap(tmp_path, capsys):
    path = tmp_path / "own.csv"
    times = np.datetime64("2024-01-01") + np.arange(400).astype("timedelta64[m]") * 15
    lines = [f"{time},{place % 17}" for place, time in enumerate(times)]
    path.write_text("when,steps\n" + "\n".join(lines), encoding="utf-8")
    read = functools.partial(series.load, path, time="when", target="steps", every="15 min")
    assert check.own_record(read(num_steps=4, horizon=(2,)))
    assert not check.own_record(read(num_steps=4, horizon=(1,)))
    assert "15 minutes ahead" in capsys.readouterr().out
