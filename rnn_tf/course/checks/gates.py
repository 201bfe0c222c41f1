"""Checks of the lab of lesson 3: the belt, the step, the gradient, gates set by hand."""

import numpy as np

from rnn_tf import reference
from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_shape
from rnn_tf.datasets import toy
from rnn_tf.reference import sigmoid


def _random(*shapes, seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape) for shape in shapes]


def _diagnose(found, known):
    """Raise the words of the first known fault that gives these numbers."""
    for numbers, en, zh in known:
        if np.shape(numbers) == np.shape(found) and np.allclose(found, numbers, atol=1e-9):
            raise NotYet(en, zh)


@exercise
def belt(step):
    """``step(f, i, g, c)`` gives the new cell state from gates, candidate and old cell state."""
    f, i, g, c = _random((4,), (4,), (4,), (4,))
    f, i, g = sigmoid(f), sigmoid(i), np.tanh(g)
    found = step(f, i, g, c)
    if found is None or found is ...:
        raise NotImplementedError
    if np.ndim(found) == 0:
        raise NotYet(
            "that is one number for all units. A dot adds up; a gate multiplies unit by unit (*).",
            "所有单元只得到一个数。点积会求和；门是逐个单元相乘（*）。",
        )
    _diagnose(
        expect_shape(found, (4,), "c"),
        [
            (i * c + f * g, "the two gates are swapped.", "两个门用反了。"),
            (f * c + g, "the input gate does nothing.", "输入门没有起作用。"),
            (c + i * g, "the forget gate does nothing.", "遗忘门没有起作用。"),
            (f * c, "nothing is written: where is g?", "什么也没写进去：g 在哪里？"),
            (
                np.tanh(f * c + i * g),
                "there is no tanh on the belt; it comes on the way to h.",
                "传送带上没有 tanh；到 h 的路上才有。",
            ),
        ],
    )
    expect_close(found, f * c + i * g, at_most=1e-12, name="c")


def _lstm(x, h, c, W_x, W_h, b, *, order=(0, 1, 2, 3), squash=np.tanh, show=np.tanh):
    blocks = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g, o = (blocks[place] for place in order)
    new_c = sigmoid(f) * c + sigmoid(i) * squash(g)
    return np.stack([sigmoid(o) * show(new_c), new_c])


@exercise
def lstm_step(step):
    """``step(x, h, c, W_x, W_h, b)`` gives the new ``(h, c)``; blocks in Keras's order."""
    given = _random((2, 3), (2, 4), (2, 4), (3, 16), (4, 16), (16,))
    x, h, c, W_x, W_h, b = given
    found = step(*given)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("two states are wanted: return h, c.", "应返回两个状态：return h, c。")
    for name, state in zip("hc", found, strict=True):
        expect_shape(state, (2, 4), name)
    found, right = np.stack(found), _lstm(*given)
    _diagnose(
        found,
        [
            (right[::-1], "h and c are swapped: return h, c.", "h 与 c 反了：return h, c。"),
            (
                _lstm(*given, order=(0, 1, 3, 2)),
                "the blocks are in the order i, f, o, g of the articles; Keras has i, f, g, o.",
                "你按文章里 i、f、o、g 的次序取块；Keras 的次序是 i、f、g、o。",
            ),
            (
                _lstm(*given, squash=sigmoid),
                "g went through σ like a gate. It is no gate: it may be negative, so tanh.",
                "g 像门一样经过了 σ。它不是门，可以为负，应该用 tanh。",
            ),
            (
                _lstm(*given, show=lambda c: c),
                "h shows c itself: a tanh is missing in h = o ∘ tanh(c).",
                "h 直接取了 c：h = o ∘ tanh(c) 里少了 tanh。",
            ),
            (
                _lstm(x, 0 * h, c, W_x, W_h, b),
                "the old hidden state does nothing: where is h @ W_h?",
                "旧的隐藏状态没有起作用：h @ W_h 在哪里？",
            ),
            (_lstm(x, h, c, W_x, W_h, 0 * b), "the bias is missing.", "少了偏置。"),
        ],
    )
    for name, state, wanted in zip("hc", found, right, strict=True):
        expect_close(state, wanted, at_most=1e-12, name=name)


@exercise
def reach(along_the_belt):
    """``along_the_belt(f)`` gives ∂c_T/∂c_t for t = 1 … T from the forget gates (T, units)."""
    (f,) = _random((5, 3))
    f = sigmoid(f)
    found = along_the_belt(f.copy())
    if found is None or found is ...:
        raise NotImplementedError
    if np.shape(found) == (3,):
        raise NotYet(
            "that is one row; there should be one for every step t, (T, units).",
            "只有一行；每个时间步 t 都应有一行，形状为 (T, 单元)。",
        )
    later = np.cumprod(f[::-1], axis=0)[::-1]  # f_t … f_T
    right = np.vstack([later[1:], np.ones((1, 3))])
    _diagnose(
        expect_shape(found, (5, 3)),
        [
            (
                later,
                "f_t itself does not belong to ∂c_T/∂c_t: it stands before c_t, not after it.",
                "∂c_T/∂c_t 不含 f_t 本身：它在 c_t 之前，不在之后。",
            ),
            (
                np.cumprod(f, axis=0),
                "that multiplies the gates from the first step up to t; it should be t+1 … T.",
                "你乘的是第一步到第 t 步的门；应该乘第 t+1 步到第 T 步的。",
            ),
            (
                np.vstack([np.cumsum(f[::-1], axis=0)[::-1][1:], np.zeros((1, 3))]),
                "the gates were added; along a chain derivatives are multiplied.",
                "你把门加起来了；链式法则里导数是相乘的。",
            ),
        ],
    )
    expect_close(found, right, at_most=1e-12)


def _one_unit(cell, kind, features):
    """The answer as a cell of this kind with one unit."""
    if cell is None or cell is ...:
        raise NotImplementedError
    name = kind.__name__
    if not isinstance(cell, kind) or (cell.features, cell.units) != (features, 1):
        raise NotYet(
            f"a reference.{name} with {features} feature(s) and 1 unit is wanted.",
            f"应为一个 reference.{name}，{features} 个特征、1 个单元。",
        )
    return cell


@exercise
def counter(cell):
    """A one-unit LSTM whose cell state counts how often its one button was pressed."""
    cell = _one_unit(cell, reference.LSTM, 1)

    def after(*presses, num_steps=40):
        sequence = np.zeros((1, num_steps, 1))
        sequence[0, list(presses)] = 1.0
        return cell.forward(sequence).cell_states[0, :, 0]

    if abs(after()[-1]) > 0.02:
        raise NotYet(
            f"nothing was pressed, and c is {after()[-1]:.2f}.",
            f"没按过，c 却是 {after()[-1]:.2f}。",
        )
    one = after(3)
    if one[3] < 0.1:
        raise NotYet(
            f"one press makes c {one[3]:.2f}; it should rise.",
            f"按一次，c 为 {one[3]:.2f}，应当上升。",
        )
    if one[-1] < 0.95 * one[3]:
        raise NotYet(
            f"of one press, {one[-1] / one[3]:.0%} are left after 36 steps: which gate forgets?",
            f"按一次之后过 36 步，只剩 {one[-1] / one[3]:.0%}：是哪个门在忘？",
        )
    five = after(3, 4, 10, 20, 30)[-1] / one[-1]
    if five < 1.5:
        raise NotYet(
            "five presses leave what one leaves: each writes over the last. Add, do not replace.",
            "按五次与按一次的结果一样：后一次盖掉了前一次。要累加，不要替换。",
        )
    if abs(five - 5) > 0.25:
        raise NotYet(
            f"five presses count as {five:.2f} of one.", f"按五次，只相当于一次的 {five:.2f} 倍。"
        )


@exercise
def gru_memory(cell):
    """A one-unit GRU (value, write) that keeps the value that it heard while "write" was down."""
    cell = _one_unit(cell, reference.GRU, 2)
    (values,) = _random((1, 30), seed=4)
    values[0, [4, 20]] = 0.9, -0.7

    def states(*writes):
        sequence = np.stack([values, np.zeros_like(values)], axis=-1)
        sequence[0, list(writes), 1] = 1.0
        return cell.forward(sequence).hidden_states[0, :, 0]

    once = states(4)
    if abs(once[4] - np.tanh(0.9)) > 0.05 and np.ptp(once[:4]) > 0.1:
        raise NotYet(
            'it writes at every step but where "write" is down. In Keras z = 1 keeps; '
            "article 004 has it the other way round.",
            "不按“写入”时它步步都写，按下反而不写。Keras 里 z = 1 表示保留，文章 004 正好相反。",
        )
    if abs(once[4] - np.tanh(0.9)) > 0.05:
        raise NotYet(
            f"at the step of writing h is {once[4]:.2f}, wanted is tanh(0.9) = {np.tanh(0.9):.2f}.",
            f"写入那一步 h 为 {once[4]:.2f}，应为 tanh(0.9) = {np.tanh(0.9):.2f}。",
        )
    if np.abs(once[4:] - once[4]).max() > 0.05:
        raise NotYet(
            f"it does not keep: at the last step h is {once[-1]:.2f}.",
            f"没有存住：到最后一步 h 为 {once[-1]:.2f}。",
        )
    if abs(states(4, 20)[-1] - np.tanh(-0.7)) > 0.05:
        raise NotYet(
            "a second press should write over the first.", "第二次按下应当盖掉第一次写入的数。"
        )


@exercise
def remembers(network, *, most_weights=100):
    """A trained network of few weights that says the last written number, long afterwards."""
    if network is None or network is ...:
        raise NotImplementedError
    if not isinstance(network, reference.Network):
        raise NotYet("a reference.Network is wanted.", "应为一个 reference.Network。")
    if network.parameter_count > most_weights:
        raise NotYet(
            f"{network.parameter_count} weights; at most {most_weights} are allowed.",
            f"参数量为 {network.parameter_count}，最多只能有 {most_weights} 个。",
        )
    inputs, targets = toy.last_written(500, 60, chance=0.07, seed=12345)
    outputs = expect_shape(network.forward(inputs).outputs, targets.shape, "outputs")
    steps = np.arange(inputs.shape[1])
    age = steps - np.maximum.accumulate(np.where(inputs[:, :, 1], steps, 0), axis=1)
    error = np.mean(np.square(outputs - targets)[age >= 10])
    if not error < 0.9 / 3:
        raise NotYet(
            f"ten steps or more after the writing the squared error is {error:.3f}: hardly better "
            "than always saying 0 (0.333).",
            f"写入十步以后，均方误差 {error:.3f}：与总答 0（0.333）相差无几。",
        )
    if error > 0.1:
        raise NotYet(
            f"ten steps or more after the writing the squared error is {error:.3f}; at most 0.1 "
            "is wanted.",
            f"写入十步以后，均方误差 {error:.3f}；应不超过 0.1。",
        )
