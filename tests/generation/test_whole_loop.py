"""The loop compiled whole writes what the step-by-step loop writes, at every size."""

import time
import tracemalloc

import numpy as np
import pytest

from rnn_tf.backend import keras
from rnn_tf.generation import Stepper, WholeLoop, generate, whole_loop
from rnn_tf.models import word_language_model
from rnn_tf.text import Vocabulary
from tests.generation.small_models import KINDS, PROMPT, model_of

DRAWN = {"temperature": 1.3, "k": 4, "p": 0.7}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "bfloat16" not in kind])
def test_the_whole_loop_writes_what_the_step_by_step_loop_writes(kind):
    model = KINDS[kind](9)
    stepper, loop = Stepper(model), WholeLoop(model)
    for strategy in ("greedy", "temperature", "top_k", "nucleus"):
        texts = []
        for seed, max_tokens in ((0, 1), (1, 20), (2, 64), (3, 65)):
            choice = {"strategy": strategy, "seed": seed, "max_tokens": max_tokens, **DRAWN}
            texts.append(generate(loop, PROMPT, end_id=None, **choice).tolist())
            assert texts[-1] == generate(stepper, PROMPT, end_id=None, **choice).tolist()
            assert len(texts[-1]) == max_tokens
        assert strategy == "greedy" or texts[2] != texts[3][:64]  # two seeds, two texts


def test_with_products_in_bfloat16_the_whole_loop_writes_what_is_best_but_for_their_rounding():
    """Where the rounding falls depends on the processor: what is near enough may change places."""
    model = KINDS["bfloat16 products"](10)
    stepper, loop = Stepper(model), WholeLoop(model)
    written = generate(loop, PROMPT, strategy="greedy", end_id=None, max_tokens=20)
    one_number_in_256 = 2.0**-8
    for count, chosen in enumerate(written):
        logits, _ = stepper.read([*PROMPT, *written[:count]])
        logits = np.array(logits[0], np.float64)
        logits[[Vocabulary.PAD, Vocabulary.BOS]] = -np.inf
        assert logits[chosen] >= logits.max() - 8 * one_number_in_256 * np.abs(logits[2:]).max()
    assert len(set(written.tolist())) > 1


def test_the_whole_loop_stops_at_the_end_token_as_the_other_does():
    stepper = Stepper(model_of(10))
    loop = WholeLoop(model_of(10))
    lengths = set()
    for seed in range(12):
        choice = {"strategy": "temperature", "seed": seed, "max_tokens": 30}
        written = generate(loop, PROMPT, **choice).tolist()
        assert written == generate(stepper, PROMPT, **choice).tolist()
        assert Vocabulary.EOS not in written[:-1]
        lengths.add(len(written))
    assert min(lengths) < 30 and len(lengths) > 2


def test_a_text_longer_than_what_is_written_at_once_is_the_same(monkeypatch):
    model = model_of(10)
    monkeypatch.setattr(whole_loop, "MOST_AT_ONCE", 7)
    stepper, loop = Stepper(model), WholeLoop(model)
    lengths = set()
    for strategy in ("greedy", "temperature", "nucleus"):
        for seed in range(8):
            for end_id, max_tokens in ((None, 30), (Vocabulary.EOS, 28)):
                choice = {"strategy": strategy, "seed": seed, "max_tokens": max_tokens}
                choice |= {"end_id": end_id, "temperature": 1.5}
                written = generate(loop, PROMPT, **choice).tolist()
                assert written == generate(stepper, PROMPT, **choice).tolist()
                lengths.add(len(written))
    assert 30 in lengths and min(lengths) < 7 and any(7 < n < 28 for n in lengths)
    assert loop.compiled_loop.experimental_get_tracing_count() == 1


def model_of_many_words(vocab_size, cell="gru"):
    """Small, but for its vocabulary; as decided as a trained one."""
    keras.utils.set_random_seed(0)
    model = word_language_model(
        vocab_size, embedding=8, units=16, cell=cell, dropout=0, pad_is_zero=False
    )
    head = model.get_layer("logits").kernel
    head.assign(40 * head)
    return model


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_ten_thousand_words_are_written_as_step_by_step(cell):
    model = model_of_many_words(10_000, cell)
    stepper, loop = Stepper(model), WholeLoop(model)
    texts = set()
    for seed in range(4):
        for choice in (
            {"strategy": "greedy"},
            {"strategy": "temperature", "temperature": 0.7},
            {"strategy": "top_k", "k": 5 * 10**seed, "temperature": 2.0},
            {"strategy": "nucleus", "p": 0.5, "temperature": 0.5 + seed},
            {"strategy": "nucleus", "p": 0.99},
        ):
            choice = {"seed": seed, "max_tokens": 60, "end_id": None, **choice}
            written = generate(loop, PROMPT, **choice).tolist()
            assert written == generate(stepper, PROMPT, **choice).tolist(), choice
            texts.add(tuple(written))
    assert len(texts) > 14  # the four greedy ones are one; little is left to chance in some others
    assert loop.compiled_loop.experimental_get_tracing_count() == 1


def test_it_is_compiled_once_for_all_strategies_settings_and_lengths_and_sees_new_weights():
    model = model_of(11)
    loop = WholeLoop(model)
    for strategy in ("greedy", "temperature", "top_k", "nucleus"):
        for max_tokens, temperature, end_id in ((5, 1.0, None), (40, 0.7, 3), (5000, 2.0, None)):
            options = {"max_tokens": max_tokens, "temperature": temperature, "end_id": end_id}
            options |= {"k": max_tokens % 7 + 1, "p": temperature / 3, "seed": max_tokens}
            generate(loop, PROMPT, strategy=strategy, **options)
    assert loop.compiled_loop.experimental_get_tracing_count() == 1
    before = generate(loop, PROMPT, max_tokens=30, end_id=None).tolist()
    model.set_weights([-w for w in model.get_weights()])
    after = generate(loop, PROMPT, max_tokens=30, end_id=None).tolist()
    assert before != after
    assert after == generate(Stepper(model), PROMPT, max_tokens=30, end_id=None).tolist()


def first_call(vocab_size):
    """Seconds of processor time, with compiling, and without."""
    loop, seconds = WholeLoop(model_of_many_words(vocab_size)), []
    for _ in range(2):
        started = time.process_time()
        generate(loop, PROMPT, max_tokens=1, strategy="nucleus")
        seconds.append(time.process_time() - started)
    return seconds


def test_compiling_takes_as_long_for_ten_thousand_words_as_for_fifty():
    first_call(50)  # what the first compilation of a process costs
    (few, _), (many, again) = first_call(50), first_call(10_000)
    assert many < 2 * few
    assert again < few / 4  # so that the bound above is one on compiling


def test_a_long_text_takes_no_more_memory_than_a_short_one():
    loop = WholeLoop(model_of_many_words(20_000))
    end = int(generate(loop, PROMPT, max_tokens=1)[0])
    tracemalloc.start()
    try:
        choice = {"strategy": "temperature", "temperature": 1e-6, "end_id": end}
        assert generate(loop, PROMPT, max_tokens=100_000, **choice).tolist() == [end]
        assert tracemalloc.get_traced_memory()[1] < 20e6  # noise for all would be 8 GB
    finally:
        tracemalloc.stop()
