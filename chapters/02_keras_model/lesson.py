# %% [markdown] lang="en"
# # 2. Your own keras.Model
#
# After this lesson you can
#
# * write a recurrent network as a `keras.Model` that `fit` trains and Keras saves,
# * test in seconds whether a model recurs at all,
# * recognise chance level, and a reported loss that cannot be true,
# * write the training loop that `fit` hides, and show that both give the same weights,
# * say what a network trained on 10 steps does on 40.
#
# On two free cores class mode takes about half a minute, full mode about one; both need less than 1.2 GB. Lesson 1 is enough to know beforehand.
#
# Article 001 (§5) prints a TensorFlow program that classifies bit sequences. Under Keras 3 it stops four times, one error after the other. Mended, it runs, and has no recurrence. Numbers like B-001-19 name its faults in the ledger.
# %% [markdown] lang="zh"
# # 2. 自己写 keras.Model
#
# 学完这一课，你能够：
#
# * 把循环神经网络写成 `keras.Model`，能用 `fit` 训练，能由 Keras 保存；
# * 用几秒钟检验一个模型到底有没有循环；
# * 认出随机猜测的水平，认出不可能属实的损失值；
# * 写出 `fit` 背后的训练循环，并证明两者得到同样的权重；
# * 说出只在 10 步上训练的网络，到了 40 步表现如何。
#
# 两个核心空闲时，课堂模式约半分钟，完整模式约一分钟，内存都在 1.2 GB 以内。学过第 1 课即可。
#
# 文章 001（§5）给出一个用 TensorFlow 给比特序列分类的程序。在 Keras 3 下它接连报错四次；逐一改好之后能跑了，却没有循环。B-001-19 这样的编号，对应这些错误在台账里的条目。
# %%
from rnn_tf.course import begin

lesson = begin("02_keras_model")

import math
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf import baselines, feeding, ledger, models, training
from rnn_tf.course import figures
from rnn_tf.backend import keras, tf
from rnn_tf.datasets import toy
from rnn_tf.training import metrics

# %% [markdown] lang="en"
# ## The idea in one figure
#
# Ten bits can enter a network in two ways. All at once, as ten features of one step: then the state is never handed on. Or one bit a step: then the state carries what was seen so far, and the same weights work at every step.
# %% [markdown] lang="zh"
# ## 一张图看懂
#
# 十个比特进入网络有两种方式。一种是一次全部送入，当作一个时间步的十个特征：隐藏状态从不往下传。另一种是每个时间步送一个比特：隐藏状态记着到目前为止看到的内容，每一步用的是同一组权重。
# %%
BITS = (1, 0, 1, 1, 0)
figure, (at_once, in_turn) = plt.subplots(
    1, 2, figsize=(7.4, 2.9), width_ratios=[1, 1.5], layout="constrained"
)


def box(axis, x, y, words, colour):
    frame = {"boxstyle": "circle,pad=0.35", "facecolor": "white", "edgecolor": colour, "lw": 2}
    axis.text(x, y, words, ha="center", va="center", bbox=frame, fontsize=10, zorder=3)


def arrow(axis, start, end, **look):
    style = {"arrowstyle": "-|>", "shrinkA": 14, "shrinkB": 14, "color": "0.4", **look}
    axis.annotate("", xy=end, xytext=start, arrowprops=style)


for x, bit in enumerate(BITS):
    arrow(at_once, (x, 0), (2, 1))
    box(at_once, x, 0, str(bit), figures.COLOURS[0])
    arrow(in_turn, (x, 0), (x, 1))
    arrow(in_turn, (x, 1), (x, 2))
    box(in_turn, x, 0, str(bit), figures.COLOURS[0])
    box(in_turn, x, 1, f"$h_{x + 1}$", figures.COLOURS[1])
    box(in_turn, x, 2, f"$y_{x + 1}$", figures.COLOURS[2])
    if x:
        arrow(in_turn, (x - 1, 1), (x, 1), color=figures.COLOURS[1], lw=2)
arrow(at_once, (2, 1), (2, 2))
box(at_once, 2, 1, "$h$", figures.COLOURS[1])
box(at_once, 2, 2, "$y$", figures.COLOURS[2])
at_once.set_title(lesson.text("one step of five features", "一个时间步，五个特征"))
in_turn.set_title(lesson.text("five steps of one feature", "五个时间步，每步一个特征"))
for axis in (at_once, in_turn):
    axis.set(xlim=(-0.5, 4.5), ylim=(-0.5, 2.5))
    axis.axis("off")
lesson.figure(
    figure,
    "one_step_or_many",
    en="Left: five bits enter one hidden state at once, and no arrow leads from a state to a "
    "state. Right: one bit enters at each of five steps, and each state leads to the next.",
    zh="左：五个比特一次进入同一个隐藏状态，没有从状态到状态的箭头。右：五个时间步各进入一个"
    "比特，每个隐藏状态都传给下一个。",
)

# %% [markdown] lang="en"
# ## The equations
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y, \qquad h_0 = 0$$
#
# A row of $x_t$ is one sample, so weights multiply from the right. $y_t$ is a logit. What turns it into a probability depends on the question:
#
# * one yes-or-no question: one logit, sigmoid;
# * one of $K \ge 2$ classes: $K$ logits, softmax.
#
# Article 001's formula puts a softmax on its single output (F-001-03, B-001-28). Look what that does.
# %% [markdown] lang="zh"
# ## 公式
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y, \qquad h_0 = 0$$
#
# $x_t$ 的每一行是一个样本，所以权重从右边乘。$y_t$ 是对数几率（logit），怎样变成概率要看问题：
#
# * 一个是非题：一个 logit，用 sigmoid；
# * $K \ge 2$ 个类别选一个：$K$ 个 logit，用 softmax。
#
# 文章 001 的公式在唯一的输出上加了 softmax（F-001-03，B-001-28）。看看结果如何。
# %%
one_logit = tf.Variable([[-3.0], [0.0], [5.0]])
with tf.GradientTape() as tape:
    certain = tf.nn.softmax(one_logit)
    loss = -tf.reduce_mean(tf.math.log(certain))
print("softmax:", certain.numpy().ravel(), " sigmoid:", tf.sigmoid(one_logit).numpy().ravel())
print("d loss / d logit:", tape.gradient(loss, one_logit).numpy().ravel())
assert (certain.numpy() == 1).all()

# %% [markdown] lang="en"
# Always 1, and a gradient of zero: nothing would ever be learnt. In code we leave sigmoid and softmax to the loss: the model puts out logits, and the loss is told `from_logits=True`.
#
# ## Four errors in a row
#
# The article's program stops at integer inputs; then at labels of shape (N,) against logits (N, 1); then at the integer type of those labels; then because Keras 3 does not see a bare `tf.Variable`. Moreover `fit` could not call its model, which demands the state as a second argument. The ledger runs each fault, and its repair, here and now.
# %% [markdown] lang="zh"
# 恒等于 1，梯度为零：什么也学不到。写代码时，sigmoid 和 softmax 都交给损失函数来算：模型只输出 logits，损失函数设 `from_logits=True`。
#
# ## 接连四个错误
#
# 文章的程序先停在整数输入上；再停在形状为 (N,) 的标签与 (N, 1) 的 logits 对不上；接着停在标签是整数类型；最后停在 Keras 3 看不见裸的 `tf.Variable`。此外，它的模型要求把状态作为第二个参数，`fit` 无法调用。下面由台账当场运行每个错误和它的改法。
# %%
for fault in ("B-001-16", "B-001-17"):
    lesson.ledger(fault)
# %%
for fault in ("B-001-19", "B-001-29"):
    lesson.ledger(fault)

# %% [markdown] lang="en"
# ## The fault that raises nothing
#
# With all this mended the program trains. It feeds ten bits as *one* step (left side of the figure), always from a zero state. Zero times the recurrent matrix is zero, so that matrix cannot matter. The gradient tape shows it: we ask for all gradients, once for one step of ten features, once for ten steps of one feature.
# %% [markdown] lang="zh"
# ## 不报错的那个错误
#
# 这些都改好，程序就能训练了。可它把十个比特当作**一个**时间步送进去（图的左半边），状态又总是从零开始。零乘循环权重矩阵还是零，这个矩阵就不起任何作用。用梯度带（`GradientTape`）验证：求所有权重的梯度，一次是一步十个特征，一次是十步、每步一个特征。
# %%
bits, parity = toy.running_parity(256, 10, seed=0)
print("bits", bits.shape, " parity at every step", parity.shape)


def gradient_sizes(inputs, targets):
    """Largest absolute gradient of each weight of a fresh model."""
    keras.utils.set_random_seed(0)
    model = models.SequenceClassifier(20)
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy(from_logits=True)(targets, model(inputs))
    gradients = tape.gradient(loss, model.trainable_variables)
    return {
        w.name: (w.shape, float(abs(g.numpy()).max())) for w, g in zip(model.weights, gradients)
    }


wrong_way = gradient_sizes(bits.reshape(256, 1, 10), parity[:, -1])
right_way = gradient_sizes(bits, parity[:, -1])
lesson.table(
    [
        lesson.text("weight", "权重"),
        lesson.text("gradient, 1 step of 10", "梯度：1 步 × 10 特征"),
        lesson.text("gradient, 10 steps of 1", "梯度：10 步 × 1 特征"),
    ],
    [[name, wrong_way[name][1], right_way[name][1]] for name in wrong_way],
)
idle = math.prod(wrong_way["recurrent_kernel"][0])
total = sum(math.prod(shape) for shape, _ in wrong_way.values())
assert (idle, total, wrong_way["recurrent_kernel"][1]) == (400, 641, 0.0)
assert right_way["recurrent_kernel"][1] > 0
lesson.say(
    f"{idle} of {total} weights get a gradient of exactly 0 (B-001-21).",
    f"{total} 个权重里有 {idle} 个梯度恰好是 0（B-001-21）。",
)

# %% [markdown] lang="en"
# The article has 20 idle weights more: it declares a hidden bias and never adds it (B-001-20). So 420 of 641 never train, and nothing complains. Remember the test: **the recurrent kernel must get a gradient, and swapping two unequal steps must change the logits.**
#
# ## Coin flips have a floor
#
# The article draws its labels at random, independent of the bits (B-001-22). Nothing can be learnt, so the best answer is "one half" every time, at a loss of $-\ln \frac12 = \ln 2 \approx 0.693$. A model can only do better on what it has memorised. We let one try.
# %% [markdown] lang="zh"
# 文章里还多 20 个闲置的权重：声明了隐藏层偏置，却从没加上去（B-001-20）。于是 641 个权重里有 420 个从未得到训练，却没有任何报错。记住这个检验：**循环权重矩阵的梯度不能是零；交换两个取值不同的时间步，logits 必须改变。**
#
# ## 抛硬币：损失的下限
#
# 文章的标签是随机抽的，与输入无关（B-001-22）。什么也学不到，最好的答案就是每次都答“二分之一”，损失为 $-\ln \frac12 = \ln 2 \approx 0.693$。模型只有在背下来的样本上才能更低。我们让它试一次。
# %%
rng = np.random.default_rng(0)
coins = rng.integers(0, 2, (1000, 1)).astype("float32")
fresh_bits, _ = toy.running_parity(10_000, 10, seed=1)
fresh_coins = rng.integers(0, 2, (10_000, 1)).astype("float32")
memoriser = models.SequenceClassifier(32)
memoriser.compile(
    keras.optimizers.Adam(0.01),
    keras.losses.BinaryCrossentropy(from_logits=True),
    steps_per_execution=16,
)
train_bits, _ = toy.running_parity(1000, 10, seed=2)
history = memoriser.fit(
    train_bits, coins, batch_size=64, epochs=lesson.pick(class_mode=15, full=150), verbose=0
)
seen_loss = memoriser.evaluate(train_bits, coins, batch_size=1000, verbose=0)
fresh_loss = memoriser.evaluate(fresh_bits, fresh_coins, batch_size=1000, verbose=0)
lesson.say(
    f"Coin flips: training loss {seen_loss:.3f}, on fresh flips {fresh_loss:.3f}.",
    f"抛硬币：训练损失 {seen_loss:.3f}，新的硬币上 {fresh_loss:.3f}。",
)
lesson.result(
    "coin_flip_loss",
    fresh_loss,
    title=("Coin flips, loss on fresh data", "抛硬币，新数据上的损失"),
    baseline=("always one half", "总答二分之一", math.log(2)),
    at_least=0.68,
)

# %% [markdown] lang="en"
# The article reports a validation loss of 0.1 (B-001-23). How likely is that on 1000 coin flips? Take any model that has not seen the flips. The probability it gives to all of them together, averaged over all ways they can fall, is $2^{-1000}$. Markov's inequality then bounds the chance of a mean loss below 0.1 by $e^{-1000(\ln 2 - 0.1)}$.
# %% [markdown] lang="zh"
# 文章报告的验证损失是 0.1（B-001-23）。在 1000 次抛硬币上，这有多大可能？无论什么模型，只要没见过这些结果，它给整串结果的概率对所有可能的结果取平均，就是 $2^{-1000}$。由马尔可夫不等式，平均损失低于 0.1 的概率不超过 $e^{-1000(\ln 2 - 0.1)}$。
# %%
exponent = -1000 * (math.log(2) - 0.1) / math.log(10)
lesson.say(
    f"Less than 10 to the power {exponent:.0f}. The figure was not measured.",
    f"小于 10 的 {exponent:.0f} 次方。这个数不是测出来的。",
)

# %% [markdown] lang="en"
# ## The model, repaired
#
# Now write it properly. Three things make it a good Keras citizen:
#
# 1. `build` makes the weights with `add_weight` when the number of features is known;
# 2. `call` takes the inputs alone; the state is optional and has one row a sample of the batch (B-001-27, B-001-29);
# 3. the loop runs over *steps*. The article's text says so; its code loops over samples (B-001-26).
# %% [markdown] lang="zh"
# ## 改好的模型
#
# 现在规规矩矩地写一遍。要合乎 Keras 的约定，须做到三点：
#
# 1. `build` 在知道特征数之后用 `add_weight` 建权重；
# 2. `call` 只要求输入；状态可给可不给，行数等于批大小（B-001-27，B-001-29）；
# 3. 在**时间步**上循环。文章的正文是这么说的，代码却在样本上循环（B-001-26）。


# %%
class MyRNN(keras.Model):
    """Logits (batch, steps, 1) for inputs (batch, steps, features)."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        features = input_shape[-1]
        self.W_x = self.add_weight(shape=(features, self.units), name="W_x")
        self.W_h = self.add_weight(
            shape=(self.units, self.units), initializer="orthogonal", name="W_h"
        )
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")
        self.W_y = self.add_weight(shape=(self.units, 1), name="W_y")
        self.b_y = self.add_weight(shape=(1,), initializer="zeros", name="b_y")

    def call(self, inputs, initial_state=None):
        h = tf.zeros((tf.shape(inputs)[0], self.units)) if initial_state is None else initial_state
        logits = []
        for t in range(inputs.shape[1]):
            h = tf.tanh(inputs[:, t] @ self.W_x + h @ self.W_h + self.b_h)
            logits.append(h @ self.W_y + self.b_y)
        return tf.stack(logits, axis=1)


mine = MyRNN(20)
print(mine(bits).shape, "=", "(batch, steps, 1)")

# %% [markdown] lang="en"
# `models.SequenceClassifier` is the same with more comfort: any number of steps, masks for padding, one answer a sequence or one a step, saving. And both must give the same answers as the layers that Keras ships. We copy the weights and compare.
# %% [markdown] lang="zh"
# `models.SequenceClassifier` 与它相同，只是更周到：步数不限，能用掩码处理填充，可以每个序列答一次或每步答一次，可以保存。两者的结果都应当与 Keras 自带的层相同。把权重复制过去比一比。
# %%
library = models.SequenceClassifier(20, return_sequences=True)
shipped = keras.Sequential(
    [
        keras.Input((None, 1)),
        keras.layers.SimpleRNN(20, return_sequences=True),
        keras.layers.Dense(1),
    ]
)
library.build((None, None, 1))
for other in (library, shipped):
    other.set_weights(mine.get_weights())
differences = [float(abs(other(bits) - mine(bits)).numpy().max()) for other in (library, shipped)]
lesson.result(
    "equal_to_keras",
    max(differences),
    title=(
        "Largest difference from SimpleRNN + Dense",
        "与 SimpleRNN + Dense 的最大差",
    ),
    at_most=1e-6,
)

# %% [markdown] lang="en"
# It recurs, and it can be saved. Swapping the first two bits changes the last logit; a model loaded from its file gives the same answers to the last digit.
# %% [markdown] lang="zh"
# 它有循环，也能保存。交换前两个比特，最后的 logit 会变；从文件读回来的模型，输出一位不差。
# %%
swapped = bits[:, [1, 0, *range(2, 10)]]
moved = float(abs(library(bits) - library(swapped)).numpy()[:, -1].max())
with tempfile.TemporaryDirectory() as folder:
    library.save(Path(folder) / "parity.keras")
    loaded = keras.saving.load_model(Path(folder) / "parity.keras")
difference = float(abs(loaded(bits) - library(bits)).numpy().max())
assert moved > 0 and difference == 0.0
lesson.say(
    f"Swapped steps move the last logit by up to {moved:.3f}; saving moves it by {difference}.",
    f"交换时间步，最后的 logit 最多变化 {moved:.3f}；保存再读回，变化 {difference}。",
)

# %% [markdown] lang="en"
# Mistakes of shape and number type are named before training starts. The last of these five gives targets with a time axis to a model that answers once a sequence; with a squared error, Keras alone would accept that and train on nonsense.
# %% [markdown] lang="zh"
# 形状和数值类型的错误，在训练开始之前就会指出来。下面五种里的最后一种是：目标带时间轴，模型却每个序列只答一次。如果用均方误差，Keras 自己不会阻拦，会照着毫无意义的目标训练下去。


# %%
def try_to_fit(inputs, targets):
    model = models.SequenceClassifier(4)
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(inputs, targets, verbose=0)


last = parity[:, -1]
lesson.fails(lambda: try_to_fit(bits[:, :, 0], last), ValueError)
lesson.fails(lambda: try_to_fit(bits.astype(int), last), ValueError)
lesson.fails(lambda: try_to_fit(bits.reshape(256, 1, 10), last), ValueError)
lesson.fails(lambda: try_to_fit(bits, last[:, 0]), ValueError)
lesson.fails(lambda: try_to_fit(bits, parity), ValueError)

# %% [markdown] lang="en"
# ## What `fit` does
#
# One training step in five lines: run the model under a tape, take the loss, ask for the gradients, scale them down if their global norm is too large, let the optimizer move the weights. `tf.function` compiles it.
# %% [markdown] lang="zh"
# ## `fit` 做了什么
#
# 一个训练步只有五行：在梯度带下运行模型，算损失，求梯度，全局范数太大就按比例缩小，由优化器更新权重。`tf.function` 把它编译成图。
# %%
from_logits = keras.losses.BinaryCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(0.01)
optimizer.build(mine.trainable_variables)


@tf.function
def training_step(inputs, targets):
    with tf.GradientTape() as tape:
        loss = from_logits(targets, mine(inputs))
    gradients = tape.gradient(loss, mine.trainable_variables)
    gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
    optimizer.apply(gradients, mine.trainable_variables)
    return loss, norm


for number in range(3):
    loss, norm = training_step(bits, parity)
    print(f"step {number}: loss {float(loss):.4f}, gradient norm {float(norm):.4f}")

# %% [markdown] lang="en"
# `training.train_with_tape` is this step inside a loop over batches. Does it do the same as `fit`? Same first weights, same batches in the same order (`feeding.Batches` makes the order a function of its seed), 20 steps each; then the largest difference between any two weights.
# %% [markdown] lang="zh"
# `training.train_with_tape` 就是逐批重复这一步。它与 `fit` 的效果一样吗？初始权重相同，各批及其顺序相同（`feeding.Batches` 的顺序只由种子决定），各训练 20 步，再看所有权重之间的最大差。


# %%
def weights_after_20_steps(seed, *, with_fit):
    training.set_seed(seed)
    model = models.SequenceClassifier(8, return_sequences=True)
    model.build((None, None, 1))
    first = model.get_weights()
    batches = feeding.Batches(bits[:200, :5], parity[:200, :5], 20, seed=seed)  # 10 an epoch
    if with_fit:
        model.compile(keras.optimizers.Adam(0.01, global_clipnorm=0.1), from_logits)
        model.fit(batches, epochs=2, verbose=0)
    else:
        adam = keras.optimizers.Adam(0.01)
        training.train_with_tape(
            model, batches, optimizer=adam, loss=from_logits, epochs=2, clipnorm=0.1
        )
    return first, model.get_weights()


apart = []
for seed in lesson.seeds:
    first, by_fit = weights_after_20_steps(seed, with_fit=True)
    _, by_loop = weights_after_20_steps(seed, with_fit=False)
    assert max(abs(a - b).max() for a, b in zip(first, by_fit)) > 0.01  # it did train
    apart.append(max(abs(a - b).max() for a, b in zip(by_fit, by_loop)))
lesson.result(
    "loop_against_fit",
    apart,
    title=("Loop against fit, largest difference of a weight", "循环与 fit，权重的最大差"),
    at_most=1e-5,
)

# %% [markdown] lang="en"
# ## Running parity: an answer at every step
#
# Has the number of ones so far been odd? One bit of memory is enough, but without it nothing helps: from the second step on, the current bit says nothing about the answer.
#
# There are only $2^{10} = 1024$ sequences of ten bits. Test sequences that occurred in training would show memory of another kind. So we draw 1000 to train on, with repetitions, which leaves a share of about $e^{-1000/1024} \approx 0.38$ unseen, and test only on those.
# %% [markdown] lang="zh"
# ## 累积奇偶：每一步都要回答
#
# 到目前为止，1 的个数是奇数吗？一个比特的记忆就够，没有记忆则毫无办法：从第二步起，当前比特对答案不提供任何信息。
#
# 十个比特的序列总共只有 $2^{10} = 1024$ 种。拿训练时见过的序列来测试，考的是另一种“记忆”。所以抽 1000 个来训练（允许重复，约有 $e^{-1000/1024} \approx 0.38$ 的序列抽不到），只在没见过的序列上测试。


# %%
def unseen(inputs, targets, seen):
    """Those samples whose sequence is not in ``seen``."""
    known = {sequence.tobytes() for sequence in seen}
    new = [sequence.tobytes() not in known for sequence in inputs]
    return inputs[new], targets[new]


def train_parity(seed, callbacks=()):
    training.set_seed(seed)
    inputs, targets = toy.running_parity(1000, 10, seed=seed)
    model = models.SequenceClassifier(32, return_sequences=True)
    model.compile(
        keras.optimizers.Adam(0.01, global_clipnorm=1.0), from_logits, steps_per_execution=16
    )
    history = model.fit(
        inputs,
        targets,
        batch_size=64,
        epochs=lesson.pick(class_mode=30, full=200),
        verbose=0,
        callbacks=list(callbacks),
    )
    return model, inputs, history.history["loss"]


gradient_norms = training.GradientNorms()
parity_runs = [train_parity(s, [gradient_norms] if s == 0 else []) for s in lesson.seeds]
# %%
at_10, at_40, right_by_step, by_last_bit = [], [], [], []
for seed, (model, seen, _) in zip(lesson.seeds, parity_runs):
    inputs, targets = unseen(*toy.running_parity(3000, 10, seed=100 + seed), seen)
    at_10.append(metrics.accuracy(targets, metrics.decide(model(inputs))))
    by_last_bit.append(metrics.accuracy(targets, inputs))
    inputs, targets = toy.running_parity(1000, 40, seed=200 + seed)
    decided = metrics.decide(model(inputs))
    at_40.append(metrics.accuracy(targets, decided))
    right_by_step.append((decided == targets).mean(axis=(0, 2)))
lesson.result(
    "parity_10",
    at_10,
    title=("Running parity, 10 steps, unseen sequences", "累积奇偶，10 步，未见过的序列"),
    baseline=("the current bit", "用当前比特作答", np.median(by_last_bit)),
    at_least=0.99,
)
lesson.result(
    "parity_40",
    at_40,
    title=("The same models at 40 steps", "同样的模型，40 步"),
    baseline=("a coin", "抛硬币", 0.5),
)

# %% [markdown] lang="en"
# For 40 steps we promise no band. Where does a model lose the thread? And how did training go?
# %% [markdown] lang="zh"
# 对 40 步，我们不设达标范围。模型从哪一步开始出错？训练过程又是怎样的？
# %%
figure, (curves, norms, steps) = figures.panels(3, width=3.4)
for seed, (_, _, losses) in zip(lesson.seeds, parity_runs):
    name = lesson.text(f"seed {seed}", f"种子 {seed}")
    curves.plot(np.arange(1, len(losses) + 1), losses, label=name)
curves.legend(loc="lower left")
curves.axhline(math.log(2), color="black", linestyle="--", linewidth=1)
curves.set_yscale("log")
curves.annotate(
    "ln 2", (0.98, math.log(2)), xycoords=("axes fraction", "data"), ha="right", va="top"
)
figures.label(
    curves,
    lesson.text("epoch", "轮"),
    lesson.text("training loss (nats)", "训练损失（奈特）"),
    lesson.text("three seeds", "三个随机种子"),
)
for name in ("recurrent_kernel", "kernel"):
    norms.plot(gradient_norms.per_weight[:, gradient_norms.names.index(name)], label=name, lw=1)
norms.set_yscale("log")
norms.legend(loc="lower left")
figures.label(
    norms,
    lesson.text("training step", "训练步"),
    lesson.text("gradient norm", "梯度范数"),
    lesson.text("first seed", "第一个种子"),
)
for right in right_by_step:
    steps.plot(np.arange(1, 41), right)
steps.axvline(10, color="black", linestyle=":", linewidth=1)
steps.axhline(0.5, color="black", linestyle="--", linewidth=1)
steps.set_ylim(0.4, 1.03)
figures.label(
    steps,
    lesson.text("step", "时间步"),
    lesson.text("accuracy", "准确率"),
    lesson.text("trained up to step 10", "只训练到第 10 步"),
)
lesson.figure(
    figure,
    "parity",
    en="Left: the training loss of three seeds stays near ln 2 for some epochs and then falls "
    "steeply. Middle: the gradient norms of input and recurrent kernel over the training steps. "
    "Right: accuracy at each of 40 steps, close to 1 up to step 10, where training ended, and "
    "beyond it as long as the seed's states keep apart; the dashed line is chance.",
    zh="左：三个种子的训练损失先在 ln 2 附近停留若干轮，然后陡降。中：输入权重与循环权重的梯度"
    "范数随训练步的变化。右：40 个时间步各自的准确率，到训练终点第 10 步为止接近 1，之后能保持"
    "多久因种子而异；虚线是随机猜测的水平。",
)

# %% [markdown] lang="en"
# Two things to take away. The loss sits on a plateau near $\ln 2$ (a little below, since the first step needs no memory), then falls: whoever stops there believes that nothing can be learnt. And a network trained on 10 steps has learnt *states* that serve for 10 steps, and nothing made it learn the rule: if its two groups of states, odd and even, drift together, it ends up guessing. Compare the right panel in class mode and in full mode: does longer training carry further?
#
# ## Majority: one answer at the end
#
# Were there more ones than zeros? Here the order of the bits does not matter, so a plain dense layer on all bits could count as well, for this one length. What a network without memory could use is the last bit.
# %% [markdown] lang="zh"
# 记住两件事。损失先停在 $\ln 2$ 附近的平台上（略低一点，因为第一步不需要记忆），随后才下降：在平台上就停止训练的人，会以为什么也学不到。另外，在 10 步上训练的网络学到的是够用 10 步的**状态**，并没有什么迫使它学会规则：奇、偶两组状态一旦漂移到一起，就只剩随机猜测。比较课堂模式与完整模式的右图：训练得更久，能保持得更远吗？
#
# ## 多数：最后答一次
#
# 1 比 0 多吗？这里比特的先后并不重要，所以对固定的长度，一个全连接层看全部比特也能数出来。没有记忆的网络能利用的只有最后一个比特。


# %%
def majority_accuracy(seed):
    training.set_seed(seed)
    num_steps = 11
    inputs, targets = toy.majority(1000, num_steps, seed=seed)
    model = models.SequenceClassifier(16)
    model.compile(
        keras.optimizers.Adam(0.01, global_clipnorm=1.0), from_logits, steps_per_execution=16
    )
    epochs = lesson.pick(class_mode=25, full=150)
    model.fit(inputs, targets, batch_size=64, epochs=epochs, verbose=0)
    new_inputs, new_targets = unseen(*toy.majority(3000, num_steps, seed=100 + seed), inputs)
    class_of_most = baselines.majority(targets)
    return (
        metrics.accuracy(new_targets, metrics.decide(model(new_inputs))),
        metrics.accuracy(new_targets, new_inputs[:, -1]),
        metrics.accuracy(new_targets, class_of_most),
    )


by_model, by_last, by_class = zip(*map(majority_accuracy, lesson.seeds))
lesson.result(
    "majority",
    by_model,
    title=("Majority of 11 bits, unseen sequences", "11 个比特的多数，未见过的序列"),
    baseline=("the last bit", "用最后一个比特作答", np.median(by_last)),
    at_least=0.95,
)
lesson.say(
    f"Always the more frequent class: {np.median(by_class):.3f}. "
    f"By theory the last bit is right with probability {toy.last_bit_accuracy(11):.3f} on all "
    "sequences.",
    f"总答较多的一类：{np.median(by_class):.3f}。"
    f"理论上，在全部序列中最后一个比特答对的概率是 {toy.last_bit_accuracy(11):.3f}。",
)

# %% [markdown] lang="en"
# ## One sample at a time, or a batch?
#
# The article takes one optimizer step for every single sample, uncompiled (B-001-24). We time that, and a compiled step over a batch of 128.
# %% [markdown] lang="zh"
# ## 一次一个样本，还是一批？
#
# 文章每处理一个样本就更新一次权重，而且不编译（B-001-24）。先给这种做法计时，再给编译过的、每批 128 个样本的训练步计时。
# %%
samples = lesson.pick(class_mode=20, full=100)
slow_model = models.SequenceClassifier(20, return_sequences=True)
slow_model(bits[:1])
adam = keras.optimizers.Adam(0.01)
adam.build(slow_model.trainable_variables)


def article_step(number):
    with tf.GradientTape() as tape:
        loss = from_logits(parity[number : number + 1], slow_model(bits[number : number + 1]))
    adam.apply(tape.gradient(loss, slow_model.trainable_variables))


article_step(0)
start = time.perf_counter()
for number in range(samples):
    article_step(number)
one_by_one = (time.perf_counter() - start) / samples

quick_model = models.SequenceClassifier(20, return_sequences=True)
quick_model.compile(keras.optimizers.Adam(0.01), from_logits, steps_per_execution=20)
many_bits, many_parities = toy.running_parity(128 * 20, 10, seed=0)
quick_model.fit(many_bits, many_parities, batch_size=128, verbose=0)  # compiles
start = time.perf_counter()
quick_model.fit(many_bits, many_parities, batch_size=128, epochs=3, verbose=0)
in_batches = (time.perf_counter() - start) / (3 * len(many_bits))
lesson.say(
    f"A sample takes {one_by_one * 1e3:.1f} ms alone and {in_batches * 1e3:.3f} ms in a batch.",
    f"单个处理，每个样本 {one_by_one * 1e3:.1f} 毫秒；成批处理，每个样本 {in_batches * 1e3:.3f} 毫秒。",
)
lesson.result(
    "batch_speedup",
    one_by_one / in_batches,
    title=("Batches are faster by a factor of", "成批训练快多少倍"),
    baseline=("one sample at a time", "一次一个样本", 1),
    at_least=20,
    unit="×",
)

# %% [markdown] lang="en"
# ## What to try next
#
# 1. Leave `+ self.b_h` out of `MyRNN` and train it with `training.train_with_tape`. What does it tell you?
# 2. Train parity on sequences of 5 steps and test at 10. Then train on 20. How far does each carry?
# 3. Replace `tanh` with the identity in `MyRNN`. Can a linear network learn parity? Why not?
# 4. Pad sequences of different lengths with -1 and give `SequenceClassifier` the argument `mask_value=-1.0`. Show that the answers are those of the unpadded sequences.
# 5. Give `fit` a `feeding.Batches` and the callback `training.ResumableCheckpoint("run.npz", batches, every=10)`. Interrupt the kernel, run the cell again, and compare with a run that was not interrupted.
#
# ## References
#
# * Article 001, §4.2, §4.3, §5.
# * J. L. Elman (1990). Finding structure in time. *Cognitive Science* 14.
# * R. Pascanu, T. Mikolov, Y. Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*. (Clipping by the global norm.)
# * Keras documentation: "Making new layers and models via subclassing"; "Writing a training loop from scratch in TensorFlow".
# %% [markdown] lang="zh"
# ## 接下来可以试
#
# 1. 把 `MyRNN` 里的 `+ self.b_h` 去掉，用 `training.train_with_tape` 训练。程序会提示什么？
# 2. 用 5 步的序列训练累积奇偶，在 10 步上测试；再用 20 步训练。各能走多远？
# 3. 把 `MyRNN` 的 `tanh` 换成恒等函数。线性网络学得会奇偶吗？为什么？
# 4. 把长短不一的序列用 -1 填充，给 `SequenceClassifier` 加上 `mask_value=-1.0`。验证答案与不填充时相同。
# 5. 把 `feeding.Batches` 交给 `fit`，加上回调 `training.ResumableCheckpoint("run.npz", batches, every=10)`。中途中断内核，再运行一次这个单元格，与没有中断的结果比较。
#
# ## 参考文献
#
# * 文章 001，§4.2、§4.3、§5。
# * J. L. Elman (1990). Finding structure in time. *Cognitive Science* 14.
# * R. Pascanu, T. Mikolov, Y. Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*.（按全局范数裁剪梯度。）
# * Keras 文档：“Making new layers and models via subclassing”；“Writing a training loop from scratch in TensorFlow”。
