"""Faults of article 000: a stacked LSTM on random series (§4)."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Fault, Near, Wrong
from rnn_tf.ledger.tables.faults.measures import warnings_of

ROWS = []
LESSON = "04_next_value"


def one_output_for_five_targets():
    targets = np.arange(5.0).reshape(1, 5, 1)  # a target at every step: 0, 1, 2, 3, 4
    best_output = np.full((1, 1), targets.mean())  # the model gives one value a sequence
    return float(keras.losses.MeanSquaredError()(targets, best_output))  # no error, it broadcasts


def one_output_for_each_target():
    targets = np.arange(5.0).reshape(1, 5, 1)
    best_output = targets.copy()  # return_sequences=True in every LSTM: one value a step
    return float(keras.losses.MeanSquaredError()(targets, best_output))


ROWS.append(
    Fault(
        id="B-000-01",
        section="§4 L132, L143–145",
        kind="S",
        lesson=LESSON,
        title=(
            "Targets for every step, but one output for the whole sequence",
            "每个时间步都有目标，模型却只给出一个输出",
        ),
        why=(
            "The last LSTM returns only its final state, so the output is (batch, 1) and the "
            "targets are (batch, steps, 1). The loss broadcasts: one number is fitted to all "
            "steps at once, and the best it can do is their mean.",
            "最后一个 LSTM 只返回最终状态，输出为 (批, 1)，目标却是 (批, 时间步, 1)。"
            "损失函数自动广播：一个数去拟合所有时间步，最好也只能取它们的均值。",
        ),
        repair=(
            "One target a window, (batch, 1); or return sequences from every layer. "
            "check_shapes refuses the mixture before training.",
            "每个窗口一个目标 (批, 1)；或让每一层都返回序列。check_shapes 会在训练前拒绝二者混用。",
        ),
        at=("rnn_tf.models.stacked_lstm", "rnn_tf.shapes.check_shapes"),
        versions=(
            "Silent in Keras 2 and 3. With two features it raises, unless the batch size equals "
            "the number of steps or 1.",
            "Keras 2 与 3 都不报错。若有两个特征则会报错，除非批大小恰等于时间步数或 1。",
        ),
        evidence=Wrong(
            2.0,
            right=0.0,
            what=(
                "lowest loss that the best outputs reach for the targets 0, 1, 2, 3, 4",
                "目标为 0、1、2、3、4 时，最优输出所能达到的最小损失",
            ),
        ),
        reproduce=one_output_for_five_targets,
        repaired=one_output_for_each_target,
    )
)


def _fresh_error(inputs, targets, fresh_inputs, fresh_targets):
    """MSE on fresh data of the best linear prediction, with a constant, from a window."""

    def with_constant(windows):
        return np.hstack([windows.reshape(len(windows), -1), np.ones((len(windows), 1))])

    weights = np.linalg.lstsq(with_constant(inputs), targets, rcond=None)[0]
    return float(np.mean((with_constant(fresh_inputs) @ weights - fresh_targets) ** 2))


def labels_are_noise():
    rng = np.random.default_rng(1)
    inputs, labels = rng.random((4000, 10)), rng.random((4000, 1))  # two unrelated draws
    return _fresh_error(inputs[:2000], labels[:2000], inputs[2000:], labels[2000:])


def labels_can_be_learnt():
    series = rnn_tf.datasets.toy.noisy_sine(4000, noise=0.02, seed=1)
    inputs, targets = rnn_tf.datasets.toy.windows(series, num_steps=10)
    return _fresh_error(inputs[:2000], targets[:2000], inputs[2010:], targets[2010:])


ROWS.append(
    Fault(
        id="B-000-02",
        section="§4 L131–132",
        kind="S",
        lesson=LESSON,
        title=(
            "Inputs and labels are two unrelated draws of noise",
            "输入与标签是两次互不相关的随机抽样",
        ),
        why=(
            "Nothing in the inputs tells of the labels. The best guess is 1/2 every time, and the "
            "error cannot fall below the variance of the labels, 1/12 = 0.0833.",
            "输入不含关于标签的任何信息。最好的预测是恒取 1/2，"
            "误差不可能低于标签的方差 1/12 = 0.0833。",
        ),
        repair=(
            "A series with a rule in it: a noisy sine, whose floor is known, then real weather.",
            "改用有规律的序列：先用误差下限已知的含噪正弦，再用真实天气数据。",
        ),
        at=("rnn_tf.datasets.toy.noisy_sine", "rnn_tf.datasets.weather.load"),
        evidence=Wrong(
            Near(1 / 12, 0.004),
            right=Between(0.0004, 0.0007),
            what=(
                "mean squared error on fresh data (floors: noise 1/12, sine 0.0004)",
                "新数据上的均方误差（下限：噪声 1/12，正弦 0.0004）",
            ),
        ),
        reproduce=labels_are_noise,
        repaired=labels_can_be_learnt,
    )
)


def labels_are_not_the_future():
    rng = np.random.default_rng(1)
    inputs, labels = rng.random((100, 10)), rng.random((100, 10))
    return float(np.mean(labels[:, :-1] == inputs[:, 1:]))  # is a label the following input?


def labels_are_the_next_value():
    series = np.random.default_rng(1).random(110)
    inputs, targets = rnn_tf.datasets.toy.windows(series, num_steps=10)
    return float(np.mean(targets[:-1, 0] == inputs[1:, -1, 0]))


ROWS.append(
    Fault(
        id="B-000-03",
        section="§4 L113, L131–132",
        kind="S",
        lesson=LESSON,
        title=(
            "The text promises the next value; the labels are not the next values",
            "正文说预测下一个值，标签却不是下一个值",
        ),
        why=(
            "A label must be the value that follows its window. Here no label is. Shifting alone "
            "would not help either: independent noise has no next value to be predicted.",
            "标签应当是窗口之后的那个值，这里一个也不是。仅做平移也无济于事：独立噪声的下一个值本就无法预测。",
        ),
        repair=(
            "Cut one series into windows, each with the value that follows it.",
            "把同一条序列切成窗口，每个窗口配上紧随其后的值。",
        ),
        at=("rnn_tf.datasets.toy.windows",),
        evidence=Wrong(
            0.0,
            right=1.0,
            what=(
                "share of labels that equal the value after their window",
                "标签等于窗口之后那个值的比例",
            ),
        ),
        reproduce=labels_are_not_the_future,
        repaired=labels_are_the_next_value,
    )
)

ROWS.append(
    Fault(
        id="B-000-04",
        section="§4 L152",
        kind="D",
        lesson=LESSON,
        title=(
            "Training is silent: no validation, no history, no baseline",
            "训练过程不显示，没有验证集、历史记录和基线",
        ),
        why=(
            "The loss stalls after one epoch at the variance of the labels; a reader who sees no "
            "curve and no baseline cannot notice.",
            "损失在一轮之后就停在标签的方差附近；没有曲线也没有基线，读者无从察觉。",
        ),
        repair=(
            "A split in order of time, the loss kept and drawn, persistence and seasonal "
            "baselines beside every result.",
            "按时间顺序划分数据，保留并画出损失，每个结果旁都列出持续性基线与季节性基线。",
        ),
        at=(
            "rnn_tf.datasets.toy.split_series",
            "rnn_tf.baselines.persistence",
            "rnn_tf.training.metrics.skill",
            "chapters/04_next_value/lesson.py",
        ),
    )
)

ROWS.append(
    Fault(
        id="B-000-05",
        section="§4 L113, L152",
        kind="D",
        lesson=LESSON,
        title=("A prediction is promised and never made", "承诺预测，却从未调用预测"),
        why=(
            "The program ends with training. What the model predicts is never looked at.",
            "程序到训练为止，从未看过模型的预测。",
        ),
        repair=(
            "Lesson 4 predicts, undoes the scaling, and plots the prediction with its error.",
            "第 4 课给出预测，还原缩放，并把预测与误差一起画出来。",
        ),
        at=("rnn_tf.datasets.weather.Weather.to_celsius", "chapters/04_next_value/lesson.py"),
    )
)


def three_layers_of_fifty():
    return rnn_tf.models.stacked_lstm(10, units=(50, 50, 50)).count_params()


def one_small_layer():
    return rnn_tf.models.stacked_lstm(10, units=(16,), dropout=0).count_params()


ROWS.append(
    Fault(
        id="B-000-06",
        section="§4 L139–144",
        kind="D",
        lesson=LESSON,
        title=(
            "Three stacked LSTMs with dropout for one-feature windows, without a reason",
            "对单特征窗口叠三层 LSTM 加丢弃法，却不说明理由",
        ),
        why=(
            "Over fifty thousand parameters for a thousand short windows. Whether depth or dropout "
            "helps is never measured.",
            "一千个短窗口配五万多个参数。层数与丢弃法是否有用，从未测量。",
        ),
        repair=(
            "Start with one small layer; lesson 4 measures depth and dropout against it.",
            "从一个小层开始；第 4 课以它为准，测量加深与丢弃法的作用。",
        ),
        at=("rnn_tf.models.stacked_lstm", "chapters/04_next_value/appendix.py"),
        evidence=Wrong(50_851, right=1_169, what=("number of parameters", "参数个数")),
        reproduce=three_layers_of_fifty,
        repaired=one_small_layer,
    )
)


def only_numpy_is_seeded():
    def weights():
        np.random.seed(1)  # noqa: NPY002
        layer = keras.layers.Dense(3)
        layer.build((None, 4))
        return layer.kernel.numpy()

    return bool(np.array_equal(weights(), weights()))


def everything_is_seeded():
    def weights():
        rnn_tf.training.set_seed(1)
        layer = keras.layers.Dense(3)
        layer.build((None, 4))
        return layer.kernel.numpy()

    return bool(np.array_equal(weights(), weights()))


ROWS.append(
    Fault(
        id="B-000-07",
        section="§4 L127",
        kind="S",
        lesson=LESSON,
        title=("Only NumPy is seeded", "只给 NumPy 设了随机种子"),
        why=(
            "Keras draws weights and dropout from generators of its own; two runs differ.",
            "Keras 用自己的随机数生成器初始化权重、做丢弃，两次运行结果不同。",
        ),
        repair=(
            "training.set_seed, which seeds Python, NumPy and TensorFlow.",
            "用 training.set_seed，同时设定 Python、NumPy 与 TensorFlow 的种子。",
        ),
        at=("rnn_tf.training.set_seed",),
        evidence=Wrong(
            False,
            right=True,
            what=("whether two runs start from the same weights", "两次运行的初始权重是否相同"),
        ),
        reproduce=only_numpy_is_seeded,
        repaired=everything_is_seeded,
    )
)


def shape_on_the_layer():
    return warnings_of(lambda: keras.Sequential([keras.layers.LSTM(2, input_shape=(10, 1))]))


def shape_as_an_input():
    layers = keras.Input((10, 1)), keras.layers.LSTM(2)
    return warnings_of(lambda: keras.Sequential(layers))


ROWS.append(
    Fault(
        id="B-000-08",
        section="§4 L139",
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
        at=("rnn_tf.models.stacked_lstm",),
        versions=("A warning in Keras 3 only.", "只有 Keras 3 给出警告。"),
        evidence=Wrong(1, right=0, what=("number of warnings", "警告的条数")),
        reproduce=shape_on_the_layer,
        repaired=shape_as_an_input,
    )
)
