"""Figures of classifiers of sentences: bars, windows and points stand where they belong."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnn_tf.course.figures import sentiment as draw

TOKENS = ["not", "good", "but", "great"]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def heights(axis):
    return [bar.get_height() for bar in axis.patches]


def test_each_word_has_its_weight_and_each_sentence_its_sum():
    figure = draw.contributions(
        [TOKENS, TOKENS[::-1]], [[-1, 2, 0.5, 3], [3, 0.5, 2, -1]], ["weight", "sum"]
    )
    first, second = figure.axes
    assert heights(first) == [-1, 2, 0.5, 3] == heights(second)[::-1]
    assert [tick.get_text() for tick in first.get_xticklabels()] == TOKENS
    assert first.texts[0].get_text() == second.texts[0].get_text() == "sum +4.500"
    assert first.get_ylim() == second.get_ylim()


def test_a_window_holds_the_focus_and_as_many_words_as_it_is_wide():
    names = ["one", "two", "three", "all"]
    figure = draw.windows([TOKENS, TOKENS[::-1]], names, [1, 2, 3, None], "great")
    for axis, tokens in zip(figure.axes, (TOKENS, TOKENS[::-1]), strict=True):
        places = {text.get_text(): text.get_position()[0] for text in axis.texts}
        seen = [
            [t for t in tokens if line.get_xdata()[0] < places[t] < line.get_xdata()[1]]
            for line in axis.get_lines()
        ]
        assert [len(found) for found in seen] == [1, 2, 3, 4]
        assert all("great" in found for found in seen)


def test_every_seed_is_a_point_at_its_gap():
    runs = {"bag": [[0.5, 0.5]], "network": [[1.0, 0.9], [0.8, 0.7]]}
    figure = draw.reach((0, 3), runs, ["gap", "right", "guessing"])
    bag, network = figure.axes[:2]
    points = [line for line in network.get_lines() if line.get_marker() == "o"]
    assert [list(line.get_ydata()) for line in points] == [[1.0, 0.9], [0.8, 0.7]]
    assert np.allclose([np.round(line.get_xdata()) for line in points], [[0, 1], [0, 1]])
    assert [tick.get_text() for tick in bag.get_xticklabels()] == ["0", "3"]
    assert (bag.get_title(), network.get_title()) == ("bag", "network")


def test_attention_has_a_bar_a_word_and_seed():
    shares = [[np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.2, 0.1])]]
    (axis,) = draw.attention([TOKENS], shares, "weight").axes
    assert heights(axis) == [0.1, 0.2, 0.3, 0.4, 0.4, 0.3, 0.2, 0.1]
    middles = [bar.get_x() + bar.get_width() / 2 for bar in axis.patches]
    assert np.allclose(np.round(middles), [0, 1, 2, 3, 0, 1, 2, 3])


def test_erased_words_are_points():
    (axis,) = draw.erased(np.array([0.1, 0.5]), np.array([-1.0, 2.0]), ["weight", "change"]).axes
    assert axis.get_lines()[0].get_xydata().tolist() == [[0.1, -1.0], [0.5, 2.0]]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("weight", "change")
