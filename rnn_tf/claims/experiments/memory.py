"""Experiments on memory: what is kept, for how long, and by which cell."""

import numpy as np

from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import (
    CROSS_ENTROPY,
    SQUARED,
    accuracy,
    chosen,
    fresh,
    learn,
    loss_of,
    network,
)
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Ratio, Value
from rnn_tf.datasets import toy

TEST = 90_000  # seeds of test data: far from those of training


def echo(num_steps, delay):
    """``make(count, seed=…)`` of the delayed echo."""
    return lambda count, seed: toy.delayed_echo(count, num_steps, delay, seed=seed)


def recurrence_removed(seed, steps=400, num_steps=25, units=32, rates=(0.003, 0.01)):
    """Delayed echo with and without the recurrent kernel; a before b, against a bag of words.

    Validation data choose rate and length of training. A bit of 20 steps ago, which takes 20 bits
    of memory, gets four times as many updates as one of 3; without a recurrence both must be
    guessed, so there the near one will do.
    """
    found = {}
    for kind, delay, updates in (("simple", 3, steps), ("removed", 3, steps),
                                 ("simple", 20, 4 * steps)):  # fmt: skip
        make = echo(num_steps, delay)
        validation, test = (make(256, seed=place + seed) for place in (TEST // 2, TEST))

        def new(kind=kind, inputs=test[0]):
            net = network("simple", inputs, 1, units, seed=seed, loss=CROSS_ENTROPY, per_step=True)
            if kind == "removed":
                net.weights["recurrent_kernel"][...] = 0.0
            return net

        names = set(new().weights) - ({"recurrent_kernel"} if kind == "removed" else set())
        net = chosen(new, fresh(make), lambda net, held=validation: loss_of(net, *held),
                     rates=rates, steps=updates, names=names, seed=seed)  # fmt: skip
        found[f"echo/{kind}/D{delay}"] = accuracy(net, *test, skip=delay)
    train, test = (a_before_b(2000, seed=place + seed) for place in (0, TEST))
    net = network("simple", test[0], 1, units, seed=seed, loss=CROSS_ENTROPY)
    learn(net, fresh(a_before_b), steps=steps, seed=seed)
    found["order/simple"] = accuracy(net, *test)
    counts = [np.c_[part[0].sum(axis=1), np.ones(len(part[0]))] for part in (train, test)]
    weights = np.linalg.lstsq(counts[0], train[1] - 0.5, rcond=None)[0]
    found["order/bag"] = float(np.mean((counts[1] @ weights > 0) == (test[1] > 0.5)))
    return found


def a_before_b(count, *, seed, num_steps=12, words=6):
    """Sentences with one a and one b among chatter, one-hot; target 1 where a comes first."""
    rng = np.random.default_rng(seed)
    ids = rng.integers(2, words, (count, num_steps))
    places = np.argsort(rng.random((count, num_steps)), axis=1)[:, :2]
    ids[np.arange(count), places[:, 0]] = 0
    ids[np.arange(count), places[:, 1]] = 1
    return np.eye(words)[ids], (places[:, :1] < places[:, 1:2]).astype(float)


RECURRENCE_REMOVED = Experiment(
    name="recurrence_removed",
    title=("A simple network with its recurrence, and without", "简单循环网络：有循环与去掉循环"),
    number=("accuracy", "准确率"),
    measure=recurrence_removed,
    budgets={"class": {}, "full": {"steps": 3000}},
    labels={
        "removed": ("recurrence removed", "去掉循环"),
        "order": ("does a come before b?", "a 是否在 b 之前"),
        "bag": ("bag of words", "词袋"),
    },
    rules={
        "memory": rule(
            Value(("A bit of 3 steps ago is said with accuracy 0.95.",
                   "能以 0.95 的准确率说出 3 步前的比特。"), low=0.95, condition="echo/simple/D3"),
            Difference(("Without the recurrence it is worse by 0.2.",
                        "去掉循环后，准确率低 0.2 以上。"), low=0.2,
                       first="echo/simple/D3", second="echo/removed/D3"),
            Value(("A bit of 20 steps ago is said too.", "20 步前的比特也能说出。"), low=0.95,
                  condition="echo/simple/D20"),
            on=("how far back the memory has to reach, with as much training as here",
                "记忆要回溯多远，就此训练量而言"),
        ),
        "order": rule(
            Value(("Which of two words came first is said with accuracy 0.95.",
                   "两个词谁在前，能以 0.95 的准确率说出。"), low=0.95, condition="order/simple"),
            Difference(("That is 0.2 more than a bag of words can say.",
                        "比词袋高 0.2 以上。"), low=0.2,
                       first="order/simple", second="order/bag"),
            on=("what it is compared with", "与什么相比"),
        ),
    },
)  # fmt: skip


def lags(seed, steps=240, long=40, units=24):
    """First bit and adding problem, short and long, for each cell."""
    found = {}
    for num_steps in (10, long):
        test = toy.first_bit(512, num_steps, seed=TEST + seed)
        draw = fresh(lambda count, seed, n=num_steps: toy.first_bit(count, n, seed=seed))
        name = "short" if num_steps == 10 else "long"
        for kind in ("simple", "lstm", "gru"):
            net = network(kind, test[0], 1, units, seed=seed, loss=CROSS_ENTROPY)
            learn(net, draw, steps=steps, seed=seed)
            found[f"first_bit/{kind}/{name}"] = accuracy(net, *test)
    test = toy.adding_problem(512, 30, seed=TEST + seed)
    draw = fresh(lambda count, seed: toy.adding_problem(count, 30, seed=seed))
    for kind in ("simple", "lstm", "gru"):
        net = network(kind, test[0], 1, units, seed=seed, loss=SQUARED)
        net.weights["output_bias"][...] = 1.0  # the baseline's answer
        learn(net, draw, steps=2 * steps, seed=seed)
        found[f"adding/{kind}"] = loss_of(net, *test)
    return found


_TASK = ("the task, with as much training as here", "任务，就此训练量而言")


LAGS = Experiment(
    name="lags",
    title=("Memory over a distance: first bit after 240 updates, adding problem after 480 "
           "(full mode: 3000 and 6000)",
           "远距离记忆：首位比特训练 240 次更新，加法问题 480 次（完整模式：3000 与 6000 次）"),
    number=("accuracy (first bit); mean squared error (adding, baseline 0.167)",
            "准确率（首位比特）；均方误差（加法问题，基线 0.167）"),
    measure=lags,
    budgets={"class": {}, "full": {"steps": 3000, "long": 60}},
    labels={
        "short": ("10 steps", "10 个时间步"),
        "long": ("long (40 steps; full mode 60)", "长序列（40 个时间步；完整模式 60）"),
    },
    rules={
        "gates_solve": rule(
            *(
                Value((f"{kind.upper()}: adding over 30 steps, error 0.05 at most.",
                       f"{kind.upper()}：30 步加法问题，误差不超过 0.05。"), high=0.05,
                      condition=f"adding/{kind}")
                for kind in ("lstm", "gru")
            ),
            *(
                Value((f"{kind.upper()}: first bit of a long sequence, accuracy 0.95.",
                       f"{kind.upper()}：长序列的首位比特，准确率达到 0.95。"), low=0.95,
                      condition=f"first_bit/{kind}/long")
                for kind in ("lstm", "gru")
            ),
            on=_TASK,
        ),
        "gates_better": rule(
            *(
                Ratio((f"Adding: the {kind.upper()}'s error is half the simple network's or less.",
                       f"加法问题：{kind.upper()} 的误差不到简单循环网络的一半。"), low=2.0,
                      first="adding/simple", second=f"adding/{kind}")
                for kind in ("lstm", "gru")
            ),
            *(
                Difference((f"First bit, long: {kind.upper()} is better by 0.05.",
                            f"长序列首位比特：{kind.upper()} 的准确率高 0.05 以上。"), low=0.05,
                           first=f"first_bit/{kind}/long", second="first_bit/simple/long")
                for kind in ("lstm", "gru")
            ),
            on=_TASK,
        ),
        "needs_gates": rule(
            Value(("First bit of 10 steps: without gates the accuracy stays below 0.95.",
                   "10 步首位比特：没有门，准确率达不到 0.95。"), high=0.95,
                  condition="first_bit/simple/short"),
            Ratio(("Adding over 30 steps: without gates the error is twice the LSTM's or more.",
                   "30 步加法问题：没有门，误差是 LSTM 的 2 倍以上。"), low=2.0,
                  first="adding/simple", second="adding/lstm"),
            on=_TASK,
            amended=("What a network without gates fails at speaks for gates only where one with "
                     "gates succeeds; before, none was held against it.",
                     "没有门的网络做不到的事，只有带门的网络做得到，才说明门有用；原先没有这样的对照。"),
        ),
        "lstm_better": rule(
            Ratio(("Adding: the LSTM's error is half the simple network's or less.",
                   "加法问题：LSTM 的误差不到简单循环网络的一半。"), low=2.0,
                  first="adding/simple", second="adding/lstm"),
            Difference(("First bit, long: the LSTM is better by 0.05.",
                        "长序列首位比特：LSTM 的准确率高 0.05 以上。"), low=0.05,
                       first="first_bit/lstm/long", second="first_bit/simple/long"),
            on=_TASK,
        ),
        "early_lost": rule(
            Difference(("First bit: a simple network loses 0.1 from 10 steps to many.",
                        "首位比特：序列由 10 步变长，简单循环网络的准确率下降 0.1 以上。"), low=0.1,
                       first="first_bit/simple/short", second="first_bit/simple/long"),
            Value(("Adding over 30 steps: its error stays above 0.08, half the baseline.",
                   "30 步加法问题：其误差仍高于 0.08，即基线的一半。"), low=0.08,
                  condition="adding/simple"),
            on=_TASK,
        ),
        "captures_long": rule(
            Value(("Simple network: first bit of 10 steps, accuracy 0.95.",
                   "简单循环网络：10 步首位比特，准确率达到 0.95。"), low=0.95,
                  condition="first_bit/simple/short"),
            Value(("Simple network: first bit of a long sequence.",
                   "简单循环网络：长序列的首位比特。"), low=0.95,
                  condition="first_bit/simple/long"),
            Value(("Simple network: adding over 30 steps, error 0.05 at most.",
                   "简单循环网络：30 步加法问题，误差不超过 0.05。"), high=0.05,
                  condition="adding/simple"),
            on=("the distance and the task, with as much training as here",
                "距离与任务，就此训练量而言"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    RECURRENCE_REMOVED,
    LAGS,
)
