"""Checks of the lab of lesson 14: semitones, slope, padding, neighbours, splits, own voices."""

import tempfile
import warnings
from pathlib import Path

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import tones
from rnn_tf.errors import InputError


@exercise
def own_middle(melody):
    """``melody(hertz)``: semitones from the track's own median, NaN where there is no pitch."""
    hertz = np.array([np.nan, 200.0, 210, 230, np.nan, 260, 310, 220, 190, np.nan])
    found = expect_shape(melody(hertz.copy()), hertz.shape, "melody")
    logs = 12 * np.log2(hertz)
    if np.all(np.isnan(found)):
        raise NotYet(
            "NaN everywhere: the median of something with a gap is a gap. np.nanmedian leaves "
            "gaps out.",
            "全是 NaN：只要有空缺，普通的中位数就是 NaN。np.nanmedian 会跳过空缺。",
        )
    if not np.array_equal(np.isnan(found), np.isnan(hertz)):
        raise NotYet(
            "gaps (NaN) should stay gaps, and only they.", "空缺（NaN）仍应是空缺，别处不应有。"
        )
    for value, en, zh in (
        (
            hertz - np.nanmedian(hertz),
            "these are hertz: the same tune, an octave higher, would be twice as large.",
            "这还是赫兹：同样的调子高一个八度，数值就大一倍。",
        ),
        (
            logs,
            "nothing is taken off: the voice's height is still in it.",
            "没有减去中间值：嗓音的高低还在里面。",
        ),
        (
            logs - np.nanmean(logs),
            "the mean is taken off; take the median.",
            "减的是平均值，应减中位数。",
        ),
        (
            np.nanmedian(logs) - logs,
            "the sign is wrong: higher is above 0.",
            "符号反了：更高应大于 0。",
        ),
        (
            (logs - np.nanmedian(logs)) / 12,
            "these are octaves; an octave has twelve semitones.",
            "这是八度；一个八度有十二个半音。",
        ),
        (
            (logs - np.nanmedian(logs)) * np.log(2),
            "an octave is a factor of 2: the logarithm is np.log2.",
            "一个八度是 2 倍：对数要用 np.log2。",
        ),
    ):
        if np.allclose(found, value, equal_nan=True):
            raise NotYet(en, zh)
    right = logs - np.nanmedian(logs)
    voiced = np.isfinite(hertz)
    expect_close(found[voiced], right[voiced], at_most=1e-6, name="melody")


@exercise
def slope(slope_of):
    """``slope_of(track)``: ends cut off, gaps bridged by a straight line, then the gradient."""
    track = np.array([np.nan, np.nan, 0.0, 1, np.nan, np.nan, 4, 3, np.nan])
    found = slope_of(track.copy())
    if found is None or found is ...:
        raise NotImplementedError
    found = np.asarray(found)
    if found.shape == (5,):
        raise NotYet(
            "five values for six frames: np.gradient gives one for each frame.",
            "六帧只有五个值：np.gradient 每帧给一个。",
        )
    if found.shape == (4,):
        raise NotYet(
            "the frames of the gap were deleted, and time shrank: what took three frames seems to "
            "take one.",
            "空缺的帧被删掉，时间变短了：本来用三帧走完的，看上去只用一帧。",
        )
    if found.shape == (9,):
        raise NotYet(
            "frames before the first pitch and after the last are no part of the melody: cut them "
            "off.",
            "第一个音高之前、最后一个音高之后的帧不属于旋律：要截掉。",
        )
    found = expect_shape(found, (6,), "slope")
    if np.any(np.isnan(found)):
        raise NotYet("there is still a gap in it: bridge it first.", "里面还有空缺：先用直线连上。")
    if np.allclose(found, np.gradient([0, 1, 0, 0, 4, 3])):
        raise NotYet(
            "the gap was filled with 0: the voice seems to drop and leap.",
            "空缺处填了 0：嗓音好像先掉下来又跳上去。",
        )
    if np.allclose(found, np.gradient([0, 1, 1, 1, 4, 3])):
        raise NotYet(
            "the gap holds the last value: a straight line is wanted.",
            "空缺处沿用了前一个值：应当用直线连接。",
        )
    expect_close(found, np.gradient([0.0, 1, 2, 3, 4, 3]), at_most=1e-6, name="slope")


@exercise
def stacking(stack):
    """``stack(tracks, steps)`` gives inputs (count, steps) and mask (count, steps)."""
    tracks = [
        np.array([1.5, -2.0]),
        np.array([3.0, 0.0, -1.0, 2.0, 4.0]),
        np.array([0.0, 1.0, 0.0]),
    ]
    found = stack([one.copy() for one in tracks], 4)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("two arrays are wanted: inputs, mask.", "要返回两个数组：inputs、mask。")
    inputs, mask = found
    if inputs is ... or mask is ...:
        raise NotImplementedError
    inputs, mask = expect_shape(inputs, (3, 4), "inputs"), expect_shape(mask, (3, 4), "mask")
    if np.any(np.isnan(inputs.astype(float))):
        raise NotYet(
            "NaN in the inputs: 0 times NaN is NaN, and one of them spoils every weight.",
            "inputs 里有 NaN：0 乘 NaN 还是 NaN，一个就会毁掉所有权重。",
        )
    if np.array_equal(inputs[0], [1, -2, 0, 0]):
        raise NotYet(
            "the semitones were cut to whole numbers: make the array of floats.",
            "半音的小数没了：数组应为浮点数。",
        )
    if np.array_equal(inputs[1], tracks[1][-4:]):
        raise NotYet("the long one lost its beginning: cut at the end.", "长的丢了开头：要截末尾。")
    if np.array_equal(inputs[0], [0, 0, 1.5, -2]):
        raise NotYet("the zeros stand in front: fill up behind.", "0 补在了前面：要补在后面。")
    expect_close(
        inputs, [[1.5, -2, 0, 0], [3, 0, -1, 2], [0, 1, 0, 0]], at_most=1e-6, name="inputs"
    )
    right = np.arange(4) < np.array([[2], [4], [3]])
    mask = mask.astype(bool)
    if np.array_equal(mask, inputs != 0):
        raise NotYet(
            "the mask asks which values are not 0. But 0 is a pitch like any other: the voice's "
            "own middle. Only the lengths know what is real.",
            "掩码看的是哪些值不为 0。可 0 也是普通的音高：正好在嗓音的中间。真不真，只有长度知道。",
        )
    if np.array_equal(mask, ~right):
        raise NotYet(
            "the mask is the wrong way round: True is a real frame.",
            "掩码反了：真实的帧才是 True。",
        )
    if not np.array_equal(mask, right):
        raise NotYet("the mask does not mark the real frames.", "掩码标的不是真实的帧。")


def _clouds(seed=14):
    """Melodies of two tones in ten numbers; one amid the second's bears the first's name."""
    random = np.random.default_rng(seed)
    first, second = random.normal(size=(9, 10)), random.normal(size=(8, 10)) + 3
    stray = np.full((1, 10), 4.2)
    asked = np.concatenate([stray, random.normal(size=(3, 10)) + 3, first[3:5] + 0.1])
    return np.concatenate([stray, first, second]), np.repeat([0, 3], (10, 8)), asked


@exercise
def neighbours(nearest):
    """``nearest(known, tones, asked, k)``: the most frequent tone among the k nearest."""
    known, named, asked = _clouds()
    found = expect_shape(nearest(known.copy(), named.copy(), asked.copy(), 5), (6,), "tones")
    if not np.isin(found, [0, 3]).all():
        raise NotYet(
            f"{found.tolist()}: only tones 0 and 3 are known. The most frequent one is wanted, not "
            "a mean, and not the number of a row.",
            f"{found.tolist()}：已知的只有 0 和 3。要的是出现最多的声调，不是平均值，也不是行号。",
        )
    right = [3, 3, 3, 3, 0, 0]
    if np.array_equal(found, [0, 0, 0, 0, 3, 3]):
        raise NotYet("these are the farthest, not the nearest.", "这是最远的，不是最近的。")
    if found[0] == 0 and np.array_equal(found[1:], right[1:]):
        raise NotYet(
            "the nearest one alone decides; let the k nearest vote.",
            "只凭最近的一个：应让最近的 k 个投票。",
        )
    if len(set(found.tolist())) == 1:
        raise NotYet(
            "the same answer for all: are distances taken for each of the asked ones?",
            "所有回答都一样：距离是对每个 asked 分别算的吗？",
        )
    if not np.array_equal(found, right):
        first = np.argmax(found != right)
        raise NotYet(
            f"asked[{first}] gets the tone {found[first]}, its k nearest say {right[first]}.",
            f"asked[{first}] 得到声调 {found[first]}，可最近的 k 个说的是 {right[first]}。",
        )
    # A rise and a fall that have the same sum: only squared differences tell them apart.
    rise = np.repeat([-2.0, -1, 0, 1, 2], 2)
    pair = nearest(np.stack([-rise, rise]), np.array([3, 1]), np.stack([0.5 * rise]), 1)
    if expect_shape(pair, (1,), "tones")[0] != 1:
        raise NotYet(
            "a rise is taken for a fall: square the differences before you add them, otherwise too "
            "high and too low cancel.",
            "把升调当成了降调：差要先平方再相加，否则偏高与偏低会抵消。",
        )


@exercise
def splitting(split):
    """``split(sounds, share, seed)``: True for the test rows; no sound on both sides."""
    sounds = np.repeat([f"sound{n}" for n in range(40)], 3)
    np.random.default_rng(1).shuffle(sounds)
    found = split(sounds.copy(), 0.25, 0)
    if found is None or found is ...:
        raise NotImplementedError
    found = np.asarray(found)
    if found.shape != sounds.shape or found.dtype != bool:
        raise NotYet(
            f"wanted is True or False for each of the {len(sounds)} recordings, not an array of "
            f"{found.dtype} with the shape {found.shape}.",
            f"{len(sounds)} 条录音每条要一个 True 或 False，而不是形状 {found.shape}、"
            f"类型 {found.dtype} 的数组。",
        )
    both = set(sounds[found]) & set(sounds[~found])
    if both:
        raise NotYet(
            f"it leaks: {min(both)} and {len(both) - 1} others stand on both sides. Draw sounds, "
            "not recordings.",
            f"泄漏了：{min(both)} 等 {len(both)} 个音节两边都有。抽的应是音节，不是录音。",
        )
    chosen = len(set(sounds[found]))
    if chosen == 30:
        raise NotYet(
            "the sides are exchanged: True is the test part.", "两边反了：测试集才是 True。"
        )
    if chosen != 10:
        raise NotYet(
            f"{chosen} of 40 sounds are in the test part; a quarter would be 10.",
            f"40 个音节里有 {chosen} 个在测试集；四分之一应是 10 个。",
        )
    if not np.array_equal(found, split(sounds.copy(), 0.25, 0)):
        raise NotYet(
            "the same seed gives another split: np.random.default_rng(seed) repeats itself.",
            "同一个种子，两次划分不同：np.random.default_rng(seed) 才能重复。",
        )
    if all(np.array_equal(found, split(sounds.copy(), 0.25, seed)) for seed in (1, 2, 3)):
        raise NotYet("every seed gives the same split.", "换了种子，划分却不变。")


def made_up(count=70, seed=3):
    """Arrays of a file of tracks: a voice that gives one syllable in five another tone's tune."""
    random = np.random.default_rng(seed)
    rows, pitch, energy = [], [], []
    for number in range(count):
        for tone in (1, 2, 3, 4):
            if tone != 4 and random.random() < 0.4:
                continue
            tune = tone if random.random() > 0.2 else 1 + (tone + random.integers(3)) % 4
            t = np.linspace(0, 1, int(random.integers(10, 20)))
            moves = {1: 5 + 0 * t, 2: 5 * t, 3: 12 * (t - 0.5) ** 2 - 3, 4: 6 - 8 * t}[tune]
            hertz = 120 * 2 ** ((moves + random.normal(0, 0.7)) / 12)
            rows.append((f"s{number}", tone, len(t)))
            pitch.append(np.rint(10 * hertz))
            energy.append(np.full(len(t), -20))
    sounds, names, frames = zip(*rows, strict=True)
    return {
        "syllable": np.array(sounds),
        "tone": np.array(names, np.uint8),
        "frames": np.array(frames, np.uint16),
        "pitch": np.concatenate(pitch).astype(np.uint16),
        "energy": np.concatenate(energy).astype(np.int8),
    }


@exercise
def own_voice(judge):
    """``judge(path)``: shares right on the test part, of neighbours and of the majority."""
    with tempfile.TemporaryDirectory() as folder:
        arrays, file = made_up(), Path(folder, "mine.npz")
        np.savez(file, **arrays)
        found = judge(file)
        if found is None or found is ...:
            raise NotImplementedError
        found = expect_shape(found, (2,), "answer")
        by_neighbours, by_majority = (expect_number(one) for one in found)
        data = tones.load(file)
        often = np.bincount(data.train.targets).argmax()
        learnt, right = (np.mean(part.targets == often) for part in (data.train, data.test))
        if by_neighbours > 0.97 or np.isclose(by_majority, learnt, atol=1e-6):
            raise NotYet(
                f"{by_neighbours:.0%} and {by_majority:.0%}: are these the training syllables?",
                f"{by_neighbours:.0%} 与 {by_majority:.0%}：这是不是训练用的音节？",
            )
        if by_majority > by_neighbours:
            raise NotYet(
                "the majority is ahead: first the neighbours, then the majority.",
                "多数类反而更高：先返回近邻，再返回多数类。",
            )
        if not np.isclose(by_majority, right, atol=1e-6):
            raise NotYet(
                f"the majority right in {by_majority:.1%}? It is the training part's most frequent "
                "tone, held against the test part.",
                f"多数类 {by_majority:.1%} 正确？应拿训练集里最多的声调，去对测试集。",
            )
        if not 0.62 <= by_neighbours <= 0.95:
            raise NotYet(
                f"{by_neighbours:.0%} right: about 75 % can be had.",
                f"{by_neighbours:.0%} 正确：能到 75% 左右。",
            )
        broken = Path(folder, "broken.npz")
        np.savez(broken, **{name: values for name, values in arrays.items() if name != "pitch"})
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                judge(broken)
        except InputError:
            return
        raise NotYet(
            "a file without pitch should fail, with the loader's own line.",
            "没有 pitch 的文件应该报错，就用加载函数自己的那一行。",
        )
