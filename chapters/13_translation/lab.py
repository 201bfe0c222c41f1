# %% [markdown] lang="en"
# # 13. Translation: the lab
#
# Six exercises, from one line to a translator of your own. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 13. 翻译：练习
#
# 六道练习，从填一行到造一个自己的翻译器。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("13_translation", part="lab")

import numpy as np

from rnn_tf import translation
from rnn_tf.course.checks import translation as check
from rnn_tf.datasets import numbers

# %% [markdown] lang="en"
# ## Exercise 1. Words and sentences
#
# A translator has 95 of 100 words right, each word by itself, whatever happened before. What share of its sentences of **twelve** words is wholly right?
#
# <details><summary>Hint 1</summary>
#
# Two words are both right with 0.95 · 0.95.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# In Python a power is written `**`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 词与句
#
# 一个翻译器，一百个词里对九十五个，各词互不影响。**十二**个词的句子，全对的占多大比例？
#
# <details><summary>提示 1</summary>
#
# 两个词都对的概率是 0.95 · 0.95。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# Python 里乘方写作 `**`。
#
# </details>
# %% kind="starter"
share = ...

# %% kind="solution"
share = 0.95**12
print(f"share: {share:.3f}")

# %%
check.whole_sentences(share)

# %% [markdown] lang="en"
# ## Exercise 2. Weights, but none for padding
#
# Turn scores (steps, places) into weights of the same shape: in every row a softmax over the real places, 0 at the others. `real` (places,) says which are real. It must work for scores in the thousands, too.
#
# <details><summary>Hint 1</summary>
#
# Which score has the exponential 0? `np.where(real, scores, …)` puts it in place without changing what you were given.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Before `np.exp`, subtract from each row its largest score: `scores.max(axis=1, keepdims=True)`. Then divide by the row's sum, with `keepdims` as well.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 权重，但不给填充
#
# 把分数（形状为 (步, 位置)）变成同样形状的权重：每一行在真实位置上做 softmax，其余位置为 0。`real`（形状为 (位置,)）标出哪些位置是真实的。分数上千时也不能出错。
#
# <details><summary>提示 1</summary>
#
# 哪个分数的指数是 0？`np.where(real, scores, …)` 可以把它放进去，又不改动传入的数组。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 取 `np.exp` 之前，每一行先减去本行的最大值：`scores.max(axis=1, keepdims=True)`。然后除以行和，同样要用 `keepdims`。
#
# </details>
# %% kind="starter"


def attention_weights(scores, real):
    return ...


# %% kind="solution"


def attention_weights(scores, real):
    allowed = np.where(real, scores, -np.inf)
    raised = np.exp(allowed - allowed.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


# %%
check.attention_weights(attention_weights)

# %% [markdown] lang="en"
# ## Exercise 3. One look
#
# Write the whole look: from a query (units,) and a memory (places, units) to the context (units,). All places are real.
#
# <details><summary>Hint 1</summary>
#
# Three lines: scores (places,), weights (places,), context (units,). The lesson did it with three characters.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `memory @ query` are the scores; `weights @ memory` is a weighted mean of the rows.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 看一眼
#
# 写出完整的一眼：由查询（形状为 (单元,)）和记忆（形状为 (位置, 单元)）得到上下文（形状为 (单元,)）。所有位置都是真实的。
#
# <details><summary>提示 1</summary>
#
# 三行：分数 (位置,)、权重 (位置,)、上下文 (单元,)。课上用三个字做过一遍。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `memory @ query` 就是分数；`weights @ memory` 是各行的加权平均。
#
# </details>
# %% kind="starter"


def attend(query, memory):
    return ...


# %% kind="solution"


def attend(query, memory):
    scores = memory @ query
    raised = np.exp(scores - scores.max())
    return raised / raised.sum() @ memory


# %%
check.context(attend)

# %% [markdown] lang="en"
# ## Exercise 4. Teacher forcing
#
# `targets` (n, steps) are ids with the begin token 2 first and the end token 3 last, filled up with 0. What does the decoder read, and what shall it say at each step? Both are (n, steps − 1).
#
# <details><summary>Hint 1</summary>
#
# It reads 2 first, and says 3 last.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Two slices of `targets`, one without the last column, one without the first.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 教师强制
#
# `targets`（形状为 (n, 步)）是编号：开头是起始词元 2，末尾是结束词元 3，后面用 0 填充。每一步解码器读入什么，又该说出什么？两者的形状都是 (n, 步 − 1)。
#
# <details><summary>提示 1</summary>
#
# 最先读入的是 2，最后说出的是 3。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 对 `targets` 做两个切片：一个去掉最后一列，一个去掉第一列。
#
# </details>
# %% kind="starter"


def shift(targets):
    reads = ...
    says = ...
    return reads, says


# %% kind="solution"


def shift(targets):
    reads = targets[:, :-1]
    says = targets[:, 1:]
    return reads, says


# %%
check.teacher_forcing(shift)

# %% [markdown] lang="en"
# ## Exercise 5. On its own
#
# Now it must run freely. `step(token, state)` gives `(scores, new_state)`, with a score for each token. Start with token 2, always take the likeliest, and stop at token 3, or after `most` tokens. Return the list of tokens, without begin and end.
#
# <details><summary>Hint 1</summary>
#
# What is read at a step is what was said at the step before. And the state?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A loop of `most` rounds: call `step`, take `int(np.argmax(scores))`, `break` if it is 3, else append it.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 独自走
#
# 现在让它自由生成。`step(token, state)` 返回 `(scores, new_state)`，每个词元一个分数。从词元 2 开始，每次取分数最高的；说出词元 3 就停，说满 `most` 个也停。返回词元的列表，不含起始和结束词元。
#
# <details><summary>提示 1</summary>
#
# 每一步读入的，就是上一步说出的。那么状态呢？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 循环 `most` 次：调用 `step`，取 `int(np.argmax(scores))`；是 3 就 `break`，否则加进列表。
#
# </details>
# %% kind="starter"


def translate(step, state, most):
    return ...


# %% kind="solution"


def translate(step, state, most):
    token, said = 2, []
    for _ in range(most):
        scores, state = step(token, state)
        token = int(np.argmax(scores))
        if token == 3:
            break
        said.append(token)
    return said


# %%
check.running_freely(translate)

# %% [markdown] lang="en"
# ## Exercise 6. A language pair of your own (open)
#
# Make 500 pairs or more by a rule of your own: times of day, dates, prices, roman numerals, a secret language. Then train a translator. The check writes your pairs into a file of `source<TAB>translation` lines, reads it by `pairs.load`, calls your `learn(data)`, and wants **80 %** of the test part wholly right, where looking up the nearest pair doesn't get there.
#
# `pairs.load("my.tsv")` reads any such file: a Chinese text is cut into characters, any other one into words; pairs that share a side stay in one part; damaged files are named in one line.
#
# <details><summary>Hint 1</summary>
#
# `numbers.in_chinese(25)` and `numbers.in_english(25)` are bricks: 三点二十五分 is "twenty five past three".
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `learn` builds a `translation.Translator(len(data.source_vocabulary), len(data.target_vocabulary))`, calls `translation.train(model, data.train, epochs=…)`, and returns a function that encodes texts by `data.encode`, lets `translation.Interpreter(model).greedy` run, and decodes each row by `data.decode`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 自己的语言对（开放题）
#
# 按自己的规则造 500 个以上的句对：钟点、日期、价钱、罗马数字、暗语都行，再训练一个翻译器。检查会把你的句对写成每行“源文<制表符>译文”的文件，用 `pairs.load` 读入，调用你的 `learn(data)`，要求测试集有 **80 %** 全对，而照抄最相近的句对达不到这个数。
#
# `pairs.load("my.tsv")` 可以读任何这样的文件：中文按字切分，其他文字按词切分；某一侧相同的句对总在同一部分；文件有损坏，会用一行话指出。
#
# <details><summary>提示 1</summary>
#
# `numbers.in_chinese(25)` 和 `numbers.in_english(25)` 可以当积木：三点二十五分就是 "twenty five past three"。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `learn` 里建一个 `translation.Translator(len(data.source_vocabulary), len(data.target_vocabulary))`，调用 `translation.train(model, data.train, epochs=…)`，最后返回一个函数：用 `data.encode` 编码，交给 `translation.Interpreter(model).greedy`，再把每一行用 `data.decode` 解码。
#
# </details>
# %% kind="starter"


def my_pairs():
    return ...


def learn(data):
    return ...


# %% kind="solution"


def my_pairs():
    times = [(hour, minute) for hour in range(1, 13) for minute in range(1, 60)]
    return [
        (
            f"{numbers.in_chinese(hour)}点{numbers.in_chinese(minute)}分",
            f"{numbers.in_english(minute)} past {numbers.in_english(hour)}",
        )
        for hour, minute in times
    ]


def learn(data):
    sizes = len(data.source_vocabulary), len(data.target_vocabulary)
    model = translation.Translator(*sizes, units=64, dropout=0.1)
    translation.train(model, data.train, epochs=10, batch_size=32, learning_rate=6e-3)
    interpreter = translation.Interpreter(model)
    return lambda sources: [data.decode(ids) for ids in interpreter.greedy(data.encode(sources))]


# %%
check.own_pairs(my_pairs, learn)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Give `translation.Translator` `attention=False` in exercise 6. How many epochs does it need now?
# 2. Write English numbers with "and" ("one hundred and five"). Is it harder?
# 3. Turn the pairs round: English to Chinese. Which direction is easier?
# 4. Ask the lesson's network for round numbers, such as 三百二十万. Is it right? How many of its training numbers were round?
# 5. Teach it French numbers: 97 is quatre vingt dix sept. Where does attention look?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 在练习 6 里给 `translation.Translator` 传 `attention=False`。现在要训练多少轮？
# 2. 英文数词加上 and（one hundred and five）。会更难吗？
# 3. 把方向反过来：英译中。哪个方向容易些？
# 4. 拿末尾有许多零的数（如三百二十万）去问课上的网络。它说得对吗？它的训练数里有多少个是这样的？
# 5. 教它法语数词：97 是 quatre vingt dix sept。注意力看向哪里？
