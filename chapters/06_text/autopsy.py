# %% [markdown] lang="en"
# # 6. A network that writes: the autopsy
#
# Article 004 (§4) prints a program that is to read a folder of articles with NLTK and then generate text. It stops before it has read a word. Mend that, and it stops again, and again. And when at last it runs to the end, it has learnt a table of word pairs, and what it calls generation is none.
#
# Eight cases. Each time we build the fault anew, in miniature. Before you run a cell, answer its question: **what will happen?** About half an hour.
# %% [markdown] lang="zh"
# # 6. 会写诗的网络：剖析
#
# 文章 004（§4）给出一个程序，要用 NLTK 读一个文件夹的文章，再生成文本。它一个词还没读就停了；改好一处，再停；再改，又停。等它终于跑到底，学到的只是一张词对表，而它所谓的“生成”根本不是生成。
#
# 一共八个案子。每个案子都用我们自己写的小例子重现那个错误。运行之前先回答：**会发生什么？** 大约半小时。
# %%
from rnn_tf.course import begin

lesson = begin("06_text", part="autopsy")

import tempfile
import warnings
from pathlib import Path

import numpy as np
from nltk.corpus import PlaintextCorpusReader

from rnn_tf import generation, text, training, weights
from rnn_tf.backend import keras, tf
from rnn_tf.course.figures import text as draw
from rnn_tf.datasets import articles
from rnn_tf.layers import SparseCategoricalCrossentropy
from rnn_tf.models import word_language_model
from rnn_tf.training.language import start_from_unigram, train_language_model

data = articles.load()

# %% [markdown] lang="en"
# ## Case 1. A folder that exists
#
# The article gives NLTK the path of a folder. We make such a folder, with a file in it. **Does NLTK read it?**
# %% [markdown] lang="zh"
# ## 案子一：文件夹明明在
#
# 文章把一个文件夹的路径交给 NLTK。我们真的建一个这样的文件夹，放一个文件进去。**NLTK 读得出来吗？**
# %%
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "0001.txt").write_text("Deep is the sea. So is the well.", encoding="utf-8")
    try:
        refused = False
        PlaintextCorpusReader(folder, r".*\.txt").raw("0001.txt")
    except OSError as error:
        refused = True
        print(f"{type(error).__name__}: {str(error).split(':')[0]} …")
    with text.corpus_reader(folder) as reader:  # the same reader, and it may read this folder
        print(reader.fileids(), list(reader.sents("0001.txt")))
assert refused

# %% [markdown] lang="en"
# No: from version 3.10 NLTK reads only folders on its own data path. `text.corpus_reader` gives it a private copy for the length of the `with` block. It also looks at the files: one that is empty or not UTF-8 is refused in one line. The next stop is the tokenizer, which wants a download; the tables it needs are small and shipped with this course:
# %% [markdown] lang="zh"
# 读不出来：NLTK 从 3.10 版起只读自己数据路径之下的文件夹。`text.corpus_reader` 在 `with` 块里给它一份私有副本，还检查文件：空的、不是 UTF-8 的，一行话拒绝。下一站停在分词器，它要下载数据；所需的表其实很小，本课程自带：
# %%
sample = "Mr. Fox can't swim 3.5 km. He said: “It's too far!”"
for sentence in text.sentences(sample):
    print(text.word_tokens(sentence))
print(text.tokenize(sample))
print(text.tokenize("大海很深。他用 Python 3.12！"))
assert len(text.sentences(sample)) == 2

# %%
lesson.ledger("B-004-01", "B-004-02", "B-004-03", "B-004-05")

# %% [markdown] lang="en"
# ## Case 2. A writer without small words
#
# Before it trains its generator, the article removes *stop words* such as "the", "of" and "is". **How many of all tokens are they? And how does a writer write that has never seen one?** We train the same small network twice, on a fifth of the articles.
# %% [markdown] lang="zh"
# ## 案子二：没有虚词的作者
#
# 训练生成模型之前，文章先去掉**停用词**，如 "the"、"of"、"is"。**它们占全部词元的几成？从没见过它们的模型，写出来会是什么样？** 我们用五分之一的文章，把同一个小网络训练两次。
# %%
train_tokens = [text.tokenize(article.text) for article in data.train[::5]]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    stripped_tokens = [text.without_stop_words(tokens) for tokens in train_tokens]
print(f"{caught[0].category.__name__}: {caught[0].message}")
print(text.detokenize(train_tokens[0][:32]))
print(text.detokenize(stripped_tokens[0][:32]))


def share_of_stop_words(tokens):
    return np.mean([token in text.stop_words() for token in tokens])


# %%
def trained_on(tokens):
    """A small network after a few seconds, and the share of stop words in what it writes."""
    vocabulary = text.Vocabulary.fit(tokens, min_count=3, max_size=1000)
    training.set_seed(0)
    model = word_language_model(len(vocabulary), embedding=64, units=64, pad_is_zero=False)
    ids = [vocabulary.encode(one) for one in tokens]
    train_language_model(model, ids, epochs=lesson.pick(class_mode=4, full=12))
    pen, start = generation.Stepper(model), [vocabulary.BOS]
    how = {"strategy": "nucleus", "p": 0.8, "max_tokens": 40}
    written = [generation.generate(pen, start, seed=seed, **how) for seed in range(10)]
    words = [vocabulary.decode(ids) for ids in written]
    print(text.detokenize(words[0]))
    return model, vocabulary, share_of_stop_words(np.concatenate(words))


model, vocabulary, share_with = trained_on(train_tokens)
_, _, share_without = trained_on(stripped_tokens)
share = share_of_stop_words(np.concatenate(train_tokens))
print(f"stop words: {share:.0%} of the articles, {share_with:.0%} and {share_without:.0%} written")
assert share_without < 0.02 < share_with

# %% [markdown] lang="en"
# What is not in the training text can never be written. Removing stop words is right for counting topics, and wrong for writing.
# %% [markdown] lang="zh"
# 训练文本里没有的，永远写不出来。去停用词适合统计主题，不适合生成。
# %%
lesson.ledger("B-004-04")

# %% [markdown] lang="en"
# ## Case 3. A vocabulary that knows too much and too little
#
# The article numbers all words from 0, those of the test included, and puts 0 before the first word of the text. **What does the first training pair teach? What happens at a new word?**
# %% [markdown] lang="zh"
# ## 案子三：词表知道得太多，又太少
#
# 文章把所有词从 0 开始编号，连测试集的词也算进去，又在文本的第一个词前面放一个 0。**第一对训练样本教的是什么？遇到新词会怎样？**
# %%
words = ["the", "sea", "is", "deep"]
table = {word: number for number, word in enumerate(words)}
ids = [table[word] for word in words]
first_pair = [words[number] for number in (0, ids[0])]
print("first pair:", first_pair)
lesson.fails(lambda: table["well"], KeyError)
lesson.fails(lambda: table[2], KeyError)  # the way back, as the article goes it
lesson.fails(lambda: " ".join(ids), TypeError)
assert first_pair == ["the", "the"]

ours = text.Vocabulary.fit([words])
print(ours.tokens)
print(ours.encode(["the", "well"]), ours.decode(ours.encode(["the", "well"])))
with tempfile.TemporaryDirectory() as folder:
    ours.save(Path(folder, "vocabulary.json"))
    assert text.Vocabulary.load(Path(folder, "vocabulary.json")) == ours

# %% [markdown] lang="en"
# "the" follows on itself: a lie. Ours is made of training documents only, and keeps four ids: padding 0, unknown 1, begin 2, end 3.
# %% [markdown] lang="zh"
# “the” 后面跟着 “the”：教了一句假话。我们的词表只用训练文档来建，留出四个编号：填充 0、未知 1、起始 2、结束 3。
# %%
lesson.ledger("B-004-06", "B-004-13", "B-004-14", "B-004-15")

# %% [markdown] lang="en"
# ## Case 4. A memory that is never used
#
# The article sets a sequence length of 100 and never uses it: every sample is a single id. It runs, and the loss falls. **How large is the gradient of the recurrent kernel?**
# %% [markdown] lang="zh"
# ## 案子四：从没用过的记忆
#
# 文章设了序列长度 100，却从没用上：每个样本只是一个编号。程序跑得通，损失也在降。**循环权重矩阵的梯度有多大？**
# %%
train_ids = [vocabulary.encode(tokens) for tokens in train_tokens]
inputs, targets = text.windows(train_ids, 32)
print("windows:", inputs.shape, " single ids:", inputs.reshape(-1, 1).shape)


def recurrent_gradient(inputs, targets):
    """Norm of the gradient of the LSTM's recurrent kernel."""
    training.set_seed(0)
    model = word_language_model(len(vocabulary), embedding=16, units=16)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs))
    kernel = model.get_layer("recurrent_1").cell.recurrent_kernel
    return float(tf.norm(tape.gradient(value, kernel)))


one_step = recurrent_gradient(inputs[:64].reshape(-1, 1), targets[:64].reshape(-1, 1))
windowed = recurrent_gradient(inputs[:64], targets[:64])
print(f"gradient norm: {one_step} with single ids, {windowed:.2g} with windows")
assert one_step == 0 < windowed

# %% [markdown] lang="en"
# Exactly zero. With one step the old state is always zero, so nothing is learnt about remembering: a table of word pairs, at the price of an LSTM. This fault makes no sound, and a falling loss hides it. Look at the gradient of every weight once.
# %% [markdown] lang="zh"
# 恰好是零。只有一步时，旧状态总是零，关于“记住”什么也学不到：花了 LSTM 的代价，得到一张词对表。这个错不声不响，下降的损失还替它遮掩。每个权重的梯度都该看一眼。
# %%
lesson.ledger("B-004-07", "B-004-08")

# %% [markdown] lang="en"
# ## Case 5. Windows over the border
#
# Suppose the length were used: windows of 100 tokens, one at each place, and the last fifth of the *windows* is the test. **How many tokens of the first test window has training seen? And what if the text is shorter than 100?**
# %% [markdown] lang="zh"
# ## 案子五：越界的窗口
#
# 假如真的用上长度：每个位置切一个 100 个词元的窗口，最后五分之一的**窗口**作测试。**第一个测试窗口里，有多少词元训练时见过？文本不足 100 时又会怎样？**
# %%
places = np.arange(1000)  # each token is known by its place
cut = np.lib.stride_tricks.sliding_window_view(places, 100)
border = len(cut) * 4 // 5
seen = np.isin(cut[border], cut[:border])
print(f"{seen.sum()} of {seen.size} tokens of the first test window were in training")
assert seen.sum() == 99

short = [places[i : i + 100] for i in range(50 - 100)]
print(f"a text of 50 tokens makes {len(short)} windows, and nobody complains")
lesson.fails(lambda: text.windows([vocabulary.encode(["too", "short"])], 100), ValueError)

# %% [markdown] lang="en"
# `articles.load` splits by *document*, before anything is cut, and a window never crosses from one article into the next. A text that is too short says so.
# %% [markdown] lang="zh"
# `articles.load` 先按**文档**划分，再切窗口；窗口不会从一篇跨到下一篇。文本太短，就明说。
# %%
lesson.ledger("B-004-19", "B-004-20")

# %% [markdown] lang="en"
# ## Case 6. Two calls that stop
#
# Python lists for `fit`; then integer targets for a loss that wants one row of probabilities a token. **Which one stops?**
# %% [markdown] lang="zh"
# ## 案子六：两处报错
#
# 把 Python 列表交给 `fit`；把整数目标交给要“每个词元一行概率”的损失。**哪一处会停？**
# %%
one_hot_model = keras.Sequential(
    [
        keras.layers.Embedding(len(vocabulary), 8),
        keras.layers.LSTM(8),
        keras.layers.Dense(len(vocabulary), activation="softmax"),
    ]
)
one_hot_model.compile(optimizer="adam", loss="categorical_crossentropy")
for attempt in (
    lambda: one_hot_model.fit([4, 5, 6], [5, 6, 7], verbose=0),
    lambda: one_hot_model.fit(inputs, targets[:, -1], verbose=0),
):
    lesson.fails(attempt, ValueError)
megabytes = sum(len(text.tokenize(a.text)) for a in data.test) * len(vocabulary) * 4 / 1e6
print(f"softmax of all test tokens at once: {megabytes:.0f} MB for {len(vocabulary)} words")

# %% [markdown] lang="en"
# Both. To Keras a list is a list of several inputs; integers want the sparse loss. The last line is the next stumbling block: the article keeps the softmax of the whole test set. With the lesson's larger vocabulary it would be several times as much.
# %% [markdown] lang="zh"
# 两处都停。对 Keras 来说，列表是“多个输入”；整数目标要用稀疏损失。最后一行是下一块绊脚石：文章一次保存整个测试集的 softmax。换成课上那个更大的词表，还要大好几倍。
# %%
lesson.ledger("B-004-09", "B-004-10", "B-004-11", "B-004-12", "B-004-21")

# %% [markdown] lang="en"
# ## Case 7. A generator that generates nothing
#
# Now it runs. It takes a *given* text, predicts the next word at each word of it, takes the likeliest, and joins them. **What does that read like?**
# %% [markdown] lang="zh"
# ## 案子七：什么也没生成的“生成”
#
# 现在它能跑了。它拿一段**现成**的文本，在每个词处预测下一个词，取最可能的，连起来。**读起来会是什么样？**
# %%
reporter = weights.load("articles")  # the lesson's network
model, words = reporter.model, reporter.vocabulary
given = words.encode(text.tokenize(data.test[0].text))[:24]
forced = np.argmax(model(given[None, :], training=False)[0], axis=-1)
free = generation.generate(model, given[:5], max_tokens=20, strategy="nucleus", p=0.6)
print("given:    ", " ".join(words.decode(given)))
print("predicted:", " ".join(words.decode(forced)))
print("free:     ", " ".join(words.decode([*given[:5], *free])))
for t in (0, 11, 23):  # each answer is one for itself: what comes later has no part in it
    assert np.argmax(model(given[None, : t + 1], training=False)[0, -1]) == forced[t]

# %% [markdown] lang="en"
# Twenty-four answers to twenty-four separate questions: each needs the true text up to its place, and no answer has an effect on the next. That is *teacher forcing*, good for scoring, no way of writing. In the third line every word written is read again.
# %% [markdown] lang="zh"
# 二十四个互不相干的问题，二十四个回答：每个都要靠真实的前文，谁的回答也不影响下一个。这叫**教师强制**，用来评分可以，用来生成不行。第三行里，写出的每个词都重新读了进去。
# %%
lesson.ledger("B-004-16", "B-004-18")

# %% [markdown] lang="en"
# ## Case 8. A curve that does not tell
#
# The article lists gradient clipping (§3.2) and never codes it. Here is a plain network on purpose too wild: recurrent weights stretched 2.5-fold, plain gradient descent, a bold rate. Once as it is, once with the gradient $g$ shortened to $g \cdot \min(1, 0.5/\lVert g \rVert)$. **Can you tell from the gradient norms which one is in trouble?**
# %% [markdown] lang="zh"
# ## 案子八：看不出问题的曲线
#
# 文章列出了梯度裁剪（§3.2），却没有写进代码。这里故意造一个太野的简单网络：循环权重放大 2.5 倍，普通梯度下降，学习率偏大。一次照原样，一次把梯度 $g$ 缩短为 $g \cdot \min(1, 0.5/\lVert g \rVert)$。**只看梯度范数，看得出哪一次出了问题吗？**
# %%
whole = (targets > 0).all(axis=1)
whole_inputs, whole_targets = inputs[whole], targets[whole]
starts = range(0, len(whole_inputs) - 15, 16)
batches = [(whole_inputs[i : i + 16], whole_targets[i : i + 16]) for i in starts]


def plain_descent(limit, seed):
    """Norms and losses of all steps; the loss at the end; the share of states beyond ±0.99."""
    training.set_seed(seed)
    model = word_language_model(
        len(vocabulary), embedding=32, units=32, cell="simple", dropout=0, pad_is_zero=False
    )
    kernel = model.get_layer("recurrent_1").cell.recurrent_kernel
    kernel.assign(2.5 * kernel)  # orthogonal times 2.5: gradients grow on their way back
    start_from_unigram(model, train_ids)
    loss_of = SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(ids, wanted):
        with tf.GradientTape() as tape:
            loss = loss_of(wanted, model(ids))
        gradients = tape.gradient(loss, model.trainable_variables)
        norm = tf.linalg.global_norm([tf.convert_to_tensor(g) for g in gradients])
        for weight, g in zip(model.trainable_variables, gradients, strict=True):
            weight.assign_sub(2.0 * tf.minimum(1.0, limit / norm) * g)
        return norm, loss

    steps = np.array([[float(value) for value in step(*batch)] for batch in batches])
    to_states = keras.Model(model.input, model.get_layer("recurrent_1").output)
    flat = np.mean(np.abs(to_states(batches[0][0])) > 0.99)
    return steps[:, 0], steps[:, 1], steps[-20:, 1].mean(), flat


limit = 0.5
clipped = [plain_descent(limit, seed) for seed in lesson.seeds]
free = [plain_descent(np.inf, seed) for seed in lesson.seeds]

# %%
names = ["without clipping", "clipped to 0.5"]
labels = ["training step", "gradient norm before clipping", "loss (nats)"]
norms, losses = [[run[0][place] for run in (free, clipped)] for place in (0, 1)]
lesson.figure(draw.clipping(norms, losses, limit, names, labels), "clipping")
saturated = [np.median([run[3] for run in runs]) for runs in (free, clipped)]
print(f"states beyond ±0.99: without clipping {saturated[0]:.0%}, clipped {saturated[1]:.0%}")
lesson.result("clipping_loss", [a[2] - b[2] for a, b in zip(clipped, free, strict=True)])

# %% [markdown] lang="en"
# Hardly: at the beginning it is even the clipped run that has the larger norms, later they are the smaller ones, and the two cross again and again. The loss tells. Without clipping, the first long step throws the weights so far away that most states sit near ±1, where tanh is flat; from there the loss jumps up and down and never comes back. So look at the loss, and at the states, not only at how calm a curve of norms is. Clipping bounds the length of a *step*; it does not help against gradients that vanish. And the GRU that the article announces is `cell="gru"`; the lesson's poet is one.
# %% [markdown] lang="zh"
# 几乎看不出：开头几步，反倒是裁剪的那一次范数更大，后来才小一些，两条线一再交叉。要看损失。不裁剪时，第一步就迈得太大，把权重甩得老远，大多数状态卡在 ±1 附近，那里 tanh 是平的；此后损失忽上忽下，再也回不来。所以要看损失和状态，不能只看范数曲线平不平静。裁剪限制的是**每一步迈多大**，对梯度消失没有帮助。至于文章宣称的 GRU：`cell="gru"` 就是，课上的“诗人”用的正是它。
# %%
lesson.ledger("B-004-17")

# %% [markdown] lang="en"
# ## A formula: where does a sequence end?
#
# Article 000 sums the loss over $t = 1 \dots T$, with one $T$ for all sequences. Here are three of 2, 5 and 3 steps, filled up with zeros to 5; the loss is the squared error. **Which constant is the best prediction, by that sum? And by the real steps?**
# %% [markdown] lang="zh"
# ## 一条公式：序列到哪里为止？
#
# 文章 000 的损失对 $t = 1 \dots T$ 求和，所有序列共用一个 $T$。这里有三条序列，长 2、5、3 步，用零补齐到 5；损失取平方误差。**按那个和，最好的常数预测是多少？只算真实的步呢？**
# %%
lengths = np.array([2, 5, 3])
real = np.arange(5) < lengths[:, None]
values = np.random.default_rng(0).normal(3.0, 1.0, size=(3, 5)) * real
print(f"best constant: {values.mean():.2f} with the padding, {values[real].mean():.2f} without")
assert values.mean() < 0.7 * values[real].mean()
lesson.ledger("F-000-07")

# %% [markdown] lang="en"
# **All the rest:** references, topics.
# %% [markdown] lang="zh"
# **剩下的：** 文献和各个主题。
# %%
lesson.ledger()
