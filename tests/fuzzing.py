"""Damaged files by the thousand: a seeded source of them, and the contract every loader keeps.

A test names a load function, a small sound file and a count:

>>> def load_one(path):
...     return digits.load(path, validation_size=5)
>>> def test_mutated_archives(tmp_path):
...     seen = fuzzing.contained(fuzzing.fuzz, load_one, SOUND, tmp_path / "x.npz", 2_000, seed=1)
...     assert seen["refused"] > 500 and seen["loaded"] > 200

The same seed gives the same files, so a failure is had again by its number. ``load_one`` and
``SOUND`` stand at the top of their module: ``contained`` runs in a process of its own.
"""

import collections
import concurrent.futures
import gzip
import io
import multiprocessing
import random
import re
import struct
import time
import warnings
import zipfile

from rnn_tf.errors import DataError, InputError

#: What one file may take. The time is the processor's: a busy machine is no fault of the loader.
SECONDS = 2.0
MEMORY = 500 << 20

_NUMBERS = (
    *(b"0", b"-1", b"1", b"007", b"1e400", b"-1e400", b"1e-400", b"1e300", b"nan", b"inf", b"-inf"),
    *(b"4294967296", b"-9223372036854775809", b"9" * 25, b"9" * 6_000, b"0x1f", b"1_0", b"1,5"),
    *(b"9999", b"0213", b"10000", b"", b"NA", b"null", b"true", b"[]", b"{}", b'""', b"2013-02-30"),
)
_WORDS = (
    *(b'"', b"'", b",", b"\r", b"\n", b"\r\n", b"\0", b"\t", b"\xff", b"\xef\xbb\xbf", b"\xfe\xff"),
    *(b"{", b"[" * 2_000, b"-" * 300, b": ", b"- ", b"&a *a", b"\xe2\x80\xa8", b"x" * 140_000),
    *(
        b"NaT",
        b"T06:30:00Z",
        b"+05:45",
        b"NaN",
        b"Infinity",
        b"\\ud800",
        b"!!python/object:x",
        b"#",
    ),
)
_TYPES = (
    *(b"<f8", b"|O", b"<U0", b"<U99999999", b"|V8", b"<M8[h]", b">c16", b"<i8", b"|b1", b"<u2"),
    *(b"|i1", b"|S1", b"f8,f8", b"(9,9)u1", b"<u1", b"?"),
)
_ENCODINGS = ("utf-16", "utf-32", "utf-16-le", "utf-8-sig", "cp500", "utf-7")


def mutations(content, count, seed):
    """``count`` damaged versions of ``content``, none equal to it; the same for the same seed.

    Bytes are flipped, overwritten, cut out, put in, doubled and moved; numbers, words, fields and
    lines of text are exchanged; encodings are changed. What is packed is also unpacked, damaged
    inside and packed again, so that the checksums hold: ``.gz``, and ``.npz`` with its headers.
    """
    rng = random.Random(seed)
    while count:
        damaged = _damaged(content, rng)
        if damaged != content:
            count -= 1
            yield damaged


def tolerated(load, path):
    """Load a damaged file: ``"loaded"`` or ``"refused"``; ``AssertionError`` for anything else.

    A refusal is an ``InputError`` or ``DataError`` of one printable line, a ``DataError`` names
    the file, and neither way takes more than ``SECONDS``.
    """
    began, outcome = time.process_time(), "loaded"
    try:
        load(path)
    except InputError as error:
        outcome, line = "refused", str(error)
        assert line.isprintable() and line.strip() == line, f"not one line: {line[:300]!r}"
        assert len(line) < 500 + len(str(path)), f"an endless line: {line[:300]!r}"
        if isinstance(error, DataError):
            assert path.name in line, f"does not name {path.name}: {line}"
    except Exception as error:
        raise AssertionError(f"{type(error).__name__} from the loader: {error}") from error
    seconds = time.process_time() - began
    assert seconds < SECONDS, f"{seconds:.1f} s of processor time"
    return outcome


def fuzz(load, content, path, count, seed):
    """``tolerated`` for ``count`` damaged versions of ``content``, written to ``path`` in turn.

    Returns how often ``"loaded"`` and ``"refused"``. What breaks the contract stays at ``path``.
    """
    path.write_bytes(content)
    load(path)  # a fault of the sound file would make every refusal worthless
    seen = collections.Counter()
    for number, damaged in enumerate(mutations(content, count, seed)):
        path.write_bytes(damaged)
        try:
            seen[tolerated(load, path)] += 1
        except AssertionError as error:
            raise AssertionError(f"example {number} of seed {seed}, in {path}: {error}") from error
    return seen


def contained(function, *arguments, **named):
    """Call a function in a process of its own that gets ``MEMORY`` above what imports took."""
    alone = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=alone) as executor:
        return executor.submit(_limited, function, arguments, named).result()


def _limited(function, arguments, named):
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return function(*arguments, **named)
    import psutil

    resource.setrlimit(
        resource.RLIMIT_AS, (psutil.Process().memory_info().vms + MEMORY, resource.RLIM_INFINITY)
    )
    return function(*arguments, **named)


# --- how files are damaged ---------------------------------------------------------------------


def _damaged(content, rng):
    if rng.random() < 0.7:
        if content.startswith(b"PK\x03\x04"):
            return _other_archive(content, rng)
        if content.startswith(b"\x1f\x8b"):
            return gzip.compress(_damaged(gzip.decompress(content), rng), 1, mtime=0)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        content = rng.choice(_WAYS)(content, rng)
    return content


def _flipped(content, rng):
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 8))):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _overwritten(content, rng):
    """An integer of one, two, four or eight bytes, as lengths and offsets are kept."""
    form = rng.choice("BHIQ")
    most = 256 ** struct.calcsize(form) - 1
    value = rng.choice((0, 1, most // 2, most // 2 + 1, most, rng.randint(0, most)))
    at = rng.randrange(len(content) + 1)
    new = struct.pack(rng.choice("<>") + form, value)
    return content[:at] + new + content[at + len(new) :]


def _cut_short(content, rng):
    return content[: rng.randrange(len(content) + 1)]


def _chunk(content, rng):
    start = rng.randrange(len(content) + 1)
    return start, min(len(content), start + rng.choice((1, 8, 64, 512)))


def _cut_out(content, rng):
    start, end = _chunk(content, rng)
    return content[:start] + content[end:]


def _doubled(content, rng):
    start, end = _chunk(content, rng)
    return content[:start] + content[start:end] * rng.choice((2, 2, 50)) + content[end:]


def _spliced(content, rng):
    """A chunk over another place."""
    start, end = _chunk(content, rng)
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[start:end] + content[at + end - start :]


def _worded(content, rng):
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(_WORDS) + content[at + rng.choice((0, 1)) :]


def _replaced(content, rng, pattern, values):
    """One match of a pattern becomes one of the values."""
    places = [found.span() for found in re.finditer(pattern, content)]
    if not places:
        return content
    start, end = rng.choice(places)
    return content[:start] + rng.choice(values) + content[end:]


def _renumbered(content, rng):
    return _replaced(content, rng, rb"-?\d+(\.\d+)?(e[+-]?\d+)?", _NUMBERS)


def _nudged(content, rng):
    """Another digit: still a number, maybe another one than makes sense."""
    return _replaced(content, rng, rb"\d", [b"%d" % digit for digit in range(10)])


def _lines_moved(content, rng):
    lines = content.split(b"\n")
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.randrange(4)
    if how == 0:
        lines[first], lines[second] = lines[second], lines[first]
    elif how == 1:
        lines.insert(first, lines[second])
    elif how == 2:
        del lines[first]
    else:  # two fields of a line
        fields = re.split(rb"([,:\t])", lines[first])
        one, other = rng.randrange(len(fields)), rng.randrange(len(fields))
        fields[one], fields[other] = fields[other], fields[one]
        lines[first] = b"".join(fields)
    return rng.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r")).join(lines)


def _encoded(content, rng):
    return content.decode("latin-1").encode(rng.choice(_ENCODINGS), "replace")


_WAYS = (
    *(_flipped, _overwritten, _cut_short, _cut_out, _doubled, _spliced, _worded),
    *(_renumbered, _renumbered, _nudged, _nudged, _lines_moved, _lines_moved, _encoded),
)


def _other_archive(content, rng):
    """The same members, one of them damaged, renamed, exchanged, doubled or left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    at = rng.randrange(len(members))
    name, data = members[at]
    how = rng.randrange(10)
    if how < 3:
        members[at] = (name, _other_header(data, rng))
    elif how < 6:  # the values: behind the header, which numpy pads to a multiple of 64
        members[at] = (name, data[:128] + _flipped(data[128:], rng))
    elif how == 6:
        members[at] = (name, _damaged(data, rng))
    elif how == 7:
        members[at] = (rng.choice((name[:-4], "x.npy", "../" + name, name + "/", "é\n.npy")), data)
    elif how == 8:
        other = rng.randrange(len(members))
        members[at], members[other] = (name, members[other][1]), (members[other][0], data)
    else:
        members[at:at] = rng.choice(([], [(name, data)], [("notes.txt", b"mine")]))
        del members[rng.randrange(len(members))]
    packed = io.BytesIO()
    methods = (0,) * 7 + (8,) * 7 + (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", rng.choice(methods)) as archive:
        warnings.simplefilter("ignore")  # a doubled name
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, archive.compression)
    packed = packed.getvalue()
    if rng.random() < 0.1:  # encrypted, of another version or method: fields of the directory
        at = packed.rfind(b"PK\x01\x02") + rng.choice((6, 8, 10, 20, 24, 42))
        packed = packed[:at] + bytes([packed[at] ^ (1 << rng.randrange(8))]) + packed[at + 1 :]
    return packed


def _other_header(data, rng):
    """Another shape or type in the header of an ``.npy`` member, its length kept true."""
    if not data.startswith(b"\x93NUMPY\1"):
        return _damaged(data, rng)
    (length,) = struct.unpack("<H", data[8:10])
    text, values = data[10 : 10 + length].rstrip(), data[10 + length :]
    if rng.random() < 0.5:
        text = _replaced(text, rng, rb"(?<='descr': ')[^']*", _TYPES)
    else:
        text = rng.choice((_renumbered, _nudged, _worded, _flipped))(text, rng)
    text = text.ljust(length - 1) + b"\n"
    return data[:8] + struct.pack("<H", min(len(text), 65_535)) + text + values


def one_line(caught, *words):
    """A refusal caught by ``pytest.raises`` is one line that has all of ``words``."""
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert str(word) in message
