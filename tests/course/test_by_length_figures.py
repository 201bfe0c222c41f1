"""Curves over a number of steps: what is drawn is what was given."""

import numpy as np

from rnn_tf.course.figures import by_length


def test_each_group_is_a_panel_and_each_name_a_curve_of_medians():
    runs = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 9.0], [3.0, 3.0, 3.0]])
    one, other = {"a": ([1, 2, 4], runs), "b": ([1, 4], runs[:, :2])}, {"a": ([1, 2, 4], 2 * runs)}
    figure = by_length.curves(
        {"left": one, "right": other}, x="steps", ys=["error", "seconds"], baseline=("chance", 0.5)
    )
    left, right = figure.axes
    assert [axis.get_title() for axis in figure.axes] == ["left", "right"]
    assert [axis.get_ylabel() for axis in figure.axes] == ["error", "seconds"]
    assert [line.get_label() for line in left.lines] == ["a", "b", "chance"]
    assert np.array_equal(left.lines[0].get_ydata(), [2, 3, 3])
    assert np.array_equal(left.lines[1].get_xdata(), [1, 4])
    assert np.array_equal(right.lines[0].get_ydata(), [4, 6, 6])
    assert len(left.collections) == 2 and left.get_ylim()[0] == 0
