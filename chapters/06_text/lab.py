# %% [markdown] lang="en"
# # 6. A network that writes: the lab
#
# Six exercises, from one line to ten poems. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 6. 会写诗的网络：练习
#
# 六道练习，从填一行到写十首诗。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("06_text", part="lab")

import numpy as np

from rnn_tf import generation, text, weights
from rnn_tf.course.checks import text as check
from rnn_tf.datasets import poems

# %% [markdown] lang="en"
# ## Exercise 1. What is to be guessed?
#
# One line. From the ids of a whole text, begin and end token included, make the inputs and the targets: at every step the target is the next id.
#
# <details><summary>Hint 1</summary>
#
# A text of seven ids gives six guesses. Which id is never a target? Which is never an input?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `ids[:-1]` is all but the last one.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 猜什么？
#
# 只填一行。由整段文本的编号（含起始和结束词元）做出输入和目标：每一步的目标是下一个编号。
#
# <details><summary>提示 1</summary>
#
# 七个编号的文本要猜六次。哪个编号从不当目标？哪个从不当输入？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `ids[:-1]` 是除最后一个以外的全部。
#
# </details>
# %% kind="starter"


def pairs(ids):
    inputs, targets = ..., ...
    return inputs, targets


# %% kind="solution"


def pairs(ids):
    inputs, targets = ids[:-1], ids[1:]
    return inputs, targets


# %%
check.pairs(pairs)

# %% [markdown] lang="en"
# ## Exercise 2. Perplexity
#
# `p` holds the probability that a model gave to each token that came. Return the perplexity of the text.
#
# <details><summary>Hint 1</summary>
#
# First the penalty of each step, then their mean, then back from the logarithm.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Try it with 65 equally likely ids: every p is 1/65, and the answer must be 65.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 困惑度
#
# `p` 是模型给每个真正到来的词元的概率。返回这段文本的困惑度。
#
# <details><summary>提示 1</summary>
#
# 先算每一步的损失，再平均，最后从对数变回来。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 用 65 个同样可能的编号试试：每个 p 都是 1/65，答案必须是 65。
#
# </details>
# %% kind="starter"


def perplexity(p):
    return ...


# %% kind="solution"


def perplexity(p):
    return np.exp(-np.log(p).mean())


# %%
check.perplexity(perplexity)

# %% [markdown] lang="en"
# ## Exercise 3. Temperature
#
# Return softmax(logits / T). It must also work for logits as large as 900.
#
# <details><summary>Hint 1</summary>
#
# softmax: the exponential of each, divided by the sum of them all.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.exp(9000)` is infinite. The same number taken off all logits changes no probability: take off the largest.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 温度
#
# 返回 softmax(logits / T)。logits 大到 900 也要算得对。
#
# <details><summary>提示 1</summary>
#
# softmax：每个取指数，再除以全部之和。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.exp(9000)` 是无穷大。所有 logits 减去同一个数，概率不变：减去最大的那个。
#
# </details>
# %% kind="starter"


def sharpen(logits, T):
    return ...


# %% kind="solution"


def sharpen(logits, T):
    scaled = (logits - logits.max()) / T
    return np.exp(scaled) / np.exp(scaled).sum()


# %%
check.temperature(sharpen)

# %% [markdown] lang="en"
# ## Exercise 4. The nucleus
#
# Keep the fewest, likeliest ids that together reach `share`; set all others to 0; scale to a sum of 1.
#
# <details><summary>Hint 1</summary>
#
# `np.argsort(-probabilities)` lists the ids from the likeliest down. Walk along it until the sum is reached.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# An id stays if what stands *before* it in this order is still below `share`. So the one that crosses the line stays.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 核采样
#
# 留下最可能的、合起来达到 `share` 的那几个编号，越少越好；其余置 0；再缩放到和为 1。
#
# <details><summary>提示 1</summary>
#
# `np.argsort(-probabilities)` 把编号从最可能的往下排。沿着它走，走到总和够为止。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 排在某个编号**之前**的总和还不到 `share`，它就留下。所以跨过界线的那一个也留下。
#
# </details>
# %% kind="starter"


def keep_nucleus(probabilities, share):
    kept = np.zeros_like(probabilities)
    ...
    return kept


# %% kind="solution"


def keep_nucleus(probabilities, share):
    kept = np.zeros_like(probabilities)
    total = 0.0
    for i in np.argsort(-probabilities):
        if total >= share:
            break
        kept[i] = probabilities[i]
        total += probabilities[i]
    return kept / kept.sum()


# %%
check.nucleus(keep_nucleus)

# %% [markdown] lang="en"
# ## Exercise 5. Count pairs
#
# Make a bigram model of the training poems: `matrix[a, b]` is the probability that id b follows on id a. Each row adds up to 1. It must do clearly better than the unigram on test poems. One pair with probability 0 there, and you have lost.
#
# <details><summary>Hint 1</summary>
#
# `np.add.at(counts, (ids[:-1], ids[1:]), 1)` counts the pairs of one poem. What about a row without any count?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Add to each row a hundred imaginary counts, shared out as the unigram says: `(counts + 100 * unigram) / …`. No entry of the unigram may be 0 either.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 数一数“字对”
#
# 用训练诗做一个二元语法：`matrix[a, b]` 是编号 a 后面跟编号 b 的概率，每行加起来为 1。它在测试诗上要明显胜过一元语法。测试诗里只要有一对字的概率是 0，就输了。
#
# <details><summary>提示 1</summary>
#
# `np.add.at(counts, (ids[:-1], ids[1:]), 1)` 数出一首诗里的字对。某一行一个也没数到，怎么办？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 给每一行加上一百次假想的计数，按一元语法来分：`(counts + 100 * unigram) / …`。一元语法里也不能有 0。
#
# </details>
# %%
data = poems.load(lesson.lang)
vocabulary = text.Vocabulary.fit([list(poem.text) for poem in data.train])
train_ids = [vocabulary.encode(list(poem.text)) for poem in data.train]
size = len(vocabulary)

# %% kind="starter"
matrix = np.zeros((size, size))
...

# %% kind="solution"
counts = np.zeros((size, size))
for ids in train_ids:
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
unigram = (counts.sum(axis=0) + 1) / (counts.sum() + size)
matrix = (counts + 100 * unigram) / (counts.sum(axis=1, keepdims=True) + 100)

# %%
check.bigram(matrix)

# %% [markdown] lang="en"
# ## Exercise 6. Ten poems (open)
#
# Write ten poems with the shipped network. All must be different and none copied; at least 85 % of their words must be known from the training poems; and they must be neither dull nor wild: to the network their perplexity must lie between 65 % and 125 % of that of human poems. Find a setting between dull and wild, or invent a way of your own. Which of the ten do you like best?
#
# <details><summary>Hint 1</summary>
#
# Greedy decoding is dull, a temperature of 1.5 is wild. What lies between? Read what comes out.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# With `strategy="temperature"` you draw from all ids, however unlikely. With `"nucleus"` and `p` you cut off the tail and leave the rest as it is.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 十首诗（开放题）
#
# 用附带的网络写十首诗：每首都不同，没有一首是抄的；至少 90% 的行是五字对五字；还要不平淡、不狂野：在网络看来，它们的困惑度应在真人诗的 35% 到 125% 之间。在平淡与狂野之间找一个取法，或者自己发明一种。十首里你最喜欢哪一首？
#
# <details><summary>提示 1</summary>
#
# 贪心解码太平淡，温度 1.5 太野。中间是什么？把写出来的念一念。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `strategy="temperature"` 从所有编号里抽，再不可能的也会抽到；`"nucleus"` 加 `p` 只切掉尾巴，其余不动。
#
# </details>
# %%
poet = weights.load(f"poems_{lesson.lang}")
pen = generation.WholeLoop(poet.model)


def write(seed, **settings):
    ids = generation.generate(pen, [2], seed=seed, max_tokens=600, **settings)  # 2: begin
    return "".join(poet.vocabulary.decode(ids))


# %% kind="starter"
written = [write(seed, strategy="greedy") for seed in range(10)]
print(written[0])

# %% kind="solution"
written = [write(seed, strategy="nucleus", p=0.85) for seed in range(10)]
print(written[0])

# %%
check.ten_poems(written)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Give the poet a beginning of your own: `vocabulary.encode(list("O my "), end=False)` instead of `[2]`.
# 2. Mix the network with Kneser-Ney, λ of one and 1 − λ of the other; choose λ on validation poems. Is the mixture better than both?
# 3. Beam search with 1, 5 and 20 beams: does the text get better as its probability grows?
# 4. The appendix has a function that learns from a folder of your own. From how much text on does it beat Kneser-Ney? What do windows of 8 or 64 steps change?
# 5. In the appendix, let rarer words into the vocabulary: `min_count=2`. Do the perplexities rise or fall? Why is it no use to compare perplexities over different vocabularies?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 给“诗人”一个你自己的开头：用 `vocabulary.encode(list("明月"), end=False)` 代替 `[2]`。
# 2. 把网络和 Kneser-Ney 混合，一个占 λ，一个占 1 − λ，λ 在验证集上选。混合之后比两者都好吗？
# 3. 集束搜索的宽度取 1、5、20：概率越来越大，文本越来越好吗？
# 4. 附录里有一个函数，可以从你自己的文件夹学习。文本多到什么程度，它才胜过 Kneser-Ney？窗口取 8 或 64 步，有什么变化？
# 5. 在附录里让更少见的词进词表：`min_count=2`。困惑度升还是降？词表不同时，为什么不能比较困惑度？
