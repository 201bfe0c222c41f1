"""Figures of markets and traffic: what they mark is where it belongs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnn_tf.course.figures import markets as draw


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_lag_is_marked_where_the_error_is_least():
    days, price = np.arange(6), np.array([1.0, 3.0, 2.0, 5.0, 4.0, 6.0])
    before = np.append(0.5, price[:-1])
    errors = [[2.0, 0.1, 1.0], [2.1, 0.2, 0.9]]
    names, labels = ["price", "said", "before"], ["day", "USD", "days earlier", "RMSE"]
    figure = draw.lag(days, price, before + 0.1, before, errors, names, labels)
    left, right = figure.axes
    np.testing.assert_array_equal(left.get_lines()[2].get_ydata(), before)
    assert [text.get_text() for text in left.get_legend().get_texts()] == names
    assert list(right.get_lines()[-1].get_xdata()) == [1, 1]
    np.testing.assert_array_equal([line.get_ydata() for line in right.get_lines()[:2]], errors)


def test_memory_draws_every_lag_and_its_band():
    rows, bands = [np.array([0.9, 0.1, -0.3]), np.array([0.0, 0.05, 0.0])], [0.1, 0.2]
    figure = draw.memory(rows, bands, ["a", "b"], ["days", "hours", "correlation"])
    for axis, row, band, name in zip(figure.axes, rows, bands, ("days", "hours"), strict=True):
        points = axis.get_lines()[0]
        assert list(points.get_xdata()) == [1, 2, 3] and list(points.get_ydata()) == list(row)
        assert axis.patches[0].get_extents().transformed(axis.transData.inverted()).y1 == (
            pytest.approx(band)
        )
        assert axis.get_xlabel() == name


def test_error_bars_are_two_standard_errors():
    errors = [np.array([0.01, 0.02]), np.array([0.03, 0.01])]
    names, labels = ["alone", "by days"], (["seed 0", "seed 1"], "share")
    (axis,) = draw.directions([0.5, 0.52], errors, ("up", 0.51), names, labels).axes
    for bars, error in zip(axis.containers, errors, strict=True):
        (segments,) = bars[2]
        for segment, half in zip(segments.get_segments(), error, strict=True):
            assert np.ptp(segment[:, 1]) == pytest.approx(4 * half)


def test_weights_run_back_from_the_last_day():
    figure = draw.weights([[0.1, 0.2, 0.9]], ["price"], ["days before", "weight"])
    bars = figure.axes[0].patches
    assert [(round(b.get_x() + b.get_width() / 2), b.get_height()) for b in bars] == [
        (3, 0.1),
        (2, 0.2),
        (1, 0.9),
    ]


def test_the_end_of_training_and_the_highest_price_are_marked():
    days = np.arange("2009-01-01", "2009-01-06", dtype="datetime64[D]")
    price, said = np.arange(5.0), np.minimum(np.arange(5.0), 2)
    names = ["price", "said", "highest", "end"]
    figure = draw.off_the_map(days, price, said, days[2], 2.0, names, ["day", "USD"])
    lines = figure.axes[0].get_lines()
    assert list(lines[2].get_ydata()) == [2.0, 2.0]
    assert lines[3].get_xdata()[0] == days[2]


def test_the_best_of_many_lies_right_of_one():
    one, best = np.array([0.49, 0.5, 0.51]), np.array([0.54, 0.55, 0.56])
    (axis,) = draw.tosses(best, one, ["one", "best"], ["share", "density"]).axes
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["one", "best"]
    heights = [bar.get_x() for bar in axis.patches if bar.get_height() > 0]
    assert min(heights) < 0.5 < 0.53 < max(heights)


def test_rivals_start_at_zero():
    (axis,) = draw.rivals(["as now", "LSTM"], [[4.0], [2.5, 2.6, 2.7]], "error (flights)").axes
    assert axis.get_ylim()[0] == 0 and axis.get_ylabel() == "error (flights)"
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["as now", "LSTM"]


def test_the_error_is_drawn_from_one_hour_ahead_on_with_the_median_of_the_seeds():
    errors = {"as now": [np.arange(24.0)], "GRU": np.array([[1.0], [3.0], [4.0]]) + np.arange(24)}
    (axis,) = draw.by_hour_ahead(errors, ["hours ahead", "error (rides)"]).axes
    for line, start in zip(axis.get_lines(), (0.0, 3.0), strict=True):
        assert list(line.get_xdata()) == list(range(1, 25))
        assert list(line.get_ydata()) == list(start + np.arange(24))
    (band,) = axis.collections[1].get_paths()
    at_last = band.vertices[band.vertices[:, 0] == 24, 1]
    assert (at_last.min(), at_last.max()) == (24, 27)
    assert axis.get_ylim()[0] == 0
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["as now", "GRU"]
