"""Checks of the lab of lesson 4: windows, a floor, skill, late forecasts, scaling, better ones."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import toy, weather
from rnn_tf.training import metrics


@exercise
def next_values(cut):
    """``cut(series, num_steps)`` gives inputs (count, num_steps, 1) and targets (count, 1)."""
    series = np.random.default_rng(4).normal(size=11).astype(np.float32)
    found = cut(series, 4)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("two arrays are wanted: inputs, targets.", "要返回两个数组：inputs、targets。")
    inputs, targets = found
    if inputs is ... or targets is ...:
        raise NotImplementedError
    right_inputs, right_targets = toy.windows(series, 4)
    shape = np.shape(inputs)
    if shape == (7, 4):
        raise NotYet(
            "inputs need an axis of features: (7, 4, 1), not (7, 4).",
            "inputs 还缺特征轴：应为 (7, 4, 1)，而不是 (7, 4)。",
        )
    if shape == (8, 4, 1):
        raise NotYet(
            "one window too many: nothing follows the last one.",
            "多了一个窗口：最后那个窗口后面已经没有值了。",
        )
    if shape == (6, 4, 1):
        raise NotYet(
            "one window is missing: 11 values have 7 windows of 4 with a value after them.",
            "少了一个窗口：11 个值有 7 个长度为 4、后面还有值的窗口。",
        )
    expect_close(expect_shape(inputs, (7, 4, 1), "inputs"), right_inputs, at_most=1e-6)
    if np.shape(targets) in {(7, 4, 1), (7, 4)}:
        raise NotYet(
            "a target for every step, but the network has one output a window: Keras would "
            "broadcast them without a word (B-000-01).",
            "每个时间步都有目标，而网络一个窗口只有一个输出：Keras 会不声不响地广播（B-000-01）。",
        )
    if np.shape(targets) == (7,):
        raise NotYet(
            "targets have the shape (7,): make it (7, 1), like the outputs, or a difference of the "
            "two is a table of 7 by 7.",
            "targets 的形状是 (7,)：请改成与输出相同的 (7, 1)，否则两者相减会成为 7×7 的表。",
        )
    targets = expect_shape(targets, (7, 1), "targets")
    if np.allclose(targets[:, 0], right_inputs[:, -1, 0]):
        raise NotYet(
            "the target is the last value of its own window: that is no forecast (B-000-03).",
            "目标是窗口自己的最后一个值：这不是预测（B-000-03）。",
        )
    if np.allclose(targets[:-1], right_targets[1:]):
        raise NotYet("these targets come one step too late.", "目标晚了一步。")
    expect_close(targets, right_targets, at_most=1e-6, name="targets")


@exercise
def dice_floor(answer):
    """The lowest mean squared error of a forecast of the next roll of a fair die."""
    found = expect_number(answer)
    for value, en, zh in (
        (0.0, "0 would need to know the next roll.", "误差为 0 需要知道下一次掷出几点。"),
        (
            1 / 12,
            "1/12 is the floor of numbers spread evenly from 0 to 1. A die has six faces.",
            "1/12 是 0 到 1 上均匀分布的下限。骰子有六个面。",
        ),
        (
            35 / 6,
            "that is what the late forecast gets, the roll before: twice the floor.",
            "这是“慢一拍”（用上一次的点数）的误差：是下限的两倍。",
        ),
        (
            np.sqrt(35 / 12),
            "that is its root; the mean squared error is asked for.",
            "这是它的平方根；问的是均方误差。",
        ),
        (1.5, "that is the mean absolute error; square it first.", "这是平均绝对误差；要先平方。"),
    ):
        if np.isclose(found, value, atol=0.02):
            raise NotYet(en, zh)
    if not np.isclose(found, 35 / 12, atol=0.05):
        raise NotYet(
            f"{found:.3g} it is not. What is the best constant guess, and how far off is each "
            "face, squared?",
            f"不是 {found:.3g}。最好的常数猜测是多少？六个面各差多少？平方之后呢？",
        )


@exercise
def skill(function):
    """``function(measured, forecast, last)`` gives the skill, a number."""
    random = np.random.default_rng(5)
    last = random.normal(size=(40, 1))
    measured = last + random.normal(size=(40, 1))
    forecast = measured + 0.5 * random.normal(size=(40, 1))
    found = expect_number(function(measured, forecast, last), "skill")
    ours, late = metrics.mse(measured, forecast), metrics.mse(measured, last)
    for value, en, zh in (
        (
            1 - np.sqrt(ours / late),
            "these are roots: skill compares squared errors.",
            "用了均方根误差：技巧评分比较的是均方误差。",
        ),
        (ours / late, "this is the ratio; skill is 1 minus it.", "这是比值；技巧评分是 1 减去它。"),
        (1 - late / ours, "the fraction is upside down.", "分子分母颠倒了。"),
        (
            1 - ours / np.var(measured),
            "this is held against the mean, not against the last value. In a slow series nearly "
            "everything beats the mean.",
            "这是与均值相比，不是与上一个值相比。序列变化慢时，几乎什么都能胜过均值。",
        ),
        (
            1 - metrics.mse(last, forecast) / late,
            "the forecast is compared with the last value; it must be compared with what was "
            "measured.",
            "预报是在与上一个值比较；应当与实测值比较。",
        ),
    ):
        if np.isclose(found, value, atol=1e-9):
            raise NotYet(en, zh)
    expect_close(found, 1 - ours / late, at_most=1e-9, name="skill")
    try:
        flat = float(function(measured, forecast[:, 0], last))
    except Exception:  # refused: that is right, too
        return
    if np.isfinite(flat) and not np.isclose(flat, found):
        raise NotYet(
            "with a forecast of shape (40,) and measurements of shape (40, 1), your skill is "
            f"{flat:.2f} instead of {found:.2f}: NumPy made a table of 40 by 40. Make the "
            "shapes equal first, or refuse.",
            f"预报的形状是 (40,)、实测是 (40, 1) 时，你的技巧评分是 {flat:.2f} 而不是 "
            f"{found:.2f}：NumPy 做出了 40×40 的表。先统一形状，或者拒绝计算。",
        )


def _forecasts():
    """What is measured, and four forecasts of it, (hours,) each."""
    random = np.random.default_rng(6)
    hours = np.arange(400)
    measured = 15 + 5 * np.sin(2 * np.pi * hours / 24) + np.cumsum(random.normal(size=400)) / 3
    noise = random.normal(size=(3, 400))
    found = {
        "A": measured + 0.9 * noise[0],
        "B": np.roll(measured, 1) + 0.1 * noise[1],
        "C": 0.5 * (measured + measured.mean()) + 0.3 * noise[2],
        "D": np.roll(measured, 2),
    }
    return measured[2:], {name: values[2:] for name, values in found.items()}


#: What was measured, (hours,), and forecasts of it by name; some are only late.
MEASURED, FORECASTS = _forecasts()
_LATE = {"B", "D"}


@exercise
def late_ones(names):
    """The names of those in ``FORECASTS`` that are what was measured an hour or two before."""
    if names is None or names is ...:
        raise NotImplementedError
    names = {str(name).upper() for name in names}
    if unknown := names - set(FORECASTS):
        raise NotYet(
            f"nobody is called {', '.join(sorted(unknown))}.",
            f"没有叫 {', '.join(sorted(unknown))} 的。",
        )
    if innocent := sorted(names - _LATE):
        raise NotYet(
            f"{innocent[0]} is inexact, but not late: it fits the measured curve best where it "
            "stands.",
            f"{innocent[0]} 不准，但不晚：不移动时它与实测最吻合。",
        )
    if missed := len(_LATE - names):
        raise NotYet(
            f"{missed} more of them late. Shift the curve by more than one hour, too.",
            f"还有 {missed} 个是慢一拍的。也试试移动不止一小时。",
        )


@exercise
def scaled(scale):
    """``scale(train, validation, test)``: three series, by the training part's mean and spread."""
    random = np.random.default_rng(7)
    parts = [random.normal(place, size, 50) for place, size in ((10, 3), (4, 2), (-2, 4))]
    kept = [part.copy() for part in parts]
    found = scale(*parts)
    if found is None or found is ... or any(part is ... for part in found):
        raise NotImplementedError
    if len(found) != 3:
        raise NotYet("three arrays are wanted.", "要返回三个数组。")
    if any(not np.array_equal(part, old) for part, old in zip(parts, kept, strict=True)):
        raise NotYet(
            "your function changes the arrays it was given: make new ones.",
            "你的函数改动了传入的数组：请返回新的。",
        )
    everything = np.concatenate(kept)
    mean, std = kept[0].mean(), kept[0].std()
    for attempt, en, zh in (
        (
            [(part - everything.mean()) / everything.std() for part in kept],
            "mean and spread come from all three parts: the test part leaks into the training.",
            "均值和标准差用了全部三段：测试集泄漏进了训练。",
        ),
        (
            [(part - part.mean()) / part.std() for part in kept],
            "each part has a mean of its own: the network could not tell winter from summer, and a "
            "forecast could not know the mean of its future.",
            "每段各用自己的均值：网络分不出冬夏，而且预报时并不知道未来的均值。",
        ),
        ([part - mean for part in kept], "nothing is divided.", "没有除以标准差。"),
        (
            [(part - mean) / std**2 for part in kept],
            "this divides by the variance; take its root.",
            "除以的是方差；要取平方根。",
        ),
    ):
        if all(np.allclose(one, two) for one, two in zip(found, attempt, strict=True)):
            raise NotYet(en, zh)
    for name, part, old in zip(("train", "validation", "test"), found, kept, strict=True):
        expect_close(part, (old - mean) / std, at_most=1e-5, name=name)


@exercise
def beats_persistence(forecast):
    """``forecast(inputs, last)`` in °C, (n, 1), with a skill of 0.15 or more on the test part."""
    test = weather.load(station=weather.STATIONS, num_steps=24, horizon=1).test
    found = forecast(test.inputs, test.last)
    if np.shape(found) == test.last.shape:
        raise NotYet(
            f"forecasts have the shape {test.last.shape}: make it {test.celsius.shape}, or it is "
            "broadcast (B-000-01).",
            f"预报的形状是 {test.last.shape}：请改成 {test.celsius.shape}，"
            "否则会被广播（B-000-01）。",
        )
    found = expect_shape(found, test.celsius.shape, "forecasts")
    late = test.persistence()
    reached = metrics.skill(test.celsius, found, late)
    if np.array_equal(found, late):
        raise NotYet(
            "this is the last value again: a late forecast, its skill is 0.",
            "这只是把上一个值再说一遍：慢一拍的预报，技巧评分为 0。",
        )
    if np.abs(found).max() < 8:
        raise NotYet(
            "these are no temperatures in °C: a change must be added to the last value.",
            "这些不是摄氏温度：变化要加到上一个值上。",
        )
    if not reached >= 0.15:
        raise NotYet(
            f"skill {reached:.3f}, wanted is 0.15 or more. Below 0 means worse than as now: do you "
            "forecast the change?",
            f"技巧评分 {reached:.3f}，要求至少 0.15。低于 0 说明还不如“和现在一样”："
            "你预测的是变化吗？",
        )
