# %% [markdown] lang="en"
# # 4. The next value: the lab
#
# Six exercises, from one line to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 4. 预测下一个值：练习
#
# 六道练习，从填一行到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("04_next_value", part="lab")

import numpy as np

from rnn_tf.course.checks import next_value as check
from rnn_tf.datasets import weather
from rnn_tf.training import metrics

# %% [markdown] lang="en"
# ## Exercise 1. Skill
#
# One line: the skill of a forecast against "as now". All three arguments are arrays of one shape; `last` is the last known value.
#
# <details><summary>Hint 1</summary>
#
# Two mean squared errors are needed: of the forecast, and of `last`, both against what was measured.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `metrics.mse(targets, predictions)` computes one, and refuses shapes that would be broadcast. Skill is 1 minus a fraction; the rival stands below.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 技巧评分
#
# 只填一行：一份预报相对“和现在一样”的技巧评分。三个参数是形状相同的数组，`last` 是最后一个已知的值。
#
# <details><summary>提示 1</summary>
#
# 需要两个均方误差：预报的，和 `last` 的，都与实测值比。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `metrics.mse(targets, predictions)` 可以算，而且会拒绝可能被广播的形状。技巧评分是 1 减去一个分数，对手在分母。
#
# </details>
# %% kind="starter"


def skill(measured, forecast, last):
    return ...


# %% kind="solution"


def skill(measured, forecast, last):
    return 1 - metrics.mse(measured, forecast) / metrics.mse(measured, last)


# %%
check.skill(skill)

# %% [markdown] lang="en"
# ## Exercise 2. Windows
#
# Cut a series, (length,), into windows of `num_steps` values, each with the value that follows it. Inputs are (count, num_steps, 1), targets (count, 1). (`toy.windows` does it; here you do.)
#
# <details><summary>Hint 1</summary>
#
# Every window needs a value after it. How many windows have one, if the series has 11 values and a window 4?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.array([series[i : i + num_steps] for i in range(count)])` are the windows; `[..., None]` appends an axis. Which index does the target of window `i` have?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 窗口
#
# 把一条形状为 (长度,) 的序列切成窗口，每个窗口 `num_steps` 个值，并配上紧随其后的那个值。输入的形状是 (个数, num_steps, 1)，目标是 (个数, 1)。（`toy.windows` 就是做这个的，这里请你自己写。）
#
# <details><summary>提示 1</summary>
#
# 每个窗口后面都得还有一个值。序列有 11 个值、窗口长 4，这样的窗口有几个？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.array([series[i : i + num_steps] for i in range(count)])` 就是各个窗口；`[..., None]` 在末尾加一个轴。第 `i` 个窗口的目标，下标是多少？
#
# </details>
# %% kind="starter"


def cut(series, num_steps):
    inputs = ...
    targets = ...
    return inputs, targets


# %% kind="solution"


def cut(series, num_steps):
    count = len(series) - num_steps
    inputs = np.array([series[i : i + num_steps] for i in range(count)])[..., None]
    targets = series[num_steps:, None]
    return inputs, targets


# %%
check.next_values(cut)

# %% [markdown] lang="en"
# ## Exercise 3. The floor of a die
#
# A fair die is rolled again and again. Forecast the next roll from all rolls before it. What is the lowest mean squared error that any network can reach in the long run? Think, or simulate.
#
# <details><summary>Hint 1</summary>
#
# The past says nothing about the next roll, so the best forecast is one constant. Which one?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The mean squared error of the best constant is the variance of 1, 2, …, 6.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 骰子的下限
#
# 反复掷一枚公平的骰子，根据以前所有的点数预测下一次。长远来看，任何网络的均方误差最低能到多少？可以推，也可以模拟。
#
# <details><summary>提示 1</summary>
#
# 过去对下一次毫无提示，所以最好的预测是一个常数。哪个常数？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 最好的常数的均方误差，就是 1、2、……、6 的方差。
#
# </details>
# %% kind="starter"
floor = ...

# %% kind="solution"
faces = np.arange(1, 7)
floor = np.mean((faces - faces.mean()) ** 2)
print(f"floor: {floor:.3f}")

# %%
check.dice_floor(floor)

# %% [markdown] lang="en"
# ## Exercise 4. Who is only late?
#
# `check.MEASURED` is a temperature over some hundreds of hours. `check.FORECASTS["A"]` to `"D"` are forecasts of it, hour by hour. Some are not forecasts at all: they repeat what was measured an hour or more before. Put their names into the set `late`, without a figure if you can.
#
# <details><summary>Hint 1</summary>
#
# Move the measured curve right by 0, 1, 2, 3 hours. For which shift does the forecast fit it best?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# At a shift of `k`, compare `forecast[k:]` with `measured[: len(measured) - k]`. A small error is no crime; an error that is smallest at a shift above 0 is.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 谁只是慢一拍？
#
# `check.MEASURED` 是几百个小时的气温。`check.FORECASTS["A"]` 到 `"D"` 是逐小时的预报。有几份根本不是预报：只是重复一小时或更久之前的实测值。请把它们的名字放进集合 `late`，能不看图最好。
#
# <details><summary>提示 1</summary>
#
# 把实测曲线右移 0、1、2、3 小时，移多少时预报与它最吻合？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 移 `k` 小时，就比较 `forecast[k:]` 与 `measured[: len(measured) - k]`。误差小不是罪；误差在移动之后才最小，才是。
#
# </details>
# %% kind="starter"
late = ...

# %% kind="solution"
late = set()
for name, forecast in check.FORECASTS.items():
    hours = len(check.MEASURED)
    errors = [metrics.rmse(check.MEASURED[: hours - k], forecast[k:]) for k in range(4)]
    print(f"{name}: errors by shift {np.round(errors, 2)}")
    if np.argmin(errors) > 0:
        late.add(name)

# %%
check.late_ones(late)

# %% [markdown] lang="en"
# ## Exercise 5. Scale without looking ahead
#
# A network learns best from values around 0 with a spread of about 1. Scale three parts of a series, in order of time, so that nothing of the future gets into the training.
#
# <details><summary>Hint 1</summary>
#
# On the last day of training, which values are known?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Mean and standard deviation of `train`, used for all three.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 缩放，但不偷看未来
#
# 数值在 0 附近、波动约为 1 时，网络学得最好。把一条序列按时间先后分成的三段缩放好，不让未来的任何信息进入训练。
#
# <details><summary>提示 1</summary>
#
# 在训练集的最后一天，哪些值是已知的？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 用 `train` 的均值和标准差，三段都用它。
#
# </details>
# %% kind="starter"


def scale(train, validation, test):
    return ..., ..., ...


# %% kind="solution"


def scale(train, validation, test):
    mean, std = train.mean(), train.std()
    return tuple((part - mean) / std for part in (train, validation, test))


# %%
check.scaled(scale)

# %% [markdown] lang="en"
# ## Exercise 6. Better than late (open)
#
# Forecast New York's temperature one hour ahead, in °C, with a skill of **0.15 or more** on the test part. Any method will do: least squares, a network, a rule of thumb. You get windows (n, 24, features), scaled, and the last temperature in °C, (n,). Choose by `hour.validation`; the check reads the test part.
#
# <details><summary>Hint 1</summary>
#
# Forecast the *change*. `hour.train.targets`, (n, 1), are changes divided by `hour.scaling.change_std`; multiply by it, and add the last temperature.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Least squares gets there: flatten the windows to (n, 24 × features), append a column of ones, and call `np.linalg.lstsq`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 比慢一拍强（开放题）
#
# 提前一小时预报纽约的气温（°C），在测试集上技巧评分达到 **0.15 以上**。方法不限：最小二乘、网络、经验规则都行。给你的是缩放过的窗口 (n, 24, 特征) 和最后一个气温（°C），形状 (n,)。用 `hour.validation` 来选，检查时才读测试集。
#
# <details><summary>提示 1</summary>
#
# 预测**变化**。`hour.train.targets` 的形状是 (n, 1)，是变化除以 `hour.scaling.change_std`；乘回去，再加上最后一个气温。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 最小二乘就够了：把窗口展平为 (n, 24 × 特征)，补一列 1，再用 `np.linalg.lstsq`。
#
# </details>
# %%
hour = weather.load(station=weather.STATIONS, num_steps=24, horizon=1)
print("inputs", hour.train.inputs.shape, " features:", ", ".join(hour.features))

# %% kind="starter"


def forecast(inputs, last):
    return last[:, None]  # as now


# %% kind="solution"


def flat(inputs):
    return np.insert(inputs.reshape(len(inputs), -1).astype(float), 0, 1, axis=1)


weights = np.linalg.lstsq(flat(hour.train.inputs), hour.train.targets, rcond=None)[0]


def forecast(inputs, last):
    change = flat(inputs) @ weights * hour.scaling.change_std
    return last[:, None] + change


# %%
said = forecast(hour.validation.inputs, hour.validation.last)
reached = metrics.skill(hour.validation.celsius, said, hour.validation.persistence())
print(f"skill on the validation part: {reached:.3f}")
check.beats_persistence(forecast)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Give `weather.load` `calendar=("day", "year")`. Training never saw the time of year of the test part. What happens on validation, what on test? By which of the two may you choose?
# 2. Set the noise of the sine to 0.2. What is the floor now? How near does the LSTM come?
# 3. Let the LSTM correct the linear forecast instead of persistence. Does it win 24 hours ahead?
# 4. Set `max_fill=0`. How many windows are lost?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 给 `weather.load` 传 `calendar=("day", "year")`。测试集在一年中的位置，训练时从未见过。验证集上怎样？测试集上怎样？可以根据哪一个来选？
# 2. 把正弦的噪声改为 0.2。下限变成多少？LSTM 能接近到什么程度？
# 3. 让 LSTM 去修正线性预报，而不是修正持续性预报。提前 24 小时，它能赢吗？
# 4. 设 `max_fill=0`。会少掉多少窗口？
