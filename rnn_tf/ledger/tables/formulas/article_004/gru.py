"""Article 004, the GRU: F-004-04 to F-004-06."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Formula, Wrong, at_most
from rnn_tf.ledger.tables.formulas import setting

ROWS = []


def _gru(p, reset_after, update):
    """States (6, 5) of a GRU written out; W and b by name, b["rec"] inside the reset gate."""
    h, states = np.zeros(5), []
    for x in p.x:
        both = np.concatenate([h, x])
        z, r = (rnn_tf.reference.sigmoid(p.W[n] @ both + p.b[n]) for n in "zr")
        W_h, W_x = p.W["h"][:, :5], p.W["h"][:, 5:]
        if reset_after:
            candidate = np.tanh(W_x @ x + p.b["h"] + r * (W_h @ h + p.b["rec"]))
        else:
            candidate = np.tanh(W_x @ x + p.b["h"] + W_h @ (r * h))
        h = z * h + (1 - z) * candidate if update == "keep" else (1 - z) * h + z * candidate
        states.append(h)
    return np.array(states)


def _gru_of_keras(p, **options):
    layer = keras.layers.GRU(5, return_sequences=True, dtype="float64", **options)
    kernel, recurrent_kernel, bias = setting.for_keras(
        [p.W[n] for n in "zrh"], [p.b[n] for n in "zrh"]
    )
    if layer.reset_after:
        bias = np.stack([bias, np.concatenate([np.zeros(10), p.b["rec"]])])
    return setting.keras_states(layer, [kernel, recurrent_kernel, bias], p.x)


def _gru_weights():
    p = setting.gated("zrh")
    p.b["rec"] = np.random.default_rng(1).normal(scale=0.3, size=5)
    return p


def articles_convention():
    p = _gru_weights()
    return setting.difference(_gru(p, reset_after=False, update="replace"), _gru_of_keras(p))


def keras_conventions():
    p = _gru_weights()
    default = setting.difference(_gru(p, reset_after=True, update="keep"), _gru_of_keras(p))
    printed = _gru(p, reset_after=False, update="replace")
    p.W["z"], p.b["z"] = -p.W["z"], -p.b["z"]  # 1 − σ(a) = σ(−a)
    return default, setting.difference(printed, _gru_of_keras(p, reset_after=False))


ROWS.append(
    Formula(
        id="F-004-04",
        section="§2.3 L71–74",
        verdict="one reading",
        lesson="03_gates",
        title=(
            "GRU with the reset before the product and z on the candidate",
            "GRU：重置在矩阵乘积之前，z 乘候选",
        ),
        latex=r"\text{Keras: }\tilde h_t=\tanh\bigl(W_x x_t+b+r_t\circ(W_h h_{t-1}+b')\bigr),\ "
        r"h_t=z_t\circ h_{t-1}+(1-z_t)\circ\tilde h_t;\quad \text{article: }"
        r"\tilde h_t=\tanh\bigl(W_x x_t+b+W_h(r_t\circ h_{t-1})\bigr),\ "
        r"h_t=(1-z_t)\circ h_{t-1}+z_t\circ\tilde h_t",
        names=(
            "z: update gate, r: reset gate, h̃: candidate, h: hidden state, each (n_h); W_x: "
            "(n_h, n_x); W_h: (n_h, n_h); b, b': (n_h)",
            "z：更新门，r：重置门，h̃：候选，h：隐藏状态，均为 (n_h)；W_x：(n_h, n_x)；"
            "W_h：(n_h, n_h)；b、b'：(n_h)",
        ),
        why=(
            "One valid convention (Chung and others, 2014). Keras differs twice: z keeps the old "
            "state (as in Cho and others, 2014), and by default the reset gate acts after the "
            "product, with a second bias. Weights moved from one to the other give other outputs.",
            "这是一种成立的约定（Chung 等，2014）。Keras 有两处不同：z 保留旧状态（同 Cho 等，"
            "2014）；"
            "默认的重置门作用在矩阵乘积之后，并多一个偏置。把权重从一种约定搬到另一种，"
            "输出就变了。",
        ),
        at=("rnn_tf.reference.GRU",),
        evidence=Wrong(
            Between(0.05, 10.0),
            right=(at_most(1e-12), at_most(1e-12)),
            what=(
                "differences: printed: the article's form from Keras's default, same weights; "
                "right: Keras's form from its default; the article's form from reset_after=False "
                "with the update gate's weights negated",
                "相对差。原式：相同权重下与 Keras 默认 GRU 之差；正确：Keras 形式与默认 GRU 之差；"
                "原式与 reset_after=False 且更新门权重取负的 GRU 之差",
            ),
        ),
        as_printed=articles_convention,
        correct=keras_conventions,
    )
)


def _parameters(kind, **options):
    layer = kind(7, **options)
    layer.build((None, None, 5))
    return layer.count_params()


def one_bias_for_each_gate():
    return _parameters(keras.layers.GRU) - 3 * 7 * (5 + 7 + 1)


def two_biases_by_default():
    return (
        _parameters(keras.layers.GRU) - 3 * 7 * (5 + 7 + 2),
        _parameters(keras.layers.GRU, reset_after=False) - 3 * 7 * (5 + 7 + 1),
        _parameters(keras.layers.LSTM) - 4 * 7 * (5 + 7 + 1),
    )


ROWS.append(
    Formula(
        id="F-004-05",
        section="§2.3 L67, L78; §3.2 L111",
        verdict="one reading",
        lesson="03_gates",
        title=("How many parameters a GRU has", "GRU 有多少参数"),
        latex=r"N_{\mathrm{GRU}}=3n_h(n_x+n_h+1)\ \text{(article)},\quad 3n_h(n_x+n_h+2)\ "
        r"\text{(Keras default)},\qquad N_{\mathrm{LSTM}}=4n_h(n_x+n_h+1)",
        names=(
            "N: number of parameters; n_x: inputs; n_h: units. For 5 inputs and 7 units: 273, "
            "294, 364",
            "N：参数量；n_x：输入数；n_h：单元数。5 个输入、7 个单元时：273、294、364",
        ),
        why=(
            "The article's form has three quarters of an LSTM's parameters. Keras's default has "
            "three biases more a unit, because the reset gate acts after the product. (Keras's "
            "docstring calls the other variant the default; its numbers say otherwise.)",
            "原文形式的参数量是 LSTM 的四分之三。Keras 默认的重置门作用在乘积之后，"
            "每个单元多三个偏置。（Keras 的文档字符串称另一种是默认，但数出来不是。）",
        ),
        at=("rnn_tf.reference.GRU",),
        evidence=Wrong(
            21,
            right=(0, 0, 0),
            what=(
                "parameters of Keras layers less the formula, 5 inputs, 7 units: printed: default "
                "GRU; right: default GRU, reset_after=False, LSTM",
                "Keras 层的参数量减去公式值（5 个输入、7 个单元）。原式：默认 GRU；"
                "正确：默认 GRU、reset_after=False、LSTM",
            ),
        ),
        as_printed=one_bias_for_each_gate,
        correct=two_biases_by_default,
    )
)


def _gru_whose_candidate_is(squashed):
    p = _gru_weights()
    h, states = np.zeros(5), []
    for x in p.x:
        both = np.concatenate([h, x])
        z, r = (rnn_tf.reference.sigmoid(p.W[n] @ both + p.b[n]) for n in "zr")
        candidate = squashed(p.W["h"] @ np.concatenate([r * h, x]) + p.b["h"])
        h = z * h + (1 - z) * candidate
        states.append(h)
    return setting.difference(np.array(states), _gru_of_keras(p, reset_after=False))


def candidate_as_a_gate():
    return _gru_whose_candidate_is(rnn_tf.reference.sigmoid)


def candidate_as_a_candidate():
    return _gru_whose_candidate_is(np.tanh)


ROWS.append(
    Formula(
        id="F-004-06",
        section="§2.3 L78",
        verdict="wrong",
        lesson="03_gates",
        title=(
            "The candidate's weights are listed among the gates'",
            "把候选的权重也列为“各门的权重”",
        ),
        latex=r"z,r\in(0,1)^{n_h}\ \text{(gates: }\sigma),\qquad \tilde h\in(-1,1)^{n_h}\ "
        r"\text{(candidate: }\tanh)",
        names=(
            "z: update gate; r: reset gate; h̃: candidate; each (n_h)",
            "z：更新门；r：重置门；h̃：候选；均为 (n_h)",
        ),
        why=(
            "A GRU has two gates. The candidate is what may be written, from −1 to 1; it "
            "multiplies "
            "nothing. Squash it like a gate, and the state can never become negative.",
            "GRU 有两个门。候选是可能写入的内容，取值 −1 到 1，不去乘任何东西。"
            "若像门一样用 σ 压缩，状态就永远不会是负数。",
        ),
        at=("rnn_tf.reference.GRU",),
        evidence=Wrong(
            Between(0.1, 10.0),
            right=at_most(1e-12),
            what=(
                "difference from Keras's GRU if h̃ is squashed like a gate, and as a candidate",
                "把 h̃ 当作门、当作候选来压缩时，与 Keras GRU 的差",
            ),
        ),
        as_printed=candidate_as_a_gate,
        correct=candidate_as_a_candidate,
    )
)
