"""261 short articles about the countries of the world: English text to learn a language model.

Background and economy of every country of the World Factbook, one UTF-8 file an article,
731,073 characters. Origin and licence (public domain) are in ``data/README.md``.
"""

from dataclasses import dataclass

from rnn_tf.datasets.base import resolve
from rnn_tf.errors import unusable
from rnn_tf.text import Document, read_documents, split_documents


@dataclass(frozen=True, repr=False)
class Articles:
    """Three disjoint lists of ``text.Document``: name and text of each article."""

    name: str
    train: list[Document]
    validation: list[Document]
    test: list[Document]
    source: str
    skipped: tuple[str, ...] = ()  # a line about each file that was left out

    def __str__(self):
        return (
            f"{self.name}: {len(self.train)} training, {len(self.validation)} validation, "
            f"{len(self.test)} test documents; {self.source}"
        )

    def __repr__(self):
        return f"<{type(self).__name__} {self}>"


def load(
    path=None,
    *,
    validation_share=0.1,
    test_share=0.1,
    seed=0,
    encoding="utf-8",
    skip_bad=False,
):
    """Articles, split by document: no article is in two parts (B-004-19).

    Args:
        path: a folder of ``.txt`` files, English or Chinese; ``None`` for the cache or the
            shipped articles.
        validation_share, test_share: shares of the documents.
        seed: which documents go where.
        encoding: what the files are written in, e.g. ``"gb18030"`` or ``"latin-1"``.
        skip_bad: leave out files that are empty or not in ``encoding``; ``source`` counts them.

    Returns ``Articles``. Raises ``DataError`` (one line) for a missing or empty folder, for files
    that are empty or not in ``encoding`` (all counted, the first named), and for fewer than three
    documents.
    """
    located = resolve("articles", path, shipped="articles")
    documents = read_documents(located.path, encoding=encoding, skip_bad=skip_bad)
    if len(documents) < 3:
        raise unusable(
            located.path,
            f"{len(documents)} text file(s)",
            "at least 3, for training, validation and test: text.cut_document cuts a long one",
        )
    train, validation, test = split_documents(
        documents, validation_share=validation_share, test_share=test_share, seed=seed
    )
    source = located.source(len(documents), "documents")
    if documents.skipped:
        source += f", {len(documents.skipped)} unusable files skipped"
    return Articles("articles", train, validation, test, source, documents.skipped)
