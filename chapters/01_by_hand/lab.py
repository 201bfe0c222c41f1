# %% [markdown] lang="en"
# # 1. A recurrent network by hand: the lab
#
# Six exercises, from one line to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 1. 手写循环神经网络：练习
#
# 六道练习，从填一行到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("01_by_hand", part="lab")

import numpy as np

from rnn_tf import reference
from rnn_tf.course.checks import by_hand as check
from rnn_tf.datasets import toy

# %% [markdown] lang="en"
# ## Exercise 1. One step
#
# One line: the next hidden state. `x` is (batch, features), `h_before` is (batch, units); `w` holds `W_x`, `W_h` and `b_h`.
#
# <details><summary>Hint 1</summary>
#
# Three things are added up before the tanh. Which three arrows end in $h_t$ in the picture of the unrolled network, if a bias counts as one?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Samples are rows, so a row stands on the left of its matrix: `x @ w["W_x"]`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 一步
#
# 只填一行：下一个隐藏状态。`x` 的形状是 (批, 特征)，`h_before` 是 (批, 单元)；`w` 里有 `W_x`、`W_h` 和 `b_h`。
#
# <details><summary>提示 1</summary>
#
# tanh 之前有三项相加。看展开图：若把偏置也算一条，有哪三条箭头指向 $h_t$？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 样本是行，所以行向量在左、矩阵在右：`x @ w["W_x"]`。
#
# </details>
# %% kind="starter"


def one_step(x, h_before, w):
    return ...


# %% kind="solution"


def one_step(x, h_before, w):
    return np.tanh(x @ w["W_x"] + h_before @ w["W_h"] + w["b_h"])


# %%
check.one_step(one_step)

# %% [markdown] lang="en"
# ## Exercise 2. Know your baseline
#
# A new task: at each step, say the *sum* of the bit you hear now and the bit you heard before it. What is the lowest mean squared error that a network **without** memory can reach? The bits are fair coins. Think, or simulate.
#
# <details><summary>Hint 1</summary>
#
# The network knows the present bit exactly. What is the best guess for the other one?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The best guess for a fair bit, in squared error, is its mean. How far is the bit from it, squared?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 先弄清基线
#
# 换一个任务：每一步说出现在听到的比特与前一个比特之**和**。**没有**记忆的网络，均方误差最低能到多少？比特都是公平的硬币。可以推，也可以模拟。
#
# <details><summary>提示 1</summary>
#
# 眼前的比特，网络知道得一清二楚。另一个比特，猜多少最好？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 按平方误差，对公平比特最好的猜测是它的均值。比特离均值多远？再平方。
#
# </details>
# %% kind="starter"
lowest = ...

# %% kind="solution"
coins = np.random.default_rng(0).integers(0, 2, size=100_000)
best_guess = coins.mean()
lowest = np.mean((coins - best_guess) ** 2)
print(f"lowest squared error without memory: {lowest:.3f}")

# %%
check.sum_baseline(lowest)

# %% [markdown] lang="en"
# ## Exercise 3. Memory by hand
#
# The lesson's four units echo a bit after three steps, without any training. Change them so that they echo after **five** steps. The answer counts as 1 where the output is above 0.
#
# <details><summary>Hint 1</summary>
#
# How many units does a bit walk through if it comes in at step 1 and is said at step 6?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The bit fades: `np.tanh` of `np.tanh` of … How much of a 1 is left in the last unit? The threshold `-b_y` must lie between 0 and that.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 手工造记忆
#
# 课上的四个单元不经训练就能说出三步之前的比特。请改成**五**步之后的回声。输出大于 0 就算说 1。
#
# <details><summary>提示 1</summary>
#
# 比特在第 1 步进来、第 6 步说出去，中间要走过几个单元？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 比特会变淡：`np.tanh` 再 `np.tanh`……一个 1 走到最后一个单元还剩多少？阈值 `-b_y` 要在 0 和它之间。
#
# </details>
# %% kind="starter"
units = 4
weights = {
    "W_x": np.eye(1, units),  # a bit enters the first unit
    "W_h": np.eye(units, k=1),  # every unit hands over to the next one
    "b_h": np.zeros(units),
    "W_y": np.eye(1, units, k=units - 1).T,  # the last unit speaks
    "b_y": np.array([-0.5]),
}

# %% kind="solution"
units = 6
weights = {
    "W_x": np.eye(1, units),  # a bit enters the first unit
    "W_h": np.eye(units, k=1),  # every unit hands over to the next one
    "b_h": np.zeros(units),
    "W_y": np.eye(1, units, k=units - 1).T,  # the last unit speaks
    "b_y": np.array([-0.2]),
}

# %%
check.memory_by_hand(weights)

# %% [markdown] lang="en"
# ## Exercise 4. One step back
#
# The heart of BPTT. At step $t$ come in: `d_y` = $\partial L/\partial y_t$, (batch, outputs), and `from_later`, (batch, units), what the step after has sent. Return `alpha`, and what goes to the step before.
#
# <details><summary>Hint 1</summary>
#
# First add up the two arrows that end in $h_t$. That sum is $\delta_t$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Then walk back through what the forward pass did, in the opposite order: through tanh (a product with its slope, $1 - h_t^2$), then through $W_h$ (transposed).
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 往回一步
#
# BPTT 的核心。第 $t$ 步收到两样东西：`d_y` 即 $\partial L/\partial y_t$，形状 (批, 输出)；`from_later`，形状 (批, 单元)，是后一步送来的。返回 `alpha`，以及送给前一步的量。
#
# <details><summary>提示 1</summary>
#
# 先把在 $h_t$ 处汇合的两条箭头加起来，这就是 $\delta_t$。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 再把前向计算做过的事倒着走一遍：先过 tanh（乘斜率 $1 - h_t^2$），再过 $W_h$（要转置）。
#
# </details>
# %% kind="starter"


def one_step_back(d_y, from_later, h, W_y, W_h):
    alpha = ...
    to_earlier = ...
    return alpha, to_earlier


# %% kind="solution"


def one_step_back(d_y, from_later, h, W_y, W_h):
    delta = d_y @ W_y.T + from_later
    alpha = delta * (1 - h**2)
    to_earlier = alpha @ W_h.T
    return alpha, to_earlier


# %%
check.one_step_back(one_step_back)

# %% [markdown] lang="en"
# ## Exercise 5. Bug hunt
#
# Four people have handed in a backward pass: `check.SUSPECTS["A"]` to `"D"`, called as `backward(w, inputs, hidden, d_outputs)`. Find out which ones are wrong, by a gradient check, without reading their code. The network, its loss and its sizes are there; sizes all differ. `guilty` is the set of the names of the wrong ones.
#
# <details><summary>Hint 1</summary>
#
# `reference.gradient_check(function, w, show=False)` calls a function without arguments that returns `(loss, gradients)`. Its report has `.largest`, the largest relative error, and one row a tensor.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Loop over `check.SUSPECTS.items()` and keep the names whose largest error is above 1e-7. Which tensors are wrong also tells you where the fault is.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 捉虫
#
# 四个人各交来一份反向计算：`check.SUSPECTS["A"]` 到 `"D"`，调用方式是 `backward(w, inputs, hidden, d_outputs)`。不看代码，只用梯度检验，找出哪几份是错的。网络、损失和各个大小都已备好，大小互不相同。`guilty` 是错的那几份的名字的集合。
#
# <details><summary>提示 1</summary>
#
# `reference.gradient_check(函数, w, show=False)` 会调用一个不带参数的函数，它返回 `(损失, 梯度)`。检验报告的 `.largest` 是最大相对误差，此外每个张量一行。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 对 `check.SUSPECTS.items()` 循环，把最大误差超过 1e-7 的名字留下。哪些张量错了，还能告诉你错在哪里。
#
# </details>
# %%
random = np.random.default_rng(0)
x, y = random.normal(size=(3, 4, 2)), random.uniform(size=(3, 4, 1))  # (batch, steps, features)
w = {"W_x": random.normal(size=(2, 5)), "W_h": random.normal(size=(5, 5)), "b_h": np.zeros(5)}
w |= {"W_y": random.normal(size=(5, 1)), "b_y": np.zeros(1)}


def loss_and_gradients(backward):
    hidden = [np.zeros((3, 5))]
    for t in range(4):
        hidden.append(np.tanh(x[:, t] @ w["W_x"] + hidden[-1] @ w["W_h"] + w["b_h"]))
    hidden = np.stack(hidden, axis=1)
    loss, d_outputs = reference.sigmoid_cross_entropy(hidden[:, 1:] @ w["W_y"] + w["b_y"], y)
    return loss, backward(w, x, hidden, d_outputs)


# %% kind="starter"
guilty = ...

# %% kind="solution"
guilty = set()
for name, backward in check.SUSPECTS.items():
    report = reference.gradient_check(lambda b=backward: loss_and_gradients(b), w, show=False)
    wrong = [row.name for row in report if row.relative_error > 1e-7]
    print(f"{name}: wrong {wrong}")
    if wrong:
        guilty.add(name)

# %%
check.suspects(guilty)

# %% [markdown] lang="en"
# ## Exercise 6. Over the cliff (open)
#
# After twelve steps the lesson's recipe is well below the edge. Push the edge back: train a simple recurrent network whose answers are right in **95 %** of all cases at a delay of 12, on sequences that you never see. Everything may be changed: the number of units, the learning rate, the epochs, the data. How little training does it take you?
#
# <details><summary>Hint 1</summary>
#
# The state must hold twelve bits at once. Are sixteen units plenty for that?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# When the loss jumps up and down, steps are too long: halve the learning rate and double the epochs. Look at the losses that `reference.train` returns.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 翻过悬崖（开放题）
#
# 延迟十二步时，课上的训练方法已经掉下悬崖了。请把崖边往后推：训练一个简单循环网络，延迟 12 步时，在你从未见过的序列上答对 **95%**。什么都可以改：单元数、学习率、轮数、数据。你最少要训练多久？
#
# <details><summary>提示 1</summary>
#
# 状态里同时要存十二个比特。十六个单元宽裕吗？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 损失忽上忽下，说明步子太大：学习率减半，轮数加倍。看看 `reference.train` 返回的损失。
#
# </details>
# %% kind="starter"
inputs, targets = toy.delayed_echo(512, 22, 12, seed=0)
network = reference.Network(reference.SimpleRNN(1, units=16), 1, "sigmoid_cross_entropy")
optimizer = reference.SGD(0.1, momentum=0.9, global_clipnorm=1.0)
losses = reference.train(network, inputs, targets, optimizer, epochs=10, batch_size=64)
print(f"loss: {losses[0]:.2f} in the first epoch, {losses[-1]:.2f} in the last")

# %% kind="solution"
inputs, targets = toy.delayed_echo(512, 22, 12, seed=0)
network = reference.Network(reference.SimpleRNN(1, units=64), 1, "sigmoid_cross_entropy")
optimizer = reference.SGD(0.05, momentum=0.9, global_clipnorm=1.0)
losses = reference.train(network, inputs, targets, optimizer, epochs=30, batch_size=64)
print(f"loss: {losses[0]:.2f} in the first epoch, {losses[-1]:.2f} in the last")

# %%
check.far_echo(lambda inputs: network.forward(inputs).outputs)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Start `W_h` from `0.01 * normal` instead of a rotation, as article 002 does. At which delay does the echo fail now?
# 2. Let nothing be sent back at all: `from_later` stays 0. The echo after three steps is still learnt, almost. Where does that memory come from? (The appendix looks into it.)
# 3. Train the task of exercise 2, the sum of two bits, with `"squared_error"`. How far below the baseline does it get?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 像文章 002 那样，让 `W_h` 从 `0.01 * normal` 开始，而不是从旋转矩阵开始。延迟到多少步时回声就学不会了？
# 2. 什么都不往回传：让 `from_later` 一直是 0。三步的回声居然还能大致学会。这份记忆从哪里来？（附录里有分析。）
# 3. 用 `"squared_error"` 训练练习 2 的任务，即两个比特之和。它能比基线低多少？
