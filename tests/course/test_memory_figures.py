"""Figures of lesson 9: gates where they are, inputs that an answer sees, a point for each seed."""

import matplotlib.colors
import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf.course import figures
from rnn_tf.course.figures import COLOURS, memory


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def test_accuracy_is_drawn_from_the_first_step_on_with_its_marks():
    runs = {"a": [[1.0, 0.5, 0.6], [1.0, 0.7, 0.6], [1.0, 0.9, 0.6]]}
    figure = memory.accuracy_by_step(
        runs, trained_to=2, chance=("guess", 0.5), x="step", y="accuracy", mark="trained"
    )
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    assert lines["a"].get_xdata().tolist() == [1, 2, 3]
    assert lines["a"].get_ydata().tolist() == [1.0, 0.7, 0.6]
    assert lines["trained"].get_xdata() == [2, 2] and lines["guess"].get_ydata() == [0.5, 0.5]


def test_the_line_shows_how_far_gates_reach_and_what_each_value_leaves():
    figure = memory.gate_line(
        {"sigmoid": (0, 1), "tanh": (-1, 1)},
        (-1, -0.5, 1),
        words=("flip", "fade", "keep"),
        **{"x": "step", "y": "left", "steps": 2},
    )
    line, *small = [axis for part in figure.subfigs for axis in part.axes]
    assert [one.get_xdata().tolist() for one in line.lines[:2]] == [[0, 1], [-1, 1]]
    assert line.lines[3].get_xdata().tolist() == [-1, -0.5, 1]
    powers = [axis.lines[1].get_ydata().tolist() for axis in small]
    assert powers == [[1, -1, 1], [1, -0.5, 0.25], [1, 1, 1]]
    assert [axis.get_title() for axis in small] == [
        "$a$ = −1\nflip",
        "$a$ = −0.5\nfade",
        "$a$ = 1\nkeep",
    ]


def test_learnt_gates_stand_at_their_two_values():
    groups = {"sigmoid": [[0.2, 0.3]], "tanh": [[0.9, -0.8], [0.1, 0.0]]}
    figure = memory.learnt_gates(
        groups, (1, -1), x="at 0", y="at 1", names=("wanted", "square"), reach=1
    )
    (axis,) = figure.axes
    points = {one.get_label(): one.get_offsets().tolist() for one in axis.collections}
    assert points == {**groups, "wanted": [[1, -1]]}
    (square,) = axis.patches
    assert (square.get_xy(), square.get_width(), square.get_height()) == ((0, 0), 1, 1)


def seen(axis):
    """Steps whose input is drawn as seen."""
    blue = [line for line in axis.lines if line.get_color() == COLOURS[0]]
    assert all(list(line.get_ydata()) == [0] for line in blue)
    return [int(line.get_xdata()[0]) for line in blue]


def test_only_the_bidirectional_network_sees_the_future():
    titles = ("matrix", "number", "bidirectional", "window", "convolution", "attention")
    axes = {axis.get_title(): axis for axis in memory.sight(titles, now="now").axes}
    assert list(axes) == list(titles)
    past = list(range(1, 9))
    assert {name: seen(axis) for name, axis in axes.items()} == {
        **dict.fromkeys(("matrix", "number", "convolution", "attention"), past),
        "bidirectional": list(range(1, 11)),
        "window": [5, 6, 7, 8],
    }


def test_every_seed_of_every_network_is_a_point_in_its_row():
    tasks = {("copy", "share"): {"b": [0.4, 0.6]}, ("next", "MSE"): {"a": [0.1], "b": [0.2]}}
    figure = memory.scores(
        tasks, names=["a", "b"], guessing=[0.3, 0.9], guess="guessing", families=[1, 2]
    )
    copy, next_value, *spare = figure.axes
    floor, a, b = copy.lines
    assert list(floor.get_xdata()) == [0.3, 0.3]
    assert len(a.get_xdata()) == 0  # not measured: no point
    assert b.get_xdata().tolist() == [0.4, 0.6] and b.get_ydata().tolist() == [1, 1]
    assert matplotlib.colors.same_color(b.get_color(), COLOURS[2])
    assert next_value.lines[1].get_xdata().tolist() == [0.1]
    assert copy.get_ylim()[0] > copy.get_ylim()[1]  # the first network on top
    assert [axis.get_xlabel() for axis in (copy, next_value)] == ["share", "MSE"]


def test_lags_stand_on_a_scale_of_doublings():
    figure = memory.by_lag(
        [10, 20], {"a": [[1.0, 0.5], [1.0, 0.7]]}, chance=("guess", 0.5), x="lag", y="accuracy"
    )
    (axis,) = figure.axes
    assert axis.get_xscale() == "log"
    assert [label.get_text() for label in axis.get_xticklabels()] == ["10", "20"]
    assert axis.lines[0].get_ydata() == pytest.approx(np.array([1.0, 0.6]))
