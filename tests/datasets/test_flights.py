"""The shipped flights, what is known when, and files that are none."""

import numpy as np
import pytest

from rnn_tf.datasets import flights
from rnn_tf.errors import DataError, InputError
from tools import series_data

HEADER = "time_hour,airport,scheduled,departed,waiting,departed_delay,scheduled_delay"


def written(folder, lines, header=HEADER):
    path = folder / "flights.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def lines(hours=300, airports=("AAA", "BBB")):
    found = []
    for place, airport in enumerate(airports):
        for hour in range(hours):
            time = np.datetime64("2024-01-01T00", "h") + hour
            due = (hour + place) % 24
            delay = "NA" if due == 0 else f"{due / 2:.2f}"
            found.append(f"{time}:00:00Z,{airport},{due},{due},{hour % 7},{delay},{delay}")
    return found


def test_the_shipped_flights():
    hours = flights.read()
    assert hours.groups == ("EWR", "JFK", "LGA") and hours.columns == tuple(flights.UNITS)
    assert hours.values.shape == (3, 8755, 6)
    assert np.isfinite(hours.values[:, :-1]).all()
    waiting, scheduled = hours.column("waiting"), hours.column("scheduled")
    assert waiting.min() == 0 and (scheduled[:, 1:] == hours.column("next_scheduled")[:, :-1]).all()
    assert (hours.column("departed_delay")[hours.column("departed") == 0] == 0).all()
    # Who waits was waiting before or was to leave in this hour; who left early waits for nobody.
    assert (np.diff(waiting, axis=1) <= scheduled[:, 1:]).all()


def test_together_adds_the_airports_and_keeps_each():
    hours = flights.read()
    sums = flights.together(hours)
    assert sums.groups == ("EWR+JFK+LGA",)
    np.testing.assert_array_equal(sums.column("waiting")[0], hours.column("waiting").sum(axis=0))
    np.testing.assert_array_equal(sums.column("departed JFK")[0], hours.column("departed")[1])
    np.testing.assert_array_equal(sums.column("waiting LGA")[0], hours.column("waiting")[2])


def test_windows_of_flights():
    data = flights.load()
    assert data.source.startswith("shipped sample data/flights/flights.csv.gz, 8755 hours")
    assert [len(p) for p in (data.train, data.validation, data.test)] == [6103, 851, 1726]
    assert data.train.inputs.shape[1:] == (24, 21) and data.train.known.shape[1:] == (1, 5)
    assert "scheduled_delay JFK" not in data.features
    sums = flights.together(flights.read())
    place = np.flatnonzero(sums.times == data.test.times[100])[0]
    assert data.test.actual[100, 0] == sums.column("waiting")[0, place + 2]
    assert data.test.season_before[100, 0] == sums.column("waiting")[0, place - 22]
    for earlier, later in ((data.train, data.validation), (data.validation, data.test)):
        assert earlier.times.max() + np.timedelta64(2, "h") < later.times.min()


def test_only_one_column_looks_ahead(tmp_path):
    """Let all flights that have not left at noon leave later still: what an hour before noon holds
    may not change. The mean delay of the flights scheduled in it does."""
    random = np.random.default_rng(0)
    scheduled = np.sort(random.integers(0, 48 * 60, 900)) + 19_700 * 1440
    left = scheduled + random.exponential(60, 900).astype(int) - 5
    noon = 19_701 * 1440 + 720
    later = np.where(left >= noon, left + 200, left)
    grids = []
    for place, leaving in enumerate((left, later)):
        hours = scheduled.min() // 60, scheduled.max() // 60
        rows = series_data._by_the_hour("AAA", scheduled, leaving, *hours)
        (tmp_path / str(place)).mkdir()
        table = [",".join(map(str, row)) for row in rows]
        grids.append(flights.read(written(tmp_path / str(place), table)))
    ended = grids[0].times + np.timedelta64(1, "h") <= np.datetime64(noon, "m")
    same = {
        name: np.array_equal(*(grid.column(name)[:, ended] for grid in grids))
        for name in flights.UNITS
    }
    assert same == {name: name != "scheduled_delay" for name in flights.UNITS}
    assert set(flights.KNOWN_AT_ITS_END) == {name for name, equal in same.items() if equal}


def test_flights_of_the_readers_own(tmp_path):
    path = written(tmp_path, lines())
    data = flights.load(path, calendar=("day",), columns=("waiting",))
    assert data.source.startswith(f"path given {path}, 300 hours")
    assert data.features[:3] == ("waiting", "waiting AAA", "waiting BBB")


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ([], "names of columns alone"),
        (["noon,AAA,1,1,1,1,1"], "line 2: time_hour 'noon'"),
        (["2024-01-32T00:00:00Z,AAA,1,1,1,1,1"], "line 2: time_hour"),
        (["2024-01-01T00:00:00Z,AAA,many,1,1,1,1"], "line 2: scheduled 'many'"),
        (["2024-01-01T00:00:00Z,AAA,1,1,1,late,1"], "line 2: departed_delay 'late'"),
        (["2024-01-01T00:00:00Z,AAA,1,1,inf,1,1"], "line 2: waiting 'inf'"),
        (["2024-01-01T00:00:00Z,AAA,1,1,1,1"], "line 2: 6 fields"),
        (["2024-01-01T00:00:00Z,AAA,1,1,1,1,1,1"], "line 2: 8 fields"),
        (["2024-01-01T00:00:00Z,AAA,1,1,-2,1,1"], "-2 flights waiting in AAA"),
        (["2024-01-01T00:00:00Z,AAA,-1,1,2,1,1"], "-1 flights scheduled in AAA"),
        (["2024-01-01T00:00:00Z,AAA,1,-1,2,1,1"], "-1 flights departed in AAA"),
        (['"2024-01-01T00:00:00Z,AAA,1,1,1,1,1'], "line 2"),
        ([*lines(30), "1970-01-01T00:00:00Z,AAA,1,1,1,1,1"], "from the others"),
    ],
)
def test_bad_files_get_one_line(tmp_path, bad, named):
    path = written(tmp_path, bad)
    with pytest.raises(DataError) as caught:
        flights.read(path)
    assert named in str(caught.value) and "\n" not in str(caught.value)
    assert path.name in str(caught.value)


def test_other_bad_files(tmp_path):
    with pytest.raises(DataError, match="no column waiting"):
        flights.read(written(tmp_path, [], HEADER.replace("waiting", "queue")))
    with pytest.raises(DataError, match="nowhere"):
        flights.read(tmp_path / "nowhere.csv")
    (tmp_path / "flights.csv").write_bytes(b"\x00\xff\xfe")
    with pytest.raises(DataError, match="flights.csv"):
        flights.read(tmp_path / "flights.csv")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"columns": ()}, "columns: got ()"),
        ({"columns": ("weather",)}, "columns: got ('weather',)"),
        ({"num_steps": 12}, "num_steps: got 12, expected 24"),
        ({"horizon": 0}, "horizon: got 0"),
    ],
)
def test_bad_arguments_get_one_line(given, named):
    with pytest.raises(InputError) as caught:
        flights.load(**given)
    assert named in str(caught.value) and "\n" not in str(caught.value)
