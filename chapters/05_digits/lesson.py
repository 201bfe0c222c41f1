# %% [markdown] lang="en"
# # 5. Digits row by row
#
# After this lesson you can
#
# * turn a picture into a sequence, and say which axis is time,
# * recognise a recurrent network in which nothing recurs, however well it scores,
# * hold a network against a simpler one and against a control in which the order is destroyed,
# * keep three sets apart, and read a confusion matrix,
# * look into the hidden state and see at which row the network makes up its mind.
#
# On two free cores class mode takes about half a minute and 1 GB of memory; full mode about two minutes. You need lesson 2 (`fit`, loss, seeds) and lesson 3 (what an LSTM is).
#
# Article 003 (§4) announces speech recognition and then classifies handwritten digits; there is no sound in it (B-003-03). Its program stops with an error. The repair that comes to mind first is worse than the error: it runs, it scores well, and it is no longer a recurrent network.
# %% [markdown] lang="zh"
# # 5. 逐行读数字
#
# 学完这一课，你能够：
#
# * 把一张图片变成序列，并说清楚哪个轴是时间；
# * 认出“名为循环、实则不循环”的网络，不管它得分多高；
# * 拿更简单的网络和打乱顺序的对照，来衡量一个网络；
# * 把三个数据集分开用，会读混淆矩阵；
# * 观察隐藏状态，看网络读到第几行拿定主意。
#
# 两个核心空闲时，课堂模式约半分钟、1 GB 内存；完整模式约两分钟。预备知识：第 2 课（`fit`、损失、随机种子）和第 3 课（什么是 LSTM）。
#
# 文章 003（§4）说要讲语音识别，做的却是手写数字分类，里面没有一点声音（B-003-03）。它的程序一运行就报错。而最容易想到的改法比报错更糟：程序能跑，分数不低，却已经不是循环神经网络了。
# %%
from rnn_tf.course import begin

lesson = begin("05_digits")

import time
from functools import cache
from types import SimpleNamespace

import numpy as np

from rnn_tf import baselines, ledger, models
from rnn_tf.course import figures
from rnn_tf.backend import keras, tf
from rnn_tf.datasets import digits
from rnn_tf.errors import InputError
from rnn_tf.feeding import Feed
from rnn_tf.training import metrics, set_seed

# %% [markdown] lang="en"
# ## The data: three sets that share no picture
#
# The course ships 10,000 training and 2,000 test pictures of the MNIST set. Nothing is downloaded (B-003-06). One thousand training pictures are put aside: the **validation set**. We learn from the first set, choose by the second, and look at the third only to report.
#
# The article has two sets and uses the test set for both purposes (B-003-04). We come back to what that costs.
# %% [markdown] lang="zh"
# ## 数据：互不相交的三个集合
#
# 本课程自带 MNIST 的 10,000 张训练图片和 2,000 张测试图片，不需要下载（B-003-06）。从训练图片里留出一千张，作为**验证集**。用训练集学习，用验证集做选择，测试集只在报告结果时看。
#
# 文章只有两个集合，测试集兼做验证集（B-003-04）。这样做的代价，后面再算。
# %%
data = digits.load()
print(data)
print("inputs ", data.train.inputs.shape, data.train.inputs.dtype)
print("targets", data.train.targets.shape, data.train.targets.dtype)

# %%
parts = [
    {image.tobytes() for image in part.inputs} for part in (data.train, data.validation, data.test)
]
assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
lesson.say("No picture is in two of the three sets.", "三个集合两两之间没有相同的图片。")

# %% [markdown] lang="en"
# ## The idea in one figure
#
# A picture has 28 rows of 28 numbers. Read it from top to bottom, as a scanner does: at step $t$ the network receives row $t$. A picture is then a sequence of 28 steps with 28 features, and the batch has the shape `(batch, steps, features)` = `(batch, 28, 28)`. No new axis is needed.
# %% [markdown] lang="zh"
# ## 一张图看懂
#
# 一张图片有 28 行，每行 28 个数。像扫描仪那样从上往下读：第 $t$ 个时间步，网络收到第 $t$ 行。于是一张图片就是 28 个时间步、每步 28 个特征的序列，一批数据的形状是 `(批, 时间步, 特征)`，即 `(批, 28, 28)`。不需要再加一个轴。
# %%
picture = data.train.inputs[np.flatnonzero(data.train.targets == 5)[0]]
figure, (left, right) = figures.panels(2, width=3.7, height=3.4)
left.imshow(picture, cmap="Greys", extent=(0.5, 28.5, 28.5, 0.5))
left.grid(False)
for place, row in enumerate((7, 13, 20)):
    left.axhline(row + 1, color=figures.COLOURS[place], linewidth=2, alpha=0.8)
    right.plot(np.arange(1, 29), picture[row] + 1.3 * (2 - place), color=figures.COLOURS[place])
    right.text(1, 1.3 * (2 - place) + 0.1, f"$x_{{{row + 1}}}$", color=figures.COLOURS[place])
right.set_yticks([])
figures.label(
    left,
    lesson.text("feature (column)", "特征（列）"),
    lesson.text("time step (row)", "时间步（行）"),
)
figures.label(
    right,
    lesson.text("feature (column)", "特征（列）"),
    lesson.text("ink, 0 to 1, shifted", "墨迹 0 到 1（错开画）"),
)
lesson.figure(
    figure,
    "rows_are_steps",
    en="left, a handwritten five with three of its rows marked; right, those rows as the network "
    "receives them: 28 numbers each, one row a time step",
    zh="左：手写的 5，标出其中三行；右：网络收到的就是这样的行，每行 28 个数，一行是一个时间步",
)

# %% [markdown] lang="en"
# ## The error: an axis too many
#
# The article reshapes to `(60000, 1, 28, 28)`. That is what a convolution wants: a channel axis. A recurrent layer wants three axes. The ledger keeps a miniature of the fault and of its repair; here both run.
# %% [markdown] lang="zh"
# ## 报错：多了一个轴
#
# 文章把数据变形成 `(60000, 1, 28, 28)`。那是卷积要的形状，多出来的轴是通道。循环层只要三个轴。台账里存着这个错误和改法的最小示例，下面把两者都运行一遍。
# %%
lesson.ledger("B-003-01")

# %% [markdown] lang="en"
# Keras's message is right but does not say what to do. The course's models look at the shapes before they train:
# %% [markdown] lang="zh"
# Keras 的报错没有错，但没说该怎么改。本课程的模型在训练之前先看形状：
# %%
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
few = data.train.inputs[:64], data.train.targets[:64]
model = models.row_lstm(units=8)
model.compile("adam", loss)
lesson.fails(lambda: model.fit(few[0][:, None], few[1], verbose=0), InputError)

# %% [markdown] lang="en"
# ## The labels
#
# The article turns the labels into one-hot rows, for training and test separately and without the number of classes (B-003-05). The width then depends on the largest label that happens to be there. The labels are class numbers already; a *sparse* loss takes them as they are.
# %% [markdown] lang="zh"
# ## 标签
#
# 文章对训练标签和测试标签分别做独热编码，又不给类别数（B-003-05），编码的宽度就取决于碰巧出现的最大标签。标签本来就是类别编号，用**稀疏**形式的损失，直接拿来用即可。
# %%
lesson.ledger("B-003-05")

# %% [markdown] lang="en"
# ## The first baseline: always the same answer
#
# If you give the most frequent class as your answer every time, you are right now and then, too. A score below this **majority class** baseline means nothing. The loss has such a mark as well: a network that gives all ten classes the same probability has a loss of $\ln 10 \approx 2.303$, and an untrained network starts close to it.
# %% [markdown] lang="zh"
# ## 第一条基线：永远同一个答案
#
# 每次都回答最常见的那一类，也有碰对的时候。低于这条**多数类**基线的结果没有意义。损失也有这样一条参照线：给十个类别同样的概率，损失就是 $\ln 10 \approx 2.303$；未经训练的网络，起步就在它附近。
# %%
most_frequent = baselines.majority(data.train.targets)
majority = metrics.accuracy(data.test.targets, most_frequent)
lesson.say(
    f"Always {most_frequent}: right in {majority:.1%} of the test pictures.",
    f"永远答 {most_frequent}：测试集上对 {majority:.1%}。",
)
assert abs(float(loss(few[1], np.zeros((64, 10)))) - np.log(10)) < 1e-6

# %% [markdown] lang="en"
# ## How we train
#
# Every network below is trained in the same way: Adam, a learning rate that falls along a cosine from 0.01 to 0, the same pictures, the same number of epochs, three seeds. A learning-rate schedule costs one line of code; exercise 5 asks what it is worth.
# %% [markdown] lang="zh"
# ## 训练方法
#
# 下面的网络全用同一种方法训练：Adam，学习率沿余弦曲线从 0.01 降到 0，同样的图片，同样的轮数，三个随机种子。学习率调度只要一行代码；它值多少，留给练习 5。
# %%
EPOCHS = lesson.pick(class_mode=4, full=10)
UNITS, BATCH_SIZE = 64, 60  # 9,000 pictures make whole batches


def pictures(images):
    """As they are: rows as steps."""
    return images


@cache
def compiled(build, steps, rate):
    """One model for all seeds: its graph is traced once, which takes longer than an epoch."""
    model = build()
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(
        keras.optimizers.Adam(schedule),
        loss,
        metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")],
        steps_per_execution=20,
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    return model


def first_weights(build, seed):
    set_seed(seed)
    return build().get_weights()


def start_afresh(model, weights):
    """New weights, and an optimizer that remembers nothing of the run before."""
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        variable.assign(tf.zeros_like(variable))


def answers(model, inputs):
    """Logits (images, 10), a thousand images at a time."""
    return np.concatenate([model(inputs[start : start + 1000]) for start in range(0, len(inputs), 1000)])


def trained(build, prepare=pictures, *, seeds, epochs=EPOCHS, rate=0.01, augment=None, source=data, **options):
    """One run a seed: history, weights, test logits, seconds."""
    steps = epochs * -(-len(source.train) // BATCH_SIZE)
    model = compiled(build, steps, rate)
    inputs, targets = prepare(source.train.inputs), source.train.targets
    held_out = Feed(prepare(source.validation.inputs), source.validation.targets, batch_size=500)
    # All of them first: at a new seed TensorFlow forgets what it has compiled.
    starts = [first_weights(build, seed) for seed in seeds]
    done = []
    for seed, start_weights in zip(seeds, starts, strict=True):
        start_afresh(model, start_weights)
        if augment is None:
            batches = Feed(inputs, targets, batch_size=BATCH_SIZE, shuffle=True)
        else:
            stream = tf.data.Dataset.from_tensor_slices((inputs, targets)).shuffle(len(inputs), seed=seed)
            stream = stream.batch(BATCH_SIZE, drop_remainder=True).map(lambda x, y: (augment(x, training=True), y))
            batches = Feed(stream.prefetch(4))
        start = time.perf_counter()
        history = model.fit(
            batches, **options, epochs=epochs, validation_data=held_out, verbose=0
        ).history
        seconds = time.perf_counter() - start
        logits = answers(model, prepare(source.test.inputs))
        done.append(
            SimpleNamespace(
                model=model,
                weights=model.get_weights(),
                history=history,
                logits=logits,
                seconds=seconds,
                validation=history["val_accuracy"][-1],
                test=metrics.accuracy(source.test.targets, metrics.decide(logits)),
            )
        )
    return done


def restored(run):
    """The model with the weights of this run."""
    run.model.set_weights(run.weights)
    return run.model


# %% [markdown] lang="en"
# ## The trap: one step
#
# "Three axes? Then I flatten the picture and keep the 1": `(batch, 1, 784)`. Keras has nothing against it. The whole picture is now one single step.
#
# At the only step the LSTM starts from a state of zeros. The recurrent kernel is multiplied with those zeros. Whatever it holds, nothing comes of it:
#
# $$z_1 = x_1 W_x + \underbrace{h_0}_{=\,0} W_h + b, \qquad \frac{\partial L}{\partial W_h} = \sum_{t} h_{t-1}^{\top} \frac{\partial L}{\partial z_t} = h_0^{\top} \frac{\partial L}{\partial z_1} = 0.$$
#
# Here $z_t$ is what goes into the three gates and the candidate, before their activations. The forget gate has nothing to do either: it multiplies $c_0 = 0$.
# %% [markdown] lang="zh"
# ## 陷阱：只有一步
#
# “要三个轴？那我把图片拉平，把那个 1 留着。”得到的形状是 `(批, 1, 784)`。Keras 不会报错，可整张图片就成了唯一的一个时间步。
#
# 在这唯一的一步，LSTM 从全零的状态出发，与循环权重矩阵相乘的就是这些零。不管矩阵里是什么数，都不起作用：
#
# $$z_1 = x_1 W_x + \underbrace{h_0}_{=\,0} W_h + b, \qquad \frac{\partial L}{\partial W_h} = \sum_{t} h_{t-1}^{\top} \frac{\partial L}{\partial z_t} = h_0^{\top} \frac{\partial L}{\partial z_1} = 0.$$
#
# 这里 $z_t$ 是三个门和候选在激活函数之前的值。遗忘门同样无事可做：它乘的是 $c_0 = 0$。
# %%
def one_step(images):
    """The trap: (batch, 28, 28) -> (batch, 1, 784)."""
    return images.reshape(len(images), 1, 784)


def trap():
    return models.row_lstm(rows=1, columns=784, units=UNITS)


model = trap()
model.compile("adam", loss)
lesson.fails(lambda: model.fit(one_step(few[0]), few[1], verbose=0), InputError)

# %% [markdown] lang="en"
# Our model refuses. We insist, for the sake of the lesson:
# %% [markdown] lang="zh"
# 本课程的模型拒绝训练。为了看个究竟，我们坚持要它训练：
# %%
runs = {}
runs["one step"] = trained(trap, one_step, seeds=lesson.seeds, allow_single_step=True)
print([round(run.test, 3) for run in runs["one step"]])


# %% [markdown] lang="en"
# A fine score. Nothing in it warns you. Keep it in mind.
#
# ## Rows as steps
#
# Now the same LSTM as it is meant: 28 steps of 28 features, the answer read from the last hidden state:
#
# $$(h_t, c_t) = \mathrm{LSTM}(x_t, h_{t-1}, c_{t-1}), \quad t = 1, \dots, 28, \qquad p = \mathrm{softmax}(h_{28} W_y + b_y).$$
# %% [markdown] lang="zh"
# 分数很好看，从分数上看不出任何毛病。先记住它。
#
# ## 行作为时间步
#
# 现在让同样的 LSTM 按本意工作：28 个时间步，每步 28 个特征，从最后的隐藏状态读出答案：
#
# $$(h_t, c_t) = \mathrm{LSTM}(x_t, h_{t-1}, c_{t-1}), \quad t = 1, \dots, 28, \qquad p = \mathrm{softmax}(h_{28} W_y + b_y).$$
# %%
def rows_as_steps():
    return models.row_lstm(units=UNITS)


model = rows_as_steps()
model.summary(print_fn=lambda line: None)  # builds it
for layer in model.layers:
    print(f"{layer.name:10} {layer.output.shape}  {layer.count_params():,}")
assert (
    models.row_lstm(units=128).count_params() == 4 * 128 * (28 + 128 + 1) + 128 * 10 + 10 == 81_674
)

# %%
runs["rows"] = trained(rows_as_steps, seeds=lesson.seeds)
print([round(run.test, 3) for run in runs["rows"]])


# %% [markdown] lang="en"
# ## Does anything recur? Ask the structure, not the score
#
# Three questions that no score can answer. For a network that really recurs, the answer to each is yes:
#
# 1. Is the gradient of the recurrent kernel different from zero, and did training move it?
# 2. Fill the trained network's recurrent kernel with noise. Do the answers change?
# 3. Reverse the order of the steps. Do the answers change?
# %% [markdown] lang="zh"
# ## 到底有没有循环？看结构，别看分数
#
# 下面三个问题，分数回答不了；真正循环的网络，每一问的答案都是“是”：
#
# 1. 循环权重矩阵的梯度不为零吗？训练改变了它吗？
# 2. 把训练好的网络的循环权重矩阵换成噪声，答案会变吗？
# 3. 把时间步的顺序倒过来，答案会变吗？
# %%
def structure(build, prepare, run, seed=0):
    """Largest absolute values: gradient, movement, change of logits by noise and by reversal."""
    inputs = prepare(data.validation.inputs[:200])
    model = restored(run)
    lstm = model.get_layer("lstm")
    with tf.GradientTape() as tape:
        value = loss(data.validation.targets[:200], model(inputs))
    gradient = tape.gradient(value, lstm.cell.recurrent_kernel)
    set_seed(seed)
    at_start = build().get_layer("lstm").cell.recurrent_kernel
    kept = lstm.get_weights()
    before = model(inputs)
    reversed_steps = model(inputs[:, ::-1])
    noise = np.random.default_rng(seed).normal(size=kept[1].shape)
    lstm.set_weights([kept[0], noise, kept[2]])
    with_noise = model(inputs)
    lstm.set_weights(kept)
    pairs = (
        (gradient, 0),
        (lstm.cell.recurrent_kernel, at_start),
        (with_noise, before),
        (reversed_steps, before),
    )
    return [float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in pairs]


found = {
    "one step": structure(trap, one_step, runs["one step"][0]),
    "rows": structure(rows_as_steps, pictures, runs["rows"][0]),
}
lesson.table(
    [
        lesson.text("largest absolute value", "最大绝对值"),
        lesson.text("one step of 784", "1 步，每步 784"),
        lesson.text("28 steps of 28", "28 步，每步 28"),
    ],
    [
        [name, *(found[kind][place] for kind in ("one step", "rows"))]
        for place, name in enumerate(
            (
                lesson.text("gradient of the recurrent kernel", "循环权重矩阵的梯度"),
                lesson.text("its movement by training", "训练使它改变了多少"),
                lesson.text("change of logits: kernel = noise", "换成噪声后对数几率的变化"),
                lesson.text("change of logits: steps reversed", "步序颠倒后对数几率的变化"),
            )
        )
    ],
)
assert found["one step"] == [0, 0, 0, 0] and min(found["rows"]) > 0

# %%
idle = runs["one step"][0].model.get_layer("lstm").cell.recurrent_kernel.shape.num_elements()
lesson.say(
    f"In the one-step network {idle:,} of {runs['one step'][0].model.count_params():,} parameters are idle "
    "in the recurrent kernel alone; those of the forget gate come on top. Every value in its column is exactly zero: this is a gated feed-forward net, not a recurrent one.",
    f"只有一步的网络里，{runs['one step'][0].model.count_params():,} 个参数中，单是循环权重矩阵就闲置了 {idle:,} 个，遗忘门的参数还没算在内。"
    "它那一列全都恰好是零：这是带门的前馈网络，不是循环网络。",
)

# %% [markdown] lang="en"
# The ledger shows the same in miniature, and the repair:
# %% [markdown] lang="zh"
# 台账里有同样现象的最小示例，以及改法：
# %%
lesson.ledger("B-003-02")


# %% [markdown] lang="en"
# ## The baseline: a dense network
#
# A network without any order of its own: the picture flattened, one hidden layer, ten logits. Digits do not need recurrence (B-003-08). How much does it get?
# %% [markdown] lang="zh"
# ## 基线：全连接网络
#
# 一个本身没有顺序概念的网络：图片拉平，一个隐藏层，十个对数几率。数字识别并不需要循环（B-003-08）。它能得多少分？
# %%
def dense():
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(digits.NUM_CLASSES),
        ]
    )


runs["dense"] = trained(dense, seeds=lesson.seeds)
print([round(run.test, 3) for run in runs["dense"]], f"{runs['dense'][0].model.count_params():,}")

# %% [markdown] lang="en"
# ## The control: rows shuffled
#
# Does the LSTM use the order of the rows? Two controls, two answers.
#
# **One fixed shuffle for all pictures.** Row 17 first, then row 3, and so on, always the same. No information is lost: a network can learn the new order as well. To a dense network it makes no difference at all, since its inputs have no order. If the LSTM gets worse, then it profits from neighbours that follow each other, as pen strokes do.
# %% [markdown] lang="zh"
# ## 对照：打乱各行
#
# LSTM 用到行的顺序了吗？两个对照，两个答案。
#
# **所有图片用同一种打乱方式。**先第 17 行，再第 3 行……每张图都一样。信息一点没丢，网络照样可以学会新的顺序。对全连接网络来说这毫无分别，因为它的输入本来就没有顺序。如果 LSTM 变差了，就说明它得益于相邻的行前后相接，而笔画正是这样。
# %%
FIXED = np.random.default_rng(5).permutation(28)


def shuffled_rows(images):
    return images[:, FIXED]


fig, axes = figures.panels(2, width=2.6, height=2.6)
for axis, image, name in zip(
    axes,
    (picture, shuffled_rows(picture[None])[0]),
    (lesson.text("as written", "原样"), lesson.text("rows shuffled", "各行打乱")),
    strict=True,
):
    axis.imshow(image, cmap="Greys")
    axis.grid(False)
    figures.label(
        axis,
        lesson.text("feature (column)", "特征（列）"),
        lesson.text("time step", "时间步"),
        name,
    )
lesson.figure(
    fig,
    "shuffled",
    en="the same five with its rows in order and with its rows in the fixed shuffled order: not readable",
    zh="同一个 5：各行按顺序，以及按固定方式打乱后，已认不出来",
)

# %%
CONTROL_SEEDS = lesson.pick(class_mode=lesson.seeds[:1], full=lesson.seeds)
runs["shuffled"] = trained(rows_as_steps, shuffled_rows, seeds=CONTROL_SEEDS)
print([round(run.test, 3) for run in runs["shuffled"]])

# %% [markdown] lang="en"
# **Another shuffle for every picture.** Now the order itself is destroyed. We give such pictures to the networks that were trained on whole ones. What is left is what these networks can still tell from a heap of rows.
# %% [markdown] lang="zh"
# **每张图片各有各的打乱方式。**这回顺序本身被毁掉了。把这样的图片交给用完整图片训练好的网络，剩下的分数，就是它们从“一堆行”里还能认出来的。
# %%
made = np.random.default_rng(6)
heaps = made.permuted(np.broadcast_to(np.arange(28), (len(data.test), 28)), axis=1)
without_order = np.take_along_axis(data.test.inputs, heaps[:, :, None], axis=1)
destroyed = [
    metrics.accuracy(data.test.targets, metrics.decide(answers(restored(run), without_order)))
    for run in runs["rows"]
]
print([round(value, 3) for value in destroyed])

# %% [markdown] lang="en"
# ## Side by side
#
# One point a seed, the bar is the median.
# %% [markdown] lang="zh"
# ## 放在一起看
#
# 一个点是一个随机种子，横线是中位数。
# %%
NAMES = {
    "rows": lesson.text("rows as steps", "行作为时间步"),
    "one step": lesson.text("one step", "只有一步"),
    "dense": lesson.text("dense", "全连接"),
    "shuffled": lesson.text("fixed shuffle", "固定打乱"),
}
lesson.table(
    [
        lesson.text("network", "网络"),
        lesson.text("parameters", "参数量"),
        lesson.text("seeds", "种子数"),
        lesson.text("validation, median", "验证集中位数"),
        lesson.text("test, median", "测试集中位数"),
        lesson.text("seconds a run", "每次训练秒数"),
    ],
    [
        [
            name,
            runs[kind][0].model.count_params(),
            len(runs[kind]),
            float(np.median([run.validation for run in runs[kind]])),
            float(np.median([run.test for run in runs[kind]])),
            float(np.median([run.seconds for run in runs[kind]])),
        ]
        for kind, name in NAMES.items()
    ],
)

# %%
figure, (axis,) = figures.panels()
figures.points_by_seed(
    axis, list(NAMES.values()), [[run.test for run in runs[kind]] for kind in NAMES]
)
figures.label(axis, lesson.text("network", "网络"), lesson.text("test accuracy", "测试准确率"))
lesson.figure(
    figure,
    "side_by_side",
    en="test accuracy of the four networks, a point for each seed: "
    + ", ".join(f"{NAMES[k]} {np.median([r.test for r in runs[k]]):.3f}" for k in NAMES),
    zh="四个网络的测试准确率，一个点是一个种子："
    + "，".join(f"{NAMES[k]} {np.median([r.test for r in runs[k]]):.3f}" for k in NAMES),
)

# %%
scores = {kind: [run.test for run in runs[kind]] for kind in NAMES}


def compared(first, second):
    """Who is ahead, and whether the seeds overlap."""
    ahead = np.median(scores[first]) > np.median(scores[second])
    better, worse = (first, second) if ahead else (second, first)
    apart = min(scores[better]) > max(scores[worse])
    lesson.say(
        f"{NAMES[better]} is ahead of {NAMES[worse]}"
        + ("." if apart else ", but their seeds overlap."),
        f"{NAMES[better]}领先于{NAMES[worse]}" + ("。" if apart else "，但各种子的结果有重叠。"),
    )


for rival in ("dense", "one step", "shuffled"):
    if len(runs[rival]) >= 3:
        compared("rows", rival)
lesson.say(
    f"In class mode the control ran with {len(CONTROL_SEEDS)} seed: an indication, no ranking."
    if len(CONTROL_SEEDS) < 3
    else "Each of them ran with three seeds.",
    f"课堂模式下，打乱的对照只用了 {len(CONTROL_SEEDS)} 个种子：只是迹象，不能排名。"
    if len(CONTROL_SEEDS) < 3
    else "每个网络都用了三个种子。",
)
lesson.result(
    "accuracy_without_order",
    destroyed,
    title=(
        "rows as steps, every test picture shuffled in its own way",
        "行作为时间步，每张测试图片各自打乱",
    ),
    baseline=("always the same class", "永远同一类", majority),
    at_most=0.6,
)

# %% [markdown] lang="en"
# Read this with care. A dense network on such pictures is a strong rival, and the one-step trap, which is a dense network in disguise, is strong for that reason. A score tells you that a network has learnt *something*. Only the structure tells you that it is the network you meant.
#
# ## How far does it go?
#
# Class mode goes on with the network above. Full mode trains longer, and on pictures that are turned, scaled and shifted a little, anew in every epoch. The digit stays the same, so the label does, too: *augmentation*. All of this was chosen on the validation set.
# %% [markdown] lang="zh"
# 读这些数字要小心。在这类图片上全连接网络是强劲的对手，而“只有一步”的陷阱其实就是改头换面的全连接网络，所以也强。分数只能说明网络学到了**某种东西**；只有结构才能说明它是不是你想要的那个网络。
#
# ## 还能到多好？
#
# 课堂模式沿用上面的网络。完整模式训练更久，并且每一轮都把图片重新稍微转一转、缩放、平移。数字还是那个数字，标签也就不变，这叫**数据增强**。这些做法都是在验证集上选定的。
# %%
augment = keras.Sequential(
    [
        keras.layers.Reshape((28, 28, 1)),
        keras.layers.RandomRotation(0.03, fill_mode="constant", seed=1),  # of a full turn
        keras.layers.RandomZoom(0.1, fill_mode="constant", seed=2),
        keras.layers.RandomTranslation(0.07, 0.07, fill_mode="constant", seed=3),  # two pixels
        keras.layers.Reshape((28, 28)),
    ]
)
figure, axes = figures.panels(5, columns=5, width=1.5, height=1.7)
for axis in axes:
    axis.imshow(augment(picture[None], training=True)[0], cmap="Greys")
    axis.set_axis_off()
lesson.figure(
    figure,
    "augmented",
    en="five versions of the same five, each turned, scaled and shifted a little",
    zh="同一个 5 的五种变化，各自稍微转动、缩放、平移",
)

# %%
if lesson.mode == "full":
    best = trained(rows_as_steps, seeds=lesson.seeds, epochs=16, augment=augment)
    rival = trained(dense, seeds=lesson.seeds, epochs=16, augment=augment)  # the same for both
else:
    best, rival = runs["rows"], runs["dense"]
lesson.result(
    "digits_test_accuracy",
    [run.test for run in best],
    title=("rows as steps, test accuracy", "行作为时间步，测试准确率"),
    baseline=(
        "dense network, trained alike, median",
        "同样训练的全连接网络，中位数",
        np.median([run.test for run in rival]),
    ),
    at_least=lesson.pick(class_mode=0.93, full=0.955),
)

# %%
figure, (axis,) = figures.panels()
epochs = np.arange(1, len(best[0].history["loss"]) + 1)
figures.spread(
    axis,
    epochs,
    [1 - np.array(run.history["accuracy"]) for run in best],
    lesson.text("training", "训练集"),
)
figures.spread(
    axis,
    epochs,
    [1 - np.array(run.history["val_accuracy"]) for run in best],
    lesson.text("validation", "验证集"),
)
axis.set_yscale("log")
axis.legend()
figures.label(axis, lesson.text("epoch", "轮"), lesson.text("share of errors", "错误率"))
lesson.figure(
    figure,
    "curves",
    en="share of errors on training and validation pictures over the epochs, on a logarithmic scale, "
    "median and range of three seeds",
    zh="训练集和验证集的错误率随轮数的变化，对数坐标，三个种子的中位数与范围",
)

# %% [markdown] lang="en"
# ## Known and unknown hands: is the test set harder?
#
# The people who wrote MNIST's test digits wrote none of the training digits. Our validation pictures come from the training part, so the network has seen most of their writers. Expect the test set to be the harder one; the next cell prints the difference. Which of the two numbers will you meet in practice?
# %% [markdown] lang="zh"
# ## 熟悉的笔迹与陌生的笔迹：测试集更难吗？
#
# 写 MNIST 测试数字的人，没有写过训练数字。而我们的验证图片取自训练部分，写字的人，网络大多见过。可以预料测试集更难；差多少，下一格会打印出来。实际使用时，你遇到的会是哪一个数字？
# %%
gap = [run.validation - run.test for run in best]
lesson.say(
    f"Validation minus test accuracy, by seed: {', '.join(f'{g:+.3f}' for g in gap)}.",
    f"验证准确率减测试准确率，各种子：{'，'.join(f'{g:+.3f}' for g in gap)}。",
)

# %% [markdown] lang="en"
# And if you choose by the test set, as the article's program invites you to? Suppose twenty settings are all equally good. On 2,000 pictures their scores scatter by chance. Report the best of them, and you report the chance as well:
# %% [markdown] lang="zh"
# 文章的程序容易让人顺手拿测试集来挑选。真这样做，会怎样？假设有二十种设置，其实一样好。在 2,000 张图片上，它们的分数会因偶然而有高低。只报告其中最好的，就把偶然也报告进去了：
# %%
true_accuracy, tried = 0.95, (1, 5, 20, 100)
luck = np.random.default_rng(0).binomial(len(data.test), true_accuracy, size=(5_000, max(tried)))
lesson.table(
    [
        lesson.text("settings tried", "试过的设置数"),
        lesson.text("reported, on average", "平均报告的准确率"),
        lesson.text("true", "真实"),
    ],
    [
        [count, float(luck[:, :count].max(axis=1).mean() / len(data.test)), true_accuracy]
        for count in tried
    ],
)
lesson.say(
    "Real settings fail on similar pictures, so the undeserved gain is smaller in practice. On average it is never negative.",
    "真实的各种设置往往错在相似的图片上，所以实际的虚高会小一些，但平均来说绝不会是负的。",
)

# %% [markdown] lang="en"
# ## Where it errs: the confusion matrix
#
# Row: what it was. Column: what the network said. The right answers on the diagonal are left white, so that the errors can be seen. We look at the median seed.
# %% [markdown] lang="zh"
# ## 错在哪里：混淆矩阵
#
# 行是真实数字，列是网络的回答。对角线上的正确答案留白，好看清错误。取中位数的那个种子来看。
# %%
median = sorted(best, key=lambda run: run.test)[len(best) // 2]
said = metrics.decide(median.logits)
confusion = metrics.confusion_matrix(data.test.targets, said, digits.NUM_CLASSES)
assert confusion.sum() == len(data.test) and np.trace(confusion) / len(data.test) == median.test
errors = confusion - np.diag(np.diag(confusion))
figure, (axis,) = figures.panels()
figure.set_size_inches(5.6, 4.6)
image = axis.imshow(errors, cmap="Oranges")
axis.grid(False)
for i, j in np.ndindex(*errors.shape):
    if errors[i, j]:
        dark = errors[i, j] > 0.6 * errors.max()
        axis.text(j, i, errors[i, j], ha="center", va="center", color="white" if dark else "black")
axis.set(xticks=range(10), yticks=range(10))
figure.colorbar(image, ax=axis, label=lesson.text("test pictures", "测试图片数"))
figures.label(axis, lesson.text("answer", "回答"), lesson.text("truth", "真实"))
worst = np.unravel_index(errors.argmax(), errors.shape)
lesson.figure(
    figure,
    "confusion",
    en=f"counts of wrong answers for each true digit and each answer; most often a {worst[0]} is taken for a {worst[1]}",
    zh=f"每个真实数字、每种回答的错误数；最常见的是把 {worst[0]} 认成 {worst[1]}",
)

# %% [markdown] lang="en"
# Look at the pictures themselves: these are the errors of which the network was most certain. Over each: truth → answer, and its probability. Would you have known?
# %% [markdown] lang="zh"
# 直接看图片：下面是网络最有把握却答错的。每张上面写着：真实 → 回答，以及它给出的概率。换作你，认得出来吗？
# %%
probabilities = np.asarray(keras.ops.softmax(median.logits))
wrong = np.flatnonzero(said != data.test.targets)
wrong = wrong[np.argsort(-probabilities[wrong, said[wrong]])][:12]
figure, axes = figures.panels(len(wrong), columns=6, width=1.3, height=1.6)
for axis, place in zip(axes, wrong, strict=True):
    axis.imshow(data.test.inputs[place], cmap="Greys")
    axis.set_axis_off()
    axis.set_title(
        f"{data.test.targets[place]} → {said[place]}  {probabilities[place, said[place]]:.2f}",
        fontsize=9,
    )
lesson.figure(
    figure,
    "errors",
    en="the twelve wrong answers with the highest probability: "
    + ", ".join(f"{data.test.targets[p]} taken for {said[p]}" for p in wrong),
    zh="概率最高的十二个错误："
    + "，".join(f"{data.test.targets[p]} 认成 {said[p]}" for p in wrong),
)

# %% [markdown] lang="en"
# ## Inside: the hidden state over the rows
#
# The answer comes from the last hidden state. Take the same weights, but keep the state after *every* row. Then let the output layer read each of them: what would the network say if the picture ended here?
# %% [markdown] lang="zh"
# ## 往里看：逐行的隐藏状态
#
# 答案来自最后的隐藏状态。用同样的权重，但把读完**每一行**之后的状态都留下来，再让输出层逐个去读：如果图片到此为止，网络会怎么回答？
# %%
lstm = restored(median).get_layer("lstm")
every_row = keras.layers.LSTM(lstm.units, return_sequences=True)
every_row.build((None, 28, 28))
every_row.set_weights(lstm.get_weights())
some = [np.flatnonzero((data.test.targets == digit) & (said == digit))[0] for digit in (2, 4, 7)]
states = np.asarray(every_row(data.test.inputs[some]))
beliefs = np.asarray(keras.ops.softmax(median.model.get_layer("logits")(states)))
print(states.shape, "->", beliefs.shape)
np.testing.assert_allclose(beliefs[:, -1], probabilities[some], atol=1e-5)

# %%
figure, axes = figures.panels(9, columns=3, width=2.7, height=2.3)
for place, (index, state, belief) in enumerate(zip(some, states, beliefs, strict=True)):
    seen, inner, outer = axes[3 * place : 3 * place + 3]
    seen.imshow(data.test.inputs[index], cmap="Greys", aspect="auto")
    seen.grid(False)
    order = np.argsort(np.abs(np.diff(state, axis=0)).argmax(axis=0))  # by when a unit moves most
    figures.heatmap(inner, state[:, order], colour_label=lesson.text("state", "状态"), diverging=True)
    figures.heatmap(outer, belief, colour_label=lesson.text("probability", "概率"))
    outer.set_xticks(range(10))
    for axis in (seen, inner, outer):
        axis.set_yticks([0, 9, 19, 27], [1, 10, 20, 28])
    figures.label(seen, lesson.text("column", "列"), lesson.text("row", "行"))
    figures.label(inner, lesson.text("unit", "单元"), lesson.text("row", "行"))
    figures.label(outer, lesson.text("answer", "回答"), lesson.text("row", "行"))


def settled(belief):
    """The first row from which on the final answer stays ahead."""
    final = belief[-1].argmax()
    undecided = np.flatnonzero(belief.argmax(axis=1) != final)
    return int(undecided[-1]) + 2 if len(undecided) else 1  # rows count from 1


when = [settled(belief) for belief in beliefs]
lesson.figure(
    figure,
    "hidden_state",
    en="three digits; for each the picture, the hidden state after every row with units sorted by "
    f"when they move most, and the answer after every row; it stays from rows {when} on",
    zh=f"三个数字，每个依次是：图片，读完每一行后的隐藏状态（单元按变化最大的时刻排序），读完每一行后的回答；回答分别从第 {when} 行起不再变",
)

# %%
many = np.asarray(keras.ops.softmax(median.model.get_layer("logits")(every_row(data.test.inputs))))
rows_needed = np.array([settled(belief) for belief in many])
by_digit = [float(np.median(rows_needed[data.test.targets == digit])) for digit in range(10)]
lesson.table(
    [lesson.text("digit", "数字"), *map(str, range(10))],
    [
        [
            lesson.text("row from which the answer stays, median", "从第几行起回答不再变，中位数"),
            *by_digit,
        ]
    ],
)

# %% [markdown] lang="en"
# How far does the state move in one step, above the ink, in it, and below it?
# %% [markdown] lang="zh"
# 一个时间步里，状态移动多少？分别看墨迹之上、墨迹之中和墨迹之下：
# %%
inked = data.test.inputs.max(axis=2) > 0.2  # (images, rows)
first, last = inked.argmax(axis=1), 27 - inked[:, ::-1].argmax(axis=1)
row_numbers = np.arange(28)
above, below = row_numbers < first[:, None], row_numbers > last[:, None]
all_states = np.asarray(every_row(data.test.inputs))
moved = np.abs(np.diff(all_states, axis=1, prepend=0)).mean(axis=2)  # (images, rows)
lesson.table(
    [
        lesson.text("movement of a unit in one step, mean", "单元每步的平均移动量"),
        lesson.text("above the ink", "墨迹之上"),
        lesson.text("in it", "墨迹之中"),
        lesson.text("below", "墨迹之下"),
    ],
    [["|h(t) - h(t-1)|", *(float(moved[rows].mean()) for rows in (above, ~above & ~below, below))]],
)

# %% [markdown] lang="en"
# The network was asked for its answer after the last row only. What it saw in the rows before can reach that answer in one way alone: through the hidden and the cell state. That is what a memory is for.
#
# ## The full set
#
# Where `RNN_TF_DATA` names a folder with `mnist/mnist.npz`, full mode trains one network on the full set of 60,000 pictures, less 1,000 for validation, for ten epochs, and tests it on all 10,000 test pictures.
# %% [markdown] lang="zh"
# 我们只在最后一行之后问网络要答案。前面各行里看到的东西，只有一条路能通到这个答案：隐藏状态和单元状态。记忆就是干这个用的。
#
# ## 完整数据集
#
# 如果 `RNN_TF_DATA` 指向的文件夹里有 `mnist/mnist.npz`，完整模式会用完整的 60,000 张图片（其中 1,000 张留作验证集）训练一个网络，共十轮，并在全部 10,000 张测试图片上测试。
# %%
try:
    everything = digits.load("full") if lesson.mode == "full" else None
except InputError as error:
    everything = None
    print(error)
if everything is not None:
    BATCH_SIZE = 125
    (whole,) = trained(lambda: models.row_lstm(units=128), seeds=[0], epochs=10, rate=0.004, source=everything)
    lesson.result(
        "digits_full_set_accuracy",
        whole.test,
        title=(
            "all 60,000 pictures, ten epochs, test accuracy",
            "全部 60,000 张，十轮，测试准确率",
        ),
        at_least=0.988,
        digits=4,
    )

# %% [markdown] lang="en"
# ## What to try next
#
# 1. Read the pictures column by column: `images.transpose(0, 2, 1)`. Is it better or worse, over three seeds?
# 2. Read pixel by pixel: 784 steps of one feature. How long does an epoch take now, and why?
# 3. Put a one-step network in front of a colleague, with its score only. Which of the three structural questions would you ask first?
# 4. Hand the network half a picture (14 rows). Compare with what the figure of the hidden state shows at row 14.
# 5. Set the learning rate to a constant 0.001. How many epochs does it need to draw level with the cosine?
#
# ## References
#
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). Gradient-based learning applied to document recognition. *Proceedings of the IEEE* 86(11), 2278–2324. The digits (article 003 names no source: R-003-01).
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8), 1735–1780.
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv:1504.00941. Digits pixel by pixel, in order and under one fixed shuffle.
# * I. Loshchilov, F. Hutter (2017). SGDR: stochastic gradient descent with warm restarts. *ICLR*. The cosine schedule.
# %% [markdown] lang="zh"
# ## 接着试试
#
# 1. 一列一列地读：`images.transpose(0, 2, 1)`。用三个种子看，变好了还是变差了？
# 2. 一个像素一个像素地读：784 个时间步，每步一个特征。现在一轮要多久？为什么？
# 3. 把“只有一步”的网络交给同事看，只给分数。三个结构问题，你会先问哪一个？
# 4. 只给网络半张图片（14 行），与上面“逐行的隐藏状态”那张图的第 14 行比较。
# 5. 学习率固定为 0.001，要训练多少轮才赶得上余弦调度？
#
# ## 参考文献
#
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). Gradient-based learning applied to document recognition. *Proceedings of the IEEE* 86(11), 2278–2324。数字数据的出处（文章 003 没有注明：R-003-01）。
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8), 1735–1780。
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv:1504.00941。逐像素读数字：按原顺序，以及按同一种固定的打乱方式。
# * I. Loshchilov, F. Hutter (2017). SGDR: stochastic gradient descent with warm restarts. *ICLR*。余弦学习率调度。
