"""Over-fitting and its remedies, one at a time."""

import numpy as np

from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import CROSS_ENTROPY, accuracy, batches_of, learn, loss_of, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference

STEPS_AN_EPOCH = 4


_REMEDIES = {
    "none": {},
    "dropout": {"dropout": 0.5},
    "l1": {"l1": 2e-4},
    "l2": {"l2": 2e-3},
    "jitter": {"jitter": 0.5},
    "fewer_units": {"units": 3},
    "more_data": {"count": 1920},
}


def noisy_sign(count, *, seed, num_steps=15, flipped=0.15):
    """Is the sum of a random sequence positive? 15 % of the labels are wrong."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((count, num_steps, 1))
    targets = inputs.sum(axis=1) > 0
    return inputs, (targets ^ (rng.random(targets.shape) < flipped)).astype(float)


def over_fitting(seed, epochs=60, looks=12):
    """An LSTM on 120 sequences with wrong labels, with one remedy at a time."""
    validation, test = (noisy_sign(1500, seed=base + seed) for base in (80_000, 90_000))
    found = {}
    for name, options in _REMEDIES.items():
        options = {"count": 120, "units": 24} | options
        train = noisy_sign(options.pop("count"), seed=seed)
        net = network(
            "lstm", train[0], 1, options.pop("units"), seed=seed, loss=CROSS_ENTROPY
        )  # fmt: skip

        def look(net, train=train):
            return (
                loss_of(net, *train), loss_of(net, *validation),
                loss_of(net, *test), accuracy(net, *test),
            )  # fmt: skip

        steps = epochs * STEPS_AN_EPOCH
        every = steps // looks if name == "none" else steps  # only there a stop is chosen
        seen = learn(net, batches_of(*train), steps=steps, seed=seed, look=look,
                     every=every, learning_rate=0.02, **options)  # fmt: skip
        found[f"train/{name}"], _, found[f"loss/{name}"], found[f"accuracy/{name}"] = seen[-1]
        if name == "none":
            stop = int(np.argmin([losses[1] for losses in seen]))
            found["loss/early"], found["accuracy/early"] = seen[stop][2:]
            quarter = seen[looks // 4 - 1]
            found["loss/quarter"], found["accuracy/quarter"] = quarter[2:]
    return found


def _helps(name, words):
    return (
        Difference((f"{words[0]}: the test loss is lower by 0.05.",
                    f"{words[1]}：测试损失降低 0.05 以上。"), low=0.05,
                   first="loss/none", second=f"loss/{name}"),
        Difference((f"{words[0]}: the test accuracy is higher by 0.01.",
                    f"{words[1]}：测试准确率提高 0.01 以上。"), low=0.01,
                   first=f"accuracy/{name}", second="accuracy/none"),
    )  # fmt: skip


_MEASURE = ("what is asked: the loss or the accuracy", "看什么：损失还是准确率")


_WHICH = ("which remedy, and whether loss or accuracy is asked for", "哪种办法，看损失还是准确率")


OVER_FITTING = Experiment(
    name="over_fitting",
    title=("An LSTM on 120 sequences, 15 % of the labels wrong",
           "LSTM 学习 120 个序列，其中 15 % 标签有误"),
    number=("cross-entropy and accuracy (best possible 0.85)", "交叉熵与准确率（至多 0.85）"),
    measure=over_fitting,
    budgets={"class": {}, "full": {"epochs": 240, "looks": 24}},
    labels={
        "train": ("training loss", "训练损失"),
        "loss": ("test loss", "测试损失"),
        "accuracy": ("test accuracy", "测试准确率"),
        "none": ("no remedy", "不作处理"),
        "early": ("early stopping by validation", "按验证集早停"),
        "quarter": ("a quarter of the epochs", "轮数的四分之一"),
        "dropout": ("dropout 0.5", "丢弃法 0.5"),
        "l1": ("L1 penalty", "L1 正则化"),
        "l2": ("L2 penalty", "L2 正则化"),
        "jitter": ("noise on inputs", "输入加噪声"),
        "fewer_units": ("3 units", "3 个单元"),
        "more_data": ("16 times the data", "16 倍数据"),
    },
    rules={
        "three_remedies": rule(
            *_helps("jitter", ("Augmentation", "数据增强")),
            *_helps("l2", ("L2 penalty", "L2 正则化")),
            *_helps("dropout", ("Dropout", "丢弃法")),
            on=_WHICH,
        ),
        "penalties": rule(
            *_helps("l1", ("L1 penalty", "L1 正则化")), *_helps("l2", ("L2 penalty", "L2 正则化")),
            on=_WHICH,
        ),
        "fewer_units": rule(*_helps("fewer_units", ("3 units", "3 个单元")), on=_MEASURE),
        "more_data": rule(*_helps("more_data", ("16 times the data", "16 倍数据")), on=_MEASURE),
        "more_epochs": rule(
            Difference(("All epochs instead of a quarter of them: the test loss is not higher.",
                        "训练全部轮数而不是四分之一：测试损失不升高。"), low=0.0,
                       first="loss/quarter", second="loss/none"),
            Difference(("All epochs instead of a quarter: the test accuracy is not lower.",
                        "训练全部轮数而不是四分之一：测试准确率不降低。"), low=0.0,
                       first="accuracy/none", second="accuracy/quarter"),
            on=_MEASURE,
        ),
        "stop_when_settled": rule(
            *(
                statement
                for place, words in {
                    "none": ("After all epochs", "训练全部轮数"),
                    "quarter": ("After a quarter of them", "训练四分之一的轮数"),
                }.items()
                for statement in (
                    Difference((f"{words[0]}: the test loss is at most 0.02 higher than with "
                                "stopping by validation.",
                                f"{words[1]}：测试损失最多比按验证集早停高 0.02。"), high=0.02,
                               first=f"loss/{place}", second="loss/early"),
                    Difference((f"{words[0]}: the test accuracy is at most 0.01 lower.",
                                f"{words[1]}：测试准确率最多低 0.01。"), high=0.01,
                               first="accuracy/early", second=f"accuracy/{place}"),
                )
            ),
            on=("the number of epochs", "轮数"),
            amended=("One set number of epochs does not stand for all; a quarter of them had been "
                     "measured too.",
                     "一个规定轮数代表不了所有的规定轮数；四分之一的轮数也一并测过。"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (OVER_FITTING,)
