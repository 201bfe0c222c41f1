"""Faults of article 004: samples, model and loss (§4.3–4.5)."""

import math

import numpy as np

import rnn_tf
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong
from rnn_tf.ledger.tables.faults.measures import recurrent_gradient, warnings_of

ROWS = []
LESSON = "06_text"


def first_word_follows_itself():
    ids = {"fox": 0, "runs": 1}
    before, pairs = 0, []  # 0 is meant as "nothing yet", and is the fox
    for word in ("fox", "runs"):
        pairs.append((before, ids[word]))
        before = ids[word]
    words = {number: word for word, number in ids.items()}
    return tuple(words[number] for number in pairs[0])


def first_word_follows_the_begin_token():
    vocabulary = rnn_tf.text.Vocabulary.fit([["fox", "runs"]])
    inputs, targets = rnn_tf.text.windows([vocabulary.encode(["fox", "runs"])], num_steps=3)
    return tuple(vocabulary.decode([inputs[0, 0], targets[0, 0]], special=True))


ROWS.append(
    Fault(
        id="B-004-06",
        section="§4.3 L165–169",
        kind="S",
        lesson=LESSON,
        title=(
            "The word before the first word is id 0, which is a real word",
            "第一个词之前的“词”取编号 0，而 0 是真实的词",
        ),
        why=(
            "The first pair teaches that the first word follows itself.",
            "第一对样本教给模型：第一个词跟在它自己后面。",
        ),
        repair=("A begin token, with an id of its own.", "设一个有独立编号的起始词元。"),
        at=("rnn_tf.text.Vocabulary",),
        evidence=Wrong(
            ("fox", "fox"),
            right=("<bos>", "fox"),
            what=("the first pair of input and target", "第一对输入与目标"),
        ),
        reproduce=first_word_follows_itself,
        repaired=first_word_follows_the_begin_token,
    )
)


def length_set_and_never_used():
    sequence_length = 5
    ids = np.arange(20)
    inputs = np.array([ids[i] for i in range(len(ids) - 1)])
    return inputs.shape, sequence_length in inputs.shape


def windows_of_that_length():
    sequence_length = 5
    inputs, _ = rnn_tf.text.windows([np.arange(20)], sequence_length)
    return inputs.shape, sequence_length in inputs.shape


ROWS.append(
    Fault(
        id="B-004-07",
        section="§4.3 L160, L163–169",
        kind="S",
        lesson=LESSON,
        title=(
            "A sequence length is set, and every sample is a single id",
            "设了序列长度，每个样本却只是一个编号",
        ),
        why=(
            "The length is never used for the data. A thousand tokens give a thousand numbers, not "
            "windows; the model sees no context.",
            "这个长度从未用于切分数据。一千个词元只得到一千个数，而不是窗口，模型看不到上下文。",
        ),
        repair=(
            "Windows of ids; at every step the target is the next token.",
            "切成编号窗口，每一步的目标是下一个词元。",
        ),
        at=("rnn_tf.text.windows",),
        evidence=Wrong(
            ((19,), False),
            right=((4, 5), True),
            what=(
                "shape of the inputs, and whether it has the sequence length in it",
                "输入的形状，以及其中是否出现序列长度",
            ),
        ),
        reproduce=length_set_and_never_used,
        repaired=windows_of_that_length,
    )
)


def _small_model():
    keras.utils.set_random_seed(0)
    return rnn_tf.models.word_language_model(20, embedding=3, units=4, dropout=0)


def one_id_at_a_time():
    return recurrent_gradient(_small_model(), np.arange(1, 9).reshape(8, 1))


def windows_of_ids():
    return recurrent_gradient(_small_model(), np.arange(1, 9).reshape(2, 4))


ROWS.append(
    Fault(
        id="B-004-08",
        section="§4.3–4.4 L163–193",
        kind="S",
        lesson=LESSON,
        title=(
            "With one id a sample the recurrent model is a table of word pairs",
            "每个样本只有一个编号时，循环模型等于二元词对表",
        ),
        why=(
            "One step from a zero state: the recurrent weights get a gradient of exactly 0. "
            "Whatever is learnt depends on the last word only.",
            "从零状态只走一步，循环权重的梯度恒为 0。模型学到的只取决于前一个词。",
        ),
        repair=(
            "Windows of several steps; check_shapes refuses single steps. Lesson 6 holds the model "
            "against a bigram.",
            "用多步窗口；check_shapes 拒绝单步输入。第 6 课把模型与二元语法比较。",
        ),
        at=("rnn_tf.models.word_language_model", "rnn_tf.shapes.check_shapes"),
        evidence=Wrong(
            0.0,
            right=Between(1e-8, 1e3),
            what=("largest gradient of the recurrent weights", "循环权重梯度的最大绝对值"),
        ),
        reproduce=one_id_at_a_time,
        repaired=windows_of_ids,
    )
)


def length_of_the_embedding():
    return warnings_of(lambda: keras.layers.Embedding(5, 2, input_length=3))


def no_length():
    return warnings_of(lambda: keras.layers.Embedding(5, 2))


ROWS.append(
    Fault(
        id="B-004-09",
        section="§4.4 L188",
        kind="D",
        lesson=LESSON,
        title=("The embedding is told the input length", "给嵌入层指定了输入长度"),
        why=(
            "Keras 3 ignores the argument and warns.",
            "Keras 3 忽略该参数并给出警告。",
        ),
        repair=("Drop it; the model takes any number of steps.", "去掉它；模型接受任意时间步数。"),
        at=("rnn_tf.models.word_language_model",),
        versions=("Worked in Keras 2; a warning in Keras 3.", "Keras 2 有效；Keras 3 给出警告。"),
        evidence=Wrong(1, right=0, what=("number of warnings", "警告的条数")),
        reproduce=length_of_the_embedding,
        repaired=no_length,
    )
)


def lists_of_numbers():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    return model.fit([1, 2, 3], [2, 3, 4], verbose=0)


def arrays_of_windows():
    inputs, targets = rnn_tf.text.windows([np.arange(1, 10)], num_steps=4)
    model = _small_model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, run_eagerly=True)
    return math.isfinite(model.fit(inputs, targets, verbose=0).history["loss"][0])


ROWS.append(
    Fault(
        id="B-004-10",
        section="§4.5 L202",
        kind="R",
        lesson=LESSON,
        title=("Python lists of ids are given to fit", "把 Python 列表直接交给 fit"),
        why=(
            "Keras reads arrays. To it a list is a list of several inputs.",
            "Keras 读的是数组；列表会被当作多个输入。",
        ),
        repair=(
            "Integer arrays (windows, steps).",
            "整数数组 (窗口数, 时间步)。",
        ),
        at=("rnn_tf.text.windows", "rnn_tf.shapes.check_shapes"),
        versions=(
            "Keras 2 accepts lists and stops one line later: expected ndim=3, found ndim=2.",
            "Keras 2 接受列表，但随后报错：expected ndim=3, found ndim=2。",
        ),
        evidence=Raises(
            "ValueError",
            "Unrecognized data type",
            right=True,
            what=("whether training gives a finite loss", "训练是否得到有限的损失"),
        ),
        reproduce=lists_of_numbers,
        repaired=arrays_of_windows,
    )
)

FLAT = np.full((3, 4), 0.25, "float32")  # three tokens, four classes equally likely


def one_hot_loss_for_numbers():
    targets = np.array([[1], [2], [0]])
    return float(keras.losses.CategoricalCrossentropy()(targets, FLAT))


def sparse_loss_for_numbers():
    targets = np.array([[1], [2], [0]])
    return float(keras.losses.SparseCategoricalCrossentropy()(targets, FLAT))


ROWS.append(
    Fault(
        id="B-004-11",
        section="§4.4 L193",
        kind="R",
        lesson=LESSON,
        title=("A one-hot loss with integer targets", "独热损失配上整数目标"),
        why=(
            "The loss wants a row of class probabilities a token, and gets the number of a class.",
            "该损失要求每个词元给出一行类别概率，得到的却是一个类别编号。",
        ),
        repair=(
            "The sparse loss reads class numbers, and no (tokens, vocabulary) matrix is built.",
            "稀疏损失直接读类别编号，也不必构造 (词元数, 词表大小) 的矩阵。",
        ),
        at=("rnn_tf.shapes.check_shapes", "chapters/06_text/lesson.py"),
        evidence=Raises(
            "ValueError",
            "must have the same shape",
            right=Near(math.log(4), 1e-4),
            what=("loss of four equally likely classes: ln 4", "四个等可能类别的损失：ln 4"),
        ),
        reproduce=one_hot_loss_for_numbers,
        repaired=sparse_loss_for_numbers,
    )
)
