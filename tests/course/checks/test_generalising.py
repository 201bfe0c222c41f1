"""Checks of lesson 10's lab against answers right and wrong."""

import functools

import numpy as np

from rnn_tf.baselines import linear, neighbours
from rnn_tf.course.checks import generalising as check
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def unwritten(*arguments):
    raise NotImplementedError


# 1. early stopping


def stop(history, patience, *, curve="val_loss", slack=0, ties=False):
    best, waited = 0, 0
    losses = history[curve]
    for epoch in range(1, len(losses)):
        better = losses[epoch] < losses[best] or (ties and losses[epoch] == losses[best])
        best, waited = (epoch, 0) if better else (best, waited + 1)
        if waited == patience + slack:
            return epoch + 1, best + 1
    return len(losses), best + 1


def by_running_minimum(history, patience):
    losses = np.array(history["val_loss"])
    for end in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:end]))
        if end - 1 - best == patience:
            break
    return np.array([end, best + 1])


def at_first_rise(history, patience):
    losses = history["val_loss"]
    for epoch in range(1, len(losses)):
        if losses[epoch] >= losses[epoch - 1]:
            return epoch + 1, epoch
    return len(losses), len(losses)


def last_weights(history, patience):
    return (stop(history, patience)[0],) * 2


def lowest_of_all(history, patience):
    return len(history["val_loss"]), int(np.argmin(history["val_loss"])) + 1


def counting_falls_anew(history, patience):
    losses, waited, best = history["val_loss"], 0, 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        best = epoch if losses[epoch] < losses[best] else best
        if waited == patience:
            return epoch + 1, best + 1
    return len(losses), best + 1


# 2. dropout


def dropped(inputs, rate, random, *, axes=(0, 2), scale=None, keep_rate=False):
    shape = [size if axis in axes else 1 for axis, size in enumerate(inputs.shape)]
    draws = random.random(shape)
    mask = draws < rate if keep_rate else draws >= rate
    return inputs * mask * (1 / (1 - rate) if scale is None else scale)


def by_choice(inputs, rate, random):
    batch, steps, features = inputs.shape
    mask = random.choice([0.0, 1 / (1 - rate)], size=(batch, features), p=[rate, 1 - rate])
    return np.stack([inputs[:, step] * mask for step in range(steps)], axis=1)


def in_place(inputs, rate, random):
    inputs *= (random.random((len(inputs), 1, inputs.shape[2])) >= rate) / (1 - rate)
    return inputs


# 3. L2


def l2_step(weights, gradients, rate, strength, *, pull=lambda w: 2 * w, free=("bias",), sign=1):
    return {
        name: w - sign * rate * (gradients[name] + (0 if name in free else strength * pull(w)))
        for name, w in weights.items()
    }


def shrunk_first(weights, gradients, rate, strength):
    found = {}
    for name in weights:
        factor = 1 if name == "bias" else 1 - 2 * rate * strength
        found[name] = factor * weights[name] - rate * gradients[name]
    return found


def decoupled(weights, gradients, rate, strength):
    return {
        n: w - rate * gradients[n] - (0 if n == "bias" else 2 * strength * w)
        for n, w in weights.items()
    }


def l2_in_place(weights, gradients, rate, strength):
    for name, w in weights.items():
        w -= rate * (gradients[name] + (0 if name == "bias" else 2 * strength * w))
    return weights


# 4. augmentation


def another(melody, random, *, shift=0.5, slow=0.2, sign=1):
    frames = round(len(melody) * random.uniform(1 - slow, 1 + slow))
    places = np.linspace(0, len(melody) - 1, frames)
    return sign * np.interp(places, np.arange(len(melody)), melody) + random.uniform(-shift, shift)


def by_picking_frames(melody, random):
    """The nearest frame instead of a straight line; only three speeds."""
    frames = random.choice([round(len(melody) * speed) for speed in (0.8, 1, 1.2)])
    frames = int(frames)
    places = np.linspace(0, len(melody) - 1, frames).round().astype(int)
    steps = melody[places] + random.normal() / 10
    return np.interp(np.arange(frames), np.arange(frames), steps)


def backwards(melody, random):
    return another(melody, random)[::-1]


def cut(melody, random):
    frames = random.integers(24, 37)
    return np.resize(melody, frames)[: len(melody)] + random.uniform(-0.5, 0.5)


def shift_by_frame(melody, random):
    longer = another(melody, random, shift=0.0)
    return longer + random.uniform(-0.5, 0.5, len(longer))


def shifted_in_place(melody, random):
    melody += random.uniform(-0.5, 0.5)
    return another(melody, random)


def higher_only(melody, random):
    return another(melody, random, shift=0.0) + random.uniform(0, 0.5)


def slower_only(melody, random):
    frames = random.integers(len(melody), round(1.2 * len(melody)) + 1)
    places = np.linspace(0, len(melody) - 1, frames)
    return np.interp(places, np.arange(len(melody)), melody) + random.uniform(-0.5, 0.5)


# 5. a split


def split(length, num_steps, share, *, gap=True, back=False, last=0):
    border = length - round(share * length)
    train = np.arange(0, border - (num_steps if gap else 0))
    return train, np.arange(border - (num_steps if back else 0), length - num_steps + last)


def by_values(length, num_steps, share):
    border = length - round(share * length)
    every = range(length - num_steps)
    return (
        [start for start in every if start + num_steps < border],
        [start for start in every if start >= border],
    )


def shuffled(length, num_steps, share):
    starts = np.random.default_rng(0).permutation(length - num_steps)
    held = round(share * len(starts))
    return np.sort(starts[held:]), np.sort(starts[:held])


def cut_in_two(length, num_steps, share):
    """The windows in order, but the border goes through them."""
    starts = np.arange(length - num_steps)
    held = round(share * length)
    return starts[:-held], starts[-held:]


# 6. sixty syllables


def fit_neighbours(melodies, labels, held_out, seed):
    predict = neighbours.fit(neighbours.resampled(melodies, 10), labels, k=9)
    return lambda asked: predict(neighbours.resampled(asked, 10))


def fit_slopes(melodies, labels, held_out, seed):
    """Nearest neighbours of centred melodies: height says little about a tone."""

    def centred(some):
        rows = neighbours.resampled(some, 8)
        return rows - rows.mean(axis=1, keepdims=True)

    predict = neighbours.fit(centred(melodies), labels, k=7)
    return lambda asked: predict(centred(asked))


def fit_linear(melodies, labels, held_out, seed):
    weights = linear.fit(neighbours.resampled(melodies, 10), np.eye(4)[labels], ridge=100)
    return lambda asked: weights(neighbours.resampled(asked, 10)).argmax(axis=1)


def from_one(melodies, labels, held_out, seed):
    named = fit_neighbours(melodies, labels, held_out, seed)
    return lambda asked: named(asked) + 1


CASES = {
    check.stop_early: Answers(
        right=[stop, by_running_minimum],
        wrong=[
            (at_first_rise, "at the first rise"),
            (last_weights, "last epoch is returned"),
            (functools.partial(stop, curve="test_loss"), "test loss"),
            (functools.partial(stop, curve="loss"), "training loss"),
            (lowest_of_all, "nobody knows"),
            (functools.partial(stop, slack=1), "off by one"),
            (functools.partial(stop, slack=-1), "off by one"),
            (functools.partial(stop, ties=True), "equal loss"),
            (counting_falls_anew, "each fall starts the count anew"),
            (lambda h, p: tuple(np.subtract(stop(h, p), 1)), "counted from 1"),
            (lambda h, p: stop(h, p)[0], "two epochs"),
            (lambda h, p: (5, 1), "curve 1"),
            (unwritten, "written"),
        ],
    ),
    check.dropped: Answers(
        right=[dropped, by_choice],
        wrong=[
            (functools.partial(dropped, axes=(0, 1, 2)), "mask of its own"),
            (functools.partial(dropped, axes=(2,)), "same mask"),
            (functools.partial(dropped, axes=(0,)), "whole sequences"),
            (functools.partial(dropped, scale=1), "old size"),
            (functools.partial(dropped, scale=0.75), "smaller still"),
            (functools.partial(dropped, scale=2), "1 / (1 − rate)"),
            (functools.partial(dropped, keep_rate=True), "swapped"),
            (lambda x, rate, random: dropped(x, 0.5, random), "50% of the features"),
            (lambda x, rate, random: dropped(x, rate, np.random.default_rng(7)), "same mask"),
            (lambda x, rate, random: x, "nothing was set to 0"),
            (lambda x, rate, random: x[:, 0], "shape"),
            (in_place, "make new ones"),
            (lambda *arguments: ..., "written"),
        ],
    ),
    check.l2_step: Answers(
        right=[l2_step, shrunk_first],
        wrong=[
            (functools.partial(l2_step, pull=lambda w: w), "factor 2"),
            (functools.partial(l2_step, pull=lambda w: -2 * w), "sign"),
            (functools.partial(l2_step, pull=np.sign), "L1"),
            (functools.partial(l2_step, pull=np.square), "slope is wanted"),
            (functools.partial(l2_step, pull=lambda w: 0 * w), "no penalty"),
            (functools.partial(l2_step, sign=-1), "uphill"),
            (functools.partial(l2_step, free=()), "leave it free"),
            (functools.partial(l2_step, free=("bias", "recurrent_kernel")), "recurrent_kernel"),
            (decoupled, "learning rate"),
            (l2_in_place, "make new ones"),
            (lambda w, g, r, s: list(l2_step(w, g, r, s).values()), "dictionary"),
            (unwritten, "written"),
        ],
    ),
    check.another_melody: Answers(
        right=[another, by_picking_frames],
        wrong=[
            (functools.partial(another, sign=-1), "upside down"),
            (backwards, "backwards"),
            (cut, "cut off or padded"),
            (shift_by_frame, "each frame has its own shift"),
            (functools.partial(another, shift=0.0), "equally high"),
            (functools.partial(another, slow=0.0), "slower and faster"),
            (functools.partial(another, shift=2.0), "0.5 is the most"),
            (functools.partial(another, slow=0.5), "0.8 to 1.2"),
            (higher_only, "never lower"),
            (slower_only, "never faster"),
            (shifted_in_place, "make a new one"),
            (lambda m, random: another(m, np.random.default_rng()), "two different melodies"),
            (lambda m, random: another(0 * m, random), "nothing moves"),
            (lambda m, random: another(m, random)[:, None], "(frames,)"),
            (lambda m, random: ..., "written"),
        ],
    ),
    check.split: Answers(
        right=[split, by_values],
        wrong=[
            (shuffled, "shuffled before"),  # what neighbours share is on both sides
            (functools.partial(split, gap=False), "reach into the validation part"),
            (functools.partial(split, back=True), "reach back"),
            (cut_in_two, "are in both"),
            (functools.partial(split, last=1), "beyond the series"),
            (lambda n, steps, share: split(n, steps, 2 * share), "fit"),
            (lambda n, steps, share: [part[::2] for part in split(n, steps, share)], "fit"),
            (lambda n, steps, share: split(n, steps, share)[0], "two arrays"),
            (lambda n, steps, share: (split(n, steps, share)[0], []), "empty"),
            (lambda *arguments: ..., "written"),
        ],
    ),
    check.sixty: Answers(
        right=[fit_neighbours, fit_slopes],
        wrong=[
            (fit_linear, "linear model"),
            (from_one, "guessing"),
            (lambda *known: lambda asked: np.zeros(len(asked)), "0.25"),
            (lambda *known: lambda asked: np.zeros((len(asked), 4)), "shape"),
            (unwritten, "written"),
            (lambda *known: ..., "written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
