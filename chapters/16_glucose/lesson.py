# %% [markdown] lang="en"
# # 16. Medicine: lower error, fewer alarms
#
# *A new forecast of blood sugar has a smaller error than the old one. Would you want it to watch over you at night?*
#
# 45 minutes, about half a minute of computing. You need lesson 4 (baselines) and lesson 3 (gates).
#
# **All data here are of one person.** What is shown is how to judge a forecast. Nothing is claimed about anybody's health, and nothing here may be used for treatment.
# %% [markdown] lang="zh"
# # 16. 医疗：误差更小，警报更少
#
# *新的血糖预报比旧的误差更小。你愿意让它夜里守着你吗？*
#
# 45 分钟，其中计算约半分钟。需要第 4 课（基线）和第 3 课（门）的知识。
#
# **这里的数据全部来自同一个人。** 本课讲的是怎样评判一份预报，对任何人的健康都不作论断，也绝不能用于治疗。
# %%
from rnn_tf.course import begin

lesson = begin("16_glucose")

import numpy as np

from rnn_tf import baselines, layers, models
from rnn_tf.backend import keras, tf
from rnn_tf.course.figures import glucose as draw
from rnn_tf.datasets import glucose
from rnn_tf.training import initial_weights, intervals, metrics, reset

# %% [markdown] lang="en"
# ## Three forecasts, and a bad afternoon
#
# A sensor under the skin measures glucose every five minutes, in mg/dl. Below 70 it is called low: *hypoglycaemia*, and it can be dangerous. An alarm should ring before it happens. So we forecast 30 minutes ahead, from the last two hours, and ring if the forecast is below 70.
#
# Three rivals. *Persistence*: as now. *Straight line*: the last three values, carried on. *Linear*: least squares on the whole window, with a ridge. All are shown on the validation part; the test part stays closed until the end.
# %% [markdown] lang="zh"
# ## 三份预报，一段难熬的时间
#
# 皮下的传感器每五分钟测一次血糖，单位 mg/dl。低于 70 称为**低血糖**，可能有危险，警报应当抢在它之前响。所以我们根据最近两小时，预报 30 分钟之后的值；预报低于 70 就响。
#
# 三个对手。**持续性预报**：和现在一样。**直线**：把最后三个值顺着趋势延长。**线性**：对整个窗口做最小二乘，加岭惩罚。这里都在验证集上看；测试集到最后才打开。
# %%
LOW = 70  # mg/dl
data = glucose.load(num_steps=24, horizon=(6,), calendar=("day",))
past, validation, test = data.train, data.validation, data.test
print("inputs", past.inputs.shape, " features:", ", ".join(data.features))


def straight_line(part):
    values = part.inputs[:, -3:, 0] * data.scaling.std[0] + data.scaling.mean[0]
    return values.mean(axis=1) + 7 * (values[:, 2] - values[:, 0]) / 2  # the middle is 7 steps off


def least_squares(ridge):
    predict = baselines.linear.fit(past.inputs, past.targets, ridge=ridge)
    return lambda part: data.to_units(part, predict(part.inputs))[:, 0]


# %%
def rmse(part, forecast):
    return metrics.rmse(part.actual[:, 0], forecast)


def judged(part, forecast):
    """Its error; of the lows, the share it rings for; of its alarms, the share that are right."""
    low, rings = part.actual[:, 0] < LOW, forecast < LOW
    return rmse(part, forecast), np.mean(rings[low]), np.mean(low[rings])


linear = min(map(least_squares, (0.1, 1, 10, 100)), key=lambda f: rmse(validation, f(validation)))
rivals = {"straight line": straight_line, "persistence": lambda part: part.last, "linear": linear}
header = ["forecast", "RMSE (mg/dl)", "recall", "precision"]
lesson.table(header, [[who, *judged(validation, said(validation))] for who, said in rivals.items()])

# %% [markdown] lang="en"
# *Recall* is the share of the lows for which the alarm rang. *Precision* is the share of the alarms that were right. From top to bottom the error falls, and so does the recall. The best forecast rings least. A few hours show it:
# %% [markdown] lang="zh"
# **召回率**：真正的低血糖里，响了警报的占多少。**精确率**：响过的警报里，响对的占多少。从上到下，误差越来越小，召回率也越来越低。最准的预报，响得最少。看几个小时就明白：
# %%
ends = np.array(["2010-08-09T17:15", "2010-08-09T21:30"], "M8[s]")
shown = slice(*np.searchsorted(validation.times, ends))
hours = (validation.times[shown] - ends[0]).astype(float) / 3600 + 0.5
measured = validation.actual[shown, 0]
some = {who: said(validation)[shown] for who, said in rivals.items()}
times = ["time (h)", "glucose (mg/dl)", "below 70 mg/dl", "measured"]
lesson.figure(draw.alarms(hours, measured, some, LOW, ["measured", "70 mg/dl"], times), "hours")

# %% [markdown] lang="en"
# Look at persistence: it rings when the glucose *is* low already. Thirty minutes before, it never does. Half an hour late is no warning, so from now on we count **coming lows**: not low now, low in 30 minutes.
#
# ## Surely a network does better?
#
# A GRU with 32 units, trained three times for the squared error. It puts out the change until then.
# %% [markdown] lang="zh"
# 看持续性预报：它响的时候，血糖**已经**低了；提前三十分钟，它从来不响。晚到半小时的警报不算警报，所以从现在起只数**将要发生的低血糖**：现在不低，30 分钟后低。
#
# ## 换成网络，总该好些吧？
#
# 一个 32 单元的 GRU，以平方误差训练三次，输出的是到那时的变化。


# %%
def build(reader, outputs):
    windows = keras.Input(past.inputs.shape[1:])
    return models.CheckedModel(windows, keras.layers.Dense(outputs)(reader()(windows)))


def train(reader, outputs, loss, epochs, seeds=lesson.seeds):
    """Forecasts (n, outputs) in mg/dl of the validation and the test part, for each seed."""
    starts = initial_weights(lambda: build(reader, outputs), seeds)
    model = build(reader, outputs)
    rate = keras.optimizers.schedules.CosineDecay(0.015, epochs * -(-len(past) // 256))
    model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=20, jit_compile=False)
    targets = np.repeat(past.targets, outputs, axis=1)  # one a forecast
    for start in starts:
        reset(model, start)
        model.fit(past.inputs, targets, batch_size=256, epochs=epochs, verbose=0)
        yield [
            part.last[:, None] + data.scaling.change_std * model(part.inputs).numpy()
            for part in (validation, test)
        ]


# %%
epochs = lesson.pick(class_mode=3, full=6)
squared = list(train(lambda: layers.GRU(32), 1, "mse", epochs))
rows = [[who, *judged(validation, said(validation))] for who, said in rivals.items()]
for seed, (said, _) in enumerate(squared):
    rows.append([f"GRU, seed {seed}", *judged(validation, said[:, 0])])
lesson.table(header, rows)
assert max(row[1] for row in rows[3:]) < rows[2][1] and max(row[2] for row in rows[3:]) < rows[2][2]

# %% [markdown] lang="en"
# The lowest error of all, with every seed. And the fewest alarms of all, with every seed. It is no lack of skill: **it does what it was asked to do.**
#
# ## The idea: one number for many futures
#
# Take all cases in which the first network forecast 75 to 85. What came?
# %% [markdown] lang="zh"
# 误差最小，每个种子都是；警报最少，每个种子也都是。这不是本事不够：**它只是照要求做了。**
#
# ## 想法：一个数，许多种未来
#
# 把第一个网络预报 75 到 85 的情形全挑出来。后来实际是多少？
# %%
said = squared[0][0][:, 0]
came = validation.actual[(said > 75) & (said < 85), 0]
words = ["below 70", "70 or more", "mean", "glucose 30 minutes later (mg/dl)", "cases"]
lesson.figure(draw.what_came(came, LOW, words), "came")
print(f"{len(came)} cases: mean {came.mean():.0f} mg/dl, {np.mean(came < LOW):.0%} below 70")

# %% [markdown] lang="en"
# The squared error is least at the *mean* of what may come, and the mean is well above 70. Yet one case in five was low. By hand, with five futures that are equally likely. Let a missed low cost 9, a false alarm 1:
# %% [markdown] lang="zh"
# 使平方误差最小的，是各种未来的**均值**，而均值远在 70 以上。可是每五次里就有一次是低血糖。用五个同样可能的未来手算一遍。设漏报一次的代价是 9，误报一次是 1：
# %%
futures = np.array([60, 64, 80, 95, 121.0])
best = min(np.arange(50, 130), key=lambda said: np.mean((futures - said) ** 2))
chance = np.mean(futures < LOW)
print(f"least squared error: {best} mg/dl, so no alarm; but {chance:.0%} of the futures are low")
print(f"cost of silence: 9 × {chance:.1f} = {9 * chance:.1f}; of an alarm: {1 - chance:.1f}")

# %% [markdown] lang="en"
# Ringing pays as soon as the chance $p$ of a low satisfies $9p > 1 - p$, that is $p > 1/10$. In other words: *ring if the 10 % quantile is below 70*, the value that one future in ten falls below. So that is what the network must put out.
#
# ## A loss that asks for a quantile
#
# The **pinball loss** charges errors differently by their sign. For the share $\tau$ and the error $e = y - \hat y$ it is $\tau e$ if $e > 0$, and $(\tau - 1)\,e$ if not. With $\tau = 0.1$, too high costs nine times as much as too low.
# %% [markdown] lang="zh"
# 只要低血糖的概率 $p$ 满足 $9p > 1 - p$，即 $p > 1/10$，响就合算。换句话说：**10 % 分位数低于 70 就响**。所谓 10 % 分位数，就是十种未来里有一种会低于它的那个值。网络该输出的正是它。
#
# ## 会问分位数的损失
#
# **分位数损失**（pinball loss）按误差的正负收不同的费。给定比例 $\tau$，误差 $e = y - \hat y$：$e > 0$ 时为 $\tau e$，否则为 $(\tau - 1)\,e$。$\tau = 0.1$ 时，报高了的代价是报低了的九倍。
# %%
SHARES = np.array([0.05, 0.1, 0.5, 0.95], "float32")


def pinball(targets, forecasts):
    error = targets - forecasts  # (n, 4): one forecast a share
    return tf.maximum(SHARES * error, (SHARES - 1) * error)


candidates = futures.astype("float32")
losses = [np.mean(pinball(candidates[:, None], said), axis=0) for said in candidates]
rows = [[f"{said:g}", *row] for said, row in zip(candidates, losses, strict=True)]
lesson.table(["forecast (mg/dl)", "τ = 0.05", "τ = 0.1", "τ = 0.5", "τ = 0.95"], rows)
assert [*np.argmin(losses, axis=0)] == [0, 0, 2, 4]

# %% [markdown] lang="en"
# Each column has its least loss at its own quantile. The same GRU now gets four outputs and this loss; nothing else changes. The rival gets it too: linear, without any recurrence, trained four times as long.
# %% [markdown] lang="zh"
# 每一列都在自己的分位数处最小。现在给同一个 GRU 四个输出和这个损失，别的都不变。对手也一视同仁：线性的，没有任何循环，训练的轮数是四倍。
# %%
asked = list(train(lambda: layers.GRU(32), 4, pinball, epochs))
(flat,) = train(keras.layers.Flatten, 4, pinball, 4 * epochs, seeds=(0,))
words = ["measured", "5 % to 95 %", "median", "10 % quantile", "alarm"]
lesson.figure(draw.fan(hours, measured, asked[0][0][shown], LOW, words, times[:2]), "fan")

# %% [markdown] lang="en"
# The same hours. A mark stands at the time that is forecast; the bell rings half an hour earlier. So it rang before the low began, and went on when the glucose was rising already. Is that worth it? We have said what it costs. And to be fair: any forecast can ring more often, by a higher **cut** than 70. Move it, for everyone:
# %% [markdown] lang="zh"
# 同样的几个小时。记号画在所预报的时刻，铃声则早半小时。所以它抢在低血糖之前响了；血糖已经回升，它还在响。值得吗？代价我们已经讲定了。还要公平：任何预报都可以把**界限**从 70 往上抬，响得勤些。那就给每一位都移一移：


# %%
def alarm(part, forecast, cut):
    """Cost a day (9 a missed low, 1 a false alarm), share warned of, false alarms a day."""
    fine, days = part.last >= LOW, len(part) / 288
    low, rings = part.actual[fine, 0] < LOW, forecast[fine] < cut
    missed, false = (low & ~rings).sum(), (rings & ~low).sum()
    return (9 * missed + false) / days, 1 - missed / low.sum(), false / days


everyone = {who: [[said(validation), said(test)]] for who, said in rivals.items()}
everyone["GRU, squared error"] = [[part[:, 0] for part in run] for run in squared]
everyone["linear, 10 % quantile"] = [[part[:, 1] for part in flat]]
everyone["GRU, 10 % quantile"] = [[part[:, 1] for part in run] for run in asked]
cuts = np.arange(40, 110)
tried = {
    who: np.array([[alarm(validation, run[0], cut) for cut in cuts] for run in runs])
    for who, runs in everyone.items()
}  # (seeds, cuts, 3)

# %%
curves = {who: (found[0, :, 2], found[0, :, 1]) for who, found in tried.items()}
at_70 = {who: (false[30], warned[30]) for who, (false, warned) in curves.items()}
axes = ["false alarms a day", "share of coming lows warned of"]
lesson.figure(draw.trade_off(curves, at_70, "cut at 70", axes, most=25), "trade_off")

# %% [markdown] lang="en"
# Further up is better, further left is better. One and the same forecast can warn rarely or often: the cut decides, and the usual cut of 70 (dots) is a good one for a 10 % quantile only. Every rival now gets the cut that costs least **on the validation part**, every run its own. Then the test part is read, once.
# %% [markdown] lang="zh"
# 越靠上越好，越靠左越好。同一份预报可以响得少，也可以响得多，全看界限；通常的界限 70（圆点）只对 10 % 分位数才合适。现在每个对手、每次训练都取自己**在验证集上**代价最小的界限，然后读测试集，只读一次。
# %%
rows, cost = [], {}
for who, runs in everyone.items():
    chosen = [cuts[np.argmin(found[:, 0])] for found in tried[who]]
    usual = [alarm(test, run[1], LOW)[0] for run in runs]
    told = np.array([alarm(test, run[1], cut) for run, cut in zip(runs, chosen, strict=True)])
    error, cost[who] = np.median([rmse(test, run[1]) for run in runs]), told[:, 0]
    spread = f"{min(cost[who]):.1f} … {max(cost[who]):.1f}"
    rows.append([who, error, np.median(usual), *np.median(told, axis=0), spread])
header = ["forecast", "RMSE", "cost, cut at 70", "cost, best cut", "warned of", "false a day"]
lesson.table([*header, "cost by seed"], rows)

# %%
of_gru = [judged(test, said[:, 0]) for _, said in squared]
as_now, recall_now, _ = judged(test, test.last)
lesson.result("rmse", [error for error, _, _ in of_gru], baseline=as_now)
lesson.result("recall_squared", [recall for _, recall, _ in of_gru], baseline=recall_now)
lesson.result("cost_asked", cost["GRU, 10 % quantile"], baseline=min(cost["GRU, squared error"]))

# %% [markdown] lang="en"
# Read the first two columns again. The forecasts with the lowest error are useless alarms at 70: they cost almost as much as persistence, which never warns of a coming low. The same GRU, asked for the quantile, costs little more than half of that. Its own "error" is larger than that of persistence, and that is as it should be.
#
# And now the honest part. Against the linear quantile, and even against the straight line, the advantage is small. Five weeks hold a few dozen lows: too few to tell them apart (the appendix draws the days again and again). **What mattered was the question, not the network.**
#
# ## An interval is a promise
#
# The outputs for 5 % and 95 % enclose an interval that promises 90 %. Is the promise kept? Let us count. If it is not kept on the validation part, both ends are moved out until it is. This is the *conformal correction*. And since people change, an *adaptive* one: a little wider after each miss, a little narrower after each hit, as soon as the truth is known.
# %% [markdown] lang="zh"
# 再看一遍前两列。误差最小的预报，以 70 为界限时几乎不能当警报用：代价与从不提前警告的持续性预报差不多。同样的 GRU，改问分位数，代价只有一半多一点。它自己的“误差”比持续性预报还大，而这正是应该的。
#
# 还要说实话：与线性分位数相比，甚至与直线相比，优势都很小。五个星期里只有几十次低血糖，分不出它们的高下（附录里把日子反复重抽来检验）。**起作用的是问题问得对，而不是网络。**
#
# ## 区间就是承诺
#
# 5 % 和 95 % 两个输出围成一个区间，承诺覆盖 90 %。承诺兑现了吗？数一数就知道。若在验证集上没有兑现，就把两端往外移，移到兑现为止：这叫**共形校正**。人是会变的，所以还有**自适应**的做法：真值一旦知道，没盖住就放宽一点，盖住了就收窄一点。


# %%
def outside(part, said):
    """How far the truth lies outside the interval, in mg/dl; below 0 inside."""
    return intervals.distances(part.actual[:, 0], said[:, 0], said[:, 3])


kept = {"as trained": [], "corrected": [], "adaptive": []}
steps = test.times.astype("M8[s]").astype(int) // 300
for before, after in asked:
    width, far = intervals.conformal_width(outside(validation, before)), outside(test, after)
    learning = intervals.adaptive_widths(far, steps, width, delay=6)
    for name, added in zip(kept, (0, width, learning), strict=True):
        kept[name].append(far <= added)

# %%
week = (steps - steps[0]) // (7 * 288)
by_week = {
    name: [[hits[week == w].mean() for w in np.unique(week)] for hits in runs]
    for name, runs in kept.items()
}
axes = ["week of the test part", "share inside the interval"]
lesson.figure(draw.coverage(np.unique(week) + 1, by_week, 0.9, "promised", axes), "coverage")
inside = [np.mean(runs, axis=1) for runs in kept.values()]
lesson.result("coverage", inside[0], baseline=0.9)
lesson.result("coverage_corrected", inside[1], baseline=0.9)
lesson.result("coverage_adaptive", inside[2], baseline=0.9)

# %% [markdown] lang="en"
# As trained, the network promises too much. The correction, learnt in August, is not enough in September: it holds if tomorrow is like yesterday, and most of this person's September was livelier. Only the interval that goes on learning keeps its word, on average over the weeks. Not in every hour: the appendix counts where.
#
# ## What the record does not say
#
# Half an hour later the sensor may be silent. Then there is nothing to score, and the window is left out. **Does it happen at random?**
# %% [markdown] lang="zh"
# 训练好就直接用，网络的承诺过头了。在八月学到的校正，到九月就不够了：它要求明天与昨天相似，而这个人的九月大部分时间波动更大。只有一直在学的区间，在各周平均的意义上兑现了承诺。不是每个钟头都兑现：附录里数了在哪里没有。
#
# ## 记录里没有的
#
# 半小时之后，传感器可能没有读数。没有读数就没法评分，这个窗口只好舍去。**这是随机发生的吗？**
# %%
record = glucose.read().column("glucose")[0]
now, later = record[:-6], record[6:]
edges = (40, 55, 70, 100, 180, 401)
groups = [later[(now >= a) & (now < b)] for a, b in zip(edges, edges[1:], strict=False)]
silent = [np.isnan(group).mean() for group in groups]
names = ["40–55", "55–70", "70–100", "100–180", "180–400"]
axes = ["glucose now (mg/dl)", "nothing measured 30 min later (%)"]
lesson.figure(draw.silent(silent, [len(group) for group in groups], names, axes), "silent")
lesson.result("silent_when_low", silent[0], baseline=np.isnan(later[np.isfinite(now)]).mean())

# %% [markdown] lang="en"
# At the lowest values the record falls silent several times as often as elsewhere. (Why, the file does not say. Few readings, and neighbours resemble each other: a hint, no proof.) So the worst moments are missing more than others, in training and in every score above. No model can mend that.
#
# **Take home:** *an error is an average, an alarm is a decision. Say what a miss costs, ask for the quantile that this price needs, and count whether the promise was kept.*
#
# Once more: one person, one sensor, half a year. What holds here need not hold for anybody else, and none of it is medical advice.
# %% [markdown] lang="zh"
# 血糖最低的时候，没有读数的机会是别处的好几倍。（为什么，文件里没有说。读数不多，相邻的又彼此相似：这是线索，不是证明。）所以最危险的时刻缺得更多，训练里缺，上面每一项评分里也缺。任何模型都补不回来。
#
# **记住一句话：** *误差是平均，警报是决定。先讲定漏报的代价，再去问这个代价所需要的分位数，最后数一数承诺有没有兑现。*
#
# 再说一遍：一个人，一个传感器，半年。这里成立的，换个人未必成立；这些都不是医疗建议。
