"""Series varied at random: the label's knowledge is kept, and strength 0 changes nothing."""

import numpy as np
import pytest

from rnn_tf.datasets import augmenting
from rnn_tf.datasets.augmenting import varied
from rnn_tf.errors import InputError

RISING, FALLING = np.linspace(-1, 1, 12), np.linspace(1, -1, 9)


def test_strength_0_leaves_the_series_as_they_are():
    found = varied([RISING, FALLING], np.random.default_rng(0), strength=0)
    assert found[0] == pytest.approx(RISING) and found[1] == pytest.approx(FALLING)


def test_what_rises_goes_on_rising():
    rng = np.random.default_rng(1)
    for _ in range(50):
        up, down = varied([RISING, FALLING], rng)
        assert up[-1] - up[0] > 0.8 and down[-1] - down[0] < -0.8


def test_no_two_are_alike_and_the_seed_repeats_them():
    one, two = (varied([RISING] * 2, np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert one[0].shape != one[1].shape or not np.allclose(one[0], one[1])


def test_changes_are_as_large_as_is_said(monkeypatch):
    """Over many copies of a straight line from -1 to 1: mean, width, length and bend."""
    monkeypatch.setattr(augmenting, "_JITTER", 0.0)
    series = np.linspace(-1, 1, 101)
    found = varied([series] * 4000, np.random.default_rng(0))
    widths = np.array([np.ptp(one) for one in found])
    assert np.std(np.log(widths / 2)) == pytest.approx(0.2, rel=0.05)
    lengths = np.array([len(one) for one in found])
    assert np.std(np.log(lengths / 101)) == pytest.approx(0.2, rel=0.05)
    middle = np.array([(one[len(one) // 2] - one[0]) / np.ptp(one) for one in found])
    powers = np.log(middle) / np.log(0.5)  # half of the time is this power of a half of the way
    assert np.std(np.log(powers)) == pytest.approx(0.3, rel=0.08)


def test_the_shift_and_the_jitter_are_as_large_as_is_said():
    flat = np.zeros(200)
    found = varied([flat] * 2000, np.random.default_rng(0))
    assert np.std([one.mean() for one in found]) == pytest.approx(0.3, rel=0.05)
    noises = [one.std() / 0.05 for one in found]
    assert np.median(noises) == pytest.approx(np.exp(0), rel=0.05)


def test_none_is_longer_than_it_may_be():
    found = varied([RISING] * 200, np.random.default_rng(0), longest=12)
    assert max(map(len, found)) == 12 and min(map(len, found)) < 12


def test_what_is_given_stays_as_it_was():
    series = RISING.copy()
    varied([series], np.random.default_rng(0))
    assert np.array_equal(series, RISING)


@pytest.mark.parametrize(
    ("series", "options"),
    [([RISING], {"strength": -1}), ([RISING], {"strength": float("nan")}), ([[1.0]], {})],
)
def test_what_cannot_be_varied_is_said_in_one_line(series, options):
    with pytest.raises(InputError, match="expected"):
        varied(series, np.random.default_rng(0), **options)


def test_nothing_gives_nothing():
    assert varied([], np.random.default_rng(0)) == []
