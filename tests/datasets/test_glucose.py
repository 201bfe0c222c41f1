"""The record of one person: what is shipped, what a file of the reader's own may be, what not."""

import gzip

import numpy as np
import pytest

from rnn_tf.datasets import glucose
from rnn_tf.errors import DataError, InputError

HEADER = "datetime,glucose\n"


def written(tmp_path, text, name="own.csv"):
    path = tmp_path / name
    content = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def lines(count, every=5):
    start = np.datetime64("2024-01-01T00:00")
    return "".join(f"{start + every * i},{100 + i % 30}\n" for i in range(count))


def test_parts_follow_each_other_and_share_no_moment():
    data = glucose.load()
    parts = (data.train, data.validation, data.test)
    for earlier, later in zip(parts, parts[1:], strict=False):
        half_an_hour, two_hours = np.timedelta64(30, "m"), np.timedelta64(115, "m")
        assert earlier.times.max() + half_an_hour < later.times.min() - two_hours
    for part in parts:
        assert part.inputs.shape == (len(part), 24, 2) and part.actual.shape == (len(part), 1)
        assert part.inputs.dtype == part.targets.dtype == np.float32
        assert np.isfinite(part.inputs).all() and part.actual.min() >= 40
    unscaled = data.train.inputs[:, -1, 0] * data.scaling.std[0] + data.scaling.mean[0]
    np.testing.assert_allclose(unscaled, data.train.last, atol=1e-3)


def test_the_target_is_the_reading_of_half_an_hour_later():
    measured = glucose.read()
    record = dict(zip(measured.times, measured.column("glucose")[0], strict=True))
    part = glucose.load().validation
    for place in range(0, len(part), 977):
        assert record[part.times[place]] == part.last[place]
        assert record[part.times[place] + np.timedelta64(30, "m")] == part.actual[place, 0]


@pytest.mark.parametrize("name", ["own.csv", "own.csv.gz"])
def test_a_record_of_the_readers_own(tmp_path, name):
    path = written(tmp_path, HEADER + lines(400), name)
    data = glucose.load(path)
    assert data.left_out == 0 and str(path) in data.source and "400 steps" in data.source


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "own.csv"),
        (HEADER, "names of columns alone"),
        ("time,glucose\n" + lines(9), "datetime"),
        ("datetime,mmol\n" + lines(9), "glucose"),
        (HEADER + "2024-13-01 00:00,100\n", "line 2"),
        (HEADER + "yesterday,100\n", "line 2"),
        (HEADER + lines(3) + "2024-01-01 03:00,high\n", "line 5"),
        (HEADER + lines(3) + "2024-01-01 03:00\n", "line 5"),
        (HEADER + lines(3) + "2024-01-01 03:00,1,2\n", "line 5"),
        (HEADER + lines(3) + "2094-01-01 03:00,100\n", "from the others"),
        (b"\xff\xfe\x00" + HEADER.encode(), "own.csv"),
        (HEADER.encode() + b"2024-01-01,\xff\n", "own.csv"),
        (b"PK\x03\x04\x00\x00", "own.csv"),
    ],
)
def test_a_bad_file_gets_one_clear_line(tmp_path, text, named):
    with pytest.raises(DataError) as caught:
        glucose.load(written(tmp_path, text))
    assert named in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_a_cut_off_and_a_short_one(tmp_path):
    with pytest.raises((DataError, InputError)) as caught:
        glucose.load(tmp_path / "nowhere.csv")
    assert "nowhere.csv" in str(caught.value)
    whole = written(tmp_path, HEADER + lines(400), "cut.csv.gz")
    whole.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"cut\.csv\.gz"):
        glucose.load(whole)
    with pytest.raises(InputError, match="num_steps"):
        glucose.load(written(tmp_path, HEADER + lines(60)))
