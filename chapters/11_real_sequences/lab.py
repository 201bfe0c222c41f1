# %% [markdown] lang="en"
# # 11. Real sequences: the lab
#
# Six exercises, from a mean that leaves padding out to an open question. Fill in the blank, run it, run the check below it. Two hints unfold under each exercise.
# %% [markdown] lang="zh"
# # 11. 真实的序列：练习
#
# 六道练习，从不算填充的平均，到一道开放题。填好空格，运行，再运行下面的检查。每题有两条提示，点开可看。
# %%
from rnn_tf.course import begin

lesson = begin("11_real_sequences", part="lab")

import numpy as np

from rnn_tf.course.checks import sequences as check

# %% [markdown] lang="en"
# ## Exercise 1. A mean of what is there
#
# `values` is (batch, steps, features), filled up to one length; `mask` is (batch, steps), True where a step is real. Return for each sequence the mean over its real steps, (batch, features). A sequence without a real step has the mean 0.
#
# <details><summary>Hint 1</summary>
#
# A mean is a sum and a count. What should padding add to the sum? What to the count?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `mask[:, :, None]` has the shape (batch, steps, 1), and spreads over the features. For the last rule: a count of 0 may be replaced by 1, since the sum is 0 then, too.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 只平均真实的步
#
# `values` 的形状是 (批, 步, 特征)，已填充成同一长度；`mask` 的形状是 (批, 步)，真实的步为 True。请对每个序列的真实步求平均，返回 (批, 特征)。一个真实的步都没有的序列，平均值算 0。
#
# <details><summary>提示 1</summary>
#
# 平均值是一个和除以一个个数。填充该给“和”加多少？给“个数”加多少？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `mask[:, :, None]` 的形状是 (批, 步, 1)，会沿特征轴广播。至于最后一条：个数为 0 时可以换成 1，反正那时和也是 0。
#
# </details>
# %% kind="starter"


def masked_mean(values, mask):
    raise NotImplementedError


# %% kind="solution"


def masked_mean(values, mask):
    real = mask[:, :, None]
    sums = np.where(real, values, 0).sum(axis=1)
    return sums / np.maximum(real.sum(axis=1), 1)


# %%
check.masked_mean(masked_mean)

# %% [markdown] lang="en"
# ## Exercise 2. The state waits
#
# `step(x, h)` makes one step for the whole batch: inputs (batch, features) and states (batch, units) give the new states. `inputs` is (batch, steps, features), `mask` (batch, steps), `state` the states at the start. Return the states after each sequence's last real step. Padding may stand at the end, in front, or in the middle (a gap).
#
# <details><summary>Hint 1</summary>
#
# At a padded step the sequence should not notice that a step was made: $h_t = h_{t-1}$. The others in the batch do make it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# One loop over the steps. `np.where(mask[:, t, None], new, old)` chooses row by row.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 状态等一等
#
# `step(x, h)` 让整批走一步：输入 (批, 特征) 和状态 (批, 单元)，得到新状态。`inputs` 的形状是 (批, 步, 特征)，`mask` 是 (批, 步)，`state` 是开始时的状态。请返回每个序列走完最后一个真实步之后的状态。填充可能在末尾，可能在开头，也可能在中间（缺口）。
#
# <details><summary>提示 1</summary>
#
# 遇到填充的那一步，这个序列应当毫无察觉：$h_t = h_{t-1}$。同一批里别的序列照走不误。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 沿步写一个循环。`np.where(mask[:, t, None], new, old)` 逐行选取。
#
# </details>
# %% kind="starter"


def final_state(step, inputs, mask, state):
    raise NotImplementedError


# %% kind="solution"


def final_state(step, inputs, mask, state):
    for t in range(inputs.shape[1]):
        new = step(inputs[:, t], state)
        state = np.where(mask[:, t, None], new, state)
    return state


# %%
check.final_state(final_state)

# %% [markdown] lang="en"
# ## Exercise 3. Buckets
#
# `lengths` (count,) are the lengths of sequences. Return a list of batches, arrays of indices with `batch_size` of them at most. Every sequence is in one batch, similar lengths lie together, and the batches come in an order drawn from `random`, a NumPy generator.
#
# <details><summary>Hint 1</summary>
#
# Sorted by length, neighbours are similar: cut the sorted indices into batches. Then the *batches* are shuffled, not the sequences.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.argsort(lengths)`, slices of it in a list, and `random.permutation(len(batches))`. The last slice is shorter; it counts.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 分桶
#
# `lengths` (个数,) 是各序列的长度。请返回一个列表，每个元素是一批，即一个下标数组，最多 `batch_size` 个。每个序列恰好在一批里，长度相近的在一起，各批的先后用 NumPy 随机数生成器 `random` 打乱。
#
# <details><summary>提示 1</summary>
#
# 按长度排好序，相邻的长度就相近：把排好的下标切成一批一批。然后打乱的是**批**，不是序列。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `np.argsort(lengths)`，把它的各个切片放进列表，再用 `random.permutation(len(batches))`。最后一片短一些，也不能丢。
#
# </details>
# %% kind="starter"


def buckets(lengths, batch_size, random):
    raise NotImplementedError


# %% kind="solution"


def buckets(lengths, batch_size, random):
    order = np.argsort(lengths + random.random(len(lengths)))  # equal lengths: a new mix each time
    starts = range(0, len(order), batch_size)
    batches = [order[start : start + batch_size] for start in starts]
    return [batches[k] for k in random.permutation(len(batches))]


# %%
check.buckets(buckets)

# %% [markdown] lang="en"
# ## Exercise 4. One long series, several rows
#
# A series of a whole year is read in chunks; the state that a chunk leaves is handed to the next batch, **row by row**. Cut `series` (n,) into batches, (batches, rows, steps), so that row r of each batch goes on where row r of the batch before ended. Make as many whole batches as fit; the rest is left out.
#
# <details><summary>Hint 1</summary>
#
# Put the series into `rows` long lines first, one below the other. A batch is a stretch of all lines at once.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `reshape(rows, batches, steps)` has the right neighbours, but the axes in another order: `swapaxes(0, 1)`. `reshape(batches, rows, steps)` has the right shape, and the wrong neighbours.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. 一条长序列，排成几行
#
# 一整年的序列要一段一段地读，读完一段留下的状态**逐行**交给下一批。请把 `series` (n,) 切成若干批，(批数, 行, 步)，使每批的第 r 行，都接着上一批第 r 行的末尾。能切几整批就切几批，剩下的不要。
#
# <details><summary>提示 1</summary>
#
# 先把序列排成 `rows` 条长行，上下并列。一批就是各行同时截下的一段。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# `reshape(rows, batches, steps)` 相邻关系是对的，只是轴的次序不同：再用 `swapaxes(0, 1)`。`reshape(batches, rows, steps)` 形状对，相邻关系却错了。
#
# </details>
# %% kind="starter"


def continued(series, rows, steps):
    raise NotImplementedError


# %% kind="solution"


def continued(series, rows, steps):
    batches = len(series) // (rows * steps)
    lines = series[: batches * rows * steps].reshape(rows, batches, steps)
    return lines.swapaxes(0, 1)


# %%
check.continued(continued)

# %% [markdown] lang="en"
# ## Exercise 5. The last value, and its age
#
# `series` (steps,) has NaN where nothing was measured. Return `(filled, age)`, (steps,) each: in a gap `filled` has the last value measured *before*, and `age` counts 1, 2, 3 … for how many steps it has been old; at measured steps `age` is 0. Before the first value stands `start`; there `age` counts from the start of the series. Leave `series` itself as it is.
#
# <details><summary>Hint 1</summary>
#
# A loop is right. Walk forwards, and ask at each step only what has been seen.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Without a loop: for each step the index of the last measured one, or −1, by `np.maximum.accumulate`. The age is the difference of two indices.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 上一个值，以及它有多旧
#
# `series` (步,) 中没有测到的步是 NaN。请返回 `(filled, age)`，形状都是 (步,)：缺口里，`filled` 填**之前**最后一个测得的值，`age` 依次数 1、2、3……，即这个值已旧了几步；测到的步 `age` 为 0。第一个值之前填 `start`，那里的 `age` 从序列开头数起。不要改动 `series` 本身。
#
# <details><summary>提示 1</summary>
#
# 用循环就行。从前往后走，每一步只用已经见过的东西。
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 不用循环：先求每一步之前最后一个测得的步的下标，没有则为 −1，可用 `np.maximum.accumulate`。age 是两个下标之差。
#
# </details>
# %% kind="starter"


def carry(series, start):
    raise NotImplementedError


# %% kind="solution"


def carry(series, start):
    steps = np.arange(len(series))
    last = np.maximum.accumulate(np.where(np.isnan(series), -1, steps))
    filled = np.where(last < 0, start, series[last])
    return filled, steps - last


# %%
check.carry(carry)

# %% [markdown] lang="en"
# ## Exercise 6. Fill for a forecast (open)
#
# A year of temperatures, °C, one an hour, with a quarter of the hours missing, in blocks. `fill(series, hours)` gets the series and the hour of the day of each step, 0 to 23, and returns it filled. A linear forecast, three hours ahead, is then fitted on the filled training part. `check.errors(fill)` gives two errors on the *validation* part, for three sets of gaps: that of what was filled in, and that of the forecast.
#
# Beat the last value: the check wants a forecast error at most 0.95 times as large, on three *other* sets of gaps and the test part. Nothing may look ahead.
#
# <details><summary>Hint 1</summary>
#
# Draw the mean temperature by hour of the day. What does the last value not know at five in the morning?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Let the filled value *move*: the step before it, plus the mean change from the hour before to this hour, over all days seen so far.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 为预报而填（开放题）
#
# 一年的气温，单位 °C，每小时一个，其中四分之一的小时缺失，成段地缺。`fill(series, hours)` 得到这个序列，以及每一步是一天中的几点（0 到 23），返回填好的序列。随后在填好的训练集上拟合一个线性预报，提前三小时。`check.errors(fill)` 在**验证集**上给出两种误差，各有三组缺口：填充值的误差，预报的误差。
#
# 请胜过“填上一个值”：检查要求预报误差不超过它的 0.95 倍，用的是**另外**三组缺口和测试集。不许偷看未来。
#
# <details><summary>提示 1</summary>
#
# 画出一天各小时的平均气温。清晨五点，“上一个值”不知道什么？
#
# </details>
#
# <details><summary>提示 2</summary>
#
# 让填充值**动起来**：取前一步的值，加上从前一小时到这一小时的平均变化，平均值取自到此为止见过的所有日子。
#
# </details>
# %%


def report(name, fill):
    gap, forecast = check.errors(fill)
    spreads = [f"{min(some):.2f} … {max(some):.2f}" for some in (gap, forecast)]
    print(f"{name}: what was filled {spreads[0]} °C, forecast {spreads[1]} °C")


report("last value", check.last_value)

# %% kind="starter"


def fill(series, hours):
    raise NotImplementedError


# %% kind="solution"


def fill(series, hours):
    filled, total, count = series.copy(), np.zeros(24), np.zeros(24)
    for t in range(1, len(series)):
        hour = hours[t]
        if np.isnan(series[t]):
            filled[t] = filled[t - 1] + total[hour] / max(count[hour], 1)
        elif not np.isnan(series[t - 1]):
            total[hour] += series[t] - series[t - 1]
            count[hour] += 1
    return filled


report("last value, moved by the hour", fill)

# %%
check.filling(fill)

# %% [markdown] lang="en"
# ## Further, without a check
#
# 1. `check.errors` of a straight line across each gap: it looks ahead, and how much better does it seem? Explain to somebody why they will never get these errors on a live forecast.
# 2. Fill with the mean of the training part. Which of the two errors suffers more? Then give the forecast the age of exercise 5 as a further input, as a column of its own.
# 3. In exercise 3, let batches have as many *steps* as possible instead of as many sequences: at most 600 numbers with the padding. What becomes of the share of padding, and of the learning rate?
# 4. In exercise 4 give each row another *place* to start from in every epoch. What does the network see that it did not see before?
# %% [markdown] lang="zh"
# ## 再往前走（没有检查）
#
# 1. 在每个缺口里连直线，看看 `check.errors`：它偷看了未来，看上去好了多少？向别人解释，为什么实时预报永远得不到这样的误差。
# 2. 用训练集的平均值填。两种误差哪一种受害更深？再把练习 5 的 age 作为单独一列，也输入给预报。
# 3. 练习 3 里，不限定每批的序列数，而限定每批的**总步数**：连填充在内最多 600 个数。填充所占的比例会怎样？学习率呢？
# 4. 练习 4 里，让每一行在每一轮从不同的**位置**开始。网络会见到什么以前见不到的东西？
