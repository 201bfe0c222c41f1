"""An experiment on depth: layers of as many parameters, and features made by hand."""

from functools import cache

import numpy as np

from rnn_tf.baselines import linear
from rnn_tf.claims.compiled import first_weights, fit, ready
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.memory import TEST
from rnn_tf.claims.learning import batches_of
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Ratio

NUM_STEPS = 24
UNITS = {1: (20,), 2: (12, 11), 3: (9, 9, 9)}  # about as many parameters each
TASKS = ("wave", "louder")


def task_of(name, count, *, seed):
    """Noise with something in it; the target is a number about it, standardised.

    ``"wave"``: the logarithm of a wave's period. ``"louder"``: the step from which the noise is
    three times as loud. Returns inputs (count, steps, 1) and targets (count, 1).
    """
    rng = np.random.default_rng(seed)
    noise, time = rng.standard_normal((count, NUM_STEPS)), np.arange(NUM_STEPS)
    if name == "wave":
        low, high = np.log(5), np.log(15)
        target, phase = rng.uniform(low, high, (count, 1)), rng.uniform(0, 2 * np.pi, (count, 1))
        inputs = np.sin(2 * np.pi * time / np.exp(target) + phase) + 0.3 * noise
    else:
        low, high = NUM_STEPS / 6, NUM_STEPS * 5 / 6
        target = rng.uniform(low, high, (count, 1))
        inputs = np.where(time < target, 0.5, 1.5) * noise
    spread = (high - low) / np.sqrt(12)
    standard = (target - (low + high) / 2) / spread
    return inputs[:, :, None].astype("float32"), standard.astype("float32")


def features(inputs, levels):
    """What somebody who knows both tasks would make, (count, features).

    Correlations with the past, and where the series grows louder: the step that makes it
    likeliest, and the mean of all steps, each as likely as that.

    Args:
        levels: mean squares before and after that step.
    """
    series, (quiet, loud) = inputs[:, :, 0].astype(float), levels
    energy = np.cumsum(series**2, axis=1)
    lagged = [np.sum(series[:, lag:] * series[:, :-lag], axis=1) for lag in range(1, 17)]
    steps = np.arange(1, NUM_STEPS)  # how many are quiet
    before, after = energy[:, :-1], energy[:, -1:] - energy[:, :-1]
    likely = -(before / quiet + after / loud + steps * np.log(quiet / loud)) / 2
    shares = np.exp(likely - likely.max(axis=1, keepdims=True))
    mean = shares @ steps / shares.sum(axis=1)
    return np.stack([*(lagged / energy[:, -1]), steps[likely.argmax(axis=1)], mean], axis=1)


def _by_features(train, check, test):
    """Error of a linear map from the features; its penalty is chosen on validation data."""
    # No series grows louder in its first four steps, nor in its last four.
    levels = [np.mean(train[0][:, part] ** 2) for part in (slice(4), slice(-4, None))]
    tables = [features(part[0], levels) for part in (train, check, test)]
    fitted = [linear.fit(tables[0], train[1], ridge=ridge) for ridge in (0.01, 0.1, 1, 10)]
    best = min(fitted, key=lambda predict: np.mean((predict(tables[1]) - check[1]) ** 2))
    return np.mean((best(tables[2]) - test[1]) ** 2)


@cache
def _builder(layers):
    def build():
        from rnn_tf import layers as fast
        from rnn_tf.backend import keras

        values = inputs = keras.Input((NUM_STEPS, 1))
        for number, units in enumerate(UNITS[layers], start=1):
            values = fast.GRU(units, return_sequences=number < layers)(values)
        return keras.Model(inputs, keras.layers.Dense(1)(values))

    return build


@cache
def _layered(layers):
    return ready(_builder(layers), "mse")


def depth(seed, steps=150, few=60, many=2000):
    """Both tasks: one to three layers, and features made by hand, with few and many examples."""
    found = {}
    for task in TASKS:
        check, test = (task_of(task, 500, seed=place + seed) for place in (TEST // 2, TEST))
        train = task_of(task, many, seed=seed)
        for name, count in {"few": few, "many": many}.items():
            part = train[0][:count], train[1][:count]
            found[f"{task}/features/{name}"] = _by_features(part, check, test)
            checked = {}
            for layers in (2,) if name == "few" else UNITS:
                model = _layered(layers)

                def error(data, model=model):
                    return np.mean((model.predict_on_batch(data[0]) - data[1]) ** 2)

                checked[layers] = fit(
                    model, first_weights(_builder(layers), seed), batches_of(*part),
                    lambda error=error, check=check: error(check), steps=steps,
                    rates=(0.005, 0.02), trial=steps // 5, every=steps // 5, seed=seed
                ), error(test)  # fmt: skip
                if name == "many":
                    found[f"{task}/L{layers}"] = checked[layers][1]
            # Of the stacks that which validation likes best.
            stacks = [checked[layers] for layers in checked if layers > 1]
            found[f"{task}/stacked/{name}"] = min(stacks)[1]
    return found | {f"parameters/L{n}": _layered(n).count_params() for n in UNITS}


_WORDS = {
    "wave": ("Period of a wave", "波的周期"),
    "louder": ("Where noise grows louder", "噪声何时变响"),
}
_COUNTS = {"few": ("60 examples", "60 个样本"), "many": ("2,000 examples", "2000 个样本")}
_LAYERS = {2: ("two layers", "两层"), 3: ("three layers", "三层")}

DEPTH = Experiment(
    name="depth",
    title=("One to three layers of as many parameters, and features made by hand",
           "参数量相同的一至三层，与人工特征"),
    number=("mean squared error, in variances; parameters", "均方误差（以方差为单位）；参数量"),
    measure=depth,
    budgets={"class": {}, "full": {"steps": 1500}},
    labels={
        "wave": _WORDS["wave"],
        "louder": _WORDS["louder"],
        "L1": ("one layer", "一层"),
        "L2": _LAYERS[2],
        "L3": _LAYERS[3],
        "features": ("features made by hand, linear", "人工特征，线性"),
        "stacked": ("stacked layers", "堆叠层"),
        **_COUNTS,
    },
    rules={
        "deeper_and_raw": rule(
            *(
                Ratio((f"{words[0]}: the error of {_LAYERS[layers][0]} is 5 % below that of one of "
                       "as many parameters.",
                       f"{words[1]}：参数量相同，{_LAYERS[layers][1]}的误差比一层低 5 % 以上。"),
                      high=0.95, first=f"{task}/L{layers}", second=f"{task}/L1")
                for task, words in _WORDS.items() for layers in _LAYERS
            ),
            *(
                Ratio((f"{words[0]}, {count[0]}: stacked layers err no more than a linear map from "
                       "features made by hand.",
                       f"{words[1]}，{count[1]}：堆叠层的误差不高于人工特征加线性回归。"), high=1.0,
                      first=f"{task}/stacked/{name}", second=f"{task}/features/{name}")
                for task, words in _WORDS.items() for name, count in _COUNTS.items()
            ),
            on=("the task, how many examples there are, and the number of layers, with as much "
                "training as here", "任务、样本多少与层数，就此训练量而言"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (DEPTH,)
