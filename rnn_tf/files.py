"""Files are read here: regular files only, never more memory than they justify, one line on error.

What every reader of this module promises: it returns, or raises ``DataError``, one line that
names the file. A pipe is not waited for, a packed file that swells beyond all measure is not
unpacked, an array is not made before the file is seen to hold it.
"""

import contextlib
import gzip
import hashlib
import math
import os
import reprlib
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

from rnn_tf.encodings import checked_encoding, decoded
from rnn_tf.errors import DataError, unusable

#: A packed file may hold this many bytes, or ``UNPACKED_TIMES`` its own size if that is more.
UNPACKED_BYTES = 16 << 20
UNPACKED_TIMES = 32

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
#: First bytes of files that are taken for ``.npz``. The third byte of idx is its number type.
_STARTS = {
    b"\x93NUMPY": "a single array (.npy)",
    b"\x89HDF": "an HDF5 file",
    b"\x80": "a pickle",
    **{bytes([0, 0, kind]): "an idx file" for kind in (8, 9, 11, 12, 13, 14)},
}
_DAMAGED_ARCHIVE = (
    OSError,  # an offset that no file has
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,
)


def status(path, wanted="a file or folder that exists"):
    """``os.stat`` of a path; ``DataError`` if it is not there or may not be looked at."""
    try:
        return os.stat(path)
    except FileNotFoundError as error:
        raise unusable(path, "no such file", wanted) from error
    except OSError as error:
        raise unusable(path, error.strerror or error, wanted) from error
    except ValueError as error:  # a character that no file name holds
        raise unusable(repr(path), error, wanted) from error


def exists(path):
    """Whether a file or folder is there; ``DataError`` where that may not be looked at."""
    try:
        status(path)
    except DataError as error:
        if isinstance(error.__cause__, (FileNotFoundError, NotADirectoryError)):
            return False
        raise
    return True


def must_hold_something(path):
    """``path`` itself, if it is a file or a folder that is not empty; else ``DataError``."""
    found = status(path)
    if stat.S_ISDIR(found.st_mode):
        try:
            empty = not any(os.scandir(path))
        except OSError as error:
            raise unusable(path, error.strerror or error, "a readable folder") from error
        if empty:
            raise unusable(path, "an empty folder", "data")
    elif _regular(path, found, "a file or folder").st_size == 0:
        raise unusable(path, "an empty file", "data")
    return path


@contextlib.contextmanager
def opened(path, wanted="a readable file"):
    """A regular file, open for reading bytes. Whatever the system refuses is a ``DataError``."""
    _regular(path, status(path, wanted), wanted)
    try:
        with open(path, "rb") as file:
            yield file
    except OSError as error:
        raise unusable(path, error.strerror or error, wanted) from error


def _regular(path, found, wanted):
    """Opening a pipe would wait for a writer for ever, and a device may have no end."""
    kind = stat.S_IFMT(found.st_mode)
    if kind != stat.S_IFREG:
        raise unusable(path, _KINDS.get(kind, "no regular file"), wanted)
    return found


def sha256_of(path):
    """The file's sha256 as 64 hexadecimal digits. Raises ``DataError`` if it cannot be read."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_bytes(path, *, limit=None):
    """The whole of a regular file; ``.gz`` is unpacked.

    Args:
        limit: most bytes to accept; ``None`` for the file's own size, and for a ``.gz`` for
            ``UNPACKED_BYTES`` or ``UNPACKED_TIMES`` its size, whichever is more.

    Raises ``DataError`` for a file that is missing, unreadable, no regular file, truncated,
    damaged, or holds more than ``limit``.
    """
    path = Path(path)
    with opened(path) as file:
        size = _size(file)
        if path.suffix != ".gz" or size == 0:
            _at_most(path, size, limit, "a smaller file")
            return file.read()
        limit = _unpacked_limit(size) if limit is None else limit
        try:
            with gzip.GzipFile(fileobj=file) as packed:
                data = packed.read(limit + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise unusable(
                path, f"damaged gzip data ({_short(error)})", "a whole .gz file"
            ) from error
    _at_most(path, len(data), limit, f"less in a packed file of {size:,} bytes: unpack it first")
    return data


def read_text(path, *, encoding="utf-8"):
    """The whole of a text file; ``.gz`` is unpacked; a byte-order mark is dropped.

    Raises ``DataError`` for what ``read_bytes`` refuses and for a file that is empty, not text in
    ``encoding`` (with the likely one), or has NUL characters; ``InputError`` for an encoding that
    Python does not know.
    """
    checked_encoding(encoding)
    return decoded(read_bytes(path), path, encoding)


def read_arrays(path, wanted=None):
    """Named arrays of an ``.npz`` file, read without pickle.

    Each array's header is held against the member's size before memory is taken, and the sizes
    against the file's: together at most ``UNPACKED_BYTES``, or ``UNPACKED_TIMES`` the file.

    Args:
        wanted: name -> shape, with ``None`` where any length will do, e.g.
            ``{"x_train": (None, 28, 28), "y_train": (None,)}``; ``None`` for all arrays there
            are, of any shape.

    Returns name -> array. Raises ``DataError`` for a file that is missing, empty, truncated, not
    an ``.npz`` file, encrypted, packed in another way than NumPy does, or swelling; for an array
    that is lacking, of another shape, of pickled objects or fields, or of another size than its
    header says.
    """
    whole = "a whole .npz file of plain arrays"
    with opened(path, whole) as file:
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED_ARCHIVE as error:
            found = _format_of(file) or f"damaged or foreign data ({_short(error)})"
            hint = f": np.savez writes one from {', '.join(wanted)}" if wanted else ""
            raise unusable(path, found, whole + hint) from error
        with archive:
            members = {info.filename: info for info in archive.infolist()}
            names = [name.removesuffix(".npy") for name in members if name.endswith(".npy")]
            for name in wanted or ():
                if name not in names:
                    raise unusable(
                        path, f"arrays {reprlib.repr(names)}", f"an array named {name!r}"
                    )
            chosen = {name: members[f"{name}.npy"] for name in wanted or names}
            size = _size(file)
            _at_most(
                path,
                sum(info.file_size for info in chosen.values()),
                _unpacked_limit(size),
                f"less in a file of {size:,} bytes: np.savez keeps arrays unpacked",
            )
            return {
                name: _array(path, archive, info, _short(name), wanted and wanted[name])
                for name, info in chosen.items()
            }


def _array(path, archive, info, name, wanted):
    """One array; nothing is allocated before its header agrees with ``wanted`` and its member."""
    if info.flag_bits & 1:
        raise unusable(path, f"{name} encrypted", "arrays that need no password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise unusable(path, f"{name} packed by method {info.compress_type}", "np.savez's own")
    try:
        with archive.open(info) as member:
            shape, dtype = _header(path, name, member)
            if wanted is not None and not _fits(shape, wanted):
                shown = "(" + ", ".join("any" if n is None else str(n) for n in wanted) + ")"
                raise unusable(path, f"{name} of shape {reprlib.repr(shape)}", shown)
            # An itemsize of 0 would let an empty member stand for any number of items.
            if dtype.kind not in "biufcmMSU" or dtype.itemsize == 0:
                kind = "pickled objects" if dtype.hasobject else f"type {str(dtype)[:40]}"
                raise unusable(path, f"{name} of {kind}", "an array of numbers or text")
            declared, held = math.prod(shape) * dtype.itemsize, info.file_size - member.tell()
            if declared != held or any(n < 0 for n in shape):
                shown = f"{name} of shape {reprlib.repr(shape)} in {held} bytes"
                raise unusable(path, shown, f"as many bytes as a whole array of {dtype} has")
            member.seek(0)
            return np.lib.format.read_array(member, allow_pickle=False)
    except DataError:
        raise
    except _DAMAGED_ARCHIVE as error:
        raise unusable(path, f"{name} damaged ({_short(error)})", "a whole .npz file") from error


def _header(path, name, member):
    """Shape and type as the ``.npy`` header tells them."""
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    try:
        version = np.lib.format.read_magic(member)
        if version not in readers:
            raise ValueError(f"version {version}")
        shape, _, dtype = readers[version](member)
    except Exception as error:  # Python's parser reads it: a foreign header fails in all its ways
        shown = f"{name} without a header of NumPy's ({_short(error)})"
        raise unusable(path, shown, "arrays written by np.savez") from error
    return shape, dtype


def _fits(shape, wanted):
    return len(shape) == len(wanted) and all(
        w is None or n == w for n, w in zip(shape, wanted, strict=True)
    )


def _size(file):
    return os.fstat(file.fileno()).st_size


def _unpacked_limit(size):
    return max(UNPACKED_BYTES, UNPACKED_TIMES * size)


def _at_most(path, size, limit, wanted):
    if limit is not None and size > limit:
        raise unusable(path, f"more than {limit:,} bytes of data", wanted)


def _format_of(file):
    """What a file that is no zip is instead, told by its first bytes; ``""`` if they do not say."""
    file.seek(0)
    start = file.read(8)
    if not start:
        return "an empty file"
    if not start.startswith(b"\x1f\x8b"):
        return _by_start(start)
    file.seek(0)
    try:
        start = gzip.GzipFile(fileobj=file).read(8)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        start = b""
    return f"{_by_start(start) or 'a file'} packed by gzip"


def _by_start(start):
    return next((name for known, name in _STARTS.items() if start.startswith(known)), "")


def _short(text):
    """What a file or a library says of itself may hold anything, of any length."""
    text = str(text)
    return (text if text.isprintable() else repr(text))[:120]
