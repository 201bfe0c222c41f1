"""Experiments on what the articles bring: their programs, their words, their digits."""

from functools import cache

import numpy as np

from rnn_tf import datasets, ledger, text
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import (
    batches_of,
    learn,
    network,
)
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Value

EXACT = {"class": 3, "full": 3}


def programs(seed):
    """Miniatures of the articles' programs, as the ledger keeps them."""
    stops = [row for row in ledger.faults() if row.article == "002" and row.kind == "R"]
    right, absurd = ledger.get("B-002-10").reproduce()
    return {
        "stops": sum(ledger.holds(row) for row in stops),
        "loss_change": abs(right - absurd),
        "has_length": float(ledger.get("B-004-07").reproduce()[1]),
        "gradient/one_step": float(ledger.get("B-001-21").reproduce()),
    }


PROGRAMS = Experiment(
    name="programs",
    title=("The articles' programs in miniature", "文章程序的最小示例"),
    number=("how many; difference; gradient", "个数；差值；梯度"),
    measure=programs,
    seeds=EXACT,
    labels={
        "stops": ("faults of article 002 that stop its program", "文章 002 中使程序中断的错误"),
        "loss_change": ("change of article 002's loss with other targets",
                        "换目标后文章 002 的损失变化"),
        "has_length": ("article 004's samples have the sequence length",
                       "文章 004 的样本含序列长度"),
        "gradient": ("gradient of article 001's recurrent weights",
                     "文章 001 循环权重的梯度"),
        "one_step": ("largest", "最大值"),
    },
    rules={
        "complete": rule(
            Value(("Nothing stops the program.", "程序不会中断。"), high=0, condition="stops"),
        ),
        "loss_sees_targets": rule(
            Value(("With other targets the loss is another.", "目标变了，损失也随之改变。"),
                  low=1e-6, condition="loss_change"),
        ),
        "sequences_made": rule(
            Value(("A sample has the sequence length that was set.", "样本具有所设的序列长度。"),
                  low=1, condition="has_length"),
        ),
        "loop_visits_steps": rule(
            Value(("The recurrent weights get a gradient.", "循环权重有梯度。"), low=1e-8,
                  condition="gradient/one_step"),
        ),
    },
)  # fmt: skip


def vocabulary(seed):
    """Words and their ids in the shipped articles, with and without stop words."""
    import warnings

    found = datasets.articles.load(seed=seed)
    train, test = ([text.tokenize(one.text) for one in part] for part in (found.train, found.test))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a generator must not learn from it: that is the point
        without = [text.without_stop_words(tokens) for tokens in train]
    words = text.Vocabulary.fit(train)
    total = sum(map(len, train))
    unseen = [token not in words for tokens in test for token in tokens]
    return {
        "shared/with": _sharing(words),
        "shared/without": _sharing(text.Vocabulary.fit(without)),
        "lost": (total - sum(map(len, without))) / total,
        "unseen": float(np.mean(unseen)),
    }


def _sharing(words):
    """How many words of a vocabulary have no id of their own."""
    return len(words) - len({words.id(token) for token in words.tokens})


VOCABULARY = Experiment(
    name="vocabulary",
    title=("Words and ids in the shipped articles", "随附文章里的词与编号"),
    number=("how many; share of the tokens", "个数；占词元的比例"),
    measure=vocabulary,
    labels={
        "shared": ("words that share an id with another", "与他词共用编号的词"),
        "with": ("with stop words", "保留停用词"),
        "without": ("without stop words", "去掉停用词"),
        "lost": ("tokens lost with the stop words", "随停用词丢失的词元"),
        "unseen": ("tokens of the test part without an id of their own",
                   "测试集中没有编号的词元"),
    },
    rules={
        "unique_by_removal": rule(
            Value(("With stop words kept, some words share an id.",
                   "保留停用词时，有的词共用编号。"), low=1, condition="shared/with"),
        ),
        "ready_to_generate": rule(
            Value(("At most 5 % of the tokens can no longer be generated.",
                   "无法再生成的词元不超过 5 %。"), high=0.05, condition="lost"),
        ),
        "unique_ids": rule(
            Value(("No two words of the training part share an id.",
                   "训练集中没有两个词共用编号。"), high=0, condition="shared/with"),
            Value(("At most 1 % of the tokens of the test part are without an id.",
                   "测试集中没有编号的词元不超过 1 %。"), high=0.01, condition="unseen"),
            on=("whether the word was in the training part", "该词是否在训练集中出现过"),
        ),
    },
)  # fmt: skip


@cache
def _digits():
    return datasets.digits.load()


def digits(seed, steps=250, units=32, count=1000):
    """Rows as steps, the picture as one step, rows or columns in a mixed order."""
    data, rng = _digits(), np.random.default_rng(seed)
    rows, columns = rng.permutation(28), rng.permutation(28)
    views = {
        "rows": ("lstm", lambda images: images),
        "mixed_rows": ("lstm", lambda images: images[:, rows]),
        "mixed_columns": ("lstm", lambda images: images[:, :, columns]),
        "one_step": ("lstm", lambda images: images.reshape(len(images), 1, -1)),
        "dense": ("simple", lambda images: images.reshape(len(images), 1, -1)),
    }
    found = {}
    for name, (kind, view) in views.items():
        train, test = view(data.train.inputs), view(data.test.inputs[:count])
        net = network(kind, train[:1], 10, units, seed=seed, loss="softmax_cross_entropy")
        learn(net, batches_of(train, data.train.targets, 64), steps=steps, seed=seed)
        answers = net.forward(test).outputs.argmax(axis=1)
        found[f"accuracy/{name}"] = float(np.mean(answers == data.test.targets[:count]))
    return found


DIGITS = Experiment(
    name="digits",
    title=("Handwritten digits, read row by row and otherwise", "手写数字：逐行读入及其他读法"),
    number=("accuracy on 1000 test pictures", "1000 幅测试图像上的准确率"),
    measure=digits,
    budgets={"class": {}, "full": {"steps": 3000, "count": 10_000}},
    labels={
        "rows": ("LSTM, rows as steps", "LSTM，一行为一步"),
        "mixed_rows": ("LSTM, rows in mixed order", "LSTM，打乱行序"),
        "mixed_columns": ("LSTM, columns in mixed order", "LSTM，打乱列序"),
        "one_step": ("LSTM, the picture as one step", "LSTM，整幅图为一步"),
        "dense": ("one dense layer of as many units", "单元数相同的一层全连接"),
    },
    rules={
        "recognises": rule(
            Value(("The accuracy is 0.85 or more.", "准确率不低于 0.85。"), low=0.85,
                  condition="accuracy/rows"),
        ),
        "good_for_pictures": rule(
            Value(("The accuracy is 0.85 or more.", "准确率不低于 0.85。"), low=0.85,
                  condition="accuracy/rows"),
            Difference(("It is no lower than that of a dense layer.", "不低于一层全连接。"),
                       low=0.0, first="accuracy/rows", second="accuracy/dense"),
            Difference(("It is no lower than that of an LSTM of one step, where nothing recurs.",
                        "不低于只有一步、毫无循环的 LSTM。"), low=0.0,
                       first="accuracy/rows", second="accuracy/one_step"),
            on=("what it is compared with", "与什么相比"),
        ),
        "neighbours": rule(
            Difference(("Rows in mixed order cost 0.02 of accuracy.",
                        "打乱行序，准确率下降 0.02 以上。"), low=0.02,
                       first="accuracy/rows", second="accuracy/mixed_rows"),
            Difference(("Columns in mixed order cost 0.02.", "打乱列序，下降 0.02 以上。"),
                       low=0.02, first="accuracy/rows", second="accuracy/mixed_columns"),
            on=("the direction: neighbours count along the steps only",
                "方向：只有沿时间步方向才看重相邻关系"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    PROGRAMS,
    VOCABULARY,
    DIGITS,
)
