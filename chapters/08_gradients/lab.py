# %% [markdown] lang="en"
# # 8. Vanishing and exploding gradients: the lab
#
# Six exercises, from a product of matrices to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 8. 梯度消失与梯度爆炸：练习
#
# 六道练习，从矩阵连乘到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("08_gradients", part="lab")

import numpy as np

from rnn_tf import reference
from rnn_tf.course.checks import gradients as check
from rnn_tf.datasets import toy

# %% [markdown] lang="en"
# ## Exercise 1. The norm by lag
#
# `jacobians` is a list $J_1, \dots, J_T$ with $J_t = \partial h_t / \partial h_{t-1}$, each (units, units): one row for each *new* unit, one column for each *old* one. Return the norms of $\partial h_T / \partial h_{T-k}$ for $k = 1 \dots T$ steps back, shape (T,). The norm is the largest singular value, `np.linalg.norm(matrix, 2)`.
#
# <details><summary>Hint 1</summary>
#
# $\partial h_T / \partial h_{T-2}$ is a product of two of the matrices. The column of the one must meet the row of the other: which stands on the left?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Start from the identity and walk backwards through the list. Each step multiplies by one more matrix *on the right*.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 范数随回溯步数的变化
#
# `jacobians` 是一列矩阵 $J_1, \dots, J_T$，$J_t = \partial h_t / \partial h_{t-1}$，形状都是 (单元, 单元)：每个**新**单元一行，每个**旧**单元一列。请返回 $\partial h_T / \partial h_{T-k}$ 的范数，$k = 1 \dots T$，形状为 (T,)。范数取最大奇异值，即 `np.linalg.norm(matrix, 2)`。
#
# <details><summary>提示 1</summary>
#
# $\partial h_T / \partial h_{T-2}$ 是其中两个矩阵的乘积。一个的列要对上另一个的行：谁在左边？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 从单位矩阵出发，沿列表倒着走，每走一步就在**右边**多乘一个矩阵。
#
# </details>
# %% kind="starter"


def norms_by_lag(jacobians):
    raise NotImplementedError


# %% kind="solution"


def norms_by_lag(jacobians):
    product = np.eye(len(jacobians[0]))
    norms = []
    for jacobian in reversed(jacobians):
        product = product @ jacobian
        norms.append(np.linalg.norm(product, 2))
    return np.array(norms)


# %%
check.norms_by_lag(norms_by_lag)

# %% [markdown] lang="en"
# ## Exercise 2. A start that keeps lengths
#
# Return a random orthogonal matrix (units, units), drawn from `random`, a NumPy generator: $Q^\top Q$ is the identity, so neither a state nor a gradient changes its length.
#
# <details><summary>Hint 1</summary>
#
# Draw a matrix from `random.normal`. Its columns point anywhere. Which decomposition makes them perpendicular and of length 1?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.linalg.qr` returns two matrices. One is orthogonal, the other is triangular.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 不改变长度的初始化
#
# 用 NumPy 的随机数生成器 `random` 产生一个随机正交矩阵，形状为 (units, units)：$Q^\top Q$ 是单位矩阵，状态也好，梯度也好，经过它长度都不变。
#
# <details><summary>提示 1</summary>
#
# 先用 `random.normal` 产生一个矩阵，它的各列朝哪里的都有。哪种分解能让各列互相垂直、长度为 1？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.linalg.qr` 返回两个矩阵，一个正交，一个是三角矩阵。
#
# </details>
# %% kind="starter"


def orthogonal(units, random):
    return ...


# %% kind="solution"


def orthogonal(units, random):
    q, r = np.linalg.qr(random.normal(size=(units, units)))
    return q * np.sign(np.diag(r))  # orthogonal without it too, but not all are equally likely


# %%
check.orthogonal(orthogonal)

# %% [markdown] lang="en"
# ## Exercise 3. Clipping by the global norm
#
# `gradients` is a dictionary, a name and an array for each weight. Laid end to end the arrays are one long vector. If it is longer than `limit`, shorten it to `limit` without changing its direction; else leave it. Return a new dictionary; the arrays that were given stay as they are.
#
# <details><summary>Hint 1</summary>
#
# One factor for all: $\min(1, \mathrm{limit}/\lVert g \rVert)$. What is $\lVert g \rVert$ if $g$ lies in several arrays?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Add the *squares* of all arrays, then take one root. And what if all gradients are zero?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 按全局范数裁剪
#
# `gradients` 是一个字典，每个权重一个名字、一个数组。所有数组首尾相接，就是一个长长的向量。它若长于 `limit`，就缩短到 `limit`，方向不变；否则原样不动。请返回一个新字典，不要改动传进来的数组。
#
# <details><summary>提示 1</summary>
#
# 全体只乘一个系数：$\min(1, \mathrm{limit}/\lVert g \rVert)$。$g$ 分散在几个数组里，$\lVert g \rVert$ 怎么算？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 把所有数组的**平方**加起来，最后开一次方。另外，梯度全为零时会怎样？
#
# </details>
# %% kind="starter"


def clip(gradients, limit):
    raise NotImplementedError


# %% kind="solution"


def clip(gradients, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))
    factor = 1.0 if norm <= limit else limit / norm
    return {name: factor * g for name, g in gradients.items()}


# %%
check.clip(clip)

# %% [markdown] lang="en"
# ## Exercise 4. Open the forget gate
#
# `layer` is a Keras LSTM that has been built. Set the bias of its forget gates to `value`, for every unit, and change nothing else. The bias is one vector of 4 · units numbers, in Keras's order: input gate, forget gate, candidate, output gate.
#
# <details><summary>Hint 1</summary>
#
# `layer.get_weights()` gives the kernel, the recurrent kernel and the bias as arrays, `layer.set_weights([...])` puts them back.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The second block of four: from `layer.units` up to, not including, `2 * layer.units`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 打开遗忘门
#
# `layer` 是一个已经建好的 Keras LSTM。请把每个单元的遗忘门偏置都设为 `value`，别的一概不动。偏置是一个有 4 · units 个数的向量，按 Keras 的次序：输入门、遗忘门、候选、输出门。
#
# <details><summary>提示 1</summary>
#
# `layer.get_weights()` 取出输入权重矩阵、循环权重矩阵和偏置三个数组，`layer.set_weights([...])` 再放回去。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 四块里的第二块：从 `layer.units` 到 `2 * layer.units`，不含后者。
#
# </details>
# %% kind="starter"


def open_forget_gates(layer, value):
    raise NotImplementedError


# %% kind="solution"


def open_forget_gates(layer, value):
    kernel, recurrent_kernel, bias = layer.get_weights()
    bias[layer.units : 2 * layer.units] = value
    layer.set_weights([kernel, recurrent_kernel, bias])


# %%
check.forget_bias(open_forget_gates)

# %% [markdown] lang="en"
# ## Exercise 5. A start for a known length (chrono)
#
# A forget gate that stands at $f$ keeps what it has for about $1/(1-f)$ steps. You know that your sequences depend on what lay up to $T$ steps back. So let the units differ: for each unit draw a duration $d$ evenly between 1 and $T - 1$, give its forget gate the bias $\log d$ and its input gate $-\log d$; candidate and output gate get 0. Return the whole bias, (4 · units,), in Keras's order.
#
# Check it by hand first: what is $\sigma(\log d)$, and so $1/(1-f)$?
#
# <details><summary>Hint 1</summary>
#
# $\sigma(\log d) = d/(d+1)$, hence $1/(1-f) = d + 1$. The durations are drawn evenly, not their logarithms.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `random.uniform(1, longest - 1, size=units)`, one logarithm, and `np.concatenate` of four blocks.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 已知长度时的初始化（chrono）
#
# 遗忘门停在 $f$ 时，大约能把东西存 $1/(1-f)$ 步。已知你的序列最多要回溯 $T$ 步，那就让各单元长短不一：每个单元在 1 到 $T - 1$ 之间均匀地抽一个时长 $d$，遗忘门偏置设为 $\log d$，输入门偏置设为 $-\log d$，候选和输出门为 0。请返回整个偏置，形状为 (4 · units,)，按 Keras 的次序。
#
# 先笔算一下：$\sigma(\log d)$ 等于多少？$1/(1-f)$ 呢？
#
# <details><summary>提示 1</summary>
#
# $\sigma(\log d) = d/(d+1)$，所以 $1/(1-f) = d + 1$。要均匀抽取的是时长，不是它的对数。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `random.uniform(1, longest - 1, size=units)`，取一次对数，再用 `np.concatenate` 接起四块。
#
# </details>
# %% kind="starter"


def chrono(units, longest, random):
    return ...


# %% kind="solution"


def chrono(units, longest, random):
    keep = np.log(random.uniform(1, longest - 1, size=units))
    nothing = np.zeros(units)
    return np.concatenate([-keep, keep, nothing, nothing])


# %%
check.chrono(chrono)

# %% [markdown] lang="en"
# ## Exercise 6. Where does it stop learning? (open)
#
# `accuracy` trains a small simple network to say the first bit of a sequence, asked once at the end; guessing is right half of the time. Its recurrent matrix starts at spectral radius 0.7. Find the `edge`: about how many steps is the longest sequence that it still learns? Estimate it before you train: what is left of a gradient after 5, 10, 20, 40 steps at 0.7 a step?
#
# An edge is right if on seeds of its own the check sees the network learn at half as many steps, each time, and at twice as many never. You may also change the network inside `accuracy`, and then find *its* edge. Then of course the estimate changes too.
#
# <details><summary>Hint 1</summary>
#
# Double the number of steps until it fails. Chance plays a part near the edge: always several seeds.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $0.7^{20}$ is below a thousandth. Somewhere before that the late bits, which say nothing, drown the first one.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 到哪里就学不会了？（开放题）
#
# `accuracy` 训练一个小小的简单循环网络，让它说出序列的第一个比特，只在最后问一次；随机猜测有一半会对。它的循环权重矩阵初始谱半径为 0.7。请找出边界 `edge`：它还学得会的序列，最长大约有多少步？先估计再训练：每步乘 0.7，走 5、10、20、40 步，梯度还剩多少？
#
# 检查会用自己的随机种子：步数减半时网络次次都学会，步数加倍时一次也学不会，你的边界就算对。你也可以改动 `accuracy` 里的网络，再找**它**的边界；当然，估计也要跟着改。
#
# <details><summary>提示 1</summary>
#
# 步数一次次加倍，直到学不会为止。边界附近有运气的成分，每次都要试几个种子。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# $0.7^{20}$ 不到千分之一。还没到那里，第一个比特就已经被后面那些毫无用处的比特淹没了。
#
# </details>
# %%


def accuracy(num_steps, seed):
    cell = reference.SimpleRNN(features=1, units=8, seed=seed)
    cell.weights["recurrent_kernel"] *= 0.7  # orthogonal until here
    network = reference.Network(cell, 1, "sigmoid_cross_entropy", per_step=False, seed=seed)
    optimizer = reference.SGD(0.1, momentum=0.9, global_clipnorm=1.0)
    inputs, targets = toy.first_bit(64 * 150, num_steps, seed=seed)
    reference.train(network, inputs, targets, optimizer, epochs=1, batch_size=64, seed=seed)
    inputs, targets = toy.first_bit(500, num_steps, seed=1000 + seed)
    return np.mean((network.forward(inputs).outputs > 0) == (targets > 0.5))


# %% kind="starter"
edge = ...

# %% kind="solution"
for num_steps in (5, 10, 20):
    seen = [accuracy(num_steps, seed) for seed in lesson.seeds]
    print(f"{num_steps} steps: {0.7**num_steps:.4f} is left; {min(seen):.2f} … {max(seen):.2f}")
edge = 14

# %%
check.edge(edge, accuracy)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Start the network of exercise 6 at spectral radius 1, then at 1.3. How far does the edge move? Is further always better?
# 2. Take away the clipping in exercise 6, then clip at 0.01. Does the edge move?
# 3. Draw the norms of exercise 1 for a network before and after training, on a task that it has learnt. What did training do to the curve?
# 4. Give an LSTM the bias of exercise 5 and the task `toy.first_bit` with 60 steps, and another one Keras's bias of 1. Three seeds: who gets there first?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 让练习 6 的网络从谱半径 1 开始，再从 1.3 开始。边界移动了多少？越远就一定越好吗？
# 2. 去掉练习 6 里的裁剪，再改成裁剪到 0.01。边界会动吗？
# 3. 找一个网络学得会的任务，分别画出训练前后练习 1 的范数曲线。训练让这条曲线变成了什么样？
# 4. 给一个 LSTM 用练习 5 的偏置，另一个用 Keras 的偏置 1，都去做 60 步的 `toy.first_bit`。三个随机种子，谁先学会？
