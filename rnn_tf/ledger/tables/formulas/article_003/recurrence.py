"""Article 003, the simple recurrent network: F-003-01 to F-003-05."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras, tf
from rnn_tf.ledger.rows import Between, Formula, Right, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def state_and_output():
    p = setting.simple()
    recurrent = keras.layers.SimpleRNN(5, return_sequences=True, dtype="float64")
    states = setting.keras_states(recurrent, setting.for_keras([p.W], [p.b]), p.x)
    dense = keras.layers.Dense(2, activation="tanh", dtype="float64")
    dense.build((None, 5))
    dense.set_weights([p.W_y.T, p.b_y])
    return setting.difference(setting.simple_outputs(p), np.asarray(dense(states)))


ROWS.append(
    Formula(
        id="F-003-01",
        section="§3.1 L49, L53",
        verdict="right",
        lesson="01_by_hand",
        title=("State and output equation", "状态方程与输出方程"),
        latex=r"h_t=f(W_{hh}h_{t-1}+W_{xh}x_t+b_h),\quad y_t=g(W_{hy}h_t+b_y),\quad h_0=0",
        names=(
            "h_t: hidden state (n_h); x_t: input (n_x); y_t: output (n_y); W_hh: (n_h, n_h); "
            "W_xh: (n_h, n_x); W_hy: (n_y, n_h); f, g: activations",
            "h_t：隐藏状态 (n_h)；x_t：输入 (n_x)；y_t：输出 (n_y)；W_hh：(n_h, n_h)；"
            "W_xh：(n_h, n_x)；W_hy：(n_y, n_h)；f、g：激活函数",
        ),
        why=(
            "Right; the initial state belongs to it.",
            "正确；还应补上初始状态。",
        ),
        at=("rnn_tf.reference.Network", "rnn_tf.models.SequenceClassifier"),
        evidence=Right(
            at_most(1e-12),
            what=(
                "difference from Keras's SimpleRNN followed by Dense",
                "与 Keras 的 SimpleRNN 加 Dense 的差",
            ),
        ),
        correct=state_and_output,
    )
)


def _on_the_tape():
    """h_t and y_t of the small network on a tape, and the whole loss."""
    p = setting.simple()
    W, W_y = tf.Variable(p.W), tf.Variable(p.W_y)
    with tf.GradientTape(persistent=True) as tape:
        h, states, outputs = tf.zeros((5, 1), tf.float64), [], []
        for x in p.x:
            h = tf.tanh(W @ tf.concat([h, x[:, None]], 0) + p.b[:, None])
            states.append(h)
            outputs.append(tf.tanh(W_y @ h + p.b_y[:, None]))
        loss = 0.5 * tf.reduce_sum((tf.concat(outputs, 1) - p.wanted_outputs.T) ** 2)
    return p, tape, states, outputs, loss


def state_derived_by_the_output():
    p, tape, states, outputs, loss = _on_the_tape()
    wrong, right = [], []
    for h, y in zip(states, outputs, strict=True):
        dh_dy = tape.gradient(h, y, unconnected_gradients="zero")  # no path leads from y to h
        wrong.append(tf.reduce_sum(tape.gradient(loss, h)) * dh_dy)
        right.append(tape.gradient(loss, y))
    return rnn_tf.reference.relative_error(np.array(wrong), np.array(right))


def output_derived_by_the_state():
    p, tape, states, outputs, loss = _on_the_tape()
    of_tape = np.array([tape.gradient(loss, h)[:, 0] for h in states])
    return rnn_tf.reference.relative_error(setting.simple_backward(p).total, of_tape)


ROWS.append(
    Formula(
        id="F-003-02",
        section="§3.2 L69",
        verdict="wrong",
        lesson="01_by_hand",
        title=(
            "The chain runs from the state to the output instead of back",
            "链式法则方向反了：由状态推输出的梯度",
        ),
        latex=r"\frac{\partial L}{\partial h_t}=W_{hy}^{\top}\Bigl(g'\circ"
        r"\frac{\partial L}{\partial y_t}\Bigr)+W_{hh}^{\top}\Bigl(f'\circ"
        r"\frac{\partial L}{\partial h_{t+1}}\Bigr)",
        names=(
            "∂L/∂h_t: total (n_h); ∂L/∂y_t: (n_y); W_hy: (n_y, n_h); W_hh: (n_h, n_h); g': slope "
            "of the output's activation at step t; f': slope of the state's at step t + 1",
            "∂L/∂h_t：全导数 (n_h)；∂L/∂y_t：(n_y)；W_hy：(n_y, n_h)；W_hh：(n_h, n_h)；"
            "g'：第 t 步输出激活函数的斜率；f'：第 t + 1 步状态激活函数的斜率",
        ),
        why=(
            "y_t is computed from h_t, so errors go from y_t to h_t. ∂h_t/∂y_t asks how the state "
            "changes with an output that comes after it: there is no such path. What the next step "
            "sends back is missing.",
            "y_t 由 h_t 算出，误差应从 y_t 传到 h_t。∂h_t/∂y_t "
            "问的是状态如何随它之后才有的输出变化，"
            "这条路径并不存在。下一步传回的部分也漏了。",
        ),
        at=("rnn_tf.reference.Network",),
        evidence=Wrong(
            1.0,
            right=at_most(1e-9),
            what=(
                "relative error on the tape: printed: of ∂L/∂y_t; right: of ∂L/∂h_t",
                "相对于自动微分的误差。原式：∂L/∂y_t；正确：∂L/∂h_t",
            ),
        ),
        as_printed=state_derived_by_the_output,
        correct=output_derived_by_the_state,
    )
)


def through_the_state():
    p = setting.simple()
    of_state = rnn_tf.reference.numeric_gradient(
        lambda: np.sum(setting.simple_states(p)), p.W_y
    )  # ∂h_t/∂W_hy, all of them: no state moves
    gradient = np.sum(setting.simple_backward(p).total) * of_state
    return np.linalg.norm(gradient), setting.error(gradient, lambda: setting.output_loss(p), p.W_y)


def through_the_output():
    p = setting.simple()
    s = setting.simple_backward(p)
    gradient = s.dz.T @ s.h[1:]  # Σ_t (g' ∘ ∂L/∂y_t) h_tᵀ
    return np.linalg.norm(gradient), setting.error(gradient, lambda: setting.output_loss(p), p.W_y)


ROWS.append(
    Formula(
        id="F-003-03",
        section="§3.2 L73",
        verdict="wrong",
        lesson="01_by_hand",
        title=(
            "The output matrix's gradient is led through the state",
            "输出权重矩阵的梯度绕道隐藏状态",
        ),
        latex=r"\frac{\partial L}{\partial W_{hy}}=\sum_{t=1}^{T}\Bigl(g'\circ"
        r"\frac{\partial L}{\partial y_t}\Bigr)h_t^{\top}",
        names=(
            "W_hy: (n_y, n_h); ∂L/∂y_t: (n_y); g': slope of the output's activation (n_y); "
            "h_t: hidden state (n_h)",
            "W_hy：(n_y, n_h)；∂L/∂y_t：(n_y)；g'：输出激活函数的斜率 (n_y)；h_t：隐藏状态 (n_h)",
        ),
        why=(
            "No state depends on W_hy, so ∂h_t/∂W_hy and with it the printed product is 0. The "
            "sum over the steps is missing as well.",
            "任何状态都不依赖 W_hy，所以 ∂h_t/∂W_hy 为 0，原式的乘积也就为 0。"
            "对时间步的求和也漏了。",
        ),
        at=("rnn_tf.reference.Network",),
        evidence=Wrong(
            (0.0, 1.0),
            right=(Between(0.1, 100.0), at_most(1e-7)),
            what=(
                "norm of the gradient; its relative error against finite differences",
                "梯度的范数；与有限差分的相对误差",
            ),
        ),
        as_printed=through_the_state,
        correct=through_the_output,
    )
)


def _errors_of_all_five(errors):
    """Of W_hh, W_xh, b_h, W_hy, b_y, where ``errors`` (6, 5) are those before the state's tanh."""
    p = setting.simple()
    s = setting.simple_backward(p)
    gradients = (errors(s).T @ s.h[:-1], errors(s).T @ p.x, errors(s).sum(axis=0))
    gradients += (s.dz.T @ s.h[1:], s.dz.sum(axis=0))
    tensors = (p.W_h, p.W_x, p.b, p.W_y, p.b_y)
    return tuple(
        setting.error(gradient, lambda: setting.output_loss(p), tensor)
        for gradient, tensor in zip(gradients, tensors, strict=True)
    )


def as_in_a_feed_forward_net():
    def errors(s):
        return s.local * (1 - s.h[1:] ** 2)

    return _errors_of_all_five(errors)


def back_through_time():
    def errors(s):
        return s.da

    return _errors_of_all_five(errors)


_WRONG, _TINY = Between(0.1, 2.0), at_most(1e-7)

ROWS.append(
    Formula(
        id="F-003-04",
        section="§3.2 L58–64",
        verdict="wrong",
        lesson="01_by_hand",
        title=(
            "The recurrent part is announced and never comes",
            "说好要处理循环连接，公式里却没有",
        ),
        latex=r"da_t=f'(a_t)\circ\delta_t,\ \delta_t=\frac{\partial L}{\partial h_t}:\quad "
        r"\frac{\partial L}{\partial W_{hh}}=\sum_t da_t h_{t-1}^{\top},\ "
        r"\frac{\partial L}{\partial W_{xh}}=\sum_t da_t x_t^{\top},\ "
        r"\frac{\partial L}{\partial b_h}=\sum_t da_t,\ "
        r"\frac{\partial L}{\partial b_y}=\sum_t g'\circ\frac{\partial L}{\partial y_t}",
        names=(
            "da_t: error before the activation (n_h); δ_t: total ∂L/∂h_t as in F-003-02 (n_h); "
            "W_hh: (n_h, n_h); W_xh: (n_h, n_x); b_h: (n_h); b_y: (n_y)",
            "da_t：激活前的误差 (n_h)；δ_t：∂L/∂h_t 的全导数 (n_h)，见 F-003-02；W_hh：(n_h, n_h)；"
            "W_xh：(n_h, n_x)；b_h：(n_h)；b_y：(n_y)",
        ),
        why=(
            "The text says that the loop must be treated, then gives no gradient of W_hh, W_xh or "
            "b_h and no sum over time. Doing what a feed-forward net does is wrong for these "
            "three.",
            "正文说要处理循环连接，却没有给出 W_hh、W_xh、b_h 的梯度，也没有对时间求和。"
            "照前馈网络的做法来算，这三个都不对。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            (_WRONG, _WRONG, _WRONG, _TINY, _TINY),
            right=(_TINY, _TINY, _TINY, _TINY, _TINY),
            what=(
                "relative errors of the gradients of W_hh, W_xh, b_h, W_hy, b_y",
                "W_hh、W_xh、b_h、W_hy、b_y 梯度的相对误差",
            ),
        ),
        as_printed=as_in_a_feed_forward_net,
        correct=back_through_time,
    )
)


def one_step_of_descent():
    start, gradient = np.array([1.0, -2.0, 3.0]), np.array([0.5, 4.0, -1.0])
    theta = keras.Variable(start, dtype="float64")
    keras.optimizers.SGD(learning_rate=0.25).apply([tf.constant(gradient)], [theta])
    return setting.difference(start - 0.25 * gradient, np.asarray(theta))


ROWS.append(
    Formula(
        id="F-003-05",
        section="§3.2 L77",
        verdict="right",
        lesson="01_by_hand",
        title=("A step of gradient descent", "梯度下降的一步"),
        latex=r"\theta\leftarrow\theta-\eta\,\frac{\partial L}{\partial\theta}",
        names=(
            "θ: all weights and biases; η: learning rate; L: loss",
            "θ：全部权重和偏置；η：学习率；L：损失",
        ),
        why=(
            "Right as plain gradient descent; it is an assignment, not an equation. The article's "
            "program uses Adam, which does something else with the same gradient.",
            "作为普通梯度下降是正确的；它是赋值，不是等式。文中程序用的是 Adam，"
            "对同一个梯度另有一套处理。",
        ),
        at=("rnn_tf.reference.SGD",),
        evidence=Right(
            at_most(1e-9),
            what=("difference from a step of Keras's SGD", "与 Keras SGD 一步的差"),
        ),
        correct=one_step_of_descent,
    )
)
