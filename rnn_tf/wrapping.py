"""Text broken into lines where English and Chinese may be broken."""

import re
import unicodedata

_WIDE = "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60"
#: What stays whole: one wide character, or narrow ones without a space between them; each with
#: the closing punctuation behind it, which must not begin a line.
_PIECE = re.compile(rf"(?:[{_WIDE}]|[^{_WIDE}\s]+)[，。、；：？！）》」』】”’…]*\s*|\s+")


def columns(text):
    """Columns that ``text`` takes in a terminal: a wide character two, a combining one none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def pieces(text):
    """The parts of ``text`` that stay whole, each with the spaces behind it."""
    return _PIECE.findall(text)


def spans(line, first, others):
    """Where to break one line: ``(start, stop)`` of each part, the spaces at its end left out.

    The first part has at most ``first`` columns, those that follow ``others``. Only a piece that
    is longer than a line by itself, a path perhaps, stands out, so that it stays whole.
    """
    found, start, room = [], 0, first
    for piece in _PIECE.finditer(line):
        before = line[start : piece.start()]
        if before.strip() and columns(before) + columns(piece[0].rstrip()) > room:
            found.append((start, start + len(before.rstrip())))
            start, room = piece.start(), others
    return [*found, (start, start + len(line[start:].rstrip()))]


def wrapped(text, width, *, hanging=2):
    """``text`` in lines of at most ``width`` columns; all but the first begin with spaces."""
    lines = []
    for line in text.split("\n"):
        others = width - hanging
        for start, stop in spans(line, others if lines else width, others):
            lines.append(((" " * hanging if lines else "") + line[start:stop]).rstrip())
    return lines
