"""261 short articles about the countries of the world: English text to learn a language model.

Background and economy of every country of the World Factbook, one UTF-8 file an article,
731,073 characters. Origin and licence (public domain) are in ``data/README.md``.
"""

from dataclasses import dataclass

from rnn_tf.datasets.base import resolve
from rnn_tf.errors import unusable
from rnn_tf.text import Document, read_documents, split_documents


@dataclass(frozen=True)
class Articles:
    """Three disjoint lists of ``text.Document``: name and text of each article."""

    name: str
    train: list[Document]
    validation: list[Document]
    test: list[Document]
    source: str

    def __str__(self):
        return (
            f"{self.name}: {len(self.train)} training, {len(self.validation)} validation, "
            f"{len(self.test)} test documents; {self.source}"
        )


def load(path=None, *, validation_share=0.1, test_share=0.1, seed=0):
    """Articles, split by document: no article is in two parts (B-004-19).

    Args:
        path: a folder of UTF-8 ``.txt`` files, English or Chinese; ``None`` for the cache or the
            shipped articles.
        validation_share, test_share: shares of the documents.
        seed: which documents go where.

    Returns ``Articles``. Raises ``DataError`` (one line) for a missing or empty folder, for a
    file that is empty or not UTF-8, and for fewer than three documents.
    """
    located = resolve("articles", path, shipped="articles")
    documents = read_documents(located.path)
    if len(documents) < 3:
        raise unusable(
            located.path,
            f"{len(documents)} text file(s)",
            "at least 3, for training, validation and test: text.cut_document cuts a long one",
        )
    train, validation, test = split_documents(
        documents, validation_share=validation_share, test_share=test_share, seed=seed
    )
    return Articles(
        "articles", train, validation, test, located.source(len(documents), "documents")
    )
