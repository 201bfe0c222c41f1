"""Figures of forecasts: what they mark is where it belongs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnn_tf.course.figures import weather as draw


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words_of(axis):
    return [text.get_text() for text in axis.get_legend().get_texts()]


def test_an_arrow_leads_from_a_value_to_the_same_value_of_a_late_forecast():
    time, measured = np.arange(5.0) + 10, np.array([1.0, 4.0, 2.0, 7.0, 3.0])
    late = np.concatenate([[0.0], measured[:-1]])
    names, axes = ["measured", "forecast"], ["time (h)", "value"]
    figure = draw.curves(time, measured, [late], names, axes, lag_at=(11, 12))
    (axis,) = figure.axes
    for arrow in axis.texts:
        (start, height), (end, _) = arrow.xyann, arrow.xy
        assert height == measured[time == start] == late[time == end]
    assert [arrow.xy[0] for arrow in axis.texts] == [12, 13]
    assert words_of(axis) == ["measured", "forecast"]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("time (h)", "value")


def test_a_target_is_drawn_right_after_its_window():
    series = np.sin(np.arange(12.0))
    figure = draw.windows(series, 4, (2, 3), ["window", "target"], ["step", "value"])
    lines = figure.axes[0].get_lines()[1:]
    bars, squares, threads = lines[::3], lines[1::3], lines[2::3]
    assert [list(bar.get_xdata()) for bar in bars] == [[2, 5], [3, 6]]
    assert [square.get_xdata()[0] for square in squares] == [6, 7]
    assert [thread.get_ydata()[1] for thread in threads] == [series[6], series[7]]


def test_errors_stand_below_their_forecasts():
    time, measured = np.arange(4), np.array([1.0, 2.0, 3.0, 4.0])
    names = ["measured", "A", "B", "± 2σ"]
    forecasts = [measured + 0.5, measured - 1]
    figure = draw.with_errors(time, measured, forecasts, names, ["t", "y", "e"], expected=0.2)
    above, below = figure.axes
    errors = [line.get_ydata() for line in below.get_lines()[:2]]
    np.testing.assert_allclose(errors, [[0.5] * 4, [-1.0] * 4])
    assert words_of(above) == names[:3] and words_of(below) == names[3:]


def test_the_spread_of_seeds_and_the_usual_error_are_drawn():
    own = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0], [3.0, 4.0, 5.0, 6.0]])
    errors = {"network": own, "linear": own[0]}
    example = np.zeros(4), own
    axes = ["hours ahead", "error", "value"]
    figure = draw.by_lead_time(errors, example, ["measured", "± error"], axes)
    left, right = figure.axes
    np.testing.assert_array_equal(left.get_lines()[0].get_ydata(), own[1])
    assert words_of(left) == ["network", "linear"]
    assert set(words_of(right)) == {"measured", "network", "± error"}


def test_every_gap_is_marked_and_named_once():
    values = np.array([1.0, np.nan, 2.0, np.nan, np.nan, 3.0])
    figure = draw.gaps(np.arange(6), values, "not measured", ["time", "value"])
    axis = figure.axes[0]
    assert [patch.get_x() + 0.5 for patch in axis.patches] == [1, 3, 4]
    assert words_of(axis) == ["not measured"]


def test_designs_are_named_and_held_against_a_baseline():
    figure = draw.designs(["A", "B"], [[1, 2, 3], [4, 5, 6]], ("persistence", 2.5), "error")
    axis = figure.axes[0]
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["A", "B"]
    assert words_of(axis) == ["persistence"]
    assert draw.designs(["A"], [[1, 2, 3]], None, "error").axes[0].get_legend() is None


def test_the_floor_of_noise_is_drawn_at_a_twelfth():
    random = np.random.default_rng(0)
    words = ["loss", "targets", "outputs"], ["epoch", "MSE", "value", "density"]
    figure = draw.on_noise([0.2, 0.1], random.random(50), random.random(50), *words)
    floor = figure.axes[0].get_lines()[1]
    assert set(floor.get_ydata()) == {1 / 12} and floor.get_label() == "1/12"
    assert words_of(figure.axes[1]) == ["targets", "outputs"]
