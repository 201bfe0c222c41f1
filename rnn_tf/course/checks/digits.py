"""Checks of lesson 5's lab: digits row by row."""

import functools

import numpy as np

from rnn_tf import models, training
from rnn_tf.backend import keras, tf
from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import digits


@exercise
def rows_as_steps(as_steps):
    """``as_steps(flat)``: (count, 784), row after row, becomes (count, 28 steps, 28 features)."""
    flat = np.random.default_rng(0).random((3, 784))
    pictures = flat.reshape(3, 28, 28)
    found = as_steps(flat.copy())
    shape = np.shape(found)
    if shape == (3, 1, 784):
        raise NotYet(
            "this is one step of 784 features: the whole picture at once, so nothing can recur.",
            "这是 1 个时间步、784 个特征：整张图片一次给完，谈不上循环。",
        )
    if shape == (3, 784, 1):
        raise NotYet(
            "this reads pixel by pixel: 784 steps of one feature. A row is to be one step.",
            "这是逐像素地读：784 个时间步，每步 1 个特征。这里要一行作一个时间步。",
        )
    if len(shape) == 4:
        raise NotYet(
            f"the shape {shape} has an axis too many: a channel is for convolutions, an LSTM "
            "reads (batch, steps, features).",
            f"形状 {shape} 多了一个轴：通道轴是卷积用的，LSTM 的输入是（批，时间步，特征）。",
        )
    found = expect_shape(found, (3, 28, 28))
    if np.allclose(found, pictures.transpose(0, 2, 1)):
        raise NotYet(
            "the shape is right, but each step is a column of the picture, not a row.",
            "形状对了，但每个时间步是图片的一列，不是一行。",
        )
    expect_close(found, pictures, at_most=1e-12)


@exercise
def settled(first_row):
    """``first_row(belief)``: the row, from 1 up, from which on the last answer leads."""
    answers = {
        16: [7] * 10 + [3] * 5 + [9] * 13,
        11: [9] * 5 + [4] * 5 + [9] * 18,
        28: [2] * 27 + [3],
        1: [6] * 28,
    }
    for row, leaders in answers.items():
        found = expect_number(first_row(_belief(leaders)))
        if found == row:
            continue
        said = "".join(map(str, leaders))
        if found == row - 1:
            raise NotYet(
                f"for the leaders {said} it says {found:g}: rows count from 1, the first row is "
                "not row 0.",
                f"领先者依次为 {said} 时得到 {found:g}：行号从 1 开始数，第一行不是第 0 行。",
            )
        if found == leaders.index(leaders[-1]) + 1:
            raise NotYet(
                f"for the leaders {said} it says {found:g}: there the last answer leads for the "
                "first time, but it loses the lead again.",
                f"领先者依次为 {said} 时得到 {found:g}：那只是最终答案第一次领先，后来又落后了。",
            )
        raise NotYet(
            f"for the leaders {said} it says {found:g}.", f"领先者依次为 {said} 时得到 {found:g}。"
        )


def _belief(leaders):
    """(28, 10): each row's leader has 0.64, the others 0.04."""
    return np.eye(10)[leaders] * 0.6 + 0.04


_RATES = np.array([0.001, 0.003, 0.01, 0.03])
#: The third rate is best by its median, the first has the luckiest seed, the last the best test.
_VALIDATION = np.array(
    [[0.99, 0.91, 0.90], [0.93, 0.94, 0.92], [0.95, 0.955, 0.94], [0.94, 0.93, 0.70]]
)
_TEST = np.array([[0.96, 0.90, 0.89], [0.92, 0.93, 0.94], [0.935, 0.945, 0.93], [0.97, 0.96, 0.95]])


@exercise
def choose(chosen):
    """``chosen(rates, validation, test)``: the best rate, and the accuracy to be reported."""
    found = chosen(_RATES.copy(), _VALIDATION.copy(), _TEST.copy())
    if found is None or found is ...:
        raise NotImplementedError
    try:
        rate, reported = found
    except (TypeError, ValueError):
        raise NotYet(
            "two numbers are wanted: the rate and the accuracy to report.",
            "应返回两个数：学习率，以及要报告的准确率。",
        ) from None
    rate, reported = expect_number(rate, "rate"), expect_number(reported, "accuracy")
    if rate in (0, 1, 2, 3):
        raise NotYet(
            f"{rate:g} is the place of a rate in the list; the rate itself is wanted.",
            f"{rate:g} 是学习率在列表里的位置，要的是学习率本身。",
        )
    if np.isclose(rate, 0.03):
        raise NotYet(
            "this rate is best on the test set. Who chooses by it can no longer report it.",
            "这个学习率是在测试集上最好。用测试集来挑选，它的分数就不能再报告了。",
        )
    if np.isclose(rate, 0.001):
        raise NotYet(
            "this rate has the luckiest single seed. Look at the median over its seeds.",
            "这个学习率只是有一个种子运气最好。要看各种子的中位数。",
        )
    expect_close(rate, 0.01, at_most=1e-12, name="rate")
    if np.isclose(reported, np.median(_VALIDATION[2])):
        raise NotYet(
            "the rate is right, but the accuracy is that of the validation set, which chose it.",
            "学习率对了，但准确率是验证集上的，而学习率正是用验证集挑的。",
        )
    if np.isclose(reported, _TEST[2].max()):
        raise NotYet(
            "the rate is right, but the accuracy is that of its best seed; report the median.",
            "学习率对了，但准确率取的是最好的种子；应报告中位数。",
        )
    expect_close(reported, np.median(_TEST[2]), at_most=1e-12, name="accuracy")


@exercise
def shuffled_each(shuffle):
    """``shuffle(pictures, rng)``: the rows of each picture in an order of its own."""
    pictures = np.random.default_rng(0).random((40, 28, 28))
    before = pictures.copy()
    found = expect_shape(shuffle(pictures, np.random.default_rng(1)), before.shape)
    if not np.array_equal(pictures, before):
        raise NotYet(
            "the pictures that were given have changed: make a copy, they are still needed.",
            "传进来的图片被改动了：请另造一份，原图还要用。",
        )
    if np.array_equal(found, before):
        raise NotYet("nothing has moved.", "什么都没有动。")
    orders = [_order(one, other) for one, other in zip(before, found, strict=True)]
    if any(order is None for order in orders):
        raise NotYet(
            "rows are torn apart: every new row must be one of the old rows, as a whole.",
            "行被拆散了：新图的每一行都应是原图完整的一行。",
        )
    if len({tuple(order) for order in orders}) == 1:
        raise NotYet(
            "all pictures have the same order; a network could learn that one.",
            "所有图片用的是同一种顺序，那样网络还能学会它。",
        )
    if len({tuple(order) for order in orders}) < len(orders):
        raise NotYet("some pictures share an order.", "有些图片的顺序相同。")


def _order(before, after):
    """Which row of ``before`` each row of ``after`` is; ``None`` if one is none of them."""
    places = {row.tobytes(): place for place, row in enumerate(before)}
    order = [places.get(np.ascontiguousarray(row).tobytes()) for row in after]
    return order if sorted(o for o in order if o is not None) == list(range(len(before))) else None


@exercise
def recurrent_gradient(measure):
    """``measure(model, pictures, targets)``: the largest gradient of the recurrent kernel."""
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 10, 16)
    for steps, features in ((1, 784), (28, 28)):
        training.set_seed(2)
        model = models.row_lstm(rows=steps, columns=features, units=6)
        pictures = rng.random((16, steps, features)).astype("float32")
        kernel, recurrent = _gradients(model, pictures, targets)
        found = expect_number(measure(model, pictures, targets))
        right = np.abs(recurrent).max()
        if np.isclose(found, np.abs(kernel).max(), rtol=1e-4):
            raise NotYet(
                "this is the gradient of the input kernel; the recurrent kernel has the shape "
                "(units, 4 · units).",
                "这是输入权重矩阵的梯度；循环权重矩阵的形状是（单元数，4 × 单元数）。",
            )
        if steps == 1 and found > 0:
            raise NotYet(
                f"for a network of one single step it says {found:.3g}; there it must be exactly "
                "0. Is it the gradient of another weight?",
                f"网络只有一步时得到 {found:.3g}，而那里必须恰好为 0。是不是别的权重的梯度？",
            )
        if found < 0 or np.isclose(found, recurrent.max(), rtol=1e-4) and recurrent.max() < right:
            raise NotYet(
                "take the absolute value first: the largest gradient may be a negative one.",
                "先取绝对值：最大的梯度可能是负的。",
            )
        expect_close(found, right, at_most=1e-4 * max(right, 1e-3))


def _gradients(model, pictures, targets):
    """Of the input kernel and of the recurrent kernel."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(targets, model(pictures))
    weights = model.get_layer("lstm").trainable_weights[:2]
    return [gradient.numpy() for gradient in tape.gradient(value, weights)]


#: What ``half_a_picture`` wants, and what a linear network reaches (see the tests).
HALF_WANTED = 0.85


@exercise
def half_a_picture(model):
    """A network that names digits by their upper 14 rows: (count, 14, 28) to 10 numbers each."""
    if model is None or model is ...:
        raise NotImplementedError
    pictures, targets = _unseen()
    upper, lower = pictures[:, :14], pictures[:, 14:]
    expect_shape(model(upper[:1]), (1, 10), "model(pictures)")
    right = _accuracy(model, upper, targets)
    if right >= HALF_WANTED:
        return
    if _accuracy(model, lower, targets) > right:
        raise NotYet(
            f"right in {right:.1%}, and better on the lower halves: which rows did it learn from?",
            f"答对 {right:.1%}，而读下半张反而更好：它是用哪些行训练的？",
        )
    if right < 0.2:
        raise NotYet(
            f"right in {right:.1%}, no better than one answer for all. Was it trained?",
            f"答对 {right:.1%}，和永远答同一个数差不多。它训练过了吗？",
        )
    raise NotYet(
        f"right in {right:.1%} of pictures it has not seen; wanted are {HALF_WANTED:.0%}.",
        f"在没见过的图片上答对 {right:.1%}，要求 {HALF_WANTED:.0%}。",
    )


@functools.cache
def _unseen():
    test = digits.load().test
    return test.inputs, test.targets


def _accuracy(model, pictures, targets):
    return training.metrics.accuracy(targets, training.metrics.decide(model(pictures)))
