# %% [markdown] lang="en"
# # 2. Your own keras.Model
#
# A recurrent network reads 60 sequences of bits. Each sequence has a label, 0 or 1. We train it and look at its loss.
#
# **Would you trust this network?** Read the cell, look at the curve, and vote before you scroll on. One line of the cell gives the answer away.
#
# *Needs lesson 1; runs in less than a minute.*
# %% [markdown] lang="zh"
# # 2. 自己写 keras.Model
#
# 一个循环神经网络读 60 条比特序列，每条序列有一个标签，0 或 1。我们训练它，看它的损失。
#
# **你会相信这个网络吗？** 读代码，看曲线，先举手表态，再往下翻。答案就藏在这个单元格的某一行里。
#
# *预备知识：第 1 课；运行不到一分钟。*
# %%
from rnn_tf.course import begin

lesson = begin("02_keras_model")

import keras
import numpy as np
import tensorflow as tf

from rnn_tf.course.figures import parity as figures
from rnn_tf.datasets import toy
from rnn_tf.training import metrics

# %%
rng = np.random.default_rng(0)


def draw(count):
    """Sequences of 12 bits, and a label for each."""
    sequences = rng.integers(0, 2, (count, 12, 1)).astype("float32")
    labels = rng.integers(0, 2, (count, 1)).astype("float32")
    return sequences, labels


seen, fresh = draw(60), draw(1000)
network = keras.Sequential([keras.layers.SimpleRNN(64), keras.layers.Dense(1)])
loss = keras.losses.BinaryCrossentropy(from_logits=True)
network.compile(keras.optimizers.Adam(0.003), loss)
history = network.fit(
    *seen, batch_size=20, epochs=40, validation_data=fresh, validation_batch_size=1000, verbose=0
).history
lesson.figure(figures.losses({"": history["loss"]}, x="epoch", y="loss (nats)"), "falling")

# %% [markdown] lang="en"
# The labels are coin flips: `rng.integers(0, 2, …)` never looks at the sequences. **There is nothing to learn.** So we give the network new sequences and flip the coin again.
# %% [markdown] lang="zh"
# 标签是抛硬币抛出来的：`rng.integers(0, 2, …)` 根本没看序列。**没有任何东西可学。** 那就换一批新序列，重新抛一次硬币。
# %%
curves = {"flips it has seen": history["loss"], "fresh flips": history["val_loss"]}
floor = ("ln 2", np.log(2))
lesson.figure(figures.losses(curves, x="epoch", y="loss (nats)", floor=floor), "floor")
lesson.result("coin_flip_loss", history["val_loss"][-1], baseline=np.log(2))

# %% [markdown] lang="en"
# The network learnt its sixty labels by heart. On fresh flips the best answer is "one half" every time. It costs $-\ln \frac12 = \ln 2$ a flip, and on average no model gets below that: it is the **floor**.
#
# So a falling loss proves nothing. Today we write our own recurrent network, and ask it three questions before we believe it:
#
# 1. Does every weight move?
# 2. Does anything recur?
# 3. What does it do on fresh data, beside the baseline?
#
# ## A task with a rule: running parity
#
# Has the number of ones so far been odd? A lamp can tell: every 1 switches it.
# %% [markdown] lang="zh"
# 网络只是把这六十个标签背了下来。面对新的硬币，最好的办法是每次都答“二分之一”，每次付出的损失是 $-\ln \frac12 = \ln 2$。平均而言，任何模型都低不过它，这就是**下限**。
#
# 所以，损失下降什么也证明不了。今天我们自己写一个循环神经网络，并且先问它三个问题，再决定信不信：
#
# 1. 每个权重都在变吗？
# 2. 真的有循环吗？
# 3. 在新数据上表现如何，与基线相比呢？
#
# ## 一个有规律的任务：累积奇偶
#
# 到目前为止，1 的个数是奇数吗？一盏灯就能回答：每来一个 1，就按一下开关。
# %%
names = {"rows": ("bit", "lamp", "answer"), "answers": ("even", "odd")}
lesson.figure(figures.lamp((1, 0, 1, 1, 0, 1), **names), "switch")

# %% [markdown] lang="en"
# Without the lamp you are lost: the same bit needs different answers. With it, the new state is "the old lamp or the bit, but not both".
#
# ## One step, with numbers
#
# Two units are enough. We choose the weights by hand: the first unit says *or*, the second says *both*; the answer is the first and not the second. The rows of $W_h$, 4 and −4, hand on just that difference.
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y$$
#
# $y_t$ is a **logit**: above 0 means "odd". At the second 1, with $h = (1, -1)$ from before, the first unit gets $8 + 4 + 4 - 4 = 12$ and the second $8 + 4 + 4 - 12 = 4$. Both go to 1, and the logit falls below 0.
# %% [markdown] lang="zh"
# 没有灯就无从回答：同样的比特，答案却不同。有了灯，新状态就是“旧灯与比特二者恰有其一”。
#
# ## 用数字走一步
#
# 两个单元就够了。权重由我们亲手来定：第一个单元表示“至少有一个”，第二个表示“两个都有”；前者成立而后者不成立，答案就是“奇”。$W_h$ 的两行是 4 和 −4，传下去的正是这个差。
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y$$
#
# $y_t$ 是**对数几率（logit）**：大于 0 就是“奇”。第二个 1 到来时，上一步留下 $h = (1, -1)$，第一个单元收到 $8 + 4 + 4 - 4 = 12$，第二个收到 $8 + 4 + 4 - 12 = 4$；两个都接近 1，logit 便降到 0 以下。
# %%
W_x = np.array([[8.0, 8.0]])
W_h = np.array([[4.0, 4.0], [-4.0, -4.0]])
b_h = np.array([-4.0, -12.0])
W_y, b_y = np.array([[5.0], [-5.0]]), np.array([-5.0])

h, steps = np.zeros((1, 2)), []
for bit in (1, 1, 0, 1):
    h = np.tanh(bit * W_x + h @ W_h + b_h)
    logit = (h @ W_y + b_y).item()
    steps.append([bit, *h[0], logit, int(logit > 0)])
lesson.table(["bit", "or", "both", "logit", "odd?"], steps)
print(f"The answers {[step[-1] for step in steps]} are right: 1, 2, 2, 3 ones so far.")

# %% [markdown] lang="en"
# ## The same as a keras.Model
#
# Three methods, each with one job. `__init__` notes the sizes. `build` makes the weights, once the number of features is known. `call` does the arithmetic for a whole batch: row $i$ of `h` is the state of sequence $i$, and the loop runs over *steps*.
# %% [markdown] lang="zh"
# ## 写成 keras.Model
#
# 三个方法，各管一件事。`__init__` 记下尺寸；`build` 在知道特征数之后建权重；`call` 对整批做计算：`h` 的第 $i$ 行是第 $i$ 条序列的状态，循环走的是**时间步**。


# %%
class MyRNN(keras.Model):
    """Inputs (batch, steps, features) to logits (batch, steps, 1)."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        features, units = input_shape[-1], self.units
        self.W_x = self.add_weight(shape=(features, units), name="W_x")
        self.W_h = self.add_weight(shape=(units, units), initializer="orthogonal", name="W_h")
        self.b_h = self.add_weight(shape=(units,), initializer="zeros", name="b_h")
        self.W_y = self.add_weight(shape=(units, 1), name="W_y")
        self.b_y = self.add_weight(shape=(1,), initializer="zeros", name="b_y")

    def call(self, inputs):
        h = tf.zeros((tf.shape(inputs)[0], self.units))
        logits = []
        for t in range(inputs.shape[1]):
            h = tf.tanh(inputs[:, t] @ self.W_x + h @ self.W_h + self.b_h)
            logits.append(h @ self.W_y + self.b_y)
        return tf.stack(logits, axis=1)


# %%
bits, parity = toy.running_parity(256, 10, seed=0)
by_hand = MyRNN(2)
print("bits", bits.shape, "logits", by_hand(bits).shape)
for weight in by_hand.weights:
    print(weight.name, weight.shape)

# %% [markdown] lang="en"
# Now it gets the weights that we chose by hand. (`metrics.decide` turns logits into answers: 1 above 0, else 0.) Does it keep the parity of a thousand bits?
# %% [markdown] lang="zh"
# 把刚才手定的权重交给它。（`metrics.decide` 把 logits 变成回答：大于 0 答 1，否则答 0。）一千个比特的奇偶，它记得住吗？
# %%
by_hand.set_weights([W_x, W_h, b_h, W_y, b_y])
long_bits, long_parity = toy.running_parity(100, 1000, seed=0)
right = metrics.accuracy(long_parity, metrics.decide(by_hand(long_bits)))
lesson.result("set_by_hand", right, baseline=0.5)

# %% [markdown] lang="en"
# So a solution exists, with no more numbers than the shapes above add up to, and it never tires. Whether *training* finds one is another matter.
#
# ## Question 1: does every weight move?
#
# `fit` trains the weights that Keras knows. Which ones are those? A small test: the model is input times weight plus shift, the target is three times the input, and the weight starts at 1. We keep the weight in four places. **Guess which of them ends at 3.**
# %% [markdown] lang="zh"
# 可见解是存在的，只要上面那几个形状加起来的那么几个数，而且永不疲倦。**训练**能不能找到，是另一回事。
#
# ## 问题一：每个权重都在变吗？
#
# `fit` 只训练 Keras 认得的权重。它认得哪些？做个小试验：模型是“输入乘权重加偏移”，目标是输入的三倍，权重从 1 出发。权重分别放在四个地方。**先猜一猜，哪几个会到 3？**


# %%
class Line(keras.Model):
    """Input times a weight that is kept somewhere, plus a shift."""

    def __init__(self, kept):
        super().__init__()
        self.kept = kept
        self.shift = self.add_weight(shape=(1,), initializer="zeros")

    def call(self, inputs):
        return inputs * self.kept[0] + self.shift


x = np.linspace(-1, 1, 32, dtype="float32")[:, None]
places = {
    "list of keras.Variable": [keras.Variable([1.0])],
    "dict of keras.Variable": {0: keras.Variable([1.0])},
    "list of tf.Variable": [tf.Variable([1.0])],
    "NumPy array": np.ones((1, 1), "float32"),
}
rows = []
for place, kept in places.items():
    line = Line(kept)
    line.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=True)
    line.fit(x, 3 * x, epochs=10, verbose=0)
    rows.append([place, len(line.trainable_variables), float(kept[0][0])])
# %%
columns = ["where the weight is kept", "weights that Keras knows", "weight after training"]
lesson.table(columns, rows)
still = [place for place, _, weight in rows if weight == 1]
print(f"{len(still)} of {len(rows)} never moved, and nothing complained: {', '.join(still)}.")

# %% [markdown] lang="en"
# Keras looks through attributes, lists and dicts for *its own* variables. A TensorFlow variable or an array is invisible to it: no training, no saving, no warning. So make weights with `add_weight`, count `trainable_variables`, and compare before with after.
#
# ## What fit does
#
# One training step has four lines: run the model while a *tape* (`GradientTape`) notes every operation, take the loss, ask the tape for the gradients, let the optimizer move the weights. The optimizer here is Adam: gradient descent that chooses the size of its step for each weight by itself. Does this loop give the same weights as `fit`?
# %% [markdown] lang="zh"
# Keras 会在属性、列表和字典里寻找**它自己的**变量。TensorFlow 变量和数组它看不见：不训练，不保存，也不警告。所以建权重要用 `add_weight`，要数一数 `trainable_variables`，还要比较训练前后。
#
# ## fit 做了什么
#
# 一个训练步只有四行：运行模型，同时由**梯度带**（`GradientTape`）记下每一步运算；算损失；向梯度带要梯度；让优化器更新权重。这里的优化器是 Adam：它也是梯度下降，只是每个权重的步长由它自己调节。这样的循环，能得到和 `fit` 一样的权重吗？


# %%
def by_loop(model, inputs, targets):
    adam = keras.optimizers.Adam(0.01)
    for start in range(0, len(inputs), 32):
        batch = slice(start, start + 32)
        with tf.GradientTape() as tape:
            value = loss(targets[batch], model(inputs[batch]))
        gradients = tape.gradient(value, model.trainable_variables)
        adam.apply(gradients, model.trainable_variables)


def by_fit(model, inputs, targets):
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.fit(inputs, targets, batch_size=32, shuffle=False, verbose=0)


apart = []
for seed in lesson.seeds:
    weights = []
    for train in (by_loop, by_fit):
        keras.utils.set_random_seed(seed)
        model = MyRNN(8)
        train(model, bits[:, :3], parity[:, :3])
        weights.append(model.get_weights())
    apart.append(max(abs(one - other).max() for one, other in zip(*weights)))
lesson.result("loop_against_fit", apart)

# %% [markdown] lang="en"
# Weight for weight the same, up to rounding. There is no magic in `fit`.
#
# ## Question 2: does anything recur?
#
# Turn the first bit over, and see how far each logit moves. We ask a fresh network, and its twin whose recurrent weights are 0.
# %% [markdown] lang="zh"
# 每个权重都一样，只差舍入误差。`fit` 里没有什么魔法。
#
# ## 问题二：真的有循环吗？
#
# 把第一个比特翻转，看每一步的 logit 变了多少。我们问两个网络：一个是新建的，另一个与它相同，只是循环权重为 0。
# %%
turned = np.concatenate([1 - bits[:, :1], bits[:, 1:]], axis=1)
moved = abs(model(turned) - model(bits)).numpy().mean(axis=(0, 2))
model.W_h.assign(tf.zeros((8, 8)))
without = abs(model(turned) - model(bits)).numpy().mean(axis=(0, 2))
print("recurrent:", moved.round(3))
print("without:  ", without.round(3))
assert (moved > 0).all() and (without[1:] == 0).all()

# %% [markdown] lang="en"
# Without recurrence the first bit is forgotten at once.
#
# ## Question 3: what does it do on fresh data?
#
# Now the training, with three seeds. There are only $2^{10} = 1024$ sequences of ten bits, so we test on sequences that never occurred in training.
# %% [markdown] lang="zh"
# 没有循环，第一个比特转眼就忘了。
#
# ## 问题三：在新数据上表现如何？
#
# 现在正式训练，用三个随机种子。十个比特的序列总共只有 $2^{10} = 1024$ 种，所以只在训练时没出现过的序列上测试。


# %%
def train_parity(seed):
    keras.utils.set_random_seed(seed)
    data = toy.split_examples(*toy.running_parity(2000, 10, seed=seed))
    model = MyRNN(32)
    model.build((None, 10, 1))
    adam = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
    adam.build(model.trainable_variables)  # now, so that fit traces the model only once
    model.compile(adam, loss, steps_per_execution=16)
    epochs = lesson.pick(class_mode=20, full=200)
    inputs, targets = data.train.inputs, data.train.targets
    history = model.fit(inputs, targets, batch_size=64, epochs=epochs, verbose=0).history
    return model, data.test, history["loss"]


runs = [train_parity(seed) for seed in lesson.seeds]
# %%
at_10, by_bit, curves, by_step = [], [], {}, {}
bits_40, parity_40 = toy.running_parity(1000, 40, seed=9)
for seed, (model, test, losses) in zip(lesson.seeds, runs):
    at_10.append(metrics.accuracy(test.targets, metrics.decide(model(test.inputs))))
    by_bit.append(metrics.accuracy(test.targets, test.inputs))
    curves[f"seed {seed}"] = losses
    by_step[f"seed {seed}"] = (metrics.decide(model(bits_40)) == parity_40).mean(axis=(0, 2))
lesson.result("parity_10", at_10, baseline=np.median(by_bit))
lesson.result("parity_40", [right.mean() for right in by_step.values()], baseline=0.5)
# %%
by_step["set by hand"] = (metrics.decide(by_hand(bits_40)) == parity_40).mean(axis=(0, 2))
axes, titles = ("epoch", "loss (nats)", "step", "accuracy"), ("training, 10 steps", "40 steps")
figure = figures.learnt_and_kept(
    curves, by_step, trained_to=10, axes=axes, titles=titles, chance="chance"
)
lesson.figure(figure, "parity")

# %% [markdown] lang="en"
# Left: the loss waits on a plateau near $\ln 2$ and then drops. Who stops on the plateau believes that nothing can be learnt. Right: up to step 10, where training ended, the networks are right. Beyond it nothing holds them, and a seed may drift into guessing, while the weights set by hand go on for ever. Training found *states* that serve for ten steps; nothing made it find the rule. Three seeds are suggestive, not proof.
#
# ## Back to the coins
#
# An article that this course repairs trains on coin flips as labels and reports a loss of 0.1 on 1000 fresh ones (B-001-23). Can that happen by luck? Whatever a model answers, the probability that it gives to the whole row of flips is $2^{-1000}$ on average over all rows. For a mean loss of 0.1 or less that probability must reach $e^{-1000 \cdot 0.1} = e^{-100}$. By Markov's inequality the chance of that is at most $2^{-1000} / e^{-100}$.
# %% [markdown] lang="zh"
# 左图：损失先停在 $\ln 2$ 附近的平台上，然后陡降。在平台上就停手的人，会以为什么也学不到。右图：到训练终点第 10 步为止，网络都答对；再往后就没有约束了，有的种子会渐渐漂向随机猜测，而手定的权重一直不出错。训练找到的是够用十步的**状态**，并没有什么迫使它找到规则。三个种子只是参考，算不上证明。
#
# ## 再说硬币
#
# 本课程所修正的一篇文章，用抛硬币的结果作标签，却报告在 1000 个新标签上损失为 0.1（B-001-23）。会不会是运气好？无论模型怎么答，它给“整串结果”的概率，对所有可能的结果取平均，都是 $2^{-1000}$。而平均损失要不超过 0.1，这个概率至少得有 $e^{-1000 \cdot 0.1} = e^{-100}$。由马尔可夫不等式，发生的可能不超过 $2^{-1000} / e^{-100}$。
# %%
power = (100 - 1000 * np.log(2)) / np.log(10)
print(f"Less than 10 to the power {power:.0f}: nobody measured that loss.")

# %% [markdown] lang="en"
# ## To take home
#
# **A falling loss proves nothing: believe a network when its weights move, its state recurs, and it beats the baseline on data that it has not seen.**
#
# The lab has the exercises, the autopsy takes the article's program apart, the appendix proves that `MyRNN` equals Keras's own layers.
#
# *J. L. Elman (1990), Finding structure in time, Cognitive Science 14. Keras documentation: Making new layers and models via subclassing; Writing a training loop from scratch in TensorFlow.*
# %% [markdown] lang="zh"
# ## 带走一句话
#
# **损失下降什么也证明不了：权重在变，状态在循环，在没见过的数据上胜过基线，才可以相信一个网络。**
#
# “练习”篇里有六道题，“剖析”篇逐一拆解文章的程序，“附录”证明 `MyRNN` 与 Keras 自带的层等价。
#
# *J. L. Elman (1990), Finding structure in time, Cognitive Science 14。Keras 文档：Making new layers and models via subclassing；Writing a training loop from scratch in TensorFlow。*
