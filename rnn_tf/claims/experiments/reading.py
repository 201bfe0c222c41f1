"""Experiments beside rivals that see a window, and on reading what a network has learnt."""

import numpy as np

from rnn_tf import reference
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.memory import TEST, a_before_b, echo
from rnn_tf.claims.learning import (
    CROSS_ENTROPY,
    accuracy,
    fresh,
    learn,
    network,
)
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Value
from rnn_tf.datasets import toy


def probe(seed, steps=400, num_steps=15, units=24):
    """What a linear map reads from states, and whether occlusion finds planted evidence."""
    draw = fresh(lambda count, seed: toy.majority(count, num_steps, seed=seed))
    inputs, targets = toy.majority(600, num_steps, seed=TEST + seed)
    net = network("gru", inputs, 1, units, seed=seed, loss=CROSS_ENTROPY)
    learn(net, draw, steps=steps, seed=seed)
    found = {"accuracy/majority": accuracy(net, inputs, targets)}
    states = net.cell.forward(inputs).hidden_states
    ones = inputs[:, :, 0].cumsum(axis=1)
    found |= {
        "probe/count": _linear_fit(states, ones - ones.mean(axis=0)),
        "probe/parity": _linear_fit(states, ones % 2),
    }
    net = network("gru", a_before_b(1, seed=0)[0], 1, units, seed=seed, loss=CROSS_ENTROPY)
    learn(net, fresh(a_before_b), steps=steps, seed=seed)
    inputs, targets = a_before_b(300, seed=TEST + seed)
    found["accuracy/order"] = accuracy(net, inputs, targets)
    whole = net.forward(inputs).outputs
    effects = []
    for step in range(inputs.shape[1]):
        hidden = inputs.copy()
        hidden[:, step] = 0.0
        effects.append(np.abs(net.forward(hidden).outputs - whole)[:, 0])
    # A word of evidence is one of the two: a or b.
    evidence = inputs[:, :, :2].sum(axis=2) > 0
    top = np.argsort(np.array(effects).T, axis=1)[:, -2:]
    found["evidence/occlusion"] = float(np.mean(np.take_along_axis(evidence, top, axis=1)))
    trace = net.forward(inputs)
    slopes = net.backward(trace, np.ones_like(trace.outputs))["inputs"]
    top = np.argsort(np.linalg.norm(slopes, axis=2), axis=1)[:, -2:]
    found["evidence/gradient"] = float(np.mean(np.take_along_axis(evidence, top, axis=1)))
    found["evidence/chance"] = 2 / inputs.shape[1]
    return found


def _linear_fit(states, wanted):
    """R² of a linear map from states, on the half of the sequences it has not seen."""
    half = len(states) // 2
    table = [np.c_[part.reshape(-1, part.shape[2]), np.ones(part.shape[0] * part.shape[1])]
             for part in (states[:half], states[half:])]  # fmt: skip
    weights = np.linalg.lstsq(table[0], wanted[:half].ravel(), rcond=None)[0]
    error = table[1] @ weights - wanted[half:].ravel()
    return float(1 - np.mean(error**2) / np.var(wanted[half:]))


PROBE = Experiment(
    name="probe",
    title=("Reading the state of a GRU, and finding its evidence",
           "读出 GRU 的状态，找出它的依据"),
    number=("R² of a linear probe; share of evidence found", "线性探针的 R²；找到依据的比例"),
    measure=probe,
    budgets={"class": {}, "full": {"steps": 3000}},
    labels={
        "probe": ("linear probe", "线性探针"),
        "count": ("number of ones so far", "至今 1 的个数"),
        "parity": ("whether that is odd", "该个数是否为奇数"),
        "order": ("does a come before b?", "a 是否在 b 之前"),
        "evidence": ("planted evidence found", "找到预埋的依据"),
        "occlusion": ("by occlusion", "用遮挡法"),
        "gradient": ("by the gradient", "用梯度"),
        "chance": ("by chance", "随机猜测"),
    },
    rules={
        "hard_to_read": rule(
            Value(("The count, which the task needs, can't be read: R² is 0.5 at most.",
                   "任务所需的个数读不出来：R² 不超过 0.5。"), high=0.5, condition="probe/count"),
            Value(("The parity, which it does not need, can't be read: R² is 0.5 at most.",
                   "任务不需要的奇偶读不出来：R² 不超过 0.5。"), high=0.5,
                  condition="probe/parity"),
            on=("what is looked for: what the task needs is there to be read",
                "要读什么：任务需要的量读得出来"),
        ),
        "black_box": rule(
            *(
                Value((f"{words[0]} finds at most half of the evidence.",
                       f"{words[1]}至多找到一半的依据。"), high=0.5, condition=f"evidence/{way}")
                for way, words in {
                    "occlusion": ("Occlusion", "遮挡法"), "gradient": ("The gradient", "梯度")
                }.items()
            ),
            on=("the method", "所用方法"),
        ),
    },
)  # fmt: skip


RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)


def ease(seed, steps=200, units=24, window=8):
    """At how many of seven learning rates a network learns an echo, recurrent or on a window."""
    found = {}
    for delay in (2, 6):
        make = echo(24, delay)
        test = make(256, seed=TEST + seed)
        for kind in ("simple", "dense"):
            good = 0
            for rate in RATES:
                if kind == "simple":
                    net = network("simple", test[0], 1, units, seed=seed, loss=CROSS_ENTROPY,
                                  per_step=True)  # fmt: skip
                    learn(net, fresh(make), steps=steps, learning_rate=rate, seed=seed)
                    good += accuracy(net, *test, skip=window) >= 0.95
                else:
                    net = _on_windows(window, units, seed)
                    learn(net, _windows_drawn(make, window), steps=steps, learning_rate=rate,
                          seed=seed)  # fmt: skip
                    good += accuracy(net, *windows_of(test, window)) >= 0.95
            found[f"rates/{kind}/D{delay}"] = good
    return found


def windows_of(batch, width):
    """Every window of every sequence as one step of a network: (batch·windows, 1, width)."""
    inputs, targets = batch
    windows = np.lib.stride_tricks.sliding_window_view(inputs[:, :, 0], width, axis=1)
    return windows.reshape(-1, 1, width), targets[:, width - 1 :].reshape(-1, 1)


def _windows_drawn(make, width):
    draw = fresh(make)
    return lambda rng: windows_of(draw(rng), width)


def _on_windows(width, units, seed):
    """A layer of ReLUs on each window: dense on a window, or a convolution, which is the same."""
    cell = reference.SimpleRNN(width, units, seed=seed, activation="relu")
    return reference.Network(cell, 1, CROSS_ENTROPY, per_step=False, seed=seed + 1000)


EASE = Experiment(
    name="ease",
    title=("At how many learning rates an echo is learnt in 200 steps",
           "在多少种学习率下，200 步内能学会回声"),
    number=("how many of seven rates reach accuracy 0.95", "七种学习率中准确率达到 0.95 的个数"),
    measure=ease,
    budgets={"class": {}, "full": {"steps": 1000}},
    labels={"rates": ("learning rates", "学习率")},
    rules={
        "easier": rule(
            *(
                Difference((f"Echo of {delay} steps ago: at more rates than a dense layer on a "
                            "window.", f"{delay} 步前的回声：可用的学习率多于窗口上的全连接层。"),
                           low=1.0, first=f"rates/simple/D{delay}", second=f"rates/dense/D{delay}")
                for delay in (2, 6)
            ),
            on=("how far back the task reaches", "任务要回溯多远"),
        ),
    },
)  # fmt: skip


def convolution(seed, steps=700, delay=8, units=16):
    """Causal convolutions of 5 and 9 steps beside an LSTM: a local pattern, and an echo of 8 steps.

    The learning rate of each is chosen on validation data.
    """
    found = {}
    for task, make in (("local", _xor), ("far", echo(20, delay))):
        validation, test = (make(256, seed=place + seed) for place in (TEST // 2, TEST))
        for kind, width in (("lstm", None), ("narrow", 5), ("wide", delay + 1)):
            tried = []
            for rate in (0.03, 0.01):
                if width:
                    net, draw = _on_windows(width, units, seed), _windows_drawn(make, width)
                else:
                    net = network("lstm", test[0], 1, units, seed=seed, loss=CROSS_ENTROPY,
                                  per_step=True)  # fmt: skip
                    draw = fresh(make)
                learn(net, draw, steps=steps, learning_rate=rate, seed=seed)
                tried.append((_right_from(net, validation, delay, width), -rate, net))
                if tried[-1][0] > 0.99:
                    break  # no rate can do better
            found[f"{task}/{kind}"] = _right_from(max(tried)[2], test, delay, width)
    return found


def _right_from(net, batch, start, width):
    """Share of right answers from step ``start`` on; ``width``: of a convolution, or ``None``."""
    if width is None:
        return accuracy(net, *batch, skip=start)
    return accuracy(net, *windows_of([part[:, start - width + 1 :] for part in batch], width))


def _xor(count, *, seed, num_steps=20):
    """Do this bit and the one two steps ago differ? Targets at every step."""
    inputs, _ = toy.delayed_echo(count, num_steps, 2, seed=seed)
    before = np.roll(inputs, 2, axis=1)
    before[:, :2] = 0
    return inputs, np.abs(inputs - before)


CONVOLUTION = Experiment(
    name="convolution",
    title=("Causal convolutions beside an LSTM", "因果卷积与 LSTM"),
    number=("accuracy", "准确率"),
    measure=convolution,
    budgets={"class": {}, "full": {"steps": 3000, "delay": 12}},
    labels={
        "local": ("pattern within 3 steps", "3 步之内的模式"),
        "far": ("echo of 8 steps ago (full mode 12)", "8 步前的回声（完整模式 12 步）"),
        "narrow": ("convolution over 5 steps", "宽 5 步的卷积"),
        "wide": ("convolution over 9 steps (full mode 13)", "宽 9 步的卷积（完整模式 13 步）"),
    },
    rules={
        "finds_motif": rule(
            Value(("A convolution finds a pattern within 3 steps with accuracy 0.95.",
                   "卷积能以 0.95 的准确率找出 3 步之内的模式。"), low=0.95,
                  condition="local/narrow"),
        ),
        "only_for_pictures": rule(
            Difference(("Pattern within 3 steps: a narrow convolution is worse than the LSTM by "
                        "0.02.", "3 步之内的模式：窄卷积的准确率比 LSTM 低 0.02 以上。"), low=0.02,
                       first="local/lstm", second="local/narrow"),
            Difference(("Echo from beyond its width: it is worse by 0.02.",
                        "超出卷积宽度的回声：低 0.02 以上。"), low=0.02,
                       first="far/lstm", second="far/narrow"),
            Difference(("The same echo, a convolution wide enough: it is worse by 0.02.",
                        "同一回声，卷积足够宽：低 0.02 以上。"), low=0.02,
                       first="far/lstm", second="far/wide"),
            on=("whether the dependence fits into the width of the convolution",
                "依赖是否落在卷积的宽度之内"),
        ),
        "recurrence_is_best": rule(
            Difference(("Pattern within 3 steps: the LSTM is better than a narrow convolution by "
                        "0.02.", "3 步之内的模式：LSTM 比窄卷积高 0.02 以上。"), low=0.02,
                       first="local/lstm", second="local/narrow"),
            Difference(("Echo from beyond the convolution's width: it is better by 0.02.",
                        "超出卷积宽度的回声：高 0.02 以上。"), low=0.02,
                       first="far/lstm", second="far/narrow"),
            Difference(("The same echo: the LSTM is better than a convolution wide enough by 0.02.",
                        "同一回声：LSTM 比足够宽的卷积高 0.02 以上。"), low=0.02,
                       first="far/lstm", second="far/wide"),
            on=("the distance that matters, and the width of the convolution",
                "起作用的距离，以及卷积的宽度"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    CONVOLUTION,
    PROBE,
    EASE,
)
