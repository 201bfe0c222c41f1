"""Article 001, diagram and forward half of the NumPy sketch: B-001-01 to B-001-06."""

from graphlib import CycleError, TopologicalSorter

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong, at_most

ROWS = []


def _has_cycle(arrows):
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError:
        return True
    return False


def loops_that_lead_nowhere():
    arrows = {"input": ["hidden", "loop A"], "hidden": ["output", "loop B"]}
    return _has_cycle(arrows)


def hidden_leads_to_itself():
    arrows = {"input": ["hidden"], "hidden": ["hidden", "output"]}
    return _has_cycle(arrows)


ROWS.append(
    Fault(
        id="B-001-01",
        section="§2.3 L48–52",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The diagram of a recurrent network has no cycle",
            "循环神经网络的结构图里没有环",
        ),
        why=(
            "Two boxes are called recurrence, but no arrow leaves them. Follow the arrows and you "
            "always end: what is drawn is a feed-forward network.",
            "图中有两个叫“循环连接”的方框，却没有箭头从它们出发。顺着箭头走总会走到头："
            "画出来的是前馈网络。",
        ),
        repair=(
            "One arrow from the hidden node back to itself, marked “one step later”; or the "
            "network unrolled, with an arrow from each hidden state to the next.",
            "从隐藏层画一条回到自身的箭头，注明“下一个时间步”；或者把网络沿时间展开，"
            "由每个隐藏状态指向下一个。",
        ),
        at=("chapters/01_by_hand/lesson.py",),
        evidence=Wrong(
            False,
            right=True,
            what=("whether the arrows close a cycle", "箭头是否构成环"),
        ),
        reproduce=loops_that_lead_nowhere,
        repaired=hidden_leads_to_itself,
    )
)


def numpy_never_imported():
    program = "kernel = np.zeros((3, 4))"
    exec(program, {})  # runs as a file of its own would: with nothing imported


def numpy_imported():
    program = "import numpy as np\nkernel = np.zeros((3, 4))"
    names = {}
    exec(program, names)
    return names["kernel"].shape


ROWS.append(
    Fault(
        id="B-001-02",
        section="§3.2 L79–105",
        kind="R",
        lesson="01_by_hand",
        title=("NumPy is used but never imported", "用了 NumPy，却没有导入"),
        why=(
            "The name np means nothing until a line binds it. In a notebook an earlier cell may "
            "have done so, which hides the fault until the kernel is restarted.",
            "在导入之前，np 这个名字没有意义。在笔记本里，前面的单元格可能碰巧导入过，"
            "错误要等内核重启才暴露。",
        ),
        repair=(
            "import numpy as np at the top; run every program once in a fresh process.",
            "在开头写 import numpy as np；每个程序都在全新的进程里跑一遍。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Raises(
            "NameError",
            "name 'np' is not defined",
            right=(3, 4),
            what=("shape of the weight matrix", "权重矩阵的形状"),
        ),
        reproduce=numpy_never_imported,
        repaired=numpy_imported,
    )
)


def _with_bias(bias, batch_size):
    """One row of outputs per sample, all products zero: what is seen is the bias alone."""
    try:
        outputs = np.zeros((batch_size, 2)) + bias
    except ValueError as error:
        return str(error).strip()
    return str(outputs.tolist())


def bias_as_a_column():
    bias = np.array([[5.0], [9.0]])  # (outputs, 1), but the samples are rows
    return tuple(_with_bias(bias, batch_size) for batch_size in (5, 1, 2))


def bias_as_a_vector():
    bias = np.array([5.0, 9.0])  # (outputs,): the same for every row
    return tuple(_with_bias(bias, batch_size) for batch_size in (5, 1, 2))


ROWS.append(
    Fault(
        id="B-001-03",
        section="§3.2 L88–89, L95",
        kind="R/S",
        lesson="01_by_hand",
        title=(
            "Samples are rows, but the biases are columns",
            "样本按行排列，偏置却是列向量",
        ),
        why=(
            "A column (outputs, 1) does not fit a batch (batch, outputs). With most batch sizes "
            "NumPy refuses; with one sample, or as many samples as outputs, it broadcasts without "
            "a word and adds the biases to the wrong numbers.",
            "列向量 (outputs, 1) 与一批输出 (batch, outputs) 对不上。多数批大小下 NumPy 会报错；"
            "可是当样本只有一个，或样本数恰好等于输出数时，它会不声不响地广播，把偏置加错地方。",
        ),
        repair=(
            "A bias has the shape (units,): broadcasting then adds it to every row.",
            "偏置的形状取 (units,)，广播就会把它加到每一行上。",
        ),
        at=("rnn_tf.reference.Network", "rnn_tf.models.SequenceClassifier"),
        evidence=Wrong(
            (
                "operands could not be broadcast together with shapes (5,2) (2,1)",
                "[[5.0, 5.0], [9.0, 9.0]]",
                "[[5.0, 5.0], [9.0, 9.0]]",
            ),
            right=(
                "[[5.0, 9.0], [5.0, 9.0], [5.0, 9.0], [5.0, 9.0], [5.0, 9.0]]",
                "[[5.0, 9.0]]",
                "[[5.0, 9.0], [5.0, 9.0]]",
            ),
            what=(
                "outputs for batches of 5, 1 and 2 where the biases are 5 and 9",
                "偏置为 5 和 9 时，批大小取 5、1、2 的输出",
            ),
        ),
        reproduce=bias_as_a_column,
        repaired=bias_as_a_vector,
    )
)


def _idle(weights, outputs):
    """Names of the weights that can be changed by 100 without any output changing."""
    names = []
    for name, array in weights.items():
        before = outputs()
        array += 100.0
        if np.array_equal(outputs(), before):
            names.append(name)
        array -= 100.0
    return ", ".join(names)


def hidden_bias_left_out():
    random = np.random.default_rng(0)
    inputs = random.normal(size=(2, 3))
    shapes = {"kernel": (3, 4), "bias": (4,), "output_kernel": (4, 2), "output_bias": (2,)}
    weights = {name: random.normal(size=shape) for name, shape in shapes.items()}

    def outputs():
        hidden = np.tanh(inputs @ weights["kernel"])
        return hidden @ weights["output_kernel"] + weights["output_bias"]

    return _idle(weights, outputs)


def every_weight_counts():
    inputs = np.random.default_rng(0).normal(size=(2, 5, 3))
    network = rnn_tf.reference.Network(rnn_tf.reference.SimpleRNN(3, 4), 2)
    return _idle(network.weights, lambda: network.forward(inputs).outputs)


ROWS.append(
    Fault(
        id="B-001-04",
        section="§3.2 L88, L94",
        kind="S",
        lesson="01_by_hand",
        title=("The hidden bias is created and never added", "隐藏层偏置建好了，却从未加上"),
        why=(
            "Nothing complains about a weight that takes no part. It costs memory, gets no "
            "gradient, and the network cannot move its tanh off the origin.",
            "不参与计算的权重不会引起任何报错。它白占内存、得不到梯度，"
            "网络也无法让 tanh 离开原点。",
        ),
        repair=(
            "Add it inside the tanh. The test for such faults: change each weight in turn and see "
            "that the outputs react.",
            "把它加在 tanh 里面。检查办法：逐个改动权重，看输出有没有反应。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.training.train_with_tape"),
        evidence=Wrong(
            "bias",
            right="",
            what=("weights that no output depends on", "不影响任何输出的权重"),
        ),
        reproduce=hidden_bias_left_out,
        repaired=every_weight_counts,
    )
)


def state_thrown_away():
    cell = rnn_tf.reference.SimpleRNN(3, 4)
    sequence = np.random.default_rng(0).normal(size=(3, 3))  # three steps

    def forward(x, state):
        return np.tanh(x @ cell.weights["kernel"] + state @ cell.weights["recurrent_kernel"])

    def last_output(steps):
        before = np.zeros(4)
        for x in steps:
            output = forward(x, before)  # nothing else comes back: `before` stays zero
        return output

    return np.max(np.abs(last_output(sequence) - last_output(sequence[[1, 0, 2]])))


def state_carried_on():
    cell = rnn_tf.reference.SimpleRNN(3, 4)
    sequence = np.random.default_rng(0).normal(size=(1, 3, 3))
    in_order = cell.forward(sequence).final_state
    return np.max(np.abs(in_order - cell.forward(sequence[:, [1, 0, 2]]).final_state))


ROWS.append(
    Fault(
        id="B-001-05",
        section="§3.2 L91–96",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The forward pass does one step and throws the new state away",
            "前向计算只走一步，新状态随即丢弃",
        ),
        why=(
            "There is no loop over the steps and the new hidden state is not given back, so the "
            "caller has nothing to carry on. What came earlier cannot matter.",
            "没有遍历时间步的循环，新的隐藏状态也不返回，调用者无从传递。先前的输入不可能起作用。",
        ),
        repair=(
            "Loop over the steps and carry the state; return all states. Test: swap two steps, and "
            "the last state must change.",
            "遍历时间步并传递状态，返回全部状态。检验：交换两个时间步，最后的状态必须改变。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            0.0,
            right=Between(0.05, 2.0),
            what=(
                "change of the last state when the first two steps change places",
                "前两个时间步互换后，最后状态的变化",
            ),
        ),
        reproduce=state_thrown_away,
        repaired=state_carried_on,
    )
)


def _saturated(kernel):
    """Share of hidden units beyond ±0.99 after one step of 100 random bits."""
    bits = np.random.default_rng(1).integers(0, 2, size=(200, 100))
    return np.mean(np.abs(np.tanh(bits @ kernel)) > 0.99)


def standard_normal_weights():
    kernel = np.random.default_rng(0).normal(size=(100, 50))  # the same spread for any size
    return _saturated(kernel)


def weights_scaled_by_size():
    cell = rnn_tf.reference.SimpleRNN(features=100, units=50)  # Glorot: ±√(6 / (100 + 50))
    return _saturated(cell.weights["kernel"])


ROWS.append(
    Fault(
        id="B-001-06",
        section="§3.2 L85–87",
        kind="S",
        lesson="01_by_hand",
        title=(
            "Start weights are standard normal, whatever the size",
            "无论规模大小，初始权重一律取标准正态",
        ),
        why=(
            "A sum of many such products is large, and tanh of a large number is flat. With 100 "
            "binary inputs seven units of ten start where the slope is below 2 %, and hardly "
            "learn.",
            "许多这样的乘积加起来数值很大，而 tanh 在大数处是平的。输入为 100 个二进制数时，"
            "七成的单元一开始斜率就不到 2%，几乎学不动。",
        ),
        repair=(
            "Scale by the number of inputs and units (Glorot) and start the recurrent kernel "
            "orthogonal, as Keras does.",
            "按输入数和单元数缩放（Glorot 初始化），循环权重矩阵取正交矩阵，与 Keras 相同。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            Near(0.70, 0.04),
            right=at_most(0.05),
            what=(
                "share of hidden units beyond ±0.99 before training",
                "训练前超出 ±0.99 的隐藏单元所占比例",
            ),
        ),
        reproduce=standard_normal_weights,
        repaired=weights_scaled_by_size,
    )
)
