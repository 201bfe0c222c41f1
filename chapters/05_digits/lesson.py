# %% [markdown] lang="en"
# # 5. Digits row by row
#
# A network reads a handwritten digit as a scanner does: one row, then the next. After every row we ask it: *which digit is this?* It has seen the upper part only, so it has to guess, and any row may prove the guess wrong. Watch one that is misled for a while.
#
# Class mode takes about a minute and 1 GB of memory. You need lessons 2 (`fit`, loss) and 3 (LSTM).
# %% [markdown] lang="zh"
# # 5. 逐行读数字
#
# 网络像扫描仪一样读手写数字：读一行，再读下一行。每读完一行，我们就问它：**这是几？**它只看到了上半截，只能猜，而下一行随时可能证明它猜错了。先来看一张把网络骗了好一阵子的图片。
#
# 课堂模式约一分钟，内存约 1 GB。需要第 2 课（`fit`、损失）和第 3 课（LSTM）的知识。
# %%
from rnn_tf.course import begin

lesson = begin("05_digits")

import numpy as np

from rnn_tf import baselines, models, training
from rnn_tf.backend import keras
from rnn_tf.course.figures import digits as draw
from rnn_tf.datasets import digits
from rnn_tf.feeding import Feed
from rnn_tf.training import metrics

# %%
data = digits.load()  # 28 × 28 pixels a picture, ink from 0 to 1
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
batches = Feed(data.train.inputs, data.train.targets, batch_size=30, shuffle=True)


def row_by_row():
    return models.row_lstm(units=64)  # an LSTM, and a dense layer with ten logits


def compiled(build, rate=0.001):
    """A model of this kind, ready for training with Adam."""
    model = build()
    adam = keras.optimizers.Adam(rate)
    model.compile(adam, loss, steps_per_execution=20)
    return model


training.set_seed(0)
reader = compiled(row_by_row, rate=0.01)
history = reader.fit(batches, epochs=2, verbose=0)


# %%
def beliefs(model, pictures):
    """Probabilities of the ten digits after every row: (pictures, 28, 10)."""
    lstm, dense = model.layers[-2:]
    every_row = keras.layers.LSTM(lstm.units, return_sequences=True)  # keeps all its states
    every_row.build(pictures.shape)
    every_row.set_weights(lstm.get_weights())
    return keras.ops.softmax(dense(every_row(pictures))).numpy()


fours = data.validation.inputs[data.validation.targets == 4]
after = beliefs(reader, fours)
chosen = np.argmax(after[:, 23, 4] - after[:, 19, 4])  # misled by 20 rows, right after 24
picture, belief = fours[chosen], after[chosen]
words = dict(column="column", row="row", answer="answer", probability="probability")
frames = [
    draw.reading([picture], [belief], rows_read=rows, **words) for rows in range(4, 29, 3)
]
lesson.animation(frames, "reading", seconds_a_frame=0.7)
for row in (8, 12, 16, 20, 24, 28):
    print(f"after row {row}: {belief[row - 1].argmax()}, probability {belief[row - 1].max():.2f}")

# %% [markdown] lang="en"
# Left, the rows read so far. Right, beside each row, what the network believed when it had read that row. In the middle of this four it is sure of another digit; then the leg appears, and it changes its mind within a few rows.
#
# Nobody told it anything about half digits. It was trained on the answer after the last row only.
#
# ## The idea in one picture: rows are steps
#
# A recurrent network reads `(batch, steps, features)`. A picture of 28 rows with 28 pixels each is such a sequence already: row $t$ is what arrives at step $t$.
# %% [markdown] lang="zh"
# 左边是已经读到的行；右边与每一行对齐，是网络读完这一行时的判断。这个 4 读到一半，网络很有把握地认成了别的数字；等下面那一竖露出来，没几行它就改了主意。
#
# 没有人教过它怎么看半个数字。训练时只要求它在最后一行之后答对。
#
# ## 一张图看懂：行就是时间步
#
# 循环网络的输入是 `(批, 时间步, 特征)`。一张 28 行、每行 28 个像素的图片，本来就是这样的序列：第 $t$ 步收到的就是第 $t$ 行。
# %%
print("pictures", data.train.inputs.shape, " answers", data.train.targets.shape)
figure = draw.rows_are_steps(
    picture, (8, 14, 20), column="column: feature", row="row: time step", ink="ink, shifted"
)
lesson.figure(figure, "rows_are_steps")

# %% [markdown] lang="en"
# ## One step, with numbers
#
# At each step the LSTM of lesson 3 mixes the new row $x_t$ with what it kept, $h_{t-1}$ and $c_{t-1}$:
#
# $$c_t = f_t \circ c_{t-1} + i_t \circ g_t, \qquad h_t = o_t \circ \tanh c_t .$$
#
# We take the trained weights and do all 28 steps by hand. Printed is the step at which the belief turned most, for the unit that moved most.
# %% [markdown] lang="zh"
# ## 用数字走一步
#
# 每一步，第 3 课的 LSTM 把新来的一行 $x_t$ 和它记住的 $h_{t-1}$、$c_{t-1}$ 合在一起：
#
# $$c_t = f_t \circ c_{t-1} + i_t \circ g_t, \qquad h_t = o_t \circ \tanh c_t .$$
#
# 取训练好的权重，用手把 28 步都走一遍。打印出来的，是判断转变最大的那一步里变化最大的那个单元。
# %%
kernel, recurrent, bias = reader.get_layer("lstm").get_weights()
print("kernel", kernel.shape, " recurrent kernel", recurrent.shape, " bias", bias.shape)
turn = np.abs(np.diff(belief, axis=0)).sum(axis=1).argmax() + 1


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


h = c = np.zeros(reader.get_layer("lstm").units)
for row in range(28):
    i, f, g, o = np.split(picture[row] @ kernel + h @ recurrent + bias, 4)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    before, c = c, f * c + i * g
    h = o * np.tanh(c)
    if row == turn:
        k = np.abs(c - before).argmax()
        print(f"row {row + 1}, unit {k + 1}:")
        print(f"c = {f[k]:.2f} × {before[k]:+.2f} + {i[k]:.2f} × {g[k]:+.2f} = {c[k]:+.2f}")
        print(f"h = {o[k]:.2f} × tanh({c[k]:+.2f}) = {h[k]:+.2f}")
logits = reader.get_layer("logits")(h[None].astype("float32"))
at_the_end = keras.ops.softmax(logits).numpy()
print(f"largest difference to Keras: {abs(at_the_end - belief[-1]).max():.0e}")

# %% [markdown] lang="en"
# Of the old cell state the share $f$ is kept, of the candidate the share $i$ is written, and of the result's tanh the share $o$ is let out. That is all. What the network knows of the rows above is in $h$ and $c$, and nowhere else.
#
# ## Who else can read digits?
#
# A good score means nothing alone. Beside our network stand three rivals:
#
# * **always the same answer**: the most frequent digit;
# * **linear**: one weight for each pixel and digit, no hidden layer;
# * **dense**: one hidden layer of 128 units over all pixels at once.
#
# None of the three knows what a row is.
# %% [markdown] lang="zh"
# 旧的单元状态按比例 $f$ 保留，新的候选按比例 $i$ 写入，结果取 tanh 之后按比例 $o$ 放出来，仅此而已。网络对上面各行的了解，都在 $h$ 和 $c$ 里，别处没有。
#
# ## 还有谁会读数字？
#
# 单看一个好分数，说明不了什么。我们的网络旁边站着三个对手：
#
# * **永远同一个答案**：最常见的数字；
# * **线性**：每个像素、每个数字一个权重，没有隐藏层；
# * **全连接**：一次看到所有像素，一个 128 单元的隐藏层。
#
# 三个对手都不知道什么叫“行”。
# %%
def linear():
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)]
    return keras.Sequential(layers)


def dense():
    hidden = [keras.layers.Flatten(), keras.layers.Dense(128, activation="relu")]
    return keras.Sequential([keras.Input((28, 28)), *hidden, keras.layers.Dense(10)])


NETWORKS = {"linear": linear, "dense": dense, "row by row": row_by_row}
for name, build in NETWORKS.items():
    print(f"{name}: {build().count_params():,} weights")

# %% [markdown] lang="en"
# ## One learning rate for all is not fair
#
# How large should a training step be? That depends on the network. Give all of them the same rate, and you compare how well the rate suits them.
#
# So each network gets its own. We try a few and look at pictures it did not learn from. There are three sets that share no picture:
#
# | set | pictures | for |
# |---|---:|---|
# | training | 9,000 | learning |
# | validation | 1,000 | choosing |
# | test | 2,000 | the report, once |
#
# In each run the rate becomes smaller from epoch to epoch, by equal steps towards zero. **Guess first:** who wins if all train at 0.001, and who if all train at 0.01?
# %% [markdown] lang="zh"
# ## 同一个学习率，并不公平
#
# 训练时每一步该走多大？这要看是什么网络。给所有网络同一个学习率，比出来的其实是这个学习率更适合谁。
#
# 所以每个网络用自己的学习率：多试几个，看它在没学过的图片上答对多少。数据分成互不相交的三份：
#
# | 集合 | 图片数 | 用途 |
# |---|---:|---|
# | 训练集 | 9,000 | 学习 |
# | 验证集 | 1,000 | 选择 |
# | 测试集 | 2,000 | 报告，只用一次 |
#
# 每次训练中，学习率一轮比一轮小，每轮减去同样多，朝零走。**先猜一猜：**都用 0.001，谁赢？都用 0.01 呢？
# %%
EPOCHS = lesson.pick(class_mode=3, full=10)
RATES = lesson.pick(class_mode=[1e-3, 3e-3, 1e-2], full=[1e-3, 3e-3, 1e-2, 3e-2, 1e-1])


def share_right(model, pictures, answers):
    return metrics.accuracy(answers, metrics.decide(model(pictures)))


def train(model, weights, rate):
    """Train from these weights; returns the validation accuracy and the weights at the end."""
    training.reset(model, weights)
    falling = keras.callbacks.LearningRateScheduler(lambda epoch: rate * (1 - epoch / EPOCHS))
    model.fit(batches, epochs=EPOCHS, callbacks=[falling], verbose=0)
    return share_right(model, data.validation.inputs, data.validation.targets), model.get_weights()


# %%
SEARCHED = lesson.pick(class_mode=1, full=3)  # seeds that choose the rate
scores, best_runs = {}, {}
for name, build in NETWORKS.items():
    starts = training.initial_weights(build, lesson.seeds)
    model = reader if build is row_by_row else compiled(build)
    runs = [[train(model, start, rate) for start in starts[:SEARCHED]] for rate in RATES]
    scores[name] = np.array([[accuracy for accuracy, _ in of_rate] for of_rate in runs])
    best = np.median(scores[name], axis=1).argmax()
    more = [train(model, start, RATES[best]) for start in starts[SEARCHED:]]
    best_runs[name] = model, RATES[best], runs[best] + more
figure = draw.by_learning_rate(
    RATES, scores, rate="learning rate at the start", accuracy="validation accuracy"
)
lesson.figure(figure, "rates")
winners = set()
for place, rate in enumerate(RATES):
    at_rate = {name: np.median(scores[name][place]) for name in NETWORKS}
    first, second, third = sorted(at_rate, key=at_rate.get, reverse=True)
    winners.add(first)
    print(f"all at {rate:g}: {first} > {second} > {third}")
assert len(winners) > 1  # the common rate decides who wins
for name, (_, rate, _) in best_runs.items():
    print(f"chosen for {name}: {rate:g}")

# %% [markdown] lang="en"
# Read the lines that begin with a common rate: who chooses it chooses the winner. Adam's own default is 0.001. In class mode one seed makes the choice, in full mode three do.
#
# ## The test set, once
#
# The rates are chosen. Only now do we look at the test pictures: each network at its own rate, three seeds, one point a seed.
# %% [markdown] lang="zh"
# 看公用学习率的那几行：谁来定这个学习率，谁就定了输赢。Adam 自己的默认值是 0.001。课堂模式用一个种子来挑选，完整模式用三个。
#
# ## 测试集，只看一次
#
# 学习率都选好了，这时才看测试图片：每个网络用自己的学习率，三个随机种子，一个点是一个种子。
# %%
def test_accuracies(name, pictures=data.test.inputs):
    model, _, runs = best_runs[name]
    found = []
    for _, weights in runs:
        model.set_weights(weights)
        found.append(share_right(model, pictures, data.test.targets))
    return found


test = {name: test_accuracies(name) for name in NETWORKS}
majority = metrics.accuracy(data.test.targets, baselines.majority(data.train.targets))
print(f"always the same answer: {majority:.3f}")
figure = draw.by_network(test, network="network", accuracy="test accuracy")
lesson.figure(figure, "test")
lesson.result("digits_test_accuracy", test["row by row"], baseline=np.median(test["dense"]))
apart = min(test["row by row"]) > max(test["dense"])
print("Every seed is ahead of every seed of the dense net." if apart else "The seeds overlap.")

# %% [markdown] lang="en"
# The network that sees one row at a time has far fewer weights than the dense one. Three seeds are a hint, no proof; and digits can be read without any recurrence, as the dense net shows.
#
# ## Does the order matter to it?
#
# Take every test picture apart into its rows and put them together in a random order, another one for each picture. The ink is all there. **Guess first:** how much is left of the score?
# %% [markdown] lang="zh"
# 一次只看一行的网络，权重比全连接网络少得多。三个种子只是迹象，不是证明；而且全连接网络也说明，不用循环照样能读数字。
#
# ## 顺序对它重要吗？
#
# 把每张测试图片按行拆开，再按随机顺序拼起来，每张图片的顺序各不相同。墨迹一点没少。**先猜一猜：**分数还剩多少？
# %%
rng = np.random.default_rng(6)
shuffled = np.array([rows[rng.permutation(28)] for rows in data.test.inputs])
figure = draw.side_by_side(
    [data.test.inputs[0], shuffled[0]],
    ["as written", "rows shuffled"],
    column="column: feature",
    step="time step",
)
lesson.figure(figure, "shuffled")
without_order = test_accuracies("row by row", shuffled)
lesson.result("accuracy_without_order", without_order, baseline=majority)

# %% [markdown] lang="en"
# It does use the order of the rows: a heap of rows is no digit to it.
#
# ## Wrong, and sure of it
#
# The errors of which the network was most certain, over each: truth → answer, and its probability. Would you have known?
# %% [markdown] lang="zh"
# 它确实用到了行的顺序：一堆乱放的行，对它来说不是数字。
#
# ## 答错了，还很有把握
#
# 下面是网络最有把握的错误。每张上面写着：真实 → 回答，以及它给出的概率。换作你，认得出来吗？
# %%
middle = np.argsort(test["row by row"])[1]  # the median seed
model, _, runs = best_runs["row by row"]
model.set_weights(runs[middle][1])
probability = keras.ops.softmax(model(data.test.inputs)).numpy()
answer, certain = probability.argmax(axis=1), probability.max(axis=1)
wrong = np.flatnonzero(answer != data.test.targets)
worst = wrong[np.argsort(-certain[wrong])][:12]
titles = [f"{data.test.targets[n]} → {answer[n]}  {certain[n]:.2f}" for n in worst]
lesson.figure(draw.gallery(data.test.inputs[worst], titles), "errors")
print(f"{len(wrong)} of {len(answer):,} pictures are read wrong")
print(f"{np.mean(certain[wrong] > 0.9):.0%} of the errors have a probability above 0.9")

# %% [markdown] lang="en"
# A high probability is not a promise: some of these pictures would mislead you, too, others would not.
#
# ## To take home
#
# **You choose which axis is time; from then on all that the network knows of the past is its state, and you can ask that state at every step what it believes.**
#
# Then: the **lab** (six exercises), the **autopsy** (a repair that scores well and is no recurrent network any more: B-003-02), the **appendix** (inside the hidden state, more data, one shuffle for all).
# %% [markdown] lang="zh"
# 概率高，并不等于有保证：这些图片里有的也会骗过你，有的不会。
#
# ## 带走一句话
#
# **哪个轴是时间，由你来定；定了之后，网络对过去的全部了解就是它的状态，而每一步你都可以问这个状态：你认为是什么？**
#
# 接下来：**练习**（六道题）、**剖析**（一种得分很高、却已不再循环的改法：B-003-02）、**附录**（隐藏状态的内部、更多数据、所有图片同一种打乱）。
