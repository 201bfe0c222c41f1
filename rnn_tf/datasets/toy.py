r"""Small sequence tasks whose best possible answer is known.

All are drawn fresh from a seed. Inputs are float32 (count, steps, features), targets float32.
Each docstring states two numbers:

* the floor: what no model can beat;
* the baseline: what a model without memory of the past can reach.
"""

import math

import numpy as np

from rnn_tf.datasets.base import Dataset, Split
from rnn_tf.errors import wrong


def delayed_echo(count, num_steps, delay, *, seed):
    """Say now what was heard ``delay`` steps ago.

    Returns inputs (count, num_steps, 1), fair bits 0 or 1, and targets (count, num_steps, 1):
    ``targets[:, t] == inputs[:, t - delay]``, and 0 for the first ``delay`` steps.

    From step ``delay`` on: floor 0 errors; baseline without memory: accuracy 1/2, MSE 1/4,
    cross-entropy ln 2. With delay 0 no memory is needed.
    """
    _whole("delay", delay, least=0, most=num_steps - 1)
    inputs = _bits(count, num_steps, seed)
    targets = np.zeros_like(inputs)
    targets[:, delay:] = inputs[:, : num_steps - delay]
    return inputs, targets


def running_parity(count, num_steps, *, seed):
    """Has the number of ones so far been odd? Asked at every step.

    Returns inputs (count, num_steps, 1), fair bits, and targets (count, num_steps, 1): 1 after an
    odd number of ones.

    Floor 0 errors; baseline without memory: from the second step on accuracy 1/2, cross-entropy
    ln 2. (At the first step the bit is its own parity.)
    """
    inputs = _bits(count, num_steps, seed)
    return inputs, np.cumsum(inputs, axis=1, dtype=np.float64).astype(np.float32) % 2


def majority(count, num_steps, *, seed):
    """Were there more ones than zeros? Asked once, at the end.

    Returns inputs (count, num_steps, 1), fair bits, and targets (count, 1). ``num_steps`` must be
    odd, so that there are no ties.

    Floor 0 errors; baseline without memory: repeating the last bit, ``last_bit_accuracy``.
    """
    if num_steps % 2 == 0:
        raise wrong("num_steps", num_steps, "an odd number: with an even one there are ties")
    inputs = _bits(count, num_steps, seed)
    return inputs, (inputs.sum(axis=1) > num_steps / 2).astype(np.float32)


def last_bit_accuracy(num_steps):
    r"""How often the last of ``num_steps`` (odd) fair bits is the majority.

    It decides exactly when the $n-1$ others are tied, else it agrees half of the time:
    $\frac{1}{2} + \frac{1}{2} \binom{n-1}{(n-1)/2} 2^{-(n-1)}$.
    """
    others = num_steps - 1
    return 0.5 + 0.5 * math.comb(others, others // 2) / 2**others


def first_bit(count, num_steps, *, seed):
    """Which bit came first? Asked once, at the end: pure memory over ``num_steps`` steps.

    Returns inputs (count, num_steps, 1), fair bits, and targets (count, 1).

    Floor 0 errors; baseline without memory (``num_steps`` > 1): accuracy 1/2, cross-entropy ln 2.
    """
    inputs = _bits(count, num_steps, seed)
    return inputs, inputs[:, 0].copy()


def last_written(count, num_steps, *, chance, seed):
    """Say the number that was heard when "write" was last pressed; all others are chatter.

    Returns inputs (count, num_steps, 2): feature 0 uniform in [-1, 1), feature 1 the button, 1 at
    the first step and then with probability ``chance`` at each; and targets (count, num_steps, 1).

    Floor 0; baseline without memory, wherever nothing is written: always answering 0 has MSE 1/3.
    A memory must hold a number, not a bit, and let it be written over.
    """
    if not 0 <= chance <= 1:
        raise wrong("chance", chance, "a probability, from 0 to 1")
    _whole("count", count)
    _whole("num_steps", num_steps)
    rng = np.random.default_rng(seed)
    numbers = 2 * rng.random((count, num_steps, 1), np.float32) - 1
    pressed = rng.random(numbers.shape) < chance
    pressed[:, 0] = True
    steps = np.arange(num_steps)[None, :, None]
    written_at = np.maximum.accumulate(np.where(pressed, steps, 0), axis=1)
    inputs = np.concatenate([numbers, pressed.astype(np.float32)], axis=2)
    return inputs, np.take_along_axis(numbers, written_at, axis=1)


def adding_problem(count, num_steps, *, seed):
    """Add the two marked numbers, one in each half of the sequence.

    Returns inputs (count, num_steps, 2): feature 0 uniform in [0, 1), feature 1 the marker, 1 at
    two steps and else 0; and targets (count, 1), the sum.

    Floor 0; baseline: always answering 1 has MSE 2/12 = 1/6.

    Source: S. Hochreiter and J. Schmidhuber (1997), Long short-term memory, §5.4, in the form of
    Q. Le, N. Jaitly and G. Hinton (2015).
    """
    _whole("count", count)
    _whole("num_steps", num_steps, least=2)
    rng = np.random.default_rng(seed)
    inputs = np.zeros((count, num_steps, 2), np.float32)
    inputs[:, :, 0] = rng.random((count, num_steps), np.float32)
    row, half = np.arange(count), num_steps // 2
    first = rng.integers(0, half, count)
    second = rng.integers(half, num_steps, count)
    inputs[row, first, 1] = inputs[row, second, 1] = 1
    return inputs, (inputs[row, first, :1] + inputs[row, second, :1])


def noisy_sine(length, *, noise=0.02, period=25.0, amplitude=0.4, seed):
    r"""A sine whose every value carries fresh Gaussian noise of standard deviation ``noise``.

    Returns the series, float32 (length,); the phase is drawn from the seed. Cut it into examples
    with ``windows`` or ``split_series``.

    Floor of one-step prediction: ``noise**2``, the part of the next value that is not in the
    past; ``sine_floor`` is the slightly higher one that a window of noisy values allows.
    Baselines: the mean has $a^2/2$ + noise²; persistence has
    $a^2 (1 - \cos(2\pi/\mathrm{period}))$ + 2 noise².
    """
    _whole("length", length)
    if noise < 0:
        raise wrong("noise", noise, "a standard deviation, 0 or more")
    rng = np.random.default_rng(seed)
    phase = rng.uniform(0, 2 * np.pi)
    time = np.arange(length)
    clean = amplitude * np.sin(2 * np.pi * time / period + phase)
    return (clean + noise * rng.standard_normal(length)).astype(np.float32)


def sine_floor(num_steps, *, noise=0.02, period=25.0):
    """MSE of the best unbiased one-step prediction from ``num_steps`` noisy values.

    The period is taken as known; amplitude and phase must be estimated from the window by least
    squares, and the error of that estimate comes on top of the noise of the value to predict:
    noise² · (1 + a·(XᵀX)⁻¹·a), with a row (sin, cos) a step in X and the step ahead in a.
    About noise² · (1 + 2 / num_steps) where the window holds whole periods.
    """
    _whole("num_steps", num_steps, least=2)
    angle = 2 * np.pi * np.arange(num_steps + 1) / period
    rows = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    window, ahead = rows[:-1], rows[-1]
    return noise**2 * (1 + ahead @ np.linalg.solve(window.T @ window, ahead))


def windows(series, num_steps, horizon=1):
    """Every window of a series with the ``horizon`` values that follow it.

    Args:
        series: (length,), in order of time.

    Returns inputs (count, num_steps, 1) and targets (count, horizon), with
    ``inputs[i, :, 0] == series[i : i + num_steps]`` and
    ``targets[i] == series[i + num_steps : i + num_steps + horizon]``;
    ``count = length - num_steps - horizon + 1``.
    """
    series = np.asarray(series)
    if series.ndim != 1:
        raise wrong("series", series.shape, "(length,): one value a step")
    _whole("num_steps", num_steps)
    _whole("horizon", horizon)
    needed = num_steps + horizon
    if len(series) < needed:
        raise wrong("series", f"{len(series)} values", f"at least num_steps + horizon = {needed}")
    both = np.lib.stride_tricks.sliding_window_view(series, needed)
    both = np.ascontiguousarray(both, dtype=np.float32)
    return both[:, :num_steps, None], both[:, num_steps:]


def split_series(series, num_steps, horizon=1, *, validation=0.2, test=0.2, name="series"):
    """Cut a series into past, middle and future first, and each part into windows then.

    No value of the series is seen by two parts: neither as an input nor as a target.
    ``validation`` and ``test`` are shares of the series. Returns a ``Dataset``.
    """
    series = np.asarray(series)
    ends = _ends(len(series), validation, test)
    parts = [Split(*windows(part, num_steps, horizon)) for part in np.split(series, ends)]
    return Dataset(name, *parts, source=f"generated, {len(series)} values")


def split_examples(inputs, targets, *, validation=0.2, test=0.2, name="toy"):
    """Share examples out so that no input sequence occurs in two parts.

    Short sequences of bits repeat: of 10 bits there are only 1024. All copies of a sequence go
    to the same part, so a test example was never trained on. ``validation`` and ``test`` are
    shares of the different sequences. Returns a ``Dataset``.
    """
    inputs, targets = np.asarray(inputs), np.asarray(targets)
    flat = inputs.reshape(len(inputs), -1)
    _, first, group = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    # In order of first appearance: the values in a sequence must not decide where it goes.
    place = np.empty(len(first), int)
    place[np.argsort(first)] = np.arange(len(first))
    part = np.searchsorted(_ends(len(first), validation, test), place[group.ravel()], side="right")
    parts = [Split(inputs[part == p], targets[part == p]) for p in range(3)]
    return Dataset(name, *parts, source=f"generated, {len(inputs)} examples")


def _ends(length, validation, test):
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise wrong("validation, test", (validation, test), "shares above 0, together below 1")
    return [length - round(length * (validation + test)), length - round(length * test)]


def _bits(count, num_steps, seed):
    _whole("count", count)
    _whole("num_steps", num_steps)
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, (count, num_steps, 1)).astype(np.float32)


def _whole(argument, value, least=1, most=None):
    good = isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least
    if not good or (most is not None and value > most):
        upto = "" if most is None else f" to {most}"
        raise wrong(argument, repr(value), f"a whole number from {least}{upto or ' up'}")
