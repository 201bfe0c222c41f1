"""Hourly weather of New York's three airports in 2013, with the gaps that real instruments leave.

Hours are missing here and there, up to five in a row, and pressure is missing in one hour of ten.
``read`` puts what was measured on a regular hourly grid; ``load`` cuts it, in order of time, into
training, validation and test parts and each part into windows. Nothing is bridged in silence:

* A window is left out if its last input hour or one of the hours to predict has no measured
  temperature.
* A gap of up to ``max_fill`` hours in the inputs is filled with the last value before it, and the
  feature ``filled`` says so. A window that holds a longer gap is left out.

Source: R package nycflights13 (H. Wickham), CC0; measurements by ASOS stations.
"""

from dataclasses import dataclass

import numpy as np

from rnn_tf.datasets.base import Dataset, Split, resolve
from rnn_tf.datasets.hourly import SHIPPED, STATIONS, UNITS, Hourly, read
from rnn_tf.errors import wrong

__all__ = [
    "COLUMNS",
    "SHIPPED",
    "STATIONS",
    "UNITS",
    "Hourly",
    "Scaling",
    "Weather",
    "WeatherSplit",
    "fill_forward",
    "load",
    "prepare",
    "read",
]

COLUMNS = ("temperature", "dew_point", "pressure", "wind_east", "wind_north")

_HOURS_A_YEAR = 8766


@dataclass(frozen=True)
class Scaling:
    """What was learnt from the training part alone: (columns,) means and standard deviations,
    and the standard deviation in °C of the changes to predict."""

    mean: np.ndarray
    std: np.ndarray
    change_std: float


@dataclass(frozen=True, repr=False)
class WeatherSplit(Split):
    """One part, in order of time (station by station).

    ``inputs`` (n, num_steps, features) and ``targets`` (n, horizon), float32, scaled;
    ``celsius`` (n, horizon): the temperatures to predict, in °C;
    ``last`` (n,): temperature of the last input hour, in °C;
    ``day_before`` (n, horizon): the latest known temperature at the same hour of day, in °C;
    ``times`` (n,): the last input hour, datetime64[h], UTC; ``station`` (n,): its name.
    """

    celsius: np.ndarray
    last: np.ndarray
    day_before: np.ndarray
    times: np.ndarray
    station: np.ndarray

    def persistence(self):
        """The forecast that nothing changes: (n, horizon), °C."""
        return np.repeat(self.last[:, None], self.celsius.shape[1], axis=1)


@dataclass(frozen=True, repr=False)
class Weather(Dataset):
    """A ``Dataset`` of ``WeatherSplit`` parts, with what turns outputs back into degrees."""

    features: tuple
    target: str
    scaling: Scaling
    left_out: int

    def to_celsius(self, split, outputs):
        """Forecasts in °C, (n, horizon), from a model's outputs for the inputs of ``split``."""
        outputs = np.asarray(outputs, dtype=np.float64)
        if outputs.shape != split.celsius.shape:
            raise wrong("outputs", outputs.shape, f"{split.celsius.shape}: (n, horizon)")
        if self.target == "change":
            return split.last[:, None] + outputs * self.scaling.change_std
        return outputs * self.scaling.std[0] + self.scaling.mean[0]


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
        calendar: ``"day"`` adds sine and cosine of the hour of day, ``"year"`` of the day of year.
            With one year of data the test months are times of year that training never saw.
        max_fill: longest gap in the inputs, in hours, that is filled with the last value.
        validation, test: shares of the time, at its end.

    Returns a ``Weather``. Features: the columns, scaled to mean 0 and variance 1 over the
    training part; ``filled``, the share of the hour's columns that were filled in; the calendar.

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


def prepare(
    hourly,
    *,
    num_steps=48,
    horizon=1,
    columns=COLUMNS,
    target="change",
    calendar=("day",),
    max_fill=6,
    validation=0.15,
    test=0.15,
    source="given hours",
):
    """``load`` for measurements that are in memory already; arguments as there."""
    columns, calendar = tuple(columns), tuple(calendar)
    _check(hourly, num_steps, horizon, columns, target, calendar, max_fill, validation, test)
    hours = len(hourly.times)
    ends = [hours - round(hours * (validation + test)), hours - round(hours * test)]
    bounds = list(zip([0, *ends], [*ends, hours], strict=True))
    if min(b - a for a, b in bounds) < num_steps + horizon:
        raise wrong(
            "num_steps, horizon",
            (num_steps, horizon),
            f"fewer hours than the shortest part of the {hours}",
        )
    values = np.stack([hourly.column(name) for name in columns], axis=-1)
    training = values[:, : ends[0]].reshape(-1, len(columns))
    unmeasured = np.isnan(training).all(axis=0)
    if unmeasured.any():
        names = ", ".join(np.array(columns)[unmeasured])
        raise wrong("columns", names, "columns with a measurement in the training part")
    mean, std = np.nanmean(training, axis=0), np.nanstd(training, axis=0)
    std = np.where(std > 0, std, 1.0)  # a column that never changes carries nothing
    clock = _calendar(hourly.times, calendar)
    cut = [
        _windows(hourly, values, clock, bound, mean, std, num_steps, horizon, max_fill)
        for bound in bounds
    ]
    if any(len(part["last"]) == 0 for part in cut):
        raise wrong("num_steps", num_steps, "windows that fit between the gaps of every part")
    changes = cut[0]["celsius"] - cut[0]["last"][:, None]
    scaling = Scaling(mean, std, float(np.sqrt(np.mean(changes**2))) or 1.0)
    parts = []
    for part in cut:
        if target == "change":
            targets = (part["celsius"] - part["last"][:, None]) / scaling.change_std
        else:
            targets = (part["celsius"] - mean[0]) / std[0]
        parts.append(WeatherSplit(targets=targets.astype(np.float32), **part))
    possible = len(hourly.stations) * sum(b - a - num_steps - horizon + 1 for a, b in bounds)
    kept = sum(map(len, parts))
    names = columns + ("filled",) + tuple(f"{c}_{w}" for c in calendar for w in ("sin", "cos"))
    return Weather(
        "weather",
        *parts,
        source=f"{source}; {kept} windows, {possible - kept} left out for gaps",
        features=names,
        target=target,
        scaling=scaling,
        left_out=possible - kept,
    )


def _windows(hourly, values, clock, bound, mean, std, num_steps, horizon, max_fill):
    """All windows that lie wholly within one part, with their temperatures in °C."""
    start, end = bound
    # Filled within the part: what is carried forward must not come over the border either.
    filled, gap = fill_forward(values[:, start:end], max_fill)
    hidden = gap.mean(axis=-1, keepdims=True)
    steps = np.broadcast_to(clock[start:end], (*filled.shape[:2], clock.shape[1]))
    features = np.concatenate([(filled - mean) / std, hidden, steps], axis=-1)
    features = features.astype(np.float32)
    whole = np.isfinite(features).all(axis=-1)
    measured = values[:, start:end, 0]
    # The same hour of day, as late as it is known when the forecast is made.
    ahead = np.arange(1, horizon + 1)
    same_hour = ahead - 24 * (-(-ahead // 24))
    collected = {key: [] for key in ("inputs", "celsius", "last", "day_before", "times", "station")}
    for s, name in enumerate(hourly.stations):
        now = np.arange(num_steps - 1, end - start - horizon)
        inputs_whole = np.lib.stride_tricks.sliding_window_view(whole[s], num_steps).all(axis=-1)
        future = measured[s][now[:, None] + ahead]
        usable = (
            inputs_whole[: len(now)]
            & np.isfinite(measured[s][now])
            & np.isfinite(future).all(axis=-1)
        )
        now, future = now[usable], future[usable]
        past = now[:, None] + np.arange(1 - num_steps, 1)
        collected["inputs"].append(features[s][past])
        collected["celsius"].append(future)
        collected["last"].append(measured[s][now])
        collected["day_before"].append(filled[s, :, 0][now[:, None] + same_hour])
        collected["times"].append(hourly.times[start + now])
        collected["station"].append(np.full(len(now), name))
    return {key: np.concatenate(pieces) for key, pieces in collected.items()}


def fill_forward(values, max_fill):
    """Carry the last value into gaps of up to ``max_fill`` hours; longer gaps stay whole.

    Args:
        values: (stations, hours, columns), NaN where nothing was measured.

    Returns the filled copy, and where it was filled (same shape, bool). The start of the series
    has no last value and stays open.
    """
    hours = np.arange(values.shape[1])[None, :, None]
    missing = np.isnan(values)
    before = np.maximum.accumulate(np.where(missing, -1, hours), axis=1)
    late = np.where(missing, values.shape[1], hours)[:, ::-1]
    after = np.minimum.accumulate(late, axis=1)[:, ::-1]
    fill = missing & (before >= 0) & (after - before - 1 <= max_fill)
    carried = np.take_along_axis(values, np.maximum(before, 0), axis=1)
    return np.where(fill, carried, values), fill


def _calendar(times, calendar):
    """(hours, 2 a calendar): sine and cosine of the place in the day (UTC) and in the year."""
    since = (times - times[0].astype("datetime64[Y]").astype("datetime64[h]")).astype(float)
    turns = {"day": since / 24, "year": since / _HOURS_A_YEAR}
    waves = [wave(2 * np.pi * turns[name]) for name in calendar for wave in (np.sin, np.cos)]
    return np.stack(waves, axis=-1) if waves else np.zeros((len(times), 0))


def _check(hourly, num_steps, horizon, columns, target, calendar, max_fill, validation, test):
    if num_steps < 24:
        raise wrong("num_steps", num_steps, "24 or more: the seasonal baseline reads a day back")
    if horizon < 1:
        raise wrong("horizon", horizon, "1 or more hours ahead")
    if not columns or columns[0] != "temperature" or not set(columns) <= set(hourly.columns):
        raise wrong("columns", columns, f"temperature first, then any of {hourly.columns[1:]}")
    if target not in ("change", "level"):
        raise wrong("target", repr(target), "'change' or 'level'")
    if not set(calendar) <= {"day", "year"}:
        raise wrong("calendar", calendar, "'day', 'year', both or none")
    if max_fill < 0:
        raise wrong("max_fill", max_fill, "hours, 0 or more")
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise wrong("validation, test", (validation, test), "shares above 0, together below 1")
