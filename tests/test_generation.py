"""Generation: the step equals the model, and each strategy does what it says."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn_tf import generation
from rnn_tf.backend import keras
from rnn_tf.errors import InputError
from rnn_tf.generation import (
    FORBIDDEN,
    Stepper,
    WholeLoop,
    generate,
    keep_nucleus,
    keep_top_k,
)
from rnn_tf.models import word_language_model
from rnn_tf.text import Vocabulary

VOCAB_SIZE = 11
PROMPT = np.array([Vocabulary.BOS, 5, 7])


def model_of(seed=0, *, sharpness=1.0, **options):
    keras.utils.set_random_seed(seed)
    options = {"embedding": 4, "units": 6, **options}
    model = word_language_model(VOCAB_SIZE, **options)
    rng = np.random.default_rng(seed)
    model.set_weights([sharpness * rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def stepper():
    return Stepper(model_of(1))


@pytest.mark.parametrize("cell", ["simple", "lstm", "gru"])
@pytest.mark.parametrize(
    "options",
    [{}, {"layers": 2}, {"tie_embeddings": True}, {"layers": 2, "embedding": 6, "dropout": 0.5}],
)
def test_stepping_equals_the_model_on_the_whole_window(cell, options):
    model = model_of(3, cell=cell, **options)
    ids = np.random.default_rng(0).integers(1, VOCAB_SIZE, size=(3, 9))
    wanted = model(ids, training=False).numpy()
    stepper = Stepper(model)
    states = stepper.initial_states(3)
    for t in range(ids.shape[1]):
        logits, states = stepper(ids[:, t], states)
        np.testing.assert_allclose(logits, wanted[:, t], atol=1e-5)


def test_the_step_is_compiled_once_for_all_batch_sizes(stepper):
    for batch_size in (1, 4, 2):
        states = stepper.initial_states(batch_size)
        for number in range(1, 6):
            _, states = stepper([number] * batch_size, states)
    generate(stepper, PROMPT, strategy="beam", max_tokens=4)
    assert stepper.compiled_step.experimental_get_tracing_count() == 1


def test_the_stepper_shares_the_weights_of_its_model():
    model = model_of(2)
    stepper = Stepper(model)
    before, _ = stepper([5], stepper.initial_states())
    model.set_weights([2 * w for w in model.get_weights()])
    after, _ = stepper([5], stepper.initial_states())
    np.testing.assert_allclose(after[0], model(np.array([[5]]), training=False)[0, 0], atol=1e-5)
    assert np.abs(after - before).max() > 0.1


def test_greedy_takes_the_likeliest_of_the_whole_window_model():
    model = model_of(4)
    written = generate(model, PROMPT, max_tokens=6, end_id=None)
    for length in range(len(written)):
        logits = model(np.array([[*PROMPT, *written[:length]]]), training=False).numpy()[0, -1]
        logits[list(FORBIDDEN)] = -np.inf
        assert written[length] == logits.argmax()


@pytest.mark.parametrize("strategy", ["temperature", "top_k", "nucleus"])
def test_greedy_is_the_limit_of_temperature(strategy, stepper):
    greedy = generate(stepper, PROMPT, max_tokens=12, end_id=None)
    cold = generate(
        stepper, PROMPT, max_tokens=12, end_id=None, strategy=strategy, temperature=1e-6
    )
    np.testing.assert_array_equal(cold, greedy)


@pytest.mark.parametrize("strategy", ["temperature", "top_k", "nucleus"])
def test_same_seed_same_text_and_two_seeds_differ(strategy, stepper):
    def text(seed):
        options = {"max_tokens": 20, "end_id": None, "temperature": 2.0, "strategy": strategy}
        return generate(stepper, PROMPT, seed=seed, **options).tolist()

    assert text(5) == text(5)
    assert text(5) != text(6)


@pytest.mark.parametrize("loop", [Stepper, WholeLoop])
@pytest.mark.parametrize("strategy", generation.STRATEGIES)
def test_forbidden_ids_are_never_written_even_if_likeliest(strategy, loop):
    model = model_of(5)
    head = model.get_layer("logits")
    bias = np.zeros(VOCAB_SIZE)
    bias[list(FORBIDDEN)] = 50.0
    head.bias.assign(bias)
    written = generate(loop(model), PROMPT, max_tokens=40, strategy=strategy, temperature=3.0)
    assert not set(written) & set(FORBIDDEN)


@pytest.mark.parametrize("strategy", generation.STRATEGIES)
def test_it_stops_at_the_end_token(strategy):
    model = model_of(6)
    bias = np.zeros(VOCAB_SIZE)
    bias[Vocabulary.EOS] = 100.0
    model.get_layer("logits").bias.assign(bias)
    assert generate(model, PROMPT, strategy=strategy).tolist() == [Vocabulary.EOS]
    model.get_layer("logits").bias.assign(-bias)
    assert len(generate(model, PROMPT, strategy=strategy, max_tokens=7)) == 7


def test_draws_follow_the_probabilities():
    """Frequencies of the first id over many seeds against the model's own probabilities."""
    model = model_of(7, sharpness=0.5)
    stepper = Stepper(model)
    logits, _ = stepper.read([Vocabulary.BOS])
    logits[0, list(FORBIDDEN)] = -np.inf
    wanted = generation.with_temperature(logits[0], 0.8)
    counts = np.zeros(VOCAB_SIZE)
    draws = 400
    for seed in range(draws):
        options = {"strategy": "temperature", "temperature": 0.8, "seed": seed}
        counts[generate(stepper, [Vocabulary.BOS], max_tokens=1, **options)[0]] += 1
    # Chi-squared with at most 7 degrees of freedom: above 30 in one of 10,000 runs.
    seen = wanted > 0
    assert ((counts - draws * wanted)[seen] ** 2 / (draws * wanted[seen])).sum() < 30
    assert counts[~seen].sum() == 0


DRAWN = {"temperature": 1.3, "k": 4, "p": 0.7}


@pytest.mark.parametrize("strategy", ["greedy", "temperature", "top_k", "nucleus"])
@pytest.mark.parametrize(
    "options",
    [
        {"cell": "simple"},
        {"cell": "lstm"},
        {"cell": "gru", "layers": 2},
        {"cell": "gru", "tie_embeddings": True},
    ],
    ids=str,
)
def test_the_whole_loop_writes_what_the_step_by_step_loop_writes(strategy, options):
    model = model_of(9, **options)
    stepper, whole_loop = Stepper(model), WholeLoop(model)
    texts = []
    for seed, max_tokens in ((0, 1), (1, 20), (2, 64), (3, 65)):
        choice = {"strategy": strategy, "seed": seed, "max_tokens": max_tokens, **DRAWN}
        texts.append(generate(whole_loop, PROMPT, end_id=None, **choice).tolist())
        assert texts[-1] == generate(stepper, PROMPT, end_id=None, **choice).tolist()
        assert len(texts[-1]) == max_tokens
    assert strategy == "greedy" or texts[2] != texts[3][:64]  # two seeds, two texts


def test_the_whole_loop_stops_at_the_end_token_as_the_other_does():
    stepper = Stepper(model_of(10))
    whole_loop = WholeLoop(model_of(10))
    lengths = set()
    for seed in range(12):
        choice = {"strategy": "temperature", "seed": seed, "max_tokens": 30}
        written = generate(whole_loop, PROMPT, **choice).tolist()
        assert written == generate(stepper, PROMPT, **choice).tolist()
        assert Vocabulary.EOS not in written[:-1]
        lengths.add(len(written))
    assert min(lengths) < 30 and len(lengths) > 2


def test_the_whole_loop_is_compiled_once_a_room_and_sees_new_weights():
    model = model_of(11)
    whole_loop = WholeLoop(model)
    for max_tokens, temperature, end_id in ((5, 1.0, None), (40, 0.7, 3), (64, 2.0, None)):
        options = {"max_tokens": max_tokens, "temperature": temperature, "end_id": end_id}
        generate(whole_loop, PROMPT, strategy="temperature", **options)
    assert whole_loop.compiled_loop.experimental_get_tracing_count() == 1
    before = generate(whole_loop, PROMPT, max_tokens=30, end_id=None).tolist()
    model.set_weights([-w for w in model.get_weights()])
    after = generate(whole_loop, PROMPT, max_tokens=30, end_id=None).tolist()
    assert before != after
    assert after == generate(Stepper(model), PROMPT, max_tokens=30, end_id=None).tolist()


def test_beams_go_step_by_step_in_a_whole_loop_too(stepper):
    options = {"strategy": "beam", "max_tokens": 6, "beams": 3}
    whole_loop = WholeLoop(model_of(1))
    written = generate(whole_loop, PROMPT, **options).tolist()
    assert written == generate(stepper, PROMPT, **options).tolist()


def test_beam_is_at_least_as_likely_as_greedy_and_often_more():
    gains = []
    for seed in range(6):
        stepper = Stepper(model_of(seed, cell="simple"))
        greedy = generate(stepper, PROMPT, max_tokens=5)
        ids, score = generation.beam_search(stepper, PROMPT, 5, beams=3)
        assert score == pytest.approx(generation.log_probability(stepper, PROMPT, ids), abs=1e-5)
        gains.append(score - generation.log_probability(stepper, PROMPT, greedy))
    assert min(gains) >= 0
    assert max(gains) > 0.1


def test_a_beam_as_wide_as_all_texts_finds_the_likeliest_of_all():
    stepper = Stepper(model_of(8))
    words = [n for n in range(VOCAB_SIZE) if n not in FORBIDDEN]
    texts = [[Vocabulary.EOS]]
    texts += [
        [*start, last]
        for start in itertools.product([w for w in words if w != Vocabulary.EOS], repeat=1)
        for last in words
    ]
    scores = [generation.log_probability(stepper, PROMPT, text) for text in texts]
    ids, score = generation.beam_search(stepper, PROMPT, 2, beams=len(words))
    assert score == pytest.approx(max(scores), abs=1e-5)
    assert ids.tolist() == texts[int(np.argmax(scores))]


distributions = hnp.arrays(
    np.float64, st.integers(1, 30), elements=st.floats(1e-6, 1.0, allow_subnormal=False)
).map(lambda weights: weights / weights.sum())


@given(distributions, st.integers(1, 40))
@settings(deadline=None)
def test_top_k_keeps_exactly_k_of_the_largest(probabilities, k):
    kept = keep_top_k(probabilities, k)
    chosen = kept > 0
    assert chosen.sum() == min(k, len(probabilities))
    assert kept.sum() == pytest.approx(1)
    if not chosen.all():
        assert probabilities[chosen].min() >= probabilities[~chosen].max()
    ratios = kept[chosen] / probabilities[chosen]
    np.testing.assert_allclose(ratios, ratios[0])


@given(distributions, st.floats(0.01, 1.0))
@settings(deadline=None)
def test_nucleus_keeps_the_smallest_set_that_reaches_p(probabilities, p):
    kept = keep_nucleus(probabilities, p)
    chosen = kept > 0
    assert kept.sum() == pytest.approx(1)
    assert probabilities[chosen].sum() >= p - 1e-12
    # Without its least likely member the set falls short of p.
    assert probabilities[chosen].sum() - probabilities[chosen].min() < p
    if not chosen.all():
        assert probabilities[chosen].min() >= probabilities[~chosen].max()


@given(
    hnp.arrays(np.float64, st.integers(2, 20), elements=st.floats(-30, 30)),
    st.floats(0.05, 20),
)
@settings(deadline=None)
def test_temperature_gives_probabilities_and_orders_sharpness(logits, temperature):
    p = generation.with_temperature(logits, temperature)
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    assert generation.with_temperature(logits, temperature / 2).max() >= p.max() - 1e-12


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strategy": "best"}, "'greedy', 'temperature'"),
        ({"strategy": "temperature", "temperature": 0}, "above 0"),
        ({"strategy": "temperature", "temperature": float("nan")}, "above 0"),
        ({"strategy": "top_k", "k": 0}, "from 1 up"),
        ({"strategy": "nucleus", "p": 1.5}, "up to 1"),
        ({"strategy": "nucleus", "p": 0}, "above 0"),
        ({"strategy": "beam", "beams": 0}, "from 1 up"),
        ({"strategy": "temperature", "seed": -1}, "from 0 up"),
        ({"strategy": "temperature", "seed": None}, "from 0 up"),
        ({"max_tokens": 0}, "from 1 up"),
    ],
)
def test_bad_arguments_get_one_clear_line(stepper, options, words):
    with pytest.raises(InputError) as caught:
        generate(stepper, PROMPT, **options)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("prompt", [[], [[2, 5]], [2.0, 5.0], [2, VOCAB_SIZE], [-1], [2, 0]])
def test_bad_prompts_get_one_clear_line(stepper, prompt):
    with pytest.raises(InputError, match="prompt_ids"):
        generate(stepper, prompt)


def test_another_model_is_refused():
    inputs = keras.Input((3,))
    with pytest.raises(InputError, match="word_language_model"):
        generate(keras.Model(inputs, keras.layers.Dense(2)(inputs)), PROMPT)
