"""Experiments on words and characters: sentences judged, poems written."""

import re
from functools import cache

import numpy as np

from rnn_tf import text
from rnn_tf.baselines import bags, ngrams
from rnn_tf.claims.compiled import first_weights, fit, ready
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Ratio, Value
from rnn_tf.datasets import poems
from rnn_tf.datasets import sentiment as reviews
from rnn_tf.text.padding import padded

STEPS, WORDS, WIDTH = 24, 2000, 32  # of a sentence; ids; size of a word's vector and of the state


@cache
def _tokens(sentence):
    return text.word_tokens(text.normalize(sentence), "en")


def _reader():
    """Ids (batch, steps) -> a logit: lesson 12's GRU with attention pooling, smaller."""
    from rnn_tf import layers, models
    from rnn_tf.backend import keras
    from rnn_tf.layers.pooling import AttentionPooling

    ids = keras.Input((STEPS,), dtype="int32")
    vectors = keras.layers.Embedding(WORDS, WIDTH, mask_zero=True)(ids)
    vectors = keras.layers.Dropout(0.2, noise_shape=(None, STEPS, 1))(vectors)  # whole words
    vectors = keras.layers.SpatialDropout1D(0.3)(vectors)
    states = layers.GRU(WIDTH, return_sequences=True)(vectors)
    pooled = keras.layers.Dropout(0.3)(AttentionPooling()(states))
    return models.CheckedModel(ids, keras.layers.Dense(1)(pooled))


def _word_model():
    """The language model whose embedding and GRU the reader can start from."""
    from rnn_tf import models

    sizes = {"embedding": WIDTH, "units": WIDTH, "cell": "gru", "dropout": 0.2}
    return models.word_language_model(WORDS, tie_embeddings=True, **sizes)


@cache
def _trained_here(build):
    from rnn_tf.backend import keras
    from rnn_tf.layers import SparseCategoricalCrossentropy

    if build is _reader:
        return ready(build, keras.losses.BinaryCrossentropy(from_logits=True))
    # With weights of 0 and 1 this is the mean over the tokens of weight 1.
    mean = "mean_with_sample_weight"
    return ready(build, SparseCategoricalCrossentropy(from_logits=True, reduction=mean))


def _read_first(sequences, held_out, seed, *, steps, rates, trial):
    """Embedding and GRU of a language model of these ids (n, steps + 1), by validation's loss."""
    from rnn_tf.training.language import start_from_unigram

    model = _trained_here(_word_model)
    model.set_weights(first_weights(_word_model, seed))
    start_from_unigram(model, [row[row > 0] for row in sequences])
    fit(model, model.get_weights(), _next_tokens(sequences), lambda: _nats(model, held_out),
        steps=steps, rates=rates, trial=trial, every=trial, seed=seed)  # fmt: skip
    return [*model.get_layer("embedding").get_weights()[:1],
            *model.get_layer("recurrent_1").get_weights()]  # fmt: skip


def _next_tokens(sequences, size=64):
    """A ``draw`` of ids, the ids that follow them, and which of those are real."""

    def draw(rng):
        rows = sequences[rng.integers(0, len(sequences), size)]
        return rows[:, :-1], rows[:, 1:], (rows[:, 1:] > 0).astype("float32")

    return draw


def _nats(model, sequences):
    """Mean of −ln p over the real tokens after the first, by a language model of logits."""
    logits, targets = model.predict_on_batch(sequences[:, :-1]), sequences[:, 1:, None]
    chosen = np.take_along_axis(logits, targets, axis=2)[:, :, 0]
    nats = np.log(np.exp(logits).sum(axis=2)) - chosen
    return float(nats[targets[:, :, 0] > 0].mean())


def sentiment(seed, labels=((500, 80), (2000, 160)), reading=100):
    """A GRU from scratch, one that was a language model before, and counted words.

    ``labels``: how many, with how many updates each; ``reading``: updates of the language model.
    """
    data = reviews.load(seed=seed)
    parts = data.train, data.validation, data.test
    train, check, test = ([_tokens(one) for one in part.inputs] for part in parts)
    vocabulary = text.Vocabulary.fit(train, min_count=2, max_size=WORDS)

    def ids_of(sentences):
        rows = [vocabulary.encode(words, begin=False, end=False) for words in sentences]
        return padded(rows, STEPS)

    whole = padded([vocabulary.encode(words) for words in train + check], STEPS + 1)
    read = _read_first(whole[: len(train)], whole[len(train) :][:64], seed, steps=reading,
                       rates=(0.004, 0.01), trial=reading // 5)  # fmt: skip
    train_ids, check_ids, test_ids = map(ids_of, (train, check, test))
    scratch = first_weights(_reader, seed)
    starts = {"scratch": scratch, "tuned": read + scratch[len(read) :]}
    model, found = _trained_here(_reader), {}

    def right(ids, targets):
        return np.mean((model.predict_on_batch(ids)[:, 0] > 0) == targets)

    for count, steps in labels:
        targets = data.train.targets[:count]
        draw = _labelled(train_ids[:count], targets)
        for way, start in starts.items():
            fit(model, start, draw, lambda: 1 - right(check_ids, data.validation.targets),
                steps=steps, rates=(0.004, 0.01), trial=steps // 4, every=steps // 8,
                seed=seed)  # fmt: skip
            found[f"right/{way}/N{count}"] = right(test_ids, data.test.targets)
        bag = _best_bag(train[:count], targets, check, data.validation.targets)
        found[f"right/counted/N{count}"] = np.mean((bag.scores(test) > 0) == data.test.targets)
    often = data.train.targets.mean() > 0.5
    return found | {"right/majority": np.mean(data.test.targets == often)}


def _labelled(ids, targets, size=64):
    def draw(rng):
        rows = rng.integers(0, len(ids), size)
        return ids[rows], targets[rows, None].astype("float32")

    return draw


def _best_bag(tokens, targets, check, check_targets):
    """The smoothing that validation likes best, as in lesson 12."""
    tried = [bags.NaiveBayes(smoothing=a).fit(tokens, targets) for a in (1, 3)]
    return max(tried, key=lambda bag: np.mean((bag.scores(check) > 0) == check_targets))


def _works(way, count):
    words = {"scratch": ("From scratch", "从头训练"), "tuned": ("Fine-tuned", "微调")}[way]
    return Difference(
        (f"{words[0]}, {count} labels: ten points more right than always saying the more frequent "
         f"label.", f"{words[1]}，{count} 个标签：正确率比始终取多数类高 10 个百分点以上。"),
        low=0.1, first=f"right/{way}/N{count}", second="right/majority")  # fmt: skip


def _as_good(way, count):
    words = {"scratch": ("From scratch", "从头训练"), "tuned": ("Fine-tuned", "微调")}[way]
    return Difference(
        (f"{words[0]}, {count} labels: at most one point fewer right than counted words.",
         f"{words[1]}，{count} 个标签：正确率比数词最多低 1 个百分点。"),
        low=-0.01, first=f"right/{way}/N{count}", second=f"right/counted/N{count}")  # fmt: skip


def _gains(count):
    return Difference(
        (f"{count} labels: fine-tuned one point more right than from scratch.",
         f"{count} 个标签：微调的正确率比从头训练高 1 个百分点以上。"),
        low=0.01, first=f"right/tuned/N{count}", second=f"right/scratch/N{count}")  # fmt: skip


SENTIMENT = Experiment(
    name="sentiment",
    title=("Is a sentence of a film review praise? From scratch, fine-tuned, and counted",
           "影评句子是褒是贬：从头训练、微调与数词"),
    number=("share right of 1,510 test sentences", "1510 个测试句的正确率"),
    measure=sentiment,
    budgets={"class": {}, "full": {"labels": ((500, 400), (2000, 800)),
                                    "reading": 2000}},
    labels={
        "right": ("right", "正确率"),
        "scratch": ("GRU from scratch", "GRU，从头训练"),
        "tuned": ("GRU, a language model first, then fine-tuned", "GRU，先作语言模型再微调"),
        "counted": ("counted words", "数词"),
        "majority": ("the more frequent label", "多数类"),
    },
    rules={
        "used_for": rule(
            _works("scratch", 2000), _as_good("scratch", 2000),
            on=("what it is compared with", "与什么相比"),
        ),
        "by_fine_tuning": rule(
            *(make(count) for count in (500, 2000) for make in (
                lambda n: _works("tuned", n), _gains, lambda n: _as_good("tuned", n))),
            on=("what it is compared with, and how many labels there are, with as much reading "
                "as here", "与什么相比，以及有多少标签，就此阅读量而言"),
        ),
    },
)  # fmt: skip


QUATRAIN = re.compile(r"(\w{5}[^\w\s]\w{5}[^\w\s]\n){2}")
CHARACTERS = 1600  # ids


def _poet():
    from rnn_tf import models

    sizes = {"embedding": 64, "units": 64, "cell": "gru", "dropout": 0.2}
    return models.word_language_model(CHARACTERS, tie_embeddings=True, pad_is_zero=False, **sizes)


def language_model(seed, steps=320, written=100):
    """Tang quatrains: what a GRU learns and writes, beside counts of one and of three."""
    from rnn_tf.training.language import start_from_unigram

    data = poems.load("zh", seed=seed)
    parts = [[one.text for one in part if one.text.count("\n") == 1]
             for part in (data.train, data.validation, data.test)]  # fmt: skip
    vocabulary = text.Vocabulary.fit(list(map(list, parts[0])), max_size=CHARACTERS)
    train, check, test = (np.array([vocabulary.encode(list(one)) for one in part])
                          for part in parts)  # fmt: skip
    model = _trained_here(_poet)
    model.set_weights(first_weights(_poet, seed))
    start_from_unigram(model, train)
    fit(model, model.get_weights(), _next_tokens(train, 32), lambda: _nats(model, check[:150]),
        steps=steps, rates=(0.004, 0.012), trial=steps // 5, every=steps // 10,
        seed=seed)  # fmt: skip
    counted = {"unigram": ngrams.Unigram(), "trigram": ngrams.KneserNey(order=3)}
    found = {"perplexity/gru": np.exp(_nats(model, test[:150]))}
    for name, counts in counted.items():
        counts.fit(list(train), CHARACTERS)
        found[f"perplexity/{name}"] = ngrams.perplexity(counts, list(test[:150]))

    def read(ids, place):  # (n, steps) -> logits of the next token, (n, ids)
        return model.predict_on_batch(ids)[:, place]

    def look_up(ids, place):
        return np.log([counted["trigram"].probabilities(row[1 : place + 1]) for row in ids])

    rng, known = np.random.default_rng(seed), _pairs(parts[0])
    writings = {"real": parts[2]}
    for name, logits_of in {"gru": read, "trigram": look_up}.items():
        ids = _write(logits_of, written, train.shape[1] - 1, rng)
        writings[name] = ["".join(vocabulary.decode(row)) for row in ids]
        found[f"form/{name}"] = np.mean([bool(QUATRAIN.fullmatch(f"{one}\n"))
                                         for one in writings[name]])  # fmt: skip
    for name, texts in writings.items():
        found[f"pairs/{name}"] = np.mean([pair in known for pair in _pairs(texts, vocabulary)])
    lines = set(re.findall(r"\w{5}", "".join(parts[0])))
    own = re.findall(r"\w+", "\n".join(writings["gru"]))
    return found | {"copied": np.mean([line in lines for line in own])}


def _pairs(texts, vocabulary=None):
    """Neighbours within a line, of characters that have an id: a set of all, or a list."""
    found = [line[place : place + 2] for one in texts for line in re.findall(r"\w+", one)
             for place in range(len(line) - 1)]  # fmt: skip
    if vocabulary is None:
        return set(found)
    return [pair for pair in found if pair[0] in vocabulary and pair[1] in vocabulary]


def _write(logits_of, count, num_steps, rng):
    """``count`` poems drawn token by token as the model believes, ids (count, num_steps + 1)."""
    never = [text.Vocabulary.PAD, text.Vocabulary.UNK, text.Vocabulary.BOS]
    ids = np.zeros((count, num_steps + 1), np.int32)
    ids[:, 0] = text.Vocabulary.BOS
    for place in range(num_steps):
        with np.errstate(divide="ignore"):
            logits = np.array(logits_of(ids[:, :-1], place))
        logits[:, never] = -np.inf
        # The largest logit plus Gumbel noise is a draw from their softmax.
        ids[:, place + 1] = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
        ids[ids[:, place] == text.Vocabulary.EOS, place + 1] = text.Vocabulary.EOS
    return ids


LANGUAGE_MODEL = Experiment(
    name="language_model",
    title=("Tang quatrains, character by character: a GRU beside counts",
           "逐字学写五言绝句：GRU 与计数模型"),
    number=("perplexity; share of poems, of pairs, of lines", "困惑度；诗、字对、句所占的比例"),
    measure=language_model,
    budgets={"class": {}, "full": {"steps": 2000, "written": 400}},
    labels={
        "perplexity": ("perplexity on poems not read", "未读过的诗的困惑度"),
        "unigram": ("frequencies of characters", "单字频率"),
        "trigram": ("Kneser–Ney trigram", "Kneser–Ney 三元模型"),
        "form": ("poems of the right form", "格式正确的诗"),
        "pairs": ("pairs of neighbours that the training poems have", "训练诗中出现过的相邻字对"),
        "real": ("real poems", "真诗"),
        "copied": ("lines that are copied", "照抄的诗句"),
    },
    rules={
        "learns_and_writes": rule(
            *(
                Ratio((f"The perplexity is 10 % below that of {words[0]}.",
                       f"困惑度比{words[1]}低 10 % 以上。"), high=0.9,
                      first="perplexity/gru", second=f"perplexity/{rival}")
                for rival, words in {
                    "unigram": ("the frequencies of characters", "单字频率模型"),
                    "trigram": ("a Kneser–Ney trigram", " Kneser–Ney 三元模型"),
                }.items()
            ),
            Value(("Half of the poems it writes have the form: four lines of five characters.",
                   "所写的诗有一半以上格式正确：四句，每句五字。"), low=0.5,
                  condition="form/gru"),
            Ratio(("Pairs of neighbouring characters that it writes stand in training poems nine "
                   "tenths as often as those of real poems, or more.",
                   "所写的相邻字对，在训练诗中出现过的比例不低于真诗的九成。"), low=0.9,
                  first="pairs/gru", second="pairs/real"),
            Value(("What it writes is new: at most a tenth of its lines are copied.",
                   "写的是新诗：照抄的诗句不超过一成。"), high=0.1, condition="copied"),
            on=("what is looked at, with as much training as here: the next character, the form, "
                "pairs, or what is new", "就此训练量而言，看什么：下一个字、格式、字对，还是新意"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    SENTIMENT,
    LANGUAGE_MODEL,
)
