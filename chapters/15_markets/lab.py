# %% [markdown] lang="en"
# # 15. Markets and traffic: the lab
#
# Six exercises, from one line to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 15. 股市与交通：练习
#
# 六道练习，从填一行到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("15_markets", part="lab")

import numpy as np

from rnn_tf import paths
from rnn_tf.baselines import linear
from rnn_tf.course.checks import markets as check
from rnn_tf.datasets import flights, series

# %% [markdown] lang="en"
# ## Exercise 1. From prices to returns
#
# One line: `prices` are (days, shares). Return $100\,(\ln p_t - \ln p_{t-1})$, (days − 1, shares).
#
# <details><summary>Hint 1</summary>
#
# Logarithm first, then the difference of neighbours along the days.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.diff(values, axis=...)`: days are the first axis, and the first axis has number 0.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 从价格到收益率
#
# 只填一行：`prices` 的形状是 (天, 股票)。返回 $100\,(\ln p_t - \ln p_{t-1})$，形状 (天 − 1, 股票)。
#
# <details><summary>提示 1</summary>
#
# 先取对数，再沿着“天”求相邻两个之差。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.diff(values, axis=...)`：天是第一个轴，第一个轴的编号是 0。
#
# </details>
# %% kind="starter"


def compute(prices):
    return ...


# %% kind="solution"


def compute(prices):
    return 100 * np.diff(np.log(prices), axis=0)


# %%
check.returns(compute)

# %% [markdown] lang="en"
# ## Exercise 2. How many witnesses?
#
# `right` holds for every day and share whether the direction was right, (days, shares). The shares of one day saw the same market, the days are independent. What is the standard error of the share of right directions?
#
# <details><summary>Hint 1</summary>
#
# Make one number of each day first. Then you have as many independent numbers as days.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The standard error of a mean is the standard deviation of its numbers over the root of how many there are.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 有几个证人？
#
# `right` 记着每一天、每只股票的方向说对了没有，形状 (天, 股票)。同一天的几只股票看到的是同一个大盘，天与天之间是独立的。方向说对的比例，标准误差是多少？
#
# <details><summary>提示 1</summary>
#
# 先把每一天变成一个数。有多少天，就有多少个独立的数。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 均值的标准误差 = 这些数的标准差 ÷ 个数的平方根。
#
# </details>
# %% kind="starter"


def standard_error(right):
    return ...


# %% kind="solution"


def standard_error(right):
    days = right.mean(axis=1)
    return days.std() / np.sqrt(len(days))


# %%
check.error_by_day(standard_error)

# %% [markdown] lang="en"
# ## Exercise 3. A backtest that does not cheat
#
# `positions[t]`, 0 or 1, was decided on the evening of day `t`: whether to hold the share on day `t + 1`. `returns[t]` is the return of day `t`, in per cent; both are (days,). Every change of the position costs `cost` per cent, the first purchase too: before it nothing is held. The last position is decided, but its day is not in the record: it earns nothing and costs nothing. What is gained in all, in per cent?
#
# <details><summary>Hint 1</summary>
#
# Which return does the position of the first evening earn? Which position earns the return of the last day?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `positions[:-1]` belongs to `returns[1:]`. `np.diff(…, prepend=0)` gives the changes, the first purchase among them.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 不作弊的回测
#
# `positions[t]` 是 0 或 1，在第 `t` 天晚上决定：第 `t + 1` 天持不持有这只股票。`returns[t]` 是第 `t` 天的收益率，以 % 为单位；两者的形状都是 (天,)。持仓每变动一次，付 `cost`（单位 %）的费用，第一次买进也要付：在那之前手里什么也没有。最后一天的持仓虽已决定，但它那一天不在记录里：没有收益，也不付费。总共赚了百分之几？
#
# <details><summary>提示 1</summary>
#
# 第一个晚上的持仓拿到的是哪一天的收益？最后一天的收益归哪个持仓？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `positions[:-1]` 对应 `returns[1:]`。`np.diff(…, prepend=0)` 给出变动，第一次买进也在内。
#
# </details>
# %% kind="starter"


def profit(returns, positions, cost):
    return ...


# %% kind="solution"


def profit(returns, positions, cost):
    held = positions[:-1]
    gained = np.sum(held * returns[1:])
    paid = cost * np.sum(np.abs(np.diff(held, prepend=0)))
    return gained - paid


# %%
check.backtest(profit)

# %% [markdown] lang="en"
# ## Exercise 4. Who looks ahead?
#
# `check.SCHEDULED` and `check.LEFT` are the minutes at which 600 made-up flights were to leave, and left. `check.FEATURES["A"]` to `"F"` are functions of the two; each gives one number for every hour. Some of these numbers are not known when their hour ends. Put their names into the set `ahead`. You need not read the functions: an experiment tells.
#
# <details><summary>Hint 1</summary>
#
# At minute `60 * h` nobody knows when the flights will leave that have not left yet. Let them leave later still. What is known may not change.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `later = np.where(check.LEFT >= 60 * h, check.LEFT + 100, check.LEFT)`. Compare `feature(check.SCHEDULED, check.LEFT)[:h]` with the same of `later`, for several `h`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 谁偷看了未来？
#
# `check.SCHEDULED` 和 `check.LEFT` 是 600 个虚构航班的计划起飞时刻和实际起飞时刻（分钟）。`check.FEATURES["A"]` 到 `"F"` 是这两者的函数，各自给每个小时一个数。其中有些数，在那个小时结束时还不可能知道。请把它们的名字放进集合 `ahead`。不必读函数的代码，做个实验就知道。
#
# <details><summary>提示 1</summary>
#
# 到了第 `60 * h` 分钟，还没起飞的航班何时起飞，谁也不知道。让它们再晚些起飞：已知的数不该变。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `later = np.where(check.LEFT >= 60 * h, check.LEFT + 100, check.LEFT)`。取几个 `h`，把 `feature(check.SCHEDULED, check.LEFT)[:h]` 与换成 `later` 的结果相比。
#
# </details>
# %% kind="starter"
ahead = ...

# %% kind="solution"
ahead, left = set(), check.LEFT
for name, feature in check.FEATURES.items():
    as_it_was = feature(check.SCHEDULED, left)
    for h in range(6, check.HOURS, 6):
        later = np.where(left >= 60 * h, left + 100, left)
        if not np.allclose(feature(check.SCHEDULED, later)[:h], as_it_was[:h]):
            ahead.add(name)
print("not known at the end of the hour:", ", ".join(sorted(ahead)))

# %%
check.looking_ahead(ahead)

# %% [markdown] lang="en"
# ## Exercise 5. Your own series
#
# Any comma-separated file will do: sales, a river's level, your steps a day. Load it with `series.load`: `time` names the column of dates (ISO 8601), `target` the one to predict, `every` the step (`"1 h"`, `"1 d"`; leave it out for trading days), `season` how many steps a day or week has (`num_steps` must be as large). `help(series.load)` tells the rest; what is wrong with a file is said with the number of its line.
#
# Then find out on the **validation part** which rival a network would have to beat, by the mean absolute error: `"as now"`, `"a season ago"` or `"mean"` (of the training part).
#
# (The solution takes the file of the weather, as if it were its own.)
#
# <details><summary>Hint 1</summary>
#
# `data.validation` has `actual`, `persistence()` and `season_before`, all (n, horizon) in the target's unit; `data.scaling.target_mean` is the mean.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.mean(np.abs(forecast - data.validation.actual))` for each of the three; `min(errors, key=errors.get)` is the name of the best.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 你自己的序列
#
# 任何逗号分隔的文件都行：销量、河流的水位、每天走的步数。用 `series.load` 读取：`time` 是日期那一列（ISO 8601），`target` 是要预测的那一列，`every` 是步长（`"1 h"`、`"1 d"`；交易日则省略），`season` 是一天或一周有几步（`num_steps` 不能比它小）。其余见 `help(series.load)`；文件有什么毛病，会连同行号一起说出来。
#
# 然后在**验证集**上找出网络必须胜过的对手，按平均绝对误差来比：`"as now"`（和现在一样）、`"a season ago"`（一个周期之前）还是 `"mean"`（训练集的均值）。
#
# （答案里借用了天气的文件，就当是自己的。）
#
# <details><summary>提示 1</summary>
#
# `data.validation` 有 `actual`、`persistence()` 和 `season_before`，形状都是 (n, horizon)，单位与目标相同；均值是 `data.scaling.target_mean`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 对三者各算一次 `np.mean(np.abs(forecast - data.validation.actual))`；`min(errors, key=errors.get)` 就是最好的那个的名字。
#
# </details>
# %% kind="starter"
path = "my.csv"
data = ...
rival = ...

# %% kind="solution"
path = paths.data_folder() / "weather" / "weather.csv.gz"
how = {"every": "1 h", "group": "origin", "max_fill": 6}
cut = {"num_steps": 24, "horizon": (3,), "season": 24, "calendar": ("day",)}
data = series.load(path, time="time_hour", target="temp", features=("dewp",), **how, **cut)
part = data.validation
said = {"as now": part.persistence(), "a season ago": part.season_before}
said["mean"] = np.full(part.actual.shape, data.scaling.target_mean)
errors = {name: float(np.nanmean(np.abs(f - part.actual))) for name, f in said.items()}
rival = min(errors, key=errors.get)
print({name: round(error, 2) for name, error in errors.items()})

# %%
check.own_data(data, rival)

# %% [markdown] lang="en"
# ## Exercise 6. Beat the queue (open)
#
# Forecast how many flights will wait in two hours, with a mean absolute error of **3.4 or less** on the test part; "as now" has about 3.9. Any method will do. You get windows (n, 24, features), what is known of the hour to predict, (n, 1, known), both scaled, and the number of now, (n,). Choose by `traffic.validation`; the check reads the test part.
#
# <details><summary>Hint 1</summary>
#
# Forecast the change. `traffic.train.targets`, (n, 1), are changes divided by `traffic.scaling.change_std`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `linear.fit(rows, targets, ridge=1000, loss="absolute")` gets there, with the last hours of each window and what is known in one table, (n, values).
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 胜过队伍（开放题）
#
# 预测两小时后有多少航班在等待，在测试集上平均绝对误差**不超过 3.4**；“和现在一样”大约是 3.9。方法不限。给你的是窗口 (n, 24, 特征)、关于要预测的那个小时已知的数 (n, 1, 已知)，都缩放过，以及现在的数 (n,)。用 `traffic.validation` 来选，检查时才读测试集。
#
# <details><summary>提示 1</summary>
#
# 预测变化。`traffic.train.targets` 的形状是 (n, 1)，是变化除以 `traffic.scaling.change_std`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 用 `linear.fit(rows, targets, ridge=1000, loss="absolute")` 就够了：把每个窗口最后几个小时和已知的数拼成一张表 (n, 值)。
#
# </details>
# %%
traffic = flights.load()
print("inputs", traffic.train.inputs.shape, " known", traffic.train.known.shape)

# %% kind="starter"


def forecast(inputs, known, last):
    return last[:, None]  # nothing changes


# %% kind="solution"


def rows_of(inputs, known):
    recent = inputs[:, -6:].reshape(len(inputs), -1)
    return np.concatenate([recent, known[:, 0]], axis=1)


rows = rows_of(traffic.train.inputs, traffic.train.known)
predict = linear.fit(rows, traffic.train.targets, ridge=1000, loss="absolute")


def forecast(inputs, known, last):
    return last[:, None] + predict(rows_of(inputs, known)) * traffic.scaling.change_std


# %%
part = traffic.validation
said = forecast(part.inputs, part.known, part.last)
print(f"on the validation part: {np.mean(np.abs(said - part.actual)):.2f} flights")
check.beats_the_queue(forecast)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Give `shares.load` another share, `tickers=("GOOG",)`. Is its forecast late as well?
# 2. Forecast the size of the moves a week ahead: `horizon=(5,)`. Does the network still beat twenty days' mean?
# 3. Forecast the flights 1, 2, …, 6 hours ahead: `horizon=6`. From which hour on does "as the day before" beat "as now"?
# 4. Hand your backtest the directions of the lesson, with a cost of 0.1 per cent. What remains, beside holding the share all the time?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 给 `shares.load` 换一只股票，`tickers=("GOOG",)`。它的预测也慢一拍吗？
# 2. 提前一周预测幅度：`horizon=(5,)`。网络还能胜过二十天的均值吗？
# 3. 提前 1、2、……、6 小时预测航班：`horizon=6`。从第几个小时起，“前一天此时”胜过“和现在一样”？
# 4. 把课上的方向交给你的回测，费用取 0.1%。和一直持有相比，还剩多少？
