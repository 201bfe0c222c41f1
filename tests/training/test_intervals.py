"""Intervals that keep a promise: by counting, by hand, and on a series that changes."""

import math

import numpy as np
import pytest

from rnn_tf.errors import InputError
from rnn_tf.training import intervals


def test_a_distance_is_how_far_outside_the_truth_lies():
    found = intervals.distances([5.0, 1.0, 12.0], np.array([2.0, 2, 2]), np.array([10.0, 10, 10]))
    np.testing.assert_array_equal(found, [-3, 1, 2])


def test_the_width_is_the_right_one_of_the_sorted_distances():
    far = np.random.default_rng(0).permutation(19) + 1.0  # 1 to 19
    assert intervals.conformal_width(far, 0.9) == 18  # the ceil(20 × 0.9)-th
    assert intervals.conformal_width(far, 0.5) == 10
    assert intervals.conformal_width(far - 100, 0.9) == -82
    assert intervals.conformal_width(far[:5], 0.9) == math.inf


@pytest.mark.parametrize("promise", [0.5, 0.8, 0.9])
def test_the_promise_holds_on_average_for_new_values(promise):
    rng = np.random.default_rng(1)
    hits = [
        rng.standard_cauchy() <= intervals.conformal_width(rng.standard_cauchy(30), promise)
        for _ in range(4000)
    ]
    error = 3 * math.sqrt(promise * (1 - promise) / len(hits))
    assert promise - error <= np.mean(hits) <= promise + 1 / 31 + error


def test_adaptive_widths_told_by_hand():
    far, steps = np.array([5.0, -1.0, 5.0, 5.0, -9.0]), np.array([0, 1, 2, 5, 6])
    widths = intervals.adaptive_widths(far, steps, 0.0, delay=2, promise=0.9, rate=1.0)
    # At step 2 the first miss is known; at 5 one hit and one miss more; at 6 nothing new.
    np.testing.assert_allclose(widths, [0, 0, 0.9, 1.7 - 0.0, 1.7])


def test_only_what_is_known_by_then_is_used():
    rng = np.random.default_rng(2)
    far, steps = rng.normal(size=200), np.cumsum(rng.integers(1, 4, 200))
    changed = far.copy()
    changed[120:] += 50
    one, other = (
        intervals.adaptive_widths(values, steps, 0.0, delay=6) for values in (far, changed)
    )
    unknown = steps < steps[120] + 6
    np.testing.assert_array_equal(one[unknown], other[unknown])
    assert not np.array_equal(one, other)


def test_the_share_comes_near_the_promise_though_the_series_changes():
    rng = np.random.default_rng(3)
    far = rng.normal(size=6000) * np.linspace(1, 5, 6000)
    fixed = intervals.conformal_width(far[:500])
    assert np.mean(far[500:] <= fixed) < 0.8
    widths = intervals.adaptive_widths(far, np.arange(6000), fixed, delay=6)
    assert abs(np.mean(far <= widths) - 0.9) < 0.01


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: intervals.distances([1.0, 2.0], [0.0], [3.0]), "lower, upper"),
        (lambda: intervals.conformal_width([]), "distances"),
        (lambda: intervals.conformal_width([[1.0]]), "distances"),
        (lambda: intervals.conformal_width([np.nan]), "distances"),
        (lambda: intervals.conformal_width([1.0], 1), "promise"),
        (lambda: intervals.conformal_width([1.0], 90), "promise"),
        (lambda: intervals.adaptive_widths([1.0, 2], [0], 0, delay=1), "steps"),
        (lambda: intervals.adaptive_widths([1.0, 2], [1, 1], 0, delay=1), "steps"),
        (lambda: intervals.adaptive_widths([1.0], [0], 0, delay=0), "delay"),
        (lambda: intervals.adaptive_widths([1.0], [0], 0, delay=1, promise=0), "promise"),
    ],
)
def test_bad_input_gets_one_line(call, named):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value).startswith(f"{named}: got") and "\n" not in str(caught.value)
