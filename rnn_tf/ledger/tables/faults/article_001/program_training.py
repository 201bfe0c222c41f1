"""Article 001, how the TensorFlow program trains and what it reports: B-001-22 to B-001-29."""

import math

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras, tf
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong, at_most

ROWS = []


def _loss_on_fresh_sequences(draw):
    """Train a small recurrent network, then give it 2000 sequences that it has not seen."""
    cell = rnn_tf.reference.SimpleRNN(features=1, units=8)
    network = rnn_tf.reference.Network(cell, 1, "sigmoid_cross_entropy", per_step=False)
    optimizer = rnn_tf.reference.SGD(0.3, momentum=0.9)
    rnn_tf.reference.train(network, *draw(256, seed=0), optimizer, epochs=30)
    bits, labels = draw(2000, seed=1)
    return network.loss(network.forward(bits).outputs, labels)[0]


def labels_by_tossing_a_coin():
    def draw(count, seed):
        random = np.random.default_rng(seed)
        bits = random.integers(0, 2, size=(count, 5, 1))
        return bits, random.integers(0, 2, size=(count, 1))  # knows nothing of the bits

    return _loss_on_fresh_sequences(draw)


def labels_by_a_rule():
    def draw(count, seed):
        return rnn_tf.datasets.toy.first_bit(count, 5, seed=seed)  # the bit of the first step

    return _loss_on_fresh_sequences(draw)


ROWS.append(
    Fault(
        id="B-001-22",
        section="§5.2 L262–266",
        kind="S",
        lesson="02_keras_model",
        title=("The labels are coin flips", "标签是抛硬币得来的"),
        why=(
            "Labels drawn apart from the inputs cannot be predicted. On fresh data no model gets "
            "below ln 2 = 0.693; the training loss falls only because the samples are learnt by "
            "heart.",
            "标签与输入各抽各的，无从预测。在新数据上，任何模型的损失都低不过 ln 2 = 0.693；"
            "训练损失下降，只是因为把样本背了下来。",
        ),
        repair=(
            "A rule that can be learnt, with a known floor: first bit, majority, running parity.",
            "用可以学会、下限已知的规则：第一位、多数、累积奇偶。",
        ),
        at=("rnn_tf.datasets.toy.first_bit", "rnn_tf.datasets.toy.running_parity"),
        evidence=Wrong(
            Between(0.68, 5.0),
            right=at_most(0.35),
            what=(
                "mean loss on 2000 fresh sequences after training on 256",
                "用 256 条序列训练后，在 2000 条新序列上的平均损失",
            ),
        ),
        reproduce=labels_by_tossing_a_coin,
        repaired=labels_by_a_rule,
    )
)


def _log10_of_chance(mean_loss, count=1000):
    """No more than 10 to this power: the chance of so small a loss on ``count`` coin flips.

    Each flip has an even chance, so E exp(−count · loss) = 2^−count whatever the model says;
    Markov's inequality gives P(loss ≤ ℓ) ≤ exp(−count (ln 2 − ℓ)).
    """
    return min(0.0, -count * (math.log(2) - mean_loss) / math.log(10))


def loss_as_reported():
    return _log10_of_chance(0.1)


def loss_as_measured():
    flips = np.random.default_rng(0).integers(0, 2, size=(1000, 1))
    loss, _ = rnn_tf.reference.sigmoid_cross_entropy(np.zeros((1000, 1)), flips)  # "one half"
    return _log10_of_chance(loss)


ROWS.append(
    Fault(
        id="B-001-23",
        section="§5.4 L302",
        kind="S",
        lesson="02_keras_model",
        title=(
            "A validation loss of 0.1 is reported for coin flips",
            "对抛硬币的标签报告了 0.1 的验证损失",
        ),
        why=(
            "The number was assumed, not measured. On 1000 labels that are independent of the "
            "inputs, a mean loss of 0.1 or less has a chance below 10 to the power of −257.",
            "这个数是假设的，不是测出来的。1000 个标签与输入无关时，平均损失不超过 0.1 的概率"
            "小于 10 的 −257 次方。",
        ),
        repair=(
            "Print what was measured, beside the loss of guessing.",
            "打印实际测得的数，并列出随机猜测的损失作对照。",
        ),
        at=("rnn_tf.course.session.Session.result", "rnn_tf.baselines.majority"),
        evidence=Wrong(
            Near(-257.6, 0.1),
            right=Near(0.0, 1e-6),
            what=(
                "power of ten that bounds the chance of the stated loss from above",
                "所报损失出现概率的上界是 10 的几次方",
            ),
        ),
        reproduce=loss_as_reported,
        repaired=loss_as_measured,
    )
)

ROWS.append(
    Fault(
        id="B-001-24",
        section="§5.2 L241–247",
        kind="D",
        lesson="02_keras_model",
        title=(
            "One sample a step, run eagerly, never shuffled",
            "每步只用一个样本，逐条即时执行，也不打乱",
        ),
        why=(
            "Every step pays Python's and TensorFlow's overhead for one sample: tens of minutes "
            "for "
            "what batches do in seconds. One sample's gradient is also noisy, and a fixed order is "
            "part of what is learnt.",
            "每个样本都要付一遍 Python 和 TensorFlow 的开销：分批几秒能完成的事，要跑几十分钟。"
            "单个样本的梯度噪声也大，固定的顺序还会影响学到的东西。",
        ),
        repair=(
            "Seeded, shuffled batches and a compiled step, written out in the training loop.",
            "用设好种子、打乱顺序的批和编译过的训练步，都写在训练循环里。",
        ),
        at=("rnn_tf.feeding.Batches", "rnn_tf.training.train_with_tape"),
    )
)

ROWS.append(
    Fault(
        id="B-001-25",
        section="§5.2 L249–254",
        kind="D",
        lesson="02_keras_model",
        title=(
            "Validation prints a loss alone: no accuracy, no baseline",
            "验证时只打印损失，没有准确率，也没有基线",
        ),
        why=(
            "0.69 looks like any other number. Only beside ln 2, or an accuracy of one half, does "
            "it say “this is guessing”.",
            "0.69 看起来跟别的数没什么两样。只有与 ln 2 或一半的准确率放在一起，"
            "才看得出“这是在随机猜测”。",
        ),
        repair=(
            "Every result stands beside its baseline: accuracy beside the majority class, loss "
            "beside ln 2.",
            "每个结果都与基线并列：准确率对照多数类，损失对照 ln 2。",
        ),
        at=(
            "rnn_tf.training.metrics.accuracy",
            "rnn_tf.baselines.majority",
            "rnn_tf.course.session.Session.result",
        ),
    )
)

ROWS.append(
    Fault(
        id="B-001-26",
        section="§4.3 L156–162; §5.2 L189–191, L264; §5.3 L289",
        kind="D",
        lesson="02_keras_model",
        title=(
            "Text and program describe different tasks",
            "正文与程序说的不是同一个任务",
        ),
        why=(
            "The worked case wants a label at every step, the program has one a sequence. The "
            "comment says that the loop runs over time steps; it runs over samples. And the data "
            "are not split: two sets are drawn apart.",
            "案例说每个时间步都有标签，程序却是一条序列一个标签。解说称循环遍历的是时间步，"
            "其实遍历的是样本。所谓“划分”数据也没有划分，而是分别抽了两份。",
        ),
        repair=(
            "A task is one function whose documentation states shapes, rule and floor; sets are "
            "cut from one draw.",
            "一个任务就是一个函数，文档里写明形状、规则和下限；各数据集由同一份数据切分。",
        ),
        at=(
            "rnn_tf.datasets.toy.running_parity",
            "rnn_tf.datasets.toy.first_bit",
            "rnn_tf.datasets.toy.split_examples",
        ),
    )
)


def one_start_state_for_all():
    cell = rnn_tf.reference.SimpleRNN(features=3, units=5)
    sequences = np.random.default_rng(0).normal(size=(4, 6, 3))
    whole = cell.forward(sequences).final_state

    state = cell.forward(sequences[:, :3]).final_state[:1]  # (1, units), as the article keeps it
    for t in range(3, 6):
        x = sequences[:, t] @ cell.weights["kernel"]
        state = np.tanh(x + state @ cell.weights["recurrent_kernel"])  # broadcasts in silence
    return np.max(np.abs(state - whole))


def one_state_for_each_sequence():
    cell = rnn_tf.reference.SimpleRNN(features=3, units=5)
    sequences = np.random.default_rng(0).normal(size=(4, 6, 3))
    whole = cell.forward(sequences).final_state

    state = cell.forward(sequences[:, :3]).final_state  # (4, units)
    state = cell.forward(sequences[:, 3:], initial_state=state).final_state
    return np.max(np.abs(state - whole))


ROWS.append(
    Fault(
        id="B-001-27",
        section="§5.2 L219–221, L251",
        kind="D",
        lesson="02_keras_model",
        title=(
            "The start state is made for a batch of one",
            "初始状态是按批大小为一准备的",
        ),
        why=(
            "Zeros broadcast to any batch, so it works as long as nothing is carried on. A state "
            "that holds something would be shared by all sequences of the batch.",
            "零可以广播成任意批大小，只要不传递状态就看不出问题。一旦状态里有内容，"
            "整批序列就会共用同一个状态。",
        ),
        repair=(
            "A state has the shape (batch, units), is asked for by that shape, and can be handed "
            "in: a sequence in two halves ends where the whole one does.",
            "状态的形状是 (batch, units)，传入时按此检查；一条序列分两半算，结果应与一次算完相同。",
        ),
        at=("rnn_tf.models.SequenceClassifier", "rnn_tf.reference.SimpleRNN"),
        evidence=Wrong(
            Between(0.01, 2.0),
            right=at_most(1e-12),
            what=(
                "last state of sequences read in two halves: distance from reading them at once",
                "序列分两半读入时，最后状态与一次读完的差",
            ),
        ),
        reproduce=one_start_state_for_all,
        repaired=one_state_for_each_sequence,
    )
)


def _largest_gradient(activation):
    """Of a loss on one output unit, for any of the unit's weights."""
    layer = keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=0))
    inputs = np.random.default_rng(0).normal(size=(8, 5)).astype("float32")
    labels = np.array([[0.0], [1.0]] * 4, dtype="float32")
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy()(labels, activation(layer(inputs)))
    return max(float(tf.reduce_max(tf.abs(g))) for g in tape.gradient(loss, layer.variables))


def softmax_of_one_unit():
    return _largest_gradient(tf.nn.softmax)


def sigmoid_of_one_unit():
    return _largest_gradient(tf.nn.sigmoid)


ROWS.append(
    Fault(
        id="B-001-28",
        section="§4.2 L149; §5.2 L217, L229, L269",
        kind="S",
        lesson="02_keras_model",
        title=(
            "The formula puts a softmax where the program has one output",
            "程序只有一个输出，公式却用 softmax",
        ),
        why=(
            "Softmax divides by the sum over the outputs. One output divided by itself is 1 "
            "whatever the logit is: no gradient. The program uses a sigmoid loss, so formula and "
            "program disagree.",
            "softmax 要除以各输出之和。只有一个输出时，自己除以自己，无论 logit 是多少都得 1，"
            "没有梯度。程序用的是 sigmoid 损失，与公式并不一致。",
        ),
        repair=(
            "One output: sigmoid. Two classes or more: softmax. Best inside the loss, on logits.",
            "一个输出用 sigmoid，两类及以上用 softmax；最好放在损失函数里，作用于 logits。",
        ),
        at=("rnn_tf.reference.softmax_cross_entropy", "rnn_tf.reference.sigmoid_cross_entropy"),
        versions=(
            "Keras hides it in training: its softmax activation hands the logits on, and "
            "BinaryCrossentropy reads them as for a sigmoid. The predictions are still all 1. "
            "Keras 3 warns of a softmax over one unit.",
            "Keras 在训练时会掩盖这个错误：它的 softmax 激活把 logits 一并传下去，"
            "BinaryCrossentropy 便按 sigmoid 处理；但预测值仍然全是 1。Keras 3 会对单个单元的 "
            "softmax 给出警告。",
        ),
        evidence=Wrong(
            0.0,
            right=Between(0.01, 10.0),
            what=("largest entry of the gradients", "梯度中最大的元素"),
        ),
        reproduce=softmax_of_one_unit,
        repaired=sigmoid_of_one_unit,
    )
)


def state_as_a_second_argument():
    class OneStep(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs, state):  # fit has no state to give
            return self.dense(inputs + state)

    model = OneStep()
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(np.zeros((4, 3)), np.zeros((4, 1)), verbose=0)


def state_with_a_default():
    model = rnn_tf.models.SequenceClassifier(units=4)  # call(inputs, initial_state=None, …)
    model.compile("sgd", "mse", run_eagerly=True)
    history = model.fit(np.zeros((4, 5, 3), "float32"), np.zeros((4, 1), "float32"), verbose=0)
    return len(history.history["loss"])


ROWS.append(
    Fault(
        id="B-001-29",
        section="§5.2 L212",
        kind="D",
        lesson="02_keras_model",
        title=(
            "The model must be called with a state, so fit cannot call it",
            "调用模型必须给出状态，fit 因此无法调用它",
        ),
        why=(
            "fit calls a model with its inputs and nothing else. A second argument without a "
            "default shuts out fit, evaluate and predict, and with them callbacks and saving.",
            "fit 调用模型时只给输入。第二个参数没有默认值，fit、evaluate、predict 就都用不了，"
            "回调和保存也跟着失去。",
        ),
        repair=(
            "initial_state=None, zeros if absent; and a configuration, so that the model can be "
            "saved.",
            "写成 initial_state=None，缺省取零；并提供配置，使模型可以保存。",
        ),
        at=("rnn_tf.models.SequenceClassifier",),
        evidence=Raises(
            "TypeError",
            "missing a required argument | missing 1 required positional argument",
            right=1,
            what=("epochs that fit has run", "fit 跑完的轮数"),
        ),
        reproduce=state_as_a_second_argument,
        repaired=state_with_a_default,
    )
)
