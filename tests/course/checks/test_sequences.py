"""Checks of lesson 11's lab against answers right and wrong."""

import functools

import numpy as np

from rnn_tf.course.checks import filling
from rnn_tf.course.checks import sequences as check
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def unwritten(*arguments):
    raise NotImplementedError


# 1. a mean over real steps


def by_sum(values, mask):
    real = mask[:, :, None]
    return (values * real).sum(axis=1) / np.maximum(real.sum(axis=1), 1)


def by_row(values, mask):
    pairs = zip(values, mask, strict=True)
    return [row[real].mean(axis=0) if real.any() else 0 * row[0] for row, real in pairs]


def nan_of_nothing(values, mask):
    return (values * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None]


# 2. the state waits


def waits(step, inputs, mask, state):
    for t in range(inputs.shape[1]):
        state = np.where(mask[:, t, None], step(inputs[:, t], state), state)
    return state


def row_by_row(step, inputs, mask, state):
    found = []
    for sequence, real, h in zip(inputs, mask, state, strict=True):
        h = h[None]
        for x in sequence[real]:
            h = step(x[None], h)
        found.append(h[0])
    return np.array(found)


def run(step, inputs, mask, state, kept):
    for t in range(inputs.shape[1]):
        state = kept(step(inputs[:, t], state), state, mask[:, t, None])
    return state


def reads_all(step, inputs, mask, state):
    return run(step, inputs, mask, state, lambda new, old, real: new)


def forgets(step, inputs, mask, state):
    return run(step, inputs, mask, state, lambda new, old, real: new * real)


def zeros_read(step, inputs, mask, state):
    return reads_all(step, inputs * mask[:, :, None], mask, state)


def state_at_the_count(step, inputs, mask, state):
    states = [state]
    for t in range(inputs.shape[1]):
        states.append(step(inputs[:, t], states[-1]))
    return np.array(states)[mask.sum(axis=1), np.arange(len(inputs))]


def stops_for_all(step, inputs, mask, state):
    for t in range(inputs.shape[1]):
        if mask[:, t].all():
            state = step(inputs[:, t], state)
        else:
            break
    return state


def first_only(step, inputs, mask, state):
    return step(inputs[:, 0], state)


# 3. buckets


def buckets(lengths, size, random, *, keep_order=False, most=None):
    order = np.argsort(lengths + random.random(len(lengths)))
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    if most is not None:
        batches = batches[:most]
    return batches if keep_order else [batches[k] for k in random.permutation(len(batches))]


def by_width(lengths, size, random):
    """Whole buckets of lengths, shuffled inside; then all batches are shuffled."""
    batches = []
    for low in range(0, max(lengths) + 1, 6):
        rows = random.permutation(np.flatnonzero((lengths >= low) & (lengths < low + 6)))
        batches += [list(rows[start : start + size]) for start in range(0, len(rows), size)]
    random.shuffle(batches)
    return batches


def same_every_time(lengths, size, random):
    return buckets(lengths, size, np.random.default_rng(4))


def full_ones_only(lengths, size, random):
    order = np.argsort(lengths)[: len(lengths) // size * size].reshape(-1, size)
    return list(random.permutation(order))


def shuffled(lengths, size, random):
    order = random.permutation(len(lengths))
    return [order[start : start + size] for start in range(0, len(order), size)]


def lengths_themselves(lengths, size, random):
    return [lengths[rows] for rows in buckets(lengths, size, random)]


# 4. rows of a long series


def rows_by_reshape(series, rows, steps):
    whole = series[: len(series) // (rows * steps) * rows * steps]
    return whole.reshape(rows, -1, steps).swapaxes(0, 1)


def rows_by_loop(series, rows, steps):
    stride = len(series) // rows  # rows a little further apart are as good
    count = stride // steps
    starts = [r * stride for r in range(rows)]
    return [[series[s + k * steps : s + (k + 1) * steps] for s in starts] for k in range(count)]


def neighbours(series, rows, steps):
    return series[: len(series) // (rows * steps) * rows * steps].reshape(-1, rows, steps)


def not_exchanged(series, rows, steps):
    return rows_by_reshape(series, rows, steps).swapaxes(0, 1)


def by_columns(series, rows, steps):
    whole = series[: len(series) // (rows * steps) * rows * steps]
    return whole.reshape((-1, rows, steps), order="F")


def sliding(series, rows, steps):
    count, stride = len(series) // (rows * steps), len(series) // rows
    return [[series[r * stride + k :][:steps] for r in range(rows)] for k in range(count)]


def one_row_for_all(series, rows, steps):
    count = len(series) // (rows * steps)
    return [[series[k * steps : (k + 1) * steps]] * rows for k in range(count)]


def one_batch_less(series, rows, steps):
    return rows_by_reshape(series, rows, steps)[:-1]


def later_batches_first(series, rows, steps):
    return rows_by_reshape(series, rows, steps)[::-1]


# 5. the last value


def carry(series, start):
    filled, age = [], []
    for value in series:
        missing = np.isnan(value)
        age.append((age[-1] if age else 0) + 1 if missing else 0)
        filled.append((filled[-1] if filled else start) if missing else value)
    return filled, age


def by_index(series, start):
    steps = np.arange(len(series))
    at = np.maximum.accumulate(np.where(np.isnan(series), -1, steps))
    return np.where(at < 0, start, series[at]), steps - at


def carried_back(series, start):
    filled, age = by_index(series[::-1], start)
    return filled[::-1], age[::-1]


def straight(series, start):
    there = np.flatnonzero(~np.isnan(series))
    return np.interp(np.arange(len(series)), there, series[there]), by_index(series, start)[1]


def filled_with(value):
    def fill(series, start):
        number = value(series, start)
        return np.where(np.isnan(series), number, series), by_index(series, start)[1]

    return fill


def open_start(series, start):
    filled, age = by_index(series, start)
    return np.where(np.maximum.accumulate(~np.isnan(series)), filled, np.nan), age


def in_place(series, start):
    filled, age = by_index(series, start)
    series[...] = filled
    return series, age


def aged(change):
    return lambda series, start: (by_index(series, start)[0], change(series))


def indicator(series):
    return np.isnan(series).astype(float)


def steps_to_come(series):
    return carried_back(series, 0.0)[1]


# 6. fill for a forecast


def by_daily_cycle(series, hours):
    """The last value, moved by the mean change of each hour of the day seen so far."""
    filled, total, count = series.copy(), np.zeros(24), np.zeros(24)
    for t in range(1, len(series)):
        hour = hours[t]
        if np.isnan(series[t]):
            filled[t] = filled[t - 1] + total[hour] / max(count[hour], 1)
        elif not np.isnan(series[t - 1]):
            total[hour] += series[t] - series[t - 1]
            count[hour] += 1
    return filled


def by_cycle_of_training(series, hours):
    """The same with the changes of the training part, learnt once."""
    known, at = check.hidden(seed=7)
    known, at = known[:5000], at[:5000]
    moves = np.diff(known, prepend=np.nan)
    mean = np.array([np.nanmean(moves[at == hour]) for hour in range(24)])
    filled = series.copy()
    for t in np.flatnonzero(np.isnan(series)):
        filled[t] = filled[t - 1] + mean[hours[t]]
    return filled


def interpolated(series, hours):
    there = np.flatnonzero(~np.isnan(series))
    return np.interp(np.arange(len(series)), there, series[there])


def mean_of_all(series, hours):
    return np.where(np.isnan(series), np.nanmean(series), series)


def a_constant(series, hours):
    return np.where(np.isnan(series), 12.0, series)


def as_a_day_ago(series, hours):
    filled = series.copy()
    for t in np.flatnonzero(np.isnan(series)):
        filled[t] = filled[t - 24] if t >= 24 else filled[t - 1]
    return filled


def smoothed(series, hours):
    filled = check.last_value(series, hours)
    return np.convolve(filled, np.ones(3) / 3)[: len(filled)]


CASES = {
    check.masked_mean: Answers(
        right=[by_sum, by_row],
        wrong=[
            (lambda values, mask: values.mean(axis=1), "mask does nothing"),
            (lambda values, mask: (values * mask[:, :, None]).mean(axis=1), "padded length"),
            (lambda values, mask: values.sum(axis=1) / mask.sum(axis=1)[:, None], "need not be"),
            (lambda v, m: (v * m).sum(axis=1) / m.sum(axis=1)[:, None], "last axis of 1"),
            (lambda v, m: (v * m[:, :, None]).sum(axis=1) / m.sum(), "whole batch"),
            (lambda v, m: (v * m[:, :, None]).sum(axis=1) / m.sum(axis=0)[:, None], "wrong axis"),
            (lambda v, m: (v * m[:, :, None]).mean(axis=0), "over the batch"),
            (nan_of_nothing, "not a number"),
            (lambda v, m: by_sum(v, m)[0], "shape (4,)"),
            (lambda v, m: 2 * by_sum(v, m), "off by"),
            (lambda v, m: by_sum(v, m) + ~m.any(axis=1)[:, None], "mean of no step"),
            (unwritten, "written"),
        ],
    ),
    check.final_state: Answers(
        right=[waits, row_by_row],
        wrong=[
            (reads_all, "read like words"),
            (forgets, "becomes zero"),
            (zeros_read, "moves the state"),
            (state_at_the_count, "in the middle"),
            (first_only, "stops for all"),
            (stops_for_all, "off by"),
            (lambda s, x, m, h: waits(s, x, m, np.zeros_like(h)), "start from state"),
            (lambda s, x, m, h: waits(s, x, ~m, h), "off by"),
            (lambda s, x, m, h: waits(s, x, m, h)[0], "shape (2,)"),
            (unwritten, "written"),
        ],
    ),
    check.buckets: Answers(
        right=[buckets, by_width],
        wrong=[
            (functools.partial(buckets, keep_order=True), "in order of length"),
            (same_every_time, "same order"),
            (full_ones_only, "The last batch counts"),
            (shuffled, "similar lengths"),
            (lambda n, size, random: buckets(n, size, random) * 2, "more than one batch"),
            (lambda n, size, random: buckets(n, 2 * size, random), "16 at most"),
            (lambda n, size, random: buckets(n, 4, random), "cost time"),
            (lengths_themselves, "no batch"),
            (lambda n, size, random: [rows + 1 for rows in buckets(n, size, random)], "0 to 202"),
            (lambda n, size, random: ..., "written"),
        ],
    ),
    check.continued: Answers(
        right=[rows_by_reshape, rows_by_loop],
        wrong=[
            (neighbours, "next row of the same batch"),
            (not_exchanged, "next row of the same batch"),
            (by_columns, "do not follow"),
            (sliding, "sliding windows"),
            (one_row_for_all, "overlap"),
            (one_batch_less, "shape"),
            (later_batches_first, "row 0 of batch 1 begins"),
            (lambda series, rows, steps: ..., "written"),
        ],
    ),
    check.carry: Answers(
        right=[carry, by_index],
        wrong=[
            (carried_back, "comes *after*"),
            (straight, "looks ahead"),
            (filled_with(lambda series, start: np.nanmean(series)), "come later"),
            (filled_with(lambda series, start: np.nanmax(series)), "come later"),  # article 004's
            (filled_with(lambda series, start: start), "no value before"),
            (filled_with(lambda series, start: 0.0), "zero is a value"),
            (open_start, "put start there"),
            (filled_with(lambda series, start: np.nan), "put start there"),
            (in_place, "fill a copy"),
            (aged(indicator), "for how many steps"),
            (aged(steps_to_come), "nobody knows yet"),
            (aged(lambda series: by_index(series, 0.0)[1] - 1), "age"),
            (lambda series, start: by_index(series, start)[0], "two arrays"),
            (lambda series, start: (by_index(series, start + 1)[0], series), "off by"),
            (unwritten, "written"),
        ],
    ),
    check.filling: Answers(
        right=[by_daily_cycle, by_cycle_of_training],
        wrong=[
            (interpolated, "looks ahead"),
            (mean_of_all, "looks ahead"),
            (a_constant, "times that of"),
            (check.last_value, "1.00 times"),
            (as_a_day_ago, "times that of"),
            (smoothed, "measured value has changed"),
            (lambda series, hours: series, "no numbers"),
            (unwritten, "written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_every_check_has_answers = harness.completeness_of(CASES, check)


def test_padding_of_a_batch_is_counted_by_its_longest():
    lengths = np.array([2, 4, 3])
    assert check.padding_share(lengths, [np.array([0, 1]), np.array([2])]) == 1 - 9 / 11


def test_gaps_are_blocks_and_hide_a_quarter():
    series, hours = check.hidden(seed=0)
    lost = np.isnan(series)
    blocks = np.sum(np.diff(lost.astype(int)) == 1)
    assert series.shape == hours.shape and not lost[0]
    assert abs(lost.mean() - 0.25) < 1e-3 and 8 < lost.sum() / blocks < 20


def test_what_is_filled_perfectly_has_no_gap_error_and_the_least_forecast_error():
    def truth(series, hours):
        return filling._temperatures()[0][: len(series)]

    gap, forecast = check.errors(truth)
    assert np.all(gap == 0) and np.all(forecast < check.errors(check.last_value)[1])
