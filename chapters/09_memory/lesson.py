# %% [markdown] lang="en"
# # 9. Which network for which memory
#
# *Which network should I use?*
#
# Twenty seconds, 800 MB. You need lessons 2 and 3. The task is the lamp of lesson 2: every one switches it, every zero leaves it. **After each bit, say whether it is on.** Training sees 12 bits. Who can go on to 48?
# %% [markdown] lang="zh"
# # 9. 哪种记忆用哪种网络
#
# *我该用哪种网络？*
#
# 约需二十秒、800 MB 内存；请先学第 2、3 课。任务是第 2 课的那盏灯：来一个一，开关拨一下；来一个零，不动。**每个比特之后，说出灯亮不亮。** 训练只用 12 个比特。到了 48 个，谁还行？
# %%
from rnn_tf.course import begin

lesson = begin("09_memory")

import numpy as np

from rnn_tf import layers, reference, zoo
from rnn_tf.claims import results
from rnn_tf.claims.learning import Adam
from rnn_tf.course.figures import memory
from rnn_tf.datasets import toy

bits = lesson.pick(class_mode=12, full=24)
units = lesson.pick(class_mode=16, full=32)
updates = lesson.pick(class_mode=300, full=1500)
seeds = lesson.pick(class_mode=lesson.seeds, full=range(5))


# %%
def train(cell, seed):
    """Learn running parity; accuracy at each step of sequences four times as long."""
    network = reference.Network(cell, 1, "sigmoid_cross_entropy", seed=seed)
    optimizer = Adam(learning_rate=0.03, clip=1.0)
    for update in range(updates):
        inputs, targets = toy.running_parity(32, bits, seed=10_000 * seed + update)
        _, gradients = network.loss_and_gradients(inputs, targets)
        optimizer.update(network.weights, gradients)
    inputs, targets = toy.running_parity(512, 4 * bits, seed=99_999)
    said = network.forward(inputs).outputs > 0
    return np.mean(said == targets, axis=0)[:, 0]


# %%
cells = {
    "GRU, 2014": [reference.GRU(1, units, seed=seed) for seed in seeds],
    "minGRU, 2024": [reference.MinGRU(1, units, seed=seed) for seed in seeds],
}
right = {name: np.array(list(map(train, some, seeds))) for name, some in cells.items()}
words = {"x": "step", "y": "accuracy", "mark": "end of training", "chance": ("guessing", 0.5)}
lesson.figure(memory.accuracy_by_step(right, trained_to=bits, **words), "hook")

# %% [markdown] lang="en"
# The older network has it right to the end. The younger one, published under the title *Were RNNs all we needed?*, has lost the thread after a handful of bits and guesses. It did not get too little training. It was trained on what **no weights** of it can do.
#
# So *which network* is not a question of age or size. One can say beforehand what each can remember, and today you learn how.
#
# ## The idea in one picture
#
# minGRU has no matrix from state to state. Each unit has one number of its own, the gate $a_t$: the share of the old state that stays. Gate and candidate $g_t$ see only the input:
#
# $$h_t = a_t\, h_{t-1} + (1 - a_t)\, g_t$$
#
# The published gate is a sigmoid, so $a$ lies between 0 and 1. Look what each value of $a$ does to a state of 1.
# %% [markdown] lang="zh"
# 老网络从头对到尾。新网络出自题为 *Were RNNs all we needed?*（我们需要的只是 RNN 吗？）的论文，没过几个比特就乱了，只能猜。不是训练得不够，而是要它学的东西，它**无论取什么权重**都做不到。
#
# 所以“该用哪种网络”问的不是新旧，也不是大小。每种网络记得住什么，事先就说得出来。今天就来学怎么说。
#
# ## 一张图看懂
#
# minGRU 没有从状态到状态的矩阵。每个单元只有自己的一个数，门 $a_t$：旧状态留下几成。门和候选 $g_t$ 都只看输入：
#
# $$h_t = a_t\, h_{t-1} + (1 - a_t)\, g_t$$
#
# 论文里的门用 sigmoid，所以 $a$ 在 0 与 1 之间。看 $a$ 取不同的值，会把状态 1 变成什么。
# %%
reaches = {"sigmoid": (0, 1), "tanh": (-1, 1)}
does = ("flip", "flip, fade", "forget", "fade", "keep")
figure = memory.gate_line(
    reaches, (-1, -0.5, 0, 0.5, 1), words=does, x="step", y="what is left of 1"
)
lesson.figure(figure, "line")

# %% [markdown] lang="en"
# A gate between 0 and 1 can keep, and it can forget. **It can never flip.** But the lamp must be flipped, at every one.
#
# ## One step with numbers
#
# Take one unit, $g = \frac{1}{2}$, start at $h = 0$. Let $a = 1$ at a zero: $h$ stays. Let $a = -1$ at a one: $h$ becomes $-h + 2 \cdot \frac{1}{2} = 1 - h$. On paper: what is $h$ after the bits 1, 0, 1, 1?
# %% [markdown] lang="zh"
# 在 0 与 1 之间的门，能保留，也能忘，**就是不能翻转**。可是灯每逢一都要翻转。
#
# ## 用数字走一步
#
# 只取一个单元，$g = \frac{1}{2}$，从 $h = 0$ 开始。来零时 $a = 1$：$h$ 不变。来一时 $a = -1$：$h$ 变成 $-h + 2 \cdot \frac{1}{2} = 1 - h$。在纸上算：比特 1、0、1、1 之后，$h$ 各是多少？
# %%
h, g, rows = 0.0, 0.5, []
for t, bit in enumerate((1, 0, 1, 1), start=1):
    a = -1.0 if bit else 1.0
    before, h = h, a * h + (1 - a) * g
    rows.append([t, bit, f"{a:g}", f"{a:g} · {before:g} + {1 - a:g} · {g:g}", f"{h:g}"])
lesson.table(["step", "bit", "gate a", "a h + (1 − a) g", "new h"], rows)

# %% [markdown] lang="en"
# $h$ **is** the lamp. The same unit as a cell, with its numbers set by hand, nothing trained:
# %% [markdown] lang="zh"
# $h$ **就是**那盏灯。把同一个单元写成网络的单元，几个数都用手设好，不训练：
# %%
by_hand = reference.MinGRU(features=1, units=1, gate="tanh")
by_hand.weights["kernel"][...] = [[-80.0, 0.0]]  # gate, candidate: a = tanh(40 - 80 x)
by_hand.weights["bias"][...] = [40.0, 0.5]
inputs, targets = toy.running_parity(100, 1000, seed=0)
states = by_hand.forward(inputs).hidden_states
print(f"inputs {inputs.shape}, states {states.shape}")
lesson.result("by_hand", np.mean(states == targets), baseline=0.5)

# %% [markdown] lang="en"
# ## Why can a positive gate never do it?
#
# Follow *two* sequences at once that differ in the first bit only. From then on both get the same $a$ and the same $g$. So the **gap** between their states is only multiplied: gap ← $a$ · gap. And what does the lamp ask of the gap? One lamp is on, the other off; at every one both switch, and the gap must **change its sign**.
# %% [markdown] lang="zh"
# ## 为什么正的门永远做不到？
#
# 同时看**两条**序列，它们只有第一个比特不同。此后两边的 $a$、$g$ 都一样，所以两个状态的**差**只会被乘：差 ← $a$ · 差。而灯对这个差有什么要求？一盏亮，另一盏灭；每来一个一，两盏一起拨，差就得**变号**。
# %%
one, other = np.array([[1, 1, 0, 1, 1, 1], [0, 1, 0, 1, 1, 1]])
wanted = np.cumsum(one) % 2 - np.cumsum(other) % 2
rows = [["bits"] + [f"{x}" if x == y else f"{x} / {y}" for x, y in zip(one, other, strict=True)]]
rows.append(["gap of the lamps"] + [f"{gap:+d}" for gap in wanted])
for at_one in (0.7, -1.0):
    factors = np.where(one[1:] == 1, at_one, 1.0)
    gaps = np.cumprod([1.0, *factors])
    rows.append([f"gap, a = {at_one:g} at a one"] + [f"{gap:+.2f}" for gap in gaps])
lesson.table(["", *(f"t = {t}" for t in range(1, 7))], rows)

# %% [markdown] lang="en"
# A positive number times a positive number stays positive. That is the whole proof for one unit. Several units can add their gaps, each fading at its own pace; such a sum can change its sign a few times, but not for ever. More units buy a few more bits, not the lamp.
#
# In the field's words: $a$ is the **eigenvalue** of the step, and parity needs a negative one. A hidden-to-hidden matrix, as in the simple network or the GRU, can have any.
#
# ## Change one function
#
# Then a tanh instead of the sigmoid should be enough: $a$ reaches from −1 to 1. All else stays, data, starts, learning rate.
# %% [markdown] lang="zh"
# 正数乘正数还是正数。对一个单元，这就是全部证明。几个单元可以把各自的差加起来，快慢不一地衰减，这样的和能变号几次，但不能一直变下去。单元再多，也只多对几个比特，点不亮那盏灯。
#
# 用行话说：$a$ 是这一步的**特征值**，奇偶需要负的特征值。简单循环网络和 GRU 有状态到状态的矩阵，什么样的特征值都可以有。
#
# ## 只换一个函数
#
# 那么，把 sigmoid 换成 tanh 应该就够了：$a$ 从 −1 到 1。数据、起点、学习率，别的都不变。
# %%
signed = "minGRU with tanh"
cells[signed] = [reference.MinGRU(1, units, seed=seed, gate="tanh") for seed in seeds]
right[signed] = np.array(list(map(train, cells[signed], seeds)))
lesson.figure(memory.accuracy_by_step(right, trained_to=bits, **words), "signed")
lesson.result("gru", right["GRU, 2014"].mean(axis=1), baseline=0.5)
lesson.result("min_gru", right["minGRU, 2024"].mean(axis=1), baseline=0.5)
lesson.result("signed", right[signed].mean(axis=1), baseline=0.5)

# %% [markdown] lang="en"
# What have the gates learnt? Each point is a unit: its $a$ at a zero, and its $a$ at a one.
# %% [markdown] lang="zh"
# 门学到了什么？每个点是一个单元：横坐标是来零时的 $a$，纵坐标是来一时的 $a$。
# %%
gates = {}
for name, gate in {"minGRU, 2024": "sigmoid", signed: "tanh"}.items():
    pairs = [cell.forward([[[0.0]], [[1.0]]]).gates[:, 0].T for cell in cells[name]]
    gates[gate] = np.concatenate(pairs)
    nearest = np.min(np.hypot(*(gates[gate] - [1, -1]).T))
    print(f"{gate}: {gates[gate].shape}, nearest to (1, −1): {nearest:.2f} away")
axes = {"x": "a at a zero", "y": "a at a one", "names": ("keep and flip", "reach of a sigmoid")}
lesson.figure(memory.learnt_gates(gates, (1, -1), reach=1, **axes), "gates")

# %% [markdown] lang="en"
# It found by itself what you set by hand: keep at a zero, flip at a one. It does not reach −1 quite, so something fades at each step, and far beyond training a few answers go wrong.
#
# ## What is won by having no matrix
#
# A step is $h \leftarrow a\,h + b$, and $a$ and $b$ do not depend on $h$. Two such steps make one step of the same kind (which one? Exercise 1 of the lab). So pairs of steps can be joined all at once, then pairs of pairs: $T$ steps in about $\log_2 T$ rounds, an *associative scan*. Our Keras layer can do so, with `keras.ops.associative_scan`. Is it the same?
# %% [markdown] lang="zh"
# 它自己找到了你用手设的办法：来零保留，来一翻转。只是没有完全到 −1，每一步都会淡掉一点，所以远超训练长度之后，有几个答案就错了。
#
# ## 没有矩阵，换来了什么
#
# 每一步都是 $h \leftarrow a\,h + b$，而 $a$、$b$ 与 $h$ 无关。这样的两步合起来，还是同样的一步（是哪一步？见练习 1）。于是相邻的两步可以全部同时合并，合并好的再两两合并：$T$ 步只要约 $\log_2 T$ 轮，这叫**结合扫描**。我们的 Keras 层可以用 `keras.ops.associative_scan` 这样算。结果一样吗？
# %%
layer = layers.MinGRU(units, gate="tanh", return_sequences=True, parallel=True)
layer.build((None, None, 1))
cell = cells[signed][0]
layer.set_weights([cell.weights["kernel"], cell.weights["bias"]])
inputs, _ = toy.running_parity(4, 100, seed=0)
scanned, stepped = np.array(layer(inputs)), cell.forward(inputs).hidden_states
print(f"scan {scanned.shape}, step by step {stepped.shape}")
lesson.result("scan_error", np.abs(scanned - stepped).max() / np.abs(stepped).max())

# %% [markdown] lang="en"
# The same, but for rounding. Such a network gives up the matrix, and so a kind of memory, for the right to compute all steps at once. That pays on thousands of cores; on our two it is slower than going in order, as the appendix measures.
#
# ## The zoo
#
# Every network is an answer to one question: *how does the past reach the answer?* Count the arrows from an input to the green square.
# %% [markdown] lang="zh"
# 除了舍入误差，完全一样。这种网络放弃矩阵，也就放弃了一种记忆，换来的是所有时间步可以一起算。在有几千个核的机器上，这很划算；在我们的两个核上，反而比按顺序算慢，附录里有测量。
#
# ## 各种网络
#
# 每种网络都在回答同一个问题：**过去怎样到达答案？** 请数一数，从一个输入到绿色方块要经过几条线。
# %%
titles = ("simple RNN, LSTM, GRU", "minGRU", "bidirectional GRU")
titles += ("dense on a window", "dilated convolution", "causal attention")
lesson.figure(memory.sight(titles, now="now"), "sight")

# %% [markdown] lang="en"
# - **A recurrence with a matrix** carries a state through every step and can turn it into anything on the way. From far away the road is long.
# - **minGRU** carries each unit by itself: keep and forget.
# - **Bidirectional** reads from the end, too. Where the answer must not know what comes later, as for a next value, that is no better network. It is **cheating**.
# - **A window** sees its last steps, and of older ones nothing. A **dilated convolution** is a window that doubles with each layer.
# - **Attention** has every step one arrow away. It finds *where* something was; it does not carry *what became of it*.
#
# ## Say before you look
#
# Seven tasks. For each of them write down a network that will do it and one that will guess.
# %% [markdown] lang="zh"
# - **带矩阵的循环**：状态走过每一步，路上可以变成任何样子；只是从远处来，路很长。
# - **minGRU**：每个单元各走各的，只会保留和忘记。
# - **双向**：还从末尾往回读。如果答案不该知道后面的事，比如预测下一个值，这并不是更好的网络，而是**偷看未来**。
# - **窗口**只看得见最近几步，再早的一点也看不到。**空洞卷积**也是窗口，每加一层就宽一倍。
# - **注意力**离每一步都只有一条线。它找得到东西**在哪里**，却不记得它后来**变成了什么**。
#
# ## 先说，再看
#
# 七个任务。每个任务写下一种做得到的网络，和一种只能猜的网络。
# %%
tasks = {
    "first_bit": ("first bit", "one bit, from far away"),
    "adding": ("adding problem", "two numbers, and where they stood"),
    "copy": ("copying", "a list, in its order"),
    "selective_copy": ("selective copying", "a list, strewn among chatter"),
    "parity": ("running parity", "a state that every step changes"),
    "next_value": ("next value", "the last few values"),
    "digits": ("ten digits", "a picture, row by row"),
}
lesson.table(["task", "what must be remembered"], [list(words) for words in tasks.values()])

# %% [markdown] lang="en"
# Training ten networks on seven tasks takes longer than a lesson. It was **measured beforehand**, all networks with about as many parameters. Settings were chosen on validation data; the test data below were read once.
# %% [markdown] lang="zh"
# 十种网络、七个任务，一节课训练不完，所以是**事先测好的**，各网络的参数量大致相同。各项设定依据验证集，下面的测试集只读过一次。
# %%
stored = results.load("which_network")
print(f"{stored.date}, {stored.seeds} seeds; anew: rnn-tf claims run which_network --mode full")
print(f"window: {zoo.WINDOW} steps; convolution: {1 + sum(zoo.DILATIONS)} steps")
networks = {"simple": "simple RNN", "lstm": "LSTM", "gru": "GRU", "bidirectional": titles[2]}
networks |= dict(zip(("dense", "convolution", "attention"), titles[3:], strict=True))
networks |= {"min_gru": "minGRU", "min_gru2": "minGRU in two layers", "signed": signed}


def measured(task, *length):
    """Network → a score a seed, for all that may try: bidirectional where it is no cheating."""
    places = {name: "/".join((task, kind, *length)) for kind, name in networks.items()}
    return {n: stored.evidence[place] for n, place in places.items() if place in stored.evidence}


# %%
panels, guesses = {}, []
for task, (name, _) in tasks.items():
    unit = "squared error" if task in ("adding", "next_value") else "share right"
    lengths = {"parity": (["trained"], ["longer"])}.get(task, ([],))
    for length, title in zip(lengths, (name, f"{name}, 96 bits"), strict=False):
        panels[title, unit] = measured(task, *length)
        guesses.append(stored.evidence[f"{task}/guessing"].mean())
words = {"names": [*networks.values()], "families": (1, 1, 1, 6, 0, 0, 2, 3, 3, 4)}
lesson.figure(memory.scores(panels, guessing=guesses, guess="guessing", **words), "scores")


# %%
def compare(runs, guess, better):
    """The best mean, what cannot be told from it, what is near guessing; -1: less is better."""
    gain = {name: better * (scores - guess) for name, scores in runs.items()}
    first = max(gain, key=lambda name: np.mean(gain[name]))
    full = np.mean(gain[first])
    least = min(gain[first]) - 0.02 * full  # closer than that is no difference
    good = [name for name in gain if max(gain[name]) >= least]
    return np.mean(runs[first]), good, [n for n in gain if np.mean(gain[n]) < 0.1 * full]


rows = []
for ((title, unit), runs), guess in zip(panels.items(), guesses, strict=True):
    best, good, poor = compare(runs, guess, better=-1 if unit == "squared error" else 1)
    rows.append([title, f"{best:.4f}", ", ".join(good), ", ".join(poor)])
lesson.table(["task", "best", "the best, and what cannot be told from it", "near guessing"], rows)

# %% [markdown] lang="en"
# Each row has its reason, and you could have named it beforehand.
#
# - **A state that every step changes** (parity) needs a recurrence that can flip. (The simple network can; not every seed of it learnt to.) Convolution and attention get far with the 24 bits of training; 96 show that they have not learnt to count. The minGRU with tanh fades there, as you saw.
# - **One bit from far away** goes to whoever has a short road: convolution, attention, and the bidirectional network, whose second reader reads the first bit *last*. The simple network starts as a rotation and loses little. LSTM, GRU and minGRU start with gates half closed, and most seeds did not get them open; lesson 8 has the knob.
# - **Numbers picked by a mark** (adding) can be had by all but two: the simple network has no gate to pick with, and the window does not reach.
# - **A list in its order** (copy): *where* it stood tells everything. Convolution and attention.
# - **A list strewn among chatter**: where it stood tells nothing, each symbol must be let in or kept out. Gates again.
# - **The last few values**: everybody has those, and all are close together. Take the cheapest.
# - **A picture, row by row**: several cannot be told apart. Lesson 5 asks more.
#
# All this holds for so many updates and such small networks; "near guessing" may mean *not yet*. Only for minGRU and parity it means *never*.
#
# Why has the bidirectional network no point at next value? Here is what it would have scored.
# %% [markdown] lang="zh"
# 每一行都有道理，而且事先就说得出来。
#
# - **每步都会变的状态**（奇偶）：要能翻转的循环。（简单循环网络做得到，但不是每个种子都学会了。）卷积和注意力在训练用的 24 个比特上走得很远，可是一到 96 个，就看出它们并没有学会数。用 tanh 的 minGRU 到那里会淡掉，前面已经看到。
# - **很久以前的一个比特**：谁的路短就归谁，即卷积、注意力，还有双向网络：它往回读的那一半，**最后**才读到第一个比特。简单循环网络的起点是旋转，几乎不丢。LSTM、GRU 和 minGRU 的门一开始是半关的，多数种子没能把它打开；那个旋钮在第 8 课。
# - **做了记号的数**（加法问题）：只有两种做不到。简单循环网络没有门来挑，窗口够不着。
# - **一张表，按顺序**（复制）：只看它**在哪里**就够了。用卷积和注意力。
# - **散在闲话里的一张表**：位置说明不了什么，每个符号都要决定放不放进来。又该用门。
# - **最近几个值**：谁都有，彼此相差很小。挑最便宜的。
# - **一张图，逐行看**：有好几种分不出高下。第 5 课问得更细。
#
# 以上只就这么多次更新、这么小的网络而言，“接近随机猜测”可能只是**还没学会**。只有 minGRU 遇上奇偶，才是**永远不会**。
#
# 下一个值那幅图里，为什么没有双向网络的点？它要是参加，会得这个分数。
# %%
honest = min(np.mean(scores) for scores in measured("next_value").values())
print(f"next value: best honest error {honest:.4f}")
lesson.result("cheating", stored.evidence["cheating/next_value/bidirectional"], baseline=0.1**2)

# %% [markdown] lang="en"
# The noise of these series has a variance of 0.01, and no forecast can know it. An error *below the floor* is no good network. It is the proof that somebody saw the answer.
#
# ## And what does it cost?
#
# All had about equal parameters. Time is another matter: what one training step takes, and how many are needed. Here for the adding problem, where training ends as soon as it is solved, on one core.
# %% [markdown] lang="zh"
# 这些序列的噪声方差是 0.01，任何预报都不可能知道它。误差**低于下限**，不是网络好，而是有人偷看了答案的铁证。
#
# ## 代价呢？
#
# 各网络的参数量大致相同，时间却是另一回事：训练一步要多久，又要走多少步。下面是加法问题，一解决就停，只用一个核。
# %%
rows = []
for kind, name in networks.items():
    costs = ("parameters", "seconds", "updates/adding")
    count, seconds, steps = (np.median(stored.evidence[f"{cost}/{kind}"]) for cost in costs)
    error = np.median(stored.evidence[f"adding/{kind}"])
    rows.append([name, f"{count:.0f}", f"{1000 * seconds:.1f}", f"{steps:.0f}"])
    rows[-1] += [f"{steps * seconds:.1f}", f"{error:.4f}"]
header = ["network", "parameter count", "one step (ms)", "steps taken", "together (s)"]
lesson.table([*header, "squared error"], rows)
cheapest = min((row for row in rows if float(row[5]) < 0.001), key=lambda row: float(row[4]))
print(f"cheapest of those that solve it: {cheapest[0]}")
assert cheapest[0] == networks["min_gru"]

# %% [markdown] lang="en"
# Look who is the cheapest: the minGRU, which can never do the lamp. No network is the best at everything. A cheap step is worth nothing where no number of steps helps; a dear one is soon paid for where few are enough. Try two, the cheapest that *can* and the one that is made for it; the appendix compares all by time.
#
# **Take home:** *first say what must be remembered. A state that every step changes: a recurrence that can flip. A thing at a place: convolution or attention. Things picked by what they are: gates. The last few values: whatever is cheapest.*
#
# The lab lets you set gates by hand and choose networks for tasks. The autopsy puts the articles' advice to the test. The appendix has accuracy against lag, the price of each step, and published figures.
# %% [markdown] lang="zh"
# 看看谁最便宜：正是永远点不亮那盏灯的 minGRU。没有哪种网络样样都最好。一步再便宜，走多少步都没用，也是白费；一步贵些，几步就够，很快就值回来。不妨试两种：**做得到**的里面最便宜的，和专为它而设的；附录里按时间比较了所有网络。
#
# **记住一句话：** *先说清楚要记住什么。每步都会变的状态，用能翻转的循环；东西在某个位置，用卷积或注意力；按内容挑出来的东西，用门；最近几个值，用最便宜的。*
#
# 练习里你可以亲手设门，为任务挑网络；剖析里检验文章的建议；附录里有准确率随间隔的变化、每一步的代价，以及已发表的数字。
