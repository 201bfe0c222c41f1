# %% [markdown] lang="en"
# # 12. Sentiment: the lab
#
# Six exercises, from one line to texts of your own. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 12. 情感分析：练习
#
# 六道练习，从填一行到用你自己的文本。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("12_sentiment", part="lab")

from collections import Counter

import numpy as np

from rnn_tf import baselines, text
from rnn_tf.baselines import bags
from rnn_tf.course.checks import sentiment as check
from rnn_tf.datasets import contrast, labelled

# %% [markdown] lang="en"
# ## Exercise 1. The weight of a word
#
# One line: the naive Bayes weight of a word. It stands in `in_good` good and in `in_bad` bad sentences; all words together have `all_good` and `all_bad` such entries; there are `kinds` different words. Add one to every count.
#
# <details><summary>Hint 1</summary>
#
# Two shares, one of the good and one of the bad entries. The weight is the difference of their logarithms.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# If every one of the `kinds` words gets one more, by how much does the total grow?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 词的权重
#
# 只填一行：一个词的朴素贝叶斯权重。它出现在 `in_good` 个好评句、`in_bad` 个差评句里；所有词合计是 `all_good` 与 `all_bad`；一共有 `kinds` 种词。每个计数都加一。
#
# <details><summary>提示 1</summary>
#
# 两个比例：在好评里占多少，在差评里占多少。权重是两者对数之差。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `kinds` 种词每种多数一次，总数增加多少？
#
# </details>
# %% kind="starter"


def weight(in_good, in_bad, all_good, all_bad, kinds):
    return ...


# %% kind="solution"


def weight(in_good, in_bad, all_good, all_bad, kinds):
    return np.log((in_good + 1) / (all_good + kinds)) - np.log((in_bad + 1) / (all_bad + kinds))


# %%
check.word_weight(weight)

# %% [markdown] lang="en"
# ## Exercise 2. Padding and its mask
#
# `sequences` are lists of ids, of any lengths. Make of them one array of ids, (count, steps): long ones cut at the end, short ones filled up with 0 behind; and the mask, True where a step is real. No real token has the id 0.
#
# <details><summary>Hint 1</summary>
#
# Begin with `np.zeros((len(sequences), steps), int)` and write into its rows.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `row[: len(kept)] = kept`, with `kept = sequence[:steps]`. The mask needs one comparison.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 填充与掩码
#
# `sequences` 是一些编号列表，长短不一。把它们做成一个编号数组，形状（个数, steps）：太长的截去末尾，太短的在后面补 0；再给出掩码，真实的步为 True。真实词元的编号不会是 0。
#
# <details><summary>提示 1</summary>
#
# 先建 `np.zeros((len(sequences), steps), int)`，再往每一行里写。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 令 `kept = sequence[:steps]`，然后 `row[: len(kept)] = kept`。掩码只需一次比较。
#
# </details>
# %% kind="starter"


def pad(sequences, steps):
    ids = ...
    mask = ...
    return ids, mask


# %% kind="solution"


def pad(sequences, steps):
    ids = np.zeros((len(sequences), steps), int)
    for row, sequence in zip(ids, sequences, strict=True):
        kept = sequence[:steps]
        row[: len(kept)] = kept
    return ids, ids > 0


# %%
check.padding(pad)

# %% [markdown] lang="en"
# ## Exercise 3. Attention pooling
#
# `states` (steps, units), `scores` (steps,), `mask` (steps,). Softmax of the scores over the real steps, then the weighted sum of the states: (units,). Scores may be large.
#
# <details><summary>Hint 1</summary>
#
# What must the score of a padded step be, so that its exponential is 0?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.where(mask, scores, -np.inf)`; take the largest one off all; `np.exp`; divide by the sum; then `shares @ states`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 注意力池化
#
# `states`（时间步, 单元）、`scores`（时间步,）、`mask`（时间步,）。在真实的步上对分数做 softmax，再对状态加权求和，得到（单元,）。分数可能很大。
#
# <details><summary>提示 1</summary>
#
# 填充步的分数应该是多少，它的指数才会是 0？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.where(mask, scores, -np.inf)`；都减去最大的那个；`np.exp`；除以总和；最后 `shares @ states`。
#
# </details>
# %% kind="starter"


def pool(states, scores, mask):
    shares = ...
    return ...


# %% kind="solution"


def pool(states, scores, mask):
    scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max())
    shares = powers / powers.sum()
    return shares @ states


# %%
check.attention(pool)

# %% [markdown] lang="en"
# ## Exercise 4. How wide must the window be?
#
# Two sentences, lists of words. A model looks through a window of some width, at every place, and knows only *which pieces it saw, and how often*, not where. What is the narrowest window through which the two sentences differ?
#
# <details><summary>Hint 1</summary>
#
# The pieces of width `n` are `tuple(words[i : i + n])` for `i` from 0 to `len(words) - n`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `Counter(pieces)` counts them, and two counters can be compared with `!=`. Try widths 1, 2, 3, …
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 窗口要多宽？
#
# 两个句子，都是词的列表。模型透过某个宽度的窗口逐处看，只知道**看到了哪些片段、各几次**，不知道在哪里看到的。窗口至少要多宽，才能看出两句不同？
#
# <details><summary>提示 1</summary>
#
# 宽度为 `n` 的片段是 `tuple(words[i : i + n])`，`i` 从 0 到 `len(words) - n`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `Counter(pieces)` 数片段，两个 Counter 可以用 `!=` 比较。宽度依次试 1、2、3……
#
# </details>
# %% kind="starter"


def width(first, second):
    return ...


# %% kind="solution"


def width(first, second):
    for n in range(1, len(first) + 1):
        counts = [
            Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
            for words in (first, second)
        ]
        if counts[0] != counts[1]:
            return n


for gap in (0, 1, 2, 3):
    both = [contrast.sentence(*pair, gap=gap) for pair in (("dull", "great"), ("great", "dull"))]
    print(gap, width(both[0].split(), both[1].split()))

# %%
check.reach(width)

# %% [markdown] lang="en"
# ## Exercise 5. Which word decided?
#
# `score(words)` gives a number for a list of words; you do not know how. Find the place of the word without which the score changes most. (`check.score` is one to try with.)
#
# <details><summary>Hint 1</summary>
#
# `words[:i] + words[i + 1 :]` is the sentence without word `i`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A change may go up or down: `np.argmax(np.abs(changes))`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 哪个词起了决定作用？
#
# `score(words)` 给一串词打分，你不知道它怎么打的。找出这样的词的位置：去掉它，分数变化最大。（可以拿 `check.score` 来试。）
#
# <details><summary>提示 1</summary>
#
# `words[:i] + words[i + 1 :]` 就是去掉第 `i` 个词的句子。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 变化可升可降：`np.argmax(np.abs(changes))`。
#
# </details>
# %% kind="starter"


def find(score, words):
    return ...


# %% kind="solution"


def find(score, words):
    changes = [score(words[:i] + words[i + 1 :]) - score(words) for i in range(len(words))]
    return np.argmax(np.abs(changes))


words = "not a great film".split()
print(words[find(check.score, words)])

# %%
check.decisive(find)

# %% [markdown] lang="en"
# ## Exercise 6. Your own texts
#
# Write `judge(path)`: load labelled texts of two labels, fit a bag of words on the training part, and return two shares of the **test** part: how many the bag gets right, and how many the most frequent training label would. `labelled.load(path)` reads a table `.tsv` or `.csv` with the columns `text` and `label`, or a folder with a folder or a file `.txt` for each label (its docstring tells the details). Then give it a path of yours: mails, messages, poems of two authors.
#
# <details><summary>Hint 1</summary>
#
# `data.train.inputs` are strings: `text.word_tokens(one)` makes tokens of each, Chinese ones too. `data.train.targets` are 0 and 1.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `bags.NaiveBayes().fit(tokens, targets)`, then `.scores(test_tokens) > 0`. `baselines.majority(targets)` is the most frequent label.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 你自己的文本
#
# 写 `judge(path)`：读入两种标签的文本，用训练集拟合一只词袋，返回**测试集**上的两个比例：词袋对了多少；一律猜训练集里最多的标签，对了多少。`labelled.load(path)` 能读带 `text` 与 `label` 两列的 `.tsv` 或 `.csv` 表，也能读文件夹，其中每个标签一个子文件夹或一个 `.txt` 文件（详见它的文档字符串）。写好之后，换上你自己的路径：邮件、短信、两位诗人的诗，都可以。
#
# <details><summary>提示 1</summary>
#
# `data.train.inputs` 是字符串：`text.word_tokens(one)` 把每条切成词元，中文也行。`data.train.targets` 是 0 和 1。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `bags.NaiveBayes().fit(tokens, targets)`，然后 `.scores(test_tokens) > 0`。`baselines.majority(targets)` 是最多的标签。
#
# </details>
# %% kind="starter"


def judge(path):
    data = labelled.load(path)
    return ...


# %% kind="solution"


def judge(path):
    data = labelled.load(path)
    tokens, test_tokens = [
        [text.word_tokens(one) for one in part.inputs] for part in (data.train, data.test)
    ]
    bag = bags.NaiveBayes().fit(tokens, data.train.targets)
    by_bag = (bag.scores(test_tokens) > 0) == data.test.targets
    by_majority = data.test.targets == baselines.majority(data.train.targets)
    return by_bag.mean(), by_majority.mean()


# %%
check.own_texts(judge)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Write a sentence about a film that the bag gets wrong although it knows every word. How many of yours does it take until a friend can tell by which trick?
# 2. Give `contrast.load` only gap 0 for training, and test at gap 3. Does the GRU carry over what it has learnt?
# 3. Add a frame with gap 5 to `contrast.FRAMES`. How wide must a convolution be? What do *two* convolutions on top of each other see?
# 4. The appendix trains the network as a language model first. Try it with texts of your own.
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 写一句影评，每个词词袋都认得，它却判错。写到第几句，朋友能看出你用的是什么招？
# 2. 训练时只给 `contrast.load` 间隔 0，在间隔 3 上测试。GRU 学到的能迁移过去吗？
# 3. 在 `contrast.FRAMES` 里加一个间隔为 5 的句式。卷积要多宽？**两层**卷积叠起来能看到多宽？
# 4. 附录里先把网络训练成语言模型。用你自己的文本试试。
