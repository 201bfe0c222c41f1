"""Reading: real files, really damaged, each loaded or refused in one line."""

import gzip

import numpy as np
import pytest

from rnn_tf import files
from rnn_tf.errors import DataError

CONTENT = b"hour,temperature\n0,1.5\n"


def put(path, content=CONTENT):
    path.write_bytes(content)
    return path


def one_line(caught, *words):
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert str(word) in message


def test_text_is_read_plain_packed_and_without_its_byte_order_mark(tmp_path):
    text = "气温 1.5 °C\n"
    plain, packed = put(tmp_path / "t.csv", text.encode()), tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    marked = put(tmp_path / "m.csv", text.encode("utf-8-sig"))
    assert [files.read_text(p) for p in (plain, packed, marked)] == [text] * 3


PACKED = gzip.compress(CONTENT * 50, mtime=0)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("t.csv", "气温".encode("gbk"), "UTF-8"),
        ("t.csv", b"ok \xff", "0xff at 3"),
        ("t.csv", b"", "empty"),
        ("t.csv", b" \n\n", "empty"),
        ("t.csv.gz", b"", "empty"),
        ("t.csv.gz", gzip.compress(b""), "empty"),
        ("t.csv.gz", PACKED[:-20], "damaged gzip"),
        ("t.csv.gz", PACKED[:30] + b"\0\0\0\0" + PACKED[34:], "damaged gzip"),
        ("t.csv.gz", b"not packed at all", "damaged gzip"),
        ("t.csv.gz", gzip.compress("气温".encode("gbk")), "UTF-8"),
    ],
)
def test_damaged_text(tmp_path, name, content, word):
    with pytest.raises(DataError) as caught:
        files.read_text(put(tmp_path / name, content))
    one_line(caught, name, word)


def test_text_that_is_missing_or_a_folder(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(DataError) as caught:
            files.read_text(path)
        one_line(caught, path)


WANTED = {"x": (None, 4, 4), "y": (None,)}


@pytest.fixture
def arrays(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(160).reshape(10, 4, 4), y=np.arange(10), spare=np.zeros(3))
    return path


def test_arrays_are_read_by_name(arrays):
    found = files.read_arrays(arrays, WANTED)
    assert set(found) == {"x", "y"}
    np.testing.assert_array_equal(found["x"], np.arange(160).reshape(10, 4, 4))


def test_damaged_arrays(arrays, tmp_path):
    whole = arrays.read_bytes()
    flipped = bytearray(whole)
    flipped[200] ^= 0xFF
    for content in (whole[: len(whole) // 2], whole[:100], bytes(flipped), b"junk", b""):
        with pytest.raises(DataError) as caught:
            files.read_arrays(put(tmp_path / "bad.npz", content), WANTED)
        one_line(caught, "bad.npz")
    with pytest.raises(DataError):
        files.read_arrays(tmp_path / "none.npz", WANTED)


def test_arrays_of_another_shape_name_or_kind(arrays, tmp_path):
    with pytest.raises(DataError) as caught:
        files.read_arrays(arrays, {"x": (None, 28, 28)})
    one_line(caught, "(10, 4, 4)", "(any, 28, 28)")
    with pytest.raises(DataError) as caught:
        files.read_arrays(arrays, {"x_train": (None,)})
    one_line(caught, "'x_train'", "spare")
    np.save(tmp_path / "single.npy", np.zeros(3))
    with pytest.raises(DataError) as caught:
        files.read_arrays(tmp_path / "single.npy", WANTED)
    one_line(caught, "single array")


def test_pickled_objects_are_refused_unopened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (put, (tmp_path / "sprung", b"!"))

    path = tmp_path / "trap.npz"
    np.savez(path, x=np.array([Trap()], dtype=object))
    (tmp_path / "sprung").unlink(missing_ok=True)
    with pytest.raises(DataError):
        files.read_arrays(path, {"x": (None,)})
    assert not (tmp_path / "sprung").exists()
