"""Faults of article 003: an LSTM on handwritten digits (§4)."""

import tempfile

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong
from rnn_tf.ledger.tables.faults.measures import recurrent_gradient, warnings_of

ROWS = []


def four_dimensions():
    images = np.zeros((5, 1, 28, 28))  # (count, channel, rows, columns), as for a convolution
    return keras.layers.LSTM(3)(images)


def rows_are_steps():
    images = np.zeros((5, 28, 28))  # (count, rows = steps, columns = features)
    return tuple(keras.layers.LSTM(3)(images).shape)


ROWS.append(
    Fault(
        id="B-003-01",
        section="§4 L134–135, L145",
        kind="R",
        lesson="05_digits",
        title=(
            "Images get a channel axis, so the LSTM is given four dimensions",
            "给图像加了通道轴，LSTM 收到四维输入",
        ),
        why=(
            "A recurrent layer reads (batch, steps, features). A channel axis belongs to "
            "convolutions; here there is nothing to step over in a fourth axis.",
            "循环层的输入是（批，时间步，特征）三维。通道轴是卷积网络的约定，循环层没有第四个轴可用。",
        ),
        repair=(
            "Keep the images as (count, 28, 28): each row is one step of 28 features.",
            "图像保持 (数量, 28, 28)：每一行是一个时间步，含 28 个特征。",
        ),
        at=("rnn_tf.models.row_lstm", "chapters/05_digits/lesson.py"),
        versions=(
            "The same error in Keras 2 and Keras 3.",
            "Keras 2 与 Keras 3 报同样的错。",
        ),
        evidence=Raises(
            "ValueError",
            "expected ndim=3, found ndim=4",
            right=(5, 3),
            what=("shape of the last hidden state", "最后一个隐藏状态的形状"),
        ),
        reproduce=four_dimensions,
        repaired=rows_are_steps,
    )
)


def one_step_of_784():
    image = np.random.default_rng(0).random((2, 1, 784), dtype="float32")
    return recurrent_gradient(keras.layers.LSTM(3, seed=0), image)


def rows_of_28():
    image = np.random.default_rng(0).random((2, 28, 28), dtype="float32")
    return recurrent_gradient(rnn_tf.models.row_lstm(units=3), image)


ROWS.append(
    Fault(
        id="B-003-02",
        section="§4 L134–135, L145",
        kind="S",
        lesson="05_digits",
        title=(
            "Reshaped to one step of 784 features, the network has no recurrence",
            "改成一个时间步、784 个特征后，网络不再循环",
        ),
        why=(
            "The recurrent matrix is multiplied by the start state only, which is zero: its "
            "gradient is exactly 0 and it never changes. The score hides this: on digits "
            "such a net scores well, as any feed-forward net does.",
            "循环矩阵只与初始状态相乘，而初始状态为零，所以梯度恒为 0，权重从不更新。"
            "得分看不出问题：读数字时，这样的网络和别的前馈网络一样，得分不低。",
        ),
        repair=(
            "Rows as steps. Accept it by a test of structure (the recurrent gradient is not zero, "
            "the order of rows matters), never by accuracy.",
            "以行为时间步。验收要看结构（循环权重的梯度不为零，打乱行序结果会变），不能只看准确率。",
        ),
        at=("rnn_tf.models.row_lstm", "rnn_tf.shapes.check_shapes", "chapters/05_digits/lesson.py"),
        versions=("The same in Keras 2 and Keras 3.", "Keras 2 与 Keras 3 相同。"),
        evidence=Wrong(
            0.0,
            right=Between(1e-5, 1e3),
            what=("largest gradient of the recurrent weights", "循环权重梯度的最大绝对值"),
        ),
        reproduce=one_step_of_784,
        repaired=rows_of_28,
    )
)

ROWS.append(
    Fault(
        id="B-003-03",
        section="§4 L122, L161",
        kind="D",
        lesson="05_digits",
        title=(
            "Announced as speech recognition, it reads handwritten digits",
            "标题说语音识别，实际识别手写数字",
        ),
        why=(
            "There is no sound in the program. A reader learns nothing about speech from it.",
            "程序里没有任何声音数据，读者学不到语音识别。",
        ),
        repair=(
            "Lesson 5 calls it what it is. Speech, by its tones, is in lesson 14 (S-45).",
            "第 5 课如实称为数字识别。真正的语音（听声调）在第 14 课（S-45）。",
        ),
        at=("chapters/05_digits/lesson.py",),
    )
)


def _scores(rng, cases):
    """Share of right answers of 200 models that all guess, on ``cases`` coin flips."""
    return rng.integers(0, 2, (200, cases)).mean(axis=1)


def chosen_and_reported_on_the_same_set():
    test = _scores(np.random.default_rng(0), 50)
    return float(test.max())  # the best of 200, judged by the set that chose it


def chosen_on_validation():
    rng = np.random.default_rng(0)
    validation, test = _scores(rng, 50), _scores(rng, 5000)
    return float(test[np.argmax(validation)])


ROWS.append(
    Fault(
        id="B-003-04",
        section="§4 L153, L156",
        kind="S",
        lesson="05_digits",
        title=(
            "The test set is also the validation set",
            "测试集同时当作验证集",
        ),
        why=(
            "Whoever chooses epochs or sizes by this set and then reports its score reports the "
            "luck of the choice too. Here the best of 200 guessers looks far better than chance.",
            "若用它来挑选轮数或规模，再报告它的得分，就把挑选的运气也算进去了。"
            "这里 200 个随机猜测的模型中最好的一个，看起来远胜随机。",
        ),
        repair=(
            "Three disjoint parts: learn, choose, report.",
            "三个互不相交的部分：训练、选择、报告。",
        ),
        at=("rnn_tf.datasets.digits.load", "chapters/05_digits/lesson.py"),
        evidence=Wrong(
            Between(0.62, 0.8),
            right=Near(0.5, 0.03),
            what=("accuracy reported for a model that guesses", "对随机猜测的模型所报告的准确率"),
        ),
        reproduce=chosen_and_reported_on_the_same_set,
        repaired=chosen_on_validation,
    )
)


def width_from_the_labels():
    labels = np.array([0, 1, 1])  # the third class happens to be absent
    return keras.utils.to_categorical(labels).shape[1]


def width_from_the_task():
    labels = np.array([0, 1, 1])
    model = rnn_tf.models.row_lstm(rows=4, columns=4, units=2, num_classes=3)
    logits = model(np.zeros((3, 4, 4), "float32"))
    keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)  # no one-hot
    return logits.shape[1]


ROWS.append(
    Fault(
        id="B-003-05",
        section="§4 L140–141",
        kind="S",
        lesson="05_digits",
        title=(
            "One-hot labels whose width follows the largest label present",
            "独热编码的宽度随出现的最大标签而定",
        ),
        why=(
            "Training and test labels are encoded apart and without a class count. If the top "
            "class is absent from one of them, the widths differ.",
            "训练与测试标签分别编码，又没给类别数。只要其中一份缺少最大的类，两者宽度就不同。",
        ),
        repair=(
            "State the number of classes once, in the model, and use the sparse loss.",
            "类别数只在模型里声明一次，并用稀疏损失。",
        ),
        at=("rnn_tf.models.row_lstm",),
        evidence=Wrong(2, right=3, what=("width for a task of three classes", "三分类任务的宽度")),
        reproduce=width_from_the_labels,
        repaired=width_from_the_task,
    )
)


def data_from_far_away():
    with tempfile.TemporaryDirectory() as empty:
        nowhere = "file:///no/such/server/mnist.npz"  # stands for a server out of reach
        return keras.utils.get_file("mnist.npz", nowhere, cache_dir=empty)


def data_in_the_clone():
    digits = rnn_tf.datasets.digits.load()
    return digits.train.inputs.shape[1:]


ROWS.append(
    Fault(
        id="B-003-06",
        section="§4 L131",
        kind="R",
        lesson="05_digits",
        title=("The data must be fetched first", "数据必须先联网下载"),
        why=(
            "Keras downloads the digits on first use. Without a network it stops with a plain "
            "Exception.",
            "Keras 首次使用时才下载数据集。没有网络就抛出一个普通的 Exception。",
        ),
        repair=(
            "12,000 real digits are shipped; the full set is used where it is at hand.",
            "课程自带 12,000 个真实手写数字；若本机有完整数据集则可指定使用。",
        ),
        at=("rnn_tf.datasets.digits.load",),
        evidence=Raises(
            "Exception",
            "URL fetch failure",
            right=(28, 28),
            what=("steps and features of a shipped digit", "自带数字图像的时间步数与特征数"),
        ),
        reproduce=data_from_far_away,
        repaired=data_in_the_clone,
    )
)


def shape_on_the_layer():
    return warnings_of(lambda: keras.Sequential([keras.layers.LSTM(2, input_shape=(28, 28))]))


def shape_as_an_input():
    return warnings_of(lambda: rnn_tf.models.row_lstm(units=2))


ROWS.append(
    Fault(
        id="B-003-07",
        section="§4 L145",
        kind="D",
        title=("The input shape is given to the first layer", "把输入形状写在第一层上"),
        why=(
            "Keras 3 wants the shape in an Input of its own and warns. It still works.",
            "Keras 3 要求用单独的 Input 声明形状，否则给出警告，但仍能运行。",
        ),
        repair=(
            "keras.Input as the first entry of every model.",
            "每个模型都以 keras.Input 开头。",
        ),
        at=("rnn_tf.models.row_lstm",),
        versions=("A warning in Keras 3 only.", "只有 Keras 3 给出警告。"),
        evidence=Wrong(1, right=0, what=("number of warnings", "警告的条数")),
        reproduce=shape_on_the_layer,
        repaired=shape_as_an_input,
    )
)

ROWS.append(
    Fault(
        id="B-003-08",
        section="§4 L124–159",
        kind="D",
        lesson="05_digits",
        title=(
            "Digits do not need recurrence, and no baseline, seed or curve is shown",
            "数字识别并不需要循环，又没有基线、种子和曲线",
        ),
        why=(
            "A dense net without any recurrence comes close or, at some learning rates, ahead, so "
            "the example proves nothing about recurrence.",
            "毫无循环的全连接网络也相差不远，学习率不同时甚至领先，"
            "所以这个例子说明不了循环的作用。",
        ),
        repair=(
            "A dense baseline and shuffled rows as control, three seeds, and tasks that do need "
            "order in lessons 1 and 2.",
            "以全连接网络为基线、以打乱行序为对照，三个随机种子；真正需要次序的任务见第 1、2 课。",
        ),
        at=("chapters/05_digits/lesson.py", "chapters/02_keras_model/lesson.py"),
    )
)
