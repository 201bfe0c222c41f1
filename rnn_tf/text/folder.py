"""A folder of text files as documents, read by NLTK wherever the folder lies."""

import contextlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nltk
import numpy as np
from nltk.corpus import PlaintextCorpusReader

from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_text
from rnn_tf.text import tokens


@dataclass(frozen=True)
class Document:
    """One article: the name of its file below the folder, without ending, and its text."""

    name: str
    text: str


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
def corpus_reader(folder, *, ending=".txt", language=None):
    """NLTK's ``PlaintextCorpusReader`` over a folder of text files that lies anywhere.

    >>> with corpus_reader("my_articles") as reader:
    ...     reader.fileids(), reader.raw("0001.txt"), reader.sents("0001.txt")

    From version 3.10 NLTK reads only folders that are on its data path, and only files that
    nobody else can write to; a folder of one's own, or a clone made with a generous umask, is
    refused (B-004-01). Here the checked texts are copied into a private temporary folder, which
    is on NLTK's data path inside the ``with`` block and nowhere else. No rule is switched off.
    Views such as ``sents()`` are lazy: use them inside the block.

    Args:
        folder: folder with UTF-8 text files; those in folders below it count too.
        ending: which files to read; hidden files are left out.
        language: ``"en"``, ``"zh"``, or ``None`` to find out for each piece of text.

    Raises ``DataError`` for a missing or empty folder and for a file that is empty or not UTF-8.
    """
    texts = _checked_texts(Path(folder), ending)
    with tempfile.TemporaryDirectory(prefix="rnn_tf_articles_") as private:
        root = Path(private).resolve()
        for name, text in texts.items():
            copy = root / name
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy.touch(mode=0o600)  # whatever the umask says: NLTK refuses group-writable files
            copy.write_text(text, encoding="utf-8", newline="\n")
        nltk.data.path.append(str(root))
        try:
            yield PlaintextCorpusReader(
                str(root),
                list(texts),
                word_tokenizer=_Words(language),
                sent_tokenizer=_Sentences(language),
                encoding="utf-8",
            )
        finally:
            nltk.data.path.remove(str(root))


def _checked_texts(folder, ending):
    """File name below ``folder`` -> text, sorted by name; every file looked at."""
    if not folder.exists():
        raise unusable(folder, "no such folder", f"a folder of {ending} files")
    if not folder.is_dir():
        raise unusable(folder, "a file", f"the folder of {ending} files that it lies in")
    files = sorted(
        path
        for path in folder.rglob(f"*{ending}")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )
    if not files:
        raise unusable(folder, f"no {ending} file in it", f"one {ending} file an article")
    return {
        # NLTK takes two dots anywhere in a name for a way out of the folder.
        path.relative_to(folder).as_posix().replace("..", "…"): re.sub(
            r"\r\n?", "\n", read_text(path)
        )
        for path in files
    }


def read_documents(folder, *, ending=".txt"):
    """Every text file of a folder as a ``Document``, sorted by name (B-004-03).

    Arguments and errors as for ``corpus_reader``, which does the reading.
    """
    with corpus_reader(folder, ending=ending) as reader:
        return [Document(name.removesuffix(ending), reader.raw(name)) for name in reader.fileids()]


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
    """One long document as ``parts`` documents of about equal length, cut between paragraphs.

    For a reader with a single long text: three parts or more can be split for a test. Raises
    ``InputError`` where there are fewer paragraphs than parts.
    """
    paragraphs = [p for p in re.split(r"\n\s*\n|\n", document.text) if p.strip()]
    if not 1 <= parts <= len(paragraphs):
        raise wrong("parts", parts, f"1 to {len(paragraphs)}, the paragraphs of {document.name}")
    ends = np.cumsum([len(p) for p in paragraphs])
    pieces, first = [], 0
    for number in range(1, parts + 1):
        fitting = int(np.searchsorted(ends, ends[-1] * number / parts)) + 1
        # At least one paragraph here, and one left for every part to come.
        last = min(max(fitting, first + 1), len(paragraphs) - (parts - number))
        pieces.append(Document(f"{document.name}_{number}", "\n\n".join(paragraphs[first:last])))
        first = last
    return pieces
