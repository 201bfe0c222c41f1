# %% [markdown] lang="en"
# # 7. Where does the time go? Autopsy
#
# Here nothing raises. A program that waits looks like a program that works, and a sentence about speed looks like knowledge. So each station asks first: **what will happen?** Answer, then run. About 20 minutes.
#
# 1. Ten thousand small steps
# 2. A text that is none
# 3. "The complexity is high"
# 4. "Mixed precision makes training faster"
# 5. A graph that is made again and again
# %% [markdown] lang="zh"
# # 7. 时间都去哪儿了？剖析
#
# 这里没有一处会报错。一直在等的程序，看上去和干活的程序一样；一句关于速度的话，听上去就像知识。所以每一站都先问：**会发生什么？** 想好答案，再运行。大约 20 分钟。
#
# 1. 一万个小步
# 2. 不成文的“文字”
# 3. “计算复杂度高”
# 4. “混合精度能提高训练速度”
# 5. 一遍又一遍重造的计算图
# %%
from rnn_tf.course import begin

lesson = begin("07_speed", part="autopsy")

from itertools import count, pairwise

import numpy as np

from rnn_tf import generation, layers, models, training
from rnn_tf.backend import keras, tf
from rnn_tf.course import timing
from rnn_tf.course.figures import speed

# %% [markdown] lang="en"
# ## 1. Ten thousand small steps
#
# Article 001 (§5.2) trains on one sample: a `GradientTape`, a small network, an optimizer, and on to the next sample. Our miniature has the same three products: 8 inputs, 16 units, one output.
#
# **What will happen** if the very same Python gets 256 samples at once? There is 256 times as much to add and multiply. Guess how many times as long it takes.
# %% [markdown] lang="zh"
# ## 1. 一万个小步
#
# 文章 001（§5.2）一次只训练一个样本：打开 `GradientTape`，跑一个小网络，调用优化器，再换下一个样本。我们的缩小版同样是三个乘积：8 个输入、16 个单元、1 个输出。
#
# 同一段 Python，一次给它 256 个样本，**会发生什么？** 要做的加法和乘法是原来的 256 倍。猜猜用时是原来的几倍。
# %%
random = np.random.default_rng(0)
x = random.normal(size=(256, 8)).astype("float32")
y = (x[:, :1] > 0).astype("float32")


def article_step():
    """One training step as in the article, on whatever samples it is given."""
    shapes = [(8, 16), (16, 16), (16, 1), (16,), (1,)]
    weights = [keras.Variable(random.normal(size=shape), dtype="float32") for shape in shapes]
    W_x, W_h, W_y, b_h, b_y = weights
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(weights)

    def step(x, y):
        with tf.GradientTape() as tape:
            before = tf.zeros((1, 16))
            h = tf.tanh(tf.matmul(x, W_x) + tf.matmul(before, W_h) + b_h)
            logits = tf.matmul(h, W_y) + b_y
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits)
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    return step


eager, in_graph = article_step(), tf.function(article_step())
times = timing.by_turns(
    {
        "1 sample": lambda: eager(x[:1], y[:1]).numpy(),
        "256 samples": lambda: eager(x, y).numpy(),
        "256 samples, tf.function": lambda: in_graph(x, y).numpy(),
    }
)
one, many, graph = times.values()
print(f"256 times the arithmetic takes {many.median / one.median:.2f} times as long.")
print(f"tf.function, a step: {timing.ratio(many, graph)}")
print(f"100,000 steps of one sample: {1e5 * one.median / 60:.1f} minutes")
print(f"the same samples in batches in a graph: {1e5 / 256 * graph.median:.1f} seconds")
assert many.median < 20 * one.median

# %% [markdown] lang="en"
# *Cause*: there was hardly any arithmetic. Each sample pays for Python, the tape and the optimizer. *The test that finds it*: give the step more samples. A step that works gets slower; a step that waits does not.
#
# *Repair*: batches, in a graph. The fault has two more sides, noise and order; they are told in lesson 2.
# %% [markdown] lang="zh"
# **原因**：运算几乎可以忽略，每个样本的时间都花在 Python、`GradientTape` 和优化器上。**能发现它的检验**：多给它些样本。真在干活的步会变慢，只是在等的步不会。
#
# **改法**：成批，放进图里。这处毛病还有两面，噪声和次序，第 2 课讲。
# %%
lesson.ledger("B-001-24")

# %% [markdown] lang="en"
# ## 2. A text that is none
#
# Article 004 (§4.6) calls `predict` on test sequences, takes the likeliest word for each and joins the words. It calls that generation.
#
# **What will happen** to such a "text" if we turn the order of the test sequences round?
# %% [markdown] lang="zh"
# ## 2. 不成文的“文字”
#
# 文章 004（§4.6）对测试序列调用 `predict`，每条取最可能的词，再把词连起来，称之为生成。
#
# 把测试序列的次序倒过来，这样的“文字”**会发生什么？**
# %%
training.set_seed(0)
model = models.word_language_model(40, embedding=16, units=32, dropout=0.0, pad_is_zero=False)
for weight in model.weights:
    weight.assign(random.normal(scale=0.5, size=weight.shape))
sequences = random.integers(4, 40, size=(12, 8))


def article_text(sequences):
    return model.predict(sequences, verbose=0)[:, -1].argmax(axis=-1)


as_given, turned = article_text(sequences), article_text(sequences[::-1])
print("as given:    ", as_given)
print("turned round:", turned)
assert np.array_equal(turned, as_given[::-1])

# %% [markdown] lang="en"
# The "text" is turned round too, word by word. So no word depends on the word before it: these are twelve answers to twelve questions. *The test that finds it* is the one we just made. *Cause*: nothing is fed back. *Repair*: each token that was chosen becomes the next input. Then another first token gives another text:
# %% [markdown] lang="zh"
# “文字”也逐词倒了过来。可见没有一个词依赖它前面的词：这只是十二道题的十二个答案。**能发现它的检验**，就是刚才做的这个。**原因**：什么都没有喂回去。**改法**：把选中的词元当作下一个输入。这样，换一个开头，后面就全变了：
# %%
stepper = generation.Stepper(model)
texts = [generation.generate(stepper, [1, first], max_tokens=12, end_id=None) for first in (5, 6)]
for ids in texts:
    print(ids)
assert not np.array_equal(*texts)

# %%
lesson.ledger("B-004-16")

# %% [markdown] lang="en"
# Feeding back repairs the meaning, and opens the door to waste: whoever goes on calling `predict` reads the whole text again for each token. What that costs is the first figure of the lesson.
#
# ## 3. "The complexity is high"
#
# Three of the articles say that recurrent networks have a high computational complexity (000 §5, 001 §8.3, 003 §5), above all for long sequences.
#
# **What will happen** to the time of a training step if the sequence is twice as long? Four times? Eight times? Does it grow with the square?
# %% [markdown] lang="zh"
# 喂回去，意思就对了，浪费的门也打开了：谁若还是用 `predict`，每写一个词元都要把全文重读一遍。代价多大，正课的第一张图画得清清楚楚。
#
# ## 3. “计算复杂度高”
#
# 有三篇文章说，循环网络的计算复杂度高（000 §5、001 §8.3、003 §5），长序列尤其如此。
#
# 序列长一倍，一个训练步的用时**会怎样？** 四倍呢？八倍呢？会随长度的平方增长吗？
# %%
lengths = [64, 128, 256, 512]


def step_of_length(length):
    """A compiled training step of an LSTM on so many steps."""
    net = keras.Sequential([keras.Input((length, 8), batch_size=32), layers.LSTM(64)])
    inputs = tf.constant(random.normal(size=(32, length, 8)), tf.float32)
    optimizer = keras.optimizers.Adam()
    optimizer.build(net.trainable_weights)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(net(inputs) ** 2)
        gradients = tape.gradient(loss, net.trainable_weights)
        optimizer.apply(gradients, net.trainable_weights)
        return loss

    return lambda: step().numpy()


times = timing.by_turns({length: step_of_length(length) for length in lengths}, turns=9)
ms = [1e3 * one.quickest for one in times.values()]
line = [ms[0] * length / lengths[0] for length in lengths]
names = ["measured", "in proportion to the length"]
figure = speed.growth(lengths, ms, line, x="steps", y="a training step (ms)", names=names)
lesson.figure(figure, "growth")
for (short, before), (long, after) in pairwise(zip(lengths, ms, strict=True)):
    print(f"{short} → {long} steps: {after / before:.2f} times as long")
power = np.log(ms[-1] / ms[0]) / np.log(lengths[-1] / lengths[0])
lesson.result("growth_power", power, baseline=2)

# %% [markdown] lang="en"
# It grows with the length, not with its square. So the complexity is as low as it can be: whoever reads a sequence must look at each step. Something else can be dear: the *order*. How dear? Here are 256 steps of one sequence, each waiting for the one before; then the same number of multiplications with nobody waiting for anybody.
# %% [markdown] lang="zh"
# 用时随长度增长，不随长度的平方。复杂度已经低到不能再低：要读一个序列，总得看每一步。可能贵的是**先后次序**。有多贵？下面先让一个序列走 256 步，每步都等着前一步；再做同样多的乘法，谁也不等谁。
# %%
start = tf.random.normal((1, 256))
W = tf.random.normal((256, 256)) / 16
all_steps = tf.random.normal((256, 256))


@tf.function
def in_order():
    h = start
    for _ in range(256):
        h = tf.matmul(h, W)
    return h


@tf.function
def at_once():
    return tf.matmul(all_steps, W)


times = timing.by_turns({"in order": in_order, "at once": at_once})
print("at once:", timing.ratio(times["in order"], times["at once"]))

# %%
lesson.ledger("S-26", "S-75")

# %% [markdown] lang="en"
# ## 4. "Mixed precision makes training faster"
#
# So says article 001 (§8.4), of quantisation too, and names no machine. Keras makes it a matter of one word: `dtype="mixed_bfloat16"`. Numbers have half the bits, so half the memory moves.
#
# **What will happen** on your processor? Faster, slower, no difference?
# %% [markdown] lang="zh"
# ## 4. “混合精度能提高训练速度”
#
# 文章 001（§8.4）是这么说的，量化也一样，却没说在什么机器上。在 Keras 里只要写一个词：`dtype="mixed_bfloat16"`。每个数的位数减半，要搬的内存也减半。
#
# 在你的处理器上**会发生什么？** 更快，更慢，还是没有差别？
# %%
pictures = tf.constant(random.normal(size=(128, 28, 28)), tf.float32)


def keras_step(dtype):
    """A compiled training step of Keras's LSTM in this precision."""
    net = keras.Sequential([keras.Input((28, 28)), keras.layers.LSTM(128, dtype=dtype)])
    optimizer = keras.optimizers.Adam()
    optimizer.build(net.trainable_weights)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.cast(net(pictures), tf.float32) ** 2)
        gradients = tape.gradient(loss, net.trainable_weights)
        optimizer.apply(gradients, net.trainable_weights)
        return loss

    return lambda: step().numpy()


kinds = ["float32", "mixed_bfloat16", "mixed_float16"]
times = timing.by_turns({kind: keras_step(kind) for kind in kinds})
for kind in kinds[1:]:
    print(f"float32 → {kind}: {timing.ratio(times['float32'], times[kind])}")

# %% [markdown] lang="en"
# Whatever your machine says, it says it of your machine. Half the bits help where the processor multiplies such numbers by itself, as GPUs and some CPUs do. Elsewhere each number is turned into float32 and back, which is more work, not less.
#
# *Repair*: measure before you believe, and round only what gains by it. Our layer can round the operands of its recurrent products alone, `LSTM(…, products="bfloat16")`; the appendix has its speed and its error. Quantisation is another matter: it makes a trained network small, it does not make training fast.
# %% [markdown] lang="zh"
# 你的机器给出什么答案，那也只是你这台机器的答案。位数减半，要处理器自己会做这种乘法才有用，GPU 和一部分 CPU 会；否则每个数先变成 float32，再变回来，活不减反增。
#
# **改法**：先测再信，只舍入真能受益的部分。我们的层可以只舍入循环里矩阵乘积的因子：`LSTM(…, products="bfloat16")`，速度和误差见附录。量化是另一回事：它把训练好的网络变小，并不让训练变快。
# %%
lesson.ledger("S-77", "S-78")

# %% [markdown] lang="en"
# ## 5. A graph that is made again and again
#
# This one is in none of the articles. It lies in wait for those who repair them. We compile a step, as the lesson says, and give it batches of different sizes, and the learning rate as a plain number that falls a little each time.
#
# **What will happen?** An error? Wrong numbers? Neither?
# %% [markdown] lang="zh"
# ## 5. 一遍又一遍重造的计算图
#
# 这一处文章里没有，它等着的是改正文章的人。我们照正课把一步编译好，每次给它大小不同的批，学习率是一个普通的数，每次调小一点。
#
# **会发生什么？** 报错？算错？都不是？
# %%
kernel = tf.Variable(tf.random.normal((28, 128)))


@tf.function
def careless(batch, rate):
    kernel.assign_sub(rate * tf.matmul(batch, tf.tanh(tf.matmul(batch, kernel)), transpose_a=True))
    return tf.reduce_sum(kernel)


@tf.function(input_signature=[tf.TensorSpec([None, 28]), tf.TensorSpec([])])
def careful(batch, rate):
    kernel.assign_sub(rate * tf.matmul(batch, tf.tanh(tf.matmul(batch, kernel)), transpose_a=True))
    return tf.reduce_sum(kernel)


rates = (1e-6 * 0.999**n for n in count())  # each a little smaller than the one before


def epoch(step):
    """Batches of 20 to 29 rows, each with the next learning rate."""
    for size in range(20, 30):
        step(tf.ones((size, 28)), next(rates))


times = timing.by_turns({"careless": lambda: epoch(careless), "careful": lambda: epoch(careful)})
print("careful:", timing.ratio(times["careless"], times["careful"]))
for name, step in (("careless", careless), ("careful", careful)):
    print(f"{name}: traced {step.experimental_get_tracing_count()} times")
assert careful.experimental_get_tracing_count() == 1
assert careless.experimental_get_tracing_count() > 50

# %% [markdown] lang="en"
# The numbers are right, only each call is as slow as a first call. *Cause*: a graph is kept for each new shape, and for each new Python number. *The test that finds it*: `step.experimental_get_tracing_count()` must stay small; or put a `print` into the function, which speaks at tracing only. *Repair*: numbers that change go in as tensors, and axes that change are `None` in the `input_signature`.
# %% [markdown] lang="zh"
# 数都没错，只是每次调用都和首次调用一样慢。**原因**：每来一个新形状，每来一个新的 Python 数，都要另造一张图存着。**能发现它的检验**：`step.experimental_get_tracing_count()` 应当一直很小；也可以在函数里放一个 `print`，它只在追踪时出声。**改法**：会变的数以张量传入，会变的轴在 `input_signature` 里写作 `None`。
