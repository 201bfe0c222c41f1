# %% [markdown] lang="en"
# # 16. Medicine: the appendix
#
# A. The record and what is left of it. B. Why the squared error finds the mean, and the pinball loss a quantile. C. Who is better? The days drawn again. D. What the correction promises, and where. E. A classifier, and its calibration. F. Sources.
#
# One person's data; no clinical claim.
# %% [markdown] lang="zh"
# # 16. 医疗：附录
#
# 一、这份记录，以及剩下了多少。二、为什么平方误差找到均值，分位数损失找到分位数。三、谁更好？把日子重抽。四、校正承诺了什么，在哪里兑现。五、一个分类器，以及它的校准。六、出处。
#
# 一个人的数据，不作临床论断。
# %%
from rnn_tf.course import begin

lesson = begin("16_glucose", part="appendix")

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from rnn_tf import baselines, layers, models
from rnn_tf.backend import keras, tf
from rnn_tf.course.figures import glucose as draw
from rnn_tf.datasets import glucose
from rnn_tf.training import initial_weights, intervals, metrics, reset

# %% [markdown] lang="en"
# ## A. The record
#
# `glucose.read` puts the readings on a grid of five minutes, with the gaps in plain sight. The sensor shows nothing below 40 or above 400: such values stand at the border.
# %% [markdown] lang="zh"
# ## 一、记录
#
# `glucose.read` 把读数放到五分钟的网格上，缺口摆在明处。传感器不显示低于 40 或高于 400 的值，超出的都停在边界上。
# %%
grid = glucose.read()
record = grid.column("glucose")[0]
month = grid.times.astype("datetime64[M]")
rows = []
for name in np.unique(month):
    here = record[month == name]
    known = here[np.isfinite(here)]
    rows.append([str(name), len(known), np.mean(np.isnan(here)), np.mean(known < 70), known.std()])
header = ["month", "readings", "share missing", "share below 70", "standard deviation (mg/dl)"]
lesson.table(header, rows)
print(f"lowest {np.nanmin(record):g}, highest {np.nanmax(record):g} mg/dl")

# %%
data = glucose.load(calendar=("day",))
rows = []
parts = {"training": data.train, "validation": data.validation, "test": data.test}
for name, part in parts.items():
    low = part.actual[:, 0] < 70
    episodes = int(np.sum(low[1:] & ~low[:-1]))
    error = metrics.rmse(part.actual, part.persistence())
    begins = str(part.times[0].astype("datetime64[D]"))
    rows.append([name, len(part), begins, low.mean(), episodes, error])
header = ["part", "windows", "begins", "share low", "lows that begin", "RMSE of persistence"]
lesson.table(header, rows)
print(f"windows left out for gaps: {data.left_out}")
assert rows[2][3] > 1.5 * rows[0][3] and rows[2][5] > rows[1][5]

# %% [markdown] lang="en"
# The test part has about twice as many lows as the others, and its glucose moves more. Whatever was learnt before is a little wrong there. That is not a fault of the split: it is what time does.
#
# ## B. Two losses, two answers
#
# Let $Y$ be what comes, given the window. For one number $a$:
#
# $$\frac{d}{da}\,\mathbb{E}\,(Y-a)^2 = 2\,(a - \mathbb{E}\,Y) = 0 \quad\text{at the mean } a = \mathbb{E}\,Y.$$
#
# The pinball loss has the slope $-\tau$ wherever $Y > a$ and $1 - \tau$ wherever $Y < a$, so
#
# $$\frac{d}{da}\,\mathbb{E}\,\ell_\tau(Y - a) = -\tau\,P(Y > a) + (1-\tau)\,P(Y < a) = P(Y<a) - \tau = 0 \quad\text{at } P(Y < a) = \tau.$$
#
# And the price: with a miss at $k$ and a false alarm at 1, ringing is cheaper if $k\,p > 1 - p$, that is $p > 1/(1+k)$. The chance $p = P(Y < 70)$ is above $\tau$ just if the $\tau$ quantile is below 70. So $\tau = 1/(1+k)$.
# %% [markdown] lang="zh"
# 测试集里的低血糖约为另外两段的两倍，血糖变化也更大。之前学到的，到这里都有点不对了。这不是划分有错，时间就是这样。
#
# ## 二、两种损失，两个答案
#
# 设 $Y$ 是给定窗口之后的值。对一个数 $a$：
#
# $$\frac{d}{da}\,\mathbb{E}\,(Y-a)^2 = 2\,(a - \mathbb{E}\,Y) = 0 \quad\text{于均值 } a = \mathbb{E}\,Y.$$
#
# 分位数损失的斜率，在 $Y > a$ 处为 $-\tau$，在 $Y < a$ 处为 $1 - \tau$，所以
#
# $$\frac{d}{da}\,\mathbb{E}\,\ell_\tau(Y - a) = -\tau\,P(Y > a) + (1-\tau)\,P(Y < a) = P(Y<a) - \tau = 0 \quad\text{于 } P(Y < a) = \tau.$$
#
# 再看代价：漏报为 $k$、误报为 1 时，若 $k\,p > 1 - p$，即 $p > 1/(1+k)$，响更便宜。概率 $p = P(Y < 70)$ 大于 $\tau$，当且仅当 $\tau$ 分位数低于 70。所以 $\tau = 1/(1+k)$。
# %%
came = data.train.actual[:, 0]
candidates = np.arange(40, 300.0)
squared = [np.mean((came - a) ** 2) for a in candidates]
priced = [np.mean(np.maximum(0.1 * (came - a), -0.9 * (came - a))) for a in candidates]
print(f"least squared error at {candidates[np.argmin(squared)]:g}, mean {came.mean():.1f}")
tenth = np.quantile(came, 0.1)
print(f"least pinball loss at {candidates[np.argmin(priced)]:g}, quantile {tenth:.1f}")
assert abs(candidates[np.argmin(squared)] - came.mean()) <= 1
assert abs(candidates[np.argmin(priced)] - tenth) <= 1

# %% [markdown] lang="en"
# ## C. Who is better?
#
# The lesson's alarms on the test part: a straight line, least squares, a linear 10 % quantile, and the GRU's. Every cut is chosen on the validation part. Neighbouring windows resemble each other, so their number says little. We draw whole days instead, with replacement, a thousand times, and look at the difference in cost.
# %% [markdown] lang="zh"
# ## 三、谁更好？
#
# 课上的几种警报，在测试集上：直线、最小二乘、线性的 10 % 分位数，以及 GRU 的。界限都在验证集上选。相邻的窗口彼此相似，窗口数目说明不了什么。所以我们有放回地重抽整天，抽一千次，看代价之差。


# %%
SHARES = np.array([0.05, 0.1, 0.5, 0.95], "float32")


def pinball(targets, forecasts):
    error = targets - forecasts
    return tf.maximum(SHARES * error, (SHARES - 1) * error)


def train(reader, outputs, loss, targets, epochs, seeds=lesson.seeds):
    """Outputs for the validation and the test part, for each seed."""

    def build():
        windows = keras.Input(data.train.inputs.shape[1:])
        return models.CheckedModel(windows, keras.layers.Dense(outputs)(reader()(windows)))

    starts, model = initial_weights(build, seeds), build()
    decay_steps = epochs * -(-len(data.train) // 256)
    rate = keras.optimizers.schedules.CosineDecay(0.015, decay_steps)
    model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=20, jit_compile=False)
    for start in starts:
        reset(model, start)
        model.fit(data.train.inputs, targets, batch_size=256, epochs=epochs, verbose=0)
        yield [model(part.inputs).numpy() for part in (data.validation, data.test)]


def gru():
    return layers.GRU(32)


def in_units(outputs):
    parts = (data.validation, data.test)
    changes = [output * data.scaling.change_std for output in outputs]
    return [part.last[:, None] + change for part, change in zip(parts, changes, strict=True)]


epochs = lesson.pick(class_mode=3, full=6)
fourfold = np.repeat(data.train.targets, 4, axis=1)
asked = [in_units(found) for found in train(gru, 4, pinball, fourfold, epochs)]
(flat,) = train(keras.layers.Flatten, 4, pinball, fourfold, 4 * epochs, seeds=(0,))
flat = in_units(flat)


# %%
def windows(part):
    return part.inputs.reshape(len(part), -1)  # (n, steps × features)


def differences(part):
    """(n, values): from the last value, from step to step, and what is known now."""
    level = part.inputs[:, :, 0]
    return np.hstack([level[:, :-1] - level[:, -1:], np.diff(level), part.inputs[:, -1]])


def boosted(rows_of, **asked):
    """Forecasts of trees whose number and size are chosen on the validation part."""
    known, checked = data.train, data.validation
    wanted = {"X_val": rows_of(checked), "y_val": checked.targets[:, 0]}
    tried = []
    for leaves in (8, 15, 31):
        trees = HistGradientBoostingRegressor(max_leaf_nodes=leaves, random_state=0, **asked)
        trees.set_params(max_iter=500, early_stopping=True, n_iter_no_change=20)
        tried.append(trees.fit(rows_of(known), known.targets[:, 0], **wanted))
    best = max(tried, key=lambda trees: max(trees.validation_score_))
    parts = (data.validation, data.test)
    return [part.last + best.predict(rows_of(part)) * data.scaling.change_std for part in parts]


# %%
def straight_line(part):
    values = part.inputs[:, -3:, 0] * data.scaling.std[0] + data.scaling.mean[0]
    return values.mean(axis=1) + 7 * (values[:, 2] - values[:, 0]) / 2


predict = baselines.linear.fit(data.train.inputs, data.train.targets)
by_line = [
    data.to_units(part, predict(part.inputs))[:, 0] for part in (data.validation, data.test)
]
rivals = {
    "straight line": [straight_line(part) for part in (data.validation, data.test)],
    "linear": by_line,
    "linear, 10 % quantile": [part[:, 1] for part in flat],
    "boosted trees, 10 % quantile": boosted(differences, loss="quantile", quantile=0.1),
}


def cost(part, forecast, cut):
    """What each window costs, (n,): 9 a missed low, 1 a false alarm, where it isn't low yet."""
    fine, low, rings = part.last >= 70, part.actual[:, 0] < 70, forecast < cut
    return fine * (9.0 * (low & ~rings) + (rings & ~low))


def at_best_cut(forecasts):
    before, after = forecasts
    cuts = np.arange(40, 110)
    chosen = min(cuts, key=lambda cut: cost(data.validation, before, cut).sum())
    return cost(data.test, after, chosen)


ours = np.mean([at_best_cut([part[:, 1] for part in run]) for run in asked], axis=0)
day = np.unique(data.test.times.astype("datetime64[D]"), return_inverse=True)[1]
drawn = np.random.default_rng(0).integers(0, day.max() + 1, (1000, day.max() + 1))
rows = []
for who, forecasts in rivals.items():
    saved = np.bincount(day, at_best_cut(forecasts) - ours)  # a day
    low_end, high_end = np.quantile(saved[drawn].mean(axis=1), [0.05, 0.95])
    apart = "apart" if low_end > 0 or high_end < 0 else "cannot be told apart"
    rows.append([who, float(saved.mean()), f"{low_end:.1f} … {high_end:.1f}", apart])
header = ["rival", "GRU saves, a day", "90 % of the draws", "verdict"]
lesson.table(header, rows)
assert rows[0][3] == rows[2][3] == "cannot be told apart"

# %% [markdown] lang="en"
# The GRU's quantile comes out cheapest each time. But five weeks cannot tell it from the linear quantile, nor from a straight line through three points. (Least squares is a borderline case: read its row.) On other weeks, or for another person, the order may be another.
#
# **Boosted trees** are the usual rival on tables: hundreds of small decision trees, each of which mends what the sum of those before it still gets wrong. Does the GRU at least have the smaller error?
# %% [markdown] lang="zh"
# GRU 的分位数每次都最便宜。可是五个星期分不出它和线性分位数谁好，连过三个点的一条直线也分不出。（最小二乘处在边缘：请看它那一行。）换几个星期、换一个人，名次也许就变了。
#
# 表格数据上常见的对手是**提升树**：几百棵小决策树，每一棵都去补救前面所有树的总和还没答对的部分。GRU 的误差总该比它小吧？
# %%
ways = {
    "as now": [[part.last for part in (data.validation, data.test)]],
    "linear": [by_line],
    "boosted trees, windows": [boosted(windows)],
    "boosted trees, differences": [boosted(differences)],
    "GRU": [
        [part[:, 0] for part in in_units(found)]
        for found in train(gru, 1, "mse", data.train.targets, epochs)
    ],
}
rows = []
for who, runs in ways.items():
    before, after = (
        [metrics.rmse(part.actual[:, 0], run[place]) for run in runs]
        for place, part in enumerate((data.validation, data.test))
    )
    spread = f"{min(after):.1f} … {max(after):.1f}" if len(after) > 1 else ""
    rows.append([who, float(np.median(before)), float(np.median(after)), spread])
header = ["forecast", "RMSE, validation (mg/dl)", "RMSE, test (mg/dl)", "spread over seeds"]
lesson.table(header, rows)
lesson.result("trees_rmse", rows[3][2], baseline=rows[4][2])

# %% [markdown] lang="en"
# A tree can only ask whether a number lies above or below a threshold; it cannot subtract. On the bare windows the trees are no better than the linear forecast. Told the differences, which a GRU finds by itself, they err less than the GRU, and are grown in seconds. So for the error alone nobody needs a recurrent network here; and as an alarm the two cannot be told apart (their row above). (The rows were chosen on the validation part. Test figures were seen while this was written.)
#
# ## D. What the correction promises, and where
#
# Let $s_1, \dots, s_n$ be the distances of known values from their intervals, and $s_{n+1}$ the next one. If all $n+1$ are *exchangeable*, every rank of the last one is equally likely. So with $w$ as the $\lceil (n+1)\,0.9 \rceil$-th smallest,
#
# $$P(s_{n+1} \le w) \ge 0.9,$$
#
# whatever the network is like. The promise is one on average, over all moments; and a series in time is not exchangeable. Two things follow, and can be measured. First: does it hold where it matters?
# %% [markdown] lang="zh"
# 树只会问一个数是否超过某个界限，不会做减法。直接拿窗口里的数去问，树并不比线性预报强；把差值告诉它（这些差值 GRU 自己就能学会），它的误差比 GRU 还小，而且几秒就长成。所以单论误差，这里并不需要循环网络；当警报用，两者分不出高下（见上表它那一行）。（给树看哪些数，是在验证集上选的；写这一节时已经看过测试集上的结果。）
#
# ## 四、校正承诺了什么，在哪里兑现
#
# 设 $s_1, \dots, s_n$ 是已知值到各自区间的距离，$s_{n+1}$ 是下一个。如果这 $n+1$ 个**可交换**，最后一个排在第几都同样可能。取 $w$ 为第 $\lceil (n+1)\,0.9 \rceil$ 小的那个，就有
#
# $$P(s_{n+1} \le w) \ge 0.9,$$
#
# 不管网络好坏。但这个承诺只在所有时刻平均的意义上成立；而时间序列并不可交换。由此有两件事可以测。其一：在要紧的地方，它也成立吗？
# %%
truth = data.test.actual[:, 0]
moved = np.abs(data.test.inputs[:, -1, 0] - data.test.inputs[:, -4, 0]) * data.scaling.std[0]
where = {
    "everywhere": np.ones(len(truth), bool),
    "calm (moved < 5 in 15 min)": moved < 5,
    "moving (> 20)": moved > 20,
    "now below 85": data.test.last < 85,
}
steps = data.test.times.astype("datetime64[s]").astype(int) // 300
found = {"constant width": [], "corrected": [], "adaptive": []}
for before, after in asked:
    known = data.validation.actual[:, 0]
    constant = intervals.conformal_width(np.abs(known - before[:, 2]))
    far = intervals.distances(truth, after[:, 0], after[:, 3])
    width = intervals.conformal_width(intervals.distances(known, before[:, 0], before[:, 3]))
    found["constant width"].append(np.abs(truth - after[:, 2]) <= constant)
    found["corrected"].append(far <= width)
    found["adaptive"].append(far <= intervals.adaptive_widths(far, steps, width, delay=6))
rows = [
    [place, *[float(np.median([run[here].mean() for run in runs])) for runs in found.values()]]
    for place, here in where.items()
]
lesson.table(["share inside, promised 0.9", *found], rows)
assert rows[2][2] > rows[2][1] + 0.03

# %% [markdown] lang="en"
# An interval of constant width looks as good on average, and breaks its word just when the glucose moves. That of the quantiles is wider there and narrower in calm hours, but the promise is still not kept in moving hours, by none of the three. An average hides that.
#
# Second: how fast must the adaptive width learn?
# %% [markdown] lang="zh"
# 宽度不变的区间，平均看起来一样好，却恰恰在血糖变化时食言。分位数的区间在那里更宽，平稳时更窄；但在变化时，三种都没有兑现承诺。平均数把这一点藏了起来。
#
# 其二：自适应的宽度该学多快？
# %%
before, after = asked[0]
far = intervals.distances(truth, after[:, 0], after[:, 3])
rows = []
for rate in (0.03, 0.1, 0.3, 1.0, 3.0):
    widths = intervals.adaptive_widths(far, steps, 0.0, delay=6, rate=rate)
    rows.append([f"{rate:g}", np.mean(far <= widths), widths.min(), widths.max()])
lesson.table(["rate (mg/dl)", "share inside", "smallest width", "largest width"], rows)
assert all(abs(row[1] - 0.9) < 0.02 for row in rows[1:4])

# %% [markdown] lang="en"
# The share is right over a wide range of rates. A fast one pays with widths that swing wildly.
#
# ## E. A classifier, and its calibration
#
# Why not ask directly: *low in 30 minutes, yes or no*? The same GRU with one logit. It is **calibrated** if, of all the times that it says 20 %, one in five is low.
# %% [markdown] lang="zh"
# 速率在很大范围内，比例都对。学得太快，代价是宽度剧烈摆动。
#
# ## 五、一个分类器，以及它的校准
#
# 为什么不直接问：**30 分钟后会低吗，是或不是**？同样的 GRU，一个 logit。如果它说 20 % 的所有时刻里，五次有一次真的低，它就是**校准**的。
# %%
happened = (data.train.actual < 70).astype("float32")
loss = keras.losses.BinaryCrossentropy(from_logits=True)
answers = [
    [1 / (1 + np.exp(-logits[:, 0])) for logits in outputs]
    for outputs in train(gru, 1, loss, happened, epochs)
]
edges = np.array([0, 0.01, 0.03, 0.1, 0.2, 0.4, 1])
said, came = np.zeros((2, 2, len(edges) - 1))
for place, part in enumerate((data.validation, data.test)):
    chances = np.concatenate([run[place] for run in answers])
    low = np.tile(part.actual[:, 0] < 70, len(answers))
    group = np.digitize(chances, edges[1:-1])
    said[place] = [chances[group == g].mean() for g in range(len(edges) - 1)]
    came[place] = [low[group == g].mean() for g in range(len(edges) - 1)]
names, axes = ["validation", "test", "calibrated"], ["chance said", "share that was low"]
lesson.figure(draw.calibration(said, came, names, axes), "calibration")

# %%
best = []
for before, after in answers:
    tried = {cut: cost(data.validation, -before, -cut).sum() for cut in np.arange(0.01, 0.6, 0.01)}
    best.append(288 * cost(data.test, -after, -min(tried, key=tried.get)).mean())
print(f"validation: says {said[0, 3]:.2f}, low in {came[0, 3]:.2f} of the cases")
print(f"test: says {said[1, 3]:.2f}, low in {came[1, 3]:.2f} of the cases")
lesson.result("classifier_cost", best, baseline=288 * ours.mean())
assert came[1, 3] > 1.3 * said[1, 3]

# %% [markdown] lang="en"
# It is not calibrated, on either part: in the middle it says too little, and where it is surest, too much. And as an alarm it is dearer than the quantile. A yes or no throws away how near the others came to 70, and few cases are lows: the quantile learns from every one of its windows.
#
# ## F. Sources
#
# * R. Koenker, G. Bassett (1978). Regression quantiles. *Econometrica* 46(1).
# * C. Elkan (2001). The foundations of cost-sensitive learning. *IJCAI*.
# * Y. Romano, E. Patterson, E. Candès (2019). Conformalized quantile regression. *NeurIPS*.
# * I. Gibbs, E. Candès (2021). Adaptive conformal inference under distribution shift. *NeurIPS*.
# * T. Gneiting, A. Raftery (2007). Strictly proper scoring rules, prediction, and estimation. *JASA* 102.
# * Data: given to the public domain by the person measured; PyPI `bokeh-sampledata`.
# %% [markdown] lang="zh"
# 它在两个部分上都没有校准：概率居中时报得太低，最有把握时又报得太高。当警报用，它的代价也比分位数高。是或不是，丢掉了其余情形离 70 有多近；而低血糖的样本又少。分位数则从每一个窗口里都能学到东西。
#
# ## 六、出处
#
# * R. Koenker, G. Bassett (1978). Regression quantiles. *Econometrica* 46(1).
# * C. Elkan (2001). The foundations of cost-sensitive learning. *IJCAI*.
# * Y. Romano, E. Patterson, E. Candès (2019). Conformalized quantile regression. *NeurIPS*.
# * I. Gibbs, E. Candès (2021). Adaptive conformal inference under distribution shift. *NeurIPS*.
# * T. Gneiting, A. Raftery (2007). Strictly proper scoring rules, prediction, and estimation. *JASA* 102.
# * 数据：由被测者本人献入公有领域；PyPI `bokeh-sampledata`。
