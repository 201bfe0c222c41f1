# %% [markdown] lang="en"
# # 3. Gates: the appendix
#
# What the lesson leaves out: the gradient of the LSTM by hand, the four forms of the GRU, where the weights lie in Keras, in PyTorch and in the articles, and a second task.
# %% [markdown] lang="zh"
# # 3. 门：附录
#
# 正课略过的内容：手推 LSTM 的梯度；GRU 的四种写法；权重在 Keras、PyTorch 和文章里各放在哪里；还有第二个任务。
# %%
from rnn_tf.course import begin

lesson = begin("03_gates", part="appendix")

import numpy as np

from rnn_tf import layers, reference
from rnn_tf.backend import keras
from rnn_tf.course import figures
from rnn_tf.datasets import toy
from rnn_tf.reference import sigmoid
from rnn_tf.training import initial_weights, reset

# %% [markdown] lang="en"
# ## A. The same LSTM, stored in two ways
#
# With row vectors the four blocks of an LSTM are
#
# $$i, f, o = \sigma(x_t W_{x\cdot} + h_{t-1} W_{h\cdot} + b_\cdot), \qquad g = \tanh(x_t W_{xg} + h_{t-1} W_{hg} + b_g).$$
#
# Keras puts $W_{xi}, W_{xf}, W_{xg}, W_{xo}$ side by side into one matrix $W_x$, the kernel, and does the same with $W_h$, the recurrent kernel, and with $b$. Articles 000 and 004 put them one above the other: $[h_{t-1}, x_t]$ is one row, and each block has one matrix of shape (units + features, units). Article 003 keeps all eight matrices apart.
# %% [markdown] lang="zh"
# ## A. 同一个 LSTM，两种存法
#
# 用行向量书写，LSTM 的四块是
#
# $$i, f, o = \sigma(x_t W_{x\cdot} + h_{t-1} W_{h\cdot} + b_\cdot), \qquad g = \tanh(x_t W_{xg} + h_{t-1} W_{hg} + b_g).$$
#
# Keras 把 $W_{xi}, W_{xf}, W_{xg}, W_{xo}$ 左右并排，合成输入权重矩阵 $W_x$；$W_h$（循环权重矩阵）和 $b$ 也是如此。文章 000 和 004 则上下相叠：$[h_{t-1}, x_t]$ 合成一行，每块只有一个矩阵，形状为 (单元 + 特征, 单元)。文章 003 的八个矩阵各自分开。
# %%
batch_size, num_steps, features, units = 3, 6, 5, 7
random = np.random.default_rng(0)
inputs = random.normal(size=(batch_size, num_steps, features))
W = {block: random.normal(scale=0.4, size=(units + features, units)) for block in "ifgo"}
b = {block: random.normal(scale=0.4, size=units) for block in "ifgo"}


def lstm_forward(inputs):
    """Everything that each step used and made, for the way back."""
    h = c = np.zeros((len(inputs), units))
    steps = []
    for t in range(inputs.shape[1]):
        joined = np.hstack([h, inputs[:, t]])  # [h_{t-1}, x_t]
        i, f, o = (sigmoid(joined @ W[block] + b[block]) for block in "ifo")
        g = np.tanh(joined @ W["g"] + b["g"])
        c_before, c = c, f * c + i * g
        h = o * np.tanh(c)
        steps.append((joined, i, f, g, o, c_before, c, h))
    return steps


hidden = np.stack([step[-1] for step in lstm_forward(inputs)], axis=1)
lstm = reference.LSTM(features, units)
side_by_side = np.hstack([W[block] for block in "ifgo"])
lstm.weights["recurrent_kernel"][...] = side_by_side[:units]
lstm.weights["kernel"][...] = side_by_side[units:]
lstm.weights["bias"][...] = np.hstack([b[block] for block in "ifgo"])
print(f"[h, x] {(batch_size, units + features)}, W['i'] {W['i'].shape}, hidden {hidden.shape}")
print({name: array.shape for name, array in lstm.weights.items()})
assert np.allclose(lstm.forward(inputs).hidden_states, hidden, rtol=0, atol=1e-13)

# %%


def keras_twin(cell, **options):
    """A Keras layer of the same kind and size, with the cell's weights."""
    layer = getattr(keras.layers, type(cell).__name__)(cell.units, return_sequences=True, **options)
    layer.build((None, None, cell.features))
    return cell.to_keras(layer)


of_keras = keras_twin(lstm)(inputs.astype("float32")).numpy()
lesson.result("lstm_keras_equality", np.abs(of_keras - hidden).max())

# %% [markdown] lang="en"
# ## B. The gradient of the LSTM
#
# Two totals walk backwards, one for each state: $\delta_t = \partial L/\partial h_t$ and $\varepsilon_t = \partial L/\partial c_t$. As in lesson 1, $\delta_t$ is what comes from this step's own output plus what comes back from step $t+1$. After the last step both are zero.
#
# **To the cell state.** $c_t$ acts in two ways: on $h_t = o_t \circ \tanh(c_t)$, and on $c_{t+1} = f_{t+1} \circ c_t + \dots$
#
# $$\varepsilon_t = \delta_t \circ o_t \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}$$
#
# **To the blocks.** Each is a product with the other factor, times the slope of $\sigma$ or $\tanh$, here $s(1-s)$ and $1-s^2$. Write $\alpha$ for the error before the squashing:
#
# $$\alpha_i = \varepsilon \circ g \circ i(1-i), \quad \alpha_f = \varepsilon \circ c_{t-1} \circ f(1-f), \quad \alpha_g = \varepsilon \circ i \circ (1-g^2), \quad \alpha_o = \delta \circ \tanh c_t \circ o(1-o)$$
#
# **To the weights and the step before.** A matrix product $y = xW$ sends back $x^\top \alpha$ and $\alpha W^\top$:
#
# $$\frac{\partial L}{\partial W} = \sum_t [h_{t-1}, x_t]^\top \alpha, \qquad \delta_{t-1} \text{ gets the } h \text{ part of } \sum_{i,f,g,o} \alpha W^\top.$$
#
# The last term of $\varepsilon_t$ is the reason why LSTMs exist: along this way the gradient is multiplied by $f$ only, no matrix in between.
# %% [markdown] lang="zh"
# ## B. LSTM 的梯度
#
# 往回走的总梯度有两个，每个状态一个：$\delta_t = \partial L/\partial h_t$ 和 $\varepsilon_t = \partial L/\partial c_t$。和第 1 课一样，$\delta_t$ 等于本步输出传来的，加上第 $t+1$ 步传回来的。最后一步之后两者都是零。
#
# **到单元状态。** $c_t$ 的影响有两路：影响 $h_t = o_t \circ \tanh(c_t)$，也影响 $c_{t+1} = f_{t+1} \circ c_t + \dots$
#
# $$\varepsilon_t = \delta_t \circ o_t \circ (1 - \tanh^2 c_t) + \varepsilon_{t+1} \circ f_{t+1}$$
#
# **到各块。** 每一块都是乘积中的一个因子：乘上另一个因子，再乘 $\sigma$ 或 $\tanh$ 的斜率，即 $s(1-s)$ 或 $1-s^2$。记 $\alpha$ 为激活之前的误差：
#
# $$\alpha_i = \varepsilon \circ g \circ i(1-i), \quad \alpha_f = \varepsilon \circ c_{t-1} \circ f(1-f), \quad \alpha_g = \varepsilon \circ i \circ (1-g^2), \quad \alpha_o = \delta \circ \tanh c_t \circ o(1-o)$$
#
# **到权重和上一步。** 矩阵乘积 $y = xW$ 往回传的是 $x^\top \alpha$ 和 $\alpha W^\top$：
#
# $$\frac{\partial L}{\partial W} = \sum_t [h_{t-1}, x_t]^\top \alpha, \qquad \delta_{t-1} \text{ 得到 } \sum_{i,f,g,o} \alpha W^\top \text{ 中 } h \text{ 的那部分。}$$
#
# LSTM 的意义全在 $\varepsilon_t$ 的最后一项：沿这条路往回走，梯度只乘以 $f$，中间没有矩阵。
# %%
pull = random.normal(size=(batch_size, num_steps, units))  # the loss is Σ pull ∘ h


def lstm_backward(steps):
    """Gradients of Σ pull ∘ h for the four matrices."""
    gradients = {block: np.zeros_like(matrix) for block, matrix in W.items()}
    delta = epsilon = np.zeros((batch_size, units))
    for t in reversed(range(len(steps))):
        joined, i, f, g, o, c_before, c, _ = steps[t]
        delta = delta + pull[:, t]
        epsilon = epsilon + delta * o * (1 - np.tanh(c) ** 2)
        alpha = {
            "i": epsilon * g * i * (1 - i),
            "f": epsilon * c_before * f * (1 - f),
            "g": epsilon * i * (1 - g**2),
            "o": delta * np.tanh(c) * o * (1 - o),
        }
        for block in W:
            gradients[block] += joined.T @ alpha[block]
        delta = sum(alpha[block] @ W[block].T for block in W)[:, :units]
        epsilon = epsilon * f
    return gradients


def loss_and_gradients():
    steps = lstm_forward(inputs)
    loss = sum(np.sum(pull[:, t] * step[-1]) for t, step in enumerate(steps))
    return loss, lstm_backward(steps)


by_hand = reference.gradient_check(loss_and_gradients, W, show=False)
print(f"largest relative error of the four matrices: {by_hand.largest:.1e}")
assert by_hand.holds(1e-7)

# %% [markdown] lang="en"
# The library does the same with its two matrices, for the biases, the inputs and both initial states too (`reference.LSTM.back`; `rnn_tf.layers` has the same lines in TensorFlow). Every number of every tensor is checked.
# %% [markdown] lang="zh"
# 程序库对它的两个矩阵做同样的事，偏置、输入和两个初始状态也都算（`reference.LSTM.back`；`rnn_tf.layers` 里是同样几行的 TensorFlow 版）。每个张量的每个数都检验。
# %%


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

    tensors = {**cell.weights, "inputs": x, **starts}
    return reference.gradient_check(loss_and_gradients, tensors, show=False)


report = check_cell(reference.LSTM(3, 4))
lesson.table(
    ["tensor", "shape", "by hand", "measured", "largest relative error"],
    [
        [row.name, str(row.shape), row.analytic, row.numeric, f"{row.relative_error:.1e}"]
        for row in report
    ],
)
exact = sum(row.relative_error < 1e-7 for row in report)
print(f"{exact} of {len(report.rows)} tensors have the right gradient.")
lesson.result("lstm_gradient_check", report.largest)

# %% [markdown] lang="en"
# And the claim of the lesson: along the belt $\partial c_T/\partial c_t$ is a product of forget gates. With all other weights zero the backward pass must give exactly $\sigma(b_f)^{T-t}$.
# %% [markdown] lang="zh"
# 再验证正课的说法：沿传送带，$\partial c_T/\partial c_t$ 是遗忘门的乘积。其他权重都为零时，反向计算应当正好给出 $\sigma(b_f)^{T-t}$。
# %%
for forget_bias in (0.0, 1.0, 5.0):
    idle = reference.LSTM(1, 1)
    for array in idle.weights.values():
        array[...] = 0.0
    idle.weights["bias"][1] = forget_bias
    one = (np.zeros((1, 1)), np.ones((1, 1)))  # ∂L/∂h_T = 0, ∂L/∂c_T = 1
    reach = []
    for distance in range(1, 61):
        trace = idle.forward(np.zeros((1, distance, 1)))
        reach.append(idle.backward(trace, d_final_state=one)["initial_cell_state"].item())
    assert np.allclose(reach, sigmoid(forget_bias) ** np.arange(1, 61), rtol=1e-12)
    print(f"forget bias {forget_bias:g}: {reach[-1]:.1e} of the gradient is left after 60 steps")

# %% [markdown] lang="en"
# ## C. Four forms of the GRU
#
# The autopsy tells the two questions apart: does $z = 1$ keep or replace, and does $r$ act before or after the matrix product? Two times two makes four, and `reference.GRU` has them all with their gradients. With $\delta_t = \partial L/\partial h_t$ and Keras's form:
#
# $$\alpha_z = \delta \circ (h_{t-1} - g) \circ z(1-z), \quad \alpha_g = \delta \circ (1-z) \circ (1-g^2), \quad \alpha_r = \alpha_g \circ (h_{t-1} W_{hg} + b'_g) \circ r(1-r)$$
#
# and straight to the step before goes $\delta \circ z$. So what the forget gate is to the LSTM, $z$ is to the GRU.
# %% [markdown] lang="zh"
# ## C. GRU 的四种写法
#
# 剖析篇把两个问题分开了：$z = 1$ 是保留还是换新？$r$ 作用在矩阵乘积之前还是之后？二乘二得四，`reference.GRU` 四种都有，梯度也都有。记 $\delta_t = \partial L/\partial h_t$，按 Keras 的写法：
#
# $$\alpha_z = \delta \circ (h_{t-1} - g) \circ z(1-z), \quad \alpha_g = \delta \circ (1-z) \circ (1-g^2), \quad \alpha_r = \alpha_g \circ (h_{t-1} W_{hg} + b'_g) \circ r(1-r)$$
#
# 直接传给上一步的是 $\delta \circ z$。可见 $z$ 之于 GRU，正如遗忘门之于 LSTM。
# %%
variants = [(after, update) for after in (True, False) for update in ("keep", "replace")]
reports = [
    check_cell(reference.GRU(3, 4, reset_after=after, update=update)) for after, update in variants
]
lesson.table(
    ["reset_after", "update", "worst tensor", "relative error"],
    [
        [str(after), update, max(r, key=lambda row: row.relative_error).name, f"{r.largest:.1e}"]
        for (after, update), r in zip(variants, reports)
    ],
)
holding = sum(report.holds(1e-7) for report in reports)
print(f"{holding} of {len(reports)} forms pass.")
lesson.result("gru_gradient_check", max(report.largest for report in reports))

# %% [markdown] lang="en"
# ## D. How many parameters, and where they lie
#
# With $n_x$ features and $n_h$ units each block has $n_h(n_x + n_h + 1)$ numbers. The simple network is one block, the GRU three, the LSTM four. PyTorch keeps two biases for every block, of which only the sum matters (but for the GRU's candidate). Keras has the second one only in its default GRU.
# %% [markdown] lang="zh"
# ## D. 有多少参数，放在哪里
#
# 设 $n_x$ 个特征、$n_h$ 个单元，每一块有 $n_h(n_x + n_h + 1)$ 个数。简单循环网络一块，GRU 三块，LSTM 四块。PyTorch 每块有两个偏置，真正起作用的只是它们的和（GRU 的候选除外）；Keras 只在默认的 GRU 里有第二个。
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
lesson.table(["features / units", "cell", "articles", "Keras", "PyTorch"], rows)
unlike = [row[1] for row in rows[:4] if row[2] != row[3]]
print(f"Articles and Keras count alike, but for {', '.join(unlike)}.")

# %% [markdown] lang="en"
# PyTorch stacks the blocks in *rows*, and orders the GRU's $r, z, g$ where Keras has $z, r, g$. `to_pytorch` and `from_pytorch` know that. What if one forgets the order? Nothing complains, since all blocks have the same shape.
# %% [markdown] lang="zh"
# PyTorch 的各块按**行**堆叠，GRU 的次序是 $r, z, g$，而 Keras 是 $z, r, g$。`to_pytorch` 和 `from_pytorch` 会处理好。要是忘了次序呢？没有任何报错，因为各块的形状都一样。
# %%
gru = reference.GRU(features, units, seed=3)
arrays = gru.to_pytorch()
print({name: array.shape for name, array in arrays.items()})
back = reference.GRU.from_pytorch(arrays)
careless = reference.GRU(features, units)  # transposed, but in PyTorch's order
careless.weights["kernel"][...] = arrays["weight_ih_l0"].T
careless.weights["recurrent_kernel"][...] = arrays["weight_hh_l0"].T
careless.weights["bias"][...] = np.stack([arrays["bias_ih_l0"], arrays["bias_hh_l0"]])
wanted = gru.forward(inputs).hidden_states
lost = np.abs(careless.forward(inputs).hidden_states - wanted).max()
kept = np.abs(back.forward(inputs).hidden_states - wanted).max()
print(f"difference with the order forgotten: {lost:.2f}; with from_pytorch: {kept:.1e}")
assert lost > 0.05 and kept == 0.0

# %% [markdown] lang="en"
# ## E. Another task: adding two numbers
#
# A sequence of random numbers between 0 and 1, two of them marked; the answer is the sum of the two. The net must let two numbers in, keep them, and let nothing else disturb them: a task made for gates (Hochreiter and Schmidhuber 1997). Always answering 1 has a mean squared error of 1/6: the baseline.
#
# All three cells are trained with the gradients of this course, with the same number of units, data and training steps. The GRU has about three times, the LSTM four times as many weights as the simple network.
# %% [markdown] lang="zh"
# ## E. 换一个任务：两数相加
#
# 一串 0 到 1 之间的随机数，其中两个带标记，答案是这两个数之和。网络要放两个数进来、存住，还不能让别的数干扰：这正是为门准备的任务（Hochreiter 与 Schmidhuber 1997）。总答 1 的均方误差是 1/6，这就是基线。
#
# 三种单元都用本课程的梯度训练，单元数、数据和训练步数都相同。GRU 的参数量约为简单循环网络的三倍，LSTM 约为四倍。
# %%
count, adding_steps, epochs = lesson.pick(class_mode=(1920, 12, 9), full=(3840, 25, 12))


def adding_error(kind, seed):
    """MSE on fresh sequences after training."""
    train_x, train_y = toy.adding_problem(count, adding_steps, seed=seed)
    test_x, test_y = toy.adding_problem(1000, adding_steps, seed=seed + 1000)
    network = reference.Network(kind(2, 16, seed=seed), 1, per_step=False, seed=seed)
    optimizer = reference.SGD(0.1, momentum=0.9, global_clipnorm=1.0)
    reference.train(network, train_x, train_y, optimizer, epochs=epochs, batch_size=64, seed=seed)
    return network.loss(network.forward(test_x).outputs, test_y)[0]


cells = (reference.SimpleRNN, reference.LSTM, reference.GRU)
by_cell = {kind.__name__: [adding_error(kind, seed) for seed in lesson.seeds] for kind in cells}
lesson.result("adding_simplernn", by_cell["SimpleRNN"], baseline=1 / 6)
lesson.result("adding_lstm", by_cell["LSTM"], baseline=1 / 6)
lesson.result("adding_gru", by_cell["GRU"], baseline=1 / 6)

# %%
figure, (axis,) = figures.panels()
baseline = ("always 1", 1 / 6)
figures.points_by_seed(axis, list(by_cell), list(by_cell.values()), baseline=baseline)
axis.set_yscale("log")
figures.label(axis, f"cell, 16 units, {adding_steps} steps", "test MSE")
lesson.figure(figure, "adding")
winners = sum(
    max(by_cell["LSTM"][s], by_cell["GRU"][s]) < by_cell["SimpleRNN"][s] for s in lesson.seeds
)
print(f"Both gated cells win in {winners} of {len(lesson.seeds)} seeds: suggestive.")

# %% [markdown] lang="en"
# ## F. The echo of lesson 1, with gates
#
# In lesson 1 a simple network fell off a cliff: bits of ten steps ago were gone. Do gates cross *that* cliff? Yes, and so does the simple network, if it is given longer sequences and smaller steps. For the echo must hold ten bits at once and move each of them on at every step: a queue. A matrix that rotates does that by itself and loses nothing; gates must learn it. The forget gates of a new LSTM start at $\sigma(1)$.
#
# Same data, same number of training steps, 24 units, three seeds; the learning rate of each cell is chosen on validation data (in class mode it is the one that was found).
# %% [markdown] lang="zh"
# ## F. 用门来做第 1 课的回声
#
# 第 1 课里，简单循环网络掉下了悬崖：十步以前的比特没了。门能越过**那个**悬崖吗？能；不过只要序列长一些、步子小一些，简单循环网络也能。因为回声要同时存十个比特，而且每一步都要把它们往前挪一位：这是排队。一个旋转矩阵天生就会，什么也不丢；门却得去学。新建的 LSTM，遗忘门从 $\sigma(1)$ 起步。
#
# 数据相同，训练步数相同，24 个单元，三个随机种子；每种单元的学习率用验证集选定（课堂模式直接用选出来的那个）。
# %%
DELAY, STEPS = 10, 40


def echo_model(kind, rate):
    recurrent = getattr(layers, kind)(24, return_sequences=True)
    model = keras.Sequential([keras.Input((STEPS, 1)), recurrent, keras.layers.Dense(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), loss)
    return model


def echo_accuracy(model, seed):
    x, y = toy.delayed_echo(300, STEPS, DELAY, seed=seed)
    right = (model(x).numpy() > 0) == (y > 0.5)
    return right[:, DELAY:].mean()


def trained_echo(kind, rate):
    """Accuracy on validation and on test sequences, one pair a seed."""
    starts = initial_weights(lambda: echo_model(kind, rate), lesson.seeds)
    model = echo_model(kind, rate)
    accuracies = []
    for seed, start in zip(lesson.seeds, starts):
        reset(model, start)
        x, y = toy.delayed_echo(512, STEPS, DELAY, seed=seed)
        model.fit(x, y, epochs=40, batch_size=64, verbose=0)
        accuracies.append((echo_accuracy(model, 1000), echo_accuracy(model, 2000)))
    return np.transpose(accuracies)


found = {"SimpleRNN": [0.005], "LSTM": [0.02], "GRU": [0.02]}
every = dict.fromkeys(found, [0.005, 0.02])
echo = {}
for kind, rates in lesson.pick(class_mode=found, full=every).items():
    runs = {rate: trained_echo(kind, rate) for rate in rates}
    best = max(rates, key=lambda rate: np.median(runs[rate][0]))
    echo[kind] = runs[best][1]
    print(f"{kind}: learning rate {best}")
lesson.result("echo10_simplernn", echo["SimpleRNN"], baseline=0.5)
lesson.result("echo10_lstm", echo["LSTM"], baseline=0.5)
lesson.result("echo10_gru", echo["GRU"], baseline=0.5)
behind = sum(
    max(echo["LSTM"][s], echo["GRU"][s]) <= echo["SimpleRNN"][s] for s in range(len(lesson.seeds))
)
print(f"no gated cell beats the simple one in {behind} of {len(lesson.seeds)} seeds")

# %% [markdown] lang="en"
# So no cell is best at everything. Ask what the task wants kept: many things for a fixed time, or one thing until further notice.
#
# ## References
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * F. A. Gers, J. Schmidhuber, F. Cummins (2000). Learning to forget: continual prediction with LSTM. *Neural Computation* 12(10). The forget gate.
# * K. Cho and others (2014). Learning phrase representations using RNN encoder-decoder for statistical machine translation. *EMNLP*, arXiv 1406.1078. The GRU.
# * J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). Empirical evaluation of gated recurrent neural networks on sequence modeling. arXiv 1412.3555.
# * R. Jozefowicz, W. Zaremba, I. Sutskever (2015). An empirical exploration of recurrent network architectures. *ICML*. The forget bias of 1.
# %% [markdown] lang="zh"
# 可见没有哪种单元样样最好。先问任务要存什么：是许多东西各存固定的时间，还是一样东西存到另有吩咐。
#
# ## 参考文献
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * F. A. Gers, J. Schmidhuber, F. Cummins (2000). Learning to forget: continual prediction with LSTM. *Neural Computation* 12(10). 遗忘门出自此文。
# * K. Cho 等 (2014). Learning phrase representations using RNN encoder-decoder for statistical machine translation. *EMNLP*, arXiv 1406.1078. GRU 出自此文。
# * J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). Empirical evaluation of gated recurrent neural networks on sequence modeling. arXiv 1412.3555.
# * R. Jozefowicz, W. Zaremba, I. Sutskever (2015). An empirical exploration of recurrent network architectures. *ICML*. 遗忘门偏置取 1 出自此文。
