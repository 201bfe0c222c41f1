# %% [markdown] lang="en"
# # 7. Where does the time go?
#
# One network writes two texts, on your machine, with the same weights. For the first one we call `predict` once for each token. The second one comes out of a loop that was compiled as a whole.
#
# **Guess first:** how many times as fast is the second way? Twice? Ten times? Write your guess down, then run the next three cells.
#
# *Half a minute, 1.1 GB. You need the LSTM of lesson 3; lesson 6 helps.*
# %% [markdown] lang="zh"
# # 7. 时间都去哪儿了？
#
# 就在你的机器上，同一个网络、同一组权重，写两段文字。第一段每写一个词元就调用一次 `predict`，第二段出自一个整个编译好的循环。
#
# **先猜一猜：** 第二种做法的速度是第一种的几倍？两倍？十倍？记下你猜的数，再运行下面三格。
#
# *用时半分钟，内存 1.1 GB。需要第 3 课的 LSTM；学过第 6 课更好。*
# %%
from rnn_tf.course import begin

lesson = begin("07_speed")

from itertools import pairwise

import numpy as np

from rnn_tf import generation, models
from rnn_tf.backend import keras, tf
from rnn_tf.course import timing
from rnn_tf.course.figures import speed
from rnn_tf.datasets import digits

# An LSTM of 256 units over 60 symbols, untrained: time asks for shapes only
model = models.word_language_model(60, embedding=64, units=256, dropout=0.0, pad_is_zero=False)
whole_loop = generation.WholeLoop(model)
prompt = np.random.default_rng(0).integers(4, 60, size=64)


# %%
def write_by_window(logits_of, count):
    """For each new token the network reads the last 64 tokens again, from the first to the last."""
    ids = list(prompt)
    for _ in range(count):
        logits = logits_of(np.array([ids[-64:]]))  # (1, 64 steps, 60 symbols)
        ids.append(int(np.argmax(logits[0, -1])))
    return ids[64:]


def with_predict(count):
    return write_by_window(lambda ids: model.predict(ids, verbose=0), count)


def write(writer, count, seed=0):
    """Token by token, the state carried along."""
    return generation.generate(
        writer, prompt[:4], max_tokens=count, strategy="temperature", seed=seed, end_id=None
    )


# %%
times = timing.by_turns(
    {
        "predict, token by token": (lambda: with_predict(2), 2),
        "the whole loop, compiled": (lambda: write(whole_loop, 4096), 4096),
    },
    turns=3,
)
speeds = {name: 1 / one.median for name, one in times.items()}
lesson.figure(speed.tokens(speeds, x="tokens a second, on this machine"), "hook")
slow, fast = speeds.values()
print(f"While predict writes one token, the compiled loop writes {fast / slow:,.0f}.")

# %% [markdown] lang="en"
# How far off was your guess? The processor is the same and so is the network. So `predict` cannot be busy with the network all that time. What does it do?
#
# ## The idea in one picture
#
# A network is a long list of small pieces of arithmetic: a product of matrices, an addition, a tanh. Before each of them somebody has to **ask** for it: Python looks up a function, checks shapes, finds memory, hands the work over. While that goes on, nothing is calculated.
# %% [markdown] lang="zh"
# 你猜的数差了多远？处理器是同一个，网络也是同一个，可见 `predict` 不可能一直在算网络。它在做什么呢？
#
# ## 一张图看懂
#
# 网络就是一长串小运算：矩阵乘积、加法、tanh。每个运算之前，总得有谁去派活：Python 要找到函数、检查形状、分配内存，再把活交出去。**派活**的这段时间里，什么都没有算。
# %%
lesson.figure(
    speed.waiting(
        {
            "one sample at a time": (16, 0.1, 0.5),
            "a batch: more work in each call": (4, 0.4, 0.5),
            "a batch, compiled: fewer calls": (4, 0.4, 0.05),
        },
        work="arithmetic",
        asking="asking for it",
        x="time → (a sketch)",
    ),
    "idea",
)

# %% [markdown] lang="en"
# ## One call, with numbers
#
# Is that so? Take one product of an LSTM with 128 units: rows of 128 numbers times a matrix (128, 512). We time it with one row in the call, with four, with sixteen, up to a thousand.
# %% [markdown] lang="zh"
# ## 用数字看一次调用
#
# 真是这样吗？取 128 个单元的 LSTM 里的一个乘积：若干行，每行 128 个数，乘一个 (128, 512) 的矩阵。分别在一次调用里放 1 行、4 行、16 行……直到一千多行，各测一遍。
# %%
matrix = tf.random.normal((128, 512))
counts = [1, 4, 16, 64, 256, 1024]
batches = [tf.random.normal((count, 128)) for count in counts]
times = timing.by_turns(
    {f"{len(batch)}": lambda batch=batch: tf.matmul(batch, matrix) for batch in batches}
)
us = [1e6 * one.median for one in times.values()]  # microseconds a call

# A straight line near all points, as a share of each: a price a call, a price a row
a_row, a_call = np.polyfit(counts, us, 1, w=1 / np.array(us))
rows = [[n, t, t / n, a_call + a_row * n] for n, t in zip(counts, us, strict=True)]
lesson.table(["rows", "µs a call", "µs a row", "the line says"], rows)
print(f"A call costs {a_call:.1f} µs before its first row; a row costs {a_row:.2f} µs.")
print(f"With one row, {a_call / us[0]:.0%} of the time is the call.")
names = ["measured", "a call + rows × a row", "a call alone"]
figure = speed.call(counts, us, a_call, a_row, x="rows in the call", y="time (µs)", names=names)
lesson.figure(figure, "call")

# %% [markdown] lang="en"
# Two numbers explain the shape of the curve: a price for each call, and a price for each row. (Do some of your points lie well off the line? Then the machine was busy. The shape counts: level first, then rising.) On the left we pay for asking, on the right for arithmetic. (The price of a call has two parts: asking for the work, and fetching the matrix from memory. One row needs all of the matrix, and so do a thousand.)
#
# From this follow the three moves of this lesson: **put more into a call**, **make fewer calls**, **hand over the whole loop**.
#
# ## A stopwatch that can be trusted
#
# Times on a computer are noisy. Our stopwatch, `timing.by_turns`, has three rules:
#
# * the **first call** does not count. Much is made ready in it;
# * the ways to be compared take **turns**. If the machine is busy for a moment, it is busy for all of them;
# * a ratio is taken in each turn. We say "faster" only if **all seven turns agree** and the ratio is more than 1.15.
#
# Two ways that are equally fast agree seven times by chance as seldom as seven coins fall alike: once in 64. A stopwatch is tested as scales are: put the same thing on both sides.
# %% [markdown] lang="zh"
# 两个数就说明了曲线的样子：每次调用的开销，和每一行的开销。（你的图里有几个点离线很远？那时机器正忙着别的。要看的是大势：先平，后升。）曲线左边，时间花在派活上；右边，时间花在运算上。（每次调用的开销又分两份：派活，以及从内存取矩阵。算一行要取整个矩阵，算一千行也只取一遍。）
#
# 由此得到这一课的三招：**每次多交点活**，**少交几次**，**把整个循环一次交出去**。
#
# ## 信得过的秒表
#
# 计算机上测的时间总有波动。我们的秒表 `timing.by_turns` 有三条规矩：
#
# * **首次调用**不算，许多准备工作都在那时做；
# * 要比较的几种做法**轮流**来。机器一时忙起来，对谁都一样；
# * 每轮流一次，求一个比值。**七次全都一致**，而且比值超过 1.15，才说“更快”。
#
# 两种做法若一样快，七次碰巧一致的机会，好比七枚硬币落地全同面：64 回里才有一回。检验秒表就像检验天平：两边放上同一样东西。
# %%
same = timing.by_turns(
    {
        "a product": lambda: tf.matmul(batches[4], matrix),
        "the same product": lambda: tf.matmul(batches[4], matrix),
    }
)
print(timing.ratio(same["a product"], same["the same product"]))

# %% [markdown] lang="en"
# ## Moves 1 and 2: a batch, compiled
#
# The digits of lesson 5, read row by row by an LSTM of 128 units that we write down as its equations say. One training step is forward pass, backward pass and Adam.
# %% [markdown] lang="zh"
# ## 第一招和第二招：成批，编译
#
# 还是第 5 课的手写数字，由一个 128 个单元的 LSTM 一行一行地读，LSTM 照公式直写。一个训练步包括前向计算、反向计算和 Adam 更新。
# %%
data = digits.load()
pictures = tf.constant(data.train.inputs[:128], tf.float32)
targets = tf.constant(data.train.targets[:128])
print("pictures (batch, steps, features):", pictures.shape, " targets:", targets.shape)


def new_weights():
    random = np.random.default_rng(0)
    shapes = [(28, 512), (128, 512), (512,), (128, 10), (10,)]
    arrays = [random.normal(scale=0.1, size=shape) for shape in shapes]
    return [keras.Variable(array, dtype="float32") for array in arrays]


def logits_of(weights, pictures):
    """(batch, 28 steps, 28 features) -> (batch, 10 logits)"""
    kernel, recurrent_kernel, bias, head, head_bias = weights
    h = c = tf.zeros((len(pictures), 128))
    for x in tf.unstack(pictures, axis=1):
        a = tf.matmul(x, kernel) + tf.matmul(h, recurrent_kernel) + bias
        i, f, g, o = tf.split(a, 4, axis=-1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
    return tf.matmul(h, head) + head_bias


# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def training_step():
    """A training step with weights and an optimizer of its own."""
    weights, optimizer = new_weights(), keras.optimizers.Adam()
    optimizer.build(weights)

    def step(pictures, targets):
        with tf.GradientTape() as tape:
            loss = cross_entropy(targets, logits_of(weights, pictures))
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


def on(step, count):
    """The step on so many samples: what to call, and how many samples that does."""
    return (lambda: step(pictures[:count], targets[:count]).numpy(), count)


# %% [markdown] lang="en"
# The same Python four times. *Eager*: Python asks for every operation. In a `tf.function`, Python runs once, at the first call (*tracing*); what it asked for is kept as a **graph**, and from then on the whole graph is one call.
#
# In the table, *from … to* is the spread over the turns. *Processor time* is what all cores together spent on a sample; where it is well below the time a sample takes, the processor waited or was busy with something else.
# %% [markdown] lang="zh"
# 同一段 Python 跑四遍。**即时执行**：每个运算都由 Python 去派。放进 `tf.function`：Python 只在首次调用时跑一遍（叫作**追踪**），它派过的活记成一张**计算图**，以后整张图只算一次调用。
#
# 表里的“最小 … 最大”是各次轮流的波动范围。“CPU 时间”是所有核加起来花在一个样本上的时间；它若比每样本用时少得多，处理器就是在等，或者在忙别的。
# %%
ways = {
    "1 one sample, eager": on(training_step(), 1),
    "2 one sample, tf.function": on(tf.function(training_step()), 1),
    "3 a batch, eager": on(training_step(), 128),
    "4 a batch, tf.function": on(tf.function(training_step()), 128),
}
times = timing.by_turns(ways, turns=lesson.pick(class_mode=7, full=15))
header = ["way", "ms a sample", "from … to", "processor time (ms)", "first call (s)"]
lesson.table(header, timing.rows(times))
for slow, fast in pairwise(times):
    print(f"{slow} → {fast}: {timing.ratio(times[slow], times[fast])}")
first, *_, last = times.values()
lesson.result("batches_in_a_graph", timing.ratio(first, last).median, baseline=1)
for name, one in zip(["way 1", "way 4"], [first, last], strict=True):
    print(f"Ten epochs of 10,000 samples, {name}: {100_000 * one.median / 60:.1f} minutes")

# %% [markdown] lang="en"
# The first way is that of article 001: one sample, a tape, an optimizer, ten thousand times an epoch. Nothing in it is wrong. It only waits. Nothing finer will matter to you before you have made these two moves.
#
# In fairness: way 1 updates the weights 128 times where way 4 does it once, so an epoch of the one is not an epoch of the other. Divide the factor of the result by 128: so many updates, each by a whole batch, does way 4 make while way 1 makes one of them, by a single sample.
#
# ## Move 3: hand over the whole loop
#
# Back to the two texts. `predict` pays three times over: it makes ready much that one token does not need; it reads 64 tokens again to write one; and it goes back to Python for every token. We take that away piece by piece:
#
# 1. `predict` on the last 64 tokens;
# 2. the model as a `tf.function` on the same window;
# 3. `generation.Stepper`: the state is carried along, a token costs one step;
# 4. `generation.WholeLoop`: the loop itself, with the choice of each token, is one function, compiled by XLA, the compiler that TensorFlow brings along. Python is asked once a text.
# %% [markdown] lang="zh"
# 第 1 种就是文章 001 的做法：取一个样本，开一个 `GradientTape`，优化器更新一次，一轮重复一万遍。它没有哪里算错，只是一直在等。这两招没用上之前，更细的技巧都不必谈。
#
# 公平地说：第 1 种更新 128 次权重时，第 4 种才更新一次，两者的一轮并不等价。拿结果里的倍数除以 128：第 1 种用一个样本更新一次的工夫，第 4 种就用整批更新了这么多次。
#
# ## 第三招：把整个循环交出去
#
# 回到开头的两段文字。`predict` 多付了三笔：为一个词元做了许多用不着的准备；为写一个词元，把 64 个词元重读一遍；每写一个词元，都要回到 Python。我们一笔一笔地去掉：
#
# 1. 对最后 64 个词元调用 `predict`；
# 2. 把模型放进 `tf.function`，窗口不变；
# 3. `generation.Stepper`：状态一路带着走，一个词元只花一步；
# 4. `generation.WholeLoop`：循环本身，连同挑选词元，合成一个函数，由 TensorFlow 自带的编译器 XLA 编译。写一段文字，只惊动 Python 一次。
# %%
compiled = tf.function(lambda ids: model(ids, training=False))
stepper = generation.Stepper(model)
ways = {
    "1 predict": (lambda: with_predict(2), 2),
    "2 window, tf.function": (lambda: write_by_window(lambda ids: compiled(ids).numpy(), 10), 10),
    "3 Stepper": (lambda: write(stepper, 40), 40),
    "4 WholeLoop": (lambda: write(whole_loop, 4096), 4096),
}
times = timing.by_turns(ways, turns=lesson.pick(class_mode=7, full=15))
speeds = {name: 1 / one.median for name, one in times.items()}
lesson.figure(speed.tokens(speeds, x="tokens a second (log scale)", log=True), "tokens")
for slow, fast in pairwise(times):
    print(f"{slow} → {fast}: {timing.ratio(times[slow], times[fast])}")

# %%
first, *_, last = times.values()
lesson.result("whole_loop_speed", 1 / last.median, baseline=1 / first.median)
lesson.result("whole_loop_gain", timing.ratio(first, last).median, baseline=1)

# %% [markdown] lang="en"
# The factors multiply; that is how so large a factor comes about. Between ways 2 and 3 look at what is *not* gained: the arithmetic for a token shrinks to a 64th, the time by far less. It had not gone into arithmetic. But is it the same text? A window forgets what slides out of it, so ways 1 and 2 write texts of their own. Ways 3 and 4 must write the same tokens for the same seed, one by one:
# %% [markdown] lang="zh"
# 倍数是连乘的，这么大的倍数就是这样来的。再看第 2 种到第 3 种：每个词元的运算只剩六十四分之一，用时却远没有少这么多，可见时间本来就没花在运算上。可是写的还一样吗？窗口会忘掉滑出去的部分，所以第 1、第 2 种做法自成一套。第 3、第 4 种，同一个种子必须写出同样的词元，一个都不差：
# %%
by_seed = [(write(stepper, 64, seed), write(whole_loop, 64, seed)) for seed in lesson.seeds]
print(*(ids[:16] for ids in by_seed[0]), sep="\n")
by_chance = 1 / (60 - len(generation.FORBIDDEN))
same = [np.mean(one_by_one == whole) for one_by_one, whole in by_seed]
lesson.result("same_ids", same, baseline=by_chance)

# %% [markdown] lang="en"
# ## To take home
#
# **In small calls the time goes into asking, not into arithmetic: put more into each call, and call less often.** Then measure, by turns.
#
# What is left after these three moves? The steps themselves, which must come one after the other. The appendix goes on there: what can be taken out of the loop, a gradient by hand, blocks, several chains on several cores, and the switch that made it worse. It also shows an epoch of `fit` that waits in vain. In the autopsy you see what happens when a `tf.function` traces again and again.
# %% [markdown] lang="zh"
# ## 带走一句话
#
# **活交得零碎，时间就花在派活上，不是花在运算上：每次多交点活，少交几次。** 然后轮流测一测。
#
# 三招用过，还剩下什么？剩下时间步本身，它们只能一个接一个地走。附录从这里讲下去：哪些能提到循环外，手推梯度，分块，几条链用上几个核，还有一个越改越慢的开关；那里还有一轮白等一场的 `fit`。`tf.function` 一遍又一遍地追踪会怎样，剖析里见。
