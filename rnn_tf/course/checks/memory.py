"""Checks of the lab of lesson 9: linear recurrences, budgets, reach, influence, a choice."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_shape
from rnn_tf.course.checks.sizes import layers_for, units_for  # noqa: F401


@exercise
def combine(answer):
    """``answer((a_1, b_1), (a_2, b_2))`` gives the pair of both steps h ← a h + b, in turn."""
    a, b = np.random.default_rng(0).uniform(-1, 1, size=(2, 2, 5))
    found = answer((a[0], b[0]), (a[1], b[1]))
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("a pair (a, b) is wanted.", "应返回一对 (a, b)。")
    factor, added = (expect_shape(one, (5,), name) for one, name in zip(found, "ab", strict=True))
    if not np.allclose(factor, a[0] * a[1]):
        raise NotYet(
            "a is not right: what is left of h after it was multiplied twice?",
            "a 不对：h 连乘两次之后，前面的系数是什么？",
        )
    if np.allclose(added, b[0] + b[1]):
        raise NotYet(
            "b: what the first step has added goes through the second step, too.",
            "b 不对：第一步加进去的，也要经过第二步。",
        )
    if np.allclose(added, a[0] * b[1] + b[0]):
        raise NotYet(
            "b is that of the second step done first. The order matters.",
            "b 是先走第二步、后走第一步的结果。次序不能颠倒。",
        )
    expect_close(added, a[1] * b[0] + b[1], at_most=1e-12, name="b")


def _pairs(gates, *, may_turn=False):
    """bit → (a, g) as numbers; ``NotYet`` for what is none."""
    if gates is None or gates is ...:
        raise NotImplementedError
    if not isinstance(gates, dict) or set(gates) != {0, 1}:
        raise NotYet(
            "wanted is {0: (a, g), 1: (a, g)}: a pair for either bit.",
            "应写成 {0: (a, g), 1: (a, g)}：两种比特各一对。",
        )
    pairs = {}
    for bit, pair in gates.items():
        if any(one is ... for one in np.atleast_1d(np.array(pair, dtype=object))):
            raise NotImplementedError
        pairs[bit] = expect_shape(pair, (2,), f"[{bit}]").astype(complex)
        a = pairs[bit][0]
        if not np.isfinite(pairs[bit]).all() or abs(a) > 1 + 1e-12:
            raise NotYet(
                f"bit {bit}: |a| = {abs(a):.4g}. Beyond 1 a state grows without end.",
                f"比特 {bit}：|a| = {abs(a):.4g}。超过 1，状态会无休止地增大。",
            )
        if np.any(pairs[bit].imag != 0) and not may_turn:
            raise NotYet("real numbers are enough here.", "这里用实数就够。")
    return pairs


def _run(pairs, bits):
    """The states after each bit, complex, from h = 0."""
    state, states = 0j, []
    for bit in bits:
        a, g = pairs[int(bit)]
        state = a * state + (1 - a) * g
        states.append(state)
    return np.array(states)


def _bits(count, seed=0):
    return np.random.default_rng(seed).integers(0, 2, count)


def _expect_states(pairs, bits, wanted, within, hint=("", "")):
    """``NotYet`` at the first step at which the state is not what is wanted."""
    states = _run(pairs, bits).real
    wrong = np.flatnonzero(np.abs(states - wanted) > within)
    if not len(wrong):
        return
    at = wrong[0]
    so_far = " ".join(map(str, bits[: at + 1]))
    if at >= 8:
        so_far = f"… {' '.join(map(str, bits[at - 7 : at + 1]))}"
    raise NotYet(
        f"step {at + 1}, after {so_far}: h is {states[at]:.3g}, wanted is {wanted[at]:g}.{hint[0]}",
        f"第 {at + 1} 步，读过 {so_far}：h 是 {states[at]:.3g}，应为 {wanted[at]:g}。{hint[1]}",
    )


@exercise
def ever(gates):
    """With ``gates[bit]`` = (a, g) the state is 1 from the first one on, else 0."""
    bits = np.concatenate([[0, 0, 0, 1, 1, 0, 0], _bits(60)])
    _expect_states(_pairs(gates), bits, np.maximum.accumulate(bits), within=0.05)


@exercise
def parity(gates):
    """With ``gates[bit]`` = (a, g) the state is 1 after an odd number of ones, else 0."""
    pairs = _pairs(gates)
    bits = np.concatenate([[0, 1, 0, 1, 1], _bits(60)])
    hint = ("", "")
    if pairs[1][0].real >= 0:
        hint = (
            " With a from 0 to 1 a one can keep or forget; it can't flip.",
            "a 在 0 到 1 之间，遇到 1 只能保留或遗忘，不能翻转。",
        )
    _expect_states(pairs, bits, np.cumsum(bits) % 2, within=0.05, hint=hint)


@exercise
def counter(gates):
    """With ``gates[bit]`` = (a, g) the state is the number of ones so far, within one half."""
    pairs = _pairs(gates)
    bits, hint = np.concatenate([[0, 1, 0, 1, 1], _bits(95)]), ("", "")
    if pairs[1][0] == 1:
        hint = (
            " With a = 1 nothing is written: (1 − a) g is 0, whatever g is.",
            "a = 1 时什么也写不进去：不论 g 是多少，(1 − a) g 都是 0。",
        )
    elif abs(pairs[0][0]) < 0.999:
        hint = (" A zero should change nothing.", "遇到 0 时什么都不该变。")
    elif abs((1 - pairs[1][0]) * pairs[1][1] - 1) < 1e-3:
        hint = (
            " A one adds 1, but the old count shrinks meanwhile: a nearer to 1, g larger.",
            "遇到 1 时确实加了 1，但旧的计数同时在缩小：a 要更接近 1，g 要更大。",
        )
    _expect_states(pairs, bits, np.cumsum(bits), within=0.5, hint=hint)


@exercise
def modulo_three(gates):
    """With ``gates[bit]`` = (a, g) the state says how many ones there were, modulo 3."""
    pairs = _pairs(gates, may_turn=True)
    bits = np.concatenate([[0, 1, 0, 1, 1], _bits(60)])
    states, ones = _run(pairs, bits), np.cumsum(bits)
    size = np.abs(states).max()
    if size < 1e-9:
        raise NotYet(
            "h stays at 0: it is turned about g, and it starts there. Take another g.",
            "h 一直是 0：它绕着 g 转，而起点正好是 g。换一个 g。",
        )
    after = {count: states[ones % 3 == count] for count in range(3)}
    for count, some in after.items():
        if np.abs(some - some[0]).max() > 0.05 * size:
            first, second = some[0], some[np.argmax(np.abs(some - some[0]))]
            raise NotYet(
                f"h should be the same whenever the count modulo 3 is {count}; it was {first:.2f} "
                f"and {second:.2f}.",
                f"个数除以 3 余 {count} 时，h 应当总是同一个值；可它有时是 {first:.2f}，"
                f"有时是 {second:.2f}。",
            )
    for one, other in ((0, 1), (1, 2), (0, 2)):
        if abs(after[one][0] - after[other][0]) < 0.2 * size:
            raise NotYet(
                f"h is the same for a remainder of {one} and of {other}.",
                f"余 {one} 和余 {other} 时，h 是同一个值，分不出来。",
            )


@exercise
def influence(answer):
    """``answer(network, inputs, by)`` gives by how much each output moves for each input."""
    steps, by = 6, 0.25
    matrix = np.random.default_rng(0).normal(size=(steps, steps))
    inputs = np.random.default_rng(1).normal(size=(1, steps, 1))
    given = inputs.copy()

    def network(x):
        if np.shape(x) != (1, steps, 1):
            raise NotYet(
                f"the network was given the shape {np.shape(x)}; it takes {(1, steps, 1)}.",
                f"传给网络的形状是 {np.shape(x)}，应为 {(1, steps, 1)}。",
            )
        return np.einsum("ts,bsf->btf", matrix, np.asarray(x))

    right = by * np.abs(matrix)
    found = expect_shape(answer(network, given, by), (steps, steps), "matrix").astype(float)
    if not np.array_equal(given, inputs):
        raise NotYet(
            "the inputs have changed: each step must be tried on a copy of its own.",
            "传进来的输入被改动了：每一步都要在自己的副本上试。",
        )
    for faulty, en, zh in (
        (
            right.T,
            "rows and columns are swapped: a row is a step of the output.",
            "行和列弄反了：一行是输出的一步。",
        ),
        (
            by * matrix,
            "some changes are negative; wanted is their size.",
            "有的变化是负数；要的是大小。",
        ),
        (
            np.abs(by * np.cumsum(matrix, axis=1)),
            "the steps before are still changed: each needs a fresh copy.",
            "前面各步的改动还留着：每一步都要用新的副本。",
        ),
        (
            np.abs(matrix),
            "that is divided by the change; wanted is the change itself.",
            "你除以了改变量；要的是变化本身。",
        ),
    ):
        if np.allclose(found, faulty):
            raise NotYet(en, zh)
    expect_close(found, right, at_most=1e-9, name="matrix")
    bent = expect_shape(answer(lambda x: np.asarray(x) ** 2, inputs.copy(), by), (steps, steps))
    wanted = np.diag(np.abs(2 * by * inputs[0, :, 0] + by**2))
    if not np.allclose(bent, wanted):
        raise NotYet(
            "for a network that is not linear it is not right. Compare with the outputs before "
            "the change, and change by `by`.",
            "换成非线性的网络就不对了。要与改动之前的输出相比，而且改动量是 by。",
        )


@exercise
def choice(answer, score, weights, *, wanted=0.9, seeds=(10, 11)):
    """For each task the name of the network with the fewest weights that learns it, or ``None``.

    Args:
        answer: task → name.
        score: ``score(name, task, seed)`` → accuracy.
        weights: name → how many it has.
    """
    if answer is None or answer is ...:
        raise NotImplementedError
    for task, name in answer.items():
        if name is ...:
            raise NotImplementedError
        if name is not None and name not in weights:
            raise NotYet(
                f"{task}: there is no network {name!r}; there are {', '.join(weights)}.",
                f"{task}：没有叫 {name!r} 的网络；有 {'、'.join(weights)}。",
            )

    def seen(name, task, some=seeds):
        return [float(score(name, task, seed)) for seed in some]

    def shown(values):
        return ", ".join(f"{value:.2f}" for value in values)

    for task, name in answer.items():
        if name is None:
            largest = max(weights, key=weights.get)
            reached = seen(largest, task, seeds[:1])
            if min(reached) >= wanted:
                raise NotYet(
                    f"{task}: {largest} does learn it ({shown(reached)}).",
                    f"{task}：{largest} 学得会（{shown(reached)}）。",
                )
            continue
        reached = seen(name, task)
        if min(reached) < wanted:
            raise NotYet(
                f"{task}: {name} does not learn it ({shown(reached)}). What must be remembered "
                "there, and can it do that?",
                f"{task}：{name} 学不会（{shown(reached)}）。那里要记住什么？它做得到吗？",
            )
        for other in sorted(weights, key=weights.get):
            if weights[other] >= weights[name]:
                break
            if seen(other, task, seeds[:1])[0] >= wanted and min(seen(other, task)) >= wanted:
                raise NotYet(
                    f"{task}: {name} learns it, but {other} does, too, and has fewer weights.",
                    f"{task}：{name} 学得会，但 {other} 也学得会，参数还更少。",
                )
