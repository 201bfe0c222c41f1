"""Flights that should have left and have not: three airports of New York, 2013, by the hour.

Everything that ``load`` shows a model by default is known when the hour ends. One column of the
file is not: the mean delay of the flights *scheduled* in an hour, some of which have yet to leave.
It is read as ``scheduled_delay``, so that lessons can show the trap.

Source: R package nycflights13 (H. Wickham), CC0, counted by the hour. Cancelled flights are left
out, as nobody wrote down when that was known.
"""

import numpy as np

from rnn_tf.datasets import grid, series
from rnn_tf.datasets.base import resolve
from rnn_tf.errors import unusable, wrong

SHIPPED = "flights/flights.csv.gz"

#: Columns of the grid of each airport, and their units.
UNITS = {
    "waiting": "flights",
    "scheduled": "flights",
    "departed": "flights",
    "departed_delay": "min",
    "next_scheduled": "flights",
    "scheduled_delay": "min",
}
#: What is known at the end of an hour: what was counted in it, and the timetable of the next.
KNOWN_AT_ITS_END = ("waiting", "scheduled", "departed", "departed_delay", "next_scheduled")

_SUMS = ("waiting", "scheduled")
_READ = ("scheduled", "departed", "waiting", "departed_delay", "scheduled_delay")


def read(path=None):
    """The hours of every airport, ``Grid`` with the columns of ``UNITS``; times are UTC.

    ``waiting``: scheduled by the end of the hour and not gone; ``scheduled``, ``departed``: in the
    hour; ``departed_delay``: mean over those that left in it, 0 where none did;
    ``next_scheduled``: the timetable of the hour after; ``scheduled_delay``: mean over those
    scheduled in the hour, 0 where none were, **not known when it ends**.

    Raises ``DataError`` for a file that is no such table, or in which fewer than no flights wait.
    """
    path = resolve("flights", path, shipped=SHIPPED).path
    table = grid.read(path, time="time_hour", columns=_READ, group="airport", every="1 h")
    scheduled, departed, waiting, departed_delay, scheduled_delay = np.moveaxis(table.values, -1, 0)
    for name, counts in (("scheduled", scheduled), ("departed", departed), ("waiting", waiting)):
        bad = np.argwhere(counts < 0)
        if len(bad):
            group, step = bad[0]
            found = f"{counts[group, step]:g} flights {name} in {table.groups[group]}"
            raise unusable(path, f"{found} at {table.times[step]}", "counts of 0 or more")
    later = np.full(scheduled.shape, np.nan)
    later[:, :-1] = scheduled[:, 1:]
    columns = {
        "waiting": waiting,
        "scheduled": scheduled,
        "departed": departed,
        "departed_delay": np.where(departed == 0, 0, departed_delay),
        "next_scheduled": later,
        "scheduled_delay": np.where(scheduled == 0, 0, scheduled_delay),
    }
    values = np.stack([columns[name] for name in UNITS], axis=-1)
    return grid.Grid(table.times, values, table.groups, tuple(UNITS))


def together(hours):
    """The airports of ``read`` as one group, ``Grid``: ``waiting`` and ``scheduled`` are the sums
    over them, and every column of every airport follows as ``"waiting JFK"``."""
    names = [f"{column} {airport}" for column in hours.columns for airport in hours.groups]
    sums = [hours.column(name).sum(axis=0) for name in _SUMS]
    each = np.moveaxis(hours.values, 1, 0)  # (steps, airports, columns)
    each = each.transpose(0, 2, 1).reshape(len(hours.times), -1)
    values = np.concatenate([np.stack(sums, axis=-1), each], axis=-1)
    return grid.Grid(hours.times, values[None], ("+".join(hours.groups),), (*_SUMS, *names))


def load(
    path=None,
    *,
    columns=KNOWN_AT_ITS_END,
    num_steps=24,
    horizon=(2,),
    calendar=("day", "week"),
    season=24,
    validation=0.1,
    test=0.2,
    **cut,
):
    """Windows of past hours and how many flights wait later, at all airports together: by default
    a day, and in two hours.

    Args:
        path: a file like the shipped one.
        columns: what the model sees of each airport, names of ``UNITS``.
        num_steps, horizon, calendar, season, validation, test, cut: as in ``series.prepare``;
            steps are hours. Of the hours to predict, calendar and timetable are known.

    Returns a ``Series``; ``actual`` and ``last`` are flights.
    """
    found = resolve("flights", path, shipped=SHIPPED)
    airports = read(found.path)
    unknown = set(columns) - set(UNITS)
    if unknown or not columns:
        raise wrong("columns", tuple(columns), f"one or more of {tuple(UNITS)}")
    hours = together(airports)
    seen = [f"{column} {airport}" for column in columns for airport in airports.groups]
    return series.prepare(
        hours,
        target="waiting",
        columns=("waiting", *seen),
        known=("scheduled",),
        num_steps=num_steps,
        horizon=horizon,
        calendar=calendar,
        season=season,
        validation=validation,
        test=test,
        name="flights",
        source=found.source(int(np.isfinite(hours.column("waiting")).sum()), "hours"),
        **cut,
    )
