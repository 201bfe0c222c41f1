"""Answers to the lab of lesson 15, right and wrong."""

import functools

import numpy as np

from rnn_tf import paths
from rnn_tf.baselines import linear
from rnn_tf.course.checks import markets as check
from rnn_tf.datasets import flights, series, shares
from tests.course.checks import harness
from tests.course.checks.harness import Answers, Call


def by_diff(prices):
    return 100 * np.diff(np.log(prices), axis=0)


def by_ratio(prices):
    return 100 * np.log(prices[1:] / prices[:-1])


def by_means(right):
    return right.mean(axis=1).std() / np.sqrt(len(right))


def by_loop(right):
    days = [sum(map(int, day)) / len(day) for day in right]
    middle = sum(days) / len(days)
    return (sum((d - middle) ** 2 for d in days) / len(days)) ** 0.5 / len(days) ** 0.5


def held_the_day_after(returns, positions, cost):
    gained = np.sum(positions[:-1] * returns[1:])
    return gained - cost * np.abs(np.diff(positions[:-1], prepend=0)).sum()


def day_by_day(returns, positions, cost):
    held = total = 0.0
    for position, following in zip(positions[:-1], returns[1:], strict=True):
        total -= cost * abs(position - held)
        held = position
        total += held * following
    return total


def with_cost(changes):
    def profit(returns, positions, cost):
        return np.sum(positions[:-1] * returns[1:]) - cost * changes(positions)

    return profit


def own(**given):
    path = paths.data_folder() / "weather" / "weather.csv.gz"
    how = {"group": "origin", "every": "1 h", "num_steps": 24, "horizon": (2,), "season": 24}
    return series.load(path, time="time_hour", target="temp", max_fill=6, **how | given)


@functools.cache
def least_errors(loss, hours=4):
    """A linear forecast of the last hours, for inputs as the check gives them."""
    data = flights.load()

    def rows(inputs, known):
        recent = inputs[:, -hours:].reshape(len(inputs), -1)
        return np.concatenate([recent, known[:, 0]], axis=1)

    predict = linear.fit(
        rows(data.train.inputs, data.train.known), data.train.targets, ridge=1000, loss=loss
    )

    def forecast(inputs, known, last, of_change=lambda change, last: last[:, None] + change):
        return of_change(predict(rows(inputs, known)) * data.scaling.change_std, last)

    return forecast


def usual_for_the_hour(inputs, known, last):
    return np.full((len(last), 1), 4.0)


def halfway(inputs, known, last):
    return last[:, None] / 2


CASES = {
    check.returns: Answers(
        right=[by_diff, by_ratio],
        wrong=[
            (lambda p: by_diff(p) / 100, "per cent"),
            (lambda p: -by_diff(p), "sign"),
            (lambda p: 100 * (p[1:] / p[:-1] - 1), "simple returns"),
            (lambda p: 100 * np.diff(p, axis=0), "dollars"),
            (lambda p: 100 * np.diff(np.log10(p), axis=0), "base 10"),
            (lambda p: 100 * np.diff(np.log(p)), "first axis"),
            (lambda p: 100 * np.diff(np.log(p), axis=0, prepend=0), "5 returns"),
            (lambda p: np.zeros((5, 2)), "off by"),
            (lambda p: ..., "still to be written"),
        ],
    ),
    check.error_by_day: Answers(
        right=[by_means, by_loop, lambda r: r.mean(axis=1).std(ddof=1) / len(r) ** 0.5],
        wrong=[
            (lambda r: np.sqrt(r.mean() * (1 - r.mean()) / r.size), "witness of its own"),
            (lambda r: np.sqrt(r.mean() * (1 - r.mean()) / len(r)), "alike, not equal"),
            (lambda r: r.mean(axis=1).std(), "one day"),
            (lambda r: r.mean(axis=1).var() / len(r), "variance"),
            (lambda r: r.mean(axis=1).std() / r.size**0.5, "number of days"),
            (lambda r: r.mean(axis=0).std() / 3**0.5, "over shares"),
            (lambda r: 0.5, "off by"),
            (lambda r: ..., "still to be written"),
        ],
    ),
    check.backtest: Answers(
        right=[held_the_day_after, day_by_day],
        wrong=[
            (
                lambda r, p, c: np.sum(p * r) - c * np.abs(np.diff(p, prepend=0)).sum(),
                "looks ahead",
            ),
            (
                lambda r, p, c: np.sum(p * r) - c * np.abs(np.diff(p[:-1], prepend=0)).sum(),
                "looks ahead",
            ),
            (with_cost(lambda p: 0), "nothing is paid"),
            (with_cost(lambda p: p[:-1].sum()), "every day"),
            (with_cost(lambda p: np.abs(np.diff(p[:-1])).sum()), "first purchase"),
            (with_cost(lambda p: np.abs(np.diff(p, prepend=0)).sum()), "last position"),
            (with_cost(lambda p: -np.abs(np.diff(p[:-1], prepend=0)).sum()), "added"),
            (
                lambda r, p, c: (
                    np.sum(p * np.roll(r, -1)) - c * np.abs(np.diff(p[:-1], prepend=0)).sum()
                ),
                "circle",
            ),
            (lambda r, p, c: np.sum(r), "off by"),
            (lambda r, p, c: ..., "still to be written"),
        ],
    ),
    check.looking_ahead: Answers(
        right=[{"C", "E", "F"}, ["f", "e", "c"], "CEF"],
        wrong=[
            ({"C"}, "2 more"),
            (set(), "3 more"),
            ({"C", "E"}, "1 more"),
            ({"A", "C", "E", "F"}, "A stays as it is"),
            ("BCEF", "B stays as it is"),
            ({"C", "D"}, "timetable"),
            ({"G"}, "nothing is called"),
            (..., "still to be written"),
        ],
    ),
    check.own_data: Answers(
        right=[
            Call(own(), "as now"),
            Call(own(horizon=(24,)), "a season ago"),
            Call(own(horizon=(5,), season=1), "as now"),
        ],
        wrong=[
            (Call(own(), "mean"), "another one errs"),
            (Call(own(), "a season ago"), "another one errs"),
            (Call(own(), "LSTM"), "none of"),
            (Call(shares.load(num_steps=3), "mean"), "shares of the course"),
            (Call(np.zeros(5), "mean"), "ndarray"),
            (Call(own(), ...), "still to be written"),
            (Call(..., "mean"), "still to be written"),
        ],
    ),
    check.beats_the_queue: Answers(
        right=[least_errors("absolute"), least_errors("absolute", hours=8)],
        wrong=[
            (lambda inputs, known, last: last[:, None], "late forecast"),
            (lambda inputs, known, last: last, "broadcast"),
            (usual_for_the_hour, "wanted is 3.4"),
            (halfway, "wanted is 3.4"),
            (
                functools.partial(
                    least_errors("absolute"), of_change=lambda change, last: last[:, None] - change
                ),
                "wanted is 3.4",
            ),
            (lambda inputs, known, last: ..., "still to be written"),
        ],
    ),
}

test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
