"""The step equals the model, and each strategy does what it says."""

import itertools

import numpy as np
import pytest

from rnn_tf import generation
from rnn_tf.generation import FORBIDDEN, Stepper, WholeLoop, generate
from rnn_tf.text import Vocabulary
from tests.generation.small_models import KINDS, PROMPT, VOCAB_SIZE, model_of


@pytest.fixture(scope="module")
def stepper():
    return Stepper(model_of(1))


@pytest.mark.parametrize("kind", KINDS)
def test_stepping_equals_the_model_on_the_whole_window(kind):
    model = KINDS[kind](3)
    ids = np.random.default_rng(0).integers(1, VOCAB_SIZE, size=(3, 9))
    wanted = model(ids, training=False).numpy()
    stepper = Stepper(model)
    states = stepper.initial_states(3)
    # Products in bfloat16 have three digits; a step's cell takes them in full.
    atol = 0.2 if kind == "bfloat16 products" else 1e-5
    for t in range(ids.shape[1]):
        logits, states = stepper(ids[:, t], states)
        np.testing.assert_allclose(logits, wanted[:, t], atol=atol)


@pytest.mark.parametrize("kind", KINDS)
def test_a_prompt_read_at_once_is_the_prompt_read_token_by_token(kind):
    model = KINDS[kind](4)
    # Small weights: large ones amplify what rounding does from token to token.
    model.set_weights([w / 4 for w in model.get_weights()])
    stepper = Stepper(model)
    for prompt in ([2], [2, 5, 7], [2, *range(3, VOCAB_SIZE)] * 5):
        states = stepper.initial_states()
        for token in prompt:
            logits, states = stepper([token], states)
        found, found_states = stepper.read(prompt)
        np.testing.assert_allclose(found, logits, rtol=1e-5, atol=1e-6)
        for layer, wanted in zip(found_states, states, strict=True):
            np.testing.assert_allclose(layer, wanted, rtol=1e-5, atol=1e-6)
    assert stepper.compiled_reading.experimental_get_tracing_count() == 1


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
