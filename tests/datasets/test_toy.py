"""Toy tasks: labels recomputed another way, floors and baselines held against the draws."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf.datasets import toy
from rnn_tf.errors import InputError

counts = st.integers(1, 12)
lengths = st.integers(2, 15)
seeds = st.integers(0, 2**31)


@given(counts, lengths, seeds, st.data())
def test_echo_repeats_what_came_delay_steps_ago(count, num_steps, seed, data):
    delay = data.draw(st.integers(0, num_steps - 1))
    inputs, targets = toy.delayed_echo(count, num_steps, delay, seed=seed)
    assert inputs.shape == targets.shape == (count, num_steps, 1)
    for row, t in itertools.product(range(count), range(num_steps)):
        heard = inputs[row, t - delay, 0] if t >= delay else 0
        assert targets[row, t, 0] == heard


@given(counts, lengths, seeds)
def test_parity_counts_the_ones(count, num_steps, seed):
    inputs, targets = toy.running_parity(count, num_steps, seed=seed)
    assert targets.shape == (count, num_steps, 1)
    for bits, answers in zip(inputs[:, :, 0], targets[:, :, 0], strict=True):
        odd = False
        for bit, answer in zip(bits, answers, strict=True):
            odd ^= bool(bit)
            assert answer == odd


@given(counts, st.integers(0, 7), seeds)
def test_majority_counts_both(count, half, seed):
    inputs, targets = toy.majority(count, 2 * half + 1, seed=seed)
    assert targets.shape == (count, 1)
    for bits, answer in zip(inputs[:, :, 0].astype(int).tolist(), targets[:, 0], strict=True):
        assert answer == (bits.count(1) > bits.count(0))


@given(counts, lengths, seeds)
def test_first_bit(count, num_steps, seed):
    inputs, targets = toy.first_bit(count, num_steps, seed=seed)
    assert targets.tolist() == [[sequence[0][0]] for sequence in inputs.tolist()]


@given(counts, lengths, seeds, st.sampled_from([0.0, 0.3, 1.0]))
def test_last_written_says_the_number_of_the_last_writing(count, num_steps, seed, chance):
    inputs, targets = toy.last_written(count, num_steps, chance=chance, seed=seed)
    assert inputs.shape == (count, num_steps, 2) and targets.shape == (count, num_steps, 1)
    for sequence, answers in zip(inputs.tolist(), targets[:, :, 0].tolist(), strict=True):
        assert sequence[0][1] == 1 and all(-1 <= number < 1 for number, _ in sequence)
        for t, answer in enumerate(answers):
            assert answer == [number for number, pressed in sequence[: t + 1] if pressed][-1]
    if chance in (0, 1):
        assert (inputs[:, 1:, 1] == chance).all()


@given(counts, lengths, seeds)
def test_adding_problem_adds_one_number_of_each_half(count, num_steps, seed):
    inputs, targets = toy.adding_problem(count, num_steps, seed=seed)
    assert inputs.shape == (count, num_steps, 2) and targets.shape == (count, 1)
    for sequence, total in zip(inputs, targets[:, 0], strict=True):
        places = [t for t, (_, marker) in enumerate(sequence) if marker]
        assert len(places) == 2 and places[0] < num_steps // 2 <= places[1]
        assert total == pytest.approx(sum(float(sequence[t, 0]) for t in places), abs=1e-6)


MAKERS = {
    "delayed_echo": lambda seed: toy.delayed_echo(40, 9, 3, seed=seed),
    "running_parity": lambda seed: toy.running_parity(40, 9, seed=seed),
    "majority": lambda seed: toy.majority(40, 9, seed=seed),
    "first_bit": lambda seed: toy.first_bit(40, 9, seed=seed),
    "last_written": lambda seed: toy.last_written(40, 9, chance=0.3, seed=seed),
    "adding_problem": lambda seed: toy.adding_problem(40, 9, seed=seed),
    "noisy_sine": lambda seed: (toy.noisy_sine(90, seed=seed),) * 2,
}


@pytest.mark.parametrize("name", MAKERS)
@given(seed=seeds)
@settings(max_examples=20)
def test_a_seed_draws_the_same_again_and_another_seed_something_else(name, seed):
    first, again, other = (MAKERS[name](s) for s in (seed, seed, seed + 1))
    for a, b in zip(first, again, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[0], other[0])


def test_draws_leave_numpys_global_generator_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    for make in MAKERS.values():
        make(3)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 6))
def test_windows_are_followed_by_what_follows_them(extra, num_steps, horizon):
    series = np.arange(num_steps + horizon - 1 + extra, dtype=np.float32) ** 2
    inputs, targets = toy.windows(series, num_steps, horizon)
    assert inputs.shape == (extra, num_steps, 1) and targets.shape == (extra, horizon)
    for i in range(extra):
        np.testing.assert_array_equal(inputs[i, :, 0], series[i : i + num_steps])
        assert targets[i, 0] == series[i + num_steps]
        np.testing.assert_array_equal(targets[i], series[i + num_steps : i + num_steps + horizon])


@given(
    st.integers(60, 200),
    st.integers(1, 6),
    st.integers(1, 3),
    st.floats(0.2, 0.4),
    st.floats(0.2, 0.4),
)
def test_parts_of_a_series_share_no_value_and_keep_their_order(length, steps, horizon, val, test):
    data = toy.split_series(np.arange(length), steps, horizon, validation=val, test=test)
    seen = [
        set(part.inputs.ravel().tolist()) | set(part.targets.ravel().tolist())
        for part in (data.train, data.validation, data.test)
    ]
    assert max(seen[0]) < min(seen[1]) and max(seen[1]) < min(seen[2])
    assert seen[0] | seen[1] | seen[2] == set(range(length))


@given(st.integers(50, 300), st.integers(6, 9), seeds)
def test_parts_of_examples_share_no_sequence(count, num_steps, seed):
    inputs, targets = toy.running_parity(count, num_steps, seed=seed)
    data = toy.split_examples(inputs, targets)
    parts = (data.train, data.validation, data.test)
    seen = [{row.tobytes() for row in part.inputs} for part in parts]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])
    assert sum(map(len, parts)) == count and all(seen)
    for part in parts:
        np.testing.assert_array_equal(part.targets, np.cumsum(part.inputs, axis=1) % 2)


def test_last_bit_accuracy_against_every_sequence():
    for num_steps in (1, 3, 5, 9):
        agree = [
            bits[-1] == (sum(bits) > num_steps / 2)
            for bits in itertools.product((0, 1), repeat=num_steps)
        ]
        assert toy.last_bit_accuracy(num_steps) == pytest.approx(np.mean(agree), abs=1e-12)


def test_bits_are_fair_and_the_stated_baselines_hold():
    inputs, targets = toy.running_parity(20_000, 12, seed=1)
    assert inputs.mean() == pytest.approx(0.5, abs=0.01)
    assert (inputs[:, 1:] == targets[:, 1:]).mean() == pytest.approx(0.5, abs=0.01)
    _, total = toy.adding_problem(50_000, 12, seed=1)
    assert np.mean((total - 1) ** 2) == pytest.approx(1 / 6, rel=0.03)


def test_noisy_sine_has_the_stated_mean_and_persistence_errors():
    noise, period, amplitude = 0.1, 20.0, 0.5
    series = toy.noisy_sine(
        200_000, noise=noise, period=period, amplitude=amplitude, seed=2
    ).astype(float)
    assert series.var() == pytest.approx(amplitude**2 / 2 + noise**2, rel=0.02)
    persistence = np.mean(np.diff(series) ** 2)
    stated = amplitude**2 * (1 - np.cos(2 * np.pi / period)) + 2 * noise**2
    assert persistence == pytest.approx(stated, rel=0.02)


def test_sine_floor_is_what_least_squares_on_each_window_reaches():
    noise, period, num_steps = 0.05, 25.0, 20
    series = toy.noisy_sine(60_000, noise=noise, period=period, seed=3).astype(float)
    inputs, targets = toy.windows(series, num_steps)
    angle = 2 * np.pi * np.arange(num_steps + 1) / period
    rows = np.c_[np.sin(angle), np.cos(angle)]
    fitted, *_ = np.linalg.lstsq(rows[:-1], inputs[:, :, 0].T.astype(float), rcond=None)
    reached = np.mean((rows[-1] @ fitted - targets[:, 0]) ** 2)
    floor = toy.sine_floor(num_steps, noise=noise, period=period)
    assert reached == pytest.approx(floor, rel=0.03)
    assert floor > noise**2


@pytest.mark.parametrize(
    ("attempt", "named"),
    [
        (lambda: toy.delayed_echo(3, 4, 4, seed=0), "delay"),
        (lambda: toy.delayed_echo(0, 4, 1, seed=0), "count"),
        (lambda: toy.running_parity(3, 0, seed=0), "num_steps"),
        (lambda: toy.running_parity(3, 2.5, seed=0), "num_steps"),
        (lambda: toy.majority(3, 4, seed=0), "odd"),
        (lambda: toy.adding_problem(3, 1, seed=0), "num_steps"),
        (lambda: toy.noisy_sine(9, noise=-1, seed=0), "noise"),
        (lambda: toy.windows(np.zeros((9, 2)), 2), "(9, 2)"),
        (lambda: toy.windows(np.zeros(5), 5), "at least"),
        (lambda: toy.windows(np.zeros(5), 2, 0), "horizon"),
        (lambda: toy.split_series(np.zeros(50), 2, validation=0.5, test=0.5), "shares"),
    ],
)
def test_bad_arguments_get_one_line_that_names_them(attempt, named):
    with pytest.raises(InputError) as caught:
        attempt()
    assert named in str(caught.value) and "\n" not in str(caught.value)
