"""Article 001, what the TensorFlow program feeds and declares: B-001-16 to B-001-21."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras, tf
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong

ROWS = []


def whole_number_inputs():
    inputs = np.random.default_rng(0).integers(0, 2, size=(1, 10))  # int64
    return tf.matmul(inputs, tf.ones((10, 4)))


def float_inputs():
    inputs = np.random.default_rng(0).integers(0, 2, size=(1, 10, 1))
    return tuple(rnn_tf.models.SequenceClassifier(units=4)(inputs.astype("float32")).shape)


ROWS.append(
    Fault(
        id="B-001-16",
        section="§5.2 L263, L265",
        kind="R",
        lesson="02_keras_model",
        title=("Whole numbers are multiplied by float weights", "整数输入直接与浮点权重相乘"),
        why=(
            "TensorFlow never converts number types by itself, unlike NumPy. Random bits drawn by "
            "NumPy are int64; weights are float32.",
            "TensorFlow 不像 NumPy 那样自动转换数值类型。NumPy 抽出的随机位是 int64，"
            "权重则是 float32。",
        ),
        repair=(
            "inputs.astype('float32') where the data are made; the library's models say so if it "
            "is forgotten.",
            "在生成数据处写 inputs.astype('float32')；忘记了的话，本库的模型会提示。",
        ),
        at=("rnn_tf.models.SequenceClassifier", "rnn_tf.datasets.toy.running_parity"),
        versions=(
            "The same error in Keras 2 and Keras 3. Keras layers convert inputs; tf.matmul does "
            "not.",
            "Keras 2 与 Keras 3 报同样的错。Keras 自带的层会转换输入，tf.matmul 不会。",
        ),
        evidence=Raises(
            "InvalidArgumentError",
            "was expected to be a int64 tensor but is a float tensor",
            right=(1, 1),
            what=("shape of the logits", "logits 的形状"),
        ),
        reproduce=whole_number_inputs,
        repaired=float_inputs,
    )
)


def labels_without_a_column():
    logits = tf.zeros((4, 1))
    labels = tf.constant([0.0, 1.0, 1.0, 0.0])  # (4,)
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


def labels_shaped_like_the_logits():
    logits = tf.zeros((4, 1))
    labels = tf.constant([[0.0], [1.0], [1.0], [0.0]])  # (4, 1), float like the logits
    return float(keras.losses.BinaryCrossentropy(from_logits=True)(labels, logits))


ROWS.append(
    Fault(
        id="B-001-17",
        section="§5.2 L264, L266",
        kind="R",
        lesson="02_keras_model",
        title=(
            "Labels of shape (count,) against logits of shape (count, 1)",
            "标签形状是 (count,)，而 logits 是 (count, 1)",
        ),
        why=(
            "The loss wants one label for each logit, in the same shape. Once that is mended it "
            "stops again, because the labels are int64 and the logits float32.",
            "损失函数要求标签与 logits 形状相同。形状改好之后还会再报一次错："
            "标签是 int64，logits 是 float32。",
        ),
        repair=(
            "Labels as float32 of shape (count, 1).",
            "标签用 float32，形状 (count, 1)。",
        ),
        at=("rnn_tf.shapes.check_shapes", "rnn_tf.datasets.toy.first_bit"),
        evidence=Raises(
            "ValueError",
            "must have the same shape",
            right=Near(float(np.log(2)), 1e-5),
            what=("the loss of logits that are all 0, ln 2", "logits 全为 0 时的损失，即 ln 2"),
        ),
        reproduce=labels_without_a_column,
        repaired=labels_shaped_like_the_logits,
    )
)


def _logits_and_labels():
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, size=(200, 1)).astype("float32")
    return (3.0 * (labels - 0.5) + random.normal(size=(200, 1))).astype("float32"), labels


def hand_written_loss_broadcasts():
    logits, labels = _logits_and_labels()
    labels = labels[:, 0]  # (200,) against (200, 1)
    losses = np.logaddexp(0.0, logits) - labels * logits
    return losses.size, losses.mean()


def loss_that_keeps_the_shape():
    logits, labels = _logits_and_labels()
    losses = np.logaddexp(0.0, logits) - labels * logits
    of_keras = keras.losses.BinaryCrossentropy(from_logits=True)(labels, logits)
    return losses.size, float(of_keras)


ROWS.append(
    Fault(
        id="B-001-18",
        section="§5.2 L228–229",
        kind="S",
        lesson="02_keras_model",
        title=(
            "A cross-entropy written by hand turns count losses into count × count",
            "自己写的交叉熵把 count 个损失变成了 count × count 个",
        ),
        why=(
            "This is the trap behind B-001-17. (count,) against (count, 1) broadcasts to a square: "
            "every logit is compared with every label. The mean of it is a plausible number.",
            "这是修 B-001-17 时容易掉进的坑。(count,) 与 (count, 1) 会广播成方阵，"
            "每个 logit 都和所有标签比了一遍，而求出来的均值看上去还挺合理。",
        ),
        repair=(
            "Keep both (count, 1), or use the loss of Keras; look at the shape of the losses "
            "before "
            "taking the mean.",
            "两者都保持 (count, 1)，或直接用 Keras 的损失；取均值之前先看一眼损失的形状。",
        ),
        at=("rnn_tf.reference.sigmoid_cross_entropy", "rnn_tf.shapes.check_shapes"),
        evidence=Wrong(
            (40000, Between(0.8, 1.5)),
            right=(200, Between(0.1, 0.5)),
            what=(
                "how many losses there are for 200 samples, and their mean",
                "200 个样本得到多少个损失，以及它们的均值",
            ),
        ),
        reproduce=hand_written_loss_broadcasts,
        repaired=loss_that_keeps_the_shape,
    )
)


def bare_variables():
    class Line(keras.Model):
        def __init__(self):
            super().__init__()
            self.kernel = tf.Variable(tf.ones((3, 1)))  # Keras 3 does not see it

        def call(self, inputs):
            return tf.matmul(inputs, self.kernel)

    model, optimizer = Line(), keras.optimizers.SGD()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(tf.ones((2, 3))) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))


def weights_that_keras_knows():
    model, optimizer = rnn_tf.models.SequenceClassifier(units=4), keras.optimizers.SGD()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(tf.ones((2, 3, 1))) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return len(model.trainable_variables)


ROWS.append(
    Fault(
        id="B-001-19",
        section="§5.2 L206–210, L246–247",
        kind="R",
        lesson="02_keras_model",
        title=(
            "Weights are bare TensorFlow variables on a Keras model",
            "Keras 模型的权重用了裸的 TensorFlow 变量",
        ),
        why=(
            "Keras 3 keeps its own variables and does not look for TensorFlow's. The list of "
            "trainable weights is empty, and the optimizer fails over unpacking nothing: a "
            "message that names neither.",
            "Keras 3 只认自己的变量，不会去找 TensorFlow 的。可训练权重列表是空的，"
            "优化器在拆包时报错，而报错信息完全没有提到原因。",
        ),
        repair=(
            "self.add_weight(...) in build, so that Keras tracks, saves and loads the weight.",
            "在 build 里用 self.add_weight(...)，由 Keras 跟踪、保存和载入。",
        ),
        at=("rnn_tf.models.SequenceClassifier", "rnn_tf.training.train_with_tape"),
        versions=(
            "Keras 3 only. Keras 2 tracks the variables, and the program trains from here on.",
            "只在 Keras 3 出现。Keras 2 会跟踪这些变量，程序从这里起可以训练。",
        ),
        evidence=Raises(
            "ValueError",
            "not enough values to unpack (expected 2, got 0)",
            right=5,
            what=("number of trainable weights after a step", "训练一步后可训练权重的个数"),
        ),
        reproduce=bare_variables,
        repaired=weights_that_keras_knows,
    )
)


def _without_gradient(model, inputs):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(inputs) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    pairs = zip(model.trainable_variables, gradients, strict=True)
    return ", ".join(weight.name for weight, gradient in pairs if gradient is None)


def bias_declared_only():
    class OneStep(keras.Model):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], 4), name="kernel")
            self.bias = self.add_weight(shape=(4,), name="bias")

        def call(self, inputs):
            return tf.tanh(tf.matmul(inputs, self.kernel))

    return _without_gradient(OneStep(), tf.ones((2, 3)))


def bias_added():
    return _without_gradient(rnn_tf.models.SequenceClassifier(units=4), tf.ones((2, 3, 1)))


ROWS.append(
    Fault(
        id="B-001-20",
        section="§5.2 L209, L215",
        kind="S",
        lesson="02_keras_model",
        title=(
            "The hidden bias is declared, but its gradient is None",
            "隐藏层偏置声明了，梯度却是 None",
        ),
        why=(
            "A weight that the loss does not depend on has no gradient: None, not zero. Keras only "
            "warns that gradients do not exist, and the bias stays where it started.",
            "损失不依赖的权重没有梯度，得到的是 None，而不是零。Keras 只给一条警告，"
            "偏置就一直停在初始值。",
        ),
        repair=(
            "Add the bias inside the tanh. The library's training loop raises for a weight without "
            "a gradient.",
            "把偏置加进 tanh 里。本库的训练循环遇到没有梯度的权重会报错。",
        ),
        at=("rnn_tf.models.SequenceClassifier", "rnn_tf.training.train_with_tape"),
        versions=(
            "The warning is the same in Keras 2, where the program gets this far.",
            "Keras 2 的警告相同，而且程序在那里确实能运行到这一步。",
        ),
        evidence=Wrong(
            "bias",
            right="",
            what=("weights whose gradient is None", "梯度为 None 的权重"),
        ),
        reproduce=bias_declared_only,
        repaired=bias_added,
    )
)


def _recurrent_gradient(bits):
    """Largest entry of the recurrent kernel's gradient."""
    model = rnn_tf.models.SequenceClassifier(units=20)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(bits) ** 2)
    return float(tf.reduce_max(tf.abs(tape.gradient(loss, model.recurrent_kernel))))


def ten_bits_as_one_step():
    bits = np.random.default_rng(0).integers(0, 2, size=(8, 10)).astype("float32")
    return _recurrent_gradient(bits[:, None, :])  # (8, 1, 10): one step of ten features


def ten_bits_as_ten_steps():
    bits = np.random.default_rng(0).integers(0, 2, size=(8, 10)).astype("float32")
    return _recurrent_gradient(bits[:, :, None])  # (8, 10, 1): ten steps of one bit


ROWS.append(
    Fault(
        id="B-001-21",
        section="§5.2 L212–217, L243–244",
        kind="S",
        lesson="02_keras_model",
        title=(
            "Ten bits go in as one step, so nothing recurs",
            "十个二进制位作为一个时间步输入，没有任何循环",
        ),
        why=(
            "With one step and a state of zeros the recurrent kernel multiplies zeros: its "
            "gradient is exactly 0 and two thirds of the program's weights never move. What runs "
            "is a plain dense layer.",
            "只有一个时间步，初始状态又是零，循环权重矩阵乘的全是零：梯度恰好为 0，"
            "程序里三分之二的权重从不改变。实际运行的只是一个全连接层。",
        ),
        repair=(
            "(batch, 10, 1): ten steps of one bit, with the state carried from step to step.",
            "输入取 (batch, 10, 1)：十个时间步，每步一位，状态逐步传递。",
        ),
        at=("rnn_tf.models.SequenceClassifier", "rnn_tf.shapes.check_shapes"),
        evidence=Wrong(
            0.0,
            right=Between(1e-5, 100.0),
            what=(
                "largest entry of the recurrent kernel's gradient",
                "循环权重矩阵梯度中最大的元素",
            ),
        ),
        reproduce=ten_bits_as_one_step,
        repaired=ten_bits_as_ten_steps,
    )
)
