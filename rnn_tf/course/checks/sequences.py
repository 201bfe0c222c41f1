"""Checks of the lab of lesson 11: masks, buckets, rows of a long series, gaps."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_shape
from rnn_tf.course.checks.bucketing import buckets, padding_share  # noqa: F401
from rnn_tf.course.checks.filling import carried, errors, filling, hidden, last_value  # noqa: F401


def _diagnose(found, known):
    """Raise the words of the first known fault that gives these numbers."""
    for numbers, en, zh in known:
        if np.shape(numbers) == np.shape(found) and np.allclose(found, numbers, rtol=1e-9):
            raise NotYet(en, zh)


@exercise
def masked_mean(answer):
    """``answer(values, mask)``: mean over the real steps, (batch, features); of none, zeros."""
    random = np.random.default_rng(0)
    # As many sequences as steps and features: a mask on the wrong axis raises nothing.
    values, lengths = random.normal(size=(4, 4, 4)), np.array([3, 1, 4, 2])
    mask = np.arange(4) < lengths[:, None]
    mask[1] = [False, False, True, False]  # padding may stand in front, too
    values[~mask] = 9.0
    found = expect_shape(answer(values.copy(), mask.copy()), (4, 4), "mean")
    shown, counts = mask[:, :, None], mask.sum(axis=1)[:, None]
    sums = (values * shown).sum(axis=1)
    _diagnose(
        found,
        [
            (
                values.mean(axis=1),
                "the padding was read along: the mask does nothing.",
                "填充也算进去了：掩码没有起作用。",
            ),
            (
                sums / 4,
                "the sum is right, but it is divided by the padded length: a short sequence comes "
                "out too small. Divide by how many steps are real.",
                "和是对的，除数却是填充后的长度：短序列的结果偏小。应除以真实的步数。",
            ),
            (
                values.sum(axis=1) / counts,
                "it is divided by the real steps, but the padding was added up along. It need not "
                "be zero.",
                "除数是真实步数，但填充也加进了和里。填充不一定是零。",
            ),
            (
                (values * mask).sum(axis=1) / counts,
                "the mask lies over (steps, features): it needs a last axis of 1.",
                "掩码对到了 (步, 特征) 上：要给它添一个长度为 1 的末轴。",
            ),
            (
                sums / mask.sum(),
                "it is divided by the real steps of the whole batch; each sequence has its own.",
                "除以了整批的真实步数；每个序列应除以自己的。",
            ),
            (
                sums / mask.sum(axis=0)[:, None],
                "the real steps were counted along the wrong axis: over the batch.",
                "真实步数数错了轴：数的是批的方向。",
            ),
            (
                (values * shown).mean(axis=0),
                "that is the mean over the batch; wanted is the one over the steps.",
                "这是对批求平均；应对步求平均。",
            ),
        ],
    )
    expect_close(found, sums / counts, at_most=1e-9, name="mean")
    mask[3] = False
    with np.errstate(all="ignore"):
        found = np.asarray(answer(values.copy(), mask.copy()))
    if not np.all(np.isfinite(found[3])):
        raise NotYet(
            "a sequence without a real step gives 0/0, which is not a number. Let it be zeros.",
            "一个真实的步都没有的序列成了 0/0，不是数。让它等于零。",
        )
    expect_close(found[3], np.zeros(4), at_most=1e-9, name="mean of no step")
    expect_close(found[:3], (sums / counts)[:3], at_most=1e-9, name="mean")


def _step(x, h):
    """A step that moves even where the input is zero, as those of real cells do."""
    return np.tanh(x @ np.array([[0.7, -0.4], [0.2, 0.9]]) + h[:, ::-1] * 0.8 + 0.3)


def _states(inputs, mask, state, kept):
    """The states of all steps, (steps + 1, batch, units); ``kept(new, old, real)`` chooses."""
    states = [state]
    for t in range(inputs.shape[1]):
        new = _step(inputs[:, t], states[-1])
        states.append(kept(new, states[-1], mask[:, t, None]))
    return np.array(states)


@exercise
def final_state(answer):
    """``answer(step, inputs, mask, state)``: the state after the last real step."""
    random = np.random.default_rng(0)
    inputs, state = random.normal(size=(4, 5, 2)), random.normal(size=(4, 2))
    mask = np.array(
        [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 1], [1, 0, 0, 1, 1]], dtype=bool
    )
    inputs[~mask] = 9.0

    def last(kept, inputs=inputs, state=state):
        return _states(inputs, mask, state, kept)[-1]

    def waiting(new, old, real):
        return np.where(real, new, old)

    def always(new, old, real):
        return new

    found = answer(_step, inputs.copy(), mask.copy(), state.copy())
    found = expect_shape(found, (4, 2), "state")
    plain = _states(inputs, mask, state, always)
    counts = mask.sum(axis=1)
    _diagnose(
        found,
        [
            (last(always), "the padding was read like words.", "填充被当成真实的步读进去了。"),
            (
                last(lambda new, old, real: new * real),
                "at padding the state becomes zero: everything read before is forgotten. It "
                "should stay as it was.",
                "遇到填充，状态变成了零，之前读的全忘了。状态应保持原样。",
            ),
            (
                last(always, inputs=inputs * mask[:, :, None]),
                "the padding was set to zero, but the step was made: an input of zero moves the "
                "state, too.",
                "你把填充置零了，但还是走了那一步：输入为零，状态照样会动。",
            ),
            (
                plain[counts, np.arange(4)],
                "that is the state after as many steps as are real. It is right only where all "
                "padding stands at the end; here some stands in front or in the middle.",
                "这是走过“真实步数”那么多步之后的状态。只有填充全在末尾时才对；这里有的在开头，有的在中间。",
            ),
            (
                _states(inputs[:, :1], mask, state, always)[-1],
                "it stops for all as soon as one sequence has padding.",
                "只要有一个序列遇到填充，全体就停下了。",
            ),
            (
                last(waiting, state=np.zeros_like(state)),
                "it starts from zeros; start from state.",
                "你是从零开始的；应从 state 开始。",
            ),
        ],
    )
    expect_close(found, last(waiting), at_most=1e-9, name="state")


@exercise
def continued(answer):
    """``answer(series, rows, steps)``: (batches, rows, steps), each row goes on in the next."""
    for count, rows, steps in ((83, 4, 5), (53, 3, 4), (24, 2, 4)):
        number = count // (rows * steps)
        found = expect_shape(
            answer(np.arange(count), rows, steps), (number, rows, steps), "array of batches"
        )
        if np.any(np.diff(found, axis=2) != 1):
            raise NotYet(
                "inside a row the steps do not follow each other.",
                "同一行里的各步不是前后相接的。",
            )
        ends, starts = found[:, :, -1], found[:, :, 0]
        if np.array_equal(starts[1:], ends[:-1] + 1):
            if len(np.unique(found)) < found.size:
                raise NotYet(
                    "rows overlap: a value is there twice.", "行与行重叠了：有的值出现两次。"
                )
            continue
        if np.array_equal(starts[:, 1:], ends[:, :-1] + 1):
            raise NotYet(
                "a row goes on in the next row of the same batch. But the state that row 0 leaves "
                "is given to row 0 of the next batch: there the row must go on.",
                "一行接在了同一批的下一行。可是第 0 行留下的状态会交给下一批的第 0 行："
                "应在那里接上。",
            )
        if np.array_equal(starts[1:, :], ends[:-1, :] + 1 - steps + 1):
            raise NotYet(
                "each batch begins one step after the one before: these are sliding windows, and "
                "the state has seen most of them.",
                "每一批只比前一批晚一步：这是滑动窗口，其中大部分状态已经读过。",
            )
        raise NotYet(
            f"row 0 of batch 0 ends with step {ends[0, 0]}, and row 0 of batch 1 begins with "
            f"step {starts[1, 0]}.",
            f"第 0 批第 0 行止于第 {ends[0, 0]} 步，第 1 批第 0 行却始于第 {starts[1, 0]} 步。",
        )


@exercise
def carry(answer):
    """``answer(series, start)``: the last value in each gap, and how old it is, (steps,) each."""
    nan, start = np.nan, 2.5
    series = np.array([nan, nan, 4.0, 5.0, nan, nan, nan, 1.0, nan, 3.0, 8.0, nan, nan])
    given = series.copy()
    both = answer(given, start)
    if both is None or both is ...:
        raise NotImplementedError
    if not isinstance(both, (tuple, list)) or len(both) != 2:
        raise NotYet("two arrays are wanted: filled, age.", "应返回两个数组：filled, age。")
    if not np.array_equal(given, series, equal_nan=True):
        raise NotYet(
            "the series that was given has changed: fill a copy.",
            "传进来的序列被改动了：应填在副本里。",
        )
    filled = expect_shape(both[0], series.shape, "filled").astype(float)
    age = expect_shape(both[1], series.shape, "age").astype(float)
    right, old = carried(series, start)
    there = np.flatnonzero(~np.isnan(series))
    backwards = carried(series[::-1], start)[0][::-1]
    line = np.interp(np.arange(len(series)), there, series[there])
    led = np.where(np.arange(len(series)) < there[0], start, line)
    _diagnose(
        filled,
        [
            (
                backwards,
                "each gap has the value that comes *after* it, which nobody knows yet.",
                "缺口里填的是**后面**的值，那时谁也还不知道。",
            ),
            *(
                (
                    way,
                    "a straight line through a gap needs the value at its far end: it looks ahead.",
                    "在缺口里连直线，要用到缺口另一端的值：这是偷看未来。",
                )
                for way in (line, led)
            ),
            *(
                (
                    np.where(np.isnan(series), value, series),
                    "one number was put into all gaps, and it was computed from values that come "
                    "later.",
                    "所有缺口填了同一个数，而它是用后面的值算出来的。",
                )
                for value in (np.nanmean(series), np.nanmedian(series), np.nanmax(series))
            ),
            (
                np.where(np.isnan(series), start, series),
                "start stands in every gap; it is for steps that have no value before them.",
                "每个缺口都填了 start；它只用于前面还没有任何值的步。",
            ),
            (
                np.where(np.isnan(series), 0, series),
                "there are zeros in the gaps, and zero is a value like any other.",
                "缺口里填的是零，而零也是一个普通的值。",
            ),
        ],
    )
    if np.isnan(filled[: there[0]]).any():
        raise NotYet(
            "before the first value there is no last one: put start there.",
            "第一个值之前没有“上一个值”：那里填 start。",
        )
    if np.isnan(filled).any():
        raise NotYet(
            f"step {np.flatnonzero(np.isnan(filled))[0]} is still missing.",
            f"第 {np.flatnonzero(np.isnan(filled))[0]} 步还空着。",
        )
    expect_close(filled, right, at_most=1e-9, name="filled")
    _diagnose(
        age,
        [
            (
                np.isnan(series),
                "that says *whether* a value is missing; wanted is for how many steps it has been.",
                "这只说明缺**没缺**；要的是已经缺了几步。",
            ),
            (
                carried(series[::-1], start)[1][::-1],
                "that counts to the end of the gap, which nobody knows yet.",
                "这数的是离缺口结束还有几步，那时谁也还不知道。",
            ),
        ],
    )
    expect_close(age, old, at_most=1e-9, name="age")
