# %% [markdown] lang="en"
# # 14. Sound: the lab
#
# Six exercises, from one line to a voice of your own. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 14. 声音：练习
#
# 六道练习，从填一行到用你自己的嗓音。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("14_sound", part="lab")

import numpy as np

from rnn_tf import baselines
from rnn_tf.course.checks import sound as check
from rnn_tf.datasets import tones

spoken = [one for one in tones.read() if one.tone <= 4 and np.isfinite(one.pitch).sum() >= 3]
print(len(spoken), spoken[0].sound, spoken[0].tone, spoken[0].pitch.round(1))

# %% [markdown] lang="en"
# ## Exercise 1. From hertz to a melody
#
# One line: a track of pitch in hertz, with NaN where the voice is silent, becomes a melody: how many **semitones** each frame lies above the track's own median. Twelve semitones are an octave, which is twice the hertz. NaN stays NaN.
#
# <details><summary>Hint 1</summary>
#
# A factor becomes a distance by the logarithm: `12 * np.log2(a / b)` is how far `a` lies above `b`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.median` of something with NaN in it is NaN. `np.nanmedian` leaves NaN out.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 从赫兹到旋律
#
# 只填一行：把一条音高轨迹（单位赫兹，没有声音的帧是 NaN）变成旋律，也就是每一帧比这条轨迹自己的中位数高多少个**半音**。十二个半音是一个八度，即频率的两倍。NaN 保持 NaN。
#
# <details><summary>提示 1</summary>
#
# 取对数，倍数就变成距离：`12 * np.log2(a / b)` 就是 `a` 比 `b` 高多少半音。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 里面有 NaN，`np.median` 就得 NaN；`np.nanmedian` 会跳过 NaN。
#
# </details>
# %% kind="starter"


def melody(hertz):
    return ...


# %% kind="solution"


def melody(hertz):
    return 12 * np.log2(hertz / np.nanmedian(hertz))


# %%
check.own_middle(melody)

# %% [markdown] lang="en"
# ## Exercise 2. A slope across gaps
#
# A consonant, a creaky moment: the track has gaps (NaN). Give the slope of every frame from the first with pitch to the last with pitch: gaps bridged by a straight line, then `np.gradient`. So the result may be shorter than the track, but never because of a gap.
#
# <details><summary>Hint 1</summary>
#
# `voiced = np.flatnonzero(np.isfinite(track))` are the frames with pitch. The wanted frames are `np.arange(voiced[0], voiced[-1] + 1)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.interp(frames, voiced, track[voiced])` draws the straight lines.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 有空缺时的斜率
#
# 遇到辅音，或嗓音嘶哑的一瞬，轨迹上就有空缺（NaN）。从第一个有音高的帧到最后一个有音高的帧，给出每一帧的斜率：空缺先用直线连上，再用 `np.gradient`。结果可以比轨迹短，但不能因为空缺而变短。
#
# <details><summary>提示 1</summary>
#
# `voiced = np.flatnonzero(np.isfinite(track))` 是有音高的帧。要的帧是 `np.arange(voiced[0], voiced[-1] + 1)`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.interp(frames, voiced, track[voiced])` 画出这些直线。
#
# </details>
# %% kind="starter"


def slope(track):
    return ...


# %% kind="solution"


def slope(track):
    voiced = np.flatnonzero(np.isfinite(track))
    frames = np.arange(voiced[0], voiced[-1] + 1)
    return np.gradient(np.interp(frames, voiced, track[voiced]))


# %%
check.slope(slope)

# %% [markdown] lang="en"
# ## Exercise 3. Padding, where 0 is a pitch
#
# `tracks` are melodies of unequal length, without gaps. Make one array of them, (count, steps): long ones cut at the end, short ones filled up with 0 behind; and the mask, True where a frame is real. In lesson 12 no real id was 0. Here 0 is the middle of the voice.
#
# <details><summary>Hint 1</summary>
#
# `np.zeros((len(tracks), steps))` is an array of floats. Write into its rows.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Make the mask from the lengths, in the same loop: `real[: len(kept)] = True`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 填充：当 0 也是音高
#
# `tracks` 是长短不一的旋律，没有空缺。把它们做成一个数组，形状（条数, steps）：太长的截去末尾，太短的在后面补 0；再给出掩码，真实的帧为 True。第 12 课里真实的编号不会是 0，这里 0 却正是嗓音的中间。
#
# <details><summary>提示 1</summary>
#
# `np.zeros((len(tracks), steps))` 是浮点数组，往它的每一行里写。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 掩码由长度决定，在同一个循环里写：`real[: len(kept)] = True`。
#
# </details>
# %% kind="starter"


def stack(tracks, steps):
    inputs = ...
    mask = ...
    return inputs, mask


# %% kind="solution"


def stack(tracks, steps):
    inputs, mask = np.zeros((len(tracks), steps)), np.zeros((len(tracks), steps), bool)
    for row, real, track in zip(inputs, mask, tracks, strict=True):
        kept = track[:steps]
        row[: len(kept)] = kept
        real[: len(kept)] = True
    return inputs, mask


# %%
check.stacking(stack)

# %% [markdown] lang="en"
# ## Exercise 4. The rival: nearest neighbours
#
# A network must beat this one, and it has nothing to train. Every melody is stretched or squeezed to ten values (given below). `known` (n, 10) have the tones `named` (n,); give a tone to each of `asked` (m, 10): the most frequent one among its `k` nearest. Near means a small sum of squared differences.
#
# <details><summary>Hint 1</summary>
#
# For one row: `far = ((known - one) ** 2).sum(axis=1)`, and `np.argsort(far)[:k]` are its `k` nearest.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.bincount(votes).argmax()` is the most frequent of whole numbers.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 对手：最近邻
#
# 网络要胜过的就是它，而它根本不用训练。每条旋律都拉伸或压缩成十个值（函数已给出）。`known`（n, 10）的声调是 `named`（n,）；给 `asked`（m, 10）的每一条定一个声调：取最近的 `k` 条里出现最多的。“近”指差的平方和小。
#
# <details><summary>提示 1</summary>
#
# 对其中一条：`far = ((known - one) ** 2).sum(axis=1)`，`np.argsort(far)[:k]` 就是最近的 `k` 条。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.bincount(votes).argmax()` 是一组整数里出现最多的那个。
#
# </details>
# %%


def ten_points(melody):
    """The melody at ten places from its beginning to its end, (10,)."""
    return np.interp(np.linspace(0, len(melody) - 1, 10), np.arange(len(melody)), melody)


points = np.array([ten_points(tones.contour(one.pitch)) for one in spoken])
named = np.array([one.tone for one in spoken])
sounds = np.array([one.sound for one in spoken])
print(points.shape, points[0].round(1), named[0])

# %% kind="starter"


def nearest(known, named, asked, k):
    return ...


# %% kind="solution"


def nearest(known, named, asked, k):
    found = []
    for one in asked:
        far = ((known - one) ** 2).sum(axis=1)
        votes = named[np.argsort(far)[:k]]
        found.append(np.bincount(votes).argmax())
    return np.array(found)


# %%
check.neighbours(nearest)

# %% [markdown] lang="en"
# ## Exercise 5. A split that does not leak
#
# `sounds` names the syllable of each recording; a syllable may have been recorded several times. Give True for the recordings of the test part: the share `share` of the *different* sounds, drawn at random with the seed, each with all its recordings.
#
# <details><summary>Hint 1</summary>
#
# `names = np.unique(sounds)`, and `np.random.default_rng(seed).permutation(names)` shuffles them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.isin(sounds, drawn)` is True where a recording's sound was drawn.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 不泄漏的划分
#
# `sounds` 是每条录音的音节名；一个音节可能录了好几遍。测试集的录音给 True：按种子随机抽取，抽的是**不同音节**的 `share` 这么大比例，每个音节连同它的全部录音。
#
# <details><summary>提示 1</summary>
#
# `names = np.unique(sounds)`，再用 `np.random.default_rng(seed).permutation(names)` 打乱。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.isin(sounds, drawn)`：音节被抽中的录音为 True。
#
# </details>
# %% kind="starter"


def split(sounds, share, seed):
    return ...


# %% kind="solution"


def split(sounds, share, seed):
    names = np.unique(sounds)
    drawn = np.random.default_rng(seed).permutation(names)[: round(share * len(names))]
    return np.isin(sounds, drawn)


def by_recording(sounds, share, seed):
    return np.random.default_rng(seed).random(len(sounds)) < share


def tried(points, named, sounds, how, k):
    """Shares right over five splits: median, least, most."""
    found = []
    for seed in range(5):
        test = how(sounds, 0.15, seed)
        said = nearest(points[~test], named[~test], points[test], k)
        found.append(np.mean(said == named[test]))
    return f"{np.median(found):.3f} ({min(found):.3f} … {max(found):.3f})"


random = np.random.default_rng(0)
takes = np.concatenate([points, points + random.normal(0, 0.2, points.shape)])  # twice, simulated
senseless = np.tile(random.permutation(named), 2)  # names drawn from a hat: nothing to learn
rows = []
for name, how in {"by recording": by_recording, "by sound": split}.items():
    once = tried(points, named, sounds, how, 5)
    rows.append([name, once, tried(takes, senseless, np.tile(sounds, 2), how, 1)])
lesson.table(["split", "true tones, one take", "random tones, two takes"], rows)

# %% [markdown] lang="en"
# The solution measures the leak. Each syllable of ours was recorded once in each tone, and there the two splits say the same. Then every recording gets a second take (simulated: 0.2 semitones of noise) and a tone *drawn from a hat*. Nothing can be learnt, one in four is chance, and yet the split by recording promises more than twice as much: it finds the other take.
# %% [markdown] lang="zh"
# 参考答案把泄漏量了出来。我们的数据里，每个音节的每个声调只录了一遍，两种划分结果相同。然后给每条录音加上第二遍（模拟：0.2 个半音的噪声），声调改为**抽签决定**。这时什么也学不到，只能碰运气，约四分之一；可按录音划分，成绩却有两倍多：它找到的是同一条的另一遍录音。
# %%
check.splitting(split)

# %% [markdown] lang="en"
# ## Exercise 6. A voice of your own
#
# Write `judge(path)`: load a file of tracks with `tones.load(path)`, and return two shares of the **test** part: how many your neighbours (5 of them) get right, and how many the most frequent training tone would. Then give it the tracks of another voice (the lesson's synthetic ones are such files, `espeak_man.npz` and `espeak_woman.npz` in `data/sound`), or yours.
#
# Such a file is an `.npz` with five arrays, as `tones.read` says: for each syllable `syllable` (text), `tone` (1 to 5), `frames`; for the frames of all syllables, one after the other, `pitch` (tenths of a hertz, 0 where there is none) and `energy` (decibels), all whole numbers, written by `np.savez`. `track(sound, rate)` in the course's `tools/sounds.py` makes pitch and energy of a recording, a frame every 10 ms; programs for phonetics such as Praat can write such tracks, too. Ten different syllables in four tones are a beginning.
#
# <details><summary>Hint 1</summary>
#
# Each part has `inputs` (n, 40, 2), of which feature 0 is the melody, and `lengths` (n,): `ten_points(row[:length, 0])`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `baselines.majority(data.train.targets)` is the most frequent tone of the training part. Compare both with `data.test.targets`.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 你自己的嗓音
#
# 写 `judge(path)`：用 `tones.load(path)` 读入一个轨迹文件，返回**测试集**上的两个比例：你的近邻（取 5 个）对了多少；一律猜训练集里最多的声调，对了多少。写好之后，换上另一个人的声音（课上的合成嗓音就是这种文件：`data/sound` 里的 `espeak_man.npz` 和 `espeak_woman.npz`），或你自己的。
#
# 这种文件是带五个数组的 `.npz`（见 `tones.read` 的说明）：每个音节一个 `syllable`（文字）、`tone`（1 到 5）、`frames`；所有音节的帧首尾相接，得到 `pitch`（十分之一赫兹，没有音高为 0）和 `energy`（分贝）；除名字外都是整数，用 `np.savez` 写。课程的 `tools/sounds.py` 里 `track(sound, rate)` 从录音算出音高和能量，每 10 毫秒一帧；Praat 之类的语音学软件也能导出这样的轨迹。十个不同的音节、四个声调，就可以开始了。
#
# <details><summary>提示 1</summary>
#
# 每个部分有 `inputs`（n, 40, 2），其中第 0 个特征是旋律，还有 `lengths`（n,）：`ten_points(row[:length, 0])`。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `baselines.majority(data.train.targets)` 是训练集里最多的声调。两者都与 `data.test.targets` 比较。
#
# </details>
# %% kind="starter"


def judge(path):
    data = tones.load(path)
    return ...


# %% kind="solution"


def judge(path):
    data = tones.load(path)
    known, asked = [
        np.array(
            [
                ten_points(row[:length, 0])
                for row, length in zip(part.inputs, part.lengths, strict=True)
            ]
        )
        for part in (data.train, data.test)
    ]
    by_neighbours = nearest(known, data.train.targets, asked, 5) == data.test.targets
    by_majority = data.test.targets == baselines.majority(data.train.targets)
    return by_neighbours.mean(), by_majority.mean()


print(np.round(judge(None), 3))  # None: the file that the course brings

# %%
check.own_voice(judge)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. Say *mā, má, mǎ, mà* yourself, make tracks of it, and ask the lesson's network. Which tone of yours does it not recognise, before and after centring?
# 2. Stretching to ten points throws the length away. Add it as an eleventh value: does it help? In which unit?
# 3. In running speech a third tone before a third tone is spoken as a second (*nǐ hǎo*). What would the lesson's network say to *nǐ*, and who is right, it or the dictionary?
# 4. The appendix lets a network write down strings of tones that nobody has cut apart.
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 自己说 *mā、má、mǎ、mà*，做成轨迹，问问课上的网络。你的哪个声调它认不出？移到中间之前、之后各如何？
# 2. 变成十个点，长度就丢了。把长度加为第十一个值，有用吗？该用什么单位？
# 3. 说话时，第三声在第三声前读作第二声（“你好”）。课上的网络会怎么说“你”？它对，还是字典对？
# 4. 附录里的网络能写出一串声调，而且没有人替它切开音节。
