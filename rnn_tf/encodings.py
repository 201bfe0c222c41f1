"""Bytes as text in one encoding; and which one a file looks like that is written in another."""

import codecs

from rnn_tf.errors import unusable, wrong

#: What English and Chinese texts come in, and what a reader may know it by.
_LIKELY = {
    "utf_8": "UTF-8",
    "utf_16": "UTF-16",
    "utf_16_le": "UTF-16 without a mark",
    "utf_16_be": "UTF-16 without a mark",
    "utf_32": "UTF-32",
    "gb18030": "GBK",
    "big5": "Big5",
    "cp1252": "Latin-1",
}
#: Bytes that a guess is made from, of a longer file.
_SAMPLE = 1 << 16


def checked_encoding(encoding):
    """The name of a text encoding as it was given; ``InputError`` if Python knows none of it."""
    try:
        "".encode(encoding)
    except (LookupError, TypeError, ValueError) as error:
        raise wrong(
            "encoding", repr(encoding), "a text encoding of Python's, e.g. 'utf-8' or 'gb18030'"
        ) from error
    return encoding


def decoded(data, path, encoding="utf-8"):
    """The text in ``data``, without a byte-order mark.

    Args:
        data: all bytes of the file ``path``.
        encoding: a name that ``checked_encoding`` lets pass.

    Raises ``DataError``, one line that names the likely encoding, for bytes that are no such
    text, for text with NUL characters, which UTF-16 read as something else is full of, and for
    text that is empty or blank.
    """
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        found = f"byte 0x{data[at]:02x} at {at}" if at < len(data) else "bytes"
        raise unusable(path, found, _wanted(encoding, data, at)) from error
    if "\0" in text:
        raise unusable(path, "NUL characters", _wanted(encoding, data, 0))
    if not text or text.isspace():
        raise unusable(path, "an empty file", "text")
    return text


def _wanted(encoding, data, at):
    asked = codecs.lookup(encoding).name
    likely = likely_encoding(data, at, without=asked.replace("-", "_"))
    hint = f": looks like {_LIKELY[likely]}, encoding={likely!r} reads it" if likely else ""
    return f"{'UTF-8' if asked == 'utf-8' else encoding} text{hint}"


def likely_encoding(data, at=0, *, without=None):
    """Python's name of the encoding that ``data`` seems to be in, or ``None``.

    Args:
        at: place of the byte that gave it away; a long file is looked at around it.
        without: an encoding that it is not in.
    """
    from charset_normalizer import from_bytes  # only a refusal needs it

    # Any bytes of even number are UTF-16 of something; with no NUL among them hardly of a text.
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data
    possible = [
        name
        for name in _LIKELY
        if name != without and (wide or not name.startswith(("utf_16", "utf_32")))
    ]
    first = 0 if wide else max(0, at - _SAMPLE // 2)
    sample = data[first : first + _SAMPLE]
    for cut in range(4):  # a sample may end inside a character
        best = from_bytes(sample[: len(sample) - cut], cp_isolation=possible).best()
        if best or len(data) <= first + _SAMPLE:
            break
    return best and best.encoding
