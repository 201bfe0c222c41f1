"""Article 004, the LSTM: F-004-02 and F-004-03."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Formula, Raises, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def _lstm_with(product):
    """Size of the cell state, and difference from Keras, if · in the updates means ``product``."""
    p = setting.gated("ifgo")
    layer = keras.layers.LSTM(5, return_sequences=True, dtype="float64")
    weights = setting.for_keras([p.W[n] for n in "ifgo"], [p.b[n] for n in "ifgo"])
    of_keras = setting.keras_states(layer, weights, p.x)
    h, c, states = np.zeros(5), np.zeros(5), []
    for x in p.x:
        both = np.concatenate([h, x])
        i, f, o = (rnn_tf.reference.sigmoid(p.W[n] @ both + p.b[n]) for n in "ifo")
        g = np.tanh(p.W["g"] @ both + p.b["g"])
        c = product(f, c) + product(i, g)
        h = product(o, np.tanh(c))
        states.append(h)
    return np.size(c), setting.difference(np.array(states), of_keras)


def dot_as_matrix_product():
    return _lstm_with(np.dot)


def dot_element_by_element():
    return _lstm_with(np.multiply)


ROWS.append(
    Formula(
        id="F-004-02",
        section="§2.2 L54–59",
        verdict="one reading",
        lesson="03_gates",
        title=(
            "LSTM with one dot for two kinds of product",
            "LSTM 方程用同一个点号表示两种乘法",
        ),
        latex=r"i,f,o=\sigma(W_\cdot[h_{t-1};x_t]+b_\cdot),\ g=\tanh(W_g[h_{t-1};x_t]+b_g),\ "
        r"c_t=f\circ c_{t-1}+i\circ g,\ h_t=o\circ\tanh(c_t)",
        names=(
            "W·, W_g: (n_h, n_h + n_x), matrix products; ∘: element by element; i, f, o, g, c, h: "
            "(n_h)",
            "W·、W_g：(n_h, n_h + n_x)，做矩阵乘积；∘：逐元素乘；i、f、o、g、c、h：(n_h)",
        ),
        why=(
            "Right if the dot is a matrix product in the gates and element-wise in the updates. "
            "Read as a product of vectors in both, the cell state becomes one number at the first "
            "step, the hidden state at the second, and the third cannot be computed.",
            "点号在各门里表示矩阵乘积、在更新式里表示逐元素乘，才是对的。若更新式里也当作向量相乘，"
            "第一步单元状态缩成一个数，第二步隐藏状态缩成一个数，第三步就算不下去了。",
        ),
        at=("rnn_tf.reference.LSTM",),
        evidence=Raises(
            "ValueError",
            "zero-dimensional arrays cannot be concatenated",
            right=(5, at_most(1e-12)),
            what=(
                "numbers in the cell state of 5 units; difference from Keras's LSTM",
                "5 个单元的单元状态含几个数；与 Keras LSTM 的差",
            ),
        ),
        as_printed=dot_as_matrix_product,
        correct=dot_element_by_element,
    )
)


def _with_open_gates(steps=60):
    """An LSTM whose gates stand nearly open, over many steps of inputs near 1."""
    cell = rnn_tf.reference.LSTM(features=3, units=5)
    cell.weights["bias"][...] = 6.0  # input, forget and output gate at 0.998 or nearly so
    cell.weights["bias"][10:15] = 0.0  # the candidate is left to the inputs
    return cell.forward(np.random.default_rng(0).normal(1.0, 0.1, size=(1, steps, 3)))


def names_as_given():
    trace = _with_open_gates()
    gate, hidden_state = trace.candidates, trace.cell_states  # “input gate” g, “hidden state” c
    return np.min(gate), np.max(np.abs(hidden_state))


def names_put_right():
    trace = _with_open_gates()
    gate, hidden_state = trace.input_gates, trace.hidden_states
    return np.min(gate), np.max(np.abs(hidden_state))


ROWS.append(
    Formula(
        id="F-004-03",
        section="§2.2 L63",
        verdict="wrong",
        lesson="03_gates",
        title=(
            "The list of symbols calls o an update gate, g an input gate, c a hidden state",
            "符号说明把 o 叫更新门、g 叫输入门、c 叫隐藏状态",
        ),
        latex=r"i,f,o\in(0,1)^{n_h}\ \text{(input, forget, output gate)},\quad g\in(-1,1)^{n_h}\ "
        r"\text{(candidate)},\quad c\in\mathbb R^{n_h}\ \text{(cell state)},\quad "
        r"h\in(-1,1)^{n_h}\ \text{(hidden state)}",
        names=(
            "i: input gate; f: forget gate; o: output gate; g: candidate; c: cell state; h: hidden "
            "state; each (n_h)",
            "i：输入门；f：遗忘门；o：输出门；g：候选；c：单元状态；h：隐藏状态；均为 (n_h)",
        ),
        why=(
            "A gate lies between 0 and 1; g does not. A hidden state lies between −1 and 1; c is "
            "unbounded and adds up over the steps. o is the output gate: update gate is the name "
            "of something in the GRU.",
            "门的值在 0 与 1 之间，g 却不是；隐藏状态在 −1 与 1 之间，c 却没有上下限，"
            "会逐步累加。o 是输出门；更新门是 GRU 里的名称。",
        ),
        at=("rnn_tf.reference.LSTMTrace", "chapters/GLOSSARY.md"),
        evidence=Wrong(
            (Between(-1.0, -0.01), Between(5.0, 60.0)),
            right=(Between(0.0, 1.0), at_most(1.0)),
            what=(
                "smallest value of the “input gate”, largest of the “hidden state”, 60 steps with "
                "open gates",
                "门全开、60 步：所谓“输入门”的最小值，所谓“隐藏状态”的最大绝对值",
            ),
        ),
        as_printed=names_as_given,
        correct=names_put_right,
    )
)
