"""Lines are as wide as they may be, and no text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_tf.wrapping import columns, spans, wrapped

LETTERS = st.text(alphabet="ab循环 ，.\u0301", max_size=40)


@pytest.mark.parametrize(
    "text, count", [("", 0), ("abc", 3), ("循环", 4), ("，", 2), ("e\u0301", 1), ("a循b", 4)]
)
def test_columns(text, count):
    assert columns(text) == count


def test_lines_after_the_first_are_set_in_and_no_wider():
    assert wrapped("one two three four", 9, hanging=4) == ["one two", "    three", "    four"]
    assert wrapped("循环神经网络", 8) == ["循环神经", "  网络"]


def test_punctuation_begins_no_line():
    assert wrapped("循环神，经网络", 6) == ["循环", "  神，", "  经网", "  络"]


def test_a_piece_longer_than_a_line_stays_whole():
    assert wrapped("see /a/very/long/path now", 10) == ["see", "  /a/very/long/path", "  now"]


def test_the_lines_of_a_text_stay_apart():
    assert wrapped("one\n\ntwo three", 7, hanging=1) == ["one", "", " two", " three"]


@given(LETTERS, st.integers(4, 20), st.integers(4, 20))
def test_parts_hold_everything_but_spaces_and_fit_where_a_break_is_possible(line, first, others):
    parts = [line[start:stop] for start, stop in spans(line, first, others)]
    assert "".join(parts).replace(" ", "") == line.replace(" ", "")
    for place, part in enumerate(parts):
        room = others if place else first
        # A piece: one wide character or a run of narrow ones, with punctuation behind it.
        assert columns(part) <= room or len(spans(part, 1, 1)) == 1
