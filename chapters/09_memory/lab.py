# %% [markdown] lang="en"
# # 9. Which network for which memory: the lab
#
# Six exercises, from one line to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 9. 哪种记忆用哪种网络：练习
#
# 六道练习，从填一行到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from functools import cache

from rnn_tf.course import begin

lesson = begin("09_memory", part="lab")

import numpy as np

from rnn_tf import reference
from rnn_tf.backend import keras
from rnn_tf.claims.learning import accuracy, fresh, learn
from rnn_tf.course.checks import memory as check
from rnn_tf.course.figures import influence as figures
from rnn_tf.layers import MinGRU

# %% [markdown] lang="en"
# ## Exercise 1. Two steps in one
#
# A step of a linear recurrence is $h \leftarrow a\,h + b$; in a minGRU $b = (1 - a)\,g$. It is written as a pair $(a, b)$. Do the step `first`, then the step `second`: together they are again *one* step of the same kind. Return its pair.
#
# That is why a minGRU need not wait for one step before it begins the next. Pairs of steps are joined, then pairs of pairs: a thousand steps take ten rounds. A GRU cannot do that. Why? (Which of its gates is known before the state is?)
#
# <details><summary>Hint 1</summary>
#
# Write it out: $h' = a_1 h + b_1$, then $h'' = a_2 h' + b_2$. Put the first into the second and sort by $h$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# What the first step has added goes through the second one, too: it is multiplied by $a_2$.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 两步并作一步
#
# 线性循环的一步是 $h \leftarrow a\,h + b$；在 minGRU 里 $b = (1 - a)\,g$。我们把一步记作一对数 $(a, b)$。先走 `first`，再走 `second`：合起来仍是同一种形式的**一步**。请返回这一步的那对数。
#
# 所以 minGRU 不必等上一步走完才走下一步：先两步两步地合并，再把合并好的两两合并，一千步只要十轮。GRU 做不到，为什么？（想一想：还不知道状态时，它的哪个门能先算出来？）
#
# <details><summary>提示 1</summary>
#
# 写开来：$h' = a_1 h + b_1$，然后 $h'' = a_2 h' + b_2$。把前一式代入后一式，按 $h$ 整理。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 第一步加进去的东西，也要经过第二步：它也被乘上 $a_2$。
#
# </details>
# %% kind="starter"


def combine(first, second):
    return ...


# %% kind="solution"


def combine(first, second):
    return second[0] * first[0], second[0] * first[1] + second[1]


# %%
check.combine(combine)

# %% [markdown] lang="en"
# ## Exercise 2. Gates by hand
#
# One unit, $h \leftarrow a\,h + (1 - a)\,g$, from $h = 0$. You are its training: choose $(a, g)$ for a bit 0 and for a bit 1. No $a$ may be larger than 1, and none less than −1.
#
# - `ever`: $h$ is 1 as soon as there has been a one, and stays 1.
# - `parity`: $h$ is 1 after an odd number of ones, else 0.
# - `counter`: $h$ is the number of ones so far, for a hundred bits, with an error of less than one half.
# - `modulo_three`: $h$ shows how many ones there were *modulo 3*: three different values, which come round again and again. Here $a$ may be a complex number, $|a| \le 1$.
#
# Before you begin: which of the four can a gate between 0 and 1 do, which needs a negative one, and which can no real number do?
#
# <details><summary>Hint 1</summary>
#
# $a = 1$ keeps, $a = 0$ replaces by $g$, $a = -1$ is a mirror: it throws $h$ over to the other side of $g$ ($h \leftarrow 2g - h$). Where must the mirror stand, so that 0 becomes 1 and 1 becomes 0?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The counter: $(1 - a)\,g$ should be 1, and yet $a$ should hardly forget. Modulo three: a mirror comes back after two steps; what comes back after three? `np.exp(1j * angle)` turns a number by an angle in radians. It turns $h$ about $g$, so $g$ must not be where $h$ starts.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 亲手设门
#
# 只有一个单元，$h \leftarrow a\,h + (1 - a)\,g$，从 $h = 0$ 开始。由你来当训练：比特是 0 时和是 1 时，$(a, g)$ 各取什么？$a$ 不得大于 1，也不得小于 −1。
#
# - `ever`：一旦出现过 1，$h$ 就等于 1，并且一直是 1。
# - `parity`：1 的个数为奇数时 $h$ 等于 1，否则等于 0。
# - `counter`：$h$ 等于到目前为止 1 的个数；一百个比特之内，误差小于二分之一。
# - `modulo_three`：$h$ 显示 1 的个数**除以 3 的余数**：三个不同的值，周而复始。这里 $a$ 可以是复数，$|a| \le 1$。
#
# 动手之前先想：四件事里，哪些用 0 到 1 之间的门就能做到？哪件需要负的门？哪件用任何实数都做不到？
#
# <details><summary>提示 1</summary>
#
# $a = 1$ 保留，$a = 0$ 换成 $g$，$a = -1$ 是一面镜子：把 $h$ 翻到 $g$ 的另一侧（$h \leftarrow 2g - h$）。镜子立在哪里，0 才会变成 1，1 才会变成 0？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 计数器：$(1 - a)\,g$ 要等于 1，而 $a$ 又要几乎不遗忘。除以 3 的余数：照两次镜子就回到原处；什么东西走三步才回到原处？`np.exp(1j * angle)` 把一个数转过一个角（弧度）。它让 $h$ 绕着 $g$ 转，所以 $g$ 不能正好是 $h$ 的起点。
#
# </details>
# %% kind="starter"
ever = {0: (..., ...), 1: (..., ...)}
parity = {0: (..., ...), 1: (..., ...)}
counter = {0: (..., ...), 1: (..., ...)}
modulo_three = {0: (..., ...), 1: (..., ...)}

# %% kind="solution"
ever = {0: (1, 0), 1: (0, 1)}
parity = {0: (1, 0), 1: (-1, 0.5)}
counter = {0: (1, 0), 1: (0.9999, 10_000)}
modulo_three = {0: (1, 0), 1: (np.exp(2j * np.pi / 3), 1)}

# %%
check.ever(ever)
check.parity(parity)
check.counter(counter)
check.modulo_three(modulo_three)

# %% [markdown] lang="en"
# ## Exercise 3. As many weights
#
# Networks are compared at equal numbers of weights. How many units may a layer have within a `budget`? `kind` is `"simple"`, `"lstm"`, `"gru"` (Keras's default, with two biases) or `"min_gru"`. Return the largest number of units whose layer has no more than `budget` weights.
#
# <details><summary>Hint 1</summary>
#
# Count one block first: a matrix (features, units), a matrix (units, units), a bias. How many blocks has each layer? Which one has no matrix (units, units)?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Write a function that gives the weights for a number of units, and count the units up until it is too much. The GRU's three blocks have *two* biases each.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 参数量相同
#
# 比较网络，要在参数量相同时比。预算为 `budget`，一层最多能有几个单元？`kind` 是 `"simple"`、`"lstm"`、`"gru"`（Keras 默认，有两个偏置）或 `"min_gru"`。请返回参数量不超过 `budget` 的最大单元数。
#
# <details><summary>提示 1</summary>
#
# 先数一块：一个 (特征, 单元) 的矩阵、一个 (单元, 单元) 的矩阵、一个偏置。每种层各有几块？哪一种没有 (单元, 单元) 的矩阵？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 写一个函数，由单元数算出参数量，再把单元数一个个加上去，直到超出为止。GRU 有三块，每块有**两个**偏置。
#
# </details>
# %% kind="starter"


def units_for(kind, features, budget):
    raise NotImplementedError


# %% kind="solution"


def units_for(kind, features, budget):
    def weights(units):
        block = units * (features + units + 1)
        return {
            "simple": block,
            "lstm": 4 * block,
            "gru": 3 * (block + units),
            "min_gru": 2 * units * (features + 1),
        }[kind]

    units = 0
    while weights(units + 1) <= budget:
        units += 1
    return units


# %%
check.units_for(units_for)

# %% [markdown] lang="en"
# ## Exercise 4. How many layers see that far?
#
# Causal convolutions on top of each other, with `kernel_size` weights along time: the first one looks at neighbouring steps, the second one at every second step (dilation 2), then 4, 8, 16 … How many layers does it take so that the last output sees the input of `lag` steps ago? As few as possible.
#
# <details><summary>Hint 1</summary>
#
# A layer of dilation $d$ reaches $(k - 1)\,d$ steps further back than the layers before it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Add it up: the reach is $(k-1)(1 + 2 + 4 + \dots)$. The step of now has lag 0, so reach and lag are the same thing.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 多少层才看得到那么远？
#
# 因果卷积一层叠一层，每层沿时间有 `kernel_size` 个权重：第一层看相邻的时间步，第二层隔一步看一个（空洞率 2），然后是 4、8、16……这就是空洞卷积。要让最后一步的输出看得到 `lag` 步之前的输入，最少要几层？
#
# <details><summary>提示 1</summary>
#
# 空洞率为 $d$ 的一层，比它前面各层再往回多看 $(k - 1)\,d$ 步。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 加起来：能回溯 $(k-1)(1 + 2 + 4 + \dots)$ 步。当前这一步算 0 步之前，所以这个数正好就是能看到的最大 `lag`。
#
# </details>
# %% kind="starter"


def layers_for(lag, kernel_size):
    raise NotImplementedError


# %% kind="solution"


def layers_for(lag, kernel_size):
    layers, reach = 0, 0
    while reach < lag:
        reach += (kernel_size - 1) * 2**layers
        layers += 1
    return layers


# %%
check.layers_for(layers_for)

# %% [markdown] lang="en"
# ## Exercise 5. Who sees what?
#
# Never trust a name, try it. `network` is a function from inputs (1, steps, 1) to outputs (1, steps, 1). Change the input at *one* step by `by`, and look at which outputs move, and how far. Do that for each step. Return a matrix (steps, steps): in row $t$ and column $s$ the size of the change of output $t$ when input $s$ was changed.
#
# <details><summary>Hint 1</summary>
#
# Run the network once on the inputs as they are. Then once for each step $s$, on a *copy* with one number changed. What differs is column $s$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `changed = inputs.copy()`, `changed[0, s, 0] += by`. The *size* of a change has no sign.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 谁看得见什么？
#
# 别信名字，试了再说。`network` 是一个函数，输入 (1, 步数, 1)，输出 (1, 步数, 1)。把**某一步**的输入改变 `by`，看哪些步的输出动了，动了多少；每一步都这样试一遍。请返回一个 (步数, 步数) 的矩阵：第 $t$ 行第 $s$ 列，是改动第 $s$ 步的输入之后，第 $t$ 步的输出变化的大小。
#
# <details><summary>提示 1</summary>
#
# 先用原来的输入跑一次。再对每一步 $s$，在**副本**上只改一个数，各跑一次。两次输出之差就是第 $s$ 列。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `changed = inputs.copy()`，`changed[0, s, 0] += by`。变化的**大小**没有正负号。
#
# </details>
# %% kind="starter"


def influence(network, inputs, by=1.0):
    raise NotImplementedError


# %% kind="solution"


def influence(network, inputs, by=1.0):
    before = network(inputs)
    columns = []
    for s in range(inputs.shape[1]):
        changed = inputs.copy()
        changed[0, s, 0] += by
        columns.append(np.abs(network(changed) - before)[0, :, 0])
    return np.stack(columns, axis=1)


# %%
if check.influence(influence):
    keras.utils.set_random_seed(0)
    layers = keras.layers
    steps = keras.Input((16, 1))
    causal = {"filters": 8, "padding": "causal", "activation": "tanh"}
    stacked = steps
    for dilation in (1, 2, 4):
        stacked = layers.Conv1D(kernel_size=2, dilation_rate=dilation, **causal)(stacked)
    wide = layers.Dense(8)(steps)
    networks = {
        "window of 5": layers.Conv1D(kernel_size=5, **causal)(steps),
        "dilated convolutions": stacked,
        "causal attention": layers.MultiHeadAttention(2, 4)(wide, wide, use_causal_mask=True),
        "GRU": layers.GRU(8, return_sequences=True)(steps),
        "bidirectional GRU": layers.Bidirectional(layers.GRU(8, return_sequences=True))(steps),
        "minGRU": MinGRU(8, return_sequences=True)(steps),
    }
    inputs = np.random.default_rng(0).normal(size=(1, 16, 1))
    maps = {}
    for name, states in networks.items():
        model = keras.Model(steps, layers.Dense(1)(states))
        maps[name] = influence(lambda x, model=model: np.array(model(x)), inputs)
    words = {"x": "step of the input", "y": "step of the output", "unit": "change of the output"}
    lesson.figure(figures.maps(maps, **words), "influence")

# %% [markdown] lang="en"
# Nothing is trained here. White is *exactly* nothing: no training will ever let the network see there. Read off the three families. A window and a convolution have an edge: what lies inside is their receptive field. A recurrent network has none, but it fades; training can change that, since a way is there. Attention sees each step directly, however far back. And one network looks to the right of the diagonal: into the future.
# %% [markdown] lang="zh"
# 这些网络都没有训练过。白色表示**分毫不动**：不管怎么训练，网络都看不到那里。由此可以看出三大家族：窗口和卷积有一条边界，边界以内就是它的感受野；循环网络没有边界，只是越远越淡，但路是通的，训练可以让它变浓；注意力直接看到每一步，不论多远。还有一个网络看到了对角线的右边：那是未来。

# %% [markdown] lang="en"
# ## Exercise 6. Which network? (open)
#
# Four tasks, with an answer at every step. Trained on 12 steps, tried on 48.
#
# - `changed`: is this bit another one than that of two steps ago?
# - `latch`: bits, and now and then a button; say the bit at which the button was last pressed.
# - `parity`: has the number of ones so far been odd?
# - `coin`: what will the *next* bit be? (The bits are tosses of a fair coin.)
#
# And five networks: `"window"` (a dense layer on the last five steps), `"min_gru"`, `"signed"` (a minGRU whose gate goes through tanh), `"simple"`, `"gru"`.
#
# For each task choose the network with the fewest weights that reaches an accuracy of 0.9, or `None` if none does. **Choose first**, from what has to be remembered. Then you may try: `score(network, task, seed)` trains for half a second. The check tries your choice on seeds of its own, and then the networks with fewer weights.
#
# <details><summary>Hint 1</summary>
#
# Ask of each task: how far back? Is it marked *when* something is to be kept? Must a state be flipped? And is there anything to be learnt at all?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# What lies in the last five bits needs no state. A latch keeps or replaces: gates from 0 to 1 do that. A parity flips. A fair coin has no memory.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 用哪个网络？（开放题）
#
# 四个任务，每一步都要回答。用 12 步训练，用 48 步检验。
#
# - `changed`：这个比特和两步之前的不一样吗？
# - `latch`：一串比特，偶尔按一下按钮；说出上次按下按钮时的那个比特。
# - `parity`：到目前为止，1 的个数是奇数吗？
# - `coin`：**下一个**比特会是什么？（每个比特都是公平地抛一次硬币。）
#
# 五种网络：`"window"`（作用在最近五步上的全连接层）、`"min_gru"`、`"signed"`（门用 tanh 的 minGRU）、`"simple"`、`"gru"`。
#
# 请为每个任务选出准确率达到 0.9、参数又最少的网络；若没有一个达得到，就选 `None`。**先选**，根据要记住什么来选；然后可以试：`score(network, task, seed)` 训练半秒钟。检查会用自己的种子试你选的网络，再试参数更少的那些。
#
# <details><summary>提示 1</summary>
#
# 对每个任务问一问：要回溯多远？**什么时候**该记，有没有标出来？状态要不要翻转？还有，到底有没有东西可学？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 最近五个比特里就有的，不需要状态。按钮任务不是保留就是替换：0 到 1 的门就够。奇偶要翻转。公平的硬币没有记忆。
#
# </details>
# %%


def draw(task, num_steps, count, seed):
    """Inputs (count, num_steps, features) and a yes or no for each step."""
    random = np.random.default_rng(seed)
    bits = random.integers(0, 2, size=(count, num_steps + 1, 1)).astype(float)
    coming, bits = bits[:, 1:], bits[:, :-1]
    if task == "coin":
        return bits, coming
    if task == "parity":
        return bits, np.cumsum(bits, axis=1) % 2
    if task == "changed":
        before = np.pad(bits, [(0, 0), (2, 0), (0, 0)])[:, :-2]
        return bits, np.abs(bits - before)
    pressed = random.random(bits.shape) < 0.1
    pressed[:, 0] = True
    steps = np.where(pressed, np.arange(num_steps)[None, :, None], 0)
    last_pressed = np.maximum.accumulate(steps, axis=1)
    return np.concatenate([bits, pressed], axis=2), np.take_along_axis(bits, last_pressed, axis=1)


# %%


def window(inputs):
    """Each step beside the four before it."""
    padded = np.pad(inputs, [(0, 0), (4, 0), (0, 0)])
    return np.concatenate([padded[:, k : k + inputs.shape[1]] for k in range(5)], axis=2)


def new(name, features, seed):
    """An untrained network, and the names of its weights that count."""
    cell = {
        "window": lambda: reference.SimpleRNN(5 * features, 8, seed=seed),
        "min_gru": lambda: reference.MinGRU(features, 16, seed=seed),
        "signed": lambda: reference.MinGRU(features, 16, seed=seed, gate="tanh"),
        "simple": lambda: reference.SimpleRNN(features, 12, seed=seed),
        "gru": lambda: reference.GRU(features, 8, seed=seed),
    }[name]()
    network = reference.Network(cell, 1, "sigmoid_cross_entropy", seed=seed)
    names = set(network.weights)
    if name == "window":  # nothing recurs: a dense layer on five steps
        network.weights["recurrent_kernel"][...] = 0.0
        names.remove("recurrent_kernel")
    return network, names


@cache
def score(name, task, seed):
    """Accuracy on 48 steps, after training on 12."""
    look = window if name == "window" else np.asarray

    def seen(count, seed, num_steps=12):
        inputs, targets = draw(task, num_steps, count, seed)
        return look(inputs), targets

    inputs, targets = seen(256, seed=90_000 + seed, num_steps=48)
    network, names = new(name, inputs.shape[2] // (5 if name == "window" else 1), seed)
    learn(network, fresh(seen), steps=300, learning_rate=0.03, names=names, seed=seed)
    return accuracy(network, inputs, targets, skip=2)


weights = {}
for name in ("window", "min_gru", "signed", "simple", "gru"):
    network, names = new(name, 1, seed=0)
    weights[name] = sum(network.weights[one].size for one in names)
print(weights)

# %% kind="starter"
choice = {"changed": ..., "latch": ..., "parity": ..., "coin": ...}

# %% kind="solution"
choice = {"changed": "window", "latch": "min_gru", "parity": "signed", "coin": None}

# %%
check.choice(choice, score, weights)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Run the steps of a minGRU as a tree: join neighbours with `combine` until one pair is left. In float64, how far is it from the loop after 1000 steps? And with $a = -1$?
# 2. A simple network of *two* units can do exercise 6's parity for ever, with weights set by hand. Find them. (The autopsy has one answer.)
# 3. `rnn_tf.datasets.copying.selective_copy` draws the lesson's selective copying. Give it a GRU, and then a network with no more weights that does better. Three seeds, and choose on validation data.
# 4. Give `influence` a trained network from exercise 6. What did training do to the fading?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 把 minGRU 的各步当成一棵树来算：用 `combine` 两两合并，直到只剩一对。用 float64，一千步之后与逐步循环差多少？$a = -1$ 时呢？
# 2. 只有**两个**单元的简单循环网络，亲手设好权重，就能永远做对练习 6 的奇偶。请找出这组权重。（剖析里有一个答案。）
# 3. `rnn_tf.datasets.copying.selective_copy` 产生正课里选择性复制的数据。先用 GRU 做，再找一个参数不多于它、却做得更好的网络。三个随机种子，用验证集来选。
# 4. 把练习 6 里训练好的网络交给 `influence`。训练让“越远越淡”变成了什么样？
