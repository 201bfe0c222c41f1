"""Checks of the lab of lesson 6: pairs, perplexity, temperature, nucleus, counting, ten poems."""

import functools
import re

import numpy as np

from rnn_tf import text
from rnn_tf.course.checks import (
    NotYet,
    exercise,
    expect_close,
    expect_number,
    expect_shape,
    language,
)
from rnn_tf.datasets import poems

#: Perplexity of what is written, as a share of that of human poems; share of what is in form.
DULL, IN_FORM, WILD = {"zh": 0.35, "en": 0.65}, {"zh": 0.9, "en": 0.85}, 1.25


@exercise
def pairs(cut):
    """``cut(ids)`` gives inputs and targets, each one id shorter than the text."""
    ids = np.array([2, 17, 9, 30, 9, 5, 3])
    found = cut(ids.copy())
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise NotYet("two arrays are wanted: inputs, targets.", "要返回两个数组：输入和目标。")
    if any(one is ... or one is None for one in found):
        raise NotImplementedError
    inputs, targets = map(np.asarray, found)
    if np.array_equal(inputs, targets):
        raise NotYet(
            "inputs and targets are the same: the network would only repeat what it reads.",
            "输入和目标一样：网络只要照念就行了。",
        )
    if inputs.shape == targets.shape == ids.shape and inputs[0] == 0:
        raise NotYet(
            "the first id follows on a 0 that stands nowhere in the text (B-004-06). The begin "
            "token is there already.",
            "第一个编号前面多了一个文本里没有的 0（B-004-06）。起始词元已经在那里了。",
        )
    if np.array_equal(inputs, ids[1:]) and np.array_equal(targets, ids[:-1]):
        raise NotYet(
            "the wrong way round: that guesses the character before.",
            "反了：这是在猜前一个字。",
        )
    if np.array_equal(inputs, ids[:-2]) and np.array_equal(targets, ids[2:]):
        raise NotYet("the target is two steps ahead.", "目标往后移了两步。")
    expect_shape(inputs, (6,), "inputs")
    expect_shape(targets, (6,), "targets")
    if not (np.array_equal(inputs, ids[:-1]) and np.array_equal(targets, ids[1:])):
        raise NotYet(
            f"of {ids.tolist()} you make the inputs {inputs.tolist()} and the targets "
            f"{targets.tolist()}: at every step the target is the next id.",
            f"对 {ids.tolist()}，你的输入是 {inputs.tolist()}，目标是 {targets.tolist()}；"
            "每一步的目标应是下一个编号。",
        )


@exercise
def perplexity(measure):
    """``measure(p)`` gives the perplexity from the probabilities of the tokens that came."""
    p = np.array([0.5, 0.1, 0.8, 0.02])
    found = expect_number(measure(p.copy()))
    logs = np.log(p)
    for value, en, zh in (
        (
            1 / p.mean(),
            "average the logarithms, not the probabilities.",
            "该平均的是对数，不是概率。",
        ),
        (
            -logs.mean(),
            "that is the mean penalty; its exponential is wanted.",
            "这是平均损失；还要取指数。",
        ),
        (np.exp(logs.mean()), "the sign: −ln p is the penalty.", "符号错了：损失是 −ln p。"),
        (
            np.exp(-logs.sum()),
            "that is for the whole text: it grows with every token. Take the mean.",
            "这是整段文本的，每多一个词元就变大。要取平均。",
        ),
        (
            2 ** -logs.mean(),
            "2 to the power needs log2, e needs ln.",
            "底数不一致：2 配 log2，e 配 ln。",
        ),
        (np.mean(1 / p), "the mean of 1/p is something else.", "1/p 的平均是另一回事。"),
    ):
        if np.isclose(found, value, rtol=1e-6):
            raise NotYet(en, zh)
    if not np.isclose(found, np.exp(-logs.mean()), rtol=1e-6):
        raise NotYet(
            f"{found:.4g} for four tokens with p = 0.5, 0.1, 0.8, 0.02.",
            f"四个词元的概率是 0.5、0.1、0.8、0.02，你得 {found:.4g}。",
        )
    uniform = expect_number(measure(np.full(7, 1 / 65)))
    if not np.isclose(uniform, 65):
        raise NotYet(
            f"seven guesses among 65 equal ones make {uniform:.4g}.",
            f"在 65 个里均匀猜七次，你得 {uniform:.4g}。",
        )


def _softmax(values):
    weights = np.exp(values - values.max())
    return weights / weights.sum()


@exercise
def temperature(sharpen):
    """``sharpen(logits, T)`` gives softmax(logits / T)."""
    logits = np.array([2.0, 1.0, 0.0, -1.0])
    found = expect_shape(sharpen(logits.copy(), 0.5), (4,), "p")
    if np.allclose(found, _softmax(logits * 0.5)):
        raise NotYet(
            "T = 0.5 makes it flatter: the logits are divided by T, not multiplied.",
            "T = 0.5 反而变平了：logits 要除以 T，不是乘。",
        )
    if np.allclose(found, _softmax(logits)):
        raise NotYet("T changes nothing.", "T 没有起作用。")
    if np.allclose(found, _softmax(logits) / 0.5):
        raise NotYet(
            "divide the logits, before the softmax: these are no probabilities.",
            "要在 softmax 之前除 logits；现在的结果不是概率。",
        )
    if not np.isclose(found.sum(), 1):
        raise NotYet(
            f"the probabilities add up to {found.sum():.3g}.",
            f"概率加起来是 {found.sum():.3g}。",
        )
    expect_close(found, _softmax(logits / 0.5), at_most=1e-9, name="p")
    with np.errstate(all="ignore"):
        cold = sharpen(np.array([900.0, 899.0]), 0.1)
    if not np.all(np.isfinite(cold)):
        raise NotYet(
            "right, but with logits of 900 it overflows: take the largest one off all first.",
            "公式对了，但 logits 是 900 时会溢出：先把每个都减去最大的那个。",
        )
    expect_close(cold, _softmax(np.array([9000.0, 8990.0])), at_most=1e-9, name="p")


@exercise
def nucleus(keep):
    """``keep(probabilities, share)`` keeps the likeliest that together reach ``share``."""
    p = np.array([0.1, 0.4, 0.05, 0.3, 0.15])
    found = expect_shape(keep(p.copy(), 0.6), (5,), "p")
    right = np.array([0, 4, 0, 3, 0]) / 7
    if np.allclose(found, right * 0.7):
        raise NotYet(
            f"the right ones are kept, but they add up to {found.sum():.2g}: scale them to 1.",
            f"留对了，但加起来只有 {found.sum():.2g}：要缩放到 1。",
        )
    if np.allclose(found, [0, 1, 0, 0, 0]):
        raise NotYet(
            "0.4 alone does not reach 0.6: the one that crosses the line stays, too.",
            "单是 0.4 还没到 0.6：跨过界线的那一个也要留下。",
        )
    if np.allclose(found, p):
        raise NotYet("nothing is cut off.", "什么也没切掉。")
    if np.all(found == 0) or not np.all(np.isfinite(found)):
        raise NotYet(
            "nothing is left: the share is of all together, not of each alone.",
            "什么也没剩下：0.6 是合起来的，不是单个的。",
        )
    expect_close(found, right, at_most=1e-9, name="p")
    sure = expect_shape(keep(np.array([0.05, 0.9, 0.05]), 0.6), (3,), "p")
    if not np.allclose(sure, [0, 1, 0]):
        raise NotYet(
            f"of [0.05, 0.9, 0.05] one is enough, you keep {np.count_nonzero(sure)}.",
            f"[0.05, 0.9, 0.05] 留一个就够，你留了 {np.count_nonzero(sure)} 个。",
        )
    even = expect_shape(keep(np.full(10, 0.1), 0.75), (10,), "p")
    if np.count_nonzero(even) != 8:
        raise NotYet(
            f"of ten equal ones eight are needed for 0.75, you keep {np.count_nonzero(even)}.",
            f"十个一样大的要留八个才到 0.75，你留了 {np.count_nonzero(even)} 个。",
        )


@functools.cache
def _poems(lang):
    """The poems of a language, their vocabulary, and test poems as ids."""
    data = poems.load(lang)
    vocabulary = text.Vocabulary.fit([list(poem.text) for poem in data.train])
    return data, vocabulary, [vocabulary.encode(list(poem.text)) for poem in data.test[:200]]


@exercise
def bigram(matrix):
    """Row: an id; column: the id after it; probabilities that beat the unigram on test poems."""
    data, vocabulary, tests = _poems(language())
    size = len(vocabulary)
    p = expect_shape(matrix, (size, size), "matrix")
    if not np.all(np.isfinite(p)):
        raise NotYet(
            "some entries are no numbers: ids that stand nowhere before another have a count of 0.",
            "有些元素不是数：有的编号后面从没跟过别的，总数是 0。",
        )
    sums = p.sum(axis=1)
    if not np.allclose(sums, 1, atol=1e-6):
        if np.allclose(p.sum(axis=0), 1, atol=1e-6):
            raise NotYet(
                "the columns add up to 1; the rows should.", "加起来为 1 的是列；应该是行。"
            )
        worst = np.abs(sums - 1).argmax()
        raise NotYet(
            f"the row of id {worst} adds up to {sums[worst]:.3g}, not to 1.",
            f"编号 {worst} 那一行加起来是 {sums[worst]:.3g}，不是 1。",
        )
    came = np.concatenate([p[ids[:-1], ids[1:]] for ids in tests])
    if zeros := int(np.sum(came <= 0)):
        raise NotYet(
            f"{zeros} pairs of the test poems have probability 0: one is enough to make the "
            "perplexity infinite. Give something to every pair.",
            f"测试诗里有 {zeros} 对的概率是 0；只要一对，困惑度就是无穷大。每一对都要分一点。",
        )
    every = np.concatenate([vocabulary.encode(list(poem.text))[1:] for poem in data.train])
    counts = np.bincount(every, minlength=size) + 1.0
    logs = np.concatenate([np.log(counts / counts.sum())[ids[1:]] for ids in tests])
    own, unigram = np.exp(-np.log(came).mean()), np.exp(-logs.mean())
    if own > 0.6 * unigram:
        raise NotYet(
            f"perplexity {own:.1f} on test poems; the unigram has {unigram:.1f}, and the pairs can "
            "do far better: what you add to every pair drowns what was counted.",
            f"测试诗上的困惑度是 {own:.1f}，一元语法是 {unigram:.1f}，二元还能好得多："
            "给每一对加得太多，把数出来的淹没了。",
        )


@functools.cache
def _poet(lang):
    """The shipped model; lines known from the data; its perplexity of human poems; words."""
    from rnn_tf import weights
    from rnn_tf.training.metrics import model_perplexity

    data, vocabulary, tests = _poems(lang)
    poet = weights.load(f"poems_{lang}")

    def surprise(texts):
        ids = [vocabulary.encode(list(one)) for one in texts]
        return model_perplexity(poet.model, *text.whole_documents(ids))

    known = {
        line for part in (data.train, data.validation, data.test) for poem in part
        for line in poem.text.split("\n")
    }  # fmt: skip
    words = {word for poem in data.train for word in _words(poem.text)}
    human = model_perplexity(poet.model, *text.whole_documents(tests))
    return surprise, known, words, human


def _words(poem):
    return re.findall(r"[a-z]+(?:['-][a-z]+)*", poem.lower())


def _in_form(texts, words, lang):
    """Chinese: share of lines of five and five characters. English: share of known words."""
    if lang == "zh":
        lines = [line for one in texts for line in one.split("\n")]
        form = "[^，。？！]{5}[，。？！][^，。？！]{5}[。？！]"
        return np.mean([bool(re.fullmatch(form, line)) for line in lines])
    return np.mean([word in words for one in texts for word in _words(one)] or [0.0])


@exercise
def ten_poems(written):
    """Ten poems: all different, not copied, in form, and not dull."""
    if written is None or written is ...:
        raise NotImplementedError
    written = [str(one).strip("\n") for one in written]
    if len(written) != 10 or not all(written):
        raise NotYet(
            f"ten poems are wanted, here are {sum(map(bool, written))}.",
            f"要十首诗，这里有 {sum(map(bool, written))} 首。",
        )
    if len(set(written)) < 10:
        raise NotYet(
            f"only {len(set(written))} of ten are different: draw, with another seed for each.",
            f"十首里只有 {len(set(written))} 首不同：要抽签，每首换一个种子。",
        )
    lang = language()
    surprise, known, words, human = _poet(lang)
    lines = [line for one in written for line in one.split("\n")]
    copied = np.mean([line in known for line in lines])
    if copied > 0.2:
        raise NotYet(
            f"{copied:.0%} of the lines stand in the data: that is copied.",
            f"有 {copied:.0%} 的行是数据里现成的：这是抄的。",
        )
    form, least, dull = _in_form(written, words, lang), IN_FORM[lang], DULL[lang]
    if form < least:
        raise NotYet(
            f"wild: only {form:.0%} of the words are known from the training poems, wanted are "
            f"{least:.0%}. Cut off what is unlikely.",
            f"太野：只有 {form:.0%} 的行是五字对五字，要求 {least:.0%}。把不太可能的切掉一些。",
        )
    share = surprise(written) / human
    if share > WILD:
        raise NotYet(
            f"wild: to the network their perplexity is {share:.0%} of that of human poems, wanted "
            f"are {WILD:.0%} at most. Cut off what is unlikely.",
            f"太野：在网络看来，它们的困惑度是真人诗的 {share:.0%}，要求不超过 {WILD:.0%}。"
            "把不太可能的切掉一些。",
        )
    if share < dull:
        raise NotYet(
            f"dull: to the network their perplexity is {share:.0%} of that of human poems, wanted "
            f"are {dull:.0%}. Leave more to chance.",
            f"太平淡：在网络看来，它们的困惑度只有真人诗的 {share:.0%}，要求 "
            f"{dull:.0%}。多留一点给偶然。",
        )
