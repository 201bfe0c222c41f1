"""Article 000, the simple recurrent network: F-000-01, -02, -07, -08."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras, tf
from rnn_tf.ledger.rows import Between, Formula, Right, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def one_matrix_for_state_and_input():
    p = setting.simple()
    h, states = np.zeros(5), []
    for x in p.x:
        h = np.tanh(p.W @ np.concatenate([h, x]) + p.b)
        states.append(h)
    layer = keras.layers.SimpleRNN(5, return_sequences=True, dtype="float64")
    of_keras = setting.keras_states(layer, setting.for_keras([p.W], [p.b]), p.x)
    return setting.difference(np.array(states), of_keras), _jacobian("sigmoid"), _jacobian("tanh")


def _jacobian(activation, steps=60):
    """Norm of ∂h_60/∂h_0 for an orthogonal recurrent matrix."""
    cell = rnn_tf.reference.SimpleRNN(features=3, units=5, activation=activation)
    inputs = np.random.default_rng(1).normal(scale=0.3, size=(1, steps, 3))
    trace = cell.forward(inputs)
    rows = [cell.backward(trace, d_final_state=row[None])["initial_state"][0] for row in np.eye(5)]
    return np.linalg.norm(rows, 2)


ROWS.append(
    Formula(
        id="F-000-01",
        section="§3.1 L50",
        verdict="right",
        lesson="01_by_hand",
        title=(
            "Hidden state from one matrix acting on state and input together",
            "隐藏状态：一个矩阵同时作用于状态和输入",
        ),
        latex=r"h_t=\tanh(W\,[h_{t-1};x_t]+b)=\tanh(W_h h_{t-1}+W_x x_t+b),\qquad W=[W_h\ W_x]",
        names=(
            "h_t: hidden state (n_h); x_t: input (n_x); W: (n_h, n_h + n_x); b: (n_h); "
            "n_h (n_x + n_h + 1) parameters",
            "h_t：隐藏状态 (n_h)；x_t：输入 (n_x)；W：(n_h, n_h + n_x)；b：(n_h)；"
            "参数量 n_h (n_x + n_h + 1)",
        ),
        why=(
            "Right as a form: one matrix on the stacked vector is two matrices side by side. But σ "
            "stands for the activation here and for the logistic function of the gates later, and "
            "the sigmoid that is suggested makes gradients vanish far faster than tanh, which is "
            "Keras's default.",
            "形式正确：作用于拼接向量的一个矩阵，就是并排的两个矩阵。但 σ 在这里指激活函数，"
            "后文又指门的逻辑函数；文中建议的 sigmoid 会使梯度消失得比 tanh 快得多，"
            "而 Keras 默认用 tanh。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Right(
            (at_most(1e-12), at_most(1e-25), Between(1e-8, 1.01)),
            what=(
                "difference from Keras's SimpleRNN; norm of ∂h_60/∂h_0 with sigmoid; with tanh",
                "与 Keras SimpleRNN 的差；∂h_60/∂h_0 的范数：用 sigmoid；用 tanh",
            ),
        ),
        correct=one_matrix_for_state_and_input,
    )
)


def _four_readings():
    """Σ_t ∂L/∂h_t · ∂h_t/∂W, each factor read in two ways; and the gradient as measured."""
    p = setting.simple()
    h = setting.simple_states(p)
    slope = 1 - h[1:] ** 2
    direct = h[1:] - p.wanted_states  # through the loss of step t only
    total = direct.copy()  # and through all later steps
    for t in reversed(range(setting.STEPS - 1)):
        total[t] += p.W_h.T @ (slope[t + 1] * total[t + 1])

    immediate, sensitivity = [], []  # ∂h_t/∂W: h_{t-1} held fixed, or not
    full = np.zeros((5, 5, 8))
    for t in range(setting.STEPS):
        both = np.concatenate([h[t], p.x[t]])
        immediate.append(np.einsum("ki,i,j->kij", np.eye(5), slope[t], both))
        full = immediate[t] + np.einsum("k,kl,lij->kij", slope[t], p.W_h, full)
        sensitivity.append(full)

    def loss():
        return 0.5 * np.sum((setting.simple_states(p)[1:] - p.wanted_states) ** 2)

    readings = {
        (of_loss, of_state): np.einsum("tk,tkij->ij", e, np.array(s))
        for of_loss, e in (("direct", direct), ("total", total))
        for of_state, s in (("immediate", immediate), ("total", sensitivity))
    }
    return readings, rnn_tf.reference.numeric_gradient(loss, p.W)


def both_direct_or_both_total():
    readings, measured = _four_readings()
    return (
        rnn_tf.reference.relative_error(readings["direct", "immediate"], measured),
        rnn_tf.reference.relative_error(readings["total", "total"], measured),
    )


def one_of_the_two_total():
    readings, measured = _four_readings()
    return (
        rnn_tf.reference.relative_error(readings["total", "immediate"], measured),
        rnn_tf.reference.relative_error(readings["direct", "total"], measured),
    )


ROWS.append(
    Formula(
        id="F-000-02",
        section="§3.2 L59",
        verdict="one reading",
        lesson="01_by_hand",
        title=(
            "Weight gradient as a sum over steps of two factors",
            "权重梯度：对各时间步的两个因子之积求和",
        ),
        latex=r"\delta_t=\frac{\partial\ell_t}{\partial h_t}"
        r"+W_h^{\top}(\varphi'(a_{t+1})\circ\delta_{t+1}),\ \delta_{T+1}=0;\quad"
        r"\frac{\partial L}{\partial W}=\sum_t(\varphi'(a_t)\circ\delta_t)[h_{t-1};x_t]^{\top},\ "
        r"\frac{\partial L}{\partial b}=\sum_t\varphi'(a_t)\circ\delta_t,\ "
        r"\frac{\partial L}{\partial x_t}=W_x^{\top}(\varphi'(a_t)\circ\delta_t)",
        names=(
            "ℓ_t: loss of step t, L = Σ ℓ_t; δ_t: total ∂L/∂h_t (n_h); a_t: pre-activation (n_h); "
            "φ': slope of the activation; ∘: element by element",
            "ℓ_t：第 t 步的损失，L = Σ ℓ_t；δ_t：∂L/∂h_t 的全导数 (n_h)；a_t：激活前的值 (n_h)；"
            "φ'：激活函数的斜率；∘：逐元素乘",
        ),
        why=(
            "True only if exactly one of the factors is total, that is, counts what later (or "
            "earlier) steps pass on. The recursion that gives the total is missing; so are bias "
            "and input gradients. Both factors local: too little. Both total: paths counted twice.",
            "只有当两个因子恰有一个是全导数（计入前后时间步的传递）时才成立。"
            "给出全导数的递推式没有写，偏置和输入的梯度也没有。两个都只看本步，算少了；"
            "两个都取全导数，路径重复计算。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            (Between(0.1, 2.0), Between(0.1, 2.0)),
            right=(at_most(1e-7), at_most(1e-7)),
            what=(
                "relative errors against finite differences: printed: both factors local, both "
                "total; right: ∂L/∂h total, ∂h/∂W total",
                "与有限差分的相对误差。原式：两者都只看本步、两者都取全导数；"
                "正确：仅 ∂L/∂h 取全导数、仅 ∂h/∂W 取全导数",
            ),
        ),
        as_printed=both_direct_or_both_total,
        correct=one_of_the_two_total,
    )
)


def _slope_of_masked_loss(best_constant):
    """Slope of Keras's masked mean squared error where the chosen constant is predicted."""
    targets, mask = _padded_targets()
    loss = keras.losses.MeanSquaredError(reduction="mean_with_sample_weight", dtype="float64")
    constant = tf.Variable(best_constant, dtype=tf.float64)
    with tf.GradientTape() as tape:
        value = loss(targets[..., None], tf.ones((3, 5, 1), tf.float64) * constant, mask)
    return abs(float(tape.gradient(value, constant)))


def _padded_targets():
    """Three sequences of 2, 5 and 3 steps, padded with zeros to 5; and where they are real."""
    lengths = np.array([2, 5, 3])
    mask = (np.arange(5) < lengths[:, None]).astype(float)
    return np.random.default_rng(0).normal(3.0, 1.0, size=(3, 5)) * mask, mask


def one_length_for_all():
    targets, _ = _padded_targets()
    return _slope_of_masked_loss(np.sum(targets) / (3 * 5))  # where the printed sum is least


def each_sequence_to_its_own_end():
    targets, mask = _padded_targets()
    return _slope_of_masked_loss(np.sum(targets * mask) / np.sum(mask))


ROWS.append(
    Formula(
        id="F-000-07",
        section="§3.5 L107",
        verdict="one reading",
        lesson="04_next_value",
        title=(
            "Parameters that make the summed loss least",
            "使损失之和最小的参数",
        ),
        latex=r"\theta^{*}=\arg\min_{\theta}\ \frac{1}{\sum_i T_i}\sum_{i=1}^{N}\sum_{t=1}^{T_i}"
        r"\ell\bigl(y_{i,t},\hat y_{i,t}(\theta)\bigr)",
        names=(
            "θ: all parameters; θ*: the best ones; N: number of sequences; T_i: length of the "
            "i-th; ℓ: loss of a step; ŷ(θ): what the network puts out",
            "θ：全部参数；θ*：最优参数；N：序列数；T_i：第 i 条序列的长度；"
            "ℓ：单步损失；ŷ(θ)：网络的输出",
        ),
        why=(
            "The idea is right if all sequences have one length. One T for all makes padding "
            "count. Besides, one letter stands for the result and for what is varied, one L for "
            "the loss of a step and the whole loss; and the program has one output a sequence.",
            "所有序列等长时，意思是对的。但用同一个 T，填充也会算进去。此外，结果与变量共用一个 θ，"
            "单步损失与总损失共用一个 L；而且程序每条序列只有一个输出。",
        ),
        at=("rnn_tf.training.metrics.perplexity",),
        evidence=Wrong(
            Between(0.1, 10.0),
            right=at_most(1e-9),
            what=(
                "slope of Keras's masked loss at the constant that the formula calls best",
                "在公式认定的最优常数处，Keras 掩码损失的斜率",
            ),
        ),
        as_printed=one_length_for_all,
        correct=each_sequence_to_its_own_end,
    )
)


def _misjudged_step(segment_steps):
    """Relative error of what the gradient promises for one small step of descent."""
    random = np.random.default_rng(0)
    network = rnn_tf.reference.Network(rnn_tf.reference.SimpleRNN(3, 5), outputs=2)
    network.weights["recurrent_kernel"] *= 1.5
    inputs, targets = random.normal(size=(4, 6, 3)), random.normal(size=(4, 6, 2))
    _, gradients = rnn_tf.reference.truncated_gradients(network, inputs, targets, segment_steps)
    step, losses = 1e-4, []
    for direction in (+1, -2):  # forth, and back past the start
        for name, weight in network.weights.items():
            weight += direction * step * gradients[name]
        losses.append(network.loss(network.forward(inputs).outputs, targets)[0])
    found = (losses[0] - losses[1]) / (2 * step)
    promised = rnn_tf.reference.global_norm(gradients.values()) ** 2
    return abs(found / promised - 1.0)


def no_loop_back_over_the_steps():
    return _misjudged_step(segment_steps=1)


def back_through_all_steps():
    return _misjudged_step(segment_steps=6)


ROWS.append(
    Formula(
        id="F-000-08",
        section="§2.3 L23–28; §2.4 L32–33",
        verdict="one reading",
        lesson="01_by_hand",
        title=(
            "Backward pass in two steps: compute the gradient, update the weights",
            "反向计算只有两步：求梯度、更新权重",
        ),
        latex=r"\delta_T=\frac{\partial\ell_T}{\partial h_T};\ t=T,\dots,1:\ "
        r"da_t=\varphi'(a_t)\circ\delta_t,\ G\mathrel{+}=da_t[h_{t-1};x_t]^{\top},\ "
        r"\delta_{t-1}=\frac{\partial\ell_{t-1}}{\partial h_{t-1}}+W_h^{\top}da_t;\quad "
        r"G\leftarrow G\cdot\min\Bigl(1,\frac{c}{\lVert G\rVert}\Bigr);\ W\leftarrow W-\eta G",
        names=(
            "δ_t: total ∂L/∂h_t (n_h); G: gradient of W (n_h, n_h + n_x); c: clipping threshold; "
            "η: learning rate",
            "δ_t：∂L/∂h_t 的全导数 (n_h)；G：W 的梯度 (n_h, n_h + n_x)；c：裁剪阈值；η：学习率",
        ),
        why=(
            "Right only if “compute the gradient” is read as the whole loop back over the steps. "
            "As it stands, as for a feed-forward net, it lacks the reverse loop, the carried "
            "error, truncation and clipping; the descent is then not what the gradient promises.",
            "只有把“求梯度”理解为沿时间走完整个反向循环才对。照字面做，就和前馈网络一样，"
            "少了反向循环、误差的传递、截断和裁剪，损失的下降也就与梯度所预示的不符。",
        ),
        at=("rnn_tf.reference.train", "rnn_tf.reference.truncated_gradients"),
        evidence=Wrong(
            Between(0.05, 2.0),
            right=at_most(1e-6),
            what=(
                "relative error of the descent that the gradient promises for a small step",
                "梯度所预示的小步下降量的相对误差",
            ),
        ),
        as_printed=no_loop_back_over_the_steps,
        correct=back_through_all_steps,
    )
)
