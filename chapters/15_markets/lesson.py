# %% [markdown] lang="en"
# # 15. Markets and traffic: what can be forecast, and what cannot
#
# *One network, four questions. Which of its answers would you pay for?*
#
# 45 minutes, about half a minute of computing. You need lesson 4 (the late forecast).
# %% [markdown] lang="zh"
# # 15. 股市与交通：什么能预测，什么不能
#
# *同一个网络，四个问题。哪个答案值得你掏钱？*
#
# 45 分钟，其中计算约半分钟。需要第 4 课（慢一拍的预报）的知识。
# %%
from rnn_tf.course import begin

lesson = begin("15_markets")

import numpy as np

from rnn_tf import layers
from rnn_tf.backend import keras
from rnn_tf.baselines import linear
from rnn_tf.course.figures import markets as draw
from rnn_tf.course.figures.weather import curves, with_errors
from rnn_tf.datasets import flights, shares
from rnn_tf.feeding import Feed
from rnn_tf.training import initial_weights, metrics, reset

# %% [markdown] lang="en"
# ## For sale: tomorrow's price
#
# Here is a program, like many that are offered. Twenty closing prices of one share go in, and what is known of tomorrow: its weekday. Tomorrow's price comes out. We train it on the years from 2000 to 2009, then let it forecast two and a half years that it has never seen.
# %% [markdown] lang="zh"
# ## 出售：明天的股价
#
# 这样的程序到处有人兜售。输入一只股票二十天的收盘价，以及关于明天唯一已知的事：星期几；输出明天的价格。我们用 2000 到 2009 年的数据训练它，再让它预测从没见过的两年半。


# %%
def new_network(data, loss, training_steps):
    """A compiled network for this data, and its weights at the start of each seed."""

    def build():
        windows = keras.Input(data.train.inputs.shape[1:])
        known = keras.Input(data.train.known.shape[1:])  # of the step to predict
        state = layers.LSTM(32)(windows)
        both = keras.layers.Concatenate()([state, keras.layers.Flatten()(known)])
        hidden = keras.layers.Dense(32, "relu")(both)
        return keras.Model([windows, known], keras.layers.Dense(1)(hidden))

    starts, model = initial_weights(build, lesson.seeds), build()
    rate = keras.optimizers.schedules.CosineDecay(0.005, training_steps)
    model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=20, jit_compile=False)
    return model, starts


def forecasts_of(network, data, batch_size, epochs):
    """Train once for each seed: what it says of the test part, (seeds, n), in units."""
    seen, asked = [data.train.inputs, data.train.known], [data.test.inputs, data.test.known]
    (model, starts), said = network, []
    for start in starts:
        reset(model, start)
        batches = Feed(seen, data.train.targets, batch_size=batch_size, shuffle=True)
        model.fit(batches, epochs=epochs, verbose=0)
        said.append(data.to_units(data.test, model(asked, training=False))[:, 0])
    return np.stack(said)


# %%
price = shares.load(target="price", tickers=("MSFT",), num_steps=20)
epochs = lesson.pick(class_mode=6, full=12)
network = new_network(price, "mse", training_steps=36 * epochs)
said = forecasts_of(network, price, batch_size=64, epochs=epochs)
actual, before = price.test.actual[:, 0], price.test.last
names, axes = ["share price", "forecast the day before"], ["trading day", "price (USD)"]
lesson.figure(curves(np.arange(len(actual)), actual, [said[0]], names, axes), "splendid")
off = np.mean(np.abs(said[0] - actual) / actual)
print(f"correlation {np.corrcoef(said[0], actual)[0, 1]:.3f}, off by {off:.1%} on average")

# %% [markdown] lang="en"
# Wrong by little more than one per cent! Would you buy the program? Vote, and then zoom in.
# %% [markdown] lang="zh"
# 平均只差百分之一多一点！这个程序你买不买？先表决，再放大看。
# %%
days = slice(130, 170)
shifts = [[metrics.rmse(actual[: len(actual) - k], run[k:]) for k in range(5)] for run in said]
names = ["share price", "LSTM, seed 0", "price of the day before"]
axes = ["trading day", "price (USD)", "compared with the price of … days earlier", "RMSE (USD)"]
stretch = np.arange(130, 170), actual[days], said[0][days], before[days]
lesson.figure(draw.lag(*stretch, shifts, names, axes), "lag")

# %%
score = {f"LSTM, seed {s}": run for s, run in zip(lesson.seeds, said, strict=True)}
score["persistence"] = before
rows = [[name, metrics.rmse(actual, run)] for name, run in score.items()]
for row, run in zip(rows, score.values(), strict=True):
    row += [np.corrcoef(run, actual)[0, 1], np.corrcoef(run, before)[0, 1]]
lesson.table(["forecast", "RMSE (USD)", "correlation with its day", "with the day before"], rows)
skill = [metrics.skill(actual, run, before) for run in said]
lesson.result("price_skill", skill, baseline=0)
assert all(row[3] > row[2] for row in rows)

# %% [markdown] lang="en"
# It is the **late forecast** of lesson 4. With every seed the network agrees better with the day before than with the day it speaks of; and who just repeats the last price (*persistence*) errs less. The program is worse than nothing, and looks splendid.
#
# ## By hand: what a price is made of
# %% [markdown] lang="zh"
# 这就是第 4 课那种**慢一拍的预报**。每个种子都一样：网络的预测与前一天的价格更吻合，与它要预测的那一天反而差些；而照抄最后一个价格（**持续性预报**），误差更小。这个程序看着出色，却还不如什么都不做。
#
# ## 手算：价格是由什么组成的
# %%
prices = np.array([25.00, 25.50, 25.25, 25.25])
for yesterday, today in zip(prices, prices[1:], strict=False):
    move = 100 * np.log(today / yesterday)
    print(f"{today:.2f} = {yesterday:.2f} and a return of {move:+.2f} %")

# %% [markdown] lang="en"
# A price is yesterday's price and one surprise. Yesterday's price makes the curve look good, and everybody has it. All that can be sold is the surprise: the *return*, $r_t = 100\,\ln(p_t/p_{t-1})$, in per cent.
#
# ## The idea: does the series remember?
#
# A forecast lives on what a series remembers. Correlate each value with the value some steps before. Within the grey band is what chance alone does.
# %% [markdown] lang="zh"
# 今天的价格 = 昨天的价格 + 一个意外。曲线好看，全靠昨天的价格，而那是人人都有的。能卖钱的只有那个意外，即**收益率** $r_t = 100\,\ln(p_t/p_{t-1})$，以 % 为单位。
#
# ## 想法：序列有没有记忆？
#
# 预测靠的是序列的记忆。把每个值与若干步之前的值求相关系数，灰带以内是纯属偶然的范围。


# %%
def memory(series, lags):
    """Correlation of a series with itself 1, 2, ... ``lags`` steps earlier."""
    return [np.corrcoef(series[k:], series[:-k])[0, 1] for k in range(1, lags + 1)]


past = shares.read(tickers=("MSFT",))
series = [past.column(name)[0, 1:2289] for name in ("return", "size")]  # the training years
series.append(flights.together(flights.read()).column("waiting")[0, :6000])
remembered = [memory(values, 24) for values in series]
bands = [2 / np.sqrt(len(values)) for values in series]
names = ["returns", "size of the moves", "flights waiting"]
axes = ["days earlier", "days earlier", "hours earlier", "correlation"]
lesson.figure(draw.memory(remembered, bands, names, axes), "memory")
print(f"one step earlier: {', '.join(f'{c[0]:+.2f}' for c in remembered)}")

# %% [markdown] lang="en"
# The picture foretells the rest of the lesson. The *returns* remember next to nothing. How *large* moves are, up or down, they remember a little and for weeks: restless days come together. And the flights that wait at an airport, of which more below, remember a lot.
#
# ## Returns: is there anything to sell?
#
# Three shares, the same network, only the target differs. Two rivals: "no change", and for the direction "always up".
# %% [markdown] lang="zh"
# 这张图预告了本课余下的内容。**收益率**几乎没有记忆。涨跌的**幅度**有一点记忆，而且持续数周：动荡的日子总是扎堆。而机场里等待起飞的航班（详见下文）记忆很强。
#
# ## 收益率：有什么可卖的吗？
#
# 三只股票，同一个网络，只换了目标。对手有两个：“不涨不跌”；论方向，则是“总说涨”。
# %%
returns = shares.load(target="return", num_steps=20)
epochs = epochs // 2  # as many training steps: three shares, batches half as large again
said = forecasts_of(network, returns, batch_size=96, epochs=epochs)
actual = returns.test.actual[:, 0]
ratio = [np.mean((run - actual) ** 2) / np.mean(actual**2) for run in said]
lesson.result("return_ratio", ratio, baseline=1)

# %%
right = (said > 0) == (actual > 0)  # (seeds, shares × days), share by share
by_day = right.reshape(len(said), len(shares.TICKERS), -1).mean(axis=1)  # (seeds, days)
share, up = right.mean(axis=1), np.mean(actual > 0)
alone = np.sqrt(share * (1 - share) / right.shape[1])
together = by_day.std(axis=1) / np.sqrt(by_day.shape[1])
lesson.result("direction", share, baseline=up)
names = ["all forecasts alone", "days alone"]
axes = [f"LSTM, seed {s}" for s in lesson.seeds], "share of right directions"
lesson.figure(
    draw.directions(share, [alone, together], ("always up", up), names, axes), "direction"
)
print(f"standard error {alone[0]:.3f}; by days {together[0]:.3f}")
assert (share < up + 2 * together).all()

# %% [markdown] lang="en"
# The squared error is that of "no change", to within two per cent. And no network tells the direction better than "up, every day" by more than twice its standard error. Note the two bars. The first takes every forecast for a new piece of evidence. But the three shares rise and fall together: when the market falls, all three forecasts fail. Only days may be counted as independent, so the true uncertainty is larger.
#
# There is nothing to sell. And it has a reason: if the past told that the price will rise tomorrow, somebody would buy today, until it no longer did. **A market reads its forecasts.**
#
# ## The size of moves: a little
#
# Nobody gets rich by knowing that tomorrow will be restless, so that may stay in the data. The target is $\ln(|r_t| + 0.1)$. The rival is the mean of the last twenty days; the score is the skill against one number, the mean of the training years.
# %% [markdown] lang="zh"
# 均方误差与“不涨不跌”相差不到百分之二。论方向，没有一个网络比“天天说涨”好出两个标准误差。注意那两种误差棒。第一种把每次预测都当成新的证据。可三只股票同涨同跌：大盘一跌，三次预测一起错。能当作独立的只有“天”，真正的不确定性更大。
#
# 没有什么可卖的。这有道理：假如过去能说明明天会涨，今天就有人买进，一直买到它不再灵验。**市场会读到对它的预测。**
#
# ## 幅度：能预测一点
#
# 知道明天会动荡，并不能让人发财，所以这种规律可以留在数据里。目标是 $\ln(|r_t| + 0.1)$。对手是最近二十天的均值；评分用技巧评分，与同一个数相比：训练那些年的均值。
# %%
size = shares.load(target="size", num_steps=20)
said = forecasts_of(network, size, batch_size=96, epochs=epochs)
actual, usual = size.test.actual[:, 0], np.full(len(size.test), size.scaling.target_mean)
weeks = size.test.inputs[:, -20:, 0].mean(axis=1) * size.scaling.target_std + usual
skill = [metrics.skill(actual, run, usual) for run in said]
by_weeks = metrics.skill(actual, weeks, usual)
lesson.result("size_skill", skill, baseline=by_weeks)
assert min(skill) > by_weeks
within = [metrics.skill(actual, run, np.full(len(actual), actual.mean())) for run in said]
print(f"against the mean of the test years, which nobody knew: {np.median(within):.2f}")

# %% [markdown] lang="en"
# Better than twenty days' mean with every seed, by a little. But look at the last line: most of this skill is that the test years were calmer than the training years, and any recent mean knows that. Always ask: *skill against what?*
#
# ## Traffic: the same code, another world
#
# How many flights at New York's three airports are scheduled and have not left, two hours from now? A day of hours goes in. Known of the hour to predict: its place in day and week, and the timetable.
# %% [markdown] lang="zh"
# 每个种子都比二十天均值好，但只好一点。再看最后一行：这份技巧评分大半只是因为测试那几年比训练那些年平静，而随便一个近期均值都知道这一点。永远要问一句：**是和谁比的技巧评分？**
#
# ## 交通：同样的代码，另一个世界
#
# 纽约三个机场，两小时之后有多少航班过了计划时刻还没起飞？输入一整天逐时的数据；关于要预测的那个小时，已知的有：它在一天、一周中的位置，以及时刻表。
# %%
traffic = flights.load(num_steps=24, horizon=(2,))
print("inputs", traffic.train.inputs.shape, " known", traffic.train.known.shape)
epochs = lesson.pick(class_mode=3, full=10)
network = new_network(traffic, "mae", training_steps=96 * epochs)
said = forecasts_of(network, traffic, batch_size=64, epochs=epochs)


# %%
def rows_of(part):
    flat = part.inputs.reshape(len(part), -1)
    return np.concatenate([flat, part.known[:, 0]], axis=1)


def mae(part, forecast):
    return float(np.mean(np.abs(forecast - part.actual)))


best = np.inf
for ridge in (100, 1000):  # chosen on the validation part, as in lesson 4
    predict = linear.fit(
        rows_of(traffic.train), traffic.train.targets, ridge=ridge, loss="absolute"
    )
    validated = traffic.to_units(traffic.validation, predict(rows_of(traffic.validation)))
    if mae(traffic.validation, validated) < best:
        best = mae(traffic.validation, validated)
        straight = traffic.to_units(traffic.test, predict(rows_of(traffic.test)))

# %%
test = traffic.test
errors = {"as the day before": [mae(test, test.season_before)]}
errors["as now"] = [mae(test, test.persistence())]
errors["linear"] = [mae(test, straight)]
errors["LSTM"] = [mae(test, run[:, None]) for run in said]
lesson.figure(draw.rivals([*errors], [*errors.values()], "mean absolute error (flights)"), "rivals")
lesson.result("flights_mae", errors["LSTM"], baseline=errors["linear"][0])
assert max(errors["LSTM"]) < errors["linear"][0]

# %%
week = slice(1056, 1152)
some = [said[0][week], test.last[week]]
names, axes = ["measured", "LSTM", "as now"], ["time (h)", "flights waiting", "error (flights)"]
lesson.figure(with_errors(np.arange(96), test.actual[week, 0], some, names, axes), "week")

# %% [markdown] lang="en"
# Not a line of the network was changed. Here it is more than late: it knows how the queue of an ordinary day grows, and when a long one will dissolve. Only what comes out of the blue, a storm perhaps, surprises it as it does everybody. It beats even the linear forecast, which was tuned for the same error and sees the same numbers. (It is not the only one: boosted trees, see the appendix.) Why here and not there?
#
# * **A queue remembers.** Who waits now may still wait in two hours; a return is gone.
# * **Something is known of the future.** The timetable says who will come.
# * **Nobody works against it.** No flight leaves earlier because we forecast that it will be late.
# * **It is not linear.** A queue grows when more come than can leave, and cannot get below zero. On prices, where the linear answer "as yesterday" is nearly all, a straight line wins: the appendix shows how much, and why.
#
# **Take home:** *before you train, ask what the series remembers, what is known beforehand, and who would act on the forecast. A network cannot find what is not there.*
# %% [markdown] lang="zh"
# 网络一行没改。这次它不只是慢一拍：平常的队伍怎样变长，长队什么时候散去，它都料得到。只有突如其来的事，比如一场风暴，它和谁都一样料不到。连线性预报也不如它，而线性预报针对同样的误差调过，看的也是同样的数。（做得到的不止它一个：提升树，见附录。）为什么这里行，那里不行？
#
# * **队伍有记忆。** 现在在等的，两小时后可能还在等；收益率过去了就没了。
# * **未来有已知的部分。** 时刻表写着谁要来。
# * **没有人跟它对着干。** 不会因为我们预测要晚点，航班就提前起飞。
# * **它不是线性的。** 来的比走得了的多，队伍就变长；而队伍不会短过零。至于价格，线性的答案“和昨天一样”几乎就是全部，所以直线赢；附录给出差多少，以及为什么。
#
# **记住一句话：** *训练之前先问：序列记得什么？什么是事先已知的？谁会按预测去行动？本来没有的东西，网络找不出来。*
