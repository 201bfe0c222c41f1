"""Figures of lesson 11: what is drawn is what was given."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf.course import figures
from rnn_tf.course.figures import sequences


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def heights(axis):
    return [bar.get_height() for bar in axis.patches]


def test_answers_stand_in_pairs():
    believed = {"bare": [[0.9, 0.1], [0.2, 0.8]], "masked": [[0.7, 0.3], [0.7, 0.3]]}
    figure = sequences.answers(believed, ["1", "2"], ["alone", "beside"], x="tone", y="p")
    left, right = figure.axes
    assert heights(left) == [0.9, 0.1, 0.2, 0.8] and heights(right) == [0.7, 0.3, 0.7, 0.3]
    assert [axis.get_title() for axis in (left, right)] == ["bare", "masked"]
    places = [bar.get_x() + bar.get_width() / 2 for bar in left.patches]
    assert places == pytest.approx([-0.2, 0.8, 0.2, 1.2])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["alone", "beside"]


def test_the_packed_sheet_holds_every_real_step_and_marks_the_joints():
    words = {"titles": ["a", "b", "c"], "x": "step", "y": "row", "kinds": ["r", "p", "j"]}
    lengths = [3, 5, 2, 4]
    padded, mask, packed = sequences.rectangle(lengths, 5, **words).axes
    for axis in (padded, mask):
        assert [bar.get_width() for bar in axis.patches] == [5, 3, 5, 5, 5, 2, 5, 4]
    pieces = [(bar.get_y() + 0.4, bar.get_x(), bar.get_width()) for bar in packed.patches]
    covered = [line * 5 + place for line, start, width in pieces
               for place in np.arange(start, start + width)]  # fmt: skip
    assert covered == list(range(sum(lengths)))
    joints = [tuple(line.get_xdata()) for line in packed.lines if len(line.get_xdata())]
    assert joints == [(3, 3), (3, 3), (0, 0)]  # after 3, 8 and 10 steps, five to a line


def test_batches_show_what_is_computed_and_what_of_it_is_real():
    ways = {"one": ([9, 8], [4.0, 5.0]), "two": ([3, 7], [3.0, 6.0])}
    figure = sequences.batches(ways, x="batch", y="steps", kinds=["real", "padding"])
    left, right = figure.axes
    assert heights(left) == [9, 8, 4.0, 5.0] and heights(right) == [3, 7, 3.0, 6.0]
    assert left.get_ylim() == right.get_ylim() and left.get_ylim()[1] > 9
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["padding", "real"]


def test_fillings_are_drawn_in_the_gap_and_the_future_is_hidden():
    truth = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    missing = np.array([False, False, True, True, False, False])
    ways = {"last": np.array([1.0, 2.0, 2.0, 2.0])}
    words = {"measured": "seen", "hidden": "true", "x": "h", "y": "°C"}
    (axis,) = sequences.filled(truth, missing, ways, **words).axes
    drawn = {line.get_label(): line for line in axis.lines}
    assert drawn["last"].get_xdata().tolist() == [-3, -2, -1, 0]
    np.testing.assert_array_equal(drawn["last"].get_ydata(), [np.nan, np.nan, 2, 2])
    np.testing.assert_array_equal(drawn["seen"].get_ydata(), [1, 2] + [np.nan] * 4)
    assert drawn["true"].get_ydata()[2:].tolist() == [3, 4, 5, 6]


def test_two_errors_show_every_seed_and_the_median():
    ways = {"a": ([1.0, 2.0, 9.0], [4.0, 5.0, 6.0]), "b": ([3.0], [7.0])}
    (axis,) = sequences.two_errors(ways, x="filled", y="forecast").axes
    seeds, median, *_ = axis.lines
    assert seeds.get_xydata().tolist() == [[1, 4], [2, 5], [9, 6]]
    assert median.get_xydata().tolist() == [[2, 5]]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["a", "b"]
