# %% [markdown] lang="en"
# # 13. Translation: let it look back
#
# *Two networks read the same sentence. One forgets half of it, the other translates it. What does the other one do?*
#
# 45 minutes, about half a minute of computing. You need lesson 3 (GRU) and lesson 6 (tokens, teacher forcing).
# %% [markdown] lang="zh"
# # 13. 翻译：让它回头看
#
# *两个网络读同一句话，一个忘了一半，另一个译了出来。另一个做了什么？*
#
# 45 分钟，其中计算约半分钟。需要第 3 课（GRU）和第 6 课（词元、教师强制）的知识。
# %%
from rnn_tf.course import begin

lesson = begin("13_translation")

import numpy as np

from rnn_tf import translation
from rnn_tf.baselines.dictionary import Nearest, WordByWord
from rnn_tf.course.figures import translation as draw
from rnn_tf.datasets import numbers
from rnn_tf.training import initial_weights, reset

# %% [markdown] lang="en"
# ## Watch your eyes
#
# Two networks learn to translate number words from Chinese to English, from 3,000 pairs, three times each. They are built alike and see the same pairs equally often; only one thing is different. It takes half a minute. Meanwhile translate one yourself, on paper, word after word:
#
# <center><big>四千七百三十八万二千九百一十五</big></center>
#
# 一二三四五六七八九 are 1 to 9; 十, 百, 千 are ten, hundred, thousand; 万 is ten thousand, and multiplies all that stands before it. **Where do your eyes go before you write each word?**
# %% [markdown] lang="zh"
# ## 留意你的眼睛
#
# 两个网络学习把中文数词译成英文，各用 3,000 对，各训练三次。它们构造相同，看到的句对相同，遍数也相同，只有一处不一样。训练约半分钟。这段时间请你自己在纸上译一个，一个词一个词地写：
#
# <center><big>四千七百三十八万二千九百一十五</big></center>
#
# 英文每三位一节：thousand（千）、million（百万）。**写下每个词之前，你的眼睛看向哪里？**


# %%
def build(name):
    """A translator, compiled; the two differ in attention alone."""
    sizes = len(data.source_vocabulary), len(data.target_vocabulary)
    model = translation.Translator(*sizes, embedding=32, attention=name == NAMES[1])
    return translation.prepare(model, learning_rate=6e-3)


data = numbers.load()  # 1 to 99,999,999
NAMES = "without attention", "with attention"
epochs = lesson.pick(class_mode=4, full=12)
starts = {name: initial_weights(lambda name=name: build(name), lesson.seeds) for name in NAMES}
translators = {name: translation.Interpreter(build(name)) for name in NAMES}
trained = {name: [] for name in NAMES}
for name, interpreter in translators.items():
    for seed, start in zip(lesson.seeds, starts[name], strict=True):
        reset(interpreter.model, start)  # new weights, an optimizer without memory
        translation.train(interpreter.model, data.train, epochs=epochs, batch_size=96, seed=seed)
        trained[name].append(interpreter.model.get_weights())


# %%
def load_weights(name, seed):
    """One of the two translators as it was after training from this seed."""
    translators[name].model.set_weights(trained[name][seed])
    return translators[name]


SOURCE, TRUTH = numbers.in_chinese(47_382_915), numbers.in_english(47_382_915)
assert SOURCE not in data.train.sources
rows = [["true", TRUTH]]
for name in NAMES:
    for seed in lesson.seeds:
        ids = load_weights(name, seed).greedy(data.encode([SOURCE]))
        rows.append([f"{name}, seed {seed}", data.decode(ids[0])])
lesson.table(["translation", SOURCE], rows)

# %% [markdown] lang="en"
# The first network mostly begins well and then loses the thread. The second says it all. (One number proves little: how often each is right, comes below.)
#
# What did your eyes do? Surely you did not read the number once, shut your eyes and write. You **looked back**, for every word at another place. That is all that the second network does differently.
#
# ## The bottleneck
#
# Both have an *encoder*, which reads the source in both directions, and a *decoder*, which writes from the state that the encoder ends with.
# %% [markdown] lang="zh"
# 第一个网络多半开头不错，后来就乱了；第二个全说对了。（一个数说明不了多少：各对多少，下文再数。）
#
# 你的眼睛做了什么？你一定不是读一遍、闭上眼、然后默写。你**回头看了**，每写一个词就看一处，处处不同。第二个网络多做的，仅此一件。
#
# ## 瓶颈
#
# 两个网络都有一个**编码器**，从两个方向读源文；还有一个**解码器**，从编码器最后的状态出发，写出译文。
# %%
few = numbers.in_chinese(365)
ids, looks = load_weights(NAMES[1], 0).greedy(data.encode([few]), attention=True)
words = data.decode(ids[0]).split()[:4]
titles = ["without attention", "with attention"]
lesson.figure(draw.two_ways(few, words, looks[0, len(words) - 1], titles), "two_ways")

# %%
model = translators[NAMES[1]].model
for text in (few, SOURCE):
    memory, state, mask = model.encode(data.encode([text]))
    print(f"{len(text)} characters: last state {state.shape}, all states {memory.shape}")
print("weights:", *(f"{name} {translators[name].model.count_params():,}" for name in NAMES))

# %% [markdown] lang="en"
# The last state has 96 numbers, for one character as for fifteen. All that the first decoder ever learns of the source must go through it: a bottleneck. The states *before* it are thrown away.
#
# *Attention* keeps them. It calls them the **memory**, and gives the decoder a look at it before each word.
#
# ## One look, by hand
#
# Three characters, two numbers each. The decoder's state asks (the *query*): how well does each place fit? The dot product is the *score*. A softmax makes weights that sum to one, and the weighted mean of the memory is what the decoder gets: the *context*.
# %% [markdown] lang="zh"
# 最后的状态总是 96 个数，不管源文是一个字还是十五个字。第一个解码器对源文的全部了解，都得从这里挤过去：这就是瓶颈。在它**之前**的那些状态都扔掉了。
#
# **注意力**把它们留下来，称为**记忆**，让解码器写每个词之前都看一眼。
#
# ## 看一眼：手算
#
# 三个字，每个字两个数。解码器的状态发问（**查询**）：每个位置有多合适？点积就是**分数**；softmax 把分数变成和为一的权重；按权重对记忆求平均，解码器得到的就是这个**上下文**。
# %%
memory = np.array([[2, 0], [0, 2], [1, 1]])  # (places, units)
query = np.array([1, 0])  # (units,)
scores = memory @ query  # (places,)
raised = np.exp(scores)
weights = raised / raised.sum()
context = weights @ memory  # (units,)
header = ["character", "memory", "score", "exp(score)", "weight"]
columns = "三百万", map(str, memory), scores, raised, weights
lesson.table(header, [*zip(*columns, strict=True)])
print("context:", context.round(2))

# %% [markdown] lang="en"
# The look itself needs no new weights. Query and memory are states that the network has anyway, and training shapes them so that their dot products point to useful places. (What is done with the context needs one more matrix: compare the two counts of weights above.) (Fillings after a short source get the weight 0: the *mask*. In the lab you build it.)
#
# ## Who is right, and how often?
#
# A translation counts if **every** word is right. Beside the networks stand two that do without any: the translation of the *nearest* training source, and *word by word* from a dictionary that is learnt from the same pairs.
# %% [markdown] lang="zh"
# 看这一眼本身不需要新的权重。查询和记忆都是网络本来就有的状态；训练会把它们调整好，让点积指向有用的位置。（用上下文则要多一个矩阵：比较上面两个权重数。）（源文较短，后面的填充权重为 0：靠的是**掩码**，练习里要自己写。）
#
# ## 谁对？对多少？
#
# 一句译文**每个**词都对才算对。与网络并列的，还有两个不用网络的对手：照抄训练集里**最相近**的那句的译文；以及**逐字翻译**，词典也是从同样的句对里学来的。
# %%
sizes = len(data.source_vocabulary), len(data.target_vocabulary)
nearest = Nearest(data.train.inputs, data.train.translations, sizes[0])
only_words = np.where(data.train.targets > 3, data.train.targets, 0)  # no begin, no end
dictionary = WordByWord(data.train.inputs, only_words, *sizes)
said = {
    "nearest": [nearest(data.test.inputs)],
    "word by word": [[data.decode(ids) for ids in dictionary(data.test.inputs)]],
}
ids = {n: [load_weights(n, s).greedy(data.test.inputs) for s in lesson.seeds] for n in NAMES}
said |= {name: [data.decode(run) for run in ids[name]] for name in NAMES}
right = {name: np.array([*map(data.test.wholly_right, runs)]) for name, runs in said.items()}
shares = {name: runs.mean(axis=1) for name, runs in right.items()}
lesson.result("exact_without", shares[NAMES[0]], baseline=shares["word by word"][0])
lesson.result("exact_with", shares[NAMES[1]], baseline=np.median(shares[NAMES[0]]))
print("nearest:", shares["nearest"][0])

# %%
length = np.array([len(source) for source in data.test.sources])
groups = np.array([5, 8, 11, 14])  # characters, give or take one: few numbers are shorter
near = [abs(length - middle) <= 1 for middle in groups]
curves = {name: [[run[of].mean() for of in near] for run in right[name]] for name in NAMES}
labels = ["characters of the source (± 1)", "share wholly right"]
lesson.figure(draw.shares(groups, curves, labels), "by_length")

# %% [markdown] lang="en"
# The longer the number, the less of it fits through the bottleneck, with any seed. To be fair: the bottleneck is no law of nature. With more pairs and more passes the first network learns to squeeze long numbers through as well (the appendix measures it). Attention learns it from far less.
#
# And to be honest: a few lines of Python write numbers without any error, `numbers.in_english`. That is why they are our laboratory: here we know what is right.
#
# ## Taught, and on its own
#
# How was it trained? As in lesson 6, by *teacher forcing*: at each step it reads the **true** word before, and says the next one.
# %% [markdown] lang="zh"
# 数越长，越挤不过瓶颈，哪个种子都一样。公平地说，瓶颈并非自然规律：句对再多些，再多训练几遍，第一个网络也能学会把长数挤过去（附录里有测量）。注意力则用少得多的数据就学会了。
#
# 还得老实说：几十行 Python 写数词就不会出任何错，那就是 `numbers.in_english`。正因如此，数词才适合当实验室：什么是对的，我们一清二楚。
#
# ## 有人教，与独自走
#
# 它是怎么训练的？同第 6 课一样，用**教师强制**：每一步读入**正确的**前一个词，说出下一个。
# %%
reads, says = translation.shifted(data.test.targets)
row = int(np.flatnonzero(length == 3)[0])
token = data.target_vocabulary.tokens
steps = np.flatnonzero(says[row])
print(data.test.sources[row])
lesson.table(["reads", "says"], [[token[reads[row, t]], token[says[row, t]]] for t in steps])


# %%
def words_right(name, seed):
    """Shares of words right: reading true words, and its own; and after its first mistake."""
    model = load_weights(name, seed).model
    taught = model((data.test.inputs, reads)).numpy().argmax(axis=-1)
    own = np.zeros_like(says)
    spoken = ids[name][seed][:, : own.shape[1]]
    own[:, : spoken.shape[1]] = spoken
    real, once_wrong = says > 0, np.cumsum(taught != says, axis=1) - (taught != says) > 0
    where = real, real, real & once_wrong, real & once_wrong
    return [np.mean((s == says)[w]) for s, w in zip((taught, own) * 2, where, strict=True)]


rows = [[f"{name}, seed {s}", *words_right(name, s)] for name in NAMES for s in lesson.seeds]
header = ["network", "true words read", "own words read"]
after = ["after a mistake: true", "after a mistake: own"]
lesson.table([*header, *after], rows)
slips = np.array([row[1:] for row in rows[:3]])
print(f"without attention: {np.median(slips[:, 0]):.0%} of the words right", end=", ")
print(f"but {np.median(shares[NAMES[0]]):.0%} of the sentences")

# %% [markdown] lang="en"
# Most words right is worth little where *every* word must be: the chances multiply. And it gets worse when the network runs on its own. Whoever has once said a wrong word reads it back and goes on from there: compare the last two columns. Training never showed it a mistake of its own. This gap between the classroom and the street is called *exposure bias*.
#
# ## Where does it look?
#
# A row for each word that the network writes, a column for each character, bright where the weight is large. Three seeds:
# %% [markdown] lang="zh"
# 要求**每个**词都对时，大多数词对了也不值多少：概率是相乘的。独自走时就更糟：说错一个词，它就读回这个错词，再从那里接着说。请比较最后两列。训练时，它从没见过自己的错误。课堂与街头之间的这道差距，叫作**暴露偏差**。
#
# ## 它在看哪里？
#
# 网络写出的每个词一行，每个字一列，权重越大越亮。三个种子：
# %%
pictures = {}
for seed in lesson.seeds:
    interpreter = load_weights(NAMES[1], seed)
    one, looks = interpreter.greedy(data.encode([SOURCE]), attention=True)
    words = [*data.decode(one[0]).split(), "<eos>"]
    pictures[f"seed {seed}"] = looks[0], words, SOURCE
lesson.figure(draw.looks(pictures, ["source", "translation", "weight"]), "looks")

# %% [markdown] lang="en"
# Lovely: nobody told it which character belongs to which word. It is tempting to read the picture as an *explanation*: "it says this word because of that character". Is that so? **Ask by experiment:** hide the brightest place from one look, and see whether the word changes. We ask this of digit words (*forty*, *seven*) and unit words (*hundred*, *thousand*, *million*, and the end) apart. Bet first.
# %% [markdown] lang="zh"
# 很漂亮：没有人告诉过它哪个字对应哪个词。看着这张图，很容易把它当成**解释**：“说这个词，是因为那个字”。真是这样吗？**用实验来问：** 在这一眼里把最亮的位置遮住，看写出的词变不变。数字词（forty、seven）和单位词（hundred、thousand、million，以及结束）分开来问。先猜一猜。


# %%
def words_changed(seed, rank):
    """Which words change if one place is hidden from their look: 0 the brightest, 1 the next."""
    model = load_weights(NAMES[1], seed).model
    memory, state, mask = model.encode(data.test.inputs)
    before, _, looks = model.decode(reads, state, memory, mask)
    hidden = np.argsort(-looks, axis=-1)[:, :, rank, None]  # (n, steps, 1)
    seen = mask[:, None] & (np.arange(looks.shape[-1]) != hidden)
    after, _, _ = model.decode(reads, state, memory, seen)
    return np.argmax(before, axis=-1) != np.argmax(after, axis=-1)


changed = np.array([[words_changed(s, rank) for s in lesson.seeds] for rank in (0, 1)])
units = [data.target_vocabulary.id(w) for w in ("hundred", "thousand", "million", "<eos>")]
long = (says > 0) & (length > 6)[:, None]  # where there is a choice of places
kinds = {"digit words": ~np.isin(says, units), "unit words": np.isin(says, units)}
found = {kind: changed[:, :, long & where].mean(axis=-1) for kind, where in kinds.items()}
header = ["hidden: the brightest", *(f"seed {s}" for s in lesson.seeds), "the next, median"]
lesson.table(header, [[k, *map(float, f[0]), float(np.median(f[1]))] for k, f in found.items()])
digits, others = found.values()
lesson.result("digits_changed", digits[0], baseline=np.median(digits[1]))
lesson.result("units_changed", others[0], baseline=np.median(digits[0]))


# %% [markdown] lang="en"
# For a digit word the bright place is needed: take it away, and the word is gone. For a unit word the picture is as bright, and most often it does not matter: after "forty seven" the decoder knows what comes. **The picture says where it looked. Whether it mattered, only an experiment tells.**
#
# ## One digit more
#
# All numbers of training have eight digits at most. Here are 500 of nine, written with the same characters and words (123 456 789 is read as 12 345 万 6789, as bookkeepers do). Will it manage?
# %% [markdown] lang="zh"
# 对数字词，亮的位置确实不可少：遮住它，词就没了。对单位词，图上一样亮，却多半无关紧要：写完 forty seven，解码器就知道该接什么了。**图上只说明它看了哪里；看的东西要不要紧，只有实验才知道。**
#
# ## 多一位数
#
# 训练用的数最多八位。下面是 500 个九位数，用的还是同样的字和词（123 456 789 读作 12 345 万 6789，像记账那样）。它行吗？
# %%
def last_words(texts):
    return np.array([" ".join(text.split()[-3:]) for text in texts])


ends = {}
for name in NAMES:
    runs = [data.decode(load_weights(name, s).greedy(data.longer.inputs)) for s in lesson.seeds]
    ends[name] = [np.mean(last_words(r) == last_words(data.longer.translations)) for r in runs]
whole = [data.longer.wholly_right(run).mean() for run in runs]  # with attention
print(data.longer.sources[0], data.longer.translations[0], runs[0][0], sep="\n")
new = [" hundred " in t.partition("million")[0] and "million" in t for run in runs for t in run]
print("“hundred … million”:", sum(new), "of", len(new))
lesson.result("longer_exact", whole, baseline=np.median(shares[NAMES[1]]))
lesson.result("longer_ends", ends[NAMES[1]], baseline=np.median(ends[NAMES[0]]))

# %% [markdown] lang="en"
# Not one is right. But look *how* it fails: the end of the number is translated well, for looking back works there as ever. What is missing is the beginning: "hundred" before "million" never stood in training, and so it is never said. Attention brings what is *there* to the decoder. It does not teach it a sentence that nobody ever showed.
#
# **Take home:** *one state is too small for a long sentence, so let the decoder look back. The look tells you where, not why; and what training never showed, no look will find.*
# %% [markdown] lang="zh"
# 一个也没对。但要看它错在**哪里**：数的末尾译得很好，因为在那里回头看照样管用。缺的是开头：million 前面带 hundred，训练时从没出现过，所以它从来不说。注意力把**已有**的东西带给解码器，却教不会它一句谁也没示范过的话。
#
# **记住一句话：** *一个状态装不下一个长句，那就让解码器回头看。看图能知道它看了哪里，却不知道为什么；训练时没见过的，怎么看也看不出来。*
