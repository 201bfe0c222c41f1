"""Checks of the lab of lesson 13: attention by hand, teacher forcing, running freely, own pairs."""

import tempfile
from pathlib import Path

import numpy as np

from rnn_tf.baselines.dictionary import Nearest
from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape
from rnn_tf.datasets import pairs
from rnn_tf.errors import InputError
from rnn_tf.text import Vocabulary

#: What ``own_pairs`` wants: so many pairs, and this share of the test part wholly right.
LEAST_PAIRS, LEAST_RIGHT = 500, 0.8


@exercise
def whole_sentences(answer):
    """Share of sentences of twelve words that are wholly right, if each word is with 0.95."""
    found = expect_number(answer)
    for value, en, zh in (
        (0.95, "that is one word; all twelve must be right.", "这是一个词的；十二个词都得对。"),
        (
            0.95**12 - 0.95 * 0.95**12,
            "that is the chance of eleven right ones and then a wrong one.",
            "这是前面都对、接着错一个的概率。",
        ),
        (1 - 0.95**12, "that is the share with a mistake.", "这是有错的句子所占的比例。"),
        (1 - 12 * 0.05, "chances of independent words multiply.", "各词独立时，概率是相乘的。"),
        (12 * 0.95, "a share is not above 1.", "比例不会超过 1。"),
    ):
        if np.isclose(found, value, atol=0.004):
            raise NotYet(en, zh)
    if not np.isclose(found, 0.95**12, atol=0.006):
        raise NotYet(
            f"{found:.3g} it is not. Two words are both right with 0.95 · 0.95; and twelve?",
            f"不是 {found:.3g}。前两个词都对的概率是 0.95 · 0.95；十二个都对呢？",
        )


def _scores():
    """Scores (3, 5), which places are real (5,), and the right weights (3, 5)."""
    scores = np.random.default_rng(1).normal(scale=2, size=(3, 5))
    scores[:, 3:] += 4  # padding that would win if it were allowed to
    real = np.array([True, True, True, False, False])
    raised = np.exp(scores) * real
    return scores, real, raised / raised.sum(axis=1, keepdims=True)


@exercise
def attention_weights(function):
    """``function(scores, real)``: weights (steps, places), a softmax over the real places."""
    scores, real, right = _scores()
    kept = scores.copy()
    with np.errstate(all="ignore"):
        found = expect_shape(function(scores, real), (3, 5), "weights").astype(float)
    if not np.array_equal(scores, kept):
        raise NotYet(
            "your function changes the scores it was given: make new ones.",
            "你的函数改动了传入的分数：请另建新的数组。",
        )
    everywhere = np.exp(kept) / np.exp(kept).sum(axis=1, keepdims=True)
    zeroed = np.exp(kept * real)
    for attempt, en, zh in (
        (everywhere, "padding is looked at as well.", "填充的位置也分到了权重。"),
        (
            everywhere * real,
            "padding was shared with before it was removed: a row sums to "
            f"{(everywhere * real).sum(axis=1)[0]:.2f}, not to 1.",
            "先让填充分走一份，再把它置零：一行之和是 "
            f"{(everywhere * real).sum(axis=1)[0]:.2f}，而不是 1。",
        ),
        (
            zeroed / zeroed.sum(axis=1, keepdims=True),
            "a score of 0 is no ban: exp(0) is 1. What score has the exponential 0?",
            "分数为 0 并不等于排除：exp(0) 是 1。哪个分数的指数才是 0？",
        ),
        (
            np.exp(kept) * real,
            "these are exponentials; a row must sum to 1.",
            "这还只是指数；每一行之和应为 1。",
        ),
    ):
        if np.allclose(found, attempt):
            raise NotYet(en, zh)
    if np.allclose(found.sum(axis=0)[:3], 1) and not np.allclose(found.sum(axis=1), 1):
        raise NotYet(
            "the columns sum to 1; the rows should: each word shares out its own attention.",
            "是列之和等于 1；应当是行：每个词分配的是自己的注意力。",
        )
    expect_close(found, right, at_most=1e-6, name="weights")
    with np.errstate(all="ignore"):
        large = np.asarray(function(kept + 5000.0, real), dtype=float)
    if not np.allclose(large, right, atol=1e-6):
        raise NotYet(
            "scores of 5,000 become infinity under exp. Subtract the largest one first: the "
            "weights stay the same.",
            "分数到 5,000 时 exp 就成了无穷大。先减去最大的分数：权重不变。",
        )


@exercise
def context(attend):
    """``attend(query, memory)``: what a query (units,) reads from a memory (places, units)."""
    random = np.random.default_rng(2)
    query, memory = random.normal(size=4), random.normal(size=(6, 4))
    found = attend(query, memory)
    weights = np.exp(memory @ query) / np.exp(memory @ query).sum()
    if np.shape(found) == (6,):
        raise NotYet(
            "one number a place: these are scores or weights. The context is the weighted mean of "
            "the memory, (4,).",
            "每个位置一个数：这是分数或权重。上下文是记忆的加权平均，形状为 (4,)。",
        )
    found = expect_shape(found, (4,), "context")
    for attempt, en, zh in (
        (memory.mean(axis=0), "every place has the same weight.", "每个位置的权重都一样。"),
        (
            memory[np.argmax(memory @ query)],
            "this takes the best place alone; the softmax takes some of each.",
            "这只取了分数最高的那个位置；softmax 是各取一些。",
        ),
        (
            (memory @ query) @ memory,
            "the scores are used as they are: the softmax is missing.",
            "直接用了分数：缺了 softmax。",
        ),
        (weights @ memory * 6, "this is a sum of six, not a mean.", "多乘了位置数。"),
    ):
        if np.allclose(found, attempt):
            raise NotYet(en, zh)
    expect_close(found, weights @ memory, at_most=1e-6, name="context")


@exercise
def teacher_forcing(shift):
    """``shift(targets)``: what the decoder reads and what it shall say, (n, steps - 1) each."""
    targets = np.array([[2, 7, 8, 9, 3], [2, 5, 3, 0, 0]], np.int32)
    found = shift(targets.copy())
    if found is None or found is ... or any(part is ... for part in found):
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("two arrays are wanted: reads, says.", "要返回两个数组：读入的和要说的。")
    reads, says = (np.asarray(part) for part in found)
    if reads.shape == says.shape == targets.shape:
        raise NotYet(
            "there is one step less than tokens: nothing is read after the end token, and the "
            "begin token is never said.",
            "步数比词元少一：结束词元之后不再读，起始词元也不用说。",
        )
    reads, says = (expect_shape(p, (2, 4), n) for p, n in ((reads, "reads"), (says, "says")))
    if np.array_equal(reads, says):
        raise NotYet(
            "the decoder reads the very word that it shall say: it will learn to copy, and know "
            "nothing when it must speak.",
            "解码器读到的正是它该说的词：它只会照抄，真要它开口时便一无所知。",
        )
    if np.array_equal(reads, targets[:, 1:]) and np.array_equal(says, targets[:, :-1]):
        raise NotYet("the two are exchanged.", "两者放反了。")
    if not np.array_equal(reads, targets[:, :-1]):
        raise NotYet(
            "the first step must read the begin token, 2; the last token is never read.",
            "第一步应读入起始词元 2；最后一个词元不用读。",
        )
    if not np.array_equal(says, targets[:, 1:]):
        raise NotYet(
            "what is said is one token ahead of what is read, up to the end token, 3.",
            "要说的比读入的超前一个词元，直到结束词元 3。",
        )


class _Speaker:
    """A decoder of which each step depends on its state and on the token it reads."""

    def __init__(self, sentence):
        self.sentence, self.calls = sentence, []

    def __call__(self, token, state):
        place = int(state)
        self.calls.append((int(token), place))
        expected = Vocabulary.BOS if place == 0 else self.sentence[place - 1]
        scores = np.full(10, -1.0)
        # Whoever is told another word than it said loses the thread.
        scores[self.sentence[place] if token == expected else 9] = 3.0
        return scores, place + 1


@exercise
def running_freely(translate):
    """``translate(step, state, most)``: a list of ids, without begin and end token."""
    speaker = _Speaker([5, 7, 6, 3, 4, 4, 4, 4])
    found = translate(speaker, 0, 8)
    if found is None or found is ...:
        raise NotImplementedError
    found = [int(token) for token in found]
    first = speaker.calls[0] if speaker.calls else None
    if first is None:
        raise NotYet("`step` is never called.", "从未调用 `step`。")
    if first[0] != Vocabulary.BOS:
        raise NotYet(
            "the first token that is read is 2, begin.", "读入的第一个词元应是起始词元 2。"
        )
    if [place for _, place in speaker.calls] == [0] * len(speaker.calls) and len(speaker.calls) > 1:
        raise NotYet(
            "the state never moves on: keep the one that `step` gives back.",
            "状态一直没有更新：要留下 `step` 返回的状态。",
        )
    if 9 in found:
        raise NotYet(
            "after its first word it reads something else than what it said.",
            "说完第一个词之后，它读到的不是自己刚说的词。",
        )
    if found[:1] == [Vocabulary.BOS]:
        raise NotYet("the begin token is no part of the translation.", "起始词元不是译文的一部分。")
    if found == [5, 7, 6, 3]:
        raise NotYet("leave the end token out.", "请去掉结束词元。")
    if len(speaker.calls) > 4:
        raise NotYet(
            "it goes on after the end token, 3: stop there.",
            "说出结束词元 3 之后还在继续：应当停下。",
        )
    if found != [5, 7, 6]:
        raise NotYet(
            f"it should say 5, 7, 6; yours says {found}.", f"应当说 5、7、6；你的说了 {found}。"
        )
    endless = _Speaker([5] * 50)
    if len(list(translate(endless, 0, 4))) != 4:
        raise NotYet(
            "somebody who never says the end token must be stopped after `most` tokens.",
            "若一直不说结束词元，应在 `most` 个词元之后停下。",
        )


@exercise
def own_pairs(my_pairs, learn):
    """Pairs by the reader's rule, and ``learn(data)``, which gives back a translator of texts."""
    found = my_pairs()
    if found is None or found is ...:
        raise NotImplementedError
    found = [tuple(map(str, pair)) for pair in found]
    if any(len(pair) != 2 for pair in found):
        raise NotYet("every pair has two texts.", "每一对应有两段文字。")
    if len(set(found)) < LEAST_PAIRS:
        raise NotYet(
            f"{len(set(found))} different pairs; {LEAST_PAIRS} or more are wanted.",
            f"只有 {len(set(found))} 个不同的句对；至少要 {LEAST_PAIRS} 个。",
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.tsv"
        path.write_text("".join(f"{a}\t{b}\n" for a, b in found), encoding="utf-8")
        try:
            data = pairs.load(path)
        except InputError as error:
            shown = str(error).replace(str(path), path.name)
            raise NotYet(f"the file cannot be read: {shown}", f"文件读不了：{shown}") from None
    translate = learn(data)
    if not callable(translate):
        raise NotYet(
            "`learn` must give back a function: texts in, texts out.",
            "`learn` 应返回一个函数：输入一批文字，输出一批译文。",
        )
    said = list(translate(list(data.test.sources)))
    if len(said) != len(data.test):
        raise NotYet(
            f"{len(said)} translations for {len(data.test)} texts.",
            f"{len(data.test)} 段文字得到了 {len(said)} 段译文。",
        )
    right = _right(said, data.test.references)
    nearest = Nearest(data.train.inputs, data.train.translations, len(data.source_vocabulary))
    looked_up = _right(nearest(data.encode(data.test.sources)), data.test.references)
    if looked_up >= LEAST_RIGHT:
        raise NotYet(
            f"looking up the nearest known pair is right in {looked_up:.0%} already: your pairs "
            "are too much alike for a test.",
            f"只查最相近的已知句对就有 {looked_up:.0%} 正确：你的句对太相似，测不出什么。",
        )
    if right < LEAST_RIGHT:
        raise NotYet(
            f"{right:.0%} of the test part wholly right (looked up: {looked_up:.0%}); "
            f"{LEAST_RIGHT:.0%} are wanted. More epochs, or more pairs?",
            f"测试集全对的有 {right:.0%}（查最相近的：{looked_up:.0%}）；要求 {LEAST_RIGHT:.0%}。"
            "再多训练几轮？或者多造些句对？",
        )


def _right(said, references):
    """Share of texts that are one of their references, case and spaces aside."""

    def plain(words):
        return " ".join(str(words).lower().split())

    return np.mean(
        [plain(s) in map(plain, r) for s, r in zip(said, references, strict=True)], dtype=float
    )
