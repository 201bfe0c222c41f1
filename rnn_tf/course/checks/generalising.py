"""Checks of the lab of lesson 10: stopping, dropout, L2, augmentation, a split, sixty syllables."""

import numpy as np

from rnn_tf.baselines import linear, neighbours
from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape


@exercise
def stop_early(answer):
    """``answer(history, patience)`` gives (epochs trained, best epoch), counted from 1."""
    histories = [
        # validation, patience; it rises once and falls again; two dips; ties; it never turns
        ([0.9, 0.7, 0.75, 0.6, 0.65, 0.7, 0.72, 0.71, 0.5, 0.55], 3),
        ([1.0, 0.8, 0.9, 0.85, 0.7, 0.9, 0.95, 0.99], 2),
        ([0.8, 0.6, 0.6, 0.6, 0.59, 0.7], 2),
        ([0.9, 0.8, 0.7, 0.6], 2),
    ]
    for number, (validation, patience) in enumerate(histories, start=1):
        steps = np.arange(len(validation))
        history = {
            "loss": list(1.0 * 0.8**steps),
            "val_loss": list(validation),
            "test_loss": list(np.roll(validation, 1) + 0.01),
        }
        found = _two_epochs(answer({k: list(v) for k, v in history.items()}, patience))
        if found == _stopped(validation, patience):
            continue
        _diagnose_stop(found, history, patience)
        en = f"curve {number}, patience {patience}: {found} for the validation losses {validation}."
        raise NotYet(
            en, f"第 {number} 条曲线，耐心 {patience}：验证损失 {validation}，答成了 {found}。"
        )


def _two_epochs(found):
    if found is None or found is ...:
        raise NotImplementedError
    if np.shape(found) != (2,):
        raise NotYet(
            f"two epochs are wanted, (trained, best), not {found!r}.",
            f"应返回两个轮次（练了几轮，最好的是第几轮），而不是 {found!r}。",
        )
    return tuple(int(one) for one in found)


def _stopped(losses, patience, *, ties=False, falls=False):
    """Epochs trained and the best one; ``ties`` and ``falls`` take too much for progress."""
    best, waited = 1, 0
    for epoch in range(2, len(losses) + 1):
        loss, before, lowest = losses[epoch - 1], losses[epoch - 2], losses[best - 1]
        better = loss < lowest or (ties and loss == lowest)
        waited = 0 if better or (falls and loss < before) else waited + 1
        best = epoch if better else best
        if waited == patience:
            return epoch, best
    return len(losses), best


def _diagnose_stop(found, history, patience):
    validation, count = history["val_loss"], len(history["val_loss"])
    rises = np.flatnonzero(np.diff(validation) >= 0)
    first_rise = int(rises[0]) + 2 if len(rises) else count
    right = _stopped(validation, patience)
    known = [
        (
            found == _stopped(history["test_loss"], patience),
            "that is decided by the test loss. Whoever stops by the test set has used it up.",
            "这是看测试损失决定的。用测试集来决定何时停，测试集就报废了。",
        ),
        (
            found == _stopped(history["loss"], patience),
            "that is decided by the training loss, which goes on falling.",
            "这是看训练损失决定的，而训练损失只会一直降。",
        ),
        (
            found[0] == first_rise != right[0],
            "it stops at the first rise; losses are noisy, and `patience` rises are allowed.",
            "损失一回升就停了；损失有起伏，应容许 `patience` 次没有进步。",
        ),
        (
            found == (right[0], right[0]),
            "the last epoch is returned as the best: then stopping early has gained nothing. The "
            "weights of the lowest validation loss are to be kept.",
            "把最后一轮当成了最好的一轮：这样早停就白停了。应保留验证损失最低那一轮的权重。",
        ),
        (
            found == _stopped(validation, patience, ties=True),
            "an equal loss is no progress: only a lower one counts.",
            "损失持平不算进步，更低才算。",
        ),
        (
            found == (count, int(np.argmin(validation)) + 1) != right,
            "that is the lowest of the whole curve, but training had ended by then: nobody knows "
            "what comes later.",
            "这是整条曲线的最低点，可是那时训练早已结束：停下来的人看不到后面。",
        ),
        (
            found == (right[0] - 1, right[1] - 1),
            "epochs are counted from 1 here.",
            "这里的轮次从 1 数起。",
        ),
        (
            found in (_stopped(validation, patience + 1), _stopped(validation, patience - 1)),
            "the patience is off by one: training ends with the `patience`-th epoch in a row that "
            "has brought no new lowest loss.",
            "耐心值差了一轮：连续第 `patience` 轮没有创新低，训练就到此为止。",
        ),
        (
            found == _stopped(validation, patience, falls=True),
            "each fall starts the count anew, even if it stays above the lowest loss so far. Only "
            "a new lowest loss should.",
            "你一见损失下降就重新计数，哪怕还没低过此前最低。只有创了新低才该重新计数。",
        ),
    ]
    for fits, en, zh in known:
        if fits:
            raise NotYet(en, zh)


@exercise
def dropped(answer):
    """``answer(inputs, rate, random)`` drops features, the same ones at all steps."""
    rate, shape = 0.25, (50, 6, 40)
    inputs = np.ones(shape) * np.arange(1, 7)[:, None]
    given = inputs.copy()
    found = expect_shape(answer(given, rate, np.random.default_rng(0)), shape, "result")
    if not np.array_equal(given, inputs):
        raise NotYet(
            "the inputs that were given have changed: make new ones.",
            "传进来的输入被改动了：请返回新的数组。",
        )
    shares = found / inputs
    zero = np.mean(shares == 0)
    if zero == 0:
        raise NotYet("nothing was set to 0.", "没有任何数被置为 0。")
    if np.any(shares[:, 0] != shares[:, -1]):
        raise NotYet(
            "each step has a mask of its own. Then the sequence flickers; one mask, drawn once, "
            "should be used for all steps of a sequence.",
            "每个时间步用了不同的掩码，序列就像在闪烁。应该只抽一次，一个序列的所有时间步共用一个掩码。",
        )
    if np.all(shares == shares[:1]):
        raise NotYet(
            "all sequences of the batch have the same mask; each should have its own.",
            "整批序列用了同一个掩码；应该每个序列各抽一个。",
        )
    if np.all(shares == shares[:, :, :1]):
        raise NotYet(
            "whole sequences are dropped: the mask should choose among the features.",
            "整个序列被丢掉了：掩码应该逐个特征地选。",
        )
    if abs(zero - rate) > 0.05:
        en = f"{zero:.0%} of the features are 0; at rate {rate} a quarter should be"
        zh = f"有 {zero:.0%} 的特征被置为 0；丢弃率 {rate}，应为四分之一"
        more = ("; kept and dropped are swapped.", "；保留和丢弃弄反了。")
        if abs(zero - (1 - rate)) > 0.05:
            more = (".", "。")
        raise NotYet(en + more[0], zh + more[1])
    kept = np.unique(np.round(shares[shares != 0], 9))
    if np.allclose(kept, 1):
        raise NotYet(
            "what is kept has its old size, so that the sum shrinks by a quarter in training and "
            "not later. Divide by 1 − rate.",
            "留下的数还是原来的大小，于是训练时总和小了四分之一，使用时却没有。应除以 1 − rate。",
        )
    if np.allclose(kept, 1 - rate):
        raise NotYet(
            "what is kept was multiplied by 1 − rate: smaller still. It should be divided by it.",
            "留下的数乘上了 1 − rate，反而更小。应该除以它。",
        )
    if not np.allclose(kept, 1 / (1 - rate)):
        raise NotYet(
            f"what is kept is multiplied by {kept[0]:.4g}; 1 / (1 − rate) is wanted.",
            f"留下的数乘上了 {kept[0]:.4g}；应为 1 / (1 − rate)。",
        )
    again = np.asarray(answer(inputs.copy(), rate, np.random.default_rng(1)))
    if np.array_equal(again, found):
        raise NotYet(
            "two generators gave the same mask: draw it from random.",
            "两个不同的生成器给出了同一个掩码：要用 random 来抽。",
        )


@exercise
def l2_step(answer):
    """``answer(weights, gradients, learning_rate, strength)`` gives the weights after a step."""
    random = np.random.default_rng(0)
    shapes = {"kernel": (2, 3), "recurrent_kernel": (3, 3), "bias": (3,)}
    weights, gradients = (
        {name: random.normal(size=shape) for name, shape in shapes.items()} for _ in range(2)
    )
    rate, strength = 0.5, 0.1
    given = {name: w.copy() for name, w in weights.items()}
    found = answer(given, {n: g.copy() for n, g in gradients.items()}, rate, strength)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, dict) or set(found) != set(shapes):
        raise NotYet(
            "a dictionary with the three names of the weights is wanted.",
            "应返回一个字典，含三个权重的名字。",
        )
    if any(not np.array_equal(given[name], w) for name, w in weights.items()):
        raise NotYet(
            "the weights that were given have changed: make new ones.",
            "传进来的权重被改动了：请返回新的数组。",
        )

    def stepped(name, pull):
        return weights[name] - rate * (gradients[name] + pull)

    w, g = weights["kernel"], gradients["kernel"]
    kernel = expect_shape(found["kernel"], (2, 3), "kernel")
    known = [
        (stepped("kernel", 0.0), "there is no penalty in it.", "没有加上惩罚。"),
        (
            stepped("kernel", strength * w),
            "the factor 2 is missing: the slope of w² is 2 w.",
            "少了因子 2：w² 的导数是 2 w。",
        ),
        (
            stepped("kernel", -2 * strength * w),
            "the penalty pushes the weights away from 0: its sign is wrong.",
            "惩罚把权重推离了 0：符号反了。",
        ),
        (
            stepped("kernel", strength * np.sign(w)),
            "that is L1, which pulls all weights alike. L2 pulls large ones more.",
            "这是 L1，对大小权重一视同仁。L2 对大权重拉得更狠。",
        ),
        (
            stepped("kernel", strength * w**2),
            "the penalty itself was added to the gradient; its slope is wanted.",
            "加到梯度上的是惩罚本身；要加的是它的导数。",
        ),
        (
            w - rate * g - 2 * strength * w,
            "the pull is not multiplied by the learning rate. (So-called decoupled weight decay "
            "does that; here the penalty is a part of the loss.)",
            "拉力没有乘学习率。（那是所谓“解耦的权重衰减”；这里惩罚是损失的一部分。）",
        ),
        (
            weights["kernel"] + rate * (g + 2 * strength * w),
            "the step goes uphill: the gradient is subtracted.",
            "这一步是往上走的：梯度应该减去。",
        ),
    ]
    for numbers, en, zh in known:
        if np.allclose(kernel, numbers, atol=1e-12):
            raise NotYet(en, zh)
    expect_close(kernel, stepped("kernel", 2 * strength * w), at_most=1e-9, name="kernel")
    for name in ("recurrent_kernel", "bias"):
        pulled = stepped(name, 2 * strength * weights[name])
        one = expect_shape(found[name], shapes[name], name)
        if name == "bias" and np.allclose(one, pulled, atol=1e-12):
            raise NotYet(
                "the bias is pulled to 0 too. It multiplies nothing, so it makes no curve wilder: "
                "leave it free.",
                "偏置也被拉向 0 了。它不乘任何输入，不会让曲线更曲折：不必惩罚。",
            )
        right = stepped(name, 0.0) if name == "bias" else pulled
        expect_close(one, right, at_most=1e-9, name=name)


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
def split(answer):
    """``answer(length, num_steps, share)`` gives the starts of training and validation windows."""
    for length, num_steps, share in ((40, 5, 0.25), (31, 3, 0.3)):
        found = answer(length, num_steps, share)
        if found is None or found is ...:
            raise NotImplementedError
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise NotYet(
                "two arrays of starts are wanted: training and validation.",
                "应返回两个起点数组：训练的和验证的。",
            )
        train, validation = (np.asarray(part, int).ravel() for part in found)
        _check_split(train, validation, length, num_steps, round(share * length))


def _check_split(train, validation, length, num_steps, held):
    border = length - held
    for part in (train, validation):
        if not len(part):
            raise NotYet("one of the parts is empty.", "有一部分是空的。")
        if part.min() < 0 or part.max() + num_steps >= length:
            raise NotYet(
                f"a window reaches beyond the series: its target would be value "
                f"{part.max() + num_steps}, the last one is {length - 1}.",
                f"有窗口超出了序列：它的目标应是第 {part.max() + num_steps} 个值，"
                f"而最后一个是第 {length - 1} 个。",
            )

    def values(starts):
        return {start + step for start in starts.tolist() for step in range(num_steps + 1)}

    common = values(train) & values(validation)
    if train.max() > validation.min():
        raise NotYet(
            f"training windows lie behind validation windows: the starts were shuffled before the "
            f"split. Neighbouring windows share {num_steps} of {num_steps + 1} values, so the "
            f"network has seen nearly all that it is tested on ({len(common)} values are in both).",
            f"有训练窗口排在验证窗口之后：是先打乱再划分的。相邻窗口的 {num_steps + 1} 个值里有 "
            f"{num_steps} 个相同，所以检验用的值网络几乎都见过（{len(common)} 个值两边都有）。",
        )
    if common and train.max() + num_steps >= border:
        raise NotYet(
            f"the last training windows reach into the validation part: {len(common)} values are "
            "in both. A window is longer than its start.",
            f"最后几个训练窗口伸进了验证部分：有 {len(common)} 个值两边都有。窗口不只是一个起点。",
        )
    if common:
        raise NotYet(
            f"the first validation windows reach back into the training part: {len(common)} values "
            "are in both. (A forecaster may do that, the past is known; here no value may be.)",
            f"最前面的验证窗口伸回了训练部分：有 {len(common)} 个值两边都有。"
            "（做预报时可以这样，过去是已知的；但本题要求一个也不能有。）",
        )
    wanted = {
        "training": (train, np.arange(0, border - num_steps), "训练"),
        "validation": (validation, np.arange(border, length - num_steps), "验证"),
    }
    for name, (part, right, chinese) in wanted.items():
        if sorted(part.tolist()) != right.tolist():
            raise NotYet(
                f"there are {len(part)} {name} windows for {length} values, {num_steps} steps and "
                f"{held} values held out; {len(right)} fit.",
                f"共 {length} 个值，窗口 {num_steps} 步，留出 {held} 个值；"
                f"{chinese}窗口你有 {len(part)} 个，其实放得下 {len(right)} 个。",
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
