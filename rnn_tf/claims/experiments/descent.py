"""Experiments on descending: what clipping does, and where the weights start."""

import numpy as np

from rnn_tf import reference
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import CROSS_ENTROPY, accuracy, fresh, learn, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Ratio, Value
from rnn_tf.datasets import toy


def clipping(seed, steps=150, num_steps=20, units=16):
    """Gradient descent on the first bit from small, fitting and large recurrent weights."""
    found = {}
    test = toy.first_bit(512, num_steps, seed=90_000 + seed)
    for name, radius in (("small", 0.3), ("fitting", 1.0), ("large", 2.5)):
        for clip in (None, 1.0):
            losses, longest, net = _descend(seed, radius, clip, steps, num_steps, units)
            place = f"{name}/{'plain' if clip is None else 'clipped'}"
            found[f"loss/{place}"] = float(np.mean(losses[-20:]))
            found[f"step/{place}"] = longest
            found[f"accuracy/{place}"] = accuracy(net, *test)
    return found


def _descend(seed, radius, clip, steps, num_steps, units):
    net = network("simple", np.zeros((1, 1, 1)), 1, units, seed=seed, loss=CROSS_ENTROPY)
    net.weights["recurrent_kernel"] *= radius
    optimizer = reference.SGD(0.3, momentum=0.9, global_clipnorm=clip)
    losses, longest = [], 0.0
    for number in range(steps):
        loss, gradients = net.loss_and_gradients(
            *toy.first_bit(64, num_steps, seed=seed * 10_000 + number)
        )
        before = net.weights["recurrent_kernel"].copy()
        optimizer.update(net.weights, gradients)
        longest = max(longest, np.linalg.norm(net.weights["recurrent_kernel"] - before))
        losses.append(min(loss, 100.0))
    return losses, longest, net


CLIPPING = Experiment(
    name="clipping",
    title=(
        "First bit over 20 steps, gradient descent with momentum, clipped at norm 1 or not",
        "20 步首位比特，动量梯度下降，按范数 1 裁剪与不裁剪",
    ),
    number=("mean loss of the last 20 updates; longest update; accuracy",
            "最后 20 次更新的平均损失；最长的一次更新；准确率"),
    measure=clipping,
    budgets={"class": {}, "full": {"steps": 1000}},
    labels={
        "small": ("spectral radius 0.3", "谱半径 0.3"),
        "fitting": ("spectral radius 1", "谱半径 1"),
        "large": ("spectral radius 2.5", "谱半径 2.5"),
        "plain": ("not clipped", "不裁剪"),
        "clipped": ("clipped", "裁剪"),
        "step": ("longest update", "最长的一次更新"),
    },
    rules={
        "clipping_helps": rule(
            Ratio(("From large weights the longest update is 3 times as long without clipping.",
                   "权重偏大时，不裁剪的最长一次更新是裁剪时的 3 倍以上。"), low=3.0,
                  first="step/large/plain", second="step/large/clipped"),
            Difference(("From large weights the loss is lower by 0.05 with clipping.",
                        "权重偏大时，裁剪使损失降低 0.05 以上。"), low=0.05,
                       first="loss/large/plain", second="loss/large/clipped"),
            on=("what is asked of it: a shorter step, or a lower loss",
                "指望它做什么：缩短一步，还是降低损失"),
            amended=("That clipping brings back vanished gradients, which it does not, had been "
                     "asked too; the article does not say so.",
                     "原先还要求裁剪能找回消失的梯度（它做不到）；文章并没有这样说。"),
        ),
        "both_hinder": rule(
            Difference(("From large weights the loss ends higher by 0.1 than from fitting ones.",
                        "权重偏大时，最终损失比权重适中时高 0.1 以上。"), low=0.1,
                       first="loss/large/plain", second="loss/fitting/plain"),
            Difference(("From small weights too.", "权重偏小时也是如此。"), low=0.1,
                       first="loss/small/plain", second="loss/fitting/plain"),
            on=("vanishing or explosion", "是消失还是爆炸"),
        ),
    },
)  # fmt: skip


def initialisation(seed, steps=300, num_steps=20, units=16):
    """First bit from different starting weights, by Adam."""
    test = toy.first_bit(512, num_steps, seed=90_000 + seed)
    rng = np.random.default_rng(seed)
    found = {}
    for start in ("default", "normal", "tiny"):
        net = network("simple", test[0], 1, units, seed=seed, loss=CROSS_ENTROPY)
        for name in ("kernel", "recurrent_kernel"):
            if start != "default":
                size = 1.0 if start == "normal" else 0.01
                net.weights[name][...] = size * rng.standard_normal(net.weights[name].shape)
        draw = fresh(lambda count, seed: toy.first_bit(count, num_steps, seed=seed), 64)
        learn(net, draw, steps=steps, learning_rate=0.01, seed=seed)
        found[f"accuracy/{start}"] = accuracy(net, *test)
    return found


INITIALISATION = Experiment(
    name="initialisation",
    title=("First bit over 20 steps from different starts", "不同初始化下的 20 步首位比特"),
    number=("accuracy", "准确率"),
    measure=initialisation,
    budgets={"class": {}, "full": {"steps": 2000}},
    labels={
        "default": ("Glorot and orthogonal", "Glorot 加正交"),
        "normal": ("standard normal", "标准正态"),
        "tiny": ("normal, 0.01", "正态，标准差 0.01"),
    },
    rules={
        "any_start": rule(
            *(
                Value((f"From {words[0]} weights the accuracy is 0.95 or more.",
                       f"{words[1]}初始化时，准确率达到 0.95。"), low=0.95,
                      condition=f"accuracy/{name}")
                for name, words in {
                    "default": ("Glorot and orthogonal", "Glorot 加正交"),
                    "normal": ("standard normal", "标准正态"),
                    "tiny": ("tiny", "极小值"),
                }.items()
            ),
            on=("the scale of the weights", "权重的大小"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    CLIPPING,
    INITIALISATION,
)
