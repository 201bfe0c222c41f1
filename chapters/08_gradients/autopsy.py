# %% [markdown] lang="en"
# # 8. Vanishing and exploding gradients: the autopsy
#
# All five articles name the two troubles, and each has a cure in one sentence. Here we take the sentences at their word. Each time there is a question first: **what will happen?** Write your answer down before you run the cell. About 25 minutes.
#
# The sentences are claims of our list, C-…; `rnn-tf claims C-004-04` shows what measuring found, on more seeds than here.
# %% [markdown] lang="zh"
# # 8. 梯度消失与梯度爆炸：剖析
#
# 五篇文章都提到这两个毛病，也都用一句话开了药方。这里把那几句话当真，照着去做。每次都先问一句：**会发生什么？** 把答案写下来，再运行那一格。大约 25 分钟。
#
# 这些话都在我们的论断表里，编号 C-……；`rnn-tf claims C-004-04` 可以查到实测结果，用的随机种子比这里多。
# %%
from rnn_tf.course import begin

lesson = begin("08_gradients", part="autopsy")

import numpy as np

from rnn_tf import reference
from rnn_tf.backend import keras, tf
from rnn_tf.claims.experiments.gradients import jacobian
from rnn_tf.claims.learning import Adam
from rnn_tf.course.figures import gradient_flow
from rnn_tf.datasets import toy

# %% [markdown] lang="en"
# ## 1. "LSTM solves vanishing and exploding gradients"
#
# Article 004 says so of the LSTM (C-004-04), article 001 of LSTM and GRU (C-001-41). Take new cells of 32 units, nothing trained, and walk back 60 steps, through the *whole* state, $h$ and $c$ together.
#
# **What will happen** with a forget bias of 0, where $f$ is about one half? With Keras's 1? With 5, wide open? In a new GRU? And in an LSTM whose recurrent weights have grown sixfold in training?
# %% [markdown] lang="zh"
# ## 1. “LSTM 解决了梯度消失和梯度爆炸”
#
# 文章 004 这样说 LSTM（C-004-04），文章 001 这样说 LSTM 和 GRU（C-001-41）。取几个新建的单元，32 个单元，未经训练，沿**整个**状态（$h$ 和 $c$ 合在一起）往回走 60 步。
#
# **会发生什么？** 遗忘门偏置为 0，即 $f$ 约为二分之一时；偏置为 Keras 默认的 1 时；偏置为 5，门大开时；新建的 GRU；还有循环权重在训练中涨到六倍的 LSTM。
# %%
lags = np.array([1, 5, 10, 20, 40, 60])
inputs = np.random.default_rng(0).normal(scale=0.5, size=(60, 1))


def lstm(seed, bias=1.0, large=1.0):
    cell = reference.LSTM(1, 32, seed=seed)
    cell.weights["bias"][32:64] = bias
    cell.weights["recurrent_kernel"] *= large
    return cell


makers = {
    "GRU, new": lambda seed: reference.GRU(1, 32, seed=seed),
    "LSTM, forget bias 0": lambda seed: lstm(seed, bias=0.0),
    "LSTM, forget bias 1": lstm,
    "LSTM, forget bias 5": lambda seed: lstm(seed, bias=5.0),
    "LSTM, recurrent kernel times 6": lambda seed: lstm(seed, large=6.0),
}
reach = {
    name: np.array(
        [[np.linalg.norm(jacobian(make(s), inputs[:k]), 2) for k in lags] for s in lesson.seeds]
    )
    for name, make in makers.items()
}
words = {"x": "steps back", "y": "norm of the Jacobian"}
lesson.figure(gradient_flow.by_lag(lags, {"new gated cells": reach}, **words), "gated")

# %%
ends = {name: runs[:, -1] for name, runs in reach.items()}
lesson.result("forget_bias_0", ends["LSTM, forget bias 0"])
lesson.result("forget_bias_1", ends["LSTM, forget bias 1"])
lesson.result("forget_bias_5", ends["LSTM, forget bias 5"])
lesson.result("large_kernel", ends["LSTM, recurrent kernel times 6"])
lesson.result("new_gru", ends["GRU, new"])
print(f"and 0.5 to the power of 60 is {0.5**60:.0e}")

# %% [markdown] lang="en"
# The LSTM has a *way* on which little is lost, and how little is up to one number. At one half it vanishes, if not as fast as $0.5^{60}$; and so it does in a new GRU, whose gate stands at one half. At 1 a fifth still comes through. At 5 it **grows**: along the belt $f$ never exceeds 1, but that is not the only way. Each $c$ also acts through $h$ and the gates on the next $c$, nothing takes these detours off the belt again, and sixty steps add them up. And no gate bounds the weights: with large ones it explodes like any other network.
#
# *Cause*: a way that *can* be kept open is taken for one that is. *Repair*: a forget bias that fits the length (chrono, in the lab), clipping against the rest.
#
# ## 2. "Sigmoid will do", and "stop when the loss has settled"
#
# Article 000 puts a sigmoid into the simple network (C-000-06). Article 004 ends training when the loss no longer changes (C-004-13). Each sounds harmless. The task: twenty numbers between −1 and 1, say the sum of the *first* and the *last*. Always 0 has a squared error of 2/3.
#
# **What will happen** to the loss, with sigmoid and with tanh? Where does it settle? And what does a network whose loss has been halved know of the first number?
# %% [markdown] lang="zh"
# LSTM 有一条损耗很小的**路**，小到什么程度，全看一个数。门在二分之一处，梯度照样消失，只是没有 $0.5^{60}$ 那么快；新建的 GRU 也是，它的门正好在二分之一处。偏置为 1，还有五分之一传得过去。偏置为 5，梯度反而**变大**：沿传送带 $f$ 不会超过 1，但路不止这一条。每个 $c$ 还会经过 $h$ 和各个门作用于下一个 $c$，传送带上没有什么再把这些绕道而来的拿掉，六十步累加起来就大了。再说，门并不限制权重的大小：权重一大，它和别的网络一样会爆炸。
#
# **原因**：把**可以**保持畅通的路，当成了一定畅通的路。**改法**：遗忘门偏置要配合序列长度（练习里的 chrono），其余靠裁剪。
#
# ## 2. “用 sigmoid 就行”和“损失稳定了就停”
#
# 文章 000 在简单循环网络里用 sigmoid（C-000-06）。文章 004 在损失不再变化时结束训练（C-004-13）。听上去都没什么问题。任务：二十个 −1 到 1 之间的数，说出**第一个**与**最后一个**之和。总答 0 的均方误差是 2/3。
#
# **会发生什么？** 用 sigmoid 和用 tanh，损失各会怎样？在哪里稳定下来？损失降了一半的网络，对第一个数知道多少？
# %%


def first_and_last(count, seed, num_steps=20):
    numbers = np.random.default_rng(seed).uniform(-1, 1, size=(count, num_steps, 1))
    return numbers, numbers[:, 0] + numbers[:, -1]


def learn(activation, seed):
    """Losses; of the gradient at the start, the first step's share of the last one's; a report."""
    cell = reference.SimpleRNN(1, 12, seed=seed, activation=activation)
    network = reference.Network(cell, 1, "squared_error", per_step=False, seed=seed)
    optimizer, losses = Adam(0.01, clip=1.0), []
    for step in range(200):
        loss, gradients = network.loss_and_gradients(*first_and_last(64, 1000 * seed + step))
        optimizer.update(network.weights, gradients)
        losses.append(loss)
        if step == 0:
            by_step = np.linalg.norm(gradients["inputs"][:, :, 0], axis=0)
    numbers, wanted = first_and_last(2000, 99_999)
    answers = network.forward(numbers).outputs
    known = [np.corrcoef(answers[:, 0], numbers[:, place, 0])[0, 1] for place in (0, -1)]
    return losses, by_step[0] / by_step[-1], np.mean((answers - wanted) ** 2), *known


runs = {name: [learn(name, seed) for seed in lesson.seeds] for name in ("sigmoid", "tanh")}
losses = {name: some[0][0] for name, some in runs.items()}
words = {"x": "training step", "y": "squared error", "baseline": ("last number only", 1 / 3)}
lesson.figure(gradient_flow.fates(losses, **words), "settled")

# %%
rows = []
for name, some in runs.items():
    for seed, (_, share, error, first, last) in zip(lesson.seeds, some, strict=True):
        rows.append([name, seed, f"{share:.0e}", error, first, last])
header = ["first to last gradient", "test error", "correlation, first", "correlation, last"]
lesson.table(["activation", "seed", *header], rows)
lesson.result("sigmoid_error", [run[2] for run in runs["sigmoid"]], baseline=1 / 3)
lesson.result("tanh_error", [run[2] for run in runs["tanh"]], baseline=1 / 3)
assert all(abs(run[3]) < 0.15 and run[4] > 0.95 for run in runs["sigmoid"])

# %% [markdown] lang="en"
# The curve of the sigmoid network is beautiful: it falls by half and settles. It settles at 1/3, the best that anybody can do who knows the last number only. Of the first one nothing arrived; the slope of a sigmoid is a quarter at most, nineteen steps take the gradient below a trillionth, and the near steps drown it. Stopping there is right by the rule, and one half of the task has never been learnt.
#
# And Adam, which divides each gradient by its usual size? It was used here. It makes the *sum* over the steps longer, near steps and far ones alike; the share of the first step in it does not change by that.
#
# *Cause*: a falling loss shows that *something* is learnt. *Repair*: compute what can be had without the far steps, and draw that line into the figure. Ask the network what its answer hangs on. And take tanh with an orthogonal start: same data, same steps, less than a third of that error with every seed.
#
# ## 3. "ReLU will do", since its slope is 1
#
# Article 002 lets you choose: tanh, sigmoid, ReLU (C-002-11; the ledger has it as F-002-03, in lesson 1). With slope 1 nothing should be lost. From the identity as $W_h$ a step multiplies by exactly 1.
#
# **What will happen** over 300 steps from an orthogonal start? From the identity times 0.97, 1 and 1.03? And from the identity after only 30 training steps?
# %% [markdown] lang="zh"
# sigmoid 网络的曲线很漂亮：降了一半，然后稳定下来。它稳定在 1/3，正是只知道最后一个数的人能做到的最好成绩。第一个数什么也没传到：sigmoid 的斜率最多四分之一，走十九步，梯度剩下不到万亿分之一，被近处的步淹没了。按那条规则，停在这里没有错，而任务有一半根本没学。
#
# 那么 Adam 呢？它不是会把每个梯度除以自己平时的大小吗？这里用的就是 Adam。它放大的是各步之**和**，近的远的一起放大；第一步在这个和里占的份额，并不会因此变大。
#
# **原因**：损失下降，只说明学到了**一点什么**。**改法**：先算出不靠远处的步能做到多好，把这条线画进图里；再问问网络，它的回答取决于什么。还有，改用 tanh 和正交初始化：数据相同，步数相同，每个种子的误差都不到它的三分之一。
#
# ## 3. “用 ReLU 也行”，因为斜率是 1
#
# 文章 002 说 tanh、sigmoid、ReLU 可以任选（C-002-11；台账里是第 1 课的 F-002-03）。斜率是 1，应该什么也不会丢。$W_h$ 从单位矩阵开始，每一步正好乘 1。
#
# **会发生什么？** 走 300 步：从正交矩阵开始；从单位矩阵的 0.97 倍、1 倍、1.03 倍开始；从单位矩阵开始，但已经训练了 30 步。
# %%
bits = toy.first_bit(1, 300, seed=5)[0][0]


def relu_cell(seed, scale=None, rate=None):
    """Orthogonal, or ``scale`` times the identity; with a ``rate``, after 30 training steps."""
    cell = reference.SimpleRNN(1, 16, seed=seed, activation="relu")
    if scale is not None:
        cell.weights["recurrent_kernel"][...] = scale * np.eye(16)
    if rate is not None:
        network = reference.Network(cell, 1, "sigmoid_cross_entropy", per_step=False, seed=seed)
        optimizer = Adam(rate, clip=1.0)
        for step in range(30):
            batch = toy.first_bit(32, 50, seed=1000 * seed + step)
            optimizer.update(network.weights, network.loss_and_gradients(*batch)[1])
    return cell


starts = {
    "orthogonal": {},
    "identity times 0.97": {"scale": 0.97},
    "identity": {"scale": 1.0},
    "identity times 1.03": {"scale": 1.03},
    "identity, 30 steps of 0.001": {"scale": 1.0, "rate": 0.001},
    "identity, 30 steps of 0.01": {"scale": 1.0, "rate": 0.01},
}
rows, powers = [], {}
for name, options in starts.items():
    cells = [relu_cell(seed, **options) for seed in lesson.seeds]
    radii = [np.abs(np.linalg.eigvals(c.weights["recurrent_kernel"])).max() for c in cells]
    norms = [np.linalg.norm(jacobian(cell, bits), 2) for cell in cells]
    powers[name] = np.log10(np.maximum(norms, 1e-100))
    rows.append([name, f"{min(radii):.3f} … {max(radii):.3f}", *(f"{p:.1f}" for p in powers[name])])
header = [f"log10 of the norm, seed {seed}" for seed in lesson.seeds]
lesson.table(["start", "spectral radius", *header], rows)
knife = [powers[f"identity times {scale}"].mean() for scale in ("0.97", "1.03")]
print(f"three hundredths less or more: 10^{knife[0]:.1f} or 10^{knife[1]:.1f}")
assert np.allclose(powers["identity"], 0) and knife[0] < -3 < 3 < knife[1]
moved = [powers[f"identity, 30 steps of {rate}"] for rate in ("0.001", "0.01")]
assert moved[0].min() > 1 and moved[1].max() < -5

# %% [markdown] lang="en"
# The identity with ReLU is exactly right, on a knife's edge. Three hundredths decide between vanishing and exploding, and a few training steps are enough to leave it, though the spectral radius moves by thousandths only: small steps made the norm grow, large ones switched units off, and a unit that is off has the slope 0. From an orthogonal start half of the units are off from the beginning (appendix of lesson 1).
#
# *Cause*: the slope of one unit is taken for the fate of a product of 300 matrices. *Repair*: ReLU from the identity, with small learning rates and clipping; the lesson shows how it fares. Or a gate, which can hold its 1 without standing on an edge: σ is flat there.
# %% [markdown] lang="zh"
# 单位矩阵加 ReLU 正好不多不少，却是站在刀刃上。差百分之三，就是消失与爆炸之别；而且只要训练几步就会离开刀刃，尽管谱半径只动了千分之几：步子小，范数变大；步子大，一些单元关了，而关着的单元斜率是 0。若从正交矩阵开始，一开头就有一半单元是关着的（见第 1 课附录）。
#
# **原因**：拿一个单元的斜率，当成 300 个矩阵连乘的结局。**改法**：ReLU 从单位矩阵开始，学习率要小，并加上裁剪，效果如何见正课。或者改用门：门停在 1 处不用踩着刀刃，因为 σ 在那里是平的。
# %%
lesson.ledger("F-002-03")

# %% [markdown] lang="en"
# ## 4. "Use clipping, and gradients do not explode"
#
# Article 004 advises it twice and codes it never (C-004-11; B-004-17 in lesson 6). Here are four gradients of two weights: a vanished one, a normal one, an exploded one, and one that has outgrown float32, whose largest number is about $3 \cdot 10^{38}$. Keras clips at norm 1, or at value 1; learning rate 1, so that a weight moves by just the clipped gradient.
#
# **What will happen** to each of them?
# %% [markdown] lang="zh"
# ## 4. “用裁剪，梯度就不会爆炸”
#
# 文章 004 两次这样建议，却没有写进代码（C-004-11；第 6 课的 B-004-17）。这里有四个梯度，各属于两个权重：一个消失了的，一个正常的，一个爆炸了的，还有一个超出了 float32 的范围（最大约 $3 \cdot 10^{38}$）。让 Keras 按范数 1 裁剪，再按值 1 裁剪；学习率取 1，权重移动多少，就是裁剪后的梯度。
#
# **会发生什么？** 四个梯度各变成什么？
# %%
four = {
    "vanished": [3e-9, 4e-9],
    "normal": [0.3, 0.4],
    "exploded": [30_000.0, 0.4],
    "beyond float32": [np.inf, 0.4],
}
ways = {"as it is": {}, "norm 1": {"global_clipnorm": 1.0}, "value 1": {"clipvalue": 1.0}}


def moved_by(gradient, **options):
    weight = keras.Variable(np.zeros(2))
    optimizer = keras.optimizers.SGD(1.0, **options)
    optimizer.apply([tf.constant(gradient, "float32")], [weight])
    return -weight.numpy()


moves = {
    name: [moved_by(gradient, **options) for options in ways.values()]
    for name, gradient in four.items()
}
lesson.table(
    ["gradient", *ways],
    [[name, *("  ".join(f"{x:.1g}" for x in m) for m in row)] for name, row in moves.items()],
)
lost = [np.isnan(m).all() for m in moves["beyond float32"]]
print(f"weights that are no numbers any more: as it is {lost[0]}, norm {lost[1]}, value {lost[2]}")
_, by_norm, by_value = moves["exploded"]
angle = np.degrees(np.arctan2(by_value[1], by_value[0]) - np.arctan2(by_norm[1], by_norm[0]))
print(f"by value the exploded gradient has turned by {angle:.0f} degrees")
assert lost == [False, True, False] and angle > 20
assert np.array_equal(moves["vanished"][0], moves["vanished"][1])

# %% [markdown] lang="en"
# Clipping shortens a *step*. The gradient on its way back is as long as ever; it is only then cut. Hence three limits. What has vanished stays vanished. What has overflowed on the way is lost: the factor is $1/\infty = 0$, and $0 \cdot \infty$ is not a number. One such batch, and with clipping by norm *every* weight of the network is NaN, for good. Clipping by value survives that, but turns the direction.
#
# *Repair*: clip by the global norm, and leave out a step whose norm is not finite: one line, below. In Keras, `keras.callbacks.TerminateOnNaN` at least stops the training.
# %% [markdown] lang="zh"
# 裁剪缩短的是**步子**。梯度往回走的时候照样那么长，走完了才剪。所以有三个限度。消失了的，还是消失了。半路溢出的，救不回来：系数是 $1/\infty = 0$，而 $0 \cdot \infty$ 不是数。只要有一批这样的数据，按范数裁剪就会让网络的**所有**权重都变成 NaN，再也回不来。按值裁剪扛得住，可是改变了方向。
#
# **改法**：按全局范数裁剪，遇到范数不是有限数的那一步就跳过，只要一行，见下。在 Keras 里，`keras.callbacks.TerminateOnNaN` 至少会停下训练。
# %%


def careful_update(optimizer, weights, gradients):
    """Whether the step was made: one whose gradients have overflowed is left out."""
    finite = np.isfinite(reference.global_norm(gradients.values()))
    if finite:
        optimizer.update(weights, gradients)
    return bool(finite)


weights = {"kernel": np.zeros(2)}
for name, gradient in four.items():
    optimizer = reference.SGD(1.0, global_clipnorm=1.0)
    made = careful_update(optimizer, weights, {"kernel": np.array(gradient)})
    verdict = "made" if made else "left out"
    print(f"{name}: {verdict}, weights {weights['kernel'].round(3)}")
assert np.isfinite(weights["kernel"]).all() and not made

# %% [markdown] lang="en"
# ## 5. "Weights may start at random"
#
# So article 002 (C-002-10). Yes: but how large? Three kinds of random numbers for $W_h$: standard normal; normal with 0.01; Glorot, uniform up to $\sqrt{6/(2n)}$.
#
# **What will happen** to the spectral radius if a layer grows from 8 to 32 to 128 units? And to the gradient over 30 steps, with tanh?
# %% [markdown] lang="zh"
# ## 5. “权重可以随机初始化”
#
# 文章 002 这样说（C-002-10）。可以，但要多大？$W_h$ 取三种随机数：标准正态；标准差 0.01 的正态；Glorot，即均匀分布，上限 $\sqrt{6/(2n)}$。
#
# **会发生什么？** 一层从 8 个单元增加到 32、128 个，谱半径会怎样变？用 tanh，走 30 步，梯度又会怎样？
# %%


def random_kernel(kind, units, seed):
    random = np.random.default_rng(seed)
    if kind == "Glorot":
        limit = np.sqrt(6 / (2 * units))
        return random.uniform(-limit, limit, (units, units))
    size = {"standard normal": 1.0, "normal, 0.01": 0.01}[kind]
    return size * random.normal(size=(units, units))


rows, radii, powers = [], {}, {}
for kind in ("standard normal", "normal, 0.01", "Glorot"):
    for units in (8, 32, 128):
        at = kind, units
        kernels = [random_kernel(*at, seed) for seed in lesson.seeds]
        radii[at] = [np.abs(np.linalg.eigvals(kernel)).max() for kernel in kernels]
        norms = []
        for kernel in kernels:
            cell = reference.SimpleRNN(1, units)
            cell.weights["recurrent_kernel"][...] = kernel
            norms.append(np.linalg.norm(jacobian(cell, inputs[:30]), 2))
        powers[at] = np.log10(norms)
        spread = f"{powers[at].min():.1f} … {powers[at].max():.1f}"
        rows.append([kind, units, f"{np.mean(radii[at]):.2f}", f"{np.sqrt(units):.2f}", spread])
header = ["spectral radius", "root of the units", "log10 of the norm after 30 steps"]
lesson.table(["random numbers", "units", *header], rows)
growth = np.mean(radii["standard normal", 128]) / np.mean(radii["standard normal", 8])
print(f"16 times as many units, {growth:.1f} times the radius; with Glorot:", end=" ")
print(", ".join(f"{np.mean(radii['Glorot', units]):.2f}" for units in (8, 32, 128)))
assert 3 < growth < 5.5 and powers["standard normal", 128].min() > 5
assert max(powers["normal, 0.01", units].max() for units in (8, 32, 128)) < -20

# %% [markdown] lang="en"
# A random matrix has the spectral radius $\sigma\sqrt n$, where $\sigma$ is the size of its numbers: its eigenvalues fill a disc. So the *same* random numbers make a larger layer explode. Glorot divides by $\sqrt n$, which puts the edge of the disc at 1 for every size. That is right on average only; an orthogonal matrix, Keras's choice for $W_h$, puts *every* eigenvalue there.
#
# *Cause*: "random" says nothing about the size. *Repair*: leave the initialiser to Keras, or choose it by the square root of the units.
#
# ## 6. What the articles got right
#
# In a long sequence gradients *may* vanish or explode (C-001-06): confirmed. Article 002 calls the remedies open questions; by then they had been worked on for many years (Hochreiter 1991, the LSTM 1997, the forget gate 2000, clipping by norm and the analysis that the lesson follows 2013). The formula to the sentence was taken apart in lesson 3.
# %% [markdown] lang="zh"
# 随机矩阵的谱半径约为 $\sigma\sqrt n$，$\sigma$ 是各个数的大小：它的特征值铺满一个圆盘。所以，**同样**的随机数，层一大就会爆炸。Glorot 除以了 $\sqrt n$，不论层有多大，圆盘的边都在 1 处。不过这只是平均来说正好；正交矩阵，也就是 Keras 给 $W_h$ 的默认选择，**每个**特征值都正好在那里。
#
# **原因**：“随机”二字没说大小。**改法**：初始化交给 Keras，或者按单元数的平方根来选。
#
# ## 6. 文章说对的
#
# 序列长时，梯度**可能**消失或爆炸（C-001-06）：实测证实。文章 002 说对策有待研究；其实那时早已研究多年（Hochreiter 1991，LSTM 1997，遗忘门 2000，按范数裁剪以及正课所依据的分析 2013）。那句话对应的公式，第 3 课已经剖析过。
# %%
lesson.ledger("F-004-07")

# %% [markdown] lang="en"
# ## 7. The rest of the file
# %% [markdown] lang="zh"
# ## 7. 其余记录
# %%
lesson.ledger()
