"""Files of hourly weather: a fault of a line is told with its place, nothing is overwritten."""

import tempfile
from pathlib import Path

import numpy as np
import pytest

from rnn_tf.datasets import weather
from rnn_tf.errors import DataError, InputError
from tests import fuzzing

LINES = """origin,time_hour,temp,dewp,humid,wind_dir,wind_speed,precip,pressure,visib
JFK,2013-01-01T06:00:00Z,50,41,60,270,10,0,1012,10
JFK,2013-01-01T07:00:00Z,51,41,60,270,10,0,NA,10
JFK,2013-01-01T08:00:00Z,52,41,60,270,10,0,1012,10
"""


def put(folder, old="", new="", more=""):
    """The lines above, something in them changed, something added."""
    assert old in LINES
    path = folder / "hours.csv"
    path.write_bytes((LINES.replace(old, new, 1) + more).encode())
    return path


FAULTS = {
    "year 9999": (
        "2013-01-01T08",
        "9999-01-01T08",
        "line 4: 9999-01-01T08",
        "hours from the others",
    ),
    "year 0213": (
        "2013-01-01T06",
        "0213-01-01T06",
        "line 2: 0213-01-01T06",
        "hours from the others",
    ),
    "no time": ("2013-01-01T07:00:00Z", "", "line 3: time_hour ''"),
    "not a time": ("2013-01-01T07:00:00Z", "NaT", "line 3: time_hour 'NaT'"),
    "no date of the calendar": ("2013-01-01T07", "2013-02-30T07", "line 3: time_hour '2013-02-30"),
    "before all time": ("2013-01-01T07:00:00Z", "0001-01-01T00:00:00+05:00", "line 3: time_hour"),
    "half past": ("T07:00", "T07:30", "line 3: time_hour '2013-01-01T07:30:00Z' off the hour"),
    "an open quote": ("JFK,2013-01-01T07", '"JFK,2013-01-01T07', "line 3: unexpected end of data"),
    "text behind a quote": ("JFK,2013-01-01T07", '"JFK"x,2013-01-01T07', "line 3: ','"),
    "an endless field": (",51,", f",{'5' * 140_000},", "line 3: field larger"),
    "a long number": (",51,", f",{'5' * 9_000},", "line 3: temp '555"),
    "a field too many": (",51,", ",51,51,", "line 3: 11 fields", "10, as in line 1"),
    "a field too few": (",51,", ",", "line 3: 9 fields", "10, as in line 1"),
    "infinity": (",51,", ",inf,", "line 3: temp 'inf', which nothing measures"),
    "another infinity": (",NA,", ",-1e999,", "line 3: pressure '-1e999', which nothing measures"),
    "more than anything": (",51,", ",1e30,", "line 3: temp '1e30', which nothing measures"),
    "a word": (",51,", ",warm,", "line 3: temp 'warm'"),
    "a column twice": ("humid", "temp", "no column humid"),
    "a column doubled": ("visib\n", "visib,temp\n", "column temp twice"),
    "an hour twice": (
        "T07:00",
        "T06:00",
        "lines 2 and 3: two measurements of JFK at 2013-01-01T06",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_line_is_told_with_its_place(tmp_path, fault):
    old, new, *words = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        weather.read(put(tmp_path, old, new), stations=("JFK",))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'hours.csv'}: got ") and message.isprintable()
    assert all(word in message for word in words) and len(message) < 400, message


def test_a_wrong_year_takes_no_memory():
    """Its grid would hold 70 million hours: 4.5 GB."""
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "2013-01-01T08", "9999-01-01T08")
        with pytest.raises(DataError):
            fuzzing.contained(weather.read, path, stations=("JFK",))


def test_a_gap_of_months_is_a_gap(tmp_path):
    hourly = weather.read(put(tmp_path, "2013-01-01T08", "2013-12-01T08"), stations=("JFK",))
    assert hourly.times[-1] == np.datetime64("2013-12-01T08")
    assert np.isfinite(hourly.column("temperature")).sum() == 3


def test_the_same_line_twice_is_no_conflict(tmp_path):
    twice = LINES.splitlines()[2] + "\n"
    hourly = weather.read(put(tmp_path, more=twice), stations=("JFK",))
    np.testing.assert_allclose(hourly.column("temperature")[0] * 1.8 + 32, [50, 51, 52])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_they_do_on_any_system(tmp_path, end):
    path = tmp_path / "hours.csv"
    path.write_bytes(LINES.replace("\n", end).encode())
    assert len(weather.read(path, stations=("JFK",)).times) == 3


def test_times_may_name_their_zone(tmp_path):
    hourly = weather.read(put(tmp_path, "T08:00:00Z", "T03:00:00-05:00"), stations=("JFK",))
    assert hourly.times[-1] == np.datetime64("2013-01-01T08")


def test_an_unknown_station_is_told_which_ones_the_file_holds(tmp_path):
    path = put(tmp_path, "JFK,2013-01-01T08", "PEK,2013-01-01T08")
    with pytest.raises(InputError, match=r"^station: got 'EWR', expected .*'JFK', 'PEK'"):
        weather.load(path, station="EWR")
    with pytest.raises(InputError, match="^station: .*different"):
        weather.load(path, station=("JFK", "JFK"))


def test_a_file_of_column_names_alone_is_told(tmp_path):
    path = put(tmp_path, LINES[LINES.index("JFK") :], "")
    with pytest.raises(DataError, match="hours.csv: got names of columns alone"):
        weather.read(path, stations=("JFK",))
