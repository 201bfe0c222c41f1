# %% [markdown] lang="en"
# # 14. Sound: the appendix
#
# A. How a pitch is found: YIN, step by step. B. The mistakes that all models share. C. What helps the network: pitch, slope, loudness, size. D. Strings of tones that nobody has cut apart: CTC. E. What is not here, and sources.
# %% [markdown] lang="zh"
# # 14. 声音：附录
#
# 一、音高怎样求出：一步一步看 YIN。二、所有模型都犯的错。三、什么对网络有用：音高、斜率、响度、规模。四、没人切开的一串声调：CTC。五、这里没有的，以及出处。
# %%
from rnn_tf.course import begin

lesson = begin("14_sound", part="appendix")

import numpy as np

from rnn_tf import layers, models
from rnn_tf.backend import keras
from rnn_tf.baselines import linear
from rnn_tf.course.figures import label, panels
from rnn_tf.datasets import tones
from rnn_tf.training import initial_weights, metrics, reset

# %% [markdown] lang="en"
# ## A. How a pitch is found
#
# The lesson's tracks come from the method YIN. Here it works on a frame of 40 ms whose pitch we *know*, because we build it: a row of harmonics, two resonances as a mouth has them, a little noise. (It is built, not spoken: of a spoken frame nobody knows the true pitch.) A pitch of $f$ hertz means that the wave repeats after $1/f$ seconds. So shift the frame by a *lag* $\tau$ and ask how much it differs from itself:
#
# $$d(\tau) = \sum_t (x_t - x_{t+\tau})^2, \qquad d'(\tau) = \frac{d(\tau)}{\frac{1}{\tau} \sum_{j=1}^{\tau} d(j)} .$$
#
# The second one, the difference over the mean of those at shorter lags, is YIN's idea: it starts at 1 and falls only where the wave really repeats. The first valley below 0.15 is the pitch, and a parabola through its three lowest points puts it between two samples.
# %% [markdown] lang="zh"
# ## 一、音高怎样求出
#
# 课上的轨迹是用 YIN 方法求出来的。这里让它处理一帧 40 毫秒的声音，它的音高我们**事先知道**，因为声音是造出来的：一列谐波，像口腔那样有两个共振峰，再加一点噪声。（它不是人说的：真人说的一帧，没有人知道准确的音高。）音高为 $f$ 赫兹，就是说波形每隔 $1/f$ 秒重复一次。于是把这一帧错开一段**时延** $\tau$，看它与自己相差多少：
#
# $$d(\tau) = \sum_t (x_t - x_{t+\tau})^2, \qquad d'(\tau) = \frac{d(\tau)}{\frac{1}{\tau} \sum_{j=1}^{\tau} d(j)} .$$
#
# 第二个式子用更短各时延上的平均值去除，正是 YIN 的妙处：它从 1 开始，只有波形真正重复时才降下来。第一个低于 0.15 的谷就是音高；过谷底三点作一条抛物线，位置便能落在两个采样点之间。
# %%
RATE, WIDTH = 8000, 320  # samples a second, samples of a frame
LOW, HIGH = RATE // 500, RATE // 60  # lags of 500 and of 60 Hz


def built(pitch, random):
    """A voiced frame of this pitch in hertz, (samples,)."""
    mouth = (random.uniform(300, 800), 80), (random.uniform(1000, 2200), 120)
    harmonics = pitch * np.arange(1, int(3500 // pitch) + 1)
    strength = 0.02 + sum(np.exp(-0.5 * ((harmonics - at) / wide) ** 2) for at, wide in mouth)
    phases = random.uniform(0, 2 * np.pi, len(harmonics))
    times = np.arange(WIDTH)[:, None] / RATE
    sound = (strength * np.sin(2 * np.pi * harmonics * times + phases)).sum(axis=1)
    return sound / sound.std() + 0.1 * random.normal(size=WIDTH)


def difference(frame):
    half = len(frame) // 2
    return np.array([np.sum((frame[:half] - frame[lag : lag + half]) ** 2) for lag in range(half)])


def normalised(d):
    means = np.cumsum(d[1:]) / np.arange(1, len(d))
    return np.insert(d[1:] / means, 0, 1.0)


def first_valley(d):
    deep = np.flatnonzero(d[LOW:HIGH] < 0.15)
    lag = LOW + (deep[0] if len(deep) else d[LOW:HIGH].argmin())
    while lag + 1 < HIGH and d[lag + 1] < d[lag]:
        lag += 1
    return lag


def between(d, lag):
    """The floor of the valley, between samples."""
    before, here, after = d[lag - 1 : lag + 2]
    return lag + 0.5 * (before - after) / (before - 2 * here + after)


# %%
frame = built(170, np.random.default_rng(5))
d = difference(frame)
d_normal = normalised(d)
figure, axes = panels(3, columns=1, width=7.2, height=1.9)
for axis, values in zip(axes, (frame, d, d_normal), strict=True):
    axis.plot(1000 * np.arange(len(values)) / RATE, values)
for axis in axes[1:]:
    axis.axvline(1000 * first_valley(d_normal) / RATE, color="black", linestyle="--", linewidth=1)
axes[2].axhline(0.15, color="black", linestyle=":", linewidth=1)
label(axes[0], "time (ms)", "pressure")
label(axes[1], "lag (ms)", "d")
label(axes[2], "lag (ms)", "d'")
lesson.figure(figure, "yin")
print(f"built with 170 Hz, found {RATE / between(d_normal, first_valley(d_normal)):.2f} Hz")

# %% [markdown] lang="en"
# How much does each step give? Two hundred frames, pitches from 90 to 400 Hz; right is less than half a semitone off.
# %% [markdown] lang="zh"
# 每一步各有多大贡献？两百帧，音高从 90 到 400 赫兹；偏差小于半个半音算对。
# %%
errors = {}
for seed in range(200):
    random = np.random.default_rng(seed)
    truth = np.exp(random.uniform(np.log(90), np.log(400)))
    frame = built(truth, random)
    d = difference(frame)
    d_normal = normalised(d)
    spectrum = np.abs(np.fft.rfft(frame * np.hanning(WIDTH), 4096))
    hertz = np.fft.rfftfreq(4096, 1 / RATE)
    possible = (hertz > 60) & (hertz < 500)
    valley = first_valley(d_normal)
    answers = {
        "strongest frequency": hertz[possible][spectrum[possible].argmax()],
        "lowest d": RATE / (LOW + d[LOW:HIGH].argmin()),
        "first valley of d'": RATE / valley,
        "and a parabola": RATE / between(d_normal, valley),
    }
    for name, answer in answers.items():
        errors.setdefault(name, []).append(12 * np.log2(answer / truth))
rows = []
for name, off in errors.items():
    off = np.array(off)
    shares = [np.mean(abs(off) < 0.5), np.mean(off < -6), np.mean(off > 6)]
    rows.append([name, *(f"{share:.0%}" for share in shares), np.median(abs(off))])
lesson.table(["method", "right", "too low", "too high", "typical error (semitones)"], rows)
within = {name: np.mean(np.abs(off) < 0.5) for name, off in errors.items()}
lesson.result("yin", within["and a parabola"], baseline=within["lowest d"])

# %% [markdown] lang="en"
# The strongest frequency is often no pitch but a harmonic that the mouth amplifies: too high by an octave or more. The lowest $d$ is often the second or third repetition: too low. Taking the *first* deep valley mends most of it, not all; the parabola makes the hit ones exact. What is left over are jumps of an octave. In the spoken tracks there are some, too; a median of five frames takes them out:
# %% [markdown] lang="zh"
# 最强的频率常常不是音高，而是被口腔放大的某个谐波：高了一个八度或更多。$d$ 的最低点常常是第二次、第三次重复：太低。取**第一个**深谷，能纠正大部分，但不是全部；抛物线让找对的更精确。剩下的是八度跳变。真人说的轨迹里也有；取五帧的中位数，几乎都能去掉：
# %%
spoken = {(one.sound, one.tone): one for one in tones.read() if np.isfinite(one.pitch).sum() >= 3}
jumps = [0, 0]
for one in spoken.values():
    voiced = 12 * np.log2(one.pitch[np.isfinite(one.pitch)])
    for place, track in enumerate((voiced, tones.contour(one.pitch))):
        jumps[place] += np.sum(np.abs(np.diff(track)) > 6)
print(f"{len(spoken)} syllables, jumps above six semitones: {jumps[0]}, after: {jumps[1]}")
assert jumps[1] < jumps[0] / 5

# %% [markdown] lang="en"
# ## B. The mistakes that the seeds share
#
# The lesson's GRU with three seeds, and five nearest neighbours on ten points of the melody. Which recordings of the validation and of the test part do they get wrong? (Nothing is chosen by this.)
# %% [markdown] lang="zh"
# ## 二、各个种子都犯的错
#
# 课上的 GRU 用三个种子，再加十点旋律上的五个最近邻。验证集和测试集里，哪些录音它们判错了？（这里不据此挑选任何东西。）
# %%
data = tones.load(num_steps=28)
held_out = (data.validation, data.test)
EPOCHS = lesson.pick(class_mode=10, full=15)


def ten_points(part):
    return np.array(
        [
            np.interp(np.linspace(0, length - 1, 10), np.arange(length), row[:length, 0])
            for row, length in zip(part.inputs, part.lengths, strict=True)
        ]
    )


def vote(asked, k=5):
    far = ((ten_points(asked)[:, None] - ten_points(data.train)) ** 2).sum(axis=2)
    nearest = data.train.targets[far.argsort(axis=1)[:, :k]]
    return np.array([np.bincount(votes).argmax() for votes in nearest])


def gru(values):
    return layers.GRU(16)(values)


def network(middle, features):
    inputs = keras.Input((28, features))
    state = keras.layers.Dropout(0.2)(middle(keras.layers.Masking()(inputs)))
    return models.CheckedModel(inputs, keras.layers.Dense(4)(state))


def answers_of(train_inputs, asked, middle=gru):
    """Three seeds' tones for each array of ``asked``: a list of lists."""
    features = train_inputs.shape[2]
    starts = initial_weights(lambda: network(middle, features), lesson.seeds)
    model = network(middle, features)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(5e-3), loss, steps_per_execution=13, jit_compile=False)
    found = []
    for start in starts:
        reset(model, start)
        model.fit(train_inputs, data.train.targets, batch_size=64, epochs=EPOCHS, verbose=0)
        found.append([model(one, training=False).numpy().argmax(axis=1) for one in asked])
    return found


# %%
said = answers_of(data.train.inputs, [part.inputs for part in held_out])
truth = np.concatenate([part.targets for part in held_out])
sounds = np.concatenate([part.sounds for part in held_out])
lengths = np.concatenate([part.lengths for part in held_out])
by_seed = np.array([np.concatenate(one) for one in said])  # (seeds, recordings)
by_vote = np.concatenate([vote(part) for part in held_out])
wrong = (by_seed != truth).any(axis=0) | (by_vote != truth)
shared = np.flatnonzero((by_seed != truth).all(axis=0))
rows = [
    [f"{sounds[n]} {truth[n] + 1}", lengths[n], *(by_seed[:, n] + 1), by_vote[n] + 1]
    for n in np.flatnonzero(wrong)
]
header = ["syllable and tone", "frames", *(f"seed {n}" for n in lesson.seeds), "neighbours"]
lesson.table(header, rows)
print(f"of {len(truth)}, somebody is wrong on {wrong.sum()}, all three seeds on {len(shared)}")
print(f"usual length: {np.median(lengths):.0f} frames")
counts = sum(metrics.confusion_matrix(truth, one, 4) for one in by_seed)
print("true tone by row, said by column, three seeds together:", counts, sep="\n")
lesson.result("both_parts", np.mean(by_seed == truth, axis=1), baseline=np.mean(by_vote == truth))

# %% [markdown] lang="en"
# Three networks that began with different weights make almost the same mistakes: this is not chance, it lies in the recordings. Here they are, in the table's order, each beside the training part's mean melody of the tone in its name and of the tone that the networks heard:
# %% [markdown] lang="zh"
# 三个网络从不同的权重出发，犯的却几乎是同样的错：这不是偶然，原因在录音里。按表中的顺序把它们画出来，旁边是训练集里两条平均旋律：一条是文件名所说的声调，一条是网络听到的声调：
# %%
typical = [ten_points(data.train)[data.train.targets == tone].mean(axis=0) for tone in range(4)]
melodies = np.concatenate([ten_points(part) for part in held_out])
figure, axes = panels(min(6, len(shared)), columns=3, width=2.7, height=2.3)
for axis, n in zip(axes, shared, strict=False):
    heard = np.bincount(by_seed[:, n]).argmax()
    axis.plot(melodies[n], color="black", linewidth=2.5, label="recording")
    axis.plot(typical[truth[n]], "--", label=f"mean of tone {truth[n] + 1} (name)")
    axis.plot(typical[heard], ":", label=f"mean of tone {heard + 1} (heard)")
    axis.set_title(f"{lengths[n]} frames")
    label(axis, "tenth of the syllable", "pitch (scaled)")
    axis.set_ylim(-3, 3.6)
    axis.legend(fontsize=7)
lesson.figure(figure, "mistakes")


# %% [markdown] lang="en"
# There are three kinds. Where black follows the dotted line, the network heard what is there, and the name says something else: a slip of the speaker or of the file. Where black begins with a leap that no voice makes, YIN took an octave or a consonant for the voice. And some tracks are three frames long: YIN found a pitch for 30 ms only. There is no movement to hear, only a height; the neighbours, for whom all syllables are equally long, go by the height and mostly say what the name says. A larger network mends none of the three. So look and listen first, and tune afterwards.
#
# ## C. What helps, and what only seems to
#
# The same GRU with other features, and, in full mode, other networks with the same ones; validation part, three seeds. Last columns: the same recordings 12 decibels louder or softer, as if the microphone stood nearer or farther (simulated: 12 are added to or taken off the energy; pitch does not change).
# %% [markdown] lang="zh"
# 错误有三种。黑线跟着点线走的，是网络听对了，文件名说的却是别的：说话人口误，或是文件弄错了。黑线一开头就跳了一大步、谁的嗓子也做不到的，是 YIN 错了一个八度，或把辅音当成了嗓音。还有的轨迹只有三帧：YIN 只在 30 毫秒里找到了音高，听不出走向，只有高低；近邻眼里所有音节一样长，只凭高低来判，多半与文件名一致。这三种错误，换更大的网络都没有用。所以先去看、先去听，再去调参。
#
# ## 三、什么有用，什么只是看着有用
#
# 同一个 GRU，换特征；完整模式里还用同样的特征换别的网络。都在验证集上，三个种子。最后两列：同样的录音响 12 分贝或轻 12 分贝，好像话筒近了或远了（模拟：能量加 12 或减 12，音高不变）。
# %%
def energies(part, louder=0.0):
    """Energy in decibels beside each frame of pitch, (n, 28, 1); 0 behind the end."""
    values = np.zeros((len(part), 28, 1), np.float32)
    for row, sound, tone in zip(values, part.sounds, part.targets, strict=True):
        one = spoken[sound, tone + 1]
        voiced = np.flatnonzero(np.isfinite(one.pitch))
        energy = one.energy[voiced[0] : voiced[-1] + 1][:28]
        row[: len(energy), 0] = energy + louder
    return values


def with_energy(part, louder=0.0):
    return np.concatenate([part.inputs, energies(part, louder)], axis=2)


def with_scaled_energy(part, louder=0.0):
    values = energies(part, louder)
    scaled = np.where(values != 0, (values + 21) / 5, 0)  # mean -21, standard deviation 5 decibels
    return np.concatenate([part.inputs, scaled], axis=2)


FEATURES = {
    "pitch": lambda part, louder=0: part.inputs[:, :, :1],
    "slope": lambda part, louder=0: part.inputs[:, :, 1:],
    "pitch, slope, energy": with_energy,
}
if lesson.mode == "full":
    FEATURES["pitch, slope, scaled energy"] = with_scaled_energy
    FEATURES["energy"] = energies
LOUDER = (0, 12, -12)
known = np.mean(by_seed[:, : len(data.validation)] == data.validation.targets, axis=1)
found = {"pitch, slope": np.stack([known] * 3, axis=1)}  # as above; loudness is nothing to them
for name, features in FEATURES.items():
    asked = [features(data.validation, louder) for louder in LOUDER]
    said = answers_of(features(data.train), asked)
    found[name] = np.mean(np.array(said) == data.validation.targets, axis=2)  # (seeds, loudness)
header = ["features", "right", "spread", "12 dB louder", "12 dB softer"]
rows = []
for name, shares in found.items():
    right, louder, softer = np.median(shares, axis=0)
    spread = f"{shares[:, 0].min():.3f} … {shares[:, 0].max():.3f}"
    rows.append([name, right, spread, louder, softer])
lesson.table(header, rows)
softer = found["pitch, slope, energy"][:, 2]
lesson.result("energy_softer", softer, baseline=np.median(found["pitch, slope"][:, 2]))

# %% [markdown] lang="en"
# Pitch does it all but alone; the slope, which is made of it, adds nothing that three seeds could show, and by itself it is worse. Energy brings no gain on these recordings. With the microphone farther away the network that was given it collapses, and how far is a matter of the seed: it had leant on how loud *this recording* was. (Full mode also scales the energy as the pitch is scaled: that makes the fall smaller, not reliable.) A feature that the next recording changes is a trap; the fair trial is a recording of another day.
# %% [markdown] lang="zh"
# 几乎全靠音高；斜率本来就由音高算出，三个种子看不出它有什么额外的用处，单用还更差。能量在这批录音上也没有带来好处。可话筒一远，用了能量的网络就垮了，垮多少还要看种子：它依赖的是**这批录音**有多响。（完整模式里还把能量像音高那样缩放：跌得少些，但仍不可靠。）换一批录音就会变的特征是陷阱；公平的检验，是用另一天录的音。
# %%
MIDDLES = {"GRU, 16": gru, "GRU, 64": lambda v: layers.GRU(64)(v)}
if lesson.mode == "full":
    MIDDLES["LSTM, 16"] = lambda v: layers.LSTM(16)(v)
    MIDDLES["GRU, both directions"] = lambda v: keras.layers.Bidirectional(layers.GRU(16))(v)
sizes = {"GRU, 16": known}
for name, middle in MIDDLES.items():
    if name not in sizes:
        said = answers_of(data.train.inputs, [data.validation.inputs], middle)
        sizes[name] = np.mean(np.array(said)[:, 0] == data.validation.targets, axis=1)
rows = [[name, np.median(one), f"{one.min():.3f} … {one.max():.3f}"] for name, one in sizes.items()]
counted = np.mean(vote(data.validation) == data.validation.targets)
lesson.table(["network", "right", "spread"], [*rows, ["5 nearest neighbours", counted, ""]])
error = np.sqrt(0.98 * 0.02 / len(data.validation))
print(f"one standard error at 98 % of {len(data.validation)}: {error:.3f}")

# %% [markdown] lang="en"
# Differences of one or two standard errors are a few recordings. Size changes nothing that could be measured here; the neighbours are level or ahead.
#
# ## D. Strings of tones that nobody has cut apart
#
# Until now somebody had cut the speech into syllables. Now two to four melodies are joined without a pause (by us: real running speech bends its tones besides), and the network is told only *which* tones follow one another, not *where*. There are at most 28 steps of 40 ms, and at most four labels. How can a loss compare them?
#
# **CTC** (connectionist temporal classification) gives each step a probability for each tone and for a *blank*. A path of outputs is read by first merging equal neighbours and then dropping blanks: `- 2 2 - - 4 4 4 -` says *2, 4*; two equal tones need a blank between them. The loss is minus the logarithm of the summed probability of *all* paths that read as the label; a recursion adds them up. The rivals are told more: for each step, the tone that is spoken there. One looks at a single step, one is the same recurrent network. They are read by the same rule.
# %% [markdown] lang="zh"
# 差一两个标准误差，不过是几条录音。在这里，网络的大小带不来可以测出的差别；近邻与它持平，或者还领先。
#
# ## 四、没人切开的一串声调
#
# 到目前为止，都有人事先把话切成了音节。现在把两到四条旋律不留停顿地接起来（是我们接的：真正连着说话时，声调还会互相影响），只告诉网络依次是**哪些**声调，不告诉它各在**哪里**。最多 28 个时间步，每步 40 毫秒；标签最多四个。损失怎么拿两者来比呢？
#
# **CTC**（联结时序分类）让每一步给出各个声调的概率，外加一个**空白**的概率。一条输出路径这样读：先合并相邻的相同输出，再去掉空白。`- 2 2 - - 4 4 4 -` 读作 *2、4*；两个相同的声调之间，必须隔一个空白。把**所有**读出来正好是标签的路径的概率加起来，取对数再取负，就是损失；求和用一个递推式完成。对手知道得更多：每一步正在说哪个声调，都告诉它。一个对手只看单独一步，另一个是同样的循环网络。读法相同。
# %%
STEPS, MOST = 28, 4


def strings(part, count, seed):
    """Joined melodies: inputs (count, 28, 6), tones (count, 4) and each step's, (count, 28).

    A tone is 1 to 4; 0 fills up. A step holds two frames of pitch, slope, and 1 where a voice is.
    """
    random = np.random.default_rng(seed)
    inputs = np.zeros((count, 2 * STEPS, 3), np.float32)
    labels, spoken_there = np.zeros((count, MOST), int), np.zeros((count, 2 * STEPS), int)
    for row, label_row, there in zip(inputs, labels, spoken_there, strict=True):
        chosen = random.integers(len(part), size=random.integers(2, MOST + 1))
        melodies = [part.inputs[n, : part.lengths[n] : 2, 0] for n in chosen]  # every 20 ms
        pitch = np.concatenate(melodies)
        row[: len(pitch)] = np.stack([pitch, np.gradient(pitch), np.ones(len(pitch))], axis=1)
        label_row[: len(chosen)] = part.targets[chosen] + 1
        there[: len(pitch)] = np.repeat(part.targets[chosen] + 1, [len(one) for one in melodies])
    return inputs.reshape(count, STEPS, 6), labels, spoken_there[:, ::2]


def read_out(path):
    """Equal neighbours merged, then blanks (0) dropped."""
    path = np.asarray(path)
    return path[np.insert(path[1:] != path[:-1], 0, True) & (path > 0)]


def edits(said, wanted):
    """Least number of insertions, deletions and exchanges from one to the other."""
    costs = np.arange(len(wanted) + 1)
    for n, one in enumerate(said, 1):
        last, costs = costs, np.full_like(costs, n)
        for m, other in enumerate(wanted, 1):
            costs[m] = min(last[m] + 1, costs[m - 1] + 1, last[m - 1] + (one != other))
    return costs[-1]


print(read_out([0, 2, 2, 0, 0, 4, 4, 4, 0]), read_out([3, 3, 3]), read_out([3, 0, 3]))
assert edits([1, 2, 3], [1, 3]) == 1 and edits([1, 2], [2, 1]) == 2 and edits([], [4]) == 1
count = lesson.pick(class_mode=1000, full=2000)
inputs, labels, there = strings(data.train, count, seed=0)
asked, wanted, asked_there = strings(data.test, 300, seed=1)
print(inputs.shape, labels[0], there[0])


# %%
def listener():
    values = keras.Input((STEPS, 6))
    states = keras.layers.Bidirectional(layers.GRU(32, return_sequences=True))(values)
    # Not CheckedModel: CTC's targets have another shape than its outputs, as they should.
    return keras.Model(values, keras.layers.Dense(5)(keras.layers.Dropout(0.2)(states)))


def trained(loss, targets, epochs):
    starts = initial_weights(listener, lesson.seeds)
    model = listener()
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), loss, jit_compile=False)
    outputs = []
    for start in starts:
        reset(model, start)
        model.fit(inputs, targets, batch_size=64, epochs=epochs, verbose=0)
        outputs.append(model(asked, training=False).numpy())
    return outputs


def token_error(paths, rows):
    """Edits for each spoken tone."""
    pairs = [(read_out(paths[n]), wanted[n][wanted[n] > 0]) for n in rows]
    return sum(edits(*pair) for pair in pairs) / sum(len(tones_of) for _, tones_of in pairs)


every = np.arange(len(asked))
doubled = ((wanted[:, 1:] == wanted[:, :-1]) & (wanted[:, 1:] > 0)).any(axis=1)
by_step = linear.fit(inputs.reshape(-1, 6), np.eye(5)[there.ravel()])
single = by_step(asked.reshape(-1, 6)).argmax(axis=1).reshape(there[: len(asked)].shape)
told_where = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
heard = {
    "true tone of each step": [asked_there],
    "single steps, told where": [single],
    "GRU, told where": [
        one.argmax(axis=2) for one in trained(told_where, there, lesson.pick(class_mode=5, full=14))
    ],
}
ctc = trained(keras.losses.CTC(), labels, lesson.pick(class_mode=13, full=20))
heard["GRU with CTC"] = [one.argmax(axis=2) for one in ctc]
rows, token_errors = [], {}
for name, runs in heard.items():
    token_errors[name] = [token_error(paths, every) for paths in runs]
    apart = [token_error(paths, every[~doubled]) for paths in runs]
    spread = f"{min(token_errors[name]):.3f} … {max(token_errors[name]):.3f}"
    rows.append([name, np.median(token_errors[name]), spread, np.median(apart)])
lesson.table(
    ["read out from", "error per tone", "spread", "strings without equal neighbours"], rows
)
print(f"strings in which equal tones are neighbours: {doubled.sum()} of {len(asked)}")
lesson.result(
    "ctc", token_errors["GRU with CTC"], baseline=np.median(token_errors["GRU, told where"])
)

# %% [markdown] lang="en"
# Even the *true* tone of each step reads badly, because two equal tones melt into one: that row is the least that anybody told *where* can reach by this rule. CTC is told less and makes fewer errors, since it learns to put a blank between them. The last column counts only strings in which equal tones are never neighbours: there the two recurrent networks are close, so that blank is what CTC's lead is made of, and to be told *where* is worth little. That is the good news: nobody needs to cut speech apart by hand. The test syllables are new; the strings are ours, of one voice, without the changes that tones undergo in running speech.
# %% [markdown] lang="zh"
# 连每一步的**真实**声调，读出来也不好，因为两个相同的声调会并成一个：那一行就是知道“在哪里”的对手按这种读法所能达到的最好成绩。CTC 知道得更少，错得却更少，因为它学会了在中间放一个空白。最后一列只算没有相邻同调的串：两个循环网络相差不多。可见 CTC 的领先全靠那个空白，知道“在哪里”并没有多大用处。这倒是好消息：谁也不必动手去切语音了。测试用的音节是新的；但这些串是我们接的，只有一个人的嗓音，也没有连读时的变调。
# %%
shown = np.flatnonzero(doubled & (wanted > 0).all(axis=1))[0]
powers = np.exp(ctc[0][shown] - ctc[0][shown].max(axis=1, keepdims=True))
figure, (axis,) = panels(1, width=7.2, height=3.0)
for tone, shares in enumerate((powers / powers.sum(axis=1, keepdims=True)).T):
    style = {"color": "0.6", "linestyle": "--"} if tone == 0 else {"marker": "o", "markersize": 3}
    axis.plot(shares, label=f"tone {tone}" if tone else "blank", **style)
for border in np.flatnonzero(np.diff(asked_there[shown])):
    axis.axvline(border + 0.5, color="black", linewidth=1, linestyle=":")
label(axis, "step (40 ms)", "probability")
axis.legend(loc=7, fontsize=8)
lesson.figure(figure, "ctc")
print("wanted", wanted[shown], "read out", read_out(ctc[0][shown].argmax(axis=1)))

# %% [markdown] lang="en"
# ## E. What is not here, and sources
#
# *Emotion in speech*: we found no free recordings with labels. Whoever has some can make tracks of them (exercise 6 of the lab) and put the feeling in the place of the tone. *Speech with microphones, rooms and many people*: one voice of one day is all that this lesson has heard.
#
# - A. de Cheveigné, H. Kawahara (2002), *YIN, a fundamental frequency estimator for speech and music*, J. Acoust. Soc. Am. 111.
# - A. Graves and others (2006), *Connectionist temporal classification: labelling unsegmented sequence data with recurrent neural networks*, ICML 2006.
# - Y. Xu (1997), *Contextual tonal variations in Mandarin*, J. Phonetics 25: what running speech does to tones.
# - Recordings: gcin-voice, voice of Chu Lo, CC BY 3.0.
# %% [markdown] lang="zh"
# ## 五、这里没有的，以及出处
#
# **语音中的情感**：没有找到带标注而又可以自由使用的录音。谁手里有，可以做成轨迹（练习第 6 题），把声调换成情感。**各种话筒、各种房间、许多人的声音**：本课只听过一个人在一种环境里的声音。
#
# - A. de Cheveigné, H. Kawahara (2002), *YIN, a fundamental frequency estimator for speech and music*, J. Acoust. Soc. Am. 111。
# - A. Graves 等 (2006), *Connectionist temporal classification: labelling unsegmented sequence data with recurrent neural networks*, ICML 2006。
# - Y. Xu (1997), *Contextual tonal variations in Mandarin*, J. Phonetics 25：连续说话时声调怎样变化。
# - 录音：gcin-voice，Chu Lo 的嗓音，CC BY 3.0。
