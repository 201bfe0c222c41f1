# %% [markdown] lang="en"
# # 1. A recurrent network by hand
#
# *You hear a bit now and must answer with it three steps later. How does a network keep it?*
#
# 45 minutes. You need the matrix product and the chain rule.
# %% [markdown] lang="zh"
# # 1. 手写循环神经网络
#
# *现在听到一个比特，三步之后要把它说出来。网络怎样才能记住它？*
#
# 45 分钟。需要会矩阵乘积和链式法则。
# %%
from rnn_tf.course import begin

lesson = begin("01_by_hand")

import numpy as np

from rnn_tf import reference
from rnn_tf.course.figures import echo, networks
from rnn_tf.datasets import toy

# %% [markdown] lang="en"
# ## No memory fails
#
# A network without memory knows the present bit only. However large it is, it has one answer after a 0 and one after a 1. We look up in 512 sequences which two answers are best, and try them on new sequences.
# %% [markdown] lang="zh"
# ## 没有记忆就做不到
#
# 没有记忆的网络只知道眼前这个比特。不管它有多大，听到 0 只有一种回答，听到 1 也只有一种回答。我们在 512 条序列里查出这两种回答各取什么最好，再拿到新的序列上试。
# %%
DELAY, STEPS = 3, 12
heard, wanted = toy.delayed_echo(512, STEPS, DELAY, seed=0)  # (sequences, steps, 1)
ones = [wanted[:, DELAY:][heard[:, DELAY:] == bit].mean() for bit in (0, 1)]
best_answer = np.round(ones)  # after hearing 0, after hearing 1

new_heard, new_wanted = toy.delayed_echo(500, STEPS, DELAY, seed=1000)
said = best_answer[new_heard.astype(int)]
right = (said == new_wanted)[:, DELAY:]  # the first three steps ask for nothing
print(f"the best without memory: {right.mean():.1%} of {right.size} answers are right")
rows = [array[2, :, 0] for array in (new_heard, new_wanted, said)]  # one of the sequences
names = ["heard", "wanted", "said, no memory"]
lesson.figure(echo.rows(rows, names, delay=DELAY, step="time step"), "no_memory")

# %% [markdown] lang="en"
# That is guessing. What is missing is a place to keep the bit.
#
# ## The idea: one more arrow
#
# A recurrent network hands some numbers on to itself: its *hidden state* $h_t$. Follow the arrow through time, and the network unrolls. All steps use the **same** weights.
# %% [markdown] lang="zh"
# 这等于随机猜测。缺的是一个存放比特的地方。
#
# ## 想法：多一条箭头
#
# 循环神经网络把一些数传给下一步的自己，这些数叫**隐藏状态** $h_t$。沿时间追着这条箭头走，网络就展开了。所有时间步用的是**同一组**权重。
# %%
lesson.figure(networks.unrolled(3, ["folded", "unrolled over three steps"]), "unrolled")

# %% [markdown] lang="en"
# ## Forward
#
# One time step of a sequence is a *row* of numbers, so weights multiply from the right:
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y, \qquad h_0 = 0.$$
# %% [markdown] lang="zh"
# ## 前向计算
#
# 序列的一个时间步是**一行**数，所以权重矩阵从右边乘：
#
# $$h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h), \qquad y_t = h_t W_y + b_y, \qquad h_0 = 0.$$


# %%
def forward(w, inputs):
    """Hidden states h_0 … h_T and outputs y_1 … y_T."""
    hidden = [np.zeros((len(inputs), len(w["W_h"])))]  # h_0
    for t in range(inputs.shape[1]):
        hidden.append(np.tanh(inputs[:, t] @ w["W_x"] + hidden[-1] @ w["W_h"] + w["b_h"]))
    hidden = np.stack(hidden, axis=1)  # hidden[:, t] is h_t: one more than there are inputs
    return hidden, hidden[:, 1:] @ w["W_y"] + w["b_y"]


# %% [markdown] lang="en"
# Can this remember anything? Let us set the weights of four units by hand. The bit goes into the first unit. $W_h$ hands the value of every unit to the next one. The fourth unit speaks: an output above 0 means 1.
# %% [markdown] lang="zh"
# 这样就能记住东西了吗？我们亲手给四个单元设权重：比特进第一个单元；$W_h$ 把每个单元的值交给下一个单元；由第四个单元说出来：输出大于 0，就是说 1。
# %%
by_hand = {"W_x": np.array([[1.0, 0.0, 0.0, 0.0]]), "W_h": np.eye(4, k=1), "b_h": np.zeros(4)}
by_hand |= {"W_y": np.array([[0.0], [0.0], [0.0], [1.0]]), "b_y": np.array([-0.5])}
bits = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0]).reshape(1, 6, 1)
hidden, outputs = forward(by_hand, bits)
print("bits", bits.shape, " hidden", hidden.shape, " outputs", outputs.shape)
print("x_2 W_x        ", bits[0, 1] @ by_hand["W_x"])
print("h_1 W_h        ", (hidden[0, 1] @ by_hand["W_h"]).round(2))
print("h_2 = tanh(sum)", hidden[0, 2].round(2))

# %% [markdown] lang="en"
# That was step 2. All six steps:
# %% [markdown] lang="zh"
# 这是第 2 步。六步连起来看：
# %%
bits_said = outputs[0, :, 0] > 0
frames = networks.unrolling(bits.ravel(), hidden[0], bits_said, names=["heard", "state", "said"])
lesson.animation(frames, "unrolling", seconds_a_frame=1.5)

# %% [markdown] lang="en"
# Every bit walks down one unit a step and is said three steps late. And it fades on the way, because tanh makes it smaller at each step. Remember that.
#
# ## Learning: the gradient walks back
#
# Nobody sets weights by hand. To learn them we must know how each one acts on the loss $L$, the mean of the losses $\ell_t$. Walk against the arrows:
# %% [markdown] lang="zh"
# 每个比特每步往下走一个单元，晚三步被说出来。路上它还在变淡，因为每一步 tanh 都把它变小。这一点先记着。
#
# ## 学习：梯度沿箭头往回走
#
# 没有人真的手工设权重。要学出权重，得知道每个权重怎样影响损失 $L$，也就是各步损失 $\ell_t$ 的平均。逆着箭头走：
# %%
lesson.figure(networks.gradient_arrows(4), "gradient_arrows")

# %% [markdown] lang="en"
# Two arrows end in each $h_t$: one from its own output, one from the step after. Their sum is $\delta_t = \partial L/\partial h_t$:
#
# $$\delta_t = \frac{\partial L}{\partial y_t} W_y^\top + \alpha_{t+1} W_h^\top, \qquad \alpha_t = \delta_t \circ (1 - h_t^2), \qquad \alpha_{T+1} = 0.$$
#
# The gradient of a weight matrix is "what came in, transposed, times what comes back", summed over the steps, for instance $\sum_t h_{t-1}^\top \alpha_t$ for $W_h$. That is back-propagation through time (BPTT). The code below has **one bug**. Do you see it?
# %% [markdown] lang="zh"
# 每个 $h_t$ 处有两条箭头汇合：一条来自本步的输出，一条来自下一步。两者之和就是 $\delta_t = \partial L/\partial h_t$：
#
# $$\delta_t = \frac{\partial L}{\partial y_t} W_y^\top + \alpha_{t+1} W_h^\top, \qquad \alpha_t = \delta_t \circ (1 - h_t^2), \qquad \alpha_{T+1} = 0.$$
#
# 权重矩阵的梯度就是“进来的量转置，乘以传回来的量”，再对各步求和；例如 $W_h$ 的梯度是 $\sum_t h_{t-1}^\top \alpha_t$。这就是沿时间反向传播（BPTT，也译作“通过时间反向传播”）。下面的代码里有**一处错误**，看得出来吗？


# %%
def send_back(w, h, delta):
    """What step t sends to the step before."""
    return delta @ w["W_h"].T


def backward(w, inputs, hidden, d_outputs):
    """The gradient of every weight, and of the inputs."""
    g = {name: np.zeros(array.shape) for name, array in {**w, "inputs": inputs}.items()}
    from_later = np.zeros_like(hidden[:, 0])  # nothing comes after the last step
    for t in reversed(range(inputs.shape[1])):
        h_before, h = hidden[:, t], hidden[:, t + 1]
        delta = d_outputs[:, t] @ w["W_y"].T + from_later
        alpha = delta * (1 - h**2)  # the slope of tanh
        g["W_y"] += h.T @ d_outputs[:, t]
        g["b_y"] += d_outputs[:, t].sum(axis=0)
        g["W_x"] += inputs[:, t].T @ alpha
        g["W_h"] += h_before.T @ alpha
        g["b_h"] += alpha.sum(axis=0)
        g["inputs"][:, t] = alpha @ w["W_x"].T
        from_later = send_back(w, h, delta)
    return g


# %% [markdown] lang="en"
# Random weights to start from; $W_h$ is a rotation, which by itself leaves a state as long as it is. The loss is the cross-entropy of $\sigma(y_t) = 1/(1 + e^{-y_t})$, the probability of a 1. Then gradient descent, with two helps: *momentum* keeps some of the direction of the steps before, and *clipping* shortens a gradient that is longer than 1.
# %% [markdown] lang="zh"
# 起点是随机的权重；$W_h$ 取旋转矩阵，它本身不改变状态的长度。损失是 $\sigma(y_t) = 1/(1 + e^{-y_t})$ 的交叉熵，$\sigma(y_t)$ 即“答案是 1”的概率。然后是梯度下降，外加两个帮手：**动量**保留一部分先前的方向，**梯度裁剪**把长度超过 1 的梯度缩短到 1。


# %%
def new_weights(seed, features=1, units=16):
    random = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(random.normal(size=(units, units)))  # keeps lengths as they are
    w = {"W_x": random.normal(scale=0.5, size=(features, units)), "W_h": rotation}
    w |= {"b_h": np.zeros(units), "W_y": random.normal(scale=0.25, size=(units, 1))}
    return w | {"b_y": np.zeros(1)}


def loss_and_gradients(w, inputs, targets):
    hidden, outputs = forward(w, inputs)
    loss, d_outputs = reference.sigmoid_cross_entropy(outputs, targets)
    return loss, backward(w, inputs, hidden, d_outputs)


def train(w, inputs, targets, seed, epochs=10, batch_size=64):
    """Changes the weights in place; the loss of every training step."""
    optimizer = reference.SGD(0.1, momentum=0.9, global_clipnorm=1.0)
    random, losses = np.random.default_rng(seed), []
    for _ in range(epochs):
        for batch in random.permutation(len(inputs)).reshape(-1, batch_size):
            loss, gradients = loss_and_gradients(w, inputs[batch], targets[batch])
            optimizer.update(w, gradients)
            losses.append(loss)
    return losses


# %%
def run_echo(seed, delay, steps, memory=True):
    """A newly trained network, its losses, and its accuracy on new sequences."""
    inputs, targets = toy.delayed_echo(512, steps, delay, seed=seed)
    new_inputs, new_targets = toy.delayed_echo(500, steps, delay, seed=seed + 1000)
    cut = (-1, steps if memory else 1, 1)  # no memory: every step is a sequence of its own
    batch_size = 64 if memory else 64 * steps
    w = new_weights(seed)
    losses = train(w, inputs.reshape(cut), targets.reshape(cut), seed, batch_size=batch_size)
    said = forward(w, new_inputs.reshape(cut))[1].reshape(new_targets.shape) > 0
    return w, losses, (said == new_targets)[:, delay:].mean()


_, losses, with_the_bug = run_echo(0, DELAY, STEPS)
print(f"loss: {losses[0]:.2f} at first, {losses[-1]:.2f} at last")
lesson.result("accuracy_with_the_bug", with_the_bug, baseline=0.5)

# %% [markdown] lang="en"
# It does not learn. The answers are far from right. Is the idea wrong, or the code?
#
# ## The bug hunt: a gradient check
#
# Ask the loss itself. Move one number a little, see how far the loss moves, divide. That needs no calculus, so it cannot repeat our mistake. We do it for every number, on a small network whose sizes all differ: then a forgotten transpose cannot hide. Of each tensor the table shows the one number at which the two are furthest apart; the *relative error* is next to 0 where they agree, a tenth or more where they do not.
# %% [markdown] lang="zh"
# 它没学会，离全对还差得远。是想法错了，还是代码错了？
#
# ## 捉虫：梯度检验
#
# 直接去问损失：把一个数挪一点点，看损失变多少，相除。这里用不到求导，所以不会重犯求导时的错。对每一个数都这样做。网络要小，而且各个大小互不相同，漏掉的转置才藏不住。表中每个张量只列出两者相差最远的那个数；**相对误差**几乎为 0 就是相符，达到十分之一以上就是不符。
# %%
random = np.random.default_rng(0)
x, y = random.normal(size=(3, 5, 2)), random.uniform(size=(3, 5, 1))  # (batch, steps, features)
small = new_weights(seed=0, features=2, units=4)


def check_gradients():
    tensors = {**small, "inputs": x}
    found = reference.gradient_check(lambda: loss_and_gradients(small, x, y), tensors, show=False)
    rows = [[r.name, r.analytic, r.numeric, f"{r.relative_error:.0e}"] for r in found]
    lesson.table(["tensor", "by hand", "measured", "relative error"], rows)
    return found


wrong = [row.name for row in check_gradients() if row.relative_error > 1e-7]
print(f"wrong: {', '.join(wrong)}")
assert wrong == ["W_x", "W_h", "b_h", "inputs"]

# %% [markdown] lang="en"
# $W_y$ and $b_y$ are right: their gradients come straight from the loss. Wrong is all that lies behind the arrow from step to step. So look at `send_back`: it goes back through $W_h$, but not through tanh. It sends $\delta_t$ where $\alpha_t$ belongs. Article 002 prints this very fault (B-002-19).
# %% [markdown] lang="zh"
# $W_y$ 和 $b_y$ 是对的：它们的梯度直接来自损失。错的全在时间步之间那条箭头的后面。所以该看 `send_back`：它往回经过了 $W_h$，却没有经过 tanh，该送 $\alpha_t$ 的地方送了 $\delta_t$。文章 002 里就有这个错误（B-002-19）。


# %%
def send_back(w, h, delta):
    """What step t sends to the step before: through tanh, then through W_h."""
    return (delta * (1 - h**2)) @ w["W_h"].T


lesson.result("gradient_check", check_gradients().largest)

# %% [markdown] lang="en"
# ## It remembers
#
# The same training again, with one line repaired, from three random starts. Beside it the same network without memory: it gets every step as a sequence of its own, so its state always starts from zero.
# %% [markdown] lang="zh"
# ## 它记住了
#
# 只改了一行，训练照旧，从三个随机起点各来一次。旁边是同样的网络、没有记忆：把每个时间步都当成一条单独的序列，状态总是从零开始。
# %%
recurrent = [run_echo(seed, DELAY, STEPS) for seed in lesson.seeds]
forgetful = [run_echo(seed, DELAY, STEPS, memory=False) for seed in lesson.seeds]
losses, accuracies = [
    [[run[place] for run in runs] for runs in (recurrent, forgetful)] for place in (1, 2)
]
lesson.result("echo_accuracy", accuracies[0], baseline=np.median(accuracies[1]))
lesson.result("echo_without_memory", accuracies[1], baseline=0.5)

# %%
names = ["recurrent net", "no memory"]
labels = ["training step", "cross-entropy (nats)", "accuracy on new sequences", "guessing"]
lesson.figure(echo.learning(losses, accuracies, names, labels), "echo")

# %% [markdown] lang="en"
# The sequence from the beginning of the lesson, in the words of both:
# %% [markdown] lang="zh"
# 回到开头那条序列，看两者各说了什么：
# %%
said = forward(recurrent[0][0], new_heard)[1] > 0
rows = [*rows, said[2, :, 0]]
names = ["heard", "wanted", "said, no memory", "said, recurrent"]
lesson.figure(echo.rows(rows, names, delay=DELAY, step="time step"), "echo_sequence")

# %% [markdown] lang="en"
# ## What does an answer hang on?
#
# The arrows that train the network also explain it. Send a 1 back from one answer $y_t$ alone: what arrives at $x_s$ is $\partial y_t/\partial x_s$. One row of the picture for each answer.
# %% [markdown] lang="zh"
# ## 一个回答取决于什么？
#
# 训练网络用的箭头，也能用来解释网络。只从一个回答 $y_t$ 往回送一个 1，到达 $x_s$ 的就是 $\partial y_t/\partial x_s$。图中每一行对应一个回答。


# %%
def sensitivity(w, inputs):
    """Mean |∂y_t/∂x_s| over the sequences: a row for every t, a column for every s."""
    hidden, outputs = forward(w, inputs)
    matrix = []
    for t in range(inputs.shape[1]):
        only_t = np.zeros(outputs.shape)
        only_t[:, t] = 1.0
        gradient = backward(w, inputs, hidden, only_t)["inputs"]
        matrix.append(np.abs(gradient[:, :, 0]).mean(axis=0))
    return np.array(matrix)


matrix = sensitivity(recurrent[0][0], new_heard)
labels = ["bit heard at step s", "answer at step t", "mean |∂y/∂x|"]
lesson.figure(echo.sensitivity(matrix, labels), "sensitivity")
strongest = matrix[DELAY:].argmax(axis=1)
hits = np.sum(strongest == np.arange(STEPS - DELAY))
print(f"{hits} of {STEPS - DELAY} answers hang most on the bit of {DELAY} steps ago")

# %% [markdown] lang="en"
# ## The cliff
#
# How long can it remember? For each delay a new network is trained, always by the same recipe.
# %% [markdown] lang="zh"
# ## 悬崖
#
# 它能记多久？每个延迟都重新训练一个网络，训练方法完全相同。
# %%
delays = lesson.pick(class_mode=(1, 3, 6, 10, 15, 20), full=range(1, 21))
by_delay = [[run_echo(seed, d, d + 10)[2] for seed in lesson.seeds] for d in delays]
far_inputs, _ = toy.delayed_echo(200, 21, 20, seed=9)
reach = [sensitivity(new_weights(seed), far_inputs)[-1, ::-1] for seed in lesson.seeds]

# %%
labels = ["delay (steps)", "accuracy on new sequences", "guessing"]
labels += ["steps back", "mean |∂y/∂x| before training"]
lesson.figure(echo.cliff(delays, by_delay, reach, labels), "cliff")
lesson.result("echo_after_20_steps", by_delay[-1], baseline=0.5)
near, far = np.median(reach, axis=0)[[0, 20]]
print(f"before training, {far / near:.0%} of the gradient is left 20 steps back")

# %% [markdown] lang="en"
# Two things grow with the delay. The state must hold that many bits at once, in sixteen numbers. And the gradient must walk that many steps, and shrinks on the way: the network hardly hears which bit was to blame. Which of the two gives out first? The learning: even a state that was never trained still holds nearly all of fifteen bits (appendix E). Other recipes move the cliff, and none of those tried there takes it away. Lesson 3 builds a memory that need not fade: gates.
#
# **Take home:** *the state carries the past forward along one arrow, and the gradient carries the blame back along the same arrow. Both fade with every step.*
#
# The lab lets you build it, the autopsy takes two programs from the articles apart, the appendix has the proofs.
# %% [markdown] lang="zh"
# 延迟越长，有两样东西跟着变大。一是状态里同时要存的比特数，而它只有十六个数；二是梯度要走的步数，梯度越走越小，网络几乎听不出该怪哪个比特。先垮掉的是哪一个？是学习：哪怕从没训练过的状态，也几乎存得下十五个比特（见附录第五节）。换一种训练方法能移动悬崖，但那里试过的没有一种能消除它。第 3 课会造出不必褪色的记忆：门。
#
# **记住一句话：** *状态沿一条箭头把过去带到现在，梯度沿同一条箭头把责任带回过去；每走一步，两者都变淡。*
#
# 练习里你可以自己动手造；剖析里把文章的两份程序拆开看；附录里有证明。
