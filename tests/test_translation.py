"""The translator: what it may see, what the weights of attention are, what it says."""

import itertools

import numpy as np
import pytest

from rnn_tf import translation
from rnn_tf.backend import keras
from rnn_tf.datasets.base import Split
from rnn_tf.errors import InputError
from rnn_tf.text import Vocabulary
from rnn_tf.training import set_seed
from tests.fuzzing import one_line

SOURCE_SIZE, TARGET_SIZE = 9, 8
SOURCE = np.array([[4, 5, 6, 7, 8], [8, 4, 0, 0, 0], [5, 5, 5, 0, 0]], np.int32)
SHIFTED = np.array([[2, 4, 5, 6], [2, 7, 4, 0], [2, 5, 5, 5]], np.int32)


def translator(attention=True, **named):
    set_seed(3)
    model = translation.Translator(
        SOURCE_SIZE, TARGET_SIZE, embedding=6, units=8, attention=attention, **named
    )
    model.build()
    return model


@pytest.fixture(scope="module", params=[True, False], ids=["attention", "without"])
def model(request):
    return translator(request.param)


def logits(model, source, shifted):
    return model((source, shifted), training=False).numpy()


def test_shapes(model):
    assert logits(model, SOURCE, SHIFTED).shape == (3, 4, TARGET_SIZE)
    memory, state, mask = model.encode(SOURCE)
    assert memory.shape == (3, 5, 8) and state.shape == (3, 8)
    assert mask.numpy().sum(axis=1).tolist() == [5, 2, 3]
    _, last, weights = model.decode(SHIFTED, state, memory, mask)
    assert last.shape == (3, 8)
    assert weights is None if model.attention is None else weights.shape == (3, 4, 5)


def test_attention_costs_a_matrix():
    difference = translator(True).count_params() - translator(False).count_params()
    assert difference == 8 * 8


def test_padding_changes_nothing(model):
    wider = np.pad(SOURCE, ((0, 0), (0, 4)))
    assert np.allclose(logits(model, wider, SHIFTED), logits(model, SOURCE, SHIFTED), atol=1e-5)
    alone = logits(model, SOURCE[1:2, :2], SHIFTED[1:2])
    assert np.allclose(alone, logits(model, SOURCE, SHIFTED)[1:2], atol=1e-5)


def test_the_decoder_sees_no_later_token(model):
    before = logits(model, SOURCE, SHIFTED)
    for step in range(1, 4):
        other = SHIFTED.copy()
        other[:, step:] = 6
        other[:, step] = 3
        after = logits(model, SOURCE, other)
        assert np.allclose(after[:, :step], before[:, :step], atol=1e-6)
        assert not np.allclose(after[:, step:], before[:, step:], atol=1e-3)


def test_the_source_is_seen(model):
    other = SOURCE.copy()
    other[0, 0] = 8
    difference = np.abs(logits(model, other, SHIFTED) - logits(model, SOURCE, SHIFTED))
    assert difference[0].max() > 1e-3 and difference[1:].max() < 1e-6


def test_one_step_of_attention_by_hand():
    queries = np.array([[[1.0, 0.0], [0.0, 2.0]]], np.float32)
    memory = np.array([[[1.0, 1.0], [0.0, 1.0], [9.0, 9.0]]], np.float32)
    mask = np.array([[True, True, False]])
    contexts, weights = translation.DotAttention()(queries, memory, mask)
    first = np.exp([1, 0]) / np.exp([1, 0]).sum()  # scores 1 and 0
    assert weights.numpy()[0] == pytest.approx(np.array([[*first, 0], [0.5, 0.5, 0]]), abs=1e-6)
    assert contexts.numpy()[0, 0] == pytest.approx([first[0], 1], abs=1e-6)


def test_attention_is_that_of_keras():
    random = np.random.default_rng(0)
    queries, memory = random.normal(size=(2, 3, 4, 5)).astype("float32")
    mask = np.array([[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1]], bool)
    contexts, weights = translation.DotAttention()(queries, memory, mask)
    theirs, scores = keras.layers.Attention()(
        [queries, memory], mask=[None, mask], return_attention_scores=True
    )
    assert np.allclose(contexts, theirs, atol=1e-5) and np.allclose(weights, scores, atol=1e-6)


def test_weights_sum_to_one_over_real_places():
    model = translator()
    memory, state, mask = model.encode(SOURCE)
    weights = model.decode(SHIFTED, state, memory, mask)[2].numpy()
    assert np.allclose(weights.sum(axis=-1), 1, atol=1e-6)
    real = SOURCE != 0
    assert (weights[np.broadcast_to(~real[:, None], weights.shape)] == 0).all()
    assert (weights[np.broadcast_to(real[:, None], weights.shape)] > 0).all()


def test_each_look_may_have_places_of_its_own():
    random = np.random.default_rng(1)
    queries, memory = random.normal(size=(2, 2, 3, 4)).astype("float32")
    mask = random.random((2, 3, 3)) < 0.6
    mask[:, :, 0] = True
    _, weights = translation.DotAttention()(queries, memory, mask)
    for step in range(3):
        _, alone = translation.DotAttention()(queries[:, step, None], memory, mask[:, step])
        assert np.allclose(weights[:, step], alone[:, 0], atol=1e-6)
    assert (weights.numpy()[~mask] == 0).all()


def test_embeddings_start_where_they_are_told():
    spreads = {spread: translator(embedding_spread=spread) for spread in (0.5, None)}
    found = {s: m.source_embedding.get_weights()[0].std() for s, m in spreads.items()}
    assert 0.35 < found[0.5] < 0.65 and found[None] < 0.04


def test_what_it_says_is_its_likeliest(model):
    ids = translation.Interpreter(model).greedy(SOURCE, max_tokens=6)
    assert ids.shape[0] == 3 and ids.shape[1] <= 6
    begin = np.full((3, 1), Vocabulary.BOS, np.int32)
    read = np.concatenate([begin, ids[:, :-1]], axis=1)
    expected = logits(model, SOURCE, read)
    expected[:, :, list(translation.FORBIDDEN)] = -np.inf
    live = np.ones(3, bool)
    for step in range(ids.shape[1]):
        wanted = np.where(live, expected[:, step].argmax(axis=-1), 0)
        assert np.array_equal(ids[:, step], wanted)
        live &= wanted != Vocabulary.EOS


def test_weights_come_with_the_words():
    model = translator()
    interpreter = translation.Interpreter(model)
    ids, weights = interpreter.greedy(SOURCE, max_tokens=5, attention=True)
    assert np.array_equal(ids, interpreter.greedy(SOURCE, max_tokens=5))
    memory, state, mask = model.encode(SOURCE)
    read = np.concatenate([np.full((3, 1), Vocabulary.BOS, np.int32), ids[:, :-1]], axis=1)
    own = model.decode(read, state, memory, mask)[2].numpy() * (ids != 0)[:, :, None]
    assert np.allclose(weights, own, atol=1e-5)
    with pytest.raises(InputError, match="attention"):
        translation.Interpreter(translator(False)).greedy(SOURCE, attention=True)


def test_a_beam_is_never_worse_than_greed(model):
    interpreter = translation.Interpreter(model)
    for row in SOURCE:
        greedy = interpreter.greedy(row[None], max_tokens=5)[0]
        by_greed = log_probability(model, row, greedy[greedy != 0])
        for beams in (1, 3):
            ids, score = interpreter.beam(row, beams=beams, max_tokens=5)
            assert score >= by_greed - 1e-4
            assert score == pytest.approx(log_probability(model, row, ids), abs=1e-4)


def test_a_wide_beam_finds_the_likeliest_of_all(model):
    words, end = range(4, TARGET_SIZE), Vocabulary.EOS
    ended = [[(*text, end) for text in itertools.product(words, repeat=n)] for n in (0, 1, 2)]
    scores = {}
    for texts in [*ended, list(itertools.product(words, repeat=3))]:  # of one length each
        scores |= dict(zip(texts, log_probabilities(model, SOURCE[0], texts), strict=True))
    ids, score = translation.Interpreter(model).beam(SOURCE[0], beams=60, max_tokens=3)
    assert tuple(ids) == max(scores, key=scores.get)
    assert score == pytest.approx(max(scores.values()), abs=1e-4)


def log_probability(model, source, ids):
    return log_probabilities(model, source, [ids])[0]


def log_probabilities(model, source, texts):
    """Of texts of one length: (texts,)."""
    texts = np.array(texts, np.int32)
    read = np.insert(texts[:, :-1], 0, Vocabulary.BOS, axis=1)
    values = logits(model, np.tile(source, (len(texts), 1)), read).astype(float)
    values[..., list(translation.FORBIDDEN)] = -np.inf
    shares = values - np.log(np.exp(values).sum(axis=-1, keepdims=True))
    return np.take_along_axis(shares, texts[..., None], axis=-1).sum(axis=(1, 2))


def copying(n=160, seed=0):
    """Sources of 1 to 4 tokens, to be said again."""
    random = np.random.default_rng(seed)
    inputs = np.zeros((n, 4), np.int32)
    targets = np.zeros((n, 6), np.int32)
    for source, target in zip(inputs, targets, strict=True):
        length = random.integers(1, 5)
        source[:length] = random.integers(4, 8, length)
        target[: length + 2] = [Vocabulary.BOS, *source[:length], Vocabulary.EOS]
    return Split(inputs, targets)


def test_it_learns_to_say_again_what_it_reads():
    model, seen = translator(dropout=0.0), []
    data = copying()
    losses = translation.train(
        model,
        data,
        epochs=30,
        batch_size=16,
        learning_rate=0.02,
        after_epoch=lambda *a: seen.append(a),
    )
    assert len(losses) == 30 and [epoch for epoch, _ in seen] == list(range(1, 31))
    assert losses[0] > 1 and losses[-1] < 0.1
    fresh = copying(40, seed=1)
    said = translation.Interpreter(model).greedy(fresh.inputs, max_tokens=5)
    wanted = fresh.targets[:, 1 : 1 + said.shape[1]]
    assert np.mean((said == wanted).all(axis=1)) > 0.9


def test_padding_does_not_count_in_the_loss():
    data, losses = copying(32), []
    for wider in (0, 5):
        model = translator(dropout=0.0)
        padded = Split(data.inputs, np.pad(data.targets, ((0, 0), (0, wider))))
        losses.append(translation.train(model, padded, epochs=1, batch_size=32)[0])
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_a_model_comes_back_from_its_file(model, tmp_path):
    path = tmp_path / "translator.keras"
    model.save(path)
    again = keras.models.load_model(path)
    assert np.allclose(logits(again, SOURCE, SHIFTED), logits(model, SOURCE, SHIFTED), atol=1e-6)


def test_targets_are_shifted_by_one():
    inputs, outputs = translation.shifted(np.array([[2, 5, 6, 3, 0]]))
    assert inputs.tolist() == [[2, 5, 6, 3]] and outputs.tolist() == [[5, 6, 3, 0]]


@pytest.mark.parametrize(
    ("do", "word"),
    [
        (lambda: translation.Translator(9, 8, units=7), "units"),
        (lambda: translation.Translator(0, 8), "source_size"),
        (lambda: translation.shifted(np.zeros((3, 1), int)), "targets"),
        (lambda: translation.shifted(np.zeros((3, 4))), "targets"),
        (lambda: translation.train(translator(), copying(8), epochs=1), "batch_size"),
        (lambda: translation.Interpreter(translator()).greedy(SOURCE[0]), "source"),
        (lambda: translation.Interpreter(translator()).greedy(0 * SOURCE), "padding"),
        (lambda: translation.Interpreter(translator()).greedy(SOURCE * 1.0), "source"),
        (lambda: translation.Interpreter(translator()).beam(SOURCE[0], beams=0), "beams"),
    ],
)
def test_what_it_cannot_take_is_named_in_one_line(do, word):
    with pytest.raises(InputError) as caught:
        do()
    one_line(caught, word)
