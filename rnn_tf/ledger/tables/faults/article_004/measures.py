"""Faults of article 004: what is announced, split and measured (§3.2, §4.3–4.6)."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Fault, Wrong

ROWS = []
LESSON = "06_text"

ROWS.append(
    Fault(
        id="B-004-17",
        section="§3.2 L105, L113; §4 L117, L180",
        kind="D",
        lesson=LESSON,
        title=(
            "GRU and clipping are announced and not coded",
            "宣称有 GRU 和梯度裁剪，代码中却没有",
        ),
        why=(
            "The program has an LSTM and no clipping.",
            "程序只有 LSTM，也没有裁剪。",
        ),
        repair=(
            'word_language_model(cell="simple", "lstm" or "gru"), clipnorm in training.',
            'word_language_model 的 cell 可取 "simple"、"lstm"、"gru"，训练时可用 clipnorm 裁剪。',
        ),
        at=("rnn_tf.models.word_language_model", "rnn_tf.training.train_with_tape"),
    )
)

ROWS.append(
    Fault(
        id="B-004-18",
        section="§4.4–4.5 L193, L202",
        kind="D",
        lesson=LESSON,
        title=(
            "No validation, no perplexity, no baseline",
            "没有验证集、困惑度和基线",
        ),
        why=(
            "Accuracy alone says little about a language model: nobody sees whether it beats a "
            "table of word pairs.",
            "单看准确率说明不了语言模型的好坏：看不出它是否胜过一张二元词对表。",
        ),
        repair=(
            "Perplexity on documents held out, beside uniform, unigram, bigram and Kneser-Ney.",
            "在留出的文档上算困惑度，与均匀、一元、二元及 Kneser-Ney 模型并列。",
        ),
        at=(
            "rnn_tf.training.metrics.perplexity",
            "rnn_tf.baselines.ngrams.KneserNey",
            "chapters/06_text/lesson.py",
        ),
    )
)


def windows_first_then_cut():
    series, num_steps = np.arange(40), 5
    windows = np.lib.stride_tricks.sliding_window_view(series, num_steps + 1)
    train, test = windows[:28], windows[28:]  # 80 % of the windows, then the rest
    return len(np.intersect1d(train, test))


def cut_first_then_windows():
    parts = rnn_tf.datasets.toy.split_series(np.arange(40), num_steps=5)
    train, test = (np.append(p.inputs, p.targets) for p in (parts.train, parts.test))
    return len(np.intersect1d(train, test))


ROWS.append(
    Fault(
        id="B-004-19",
        section="§4.3 L172–175",
        kind="S",
        lesson=LESSON,
        title=(
            "Ready-made pairs are cut 80 to 20, so windows share tokens",
            "先做成样本再按八二切分，窗口之间共用词元",
        ),
        why=(
            "Harmless for single pairs. As soon as the samples are windows, those on both sides of "
            "the cut overlap, and the test knows tokens of training.",
            "样本若只是单个词对则无妨。一旦样本是窗口，切口两侧的窗口相互重叠，测试集就含有训练用过的词元。",
        ),
        repair=(
            "Split first, by document or by time, and window each part.",
            "先按文档或时间划分，再对各部分切窗口。",
        ),
        at=("rnn_tf.text.split_documents", "rnn_tf.datasets.toy.split_series"),
        evidence=Wrong(5, right=0, what=("tokens in both parts", "两部分共有的词元数")),
        reproduce=windows_first_then_cut,
        repaired=cut_first_then_windows,
    )
)


def too_short_in_silence():
    ids = np.arange(60)
    windows = [ids[i : i + 100] for i in range(len(ids) - 100)]
    return f"{len(windows)} windows"


def too_short_said_so():
    try:
        return f"{len(rnn_tf.text.windows([np.arange(60)], num_steps=100)[0])} windows"
    except rnn_tf.errors.InputError as error:
        return f"{type(error).__name__} ({'101 ids' in str(error)})"


ROWS.append(
    Fault(
        id="B-004-20",
        section="§4.3 L160",
        kind="R/S",
        lesson=LESSON,
        title=(
            "Windows of 100 from a shorter text",
            "从不足 100 个词元的文本中切长度为 100 的窗口",
        ),
        why=(
            "There are no windows, and nobody says so: training goes over nothing, or stops later "
            "with an error about something else.",
            "一个窗口也没有，却毫无提示：要么对空数据训练，要么稍后报出不相干的错误。",
        ),
        repair=(
            "text.windows says how many ids are needed and how many there are.",
            "text.windows 会说明需要多少编号、实有多少。",
        ),
        at=("rnn_tf.text.windows",),
        evidence=Wrong(
            "0 windows",
            right="InputError (True)",
            what=(
                "what 60 ids give for windows of 100; whether the error says what is needed",
                "60 个编号切长度 100 的窗口得到什么；报错是否说明所需数量",
            ),
        ),
        reproduce=too_short_in_silence,
        repaired=too_short_said_so,
    )
)

ROWS.append(
    Fault(
        id="B-004-21",
        section="§4.6 L210–212",
        kind="D",
        lesson=LESSON,
        title=(
            "The softmax of the whole test set is kept at once",
            "一次性保存整个测试集的 softmax 结果",
        ),
        why=(
            "A matrix of tokens times vocabulary fills the memory for nothing.",
            "词元数乘词表大小的矩阵白白占满内存。",
        ),
        repair=(
            "Perplexity batch by batch; generation one token at a time.",
            "分批计算困惑度；生成时一次一个词元。",
        ),
        at=("rnn_tf.training.metrics.model_perplexity", "rnn_tf.generation.Stepper"),
    )
)
