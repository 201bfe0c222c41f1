# %% [markdown] lang="en"
# # 15. Markets and traffic: the appendix
#
# A. What the data are. B. Why three shares are not three witnesses. C. Where a straight line wins, and why. D. LSTM, GRU, or no recurrence? E. A published task. F. Sources.
# %% [markdown] lang="zh"
# # 15. 股市与交通：附录
#
# 一、数据是什么。二、为什么三只股票不是三个证人。三、直线在哪里赢，为什么。四、LSTM、GRU，还是不用循环？五、一个发表过的任务。六、出处。
# %%
from rnn_tf.course import begin

lesson = begin("15_markets", part="appendix")

import numpy as np

from rnn_tf import layers, paths
from rnn_tf.backend import keras
from rnn_tf.baselines import linear
from rnn_tf.course.figures import markets as draw
from rnn_tf.course.figures.weather import designs
from rnn_tf.datasets import flights, series, shares
from rnn_tf.feeding import Feed
from rnn_tf.training import initial_weights, metrics, reset

# %% [markdown] lang="en"
# ## A. The data
#
# Daily closes of three firms, March 2000 to March 2013, adjusted for splits and dividends. Steps are trading days: a Friday is followed by a Monday. And flights of 2013, by the hour.
# %% [markdown] lang="zh"
# ## 一、数据
#
# 三家公司从 2000 年 3 月到 2013 年 3 月每个交易日的收盘价，按拆股和分红复权。一步是一个交易日：星期五之后是星期一。还有 2013 年逐时的航班。
# %%
days = shares.read()
prices, moves = days.column("price"), days.column("return")
rows = [
    [name, len(p), p.min(), p.max(), np.nanstd(r), f"{np.mean(r[1:] > 0):.1%}"]
    for name, p, r in zip(days.groups, prices, moves, strict=True)
]
header = ["share", "trading days", "lowest (USD)", "highest (USD)"]
lesson.table([*header, "standard deviation of returns (%)", "days that rose"], rows)

# %%
hours = flights.read()
due, waiting = hours.column("scheduled"), hours.column("waiting")
rows = [
    [name, int(d.sum()), w.mean(), int(w.max())]
    for name, d, w in zip(hours.groups, due, waiting, strict=True)
]
lesson.table(["airport", "flights that left", "waiting, mean", "waiting, most"], rows)

# %% [markdown] lang="en"
# What one must know of them:
#
# * The firms were chosen by somebody who knew in 2013 that they still existed. Shares of firms that failed are not in the file, so "always up" looks better here than it was (*survivorship*).
# * Cancelled flights are left out, for the file does not say when that was known. So the count knows a little of the future: a flight that will be cancelled never waits. In a storm the true queue is longer.
# * Hours are in UTC. When the clocks change in March and November, New York's day moves by an hour; the timetable, which is among the inputs, makes up for it.
# * A flight that leaves a few minutes early, in the hour before its own, waits for nobody. Who subtracts all departures from all scheduled gets a "queue" below zero, which swings up and down, and a worse persistence.
#
# ## B. Three shares, how many witnesses?
#
# Let $m$ forecasts of one day be right or wrong together, with the correlation $\rho$ of any two of them. Then the variance of the share of right ones over $n$ forecasts is not $p(1-p)/n$ but
#
# $$\frac{p(1-p)}{n}\,\bigl(1 + (m-1)\rho\bigr).$$
#
# Who says "up" every day is right or wrong together with the market. We measure $\rho$, put it in, and compare with the spread of the days.
# %% [markdown] lang="zh"
# 关于这些数据，要知道：
#
# * 这几家公司是 2013 年的人挑的，他知道它们还在。倒闭的公司不在文件里，所以“总说涨”在这里显得比当年更好（**幸存者偏差**）。
# * 取消的航班不在内，因为文件没有写是什么时候得知取消的。所以这个计数多少知道一点未来：将被取消的航班从不排队。遇上暴风雪，真实的队伍更长。
# * 时间是世界时（UTC）。三月和十一月调钟时，纽约的一天会移动一小时；输入里有时刻表，可以弥补。
# * 提前几分钟起飞、因而落在前一个小时里的航班，不算有人在等。如果直接用全部计划数减全部起飞数，“队伍”会小于零、忽上忽下，持续性预报也更差。
#
# ## 二、三只股票，几个证人？
#
# 设同一天的 $m$ 次预测倾向于同对同错，任意两次的相关系数为 $\rho$。那么 $n$ 次预测中对的比例，方差不是 $p(1-p)/n$，而是
#
# $$\frac{p(1-p)}{n}\,\bigl(1 + (m-1)\rho\bigr).$$
#
# 每天都说“涨”的人，总是随大盘一起对、一起错。我们量出 $\rho$，代入公式，再与各天的波动相比。
# %%
rose = shares.load(target="return", num_steps=20).test.actual[:, 0].reshape(3, -1) > 0
rho = np.mean(np.corrcoef(rose)[np.triu_indices(3, 1)])
share, n = rose.mean(), rose.size
alone = np.sqrt(share * (1 - share) / n)
by_formula = alone * np.sqrt(1 + 2 * rho)
by_days = rose.mean(axis=0).std() / np.sqrt(rose.shape[1])
print(f"correlation {rho:.2f}; standard error of always up: alone {alone:.4f}, ", end="")
print(f"by the formula {by_formula:.4f}, by days {by_days:.4f}")
print(f"{n} forecasts are worth {n / (1 + 2 * rho):.0f} independent ones")
assert abs(by_formula / by_days - 1) < 0.03

# %% [markdown] lang="en"
# ## C. Where a straight line wins
#
# The linear forecast of the lesson, here for the squared error (*ridge*), on the three questions about shares, beside the naive rival of each: the last price, no change, the mean of twenty days. The penalty is chosen on validation data.
# %% [markdown] lang="zh"
# ## 三、直线在哪里赢
#
# 课上那种线性预报，这里针对均方误差（岭回归），用在关于股票的三个问题上，旁边是各自的朴素对手：最后一个价格、不涨不跌、二十天的均值。惩罚用验证集来选。


# %%
def rows_of(part):
    return np.concatenate([part.inputs.reshape(len(part), -1), part.known[:, 0]], axis=1)


def best_line(data, ridges=(1, 10, 100, 1000, 10_000)):
    """The linear forecast whose penalty is best on the validation part, and the penalty."""
    rows, part, least = rows_of(data.train), data.validation, np.inf
    for ridge in ridges:
        line = linear.fit(rows, data.train.targets, ridge=ridge)
        error = metrics.rmse(part.actual, data.to_units(part, line(rows_of(part))))
        if error < least:
            least, best = error, (line, ridge)
    return best


def weights_of(line, data):
    """The weight of the target on each day of the window, (steps,)."""
    steps, features = data.train.inputs.shape[1:]
    probe = np.zeros((steps + 1, rows_of(data.test).shape[1]))
    probe[np.arange(steps), features * np.arange(steps)] = 1  # the target is the first feature
    said = line(probe)[:, 0]
    return said[:-1] - said[-1]


# %%
asked = {"price": ("MSFT",), "return": shares.TICKERS, "size": shares.TICKERS}
rows, weights = [], []
for target, tickers in asked.items():
    data = shares.load(target=target, tickers=tickers, num_steps=20)
    line, ridge = best_line(data)
    weights.append(weights_of(line, data))
    recent = data.test.inputs[:, :, 0].mean(axis=1, keepdims=True)
    naive = {
        "price": data.test.persistence(),
        "return": np.zeros(data.test.actual.shape),
        "size": recent * data.scaling.target_std + data.scaling.target_mean,
    }[target]
    said = data.to_units(data.test, line(rows_of(data.test)))
    errors = [metrics.rmse(data.test.actual, forecast) for forecast in (naive, said)]
    rows.append([target, *errors, ridge, weights[-1][-1], weights[-1].sum()])
header = ["target", "RMSE, naive", "RMSE, linear", "penalty"]
lesson.table([*header, "weight of the last day", "of all days together"], rows)
names, axes = ["price: MSFT", "returns", "size of the moves"], ["days before", "weight"]
lesson.figure(draw.weights(weights, names, axes), "weights")

# %% [markdown] lang="en"
# On prices the line copies the last one: its weight there is nearly one, and that costs it a single number. It comes nearer to persistence than the LSTM of the lesson, which has to push the same price through gates and a tanh, and to undo them behind it, for every price that may come. On returns the best line is nearly no line: the largest penalty is chosen, all weights vanish. On the size of moves the weights are spread over weeks; that is hardly more than a moving average, and the network adds a little. **A recurrent network pays where what matters is neither a copy nor an average.**
#
# ## D. LSTM, GRU, or no recurrence?
#
# The flights again, three designs with three seeds each: the LSTM of the lesson, a GRU of the same size, and a dense network that gets the window as one long row. They are compared on the validation part; the best reads the test part.
# %% [markdown] lang="zh"
# 论价格，直线照抄最后一个：那里的权重接近一，只花一个数。它比课上的 LSTM 更接近持续性预报；LSTM 却要把同一个价格推过门和 tanh，再在后面还原，而且对每个可能的价格都要做到。论收益率，最好的直线几乎等于没有：选中的是最大的惩罚，权重全都趋于零。论幅度，权重分散在几周里，比滑动平均多不了什么，网络再添一点。**当要紧的既不是照抄、也不是平均时，循环网络才值得用。**
#
# ## 四、LSTM、GRU，还是不用循环？
#
# 再看航班。三种设计，各三个种子：课上的 LSTM、同样大小的 GRU、把窗口当成一长行的全连接网络。先在验证集上比较，最好的一个再读测试集。
# %%
traffic = flights.load()
epochs = lesson.pick(class_mode=2, full=10)


def runs_of(reader):
    """Forecasts of the validation and the test part, one pair a seed."""

    def build():
        windows = keras.Input(traffic.train.inputs.shape[1:])
        known = keras.Input(traffic.train.known.shape[1:])
        both = [reader()(windows), keras.layers.Flatten()(known)]
        hidden = keras.layers.Dense(32, "relu")(keras.layers.Concatenate()(both))
        return keras.Model([windows, known], keras.layers.Dense(1)(hidden))

    starts, model = initial_weights(build, lesson.seeds), build()
    rate = keras.optimizers.schedules.CosineDecay(0.005, 96 * epochs)
    model.compile(keras.optimizers.Adam(rate), "mae", steps_per_execution=20, jit_compile=False)
    train, said = traffic.train, []
    for start in starts:
        reset(model, start)
        batches = Feed([train.inputs, train.known], train.targets, batch_size=64, shuffle=True)
        model.fit(batches, epochs=epochs, verbose=0)
        parts = (traffic.validation, traffic.test)
        outputs = [model([part.inputs, part.known], training=False) for part in parts]
        said.append([traffic.to_units(p, o) for p, o in zip(parts, outputs, strict=True)])
    return said


def dense():
    return keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(64, "relu")])


# %%
readers = {"LSTM": lambda: layers.LSTM(32), "GRU": lambda: layers.GRU(32), "dense": dense}
runs = {name: runs_of(reader) for name, reader in readers.items()}


def mae(part, forecast):
    return float(np.mean(np.abs(forecast - part.actual)))


validated = {
    name: [mae(traffic.validation, pair[0]) for pair in said] for name, said in runs.items()
}
score = "validation, mean absolute error (flights)"
lesson.figure(designs([*validated], [*validated.values()], None, score), "designs")
best = min(validated, key=lambda name: np.median(validated[name]))
print(f"best on the validation part: {best}")
tested = [mae(traffic.test, pair[1]) for pair in runs[best]]
lesson.result("chosen_mae", tested, baseline=mae(traffic.test, traffic.test.persistence()))

# %% [markdown] lang="en"
# Where the points of two designs overlap, as those of LSTM and GRU do, three seeds cannot tell them apart. The dense network sees the same numbers, but has a weight of its own for every hour of the window; the recurrent ones use the same weights hour after hour, and have less to learn. Boosted trees, the usual rival on tables, are not among the libraries of this course. Tried outside of it, on the table that `rows_of` makes and for the absolute error, those of scikit-learn did as well as these short trainings of the recurrent networks, or better. So "it can be forecast" is the result here, not "only an LSTM can".
#
# ## E. A published task
#
# The textbook *An Introduction to Statistical Learning* forecasts the trading volume of New York's exchange, 1962 to 1986, from five days of three series, and finds that a straight line does as well as a recurrent network. Its data are in the Python package `ISLP`, file `ISLP/data/NYSE.csv`; their licence is unclear, so the course does not ship them. Unpack the package (a zip) into the folder that `RNN_TF_DATA` names, and this cell reads them.
# %% [markdown] lang="zh"
# 两种设计的点有重叠，三个种子就分不出高下，LSTM 与 GRU 就是如此。全连接网络看到的是同样的数，但窗口里每个小时都有自己的权重；循环网络每个小时用同一套权重，要学的少。表格数据上常见的对手是提升树，本课程的库里没有。我们在课程之外试过：用 scikit-learn 的提升树，数据就是 `rows_of` 做出的表，针对绝对误差，结果与这里短短训练的循环网络不相上下，甚至更好。所以这里的结论是“它可以预测”，而不是“只有 LSTM 能预测”。
#
# ## 五、一个发表过的任务
#
# 教科书 *An Introduction to Statistical Learning* 用五天的三个序列预测纽约交易所 1962 至 1986 年的成交量，结果直线与循环网络不相上下。数据在 Python 包 `ISLP` 的文件 `ISLP/data/NYSE.csv` 里；许可不明，所以课程不附带。把这个包（zip 文件）解压到 `RNN_TF_DATA` 所指的文件夹，下面这一格就会读它。
# %%
folder = paths.full_data_folder()
nyse = folder / "ISLP" / "data" / "NYSE.csv" if folder else None
if nyse is None or not nyse.exists():
    print("NYSE.csv is not there: nothing to show")
else:
    columns = ("DJ_return", "log_volatility")
    cut = {"num_steps": 5, "predict": "level", "validation": 0.1, "test": 0.29}
    data = series.load(nyse, time="date", target="log_volume", features=columns, **cut)
    said = data.to_units(data.test, best_line(data)[0](rows_of(data.test)))
    usual = np.full(said.shape, data.test.actual.mean())
    explained = metrics.skill(data.test.actual, said, usual)
    print(f"linear: {explained:.3f} of the variance explained")

# %% [markdown] lang="en"
# ## F. Sources
#
# * L. Bachelier (1900). Théorie de la spéculation. *Annales scientifiques de l'ENS* 17.
# * E. F. Fama (1970). Efficient capital markets: a review of theory and empirical work. *Journal of Finance* 25(2).
# * R. F. Engle (1982). Autoregressive conditional heteroscedasticity with estimates of the variance of United Kingdom inflation. *Econometrica* 50(4). (Why the size of moves remembers.)
# * D. H. Bailey, J. Borwein, M. López de Prado, Q. J. Zhu (2014). Pseudo-mathematics and financial charlatanism. *Notices of the AMS* 61(5). (The best of a hundred.)
# * L. Kish (1965). *Survey Sampling*. (The factor $1 + (m-1)\rho$.)
# * G. James, D. Witten, T. Hastie, R. Tibshirani, J. Taylor (2023). *An Introduction to Statistical Learning, with Applications in Python*, chapter 10.
# * Data: Quandl WIKI prices, public domain; `nycflights13` (H. Wickham), CC0.
# %% [markdown] lang="zh"
# ## 六、出处
#
# * L. Bachelier (1900). Théorie de la spéculation. *Annales scientifiques de l'ENS* 17.
# * E. F. Fama (1970). Efficient capital markets: a review of theory and empirical work. *Journal of Finance* 25(2).
# * R. F. Engle (1982). Autoregressive conditional heteroscedasticity with estimates of the variance of United Kingdom inflation. *Econometrica* 50(4)。（幅度为什么有记忆。）
# * D. H. Bailey, J. Borwein, M. López de Prado, Q. J. Zhu (2014). Pseudo-mathematics and financial charlatanism. *Notices of the AMS* 61(5)。（一百个里最好的。）
# * L. Kish (1965). *Survey Sampling*。（因子 $1 + (m-1)\rho$ 的由来。）
# * G. James, D. Witten, T. Hastie, R. Tibshirani, J. Taylor (2023). *An Introduction to Statistical Learning, with Applications in Python*，第 10 章。
# * 数据：Quandl WIKI 股价，公有领域；`nycflights13`（H. Wickham），CC0。
