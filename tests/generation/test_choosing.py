"""What is drawn from, in NumPy, and the choice that draws from it, in TensorFlow."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn_tf import generation
from rnn_tf.backend import tf
from rnn_tf.generation import keep_nucleus, keep_top_k
from rnn_tf.generation.choosing import NOTHING, choose, limits

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
@example(np.full(14, 1 / 14), 0.5)  # seven of them sum to a little less, in floating point
@settings(deadline=None)
def test_nucleus_keeps_the_smallest_set_that_reaches_p(probabilities, p):
    kept = keep_nucleus(probabilities, p)
    chosen = kept > 0
    assert kept.sum() == pytest.approx(1)
    assert probabilities[chosen].sum() >= p - 2e-12
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


SIZE = 24
CHOICES = {
    "step by step": tf.function(choose),
    "compiled by XLA": tf.function(choose, jit_compile=True),
}


def numpy_choice(logits, allowed, noise, strategy, temperature, k, p):
    """The definition: narrow the distribution, take the largest sum with the noise."""
    found = generation.with_temperature(np.where(allowed, logits, -np.inf), temperature)
    if strategy == "top_k":
        found = keep_top_k(found, k)
    if strategy == "nucleus":
        found = keep_nucleus(found, p)
    with np.errstate(divide="ignore"):
        return int(np.argmax(np.log(found) + noise))


@given(
    # Few different whole numbers give ties; -inf is what a model forbids by itself.
    logits=hnp.arrays(np.float32, SIZE, elements=st.sampled_from([-np.inf, *range(-9, 10)]))
    | hnp.arrays(np.float32, SIZE, elements=st.floats(-30, 30, width=32)),
    allowed=hnp.arrays(np.bool_, SIZE),
    strategy=st.sampled_from(["temperature", "top_k", "nucleus"]),
    temperature=st.floats(0.05, 20),
    k=st.integers(1, 2 * SIZE),
    p=st.floats(0.001, 1) | st.sampled_from([0.1, 0.25, 0.5, 0.75, 1.0]),
    seed=st.integers(0, 99),
)
@settings(max_examples=300, deadline=None)
def test_the_choice_is_the_one_that_numpy_would_make(
    logits, allowed, strategy, temperature, k, p, seed
):
    assume(np.isfinite(logits[allowed]).any())
    noise = np.random.default_rng(seed).gumbel(size=SIZE).astype(np.float32)
    wanted = numpy_choice(logits, allowed, noise, strategy, temperature, k, p)
    bounds = limits(strategy, SIZE, temperature, k, p)
    for name, choice in CHOICES.items():
        assert int(choice(logits, allowed, noise, *bounds)) == wanted, name


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("size", [1000, 10_000])
def test_many_words_are_chosen_as_numpy_chooses(size, jit):
    rng = np.random.default_rng(size)
    choice = tf.function(choose, jit_compile=jit)
    allowed = rng.random(size) < 0.9
    outside = 0
    for seed in range(40):
        logits = rng.normal(scale=rng.choice([0.01, 1, 4]), size=size).astype(np.float32)
        logits[rng.integers(0, size, size // 2)] = 1.5  # half of them tie
        noise = rng.gumbel(size=size).astype(np.float32)
        for strategy in ("top_k", "nucleus"):
            setting = (10 ** rng.uniform(-1, 1), int(rng.integers(1, 200)), rng.random())
            bounds = limits(strategy, size, *setting)
            wanted = numpy_choice(logits, allowed, noise, strategy, *setting)
            assert int(choice(logits, allowed, noise, *bounds)) == wanted, (seed, strategy)
            outside += wanted != numpy_choice(logits, allowed, noise, "temperature", *setting)
    assert outside > 20  # often the bound mattered


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("place", [0, 1, SIZE // 2, SIZE - 1])
def test_no_id_is_chosen_where_a_logit_is_no_number(name, bad, place):
    logits = np.zeros(SIZE, np.float32)
    logits[place] = bad
    noise, allowed = np.zeros(SIZE, np.float32), np.ones(SIZE, bool)
    for strategy in ("greedy", "temperature", "top_k", "nucleus"):
        bounds = limits(strategy, SIZE, k=2, p=0.5)
        assert int(CHOICES[name](logits, allowed, noise, *bounds)) == NOTHING


@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 1e300, math.nextafter(math.inf, 0)])
@pytest.mark.parametrize("name", CHOICES)
def test_temperatures_from_end_to_end_choose_what_may_be_written(name, temperature):
    logits = np.linspace(-5, 5, SIZE, dtype=np.float32)
    allowed = np.arange(SIZE) < 20
    bounds = limits("temperature", SIZE, temperature)
    chosen = int(CHOICES[name](logits, allowed, np.zeros(SIZE, np.float32), *bounds))
    assert chosen == (19 if temperature < 1 else chosen) and 0 <= chosen < 20
    p = generation.with_temperature(np.where(allowed, logits, -np.inf), temperature)
    assert p.sum() == pytest.approx(1) and not p[20:].any()
