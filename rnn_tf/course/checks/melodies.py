"""Checks on melodies of tones: varying one, and learning from sixty."""

import numpy as np

from rnn_tf.baselines import linear, neighbours
from rnn_tf.course.checks import NotYet, exercise, expect_number, expect_shape


@exercise
def another_melody(answer, *, tries=40):
    """``answer(melody, random)``: the same tone once more, higher or lower, slower or faster."""
    melody = 3 * (np.linspace(0, 1, 30) - 0.6) ** 2 - 0.5  # a third tone: it dips
    random = np.random.default_rng(0)
    lengths, shifts = [], []
    for _ in range(tries):
        given = melody.copy()
        found = answer(given, random)
        if found is None or found is ...:
            raise NotImplementedError
        if not np.array_equal(given, melody):
            raise NotYet(
                "the melody that was given has changed: make a new one.",
                "传进来的旋律被改动了：请返回新的数组。",
            )
        found = np.asarray(found, float)
        if found.ndim != 1 or len(found) < 2:
            raise NotYet(
                f"a melody is an array (frames,); this one has the shape {found.shape}.",
                f"旋律是形状为 (帧数,) 的数组，而这个的形状是 {found.shape}。",
            )
        _same_tone(found, melody)
        lengths.append(len(found))
        shifts.append(neighbours.resampled([found], len(melody))[0].mean() - melody.mean())
    _varied(lengths, shifts, len(melody))
    same = [answer(melody.copy(), np.random.default_rng(3)) for _ in range(2)]
    if np.shape(same[0]) != np.shape(same[1]) or not np.allclose(*same):
        raise NotYet(
            "the same generator gave two different melodies: draw everything from random.",
            "同样的生成器给出了不同的旋律：所有随机数都要用 random 来抽。",
        )


def _same_tone(found, melody):
    """``NotYet`` unless ``found`` is ``melody`` at another height and another speed."""
    if found.min() == found.max() or not np.all(np.isfinite(found)):
        raise NotYet("nothing moves in it any more.", "旋律变成了一条平线。")
    on_its_frames = neighbours.resampled([found], len(melody))[0]

    def fits(shape, tolerance=0.15):
        difference = on_its_frames - shape
        return np.abs(difference - difference.mean()).max() < tolerance

    if fits(melody):
        return
    count = min(len(found), len(melody))
    step = np.diff(found)
    known = [
        (
            fits(-melody),
            "the melody is upside down: a rising tone has become a falling one. That is another "
            "word with the old label.",
            "旋律上下颠倒了：升调变成了降调。字变了，标签却没变。",
        ),
        (
            fits(melody[::-1]),
            "the melody runs backwards: a rising tone has become a falling one. That is another "
            "word with the old label.",
            "旋律倒着走了：升调变成了降调。字变了，标签却没变。",
        ),
        (
            np.ptp(found[:count] - melody[:count]) < 0.12,
            "the end is cut off or padded; slower means: the whole melody, over more frames.",
            "结尾被截掉或者补上了；变慢是说：整条旋律拉到更多的帧上。",
        ),
        (
            np.std(np.diff(step)) > 0.25,
            "each frame has its own shift, which makes noise. One shift for the whole melody.",
            "每一帧各移各的，成了噪声。整条旋律应该移动同一个数。",
        ),
    ]
    for wrong, en, zh in known:
        if wrong:
            raise NotYet(en, zh)
    raise NotYet(
        "its shape is another one: only height and speed should change.",
        "旋律的形状变了：只应改变高低和快慢。",
    )


def _varied(lengths, shifts, frames):
    ratios, shifts = np.array(lengths) / frames, np.array(shifts)
    if np.ptp(shifts) < 0.03:
        raise NotYet("all of them are equally high: shift them.", "所有旋律一样高：应上下移动。")
    if np.ptp(ratios) == 0:
        raise NotYet(
            f"all of them have {lengths[0]} frames: make them slower and faster.",
            f"所有旋律都是 {lengths[0]} 帧：应有快有慢。",
        )
    if np.abs(shifts).max() > 0.53:
        raise NotYet(
            f"one is shifted by {shifts[np.abs(shifts).argmax()]:.2f}; 0.5 is the most.",
            f"有一条移动了 {shifts[np.abs(shifts).argmax()]:.2f}；最多 0.5。",
        )
    if ratios.min() < 0.77 or ratios.max() > 1.23:
        raise NotYet(
            f"the lengths go from {ratios.min():.2f} to {ratios.max():.2f} times the old one; "
            "0.8 to 1.2 is wanted.",
            f"长度是原来的 {ratios.min():.2f} 到 {ratios.max():.2f} 倍；应在 0.8 到 1.2 倍之间。",
        )
    for name, chinese, low, high in (
        ("higher", "高", shifts.min(), shifts.max()),
        ("slower", "慢", ratios.min() - 1, ratios.max() - 1),
    ):
        if low > -0.05 or high < 0.05:
            opposite = {"higher": ("lower", "低"), "slower": ("faster", "快")}[name]
            words = (name, opposite[0]), (chinese, opposite[1])
            only, never = (0, 1) if low > -0.05 else (1, 0)
            raise NotYet(
                f"they are only ever {words[0][only]}, never {words[0][never]}.",
                f"旋律只会变{words[1][only]}，从不变{words[1][never]}。",
            )


@exercise
def sixty(fit, *, seeds=(10, 11, 12)):
    """``fit(melodies, labels, held_out, seed)`` gives a function from melodies to tones.

    On syllables that it has not seen, the middle one of the seeds must be right more often than
    the linear model on ten points.
    """
    from rnn_tf.claims.experiments import remedies

    _, held_out, (asked, truth) = remedies.parts()
    scores, rivals = [], []
    for seed in seeds:
        melodies, labels, _ = remedies.few(seed)
        named = fit([one.copy() for one in melodies], labels.copy(), held_out, seed)
        if named is None or named is ...:
            raise NotImplementedError
        said = expect_shape(named(asked), (len(asked),), "tones")
        scores.append(expect_number(np.mean(said == truth), "accuracy"))
        known, new = (neighbours.resampled(some, 10) for some in (melodies, asked))
        weights = linear.fit(known, np.eye(4)[labels], ridge=100)
        rivals.append(np.mean(weights(new).argmax(axis=1) == truth))
    shown = ", ".join(f"{score:.2f}" for score in scores)
    if np.median(scores) < 0.4:
        raise NotYet(
            f"its accuracy is {shown}; that of guessing is 0.25. Are the tones numbers from 0 to "
            "3?",
            f"准确率 {shown}；随机猜测是 0.25。声调是用 0 到 3 表示的吗？",
        )
    if np.median(scores) <= np.median(rivals):
        raise NotYet(
            f"its accuracy is {shown}; that of a linear model on ten points of the melody "
            f"{', '.join(f'{one:.2f}' for one in rivals)}. Where does the validation loss turn?",
            f"准确率 {shown}；只看旋律上十个点的线性模型是 "
            f"{', '.join(f'{one:.2f}' for one in rivals)}。验证损失在哪里回头？",
        )
