# %% [markdown] lang="en"
# # 5. Digits row by row: the appendix
#
# What is worth having and would slow the lesson: a look into the hidden state, one shuffle for all pictures, what a falling rate is worth, where the network errs, how far one gets with more data.
# %% [markdown] lang="zh"
# # 5. 逐行读数字：附录
#
# 值得一看、但放在课文里会拖慢节奏的内容：隐藏状态的内部，所有图片同一种打乱，学习率下降值多少，网络错在哪里，数据更多能走多远。
# %%
from rnn_tf.course import begin

lesson = begin("05_digits", part="appendix")

import numpy as np

from rnn_tf import models, training
from rnn_tf.backend import keras, tf
from rnn_tf.course.figures import digits as draw
from rnn_tf.datasets import digits
from rnn_tf.errors import InputError
from rnn_tf.feeding import Feed
from rnn_tf.training import metrics

data = digits.load()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

# %% [markdown] lang="en"
# ## Three facts that the lesson takes for granted
#
# No picture is in two of the three sets. An LSTM of $u$ units that reads $f$ features has $4u(f + u + 1)$ weights, and its ten logits have $10u + 10$. And a network that gives all ten digits the same probability has a loss of $\ln 10$; an untrained one starts close to it.
# %% [markdown] lang="zh"
# ## 课文默认的三件事
#
# 三个集合两两之间没有相同的图片。读 $f$ 个特征、有 $u$ 个单元的 LSTM 有 $4u(f + u + 1)$ 个权重，输出十个 logits 的一层有 $10u + 10$ 个。给十个数字同样的概率，损失就是 $\ln 10$；未经训练的网络，起步就在它附近。
# %%
parts = [
    {picture.tobytes() for picture in part.inputs}
    for part in (data.train, data.validation, data.test)
]
assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])

for units in (32, 64, 128):
    counted = models.row_lstm(units=units).count_params()
    assert counted == 4 * units * (28 + units + 1) + 10 * units + 10
    print(f"{units} units: {counted:,} weights")

some, answers = data.train.inputs[:64], data.train.targets[:64]
even, untrained = np.zeros((64, 10), "float32"), models.row_lstm(units=64)(some)
even_loss, new_loss = float(loss(answers, even)), float(loss(answers, untrained))
assert abs(even_loss - np.log(10)) < 1e-6
print(f"loss: all alike {even_loss:.3f}, new {new_loss:.3f}")


# %% [markdown] lang="en"
# ## Training for this appendix
#
# One function: all seeds, one learning rate, which falls to zero or stays; the pictures as they are, shuffled, or made anew in every epoch.
# %% [markdown] lang="zh"
# ## 本附录的训练方法
#
# 一个函数：所有种子，一个学习率，下降到零或保持不变；图片原样、打乱，或每一轮重新变形。


# %%
def rows_as_steps():
    return models.row_lstm(units=64)


def trained(
    build, rate, *, epochs, seeds=lesson.seeds, falls=True, prepare=None, augment=None, source=data
):
    """The model, and for each seed the history and the weights."""
    prepare = prepare or (lambda pictures: pictures)
    size = 30 if len(source.train) < 10_000 else 125
    inputs, targets = prepare(source.train.inputs), source.train.targets
    batches = Feed(inputs, targets, batch_size=size, shuffle=True)
    if augment is not None:
        stream = tf.data.Dataset.from_tensor_slices((inputs, targets)).shuffle(len(inputs), seed=0)
        stream = stream.batch(size).map(lambda x, y: (augment(x, training=True), y))
        batches = Feed(stream.prefetch(4))
    held_out = Feed(prepare(source.validation.inputs), source.validation.targets, batch_size=500)

    def schedule(epoch):
        return rate * (1 - epoch / epochs) if falls else rate

    starts = training.initial_weights(build, seeds)
    model, runs = build(), []
    model.compile("adam", loss, metrics=["accuracy"], steps_per_execution=20)
    for start in starts:
        training.reset(model, start)
        history = model.fit(
            batches,
            epochs=epochs,
            callbacks=[keras.callbacks.LearningRateScheduler(schedule)],
            validation_data=held_out,
            verbose=0,
        ).history
        runs.append((history, model.get_weights()))
    return model, runs


def validation_of(runs):
    return [history["val_accuracy"][-1] for history, _ in runs]


def logits_of(model, inputs):
    """A thousand pictures at a time."""
    return np.concatenate([model(inputs[n : n + 1000]) for n in range(0, len(inputs), 1000)])


def test_of(model, runs, inputs=data.test.inputs, targets=data.test.targets):
    found = []
    for _, weights in runs:
        model.set_weights(weights)
        found.append(metrics.accuracy(targets, metrics.decide(logits_of(model, inputs))))
    return found


EPOCHS = lesson.pick(class_mode=3, full=10)
RATE = 0.01  # what the lesson chose for this network on validation pictures
model, runs = trained(rows_as_steps, RATE, epochs=EPOCHS)
print("validation:", "  ".join(f"{value:.3f}" for value in validation_of(runs)))

# %% [markdown] lang="en"
# ## Inside: the hidden state over the rows
#
# The beliefs of the lesson's first picture come from the hidden state after each row. Here are four digits with the state itself, and below what the output layer reads from it. Units are sorted by the row in which they move most.
# %% [markdown] lang="zh"
# ## 往里看：逐行的隐藏状态
#
# 课文第一张图里的判断，来自每一行之后的隐藏状态。这里是四个数字和状态本身，下面是输出层从中读出的判断。单元按变化最大的那一行排序。
# %%
middle = np.argsort(validation_of(runs))[1]  # the median seed
model.set_weights(runs[middle][1])
lstm, dense = model.layers[-2:]
every_row = keras.layers.LSTM(lstm.units, return_sequences=True)
every_row.build((None, 28, 28))
every_row.set_weights(lstm.get_weights())

pictures, truth = data.validation.inputs, data.validation.targets
states = np.asarray(every_row(pictures))
beliefs = np.asarray(keras.ops.softmax(dense(states)))
np.testing.assert_allclose(
    beliefs[:, -1], keras.ops.softmax(logits_of(model, pictures)), atol=1e-5
)
said = beliefs.argmax(axis=2)
four = [np.flatnonzero((truth == digit) & (said[:, -1] == digit))[0] for digit in (2, 4, 7, 9)]
figure = draw.states_by_row(
    pictures[four], states[four], column="column", row="row", unit="unit", state="hidden state"
)
lesson.figure(figure, "states")
figure = draw.reading(
    pictures[four],
    beliefs[four],
    column="column",
    row="row",
    answer="answer",
    probability="probability",
)
lesson.figure(figure, "beliefs")


# %%
def settled(leaders):
    """The first row, from 1 up, from which on the final answer stays ahead."""
    others = np.flatnonzero(leaders != leaders[-1])
    return others[-1] + 2 if len(others) else 1


rows_needed = np.array([settled(leaders) for leaders in said])
by_digit = [float(np.median(rows_needed[truth == digit])) for digit in range(10)]
lesson.table(
    ["digit", *map(str, range(10))],
    [["row from which the answer stays, median", *by_digit]],
)
early, late = min(by_digit), max(by_digit)
print(f"Earliest at row {early:g}: digit {by_digit.index(early)}.")
print(f"Latest at row {late:g}: digit {by_digit.index(late)}.")

# %% [markdown] lang="en"
# So late? The ink of most digits ends before that. How far do state and belief move in one step: above the ink, in it, below it?
# %% [markdown] lang="zh"
# 这么晚？大多数数字的墨迹在那之前就结束了。一个时间步里，状态和判断各移动多少？分别看墨迹之上、之中和之下。
# %%
inked = pictures.max(axis=2) > 0.2  # (pictures, rows)
top, bottom = inked.argmax(axis=1), 27 - inked[:, ::-1].argmax(axis=1)
rows = np.arange(28)
above, below = rows < top[:, None], rows > bottom[:, None]
places = (above, ~above & ~below, below)
moved = [np.abs(np.diff(what, axis=1, prepend=what[:, :1])) for what in (states, beliefs)]
moved = [what.mean(axis=2) for what in moved]
table = [[float(what[place].mean()) for place in places] for what in moved]
lesson.table(
    ["mean movement in one step", "above the ink", "in it", "below"],
    [["of a unit's state", *table[0]], ["of a probability", *table[1]]],
)
after_the_ink = np.mean(rows_needed - 1 > bottom)  # rows_needed counts from 1
further = table[0][2] / table[0][1]
print(f"A step below the ink moves the state {further:.1f} times as far as one in it.")
print(f"In {after_the_ink:.0%} of the pictures the answer settles only below the ink.")

# %% [markdown] lang="en"
# An empty row is no pause: bias and recurrent kernel work on at every step, and that the ink has ended is news, too. Nobody asks before row 28, so the network has no reason to hurry, and it uses the empty rows to finish its answer. A state that moves much is no sign that something new was read.
#
# ## One shuffle for all
#
# The lesson shuffles every test picture in its own way and so destroys the order. A gentler control: one fixed shuffle for all pictures, training pictures too. Nothing is lost, and the network can learn the new order. If it gets worse, it profits from neighbours that follow each other, as strokes do. To a dense network the shuffle makes no difference at all. The shuffled network chooses its own learning rate, too.
# %% [markdown] lang="zh"
# 空白行不等于停顿：偏置和循环权重矩阵每一步都在起作用，而且“墨迹到此为止”也是一条消息。第 28 行之前没有人来问，网络不必着急，它就利用这些空白行把答案做完。所以，状态动得厉害，并不说明又读到了什么新东西。
#
# ## 所有图片同一种打乱
#
# 课文把每张测试图片各自打乱，顺序就此毁掉。更温和的对照：所有图片（包括训练图片）用同一种固定的打乱方式。信息一点没丢，网络可以学会新的顺序。如果它变差了，就说明它得益于相邻的行前后相接，而笔画正是这样。对全连接网络，这样打乱毫无影响。打乱后的网络也用自己挑选的学习率。
# %%
FIXED = np.random.default_rng(5).permutation(28)


def shuffled(pictures):
    return pictures[:, FIXED]


RATES = (0.003, 0.01, 0.03)
one_seed = lesson.pick(class_mode=lesson.seeds[:1], full=lesson.seeds)
tried = {
    rate: trained(rows_as_steps, rate, epochs=EPOCHS, seeds=one_seed, prepare=shuffled)
    for rate in RATES
}
chosen = max(RATES, key=lambda rate: np.median(validation_of(tried[rate][1])))
if len(one_seed) < 3:
    tried[chosen] = trained(rows_as_steps, chosen, epochs=EPOCHS, prepare=shuffled)
in_order, mixed = test_of(model, runs), test_of(*tried[chosen], shuffled(data.test.inputs))
lesson.table(
    ["rows", "learning rate", "test, median", "test, lowest", "test, highest"],
    [
        [name, rate, float(np.median(found)), min(found), max(found)]
        for name, rate, found in (("in order", RATE, in_order), ("one shuffle", chosen, mixed))
    ],
)
print(f"median, in order minus shuffled: {np.median(in_order) - np.median(mixed):+.3f}")
if min(in_order) > max(mixed):
    print("Every seed with rows in order is ahead of every seed with one shuffle.")
else:
    print("The seeds overlap: three of them cannot tell.")

# %% [markdown] lang="en"
# ## What is a falling rate worth?
#
# The lesson lets the rate fall to zero. Beside it, the same start rates held constant to the end, on validation pictures.
# %% [markdown] lang="zh"
# ## 学习率下降值多少？
#
# 课文让学习率降到零。旁边是同样的起始值、一直保持不变，都在验证图片上比较。
# %%
kept = {0.001: None, 0.003: None, RATE: None}
for rate in kept:
    pair = [
        validation_of(trained(rows_as_steps, rate, epochs=EPOCHS, seeds=one_seed, falls=falls)[1])
        for falls in (True, False)
    ]
    kept[rate] = [float(np.median(values)) for values in pair]
lesson.table(
    ["rate at the start", "falls to zero", "stays", "difference"],
    [[rate, falls, stays, falls - stays] for rate, (falls, stays) in kept.items()],
)
print(f"At {RATE} falling is worth {kept[RATE][0] - kept[RATE][1]:+.3f} of accuracy.")
seeds = len(one_seed)
print(f"Seeds behind each number: {seeds}. Fewer than three are an indication, no ranking.")

# %% [markdown] lang="en"
# A rate that is too small gains nothing by falling: it has not arrived yet. A large one goes far at first and settles at the end.
#
# ## Longer, with pictures that change
#
# Class mode goes on with the networks above. Full mode trains for longer, on pictures that are turned, scaled and shifted a little, anew in every epoch. The digit stays the same, and so does its label: *data augmentation*. The dense net is trained in the same way.
# %% [markdown] lang="zh"
# 学习率太小时，下降得不到好处：它还没走到地方。学习率大，先走得远，最后再稳住。
#
# ## 训练更久，图片不断变化
#
# 课堂模式沿用上面的网络。完整模式训练更久，并且每一轮都把图片重新稍微转一转、缩放、平移。数字还是那个数字，标签也就不变，这叫**数据增强**。全连接网络也同样训练。
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
five = data.train.inputs[np.flatnonzero(data.train.targets == 5)[0]]
versions = [five] + [augment(five[None], training=True)[0] for _ in range(5)]
lesson.figure(draw.gallery(versions, [f"{n}" for n in range(6)]), "augmented")


# %%
def dense_net():
    hidden = [keras.layers.Flatten(), keras.layers.Dense(128, activation="relu")]
    return keras.Sequential([keras.Input((28, 28)), *hidden, keras.layers.Dense(10)])


if lesson.mode == "full":
    best, best_runs = trained(rows_as_steps, RATE, epochs=16, augment=augment)
    rival = trained(dense_net, 0.003, epochs=16, augment=augment)
else:
    best, best_runs = model, runs
    rival = trained(dense_net, RATE, epochs=EPOCHS)
scores, of_rival = test_of(best, best_runs), test_of(*rival)
if lesson.mode == "full":
    lesson.result("digits_augmented_accuracy", scores, baseline=np.median(of_rival))
print(f"median: row by row {np.median(scores):.3f}, dense {np.median(of_rival):.3f}")
errors = {
    "training": [1 - np.array(history["accuracy"]) for history, _ in best_runs],
    "validation": [1 - np.array(history["val_accuracy"]) for history, _ in best_runs],
}
figure = draw.error_curves(errors, epoch="epoch", errors="share of errors")
lesson.figure(figure, "curves")

# %% [markdown] lang="en"
# ## Which digits are taken for which?
#
# The confusion matrix of the median seed on the test set. Row: what it was. Column: what the network said.
# %% [markdown] lang="zh"
# ## 哪个数字被认成了哪个？
#
# 中位数种子在测试集上的混淆矩阵。行是真实数字，列是网络的回答。
# %%
best.set_weights(best_runs[np.argsort(scores)[1]][1])
guesses = metrics.decide(logits_of(best, data.test.inputs))
counts = metrics.confusion_matrix(data.test.targets, guesses, digits.NUM_CLASSES)
assert np.isclose(np.trace(counts) / counts.sum(), np.median(scores))
figure = draw.confusion(counts, answer="answer", truth="truth", colour_label="test pictures")
lesson.figure(figure, "confusion")
off = counts - np.diag(np.diag(counts))
often = [f"{true} → {said}" for true, said in np.argwhere(off == off.max())]
print(f"most often, {off.max()} times each: {', '.join(often)}")

# %% [markdown] lang="en"
# ## The full set
#
# Where `RNN_TF_DATA` names a folder with `mnist/mnist.npz`, full mode trains 128 units on all 60,000 pictures, less 1,000 for validation, for ten epochs, and tests on all 10,000 test pictures.
#
# ## References
#
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). Gradient-based learning applied to document recognition. *Proceedings of the IEEE* 86(11), 2278–2324. The digits (article 003 names no source: R-003-01).
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8), 1735–1780.
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv:1504.00941. Digits pixel by pixel, in order and under one fixed shuffle.
# * I. Loshchilov, F. Hutter (2017). SGDR: stochastic gradient descent with warm restarts. *ICLR*. Learning rates that fall within a training.
# %% [markdown] lang="zh"
# ## 完整数据集
#
# 如果 `RNN_TF_DATA` 指向的文件夹里有 `mnist/mnist.npz`，完整模式会用全部 60,000 张图片（其中 1,000 张留作验证集）训练 128 个单元，共十轮，并在全部 10,000 张测试图片上测试。
#
# ## 参考文献
#
# * Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). Gradient-based learning applied to document recognition. *Proceedings of the IEEE* 86(11), 2278–2324。数字数据的出处（文章 003 没有注明：R-003-01）。
# * S. Hochreiter, J. Schmidhuber (1997). Long short-term memory. *Neural Computation* 9(8), 1735–1780。
# * Q. V. Le, N. Jaitly, G. E. Hinton (2015). A simple way to initialize recurrent networks of rectified linear units. arXiv:1504.00941。逐像素读数字：按原顺序，以及按同一种固定的打乱方式。
# * I. Loshchilov, F. Hutter (2017). SGDR: stochastic gradient descent with warm restarts. *ICLR*。在一次训练之中下降的学习率。
# %%
try:
    everything = digits.load("full") if lesson.mode == "full" else None
except InputError as error:
    everything = None
    print(error)
if everything is not None:
    large = trained(
        lambda: models.row_lstm(units=128), 0.004, epochs=10, seeds=[0], source=everything
    )
    accuracy = test_of(*large, everything.test.inputs, everything.test.targets)
    lesson.result("digits_full_set_accuracy", accuracy)
