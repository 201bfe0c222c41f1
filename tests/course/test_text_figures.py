"""The drawings of language models: what is cut off shows (B18), every character has its colour."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnn_tf.course.figures import text


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_what_a_filter_cuts_off_is_drawn_as_an_outline():
    before = np.array([0.5, 0.3, 0.2])
    filters = {"all": [before], "two": [np.array([0.625, 0.375, 0.0])]}
    figure = text.choosing({"after “a”": (before, ["b", " ", "\n"])}, filters, ["p", "next", "cut"])
    whole, narrowed = figure.axes
    outlines = [
        [bar for bar in axis.patches if bar.get_facecolor()[3] == 0] for axis in figure.axes
    ]
    assert [len(bars) for bars in outlines] == [0, 1]
    assert outlines[1][0].get_width() == pytest.approx(0.2)
    assert whole.get_xlim() == narrowed.get_xlim()
    assert [tick.get_text() for tick in whole.get_yticklabels()] == ["b", "␣", "↵"]


def test_every_character_has_a_field_and_a_line_break_has_none():
    figure = text.coloured(["ab\nc", "d"], [np.array([-1, 0, 0.5, 1]), np.array([0.2])], "value")
    fields = figure.axes[0].patches
    assert [patch.get_xy() for patch in fields] == [(0, 0), (1, 0), (0, 1), (0, 3)]
    assert fields[0].get_facecolor() != fields[1].get_facecolor()
    written = "".join(one.get_text() for one in figure.axes[0].texts)
    assert written == "abcd"


def test_its_own_tokens_go_in_only_while_it_writes():
    axes = text.reading_and_writing(list("abc"), ["learning", "writing"]).axes
    arrows = [[one.arrow_patch for one in a.texts if hasattr(one, "arrow_patch")] for a in axes]
    dashed = [sum(one.get_linestyle() == "--" for one in found if one) for found in arrows]
    assert dashed == [0, 1]


def test_the_curve_stands_beside_lines_that_have_names():
    figure = text.learning([400, 200, 180], {"unigram": 410, "longer": 60}, ["epoch", "p", "own"])
    (axis,) = figure.axes
    assert {one.get_text().strip() for one in axis.texts} == {"unigram", "longer"}
    assert axis.get_lines()[0].get_ydata().tolist() == [400, 200, 180]
    low, high = axis.get_yticks()[[0, -1]]
    assert low <= 60 and high >= 410
