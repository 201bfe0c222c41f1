"""An experiment on speech: the four tones of Mandarin, in one real voice and two synthetic ones."""

import numpy as np

from rnn_tf.baselines import linear, neighbours
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.learning import batches_of, chosen, loss_of, network
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Difference, Value
from rnn_tf.datasets import tones

STEPS = 32
#: Every melody is stretched to so many points for the rivals.
POINTS = 10


def speech(seed, steps=800, units=16):
    """A GRU on pitch tracks, beside nearest neighbours, a linear model and always the same tone.

    All learn from one real voice. Learning rate, length of training, neighbours and ridge are
    chosen on its validation syllables; no part shares a syllable with another. Two synthetic voices
    say the test syllables, scaled as in training, and by the mean and spread of their own pitch.
    """
    data, real = tones.load(num_steps=STEPS, seed=seed), tones.read()
    train, validation, test = (
        _said(real, part) for part in (data.train, data.validation, data.test)
    )
    home = np.concatenate(train[0])
    known, checked = ((_scaled(melodies, home), truth) for melodies, truth in (train, validation))
    answers = _rivals(known, checked) | {"gru": _listener(known, checked, steps, units, seed)}
    heard = {"new/as_trained": (_scaled(test[0], home), test[1])}
    for voice in tones.SYNTHETIC:
        melodies, truth = _said(tones.synthetic(voice), data.test)
        heard[f"{voice}/as_trained"] = _scaled(melodies, home), truth
        heard[f"{voice}/own"] = _scaled(melodies, np.concatenate(melodies)), truth
    found = {}
    for place, (melodies, truth) in heard.items():
        for name, answer in answers.items():
            found[f"{place}/{name}"] = np.mean(answer(melodies) == truth)
    return found


def _said(syllables, part):
    """Melodies, in semitones above 1 Hz, and tones, 0 to 3, of the syllables of a part."""
    sounds = set(part.sounds)
    kept = [one for one in tones.audible(syllables) if one.sound in sounds]
    melodies = [tones.contour(one.pitch)[:STEPS] for one in kept]
    return melodies, np.array([one.tone - 1 for one in kept])


def _scaled(melodies, ruler):
    return [(melody - ruler.mean()) / ruler.std() for melody in melodies]


def _inputs(melodies):
    """Pitch and slope, (n, STEPS, 2); zeros stand before a syllable, so that no mask is needed."""
    inputs = np.zeros((len(melodies), STEPS, 2))
    for row, melody in zip(inputs, melodies, strict=True):
        row[STEPS - len(melody) :, 0] = melody
        row[STEPS - len(melody) :, 1] = np.gradient(melody)
    return inputs


def _listener(known, checked, steps, units, seed):
    inputs, validation = _inputs(known[0]), (_inputs(checked[0]), checked[1])
    net = chosen(
        lambda: network("gru", inputs, 4, units, seed=seed, loss="softmax_cross_entropy"),
        batches_of(inputs, known[1]), lambda net: loss_of(net, *validation),
        rates=(0.02, 0.005), steps=steps, seed=seed,
    )  # fmt: skip
    return lambda melodies: net.forward(_inputs(melodies)).outputs.argmax(axis=1)


def _rivals(known, checked):
    """Functions that answer melodies: the best ``k`` and the best ridge on validation data."""
    rows, wanted = neighbours.resampled(known[0], POINTS), known[1]
    asked = neighbours.resampled(checked[0], POINTS)

    def best(models):
        return max(models, key=lambda model: np.mean(model(asked) == checked[1]))

    near = best([neighbours.fit(rows, wanted, k=k) for k in (1, 3, 5, 9, 15)])
    lines = [linear.fit(rows, np.eye(4)[wanted], ridge=ridge) for ridge in (0.1, 1, 10, 100)]
    line = best([lambda rows, one=one: one(rows).argmax(axis=1) for one in lines])
    return {
        "neighbours": lambda melodies: near(neighbours.resampled(melodies, POINTS)),
        "linear": lambda melodies: line(neighbours.resampled(melodies, POINTS)),
        "commonest": lambda melodies: np.full(len(melodies), np.bincount(wanted).argmax()),
    }


_VOICES = {
    "new/as_trained": ("New syllables of the voice", "同一嗓音的新音节"),
    "man/as_trained": ("A man's synthetic voice, scaled as in training", "合成男声，照训练时缩放"),
    "woman/as_trained": ("A woman's, scaled as in training", "合成女声，照训练时缩放"),
    "man/own": ("The man's, by its own mean and spread", "合成男声，用自己的均值与标准差缩放"),
    "woman/own": ("The woman's, by its own mean and spread", "合成女声，用自己的均值与标准差缩放"),
}

SPEECH = Experiment(
    name="speech",
    title=("The four tones of Mandarin by their pitch: one voice learnt, three heard",
           "按音高听辨普通话四声：学一个嗓音，听三个嗓音"),
    number=("share right", "正确的比例"),
    measure=speech,
    budgets={"class": {}, "full": {"steps": 3000, "units": 32}},
    labels={
        "new": ("new syllables of the voice", "同一嗓音的新音节"),
        "man": ("synthetic man", "合成男声"),
        "woman": ("synthetic woman", "合成女声"),
        "as_trained": ("scaled as in training", "照训练时缩放"),
        "own": ("own mean and spread", "用自己的均值与标准差"),
        "neighbours": ("nearest neighbours", "最近邻"),
        "linear": ("linear model", "线性模型"),
        "commonest": ("always the commonest tone", "始终答最常见的声调"),
    },
    rules={
        "heard_well": rule(
            *(
                Value((f"{words[0]}: 0.9 of the tones are right.",
                       f"{words[1]}：声调正确率达到 0.9。"), low=0.9, condition=f"{place}/gru")
                for place, words in _VOICES.items()
            ),
            Difference(("New syllables of the voice: it is no worse than nearest neighbours, to "
                        "0.02.", "同一嗓音的新音节：不逊于最近邻（相差不过 0.02）。"), low=-0.02,
                       first="new/as_trained/gru", second="new/as_trained/neighbours"),
            on=("who speaks, and by which ruler pitch is measured", "谁在说话，用哪把尺子量音高"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (SPEECH,)
