# %% [markdown] lang="en"
# # 7. Where does the time go? Appendix: the engine, step by step
#
# After a batch and a graph, what is left is the recurrence itself. This appendix builds the engine of `rnn_tf.layers` in its own words, `forward`, `backward`, `recurrence`, and measures each step beside the last. Some steps bring nothing on some machines. Then the notebook says so, because its sentences are made from what it measured.
#
# 1. what must wait, and what need not
# 2. out of the loop
# 3. the gradient by hand: `forward` and `backward`
# 4. blocks of steps
# 5. several chains
# 6. half the digits
# 7. XLA, which made it worse
# 8. the limit, and all steps side by side
# 9. long sequences
# 10. through `fit`, beside Keras at its best
# 11. an epoch that waits for nothing
# %% [markdown] lang="zh"
# # 7. 时间都去哪儿了？附录：一步步搭出引擎
#
# 成批、进图之后，剩下的就是递推本身。这篇附录用 `rnn_tf.layers` 的引擎自己的词，`forward`、`backward`、`recurrence`，一步步把它搭出来，每一步都与上一步并排测量。有的步骤在有的机器上毫无好处，那时笔记本会照实说：它的句子是由测得的数写成的。
#
# 1. 什么非等不可，什么不必等
# 2. 提到循环外
# 3. 手推梯度：`forward` 和 `backward`
# 4. 分块
# 5. 几条链
# 6. 少一半位数
# 7. 越改越慢的 XLA
# 8. 极限，以及各步并排
# 9. 长序列
# 10. 用 `fit`，与最佳状态的 Keras 相比
# 11. 白等一场的一轮训练
# %%
from rnn_tf.course import begin

lesson = begin("07_speed", part="appendix")

import os
import time
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np

from rnn_tf import feeding, layers, threads
from rnn_tf.backend import keras, tf
from rnn_tf.course import timing
from rnn_tf.course.figures import speed
from rnn_tf.datasets import digits
from rnn_tf.layers import blocks, cells, engine

data = digits.load()
batch_size, features, units = 128, 28, 128
pictures = tf.constant(data.train.inputs[:batch_size], tf.float32)
targets = tf.constant(data.train.targets[:batch_size], tf.int32)
turns = lesson.pick(class_mode=7, full=15)

# %% [markdown] lang="en"
# ## 1. What must wait
#
# Lesson 3 gave the LSTM and its gradient. With the four gates' blocks side by side, in Keras's order, the **forward pass** is
#
# $$A = X W_x + b, \qquad a_t = A_t + h_{t-1} W_h, \qquad i, f, o = \sigma(a_t), \; g = \tanh(a_t), \qquad c_t = f \circ c_{t-1} + i \circ g, \qquad h_t = o \circ \tanh c_t,$$
#
# and the **backward pass**, with $\delta_t = \partial L/\partial h_t$, $\varepsilon_t = \partial L/\partial c_t$, is
#
# $$\varepsilon_t = \delta_t \circ o \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}, \qquad \alpha_t = \partial L/\partial a_t, \qquad \delta_{t-1} = \alpha_t W_h^\top + \text{(from the output of step } t-1),$$
#
# $$\frac{\partial L}{\partial W_h} = \sum_t h_{t-1}^\top \alpha_t = H^\top \! A', \qquad \frac{\partial L}{\partial W_x} = X^\top \! A', \qquad \frac{\partial L}{\partial b} = \sum_t \alpha_t .$$
#
# $X$ holds the inputs of all steps, one below the other, $H$ all the states $h_{t-1}$, and $A'$ all the $\alpha_t$. Ask of each product: *must it wait for the step before?* Only $h_{t-1} W_h$ and $\alpha_t W_h^\top$ must. All the others can be one large product, before or after the loop. In the engine's words: `x_parts` is $A$, `h_part` is $h_{t-1} W_h$, `d_state` is $(\delta, \varepsilon)$, `d_x_part` is $\alpha_t$.
# %% [markdown] lang="zh"
# ## 1. 什么非等不可
#
# 第 3 课给出了 LSTM 和它的梯度。把四块按 Keras 的次序并排，**前向计算**是
#
# $$A = X W_x + b, \qquad a_t = A_t + h_{t-1} W_h, \qquad i, f, o = \sigma(a_t), \; g = \tanh(a_t), \qquad c_t = f \circ c_{t-1} + i \circ g, \qquad h_t = o \circ \tanh c_t,$$
#
# **反向计算**，记 $\delta_t = \partial L/\partial h_t$，$\varepsilon_t = \partial L/\partial c_t$，是
#
# $$\varepsilon_t = \delta_t \circ o \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}, \qquad \alpha_t = \partial L/\partial a_t, \qquad \delta_{t-1} = \alpha_t W_h^\top + \text{（第 } t-1 \text{ 步的输出传来的）},$$
#
# $$\frac{\partial L}{\partial W_h} = \sum_t h_{t-1}^\top \alpha_t = H^\top \! A', \qquad \frac{\partial L}{\partial W_x} = X^\top \! A', \qquad \frac{\partial L}{\partial b} = \sum_t \alpha_t .$$
#
# $X$ 把所有时间步的输入一行行叠起来，$H$ 叠起所有的状态 $h_{t-1}$，$A'$ 叠起所有的 $\alpha_t$。对每个乘积问一句：**它非得等上一步吗？** 只有 $h_{t-1} W_h$ 和 $\alpha_t W_h^\top$ 非等不可，其余的都可以在循环之前或之后合成一个大乘积。用引擎的词来说：`x_parts` 就是 $A$，`h_part` 是 $h_{t-1} W_h$，`d_state` 是 $(\delta, \varepsilon)$，`d_x_part` 是 $\alpha_t$。
# %%
sketch = {  # what each core does: (start, length, kind); kind 0 is a time step, 1 inputs
    "one sample at a time, eager": ([(t, 0.12, 0) for t in np.arange(0, 10, 0.62)], []),
    "a batch, in a graph": (
        [(t, 0.57, 0) for t in np.arange(0, 7.4, 0.62)],
        [(t, 0.2, 1) for t in np.arange(0.62, 7, 1.24)],
    ),
    "inputs in one piece, two chains": 2
    * ([(0, 0.6, 1)] + [(0.65 + 0.32 * n, 0.27, 0) for n in range(12)],),
}
figure = speed.cores(sketch, core="core", kinds=["a time step", "inputs"], x="time → (a sketch)")
lesson.figure(figure, "idea")


# %% [markdown] lang="en"
# Everything else of a training step stays the same from step to step: the weights, the loss, Adam. `last_state` is the recurrence, the part that changes. `cells.LSTMCell.step` is one time step, from `x_part`, `h_part` and the state.
# %% [markdown] lang="zh"
# 训练步里其余的部分从头到尾不变：权重、损失、Adam。`last_state` 就是递推，是每一步要换掉的部分。`cells.LSTMCell.step` 走一个时间步，用的是 `x_part`、`h_part` 和状态。
# %%
def new_weights(seed=0):
    """Kernel, recurrent kernel, bias, head, its bias: shapes as in Keras, blocks i f g o."""
    random = np.random.default_rng(seed)
    shapes = [(features, 4 * units), (units, 4 * units), (4 * units,), (units, 10), (10,)]
    arrays = [random.normal(scale=0.1, size=shape) for shape in shapes]
    return [keras.Variable(array, dtype="float32") for array in arrays]


def loss_of(last_state, weights, pictures, targets):
    """Cross-entropy; ``last_state(weights, pictures)`` gives (batch, units)."""
    logits = tf.matmul(last_state(weights, pictures), weights[3]) + weights[4]
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(losses)


def training_step(last_state):
    """A training step with weights and an optimizer of its own."""
    weights, optimizer = new_weights(), keras.optimizers.Adam()
    optimizer.build(weights)

    def step(pictures, targets):
        with tf.GradientTape() as tape:
            loss = loss_of(last_state, weights, pictures, targets)
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


def on(step, count=batch_size, pictures=pictures, targets=targets):
    """What to call, and its share of a batch; reading the loss waits until it is done."""
    pictures, targets = pictures[:count], targets[:count]
    return (lambda: step(pictures, targets).numpy(), count / batch_size)


cell = cells.LSTMCell


def zeros(pictures):
    """The initial state, h and c."""
    return (tf.zeros((pictures.shape[0], units), pictures.dtype),) * 2


def plain(weights, pictures):
    """As the equations come: each step multiplies its input and its state."""
    kernel, recurrent_kernel, bias = weights[:3]
    state = zeros(pictures)
    for x in tf.unstack(pictures, axis=1):  # (batch, features)
        h_part = tf.matmul(state[0], recurrent_kernel)
        state, _ = cell.step(tf.matmul(x, kernel) + bias, h_part, state)
    return state[0]


# %% [markdown] lang="en"
# ## 2. Out of the loop
#
# $X W_x + b$ needs no state: one product for all 28 steps (*hoisting*). Automatic differentiation then makes $\partial L/\partial W_x$ one product too. $\partial L/\partial W_h$ stays 28 products, since the loop still makes $h_{t-1} W_h$ one by one.
#
# Do not expect much of it here. 28 features are few, and the small products waited for nothing: a second core could make them ahead of time. What is gained for certain is order, and the next steps need it.
# %% [markdown] lang="zh"
# ## 2. 提到循环外
#
# $X W_x + b$ 不依赖状态，28 步合成一个乘积（这叫**外提**，hoisting）。自动微分随之把 $\partial L/\partial W_x$ 也变成一个乘积。$\partial L/\partial W_h$ 仍是 28 个乘积，因为循环里的 $h_{t-1} W_h$ 还是一个一个算的。
#
# 在这里别指望太多：28 个特征不算多，那些小乘积本来什么都不用等，另一个核可以提前把它们算好。肯定能得到的是条理，后面几步要用。
# %%
def rows(tensor):
    """(steps, batch, width) -> (steps * batch, width)"""
    return tf.reshape(tensor, (-1, tensor.shape[-1]))


def x_parts_of(weights, pictures):
    """A = X W_x + b for all steps: (steps, batch, 4 units)"""
    x = tf.transpose(pictures, (1, 0, 2))
    parts = tf.matmul(rows(x), weights[0]) + weights[2]
    return tf.reshape(parts, (*x.shape[:2], parts.shape[-1]))


def hoisted(weights, pictures):
    """The inputs' share is made for all steps at once."""
    state = zeros(pictures)
    for x_part in tf.unstack(x_parts_of(weights, pictures)):
        state, _ = cell.step(x_part, tf.matmul(state[0], weights[1]), state)
    return state[0]


print("x_parts:", x_parts_of(new_weights(), pictures).shape)


# %% [markdown] lang="en"
# ## 3. The gradient by hand: `forward` and `backward`
#
# Automatic differentiation writes down the derivative of every single operation. Lesson 3 knows better: from what the gates were, `cell.back` computes $\alpha_t$ in a few operations, and $\partial L/\partial W_h = H^\top\! A'$ is one product at the end. `tf.custom_gradient` takes a function that returns its result and its gradient.
#
# These are the two loops of `rnn_tf/layers/engine.py`, without masks and without an output at every step:
# %% [markdown] lang="zh"
# ## 3. 手推梯度：`forward` 和 `backward`
#
# 自动微分给每个小运算都写下导数。第 3 课的办法更省：有了各个门的值，`cell.back` 用几个运算就得到 $\alpha_t$，最后用一个乘积 $H^\top\! A'$ 得到 $\partial L/\partial W_h$。`tf.custom_gradient` 接收的函数，既返回结果，也返回梯度。
#
# 下面就是 `rnn_tf/layers/engine.py` 里的两个循环，只是没有掩码，也不要每一步的输出：
# %%
def forward(steps, state, recurrent_kernel):
    """What each step made, ``(output, *saved)``, and the last state."""
    made = []
    for x_part in steps:
        h_part = tf.matmul(state[0], recurrent_kernel)
        state, saved = cell.step(x_part, h_part, state)
        made.append((state[0], *saved))
    return made, state


def backward(steps, d_state, transposed_kernel):
    """The same steps from the last to the first: each one's ``d_x_part``."""
    made = []
    for _, *saved in reversed(steps):
        d_x_part, d_h_part, direct = cell.back(saved, d_state)
        d_state = (tf.matmul(d_h_part, transposed_kernel), direct[1])
        made.insert(0, d_x_part)
    return made


@tf.custom_gradient
def recurrence(x_parts, recurrent_kernel):
    """(steps, batch, 4 units), (units, 4 units) -> the last hidden state (batch, units)"""
    nothing = tf.zeros((x_parts.shape[1], units), x_parts.dtype)
    made, state = forward(tf.unstack(x_parts), (nothing, nothing), recurrent_kernel)

    def gradient(d_output):
        transposed_kernel = tf.transpose(recurrent_kernel)
        d_x_parts = tf.stack(backward(made, (d_output, nothing), transposed_kernel))
        before = tf.stack([nothing] + [output for output, *_ in made[:-1]])
        d_kernel = tf.matmul(rows(before), rows(d_x_parts), transpose_a=True)
        return d_x_parts, d_kernel

    return state[0], gradient


def by_hand(weights, pictures):
    """Both loops by hand."""
    return recurrence(x_parts_of(weights, pictures), tf.convert_to_tensor(weights[1]))


# %% [markdown] lang="en"
# First right, then fast. The gradient of every weight, against automatic differentiation of the plain form, in float64 and in float32:
# %% [markdown] lang="zh"
# 先要对，再求快。把每个权重的梯度与直写形式的自动微分比较，float64 和 float32 各一遍：
# %%
def gradients(last_state, seed=0, dtype="float32", batch=(pictures, targets), in_graph=False):
    """Those of all weights, as arrays."""

    def of(weights, pictures, targets):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = loss_of(last_state, weights, pictures, targets)
        return tape.gradient(loss, weights)

    weights = [tf.cast(tf.convert_to_tensor(w), dtype) for w in new_weights(seed)]
    of = tf.function(of) if in_graph else of
    return [g.numpy() for g in of(weights, tf.cast(batch[0], dtype), batch[1])]


def difference(found, wanted):
    """The largest difference over all arrays, each relative to its largest number."""
    return max(np.abs(f - w).max() / np.abs(w).max() for f, w in zip(found, wanted, strict=True))


exact = gradients(plain, 0, "float64")
lesson.result("gradient_float64", difference(gradients(by_hand, 0, "float64"), exact))
found = [difference(gradients(by_hand, seed), gradients(plain, seed)) for seed in lesson.seeds]
lesson.result("gradient_float32", found)

# %% [markdown] lang="en"
# Will it be faster? On a short unrolled sequence automatic differentiation has hardly more work than we have. And its 28 small products for $\partial L/\partial W_h$ wait for their own step only, so a second core can make them meanwhile, while our one large product comes at the end, on one core. The same work can even take longer. Section 5 gives the other core work of its own; and where the loop is inside the graph, this gradient pays by itself.
#
# ## 4. Blocks of steps
#
# So far Python's `for` has written all 28 steps into the graph: the loop is *unrolled*. For long sequences that graph gets too large, and one uses a loop inside the graph. Then every round of the loop has a price of its own. In between lie **blocks**: a loop whose every round runs a few unrolled steps, while their intermediate values are still in the processor's cache.
#
# The engine calls its `forward` and `backward` block by block; `layers/blocks.py` does the cutting. We set its two constants for a moment, to see other sizes than its own. For this we lay several digits one below the other: one long picture, read row by row.
# %% [markdown] lang="zh"
# 会更快吗？在展开的短序列上，自动微分干的活并不比我们多多少。它为 $\partial L/\partial W_h$ 留下的 28 个小乘积，每个只等自己那一步，另一个核正好同时去算；我们的一个大乘积却排在最后，由一个核来算。一样多的活，时间反而可能更长。第 5 节会给另一个核派上它自己的活；而循环一旦放进图里，手推梯度自己就见效。
#
# ## 4. 分块
#
# 到现在为止，是 Python 的 `for` 把 28 步全写进计算图里，这叫**展开**。序列一长，图就太大了，只好用图里的循环，而循环每转一圈都有自己的开销。折中的办法是**分块**：循环每转一圈，跑几个展开的时间步，这时中间结果还在处理器的缓存里。
#
# 引擎一块一块地调用它的 `forward` 和 `backward`，切块由 `layers/blocks.py` 负责。我们临时改一改它的两个常量，看看别的块大小会怎样。为此，把几个数字上下相接，拼成一张长图，一行一行地读。
# %%
def in_blocks(size):
    """The engine's own recurrence, in blocks of so many steps."""

    def last_state(weights, pictures):
        x_parts, state = x_parts_of(weights, pictures), zeros(pictures)
        recurrent_kernel = tf.convert_to_tensor(weights[1])
        with mock.patch.multiple(blocks, UNROLLED=0, SIZES=(size,)):
            _, final_state = engine.recurrence(
                cell,
                x_parts,
                recurrent_kernel,
                None,
                state,
                None,
                products=x_parts.dtype,
                sequences=False,
            )
        return final_state[0]

    return last_state


long_batch = 32
digits_in_a_row = lesson.pick(class_mode=3, full=36)
long_steps = 28 * digits_in_a_row
count = long_batch * digits_in_a_row
one_below_the_other = data.train.inputs[:count].reshape(long_batch, long_steps, features)
long_pictures = tf.constant(one_below_the_other, tf.float32)
long_targets = tf.constant(data.train.targets[digits_in_a_row - 1 : count : digits_in_a_row])
print("long pictures", long_pictures.shape, " targets", long_targets.shape)

three = (long_pictures[:3, :84], long_targets[:3])
in_twelves = gradients(in_blocks(12), 0, "float64", three, in_graph=True)  # eager has no blocks
lesson.result("gradient_blocks", difference(in_twelves, gradients(plain, 0, "float64", three)))


# %%
def on_long(last_state):
    """What to call: a training step on the long pictures."""
    step = tf.function(training_step(last_state))
    return on(step, long_batch, long_pictures, long_targets)[0]


sizes = lesson.pick(class_mode=(1, 4, 12, 84), full=(1, 4, 12, 28, 84))
times = timing.by_turns({size: on_long(in_blocks(size)) for size in sizes}, turns=turns)
steps = f"{long_steps} steps"
figure = speed.blocks(
    sizes,
    list(times.values()),
    x="unrolled steps in a block",
    y=["a training step (ms)", "first call, with tracing (s)"],
    title=steps,
)
lesson.figure(figure, "blocks")
for small, large in pairwise(sizes):
    print(f"{small} → {large}: {timing.ratio(times[small], times[large])}")
growth = times[sizes[-1]].first_call / times[sizes[0]].first_call
print(f"First call: blocks of {sizes[-1]} take {growth:.1f} times as long as blocks of {sizes[0]}.")

# %% [markdown] lang="en"
# The time for tracing grows with every unrolled step. So `rnn_tf.layers` unrolls sequences of up to 64 steps whole, and takes longer ones in blocks of about 16.
#
# ## 5. Several chains
#
# The rows of a batch know nothing of each other. Cut into two halves they are two **chains** that run side by side in one graph; the loss joins them, and every gradient is what it was.
#
# By default TensorFlow shares out *each operation* among the cores. The operations of a step are so small that sharing costs more than it brings. So `rnn_tf` asks for one thread inside an operation, and as many operations at a time as there are cores. TensorFlow takes such a wish only before it starts; what became of it:
# %% [markdown] lang="zh"
# 每多展开一步，追踪时间都要增加。所以 `rnn_tf.layers` 对 64 步以内的序列全部展开，更长的按每块 16 步左右来分。
#
# ## 5. 几条链
#
# 一批里的各行互不相干。切成两半，就是两条**链**，在同一张图里并排走；损失把它们合起来，梯度分毫不变。
#
# TensorFlow 默认把**每个运算**分给各个核。而一个时间步里的运算太小，分工的开销比好处还大。所以 `rnn_tf` 要求：每个运算内部只用一个线程，有几个核就同时做几个运算。TensorFlow 只在启动之前接受这种设定，结果如何，问一问便知：
# %%
print(threads.report(), "| os.cpu_count():", os.cpu_count())


def in_chains(last_state, count):
    """The batch in so many parts, each a recurrence of its own."""
    return lambda weights, pictures: tf.concat(
        [last_state(weights, part) for part in tf.split(pictures, count)], axis=0
    )


off = difference(gradients(in_chains(by_hand, 2)), gradients(by_hand))
print(f"gradients of two chains against one: {off:.1e}")
assert off < 1e-5

# %% [markdown] lang="en"
# Two chains on two cores are twice the speed only if memory keeps up, if one chain did not lend work to the second core already, and if no other program is busy there. That is why two runs of a notebook can find very different gains: look at the machine before you look at the ratio.
#
# ## 6. Half the digits
#
# A bfloat16 number has the range of a float32, with 8 significant bits instead of 24. Some processors multiply such numbers two or more times as fast. `products="bfloat16"` rounds the operands of the recurrent products only; sums, gates and states stay float32. First our layer itself: it must agree with what we have built. Then what bfloat16 costs in accuracy, against float64:
# %% [markdown] lang="zh"
# 两条链、两个核，要快到两倍，得内存跟得上，得原先那一条链没有把活分给第二个核，还得没有别的程序占着那个核。所以同一个笔记本跑两次，赚到的可以相差很多：看比值之前，先看看机器。
#
# ## 6. 少一半位数
#
# bfloat16 的范围与 float32 相同，有效位却从 24 位减到 8 位。有些处理器算它的乘法快一倍甚至更多。`products="bfloat16"` 只把循环里矩阵乘积的两个因子舍入，求和、门和状态仍是 float32。先看我们的层本身：它应当与上面搭出来的一致。再看 bfloat16 损失多少精度，与 float64 比较：
# %%
def of_layer(**options):
    """``rnn_tf.layers.LSTM`` as a function of its weights and inputs."""
    layer = layers.LSTM(units, **options)
    layer.build((None, None, features))

    def last_state(weights, pictures):
        return layer.stateless_call(weights[:3], layer.non_trainable_variables, pictures)[0]

    return last_state


lesson.result("gradient_layer", difference(gradients(of_layer()), gradients(by_hand)))


def errors(last_state):
    """Relative error of the last state and of the gradients, against float64."""
    weights = [tf.cast(tf.convert_to_tensor(w), "float64") for w in new_weights()]
    exact_state = by_hand(weights, tf.cast(pictures, "float64")).numpy()
    state = last_state(new_weights(), pictures).numpy()
    return difference([state], [exact_state]), difference(gradients(last_state), exact)


by_products = {"float32": errors(of_layer()), "bfloat16": errors(of_layer(products="bfloat16"))}
lesson.table(
    ["products in", "error of the last state", "error of the gradients"],
    [[name, f"{state:.1e}", f"{gradient:.1e}"] for name, (state, gradient) in by_products.items()],
)
rounded, fine = max(by_products["bfloat16"]), max(by_products["float32"])
lesson.result("bfloat16_error", rounded, baseline=fine)
print(f"bfloat16 errs {rounded / fine:,.0f} times as much, {rounded:.1%} at most.")

# %%
info = Path("/proc/cpuinfo")
known = info.read_text(encoding="utf-8", errors="replace").split() if info.is_file() else []
instructions = sorted({"avx512_bf16", "amx_bf16", "bf16"} & set(known))
print("bfloat16 instructions found on this processor:", ", ".join(instructions) or "–")

# %% [markdown] lang="en"
# Without such instructions the rounding is only more work, and the layer's default is therefore float32. With them the gain grows with the size of the products. Section 8 measures it here.
#
# ## 7. XLA, which made it worse
#
# `jit_compile=True` hands the graph to XLA, a compiler that joins small operations into large ones. Surely that is the thing for a step of many small operations? It was what made the whole loop of the lesson so fast. We tried it on the blocks, and leave the result in.
#
# XLA compiles the whole graph for one core, with matrix products of its own in place of TensorFlow's tuned ones. When one sequence is written, there are no large products to lose and no second chain to run: only what lies *between* the operations counts, and XLA leaves nothing there. The same tool, another job. *Measure.*
#
# ## 8. The limit, and all steps side by side
#
# However clever the rest, the matrix products of a training step have to be made. Here they are alone, on random numbers, half the batch on each core, with nothing in between and in any order.
# %% [markdown] lang="zh"
# 没有这些指令，舍入只是多干活，所以层的默认值是 float32。有这些指令，乘积越大赚得越多。在这台机器上如何，见第 8 节。
#
# ## 7. 越改越慢的 XLA
#
# `jit_compile=True` 把图交给编译器 XLA，它会把许多小运算合成大运算。一步里尽是小运算，这不正好对症吗？正课里整个循环那么快，靠的就是它。我们在分块上试了，结果如实留在这里。
#
# XLA 把整张图编译给一个核跑，又用自己的矩阵乘积换掉 TensorFlow 精心调过的那些。只写一个序列时，没有大乘积可丢，也没有第二条链可跑，要紧的只是运算**之间**隔着多少东西，而 XLA 让它们之间什么都不剩。工具还是那个工具，活不一样了。**要自己测。**
#
# ## 8. 极限，以及各步并排
#
# 别的做得再巧，一个训练步里的矩阵乘积总得算。下面只算这些乘积：用随机数，每个核半批，中间什么也不做，次序随意。
# %%
def products_alone(count):
    """The matrix products of a training step, in so many independent parts."""
    random = np.random.default_rng(0)
    part, num_steps = batch_size // count, pictures.shape[1]

    def numbers(*shape):
        return tf.constant(random.normal(size=shape), tf.float32)

    kernel, recurrent_kernel = numbers(features, 4 * units), numbers(units, 4 * units)
    transposed_kernel = tf.transpose(recurrent_kernel)
    shapes = [(num_steps * part, features), (num_steps, part, units), (num_steps, part, 4 * units)]
    chains = [[numbers(*shape) for shape in shapes] for _ in range(count)]

    def step(*_):
        made = []
        for x, states, d_x_parts in chains:
            made += [tf.matmul(x, kernel)]
            made += [tf.matmul(h, recurrent_kernel) for h in tf.unstack(states)]
            made += [tf.matmul(d, transposed_kernel) for d in tf.unstack(d_x_parts)]
            made += [tf.matmul(a, rows(d_x_parts), transpose_a=True) for a in (x, rows(states))]
        return tf.add_n([m[0, 0] for m in made])  # used, or the graph's optimizer drops them

    return step


steps = {
    "one sample, eager": on(training_step(plain), 1),
    "a batch, tf.function": on(tf.function(training_step(plain))),
    "inputs hoisted": on(tf.function(training_step(hoisted))),
    "gradient by hand": on(tf.function(training_step(by_hand))),
    "blocks of 4": on(tf.function(training_step(in_blocks(4)))),
    "two chains": on(tf.function(training_step(in_chains(by_hand, 2)))),
    "rnn_tf.layers.LSTM": on(tf.function(training_step(of_layer()))),
    "bfloat16 products": on(tf.function(training_step(of_layer(products="bfloat16")))),
    "blocks of 4, XLA": on(tf.function(training_step(in_blocks(4)), jit_compile=True)),
    "the products alone": on(tf.function(products_alone(2))),
}
short = timing.by_turns(steps, turns=turns)
header = ["way", "ms a batch", "from … to", "processor time (ms)", "first call (s)"]
lesson.table(header, timing.rows(short))

# %% [markdown] lang="en"
# Each step against the one that it builds on:
# %% [markdown] lang="zh"
# 每一步与它的前身相比：
# %%
builds_on = {
    "a batch, tf.function": "one sample, eager",
    "inputs hoisted": "a batch, tf.function",
    "gradient by hand": "inputs hoisted",
    "blocks of 4": "gradient by hand",
    "two chains": "gradient by hand",
    "rnn_tf.layers.LSTM": "two chains",
    "bfloat16 products": "rnn_tf.layers.LSTM",
    "blocks of 4, XLA": "blocks of 4",
}
for name, before in builds_on.items():
    print(f"{before} → {name}: {timing.ratio(short[before], short[name])}")

article, in_chain = short["one sample, eager"], short["two chains"]
lesson.result("article_to_chains", timing.ratio(article, in_chain).median, baseline=1)
xla = timing.ratio(short["blocks of 4"], short["blocks of 4, XLA"])
lesson.result("xla", xla.median, baseline=1)
share = short["the products alone"].median / in_chain.median
print(f"The products alone are {share:.0%} of two chains: what no cleverness can save.")

# %% [markdown] lang="en"
# ## 9. Long sequences
#
# Here the loop is inside the graph. Automatic differentiation through `tf.scan`, then what the engine does, one step after the other:
# %% [markdown] lang="zh"
# ## 9. 长序列
#
# 这里循环位于图内。先是对 `tf.scan` 自动微分，再一步步换成引擎的做法：
# %%
def scan(weights, pictures):
    """``plain`` with a loop inside the graph."""

    def one_step(state, x):
        h_part = tf.matmul(state[0], weights[1])
        return cell.step(tf.matmul(x, weights[0]) + weights[2], h_part, state)[0]

    return tf.scan(one_step, tf.transpose(pictures, (1, 0, 2)), zeros(pictures))[0][-1]


def scan_hoisted(weights, pictures):
    """``hoisted`` with a loop inside the graph."""

    def one_step(state, x_part):
        return cell.step(x_part, tf.matmul(state[0], weights[1]), state)[0]

    return tf.scan(one_step, x_parts_of(weights, pictures), zeros(pictures))[0][-1]


ways = {
    "tf.scan, autodiff": on_long(scan),
    "inputs hoisted": on_long(scan_hoisted),
    "gradient by hand": on_long(in_blocks(1)),
    "blocks of 4": on_long(in_blocks(4)),
    "blocks of 4, 2 chains": on_long(in_chains(in_blocks(4), 2)),
    "blocks of 4, 4 chains": on_long(in_chains(in_blocks(4), 4)),
}
long = timing.by_turns(ways, turns=turns)
for before, name in pairwise(long):
    print(f"{before} → {name}: {timing.ratio(long[before], long[name])}")
loop, one_chain, two_chains = (
    long[name] for name in ("tf.scan, autodiff", "blocks of 4", "blocks of 4, 2 chains")
)
lesson.result("long_sequences", timing.ratio(loop, two_chains).median, baseline=1)
lesson.result("long_sequences_work", timing.work_ratio(loop, one_chain), baseline=1)

# %%
figure = speed.ladder(
    [short, long],
    x=["ms for 128 digits", "ms for a batch of 32"],
    titles=["28 steps (log scale)", f"{long_steps} steps"],
)
lesson.figure(figure, "ladder")

# %% [markdown] lang="en"
# The ratio in processor time is the work that blocks and the gradient by hand save. The ratio in elapsed time needs the second core free. More chains than cores bring nothing but tracing.
#
# ## 10. Through `fit`
#
# You will rarely write the training step yourself. Three models through `fit`, with the same digits (class mode reads every second row): `keras.layers.LSTM` as it comes; Keras **at its best**, with what this lesson has taught and not one line of ours (`unroll=True`, the batch in two chains, all batches of an epoch in one call of the compiled function); and `rnn_tf.layers.LSTM`.
# %% [markdown] lang="zh"
# CPU 时间之比，是分块和手推梯度省下的活。实际耗时之比，要第二个核空着才行。链比核多，只会多花追踪时间。
#
# ## 10. 用 `fit` 训练
#
# 平时很少自己写训练步。下面用 `fit` 训练三个模型，数据相同（课堂模式隔一行读一行）：照原样用的 `keras.layers.LSTM`；**最佳状态**的 Keras，用上这一课学到的，但不用我们的一行代码（`unroll=True`，一批分成两条链，编译后的函数一次调用跑完一轮的所有批）；以及 `rnn_tf.layers.LSTM`。
# %%
fit_batches = lesson.pick(class_mode=10, full=20)
every = lesson.pick(class_mode=2, full=1)  # Keras's unrolled loop takes long to trace
fit_inputs = data.train.inputs[: fit_batches * batch_size, ::every].astype("float32")
fit_targets = data.train.targets[: fit_batches * batch_size]
fit_data = tf.data.Dataset.from_tensor_slices((fit_inputs, fit_targets)).batch(batch_size)
fit_data = feeding.Feed(fit_data.cache())  # no epoch ends in a wait: see below


def through_fit(layer, chains=1, steps_per_execution=fit_batches):
    """What to call, an epoch, and how many batches it has."""
    inputs = keras.Input(fit_inputs.shape[1:], batch_size=batch_size)
    parts = keras.ops.split(inputs, chains)
    states = keras.ops.concatenate([layer(part) for part in parts], axis=0)
    model = keras.Model(inputs, keras.layers.Dense(10)(states))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, steps_per_execution=steps_per_execution)
    return (lambda: model.fit(fit_data, verbose=0), fit_batches)


def measured_through_fit(kind):
    """Times of Keras's layer, of Keras at its best, and of ours."""
    of_keras, ours = getattr(keras.layers, kind), getattr(layers, kind)
    ways = {
        f"Keras {kind}": through_fit(of_keras(units), steps_per_execution=1),
        f"Keras {kind} at its best": through_fit(of_keras(units, unroll=True), chains=2),
        f"rnn_tf {kind}": through_fit(ours(units)),
    }
    times = timing.by_turns(ways, turns=turns)
    lesson.table(header, timing.rows(times))
    for before, name in pairwise(times):
        print(f"{before} → {name}: {timing.ratio(times[before], times[name])}")
    return times.values()


def gains(measured):
    """Of ours, then of Keras at its best, against Keras: in elapsed time and in processor time."""
    as_it_comes, best, ours = measured
    return [
        [timing.ratio(as_it_comes, fast).median, timing.work_ratio(as_it_comes, fast)]
        for fast in (ours, best)
    ]


(speed_up, work), (best_speed_up, best_work) = gains(measured_through_fit("LSTM"))
lesson.result("fit_lstm", speed_up, baseline=best_speed_up)
lesson.result("fit_lstm_work", work, baseline=best_work)

# %%
if lesson.mode == "full":
    (speed_up, work), (best_speed_up, best_work) = gains(measured_through_fit("GRU"))
    lesson.result("fit_gru", speed_up, baseline=best_speed_up)
    lesson.result("fit_gru_work", work, baseline=best_work)
    (speed_up, work), (best_speed_up, best_work) = gains(measured_through_fit("SimpleRNN"))
    lesson.result("fit_simplernn", speed_up, baseline=best_speed_up)
    lesson.result("fit_simplernn_work", work, baseline=best_work)

# %% [markdown] lang="en"
# (Full mode adds the GRU and the simple network.) So say it plainly: on sequences as short as these, **Keras at its best can be about as fast as our LSTM**. What made it fast are the two chains and the many batches a call, and both are yours for three lines. Keep the simplest thing that is as fast. Ours is there
#
# * for the **GRU**, whose unrolled automatic gradient is heavier;
# * for **long sequences**, where unrolling ends and Keras's loop takes one step at a time;
# * for **memory** and **tracing time**, since a few tensors a step are kept instead of every intermediate one;
# * for those who do not want to think of it: chains, blocks and unrolling are chosen by the layer.
#
# PyTorch and JAX have what this appendix built, in other places. PyTorch's `nn.LSTM` calls a kernel in C++ (oneDNN) whose gradient was derived by hand too, and which takes all steps at once. In JAX you write one step; `jax.lax.scan` with `jax.jit` makes the loop, and XLA compiles it whole. Which is fastest depends on sizes and machine: `rnn-tf bench` measures all of them side by side on yours, as far as they are installed.
#
# ## 11. An epoch that waits for nothing
#
# While `tf.data` hands out batches, a thread beside it tunes the pipeline, with pauses of 20, 40, 80, … ms. When `fit` ends an epoch, it often has to wait until that thread wakes up: the epoch then takes up to twice what its steps take. Arrays in memory need no tuning. `feeding.Feed` switches it off and changes nothing else (how we found it: `docs/notes/tf_data_epoch_wait.md`). The thread wakes up after 20, 60, 140, 300 and 620 ms, so an epoch whose steps take some 350 ms can be unlucky.
#
# **What will happen?** The same epoch several times, as Keras feeds it and through `Feed`. Look at the slowest one of each.
# %% [markdown] lang="zh"
# （完整模式还有 GRU 和简单循环网络。）话要说明白：序列这么短时，**最佳状态的 Keras 可以与我们的 LSTM 差不多一样快**。它的快，来自两条链和每次调用多跑几批，这两样只要三行代码，人人可用。一样快的几种做法，选最简单的。我们的层用在下列情形：
#
# * **GRU**：它展开后的自动梯度更重；
# * **长序列**：展开行不通了，Keras 的循环只能一步一步走；
# * **内存**和**追踪时间**：每步只留几个张量，不留所有的中间结果；
# * 不想操心：链、分块、展开都由层自己选定。
#
# 这里自己搭的东西，PyTorch 和 JAX 都有，只是放在别处。PyTorch 的 `nn.LSTM` 调用 C++ 写的内核（oneDNN），梯度同样是手推的，一次处理所有时间步。在 JAX 里只写一步，循环交给 `jax.lax.scan` 和 `jax.jit`，由 XLA 整个编译。谁最快，要看尺寸和机器：装了它们的话，`rnn-tf bench` 会在你的机器上把它们并排测出来。
#
# ## 11. 白等一场的一轮训练
#
# `tf.data` 一边给出各批数据，一边有一个线程在调优数据管道，每次停顿 20、40、80……毫秒。`fit` 结束一轮时，常常要等这个线程醒来，于是一轮的耗时最多会是各步用时之和的两倍。内存里的数组用不着调优。`feeding.Feed` 把它关掉，别的什么也不变（来龙去脉见 `docs/notes/tf_data_epoch_wait.md`）。这个线程在第 20、60、140、300、620 毫秒醒来，所以各步合计约 350 毫秒的一轮最容易碰上。
#
# **会发生什么？** 同样的一轮跑几遍，一边照 Keras 的办法喂数据，一边用 `Feed`。请看各自最慢的一轮。
# %%
patient = keras.Sequential([keras.layers.LSTM(units), keras.layers.Dense(10)])
patient.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def epochs_ms(fed, samples, count):
    """Milliseconds of some epochs of so many samples, through Keras's ``fit`` or by ``Feed``."""
    inputs = np.resize(fit_inputs, (samples, *fit_inputs.shape[1:]))
    arrays = inputs, np.resize(fit_targets, samples)
    given = (feeding.Feed(*arrays, batch_size=batch_size),) if fed else arrays
    found = []
    for _ in range(count):
        start = time.perf_counter()
        patient.fit(*given, batch_size=batch_size, shuffle=False, verbose=0)
        found.append(1e3 * (time.perf_counter() - start))
    return found


_, *quick = epochs_ms(True, len(fit_inputs), 3)  # the first one traces
samples = int(len(fit_inputs) * 350 / min(quick))  # so many that their steps take about 350 ms
count = lesson.pick(class_mode=5, full=15)
epochs = {
    "fit(x, y)": epochs_ms(False, samples, count),
    "fit(Feed(x, y))": epochs_ms(True, samples, count),
}
lesson.table(
    ["fit", "quickest epoch (ms)", "median", "slowest"],
    [[way, min(found), float(np.median(found)), max(found)] for way, found in epochs.items()],
)
for way, found in epochs.items():
    print(f"{way}: the slowest epoch took {max(found) / min(found):.2f} times the quickest.")

# %% [markdown] lang="en"
# ## References
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8). The cell whose gradient this is.
# * J. Appleyard, T. Kočiský, P. Blunsom (2016). Optimizing performance of recurrent neural networks on GPUs. arXiv 1604.01946. Hoisting, joined gates and chains, on another machine.
# * G. M. Amdahl (1967). Validity of the single processor approach to achieving large scale computing capabilities. *AFIPS*. Why the step that must wait decides.
# * C. J. Maddison, D. Tarlow, T. Minka (2014). A* sampling. *NIPS*. Drawing by Gumbel noise, so that every loop draws the same.
# * TensorFlow guide: "Better performance with tf.function"; "XLA: Optimizing Compiler for Machine Learning".
# %% [markdown] lang="zh"
# ## 参考文献
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8). 这里的梯度就是它的。
# * J. Appleyard, T. Kočiský, P. Blunsom (2016). Optimizing performance of recurrent neural networks on GPUs. arXiv 1604.01946. 外提、合并各门、并排的链，用在另一种机器上。
# * G. M. Amdahl (1967). Validity of the single processor approach to achieving large scale computing capabilities. *AFIPS*. 为什么非等不可的那一步说了算。
# * C. J. Maddison, D. Tarlow, T. Minka (2014). A* sampling. *NIPS*. 用 Gumbel 噪声采样，每种循环都采到同样的结果。
# * TensorFlow 指南：“Better performance with tf.function”；“XLA: Optimizing Compiler for Machine Learning”。
