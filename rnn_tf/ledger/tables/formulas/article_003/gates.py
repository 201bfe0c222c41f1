"""Article 003, the LSTM: F-003-06 and F-003-07."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Formula, Right, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def six_equations_with_separate_matrices():
    p = setting.gated("ifgo")
    layer = keras.layers.LSTM(5, return_sequences=True, dtype="float64")
    weights = setting.for_keras([p.W[n] for n in "ifgo"], [p.b[n] for n in "ifgo"])
    of_keras = setting.keras_states(layer, weights, p.x)
    h, c, states = np.zeros(5), np.zeros(5), []
    for x in p.x:
        a = {n: p.W[n][:, 5:] @ x + p.W[n][:, :5] @ h + p.b[n] for n in "ifgo"}
        i, f, o = (rnn_tf.reference.sigmoid(a[n]) for n in "ifo")
        c = f * c + i * np.tanh(a["g"])
        h = o * np.tanh(c)
        states.append(h)

    other = keras.layers.LSTM(7)
    other.build((None, None, 5))
    pytorch = rnn_tf.reference.LSTM.from_keras(other).to_pytorch()
    sizes = other.count_params(), sum(array.size for array in pytorch.values())
    return setting.difference(np.array(states), of_keras), *sizes


ROWS.append(
    Formula(
        id="F-003-06",
        section="§3.3 L95–115",
        verdict="right",
        lesson="03_gates",
        title=(
            "LSTM in six equations, with separate matrices for input and state",
            "LSTM 的六个方程，输入与状态各用一个矩阵",
        ),
        latex=r"i,f,o=\sigma(W_{x\cdot}x_t+W_{h\cdot}h_{t-1}+b_\cdot),\ "
        r"g=\tanh(W_{xg}x_t+W_{hg}h_{t-1}+b_g),\ c_t=f\circ c_{t-1}+i\circ g,\ "
        r"h_t=o\circ\tanh c_t",
        names=(
            "W_x·: (n_h, n_x), W_h·: (n_h, n_h), b·: (n_h) for each of i, f, g, o; parameters: "
            "Keras 4 n_h (n_x + n_h + 1), PyTorch 4 n_h (n_x + n_h + 2)",
            "i、f、g、o 各有 W_x· (n_h, n_x)、W_h· (n_h, n_h)、b· (n_h)；参数量：Keras 为 "
            "4 n_h (n_x + n_h + 1)，PyTorch 为 4 n_h (n_x + n_h + 2)",
        ),
        why=(
            "Right. The indices are in PyTorch's style, but there is one bias a gate, as in Keras; "
            "PyTorch has two, which only ever act as their sum.",
            "正确。下标是 PyTorch 的写法，但每个门只有一个偏置，与 Keras 相同；"
            "PyTorch 有两个，只以相加的形式起作用。",
        ),
        at=("rnn_tf.reference.LSTM",),
        evidence=Right(
            (at_most(1e-12), 364, 392),
            what=(
                "difference from Keras's LSTM; parameters at 5 inputs and 7 units in Keras and in "
                "PyTorch's layout",
                "与 Keras LSTM 的差；5 个输入、7 个单元时 Keras 与 PyTorch 布局的参数量",
            ),
        ),
        correct=six_equations_with_separate_matrices,
    )
)


def _states_against_keras(update):
    p = setting.gated("ifgo")
    layer = keras.layers.LSTM(5, return_sequences=True, dtype="float64")
    weights = setting.for_keras([p.W[n] for n in "ifgo"], [p.b[n] for n in "ifgo"])
    of_keras = setting.keras_states(layer, weights, p.x)
    h, c, states = np.zeros(5), np.zeros(5), []
    for x in p.x:
        both = np.concatenate([h, x])
        i, f, o = (rnn_tf.reference.sigmoid(p.W[n] @ both + p.b[n]) for n in "ifo")
        h, c = update(i, f, o, np.tanh(p.W["g"] @ both + p.b["g"]), h, c)
        states.append(h)
    return setting.difference(np.array(states), of_keras)


def candidate_of_the_hidden_state():
    def update(i, f, o, g, h, c):
        return f * h + i * g, c  # g would become h

    return _states_against_keras(update)


def candidate_of_the_cell_state():
    def update(i, f, o, g, h, c):
        c = f * c + i * g  # g becomes c; what is shown of it is h
        return o * np.tanh(c), c

    return _states_against_keras(update)


ROWS.append(
    Formula(
        id="F-003-07",
        section="§3.3 L118",
        verdict="wrong",
        lesson="03_gates",
        title=(
            "g_t is called the candidate of the hidden state",
            "把 g_t 叫做候选隐藏状态",
        ),
        latex=r"c_t=f_t\circ c_{t-1}+i_t\circ g_t,\qquad h_t=o_t\circ\tanh(c_t)",
        names=(
            "g_t: candidate of the cell state (n_h), from −1 to 1; c_t: cell state (n_h); "
            "h_t: hidden state (n_h)",
            "g_t：单元状态的候选 (n_h)，取值 −1 到 1；c_t：单元状态 (n_h)；h_t：隐藏状态 (n_h)",
        ),
        why=(
            "It is the candidate of the cell state: that is what it is added to. A candidate of "
            "the hidden state is what the GRU has.",
            "它是单元状态的候选，因为它加到的是单元状态上。候选隐藏状态是 GRU 里的概念。",
        ),
        at=("rnn_tf.reference.LSTM",),
        evidence=Wrong(
            Between(0.1, 10.0),
            right=at_most(1e-12),
            what=(
                "difference from Keras's LSTM if g_t is used as it is named",
                "按名称使用 g_t 时，与 Keras LSTM 的差",
            ),
        ),
        as_printed=candidate_of_the_hidden_state,
        correct=candidate_of_the_cell_state,
    )
)
