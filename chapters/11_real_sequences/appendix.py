# %% [markdown] lang="en"
# # 11. Real sequences: the appendix
#
# What the lesson leaves out: the mask inside a GRU, written by hand, and padding in front; where Keras loses a mask; packing; what padding costs in seconds and in bytes; how long a window; what a scaling leak is worth; a season never seen; sources.
# %% [markdown] lang="zh"
# # 11. 真实的序列：附录
#
# 正课略过的内容：亲手写出 GRU 里的掩码，以及补在前面会怎样；Keras 在哪里弄丢掩码；打包；填充花多少秒、多少字节；窗口取多长；标准化的泄漏值多少；没见过的季节；参考文献。
# %%
from rnn_tf.course import begin

lesson = begin("11_real_sequences", part="appendix")

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnn_tf import reference
from rnn_tf.backend import keras, tf
from rnn_tf.baselines import linear
from rnn_tf.claims.experiments.series import ar_series
from rnn_tf.claims.learning import batches_of, learn, network
from rnn_tf.course.timing import by_turns
from rnn_tf.datasets import gaps, tones, toy, weather
from rnn_tf.feeding import ByLength, real_steps
from rnn_tf.layers import GRU
from rnn_tf.training import metrics

train = tones.load(num_steps=28).train

# %% [markdown] lang="en"
# ## A. The mask inside a GRU
#
# One line in a loop of our own, and it is Keras's layer. Then the rectangle is made wider in four ways: with the mask nothing moves, whatever is filled in and wherever it stands.
# %% [markdown] lang="zh"
# ## A. GRU 里的掩码
#
# 自己写个循环，只多一行，就是 Keras 的层。然后用四种方式把矩形加宽：有了掩码，不管补什么、补在哪里，结果都不动。


# %%
def last_state(cell, frames, real):
    """(batch, units) after the last real step; frames (batch, steps, 2), real (batch, steps)."""
    h = np.zeros((len(frames), cell.units))
    for x, m in zip(frames.swapaxes(0, 1), real.T, strict=True):
        new = cell.forward(x[:, None], h).final_state
        h = np.where(m[:, None], new, h)  # the mask
    return h


keras.utils.set_random_seed(0)
layer, frames, real = GRU(16), train.inputs[:64], real_steps(train.lengths[:64], 28)
alone = layer(frames, mask=real).numpy()
ours = last_state(reference.GRU.from_keras(layer), frames, real)
print("frames", frames.shape, " mask", real.shape, " states", ours.shape)
lesson.result("own_loop", np.abs(ours - alone).max())

# %%
fillings = {"12 zeros behind": (0, 12, 0), "200 zeros behind": (0, 200, 0)}
fillings |= {"12 zeros in front": (12, 0, 0), "12 times 9 behind": (0, 12, 9)}
rows, moved = [], []
for name, (before, behind, value) in fillings.items():
    place = ((0, 0), (before, behind))
    wider = np.pad(frames, (*place, (0, 0)), constant_values=value)
    masked = layer(wider, mask=np.pad(real, place)).numpy()
    moved.append(np.abs(masked - alone).max())
    bare = layer(wider).numpy()
    rows.append([name, f"{np.abs(bare - alone).max():.2f}", f"{moved[-1]:.0e}"])
lesson.table(["filled up with", "moved without a mask", "moved with a mask"], rows)
lesson.result("any_padding", max(moved))

# %% [markdown] lang="en"
# ## B. Where Keras loses a mask
#
# A mask travels along with the tensor from layer to layer. A layer that does not know masks takes it off; Keras says so in a warning among others.
# %% [markdown] lang="zh"
# ## B. Keras 在哪里弄丢掩码
#
# 掩码跟着张量一层一层往下走。不认识掩码的层会把它丢掉；Keras 只在一堆警告里提一句。
# %%
kinds = (keras.layers.Dropout(0.1), keras.layers.Dense(2), keras.layers.LayerNormalization())
kinds += (keras.layers.GlobalAveragePooling1D(), keras.layers.Conv1D(2, 3))
kinds += (keras.layers.GlobalMaxPooling1D(), keras.layers.Reshape((2, 14)))
rows = [[type(one).__name__, "yes" if one.supports_masking else "no"] for one in kinds]
lesson.table(["layer", "knows masks"], rows)

# %% [markdown] lang="en"
# ## C. Packing
#
# Ten syllables end to end in one row of steps. A flag marks the first frame of each; there the state is set to zero. The states at the joints must be those that each syllable has alone. Without the reset each syllable starts with what the one before has left behind.
# %% [markdown] lang="zh"
# ## C. 打包
#
# 十个音节首尾相接，排成一行。每个音节的第一帧有个标记，遇到它就把状态清零。每个接缝处的状态，必须与这个音节单独读完时相同。不清零，每个音节就带着上一个剩下的东西开始。


# %%
def states_of(cell, packed, first, reset):
    """The state after each frame, (steps, units); packed (steps, 2), first (steps,)."""
    h, states = np.zeros((1, cell.units)), []
    for x, begins in zip(packed, first, strict=True):
        h = cell.forward(x[None, None], 0 * h if begins and reset else h).final_state
        states.append(h[0])
    return np.array(states)


cell, lengths = reference.GRU.from_keras(layer), train.lengths[:10]
packed = np.concatenate([train.inputs[k, :n] for k, n in enumerate(lengths)])
first = np.isin(np.arange(len(packed)), np.cumsum(lengths) - lengths)
one_by_one = last_state(cell, train.inputs[:10], real_steps(lengths, 28))
print(f"{len(packed)} steps in a row, {10 * 28} in the rectangle")
kept, mixed = (states_of(cell, packed, first, reset) for reset in (True, False))
last = np.append(first[1:], True)
lesson.result("packed", np.abs(kept[last] - one_by_one).max())
off = np.abs(mixed - kept).max(axis=1)
print(f"without the reset: off by up to {off[first].max():.2f} in a syllable's first frame,")
print(f"by {off[last].max():.2f} in its last")

# %% [markdown] lang="en"
# This network has learnt nothing, and what it heard fades. One that has learnt to remember can carry what is not its own much further.
#
# ## D. What padding costs
#
# Seconds: the gradients of one epoch, in NumPy, with every batch 28 steps wide, or as wide as its longest; shuffled, or by length. Bytes: the same frames as a rectangle, as TensorFlow's `RaggedTensor` (the numbers end to end, and where each row ends), and packed.
# %% [markdown] lang="zh"
# 这个网络什么都没学过，听到的很快就淡了。学会了记忆的网络，就可能把不属于自己的东西带得远得多。
#
# ## D. 填充要花多少
#
# 秒数：用 NumPy 算一轮的梯度，每批都宽 28 步，或只宽到最长的那个；打乱，或分桶。字节：同样的帧，存成矩形，存成 TensorFlow 的 `RaggedTensor`（数值首尾相接，另记每行在哪里结束），或者打包。
# %%
net = reference.Network(cell, 4, "softmax_cross_entropy", per_step=False, seed=0)


def epoch(pool, to_longest=True):
    batches = ByLength(train.inputs, train.lengths, train.targets, 64, pool=pool)

    def run():
        for number in range(batches.num_batches):
            (inputs, _), targets = batches[number]
            wide = inputs if to_longest else np.pad(inputs, ((0, 0), (0, 28), (0, 0)))[:, :28]
            net.loss_and_gradients(wide, targets)

    return run


ways = {"28 steps": epoch(1, False), "its longest": epoch(1), "by length": epoch(12)}
times = by_turns(ways, turns=3)
rows = [[name, f"{times[name].median:.2f}"] for name in ways]
lesson.table(["batches", "seconds an epoch"], rows)
ragged = tf.RaggedTensor.from_tensor(train.inputs, lengths=train.lengths)
held = ragged.flat_values.numpy().nbytes, ragged.row_splits.numpy().nbytes
print(f"rectangle {train.inputs.nbytes} bytes and its mask {len(train) * 28}")
print(f"ragged {held[0]} bytes and {held[1]} for the ends of rows")
share = train.lengths.sum() / (28 * len(train))
print(f"real steps: {share:.0%}; packed needs as many bytes as ragged")
assert held[0] / train.inputs.nbytes == share and ragged.shape[0] == len(train)

# %% [markdown] lang="en"
# ## E. How long a window?
#
# The autopsy looks at a series whose memory has an edge, at twelve steps. Real temperature has none. A linear forecast six hours ahead, from windows of 1 to 168 hours; all forecast the same hours. The length is chosen on validation data, the test part is read once: for that length, and for a single day.
# %% [markdown] lang="zh"
# ## E. 窗口取多长？
#
# 剖析里的那条序列，记忆有明确的边界：十二步。真实的气温没有。用 1 到 168 小时的窗口，线性预报六小时之后；预报的都是同样的时刻。长度按验证集选，测试集只读一次：读选中的那个，和只看一天的那个。
# %%
jfk = weather.read(stations=("JFK",))
air = gaps.straight_line(jfk.column("temperature"), 0)[0]
now = np.arange(167, len(air) - 6)
later = air[now + 6, None]
learn_from, check, ask = now + 6 < 5000, (now >= 5168) & (now + 6 < 6800), now >= 6968


def forecast_error(length, part):
    rows = sliding_window_view(air, length)[now - length + 1]
    predict = linear.fit(rows[learn_from], later[learn_from])
    return metrics.rmse(later[part], predict(rows[part]))


validated = {length: forecast_error(length, check) for length in (1, 6, 12, 24, 48, 96, 168)}
rows = [[length, f"{error:.2f}"] for length, error in validated.items()]
lesson.table(["hours", "validation RMSE (°C)"], rows)
best = min(validated, key=validated.get)
day = forecast_error(24, ask)
print(f"chosen: {best} hours")
lesson.result("chosen_window", forecast_error(best, ask), baseline=day)

# %% [markdown] lang="en"
# ## F. What a scaling leak is worth
#
# Mean and standard deviation of the *whole* file, test part included, or of the training part alone. A small GRU, three seeds; once on a series that wanders around one level, once on the same with a trend. How much better does the leak make it look?
# %% [markdown] lang="zh"
# ## F. 标准化的泄漏值多少
#
# 均值与标准差取自**整个**文件，连测试集在内；或者只取自训练集。一个小 GRU，三个种子；一次用在同一水平附近徘徊的序列，一次再加上趋势。泄漏让结果好看了多少？


# %%
def scaled_error(series, known, seed):
    """Test RMSE of a GRU that sees (series - mean) / std, both taken from ``known``."""
    mean, std = known.mean(), known.std()
    past, future = (toy.windows((p - mean) / std, 10) for p in (series[:1000], series[1000:]))
    net = network("gru", past[0], 1, 8, seed=seed)
    learn(net, batches_of(*past), steps=120, seed=seed)
    return metrics.rmse(future[1], net.forward(future[0]).outputs) * std


leaks = {"level": [], "trend": []}
for seed in lesson.seeds:
    steady = ar_series(1500, (0.8,), seed=seed)
    for kind, slope in (("level", 0), ("trend", 0.01)):
        series = steady + slope * np.arange(1500)
        honest, leaked = (scaled_error(series, k, seed) for k in (series[:1000], series))
        leaks[kind].append(leaked / honest)
lesson.result("leak_level", leaks["level"], baseline=1)
lesson.result("leak_trend", leaks["trend"], baseline=1)

# %% [markdown] lang="en"
# Without a trend the leak is a fault that costs nothing here, and nobody will notice it. With a trend it is worth a good deal, for the whole future level is in the mean. One does not know beforehand which case it is; so the statistics come from the training part.
#
# ## G. A season never seen
#
# The same temperatures, six hours ahead, by a GRU that learns from every other week of summer only. Asked about the other weeks of summer, and about winter. Once it sees and says temperatures; once differences from the last value of the window.
# %% [markdown] lang="zh"
# 没有趋势时，这个泄漏在这里毫无影响，也就没有人会发现。有趋势时，它值不少：未来的整个水平都在那个均值里。事先并不知道是哪一种，所以统计量一律取自训练集。
#
# ## G. 没见过的季节
#
# 还是这些气温，还是六小时之后；GRU 只从夏天隔周的数据里学。先问它夏天的另外几周，再问冬天。一次直接看气温、说气温；一次全都减去窗口的最后一个值。
# %%
now = np.arange(23, len(air) - 6)
rows, later = sliding_window_view(air, 24)[now - 23], air[now + 6, None]
month = jfk.times[now].astype("datetime64[M]").astype(int) % 12 + 1
even_weeks = (now // 168) % 2 == 0
summer, winter = np.isin(month, (6, 7, 8)), np.isin(month, (1, 2, 3))
asked = {"summer": summer & ~even_weeks, "winter": winter & ~even_weeks}
learnt_from = summer & even_weeks
errors = {}
for kind, base in {"level": 0 * rows[:, -1:], "change": rows[:, -1:]}.items():
    mean, std = (rows - base)[learnt_from].mean(), (rows - base)[learnt_from].std()
    inputs, targets = ((rows - base - mean) / std)[:, :, None], (later - base - mean) / std
    for seed in lesson.seeds:
        net = network("gru", inputs[:1], 1, 8, seed=seed)
        taught = batches_of(inputs[learnt_from], targets[learnt_from])
        learn(net, taught, steps=150, seed=seed)
        for season, part in asked.items():
            error = metrics.rmse(net.forward(inputs[part]).outputs, targets[part]) * std
            errors.setdefault((kind, season), []).append(error)
as_now = {name: metrics.rmse(rows[part, -1:], later[part]) for name, part in asked.items()}
lesson.result("level_summer", errors["level", "summer"], baseline=as_now["summer"])
lesson.result("level_winter", errors["level", "winter"], baseline=as_now["winter"])
lesson.result("change_summer", errors["change", "summer"], baseline=as_now["summer"])
lesson.result("change_winter", errors["change", "winter"], baseline=as_now["winter"])

# %% [markdown] lang="en"
# In winter the first network says what summer nights are like. The second cannot even see how cold it is, and keeps its wits. But read its baseline, too: away from home it is worse than "as now". A difference takes the level out. What it learnt of the course of a summer's day it cannot give back.
#
# ## Sources
#
# - R. Williams, J. Peng (1990), An efficient gradient-based algorithm for on-line training of recurrent network trajectories: truncated back-propagation.
# - Z. Che et al. (2018), Recurrent neural networks for multivariate time series with missing values: masks and the time since the last value as inputs.
# - M. Krell et al. (2021), Efficient sequence packing without cross-contamination: packing, and why joints must be marked.
# - R. Little, D. Rubin (2019), Statistical analysis with missing data: why values are missing matters.
# %% [markdown] lang="zh"
# 到了冬天，第一个网络说的还是夏夜的温度。第二个根本看不见有多冷，反而不慌。不过也要看它的基线：离了夏天，它还不如“和现在一样”。作差去掉了水平；而夏季一天里怎样升降，学进去了，却减不掉。
#
# ## 参考文献
#
# - R. Williams, J. Peng (1990), An efficient gradient-based algorithm for on-line training of recurrent network trajectories：截断反向传播。
# - Z. Che 等 (2018), Recurrent neural networks for multivariate time series with missing values：把掩码和“距上一个值多久”也作为输入。
# - M. Krell 等 (2021), Efficient sequence packing without cross-contamination：打包，以及为什么必须标出接缝。
# - R. Little, D. Rubin (2019), Statistical analysis with missing data：缺失的原因很要紧。
