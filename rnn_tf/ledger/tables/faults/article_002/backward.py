"""Article 002, backward pass and update: B-002-14 to B-002-20."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Between, Fault, Raises, Wrong, at_most

ROWS = []


def product_with_the_transposed_matrix():
    d_output, output_kernel = np.ones(1), np.ones((1, 5))  # (outputs,), (outputs, units)
    return np.dot(d_output, output_kernel.T)


def product_with_the_matrix():
    d_output, output_kernel = np.ones(1), np.ones((1, 5))
    return np.dot(d_output, output_kernel).shape


ROWS.append(
    Fault(
        id="B-002-14",
        section="§4.1 L97",
        kind="R",
        lesson="01_by_hand",
        title=(
            "The output error goes back through the transposed matrix",
            "输出误差往回传时，矩阵多转置了一次",
        ),
        why=(
            "Forward, (outputs, units) times a state gives outputs. Back, an error of the outputs "
            "must give one number a unit: here without a transpose, since it stands on the left.",
            "前向是 (outputs, units) 乘状态得到输出。往回传时，输出误差要变成每个单元一个数："
            "误差写在左边，就不需要转置。",
        ),
        repair=(
            "Write the shape of every product beside it; d_output W has the shape (units,).",
            "在每个乘积旁写下形状；d_output W 的形状是 (units,)。",
        ),
        at=("rnn_tf.reference.Network",),
        evidence=Raises(
            "ValueError",
            "shapes (1,) and (5,1) not aligned: 1 (dim 0) != 5 (dim 0)",
            right=(5,),
            what=("shape of the state's error", "状态误差的形状"),
        ),
        reproduce=product_with_the_transposed_matrix,
        repaired=product_with_the_matrix,
    )
)


def names_from_elsewhere():
    def forward(x, state):
        squashed = np.tanh(state)
        return squashed * x

    def backward(d_output):
        return d_output * (1 - squashed**2) * squashd  # noqa: F821 (one local, one misspelt)

    return backward(forward(np.ones(3), np.ones(3)))


def kept_in_a_trace():
    cell = rnn_tf.reference.SimpleRNN(features=1, units=5)
    trace = cell.forward([[[1.0], [2.0], [3.0]]])
    return cell.backward(trace, np.ones((1, 3, 5)))["recurrent_kernel"].shape


ROWS.append(
    Fault(
        id="B-002-15",
        section="§4.1 L102–105",
        kind="R",
        lesson="01_by_hand",
        title=(
            "Three names of the forward pass, and one that exists nowhere",
            "三个名字取自前向计算的局部变量，还有一个根本不存在",
        ),
        why=(
            "Python looks a name up only when the line runs, so each stops the program when it is "
            "reached: mend one, and the next one raises.",
            "Python 执行到那一行才查找名字，所以程序每次只停在一处：改好一个，下一个接着报错。",
        ),
        repair=(
            "Keep the forward values in a trace. A linter finds all such names at once, before "
            "anything runs (rule F821).",
            "把前向的数值存进记录。用代码检查工具，不运行就能一次找出所有这类名字（规则 F821）。",
        ),
        at=("rnn_tf.reference.SimpleRNNTrace", "pyproject.toml"),
        evidence=Raises(
            "NameError",
            "name 'squashed' is not defined",
            right=(5, 5),
            what=("shape of the recurrent kernel's gradient", "循环权重矩阵梯度的形状"),
        ),
        reproduce=names_from_elsewhere,
        repaired=kept_in_a_trace,
    )
)


def _task():
    """A cell of unequal sizes; the loss is half the squared distance to targets, four steps."""
    random = np.random.default_rng(0)
    cell = rnn_tf.reference.SimpleRNN(features=3, units=5)
    cell.weights["bias"] += random.normal(scale=0.3, size=5)
    inputs, targets = random.normal(size=(2, 4, 3)), random.normal(size=(2, 4, 5))

    def loss():
        return 0.5 * np.sum((cell.forward(inputs).hidden_states - targets) ** 2)

    trace = cell.forward(inputs)
    return cell, trace, trace.hidden_states - targets, loss


def _error(cell, loss, name, gradient):
    numeric = rnn_tf.reference.numeric_gradient(loss, cell.weights[name])
    return rnn_tf.reference.relative_error(gradient, numeric)


def _repaired_error(name):
    cell, trace, d_states, loss = _task()
    return _error(cell, loss, name, cell.backward(trace, d_states)[name])


def slope_is_added():
    cell, trace, d_states, loss = _task()
    carry, d_bias = np.zeros((2, 5)), np.zeros(5)
    for t in reversed(range(4)):
        da = d_states[:, t] + carry + (1 - trace.hidden_states[:, t] ** 2)  # plus, not times
        d_bias += da.sum(axis=0)
        carry = da @ cell.weights["recurrent_kernel"].T
    return _error(cell, loss, "bias", d_bias)


def slope_is_multiplied():
    return _repaired_error("bias")


ROWS.append(
    Fault(
        id="B-002-16",
        section="§4.1 L99–105",
        kind="S",
        lesson="01_by_hand",
        title=(
            "Derivatives are added where the chain rule multiplies",
            "链式法则该相乘的地方，导数却是相加的",
        ),
        why=(
            "A value that passes through a function has its error multiplied by the slope. The "
            "program adds terms that belong to no function of its forward pass.",
            "数值经过一个函数，误差就要乘上这个函数的斜率。程序却把几项加在一起，"
            "而且这些项不对应前向计算中的任何函数。",
        ),
        repair=(
            "Derive each line of the backward pass from one line of the forward pass: "
            "da = dh ∘ (1 − h²).",
            "反向的每一行都由前向的某一行推出：da = dh ∘ (1 − h²)。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            Between(0.1, 2.0),
            right=at_most(1e-7),
            what=("relative error of the bias's gradient", "偏置梯度的相对误差"),
        ),
        reproduce=slope_is_added,
        repaired=slope_is_multiplied,
    )
)


def transposed_outer_products():
    d_output, hidden = np.ones(1), np.ones(5)
    d_output_kernel = np.zeros((1, 5))
    try:
        d_output_kernel += np.outer(d_output, hidden).T
    except ValueError as error:
        refused = str(error)

    cell, trace, d_states, loss = _task()
    right = cell.backward(trace, d_states)["recurrent_kernel"]
    return refused, _error(cell, loss, "recurrent_kernel", right.T)  # square: nothing refuses it


def outer_products_as_they_are():
    d_output, hidden = np.ones(1), np.ones(5)
    d_output_kernel = np.zeros((1, 5))
    d_output_kernel += np.outer(d_output, hidden)
    return str(d_output_kernel.shape), _repaired_error("recurrent_kernel")


ROWS.append(
    Fault(
        id="B-002-17",
        section="§4.1 L108–110",
        kind="R/S",
        lesson="01_by_hand",
        title=(
            "Outer products are transposed once too often",
            "外积多转置了一次",
        ),
        why=(
            "For the output matrix the shapes do not fit and NumPy refuses. The recurrent matrix "
            "is square, so its transposed gradient is taken without a word.",
            "对输出矩阵，形状对不上，NumPy 会拒绝。循环矩阵是方阵，转置后的梯度照收不误。",
        ),
        repair=(
            "outer(error, state) has the shape of the matrix already. Only finite differences can "
            "tell a square gradient from its transpose.",
            "outer(误差, 状态) 本来就是矩阵的形状。方阵的梯度有没有转错，只有有限差分能分辨。",
        ),
        at=("rnn_tf.reference.SimpleRNN", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            (
                "non-broadcastable output operand with shape (1,5) doesn't match the broadcast "
                "shape (5,5)",
                Between(0.1, 2.0),
            ),
            right=("(1, 5)", at_most(1e-7)),
            what=(
                "what the output matrix says; relative error of the recurrent matrix's gradient",
                "输出矩阵的反应；循环矩阵梯度的相对误差",
            ),
        ),
        reproduce=transposed_outer_products,
        repaired=outer_products_as_they_are,
    )
)


def index_minus_one():
    cell, trace, d_states, loss = _task()
    gradient, carry = np.zeros((5, 5)), np.zeros((2, 5))
    for t in reversed(range(4)):
        da = (d_states[:, t] + carry) * (1 - trace.hidden_states[:, t] ** 2)
        before = trace.hidden_states[:, t - 1]  # t = 0 asks for index −1: the LAST state
        gradient += before.T @ da
        carry = da @ cell.weights["recurrent_kernel"].T
    return _error(cell, loss, "recurrent_kernel", gradient)


def initial_state_before_the_first_step():
    return _repaired_error("recurrent_kernel")


ROWS.append(
    Fault(
        id="B-002-18",
        section="§4.1 L108, L110",
        kind="S",
        lesson="01_by_hand",
        title=(
            "Off by one: at the first step the index −1 means the last state",
            "差一错误：第一个时间步的下标 −1 取到了最后一个状态",
        ),
        why=(
            "In Python −1 counts from the end. The gradient of the first step is made from a state "
            "that comes after it; nothing is raised.",
            "在 Python 里，−1 是从末尾数。第一步的梯度用到了在它之后才有的状态，而且不报错。",
        ),
        repair=(
            "The first step's predecessor is the initial state. Say so in the code.",
            "第一个时间步之前是初始状态，要在代码中写明。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            Between(0.1, 2.0),
            right=at_most(1e-7),
            what=(
                "relative error of the recurrent kernel's gradient",
                "循环权重矩阵梯度的相对误差",
            ),
        ),
        reproduce=index_minus_one,
        repaired=initial_state_before_the_first_step,
    )
)


def carry_without_slope():
    cell, trace, d_states, loss = _task()
    gradient, carry = np.zeros((3, 5)), np.zeros((2, 5))
    for t in reversed(range(4)):
        dh = d_states[:, t] + carry
        gradient += trace.inputs[:, t].T @ (dh * (1 - trace.hidden_states[:, t] ** 2))
        carry = d_states[:, t] + dh @ cell.weights["recurrent_kernel"].T  # both parts wrong
    return _error(cell, loss, "kernel", gradient)


def carry_through_the_slope():
    return _repaired_error("kernel")


ROWS.append(
    Fault(
        id="B-002-19",
        section="§4.1 L113",
        kind="S",
        lesson="01_by_hand",
        title=(
            "What is carried to the step before counts one error twice and skips the slope",
            "传给前一时间步的量，把误差算了两遍，还漏掉了斜率",
        ),
        why=(
            "The error of this step's output has already been used at this step; the step before "
            "does not cause it. And the way back leads through the tanh before it reaches the "
            "recurrent matrix.",
            "本步输出的误差已经在本步用过，与前一步无关；而且往回走要先穿过 tanh，才能到循环矩阵。",
        ),
        repair=(
            "carry = da Uᵀ and nothing else; check with four steps.",
            "传递量 = da Uᵀ，别无其他；用四个时间步来检查。",
        ),
        at=("rnn_tf.reference.SimpleRNN",),
        evidence=Wrong(
            Between(0.1, 2.0),
            right=at_most(1e-7),
            what=("relative error of the input kernel's gradient", "输入权重梯度的相对误差"),
        ),
        reproduce=carry_without_slope,
        repaired=carry_through_the_slope,
    )
)


def gradients_shrunk_a_hundredfold():
    weights, gradients = {"kernel": np.ones((3, 5))}, {"kernel": np.ones((3, 5))}
    for gradient in gradients.values():
        gradient *= 0.01  # meant as clipping? It is always applied
    weights["kernel"] -= 0.1 * gradients["kernel"]
    return 1.0 - weights["kernel"][0, 0]


def step_of_the_size_asked_for():
    weights, gradients = {"kernel": np.ones((3, 5))}, {"kernel": np.ones((3, 5))}
    rnn_tf.reference.SGD(learning_rate=0.1, global_clipnorm=5.0).update(weights, gradients)
    return 1.0 - weights["kernel"][0, 0]


ROWS.append(
    Fault(
        id="B-002-20",
        section="§4.1 L115–116",
        kind="S",
        lesson="01_by_hand",
        title=(
            "All gradients are multiplied by 0.01 before they are used",
            "所有梯度在使用前都乘了 0.01",
        ),
        why=(
            "The learning rate asked for is 0.1, the one in force 0.001. If it was meant to stop "
            "exploding gradients, it does not: a hundredth of a huge number is huge.",
            "设定的学习率是 0.1，实际起作用的是 0.001。如果本意是防止梯度爆炸，那也没有用："
            "巨大的数除以一百还是巨大。",
        ),
        repair=(
            "Clip by the norm, openly: g · min(1, c / ‖g‖), which leaves short gradients alone.",
            "明确地按范数裁剪：g · min(1, c / ‖g‖)，短的梯度原样保留。",
        ),
        at=("rnn_tf.reference.SGD", "rnn_tf.training.train_with_tape"),
        evidence=Wrong(
            0.001,
            right=0.1,
            what=(
                "how far a weight moves for a gradient of 1 at a learning rate of 0.1",
                "学习率 0.1、梯度为 1 时，权重移动多少",
            ),
        ),
        reproduce=gradients_shrunk_a_hundredfold,
        repaired=step_of_the_size_asked_for,
    )
)
