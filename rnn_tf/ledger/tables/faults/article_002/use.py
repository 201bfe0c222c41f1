"""Article 002, the example that uses the class: B-002-21 to B-002-23."""

import ast

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Between, Fault, Raises, Wrong, at_most

ROWS = []


def plotted_without_import():
    program = "losses = [3.0, 2.0, 1.0]\nplt.plot(losses)"  # the training is over by then
    exec(program, {})


def missing_import_found_without_a_run():
    program = "losses = [3.0, 2.0, 1.0]\nplt.plot(losses)"
    imported = "import matplotlib.pyplot as plt\n"
    return len(_never_bound(program)), len(_never_bound(imported + program))


def _never_bound(program):
    """Names that a program uses and never binds: a linter reports them."""
    nodes = list(ast.walk(ast.parse(program)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    imported = {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    return {node.id for node in names} - bound - imported


ROWS.append(
    Fault(
        id="B-002-21",
        section="§4.1 L153–157",
        kind="R",
        lesson="01_by_hand",
        title=(
            "The plotting library is never imported",
            "从未导入绘图库",
        ),
        why=(
            "The name is first looked up after a thousand epochs, so the error comes when all the "
            "waiting is done.",
            "训练一千轮之后才第一次用到这个名字，等了半天，最后才报错。",
        ),
        repair=(
            "Imports stand at the top; a linter finds the missing one without running anything.",
            "导入写在最前面；代码检查工具不用运行就能发现漏掉的导入。",
        ),
        at=("pyproject.toml", "rnn_tf.course.figures.panels"),
        evidence=Raises(
            "NameError",
            "name 'plt' is not defined",
            right=(1, 0),
            what=(
                "names never bound, read off the program without and with the import",
                "不运行、只读代码查出的未绑定名称个数：没有导入与有导入时",
            ),
        ),
        reproduce=plotted_without_import,
        repaired=missing_import_found_without_a_run,
    )
)


def _two_tasks(forget):
    """How well a network does y = 2x, and then an echo two steps late.

    With ``forget`` its recurrent kernel is kept at zero: it has no memory at all. Returns the
    squared error of y = 2x as a share of the mean's, and the accuracy of the echo.
    """
    random = np.random.default_rng(0)
    doubles = random.uniform(-1, 1, size=(64, 6, 1))
    heard, said = rnn_tf.datasets.toy.delayed_echo(64, 6, 2, seed=0)
    found = []
    for inputs, targets in ((doubles, 2 * doubles), (heard, said)):
        cell = rnn_tf.reference.SimpleRNN(features=1, units=8, seed=1)
        network = rnn_tf.reference.Network(cell, outputs=1)
        optimizer = rnn_tf.reference.SGD(0.1, momentum=0.9)
        for _ in range(300):
            if forget:
                cell.weights["recurrent_kernel"][...] = 0.0
            _, gradients = network.loss_and_gradients(inputs, targets)
            optimizer.update(network.weights, gradients)
        if forget:
            cell.weights["recurrent_kernel"][...] = 0.0
        found.append(network.forward(inputs).outputs)
    share = np.mean((found[0] - 2 * doubles) ** 2) / np.var(2 * doubles)
    return share, np.mean((found[1][:, 2:] > 0.5) == (said[:, 2:] > 0.5))


def network_without_memory():
    return _two_tasks(forget=True)


def network_with_memory():
    return _two_tasks(forget=False)


ROWS.append(
    Fault(
        id="B-002-22",
        section="§4.1 L147–149, L160",
        kind="D",
        lesson="01_by_hand",
        title=(
            "The task y = 2x needs no memory, so a falling curve proves nothing",
            "任务 y = 2x 用不着记忆，曲线下降什么也证明不了",
        ),
        why=(
            "Take only the crashes out of the program and its wrong network still “learns”: on one "
            "sequence, without test data, anything that can scale a number looks trained.",
            "只要排除报错，程序里那个错误的网络照样能“学会”：只有一条序列，又没有测试数据，"
            "凡是能把数放大的东西看上去都训练好了。",
        ),
        repair=(
            "Accept a recurrent network by a gradient check and by a task that needs memory, such "
            "as a delayed echo, on sequences held back; never by its loss curve alone.",
            "验收循环网络要靠梯度检验，以及需要记忆的任务（如延迟回声），并用留出的序列测试；"
            "绝不能只看损失曲线。",
        ),
        at=(
            "rnn_tf.datasets.toy.delayed_echo",
            "rnn_tf.datasets.toy.split_examples",
            "rnn_tf.reference.gradient_check",
        ),
        evidence=Wrong(
            (at_most(0.05), Between(0.3, 0.75)),
            right=(at_most(0.05), Between(0.95, 1.0)),
            what=(
                "y = 2x: squared error as a share of the mean's; echo two steps late: accuracy",
                "y = 2x：平方误差与均值预测之比；延迟两步的回声：准确率",
            ),
        ),
        reproduce=network_without_memory,
        repaired=network_with_memory,
    )
)

ROWS.append(
    Fault(
        id="B-002-23",
        section="§4.1 L55, L120, L151",
        kind="D",
        lesson="01_by_hand",
        title=(
            "A size nobody uses, no seed, inputs as they come, a curve with the wrong name",
            "没人用的尺寸、没有种子、数据不缩放、曲线名不副实",
        ),
        why=(
            "An unused input size is the trace of the missing matrix. Without a seed no two "
            "readers see the same run; unscaled inputs push tanh into its flat part; a label that "
            "names another quantity misleads.",
            "没用到的输入尺寸，正是缺少输入矩阵的痕迹。没有种子，两个读者就看不到同样的结果；"
            "数据不缩放，tanh 会落进平坦区；坐标轴写着另一个量的名字，误导读者。",
        ),
        repair=(
            "Sizes are used or absent, everything random takes a seed, data are scaled by the "
            "training part, axes are labelled with what is drawn.",
            "尺寸要么用上，要么不写；凡随机必有种子；按训练集缩放数据；坐标轴写所画之量。",
        ),
        at=(
            "rnn_tf.reference.train",
            "rnn_tf.training.set_seed",
            "rnn_tf.course.figures.label",
        ),
    )
)
