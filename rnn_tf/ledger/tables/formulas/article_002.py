"""Formulas of article 002, §3 and, read off its program, §4.1."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras, tf
from rnn_tf.ledger.rows import Between, Formula, Right, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def input_has_its_own_matrix():
    p = setting.simple()
    h = setting.simple_states(p)
    layer = keras.layers.SimpleRNN(5, return_sequences=True, dtype="float64")
    of_keras = setting.keras_states(layer, setting.for_keras([p.W], [p.b]), p.x)

    by_input = p.W_x.T @ (1 - h[-1] ** 2)  # of the sum of h_6, by x_6
    measured = rnn_tf.reference.numeric_gradient(lambda: setting.simple_states(p)[-1].sum(), p.x)
    error = rnn_tf.reference.relative_error(by_input, measured[-1])
    return setting.difference(h[1:], of_keras), error


ROWS.append(
    Formula(
        id="F-002-01",
        section="§3 L40",
        verdict="right",
        lesson="01_by_hand",
        title=("Hidden state with W_xh and W_hh", "用 W_xh 和 W_hh 算隐藏状态"),
        latex=r"h_t=f(W_{xh}x_t+W_{hh}h_{t-1}+b_h),\qquad "
        r"\frac{\partial h_t}{\partial x_t}=\operatorname{diag}(f'(a_t))\,W_{xh}",
        names=(
            "h_t: hidden state (n_h); x_t: input (n_x); W_xh: (n_h, n_x); W_hh: (n_h, n_h); "
            "b_h: (n_h); f: activation; a_t: what f acts on (n_h)",
            "h_t：隐藏状态 (n_h)；x_t：输入 (n_x)；W_xh：(n_h, n_x)；W_hh：(n_h, n_h)；"
            "b_h：(n_h)；f：激活函数；a_t：f 的自变量 (n_h)",
        ),
        why=(
            "Right. The article's own program computes something else: it has no W_xh (B-002-01).",
            "正确。但文中自己的程序算的不是它：程序里没有 W_xh（B-002-01）。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Right(
            (at_most(1e-12), at_most(1e-7)),
            what=(
                "difference from Keras's SimpleRNN; relative error of ∂h_t/∂x_t",
                "与 Keras SimpleRNN 的差；∂h_t/∂x_t 的相对误差",
            ),
        ),
        correct=input_has_its_own_matrix,
    )
)


def _error_of_delta(name):
    """Of an error (6, 5), against finite differences of the loss when h_t itself is nudged."""
    p, nudge = setting.simple(), np.zeros((setting.STEPS, setting.UNITS))
    delta = getattr(setting.simple_backward(p), name)
    return setting.error(delta, lambda: setting.output_loss(p, nudge), nudge)


def error_of_the_own_step():
    return _error_of_delta("local")


def error_of_all_later_steps_too():
    return _error_of_delta("total")


ROWS.append(
    Formula(
        id="F-002-02",
        section="§3 L28–34",
        verdict="one reading",
        lesson="01_by_hand",
        title=(
            "Output y_t and error δ_t, named but never defined",
            "输出 y_t 与误差 δ_t，提到了却从未定义",
        ),
        latex=r"y_t=g(W_{hy}h_t+b_y),\qquad \delta_t=W_{hy}^{\top}\Bigl(g'\circ"
        r"\frac{\partial L}{\partial y_t}\Bigr)+W_{hh}^{\top}(f'(a_{t+1})\circ\delta_{t+1}),\quad "
        r"\delta_{T+1}=0",
        names=(
            "y_t: output (n_y); W_hy: (n_y, n_h); b_y: (n_y); g: activation of the output; "
            "δ_t: total ∂L/∂h_t (n_h)",
            "y_t：输出 (n_y)；W_hy：(n_y, n_h)；b_y：(n_y)；g：输出的激活函数；"
            "δ_t：∂L/∂h_t 的全导数 (n_h)",
        ),
        why=(
            "The article has no output equation at all. “The error of a step” works only if it "
            "means the total one, with what later steps send back; read as the error of the step's "
            "own output it is something else.",
            "文中根本没有输出方程。“每一步的误差”只有理解为全误差（含后面时间步传回的部分）才可用；"
            "若理解为该步输出自身的误差，就不对了。",
        ),
        at=("rnn_tf.reference.Network",),
        evidence=Wrong(
            Between(0.1, 2.0),
            right=at_most(1e-7),
            what=("relative error of δ_t as ∂L/∂h_t", "把 δ_t 当作 ∂L/∂h_t 时的相对误差"),
        ),
        as_printed=error_of_the_own_step,
        correct=error_of_all_later_steps_too,
    )
)


def _largest_state(activation, spectral_radius, steps=60):
    """Of Keras's SimpleRNN with all weights positive, under a constant input."""
    recurrent = np.random.default_rng(0).uniform(0.5, 1.5, size=(5, 5))
    recurrent *= spectral_radius / np.max(np.abs(np.linalg.eigvals(recurrent)))
    layer = keras.layers.SimpleRNN(5, activation=activation, return_sequences=True, dtype="float64")
    states = setting.keras_states(
        layer, [np.full((3, 5), 0.1), recurrent, np.zeros(5)], np.ones((steps, 3))
    )
    return np.max(np.abs(states))


def any_of_the_three():
    return _largest_state("relu", spectral_radius=1.5)


def tanh_or_a_tamed_relu():
    return _largest_state("tanh", spectral_radius=1.5), _largest_state("relu", spectral_radius=0.9)


ROWS.append(
    Formula(
        id="F-002-03",
        section="§3 L42",
        verdict="one reading",
        lesson="01_by_hand",
        title=(
            "The activation may be tanh, sigmoid or ReLU",
            "激活函数可选 tanh、sigmoid 或 ReLU",
        ),
        latex=r"f=\tanh;\qquad f=\operatorname{ReLU}\text{ only with }\rho(W_{hh})\lesssim 1"
        r"\text{ and clipping}",
        names=(
            "f: activation of the hidden state; ρ(W_hh): spectral radius, the largest absolute "
            "eigenvalue of W_hh (n_h, n_h)",
            "f：隐藏状态的激活函数；ρ(W_hh)：谱半径，即 W_hh (n_h, n_h) 绝对值最大的特征值",
        ),
        why=(
            "Possible, but not to be exchanged freely. Sigmoid makes gradients vanish faster "
            "(F-000-01). ReLU has no upper limit: with a spectral radius above 1 the state itself "
            "can grow without end. It wants an orthogonal or identity start and clipping.",
            "可以用，但不能随意互换。sigmoid 使梯度消失得更快（F-000-01）。ReLU 没有上限："
            "谱半径大于 1 时，状态本身就可能无限增长，需要从正交矩阵或单位矩阵出发，并做梯度裁剪。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            Between(1e6, 1e14),
            right=(at_most(1.0), at_most(10.0)),
            what=(
                "largest state after 60 steps: printed: ReLU at spectral radius 1.5; right: tanh "
                "at 1.5, ReLU at 0.9",
                "60 步后最大的状态。按原文：谱半径 1.5 的 ReLU；正确：谱半径 1.5 的 tanh、0.9 的 "
                "ReLU",
            ),
        ),
        as_printed=any_of_the_three,
        correct=tanh_or_a_tamed_relu,
    )
)


def _against_tanh(function):
    """Largest difference from Keras's tanh between −3 and 3; and the value at −800."""
    a = np.linspace(-3.0, 3.0, 13)
    return setting.difference(function(a), np.asarray(keras.ops.tanh(a))), function(-800.0)


def quotient_of_exponentials():
    def squash(a):
        return (1 - np.exp(-a)) / (1 + np.exp(-a))

    return _against_tanh(squash)


def tanh_itself():
    return _against_tanh(np.tanh)


ROWS.append(
    Formula(
        id="F-002-04",
        section="§4.1 L77",
        verdict="wrong",
        lesson="01_by_hand",
        title=("A squashing function of its own", "自己写的压缩函数"),
        latex=r"\frac{1-e^{-a}}{1+e^{-a}}=\tanh\frac a2\ \ne\ \tanh a",
        names=(
            "a: what the activation acts on (n_h), element by element",
            "a：激活函数的自变量 (n_h)，逐元素计算",
        ),
        why=(
            "It is tanh of half the argument, with half the slope at the origin, and as written "
            "it is infinity by infinity for large negative arguments (B-002-06).",
            "它是自变量减半的 tanh，在原点的斜率只有一半；照此写法，自变量为很大的负数时"
            "还会变成无穷除以无穷（B-002-06）。",
        ),
        at=("rnn_tf.reference.sigmoid",),
        evidence=Wrong(
            (Between(0.1, 1.0), float("nan")),
            right=(at_most(1e-12), -1.0),
            what=(
                "difference from Keras's tanh between −3 and 3; value at −800",
                "在 −3 到 3 上与 Keras tanh 的差；在 −800 处的值",
            ),
        ),
        as_printed=quotient_of_exponentials,
        correct=tanh_itself,
    )
)


def _against_keras(loss):
    """Reaction to other targets; and relative error of the slope, against Keras's on the tape."""
    logits = np.random.default_rng(0).normal(size=(4, 3))
    targets, others = np.eye(3)[[0, 2, 1, 0]], np.eye(3)[[1, 0, 2, 2]]
    slope = rnn_tf.reference.numeric_gradient(lambda: loss(logits, targets), logits)
    variable = tf.Variable(logits)
    of_keras = keras.losses.CategoricalCrossentropy(from_logits=True, dtype="float64")
    with tf.GradientTape() as tape:
        value = of_keras(targets, variable)
    reaction = abs(loss(logits, targets) - loss(logits, others))
    wanted = np.asarray(tape.gradient(value, variable))
    return reaction, rnn_tf.reference.relative_error(slope, wanted)


def cross_entropy_without_targets():
    def loss(outputs, targets):
        return -np.sum(np.log(np.maximum(outputs, 1e-12))) / len(targets)

    return _against_keras(loss)


def cross_entropy_with_targets():
    def loss(logits, targets):
        probabilities = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
        return -np.sum(targets * np.log(probabilities)) / len(targets)

    return _against_keras(loss)


ROWS.append(
    Formula(
        id="F-002-05",
        section="§4.1 L136–138",
        verdict="wrong",
        lesson="01_by_hand",
        title=("A cross-entropy without targets", "没有目标的交叉熵"),
        latex=r"L=-\frac1N\sum_{n,k}y_{n,k}\ln\hat y_{n,k},\quad \sum_k\hat y_{n,k}=1"
        r"\qquad\text{or, for numbers,}\qquad L=\frac1N\sum_n(\hat y_n-y_n)^2",
        names=(
            "N: number of samples; y: targets, one-hot (N, K); ŷ: probabilities (N, K); for "
            "numbers y, ŷ (N)",
            "N：样本数；y：独热编码的目标 (N, K)；ŷ：概率 (N, K)；预测数值时 y、ŷ 为 (N)",
        ),
        why=(
            "The factor y is missing, so targets do not matter; and the logarithm is taken of "
            "outputs that are no probabilities (B-002-10, B-002-11).",
            "少了因子 y，目标因此不起作用；而且取对数的输出并不是概率（B-002-10、B-002-11）。",
        ),
        at=("rnn_tf.reference.softmax_cross_entropy", "rnn_tf.reference.squared_error"),
        evidence=Wrong(
            (0.0, Between(0.5, 2.0)),
            right=(Between(0.01, 10.0), at_most(1e-7)),
            what=(
                "reaction of the loss to other targets; relative error of its slope against "
                "Keras's cross-entropy",
                "换一组目标时损失的变化；其斜率相对于 Keras 交叉熵的误差",
            ),
        ),
        as_printed=cross_entropy_without_targets,
        correct=cross_entropy_with_targets,
    )
)
