"""Article 000, the LSTM: F-000-03 to F-000-06."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras, tf
from rnn_tf.ledger.rows import Between, Formula, Right, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def gates_read_off_a_keras_cell():
    p = setting.gated("ifgo")
    cell = keras.layers.LSTMCell(5, dtype="float64")
    cell.build((1, 3))
    cell.set_weights(setting.for_keras([p.W[n] for n in "ifgo"], [p.b[n] for n in "ifgo"]))
    s, worst = setting.lstm_states(p), 0.0
    for t in range(setting.STEPS):
        x, h, c = p.x[None, t], s.h[None, t], s.c[None, t]
        (new_h, new_c), (_, shifted_c) = (
            [np.asarray(state)[0] for state in cell(x, [h, start])[1]] for start in (c, c + 1.0)
        )
        forget = shifted_c - new_c  # c_{t-1} enters through the forget gate alone
        written = (new_c - forget * s.c[t]) / s.g[t]
        shown = new_h / np.tanh(new_c)
        for found, gate in ((written, "i"), (forget, "f"), (shown, "o")):
            wanted = rnn_tf.reference.sigmoid(
                p.W[gate] @ np.concatenate([s.h[t], p.x[t]]) + p.b[gate]
            )
            worst = max(worst, setting.difference(found, wanted))
    return worst


ROWS.append(
    Formula(
        id="F-000-03",
        section="§3.3 L68–74",
        verdict="right",
        lesson="03_gates",
        title=("Input, forget and output gate of the LSTM", "LSTM 的输入门、遗忘门、输出门"),
        latex=r"i_t=\sigma(W_i[h_{t-1};x_t]+b_i),\quad f_t=\sigma(W_f[h_{t-1};x_t]+b_f),\quad "
        r"o_t=\sigma(W_o[h_{t-1};x_t]+b_o)",
        names=(
            "i, f, o: gates (n_h), from 0 to 1; W: (n_h, n_h + n_x) each; b: (n_h) each; "
            "σ: logistic function",
            "i、f、o：门 (n_h)，取值 0 到 1；各 W：(n_h, n_h + n_x)；各 b：(n_h)；σ：逻辑函数",
        ),
        why=(
            "Right, with σ the logistic function and three sets of weights of their own.",
            "正确。其中 σ 是逻辑函数，三个门各有自己的一套权重。",
        ),
        at=("rnn_tf.reference.LSTM",),
        evidence=Right(
            at_most(1e-9),
            what=(
                "largest relative difference from the gates inside Keras's LSTM cell, read off by "
                "moving its cell state",
                "与 Keras LSTM 单元内部各门的最大相对差（通过改变单元状态测出）",
            ),
        ),
        correct=gates_read_off_a_keras_cell,
    )
)


def cell_and_hidden_update():
    p = setting.gated("ifgo")
    layer = keras.layers.LSTM(5, return_sequences=True, dtype="float64")
    weights = setting.for_keras([p.W[n] for n in "ifgo"], [p.b[n] for n in "ifgo"])
    of_keras = setting.keras_states(layer, weights, p.x)
    return setting.difference(setting.lstm_states(p).h[1:], of_keras), layer.count_params()


ROWS.append(
    Formula(
        id="F-000-04",
        section="§3.3 L77, L80",
        verdict="right",
        lesson="03_gates",
        title=("Cell state and hidden state of the LSTM", "LSTM 的单元状态与隐藏状态"),
        latex=r"\tilde c_t=\tanh(W_c[h_{t-1};x_t]+b_c),\quad "
        r"c_t=f_t\circ c_{t-1}+i_t\circ\tilde c_t,\quad h_t=o_t\circ\tanh(c_t)",
        names=(
            "c: cell state (n_h); c̃: candidate (n_h); h: hidden state (n_h); "
            "4 n_h (n_x + n_h + 1) parameters in all",
            "c：单元状态 (n_h)；c̃：候选 (n_h)；h：隐藏状态 (n_h)；参数量共 4 n_h (n_x + n_h + 1)",
        ),
        why=(
            "Right. The section calls it “the gated unit”: it is the LSTM; the GRU, named in the "
            "same breath, has other equations.",
            "正确。但这一节统称为“门控单元”：这是 LSTM，一并提到的 GRU 另有一组方程。",
        ),
        at=("rnn_tf.reference.LSTM",),
        evidence=Right(
            (at_most(1e-12), 4 * 5 * (3 + 5 + 1)),
            what=(
                "difference from Keras's LSTM; its parameter count at 3 inputs and 5 units",
                "与 Keras LSTM 的差；3 个输入、5 个单元时的参数量",
            ),
        ),
        correct=cell_and_hidden_update,
    )
)


def _errors_of_the_four_gates(through_cell):
    """Relative errors of the gradients of W_i, W_f, W_c, W_o.

    δ_t is the right, total ∂L/∂h_t in both cases. Without ``through_cell`` what c_t does to later
    steps without passing through h_t is left out, as it is in Σ_t ∂L/∂h_t · ∂h_t/∂W.
    """
    p = setting.gated("ifgo")
    s = setting.lstm_states(p)
    gradients = {name: np.zeros((5, 8)) for name in "ifgo"}
    carry_h, carry_c = np.zeros(5), np.zeros(5)
    for t in reversed(range(setting.STEPS)):
        delta = s.h[t + 1] - p.wanted_states[t] + carry_h
        tanh_c = np.tanh(s.c[t + 1])
        by_h = delta * s.o[t] * (1 - tanh_c**2)
        epsilon = by_h + carry_c
        both = np.concatenate([s.h[t], p.x[t]])

        def before_gates(e, t=t, delta=delta, tanh_c=tanh_c):
            return {
                "i": e * s.g[t] * s.i[t] * (1 - s.i[t]),
                "f": e * s.c[t] * s.f[t] * (1 - s.f[t]),
                "g": e * s.i[t] * (1 - s.g[t] ** 2),
                "o": delta * tanh_c * s.o[t] * (1 - s.o[t]),
            }

        for name, da in before_gates(epsilon if through_cell else by_h).items():
            gradients[name] += np.outer(da, both)
        carry_h = sum(p.W[n][:, :5].T @ da for n, da in before_gates(epsilon).items())
        carry_c = s.f[t] * epsilon

    def loss():
        return 0.5 * np.sum((setting.lstm_states(p).h[1:] - p.wanted_states) ** 2)

    return tuple(setting.error(gradients[name], loss, p.W[name]) for name in "ifgo")


def through_the_hidden_state_only():
    return _errors_of_the_four_gates(through_cell=False)


def through_hidden_and_cell_state():
    return _errors_of_the_four_gates(through_cell=True)


ROWS.append(
    Formula(
        id="F-000-05",
        section="§3.4 L89–98",
        verdict="wrong",
        lesson="03_gates",
        title=(
            "Gate gradients as a sum over ∂L/∂h_t · ∂h_t/∂W",
            "各门权重的梯度写成 ∂L/∂h_t · ∂h_t/∂W 之和",
        ),
        latex=r"\varepsilon_t=\delta_t\circ o_t\circ(1-\tanh^2 c_t)+f_{t+1}\circ\varepsilon_{t+1};"
        r"\quad da_i=\varepsilon_t\circ\tilde c_t\circ i_t(1-i_t),\ "
        r"da_f=\varepsilon_t\circ c_{t-1}\circ f_t(1-f_t),\ "
        r"da_c=\varepsilon_t\circ i_t\circ(1-\tilde c_t^2),\ "
        r"da_o=\delta_t\circ\tanh c_t\circ o_t(1-o_t);\quad "
        r"\frac{\partial L}{\partial W_k}=\sum_t da_k[h_{t-1};x_t]^{\top},\ "
        r"\delta_{t-1}=\frac{\partial\ell_{t-1}}{\partial h_{t-1}}+\sum_k W_{k,h}^{\top}da_k",
        names=(
            "δ_t: total ∂L/∂h_t (n_h); ε_t: total ∂L/∂c_t (n_h); da_k: error before the "
            "activation of k = i, f, c, o (n_h); W_{k,h}: the state's part of W_k (n_h, n_h)",
            "δ_t：∂L/∂h_t 的全导数 (n_h)；ε_t：∂L/∂c_t 的全导数 (n_h)；da_k：k = i、f、c、o "
            "激活前的误差 (n_h)；W_{k,h}：W_k 中作用于状态的部分 (n_h, n_h)",
        ),
        why=(
            "The cell state goes on to the next step by itself, without passing through h_t. Even "
            "with the total ∂L/∂h_t the printed sum misses that path, for the input gate, the "
            "forget gate and the candidate; only the output gate, which acts on h_t alone, is "
            "right. That path is the reason why the LSTM was invented.",
            "单元状态不经过 h_t 就直接传到下一步。即使 ∂L/∂h_t 取全导数，原式仍漏掉这条路径，"
            "输入门、遗忘门和候选的梯度都不对；只有直接作用于 h_t 的输出门是对的。"
            "而这条路径正是发明 LSTM 的缘由。",
        ),
        at=("rnn_tf.reference.LSTM", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            (Between(0.05, 2.0), Between(0.05, 2.0), Between(0.05, 2.0), at_most(1e-7)),
            right=(at_most(1e-7), at_most(1e-7), at_most(1e-7), at_most(1e-7)),
            what=(
                "relative errors of the gradients of W_i, W_f, W_c, W_o",
                "W_i、W_f、W_c、W_o 梯度的相对误差",
            ),
        ),
        as_printed=through_the_hidden_state_only,
        correct=through_hidden_and_cell_state,
    )
)


def _norm_of_derivative(of_what, by_what):
    """Norm of a derivative in one LSTM step, on the tape; 0 where there is no path."""
    p = setting.gated("ifgo")
    c, both = tf.ones(5, tf.float64), tf.ones((8, 1), tf.float64)
    W = {name: tf.Variable(p.W[name]) for name in "ifgo"}
    with tf.GradientTape() as tape:
        a = {name: (W[name] @ both)[:, 0] for name in "ifgo"}
        i, f, o = (tf.sigmoid(a[name]) for name in "ifo")
        h = o * tf.tanh(f * c + i * tf.tanh(a["g"]))
    known = {"gate": i, "state": h, "weights": W["i"]}
    gradient = tape.gradient(known[of_what], known[by_what])
    return 0.0 if gradient is None else float(tf.norm(gradient))


def gate_by_state():
    return _norm_of_derivative("gate", "state")


def state_by_weights():
    return _norm_of_derivative("state", "weights")


ROWS.append(
    Formula(
        id="F-000-06",
        section="§3.4 L101",
        verdict="wrong",
        lesson="03_gates",
        title=(
            "∂h/∂W is called the gradient “of the gates with respect to the state”",
            "∂h/∂W 被说成“门对状态的梯度”",
        ),
        latex=r"\frac{\partial h_t}{\partial W_k},\quad k\in\{i,f,o,c\}",
        names=(
            "h_t: hidden state (n_h); W_k: weights of gate or candidate k (n_h, n_h + n_x); the "
            "derivative has the shape (n_h, n_h, n_h + n_x)",
            "h_t：隐藏状态 (n_h)；W_k：门或候选 k 的权重 (n_h, n_h + n_x)；"
            "导数的形状为 (n_h, n_h, n_h + n_x)",
        ),
        why=(
            "The sentence names both ends wrongly. What is above the line is differentiated, what "
            "is below is moved: the state, with respect to the weights. The gate of a step does "
            "not depend on that step's state at all.",
            "这句话两头都说错了。分子是被求导的量，分母是变动的量：应为状态对权重的导数。"
            "而同一步的门根本不依赖这一步的状态。",
        ),
        at=("rnn_tf.reference.LSTM",),
        evidence=Wrong(
            0.0,
            right=Between(1e-3, 100.0),
            what=(
                "norm on the tape: as worded ∂i_t/∂h_t; right ∂h_t/∂W_i",
                "自动微分得到的范数。按原文：∂i_t/∂h_t；正确：∂h_t/∂W_i",
            ),
        ),
        as_printed=gate_by_state,
        correct=state_by_weights,
    )
)
