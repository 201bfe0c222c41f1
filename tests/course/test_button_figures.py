"""Figures of lesson 3: lights stand where gates are open, dots where numbers were written."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf import reference
from rnn_tf.course import figures
from rnn_tf.course.figures import buttons


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def lines(axis):
    """Marker or label of each line → its points (x, y)."""
    return [(line.get_marker(), line.get_xydata().tolist()) for line in axis.lines]


def test_a_light_is_open_where_its_gate_is():
    cell = reference.LSTM(features=2, units=2)
    for array in cell.weights.values():
        array[...] = 0.0
    cell.weights["kernel"][1, 1], cell.weights["bias"][1] = 20.0, -10.0  # i of unit 1: the button
    inputs = np.array([[[0.3, 0], [0.1, 1], [0.2, 0]]])
    trace = cell.forward(inputs)
    figure = buttons.scenes({"one": trace}, ["write"], x="step", y="value", unit=1)
    presses, lights, states = figure.axes
    assert lines(presses) == [("s", [[1, 0]])]
    found = {(marker, tuple(map(tuple, xy))) for marker, xy in lines(lights)}
    assert ("o", ((1, 0),)) in found  # i, the first row, is open at step 1 only
    assert ("x", ((0, 0), (2, 0))) in found
    names = [text.get_text() for text in lights.get_yticklabels()]
    assert names == ["$i$", "$f$", "$o$"]
    drawn = {line.get_label(): line.get_ydata().tolist() for line in states.lines}
    assert drawn["$c$"] == trace.cell_states[0, :, 1].tolist()


def test_dots_stand_where_numbers_were_written():
    pressed = np.array([True, False, True])
    wanted, answer = [0.5, 0.5, -0.2], [0.4, 0.3, -0.1]
    figure = buttons.said({"wanted": wanted}, {"net": answer}, pressed, x="step", y="value")
    (axis,) = figure.axes
    assert ("o", [[0, 0.5], [2, -0.2]]) in lines(axis)
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["wanted", "net"]


def test_by_age_shows_the_median_and_the_baseline():
    runs = {"LSTM": [[0.1, 0.2], [0.3, 0.6], [0.2, 0.5]]}
    (axis,) = buttons.by_age(runs, x="age", y="error", baseline=("always 0", 1 / 3)).axes
    assert axis.lines[0].get_ydata().tolist() == [0.2, 0.5]
    assert axis.lines[1].get_ydata() == [1 / 3, 1 / 3]


def test_fading_is_on_a_scale_of_powers_of_ten():
    (axis,) = buttons.fading([1, 2], {"bias 0": [0.5, 0.25]}, x="steps", y="left").axes
    assert axis.get_yscale() == "log" and axis.lines[0].get_ydata().tolist() == [0.5, 0.25]


def test_survival_names_every_memory():
    figure = buttons.survival([0.1, 1.0], {"a": [0, 1], "b": [0, 0.5]}, x="step", y="value")
    names = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert sorted(names) == ["$x$", "a", "b"]
