"""Experiments on series: what can be forecast, and by whom."""

import numpy as np

from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import batches_of, chosen, learn, loss_of, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Ratio, Value
from rnn_tf.datasets import toy

ERROR = ("mean squared error", "均方误差")


def ar_series(length, weights, *, seed, noise=1.0):
    """x_t = Σ w_k x_{t-k} + noise, standardised."""
    rng = np.random.default_rng(seed)
    values = noise * rng.standard_normal(length + 200)
    for t in range(len(weights), len(values)):
        values[t] += sum(w * values[t - lag] for lag, w in enumerate(weights, start=1))
    values = values[200:]
    return (values - values.mean()) / values.std()


def least_squares(train, test):
    """Test error of the best linear prediction from a window: one dense layer."""

    def table(inputs):
        return np.c_[inputs.reshape(len(inputs), -1), np.ones(len(inputs))]

    weights = np.linalg.lstsq(table(train[0]), train[1], rcond=None)[0]
    return table(test[0]) @ weights


def fixed_window(seed, window=8):
    """A dense layer on a window: what lies within, and what lies beyond."""
    series = ar_series(6000, (0.6, -0.5), seed=seed)
    train, test = (toy.windows(part, window) for part in np.split(series, [4000]))
    found = {
        "ar/dense": float(np.mean((least_squares(train, test) - test[1]) ** 2)),
        "ar/persistence": float(np.mean((test[0][:, -1] - test[1]) ** 2)),
    }
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, 6000).astype(float)
    for delay in (4, 12):
        targets = bits[window - 1 - delay + max(delay - window + 1, 0) :]
        inputs, _ = toy.windows(bits, window)
        start = max(delay - window + 1, 0)
        inputs = inputs[start:]
        targets = targets[: len(inputs), None]
        cut = len(inputs) * 2 // 3
        answers = least_squares((inputs[:cut], targets[:cut]), (inputs[cut:], None))
        found[f"echo/dense/D{delay}"] = float(np.mean((answers > 0.5) == (targets[cut:] > 0.5)))
    return found


FIXED_WINDOW = Experiment(
    name="fixed_window",
    title=("A dense layer that sees the last 8 values", "只看最近 8 个值的全连接层"),
    number=("mean squared error (AR); accuracy (echo)", "均方误差（AR）；准确率（回声）"),
    measure=fixed_window,
    labels={"ar": ("autoregressive series", "自回归序列")},
    rules={
        "blind_to_time": rule(
            Ratio(("On an autoregressive series its error is no lower than persistence's.",
                   "在自回归序列上，误差不低于持续性预报。"), low=1.0,
                  first="ar/dense", second="ar/persistence"),
            Value(("It can't say the bit of 4 steps ago.", "说不出 4 步前的比特。"), high=0.6,
                  condition="echo/dense/D4"),
            Value(("It can't say the bit of 12 steps ago.", "说不出 12 步前的比特。"), high=0.6,
                  condition="echo/dense/D12"),
            on=("whether the dependence fits into the window", "依赖关系是否落在窗口之内"),
        ),
    },
)  # fmt: skip


def random_walk(seed, steps=300, num_steps=20, units=16):
    """Prices: the next level against persistence; changes that do, or do not, follow the past."""
    rng = np.random.default_rng(seed)
    found = {}
    changes = {
        "walk": rng.standard_normal(3000),
        "trending": ar_series(3000, (0.6,), seed=seed),
    }
    for name, moves in changes.items():
        prices = np.cumsum(moves)
        for way, series in (("level", prices), ("change", moves)):
            train, test = np.split(series, [2000])
            scale, centre = train.std(), train.mean()
            inputs, targets = toy.windows((train - centre) / scale, num_steps)
            net = network("lstm", inputs, 1, units, seed=seed)
            learn(net, batches_of(inputs, targets), steps=steps, seed=seed)
            inputs, targets = toy.windows((test - centre) / scale, num_steps)
            found[f"{name}/{way}"] = loss_of(net, inputs, targets) * scale**2
        found[f"{name}/persistence"] = float(np.mean(moves[2000 + num_steps :] ** 2))
    return found


RANDOM_WALK = Experiment(
    name="random_walk",
    title=("An LSTM on made-up prices, beside persistence", "LSTM 预测模拟价格，与持续性预报对照"),
    number=ERROR,
    measure=random_walk,
    budgets={"class": {}, "full": {"steps": 2000}},
    labels={
        "walk": ("random walk", "随机游走"),
        "trending": ("changes that follow the one before", "涨跌有惯性"),
        "level": ("LSTM on prices", "LSTM 看价格"),
        "change": ("LSTM on changes", "LSTM 看涨跌"),
    },
    rules={
        "prices_forecast": rule(
            Ratio(("Random walk, on prices: the error is 5 % below persistence's.",
                   "随机游走，看价格：误差比持续性预报低 5 % 以上。"), high=0.95,
                  first="walk/level", second="walk/persistence"),
            Ratio(("Random walk, on changes: it is.", "随机游走，看涨跌：也低 5 % 以上。"),
                  high=0.95, first="walk/change", second="walk/persistence"),
            Ratio(("Changes that follow the one before: it is.",
                   "涨跌有惯性，看涨跌：也低 5 % 以上。"), high=0.95,
                  first="trending/change", second="trending/persistence"),
            on=("whether changes follow from the past; in a random walk they do not",
                "涨跌是否取决于过去；随机游走并非如此"),
        ),
    },
)  # fmt: skip


HOURS = (1, 6)


def seasonal(seed, steps=400, num_steps=30, units=16, rates=(0.005, 0.02)):
    """Made-up temperatures and traffic by the hour, one and six hours ahead.

    Validation data choose the network's rate and length of training, and the lags of its linear
    rival; both see the same 30 hours.
    """
    rng = np.random.default_rng(seed)
    hours = np.arange(3000)
    drift = ar_series(3000, (0.95,), seed=seed)
    day = np.sin(2 * np.pi * hours / 24)
    peaks = np.maximum(np.sin(2 * np.pi * (hours - 6) / 12), 0) * (1 - 0.6 * (hours // 24 % 7 > 4))
    found = {}
    for name, series in (
        ("weather", day + drift),
        ("traffic", 2 * peaks + 0.4 * rng.standard_normal(3000)),
    ):
        series = (series - series[:1500].mean()) / series[:1500].std()
        parts = []
        for part in np.split(series, [1500, 2000]):
            inputs, targets = toy.windows(part, num_steps, max(HOURS))
            parts.append((inputs, targets[:, np.array(HOURS) - 1]))
        train, validation, (inputs, targets) = parts
        net = chosen(
            lambda shape=train[0]: network("gru", shape, len(HOURS), units, seed=seed),
            batches_of(*train),
            lambda net, held=validation: loss_of(net, *held),
            rates=rates,
            steps=steps,
            seed=seed,
        )
        outputs = net.forward(inputs).outputs
        for place, ahead in enumerate(HOURS):
            wanted = targets[:, place]
            first = 2000 + num_steps + ahead - 1  # where in the series the first target stands
            rivals = {
                "model": outputs[:, place],
                "persistence": inputs[:, -1, 0],
                "yesterday": inputs[:, ahead - 25, 0],
                "last_week": series[first - 168 : first - 168 + len(wanted)],
                "linear": _autoregression(parts, place, ahead),
            }
            for rival, predictions in rivals.items():
                found[f"{name}/{rival}/h{ahead}"] = _mse(predictions, wanted)
    return found


def _autoregression(parts, place, ahead):
    """Test predictions of a linear one; its lags chosen: recent ones, the day's too, or all."""
    recent = [-1, -2, -3]
    best = []
    for lags in (recent, [*recent, ahead - 25], list(range(-parts[0][0].shape[1], 0))):
        train, validation, test = ((x[:, lags], y[:, place : place + 1]) for x, y in parts)
        error = _mse(least_squares(train, validation), validation[1])
        best.append((error, least_squares(train, test)[:, 0]))
    return min(best, key=lambda pair: pair[0])[1]


def _mse(predictions, targets):
    return float(np.mean((predictions - targets) ** 2))


_NAIVE = {
    "persistence": ("persistence", "持续性预报"),
    "yesterday": ("the day before", "前一日同时刻"),
    "last_week": ("the week before", "上周同时刻"),
}


def _forecast(name, rivals):
    """Clearly better than guesses by the calendar, and no worse than a linear map of the window."""
    what = {"weather": ("Temperature", "气温"), "traffic": ("Traffic", "车流量")}[name]
    for ahead in HOURS:
        words = f"{what[0]}, {ahead} h ahead", f"{what[1]}，提前 {ahead} 小时"
        for place in rivals:
            rival = _NAIVE[place]
            yield Ratio(
                (
                    f"{words[0]}: the error is 10 % below that of {rival[0]}.",
                    f"{words[1]}：误差比{rival[1]}低 10 % 以上。",
                ),
                high=0.9,
                first=f"{name}/model/h{ahead}",
                second=f"{name}/{place}/h{ahead}",
            )
        yield Ratio((f"{words[0]}: the error is at most 5 % above that of a linear autoregression.",
                     f"{words[1]}：误差至多比线性自回归高 5 %。"), high=1.05,
                    first=f"{name}/model/h{ahead}", second=f"{name}/linear/h{ahead}")  # fmt: skip


_AHEAD = ("the rival, and how far ahead", "与谁相比，以及提前多久")


_RIVALS = (
    "A linear autoregression on the same 30 hours was missing among the rivals, and for traffic "
    "the week before.",
    "原先的对手里没有同样 30 小时上的线性自回归，车流量也没有与上周同时刻相比。",
)


SEASONAL = Experiment(
    name="seasonal",
    title=("Made-up temperatures and traffic, by the hour", "模拟的逐时气温与车流量"),
    number=("mean squared error, in variances", "均方误差（以方差为单位）"),
    measure=seasonal,
    budgets={"class": {}, "full": {"steps": 3000}},
    labels={
        "weather": ("temperature", "气温"),
        "traffic": ("traffic", "车流量"),
        "yesterday": ("same hour of the day before", "前一日同时刻"),
        "last_week": ("same hour of the week before", "上周同时刻"),
        "linear": ("linear autoregression", "线性自回归"),
    },
    rules={
        "weather_forecast": rule(
            *_forecast("weather", ("persistence", "yesterday")), on=_AHEAD, amended=_RIVALS
        ),
        "traffic_forecast": rule(
            *_forecast("traffic", _NAIVE), on=_AHEAD, amended=_RIVALS
        ),
    },
)  # fmt: skip


def noise_targets(seed, steps=200):
    """Targets drawn by chance, as in two of the programs: numbers, and coin flips."""
    rng = np.random.default_rng(seed)
    inputs, targets = rng.random((1000, 10, 1)), rng.random((1000, 1))
    net = network("lstm", inputs, 1, 16, seed=seed)
    learn(net, batches_of(inputs, targets), steps=steps, seed=seed)
    fresh_inputs, fresh_targets = rng.random((4000, 10, 1)), rng.random((4000, 1))
    found = {
        "numbers/model": loss_of(net, fresh_inputs, fresh_targets),
        "numbers/mean": float(np.mean((fresh_targets - targets.mean()) ** 2)),
    }
    bits, labels = (rng.integers(0, 2, shape).astype(float) for shape in ((1000, 10, 1), (1000, 1)))
    net = network("simple", bits, 1, 20, seed=seed, loss="sigmoid_cross_entropy")
    learn(net, batches_of(bits, labels), steps=steps, seed=seed)
    others = rng.integers(0, 2, (4000, 10, 1)).astype(float), rng.integers(0, 2, (4000, 1))
    return found | {"coins/model": loss_of(net, *others), "coins/guessing": float(np.log(2))}


NOISE_TARGETS = Experiment(
    name="noise_targets",
    title=("Targets that do not depend on the inputs", "与输入无关的目标"),
    number=("mean squared error; cross-entropy", "均方误差；交叉熵"),
    measure=noise_targets,
    labels={
        "numbers": ("random numbers", "随机数"),
        "mean": ("always the mean", "始终取均值"),
        "coins": ("coin flips", "抛硬币"),
        "guessing": ("guessing", "随机猜测"),
    },
    rules={
        "example_learns": rule(
            Ratio(("The error is 2 % below that of always saying the mean.",
                   "误差比始终取均值低 2 % 以上。"), high=0.98,
                  first="numbers/model", second="numbers/mean"),
        ),
        "loss_reached": rule(
            Value(("Where labels are coin flips, as in the program, the validation loss is 0.1 "
                   "or less.", "标签如程序中那样由抛硬币决定时，验证损失不超过 0.1。"), high=0.1,
                  condition="coins/model"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    FIXED_WINDOW,
    NOISE_TARGETS,
    RANDOM_WALK,
    SEASONAL,
)
