"""Weather: units, gaps, borders between the parts, what is learnt from where."""

import csv
import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import paths
from rnn_tf.datasets import weather
from rnn_tf.errors import DataError, InputError

SHIPPED = paths.data_folder() / weather.SHIPPED
START = np.datetime64("2013-03-01T00", "h")


@pytest.fixture(scope="module")
def text():
    return gzip.decompress(SHIPPED.read_bytes()).decode("utf-8")


@pytest.fixture(scope="module")
def day_ahead():
    return weather.load(horizon=24)


def made_up(hours=400, seed=0, stations=("A", "B"), share_missing=0.03):
    """Measurements with holes: single values and whole hours."""
    rng = np.random.default_rng(seed)
    values = rng.normal(10, 5, (len(stations), hours, len(weather.UNITS)))
    values[rng.random(values.shape) < share_missing / 3] = np.nan
    values[rng.random(values.shape[:2]) < share_missing] = np.nan
    return weather.Hourly(START + np.arange(hours), values, stations, tuple(weather.UNITS))


def parts(data):
    return data.train, data.validation, data.test


# --- the file --------------------------------------------------------------------------------


def test_the_shipped_sample():
    data = weather.load()
    assert data.source.startswith("shipped sample data/weather/weather.csv.gz, 8706 hours of JFK")
    assert data.train.inputs.shape[1:] == (48, len(data.features))
    assert data.features == (*weather.COLUMNS, "filled", "day_sin", "day_cos")
    assert data.train.inputs.dtype == data.train.targets.dtype == np.float32
    for part in parts(data):
        assert np.isfinite(part.inputs).all() and np.isfinite(part.targets).all()


def test_every_target_is_the_temperature_in_the_file_at_its_hour(text):
    """Read once more, another way: straight from the lines of the file."""
    temperature = {
        (row["origin"], row["time_hour"]): (float(row["temp"]) - 32) * 5 / 9
        for row in csv.DictReader(io.StringIO(text))
        if row["temp"] != "NA"
    }
    data = weather.load(station=weather.STATIONS, horizon=3)
    for part in parts(data):
        for i in range(0, len(part), 97):
            at = [f"{part.times[i] + h}:00:00Z" for h in range(4)]
            wanted = [temperature[part.station[i], hour] for hour in at]
            np.testing.assert_allclose([part.last[i], *part.celsius[i]], wanted, atol=1e-9)


def test_units_and_wind_direction(tmp_path, text):
    header, *_ = text.splitlines()
    line = "JFK,2013,1,1,1,50,41,60,{},10,NA,0.1,1012,10,2013-01-01T{}:00:00Z"
    west, north, still = line.format(270, "06"), line.format(360, "07"), line.format("NA", "08")
    storm = line.format(90, "10").replace(",90,10,", ",90,1048.36,")
    file = tmp_path / "w.csv"
    still = still.replace(",NA,10,", ",NA,0,")
    file.write_text("\n".join([header, west, north, still, storm]), encoding="utf-8")
    hourly = weather.read(file, stations=("JFK",))
    first = dict(zip(hourly.columns, hourly.values[0, 0], strict=True))
    assert first == pytest.approx(
        {
            "temperature": 10.0,
            "dew_point": 5.0,
            "humidity": 60.0,
            "pressure": 1012.0,
            "wind_east": 4.4704,  # a west wind blows to the east
            "wind_north": 0.0,
            "precipitation": 2.54,
            "visibility": 16.09344,
        },
        abs=1e-9,
    )
    east, north = hourly.column("wind_east")[0], hourly.column("wind_north")[0]
    np.testing.assert_allclose([east[1], north[1]], [0, -4.4704], atol=1e-9)
    assert (east[2], north[2]) == (0, 0)
    assert len(hourly.times) == 5 and np.isnan(hourly.values[0, 3]).all()  # 09 h is missing
    assert np.isnan(east[4]) and hourly.column("temperature")[0, 4] == pytest.approx(10)


def damaged(text):
    lines = text.splitlines()
    packed = gzip.compress(text.encode())
    yield "truncated", ".csv.gz", packed[: len(packed) // 2], "damaged gzip"
    yield "not_packed", ".csv.gz", text.encode()[:500], "damaged gzip"
    yield "empty", ".csv.gz", b"", "empty"
    yield "empty_inside", ".csv.gz", gzip.compress(b"\n"), "empty"
    yield "gbk", ".csv", (lines[0] + "\n气温\n").encode("gbk"), "UTF-8"
    yield "column_lacks", ".csv", text.replace("pressure", "druck").encode(), "no column pressure"
    yield "word", ".csv", "\n".join([lines[0], lines[1].replace("39.02", "warm")]).encode(), "warm"
    yield "short_line", ".csv", "\n".join([lines[0], lines[1][:40]]).encode(), "line 2"
    yield "no_date", ".csv", "\n".join([lines[0], lines[1].replace("2013-", "x-")]).encode(), "x-01"


@pytest.mark.parametrize("number", range(9))
def test_damaged_files_get_one_clear_line(tmp_path, text, number):
    name, ending, content, word = list(damaged(text[:60_000]))[number]
    file = tmp_path / f"{name}{ending}"
    file.write_bytes(content)
    with pytest.raises(DataError) as caught:
        weather.load(file, station="EWR")
    message = str(caught.value)
    assert name in message and word in message and "\n" not in message


def test_a_column_that_training_never_saw_is_named():
    hours = made_up(share_missing=0)
    hours.values[:, :300, hours.columns.index("pressure")] = np.nan
    with pytest.raises(InputError, match="^columns: got pressure, expected"):
        weather.prepare(hours, num_steps=24)


def test_weather_shows_itself_in_one_line(day_ahead):
    assert "\n" not in repr(day_ahead) and len(repr(day_ahead)) < 300
    assert repr(day_ahead).startswith("<Weather weather: ")
    assert "\n" not in repr(day_ahead.train) and "WeatherSplit" in repr(day_ahead.train)


def test_a_damaged_shipped_file(tmp_path, monkeypatch):
    (tmp_path / "weather").mkdir()
    (tmp_path / "SHA256SUMS").write_bytes((paths.data_folder() / "SHA256SUMS").read_bytes())
    monkeypatch.setattr(paths, "data_folder", lambda: tmp_path)
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "cache"))
    with pytest.raises(DataError, match="no such file"):
        weather.load()
    content = bytearray(SHIPPED.read_bytes())
    content[1000] ^= 1
    (tmp_path / weather.SHIPPED).write_bytes(content)
    with pytest.raises(DataError, match="sha256"):
        weather.load()


# --- borders and gaps ------------------------------------------------------------------------

sizes = {"num_steps": st.integers(24, 30), "horizon": st.integers(1, 26)}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), max_fill=st.integers(1, 4), **sizes)
def test_later_parts_leave_no_trace_in_earlier_ones(seed, max_fill, num_steps, horizon):
    hours = made_up(seed=seed, share_missing=0.01)
    given = {"num_steps": num_steps, "horizon": horizon, "max_fill": max_fill}
    given |= {"validation": 0.25, "test": 0.25, "calendar": ("day", "year")}
    before = weather.prepare(hours, **given)
    changed = hours.values.copy()
    changed[:, 300:] = changed[:, 300:] * -7 + 100
    other_test = weather.prepare(weather.Hourly(hours.times, changed, *hours_names(hours)), **given)
    changed[:, 200:300] = changed[:, 200:300] * -3 + 10
    other_both = weather.prepare(weather.Hourly(hours.times, changed, *hours_names(hours)), **given)
    assert_same(before.train, other_test.train)
    assert_same(before.validation, other_test.validation)
    assert_same(before.train, other_both.train)
    assert not np.array_equal(before.test.celsius, other_test.test.celsius)
    for one in (other_test, other_both):
        np.testing.assert_array_equal(before.scaling.mean, one.scaling.mean)
        np.testing.assert_array_equal(before.scaling.std, one.scaling.std)
        assert before.scaling.change_std == one.scaling.change_std


def hours_names(hourly):
    return hourly.stations, hourly.columns


def assert_same(one, other):
    for name in ("inputs", "targets", "celsius", "last", "day_before", "times", "station"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), **sizes)
def test_windows_and_their_targets_stay_within_their_part(seed, num_steps, horizon):
    hours = made_up(seed=seed, hours=500, share_missing=0.01)
    data = weather.prepare(hours, num_steps=num_steps, horizon=horizon, validation=0.2, test=0.2)
    borders = [hours.times[0], hours.times[300], hours.times[400], hours.times[-1] + 1]
    for part, start, end in zip(parts(data), borders[:-1], borders[1:], strict=True):
        assert (part.times - (num_steps - 1) >= start).all()
        assert (part.times + horizon < end).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), max_fill=st.integers(0, 3), **sizes)
def test_which_windows_are_kept_told_by_a_plain_loop(seed, max_fill, num_steps, horizon):
    hours = made_up(seed=seed)
    given = {"num_steps": num_steps, "horizon": horizon, "max_fill": max_fill}
    try:
        data = weather.prepare(hours, **given, validation=0.25, test=0.25)
    except InputError as error:
        assert "gaps" in str(error)
        return
    chosen = [hours.columns.index(name) for name in weather.COLUMNS]
    kept = {(s, t) for p in parts(data) for s, t in zip(p.station, p.times, strict=True)}
    expected = set()
    for s, station in enumerate(hours.stations):
        for start, end in ((0, 200), (200, 300), (300, 400)):
            table = hours.values[s, start:end][:, chosen]
            for now in range(num_steps - 1, end - start - horizon):
                if np.isnan(table[now : now + horizon + 1, 0]).any():
                    continue
                if all(
                    gap_is_short(table[:, c], t, max_fill)
                    for c in range(len(chosen))
                    for t in range(now - num_steps + 1, now + 1)
                ):
                    expected.add((station, hours.times[start + now]))
    assert kept == expected
    assert data.left_out == 2 * (400 - 3 * (num_steps + horizon - 1)) - len(expected)


def gap_is_short(series, t, max_fill):
    if not np.isnan(series[t]):
        return True
    first = last = t
    while first >= 0 and np.isnan(series[first]):
        first -= 1
    while last < len(series) and np.isnan(series[last]):
        last += 1
    return first >= 0 and last - first - 1 <= max_fill


def test_a_filled_hour_is_the_last_value_and_is_marked():
    hours = made_up(share_missing=0, stations=("A",))
    values = hours.values.copy()
    pressure = hours.columns.index("pressure")
    values[0, 40:42, pressure] = np.nan
    holed = weather.Hourly(hours.times, values, *hours_names(hours))
    data = weather.prepare(holed, num_steps=24, max_fill=2)
    row = int(np.flatnonzero(data.train.times == hours.times[45])[0])
    window = data.train.inputs[row]
    column, mark = data.features.index("pressure"), data.features.index("filled")
    at = 40 - (45 - 23)
    assert window[at, column] == window[at + 1, column] == window[at - 1, column]
    np.testing.assert_allclose(window[:, mark], np.isin(np.arange(24), (at, at + 1)) / 5)
    scale = data.scaling
    np.testing.assert_allclose(
        window[at - 1, column], (values[0, 39, pressure] - scale.mean[2]) / scale.std[2], rtol=1e-5
    )


# --- scaling and baselines -------------------------------------------------------------------


def test_statistics_are_those_of_the_training_hours():
    hours = made_up(stations=("A",))
    data = weather.prepare(hours, num_steps=24, validation=0.25, test=0.25)
    chosen = [hours.columns.index(name) for name in weather.COLUMNS]
    for place, column in enumerate(chosen):
        known = [v for v in hours.values[0, :200, column] if not np.isnan(v)]
        assert data.scaling.mean[place] == pytest.approx(np.mean(known))
        assert data.scaling.std[place] == pytest.approx(np.std(known))


@pytest.mark.parametrize("target", ["change", "level"])
def test_outputs_turn_back_into_degrees(target):
    data = weather.load(horizon=24, target=target)
    for part in parts(data):
        np.testing.assert_allclose(data.to_celsius(part, part.targets), part.celsius, atol=1e-4)
    with pytest.raises(InputError):
        data.to_celsius(data.test, data.test.targets[:, :1])


def test_a_forecast_of_no_change_is_persistence(day_ahead):
    part = day_ahead.test
    nothing = day_ahead.to_celsius(part, np.zeros_like(part.targets))
    np.testing.assert_array_equal(nothing, part.persistence())
    assert np.sqrt(np.mean(np.square(day_ahead.train.targets))) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("horizon", [1, 24, 30])
def test_day_before_is_the_latest_known_same_hour(horizon):
    hours = made_up(share_missing=0, stations=("A",), hours=900)
    data = weather.prepare(hours, num_steps=30, horizon=horizon)
    series = dict(zip(hours.times, hours.column("temperature")[0], strict=True))
    for i in range(0, len(data.test), 7):
        for ahead in range(1, horizon + 1):
            hour = data.test.times[i] + ahead
            while hour > data.test.times[i]:
                hour -= 24
            assert data.test.day_before[i, ahead - 1] == series[hour]


def test_the_calendar_says_the_hour_of_day(day_ahead):
    sine = day_ahead.features.index("day_sin")
    hour = (day_ahead.test.times - day_ahead.test.times.astype("datetime64[D]")).astype(float)
    angle = 2 * np.pi * hour / 24
    np.testing.assert_allclose(day_ahead.test.inputs[:, -1, sine], np.sin(angle), atol=1e-5)
    np.testing.assert_allclose(day_ahead.test.inputs[:, -1, sine + 1], np.cos(angle), atol=1e-5)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"num_steps": 23}, "num_steps"),
        ({"horizon": 0}, "horizon"),
        ({"columns": ("pressure",)}, "temperature first"),
        ({"columns": ("temperature", "snow")}, "columns"),
        ({"target": "both"}, "target"),
        ({"calendar": ("month",)}, "calendar"),
        ({"max_fill": -1}, "max_fill"),
        ({"validation": 0.6, "test": 0.4}, "shares"),
        ({"test": 0.005}, "shortest part"),
        ({"station": "PEK"}, "PEK"),
        ({"download": True}, "download"),
    ],
)
def test_bad_arguments_get_one_line_that_names_them(given, named):
    with pytest.raises(InputError) as caught:
        weather.load(**given)
    assert named in str(caught.value) and "\n" not in str(caught.value)
