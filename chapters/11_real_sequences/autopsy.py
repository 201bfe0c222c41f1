# %% [markdown] lang="en"
# # 11. Real sequences: the autopsy
#
# The articles say little about data, and what they say sounds harmless: sequences of any length, cut into windows; rows with missing values deleted or filled; a state that starts at zero. Here we take the sentences at their word. Each time there is a question first: **what will happen?** Write your answer down before you run the cell. About 25 minutes.
#
# The sentences are claims of our list, C-…. What took too long for a class was measured beforehand, on five seeds; `rnn-tf claims C-004-23` shows it, `rnn-tf claims run C-004-23` measures again.
# %% [markdown] lang="zh"
# # 11. 真实的序列：剖析
#
# 关于数据，那几篇文章说得不多，听上去也都没什么问题：序列多长都行，切成窗口；有缺失值的行，删掉或者填上；状态从零开始。这里把这些话当真，照着去做。每次都先问一句：**会发生什么？** 把答案写下来，再运行那一格。大约 25 分钟。
#
# 这些话都在我们的论断表里，编号 C-……。课堂上来不及的，事先测好了，用五个随机种子；`rnn-tf claims C-004-23` 查看结果，`rnn-tf claims run C-004-23` 重新测量。
# %%
from rnn_tf.course import begin

lesson = begin("11_real_sequences", part="autopsy")

import numpy as np

from rnn_tf.claims import results
from rnn_tf.claims.experiments.generalising import waves
from rnn_tf.claims.experiments.series import ar_series, least_squares
from rnn_tf.claims.experiments.windows import missing_values
from rnn_tf.claims.learning import accuracy, fresh, learn, network
from rnn_tf.course import figures
from rnn_tf.course.figures import by_length
from rnn_tf.datasets import toy

# %% [markdown] lang="en"
# ## 1. "Sequences of any length"
#
# So articles 001 (C-001-03) and 003 (C-003-04). The same weights do run over any number of steps. Take a vote: 11 ballots, each +1 or −1; which side has more? A simple recurrent network learns it well.
#
# **What will happen** with 21, 45, 221 ballots? And what if the 11 ballots are padded with zeros, *behind* or *in front*? A zero is a vote for nobody. Which place does more harm?
# %% [markdown] lang="zh"
# ## 1. “序列多长都行”
#
# 文章 001（C-001-03）和 003（C-003-04）这样说。同一组权重，确实走多少步都行。来一次投票：11 张票，每张 +1 或 −1，哪边多？简单循环网络学得很好。
#
# **会发生什么？** 21 张、45 张、221 张票呢？11 张票用零填充，填在**后面**或填在**前面**，又会怎样？零是谁也不投。填在哪边害处更大？
# %%


def votes(count, num_steps, seed):
    bits, wins = toy.majority(count, num_steps, seed=seed)
    return 2 * bits - 1, wins


def voter(seed):
    empty = np.zeros((1, 1, 1))
    net = network("simple", empty, 1, 16, seed=seed, loss="sigmoid_cross_entropy")
    learn(net, fresh(lambda count, seed: votes(count, 11, seed)), steps=250, seed=seed)
    return net


voters = [voter(seed) for seed in lesson.seeds]
lengths, padding = (11, 21, 45, 111, 221), (0, 2, 5, 10, 20, 40)
longer = [[accuracy(net, *votes(500, n, 900 + n)) for n in lengths] for net in voters]
ballots, wins = votes(1000, 11, 777)


def padded(net, front=0, behind=0):
    return accuracy(net, np.pad(ballots, ((0, 0), (front, behind), (0, 0))), wins)


places = {
    "zeros behind": [[padded(net, behind=n) for n in padding] for net in voters],
    "zeros in front": [[padded(net, front=n) for n in padding] for net in voters],
}
groups = {
    "more ballots": {"11 in training": (lengths, longer)},
    "11 ballots and zeros": {name: (padding, runs) for name, runs in places.items()},
}
ys = ["accuracy", "accuracy"]
words = {"x": "steps", "ys": ys, "baseline": ("guessing", 0.5)}
lesson.figure(by_length.curves(groups, **words), "votes")

# %%
by_count = np.array(longer)
lesson.result("as_trained", by_count[:, 0], baseline=0.5)
lesson.result("far_longer", by_count[:, -1], baseline=0.5)
lesson.result("zeros_in_front", [runs[-1] for runs in places["zeros in front"]], baseline=0.5)
stored = results.load("lengths").evidence
echo, majority = (stored[f"{task}/times20"] for task in ("echo", "majority"))
print(f"measured beforehand, {len(echo)} seeds, 20 times the length:", end=" ")
print(f"echo {echo.min():.2f} … {echo.max():.2f}, majority {majority.min():.2f} …", end=" ")
print(f"{majority.max():.2f}")
silence = np.array([net.forward(np.zeros((1, 40, 1))).outputs[0, 0] for net in voters])
sure = np.abs(1 / (1 + np.exp(-silence)) - 0.5) + 0.5
print(f"forty zeros and no ballot: how sure each network is of its side {sure.round(3)}")
assert sure.min() > 0.9

# %% [markdown] lang="en"
# *Any length runs; not any length works.* What must be **counted** grows with the length, and a state that has learnt to count to eleven is full. What lies a fixed number of steps back (the echo) can go on for ever: the claim *depends on the task*.
#
# And the zeros? A vote for nobody is a step all the same: $\tanh(W_h h + b)$ moves on. These networks have two hollows, yes and no, into which the state rolls by itself. Zeros behind mostly leave it in the one it has reached. Zeros in front let it roll into one before the first ballot is read: after forty of them, and no ballot at all, each network is quite sure. Other networks roll elsewhere; no place is safe.
#
# *Cause*: a zero is taken for nothing. *Repair*: a mask (lesson and lab), or batches of one length. And try the network on the lengths that it will meet.
#
# ## 2. "The data are cut into input and output sequences", and how long?
#
# Article 004 sets a length and never uses it (C-004-16, refuted; lesson 6 took the program apart). Then it advises: longer sequences bring more context and cost more (C-004-23), the best length is found on validation data (C-004-24). Take a series in which each value hangs on the value before it and on the one *twelve* steps back.
#
# **What will happen** to the error with windows of 1, 2, 5, 10, 20, 40 steps? Draw the curve. The cost?
# %% [markdown] lang="zh"
# **多长都能跑，不等于多长都管用。** 要**数**的东西随长度增加，而只学会数到十一的状态，装满了就装不下了。只看固定步数之前（回声）的任务，可以一直做下去：这条论断**取决于任务**。
#
# 那些零呢？谁也不投的票，照样是一步：$\tanh(W_h h + b)$ 照常往前走。这些网络有两个坑，“是”和“否”，状态自己就会滚进去。零填在后面，状态多半就留在已经到了的那个坑里。零填在前面，第一张票还没读，状态就已滚进了一个坑：四十个零，一张票也没有，每个网络却都十分肯定。换别的网络，又会滚到别处；填在哪边都不保险。
#
# **原因**：以为零就是什么也没有。**改法**：用掩码（见正课和练习），或者同一批只放等长的序列。还有，网络将来会遇到多长的序列，就用多长的试。
#
# ## 2. “把数据切成输入序列和输出序列”，切多长？
#
# 文章 004 设了一个长度，却从未用上（C-004-16，被推翻；那段程序第 6 课已剖析）。它接着建议：序列越长，上下文越多，开销也越大（C-004-23）；最好的长度要在验证集上找（C-004-24）。取一个序列，每个值取决于前一个值，以及**十二**步之前的值。
#
# **会发生什么？** 窗口取 1、2、5、10、20、40 步，误差怎样变？把曲线画出来。开销呢？
# %%
memory_of_twelve = (0.3, *[0.0] * 10, 0.6)
windows = np.array([1, 2, 3, 5, 8, 10, 11, 12, 13, 15, 20, 30, 40])


def linear_errors(seed):
    """Errors on validation and test part, (2, windows), of a linear forecast."""
    series = ar_series(3000, memory_of_twelve, seed=seed)
    train, *judged = np.split(series, [1800, 2400])
    found = [[], []]
    for length in windows:
        learnt = toy.windows(train, length)
        for place, part in enumerate(judged):
            asked = toy.windows(part[40 - length :], length)  # the same targets for all
            found[place].append(np.mean((least_squares(learnt, asked) - asked[1]) ** 2))
    return found


linear = np.array([linear_errors(seed) for seed in lesson.seeds])
stored, known = results.load("window_length").evidence, (5, 10, 20, 40)
gru = {kind: np.array([stored[f"{kind}/T{n}"] for n in known]).T for kind in ("error", "seconds")}
groups = {
    "what it gains": {"linear": (windows, linear[:, 1]), "GRU": (known, gru["error"])},
    "what it costs": {"GRU": (known, gru["seconds"])},
}
words = {"x": "steps in a window", "ys": ["mean squared error", "processor time (s)"]}
lesson.figure(by_length.curves(groups, **words), "window")

# %%
at = {n: linear[:, 1, list(windows).index(n)] for n in (5, 11, 12, 40)}
lesson.result("before_twelve", at[11] / at[5])
lesson.result("at_twelve", at[12] / at[5])
lesson.result("after_twelve", at[40] / at[12])
best = windows[linear[:, 0].argmin(axis=1)]
chosen = [errors[list(windows).index(n)] for errors, n in zip(linear[:, 1], best, strict=True)]
print(f"chosen on validation data: {best} steps; test error {np.round(chosen, 2)}")
print(f"the same without choosing, mean over the windows: {linear[:, 1].mean(axis=1).round(2)}")
assert min(best) >= 12 and np.all(chosen < linear[:, 1].mean(axis=1))

# %% [markdown] lang="en"
# No slope, a *step*. Context is worth nothing until the window reaches what matters, and nothing more after that; the cost goes on growing. So C-004-23 *depends*, and C-004-24 is confirmed: only a look at held-out data tells where the step is. Who tries 5 and 10 and stops, as the curve is flat, has stopped in front of it.
#
# The network needs the step as well, but gains less: after these few training steps it is worse than a straight line. A longer window is an offer; it must still be learnt.
# %% [markdown] lang="zh"
# 不是斜坡，是**台阶**。窗口够到要紧的那一步之前，再多上下文也没用；够到之后，再长也没用；开销却一直在涨。所以 C-004-23 **看情况**，C-004-24 得到证实：台阶在哪里，只有看留出的数据才知道。试了 5 和 10，见曲线是平的就停手，正好停在台阶跟前。
#
# 网络也要等到这个台阶，只是得益少些：训练步数这么少，它还不如线性预报。窗口长，只是给了机会；还得学得会。
# %%
lesson.ledger("B-004-07", "B-004-20")

# %% [markdown] lang="en"
# ## 3. "Rows with missing values may be deleted", or filled
#
# Article 004 offers three ways: delete them (C-004-29), fill them with mean, median or *largest* value (C-004-30), predict them by a model (C-004-31). First the scissors: a wave with a period of 25 steps, two rows in five missing at random, deleted.
#
# **What will happen** to the period?
# %% [markdown] lang="zh"
# ## 3. “有缺失值的行可以删掉”，或者填上
#
# 文章 004 给了三种办法：删掉（C-004-29）；用均值、中位数或**最大值**填（C-004-30）；用模型预测（C-004-31）。先动剪刀：一个周期为 25 步的波，随机缺了五分之二的行，删掉。
#
# **会发生什么？** 周期变成多少？
# %%
steps = np.arange(1500)
wave = np.sin(2 * np.pi * steps / 25)
kept = np.random.default_rng(0).random(1500) > 0.4


def period(series):
    power = np.abs(np.fft.rfft(series - series.mean())) ** 2
    return len(series) / power.argmax()


figure, axes = figures.panels(2, columns=1, width=7.0, height=1.7)
for axis, series, name in zip(axes, (wave, wave[kept]), ("measured", "rows left"), strict=True):
    axis.plot(series[:100], ".-", color=figures.COLOURS[0], linewidth=0.8)
    figures.label(axis, "row", "value", name)
lesson.figure(figure, "deleted")

# %%
lesson.result("period_kept", period(wave))
lesson.result("period_deleted", period(wave[kept]))

# %% [markdown] lang="en"
# A row is a step of time. Who deletes rows glues distant hours together, and the clock runs faster where more is missing.
#
# Now all the ways, on a wave with noise that remembers; a fifth is missing, at random or just where values are high. Two judges: how far is a filling from the truth? And a linear forecast, *learnt* on the filled half, how wrong is it on a half without gaps?
#
# **What will happen?** Put in order, for each judge: deleted, mean, median, largest, last value, straight line, model.
# %% [markdown] lang="zh"
# 一行就是一个时间步。删掉行，就把相隔很远的时刻粘在了一起；哪里缺得多，哪里的钟就走得快。
#
# 再看全部办法，用的是带有记忆噪声的波；缺五分之一，或者随机缺，或者专缺数值高的地方。两个评判：填充值离真值多远？在填好的前一半上**学**一个线性预报，拿到没有缺口的后一半，错多少？
#
# **会发生什么？** 请按两个评判各排一次名：删掉、均值、中位数、最大值、上一个值、直线、模型。
# %%
ways = {
    "deleted": "deleted rows",
    "mean": "the mean",
    "median": "the median",
    "largest": "the largest",
    "last": "last value",
    "line": "straight line",
    "model": "model of both sides",
}
runs = [missing_values(seed) for seed in range(5)]
judged, rows = {}, []
for way, name in ways.items():
    row = [name]
    for kind in ("random", "high"):
        for judge in ("gaps", "forecast"):
            key = f"{kind}/{judge}/{way}"
            judged[key] = np.array([run[key] for run in runs if key in run])
            spread = judged[key]
            row.append(f"{spread.min():.3f} … {spread.max():.3f}" if len(spread) else "–")
    rows.append(row)
header = ["filled, at random", "forecast, at random", "filled, high ones", "forecast, high ones"]
lesson.table(["way", *header], rows)
line, last = (judged[f"random/forecast/{way}"] for way in ("line", "last"))
print(f"forecast, last value against line: lower with {np.sum(last < line)} of {len(runs)} seeds")
largest = judged["random/forecast/largest"] / line
print(
    f"with the largest value the error is {largest.min():.1f} to {largest.max():.1f} times as big"
)
assert all(judged["random/gaps/last"] > judged["random/gaps/line"]) and largest.min() > 1.5

# %% [markdown] lang="en"
# The two judges do not agree. The last value is a clearly worse filling than the line, and yet, with every seed, no worse to learn from; they differ by about one part in a hundred. The largest value is bad before both. For deleting and for the mean our verdict says *not distinguishable*: what they cost here lies just about at the limit that we had set beforehand (two and ten in a hundred). Where high values are missing, both cost more: the gap itself says something. And the model hardly beats a ruler here, since both see the far end of each gap.
#
# *Cause*: gaps are taken for damaged rows. They are hours without a measurement, and there may be a reason for them. *Repair*: keep the grid of time; say in a column what was filled; fill only with what is known *by then*, and judge by what you need. In the lesson the gaps are there when the forecast is made, and then the ways do differ.
#
# ## 4. "It suffers when the data are distributed otherwise"
#
# So article 001 (C-001-40), and it is right. But *which* change hurts? Waves with periods of 18 to 30 steps, 20 steps given, the next one wanted. Three changes: quicker waves; the same waves one unit higher; the same waves upside down. A GRU was measured beforehand. Beside it a linear forecast, once as it is, and once with the window's last value taken off inputs and target.
#
# **What will happen** to each, under each change?
# %% [markdown] lang="zh"
# 两个评判意见不一。“上一个值”填得明显不如直线，可是每个种子下，从它学到的预报都不差，相差约百分之一。最大值在两个评判面前都很糟。至于删掉和均值，我们的结论是**分不清**：它们在这里的代价，正好落在事先定好的界限（百分之二和百分之十）附近。数值高处才缺时，两者代价都更大：缺口本身就说明了什么。模型在这里几乎不比一把尺子强，因为两者都看得见缺口的另一端。
#
# **原因**：把缺口当成坏掉的行。缺口是没有测量的时刻，而且可能缺得有原因。**改法**：保留时间的格子；用一列说明哪些是填的；只用**当时**已知的东西来填；需要什么，就按什么来评判。正课里，做预报的时候缺口就在眼前，那时各种办法就有差别了。
#
# ## 4. “数据分布变了，表现就差”
#
# 文章 001 这样说（C-001-40），说得对。可是，**哪种**变化有害？波的周期 18 到 30 步，给 20 步，预测下一步。三种变化：波变快；同样的波，整体抬高一个单位；同样的波，上下颠倒。GRU 是事先测好的。旁边放一个线性预报，一次照原样，一次从输入和目标里都减去窗口的最后一个值。
#
# **会发生什么？** 每种变化之下，各会怎样？
# %%


def changes(inputs, targets):
    return inputs - inputs[:, -1:], targets - inputs[:, -1]


def shifted(seed, prepare):
    """Errors of a linear forecast: as in training, quicker, higher, upside down."""
    train, test, quick = (
        prepare(*waves(count, periods, seed=base + seed))
        for count, periods, base in (
            (1500, (18, 30), 0),
            (1000, (18, 30), 90_000),
            (1000, (5, 9), 90_000),
        )
    )
    inputs, targets = waves(1000, (18, 30), seed=90_000 + seed)
    higher = prepare(inputs + 1, targets + 1)
    turned = prepare(-inputs, -targets)
    four = (test, quick, higher, turned)
    return [np.mean((least_squares(train, part) - part[1]) ** 2) for part in four]


stored = results.load("shift").evidence
names = ("same", "quick", "level", "reversed")
errors = {
    "GRU": np.array([stored[f"error/{name}"] for name in names]).T,
    "linear": np.array([shifted(seed, lambda *part: part) for seed in lesson.seeds]),
    "linear, last value off": np.array([shifted(seed, changes) for seed in lesson.seeds]),
}
header = ["as in training", "quicker", "higher", "upside down"]
rows = [
    [name, *(f"{low:.4f} … {high:.4f}" for low, high in zip(e.min(0), e.max(0), strict=True))]
    for name, e in errors.items()
]
lesson.table(["method", *header], rows)
_, plain, off = errors.values()
lesson.result("level_plain", plain[:, 2] / plain[:, 0])
lesson.result("level_off", off[:, 2] / off[:, 0])
price = off[:, 0] / plain[:, 0]
print(f"the price of taking the last value off, where nothing changes: {price.mean():.1f} times")

# %% [markdown] lang="en"
# Upside down is no change at all: such waves were in training, too. A new *level* ruins network and straight line alike, and taking the last value off cures it wholly: what cannot be seen cannot mislead. The price is paid on a day on which nothing has changed: the last value is noisy, and its noise is now in every input. A new *rate* hurts everybody; no subtraction helps, only data that contain it.
#
# *Cause*: "other data" is no one thing. *Repair*: ask what may change (level, size, rate, the share of each kind), take out what can be taken out, test on a part that has changed, such as another year.
#
# ## 5. "The state starts at zero"
#
# So article 003 (C-003-08), and so does Keras: confirmed. But the *world* does not start there; a window is cut out of the middle of something. A GRU learns the series of part 2, an answer at every step, windows of 30.
#
# **What will happen** to its error, step by step within the window? And if the state of the window before is handed on? And the state of *some other* window, as it happens when the rows of a stateful batch are mixed up?
# %% [markdown] lang="zh"
# 上下颠倒根本不算变化：训练时也有这样的波。**水平**一变，网络和线性预报一样垮掉，而减去最后一个值就完全治好：看不见的东西，误导不了它。代价要在什么都没变的日子里付：最后一个值带噪声，这份噪声如今进了每个输入。**快慢**一变，谁都受害，减什么也没用，只有让数据里包含它。
#
# **原因**：“数据变了”并不是一回事。**改法**：先问什么会变（水平、幅度、快慢、各类的比例），能去掉的先去掉，再用变过的部分来检验，比如另外一年。
#
# ## 5. “状态从零开始”
#
# 文章 003 这样说（C-003-08），Keras 也这样做：得到证实。可是**世界**并不从那里开始；窗口是从中间切出来的。让 GRU 学第 2 节的序列，每步都回答，窗口 30 步。
#
# **会发生什么？** 在窗口之内，误差一步步怎样变？如果把上一个窗口的状态接着用呢？如果接上的是**别的**窗口的状态，就像有状态的批把行弄乱了那样？
# %%
WINDOW = 30


def starts_of(seed):
    """Errors by step in the window, (3, WINDOW): from zero, handed on, another one's state."""
    train = ar_series(3000, memory_of_twelve, seed=seed)
    test = ar_series(15_001, memory_of_twelve, seed=500 + seed)

    def draw(random):
        rows = random.integers(0, len(train) - WINDOW, 32)[:, None] + np.arange(WINDOW + 1)
        return train[rows, None][:, :-1], train[rows, None][:, 1:]

    net = network("gru", np.zeros((1, 1, 1)), 1, 12, seed=seed, per_step=True)
    learn(net, draw, steps=300, seed=seed)
    inputs, targets = (part.reshape(-1, WINDOW, 1) for part in (test[:-1], test[1:]))
    alone = net.forward(inputs)
    long_rows = net.forward(test[:-1].reshape(10, -1, 1))  # ten long rows, never reset
    other = np.random.default_rng(seed).permutation(alone.final_state)
    outputs = alone.outputs, long_rows.outputs.reshape(targets.shape)
    outputs += (net.forward(inputs, other).outputs,)
    return [np.mean((found - targets) ** 2, axis=(0, 2)) for found in outputs]


found = np.array([starts_of(seed) for seed in lesson.seeds])
names = ["from zero", "handed on", "another window's"]
place = np.arange(1, WINDOW + 1)
group = {name: (place, runs) for name, runs in zip(names, found.swapaxes(0, 1), strict=True)}
words = {"x": "step in the window", "ys": ["mean squared error"]}
lesson.figure(by_length.curves({"three starts": group}, **words), "start")

# %%
zero, handed, mixed = found.mean(axis=2).T
lesson.result("handed_on", handed / zero)
lesson.result("another_state", mixed / zero)
early, late = found[:, 0, :11].mean(axis=1), found[:, 0, 12:].mean(axis=1)
print(f"from zero, steps 1 to 11 against 13 and later: {(early / late).min():.2f} to", end=" ")
print(f"{(early / late).max():.2f} times the error")
assert np.all(early > 1.1 * late)

# %% [markdown] lang="en"
# Zero is a memory, too: that of a series that has always been at its mean. For twelve steps the network answers without what it needs. Handed on, the error is low from the first step. A wrong state is *worse than none*, and nothing raises: in a score over all steps it looks like a network that has not learnt very well.
#
# Even the right state is no gift. This network was trained from zero, on 30 steps, and has never seen a state older than that. Change `WINDOW` to 24 and the training to 250 steps: when we tried, the gain of handing on was gone. Who wants to hand on should train so (stateful, lesson).
#
# *Repair*: carry the state where one row really goes on in the next batch (lab, exercise 4), reset it where something else begins; or let the first steps of a window not count.
#
# ## 6. What remains
#
# Right as they stand: lengths are chosen on validation data (C-004-24); other data hurt (C-001-40); Keras starts at zero (C-003-08). Right under conditions: any length (C-001-03: what must be counted?), different lengths (C-003-04: with a mask), longer windows (C-004-23: up to what matters), a model for gaps (C-004-31: against which rival?). Not to be told here: deleting rows (C-004-29), filling with a constant (C-004-30; the *largest* is bad beyond doubt). Not so: that the program cuts sequences (C-004-16).
# %% [markdown] lang="zh"
# 零也是一种记忆：它“记得”序列一直停在平均值上。头十二步，网络缺着它需要的东西在回答。状态接着用，从第一步起误差就低。接错了状态，**比没有还糟**，而且什么也不报错：从总分上看，只像一个没怎么学好的网络。
#
# 接对了，也不是白捡的便宜。这个网络是从零开始、每次 30 步练出来的，从没见过更久以后的状态。把 `WINDOW` 改成 24，训练改成 250 步，我们试过，接着用的好处就没了。想要接着用，训练时就该接着练（有状态训练，见正课）。
#
# **改法**：一行确实在下一批里接着往下走的，才传状态（练习 4）；另起一段的地方要清零；或者窗口开头几步不计分。
#
# ## 6. 剩下什么
#
# 照原话就对：长度在验证集上选（C-004-24）；数据变了就受害（C-001-40）；Keras 从零开始（C-003-08）。有条件才对：多长都行（C-001-03：要数什么？）；长短不一（C-003-04：要有掩码）；窗口更长（C-004-23：够到要紧的那一步为止）；用模型填缺口（C-004-31：跟谁比？）。这里分不清：删行（C-004-29），用常数填（C-004-30；其中**最大值**无疑是糟的）。不对：说程序切出了序列（C-004-16）。
