"""Article 001, backward half of the NumPy sketch: B-001-07 to B-001-12."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Between, Fault, Raises, Wrong, at_most

ROWS = []


def _checked_network():
    """A network of unequal sizes over four steps, with inputs (2, 4, 3) and targets (2, 4, 6)."""
    random = np.random.default_rng(0)
    network = rnn_tf.reference.Network(rnn_tf.reference.SimpleRNN(features=3, units=5), outputs=6)
    return network, random.normal(size=(2, 4, 3)), random.normal(size=(2, 4, 6))


def name_of_another_method():
    class Network:
        def forward(self, inputs):
            hidden = np.tanh(inputs)
            return 2.0 * hidden

        def backward(self, d_outputs):
            return 2.0 * d_outputs * (1.0 - hidden**2)  # noqa: F821 (a linter sees it)

    network = Network()
    return network.backward(network.forward(np.ones(3)))


def forward_hands_over_its_trace():
    network, inputs, targets = _checked_network()
    trace = network.forward(inputs)  # keeps every hidden state
    _, d_outputs = network.loss(trace.outputs, targets)
    return network.backward(trace, d_outputs)["output_kernel"].shape


ROWS.append(
    Fault(
        id="B-001-07",
        section="§3.2 L99",
        kind="R",
        lesson="01_by_hand",
        title=(
            "The backward pass uses a variable that only the forward pass has",
            "反向计算用到了只存在于前向计算里的变量",
        ),
        why=(
            "A local name lives in its own function. Back-propagation needs the values of the "
            "forward pass, so somebody has to keep them.",
            "局部变量只在自己的函数里有效。反向传播需要前向计算的数值，因此必须有人把它们存下来。",
        ),
        repair=(
            "The forward pass returns a trace of everything that the backward pass will need.",
            "前向计算返回一份记录，存下反向计算所需的一切。",
        ),
        at=("rnn_tf.reference.SimpleRNNTrace", "rnn_tf.reference.NetworkTrace"),
        evidence=Raises(
            "NameError",
            "name 'hidden' is not defined",
            right=(5, 6),
            what=("shape of the output kernel's gradient", "输出权重矩阵梯度的形状"),
        ),
        reproduce=name_of_another_method,
        repaired=forward_hands_over_its_trace,
    )
)


def product_without_transpose():
    hidden, d_outputs = np.ones((5, 4)), np.ones((5, 2))  # (batch, units), (batch, outputs)
    return np.dot(hidden, d_outputs)


def transposed_product():
    hidden, d_outputs = np.ones((5, 4)), np.ones((5, 2))
    return np.dot(hidden.T, d_outputs).shape  # summed over the batch


ROWS.append(
    Fault(
        id="B-001-08",
        section="§3.2 L99–101",
        kind="R",
        lesson="01_by_hand",
        title=(
            "Weight gradients are products without a transpose",
            "求权重梯度的矩阵乘积漏了转置",
        ),
        why=(
            "A gradient has the shape of its weight, (units, outputs), and adds up the batch. So "
            "the batch axis must be the one that is summed over.",
            "梯度与权重同形状，即 (units, outputs)，并对一批样本求和；"
            "所以乘积中被求和的必须是批这一轴。",
        ),
        repair=(
            "gradient = states.T @ d_outputs. Check with four different sizes: then a missing "
            "transpose cannot pass.",
            "梯度 = states.T @ d_outputs。用四个互不相同的尺寸来检查，漏掉转置就混不过去。",
        ),
        at=("rnn_tf.reference.Network",),
        evidence=Raises(
            "ValueError",
            "shapes (5,4) and (5,2) not aligned: 4 (dim 1) != 5 (dim 0)",
            right=(4, 2),
            what=("shape of the gradient", "梯度的形状"),
        ),
        reproduce=product_without_transpose,
        repaired=transposed_product,
    )
)


def _errors_of(gradients, loss, weights):
    """Relative error of each gradient against finite differences."""
    return tuple(
        rnn_tf.reference.relative_error(
            gradients[name], rnn_tf.reference.numeric_gradient(loss, weights[name])
        )
        for name in gradients
    )


def _one_step():
    """One step with every size 4, so that any product of matrices fits."""
    random = np.random.default_rng(0)
    names = ("inputs", "before", "kernel", "recurrent_kernel", "output_kernel", "targets")
    a = {name: random.normal(size=(4, 4)) for name in names}

    def outputs():
        hidden = np.tanh(a["inputs"] @ a["kernel"] + a["before"] @ a["recurrent_kernel"])
        return hidden @ a["output_kernel"]

    return a, outputs, lambda: 0.5 * np.sum((outputs() - a["targets"]) ** 2)


def output_error_for_every_weight():
    a, outputs, loss = _one_step()
    d_outputs = outputs() - a["targets"]
    gradients = {  # the error never went back through the output kernel and the tanh
        "kernel": a["inputs"] @ d_outputs,
        "recurrent_kernel": a["before"] @ d_outputs,
    }
    return _errors_of(gradients, loss, a)


def error_led_back_by_the_chain_rule():
    network, inputs, targets = _checked_network()
    report = rnn_tf.reference.gradient_check(
        lambda: network.loss_and_gradients(inputs, targets), network.weights, show=False
    )
    return report["kernel"].relative_error, report["recurrent_kernel"].relative_error


ROWS.append(
    Fault(
        id="B-001-09",
        section="§3.2 L100–103",
        kind="S",
        lesson="01_by_hand",
        title=(
            "Input and recurrent weights are given the output's error as it is",
            "输入权重和循环权重直接用了输出端的误差",
        ),
        why=(
            "Where all sizes are equal the products fit and nothing is raised. But the error has "
            "gone back neither through the output kernel nor through the tanh, and the bias "
            "gradients are not summed over the batch.",
            "各尺寸相等时乘积都能算，没有任何报错。可是误差既没有穿过输出权重矩阵，"
            "也没有乘上 tanh 的导数；偏置的梯度也没有对一批样本求和。",
        ),
        repair=(
            "dh = dy Wᵀ plus what later steps send back, da = dh ∘ (1 − h²); all gradients of the "
            "recurrent layer come from da. Hold them against finite differences at unequal sizes "
            "and three steps or more.",
            "dh = dy Wᵀ 再加上后面时间步传回的部分，da = dh ∘ (1 − h²)；循环层的梯度都由 da 得出。"
            "用互不相等的尺寸、至少三个时间步，与有限差分比对。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            (Between(0.5, 2.0), Between(0.5, 2.0)),
            right=(at_most(1e-7), at_most(1e-7)),
            what=(
                "relative error of the kernel's and the recurrent kernel's gradient",
                "输入权重、循环权重梯度的相对误差",
            ),
        ),
        reproduce=output_error_for_every_weight,
        repaired=error_led_back_by_the_chain_rule,
    )
)


def input_gradient_from_a_weight_gradient():
    a, outputs, loss = _one_step()
    d_kernel = a["inputs"] @ (outputs() - a["targets"])
    (error,) = _errors_of({"inputs": d_kernel @ a["inputs"].T}, loss, a)
    return error


def input_gradient_through_the_kernel():
    network, inputs, targets = _checked_network()
    report = rnn_tf.reference.gradient_check(
        lambda: network.loss_and_gradients(inputs, targets), {"inputs": inputs}, show=False
    )
    return report.largest


ROWS.append(
    Fault(
        id="B-001-10",
        section="§3.2 L104",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The inputs' gradient is a weight gradient times the inputs",
            "输入的梯度由权重梯度乘输入得来",
        ),
        why=(
            "An input acts on the loss through the kernel, so the kernel must stand in its "
            "gradient. A weight gradient times the inputs is no derivative of anything.",
            "输入是经由输入权重矩阵影响损失的，它的梯度里必须出现这个矩阵。"
            "“权重梯度乘输入”不是任何东西的导数。",
        ),
        repair=("dx = da Wᵀ for every step.", "每个时间步 dx = da Wᵀ。"),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            Between(0.5, 2.0),
            right=at_most(1e-7),
            what=("relative error of the inputs' gradient", "输入梯度的相对误差"),
        ),
        reproduce=input_gradient_from_a_weight_gradient,
        repaired=input_gradient_through_the_kernel,
    )
)


def nothing_sent_to_the_step_before():
    network, inputs, targets = _checked_network()
    trace = network.forward(inputs).cell
    d_states = np.zeros_like(trace.hidden_states)
    d_states[:, -1] = 1.0  # the loss looks at the last step only
    d_inputs = np.zeros_like(inputs)
    for t in reversed(range(4)):
        da = d_states[:, t] * (1.0 - trace.hidden_states[:, t] ** 2)
        d_inputs[:, t] = da @ network.weights["kernel"].T  # and da goes no further
    return np.linalg.norm(d_inputs[:, 0])


def carried_back_through_time():
    network, inputs, targets = _checked_network()
    trace = network.forward(inputs).cell
    d_states = np.zeros_like(trace.hidden_states)
    d_states[:, -1] = 1.0
    return np.linalg.norm(network.cell.backward(trace, d_states)["inputs"][:, 0])


ROWS.append(
    Fault(
        id="B-001-11",
        section="§3.2 L98–105",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The backward pass sends nothing to the step before",
            "反向计算没有向前一个时间步传回任何东西",
        ),
        why=(
            "Back-propagation through time is the carry from step to step. Without it the first "
            "input never hears of an error at the end, and no weight is ever updated for it.",
            "沿时间反向传播，靠的就是逐步往回传。没有这一项，最后一步的误差永远传不到第一个输入，"
            "权重也不会为它调整。",
        ),
        repair=(
            "Carry da Uᵀ to the step before, and write an update of the weights.",
            "把 da Uᵀ 传给前一个时间步，并写出权重的更新。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.train"),
        evidence=Wrong(
            0.0,
            right=Between(0.01, 100.0),
            what=(
                "norm of the first input's gradient for a loss at the fourth step",
                "损失只取第四步时，第一个输入的梯度范数",
            ),
        ),
        reproduce=nothing_sent_to_the_step_before,
        repaired=carried_back_through_time,
    )
)

ROWS.append(
    Fault(
        id="B-001-12",
        section="§3.2 L94–96; §4.2 L149",
        kind="D",
        lesson="01_by_hand",
        title=(
            "The tanh state is called “gates”, and the formula's softmax is missing",
            "tanh 状态被叫做“门”，公式里的 softmax 也不见了",
        ),
        why=(
            "A gate is a number from 0 to 1 that multiplies; a simple recurrent network has none. "
            "A reader who meets LSTM next has learnt the wrong word. The sketch's outputs are also "
            "not the probabilities that the formula promises.",
            "门是 0 到 1 之间、用来相乘的数，简单循环网络里没有门。"
            "读者接着学 LSTM 时就已经记错了词。程序的输出也不是公式所说的概率。",
        ),
        repair=(
            "The state is called hidden state everywhere, one name for one thing in the glossary; "
            "models put out logits and the loss applies the softmax.",
            "全书统一称“隐藏状态”，术语表一物一名；模型输出 logits，softmax 由损失函数来做。",
        ),
        at=(
            "chapters/GLOSSARY.md",
            "rnn_tf.reference.SimpleRNNTrace",
            "rnn_tf.reference.softmax_cross_entropy",
        ),
    )
)
