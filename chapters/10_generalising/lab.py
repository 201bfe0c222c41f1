# %% [markdown] lang="en"
# # 10. Generalising: the lab
#
# Six exercises, from a rule of a few lines to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 10. 泛化：练习
#
# 六道练习，从几行代码的规则到开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("10_generalising", part="lab")

import numpy as np

from rnn_tf.backend import keras
from rnn_tf.claims.experiments import remedies
from rnn_tf.course.checks import generalising as check
from rnn_tf.datasets import tones

# %% [markdown] lang="en"
# ## Exercise 1. When to stop
#
# `history` is a dictionary with three curves, a number for each epoch: `"loss"`, `"val_loss"`, `"test_loss"`. Training ends as soon as `patience` epochs in a row have not brought a new lowest loss, or when the curve ends. Return two epochs, counted from 1: how many were trained, and which one's weights are kept.
#
# Only one of the three curves may decide.
#
# <details><summary>Hint 1</summary>
#
# Walk along the curve and remember two things: the best epoch so far, and how long ago it was. You must not look further than where you stand.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A fall that stays above the lowest loss so far is no progress. Neither is a loss that is equal to it.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 什么时候停
#
# 字典 `history` 里有三条曲线，每轮一个数：`"loss"`、`"val_loss"`、`"test_loss"`，即训练、验证、测试损失。一旦连续 `patience` 轮没有创下新低，训练就结束；曲线走完也结束。请返回两个轮次，从 1 数起：一共练了几轮，保留哪一轮的权重。
#
# 三条曲线里，只有一条有资格作决定。
#
# <details><summary>提示 1</summary>
#
# 沿曲线往前走，记住两件事：目前最好的是哪一轮，离现在多久了。不许看还没走到的地方。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 损失降了，但没低过此前最低，不算进步；持平也不算。
#
# </details>
# %% kind="starter"


def stop_early(history, patience):
    raise NotImplementedError


# %% kind="solution"


def stop_early(history, patience):
    losses = history["val_loss"]
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(losses), best


# %%
check.stop_early(stop_early)

# %% [markdown] lang="en"
# ## Exercise 2. Dropout, the same at every step
#
# `inputs` has the shape (batch, steps, features). Set features to 0 with probability `rate`, drawn from `random`, a NumPy generator: for each sequence anew, but *the same features at all its steps*. What is left is made larger, so that the mean stays as it was.
#
# <details><summary>Hint 1</summary>
#
# The mask needs one axis less. Or the same number of axes, one of them of length 1.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Of four numbers three are left at rate 0.25. By what must the three be multiplied to add up to as much as the four?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 每一步都相同的丢弃法
#
# `inputs` 的形状是 (批, 步, 特征)。请以概率 `rate` 把特征置为 0，随机数用 NumPy 的随机数生成器 `random` 来抽：每个序列各抽一次，但一个序列的**所有时间步丢掉同样的特征**。留下的要放大，使平均值不变。
#
# <details><summary>提示 1</summary>
#
# 掩码要少一条轴。也可以轴数相同，其中一条长度为 1。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 丢弃率 0.25，四个数剩三个。三个数各乘多少，加起来才和原来四个一样？
#
# </details>
# %% kind="starter"


def dropped(inputs, rate, random):
    return ...


# %% kind="solution"


def dropped(inputs, rate, random):
    batch, _, features = inputs.shape
    kept = random.random((batch, 1, features)) >= rate
    return inputs * kept / (1 - rate)


# %%
check.dropped(dropped)

# %% [markdown] lang="en"
# ## Exercise 3. A step with L2
#
# The loss gets one more term: `strength` times the sum of the squares of the weights. Return the weights after one step of gradient descent, as a new dictionary. `weights` and `gradients` have the keys `"kernel"`, `"recurrent_kernel"`, `"bias"`; the gradients are those of the loss *without* the term. The bias is left out of the penalty.
#
# By hand first: weight 2.0, gradient 0.1, learning rate 0.5, strength 0.1.
#
# <details><summary>Hint 1</summary>
#
# What is the slope of $\lambda w^2$?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The two slopes are added, and the sum is multiplied by the learning rate: $2.0 - 0.5 \cdot (0.1 + \dots)$.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 带 L2 的一步
#
# 损失多加一项：权重平方和的 `strength` 倍。请返回梯度下降一步之后的权重，放进一个新字典。`weights` 和 `gradients` 的键都是 `"kernel"`、`"recurrent_kernel"`、`"bias"`；梯度是**不含**这一项的损失的梯度。偏置不受惩罚。
#
# 先笔算：权重 2.0，梯度 0.1，学习率 0.5，强度 0.1。
#
# <details><summary>提示 1</summary>
#
# $\lambda w^2$ 的导数是什么？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 两个导数相加，再乘学习率：$2.0 - 0.5 \cdot (0.1 + \dots)$。
#
# </details>
# %% kind="starter"


def l2_step(weights, gradients, learning_rate, strength):
    raise NotImplementedError


# %% kind="solution"


def l2_step(weights, gradients, learning_rate, strength):
    after = {}
    for name, weight in weights.items():
        pull = 0.0 if name == "bias" else 2 * strength * weight
        after[name] = weight - learning_rate * (gradients[name] + pull)
    return after


# %%
check.l2_step(l2_step)

# %% [markdown] lang="en"
# ## Exercise 4. The same tone once more
#
# `melody` is the pitch of a syllable, an array (frames,). Make another one of it that every listener would call the same tone: higher or lower by up to 0.5, the same for all frames, and slower or faster by up to a fifth. Draw from `random`. Turned upside down or backwards, a rising tone would be a falling one, and its label a lie.
#
# <details><summary>Hint 1</summary>
#
# Draw the new number of frames first. At which places of the old melody do the new frames lie? They need not be whole numbers.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.interp(places, np.arange(len(melody)), melody)` reads a melody between its frames. The places go from its first frame to its last: `np.linspace`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 同一个声调再念一遍
#
# `melody` 是一个音节的音高，形状为 (帧数,)。请由它造出另一条旋律，让人听来还是同一个声调：整条升高或降低，幅度不超过 0.5，各帧相同；再放慢或加快，幅度不超过五分之一。随机数用 `random` 来抽。要是上下颠倒，或者倒着放，升调就成了降调，标签就成了谎话。
#
# <details><summary>提示 1</summary>
#
# 先抽新的帧数。新的各帧落在旧旋律的什么位置？位置不必是整数。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.interp(places, np.arange(len(melody)), melody)` 可以读出两帧之间的音高。位置从第一帧走到最后一帧：用 `np.linspace`。
#
# </details>
# %% kind="starter"


def another_melody(melody, random):
    return ...


# %% kind="solution"


def another_melody(melody, random):
    frames = round(len(melody) * random.uniform(0.8, 1.2))
    places = np.linspace(0, len(melody) - 1, frames)
    warped = np.interp(places, np.arange(len(melody)), melody)
    return warped + random.uniform(-0.5, 0.5)


# %%
check.another_melody(another_melody)

# %% [markdown] lang="en"
# ## Exercise 5. A split that keeps nothing for both sides
#
# A series of `length` values is cut into windows. The window that starts at `i` reads the values `i` to `i + num_steps - 1` and should say value `i + num_steps`. The last `round(share * length)` values are held out. Return two arrays of starts, for training and for validation: all windows that fit, but no value may be in a window of both.
#
# Many programs shuffle the windows and then split. Count first: how many values have two neighbouring windows in common?
#
# <details><summary>Hint 1</summary>
#
# Not the starts are split but the values. A training window must *end*, with its target, before the border.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# With 40 values, 5 steps and 10 values held out, the last training target is value 29. Where does its window start?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 两边没有共同数据的划分
#
# 一个有 `length` 个值的序列要切成窗口。从 `i` 开始的窗口读第 `i` 到 `i + num_steps - 1` 个值，应说出第 `i + num_steps` 个。最后 `round(share * length)` 个值留作验证。请返回两个起点数组，一个训练用，一个验证用：放得下的窗口都要，但任何一个值都不许同时出现在两边的窗口里。
#
# 很多程序先把窗口打乱再划分。先数一数：相邻两个窗口有多少个值相同？
#
# <details><summary>提示 1</summary>
#
# 要划分的不是起点，而是值。训练窗口连同它的目标，都必须在分界之前**结束**。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 40 个值，5 步，留出 10 个：最后一个训练目标是第 29 个值（从 0 数起）。它的窗口从哪里开始？
#
# </details>
# %% kind="starter"


def split(length, num_steps, share):
    raise NotImplementedError


# %% kind="solution"


def split(length, num_steps, share):
    border = length - round(share * length)
    return np.arange(border - num_steps), np.arange(border, length - num_steps)


# %%
check.split(split)

# %% [markdown] lang="en"
# ## Exercise 6. As good as you can from sixty syllables (open)
#
# Write `fit(melodies, labels, held_out, seed)`. It gets 60 melodies, arrays (frames,), and their tones, 0 to 3, a quarter of which are wrong. `held_out` is a pair of more melodies and their tones, all right: for choosing, not for training. Return a function that takes a list of melodies and returns their tones, (n,).
#
# The check calls it with three seeds of its own and asks for syllables that nobody has shown it. The middle one must beat a linear model on ten points of each melody. Decide everything on `held_out` first. Whoever runs the check ten times has chosen on the test set.
#
# `tones.windows(melodies, remedies.STEPS)` makes inputs (n, 16, 2) of melodies; `remedies.network(seed, units=24, dropout=0.0, l2=0.0, …)` gives the lesson's LSTM, with four logits.
#
# <details><summary>Hint 1</summary>
#
# `model.fit` with all 60 in one batch takes `validation_data`, and `callbacks`. Which callback is exercise 1?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Early stopping with `restore_best_weights=True` nearly does it. Exercise 4 makes several hundred melodies out of sixty, each with its old label. Beyond that: does a tone need its height?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 六十个音节，尽量学好（开放题）
#
# 请写 `fit(melodies, labels, held_out, seed)`。它拿到 60 条旋律，各是形状为 (帧数,) 的数组，还有它们的声调，0 到 3，其中四分之一标错了。`held_out` 是另一批旋律和它们的声调，标签全对：用来挑选，不用来训练。请返回一个函数，给它一列旋律，它返回各自的声调，形状为 (n,)。
#
# 检查用它自己的三个种子，问的是从没见过的音节；三个成绩的中位数要胜过只看旋律上十个点的线性模型。一切先在 `held_out` 上定下来。谁要是把检查跑上十遍，就是在测试集上挑选了。
#
# `tones.windows(melodies, remedies.STEPS)` 把旋律变成形状为 (n, 16, 2) 的输入；`remedies.network(seed, units=24, dropout=0.0, l2=0.0, …)` 是正课里的 LSTM，输出四个 logits。
#
# <details><summary>提示 1</summary>
#
# 用 `model.fit`，60 条合成一批，可以传入 `validation_data` 和 `callbacks`。哪个回调就是练习 1？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 早停加上 `restore_best_weights=True`，差不多就够了。练习 4 能由六十条旋律造出几百条，标签照旧。再想一步：听声调，需要知道绝对高度吗？
#
# </details>
# %% kind="starter"


def fit(melodies, labels, held_out, seed):
    raise NotImplementedError


# %% kind="solution"


def windows(melodies):
    return tones.windows(melodies, remedies.STEPS)


def fit(melodies, labels, held_out, seed):
    random = np.random.default_rng(seed)
    more = [another_melody(melody, random) for _ in range(5) for melody in melodies]
    model = remedies.network(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss, jit_compile=False)
    stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
    checked, wanted = held_out
    model.fit(
        windows(more),
        np.tile(labels, 5),
        batch_size=60,
        epochs=20,
        validation_data=(windows(checked), wanted),
        callbacks=[stop],
        verbose=0,
    )
    return lambda asked: np.argmax(model(windows(asked)), axis=1)


# %%
check.sixty(fit)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Give `stop_early` the validation curve of the lesson with patience 1, 3, 10, 30. How much longer does it train, how much lower is the loss that it keeps?
# 2. Replace the mask of exercise 2 by one that is new at each step, before the lesson's LSTM. Five seeds: does it matter here?
# 3. `rnn_tf.layers.ZoneoutCell` keeps old values instead of dropping. With a rate of 1 − 1/10, how slow does a unit become?
# 4. In exercise 6 take nearest neighbours on ten points, `rnn_tf.baselines.neighbours`. It needs no training. Do you still want a network? What if there were 6000 syllables?
# 5. Make the labels in exercise 6 right (`remedies.few(seed, wrong=0.0)`). Which remedy was against the wrong labels, which against the small number?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 把正课的验证曲线交给 `stop_early`，耐心值取 1、3、10、30。训练延长了多少，保留下来的损失又低了多少？
# 2. 把练习 2 的掩码换成每一步重抽的，放在正课的 LSTM 之前，用五个种子。在这里有区别吗？
# 3. `rnn_tf.layers.ZoneoutCell` 不是丢掉，而是保留旧值。概率取 1 − 1/10，一个单元会慢到什么程度？
# 4. 练习 6 改用十个点上的最近邻 `rnn_tf.baselines.neighbours`，它不用训练。你还要网络吗？要是有 6000 个音节呢？
# 5. 把练习 6 的标签改对（`remedies.few(seed, wrong=0.0)`）。哪种办法对付的是错标签，哪种对付的是样本太少？
