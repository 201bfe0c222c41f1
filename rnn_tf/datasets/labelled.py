"""Texts with a label each, from a table or a folder of one's own, in three disjoint parts.

Three forms are read, all of them UTF-8:

* a table ``.tsv`` or ``.csv`` (or ``.gz`` of one) whose first line names a column ``text`` and a
  column ``label``; other columns are passed over. Cells of a ``.tsv`` are not quoted.
* a folder with a folder for each label, ``neg/`` and ``pos/``, that holds files ``.txt``: a file
  is a text.
* a folder with a file for each label, ``neg.txt`` and ``pos.txt``: a line is a text.

A text that stands there twice would be in training and in test: copies are removed before the
split, and a text with two different labels is removed whole.
"""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnn_tf.datasets.base import Dataset, Split, given
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_text

_DELIMITERS = {".tsv": "\t", ".csv": ","}


@dataclass(frozen=True, repr=False)
class Labelled(Dataset):
    """A ``Dataset`` of texts: ``inputs`` (n,) strings, ``targets`` (n,) int64, numbers of
    ``classes``. ``left_out`` counts copies and texts with two labels."""

    classes: tuple
    left_out: int


def load(path, *, validation=0.15, test=0.15, seed=0, name="labelled"):
    """The texts of a table or folder of one's own, split at random.

    Args:
        path: see the forms above.
        validation, test: shares of the different texts.
        seed: which texts go where.

    Returns ``Labelled``; its classes are the labels in the order of the alphabet. Raises
    ``DataError`` (one line) for a file or folder that is missing, empty, of another form, or has
    fewer than two labels.
    """
    located = given(path)
    texts, labels = read(located.path)
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise unusable(path, f"one label only, {classes[0]!r}", "two labels or more")
    targets = [classes.index(label) for label in labels]
    source = located.source(len(texts), "texts")
    shares = {"validation": validation, "test": test, "seed": seed}
    return split(texts, targets, classes, name=name, source=source, **shares)


def split(texts, targets, classes, *, validation=0.15, test=0.15, seed=0, name, source):
    """``Labelled`` of texts in memory: copies out, then three parts at random."""
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise wrong("validation, test", (validation, test), "shares above 0, together below 1")
    kept = without_copies(texts, targets)
    order = np.random.default_rng(seed).permutation(kept)
    count = len(order)
    held_out = [round(count * share) for share in (validation, test)]
    bounds = np.cumsum([0, count - sum(held_out), *held_out])
    texts, targets = np.array(texts, dtype=object), np.array(targets, dtype=np.int64)
    parts = []
    for part, (start, stop) in zip(
        ("training", "validation", "test"), zip(bounds, bounds[1:], strict=False), strict=True
    ):
        rows = order[start:stop]
        lacking = [c for n, c in enumerate(classes) if not np.any(targets[rows] == n)]
        if lacking:
            raise unusable(
                source, f"no text labelled {lacking[0]!r} in the {part} part", "more texts"
            )
        parts.append(Split(texts[rows], targets[rows]))
    return Labelled(name, *parts, source, tuple(classes), len(texts) - count)


def without_copies(texts, targets):
    """Numbers of the rows to keep: of equal texts the first, of contradicting ones none.

    Texts are equal if they differ in capitals, marks and spaces only.
    """
    first, contradicted = {}, set()
    for row, (text, target) in enumerate(zip(texts, targets, strict=True)):
        key = "".join(re.findall(r"\w+", text.lower())) or text
        if key not in first:
            first[key] = row
        elif targets[first[key]] != target:
            contradicted.add(key)
    return [row for key, row in first.items() if key not in contradicted]


def read(path):
    """``(texts, labels)``, two lists of strings, of a table or folder."""
    path = Path(path)
    if path.is_dir():
        return _folder(path)
    rows = table(path, ("text", "label"))
    return [text for text, _ in rows], [label for _, label in rows]


def table(path, columns):
    """Cells of some columns, row by row, of a ``.tsv`` or ``.csv`` file; none of them is empty."""
    suffixes = [suffix for suffix in path.suffixes if suffix != ".gz"]
    delimiter = _DELIMITERS.get(suffixes[-1].lower() if suffixes else "")
    if delimiter is None:
        raise unusable(path, f"a file named {path.name!r}", "a .tsv or .csv file, or a folder")
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    lines = io.StringIO(read_text(path), newline="")
    try:
        header, *rows = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=True)
    except (csv.Error, ValueError) as error:
        raise unusable(path, f"no table ({error})", "a line of names, then rows") from error
    lacking = [name for name in columns if name not in header]
    if lacking:
        shown = ", ".join(header)[:80]
        raise unusable(path, f"columns {shown!r}", f"a column named {lacking[0]!r}")
    places = [header.index(name) for name in columns]
    found = []
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(header):
            raise unusable(path, f"{len(row)} cells in row {number}", f"{len(header)}")
        cells = [row[place].strip() for place in places]
        if not all(cells):
            lacks = columns[cells.index("")]
            raise unusable(path, f"no {lacks} in row {number}", "one in every row")
        found.append(cells)
    if not found:
        raise unusable(path, "no row below the names", "one text or more")
    return found


def _folder(path):
    entries = sorted(p for p in path.iterdir() if not p.name.startswith("."))
    folders = [p for p in entries if p.is_dir()]
    files = [p for p in entries if p.suffix == ".txt" and not p.is_dir()]
    if folders and files:
        raise unusable(path, "folders and .txt files side by side", "a folder or a file a label")
    texts, labels = [], []
    for place in folders or files:
        if folders:
            documents = sorted(p for p in place.glob("*.txt") if not p.name.startswith("."))
            found = [" ".join(read_text(document).split()) for document in documents]
        else:
            found = [line.strip() for line in read_text(place).splitlines()]
        found = [text for text in found if text]
        if not found:
            raise unusable(place, "no text", "files .txt in it" if folders else "a text a line")
        texts += found
        labels += [place.stem] * len(found)
    if not texts:
        raise unusable(path, "neither folders nor .txt files", "a folder or a file .txt a label")
    return texts, labels
