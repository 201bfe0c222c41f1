# %% [markdown] lang="en"
# # 1. A recurrent network by hand: the autopsy
#
# Articles 001 (§3.2) and 002 (§4.1) both print a network written by hand. Neither runs. Mending what crashes is easy, and it is a trap: the mended program draws a beautiful loss curve and is still wrong.
#
# Nine cases. Each time we build the fault anew, in miniature. Before you run a cell, answer its question: **what will happen?** About half an hour.
# %% [markdown] lang="zh"
# # 1. 手写循环神经网络：剖析
#
# 文章 001（§3.2）和 002（§4.1）各给出一份手写网络，两份都跑不起来。把报错的地方改掉并不难，但这恰恰是个陷阱：改完之后，它能画出一条漂亮的损失曲线，却仍然是错的。
#
# 一共九个案子。每个案子都用我们自己写的小例子重现那个错误。运行之前先回答：**会发生什么？** 大约半小时。
# %%
from rnn_tf.course import begin

lesson = begin("01_by_hand", part="autopsy")

import numpy as np

from rnn_tf import reference
from rnn_tf.course import figures

# %% [markdown] lang="en"
# ## Case 1. A picture in which nothing comes back
#
# Article 001 draws the architecture as boxes and arrows. Here are its arrows. **From which box can you come back to where you started?**
# %% [markdown] lang="zh"
# ## 案子一：一张回不来的图
#
# 文章 001 用方框和箭头画了架构，箭头就是下面这些。**从哪个方框出发，顺着箭头还能回到原处？**
# %%
printed = [("input", "hidden"), ("hidden", "output"), ("input", "loop 1"), ("hidden", "loop 2")]


def boxes_that_return(arrows):
    def reached(start):
        found = {end for begin, end in arrows if begin == start}
        for _ in arrows:
            found |= {end for begin, end in arrows if begin in found}
        return found

    return [box for box in sorted({begin for begin, _ in arrows}) if box in reached(box)]


repaired = [("input", "hidden"), ("hidden", "output"), ("hidden", "hidden")]
print(f"as printed: {boxes_that_return(printed)}; repaired: {boxes_that_return(repaired)}")
assert boxes_that_return(printed) == [] and boxes_that_return(repaired) == ["hidden"]

# %% [markdown] lang="en"
# From none. Two boxes are called "recurrence", but they are dead ends: what is drawn is a feed-forward network.
# %% [markdown] lang="zh"
# 一个也没有。图里有两个叫“循环连接”的方框，却都是死胡同：画出来的其实是前馈网络。
# %%
lesson.ledger("B-001-01")

# %% [markdown] lang="en"
# ## Case 2. A bias that stands upright
#
# Article 001 has samples in rows, as we do, and its biases in a *column*. Two outputs, so a column of two, 5 and 9. **What does NumPy do with a batch of 5? Of 1? Of 2?**
# %% [markdown] lang="zh"
# ## 案子二：竖着的偏置
#
# 文章 001 和我们一样，一行是一个样本；偏置却写成了**列**。有两个输出，所以偏置是两个数的列：5 和 9。**批大小为 5、1、2 时，NumPy 各会怎样？**
# %%
column = np.array([[5.0], [9.0]])
lesson.fails(lambda: np.zeros((5, 2)) + column, ValueError)
print("batch of 1:", (np.zeros((1, 2)) + column).tolist())
print("batch of 2:", (np.zeros((2, 2)) + column).tolist())
print("right:     ", (np.zeros((2, 2)) + np.array([5.0, 9.0])).tolist())

# %% [markdown] lang="en"
# An error, then twice no error and a wrong result. A batch of 1 becomes two rows. In a batch of 2 each bias goes to a *sample* instead of an output. Give a bias the shape (units,), and the case is closed.
# %% [markdown] lang="zh"
# 第一次报错，后两次不报错而结果是错的。批大小为 1 时凭空多出一行；为 2 时偏置加给了不同的**样本**，而不是不同的输出。偏置的形状写成 (单元,)，问题就没有了。
# %%
lesson.ledger("B-001-03")

# %% [markdown] lang="en"
# ## Case 3. Touch it, and see whether anything moves
#
# Three networks run without a complaint. One has the faults of article 001, one those of article 002, one is right. We move every weight a little: some output must move. We swap two early inputs: the last output must change. **Which network fails which test?**
# %% [markdown] lang="zh"
# ## 案子三：动一动，看有没有反应
#
# 三个网络都跑得好好的：一个带着文章 001 的错，一个带着文章 002 的错，一个是对的。把每个权重挪一点：输出必须跟着动。把靠前的两个输入对调：最后的输出必须改变。**哪个网络过不了哪一关？**
# %%
random = np.random.default_rng(0)
inputs = random.normal(size=(3, 5, 2))  # (batch, steps, features)
targets = random.normal(size=(3, 5, 1))
shapes = {"W_x": (2, 4), "W_h": (4, 4), "b_h": (4,), "W_y": (4, 1), "b_y": (1,)}
weights = {name: random.normal(scale=0.5, size=shape) for name, shape in shapes.items()}


def right_network(w, inputs):
    hidden = [np.zeros((len(inputs), 4))]
    for t in range(inputs.shape[1]):
        hidden.append(np.tanh(inputs[:, t] @ w["W_x"] + hidden[-1] @ w["W_h"] + w["b_h"]))
    return np.stack(hidden[1:], axis=1) @ w["W_y"] + w["b_y"]


def article_001(w, inputs):
    """No bias, and the new state is thrown away: every step starts from the same one."""
    start = np.zeros((len(inputs), 4))
    return np.tanh(inputs @ w["W_x"] + (start @ w["W_h"])[:, None]) @ w["W_y"] + w["b_y"]


def article_002(w, inputs):
    """No matrix for the input: it multiplies the state. The next state is made of the output."""
    state, outputs = np.zeros((len(inputs), 4)), []
    for t in range(inputs.shape[1]):
        squashed = np.tanh((state @ w["W_h"] + w["b_h"]) / 2)
        outputs.append((squashed * inputs[:, t, :1]) @ w["W_y"] + w["b_y"])
        state = np.tanh(outputs[-1]) * np.ones(4)
    return np.stack(outputs, axis=1)


# %%
def idle_weights(network):
    before, idle = network(weights, inputs), []
    for name in weights:
        moved = {**weights, name: weights[name] + 0.1}
        if np.array_equal(network(moved, inputs), before):
            idle.append(name)
    return idle


def order_matters(network):
    swapped = inputs[:, [1, 0, 2, 3, 4]]
    return not np.array_equal(network(weights, inputs)[:, -1], network(weights, swapped)[:, -1])


networks = (article_001, article_002, right_network)
lesson.table(
    ["network", "weights that do nothing", "does order matter?"],
    [[n.__name__, ", ".join(idle_weights(n)) or "-", str(order_matters(n))] for n in networks],
)
assert idle_weights(article_001) == ["W_h", "b_h"] and not order_matters(article_001)
assert idle_weights(article_002) == ["W_x"] and order_matters(article_002)
assert idle_weights(right_network) == [] and order_matters(right_network)
as_started = {**weights, "b_h": np.zeros(4), "b_y": np.zeros(1)}
print(f"largest output of article_002 as it starts: {abs(article_002(as_started, inputs)).max()}")
assert not article_002(as_started, inputs).any() and right_network(as_started, inputs).any()

# %% [markdown] lang="en"
# In article 001 two weights take no part, and order does not matter: a recurrent network in name only. In article 002 the input has no matrix. And with its biases at zero, as the article starts them, all outputs are zero for all inputs, for ever: the network is dead. These two tests catch such faults in any network.
# %% [markdown] lang="zh"
# 文章 001 里有两个权重不起作用，输入的先后也毫无影响：名为循环、实则不循环。文章 002 里输入没有自己的矩阵；偏置又照原文从零开始，于是不论输入什么，输出永远是零：网络是死的。这两项检查对任何网络都管用。
# %%
lesson.ledger("B-001-04", "B-001-05", "B-002-01", "B-002-07")

# %% [markdown] lang="en"
# ## Case 4. Weights of the same size for every size
#
# Article 001 draws its weights from a standard normal distribution, whatever the layer's size; article 002 multiplies by 0.01, whatever the size. **With 100 binary inputs, how many units start in the flat part of tanh, beyond 0.99?**
# %% [markdown] lang="zh"
# ## 案子四：不论大小，权重一样大
#
# 文章 001 不管层有多大，权重一律取标准正态；文章 002 不管层有多大，一律再乘 0.01。**有 100 个二进制输入时，多少单元一开始就落在 tanh 的平坦处（绝对值超过 0.99）？**
# %%
rows = []
for size in (10, 100):
    binary = random.integers(0, 2, size=(500, 1, size)).astype(float)
    normal, glorot = reference.SimpleRNN(size, 50), reference.SimpleRNN(size, 50)
    normal.weights["kernel"][...] = random.normal(size=(size, 50))
    shares = [np.mean(np.abs(c.forward(binary).hidden_states) > 0.99) for c in (normal, glorot)]
    rows.append([size, *(f"{share:.1%}" for share in shares)])
    assert shares[0] > 0.15 and shares[1] < 0.05
lesson.table(["binary inputs", "flat, standard normal", "flat, Glorot"], rows)
print(f"100 inputs: {shares[0]:.0%} of the states are flat; scaled by the size, {shares[1]:.1%}")

# %% [markdown] lang="en"
# A unit adds up many terms of size 1, the sum is large, and hardly any gradient comes through. The usual recipe scales by the number of inputs and units (Glorot), and makes $W_h$ orthogonal, so that it neither stretches nor shrinks the state.
# %% [markdown] lang="zh"
# 一个单元要把许多大小约为 1 的项加起来，和很大，梯度几乎传不过来。通行的做法是按输入和单元的个数缩放（Glorot），并让 $W_h$ 为正交矩阵，使它既不拉长也不缩短状态。
# %%
lesson.ledger("B-001-06")

# %% [markdown] lang="en"
# ## Case 5. Half a formula
#
# Article 000 gives the gradient as $\sum_t \frac{\partial L}{\partial h_t} \frac{\partial h_t}{\partial W}$, article 001 in words only. Each factor can be read in two ways. $\partial L/\partial h_t$ may be *direct*, through $\ell_t$ only, or *total*, $\delta_t$. $\partial h_t/\partial W$ may be *immediate*, with $h_{t-1}$ held fixed, or *total*. **Four readings: which are right?**
# %% [markdown] lang="zh"
# ## 案子五：只写了一半的公式
#
# 文章 000 把梯度写成 $\sum_t \frac{\partial L}{\partial h_t} \frac{\partial h_t}{\partial W}$，文章 001 只用文字带过。两个因子各有两种读法：$\partial L/\partial h_t$ 可以是**直接**的，只经过 $\ell_t$；也可以是**总**的，即 $\delta_t$。$\partial h_t/\partial W$ 可以是**当步**的，把 $h_{t-1}$ 当常数；也可以是**总**的。**四种读法，哪些是对的？**
# %%
cell = reference.SimpleRNN(2, 4)
for name, array in zip(("kernel", "recurrent_kernel", "bias"), weights.values(), strict=False):
    cell.weights[name][...] = array
trace = cell.forward(inputs)
states = np.concatenate([np.zeros((3, 1, 4)), trace.hidden_states], axis=1)  # h_0 … h_T
outputs = states[:, 1:] @ weights["W_y"] + weights["b_y"]
direct = 2 * (outputs - targets) / targets.size @ weights["W_y"].T
slope = 1 - states[:, 1:] ** 2
total, later = np.zeros_like(direct), 0.0
for t in reversed(range(5)):
    total[:, t] = direct[:, t] + later
    later = (total[:, t] * slope[:, t]) @ weights["W_h"].T


def immediate(d_hidden):
    return np.einsum("bti,btj->ij", states[:, :-1], d_hidden * slope)


def through_all_steps(d_hidden):
    return cell.backward(trace, d_hidden)["recurrent_kernel"]


# %%
def cosine(a, b):
    return np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b)


def mean_squared_error():
    return np.mean((right_network(weights, inputs) - targets) ** 2)


measured = reference.numeric_gradient(mean_squared_error, weights["W_h"])
readings = {
    "direct × immediate": immediate(direct),
    "total × immediate": immediate(total),
    "direct × total": through_all_steps(direct),
    "total × total": through_all_steps(total),
}
errors = [reference.relative_error(g, measured) for g in readings.values()]
cosines = [cosine(g, measured) for g in readings.values()]
lesson.table(
    ["reading", "relative error", "cosine"],
    [[n, f"{e:.1e}", f"{c:.3f}"] for n, e, c in zip(readings, errors, cosines, strict=True)],
)
worst = max(c for c, e in zip(cosines, errors, strict=True) if e > 0.1)
print(f"right: {sum(e < 1e-7 for e in errors)} of 4; a wrong one reaches a cosine of {worst:.3f}")
assert errors[1] < 1e-7 and errors[2] < 1e-7 and min(errors[0], errors[3]) > 0.1
assert worst > 0.9

# %% [markdown] lang="en"
# Exactly one of the two factors must be total. The formula does not say so. Look at the cosine too, which says how far two gradients point the same way: a wrong reading scores well. Judge a gradient by its relative error.
# %% [markdown] lang="zh"
# 两个因子必须恰有一个是“总”的，而公式没有说。再看“余弦”一列，它表示两个梯度的方向有多接近：错误的读法也能拿高分。判断梯度要看相对误差。
# %%
lesson.ledger("F-000-02")

# %% [markdown] lang="en"
# ## Case 6. A backward pass that happens to run
#
# The sketch in article 001 uses the *output* error for all weights: neither the output matrix nor the slope of tanh is applied, and nothing goes back in time. **Four inputs, four units, four outputs: what does the gradient check say? And with 2, 5 and 3?**
# %% [markdown] lang="zh"
# ## 案子六：碰巧能跑的反向计算
#
# 文章 001 的草稿把**输出**误差直接用于所有权重：没乘输出矩阵，没乘 tanh 的斜率，也没有沿时间往回传。**输入、单元、输出都是 4 个时，梯度检验怎么说？换成 2、5、3 个呢？**


# %%
def show_check(report):
    lesson.table(
        ["tensor", "by hand", "measured", "relative error"],
        [[r.name, r.analytic, r.numeric, f"{r.relative_error:.0e}"] for r in report],
    )


def sketch_check(features, units, outputs):
    """A miniature with the same faults, on one step."""
    random = np.random.default_rng(1)
    x, y = random.normal(size=(4, features)), random.normal(size=(4, outputs))
    h_0 = random.normal(size=(4, units))
    w = {"W_x": random.normal(size=(features, units)), "W_h": random.normal(size=(units, units))}
    w["W_y"] = random.normal(size=(units, outputs))

    def loss_and_gradients():
        h = np.tanh(x @ w["W_x"] + h_0 @ w["W_h"])
        error = h @ w["W_y"] - y
        gradients = {"W_x": x.T @ error, "W_h": h_0.T @ error, "W_y": h.T @ error}
        return np.sum(error**2) / 2, gradients

    return reference.gradient_check(loss_and_gradients, w, show=False)


sketch = sketch_check(features=4, units=4, outputs=4)
show_check(sketch)
passed = [row.name for row in sketch if row.relative_error < 1e-7]
print(f"right: {', '.join(passed)}")
assert passed == ["W_y"]
lesson.fails(lambda: sketch_check(features=2, units=5, outputs=3), ValueError)

# %% [markdown] lang="en"
# Equal sizes run, and only the output matrix is right. Unequal sizes are refused: the gradient has not even the shape of its tensor. **Test with sizes that all differ, and with three steps or more**: on a single step, as here, nothing shows what goes wrong between steps.
# %% [markdown] lang="zh"
# 大小相等时跑得通，只有输出矩阵是对的；大小不等时直接被拒绝：梯度连形状都和张量对不上。**测试时让各个大小互不相同，时间步至少三个**：像这里只有一步，时间步之间的错就无从发现。
# %%
lesson.ledger("B-001-08", "B-001-09", "B-001-10", "B-001-11")

# %% [markdown] lang="en"
# ## Case 7. The trap: a wrong network that learns
#
# Article 002 trains on one sequence: inputs 1, 2, 3, targets 2, 4, 6. Its network is the one of case 3, and its backward pass adds terms that should be multiplied. Here is a miniature of ours with these faults. **Will the loss fall?**
# %% [markdown] lang="zh"
# ## 案子七：陷阱，一个错误的网络也“学会了”
#
# 文章 002 只用一条序列训练：输入 1、2、3，目标 2、4、6。网络就是案子三里的那个，反向计算里该相乘的项写成了相加。下面是我们自己写的、带有同样错误的小网络。**损失会下降吗？**
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
    print(f"seed {seed}, outputs:", outputs_now.round(2))

# %%
mean_baseline = np.mean((y_line - y_line.mean()) ** 2)
figure, (axis,) = figures.panels()
figures.spread(axis, np.arange(1000), curves, "wrong network")
axis.axhline(mean_baseline, color="black", linestyle="--", label="mean target")
axis.set_yscale("log")
figures.label(axis, "training step", "mean squared error")
axis.legend()
lesson.figure(figure, "wrong_curve")
lowest = np.argmin(np.median(curves, axis=0))
print(f"lowest after {lowest} of 1000 steps")
lesson.result("wrong_network_loss", [curve[-1] for curve in curves], baseline=mean_baseline)

# %% [markdown] lang="en"
# It falls, far below the baseline. A tutorial would stop here, and article 002 does. **And what does the gradient check say?**
# %% [markdown] lang="zh"
# 降了，远低于基线。教程往往到此为止，文章 002 也是。**那么梯度检验怎么说？**
# %%
reports = [
    reference.gradient_check(lambda w=w: wrong_network(w)[:2], w, show=False) for w in wrong_weights
]
show_check(reports[0])
lesson.result("wrong_network_gradients", [report.largest for report in reports])
flipped = [row.name for row in reports[0] if row.analytic * row.numeric < 0]
print(f"with the sign reversed: {', '.join(flipped)}")
assert flipped

slope_and_shift = np.polyfit(x_line, y_line, 1)
line_error = np.mean((np.polyval(slope_and_shift, x_line) - y_line) ** 2)
print(f"squared error of a straight line: {line_error:.1e}")
assert line_error < 1e-20

# %% [markdown] lang="en"
# No gradient is right, not even the sign of some. Why did the loss fall? Because the output bias goes roughly the right way, because the input multiplies the state on its way out, and because $y = 2x$ asks for next to nothing: three numbers, no memory. A straight line solves it, with two parameters and no error at all. So the task is at fault as well as the code.
# %% [markdown] lang="zh"
# 没有一个梯度是对的，有的连符号都反了。那损失为什么会降？因为输出偏置大致朝对的方向走，因为状态在输出前乘上了输入，还因为 $y = 2x$ 这个任务几乎没有要求：三个数，用不着记忆。一条直线、两个参数就能做到零误差。所以错的不只是代码，还有任务。
# %%
lesson.ledger("B-002-08", "B-002-16", "B-002-17", "B-002-19", "B-002-22")

# %% [markdown] lang="en"
# ## Case 8. A loss that does not look
#
# The loss of article 002 would not have told us either. Its "cross-entropy" takes the logarithm of the raw outputs. **What does it say to perfect outputs? To the same outputs, if the targets had been negative? To outputs a million times too large?**
# %% [markdown] lang="zh"
# ## 案子八：不看目标的损失
#
# 文章 002 的损失也提醒不了我们：它的“交叉熵”直接对原始输出取对数。**输出完美时它是多少？目标若全变成负的、输出不变呢？输出大一百万倍呢？**


# %%
def loss_without_targets(targets, outputs):
    return -np.sum(np.log(np.maximum(outputs, 1e-12))) / len(targets)


perfect, absurd = y_line, 1e6 * y_line
cases = ((perfect, y_line), (perfect, -y_line), (absurd, y_line))
lesson.table(
    ["outputs", "targets", "the article's kind of loss", "squared error"],
    [[str(o), str(t), loss_without_targets(t, o), np.mean((o - t) ** 2)] for o, t in cases],
)
losses = [loss_without_targets(targets, outputs) for outputs, targets in cases]
print(f"absurd outputs are preferred to perfect ones by {losses[0] - losses[2]:.1f}")
assert losses[0] == losses[1] and losses[2] < losses[0]

# %% [markdown] lang="en"
# The same for right and for opposite targets, and best for absurd outputs. A loss has to look at the targets, and has to be lowest where outputs meet them.
# %% [markdown] lang="zh"
# 目标对的、相反的，它给的数一样；输出荒谬，它反而最满意。损失必须看目标，并且在输出等于目标时最低。
# %%
lesson.ledger("B-002-10", "B-002-11", "F-002-05")

# %% [markdown] lang="en"
# ## Case 9. Three small ones
#
# **What is `(1 − e^−a)/(1 + e^−a)` at a = 1, and at a = −1000? Which state is `h[t − 1]` at the first step? How far does 0.01 · g go if g has exploded?**
# %% [markdown] lang="zh"
# ## 案子九：三个小错
#
# **`(1 − e^−a)/(1 + e^−a)` 在 a = 1 和 a = −1000 处等于多少？第一步的 `h[t − 1]` 是哪个状态？梯度 g 爆炸时，0.01 · g 会走多远？**
# %%
a = np.array([1.0, -1000.0])
with np.errstate(over="ignore", invalid="ignore"):
    own = (1 - np.exp(-a)) / (1 + np.exp(-a))
print("own:", own.round(3), " tanh:", np.tanh(a).round(3), " tanh(a/2):", np.tanh(a / 2).round(3))
assert np.isnan(own[1]) and np.isclose(own[0], np.tanh(0.5))

h = [0.1, 0.2, 0.3]  # h_1, h_2, h_3
before = [h[t - 1] for t in range(3)]
print("h[t - 1]:", before, " right:", [0.0, *h[:-1]])
assert before[0] == h[-1]

for length in (1.0, 1e6):
    scaled, clipped = 0.01 * length, min(length, 5.0)
    print(f"gradient of length {length:g}: times 0.01 {scaled:g}, clipped at 5 {clipped:g}")

# %% [markdown] lang="en"
# The first is tanh of *half* the argument, and not a number at all for large negative ones. At the first step, index −1 is the *last* state, out of the future. And 0.01 shortens the harmless gradient, leaves the exploded one enormous, and makes the printed learning rate a lie. Clipping shortens only what is too long: $g \cdot \min(1, c/\|g\|)$, with $c$ written down.
# %% [markdown] lang="zh"
# 第一个其实是**一半**自变量的 tanh，自变量是很大的负数时干脆不是数（nan）。第一步的下标 −1 取到的是**最后**一个状态，来自未来。乘 0.01 则缩短了无害的梯度，爆炸的梯度照样巨大，写出来的学习率也不再是真的。裁剪只缩短过长的梯度：$g \cdot \min(1, c/\|g\|)$，并写明 $c$ 取多少。
# %%
lesson.ledger("B-002-06", "B-002-18", "B-002-20", "F-002-04")

# %% [markdown] lang="en"
# ## What else there is
#
# **Crashes that speak for themselves.** Python says at once what is wrong, but one at a time: mend one, and the next one raises.
# %% [markdown] lang="zh"
# ## 其余各条
#
# **一运行就报错的。** 错在哪里，Python 立刻就说；只是一次说一个，改好一处，下一处再报。
# %%
lesson.ledger("B-001-02", "B-001-07", "B-002-02", "B-002-03", "B-002-04", "B-002-05")
lesson.ledger("B-002-14", "B-002-15", "B-002-21")

# %% [markdown] lang="en"
# **Faults without a sound, and matters of design.**
# %% [markdown] lang="zh"
# **不声不响的错，以及设计上的问题。**
# %%
lesson.ledger("B-001-12", "B-002-09", "B-002-12", "B-002-13", "B-002-23")

# %% [markdown] lang="en"
# **Formulas that need a repair.** Article 003 gets the direction of the chain wrong: the gradient comes *from* the output *to* the state.
# %% [markdown] lang="zh"
# **要改的公式。** 文章 003 把链条的方向弄反了：梯度是**从**输出**到**状态的。
# %%
lesson.ledger("F-000-08", "F-001-04", "F-001-05", "F-001-06", "F-002-02", "F-002-03")
lesson.ledger("F-003-02", "F-003-03", "F-003-04")

# %% [markdown] lang="en"
# **All the rest:** formulas that are right, references, topics.
# %% [markdown] lang="zh"
# **剩下的：** 正确的公式、文献和各个主题。
# %%
lesson.ledger()
