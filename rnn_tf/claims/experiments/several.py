"""Experiments on several tasks or sources: one after the other, or together."""

import numpy as np

from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.generalising import waves
from rnn_tf.claims.experiments.series import ERROR
from rnn_tf.claims.learning import batches_of, chosen, learn, loss_of, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Ratio, Value


def transfer(seed, steps=400, units=24, rates=(0.002, 0.01)):
    """A network for slow waves goes on to another task with 40 examples: all weights, or the head.

    Related: waves somewhat quicker. Unrelated: is the largest value in the first half? Validation
    data choose how long all weights are trained and at which rate, and the head's L2 penalty.
    """
    slow = waves(1000, (15, 25), seed=seed)
    base = network("gru", slow[0], 1, units, seed=seed)
    learn(base, batches_of(*slow), steps=steps, seed=seed)

    def again():
        net = network("gru", slow[0], 1, units, seed=seed)
        for name, weight in base.weights.items():
            net.weights[name][...] = weight
        return net

    head = (units + 1) / base.parameter_count
    found = {"share": head}
    for task, make in (("related", _quicker), ("unrelated", _largest_first)):
        train, validation, test = (
            make(count, seed=start + seed)
            for count, start in ((40, 500), (200, 80_000), (1000, 90_000))
        )
        net = chosen(again, batches_of(*train), lambda net, held=validation: loss_of(net, *held),
                     rates=rates, steps=steps, seed=seed)  # fmt: skip
        found[f"{task}/all"] = loss_of(net, *test)
        found[f"{task}/head"] = _head_alone(base, train, validation, test)
        found[f"{task}/untouched"] = loss_of(base, *test)
    return found


def _head_alone(net, *parts):
    """Test error of the best linear map from the final states, which is all that a head can be."""
    tables = []
    for inputs, _ in parts:
        states = net.cell.forward(inputs).hidden_states[:, -1]
        tables.append(np.c_[states, np.ones(len(states))])
    (train, validation, test), (wanted, held, last) = tables, (targets for _, targets in parts)
    errors = []
    for penalty in 10.0 ** np.arange(-6, 3):
        square = train.T @ train + penalty * np.eye(train.shape[1])
        weights = np.linalg.solve(square, train.T @ wanted)
        errors.append([np.mean((table @ weights - y) ** 2)
                       for table, y in ((validation, held), (test, last))])  # fmt: skip
    return float(min(errors)[1])


def _quicker(count, *, seed):
    return waves(count, (12, 18), seed=seed)


def _largest_first(count, *, seed):
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((count, 20, 1))
    return inputs, 2.0 * (inputs[:, :, 0].argmax(axis=1) < 10)[:, None] - 1.0


TRANSFER = Experiment(
    name="transfer",
    title=("Fine-tuning on 40 examples: all weights, or the output layer alone",
           "用 40 个样本微调：全部权重，或只调输出层"),
    number=("mean squared error; share of the parameters", "均方误差；参数所占比例"),
    measure=transfer,
    budgets={"class": {}, "full": {"steps": 3000}},
    labels={
        "share": ("share of weights trained with the body frozen", "冻结主体后训练的参数比例"),
        "related": ("related task", "相关任务"),
        "unrelated": ("unrelated task", "无关任务"),
        "all": ("all weights", "全部权重"),
        "head": ("output layer alone", "仅输出层"),
        "untouched": ("none", "不调"),
    },
    rules={
        "frozen_does": rule(
            Value(("A tenth of the weights or less is trained.", "训练的参数不到十分之一。"),
                  high=0.1, condition="share"),
            Ratio(("Related task: the error is at most 1.1 times that of all weights.",
                   "相关任务：误差至多是调全部权重的 1.1 倍。"), high=1.1,
                  first="related/head", second="related/all"),
            Ratio(("Unrelated task: the error is at most 1.1 times that of all weights.",
                   "无关任务：误差至多是调全部权重的 1.1 倍。"), high=1.1,
                  first="unrelated/head", second="unrelated/all"),
            Value(("Unrelated task: the output layer alone gets the error below 0.9 (always the "
                   "mean: 1).", "无关任务：只调输出层，误差低于 0.9（始终取均值为 1）。"), high=0.9,
                  condition="unrelated/head"),
            on=("what is asked: few trained weights, or a small error",
                "看什么：要训练的参数少，还是误差小"),
            amended=("On the unrelated task neither way had been clearly better than always saying "
                     "the mean, so doing as well as the other is no success: that is asked beside "
                     "it. The output layer alone had been trained too little; it is now solved.",
                     "在无关任务上，两种做法原先都没有明显好于始终取均值，彼此相当算不上成功，故两项都要求；"
                     "原先输出层训练不足，现直接求解。"),
        ),
    },
)  # fmt: skip


def multitask(seed, steps=300, units=16, count=48):
    """Two heads on one network with few examples; the second task related or not."""
    rng = np.random.default_rng(seed)

    def tasks(number, rng):
        inputs = rng.standard_normal((number, 15, 2))
        own = inputs[:, :, 0].sum(axis=1) / 4
        noise = 0.5 * rng.standard_normal((number, 2))
        related = own + inputs[:, -1, 0] / 2
        unrelated = inputs[:, :, 1].max(axis=1)
        return inputs, own[:, None], (related + noise[:, 0])[:, None], unrelated[:, None], noise

    inputs, own, related, unrelated, noise = tasks(count, rng)
    own = own + noise[:, 1:]
    test = tasks(1000, np.random.default_rng(90_000 + seed))
    found = {}
    for name, other in (("alone", None), ("related", related), ("unrelated", unrelated)):
        both = own if other is None else np.hstack([own, other])
        net = network("gru", inputs, both.shape[1], units, seed=seed)
        learn(net, batches_of(inputs, both, 16), steps=steps, seed=seed, learning_rate=0.01)
        outputs = net.forward(test[0]).outputs[:, :1]
        found[f"error/{name}"] = float(np.mean((outputs - test[1]) ** 2))
    return found


MULTITASK = Experiment(
    name="multitask",
    title=("A second task beside the first, 48 noisy examples", "再加一个任务，48 个带噪样本"),
    number=("mean squared error of the first task", "第一个任务的均方误差"),
    measure=multitask,
    budgets={"class": {}, "full": {"steps": 1000}},
    seeds={"class": 8, "full": 20},
    labels={
        "alone": ("first task alone", "只做第一个任务"),
        "related": ("with a related task", "加相关任务"),
        "unrelated": ("with an unrelated task", "加无关任务"),
    },
    rules={
        "together_better": rule(
            *(
                Ratio((f"With {words[0]} second task the error falls by 5 %.",
                       f"加一个{words[1]}任务，误差降低 5 % 以上。"), high=0.95,
                      first=f"error/{name}", second="error/alone")
                for name, words in {
                    "related": ("a related", "相关"), "unrelated": ("an unrelated", "无关")
                }.items()
            ),
            on=("whether the tasks are related", "任务是否相关"),
        ),
    },
)  # fmt: skip


def fusion(seed, steps=400, units=16):
    """Two noisy views of one wave: with noise of their own, or the same view twice."""
    found = {}

    def views(count, which, seed):
        rng = np.random.default_rng(seed)
        clean, target = waves(count, (12, 25), seed=seed, noise=0.0)
        first, second = (clean + 0.5 * rng.standard_normal(clean.shape) for _ in range(2))
        second = first if which == "same" else second
        parts = [first] if which == "one" else [first, second]
        return np.concatenate(parts, axis=2), target

    for which in ("one", "own", "same"):
        train, test = views(1500, which, seed), views(1000, which, 90_000 + seed)
        net = network("gru", train[0], 1, units, seed=seed)
        learn(net, batches_of(*train), steps=steps, seed=seed)
        found[f"error/{which}"] = loss_of(net, *test)
    return found


FUSION = Experiment(
    name="fusion",
    title=("One noisy view of a wave, or two", "同一波形的一路或两路带噪观测"),
    number=ERROR,
    measure=fusion,
    budgets={"class": {}, "full": {"steps": 3000}},
    labels={
        "one": ("one view", "一路"),
        "own": ("two views, noise of their own", "两路，噪声独立"),
        "same": ("the same view twice", "同一路重复两次"),
    },
    rules={
        "both_better": rule(
            Ratio(("Two views with noise of their own: the error falls by 10 %.",
                   "两路噪声独立：误差降低 10 % 以上。"), high=0.9,
                  first="error/own", second="error/one"),
            Ratio(("The same view twice: the error falls by 10 %.",
                   "同一路重复两次：误差降低 10 % 以上。"), high=0.9,
                  first="error/same", second="error/one"),
            on=("whether the second source says something new", "第二个来源是否带来新信息"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    TRANSFER,
    MULTITASK,
    FUSION,
)
