"""The drawings of translation: the look has a line a place, a picture has its words."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnn_tf.course.figures import translation as draw


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def lines_of(axis):
    arrows = [one.arrow_patch for one in axis.texts if getattr(one, "arrow_patch", None)]
    return [arrow.get_linewidth() for arrow in arrows]


def test_only_the_look_reaches_every_place():
    figure = draw.two_ways("三百万", ["three", "million"], [0.1, 0.8, 0.1], ["one", "all"])
    plain, looking = figure.axes
    assert len(lines_of(looking)) == len(lines_of(plain)) + 3
    looks = lines_of(looking)[-3:]
    assert looks[1] > looks[0] == looks[2]
    assert {"三", "百", "万", "three", "million"} <= {one.get_text() for one in looking.texts}


def test_a_picture_has_a_row_a_word_and_a_column_a_token():
    weights = np.array([[0.9, 0.1, 0.0], [0.0, 0.2, 0.8]])
    picture = weights, ["one", "two"], "甲乙丙"
    figure = draw.looks({"a": picture, "b": picture}, ["source", "said", "weight"])
    first, second, scale = figure.axes
    assert [tick.get_text() for tick in first.get_xticklabels()] == list("甲乙丙")
    assert [tick.get_text() for tick in first.get_yticklabels()] == ["one", "two"]
    assert not any(tick.get_text() for tick in second.get_yticklabels())
    assert scale.get_ylabel() == "weight"
    assert np.array_equal(first.images[0].get_array(), weights)
    assert [axis.images[0].get_clim() for axis in (first, second)] == [(0, 1)] * 2


def test_shares_show_the_median_and_the_spread():
    runs = {"a": [[0.0, 0.5], [0.2, 0.6], [1.0, 0.7]], "b": [[0.1, 0.1]] * 3}
    (axis,) = draw.shares([500, 2000], runs, ["pairs", "share"], log=True).axes
    assert axis.get_lines()[0].get_ydata().tolist() == [0.2, 0.6]
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["500", "2,000"]
    assert axis.get_ylim()[0] < 0 < 1 < axis.get_ylim()[1]


def test_learning_has_a_floor_with_a_name():
    figure = draw.learning({"a": [3.0, 2.0, 1.0]}, ["epoch", "loss"], floor=("words", 2.9))
    (axis,) = figure.axes
    curve, floor = axis.get_lines()
    assert curve.get_xdata().tolist() == [1, 2, 3] and floor.get_ydata()[0] == 2.9
    assert [one.get_text() for one in axis.get_legend().get_texts()] == ["a", "words"]
