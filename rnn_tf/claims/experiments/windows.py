"""Experiments on windows of a series: how long, with gaps, and fed from themselves."""

import numpy as np

from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.series import ar_series, least_squares
from rnn_tf.claims.learning import batches_of, chosen, learn, loss_of, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Growth, Ratio
from rnn_tf.datasets import toy


def window_length(seed, steps=300, units=16):
    """A series that remembers 12 steps, from windows of 5, 10, 20 and 40."""
    import time

    series = ar_series(3000, (0.3,) + (0.0,) * 10 + (0.6,), seed=seed)
    train, validation, test = np.split(series, [1800, 2400])
    found, chosen = {}, {}
    for length in (5, 10, 20, 40):
        inputs, targets = toy.windows(train, length)
        net = network("gru", inputs, 1, units, seed=seed)
        started = time.process_time()
        learn(net, batches_of(inputs, targets), steps=steps, seed=seed)
        found[f"seconds/T{length}"] = time.process_time() - started
        chosen[loss_of(net, *toy.windows(validation, length))] = length
        # The same targets for all: those that the longest window can predict.
        windows = toy.windows(test[40 - length :], length)
        found[f"error/T{length}"] = loss_of(net, *windows)
    found["error/chosen"] = found[f"error/T{chosen[min(chosen)]}"]
    found["error/mean"] = float(np.mean([found[f"error/T{n}"] for n in (5, 10, 20, 40)]))
    return found


WINDOW_LENGTH = Experiment(
    name="window_length",
    title=("How long a window: a series that remembers 12 steps", "窗口取多长：序列记得 12 步之前"),
    number=("mean squared error; processor seconds", "均方误差；CPU 秒数"),
    measure=window_length,
    budgets={"class": {}, "full": {"steps": 2000}},
    labels={
        "chosen": ("length chosen on validation data", "按验证集选出的长度"),
        "mean": ("mean over the lengths", "各长度的平均"),
    },
    rules={
        "context_and_cost": rule(
            Ratio(("From 5 to 20 steps the error falls by a tenth.",
                   "窗口由 5 步增至 20 步，误差降低十分之一以上。"), high=0.9,
                  first="error/T20", second="error/T5"),
            Ratio(("From 20 to 40 steps it falls by a tenth again.",
                   "由 20 步增至 40 步，再降低十分之一以上。"), high=0.9,
                  first="error/T40", second="error/T20"),
            Growth(("Time grows at least as length to the power 0.7.",
                    "时间随长度增长，指数不小于 0.7。"), low=0.7,
                   along=tuple((n, f"seconds/T{n}") for n in (5, 10, 20, 40))),
            on=("whether cost or context is asked for, and whether the window already holds what "
                "the series remembers", "看开销还是看上下文，以及窗口是否已覆盖序列的记忆范围"),
        ),
        "validation_chooses": rule(
            Difference(("The length chosen on validation data has a lower test error than the mean "
                        "of the lengths.", "按验证集选出的长度，测试误差低于各长度的平均。"),
                       high=0.0, first="error/chosen", second="error/mean"),
        ),
    },
)  # fmt: skip


def missing_values(seed, length=4000, share=0.2):
    """A series with gaps at random, or where it is high: filled in several ways, then forecast."""
    rng = np.random.default_rng(seed)
    waves = np.sin(2 * np.pi * np.arange(length) / 25)
    series = waves + 0.5 * ar_series(length, (0.8,), seed=seed)
    found = {}
    high = series > np.quantile(series, 1 - 2 * share)
    for kind, lost in (
        ("random", rng.random(length) < share),
        ("high", high & (rng.random(length) < 0.5)),
    ):
        lost[0] = lost[-1] = False
        for way, filled in _filled(series, lost).items():
            found[f"{kind}/gaps/{way}"] = float(np.sqrt(np.mean((filled - series)[lost] ** 2)))
            found[f"{kind}/forecast/{way}"] = _forecast_error(filled, series)
        found[f"{kind}/forecast/deleted"] = _forecast_error(series[~lost], series)
    return found


def _filled(series, lost):
    """Ways to fill; each statistic from the first half of what is there."""
    there, steps = np.flatnonzero(~lost), np.arange(len(series))
    known = series[there[there < len(series) // 2]]
    constants = {"mean": known.mean(), "median": np.median(known), "largest": known.max()}
    ways = {name: np.where(lost, value, series) for name, value in constants.items()}
    ways["last"] = series[np.maximum.accumulate(np.where(lost, 0, steps))]
    ways["line"] = np.interp(steps, there, series[there])
    ways["model"] = _by_model(ways["line"], lost)
    return ways


def _by_model(line, lost, reach=3):
    """A linear model of both neighbourhoods, learnt where nothing near is lost."""
    around = [d for d in range(-reach, reach + 1) if d]
    table = np.stack([np.roll(line, -d) for d in around], axis=1)
    clean = ~lost & ~np.stack([np.roll(lost, -d) for d in around]).any(axis=0)
    clean[:reach] = clean[-reach:] = False
    clean[len(line) // 2 :] = False
    weights = np.linalg.lstsq(table[clean], line[clean], rcond=None)[0]
    return np.where(lost, table @ weights, line)


def _forecast_error(filled, series, window=10):
    """RMSE on the whole second half of a linear forecast learnt on the first half of ``filled``."""
    train = toy.windows(filled[: len(filled) // 2], window)
    test = toy.windows(series[len(series) // 2 :], window)
    return float(np.sqrt(np.mean((least_squares(train, test) - test[1]) ** 2)))


MISSING_VALUES = Experiment(
    name="missing_values",
    title=("A fifth of a series is missing", "序列缺了五分之一"),
    number=("root mean squared error", "均方根误差"),
    measure=missing_values,
    labels={
        "random": ("gaps at random", "随机缺失"),
        "high": ("gaps where values are high", "数值偏高处缺失"),
        "gaps": ("of the filled values", "填充值"),
        "forecast": ("of the forecast learnt from it", "由此学得的预测"),
        "deleted": ("rows deleted", "删除行"),
        "mean": ("mean", "均值"),
        "median": ("median", "中位数"),
        "largest": ("largest value", "最大值"),
        "last": ("last value", "前一个值"),
        "line": ("straight line between neighbours", "线性插值"),
        "model": ("linear model of both sides", "两侧邻值的线性模型"),
    },
    rules={
        "delete": rule(
            *(
                Ratio((f"{words[0]}: the forecast is at most 2 % worse than with interpolation.",
                       f"{words[1]}：预测误差至多比插值高 2 %。"), high=1.02,
                      first=f"{kind}/forecast/deleted", second=f"{kind}/forecast/line")
                for kind, words in {
                    "random": ("Gaps at random", "随机缺失"),
                    "high": ("Gaps where values are high", "数值偏高处缺失"),
                }.items()
            ),
            on=("why values are missing", "缺失的原因"),
        ),
        "fill_with_constant": rule(
            *(
                Ratio((f"Filled with {words[0]}, the forecast is at most 10 % worse than "
                       "with interpolation.", f"用{words[1]}填充，预测误差至多比插值高 10 %。"),
                      high=1.1, first=f"random/forecast/{way}", second="random/forecast/line")
                for way, words in {
                    "mean": ("the mean", "均值"), "median": ("the median", "中位数"),
                    "largest": ("the largest value", "最大值"),
                }.items()
            ),
            on=("the constant", "取哪个常数"),
        ),
        "predict": rule(
            Ratio(("Gaps at random: the model's error is half the mean's or less.",
                   "随机缺失：模型的填充误差不到均值的一半。"), high=0.5,
                  first="random/gaps/model", second="random/gaps/mean"),
            Ratio(("Gaps at random: it is 5 % below that of a straight line.",
                   "随机缺失：比线性插值低 5 % 以上。"), high=0.95,
                  first="random/gaps/model", second="random/gaps/line"),
            Ratio(("Gaps where values are high: it is 5 % below that of a straight line.",
                   "数值偏高处缺失：比线性插值低 5 % 以上。"), high=0.95,
                  first="high/gaps/model", second="high/gaps/line"),
            on=("the rival", "与谁相比"),
        ),
    },
)  # fmt: skip


def free_running(seed, steps=700, num_steps=25, units=24, rates=(0.003, 0.01)):
    """A network that predicts a noisy sine one step ahead, with the truth or with itself.

    Rate and length of training are those of the lowest one-step error on validation data. A
    linear autoregression on the same windows is fed with its own predictions too.
    """
    series = toy.noisy_sine(2600, noise=0.02, seed=seed).astype(float)
    train, validation, test = (
        toy.windows(part, num_steps) for part in np.split(series, [1600, 2000])
    )
    net = chosen(lambda: network("gru", train[0], 1, units, seed=seed), batches_of(*train),
                 lambda net: loss_of(net, *validation), rates=rates, steps=steps,
                 seed=seed)  # fmt: skip
    starts, futures = (part[::8] for part in toy.windows(series[2000:], num_steps, 200))
    weights = np.linalg.lstsq(_with_one(train[0]), train[1], rcond=None)[0]
    ways = {
        "free": lambda window: net.forward(window).outputs,
        "linear": lambda window: _with_one(window) @ weights,
    }
    found = {
        "mean": float(np.std(series[2000:])),
        "floor": float(np.sqrt(toy.sine_floor(num_steps, noise=0.02))),
        "forced": _rmse(net.forward(test[0]).outputs, test[1]),
    }
    for name, predict in ways.items():
        window, fed = starts.astype(float), []
        for _ in range(200):
            fed.append(predict(window))
            window = np.concatenate([window[:, 1:], fed[-1][:, None]], axis=1)
        for ahead in (1, 20, 200):
            found[f"{name}/h{ahead}"] = _rmse(fed[ahead - 1], futures[:, ahead - 1 : ahead])
    return found


def _with_one(windows):
    return np.c_[windows[:, :, 0], np.ones(len(windows))]


def _rmse(predictions, targets):
    return float(np.sqrt(np.mean((predictions - targets) ** 2)))


FREE_RUNNING = Experiment(
    name="free_running",
    title=("A sine predicted from the truth, and from one's own predictions",
           "预测正弦：喂入真值，或喂入自己的预测"),
    number=("root mean squared error", "均方根误差"),
    measure=free_running,
    budgets={"class": {}, "full": {"steps": 5000}},
    labels={
        "free": ("free-running", "自由生成"),
        "linear": ("linear autoregression, free-running", "线性自回归，自由生成"),
        "forced": ("teacher forcing, 1 step ahead", "教师强制，向前 1 步"),
        "floor": ("the least error that is possible 1 step ahead", "向前 1 步可能达到的最小误差"),
        "mean": ("always the mean", "始终取均值"),
    },
    rules={
        "fed_back": rule(
            *(
                Ratio((f"{ahead} steps ahead the error is less than half that of the mean.",
                       f"向前 {ahead} 步，误差不到始终取均值的一半。"), high=0.5,
                      first=f"free/h{ahead}", second="mean")
                for ahead in (20, 200)
            ),
            on=("how far it runs by itself", "自由运行多远"),
        ),
        "forced_is_free": rule(
            *(
                Ratio((f"At free-running step {ahead} the error is at most 1.1 times that "
                       "of teacher forcing.",
                       f"自由运行到第 {ahead} 步，误差至多是教师强制的 1.1 倍。"), high=1.1,
                      first=f"free/h{ahead}", second="forced")
                for ahead in (1, 20, 200)
            ),
            on=("how far it runs by itself", "自由运行多远"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    MISSING_VALUES,
    FREE_RUNNING,
    WINDOW_LENGTH,
)
