# %% [markdown] lang="en"
# # 6. A network that writes
#
# *What comes next? Whoever answers that well, again and again, has written a poem.*
#
# 45 minutes. You need to know what a GRU is (lesson 3).
# %% [markdown] lang="zh"
# # 6. 会写诗的网络
#
# *下一个字是什么？一次又一次答得好，就写成了一首诗。*
#
# 45 分钟。需要知道什么是 GRU（第 3 课）。
# %%
from rnn_tf.course import begin

lesson = begin("06_text")

import numpy as np

from rnn_tf import generation, text, training, weights
from rnn_tf.backend import keras
from rnn_tf.baselines import ngrams
from rnn_tf.course.figures import text as draw
from rnn_tf.datasets import articles, poems
from rnn_tf.models import word_language_model
from rnn_tf.training.language import train_language_model
from rnn_tf.training.metrics import model_perplexity

# %% [markdown] lang="en"
# ## Nobody wrote these lines
#
# A network has read verse from Shakespeare's plays, character by character. Nobody told it what a word is, or a line, or a sentence. Now it writes. (We trained it beforehand; the weights are shipped with the course.) Did it just copy? We look up every line of twenty such poems.
# %% [markdown] lang="zh"
# ## 这首诗没有作者
#
# 有一个网络，一个字一个字地读过几千首唐代五言诗。没有人告诉它什么是词、什么是句、每句几个字。现在让它写。（网络已事先训练好，权重随课程附带。）会不会是抄的？我们让它写二十首，逐行去查。
# %%
data = poems.load(lesson.lang)
poet = weights.load(f"poems_{lesson.lang}")
vocabulary = poet.vocabulary
pen = generation.WholeLoop(poet.model)


def write(pen, seed, strategy="nucleus", p=0.6, **settings):
    """What the model writes, from the begin token to the end token."""
    options = {"strategy": strategy, "p": p, "max_tokens": 600, **settings}
    ids = generation.generate(pen, [vocabulary.BOS], seed=seed, **options)
    return "".join(vocabulary.decode(ids))


print(write(pen, seed=1))
written = [line for seed in range(20) for line in write(pen, seed).splitlines()]
tested = [line for poem in data.test for line in poem.text.splitlines()]
known = {line for poem in data.train for line in poem.text.splitlines()}
copied, quoted = [np.mean([line in known for line in lines]) for lines in (written, tested)]
lesson.result("lines_copied", copied, baseline=quoted)

# %% [markdown] lang="en"
# ## The idea: guess, then read your own guess
#
# A *language model* reads a text token by token (here: character by character) and says at every step what comes next. While it learns, the true text goes in. While it writes, what it has just put out goes in. That is all there is to writing. In the picture that is the dashed arrow, on the right. The generator that article 004 prints lacks it (B-004-16).
# %% [markdown] lang="zh"
# ## 想法：猜下一个字，再把猜的读进去
#
# **语言模型**一个词元一个词元地读（这里就是一个字一个字），每一步说出下一个是什么。学习时，读进去的是真实的文本；生成时，读进去的是它自己刚说的。生成文本不过如此。下图右边的虚线箭头画的就是这件事，文章 004 的“生成”程序缺的正是它（B-004-16）。
# %%
titles = ["learning: the true text goes in", "writing: its own text goes in"]
lesson.figure(draw.reading_and_writing(list("Shall"), titles), "idea")

# %% [markdown] lang="en"
# ## From text to ids
#
# A token is here a single character. Each gets a number, its *id*. Four ids are kept for padding, unknown, begin and end. The targets are the inputs, one step later.
# %% [markdown] lang="zh"
# ## 从文本到编号
#
# 这里一个词元就是一个字（或标点、换行）。每个词元有一个**编号**，另留四个编号给填充、未知、起始、结束。目标就是输入往后移一步。
# %%
train_ids, validation_ids, test_ids = [
    [vocabulary.encode(text.character_tokens(poem.text)) for poem in part]
    for part in (data.train, data.validation, data.test)
]
num_steps = poet.record["training"]["num_steps"]
inputs, targets = text.windows(train_ids, num_steps)
print(f"{len(train_ids)} poems to learn from, {len(vocabulary)} different ids")
print(f"inputs {inputs.shape}, targets {targets.shape}: (windows, steps)")
for row in (inputs[0, :6], targets[0, :6]):
    print(row, vocabulary.decode(row, special=True))

# %% [markdown] lang="en"
# ## One line, step by step
#
# A poem that the network has never seen. At every step it spreads its belief over all ids. How much did it give to the one that came? The penalty for that step is $-\ln p$.
# %% [markdown] lang="zh"
# ## 一步一步读一行
#
# 拿一首网络从没见过的诗。每一步，它把概率分给所有编号。真正到来的那个字，分到了多少？这一步的损失就是 $-\ln p$。
# %%
line = vocabulary.encode(list(data.test[0].text[:12]), end=False)
logits = poet.model(line[None, :-1], training=False)  # (1, steps, ids)
beliefs = keras.ops.softmax(logits)[0].numpy()
came = beliefs[np.arange(12), line[1:]]
tokens = vocabulary.decode(line, special=True)
penalties = -np.log(came)
rows = zip(tokens[:-1], tokens[1:], came, penalties, strict=True)
lesson.table(["read", "then came", "p", "−ln p"], [list(row) for row in rows])
print(f"mean penalty {penalties.mean():.2f}, its exponential {np.exp(penalties.mean()):.1f}")

# %% [markdown] lang="en"
# The last number is the **perplexity**. It says: as unsure as if it had to choose among that many equally likely characters. Less is better. (Beginnings are the hardest part: there is nothing yet to go by.)
#
# ## How good is counting?
#
# Before any network: count how often each character occurs (unigram), and what follows each one (bigram). The strongest of the classical counting models is Kneser-Ney; here it looks at two characters before. All learn from all training poems.
# %% [markdown] lang="zh"
# 最后这个数叫**困惑度**：它拿不准的程度，相当于要在这么多个同样可能的字里挑一个。越小越好。（开头最难猜：还没有前文可凭。）
#
# ## 光靠数数能有多好？
#
# 上网络之前，先数数：每个字出现多少次（一元语法），每个字后面跟什么（二元语法）。经典计数模型里最强的是 Kneser-Ney，这里看前两个字。它们都用全部训练诗来数。


# %%
def count(sequences, size):
    """The counting models, fitted: a name and a model each."""
    models = {"unigram": ngrams.Unigram(), "bigram": ngrams.Bigram()}
    models["Kneser-Ney trigram"] = ngrams.KneserNey(order=3)
    return {name: model.fit(sequences, size) for name, model in models.items()}


rivals = count(train_ids, len(vocabulary))
checked = validation_ids[:30]
lines = {name: ngrams.perplexity(model, checked) for name, model in rivals.items()}
print(", ".join(f"{name}: {perplexity:.1f}" for name, perplexity in lines.items()))

# %% [markdown] lang="en"
# ## A network, and its first minute
#
# Each id becomes a vector $x_t$ (the *embedding*), the GRU carries what came before, and its state becomes one logit for each id:
#
# $$h_t = \mathrm{GRU}(x_t, h_{t-1}), \qquad p(\,\cdot \mid \text{all before}) = \mathrm{softmax}(h_t W E^\top + b).$$
#
# $W$ (the layer `projection`) makes the state as long as such a vector. $E$ is the table of the embedding, used once more on the way out: so the list below has no layer of its own for the logits.
# %% [markdown] lang="zh"
# ## 一个网络和它的第一分钟
#
# 每个编号变成一个向量 $x_t$（**词嵌入**），GRU 带着前文往下走，状态再变成每个编号一个 logit：
#
# $$h_t = \mathrm{GRU}(x_t, h_{t-1}), \qquad p(\,\cdot \mid \text{前文}) = \mathrm{softmax}(h_t W E^\top + b).$$
#
# $W$（`projection` 层）把状态变得和词嵌入向量一样长。$E$ 就是词嵌入的那张表，输出时再用一次，所以下面列出的层里没有单独一层算 logits。
# %%
novice = word_language_model(len(vocabulary), **poet.record["model"])
for layer in novice.layers:
    print(f"{layer.name:12} {layer.output.shape}")

# %% [markdown] lang="en"
# It learns from a small part of the poems, for a few epochs, before your eyes. After each epoch it writes a little, and we measure it on validation poems.
# %% [markdown] lang="zh"
# 当场训练几轮，只用一小部分诗。每一轮之后让它写几个字，并在验证集上量一量。
# %%
characters = np.cumsum([len(ids) for ids in train_ids])
few = train_ids[: np.searchsorted(characters, lesson.pick(class_mode=18_000, full=150_000))]
novice_pen = generation.Stepper(novice)
curve = [lines["unigram"]]  # its output bias starts there: that much it knows at once


def look(epoch, loss):
    curve.append(model_perplexity(novice, *text.whole_documents(checked)))
    sample = write(novice_pen, seed=epoch, max_tokens=24).replace("\n", " / ")
    print(f"epoch {epoch}, perplexity {curve[-1]:.0f}: {sample}")


how = {"epochs": 3, "num_steps": num_steps, "batch_size": 16, "learning_rate": 0.01}
train_language_model(novice, few, after_epoch=look, **how)
lines["trained longer"] = model_perplexity(poet.model, *text.whole_documents(checked))
print(f"{poet.record['seconds']} s on {len(train_ids) / len(few):.0f} times as many poems:")
print(write(pen, seed=15))

# %%
labels = ["epoch", "perplexity on validation poems", "first minute"]
lesson.figure(draw.learning(curve, lines, labels), "learning")
lesson.result("learnt_in_class", curve[-1] / lines["unigram"], baseline=1)

# %% [markdown] lang="en"
# After its first minute the network is far better than the unigram; in class mode it has not yet caught up with the bigram, which has counted all the poems. The poet of the first poem is a network of this very build, trained for longer and on all of them (`poet.record` says on what data, with which seed, for how many seconds, on which machine).
#
# ## Does it beat counting?
#
# Now the test poems: nothing was learnt from them, and nothing was chosen by them. Beside them a second network of the same build: its tokens are *words*, of 261 articles about the countries of the world.
# %% [markdown] lang="zh"
# 学了第一分钟，网络已经远胜一元语法；在课堂模式下还赶不上二元语法，那可是数遍了全部的诗。写开头那首诗的“诗人”，结构和它一模一样，只是用了全部的诗，训练得更久（`poet.record` 里记着数据、种子、用了多少秒、在什么机器上）。
#
# ## 它胜过数数吗？
#
# 现在用测试集：训练没用过它，任何选择也没参考过它。旁边再放一个结构相同的网络：它的词元是**单词**，来自 261 篇介绍世界各国的英文文章。
# %%
reporter, world = weights.load("articles"), articles.load()
word_ids, word_test_ids = [
    [reporter.vocabulary.encode(text.tokenize(article.text)) for article in part]
    for part in (world.train, world.test)
]
word_rivals = count(word_ids, len(reporter.vocabulary))
both = [("characters of poems", poet, rivals, test_ids)]
both += [("words of articles", reporter, word_rivals, word_test_ids)]
rows = []
for name, trained, models, tests in both:
    counted = [ngrams.perplexity(model, tests) for model in models.values()]
    rows.append([name, *counted, model_perplexity(trained.model, *text.whole_documents(tests))])
lesson.table(["test perplexity", *rivals, "GRU"], rows)
further = poet.record["perplexity"]["test"]["kneser_ney_5"]
print(f"Kneser-Ney that looks back four characters: {further:.3g}")
lesson.result("poems_to_kneser_ney", rows[0][-1] / rows[0][-2], baseline=1)
lesson.result("words_to_kneser_ney", rows[1][-1] / rows[1][-2], baseline=1)

# %% [markdown] lang="en"
# Both do, and the poet beats even a count that looks back four characters. What can the network know that so little context cannot tell? How the line began, how long it is by now, perhaps what it is about. This is the reporter at work:
# %% [markdown] lang="zh"
# 两个都胜过；“诗人”连往回看四个字的计数也胜过。从那么短的前文里看不出、网络却知道的是什么？这一句怎么开的头，写到第几个字了，也许还有讲的是什么事。下面让写文章的网络也写几句（它读的是英文）：
# %%
prompt = reporter.vocabulary.encode(text.tokenize("The economy of the island"), end=False)
options = {"strategy": "nucleus", "p": 0.6, "max_tokens": 50, "seed": 0}
ids = generation.generate(generation.Stepper(reporter.model), prompt, **options)
print(text.detokenize(reporter.vocabulary.decode([*prompt, *ids])))

# %% [markdown] lang="en"
# ## Which guess to take?
#
# The likeliest token every time? That is *greedy*. Or a draw? Then unlikely tokens come up, too. *Temperature* $T$ makes the distribution sharper ($T < 1$) or flatter: $\mathrm{softmax}(\mathrm{logits}/T)$. *Top-k* keeps the $k$ likeliest. *Nucleus* keeps as many as it takes to reach a probability of $p$ together. Look where the network is sure, and where it is not:
# %% [markdown] lang="zh"
# ## 猜哪一个？
#
# 每次取最可能的，叫**贪心解码**；抽签的话，不太可能的字也会冒出来。**温度** $T$ 让分布变尖（$T < 1$）或变平：$\mathrm{softmax}(\mathrm{logits}/T)$。**top-k 采样**只留最可能的 $k$ 个。**核采样**留到概率合起来达到 $p$ 为止。看看网络有把握和没把握时各会怎样：
# %%
contexts, kept = {}, {"T = 1": [], "T = 0.5": [], "top-k, k = 4": [], "nucleus, p = 0.4": []}
for prompt in ("I pray you tell the kin", "I pray you tell the "):
    logits, _ = pen.read(vocabulary.encode(list(prompt), end=False))
    p = generation.with_temperature(logits[0], 1.0)
    best = np.argsort(-p)[:12]
    contexts[f"“{prompt}…”"] = p[best], [vocabulary.tokens[i] for i in best]
    sharper = generation.with_temperature(logits[0], 0.5)
    found = [p, sharper, generation.keep_top_k(p, 4), generation.keep_nucleus(p, 0.4)]
    for shown, probabilities in zip(kept.values(), found, strict=True):
        shown.append(probabilities[best])
sure, unsure = [np.count_nonzero(shown) for shown in kept["nucleus, p = 0.4"]]
print(f"the nucleus keeps {sure} where the network is sure, {unsure} where it is not")
assert sure < unsure < 12
lesson.figure(draw.choosing(contexts, kept, ["probability", "next token", "cut off"]), "choosing")

# %%
ways = {"greedy decoding": {"strategy": "greedy"}, "nucleus, p = 0.6": {}}
for T in (0.5, 1.5):
    ways[f"temperature {T}"] = {"strategy": "temperature", "temperature": T}
rows = []
for name, settings in ways.items():
    written = [write(pen, seed, **settings) for seed in range(10)]
    rows.append([name, len(set(written)), written[1].splitlines()[0]])
lesson.table(["way", "different poems in 10", "a first line"], rows)
print(f"greedy writes {rows[0][1]} poem, over and over; drawing gives up to {rows[1][1]}")

# %% [markdown] lang="en"
# ## What does one unit do?
#
# The state is 256 numbers. Is there one among them that we can read? We look for the unit whose value follows the place in the line most closely. It is chosen on training poems and tried on test poems. The control is a network of the same build, not trained.
# %% [markdown] lang="zh"
# ## 一个单元在做什么？
#
# 状态有 256 个数，其中有没有我们读得懂的？找一个单元，它的值与“这一行写到第几个字”关系最密切：用训练集来挑，用测试集来验。对照是结构相同、没有训练的网络。


# %%
def places(poem):
    """How far into its line each character stands: 0, 1, 2, …"""
    found = []
    for before in "\n" + poem[:-1]:
        found.append(0 if before == "\n" else found[-1] + 1)
    return found


def states_of(model, texts):
    """The state after each character of the texts: (characters, units)."""
    ids = [vocabulary.encode(list(one)) for one in texts]
    inputs, _ = text.windows(ids, max(map(len, ids)) - 1)  # one window a text
    to_states = keras.Model(model.input, model.get_layer("recurrent_1").output)
    states = to_states(inputs).numpy()  # (texts, steps, units)
    return states[:, 1:][inputs[:, 1:] > 0]  # neither the begin token nor padding


# %%
training.set_seed(1)
untrained = word_language_model(len(vocabulary), **poet.record["model"])
parts = data.train, data.test
chosen_on, tried_on = [[poem.text[:120] for poem in part[:80]] for part in parts]
found = {}
for name, model in (("trained", poet.model), ("untrained", untrained)):
    agreement = [
        np.corrcoef(states_of(model, texts).T, np.concatenate([places(one) for one in texts]))[-1]
        for texts in (chosen_on, tried_on)
    ]
    unit = np.argmax(np.abs(agreement[0][:-1]))
    found[name] = unit, abs(agreement[1][unit])
    print(f"{name}: unit {unit}, correlation {agreement[1][unit]:.2f} on test poems")
lesson.result("unit_knows_place", found["trained"][1], baseline=found["untrained"][1])

# %%
shown = sorted((poem.text for poem in data.test), key=len)[20:23]
values = states_of(poet.model, shown)[:, found["trained"][0]]
values = np.split(values, np.cumsum([len(one) for one in shown])[:-1])
lesson.figure(draw.coloured(shown, values, "value of the unit"), "unit")

# %% [markdown] lang="en"
# **Take home:** *a language model guesses the next token; fed with its own guesses, it writes.*
# %% [markdown] lang="zh"
# **记住一句话：** *语言模型只会猜下一个词元；把猜的再读进去，它就会写。*
