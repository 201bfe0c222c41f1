"""Thousands of damaged files through the public loaders: each is loaded or refused in one line."""

import gzip
import io
import warnings

import numpy as np
import pytest

from rnn_tf.datasets import digits, weather
from tests import fuzzing

COUNT = 2_000


def sound_archive():
    """30 images of few different values, so that the file is small."""
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    np.savez(
        file,
        x_train=rng.integers(0, 256, (12, 28, 28), dtype=np.uint8),
        y_train=np.arange(12, dtype=np.uint8) % 10,
        x_test=rng.integers(0, 256, (4, 28, 28), dtype=np.uint8),
        y_test=np.arange(4, dtype=np.uint8),
    )
    return file.getvalue()


def sound_weather():
    """A week of hours of a station and a day of another, as the shipped file writes them."""
    lines = ["origin,time_hour,temp,dewp,humid,wind_dir,wind_speed,precip,pressure,visib"]
    for station, hours in (("JFK", 176), ("LGA", 24)):
        for hour in range(hours):
            at = np.datetime64("2013-12-25T00", "h") + hour
            pressure = "NA" if hour % 9 == 0 else f"{1000 + hour % 40}.5"
            numbers = (
                f"{40 + hour % 24}.02,{30 + hour % 7},60,{hour % 36}0,{hour % 20},0,{pressure}"
            )
            lines.append(f"{station},{at}:00:00Z,{numbers},10")
    return "\n".join(lines).encode() + b"\n"


def load_digits(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return digits.load(path, validation_size=3)


def load_weather(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return weather.load(path, num_steps=24)


@pytest.mark.parametrize(
    ("name", "load", "sound"),
    [
        ("digits.npz", load_digits, sound_archive()),
        ("weather.csv", load_weather, sound_weather()),
        ("weather.csv.gz", load_weather, gzip.compress(sound_weather(), mtime=0)),
    ],
    ids=["npz", "csv", "csv.gz"],
)
def test_damaged_files_load_or_are_refused_in_one_line(tmp_path, name, load, sound):
    seen = fuzzing.contained(fuzzing.fuzz, load, sound, tmp_path / name, COUNT, seed=20)
    assert sum(seen.values()) == COUNT
    assert seen["refused"] > 0.2 * COUNT and seen["loaded"] > 0.1 * COUNT, seen


def test_the_most_that_a_small_archive_may_stand_for_keeps_the_contract(tmp_path):
    """20,000 blank images, 15.7 MB in a file of 16 kB; what holds more is refused (test_files)."""
    path = tmp_path / "digits.npz"
    labels, images = np.zeros(20_000, np.uint8), np.zeros((20_000, 28, 28), np.uint8)
    parts = {"x_train": images, "y_train": labels, "x_test": images[:10], "y_test": labels[:10]}
    np.savez_compressed(path, **parts)
    assert path.stat().st_size < 30_000
    assert fuzzing.contained(fuzzing.tolerated, load_digits, path) == "loaded"
