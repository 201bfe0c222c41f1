# %% [markdown] lang="en"
# # 8. Vanishing and exploding gradients
#
# *Why does the training of a recurrent network fail, and what helps?*
#
# Half a minute, 900 MB. You need lessons 1 and 3. The task: twenty bits are heard; say at the end which one came **first**.
# %% [markdown] lang="zh"
# # 8. 梯度消失与梯度爆炸
#
# *循环神经网络为什么会训练失败？什么办法管用？*
#
# 约需半分钟、900 MB 内存；请先学第 1、3 课。任务：听二十个比特，最后说出**第一个**是什么。
# %%
from rnn_tf.course import begin

lesson = begin("08_gradients")

import numpy as np

from rnn_tf import reference
from rnn_tf.claims.learning import Adam
from rnn_tf.course.figures import gradient_flow
from rnn_tf.datasets import toy

seeds = lesson.pick(class_mode=lesson.seeds, full=range(5))


# %%
def train(cell, optimizer, seed, steps=200, count=64, num_steps=20, loud=1.0, middle=0.0):
    """Loss and gradient norm of every training step, and the accuracy on new sequences."""
    network = reference.Network(cell, 1, "sigmoid_cross_entropy", per_step=False, seed=seed)
    losses, norms = [], []
    for step in range(steps):
        inputs, targets = toy.first_bit(count, num_steps, seed=10_000 * seed + step)
        loss, gradients = network.loss_and_gradients(loud * (inputs - middle), targets)
        losses.append(loss)
        norms.append(reference.global_norm(gradients[name] for name in network.weights))
        optimizer.update(network.weights, gradients)
    inputs, targets = toy.first_bit(2000, num_steps, seed=99_999)
    said = network.forward(loud * (inputs - middle)).outputs > 0
    return losses, norms, np.mean(said == targets)


def stretched(rho, seed, units=16, activation="tanh"):
    cell = reference.SimpleRNN(1, units, seed=seed, activation=activation)
    cell.weights["recurrent_kernel"] *= rho  # a rotation, stretched
    return cell


def descend(cell, seed, rate=0.05, clip=None):
    return train(cell, reference.SGD(rate, momentum=0.9, global_clipnorm=clip), seed)


def jump(losses, norms):
    """The first step that has lost what was learnt, if the gradient is long there; else 0."""
    step = np.argmax((np.minimum.accumulate(losses) < 0.1) & (np.array(losses) > np.log(2)))
    return step if max(norms[step : step + 5]) > 10 else 0


# %%
plain = {rho: [descend(stretched(rho, seed), seed) for seed in seeds] for rho in (0.5, 1.0, 2.0)}
tries = ((seed, descend(stretched(2.0, seed), seed)) for seed in range(100))
shown, lost = next((seed, run) for seed, run in tries if jump(*run[:2]))
losses = {rf"$\rho$ = {rho:g}": descend(stretched(rho, shown), shown)[0] for rho in plain}
words = {"x": "training step", "y": "cross-entropy (nats)"}
lesson.figure(gradient_flow.fates(losses, baseline=("guessing", np.log(2)), **words), "fates")
for rho, runs in plain.items():
    print(f"rho = {rho:g}: accuracy {[round(float(run[2]), 2) for run in runs]}, guessing 0.5")

# %% [markdown] lang="en"
# Three trainings of one network. All is the same, data, learning rate, random numbers, but for one number: the recurrent kernel $W_h$ starts as a rotation times $\rho$. From 1 it learns. From 0.5 it sits still. From 2 it learns too, has it right, and then, in a few steps, loses everything for good. (Most seeds do not get even so far from there; the one in the picture was searched for.) The accuracies below the picture are those of seeds that nobody chose.
#
# ## The idea in one picture
#
# To learn what the first bit did, the gradient must walk back from the last step to the first. At every step it is multiplied by *the same kind of matrix*. Take two units, no tanh, and watch.
# %% [markdown] lang="zh"
# 同一个网络训练三次。数据、学习率、随机数全都一样，只有一个数不同：循环权重矩阵 $W_h$ 的起点是一个旋转乘以 $\rho$。$\rho$ 取 1，学会了；取 0.5，原地不动；取 2，也学会了，已经全对，却在几步之内前功尽弃，再也没有恢复。（从 2 出发，多数种子连这一步都走不到；图里的种子是特意找来的。）图下的准确率，种子没有挑过。
#
# ## 一张图看懂
#
# 要知道第一个比特起了什么作用，梯度得从最后一步走回第一步。每走一步，都要乘一次**同一类矩阵**。先取两个单元，不用 tanh，看它怎么走。
# %%
rotation = np.array([[0.8, 0.6], [-0.6, 0.8]])  # by 37 degrees
walks = {}
for rho in (0.9, 1.0, 1.1):
    powers = [np.linalg.matrix_power(rho * rotation, k) for k in range(11)]
    walks[rf"$\rho$ = {rho:g}"] = np.array([1.0, 0.0]) @ np.array(powers)
lesson.figure(gradient_flow.spirals(walks, x="steps back", y="gradient norm"), "spirals")

# %% [markdown] lang="en"
# Straight lines on a scale of powers of ten: *exponential* decay and growth. A factor of 0.9 or 1.1 looks harmless. A hundred steps make it 0.00003 or 14 000. Only 1 is neither.
#
# ## Two steps with numbers
#
# With $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$ a gradient, a row, walks from $h_t$ to $h_{t-1}$ by $\delta_{t-1} = \delta_t J_t$. The matrix $J_t = \mathrm{diag}(1 - h_t^2)\, W_h^\top$ is the *Jacobian* $\partial h_t/\partial h_{t-1}$: slopes of tanh, then the weights. For two steps, multiply two of them, the later one first. Do it on paper before you look.
# %% [markdown] lang="zh"
# 纵轴按十的幂，三条都是直线：**按指数**衰减，按指数增长。0.9、1.1 看着无害，一百步就成了 0.00003 和 14 000。只有 1 不增不减。
#
# ## 用数字走两步
#
# 设 $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$。梯度是一行数，从 $h_t$ 走到 $h_{t-1}$ 就是 $\delta_{t-1} = \delta_t J_t$。矩阵 $J_t = \mathrm{diag}(1 - h_t^2)\, W_h^\top$ 叫**雅可比矩阵** $\partial h_t/\partial h_{t-1}$：先乘 tanh 的斜率，再乘权重。走两步就是两个矩阵相乘，后面的时间步写在前。先在纸上算，再看结果。
# %%
W_h = np.array([[1.0, -1.0], [1.0, 1.0]])  # a rotation by 45 degrees times 1.41
h_1, h_2 = np.array([0.5, 0.0]), np.array([0.8, -0.6])
J_1, J_2 = ((1 - h**2)[:, None] * W_h.T for h in (h_1, h_2))
print(f"J_1 =\n{J_1}\nJ_2 =\n{J_2}\nJ_2 J_1 =\n{J_2 @ J_1}")
longest = np.linalg.norm(W_h @ W_h, 2), np.linalg.norm(J_2 @ J_1, 2)
print("length 1 becomes at most {:.2f} by W_h W_h, {:.2f} by J_2 J_1".format(*longest))

# %% [markdown] lang="en"
# That number is the *norm* of a matrix. The weights alone would double a gradient in two steps; the slopes of tanh, all at most 1, take nearly half of it away again.
#
# ## Is it really this product?
#
# Here is the walk as back-propagation does it, and beside it the product of the formula.
# %% [markdown] lang="zh"
# 这个数就是矩阵的**范数**。单看权重，两步就能把梯度放大一倍；tanh 的斜率都不超过 1，又把它削去近一半。
#
# ## 真是这个乘积吗？
#
# 下面一边是反向传播实际走出来的，一边是按公式相乘的。


# %%
def jacobian(cell, inputs):
    """∂s_T/∂s_0 by back-propagation; s is h, in an LSTM h and c end to end."""
    count = len(cell.state_names)
    size = count * cell.units  # as many equal sequences: each asks for one row
    trace = cell.forward(np.repeat(inputs, size, axis=0))
    rows = np.split(np.eye(size), count, axis=1)
    gradients = cell.backward(trace, d_final_state=rows[0] if count == 1 else tuple(rows))
    return np.concatenate([gradients[name] for name in cell.state_names], axis=1)


errors = []
inputs, _ = toy.first_bit(1, 60, seed=0)  # one sequence of sixty bits
for seed in seeds:
    cell = stretched(1.0, seed, units=32)
    product = np.eye(32)
    for h in cell.forward(inputs).hidden_states[0]:
        product = (1 - h**2)[:, None] * cell.weights["recurrent_kernel"].T @ product
    errors.append(np.linalg.norm(jacobian(cell, inputs) - product) / np.linalg.norm(product))
lesson.result("jacobian_error", errors)

# %% [markdown] lang="en"
# ## How far does it reach?
#
# $\rho$ is the *spectral radius* of $W_h$, the largest size of its eigenvalues. First without tanh, then with it.
# %% [markdown] lang="zh"
# ## 它能走多远？
#
# $\rho$ 是 $W_h$ 的**谱半径**，即特征值大小的最大值。先不用 tanh，再用。
# %%
lags = np.array([1, 2, 5, 10, 20, 30, 40, 60])


def reach(cell):
    return [np.linalg.norm(jacobian(cell, inputs[:, :k]), 2) for k in lags]


groups = {"without tanh": {}, "with tanh": {}}
for curves, activation in zip(groups.values(), ("linear", "tanh"), strict=True):
    for rho in (0.5, 0.9, 1.0, 1.1, 1.5):
        runs = [reach(stretched(rho, seed, 32, activation)) for seed in seeds]
        curves[rf"$\rho$ = {rho:g}"] = np.array(runs)
words = {"x": "steps back", "y": "norm of the Jacobian"}
lesson.figure(gradient_flow.by_lag(lags, groups, floor=1e-20, **words), "radius")
for title, curves in groups.items():
    ends = "  ".join(f"{np.median(runs[:, -1]):.0e}" for runs in curves.values())
    print(f"norm after {lags[-1]} steps, {title}, rho from 0.5 to 1.5:  {ends}")

# %% [markdown] lang="en"
# Without tanh the norm is exactly $\rho^k$. With tanh nothing grows so fast: a state that is driven up sits where tanh is flat, and there the slopes are small. But tanh only takes away. At $\rho = 1$ nothing is lost in the linear network, and nearly all of it with tanh.
#
# Now the three fates have names. 0.5: the gradient of the first bit **vanishes**. The loss knows no more of it than of any other noise. 2: now and then it **explodes**, and one step throws the weights far away. What helps?
#
# ## Help 1: where the weights start
#
# Four starts for $W_h$: small random numbers; Glorot, random with spectral radius near 1; orthogonal, a rotation; and the identity with ReLU instead of tanh. The task is the first bit again. In full mode each start tries four learning rates and takes the one with the lowest loss at the end, on sequences never seen before, as all of them are; class mode takes the rate that was found.
# %% [markdown] lang="zh"
# 不用 tanh，范数正好是 $\rho^k$。用了 tanh，就涨不了那么快：状态一旦被推高，就到了 tanh 平坦的地方，斜率很小。可是 tanh 只会往下削：$\rho = 1$ 时，线性网络一点不丢，有 tanh 的却所剩无几。
#
# 三种结局这就有了名字。0.5：第一个比特的梯度**消失**了，在损失眼里，它和别的噪声没有两样。2：梯度时不时**爆炸**，一步就把权重甩出老远。什么办法管用？
#
# ## 办法一：权重从哪里开始
#
# $W_h$ 取四种起点：很小的随机数；Glorot，即谱半径接近 1 的随机数；正交，即旋转；单位矩阵，并用 ReLU 代替 tanh。任务还是第一个比特。完整模式里，每种起点各试四个学习率，取最后损失最低的（每一步用的都是没见过的新序列）；课堂模式直接用选出来的那个。


# %%
def started(start, seed, units=16):
    random = np.random.default_rng(seed)
    activation = "relu" if start == "identity, ReLU" else "tanh"
    cell = reference.SimpleRNN(1, units, seed=seed, activation=activation)
    kernels = {"small": random.normal(scale=0.01, size=(units, units))}
    kernels["Glorot"] = random.uniform(-1, 1, size=(units, units)) * np.sqrt(3 / units)
    kernels |= {"orthogonal": cell.weights["recurrent_kernel"], "identity, ReLU": np.eye(units)}
    cell.weights["recurrent_kernel"][...] = kernels[start]
    return cell


found = {"small": [0.1], "Glorot": [0.1], "orthogonal": [0.1], "identity, ReLU": [0.01]}
every = dict.fromkeys(found, [0.01, 0.03, 0.1, 0.3])
rows = []
for start, rates in lesson.pick(class_mode=found, full=every).items():
    norm = np.median([reach(started(start, seed))[4] for seed in seeds])  # 20 steps back
    runs = {}
    for rate in rates:
        runs[rate] = [descend(started(start, seed), seed, rate, clip=1.0) for seed in seeds]
    best = min(rates, key=lambda rate: np.mean([run[0][-20:] for run in runs[rate]]))
    rows.append([start, f"{norm:.0e}", f"{best:g}", *(f"{run[2]:.2f}" for run in runs[best])])
lesson.table(["start", "norm after 20 steps", "learning rate", *(f"seed {s}" for s in seeds)], rows)

# %% [markdown] lang="en"
# The small start has nothing to learn from, and Glorot and orthogonal cannot be told apart here. The identity with ReLU is a lesson in itself. Its gradient arrives whole, and yet the two hundred steps in which a rotation learns leave it at guessing: $h$ *adds up* the bits, so all twenty get the same gradient, and the first one is lost in the sum. A gradient that arrives is needed. It is not enough.
#
# ## Help 2: a way that is not multiplied by a matrix
#
# You know one from lesson 3: the cell state, $c_t = f \circ c_{t-1} + i \circ g$. Along it a step multiplies by the forget gate alone. So the bias of that gate is where an LSTM's weights start. A gate that starts at $f$ keeps something for about $1/(1-f)$ steps. Who knows that memories of 1 to $T$ steps are needed can turn this round: draw a time $\tau$ from 1 to $T-1$ for each unit, and set $b_f = \ln \tau$, $b_i = -\ln \tau$. That is *chrono initialisation*. The sequence now has 40 steps; bits are −1 and 1, the later ones whispered, a fifth as loud.
# %% [markdown] lang="zh"
# 从很小的数开始，什么也学不到；Glorot 与正交在这里分不出高下。单位矩阵加 ReLU 最耐人寻味：梯度完整地传到了，可是旋转学会这件事的两百步过去，它还停在随机猜测。因为 $h$ 把各个比特**加在一起**，二十个比特得到的梯度一样大，第一个就淹没在总和里。梯度传得到是必要的，但还不够。
#
# ## 办法二：一条不乘矩阵的路
#
# 第 3 课见过一条：单元状态 $c_t = f \circ c_{t-1} + i \circ g$。沿着它，每一步只乘遗忘门。所以对 LSTM 来说，“从哪里开始”主要看这扇门的偏置。门的起点是 $f$，东西大约能留 $1/(1-f)$ 步。如果知道需要记 1 到 $T$ 步，就可以反过来设：给每个单元抽一个时间 $\tau$，从 1 到 $T-1$，令 $b_f = \ln \tau$、$b_i = -\ln \tau$。这叫 **chrono 初始化**。现在序列有 40 步，比特记作 −1 和 1，后面的都放轻声音，只有五分之一响。


# %%
def gated(forget_bias, seed, units=8):
    cell = reference.LSTM(features=1, units=units, seed=seed)
    input_biases, forget_biases = cell.weights["bias"][: 2 * units].reshape(2, units)
    if forget_bias == "chrono":
        forget_biases[...] = np.log(np.random.default_rng(seed).uniform(1, 39, size=units))
        input_biases[...] = -forget_biases
    else:
        forget_biases[...] = forget_bias
    return cell


loud = np.where(np.arange(40) == 0, 2.0, 0.4)[:, None]  # the first bit is -1 or 1
quiet = {"steps": 100, "count": 16, "num_steps": 40, "loud": loud, "middle": 0.5}
curves, accuracies = {}, {}
for bias in (0, 1, 3, "chrono"):
    name = f"forget bias {bias}"
    curves[name] = np.array([reach(gated(bias, seed)) for seed in seeds])
    accuracies[bias] = [train(gated(bias, s), Adam(0.03), s, **quiet)[2] for s in seeds]
    print(f"{name}: norm after 40 steps {np.median(curves[name][:, -2]):.0e}")
lesson.figure(gradient_flow.by_lag(lags, {"LSTM, state (h, c)": curves}, **words), "forget_bias")
lesson.result("bias_zero", accuracies[0], baseline=0.5)
lesson.result("bias_one", accuracies[1], baseline=0.5)
lesson.result("bias_three", accuracies[3], baseline=0.5)
lesson.result("bias_chrono", accuracies["chrono"], baseline=0.5)

# %% [markdown] lang="en"
# The LSTM has no magic against vanishing. It has a *knob*, and the knob must be set. A bias of 1 is no verdict for ever: another seed, or a larger batch, does get there from it. But it is the wide open gates that learn at once. And this road has no wall: $h$ lies between −1 and 1, $c$ does not. Open all gates of a unit and let it write 1 at every step.
# %% [markdown] lang="zh"
# LSTM 并没有什么专治梯度消失的魔法，它有一个**旋钮**，得拧到合适的位置。偏置为 1 也并非注定不行：换个种子，或者批再大些，也能学会；但一开始就学得会的，是敞开的门。这条路两旁也没有护栏：$h$ 总在 −1 与 1 之间，$c$ 却没有界。把一个单元的门全打开，让它每一步都写入 1，看看会怎样。
# %%
open_cell = reference.LSTM(features=1, units=1)
open_cell.weights["bias"][...] = 20.0  # i, f, o at 1, and the candidate too
trace = open_cell.forward(np.zeros((1, 100, 1)))
h, c = trace.hidden_states[0, -1, 0], trace.cell_states[0, -1, 0]
print(f"after 100 steps: c = {c:.1f}, h = {h:.3f}, slope of tanh at c: {1 - np.tanh(c) ** 2:.0e}")
assert c > 99 and abs(h) <= 1

# %% [markdown] lang="en"
# Such a unit has overflowed: it still says something, but no gradient comes in through $h$ any more.
#
# ## Help 3: clipping
#
# A gradient that explodes still points somewhere sensible; it is only much too long. *Clipping by norm* shortens it: $g \cdot \min(1, c/\lVert g \rVert)$. Here is the training from the first picture that lost everything, and the same once more, clipped at 1.
# %% [markdown] lang="zh"
# 这样的单元已经“溢出”了：话还在说，梯度却再也不能从 $h$ 进来。
#
# ## 办法三：梯度裁剪
#
# 爆炸的梯度，方向仍然有道理，只是太长了。**按范数裁剪**把它缩短：$g \cdot \min(1, c/\lVert g \rVert)$。下面是第一张图里前功尽弃的那次训练，旁边是同样的训练，按范数 1 裁剪。
# %%
both = {"not clipped": lost, "clipped at 1": descend(stretched(2.0, shown), shown, clip=1.0)}
losses, norms = ({name: run[place] for name, run in both.items()} for place in (0, 1))
marked = jump(*lost[:2])
words = {"x": "training step", "y": ["loss (nats)", "gradient norm"], "mark": "first jump"}
lesson.figure(gradient_flow.jump(losses, norms, marked, **words), "jump")
print(f"jump at step {marked + 1}, longest gradient {max(lost[1][marked:]):.0f}")

# %% [markdown] lang="en"
# Clipping *by value* cuts each number by itself. That turns the gradient.
# %% [markdown] lang="zh"
# **按值裁剪**则是把每个数各自截断，梯度的方向就变了。
# %%
gradient = np.array([3.0, 0.4])
ways = {"by norm": gradient * min(1.0, 1.0 / np.linalg.norm(gradient))}
ways["by value"] = np.clip(gradient, -1.0, 1.0)
angles = [np.degrees(np.arctan2(up, right)) for right, up in (gradient, *ways.values())]
axes = {"x": "gradient of weight 1", "y": "gradient of weight 2", "name": "gradient"}
lesson.figure(gradient_flow.turned(gradient, ways, bound=1.0, **axes), "turned")
print("angle: gradient {:.0f}°, by norm {:.0f}°, by value {:.0f}°".format(*angles))


# %% [markdown] lang="en"
# And what can clipping not do? The start that vanished and the start that exploded, each with two helps.
# %% [markdown] lang="zh"
# 那么，裁剪做不到什么？会消失的起点和会爆炸的起点，各用两种办法再来一次。
# %%
def right(rho, **help):
    return [descend(stretched(rho, seed), seed, **help)[2] for seed in seeds]


lesson.result("exploding", np.median([run[2] for run in plain[2.0]]), baseline=0.5)
lesson.result("exploding_clipped", right(2.0, clip=1.0), baseline=0.5)
lesson.result("exploding_slower", right(2.0, rate=0.01), baseline=0.5)
lesson.result("vanishing_clipped", right(0.5, clip=1.0), baseline=0.5)
lesson.result("vanishing_slower", right(0.5, rate=0.01), baseline=0.5)

# %% [markdown] lang="en"
# The two faults are not twins. Against explosion shorter steps are enough: clipped, or by a smaller learning rate, which makes *every* step shorter. What has vanished no shortening brings back. There the road itself must be mended: another start, or a gate.
#
# **Take home:** *a gradient on its way back is multiplied at every step; keep the factor near 1 by the start and by gates, and shorten it when it explodes all the same.*
#
# The lab lets you build each help, the autopsy tests what the articles promise, the appendix has more cells, and gradient norms watched live.
# %% [markdown] lang="zh"
# 这两种毛病并不对称。对付爆炸，把步子缩短就够了：或者裁剪，或者减小学习率（那样**每一步**都变短）。消失了的梯度，再怎么缩短也找不回来；要修的是路本身：换一个起点，或者装一扇门。
#
# **记住一句话：** *梯度往回走，每一步都要乘一次；靠起点和门让乘数接近 1，万一还是爆炸，就把它缩短。*
#
# 练习里你可以亲手做出每一种办法；剖析里检验文章许下的诺言；附录里有更多的单元，还有实时观察梯度范数。
