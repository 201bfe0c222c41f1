# %% [markdown] lang="en"
# # 13. Translation: the appendix
#
# A. The shapes of one look, and Keras's own. B. Padding changes nothing. C. How much does each network need? D. Right when taught is right on its own. E. Greedy against beam. F. Real sentences. G. Sources.
# %% [markdown] lang="zh"
# # 13. 翻译：附录
#
# 一、一眼之中的各个形状，与 Keras 自带的比较。二、填充不改变任何东西。三、两个网络各需要多少数据？四、有人教时全对，独自走时也全对。五、贪心与集束搜索。六、真实的句子。七、出处。
# %%
from rnn_tf.course import begin

lesson = begin("13_translation", part="appendix")

import numpy as np

from rnn_tf import translation
from rnn_tf.backend import keras
from rnn_tf.course.figures import translation as draw
from rnn_tf.datasets import Split, numbers, pairs
from rnn_tf.training import initial_weights, reset
from rnn_tf.weights import load_translator

# %% [markdown] lang="en"
# ## A. The shapes of one look
#
# For a whole batch, and for all words of a translation at once (under teacher forcing the true words are known):
#
# | | | shape |
# |---|---|---|
# | queries $Q$ | states of the decoder | (batch, steps, units) |
# | memory $M$ | states of the encoder, both directions side by side | (batch, places, units) |
# | scores | $Q M^\top$; at padding $-\infty$ | (batch, steps, places) |
# | weights $A$ | softmax over the last axis | (batch, steps, places) |
# | contexts | $A M$ | (batch, steps, units) |
# | outputs | $\tanh([Q, A M]\, W + b)$, then logits | (batch, steps, vocabulary) |
#
# This is Luong's *dot* attention, the state before the context. Bahdanau's came first: its scores come from a small network of their own, and the context is read by the recurrence. Our layer is Keras's `Attention`, number for number:
# %% [markdown] lang="zh"
# ## 一、一眼之中的各个形状
#
# 一整批一起算，译文的所有词也一起算（教师强制时，正确的词都是已知的）：
#
# | | | 形状 |
# |---|---|---|
# | 查询 $Q$ | 解码器的各个状态 | (批, 步, 单元) |
# | 记忆 $M$ | 编码器的各个状态，两个方向并排 | (批, 位置, 单元) |
# | 分数 | $Q M^\top$；填充处为 $-\infty$ | (批, 步, 位置) |
# | 权重 $A$ | 沿最后一个轴做 softmax | (批, 步, 位置) |
# | 上下文 | $A M$ | (批, 步, 单元) |
# | 输出 | $\tanh([Q, A M]\, W + b)$，再算 logits | (批, 步, 词表) |
#
# 这是 Luong 的**点积**注意力，先有状态，后有上下文。Bahdanau 的更早：分数出自一个单独的小网络，上下文由循环读入。我们的层与 Keras 的 `Attention` 逐个数相等：
# %%
random = np.random.default_rng(0)
queries = random.normal(size=(2, 5, 8)).astype("float32")  # (batch, steps, units)
memory = random.normal(size=(2, 7, 8)).astype("float32")  # (batch, places, units)
mask = np.arange(7) < np.array([[7], [4]])  # the second source has 4 places
contexts, weights = translation.DotAttention()(queries, memory, mask)
theirs = keras.layers.Attention()([queries, memory], mask=[None, mask])
print("contexts", contexts.shape, " weights", weights.shape)
print(f"largest difference from Keras: {np.abs(contexts - theirs).max():.1e}")
print("sums of rows:", np.unique(weights.numpy().sum(axis=-1).round(6)))
print("on padding:", weights.numpy()[1, :, 4:].max())
assert np.allclose(contexts, theirs, atol=1e-5) and weights.numpy()[1, :, 4:].max() == 0

# %% [markdown] lang="en"
# ## B. Padding changes nothing
#
# Sources of a batch are filled up to one length. Two things must not see the filling: the encoder, whose backward half *begins* there, and the look. With a mask in both, ten more zeros change nothing but rounding. And the decoder must not see a word before it is said: change the last word that is read, and nothing changes before it.
# %% [markdown] lang="zh"
# ## 二、填充不改变任何东西
#
# 同一批的源文填充到同样长度。有两处不能看到填充：一是编码器，它的反向那一半正是**从填充处开始**读的；二是那一眼。两处都有掩码，再添十个零，除舍入外什么也不变。解码器也不能在说出之前看到某个词：改动读入的最后一个词，它之前的输出都不变。
# %%
data = numbers.load(train=lesson.pick(class_mode=1500, full=6000))
sizes = len(data.source_vocabulary), len(data.target_vocabulary)
model = translation.prepare(translation.Translator(*sizes), learning_rate=6e-3)
sources, (reads, says) = data.test.inputs[:50], translation.shifted(data.test.targets[:50])
logits = model((sources, reads)).numpy()
wider = model((np.pad(sources, ((0, 0), (0, 10))), reads)).numpy()
changed = reads.copy()
changed[:, -1] = 7
later = model((sources, changed)).numpy()
print(f"ten more zeros change the logits by {np.abs(logits - wider).max():.1e} at most")
print(f"another last word, before it: {np.abs(logits - later)[:, :-1].max():.1e}", end=", ")
print(f"and at it: {np.abs(logits - later)[:, -1].max():.1e}")
assert np.allclose(logits, wider, atol=1e-5) and np.allclose(logits[:, :-1], later[:, :-1])

# %% [markdown] lang="en"
# ## C. How much does each network need?
#
# The lesson says that the bottleneck is no law of nature. Both networks, more and more pairs, three seeds each; all else as in the lesson. The test part is the same for all, and nothing is chosen by it.
# %% [markdown] lang="zh"
# ## 三、两个网络各需要多少数据？
#
# 课上说，瓶颈并非自然规律。两个网络，句对越来越多，各三个种子，其余与课上相同。测试集对所有情形都一样，也没有根据它作任何选择。


# %%
def learning_curve(attention):
    """Shares wholly right, (sizes, seeds), and the interpreter of the last training."""

    def build():
        fresh = translation.Translator(*sizes, embedding=32, attention=attention)
        return translation.prepare(fresh, learning_rate=6e-3)

    starts, model = initial_weights(build, lesson.seeds), build()
    interpreter, shares = translation.Interpreter(model), []
    for count in counts:
        part = Split(data.train.inputs[:count], data.train.targets[:count])
        shares.append([])
        for seed, start in zip(lesson.seeds, starts, strict=True):
            reset(model, start)
            translation.train(model, part, epochs=epochs, seed=seed)
            said = data.decode(interpreter.greedy(data.test.inputs))
            shares[-1].append(data.test.wholly_right(said).mean())
    return np.array(shares), interpreter


counts = lesson.pick(class_mode=(300, 1500), full=(500, 2000, 6000))
epochs = lesson.pick(class_mode=5, full=12)
curves = {"with attention": learning_curve(True), "without attention": learning_curve(False)}
curve_of = {name: shares.T for name, (shares, _) in curves.items()}
labels = ["pairs for training", "share wholly right"]
lesson.figure(draw.shares(counts, curve_of, labels, log=True), "by_pairs")
ours, theirs = (curve_of[name][:, -1] for name in curve_of)
lesson.result("most_pairs_with", ours, baseline=np.median(theirs))
lesson.result("most_pairs_without", theirs)

# %% [markdown] lang="en"
# In full mode the right end of the lower line is high: with more pairs and more passes, the state of 96 numbers learns to hold fifteen characters. Attention spares it that. That is no promise for real sentences: number words are made of a handful of characters.
#
# ## D. Right when taught is right on its own
#
# The lesson's table shows *words* going wrong more often when the network runs on its own. For *whole sentences* there is no such difference: if under teacher forcing each word is the likeliest after the true words before, then greedy decoding says the first one right, so it reads the true word, so it says the second one right, and so on. And if one is wrong, greedy goes wrong at that very place. So the two sets of sentences are the same:
# %% [markdown] lang="zh"
# 完整模式下，下面那条线的右端已经很高：句对多些，遍数也多些，96 个数的状态也学得会装下十五个字。注意力免去了这番功夫。这对真实的句子并不是保证：数词总共才用十几个字。
#
# ## 四、有人教时全对，独自走时也全对
#
# 课上的表说明，独自走时**词**错得更多。对**整句**却没有差别：如果在教师强制下，每个词都是接在正确前文之后最可能的词，那么贪心解码的第一个词就对，于是读入的是正确的词，第二个词也对，依此类推。反过来，若有一个错，贪心也恰在那里出错。所以两种情形下全对的句子完全相同：
# %%
_, interpreter = curves["without attention"]
reads, says = translation.shifted(data.test.targets)
taught = interpreter.model((data.test.inputs, reads)).numpy()
taught[:, :, list(translation.FORBIDDEN)] = -np.inf  # never said on its own, either
when_taught = ((taught.argmax(axis=-1) == says) | (says == 0)).all(axis=1)
greedy = data.decode(interpreter.greedy(data.test.inputs))
on_its_own = data.test.wholly_right(greedy)
print(f"taught {when_taught.mean():.3f}, on its own {on_its_own.mean():.3f}", end=", ")
print(f"sentences that differ: {np.sum(when_taught != on_its_own)}")
assert np.mean(when_taught != on_its_own) < 0.005  # a tie may fall either way

# %% [markdown] lang="en"
# ## E. Greedy against beam
#
# Greedy never takes a step back. A beam keeps the five likeliest beginnings. `Interpreter.beam` runs the search of lesson 6 on the translator. The score is the logarithm of the probability of the whole translation. Is the likelier one righter, too?
# %% [markdown] lang="zh"
# ## 五、贪心与集束搜索
#
# 贪心从不回头改。集束搜索始终保留五个最可能的开头。`Interpreter.beam` 把第 6 课的搜索用到翻译器上。分数是整句译文概率的对数。更可能的，也更正确吗？
# %%
asked = np.arange(lesson.pick(class_mode=16, full=300))
found = {
    beams: [interpreter.beam(data.test.inputs[i], beams=beams) for i in asked] for beams in (1, 5)
}
rows, good = [], {}
for beams, searched in found.items():
    said = [data.decode(ids) for ids, _ in searched]
    good[beams] = np.array([said[i] == data.test.translations[i] for i in asked])
    score = np.mean([score for _, score in searched])
    rows.append([beams, float(score), float(good[beams].mean())])
lesson.table(["beams", "mean log-probability", "share wholly right"], rows)
only = [int(np.sum(good[a] & ~good[b])) for a, b in ((5, 1), (1, 5))]
print(f"right only with five beams: {only[0]}; right only with one: {only[1]}")
assert rows[1][1] >= rows[0][1] - 1e-6

# %% [markdown] lang="en"
# The beam always finds a translation at least as likely. Whether more of them are right, so few sentences hardly tell: read the two counts. What the network does not know, no search will find: most mistakes stay.
#
# ## F. Real sentences
#
# Number words have one right translation, and a handful of characters. Sentences that people say have neither. Here are short ones, Chinese and English, that volunteers of Tatoeba wrote for learners. Pairs that share a side lie in one part, so nothing of the test part was seen in training.
#
# The same two networks, larger (192 units, embeddings of 128), 18 epochs, three seeds each. That took minutes a seed, so it was done beforehand; the table is its record, the test part read once. Two rivals need no network: *nearest* says what the most similar source of the training part was translated by; *word by word* is a dictionary made from the pairs, as in the lesson.
#
# **BLEU** counts runs of one to four words that also stand in a reference; **chrF** counts runs of characters; both go from 0 to 100. *Wholly right* is the hardest: the very words of some reference.
# %% [markdown] lang="zh"
# 集束搜索找到的译文，概率总不低于贪心的。是否对得更多，这么几句还说不准：请看那两个计数。网络不懂的，怎么搜也搜不出来：多数错误还在。
#
# ## 六、真实的句子
#
# 数词只有一种正确译法，用字也就十几个。人们平常说的句子可不是这样。这里是一些中英短句，由 Tatoeba 的志愿者为语言学习者写成。有一边相同的句对都放在同一部分，所以测试集里的句子训练时一句也没见过。
#
# 还是那两个网络，大一些（192 个单元，嵌入 128 维），训练 18 轮，各三个种子。一个种子要好几分钟，所以事先训练好了；下表就是当时的记录，测试集只读过一次。另有两个对手不用网络：**最近句**找出训练集中最相似的源文，照搬它的译文；**逐词**用句对做成词典，与课上相同。
#
# **BLEU** 数的是一到四个词的片段，有多少也出现在参考译文里；**chrF** 数的是字符片段；两者都从 0 到 100。**全对**最严：与某条参考译文一词不差。
# %%
sentences = pairs.load()
translator = load_translator(sentences)
recorded = translator.record["scores"]["test"]
systems = ["with attention", "without attention", "with attention, few pairs"]
systems += ["nearest", "word by word", "nearest, few pairs", "word by word, few pairs"]
rows = []
for system, runs in zip(systems, recorded.values(), strict=True):
    values = {key: np.array([run[key] for run in runs]) for key in ("bleu", "chrf", "right")}
    middle = [float(np.median(found)) for found in values.values()]
    rows.append([system, *middle, values["bleu"].min(), values["bleu"].max()])
header = ["system", "BLEU", "chrF", "wholly right", "least BLEU", "most BLEU"]
lesson.table(header, rows)
pairs_read, size = len(sentences.train), translator.model.count_params()
print(f"pairs for training: {pairs_read:,}; weights of the network with attention: {size:,}")
print(f"few pairs: {translator.record['pairs']['few']:,}")
assert rows[0][4] > rows[1][5] + 5  # the worst seed with, the best without
assert rows[2][2] < rows[5][2] < rows[6][2]  # few pairs: who looks up has more characters right

# %% [markdown] lang="en"
# With attention, every seed is ahead of every seed without, by more than five points of BLEU, though no sentence here is long. Fewer than one in five is wholly right, and that says as much about the measure as about the network: "come back !" for "Come back." counts as wrong.
#
# **Too little data.** The rows "few pairs" stand for a thousand of these pairs, the same ones for all three. By chrF the network falls from first to last: even the nearest sentence is ahead of it, and the dictionary more so. What it says still looks like English, but belongs to another sentence. (With three thousand pairs, tried beforehand, it had passed the nearest sentence in BLEU again, not yet the dictionary in chrF.) Looking up needs little; learning to translate needs much.
#
# The rivals: the dictionary has some of the words but neither their order nor their endings, so chrF gives it something and BLEU next to nothing. That *nearest* is never wholly right follows from the split: no translation of the test part stands in the training part.
#
# One of those networks is shipped with the course: the one with attention whose validation BLEU was best. Let it translate the test part anew, and look at the first six, not at picked ones:
# %% [markdown] lang="zh"
# 用注意力的每个种子，都超过不用的每个种子，BLEU 高出五分以上，尽管这里没有一句是长的。全对的不到五分之一，这既说明网络的水平，也说明这把尺子有多严：把 “Come back.” 译成 come back !，也算错。
#
# **数据太少。**“少量句对”的几行只用其中一千对，三种方法用的是同一批。论 chrF，网络从第一名落到最后：连最近句都在它前面，词典更在前面。它说的仍然像英语，却是另一句话的意思。（事先也试过三千对：论 BLEU，它又超过了最近句；论 chrF，还不如词典。）查找只要一点数据，学会翻译要很多。
#
# 再看对手：词典找到了一部分词，词序和词尾却都不对，所以 chrF 还给它几分，BLEU 就几乎没有了。**最近句**从不全对，是划分造成的：测试集里的译文，没有一句在训练集中出现过。
#
# 其中一个网络随课程附带：用注意力的三个里，验证集 BLEU 最高的那个。让它把测试集重译一遍，看开头六句，不是挑出来的：
# %%
reader = translation.Interpreter(translator.model)
ids, looks = reader.greedy(sentences.test.inputs, max_tokens=20, attention=True)
said = sentences.decode(ids)
right = sentences.test.wholly_right(said)
header = ["source", "said", "a reference", "right?"]
columns = sentences.test.sources, said, sentences.test.translations, right.astype(int)
lesson.table(header, [*zip(*(column[:6] for column in columns), strict=True)])
lesson.result("real_right", right.mean(), baseline=rows[1][3])

# %% [markdown] lang="en"
# Where does it look? Two sentences that it got right, chosen because the two languages put things in another order:
# %% [markdown] lang="zh"
# 它在看哪里？下面两句它都译对了；选它们，是因为两种语言的次序不同：
# %%
pictures = {}
for source, title in {"我有个在波士顿的兄弟。": "one sentence", "花园在房子对面。": "another"}.items():
    i = sentences.test.sources.index(source)
    words = said[i].split()
    pictures[title] = looks[i, : len(words), : len(source)], words, source
    assert right[i]
lesson.figure(draw.looks(pictures, ["source", "translation", "weight"]), "real_looks")

# %% [markdown] lang="en"
# English says "a brother in Boston", Chinese says "a-in-Boston brother": the bright places leap back and forth. And "in" looks at 波, not at 在 beside it: a state of the encoder has read its neighbours too, so a bright place is not always the character one expects. On real sentences, too, a look is a help to reading; whether it mattered, only hiding it would tell.
#
# Try sentences of your own: `sentences.decode(reader.greedy(sentences.encode(["我爱我的猫。"])))`. Soon you will meet what it cannot do: names and words that the pairs don't have become `<unk>`, and idioms are taken word by word ("看起来这都是天书" became a sentence about a book). A network of this size that has read so few pairs is no translator to rely on. Systems in use learn from thousands of times as many pairs.
#
# ## G. Sources
#
# * I. Sutskever, O. Vinyals, Q. V. Le (2014). Sequence to sequence learning with neural networks. *NeurIPS*.
# * D. Bahdanau, K. Cho, Y. Bengio (2015). Neural machine translation by jointly learning to align and translate. *ICLR*.
# * M.-T. Luong, H. Pham, C. D. Manning (2015). Effective approaches to attention-based neural machine translation. *EMNLP*.
# * P. Brown et al. (1993). The mathematics of statistical machine translation. *Computational Linguistics* 19(2): the dictionary from pairs.
# * S. Bengio et al. (2015). Scheduled sampling for sequence prediction with recurrent neural networks. *NeurIPS*: training that shows the network its own mistakes.
# * S. Jain, B. C. Wallace (2019). Attention is not explanation. *NAACL*. S. Wiegreffe, Y. Pinter (2019). Attention is not not explanation. *EMNLP*.
# * B. Lake, M. Baroni (2018). Generalization without systematicity. *ICML*: why longer than trained fails.
# %% [markdown] lang="zh"
# 英语说 a brother in Boston，汉语说“在波士顿的兄弟”：亮处来回跳。in 看的却是“波”，不是旁边的“在”：编码器的每个状态也读过左右的字，亮处未必正是你料想的那个字。对真实的句子，看图同样有助于理解；至于看的东西要不要紧，还得遮住它做实验才知道。
#
# 请换上你自己的句子：`sentences.decode(reader.greedy(sentences.encode(["我爱我的猫。"])))`。很快就会碰到它做不到的事：句对里没有的名字和词都成了 `<unk>`；习语被逐字硬译（“看起来这都是天书”译成了一句说书的话）。这样大小的网络、这么少的句对，还成不了可靠的翻译器；实用的系统，学的句对要多几千倍。
#
# ## 七、出处
#
# * I. Sutskever, O. Vinyals, Q. V. Le (2014). Sequence to sequence learning with neural networks. *NeurIPS*.
# * D. Bahdanau, K. Cho, Y. Bengio (2015). Neural machine translation by jointly learning to align and translate. *ICLR*.
# * M.-T. Luong, H. Pham, C. D. Manning (2015). Effective approaches to attention-based neural machine translation. *EMNLP*.
# * P. Brown 等 (1993). The mathematics of statistical machine translation. *Computational Linguistics* 19(2)：从句对里学词典。
# * S. Bengio 等 (2015). Scheduled sampling for sequence prediction with recurrent neural networks. *NeurIPS*：训练时让网络见到自己的错误。
# * S. Jain, B. C. Wallace (2019). Attention is not explanation. *NAACL*。S. Wiegreffe, Y. Pinter (2019). Attention is not not explanation. *EMNLP*。
# * B. Lake, M. Baroni (2018). Generalization without systematicity. *ICML*：为什么比训练时更长就会失败。
