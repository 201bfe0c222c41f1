# %% [markdown] lang="en"
# # 3. Gates
#
# Keep one number in mind while the world goes on chattering. That is all we ask. Half a minute, 900 MB; lesson 1 is needed.
# %% [markdown] lang="zh"
# # 3. 门
#
# 周围一直有人说话，你只要记住一个数。要求就这么多。约需半分钟、900 MB 内存；请先学第 1 课。
# %%
from rnn_tf.course import begin

lesson = begin("03_gates")

import numpy as np

from rnn_tf import reference
from rnn_tf.backend import keras
from rnn_tf.course.figures import buttons, gates
from rnn_tf.datasets import toy
from rnn_tf.reference import sigmoid

# %%
heard = np.random.default_rng(3).normal(scale=0.2, size=50)  # chatter
heard[5] = 1.0  # the number to keep

simple, gated = [], []
h = c = 0.0
for t, x in enumerate(heard):
    h = np.tanh(0.95 * h + x)  # a unit of lesson 1
    gate = 1.0 if t == 5 else 0.0
    c = (1 - gate) * c + gate * x  # the same with a gate
    simple.append(h)
    gated.append(c)
print(f"at the end: simple unit {h:.2f}, unit with a gate {c:.2f}; to be kept: {heard[5]:.2f}")

# %%
kept = {"simple unit": simple, "unit with a gate": gated}
figure = buttons.survival(heard, kept, x="time step", y="value")
lesson.figure(figure, "survival")

# %% [markdown] lang="en"
# The simple unit hears everything and rewrites its whole state at every step. What it held is soon covered. In lesson 1 it fell off a cliff after some ten steps. The other unit has a **gate**: a number from 0 to 1 that multiplies. 0 shuts, 1 lets pass.
#
# Here we moved the gate by hand. A network must move it by itself, so a gate is computed like everything else, from the input and the last state: $\sigma(x_t W_x + h_{t-1} W_h + b)$. The function $\sigma(a) = 1/(1 + e^{-a})$, the *sigmoid*, makes it a number from 0 to 1.
#
# ## The idea in one picture
# %% [markdown] lang="zh"
# 简单单元什么都听，每一步都把整个状态重写一遍，原先存的很快就被盖住了。第 1 课里，过了十步左右它就掉下了悬崖。另一个单元有一扇**门**：一个 0 到 1 之间的数，用来相乘。0 是关，1 是放行。
#
# 这里的门是我们用手开关的。网络得自己开关，所以门也和别的量一样，由输入和上一步的状态算出：$\sigma(x_t W_x + h_{t-1} W_h + b)$。函数 $\sigma(a) = 1/(1 + e^{-a})$（sigmoid 函数）保证它在 0 与 1 之间。
#
# ## 一张图看懂
# %%
words = {"f": "forget\ngate", "i": "input\ngate", "o": "output\ngate", "g": "candidate"}
words |= {"z": "update\ngate", "r": "reset\ngate"}
lesson.figure(gates.cells(["LSTM", "GRU"], words=words), "cells")

# %% [markdown] lang="en"
# Look at the **belt** first. It carries a state from step to step, and only two things happen to it: something is taken off (×), something is put on (+).
#
# The **LSTM** has three gates. $f$ says how much of the old stays, $i$ how much of the new comes in, $o$ how much is shown. The candidate $g$ is *what* may be written; it is no gate. On the belt lies the cell state $c$; the hidden state $h$ is what is shown of it:
#
# $$c_t = f \circ c_{t-1} + i \circ g \qquad\qquad h_t = o \circ \tanh(c_t)$$
#
# The **GRU** has one state and two gates: what $z$ keeps, $1 - z$ replaces; and $r$ says how much of the old state the candidate sees. $\circ$ multiplies number by number.
#
# ## One step with numbers
#
# One unit, one input. Take a pocket calculator.
# %% [markdown] lang="zh"
# 先看**传送带**。它把状态一步步往下传，途中只发生两件事：拿掉一些（×），放上一些（+）。
#
# **LSTM** 有三扇门。$f$ 管旧的留多少，$i$ 管新的进多少，$o$ 管露出多少。候选 $g$ 是**写什么**，它不是门。传送带上放的是单元状态 $c$，露出来的是隐藏状态 $h$：
#
# $$c_t = f \circ c_{t-1} + i \circ g \qquad\qquad h_t = o \circ \tanh(c_t)$$
#
# **GRU** 只有一个状态、两扇门：$z$ 保留多少，$1 - z$ 就换新多少；$r$ 管候选能看到多少旧状态。$\circ$ 是逐个数相乘。
#
# ## 用数字走一步
#
# 一个单元，一个输入。请拿出计算器。
# %%
x, h_before, c_before = 1.0, 0.5, 1.0
W_x = np.array([2.0, -1.0, 1.0, 1.0])  # one weight each for i, f, g, o
W_h = np.array([1.0, 1.0, -1.0, 0.0])
b = np.array([-1.0, 3.0, 0.0, -2.0])

sums = x * W_x + h_before * W_h + b
i, f, o = sigmoid(sums[[0, 1, 3]])
g = np.tanh(sums[2])
c = f * c_before + i * g
h = o * np.tanh(c)
print(f"sums {sums}")
print(f"c = {f:.2f} * {c_before:.2f} + {i:.2f} * {g:.2f} = {c:.2f}")
print(f"h = {o:.2f} * tanh({c:.2f}) = {h:.2f}")

# %%
step = {"x": x, "h_before": h_before, "c_before": c_before, "c": c, "h": h}
step |= {"f": f, "i": i, "g": g, "o": o}
lesson.figure(gates.cell(gates.lstm, words=words, values=step), "one_step")

# %% [markdown] lang="en"
# The forget gate is nearly open, so most of the old stays; the output gate is nearly shut, so little is shown.
#
# ## A whole layer in five lines
#
# With many units each sum becomes a row of numbers. The four blocks $i, f, g, o$ lie side by side in one matrix.
# %% [markdown] lang="zh"
# 遗忘门几乎全开，旧的大半留下；输出门几乎全关，露出来的很少。
#
# ## 五行写出一整层
#
# 单元多了，每个和就成了一行数。$i, f, g, o$ 四块并排放在一个矩阵里。


# %%
def lstm_step(x, h, c, W_x, W_h, b):
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c + i * g
    return o * np.tanh(c), c


random = np.random.default_rng(0)
inputs = random.normal(size=(3, 6, 5)).astype("float32")  # (batch, steps, features)
layer = keras.layers.LSTM(7)
layer.build(inputs.shape)
layer.set_weights([random.normal(scale=0.5, size=w.shape) for w in layer.get_weights()])
print(f"W_x, W_h, b: {[w.shape for w in layer.get_weights()]}")

h = c = np.zeros((3, 7))
for t in range(inputs.shape[1]):
    h, c = lstm_step(inputs[:, t], h, c, *layer.get_weights())
print(f"h {h.shape}, c {c.shape}")
lesson.result("own_step_equality", np.abs(h - layer(inputs).numpy()).max())

# %% [markdown] lang="en"
# So these five lines are `keras.layers.LSTM`.
#
# ## Three buttons
#
# Now we set the weights of one unit by hand. It hears a number and has three buttons: **write** opens the input gate, **erase** shuts the forget gate, **show** opens the output gate. Nothing is trained.
# %% [markdown] lang="zh"
# 可见这五行就是 `keras.layers.LSTM`。
#
# ## 三个按钮
#
# 现在亲手设定一个单元的权重。它听到一个数，另有三个按钮：**写入**打开输入门，**擦除**关上遗忘门，**显示**打开输出门。没有任何训练。
# %%
memory = reference.LSTM(features=4, units=1)
for array in memory.weights.values():
    array[...] = 0.0
kernel, bias = memory.weights["kernel"], memory.weights["bias"]
WRITE, ERASE, SHOW = 1, 2, 3  # rows of the kernel; row 0 is the number
kernel[0, 2] = 1.0  # the candidate is tanh(number)
kernel[WRITE, 0], bias[0] = 20.0, -10.0  # i: open only while "write" is pressed
kernel[ERASE, 1], bias[1] = -20.0, 10.0  # f: open unless "erase" is pressed
kernel[SHOW, 3], bias[3] = 20.0, -10.0  # o: open only while "show" is pressed


def press(write=(), erase=(), show=()):
    sequence = np.zeros((1, 16, 4))
    sequence[0, :, 0] = 1.2 * np.cos(1.9 * np.arange(16))  # the number that is heard
    for button, steps in ((WRITE, write), (ERASE, erase), (SHOW, show)):
        sequence[0, list(steps), button] = 1.0
    return memory.forward(sequence)


# %%
keep = press(write=[3], show=range(16))
forget = press(write=[3], erase=[10], show=range(16))
hide = press(write=[3], show=[13])
scenes = {"keep": keep, "forget": forget, "hide": hide}
names = ["write", "erase", "show"]
lights = ["open", "shut"]
figure = buttons.scenes(scenes, names, x="time step", y="value", lights=lights)
lesson.figure(figure, "keep_forget_hide")

# %%
written = keep.cell_states[0, 3, 0]
print(f"kept for 12 steps: {keep.cell_states[0, 15, 0]:.3f} of {written:.3f}")
print(f"after erasing: {forget.cell_states[0, 10, 0]:.3f}")
print(f"hidden: c = {hide.cell_states[0, 12, 0]:.3f}, but h = {hide.hidden_states[0, 12, 0]:.3f}")
assert abs(keep.cell_states[0, 15, 0] - written) < 0.003
assert abs(forget.cell_states[0, 10, 0]) < 0.001
assert abs(hide.hidden_states[0, 12, 0]) < 0.001 < abs(hide.hidden_states[0, 13, 0])

# %% [markdown] lang="en"
# A simple unit cannot do these three at once: hold a number, drop it on command, hold it without showing it.
#
# ## The gradient rides the same belt
#
# Training must know what a number on the belt did, many steps later. In lesson 1 the gradient went back through a matrix and a tanh at every step, and faded. Along the belt, $c_t = f \circ c_{t-1} + \dots$, each step multiplies by the forget gate, and by nothing else:
#
# $$\frac{\partial c_T}{\partial c_t} = f_{t+1} \circ f_{t+2} \circ \dots \circ f_T \qquad \text{(along the belt)}$$
#
# At the start of training the other weights say little, so how long the gradient lasts hangs above all on one number, the bias of the forget gate.
# %% [markdown] lang="zh"
# 这三件事，简单单元没法同时做到：把一个数存住；一声令下就丢掉；存着却不显示。
#
# ## 梯度走同一条传送带
#
# 训练要知道：传送带上的一个数，许多步以后起了什么作用。第 1 课里，梯度每往回一步都要经过一个矩阵和一次 tanh，越来越淡。沿着传送带，$c_t = f \circ c_{t-1} + \dots$，每一步只乘遗忘门，别的什么都不乘：
#
# $$\frac{\partial c_T}{\partial c_t} = f_{t+1} \circ f_{t+2} \circ \dots \circ f_T \qquad \text{（沿传送带）}$$
#
# 训练刚开始时，别的权重还说不上话，所以梯度能传多远，主要看一个数：遗忘门的偏置。
# %%
distances = np.arange(1, 61)
curves = {}
for forget_bias in (0.0, 1.0, 5.0):
    left = sigmoid(forget_bias) ** distances  # all other weights 0: f is the same at every step
    curves[f"forget bias {forget_bias:g}"] = left
    print(f"bias {forget_bias:g}: f = {sigmoid(forget_bias):.3f}, after 60 steps {left[-1]:.1e}")
figure = buttons.fading(distances, curves, x="steps back", y="gradient left")
lesson.figure(figure, "forget_bias")

# %% [markdown] lang="en"
# Keras starts at 1. That is no long memory yet; training must open the gate further. Article 000 leaves this belt out of its formula for the gradient (F-000-05); the autopsy shows what is lost.
#
# ## Can it learn to press the buttons?
#
# At every step a random number between −1 and 1 is heard, and now and then somebody presses "write". Say the number that was written last. All others are chatter. Whoever remembers nothing does best to answer 0; the mean squared error is then 1/3. The networks train on 30 steps. The test has 100, and writings are rarer, so numbers must be kept for longer than in training.
#
# Three cells, eight units each, the same data, the same number of training steps, three seeds. In full mode each cell tries several learning rates and keeps the one that is best on validation data; class mode takes the rate that was found there.
# %% [markdown] lang="zh"
# Keras 从 1 开始，还算不上长记忆，要靠训练把门再开大。文章 000 的梯度公式漏掉了这条传送带（F-000-05），丢了什么，见剖析篇。
#
# ## 它学得会按按钮吗？
#
# 每一步听到一个 −1 到 1 之间的随机数，偶尔有人按一下“写入”。请说出最后一次写入的数，其余都是闲话。什么都记不住的话，最好的回答是 0，均方误差为 1/3。训练用的序列有 30 步；测试用 100 步，写入也更少，一个数要比训练时记得更久。
#
# 三种单元，各八个单元，数据相同，训练步数相同，三个随机种子。完整模式里，每种单元各试几个学习率，用验证集选最好的；课堂模式直接用选出来的那个。
# %%
train_x, train_y = toy.last_written(512, 30, chance=0.1, seed=0)
valid_x, valid_y = toy.last_written(300, 100, chance=0.05, seed=1)
test_x, test_y = toy.last_written(300, 100, chance=0.05, seed=2)
print(f"inputs {train_x.shape}, targets {train_y.shape}")


def train(kind, rate, seed):
    cell = kind(features=2, units=8, seed=seed)
    network = reference.Network(cell, 1, "squared_error", seed=seed)
    optimizer = reference.SGD(rate, momentum=0.9, global_clipnorm=1.0)
    reference.train(network, train_x, train_y, optimizer, epochs=20, batch_size=64, seed=seed)
    return network


def error_by_age(network, x, y, oldest=30):
    """Mean squared error 0, 1, 2 … steps after a writing."""
    squared = np.square(network.forward(x).outputs - y)[:, :, 0]
    steps = np.arange(x.shape[1])
    age = steps - np.maximum.accumulate(np.where(x[:, :, 1], steps, 0), axis=1)
    return np.array([squared[age == a].mean() for a in range(oldest + 1)])


# %%
found = {"SimpleRNN": [0.2], "LSTM": [0.5], "GRU": [0.5]}
every = dict.fromkeys(found, [0.02, 0.05, 0.1, 0.2, 0.5, 1.0])
errors, trained = {}, {}
for name, rates in lesson.pick(class_mode=found, full=every).items():
    kind = getattr(reference, name)
    runs = {rate: [train(kind, rate, seed) for seed in lesson.seeds] for rate in rates}
    scores = {r: [error_by_age(n, valid_x, valid_y)[10:].mean() for n in runs[r]] for r in rates}
    best = min(rates, key=lambda rate: np.median(scores[rate]))
    trained[name] = runs[best]
    errors[name] = [error_by_age(network, test_x, test_y) for network in runs[best]]
    print(f"{name}: {runs[best][0].parameter_count} weights, learning rate {best}")
labels = {"x": "steps since the writing", "y": "mean squared error"}
figure = buttons.by_age(errors, baseline=("always 0", 1 / 3), **labels)
lesson.figure(figure, "by_age")

# %%
late = {name: [curve[10:].mean() for curve in curves] for name, curves in errors.items()}
lesson.result("late_simple", late["SimpleRNN"], baseline=1 / 3)
lesson.result("late_lstm", late["LSTM"], baseline=1 / 3)
lesson.result("late_gru", late["GRU"], baseline=1 / 3)
wins = sum(s > max(gated) for s, *gated in zip(*late.values()))
print(f"both gated cells beat the simple one in {wins} of {len(lesson.seeds)} seeds: suggestive")

# %%
busy = test_x[:, :60, 1].sum(axis=1).argmax()  # the sequence with the most writings
some, wanted = test_x[busy : busy + 1, :60], test_y[busy, :60, 0]
answers = {
    "simple network": trained["SimpleRNN"][0].forward(some).outputs[0, :, 0],
    "GRU": trained["GRU"][0].forward(some).outputs[0, :, 0],
}
labels = {"x": "time step", "y": "value"}
figure = buttons.said({"wanted": wanted}, answers, some[0, :, 1] > 0, **labels)
lesson.figure(figure, "said")

# %% [markdown] lang="en"
# To hold a number *and* let itself be written over is too much for the simple network: in the middle of its three seeds it ends no better than always 0, and even its best seed stays behind the worst of the gated ones. The gates cross the cliff. And they found the buttons by themselves. Here is the unit of the trained LSTM whose forget gate answers "write" most.
# %% [markdown] lang="zh"
# 既要存住一个数，又要随时让人改写，简单循环网络顾不过来：三个种子的中位数并不比总答 0 强，最好的一个种子也不如带门单元里最差的。门越过了悬崖，而且按钮是它们自己找到的。下面是训练好的 LSTM 里，遗忘门对“写入”反应最大的那个单元。
# %%
trace = trained["LSTM"][0].cell.forward(some)
pressed = some[:, :, 1] > 0
f_pressed, f_else = (trace.forget_gates[p].mean(axis=0) for p in (pressed, ~pressed))
unit = np.argmax(f_else - f_pressed)
figure = buttons.scenes(
    {"learned, not set": trace}, ["write"], x="time step", y="value", lights=lights, unit=unit
)
lesson.figure(figure, "learned")
print(f"its forget gate: {f_pressed[unit]:.2f} while pressed, {f_else[unit]:.2f} else")

# %% [markdown] lang="en"
# One honest word. The echo of lesson 1 asks for something else: *ten bits at once*, in a queue. There gates help little, and a simple network with enough room and small steps does as well; the appendix has the numbers. Gates are made for keeping what matters while everything else comes by.
#
# **Take home:** *a gate is a number from 0 to 1 that multiplies. What lies on the belt, and the gradient along it, lasts as long as the forget gate stays open.*
#
# The lab lets you write the step and set gates yourself, the autopsy takes the articles' formulas at their word, the appendix has the gradient by hand and the second task.
# %% [markdown] lang="zh"
# 实话实说：第 1 课的回声要的是另一种本事，即排着队**同时存十个比特**。那里门帮不上多少忙，简单循环网络只要单元够多、步子够小，一样做得到，数字见附录。门的用处，是在别的东西不断涌来时，存住要紧的那个。
#
# **记住一句话：** *门是 0 到 1 之间的数，用来相乘；传送带上的东西，连同沿着它往回走的梯度，遗忘门开多久，就能留多久。*
#
# 练习里你可以自己写出这一步，亲手设定各个门；剖析里照着文章的公式一条条算给你看；附录里有手推的梯度和另一个任务。
