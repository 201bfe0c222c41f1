# %% [markdown] lang="en"
# # 11. Real sequences
#
# *What happens between a file and the tensor, and what can silently go wrong there?*
#
# Half a minute, 1 GB. You need lessons 1 to 3. We borrow the syllables of lesson 14 and the weather of lesson 4. First question: 169 spoken syllables, of 3 to 28 frames, are told apart by their four tones. Does it matter who *else* is in the batch?
# %% [markdown] lang="zh"
# # 11. 真实的序列
#
# *从文件到张量，中间发生了什么？哪些环节会不声不响地出错？*
#
# 约需半分钟、1 GB 内存；请先学第 1 至 3 课。音节借自第 14 课，天气借自第 4 课。第一个问题：169 个音节，短的 3 帧，长的 28 帧，要分辨四个声调。同一批里还有**谁**，会影响答案吗？
# %%
from rnn_tf.course import begin

lesson = begin("11_real_sequences")

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnn_tf import reference
from rnn_tf.backend import keras
from rnn_tf.baselines import linear
from rnn_tf.claims.learning import Adam
from rnn_tf.course.figures import sequences as draw
from rnn_tf.datasets import gaps, tones, weather
from rnn_tf.feeding import ByLength, Feed, real_steps
from rnn_tf.layers import GRU
from rnn_tf.training import initial_weights, metrics, reset

STEPS, EPOCHS = 32, lesson.pick(class_mode=8, full=30)
data = tones.load(num_steps=STEPS)
train, test = data.train, data.test


# %%
def listener():
    """Frames (batch, steps, 2) and their mask (batch, steps) -> a logit for each tone."""
    frames, real = keras.Input((None, 2)), keras.Input((None,), dtype="bool")
    return keras.Model([frames, real], keras.layers.Dense(4)(GRU(16)(frames, mask=real)))


starts, model = initial_weights(listener, lesson.seeds), listener()
rate = keras.optimizers.schedules.CosineDecay(0.015, 13 * EPOCHS, alpha=0.05)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=13, jit_compile=False)


def believed(frames, real):
    return keras.ops.softmax(model([frames, real], training=False)).numpy()


# %%
said = {}
for masked in (False, True):
    heard, asked = (real_steps(part.lengths, STEPS) | (not masked) for part in (train, test))
    batches = Feed([train.inputs, heard], train.targets, batch_size=64, shuffle=True)
    said[masked] = np.zeros((2, 3, len(test), 4))  # alone or together, seed, syllable, tone
    for seed, start in enumerate(starts):
        reset(model, start)
        model.fit(batches, epochs=EPOCHS, verbose=0)
        said[masked][1, seed] = believed(test.inputs, asked)
        for n in set(test.lengths):  # syllables of one length need no filling
            rows = test.lengths == n
            whole = np.ones((sum(rows), n), bool)
            said[masked][0, seed, rows] = believed(test.inputs[rows, :n], whole)
answers = {masked: found.argmax(-1) for masked, found in said.items()}
changed = answers[False][0] != answers[False][1]  # without a mask: seeds, syllables
k, one = np.argwhere(changed)[0]
shown = {"without a mask": said[False][:, k, one], "with a mask": said[True][:, k, one]}
ways = ["alone", "in the batch"]
lesson.figure(draw.answers(shown, list("1234"), ways, x="tone", y="probability"), "two_answers")
print(f"{test.sounds[one]}, tone {test.targets[one] + 1}: {test.lengths[one]} frames of {STEPS}")

# %% [markdown] lang="en"
# One syllable, one trained network, two answers. A batch is a rectangle, here 32 steps wide, so zeros are put behind each syllable until the row is full. The network without a mask reads them as sound. It was trained so and tested so, and nothing looked wrong, until somebody asks about one syllable alone.
# %% [markdown] lang="zh"
# 同一个音节，同一个训练好的网络，两种回答。一批数据是个矩形，这里宽 32 步，所以每个音节后面都要补零，补满一行。没有掩码的网络把这些零也当成声音来听。训练时这样，测试时也这样，看不出毛病；直到有人单拿一个音节来问。
# %%
right = {masked: np.mean(found == test.targets, axis=-1) for masked, found in answers.items()}
guess = np.mean(test.targets == np.bincount(train.targets).argmax())
lesson.result("unmasked_together", right[False][1], baseline=guess)
lesson.result("unmasked_alone", right[False][0], baseline=guess)
lesson.result("masked_alone", right[True][0], baseline=guess)
lesson.result("padding_invariance", np.abs(said[True][0] - said[True][1]).max(axis=(1, 2)))
lesson.result("turned", np.mean(changed, axis=1))

# %% [markdown] lang="en"
# With the mask no answer depends on the company any more. And all three seeds learn well: nothing has to be carried across a stretch of silence.
#
# ## The idea in one picture
#
# Left: the rectangle. Middle: its *mask*, which says of every step whether it is real. Right: the same frames end to end, *packed*. Nothing is filled up there, but somebody must know where the joints are, for no state may cross them.
# %% [markdown] lang="zh"
# 有了掩码，答案不再取决于和谁在一起。而且三个种子都学得好：不必再把听到的东西带过一长段静音。
#
# ## 一张图看懂
#
# 左：矩形。中：它的**掩码**，逐步说明是不是真的。右：同样的帧首尾相接，叫**打包**。这样不必补零，但要有人记住接缝在哪里，因为状态不能越过接缝。
# %%
words = {"titles": ["padded", "mask", "packed"], "x": "step", "y": "syllable"}
figure = draw.rectangle(train.lengths[:10], STEPS, kinds=["real", "padding", "joint"], **words)
lesson.figure(figure, "rectangle")
print(f"padding: {1 - train.lengths.mean() / STEPS:.0%} of the steps of {len(train)} syllables")

# %% [markdown] lang="en"
# ## One step with numbers
#
# Three real values, then two zeros. A unit keeps half of what it has and takes half of what it hears: $h_t = (h_{t-1} + x_t)/2$. With a mask $m_t$, a step that is not real leaves the state alone: $h_t = m_t\,(h_{t-1} + x_t)/2 + (1 - m_t)\,h_{t-1}$. Fill in both columns on paper. Then take the mean of $x$ in two ways: who is the denominator?
# %% [markdown] lang="zh"
# ## 用数字走一步
#
# 三个真实的值，接着两个零。有个单元，旧的留一半，听到的取一半：$h_t = (h_{t-1} + x_t)/2$。有了掩码 $m_t$，不真实的步就不动状态：$h_t = m_t\,(h_{t-1} + x_t)/2 + (1 - m_t)\,h_{t-1}$。先在纸上填好两列；再用两种办法求 $x$ 的平均：分母是谁？
# %%
values, mask, rows = np.array([2.0, 4.0, 6.0, 0.0, 0.0]), np.array([1, 1, 1, 0, 0]), []
bare = kept = 0.0
for x, m in zip(values, mask, strict=True):
    bare, kept = (bare + x) / 2, m * (kept + x) / 2 + (1 - m) * kept
    rows.append([x, m, bare, kept])
lesson.table(["x", "mask", "h without a mask", "h with a mask"], rows)
print(f"mean of x: all steps {values.mean():.1f}, real steps {values @ mask / mask.sum():.1f}")

# %% [markdown] lang="en"
# The second mean is where a mask is lost most easily. The layer had it; a loss of one's own, an accuracy of one's own, a plain `mean` over the steps does not. Some layers drop it too (`Conv1D`, `Reshape`, your own class, unless it says `supports_masking`). Ask of every line behind the layer: over what does it average?
# %% [markdown] lang="zh"
# 第二种平均，正是最容易弄丢掩码的地方。层里有掩码；自己写的损失、自己算的准确率、对时间步直接取 `mean`，就没有了。有些层也会丢掉它（`Conv1D`、`Reshape`，还有自己写的、没有声明 `supports_masking` 的类）。层后面的每一行都要问一句：它是对什么取平均的？
# %% [markdown] lang="en"
# ## Less padding
#
# A mask makes padding harmless, not free: every step is computed. *Bucketing* puts syllables of like length into one batch. The shortest first would be tidiest. But look at the third panel and the line under it: falling tones are short, low ones long. Sorted batches teach one tone after the other, in the same order every time. So: shuffle, sort a dozen batches at a time, and shuffle the batches.
# %% [markdown] lang="zh"
# ## 少补一点
#
# 掩码让填充变得无害，却不能让它免费：每一步照样要算。**分桶**就是把长短相近的音节放进同一批。从短到长排好，当然最整齐。可是看第三幅图和它下面那行字：第四声短，第三声长。排好序的批，就成了一个声调一个声调地教，而且每次顺序都一样。所以要先打乱，再每十来批一起排序，最后把批的顺序打乱。
# %%
shown = {}
for name, pool in {"shuffled": 1, "shuffled by length": 12}.items():
    batches = ByLength(train.inputs, train.lengths, train.targets, 64, pool=pool)
    masks = [batches[k][0][1] for k in range(12)]
    shown[name] = [mask.shape[1] for mask in masks], [mask.sum(1).mean() for mask in masks]
order = np.argsort(train.lengths, kind="stable")[: 12 * 64].reshape(12, 64)
shown["sorted"] = train.lengths[order].max(axis=1), train.lengths[order].mean(axis=1)
words = {"x": "batch", "y": "steps", "kinds": ["real, on average", "padding"]}
lesson.figure(draw.batches(shown, **words), "batches")
ends = train.targets[order[[0, -1]]] + 1  # of the shortest and of the longest
print(f"of 64, first and last: tone 4 {np.sum(ends == 4, 1)}, tone 3 {np.sum(ends == 3, 1)}")
widths, means = map(np.sum, shown["shuffled by length"])
lesson.result("padding_left", 1 - means / widths, baseline=1 - train.lengths.mean() / STEPS)


# %% [markdown] lang="en"
# ## One long series, in pieces
#
# A series of a year is one sequence. It is cut into rows, and the rows into chunks, and the state goes on from chunk to chunk: *stateful* training. Keras does it with `stateful=True`: the last state of row $k$ is the first one of row $k$ in the *next* batch. So the next batch must hold what comes next. Two ways to fold 24 steps into rows of two and chunks of four; both have the right shape.
# %% [markdown] lang="zh"
# ## 一条长序列，一段一段地读
#
# 一整年的序列就是一条。把它分成几行，再把每行切成小段，状态从一段传到下一段：这叫**有状态**训练。在 Keras 里写 `stateful=True`：这一批第 $k$ 行最后的状态，就是**下一批**第 $k$ 行的初始状态。所以下一批里必须是接下去的内容。把 24 步折成两行、每段四步，有两种折法，形状都对。
# %%
def follows_on(series, rows, steps):
    return series.reshape(rows, -1, steps).swapaxes(0, 1)  # (batches, rows, steps)


def mixed_up(series, rows, steps):
    return series.reshape(-1, rows, steps)


for fold in (follows_on, mixed_up):
    print(f"{fold.__name__}: row 0 reads {fold(np.arange(24), 2, 4)[:2, 0].tolist()}")


# %% [markdown] lang="en"
# If the order is right, nothing changes in what is *said*: reading in chunks is reading at one go. What changes is what can be *learnt*. The state is handed on as plain numbers, so the gradient ends at the joint. That is *truncated back-propagation*. Below, the gradient of the last four states with respect to the last eight inputs: from the long pass, and from the last chunk.
# %% [markdown] lang="zh"
# 顺序对了，**说出来的**一点不变：一段一段地读，等于一口气读完。变的是**学得到什么**。传过去的状态只是一些数，所以梯度到接缝就断了。这叫**截断反向传播**。下面是最后四步的状态对最后八个输入的梯度：先是一口气读完的，再是只读最后一段的。
# %%
cell, series = reference.GRU(1, 16, seed=0), np.random.default_rng(0).normal(size=(1, 24, 1))
whole, last_four = cell.forward(series), np.arange(24)[:, None] >= 20
long = cell.backward(whole, last_four * np.ones((1, 24, 16)))["inputs"].ravel()
state = np.zeros((1, 16))
for chunk in np.split(series, 6, axis=1):
    trace = cell.forward(chunk, state)
    state = trace.final_state
short = cell.backward(trace, np.ones((1, 4, 16)))["inputs"].ravel()
for name, gradient in {"long pass": long[-8:], "last chunk": np.append(np.zeros(4), short)}.items():
    print(f"{name}: {gradient.round(2)}")
lesson.result("chunk_states", np.abs(state - whole.final_state).max())
lesson.result("chunk_gradients", np.abs(short - long[-4:]).max())

# %% [markdown] lang="en"
# Inside the chunk both agree; what came before the joint gets nothing. Does that hurt? Train it: hear bits without end, and say what was heard three steps ago. Chunks of four steps. Three trainings: the rows follow on; they are mixed up; each chunk starts from zero. A fourth one follows on, but must say what was heard *five* steps ago. Bet before you look: which of the four learn?
# %% [markdown] lang="zh"
# 段内两者一致；接缝以前的输入，什么也分不到。要紧吗？训练一下看看：不停地听比特，说出三步之前听到的是什么，每段四步。训练三次：各行接得上；折错了；每段都从零状态开始。第四次接得上，但要说的是**五**步之前。先猜再看：四次里哪几次学得会？


# %%
def echoes(fold, delay, carry, seed, batches=300):
    """Accuracy over the last fifty batches, each answered before it is learnt from."""
    bits = np.random.default_rng(seed).integers(0, 2, 32 * 4 * batches).astype(float)
    inputs, targets = (fold(series, 32, 4)[..., None] for series in (bits, np.roll(bits, delay)))
    cell = reference.SimpleRNN(1, 16, seed=seed)
    network, adam = reference.Network(cell, 1, "sigmoid_cross_entropy", seed=seed), Adam(clip=1.0)
    state, right = None, []
    for x, y in zip(inputs, targets, strict=True):
        trace = network.forward(x, state if carry else None)
        state = trace.final_state
        right.append(np.mean((trace.outputs > 0) == (y > 0.5)))
        _, d_outputs = network.loss(trace.outputs, y)
        adam.update(network.weights, network.backward(trace, d_outputs))
    return np.mean(right[-50:])


tasks = ((follows_on, 3, True), (mixed_up, 3, True), (follows_on, 3, False), (follows_on, 5, True))
near, mixed, fresh, far = ([echoes(*task, seed) for seed in lesson.seeds] for task in tasks)
lesson.result("near_follows", near, baseline=np.median(fresh))
lesson.result("near_mixed", mixed, baseline=np.median(fresh))
lesson.result("far_follows", far, baseline=0.5)

# %% [markdown] lang="en"
# Three steps back: learnt perfectly. Mixed up, the state is worth no more than none at all: the one bit in four that lies within its chunk, and guessing for the rest. No error, no warning. Five steps back: the state *could* carry the bit, as the order is right. But no gradient ever crossed a joint to say so. A chunk must be longer than what is to be learnt.
#
# ## What was never measured
#
# The last trap is in the file itself. New York's airport JFK, 2013: air pressure is missing in one hour of ten. At random?
# %% [markdown] lang="zh"
# 三步之前：完全学会。折错了，就和根本没有记忆一样：四个里只有一个落在自己那一段里，其余全靠猜。不报错，也没有警告。五步之前：顺序是对的，状态**本可以**带着那个比特；可是从来没有哪个梯度越过接缝，把这件事告诉它。要学多远，段就得比它更长。
#
# ## 没有测到的值
#
# 最后一个陷阱就在文件里。纽约 JFK 机场，2013 年：十个小时里，有一个小时没有气压。是随机缺的吗？
# %%
jfk = weather.read(stations=("JFK",))
silent, rain = np.isnan(jfk.column("pressure")[0]), jfk.column("precipitation")[0] > 0
print(f"no pressure: {np.mean(silent):.0%} of the hours")
print(f"rain: {np.mean(rain[silent]):.0%} of those, {np.mean(rain[~silent]):.0%} of the others")

# %% [markdown] lang="en"
# Real gaps have reasons: who deletes them, deletes bad weather. And they come in blocks. To judge a filling one must know the truth, so we cut gaps into the temperatures, a quarter of all hours, half a day long on average, and forecast six hours ahead by a linear model of the last 24. Two judges: how wrong are the filled values? How wrong is the forecast?
#
# It is tempting to fill the whole file first and to cut windows then. A straight line over a gap ends at the value *behind* the gap. For a window that ends inside, that is tomorrow's news.
# %% [markdown] lang="zh"
# 真实的缺口是有原因的：删掉它们，就删掉了坏天气；而且一缺就是一段。要评判填得好不好，得知道真值。所以我们在气温里挖出缺口：占全部小时的四分之一，平均长半天；再用最近 24 小时的线性模型预报六小时之后。两位裁判：填的值错多少？预报错多少？
#
# 先把整个文件填好，再切窗口，这样做很顺手。跨过缺口的直线，终点是缺口**后面**的那个值。对一个在缺口里结束的窗口来说，那是明天的消息。
# %%
WINDOW, AHEAD, BORDER = 24, 6, 6000
truth = gaps.straight_line(jfk.column("temperature"), 0)[0]  # 24 real gaps, 5 hours at most
last = np.arange(WINDOW - 1, len(truth) - AHEAD)  # the hours in which forecasts are made
later = truth[last + AHEAD]
learn, judge = last + AHEAD < BORDER, last >= BORDER + WINDOW
filled_off, forecast_off = {}, {}
for seed in range(5):
    missing = gaps.blocks(len(truth), share=0.25, mean_steps=12, seed=seed)
    ways = gaps.filled_windows(np.where(missing, np.nan, truth), WINDOW, BORDER, linear.fit)
    holes, true = (sliding_window_view(s, WINDOW)[: len(last)][judge] for s in (missing, truth))
    known = learn & ~missing[last + AHEAD]
    for name in [*ways, "service"]:
        taught, asked = ("file", "line") if name == "service" else (name, name)
        predict = linear.fit(ways[taught][: len(last)][known], later[known, None], ridge=10)
        given = ways[asked][: len(last)][judge]
        filled_off.setdefault(name, []).append(metrics.rmse(true[holes], given[holes]))
        forecast_off.setdefault(name, []).append(metrics.rmse(later[judge], predict(given)[:, 0]))

# %%
labels = {"mean": "the mean", "last": "last value", "line": "line, cut first"}
labels |= {"forecast": "linear model", "file": "line, filled first", "service": "… in service"}
span = sliding_window_view(missing, WINDOW + AHEAD)
place = np.flatnonzero(span[:, 14:26].all(axis=1) & ~span[:, :14].any(axis=1) & ~span[:, -1])[0]
shown = {label: ways[name][place] for name, label in labels.items() if name in ways}
words = {"measured": "seen", "hidden": "not seen", "x": "time (h)", "y": "temperature (°C)"}
lesson.figure(draw.filled(truth[place : place + 30], span[place], shown, **words), "filled")

# %% [markdown] lang="en"
# Now both judges, five times with other gaps. The ring is the line through the file once more: the same linear forecast, learnt from it, but asked as it will be asked in service, with what is known by then.
# %% [markdown] lang="zh"
# 现在请出两位裁判，换五次不同的缺口。圆圈还是先填后切的那条直线：同一个线性预报，照它学出来的，可是问的时候像实际运行那样，只能用当时已知的。
# %%
points = {label: (filled_off[name], forecast_off[name]) for name, label in labels.items()}
words = {"x": "filled values, RMSE (°C)", "y": "forecast, RMSE (°C)"}
lesson.figure(draw.two_errors(points, hollow=labels["service"], **words), "two_judges")
late = np.median(forecast_off["last"])
lesson.result("file_promised", forecast_off["file"], baseline=late)
lesson.result("file_in_service", forecast_off["service"], baseline=late)
lesson.result("model_forecast", forecast_off["forecast"], baseline=late)
print(f"windows without a gap: {1 - np.mean(holes.any(axis=1)):.0%}")

# %% [markdown] lang="en"
# Among the ways that can be had, both judges agree: the mean is worst, the model best. A straight line is a much better filling than the last value, and hardly a better forecast: inside a window that ends in a gap the two are the same. The line through the file wins before both judges. As a *filling* that is fair: who repairs an old record may use what came later. As a *forecast* it is a dream. In service the ring lies where the honest line lies, and the model is better. And whoever deletes keeps a good third of the windows, and has nothing to say in the other hours.
#
# No error message came up in this lesson. Each trap gave numbers, and one gave better ones.
#
# **Take home:** *know of every number in the tensor whether it is real, whether it follows on, and whether it was known by then.*
#
# In the lab you build the mask, the buckets, the chunks and a filling of your own. The autopsy reads what the articles say of sequences. The appendix packs.
# %% [markdown] lang="zh"
# 在做得到的办法里，两位裁判意见一致：均值最差，模型最好。直线填得比上一个值准得多，预报却几乎没有更准：窗口若结束在缺口里，两者根本一样。贯穿文件的直线在两位裁判面前都赢了。当作**填充**，这很公道：修补旧记录，当然可以用后来的数据。当作**预报**，却是一场梦：真正运行时，圆圈就落在诚实的直线那里，不如模型。至于删除，只剩三分之一多的窗口，其余的时候什么也答不出来。
#
# 这一课从头到尾没有报过一次错。每个陷阱都照样给出数字，有一个给的还更漂亮。
#
# **记住一句话：** *张量里的每个数，都要问三件事：是真的吗？接得上吗？那时候已经知道了吗？*
#
# 练习里你要自己做掩码、分桶、切段，还要做一种自己的填法。剖析里看文章怎样谈序列。附录里有打包。
