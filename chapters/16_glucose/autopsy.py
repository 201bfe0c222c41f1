# %% [markdown] lang="en"
# # 16. Medicine: the autopsy
#
# Article 001 (§6.4) gives medicine two sentences: recurrent networks analyse patients' records and predict diseases, and with fine-tuning they do so *at high quality* and assist doctors. There is no program, no data and no number, so nothing can be run. We open the sentence itself: how does such a claim come about, when nobody has cheated?
#
# Four cases. Each is a way to "high quality" that the claim would not exclude. Before you run a cell, answer its question. About twenty minutes. The data: one person's record, and again no clinical claim.
# %% [markdown] lang="zh"
# # 16. 医疗：剖析
#
# 文章 001（§6.4）用两句话讲医疗：循环网络能分析病历、预测疾病；经过微调，质量**很高**，可以辅助医生。没有程序，没有数据，也没有一个数，所以无从运行。我们剖开这句话本身：即使没有人作弊，这样的说法是怎么得来的？
#
# 四个案子，每个都是通向“高质量”的一条路，而那句话一条也没有排除。运行之前先回答问题。大约二十分钟。数据仍是一个人的记录，同样不作任何临床论断。
# %%
from rnn_tf.course import begin

lesson = begin("16_glucose", part="autopsy")

import numpy as np

from rnn_tf.course.figures import glucose as draw
from rnn_tf.datasets import glucose
from rnn_tf.training import metrics

data = glucose.load()
test = data.test
low = test.actual[:, 0] < 70

# %% [markdown] lang="en"
# ## Case 1. Right nineteen times out of twenty
#
# Two alarms for low glucose in 30 minutes. One rings if it is low now. The other is not plugged in. **Which has the higher accuracy?**
# %% [markdown] lang="zh"
# ## 案子一：二十次里对十九次
#
# 两个警报，都预报 30 分钟后的低血糖。一个在现在偏低时响，另一个没有插电。**谁的准确率高？**
# %%
alarms = {"low now": test.last < 70, "not plugged in": np.zeros(len(test), bool)}
rows = [
    [who, metrics.accuracy(low, rings), (low & rings).sum() / low.sum()]
    for who, rings in alarms.items()
]
lesson.table(["alarm", "accuracy", "recall"], rows)
assert rows[1][1] > rows[0][1] and rows[1][1] > 0.95 and rows[1][2] == 0

# %% [markdown] lang="en"
# The dead one. What is rare is nearly always absent, and "nearly always right" costs nothing. For a rare event a quality needs two numbers at least: of the events, how many were found; of the alarms, how many were right.
#
# ## Case 2. A loss of 0.1
#
# §5.4 of the same article takes a validation loss of 0.1 as proof of good training. Let the loss be the cross-entropy of "low in 30 minutes, yes or no". **Which loss has a model that has learnt nothing but how frequent lows are?**
# %% [markdown] lang="zh"
# 没插电的那个。罕见的事几乎总是不发生，“几乎总是对”一文不值。对罕见事件谈质量，至少要两个数：发生的里面找到了多少，响过的里面响对了多少。
#
# ## 案子二：损失 0.1
#
# 同一篇文章的 §5.4 把验证损失 0.1 当作训练良好的证据。设损失是“30 分钟后是否低血糖”的交叉熵。**一个除了低血糖有多频繁之外什么也没学到的模型，损失是多少？**
# %%
frequency = np.mean(data.train.actual < 70)
logit = np.log(frequency / (1 - frequency))
logits = np.tile([0.0, logit], (len(data.validation), 1))
happened = (data.validation.actual[:, 0] < 70).astype(int)
loss = metrics.negative_log_likelihood(happened, logits)
print(f"frequency of lows in training: {frequency:.3f}")
print(f"loss of that constant on validation: {loss:.3f}")
assert 0.08 < loss < 0.14

# %% [markdown] lang="en"
# About 0.1. A loss has no meaning before the constant's loss stands beside it. (On coin flips the same 0.1 would be impossible: that is row B-001-23, in lesson 2.)
# %% [markdown] lang="zh"
# 大约 0.1。旁边没有摆上常数模型的损失，损失值本身毫无意义。（换成抛硬币，同样的 0.1 又是不可能的：那是 B-001-23，见第 2 课。）
# %%
lesson.ledger("B-001-23")

# %% [markdown] lang="en"
# ## Case 3. Shuffle, then split
#
# The usual recipe: cut windows, shuffle them, put a part aside for testing. Our windows begin every five minutes and last two hours. The "model" learns nothing: it looks up the most similar window of the training part and repeats what came then. **How large is its error after a random split, and how large if the test lies after the training?**
# %% [markdown] lang="zh"
# ## 案子三：先打乱，再划分
#
# 常见的做法：切成窗口，打乱，留一部分作测试。我们的窗口每五分钟开始一个，每个两小时长。“模型”什么也不学：只在训练集里找最相似的窗口，照抄那时的后来。**随机划分时误差多大？测试在训练之后呢？**


# %%
def looked_up(known, asked):
    """RMSE of the nearest neighbour's change; ``(windows, changes)`` each."""
    squares = np.sum(known[0] ** 2, axis=1)
    nearest = [np.argmin(squares - 2 * known[0] @ window) for window in asked[0]]
    return metrics.rmse(asked[1], known[1][nearest])


def of(part):
    return part.inputs[:, :, 0], part.targets[:, 0] * data.scaling.change_std


windows, changes = of(data.train)
order = np.random.default_rng(0).permutation(len(windows))
probes, rest = order[:500], order[500:]
shuffled = looked_up((windows[rest], changes[rest]), (windows[probes], changes[probes]))
later = np.random.default_rng(1).permutation(len(data.validation))[:500]
in_time = looked_up((windows, changes), [values[later] for values in of(data.validation)])
as_now = {
    "shuffled": metrics.rmse(changes[probes], 0),
    "later in time": metrics.rmse(of(data.validation)[1][later], 0),
}
rows = [
    ["shuffled", shuffled, as_now["shuffled"]],
    ["later in time", in_time, as_now["later in time"]],
]
lesson.table(["test part", "RMSE, looked up (mg/dl)", "RMSE, as now"], rows)
assert shuffled < 0.85 * as_now["shuffled"] and in_time > as_now["later in time"]

# %% [markdown] lang="en"
# After the shuffle, the neighbour of a window is nearly always the same two hours, moved by five minutes: the answer was in the training part. In time, looking up is worse than *as now*. The same happens with several pictures of one patient on both sides of a split. Split by time, and by person.
#
# ## Case 4. A gap, neatly mended
#
# Sensors fail. Somebody draws straight lines across the gaps before anything else is done, since networks do not like holes. **What does a forecast made inside such a gap look like?** We hide fifty minutes here and there, mend the record in two ways, and forecast with a straight line, without any training.
# %% [markdown] lang="zh"
# 打乱之后，一个窗口的近邻几乎总是挪了五分钟的同一段：答案就在训练集里。按时间划分，照抄还不如“和现在一样”。同一位病人的几张片子分在两边，也会这样。要按时间划分，还要按人划分。
#
# ## 案子四：补得整整齐齐的缺口
#
# 传感器会出故障。网络不喜欢空洞，于是有人一上来就用直线把缺口连上。**在这样的缺口里做预报，会是什么样子？** 我们东一处西一处地藏起五十分钟，用两种办法补上，再用直线预报，不作任何训练。
# %%
record = glucose.read().column("glucose")[0]
whole = np.lib.stride_tricks.sliding_window_view(np.isfinite(record), 40).all(axis=1)
starts = np.flatnonzero(whole)[::40]  # stretches of 200 minutes without a hole
errors = {"straight across": [], "last value kept": []}
for start in starts:
    true = record[start : start + 40]
    steps = np.r_[0:20, 30:40]  # the ten in between are hidden
    across = np.interp(np.arange(40), steps, true[steps])
    kept = np.concatenate([true[:20], np.full(10, true[19]), true[30:]])
    for name, mended in zip(errors, (across, kept), strict=True):
        slope = mended[23] - mended[22]
        errors[name].append(mended[23] + 6 * slope - true[29])
rows = [[name, float(np.sqrt(np.mean(np.square(e))))] for name, e in errors.items()]
lesson.table(["gap mended", "RMSE, 30 minutes ahead (mg/dl)"], rows)
ratio = rows[1][1] / rows[0][1]
print(f"{len(starts)} gaps; the error falls to one part in {ratio:.1f}")
assert ratio > 3

# %%
middle = starts[len(starts) // 2]
true = record[middle : middle + 40]
steps = np.r_[0:20, 30:40]
across = np.interp(np.arange(40), steps, true[steps])
kept = np.concatenate([true[:20], np.full(10, true[19]), true[30:]])
minutes = 5 * np.arange(40)
words = ["measured", "straight across", "last value kept", "hidden"]
axes = ["time (min)", "glucose (mg/dl)"]
lesson.figure(draw.mended(minutes, true, (across, kept), slice(20, 30), words, axes), "mended")

# %% [markdown] lang="en"
# The line across the gap leads to the value *after* it. Whoever reads its slope has read the future. Nobody peeked: the mending did. Carry the last value forward, say where (`filled`), and leave long gaps out: so does `glucose.load`.
#
# ## What remains of the sentence
#
# A person's own glucose can be forecast half an hour ahead, better than by persistence; with the loss chosen for it, most coming lows are warned of, at a price in false alarms. Whether this helps anybody, a course can't know: that takes trials with patients. On fine-tuning, one person's data say nothing.
# %% [markdown] lang="zh"
# 跨过缺口的直线，通向缺口**之后**的值。读了它的斜率，就读到了未来。没有人偷看，偷看的是那次修补。应当沿用最后一个值，标明在哪里（`filled`），长的缺口舍去：`glucose.load` 就是这样做的。
#
# ## 那句话还剩下什么
#
# 一个人自己的血糖，可以提前半小时预报，而且胜过持续性预报；选对了损失，多数将要发生的低血糖能得到警告，代价是误报。这对谁有没有帮助，一门课无从知道：那要靠有病人参加的试验。至于微调，一个人的数据什么也说明不了。
# %%
lesson.ledger()
