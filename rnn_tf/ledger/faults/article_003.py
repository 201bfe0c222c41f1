"""Faults of article 003: an LSTM on handwritten digits (§4)."""

import numpy as np

from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Fault, Raises

ROWS = []


def four_dimensions():
    images = np.zeros((5, 1, 28, 28))  # (count, channel, rows, columns), as for a convolution
    return keras.layers.LSTM(3)(images)


def rows_are_steps():
    images = np.zeros((5, 28, 28))  # (count, rows = steps, columns = features)
    return tuple(keras.layers.LSTM(3)(images).shape)


ROWS.append(
    Fault(
        id="B-003-01",
        section="§4 L134–135, L145",
        kind="R",
        lesson="05_digits",
        title=(
            "Images get a channel axis, so the LSTM is given four dimensions",
            "给图像加了通道轴，LSTM 收到四维输入",
        ),
        why=(
            "A recurrent layer reads (batch, steps, features). A channel axis belongs to "
            "convolutions; here there is nothing to step over in a fourth axis.",
            "循环层的输入是（批，时间步，特征）三维。通道轴是卷积网络的约定，循环层没有第四个轴可用。",
        ),
        repair=(
            "Keep the images as (count, 28, 28): each row is one step of 28 features.",
            "图像保持 (数量, 28, 28)：每一行是一个时间步，含 28 个特征。",
        ),
        at=("rnn_tf.models.row_lstm", "chapters/05_digits.py"),
        versions=(
            "The same error in Keras 2 and Keras 3.",
            "Keras 2 与 Keras 3 报同样的错。",
        ),
        evidence=Raises(
            "ValueError",
            "expected ndim=3, found ndim=4",
            right=(5, 3),
            what=("shape of the last hidden state", "最后一个隐藏状态的形状"),
        ),
        reproduce=four_dimensions,
        repaired=rows_are_steps,
    )
)
