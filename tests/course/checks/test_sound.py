"""Answers to the lab of lesson 14, right and wrong."""

import numpy as np

from rnn_tf.course.checks import sound as check
from rnn_tf.datasets import tones
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def melody(hertz):
    return 12 * np.log2(hertz / np.nanmedian(hertz))


def melody_by_hand(hertz):
    logs = [12 * np.log(h) / np.log(2) for h in hertz]
    known = sorted(one for one in logs if one == one)
    half = len(known) // 2
    middle = (known[half] + known[-half - 1]) / 2
    return [one - middle for one in logs]


def bridged(track):
    voiced = np.flatnonzero(np.isfinite(track))
    return np.interp(np.arange(voiced[0], voiced[-1] + 1), voiced, track[voiced])


def slope_by_loop(track):
    values = list(bridged(track))
    ends = [values[1] - values[0]], [values[-1] - values[-2]]
    return [*ends[0], *((b - a) / 2 for a, b in zip(values, values[2:], strict=False)), *ends[1]]


def filled(track, value):
    voiced = np.flatnonzero(np.isfinite(track))
    cut = track[voiced[0] : voiced[-1] + 1]
    return np.where(np.isnan(cut), value, cut)


def stack(tracks, steps):
    inputs = np.zeros((len(tracks), steps))
    for row, track in zip(inputs, tracks, strict=True):
        row[: len(track)] = track[:steps]
    return inputs, np.arange(steps) < np.array([[len(track)] for track in tracks])


def stack_by_lists(tracks, steps):
    rows = [([*track] + [0.0] * steps)[:steps] for track in tracks]
    mask = [([1] * len(track) + [0] * steps)[:steps] for track in tracks]
    return [rows, mask]


def stacked_in_front(tracks, steps):
    inputs = [([0.0] * steps + [*track[:steps]])[-steps:] for track in tracks]
    return np.array(inputs), stack(tracks, steps)[1]


def with_nan(tracks, steps):
    inputs, mask = stack(tracks, steps)
    return np.where(mask, inputs, np.nan), mask


def nearest(known, named, asked, k):
    far = ((asked[:, None] - known) ** 2).sum(axis=2)
    return np.array([np.bincount(named[row[:k]]).argmax() for row in far.argsort(axis=1)])


def nearest_by_loop(known, named, asked, k):
    found = []
    for one in asked:
        order = sorted(range(len(known)), key=lambda i: np.linalg.norm(known[i] - one))
        votes = [named[i] for i in order[:k]]
        found.append(max(set(votes), key=votes.count))
    return found


def by_distance(distance):
    def answer(known, named, asked, k):
        order = distance(asked[:, None] - known).argsort(axis=1)[:, :k]
        return np.array([np.bincount(named[row]).argmax() for row in order])

    return answer


def averaging(known, named, asked, k):
    far = ((asked[:, None] - known) ** 2).sum(axis=2).argsort(axis=1)[:, :k]
    return named[far].mean(axis=1)


def to_the_mean(known, named, asked, k):
    return nearest(known, named, np.broadcast_to(asked.mean(axis=0), asked.shape), k)


def split(sounds, share, seed):
    names = np.unique(sounds)
    drawn = np.random.default_rng(seed).permutation(names)[: round(share * len(names))]
    return np.isin(sounds, drawn)


def split_by_set(sounds, share, seed):
    names = sorted(set(sounds.tolist()))
    count = round(share * len(names))
    drawn = set(np.random.default_rng(seed).choice(names, count, replace=False).tolist())
    return np.array([sound in drawn for sound in sounds])


def by_recording(sounds, share, seed):
    return np.random.default_rng(seed).random(len(sounds)) < share


def unseeded(sounds, share, seed):
    return split(sounds, share, None)


def seedless(sounds, share, seed):
    return split(sounds, share, 0)


def judged(path, part="test", k=5, majority="test"):
    data = tones.load(path)
    asked, held = getattr(data, part), getattr(data, majority)
    known = data.train.inputs.reshape(len(data.train), -1)
    said = nearest(known, data.train.targets, asked.inputs.reshape(len(asked), -1), k)
    often = np.bincount(data.train.targets).argmax()
    return np.mean(said == asked.targets), np.mean(held.targets == often)


def judged_by_list(path):
    return [float(one) for one in judged(path, k=9)]


def never_failing(path):
    try:
        return judged(path)
    except ValueError:
        return 0.5, 0.5


CASES = {
    check.own_middle: Answers(
        right=[melody, melody_by_hand],
        wrong=[
            (lambda h: 12 * np.log2(h / np.median(h)), "np.nanmedian"),
            (lambda h: h - np.nanmedian(h), "these are hertz"),
            (lambda h: 12 * np.log2(h), "nothing is taken off"),
            (lambda h: 12 * np.log2(h) - np.nanmean(12 * np.log2(h)), "the mean is taken off"),
            (lambda h: -melody(h), "sign"),
            (lambda h: melody(h) / 12, "octaves"),
            (lambda h: 12 * np.log(h / np.nanmedian(h)), "np.log2"),
            (lambda h: np.nan_to_num(melody(h)), "stay gaps"),
            (lambda h: melody(h) + 1, "off by"),
            (lambda h: ..., "still to be written"),
        ],
    ),
    check.slope: Answers(
        right=[lambda track: np.gradient(bridged(track)), slope_by_loop],
        wrong=[
            (lambda t: np.diff(bridged(t)), "five values"),
            (lambda t: np.gradient(t[np.isfinite(t)]), "time shrank"),
            (lambda t: np.gradient(t), "no part of the melody"),
            (lambda t: np.gradient(filled(t, np.nan)), "still a gap"),
            (lambda t: np.gradient(filled(t, 0)), "drop and leap"),
            (lambda t: np.gradient(filled(t, 1)), "holds the last value"),
            (bridged, "off by"),
            (lambda t: None, "still to be written"),
        ],
    ),
    check.stacking: Answers(
        right=[stack, stack_by_lists],
        wrong=[
            (lambda t, n: (stack(t, n)[0], stack(t, n)[0] != 0), "0 is a pitch"),
            (with_nan, "0 times NaN"),
            (lambda t, n: (stack(t, n)[0].astype(int), stack(t, n)[1]), "whole numbers"),
            (lambda t, n: stack([one[-n:] for one in t], n), "lost its beginning"),
            (stacked_in_front, "in front"),
            (lambda t, n: (stack(t, n)[0], ~stack(t, n)[1]), "wrong way round"),
            (lambda t, n: (stack(t, n)[0], stack(t, n)[1] | True), "real frames"),
            (lambda t, n: stack(t, 5), "(3, 5)"),
            (lambda t, n: stack(t, n)[0], "two arrays"),
            (lambda t, n: (..., ...), "still to be written"),
        ],
    ),
    check.neighbours: Answers(
        right=[nearest, nearest_by_loop],
        wrong=[
            (by_distance(lambda d: -(d**2).sum(axis=2)), "farthest"),
            (lambda x, y, q, k: nearest(x, y, q, 1), "alone decides"),
            (averaging, "not a mean"),
            (lambda x, y, q, k: nearest(x, np.arange(len(y)), q, 1), "number of a row"),
            (to_the_mean, "the same answer"),
            (by_distance(lambda d: np.abs(d.sum(axis=2))), "cancel"),
            (by_distance(lambda d: np.abs(d[..., 0])), "nearest say"),
            (lambda x, y, q, k: nearest(x, y, q, k)[:1], "(1,)"),
            (lambda x, y, q, k: ..., "still to be written"),
        ],
    ),
    check.splitting: Answers(
        right=[split, split_by_set],
        wrong=[
            (by_recording, "it leaks"),
            (lambda s, share, seed: ~split(s, share, seed), "exchanged"),
            (lambda s, share, seed: split(s, 0.1, seed), "would be 10"),
            (unseeded, "another split"),
            (seedless, "every seed"),
            (lambda s, share, seed: np.flatnonzero(split(s, share, seed)), "True or False"),
            (lambda s, share, seed: ..., "still to be written"),
        ],
    ),
    check.own_voice: Answers(
        right=[judged, judged_by_list],
        wrong=[
            (lambda path: judged(path, part="train", k=1), "training syllables"),
            (lambda path: judged(path, majority="train"), "training syllables"),
            (lambda path: judged(path)[::-1], "majority is ahead"),
            (lambda path: (judged(path)[0], 0.1), "held against the test part"),
            (lambda path: (0.6, judged(path)[1]), "can be had"),
            (never_failing, "loader's own line"),
            (lambda path: judged(path)[0], "(2,)"),
            (lambda path: ..., "still to be written"),
        ],
    ),
}

test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
