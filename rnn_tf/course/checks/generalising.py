"""Checks of the lab of lesson 10: stopping, dropout, L2, augmentation, a split, sixty syllables."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_shape
from rnn_tf.course.checks.melodies import another_melody, sixty  # noqa: F401
from rnn_tf.course.checks.stopping import stop_early  # noqa: F401


@exercise
def dropped(answer):
    """``answer(inputs, rate, random)`` drops features, the same ones at all steps."""
    rate, shape = 0.25, (50, 6, 40)
    inputs = np.ones(shape) * np.arange(1, 7)[:, None]
    given = inputs.copy()
    found = expect_shape(answer(given, rate, np.random.default_rng(0)), shape, "result")
    if not np.array_equal(given, inputs):
        raise NotYet(
            "the inputs that were given have changed: make new ones.",
            "传进来的输入被改动了：请返回新的数组。",
        )
    shares = found / inputs
    zero = np.mean(shares == 0)
    if zero == 0:
        raise NotYet("nothing was set to 0.", "没有任何数被置为 0。")
    if np.any(shares[:, 0] != shares[:, -1]):
        raise NotYet(
            "each step has a mask of its own. Then the sequence flickers; one mask, drawn once, "
            "should be used for all steps of a sequence.",
            "每个时间步用了不同的掩码，序列就像在闪烁。应该只抽一次，一个序列的所有时间步共用一个掩码。",
        )
    if np.all(shares == shares[:1]):
        raise NotYet(
            "all sequences of the batch have the same mask; each should have its own.",
            "整批序列用了同一个掩码；应该每个序列各抽一个。",
        )
    if np.all(shares == shares[:, :, :1]):
        raise NotYet(
            "whole sequences are dropped: the mask should choose among the features.",
            "整个序列被丢掉了：掩码应该逐个特征地选。",
        )
    if abs(zero - rate) > 0.05:
        en = f"{zero:.0%} of the features are 0; at rate {rate} a quarter should be"
        zh = f"有 {zero:.0%} 的特征被置为 0；丢弃率 {rate}，应为四分之一"
        more = ("; kept and dropped are swapped.", "；保留和丢弃弄反了。")
        if abs(zero - (1 - rate)) > 0.05:
            more = (".", "。")
        raise NotYet(en + more[0], zh + more[1])
    kept = np.unique(np.round(shares[shares != 0], 9))
    if np.allclose(kept, 1):
        raise NotYet(
            "what is kept has its old size, so that the sum shrinks by a quarter in training and "
            "not later. Divide by 1 − rate.",
            "留下的数还是原来的大小，于是训练时总和小了四分之一，使用时却没有。应除以 1 − rate。",
        )
    if np.allclose(kept, 1 - rate):
        raise NotYet(
            "what is kept was multiplied by 1 − rate: smaller still. It should be divided by it.",
            "留下的数乘上了 1 − rate，反而更小。应该除以它。",
        )
    if not np.allclose(kept, 1 / (1 - rate)):
        raise NotYet(
            f"what is kept is multiplied by {kept[0]:.4g}; 1 / (1 − rate) is wanted.",
            f"留下的数乘上了 {kept[0]:.4g}；应为 1 / (1 − rate)。",
        )
    again = np.asarray(answer(inputs.copy(), rate, np.random.default_rng(1)))
    if np.array_equal(again, found):
        raise NotYet(
            "two generators gave the same mask: draw it from random.",
            "两个不同的生成器给出了同一个掩码：要用 random 来抽。",
        )


@exercise
def l2_step(answer):
    """``answer(weights, gradients, learning_rate, strength)`` gives the weights after a step."""
    random = np.random.default_rng(0)
    shapes = {"kernel": (2, 3), "recurrent_kernel": (3, 3), "bias": (3,)}
    weights, gradients = (
        {name: random.normal(size=shape) for name, shape in shapes.items()} for _ in range(2)
    )
    rate, strength = 0.5, 0.1
    given = {name: w.copy() for name, w in weights.items()}
    found = answer(given, {n: g.copy() for n, g in gradients.items()}, rate, strength)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, dict) or set(found) != set(shapes):
        raise NotYet(
            "a dictionary with the three names of the weights is wanted.",
            "应返回一个字典，含三个权重的名字。",
        )
    if any(not np.array_equal(given[name], w) for name, w in weights.items()):
        raise NotYet(
            "the weights that were given have changed: make new ones.",
            "传进来的权重被改动了：请返回新的数组。",
        )

    def stepped(name, pull):
        return weights[name] - rate * (gradients[name] + pull)

    w, g = weights["kernel"], gradients["kernel"]
    kernel = expect_shape(found["kernel"], (2, 3), "kernel")
    known = [
        (stepped("kernel", 0.0), "there is no penalty in it.", "没有加上惩罚。"),
        (
            stepped("kernel", strength * w),
            "the factor 2 is missing: the slope of w² is 2 w.",
            "少了因子 2：w² 的导数是 2 w。",
        ),
        (
            stepped("kernel", -2 * strength * w),
            "the penalty pushes the weights away from 0: its sign is wrong.",
            "惩罚把权重推离了 0：符号反了。",
        ),
        (
            stepped("kernel", strength * np.sign(w)),
            "that is L1, which pulls all weights alike. L2 pulls large ones more.",
            "这是 L1，对大小权重一视同仁。L2 对大权重拉得更狠。",
        ),
        (
            stepped("kernel", strength * w**2),
            "the penalty itself was added to the gradient; its slope is wanted.",
            "加到梯度上的是惩罚本身；要加的是它的导数。",
        ),
        (
            w - rate * g - 2 * strength * w,
            "the pull is not multiplied by the learning rate. (So-called decoupled weight decay "
            "does that; here the penalty is a part of the loss.)",
            "拉力没有乘学习率。（那是所谓“解耦的权重衰减”；这里惩罚是损失的一部分。）",
        ),
        (
            weights["kernel"] + rate * (g + 2 * strength * w),
            "the step goes uphill: the gradient is subtracted.",
            "这一步是往上走的：梯度应该减去。",
        ),
    ]
    for numbers, en, zh in known:
        if np.allclose(kernel, numbers, atol=1e-12):
            raise NotYet(en, zh)
    expect_close(kernel, stepped("kernel", 2 * strength * w), at_most=1e-9, name="kernel")
    for name in ("recurrent_kernel", "bias"):
        pulled = stepped(name, 2 * strength * weights[name])
        one = expect_shape(found[name], shapes[name], name)
        if name == "bias" and np.allclose(one, pulled, atol=1e-12):
            raise NotYet(
                "the bias is pulled to 0 too. It multiplies nothing, so it makes no curve wilder: "
                "leave it free.",
                "偏置也被拉向 0 了。它不乘任何输入，不会让曲线更曲折：不必惩罚。",
            )
        right = stepped(name, 0.0) if name == "bias" else pulled
        expect_close(one, right, at_most=1e-9, name=name)


@exercise
def split(answer):
    """``answer(length, num_steps, share)`` gives the starts of training and validation windows."""
    for length, num_steps, share in ((40, 5, 0.25), (31, 3, 0.3)):
        found = answer(length, num_steps, share)
        if found is None or found is ...:
            raise NotImplementedError
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise NotYet(
                "two arrays of starts are wanted: training and validation.",
                "应返回两个起点数组：训练的和验证的。",
            )
        train, validation = (np.asarray(part, int).ravel() for part in found)
        _check_split(train, validation, length, num_steps, round(share * length))


def _check_split(train, validation, length, num_steps, held):
    border = length - held
    for part in (train, validation):
        if not len(part):
            raise NotYet("one of the parts is empty.", "有一部分是空的。")
        if part.min() < 0 or part.max() + num_steps >= length:
            raise NotYet(
                f"a window reaches beyond the series: its target would be value "
                f"{part.max() + num_steps}, the last one is {length - 1}.",
                f"有窗口超出了序列：它的目标应是第 {part.max() + num_steps} 个值，"
                f"而最后一个是第 {length - 1} 个。",
            )

    def values(starts):
        return {start + step for start in starts.tolist() for step in range(num_steps + 1)}

    common = values(train) & values(validation)
    if train.max() > validation.min():
        raise NotYet(
            f"training windows lie behind validation windows: the starts were shuffled before the "
            f"split. Neighbouring windows share {num_steps} of {num_steps + 1} values, so the "
            f"network has seen nearly all that it is tested on ({len(common)} values are in both).",
            f"有训练窗口排在验证窗口之后：是先打乱再划分的。相邻窗口的 {num_steps + 1} 个值里有 "
            f"{num_steps} 个相同，所以检验用的值网络几乎都见过（{len(common)} 个值两边都有）。",
        )
    if common and train.max() + num_steps >= border:
        raise NotYet(
            f"the last training windows reach into the validation part: {len(common)} values are "
            "in both. A window is longer than its start.",
            f"最后几个训练窗口伸进了验证部分：有 {len(common)} 个值两边都有。窗口不只是一个起点。",
        )
    if common:
        raise NotYet(
            f"the first validation windows reach back into the training part: {len(common)} values "
            "are in both. (A forecaster may do that, the past is known; here no value may be.)",
            f"最前面的验证窗口伸回了训练部分：有 {len(common)} 个值两边都有。"
            "（做预报时可以这样，过去是已知的；但本题要求一个也不能有。）",
        )
    wanted = {
        "training": (train, np.arange(0, border - num_steps), "训练"),
        "validation": (validation, np.arange(border, length - num_steps), "验证"),
    }
    for name, (part, right, chinese) in wanted.items():
        if sorted(part.tolist()) != right.tolist():
            raise NotYet(
                f"there are {len(part)} {name} windows for {length} values, {num_steps} steps and "
                f"{held} values held out; {len(right)} fit.",
                f"共 {length} 个值，窗口 {num_steps} 步，留出 {held} 个值；"
                f"{chinese}窗口你有 {len(part)} 个，其实放得下 {len(right)} 个。",
            )
