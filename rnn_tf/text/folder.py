"""A folder of text files as documents; and for NLTK's reader, wherever the folder lies."""

import contextlib
import os
import re
import stat
import tempfile
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nltk
import numpy as np
from nltk.corpus import PlaintextCorpusReader

from rnn_tf import encodings, files
from rnn_tf.errors import DataError, unusable, whole_number, wrong
from rnn_tf.text import tokens

#: So many unusable files are told one by one; the others are counted.
_SHOWN = 3


@dataclass(frozen=True)
class Document:
    """One article: the name of its file below the folder, without ending, and its text."""

    name: str
    text: str


class Documents(list):
    """A list of ``Document``; ``skipped`` has one line for each file that was left out."""

    def __init__(self, documents, skipped=()):
        super().__init__(documents)
        self.skipped = tuple(skipped)


def read_documents(folder, *, ending=".txt", encoding="utf-8", skip_bad=False):
    """Every text file of a folder as a ``Document``, sorted by name (B-004-03).

    Args:
        folder: folder with text files; those in folders below it count too. A linked folder is
            read once, however many links lead to it; hidden files and folders are left out.
        ending: which files to read, in capitals or not. A name keeps it only where two files
            would have the same name without.
        encoding: what the files are written in, by Python's name: ``"utf-8"`` (with or without
            a mark), ``"utf-16"``, ``"gb18030"`` (GBK and GB2312 too), ``"big5"``, ``"latin-1"``.
        skip_bad: leave out the files that cannot be used instead of refusing the folder.

    Returns ``Documents``, a list whose ``skipped`` says which files were left out, and why.
    Windows' line ends become ``\\n``.

    Raises ``DataError``, one line, for a folder that is missing or without such files, and for
    files that cannot be read, are empty, or not text in ``encoding``: all are counted, the first
    named, with the encoding they seem to have. ``InputError`` for an unknown ``encoding``.
    """
    texts, skipped = _read(Path(folder), ending, encoding, skip_bad)
    short = [name[: len(name) - len(ending)] for name, _ in texts]
    alike = Counter(short)
    return Documents(
        (
            Document(name if alike[without] > 1 else without, text)
            for without, (name, text) in zip(short, texts, strict=True)
        ),
        skipped,
    )


def _read(folder, ending, encoding, skip_bad):
    """``([(name below the folder, text)], [a line about each unusable file])``, sorted by name."""
    encodings.checked_encoding(encoding)
    if not stat.S_ISDIR(files.status(folder, f"a folder of {ending} files").st_mode):
        raise unusable(folder, "a file", f"the folder of {ending} files that it lies in")
    found, bad = _text_files(folder, ending)
    texts = []
    for name, path in found:
        try:
            text = files.read_text(path, encoding=encoding)
            texts.append((name, re.sub(r"\r\n?", "\n", text)))
        except DataError as error:
            bad.append(str(error))
    bad = [line.removeprefix(f"{folder}{os.sep}") for line in bad]
    if not found and not bad:
        raise unusable(folder, f"no {ending} file in it", f"one {ending} file an article")
    if bad and not (skip_bad and texts):
        more = f"; and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        raise unusable(
            folder,
            f"{len(bad)} unusable of {len(found)} files ({'; '.join(bad[:_SHOWN])}{more})",
            "text files: encoding= names another encoding, skip_bad=True leaves such files out",
        )
    return texts, bad


def _text_files(folder, ending):
    """``(files, bad)``: names below ``folder`` with their paths, sorted; folders nobody can read.

    What lies in the folder itself comes before what links lead to, so that a file that is in
    both is named by its own place; a loop of links ends where it began.
    """
    own, linked, seen = [(folder, "")], [], set()
    found, bad = [], []
    while own or linked:
        place, below = (own or linked).pop(0)
        try:
            status = os.stat(place)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    name, path = below + _printable(entry.name), Path(entry.path)
                    if os.path.isdir(path):
                        (linked if entry.is_symlink() else own).append((path, f"{name}/"))
                    elif name.lower().endswith(ending.lower()):
                        found.append((name, path))
        except OSError as error:
            bad.append(str(unusable(place, error.strerror, "a folder that you may read")))
    return sorted(found, key=lambda file: file[0].split("/")), bad


def _printable(name):
    """A file's name in which bytes that are no UTF-8 are replaced: it is to be printed and kept."""
    return os.fsencode(name).decode("utf-8", "replace")


class _Sentences:
    """What ``PlaintextCorpusReader`` wants of a sentence tokenizer."""

    def __init__(self, language):
        self.language = language

    def tokenize(self, paragraph):
        return tokens.sentences(paragraph, self.language)


class _Words:
    """What ``PlaintextCorpusReader`` wants of a word tokenizer."""

    def __init__(self, language):
        self.language = language

    def tokenize(self, sentence):
        return tokens.word_tokens(sentence, self.language)


@contextlib.contextmanager
def corpus_reader(folder, *, ending=".txt", language=None, encoding="utf-8", skip_bad=False):
    """NLTK's ``PlaintextCorpusReader`` over a folder of text files that lies anywhere.

    >>> with corpus_reader("my_articles") as reader:
    ...     reader.fileids(), reader.raw("0001.txt"), reader.sents("0001.txt")

    From version 3.10 NLTK reads only folders that are on its data path, and only files that
    nobody else can write to; a folder of one's own, or a clone made with a generous umask, is
    refused (B-004-01). Here the checked texts are copied into a private temporary folder, which
    is on NLTK's data path inside the ``with`` block and nowhere else. No rule is switched off.
    Views such as ``sents()`` are lazy: use them inside the block.

    Args:
        folder, ending, encoding, skip_bad: as for ``read_documents``, with the same errors. NLTK
            takes ``..`` and a backslash in a name for a way out of the folder: in its
            ``fileids()`` they are written ``\u2026`` and ``\uff3c``.
        language: ``"en"``, ``"zh"``, or ``None`` to find out for each piece of text.
    """
    texts, _ = _read(Path(folder), ending, encoding, skip_bad)
    copies = {name.replace("..", "\u2026").replace("\\", "\uff3c"): text for name, text in texts}
    if len(copies) < len(texts):
        raise unusable(folder, "two files of one name for NLTK", "names that differ: see fileids()")
    with tempfile.TemporaryDirectory(prefix="rnn_tf_articles_") as private:
        root = Path(private).resolve()
        for name, text in copies.items():
            copy = root / name
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy.touch(mode=0o600)  # whatever the umask says: NLTK refuses group-writable files
            copy.write_text(text, encoding="utf-8", newline="\n")
        nltk.data.path.append(str(root))
        try:
            yield PlaintextCorpusReader(
                str(root),
                list(copies),
                word_tokenizer=_Words(language),
                sent_tokenizer=_Sentences(language),
                encoding="utf-8",
            )
        finally:
            nltk.data.path.remove(str(root))


def split_documents(documents, *, validation_share=0.1, test_share=0.1, seed=0):
    """Training, validation and test documents: three lists that share no document (B-004-19).

    Args:
        documents: at least three, with different names.
        validation_share, test_share: shares of the documents, rounded, at least one document.
        seed: whole number from 0 up; the same seed gives the same split.

    A text in two files would be known before the test: documents with equal texts stay together
    in one part.
    """
    for name, share in (("validation_share", validation_share), ("test_share", test_share)):
        if not 0 < share < 1:
            raise wrong(name, share, "a share between 0 and 1")
    if validation_share + test_share >= 1:
        raise wrong("validation_share + test_share", validation_share + test_share, "below 1")
    names = [document.name for document in documents]
    if len(set(names)) != len(names):
        raise wrong("documents", "two of the same name", "a name for each")
    groups = {}
    for document in documents:
        groups.setdefault(document.text, []).append(document)
    groups = list(groups.values())
    if len(groups) < 3:
        raise wrong(
            "documents",
            f"{len(groups)} different text(s)",
            "at least 3, for training, validation and test: cut_document cuts a long one",
        )
    order = np.random.default_rng(seed).permutation(len(groups))
    held_out = [max(1, round(share * len(groups))) for share in (validation_share, test_share)]
    while sum(held_out) >= len(groups):  # something must be left to learn from
        held_out[int(np.argmax(held_out))] -= 1
    first, second = held_out[0], sum(held_out)

    def part(rows):
        chosen = [document for row in rows for document in groups[row]]
        return sorted(chosen, key=lambda document: document.name)

    return part(order[second:]), part(order[:first]), part(order[first:second])


def cut_document(document, parts):
    """One long document as ``parts`` documents of about equal length.

    For a reader with a single long text: three parts or more can be split for a test. Cut
    between lines; where there are too few of them, between sentences; and where there are too
    few of those, between words (in Chinese, characters). Nothing is lost but space at the cuts.

    Raises ``InputError`` where there are fewer words than parts.
    """
    whole_number("parts", parts)
    for starts in (_line_starts, _sentence_starts, _word_starts):
        places = starts(document.text)
        if len(places) >= parts:
            break
    else:
        raise wrong("parts", parts, f"at most {len(places)}, the words of {document.name!r}")
    cuts = [0]
    for number in range(1, parts):
        next_place = bisect_left(places, len(document.text) * number / parts)
        # At least one piece of text before the cut, and one left for every part to come.
        cuts.append(min(max(next_place, cuts[-1] + 1), len(places) - (parts - number)))
    borders = [*(places[cut] for cut in cuts), None]
    return [
        Document(f"{document.name}_{number}", document.text[first:last].strip())
        for number, (first, last) in enumerate(pairwise(borders), start=1)
    ]


def _line_starts(text):
    return [found.start() for found in re.finditer(r"\S[^\n]*", text)]


def _sentence_starts(text):
    places, end = [], 0
    for sentence in tokens.sentences(text):
        places.append(text.index(sentence, end))
        end = places[-1] + len(sentence)
    return places


def _word_starts(text):
    pattern = tokens.CHINESE_TOKEN if tokens.language_of(text) == "zh" else re.compile(r"\S+")
    return [found.start() for found in pattern.finditer(text)]
