# %% [markdown] lang="en"
# # 14. Sound: whom has a network never heard?
#
# *Mother, hemp, horse, to scold: in Mandarin all four are "ma". What tells them apart?*
#
# 45 minutes, half a minute of computing. You need to know what a GRU is (lesson 3) and why a network is judged on examples that it has not seen (lesson 4).
# %% [markdown] lang="zh"
# # 14. 声音：网络没听过谁？
#
# *妈、麻、马、骂，都念 ma。我们是怎么分辨的？网络呢？*
#
# 45 分钟，其中计算约半分钟。需要知道什么是 GRU（第 3 课），以及为什么要用没见过的样本来评判网络（第 4 课）。
# %%
from rnn_tf.course import begin

lesson = begin("14_sound")

import numpy as np

from rnn_tf import layers, models
from rnn_tf.backend import keras
from rnn_tf.baselines import linear, neighbours
from rnn_tf.course.figures import sound as draw
from rnn_tf.datasets import tones
from rnn_tf.training import initial_weights, metrics, reset

# %% [markdown] lang="en"
# ## Four words, one sound
#
# The voice actor Chu Lo says "ma" in the four tones of Mandarin. Below is nothing but the **pitch** of that voice, measured every 10 milliseconds. Listen, too. (Is there no player? The recordings are in `data/sound`.)
# %% [markdown] lang="zh"
# ## 四个字，一个音
#
# 配音演员罗竺（Chu Lo）用普通话的四声各念一遍 ma。下面画的只是嗓音的**音高**，每 10 毫秒测一次。也请听一听。（看不到播放器？录音在 `data/sound` 里。）
# %%
spoken = tones.read()
ma = {one.tone: one.pitch for one in spoken if one.sound == "ㄇㄚ"}
marks = ["mā", "má", "mǎ", "mà"]
pitches = [ma[tone] for tone in (1, 2, 3, 4)]
lesson.figure(draw.tracks(pitches, marks, ["time (ms)", "pitch (Hz)"]), "hook")
lesson.hear(dict(zip(marks, tones.recordings(), strict=True)))

# %% [markdown] lang="en"
# Level, rising, dipping, falling: the word is in the *movement*. A network will learn to hear it. Then we let it listen to somebody else. Bet now: of a hundred syllables of another voice, how many will it still get right?
#
# ## The idea: sound becomes a sequence of frames
#
# Sound is air pressure. A voice repeats itself: the time from one peak to the next is its *period*, and one over it is the pitch. Pressure is cut into short *frames*, and every frame becomes one number. (How a pitch is found in a frame is in the appendix. Here the pressure is rebuilt from the track of "má".)
# %% [markdown] lang="zh"
# 平、升、先降后升、降：区别全在音高的**走势**。网络可以学会听这个走势。然后，我们让它去听另一个人说话。先猜一猜：另一个嗓音说的一百个音节，它还能听对多少个？
#
# ## 想法：声音变成一帧一帧的序列
#
# 声音就是气压的变化。嗓音是周期性的：从一个波峰到下一个波峰的时间叫**周期**，它的倒数就是音高。把气压切成短短的**帧**，每帧化为一个数。（怎样从一帧求音高，见附录。这里的气压是由 má 的音高轨迹重新合成的。）
# %%
RATE = 16000  # samples a second
melody = 2 ** (tones.contour(ma[2]) / 12)  # hertz, gaps bridged
phase = 2 * np.pi * np.cumsum(np.repeat(melody, RATE // 100)) / RATE
pressure = sum(np.sin(n * phase) / n for n in (1, 2, 3, 4))
axes = ["time in the frame (ms)", "pressure", "time (ms)", "pitch (Hz)", "period"]
lesson.figure(draw.frame(pressure, RATE, melody, 10, axes), "frame")

# %% [markdown] lang="en"
# One step by hand. Ears do not count hertz, they hear *ratios*: twice the frequency is one octave, everywhere. An octave has 12 semitones, so the distance of two pitches is $12 \log_2 (f / f_0)$ semitones; here, of this frame from the first.
# %% [markdown] lang="zh"
# 手算一步。耳朵听的不是赫兹之差，而是**比值**：频率加倍，不论高低，都是一个八度。一个八度有 12 个半音，所以两个音高相距 $12 \log_2 (f / f_0)$ 个半音；这里算的是这一帧与第一帧的距离。
# %%
first, here = melody[[0, 10]]
print(f"period {1000 / here:.2f} ms: pitch 1000 / {1000 / here:.2f} = {here:.0f} Hz")
print(f"12 × log2({here:.0f} / {first:.0f}) = {12 * np.log2(here / first):+.2f} semitones")

# %% [markdown] lang="en"
# ## Syllables as sequences
#
# A frame has two features: the pitch (semitones from this voice's mean, over its standard deviation) and its slope. Behind the end of a syllable stand zeros. The three parts share no syllable: if "ma" is in the test part, then the network has never heard it in any tone.
# %% [markdown] lang="zh"
# ## 音节就是序列
#
# 每帧两个特征：音高（以半音计，减去这个嗓音的平均值，再除以标准差）和它的斜率。音节结束之后用零补齐。三个部分没有相同的音节：ma 若在测试集里，那么它的任何一声网络都没听过。
# %%
STEPS = 32
data = tones.load(num_steps=STEPS)
print(data)
print("inputs", data.train.inputs.shape, " frames before the end", data.train.lengths[:5])


# %% [markdown] lang="en"
# Rivals first. All melodies are stretched to **ten points**; a linear model weighs them, or the $k$ most similar training syllables vote (*nearest neighbours*). Ridge and $k$ are chosen on the validation part.
# %% [markdown] lang="zh"
# 先请对手。把每条旋律伸缩成**十个点**：线性模型给它们加权；或者找出最像的 $k$ 个训练音节来投票（**最近邻**）。岭系数和 $k$ 都在验证集上选。
# %%
def ten_points_of(part):
    melodies = [row[:n, 0] for row, n in zip(part.inputs, part.lengths, strict=True)]
    return neighbours.resampled(melodies, 10)


known, checked, asked = map(ten_points_of, (data.train, data.validation, data.test))
wanted, right_ones = data.train.targets, data.validation.targets
linears = {r: linear.fit(known, np.eye(4)[wanted], ridge=r) for r in (1, 10, 100)}
ridge = max(linears, key=lambda r: np.mean(linears[r](checked).argmax(axis=1) == right_ones))
votes = {k: neighbours.fit(known, wanted, k=k) for k in (1, 5, 15)}
k = max(votes, key=lambda k: np.mean(votes[k](checked) == right_ones))
print(f"ridge {ridge}, {k} neighbours")


# %% [markdown] lang="en"
# The network: sixteen units of a GRU, a mask for the zeros, four logits after *every* frame. It is trained on the last.
# %% [markdown] lang="zh"
# 网络：16 个单元的 GRU，用掩码跳过补的零，**每**一帧之后给出四个 logit。训练时只用最后一帧的。
# %%
def listener():
    """(batch, steps, 2) -> four logits at the end, and after every frame."""
    frames = keras.Input((STEPS, 2))
    states = layers.GRU(16, return_sequences=True)(keras.layers.Masking()(frames))
    logits = keras.layers.Dense(4)(states)
    return models.CheckedModel(frames, logits[:, -1]), keras.Model(frames, logits)


EPOCHS = lesson.pick(class_mode=12, full=40)
starts, (model, after_each) = initial_weights(lambda: listener()[0], lesson.seeds), listener()
rate = keras.optimizers.schedules.CosineDecay(0.01, EPOCHS * 13, alpha=0.05)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=13, jit_compile=False)


def train(inputs):
    found = []
    for start in starts:
        reset(model, start)
        model.fit(inputs, wanted, batch_size=64, epochs=EPOCHS, verbose=0)
        found.append(model.get_weights())
    return found


def answers(weights, inputs):
    model.set_weights(weights)
    return metrics.decide(model(inputs, training=False).numpy())


heard = train(data.train.inputs)

# %% [markdown] lang="en"
# Now the test part is read: syllables that nobody has learnt from or chosen by.
# %% [markdown] lang="zh"
# 现在打开测试集：这些音节没有用来学过，也没有用来选过。
# %%
truth, majority = data.test.targets, np.bincount(wanted).argmax()
rows = [["majority", np.mean(truth == majority), ""]]
said = linears[ridge](asked).argmax(axis=1)
rows.append(["linear, ten points", np.mean(said == truth), ""])
rows.append(["nearest neighbours", np.mean(votes[k](asked) == truth), ""])
right = [np.mean(answers(one, data.test.inputs) == truth) for one in heard]
rows.append(["GRU", np.median(right), f"{min(right):.3f} … {max(right):.3f}"])
lesson.table(["model", "right", "spread over seeds"], rows)
lesson.result("home", right, baseline=rows[2][1])

# %% [markdown] lang="en"
# A tie: a syllable or two between network and neighbours is within the error of the count. Then why a recurrent network? The neighbours must wait until the syllable is over; only then can it be stretched to ten points. The network has an answer after every frame:
# %% [markdown] lang="zh"
# 平手：网络与近邻之间差一两个音节，在计数误差之内。那为什么还要循环网络？最近邻得等音节说完，才能把它伸缩成十个点；网络却在每一帧之后都有答案：
# %%
model.set_weights(heard[0])
belief = keras.ops.softmax(after_each(data.test.inputs)).numpy()
places = [np.flatnonzero(truth == tone)[0] for tone in range(4)]  # one syllable of each tone
ends = data.test.lengths
pitches = [data.test.inputs[place, : ends[place], 0] for place in places]
shown = [belief[place, : ends[place]] for place in places]
names = ["tone 1", "tone 2", "tone 3", "tone 4"]
lesson.figure(draw.beliefs(pitches, shown, names, ["time (ms)", "pitch", "probability"]), "belief")
for share in (0.25, 0.5, 0.75, 1):
    at = np.ceil(share * ends).astype(int) - 1
    right_now = belief[np.arange(len(at)), at].argmax(axis=1) == truth
    print(f"after {share:.0%} of the frames: {np.mean(right_now):.2f} right")


# %% [markdown] lang="en"
# ## Somebody else speaks
#
# Now two other voices say the same test syllables, a man's and a woman's. Both are **synthetic** (the program espeak-ng): nobody's voice, but with the same four tones as in the textbook. Same network, same scaling as in training.
# %% [markdown] lang="zh"
# ## 换一个人说
#
# 现在由另外两个嗓音来念同样的测试音节，一男一女。两个都是**合成**的（程序 espeak-ng）：不是真人，但念的正是课本上的四声。网络不变，缩放也照训练时的不变。
# %%
def said_by(syllables, part):
    """Melodies (semitones above 1 Hz) and tones of the syllables of a part."""
    kept = [one for one in tones.audible(syllables) if one.sound in set(part.sounds)]
    return [tones.contour(one.pitch)[:STEPS] for one in kept], np.array([o.tone - 1 for o in kept])


training = said_by(spoken, data.train)[0]
home = np.concatenate(training)
voices = {"Chu Lo": said_by(spoken, data.test)}
voices["man, synthetic"] = said_by(tones.synthetic("man"), data.test)
voices["woman, synthetic"] = said_by(tones.synthetic("woman"), data.test)
for name, (melodies, truth) in voices.items():
    scaled = [(m - home.mean()) / home.std() for m in melodies]
    given = answers(heard[0], tones.windows(scaled, STEPS))
    low, middle, high = np.quantile(np.concatenate(melodies), (0.05, 0.5, 0.95))
    print(f"{name}: {2 ** (middle / 12):.0f} Hz, 90 % within {high - low:.1f} semitones;", end=" ")
    print(f"right {np.mean(given == truth):.2f}, answers {np.bincount(given, minlength=4)}")

# %% [markdown] lang="en"
# From nearly all to one in four: and the last numbers say how. To everything these voices say, the network answers *third tone*. In all that it has ever heard, the third tone was the low one; and these voices are low throughout.
#
# Is it the computer's accent, or only the height? A **simulation** can tell them apart: Chu Lo's own syllables, transposed. The melodies stay the same note for note. We also try several *rulers*: hertz (with a network trained on hertz), semitones as trained, semitones from **the mean of the voice that speaks**; the fourth has its turn later. That mean needs no labels, only a few syllables of the voice.
# %% [markdown] lang="zh"
# 从几乎全对跌到四个对一个；最后几个数说明了是怎么跌的：不管这两个嗓音念什么，网络都答**第三声**。它听过的所有声音里，低的就是第三声；而这两个嗓音处处都低。
#
# 是因为电脑的口音，还是只因为音低？做个**模拟**就能分清：把 Chu Lo 自己的音节移调，旋律一个音也不变。顺便试几把**尺子**：赫兹（另外训练一个读赫兹的网络）；半音，按训练时的零点；半音，以**说话者自己的平均音高**为零点；第四把稍后再用。求这个平均值不需要标签，只要这个嗓音的一些音节。
# %%
RULERS = {  # zero and unit, from all frames of a voice
    "hertz": lambda every: ((2 ** (home / 12)).mean(), (2 ** (home / 12)).std()),
    "semitones, as trained": lambda every: (home.mean(), home.std()),
    "from own mean": lambda every: (every.mean(), home.std()),
    "own mean and spread": lambda every: (every.mean(), every.std()),
}


def measured(melodies, ruler):
    zero, unit = RULERS[ruler](np.concatenate(melodies))
    return [((2 ** (m / 12) if ruler == "hertz" else m) - zero) / unit for m in melodies]


def right_by_seed(ruler, melodies, truth, shifts=(0,)):
    """Share of right answers, (seeds, shifts), of a voice moved by so many semitones."""
    moved = [measured([m + shift for m in melodies], ruler) for shift in shifts]
    inputs = np.concatenate([tones.windows(one, STEPS) for one in moved])
    weights = heard_hertz if ruler == "hertz" else heard
    given = np.array([answers(one, inputs) for one in weights])
    return np.mean(given.reshape(len(given), len(shifts), -1) == truth, axis=2)


heard_hertz = train(tones.windows(measured(training, "hertz"), STEPS))

# %%
shifts = np.arange(-12, 13, 2)
moved = {one: right_by_seed(one, *voices["Chu Lo"], shifts) for one in list(RULERS)[:3]}
common, words = rows[0][1], ["transposed by (semitones)", "right"]
lesson.figure(draw.transposed(shifts, moved, ("majority", common), words), "transposed")
for name in RULERS:
    runs = right_by_seed(name, *said_by(spoken, data.validation))
    print(f"validation, {name}: {np.median(runs):.3f} ({runs.min():.3f} … {runs.max():.3f})")
lesson.result("octave_down", moved["semitones, as trained"][:, 0], baseline=common)
lesson.result("octave_down_mended", moved["from own mean"][:, 0], baseline=common)

# %% [markdown] lang="en"
# So the height alone is enough to ruin it, and a zero of its own mends that wholly. The logarithm alone mends nothing: it turns a *factor* into a *distance*, but the distance must still be taken away. And mark this: **validation could not tell these rulers apart.** On Chu Lo all are level, because the validation part has the same voice as the training part.
#
# ## How much comes back?
#
# Back to the other voices, and now the fourth ruler: each voice's own mean *and* its own spread, for these voices move within a much narrower range than Chu Lo's (see the lines above).
# %% [markdown] lang="zh"
# 可见光是高低不同就足以让它垮掉，而用自己的零点就完全修好了。只取对数什么也修不好：它把**倍数**变成**距离**，可这段距离还得减掉才行。还要记住：**验证集分不出这几把尺子。**在 Chu Lo 身上它们一样好，因为验证集和训练集是同一个嗓音。
#
# ## 能找回多少？
#
# 再回到另外两个嗓音。轮到第四把尺子：每个嗓音减去自己的平均值，**再**除以自己的标准差；因为这两个嗓音的起伏比 Chu Lo 小得多（见上面打印的几行）。
# %%
reached, near, common = {}, {}, {}
for name, (melodies, truth) in voices.items():
    reached[name] = [right_by_seed(ruler, melodies, truth)[:, 0] for ruler in RULERS]
    common[name] = np.bincount(truth).max() / len(truth)
    near[name] = []
    for ruler in RULERS:
        known = neighbours.resampled(measured(training, ruler), 10)
        asked = neighbours.resampled(measured(melodies, ruler), 10)
        near[name].append(np.mean(neighbours.fit(known, wanted, k=k)(asked) == truth))
words = ["right", "GRU, one point a seed", "nearest neighbours", "majority"]
lesson.figure(draw.rulers(reached, near, common, list(RULERS), words), "rulers")

# %%
man, woman = list(voices)[1:]
lesson.result("man_as_trained", reached[man][1], baseline=common[man])
lesson.result("man_mended", reached[man][3], baseline=near[man][3])
lesson.result("woman_as_trained", reached[woman][1], baseline=common[woman])
lesson.result("woman_mended", reached[woman][3], baseline=near[woman][3])

# %% [markdown] lang="en"
# Much comes back, not all, and one seed gets more than another, though all were level at home. And here the network is ahead of the neighbours, which were level with it. (All choices were made on Chu Lo's validation part; but we built this lesson with the numbers of the synthetic voices in sight, so they are a demonstration, no clean test.) What is it that does not come back? The mean melody of each tone, every voice on its own ruler:
# %% [markdown] lang="zh"
# 找回了许多，但不是全部，而且各种子有多有少，尽管在熟悉的嗓音上不相上下。还有，原先与网络打平的最近邻，在这里落后了。（一切选择都在 Chu Lo 的验证集上做；但编写本课时，合成嗓音的结果一直看得到，所以它们只算演示，不算干净的测试。）没找回来的是什么？下面是每一声的平均旋律，各嗓音用各自的尺子：
# %%
means = {}
for name, (melodies, truth) in voices.items():
    points = neighbours.resampled(measured(melodies, "own mean and spread"), 10)
    means[name] = [points[truth == tone].mean(axis=0) for tone in range(4)]
lesson.figure(draw.melodies(means, names, ["share of the syllable (%)", "pitch"]), "melodies")
for name, (melodies, truth) in voices.items():
    inputs = tones.windows(measured(melodies, "own mean and spread"), STEPS)
    given = np.array([answers(one, inputs) for one in heard])
    right = [np.mean(given[:, truth == tone] == tone) for tone in range(4)]
    mixed = np.mean(given[:, truth == 1] == 2)
    print(f"{name}: right by tone {np.round(right, 2)}, second heard as third {mixed:.2f}")

# %% [markdown] lang="en"
# Compare the second tones. Chu Lo's starts high and rises a little at the end; the synthetic ones start low and climb all the way, as the end of a third tone does. That is no matter of height or range but of **accent**, and no ruler takes an accent away. What would? Many speakers in the training data, and a test part that shares no *speaker* with it.
#
# One honest limit: the two other voices are synthetic, clean and even, and so they are mended more easily than real ones. The package that Chu Lo's voice comes from (`gcin-voice`) holds a second real voice, under a licence that keeps it out of this course. We tried it: there all four rulers stayed near guessing. Its voice often creaks, and then the *pitch tracker* leaps by an octave; on Chu Lo's it hardly ever did. So even the measuring tool had been fitted to one voice. The lab shows how to read tracks of your own.
#
# **Take home:** *new syllables are not a new voice: a test only measures what it does not share with the training data. Give every voice its own ruler, and ask who was never heard.*
# %% [markdown] lang="zh"
# 比较一下第二声。Chu Lo 的起得高，到末尾才略升；合成的起得低，一路往上爬，与第三声的后半截很像。这不是高低宽窄的问题，而是**口音**，没有哪把尺子能去掉口音。怎么办？训练数据里要有许多说话者，测试集里的**说话者**则一个也不能与之相同。
#
# 老实说，还有一个局限：另外两个嗓音是合成的，干净而均匀，所以比真人的容易修好。Chu Lo 的录音所在的软件包（`gcin-voice`）里还有第二个真人嗓音，许可证不允许本课程收录。我们试过：在那个嗓音上，四把尺子都接近随机猜测。那个嗓音常常发哑，一哑，**求音高的程序**就会跳一个八度；在 Chu Lo 的嗓音上，这种事几乎没有。可见连测量工具也是照着一个嗓音调好的。怎样读入你自己的音高轨迹，练习里有。
#
# **记住一句话：** *换了音节，不等于换了人：测试只能测出它与训练数据不同的那一面。给每个嗓音一把自己的尺子，再问一问：谁的声音从没听过？*
