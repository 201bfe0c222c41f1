"""What cannot be used gets one clear line."""

import pytest
from small_models import PROMPT, VOCAB_SIZE, model_of

from rnn_tf.backend import keras
from rnn_tf.errors import InputError
from rnn_tf.generation import Stepper, generate


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
