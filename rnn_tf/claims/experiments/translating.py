"""An experiment on translation: number words, Chinese to English."""

from functools import cache

import numpy as np

from rnn_tf.baselines.dictionary import Nearest, WordByWord
from rnn_tf.claims.compiled import first_weights, fit, ready
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Value
from rnn_tf.datasets import numbers

WAYS = {"attention": True, "plain": False}
#: The largest number of training. A digit more, and training has all the words; one digit more
#: than six would need "million".
MOST = 99_999


@cache
def _builder(way, source_size, target_size):
    def build():
        from rnn_tf.translation import Translator

        sizes = {"embedding": 32, "units": 64}
        model = Translator(source_size, target_size, attention=WAYS[way], dropout=0.1, **sizes)
        model.build()
        return model

    return build


@cache
def _interpreter(build):
    from rnn_tf.layers import SparseCategoricalCrossentropy
    from rnn_tf.translation import Interpreter

    mean = "mean_with_sample_weight"  # with weights of 0 and 1: over the real tokens
    loss = SparseCategoricalCrossentropy(from_logits=True, reduction=mean)
    return Interpreter(ready(build, loss))


def _taught(split, size=64):
    """A ``draw`` for teacher forcing: sources and true words so far; the next; which count."""
    from rnn_tf.translation import shifted

    reads, says = shifted(split.targets)

    def draw(rng):
        rows = rng.integers(0, len(reads), size)
        said = says[rows]
        return (split.inputs[rows], reads[rows]), said, (said > 0).astype("float32")

    return draw


def _alike(part, data):
    """Sources of a part, as many as the test part's, as wide as the longest: compiled once."""
    rows = part.inputs[np.arange(len(data.test)) % len(part)]
    return np.pad(rows, ((0, 0), (0, data.longer.inputs.shape[1] - rows.shape[1])))


def translation(seed, pairs=1500, steps=260):
    """Number words of one to five digits, and of six, by networks and by two simple rivals."""
    sizes = {"train": pairs, "validation": 200, "test": 500, "longer": 500}
    data = numbers.load(most=MOST, seed=seed, **sizes)
    tests = {"trained": data.test, "longer": data.longer}
    ids = len(data.source_vocabulary), len(data.target_vocabulary)
    found = {}
    for way in WAYS:
        build = _builder(way, *ids)
        interpreter = _interpreter(build)

        def right(part, interpreter=interpreter):
            said = data.decode(interpreter.greedy(_alike(part, data), max_tokens=20))
            return part.wholly_right(said[: len(part)]).mean()

        fit(interpreter.model, first_weights(build, seed), _taught(data.train),
            lambda right=right: 1 - right(data.validation), steps=steps, rates=(0.004, 0.01),
            trial=steps // 5, every=steps // 10, seed=seed)  # fmt: skip
        found |= {f"{name}/{way}": right(part) for name, part in tests.items()}
    only_words = np.where(data.train.targets > 3, data.train.targets, 0)  # no begin, no end
    dictionary = WordByWord(data.train.inputs, only_words, *ids)
    nearest = Nearest(data.train.inputs, data.train.translations, ids[0])
    for name, part in tests.items():
        said = {"words": [data.decode(row) for row in dictionary(part.inputs)],
                "nearest": nearest(part.inputs)}  # fmt: skip
        found |= {f"{name}/{rival}": part.wholly_right(one).mean() for rival, one in said.items()}
    return found


_NETWORKS = {
    "attention": ("With attention", "有注意力"),
    "plain": ("Without attention", "无注意力"),
}
_LENGTHS = {
    "trained": ("numbers as long as those trained on", "与训练时同样长的数"),
    "longer": ("numbers of one digit more", "多一位的数"),
}


def _nine_tenths(way, length):
    network, numbers_of = _NETWORKS[way], _LENGTHS[length]
    return Value(
        (f"{network[0]}, {numbers_of[0]}: nine tenths of the translations are wholly right.",
         f"{network[1]}，{numbers_of[1]}：九成以上的译文完全正确。"),
        low=0.9, condition=f"{length}/{way}")  # fmt: skip


def _beats(rival, length):
    words = {"words": ("word by word from a dictionary", "查词典逐字翻译"),
             "nearest": ("the translation of the nearest known source",
                         "照抄最相近原文的译文")}[rival]  # fmt: skip
    return Difference(
        (f"With attention, {_LENGTHS[length][0]}: twenty points more right than {words[0]}.",
         f"有注意力，{_LENGTHS[length][1]}：正确率比{words[1]}高 20 个百分点以上。"),
        low=0.2, first=f"{length}/attention", second=f"{length}/{rival}")  # fmt: skip


_AMENDED = (
    "The numbers of one digit more had had seven digits, and with them a word, million, that no "
    "training pair has; now they have six, and training knows all their words.",
    "原先“多一位的数”是七位数，要用到训练里从未出现的词 million；现在是六位数，"
    "所用的词训练里都有。",
)

TRANSLATION = Experiment(
    name="translation",
    title=("Number words, Chinese to English, by encoder and decoder",
           "中文数词译成英文：编码器—解码器"),
    number=("share of translations that are wholly right", "完全正确的译文所占比例"),
    measure=translation,
    budgets={"class": {}, "full": {"pairs": 6000, "steps": 1500}},
    labels={
        "trained": _LENGTHS["trained"],
        "longer": _LENGTHS["longer"],
        "attention": ("with attention", "有注意力"),
        "plain": ("without attention", "无注意力"),
        "words": ("word by word", "逐字翻译"),
        "nearest": ("nearest known source", "最相近的原文"),
    },
    rules={
        "translates_well": rule(
            _nine_tenths("attention", "trained"), _nine_tenths("plain", "trained"),
            _nine_tenths("attention", "longer"),
            on=("the network, and whether numbers are longer than those trained on, with as much "
                "training as here", "网络，以及数是否比训练时更长，就此训练量而言"),
            amended=_AMENDED,
        ),
        "excels": rule(
            *(_beats(rival, length) for length in _LENGTHS for rival in ("words", "nearest")),
            on=("whether numbers are longer than those trained on", "数是否比训练时更长"),
            amended=_AMENDED,
        ),
    },
)  # fmt: skip

EXPERIMENTS = (TRANSLATION,)
