"""Formulas of article 001, §3.2 and §4."""

import numpy as np

from rnn_tf.ledger.late import keras, tf
from rnn_tf.ledger.rows import Between, Formula, Right, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def one_set_of_weights_for_any_length():
    p = setting.simple()
    layer = keras.layers.SimpleRNN(5, return_sequences=True, dtype="float64")
    x = np.random.default_rng(1).normal(size=(200, 3))
    of_keras = setting.keras_states(layer, setting.for_keras([p.W], [p.b]), x)
    h = np.zeros(5)  # h_0, which the article does not give
    for x_t in x[:5]:
        h = np.tanh(p.W_x @ x_t + p.W_h @ h + p.b)
    return setting.difference(h, of_keras[4]), layer.count_params()


ROWS.append(
    Formula(
        id="F-001-01",
        section="§4.1 L129–130",
        verdict="right",
        lesson="01_by_hand",
        title=(
            "State and output as functions: h_t = φ(h_{t-1}, x_t), y_t = ψ(h_t)",
            "状态与输出的函数形式：h_t = φ(h_{t-1}, x_t)，y_t = ψ(h_t)",
        ),
        latex=r"h_t=\phi(h_{t-1},x_t;\theta),\quad y_t=\psi(h_t;\theta),\quad t=1,\dots,T,"
        r"\quad h_0\text{ given}",
        names=(
            "h_t: hidden state (n_h); x_t: input (n_x); y_t: output (n_y); θ: one set of "
            "parameters for all t; h_0: initial state, usually zeros (n_h)",
            "h_t：隐藏状态 (n_h)；x_t：输入 (n_x)；y_t：输出 (n_y)；θ：所有时间步共用的一组参数；"
            "h_0：初始状态，通常为零 (n_h)",
        ),
        why=(
            "Right, but what makes it recurrent is not said: φ and ψ are the same at every step, "
            "with the same weights, and h_0 must be given. Both functions are explained by the "
            "same empty phrase.",
            "正确，但关键没说：每一步用的是同一个 φ、ψ 和同一组权重，而且 h_0 必须给定。"
            "文中对两个函数的解释是同一句空话。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.models.SequenceClassifier"),
        evidence=Right(
            (at_most(1e-12), 5 * (3 + 5 + 1)),
            what=(
                "five steps by hand against the first five of 200 in Keras; parameters for both",
                "手算五步与 Keras 200 步中前五步的差；两者共用的参数量",
            ),
        ),
        correct=one_set_of_weights_for_any_length,
    )
)


def columns_and_rows():
    p = setting.simple()
    columns, rows = np.zeros(5), np.zeros((1, 5))
    for x in p.x:
        columns = np.tanh(p.W_x @ x + p.W_h @ columns + p.b)
        rows = np.tanh(x[None] @ p.W_x.T + rows @ p.W_h.T + p.b)
    layer = keras.layers.SimpleRNN(5, return_sequences=True, dtype="float64")
    of_keras = setting.keras_states(layer, setting.for_keras([p.W], [p.b]), p.x)[-1]
    return setting.difference(columns, of_keras), setting.difference(rows[0], of_keras)


ROWS.append(
    Formula(
        id="F-001-02",
        section="§4.2 L142",
        verdict="right",
        lesson="01_by_hand",
        title=("Hidden state with tanh and two matrices", "用 tanh 和两个矩阵算隐藏状态"),
        latex=r"h_t=\tanh(W_x x_t+W_h h_{t-1}+b_h)\quad\text{(columns)},\qquad "
        r"h_t=\tanh(x_t W_x^{\top}+h_{t-1}W_h^{\top}+b_h)\quad\text{(rows)}",
        names=(
            "h_t: (n_h); x_t: (n_x); W_x: (n_h, n_x); W_h: (n_h, n_h); b_h: (n_h). With rows: "
            "kernel W_xᵀ (n_x, n_h), recurrent kernel W_hᵀ (n_h, n_h)",
            "h_t：(n_h)；x_t：(n_x)；W_x：(n_h, n_x)；W_h：(n_h, n_h)；b_h：(n_h)。"
            "按行写时：输入权重矩阵 W_xᵀ (n_x, n_h)，循环权重矩阵 W_hᵀ (n_h, n_h)",
        ),
        why=(
            "Right, for columns. The article's programs use rows, where the matrices are "
            "transposed and stand on the right, and leave b_h out (B-001-03, B-001-04, B-001-20).",
            "对列向量正确。但文中程序用的是行向量，矩阵要转置并写在右边，"
            "而且漏掉了 b_h（B-001-03、B-001-04、B-001-20）。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Right(
            (at_most(1e-12), at_most(1e-12)),
            what=(
                "difference from Keras's SimpleRNN after six steps: columns; rows",
                "六步之后与 Keras SimpleRNN 的差：列写法；行写法",
            ),
        ),
        correct=columns_and_rows,
    )
)


def softmax_of_one_logit():
    logits = np.array([[-3.0], [0.0], [5.0]])
    return tuple(np.ravel(tf.nn.softmax(logits)))


def sigmoid_of_one_logit():
    logits = np.array([[-3.0], [0.0], [5.0]])
    two_classes = np.ravel(tf.nn.softmax(np.hstack([np.zeros_like(logits), logits]))[:, 1])
    return setting.difference(np.ravel(tf.nn.sigmoid(logits)), two_classes)


ROWS.append(
    Formula(
        id="F-001-03",
        section="§4.2 L149",
        verdict="one reading",
        lesson="02_keras_model",
        title=(
            "The output is the softmax of an affine map of the state",
            "输出是隐藏状态仿射变换的 softmax",
        ),
        latex=r"\hat y_t=\sigma(W_y h_t+b_y)\ (K=1),\qquad"
        r" \hat y_t=\operatorname{softmax}(W_y h_t+b_y)\ (K\ge 2)",
        names=(
            "h_t: hidden state (n_h); W_y: (K, n_h); b_y: (K); σ: logistic function; "
            "K: number of outputs",
            "h_t：隐藏状态 (n_h)；W_y：(K, n_h)；b_y：(K)；σ：逻辑函数；K：输出个数",
        ),
        why=(
            "Right for two or more classes. The article's program has one output, and the softmax "
            "of one number is 1 whatever the number is: no gradient, nothing learnt (B-001-28).",
            "类别数不少于二时正确。但原文程序只有一个输出，单个数的 softmax 恒为 1，"
            "梯度为零，什么也学不到（B-001-28）。",
        ),
        at=("rnn_tf.reference.softmax_cross_entropy", "rnn_tf.reference.sigmoid_cross_entropy"),
        evidence=Wrong(
            (1.0, 1.0, 1.0),
            right=at_most(1e-12),
            what=(
                "printed: softmax of the logits −3, 0, 5, one at a time; right: relative "
                "difference between the sigmoid and a softmax over two classes",
                "原式：对 −3、0、5 分别取 softmax；正确：sigmoid 与二分类 softmax 的相对差",
            ),
        ),
        as_printed=softmax_of_one_logit,
        correct=sigmoid_of_one_logit,
    )
)


def _derivative_by_output(of_step, by_step):
    """∂L of one step by the logits of one step, on the tape; zeros where there is no path.

    Returns it with ŷ − y, softmax minus target, of the step of the logits.
    """
    p = setting.simple()
    x, W, W_y = tf.constant(p.x), tf.constant(p.W), tf.constant(p.W_y)
    h, logits = tf.zeros((5, 1), tf.float64), []
    with tf.GradientTape() as tape:
        tape.watch(W)
        for t in range(setting.STEPS):
            h = tf.tanh(W @ tf.concat([h, x[t][:, None]], 0) + p.b[:, None])
            logits.append(tf.transpose(W_y @ h) + p.b_y)
        losses = [
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1], logits=one) for one in logits
        ]
    derivative = tape.gradient(losses[of_step], logits[by_step], unconnected_gradients="zero")
    return np.asarray(derivative), np.asarray(tf.nn.softmax(logits[by_step])) - [[0.0, 1.0]]


def loss_of_the_next_step():
    derivative, wanted = _derivative_by_output(of_step=3, by_step=2)
    return np.linalg.norm(derivative), setting.difference(derivative, wanted)


def loss_of_the_same_step():
    derivative, wanted = _derivative_by_output(of_step=2, by_step=2)
    return np.linalg.norm(derivative), setting.difference(derivative, wanted)


ROWS.append(
    Formula(
        id="F-001-04",
        section="§4.3 L162",
        verdict="wrong",
        lesson="01_by_hand",
        title=(
            "The error of a step is written dL_{t+1}/dy_t",
            "某一步的误差写成 dL_{t+1}/dy_t",
        ),
        latex=r"\frac{\partial L_t}{\partial z_t}=\hat y_t-y_t,\qquad "
        r"\hat y_t=\operatorname{softmax}(z_t),\qquad \frac{\partial L_{t+1}}{\partial z_t}=0",
        names=(
            "L_t: cross-entropy of step t; z_t: logits (K); ŷ_t: probabilities (K); y_t: target, "
            "one-hot (K)",
            "L_t：第 t 步的交叉熵；z_t：logits (K)；ŷ_t：概率 (K)；y_t：独热编码的目标 (K)",
        ),
        why=(
            "Outputs are not fed back, so the loss of step t + 1 does not depend on the output of "
            "step t: the printed derivative is exactly 0. The indices must be equal.",
            "输出并不反馈回网络，第 t + 1 步的损失与第 t 步的输出无关：原式的导数恰好为 0。"
            "两个下标必须相同。",
        ),
        at=("rnn_tf.reference.softmax_cross_entropy",),
        evidence=Wrong(
            (0.0, 1.0),
            right=(Between(0.05, 2.0), at_most(1e-12)),
            what=(
                "norm of the derivative on the tape; its relative difference from ŷ_t − y_t",
                "自动微分所得导数的范数；它与 ŷ_t − y_t 的相对差",
            ),
        ),
        as_printed=loss_of_the_next_step,
        correct=loss_of_the_same_step,
    )
)


def _with_states_of(kind):
    """Relative difference from Keras where every new state is passed through ``kind``."""
    p = setting.simple()
    h, states = np.zeros(5), []
    for x in p.x:
        h = kind(np.tanh(p.W_x @ x + p.W_h @ h + p.b))
        states.append(h)
    layer = keras.layers.SimpleRNN(5, return_sequences=True, dtype="float64")
    of_keras = setting.keras_states(layer, setting.for_keras([p.W], [p.b]), p.x)
    share = np.mean(np.isin(states, [-1.0, 0.0, 1.0]))
    return setting.difference(np.array(states), of_keras), share


def binary_states():
    def binary(h):
        return (h > 0).astype(float)

    return _with_states_of(binary)


def real_states():
    return _with_states_of(np.asarray)


ROWS.append(
    Formula(
        id="F-001-05",
        section="§4.3 L160",
        verdict="wrong",
        lesson="01_by_hand",
        title=("The hidden state is taken to be binary", "假定隐藏状态是二进制数据"),
        latex=r"h_t\in(-1,1)^{n_h}",
        names=("h_t: hidden state, n_h real numbers", "h_t：隐藏状态，n_h 个实数"),
        why=(
            "The state is a tanh: a real number strictly between −1 and 1, never 0 or 1 but by "
            "accident. A binary state has no slope and could not be trained by gradients.",
            "状态是 tanh 的值：严格介于 −1 与 1 之间的实数，除非碰巧，不会是 0 或 1。"
            "二进制的状态没有斜率，也就无法用梯度训练。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            (Between(0.2, 5.0), 1.0),
            right=(at_most(1e-12), 0.0),
            what=(
                "relative difference from Keras's SimpleRNN; share of state values that are "
                "exactly −1, 0 or 1",
                "与 Keras SimpleRNN 的相对差；状态中恰为 −1、0 或 1 的比例",
            ),
        ),
        as_printed=binary_states,
        correct=real_states,
    )
)


def _one_step():
    """One step of a batch: inputs (4, 3), states (4, 5), outputs (4, 2), as rows."""
    random = np.random.default_rng(0)
    shapes = {"X": (4, 3), "Wx": (3, 5), "Wy": (5, 2), "Wh": (5, 5), "bh": (5,), "by": (2,)}
    tensors = {name: random.normal(scale=0.5, size=shape) for name, shape in shapes.items()}
    before, wanted = random.normal(size=(4, 5)), random.normal(size=(4, 2))

    def forward():
        v = tensors
        h = np.tanh(v["X"] @ v["Wx"] + before @ v["Wh"] + v["bh"])
        return h, h @ v["Wy"] + v["by"]

    def right(gradients):
        """How many are of the right shape and agree with finite differences."""
        return sum(
            gradients[name].shape == tensor.shape
            and setting.error(
                gradients[name], lambda: 0.5 * np.sum((forward()[1] - wanted) ** 2), tensor
            )
            < 1e-7
            for name, tensor in tensors.items()
        )

    h, y = forward()
    return tensors, before, h, y - wanted, right


def output_error_everywhere():
    tensors, before, h, dy, right = _one_step()
    dWx = tensors["X"].T @ dy  # the missing transposes are put in, as a kindness
    gradients = {"Wx": dWx, "Wh": before.T @ dy, "Wy": h.T @ dy, "bh": dy, "by": dy}
    return right({**gradients, "X": tensors["X"] @ dWx})


def chain_rule_step_by_step():
    tensors, before, h, dy, right = _one_step()
    da = (dy @ tensors["Wy"].T) * (1 - h**2)
    gradients = {"Wx": tensors["X"].T @ da, "Wh": before.T @ da, "bh": da.sum(axis=0)}
    return right(
        {**gradients, "X": da @ tensors["Wx"].T, "Wy": h.T @ dy, "by": dy.sum(axis=0)},
    )


ROWS.append(
    Formula(
        id="F-001-06",
        section="§3.2 L87–105",
        verdict="wrong",
        lesson="01_by_hand",
        title=(
            "Six gradients of the backward sketch, read as formulas",
            "反向计算示意代码里的六个梯度，当作公式来看",
        ),
        latex=r"dh_t=dy_t W_y^{\top}+da_{t+1}W_h^{\top},\ da_t=dh_t\circ(1-h_t^2);\quad "
        r"dW_y=\sum_t h_t^{\top}dy_t,\ db_y=\sum_t\mathbf 1^{\top}dy_t,\ "
        r"dW_x=\sum_t x_t^{\top}da_t,\ dW_h=\sum_t h_{t-1}^{\top}da_t,\ "
        r"db_h=\sum_t\mathbf 1^{\top}da_t,\ dx_t=da_t W_x^{\top}",
        names=(
            "rows: x_t (batch, n_x), h_t (batch, n_h), dy_t = ∂L/∂y_t (batch, n_y), da_t "
            "(batch, n_h); W_x (n_x, n_h), W_h (n_h, n_h), W_y (n_h, n_y); bold 1: ones (batch, 1)",
            "按行写：x_t (batch, n_x)，h_t (batch, n_h)，dy_t = ∂L/∂y_t (batch, n_y)，"
            "da_t (batch, n_h)；W_x (n_x, n_h)，W_h (n_h, n_h)，W_y (n_h, n_y)；"
            "粗体 1：全 1 向量 (batch, 1)",
        ),
        why=(
            "Even with the transposes put in, five of the six are wrong: the output's error stands "
            "where the error before the tanh belongs, the biases are not summed over the batch, "
            "and the inputs' gradient comes from a weight gradient (B-001-08 to B-001-11).",
            "即使补上转置，六个里仍有五个是错的：该用 tanh 之前的误差，却用了输出的误差；"
            "偏置没有对批求和；输入的梯度竟由权重梯度得来（B-001-08 至 B-001-11）。",
        ),
        at=("rnn_tf.reference.Network", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            1,
            right=6,
            what=(
                "how many of the six agree with finite differences, relative error below 1e-7",
                "六个梯度中有几个与有限差分相符（相对误差小于 1e-7）",
            ),
        ),
        as_printed=output_error_everywhere,
        correct=chain_rule_step_by_step,
    )
)
