"""Remedies against over-fitting, each alone and together, on sixty syllables of which a quarter is
mislabelled."""

from functools import cache

import numpy as np

from rnn_tf.baselines import linear, neighbours
from rnn_tf.claims.experiment import Experiment
from rnn_tf.datasets import tones
from rnn_tf.datasets.augmenting import varied
from rnn_tf.reference.losses import softmax_cross_entropy

#: Frames of 20 ms; the share of wrong labels; epochs from one look at held-out data to the next.
STEPS, WRONG, LOOK_EVERY = 16, 0.25, 10
#: Looks at which the validation loss is kept.
_KEPT = (1, 2, 3, 5, 8, 12, 16, 20, 25, 30)

#: Of each remedy validation data choose one strength.
STRENGTHS = {
    "none": ({},),
    "fewer_units": ({"units": 1}, {"units": 2}, {"units": 4}, {"units": 8}),
    "l1": ({"l1": 1e-3}, {"l1": 3e-3}, {"l1": 1e-2}, {"l1": 3e-2}, {"l1": 1e-1}),
    "l2": ({"l2": 3e-3}, {"l2": 1e-2}, {"l2": 3e-2}, {"l2": 1e-1}, {"l2": 3e-1}),
    "dropout": ({"dropout": 0.1}, {"dropout": 0.3}, {"dropout": 0.5}),
    "recurrent_dropout": (
        {"recurrent_dropout": 0.3}, {"recurrent_dropout": 0.5}, {"recurrent_dropout": 0.7},
        {"recurrent_dropout": 0.85}, {"recurrent_dropout": 0.95},
    ),
    "zoneout": (
        {"zoneout": 0.3}, {"zoneout": 0.5}, {"zoneout": 0.7}, {"zoneout": 0.85}, {"zoneout": 0.95},
    ),
    "layer_norm": ({"layer_norm": True},),
    "augmentation": ({"vary": 0.5}, {"vary": 1.0}, {"vary": 2.0}, {"vary": 4.0}),
    "more_data": ({"count": 480},),
    "together": (
        {"vary": 0.5, "recurrent_dropout": 0.3, "l2": 3e-3},
        {"vary": 0.5, "recurrent_dropout": 0.7, "l2": 1e-2},
        {"vary": 1.0, "recurrent_dropout": 0.5, "l2": 1e-2},
        {"vary": 1.0, "recurrent_dropout": 0.7, "l2": 3e-2},
    ),
    "repaired": ({"wrong": 0.0},),
}  # fmt: skip


@cache
def parts():
    """Training, validation and test part: lists of melodies, a frame every 20 ms, and tones."""
    data = tones.load(num_steps=2 * STEPS, validation=0.2, test=0.3)
    return [
        ([row[:n:2, 0] for row, n in zip(part.inputs, part.lengths, strict=True)], part.targets)
        for part in (data.train, data.validation, data.test)
    ]


def mislabelled(right, rng, share=WRONG):
    """(n,) tones of which a share is exchanged for another one at random, and which, (n,) bool."""
    bad = np.zeros(len(right), bool)
    bad[rng.permutation(len(right))[: round(share * len(right))]] = True
    other = (right + rng.integers(1, 4, len(right))) % 4
    return np.where(bad, other, right), bad


def few(seed, count=60, wrong=WRONG):
    """Some melodies of the training part, the labels that they got, and which are wrong."""
    melodies, right = parts()[0]
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(melodies))[:count]
    return [melodies[row] for row in chosen], *mislabelled(right[chosen], rng, wrong)


def network(
    seed=0, units=24, l1=0.0, l2=0.0, dropout=0.0, recurrent_dropout=0.0, zoneout=0.0,
    layer_norm=False,
):  # fmt: skip
    """An LSTM on a melody and its slope, (batch, STEPS, 2), with four logits."""
    from rnn_tf import layers
    from rnn_tf.backend import keras

    penalty = keras.regularizers.L1L2(l1, l2) if l1 or l2 else None
    options = {
        "kernel_initializer": keras.initializers.GlorotUniform(seed),
        "recurrent_initializer": keras.initializers.Orthogonal(seed=seed + 1),
        "kernel_regularizer": penalty,
        "recurrent_regularizer": penalty,
    }
    if zoneout:
        cell = layers.ZoneoutCell(keras.layers.LSTMCell(units, **options), zoneout, seed=seed)
        layer = keras.layers.RNN(cell)
    elif layer_norm:
        layer = keras.layers.RNN(layers.LayerNormLSTMCell(units, **options))
    else:
        layer = layers.LSTM(
            units, dropout=dropout, recurrent_dropout=recurrent_dropout, seed=seed, **options
        )
    frames = keras.Input((STEPS, 2))
    states = layer(keras.layers.Masking()(frames))
    start = keras.initializers.GlorotUniform(seed + 2)
    return keras.Model(frames, keras.layers.Dense(4, kernel_initializer=start)(states))


@cache
def _compiled(options):
    """A network, ``some_updates`` on a stack of batches, and ``answers``; compiled once."""
    from rnn_tf.backend import keras, tf

    model = network(**dict(options))
    optimizer = keras.optimizers.Adam(0.02, global_clipnorm=1.0)
    model.compile(optimizer)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    weights = model.trainable_variables
    optimizer.build(weights)

    @tf.function(reduce_retracing=True)
    def some_updates(batches, labels):
        for inputs in batches:
            with tf.GradientTape() as tape:
                value = loss(labels, model(inputs, training=True))
                value += tf.add_n(model.losses) if model.losses else 0.0
            optimizer.apply(tape.gradient(value, weights), weights)

    @tf.function(reduce_retracing=True)
    def answers(inputs):
        return model(inputs, training=False)

    return model, some_updates, answers


def _trained(seed, epochs, count=60, wrong=WRONG, vary=0.0, **options):
    """Training loss at the end, and at each look validation loss and logits for the test part."""
    from rnn_tf.training import reset

    melodies, labels, _ = few(seed, count, wrong)
    model, some_updates, answers = _compiled(tuple(sorted(options.items())))
    reset(model, network(seed, **options).get_weights())
    for variable in model.variables:
        if "seed_generator" in variable.path:
            variable.assign([0, seed])
    rng = np.random.default_rng(seed)
    inputs = tones.windows(melodies, STEPS)
    (checked, wanted), (asked, _) = ((tones.windows(m, STEPS), t) for m, t in parts()[1:])
    looks = []
    for _ in range(epochs // LOOK_EVERY):
        batches = np.stack([
            tones.windows(varied(melodies, rng, strength=vary, longest=STEPS), STEPS)
            if vary else inputs for _ in range(LOOK_EVERY)
        ])  # fmt: skip
        some_updates(batches, labels)
        looks.append((_loss(answers(checked), wanted), answers(asked).numpy()))
    return _loss(answers(inputs), labels), looks


def _loss(logits, labels):
    return softmax_cross_entropy(np.asarray(logits, dtype=float), labels)[0]


def remedies(seed, epochs=300, every_strength=True):
    """An LSTM that reads sixty syllables, a quarter of them mislabelled, with one remedy at a time.

    All of them are one batch. Validation data choose the strength of each remedy: for the loss
    after all epochs, and once more for the lowest loss on the way (early stopping). The test set
    is read for what was chosen.
    """
    truth = parts()[2][1]
    found = {}
    for name, strengths in STRENGTHS.items():
        chosen = strengths if every_strength else strengths[len(strengths) // 2 :][:1]
        tried = [_trained(seed, epochs, **options) for options in chosen]
        last = min(range(len(tried)), key=lambda n: tried[n][1][-1][0])
        lowest = [min(looks, key=lambda look: look[0]) for _, looks in tried]
        best = min(range(len(tried)), key=lambda n: lowest[n][0])
        train, looks = tried[last]
        for when, logits in (("end", looks[-1][1]), ("stopped", lowest[best][1])):
            found[f"loss/{when}/{name}"] = _loss(logits, truth)
            found[f"accuracy/{when}/{name}"] = np.mean(logits.argmax(axis=1) == truth)
        found[f"train/{name}"] = train
        found[f"strength/end/{name}"], found[f"strength/stopped/{name}"] = last + 1, best + 1
        for number in _KEPT:
            if number <= len(looks):
                found[f"validation/{name}/E{LOOK_EVERY * number}"] = looks[number - 1][0]
    return found | _rivals(seed)


def _rivals(seed):
    """Test accuracy of two rivals that read ten points of each melody."""
    melodies, labels, _ = few(seed)
    known = neighbours.resampled(melodies, 10)
    (checked, wanted), (asked, truth) = ((neighbours.resampled(m, 10), t) for m, t in parts()[1:])
    fits = {
        "linear": [linear.fit(known, np.eye(4)[labels], ridge=r) for r in (1, 10, 100, 1000)],
        "neighbours": [neighbours.fit(known, labels, k=k) for k in (1, 5, 9, 15)],
    }

    def right(predict, rows, answers):
        said = predict(rows)
        return np.mean((said if said.ndim == 1 else said.argmax(axis=1)) == answers)

    return {
        f"accuracy/{name}": right(max(ways, key=lambda w: right(w, checked, wanted)), asked, truth)
        for name, ways in fits.items()
    }


REMEDIES = Experiment(
    name="remedies",
    title=("An LSTM on 60 syllables, a quarter mislabelled, with one remedy at a time",
           "LSTM 学习 60 个音节，四分之一标错，每次只用一种办法"),
    number=("cross-entropy (nats; guessing 1.39); accuracy; which strength",
            "交叉熵（奈特；随机猜测 1.39）；准确率；第几档强度"),
    measure=remedies,
    rules={},
    budgets={"class": {"epochs": 100, "every_strength": False}, "full": {}},
    seeds={"class": 5, "full": 6},
    labels={
        "end": ("after all epochs", "训练到底"),
        "stopped": ("stopped early", "早停"),
        "strength": ("strength chosen on validation data", "按验证集选出的强度"),
        "none": ("no remedy", "不作处理"),
        "fewer_units": ("fewer units", "减少单元"),
        "l1": ("L1 penalty", "L1 正则化"),
        "l2": ("L2 penalty", "L2 正则化"),
        "dropout": ("dropout on inputs", "输入丢弃法"),
        "recurrent_dropout": ("recurrent dropout", "循环丢弃法"),
        "zoneout": ("zoneout", "zoneout"),
        "layer_norm": ("layer normalisation", "层归一化"),
        "augmentation": ("augmentation", "数据增强"),
        "more_data": ("eight times the data", "8 倍数据"),
        "together": ("three together", "三种合用"),
        "repaired": ("labels repaired", "改正标签"),
        "linear": ("linear model on ten points", "十个点的线性模型"),
        "neighbours": ("nearest neighbours", "最近邻"),
    },
)  # fmt: skip

EXPERIMENTS = (REMEDIES,)
