# %% [markdown] lang="en"
# # 2. Your own keras.Model: the autopsy
#
# A program that trains and does not recur: article 001 (§5) prints it, to classify sequences of bits. Under Keras 3 it stops four times, one error after the other. Mended, it runs, and what runs has no recurrence.
#
# We hunt its faults in miniatures of our own, in the order in which a reader meets them. Before each cell: **what will happen?** Decide, then run it. Ids such as B-001-16 lead to the ledger's page of the fault.
# %% [markdown] lang="zh"
# # 2. 自己写 keras.Model：剖析
#
# 能训练、却没有循环的程序：文章 001（§5）用 TensorFlow 写了一个给比特序列分类的程序。在 Keras 3 下，它接连报错四次；改好之后能跑了，跑起来的东西却没有循环。
#
# 我们用自己写的小例子，按读者遇到的先后，一个个把错误找出来。每个单元格之前先想：**会发生什么？** 想好再运行。B-001-16 这样的编号，指向台账里该错误的那一页。
# %%
from rnn_tf.course import begin

lesson = begin("02_keras_model", part="autopsy")

import math
import time
from importlib import metadata

import keras
import numpy as np
import tensorflow as tf
from packaging.specifiers import SpecifierSet

from rnn_tf import models, training
from rnn_tf.course.figures import parity as figures
from rnn_tf.datasets import toy
from rnn_tf.errors import InputError
from rnn_tf.feeding import Batches
from rnn_tf.reference import SimpleRNN

rng = np.random.default_rng(0)

# %% [markdown] lang="en"
# ## 1. The set-up
#
# The article makes an environment with Python 3.8, installs `tensorflow` and `tensorflow-gpu` side by side, and names no versions. What would this course's package say to Python 3.8?
# %% [markdown] lang="zh"
# ## 1. 装环境
#
# 文章建一个 Python 3.8 的环境，把 `tensorflow` 和 `tensorflow-gpu` 一起装上，都不写版本。对于 Python 3.8，本课程的包会怎么说？
# %%
wanted = SpecifierSet(metadata.metadata("rnn-tf")["Requires-Python"])
print(f"Python wanted: {wanted}. Is 3.8 accepted? {'3.8' in wanted}")
print("installed: TensorFlow", tf.__version__, "Keras", keras.__version__)
assert "3.8" not in wanted
lesson.ledger("B-001-13", "B-001-14", "B-001-15")

# %% [markdown] lang="en"
# ## 2. Bits times weights
#
# The bits come from `np.random.randint`. The first thing the model does is to multiply them by its weights.
# %% [markdown] lang="zh"
# ## 2. 比特乘权重
#
# 比特由 `np.random.randint` 抽出，模型做的第一件事就是把它们与权重相乘。
# %%
bits = rng.integers(0, 2, size=(4, 10))
print("bits are", bits.dtype)
lesson.fails(lambda: tf.matmul(bits, tf.ones((10, 20))), tf.errors.InvalidArgumentError)
# %% [markdown] lang="en"
# NumPy would have converted them, TensorFlow does not. The repair is one word, where the data are made: `bits.astype("float32")`.
# %% [markdown] lang="zh"
# NumPy 会自动转换，TensorFlow 不会。在生成数据的地方加一个词就好：`bits.astype("float32")`。
# %%
print(tf.matmul(bits.astype("float32"), tf.ones((10, 20))).shape)
lesson.ledger("B-001-16")

# %% [markdown] lang="en"
# ## 3. Labels beside logits
#
# Four labels of shape (4,), four logits of shape (4, 1). What does TensorFlow's loss say? And once the shape is mended?
# %% [markdown] lang="zh"
# ## 3. 标签与 logits
#
# 四个标签，形状 (4,)；四个 logit，形状 (4, 1)。TensorFlow 的损失函数会怎么说？形状改好之后呢？
# %%
labels = np.array([1, 0, 1, 0])
logits = tf.constant([[2.0], [-1.0], [0.5], [-3.0]])
cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
lesson.fails(lambda: cross_entropy(labels=labels, logits=logits), ValueError)
column = labels[:, None]
lesson.fails(
    lambda: cross_entropy(labels=column, logits=logits),
    (tf.errors.InvalidArgumentError, TypeError, ValueError),
)
# %% [markdown] lang="en"
# Two errors, one behind the other: shape, then number type. The mended line needs labels of shape (4, 1) *and* of type float32.
#
# Somebody who is tired of such errors writes the loss by hand. NumPy takes whatever it gets. **How many losses are there for four labels?**
# %% [markdown] lang="zh"
# 两个错误，一个躲在另一个后面：先是形状，再是数值类型。标签要改成形状 (4, 1)，**而且**是 float32。
#
# 被这类报错弄烦的人，会干脆自己写损失。NumPy 给什么就收什么。**四个标签，会算出几个损失？**
# %%
z = logits.numpy()
by_hand = np.logaddexp(0, z) - labels * z
kept = np.logaddexp(0, z) - column * z
print(f"labels {labels.shape}: {by_hand.size} losses, mean {by_hand.mean():.3f}")
print(f"labels {column.shape}: {kept.size} losses, mean {kept.mean():.3f}")
assert (by_hand.size, kept.size) == (16, 4) and abs(by_hand.mean() - kept.mean()) > 0.01
# %% [markdown] lang="en"
# Every logit was compared with every label. Nothing fails, and the mean looks like any loss. The test that finds it: **look at the shape of the losses before you take their mean.**
# %% [markdown] lang="zh"
# 每个 logit 都和所有标签比了一遍。没有报错，均值看上去也像个正常的损失。能发现它的检验是：**取均值之前，先看损失的形状。**
# %%
lesson.ledger("B-001-17", "B-001-18")

# %% [markdown] lang="en"
# ## 4. Weights that nobody knows
#
# The article's model keeps each weight as `tf.Variable`. How many trainable weights does Keras count, and what does the optimizer do with them?
# %% [markdown] lang="zh"
# ## 4. 没人认得的权重
#
# 文章的模型把每个权重都写成 `tf.Variable`。Keras 数出几个可训练权重？优化器会怎么办？


# %%
class Bare(keras.Model):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.ones((10, 1)))

    def call(self, inputs):
        return inputs[:, :, 0] @ self.w


bare = Bare()
bits, parity = toy.running_parity(256, 10, seed=0)
print("trainable weights:", len(bare.trainable_variables))


def one_update():
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(bare(bits) ** 2)
    gradients = tape.gradient(value, bare.trainable_variables)
    keras.optimizers.Adam().apply_gradients(zip(gradients, bare.trainable_variables))


lesson.fails(one_update, ValueError)
# %% [markdown] lang="en"
# A message about unpacking, and no word about the cause. Had the model *one* weight that Keras knows, there would be no message at all, as in the lesson. The library's loop names the cause.
# %% [markdown] lang="zh"
# 报的是拆包出错，原因一字未提。模型里只要有**一个** Keras 认得的权重，就连错也不报了，课上已经看到。本库的训练循环会指出原因。
# %%
from_logits = keras.losses.BinaryCrossentropy(from_logits=True)
batches = Batches(bits, parity[:, -1], 64)
given = {"optimizer": keras.optimizers.Adam(), "loss": from_logits}
lesson.fails(lambda: training.train_with_tape(bare, batches, **given), InputError)
lesson.ledger("B-001-19")

# %% [markdown] lang="en"
# ## 5. A bias that is declared
#
# The article declares a hidden bias of 20 numbers and leaves it out of the sum. Is its gradient zero?
# %% [markdown] lang="zh"
# ## 5. 声明过的偏置
#
# 文章声明了 20 个数的隐藏层偏置，求和时却漏了它。它的梯度是零吗？


# %%
class WithoutBias(keras.Model):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[1], 1), name="w")
        self.bias = self.add_weight(shape=(1,), name="bias")

    def call(self, inputs):
        return inputs[:, :, 0] @ self.w


lazy = WithoutBias()
with tf.GradientTape() as tape:
    value = from_logits(parity[:, -1], lazy(bits))
for weight, gradient in zip(lazy.weights, tape.gradient(value, lazy.weights)):
    print(weight.name, None if gradient is None else gradient.shape)
lesson.fails(lambda: training.train_with_tape(lazy, batches, **given), InputError)
# %% [markdown] lang="en"
# Not zero: `None`. The loss does not depend on it. `fit` only warns; the library's loop stops and names the weight.
# %% [markdown] lang="zh"
# 不是零，是 `None`：损失根本不依赖它。`fit` 只给一条警告；本库的循环会停下来，并报出权重的名字。
# %%
lesson.ledger("B-001-20")

# %% [markdown] lang="en"
# ## 6. The fault that raises nothing
#
# With all this mended the program trains. It feeds ten bits as *one* step of ten features, always from a zero state.
# %% [markdown] lang="zh"
# ## 6. 不报错的那个错误
#
# 以上都改好，程序就能训练了。它把十个比特当作**一个**时间步的十个特征送进去，状态总是从零开始。
# %%
titles = ("one step of five features", "five steps of one feature")
lesson.figure(figures.one_step_or_many((1, 0, 1, 1, 0), titles=titles), "one_step_or_many")
# %% [markdown] lang="en"
# **Which weights get no gradient?** We ask the tape, once for one step of ten features and once for ten steps of one.
# %% [markdown] lang="zh"
# **哪些权重得不到梯度？** 问问梯度带：一次是一步十个特征，一次是十步、每步一个特征。


# %%
def gradient_sizes(inputs, targets):
    """Largest absolute gradient of each weight of a fresh model, by name."""
    keras.utils.set_random_seed(0)
    model = models.SequenceClassifier(20)
    with tf.GradientTape() as tape:
        value = from_logits(targets, model(inputs))
    gradients = tape.gradient(value, model.trainable_variables)
    sizes = {w.name: float(abs(g.numpy()).max()) for w, g in zip(model.weights, gradients)}
    return model, sizes


last = parity[:, -1]
model, wrong_way = gradient_sizes(bits.reshape(256, 1, 10), last)
_, right_way = gradient_sizes(bits, last)
columns = ["weight", "gradient, 1 step of 10", "gradient, 10 steps of 1"]
lesson.table(columns, [[name, wrong_way[name], right_way[name]] for name in wrong_way])
idle = math.prod(model.recurrent_kernel.shape)
total = model.count_params()
print(f"{idle} of {total} numbers get a gradient of exactly 0.")
assert (idle, total, wrong_way["recurrent_kernel"]) == (400, 641, 0.0)
assert right_way["recurrent_kernel"] > 0
# %% [markdown] lang="en"
# Zero times the recurrent kernel is zero, so that matrix cannot matter. It is recurrent in name only. Together with the idle bias, 420 of the article's 641 numbers never train.
#
# Remember the test, *does anything recur?* **The recurrent kernel must get a gradient, and swapping two unequal steps must change the logits.** Our models refuse a single step (see 11 below).
# %% [markdown] lang="zh"
# 零乘循环权重矩阵还是零，这个矩阵就不起任何作用：名为循环、实则不循环。加上闲置的偏置，文章的 641 个数里有 420 个从未得到训练。
#
# 记住这个检验：**真的有循环吗？循环权重矩阵的梯度不能是零；交换两个取值不同的时间步，logits 必须改变。** 只有一个时间步的输入，本库的模型会拒收（见第 11 节）。
# %%
assert idle + 20 == 420
lesson.ledger("B-001-21")

# %% [markdown] lang="en"
# ## 7. A loss without a neighbour
#
# The article's labels are coin flips, and it prints the validation loss alone: 0.1. The lesson showed both. Here is the same mistake in small: two models, two losses. **Which model has learnt something?**
# %% [markdown] lang="zh"
# ## 7. 孤零零的损失
#
# 文章的标签是抛硬币抛出来的，验证时只打印一个损失：0.1。两件事课上都看过了。这里是同样的错误的缩影：两个模型，两个损失。**哪个模型学到了东西？**
# %%
many = rng.random((20_000, 1))
rare, fair = (many < 0.1).astype("float32"), (many < 0.5).astype("float32")
always = np.full((20_000, 1), math.log(0.1 / 0.9), "float32")
hints = np.where(rng.random((20_000, 1)) < 0.7, fair, 1 - fair)
informed = (hints * 2 - 1) * math.log(0.7 / 0.3)
losses = [float(from_logits(rare, always)), float(from_logits(fair, informed))]
print(f"model A: {losses[0]:.3f}   model B: {losses[1]:.3f}")
floors = [-sum(p * math.log(p) for p in (share, 1 - share)) for share in (0.1, 0.5)]
print(f"guessing: {floors[0]:.3f} for the labels of A, {floors[1]:.3f} for those of B")
assert losses[0] > floors[0] - 0.01 and losses[1] < floors[1] - 0.05
# %% [markdown] lang="en"
# A has the lower loss and knows nothing: one label in ten is 1, and it says "one tenth" every time. B has the higher loss and knows something. A loss says nothing until the price of guessing stands beside it.
# %% [markdown] lang="zh"
# A 的损失低，却什么也不懂：标签里十个有一个是 1，它每次都答“十分之一”。B 的损失高，却真学到了东西。损失旁边没有猜测的代价作对照，就什么也说明不了。
# %%
lesson.ledger("B-001-22", "B-001-23", "B-001-25")

# %% [markdown] lang="en"
# ## 8. One output and a softmax
#
# The article's formula is $\hat y_t = \operatorname{softmax}(W_y h_t + b_y)$; its program has one output. **What is the softmax of −3, of 0, of 5, each by itself?**
# %% [markdown] lang="zh"
# ## 8. 一个输出，套上 softmax
#
# 文章的公式是 $\hat y_t = \operatorname{softmax}(W_y h_t + b_y)$，程序却只有一个输出。**−3、0、5 各自取 softmax，得多少？**
# %%
one_logit = tf.Variable([[-3.0], [0.0], [5.0]])
with tf.GradientTape() as tape:
    certain = tf.nn.softmax(one_logit)
    value = -tf.reduce_mean(tf.math.log(certain))
print("softmax:", certain.numpy().ravel(), " sigmoid:", tf.sigmoid(one_logit).numpy().ravel())
slope = tape.gradient(value, one_logit).numpy()
print("gradient:", slope.ravel())
assert (certain.numpy() == 1).all() and (slope == 0).all()
# %% [markdown] lang="en"
# Always 1, with a gradient of zero: nothing would ever be learnt. One yes-or-no question needs one logit and a sigmoid; one of $K \ge 2$ classes needs $K$ logits and a softmax. Both stand best inside the loss, `from_logits=True`.
# %% [markdown] lang="zh"
# 恒等于 1，梯度为零：什么也学不到。一个是非题用一个 logit 和 sigmoid；$K \ge 2$ 个类别选一个，用 $K$ 个 logit 和 softmax。两者都最好交给损失函数来算：`from_logits=True`。
# %%
lesson.ledger("B-001-28", "F-001-03")

# %% [markdown] lang="en"
# ## 9. The state as an argument
#
# The article calls its model with inputs and a state. **Can `fit` do that?**
# %% [markdown] lang="zh"
# ## 9. 状态作为参数
#
# 文章调用模型时，除了输入还要给状态。**`fit` 做得到吗？**


# %%
class AsksForState(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs, state):
        return self.dense(inputs + state)


asks = AsksForState()
asks.compile("sgd", "mse", run_eagerly=True)
lesson.fails(lambda: asks.fit(np.zeros((4, 3)), np.zeros((4, 1)), verbose=0), TypeError)
# %% [markdown] lang="en"
# `fit` gives inputs and nothing else. So: `call(self, inputs, initial_state=None)`, zeros if absent.
#
# And the state has *one row*, zeros of shape (1, units). Zeros broadcast to any batch, so nobody notices, until the state holds something. We read four sequences in two halves. **How far is the last state from reading them at once, if the first row is handed on for all?**
# %% [markdown] lang="zh"
# `fit` 只给输入，别的什么也不给。所以要写成 `call(self, inputs, initial_state=None)`，不给就用零。
#
# 还有，那个状态只有**一行**：形状为 (1, units) 的零。零可以广播成任意批大小，没人会察觉，直到状态里有了内容。把四条序列分两半读：**如果只把第一行传给全体，最后的状态与一次读完差多少？**
# %%
cell = SimpleRNN(features=3, units=5)
sequences = rng.normal(size=(4, 6, 3))
whole = cell.forward(sequences).final_state
between = cell.forward(sequences[:, :3]).final_state
for name, state in {"one row for all": between[:1], "a row for each": between}.items():
    state = np.broadcast_to(state, (4, 5))
    final = cell.forward(sequences[:, 3:], initial_state=state).final_state
    print(f"{name}: off by {abs(final - whole).max():.2g}")
assert abs(final - whole).max() < 1e-12
lesson.ledger("B-001-27", "B-001-29")

# %% [markdown] lang="en"
# ## 10. One sample at a time
#
# The article takes an optimizer step for every single sample, uncompiled and in a fixed order. **How much faster is a batch of 128, for each sample?** Guess a factor.
# %% [markdown] lang="zh"
# ## 10. 一次一个样本
#
# 文章每处理一个样本就更新一次权重，不编译，顺序也固定。**换成每批 128 个，平摊到每个样本，速度是原来的几倍？** 先猜一个数。
# %%
slow = models.SequenceClassifier(20, return_sequences=True)
slow(bits[:1])
adam = keras.optimizers.Adam(0.01)
adam.build(slow.trainable_variables)


def single_step(number):
    with tf.GradientTape() as tape:
        value = from_logits(parity[number : number + 1], slow(bits[number : number + 1]))
    adam.apply(tape.gradient(value, slow.trainable_variables), slow.trainable_variables)


single_step(0)
samples = lesson.pick(class_mode=20, full=100)
start = time.perf_counter()
for number in range(samples):
    single_step(number)
one_by_one = (time.perf_counter() - start) / samples

quick = models.SequenceClassifier(20, return_sequences=True)
quick.compile(keras.optimizers.Adam(0.01), from_logits, steps_per_execution=20)
many_bits, many_parities = toy.running_parity(128 * 20, 10, seed=0)
quick.fit(many_bits, many_parities, batch_size=128, verbose=0)  # the first time it is compiled
start = time.perf_counter()
quick.fit(many_bits, many_parities, batch_size=128, epochs=3, verbose=0)
in_batches = (time.perf_counter() - start) / (3 * len(many_bits))
print(f"A sample takes {one_by_one * 1e3:.1f} ms alone, {in_batches * 1e3:.3f} ms in a batch.")
lesson.result("batch_speedup", one_by_one / in_batches, baseline=1)
# %% [markdown] lang="en"
# The program is also not the one that the text describes: the text wants a label at every step, the program has one a sequence; the text says that the loop runs over time steps, it runs over samples.
# %% [markdown] lang="zh"
# 程序与正文说的也不是一回事：正文要求每个时间步都有标签，程序却是一条序列一个标签；正文说循环遍历的是时间步，其实遍历的是样本。
# %%
lesson.ledger("B-001-24", "B-001-26")

# %% [markdown] lang="en"
# ## 11. Named before training starts
#
# `models.SequenceClassifier` is the lesson's `MyRNN` with more comfort. Five mistakes, five lines. The last one gives targets with a time axis to a model that answers once a sequence. **With a squared error, what would Keras alone say to that?**
# %% [markdown] lang="zh"
# ## 11. 训练之前就指出来
#
# `models.SequenceClassifier` 与课上的 `MyRNN` 相同，只是更周到。五种错误，五行提示。最后一种是：目标带时间轴，模型却每个序列只答一次。**如果用均方误差，Keras 自己会怎么说？**


# %%
def try_to_fit(inputs, targets):
    model = models.SequenceClassifier(4)
    model.compile("adam", from_logits)
    model.fit(inputs, targets, verbose=0)


lesson.fails(lambda: try_to_fit(bits[:, :, 0], last), ValueError)
lesson.fails(lambda: try_to_fit(bits.astype(int), last), ValueError)
lesson.fails(lambda: try_to_fit(bits.reshape(256, 1, 10), last), ValueError)
lesson.fails(lambda: try_to_fit(bits, last[:, 0]), ValueError)
lesson.fails(lambda: try_to_fit(bits, parity), ValueError)

alone = keras.Sequential([keras.layers.SimpleRNN(4), keras.layers.Dense(1)])
alone.compile("adam", "mse", run_eagerly=True)
alone.fit(bits, parity, verbose=0)
print("Keras alone: answers", alone(bits).shape, "targets", parity.shape, "and no complaint")
# %% [markdown] lang="en"
# The answers, one a sequence, were broadcast over the steps: the model learns the mean of its targets, and nobody is told.
#
# ## What else the ledger has on this lesson
# %% [markdown] lang="zh"
# 每个序列的一个回答被广播到所有时间步，模型学到的是目标的平均值，谁也没有得到提示。
#
# ## 台账里与本课有关的其余条目
# %%
lesson.ledger()
