"""Article 002, its loss: B-002-10 to B-002-13."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Between, Fault, Near, Wrong, at_most

ROWS = []


def _log_of_outputs(outputs):
    """The article's kind of loss, in our words: mean −ln of the outputs, cut off at 1e-12."""
    return -np.mean(np.log(np.maximum(outputs, 1e-12)))


def _squared_error(outputs, targets):
    return rnn_tf.reference.squared_error(np.array(outputs), np.array(targets))[0]


def loss_blind_to_the_targets():
    def loss(targets, outputs):
        return -np.sum(np.log(np.maximum(outputs, 1e-12))) / len(targets)

    outputs = [2.0, 4.0, 6.0]
    return loss([2.0, 4.0, 6.0], outputs), loss([99.0, 0.0, -5.0], outputs)


def loss_that_compares():
    outputs = [2.0, 4.0, 6.0]
    return _squared_error(outputs, [2.0, 4.0, 6.0]), _squared_error(outputs, [99.0, 0.0, -5.0])


ROWS.append(
    Fault(
        id="B-002-10",
        section="§4.1 L135–138",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The loss never looks at the targets, except to count them",
            "损失函数从不看目标，只数了数有几个",
        ),
        why=(
            "A cross-entropy is −Σ target · ln(output). Without the factor it is the same for "
            "right and for absurd targets.",
            "交叉熵是 −Σ 目标 · ln(输出)。少了目标这个因子，目标正确也好、荒谬也好，损失都一样。",
        ),
        repair=(
            "Numbers are predicted, so use the mean squared error.",
            "预测的是数值，应当用均方误差。",
        ),
        at=("rnn_tf.reference.squared_error",),
        evidence=Wrong(
            (Near(-float(np.log(48.0)) / 3, 1e-9), Near(-float(np.log(48.0)) / 3, 1e-9)),
            right=(0.0, 3182.0),
            what=(
                "loss of the outputs 2, 4, 6 for the targets 2, 4, 6 and for 99, 0, −5",
                "输出为 2、4、6 时，对目标 2、4、6 以及 99、0、−5 的损失",
            ),
        ),
        reproduce=loss_blind_to_the_targets,
        repaired=loss_that_compares,
    )
)


def best_prediction_is_infinity():
    return tuple(_log_of_outputs([output]) for output in (-7.0, 6.0, 600.0))


def best_prediction_is_the_target():
    return tuple(_squared_error([output], [6.0]) for output in (-7.0, 6.0, 600.0))


ROWS.append(
    Fault(
        id="B-002-11",
        section="§4.1 L137",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The logarithm is taken of raw outputs, not of probabilities",
            "取对数的是原始输出，而不是概率",
        ),
        why=(
            "Outputs of 0 or less all cost the same, so there is no slope to learn from; above "
            "that the loss falls without end, and the best prediction is infinity.",
            "输出不大于 0 时损失都一样，没有坡度可学；大于 0 之后损失无休止地下降，"
            "最好的预测成了无穷大。",
        ),
        repair=(
            "A cross-entropy needs probabilities that add up to 1; a number needs the squared "
            "error, lowest at the target.",
            "交叉熵要用加起来等于 1 的概率；预测数值要用平方误差，它在目标处最小。",
        ),
        at=("rnn_tf.reference.squared_error", "rnn_tf.reference.softmax_cross_entropy"),
        evidence=Wrong(
            (Near(27.631, 1e-3), Near(-1.7918, 1e-3), Near(-6.3969, 1e-3)),
            right=(169.0, 0.0, 352836.0),
            what=(
                "loss of the outputs −7, 6 and 600 where 6 is wanted",
                "目标为 6 时，输出 −7、6、600 的损失",
            ),
        ),
        reproduce=best_prediction_is_infinity,
        repaired=best_prediction_is_the_target,
    )
)


def _network_and_data():
    """A right network; outputs are kept positive, where the logarithm has a slope."""
    random = np.random.default_rng(0)
    network = rnn_tf.reference.Network(rnn_tf.reference.SimpleRNN(features=3, units=5), outputs=2)
    network.weights["output_bias"] += 4.0
    return network, random.normal(size=(2, 4, 3)), random.normal(size=(2, 4, 2))


def _worst_error(network, loss, gradients):
    """Largest relative error of the gradients, if ``loss`` is what is minimised."""
    return max(
        rnn_tf.reference.relative_error(
            gradients[name], rnn_tf.reference.numeric_gradient(loss, weight)
        )
        for name, weight in network.weights.items()
    )


def loss_of_the_last_step_gradient_of_all():
    network, inputs, targets = _network_and_data()

    def last_step_only():
        outputs = network.forward(inputs).outputs
        return np.sum((outputs[:, -1] - targets[:, -1]) ** 2) / targets.size

    _, gradients = network.loss_and_gradients(inputs, targets)
    return _worst_error(network, last_step_only, gradients)


def loss_and_gradient_of_all_steps():
    network, inputs, targets = _network_and_data()
    loss, gradients = network.loss_and_gradients(inputs, targets)
    return _worst_error(network, lambda: network.loss_and_gradients(inputs, targets)[0], gradients)


ROWS.append(
    Fault(
        id="B-002-12",
        section="§4.1 L124, L136",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The loss sees the last step, the gradient all steps",
            "损失只看最后一步，梯度却算了所有步",
        ),
        why=(
            "The number printed and the direction followed belong to different objectives. It is "
            "also divided by the number of targets although one output is in it.",
            "打印的数与下降的方向属于两个不同的目标函数。而且其中只有一个输出，"
            "却除以了目标的个数。",
        ),
        repair=(
            "One function gives the loss and its gradient together, so they cannot drift apart.",
            "由同一个函数同时给出损失和梯度，两者就不会各走各的。",
        ),
        at=("rnn_tf.reference.Network", "rnn_tf.reference.gradient_check"),
        evidence=Wrong(
            Between(0.1, 2.0),
            right=at_most(1e-7),
            what=(
                "relative error of the gradients against the loss that is reported",
                "梯度相对于所报损失的误差",
            ),
        ),
        reproduce=loss_of_the_last_step_gradient_of_all,
        repaired=loss_and_gradient_of_all_steps,
    )
)


def gradient_of_another_loss():
    network, inputs, targets = _network_and_data()
    outputs = network.forward(inputs)
    gradients = network.backward(outputs, outputs.outputs - targets)  # of half the squared error
    return _worst_error(
        network, lambda: _log_of_outputs(network.forward(inputs).outputs), gradients
    )


def gradient_of_this_loss():
    network, inputs, targets = _network_and_data()
    trace = network.forward(inputs)
    gradients = network.backward(trace, trace.outputs - targets)
    return _worst_error(
        network, lambda: 0.5 * np.sum((network.forward(inputs).outputs - targets) ** 2), gradients
    )


ROWS.append(
    Fault(
        id="B-002-13",
        section="§4.1 L96; L124, L160",
        kind="S",
        lesson="01_by_hand",
        title=(
            "The gradient is that of half the squared error, the curve is of something else",
            "梯度属于平方误差的一半，画出的曲线却是另一个量",
        ),
        why=(
            "output − target is the derivative of half the squared error. What is printed and "
            "plotted as “cross-entropy” has another derivative, so its curve says nothing about "
            "the learning.",
            "“输出 − 目标”是平方误差一半的导数。而被当作“交叉熵”打印、画图的那个量，导数完全不同，"
            "它的曲线说明不了学习的情况。",
        ),
        repair=(
            "Report the loss that is minimised, and check the pair by finite differences.",
            "报告的必须是正在最小化的那个损失，并用有限差分检查损失与梯度是否配套。",
        ),
        at=("rnn_tf.reference.gradient_check", "rnn_tf.reference.squared_error"),
        evidence=Wrong(
            Between(0.1, 2.0),
            right=at_most(1e-7),
            what=(
                "relative error of the gradients against the loss that is reported",
                "梯度相对于所报损失的误差",
            ),
        ),
        reproduce=gradient_of_another_loss,
        repaired=gradient_of_this_loss,
    )
)
