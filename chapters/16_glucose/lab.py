# %% [markdown] lang="en"
# # 16. Medicine: the lab
#
# Six exercises, from one line to an open question; the fifth reads a record of your own. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 16. 医疗：练习
#
# 六道练习，从填一行到开放题；第五题读你自己的记录。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("16_glucose", part="lab")

import numpy as np

from rnn_tf.course.checks import glucose as check
from rnn_tf.datasets import glucose, series

# %% [markdown] lang="en"
# ## Exercise 1. A loss with two prices
#
# One line: the pinball loss of each case. `target` and `forecast` are arrays of one shape, `share` is the number $\tau$.
#
# <details><summary>Hint 1</summary>
#
# With the error $e = y - \hat y$ it is $\tau e$ if $e > 0$, else $(\tau - 1)\,e$. Is the second one positive?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Of the two numbers, it is always the larger one: `np.maximum`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 有两种价格的损失
#
# 只填一行：每种情形的分位数损失。`target` 和 `forecast` 是形状相同的数组，`share` 是比例 $\tau$。
#
# <details><summary>提示 1</summary>
#
# 误差 $e = y - \hat y$：$e > 0$ 时为 $\tau e$，否则为 $(\tau - 1)\,e$。后一个是正的吗？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 这两个数里，取的总是较大的那个：`np.maximum`。
#
# </details>
# %% kind="starter"


def pinball(target, forecast, share):
    return ...


# %% kind="solution"


def pinball(target, forecast, share):
    error = target - forecast
    return np.maximum(share * error, (share - 1) * error)


# %%
check.pinball(pinball)

# %% [markdown] lang="en"
# ## Exercise 2. Another price
#
# Somebody says: a missed low is as bad as nineteen false alarms. An alarm then rings if the quantile of which share is below 70?
#
# <details><summary>Hint 1</summary>
#
# Let $p$ be the chance of a low. What does silence cost on average, and what ringing?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Solve $19\,p = 1 - p$.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 换一种代价
#
# 有人说：漏报一次，等于误报十九次。那么应当在哪个比例的分位数低于 70 时响？
#
# <details><summary>提示 1</summary>
#
# 设低血糖的概率为 $p$。不响的平均代价是多少？响的呢？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 解方程 $19\,p = 1 - p$。
#
# </details>
# %% kind="starter"
share = ...

# %% kind="solution"
share = 1 / (1 + 19)
print(f"τ = {share:g}")

# %%
check.share_for(share)

# %% [markdown] lang="en"
# ## Exercise 3. Warned in time
#
# Of the lows that are *still to come* (not low now, low later), for which share does the alarm ring? `last` is the value now, `later` what came, `forecast` what was said; arrays of one shape, in mg/dl. Low is below 70, and the alarm rings if the forecast is.
#
# <details><summary>Hint 1</summary>
#
# Three conditions make a hit. Two of them make the lower part of the fraction.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `coming = (last >= 70) & (later < 70)`; the mean of `forecast[coming] < 70` is a share.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 来得及的警报
#
# 在**将要发生的**低血糖（现在不低，后来低）里，警报响了的占多少？`last` 是现在的值，`later` 是后来的值，`forecast` 是预报；三个数组形状相同，单位 mg/dl。低于 70 为低，预报低于 70 就响。
#
# <details><summary>提示 1</summary>
#
# 命中要满足三个条件，分母只要其中两个。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `coming = (last >= 70) & (later < 70)`；`forecast[coming] < 70` 的均值就是一个比例。
#
# </details>
# %% kind="starter"


def warned_in_time(last, later, forecast):
    return ...


# %% kind="solution"


def warned_in_time(last, later, forecast):
    coming = (last >= 70) & (later < 70)
    return np.mean(forecast[coming] < 70)


# %%
check.warned_in_time(warned_in_time)

# %% [markdown] lang="en"
# ## Exercise 4. Keep the promise
#
# An interval from `lower` to `upper` is given for each of n targets. How much must be added on both sides, so that the share `promise` of the targets lies inside? (Too wide an interval gets a negative number.)
#
# <details><summary>Hint 1</summary>
#
# For each target: how far does it lie outside? Below the interval that is `lower - targets`, above it `targets - upper`. The larger of the two is right in every case, and negative inside.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Widened by `w`, the interval holds every target whose distance is `w` or less. So `w` is a quantile of the distances.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 兑现承诺
#
# 有 n 个目标，各有一个从 `lower` 到 `upper` 的区间。两侧各要加多少，才能使 `promise` 这么大比例的目标落在区间里？（区间太宽时，答案是负数。）
#
# <details><summary>提示 1</summary>
#
# 每个目标在区间外多远？在下方时是 `lower - targets`，在上方时是 `targets - upper`。两者取大，什么情形都对，在区间里时为负。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 放宽 `w` 之后，距离不超过 `w` 的目标都在区间里。所以 `w` 是这些距离的一个分位数。
#
# </details>
# %% kind="starter"


def width(targets, lower, upper, promise):
    return ...


# %% kind="solution"


def width(targets, lower, upper, promise):
    outside = np.maximum(lower - targets, targets - upper)
    return np.quantile(outside, promise)


# %%
check.widened(width)

# %% [markdown] lang="en"
# ## Exercise 5. A record of your own
#
# `check.diary()` gives the path of a file: a made-up pulse, about every ten minutes, with gaps. Look at its first lines, then load it with `series.load`: windows of one hour, the value 30 minutes ahead, gaps of up to 20 minutes filled. Then put the path of your own file in its place (steps, sleep, a sensor): any table with a column of times will do.
#
# <details><summary>Hint 1</summary>
#
# The times are not exactly ten minutes apart. `every="10 min"` puts them on a grid, on which gaps can be seen. How many steps has an hour then?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `num_steps`, `horizon` and `max_fill` count steps. `horizon=3` predicts three values, `horizon=(3,)` only the third. `time` and `target` are names of columns.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 你自己的记录
#
# `check.diary()` 给出一个文件的路径：虚构的脉搏，约十分钟一次，有缺口。先看看开头几行，再用 `series.load` 读入：窗口一小时，预测 30 分钟之后的值，不超过 20 分钟的缺口要补上。然后换成你自己的文件（步数、睡眠、某个传感器）：只要是带时间列的表格就行。
#
# <details><summary>提示 1</summary>
#
# 时间并不是整整十分钟一次。`every="10 min"` 把它们放到网格上，缺口才看得见。这样一小时有几步？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `num_steps`、`horizon`、`max_fill` 数的都是步。`horizon=3` 预测三个值，`horizon=(3,)` 只预测第三个。`time` 和 `target` 是列名。
#
# </details>
# %%
path = check.diary()
print(*path.read_text(encoding="utf-8").splitlines()[:4], sep="\n")

# %% kind="starter"
own = ...

# %% kind="solution"
own = series.load(
    path,
    time="measured at",
    target="beats",
    every="10 min",
    num_steps=6,
    horizon=(3,),
    max_fill=2,
)
print(own.train)

# %%
check.own_record(own)

# %% [markdown] lang="en"
# ## Exercise 6. An alarm (open)
#
# Write an alarm: True for each window in which it rings. On the test part it shall warn of **half of the coming lows or more**, at **20 false alarms a day or fewer** (one each five minutes, 288 a day, where it isn't low already). You get windows (n, 24, features), scaled, and the last value in mg/dl. Any method will do. Choose by the validation part; the check reads the test part.
#
# <details><summary>Hint 1</summary>
#
# In units of mg/dl, the last values are `inputs[:, -3:, 0] * data.scaling.std[0] + data.scaling.mean[0]`. Where would a straight line be in six steps?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Least squares, or a straight line, with a cut above 70: try cuts on the validation part, and keep the highest that stays well below 20 false alarms.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 做一个警报（开放题）
#
# 写一个警报：每个窗口，响为 True。要求在测试集上警告**半数以上将要发生的低血糖**，而误报**每天不超过 20 次**（每五分钟判断一次，每天 288 次，只数现在不低的时候）。给你的是缩放过的窗口 (n, 24, 特征)，以及最后一个值（mg/dl）。方法不限。用验证集来选，检查时才读测试集。
#
# <details><summary>提示 1</summary>
#
# 最后几个值换算成 mg/dl 是 `inputs[:, -3:, 0] * data.scaling.std[0] + data.scaling.mean[0]`。沿直线走六步会到哪里？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 最小二乘或直线都行，界限要高于 70：在验证集上试不同的界限，取误报明显少于 20 次的里面最高的那个。
#
# </details>
# %%
data = glucose.load(calendar=("day",))
print("inputs", data.train.inputs.shape, " features:", ", ".join(data.features))

# %% kind="starter"


def rule(inputs, last):
    return last < 70  # as now


# %% kind="solution"


def flat(inputs):
    return np.insert(inputs.reshape(len(inputs), -1).astype(float), 0, 1, axis=1)


rows = flat(data.train.inputs)
squares = rows.T @ rows + np.eye(rows.shape[1])
weights = np.linalg.solve(squares, rows.T @ data.train.targets)[:, 0]


def forecast(inputs, last):
    return last + flat(inputs) @ weights * data.scaling.change_std


def false_a_day(part, cut):
    rings = forecast(part.inputs, part.last) < cut
    wrong = rings & (part.last >= 70) & (part.actual[:, 0] >= 70)
    return 288 * wrong.mean()


cut = max(c for c in range(70, 100) if false_a_day(data.validation, c) < 9)
print(f"cut {cut} mg/dl: {false_a_day(data.validation, cut):.1f} false alarms a day on validation")


def rule(inputs, last):
    return forecast(inputs, last) < cut


# %%
check.alarm(rule)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Forecast 60 minutes ahead: `horizon=(12,)`. What happens to the error, what to the width of the interval, what to the alarms?
# 2. Let a missed low cost 99. Which share does the quantile need? Are there lows enough to learn it?
# 3. Set `max_fill=0`. How many windows are lost, and are they more often low?
# 4. Load your own record with gaps. Is it silent at random?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 提前 60 分钟：`horizon=(12,)`。误差怎样？区间宽度怎样？警报怎样？
# 2. 设漏报一次的代价为 99。需要哪个比例的分位数？低血糖的次数够不够学到它？
# 3. 设 `max_fill=0`。会少掉多少窗口？其中低血糖是不是更多？
# 4. 读入你自己的、有缺口的记录。它的沉默是随机的吗？
