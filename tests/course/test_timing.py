"""Timing by turns: who is called when, what counts, and what is said of two ways."""

import time

import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf.course import timing
from rnn_tf.course.figures import speed
from rnn_tf.errors import InputError


def sleeper(seconds, name="", calls=None):
    def run():
        if calls is not None:
            calls.append(name)
        time.sleep(seconds)

    return run


def times(*seconds):
    return timing.Times(np.array(seconds), np.array(seconds) / 2, seconds[0])


def test_ways_take_turns_and_every_second_turn_is_turned_round():
    calls = []
    ways = {name: sleeper(0.001, name, calls) for name in "ab"}
    found = timing.by_turns(ways, turns=3, lasting=0.0)
    assert "".join(calls) == "aabb" + "ab" + "ba" + "ab"
    assert [len(one.seconds) for one in found.values()] == [3, 3]


def test_the_first_call_stands_apart():
    started = []

    def slow_at_first():
        time.sleep(0.002 if started else 0.1)
        started.append(1)

    found = timing.by_turns({"it": slow_at_first}, turns=3)["it"]
    assert found.first_call >= 0.1
    assert 0.002 <= found.median < 0.1


def test_seconds_are_those_of_one_unit_of_work():
    found = timing.by_turns({"ten": (sleeper(0.05), 10)}, turns=3, lasting=0.0)["ten"]
    assert 0.005 <= found.seconds.min() < 0.05


def test_a_quick_way_is_called_several_times_a_turn():
    calls = []
    timing.by_turns({"quick": sleeper(0.002, "q", calls)}, turns=1, lasting=0.02)
    assert len(calls) > 4


def test_sleeping_takes_no_processor_time():
    found = timing.by_turns({"asleep": sleeper(0.02)}, turns=3)["asleep"]
    assert np.median(found.cpu_seconds) < found.median / 2


@pytest.mark.parametrize("turns", [0, 2.5, None])
def test_turns_are_a_whole_number(turns):
    with pytest.raises(InputError, match="turns"):
        timing.by_turns({"it": lambda: None}, turns=turns)


@pytest.mark.parametrize(
    ("slow", "fast", "clear"),
    [
        ((3.0, 3.1, 9.0), (2.0, 2.0, 6.0), True),  # busy in the last turn, for both alike
        ((2.0, 2.0, 2.0), (3.0, 3.1, 3.0), True),
        ((3.0, 3.1, 2.0), (2.0, 2.0, 2.1), False),  # one turn says the opposite
        ((2.1, 2.1, 2.1), (2.0, 2.0, 2.0), False),  # all agree, on too little
        ((2.0, 2.0, 2.0), (2.0, 2.0, 2.0), False),
    ],
)
def test_only_what_all_turns_say_is_said(slow, fast, clear):
    ratio = timing.ratio(times(*slow), times(*fast))
    assert ratio.clear is clear
    assert ("no difference" in str(ratio)) is not clear


def test_a_ratio_is_the_median_over_turns_and_speaks_both_languages(monkeypatch):
    monkeypatch.setattr("rnn_tf.course.session._current", None)
    ratio = timing.ratio(times(3.0, 4.0, 8.0), times(1.0, 2.0, 2.0))
    assert ratio.median == 3.0
    monkeypatch.setenv("RNN_TF_LANG", "en")
    assert str(ratio) == "3.00 times as fast (2.00 … 4.00 over 3 turns)"
    monkeypatch.setenv("RNN_TF_LANG", "zh")
    assert "3.00 倍" in str(ratio) and "3 次轮流" in str(ratio)


def test_the_quickest_turn_is_the_one_that_nothing_disturbed():
    assert times(3.0, 9.0, 4.0).quickest == 3.0


def test_work_is_compared_by_the_quickest_turns():
    assert timing.work_ratio(times(3.0, 9.0), times(1.0, 8.0)) == 3.0


def test_rows_of_a_table_are_scaled_except_the_first_call():
    ((name, median, spread, cpu, first_call),) = timing.rows({"it": times(0.003, 0.001, 0.002)})
    assert (name, median, spread, cpu) == ("it", 2.0, "1.00 … 3.00", 1.0)
    assert first_call == 0.003


def test_bars_have_the_numbers_that_were_given():
    figure = speed.tokens({"slow": 12.4, "fast": 41_234.0}, x="tokens a second", log=True)
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.texts] == ["12", "41,234"]
    assert [bar.get_width() for bar in axis.patches] == [12.4, 41_234.0]
    plt.close(figure)


def test_the_line_of_two_prices_passes_through_its_points():
    counts, a_call, a_row = [1, 10, 100], 20.0, 2.0
    figure = speed.call(counts, [22, 40, 220], a_call, a_row, x="x", y="y", names=["p", "l", "c"])
    line = figure.axes[0].lines[0]
    assert np.allclose(line.get_ydata(), a_call + a_row * line.get_xdata())
    plt.close(figure)
