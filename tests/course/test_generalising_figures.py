"""Figures of lesson 10: the median and its band, the turn where it is, every seed as a dot."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf.course import figures
from rnn_tf.course.figures import generalising


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def drawn(axis):
    """Label of each line → its values, horizontal and vertical."""
    return {
        line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axis.lines
    }


def test_curves_show_the_median_the_band_and_the_turn():
    runs = {"training": [[1.0, 0.5], [2.0, 0.1], [3.0, 0.2]]}
    figure = generalising.curves(
        [10, 20], runs, x="epoch", y="loss", baseline=("guess", 1.4), mark=("turn", 10)
    )
    (axis,) = figure.axes
    lines = drawn(axis)
    assert lines["training"] == ([10, 20], [2.0, 0.2])
    assert lines["guess"][1] == [1.4, 1.4] and lines["turn"][0] == [10, 10]
    band = axis.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(0.1) and band[:, 1].max() == pytest.approx(3.0)
    assert axis.get_ylim()[0] == 0
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("epoch", "loss")


def test_curves_without_baseline_and_mark():
    (axis,) = generalising.curves([1, 2], {"a": [[0.0, 1.0]]}, x="epoch", y="share").axes
    assert len(axis.lines) == 1


def test_every_seed_is_a_dot_in_the_row_of_its_remedy():
    groups = {
        "all epochs": {"none": [3.0, 1.0, 2.0], "L2": [0.5, 0.4, 0.6]},
        "stopped": {"none": [0.4, 0.4, 0.7], "L2": [0.2, 0.3, 9.0]},
    }
    figure = generalising.by_remedy(
        groups, x="loss", lines=[("guess", 1.4), ("rival", 0.3)], limits=(0, 2.5)
    )
    left, right = figure.axes
    assert [text.get_text() for text in left.get_yticklabels()] == ["none", "L2"]
    dots, bar = left.lines[0], left.lines[1]
    assert list(dots.get_xdata()) == [2.5, 1.0, 2.0] and set(dots.get_ydata()) == {0}
    assert list(bar.get_xdata()) == [2.0, 2.0]
    assert list(right.lines[2].get_xdata()) == [0.2, 0.3, 2.5]  # 9 is drawn on the edge
    assert drawn(right)["rival"][0] == [0.3, 0.3]
    assert left.get_ylim()[0] > left.get_ylim()[1]  # the first remedy is on top
    assert [axis.get_title() for axis in figure.axes] == list(groups)
    assert left.get_xlim() == right.get_xlim() == (0, 2.5)
    assert np.all([axis.get_xlabel() == "loss" for axis in figure.axes])
