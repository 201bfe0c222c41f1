# %% [markdown] lang="en"
# # 15. Markets and traffic: the autopsy
#
# Article 001 (§6.3, §6.4) says that a recurrent network, fine-tuned, models past share prices, forecasts them and helps investors to decide; and that it forecasts traffic. Article 002 gives share prices as an example of what suits such networks. None of them gives a program, a number or a baseline, so there is no fault to find in a line. But the claim can be tested, and so can the ways in which people come to believe it.
#
# Six cases. Before you run a cell, answer its question: **what will happen?** About thirty minutes.
# %% [markdown] lang="zh"
# # 15. 股市与交通：剖析
#
# 文章 001（§6.3、§6.4）说，循环神经网络经过微调，可以对历史股价建模、预测股价、帮助投资者决策，还能预测交通流量。文章 002 把股票价格列为适合这类网络的例子。它们都没有给程序，没有给数字，也没有基线，所以找不到哪一行写错了。但说法可以检验；人们是怎样信以为真的，也可以检验。
#
# 一共六个案子。运行之前先回答：**会发生什么？** 大约三十分钟。
# %%
from rnn_tf.course import begin

lesson = begin("15_markets", part="autopsy")

import numpy as np

from rnn_tf import models
from rnn_tf.baselines import linear
from rnn_tf.course.figures import markets as draw
from rnn_tf.datasets import flights, series, shares
from rnn_tf.datasets.grid import Grid
from rnn_tf.training import initial_weights, metrics, reset


def trainings(data, inputs, targets, epochs):
    """One LSTM of 32 units, trained from three random starts."""
    shape = {"num_steps": inputs.shape[1], "features": inputs.shape[2]}

    def build():
        return models.stacked_lstm(**shape, units=(32,), dropout=0)

    starts, model = initial_weights(build, lesson.seeds), build()
    model.compile("adam", "mse", steps_per_execution=20, jit_compile=False)
    model.optimizer.learning_rate = 0.005
    for start in starts:
        reset(model, start)
        model.fit(inputs, targets, batch_size=64, epochs=epochs, verbose=0)
        yield (
            lambda windows: (
                model(windows, training=False).numpy()[:, 0] * data.scaling.target_std
                + data.scaling.target_mean
            )
        )


# %% [markdown] lang="en"
# ## Case 1. "It models the price history"
#
# Twenty days go in. In the test windows we put the first fifteen into a random order, and let the last five stand. **If the network has learnt how prices depend on time, how much worse must it get?**
# %% [markdown] lang="zh"
# ## 案子一：“对历史股价建模”
#
# 输入二十天。我们在测试窗口里把前十五天的次序随机打乱，后五天不动。**如果网络真的学到了股价的时间依赖，预测会变差多少？**
# %%
msft = shares.load(target="price", tickers=("MSFT",), num_steps=20)
epochs = lesson.pick(class_mode=6, full=12)
random = np.random.default_rng(15)
order = random.permuted(np.tile(np.arange(15), (len(msft.test), 1)), axis=1)
order = np.concatenate([order, np.tile(np.arange(15, 20), (len(order), 1))], axis=1)
shuffled = np.take_along_axis(msft.test.inputs, order[:, :, None], axis=1)
swapped = msft.test.inputs.copy()
swapped[:, 15:] = msft.test.inputs[:, :5]  # and now the last five from the window's beginning
actual, rows = msft.test.actual[:, 0], []
for seed, said in enumerate(trainings(msft, msft.train.inputs, msft.train.targets, epochs)):
    errors = [metrics.rmse(actual, said(x)) for x in (msft.test.inputs, shuffled, swapped)]
    rows.append([f"LSTM, seed {seed}", *errors])
rows.append(["persistence", metrics.rmse(actual, msft.test.last), "–", "–"])
header = ["RMSE (USD)", "as it was", "first 15 days shuffled", "last 5 days exchanged"]
lesson.table(header, rows)
worse = [(row[2] / row[1] - 1, row[3] / row[1] - 1) for row in rows[:3]]
print(f"shuffling costs {max(w[0] for w in worse):.0%} at most, another end", end=" ")
print(f"{min(w[1] for w in worse):.0%} at least")
assert max(w[0] for w in worse) < 0.25 < 1 < min(w[1] for w in worse)

# %% [markdown] lang="en"
# Next to nothing. Three weeks of history are for show: the network reads off the last few prices, as anybody can. Test such a claim by destroying what it speaks of.
#
# ## Case 2. A price that has never been
#
# The same program, another share. IBM rose, and in the test years it stands where it never stood in the training years. **What will the network say?**
# %% [markdown] lang="zh"
# 几乎不变差。三个星期的历史只是摆设：网络读的是最后几个价格，这谁都会。检验这种说法的办法，就是把它所说的东西毁掉看看。
#
# ## 案子二：从未有过的价格
#
# 同样的程序，换一只股票。IBM 一路上涨，测试那几年的价格在训练那些年里从没出现过。**网络会说什么？**
# %%
ibm = shares.load(target="price", tickers=("IBM",), num_steps=20)
actual, late = ibm.test.actual[:, 0], metrics.rmse(ibm.test.actual[:, 0], ibm.test.last)
everything = np.concatenate([part.inputs for part in (ibm.train, ibm.validation, ibm.test)])
runs = [said(everything) for said in trainings(ibm, ibm.train.inputs, ibm.train.targets, epochs)]
off = [metrics.rmse(actual, run[-len(actual) :]) for run in runs]
lesson.result("never_seen_rmse", off, baseline=late)
days = np.concatenate([part.times for part in (ibm.train, ibm.validation, ibm.test)])
prices = np.concatenate([part.actual[:, 0] for part in (ibm.train, ibm.validation, ibm.test)])
names = ["share price", "LSTM, seed 0", "highest price in training", "end of training"]
ends = ibm.train.times[-1], ibm.train.actual.max()
figure = draw.off_the_map(days, prices, runs[0], *ends, names, ["year", "price (USD)"])
lesson.figure(figure, "never_seen")
print(
    f"highest price: said {runs[0].max():.0f}, in training {ends[1]:.0f}, paid {prices.max():.0f}"
)
assert min(off) > 5 * late

# %% [markdown] lang="en"
# It stops not far above the highest price that it knows. The states of an LSTM lie between −1 and 1; what was never asked of them they cannot extend. A line can, and so can "as yesterday". So a network should be given, and asked for, what stays in its range: changes, returns, ratios.
#
# ## Case 3. The same network passes the test after all
#
# Somebody takes that share and that network, shuffles all windows, and then splits them 80 to 20. **What error will the test part show?**
# %% [markdown] lang="zh"
# 它停在自己见过的最高价上方不远处。LSTM 的状态在 −1 与 1 之间，没有要求过的范围，它延伸不到。直线可以，“和昨天一样”也可以。所以给网络的、向网络要的，都应是不会出界的量：变化、收益率、比值。
#
# ## 案子三：同一个网络，考试居然过了
#
# 有人拿同一只股票、同一个网络，先把全部窗口打乱，再按 80 比 20 划分。**测试集上的误差会是多少？**
# %%
mixed = random.permutation(len(everything))
learnt, tested = np.split(mixed, [round(0.8 * len(mixed))])
targets = ((prices - ibm.scaling.target_mean) / ibm.scaling.target_std)[:, None].astype("float32")
passed = [
    metrics.rmse(prices[tested], said(everything[tested]))
    for said in trainings(ibm, everything[learnt], targets[learnt], epochs)
]
lesson.result("shuffled_rmse", passed, baseline=min(off))
neighbours = np.isin(tested - 1, learnt) | np.isin(tested + 1, learnt)
print(f"test windows that share 19 of 20 days with a training window: {neighbours.mean():.0%}")
assert max(passed) < min(off) / 3

# %% [markdown] lang="en"
# A fraction of it. Nearly every test window has a twin in the training part, one day older or younger, and no price is new any more. The test now asks whether the network can remember; the question was whether it can foresee. A series is split in order of time.
#
# ## Case 4. A column that knows the answer
#
# Traffic. The file also holds the mean delay of the flights *scheduled* in each hour; times their number, it gives minutes. That must help to forecast how many wait two hours later. For comparison we take the same of the flights that *left* in the hour. **Which of the two helps a linear forecast? And will the test part object?**
# %% [markdown] lang="zh"
# 只有原来的零头。几乎每个测试窗口在训练集里都有一个只差一天的孪生兄弟，也不再有没见过的价格。这场考试问的变成了网络记不记得，而问题本来是它能不能预见。序列要按时间先后来划分。
#
# ## 案子四：知道答案的一列
#
# 再看交通。文件里还有每小时**计划**起飞的航班的平均延误，乘以架次就是总分钟数。要预测两小时后有多少航班在等，它一定有用。作为对照，再取在这个小时里**已经起飞**的航班的同样的数。**两者之中，哪个对线性预报有帮助？测试集会提出异议吗？**


# %%
hours = flights.read()
gone, due = (
    hours.column(name) * hours.column(f"{name}_delay") for name in ("departed", "scheduled")
)
values = np.concatenate([hours.values, np.stack([gone, due], axis=-1)], axis=-1)
columns = (*hours.columns, "gone_minutes", "due_minutes")
city = flights.together(Grid(hours.times, values, hours.groups, columns))


def linear_mae(*more):
    """Error on the validation and the test part, with these columns beside the honest ones."""
    seen = [f"{c} {a}" for c in (*flights.KNOWN_AT_ITS_END, *more) for a in hours.groups]
    cut = {"horizon": (2,), "season": 24, "calendar": ("day", "week")}
    cut |= {"known": ("scheduled",), "validation": 0.1, "test": 0.2}
    data = series.prepare(city, target="waiting", columns=("waiting", *seen), **cut)

    def rows(part):
        recent = part.inputs[:, -3:].reshape(len(part), -1)
        return np.concatenate([recent, part.known[:, 0]], axis=1)

    predict = linear.fit(rows(data.train), data.train.targets, ridge=1000, loss="absolute")
    parts = (data.validation, data.test)
    said = [data.to_units(part, predict(rows(part))) for part in parts]
    return [float(np.mean(np.abs(f - p.actual))) for f, p in zip(said, parts, strict=True)]


# %%
errors = {"what was counted": linear_mae()}
errors["and minutes of those that left"] = linear_mae("gone_minutes")
errors["and minutes of those scheduled"] = linear_mae("due_minutes")
header = ["mean absolute error (flights)", "on the validation part", "on the test part"]
lesson.table(header, [[name, *pair] for name, pair in errors.items()])
honest, control, ahead = errors.values()
taken = [round(1 - pair[1] / honest[1], 3) + 0.0 for pair in (ahead, control)]
print(f"test error taken away by those scheduled {taken[0]:.1%}, by those that left {taken[1]:.1%}")
assert ahead[0] < 0.97 * honest[0] and ahead[1] < 0.97 * honest[1] and control[1] > 0.99 * honest[1]

# %% [markdown] lang="en"
# The first helps on both parts, more than many a better model does, and nobody objects: both parts look ahead in the same way. The second, which is honest, helps with nothing. No split finds this fault. What finds it is a question: **at the end of the hour, who has this number?**
# %% [markdown] lang="zh"
# 计划起飞的那些在两个集合上都有帮助，比换一个更好的模型还管用，而且没有谁提出异议：两个集合用同样的方式偷看了未来。诚实的那个对照，什么忙也没帮上。怎样划分都发现不了这个错误。能发现它的是一个问题：**在这个小时结束的时候，谁手里有这个数？**
# %%
busy = hours.column("scheduled")[1] > 15
hour = int(np.argmax(hours.column("waiting")[1] * busy))
told = {name: hours.column(name)[1, hour] for name in ("scheduled", "waiting", "scheduled_delay")}
print(f"JFK, {hours.times[hour]}: {told['scheduled']:.0f} flights were to leave in this hour;")
print(
    f"at its end {told['waiting']:.0f} were waiting. Mean delay: {told['scheduled_delay']:.0f} min."
)
later = hours.column("waiting")[:, 2:].ravel()
for name in ("departed_delay", "scheduled_delay"):
    seen = np.corrcoef(hours.column(name)[:, :-2].ravel(), later)[0, 1]
    print(f"{name}: correlation with who waits two hours later {seen:.2f}")

# %% [markdown] lang="en"
# The mean is over flights that had not left: to know it, one must wait for them, and then knows who waits. The delay of those that *did* leave in the hour is known at its end; it says less, and it is honest. The lab has the experiment that finds such columns: change what comes after, and see what changes before.
#
# ## Case 5. The best of a hundred
#
# A hundred forecasters toss a coin for every share and day of our test part. **How often is the best of them right?**
# %% [markdown] lang="zh"
# 这个均值里有还没起飞的航班：要知道它，就得等它们起飞，那时也就知道谁在等了。在这个小时里**已经起飞**的航班的延误，到时是知道的；它说得少些，但诚实。练习里有一个实验能找出这种列：改动后面的，看前面的变不变。
#
# ## 案子五：一百个里最好的
#
# 对测试集里每只股票、每一天，一百个预言家各抛一枚硬币。**其中最好的一个，能说对多少？**
# %%
forecasts = len(shares.load(target="return", num_steps=20).test)
trials = lesson.pick(class_mode=200, full=2000)
right = random.binomial(forecasts, 0.5, (trials, 100)) / forecasts
names, axes = ["one of them", "the best of 100"], ["share of right directions", "density"]
lesson.figure(draw.tosses(right.max(axis=1), right.ravel(), names, axes), "tosses")
print(f"one: {right.mean():.3f}; the best of a hundred: {right.max(axis=1).mean():.3f}")
assert right.max(axis=1).mean() > 0.52

# %% [markdown] lang="en"
# The best of them looks as if it could be sold: its advantage is more than two standard errors. Nobody lies, one only has to try a hundred settings, seeds or shares, and report the best. That is why a design is chosen on the validation part, the test part is read once, and all seeds are shown.
#
# ## Case 6. The crash that never was
#
# Which was the worst day of Apple's share? **Look at the two columns before you read the next cell.**
# %% [markdown] lang="zh"
# 最好的那个，看上去值得卖钱：它的优势超过两个标准误差。没有人撒谎，只要把设置、种子、股票试上一百种，再报告最好的一个就行了。所以设计要在验证集上选，测试集只读一次，所有种子都要亮出来。
#
# ## 案子六：从没发生过的暴跌
#
# 苹果股票最惨的是哪一天？**先看这两列，再读下一格。**
# %%
apple = shares.read(tickers=("AAPL",))
rows = []
for name, words in {"printed_price": "as printed", "price": "adjusted"}.items():
    value = apple.column(name)[0]
    move = 100 * np.diff(value) / value[:-1]
    for day in np.argsort(move)[:3]:
        date = str(apple.times[day + 1].astype("datetime64[D]"))
        rows.append([words, date, value[day], value[day + 1], f"{move[day]:+.1f} %"])
lesson.table(["price (USD)", "date", "before", "after", "move"], rows)
split = apple.column("printed_price")[0] / apple.column("price")[0]
cut = np.flatnonzero(split[1:] < 0.6 * split[:-1]) + 1
print("shares were cut in two on", *apple.times[cut].astype("datetime64[D]"))
assert len(cut) == 2

# %% [markdown] lang="en"
# On two of these days Apple cut each share into two, and nobody lost a cent. A network trained on printed prices learns crashes that never were; adjusted prices are the right ones for returns. But they have a trap of their own: an adjusted price of the year 2000 contains all splits and dividends until 2013. Nobody could have paid it, or known it, in 2000. For *returns* the factor cancels out; for *levels* it is a look ahead.
# %% [markdown] lang="zh"
# 其中有两天，苹果把每股拆成了两股，谁也没有损失一分钱。用报上的价格训练，网络学到的是从没发生过的暴跌；算收益率要用复权价。可复权价也有它的陷阱：2000 年的复权价里，已经包含了直到 2013 年的全部拆股和分红，2000 年的人既不可能付过这个价，也不可能知道它。算**收益率**时这个系数会约掉；用**价格**本身，它就是偷看未来。
# %%
print(f"on the first day {split[0]:.1f} printed dollars were one adjusted dollar,", end=" ")
print(f"on the last {split[-1]:.1f}")

# %% [markdown] lang="en"
# ## What became of the claims
# %% [markdown] lang="zh"
# ## 这些说法的下落
# %%
lesson.ledger("S-49", "S-51")
lesson.ledger()
