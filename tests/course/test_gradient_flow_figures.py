"""Figures of lesson 8: norms on a scale of powers of ten, the jump marked where it is."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf.course import figures
from rnn_tf.course.figures import gradient_flow


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def drawn(axis):
    """Label of each line → its values."""
    return {line.get_label(): np.asarray(line.get_ydata()).tolist() for line in axis.lines}


def test_fates_stand_beside_the_baseline():
    figure = gradient_flow.fates({"a": [0.7, 0.1]}, x="step", y="loss", baseline=("guess", 0.69))
    (axis,) = figure.axes
    assert drawn(axis) == {"a": [0.7, 0.1], "guess": [0.69, 0.69]}
    assert axis.lines[0].get_xdata().tolist() == [1, 2]  # steps are counted from 1


def test_spirals_show_the_norm_of_each_walk():
    walks = {
        "half": np.array([[3.0, 4.0], [1.5, 2.0]]),
        "whole": np.array([[3.0, 4.0], [4.0, 3.0]]),
    }
    *planes, last = gradient_flow.spirals(walks, x="back", y="norm").axes
    assert [axis.get_title() for axis in planes] == ["half", "whole"]
    assert planes[0].get_xlim() == planes[1].get_xlim()  # or lengths could not be compared
    assert drawn(last) == {"half": [5.0, 2.5], "whole": [5.0, 5.0]}
    assert last.get_yscale() == "log"


def test_by_lag_shows_the_median_down_to_the_floor():
    groups = {
        "left": {"a": [[1.0, 1e-30], [2.0, 1e-30], [9.0, 1e-30]]},
        "right": {"a": [[1.0, 10.0]]},
    }
    left, right = gradient_flow.by_lag([1, 2], groups, x="lag", y="norm", floor=1e-9).axes
    assert left.lines[0].get_ydata().tolist() == [2.0, 1e-9]
    assert left.get_ylim() == right.get_ylim() and left.get_yscale() == "log"
    assert [left.get_title(), right.get_title()] == ["left", "right"]


def test_the_jump_is_marked_at_its_step():
    losses, norms = {"free": [1.0, 5.0, 2.0]}, {"free": [1.0, 300.0, 2.0]}
    figure = gradient_flow.jump(losses, norms, 1, x="step", y=["loss", "norm"], mark="jump")
    top, bottom = figure.axes
    for axis, values in ((top, losses["free"]), (bottom, norms["free"])):
        marks = {line.get_label(): line for line in axis.lines}
        assert marks["jump"].get_xdata() == [2, 2]
        assert marks["free"].get_xdata().tolist()[np.argmax(values)] == 2
    assert bottom.get_yscale() == "log" and top.get_yscale() == "linear"


def test_arrows_end_where_the_clipped_gradients_do():
    ways = {"by norm": np.array([0.6, 0.8]), "by value": np.array([1.0, 1.0])}
    figure = gradient_flow.turned(
        np.array([3.0, 4.0]), ways, bound=1.0, x="first", y="second", name="gradient"
    )
    (axis,) = figure.axes
    arrows = {arrow.get_label(): (arrow.U[0], arrow.V[0]) for arrow in axis.collections}
    assert arrows == {"gradient": (3.0, 4.0), "by norm": (0.6, 0.8), "by value": (1.0, 1.0)}
    circle, square = axis.lines
    assert np.allclose(np.hypot(*circle.get_xydata().T), 1.0)
    assert np.allclose(np.abs(square.get_xydata()), 1.0)
