# %% [markdown] lang="en"
# # 9. Which network for which memory: the appendix
#
# What the lesson leaves out: how steps are put together and what that costs here; how ten networks get equally many parameters; memory by distance; time instead of updates; more layers; how to choose; figures that others published; the sources.
# %% [markdown] lang="zh"
# # 9. 哪种记忆用哪种网络：附录
#
# 正课略过的内容：各步怎样合并，在这台机器上代价多大；十种网络怎样做到参数量相同；记忆随距离的变化；按时间比较；加层有没有用；怎样选；别人发表的数字；参考文献。
# %%
import math

from rnn_tf.course import begin

lesson = begin("09_memory", part="appendix")

import numpy as np

from rnn_tf import layers, zoo
from rnn_tf.backend import tf
from rnn_tf.claims import results
from rnn_tf.course.figures import memory
from rnn_tf.course.timing import by_turns
from rnn_tf.datasets import toy

stored = results.load("which_network")
lag = results.load("which_lag")
evidence = stored.evidence
NAMES = {
    "simple": "simple RNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "bidirectional": "bidirectional GRU",
    "dense": "dense on a window",
    "convolution": "dilated convolution",
    "attention": "attention block",
    "min_gru": "minGRU",
    "min_gru2": "minGRU, two layers",
    "signed": "minGRU, gate by tanh",
}
TASKS = {
    "first_bit": "first bit",
    "adding": "adding problem",
    "copy": "copying",
    "selective_copy": "selective copying",
    "parity": "running parity",
    "next_value": "next value",
    "digits": "ten digits",
}
print(f"measured beforehand, {stored.date}, {stored.seeds} seeds, {stored.machine['processor']}")

# %% [markdown] lang="en"
# ## A. Two steps are one step
#
# Each step of minGRU is $h \mapsto a h + b$ with $b = (1-a)g$. First the step $(a, b)$, then the step $(c, d)$:
#
# $$h \;\mapsto\; c\,(a h + b) + d \;=\; (ca)\,h + (cb + d)$$
#
# That is the step $(ca,\; cb + d)$. How one brackets a long row of steps makes no difference, as with sums: the joining is *associative*. So neighbours may be joined first, all pairs at the same time, then pairs of pairs. By hand, with eight steps of one unit:
# %% [markdown] lang="zh"
# ## A. 两步合成一步
#
# minGRU 的每一步是 $h \mapsto a h + b$，其中 $b = (1-a)g$。先走 $(a, b)$，再走 $(c, d)$：
#
# $$h \;\mapsto\; c\,(a h + b) + d \;=\; (ca)\,h + (cb + d)$$
#
# 这正是一步 $(ca,\; cb + d)$。一长串步子怎样加括号都一样，和求和一样：这种合并满足**结合律**。所以可以先合并相邻的，所有的对同时进行，再两两合并。用一个单元的八步来算：
# %%
random = np.random.default_rng(0)
steps = [(a, (1 - a) * g) for a, g in random.uniform(-1, 1, (8, 2))]


def joined(first, second):
    (a, b), (c, d) = first, second
    return c * a, c * b + d


rounds, row = 0, steps
while len(row) > 1:
    row = [joined(*pair) for pair in zip(row[::2], row[1::2], strict=True)]
    rounds += 1
    a, b = row[-1]
    print(f"round {rounds}, steps left: {len(row)}; the last one: {a:+.4f} h {b:+.4f}")
h = 0.0
for a, b in steps:
    h = a * h + b
print(f"in order, from h = 0: {h:+.4f} after {len(steps)} steps")
lesson.result("joined", abs(h - row[0][1]))

# %% [markdown] lang="en"
# The states *between* cost as many joinings again (Blelloch, 1990): about $2T$ in all, where going in order takes $T$. Fewer rounds, more work. Who wins depends on how much a machine does at once. On this one:
# %% [markdown] lang="zh"
# 中间各步的状态还要再做差不多这么多次合并（Blelloch, 1990）：总共约 $2T$ 次，而按顺序算只要 $T$ 次。轮数少了，活却多了。谁更快，要看机器一次能做多少事。在这台机器上：
# %%
rows, ratios = [], []
for num_steps in lesson.pick(class_mode=(8, 32, 128), full=(8, 32, 128, 512)):
    inputs = tf.constant(random.normal(size=(32, num_steps, 1)), tf.float32)
    ways = {}
    for parallel in (False, True):
        layer = layers.MinGRU(40, parallel=parallel, return_sequences=True)
        layer.build(inputs.shape)
        ways[parallel] = tf.function(lambda layer=layer, inputs=inputs: layer(inputs))
    times = by_turns(ways, turns=5, lasting=0.01)
    in_order, scan = (1000 * times[way].median for way in (False, True))
    ratios.append(scan / in_order)
    rows.append([num_steps, math.ceil(math.log2(num_steps)), in_order, scan, ratios[-1]])
lesson.table(["steps", "log2", "in order, ms", "scan, ms", "scan / in order"], rows)
quicker = sum(ratio < 1 for ratio in ratios)
print(f"the scan is quicker at {quicker} of {len(ratios)} lengths")
print(f"its time is {min(ratios):.1f} to {max(ratios):.1f} times that in order")

# %% [markdown] lang="en"
# Nothing is wrong with the scan. A graphics card has thousands of cores and waits at every step of a loop; there few rounds are worth much more work. Two cores have no use for it. So `layers.MinGRU` goes in order unless it is told `parallel=True`. A second limit on Keras's scan, with version 3.15 on TensorFlow: it doesn't compile under XLA.
#
# ## B. Equally many parameters
#
# A GRU of 32 units on one number a step has about 3,400 parameters. All others get the largest width that stays below. Heads and layers make some steps coarse: attention gets a sixth less, the convolution a tenth. The sums on paper, with $U$ units and $F$ features (the read-out is added to each):
#
# | network | parameters |
# |---|---|
# | simple RNN | $U(F+U+1)$ |
# | LSTM | $4U(F+U+1)$ |
# | GRU (Keras, two biases) | $3U(F+U+2)$ |
# | dense on 16 steps | $U(16F+1) + U(U+1)$ |
# | dilated convolution, six layers | $U(2F+1) + 5U(2U+1)$ |
# | attention block | $U(F+1) + 4U(U+1) + 4U + U(4U+3)$ |
# | minGRU behind a dense layer | $U(F+1) + 2U(U+1)$ |
# %% [markdown] lang="zh"
# 扫描本身没有错。显卡有几千个核，循环每走一步都要等；在那里，少几轮，多干许多活也值得。两个核用不上它。所以 `layers.MinGRU` 默认按顺序算，写明 `parallel=True` 才扫描。Keras 的扫描还有一个限制（3.15 版，TensorFlow 后端）：XLA 编译不了它。
#
# ## B. 参数量相同
#
# 32 个单元的 GRU，每步读一个数，约有 3400 个参数。其他网络取不超过 3400 的最大宽度。有的网络因为头数、层数，宽度只能跳着变：注意力少了六分之一，卷积少了十分之一。纸上的算式如下，$U$ 是单元数，$F$ 是特征数（各自再加上输出层）：
#
# | 网络 | 参数量 |
# |---|---|
# | 简单循环网络 | $U(F+U+1)$ |
# | LSTM | $4U(F+U+1)$ |
# | GRU（Keras，两个偏置） | $3U(F+U+2)$ |
# | 16 步窗口上的全连接 | $U(16F+1) + U(U+1)$ |
# | 空洞卷积，六层 | $U(2F+1) + 5U(2U+1)$ |
# | 注意力块 | $U(F+1) + 4U(U+1) + 4U + U(4U+3)$ |
# | minGRU，前面一层全连接 | $U(F+1) + 2U(U+1)$ |
# %%
rows = []
for kind, name in NAMES.items():
    units = zoo.units_for(kind, features=1, outputs=1)
    milliseconds = 1000 * evidence[f"seconds/{kind}"]
    assert zoo.count(kind, units, 1, 1) == evidence[f"parameters/{kind}"][0]
    rows.append([name, units, zoo.count(kind, units, 1, 1)])
    rows[-1].append(f"{milliseconds.min():.1f} … {milliseconds.max():.1f}")
lesson.table(["network", "units", "parameters", "an update, ms (40 steps, batch 32)"], rows)
slowest = max(NAMES, key=lambda kind: evidence[f"seconds/{kind}"].mean())
quickest = min(NAMES, key=lambda kind: evidence[f"seconds/{kind}"].mean())
factor = evidence[f"seconds/{slowest}"].mean() / evidence[f"seconds/{quickest}"].mean()
print(f"slowest {NAMES[slowest]}, quickest {NAMES[quickest]}: {factor:.1f} times, on one core")

# %% [markdown] lang="en"
# *Equal parameters* is one fair rule among several. An LSTM has fewer units under it than a simple network, so a smaller state; a window pays for its width. Hence the second rule in D.
#
# ## C. By distance
#
# First bit, asked at the end. The longer the sequence, the farther back. All trained equally long.
# %% [markdown] lang="zh"
# **参数量相同**只是几种公平规则之一。照这条规则，LSTM 的单元比简单循环网络少，状态也就小；窗口则要为宽度付参数。所以 D 里还有第二条规则。
#
# ## C. 随距离的变化
#
# 首位比特，最后才问。序列越长，离得越远。训练量都相同。
# %%
lags = [10, 20, 40]
runs = {}
for kind, name in NAMES.items():
    parts = [lag.evidence[f"first_bit/{kind}/T{steps}"] for steps in lags[:2]]
    runs[name] = np.stack([*parts, evidence[f"first_bit/{kind}"]], axis=1)
words = {"x": "steps in the sequence", "y": "accuracy", "chance": ("guessing", 0.5)}
shown = [NAMES[kind] for kind in ("simple", "lstm", "gru", "min_gru")]
lesson.figure(memory.by_lag(lags, {name: runs[name] for name in shown}, **words), "lag")

# %%
rows = [
    [name, *(f"{some.min():.2f} … {some.max():.2f}" for some in values.T)]
    for name, values in runs.items()
]
lesson.table(["network", *(f"{steps} steps" for steps in lags)], rows)
kept = [name for name, values in runs.items() if values[:, -1].min() > 0.95]
print(f"every seed above 0.95 at {lags[-1]} steps: {', '.join(kept)}")

# %% [markdown] lang="en"
# The window ends at 16 steps: beyond, **no weights** would help. One layer of minGRU fails at ten already: its gate sees a bit, and no bit shows that it is the *first*. LSTM and GRU ask their state; a second layer asks the first one's. Far away the gated networks are another case. An LSTM *can* hold a bit for 40 steps, as lesson 8 showed, with its gate opened at the start. Begun as Keras begins it, it forgets a share at each step, the answer sends it no gradient, and this training was too short to find out. The plain network starts with an orthogonal matrix, which forgets nothing. *Did not learn* is not *cannot*.
#
# ## D. By time instead of updates
#
# An update of one network takes longer than one of another (B). So another rule: who has solved a task first, by the clock? Updates until the loss on validation data is next to nothing, times the time of an update:
# %% [markdown] lang="zh"
# 窗口只到 16 步为止：再远，**什么权重**都没用。一层 minGRU 在十步时就不行了：它的门只看得到一个比特，而比特上没有写着自己是**第一个**。LSTM 和 GRU 可以问自己的状态，第二层可以问第一层的状态。带门的网络在远处是另一回事。第 8 课看到，LSTM 如果一开始就把门打开，**能够**把一个比特保留 40 步。按 Keras 的初始化，它每一步都忘掉一点，答案传不回梯度，而这里的训练太短，它来不及发现。简单循环网络从正交矩阵起步，什么也不忘。**没学会**不等于**做不到**。
#
# ## D. 按时间，不按更新次数
#
# 不同的网络，一次更新的用时不同（见 B）。所以还有一条规则：按时钟，谁先解决任务？到验证集上的损失几乎为零为止的更新次数，乘以一次更新的用时：
# %%
ENDS = {"first_bit": 960, "adding": 1440, "copy": 1440, "parity": 3000}
rows, first = [], {}
for kind, name in NAMES.items():
    cells = []
    for task, end in ENDS.items():
        updates = evidence.get(f"updates/{task}/{kind}", np.full(stored.seeds, end))
        solved = updates < end
        seconds = updates[solved] * np.median(evidence[f"seconds/{kind}"])
        cells.append(f"{np.median(seconds):.1f} ({solved.sum()})" if solved.any() else "–")
        if solved.all():
            first.setdefault(task, []).append((float(np.median(seconds)), name))
    rows.append([name, *cells])
lesson.table(["network", *(TASKS[task] for task in ENDS)], rows)
print("seconds (seeds that solved it)")
for task, times in first.items():
    print(f"{TASKS[task]}, every seed, quickest first: {', '.join(n for _, n in sorted(times))}")

# %% [markdown] lang="en"
# ## E. Do more layers help minGRU count?
#
# For *one* layer the lesson has the whole argument. A second layer sees the states of the first: its gate is no longer a function of the input alone. Still, it is positive. Grazzi and others (2024) prove that no finite number of such layers, computed with finite precision, counts odd and even for *all* lengths. For some lengths it may. Look at both:
# %% [markdown] lang="zh"
# ## E. 多加几层，minGRU 就会数奇偶了吗？
#
# 对**一**层，正课里的论证已经完整。第二层看到的是第一层的状态，它的门不再只是输入的函数，但仍然是正的。Grazzi 等人（2024）证明：这样的层无论叠多少（有限）层，只要精度有限，就不能对**所有**长度数对奇偶。对某些长度倒是可以。两种长度都看：
# %%
rows = []
for kind, name in NAMES.items():
    if f"parity/{kind}/trained" in evidence:
        pairs = [evidence[f"parity/{kind}/{place}"] for place in ("trained", "longer")]
        rows.append([name, *(f"{some.min():.2f} … {some.max():.2f}" for some in pairs)])
        rows[-1].append(f"{evidence[f'updates/parity/{kind}'].mean():.0f}")
lesson.table(
    ["network", "24 bits, as in training", "96 bits", "updates until solved, or in all"], rows
)
simple = evidence["parity/simple/longer"]
print(f"simple RNN at 96 bits, seed by seed: {np.round(simple, 2)}")
assert sorted(simple > 0.95) == [False, True, True]
lesson.result("parity_min_gru", evidence["parity/min_gru/longer"], baseline=0.5)
lesson.result("parity_signed", evidence["parity/signed/longer"], baseline=0.5)

# %% [markdown] lang="en"
# Attention, convolution and two layers of minGRU got better than guessing on the length they were trained on and lost it beyond: they learnt what parity looks like up to 24 bits, not the rule. Networks whose state can flip learnt the rule: LSTM and GRU on every seed, minGRU with tanh nearly, the simple network on two seeds of three; on the other it learnt nothing in this time. *Can* is not *always does*. **Test on other lengths than you trained on**; nothing else shows the difference.
#
# ## F. How to choose
#
# From the evidence, who solved what, on every seed (0.9 of the answers right, for parity at 96 bits; squared error below a twentieth of guessing):
# %% [markdown] lang="zh"
# 注意力、卷积和两层 minGRU，在训练过的长度上都比猜强，再长就不行了：它们学到的是 24 个比特以内的奇偶长什么样，不是规则。状态能翻转的，才学到了规则：LSTM 和 GRU 每个种子都学到了，门用 tanh 的 minGRU 差一点点，简单循环网络三个种子里有两个学到，另一个在这段时间里什么也没学到。**能做到**不等于**每次都学会**。**要用训练时没有的长度来检验**，别的办法看不出这个差别。
#
# ## F. 怎样选
#
# 由证据来看，谁在每个种子上都解决了哪些任务（正确率 0.9，奇偶看 96 个比特；均方误差低于随机猜测的二十分之一）：
# %%
SOLVABLE = ("first_bit", "adding", "copy", "selective_copy", "parity")  # those with floor 0
rows = []
for kind, name in NAMES.items():
    solved = []
    for task in SOLVABLE:
        place = f"{task}/{kind}" + "/longer" * (task == "parity")
        if place in evidence:
            limit = 0.05 * evidence[f"{task}/guessing"]
            good = evidence[place] < limit if task == "adding" else evidence[place] > 0.9
            solved += [TASKS[task]] if good.all() else []
    rows.append([name, len(solved), ", ".join(solved) or "–"])
lesson.table(["network", "solved", "tasks"], rows)
most = max(row[1] for row in rows)
print(f"no network solves all {len(SOLVABLE)}: the most is {most}")
assert most < len(SOLVABLE)

# %% [markdown] lang="en"
# Read as questions, in this order:
#
# 1. **May the answer know what comes later?** If yes, read from both ends. If not, a network that does is cheating, however good it looks: on the next value the bidirectional one had a smaller error than the noise allows (below).
# 2. **Is what matters within a fixed distance?** Then a window or a dilated convolution that reaches so far: quick, and easy to train.
# 3. **Must something be *found* that lies anywhere?** Attention.
# 4. **Must something be *kept* until it is needed, and the chatter left out?** Gates, which decide by what they read: LSTM, GRU, minGRU in two layers. None learnt selective copying to the end in this training, but these came nearest.
# 5. **Does every step change what was kept?** A recurrence that can flip: with a matrix, or with a gate from −1 to 1.
# 6. **Two are as good on validation data?** The one that is quicker, or that the next person understands.
# %% [markdown] lang="zh"
# 写成问题，按这个顺序问：
#
# 1. **答案可以知道后面的事吗？** 可以，就从两头读。不可以，那么从两头读的网络分数再好也是偷看：在“下一个值”上，双向网络的误差比噪声允许的还小（见下）。
# 2. **要紧的东西都在固定的距离以内吗？** 那就用够得着的窗口或空洞卷积：快，也好训练。
# 3. **要找的东西可能在任何地方吗？** 用注意力。
# 4. **要把东西留到用的时候，闲话不理吗？** 用门，看内容决定去留：LSTM、GRU、两层的 minGRU。在这里的训练量下，选择性复制谁都没有学到底，但它们最接近。
# 5. **每一步都会改变记住的东西吗？** 用能翻转的循环：要么带矩阵，要么门取 −1 到 1。
# 6. **两种在验证集上一样好？** 选更快的，或者接手的人看得懂的。
# %%
cheating = evidence["cheating/next_value/bidirectional"]
honest = {
    kind: evidence[f"next_value/{kind}"] for kind in NAMES if f"next_value/{kind}" in evidence
}
noise = 0.1**2  # what no honest forecast can beat, but by luck
best = min(some.min() for some in honest.values())
print(f"squared error on the next value; noise alone: {noise:.4f}, best honest one: {best:.4f}")
lesson.result("cheating", cheating)
assert cheating.max() < noise < best

# %% [markdown] lang="en"
# ## G. Figures that others published
#
# **Adding problem.** Le, Jaitly and Hinton (2015) give 0.1767 as the squared error of who always answers 1. What is it really? The variance of a sum of two numbers, each uniform from 0 to 1, is $2 \cdot \frac{1}{12}$. At their length of 200 steps:
# %% [markdown] lang="zh"
# ## G. 别人发表的数字
#
# **加法问题。** Le、Jaitly 和 Hinton（2015）写道：一律回答 1，均方误差是 0.1767。其实应是多少？两个 0 到 1 之间均匀分布的数之和，方差是 $2 \cdot \frac{1}{12}$。按他们的 200 步算：
# %%
_, targets = toy.adding_problem(20_000, 200, seed=0)
error = np.mean((targets - 1) ** 2)
print(f"in theory {2 / 12:.4f}, published 0.1767")
lesson.result("always_one", error)

# %% [markdown] lang="en"
# So 0.1767 looks like a slip for 0.1667, which others have copied. Their result is not touched by it: far below both is solved. Ours, 40 steps, are above.
#
# **A real series.** James and others (2023) forecast the trading volume at the New York stock exchange from the five days before. Their test $R^2$: linear autoregression 0.413; the same with the day of the week 0.460; a simple recurrent network of 12 units 0.415. *Published figures; the data are not shipped here and nothing of it was measured by us.* They say what our tie on the next value says: where the last few values hold all there is, a linear forecast is as good as a network, and knowing which day it is, a better input, is worth more than a better network.
#
# ## References
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8). First bit, adding, copying in their first forms.
# * G. E. Blelloch (1990). Prefix sums and their applications. Carnegie Mellon University, CMU-CS-90-190. The scan.
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv 1504.00941.
# * A. Vaswani and others (2017). Attention is all you need. *NeurIPS*, arXiv 1706.03762.
# * S. Bai, J. Z. Kolter, V. Koltun (2018). An empirical evaluation of generic convolutional and recurrent networks for sequence modeling. arXiv 1803.01271. Dilated convolutions beside recurrent networks.
# * A. Gu, T. Dao (2023). Mamba: linear-time sequence modeling with selective state spaces. arXiv 2312.00752. Selective copying.
# * L. Feng and others (2024). Were RNNs all we needed? arXiv 2410.01201. minGRU.
# * R. Grazzi and others (2024). Unlocking state-tracking in linear RNNs through negative eigenvalues. arXiv 2411.12537.
# * G. James, D. Witten, T. Hastie, R. Tibshirani, J. Taylor (2023). *An Introduction to Statistical Learning, with Applications in Python*. Springer. Chapter 10.
# %% [markdown] lang="zh"
# 可见 0.1767 多半是 0.1667 的笔误，后来又被别人照抄。他们的结果不受影响：远低于这两个数才算解决。我们的结果（40 步）见上。
#
# **真实序列。** James 等人（2023）用前五天的数据预报纽约证券交易所的成交量。他们在测试集上的 $R^2$：线性自回归 0.413；再加上星期几，0.460；12 个单元的简单循环网络，0.415。**这些是发表的数字；本课程没有这份数据，也没有测过。** 它们说的与我们在“下一个值”上的平手是一回事：如果最近几个值已经包含了全部信息，线性预报与网络一样好；而知道今天星期几，也就是换更好的输入，比换更好的网络更有用。
#
# ## 参考文献
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8). 首位比特、加法、复制等任务最早的形式。
# * G. E. Blelloch (1990). Prefix sums and their applications. 卡内基梅隆大学，CMU-CS-90-190。扫描。
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv 1504.00941.
# * A. Vaswani 等 (2017). Attention is all you need. *NeurIPS*, arXiv 1706.03762.
# * S. Bai, J. Z. Kolter, V. Koltun (2018). An empirical evaluation of generic convolutional and recurrent networks for sequence modeling. arXiv 1803.01271. 空洞卷积与循环网络的比较。
# * A. Gu, T. Dao (2023). Mamba: linear-time sequence modeling with selective state spaces. arXiv 2312.00752. 选择性复制。
# * L. Feng 等 (2024). Were RNNs all we needed? arXiv 2410.01201. minGRU。
# * R. Grazzi 等 (2024). Unlocking state-tracking in linear RNNs through negative eigenvalues. arXiv 2411.12537.
# * G. James, D. Witten, T. Hastie, R. Tibshirani, J. Taylor (2023). *An Introduction to Statistical Learning, with Applications in Python*. Springer. 第 10 章。
