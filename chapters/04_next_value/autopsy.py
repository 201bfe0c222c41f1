# %% [markdown] lang="en"
# # 4. The next value: the autopsy
#
# Article 000 (§4) promises "the next value of a given sequence". Its program has thirty lines, runs without an error and ends in silence. It prints no result and draws no curve, so nobody notices what is wrong.
#
# Six cases. Each time we build the fault anew, in miniature. Before you run a cell, answer its question: **what will happen?** About twenty-five minutes.
# %% [markdown] lang="zh"
# # 4. 预测下一个值：剖析
#
# 文章 000（§4）说要“预测给定序列的下一个值”。它的程序三十来行，运行时不报错，结束时一声不吭：不打印结果，也不画曲线，有什么错也就没人发现。
#
# 一共六个案子。每个案子都用我们自己写的小例子重现那个错误。运行之前先回答：**会发生什么？** 大约二十五分钟。
# %%
from rnn_tf.course import begin

lesson = begin("04_next_value", part="autopsy")

import numpy as np

from rnn_tf import models
from rnn_tf.backend import keras
from rnn_tf.course.figures import weather as draw
from rnn_tf.datasets import toy, weather
from rnn_tf.training import metrics, set_seed

# %% [markdown] lang="en"
# ## Case 1. Ten targets, one output
#
# Three LSTMs of 50 units with dropout, like the article's. The targets have the shape (1000, 10, 1), one for every step. But the last LSTM returns its last state only, so the outputs are (1000, 1). We train with Keras's own `fit`. **Will it raise?**
# %% [markdown] lang="zh"
# ## 案子一：十个目标，一个输出
#
# 像文章那样，三层 50 单元的 LSTM，带丢弃法。目标的形状是 (1000, 10, 1)，每个时间步一个；最后一层 LSTM 却只返回最后的状态，所以输出是 (1000, 1)。用 Keras 自己的 `fit` 来训练。**会报错吗？**
# %%
random = np.random.default_rng(1)
noise_inputs = random.random((1000, 10, 1), np.float32)
noise_targets = random.random((1000, 10, 1), np.float32)

set_seed(0)
checked = models.stacked_lstm(num_steps=10, features=1, units=(50, 50, 50), dropout=0.2)
assert checked.count_params() == 50_851
unchecked = keras.Model(checked.input, checked.output)  # the same layers, Keras's own fit
unchecked.compile("adam", "mse")
unchecked.optimizer.build(unchecked.trainable_variables)  # or the step is traced twice
epochs = lesson.pick(class_mode=4, full=15)
history = unchecked.fit(noise_inputs, noise_targets, epochs=epochs, verbose=0)


def predict(model, inputs):
    return model(inputs, training=False).numpy()


outputs = predict(unchecked, noise_inputs)
print(f"no error: outputs {outputs.shape} for targets {noise_targets.shape}")

# %% [markdown] lang="en"
# No. Then what has been minimized? **Compute it by hand: which of NumPy's shapes gives Keras's number?**
# %% [markdown] lang="zh"
# 不会。那么被最小化的是什么？**手算一下：NumPy 用哪种形状能得到 Keras 报的那个数？**
# %%
reported = unchecked.evaluate(noise_inputs, noise_targets, verbose=0)
table = outputs - noise_targets[:, :, 0]
print("(1000, 1) - (1000, 10) is", table.shape)
print(f"Keras: {reported:.6f}  mean of the squared table: {np.mean(table**2):.6f}")
assert abs(reported - np.mean(table**2)) < 1e-6

# %% [markdown] lang="en"
# Keras drops the last axis of the targets, then *broadcasts*: one output is compared with all ten targets of its sequence, and fits their mean at best. The repair is one target a window, (batch, 1), or `return_sequences=True` in every layer. And a check of shapes before training, as the models of this course have it:
# %% [markdown] lang="zh"
# Keras 先去掉目标的最后一个轴，然后**广播**：一个输出与该序列的十个目标逐一相比，最好也只能拟合它们的均值。改法：一个窗口只给一个目标，形状 (批, 1)；或者每一层都写 `return_sequences=True`。再加上训练前的形状检查，本课程的模型就带着它：
# %%
checked.compile("adam", "mse")
lesson.fails(lambda: checked.fit(noise_inputs, noise_targets, verbose=0), ValueError)

# %%
lesson.ledger("B-000-01")

# %% [markdown] lang="en"
# ## Case 2. A loss that falls on nothing
#
# Inputs and targets of the article are two unrelated draws of uniform noise. **Will the loss fall? How far? And what does the network say?**
#
# Nothing about the target is in the inputs, so the best forecast is the mean 1/2, and its mean squared error is the variance:
#
# $$\min_f \mathbb{E}\,(y - f(x))^2 = \operatorname{Var}\,U(0,1) = \int_0^1 (y - \tfrac12)^2\,dy = \tfrac{1}{12}.$$
# %% [markdown] lang="zh"
# ## 案子二：什么都没学，损失却在降
#
# 文章的输入和目标是两批互不相干的均匀噪声。**损失会下降吗？降到多少？网络会说什么？**
#
# 输入里没有关于目标的任何信息，所以最好的预测是均值 1/2，它的均方误差就是方差：
#
# $$\min_f \mathbb{E}\,(y - f(x))^2 = \operatorname{Var}\,U(0,1) = \int_0^1 (y - \tfrac12)^2\,dy = \tfrac{1}{12}.$$
# %%
names = ["training loss", "targets", "outputs"]
axes = ["epoch", "MSE", "value", "density"]
figure = draw.on_noise(history.history["loss"], noise_targets, outputs, names, axes)
lesson.figure(figure, "noise")
print(f"standard deviation: outputs {outputs.std():.4f}, targets {noise_targets.std():.4f}")

# %%
fresh_inputs, fresh_targets = toy.windows(random.random(4009), num_steps=10)
on_noise = metrics.mse(fresh_targets, predict(unchecked, fresh_inputs))
lesson.result("noise_mse", on_noise, baseline=1 / 12)

# %% [markdown] lang="en"
# The loss falls at first, and that looks like learning. It has only found the mean: the answer is nearly the same to every question. On fresh data no number of layers and no number of epochs gets below 1/12, but for the luck of a finite sample. A floor and a baseline show it at once, a loss curve alone does not. The article draws not even the curve.
# %% [markdown] lang="zh"
# 损失起初在降，看上去像是学到了东西。其实它只找到了均值：不管问什么，答案都差不多。在新数据上，堆多少层、训练多少轮，都低不过 1/12，除非有限样本碰巧走运。有了下限和基线，一眼就能看穿；只看损失曲线看不出来。而文章连曲线也没有画。
# %%
lesson.ledger("B-000-02", "B-000-04")

# %% [markdown] lang="en"
# ## Case 3. Labels that are not the next value
#
# The text says "next value". **In how many windows is the label of the article's program the value that follows? And would it help to shift them rightly?**
# %% [markdown] lang="zh"
# ## 案子三：标签不是下一个值
#
# 正文说“下一个值”。**文章的程序里，有多少个标签恰好是随后的那个值？把标签正确地后移一步，就有用了吗？**
# %%
is_next = np.mean(noise_targets[:, :-1] == noise_inputs[:, 1:])
inputs, targets = toy.windows(random.random(1009), num_steps=10)
shifted = np.mean(targets[:-1, 0] == inputs[1:, -1, 0])
print(f"labels that are the next value: as printed {is_next:.0%}, rightly cut {shifted:.0%}")
assert is_next == 0 and shifted == 1


def linear_error(series):
    """MSE, on the second half, of the best linear forecast learnt on the first half."""
    inputs, targets = toy.windows(series, num_steps=10)
    rows = np.insert(inputs[:, :, 0].astype(float), 0, 1, axis=1)
    half = len(rows) // 2
    weights = np.linalg.lstsq(rows[:half], targets[:half], rcond=None)[0]
    return metrics.mse(targets[half:], rows[half:] @ weights)


of_noise = linear_error(random.random(4000))
of_sine = linear_error(toy.noisy_sine(4000, noise=0.02, seed=1))
print(f"next value of noise: {of_noise:.4f} (floor {1 / 12:.4f})", end="; ")
print(f"of a noisy sine: {of_sine:.4f} (floor {0.02**2:.4f})")
assert of_noise > 0.078 and of_sine < 0.0007

# %% [markdown] lang="en"
# None, and no. Rightly cut windows are needed, but the next value of such noise is not in its past. What must change is the series.
# %% [markdown] lang="zh"
# 一个也没有；而且没用。窗口当然要切对，可是这种噪声的下一个值不在它的过去里。该换的是序列。
# %%
lesson.ledger("B-000-03")

# %% [markdown] lang="en"
# ## Case 4. The forecast that nobody asked for
#
# The program ends after `fit`. **Suppose its author had asked for one forecast. What would have been seen?**
# %% [markdown] lang="zh"
# ## 案子四：从没做过的预测
#
# 程序在 `fit` 之后就结束了。**假如作者哪怕做过一次预测，会看到什么？**
# %%
up, down = np.linspace(0, 0.9, 10), np.linspace(0.9, 0, 10)
for name, window in {"up": up, "down": down, "constant": np.full(10, 0.2)}.items():
    answer = predict(unchecked, window.reshape(1, 10, 1).astype("float32"))
    print(f"{name}: {window.round(1)} -> {answer.item():.2f}")

# %% [markdown] lang="en"
# About one half, whatever the series does. One call of `predict` is the cheapest test there is. A forecast must then go back to its unit (`to_celsius` in our lesson), and stand in a figure beside "as now".
# %% [markdown] lang="zh"
# 序列怎么变，答案都在二分之一上下。调用一次 `predict`，是最便宜的检验。预测之后，还要还原成原来的单位（课上的 `to_celsius`），并且在图里与“和现在一样”摆在一起。
# %%
lesson.ledger("B-000-05")

# %% [markdown] lang="en"
# ## Case 5. The same seed, twice
#
# The article calls `np.random.seed(1)`. **We do so twice, and build a layer each time. Are the weights equal?**
# %% [markdown] lang="zh"
# ## 案子五：同一个种子，来两次
#
# 文章调用了 `np.random.seed(1)`。**我们调用两次，每次都新建一个层。两次的权重相同吗？**


# %%
def new_weights(seed_everything):
    if seed_everything:
        set_seed(1)  # Python, NumPy and TensorFlow
    else:
        np.random.seed(1)
    layer = keras.layers.LSTM(2)
    layer.build((None, 10, 1))
    return layer.get_weights()[0].ravel()


for seed_everything in (False, True):
    first, second = new_weights(seed_everything), new_weights(seed_everything)
    print(f"everything seeded: {seed_everything}; equal: {np.array_equal(first, second)}")
    print("  ", first.round(2), second.round(2))
    assert np.array_equal(first, second) == seed_everything

# %% [markdown] lang="en"
# Keras draws from generators of its own. A result that cannot be repeated cannot be argued about. And one seed is not enough for a ranking: the lesson trains from three.
# %% [markdown] lang="zh"
# Keras 有自己的随机数生成器。不能重复的结果，无从讨论。而且要排名次，一个种子也不够：课上训练了三个。
# %%
lesson.ledger("B-000-07")

# %% [markdown] lang="en"
# ## Case 6. One T for all
#
# §3.5 calls those parameters best that make least the loss, summed over $N$ sequences and $T$ steps of each. Our airports have hours in which nothing was measured. To make all rows equally long, somebody fills them with 0. **A model with one parameter: always the same temperature. Which one does the printed sum prefer?**
# %% [markdown] lang="zh"
# ## 案子六：大家共用一个 T
#
# §3.5 说，使 $N$ 条序列、每条 $T$ 步的损失之和最小的参数最好。可我们的机场有些小时没有观测。为了凑成一样长，有人用 0 填上。**取一个只有一个参数的模型：总答同一个气温。照原式求和，最好的是哪个气温？**
# %%
few = weather.read().column("temperature")[:, : 24 * 30].copy()  # (stations, hours)
few[0, 24 * 10 :] = np.nan  # one station falls silent after ten days
known = np.isfinite(few)
filled = np.where(known, few, 0.0)
candidates = np.linspace(-5, 10, 1501)
printed = [np.sum((filled - c) ** 2) for c in candidates]
masked = [np.sum(known * (filled - c) ** 2) / known.sum() for c in candidates]
best = candidates[np.argmin(printed)], candidates[np.argmin(masked)]
print(f"hours without a measurement: {np.mean(~known):.0%}")
print(f"best by the printed sum: {best[0]:.2f} °C; by the measured hours: {best[1]:.2f} °C")
print(f"mean of what was measured: {np.nanmean(few):.2f} °C")
assert abs(best[1] - np.nanmean(few)) < 0.01 < abs(best[0] - best[1])

# %% [markdown] lang="en"
# The filler counts as weather. The sum must run over what is real: each sequence to its own end $T_i$, without its gaps, and divided by how many there are. In Keras that is a mask, or `sample_weight`. `weather.load` leaves such windows out; lesson 6 meets the same matter as the padding of sentences.
# %% [markdown] lang="zh"
# 填充值被当成了天气。求和只应包括真实的值：每条序列加到它自己的末尾 $T_i$，不算缺口，再除以个数。在 Keras 里就是掩码，或者 `sample_weight`。`weather.load` 会舍去这样的窗口；第 6 课遇到的是同一件事：句子的填充。
# %%
lesson.ledger("F-000-07")

# %% [markdown] lang="en"
# ## What else there is
#
# **Size without a reason.** Case 1 counted 50,851 parameters, for windows of ten numbers. The lesson starts with one small layer; the appendix measures whether more layers or dropout help.
# %% [markdown] lang="zh"
# ## 其余各条
#
# **没有理由的大小。** 案子一里数过：窗口只有十个数，参数有 50,851 个。本课从一个小层开始；附录里测量了多堆几层、加丢弃法有没有用。
# %%
small = models.stacked_lstm(num_steps=10, features=1, units=(16,), dropout=0)
print(f"one layer of 16 units: {small.count_params()} parameters")
lesson.ledger("B-000-06", "B-000-08")

# %% [markdown] lang="en"
# **All the rest:** references and topics.
# %% [markdown] lang="zh"
# **剩下的：** 文献和各个主题。
# %%
lesson.ledger()
