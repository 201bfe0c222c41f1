"""Formulas of article 001."""

import numpy as np

from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Formula, Wrong, at_most

ROWS = []


def softmax_of_one_logit():
    logits = np.array([[-3.0], [0.0], [5.0]])
    return tuple(np.ravel(keras.ops.softmax(logits)))


def sigmoid_of_one_logit():
    logits = np.array([[-3.0], [0.0], [5.0]])
    two_classes = np.ravel(keras.ops.softmax(np.hstack([np.zeros_like(logits), logits]))[:, 1])
    return float(np.max(np.abs(np.ravel(keras.ops.sigmoid(logits)) - two_classes)))


ROWS.append(
    Formula(
        id="F-001-03",
        section="§4 L149",
        verdict="one reading",
        lesson="02_keras_model",
        title=(
            "The output is the softmax of an affine map of the state",
            "输出是隐藏状态仿射变换的 softmax",
        ),
        latex=r"\hat y=\sigma(h W_{hy}+b_y)\ (K=1),\qquad"
        r" \hat y=\operatorname{softmax}(h W_{hy}+b_y)\ (K\ge 2)",
        names=(
            "h: hidden state (units); W_hy: (units, K); b_y: (K); σ: logistic function; "
            "K: number of outputs",
            "h：隐藏状态 (units)；W_hy：(units, K)；b_y：(K)；σ：逻辑函数；K：输出个数",
        ),
        why=(
            "Right for two or more classes. The article's program has one output, and the softmax "
            "of one number is 1 whatever the number is: no gradient, nothing learnt.",
            "类别数不少于二时正确。但原文程序只有一个输出，单个数的 softmax 恒为 1，"
            "梯度为零，什么也学不到。",
        ),
        evidence=Wrong(
            (1.0, 1.0, 1.0),
            right=at_most(1e-6),
            what=(
                "printed: softmax of the logits −3, 0, 5, one at a time; right: largest "
                "difference between the sigmoid and a two-class softmax",
                "原式：对 −3、0、5 分别取 softmax；正确：sigmoid 与二分类 softmax 的最大差",
            ),
        ),
        as_printed=softmax_of_one_logit,
        correct=sigmoid_of_one_logit,
    )
)
