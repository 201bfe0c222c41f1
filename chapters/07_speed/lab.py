# %% [markdown] lang="en"
# # 7. Where does the time go? Lab
#
# Six exercises, each with a check that tells you what is wrong. Fill in the cells that end in `...`, run them, then run the check below. Two hints unfold under each task. The solutions are in the notebook `solutions`.
# %% [markdown] lang="zh"
# # 7. 时间都去哪儿了？练习
#
# 六道练习，每道都有检查，会告诉你错在哪里。把以 `...` 结尾的格子补完，运行，再运行下面的检查。每道题下有两条可展开的提示。答案在 `solutions` 笔记本里。
# %%
from rnn_tf.course import begin

lesson = begin("07_speed", part="lab")

import time

import numpy as np

from rnn_tf import generation
from rnn_tf.backend import tf
from rnn_tf.course.checks import speed as check

# %% [markdown] lang="en"
# ## Exercise 1. Two prices
#
# A call with `rows` rows takes `seconds = a_call + a_row * rows`. You are given both as arrays. Find the two prices and return `a_call, a_row`.
#
# <details><summary>Hint 1</summary>
#
# Two points fix a straight line.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `a_row` is the slope: how many more seconds, divided by how many more rows. What is left of the first point when its rows are paid?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 两笔开销
#
# 一次调用里放 `rows` 行，用时 `seconds = a_call + a_row * rows`。两者都以数组给出。求这两笔开销，返回 `a_call, a_row`。
#
# <details><summary>提示 1</summary>
#
# 两点定一条直线。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `a_row` 就是斜率：时间多出多少，除以行数多出多少。第一个点减去它那些行的开销，还剩多少？
#
# </details>
# %% kind="starter"
def prices(rows, seconds):
    ...


# %% kind="solution"
def prices(rows, seconds):
    a_row = (seconds[-1] - seconds[0]) / (rows[-1] - rows[0])
    return seconds[0] - a_row * rows[0], a_row


# %%
check.prices(prices)

# %% [markdown] lang="en"
# ## Exercise 2. A stopwatch
#
# `ways` is a dictionary `{name: function}`. Call each function once without timing it. Then let all of them take `turns` turns. Return `{name: list of seconds, one for each turn}`.
#
# <details><summary>Hint 1</summary>
#
# Two loops, one inside the other. Which one is outside: the turns or the ways?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `time.perf_counter()` before and after a call; the difference is its time.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 秒表
#
# `ways` 是一个字典 `{名称: 函数}`。先把每个函数调用一次，不计时；再让它们轮流 `turns` 次。返回 `{名称: 各次用时的列表，单位秒}`。
#
# <details><summary>提示 1</summary>
#
# 两个循环，一个套一个。外层该是轮次，还是做法？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 调用前后各取一次 `time.perf_counter()`，两者之差就是用时。
#
# </details>
# %% kind="starter"
def measure(ways, turns):
    ...


# %% kind="solution"
def measure(ways, turns):
    found = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(turns):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            found[name].append(time.perf_counter() - start)
    return found


# %%
check.stopwatch(measure)

# %% [markdown] lang="en"
# ## Exercise 3. What may be said?
#
# `old` and `new` are the seconds of two ways, turn by turn. Return 1 if you may say that the new way is faster, −1 if slower, and 0 if two runs might disagree. Say something only if all turns agree, and if the median of `old / new` is 1.15 or more (faster) or 1/1.15 or less (slower).
#
# <details><summary>Hint 1</summary>
#
# In some turns the machine may be busy. It is then busy for both.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `ratios = old / new` compares within each turn. Look at `ratios.min()`, `ratios.max()` and `np.median(ratios)`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 能说什么？
#
# `old` 和 `new` 是两种做法各次轮流的秒数。能说新做法更快，返回 1；能说更慢，返回 −1；再测一次结论可能就变，返回 0。只有各次轮流都一致，而且 `old / new` 的中位数达到 1.15 以上（更快）或 1/1.15 以下（更慢），才能下结论。
#
# <details><summary>提示 1</summary>
#
# 有几次轮流机器可能很忙，不过它对两种做法一样忙。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `ratios = old / new` 是在每次轮流之内比较。看看 `ratios.min()`、`ratios.max()` 和 `np.median(ratios)`。
#
# </details>
# %% kind="starter"
def may_say(old, new):
    ...


# %% kind="solution"
def may_say(old, new):
    ratios = old / new
    if ratios.min() > 1 and np.median(ratios) >= 1.15:
        return 1
    if ratios.max() < 1 and np.median(ratios) <= 1 / 1.15:
        return -1
    return 0


# %%
check.claim(may_say)

# %% [markdown] lang="en"
# ## Exercise 4. One call for all texts
#
# How likely does a language model find each of some texts? `one_by_one` below gives the right answer, as article 001 would: a text at a time. Write `at_once`, which gives the same numbers in one call for each step, whatever the number of texts.
#
# `stepper(ids, states)` takes a step: `ids` (batch,), one token of each text. It returns logits (batch, vocabulary) and the new states.
#
# <details><summary>Hint 1</summary>
#
# `stepper.initial_states(batch_size)` gives a state to every text. `texts[:, t]` is token `t` of all texts.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `log_p[np.arange(len(texts)), texts[:, t + 1]]` picks one number out of each row.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 一次调用，所有文字
#
# 语言模型认为几段文字各有多大的可能？下面的 `one_by_one` 给出正确答案，做法同文章 001：一段一段地来。请写 `at_once`：结果一样，但不管有多少段，每一步只调用一次。
#
# `stepper(ids, states)` 走一步：`ids` 的形状是（批,），每段文字出一个词元。它返回形状为（批，词表大小）的 logits，以及新的状态。
#
# <details><summary>提示 1</summary>
#
# `stepper.initial_states(batch_size)` 给每段文字一份状态。`texts[:, t]` 是所有文字的第 `t` 个词元。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `log_p[np.arange(len(texts)), texts[:, t + 1]]` 从每一行里取出一个数。
#
# </details>
# %%
def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def one_by_one(stepper, texts):
    totals = []
    for text in texts:
        states, total = stepper.initial_states(batch_size=1), 0.0
        for t in range(len(text) - 1):
            logits, states = stepper(text[t : t + 1], states)
            total += log_softmax(logits)[0, text[t + 1]]
        totals.append(total)
    return np.array(totals)


# %% kind="starter"
def at_once(stepper, texts):
    ...


# %% kind="solution"
def at_once(stepper, texts):
    states, totals = stepper.initial_states(batch_size=len(texts)), np.zeros(len(texts))
    for t in range(texts.shape[1] - 1):
        logits, states = stepper(texts[:, t], states)
        totals += log_softmax(logits)[np.arange(len(texts)), texts[:, t + 1]]
    return totals


# %%
check.scores(at_once)

# %% [markdown] lang="en"
# ## Exercise 5. Any length
#
# A `tf.function` is traced anew for each new shape. Make `f`, which takes (any number, 28) float32 numbers, into a graph that is traced once or twice for good.
#
# <details><summary>Hint 1</summary>
#
# `tf.function` has an argument that says beforehand what will come: `input_signature`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.TensorSpec([None, 28], tf.float32)`: the axis named `None` may have any length.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 多长都行
#
# `tf.function` 每见到一个新形状，就重新追踪一遍。函数 `f` 的输入形状是（任意，28），float32。把它变成一张计算图，总共只追踪一两次。
#
# <details><summary>提示 1</summary>
#
# `tf.function` 有一个参数，可以预先说明会来什么：`input_signature`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `tf.TensorSpec([None, 28], tf.float32)`：写作 `None` 的轴，长度随意。
#
# </details>
# %% kind="starter"
def compiled(f):
    ...


# %% kind="solution"
def compiled(f):
    return tf.function(f, input_signature=[tf.TensorSpec([None, 28], tf.float32)])


# %%
check.any_length(compiled)

# %% [markdown] lang="en"
# ## Exercise 6. A fast writer
#
# `by_predict` writes greedily, the likeliest token each time, and calls `predict` on the whole text for every token. Write `make_writer(model)`: it makes ready whatever it likes, then returns a function `write(prompt, count)` that writes the very same tokens, at least five times as fast. How far do you get?
#
# <details><summary>Hint 1</summary>
#
# What the lesson compiled may be made once, in `make_writer`, and used often, in `write`: a `tf.function`, a `generation.Stepper`, a `generation.WholeLoop`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `generation.generate(stepper, prompt, max_tokens=count, forbidden=(), end_id=None)` writes greedily and stops nowhere.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 写得快
#
# `by_predict` 用贪心解码，每次取最可能的词元，每写一个都对整段文字调用一次 `predict`。请写 `make_writer(model)`：先做好任何准备，再返回一个函数 `write(prompt, count)`，写出一模一样的词元，速度至少是 `by_predict` 的五倍。你能做到几倍？
#
# <details><summary>提示 1</summary>
#
# 正课里编译的东西，可以在 `make_writer` 里只做一次，在 `write` 里反复用：`tf.function`、`generation.Stepper` 或 `generation.WholeLoop`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `generation.generate(stepper, prompt, max_tokens=count, forbidden=(), end_id=None)` 用贪心解码，中途不停。
#
# </details>
# %%
def by_predict(model):
    def write(prompt, count):
        ids = list(prompt)
        for _ in range(count):
            logits = model.predict(np.array([ids]), verbose=0)  # (1, tokens, vocabulary)
            ids.append(int(np.argmax(logits[0, -1])))
        return ids[len(prompt) :]

    return write


# %% kind="starter"
def make_writer(model):
    ...


# %% kind="solution"
def make_writer(model):
    stepper = generation.Stepper(model)

    def write(prompt, count):
        return generation.generate(
            stepper, prompt, max_tokens=count, forbidden=(), end_id=None
        )

    return write


# %%
check.writer(make_writer)
