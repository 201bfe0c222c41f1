"""Checks of the lab of lesson 8: norms by lag, starts, clipping, the edge of what is learnt."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape

_INPUT, _FORGET, _CANDIDATE, _OUTPUT = range(4)  # Keras's order of an LSTM's blocks
_BLOCKS = (
    ("input gate", "输入门"),
    ("forget gate", "遗忘门"),
    ("candidate", "候选"),
    ("output gate", "输出门"),
)


def _diagnose(found, known):
    """Raise the words of the first known fault that gives these numbers."""
    for numbers, en, zh in known:
        if np.shape(numbers) == np.shape(found) and np.allclose(found, numbers, rtol=1e-9):
            raise NotYet(en, zh)


def _largest(matrix):
    return np.linalg.norm(matrix, 2)


def _norms_of_products(matrices, *, on_the_left=False, norm=_largest):
    """Norm of M_1, M_1 M_2, M_1 M_2 M_3 …, or of M_1, M_2 M_1, M_3 M_2 M_1 …"""
    product, norms = np.eye(len(matrices[0])), []
    for matrix in matrices:
        product = matrix @ product if on_the_left else product @ matrix
        norms.append(norm(product))
    return np.array(norms)


@exercise
def norms_by_lag(answer):
    """``answer(jacobians)`` gives ‖∂h_T/∂h_{T−k}‖ for k = 1 … T, (T,)."""
    random = np.random.default_rng(0)
    jacobians = list(0.6 * random.normal(size=(6, 4, 4)))
    found = expect_shape(answer([one.copy() for one in jacobians]), (6,), "norms")
    latest_first = jacobians[::-1]
    right = _norms_of_products(latest_first)
    _diagnose(
        found,
        [
            (
                _norms_of_products(latest_first, on_the_left=True),
                "the order is reversed: what lies further back stands further to the right, "
                "J_T J_{T−1} …",
                "次序反了：越早的步越靠右，应为 J_T J_{T−1} …",
            ),
            (
                [_largest(sum(latest_first[:k])) for k in range(1, 7)],
                "the matrices were added; along a chain they are multiplied.",
                "你把矩阵加起来了；链式法则里矩阵是相乘的。",
            ),
            (
                np.cumprod([_largest(one) for one in latest_first]),
                "that is the product of the norms, which is only a bound: the directions that the "
                "matrices stretch need not agree. Multiply first, then take the norm.",
                "这是范数的乘积，只是上界：各矩阵拉长的方向未必一致。先相乘，再取范数。",
            ),
            (
                _norms_of_products(jacobians, on_the_left=True),
                "that goes forward from h_0: ∂h_k/∂h_0. It should go backwards from h_T.",
                "你是从 h_0 往前走的，得到 ∂h_k/∂h_0；应该从 h_T 往回走。",
            ),
            (
                [_largest(one) for one in latest_first],
                "that is the norm of each step by itself; nothing was multiplied.",
                "这是每一步各自的范数，没有相乘。",
            ),
            (
                _norms_of_products(latest_first, norm=np.linalg.norm),
                "that is the Frobenius norm; wanted is the largest singular value, "
                "np.linalg.norm(matrix, 2).",
                "这是弗罗贝尼乌斯范数；要的是最大奇异值，np.linalg.norm(matrix, 2)。",
            ),
            (right[::-1], "k = 1 comes first: one step back.", "第一个应是 k = 1，即往回一步。"),
        ],
    )
    expect_close(found, right, at_most=1e-9, name="norms")


@exercise
def orthogonal(answer):
    """``answer(units, random)`` gives a random orthogonal matrix (units, units)."""
    draws = []
    for units, seed in ((12, 0), (12, 1), (5, 2)):
        found = answer(units, np.random.default_rng(seed))
        draws.append(expect_shape(found, (units, units), "matrix").astype(float))
    matrix = draws[0]
    stretches = np.linalg.svd(matrix, compute_uv=False)
    if not np.allclose(matrix.T @ matrix, np.eye(12), atol=1e-6):
        if np.allclose(matrix, np.triu(matrix)):
            raise NotYet(
                "that is the triangular matrix of the QR decomposition; take the other one.",
                "这是 QR 分解里的三角矩阵，要取另一个。",
            )
        size = np.mean(stretches**2)
        most, least = stretches[0], stretches[-1]
        if 0.5 < size < 2.0 and most > 1.1 * least:
            raise NotYet(
                f"it keeps lengths on average only: one direction is stretched by {most:.2f}, "
                f"another one by {least:.2f}. No direction should be.",
                f"只是平均来说不变：有的方向被拉长到 {most:.2f} 倍，有的只剩 {least:.2f} 倍。"
                "任何方向都不该变。",
            )
        raise NotYet(
            f"its singular values go from {least:.2g} to {most:.2g}; each should be 1.",
            f"它的奇异值从 {least:.2g} 到 {most:.2g} 都有，每个都应是 1。",
        )
    if np.allclose(draws[0], draws[1]):
        raise NotYet(
            "it keeps lengths, but two generators gave the same matrix: draw it from random.",
            "长度确实不变，但两个不同的生成器给出了同一个矩阵：要用 random 来产生。",
        )


def _norm(gradients):
    return np.sqrt(sum(np.sum(np.square(g)) for g in gradients.values()))


@exercise
def clip(answer):
    """``answer(gradients, limit)`` gives the gradients, together no longer than ``limit``."""
    limit, random = 2.0, np.random.default_rng(0)
    shapes = {"kernel": (3, 4), "recurrent_kernel": (4, 4), "bias": (4,)}
    long = {name: random.normal(size=shape) for name, shape in shapes.items()}
    long["recurrent_kernel"] *= 10.0
    given = {name: g.copy() for name, g in long.items()}
    found = answer(given, limit)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, dict) or set(found) != set(shapes):
        raise NotYet(
            "a dictionary with the same names is wanted.", "应返回一个字典，名字与原来相同。"
        )
    for name, shape in shapes.items():
        expect_shape(found[name], shape, name)
    if any(not np.array_equal(given[name], long[name]) for name in shapes):
        raise NotYet(
            "the arrays that were given have changed: make new ones, g * factor.",
            "传进来的数组被改动了：应产生新数组，g * factor。",
        )

    def flat(gradients):
        return np.concatenate([np.ravel(gradients[name]) for name in shapes])

    each = {n: g * min(1.0, limit / np.linalg.norm(g)) for n, g in long.items()}
    total = sum(np.linalg.norm(g) for g in long.values())
    _diagnose(
        flat(found),
        [
            (flat(long), "the long gradient is as long as before.", "太长的梯度没有变短。"),
            (
                flat(each),
                "each array was shortened by itself: the longest lost most, and the direction "
                "turned. One factor for all.",
                "你把各数组分开缩短了：最长的缩得最多，方向就变了。所有数组应乘同一个系数。",
            ),
            (
                np.clip(flat(long), -limit, limit),
                "that cuts every number by itself (clipping by value), which turns the direction.",
                "这是逐个数截断（按值裁剪），会改变方向。",
            ),
            (
                flat(long) * limit / total,
                "the lengths of the arrays were added. Add their squares, then take the root.",
                "你把各数组的长度相加了；应先把平方相加，再开方。",
            ),
        ],
    )
    expect_close(flat(found), flat(long) * limit / _norm(long), at_most=1e-9, name="gradients")
    short = {name: 0.01 * g for name, g in long.items()}
    if not np.allclose(flat(answer(dict(short), limit)), flat(short), rtol=1e-9, atol=0):
        raise NotYet(
            "a short gradient was changed, too; it should stay as it is.",
            "本来就短的梯度也变了；它应当原样不动。",
        )
    with np.errstate(all="ignore"):
        still = flat(answer({name: np.zeros_like(g) for name, g in long.items()}, limit))
    if not np.array_equal(still, np.zeros_like(still)):
        raise NotYet(
            "gradients of zeros do not stay zeros: you divide by their length.",
            "梯度全为零时，结果不再是零：你除以了它的长度。",
        )


@exercise
def forget_bias(answer):
    """``answer(layer, value)`` sets the forget gates' bias of a built Keras LSTM."""
    from rnn_tf.backend import keras

    units, value, random = 3, 2.5, np.random.default_rng(0)
    layer = keras.layers.LSTM(units)
    layer.build((None, None, 2))
    before = [random.normal(size=w.shape).astype("float32") for w in layer.get_weights()]
    layer.set_weights(before)
    answer(layer, value)
    *kernels, bias = layer.get_weights()
    names = (("kernel", "输入权重矩阵"), ("recurrent kernel", "循环权重矩阵"))
    for after, was, (en, zh) in zip(kernels, before[:2], names, strict=True):
        if not np.array_equal(after, was):
            raise NotYet(f"the {en} has changed; only the bias should.", f"{zh}变了；只应改偏置。")
    changed = bias.reshape(4, units) != before[2].reshape(4, units)
    if not changed.any():
        raise NotYet(
            "no weight of the layer has changed. get_weights gives copies: put them back.",
            "层里的权重一个也没变。get_weights 给的是副本，要放回去。",
        )
    for place in (_INPUT, _CANDIDATE, _OUTPUT):
        if changed[place].any():
            en, zh = _BLOCKS[place]
            raise NotYet(
                f"the bias of the {en} has changed. Keras's order is i, f, g, o.",
                f"{zh}的偏置变了。Keras 的次序是 i、f、g、o。",
            )
    if not changed[_FORGET].all():
        raise NotYet(
            f"only {changed[_FORGET].sum()} of {units} units have another forget bias.",
            f"{units} 个单元里只有 {changed[_FORGET].sum()} 个的遗忘门偏置变了。",
        )
    block = slice(units, 2 * units)
    if np.allclose(bias[block], before[2][block] + value):
        raise NotYet(
            "the value was added to what was there; it should stand in its place.",
            "你把这个值加到了原来的数上；应该用它取而代之。",
        )
    expect_close(bias[block], np.full(units, value), at_most=1e-6, name="bias")


@exercise
def chrono(answer):
    """``answer(units, longest, random)`` gives an LSTM's bias (4 * units,) for a known length."""
    units, longest = 4000, 51
    first, second = (
        expect_shape(answer(units, longest, np.random.default_rng(seed)), (4 * units,), "bias")
        for seed in (0, 1)
    )
    i, f, g, o = first.reshape(4, units).astype(float)
    if np.any(g != 0) or np.any(o != 0):
        raise NotYet(
            "candidate and output gate, the third and fourth block, should have a bias of 0.",
            "候选和输出门（第三、四块）的偏置应为 0。",
        )
    if f.mean() < 0 < i.mean():
        raise NotYet(
            "the forget gates are shut and the input gates open: the two blocks, or their signs, "
            "are swapped.",
            "遗忘门关着，输入门反倒开着：两块，或者正负号，弄反了。",
        )
    if not np.allclose(i, -f, atol=1e-9):
        raise NotYet(
            "the input gate's bias should be minus the forget gate's, unit by unit.",
            "每个单元的输入门偏置，都应是遗忘门偏置的相反数。",
        )
    if np.ptp(f) < 1e-9:
        raise NotYet(
            f"every unit has the same bias, {f[0]:.2f}; they should differ, as their durations do.",
            f"所有单元的偏置都是 {f[0]:.2f}；时长不同，偏置也应不同。",
        )
    if f.max() > np.log(longest) + 1e-9:
        raise NotYet(
            f"the largest forget bias is {f.max():.2f}; log(T − 1) is {np.log(longest - 1):.2f}. "
            "Was the logarithm taken?",
            f"最大的遗忘门偏置是 {f.max():.2f}，而 log(T − 1) 是 {np.log(longest - 1):.2f}。"
            "取对数了吗？",
        )
    if f.min() < -1e-9:
        raise NotYet(
            f"a forget bias is {f.min():.2f}: a duration below 1. Draw from 1 on.",
            f"有一个遗忘门偏置是 {f.min():.2f}，即时长小于 1。应从 1 起抽。",
        )
    mean = np.exp(f).mean()
    if abs(mean - longest / 2) > 0.1 * longest / 2:
        raise NotYet(
            f"the durations have the mean {mean:.1f}; drawn evenly it would be {longest / 2:g}. "
            "Draw the durations evenly, then take the logarithm.",
            f"时长的平均值是 {mean:.1f}，均匀抽取应约为 {longest / 2:g}。先均匀抽时长，再取对数。",
        )
    if np.array_equal(first, second):
        raise NotYet(
            "two generators gave the same durations: draw them from random.",
            "两个不同的生成器给出了同样的时长：要用 random 来抽。",
        )


@exercise
def edge(steps, accuracy, *, seeds=(10, 11, 12), longest=60):
    """Below ``steps`` ``accuracy(num_steps, seed)`` shows a network that learns, beyond not."""
    steps = expect_number(steps, "edge")
    if steps != int(steps) or not 2 <= steps <= longest:
        raise NotYet(
            f"edge is {steps:g}; a whole number from 2 to {longest} is wanted.",
            f"edge 等于 {steps:g}；应为 2 到 {longest} 之间的整数。",
        )
    steps = int(steps)

    def seen(num_steps):
        return [expect_number(accuracy(num_steps, seed), "accuracy") for seed in seeds]

    def shown(values):
        return ", ".join(f"{value:.2f}" for value in values)

    near = seen(steps // 2)
    if min(near) < 0.9:
        raise NotYet(
            f"with {steps // 2} steps already it does not always learn ({shown(near)}): "
            "the edge is nearer.",
            f"{steps // 2} 步就已经不是次次都学得会（{shown(near)}）：边界还要近一些。",
        )
    far = seen(2 * steps)
    if max(far) > 0.7:
        raise NotYet(
            f"with {2 * steps} steps it still learns now and then ({shown(far)}): "
            "the edge is further out.",
            f"{2 * steps} 步有时还学得会（{shown(far)}）：边界还要远一些。",
        )
