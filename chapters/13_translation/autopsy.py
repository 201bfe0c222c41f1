# %% [markdown] lang="en"
# # 13. Translation: the autopsy
#
# "High-quality machine translation" by "fine-tuning an RNN" is promised by article 001 (§6.1), translation is named by 000, 002 and 004 as well, and attention as a means to *explain* a network by 001 (§8.4). None of the five has a program for it. So we take them at their word, in miniature.
#
# Four cases. Before you run a cell, answer its question: **what will happen?** About twenty minutes.
# %% [markdown] lang="zh"
# # 13. 翻译：剖析
#
# 文章 001（§6.1）许诺，“微调 RNN”就能做到“高质量的机器翻译”；000、002、004 也点到了翻译；001（§8.4）还把注意力当作**解释**网络的手段。五篇都没有翻译的程序。那就把它们的话当真，用小例子来试。
#
# 一共四个案子。运行之前先回答：**会发生什么？** 大约二十分钟。
# %%
from rnn_tf.course import begin

lesson = begin("13_translation", part="autopsy")

from collections import Counter, defaultdict

import numpy as np

from rnn_tf import translation
from rnn_tf.course.figures import translation as draw
from rnn_tf.datasets import Split, numbers
from rnn_tf.training import initial_weights, reset

# %% [markdown] lang="en"
# ## Case 1. A word for each character
#
# The networks of the articles put out one answer a sequence, or one a step. Take the second form for a translator: when the character has been read, the word must be said. No English number here has more words than the Chinese one has characters, so there is room. **How many translations can the best network of this form have right?**
#
# No training is needed to answer it. Whoever has read the same characters must say the same word. So let an oracle choose for each beginning the word that is right most often.
# %% [markdown] lang="zh"
# ## 案子一：一个字一个词
#
# 文章里的网络，要么一条序列给一个答案，要么一步给一个。拿后一种来翻译：读完一个字，就得说出一个词。这里的英文词数从不超过中文字数，地方是够的。**这种形式的网络，再好能译对多少？**
#
# 不用训练就能回答。读到同样的字，就只能说同样的词。那就让一位先知替每种开头选出最常正确的那个词。
# %%
data = numbers.load()
heard = defaultdict(Counter)
for source, said in zip(data.train.sources, data.train.translations, strict=True):
    words = said.split() + [""] * len(source)  # then silence
    for t in range(len(source)):
        heard[source[: t + 1]][words[t]] += 1
best = {start: counts.most_common(1)[0][0] for start, counts in heard.items()}
oracle = [
    " ".join(best[source[: t + 1]] for t in range(len(source))) for source in data.train.sources
]
reached = data.train.wholly_right([said.strip() for said in oracle]).mean()
print("after 四:", dict(heard["四"].most_common(3)))
lesson.result("oracle_exact", reached)

# %% [markdown] lang="en"
# Even an oracle that knows the training pairs by heart fails in most of them: after 四 nobody can know whether "four" or "forty" is meant. This is the floor's sister, a *ceiling*, and it holds for every RNN, LSTM or GRU that must answer at once. A translator must read before it speaks: hence the encoder.
#
# ## Case 2. "A loss of 0.1 shows that training went well"
#
# So says article 001 (§5.4) of its network. **At a validation loss of 0.1 a word, how many sentences does a translator have right?**
# %% [markdown] lang="zh"
# 就算是把训练句对背得滚瓜烂熟的先知，多数也译不对：只读了一个“四”，谁也不知道该说 four 还是 forty。这是“下限”的姊妹：**上限**；凡是必须立刻作答的 RNN、LSTM、GRU，都受它约束。翻译得先读后说，所以要有编码器。
#
# ## 案子二：“损失为 0.1，说明训练效果不错”
#
# 文章 001（§5.4）这样说它的网络。**每个词的验证损失为 0.1 时，一个翻译器有多少句全对？**


# %%
def new_translator(embedding_spread):
    sizes = len(data.source_vocabulary), len(data.target_vocabulary)
    model = translation.Translator(*sizes, embedding=32, embedding_spread=embedding_spread)
    return translation.prepare(model, learning_rate=6e-3)


def watched(model, epochs, seed):
    """Validation loss in nats a word, and share wholly right, after each epoch."""
    reads, says = translation.shifted(data.validation.targets)
    interpreter, seen = translation.Interpreter(model), []

    def look(epoch, _):
        counted = (says > 0).astype("float32")
        inputs = data.validation.inputs, reads
        loss = model.evaluate(inputs, says, 500, sample_weight=counted, verbose=0)
        said = data.decode(interpreter.greedy(data.validation.inputs))
        seen.append([epoch, float(loss), float(data.validation.wholly_right(said).mean())])

    translation.train(model, data.train, epochs=epochs, seed=seed, after_epoch=look)
    return seen


starts = {  # for case 3, too: seeding later would drop what is compiled
    "uniform, ± 0.05": initial_weights(lambda: new_translator(None), lesson.seeds),
    "normal, 0.5": initial_weights(lambda: new_translator(0.5), lesson.seeds),
}
with_attention = new_translator(0.5)
seen = watched(with_attention, epochs=lesson.pick(class_mode=3, full=8), seed=0)
lesson.table(["epoch", "validation loss", "share wholly right"], seen)
nearest = min(seen, key=lambda row: abs(row[1] - 0.1))
print(f"loss {nearest[1]:.2f}: {1 - nearest[2]:.0%} of the numbers are wrong")

# %% [markdown] lang="en"
# The number looks small, but it counts *words*, and a translation with one wrong word is wrong. $e^{-0.1}$ is 0.90: so much probability the right word gets, on average (geometric), and a long number asks for twelve of them in a row. A loss wants a baseline and a count of what matters; it is no mark of its own.
#
# ## Case 3. The flat start
#
# Same network, same pairs, same recipe. The embeddings start as Keras starts them, uniform between −0.05 and 0.05, or normal with standard deviation 0.5. **After how many training steps does each network look at its source?** For comparison: who knows only how often each word occurs, and nothing of the source, has the loss of the dotted line.
# %% [markdown] lang="zh"
# 数看着很小，但它数的是**词**，而一句译文错一个词就是错。$e^{-0.1}$ 约为 0.90：正确的词平均（几何平均）只得到这么多概率，一个长数却要一连对上十二个。损失需要基线，也需要数一数真正在乎的东西；它自己不是成绩。
#
# ## 案子三：平坦的起点
#
# 同样的网络、句对和配方。词嵌入的起点有两种：Keras 的默认（在 −0.05 与 0.05 之间均匀分布），或者标准差为 0.5 的正态分布。**各要多少训练步，网络才会去看源文？** 作为比较：只知道每个词多常见、对源文一无所知的人，损失就是那条点线。
# %%
_, says = translation.shifted(data.train.targets)
often = np.bincount(says[says > 0]) / np.sum(says > 0)
frequencies = -np.sum(often[often > 0] * np.log(often[often > 0]))
part = Split(data.train.inputs[:640], data.train.targets[:640])
epochs = lesson.pick(class_mode=9, full=20)  # of ten training steps each
losses = {}
for name, drawn in starts.items():
    losses[name] = []
    for seed, start in zip(lesson.seeds, drawn, strict=True):
        reset(with_attention, start)
        with_attention.optimizer.learning_rate.assign(1e-3)
        losses[name].append(
            translation.train(with_attention, part, epochs=epochs, seed=seed)
        )
labels = ["training steps, in tens", "loss (nats a word)"]
floor = "word frequencies alone", frequencies
lesson.figure(draw.learning(losses, labels, floor=floor), "flat_start")

# %%
steps = {
    name: [
        int(np.argmax(run < frequencies - 0.3)) * 10 if run.min() < frequencies - 0.3 else None
        for run in runs
    ]
    for name, runs in losses.items()
}
for name, needed in steps.items():
    print(f"{name}: 0.3 nats below the frequencies after {needed} training steps, by seed")
lesson.result("flat_loss", [run[-1] for run in losses["uniform, ± 0.05"]], baseline=frequencies)
lesson.result("lifted_loss", [run[-1] for run in losses["normal, 0.5"]], baseline=frequencies)

# %% [markdown] lang="en"
# With tiny embeddings all tokens look alike. The states are nearly the same whatever was read, all looks are equally weak, and so no gradient says which character mattered. The network learns first what needs no source, how often each word occurs, and lingers there: a *plateau*, if a short one here. It looks like a training that is nearly finished, and who stops early stops here. What lifts it is a start in which tokens differ from the first step on. (With number words patience is enough: both starts get there in the end.)
#
# ## Case 4. "Attention explains the network"
#
# Article 001 (§8.4) lists attention among the techniques that make a model *interpretable*. The lesson hid the brightest place. Here we go further and let each word look **only at the place where it looked least**: its picture becomes the opposite of what it was. **How many words stay the same?**
# %% [markdown] lang="zh"
# 词嵌入太小，所有词元看上去都差不多：不管读了什么，状态几乎一样；每一眼都同样模糊，也就没有梯度说明哪个字要紧。网络先学会了不用源文的那部分，即每个词多常见，然后在那里磨蹭一阵：这就是**平台期**，只是这里的不长。它看上去像训练快要完成，谁早停，谁就停在这里。让各个词元从第一步起就不相同，便走得出来。（对数词来说，有耐心就行：两种起点最后都学得会。）
#
# ## 案子四：“注意力解释了网络”
#
# 文章 001（§8.4）把注意力列为提高模型**可解释性**的技术之一。课上遮住了最亮的位置。这里更进一步，让每个词**只看它原来看得最少的那个位置**：图变成了原图的反面。**有多少词不变？**


# %%
def opposite(model, part):
    """Words (n, steps) as they were, and when each looks only where it looked least."""
    reads, says = translation.shifted(part.targets)
    memory, state, mask = model.encode(part.inputs)
    before, _, looks = model.decode(reads, state, memory, mask)
    real = np.broadcast_to(mask.numpy()[:, None], looks.shape)
    least = np.where(real, looks, np.inf).argmin(axis=-1)
    only = np.arange(looks.shape[-1]) == least[:, :, None]
    after, _, _ = model.decode(reads, state, memory, only)
    return np.argmax(before, axis=-1), np.argmax(after, axis=-1)


reset(with_attention, starts["normal, 0.5"][0])
with_attention.optimizer.learning_rate.assign(6e-3)
translation.train(with_attention, data.train, epochs=3)
before, after = opposite(with_attention, data.test)
_, says = translation.shifted(data.test.targets)
units = [data.target_vocabulary.id(w) for w in ("hundred", "thousand", "million", "<eos>")]
long = (says > 0) & ((data.test.inputs > 0).sum(axis=1) > 6)[:, None]
kinds = {"digit words": ~np.isin(says, units), "unit words": np.isin(says, units)}
kept = {kind: float(np.mean((before == after)[long & where])) for kind, where in kinds.items()}
lesson.table(["words", "unchanged by the opposite look"], [*kept.items()])
lesson.result("units_kept", kept["unit words"], baseline=kept["digit words"])

# %% [markdown] lang="en"
# One and the same network, one and the same kind of picture. For digit words it tells what was needed; for unit words, many of which stay as they are under the opposite look, it tells nothing of the kind. You cannot see from the picture which is which. So the claim is neither right nor wrong as it stands: attention is a *measurement* of where weights lay, and an explanation only where an experiment confirms it (R-ADD-09 has both sides of that debate).
# %% [markdown] lang="zh"
# 同一个网络，同一类图。对数字词，它说出了需要什么；对单位词，许多在相反的一眼之下照样不变，它就什么也没说明。而从图上看不出哪个是哪个。所以那句话照原样说不上对也说不上错：注意力**量出**了权重落在哪里，只有实验证实之处才算解释（这场争论的正反两方见 R-ADD-09）。
# %%
lesson.ledger("R-ADD-09")

# %% [markdown] lang="en"
# **All the rest:** topics of this lesson.
# %% [markdown] lang="zh"
# **剩下的：** 本课的各个主题。
# %%
lesson.ledger()
