"""Checks of lesson 2's lab: the price of guessing, weights that Keras knows, one training step."""

import numpy as np

from rnn_tf.backend import keras, tf
from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import toy
from rnn_tf.models import SequenceClassifier


@exercise
def guessing(price):
    """``price(share)``: loss in nats of the best constant answer where ``share`` of labels is 1."""
    shares = np.array([0.5, 0.7, 0.9])
    ones, zeros = -shares * np.log(shares), -(1 - shares) * np.log(1 - shares)
    right = ones + zeros
    found = np.array([expect_number(price(float(share)), "price(share)") for share in shares])
    if np.allclose(found, found[0]):
        _refuse_constant(found[0])
    if np.allclose(found, -right):
        raise NotYet("the sign is turned round: a price is above 0.", "正负号反了：代价应大于 0。")
    if np.allclose(found, right / np.log(2)):
        raise NotYet(
            "that is in bits: nats come from the natural logarithm.",
            "这是以比特为单位的：要以奈特为单位，须用自然对数。",
        )
    if np.allclose(found, ones) or np.allclose(found, -np.log(shares)):
        raise NotYet(
            "you count the ones only: the zeros cost something too.",
            "你只算了标签为 1 的部分：标签为 0 的也有代价。",
        )
    expect_close(found, right, at_most=1e-6, name="price([0.5, 0.7, 0.9])")


def _refuse_constant(price):
    if price < np.log(2) - 1e-6:
        raise NotYet(
            f"{price:.3g} for a fair coin: nobody gets below ln 2 (B-001-23).",
            f"公平的硬币只损失 {price:.3g}：谁也低不过 ln 2（B-001-23）。",
        )
    raise NotYet(
        "the same price for every coin: where 90 % of the labels are 1, a better answer than "
        "one half is known.",
        "每种硬币的代价都一样：如果 90 % 的标签是 1，就有比“二分之一”更好的答案。",
    )


@exercise
def gain(layer_class):
    """A layer ``inputs * gain + shift`` with both trained; inputs (batch, features)."""
    inputs = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
    layer = layer_class()
    expect_shape(layer(inputs), (16, 3), "layer(inputs)")
    weights = layer.trainable_variables
    if not weights:
        raise NotYet(
            "Keras knows no trainable weight of your layer: an array or a tf.Variable is "
            "invisible to it (B-001-19).",
            "你的层里没有一个 Keras 认得的可训练权重：数组和 tf.Variable 它都看不见（B-001-19）。",
        )
    shapes = [tuple(weight.shape) for weight in weights]
    if shapes != [(3,), (3,)]:
        raise NotYet(
            f"Keras knows weights of the shapes {shapes}; wanted are two of shape (features,).",
            f"Keras 认得的权重形状是 {shapes}；应有两个，形状都是 (features,)。",
        )
    targets = 3 * inputs - 1
    for _ in range(60):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((layer(inputs) - targets) ** 2)
        gradients = tape.gradient(loss, weights)
        for weight, gradient in zip(weights, gradients, strict=True):
            if gradient is None:
                raise NotYet(
                    f"{weight.name} has the gradient None: call does not use it (B-001-20).",
                    f"{weight.name} 的梯度是 None：call 没有用到它（B-001-20）。",
                )
            weight.assign_sub(1.0 * gradient)
    if not float(loss) < 1e-3:
        raise NotYet(
            f"trained for 3 · inputs − 1 it keeps a loss of {float(loss):.3g}: is it really "
            "inputs * gain + shift?",
            f"以 3 · inputs − 1 为目标训练后，损失仍有 {float(loss):.3g}：算的真是 "
            "inputs * gain + shift 吗？",
        )


@exercise
def latch(w_x, w_h, b):
    """One unit that says, above 0.5, whether a 1 has occurred so far."""
    numbers = zip(("w_x", "w_h", "b"), (w_x, w_h, b), strict=True)
    w_x, w_h, b = (expect_number(value, name) for name, value in numbers)
    bits = (np.random.default_rng(0).random((200, 60)) < 0.05).astype(float)
    bits[0] = 0
    wanted = np.cumsum(bits, axis=1) > 0
    h, said = np.zeros(len(bits)), []
    for x in bits.T:
        h = np.tanh(w_x * x + w_h * h + b)
        said.append(h > 0.5)
    said = np.stack(said, axis=1)
    if np.any(said & ~wanted):
        raise NotYet(
            "it says yes before any 1 has come: without a 1 the sum must stay below 0.5.",
            "还没有出现 1，它就说“有”了：没有 1 的时候，tanh 里的和要压低。",
        )
    first = (wanted & (np.cumsum(bits, axis=1) == 1) & (bits == 1)).nonzero()
    if not said[first].all():
        raise NotYet(
            "the first 1 itself is not noticed: w_x is too small for what w_h and b hold against "
            "it.",
            "第一个 1 出现时它没有察觉：与 w_h 和 b 相比，w_x 太小。",
        )
    if not said[wanted].all():
        words = ("the old state does nothing", "旧状态没有起作用") if w_h == 0 else (
            "the state does not keep itself up", "状态维持不住自己")  # fmt: skip
        raise NotYet(
            f"the 1 is seen and then forgotten: {words[0]}. With x = 0 and h near 1, "
            "w_h · h + b must stay well above 0.",
            f"看到了 1，随后又忘了：{words[1]}。当 x = 0、h 接近 1 时，w_h · h + b 必须明显"
            "大于 0。",
        )


@exercise
def training_step(step):
    """``step(model, optimizer, loss, inputs, targets)`` trains once and returns the loss."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(32, 5)).astype("float32")
    targets = (inputs[:, :1] > 0).astype("float32")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)

    def fresh():
        made = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
        made.set_weights([np.full((5, 1), 0.3, "float32"), np.full(1, -0.2, "float32")])
        return made, keras.optimizers.SGD(0.5, momentum=0.9)

    model, optimizer = fresh()
    losses = [step(model, optimizer, loss, inputs, targets) for _ in range(3)]
    right_model, right_optimizer = fresh()
    right = [
        _right_step(right_model, right_optimizer, loss, inputs, targets, up=1) for _ in range(3)
    ]
    start = fresh()[0]
    uphill_model, uphill_optimizer = fresh()
    _right_step(uphill_model, uphill_optimizer, loss, inputs, targets, up=-1)
    if _apart(model, start) == 0:
        raise NotYet(
            "the weights have not moved: the optimizer must apply the gradients to them.",
            "权重没有变：要让优化器把梯度用到权重上。",
        )
    first = expect_number(losses[0], "the loss that step returns")
    if abs(first - float(loss(start(inputs), targets))) < 1e-6:
        raise NotYet(
            "the loss takes the targets first and the predictions second.",
            "损失函数先写目标，后写预测。",
        )
    if expect_number(losses[2]) > first:
        raise NotYet(
            "the loss rises: the gradient points uphill, and the optimizer subtracts it by itself.",
            "损失在上升：梯度指向上坡，减号由优化器自己加。",
        )
    if abs(first - right[0]) > 1e-5:
        raise NotYet(
            f"the first loss is {first:.4f}; before any step it should be {right[0]:.4f}.",
            f"第一个损失是 {first:.4f}；还没有更新时应为 {right[0]:.4f}。",
        )
    if _apart(model, right_model) > 1e-5:
        raise NotYet(
            f"after three steps the weights are {_apart(model, right_model):.2g} away from those "
            "of fit: one update a step, of all trainable weights, by the given optimizer.",
            f"三步之后，权重与 fit 的相差 {_apart(model, right_model):.2g}：每步更新一次，更新全部"
            "可训练权重，用给定的优化器。",
        )


def _right_step(model, optimizer, loss, inputs, targets, *, up):
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs))
    gradients = tape.gradient(value, model.trainable_variables)
    optimizer.apply([up * gradient for gradient in gradients], model.trainable_variables)
    return float(value)


def _apart(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


class _ForgottenBias(keras.Model):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 1), name="kernel")
        self.bias = self.add_weight(shape=(1,), name="bias")

    def call(self, inputs):
        return inputs[:, -1] @ self.kernel


class _Balanced(keras.Model):
    """The entries of its gradient add up to 0, and none of them is 0."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(2, 1), initializer="zeros", name="kernel")

    def call(self, inputs):
        first = inputs[:, -1, :1]
        return tf.concat([first, -first], axis=1) @ self.kernel


@exercise
def idle_weights(find):
    """``find(model, inputs, targets)`` gives the names of weights that get no gradient."""
    bits, parity = toy.running_parity(16, 5, seed=0)
    last = parity[:, -1]

    def names(model, inputs):
        model(inputs)
        try:
            found = find(model, inputs, last)
        except (AttributeError, TypeError, ValueError) as error:
            if isinstance(model, _ForgottenBias):
                raise NotYet(
                    "it stops where a gradient is None: a weight that the loss does not use has "
                    "the gradient None, not 0 (B-001-20).",
                    "遇到梯度为 None 的权重，它就停了：损失没有用到的权重，梯度是 None，不是 0"
                    "（B-001-20）。",
                ) from error
            raise
        if found is None or found is ...:
            raise NotImplementedError
        if not isinstance(found, (list, tuple, set)) or any(
            not isinstance(name, str) for name in found
        ):
            raise NotYet("a list of names is wanted.", "应返回一个名字的列表。")
        return set(found)

    keras.utils.set_random_seed(0)
    healthy = names(SequenceClassifier(4), bits)
    if healthy:
        raise NotYet(
            f"in a healthy network nothing is idle, and it names {sorted(healthy)}.",
            f"正常的网络里没有闲置的权重，它却报出 {sorted(healthy)}。",
        )
    if names(SequenceClassifier(4), bits.reshape(16, 1, 5)) != {"recurrent_kernel"}:
        raise NotYet(
            "five bits in one step: there the recurrent kernel is idle, its gradient is 0 "
            "everywhere (B-001-21). Your function does not find just that.",
            "五个比特放进一步时，循环权重矩阵是闲置的，它的梯度处处为 0（B-001-21）。"
            "你的函数没有恰好找出它。",
        )
    if names(_ForgottenBias(), bits) != {"bias"}:
        raise NotYet(
            "a bias that is declared and never added has the gradient None: it is idle too "
            "(B-001-20).",
            "声明了却没有加上的偏置，梯度是 None：它也是闲置的（B-001-20）。",
        )
    if names(_Balanced(), bits):
        raise NotYet(
            "one gradient has the entries +a and −a: their sum is 0, yet the weight moves. Look "
            "at the absolute values.",
            "有个梯度的元素是 +a 和 −a：和为 0，权重却在变。要看绝对值。",
        )


@exercise
def carries(network, least=0.99):
    """``network(bits)`` gives logits of running parity, right at 40 steps."""
    bits, parity = toy.running_parity(500, 40, seed=4040)
    logits = expect_shape(network(bits), (500, 40, 1), "network(bits)")
    right = ((logits > 0) == (parity > 0)).mean(axis=(0, 2))
    if right.mean() < least and np.all((logits >= 0) & (logits <= 1)):
        raise NotYet(
            "these are probabilities; logits are wanted, below 0 for even.",
            "这是概率；要的是 logits，偶数时小于 0。",
        )
    if right.mean() >= least:
        return
    if right[1:10].mean() < 0.6:
        raise NotYet(
            f"{right.mean():.3f} of the answers are right: chance. The network has not learnt "
            "the first ten steps; has the loss left its plateau?",
            f"只答对了 {right.mean():.3f}，与随机猜测无异。前十步都没学会；损失离开平台了吗？",
        )
    lost = int(np.argmax(right < least)) + 1
    raise NotYet(
        f"{right.mean():.3f} of the answers are right; from step {lost} on too many are wrong. "
        "What would make the states of odd and even keep apart for longer?",
        f"答对了 {right.mean():.3f}；从第 {lost} 步起错得太多。怎样才能让奇、偶两组状态更久地"
        "保持分开？",
    )
