# %% [markdown] lang="en"
# # 5. Digits row by row: the lab
#
# Six exercises, from one line to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 5. 逐行读数字：练习
#
# 六道练习，从填一行到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("05_digits", part="lab")

import numpy as np

from rnn_tf import models, training
from rnn_tf.backend import keras, tf
from rnn_tf.course.checks import digits as check
from rnn_tf.datasets import digits

data = digits.load()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

# %% [markdown] lang="en"
# ## Exercise 1. Rows are steps
#
# Many files hold a picture as one long row of 784 pixels: row 1, then row 2, and so on. One line: make a sequence of it that an LSTM reads row by row.
#
# <details><summary>Hint 1</summary>
#
# An LSTM wants three axes: (batch, steps, features). How many steps are there, and how many features has each?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `reshape` keeps the order of the numbers, and they are in the right order already. −1 stands for the axis that NumPy may work out by itself.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 行就是时间步
#
# 许多数据文件把一张图片存成一长条 784 个像素：第 1 行、第 2 行……依次排开。只填一行：把它变成 LSTM 能逐行读的序列。
#
# <details><summary>提示 1</summary>
#
# LSTM 要三个轴：（批, 时间步, 特征）。这里有多少个时间步？每步多少个特征？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `reshape` 不改变数的先后次序，而这些数的次序本来就对。−1 表示让 NumPy 自己算出那个轴的长度。
#
# </details>
# %% kind="starter"


def as_steps(flat):
    """(pictures, 784) -> (pictures, steps, features)"""
    return ...


# %% kind="solution"


def as_steps(flat):
    """(pictures, 784) -> (pictures, steps, features)"""
    return flat.reshape(-1, 28, 28)


# %%
check.rows_as_steps(as_steps)

# %% [markdown] lang="en"
# ## Exercise 2. When has it made up its mind?
#
# `belief` has the shape (28, 10): after each row, the probabilities of the ten digits. From which row on does the final answer lead *and never lose the lead again*? Rows count from 1.
#
# <details><summary>Hint 1</summary>
#
# `belief.argmax(axis=1)` is the leader after each row. The final answer is the last of them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Find the last row in which somebody else leads; the answer is the row after it. What if nobody else ever leads?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 它什么时候拿定主意？
#
# `belief` 的形状是 (28, 10)：读完每一行之后十个数字的概率。最终的答案从第几行起领先，**并且再也没有落后过**？行号从 1 开始数。
#
# <details><summary>提示 1</summary>
#
# `belief.argmax(axis=1)` 是每一行之后的领先者，其中最后一个就是最终答案。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 找出别的数字领先的最后一行，它的下一行就是答案。要是别的数字从没领先过呢？
#
# </details>
# %% kind="starter"


def first_row(belief):
    """The row, from 1 up, from which on the final answer leads."""
    return ...


# %% kind="solution"


def first_row(belief):
    """The row, from 1 up, from which on the final answer leads."""
    leaders = belief.argmax(axis=1)
    others = np.flatnonzero(leaders != leaders[-1])
    return others[-1] + 2 if len(others) else 1


# %%
check.settled(first_row)

# %% [markdown] lang="en"
# ## Exercise 3. Choose, then report
#
# You have tried some learning rates with three seeds each. `validation` and `test` have the shape (rates, seeds). Return two numbers: the rate you choose, and the accuracy you report for it. Judge by medians.
#
# <details><summary>Hint 1</summary>
#
# Two sets, two jobs: one of them chooses, the other one is only read at the chosen place.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.median(validation, axis=1)` has one number a rate; `argmax` gives the place of the best.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 先选择，再报告
#
# 你试了几个学习率，每个用三个种子。`validation` 和 `test` 的形状都是（学习率, 种子）。返回两个数：选中的学习率，以及为它报告的准确率。都以中位数为准。
#
# <details><summary>提示 1</summary>
#
# 两个集合，两份工作：一个负责挑选，另一个只在选中的那一处看一眼。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.median(validation, axis=1)` 给出每个学习率的中位数，`argmax` 给出最好的那个的位置。
#
# </details>
# %% kind="starter"


def choose(rates, validation, test):
    """The chosen rate, and the accuracy to report."""
    return ...


# %% kind="solution"


def choose(rates, validation, test):
    """The chosen rate, and the accuracy to report."""
    best = np.median(validation, axis=1).argmax()
    return rates[best], np.median(test[best])


# %%
check.choose(choose)

# %% [markdown] lang="en"
# ## Exercise 4. A heap of rows
#
# For the control, the rows of every picture go into a random order, *another one for each picture*. Rows stay whole, and the pictures given stay as they are.
#
# <details><summary>Hint 1</summary>
#
# For one picture: `picture[rng.permutation(28)]`. Now for each of them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A list comprehension will do. `rng.permuted(pictures, axis=1)` will not: look at what it does to a single row.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 一堆乱放的行
#
# 做对照实验时，每张图片的行都换成随机顺序，**每张图片的顺序各不相同**。每一行要保持完整，传进来的图片不能改动。
#
# <details><summary>提示 1</summary>
#
# 一张图片：`picture[rng.permutation(28)]`。再对每一张都这样做。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 用列表推导式就够了。`rng.permuted(pictures, axis=1)` 不行：看看它把单独一行弄成了什么样。
#
# </details>
# %% kind="starter"


def shuffle_rows(pictures, rng):
    """(pictures, 28, 28): the rows of each in an order of its own."""
    return ...


# %% kind="solution"


def shuffle_rows(pictures, rng):
    """(pictures, 28, 28): the rows of each in an order of its own."""
    return np.array([picture[rng.permutation(28)] for picture in pictures])


# %%
check.shuffled_each(shuffle_rows)

# %% [markdown] lang="en"
# ## Exercise 5. Does anything recur?
#
# A colleague shows you an "LSTM for digits" with a fine score. You suspect that nothing recurs in it. Measure it: the largest absolute gradient of the recurrent kernel. If it is exactly 0, that weight can never learn anything.
#
# <details><summary>Hint 1</summary>
#
# `model.get_layer("lstm").trainable_weights` has three weights: the kernel, the recurrent kernel, the bias.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Compute `loss(targets, model(pictures))` inside `with tf.GradientTape() as tape:`. After the block, `tape.gradient(value, weight)`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 到底有没有循环？
#
# 同事给你看一个“识别数字的 LSTM”，分数很漂亮。你怀疑里面根本没有循环。量一量：循环权重矩阵的梯度，绝对值最大是多少？如果恰好是 0，这个权重就永远学不到东西。
#
# <details><summary>提示 1</summary>
#
# `model.get_layer("lstm").trainable_weights` 里有三个权重：输入权重矩阵、循环权重矩阵、偏置。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 在 `with tf.GradientTape() as tape:` 里面计算 `loss(targets, model(pictures))`；出了这个块，再用 `tape.gradient(value, weight)`。
#
# </details>
# %% kind="starter"


def recurrent_gradient(model, pictures, targets):
    """Largest absolute gradient of the recurrent kernel, a number."""
    return ...


# %% kind="solution"


def recurrent_gradient(model, pictures, targets):
    """Largest absolute gradient of the recurrent kernel, a number."""
    weight = model.get_layer("lstm").trainable_weights[1]
    with tf.GradientTape() as tape:
        value = loss(targets, model(pictures))
    return np.abs(tape.gradient(value, weight)).max()


# %%
check.recurrent_gradient(recurrent_gradient)

# %% [markdown] lang="en"
# ## Exercise 6. Half a picture (open)
#
# The network of the lesson never learned to answer early. Train one that does: it gets the upper 14 rows, (pictures, 14, 28), and names the digit. The check reads pictures that it has not seen, and wants 85 % of them right. Choose what you like: the kind of network, its size, the rate, the epochs; judge by `data.validation` before you ask the check.
#
# <details><summary>Hint 1</summary>
#
# `data.train.inputs[:, :14]` are the upper halves. `models.row_lstm(rows=14, units=…)` reads them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Adam's default rate of 0.001 is too small for three epochs. What did the lesson choose?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 半张图片（开放题）
#
# 课文里的网络没有学过提前回答。训练一个会提前回答的：给它上面 14 行，形状 (图片, 14, 28)，让它说出数字。检查会用它没见过的图片，要求答对 85 %。网络的种类、大小、学习率、轮数，随你选；请检查之前，先用 `data.validation` 自己判断。
#
# <details><summary>提示 1</summary>
#
# `data.train.inputs[:, :14]` 就是上半张。`models.row_lstm(rows=14, units=…)` 可以读它。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 只训练三轮的话，Adam 默认的学习率 0.001 太小。课文里选出来的是多少？
#
# </details>
# %% kind="starter"
half_reader = ...

# %% kind="solution"
training.set_seed(0)
half_reader = models.row_lstm(rows=14, units=32)
half_reader.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
half_reader.fit(data.train.inputs[:, :14], data.train.targets, batch_size=30, epochs=3, verbose=0)
upper = data.validation.inputs[:, :14]
_, accuracy = half_reader.evaluate(upper, data.validation.targets, batch_size=500, verbose=0)
print(f"validation accuracy: {accuracy:.3f}")

# %%
check.half_a_picture(half_reader)
