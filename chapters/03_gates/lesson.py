# %% [markdown] lang="en"
# # 3. Gates
#
# After this lesson you can
#
# * write the LSTM and the GRU from their equations, with their gradients,
# * set gates by hand so that a cell keeps, forgets or hides a number,
# * count the parameters as Keras, PyTorch and the articles do, and say why the counts differ,
# * tell the two conventions of the GRU apart before they spoil your comparison.
#
# Class mode takes about half a minute and 700 MB, full mode about a minute. Lesson 1 is needed.
#
# Articles 000, 003 and 004 print the equations. The forward ones are right, several names are not, and the gradient formula of article 000 is right for one weight matrix of four. Numbers like F-000-05 name formulas; the table at the end of the lesson lists them.
# %% [markdown] lang="zh"
# # 3. 门
#
# 学完这一课，你能够：
#
# * 按公式写出 LSTM 和 GRU，并写出它们的梯度；
# * 亲手设定门的开合，让一个单元记住、忘掉或藏起一个数；
# * 分别按 Keras、PyTorch 和文章的算法数参数量，并说出为什么不一样；
# * 分清 GRU 的两种约定，免得比较时张冠李戴。
#
# 课堂模式约半分钟、700 MB 内存；完整模式约一分钟。需要先学第 1 课。
#
# 文章 000、003、004 都列出了公式。前向公式是对的；有几个名称不对；文章 000 的梯度公式，四个权重矩阵里只对了一个。F-000-05 这样的编号指某一条公式，本课末尾有一张表把它们列出。
# %%
from rnn_tf.course import begin

lesson = begin("03_gates")

import numpy as np

from rnn_tf import ledger, reference
from rnn_tf.course import figures
from rnn_tf.backend import keras
from rnn_tf.datasets import toy
from rnn_tf.reference import sigmoid

# %% [markdown] lang="en"
# ## The idea in one figure
#
# A simple recurrent network rewrites its whole state at every step. An LSTM adds a second state, the *cell state* $c$, that is rewritten only as far as gates allow. A gate is a number from 0 to 1 that multiplies: 0 shuts, 1 lets pass.
#
# Here is an LSTM with a *single* unit whose weights we set by hand. Its inputs are a number and three buttons: "write", "erase", "show". Nothing is trained.
# %% [markdown] lang="zh"
# ## 一张图看懂
#
# 简单循环网络每一步都把整个状态重写一遍。LSTM 多了一个状态，即**单元状态** $c$，门放行多少才改多少。门是 0 到 1 之间的数，用来相乘：0 是关，1 是放行。
#
# 下面是一个**只有一个单元**的 LSTM，权重由我们亲手设定。它的输入是一个数和三个按钮：“写入”“擦除”“显示”。没有任何训练。
# %%
memory = reference.LSTM(features=4, units=1)
for array in memory.weights.values():
    array[...] = 0.0
VALUE, WRITE, ERASE, SHOW = range(4)  # rows of the kernel: what comes in
INPUT, FORGET, CANDIDATE, OUTPUT = range(4)  # columns: gate order of Keras
kernel, bias = memory.weights["kernel"], memory.weights["bias"]
kernel[WRITE, INPUT], bias[INPUT] = 20.0, -10.0  # open only while "write" is pressed
kernel[ERASE, FORGET], bias[FORGET] = -20.0, 10.0  # open (keeping!) unless "erase" is pressed
kernel[SHOW, OUTPUT], bias[OUTPUT] = 20.0, -10.0  # open only while "show" is pressed
kernel[VALUE, CANDIDATE] = 1.0  # what may be written: tanh(value)


def press(num_steps=16, **buttons):
    """One sequence: a wandering value, and buttons pressed at the given steps."""
    sequence = np.zeros((1, num_steps, 4))
    sequence[0, :, VALUE] = 1.2 * np.sin(np.arange(num_steps) * 1.9)
    for button, steps in buttons.items():
        sequence[0, list(steps), {"write": WRITE, "erase": ERASE, "show": SHOW}[button]] = 1.0
    return sequence


always = range(16)
scenes = {
    ("keep: write once, show always", "记住：写一次，一直显示"): press(write=[3], show=always),
    ("forget: erase at step 10", "忘掉：第 10 步擦除"): press(write=[3], erase=[10], show=always),
    ("hide: show only at step 13", "藏起：只在第 13 步显示"): press(write=[3], show=[13]),
}

# %%
figure, axes = figures.panels(3, width=3.1, height=3.2)
for axis, (title, sequence) in zip(axes, scenes.items(), strict=True):
    trace = memory.forward(sequence)
    steps = np.arange(sequence.shape[1])
    axis.plot(steps, sequence[0, :, VALUE], color="0.7", linestyle=":", label="$x$")
    axis.step(steps, trace.cell_states[0, :, 0], where="mid", label="$c$", color=figures.COLOURS[0])
    axis.step(
        steps,
        trace.hidden_states[0, :, 0],
        where="mid",
        label="$h$",
        color=figures.COLOURS[1],
        linestyle="--",
    )
    figures.label(
        axis, lesson.text("time step", "时间步"), lesson.text("value", "数值"), lesson.text(*title)
    )
    axis.title.set_fontsize(10)
    axis.set_ylim(-1.4, 1.9)
axes[0].legend(ncols=3, loc="upper center")
lesson.figure(
    figure,
    "keep_forget_hide",
    en="three runs of one hand-set unit: the value written at step 3 stays in the cell state c to the "
    "end; in the second run it drops to zero at step 10; in the third the hidden state h is zero "
    "but at step 13, while c holds the value all along",
    zh="同一个手工设定的单元运行三次：第 3 步写入的数一直留在单元状态 c 里；第二次在第 10 步被擦成零；"
    "第三次隐藏状态 h 只在第 13 步露面，而 c 始终存着那个数",
)

# %% [markdown] lang="en"
# Let us put numbers to it. Three things that a simple recurrent unit cannot do at once: hold a number over many steps, drop it on command, and hold it without showing it.
# %% [markdown] lang="zh"
# 用数字说话。有三件事，简单循环单元没法同时做到：把一个数保持许多步；一声令下就丢掉；存着却不显示。
# %%
keep, forget, hide = (memory.forward(sequence) for sequence in scenes.values())
written = np.tanh(scenes[next(iter(scenes))][0, 3, VALUE])
lesson.table(
    [lesson.text("what", "内容"), "c", "h"],
    [
        [lesson.text(name_en, name_zh), trace.cell_states[0, t, 0], trace.hidden_states[0, t, 0]]
        for name_en, name_zh, trace, t in (
            ("just written (step 3)", "刚写入（第 3 步）", keep, 3),
            ("kept (step 15)", "保持（第 15 步）", keep, 15),
            ("forgotten (step 10)", "已忘（第 10 步）", forget, 10),
            ("hidden (step 12)", "藏着（第 12 步）", hide, 12),
            ("shown (step 13)", "显示（第 13 步）", hide, 13),
        )
    ],
)
assert abs(keep.cell_states[0, 15, 0] - written) < 2e-3 * abs(written) + 1e-3
assert abs(forget.cell_states[0, 10, 0]) < 1e-3
assert abs(hide.hidden_states[0, 12, 0]) < 1e-3 < abs(hide.hidden_states[0, 13, 0])

# %% [markdown] lang="en"
# ## LSTM: the equations
#
# The articles join the old state and the input to one row $[h_{t-1}; x_t]$. So do we here, with row vectors:
#
# $$i = \sigma([h_{t-1}; x_t] W_i + b_i), \quad f = \sigma([h_{t-1}; x_t] W_f + b_f), \quad o = \sigma([h_{t-1}; x_t] W_o + b_o),$$
# $$\tilde c = \tanh([h_{t-1}; x_t] W_c + b_c), \qquad c_t = f \circ c_{t-1} + i \circ \tilde c, \qquad h_t = o \circ \tanh(c_t).$$
#
# Each $W$ is (units + features, units). The gates and the candidate belong to step $t$; we leave out their index. $\circ$ multiplies element by element. Article 004 writes one dot for this and for the matrix product (F-004-02).
#
# | symbol | name | what articles call it |
# |---|---|---|
# | $i$ | input gate | input gate |
# | $f$ | forget gate | forget gate |
# | $o$ | output gate | 004: "update gate" (F-004-03) |
# | $\tilde c$, also $g$ | candidate **cell** state; not a gate | 003: candidate *hidden* state (F-003-07); 004: "input gate" (F-004-03) |
# | $c_t$ | cell state | 004: "hidden state", the same word as for $h_t$ (F-004-03) |
# | $h_t$ | hidden state | hidden state |
# %% [markdown] lang="zh"
# ## LSTM 的公式
#
# 文章把旧状态和输入拼成一行 $[h_{t-1}; x_t]$，这里也照办，并用行向量：
#
# $$i = \sigma([h_{t-1}; x_t] W_i + b_i), \quad f = \sigma([h_{t-1}; x_t] W_f + b_f), \quad o = \sigma([h_{t-1}; x_t] W_o + b_o),$$
# $$\tilde c = \tanh([h_{t-1}; x_t] W_c + b_c), \qquad c_t = f \circ c_{t-1} + i \circ \tilde c, \qquad h_t = o \circ \tanh(c_t).$$
#
# 每个 $W$ 的形状都是 (单元 + 特征, 单元)。各个门和候选都属于第 $t$ 步，下标从略。$\circ$ 是逐元素乘积。文章 004 用同一个点号既表示它，又表示矩阵乘积（F-004-02）。
#
# | 符号 | 名称 | 文章里的叫法 |
# |---|---|---|
# | $i$ | 输入门 | 输入门 |
# | $f$ | 遗忘门 | 遗忘门 |
# | $o$ | 输出门 | 004：“更新门”（F-004-03） |
# | $\tilde c$，也写作 $g$ | 候选**单元**状态；它不是门 | 003：候选**隐藏**状态（F-003-07）；004：“输入门”（F-004-03） |
# | $c_t$ | 单元状态 | 004：“隐藏状态”，与 $h_t$ 同名（F-004-03） |
# | $h_t$ | 隐藏状态 | 隐藏状态 |
# %%
batch_size, num_steps, features, units = 3, 6, 5, 7
random = np.random.default_rng(0)
inputs = random.normal(size=(batch_size, num_steps, features))
pull = random.normal(size=(batch_size, num_steps, units))  # the loss will be Σ pull ∘ h
weights = {f"W_{g}": random.normal(scale=0.4, size=(units + features, units)) for g in "ifco"}
biases = {f"b_{g}": random.normal(scale=0.4, size=units) for g in "ifco"}


def lstm_forward(w, b, inputs):
    """A list with everything each step used and made."""
    h = c = np.zeros((len(inputs), units))
    steps = []
    for t in range(inputs.shape[1]):
        joined = np.hstack([h, inputs[:, t]])  # [h_{t-1}; x_t]
        i, f, o = (sigmoid(joined @ w[f"W_{g}"] + b[f"b_{g}"]) for g in "ifo")
        candidate = np.tanh(joined @ w["W_c"] + b["b_c"])
        c_before, c = c, f * c + i * candidate
        h = o * np.tanh(c)
        steps.append((joined, i, f, candidate, o, c_before, c, h))
    return steps


steps = lstm_forward(weights, biases, inputs)
hidden = np.stack([step[-1] for step in steps], axis=1)
print("[h; x]", steps[0][0].shape, " W_i", weights["W_i"].shape, " hidden", hidden.shape)

# %% [markdown] lang="en"
# Keras splits each $W$ in two: the rows for $h$ go to the recurrent kernel, the rows for $x$ to the kernel. In both, the four blocks stand side by side in the order $i, f, \tilde c, o$. Sorting our numbers into them gives the same function.
# %% [markdown] lang="zh"
# Keras 把每个 $W$ 拆成两半：对应 $h$ 的行放进循环权重矩阵，对应 $x$ 的行放进输入权重矩阵；两个矩阵里都是四块并排，次序为 $i, f, \tilde c, o$。把我们的数照此摆进去，得到的就是同一个函数。
# %%
lstm = reference.LSTM(features, units)
side_by_side = np.hstack([weights[f"W_{g}"] for g in "ifco"])
lstm.weights["recurrent_kernel"][...] = side_by_side[:units]
lstm.weights["kernel"][...] = side_by_side[units:]
lstm.weights["bias"][...] = np.hstack([biases[f"b_{g}"] for g in "ifco"])
assert np.allclose(lstm.forward(inputs).hidden_states, hidden, rtol=0, atol=1e-13)


def keras_twin(cell, **options):
    """A Keras layer of the same kind and size with the cell's weights."""
    layer = getattr(keras.layers, type(cell).__name__)(cell.units, return_sequences=True, **options)
    layer.build((None, None, cell.features))
    return cell.to_keras(layer)


def difference(layer, states):
    return np.abs(layer(inputs.astype("float32")).numpy() - states).max()


lesson.result(
    "lstm_keras_equality",
    difference(keras_twin(lstm), hidden),
    title=("LSTM, largest difference to Keras (float32)", "LSTM 与 Keras（float32）的最大差"),
    at_most=1e-6,
)

# %% [markdown] lang="en"
# ## LSTM: the gradient
#
# Two totals walk backwards, one for each state: $\delta_t = \partial L/\partial h_t$ and $\varepsilon_t = \partial L/\partial c_t$. As in lesson 1, $\delta_t$ is what comes from this step's own output plus what comes back from step $t+1$; after the last step $\varepsilon_{T+1} = 0$.
#
# $$\varepsilon_t = \delta_t \circ o_t \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}$$
#
# $$\alpha_i = \varepsilon \circ \tilde c \circ i(1-i), \quad \alpha_f = \varepsilon \circ c_{t-1} \circ f(1-f), \quad \alpha_c = \varepsilon \circ i \circ (1-\tilde c^2), \quad \alpha_o = \delta \circ \tanh c_t \circ o(1-o)$$
#
# $$\frac{\partial L}{\partial W_g} = \sum_t [h_{t-1}; x_t]^\top \alpha_g, \qquad \text{and to the step before: the } h \text{ part of } \sum_g \alpha_g W_g^\top .$$
#
# The last term of $\varepsilon_t$ is the reason why LSTMs exist: along this path the cell state's gradient is only multiplied by $f$, with no matrix in between.
#
# Article 000 knows one total only, $\partial L/\partial h_t$, and multiplies it by $\partial h_t/\partial W$ (F-000-05). With $\partial h_t/\partial W$ taken at the one step, that leaves out what goes from $c_t$ to $c_{t+1}$ *without passing through* $h_t$. We compute it both ways.
# %% [markdown] lang="zh"
# ## LSTM 的梯度
#
# 往回走的总梯度有两个，每个状态一个：$\delta_t = \partial L/\partial h_t$ 和 $\varepsilon_t = \partial L/\partial c_t$。和第 1 课一样，$\delta_t$ 等于本步输出传来的，加上第 $t+1$ 步传回来的；最后一步之后 $\varepsilon_{T+1} = 0$。
#
# $$\varepsilon_t = \delta_t \circ o_t \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}$$
#
# $$\alpha_i = \varepsilon \circ \tilde c \circ i(1-i), \quad \alpha_f = \varepsilon \circ c_{t-1} \circ f(1-f), \quad \alpha_c = \varepsilon \circ i \circ (1-\tilde c^2), \quad \alpha_o = \delta \circ \tanh c_t \circ o(1-o)$$
#
# $$\frac{\partial L}{\partial W_g} = \sum_t [h_{t-1}; x_t]^\top \alpha_g, \qquad \text{传给上一步的是 } \sum_g \alpha_g W_g^\top \text{ 中 } h \text{ 的那部分。}$$
#
# LSTM 的意义全在 $\varepsilon_t$ 的最后一项：沿这条路，单元状态的梯度往回走时只乘以 $f$，中间没有矩阵。
#
# 文章 000 只有一个总梯度 $\partial L/\partial h_t$，用它乘以 $\partial h_t/\partial W$（F-000-05）。$\partial h_t/\partial W$ 若只取当步，从 $c_t$ 到 $c_{t+1}$、**不经过** $h_t$ 的那条路就漏掉了。下面两种算法都算一遍。
# %%


def lstm_backward(w, steps, pull, cell_path=True):
    """Gradients of Σ pull ∘ h. ``cell_path=False``: the weights' gradients as article 000 has them."""
    g = {name: np.zeros_like(array) for name, array in w.items()}
    delta_later = epsilon_later = np.zeros_like(pull[:, 0])
    for t in reversed(range(len(steps))):
        joined, i, f, candidate, o, c_before, c, _ = steps[t]
        delta = pull[:, t] + delta_later
        through_h = delta * o * (1 - np.tanh(c) ** 2)
        epsilon = through_h + epsilon_later
        used = epsilon if cell_path else through_h

        def alphas(e, i=i, f=f, candidate=candidate, o=o, c_before=c_before, c=c, delta=delta):
            return {
                "W_i": e * candidate * i * (1 - i),
                "W_f": e * c_before * f * (1 - f),
                "W_c": e * i * (1 - candidate**2),
                "W_o": delta * np.tanh(c) * o * (1 - o),
            }

        for name, alpha in alphas(used).items():
            g[name] += joined.T @ alpha
        # What goes to the step before is right in both cases: δ is the true total.
        delta_later = sum(a @ w[name].T for name, a in alphas(epsilon).items())[:, :units]
        epsilon_later = epsilon * f
    return g


def lstm_loss_and_gradients(cell_path=True):
    steps = lstm_forward(weights, biases, inputs)
    loss = sum(np.sum(pull[:, t] * step[-1]) for t, step in enumerate(steps))
    return loss, lstm_backward(weights, steps, pull, cell_path)


article = reference.gradient_check(lambda: lstm_loss_and_gradients(False), weights, show=False)
ours = reference.gradient_check(lstm_loss_and_gradients, weights, show=False)
lesson.table(
    [
        lesson.text("weights of", "权重"),
        lesson.text("relative error, article 000", "相对误差，文章 000"),
        lesson.text("relative error, full form", "相对误差，完整形式"),
    ],
    [
        [
            f"{row.name} {lesson.text(*name)}",
            f"{row.relative_error:.1e}",
            f"{ours[row.name].relative_error:.1e}",
        ]
        for row, name in zip(
            article,
            (
                ("input gate", "输入门"),
                ("forget gate", "遗忘门"),
                ("candidate", "候选"),
                ("output gate", "输出门"),
            ),
            strict=True,
        )
    ],
)
lesson.result(
    "article_gate_gradients",
    min(article[name].relative_error for name in ("W_i", "W_f", "W_c")),
    title=(
        "article 000's formula for input, forget, candidate: smallest relative error",
        "文章 000 的公式（输入门、遗忘门、候选）：最小的相对误差",
    ),
    at_least=0.1,
)
assert article["W_o"].relative_error < 1e-7

# %% [markdown] lang="en"
# Only the output gate's is right, since $o$ acts on $h_t$ alone and not on $c_t$. (Article 000 also calls $\partial h/\partial W$ a gradient "of the gates with respect to the state"; it is that of the state with respect to the weights, F-000-06.)
#
# The library does the same with its two matrices, for biases, inputs and both initial states too. Every tensor is checked.
# %% [markdown] lang="zh"
# 只有输出门的梯度是对的，因为 $o$ 只影响 $h_t$，不影响 $c_t$。（文章 000 还把 $\partial h/\partial W$ 说成“门对状态的梯度”；其实是状态对权重的梯度，F-000-06。）
#
# 程序库对它的两个矩阵做同样的事，偏置、输入和两个初始状态也都算，每个张量都检验。
# %%


def show_check(report):
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


def check_cell(cell, seed=1):
    """Gradient check of a cell with random weights, over inputs and initial states too."""
    random = np.random.default_rng(seed)
    for array in cell.weights.values():
        array[...] = random.normal(scale=0.5, size=array.shape)
    x = random.normal(size=(2, 5, cell.features))
    pull = random.normal(size=(2, 5, cell.units))
    starts = {name: random.normal(size=(2, cell.units)) for name in cell.state_names}
    state = tuple(starts.values()) if len(starts) == 2 else starts["initial_state"]

    def loss_and_gradients():
        trace = cell.forward(x, state)
        return np.sum(pull * trace.hidden_states), cell.backward(trace, pull)

    return reference.gradient_check(
        loss_and_gradients, {**cell.weights, "inputs": x, **starts}, show=False
    )


report = check_cell(reference.LSTM(3, 4))
show_check(report)
lesson.result(
    "lstm_gradient_check",
    report.largest,
    title=("LSTM, largest relative error of all gradients", "LSTM 各梯度的最大相对误差"),
    at_most=1e-7,
)

# %% [markdown] lang="en"
# ### What the forget gate does to the gradient
#
# With all other weights zero, $\partial c_T/\partial c_t = \prod f$. The forget bias sets it: at 0 the gate starts at one half and next to nothing is left after 60 steps; Keras starts at 1, and even that is no long memory; at 5 most of the gradient survives. So a bias that fits the task is part of the model.
# %% [markdown] lang="zh"
# ### 遗忘门对梯度的影响
#
# 其他权重都为零时，$\partial c_T/\partial c_t = \prod f$，由遗忘门的偏置决定：取 0 时门从一半开始，60 步后几乎什么都不剩；Keras 从 1 开始，也算不上长记忆；取 5 时大部分梯度还在。所以偏置要按任务来选，它也是模型的一部分。
# %%
distances = np.arange(1, 61)
figure, (axis,) = figures.panels()
for forget_bias in (0.0, 1.0, 5.0):
    idle = reference.LSTM(1, 1)
    for array in idle.weights.values():
        array[...] = 0.0
    idle.weights["bias"][FORGET] = forget_bias
    reach = []
    for distance in distances:
        trace = idle.forward(np.zeros((1, int(distance), 1)))
        one = (np.zeros((1, 1)), np.ones((1, 1)))
        reach.append(idle.backward(trace, d_final_state=one)["initial_cell_state"].item())
    assert np.allclose(reach, sigmoid(forget_bias) ** distances, rtol=1e-12)
    axis.plot(
        distances,
        reach,
        label=lesson.text(f"forget bias {forget_bias:g}", f"遗忘门偏置 {forget_bias:g}"),
    )
axis.set_yscale("log")
figures.label(axis, lesson.text("steps back", "往回的步数"), r"$\partial c_T / \partial c_t$")
axis.legend()
lesson.figure(
    figure,
    "forget_bias",
    en="gradient of the cell state against the number of steps on a log scale: straight lines, "
    "steep for forget bias 0, less so for 1, almost flat for 5",
    zh="单元状态的梯度随步数的变化（对数坐标）：都是直线，偏置 0 时很陡，1 时较缓，5 时几乎水平",
)

# %% [markdown] lang="en"
# ## GRU: two gates, one state, and two conventions twice
#
# $$z = \sigma(x_t W_z + h_{t-1} U_z + b_z), \qquad r = \sigma(x_t W_r + h_{t-1} U_r + b_r)$$
#
# From here on the sources part (F-004-04):
#
# | | candidate $\tilde h$ | new state $h_t$ |
# |---|---|---|
# | article 004 (as Chung et al.) | $\tanh(x_t W_h + (r \circ h_{t-1}) U_h + b_h)$ | $(1-z) \circ h_{t-1} + z \circ \tilde h$ |
# | Cho et al. | the same | $z \circ h_{t-1} + (1-z) \circ \tilde h$ |
# | Keras by default, cuDNN, PyTorch | $\tanh(x_t W_h + b_h + r \circ (h_{t-1} U_h + b'_h))$ | $z \circ h_{t-1} + (1-z) \circ \tilde h$ |
#
# So $z = 1$ means "replace" in article 004 and "keep" in Keras. Both are good GRUs. But weights of one put into the other compute something else, without any error.
# %% [markdown] lang="zh"
# ## GRU：两个门、一个状态、两处各有两种约定
#
# $$z = \sigma(x_t W_z + h_{t-1} U_z + b_z), \qquad r = \sigma(x_t W_r + h_{t-1} U_r + b_r)$$
#
# 从这里开始，各家写法不同（F-004-04）：
#
# | | 候选 $\tilde h$ | 新状态 $h_t$ |
# |---|---|---|
# | 文章 004（同 Chung 等） | $\tanh(x_t W_h + (r \circ h_{t-1}) U_h + b_h)$ | $(1-z) \circ h_{t-1} + z \circ \tilde h$ |
# | Cho 等 | 同上 | $z \circ h_{t-1} + (1-z) \circ \tilde h$ |
# | Keras 默认、cuDNN、PyTorch | $\tanh(x_t W_h + b_h + r \circ (h_{t-1} U_h + b'_h))$ | $z \circ h_{t-1} + (1-z) \circ \tilde h$ |
#
# 所以 $z = 1$ 在文章 004 里是“换新”，在 Keras 里是“保留”。两种 GRU 都可用，但把一种的权重放进另一种，算出来的就是另一个函数，而且不会报错。
# %%
default_layer = keras.layers.GRU(units, return_sequences=True)  # reset_after=True
before_layer = keras.layers.GRU(units, return_sequences=True, reset_after=False)
after, before = reference.GRU(features, units), reference.GRU(features, units, reset_after=False)
for cell, layer in ((after, default_layer), (before, before_layer)):
    for name in ("kernel", "recurrent_kernel"):
        cell.weights[name][...] = np.random.default_rng(3).normal(
            scale=0.5, size=cell.weights[name].shape
        )
    layer.build(inputs.shape)
    cell.to_keras(layer)  # the same kernels for both, zero biases


def article_gru(negate_update=False):
    """Article 004's form with Keras's kernels."""
    cell = reference.GRU(features, units, reset_after=False, update="replace")
    for name, array in cell.weights.items():
        array[...] = before.weights[name]
        if negate_update:
            array[..., :units] *= -1.0  # 1 − σ(a) = σ(−a)
    return cell.forward(inputs).hidden_states


rows = [
    (
        "article's form against Keras's default",
        "文章的形式 对 Keras 默认",
        difference(default_layer, article_gru()),
    ),
    (
        "article's form against reset_after=False",
        "文章的形式 对 reset_after=False",
        difference(before_layer, article_gru()),
    ),
    (
        "the same, weights of z negated",
        "同上，z 的权重取负",
        difference(before_layer, article_gru(True)),
    ),
    (
        "ours, reset after, against Keras's default",
        "我们的“后重置” 对 Keras 默认",
        difference(default_layer, after.forward(inputs).hidden_states),
    ),
    (
        "ours, reset before, against reset_after=False",
        "我们的“前重置” 对 reset_after=False",
        difference(before_layer, before.forward(inputs).hidden_states),
    ),
]
lesson.table(
    [lesson.text("same weights", "同样的权重"), lesson.text("largest difference", "最大差")],
    [[lesson.text(en, zh), f"{value:.1e}"] for en, zh, value in rows],
)
assert min(rows[0][2], rows[1][2]) > 0.05
lesson.result(
    "gru_keras_equality",
    max(row[2] for row in rows[2:]),
    title=("GRU variants, largest difference to Keras", "GRU 各变体与 Keras 的最大差"),
    at_most=1e-6,
)

# %% [markdown] lang="en"
# Negating the weights and the bias of $z$ turns one update convention into the other, exactly. There is no such trick for the reset gate: with the recurrent product in between, the two variants are different functions.
#
# All four variants have their gradients in `reference.GRU`:
# %% [markdown] lang="zh"
# 把 $z$ 的权重和偏置取负，就能把一种更新约定精确地变成另一种。重置门却没有这样的窍门：中间隔着一次矩阵乘积，两种变体是不同的函数。
#
# 四种变体的梯度都在 `reference.GRU` 里：
# %%
variants = [(after, update) for after in (True, False) for update in ("keep", "replace")]
reports = [
    check_cell(reference.GRU(3, 4, reset_after=after, update=update)) for after, update in variants
]
lesson.table(
    [
        "reset_after",
        "update",
        lesson.text("worst tensor", "误差最大的张量"),
        lesson.text("relative error", "相对误差"),
    ],
    [
        [
            str(reset_after),
            update,
            max(report, key=lambda row: row.relative_error).name,
            f"{report.largest:.1e}",
        ]
        for (reset_after, update), report in zip(variants, reports, strict=True)
    ],
)
lesson.result(
    "gru_gradient_check",
    max(report.largest for report in reports),
    title=("GRU, largest relative error over all variants", "GRU 四种变体梯度的最大相对误差"),
    at_most=1e-7,
)

# %% [markdown] lang="en"
# ## How many parameters?
#
# With $n_x$ features and $n_h$ units each block (a gate or a candidate) has $n_h(n_x + n_h + 1)$ numbers. The simple network is one block, the GRU three, the LSTM four. PyTorch keeps two biases for every block, of which only the sum matters (but for the GRU's candidate); Keras has the second one only in its default GRU. Article 004 says the GRU is smaller than the LSTM: it is ¾ of it in the article's form, a little more in Keras's (F-004-05).
# %% [markdown] lang="zh"
# ## 有多少参数？
#
# 设 $n_x$ 个特征、$n_h$ 个单元，每一块（一个门或一个候选）有 $n_h(n_x + n_h + 1)$ 个数。简单循环网络一块，GRU 三块，LSTM 四块。PyTorch 每块有两个偏置，真正起作用的只是它们的和（GRU 的候选除外）；Keras 只在默认的 GRU 里有第二个。文章 004 说 GRU 比 LSTM 小：按文章的形式正好是 ¾，按 Keras 的形式略多一点（F-004-05）。
# %%
kinds = {
    "SimpleRNN": (1, reference.SimpleRNN, {}),
    "LSTM": (4, reference.LSTM, {}),
    "GRU": (3, reference.GRU, {}),
    "GRU, reset_after=False": (3, reference.GRU, {"reset_after": False}),
}
rows = []
for n_x, n_h in ((5, 7), (128, 128)):
    for name, (blocks, kind, options) in kinds.items():
        cell = kind(n_x, n_h, **options)
        in_keras = keras_twin(cell, **options).count_params()
        one_bias = blocks * n_h * (n_x + n_h + 1)
        # PyTorch has no GRU that resets before the product
        in_pytorch = "-" if options else sum(a.size for a in cell.to_pytorch().values())
        assert cell.parameter_count == in_keras
        assert in_keras == one_bias + (3 * n_h if name == "GRU" else 0)
        assert options or in_pytorch == blocks * n_h * (n_x + n_h + 2)
        rows.append([f"{n_x} / {n_h}", name, one_bias, in_keras, in_pytorch])
lesson.table(
    [
        lesson.text("features / units", "特征 / 单元"),
        lesson.text("cell", "单元类型"),
        lesson.text("articles", "文章"),
        "Keras",
        "PyTorch",
    ],
    rows,
)

# %% [markdown] lang="en"
# ### Carrying weights to PyTorch
#
# PyTorch stacks the blocks in *rows*, has two biases, and orders the GRU's gates $r, z, n$ where Keras has $z, r, \tilde h$. `to_pytorch` and `from_pytorch` know that. What if one forgets the order? Nothing complains, since all blocks have the same shape:
# %% [markdown] lang="zh"
# ### 把权重搬到 PyTorch
#
# PyTorch 的各块按**行**堆叠，有两个偏置；GRU 的次序是 $r, z, n$，而 Keras 是 $z, r, \tilde h$。`to_pytorch` 和 `from_pytorch` 会处理好。要是忘了次序呢？没有任何报错，因为各块的形状都一样：
# %%
arrays = after.to_pytorch()
print({name: array.shape for name, array in arrays.items()})
back = reference.GRU.from_pytorch(arrays)
careless = reference.GRU(features, units)  # transposed, but in PyTorch's order
careless.weights["kernel"][...] = arrays["weight_ih_l0"].T
careless.weights["recurrent_kernel"][...] = arrays["weight_hh_l0"].T
careless.weights["bias"][...] = np.stack([arrays["bias_ih_l0"], arrays["bias_hh_l0"]])
lost = np.abs(careless.forward(inputs).hidden_states - after.forward(inputs).hidden_states).max()
kept = np.abs(back.forward(inputs).hidden_states - after.forward(inputs).hidden_states).max()
lesson.say(
    f"difference with the order forgotten: {lost:.2f}; with from_pytorch: {kept:.1e}",
    f"忘了次序，差 {lost:.2f}；用 from_pytorch，差 {kept:.1e}",
)
assert lost > 0.05 and kept == 0.0

# %% [markdown] lang="en"
# ## Do gates help? The adding problem
#
# A sequence of random numbers between 0 and 1, two of them marked; the answer is the sum of the two. The net must let two numbers in, keep them, and let nothing else disturb them: a task made for gates (Hochreiter and Schmidhuber 1997). Always answering 1 has a mean squared error of 1/6: the baseline.
#
# All three cells are trained with the gradients of this course, with the same number of units, data and training steps. (The GRU has about three times, the LSTM four times as many weights as the simple one. Exercise 4 is about that.)
# %% [markdown] lang="zh"
# ## 门有用吗？加法问题
#
# 一串 0 到 1 之间的随机数，其中两个带标记，答案是这两个数之和。网络要放两个数进来、存住，还不能让别的数干扰：这正是为门准备的任务（Hochreiter 与 Schmidhuber 1997）。总答 1 的均方误差是 1/6，这就是基线。
#
# 三种单元都用本课程的梯度训练，单元数、数据和训练步数都相同。（GRU 的参数量约为简单循环网络的三倍，LSTM 为四倍，习题 4 讨论这一点。）
# %%
count, adding_steps, epochs = lesson.pick(class_mode=(1920, 12, 9), full=(3840, 25, 12))


def adding_error(kind, seed):
    """Test MSE on fresh sequences after training."""
    train_x, train_y = toy.adding_problem(count, adding_steps, seed=seed)
    test_x, test_y = toy.adding_problem(1000, adding_steps, seed=seed + 1000)
    network = reference.Network(kind(2, 16, seed=seed), 1, per_step=False, seed=seed)
    optimizer = reference.SGD(0.1, momentum=0.9, global_clipnorm=1.0)
    reference.train(network, train_x, train_y, optimizer, epochs=epochs, batch_size=64, seed=seed)
    return network.loss(network.forward(test_x).outputs, test_y)[0]


cells = (reference.SimpleRNN, reference.LSTM, reference.GRU)
by_cell = {kind.__name__: [adding_error(kind, seed) for seed in lesson.seeds] for kind in cells}
baseline = ("always answer 1", "总答 1", 1 / 6)
for name, most in (("SimpleRNN", None), ("LSTM", 0.05), ("GRU", 0.05)):
    lesson.result(
        f"adding_{name.lower()}",
        by_cell[name],
        title=(f"adding problem, {name}, mean squared error", f"加法问题，{name}，均方误差"),
        baseline=baseline,
        at_most=most,
    )

# %%
figure, (axis,) = figures.panels()
figures.points_by_seed(
    axis, list(by_cell), list(by_cell.values()), baseline=(lesson.text(*baseline[:2]), baseline[2])
)
axis.set_yscale("log")
figures.label(
    axis,
    lesson.text(f"cell, 16 units, {adding_steps} steps", f"单元类型，16 个单元，{adding_steps} 步"),
    lesson.text("test MSE", "测试均方误差"),
)
lesson.figure(
    figure,
    "adding",
    en="test error of the adding problem for three seeds: LSTM and GRU far below the baseline of "
    "1/6, the simple network scattered between",
    zh="加法问题的测试误差，三个随机种子：LSTM 和 GRU 远低于 1/6 的基线，简单循环网络散布在其间",
)
winners = sum(
    max(by_cell["LSTM"][s], by_cell["GRU"][s]) < by_cell["SimpleRNN"][s] for s in lesson.seeds
)
lesson.say(
    f"Both gated cells beat the simple one in {winners} of {len(lesson.seeds)} seeds.",
    f"{len(lesson.seeds)} 个随机种子中有 {winners} 个，两种带门的单元都胜过简单循环网络。",
)

# %% [markdown] lang="en"
# One task is one task. On another the ranking may turn round: the forget gates of a new LSTM start at $\sigma(1) = 0.73$, while an orthogonal matrix by itself loses nothing. Exercise 6 has a task to try that on.
#
# ## The formulas of the articles
#
# `rnn-tf ledger F-000-05` prints a row and computes both sides. Two, live:
# %% [markdown] lang="zh"
# 这只是一个任务。换一个任务，名次可能倒过来：新建的 LSTM，遗忘门从 $\sigma(1) = 0.73$ 起步，而正交矩阵本身什么都不丢。习题 6 给了一个可以一试的任务。
#
# ## 文章中的公式
#
# `rnn-tf ledger F-000-05` 会打印一条记录，并把两边都算出来。先看两条：
# %%
lesson.ledger("F-000-05")

# %%
lesson.ledger("F-004-04")

# %%
own = [row for row in ledger.formulas() if row.lesson == lesson.name]
lesson.table(
    [lesson.text("row", "编号"), lesson.text("where", "出处"), lesson.text("formula", "公式")],
    [[row.id, f"{row.article} {row.section}", lesson.text(*row.title)] for row in own],
)

# %% [markdown] lang="en"
# ## Try next
#
# 1. Set the one-unit LSTM so that it *counts* how often "write" was pressed. What must the candidate be, and what stops it from counting for ever?
# 2. Build the same memory from a one-unit GRU. Which of the three scenes can it not play, and why?
# 3. Take `epsilon_later` out of `lstm_backward` altogether, for the carry too. Is the output gate's gradient still right?
# 4. Give the simple network so many units that it has as many weights as the LSTM. Does it catch up on the adding problem? Three seeds!
# 5. Start the forget bias at 0 and at 3. How does the adding problem change with 15 and with 40 steps?
# 6. Take `toy.first_bit` with 60 steps and `sigmoid_cross_entropy` instead. Who wins now, and in how many of three seeds?
#
# ## References
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * F. A. Gers, J. Schmidhuber, F. Cummins (2000). Learning to forget: continual prediction with LSTM. *Neural Computation* 12(10). The forget gate.
# * K. Cho and others (2014). Learning phrase representations using RNN encoder-decoder for statistical machine translation. *EMNLP*, arXiv 1406.1078. The GRU.
# * J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). Empirical evaluation of gated recurrent neural networks on sequence modeling. arXiv 1412.3555.
# %% [markdown] lang="zh"
# ## 接着试试
#
# 1. 设定那个只有一个单元的 LSTM，让它**数**“写入”按了几次。候选应当是什么？什么会让它数不下去？
# 2. 用只有一个单元的 GRU 做同样的记忆。三个场景里哪一个演不了，为什么？
# 3. 把 `lstm_backward` 里的 `epsilon_later` 全部去掉，往回传的那份也不要。输出门的梯度还对吗？
# 4. 增加简单循环网络的单元数，让它的参数量和 LSTM 一样多。它在加法问题上追得上吗？别忘了三个随机种子！
# 5. 遗忘门偏置从 0 和从 3 开始，15 步和 40 步的加法问题各有什么变化？
# 6. 换成 60 步的 `toy.first_bit`，损失用 `sigmoid_cross_entropy`。这回谁赢？三个随机种子里赢几个？
#
# ## 参考文献
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * F. A. Gers, J. Schmidhuber, F. Cummins (2000). Learning to forget: continual prediction with LSTM. *Neural Computation* 12(10). 遗忘门出自此文。
# * K. Cho 等 (2014). Learning phrase representations using RNN encoder-decoder for statistical machine translation. *EMNLP*, arXiv 1406.1078. GRU 出自此文。
# * J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). Empirical evaluation of gated recurrent neural networks on sequence modeling. arXiv 1412.3555.
