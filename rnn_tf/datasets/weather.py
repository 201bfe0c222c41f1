"""Hourly weather of New York's three airports in 2013, with the gaps that real instruments leave.

Hours are missing here and there, up to five in a row, and pressure is missing in one hour of ten.
``read`` puts what was measured on a regular hourly grid; ``load`` cuts it as ``series.prepare``
cuts any series: in order of time, with nothing bridged in silence.

Source: R package nycflights13 (H. Wickham), CC0; measurements by ASOS stations.
"""

from dataclasses import dataclass

import numpy as np

from rnn_tf.datasets import series
from rnn_tf.datasets.base import resolve
from rnn_tf.datasets.hourly import SHIPPED, STATIONS, UNITS, Hourly, read
from rnn_tf.datasets.series import fill_forward
from rnn_tf.errors import wrong

__all__ = [
    "COLUMNS",
    "SHIPPED",
    "STATIONS",
    "UNITS",
    "Hourly",
    "Weather",
    "WeatherSplit",
    "fill_forward",
    "load",
    "prepare",
    "read",
]

COLUMNS = ("temperature", "dew_point", "pressure", "wind_east", "wind_north")


@dataclass(frozen=True, repr=False)
class WeatherSplit(series.SeriesSplit):
    """A ``SeriesSplit`` of temperatures: ``actual``, ``last``, ``season_before`` in °C; ``times``
    are hours (UTC); ``group`` is the station."""

    @property
    def celsius(self):
        """The temperatures to predict: (n, horizon), °C."""
        return self.actual

    @property
    def day_before(self):
        """The latest known temperature at the same hour of day: (n, horizon), °C."""
        return self.season_before

    @property
    def station(self):
        """Where each window was measured: (n,), names."""
        return self.group


@dataclass(frozen=True, repr=False)
class Weather(series.Series):
    """A ``Series`` of ``WeatherSplit`` parts."""

    PART = WeatherSplit

    def to_celsius(self, split, outputs):
        """Forecasts in °C, (n, horizon), from a model's outputs for the inputs of ``split``."""
        return self.to_units(split, outputs)


def load(
    path=None,
    *,
    station="JFK",
    num_steps=48,
    horizon=1,
    columns=COLUMNS,
    target="change",
    calendar=("day",),
    max_fill=6,
    validation=0.15,
    test=0.15,
    url=None,
    sha256=None,
    download=False,
):
    """Windows of past weather and the temperatures that followed.

    Args:
        path: a file like the shipped one; ``url``, ``sha256``, ``download``: as in ``resolve``.
        station: "EWR", "JFK", "LGA", or several of them; all are cut at the same hours.
        num_steps: hours in a window, 24 at least.
        horizon: hours to predict: the next 1, 2, ... ``horizon``.
        columns: what the model sees, names of ``UNITS``, temperature first.
        target: ``"change"`` from the last input hour, or the ``"level"`` itself.
        calendar: ``"day"`` adds sine and cosine of the hour of day, ``"week"`` of the weekday,
            ``"year"`` of the day of year.
            With one year of data the test months are times of year that training never saw.
        max_fill: longest gap in the inputs, in hours, that is filled with the last value.
        validation, test: shares of the time, at its end.

    Returns a ``Weather``; its features are those of ``series.prepare``.

    Raises ``DataError`` for a file that is missing, damaged or not hourly weather, and
    ``InputError`` for arguments that do not fit.
    """
    found = resolve("weather", path, shipped=SHIPPED, url=url, sha256=sha256, download=download)
    hourly = read(found.path, stations=(station,) if isinstance(station, str) else station)
    rows = int(np.isfinite(hourly.column("temperature")).sum())
    return prepare(
        hourly,
        num_steps=num_steps,
        horizon=horizon,
        columns=columns,
        target=target,
        calendar=calendar,
        max_fill=max_fill,
        validation=validation,
        test=test,
        source=found.source(rows, f"hours of {', '.join(hourly.stations)}"),
    )


def prepare(hourly, *, num_steps=48, columns=COLUMNS, target="change", calendar=("day",), **cut):
    """``load`` for measurements that are in memory already; arguments as there."""
    columns = tuple(columns)
    if num_steps < 24:
        raise wrong("num_steps", num_steps, "24 or more: the seasonal baseline reads a day back")
    if not columns or columns[0] != "temperature" or not set(columns) <= set(hourly.columns):
        raise wrong("columns", columns, f"temperature first, then any of {hourly.columns[1:]}")
    if target not in ("change", "level"):
        raise wrong("target", repr(target), "'change' or 'level'")
    return series.prepare(
        hourly,
        target="temperature",
        columns=columns,
        num_steps=num_steps,
        predict=target,
        calendar=calendar,
        season=24,
        name="weather",
        kind=Weather,
        **({"max_fill": 6, "source": "given hours"} | cut),
    )
