"""Checks of the lab of lesson 15: returns, errors by days, a backtest, looking ahead, own data."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import flights
from rnn_tf.datasets.series import Series


@exercise
def returns(compute):
    """``compute(prices)``, (days, shares) -> (days − 1, shares): 100 times the change of ln."""
    random = np.random.default_rng(15)
    prices = 50 * np.exp(np.cumsum(random.normal(0, 0.03, (6, 2)), axis=0))
    found = compute(prices.copy())
    right = 100 * np.diff(np.log(prices), axis=0)
    if found is None or found is ...:
        raise NotImplementedError
    if np.shape(found) == (6, 1):
        raise NotYet(
            "this takes one share from the other: days are the first axis.",
            "这是拿一只股票减另一只：天是第一个轴。",
        )
    if np.shape(found) == (6, 2):
        raise NotYet(
            "6 prices have 5 returns: the first day has no day before.",
            "6 个价格只有 5 个收益率：第一天没有前一天。",
        )
    found = expect_shape(found, (5, 2), "returns")
    for attempt, en, zh in (
        (right / 100, "these are not in per cent.", "没有换算成百分数。"),
        (
            -right,
            "the sign is wrong: who rises has a return above 0.",
            "符号反了：上涨的收益率大于 0。",
        ),
        (
            100 * (prices[1:] / prices[:-1] - 1),
            "these are simple returns: +10 % and then -10 % would not bring the price back by the "
            "sum. The change of the logarithm is asked for.",
            "这是简单收益率：先涨 10% 再跌 10%，加起来是零，价格却回不去。这里要的是对数之差。",
        ),
        (
            100 * np.diff(prices, axis=0),
            "these are dollars, not per cent of the price: take the logarithm first.",
            "这是美元，不是价格的百分之几：先取对数。",
        ),
        (right / np.log(10), "this is the logarithm to base 10.", "这是以 10 为底的对数。"),
    ):
        if np.allclose(found, attempt, rtol=1e-6):
            raise NotYet(en, zh)
    expect_close(found, right, at_most=1e-9, name="returns")


@exercise
def error_by_day(standard_error):
    """``standard_error(right)``, (days, shares) of True and False -> standard error by days."""
    random = np.random.default_rng(16)
    market = random.random((500, 1)) < 0.5
    right = np.where(random.random((500, 3)) < 0.7, market, random.random((500, 3)) < 0.5)
    found = expect_number(standard_error(right.copy()), "standard error")
    share, days = right.mean(), right.mean(axis=1)
    for value, en, zh in (
        (
            np.sqrt(share * (1 - share) / right.size),
            "this takes every forecast for a witness of its own; three shares of one day saw the "
            "same market.",
            "这是把每次预测都当成独立的证人；同一天的三只股票看到的是同一个大盘。",
        ),
        (
            np.sqrt(share * (1 - share) / len(right)),
            "this takes the three shares of a day for one and the same. They are alike, not equal: "
            "take the mean of each day, and the spread of these means.",
            "这是把一天的三只股票看成完全一样。它们相近而不相同：先求每天的均值，再看这些均值的波动。",
        ),
        (
            days.std(),
            "this is the spread of one day; the mean of 500 days is steadier.",
            "这是单独一天的波动；500 天的均值要稳得多。",
        ),
        (days.var() / len(days), "this is the variance: take its root.", "这是方差：还要开平方。"),
        (
            days.std() / np.sqrt(right.size),
            "divide by the root of the number of days, not of forecasts.",
            "要除以天数的平方根，不是预测次数的平方根。",
        ),
        (
            right.mean(axis=0).std() / np.sqrt(3),
            "this is the spread over shares. Days are the first axis.",
            "这是三只股票之间的波动。天是第一个轴。",
        ),
    ):
        if np.isclose(found, value, rtol=5e-4):
            raise NotYet(en, zh)
    expect_close(found, days.std() / np.sqrt(len(days)), at_most=1e-4, name="standard error")


@exercise
def backtest(profit):
    """``profit(returns, positions, cost)``: per cent gained by positions held on the day after."""
    random = np.random.default_rng(17)
    moves = random.normal(0.05, 1.5, 40)
    held = (random.random(40) < 0.5).astype(float)
    held[[0, -2, -1]] = 1, 0, 1
    cost = 0.2
    found = expect_number(profit(moves.copy(), held.copy(), cost), "profit")
    gained = np.sum(held[:-1] * moves[1:])
    paid = cost * np.abs(np.diff(held[:-1], prepend=0)).sum()
    for value, en, zh in (
        (
            np.sum(held * moves) - cost * np.abs(np.diff(held, prepend=0)).sum(),
            "the position of an evening earns the return of the same day, which is over: this "
            "looks ahead, and every backtest looks splendid that way.",
            "当晚的持仓拿到了当天的收益，而当天已经过去：这是偷看未来，这样的回测个个出色。",
        ),
        (
            np.sum(held * moves) - paid,
            "the position of an evening earns the return of the same day, "
            "which is over: this looks ahead.",
            "当晚的持仓拿到了当天的收益，而当天已经过去：这是偷看未来。",
        ),
        (gained, "nothing is paid for buying and selling.", "买卖没有付费用。"),
        (
            gained - cost * held[:-1].sum(),
            "this pays on every day that the share is held; it costs when the position changes.",
            "这是持有一天付一次；只有持仓变动时才付费。",
        ),
        (
            np.sum(held * np.roll(moves, -1)) - paid,
            "the last position earns the return of the first day: np.roll goes round in a circle.",
            "最后一天的持仓拿到了第一天的收益：np.roll 会绕回开头。",
        ),
        (
            gained - cost * np.abs(np.diff(held[:-1])).sum(),
            "the first purchase is free here: before the first evening nothing is held.",
            "第一次买进没有付费：第一个晚上之前手里什么也没有。",
        ),
        (
            gained - cost * np.abs(np.diff(held, prepend=0)).sum(),
            "the last position, which earns nothing any more, is paid for.",
            "最后一天的持仓已经没有收益，却付了费用。",
        ),
        (gained + paid, "costs are added, not taken away.", "费用是减去，不是加上。"),
    ):
        if np.isclose(found, value, atol=1e-9) and not np.isclose(value, gained - paid):
            raise NotYet(en, zh)
    expect_close(found, gained - paid, at_most=1e-9, name="profit")


def _flights():
    """Made up: (flights,) minutes at which each was to leave, and did, within ``HOURS`` hours."""
    random = np.random.default_rng(18)
    scheduled = np.sort(random.integers(0, 60 * HOURS, 600))
    return scheduled, scheduled + random.exponential(50, 600).astype(int)


#: Hours of the record; when each of its flights was to leave and did, (flights,), in minutes.
HOURS = 48
SCHEDULED, LEFT = _flights()


def _count(minutes, weights=None):
    """Of each hour, (HOURS,)."""
    inside = minutes < 60 * HOURS
    weights = None if weights is None else weights[inside]
    return np.bincount(minutes[inside] // 60, weights, HOURS)


def _mean(minutes, values):
    return _count(minutes, values.astype(float)) / np.maximum(_count(minutes), 1)


def _waiting(scheduled, left):
    return np.cumsum(_count(scheduled)) - np.cumsum(_count(left))


def _smooth(values):
    padded = np.pad(values.astype(float), 1, mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


def _share(values):
    return values / values.max()


#: Each is a function of (scheduled, left) that gives one number for every hour, (HOURS,).
FEATURES = {
    "A": _waiting,
    "B": lambda scheduled, left: _mean(left, left - scheduled),
    "C": lambda scheduled, left: _mean(scheduled, left - scheduled),
    "D": lambda scheduled, left: np.append(_count(scheduled)[1:], 0),
    "E": lambda scheduled, left: _smooth(_waiting(scheduled, left)),
    "F": lambda scheduled, left: _share(_waiting(scheduled, left)),
}
_AHEAD = {"C", "E", "F"}


@exercise
def looking_ahead(names):
    """The names of those in ``FEATURES`` that are not known when their hour ends."""
    if names is None or names is ...:
        raise NotImplementedError
    names = {str(name).upper() for name in names}
    if unknown := names - set(FEATURES):
        raise NotYet(
            f"nothing is called {', '.join(sorted(unknown))}.",
            f"没有叫 {', '.join(sorted(unknown))} 的。",
        )
    if "D" in names:
        raise NotYet(
            "D speaks of the next hour, but it is the timetable: no departure changes it.",
            "D 说的是下一个小时，但那是时刻表：起飞不起飞都改变不了它。",
        )
    if innocent := sorted(names - _AHEAD):
        raise NotYet(
            f"{innocent[0]} stays as it is, whatever happens after the hour.",
            f"不论这个小时之后发生什么，{innocent[0]} 都不变。",
        )
    if missed := len(_AHEAD - names):
        raise NotYet(
            f"{missed} more of them. Let the flights that leave after some hour leave later still: "
            "which numbers before that hour change?",
            f"还有 {missed} 个。让某个小时之后才起飞的航班再晚些起飞：那个小时之前的哪些数变了？",
        )


@exercise
def own_data(data, rival):
    """``data`` from ``series.load``, and which of three rivals is best on its validation part."""
    if data is ... or rival is ... or data is None or rival is None:
        raise NotImplementedError
    if not isinstance(data, Series):
        kind = type(data).__name__
        raise NotYet(
            f"data is of type {kind}: it must be what series.load returns.",
            f"data 的类型是 {kind}：应为 series.load 的返回值。",
        )
    if data.name in ("shares", "flights", "glucose", "weather"):
        raise NotYet(
            f"these are the {data.name} of the course: take a file of your own, and series.load.",
            f"这是课程自带的 {data.name}：请用你自己的文件和 series.load。",
        )
    part = data.validation
    errors = {
        "as now": part.persistence(),
        "a season ago": part.season_before,
        "mean": np.full(part.actual.shape, data.scaling.target_mean),
    }
    errors = {name: float(np.nanmean(np.abs(s - part.actual))) for name, s in errors.items()}
    if rival not in errors:
        raise NotYet(
            f"{rival!r} is none of {', '.join(errors)}.",
            f"{rival!r} 不在 {', '.join(errors)} 之中。",
        )
    best = min(errors.values())
    if errors[rival] > best * (1 + 1e-9):
        raise NotYet(
            f"on the validation part {rival!r} errs by {errors[rival]:.3g}; another one errs by "
            f"{best:.3g}.",
            f"在验证集上，{rival!r} 的误差是 {errors[rival]:.3g}；另有一个是 {best:.3g}。",
        )


@exercise
def beats_the_queue(forecast):
    """``forecast(inputs, known, last)`` in flights, (n, 1), mean absolute error 3.4 at most."""
    test = flights.load().test
    found = forecast(test.inputs, test.known, test.last)
    if np.shape(found) == test.last.shape:
        raise NotYet(
            f"forecasts have the shape {test.last.shape}: make it {test.actual.shape}, or it is "
            "broadcast (B-000-01).",
            f"预测的形状是 {test.last.shape}：请改成 {test.actual.shape}，"
            "否则会被广播（B-000-01）。",
        )
    found = expect_shape(found, test.actual.shape, "forecasts")
    if np.array_equal(found, test.persistence()):
        raise NotYet(
            "this is the number of now again: the late forecast.",
            "这只是把现在的数再说一遍：慢一拍的预报。",
        )
    reached = float(np.mean(np.abs(found - test.actual)))
    if not reached <= 3.4:
        late = float(np.mean(np.abs(test.persistence() - test.actual)))
        raise NotYet(
            f"mean absolute error {reached:.2f}, wanted is 3.4 or less; as now has {late:.2f}. "
            "Outputs are changes in units of data.scaling.change_std: did you turn them back?",
            f"平均绝对误差 {reached:.2f}，要求不超过 3.4；“和现在一样”是 {late:.2f}。输出是以 "
            "data.scaling.change_std 为单位的变化：还原了吗？",
        )
