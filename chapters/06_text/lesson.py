# %% [markdown] lang="en"
# # 6. Text generation with NLTK
#
# After this lesson you can
#
# * turn a folder of articles into windows of ids, without losing words and without leaking the test,
# * train an LSTM and a GRU language model and judge them against counting models,
# * let a model write freely, in five ways, and say what each way is good for,
# * do the same with a folder of your own, English or Chinese.
#
# On two free cores class mode takes about half a minute with a small model on a part of the articles; full mode takes about two minutes with all of them. Memory stays below 2 GB. You need lesson 3 (what an LSTM and a GRU are).
#
# Article 004 (§4) prints a program for this task. It stops before it has read a word; mended line by line it stops again and again; and when at last it runs to the end, all it has learnt is a table of word pairs. Numbers like B-004-08 name its faults.
# %% [markdown] lang="zh"
# # 6. 用 NLTK 做文本生成
#
# 学完这一课，你能够：
#
# * 把一个文件夹的文章变成编号窗口，不丢词，也不让测试集泄漏；
# * 训练 LSTM 和 GRU 语言模型，并拿计数模型作基线来评判；
# * 让模型用五种方式自由写作，并说清每种方式适合什么；
# * 对自己的文件夹做同样的事，中文英文都行。
#
# 两个核心空闲时，课堂模式用一部分文章和小模型，约半分钟；完整模式用全部文章，约两分钟。内存不超过 2 GB。预备知识：第 3 课（LSTM 和 GRU 是什么）。
#
# 文章 004（§4）给出了做这件事的程序。它还没读到一个词就停了；一处一处改下去，还会一停再停；等它终于跑到底，学到的只是一张“词对”表。B-004-08 这样的编号指它的某一处错误。
# %%
from rnn_tf.course import begin

lesson = begin("06_text")

import re
import tempfile
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf import generation, layers, text, training
from rnn_tf.course import figures
from rnn_tf.backend import keras, tf
from rnn_tf.baselines import ngrams
from rnn_tf.datasets import articles
from rnn_tf.models import word_language_model
from rnn_tf.training import metrics

# %% [markdown] lang="en"
# ## The idea in one figure
#
# A language model reads a text word by word and says, at every step, which word comes next. **Training** feeds it the true words; the target at every step is the next word of the text. **Writing** feeds it its own words: what it put out becomes its next input.
# %% [markdown] lang="zh"
# ## 一张图看懂
#
# 语言模型一个词一个词地读，在每个时间步说出下一个词是什么。**训练**时喂给它真实的词，每一步的目标就是文本里的下一个词；**写作**时喂给它自己写的词：上一步的输出就是下一步的输入。


# %%
def draw_steps(axis, inputs, outputs, *, own_words):
    for t, (below, above) in enumerate(zip(inputs, outputs, strict=True)):
        for y, word, colour in ((0, below, 0), (1, f"$h_{t + 1}$", 1), (2, above, 2)):
            box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": figures.COLOURS[colour]}
            axis.text(t, y, word, ha="center", va="center", bbox=box, fontsize=10)
        for y in (0, 1):
            axis.annotate("", (t, y + 0.78), (t, y + 0.22), arrowprops={"arrowstyle": "-|>"})
        if t + 1 < len(inputs):
            axis.annotate("", (t + 0.8, 1), (t + 0.2, 1), arrowprops={"arrowstyle": "-|>"})
            if own_words:
                look = {"arrowstyle": "-|>", "linestyle": "--", "color": figures.COLOURS[1]}
                axis.annotate("", (t + 0.86, 0.24), (t + 0.2, 1.76), arrowprops=look)
    axis.set(xlim=(-0.5, len(inputs) - 0.5), ylim=(-0.4, 2.4))
    axis.set_axis_off()


words_in = lesson.text(["<bos>", "the", "sea", "is"], ["<bos>", "大", "海", "很"])
words_out = lesson.text(["the", "sea", "is", "deep"], ["大", "海", "很", "深"])
figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.0), layout="constrained")
draw_steps(left, words_in, words_out, own_words=False)
draw_steps(right, words_in, words_out, own_words=True)
left.set_title(lesson.text("training: true words in", "训练：喂真实的词"))
right.set_title(lesson.text("writing: own words in", "写作：喂自己写的词"))
lesson.figure(
    figure,
    "idea",
    en="two unrolled networks; while training the true words go in and the next word is the "
    "target; while writing each word put out goes in at the next step",
    zh="两个展开的网络：训练时输入真实的词，目标是下一个词；写作时每一步输出的词成为下一步的输入",
)

# %% [markdown] lang="en"
# ## The equations
#
# The probability of a text is a product, one factor a word: $p(w_1 \dots w_n) = \prod_{t=1}^{n} p(w_t \mid w_0 \dots w_{t-1})$. Here $w_0$ is the begin token and $w_n$ the end token. The recurrent state carries what came before:
#
# $$x_t = E_{w_t}, \qquad h_t = \mathrm{LSTM}(x_t, h_{t-1}), \qquad p(\,\cdot \mid w_1 \dots w_t) = \mathrm{softmax}(h_t W_y + b_y).$$
#
# $E$ is the embedding, one row a word; $W_y$ and $b_y$ make one number for each word of the vocabulary. (The LSTM's cell state travels along with $h_t$.)
#
# We judge the model by its **perplexity**, $\exp\bigl(-\tfrac1n \sum_{t=1}^{n} \ln p(w_t \mid w_0 \dots w_{t-1})\bigr)$. A perplexity of 100 means: as unsure as between 100 equally likely words. Guessing among $V$ words has perplexity $V$. Less is better.
# %% [markdown] lang="zh"
# ## 公式
#
# 一段文本的概率是连乘，每个词一项：$p(w_1 \dots w_n) = \prod_{t=1}^{n} p(w_t \mid w_0 \dots w_{t-1})$，其中 $w_0$ 是起始词元，$w_n$ 是结束词元。前文由循环状态带着走：
#
# $$x_t = E_{w_t}, \qquad h_t = \mathrm{LSTM}(x_t, h_{t-1}), \qquad p(\,\cdot \mid w_1 \dots w_t) = \mathrm{softmax}(h_t W_y + b_y).$$
#
# $E$ 是词嵌入矩阵，每个词一行；$W_y$ 和 $b_y$ 为词表里的每个词算出一个数。（LSTM 的单元状态与 $h_t$ 一起往下传。）
#
# 评判用**困惑度** $\exp\bigl(-\tfrac1n \sum_{t=1}^{n} \ln p(w_t \mid w_0 \dots w_{t-1})\bigr)$。困惑度 100 的意思是：像在 100 个同样可能的词之间犹豫。在 $V$ 个词里瞎猜，困惑度就是 $V$。越小越好。

# %% [markdown] lang="en"
# ## 1. Read a folder of articles
#
# The article gives NLTK the path of a folder. From version 3.10 NLTK reads only folders on its own data path, so the very first line fails, even where the folder exists (B-004-01):
# %% [markdown] lang="zh"
# ## 1. 读一个文件夹的文章
#
# 文章直接把文件夹路径交给 NLTK。NLTK 从 3.10 版起只读自己数据路径之下的文件夹，所以哪怕文件夹存在，第一行也会报错（B-004-01）：
# %%
from nltk.corpus import PlaintextCorpusReader

with tempfile.TemporaryDirectory() as folder:
    Path(folder, "0001.txt").write_text("Deep is the sea. So is the well.", encoding="utf-8")
    try:
        print(PlaintextCorpusReader(folder, r".*\.txt").raw("0001.txt"))
    except OSError as error:
        print(f"{type(error).__name__}: {str(error).split(':')[0]} …")

    with text.corpus_reader(folder) as reader:  # the same reader, and it may read this folder
        print(type(reader).__name__, reader.fileids(), list(reader.sents("0001.txt")))

# %% [markdown] lang="en"
# `text.corpus_reader` gives NLTK a private copy of the folder for the length of the `with` block and takes the permission back afterwards. It also checks each file: one that is empty or not UTF-8 is refused in one clear line.
#
# The course ships 261 articles about the countries of the world. `articles.load` splits them **by document**. Cut in the middle of a text, training and test would share its words (B-004-19).
# %% [markdown] lang="zh"
# `text.corpus_reader` 在 `with` 块里把文件夹的一份私有副本交给 NLTK，出了块就收回许可。它还检查每个文件：遇到空文件或不是 UTF-8 的文件，就用一行话说清楚错在哪里。
#
# 本课程自带 261 篇介绍世界各国的文章。`articles.load` **按文档**划分训练集、验证集和测试集。要是在一篇文章中间切一刀，训练集和测试集就会共用它的词（B-004-19）。
# %%
data = articles.load()
print(data)
print(data.test[0].name, "|", data.test[0].text[:170], "…")

# %% [markdown] lang="en"
# ## 2. Sentences, tokens
#
# `nltk.word_tokenize` needs a download that the article never makes (B-004-02). NLTK's splitter itself is only code and four small tables; the tables are shipped with the course.
# %% [markdown] lang="zh"
# ## 2. 断句与分词
#
# `nltk.word_tokenize` 需要先下载数据，文章却从没下载（B-004-02）。其实 NLTK 的断句器只是一段代码加四张小表，本课程自带这四张表。
# %%
sample = "Mr. Fox can't swim 3.5 km. He said: “It's too far!”"
for sentence in text.sentences(sample):
    print(text.word_tokens(sentence))
print(text.tokenize(sample))
print(text.tokenize("大海很深。他用 Python 3.12！"))

# %% [markdown] lang="en"
# English is split into words and marks: "can't" is "ca" + "n't". Chinese has no spaces; taking each character as a token needs no dictionary. `tokenize` also lower-cases everything: the article lower-cases only while it looks up stop words, so that "Fox" and "fox" stay two words (B-004-05).
# %% [markdown] lang="zh"
# 英文切成词和标点，"can't" 变成 "ca" + "n't"。中文没有空格，一个字算一个词元，不需要词典。`tokenize` 还把所有字母变成小写；文章只在查停用词时变小写，于是 "Fox" 和 "fox" 仍是两个词（B-004-05）。
# %%
train_documents = data.train[:: lesson.pick(class_mode=5, full=1)]
train_tokens = [text.tokenize(document.text) for document in train_documents]
validation_tokens = [text.tokenize(document.text) for document in data.validation]
test_tokens = [text.tokenize(document.text) for document in data.test]
lesson.say(
    f"{len(train_tokens)} training documents, {sum(map(len, train_tokens)):,} tokens; "
    f"test: {len(test_tokens)} documents, {sum(map(len, test_tokens)):,} tokens.",
    f"训练集 {len(train_tokens)} 篇、{sum(map(len, train_tokens)):,} 个词元；"
    f"测试集 {len(test_tokens)} 篇、{sum(map(len, test_tokens)):,} 个词元。",
)

# %% [markdown] lang="en"
# ### Stop words: leave them in
#
# The article removes stop words, such as "the", "of" and "is", before it trains a *generator* (B-004-04). For counting topics that is a good idea. A generator loses the words that make sentences:
# %% [markdown] lang="zh"
# ### 停用词：留着
#
# 文章在训练**生成模型**之前先去掉 "the"、"of"、"is" 这类停用词（B-004-04）。统计主题时这么做有道理；生成模型却因此丢掉了造句要用的词：
# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    stripped_tokens = [text.without_stop_words(tokens) for tokens in train_tokens]
print(f"{caught[0].category.__name__}: {caught[0].message}")
print(text.detokenize(train_tokens[0][:32]))
print(text.detokenize(stripped_tokens[0][:32]))


def function_word_share(tokens):
    return np.mean([token in text.stop_words() for token in tokens])


share_in_articles = function_word_share(np.concatenate(train_tokens))
lesson.say(
    f"{share_in_articles:.0%} of all tokens are stop words.",
    f"全部词元里有 {share_in_articles:.0%} 是停用词。",
)

# %% [markdown] lang="en"
# ## 3. A vocabulary
#
# The article numbers words from 0, over *all* tokens: the test's words leak in, a new word is a `KeyError`, and id 0 is a word and "nothing" at the same time (B-004-06, B-004-15). Ours is made from training documents only and keeps four ids for itself: padding 0, unknown 1, begin 2, end 3.
# %% [markdown] lang="zh"
# ## 3. 词表
#
# 文章从 0 开始给**全部**词元编号：测试集的词漏了进来；遇到新词就是 `KeyError`；编号 0 既是一个词，又表示“什么也没有”（B-004-06、B-004-15）。我们的词表只用训练集来建，并留出四个编号：填充 0、未知 1、起始 2、结束 3。
# %%
vocabulary = text.Vocabulary.fit(
    train_tokens, min_count=3, max_size=lesson.pick(class_mode=1000, full=None)
)
vocab_size = len(vocabulary)
print(vocab_size, vocabulary.tokens[:16])
ids = vocabulary.encode(["the", "zyzzyva", "economy"])
print(ids, vocabulary.decode(ids))

train_ids, validation_ids, test_ids = (
    [vocabulary.encode(tokens) for tokens in part]
    for part in (train_tokens, validation_tokens, test_tokens)
)
unknown = np.mean(np.concatenate(test_ids) == vocabulary.UNK)
lesson.say(
    f"{unknown:.1%} of the test tokens are unknown. All models below are scored on them too.",
    f"测试集里有 {unknown:.1%} 的词元是未知词元，下面所有模型都要对它们计分。",
)

# %% [markdown] lang="en"
# The way back, from ids to words, is part of the vocabulary. The article looks ids up in its word→id dictionary (B-004-13):
# %% [markdown] lang="zh"
# 从编号回到词，也归词表管。文章却拿编号去查“词→编号”的字典（B-004-13）：
# %%
vocab = {"the": 0, "sea": 1}
lesson.fails(lambda: vocab[1], KeyError)
with tempfile.TemporaryDirectory() as folder:
    vocabulary.save(Path(folder, "vocabulary.json"))
    assert text.Vocabulary.load(Path(folder, "vocabulary.json")) == vocabulary

# %% [markdown] lang="en"
# ## 4. Windows
#
# The article sets a sequence length of 100 and never uses it. Each of its samples is a *single* id (B-004-07). What one step does to a recurrent layer can be measured: its recurrent kernel gets a gradient of exactly zero. There is nothing to remember, so nothing is learnt about remembering (B-004-08).
# %% [markdown] lang="zh"
# ## 4. 窗口
#
# 文章设了序列长度 100，却从没用过，每个样本只是**一个**编号（B-004-07）。只有一个时间步对循环层意味着什么，可以量出来：循环权重矩阵的梯度恰好是零。没有要记的东西，自然学不会记（B-004-08）。
# %%
num_steps = 32
inputs, targets = text.windows(train_ids, num_steps)
print("inputs", inputs.shape, inputs.dtype, " targets", targets.shape)
print(vocabulary.decode(inputs[0], special=True)[:7], "→", vocabulary.decode(targets[0])[:7])


def recurrent_gradient(inputs, targets):
    """Norm of the gradient of the LSTM's recurrent kernel."""
    training.set_seed(0)
    model = word_language_model(vocab_size, embedding=16, units=16)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs))
    return float(
        tf.norm(tape.gradient(value, model.get_layer("recurrent_1").cell.recurrent_kernel))
    )


one_step = recurrent_gradient(inputs[:64].reshape(-1, 1), targets[:64].reshape(-1, 1))
windowed = recurrent_gradient(inputs[:64], targets[:64])
assert one_step == 0
lesson.say(
    f"gradient norm of the recurrent kernel: {one_step} with single ids, {windowed:.2g} with windows.",
    f"循环权重矩阵的梯度范数：单个编号 {one_step}，窗口 {windowed:.2g}。",
)

# %% [markdown] lang="en"
# A window never crosses from one article into the next. The last window of an article is filled with padding, which no loss counts. A text that is too short says so, and says how much is needed, where the article would train on nothing without a word (B-004-20):
# %% [markdown] lang="zh"
# 窗口不会从一篇文章跨到下一篇。每篇最后一个窗口用填充补齐，损失不计填充。文本太短时，会报错并说明需要多少；文章的程序则会一声不响地对着空数据训练（B-004-20）：
# %%
lesson.fails(lambda: text.windows([vocabulary.encode(["too", "short"])], 100), ValueError)

# %% [markdown] lang="en"
# Then the article passes Python lists to `fit` (B-004-10), and integer targets to a loss that wants one-hot rows (B-004-11). Both stop:
# %% [markdown] lang="zh"
# 接着，文章把 Python 列表交给 `fit`（B-004-10），又把整数目标交给只收独热编码（one-hot）的损失函数（B-004-11）。两处都会报错停下：
# %%
articles_model = keras.Sequential(
    [
        keras.layers.Embedding(vocab_size, 8),
        keras.layers.LSTM(8),
        keras.layers.Dense(vocab_size, activation="softmax"),
    ]
)
articles_model.compile(optimizer="adam", loss="categorical_crossentropy")
for attempt in (
    lambda: articles_model.fit([4, 5, 6], [5, 6, 7], verbose=0),
    lambda: articles_model.fit(inputs, targets[:, -1], verbose=0),
):
    lesson.fails(attempt, ValueError)

# %% [markdown] lang="en"
# ## 5. Baselines first
#
# Before any network: how good is counting? All of these are fitted on the training documents and scored on the held-out test documents, on the very same tokens as the networks below.
#
# * **uniform**: all words equally likely;
# * **unigram**: each word as often as it occurs;
# * **bigram**: given the word before, mixed with the unigram, so that no pair has probability zero;
# * **Kneser-Ney smoothing**: the strongest of the classical counting models, here as a bigram and as a trigram; it takes a little from every count and gives it to words that follow *many different* words.
# %% [markdown] lang="zh"
# ## 5. 先有基线
#
# 上网络之前先问：光靠数数能做到多好？下面的模型都在训练集上计数，在留出的测试集上计分，计分的词元与后面的网络完全相同。
#
# * **均匀**：所有词同样可能；
# * **一元语法**：每个词按出现次数；
# * **二元语法**：看前一个词，再与一元语法插值，免得有的词对概率为零；
# * **Kneser-Ney 平滑**：经典计数模型里最强的一种，这里有二元和三元两个；它从每个计数里取走一点，分给那些能跟在**许多不同**词后面的词。
# %%
counting = {
    "unigram": ngrams.Unigram(),
    "bigram": ngrams.Bigram(),
    "kneser_ney_2": ngrams.KneserNey(order=2),
    "kneser_ney_3": ngrams.KneserNey(order=3),
}
baseline = {"uniform": ngrams.uniform_perplexity(vocab_size)}
for name, model in counting.items():
    baseline[name] = ngrams.perplexity(model.fit(train_ids, vocab_size), test_ids)
names = {
    "uniform": lesson.text("uniform", "均匀"),
    "unigram": lesson.text("unigram", "一元语法"),
    "bigram": lesson.text("bigram", "二元语法"),
    "kneser_ney_2": lesson.text("Kneser-Ney bigram", "Kneser-Ney 二元"),
    "kneser_ney_3": lesson.text("Kneser-Ney trigram", "Kneser-Ney 三元"),
}
lesson.table(
    [lesson.text("counting model", "计数模型"), lesson.text("test perplexity", "测试困惑度")],
    [[names[name], value] for name, value in baseline.items()],
)

# %% [markdown] lang="en"
# Each is a true distribution: after any context its probabilities add up to one. Checked here for one of them:
# %% [markdown] lang="zh"
# 每个都是真正的概率分布：不管前文是什么，概率加起来都是 1。这里拿其中一个来验证：
# %%
after = vocabulary.encode(["the", "economy"], begin=False, end=False)
p = counting["kneser_ney_3"].probabilities(after)
assert abs(p.sum() - 1) < 1e-9
best = np.argsort(-p)[:6]
print("the economy …", {vocabulary.tokens[n]: round(float(p[n]), 3) for n in best})

# %% [markdown] lang="en"
# ## 6. LSTM and GRU
#
# The article announces an LSTM *or* a GRU and codes only the first (B-004-17). `word_language_model` takes either. The GRU has three blocks of weights where the LSTM has four; Keras gives each block of a GRU two biases, each block of an LSTM one:
# %% [markdown] lang="zh"
# ## 6. LSTM 与 GRU
#
# 文章说“LSTM 或 GRU”，代码里只有前者（B-004-17）。`word_language_model` 两种都行。LSTM 有四组权重，GRU 有三组；Keras 的 GRU 每组有两个偏置，LSTM 每组一个：
# %%
size = lesson.pick(
    class_mode={"embedding": 64, "units": 64, "dropout": 0.1},
    full={"embedding": 128, "units": 128, "dropout": 0.3},
)
lstm = word_language_model(vocab_size, cell="lstm", **size)
gru = word_language_model(vocab_size, cell="gru", **size)
n = size["units"]
assert lstm.get_layer("recurrent_1").count_params() == 4 * n * (size["embedding"] + n + 1)
assert gru.get_layer("recurrent_1").count_params() == 3 * n * (size["embedding"] + n + 2)
lesson.table(
    [lesson.text("weights", "参数量"), "LSTM", "GRU"],
    [
        [a.name, a.count_params(), b.count_params()]
        for a, b in zip(lstm.layers, gru.layers, strict=True)
        if a.count_params()
    ],
)

# %% [markdown] lang="en"
# ### Training, and clipping
#
# Four small things make training good:
#
# * every epoch cuts new windows, at random borders;
# * the output bias starts as ln of the word frequencies, so the first thing the model knows is the unigram;
# * the learning rate rises, then falls along a cosine;
# * **clipping**: where the norm of the gradient over all weights is above a limit, the gradient is scaled down to it (`global_clipnorm`): $g \leftarrow g \cdot \min(1,\, \theta / \lVert g \rVert)$ with the limit $\theta$. The direction stays. The article lists clipping (§3.2) and never codes it (B-004-17).
# %% [markdown] lang="zh"
# ### 训练与梯度裁剪
#
# 有四个小办法让训练变好：
#
# * 每一轮都在随机位置重新切窗口；
# * 输出偏置从词频的对数开始，模型一上来就知道一元语法；
# * 学习率先升，再沿余弦下降；
# * **梯度裁剪**：全部权重的梯度范数超过上限时，把梯度按比例缩到上限（`global_clipnorm`），即 $g \leftarrow g \cdot \min(1,\, \theta / \lVert g \rVert)$，$\theta$ 是上限；方向不变。文章列出了裁剪（§3.2），却没有写进代码（B-004-17）。


# %%
def start_from_unigram(model, sequences):
    counts = np.bincount(
        np.concatenate([s[1:] for s in sequences]), minlength=model.output_shape[-1]
    )
    model.get_layer("logits").bias.assign(np.log((counts + 0.1) / (counts + 0.1).sum()))


def train(model, sequences, *, epochs, seed, num_steps=32, learning_rate=4e-3):
    """Train on windows that are cut anew in every epoch; ids 0 in the targets are padding."""
    random = np.random.default_rng(seed)
    num_windows = len(text.windows(sequences, num_steps)[0])
    batch_size = min(16, num_windows)
    total = epochs * num_windows // batch_size
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 10,
        decay_steps=int(0.9 * total),
        alpha=0.02,
        warmup_target=learning_rate,
        warmup_steps=max(1, int(0.1 * total)),
    )
    start_from_unigram(model, sequences)
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, global_clipnorm=1.0),
        # With weights of 0 and 1 this is the mean over the tokens of weight 1.
        loss=layers.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        ),
        steps_per_execution=20,
        jit_compile=False,  # XLA makes this slower on a CPU
    )
    for _ in range(epochs):
        borders = random.integers(num_steps, size=len(sequences))
        inputs, targets = text.windows(sequences, num_steps, offset=borders)
        # Whole batches only: a step for one known shape is compiled sooner and runs faster.
        rows = random.permutation(len(inputs))[: len(inputs) // batch_size * batch_size]
        counted = (targets[rows] != text.Vocabulary.PAD).astype("float32")
        model.fit(
            inputs[rows], targets[rows], sample_weight=counted, batch_size=batch_size, verbose=0
        )
    return model


# %% [markdown] lang="en"
# What clipping does shows best on a plain recurrent network with plain gradient descent and a bold learning rate. Same start, same batches, with and without:
# %% [markdown] lang="zh"
# 裁剪的作用，用简单循环网络、普通梯度下降和偏大的学习率最容易看清。起点相同，批相同，一个裁剪，一个不裁剪：


# %%
def plain_descent(clipnorm):
    training.set_seed(0)
    model = word_language_model(
        vocab_size, embedding=32, units=32, cell="simple", dropout=0, pad_is_zero=False
    )
    kernel = model.get_layer("recurrent_1").cell.recurrent_kernel
    kernel.assign(2.5 * kernel)  # orthogonal times 2.5: gradients grow on their way back
    start_from_unigram(model, train_ids)
    norms = training.GradientNorms()
    model.compile(
        optimizer=keras.optimizers.SGD(2.0, global_clipnorm=clipnorm),
        loss=layers.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    whole = (targets > 0).all(axis=1)
    model.fit(
        inputs[whole][:1280], targets[whole][:1280], batch_size=16, verbose=0,
        shuffle=False, callbacks=[norms],
    )  # fmt: skip
    loss = model.evaluate(inputs[whole][:320], targets[whole][:320], verbose=0)
    return norms.total, float(np.nan_to_num(loss, nan=1e3))


norms_without, loss_without = plain_descent(None)
norms_with, loss_with = plain_descent(0.5)
figure, (axis,) = figures.panels()
axis.semilogy(norms_without, label=lesson.text("without clipping", "不裁剪"))
axis.semilogy(norms_with, label=lesson.text("clipped to 0.5", "裁剪到 0.5"))
axis.axhline(0.5, color="black", linewidth=1, linestyle=":")
figures.label(
    axis,
    lesson.text("training step", "训练步"),
    lesson.text("gradient norm before clipping", "裁剪前的梯度范数"),
)
axis.legend()
lesson.figure(
    figure,
    "clipping",
    en="gradient norm of every training step on a log scale, with and without clipping, and the "
    "limit as a dotted line",
    zh="每个训练步的梯度范数（对数轴），裁剪与不裁剪两条线；点线是上限",
)
lesson.result(
    "clipping_loss",
    loss_with,
    title=("loss after the same steps, with clipping", "同样步数之后的损失，裁剪"),
    baseline=("without clipping", "不裁剪", loss_without),
    at_most=loss_without,
    unit="nat",
)

# %% [markdown] lang="en"
# Without clipping, a single step along a huge gradient throws the weights far away. The states of a tanh layer then sit close to ±1, where its slope is almost zero, and later steps can mend little. Clipping bounds the length of the *step*. It does not help against gradients that vanish.
# %% [markdown] lang="zh"
# 不裁剪时，梯度大到离谱的一步就能把权重甩得老远；tanh 层的状态于是饱和在 ±1 附近，那里斜率几乎为零，后面的训练很难补救。裁剪限制的是**每一步迈多大**，对梯度消失没有帮助。

# %% [markdown] lang="en"
# ### The comparison
#
# Three seeds each. Sizes, dropout and learning rate were chosen on the validation documents; the test documents only judge. `model_perplexity` counts every test token once, as the counting models did.
# %% [markdown] lang="zh"
# ### 比较
#
# 每种三个随机种子。网络大小、丢弃率和学习率是在验证集上选的，测试集只用来评判。`model_perplexity` 和计数模型一样，测试集的每个词元恰好算一次。
# %%
epochs = lesson.pick(class_mode=3, full=5)
score_windows = text.windows(test_ids, 128)
cells = {"lstm": "LSTM", "gru": "GRU"}
models, perplexities = {}, {cell: [] for cell in cells}
for cell in cells:
    for seed in lesson.seeds:
        training.set_seed(seed)
        model = word_language_model(vocab_size, cell=cell, pad_is_zero=False, **size)
        train(model, train_ids, epochs=epochs, seed=seed)
        perplexities[cell].append(metrics.model_perplexity(model, *score_windows))
        models[cell, seed] = model
        print(cells[cell], seed, round(perplexities[cell][-1], 1), flush=True)

# %%
rival = lesson.pick(class_mode="unigram", full="kneser_ney_3")
rival_name = {
    "unigram": ("unigram", "一元语法"),
    "kneser_ney_3": ("Kneser-Ney trigram", "Kneser-Ney 三元语法"),
}[rival]
for cell, name in cells.items():
    lesson.result(
        f"{cell}_perplexity",
        perplexities[cell],
        title=(f"{name}: test perplexity", f"{name}：测试困惑度"),
        baseline=(*rival_name, baseline[rival]),
        at_most=baseline[rival],
    )

# %%
figure, (axis,) = figures.panels()
bars = [names[name] for name in counting]
axis.barh(bars, [baseline[name] for name in counting], color="0.75", height=0.6)
for place, cell in enumerate(cells, start=len(bars)):
    axis.plot(perplexities[cell], [place] * 3, "o", color=figures.COLOURS[place - len(bars)])
axis.set_yticks(range(len(bars) + 2), [*bars, *cells.values()])
axis.set_xlim(left=0)
figures.label(axis, lesson.text("test perplexity", "测试困惑度"), lesson.text("model", "模型"))
lesson.figure(
    figure,
    "perplexity",
    en="bars: test perplexity of the counting models; points: LSTM and GRU, one point a seed",
    zh="条形：计数模型的测试困惑度；圆点：LSTM 和 GRU，每个种子一个点",
)

# %%
worst = {cell: max(values) for cell, values in perplexities.items()}
for cell, name in cells.items():
    beaten = [names[b] for b in baseline if worst[cell] < baseline[b]]
    not_beaten = [names[b] for b in baseline if worst[cell] >= baseline[b]]
    lesson.say(
        f"With every seed {name} beats: {', '.join(beaten) or 'none'}. "
        f"Not with every seed: {', '.join(not_beaten) or 'none'}.",
        f"{name} 每个种子都胜过：{'、'.join(beaten) or '无'}；"
        f"没能每个种子都胜过：{'、'.join(not_beaten) or '无'}。",
    )
lstm_wins = sum(a < b for a, b in zip(perplexities["lstm"], perplexities["gru"], strict=True))
lesson.say(
    f"LSTM against GRU, seed by seed: {lstm_wins} of {len(lesson.seeds)} for the LSTM.",
    f"LSTM 对 GRU，逐个种子比：{len(lesson.seeds)} 次里 LSTM 胜 {lstm_wins} 次。",
)

# %% [markdown] lang="en"
# Counting is a serious rival: on a few articles, with a few seconds of training, a network may lose to two words of memory (see above). It needs more text and more steps to make use of what it can remember. That is why a score without a baseline tells nothing.
# %% [markdown] lang="zh"
# 计数模型这个对手不可小看：文章不多、只训练几秒钟时，网络可能输给“只记两个词”的模型（见上面的结果）。要让记忆派上用场，得有更多文本、更多训练步。所以，没有基线的结果什么也说明不了。

# %% [markdown] lang="en"
# ## 7. Writing
#
# First the article's way (B-004-16): predict the next word for every word of a *given* text, take the likeliest, join. That is no writing. It needs the true text to say anything at all (teacher forcing), and nothing it says is fed back:
# %% [markdown] lang="zh"
# ## 7. 写作
#
# 先看文章的做法（B-004-16）：对一段**现成**文本的每个词预测下一个词，取最可能的，再连起来。这不是写作。没有真实文本，它一个字也说不出来（教师强制）；它说出来的词，也从不喂回去：
# %%
model = models["lstm", 0]
given = test_ids[0][:24]
forced = np.argmax(model(given[None, :], training=False)[0], axis=-1)
print(lesson.text("given:    ", "给定："), " ".join(vocabulary.decode(given)))
print(lesson.text("predicted:", "预测："), " ".join(vocabulary.decode(forced)))

# %% [markdown] lang="en"
# Free-running generation feeds each word back in. A `Stepper` holds one compiled step; the state goes in and comes out by hand. It gives the same numbers as the model on the whole window:
# %% [markdown] lang="zh"
# 自由生成把每个词喂回去。`Stepper` 只编译一个时间步，状态由我们亲手传进、取出。它算出的数与模型处理整个窗口时相同：
# %%
stepper = generation.Stepper(model)
states = stepper.initial_states(batch_size=1)
difference = 0.0
whole = model(given[None, :], training=False)[0].numpy()
for t, number in enumerate(given):
    logits, states = stepper([number], states)
    difference = max(difference, np.abs(logits[0] - whole[t]).max())
lesson.result(
    "step_equals_window",
    difference,
    title=("stepping against the whole window, largest difference", "逐步与整窗的最大差"),
    at_most=1e-4,
)


# %%
def write(prompt, *, stepper=stepper, vocabulary=vocabulary, language="en", **options):
    """The prompt and what the model makes of it, as readable text."""
    prompt_ids = vocabulary.encode(text.tokenize(prompt, language), end=False)
    ids = generation.generate(stepper, prompt_ids, **{"max_tokens": 30, **options})
    assert not {vocabulary.PAD, vocabulary.UNK, vocabulary.BOS} & set(ids.tolist())
    return text.detokenize(vocabulary.decode([*prompt_ids, *ids]), language)


ways = {
    ("greedy", "贪心解码"): {},
    ("temperature 0.5", "温度 0.5"): {"strategy": "temperature", "temperature": 0.5},
    ("temperature 1", "温度 1"): {"strategy": "temperature"},
    ("temperature 1.5", "温度 1.5"): {"strategy": "temperature", "temperature": 1.5},
    ("top-k, k = 10", "top-k，k = 10"): {"strategy": "top_k", "k": 10},
    ("nucleus, p = 0.8", "核采样，p = 0.8"): {"strategy": "nucleus", "p": 0.8},
    ("beam, 5 wide", "集束搜索，宽 5"): {"strategy": "beam", "beams": 5},
}
lesson.table(
    [lesson.text("strategy", "方式"), lesson.text("text", "文本")],
    [[lesson.text(*way), write("The economy", **options)] for way, options in ways.items()],
)

# %% [markdown] lang="en"
# * **greedy** takes the likeliest word every time, and tends to repeat itself;
# * **temperature** $T$ draws from $\mathrm{softmax}(\mathrm{logits}/T)$: cold is dull, hot is wild;
# * **top-k** draws among the $k$ likeliest words, however sure the model is;
# * **nucleus** draws among the likeliest words that together reach probability $p$: few where the model is sure, many where it is not;
# * **beam** looks for the likeliest *whole text*. Likely is not the same as good.
#
# What temperature, top-k and nucleus make of one and the same distribution:
# %% [markdown] lang="zh"
# * **贪心解码**每次取最可能的词，容易翻来覆去地重复；
# * **温度** $T$ 从 $\mathrm{softmax}(\mathrm{logits}/T)$ 里采样：温度低则乏味，温度高则胡言乱语；
# * **top-k 采样**只在最可能的 $k$ 个词里抽，不管模型有没有把握；
# * **核采样**在最可能、合起来概率达到 $p$ 的那些词里抽：有把握时候选少，没把握时候选多；
# * **集束搜索**找的是**整段文本**最可能的写法。最可能，不等于最好。
#
# 同一个分布，经过温度、top-k 和核采样，各变成什么样：
# %%
prompt_ids = vocabulary.encode(text.tokenize("The economy"), end=False)
logits, _ = stepper.read(prompt_ids)
logits[0, list(generation.FORBIDDEN)] = -np.inf  # padding, <unk>, <bos> are never written
p = generation.with_temperature(logits[0], 1.0)
likeliest = np.argsort(-p)[:12]
kept = {
    lesson.text("temperature 1", "温度 1"): p,
    lesson.text("temperature 0.5", "温度 0.5"): generation.with_temperature(logits[0], 0.5),
    lesson.text("top-k, k = 5", "top-k，k = 5"): generation.keep_top_k(p, 5),
    lesson.text("nucleus, p = 0.4", "核采样，p = 0.4"): generation.keep_nucleus(p, 0.4),
}
figure, axes = figures.panels(4, columns=4, width=2.3, height=3.4)
for axis, (name, probabilities) in zip(axes, kept.items(), strict=True):
    assert abs(probabilities.sum() - 1) < 1e-9
    axis.barh(range(12), probabilities[likeliest], color=figures.COLOURS[0])
    axis.set_yticks(range(12), [vocabulary.tokens[n] for n in likeliest] if axis is axes[0] else [])
    axis.invert_yaxis()
    figures.label(axis, lesson.text("probability", "概率"), "", name)
axes[0].set_ylabel(lesson.text("next word", "下一个词"))
lesson.figure(
    figure,
    "filters",
    en="probabilities of the twelve likeliest words after 'The economy' at two temperatures, "
    "among the top five, and in the nucleus",
    zh="“The economy”之后最可能的十二个词的概率：两种温度、前五个、核采样",
)

# %% [markdown] lang="en"
# Four checks. Cold sampling is greedy; the same seed writes the same text; two seeds differ; the beam's text is at least as likely as the greedy one (our beam search keeps the greedy text in the race; a bare one may lose it on the way).
# %% [markdown] lang="zh"
# 四项检查：温度趋于零就是贪心解码；同一个种子写出同样的文本；不同种子写得不同；集束搜索的文本至少和贪心的一样可能（我们的集束搜索始终保留贪心文本参加比较；不这样做，中途可能把它丢掉）。
# %%
greedy = generation.generate(stepper, prompt_ids, max_tokens=20)
cold = generation.generate(
    stepper, prompt_ids, max_tokens=20, strategy="temperature", temperature=1e-4
)
assert np.array_equal(greedy, cold)


def draw(seed):
    return generation.generate(
        stepper, prompt_ids, max_tokens=20, strategy="temperature", seed=seed
    ).tolist()


assert draw(1) == draw(1)
assert draw(1) != draw(2)
by_beam, beam_score = generation.beam_search(stepper, prompt_ids, 20, beams=5)
greedy_score = generation.log_probability(stepper, prompt_ids, greedy)
lesson.result(
    "beam_gain",
    beam_score - greedy_score,
    title=("ln p of the beam's text minus ln p of the greedy text", "集束与贪心文本的 ln p 之差"),
    at_least=0.0,
)

# %% [markdown] lang="en"
# ### What removing stop words does to a writer
#
# A model of the same build, trained on the same articles without their stop words (B-004-04):
# %% [markdown] lang="zh"
# ### 去掉停用词，写出来是什么样
#
# 结构相同的模型，同样的文章，只是去掉了停用词（B-004-04）：
# %%
stripped_vocabulary = text.Vocabulary.fit(stripped_tokens, min_count=3, max_size=vocab_size)
stripped_ids = [stripped_vocabulary.encode(tokens) for tokens in stripped_tokens]
training.set_seed(0)
stripped_model = word_language_model(len(stripped_vocabulary), pad_is_zero=False, **size)
train(stripped_model, stripped_ids, epochs=lesson.pick(class_mode=4, full=3), seed=0)
stripped = {
    "stepper": generation.Stepper(stripped_model),
    "vocabulary": stripped_vocabulary,
}
nucleus = {"strategy": "nucleus", "p": 0.8, "max_tokens": 40}
print(lesson.text("all words:      ", "保留全部词："), write("The economy", **nucleus))
print(lesson.text("no stop words:  ", "去掉停用词："), write("economy", **nucleus, **stripped))


def written_share(prompt, **options):
    """Share of function words in what is written, over ten seeds."""
    texts = [write(prompt, **nucleus, **options, seed=seed) for seed in range(10)]
    return function_word_share(text.tokenize(" ".join(texts)))


share_with, share_without = written_share("The economy"), written_share("economy", **stripped)
lesson.say(
    f"stop words: {share_in_articles:.0%} in the articles, {share_with:.0%} in what the first "
    f"model writes, {share_without:.0%} in what the second writes.",
    f"停用词的比例：文章里 {share_in_articles:.0%}，第一个模型写的文本里 {share_with:.0%}，"
    f"第二个模型写的文本里 {share_without:.0%}。",
)
assert share_without < 0.02 < share_with

# %% [markdown] lang="en"
# ## 8. A folder of your own
#
# The whole way, from folder to writing, as one function. Give it a folder with at least three UTF-8 text files; it says what it found, trains a small GRU, holds it against Kneser-Ney on held-out documents, and writes. Have many short files rather than one long one; `text.cut_document` cuts a long one between paragraphs.
# %% [markdown] lang="zh"
# ## 8. 你自己的文件夹
#
# 从文件夹到写作，整个流程写成一个函数。给它一个文件夹，里面至少有三个 UTF-8 文本文件；它会报告读到了什么，训练一个小 GRU，在留出的文档上与 Kneser-Ney 比较，然后写作。许多短文件比一个长文件好；一个长文件可以用 `text.cut_document` 在段落之间切开。


# %%
def learn_from(folder, *, epochs=6, min_count=2, units=64, seed=0):
    """Train on a folder of text files; returns ``(stepper, vocabulary, perplexities)``."""
    own = articles.load(folder, validation_share=0.1, test_share=0.2, seed=seed)
    lesson.say(
        f"{len(own.train)} training, {len(own.validation)} validation, {len(own.test)} test files",
        f"训练集 {len(own.train)} 篇，验证集 {len(own.validation)} 篇，测试集 {len(own.test)} 篇",
    )
    train_tokens, _, test_tokens = (
        [text.tokenize(document.text) for document in part]
        for part in (own.train, own.validation, own.test)
    )
    vocabulary = text.Vocabulary.fit(train_tokens, min_count=min_count)
    train_ids, test_ids = (
        [vocabulary.encode(tokens) for tokens in part] for part in (train_tokens, test_tokens)
    )
    training.set_seed(seed)
    model = word_language_model(
        len(vocabulary), cell="gru", embedding=units, units=units, dropout=0.1, pad_is_zero=False
    )
    longest = max(map(len, train_ids)) - 1
    train(
        model, train_ids, epochs=epochs, seed=seed, num_steps=min(64, longest), learning_rate=1e-2
    )
    counting = ngrams.KneserNey(order=2).fit(train_ids, len(vocabulary))
    perplexities = {
        "gru": metrics.model_perplexity(model, *text.whole_documents(test_ids)),
        "kneser_ney_2": ngrams.perplexity(counting, test_ids),
        "uniform": ngrams.uniform_perplexity(len(vocabulary)),
    }
    return generation.Stepper(model), vocabulary, perplexities


# %% [markdown] lang="en"
# For the demonstration we make two folders ourselves: logs of a harbour, in English and in Chinese. In each log the wind is named at the beginning and comes back at the end. The last word or two are not enough to know it then. A recurrent state could carry it there, but the network must first learn to do so, and class mode may have too few training steps for that. The share of logs that end with the right wind says how far it has come.
# %% [markdown] lang="zh"
# 为了演示，我们自己造两个文件夹：港口日志，一份英文，一份中文。每篇日志开头说一次风向，结尾再提一次。只看前面一两个词，到结尾时就不知道风向了。循环状态可以把它一路带过去，但网络得先学会这样做，课堂模式的训练步可能还不够。结尾风向说对的比例，就说明它学到了哪一步。


# %%
def harbour_log(random, lang):
    """One log of a day; its last sentence needs its first."""
    zh = lang == "zh"
    winds = ["东", "南", "西", "北"] if zh else ["east", "south", "west", "north"]
    boats = ["红船", "白船", "老船"] if zh else ["red boat", "white boat", "old boat"]
    fish = ["鲱鱼", "鳕鱼", "虾"] if zh else ["herring", "cod", "shrimp"]
    wind, boat, catch = (str(random.choice(words)) for words in (winds, boats, fish))
    hour, crates = int(random.integers(4, 10)), int(random.integers(2, 9))
    if zh:
        middle = [f"{boat}{hour}点出海。", "海面很静。", "灯塔亮着。", f"捕到{crates}箱{catch}。"]
    else:
        middle = [
            f"The {boat} left at {hour}. ",
            "The sea was calm. ",
            "The lighthouse was lit. ",
            f"We caught {crates} crates of {catch}. ",
        ]
    between = "".join(middle[n] for n in random.permutation(len(middle))[:2])
    if zh:
        return f"早上刮{wind}风。{between}晚上还是{wind}风。"
    return f"In the morning the wind was {wind}. {between}At night the wind was still {wind}."


def make_folder(folder, lang, count=120):
    random = np.random.default_rng(0)
    for day in range(count):
        Path(folder, f"day_{day:03}.txt").write_text(harbour_log(random, lang), encoding="utf-8")


print(harbour_log(np.random.default_rng(1), "en"))
print(harbour_log(np.random.default_rng(1), "zh"))


# %%
def wind_kept(log, lang):
    """Whether a log names the same wind at its beginning and at its end."""
    winds = re.findall("[东南西北](?=风)" if lang == "zh" else "east|south|west|north", log.lower())
    return len(winds) == 2 and winds[0] == winds[1]


for language, prompt in (("en", "In the morning"), ("zh", "早上")):
    with tempfile.TemporaryDirectory() as folder:
        make_folder(folder, language)
        own_stepper, own_vocabulary, own = learn_from(
            folder, epochs=lesson.pick(class_mode=12, full=80)
        )
    options = {"stepper": own_stepper, "vocabulary": own_vocabulary, "language": language}
    logs = [
        write(prompt, strategy="nucleus", max_tokens=60, seed=seed, **options) for seed in range(20)
    ]
    print(*logs[:3], sep="\n")
    kept = np.mean([wind_kept(log, language) for log in logs])
    lesson.say(
        f"The evening's wind is the morning's in {kept:.0%} of 20 logs; by chance: 25%.",
        f"20 篇里有 {kept:.0%} 结尾的风向与开头相同；瞎猜是 25%。",
    )
    lesson.result(
        f"own_folder_{language}",
        own["gru"],
        title=(f"own folder ({language}): perplexity", f"自己的文件夹（{language}）：困惑度"),
        baseline=("Kneser-Ney bigram", "Kneser-Ney 二元语法", own["kneser_ney_2"]),
        at_most=own["kneser_ney_2"],
    )

# %% [markdown] lang="en"
# ## The article's faults and their repairs
# %% [markdown] lang="zh"
# ## 文章的错误与修正
# %%
from rnn_tf import ledger

lesson.table(
    [lesson.text("fault", "错误"), lesson.text("what the article does", "文章的做法")],
    [
        [row.id, lesson.text(row.title.en, row.title.zh)]
        for row in ledger.faults()
        if row.id.startswith("B-004")
    ],
)

# %% [markdown] lang="en"
# Most rows have a miniature in the ledger that fails in the same way, and its repair. One of them, run here and now:
# %% [markdown] lang="zh"
# 大多数错误在台账里都配有最小示例和改法。现场运行其中一条：
# %%
lesson.ledger("B-004-04")

# %% [markdown] lang="en"
# ## What to try next
#
# 1. Give `learn_from` a folder of your own. Which wins, the network or Kneser-Ney? From how much text on?
# 2. `train` cuts windows of `num_steps=32`. Try 8 and 64: what happens to perplexity, and to the time an epoch takes?
# 3. Mix the two: $\lambda\, p_{\mathrm{LSTM}} + (1-\lambda)\, p_{\mathrm{KN}}$. Choose $\lambda$ on the validation documents. Is the mixture better than both?
# 4. Make the vocabulary larger: `min_count=2` in full mode, a larger `max_size` in class mode. Do the perplexities rise or fall? Why is it no use to compare perplexities over different vocabularies?
# 5. Beam search with 1, 5 and 20 beams: does the text get better as its probability grows?
#
# ## References
#
# * S. Bird, E. Klein, E. Loper (2009), *Natural Language Processing with Python*, O'Reilly. The NLTK that article 004 uses without citing it.
# * T. Mikolov et al. (2010), Recurrent neural network based language model, Interspeech.
# * R. Kneser, H. Ney (1995), Improved backing-off for m-gram language modeling, ICASSP; S. Chen, J. Goodman (1999), An empirical study of smoothing techniques for language modeling, *Computer Speech & Language* 13(4), 359–394.
# * A. Holtzman et al. (2020), The curious case of neural text degeneration, ICLR (nucleus sampling); A. Fan et al. (2018), Hierarchical neural story generation, ACL (top-k).
# * R. Pascanu, T. Mikolov, Y. Bengio (2013), On the difficulty of training recurrent neural networks, ICML (clipping the norm).
# %% [markdown] lang="zh"
# ## 接着试试
#
# 1. 把你自己的文件夹交给 `learn_from`。网络和 Kneser-Ney 谁赢？文本多到什么程度，胜负会变？
# 2. `train` 默认把窗口切成 `num_steps=32`。换成 8 和 64：困惑度怎么变，每轮用时怎么变？
# 3. 把两者混合：$\lambda\, p_{\mathrm{LSTM}} + (1-\lambda)\, p_{\mathrm{KN}}$，在验证集上选 $\lambda$。混合之后比两者都好吗？
# 4. 把词表变大：完整模式用 `min_count=2`，课堂模式加大 `max_size`。困惑度是升还是降？为什么词表不同时比较困惑度没有意义？
# 5. 集束搜索的宽度取 1、5、20：概率越来越大，文本越来越好吗？
#
# ## 参考文献
#
# * S. Bird, E. Klein, E. Loper (2009), *Natural Language Processing with Python*, O'Reilly。文章 004 用了 NLTK，却没有引用它。
# * T. Mikolov et al. (2010), Recurrent neural network based language model, Interspeech.
# * R. Kneser, H. Ney (1995), Improved backing-off for m-gram language modeling, ICASSP；S. Chen, J. Goodman (1999), An empirical study of smoothing techniques for language modeling, *Computer Speech & Language* 13(4), 359–394.
# * A. Holtzman et al. (2020), The curious case of neural text degeneration, ICLR（核采样）；A. Fan et al. (2018), Hierarchical neural story generation, ACL（top-k）。
# * R. Pascanu, T. Mikolov, Y. Bengio (2013), On the difficulty of training recurrent neural networks, ICML（裁剪范数）。
