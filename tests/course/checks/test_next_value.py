"""Answers to the lab of lesson 4, right and wrong."""

import numpy as np

from rnn_tf.course.checks import next_value as check
from rnn_tf.datasets import toy, weather
from rnn_tf.training import metrics
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def by_slices(series, num_steps):
    count = len(series) - num_steps
    inputs = np.array([series[i : i + num_steps] for i in range(count)])
    return inputs[..., None], series[num_steps:, None]


def by_view(series, num_steps):
    both = np.lib.stride_tricks.sliding_window_view(series, num_steps + 1)
    return [both[:, :-1, None], both[:, -1:]]


def cut_with(change):
    """Windows that are right, and targets or inputs that ``change`` makes of them."""

    def cut(series, num_steps):
        return change(series, *toy.windows(series, num_steps))

    return cut


def every_step(series, inputs, targets):
    return inputs, np.concatenate([inputs[:, 1:], targets[:, None]], axis=1)  # article 000's


def by_loop(measured, forecast, last):
    ours = late = 0.0
    for m, f, before in zip(measured.ravel(), forecast.ravel(), last.ravel(), strict=True):
        ours, late = ours + (m - f) ** 2, late + (m - before) ** 2
    return 1 - ours / late


def broadcasting(measured, forecast, last):
    return 1 - np.mean((measured - forecast) ** 2) / np.mean((measured - last) ** 2)


def scale(train, validation, test):
    return tuple((part - train.mean()) / train.std() for part in (train, validation, test))


def scale_by_moments(train, validation, test):
    first, second = np.mean(train), np.mean(np.square(train))
    spread = (second - first**2) ** 0.5
    return [part / spread - first / spread for part in (train, validation, test)]


def scale_in_place(train, validation, test):
    mean, std = train.mean(), train.std()
    for part in (train, validation, test):
        part -= mean
        part /= std
    return train, validation, test


def by_all(*parts):
    together = np.concatenate(parts)
    return tuple((part - together.mean()) / together.std() for part in parts)


def least_squares(change=lambda changes, last: last[:, None] + changes, hours=24):
    """Forecasts made from linear changes, fitted on the last ``hours`` of the windows."""

    def flat(inputs):
        kept = inputs[:, -hours:].reshape(len(inputs), -1)
        return np.insert(kept.astype(float), 0, 1, axis=1)

    def forecast(inputs, last):
        data = weather.load(station=weather.STATIONS, num_steps=24, horizon=1)
        rows = flat(data.train.inputs)
        squares = rows.T @ rows + np.eye(rows.shape[1])
        weights = np.linalg.solve(squares, rows.T @ data.train.targets)
        return change(flat(inputs) @ weights * data.scaling.change_std, last)

    return forecast


CASES = {
    check.next_values: Answers(
        right=[by_slices, by_view],
        wrong=[
            (cut_with(every_step), "B-000-01"),
            (cut_with(lambda s, x, y: (x, x[:, -1])), "B-000-03"),
            (cut_with(lambda s, x, y: (x, np.append(s[5:], 0)[:, None])), "one step too late"),
            (cut_with(lambda s, x, y: (x[..., 0], y)), "axis of features"),
            (cut_with(lambda s, x, y: (x, y[:, 0])), "(7, 1)"),
            (cut_with(lambda s, x, y: (x[:-1], y[:-1])), "one window is missing"),
            (lambda s, n: (toy.windows(np.append(s, 0), n)[0], s[n - 1 :, None]), "too many"),
            (cut_with(lambda s, x, y: (x[:, ::-1], y)), "off by"),
            (cut_with(lambda s, x, y: (x, -y)), "off by"),
            (lambda s, n: toy.windows(s, n)[0], "two arrays"),
            (lambda s, n: (..., ...), "still to be written"),
        ],
    ),
    check.dice_floor: Answers(
        right=[35 / 12, np.float32(2.92)],
        wrong=[
            (0, "know the next roll"),
            (1 / 12, "six faces"),
            (35 / 6, "late forecast"),
            (1.708, "root"),
            (1.5, "absolute"),
            (3.5, "3.5 it is not"),
            (..., "still to be written"),
        ],
    ),
    check.skill: Answers(
        right=[lambda m, f, b: 1 - metrics.mse(m, f) / metrics.mse(m, b), by_loop],
        wrong=[
            (broadcasting, "40 by 40"),
            (lambda m, f, b: 1 - metrics.rmse(m, f) / metrics.rmse(m, b), "roots"),
            (lambda m, f, b: metrics.mse(m, f) / metrics.mse(m, b), "ratio"),
            (lambda m, f, b: 1 - metrics.mse(m, b) / metrics.mse(m, f), "upside down"),
            (lambda m, f, b: 1 - metrics.mse(m, f) / np.var(m), "against the mean"),
            (lambda m, f, b: 1 - metrics.mse(b, f) / metrics.mse(m, b), "compared with the last"),
            (lambda m, f, b: 0.5, "off by"),
            (lambda m, f, b: ..., "still to be written"),
        ],
    ),
    check.late_ones: Answers(
        right=[{"B", "D"}, ["d", "b"]],
        wrong=[
            ({"B"}, "1 more"),
            (set(), "2 more"),
            ({"A", "B", "D"}, "A is inexact"),
            ("C", "C is inexact"),
            ({"E"}, "nobody"),
            (..., "still to be written"),
        ],
    ),
    check.scaled: Answers(
        right=[scale, scale_by_moments],
        wrong=[
            (by_all, "leaks"),
            (lambda *parts: [(p - p.mean()) / p.std() for p in parts], "mean of its own"),
            (lambda *parts: [p - parts[0].mean() for p in parts], "nothing is divided"),
            (lambda *parts: [(p - parts[0].mean()) / parts[0].var() for p in parts], "variance"),
            (scale_in_place, "changes the arrays"),
            (lambda *parts: scale(*parts)[:2], "three arrays"),
            (lambda *parts: [p / parts[0].max() for p in parts], "off by"),
            (lambda *parts: (..., ..., ...), "still to be written"),
        ],
    ),
    check.beats_persistence: Answers(
        right=[least_squares(), least_squares(hours=5)],
        wrong=[
            (lambda inputs, last: last[:, None], "late forecast"),
            (least_squares(lambda changes, last: last + changes[:, 0]), "broadcast"),
            (least_squares(lambda changes, last: changes), "no temperatures"),
            (least_squares(lambda changes, last: last[:, None] - changes), "wanted is 0.15"),
            (lambda inputs, last: np.full((len(last), 1), 10.0), "wanted is 0.15"),
            (lambda inputs, last: None, "still to be written"),
        ],
    ),
}

test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
