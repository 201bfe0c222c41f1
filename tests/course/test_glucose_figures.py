"""Figures of lesson 16: what they mark is where it belongs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnn_tf.course.figures import glucose as draw


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words_of(axis):
    return [text.get_text() for text in axis.get_legend().get_texts()]


def test_a_mark_stands_wherever_a_forecast_is_low():
    time, measured = np.arange(4.0), np.array([90.0, 60, 65, 80])
    forecasts = {"A": np.array([60.0, 80, 60, 80]), "B": np.full(4, 100.0)}
    labels = ["t", "y", "low", "is low"]
    above, below = draw.alarms(time, measured, forecasts, 70, ["measured", "70"], labels).axes
    marks = [list(line.get_xdata()) for line in below.get_lines()]
    assert marks == [[1, 2], [0, 2], []]
    assert [tick.get_text() for tick in below.get_yticklabels()] == ["is low", "A", "B"]
    assert words_of(above) == ["measured", "A", "B", "70"] and below.get_xlabel() == "t"


def test_the_histogram_counts_every_case_once():
    values = np.array([50.0, 69.9, 70, 71, 130])
    figure = draw.what_came(values, 70, ["below", "above", "mean", "y", "n"])
    (axis,) = figure.axes
    low, high = (sum(bar.get_height() for bar in part) for part in axis.containers)
    assert (low, high) == (2, 3)
    assert "mean 78" in words_of(axis)


def test_the_fan_rings_where_the_second_quantile_is_low():
    quantiles = np.array([[50.0, 60, 90, 120], [70, 75, 90, 120], [60, 69, 80, 90]])
    names = ["measured", "interval", "median", "10 %", "alarm"]
    figure = draw.fan(np.arange(3), np.full(3, 80.0), quantiles, 70, names, ["t", "y"])
    rings = next(line for line in figure.axes[0].get_lines() if line.get_label() == "alarm")
    assert list(rings.get_xdata()) == [0, 2]


def test_every_curve_has_its_dot():
    curves = {"A": (np.array([0.0, 5]), np.array([0.1, 0.8])), "B": (np.zeros(2), np.ones(2))}
    marks = {"A": (5.0, 0.8), "B": (0.0, 1.0)}
    (axis,) = draw.trade_off(curves, marks, "cut", ["false", "warned"], most=25).axes
    dots = [line for line in axis.get_lines() if line.get_marker() == "o" and len(line.get_xdata())]
    assert [(dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots] == [*marks.values()]
    lines = {line.get_label(): line.get_color() for line in axis.get_lines()}
    assert [dot.get_color() for dot in dots] == [lines["A"], lines["B"]]


def test_weeks_bars_gaps_and_chances():
    runs = {"raw": [[0.8, 0.9], [0.7, 0.9]]}
    (axis,) = draw.coverage([1, 2], runs, 0.9, "promised", ["week", "share"]).axes
    np.testing.assert_allclose(axis.get_lines()[0].get_ydata(), [0.75, 0.9])
    assert words_of(axis) == ["raw", "promised"]
    (axis,) = draw.silent([0.08, 0.02], [274, 11_558], ["low", "high"], ["x", "y"]).axes
    assert [bar.get_height() for bar in axis.patches] == [8, 2]
    assert [text.get_text() for text in axis.texts] == ["n = 274", "n = 11,558"]
    time, true = 5.0 * np.arange(6), np.arange(6.0)
    names = ["measured", "line", "kept", "hidden"]
    (axis,) = draw.mended(time, true, (true, true), slice(2, 4), names, ["t", "y"]).axes
    assert list(axis.get_lines()[1].get_xdata()) == [5, 10, 15, 20]
    band = axis.patches[0].get_extents().transformed(axis.transData.inverted())
    np.testing.assert_allclose([band.x0, band.x1], [7.5, 17.5])
    said = np.array([[0.1, 0.5], [0.2, 0.6]])
    (axis,) = draw.calibration(said, said / 2, ["A", "B", "diagonal"], ["said", "came"]).axes
    np.testing.assert_allclose(axis.get_lines()[1].get_ydata(), [0.1, 0.3])
    assert list(axis.get_lines()[2].get_xdata()) == [0, 0.6]
