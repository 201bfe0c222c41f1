# %% [markdown] lang="en"
# # 1. A recurrent network by hand
#
# After this lesson you can
#
# * write the forward pass of a recurrent network and its back-propagation through time (BPTT) in NumPy,
# * prove with a gradient check that the backward pass is right,
# * say why a falling loss curve proves nothing,
# * build a task that a network without memory cannot solve, and solve it.
#
# Class mode takes about a quarter of a minute and 700 MB; full mode about half a minute. You need to know what a matrix product and the chain rule are.
#
# Articles 001 (§3.2) and 002 (§4.1) both print a hand-written network. Neither runs. Mending what crashes is easy, and it is a trap: the mended program draws a beautiful loss curve and is still wrong. Numbers like B-002-22 name faults of the code; the table at the end of the lesson lists them. Numbers like F-000-02 name formulas. `rnn-tf ledger` and a number prints either.
# %% [markdown] lang="zh"
# # 1. 手写循环神经网络
#
# 学完这一课，你能够：
#
# * 用 NumPy 写出循环神经网络的前向计算和沿时间反向传播（BPTT）；
# * 用梯度检验证明反向计算是对的；
# * 说清楚为什么“损失曲线下降”什么也证明不了；
# * 造一个没有记忆的网络做不了的任务，再把它做出来。
#
# 课堂模式约需十几秒、700 MB 内存；完整模式约半分钟。预备知识：矩阵乘积和链式法则。
#
# 文章 001（§3.2）和 002（§4.1）各给出了一份手写网络，两份都跑不起来。把报错的地方改掉并不难，但这恰恰是个陷阱：改完之后，它能画出一条漂亮的损失曲线，却仍然是错的。B-002-22 这样的编号指代码里的某一处错误，本课末尾有一张表把它们列出；F-000-02 这样的编号指某一条公式。两种都可以用 `rnn-tf ledger` 加编号查看。
# %%
from rnn_tf.course import begin

lesson = begin("01_by_hand")

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf import ledger, reference
from rnn_tf.course import figures
from rnn_tf.datasets import toy

# %% [markdown] lang="en"
# ## The idea in one figure
#
# A recurrent network has an arrow from its hidden state back to itself. Unrolled over time, that arrow leads from each step to the next. All steps use the *same* weights.
#
# The diagram in article 001 has no such arrow: its two boxes named "recurrence" lead nowhere, so what it draws is a feed-forward net (B-001-01).
# %% [markdown] lang="zh"
# ## 一张图看懂
#
# 循环神经网络的隐藏状态有一条箭头指回自己。沿时间展开，这条箭头就从每个时间步连到下一个时间步。所有时间步用的是**同一组**权重。
#
# 文章 001 的架构图里没有这条箭头：两个“循环连接”方框都是死胡同，画出来的其实是前馈网络（B-001-01）。


# %%
def node(axis, x, y, name, colour):
    axis.scatter([x], [y], s=900, color="white", edgecolor=colour, linewidth=2, zorder=2)
    axis.text(x, y, name, ha="center", va="center", fontsize=11, zorder=3)


def arrow(axis, start, end, name="", shift=(0.12, 0.0), **style):
    look = {"arrowstyle": "-|>", "shrinkA": 17, "shrinkB": 17, "color": "0.3", **style}
    axis.annotate("", xy=end, xytext=start, arrowprops=look)
    middle = (np.array(start) + end) / 2 + shift
    axis.text(*middle, name, ha="center", va="center", fontsize=10)


figure, (folded, unrolled) = plt.subplots(
    1, 2, figsize=(7.4, 3.2), width_ratios=[1, 3], layout="constrained"
)
for axis, places in ((folded, ["t"]), (unrolled, ["1", "2", "3"])):
    for x, t in enumerate(places):
        arrow(axis, (x, 0), (x, 1), "$W_x$", (0.16, 0.0))
        arrow(axis, (x, 1), (x, 2), "$W_y$", (0.16, 0.0))
        node(axis, x, 0, f"$x_{t}$", figures.COLOURS[0])
        node(axis, x, 1, f"$h_{t}$", figures.COLOURS[1])
        node(axis, x, 2, f"$y_{t}$", figures.COLOURS[2])
    axis.set(ylim=(-0.4, 2.4))
    axis.set_axis_off()
folded.annotate(
    "",
    xy=(-0.02, 1.14),
    xytext=(-0.02, 0.86),
    arrowprops={
        "arrowstyle": "-|>",
        "shrinkA": 12,
        "shrinkB": 12,
        "color": figures.COLOURS[1],
        "connectionstyle": "arc3,rad=-2.6",
    },
)
folded.text(-0.5, 1.0, "$W_h$", ha="center", va="center")
for x in (-1, 0, 1):
    arrow(unrolled, (x, 1), (x + 1, 1), "$W_h$", (0.0, 0.16), color=figures.COLOURS[1])
unrolled.text(-1, 1, "$h_0$", ha="center", va="center", fontsize=11)
folded.set(xlim=(-0.9, 0.5), title=lesson.text("folded", "折叠"))
unrolled.set(xlim=(-1.3, 2.5), title=lesson.text("unrolled over three steps", "展开三个时间步"))
lesson.figure(
    figure,
    "unrolled",
    en="left, a hidden state with an arrow to itself; right, the same net unrolled: each hidden "
    "state feeds the next one through the same matrix W_h",
    zh="左：隐藏状态有一条指向自己的箭头；右：沿时间展开，每个隐藏状态都经同一个矩阵 W_h 传给下一个",
)

# %% [markdown] lang="en"
# ## Forward
#
# One time step of a sequence is a *row* of numbers. So the weights multiply from the right:
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y, \qquad h_0 = 0.$$
#
# | | shape | here |
# |---|---|---|
# | $x_t$ | (batch, features) | (3, 2) |
# | $h_t$ | (batch, units) | (3, 4) |
# | $W_x$ | (features, units) | (2, 4) |
# | $W_h$ | (units, units) | (4, 4) |
# | $b_h$ | (units,) | (4,) |
# | $W_y$ | (units, outputs) | (4, 1) |
# | $b_y$ | (outputs,) | (1,) |
# | $y_t$ | (batch, outputs) | (3, 1) |
#
# Batch, features, units and outputs all differ on purpose. If two of them were equal, a forgotten transpose could go unnoticed.
# %% [markdown] lang="zh"
# ## 前向计算
#
# 序列的一个时间步是**一行**数，所以权重矩阵从右边乘：
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y, \qquad h_0 = 0.$$
#
# | | 形状 | 本例 |
# |---|---|---|
# | $x_t$ | (批, 特征) | (3, 2) |
# | $h_t$ | (批, 单元) | (3, 4) |
# | $W_x$ | (特征, 单元) | (2, 4) |
# | $W_h$ | (单元, 单元) | (4, 4) |
# | $b_h$ | (单元,) | (4,) |
# | $W_y$ | (单元, 输出) | (4, 1) |
# | $b_y$ | (输出,) | (1,) |
# | $y_t$ | (批, 输出) | (3, 1) |
#
# 批、特征、单元、输出的大小故意取得各不相同：要是有两个相等，漏掉一个转置也看不出来。
# %%
batch_size, num_steps, features, units, outputs = 3, 5, 2, 4, 1
random = np.random.default_rng(0)
inputs = random.normal(size=(batch_size, num_steps, features))
targets = random.normal(size=(batch_size, num_steps, outputs))
weights = {
    "W_x": random.normal(scale=0.5, size=(features, units)),
    "W_h": random.normal(scale=0.5, size=(units, units)),
    "b_h": random.normal(scale=0.5, size=units),
    "W_y": random.normal(scale=0.5, size=(units, outputs)),
    "b_y": random.normal(scale=0.5, size=outputs),
}


def forward(w, inputs):
    """Hidden states h_0 … h_T and outputs y_1 … y_T."""
    hidden = [np.zeros((len(inputs), w["W_h"].shape[0]))]  # h_0
    for t in range(inputs.shape[1]):
        hidden.append(np.tanh(inputs[:, t] @ w["W_x"] + hidden[-1] @ w["W_h"] + w["b_h"]))
    hidden = np.stack(hidden, axis=1)  # hidden[:, t] is h_t: one more than there are inputs
    return hidden, hidden[:, 1:] @ w["W_y"] + w["b_y"]


hidden, predictions = forward(weights, inputs)
print("inputs", inputs.shape, " hidden", hidden.shape, " predictions", predictions.shape)

# %% [markdown] lang="en"
# Is that really what everybody calls a simple recurrent layer? We put the same numbers into `reference.SimpleRNN` of this course and into Keras's layer and compare.
# %% [markdown] lang="zh"
# 这真的就是大家所说的简单循环层吗？把同样的数放进本课程的 `reference.SimpleRNN` 和 Keras 的层，比一比。
# %%
from rnn_tf.backend import keras

cell = reference.SimpleRNN(features, units)
cell.weights["kernel"][...] = weights["W_x"]
cell.weights["recurrent_kernel"][...] = weights["W_h"]
cell.weights["bias"][...] = weights["b_h"]
layer = keras.layers.SimpleRNN(units, return_sequences=True)
layer.build(inputs.shape)
cell.to_keras(layer)

by_reference = cell.forward(inputs).hidden_states
by_keras = layer(inputs.astype("float32")).numpy()
assert np.allclose(by_reference, hidden[:, 1:], rtol=0, atol=1e-14)
lesson.result(
    "keras_equality",
    np.abs(by_keras - hidden[:, 1:]).max(),
    title=("largest difference to the Keras layer (float32)", "与 Keras 层（float32）的最大差"),
    at_most=1e-6,
)

# %% [markdown] lang="en"
# ### What went wrong in the articles' forward passes
#
# Article 001 multiplies row vectors, as we do, but makes its biases *columns*. NumPy then does one of three things, and only one of them is an error (B-001-03):
# %% [markdown] lang="zh"
# ### 两篇文章的前向计算错在哪里
#
# 文章 001 和我们一样用行向量，偏置却写成了**列**。这时 NumPy 有三种反应，其中只有一种会报错（B-001-03）：
# %%
column = np.array([[5.0], [9.0]])  # two outputs, so a column of two biases
lesson.fails(lambda: np.zeros((5, 2)) + column, ValueError)
print(lesson.text("batch of 1:", "批大小为 1："), (np.zeros((1, 2)) + column).shape)
print(lesson.text("batch of 2:", "批大小为 2："), (np.zeros((2, 2)) + column).tolist())
print(
    lesson.text("right:     ", "正确：      "), (np.zeros((2, 2)) + np.array([5.0, 9.0])).tolist()
)

# %% [markdown] lang="en"
# With a batch of 1 there are suddenly two rows. With a batch of 2 each bias goes to a *sequence* instead of an output. A bias has the shape (units,) and the case is closed.
#
# Two more faults show up if we simply touch things and look whether anything moves. Article 001 creates a hidden bias and never adds it (B-001-04); it throws the new state away, so that order cannot matter (B-001-05). A test that finds such faults in any network: **move every weight a little; some output must move. Swap two of the earlier steps; the last output must change.**
# %% [markdown] lang="zh"
# 批大小为 1 时，凭空多出一行；批大小为 2 时，偏置加给了不同的**序列**，而不是不同的输出。偏置的形状写成 (单元,)，问题就没有了。
#
# 还有两处错误，只要“动一动，看有没有反应”就能发现：文章 001 建了隐藏层偏置却从没加上（B-001-04）；新的状态算出来就扔了，所以输入的先后毫无影响（B-001-05）。对任何网络都适用的检查：**把每个权重挪一点，输出必须跟着动；把靠前的两个时间步对调，最后的输出必须改变。**
# %%


def one_step_only(w, inputs):
    """The fault in miniature: no bias, and every step starts from a zero state."""
    zero = np.zeros((len(inputs), w["W_h"].shape[0]))
    hidden = [np.tanh(inputs[:, t] @ w["W_x"] + zero @ w["W_h"]) for t in range(inputs.shape[1])]
    return None, np.stack(hidden, axis=1) @ w["W_y"] + w["b_y"]


def idle_weights(network):
    before, idle = network(weights, inputs)[1], []
    for name in weights:
        moved = {**weights, name: weights[name] + 0.1}
        if np.array_equal(network(moved, inputs)[1], before):
            idle.append(name)
    return idle


def order_matters(network):
    swapped = inputs[:, [1, 0, 2, 3, 4]]
    return not np.array_equal(
        network(weights, inputs)[1][:, -1], network(weights, swapped)[1][:, -1]
    )


lesson.table(
    [
        lesson.text("network", "网络"),
        lesson.text("weights that do nothing", "不起作用的权重"),
        lesson.text("does order matter?", "先后有影响吗？"),
    ],
    [
        [name, ", ".join(idle_weights(network)) or "-", str(order_matters(network))]
        for name, network in (("one_step_only", one_step_only), ("forward", forward))
    ],
)
assert idle_weights(one_step_only) == ["W_h", "b_h"] and not order_matters(one_step_only)
assert idle_weights(forward) == [] and order_matters(forward)

# %% [markdown] lang="en"
# ### How large should the weights be at the start?
#
# Article 001 draws them from a standard normal distribution whatever the layer's size (B-001-06). A unit then adds up many terms of size 1, and tanh is flat out there: hardly any gradient comes through. Article 002 multiplies by 0.01 whatever the size. The usual recipe scales by the number of inputs and outputs (Glorot), and makes $W_h$ orthogonal, so that it neither stretches nor shrinks the state.
# %% [markdown] lang="zh"
# ### 权重一开始取多大？
#
# 文章 001 不管层有多大，一律从标准正态分布里抽（B-001-06）。一个单元要把许多大小约为 1 的项加起来，这个和会落到 tanh 的平坦处，梯度几乎传不过来。文章 002 则不管层有多大，一律乘 0.01。通行的做法是按输入、输出的个数缩放（Glorot），并让 $W_h$ 为正交矩阵，使它既不拉长也不缩短状态。
# %%
rows = []
for size in (10, 100):
    binary = random.integers(0, 2, size=(500, 1, size)).astype(float)
    normal, glorot = reference.SimpleRNN(size, 50), reference.SimpleRNN(size, 50)
    normal.weights["kernel"][...] = random.normal(size=(size, 50))
    shares = [np.mean(np.abs(c.forward(binary).hidden_states) > 0.99) for c in (normal, glorot)]
    rows.append([size, *(f"{share:.1%}" for share in shares)])
    assert shares[0] > 0.15 and shares[1] < 0.05
lesson.table(
    [
        lesson.text("binary inputs", "二进制输入个数"),
        lesson.text("saturated, standard normal", "饱和比例，标准正态"),
        lesson.text("saturated, Glorot", "饱和比例，Glorot"),
    ],
    rows,
)

# %% [markdown] lang="en"
# ## Backward
#
# Let $\ell_t$ be the loss at step $t$ and $L$ their mean over all steps and sequences. A hidden state acts on $L$ in two ways: through its own output, and through the next state. So its *total* gradient $\delta_t = \partial L / \partial h_t$ is computed from the last step to the first:
#
# $$\delta_t = \underbrace{\frac{\partial L}{\partial y_t} W_y^\top}_{\text{this step}} + \underbrace{\alpha_{t+1} W_h^\top}_{\text{all later steps}}, \qquad \alpha_t = \delta_t \circ (1 - h_t^2), \qquad \alpha_{T+1} = 0.$$
#
# The weights are the same at every step, so their gradients are sums over steps (and over the batch):
#
# $$\frac{\partial L}{\partial W_x} = \sum_t x_t^\top \alpha_t, \quad \frac{\partial L}{\partial W_h} = \sum_t h_{t-1}^\top \alpha_t, \quad \frac{\partial L}{\partial b_h} = \sum_t \alpha_t, \quad \frac{\partial L}{\partial x_t} = \alpha_t W_x^\top, \quad \frac{\partial L}{\partial h_0} = \alpha_1 W_h^\top,$$
# $$\frac{\partial L}{\partial W_y} = \sum_t h_t^\top \frac{\partial L}{\partial y_t}, \qquad \frac{\partial L}{\partial b_y} = \sum_t \frac{\partial L}{\partial y_t}.$$
#
# That is all of back-propagation through time. Read the gradient of each matrix as "what came in, transposed, times what comes back".
# %% [markdown] lang="zh"
# ## 反向计算
#
# 记第 $t$ 步的损失为 $\ell_t$，$L$ 是它对所有时间步和序列的平均。一个隐藏状态通过两条路影响 $L$：一条经过本步的输出，一条经过下一个状态。所以它的**总**梯度 $\delta_t = \partial L / \partial h_t$ 要从最后一步往前算：
#
# $$\delta_t = \underbrace{\frac{\partial L}{\partial y_t} W_y^\top}_{\text{本步}} + \underbrace{\alpha_{t+1} W_h^\top}_{\text{以后各步}}, \qquad \alpha_t = \delta_t \circ (1 - h_t^2), \qquad \alpha_{T+1} = 0.$$
#
# 各时间步共用权重，所以权重的梯度要对时间步（以及整批）求和：
#
# $$\frac{\partial L}{\partial W_x} = \sum_t x_t^\top \alpha_t, \quad \frac{\partial L}{\partial W_h} = \sum_t h_{t-1}^\top \alpha_t, \quad \frac{\partial L}{\partial b_h} = \sum_t \alpha_t, \quad \frac{\partial L}{\partial x_t} = \alpha_t W_x^\top, \quad \frac{\partial L}{\partial h_0} = \alpha_1 W_h^\top,$$
# $$\frac{\partial L}{\partial W_y} = \sum_t h_t^\top \frac{\partial L}{\partial y_t}, \qquad \frac{\partial L}{\partial b_y} = \sum_t \frac{\partial L}{\partial y_t}.$$
#
# 沿时间反向传播就是这些。每个权重矩阵的梯度都可以读作：“进来的量转置，乘以传回来的量”。
# %%


def mean_squared_error(predictions, targets):
    """The loss and its gradient for the predictions."""
    error = predictions - targets
    return np.mean(error**2), 2 * error / error.size


def backward(w, inputs, hidden, d_predictions):
    """All gradients, and δ_t for each step, (batch, steps, units)."""
    g = {name: np.zeros_like(array) for name, array in w.items()}
    g["inputs"] = np.zeros_like(inputs)
    deltas = np.zeros_like(hidden[:, 1:])
    later = np.zeros_like(hidden[:, 0])  # α_{t+1} W_hᵀ
    for t in reversed(range(inputs.shape[1])):
        h_before, h = hidden[:, t], hidden[:, t + 1]
        delta = d_predictions[:, t] @ w["W_y"].T + later
        alpha = delta * (1 - h**2)
        g["W_y"] += h.T @ d_predictions[:, t]
        g["b_y"] += d_predictions[:, t].sum(axis=0)
        g["W_x"] += inputs[:, t].T @ alpha
        g["W_h"] += h_before.T @ alpha
        g["b_h"] += alpha.sum(axis=0)
        g["inputs"][:, t] = alpha @ w["W_x"].T
        later = alpha @ w["W_h"].T
        deltas[:, t] = delta
    return g, deltas


loss, d_predictions = mean_squared_error(predictions, targets)
gradients, deltas = backward(weights, inputs, hidden, d_predictions)
for name, gradient in gradients.items():
    print(f"{name:7} {gradient.shape}")

# %% [markdown] lang="en"
# ## The gradient check
#
# Is it right? Ask the loss itself. Move one number by a little, see how much the loss moves, divide. That needs no calculus, so it cannot repeat our mistake. We move to both sides and by two step lengths, $s$ and $2s$, which makes the error much smaller than one move would:
#
# $$\frac{\partial L}{\partial w} \approx \frac{8\,[L(w+s) - L(w-s)] - [L(w+2s) - L(w-2s)]}{12\,s}.$$
#
# We do this for every number in every tensor and report the largest *relative* error, $|a-n| / \max(|a|, |n|, \ldots)$; the dots are a floor that keeps numbers near zero from being judged by rounding (see `reference.relative_error`). In float64 a right gradient agrees to seven digits or more. A wrong one often does not agree to one.
# %% [markdown] lang="zh"
# ## 梯度检验
#
# 对不对？直接去问损失函数：把一个数挪一点点，看损失变了多少，相除。这里用不到求导，所以不会重复我们求导时犯的错。向两边各挪 $s$ 和 $2s$，误差比只挪一次小得多：
#
# $$\frac{\partial L}{\partial w} \approx \frac{8\,[L(w+s) - L(w-s)] - [L(w+2s) - L(w-2s)]}{12\,s}.$$
#
# 对每个张量的每个数都这样做一遍，报告最大的**相对**误差 $|a-n| / \max(|a|, |n|, \ldots)$；省略号处是一个下限，免得接近零的数被舍入误差左右（见 `reference.relative_error`）。用 float64 计算，正确的梯度能对上七位以上；错误的梯度往往连一位也对不上。
# %%


def show_check(report):
    """The rows of a gradient check, with the entry where each tensor is worst."""
    lesson.table(
        [
            lesson.text("tensor", "张量"),
            lesson.text("shape", "形状"),
            lesson.text("by hand", "手推"),
            lesson.text("measured", "实测"),
            lesson.text("largest relative error", "最大相对误差"),
        ],
        [
            [row.name, str(row.shape), row.analytic, row.numeric, f"{row.relative_error:.1e}"]
            for row in report
        ],
    )


def loss_and_gradients():
    hidden, predictions = forward(weights, inputs)
    loss, d_predictions = mean_squared_error(predictions, targets)
    return loss, backward(weights, inputs, hidden, d_predictions)[0]


report = reference.gradient_check(loss_and_gradients, {**weights, "inputs": inputs}, show=False)
show_check(report)
lesson.result(
    "gradient_check",
    report.largest,
    title=("largest relative error of our gradients", "手推梯度的最大相对误差"),
    at_most=1e-7,
)

# %% [markdown] lang="en"
# ### Half a formula
#
# Article 000 gives the gradient as $\sum_t \frac{\partial L}{\partial h_t} \frac{\partial h_t}{\partial W}$ (F-000-02), article 001 in words only. Each of the two factors can be read in two ways. $\partial L/\partial h_t$ may be *direct*, through $\ell_t$ only, or *total*, $\delta_t$. $\partial h_t/\partial W$ may be *immediate*, with $h_{t-1}$ held fixed, or *total*. Four readings; let us measure them all for $W_h$.
# %% [markdown] lang="zh"
# ### 只写了一半的公式
#
# 文章 000 把梯度写成 $\sum_t \frac{\partial L}{\partial h_t} \frac{\partial h_t}{\partial W}$（F-000-02），文章 001 只用文字带过。两个因子各有两种读法：$\partial L/\partial h_t$ 可以是**直接**的，只经过 $\ell_t$；也可以是**总**的，即 $\delta_t$。$\partial h_t/\partial W$ 可以是**当步**的，把 $h_{t-1}$ 当常数；也可以是**总**的。共四种读法，我们对 $W_h$ 逐一实测。
# %%
direct = d_predictions @ weights["W_y"].T
slope = 1 - hidden[:, 1:] ** 2
trace = cell.forward(inputs)


def immediate(d_hidden):
    return np.einsum("bti,btj->ij", hidden[:, :-1], d_hidden * slope)


def through_all_steps(d_hidden):
    return cell.backward(trace, d_hidden)["recurrent_kernel"]


measured = reference.numeric_gradient(
    lambda: mean_squared_error(forward(weights, inputs)[1], targets)[0], weights["W_h"]
)
readings = {
    ("direct × immediate", "直接 × 当步"): immediate(direct),
    ("total × immediate", "总 × 当步"): immediate(deltas),
    ("direct × total", "直接 × 总"): through_all_steps(direct),
    ("total × total", "总 × 总"): through_all_steps(deltas),
}


def cosine(a, b):
    return np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b)


errors = [reference.relative_error(g, measured) for g in readings.values()]
lesson.table(
    [
        lesson.text("reading", "读法"),
        lesson.text("relative error", "相对误差"),
        lesson.text("cosine", "余弦"),
    ],
    [
        [lesson.text(*name), f"{error:.1e}", f"{cosine(g, measured):.3f}"]
        for (name, g), error in zip(readings.items(), errors, strict=True)
    ],
)
assert errors[1] < 1e-7 and errors[2] < 1e-7 and min(errors[0], errors[3]) > 0.1
assert cosine(readings["direct × immediate", "直接 × 当步"], measured) > 0.9

# %% [markdown] lang="en"
# Two readings are right, two are wrong, and the formula does not say which is meant. Look at the cosine column too: it says how far two gradients point the same way, and one of the wrong readings gets more than 0.9. Judge a gradient by its relative error.
#
# ### A backward pass that happens to run
#
# The sketch in article 001 uses the *output* error for the hidden weights: neither the output matrix nor the slope of tanh is applied, and nothing goes back in time (B-001-09, B-001-11). With unequal sizes NumPy refuses. With all sizes equal it runs, and this is how a wrong backward pass gets past a careless test:
# %% [markdown] lang="zh"
# 两种读法对，两种错，而公式没有说明是哪一种。再看“余弦”一列：它表示两个梯度的方向有多接近，其中一种错误的读法也超过 0.9。判断梯度要看相对误差。
#
# ### 碰巧能跑的反向计算
#
# 文章 001 的草稿把**输出**误差直接用在隐藏层的权重上：没乘输出矩阵，没乘 tanh 的斜率，也没有沿时间往回传（B-001-09、B-001-11）。各个大小不等时 NumPy 会拒绝；全都相等时它就跑得通，粗心的测试就这样放过了错误的反向计算：
# %%


def sketch_check(features, units, outputs):
    """A miniature with the same faults on one step; returns its largest relative errors."""
    random = np.random.default_rng(1)
    x, y = random.normal(size=(4, features)), random.normal(size=(4, outputs))
    h_0 = random.normal(size=(4, units))
    w = {
        "W_x": random.normal(size=(features, units)),
        "W_h": random.normal(size=(units, units)),
        "W_y": random.normal(size=(units, outputs)),
    }

    def loss_and_gradients():
        h = np.tanh(x @ w["W_x"] + h_0 @ w["W_h"])
        error = h @ w["W_y"] - y
        gradients = {"W_x": x.T @ error, "W_h": h_0.T @ error, "W_y": h.T @ error}
        return np.sum(error**2) / 2, gradients

    return reference.gradient_check(loss_and_gradients, w, show=False)


show_check(sketch_check(features=4, units=4, outputs=4))
lesson.fails(lambda: sketch_check(features=2, units=5, outputs=3), ValueError)

# %% [markdown] lang="en"
# Only the output matrix is right. With unequal sizes the check itself refuses: the gradient has not even the shape of its tensor. **Test with sizes that are all different, and with three steps or more**: on a single step, as here, nothing shows what goes wrong between steps.
#
# ## The trap: a wrong network that learns
#
# Article 002 trains on one sequence: inputs 1, 2, 3, targets 2, 4, 6. Its network has no input matrix, multiplies the state by the input, makes the next state from the *output*, and its backward pass adds terms that should be multiplied (B-002-01, -08, -16, -19). Here is a miniature of our own with these faults, trained on that one sequence by plain gradient descent.
# %% [markdown] lang="zh"
# 只有输出矩阵是对的。各个大小不等时，检验直接拒绝：梯度连形状都和张量对不上。**测试时让各个大小互不相同，时间步至少三个**：像这里只有一步，时间步之间的错就无从发现。
#
# ## 陷阱：一个错误的网络也“学会了”
#
# 文章 002 只用一条序列训练：输入 1、2、3，目标 2、4、6。它的网络没有输入权重矩阵，拿输入去乘状态，下一个状态由**输出**算出，反向计算里该相乘的项写成了相加（B-002-01、-08、-16、-19）。下面是我们自己写的、带有同样错误的小网络，只用这一条序列，以最普通的梯度下降训练。
# %%
x_line, y_line = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])


def wrong_network(w):
    """Loss, "gradients" and outputs. Do not copy: every line of it is a fault."""
    state, steps = np.zeros(len(w["b"])), []
    for x in x_line:
        squashed = np.tanh((w["U"] @ state + w["b"]) / 2)  # no input matrix
        output = w["v"] @ (squashed * x) + w["c"][0]  # the input only scales the state
        steps.append((state, squashed, output))
        state = np.full_like(state, np.tanh(output))  # the state is made from the output
    g = {name: np.zeros_like(array) for name, array in w.items()}
    carry = np.zeros_like(state)
    for (state, squashed, output), y in zip(reversed(steps), reversed(y_line), strict=True):
        error = output - y
        alpha = (1 - squashed**2) + (error * w["v"] + carry)  # a sum where a product belongs
        g["v"] += error * state  # the state before the step, and the input is forgotten
        g["c"] += error
        g["U"] += np.outer(state, alpha)  # transposed, and square: nobody notices
        g["b"] += alpha
        carry = error * w["v"] + w["U"].T @ alpha  # the output error once more
    outputs = np.array([output for _, _, output in steps])
    return np.sum((outputs - y_line) ** 2) / 2, g, outputs


curves, wrong_weights = [], []
for seed in lesson.seeds:
    random = np.random.default_rng(seed)
    w = {"U": 0.01 * random.normal(size=(4, 4)), "b": np.zeros(4)}
    w |= {"v": 0.01 * random.normal(size=4), "c": np.zeros(1)}
    curve = []
    for _ in range(1000):
        _, g, outputs_now = wrong_network(w)
        curve.append(np.mean((outputs_now - y_line) ** 2))
        for name in w:
            w[name] -= 0.003 * g[name]
    curves.append(curve)
    wrong_weights.append(w)
    print(lesson.text(f"seed {seed}, outputs:", f"随机种子 {seed}，输出："), outputs_now.round(2))

# %%
mean_baseline = np.mean((y_line - y_line.mean()) ** 2)
figure, (axis,) = figures.panels()
figures.spread(axis, np.arange(1000), curves, lesson.text("wrong network", "错误的网络"))
axis.axhline(
    mean_baseline, color="black", linestyle="--", label=lesson.text("mean target", "目标均值")
)
axis.set_yscale("log")
figures.label(
    axis,
    lesson.text("training step", "训练步"),
    lesson.text("mean squared error", "均方误差"),
    lesson.text("A curve that proves nothing", "一条什么也证明不了的曲线"),
)
axis.legend()
lesson.figure(
    figure,
    "wrong_curve",
    en="the squared error of the wrong network falls smoothly far below that of the mean target",
    zh="错误网络的均方误差平稳下降，远低于“总答目标均值”的基线",
)
lesson.result(
    "wrong_network_loss",
    [curve[-1] for curve in curves],
    title=("mean squared error of the wrong network", "错误网络的均方误差"),
    baseline=("always the mean target", "总答目标均值", mean_baseline),
    at_most=1.0,
)

# %% [markdown] lang="en"
# A tutorial would stop here, and article 002 does. Now the gradient check:
# %% [markdown] lang="zh"
# 教程往往到此为止，文章 002 也是。现在来做梯度检验：
# %%
reports = [
    reference.gradient_check(lambda w=w: wrong_network(w)[:2], w, show=False) for w in wrong_weights
]
show_check(reports[0])
lesson.result(
    "wrong_network_gradients",
    [report.largest for report in reports],
    title=("largest relative error of its gradients", "它的梯度的最大相对误差"),
    at_least=0.1,
)
assert any(row.analytic * row.numeric < 0 for row in reports[0])

# %% [markdown] lang="en"
# No gradient is right, not even the sign of some. Why did the loss fall? Because the output bias goes roughly the right way, because the input multiplies the state on its way out, and because $y = 2x$ asks for next to nothing: three numbers, no memory. A straight line solves it, with two parameters and no error at all. So the task is at fault as well as the code (B-002-22).
#
# And the article's loss would not have told us. Its "cross-entropy" takes the logarithm of the raw outputs and never looks at the targets (B-002-10, B-002-11):
# %% [markdown] lang="zh"
# 没有一个梯度是对的，有的连符号都反了。那损失为什么会降？因为输出偏置大致朝对的方向走，因为状态在输出前乘上了输入，还因为 $y = 2x$ 这个任务几乎没有要求：三个数，用不着记忆。一条直线、两个参数就能做到零误差。所以错的不只是代码，还有任务（B-002-22）。
#
# 文章里的损失也提醒不了我们：它的“交叉熵”对原始输出取对数，压根不看目标（B-002-10、B-002-11）：
# %%
slope_and_shift = np.polyfit(x_line, y_line, 1)
assert np.allclose(np.polyval(slope_and_shift, x_line), y_line)


def loss_without_targets(targets, outputs):
    return -np.sum(np.log(np.maximum(outputs, 1e-12))) / len(targets)


perfect, absurd = y_line, 1e6 * y_line
lesson.table(
    [
        lesson.text("outputs", "输出"),
        lesson.text("targets", "目标"),
        lesson.text("the article's kind of loss", "文章式的损失"),
        lesson.text("squared error", "平方误差"),
    ],
    [
        [str(outs), str(tars), loss_without_targets(tars, outs), np.mean((outs - tars) ** 2)]
        for outs, tars in ((perfect, y_line), (perfect, -y_line), (absurd, y_line))
    ],
)
assert loss_without_targets(y_line, perfect) == loss_without_targets(-y_line, perfect)
assert loss_without_targets(y_line, absurd) < loss_without_targets(y_line, perfect)

# %% [markdown] lang="en"
# ## A task that needs memory: the delayed echo
#
# At each step the network hears a random bit and must say the bit it heard $d$ steps ago. The present input tells nothing about the answer. So a network without memory is right half of the time, whatever its size: the baseline is exactly 1/2. The first $d$ steps have no such bit; their target is 0, and the accuracy leaves them out.
#
# The network is `reference.SimpleRNN` with one logit on top, trained with the gradients we derived, plus momentum and clipping. Its twin without memory gets the same layers, the same number of weights and the same training, but sees every step as a sequence of its own, so its state always starts from zero.
# %% [markdown] lang="zh"
# ## 需要记忆的任务：延迟回声
#
# 每个时间步网络听到一个随机比特，要说出 $d$ 步之前听到的那个。当前的输入对答案毫无提示，所以没有记忆的网络不管多大都只能对一半：基线正好是 1/2。前 $d$ 步没有可说的比特，目标记为 0，准确率不计这几步。
#
# 网络是 `reference.SimpleRNN` 加一个对数几率（logit）输出，用上面推出的梯度训练，再加上动量和梯度裁剪。对照组没有记忆：层、参数量、训练方法都一样，只是把每个时间步当成一条独立的序列，状态总是从零开始。
# %%
delay = 3
echo_steps = lesson.pick(class_mode=12, full=20)
epochs = lesson.pick(class_mode=10, full=20)


def new_network(seed):
    cell = reference.SimpleRNN(features=1, units=16, seed=seed)
    return reference.Network(cell, 1, "sigmoid_cross_entropy", seed=seed)


def accuracy(logits, targets, delay):
    return np.mean(
        (logits > 0) == (targets > 0.5), where=np.arange(targets.shape[1])[:, None] >= delay
    )


def one_by_one(sequences):
    """Every step as a sequence of one step: nothing can be remembered."""
    return sequences.reshape(-1, 1, 1)


def run_echo(seed, delay, num_steps, epochs, memory=True):
    """Accuracy on fresh sequences, loss by epoch, and the trained network."""
    train_x, train_y = toy.delayed_echo(512, num_steps, delay, seed=seed)
    test_x, test_y = toy.delayed_echo(500, num_steps, delay, seed=seed + 1000)
    network = new_network(seed)
    optimizer = reference.SGD(0.5, momentum=0.9, global_clipnorm=1.0)
    cut = (lambda s: s) if memory else one_by_one
    batch_size = 64 if memory else 64 * num_steps
    losses = reference.train(
        network,
        cut(train_x),
        cut(train_y),
        optimizer,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
    )
    logits = network.forward(cut(test_x)).outputs.reshape(test_y.shape)
    return accuracy(logits, test_y, delay), losses, network


print(new_network(0).cell, new_network(0).parameter_count, lesson.text("weights", "个参数"))

# %%
with_memory = [run_echo(seed, delay, echo_steps, epochs) for seed in lesson.seeds]
without_memory = [run_echo(seed, delay, echo_steps, epochs, memory=False) for seed in lesson.seeds]
accuracies = [[run[0] for run in runs] for runs in (with_memory, without_memory)]

lesson.result(
    "echo_accuracy",
    accuracies[0],
    title=(f"echo after {delay} steps, accuracy", f"{delay} 步后的回声，准确率"),
    baseline=("the same net without memory", "同样的网络、没有记忆", np.median(accuracies[1])),
    at_least=0.99,
)
lesson.result(
    "echo_without_memory",
    accuracies[1],
    title=("without memory, accuracy", "没有记忆，准确率"),
    baseline=("guessing", "随机猜测", 0.5),
    at_least=0.45,
    at_most=0.55,
)

# %%
figure, (left, right) = figures.panels(2, width=3.7)
epoch = np.arange(1, epochs + 1)
figures.spread(left, epoch, [r[1] for r in with_memory], lesson.text("recurrent", "循环网络"))
figures.spread(left, epoch, [r[1] for r in without_memory], lesson.text("no memory", "没有记忆"))
figures.label(left, lesson.text("epoch", "轮"), lesson.text("cross-entropy (nats)", "交叉熵（奈特）"))
left.legend()
figures.points_by_seed(
    right,
    [lesson.text("recurrent", "循环网络"), lesson.text("no memory", "没有记忆")],
    accuracies,
    baseline=(lesson.text("guessing", "随机猜测"), 0.5),
)
right.set_ylim(0.4, 1.05)
figures.label(right, lesson.text("network", "网络"), lesson.text("test accuracy", "测试准确率"))
lesson.figure(
    figure,
    "echo",
    en="the recurrent net's loss falls to zero and its accuracy to one; the net without memory "
    "stays at chance in both, for all three seeds",
    zh="循环网络的损失降到零、准确率升到一；没有记忆的网络三个随机种子都停在随机猜测的水平",
)

# %% [markdown] lang="en"
# (The loss without memory settles a little below $\ln 2$: before step $d$ the answer is always 0, and that much it can learn on average.)
#
# Look at one sequence. The echo is the input moved right by three steps.
# %% [markdown] lang="zh"
# （没有记忆时，损失停在略低于 $\ln 2$ 处：前 $d$ 步的答案总是 0，平均来说这一点它学得到。）
#
# 看一条具体的序列：回声就是输入向右移三步。
# %%
heard, wanted = toy.delayed_echo(1, echo_steps, delay, seed=77)
said = {
    lesson.text("recurrent", "循环网络"): reference.sigmoid(
        with_memory[0][2].forward(heard).outputs
    ),
    lesson.text("no memory", "没有记忆"): reference.sigmoid(
        without_memory[0][2].forward(one_by_one(heard)).outputs
    ),
}
figure, (axis,) = figures.panels()
grid = np.stack([heard.ravel(), wanted.ravel(), *(p.ravel() for p in said.values())])
figures.heatmap(
    axis, grid, colour_label=lesson.text("bit, or probability of 1", "比特，或为 1 的概率")
)
axis.set_yticks(range(4), [lesson.text("heard", "听到"), lesson.text("wanted", "应答"), *said])
figures.label(axis, lesson.text("time step", "时间步"), "")
lesson.figure(
    figure,
    "echo_sequence",
    en="four rows of bits: heard, wanted (three steps later), said by the recurrent net (the same "
    "as wanted), said by the net without memory (about the same middle value all over)",
    zh="四行比特：听到的、应答的（晚三步）、循环网络说的（与应答一致）、没有记忆的网络说的（处处差不多，都是居中的值）",
)

# %% [markdown] lang="en"
# How long can it remember? The longer the delay, the more bits the state must hold at once, and the further the gradient must travel. A new network is trained for each delay, with the same number of epochs. See from which delay on the accuracy falls, if it does, and where the seeds part.
# %% [markdown] lang="zh"
# 它能记多久？延迟越长，状态里同时要存的比特越多，梯度要走的路也越远。每个延迟都重新训练一个网络，轮数相同。看看准确率是否下降、从多长的延迟开始，三个种子又在哪里拉开差距。
# %%
delays = lesson.pick(class_mode=(1, 5, 10), full=(1, 2, 4, 6, 8, 10, 12, 15))
by_delay = [[run_echo(seed, d, d + 10, epochs)[0] for seed in lesson.seeds] for d in delays]
figure, (axis,) = figures.panels()
line = figures.spread(
    axis, delays, np.transpose(by_delay), lesson.text("recurrent, 16 units", "循环网络，16 个单元")
)
line.set_marker("o")
axis.axhline(0.5, color="black", linestyle="--", label=lesson.text("no memory", "没有记忆"))
figures.label(
    axis, lesson.text("delay (steps)", "延迟（步）"), lesson.text("test accuracy", "测试准确率")
)
axis.legend()
lesson.figure(
    figure,
    "echo_by_delay",
    en="test accuracy of the echo against its delay, with the spread over three seeds, above the "
    "dashed line of a net without memory",
    zh="回声的测试准确率随延迟的变化，带三个随机种子的波动范围；虚线是没有记忆的网络",
)
lesson.table(
    [lesson.text("delay", "延迟"), *(lesson.text(f"seed {s}", f"种子 {s}") for s in lesson.seeds)],
    [[d, *values] for d, values in zip(delays, by_delay, strict=True)],
)

# %% [markdown] lang="en"
# ## How far does the gradient travel?
#
# Going back one step multiplies the gradient by $W_h^\top$ and by the slope of the activation. After many steps little is left, or far too much. Article 002 says that tanh, sigmoid and ReLU may all be chosen (F-002-03). They may, but they are not alike: here is the Frobenius norm $\|\partial h_T / \partial h_0\|$ for 32 units and an orthogonal $W_h$ stretched by a factor $\rho$ (divided by $\sqrt{32}$, so that the identity has the value 1).
# %% [markdown] lang="zh"
# ## 梯度能走多远？
#
# 每往回走一步，梯度就要乘一次 $W_h^\top$ 和激活函数的斜率。步数一多，要么所剩无几，要么大得出奇。文章 002 说 tanh、sigmoid、ReLU 都可以选（F-002-03）。可以是可以，但差别很大：下面是 32 个单元、循环权重矩阵取正交矩阵的 $\rho$ 倍时的弗罗贝尼乌斯范数 $\|\partial h_T / \partial h_0\|$（除以 $\sqrt{32}$，使单位矩阵的值为 1）。
# %%


def gradient_reach(activation, stretch, num_steps, units=32):
    """Frobenius norm of ∂h_T/∂h_0 over √units: the batch asks for one unit a row."""
    cell = reference.SimpleRNN(1, units, seed=0, activation=activation)
    cell.weights["recurrent_kernel"] *= stretch
    random = np.random.default_rng(0)
    start = random.normal(scale=0.3, size=(1, units)).repeat(units, axis=0)
    driven = 0.1 * random.normal(size=(1, num_steps, 1)).repeat(units, axis=0)
    trace = cell.forward(driven, start)
    jacobian = cell.backward(trace, d_final_state=np.eye(units))["initial_state"]
    return np.linalg.norm(jacobian) / np.sqrt(units)


distances = np.arange(1, 61)
figure, axes = figures.panels(3, width=2.9, height=3.0)
for axis, activation in zip(axes, ("tanh", "sigmoid", "relu"), strict=True):
    for stretch in (0.5, 1.0, 1.5):
        reach = [gradient_reach(activation, stretch, int(t)) for t in distances]
        axis.plot(distances, reach, label=rf"$\rho$ = {stretch}")
    axis.set(yscale="log", ylim=(1e-30, 1e12))
    figures.label(
        axis,
        lesson.text("steps", "步数"),
        r"$\|\partial h_T/\partial h_0\|\,/\sqrt{32}$",
        activation,
    )
axes[0].legend()
lesson.figure(
    figure,
    "reach",
    en="gradient norm against the number of steps on a log scale: with tanh it vanishes for "
    "stretch 0.5, lasts for 1 and grows for 1.5; with sigmoid it vanishes for all three; with ReLU "
    "it vanishes for 0.5 and 1 and grows for 1.5",
    zh="梯度范数随步数的变化（对数坐标）：tanh 在 ρ = 0.5 时消失、1 时大致保持、1.5 时增长；sigmoid 三种情况都消失；ReLU 在 0.5 和 1 时消失、1.5 时增长",
)
assert gradient_reach("tanh", 0.5, 60) < 1e-15 < 1 < gradient_reach("relu", 1.5, 60)
assert gradient_reach("sigmoid", 1.5, 60) < 1e-15

# %% [markdown] lang="en"
# Gates, in lesson 3, are the answer to the vanishing side. Clipping is the answer to the exploding side: if the gradient $g$ is longer than $c$, shorten it to $g \cdot \min(1, c/\|g\|)$, and write down $c$. Article 002 multiplies every gradient by 0.01 instead, so that the learning rate printed is not the one that acts (B-002-20).
#
# ## Truncated back-propagation
#
# A very long sequence is cut into segments. The *state* is carried from one to the next, the *gradient* is not. That saves memory and lets the weights be updated after every segment, but it is an approximation. How good? It depends on how far back the answer lies: here 3 steps.
# %% [markdown] lang="zh"
# 梯度消失的对策是第 3 课的门；梯度爆炸的对策是梯度裁剪：梯度 $g$ 的长度超过 $c$ 就缩短为 $g \cdot \min(1, c/\|g\|)$，并写明 $c$ 取多少。文章 002 却把所有梯度一律乘以 0.01，于是写出来的学习率并不是实际起作用的学习率（B-002-20）。
#
# ## 截断反向传播
#
# 很长的序列要切成几段：**状态**从一段传到下一段，**梯度**不传。这样省内存，每段之后还能更新一次权重，但只是近似。近似得好不好，要看答案藏在多远之前；这里是 3 步。
# %%
x, y = toy.delayed_echo(64, 12, delay, seed=5)
network = new_network(0)
_, full = network.loss_and_gradients(x, y)
rows = []
for segment_steps in (1, 2, 4, 6, 12):
    _, cut = reference.truncated_gradients(network, x, y, segment_steps)
    error = reference.relative_error(cut["recurrent_kernel"], full["recurrent_kernel"])
    length = np.linalg.norm(cut["recurrent_kernel"]) / np.linalg.norm(full["recurrent_kernel"])
    rows.append([segment_steps, f"{error:.1e}", f"{length:.2f}"])
lesson.table(
    [
        lesson.text("steps a segment", "每段步数"),
        lesson.text("relative error of the $W_h$ gradient", "$W_h$ 梯度的相对误差").replace(
            "$", ""
        ),
        lesson.text("length / true length", "长度 / 真实长度"),
    ],
    rows,
)
assert float(rows[-1][1]) < 1e-12

# %% [markdown] lang="en"
# One segment that covers everything *is* full back-propagation.
#
# ## The faults of the two programs
#
# Each row can be run: `rnn-tf ledger B-002-18` prints what happens, why, and the repair. Two of them, live:
# %% [markdown] lang="zh"
# 如果一段就覆盖全部时间步，那**就是**完整的反向传播。
#
# ## 两份程序的错误
#
# 每一条都可以运行：`rnn-tf ledger B-002-18` 会打印现象、原因和改法。先看两条：
# %%
lesson.ledger("B-002-18")

# %%
lesson.ledger("B-002-06")

# %%
own = [row for row in ledger.faults() if row.lesson == lesson.name]
lesson.table(
    [lesson.text("row", "编号"), lesson.text("where", "出处"), lesson.text("fault", "错误")],
    [[row.id, f"{row.article} {row.section}", lesson.text(*row.title)] for row in own],
)

# %% [markdown] lang="en"
# ## Try next
#
# 1. Put one fault into `backward`: leave out `later`, or use `h` for `h_before`, or drop the slope. Which rows of the gradient check change, and which stay right? Why?
# 2. Run `sketch_check` with all sizes 1. Which errors does it still show, and which are gone?
# 3. Let the echo repeat the *sum* of the last two bits (the present one is among them; use `squared_error`). What is the baseline now, for a net without memory?
# 4. Train the echo with `segment_steps=2` in `reference.train`. The gradient never reaches the bit that matters. Is the accuracy 1/2? If not, where does the memory come from? (Hint: freeze the cell and train only the output.)
# 5. Replace the orthogonal start by `0.01 * normal`, as article 002 does. From which delay on does the echo fail?
#
# ## References
#
# * J. L. Elman (1990). Finding structure in time. *Cognitive Science* 14(2).
# * D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986). Learning representations by back-propagating errors. *Nature* 323.
# * P. J. Werbos (1990). Backpropagation through time: what it does and how to do it. *Proceedings of the IEEE* 78(10).
# * R. Pascanu, T. Mikolov, Y. Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*.
# * X. Glorot, Y. Bengio (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*.
# %% [markdown] lang="zh"
# ## 接着试试
#
# 1. 在 `backward` 里故意放一处错误：去掉 `later`，或者把 `h_before` 换成 `h`，或者漏乘斜率。梯度检验的哪几行变了，哪几行仍然对？为什么？
# 2. 让所有大小都等于 1，再运行 `sketch_check`。还能看出哪些错，哪些看不出来了？
# 3. 把回声改成“最近两个比特之和”（包括当前这个；损失用 `squared_error`）。这时没有记忆的网络，基线是多少？
# 4. 在 `reference.train` 里用 `segment_steps=2` 训练回声。梯度永远到不了那个关键的比特，准确率是 1/2 吗？如果不是，记忆从哪里来？（提示：冻结循环层，只训练输出层。）
# 5. 像文章 002 那样，把正交的初始值换成 `0.01 * normal`。延迟到多少步时回声就学不会了？
#
# ## 参考文献
#
# * J. L. Elman (1990). Finding structure in time. *Cognitive Science* 14(2).
# * D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986). Learning representations by back-propagating errors. *Nature* 323.
# * P. J. Werbos (1990). Backpropagation through time: what it does and how to do it. *Proceedings of the IEEE* 78(10).
# * R. Pascanu, T. Mikolov, Y. Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*.
# * X. Glorot, Y. Bengio (2010). Understanding the difficulty of training deep feedforward neural networks. *AISTATS*.
