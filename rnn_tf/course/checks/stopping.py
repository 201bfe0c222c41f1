"""Check of early stopping: where a training stops, and which epoch is kept."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise


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
