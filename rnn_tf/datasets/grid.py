"""Measurements put on a grid of steps: where nothing was measured stands NaN, in plain sight."""

import re
import reprlib
from array import array
from dataclasses import dataclass

import numpy as np

from rnn_tf.datasets.base import given
from rnn_tf.datasets.table import fields, number, seconds
from rnn_tf.errors import unusable, wrong

#: Steps of the grid for each line of the file: more would be a wrong date, and take its memory.
STEPS_A_LINE = 10
#: What the grid may have all the same, however short the file: the hours of a year.
STEPS_ALWAYS = 8784

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Grid:
    """What was measured, step by step.

    ``times``: (steps,) datetime64, UTC, when each step begins; ``values``: (groups, steps,
    columns), NaN where nothing was measured; ``groups``, ``columns``: their names.
    """

    times: np.ndarray
    values: np.ndarray
    groups: tuple
    columns: tuple

    def column(self, name):
        """One column of every group: (groups, steps)."""
        return self.values[:, :, self.columns.index(name)]

    def gaps(self, name):
        """Where a column has no value: ``(group, time of the first missing step, steps)`` each."""
        found = []
        for group, series in zip(self.groups, self.column(name), strict=True):
            edges = np.diff(np.concatenate([[0], np.isnan(series), [0]]).astype(int))
            starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
            found += [(group, self.times[a], int(b - a)) for a, b in zip(starts, ends, strict=True)]
        return found


class Lines:
    """What a file says of one group, line by line; 8 bytes a number."""

    def __init__(self, columns):
        self.number, self.step, self.values = array("q"), array("q"), array("d")
        self._columns = columns

    def add(self, number, step, values):
        self.number.append(number)
        self.step.append(step)
        self.values.extend(values)

    def table(self):
        """Line numbers (lines,), steps (lines,), numbers as read (lines, columns)."""
        values = np.array(self.values).reshape(-1, self._columns)
        return np.array(self.number), np.array(self.step), values


def read(path, *, time, columns, group=None, every=None):
    """Measurements of any comma-separated file.

    Args:
        path: a UTF-8 file, ``.gz`` or not, whose first line names the columns.
        time: name of the column of dates or dates with times in ISO 8601
            (``2010-03-24 09:51:00``; UTC if no zone is named).
        columns: names of the columns of numbers; ``NA``, ``NaN`` or nothing where one is missing.
        group: name of a column that tells several series apart (a place, a share).
        every: ``"5 min"``, ``"1 h"``, ``"1 d"``: how long a step is. A step holds the mean of what
            was measured from its begin to the next step's, the gaps show as NaN. Without it each
            date of the file is one step, whatever lies between (trading days).

    Returns a ``Grid``, in order of time. Raises ``DataError`` that names the file and the line.
    """
    path, columns = given(path).path, tuple(columns)
    every = None if every is None else _step(every)
    if not columns or len(set(columns)) < len(columns):
        raise wrong("columns", columns, "one name or several different ones")
    lines = {}
    names = (time, *([group] if group else []), *columns)
    for place, (moment, *rest) in fields(path, names, f"columns {', '.join(names)}"):
        name = rest.pop(0) if group else ""
        try:
            step = seconds(time, moment) // (every or 1)
            values = [number(*pair) for pair in zip(columns, rest, strict=True)]
        except ValueError as error:
            raise unusable(
                path, f"line {place}: {error}", "dates in ISO 8601, and numbers or NA"
            ) from error
        lines.setdefault(name, Lines(len(columns))).add(place, step, values)
    if not lines:
        raise unusable(path, "names of columns alone", "lines of measurements below them")
    tables = {name: lines[name].table() for name in sorted(lines)}
    if every is None:
        steps = np.unique(np.concatenate([table[1] for table in tables.values()]))
        for name, (numbers, moments, values) in tables.items():
            times = moments.astype("datetime64[s]")
            must_agree(path, name or "one series", numbers, times, values, "a date")
    else:
        first, last = ends(path, tables, every, f"steps of {every} s")
        steps = np.arange(first, last + 1)
    values = np.stack(
        [
            _means(np.searchsorted(steps, taken), read, len(steps))
            for _, taken, read in tables.values()
        ]
    )
    return Grid((steps * (every or 1)).astype("datetime64[s]"), values, tuple(tables), columns)


def _step(text):
    """Seconds of ``"5 min"``."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*(s|min|h|d)\s*", text) if isinstance(text, str) else None
    if found is None or int(found[1]) == 0:
        raise wrong("every", reprlib.repr(text), "a step like '5 min', '1 h' or '1 d'")
    return int(found[1]) * _UNITS[found[2]]


def _means(places, values, steps):
    """(lines, columns) -> (steps, columns): the mean of what was measured in each step."""
    measured = np.isfinite(values)
    total, count = np.zeros((2, steps, values.shape[1]))
    np.add.at(total, places, np.where(measured, values, 0))
    np.add.at(count, places, measured)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def ends(path, tables, every, steps_named):
    """First and last step; a line far from all others is refused before it takes its memory.

    Args:
        tables: what ``Lines.table`` gives, by group.
        every: seconds of a step.
        steps_named: what to call steps in the message: ``"hours"``.
    """
    numbers, steps = (np.concatenate([table[i] for table in tables.values()]) for i in (0, 1))
    first, last = int(steps.min()), int(steps.max())
    size = len(tables) * (last - first + 1)
    if size > max(STEPS_A_LINE * len(steps), STEPS_ALWAYS * len(tables)):
        away = np.abs(steps - np.median(steps))
        far = away.argmax()
        time = (steps[far] * every).astype("datetime64[s]")
        raise unusable(
            path,
            f"line {numbers[far]}: {time}, {away[far]:,.0f} {steps_named} from the others",
            f"times close together, one of {STEPS_A_LINE} {steps_named} measured at least",
        )
    return first, last


def must_agree(path, group, numbers, times, values, step):
    """The same time may be there twice, but not with two values.

    Args:
        numbers, times, values: lines (lines,), datetime64 (lines,), numbers (lines, columns).
        step: what may hold one measurement, for the message: ``"an hour"``.
    """
    order = np.argsort(times, kind="stable")
    earlier, later = order[:-1], order[1:]
    same = (values[earlier] == values[later]) | (
        np.isnan(values[earlier]) & np.isnan(values[later])
    )
    conflicts = np.flatnonzero((times[earlier] == times[later]) & ~same.all(axis=1))
    if len(conflicts):
        one, other = earlier[conflicts[0]], later[conflicts[0]]
        raise unusable(
            path,
            f"lines {numbers[one]} and {numbers[other]}: two measurements of {group} at "
            f"{times[one]}",
            f"one {step}",
        )
