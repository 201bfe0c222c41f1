# %% [markdown] lang="en"
# # 3. Gates: the autopsy
#
# It was the articles that taught us what a gate is. Here we take their formulas at their word, one after the other. Each time there is a question first: **what will happen?** Answer it before you run the cell. About 25 minutes.
#
# The articles write columns, $W[h_{t-1}; x_t]$; our code writes rows, $x_t W_x + h_{t-1} W_h$, as Keras does. One is the transpose of the other, so nothing here hangs on it.
# %% [markdown] lang="zh"
# # 3. 门：剖析
#
# 门是什么，是几篇文章教给我们的。这里把它们的公式逐条当真，照着去做。每次都先问一句：**会发生什么？** 想好答案，再运行那一格。大约 25 分钟。
#
# 文章用列向量，写作 $W[h_{t-1}; x_t]$；我们的代码同 Keras 一样用行向量，写作 $x_t W_x + h_{t-1} W_h$。两者互为转置，下面的结论与此无关。
# %%
from rnn_tf.course import begin

lesson = begin("03_gates", part="autopsy")

import numpy as np

from rnn_tf import reference
from rnn_tf.backend import keras
from rnn_tf.reference import sigmoid

# %% [markdown] lang="en"
# ## 1. Which of these is a gate?
#
# An LSTM has six letters. Article 004 says what they are: $i$ and $g$ are input gates, $o$ is an update gate, $c$ and $h$ are both "hidden state". Article 003 calls $g$ the candidate of the hidden state.
#
# **What will happen?** Let an LSTM run for 60 steps with its gates nearly open. Which of the six stay between 0 and 1? Which leave even the range from −1 to 1?
# %% [markdown] lang="zh"
# ## 1. 哪个才是门？
#
# LSTM 有六个字母。文章 004 说：$i$ 和 $g$ 都是输入门，$o$ 是更新门，$c$ 和 $h$ 都是“隐藏状态”。文章 003 把 $g$ 叫做候选隐藏状态。
#
# **会发生什么？** 让 LSTM 的门几乎全开，跑 60 步。六个量里哪些始终在 0 与 1 之间？哪些连 −1 到 1 都装不下？
# %%
cell = reference.LSTM(features=3, units=5)
cell.weights["bias"][:] = 6.0  # σ(6) = 0.998: i, f and o stand nearly open
cell.weights["bias"][10:15] = 0.0  # g is left to the inputs
trace = cell.forward(np.random.default_rng(0).normal(1.0, 0.1, size=(1, 60, 3)))

letters = {
    "i": trace.input_gates,
    "f": trace.forget_gates,
    "g": trace.candidates,
    "o": trace.output_gates,
    "c": trace.cell_states,
    "h": trace.hidden_states,
}
lesson.table(
    ["letter", "smallest", "largest"],
    [[name, values.min(), values.max()] for name, values in letters.items()],
)
gates = [name for name, values in letters.items() if values.min() >= 0 and values.max() <= 1]
wide = [name for name, values in letters.items() if np.abs(values).max() > 1]
print(f"Between 0 and 1: {', '.join(gates)}. Beyond 1: {', '.join(wide)}.")
assert gates == ["i", "f", "o"] and wide == ["c"]

# %% [markdown] lang="en"
# So three letters are gates. The candidate $g$ has a sign: it is *what* may be written, not *how much*. And $c$ has no bound at all; it adds up over the steps. That is why $h$ is not $c$ but $o \circ \tanh(c)$.
#
# *Cause*: names given by ear. *Repair*: look at the range. A gate comes out of $\sigma$ and multiplies.
# %% [markdown] lang="zh"
# 可见只有三个字母是门。候选 $g$ 有正有负：它是**写什么**，不是**写多少**。而 $c$ 没有上下限，会一步步累加，所以 $h$ 不等于 $c$，而是 $o \circ \tanh(c)$。
#
# **原因**：名称是凭印象起的。**改法**：看取值范围。门由 $\sigma$ 算出，用来相乘。
# %%
lesson.ledger("F-004-03")

# %% [markdown] lang="en"
# A name is harmless until somebody writes code by it. **What will happen** if $g$ really becomes a hidden state, as article 003 calls it: $h_t = f \circ h_{t-1} + i \circ g$?
# %% [markdown] lang="zh"
# 名称起错，本来无碍，怕的是有人照着写代码。若真像文章 003 那样让 $g$ 成为隐藏状态，即 $h_t = f \circ h_{t-1} + i \circ g$，**会发生什么？**
# %%
units, features = 7, 5
random = np.random.default_rng(0)
inputs = random.normal(size=(3, 6, features))
lstm = reference.LSTM(features, units)
for array in lstm.weights.values():
    array[...] = random.normal(scale=0.4, size=array.shape)


def run(update):
    """The last hidden state, if the new (h, c) are made from the old ones by ``update``."""
    h = c = np.zeros((3, units))
    for t in range(inputs.shape[1]):
        a = inputs[:, t] @ lstm.weights["kernel"] + h @ lstm.weights["recurrent_kernel"]
        i, f, g, o = np.split(a + lstm.weights["bias"], 4, axis=-1)
        h, c = update(sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o), h, c)
    return h


def by_name(i, f, g, o, h, c):
    return f * h + i * g, c


def by_equation(i, f, g, o, h, c):
    c = f * c + i * g
    return o * np.tanh(c), c


layer = keras.layers.LSTM(units)
layer.build(inputs.shape)
lstm.to_keras(layer)
of_keras = layer(inputs.astype("float32")).numpy()
named = np.abs(run(by_name) - of_keras).max()
right = np.abs(run(by_equation) - of_keras).max()
print(f"difference to Keras: by the name {named:.2f}, by the equation {right:.1e}")
assert named > 0.1 and right < 1e-6

# %%
lesson.ledger("F-003-07")

# %% [markdown] lang="en"
# Article 004 says of the GRU that $W_{hh}$ too belongs to "the gates". **What will happen** if its candidate is squashed like a gate, by $\sigma$? Which numbers can the state then never hold?
# %% [markdown] lang="zh"
# 文章 004 说 GRU 的 $W_{hh}$ 也是“各门的权重”。若候选也像门一样用 $\sigma$ 压缩，**会发生什么？** 状态从此再也存不了哪些数？
# %%
W = {name: random.normal(size=(units + features, units)) for name in "zrg"}


def gru_states(squash):
    """All states of a GRU whose candidate goes through ``squash``."""
    h, states = np.zeros((3, units)), []
    for t in range(inputs.shape[1]):
        x = inputs[:, t]
        z, r = (sigmoid(np.hstack([h, x]) @ W[name]) for name in "zr")
        g = squash(np.hstack([r * h, x]) @ W["g"])
        h = z * h + (1 - z) * g
        states.append(h)
    return np.array(states)


lowest = {"tanh": gru_states(np.tanh).min(), "σ": gru_states(sigmoid).min()}
print(f"smallest state: with tanh {lowest['tanh']:.2f}, with σ {lowest['σ']:.2f}")
assert lowest["σ"] >= 0 > lowest["tanh"]

# %%
lesson.ledger("F-004-06")

# %% [markdown] lang="en"
# ## 2. One dot for two products
#
# Article 004 writes $W \cdot [h_{t-1}, x_t]$ and $f_t \cdot c_{t-1}$ with the same dot. The first must be a matrix product. Somebody in a hurry types `np.dot` for both.
#
# **What will happen?** An error at once? Later? No error at all?
# %% [markdown] lang="zh"
# ## 2. 一个点号，两种乘法
#
# 文章 004 里，$W \cdot [h_{t-1}, x_t]$ 和 $f_t \cdot c_{t-1}$ 用的是同一个点号。前者只能是矩阵乘积。有人图快，两处都写成 `np.dot`。
#
# **会发生什么？** 马上报错？过一会儿报错？根本不报错？
# %%
joined = np.vstack([lstm.weights["recurrent_kernel"], lstm.weights["kernel"]])


def step_by_step(product, num_steps=6):
    h = c = np.zeros(units)
    for t in range(num_steps):
        a = np.concatenate([h, inputs[0, t]]) @ joined + lstm.weights["bias"]
        i, f, g, o = np.split(a, 4)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c = product(f, c) + product(i, g)
        h = product(o, np.tanh(c))
        print(f"step {t}: c {np.shape(c)}, h {np.shape(h)}")
    return h


lesson.fails(lambda: step_by_step(np.dot), ValueError)

# %% [markdown] lang="en"
# Two steps pass. At the first one the cell state is a single number, at the second one the hidden state; the third finds nothing to join. A test with two steps would have been green.
#
# *Repair*: one sign for one thing. $\circ$ and `*` work element by element, `@` is the matrix product.
# %% [markdown] lang="zh"
# 前两步都过了：第一步单元状态缩成一个数，第二步隐藏状态缩成一个数，到第三步才没法拼接。只测两步的话，测试是通过的。
#
# **改法**：一个记号只表示一件事。$\circ$ 和 `*` 是逐元素乘，`@` 是矩阵乘积。
# %%
by_elements = step_by_step(np.multiply)
assert np.allclose(by_elements, run(by_equation)[0], rtol=0, atol=1e-12)
lesson.ledger("F-004-02")

# %% [markdown] lang="en"
# ## 3. A gradient that is right in one of four
#
# Article 000 gives the gradients of all four weight matrices by one pattern:
#
# $$\frac{\partial L}{\partial W} = \sum_t \frac{\partial L}{\partial h_t} \frac{\partial h_t}{\partial W}$$
#
# Be generous: let $\partial L/\partial h_t$ be the full derivative, all later steps included, and $\partial h_t/\partial W$ what $W$ does to $h_t$ at step $t$ itself.
#
# **What will happen** in a gradient check? For which of $i, f, g, o$ is the pattern right? And if somebody forgets the way along $c$ altogether, also when passing errors to the step before: is the one that was right still right?
# %% [markdown] lang="zh"
# ## 3. 四个里只对一个的梯度
#
# 文章 000 用同一个式子给出四个权重矩阵的梯度：
#
# $$\frac{\partial L}{\partial W} = \sum_t \frac{\partial L}{\partial h_t} \frac{\partial h_t}{\partial W}$$
#
# 往好里理解：$\partial L/\partial h_t$ 取全导数，后面各步的影响都算进去；$\partial h_t/\partial W$ 取 $W$ 在第 $t$ 步当步对 $h_t$ 的作用。
#
# 做梯度检验，**会发生什么？** $i$、$f$、$g$、$o$ 里，这个式子对哪个成立？要是干脆把沿 $c$ 的路全忘了，往上一步传误差时也不走，原先对的那个还对吗？
# %%
pull = random.normal(size=(3, 6, units))  # the loss is Σ pull ∘ h


def kernel_gradient(through_c, carried_c=True):
    """∂L/∂W_x by hand. ``through_c``: the weights feel what goes on along c.

    ``carried_c``: the errors that are passed to the step before feel it.
    """
    trace = lstm.forward(inputs)
    c_before = np.concatenate([np.zeros((3, 1, units)), trace.cell_states[:, :-1]], axis=1)
    gradient, d_h, d_c = 0.0, 0.0, 0.0
    for t in reversed(range(inputs.shape[1])):
        i, f = trace.input_gates[:, t], trace.forget_gates[:, t]
        g, o = trace.candidates[:, t], trace.output_gates[:, t]
        squashed = np.tanh(trace.cell_states[:, t])
        d_h = d_h + pull[:, t]
        only_h = d_h * o * (1 - squashed**2)
        d_c = d_c + only_h if carried_c else only_h

        def blocks(d, i=i, f=f, g=g, o=o, squashed=squashed, d_h=d_h, before=c_before[:, t]):
            d_i = d * g * i * (1 - i)
            d_f = d * before * f * (1 - f)
            d_g = d * i * (1 - g**2)
            d_o = d_h * squashed * o * (1 - o)
            return np.hstack([d_i, d_f, d_g, d_o])

        gradient = gradient + inputs[:, t].T @ blocks(d_c if through_c else only_h)
        d_h = blocks(d_c) @ lstm.weights["recurrent_kernel"].T
        d_c = d_c * f
    return np.split(gradient, 4, axis=1)


def loss():
    return np.sum(pull * lstm.forward(inputs).hidden_states)


measured = reference.numeric_gradient(loss, lstm.weights["kernel"])
measured = np.split(measured, 4, axis=1)
versions = [kernel_gradient(True), kernel_gradient(False), kernel_gradient(False, False)]
errors = np.array(
    [[reference.relative_error(*pair) for pair in zip(blocks, measured)] for blocks in versions]
)
lesson.table(
    ["weights of", "full form", "article 000", "no way along c"],
    [[name, *(f"{e:.1e}" for e in errors[:, k])] for k, name in enumerate("ifgo")],
)
right = [[name for name, e in zip("ifgo", row) if e < 1e-7] for row in errors]
full, article, no_way = (len(names) for names in right)
print(f"Right of 4: full form {full}, article 000 {article}, no way along c {no_way}.")
assert right == [["i", "f", "g", "o"], ["o"], []]

# %%
lesson.result("article_gate_gradients", errors[1, :3].min())

# %% [markdown] lang="en"
# Only the output gate is right: $o$ acts on $h_t$ alone. The other three act on $c_t$, and $c_t$ goes on to $c_{t+1}$ *without passing through* $h_t$. The pattern cannot see that way. It is the very way for which the LSTM was invented.
#
# This fault is silent: no shape is wrong, nothing stops. The gradient check is the test that finds it. The derivation stands in the appendix.
#
# The article also explains $\partial h_t/\partial W_i$ as "the gradient of the gate with respect to the state". Read the fraction: what stands above is differentiated, what stands below is moved.
# %% [markdown] lang="zh"
# 只有输出门是对的，因为 $o$ 只作用于 $h_t$。另外三个都作用于 $c_t$，而 $c_t$ **不经过** $h_t$ 就直接传到 $c_{t+1}$。那个式子看不见这条路，而 LSTM 正是为这条路发明的。
#
# 这个错误不出声：形状都对，程序也不停。能发现它的是梯度检验。推导见附录。
#
# 文章还把 $\partial h_t/\partial W_i$ 解释成“门对状态的梯度”。看分数线就明白：上面的是被求导的量，下面的是变动的量。
# %%
lesson.ledger("F-000-05", "F-000-06")

# %% [markdown] lang="en"
# ## 4. $z = 1$: keep or replace?
#
# Article 004 has $h_t = (1 - z) \circ h_{t-1} + z \circ g$. Keras has $h_t = z \circ h_{t-1} + (1 - z) \circ g$. And Keras by default lets the reset gate act *after* the matrix product, $r \circ (h_{t-1} W_{hg} + b')$, the article *before* it, $(r \circ h_{t-1}) W_{hg}$.
#
# Both are GRUs, and both are good ones. **What will happen** if you carry trained weights from one to the other? Can a change of sign repair it?
# %% [markdown] lang="zh"
# ## 4. $z = 1$：保留还是换新？
#
# 文章 004 写的是 $h_t = (1 - z) \circ h_{t-1} + z \circ g$，Keras 是 $h_t = z \circ h_{t-1} + (1 - z) \circ g$。另外，Keras 默认让重置门作用在矩阵乘积**之后**，即 $r \circ (h_{t-1} W_{hg} + b')$；文章则在**之前**，即 $(r \circ h_{t-1}) W_{hg}$。
#
# 两种都是 GRU，也都好用。**会发生什么**，如果把训练好的权重从一种搬到另一种？改个正负号能补救吗？
# %%
default_layer = keras.layers.GRU(units, return_sequences=True)  # reset_after=True
before_layer = keras.layers.GRU(units, return_sequences=True, reset_after=False)
after = reference.GRU(features, units)
before = reference.GRU(features, units, reset_after=False)
for cell, layer in ((after, default_layer), (before, before_layer)):
    for name in ("kernel", "recurrent_kernel"):
        shape = cell.weights[name].shape
        cell.weights[name][...] = np.random.default_rng(3).normal(scale=0.5, size=shape)
    layer.build(inputs.shape)
    cell.to_keras(layer)  # the same two kernels for both, zero biases


def as_in_the_article(sign_of_z=1.0):
    """Article 004's form, with Keras's weights."""
    cell = reference.GRU(features, units, reset_after=False, update="replace")
    for name, array in cell.weights.items():
        array[...] = before.weights[name]
        array[..., :units] *= sign_of_z  # 1 − σ(a) = σ(−a)
    return cell.forward(inputs).hidden_states


def difference(layer, states):
    return np.abs(layer(inputs.astype("float32")).numpy() - states).max()


pairs = {
    "article's form, Keras's default": difference(default_layer, as_in_the_article()),
    "article's form, reset_after=False": difference(before_layer, as_in_the_article()),
    "the same, weights of z negated": difference(before_layer, as_in_the_article(-1.0)),
    "ours, reset after, Keras's default": difference(
        default_layer, after.forward(inputs).hidden_states
    ),
    "ours, reset before, reset_after=False": difference(
        before_layer, before.forward(inputs).hidden_states
    ),
}
lesson.table(
    ["same weights, two forms", "largest difference"],
    [[name, f"{value:.1e}"] for name, value in pairs.items()],
)
worst, *others = pairs.values()
print(f"Unlike forms differ by up to {max(worst, others[0]):.2f}, and nothing complains.")
assert min(worst, others[0]) > 0.05

# %%
lesson.result("gru_keras_equality", max(others[1:]))

# %% [markdown] lang="en"
# *Repair*: for the update gate, negate its weights and its bias; that is exact. For the reset gate there is no such trick: a matrix product stands between, and the two forms are different functions. So ask of every GRU: which end does $z$ keep, and where does $r$ act?
#
# | | candidate $g$ | new state $h_t$ |
# |---|---|---|
# | article 004, Chung et al. | $\tanh(x_t W_{xg} + (r \circ h_{t-1}) W_{hg} + b_g)$ | $(1-z) \circ h_{t-1} + z \circ g$ |
# | Cho et al. | the same | $z \circ h_{t-1} + (1-z) \circ g$ |
# | Keras by default, cuDNN, PyTorch | $\tanh(x_t W_{xg} + b_g + r \circ (h_{t-1} W_{hg} + b'_g))$ | $z \circ h_{t-1} + (1-z) \circ g$ |
# %% [markdown] lang="zh"
# **改法**：更新门好办，把它的权重和偏置取负即可，分毫不差。重置门没有这样的窍门：中间隔着一次矩阵乘积，两种写法是不同的函数。所以见到一个 GRU，先问两件事：$z$ 保留的是哪一头？$r$ 作用在哪里？
#
# | | 候选 $g$ | 新状态 $h_t$ |
# |---|---|---|
# | 文章 004、Chung 等 | $\tanh(x_t W_{xg} + (r \circ h_{t-1}) W_{hg} + b_g)$ | $(1-z) \circ h_{t-1} + z \circ g$ |
# | Cho 等 | 同上 | $z \circ h_{t-1} + (1-z) \circ g$ |
# | Keras 默认、cuDNN、PyTorch | $\tanh(x_t W_{xg} + b_g + r \circ (h_{t-1} W_{hg} + b'_g))$ | $z \circ h_{t-1} + (1-z) \circ g$ |
# %%
lesson.ledger("F-004-04")

# %% [markdown] lang="en"
# ## 5. How much smaller is a GRU?
#
# Article 004 says that a GRU has fewer parameters than an LSTM: three blocks instead of four. **What will happen** if you count three blocks and then ask Keras?
# %% [markdown] lang="zh"
# ## 5. GRU 小多少？
#
# 文章 004 说 GRU 的参数比 LSTM 少：三块，不是四块。按三块去数，再问 Keras，**会发生什么？**
# %%
block = units * (features + units + 1)
counted = default_layer.count_params()
print(f"three blocks: {3 * block}, reset_after=False: {before_layer.count_params()}")
print(f"Keras's default: {counted}, that is {counted - 3 * block} more, 3 for each unit")
share = counted / lstm.parameter_count
print(f"LSTM: {lstm.parameter_count}; the default GRU is {share:.2f} of it")
assert before_layer.count_params() == 3 * block and counted == 3 * block + 3 * units

# %% [markdown] lang="en"
# With the reset gate after the product, a second bias inside it is no longer the same as one outside. So Keras keeps both.
# %% [markdown] lang="zh"
# 重置门放在乘积之后，括号里的偏置就不再等同于括号外的偏置，所以 Keras 两个都留着。
# %%
lesson.ledger("F-004-05")

# %% [markdown] lang="en"
# ## 6. "The gradient goes to zero, or becomes very large"
#
# Article 004 says so in words, of simple networks, and gives no formula. **What will happen** over 60 steps, if the recurrent matrix has the spectral radius (the largest size of an eigenvalue) 0.5, and 2.5? Must the second explode?
# %% [markdown] lang="zh"
# ## 6. “梯度趋于零，或变得很大”
#
# 文章 004 说的是简单循环网络，只有这句话，没有公式。循环权重矩阵的谱半径（特征值的最大模）取 0.5，再取 2.5，走 60 步，**会发生什么？** 后者一定会爆炸吗？
# %%


def over_sixty_steps(radius, size):
    """‖∂h_60/∂h_0‖ of a simple network, and the bound ‖W_h‖^60, as powers of ten."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(20, 20))
    matrix *= radius / np.abs(np.linalg.eigvals(matrix)).max()
    cell = reference.SimpleRNN(features=3, units=20)
    cell.weights["recurrent_kernel"][...] = matrix
    trace = cell.forward(random.normal(scale=size, size=(1, 60, 3)))
    rows = [cell.backward(trace, d_final_state=e[None])["initial_state"][0] for e in np.eye(20)]
    return np.log10([np.linalg.norm(rows, 2), np.linalg.norm(matrix, 2) ** 60])


settings = [(0.5, 0.1), (2.5, 0.1), (2.5, 10.0)]
norms = [over_sixty_steps(*setting) for setting in settings]
lesson.table(
    ["spectral radius", "size of the inputs", "log10 of the norm", "log10 of its bound"],
    [[*map(str, setting), *found] for setting, found in zip(settings, norms)],
)
(small, _), (large, _), (loud, _) = norms
print(f"10^{small:.0f} and 10^{large:.0f}; with loud inputs 10^{loud:.0f} for the same matrix.")
assert small < -12 and large > 2 and loud < large and all(norm <= bound for norm, bound in norms)

# %% [markdown] lang="en"
# The words are right. If the norm of $W_h$, the most by which it can stretch a state, is below 1, the gradient *must* vanish: so it is in the first row, whose bound falls. Above, it *may* grow, but need not: the slopes of tanh multiply too, and large inputs make them small. A bound is no equation.
# %% [markdown] lang="zh"
# 这句话没有错。$W_h$ 的范数是它最多能把状态拉长几倍；范数小于 1 时，梯度**必定**消失，第一行就是这样，上界也在变小；大于 1 时**可能**变大，也可能不变大：tanh 的斜率也在相乘，输入一大，斜率就小。上界不是等式。
# %%
lesson.ledger("F-004-07")

# %% [markdown] lang="en"
# ## 7. What the articles got right
#
# The forward equations. All three articles print an LSTM that computes what Keras computes; `by_equation` in section 1 was that check. Article 003 has two matrices for each gate, one for the input and one for the state, articles 000 and 004 one matrix for both joined. It is the same numbers in another order, as `step_by_step` above shows.
# %% [markdown] lang="zh"
# ## 7. 文章写对的
#
# 前向公式都对。三篇文章写出的 LSTM 与 Keras 算的是同一个东西，第 1 节的 `by_equation` 已经验证过。文章 003 每个门用两个矩阵，输入一个、状态一个；文章 000 和 004 把两者拼起来，只用一个矩阵。数还是那些数，只是摆法不同，上面的 `step_by_step` 就是例子。
# %%
lesson.ledger("F-000-03", "F-000-04", "F-003-06")

# %% [markdown] lang="en"
# ## 8. The rest of the file
#
# Who invented what, and what else the articles say about gates.
# %% [markdown] lang="zh"
# ## 8. 其余记录
#
# 谁发明了什么，以及文章关于门还说了些什么。
# %%
lesson.ledger()
