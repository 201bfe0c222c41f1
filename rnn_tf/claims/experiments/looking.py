"""Experiments on attention: what it reaches, and whether its weights explain anything."""

from functools import cache

import numpy as np

from rnn_tf.claims.compiled import first_weights, fit, ready
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.memory import TEST
from rnn_tf.claims.learning import fresh
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Value

SYMBOLS, QUESTION = 4, 8  # ids 0 to 3 are chatter, 4 to 7 the same symbols marked, 8 asks
NUM_STEPS = 151


def marked(count, *, seed, num_steps=NUM_STEPS, distance=None):
    """Chatter in which one symbol is marked, and a question at the end: which one was it?

    Args:
        distance: steps from the mark to the question; ``None``: any, each as often.

    Returns ids (count, num_steps) and the symbols (count,).
    """
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, SYMBOLS, (count, num_steps)).astype(np.int32)
    far = rng.integers(1, num_steps, count) if distance is None else np.full(count, distance)
    place = num_steps - 1 - far
    answers = ids[np.arange(count), place]
    ids[np.arange(count), place] += SYMBOLS
    ids[:, -1] = QUESTION
    return ids, answers


def _lstm():
    """An LSTM that begins with memories of all lengths up to the sequence's.

    Source: C. Tallec and Y. Ollivier (2018), Can recurrent neural networks warp time? (chrono
    initialisation).
    """
    from rnn_tf import layers
    from rnn_tf.backend import keras

    def chrono(shape, dtype=None):
        spans = keras.random.uniform((shape[0] // 4,), 1.0, NUM_STEPS - 1.0)
        forget = keras.ops.log(spans)
        return keras.ops.concatenate([-forget, forget, 0 * forget, 0 * forget])

    ids = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(QUESTION + 1, 16)(ids)
    lstm = layers.LSTM(27, unit_forget_bias=False, bias_initializer=chrono)
    return keras.Model(ids, keras.layers.Dense(SYMBOLS)(lstm(vectors)))


def _transformer(width=24):
    """One block with the positions of sines: attention with two heads, then two dense layers.

    Only the answer at the last step is read, so only its query is computed: the same number, and
    not the square of the steps. Source: A. Vaswani et al. (2017), Attention is all you need.
    """
    from rnn_tf.backend import keras

    def with_positions(vectors):
        steps = keras.ops.cast(keras.ops.arange(keras.ops.shape(vectors)[1]), "float32")
        turns = steps[:, None] / keras.ops.power(10_000.0, keras.ops.arange(0, 1, 2 / width))
        return vectors + keras.ops.concatenate([keras.ops.sin(turns), keras.ops.cos(turns)], -1)

    ids = keras.Input((None,), dtype="int32")
    start = keras.initializers.RandomNormal(stddev=0.5)  # as large as the sines
    vectors = keras.layers.Embedding(QUESTION + 1, width, embeddings_initializer=start)(ids)
    vectors = keras.layers.Lambda(with_positions)(vectors)
    normed = keras.layers.LayerNormalization()(vectors)
    last = keras.layers.MultiHeadAttention(2, width // 2)(normed[:, -1:], normed)
    last = keras.layers.Add()([last, vectors[:, -1:]])
    hidden = keras.layers.Dense(2 * width, "relu")(keras.layers.LayerNormalization()(last))
    last = keras.layers.Add()([last, keras.layers.Dense(width)(hidden)])
    return keras.Model(ids, keras.layers.Dense(SYMBOLS)(last[:, 0]))


@cache
def _asked(build):
    from rnn_tf.backend import keras

    return ready(build, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def attention(seed, steps=200, distances=(10, 50, 150)):
    """Recall of a marked symbol, and in sequences twice as long as those of training."""
    found = {}
    for name, build in {"transformer": _transformer, "lstm": _lstm}.items():
        model = _asked(build)

        def right(ids, answers, model=model):
            return np.mean(model.predict_on_batch(ids).argmax(axis=1) == answers)

        check = marked(400, seed=TEST // 2 + seed)
        fit(model, first_weights(build, seed), fresh(marked),
            lambda right=right, check=check: 1 - right(*check), steps=steps,
            rates=(0.003, 0.01), trial=steps // 5, every=steps // 10, seed=seed)  # fmt: skip
        for distance in distances:
            test = marked(400, seed=TEST + seed, distance=distance)
            found[f"right/{name}/D{distance}"] = right(*test)
        longer = marked(400, seed=TEST + seed, num_steps=2 * NUM_STEPS - 1, distance=300)
        found[f"right/{name}/longer"] = right(*longer)
        found[f"parameters/{name}"] = model.count_params()
    return found


def _recalls(distance):
    return Value(
        (f"A marked symbol of {distance} steps ago is said with accuracy 0.95.",
         f"能以 0.95 的准确率说出 {distance} 步前标出的符号。"),
        low=0.95, condition=f"right/transformer/D{distance}")  # fmt: skip


ATTENTION = Experiment(
    name="attention",
    title=("Recall of a marked symbol: a Transformer block and an LSTM of as many parameters",
           "回忆标出的符号：Transformer 块与参数量相同的 LSTM"),
    number=("accuracy (chance: 0.25); parameters", "准确率（随机猜测为 0.25）；参数量"),
    measure=attention,
    budgets={"class": {}, "full": {"steps": 2000}},
    labels={
        "right": ("accuracy", "准确率"),
        "transformer": ("Transformer block", "Transformer 块"),
        **{f"D{n}": (f"{n} steps back", f"{n} 步之前") for n in (10, 50, 150)},
        "longer": ("300 steps back, trained on at most 150", "300 步之前，训练时最多 150 步"),
    },
    rules={
        "solves": rule(
            *map(_recalls, (10, 50, 150)),
            Value(("A symbol of 300 steps ago is said too, where training went to 150.",
                   "训练时最多 150 步，换成 300 步前的符号也能说出。"), low=0.95,
                  condition="right/transformer/longer"),
            Difference(("Of 150 steps ago it is said better, by 0.05, than by an LSTM of as many "
                        "parameters that begins with long memories.",
                        "150 步前的符号，准确率比参数量相同、初始记忆较长的 LSTM 高 0.05 以上。"),
                       low=0.05, first="right/transformer/D150", second="right/lstm/D150"),
            on=("whether sequences are longer than those trained on, and what it is compared with",
                "序列是否比训练时更长，以及与什么相比"),
        ),
    },
)  # fmt: skip


CHATTER = 2  # ids 0 and 1 are the evidence, those from here on say nothing
PLANTED = 20  # steps


def planted(count, *, seed, words=12):
    """Chatter with one word of evidence, 0 or 1, which is the target; its place too."""
    rng = np.random.default_rng(seed)
    ids = rng.integers(CHATTER, words, (count, PLANTED)).astype(np.int32)
    place, targets = rng.integers(0, PLANTED, count), rng.integers(0, 2, count)
    ids[np.arange(count), place] = targets
    return ids, targets[:, None].astype("float32"), place


def _judge(recurrent):
    """Attention pooling over words, or over the states of a GRU that has read them."""
    from rnn_tf import layers
    from rnn_tf.backend import keras
    from rnn_tf.layers.pooling import AttentionPooling

    ids = keras.Input((PLANTED,), dtype="int32")
    values = keras.layers.Embedding(12, 16)(ids)
    if recurrent:
        values = layers.GRU(16, return_sequences=True)(values)
    pooled = AttentionPooling(name="pooling")(values)
    return keras.Model(ids, [keras.layers.Dense(1, name="head")(pooled), values])


def _on_words():
    return _judge(recurrent=False)


def _on_states():
    return _judge(recurrent=True)


@cache
def _trained_here(build):
    from rnn_tf.backend import keras

    # The second output, the values that are pooled, is looked at and not trained.
    return ready(build, [keras.losses.BinaryCrossentropy(from_logits=True), None])


def attention_weights(seed, steps=600):
    """Is the brightest place the planted one, and what if it is erased, or weights permuted?"""
    found, rng = {}, np.random.default_rng(seed)
    for name, build in {"words": _on_words, "states": _on_states}.items():
        model = _trained_here(build)

        def logits(ids, model=model):
            return model.predict_on_batch(ids)[0][:, 0]

        def right(said, targets):
            return np.mean((said > 0) == (targets[:, 0] > 0.5))

        check = planted(500, seed=TEST // 2 + seed)
        fit(model, first_weights(build, seed), fresh(lambda n, seed: planted(n, seed=seed)[:2]),
            lambda right=right, logits=logits, check=check: 1 - right(logits(check[0]), check[1]),
            steps=steps, rates=(0.003, 0.01), trial=steps // 5, every=steps // 10,
            seed=seed)  # fmt: skip
        ids, targets, place = planted(500, seed=TEST + seed)
        _, values = model.predict_on_batch(ids)
        v, kernel, bias = model.get_weights()[-3:]
        weights = np.exp(values @ v)
        weights /= weights.sum(axis=1, keepdims=True)
        brightest, rows = weights.argmax(axis=1), np.arange(len(ids))
        found[f"right/{name}/whole"] = right(logits(ids), targets)
        found[f"brightest/{name}"] = np.mean(brightest == place)
        mixed = rng.permuted(weights, axis=1)
        pooled = np.einsum("bt,btf->bf", mixed, values) @ kernel + bias
        found[f"right/{name}/permuted"] = right(pooled[:, 0], targets)
        erased = ids.copy()
        erased[rows, brightest] = rng.integers(CHATTER, 12, len(ids))
        found[f"right/{name}/erased"] = right(logits(erased), targets)
    return found


def _explains(name, words):
    return (
        Value((f"{words[0]}: in nine of ten sequences the brightest place is that of the evidence.",
               f"{words[1]}：九成以上的序列里，权重最大处就是依据所在。"), low=0.9,
              condition=f"brightest/{name}"),
        Difference((f"{words[0]}: with another word at the brightest place the accuracy falls by "
                    "0.2.", f"{words[1]}：把权重最大处的词换掉，准确率下降 0.2 以上。"), low=0.2,
                   first=f"right/{name}/whole", second=f"right/{name}/erased"),
        Difference((f"{words[0]}: with the weights permuted the accuracy falls by 0.2.",
                    f"{words[1]}：打乱权重，准确率下降 0.2 以上。"), low=0.2,
                   first=f"right/{name}/whole", second=f"right/{name}/permuted"),
    )  # fmt: skip


ATTENTION_WEIGHTS = Experiment(
    name="attention_weights",
    title=("Attention weights against planted evidence", "注意力权重与预埋的依据对照"),
    number=("share of test sequences", "占测试序列的比例"),
    measure=attention_weights,
    budgets={"class": {}, "full": {"steps": 2000}},
    labels={
        "right": ("right", "答对"),
        "words": ("weights on words", "权重在词上"),
        "states": ("weights on the states of a GRU", "权重在 GRU 的状态上"),
        "whole": ("as it is", "原样"),
        "permuted": ("weights permuted", "打乱权重"),
        "erased": ("another word at the brightest place", "换掉权重最大处的词"),
        "brightest": ("the brightest place is the planted one", "权重最大处即预埋处"),
    },
    rules={
        "explain": rule(
            *_explains("words", ("Weights on words", "权重在词上")),
            *_explains("states", ("Weights on states of a GRU", "权重在 GRU 的状态上")),
            on=("whether weights lie on words or on states that have read what came before, and "
                "what is tried", "权重是在词上，还是在已读过前文的状态上，以及怎样检验"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    ATTENTION,
    ATTENTION_WEIGHTS,
)
