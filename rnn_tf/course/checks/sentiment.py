"""Checks of the lab of lesson 12: weights, padding, attention, reach, taking away, own texts."""

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import contrast
from rnn_tf.errors import InputError


@exercise
def word_weight(weight):
    """``weight(in_good, in_bad, all_good, all_bad, kinds)``: the log ratio, one added."""
    given = (30, 5, 6000, 7000, 900)
    found = expect_number(weight(*given), "weight")
    in_good, in_bad, all_good, all_bad, kinds = given
    ratio = (in_good + 1) / (all_good + kinds) / ((in_bad + 1) / (all_bad + kinds))
    for value, en, zh in (
        (-np.log(ratio), "the sign is wrong: good is above 0.", "符号反了：好评应大于 0。"),
        (ratio, "this is the ratio; take its logarithm.", "这是比值，还要取对数。"),
        (np.log2(ratio), "the logarithm is the natural one, np.log.", "要用自然对数 np.log。"),
        (np.log10(ratio), "the logarithm is the natural one, np.log.", "要用自然对数 np.log。"),
        (
            np.log(in_good / all_good / (in_bad / all_bad)),
            "nothing is added to the counts: a word of good sentences only would weigh infinitely "
            "much.",
            "计数没有加一：只在好评里出现的词，权重会变成无穷大。",
        ),
        (
            np.log((in_good + 1) / all_good / ((in_bad + 1) / all_bad)),
            "one is added to the count of every kind of word, so the totals grow by kinds.",
            "每种词的计数都加了一，所以总数要加 kinds。",
        ),
        (
            np.log((in_good + 1) / (in_bad + 1)),
            "counts are compared instead of shares: there are more words in bad sentences.",
            "比的是次数，不是比例：差评句里的词总共更多。",
        ),
    ):
        if np.isclose(found, value, rtol=1e-4):
            raise NotYet(en, zh)
    expect_close(found, np.log(ratio), at_most=1e-6, name="weight")
    unseen = expect_number(weight(0, 0, 10, 10, 5), "weight")
    if not np.isclose(unseen, 0):
        raise NotYet(
            f"a word that stands nowhere, with equal totals, should weigh 0, not {unseen:.3g}.",
            f"总数相同而从未出现的词，权重应为 0，不是 {unseen:.3g}。",
        )


@exercise
def padding(pad):
    """``pad(sequences, steps)`` gives ids (count, steps) and mask (count, steps)."""
    found = pad([[5, 9], [4, 6, 8, 7, 5], [3, 4, 5]], 3)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("two arrays are wanted: ids, mask.", "要返回两个数组：ids、mask。")
    ids, mask = found
    if ids is ... or mask is ...:
        raise NotImplementedError
    ids, mask = expect_shape(ids, (3, 3), "ids"), expect_shape(mask, (3, 3), "mask")
    if np.array_equal(ids[1], [8, 7, 5]):
        raise NotYet("the long one lost its beginning: cut at the end.", "长句丢了开头：要截末尾。")
    if np.array_equal(ids[0], [0, 5, 9]):
        raise NotYet(
            "the zeros stand in front; fill up behind the sentence.", "0 补在了前面：要补在句后。"
        )
    expect_close(ids, [[5, 9, 0], [4, 6, 8], [3, 4, 5]], at_most=0, name="ids")
    right = np.array([[1, 1, 0], [1, 1, 1], [1, 1, 1]], bool)
    if np.array_equal(mask.astype(bool), ~right):
        raise NotYet(
            "the mask is the wrong way round: True is a real step.", "掩码反了：真实的步才是 True。"
        )
    if not np.array_equal(mask.astype(bool), right):
        raise NotYet("the mask does not mark the real steps.", "掩码标的不是真实的步。")


@exercise
def attention(pool):
    """``pool(states, scores, mask)``: softmax over the real steps, then the weighted sum."""
    random = np.random.default_rng(12)
    states, scores = random.normal(size=(6, 4)), random.normal(size=6)
    mask = np.array([True, True, True, True, False, False])
    found = expect_shape(pool(states.copy(), scores.copy(), mask.copy()), (4,), "pooled")
    powers = np.exp(scores)
    real = powers * mask
    for value, en, zh in (
        (
            powers / powers.sum() @ states,
            "the padding has a share as well: the mask does nothing.",
            "填充也分到了权重：掩码没起作用。",
        ),
        (
            real / powers.sum() @ states,
            "the weights of the real steps add up to less than 1: mask before you divide.",
            "真实步的权重加起来不到 1：先用掩码，再做除法。",
        ),
        (real @ states, "the weights do not add up to 1: divide.", "权重之和不是 1：还要除。"),
        (
            states[mask].mean(axis=0),
            "this is the plain mean: the scores do nothing.",
            "这是普通平均：分数没起作用。",
        ),
        (
            np.exp(scores * mask) / np.exp(scores * mask).sum() @ states,
            "a score of 0 is not a weight of 0: exp(0) is 1.",
            "分数为 0 不等于权重为 0：exp(0) 是 1。",
        ),
    ):
        if np.allclose(found, value):
            raise NotYet(en, zh)
    expect_close(found, real / real.sum() @ states, at_most=1e-6, name="pooled")
    with np.errstate(all="ignore"):
        large = expect_shape(pool(states, scores + 900, mask), (4,), "pooled")
    if not np.all(np.isfinite(large)):
        raise NotYet(
            "right, but scores of 900 overflow: take the largest one off first.",
            "公式对了，但分数是 900 时会溢出：先减去最大的那个。",
        )


def _needed(first, second):
    width = 1
    while True:
        pieces = [
            Counter(tuple(s[i : i + width]) for i in range(len(s) - width + 1))
            for s in (first, second)
        ]
        if pieces[0] != pieces[1]:
            return width
        width += 1


@exercise
def reach(width):
    """``width(first, second)``: the narrowest window through which two sentences differ."""
    cases = [
        (contrast.sentence("dull", "great", gap=gap), contrast.sentence("great", "dull", gap=gap))
        for gap in (0, 1, 3)
    ]
    cases += [("a b", "b a"), ("good film", "bad film"), ("so so good", "so good good")]
    cases += [("x a y b x", "x b y a x"), ("a b a c a", "a c a b a")]
    for one, other in cases:
        first, second = one.split(), other.split()
        right = _needed(first, second)
        found = expect_number(width(first.copy(), second.copy()), "width")
        if found != right:
            hint, rat = "", ""
            if right == 1:
                hint = " Count how often each piece stands there: sets are not enough."
                rat = "还要数每个片段出现几次，用集合不够。"
            elif found < right:
                hint = " Where in the sentence a piece stands must not matter."
                rat = "片段在句中的位置不算数。"
            raise NotYet(
                f"{one!r} and {other!r}: you say {found:g}, it is not.{hint}",
                f"{one!r} 与 {other!r}：你说 {found:g}，不对。{rat}",
            )


#: A score for exercise 5: a sum of weights, and one thing that only order tells.
WEIGHTS = {"great": 1.5, "dull": -2.0, "moving": 1.0, "boring": -1.2, "fine": 0.4}


def score(words):
    """A critic for exercise 5: above 0 is good. Words it does not know count nothing."""
    total = sum(WEIGHTS.get(word, 0.0) for word in words)
    return -total if words[:1] == ["not"] else total


@exercise
def decisive(find):
    """``find(score, words)``: the place of the word without which the score changes most."""
    cases = {"a great but dull film": 3, "not great at all": 0, "fine and moving": 2}
    cases["boring and fine"] = 0
    for sentence, right in cases.items():
        words = sentence.split()
        found = find(score, words.copy())
        if isinstance(found, str):
            raise NotYet("the place is wanted, a number, not the word.", "要的是位置，不是词本身。")
        found = expect_number(found, "place")
        if found != right:
            hint, rat = "", ""
            if sentence == "a great but dull film" and found == 1:
                hint = " A change downwards is a change, too: compare sizes."
                rat = "变小也是变化：比大小要取绝对值。"
            raise NotYet(
                f"in {sentence!r} you name word {found:g}.{hint}",
                f"{sentence!r} 里你选了第 {found:g} 个词。{rat}",
            )


def _made_up(count=240, seed=3):
    """Texts of which one in five says the contrary of its label, each with words of its own."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        label = "joy" if random.random() < 0.6 else "sorrow"
        contrary = random.random() < 0.2
        word = ("smile", "tears")[(label == "sorrow") != contrary]
        rows.append((f"{word} own{number} mine{number} also{number}", label))
    return rows


@exercise
def own_texts(judge):
    """``judge(path)``: shares right on the test part, of a bag of words and of the majority."""
    with tempfile.TemporaryDirectory() as folder:
        rows = _made_up()
        table = Path(folder, "mine.tsv")
        lines = ["text\tlabel", *("\t".join(row) for row in rows)]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = judge(table)
        if found is None or found is ...:
            raise NotImplementedError
        found = expect_shape(found, (2,), "answer")
        if found[0] > 0.97:
            raise NotYet(
                f"{found[0]:.0%} right is too good to be true: are these texts it has learnt from?",
                f"{found[0]:.0%} 正确，好得不像真的：是不是学过的文本？",
            )
        if found[1] > found[0]:
            raise NotYet(
                "the majority is ahead: first the bag, then the majority.",
                "多数类反而更高：先返回词袋，再返回多数类。",
            )
        if not 0.65 <= found[0] <= 0.95:
            raise NotYet(
                f"{found[0]:.0%} right: about 80 % can be had. Scores above 0 mean label 1.",
                f"{found[0]:.0%} 正确：能到 80% 左右。得分大于 0 表示标签 1。",
            )
        if not 0.45 <= found[1] <= 0.75:
            raise NotYet(
                f"the majority right in {found[1]:.0%}? About 60 % have its label.",
                f"多数类 {found[1]:.0%} 正确？它的标签约占 60%。",
            )
        broken = Path(folder, "broken.tsv")
        broken.write_text("text\tmood\nfine\tjoy\n", encoding="utf-8")
        try:
            judge(broken)
        except InputError:
            return
        raise NotYet(
            "a table without the column label should fail, with the loader's own line.",
            "没有 label 列的表应该报错，就用加载函数自己的那一行。",
        )
