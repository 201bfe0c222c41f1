"""Article 004, the simple recurrent network: F-004-01 and F-004-07."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Formula, Right, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def one_matrix_in_two_parts():
    p = setting.simple()
    W = np.hstack([p.W_h, p.W_x])  # called W_hh in the article: the input's part is in it
    h, states = np.zeros(5), []
    for x in p.x:
        h = np.tanh(W @ np.concatenate([h, x]) + p.b)
        states.append(h)
    layer = keras.layers.SimpleRNN(5, return_sequences=True, dtype="float64")
    of_keras = setting.keras_states(layer, setting.for_keras([p.W], [p.b]), p.x)
    return setting.difference(np.array(states), of_keras), W.shape


ROWS.append(
    Formula(
        id="F-004-01",
        section="§2.1 L36",
        verdict="right",
        lesson="01_by_hand",
        title=(
            "Hidden state from W_hh on state and input together",
            "隐藏状态：W_hh 同时作用于状态和输入",
        ),
        latex=r"h_t=\tanh(W[h_{t-1};x_t]+b_h),\qquad W=[W_{hh}\ W_{xh}]",
        names=(
            "h_t: hidden state (n_h); x_t: input (n_x); W: (n_h, n_h + n_x), made of W_hh "
            "(n_h, n_h) and W_xh (n_h, n_x); b_h: (n_h)",
            "h_t：隐藏状态 (n_h)；x_t：输入 (n_x)；W：(n_h, n_h + n_x)，由 W_hh (n_h, n_h) 与 "
            "W_xh (n_h, n_x) 拼成；b_h：(n_h)",
        ),
        why=(
            "Right. The matrix is named for the way from state to state, but it also holds the "
            "part that acts on the input.",
            "正确。矩阵的名字只提到状态到状态，其实也包含作用于输入的那一部分。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Right(
            (at_most(1e-12), (5, 8)),
            what=(
                "difference from Keras's SimpleRNN; shape of the matrix for 3 inputs, 5 units",
                "与 Keras SimpleRNN 的差；3 个输入、5 个单元时矩阵的形状",
            ),
        ),
        correct=one_matrix_in_two_parts,
    )
)


def _state_derivative(spectral_radius, steps=60):
    """‖∂h_60/∂h_0‖, and the product of norms that bounds it, for a random recurrent matrix."""
    cell = rnn_tf.reference.SimpleRNN(features=3, units=20)
    random = np.random.default_rng(0)
    matrix = random.normal(size=(20, 20))
    matrix *= spectral_radius / np.max(np.abs(np.linalg.eigvals(matrix)))
    cell.weights["recurrent_kernel"][...] = matrix
    trace = cell.forward(random.normal(scale=0.1, size=(1, steps, 3)))
    rows = [cell.backward(trace, d_final_state=row[None])["initial_state"][0] for row in np.eye(20)]
    slopes = 1 - trace.hidden_states[0] ** 2
    bound = np.prod(np.max(slopes, axis=1) * np.linalg.norm(matrix, 2))
    return np.linalg.norm(rows, 2), bound


def norms_over_sixty_steps():
    (small, small_bound), (large, large_bound) = _state_derivative(0.5), _state_derivative(2.5)
    return small, large, bool(small <= small_bound and large <= large_bound)


ROWS.append(
    Formula(
        id="F-004-07",
        section="§1.2 L28",
        verdict="right",
        lesson="03_gates",
        title=(
            "With more steps the gradient goes to zero, or becomes very large (in words only)",
            "步数越多，梯度趋于零或变得很大（只有文字，没有公式）",
        ),
        latex=r"\Bigl\lVert\frac{\partial h_T}{\partial h_t}\Bigr\rVert\le\prod_{k=t+1}^{T}"
        r"\lVert\operatorname{diag}\varphi'(a_k)\rVert\,\lVert W_h\rVert\le"
        r"(\gamma\lVert W_h\rVert)^{T-t}",
        names=(
            "h_t: hidden state (n_h); W_h: recurrent matrix (n_h, n_h); φ'(a_k): slopes (n_h); "
            "γ: largest slope, 1 for tanh, 1/4 for the logistic function; ‖·‖: largest singular "
            "value",
            "h_t：隐藏状态 (n_h)；W_h：循环权重矩阵 (n_h, n_h)；φ'(a_k)：斜率 (n_h)；γ：最大斜率，"
            "tanh 为 1，逻辑函数为 1/4；‖·‖：最大奇异值",
        ),
        why=(
            "Right; the formula is missing. Below 1/γ the norm must shrink with the number of "
            "steps; above it may grow, but need not: a bound is no equation.",
            "正确，只是没有公式。‖W_h‖ 小于 1/γ 时，范数必随步数缩小；大于时可能增大，但不一定："
            "上界不是等式。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.training.GradientNorms"),
        evidence=Right(
            (at_most(1e-12), Between(1e2, 1e25), True),
            what=(
                "‖∂h_60/∂h_0‖ at spectral radius 0.5 and 2.5; whether both keep to the bound",
                "谱半径 0.5 与 2.5 时的 ‖∂h_60/∂h_0‖；两者是否都不超过上界",
            ),
        ),
        correct=norms_over_sixty_steps,
    )
)
