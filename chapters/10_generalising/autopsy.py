# %% [markdown] lang="en"
# # 10. Generalising: the autopsy
#
# What the articles say about over-fitting fits on a page: a loss that shows success, when to stop, a list of remedies, a split. Here we take the sentences at their word. Each time there is a question first: **what will happen?** Write your answer down before you run the cell. About 25 minutes.
#
# The sentences are claims of our list, C-…; `rnn-tf claims C-004-13` shows what measuring found. "More epochs" (C-004-28) is the lesson itself.
# %% [markdown] lang="zh"
# # 10. 泛化：剖析
#
# 关于过拟合，几篇文章的话一页纸就写得下：什么样的损失算成功，什么时候停，一张办法清单，怎样划分数据。这里把这些话当真，照着去做。每次都先问一句：**会发生什么？** 把答案写下来，再运行那一格。大约 25 分钟。
#
# 这些话都在我们的论断表里，编号 C-……；`rnn-tf claims C-004-13` 可以查到实测结果。“增加训练轮数”（C-004-28）就是正课本身。
# %%
from rnn_tf.course import begin

lesson = begin("10_generalising", part="autopsy")

import numpy as np

from rnn_tf.baselines import neighbours
from rnn_tf.claims import results
from rnn_tf.claims.experiments.over_fitting import noisy_sign
from rnn_tf.claims.learning import CROSS_ENTROPY, accuracy, batches_of, learn, loss_of, network
from rnn_tf.course.figures import generalising as draw

# %% [markdown] lang="en"
# ## 1. "A validation loss of 0.1 shows that training went well"
#
# So says article 001 (C-001-20). On its own data, coin flips, 0.1 is out of reach for anybody (B-001-23, B-001-25, lesson 2). But suppose that the number is true, and the task another one: yes or no, and "yes" happens in half of the cases, in one of ten, in one of fifty, in one of two hundred.
#
# **In which of the four** has a network with a loss of 0.1 learnt anything? Compare it with somebody who sees no input and always says the same probability.
# %% [markdown] lang="zh"
# ## 1. “验证损失为 0.1，说明训练效果不错”
#
# 文章 001 是这样说的（C-001-20）。在它自己的数据（抛硬币）上，谁也到不了 0.1（第 2 课的 B-001-23、B-001-25）。不过，就算这个数是真的，换一个任务：回答是或否，“是”占一半、十分之一、五十分之一、二百分之一。
#
# 损失为 0.1 的网络，**在四种情形的哪几种里**学到了东西？跟一个什么输入都不看、总说同一个概率的人比一比。
# %%
shares = [1 / 2, 1 / 10, 1 / 50, 1 / 200]
always = [-p * np.log(p) - (1 - p) * np.log(1 - p) for p in shares]
rows = [[f"{p:.1%}", loss, loss - 0.1] for p, loss in zip(shares, always, strict=True)]
lesson.table(["share of yes", "loss without any input", "what 0.1 gains"], rows)
assert always[1] > 0.1 > always[2]

# %% [markdown] lang="en"
# At one in two, 0.1 is superb. At one in fifty it is *worse* than a machine that always says "2 %". The same number, praise here and failure there.
#
# *Cause*: a loss has no zero and no unit that would mean the same everywhere. *Repair*: never a loss alone. Compute what can be had without the input, and put it beside.
#
# ## 2. "Stop after a set number of epochs, or when the loss has settled"
#
# Article 004 (C-004-13). The task: is the sum of ten random numbers positive? 120 sequences, 15 % of the labels wrong, an LSTM of 24 units. Nobody can do better than a loss of about 0.42. We try three learning rates.
#
# **What will happen?** After how many updates is the validation loss lowest, at 0.005, 0.02, 0.05? Is there one number that suits all three? And when has the *training* loss settled (say: it changes by less than 0.01 in twelve updates)?
# %% [markdown] lang="zh"
# 占一半时，0.1 好极了。占五十分之一时，它还**不如**一台总说“2 %”的机器。同一个数，这里该表扬，那里该挨批。
#
# **原因**：损失没有一个放之四海而皆准的零点和单位。**改法**：绝不单独报一个损失。算出不看输入能做到多好，摆在旁边。
#
# ## 2. “达到规定轮数，或损失稳定了，就停”
#
# 出自文章 004（C-004-13）。任务：十个随机数之和是不是正的？120 个序列，15 % 的标签是错的，LSTM 有 24 个单元。谁也不可能比 0.42 左右的损失更低。我们试三个学习率。
#
# **会发生什么？** 学习率 0.005、0.02、0.05，验证损失各在第几次更新时最低？有没有一个数对三者都合适？还有，**训练**损失什么时候稳定下来（比如说，十二次更新变化不到 0.01）？
# %%
floor = -0.15 * np.log(0.15) - 0.85 * np.log(0.85)
updates = np.arange(12, 121, 12)


def curves(seed, **options):
    """Training and validation loss, (looks, 2), every twelve updates."""
    train, validation = noisy_sign(120, seed=seed), noisy_sign(250, seed=80_000 + seed)
    net = network("lstm", train[0], 1, 24, seed=seed, loss=CROSS_ENTROPY)
    return np.array(
        learn(
            net,
            batches_of(*train),
            steps=updates[-1],
            every=12,
            seed=seed,
            look=lambda net: (loss_of(net, *train), loss_of(net, *validation)),
            **options,
        )
    )


rates = (0.005, 0.02, 0.05)
runs = {r: np.array([curves(seed, learning_rate=r) for seed in lesson.seeds]) for r in rates}
by_rate = {f"{rate}": some[:, :, 1] for rate, some in runs.items()}
words = {"x": "update", "y": "validation loss", "baseline": ("best possible", floor)}
lesson.figure(draw.curves(updates, by_rate, **words), "set_number")


# %%
def settled(training):
    """The first look at which the training loss has moved by less than 0.01; else the last."""
    quiet = np.flatnonzero(np.abs(np.diff(training)) < 0.01)
    return quiet[0] + 1 if len(quiet) else len(training) - 1


rows = []
for rate, some in runs.items():
    for seed, run in zip(lesson.seeds, some, strict=True):
        best, quiet = run[:, 1].argmin(), settled(run[:, 0])
        places = [int(updates[best]), int(updates[quiet])]
        rows.append([rate, seed, *places, run[best, 1], run[quiet, 1]])
header = ["best at", "settled at", "loss at best", "loss when settled"]
lesson.table(["learning rate", "seed", *header], rows)
best_at = np.array([row[2] for row in rows]).reshape(len(rates), -1)
print("best at, the middle one of the seeds:", *np.median(best_at, axis=1).astype(int))
dearer = [row[5] - row[4] for row in rows]
lesson.result("settled", [np.median(dearer)])
assert np.median(best_at[0]) > np.median(best_at[2])

# %% [markdown] lang="en"
# The low point wanders: with the step size, and with the seed. A number that is right here is far too late there. And "settled" comes by chance or too late: now on a plateau where nothing has been learnt yet, now when the training set is known by heart. The training loss does not know when enough is enough.
#
# *Cause*: the rule watches the wrong curve, or none. *Repair*: watch the validation loss and keep the weights of its lowest point (exercise 1 of the lab). A set number is a fine upper bound.
#
# ## 3. A list of remedies
#
# Article 004 lists L1 and L2, fewer units, more data (C-004-25 to 27) and, as number four, more epochs. Article 002 adds augmentation and dropout (C-002-16). No strength is named, and no measure. Here is what was measured beforehand on the task above: each remedy with a strength chosen on validation data, five seeds.
#
# **Predict**: which of them lower the test loss? Which of them raise the test *accuracy*?
# %% [markdown] lang="zh"
# 最低点会移动：随步长变，也随种子变。在这里合适的数，到那里就太晚了。而“稳定”呢，要么碰运气，要么来得太迟：有时停在还什么都没学到的平台上，有时要等到把训练集背得滚瓜烂熟。训练损失不知道什么叫适可而止。
#
# **原因**：这条规则看错了曲线，或者根本没看曲线。**改法**：看验证损失，保留它最低时的权重（练习 1）。规定轮数，当作上限很好。
#
# ## 3. 一张办法清单
#
# 文章 004 列了 L1、L2，减少单元，增加数据（C-004-25 到 27），第四条是增加训练轮数。文章 002 又添了数据增强和丢弃法（C-002-16）。强度用多大，拿什么来衡量，都没有说。下面是事先在上面那个任务上测好的：每种办法的强度由验证集来选，五个种子。
#
# **猜一猜**：哪些能降低测试损失？哪些能提高测试**准确率**？
# %%
found = results.load("over_fitting")
remedies = {
    "L1": "l1",
    "L2": "l2",
    "fewer units": "fewer_units",
    "more data": "more_data",
    "drop-out": "dropout",
    "noise on inputs": "jitter",
    "early stopping": "early",
}
rows, gained = [], {}
for name, key in remedies.items():
    row = [name]
    for measure, sign in {"loss": -1, "accuracy": 1}.items():
        change = found.evidence[f"{measure}/{key}"] - found.evidence[f"{measure}/none"]
        gained[measure, key] = sign * change
        row += [change.mean(), f"{change.min():+.3f} … {change.max():+.3f}"]
    rows.append(row)
lesson.table(["remedy", "test loss", "spread", "test accuracy", "spread "], rows)
print(f"changes against no remedy; measured {found.date}, {found.seeds} seeds")
assert all(gained["loss", key].min() > 0 for key in remedies.values())
assert gained["accuracy", "jitter"].min() < 0.005 < gained["accuracy", "l1"].min()

# %% [markdown] lang="en"
# All of them lower the loss, on every seed. Noise on the inputs does not raise the accuracy: it makes the network less sure, but hardly wiser. Noise changes the sum, and with it the right answer: the label of such a copy may be a lie. Whether an augmentation fits is knowledge about the *task*.
#
# And how much of a remedy? **Predict** the test accuracy with an L2 penalty of 0, 0.002, 0.02 and 0.2.
# %% [markdown] lang="zh"
# 每一种都降低损失，每个种子都如此。给输入加噪声却没有提高准确率：网络不那么自信了，可也没聪明多少。噪声会改变总和，正确答案就可能跟着变，这样的副本，标签也许是谎话。一种增强合不合适，要靠对**任务**的了解。
#
# 那么，药该下多重？**猜一猜**：L2 惩罚取 0、0.002、0.02、0.2，测试准确率各是多少？
# %%
strengths = (0.0, 0.002, 0.02, 0.2)
measured = {}
for strength in strengths:
    measured[strength] = []
    for seed in lesson.seeds:
        train, test = noisy_sign(120, seed=seed), noisy_sign(1500, seed=90_000 + seed)
        net = network("lstm", train[0], 1, 24, seed=seed, loss=CROSS_ENTROPY)
        learn(net, batches_of(*train), steps=80, learning_rate=0.02, l2=strength, seed=seed)
        measured[strength].append((accuracy(net, *train), accuracy(net, *test)))
rows = []
for strength, some in measured.items():
    on_train, on_test = np.transpose(some)
    rows.append([f"{strength:g}", np.median(on_train), np.median(on_test), f"{min(on_test):.3f}"])
lesson.table(["L2", "training accuracy", "test accuracy", "its lowest"], rows)
on_test = {strength: [test for _, test in some] for strength, some in measured.items()}
lesson.result("best_l2", np.max([np.median(some) for some in on_test.values()]))
lesson.result("much_l2", on_test[0.2], baseline=np.median(on_test[0.0]))

# %% [markdown] lang="en"
# Too little does nothing; too much, and nothing at all is learnt: the cheapest network is one whose weights are all 0. In between lies a valley, and where it lies depends on the data. ("Which L2?" is answered on validation data; this table reads the test part four times, as an illustration, and chooses nothing.)
#
# *Cause*: a list names the medicine, not the dose, and not what it is for. *Repair*: for each remedy a range of strengths, the choice on validation data, the test part once; loss *and* accuracy.
#
# ## 4. "Split into training and validation parts"
#
# Three articles split (S-37), in order or with fresh data for both parts. So far, so good; article 003 then reuses the test part (B-003-04, lesson 5). What none of them warns of happens to everybody once: cut a long series into windows, *shuffle* them, split.
#
# The series is a random walk: every step is drawn by chance, up or down. From twenty values we want to know: will it stand higher twenty steps later? Nobody can know that. Our "model" remembers all training windows and copies the answer of the most similar one.
#
# **What will happen** to its accuracy if the windows are shuffled before the split? And if the last quarter of the *values* is held out?
# %% [markdown] lang="zh"
# 太少没有用；太多呢，就什么也学不到了：权重全是 0 的网络最便宜。中间有一段谷地，位置因数据而异。（“L2 取多大”要用验证集来回答；这张表看了四次测试集，只为展示，没有据此挑选。）
#
# **原因**：清单只开了药名，没写剂量，也没写治什么。**改法**：每种办法试几档强度，用验证集来选，测试集只看一次；损失和准确率**都**要看。
#
# ## 4. “分成训练集和验证集”
#
# 有三篇文章做了划分（S-37），要么按次序切，要么两部分各造新数据，到此都没问题；文章 003 后来把测试集又用了一遍（第 5 课的 B-003-04）。有一个坑，哪篇都没有提醒，却是人人都要掉进去一次的：把长序列切成窗口，**打乱**，再划分。
#
# 这个序列是随机游走：每一步往上还是往下、走多远，全凭偶然。看过二十个值，要问：再过二十步，它会不会更高？这谁也不可能知道。我们的“模型”只会死记全部训练窗口，照抄最像的那一个的答案。
#
# **会发生什么？** 先打乱再划分，它的准确率是多少？留出最后四分之一的**值**呢？
# %%
NUM_STEPS, AHEAD = 20, 20


def copied(train, validation, windows, higher):
    """Accuracy of whoever copies the answer of the most similar training window."""
    remembered = neighbours.fit(windows[train], higher[train], k=1)
    return np.mean(remembered(windows[validation]) == higher[validation])


accuracies = {"shuffled, then split": [], "split by time, with a gap": []}
for seed in lesson.seeds:
    random = np.random.default_rng(seed)
    walk = np.cumsum(random.standard_normal(1600))
    starts = np.arange(len(walk) - NUM_STEPS - AHEAD + 1)
    windows = walk[starts[:, None] + np.arange(NUM_STEPS)]
    higher = (walk[starts + NUM_STEPS + AHEAD - 1] > windows[:, -1]).astype(int)
    border = 3 * len(walk) // 4
    anyhow = random.permutation(starts)
    splits = [
        (anyhow[: 3 * len(starts) // 4], anyhow[3 * len(starts) // 4 :]),
        (starts[starts + NUM_STEPS + AHEAD <= border], starts[starts >= border]),
    ]
    for name, (train, validation) in zip(accuracies, splits, strict=True):
        accuracies[name].append(copied(train, validation, windows, higher))
lesson.result("leak", accuracies["shuffled, then split"], baseline=0.5)
lesson.result("honest", accuracies["split by time, with a gap"], baseline=0.5)

# %% [markdown] lang="en"
# A model that predicts pure chance! The neighbour of a validation window, one step earlier or later, is a training window. They have nineteen of twenty values in common and nearly the same future. What looks like foresight is memory. With an honest split the miracle is gone: around one half, with a wide spread, for windows that overlap are few *independent* ones.
#
# *Cause*: windows that overlap are not independent, and shuffling puts the same stretch on both sides. *Repair*: first split the *values* by time, then cut windows, and let none reach over the border (exercise 5 of the lab). For syllables: no syllable in two parts. For people: nobody in two parts.
#
# **The hunt in one line**: a number means something beside its baseline, a rule must watch the curve it is about, a remedy needs a dose, and a split must keep apart what belongs together.
# %% [markdown] lang="zh"
# 一个能预测纯粹偶然的模型！每个验证窗口，早一步或晚一步的邻居都在训练集里。它们二十个值里有十九个相同，未来也几乎一样。看上去是先知，其实是记性好。老实划分，奇迹就没有了：一半上下，波动还很大，因为互相重叠的窗口，真正**独立**的没有几个。
#
# **原因**：互相重叠的窗口并不独立，一打乱，同一段序列就分到了两边。**改法**：先把**值**按时间划分，再切窗口，不许窗口跨过分界（练习 5）。对音节来说，同一个音节不能分在两部分；对人来说，同一个人不能分在两部分。
#
# **一句话收尾**：数字要有基线才有意义，规则要看对曲线，办法要讲剂量，划分不能把本是一体的拆到两边。
