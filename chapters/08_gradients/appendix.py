# %% [markdown] lang="en"
# # 8. Vanishing and exploding gradients: the appendix
#
# What the lesson leaves out: three cells by lag, with their whole state; which activation wants which radius; why a radius below 1 may grow at first; where the chrono start comes from; gradient norms in TensorBoard; the sources.
# %% [markdown] lang="zh"
# # 8. 梯度消失与梯度爆炸：附录
#
# 正课略过的内容：三种单元的梯度随回溯步数的变化，整个状态都算在内；哪种激活函数要配多大的谱半径；谱半径小于 1 为何也会先变大；chrono 初始化的来历；在 TensorBoard 里看梯度范数；参考文献。
# %%
import json
import tempfile
import time
from urllib import error, parse, request

from rnn_tf.course import begin

lesson = begin("08_gradients", part="appendix")

import numpy as np
from tensorboard import program

from rnn_tf import reference
from rnn_tf.backend import keras, tf
from rnn_tf.claims.experiments.gradients import jacobian
from rnn_tf.course import figures
from rnn_tf.course.figures import gradient_flow
from rnn_tf.datasets import toy
from rnn_tf.reference import sigmoid
from rnn_tf.training import GradientNorms, set_seed

# %% [markdown] lang="en"
# ## A. Three cells by lag
#
# The state $s_t$ of an LSTM is $h_t$ and $c_t$ laid end to end. Whoever looks at $\partial h_T/\partial h_0$ alone sees a quarter of the matrix and misses the belt. First a check of the chain rule, for all three cells: the Jacobian over 20 steps by back-propagation, against the product of 20 Jacobians of one step each.
# %% [markdown] lang="zh"
# ## A. 三种单元
#
# LSTM 的状态 $s_t$ 是 $h_t$ 和 $c_t$ 首尾相接。只看 $\partial h_T/\partial h_0$，就只看到整个矩阵的四分之一，偏偏漏掉了传送带。先对三种单元验证链式法则：反向计算得到的 20 步雅可比矩阵，与 20 个单步雅可比矩阵的乘积相比。
# %%
inputs = np.random.default_rng(0).normal(scale=0.5, size=(60, 1))


def of_one_step(cell, x, state):
    """∂s_t/∂s_{t−1} at the input x (features,) and the state (arrays of (1, units))."""
    count = len(cell.state_names)
    size = count * cell.units
    before = tuple(np.repeat(array, size, axis=0) for array in state)
    trace = cell.forward(np.tile(x, (size, 1, 1)), before if count > 1 else before[0])
    rows = np.split(np.eye(size), count, axis=1)
    gradients = cell.backward(trace, d_final_state=rows[0] if count == 1 else tuple(rows))
    return np.concatenate([gradients[name] for name in cell.state_names], axis=1)


errors = []
for kind in (reference.SimpleRNN, reference.GRU, reference.LSTM):
    for seed in lesson.seeds:
        cell = kind(1, 32, seed=seed)
        trace = cell.forward(inputs[None, :20])
        product = 1.0
        for x, state in zip(inputs[:20], trace.states[:-1], strict=True):
            step = of_one_step(cell, x, state)
            product = step @ product if np.ndim(product) else step
        whole = jacobian(cell, inputs[:20])
        errors.append(np.linalg.norm(product - whole) / np.linalg.norm(whole))
lesson.result("chain_rule", max(errors))

# %% [markdown] lang="en"
# Now the three cells new, and the two gated ones with their gates opened: forget bias 3, and 3 for the GRU's update gate, which in Keras's form keeps.
# %% [markdown] lang="zh"
# 再看三种新建的单元，以及把门打开的两种门控单元：遗忘门偏置取 3，GRU 的更新门偏置也取 3（按 Keras 的写法，更新门管保留）。
# %%
lags = np.array([1, 2, 5, 10, 20, 30, 40, 60])


def made(kind, seed, gate=None, bias=0.0):
    cell = kind(1, 32, seed=seed)
    if gate is not None:
        cell.weights["bias"][gate] = bias
    return cell


OF_UPDATE, OF_FORGET = np.s_[0, :32], np.s_[32:64]
groups = {
    "new": {
        "SimpleRNN": (reference.SimpleRNN,),
        "GRU": (reference.GRU,),
        "LSTM": (reference.LSTM,),
    },
    "gates opened": {
        "SimpleRNN": (reference.SimpleRNN,),  # has none; to compare with
        "GRU": (reference.GRU, OF_UPDATE, 3.0),
        "LSTM": (reference.LSTM, OF_FORGET, 3.0),
    },
}
reach = {
    title: {
        name: np.array(
            [
                [np.linalg.norm(jacobian(made(kind, s, *gate), inputs[:k]), 2) for k in lags]
                for s in lesson.seeds
            ]
        )
        for name, (kind, *gate) in cells.items()
    }
    for title, cells in groups.items()
}
words = {"x": "steps back", "y": "norm of the Jacobian"}
lesson.figure(gradient_flow.by_lag(lags, reach, **words), "cells")

# %%
for title, curves in reach.items():
    last = {name: runs[:, -1] for name, runs in curves.items()}
    ends = [f"{name} {some.min():.0e} … {some.max():.0e}" for name, some in last.items()]
    print(f"{title}, {lags[-1]} steps: {', '.join(ends)}")
whole = jacobian(reference.LSTM(1, 32), inputs)
corners = [np.linalg.norm(whole[a, b], 2) for a, b in ((np.s_[:32],) * 2, (np.s_[32:],) * 2)]
print(f"of the new LSTM after 60 steps: h to h {corners[0]:.2f}, c to c {corners[1]:.2f}")
new, opened = reach["new"], reach["gates opened"]
assert new["GRU"][:, -1].max() < 1e-5 < new["SimpleRNN"][:, -1].min() < new["LSTM"][:, -1].min()
assert opened["GRU"][:, -1].min() > 1e3 * new["GRU"][:, -1].max() and corners[1] > corners[0]

# %% [markdown] lang="en"
# So the *new* GRU is the worst of the three at carrying a gradient: its gate starts at one half. A bias mends that; Keras has no argument for it, the lab of lesson 3 shows where it lies. The LSTM, opened as wide, overshoots: what it keeps it adds up. The GRU's new state is a weighted mean of old and new, and does not.
#
# ## B. Which activation wants which radius?
#
# Lesson 1 showed that sigmoid vanishes and ReLU explodes at 2. Turn the question round: stretch an orthogonal matrix until the norm over 60 steps is 1. By what factor? A guess: each step multiplies the square of a gradient by the mean of the squared slopes on its way, so $\rho \approx 1/\sqrt{\overline{\varphi'^2}}$.
# %% [markdown] lang="zh"
# 可见三者之中，**新建**的 GRU 最传不动梯度：它的门从二分之一起步。设个偏置就好；Keras 没有这个参数，它放在哪里，第 3 课的练习里有。LSTM 的门开得同样大，却过了头：它把留下来的累加起来。GRU 的新状态是新旧两者的加权平均，就不会这样。
#
# ## B. 哪种激活函数配多大的谱半径？
#
# 第 1 课看到，谱半径为 2 时，sigmoid 消失，ReLU 爆炸。反过来问：把正交矩阵放大到多少倍，60 步的范数才等于 1？猜想：每走一步，梯度的平方平均要乘以沿途斜率平方的平均值，所以 $\rho \approx 1/\sqrt{\overline{\varphi'^2}}$。
# %%
SLOPES = {
    "tanh": lambda h: 1 - h**2,
    "sigmoid": lambda h: h * (1 - h),
    "relu": lambda h: (h > 0).astype(float),
}


def stretched(activation, rho, seed):
    cell = reference.SimpleRNN(1, 32, seed=seed, activation=activation)
    cell.weights["recurrent_kernel"] *= rho
    return cell


def level_radius(activation, seed):
    """By halving: the ρ at which the norm over 60 steps is 1."""
    low, high = 0.5, 16.0
    for _ in range(16):
        middle = np.sqrt(low * high)
        norm = np.linalg.norm(jacobian(stretched(activation, middle, seed), inputs), 2)
        low, high = (middle, high) if norm < 1 else (low, middle)
    return np.sqrt(low * high)


level, guessed, rows = {}, {}, []
for activation, slope in SLOPES.items():
    level[activation] = [level_radius(activation, seed) for seed in lesson.seeds]
    cells = [stretched(activation, rho, seed) for seed, rho in enumerate(level[activation])]
    states = [cell.forward(inputs[None]).hidden_states for cell in cells]
    guessed[activation] = [1 / np.sqrt(np.mean(slope(h) ** 2)) for h in states]
    both = level[activation], guessed[activation]
    rows.append([activation, *(f"{min(some):.2f} … {max(some):.2f}" for some in both)])
lesson.table(["activation", "radius for a level norm", "1/root of the mean squared slope"], rows)
off = max(abs(a / b - 1) for name in level for a, b in zip(level[name], guessed[name], strict=True))
print(f"the guess is off by {off:.0%} at most")
assert max(level["tanh"]) < min(level["relu"]) < max(level["relu"]) < min(level["sigmoid"])
assert off < 0.5

# %% [markdown] lang="en"
# tanh wants a little more than 1, since its slopes are a little less; ReLU about $\sqrt 2$, since half of its units are on; the sigmoid, whose slope is a quarter at most, wants far more than 4. A radius is right *for an activation and for the size of its inputs*, and training moves both.
#
# ## C. Spectral radius and norm
#
# The spectral radius is the largest size of an eigenvalue; the norm the largest stretch of any vector. $\rho(A) \le \lVert A \rVert$, and for *normal* matrices, such as rotations and symmetric ones, they are equal. For others a radius below 1 says only what happens *in the end*: $\lVert A^k \rVert^{1/k} \to \rho$ (Gelfand). Before that the norm may grow. Three matrices of radius 0.9:
# %% [markdown] lang="zh"
# tanh 要比 1 略大，因为它的斜率略小于 1；ReLU 约为 $\sqrt 2$，因为有一半单元开着；sigmoid 的斜率最多四分之一，所以要远大于 4。谱半径多大合适，要看**激活函数和输入的大小**，而训练会把两者都改变。
#
# ## C. 谱半径与范数
#
# 谱半径是特征值的最大模，范数是把向量拉长的最大倍数。$\rho(A) \le \lVert A \rVert$；对**正规**矩阵，例如旋转矩阵和对称矩阵，两者相等。对别的矩阵，谱半径小于 1 只说明**最终**如何：$\lVert A^k \rVert^{1/k} \to \rho$（Gelfand 公式）。在那之前，范数可能先变大。三个谱半径都是 0.9 的矩阵：
# %%
rotation = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
random_matrix = np.random.default_rng(0).normal(size=(32, 32))
random_matrix *= 0.9 / np.abs(np.linalg.eigvals(random_matrix)).max()
matrices = {
    "rotation": 0.9 * rotation,
    "triangular": np.array([[0.9, 5.0], [0.0, 0.9]]),
    "random, 32 units": random_matrix,
}
powers = np.array([1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 120])
curves = {
    name: np.array([[np.linalg.norm(np.linalg.matrix_power(A, k), 2) for k in powers]])
    for name, A in matrices.items()
}
words = {"x": "steps back", "y": "norm of the power", "floor": 1e-6}
lesson.figure(gradient_flow.by_lag(powers, {"no tanh": curves}, **words), "normal")

# %%
rows = []
for name, A in matrices.items():
    radius = np.abs(np.linalg.eigvals(A)).max()
    root = np.linalg.norm(np.linalg.matrix_power(A, 1000), 2) ** (1 / 1000)
    top = powers[curves[name][0].argmax()]
    rows.append([name, radius, np.linalg.norm(A, 2), curves[name].max(), int(top), root])
header = [
    "spectral radius",
    "norm",
    "largest norm of a power",
    "at k",
    "root of the 1000th power's norm",
]
lesson.table(["matrix", *header], rows)
print(
    f"the triangular one grows to {rows[1][3]:.0f} before it falls; the radius is {rows[1][1]:.1f}"
)
assert rows[1][3] > 10 and rows[2][2] > 1.2 and all(abs(row[5] - 0.9) < 0.02 for row in rows)
assert rows[0][3] < 1

# %% [markdown] lang="en"
# The triangular one is a relay: the second unit hands on to the first, five times as loud, and both forget. Random matrices are not normal either: the norm lies well above the radius. So "radius 1" is a rule for rotations, and a rough one for the rest.
#
# **Further conventions.** Norms in lesson 8 are largest singular values; lesson 1 took Frobenius norms divided by $\sqrt n$, the *mean* stretch instead of the largest. With rows, $h_t = \tanh(x_t W_x + h_{t-1} W_h)$, the Jacobian is $\mathrm{diag}(1-h_t^2)\,W_h^\top$; with columns it is $\mathrm{diag}(1-h_t^2)\,W_h$. Transposing changes neither radius nor norm.
#
# ## D. Where chrono comes from
#
# A forget gate that stands at $f$ leaves $f^k$ after $k$ steps. After $1/(1-f)$ steps that is about $1/e$: so long is the memory of this unit. Asked for a memory of $d + 1$ steps, $f = d/(d+1)$, and as $f = \sigma(b)$, $b = \log d$. Nobody knows which duration a unit will need, only that none exceeds $T$: so $d$ is drawn evenly up to $T - 1$. And with the input gate at $-b$ it is $i = 1 - f$, so that $c_t = f c_{t-1} + (1-f) g_t$ is a weighted mean of what came in. Then $c$ stays within ±1, which it does not where both gates are open (lesson). All this holds at the start; training changes it.
# %% [markdown] lang="zh"
# 三角矩阵像接力：第二个单元放大五倍交给第一个，两个又都在忘。随机矩阵也不是正规的：范数明显大于谱半径。所以“谱半径为 1”对旋转矩阵是准则，对别的只是粗略的准则。
#
# **其他约定。** 第 8 课的范数是最大奇异值；第 1 课用的是弗罗贝尼乌斯范数除以 $\sqrt n$，是**平均**拉长倍数，不是最大的。用行向量，$h_t = \tanh(x_t W_x + h_{t-1} W_h)$，雅可比矩阵是 $\mathrm{diag}(1-h_t^2)\,W_h^\top$；用列向量则是 $\mathrm{diag}(1-h_t^2)\,W_h$。转置既不改变谱半径，也不改变范数。
#
# ## D. chrono 的来历
#
# 遗忘门停在 $f$，$k$ 步之后剩 $f^k$；经过 $1/(1-f)$ 步，大约剩 $1/e$，这个单元的记忆就有这么长。要它记 $d + 1$ 步，则 $f = d/(d+1)$；又因 $f = \sigma(b)$，得 $b = \log d$。一个单元需要记多久，谁也不知道，只知道不超过 $T$：所以 $d$ 在 $T - 1$ 以内均匀地抽。输入门取 $-b$，就有 $i = 1 - f$，于是 $c_t = f c_{t-1} + (1-f) g_t$ 是历来写入值的加权平均。这样 $c$ 不会超出 ±1；两扇门都开着时就没有这个保证（见正课）。以上说的都是训练开始时，训练会改变它。
# %%
durations = np.array([1, 4, 19, 99])
biases = np.log(durations)
f = sigmoid(biases)
left = f ** (durations + 1)
lesson.table(
    ["memory, steps", "bias of f", "f", "i", "left after so many steps"],
    [[int(d) + 1, *row] for d, *row in zip(durations, biases, f, sigmoid(-biases), left)],
)
print(f"left: {left.min():.2f} … {left.max():.2f}; 1/e = {np.exp(-1):.2f}")
assert np.allclose(f + sigmoid(-biases), 1) and np.allclose(f, durations / (durations + 1))

largest = {}
for name, i_bias in {"i open": 5.0, "i = 1 − f": -np.log(99)}.items():
    cell = reference.LSTM(1, 8)
    cell.weights["recurrent_kernel"][...] = 0.0  # the gates stay where their biases put them
    cell.weights["kernel"][:, [*range(16), *range(24, 32)]] = 0.0
    cell.weights["bias"][:16] = np.repeat([i_bias, np.log(99)], 8)
    largest[name] = np.abs(cell.forward(np.ones((1, 300, 1))).cell_states).max()
print("largest |c| in 300 steps: " + ", ".join(f"{n}: {c:.2f}" for n, c in largest.items()))
assert largest["i = 1 − f"] < 1 < 10 < largest["i open"]

# %% [markdown] lang="en"
# ## E. Gradient norms in TensorBoard
#
# TensorBoard draws curves in the browser while training runs. It is a small web server that reads *event files*. We start it on an empty folder; port 0 means any that is free. It ends with this notebook.
# %% [markdown] lang="zh"
# ## E. 在 TensorBoard 里看梯度范数
#
# TensorBoard 能一边训练一边在浏览器里画曲线。它是一个小小的网页服务器，读取**事件文件**。先让它守着一个空文件夹；端口写 0，就是随便用一个空闲的。笔记本关闭时它也随之结束。
# %%
folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
board = program.TensorBoard()
how = ["--port", "0", "--reload_interval", "1", "--load_fast", "false"]
board.configure(argv=[None, "--logdir", folder.name, *how])
address = board.launch()
print("open in the browser:", address)

# %% [markdown] lang="en"
# `GradientNorms` of this course records the norm of each weight's gradient at each step, before clipping. A few lines make a callback of it that writes them down, and every 25 steps asks TensorBoard how far its curves go by now. The network starts too wild on purpose, with its recurrent matrix doubled.
# %% [markdown] lang="zh"
# 本课程的 `GradientNorms` 记下每一步每个权重的梯度范数（裁剪之前）。再加几行，就成了会写文件的回调；每 25 步它还去问一次 TensorBoard：曲线画到哪儿了？网络故意让它太野：循环权重矩阵放大一倍。
# %%
direct = request.build_opener(request.ProxyHandler({}))  # this machine needs no proxy


def curve(tag):
    """What TensorBoard shows under this name: [[seconds, step, value], ...]."""
    asked = parse.urlencode({"run": "first", "tag": tag})
    try:
        place = f"{address}data/plugin/scalars/scalars?{asked}"
        with direct.open(place, timeout=30) as answer:
            return json.load(answer)
    except error.HTTPError:  # it has not seen this curve yet
        return []


class ToTensorBoard(GradientNorms):
    """Writes the norms of all gradients into an event file, step by step."""

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.writer = tf.summary.create_file_writer(f"{folder.name}/first")

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        step = len(self.total)
        with self.writer.as_default(step=step):
            for name, norm in zip(self.names, self.per_weight[-1], strict=True):
                tf.summary.scalar(f"gradient_norm/{name}", norm)
        if step % 25 == 0:
            self.writer.flush()
            last = f"gradient_norm/{self.names[-1]}"
            for _ in range(300):  # it looks into its folder once a second
                if len(curve(last)) == step:
                    break
                time.sleep(0.1)
            print(f"after step {step}: the curves in the browser have {len(curve(last))} points")

    def on_train_end(self, logs=None):
        super().on_train_end(logs)
        self.writer.close()


# %%
set_seed(0)
recurrent = keras.layers.SimpleRNN(16)
model = keras.Sequential([keras.Input((20, 1)), recurrent, keras.layers.Dense(1)])
recurrent.cell.recurrent_kernel.assign(2.0 * recurrent.cell.recurrent_kernel)
loss = keras.losses.BinaryCrossentropy(from_logits=True)
model.compile(keras.optimizers.SGD(0.05, momentum=0.9, global_clipnorm=1.0), loss)
bits, first = toy.first_bit(64 * 100, 20, seed=0)
norms = ToTensorBoard()
model.fit(bits, first, batch_size=64, callbacks=[norms], verbose=0)
curves = {name: curve(f"gradient_norm/{name}") for name in norms.names}
for name, points in curves.items():
    print(f"{name}: {len(points)} steps, largest {max(value for *_, value in points):.2g}")
shown = np.array([[value for *_, value in points] for points in curves.values()]).T
lesson.result("read_back", np.abs(shown - norms.per_weight).max())

# %% [markdown] lang="en"
# The numbers came back from TensorBoard's own server. Here they are as a picture that stays. In the browser the same curves grow each time you press the round arrow, top right, or by themselves, if you switch "Reload data" on in the settings.
# %% [markdown] lang="zh"
# 上面的数是从 TensorBoard 的服务器上取回来的。这里画成一张可以留存的图。在浏览器里，每按一次右上角的圆箭头，同样的曲线就长一截；也可以在设置里打开 “Reload data”，让它自己更新。
# %%
figure, (axis,) = figures.panels()
for name, points in curves.items():
    axis.plot(*np.array(points)[:, 1:].T, label=name, linewidth=1.2)
axis.set_yscale("log")
figures.label(axis, "training step", "gradient norm before clipping")
axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
lesson.figure(figure, "tensorboard")

# %% [markdown] lang="en"
# In a program of your own give the callback a folder that stays, say `logs/first`, start `tensorboard --logdir logs` in a terminal, and open the address that it prints. Look for three things: norms of the recurrent kernel that jump by powers of ten (exploding; clip), norms that sink towards zero while the loss stands still (vanishing; another start, a gate), and norms that rest just above the clipping limit at nearly every step (the limit is doing the work of a learning rate).
#
# ## References
#
# * S. Hochreiter (1991). *Untersuchungen zu dynamischen neuronalen Netzen*. Diploma thesis, Technische Universität München. The first description.
# * Y. Bengio, P. Simard, P. Frasconi (1994). Learning long-term dependencies with gradient descent is difficult. *IEEE Transactions on Neural Networks* 5(2).
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * F. A. Gers, J. Schmidhuber, F. Cummins (2000). Learning to forget: continual prediction with LSTM. *Neural Computation* 12(10). The forget gate.
# * R. Pascanu, T. Mikolov, Y. Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*, arXiv 1211.5063. Clipping by the norm; radius and norm.
# * A. M. Saxe, J. L. McClelland, S. Ganguli (2014). Exact solutions to the nonlinear dynamics of learning in deep linear neural networks. *ICLR*, arXiv 1312.6120. The orthogonal start.
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv 1504.00941. The identity with ReLU.
# * R. Jozefowicz, W. Zaremba, I. Sutskever (2015). An empirical exploration of recurrent network architectures. *ICML*. The forget bias of 1.
# * C. Tallec, Y. Ollivier (2018). Can recurrent neural networks warp time? *ICLR*, arXiv 1804.11188. The chrono start.
# %% [markdown] lang="zh"
# 在自己的程序里，给回调一个不会被删掉的文件夹，比如 `logs/first`，在终端里运行 `tensorboard --logdir logs`，再打开它显示的网址。留意三种情形：循环权重的范数成十倍地跳（爆炸，要裁剪）；范数降向零而损失不动（消失，要换初始化或用门）；范数几乎每一步都略高于裁剪上限（这个上限其实在充当学习率）。
#
# ## 参考文献
#
# * S. Hochreiter (1991). *Untersuchungen zu dynamischen neuronalen Netzen*. 慕尼黑工业大学学位论文。最早的描述。
# * Y. Bengio, P. Simard, P. Frasconi (1994). Learning long-term dependencies with gradient descent is difficult. *IEEE Transactions on Neural Networks* 5(2).
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * F. A. Gers, J. Schmidhuber, F. Cummins (2000). Learning to forget: continual prediction with LSTM. *Neural Computation* 12(10). 遗忘门出自此文。
# * R. Pascanu, T. Mikolov, Y. Bengio (2013). On the difficulty of training recurrent neural networks. *ICML*, arXiv 1211.5063. 按范数裁剪；谱半径与范数。
# * A. M. Saxe, J. L. McClelland, S. Ganguli (2014). Exact solutions to the nonlinear dynamics of learning in deep linear neural networks. *ICLR*, arXiv 1312.6120. 正交初始化。
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv 1504.00941. 单位矩阵配 ReLU。
# * R. Jozefowicz, W. Zaremba, I. Sutskever (2015). An empirical exploration of recurrent network architectures. *ICML*. 遗忘门偏置取 1 出自此文。
# * C. Tallec, Y. Ollivier (2018). Can recurrent neural networks warp time? *ICLR*, arXiv 1804.11188. chrono 初始化出自此文。
