"""What the experiments on words, attention and depth rest on."""

import math

import numpy as np
import pytest

from rnn_tf.claims import compiled
from rnn_tf.claims.experiments import depth, looking, translating, words
from rnn_tf.datasets import numbers
from rnn_tf.text import Vocabulary


def _line():
    from rnn_tf.backend import keras

    inputs = keras.Input((1,))
    return keras.Model(inputs, keras.layers.Dropout(0.3)(keras.layers.Dense(1)(inputs)))


def test_fit_keeps_what_validation_likes_best_and_gives_the_same_twice():
    model = compiled.ready(_line, "mse")
    first = compiled.first_weights(_line, 3)
    assert first[0] != compiled.first_weights(_line, 4)[0]
    seen = []

    def draw(rng):
        inputs = rng.standard_normal((16, 1))
        return inputs, 3 * inputs

    def check():
        seen.append((abs(model.get_weights()[0].item() - 3), model.get_weights()[0].item()))
        return seen[-1][0]

    kept = []
    for _ in range(2):
        seen.clear()
        loss = compiled.fit(model, first, draw, check, steps=40, rates=(0.001, 0.3), trial=10,
                            every=5, seed=1)  # fmt: skip
        kept.append(model.get_weights()[0].item())
        assert len(seen) == 2 + 2 + 6  # two rates on trial, one of them to the end
        assert (loss, kept[-1]) == min(seen) and loss < 0.5
    assert kept[0] == kept[1]


def test_the_rate_that_is_worse_on_trial_is_dropped():
    model, rates = compiled.ready(_line, "mse"), []

    def check():
        rates.append(round(float(model.optimizer.learning_rate.numpy()), 4))
        return 1.0 if rates[-1] == 0.01 else 2.0

    def draw(rng):
        return np.ones((4, 1)), np.ones((4, 1))

    compiled.fit(model, compiled.first_weights(_line, 0), draw, check, steps=4, rates=(0.01, 0.1),
                 trial=2, every=2, seed=0)  # fmt: skip
    assert rates == [0.01, 0.1, 0.01]


def test_one_symbol_is_marked_at_the_distance_that_is_asked_for():
    ids, answers = looking.marked(50, seed=0, num_steps=30, distance=7)
    assert (np.argwhere((ids >= 4) & (ids < 8)) == [[row, 22] for row in range(50)]).all()
    assert np.array_equal(ids[:, 22] - 4, answers) and (ids[:, -1] == looking.QUESTION).all()
    ids, _ = looking.marked(4000, seed=0, num_steps=5)
    places = np.argwhere((ids >= 4) & (ids < 8))[:, 1]
    assert np.bincount(places, minlength=5) / 4000 == pytest.approx([0.25] * 4 + [0], abs=0.03)


def test_evidence_is_planted_once():
    ids, targets, place = looking.planted(200, seed=0)
    assert ((ids < looking.CHATTER).sum(axis=1) == 1).all()
    assert np.array_equal(ids[np.arange(200), place], targets[:, 0])


def test_a_block_and_an_lstm_have_as_many_parameters():
    counts = [looking._asked(build).count_params() for build in (looking._transformer,
                                                                 looking._lstm)]  # fmt: skip
    assert counts[1] == pytest.approx(counts[0], rel=0.05)


def test_the_lstm_begins_with_memories_of_all_lengths():
    bias = compiled.first_weights(looking._lstm, 0)[3]
    spans = np.exp(bias[27:54])
    assert np.allclose(bias[:27], -bias[27:54]) and 1 <= spans.min() < 30 < 120 < spans.max() <= 150


def test_layers_have_as_many_parameters():
    counts = [depth._layered(layers).count_params() for layers in depth.UNITS]
    assert max(counts) / min(counts) < 1.05


def test_features_find_where_a_series_grows_louder_and_how_it_repeats():
    series = np.where(np.arange(depth.NUM_STEPS) < 9, 0.1, 1.0) * (-1.0) ** np.arange(24)
    made = depth.features(series[None, :, None], (0.01, 1.0))[0]
    assert made[-2] == 9 and made[-1] == pytest.approx(9, abs=0.3)
    assert made[0] < -0.9 and made[1] > 0.85


@pytest.mark.parametrize("task", depth.TASKS)
def test_targets_are_standardised_and_stand_in_the_inputs(task):
    inputs, targets = depth.task_of(task, 2000, seed=0)
    assert inputs.shape == (2000, depth.NUM_STEPS, 1)
    assert (targets.mean(), targets.std()) == pytest.approx((0, 1), abs=0.06)
    half = slice(1000), slice(1000, 2000)
    parts = [(inputs[part], targets[part]) for part in half]
    assert depth._by_features(parts[0], parts[0], parts[1]) < 0.5


def test_pairs_do_not_cross_lines():
    assert words._pairs(["春眠不，处闻。\n"]) == {"春眠", "眠不", "处闻"}
    known = Vocabulary.fit([list("春眠不")])
    assert words._pairs(["春眠花，春眠。"], known) == ["春眠", "春眠"]


@pytest.mark.parametrize(
    "poem, good",
    [
        ("春眠不觉晓，处处闻啼鸟。\n夜来风雨声，花落知多少。\n", True),
        ("春眠不觉晓，处处闻啼鸟。\n夜来风雨声，花落知多。\n", False),
        ("春眠不觉晓，处处闻啼鸟。\n", False),
        ("春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。\n", False),
    ],
)
def test_the_form_of_a_quatrain(poem, good):
    assert bool(words.QUATRAIN.fullmatch(poem)) is good


def test_writing_draws_what_the_model_believes_and_ends_with_the_end():
    first, end = 5, Vocabulary.EOS

    def logits_of(ids, place):
        logits = np.full((len(ids), 7), -np.inf)
        logits[:, [first, 6]] = math.log(3), 0.0  # three to one
        logits[:, Vocabulary.UNK] = 50.0  # never written, whatever the model believes
        if place == 2:
            logits[:] = np.where(np.arange(7) == end, 0.0, -np.inf)
        return logits

    ids = words._write(logits_of, 4000, 5, np.random.default_rng(0))
    assert ids.shape == (4000, 6) and (ids[:, 0] == Vocabulary.BOS).all()
    assert np.mean(ids[:, 1:3] == first) == pytest.approx(0.75, abs=0.02)
    assert np.isin(ids[:, 1:3], [first, 6]).all() and (ids[:, 3:] == end).all()


def test_nats_count_real_tokens_only():
    class Even:
        def predict_on_batch(self, ids):
            return np.zeros((*ids.shape, 8), np.float32)

    sequences = np.array([[2, 5, 3, 0], [2, 6, 7, 3]])
    assert words._nats(Even(), sequences) == pytest.approx(math.log(8))


def test_longer_numbers_need_no_word_that_training_lacks():
    data = numbers.load(train=1500, validation=200, test=500, longer=500, most=translating.MOST)
    assert data.longer.sources[0] not in data.train.sources
    for ids in (data.longer.inputs, data.longer.targets, data.test.targets):
        assert not (ids == Vocabulary.UNK).any()
    most = max(map(len, data.train.sources))
    assert min(map(len, data.longer.sources)) > 2 and max(map(len, data.longer.sources)) > most


def test_all_parts_are_asked_in_one_shape():
    data = numbers.load(train=300, validation=20, test=60, longer=50, most=translating.MOST)
    alike = translating._alike(data.validation, data)
    assert alike.shape == (60, data.longer.inputs.shape[1])
    width = data.validation.inputs.shape[1]
    assert np.array_equal(alike[:20, :width], data.validation.inputs)
    assert np.array_equal(alike[20:40], alike[:20]) and not alike[:, width:].any()
