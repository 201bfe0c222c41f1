"""Reading: real files, really damaged, each loaded or refused in one line."""

import contextlib
import functools
import gzip
import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rnn_tf import files
from rnn_tf.errors import DataError
from tests import fuzzing
from tests.fuzzing import one_line

CONTENT = b"hour,temperature\n0,1.5\n"


def put(path, content=CONTENT):
    path.write_bytes(content)
    return path


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
        ("t.csv.gz", gzip.compress(b"", mtime=0), "empty"),
        ("t.csv.gz", PACKED[:-20], "damaged gzip"),
        ("t.csv.gz", PACKED[:30] + b"\0\0\0\0" + PACKED[34:], "damaged gzip"),
        ("t.csv.gz", b"not packed at all", "damaged gzip"),
        ("t.csv.gz", gzip.compress("气温".encode("gbk"), mtime=0), "UTF-8"),
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


def archive(path, members, method=zipfile.ZIP_STORED):
    """A zip of these members, whatever they are."""
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def member(shape, descr="<f8", values=b"", version=1):
    """An ``.npy`` file whose header says what it likes."""
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    length = len(header).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + values


HEADERS = {
    "petabytes": member((1 << 50,)),
    "more items than any number": member((1 << 62, 1 << 62)),
    "a negative size": member((-2, -4), values=bytes(64)),
    "items of no size": member((1 << 40,), "<U0"),
    "items of a gigabyte": member((2,), "<U268435456"),
    "fewer bytes than it says": member((9,), values=bytes(64)),
    "more bytes than it says": member((7,), values=bytes(64)),
    "objects": member((1,), "|O", bytes(8)),
    "fields": member((1,), "f8,f8", bytes(16)),
    "no such type": member((1,), "<q9", bytes(8)),
    "a program": member("__import__('os').getcwd()"),
    "deep brackets": member("(" * 4_000 + ")" * 4_000),
    "deep signs": member("-" * 9_000 + "1"),
    "an open bracket": member("(1,"),
    "a number of 6,000 digits": member("(" + "9" * 6_000 + ",)"),
    "no UTF-8": member((1,), values=bytes(8)).replace(b"shape", b"sh\xffpe"),
    "a header without end": member((8,), values=bytes(64), version=2).replace(
        b"\0\0{", b"\xff\xff{"
    ),
    "a version to come": member((1,), values=bytes(8)).replace(b"NUMPY\1", b"NUMPY\7"),
    "no header": b"notes",
    "nothing": b"",
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_lies_is_refused_before_memory_is_taken(tmp_path, header):
    path = archive(tmp_path / "a.npz", {"x.npy": HEADERS[header]})
    for wanted in ({"x": (None,)}, None):
        assert fuzzing.tolerated(lambda p, w=wanted: files.read_arrays(p, w), path) == "refused"


def test_a_true_header_is_read_in_both_versions(tmp_path):
    values = np.arange(6.0)
    for version in (1, 2):
        content = member((2, 3), values=values.tobytes(), version=version)
        path = archive(tmp_path / "a.npz", {"x.npy": content, "notes.txt": b"mine"})
        np.testing.assert_array_equal(files.read_arrays(path)["x"], values.reshape(2, 3))


def test_names_and_bytes_of_a_damaged_archive_are_told_in_short(tmp_path):
    red = archive(tmp_path / "red.npz", {"\x1b[31m" * 400 + ".npy": b"no array"})
    other = bytearray(archive(tmp_path / "o.npz", {"x.npy": bytes(5_000)}).read_bytes())
    other[26:28] = (4_000).to_bytes(2, "little")  # the length of the name, before the member
    for path in (red, put(tmp_path / "other.npz", bytes(other))):
        assert fuzzing.tolerated(files.read_arrays, path) == "refused"


def test_archives_that_numpy_does_not_write(tmp_path):
    sound = {"x.npy": member((1,), values=bytes(8))}
    bz2, lzma = (
        archive(tmp_path / f"{n}.npz", sound, n) for n in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    locked = bytearray(archive(tmp_path / "l.npz", sound).read_bytes())
    locked[6] |= 1  # the flag of encryption, in the member and in the directory
    locked[locked.find(b"PK\1\2") + 8] |= 1
    locked = put(tmp_path / "locked.npz", bytes(locked))
    plain = archive(tmp_path / "plain.npz", {"x": b"not even .npy"})
    for path, word in (
        (bz2, "packed by method 12"),
        (lzma, "packed by method 14"),
        (locked, "encrypted"),
        (plain, "an array named 'x'"),
    ):
        with pytest.raises(DataError) as caught:
            files.read_arrays(path, {"x": (None,)})
        one_line(caught, path, word)


def test_an_archive_or_text_that_swells_beyond_all_measure_is_not_unpacked(tmp_path):
    """Two small files that stand for 17 MiB each; the limit of 16 is stated in ``files``."""
    zeros = 17 << 20
    packed = tmp_path / "bomb.txt.gz"
    with gzip.open(packed, "wb", 9) as file:
        for _ in range(17):
            file.write(b"0" * (1 << 20))
    content = io.BytesIO(member((zeros // 8,)) + bytes(zeros))
    bomb = archive(tmp_path / "bomb.npz", {"x.npy": content.getvalue()}, zipfile.ZIP_DEFLATED)
    del content
    for path, load in ((packed, files.read_text), (bomb, files.read_arrays)):
        assert path.stat().st_size < 200_000
        with pytest.raises(DataError) as caught:
            load(path)
        one_line(caught, path.name, "more than 16,777,216 bytes", "unpack")


def test_a_smaller_limit_is_the_callers(tmp_path):
    path = put(tmp_path / "t.csv")
    assert files.read_bytes(path, limit=len(CONTENT)) == CONTENT
    with pytest.raises(DataError) as caught:
        files.read_bytes(path, limit=len(CONTENT) - 1)
    one_line(caught, "t.csv", f"more than {len(CONTENT) - 1} bytes")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x93NUMPY\1\0", "a single array (.npy)"),
        (b"\0\0\x08\x03\0\0\xea\x60", "an idx file"),
        (gzip.compress(b"\0\0\x08\x01\0\0\xea\x60", mtime=0), "an idx file packed by gzip"),
        (gzip.compress(b"something", mtime=0), "a file packed by gzip"),
        (b"\x1f\x8b\0", "a file packed by gzip"),
        (b"\x80\4\x95", "a pickle"),
        (b"\x89HDF\r\n", "an HDF5 file"),
        (b"", "an empty file"),
    ],
)
def test_a_file_of_another_format_is_named_and_the_wanted_one_told(tmp_path, start, words):
    with pytest.raises(DataError) as caught:
        files.read_arrays(put(tmp_path / "train-images.gz", start), WANTED)
    one_line(caught, f"got {words}, expected a whole .npz file", "np.savez", "x, y")


READERS = {
    "sha256_of": files.sha256_of,
    "read_bytes": files.read_bytes,
    "read_text": files.read_text,
    "read_arrays": functools.partial(files.read_arrays, wanted=WANTED),
    "must_hold_something": files.must_hold_something,
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("reader", READERS)
def test_only_regular_files_are_read(tmp_path, reader):
    os.mkfifo(tmp_path / "pipe")
    for path, word in ((tmp_path / "pipe", "a pipe"), (Path("/dev/zero"), "a device")):
        with pytest.raises(DataError) as caught:
            READERS[reader](path)
        one_line(caught, path, word)


@pytest.mark.parametrize("reader", READERS)
def test_names_that_no_file_can_have(tmp_path, reader):
    for name in ("n" * 5_000, "a\0b"):
        with pytest.raises(DataError) as caught:
            READERS[reader](tmp_path / name)
        one_line(caught, tmp_path)


@contextlib.contextmanager
def without_privileges():
    """Whoever runs the tests: nothing is readable to everybody, as it is to root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its permissions elsewhere")
@pytest.mark.parametrize("reader", READERS)
def test_a_file_or_folder_that_may_not_be_read(reader):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        closed = Path(folder, "closed")
        closed.mkdir()
        path = put(closed / "a.npz")
        locked = put(Path(folder, "locked.npz"))
        locked.chmod(0)
        closed.chmod(0)
        try:
            with without_privileges():
                refused = [path, closed] if reader == "must_hold_something" else [path, locked]
                for one in refused:
                    with pytest.raises(DataError) as caught:
                        READERS[reader](one)
                    one_line(caught, one, "Permission denied")
        finally:
            closed.chmod(0o700)
