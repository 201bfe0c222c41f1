"""Series over time: shares, one person's blood glucose, flights counted by the hour."""

import csv
import gzip
import io
import zipfile
from datetime import UTC, datetime

import numpy as np

from tools.packages import member_ending

AIRPORTS = ("EWR", "JFK", "LGA")
FLIGHT_COLUMNS = (
    "time_hour",
    "airport",
    "scheduled",
    "departed",
    "waiting",
    "departed_delay",
    "scheduled_delay",
)
_HOUR = 60  # minutes


def packed(content):
    """gzip without a time stamp or a file name."""
    held = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=held, compresslevel=9, mtime=0) as file:
        file.write(content)
    return held.getvalue()


def build_shares(files):
    """The table as it is."""
    table = gzip.decompress(member_ending(files, "/_data/stocks.csv.gz"))
    return {"shares/shares.csv.gz": packed(table)}


def build_glucose(files):
    """The table as it is."""
    table = gzip.decompress(member_ending(files, "/_data/CGM.csv.gz"))
    return {"glucose/glucose.csv.gz": packed(table)}


def build_flights(files):
    """Flights of every airport and hour, counted from the table of single flights."""
    archive = zipfile.ZipFile(io.BytesIO(member_ending(files, "/data/flights.csv.zip")))
    lines = csv.DictReader(io.StringIO(archive.read("flights.csv").decode("utf-8")))
    flown = {airport: ([], []) for airport in AIRPORTS}
    for line in lines:
        if line["dep_delay"] not in ("", "NA"):  # cancelled: nobody wrote down when that was known
            scheduled = _minutes(line["time_hour"]) + int(line["minute"])
            delay = int(float(line["dep_delay"]))
            for times, value in zip(
                flown[line["origin"]], (scheduled, scheduled + delay), strict=True
            ):
                times.append(value)
    flown = {airport: tuple(map(np.array, times)) for airport, times in flown.items()}
    hours = np.concatenate([scheduled for scheduled, _ in flown.values()]) // _HOUR
    rows = [
        row
        for airport, (scheduled, left) in flown.items()
        for row in _by_the_hour(airport, scheduled, left, hours.min(), hours.max())
    ]
    held = io.StringIO()
    table = csv.writer(held, lineterminator="\n")
    table.writerow(FLIGHT_COLUMNS)
    table.writerows(rows)
    return {"flights/flights.csv.gz": packed(held.getvalue().encode("utf-8"))}


def _minutes(text):
    time = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    return int(time.timestamp()) // 60


def _by_the_hour(airport, scheduled, left, first, last):
    """What an hour ends with: who was to go, who went, who still waits; and two mean delays.

    ``scheduled``, ``left``: (flights,) minutes. The delay of those that left in the hour is known
    at its end; the delay of those scheduled in it is not, as some have yet to leave.
    """
    hours = last - first + 1
    due, went = scheduled // _HOUR - first, left // _HOUR - first
    over = went.clip(due)  # a flight that left early waited for nobody's hour

    def count(hour, weights=None):
        inside = hour < hours  # the last flights left after the last hour
        return np.bincount(hour[inside], None if weights is None else weights[inside], hours)

    delay = (left - scheduled).astype(float)
    waiting = np.cumsum(count(due)) - np.cumsum(count(over))
    means = [
        np.divide(count(hour, delay), number, out=np.full(hours, np.nan), where=number > 0)
        for hour in (went, due)
        for number in [count(hour)]
    ]
    for i, (d, w, n, *delays) in enumerate(
        zip(count(due), count(went), waiting, *means, strict=True)
    ):
        time = datetime.fromtimestamp(int(first + i) * 3600, UTC)
        yield (
            time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            airport,
            *(d, w, n),
            *("NA" if np.isnan(mean) else f"{mean:.2f}" for mean in delays),
        )
