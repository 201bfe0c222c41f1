# %% [markdown] lang="en"
# # 10. Generalising
#
# *It gets better and better on what it has seen. Why does it get worse on what it has not, and what helps?*
#
# Half a minute, 1 GB. You need lessons 3 and 4. A tired helper has listened to **sixty** Mandarin syllables and written down the tone of each, 1 to 4. Fifteen of his labels are wrong. An LSTM learns from the sixty; we judge it on syllables that were labelled with care.
# %% [markdown] lang="zh"
# # 10. 泛化
#
# *见过的，它越答越好；没见过的，为什么反而越答越差？什么办法管用？*
#
# 约需半分钟、1 GB 内存；请先学第 3、4 课。有人累得迷迷糊糊，听了**六十**个普通话音节，逐个记下声调（一至四声），其中十五个记错了。LSTM 就从这六十个里学；评判用的是另外一些仔细标过的音节。
# %%
from rnn_tf.course import begin

lesson = begin("10_generalising")

import numpy as np

from rnn_tf import layers
from rnn_tf.backend import keras
from rnn_tf.claims import results
from rnn_tf.claims.experiments import remedies
from rnn_tf.claims.statements import Difference
from rnn_tf.course.figures import generalising as draw
from rnn_tf.datasets import tones
from rnn_tf.reference.losses import softmax_cross_entropy
from rnn_tf.training import reset

STEPS, EPOCHS, LOOK = 16, 300, 10  # a step is 20 ms of pitch; a look every ten epochs
seeds = lesson.pick(class_mode=lesson.seeds, full=range(5))
_, (held_out, truth), (unheard, unheard_truth) = remedies.parts()
checked = tones.windows(held_out, STEPS)  # pitch and slope
print(f"validation part {checked.shape}, test part {len(unheard)} syllables")


# %%
def network(**options):
    """(batch, 16, 2) -> four logits. The options are the LSTM's: most remedies go there."""
    frames = keras.Input((STEPS, 2))
    states = layers.LSTM(24, **options)(keras.layers.Masking()(frames))
    model = keras.Model(frames, keras.layers.Dense(4)(states))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02, global_clipnorm=1.0), loss, jit_compile=False)
    return model


def train(model, start, seed):
    """Every ten epochs a look: logits for the training and the validation part, and the weights."""
    melodies, labels, _ = remedies.few(seed)  # sixty, fifteen of them mislabelled
    inputs, looks = tones.windows(melodies, STEPS), []
    reset(model, start)
    for epoch in range(1, EPOCHS + 1):
        model.train_on_batch(inputs, labels)  # all sixty are one batch: an epoch is one update
        if epoch % LOOK == 0:
            both = model.predict_on_batch(np.concatenate([inputs, checked]))
            looks.append((both[:60], both[60:], model.get_weights()))
    return looks


def loss_of(logits, targets):
    return softmax_cross_entropy(logits.astype(float), targets)[0]


# %%
epochs, guessing = np.arange(LOOK, EPOCHS + 1, LOOK), np.log(4)
starts, model = [remedies.network(seed).get_weights() for seed in seeds], network()
runs = {seed: train(model, start, seed) for seed, start in zip(seeds, starts, strict=True)}
labels = {seed: remedies.few(seed)[1] for seed in seeds}
seen = [[loss_of(a, labels[seed]) for a, _, _ in looks] for seed, looks in runs.items()]
new = [[loss_of(b, truth) for _, b, _ in looks] for looks in runs.values()]
turn = epochs[np.argmin(np.median(new, axis=0))]
words = {"x": "epoch", "y": "loss (nats)", "baseline": ("guessing", guessing)}
losses = {"training": seen, "validation": new}
lesson.figure(draw.curves(epochs, losses, mark=("the turn", turn), **words), "turn")
lowest, last = np.median(new, axis=0)[[turn // LOOK - 1, -1]]
print(f"validation loss at epoch {turn}: {lowest:.2f}; at epoch {EPOCHS}: {last:.2f}")
lesson.result("too_long", last, baseline=guessing)

# %% [markdown] lang="en"
# The training loss falls and falls. The loss on other syllables falls, **turns**, and climbs, until the network is worse than somebody who knows nothing and says 25 % each. One of the articles advises more epochs *against* over-fitting (claim C-004-28). Here are the more epochs.
#
# ## The idea in one picture
#
# What do the fifteen mislabelled syllables tell us? We know two answers for each: the tone that was really spoken, and the label that the helper wrote. Which of the two does the network give?
# %% [markdown] lang="zh"
# 训练损失一路下降。其他音节上的损失先降，**掉头**，再往上爬，最后还不如一个什么都不知道、每声各说 25 % 的人。有一篇文章建议多训练几轮来**防止**过拟合（论断 C-004-28）。多出来的那些轮，就在图上。
#
# ## 一张图看懂
#
# 那十五个标错的音节最能说明问题。它们每一个都有两个答案：真正念的声调，和记错的标签。网络答的是哪一个？
# %%
says = {"the tone that was spoken": [], "the wrong label": []}
for seed, looks in runs.items():
    _, given, wrong = remedies.few(seed)
    spoken = remedies.few(seed, wrong=0)[1]  # the same sixty, labelled with care
    answers = np.array([a.argmax(axis=1) for a, _, _ in looks])[:, wrong]
    for name, right in zip(says, (spoken, given), strict=True):
        says[name].append(np.mean(answers == right[wrong], axis=1))
words = {"x": "epoch", "y": "share of the mislabelled syllables"}
lesson.figure(draw.curves(epochs, says, mark=("the turn", turn), **words), "accident")
for name, shares in says.items():
    at_turn, at_end = np.median(shares, axis=0)[[turn // LOOK - 1, -1]]
    print(f"{name}: at the turn {at_turn:.2f}, at the end {at_end:.2f}")

# %% [markdown] lang="en"
# Nobody told the network the truth, and yet it first finds the **rule**: most of the mislabelled syllables it hears as they were spoken, against its own training labels. Forty-five good labels agree with each other; fifteen bad ones agree with nothing. Then training goes on, and there is nothing left to learn but the **accident**: this very recording, that very slip. So a network fits rule *and* accident. How much of the accident depends on the room it has, and on the time.
#
# The training loss cannot show the turn. To it, a rule learnt and a slip learnt are the same.
#
# ## Sure and wrong
#
# At the end most answers are still right. How can the loss lie above guessing? One answer costs $-\ln p$, where $p$ is the probability that the network gave to the right tone.
# %% [markdown] lang="zh"
# 谁也没有把真相告诉网络，它却先找到了**规律**：标错的音节，它大多按实际念的声调来答，跟自己的训练标签唱反调。四十五个对的标签彼此印证，十五个错的各错各的。接着训练下去，剩下可学的就只有**偶然**了：某一条录音，某一次笔误。网络拟合的既有规律，**也有**偶然；偶然占多少，要看它有多大的余地，训练了多久。
#
# 掉头在训练损失上是看不出来的：学到一条规律，背下一次笔误，对它来说都一样。
#
# ## 又自信又错
#
# 到最后，大部分回答仍然是对的，损失怎么会比随机猜测还高？答一次的代价是 $-\ln p$，$p$ 是网络给正确声调的概率。
# %%
for p in (0.99, 0.25, 0.01, 0.0001):
    print(f"p = {p:g}: loss {-np.log(p):.2f}")
at_end = runs[0][-1][1]
right = at_end.argmax(axis=1) == truth
costs = [loss_of(at_end[which], truth[which]) for which in (right, ~right)]
print(f"one network at the end: {right.mean():.0%} right; loss {loss_of(at_end, truth):.2f}")
print("loss where right {:.2f}, where wrong {:.2f}".format(*costs))

# %% [markdown] lang="en"
# Who guesses is wrong three times out of four, but never sure: each answer costs 1.39. The network is wrong far less often, but *sure* and wrong. Accuracy counts mistakes, the loss charges for being sure of them.
#
# ## What helps?
#
# | Remedy | What it does | In code |
# |---|---|---|
# | early stopping | takes the weights of the look with the lowest validation loss | `argmin`; Keras: `EarlyStopping` |
# | fewer units | leaves less room | `LSTM(4)` |
# | L1, L2 penalty | large weights cost something | `kernel_regularizer=L2(0.03)` |
# | dropout on inputs | sets some features to 0, the same ones at all steps of a sequence | `LSTM(24, dropout=0.3)` |
# | recurrent dropout | does so with units of $h_{t-1}$ | `recurrent_dropout=0.5` |
# | zoneout | some units keep their old value, others at every step | `RNN(ZoneoutCell(LSTMCell(24), 0.5))` |
# | layer normalisation | keeps the sums inside the gates at mean 0, variance 1 | `RNN(LayerNormLSTMCell(24))` |
# | augmentation | a melody a little higher, wider, slower, rougher keeps its tone | `varied(melodies, rng)` |
# | more data | a rule repeats itself, an accident does not | |
#
# Two of them with numbers, on paper first. A weight is 2.0, its gradient 0.1, the learning rate 0.5. L2 adds $\lambda w^2$ to the loss, L1 adds $\lambda |w|$; take $\lambda = 0.02$. And four units, of which dropout at rate 0.5 keeps the first and the third.
# %% [markdown] lang="zh"
# 猜的人四次错三次，但从不自信，每答一次的代价是 1.39。网络错得少得多，可它错的时候**很自信**。准确率只数错了几次，损失还要算错得有多自信。
#
# ## 什么办法管用？
#
# | 办法 | 做什么 | 代码 |
# |---|---|---|
# | 早停 | 取验证损失最低那次的权重 | `argmin`；Keras：`EarlyStopping` |
# | 减少单元 | 少留余地 | `LSTM(4)` |
# | L1、L2 正则化 | 权重大了要付代价 | `kernel_regularizer=L2(0.03)` |
# | 输入丢弃法 | 把部分特征置 0，一条序列的各个时间步丢同样的特征 | `LSTM(24, dropout=0.3)` |
# | 循环丢弃法 | 对 $h_{t-1}$ 的单元这样做 | `recurrent_dropout=0.5` |
# | zoneout | 部分单元保留旧值，每个时间步换一批 | `RNN(ZoneoutCell(LSTMCell(24), 0.5))` |
# | 层归一化 | 让门里的总和保持均值 0、方差 1 | `RNN(LayerNormLSTMCell(24))` |
# | 数据增强 | 旋律略高、略宽、略慢、略毛糙，声调不变 | `varied(melodies, rng)` |
# | 更多数据 | 规律会重复，偶然不会 | |
#
# 挑两种用数字算，先在纸上算。一个权重是 2.0，梯度 0.1，学习率 0.5。L2 给损失加上 $\lambda w^2$，L1 加上 $\lambda |w|$，取 $\lambda = 0.02$。再看四个单元，丢弃率 0.5，留下第一个和第三个。
# %%
weight, gradient, rate, penalty = 2.0, 0.1, 0.5, 0.02
print(f"no penalty: {weight - rate * gradient:.3f}")
print(f"L1: {weight - rate * (gradient + penalty * np.sign(weight)):.3f}")
print(f"L2: {weight - rate * (gradient + 2 * penalty * weight):.3f}")
old, new_state = np.array([0.1, 0.7, 0.0, -0.6]), np.array([0.5, 0.9, -0.8, 0.2])
kept = np.array([1, 0, 1, 0])
print("dropout:", new_state * kept / 0.5)
print("zoneout:", np.where(kept, new_state, old))
every_mask = np.array(list(np.ndindex(2, 2, 2, 2)))
print("dropout, mean over all 16 masks:", np.mean(new_state * every_mask / 0.5, axis=0))

# %% [markdown] lang="en"
# L1 pulls at every weight with the same force, and small ones to 0; L2 pulls at large ones more. Dropout divides by the share that it keeps. So the mean over all masks is the state itself, and nothing need be changed when the network is used.
#
# ## One remedy, live
#
# The same sixty, the same starts; only L2 is new. (Full mode trains recurrent dropout as well.)
# %% [markdown] lang="zh"
# L1 对每个权重用同样的力往回拉，小的一直拉到 0；L2 对大的拉得更狠。丢弃法要除以留下的比例，这样对所有掩码取平均，正好是原来的状态；用网络的时候就什么都不必改。
#
# ## 现场试一种
#
# 同样的六十个音节，同样的起点，只加上 L2。（完整模式还训练循环丢弃法。）
# %%
penalty = keras.regularizers.L2(0.03)
ways = {"L2 penalty": {"kernel_regularizer": penalty, "recurrent_regularizer": penalty}}
if lesson.mode == "full":
    ways["recurrent dropout"] = {"recurrent_dropout": 0.85}
trained = {"no remedy": (model, list(runs.values()))}
for name, options in ways.items():
    helped = network(**options)
    pairs = zip(seeds, starts, strict=True)
    trained[name] = helped, [train(helped, start, seed) for seed, start in pairs]
curves = {
    name: [[loss_of(b, truth) for _, b, _ in looks] for looks in every]
    for name, (_, every) in trained.items()
}
words = {"x": "epoch", "y": "validation loss (nats)", "baseline": ("guessing", guessing)}
lesson.figure(draw.curves(epochs, curves, **words), "live")

# %% [markdown] lang="en"
# Validation has now had its say: *early stopping* takes the look with the lowest validation loss. Only after that the **test part** is read, 345 syllables that nobody has learnt from or chosen by. The baseline is a rival that has no weights: for each syllable the most similar ones of the same sixty vote (*nearest neighbours*).
# %% [markdown] lang="zh"
# 验证集已经发过言：**早停**取的是验证损失最低的那一次。到这时才打开**测试集**：345 个音节，没有用来学过，也没有用来选过。基线是一个没有权重的对手：每个音节由同样那六十个里最像它的几个投票（**最近邻**）。


# %%
def right_on_test(name, choose):
    """Share of right answers, a number a seed, with the weights of the look that is chosen."""
    helped, every = trained[name]
    shares = []
    for looks in every:
        helped.set_weights(looks[choose(looks)][2])
        said = helped.predict_on_batch(tones.windows(unheard, STEPS)).argmax(axis=1)
        shares.append(np.mean(said == unheard_truth))
    return shares


def lowest_loss(looks):
    return np.argmin([loss_of(b, truth) for _, b, _ in looks])


found = results.load("remedies")
rival = np.median(found.evidence["accuracy/neighbours"][list(seeds)])
lesson.result("all_epochs", right_on_test("no remedy", lambda looks: -1), baseline=rival)
lesson.result("stopped", right_on_test("no remedy", lowest_loss), baseline=rival)
lesson.result("stopped_l2", right_on_test("L2 penalty", lowest_loss), baseline=rival)

# %% [markdown] lang="en"
# ## All remedies, more seeds
#
# All remedies, with up to five strengths each, take a quarter of an hour. So they were **measured beforehand** and are read here. Each seed has other syllables, other slips, another start. `rnn-tf claims run --mode full remedies` measures them again. Validation chose the strength of each remedy; the test part was read for what was chosen. *Labels repaired* is no trick of training: the helper has slept, and listened once more.
# %% [markdown] lang="zh"
# ## 所有办法，更多种子
#
# 所有办法，每种最多五档强度，要算一刻钟，所以**事先测好**，这里只是读出来。每个种子的音节不同，标错的不同，起点也不同。想重测，运行 `rnn-tf claims run --mode full remedies`。每种办法的强度由验证集来选，选定之后才看测试集。“改正标签”不是什么训练技巧：那人睡了一觉，重新听了一遍。
# %%
print(f"measured {found.date}, {found.seeds} seeds, {sum(found.seconds) / 60:.0f} min")
called = {key: remedies.REMEDIES.label(key, lesson.lang) for key in remedies.STRENGTHS}
groups = {"after all epochs": {}, "stopped early": {}}
for group, when in zip(groups.values(), ("end", "stopped"), strict=True):
    for key, name in called.items():
        group[name] = found.evidence[f"loss/{when}/{key}"]
alone = np.median(found.evidence["loss/stopped/none"])
lines = [("guessing", guessing), ("early stopping alone", alone)]
figure = draw.by_remedy(groups, x="test loss (nats)", lines=lines, limits=(0, 2.5))
lesson.figure(figure, "remedies")

# %% [markdown] lang="en"
# Difference or luck? A seed fixes the syllables and the start. So we compare *seed by seed*: the loss with a remedy and early stopping, less the loss with early stopping alone. Where the 95 % interval of its mean holds 0, these seeds **cannot tell**.
# %% [markdown] lang="zh"
# 是真有差别，还是碰巧？种子决定了音节和起点，所以要**逐个种子**比：既用某种办法又早停时的损失，减去只用早停时的损失。均值的 95 % 置信区间含 0，就是这几个种子**分不出来**。
# %%
rows, verdicts = [], {True: "better", False: "worse", None: "cannot tell"}
for key, name in called.items():
    at_end, stopped = (np.median(found.evidence[f"accuracy/{w}/{key}"]) for w in ("end", "stopped"))
    pair = {"first": f"loss/stopped/{key}", "second": "loss/stopped/none"}
    one = Difference(("", ""), high=0.0, **pair).finding(found.evidence)
    interval = f"{one.mean:+.2f} ({one.left:+.2f} … {one.right:+.2f})"
    told = verdicts[one.holds] if key != "none" else "–"
    rows.append([name, at_end, stopped, interval, told])
header = ["remedy", "right, after all epochs", "right, stopped early"]
lesson.table([*header, "loss, difference", "verdict"], rows)
better = [row[0] for row in rows if row[-1] == verdicts[True]]
print("better than early stopping alone:", ", ".join(better))
rivals = [np.median(found.evidence[f"accuracy/{name}"]) for name in ("neighbours", "linear")]
print("right, nearest neighbours {:.3f}, linear model {:.3f}".format(*rivals))

# %% [markdown] lang="en"
# **Early stopping** comes first. It costs nothing and takes away nearly all of the harm. Where nobody stops in time, L1, L2, recurrent dropout, zoneout and augmentation hold the network back for all three hundred epochs (left panel). On top of early stopping they add little, recurrent dropout most. Three together do not add up. Of three remedies these seeds cannot tell whether they add anything, and of eleven verdicts at 95 % one may well be luck.
#
# Two rows are warnings. *Layer normalisation* helps a network to train, and it trains the slips as well. *Dropout on inputs* has only two features to drop here, pitch and slope: it takes the melody away, not the slip. A remedy is a bet on what the accident looks like. So it must be tried, on validation data.
#
# And nothing comes near the loss of the last row. Fifteen labels put right beat every trick; they beat eight times as many unchecked labels, too.
#
# Two honest limits. 221 carefully labelled syllables to choose by are a luxury beside 60 to learn from. And in most seeds the nearest neighbours, which train nothing, are right more often than the network that only stops early. Why? In a vote the good labels around a syllable outvote the slip. That is a remedy too.
#
# **Take home:** *a network learns the rule first and the accident after; keep examples back to see the turn, take the weights from before it, and before you collect remedies, listen to your data once more.*
#
# In the lab you build stopping, masks and augmentation yourself. The autopsy asks what the articles' advice is worth. The appendix searches for settings with a tuner, and shows how much a winner flatters itself.
# %% [markdown] lang="zh"
# **早停**排在第一。它不花什么代价，就消除了绝大部分危害。没人及时叫停的时候，L1、L2、循环丢弃法、zoneout 和数据增强能把网络拉住，三百轮都不出事（左图）。在早停之上，它们添不了多少，循环丢弃法添得最多；三种合用，好处并不相加。有三种办法，这几个种子分不出有没有用；而且十一个 95 % 的结论里，碰巧错一个也不奇怪。
#
# 有两行是警告。**层归一化**让网络更好训练，笔误也照样训练进去。**输入丢弃法**在这里只有两个特征可丢，音高和斜率：丢掉的是旋律，不是笔误。每种办法都是在赌偶然长什么样，所以要试，在验证集上试。
#
# 而最后一行的损失，谁也赶不上。改正十五个标签，胜过一切技巧，也胜过八倍没检查过的标签。
#
# 还有两点要老实说。用来学的只有 60 个，用来选的仔细标过的却有 221 个，这是奢侈。另外，在大多数种子上，什么都不训练的最近邻比只用早停的网络答对得更多。为什么？投票的时候，周围对的标签压过了笔误；这也是一种办法。
#
# **记住一句话：** *网络先学会规律，后背下偶然；留出一些样本，才看得到掉头，权重要取掉头之前的；在搜罗各种办法之前，先把数据再听一遍。*
#
# 练习里你自己动手做早停、掩码和数据增强；剖析里看文章的建议值多少；附录里用调参工具搜索设置，看看胜者的得分有多自夸。
