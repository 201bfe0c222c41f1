"""Experiments on length: longer than in training, padded, and counted without end."""

import numpy as np

from rnn_tf import reference
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.memory import TEST
from rnn_tf.claims.learning import (
    CROSS_ENTROPY,
    accuracy,
    fresh,
    learn,
    network,
)
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Value
from rnn_tf.datasets import toy


def lengths(seed, steps=400, units=24):
    """Trained on short sequences, tried on long ones; padding with and without a mask."""
    found = {}
    for task, short in (("echo", 10), ("majority", 11)):
        make = _of_length(task)
        net = network(
            "simple", make(1, short, seed=0)[0], 1, units, seed=seed, loss=CROSS_ENTROPY,
            per_step=task == "echo",
        )  # fmt: skip
        learn(net, fresh(lambda n, seed, m=make, t=short: m(n, t, seed=seed)), steps=steps,
              seed=seed)  # fmt: skip
        for factor in (1, 4, 20):
            longer = short * factor + (1 - factor % 2) * (task == "majority")
            test = make(256, longer, seed=TEST + seed)
            found[f"{task}/times{factor}"] = accuracy(net, *test, skip=2 * (task == "echo"))
    return found | _padding(seed)


def _of_length(task):
    if task == "echo":
        return lambda count, num_steps, seed: toy.delayed_echo(count, num_steps, 2, seed=seed)
    return toy.majority


def _padding(seed):
    """Largest difference of outputs between a sequence alone and the same one padded."""
    from rnn_tf import layers, training
    from rnn_tf.backend import keras

    training.set_seed(seed)
    rng = np.random.default_rng(seed)
    layer = layers.LSTM(8)
    inputs = rng.standard_normal((4, 9, 3)).astype("float32")
    padded = np.concatenate([inputs, np.full((4, 6, 3), -9.0, "float32")], axis=1)
    alone = layer(inputs).numpy()
    mask = keras.layers.Masking(-9.0)
    return {
        "padding/masked": float(np.abs(layer(mask(padded)).numpy() - alone).max()),
        "padding/bare": float(np.abs(layer(padded).numpy() - alone).max()),
    }


LENGTHS = Experiment(
    name="lengths",
    title=("Trained on 10 steps, tried on 200; padded sequences",
           "用 10 步训练，用 200 步检验；填充"),
    number=("accuracy; largest difference", "准确率；最大差值"),
    measure=lengths,
    budgets={"class": {}, "full": {"steps": 3000}},
    labels={
        "times1": ("as long as in training", "与训练时等长"),
        "times4": ("4 times as long", "4 倍长"),
        "times20": ("20 times as long", "20 倍长"),
        "padding": ("padding", "填充"),
        "masked": ("with a mask", "有掩码"),
        "bare": ("without a mask", "无掩码"),
    },
    rules={
        "any_length": rule(
            Value(("Echo, 20 times as long as in training: accuracy 0.95.",
                   "延迟回声，长度为训练时的 20 倍：准确率达到 0.95。"), low=0.95,
                  condition="echo/times20"),
            Value(("Majority, 20 times as long: accuracy 0.95.",
                   "多数问题，长度为 20 倍：准确率达到 0.95。"), low=0.95,
                  condition="majority/times20"),
            on=("the task: what must be counted grows with the length",
                "任务：需要计数的量会随长度增长"),
        ),
        "variable_length": rule(
            Value(("With a mask, padding changes the output by 1e-6 at most.",
                   "有掩码时，填充对输出的影响不超过 1e-6。"), high=1e-6,
                  condition="padding/masked"),
            Value(("Without one too.", "没有掩码时也是如此。"), high=1e-6,
                  condition="padding/bare"),
            on=("the mask", "有没有掩码"),
        ),
    },
)  # fmt: skip


def parity(seed, steps=1500, num_steps=12, units=32):
    """Running parity, trained on some bits, tried on those and on four times as many."""
    found = {}
    makers = {
        "simple": reference.SimpleRNN,
        "lstm": reference.LSTM,
        "gru": reference.GRU,
        "min_gru": reference.MinGRU,
        "signed": lambda *sizes, seed: reference.MinGRU(*sizes, seed=seed, gate="tanh"),
    }
    draw = fresh(lambda count, seed: toy.running_parity(count, num_steps, seed=seed))
    for kind, make in makers.items():
        net = reference.Network(make(1, units, seed=seed), 1, CROSS_ENTROPY, seed=seed + 1000)
        learn(net, draw, steps=steps, learning_rate=0.005, seed=seed)
        for name, length in (("trained", num_steps), ("longer", 4 * num_steps)):
            test = toy.running_parity(256, length, seed=TEST + seed)
            found[f"parity/{kind}/{name}"] = accuracy(net, *test, skip=1)
    return found


PARITY = Experiment(
    name="parity",
    title=("Running parity, answered at every step", "逐步奇偶，每个时间步都要回答"),
    number=("accuracy (guessing: 0.5)", "准确率（随机猜测：0.5）"),
    measure=parity,
    budgets={"class": {}, "full": {"steps": 6000, "num_steps": 24}},
    seeds={"class": 3, "full": 5},
    labels={
        "trained": ("as long as in training (12 bits; full mode 24)",
                    "与训练时等长（12 位；完整模式 24 位）"),
        "longer": ("4 times as long", "4 倍长"),
        "min_gru": ("minGRU", "minGRU"),
        "signed": ("minGRU, gate from −1 to 1", "minGRU，门取 −1 到 1"),
    },
    rules={
        "per_step": rule(
            *(
                Value((f"A simple network answers with accuracy 0.95, {where[0]}.",
                       f"{where[1]}：简单循环网络的准确率达到 0.95。"), low=0.95,
                      condition=f"parity/simple/{place}")
                for place, where in {
                    "trained": ("as long as in training", "与训练时等长"),
                    "longer": ("on 4 times as many bits", "位数为 4 倍"),
                }.items()
            ),
            on=("the length", "序列长度"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    LENGTHS,
    PARITY,
)
