"""What cannot be used gets one clear line."""

import numpy as np
import pytest

from rnn_tf import generation
from rnn_tf.backend import keras
from rnn_tf.errors import InputError
from rnn_tf.generation import STRATEGIES, Stepper, WholeLoop, generate
from tests.generation.small_models import PROMPT, VOCAB_SIZE, model_of


@pytest.fixture(scope="module")
def stepper():
    return Stepper(model_of(1))


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


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"forbidden": range(VOCAB_SIZE)}, "forbidden: got all 11 ids, expected at least one left"),
        ({"forbidden": [VOCAB_SIZE]}, "forbidden: got 11, expected ids from 0 to 10"),
        ({"forbidden": [3, -1]}, "forbidden: got -1, expected ids from 0 to 10"),
        ({"forbidden": [1.5]}, "forbidden: got float64"),
        ({"end_id": VOCAB_SIZE}, "end_id: got 11, expected ids from 0 to 10"),
        ({"end_id": -1}, "end_id: got -1, expected ids from 0 to 10"),
        ({"end_id": 3.0}, "end_id: got float64"),
        ({"temperature": float("inf")}, "temperature: got inf, expected a number above 0"),
        ({"temperature": "warm"}, "temperature: got 'warm', expected a number above 0"),
        ({"p": None}, "p: got None, expected a probability"),
    ],
)
@pytest.mark.parametrize("strategy", ["beam", "nucleus"])
@pytest.mark.parametrize("loop", [Stepper, WholeLoop])
def test_what_would_write_nothing_or_anything_gets_one_clear_line(loop, strategy, options, words):
    if strategy == "beam" and not {"forbidden", "end_id"} & set(options):
        pytest.skip("a beam has no temperature and no p")
    with pytest.raises(InputError) as caught:
        generate(loop(model_of(1)), PROMPT, strategy=strategy, **options)
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("loop", [Stepper, WholeLoop])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_model_whose_logits_are_no_numbers_is_told_after_which_token(loop, bad):
    broken = model_of(1)
    broken.get_layer("logits").bias.assign(np.full(VOCAB_SIZE, bad))
    # The other breaks when it reads the word that it writes first.
    later = model_of(1)
    (word,) = generate(later, PROMPT, max_tokens=1, end_id=None)
    assert word not in PROMPT
    vectors = later.get_layer("embedding").embeddings.numpy()
    vectors[word] = np.nan
    later.get_layer("embedding").embeddings.assign(vectors)
    for model, token in ((broken, 3), (later, 4)):
        writer = loop(model)
        for strategy in STRATEGIES:
            if strategy in ("greedy", "beam") or model is broken:
                with pytest.raises(InputError) as caught:
                    generate(writer, PROMPT, strategy=strategy, beams=1, end_id=None)
                words = f"model: got logits that are NaN or infinite after token {token},"
                assert str(caught.value).startswith(words)
                assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="NaN or infinite after token 4,"):
        generation.log_probability(loop(later), PROMPT, [word, word])


def test_ids_that_are_none_get_one_clear_line(stepper):
    with pytest.raises(InputError, match="ids: got 11, expected ids from 0 to 10"):
        generation.log_probability(stepper, PROMPT, [5, VOCAB_SIZE])


class Zeros:
    """A generator whose exponential numbers are 1, but 0, as one in eight million is, for two."""

    def __init__(self, *ids):
        self.ids = ids

    def standard_exponential(self, size, dtype):
        numbers = np.ones(size, dtype)
        numbers[..., self.ids] = 0
        return numbers


@pytest.mark.parametrize("loop", [Stepper, WholeLoop])
def test_an_exponential_of_zero_writes_nothing_forbidden_and_nothing_unlikely(loop, monkeypatch):
    model = model_of(1)
    bias = np.zeros(VOCAB_SIZE)
    bias[6] = -60
    model.get_layer("logits").bias.assign(bias)
    monkeypatch.setattr(np.random, "default_rng", lambda seed: Zeros(0, 6))
    written = generate(loop(model), PROMPT, strategy="temperature", max_tokens=8, end_id=None)
    assert not {0, 6} & set(written.tolist())
