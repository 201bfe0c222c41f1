"""Any table of times becomes a grid: means, gaps, and a clear line for each fault of a file."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_tf.datasets import grid
from rnn_tf.errors import DataError, InputError

LINES = """when,place,sold,price
2024-01-01 00:00,A,1,10
2024-01-01 00:04,A,3,20
2024-01-01 00:10,A,5,NA
2024-01-01 00:26,A,7,40
2024-01-01 00:05,B,2,11
"""


def put(folder, text=LINES, name="shop.csv"):
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def test_a_step_holds_the_mean_of_what_fell_into_it(tmp_path):
    found = grid.read(
        put(tmp_path), time="when", columns=("sold", "price"), group="place", every="5 min"
    )
    assert found.groups == ("A", "B") and found.columns == ("sold", "price")
    assert found.times[0] == np.datetime64("2024-01-01T00:00:00") and len(found.times) == 6
    nan = np.nan
    np.testing.assert_array_equal(
        found.column("sold"), [[2, nan, 5, nan, nan, 7], [nan, 2, nan, nan, nan, nan]]
    )
    np.testing.assert_array_equal(found.column("price")[0], [15, nan, nan, nan, nan, 40])


def test_gaps_are_shown(tmp_path):
    found = grid.read(put(tmp_path), time="when", columns=("sold",), group="place", every="5 min")
    assert found.gaps("sold") == [
        ("A", np.datetime64("2024-01-01T00:05"), 1),
        ("A", np.datetime64("2024-01-01T00:15"), 2),
        ("B", np.datetime64("2024-01-01T00:00"), 1),
        ("B", np.datetime64("2024-01-01T00:10"), 4),
    ]


def test_without_a_length_each_date_is_a_step(tmp_path):
    days = "day,close\n2024-01-05,3\n2024-01-08,4\n2024-01-03,1\n2024-01-04,2\n"
    found = grid.read(put(tmp_path, days), time="day", columns=("close",))
    np.testing.assert_array_equal(found.column("close"), [[1, 2, 3, 4]])
    assert found.groups == ("",) and found.times[-1] == np.datetime64("2024-01-08")
    assert found.gaps("close") == []


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(-50, 50)), min_size=1, max_size=40, unique=True
    )
)
def test_every_reading_counts_once(tmp_path_factory, readings):
    """A plain loop says the same."""
    lines = [f"2024-02-01T00:{m // 60:02d}:{m % 60:02d}Z,{v}" for m, v in readings]
    path = put(tmp_path_factory.mktemp("grid"), "t,v\n" + "\n".join(lines))
    found = grid.read(path, time="t", columns=("v",), every="20 s")
    first = min(m for m, _ in readings) // 20
    steps = {}
    for moment, value in readings:
        steps.setdefault(moment // 20 - first, []).append(value)
    assert len(found.times) == max(steps) + 1
    for step, value in enumerate(found.column("v")[0]):
        if step in steps:
            assert value == pytest.approx(np.mean(steps[step]))
        else:
            assert np.isnan(value)


def test_order_of_lines_zones_and_packing_do_not_matter(tmp_path):
    given = {"time": "when", "columns": ("sold", "price"), "group": "place", "every": "5 min"}
    first, *rest = LINES.splitlines()
    other = "\n".join([first, *reversed(rest)]).replace(
        "2024-01-01 00:26", "2024-01-01T02:26+02:00"
    )
    one = grid.read(put(tmp_path), **given)
    two = grid.read(put(tmp_path, gzip.compress(other.encode()), "shop.csv.gz"), **given)
    np.testing.assert_array_equal(one.values, two.values)
    np.testing.assert_array_equal(one.times, two.times)


FAULTS = {
    "no date": (LINES.replace("2024-01-01 00:04", "yesterday"), "line 3: when 'yesterday'"),
    "no day of the calendar": (LINES.replace("01-01 00:10", "02-30 00:10"), "line 4: when"),
    "an empty date": (LINES.replace("2024-01-01 00:10", ""), "line 4: when ''"),
    "a word": (LINES.replace(",3,", ",three,"), "line 3: sold 'three'"),
    "infinity": (LINES.replace(",3,", ",inf,"), "line 3: sold 'inf'"),
    "a decimal comma": (LINES.replace(",3,", ",3,5,"), "line 3: 5 fields"),
    "a field lacks": (LINES.replace(",3,20", ",3"), "line 3: 3 fields"),
    "another column": (LINES.replace("sold", "bought"), "no column sold"),
    "a column twice": (LINES.replace("price", "sold"), "no column price"),
    "semicolons": (LINES.replace(",", ";"), "no column when"),
    "an open quote": (LINES.replace("A,3", '"A,3'), "line 3: unexpected end of data"),
    "the year 9999": (LINES.replace("2024-01-01 00:26", "9999-01-01 00:26"), "line 5: 9999-01-01"),
    "the year 24": (LINES.replace("2024-01-01 00:00", "0024-01-01 00:00"), "line 2: 0024-01-01"),
    "names alone": (LINES.splitlines()[0] + "\n", "names of columns alone"),
    "nothing": ("", "empty"),
    "GBK": (LINES.replace("A,1,", "北,1,").encode("gbk"), "UTF-8"),
    "a cut archive": (gzip.compress(LINES.encode())[:40], "gzip"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "shop.csv"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_file_gets_one_line(tmp_path, fault):
    text, told = FAULTS[fault]
    name = "shop.csv.gz" if fault == "a cut archive" else "shop.csv"
    with pytest.raises(DataError) as caught:
        grid.read(
            put(tmp_path, text, name),
            time="when",
            columns=("sold", "price"),
            group="place",
            every="1 h",
        )
    message = str(caught.value)
    assert told in message and "\n" not in message and len(message) < 400


def test_two_values_of_one_date_are_no_step(tmp_path):
    text = LINES.replace("00:04", "00:00")
    with pytest.raises(DataError, match="lines 2 and 3: two measurements of A at 2024-01-01T00:00"):
        grid.read(put(tmp_path, text), time="when", columns=("sold",), group="place")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"every": "5 minutes"}, "every: got '5 minutes'"),
        ({"every": "0 h"}, "every: got '0 h'"),
        ({"every": 5}, "every: got 5"),
        ({"columns": ()}, "columns"),
        ({"columns": ("sold", "sold")}, "columns"),
        ({"path": None}, "path: got NoneType"),
        ({"path": "nowhere.csv"}, "nowhere.csv"),
    ],
)
def test_bad_arguments_get_one_line(tmp_path, given, told):
    all_given = {"path": put(tmp_path), "time": "when", "columns": ("sold",)} | given
    with pytest.raises(InputError) as caught:
        grid.read(all_given.pop("path"), **all_given)
    assert told in str(caught.value) and "\n" not in str(caught.value)
