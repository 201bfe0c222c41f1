# %% [markdown] lang="en"
# # 7. From 17 to 30,000 tokens a second
#
# After this lesson you can
#
# * time a training step so that the figure means something,
# * say what a recurrent network waits for: Python, the order of its steps, or the matrix products,
# * write an LSTM whose gradient is your own, check it, and run it on all cores,
# * leave a trick out when your own measurement says so,
# * let a language model write thousands of times faster than with `predict`.
#
# Class mode takes half a minute to a whole one and 1.4 GB, full mode about two minutes and 2 GB. You need lesson 3 (the LSTM's gradient).
#
# Most learners have a laptop without a GPU. The articles waste most of it: article 001 trains on one sample at a time, article 004 calls `predict` to write. The title's numbers come from one machine; this lesson measures yours.
# %% [markdown] lang="zh"
# # 7. 从每秒 17 个到 30,000 个词元
#
# 学完这一课，你能够：
#
# * 给一个训练步计时，而且计得有意义；
# * 说出循环网络在等什么：等 Python，等上一个时间步，还是等矩阵乘积；
# * 写一个自带梯度的 LSTM，检验它，并让它用上所有的核；
# * 自己测过以后，敢于不用某个技巧；
# * 让语言模型写得比用 `predict` 快几千倍。
#
# 课堂模式半分钟到一分钟、1.4 GB 内存；完整模式约两分钟、2 GB 内存。预备知识：第 3 课（LSTM 的梯度）。
#
# 多数学习者用的是没有 GPU 的笔记本电脑，而文章把它的能力浪费了大半：文章 001 一次只训练一个样本，文章 004 用 `predict` 来写作。标题里的数来自某一台机器，这一课测的是你自己的机器。
# %%
from rnn_tf.course import begin

lesson = begin("07_speed")

import inspect
import os
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf import feeding, generation, layers, ledger, models, threads, training
from rnn_tf.course import figures
from rnn_tf.backend import keras, tf
from rnn_tf.datasets import digits
from rnn_tf.layers import cells

# %% [markdown] lang="en"
# ## The idea in one figure
#
# A step of a recurrent network cannot begin before the step before it has ended. So one core works and the others wait; and if Python hands out every operation by itself, the one core waits too. Three things help: larger pieces of work, all that needs no state in one piece, and several batches side by side.
# %% [markdown] lang="zh"
# ## 一张图看懂
#
# 循环网络的每一步都要等上一步算完才能开始。于是一个核在干活，其余的核在等；如果每个运算都由 Python 逐个派发，连这一个核也在等。有三个办法：把每份活做大；把不依赖状态的活合成一份；让几批数据并排走。
# %%
pieces = {  # what each core does: (start, length, kind)
    ("one sample at a time, eager", "一次一个样本，即时执行"): (
        [(t, 0.12, "step") for t in np.arange(0, 10, 0.62)],
        [],
    ),
    ("a batch, compiled", "成批，编译"): (
        [(t, 0.57, "step") for t in np.arange(0, 7.4, 0.62)],
        [(t, 0.2, "input") for t in np.arange(0.62, 7, 1.24)],
    ),
    ("inputs in one piece, two chains", "输入合成一份，两条链"): (
        [(0, 0.6, "input")] + [(0.65 + 0.32 * n, 0.27, "step") for n in range(12)],
        [(0, 0.6, "input")] + [(0.65 + 0.32 * n, 0.27, "step") for n in range(12)],
    ),
}
colour = {"step": figures.COLOURS[1], "input": figures.COLOURS[0]}
figure, axes = plt.subplots(3, 1, figsize=(7.0, 3.4), sharex=True, layout="constrained")
for axis, (title, by_core) in zip(axes, pieces.items()):
    for core, work in enumerate(by_core):
        for start, length, kind in work:
            axis.broken_barh([(start, length)], (0.6 - core, 0.75), color=colour[kind])
    axis.set(yticks=[0.97, -0.03], ylim=(-0.5, 1.45), xlim=(0, 10))
    axis.set_yticklabels([lesson.text(f"core {n}", f"核 {n}") for n in (1, 2)])
    axis.set_title(lesson.text(*title), loc="left", fontsize=10)
    axis.grid(False)
axes[2].set(xticks=[], xlabel=lesson.text("time →  (a sketch)", "时间 →（示意）"))
for kind, words in (("step", ("a time step", "一个时间步")), ("input", ("inputs", "输入"))):
    axes[2].broken_barh([], (0, 0), color=colour[kind], label=lesson.text(*words))
axes[2].legend(loc="center right")
lesson.figure(
    figure,
    "idea",
    en="a sketch of two cores in three runs: short steps with long gaps on one core; long steps without "
    "gaps on one core, the other mostly idle; both cores full and done soonest",
    zh="两个核的示意图，三种做法：一个核上短短的步、长长的空档；一个核上连续的长步，另一个核大多闲着；"
    "两个核都排满，最早做完",
)

# %% [markdown] lang="en"
# ## The equations
#
# Lesson 3 gave the LSTM and its gradient. With the four blocks side by side, in Keras's order, the **forward pass** is
#
# $$A = X W_x + b, \qquad a_t = A_t + h_{t-1} W_h, \qquad i, f, o = \sigma(a_t), \; \tilde c = \tanh(a_t), \qquad c_t = f \circ c_{t-1} + i \circ \tilde c, \qquad h_t = o \circ \tanh c_t,$$
#
# and the **backward pass**, with $\delta_t = \partial L/\partial h_t$ and $\varepsilon_t = \partial L/\partial c_t$, is
#
# $$\varepsilon_t = \delta_t \circ o \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}, \qquad \alpha_t = \partial L/\partial a_t, \qquad \delta_{t-1} = \alpha_t W_h^\top + \text{(from the output of step } t-1),$$
#
# $$\frac{\partial L}{\partial W_h} = \sum_t h_{t-1}^\top \alpha_t = H^\top \! A', \qquad \frac{\partial L}{\partial W_x} = X^\top \! A', \qquad \frac{\partial L}{\partial b} = \sum_t \alpha_t .$$
#
# $X$ holds the inputs of all steps, one below the other, $H$ all the states $h_{t-1}$, and $A'$ all the $\alpha_t$. Read the formulas again and ask of each product: *must it wait for the step before?* Only $h_{t-1} W_h$ and $\alpha_t W_h^\top$ must. All the others can be one large product, before or after the loop.
# %% [markdown] lang="zh"
# ## 公式
#
# 第 3 课给出了 LSTM 和它的梯度。把四块按 Keras 的次序并排，**前向计算**是
#
# $$A = X W_x + b, \qquad a_t = A_t + h_{t-1} W_h, \qquad i, f, o = \sigma(a_t), \; \tilde c = \tanh(a_t), \qquad c_t = f \circ c_{t-1} + i \circ \tilde c, \qquad h_t = o \circ \tanh c_t,$$
#
# **反向计算**，记 $\delta_t = \partial L/\partial h_t$，$\varepsilon_t = \partial L/\partial c_t$，是
#
# $$\varepsilon_t = \delta_t \circ o \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}, \qquad \alpha_t = \partial L/\partial a_t, \qquad \delta_{t-1} = \alpha_t W_h^\top + \text{（第 } t-1 \text{ 步的输出传来的）},$$
#
# $$\frac{\partial L}{\partial W_h} = \sum_t h_{t-1}^\top \alpha_t = H^\top \! A', \qquad \frac{\partial L}{\partial W_x} = X^\top \! A', \qquad \frac{\partial L}{\partial b} = \sum_t \alpha_t .$$
#
# $X$ 把所有时间步的输入一行行叠起来，$H$ 叠起所有的状态 $h_{t-1}$，$A'$ 叠起所有的 $\alpha_t$。再读一遍公式，对每个乘积问一句：**它非得等上一步吗？** 只有 $h_{t-1} W_h$ 和 $\alpha_t W_h^\top$ 非等不可，其余的都可以在循环之前或之后合成一个大乘积。

# %% [markdown] lang="en"
# ## The work and the stopwatch
#
# The digits of lesson 5, read row by row: a batch of 128 pictures, 28 steps of 28 features, an LSTM of 128 units. One training step is forward pass, backward pass and Adam. What the network learns plays no part here.
# %% [markdown] lang="zh"
# ## 要做的活和秒表
#
# 还是第 5 课的手写数字，一行一行地读：每批 128 张图，28 个时间步、28 个特征，LSTM 有 128 个单元。一个训练步包括前向计算、反向计算和 Adam 更新。这一课不关心网络学到了什么。
# %%
data = digits.load()
batch_size, features, units = 128, 28, 128
pictures = tf.constant(data.train.inputs[:batch_size], tf.float32)
classes = tf.constant(data.train.targets[:batch_size], tf.int32)


def new_weights(seed=0):
    """Kernel, recurrent kernel, bias, output kernel, output bias: Keras's layout, blocks i f c o."""
    random = np.random.default_rng(seed)
    shapes = [(features, 4 * units), (units, 4 * units), (4 * units,), (units, 10), (10,)]
    return [keras.Variable(random.normal(scale=0.1, size=s).astype("float32")) for s in shapes]


def loss_of(last_state, weights, pictures, classes):
    """Cross-entropy; ``last_state(weights, pictures)`` is the recurrence: (batch, units)."""
    logits = tf.matmul(last_state(weights, pictures), weights[3]) + weights[4]
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
    return tf.reduce_mean(losses)


def training_step(last_state):
    """A training step with weights and an optimizer of its own."""
    weights, optimizer = new_weights(), keras.optimizers.Adam()
    optimizer.build(weights)

    def step(pictures, classes):
        with tf.GradientTape() as tape:
            loss = loss_of(last_state, weights, pictures, classes)
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


print("pictures", pictures.shape, " weights", [tuple(w.shape) for w in new_weights()])

# %% [markdown] lang="en"
# Rules for the stopwatch:
#
# * the **first call** is not like the others: `tf.function` turns Python into a graph then (*tracing*). It is timed apart;
# * things that are compared take **turns**, so that a pause of the machine meets all of them, and the **median** counts, with the spread beside it;
# * beside the time on the clock stands the **core time**, the time of all cores together. It tells whether a trick saves work or only spreads it.
# %% [markdown] lang="zh"
# 计时的规矩：
#
# * **首次调用**与以后不同：`tf.function` 这时把 Python 代码转成计算图（叫作**追踪**）。这段时间单独记；
# * 要比较的几种做法**轮流**跑，机器一时卡顿，谁都躲不过；取**中位数**，旁边写出波动范围；
# * 除了钟表时间，还记**核时间**，即所有核所用时间的总和。它告诉我们，一个技巧是真的省了活，还是只把活摊开了。
# %%


class Way:
    """One way to do the work: called once for tracing and once for warmth when it is made."""

    def __init__(self, en, zh, run, calls=1.0):
        self.name = lesson.text(en, zh)
        self.run = run
        self.calls = calls  # that make up one unit of work, such as a batch
        self.first_call = self.seconds(1)
        self.at_a_time = int(np.clip(0.03 / self.seconds(1), 1, 50))
        self.ms, self.core_ms = [], []

    def seconds(self, times):
        start = time.perf_counter()
        for _ in range(times):
            self.run()
        return time.perf_counter() - start

    def take_a_turn(self):
        if self.at_a_time > 1:
            self.run()  # untimed: it finds the cache as another way has left it
        share = 1e3 * self.calls / self.at_a_time
        core_start = time.process_time()
        self.ms.append(self.seconds(self.at_a_time) * share)
        self.core_ms.append((time.process_time() - core_start) * share)


def side_by_side(*ways, turns=None, unit=("ms a batch", "每批毫秒")):
    """Let the ways take turns, and show each beside the one above it."""
    for way in ways:
        way.ms, way.core_ms = [], []
    for _ in range(turns or lesson.pick(class_mode=3, full=11)):
        for way in ways:
            way.take_a_turn()
    above = [None, *ways]
    lesson.table(
        [
            lesson.text("way", "做法"),
            lesson.text(*unit),
            lesson.text("from … to", "最小 … 最大"),
            lesson.text("core time", "核时间"),
            lesson.text("first call, s", "首次调用（秒）"),
            lesson.text("× the row above", "比上一行快几倍"),
        ],
        [
            [
                way.name,
                median(way),
                f"{show(min(way.ms))} … {show(max(way.ms))}",
                float(np.median(way.core_ms)),
                way.first_call,
                "" if last is None else f"{faster(way, last):.2f}",
            ]
            for way, last in zip(ways, above)
        ],
    )


def median(way):
    return float(np.median(way.ms))


def faster(way, than):
    """How many times as fast. On a shared machine anything from 0.87 to 1.15 is a tie."""
    return median(than) / median(way)


def less_work(way, than):
    """How many times less core time, by the quickest turns: what disturbs a turn only adds to it."""
    return min(than.core_ms) / min(way.core_ms)


# %% [markdown] lang="en"
# ## Steps 1 to 4: the article's way, and what it costs
#
# Article 001 (§5.2) takes one sample, opens a `GradientTape`, and calls a Keras optimizer, ten thousand times an epoch:
# %% [markdown] lang="zh"
# ## 第 1 到 4 步：文章的做法和它的代价
#
# 文章 001（§5.2）每次取一个样本，打开 `GradientTape`，再调用 Keras 优化器，一轮要重复一万次：
# %%
lesson.ledger("B-001-24")


# %% [markdown] lang="en"
# The recurrence, written down as it comes: each step multiplies its input and its state. Automatic differentiation finds the gradient. We run the same Python four times: one sample or a batch of 128, *eager* (Python hands every operation to TensorFlow) or in a `tf.function` (one graph, handed over at once).
# %% [markdown] lang="zh"
# 先把递推照直写出来：每一步都乘一次输入、乘一次状态；梯度交给自动微分。同一段 Python 跑四遍：一个样本或一批 128 个样本；**即时执行**（Python 把运算逐个交给 TensorFlow）或放进 `tf.function`（整张计算图一次交出去）。
# %%
def lstm_step(a, c):
    """Pre-activations (batch, 4 units) and cell state -> h, c, and what the way back will need."""
    i, f, g, o = tf.split(a, 4, axis=-1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    c_before, c = c, f * c + i * g
    squashed = tf.tanh(c)
    return o * squashed, c, (i, f, g, o, c_before, squashed)


def plain(weights, pictures):
    kernel, recurrent_kernel, bias = weights[:3]
    h = c = tf.zeros((pictures.shape[0], units), pictures.dtype)
    for x in tf.unstack(pictures, axis=1):  # (batch, features)
        h, c, _ = lstm_step(tf.matmul(x, kernel) + tf.matmul(h, recurrent_kernel) + bias, c)
    return h


def runner(step, count=batch_size, pictures=pictures, classes=classes):
    """The step on the first ``count`` samples; reading the loss waits until it is done."""
    pictures, classes = pictures[:count], classes[:count]
    return lambda: step(pictures, classes).numpy()


article = Way(
    "1 one sample, eager",
    "1 一个样本，即时执行",
    runner(training_step(plain), 1),
    calls=batch_size,
)
sample_graph = Way(
    "2 one sample, tf.function",
    "2 一个样本，tf.function",
    runner(tf.function(training_step(plain)), 1),
    calls=batch_size,
)
batch_eager = Way("3 a batch, eager", "3 一批，即时执行", runner(training_step(plain)))
batch_graph = Way("4 a batch, tf.function", "4 一批，tf.function", runner(tf.function(training_step(plain))))
side_by_side(article, sample_graph, batch_eager, batch_graph)

# %%
seconds = 10 * 10_000 / batch_size / 1e3  # for ten epochs of 10,000 samples, from ms a batch
lesson.say(
    f"Ten epochs of 10,000 such samples: {median(article) * seconds / 60:.0f} minutes the article's way, "
    f"{median(batch_graph) * seconds:.0f} seconds in compiled batches.",
    f"这样的样本，每轮 10,000 个，共 10 轮：照文章的做法要 {median(article) * seconds / 60:.0f} 分钟，"
    f"成批并编译只要 {median(batch_graph) * seconds:.0f} 秒。",
)

# %% [markdown] lang="en"
# This is the repair, and it is by far the largest step of the lesson. In fairness: the article updates the weights 128 times where a batch updates them once, so an epoch of the one is not an epoch of the other. But such a factor is not made up by more updates.
#
# Nothing that follows will matter to you before you have done this.
# %% [markdown] lang="zh"
# 这就是改法，也是全课迈得最大的一步。公平地说：文章更新 128 次权重时，一批只更新一次，两者的一轮并不等价；但差这么多倍，靠多更新几次是补不回来的。
#
# 没做到这一步之前，后面的都不必谈。

# %% [markdown] lang="en"
# ## Step 5: out of the loop with it
#
# $X W_x + b$ needs no state: one product for all 28 steps (*hoisting*). Automatic differentiation then makes $\partial L/\partial W_x$ one product too. $\partial L/\partial W_h$ stays 28 products, since the loop still makes $h_{t-1} W_h$ one by one.
# %% [markdown] lang="zh"
# ## 第 5 步：提到循环外
#
# $X W_x + b$ 不依赖状态，28 步合成一个乘积（这叫**外提**，hoisting）。自动微分随之把 $\partial L/\partial W_x$ 也变成一个乘积。$\partial L/\partial W_h$ 仍是 28 个乘积，因为循环里的 $h_{t-1} W_h$ 还是一个一个算的。
# %%
def rows(tensor):
    """(steps, batch, width) -> (steps * batch, width)."""
    return tf.reshape(tensor, (-1, tensor.shape[-1]))


def input_parts(weights, pictures):
    """A = X W_x + b for all steps: (steps, batch, 4 units)."""
    x = tf.transpose(pictures, (1, 0, 2))
    parts = tf.matmul(rows(x), weights[0]) + weights[2]
    return tf.reshape(parts, (*x.shape[:2], parts.shape[-1]))


def hoisted(weights, pictures):
    h = c = tf.zeros((pictures.shape[0], units), pictures.dtype)
    for x_part in tf.unstack(input_parts(weights, pictures)):
        h, c, _ = lstm_step(x_part + tf.matmul(h, weights[1]), c)
    return h


print("X W_x + b:", input_parts(new_weights(), pictures).shape)
one_product = Way("5 inputs hoisted", "5 输入外提", runner(tf.function(training_step(hoisted))))
side_by_side(batch_graph, one_product)

# %% [markdown] lang="en"
# If you see no gain, here is why: 28 features are few, and the small products wait for nothing, so a second core made them ahead of time anyway. One large product occupies one core, and the loop cannot begin before it is done. What is gained is order, and the later steps need it.
#
# ## Step 6: the gradient by hand
#
# Automatic differentiation writes down the derivative of every single operation. Lesson 3 knows better: from what the gates were, the way back computes $\alpha_t$ in a few operations, and $\partial L/\partial W_h = H^\top\! A'$ is one product at the end. `tf.custom_gradient` takes a function that returns its result and its gradient.
# %% [markdown] lang="zh"
# 要是没看到好处，原因在这里：28 个特征不算多，而那些小乘积什么都不用等，另一个核本来就会提前把它们算好；合成一个大乘积，反而占住一个核，算完之前循环没法开始。现在赚到的是条理，后面几步要用。
#
# ## 第 6 步：手推梯度
#
# 自动微分给每个小运算都写下导数。第 3 课的办法更省：有了各个门的值，往回走时几个运算就得到 $\alpha_t$，最后用一个乘积 $H^\top\! A'$ 得到 $\partial L/\partial W_h$。`tf.custom_gradient` 接收的函数，既返回结果，也返回梯度。
# %%
def lstm_back(saved, delta, epsilon):
    """δ_t and the ε that came back -> α_t, and the ε for the step before."""
    i, f, g, o, c_before, squashed = saved
    epsilon = epsilon + tf.raw_ops.TanhGrad(y=squashed, dy=delta * o)
    alpha = tf.concat(
        [
            tf.raw_ops.SigmoidGrad(y=i, dy=epsilon * g),
            tf.raw_ops.SigmoidGrad(y=f, dy=epsilon * c_before),
            tf.raw_ops.TanhGrad(y=g, dy=epsilon * i),
            tf.raw_ops.SigmoidGrad(y=o, dy=delta * squashed),
        ],
        axis=-1,
    )
    return alpha, epsilon * f


@tf.custom_gradient
def recurrence(x_parts, recurrent_kernel):
    """(steps, batch, 4 units), (units, 4 units) -> the last hidden state (batch, units)."""
    h = c = tf.zeros((x_parts.shape[1], recurrent_kernel.shape[0]), x_parts.dtype)
    before, kept = [], []
    for x_part in tf.unstack(x_parts):
        before.append(h)
        h, c, saved = lstm_step(x_part + tf.matmul(h, recurrent_kernel), c)
        kept.append(saved)

    def gradient(delta):
        epsilon, way_back = tf.zeros_like(delta), tf.transpose(recurrent_kernel)
        alphas = []
        for saved in reversed(kept):
            alpha, epsilon = lstm_back(saved, delta, epsilon)
            delta = tf.matmul(alpha, way_back)
            alphas.insert(0, alpha)
        alphas = tf.stack(alphas)  # A', (steps, batch, 4 units)
        return alphas, tf.matmul(rows(tf.stack(before)), rows(alphas), transpose_a=True)

    return h, gradient


def by_hand(weights, pictures):
    return recurrence(input_parts(weights, pictures), tf.convert_to_tensor(weights[1]))


# %% [markdown] lang="en"
# First right, then fast. The gradient of every weight, against automatic differentiation of the plain form, in float32 and in float64:
# %% [markdown] lang="zh"
# 先要对，再求快。把每个权重的梯度与直写形式的自动微分比较，float32 和 float64 各一遍：
# %%
def gradients(last_state, seed=0, dtype="float32", pictures=pictures, classes=classes):
    weights = [tf.cast(tf.convert_to_tensor(w), dtype) for w in new_weights(seed)]
    with tf.GradientTape() as tape:
        tape.watch(weights)
        loss = loss_of(last_state, weights, tf.cast(pictures, dtype), classes)
    return [g.numpy() for g in tape.gradient(loss, weights)]


def difference(found, wanted):
    """The largest difference over all arrays, each relative to its largest number."""
    return max(np.abs(f - w).max() / np.abs(w).max() for f, w in zip(found, wanted))


lesson.result(
    "gradient_float64",
    difference(gradients(by_hand, 0, "float64"), gradients(plain, 0, "float64")),
    title=("gradient by hand against autodiff, float64", "手推梯度与自动微分之差，float64"),
    at_most=1e-12,
)
lesson.result(
    "gradient_float32",
    [difference(gradients(by_hand, seed), gradients(plain, seed)) for seed in lesson.seeds],
    title=("gradient by hand against autodiff, float32", "手推梯度与自动微分之差，float32"),
    at_most=1e-5,
)

# %%
hand = Way("6 gradient by hand", "6 手推梯度", runner(tf.function(training_step(by_hand))))
side_by_side(batch_graph, one_product, hand)

# %% [markdown] lang="en"
# No faster, or even slower? Compare the core times: on a short unrolled sequence, automatic differentiation has hardly more work than we have. And it leaves 28 small products for $\partial L/\partial W_h$, each of which waits for its own step only: a second core makes them meanwhile. Our large product comes at the end, on one core, while the other looks on. The same work can take longer. Step 8 gives the other core its own work; and where the loop is inside the graph, our gradient pays by itself. That comes next.
# %% [markdown] lang="zh"
# 没变快，甚至变慢了？比一比核时间：在展开的短序列上，自动微分干的活并不比我们多多少。它还为 $\partial L/\partial W_h$ 留下 28 个小乘积，每个只等自己那一步，另一个核正好同时去算；我们的大乘积却排在最后，一个核算，另一个核看。一样多的活，时间反而可能更长。第 8 步会给另一个核派上它自己的活；而循环一旦放进图里，手推梯度自己就见效。下面先看这个。

# %% [markdown] lang="en"
# ## Step 7: blocks of steps
#
# So far Python's `for` has written all 28 steps into the graph: the loop is *unrolled*. For long sequences the graph gets too large, and one uses a loop inside the graph, `tf.scan` or `tf.while_loop`. Then every round of the loop has a price of its own. In between lie **blocks**: a loop whose every round runs a few unrolled steps. Their intermediate values are still in the processor's cache when they are needed again.
#
# For this we lay several digits one below the other: one long picture, read row by row.
# %% [markdown] lang="zh"
# ## 第 7 步：分块
#
# 到现在为止，是 Python 的 `for` 把 28 步全写进计算图里，这叫**展开**。序列一长，图就太大了，只好用图里的循环，即 `tf.scan` 或 `tf.while_loop`，而循环每转一圈都有自己的开销。折中的办法是**分块**：循环每转一圈，跑几个展开的时间步。这样，中间结果再用到时还在处理器的缓存里。
#
# 为此，我们把几个数字上下相接，拼成一张长图，一行一行地读。
# %%
long_batch = 32
in_a_row = lesson.pick(class_mode=3, full=36)
long_steps = 28 * in_a_row
count = long_batch * in_a_row
long_pictures = tf.reshape(
    tf.constant(data.train.inputs[:count], tf.float32), (long_batch, long_steps, features)
)
long_classes = tf.constant(data.train.targets[in_a_row - 1 : count : in_a_row], tf.int32)
print("long pictures", long_pictures.shape, " classes", long_classes.shape)


def plain_loop(weights, pictures):
    """``plain`` with a loop inside the graph."""

    def one_step(state, x):
        a = tf.matmul(x, weights[0]) + tf.matmul(state[0], weights[1]) + weights[2]
        return lstm_step(a, state[1])[:2]

    zeros = tf.zeros((pictures.shape[0], units), pictures.dtype)
    h, _ = tf.scan(one_step, tf.transpose(pictures, (1, 0, 2)), (zeros, zeros))
    return h[-1]


def hoisted_loop(weights, pictures):
    def one_step(state, x_part):
        return lstm_step(x_part + tf.matmul(state[0], weights[1]), state[1])[:2]

    zeros = tf.zeros((pictures.shape[0], units), pictures.dtype)
    h, _ = tf.scan(one_step, input_parts(weights, pictures), (zeros, zeros))
    return h[-1]


# %% [markdown] lang="en"
# The gradient by hand in blocks: the same two loops as in step 6, each cut into pieces by `over_blocks`.
# %% [markdown] lang="zh"
# 分块的手推梯度：还是第 6 步的两个循环，各由 `over_blocks` 切成小块。
# %%
def over_blocks(one_block, sequences, state, size, widths, reverse=False):
    """``one_block(steps, state) -> (made, state)`` over blocks of ``size`` steps in a graph's loop.

    ``sequences`` are (steps, batch, width) tensors. ``steps`` and ``made`` are lists, a tuple a step.
    Returns all that was made, one (steps, batch, width) tensor for each of ``widths``, and the state.
    """
    num_steps, batch_size = sequences[0].shape[:2]

    def one_round(carried, block):
        made, state = one_block(list(zip(*map(tf.unstack, block))), carried[1])
        return tuple(map(tf.stack, zip(*made))), state

    blocks = tuple(tf.reshape(s, (num_steps // size, size, *s.shape[1:])) for s in sequences)
    nothing = tuple(tf.zeros((size, batch_size, width), state[0].dtype) for width in widths)
    made, states = tf.scan(one_round, blocks, (nothing, state), reverse=reverse)
    made = [tf.reshape(m, (num_steps, batch_size, w)) for m, w in zip(made, widths)]
    return made, [s[0 if reverse else -1] for s in states]


def recurrence_in_blocks(size):
    @tf.custom_gradient
    def run(x_parts, recurrent_kernel):
        zeros = tf.zeros((x_parts.shape[1], units), x_parts.dtype)

        def forward(steps, state):
            (h, c), made = state, []
            for (x_part,) in steps:
                before = h
                h, c, saved = lstm_step(x_part + tf.matmul(h, recurrent_kernel), c)
                made.append((before, *saved))
            return made, (h, c)

        (before, *kept), (h, _) = over_blocks(
            forward, (x_parts,), (zeros, zeros), size, [units] * 7
        )

        def gradient(delta):
            way_back = tf.transpose(recurrent_kernel)

            def backward(steps, state):
                (delta, epsilon), made = state, []
                for saved in reversed(steps):
                    alpha, epsilon = lstm_back(saved, delta, epsilon)
                    delta = tf.matmul(alpha, way_back)
                    made.insert(0, (alpha,))
                return made, (delta, epsilon)

            (alphas,), _ = over_blocks(
                backward, tuple(kept), (delta, zeros), size, [4 * units], reverse=True
            )
            return alphas, tf.matmul(rows(before), rows(alphas), transpose_a=True)

        return h, gradient

    return lambda weights, pictures: run(
        input_parts(weights, pictures), tf.convert_to_tensor(weights[1])
    )


three_pictures = (long_pictures[:3, :84], long_classes[:3])
lesson.result(
    "gradient_blocks",
    difference(
        gradients(recurrence_in_blocks(12), 0, "float64", *three_pictures),
        gradients(plain, 0, "float64", *three_pictures),
    ),
    title=("the same in blocks of 12, float64", "分块（每块 12 步）之差，float64"),
    at_most=1e-12,
)


# %%
def long_way(en, zh, last_state):
    step = tf.function(training_step(last_state))
    return Way(en, zh, runner(step, long_batch, long_pictures, long_classes))


sizes = lesson.pick(class_mode=(1, 4, 12, 84), full=(1, 4, 12, 28, 84))
blocks = {
    size: long_way(f"7 blocks of {size}", f"7 每块 {size} 步", recurrence_in_blocks(size))
    for size in sizes
    if size < long_steps
}
if long_steps in sizes:
    blocks[long_steps] = long_way("7 all unrolled", "7 全部展开", by_hand)
side_by_side(*blocks.values())

# %%
figure, (left, right) = figures.panels(2, width=3.5, height=3.0)
spreads = np.array([np.percentile(way.ms, (0, 50, 100)) for way in blocks.values()]).T
left.errorbar(list(blocks), spreads[1], np.abs(spreads[[0, 2]] - spreads[1]), marker="o", capsize=3)
right.plot(list(blocks), [way.first_call for way in blocks.values()], marker="o")
for axis, words in (
    (left, ("a training step (ms)", "一个训练步（毫秒）")),
    (right, ("first call, with tracing (s)", "首次调用，含追踪（秒）")),
):
    axis.set(xscale="log", ylim=(0, None), xticks=list(blocks), xticklabels=list(blocks))
    axis.minorticks_off()
    figures.label(axis, lesson.text("unrolled steps in a block", "每块展开的步数"), lesson.text(*words))
figure.suptitle(lesson.text(f"{long_steps} steps", f"{long_steps} 个时间步"))
lesson.figure(
    figure,
    "blocks",
    en="left: a training step against the size of a block, quicker with blocks of a few steps than one "
    "step at a time; right: the time of the first call, which grows with the block's size",
    zh="左：训练步用时随块的大小变化，每块几步比一步一步快；右：首次调用的时间随块变大而增长",
)

# %% [markdown] lang="en"
# The run time gains most from the first few unrolled steps. The time for tracing grows with every one of them. `rnn_tf.layers` unrolls short sequences whole and takes long ones in blocks.
# %% [markdown] lang="zh"
# 运行时间主要得益于最初展开的几步，追踪时间却每展开一步都要增加。`rnn_tf.layers` 对短序列全部展开，对长序列分块。

# %% [markdown] lang="en"
# ## Step 8: all cores
#
# The rows of a batch know nothing of each other. Cut into two halves they are two **chains** that run side by side in one graph; the loss joins them, and every gradient is what it was.
#
# By default TensorFlow shares out *each operation* among the cores. The operations of a step are so small that sharing costs more than it brings. So `rnn_tf` asks for one thread inside an operation and as many operations at a time as there are cores. TensorFlow takes such a wish only before it starts; what became of it:
# %% [markdown] lang="zh"
# ## 第 8 步：所有的核
#
# 一批里的各行互不相干。切成两半，就是两条**链**，在同一张图里并排走；损失把它们合起来，梯度分毫不变。
#
# TensorFlow 默认把**每个运算**分给各个核。而一个时间步里的运算太小，分工的开销比好处还大。所以 `rnn_tf` 要求：每个运算内部只用一个线程，有几个核就同时做几个运算。TensorFlow 只在启动之前接受这种设定，结果如何，问一问便知：
# %%
print(threads.report(), "| os.cpu_count():", os.cpu_count())


def in_chains(last_state, count):
    return lambda weights, pictures: tf.concat(
        [last_state(weights, part) for part in tf.split(pictures, count)], axis=0
    )


two_chains = Way("8 in 2 chains", "8 分成 2 条链", runner(tf.function(training_step(in_chains(by_hand, 2)))))
print(f"gradients: {difference(gradients(in_chains(by_hand, 2)), gradients(by_hand)):.1e}")
side_by_side(hand, two_chains)

# %% [markdown] lang="en"
# How many chains? On the long sequences, in blocks of 4:
# %% [markdown] lang="zh"
# 要几条链？在长序列上试，每块 4 步：
# %%
chains = {1: blocks[4]} | {
    count: long_way(f"8 in {count} chains", f"8 分成 {count} 条链", in_chains(recurrence_in_blocks(4), count))
    for count in (2, 4)
}
side_by_side(*chains.values())

# %% [markdown] lang="en"
# Two chains on two cores are twice the speed only if memory keeps up and if one chain did not already lend work to the second core; and if another program is busy there, little is left to gain. More chains than cores do no good and cost tracing.
#
# Would step 4 in two chains do as well? On short sequences nearly: see "Keras at its best" below.
#
# All steps once more on the long sequences, where the loop is inside the graph:
# %% [markdown] lang="zh"
# 两条链、两个核，要快到两倍，还得内存跟得上，并且原先一条链时没有把活分给第二个核；要是别的程序占着那个核，就没有多少可赚。链比核多没有好处，还多花追踪时间。
#
# 第 4 步分成两条链，是不是也一样快？在短序列上差不多，见后面“最佳状态的 Keras”。
#
# 在循环位于图内的长序列上，把各步再走一遍：
# %%
long_ways = [
    long_way("4 loop, autodiff", "4 循环，自动微分", plain_loop),
    long_way("5 inputs hoisted", "5 输入外提", hoisted_loop),
    long_way("6 gradient by hand", "6 手推梯度", recurrence_in_blocks(1)),
    chains[1],
    chains[2],
]
side_by_side(*long_ways, turns=lesson.pick(class_mode=5, full=11))
loop, _, _, in_blocks, in_both = long_ways
lesson.result(
    "long_sequences",
    faster(in_both, than=loop),
    title=(
        f"{long_steps} steps: all of it against autodiff through a loop, clock time",
        f"{long_steps} 个时间步：全部用上，比循环加自动微分快几倍（钟表时间）",
    ),
    baseline=("loop, autodiff", "循环，自动微分", 1),
    unit="×",
)
lesson.result(
    "long_sequences_work",
    less_work(in_blocks, than=loop),
    title=(
        f"{long_steps} steps: work saved up to step 7, core time",
        f"{long_steps} 个时间步：到第 7 步为止省下的活（核时间）",
    ),
    baseline=("loop, autodiff", "循环，自动微分", 1),
    at_least=1.1,
    unit="×",
)

# %% [markdown] lang="en"
# The ratio in core time is the work that blocks and the gradient by hand save. The ratio in clock time needs the second core free: on a machine that is busy with something else, little of it is left.
#
# ## The layers of this course are just that
#
# Two functions hold all that is special about the LSTM: a step and its way back. Loop, blocks, chains, the products before and after: they are the same for every cell. So is the engine of `rnn_tf.layers`. Its LSTM cell:
# %% [markdown] lang="zh"
# 核时间之比，是分块和手推梯度省下的活。钟表时间之比，要第二个核空着才行：机器正忙着别的事，就剩不下多少。
#
# ## 本课程的层就是这么做的
#
# LSTM 的特别之处全在两个函数里：一步怎么走，怎么往回走。循环、分块、链、循环前后的大乘积，换哪种单元都一样。`rnn_tf.layers` 的引擎正是如此。它的 LSTM 单元是：
# %%
print(inspect.getsource(cells.LSTMCell.step))
print(inspect.getsource(cells.LSTMCell.back))


def layer_as_function(**options):
    """``rnn_tf.layers.LSTM`` as a function of its weights and inputs."""
    layer = layers.LSTM(units, **options)
    layer.build((None, None, features))

    def last_state(weights, pictures):
        return layer.stateless_call(weights[:3], layer.non_trainable_variables, pictures)[0]

    return last_state


lesson.result(
    "gradient_layer",
    difference(gradients(layer_as_function()), gradients(by_hand)),
    title=("rnn_tf.layers.LSTM against ours, float32", "rnn_tf.layers.LSTM 与上面手写的之差，float32"),
    at_most=1e-5,
)

# %% [markdown] lang="en"
# ## Step 9: half the digits
#
# A bfloat16 number has the range of a float32 with 8 significant bits instead of 24. Some processors multiply such numbers two or more times as fast. `products="bfloat16"` rounds the operands of the recurrent products only; sums, gates and states stay float32. What does it cost in accuracy? Against float64:
# %% [markdown] lang="zh"
# ## 第 9 步：少一半位数
#
# bfloat16 的范围与 float32 相同，有效位却从 24 位减到 8 位。有些处理器算它的乘法快一倍甚至更多。`products="bfloat16"` 只把循环里矩阵乘积的两个因子舍入，求和、门和状态仍是 float32。精度损失多少？与 float64 比较：
# %%
def bfloat16_instructions():
    """Names of the processor's bfloat16 instructions; ``None`` where the system does not tell."""
    info = Path("/proc/cpuinfo")
    if not info.is_file():
        return None
    found = set(info.read_text(encoding="utf-8", errors="replace").split())
    return sorted(found & {"avx512_bf16", "amx_bf16", "bf16"})


def errors(last_state):
    """Relative error of the last state and of the gradients, against float64."""
    weights = new_weights()
    exact_weights = [tf.cast(tf.convert_to_tensor(w), "float64") for w in weights]
    exact = by_hand(exact_weights, tf.cast(pictures, "float64")).numpy()
    state = last_state(weights, pictures).numpy()
    return difference([state], [exact]), difference(
        gradients(last_state), gradients(by_hand, 0, "float64")
    )


by_products = {"float32": errors(layer_as_function()), "bfloat16": errors(layer_as_function(products="bfloat16"))}
lesson.table(
    [
        lesson.text("products in", "乘积用"),
        lesson.text("error of the last state", "最后状态的误差"),
        lesson.text("error of the gradients", "梯度的误差"),
    ],
    [[name, f"{state:.1e}", f"{gradient:.1e}"] for name, (state, gradient) in by_products.items()],
)
lesson.result(
    "bfloat16_error",
    max(by_products["bfloat16"]),
    title=("bfloat16 products, largest relative error", "bfloat16 乘积，最大相对误差"),
    baseline=("float32", "float32", max(by_products["float32"])),
    at_most=0.05,
)

# %%
layer_way = Way(
    "8 rnn_tf.layers.LSTM",
    "8 rnn_tf.layers.LSTM",
    runner(tf.function(training_step(layer_as_function()))),
)
bfloat16 = Way(
    "9 bfloat16 products",
    "9 bfloat16 乘积",
    runner(tf.function(training_step(layer_as_function(products="bfloat16")))),
)
side_by_side(two_chains, layer_way, bfloat16)
instructions = bfloat16_instructions()
if instructions is None:
    lesson.say(
        "This system does not tell which instructions its processor has.",
        "这个系统没有说明处理器有哪些指令。",
    )
else:
    lesson.say(
        f"bfloat16 instructions found on this processor: {', '.join(instructions) or 'none'}. "
        f"bfloat16 products: {faster(bfloat16, than=layer_way):.2f} times the speed of float32.",
        f"在这个处理器上找到的 bfloat16 指令：{'、'.join(instructions) or '没有'}。"
        f"bfloat16 乘积的速度是 float32 的 {faster(bfloat16, than=layer_way):.2f} 倍。",
    )

# %% [markdown] lang="en"
# Without the instructions the rounding is only more work, and the layer's default is therefore float32. With them the gain grows with the size of the products; on small ones like these little is left of it.
#
# ## Step 10: the one that made it worse
#
# `jit_compile=True` hands the graph to XLA, a compiler that joins small operations into large ones. Surely that is the thing for a step of many small operations? We tried it on step 7, and leave the result in:
# %% [markdown] lang="zh"
# 没有这些指令，舍入只是多干活，所以层的默认值是 float32。有这些指令，乘积越大赚得越多；像这里这么小的乘积，剩不下多少。
#
# ## 第 10 步：越改越慢的一步
#
# `jit_compile=True` 把图交给编译器 XLA，它会把许多小运算合成大运算。一步里尽是小运算，这不正好对症吗？我们在第 7 步上试了，结果如实留在这里：
# %%
short_blocks = Way(
    "7 blocks of 7", "7 每块 7 步", runner(tf.function(training_step(recurrence_in_blocks(7))))
)
with_xla = Way(
    "10 step 7 with XLA",
    "10 第 7 步加 XLA",
    runner(tf.function(training_step(recurrence_in_blocks(7)), jit_compile=True)),
)
side_by_side(short_blocks, with_xla, turns=lesson.pick(class_mode=5, full=15))

# %% [markdown] lang="en"
# XLA compiles the whole graph for one core (its core time is its clock time), with matrix products of its own in place of TensorFlow's tuned ones; joining the small operations does not make up for that. Keep it in mind: further down the same switch will be the best of all. *Measure.*
# %% [markdown] lang="zh"
# XLA 把整张图编译给一个核跑（核时间等于钟表时间），又用自己的矩阵乘积换掉 TensorFlow 精心调过的那些；合并小运算的好处补不回来。但先记住它：到了后面，同一个开关会是最好的一招。**要自己测。**

# %% [markdown] lang="en"
# ## Step 11: the limit
#
# However clever the rest, the matrix products of a training step have to be made. Here they are alone, on random numbers, half the batch on each core, with nothing in between and in any order:
# %% [markdown] lang="zh"
# ## 第 11 步：极限
#
# 别的做得再巧，一个训练步里的矩阵乘积总得算。下面只算这些乘积：用随机数，每个核半批，中间什么也不做，次序随意：
# %%
def products_alone(count):
    random = np.random.default_rng(0)
    part, num_steps = batch_size // count, pictures.shape[1]

    def numbers(*shape):
        return tf.constant(random.normal(size=shape), tf.float32)

    kernel, recurrent_kernel = numbers(features, 4 * units), numbers(units, 4 * units)
    way_back = tf.transpose(recurrent_kernel)
    chains = [
        (numbers(num_steps * part, features), numbers(num_steps, part, units), numbers(num_steps, part, 4 * units))
        for _ in range(count)
    ]

    def step(*_):
        made = []
        for x, states, alphas in chains:
            made += [tf.matmul(x, kernel)]
            made += [tf.matmul(h, recurrent_kernel) for h in tf.unstack(states)]
            made += [tf.matmul(alpha, way_back) for alpha in tf.unstack(alphas)]
            made += [tf.matmul(left, rows(alphas), transpose_a=True) for left in (x, rows(states))]
        return tf.add_n([m[0, 0] for m in made])  # used, or the graph's optimizer drops them

    return step


limit = Way("11 products alone", "11 只有乘积", runner(tf.function(products_alone(2))))

# %% [markdown] lang="en"
# ## Each step beside the last
#
# All of them once more, taking turns:
# %% [markdown] lang="zh"
# ## 每一步与上一步比
#
# 全部再来一遍，轮流跑：
# %%
ladder = [
    article, sample_graph, batch_eager, batch_graph, one_product, hand, short_blocks, two_chains,
    bfloat16, with_xla, limit,
]
side_by_side(*ladder, turns=lesson.pick(class_mode=4, full=15))
lesson.result(
    "batches_in_a_graph",
    faster(batch_graph, than=article),
    title=("step 4 against the article's way", "第 4 步比文章的做法快几倍"),
    baseline=("one sample at a time, eager", "一次一个样本，即时执行", 1),
    at_least=20,
    unit="×",
)
lesson.result(
    "article_to_chains",
    faster(two_chains, than=article),
    title=("step 8 against the article's way", "第 8 步比文章的做法快几倍"),
    baseline=("one sample at a time, eager", "一次一个样本，即时执行", 1),
    at_least=20,
    unit="×",
)
lesson.result(
    "xla",
    faster(with_xla, than=short_blocks),
    title=("a training step with XLA, speed against without", "加上 XLA 的训练步，是不加时速度的几倍"),
    baseline=("the same without XLA", "不加 XLA", 1),
    unit="×",
)
lesson.say(
    f"The products alone take {median(limit) / median(two_chains):.0%} of the time of step 8: "
    "that share is what no cleverness can save.",
    f"单是这些乘积就占第 8 步用时的 {median(limit) / median(two_chains):.0%}：这一份，再巧也省不掉。",
)


# %%
def bars(axis, ways, unit):
    """Medians as bars, from smallest to largest as a line."""
    medians = np.array([median(way) for way in ways])
    spans = np.abs(np.array([[min(way.ms), max(way.ms)] for way in ways]).T - medians)
    axis.barh(range(len(ways)), medians, xerr=spans, color=figures.COLOURS[0], capsize=2, ecolor="0.3")
    for place, way in enumerate(ways):
        end = (max(way.ms), place)
        axis.annotate(show(median(way)), end, (4, 0), textcoords="offset points", va="center", fontsize=9)
    axis.set_yticks(range(len(ways)), [way.name for way in ways])
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    axis.set_xlabel(unit)


figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.8), layout="constrained")
bars(left, ladder, lesson.text("ms for 128 digits", "128 个数字的毫秒数"))
left.set_xscale("log")
left.set_xlim(right=8 * median(article))
right.margins(x=0.12)
bars(right, long_ways, lesson.text("ms for a batch of 32", "一批 32 个的毫秒数"))
left.set_title(lesson.text("28 steps (log scale)", "28 个时间步（对数坐标）"), fontsize=10)
right.set_title(lesson.text(f"{long_steps} steps", f"{long_steps} 个时间步"), fontsize=10)
lesson.figure(
    figure,
    "ladder",
    en="time of each way as a bar; left, on a log scale, digits of 28 steps: a fall by two or three powers "
    "of ten from one sample at a time to a compiled batch, then small differences, XLA longer again, "
    "the products alone shortest; right, long sequences: the first two about level, then shorter step by step",
    zh="每种做法的用时，横条表示。左：28 个时间步，对数坐标，从一次一个样本到编译的一批，降了两三个数量级，"
    "之后差别很小，XLA 又变长，只有乘积的最短；右：长序列，前两步差不多，之后一步比一步短",
)

# %% [markdown] lang="en"
# ## Through `fit`
#
# You will rarely write the training step yourself. Three models through `fit`, with the same digits (class mode reads every second row): `keras.layers.LSTM` as it comes; Keras **at its best**, with what this lesson has taught and not one line of ours (`unroll=True`, the batch in two chains, twenty batches for each call of the compiled function); and `rnn_tf.layers.LSTM`.
# %% [markdown] lang="zh"
# ## 用 `fit` 训练
#
# 平时很少自己写训练步。下面用 `fit` 训练三个模型，数据相同（课堂模式隔一行读一行）：照原样用的 `keras.layers.LSTM`；**最佳状态**的 Keras，用上这一课学到的，但不用我们的一行代码（`unroll=True`，一批分成两条链，编译后的函数每次调用跑二十批）；以及 `rnn_tf.layers.LSTM`。
# %%
fit_batches = 20
every = lesson.pick(class_mode=2, full=1)  # row: Keras's unrolled loop takes long to trace
fit_inputs = data.train.inputs[: fit_batches * batch_size, ::every].astype("float32")
fit_targets = data.train.targets[: fit_batches * batch_size]
fit_data = tf.data.Dataset.from_tensor_slices((fit_inputs, fit_targets)).batch(batch_size)
fit_data = feeding.Feed(fit_data.cache())  # no epoch ends in a wait: see below


def fit_way(en, zh, layer, chains=1, steps_per_execution=fit_batches):
    inputs = keras.Input(fit_inputs.shape[1:], batch_size=batch_size)
    parts = keras.ops.split(inputs, chains)
    states = keras.ops.concatenate([layer(part) for part in parts], axis=0)
    model = keras.Model(inputs, keras.layers.Dense(10)(states))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, steps_per_execution=steps_per_execution)
    return Way(en, zh, lambda: model.fit(fit_data, verbose=0), calls=1 / fit_batches)


through_fit = {}
for cell in lesson.pick(class_mode=("LSTM",), full=("LSTM", "GRU", "SimpleRNN")):
    kind = getattr(keras.layers, cell)
    through_fit[cell] = [
        fit_way(f"Keras {cell}", f"Keras {cell}", kind(units), steps_per_execution=1),
        fit_way(f"Keras {cell} at its best", f"最佳状态的 Keras {cell}", kind(units, unroll=True), 2),
        fit_way(f"rnn_tf {cell}", f"rnn_tf {cell}", getattr(layers, cell)(units)),
    ]
    side_by_side(*through_fit[cell])
    for way in through_fit[cell]:
        way.run = None  # the measurements stay, the model goes

# %%
for cell, (keras_way, best, own) in through_fit.items():
    lesson.result(
        f"fit_{cell.lower()}",
        faster(own, than=keras_way),
        title=(f"{cell} through fit: ours against Keras, clock time", f"{cell}，用 fit：我们的层比 Keras 快几倍（钟表时间）"),
        baseline=("Keras at its best", "最佳状态的 Keras", faster(best, than=keras_way)),
        unit="×",
    )
    lesson.result(
        f"fit_{cell.lower()}_work",
        less_work(own, than=keras_way),
        title=(f"{cell} through fit: the same in core time", f"{cell}，用 fit：同上（核时间）"),
        baseline=("Keras at its best", "最佳状态的 Keras", less_work(best, than=keras_way)),
        at_least=1.0,
        unit="×",
    )

# %% [markdown] lang="en"
# (Full mode adds the GRU and the simple network.) So say it plainly: on sequences as short as these **Keras at its best is about as fast as our LSTM**. What made it fast are the two chains and the twenty batches a call, and both are yours for three lines. Keep the simplest thing that is as fast. Ours pays
#
# * for the **GRU**, whose unrolled automatic gradient is heavier;
# * on **long sequences**, where unrolling ends and Keras's loop takes one step at a time;
# * in **memory** and **tracing time**, since a few tensors a step are kept instead of every intermediate one;
# * when you want it without thinking of it: chains, blocks and unrolling are chosen by the layer.
# %% [markdown] lang="zh"
# （完整模式还有 GRU 和简单循环网络。）话要说明白：序列这么短时，**最佳状态的 Keras 与我们的 LSTM 差不多一样快**。它的快，来自两条链和每次调用二十批，这两样只要三行代码，人人可用。一样快的几种做法，选最简单的。我们的层在下列情形才划算：
#
# * **GRU**：它展开后的自动梯度更重；
# * **长序列**：展开行不通了，Keras 的循环只能一步一步走；
# * **内存**和**追踪时间**：每步只留几个张量，不留所有的中间结果；
# * 不想操心：链、分块、展开都由层自己选定。

# %% [markdown] lang="en"
# **An epoch can wait for nothing.** While `tf.data` hands out batches, a thread beside it tunes the pipeline, with pauses of 20, 40, 80, … ms. When `fit` ends an epoch, it often has to wait until that thread wakes up: the epoch then takes up to twice what its steps take. Arrays in memory need no tuning. `feeding.Feed` switches it off and changes nothing else (how we found it: `docs/notes/tf_data_epoch_wait.md`). The thread wakes up after 20, 60, 140, 300 and 620 ms, so an epoch whose steps take some 350 ms can be unlucky:
# %% [markdown] lang="zh"
# **一轮训练可能白等一场。** `tf.data` 一边给出各批数据，一边有一个线程在调优数据管道，每次停顿 20、40、80……毫秒。`fit` 结束一轮时，常常要等这个线程醒来，于是一轮的耗时最多会是各步用时之和的两倍。内存里的数组用不着调优。`feeding.Feed` 把它关掉，别的什么也不变（来龙去脉见 `docs/notes/tf_data_epoch_wait.md`）。这个线程在第 20、60、140、300、620 毫秒醒来，所以各步合计约 350 毫秒的一轮最容易碰上：
# %%
patient = keras.Sequential([keras.layers.LSTM(units), keras.layers.Dense(10)])
patient.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def epochs_ms(fed, samples, turns):
    """Milliseconds of some epochs of so many samples, through Keras's `fit` or fed by `Feed`."""
    arrays = np.resize(fit_inputs, (samples, *fit_inputs.shape[1:])), np.resize(fit_targets, samples)
    given = (feeding.Feed(*arrays, batch_size=batch_size),) if fed else arrays
    found = []
    for _ in range(turns):
        start = time.perf_counter()
        patient.fit(*given, batch_size=batch_size, shuffle=False, verbose=0)
        found.append(1e3 * (time.perf_counter() - start))
    return found


_, *short = epochs_ms(True, len(fit_inputs), 3)  # the first one traces
samples = int(len(fit_inputs) * 350 / min(short))  # so many that their steps take about 350 ms
turns = lesson.pick(class_mode=4, full=15)
epochs = {"fit(x, y)": epochs_ms(False, samples, turns), "fit(Feed(x, y))": epochs_ms(True, samples, turns)}
lesson.table(
    ["fit", lesson.text("quickest epoch, ms", "最快一轮（毫秒）"), lesson.text("median", "中位数"),
     lesson.text("slowest", "最慢一轮")],
    [[way, min(found), float(np.median(found)), max(found)] for way, found in epochs.items()],
)

# %% [markdown] lang="en"
# ## Writing: from `predict` to a compiled loop
#
# Article 004 calls what `predict` gives "generation":
# %% [markdown] lang="zh"
# ## 写作：从 `predict` 到编译好的循环
#
# 文章 004 把 `predict` 的结果称为“生成”：
# %%
lesson.ledger("B-004-16")

# %% [markdown] lang="en"
# Feeding each word back repairs the meaning (lesson 6). If you still call `predict` on the whole window for each token, every token pays for a window of steps and for all that `predict` sets up. Four ways to write with one model, an LSTM of 256 units over 60 symbols (untrained: time asks for shapes only):
#
# 1. `model.predict` on the last 64 tokens, for each token;
# 2. the model in a `tf.function`, on the same window: what `predict` adds is gone;
# 3. `generation.Stepper`: the state is carried along, a token costs one step;
# 4. `generation.WholeLoop`: the loop, with the choice of the token in it, is one function compiled by XLA. Python is asked once a text.
# %% [markdown] lang="zh"
# 把每个词喂回去，意思就对了（第 6 课）。可如果每写一个词元都对整个窗口调用一次 `predict`，那么每个词元都要付一整个窗口的时间步，外加 `predict` 自身的准备工作。同一个模型（256 个单元的 LSTM，60 个符号；没有训练过，计时只看形状），四种写法：
#
# 1. 每个词元都对最后 64 个词元调用 `model.predict`；
# 2. 把模型放进 `tf.function`，窗口不变：省去 `predict` 的额外开销；
# 3. `generation.Stepper`：状态一路带着走，一个词元只花一步；
# 4. `generation.WholeLoop`：整个循环，连同挑选词元，合成一个函数，由 XLA 编译。写一段文本，只惊动 Python 一次。
# %%
num_symbols, window = 60, 64
model = models.word_language_model(
    num_symbols, embedding=64, units=256, dropout=0.0, pad_is_zero=False
)
prompt = np.random.default_rng(0).integers(4, num_symbols, window).astype("int32")
compiled = tf.function(lambda ids: model(ids, training=False))
stepper, whole_loop = generation.Stepper(model), generation.WholeLoop(model)


def write_by_window(logits_of, count):
    ids = list(prompt)
    for _ in range(count):
        ids.append(int(np.argmax(logits_of(np.array([ids[-window:]]))[0, -1])))
    return ids[window:]


def write(way, count, seed=0):
    return generation.generate(
        way, prompt[:4], max_tokens=count, strategy="temperature", seed=seed, end_id=None
    )


def writing_way(en, zh, writer, count):
    """``writer(count)`` writes so many tokens; one unit of work is one token."""
    return Way(en, zh, lambda: writer(count), calls=1 / count)


ways_to_write = [
    writing_way(
        "1 predict on the window",
        "1 对窗口 predict",
        lambda count: write_by_window(lambda ids: model.predict(ids, verbose=0), count),
        2,
    ),
    writing_way(
        "2 window, tf.function",
        "2 窗口，tf.function",
        lambda count: write_by_window(lambda ids: compiled(tf.constant(ids)).numpy(), count),
        25,
    ),
    writing_way("3 Stepper", "3 Stepper", lambda count: write(stepper, count), 100),
    writing_way("4 WholeLoop", "4 WholeLoop", lambda count: write(whole_loop, count), 4096),
]
side_by_side(*ways_to_write, unit=("ms a token", "每个词元毫秒"))

# %% [markdown] lang="en"
# Fast, and the same? The window forgets what it no longer shows, so its texts are its own. But ways 3 and 4 must write the same ids for the same seed, token by token:
# %% [markdown] lang="zh"
# 快了，写的还一样吗？窗口会忘掉滑出去的部分，写出来的自成一套。但第 3、第 4 种写法，同一个种子必须写出同样的编号，一个都不差：
# %%
by_seed = [(write(stepper, 64, seed), write(whole_loop, 64, seed)) for seed in lesson.seeds]
same = [np.mean(one_by_one == whole) for one_by_one, whole in by_seed]
print(*(ids[:16] for ids in by_seed[0]), sep="\n")
lesson.result(
    "same_ids",
    same,
    title=("share of ids on which the two loops agree", "两种循环写出的编号相同的比例"),
    baseline=("by chance", "瞎猜", 1 / (num_symbols - len(generation.FORBIDDEN))),
    at_least=1.0,
)
speed = [1e3 / median(way) for way in ways_to_write]
lesson.result(
    "whole_loop_speed",
    speed[3],
    title=("the whole loop compiled, tokens a second", "整个循环编译，每秒词元数"),
    baseline=("predict on the window", "对窗口 predict", speed[0]),
    digits=2,
)
lesson.result(
    "whole_loop_gain",
    faster(ways_to_write[3], than=ways_to_write[0]),
    title=("the whole loop against predict", "整个循环比 predict 快几倍"),
    baseline=("predict on the window", "对窗口 predict", 1),
    at_least=100,
    unit="×",
)

# %%
figure, (axis,) = figures.panels()
axis.barh(range(4), speed, color=figures.COLOURS[0])
for place, value in enumerate(speed):
    axis.text(value * 1.1, place, f"{value:,.0f}", va="center")
axis.set_yticks(range(4), [way.name for way in ways_to_write])
axis.invert_yaxis()
axis.set(xscale="log", xlim=(min(speed) / 3, max(speed) * 6))
axis.grid(axis="y", visible=False)
axis.set_xlabel(lesson.text("tokens a second (log scale)", "每秒词元数（对数坐标）"))
lesson.figure(
    figure,
    "tokens",
    en="tokens a second of the four ways on a log scale, each a good deal faster than the one above it: "
    f"from {speed[0]:.0f} with predict to {speed[3]:.0f} with the whole loop compiled",
    zh="四种写法每秒的词元数，对数坐标，一种比一种快得多："
    f"从 predict 的 {speed[0]:.0f} 个到整个循环编译的 {speed[3]:.0f} 个",
)
lesson.say(
    f"On this machine: from {speed[0]:,.0f} to {speed[3]:,.0f} tokens a second.",
    f"在这台机器上：从每秒 {speed[0]:,.0f} 个词元到 {speed[3]:,.0f} 个。",
)

# %% [markdown] lang="en"
# Why does XLA win here, which lost in step 10? One sequence has no large products to lose and no second chain to run. What counts is only how much lies *between* the operations, and XLA leaves nothing there. The same tool, another job.
#
# ## And PyTorch, and JAX?
#
# Both offer what this lesson built, in other places. PyTorch's `nn.LSTM` calls a kernel in C++ (oneDNN) whose gradient was derived by hand too, and which takes all steps at once. In JAX you write one step, and `jax.lax.scan` with `jax.jit` makes the loop; XLA compiles it whole, as it did with our writer. Which of them is fastest depends on sizes and machine, so there is no figure from memory here. If they are installed, `rnn-tf bench` measures all of them side by side on your machine, in the same interleaved way, beside the limit.
#
# ## What to try next
#
# 1. Start this lesson with `TF_NUM_INTRAOP_THREADS=2` in the environment. What does `threads.report()` say, and what becomes of steps 4, 6 and 8?
# 2. Give step 5 inputs of 256 features instead of 28 (random ones will do). Does hoisting pay now? Look at the core time before you answer.
# 3. Write `gru_step` and `gru_back` from lesson 3 and put them into `recurrence`. Check the gradient first.
# 4. Replace `runner` by one that passes `pictures[:n]` with another `n` at every call. Why is every call as slow as the first? What does `tf.TensorSpec` with `None` change?
# 5. Let `WholeLoop` write 10 tokens instead of 4,096. Where has its lead gone, and what is it waiting for?
# 6. Try a batch of 1,024 and of 8. Which steps gain, which lose?
#
# ## References
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8). The cell whose gradient this is.
# * J. Appleyard, T. Kočiský, P. Blunsom (2016). Optimizing performance of recurrent neural networks on GPUs. arXiv 1604.01946. Hoisting, joined gates and chains, on another machine.
# * G. M. Amdahl (1967). Validity of the single processor approach to achieving large scale computing capabilities. *AFIPS*. Why the step that must wait decides.
# * C. J. Maddison, D. Tarlow, T. Minka (2014). A* sampling. *NIPS*. Drawing by Gumbel noise, so that every loop draws the same.
# * TensorFlow guide: "Better performance with tf.function"; "XLA: Optimizing Compiler for Machine Learning".
# %% [markdown] lang="zh"
# 第 10 步里吃亏的 XLA，到这里为什么赢了？只写一个序列，没有大乘积可丢，也没有第二条链可跑，要紧的只是运算**之间**隔着多少东西，而 XLA 让它们之间什么都不剩。工具还是那个工具，活不一样了。
#
# ## PyTorch 和 JAX 呢？
#
# 这一课自己搭的东西，它们都有，只是放在别处。PyTorch 的 `nn.LSTM` 调用 C++ 写的内核（oneDNN），梯度同样是手推的，一次处理所有时间步。在 JAX 里只写一步，循环交给 `jax.lax.scan` 和 `jax.jit`，由 XLA 整个编译，就像我们上面的写作循环。谁最快，要看尺寸和机器，所以这里不凭记忆报数。如果装了它们，`rnn-tf bench` 会在你的机器上用同样的轮流办法把它们并排测出来，旁边写着极限。
#
# ## 接着试试
#
# 1. 设环境变量 `TF_NUM_INTRAOP_THREADS=2` 再跑这一课。`threads.report()` 怎么说？第 4、6、8 步各有什么变化？
# 2. 给第 5 步换上 256 个特征的输入，不用 28 个（随机数就行）。外提这回划算吗？回答之前先看核时间。
# 3. 照第 3 课写出 `gru_step` 和 `gru_back`，放进 `recurrence`。先做梯度检验。
# 4. 改写 `runner`，让每次调用都传入不同的 `n` 的 `pictures[:n]`。为什么每次都和首次调用一样慢？用带 `None` 的 `tf.TensorSpec` 会怎样？
# 5. 让 `WholeLoop` 只写 10 个词元，不写 4,096 个。它的优势去哪儿了，它在等什么？
# 6. 批大小换成 1,024 和 8。哪些步更划算，哪些步更吃亏？
#
# ## 参考文献
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8). 这里的梯度就是它的。
# * J. Appleyard, T. Kočiský, P. Blunsom (2016). Optimizing performance of recurrent neural networks on GPUs. arXiv 1604.01946. 外提、合并各门、并排的链，用在另一种机器上。
# * G. M. Amdahl (1967). Validity of the single processor approach to achieving large scale computing capabilities. *AFIPS*. 为什么非等不可的那一步说了算。
# * C. J. Maddison, D. Tarlow, T. Minka (2014). A* sampling. *NIPS*. 用 Gumbel 噪声采样，每种循环都采到同样的结果。
# * TensorFlow 指南：“Better performance with tf.function”；“XLA: Optimizing Compiler for Machine Learning”。
