# %% [markdown] lang="en"
# # 5. Digits row by row: the autopsy
#
# Article 003 (§4) prints a program of forty lines: an LSTM from Keras, trained on handwritten digits. It stops with an error. The repair that comes to mind first makes it run, and makes it worse.
#
# Seven cases. Each time we build the fault anew, in miniature. Before you run a cell, answer its question: **what will happen?** About 25 minutes.
# %% [markdown] lang="zh"
# # 5. 逐行读数字：剖析
#
# 文章 003（§4）给出一段四十行的程序：用 Keras 的 LSTM 训练手写数字。它一运行就报错。最容易想到的改法能让它跑起来，却比报错更糟。
#
# 一共七个案子。每个案子都用我们自己写的小例子重现那个错误。运行之前先回答：**会发生什么？** 大约 25 分钟。
# %%
from rnn_tf.course import begin

lesson = begin("05_digits", part="autopsy")

import tempfile

import numpy as np

from rnn_tf import models, training
from rnn_tf.backend import keras, tf
from rnn_tf.datasets import digits
from rnn_tf.errors import InputError
from rnn_tf.feeding import Feed
from rnn_tf.training import metrics

data = digits.load()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

# %% [markdown] lang="en"
# ## Case 1. Listen
#
# The article announces speech recognition. Its program takes its data from `keras.datasets.mnist`. **What will you hear?**
# %% [markdown] lang="zh"
# ## 案子一：听一听
#
# 文章说要做语音识别，程序的数据却取自 `keras.datasets.mnist`。**你会听到什么？**
# %%
print(f"an example has the shape {data.train.inputs[0].shape}: a picture's rows and columns")
lesson.ledger("B-003-03")

# %% [markdown] lang="en"
# ## Case 2. On a train, without a network
#
# The program's second line of work fetches the data. **What will happen where the server is out of reach?** In the miniature the server is a folder that does not exist.
# %% [markdown] lang="zh"
# ## 案子二：火车上，没有网
#
# 程序一开头就去下载数据。**服务器连不上时会发生什么？** 在我们的小例子里，服务器是一个不存在的文件夹。
# %%
nowhere = "file:///no/such/server/mnist.npz"
with tempfile.TemporaryDirectory() as empty:
    lesson.fails(
        lambda: keras.utils.get_file("mnist.npz", nowhere, cache_dir=empty),
        Exception,  # a plain one: Keras raises nothing more special here
    )

# %% [markdown] lang="en"
# A plain `Exception`, which a program can hardly tell from any other. The course ships its digits.
# %% [markdown] lang="zh"
# 一个普通的 `Exception`，程序很难把它和别的错误区分开。本课程的数字是自带的。
# %%
print(data)
lesson.ledger("B-003-06")

# %% [markdown] lang="en"
# ## Case 3. An axis too many
#
# The article reshapes the pictures to `(60000, 1, 28, 28)` and hands them to an LSTM. **What will happen, and at which line?**
# %% [markdown] lang="zh"
# ## 案子三：多了一个轴
#
# 文章把图片变形成 `(60000, 1, 28, 28)`，交给 LSTM。**会发生什么？停在哪一行代码？**
# %%
few, answers = data.train.inputs[:64], data.train.targets[:64]
lesson.fails(lambda: keras.layers.LSTM(8)(few[:, None]), ValueError)

# %% [markdown] lang="en"
# Cause: the extra axis is the channel of a convolution. Keras counts the axes and stops, but does not say which of them to drop. A model of ours says it before it trains:
# %% [markdown] lang="zh"
# 原因：多出来的轴是卷积用的通道。Keras 数了轴的个数就报错，但没说该去掉哪一个。我们的模型在训练之前就会说清楚：
# %%
model = models.row_lstm(units=8)
model.compile("adam", loss)
lesson.fails(lambda: model.fit(few[:, None], answers, verbose=0), InputError)
print("repaired:", keras.layers.LSTM(8)(few).shape)
lesson.ledger("B-003-01")

# %% [markdown] lang="en"
# ## Case 4. The repair that is worse
#
# "Three axes? Then I flatten the picture and keep the 1": `(batch, 1, 784)`. It runs. We train it as the lesson trains its networks: some learning rates on validation pictures, three seeds, the test set once. Beside it the same LSTM with rows as steps.
#
# **Guess:** how far apart will the two scores be? Would you see in the score that something is wrong?
# %% [markdown] lang="zh"
# ## 案子四：比报错更糟的改法
#
# “要三个轴？那我把图片拉平，把那个 1 留着。”得到的形状是 `(批, 1, 784)`。它能跑。我们照课文的办法训练它：在验证集上试几个学习率，三个随机种子，测试集只看一次。旁边是同样的 LSTM，以行为时间步。
#
# **猜一猜：**两者的分数会差多少？单看分数，看得出有毛病吗？
# %%
UNITS = 64
EPOCHS = lesson.pick(class_mode=3, full=10)
RATES = lesson.pick(class_mode=[3e-3, 1e-2, 3e-2], full=[1e-3, 3e-3, 1e-2, 3e-2, 1e-1])
SEARCHED = lesson.pick(class_mode=1, full=3)


def one_step():
    return models.row_lstm(rows=1, columns=784, units=UNITS)


def rows_as_steps():
    return models.row_lstm(units=UNITS)


def shaped(build, pictures):
    """The pictures as this network reads them."""
    return pictures.reshape(len(pictures), 1, 784) if build is one_step else pictures


def share_right(build, model, part):
    logits = model(shaped(build, part.inputs))
    return metrics.accuracy(part.targets, metrics.decide(logits))


def train(build, model, weights, rate):
    """Train from these weights; returns the validation accuracy and the weights at the end."""
    training.reset(model, weights)
    inputs = shaped(build, data.train.inputs)
    model.fit(
        Feed(inputs, data.train.targets, batch_size=30, shuffle=True),
        epochs=EPOCHS,
        callbacks=[
            keras.callbacks.LearningRateScheduler(lambda epoch: rate * (1 - epoch / EPOCHS))
        ],
        verbose=0,
        allow_single_step=True,  # without it our model refuses one step: see below
    )
    return share_right(build, model, data.validation), model.get_weights()


# %%
trained = {}
for build in (one_step, rows_as_steps):
    starts = training.initial_weights(build, lesson.seeds)
    model = build()
    model.compile("adam", loss, steps_per_execution=20)
    runs = [[train(build, model, s, rate) for s in starts[:SEARCHED]] for rate in RATES]
    best = np.argmax([np.median([accuracy for accuracy, _ in tried]) for tried in runs])
    more = [train(build, model, s, RATES[best]) for s in starts[SEARCHED:]]
    trained[build] = model, RATES[best], runs[best] + more


def test_accuracies(build):
    """One a seed, at the rate that the validation set chose."""
    model, _, runs = trained[build]
    found = []
    for _, weights in runs:
        model.set_weights(weights)
        found.append(share_right(build, model, data.test))
    return found


one, many = test_accuracies(one_step), test_accuracies(rows_as_steps)
lesson.table(
    ["network", "learning rate", "test, median", "test, lowest", "test, highest"],
    [
        [name, trained[build][1], float(np.median(found)), min(found), max(found)]
        for name, build, found in (
            ("one step of 784", one_step, one),
            ("28 steps of 28", rows_as_steps, many),
        )
    ],
)
print(f"One step is right in {np.median(one):.1%}: nothing in that score warns you.")

# %% [markdown] lang="en"
# ### The test that finds it
#
# The fault is silent, so ask the structure, not the score. Three questions; for a network that recurs, the answer to each is yes.
#
# 1. Is the gradient of the recurrent kernel different from zero, and did training move it?
# 2. Fill the recurrent kernel with noise. Do the answers change?
# 3. Reverse the order of the steps. Do the answers change?
# %% [markdown] lang="zh"
# ### 能发现它的测试
#
# 这个错误不出声，所以要看结构，别看分数。三个问题；真正循环的网络，每一问的答案都是“是”。
#
# 1. 循环权重矩阵的梯度不为零吗？训练改变了它吗？
# 2. 把循环权重矩阵换成噪声，答案会变吗？
# 3. 把时间步的顺序倒过来，答案会变吗？


# %%
def structure(build, seed=0):
    """Largest absolute values: gradient, movement, change of logits by noise and by reversal."""
    model, _, runs = trained[build]
    model.set_weights(runs[0][1])
    inputs = shaped(build, data.validation.inputs[:200])
    lstm = model.get_layer("lstm")
    with tf.GradientTape() as tape:
        value = loss(data.validation.targets[:200], model(inputs))
    gradient = tape.gradient(value, lstm.cell.recurrent_kernel)
    (at_start,) = training.initial_weights(build, [lesson.seeds[0]])
    before, kept = model(inputs), lstm.get_weights()
    backwards = model(inputs[:, ::-1])
    noise = np.random.default_rng(seed).normal(size=kept[1].shape)
    lstm.set_weights([kept[0], noise, kept[2]])
    with_noise = model(inputs)
    lstm.set_weights(kept)
    pairs = ((gradient, 0), (kept[1], at_start[1]), (with_noise, before), (backwards, before))
    return [float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in pairs]


found = {build: structure(build) for build in (one_step, rows_as_steps)}
questions = (
    "gradient of the recurrent kernel",
    "how far training moved it",
    "change of logits: kernel = noise",
    "change of logits: steps reversed",
)
lesson.table(
    ["largest absolute value", "one step of 784", "28 steps of 28"],
    [
        [question, found[one_step][place], found[rows_as_steps][place]]
        for place, question in enumerate(questions)
    ],
)
assert found[one_step] == [0, 0, 0, 0] and min(found[rows_as_steps]) > 0
idle, total = UNITS * 4 * UNITS, one_step().count_params()
print(f"With one step every answer is exactly 0: {idle:,} of {total:,} weights are idle.")

# %% [markdown] lang="en"
# ### The cause
#
# At its only step the LSTM starts from a state of zeros, and the recurrent kernel is multiplied with those zeros:
#
# $$z_1 = x_1 W_x + \underbrace{h_0}_{=\,0} W_h + b, \qquad \frac{\partial L}{\partial W_h} = \sum_{t} h_{t-1}^{\top} \frac{\partial L}{\partial z_t} = h_0^{\top} \frac{\partial L}{\partial z_1} = 0.$$
#
# Here $z_t$ is what goes into the three gates and the candidate. The forget gate is idle, too: it multiplies $c_0 = 0$, and its weights come on top of those counted above. What is left is a feed-forward net with gates. It scores well because such nets do, on digits.
#
# Repair: rows as steps. And a model that refuses a single step:
# %% [markdown] lang="zh"
# ### 原因
#
# 在这唯一的一步，LSTM 从全零的状态出发，与循环权重矩阵相乘的就是这些零：
#
# $$z_1 = x_1 W_x + \underbrace{h_0}_{=\,0} W_h + b, \qquad \frac{\partial L}{\partial W_h} = \sum_{t} h_{t-1}^{\top} \frac{\partial L}{\partial z_t} = h_0^{\top} \frac{\partial L}{\partial z_1} = 0.$$
#
# 这里 $z_t$ 是送进三个门和候选的值。遗忘门同样无事可做：它乘的是 $c_0 = 0$，它的权重还没算进上面的数里。剩下的是一个带门的前馈网络，名为循环、实则不循环。它分数高，是因为前馈网络读数字本来就行。
#
# 改法：以行为时间步。另外，让模型拒绝只有一步的序列：
# %%
model = one_step()
model.compile("adam", loss)
lesson.fails(lambda: model.fit(shaped(one_step, few), answers, verbose=0), InputError)
lesson.ledger("B-003-02")

# %% [markdown] lang="en"
# ## Case 5. A class is absent
#
# The article turns its labels into one-hot rows, training and test apart, without naming the number of classes. **What will happen** in a task of three classes when the third one is missing from the labels?
# %% [markdown] lang="zh"
# ## 案子五：缺了一类
#
# 文章对训练标签和测试标签分别做独热编码，又没给类别数。三分类任务里，如果标签中恰好没有第三类，**会发生什么？**
# %%
labels = np.array([0, 1, 1])  # class 2 happens to be absent
one_hot = keras.utils.to_categorical(labels)
print("wanted (3, 3), got", one_hot.shape)
logits = np.zeros((3, 3), "float32")
of_one_hot = keras.losses.CategoricalCrossentropy(from_logits=True)
lesson.fails(lambda: of_one_hot(one_hot, logits), ValueError)

# %% [markdown] lang="en"
# The encoding itself is silent; the trouble comes later, at the loss. Cause: the width follows the largest label that happens to be there. Repair: the labels are class numbers already, and a *sparse* loss takes them as they are.
# %% [markdown] lang="zh"
# 编码这一步不出声，麻烦要到算损失时才来。原因：宽度取决于碰巧出现的最大标签。改法：标签本来就是类别编号，用**稀疏**形式的损失，直接拿来用。
# %%
print(f"sparse loss: {float(loss(labels, logits)):.3f} = ln 3")
assert abs(float(loss(labels, logits)) - np.log(3)) < 1e-6
lesson.ledger("B-003-05")

# %% [markdown] lang="en"
# ## Case 6. The judge has seen the answers
#
# The article passes its test set as `validation_data` and reports the score on the same set. Whoever then picks the best epoch or the best size has chosen by the test set. Suppose that all settings are equally good, right in 95 of 100 pictures. On 2,000 pictures their scores scatter by chance. **How much too high is the best of twenty?**
# %% [markdown] lang="zh"
# ## 案子六：裁判看过答案
#
# 文章把测试集当作 `validation_data`，又在同一个集合上报告分数。谁再照着它挑最好的轮数或最好的规模，就是在用测试集做选择。假设所有设置其实一样好，每 100 张对 95 张。在 2,000 张图片上，分数会因偶然而有高低。**二十种设置里最好的那个，虚高多少？**
# %%
true_accuracy, tried = 0.95, (1, 5, 20, 100)
luck = np.random.default_rng(0).binomial(2_000, true_accuracy, size=(5_000, max(tried))) / 2_000
reported = [float(luck[:, :count].max(axis=1).mean()) for count in tried]
lesson.table(
    ["settings tried", "accuracy reported, on average", "true"],
    [[count, value, true_accuracy] for count, value in zip(tried, reported, strict=True)],
)
print(f"Best of 20: {reported[2] - true_accuracy:+.3f} that nobody has earned.")

# %% [markdown] lang="en"
# Real settings err on similar pictures, so in practice the gain is smaller; on average it is never negative. Repair: three sets. Learn from the first, choose by the second, report the third.
#
# The second and the third differ in another way, too. The people who wrote MNIST's test digits wrote none of its training digits, from which our validation pictures are taken. **Which set will be the harder one?**
# %% [markdown] lang="zh"
# 真实的各种设置往往错在相似的图片上，所以实际的虚高会小一些，但平均来说绝不会是负的。改法：三个集合。用第一个学习，用第二个选择，在第三个上报告。
#
# 后两个集合还有一点不同。写 MNIST 测试数字的人没有写过训练数字，而我们的验证图片取自训练部分。**哪个集合更难？**
# %%
validation = [accuracy for accuracy, _ in trained[rows_as_steps][2]]
gaps = [seen - unseen for seen, unseen in zip(validation, many, strict=True)]
print("validation minus test accuracy, by seed:", "  ".join(f"{gap:+.3f}" for gap in gaps))
print("The test set is harder for every seed." if min(gaps) > 0 else "The seeds do not agree.")
lesson.ledger("B-003-04")

# %% [markdown] lang="en"
# ## Case 7. A score alone
#
# The article ends with one number, from one run. **What does it prove about recurrence?** Look back at the lesson: a dense net without any recurrence is close behind, at some learning rates ahead.
# %% [markdown] lang="zh"
# ## 案子七：孤零零一个分数
#
# 文章最后只有一次运行得到的一个数。**关于循环，它证明了什么？** 回头看课文：完全没有循环的全连接网络紧跟在后，在有的学习率下还领先。
# %%
lesson.ledger("B-003-08")

# %% [markdown] lang="en"
# ## What else the ledger holds on this section
# %% [markdown] lang="zh"
# ## 台账里与这一节有关的其他条目
# %%
lesson.ledger()
