"""Figures of lesson 9's lab and autopsy: nothing is white, one scale for all maps."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf.course import figures
from rnn_tf.course.figures import influence


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def test_nothing_is_left_out_of_the_scale_and_little_is_not():
    matrices = {
        "edge": np.array([[1.0, 0.0], [1e-9, 0.1]]),
        "all": np.array([[1e-3, 1e-3], [1e-3, 1e-3]]),
    }
    figure = influence.maps(matrices, x="in", y="out", unit="change", decades=6)
    edge, whole, colours = figure.axes
    shown = edge.images[0].get_array()
    assert shown.mask.tolist() == [[False, True], [False, False]]  # exactly nothing is white
    assert shown[1, 0] == pytest.approx(1e-6)  # less than the scale has: its last colour
    assert edge.images[0].norm is whole.images[0].norm
    assert (edge.images[0].norm.vmin, edge.images[0].norm.vmax) == (pytest.approx(1e-6), 1.0)
    assert [edge.get_title(), whole.get_title()] == ["edge", "all"]
    assert colours.get_ylabel() == "change"


def test_a_row_is_a_step_of_the_output():
    """Steps are counted from 1, the first one above and at the left."""
    (axis, _) = influence.maps({"a": np.eye(3)}, x="in", y="out", unit="change").axes
    assert axis.images[0].get_extent() == [0.5, 3.5, 3.5, 0.5]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("in", "out")


def test_counts_stand_beside_the_true_count():
    presses = np.array([1, 10, 100])
    figure = influence.counts(presses, {"a": presses / 2}, x="n", y="h", true="count")
    (axis,) = figure.axes
    lines = {line.get_label(): line.get_ydata().tolist() for line in axis.lines}
    assert lines == {"count": [1, 10, 100], "a": [0.5, 5.0, 50.0]}
    assert (axis.get_xscale(), axis.get_yscale()) == ("log", "log")
