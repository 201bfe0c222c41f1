"""Over-fitting and its remedies, one at a time."""

import numpy as np

from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import CROSS_ENTROPY, accuracy, batches_of, learn, loss_of, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference

STEPS_AN_EPOCH = 4


# Of each remedy validation data choose one strength.
_REMEDIES = {
    "none": ({},),
    "dropout": ({"dropout": 0.5}, {"dropout": 0.8}, {"dropout": 0.9}),
    "l1": ({"l1": 1e-3}, {"l1": 5e-3}, {"l1": 2e-2}),
    "l2": ({"l2": 2e-3}, {"l2": 1e-2}, {"l2": 5e-2}),
    "jitter": ({"jitter": 0.5}, {"jitter": 1.0}, {"jitter": 2.0}),
    "fewer_units": ({"units": 2}, {"units": 4}, {"units": 8}),
    "more_data": ({"count": 1920},),
}


def noisy_sign(count, *, seed, num_steps=10, flipped=0.15):
    """Is the sum of a random sequence positive? 15 % of the labels are wrong."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((count, num_steps, 1))
    targets = inputs.sum(axis=1) > 0
    return inputs, (targets ^ (rng.random(targets.shape) < flipped)).astype(float)


def over_fitting(seed, epochs=40, looks=8):
    """An LSTM on 120 sequences with wrong labels, with one remedy at a time.

    Validation data choose the strength of each remedy, and when to stop; the test set is read for
    what was chosen.
    """
    validation, test = noisy_sign(500, seed=80_000 + seed), noisy_sign(1500, seed=90_000 + seed)
    found = {}
    for name, strengths in _REMEDIES.items():
        tried = []
        for number, options in enumerate(strengths, start=1):
            train, net, kept = _trained(seed, epochs * STEPS_AN_EPOCH, looks, **options)
            tried.append((loss_of(net, *validation), number, train, net))
        _, number, train, net = min(tried, key=lambda run: run[0])
        found[f"train/{name}"] = loss_of(net, *train)
        found[f"loss/{name}"], found[f"accuracy/{name}"] = _judged(net, test)
        if len(strengths) > 1:
            found[f"strength/{name}"] = number
        if name == "none":
            early = min(kept, key=lambda weights: _judged(net, validation, weights)[0])
            for place, weights in (("early", early), ("quarter", kept[looks // 4 - 1])):
                found[f"loss/{place}"], found[f"accuracy/{place}"] = _judged(net, test, weights)
    return found


def _trained(seed, steps, looks, count=120, units=24, **options):
    """Training data, the network after all steps, and its weights at each look."""
    train = noisy_sign(count, seed=seed)
    net = network("lstm", train[0], 1, units, seed=seed, loss=CROSS_ENTROPY)

    def weights_of(net):
        return {name: weight.copy() for name, weight in net.weights.items()}

    kept = learn(net, batches_of(*train), steps=steps, seed=seed, learning_rate=0.02,
                 look=weights_of, every=steps // looks, **options)  # fmt: skip
    return train, net, kept


def _judged(net, data, weights=None):
    """Loss and accuracy, with other weights if given."""
    for name, weight in (weights or {}).items():
        net.weights[name][...] = weight
    return loss_of(net, *data), accuracy(net, *data)


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
    number=("cross-entropy; accuracy (best possible 0.85); which of three strengths",
            "交叉熵；准确率（至多 0.85）；三档强度中的第几档"),
    measure=over_fitting,
    budgets={"class": {}, "full": {"epochs": 200, "looks": 40}},
    labels={
        "train": ("training loss", "训练损失"),
        "loss": ("test loss", "测试损失"),
        "accuracy": ("test accuracy", "测试准确率"),
        "none": ("no remedy", "不作处理"),
        "strength": ("strength chosen on validation data", "按验证集选出的强度"),
        "early": ("early stopping by validation", "按验证集早停"),
        "quarter": ("a quarter of the epochs", "轮数的四分之一"),
        "dropout": ("dropout", "丢弃法"),
        "l1": ("L1 penalty", "L1 正则化"),
        "l2": ("L2 penalty", "L2 正则化"),
        "jitter": ("noise on inputs", "输入加噪声"),
        "fewer_units": ("2, 4 or 8 units instead of 24", "24 个单元减为 2、4 或 8 个"),
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
        "fewer_units": rule(*_helps("fewer_units", ("Fewer units", "减少单元")), on=_MEASURE),
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
