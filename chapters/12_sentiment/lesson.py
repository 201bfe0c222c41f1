# %% [markdown] lang="en"
# # 12. Sentiment: when does order matter?
#
# *"Expected a dull film, got a great film." Swap two words, and it is a bad evening. Who notices?*
#
# 45 minutes, half a minute of computing. You need to know what a GRU is (lesson 3) and what token ids are (lesson 6).
# %% [markdown] lang="zh"
# # 12. 情感分析：词序什么时候重要？
#
# *“以为不好看，结果很好看。”把两个词对调，就是另一个晚上了。谁看得出来？*
#
# 45 分钟，其中计算约半分钟。需要知道什么是 GRU（第 3 课）和词元的编号（第 6 课）。
# %%
from rnn_tf.course import begin

lesson = begin("12_sentiment")

import numpy as np

from rnn_tf import baselines, layers, models, text
from rnn_tf.backend import keras
from rnn_tf.baselines import bags
from rnn_tf.course.figures import sentiment as draw
from rnn_tf.datasets import contrast, sentiment
from rnn_tf.layers.pooling import AttentionPooling
from rnn_tf.text.padding import padded, without_each
from rnn_tf.training import initial_weights, reset

# %% [markdown] lang="en"
# ## A critic who only counts
#
# Ten thousand sentences of film reviews, each rated by about twenty people. We count for every word in how many good and in how many bad sentences it stands; that gives it a weight. A sentence is judged by the sum of its words, each taken once. Two sentences that nobody would mix up:
# %% [markdown] lang="zh"
# ## 只会数词的影评人
#
# 一万句英文影评，每句约有二十人打分。我们数一数每个词出现在多少个好评句、多少个差评句里，由此得到它的权重；一句话的得分就是各词权重之和，重复的词只算一次。下面这两句（“以为沉闷，结果精彩”和“以为精彩，结果沉闷”），谁也不会弄混：
# %%
data = sentiment.load()
tokens, check_tokens, test_tokens = [
    [text.word_tokens(text.normalize(one), "en") for one in part.inputs]
    for part in (data.train, data.validation, data.test)
]
counter = bags.NaiveBayes().fit(tokens, data.train.targets)
pair = [contrast.sentence("dull", "great").split(), contrast.sentence("great", "dull").split()]
bars = [[counter.weight(w) * (words.index(w) == n) for n, w in enumerate(words)] for words in pair]
lesson.figure(draw.contributions(pair, bars, ["weight of the word", "sum"]), "hook")
print("sums:", *(counter.scores(pair) - counter.bias).round(9))

# %% [markdown] lang="en"
# The same words, the same sum, to the last digit. For a sum there is no order. (Such a model is called a *bag of words*.) Surely a network that reads word by word must beat it by far?
#
# Remember your bet. The question of this lesson: **when does order matter?**
#
# ## The idea: how much does a model see at a time?
#
# A bag of words looks at single words. One of word *pairs* counts neighbours as well. A *convolution* of width 3 looks through a window of three words, the same at every place. A recurrent network carries what it has read along, through the whole sentence.
# %% [markdown] lang="zh"
# 词相同，和就相同，一位小数都不差。求和没有先后之分（这种模型叫**词袋**）。那么，一个词一个词往下读的网络，总该远远胜过它吧？
#
# 先记下你的猜测。本课的问题是：**词序什么时候重要？**
#
# ## 想法：模型一次能看到多少？
#
# 词袋只看单个的词。**词对**模型还数相邻的两个词。宽度为 3 的**卷积**透过一个三个词宽的窗口看，每个位置用同一组权重。循环网络则把读过的内容带着走，从头读到尾。
# %%
far = [contrast.sentence(*both, gap=3).split() for both in (("dull", "great"), ("great", "dull"))]
seers = ["words", "word pairs", "convolution", "recurrent network"]
lesson.figure(draw.windows(far, seers, [1, 2, 3, None], "great"), "idea")

# %% [markdown] lang="en"
# Compare the two sentences through each window. The first three windows show exactly the same pieces in both, and each as often.
#
# ## Counting, by hand
#
# The weight of a word is the logarithm of how much more often it stands in good sentences. One is added to every count, so that a word seen once does not weigh infinitely much (*naive Bayes*).
# %% [markdown] lang="zh"
# 透过每种窗口比一比这两句：窗口不超过三个词时，两句里看到的片段完全一样。
#
# ## 手算权重
#
# 一个词的权重，是它在好评句里比在差评句里常见多少倍，再取对数。每个计数先加一，免得只见过一次的词权重变成无穷大（**朴素贝叶斯**）。
# %%
is_good = data.train.targets == 1
holds = np.array(["dull" in words for words in tokens])
distinct = np.array([len(set(words)) for words in tokens])
kinds = len({word for words in tokens for word in words})
counts = [(np.sum(holds[side]), np.sum(distinct[side]) + kinds) for side in (is_good, ~is_good)]
(in_good, all_good), (in_bad, all_bad) = counts
weight = np.log((in_good + 1) / all_good) - np.log((in_bad + 1) / all_bad)
print(f"dull: in {in_good} good, {in_bad} bad; {weight:.4f} (model {counter.weight('dull'):.4f})")


# %% [markdown] lang="en"
# How much to add is chosen on the validation part, for words and for pairs. The test part stays closed until all have been trained.
# %% [markdown] lang="zh"
# 加多少，由验证集来选，词和词对各选一次。测试集先封着，等所有模型都训练完再打开。
# %%
def fit_bag(order, sentences, targets):
    """The bag whose smoothing is best on the validation part."""
    tried = [bags.NaiveBayes(order, smoothing=a).fit(sentences, targets) for a in (1, 3)]
    checked = [np.mean((bag.scores(check_tokens) > 0) == data.validation.targets) for bag in tried]
    return tried[np.argmax(checked)]


orders = {"words": 1, "word pairs": 2}
counters = {name: fit_bag(order, tokens, data.train.targets) for name, order in orders.items()}
for name, bag in counters.items():
    print(f"{name}: {len(bag.weights)} weights, {bag.smoothing} added")

# %% [markdown] lang="en"
# ## Sentences of unequal length
#
# A network reads rows of ids, all of one length. Short sentences are filled up with id 0, the *padding*; a *mask* says which steps are real. Words seen once in training become `<unk>`.
# %% [markdown] lang="zh"
# ## 句子长短不一
#
# 网络读的是一行行编号，长度要一样。短句用编号 0 补齐，叫**填充**；**掩码**说明哪些时间步是真的。训练集里只见过一次的词记作 `<unk>`。
# %%
STEPS = 30
vocabulary = text.Vocabulary.fit(tokens, min_count=2)


def ids_of(sentences, steps=STEPS):
    return padded([vocabulary.encode(words, begin=False, end=False) for words in sentences], steps)


train_ids, test_ids = ids_of(tokens), ids_of(test_tokens)
print(train_ids.shape, train_ids[3])


# %% [markdown] lang="en"
# Two readers that differ in the middle only. One looks through windows of three words and keeps the largest answer of each filter, wherever it was. The other runs a GRU over the sentence and takes a weighted mean of its states. The weights $a_t$ are learnt too; that is *attention pooling*:
#
# $$a = \mathrm{softmax}(h_1 \cdot v, \dots, h_T \cdot v), \qquad s = \sum_t a_t h_t .$$
# %% [markdown] lang="zh"
# 两个网络，只差中间一段。一个透过三个词宽的窗口看，每个滤波器只留最大的回答，不管是在哪里得到的。另一个用 GRU 读完全句，再对各步的状态取加权平均；权重 $a_t$ 也是学出来的，这叫**注意力池化**：
#
# $$a = \mathrm{softmax}(h_1 \cdot v, \dots, h_T \cdot v), \qquad s = \sum_t a_t h_t .$$
# %%
def convolution(vectors):
    seen = keras.layers.Conv1D(64, 3, activation="relu")(vectors)
    return keras.layers.GlobalMaxPooling1D()(seen)


def gru(vectors):
    states = layers.GRU(64, return_sequences=True, name="gru")(vectors)
    return AttentionPooling(name="pooling")(states)


def reader(middle, steps=STEPS, mask=True):
    """Ids (batch, steps) -> one logit, above 0 for a good film."""
    ids = keras.Input((steps,), dtype="int32")
    vectors = keras.layers.Embedding(len(vocabulary), 64, mask_zero=mask)(ids)
    vectors = keras.layers.Dropout(0.2, noise_shape=(None, steps, 1))(vectors)  # whole words
    vectors = keras.layers.SpatialDropout1D(0.5)(vectors)  # features, in all words
    pooled = keras.layers.Dropout(0.5)(middle(vectors))
    return models.CheckedModel(ids, keras.layers.Dense(1)(pooled))


# %%
def train(model, start, inputs, targets, epochs):
    reset(model, start)
    model.fit(inputs, targets[:, None], batch_size=128, epochs=epochs, verbose=0)
    return model.get_weights()


def logits_of(model, weights, ids):
    model.set_weights(weights)
    return model(ids, training=False).numpy()[:, 0]


# %%
rate = keras.optimizers.schedules.CosineDecay(0.006, 4 * len(tokens) // 128, alpha=0.05)
loss = keras.losses.BinaryCrossentropy(from_logits=True)
networks, read = {}, {}
for name, middle in {"convolution": convolution, "GRU": gru}.items():
    mask = middle is not convolution  # Keras's convolution knows no mask
    starts = initial_weights(lambda: reader(middle, mask=mask), lesson.seeds)
    model = networks[name] = reader(middle, mask=mask)
    model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=20, jit_compile=False)
    read[name] = [train(model, one, train_ids, data.train.targets, epochs=4) for one in starts]

# %% [markdown] lang="en"
# Does the filling do no harm? One sentence, filled up to 12, 30 and 60 steps; with the mask, and with the mask taken away.
# %% [markdown] lang="zh"
# 填充真的没有影响吗？取一句话，分别补到 12、30、60 步；先带掩码，再把掩码去掉。
# %%
rows = []
for steps in (12, 30, 60):
    given = ids_of([["a", "funny", "and", "touching", "film"]], steps)
    both = [reader(gru, steps, mask) for mask in (True, False)]
    rows.append([steps, *(logits_of(one, read["GRU"][0], given).item() for one in both)])
lesson.table(["steps", "logit, with mask", "logit, without"], rows)
assert np.ptp(rows, axis=0)[1] < 1e-4 < 0.02 < np.ptp(rows, axis=0)[2]

# %% [markdown] lang="en"
# Without a mask the answer depends on how much nothing follows the sentence. With it, it does not.
#
# ## Who wins on real reviews?
#
# Now the test part is read: 1,510 sentences that nobody has learnt from or chosen by. The last column counts only sentences with "not", "n't" or "but", where order should matter most.
# %% [markdown] lang="zh"
# 没有掩码，答案取决于句子后面跟了多少“空”；有了掩码就不会。
#
# ## 真实影评上谁赢？
#
# 现在打开测试集：1,510 句，没有用来学过，也没有用来选过。最后一列只算含 not、n't 或 but（“不”“但是”）的句子，按说那里词序最要紧。
# %%
truth = data.test.targets
runs = {"majority": [np.full(len(truth), baselines.majority(data.train.targets))]}
runs |= {name: [bag.scores(test_tokens) > 0] for name, bag in counters.items()}
for name, model in networks.items():
    runs[name] = [logits_of(model, one, test_ids) > 0 for one in read[name]]
turns = np.array([bool({"not", "n't", "but"} & set(words)) for words in test_tokens])
rows, right = [], {name: np.mean(np.array(one) == truth, axis=1) for name, one in runs.items()}
for name, one in right.items():
    turned = np.mean((np.array(runs[name]) == truth)[:, turns], axis=1)
    rows.append([name, np.median(one), f"{min(one):.3f} … {max(one):.3f}", np.median(turned)])
lesson.table(["model", "right", "spread over seeds", "right, with not / but"], rows)
apart = np.median(right["GRU"]) - right["words"][0]
print(f"GRU minus words {apart:+.3f}, standard error {np.sqrt(0.8 * 0.2 / len(truth)):.3f}")
lesson.result("bag_reviews", right["words"], baseline=right["majority"][0])
lesson.result("gru_reviews", right["GRU"], baseline=right["word pairs"][0])

# %% [markdown] lang="en"
# So much for the bet. Counting words is not beaten: the network is level with it or behind, by one or two standard errors (the appendix tries other networks, and more reading). Where words turn the sentence around, *all* of them fall, and the network falls too. Why does order not pay here? Because a sentence that praises mostly uses words of praise; where it does not (irony, comparison, "but"), seven thousand examples are few to learn it from.
#
# ## Where order is all there is
#
# So we build sentences by rule in which the words tell *nothing*. Somebody *expected*, *anticipated* or *remembered* one thing, and *got*, *discovered* or *saw* another. Which counts is told by the verb alone; either clause may come first. Each sentence has a twin with the two adjectives exchanged, and the other label. Between verb and adjective stand 0, 1 or 3 words (the *gap*). Pairs of adjectives in the test part were in no training sentence.
# %% [markdown] lang="zh"
# 猜对了吗？数词没有被打败：网络与它持平，或者落后一两个标准误差（附录里换了别的网络，还让它多读了书）。在有转折的句子里，**所有**模型都变差，网络也不例外。为什么词序在这里没有用武之地？因为夸奖的句子，多半用的就是夸奖的词；不是这样的句子（反话、比较、“但是”），靠七千个样本很难学会。
#
# ## 只有词序能说明一切的地方
#
# 于是我们按规则造句，让词本身**什么都不透露**。有人原来“以为”（expected、anticipated、remembered）是一回事，结果“得到”（got、discovered、saw）的是另一回事。哪个形容词算数，只由动词决定；两个分句谁先谁后都行。每句都有一个孪生句：两个形容词对调，标签相反。动词和形容词之间隔 0、1 或 3 个词（**间隔**）。测试集里的形容词搭配，训练句里一个也没有。
# %%
twins, gaps = contrast.load(), (0, 1, 3)
print(*twins.train.inputs[:4], sep="\n")
both_tokens = tokens + [one.split() for one in twins.train.inputs]
both_targets = np.concatenate([data.train.targets, twins.train.targets])
print(f"{len(twins.train)} sentences added to {len(tokens)} of reviews")

# %% [markdown] lang="en"
# First we ask the two networks as they are, having read reviews only. Then all models learn from reviews *and* twins.
# %% [markdown] lang="zh"
# 先考考只读过影评的两个网络。然后所有模型都再学一次：影评**加上**孪生句。
# %%
tests = [contrast.load(gap).test for gap in gaps]


def on_twins(score):
    """Share of right answers at every gap; ``score`` gives numbers for lists of tokens."""
    said = [score([one.split() for one in part.inputs]) > 0 for part in tests]
    return [np.mean(some == part.targets) for some, part in zip(said, tests, strict=True)]


def by_seed(model, runs):
    return [on_twins(lambda words: logits_of(model, one, ids_of(words))) for one in runs]


reached = {}
for name, order in orders.items():
    bag = bags.NaiveBayes(order, smoothing=counters[name].smoothing)
    reached[name] = [on_twins(bag.fit(both_tokens, both_targets).scores)]
reached |= {f"{name}, reviews only": by_seed(networks[name], read[name]) for name in networks}
both_ids, epochs = ids_of(both_tokens), lesson.pick(class_mode=2, full=4)
for name, model in networks.items():
    read[name] = [train(model, one, both_ids, both_targets, epochs) for one in read[name]]
    reached[name] = by_seed(model, read[name])

# %%
axes = ["gap (words)", "right", "guessing"]
lesson.figure(draw.reach(gaps, reached, axes), "reach")
lesson.result("bag_twins", reached["words"][0], baseline=0.5)
lesson.result("gru_twins", [run[-1] for run in reached["GRU"]], baseline=0.5)

# %% [markdown] lang="en"
# Here is the answer. A bag is right in exactly half of the twins, **by construction**: it gives both the same score. Pairs reach gap 0 and no further, a window of three reaches gap 1. The networks that read reviews only guess too: the GRU *could* tell, but nothing had taught it to. One thousand sentences do, and then none of these gaps is too wide. A model needs both: the reach, and examples in which reach pays.
#
# ## Does attention explain the answer?
#
# The weights $a_t$ look like an explanation: "it said so because of this word". Three sentences; each colour is one seed:
# %% [markdown] lang="zh"
# 答案出来了。词袋在孪生句上不多不少对一半，这是**构造出来的**：两句的得分必然相同。词对够得着间隔 0，再远就不行；三个词的窗口够得着间隔 1。只读过影评的网络也在猜：GRU **有能力**分辨，但没有什么教过它。加上一千来句，它就学会了，这几种间隔都难不倒它。两样缺一不可：看得够远，以及让“看得远”有回报的样本。
#
# ## 注意力能解释答案吗？
#
# 权重 $a_t$ 看上去就像解释：“因为这个词，所以这么判”。三个种子三种颜色，各看几句：
# %%
network = networks["GRU"]
pooling = network.get_layer("pooling")
to_states = keras.Model(network.input, network.get_layer("gru").output)


def shares_of(weights, ids):
    network.set_weights(weights)
    return pooling.shares(to_states(ids, training=False), ids > 0).numpy()


chosen = [far[0], *(test_tokens[row] for row in (999, 751))]
weights = [shares_of(one, ids_of(chosen)) for one in read["GRU"]]
bars = [[one[row, : len(words)] for one in weights] for row, words in enumerate(chosen)]
lesson.figure(draw.attention(chosen, bars, "weight"), "attention")

# %% [markdown] lang="en"
# Look where the weights lie: *after* the telling words, and on the full stop. Did the networks judge a film by its full stop?
#
# An explanation can be tested: **take the word away** (put `<unk>` in its place) and ask again. Is the word with the highest weight the one without which the answer changes most? We try every word of 400 test sentences. The rival explains by counting: it names the word with the largest *counted* weight, and knows nothing of the network.
# %% [markdown] lang="zh"
# 看看权重落在哪里：落在关键词的**后面**，还有句号上。难道网络是凭句号来评电影的？
#
# 解释是可以检验的：把这个词**去掉**（换成 `<unk>`），再问一遍。权重最高的词，是不是去掉之后答案变化最大的那个？400 个测试句，每个词都试一遍。对手用数词来解释：它说是**数出来的**权重最大的那个词，而它对网络一无所知。
# %%
lengths = (test_ids > 0).sum(axis=1)
few = test_ids[(lengths >= 8) & (lengths <= 20)][:400]
copies, sentence, place = without_each(few)
change, top, decisive = np.zeros(few.shape), [], []
for one in read["GRU"]:
    before, after = logits_of(network, one, few), logits_of(network, one, copies)
    change[sentence, place] = after - before[sentence]
    share = shares_of(one, few)
    top.append(share.argmax(axis=1))
    decisive.append(np.abs(change).argmax(axis=1))
axes = ["weight", "change of the logit without the word"]
lesson.figure(draw.erased(share[few > 0], change[few > 0], axes), "erased")

# %%
counted = np.array([counters["words"].weight(word) for word in vocabulary.tokens])[few]
by_count, chance = np.abs(counted).argmax(axis=1), np.mean(1 / (few > 0).sum(axis=1))
lesson.result("top_matters", np.mean(np.equal(top, decisive), axis=1), baseline=chance)
lesson.result("counted_matters", np.mean(by_count == decisive, axis=1), baseline=chance)

# %% [markdown] lang="en"
# No. The word with the highest weight is seldom the decisive one, and the seeds differ widely: with some it is no better than a word picked at random. A list of counts that has never seen the networks explains every one of them better. The reason is in the formula: the weight belongs to the *state* $h_t$, and that has read everything up to step $t$. At the full stop the network has read it all. The weights say truly where it picked its verdict up, not what the verdict is made of. Who wants to know that takes words away.
#
# **Take home:** *count first; order pays only where the same words can mean the opposite, and only for a model that reaches far enough and has been shown that it pays.*
# %% [markdown] lang="zh"
# 不是。权重最高的词很少是关键的那个，而且各种子相差悬殊：有的还不如随便挑一个词。一份从没见过这些网络的词频表，对每一个都解释得更好。原因就在公式里：权重属于**状态** $h_t$，而它已经读过第 $t$ 步为止的一切；到了句号，全句都读完了。权重如实说明网络在哪里取走结论，却没说明结论是由什么得来的。想知道这个，就把词去掉看看。
#
# **记住一句话：** *先数词；只有同样的词能表达相反的意思时，词序才有用，而且模型要看得够远，还要有样本教它看。*
