# %% [markdown] lang="en"
# # 3. Gates: the lab
#
# Six exercises, from one line to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 3. 门：练习
#
# 六道练习，从填一行到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("03_gates", part="lab")

import numpy as np

from rnn_tf import reference
from rnn_tf.course.checks import gates as check
from rnn_tf.datasets import toy
from rnn_tf.reference import sigmoid

# %% [markdown] lang="en"
# ## Exercise 1. The belt
#
# One line: what lies on the conveyor belt after the gates? `f`, `i`, `g` and the old cell state `c` have one number for each unit, and so has the answer.
#
# <details><summary>Hint 1</summary>
#
# Follow the belt in the picture: first a ×, then a +. What comes into each?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Keep some of the old, and add some of the new: two products, `*` both times.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 传送带
#
# 只填一行：过了门之后，传送带上是什么？`f`、`i`、`g` 和旧的单元状态 `c`，每个单元各有一个数，答案也是。
#
# <details><summary>提示 1</summary>
#
# 顺着图中的传送带看：先遇到 ×，再遇到 +。各有什么送进来？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 旧的留一部分，新的加一部分：两个乘积，都用 `*`。
#
# </details>
# %% kind="starter"


def belt(f, i, g, c):
    return ...


# %% kind="solution"


def belt(f, i, g, c):
    return f * c + i * g


# %%
check.belt(belt)

# %% [markdown] lang="en"
# ## Exercise 2. One step of an LSTM
#
# Now the whole step, for a batch and many units. `x` is (batch, features), `h` and `c` are (batch, units). `W_x`, `W_h` and `b` hold the four blocks side by side in Keras's order: input gate, forget gate, candidate, output gate. Return the new `h` and `c`.
#
# <details><summary>Hint 1</summary>
#
# `np.split(…, 4, axis=-1)` cuts a row into the four blocks.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Three of the blocks are gates and go through `sigmoid`. Which is not? And what is $h$, if $c$ is on the belt?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. LSTM 的一步
#
# 现在写完整的一步：一批数据，多个单元。`x` 的形状是 (批, 特征)，`h` 和 `c` 是 (批, 单元)。`W_x`、`W_h` 和 `b` 里四块并排，按 Keras 的次序：输入门、遗忘门、候选、输出门。返回新的 `h` 和 `c`。
#
# <details><summary>提示 1</summary>
#
# `np.split(…, 4, axis=-1)` 把一行切成四块。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 四块里三块是门，要过 `sigmoid`。哪一块不是？$c$ 在传送带上，那么 $h$ 等于什么？
#
# </details>
# %% kind="starter"


def lstm_step(x, h, c, W_x, W_h, b):
    i, f, g, o = ...
    raise NotImplementedError


# %% kind="solution"


def lstm_step(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    c = belt(sigmoid(f), sigmoid(i), np.tanh(g), c)
    return sigmoid(o) * np.tanh(c), c


# %%
check.lstm_step(lstm_step)

# %% [markdown] lang="en"
# ## Exercise 3. How far back?
#
# Here are the forget gates of one sequence, `f` of shape (T, units). Return $\partial c_T / \partial c_t$ along the belt for every step $t = 1 \dots T$, in the same shape. The last row is 1.
#
# <details><summary>Hint 1</summary>
#
# Which gates does a number pass on its way from $c_t$ to $c_T$? Is $f_t$ among them?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Start from a row of ones and walk backwards, one gate more at each step. `np.cumprod` can do it too.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 能传多远？
#
# 给出一个序列的遗忘门 `f`，形状为 (T, 单元)。请返回沿传送带的 $\partial c_T / \partial c_t$，$t = 1 \dots T$ 每步都要，形状相同。最后一行是 1。
#
# <details><summary>提示 1</summary>
#
# 一个数从 $c_t$ 走到 $c_T$，经过哪些门？其中有 $f_t$ 吗？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 从全 1 的一行出发往回走，每退一步多乘一个门。也可以用 `np.cumprod`。
#
# </details>
# %% kind="starter"


def along_the_belt(f):
    raise NotImplementedError


# %% kind="solution"


def along_the_belt(f):
    derivative = np.ones_like(f)
    for t in reversed(range(len(f) - 1)):
        derivative[t] = f[t + 1] * derivative[t + 1]
    return derivative


# %%
check.reach(along_the_belt)

# %% [markdown] lang="en"
# ## Exercise 4. A counter
#
# Set the gates by hand, so that the cell state *counts*: one button, 1 while it is pressed and else 0; each press adds the same amount to $c$, and between the presses nothing changes. `counter.weights` has `kernel` (1, 4), `recurrent_kernel` (1, 4) and `bias` (4,), columns as above.
#
# And without a check: can your unit *show* its count? Look at $h = o \circ \tanh(c)$ before you say yes.
#
# <details><summary>Hint 1</summary>
#
# The forget gate must never shut. A bias of 10 is as good as open.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# What must the candidate be while the button is pressed, and while it is not? If it is 0 without a press, the input gate may even stay open.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 计数器
#
# 亲手设定各个门，让单元状态会**数数**：只有一个按钮，按下为 1，不按为 0；每按一次，$c$ 增加同样多，两次之间不变。`counter.weights` 有 `kernel` (1, 4)、`recurrent_kernel` (1, 4) 和 `bias` (4,)，各列次序同上。
#
# 还有一问，不检查：你的单元能把数出来的结果**显示**出来吗？先看看 $h = o \circ \tanh(c)$ 再回答。
#
# <details><summary>提示 1</summary>
#
# 遗忘门绝不能关。偏置取 10，就等于一直开着。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 按下时候选应是多少？不按时呢？如果不按时候选是 0，输入门一直开着也无妨。
#
# </details>
# %%
INPUT, FORGET, CANDIDATE, OUTPUT = range(4)

# %% kind="starter"
counter = reference.LSTM(features=1, units=1)
for array in counter.weights.values():
    array[...] = 0.0
# counter.weights["bias"][FORGET] = …

# %% kind="solution"
counter = reference.LSTM(features=1, units=1)
for array in counter.weights.values():
    array[...] = 0.0
counter.weights["bias"][FORGET] = 10.0
counter.weights["bias"][INPUT] = 10.0
counter.weights["kernel"][0, CANDIDATE] = 5.0

# %%
check.counter(counter)

# %% [markdown] lang="en"
# ## Exercise 5. The same memory from a GRU
#
# A GRU has two gates. Set a one-unit GRU by hand: its inputs are a value and a button "write". While the button is pressed the state becomes tanh(value); else it stays. The columns are update gate, reset gate, candidate; `bias` is (2, 3), and its first row is enough. The recurrent kernel may stay zero.
#
# Which of the three scenes of the lesson, keep, forget, hide, can no GRU play?
#
# <details><summary>Hint 1</summary>
#
# In Keras's form $h_t = z \circ h_{t-1} + (1-z) \circ g$. So what must $z$ be while nothing is pressed?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The update gate needs a large positive bias, and a large negative weight for "write". The scene: a GRU shows what it has; it has no output gate.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 用 GRU 做同样的记忆
#
# GRU 有两个门。亲手设定一个只有一个单元的 GRU：输入是一个数和一个“写入”按钮。按下时状态变成 tanh(数)，不按时不变。各列依次是更新门、重置门、候选；`bias` 是 (2, 3)，设第一行就够。循环权重矩阵可以保持为零。
#
# 正课里的三个场景：记住、忘掉、藏起，哪一个是任何 GRU 都演不了的？
#
# <details><summary>提示 1</summary>
#
# 按 Keras 的写法，$h_t = z \circ h_{t-1} + (1-z) \circ g$。那么什么都不按时，$z$ 应是多少？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 更新门要有很大的正偏置，对“写入”的权重则是很大的负数。至于场景：GRU 有什么就露什么，它没有输出门。
#
# </details>
# %%
UPDATE, RESET, GRU_CANDIDATE = range(3)
VALUE, WRITE = range(2)

# %% kind="starter"
memory = reference.GRU(features=2, units=1)
for array in memory.weights.values():
    array[...] = 0.0
# memory.weights["bias"][0, UPDATE] = …

# %% kind="solution"
memory = reference.GRU(features=2, units=1)
for array in memory.weights.values():
    array[...] = 0.0
memory.weights["bias"][0, UPDATE] = 10.0
memory.weights["kernel"][WRITE, UPDATE] = -20.0
memory.weights["kernel"][VALUE, GRU_CANDIDATE] = 1.0

# %%
check.gru_memory(memory)

# %% [markdown] lang="en"
# ## Exercise 6. With fewer than a hundred weights (open)
#
# The task of the lesson: say the number that was written last. Ten steps or more after the writing, on sequences that you never see, the mean squared error should be at most 0.1; always saying 0 has 1/3. But your network may have no more than **100 weights** in all. The one below keeps to that, and fails. Change whatever you like.
#
# <details><summary>Hint 1</summary>
#
# Which cell has a belt? With 2 features and `n` units a GRU has `3 * n * (n + 4)` weights, an LSTM `4 * n * (n + 3)`, and the output has `n + 1` more.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Three units are enough. If the loss does not fall, try another seed, a learning rate near 0.5, or more epochs.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 不到一百个参数（开放题）
#
# 还是正课的任务：说出最后一次写入的数。在你没见过的序列上，写入十步以后，均方误差应不超过 0.1；总答 0 是 1/3。但你的网络总共最多只能有 **100 个参数**。下面这个符合要求，却学不会。随你怎么改。
#
# <details><summary>提示 1</summary>
#
# 哪种单元有传送带？2 个特征、`n` 个单元时，GRU 的参数量是 `3 * n * (n + 4)`，LSTM 是 `4 * n * (n + 3)`，输出层另加 `n + 1`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 三个单元就够。损失降不下来，就换个种子，学习率取 0.5 上下，或者多练几轮。
#
# </details>
# %%
train_x, train_y = toy.last_written(512, 30, chance=0.1, seed=0)
optimizer = reference.SGD(0.5, momentum=0.9, global_clipnorm=1.0)

# %% kind="starter"
cell = reference.SimpleRNN(features=2, units=8)
network = reference.Network(cell, 1, "squared_error")
losses = reference.train(network, train_x, train_y, optimizer, epochs=6, batch_size=64)
print(f"{network.parameter_count} weights, loss {losses[-1]:.3f}; always 0: {1 / 3:.3f}")

# %% kind="solution"
cell = reference.GRU(features=2, units=3)
network = reference.Network(cell, 1, "squared_error")
losses = reference.train(network, train_x, train_y, optimizer, epochs=12, batch_size=64)
print(f"{network.parameter_count} weights, loss {losses[-1]:.3f}; always 0: {1 / 3:.3f}")

# %%
check.remembers(network)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Give the simple network so many units that it has as many weights as an LSTM of eight units. Does it catch up? Three seeds!
# 2. Start the forget bias of the LSTM at 0 and at 3. What changes in the first epochs?
# 3. Write bits instead of numbers, −1 or 1. Now a simple network can learn it, from some starts. How does it hold a bit without a gate?
# 4. `toy.first_bit` with 60 steps asks once, at the end, and marks nothing. Who wins there? (A rotation loses nothing either.)
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 增加简单循环网络的单元数，让它的参数量和八个单元的 LSTM 一样多。它追得上吗？别忘了三个随机种子！
# 2. LSTM 的遗忘门偏置从 0 和从 3 开始，头几轮有什么不同？
# 3. 写入的不是数，而是比特：−1 或 1。这回简单循环网络从某些起点出发也学得会。没有门，它怎么存住一个比特？
# 4. 60 步的 `toy.first_bit` 只在最后问一次，也不标出要记的是哪个。这回谁赢？（旋转也什么都不丢。）
