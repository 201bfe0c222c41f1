"""Experiments on gradients: how they last, and how they are computed."""

import numpy as np

from rnn_tf import reference
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Value
from rnn_tf.reference.gradient_check import numeric_gradient, relative_error

#: A gradient this much smaller or larger has vanished or exploded: powers of ten.
VANISHED = -3.0
EXPLODED = 3.0

LAGS = (2, 10, 30, 60)
RADII = (0.5, 1.0, 1.5, 2.5)
ACTIVATIONS = ("tanh", "sigmoid", "relu")


def jacobian(cell, inputs):
    """∂s_T/∂s_0 of one sequence (steps, features), (states, states), from a state of zeros.

    Row i is the gradient of entry i of s_T. Where a cell carries two states, as an LSTM does, s
    is both laid end to end.
    """
    count = len(cell.state_names)
    size = count * cell.units
    trace = cell.forward(np.repeat(inputs[None], size, axis=0))
    d_final = np.split(np.eye(size), count, axis=1)
    gradients = cell.backward(trace, None, d_final[0] if count == 1 else tuple(d_final))
    return np.concatenate([gradients[name] for name in cell.state_names], axis=1)


def analytic_jacobian(cell, inputs):
    """The same for a tanh ``SimpleRNN`` from its formula: ∏ diag(1 − h_t²) Uᵀ, latest first."""
    product = np.eye(cell.units)
    for state in cell.forward(inputs[None]).hidden_states[0]:
        product = (1 - state**2)[:, None] * cell.weights["recurrent_kernel"].T @ product
    return product


def log_norm(matrix):
    """log10 of the largest singular value; −300 for a matrix of zeros."""
    return float(np.log10(max(np.linalg.norm(matrix, 2), 1e-300)))


def jacobians(seed, units=32):
    """Norm of ∂h_T/∂h_0 by activation, spectral radius and number of steps."""
    rng = np.random.default_rng(seed)
    inputs = 0.5 * rng.standard_normal((max(LAGS), 1))
    found, errors = {}, []
    for activation in ACTIVATIONS:
        for radius in RADII:
            cell = reference.SimpleRNN(1, units, seed=seed, activation=activation)
            cell.weights["recurrent_kernel"] *= radius  # orthogonal: every eigenvalue has |λ| = 1
            for steps in LAGS:
                matrix = jacobian(cell, inputs[:steps])
                found[f"{activation}/rho{radius}/T{steps}"] = log_norm(matrix)
                if activation == "tanh":
                    exact = analytic_jacobian(cell, inputs[:steps])
                    errors.append(np.linalg.norm(matrix - exact) / np.linalg.norm(exact))
    return found | {"error": max(errors)}


def _lasts(name, steps, radius=1.0):
    words = (
        f"With {name} and spectral radius {radius:g} the gradient is above 1/1000 "
        f"after {steps} steps.",
        f"激活函数为 {name}、谱半径为 {radius:g} 时，{steps} 个时间步后梯度仍大于千分之一。",
    )
    return Value(words, low=VANISHED, condition=f"{name.lower()}/rho{radius}/T{steps}")


JACOBIANS = Experiment(
    name="jacobians",
    title=(
        "Gradient of the last hidden state for the first, simple RNN",
        "简单循环网络：末状态对初状态的梯度",
    ),
    number=("log10 of the Jacobian's norm", "雅可比矩阵范数的常用对数"),
    measure=jacobians,
    seeds={"class": 5, "full": 10},
    rules={
        "vanish_or_explode": rule(
            Value(("At spectral radius 0.5 it is below 1/1000 after 60 steps.",
                   "谱半径 0.5 时，60 个时间步后小于千分之一。"), high=VANISHED,
                  condition="tanh/rho0.5/T60"),
            Value(("At spectral radius 1 it is below 1/1000 after 60 steps.",
                   "谱半径 1 时，60 个时间步后小于千分之一。"), high=VANISHED,
                  condition="tanh/rho1.0/T60"),
            Value(("At spectral radius 2.5 it is above 1000 after 60 steps.",
                   "谱半径 2.5 时，60 个时间步后大于一千。"), low=EXPLODED,
                  condition="tanh/rho2.5/T60"),
            on=("the spectral radius of the recurrent kernel", "循环权重矩阵的谱半径"),
        ),
        "may_do_either": rule(
            Value(("It may vanish: at spectral radius 0.5 it does within 60 steps.",
                   "可能消失：谱半径 0.5 时，60 个时间步内就会消失。"), high=VANISHED,
                  condition="tanh/rho0.5/T60"),
            Value(("It may explode: at spectral radius 2.5 it does within 60 steps.",
                   "可能爆炸：谱半径 2.5 时，60 个时间步内就会爆炸。"), low=EXPLODED,
                  condition="tanh/rho2.5/T60"),
            on=("vanishing or explosion", "是消失还是爆炸"),
            amended=("The article says that gradients may do so, not that they always do; a "
                     "radius at which they do neither is no objection.",
                     "文章说的是“可能”，并非必然；某个谱半径下两者都不出现，并不构成反例。"),
        ),
        "sigmoid_lasts": rule(
            *(_lasts("sigmoid", steps) for steps in (2, 10, 60)),
            on=("the number of steps: it will do for a few", "时间步数：只经得起很少几步"),
        ),
        "any_activation": rule(
            *(_lasts(name, 30) for name in ("tanh", "sigmoid", "ReLU")),
            on=("the activation, all at spectral radius 1", "激活函数，谱半径均为 1"),
        ),
    },
)  # fmt: skip


def cell_jacobians(seed, units=32, steps=60, large=6.0):
    """Norm of ∂(h, c)_T/∂(h, c)_0 of gated cells, new or with large recurrent weights."""
    rng = np.random.default_rng(seed)
    inputs = 0.5 * rng.standard_normal((steps, 1))
    found = {}
    for kind, make in (("simple", reference.SimpleRNN), ("gru", reference.GRU)):
        found[f"{kind}/start"] = log_norm(jacobian(make(1, units, seed=seed), inputs))
    for bias in (0, 1, 5):
        cell = reference.LSTM(1, units, seed=seed)
        cell.weights["bias"][units : 2 * units] = bias
        found[f"lstm/b{bias}"] = log_norm(jacobian(cell, inputs))
    for kind, made in (("lstm", reference.LSTM), ("gru", reference.GRU)):
        cell = made(1, units, seed=seed)
        cell.weights["recurrent_kernel"] *= large  # nothing in a cell holds its weights down
        found[f"{kind}/large"] = log_norm(jacobian(cell, inputs))
    return found


CELL_JACOBIANS = Experiment(
    name="cell_jacobians",
    title=("The same for gated cells, over 60 steps", "门控单元的同一梯度，60 个时间步"),
    number=JACOBIANS.number,
    measure=cell_jacobians,
    seeds={"class": 5, "full": 10},
    labels={
        "start": ("new", "初始权重"),
        "large": ("recurrent kernel times 6", "循环权重矩阵放大 6 倍"),
    },
    rules={
        "solves_both": rule(
            Value(("An LSTM with forget bias 0 keeps the gradient above 1/1000.",
                   "遗忘门偏置为 0 的 LSTM，梯度大于千分之一。"), low=VANISHED,
                  condition="lstm/b0"),
            Value(("A new LSTM (forget bias 1) keeps the gradient above 1/1000.",
                   "初始 LSTM（遗忘门偏置 1）的梯度大于千分之一。"), low=VANISHED,
                  condition="lstm/b1"),
            Value(("So does one with forget bias 5.", "遗忘门偏置为 5 时也是如此。"),
                  low=VANISHED, condition="lstm/b5"),
            Value(("With large recurrent weights it stays below 1000.",
                   "循环权重很大时，梯度小于一千。"), high=EXPLODED, condition="lstm/large"),
            on=("the forget bias and the size of the weights", "遗忘门偏置与权重的大小"),
            amended=("Forget bias 0, measured with the others, had been left out.",
                     "一并测量的遗忘门偏置 0 原先漏列。"),
        ),
        "ends_both": rule(
            Value(("A new LSTM keeps the gradient above 1/1000.", "初始 LSTM 的梯度大于千分之一。"),
                  low=VANISHED, condition="lstm/b1"),
            Value(("A new GRU does.", "初始 GRU 的梯度大于千分之一。"), low=VANISHED,
                  condition="gru/start"),
            Value(("A GRU with large recurrent weights stays below 1000.",
                   "循环权重很大时，GRU 的梯度小于一千。"), high=EXPLODED,
                  condition="gru/large"),
            Value(("An LSTM with large recurrent weights stays below 1000.",
                   "循环权重很大时，LSTM 的梯度小于一千。"), high=EXPLODED,
                  condition="lstm/large"),
            on=("the cell, and vanishing or explosion", "单元类型，以及是消失还是爆炸"),
            amended=("The simple network held against the cells had been made smaller, by 0.8; "
                     "each cell is now judged by itself.",
                     "原先用来对照的简单循环网络，其循环权重被乘以 0.8；现改为各单元单独判断。"),
        ),
    },
)  # fmt: skip


def backpropagation(seed, units=5, steps=6):
    """The gradient in parts, each held against finite differences."""
    rng = np.random.default_rng(seed)
    inputs, targets = rng.standard_normal((4, steps, 3)), rng.standard_normal((4, steps, 2))
    net = reference.Network(reference.SimpleRNN(3, units, seed=seed), 2, seed=seed)
    kernel = net.weights["recurrent_kernel"]
    loss, gradients = net.loss_and_gradients(inputs, targets)
    numeric = numeric_gradient(lambda: net.loss_and_gradients(inputs, targets)[0], kernel)
    _, alone = reference.truncated_gradients(net, inputs, targets, 1)
    found = {
        "error/through_time": relative_error(gradients["recurrent_kernel"], numeric),
        "error/within_step": relative_error(alone["recurrent_kernel"], numeric),
    }
    before = {name: weight.copy() for name, weight in net.weights.items()}
    again = net.loss_and_gradients(inputs, targets)[0]
    found["loss_change/gradient"] = again - loss
    reference.SGD(0.01).update(net.weights, gradients)
    found["loss_change/update"] = net.loss_and_gradients(inputs, targets)[0] - loss
    found["change/weights"] = max(np.abs(net.weights[n] - before[n]).max() for n in before)
    return found | _states(seed, inputs, units)


def _states(seed, inputs, units):
    """Changes of the state that a stateful Keras layer holds, and of that from the same inputs."""
    from rnn_tf import training
    from rnn_tf.backend import keras, tf

    training.set_seed(seed)
    layer = keras.layers.SimpleRNN(units, stateful=True, dtype="float64")
    layer.build(inputs.shape)
    held = [layer.states[0].numpy()]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(layer(inputs) ** 2)
    held.append(layer.states[0].numpy())
    gradients = tape.gradient(loss, layer.trainable_variables)
    keras.optimizers.SGD(0.01).apply(gradients, layer.trainable_variables)
    held.append(layer.states[0].numpy())
    layer.reset_states()
    layer(inputs)
    held.append(layer.states[0].numpy())
    return {
        "change/forward": np.abs(held[1] - held[0]).max(),
        "change/held": np.abs(held[2] - held[1]).max(),
        "change/anew": np.abs(held[3] - held[1]).max(),
    }


BACKPROPAGATION = Experiment(
    name="backpropagation",
    title=("Back-propagation in parts", "拆开看反向传播"),
    number=("relative error; change", "相对误差；变化量"),
    measure=backpropagation,
    seeds={"class": 5, "full": 10},
    labels={
        "through_time": ("carried back through time", "沿时间传回"),
        "within_step": ("each step by itself", "各时间步各算各的"),
        "loss_change": ("change of the loss", "损失的变化"),
        "gradient": ("by the gradient alone", "只求梯度"),
        "update": ("by an optimizer step", "优化器更新一步"),
        "change": ("change", "变化"),
        "forward": ("of the state that a layer holds, by the forward pass",
                    "前向计算引起的层内状态的"),
        "held": ("of that state, by back-propagation and update", "反向传播加更新引起的层内状态的"),
        "anew": ("of the state from the same inputs, after the update",
                 "更新后由同样的输入得到的状态的"),
        "weights": ("of the weights", "权重的"),
    },
    rules={
        "as_in_dense_nets": rule(
            Value(("Summed over the steps and carried back, the gradient is right.",
                   "沿时间传回并对各步求和，梯度正确。"), high=1e-6,
                  condition="error/through_time"),
            Value(("Each step by itself, as a dense layer has it, the gradient is right.",
                   "像全连接层那样各步各算，梯度正确。"), high=1e-6,
                  condition="error/within_step"),
            on=("whether the error is carried back from step to step", "误差是否逐步往回传"),
        ),
        "recurrence_added": rule(
            Value(("With the recurrence, the gradient is right.", "加上循环部分，梯度正确。"),
                  high=1e-6, condition="error/through_time"),
            Value(("Without it, it is off by a tenth at least.", "不加，梯度至少偏差十分之一。"),
                  low=0.1, condition="error/within_step"),
            on=("whether the recurrence is added", "是否加上循环部分"),
            amended=("The article itself adds the recurrence, so what is wrong without it speaks "
                     "for the claim.",
                     "文章本就说要加上循环部分，因此不加会出错，恰好支持该论断。"),
        ),
        "through_time": rule(
            Value(("The gradient differs from finite differences by 1e-6 at most.",
                   "梯度与有限差分的相对误差不超过 1e-6。"), high=1e-6,
                  condition="error/through_time"),
        ),
        "updates_state": rule(
            Value(("Back-propagation and update change the state that a layer holds.",
                   "反向传播加更新，会改变层里保存的状态。"), low=1e-9, condition="change/held"),
            Value(("After them the same inputs lead to another state.",
                   "更新之后，同样的输入会得到不同的状态。"), low=1e-9, condition="change/anew"),
            on=("which state is meant: the one held, which stays, or the next one, which comes of "
                "new weights", "指哪个状态：已有的保持不变；变的是权重，以及由新权重算出的状态"),
            amended=("Two states of zeros had been held against each other, which no training "
                     "could have told apart.",
                     "原先比较的是两个全零状态，无论怎样训练都不会有差别。"),
        ),
        "is_optimizer": rule(
            Value(("Back-propagation by itself lowers the loss.", "单靠反向传播就能降低损失。"),
                  high=-1e-9, condition="loss_change/gradient"),
            Value(("With an optimizer step it falls.", "加上优化器的一步更新，损失下降。"),
                  high=-1e-9, condition="loss_change/update"),
            on=("the optimizer, which uses the gradient", "有没有使用梯度的优化器"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    BACKPROPAGATION,
    JACOBIANS,
    CELL_JACOBIANS,
)
