"""Check of batches of similar lengths: every sequence once, little padding, in no fixed order."""

import numpy as np

from rnn_tf.course.checks import NotYet, exercise


def padding_share(lengths, batches):
    """Share of padding if every batch is filled up to its own longest sequence."""
    cells = sum(len(rows) * lengths[rows].max() for rows in batches)
    return 1 - lengths[np.concatenate(batches)].sum() / cells


@exercise
def buckets(answer, count=203, size=16):
    """``answer(lengths, batch_size, random)``: batches of indices of similar lengths."""
    lengths = 3 + np.random.default_rng(0).geometric(0.08, size=count)
    epochs = []
    for seed in range(6):
        batches = answer(lengths.copy(), size, np.random.default_rng(seed))
        if batches is None or batches is ...:
            raise NotImplementedError
        batches = [np.asarray(rows, dtype=int).ravel() for rows in batches]
        epochs.append([rows for rows in batches if len(rows)])
    for batches in epochs:
        _each_once(batches, count, size)
    batches = epochs[0]
    fewest = -(-count // size)
    if len(batches) > 1.5 * fewest:
        raise NotYet(
            f"there are {len(batches)} batches; {fewest} would do. Smaller ones cost time.",
            f"共有 {len(batches)} 批，其实 {fewest} 批就够。批太小费时间。",
        )
    order = np.random.default_rng(9).permutation(count)
    shuffled = [order[start : start + size] for start in range(0, count, size)]
    share, plain = padding_share(lengths, batches), padding_share(lengths, shuffled)
    if share > plain / 2:
        raise NotYet(
            f"{share:.0%} of the numbers are padding; shuffled at random it is {plain:.0%}. "
            "Put similar lengths into one batch.",
            f"填充占 {share:.0%}，而随机打乱是 {plain:.0%}。应把长度相近的放进同一批。",
        )

    def by_length(batches):
        means = [lengths[rows].mean() for rows in batches]
        return np.corrcoef(means, np.arange(len(means)))[0, 1]

    if min(abs(by_length(batches)) for batches in epochs) > 0.8:
        raise NotYet(
            "batches come in order of length, in every epoch: the network spends the end of each "
            "epoch on long ones only. Shuffle the batches.",
            "每一轮都按长度依次出批：每轮快结束时，网络见到的全是长的。应打乱各批的次序。",
        )
    if all(
        len(one) == len(other) and np.array_equal(one, other)
        for one, other in zip(epochs[0], epochs[1], strict=False)
    ):
        raise NotYet(
            "two generators gave the same order: shuffle the batches with random.",
            "两个不同的生成器给出了同样的次序：要用 random 打乱各批。",
        )


def _each_once(batches, count, size):
    taken = np.concatenate(batches) if batches else np.array([], int)
    if len(taken) and (taken.min() < 0 or taken.max() >= count):
        raise NotYet(
            f"indices go from 0 to {count - 1}; there are others among these.",
            f"下标应在 0 到 {count - 1} 之间，这里有别的数。",
        )
    times = np.bincount(taken, minlength=count)
    if lost := int(np.sum(times == 0)):
        raise NotYet(
            f"{lost} of {count} sequences are in no batch. The last batch counts, too, though it "
            "is smaller.",
            f"{count} 个序列里有 {lost} 个不在任何一批里。最后一批虽小，也不能丢。",
        )
    if np.any(times > 1):
        raise NotYet(
            f"{np.sum(times > 1)} sequences are in more than one batch.",
            f"有 {np.sum(times > 1)} 个序列出现了不止一次。",
        )
    largest = max(map(len, batches))
    if largest > size:
        raise NotYet(
            f"a batch has {largest} sequences; {size} at most.",
            f"有一批多达 {largest} 个序列，最多 {size} 个。",
        )
