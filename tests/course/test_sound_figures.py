"""Figures of voices: tracks, beliefs and shares stand where they belong."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnn_tf.course.figures import sound as draw


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def named(axis):
    return {line.get_label(): line for line in axis.get_lines()}


def test_a_track_has_a_point_every_ten_milliseconds_and_keeps_its_gaps():
    pitches = [np.array([np.nan, 200, 210]), np.array([300.0, np.nan])]
    first, second = draw.tracks(pitches, ["a", "b"], ["t", "f"]).axes
    (line,) = first.get_lines()
    np.testing.assert_array_equal(line.get_ydata(), pitches[0])
    assert line.get_xdata().tolist() == [0, 10, 20]
    assert (first.get_title(), second.get_title()) == ("a", "b")
    assert first.get_ylim() == second.get_ylim()


def test_the_frame_is_the_one_that_is_marked_and_the_arrow_one_period():
    melody = np.array([100.0, 200, 400])
    time = np.arange(480) / 16000
    labels = ["t", "p", "t", "f", "period"]
    pressure = np.sin(2 * np.pi * 200 * time) + (time < 0.01)
    left, right = draw.frame(pressure, 16000, melody, 1, labels).axes
    (wave,) = left.get_lines()
    np.testing.assert_array_equal(wave.get_ydata(), pressure[160:321])
    arrow = next(text for text in left.texts if text.get_text() == "")
    assert arrow.get_position()[0] - arrow.xy[0] == pytest.approx(5)  # milliseconds of 200 Hz
    assert right.get_lines()[1].get_xydata().tolist() == [[10, 200]]


def test_a_spectrum_shows_a_tone_at_its_frequency_and_time():
    time = np.arange(4000) / 8000
    pressure = np.where(time < 0.25, 0.5, 0.0) * np.sin(2 * np.pi * 1000 * time)
    bands = np.full((25, 24), -60.0)
    bands[:12, 9] = 0
    figure = draw.spectrum(pressure, 8000, bands, ["t", "p", "f", "b", "dB"])
    wave, picture, banded = figure.axes[:3]
    np.testing.assert_array_equal(wave.get_lines()[0].get_ydata(), pressure)
    (image,) = picture.get_images()
    values, (left, right, low, high) = image.get_array(), image.get_extent()
    assert (left, low, high) == (0, 0, 4) and right == pytest.approx(0.5)  # seconds, kilohertz
    assert values[:, 10].argmax() * 4 / 128 == pytest.approx(1)
    assert values.max() == 0 and values[:, -1].max() == -60
    (image,) = banded.get_images()
    np.testing.assert_array_equal(image.get_array(), bands.T)
    assert [axis.get_ylabel() for axis in (wave, picture, banded)] == ["p", "f", "b"]
    assert {axis.get_xlim() for axis in (wave, picture, banded)} == {(0, 0.5)}


def test_beliefs_stand_below_their_melody():
    pitches = [np.zeros(3), np.arange(2.0)]
    shown = [np.array([[1, 0], [0.5, 0.5], [0.2, 0.8]]), np.array([[0.1, 0.9], [0.3, 0.7]])]
    axes = draw.beliefs(pitches, shown, ["A", "B"], ["t", "f", "p"]).axes
    assert [axis.get_title() for axis in axes] == ["A", "B", "", ""]
    assert axes[1].get_lines()[0].get_ydata().tolist() == [0, 1]
    assert named(axes[2])["B"].get_ydata().tolist() == [0, 0.5, 0.8]
    assert named(axes[3])["A"].get_xydata().tolist() == [[0, 0.1], [10, 0.3]]


def test_a_ruler_has_its_median_and_its_whole_spread():
    runs = {"hertz": [[0.2, 0.9], [0.4, 1.0], [0.3, 0.8]]}
    (axis,) = draw.transposed([-1, 0], runs, ("majority", 0.25), ["shift", "right"]).axes
    assert named(axis)["hertz"].get_ydata().tolist() == [0.3, 0.9]
    edges = axis.collections[0].get_paths()[0].vertices
    assert (edges[:, 1].min(), edges[:, 1].max()) == (0.2, 1.0)
    assert set(named(axis)["majority"].get_ydata()) == {0.25}


def test_every_seed_is_a_point_in_the_column_of_its_ruler():
    runs = {"one": [[0.9, 0.8], [0.7, 0.6]], "other": [[0.1, 0.2], [0.3, 0.4]]}
    near = {"one": [0.95, 0.5], "other": [0.2, 0.25]}
    share = {"one": 0.3, "other": 0.35}
    words = ["right", "network", "neighbours", "majority"]
    first, second = draw.rulers(runs, near, share, ["a", "b"], words).axes
    columns = [line for line in second.get_lines() if line.get_marker() == "o"]
    assert [list(line.get_ydata()) for line in columns] == [[0.1, 0.2], [0.3, 0.4]]
    assert [set(np.round(line.get_xdata())) for line in columns] == [{0}, {1}]
    assert named(second)["neighbours"].get_ydata().tolist() == [0.2, 0.25]
    assert set(named(first)["majority"].get_ydata()) == {0.3}
    assert [tick.get_text() for tick in first.get_xticklabels()] == ["a", "b"]


def test_a_panel_holds_one_tone_of_every_voice():
    means = {"x": np.arange(6.0).reshape(2, 3), "y": -np.arange(6.0).reshape(2, 3)}
    first, second = draw.melodies(means, ["A", "B"], ["share", "f"]).axes
    assert named(first)["y"].get_xydata().tolist() == [[0, 0], [50, -1], [100, -2]]
    assert named(second)["x"].get_ydata().tolist() == [3, 4, 5]
