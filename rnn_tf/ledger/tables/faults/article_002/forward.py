"""Article 002, forward pass: B-002-01 to B-002-09."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong

ROWS = []


def _repaired_outputs(sequence, outputs=1):
    """What the library's network puts out for one sequence of single numbers, (steps, outputs)."""
    network = rnn_tf.reference.Network(rnn_tf.reference.SimpleRNN(1, 5), outputs)
    return network.forward(np.reshape(sequence, (1, -1, 1))).outputs[0]


def no_matrix_for_the_inputs():
    random = np.random.default_rng(0)
    recurrent_kernel, bias = random.normal(size=(5, 5)), random.normal(size=5)

    def last_state(sequence):
        state = np.zeros(5)
        for _x in sequence:
            state = np.tanh(recurrent_kernel @ state + bias)  # and where is x?
        return state

    return np.max(np.abs(last_state([1, 2, 3]) - last_state([9, -8, 7])))


def three_weights_for_the_state():
    cell = rnn_tf.reference.SimpleRNN(features=1, units=5)  # kernel, recurrent_kernel, bias
    states = cell.forward([[[1], [2], [3]], [[9], [-8], [7]]]).final_state
    return np.max(np.abs(states[0] - states[1]))


ROWS.append(
    Fault(
        id="B-002-01",
        section="§4.1 L59–65, L74–79",
        kind="S",
        lesson="01_by_hand",
        title=(
            "There is no matrix from the inputs to the hidden state",
            "没有从输入到隐藏状态的权重矩阵",
        ),
        why=(
            "The article's formula has W_xh, its comment announces it, the program leaves it out. "
            "The variables have the names of LSTM gates, but nothing in it is a gate.",
            "文中公式有 W_xh，注释也说要有，程序里却没有。变量名取自 LSTM 的门，"
            "程序中却没有一个门。",
        ),
        repair=(
            "h = tanh(x W_xh + h W_hh + b): three weights for the state. Test: change the inputs "
            "and see the state change.",
            "h = tanh(x W_xh + h W_hh + b)，状态由三个权重算出。检验：改变输入，状态应随之改变。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            0.0,
            right=Between(0.05, 2.0),
            what=(
                "distance between the last states of two quite different sequences",
                "两条截然不同的序列，最后状态之差",
            ),
        ),
        reproduce=no_matrix_for_the_inputs,
        repaired=three_weights_for_the_state,
    )
)


def bias_times_a_one():
    bias = np.zeros(5)
    return np.zeros(5) + np.dot(bias, np.ones(1))


def bias_is_added():
    bias = np.zeros(5)
    return (np.zeros(5) + bias).shape


ROWS.append(
    Fault(
        id="B-002-02",
        section="§4.1 L75",
        kind="R",
        lesson="01_by_hand",
        title=(
            "The hidden bias is multiplied by a vector of one element",
            "隐藏层偏置去乘只有一个元素的向量",
        ),
        why=(
            "A product sums over an axis that both sides share. A bias of five has nothing to be "
            "summed with; it is to be added.",
            "矩阵乘积要对两边共有的轴求和。五个元素的偏置没有东西可供求和，它只该相加。",
        ),
        repair=("Add the bias: NumPy broadcasts it.", "直接相加，由 NumPy 广播。"),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Raises(
            "ValueError",
            "shapes (5,) and (1,) not aligned: 5 (dim 0) != 1 (dim 0)",
            right=(5,),
            what=("shape of the state", "状态的形状"),
        ),
        reproduce=bias_times_a_one,
        repaired=bias_is_added,
    )
)


def list_has_no_reshape():
    sequence = [[1.0], [2.0], [3.0]]
    return [x.reshape(1, -1) for x in sequence]


def made_an_array_first():
    sequence = [[1.0], [2.0], [3.0]]
    inputs = np.asarray(sequence)[None]  # (batch, steps, features) = (1, 3, 1)
    return rnn_tf.reference.SimpleRNN(features=1, units=5).forward(inputs).hidden_states.shape


ROWS.append(
    Fault(
        id="B-002-03",
        section="§4.1 L76, L148",
        kind="R",
        lesson="01_by_hand",
        title=(
            "An array's method is called on a Python list",
            "在 Python 列表上调用了数组的方法",
        ),
        why=(
            "The sequence is a list of lists. Lists know no reshape; the example never turns them "
            "into arrays.",
            "序列是列表的列表。列表没有 reshape 方法，而示例始终没有把它变成数组。",
        ),
        repair=(
            "np.asarray once, at the door, with the shape (batch, steps, features).",
            "在入口处用一次 np.asarray，形状取 (batch, steps, features)。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Raises(
            "AttributeError",
            "'list' object has no attribute 'reshape'",
            right=(1, 3, 5),
            what=("shape of all hidden states", "全部隐藏状态的形状"),
        ),
        reproduce=list_has_no_reshape,
        repaired=made_an_array_first,
    )
)


def row_times_row():
    output_kernel, hidden = np.ones((1, 5)), np.ones((1, 5))
    return np.dot(output_kernel, hidden)


def matrix_times_vector():
    output_kernel, hidden = np.ones((1, 5)), np.ones(5)
    return np.dot(output_kernel, hidden).shape


ROWS.append(
    Fault(
        id="B-002-04",
        section="§4.1 L78",
        kind="R",
        lesson="01_by_hand",
        title=(
            "The output product gets a row where it needs a vector of units",
            "输出的矩阵乘积该用单元向量，得到的却是一行",
        ),
        why=(
            "An input reshaped to (1, 1) turns the state into (1, 5). (1, 5) times (1, 5) does not "
            "fit.",
            "输入变形成 (1, 1) 后，与状态相乘得到 (1, 5)；(1, 5) 与 (1, 5) 无法相乘。",
        ),
        repair=(
            "One convention for all: samples are rows and stand on the left, h W.",
            "全程只用一种约定：样本是行，写在左边，即 h W。",
        ),
        at=("rnn_tf.reference.Network",),
        evidence=Raises(
            "ValueError",
            "shapes (1,5) and (1,5) not aligned: 5 (dim 1) != 1 (dim 0)",
            right=(1,),
            what=("shape of the output", "输出的形状"),
        ),
        reproduce=row_times_row,
        repaired=matrix_times_vector,
    )
)


def output_bias_times_a_one():
    bias = np.zeros(2)  # two outputs: with one, the product happens to fit
    return np.dot(np.ones((2, 5)), np.ones(5)) + np.dot(bias, np.ones(1))


def two_outputs_with_their_bias():
    return _repaired_outputs([1, 2, 3], outputs=2).shape


ROWS.append(
    Fault(
        id="B-002-05",
        section="§4.1 L78",
        kind="R",
        lesson="01_by_hand",
        title=(
            "The output bias works for one output only",
            "输出偏置只在一个输出时才行得通",
        ),
        why=(
            "The same product as for the hidden bias. (1,) times (1,) fits by accident; a second "
            "output ends it.",
            "与隐藏层偏置同样的乘法。(1,) 乘 (1,) 碰巧能算，再加一个输出就报错。",
        ),
        repair=(
            "Add it. Try every program with two outputs before you trust it with one.",
            "改为相加。程序先用两个输出试一试，再相信一个输出的结果。",
        ),
        at=("rnn_tf.reference.Network",),
        evidence=Raises(
            "ValueError",
            "shapes (2,) and (1,) not aligned: 2 (dim 0) != 1 (dim 0)",
            right=(3, 2),
            what=("shape of the outputs: steps, outputs", "输出的形状：时间步、输出"),
        ),
        reproduce=output_bias_times_a_one,
        repaired=two_outputs_with_their_bias,
    )
)


def squashing_from_exponentials():
    a = np.array([2.0, -800.0])
    e = np.exp(-a)  # e^800 is beyond float64
    return tuple((1 - e) / (1 + e))


def squashing_by_tanh():
    return tuple(np.tanh([2.0, -800.0]))


ROWS.append(
    Fault(
        id="B-002-06",
        section="§4.1 L77",
        kind="S",
        lesson="01_by_hand",
        title=(
            "A squashing function of its own, which is not tanh and overflows",
            "自己写的压缩函数，既不是 tanh，又会溢出",
        ),
        why=(
            "(1 − e^−a) / (1 + e^−a) is tanh(a/2): half the slope at the origin. For a large "
            "negative a it is infinity by infinity, nan.",
            "(1 − e^−a) / (1 + e^−a) 等于 tanh(a/2)，在原点的斜率只有一半；"
            "a 为很大的负数时，成了无穷除以无穷，得 nan。",
        ),
        repair=("np.tanh, which is right everywhere.", "用 np.tanh，处处正确。"),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.sigmoid"),
        evidence=Wrong(
            (Near(float(np.tanh(1.0)), 1e-9), float("nan")),
            right=(Near(float(np.tanh(2.0)), 1e-9), -1.0),
            what=("the function at 2 and at −800", "函数在 2 和 −800 处的值"),
        ),
        reproduce=squashing_from_exponentials,
        repaired=squashing_by_tanh,
    )
)


def dead_from_the_start():
    recurrent_kernel = np.random.default_rng(0).normal(size=(5, 5))
    state, outputs = np.zeros(5), []
    for x in (3.0, -8.0, 50.0):
        output = np.sum(np.tanh(recurrent_kernel @ state) * x)  # zero times x
        state = np.full(5, np.tanh(output))  # and zero again
        outputs.append(output)
    return np.max(np.abs(outputs))


def alive():
    return np.max(np.abs(_repaired_outputs([3.0, -8.0, 50.0])))


ROWS.append(
    Fault(
        id="B-002-07",
        section="§4.1 L60–65, L73–80",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The network is dead: all outputs are zero for all inputs",
            "网络是死的：无论输入什么，输出全是零",
        ),
        why=(
            "State and biases start at zero and the input only multiplies the state. Zero times "
            "anything is zero, and so is the next state, for ever.",
            "状态和偏置从零开始，而输入只与状态相乘。零乘任何数都是零，下一个状态还是零，"
            "永远如此。",
        ),
        repair=(
            "The input must be added to the state through its own matrix.",
            "输入要经过自己的权重矩阵，加到状态上。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            0.0,
            right=Between(0.01, 100.0),
            what=(
                "largest output for the inputs 3, −8, 50",
                "输入 3、−8、50 时最大的输出（绝对值）",
            ),
        ),
        reproduce=dead_from_the_start,
        repaired=alive,
    )
)


def output_becomes_the_state():
    output_kernel = np.random.default_rng(0).normal(size=(1, 5))
    states = np.zeros((4, 5))
    for t, x in enumerate((0.5, 0.7, 0.9)):
        output = output_kernel @ states[t] + x  # (1,)
        states[t + 1] = np.tanh(output)  # one number into five places
    return np.ptp(states[-1])


def state_stays_the_state():
    cell = rnn_tf.reference.SimpleRNN(features=1, units=5)
    return np.ptp(cell.forward([[[0.5], [0.7], [0.9]]]).final_state)


ROWS.append(
    Fault(
        id="B-002-08",
        section="§4.1 L79–80",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The next state is the tanh of the output",
            "下一个状态取的是输出的 tanh",
        ),
        why=(
            "One output is broadcast over five units, so all units are equal at every step: five "
            "units with the memory of one. With two outputs and five units it would raise.",
            "一个输出广播到五个单元，于是每一步所有单元都相等：五个单元只有一个单元的记忆。"
            "若是两个输出、五个单元，就会报错。",
        ),
        repair=(
            "Carry the hidden state itself; compute the output from it. Test: the units differ.",
            "传递隐藏状态本身，输出由它算出。检验：各单元应互不相同。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.Network"),
        evidence=Wrong(
            0.0,
            right=Between(0.05, 2.0),
            what=(
                "largest minus smallest unit of the last state",
                "最后状态中最大单元与最小单元之差",
            ),
        ),
        reproduce=output_becomes_the_state,
        repaired=state_stays_the_state,
    )
)


def input_times_the_state():
    random = np.random.default_rng(0)
    recurrent_kernel, bias, output_kernel = (
        random.normal(size=shape) for shape in ((5, 5), (1,), (5,))
    )

    def outputs(sequence):
        state, found = np.zeros(5), []
        for x in sequence:
            found.append(output_kernel @ (np.tanh(recurrent_kernel @ state) * x) + bias)
            state = np.tanh(found[-1]) * np.ones(5)
        return np.array(found)

    return np.max(np.abs(outputs([1, 2, 3]) - outputs([9, 2, 3])))


def input_through_its_own_matrix():
    return np.max(np.abs(_repaired_outputs([1, 2, 3]) - _repaired_outputs([9, 2, 3])))


ROWS.append(
    Fault(
        id="B-002-09",
        section="§4.1 L75–78",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The first input is multiplied by a state of zeros",
            "第一个输入乘的是全零的状态",
        ),
        why=(
            "Even with biases that keep the network alive, the first input is lost: whether it is "
            "1 or 9, all outputs are the same.",
            "即使有偏置让网络活着，第一个输入也丢掉了：不管它是 1 还是 9，所有输出都一样。",
        ),
        repair=(
            "x W_xh is added before the tanh. Test: change the first input, and the outputs "
            "change.",
            "在 tanh 之前加上 x W_xh。检验：改变第一个输入，输出应随之改变。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            0.0,
            right=Between(0.01, 10.0),
            what=(
                "change of the outputs when the first input goes from 1 to 9",
                "第一个输入由 1 变为 9 时，输出的变化",
            ),
        ),
        reproduce=input_times_the_state,
        repaired=input_through_its_own_matrix,
    )
)
