# %% [markdown] lang="en"
# # 4. The next value: real weather, and a forecast that is only late
#
# *A forecast lies on the curve, hour after hour. Is it any good?*
#
# 45 minutes, about half a minute of computing. You need lesson 3 (LSTM).
# %% [markdown] lang="zh"
# # 4. 预测下一个值：真实天气，以及只是“慢一拍”的预报
#
# *一份预报紧贴着实测曲线，每小时都贴着。它真的好吗？*
#
# 45 分钟，其中计算约半分钟。需要第 3 课（LSTM）的知识。
# %%
from rnn_tf.course import begin

lesson = begin("04_next_value")

import numpy as np

from rnn_tf import baselines, models
from rnn_tf.backend import keras
from rnn_tf.course.figures import weather as draw
from rnn_tf.datasets import toy, weather
from rnn_tf.training import initial_weights, metrics, reset

# %% [markdown] lang="en"
# ## A splendid forecast
#
# One week at New York's Kennedy airport. Every hour, somebody forecast the temperature of the next hour. Look at the figure first, then guess how it was done.
# %% [markdown] lang="zh"
# ## 一份出色的预报
#
# 纽约肯尼迪机场的一周。每到整点，有人预报一小时之后的气温。先看图，再猜它是怎么做出来的。
# %%
hour = weather.load(station=weather.STATIONS, num_steps=24, horizon=1)
week = np.flatnonzero(hour.test.station == "JFK")[:168]
time = (hour.test.times[week] - hour.test.times[week[0]]).astype(float) + 1
measured = hour.test.celsius[week, 0]
splendid = hour.test.persistence()[week, 0]
names, axes = ["measured", "forecast an hour before"], ["time (h)", "temperature (°C)"]
lesson.figure(draw.curves(time, measured, [splendid], names, axes), "splendid")
agreement = np.corrcoef(measured, splendid)[0, 1]
print(f"correlation {agreement:.3f}, error {metrics.rmse(measured, splendid):.2f} °C (RMSE)")

# %% [markdown] lang="en"
# (RMSE is the root of the mean squared error, so it is in degrees.) Would you buy it? Zoom in, before you pay.
# %% [markdown] lang="zh"
# （均方根误差是均方误差的平方根，所以单位是度。）愿意花钱买吗？付钱之前，先放大看看。
# %%
near, arrows = (time >= 106) & (time <= 134), (109, 112, 120, 122, 126, 130)
figure = draw.curves(time[near], measured[near], [splendid[near]], names, axes, lag_at=arrows)
lesson.figure(figure, "late")
copied = np.mean(splendid[1:] == measured[:-1])
print(f"{copied:.0%} of the forecasts are the value that was measured one hour before")

# %% [markdown] lang="en"
# It is the same curve, moved one hour to the right. The "forecast" says: *as it is now*. It knows nothing, and every change of the weather takes it by surprise.
#
# Remember the **late forecast**. Slow series make it look splendid, and a trained network may well be no better. So "as now" is the baseline of this lesson. Its proper name is *persistence*.
#
# ## The idea: one series, a window, the next value
#
# Take a window of the last values. The target is the value right after it. Slide the window by one step, and you have the next example.
# %% [markdown] lang="zh"
# 原来是同一条曲线右移了一小时。这份“预报”只会说：**和现在一样**。它什么也不知道，天气每次变化都出乎它的意料。
#
# 请记住这种**慢一拍的预报**。序列变化得慢，它就显得很出色；训练出来的网络也未必比它强。所以本课以“和现在一样”为基线，它的正式名称是**持续性预报**。
#
# ## 想法：一条序列、一个窗口、下一个值
#
# 取最近若干个值作为窗口，目标是紧跟其后的那个值。窗口滑动一步，就得到下一个样本。
# %%
few = toy.noisy_sine(40, noise=0.03, seed=4)
words = ["window", "target"], ["time step", "value"]
lesson.figure(draw.windows(few, 20, (6, 7, 8), *words), "windows")

# %%
inputs, targets = toy.windows(np.array([10, 11, 13, 12, 14]), num_steps=3)
for window, target in zip(inputs, targets, strict=True):
    print(window[:, 0], "->", target, " as now:", window[-1])
print("inputs", inputs.shape, " targets", targets.shape)

# %% [markdown] lang="en"
# The target of one window is an input of the next. Inputs are (windows, steps, features), and each window has **one** target.
#
# ## How good can it be?
#
# First a series whose best error we know: a sine of period 25, with fresh noise of standard deviation $\sigma$ on every value. The sine can be learnt, the noise can't. So no forecast has a mean squared error below the *floor* $\sigma^2$.
# %% [markdown] lang="zh"
# 一个窗口的目标，就是下一个窗口的输入。输入的形状是 (窗口, 时间步, 特征)，每个窗口只有**一个**目标。
#
# ## 最好能好到什么程度？
#
# 先看一条最小误差已知的序列：周期为 25 的正弦，每个值都加上新的噪声，标准差为 $\sigma$。正弦学得会，噪声学不会。所以任何预测的均方误差都不会低于**下限** $\sigma^2$。
# %%
NOISE = 0.02
series = toy.noisy_sine(6000, noise=NOISE, period=25, seed=0)
sine = toy.split_series(series, num_steps=25)  # cut into past, middle and future first
print("inputs", sine.train.inputs.shape, " targets", sine.train.targets.shape)

# %% [markdown] lang="en"
# One LSTM with 32 units, trained three times from three random starts, with a learning rate that falls to zero along half a cosine. We compile it once.
# %% [markdown] lang="zh"
# 一个 32 单元的 LSTM，从三个随机起点各训练一次，学习率沿半个余弦降到零；模型只编译一次。


# %%
def new_network(train, epochs, learning_rate):
    """A compiled network for this training set, and its weights at the start of each seed."""
    steps, features = train.inputs.shape[1:]
    sizes = {"units": (32,), "dropout": 0, "outputs": train.targets.shape[1]}
    starts = initial_weights(lambda: models.stacked_lstm(steps, features, **sizes), lesson.seeds)
    model = models.stacked_lstm(steps, features, **sizes)
    decay_steps = epochs * -(-len(train) // 128)
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps)
    model.compile(keras.optimizers.Adam(rate), "mse", steps_per_execution=20, jit_compile=False)
    return model, starts


def trainings(model, starts, train, epochs):
    """The trained network, once for every seed."""
    for start in starts:
        reset(model, start)  # new weights, an optimizer without memory
        model.fit(train.inputs, train.targets, batch_size=128, epochs=epochs, verbose=0)
        yield model


def predict(model, inputs):
    return model(inputs, training=False).numpy()


# %%
epochs = lesson.pick(class_mode=10, full=25)
network = new_network(sine.train, epochs, learning_rate=0.01)
outputs = [predict(m, sine.test.inputs) for m in trainings(*network, sine.train, epochs)]
forecasts = {f"LSTM, seed {s}": output for s, output in zip(lesson.seeds, outputs, strict=True)}
forecasts["persistence"] = baselines.persistence(sine.test.inputs)
forecasts["mean"] = baselines.mean(sine.train.targets)
rows = [["best from a noisy window", toy.sine_floor(25, noise=NOISE, period=25)]]
rows += [[name, metrics.mse(sine.test.targets, said)] for name, said in forecasts.items()]
lesson.table(["forecast", "MSE", "× floor"], [[*row, row[1] / NOISE**2] for row in rows])
over_floor = np.array([error for _, error in rows[1:]]) / NOISE**2
lesson.result("sine_mse_over_floor", over_floor[:3], baseline=over_floor[3])

# %%
some = [outputs[0][:100, 0], baselines.persistence(sine.test.inputs)[:100, 0]]
names = ["measured", "LSTM, one step ahead", "as now", "± 2σ"]
axes = ["time step", "value", "error"]
truth = sine.test.targets[:100, 0]
figure = draw.with_errors(np.arange(100), truth, some, names, axes, expected=2 * NOISE)
lesson.figure(figure, "sine")

# %% [markdown] lang="en"
# The first row is what is within reach: whoever knows the period must still estimate height and phase from 25 noisy values. The network comes close to that. The late forecast does not, by far: its errors swing with the sine. Our tool works. Now where no floor is known.
#
# (A floor is worth its line of arithmetic. Article 000 trains three stacked LSTMs on random numbers that are unrelated to their targets, B-000-02. There the floor is all there is.)
#
# ## Weather: rivals first
#
# Three airports, one year, hour by hour, with gaps; the appendix tells how gaps are treated. Training is January to mid-September, validation lasts to early November, test is the rest. Nothing of the future leaks into the past. Each hour of a window has eight numbers: temperature, dew point, pressure, two components of the wind, how much was filled in, and the hour of day as sine and cosine. What was measured is scaled by the training part; `to_celsius` turns outputs back into degrees.
#
# The score is the *skill*: $1 - \mathrm{MSE}/\mathrm{MSE}_{\text{persistence}}$. One is perfect, zero is no better than late. By hand, on three hours:
# %% [markdown] lang="zh"
# 表中第一行是真正够得着的最好结果：就算知道周期，振幅和相位也只能从 25 个带噪的值里估计。网络离它很近。慢一拍的预报差得远：它的误差跟着正弦一起摆动。工具没有问题，接下来用在下限未知的地方。
#
# （下限只要一行算术，却很值得算。文章 000 用随机数训练三层堆叠的 LSTM，目标与输入毫不相干（B-000-02）：那里除了下限，什么也没有。）
#
# ## 真实天气：先请对手上场
#
# 三个机场，一年，逐时观测，中间有缺测；缺测的处理见附录。一月到九月中旬为训练集，到十一月初为验证集，其余为测试集。未来的信息不会泄漏到过去。窗口里每个小时有八个数：气温、露点、气压、风的两个分量、填补了多少，以及用正弦和余弦表示的钟点。观测值都用训练集的均值和标准差缩放过；`to_celsius` 把输出还原成摄氏度。
#
# 评分用**技巧评分**：$1 - \mathrm{MSE}/\mathrm{MSE}_{\text{持续}}$。1 为完美，0 表示不比慢一拍强。用三个小时手算一次：
# %%
now, later, said = np.array([[10, 12, 12], [12, 12, 11], [11, 12.5, 11.5]])
as_now, ours = np.mean((now - later) ** 2), np.mean((said - later) ** 2)
print(f"MSE as now {as_now:.2f}, ours {ours:.2f}: skill {1 - ours / as_now:.2f}")

# %% [markdown] lang="en"
# The rival to fear is *linear*: least squares on all values of the window, without any recurrence. A penalty on large weights (*ridge*) keeps it steady; the validation part chooses how strong.
# %% [markdown] lang="zh"
# 最该提防的对手是**线性**预报：对窗口里的所有值做最小二乘，没有任何循环；再对大的权重加一点惩罚（岭回归），惩罚多重由验证集来定。


# %%
def linear_forecast(data, ridges=(1, 10, 100, 1000, 10_000)):
    """Test forecasts in °C, by the ridge that is best on the validation part."""

    def flat(part):
        return np.insert(part.inputs.reshape(len(part), -1).astype(float), 0, 1, axis=1)

    rows, best = flat(data.train), np.inf
    for ridge in ridges:
        squares = rows.T @ rows + ridge * np.eye(rows.shape[1])
        weights = np.linalg.solve(squares, rows.T @ data.train.targets)
        validated = data.to_celsius(data.validation, flat(data.validation) @ weights)
        if (error := metrics.rmse(data.validation.celsius, validated)) < best:
            best, forecast = error, data.to_celsius(data.test, flat(data.test) @ weights)
    return forecast


# %% [markdown] lang="en"
# ## Temperature or change? Ask the validation part
#
# What shall the network put out: the next *temperature*, or the *change* until then? A network that puts out zero change is persistence already, and all it learns comes on top. Designs are compared on validation data. The test part is not touched.
# %% [markdown] lang="zh"
# ## 预测气温还是变化？问验证集
#
# 网络该输出下一小时的**气温**，还是到那时的**变化**？输出零变化的网络已经等于持续性预报，学到的一切都是额外的改进。比较设计要用验证集，测试集先不碰。
# %%
level = weather.load(station=weather.STATIONS, num_steps=24, horizon=1, target="level")
epochs = lesson.pick(class_mode=2, full=4)
model, starts = new_network(hour.train, epochs, learning_rate=0.008)
validated, kept = {}, {}
for name, data in {"temperature": level, "change": hour}.items():
    validated[name], kept[name] = [], []
    for trained in trainings(model, starts, data.train, epochs):
        said = data.to_celsius(data.validation, predict(trained, data.validation.inputs))
        validated[name].append(metrics.rmse(data.validation.celsius, said))
        kept[name].append(trained.get_weights())

# %%
late = metrics.rmse(hour.validation.celsius, hour.validation.persistence())
score = "validation RMSE (°C)"
figure = draw.designs([*validated], [*validated.values()], ("persistence", late), score)
lesson.figure(figure, "level_or_change")
lesson.result("level_rmse", validated["temperature"], baseline=np.median(validated["change"]))
for name, errors in validated.items():
    print(f"{name}: better than persistence with {sum(e < late for e in errors)} of 3 seeds")
assert max(validated["change"]) < min(validated["temperature"])

# %% [markdown] lang="en"
# A network that puts out temperatures must first learn to copy its last input exactly, before it can add anything. Its curve looks splendid too. But it is the change that wins, with every seed. That is our design, and now the test part is read, once.
# %% [markdown] lang="zh"
# 直接输出气温的网络，得先学会把最后一个输入分毫不差地照抄出来，然后才谈得上改进。它的曲线看上去同样出色。但赢的是预测变化，每个种子都赢。设计就此选定，现在读测试集，只读一次。


# %%
def judge(data, runs):
    """Scores on the test part: rivals first, then the network seed by seed."""
    said = {"persistence": data.test.persistence(), "as the day before": data.test.day_before}
    said["linear"] = linear_forecast(data)
    said |= {f"LSTM, seed {s}": run for s, run in zip(lesson.seeds, runs, strict=True)}
    truth, late = data.test.celsius, data.test.persistence()
    rmse = [metrics.rmse(truth, forecast) for forecast in said.values()]
    skill = [metrics.skill(truth, forecast, late) for forecast in said.values()]
    lesson.table(["forecast", "RMSE (°C)", "skill"], [*zip(said, rmse, skill, strict=True)])
    wins = sum(error < rmse[2] for error in rmse[3:])
    print(f"The LSTM beats the linear forecast with {wins} of {len(runs)} seeds.")
    return said, rmse, skill


hour_runs = []
for trained in kept["change"]:
    model.set_weights(trained)
    hour_runs.append(hour.to_celsius(hour.test, predict(model, hour.test.inputs)))
_, rmse, skill = judge(hour, hour_runs)
lesson.result("weather_1h_skill", skill[3:], baseline=max(skill[:2]))
lesson.result("weather_1h_rmse", rmse[3:], baseline=min(rmse[:2]))

# %% [markdown] lang="en"
# Is it late as well? Lay "as now" over it: a jump first, then a night and a morning.
# %% [markdown] lang="zh"
# 它是不是也慢一拍？把“和现在一样”叠上去看：先是一次跳变，然后是一夜和一个早晨。
# %%
shown = (time >= 118) & (time <= 160)
some = [hour_runs[0][week, 0][shown], splendid[shown]]
names, axes = ["measured", "LSTM", "as now"], ["time (h)", "temperature (°C)", "error (°C)"]
figure = draw.with_errors(time[shown], measured[shown], some, names, axes)
lesson.figure(figure, "next_hour")

# %%
morning = np.isin((hour.test.times.astype(int) - 4) % 24, (8, 9, 10, 11))  # New York's clock
for name, part in {"8 to 11 in the morning": morning, "all other hours": ~morning}.items():
    truth, late = hour.test.celsius[part], hour.test.persistence()[part]
    part_skill = [metrics.skill(truth, run[part], late) for run in hour_runs]
    print(f"{name}: skill {np.median(part_skill):.2f}")

# %% [markdown] lang="en"
# At the jump, yes: it is as late as anybody. But a morning that warms as mornings do, it foresees. There its skill is largest, and skill is all that it may boast of.
#
# ## The next 24 hours
#
# The same network with 24 outputs, one for each hour ahead. Now "as now" is a poor rival: at night it promises the afternoon.
# %% [markdown] lang="zh"
# 遇到跳变时，是的，和谁都一样晚。但早晨照常升温，它料到了。它在这里的技巧评分最高，而值得夸的，也只有胜过基线的这一部分。
#
# ## 未来 24 小时
#
# 还是这个网络，改为 24 个输出，每个提前量一个。这时“和现在一样”就不是强敌了：它会把午后的气温许诺给深夜。
# %%
day = weather.load(station=weather.STATIONS, num_steps=24, horizon=24)
print("inputs", day.train.inputs.shape, " targets", day.train.targets.shape)

# %%
epochs = lesson.pick(class_mode=1, full=2)
network = new_network(day.train, epochs, learning_rate=0.008)
day_runs = [
    day.to_celsius(day.test, predict(trained, day.test.inputs))
    for trained in trainings(*network, day.train, epochs)
]
said, rmse, skill = judge(day, day_runs)
lesson.result("weather_24h_skill", skill[3:], baseline=max(skill[:2]))
lesson.result("weather_24h_rmse", rmse[3:], baseline=min(rmse[:2]))


# %%
def by_hour(forecast):
    return np.sqrt(np.mean((forecast - day.test.celsius) ** 2, axis=0))


errors = {"LSTM": np.array([by_hour(run) for run in day_runs])}
errors |= {name: by_hour(said[name]) for name in ("linear", "as the day before", "persistence")}
one = np.flatnonzero(day.test.station == "JFK")[200]
example = day.test.celsius[one], [run[one] for run in day_runs]
axes = ["hours ahead (h)", "RMSE (°C)", "temperature (°C)"]
lesson.figure(draw.by_lead_time(errors, example, ["measured", "± RMSE"], axes), "next_day")

# %% [markdown] lang="en"
# Both beat the late forecast clearly. But read the sentence below the table again: a day ahead, plain least squares does not lose to the recurrent network. That is a result too. (One year of one place: another year may rank them differently. Do more layers or dropout help? The appendix measures it.)
#
# **Take home:** *a curve that lies on the truth proves nothing, for the last value does that too. Put "as now" beside every forecast, and count only what is better.*
# %% [markdown] lang="zh"
# 两者都明显胜过慢一拍的预报。但请再看表下的那句话：提前一天时，普通的最小二乘并不输给循环网络。这也是一个结果。（这只是一个地方的一年，换一年名次可能不同。多堆几层、加丢弃法有没有用？附录里有测量。）
#
# **记住一句话：** *曲线贴着实测值，什么也证明不了：上一个值也能做到。每份预报旁边都要摆上“和现在一样”，只有比它强的那部分才算数。*
