"""Checks of the lab of lesson 1: one step, a baseline, memory by hand, one step back, a bug hunt,
the cliff."""

import itertools

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import toy


def _random(*shapes):
    random = np.random.default_rng(3)
    return [random.normal(size=shape) for shape in shapes]


def _diagnose(found, known):
    """Raise the words of the first known fault that gives these numbers."""
    for numbers, en, zh in known:
        if np.shape(numbers) == np.shape(found) and np.allclose(found, numbers, atol=1e-9):
            raise NotYet(en, zh)


@exercise
def one_step(step):
    """``step(x, h_before, w)`` gives the next hidden state, (batch, units)."""
    x, h, W_x, W_h, b_h = _random((3, 2), (3, 4), (2, 4), (4, 4), 4)
    new, old = x @ W_x, h @ W_h
    found = expect_shape(step(x, h, {"W_x": W_x, "W_h": W_h, "b_h": b_h}), (3, 4), "h")
    _diagnose(
        found,
        [
            (
                np.tanh(new + b_h),
                "the old state does nothing: that is a network without memory.",
                "旧状态没有起作用：这是没有记忆的网络。",
            ),
            (
                np.tanh(old + b_h),
                "the input does nothing: it needs a matrix of its own (B-002-01).",
                "输入没有起作用：它需要自己的权重矩阵（B-002-01）。",
            ),
            (
                np.tanh(new + old),
                "the bias is never added (B-001-04).",
                "偏置没有加上（B-001-04）。",
            ),
            (new + old + b_h, "the tanh is missing.", "缺了 tanh。"),
            (
                np.tanh((new + old + b_h) / 2),
                "this squashing function is tanh of half the sum (B-002-06): take np.tanh.",
                "这个压缩函数是和的一半的 tanh（B-002-06）：请用 np.tanh。",
            ),
            (
                np.tanh(new + h @ W_h.T + b_h),
                "W_h is transposed: a row of numbers stands on its left.",
                "W_h 多了一个转置：状态是一行数，从左边乘 W_h。",
            ),
        ],
    )
    expect_close(found, np.tanh(new + old + b_h), at_most=1e-12, name="h")


@exercise
def sum_baseline(answer):
    """The lowest squared error without memory where x_t + x_{t-1} is wanted."""
    found = expect_number(answer)
    if np.isclose(found, 0.5):
        raise NotYet(
            "1/2 is what you get by always answering 1. But the present bit is known.",
            "1/2 是总答 1 的误差。可是眼前的比特是知道的。",
        )
    if np.isclose(found, 0.0):
        raise NotYet(
            "0 would need the bit before; nothing is left of it without memory.",
            "误差为 0 需要知道前一个比特；没有记忆，它什么也没留下。",
        )
    if not 0.245 <= found <= 0.255:
        raise NotYet(
            f"{found:.3g} it is not. Answer the present bit plus a guess for the one before: "
            "which guess is best, and how far off is it?",
            f"不是 {found:.3g}。回答“眼前的比特加上对前一个的猜测”：猜多少最好？差多少？",
        )


_KEYS = ("W_x", "W_h", "b_h", "W_y", "b_y")


@exercise
def memory_by_hand(w):
    """Weights set by hand, without training, that echo bits after five steps."""
    if w is None or w is ... or any(w.get(key) is ... for key in _KEYS):
        raise NotImplementedError
    if missing := [key for key in _KEYS if key not in w]:
        raise NotYet(f"{', '.join(missing)} missing.", f"缺少 {', '.join(missing)}。")
    units = len(np.atleast_2d(w["W_h"]))
    shapes = {"W_x": (1, units), "W_h": (units, units), "b_h": (units,), "W_y": (units, 1)}
    for key, shape in {**shapes, "b_y": (1,)}.items():
        expect_shape(w[key], shape, key)
    bits = np.array(list(itertools.product((0.0, 1.0), repeat=9)))[..., None]
    said = _logits(w, bits)[..., 0] > 0
    for delay in range(8):
        if np.array_equal(said[:, delay:], bits[:, : 9 - delay, 0] > 0.5):
            if delay == 5:
                return
            raise NotYet(
                f"that is the echo after {delay} steps, wanted is the one after 5.",
                f"这是 {delay} 步后的回声，要的是 5 步后的。",
            )
    if not said[:, 5:].any():
        raise NotYet(
            "it never says 1. How large is a 1 when it reaches the unit that speaks? The "
            "threshold, -b_y, must be smaller than that.",
            "它从不说 1。一个 1 走到说话的单元时还剩多大？阈值 -b_y 要比它小。",
        )
    if said[:, 5:].all():
        raise NotYet("it always says 1: look at b_y.", "它总说 1：看看 b_y。")
    share = np.mean(said[:, 5:] == (bits[:, :4, 0] > 0.5))
    raise NotYet(
        f"{share:.1%} of the answers are right. Follow a single 1 through the units.",
        f"答对 {share:.1%}。盯住一个 1，看它在各单元间怎么走。",
    )


def _logits(w, inputs):
    hidden, outputs = np.zeros((len(inputs), len(w["W_h"]))), []
    for t in range(inputs.shape[1]):
        hidden = np.tanh(inputs[:, t] @ w["W_x"] + hidden @ w["W_h"] + w["b_h"])
        outputs.append(hidden @ w["W_y"] + w["b_y"])
    return np.stack(outputs, axis=1)


@exercise
def one_step_back(step):
    """``step(d_y, from_later, h, W_y, W_h)`` gives alpha, and what goes to the step before."""
    d_y, later, h, W_y, W_h = _random((3, 2), (3, 4), (3, 4), (4, 2), (4, 4))
    h = np.tanh(h)
    found = step(d_y, later, h, W_y, W_h)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet(
            "two arrays are wanted: alpha, and what goes to the step before.",
            "要返回两个数组：alpha，以及送给前一步的量。",
        )
    delta, slope = d_y @ W_y.T + later, 1 - h**2
    _diagnose(
        expect_shape(found[0], (3, 4), "alpha"),
        [
            (
                d_y @ W_y.T * slope,
                "nothing comes from the later steps: no gradient goes back in time (B-001-11).",
                "没有用到以后各步传回的量：梯度没有沿时间往回走（B-001-11）。",
            ),
            (
                delta + slope,
                "the slope is added; the chain rule multiplies (B-002-16).",
                "斜率是加上去的；链式法则是相乘（B-002-16）。",
            ),
            (delta, "the slope of tanh is missing.", "缺了 tanh 的斜率。"),
            (delta * (1 - h), "the slope of tanh is 1 − h².", "tanh 的斜率是 1 − h²。"),
        ],
    )
    expect_close(found[0], delta * slope, at_most=1e-12, name="alpha")
    _diagnose(
        expect_shape(found[1], (3, 4), "to_earlier"),
        [
            (
                delta @ W_h.T,
                "alpha is right, but delta is sent: the way back leads through tanh (B-002-19).",
                "alpha 对了，送出去的却是 delta：往回走要经过 tanh（B-002-19）。",
            ),
            (
                delta * slope @ W_h,
                "W_h must be transposed on the way back.",
                "往回走时 W_h 要转置。",
            ),
        ],
    )
    expect_close(found[1], delta * slope @ W_h.T, at_most=1e-12, name="to_earlier")


def _suspect(*, before=0, transposed=False, slope=lambda h: 1 - h**2):
    """A backward pass as in the lesson, right or with one fault in it."""

    def backward(w, inputs, hidden, d_outputs):
        g = {name: np.zeros_like(array) for name, array in w.items()}
        from_later = np.zeros_like(hidden[:, 0])
        for t in reversed(range(inputs.shape[1])):
            h = hidden[:, t + 1]
            alpha = (d_outputs[:, t] @ w["W_y"].T + from_later) * slope(h)
            g["W_y"] += h.T @ d_outputs[:, t]
            g["b_y"] += d_outputs[:, t].sum(axis=0)
            g["W_x"] += inputs[:, t].T @ alpha
            g["W_h"] += hidden[:, t + before].T @ alpha
            g["b_h"] += alpha.sum(axis=0)
            from_later = alpha @ (w["W_h"] if transposed else w["W_h"].T)
        return g

    return backward


def _all_steps_at_once(w, inputs, hidden, d_outputs):
    """Right, written differently: first every alpha, then every sum."""
    alphas, from_later = [], 0.0
    for t in reversed(range(inputs.shape[1])):
        alphas.insert(0, (d_outputs[:, t] @ w["W_y"].T + from_later) * (1 - hidden[:, t + 1] ** 2))
        from_later = alphas[0] @ w["W_h"].T
    alphas = np.stack(alphas, axis=1)

    def products(left, right):
        return np.einsum("bti,btj->ij", left, right)

    return {
        "W_x": products(inputs, alphas),
        "W_h": products(hidden[:, :-1], alphas),
        "b_h": alphas.sum(axis=(0, 1)),
        "W_y": products(hidden[:, 1:], d_outputs),
        "b_y": d_outputs.sum(axis=(0, 1)),
    }


#: Backward passes, ``(w, inputs, hidden, d_outputs) -> gradients``; some are wrong.
SUSPECTS = {
    "A": _suspect(),
    "B": _suspect(before=1),
    "C": _all_steps_at_once,
    "D": _suspect(transposed=True),
}
_GUILTY = {"B", "D"}


@exercise
def suspects(names):
    """The names of the backward passes in ``SUSPECTS`` that are wrong."""
    if names is None or names is ...:
        raise NotImplementedError
    names = {str(name).upper() for name in names}
    if unknown := names - set(SUSPECTS):
        raise NotYet(
            f"nobody is called {', '.join(sorted(unknown))}.",
            f"没有叫 {', '.join(sorted(unknown))} 的。",
        )
    if innocent := sorted(names - _GUILTY):
        raise NotYet(
            f"{innocent[0]} is right: every gradient agrees with the measured one. Code that "
            "looks different is not wrong yet.",
            f"{innocent[0]} 是对的：每个梯度都与实测相符。写法不同，不等于错。",
        )
    if missed := len(_GUILTY - names):
        raise NotYet(
            f"{missed} more of them wrong. Check every tensor, with more than one step.",
            f"还有 {missed} 个是错的。每个张量都要检验，时间步不能只有一个。",
        )


@exercise
def far_echo(say):
    """``say(inputs)`` gives logits that echo bits after twelve steps."""
    inputs, targets = toy.delayed_echo(400, 24, 12, seed=20_000)
    found = expect_shape(say(inputs), targets.shape, "logits")
    if found.dtype != bool and found.min() >= 0 and found.max() <= 1 and found.min() != found.max():
        raise NotYet(
            "these look like probabilities. Give logits: above 0 means 1.",
            "这些像是概率。请给 logits：大于 0 表示 1。",
        )
    said = found > 0
    right = np.mean(said[:, 12:] == (targets[:, 12:] > 0.5))
    if right >= 0.95:
        return
    for delay in range(12):
        if np.mean(said[:, delay:] == (inputs[:, : 24 - delay] > 0.5)) > 0.95:
            raise NotYet(
                f"this is an echo after {delay} steps, wanted is the one after 12.",
                f"这是 {delay} 步后的回声，要的是 12 步后的。",
            )
    if right < 0.55:
        raise NotYet(
            f"{right:.1%} right on new sequences: that is guessing.",
            f"新序列上答对 {right:.1%}：等于随机猜测。",
        )
    raise NotYet(
        f"{right:.1%} right on new sequences, wanted are 95 %. Something has been learnt: what "
        "would help it further?",
        f"新序列上答对 {right:.1%}，要求 95%。它学到了一些：怎样让它再进一步？",
    )
