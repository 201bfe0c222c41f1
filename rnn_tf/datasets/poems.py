"""Short poems to learn a language model character by character: Tang poems, or English verse.

``zh``: 8,118 poems of four or eight lines of five characters, in simplified characters, 356,948
characters of 2,422 kinds. ``en``: 2,976 speeches of four to fourteen lines of verse from
Shakespeare's plays, 849,304 characters of 61 kinds. Origin and licence (texts in the public
domain) are in ``data/README.md``.
"""

from rnn_tf.datasets.articles import Articles
from rnn_tf.datasets.base import resolve
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_text
from rnn_tf.text import Document, split_documents

LANGUAGES = ("zh", "en")


def load(lang="zh", path=None, *, validation_share=0.1, test_share=0.1, seed=0):
    """Poems, split by whole works: no poem is in two parts, and no play either (B-004-19).

    Of poems that share two lines or more only one is shipped. A work is what stands before the
    first ``": "`` of a name: in English the play, in Chinese, where names have none, the poem.

    Args:
        lang: ``"zh"`` or ``"en"``: which of the shipped files.
        path: a file of one's own in the same form (``.gz`` or plain): a line with the poem's
            name, its lines, an empty line between poems.
        validation_share, test_share: shares of the works.
        seed: which works go where.

    Returns ``Articles``, named ``poems_zh`` or ``poems_en``: lists of ``text.Document``, whose
    text has no empty line and no line break at its end. Raises ``DataError`` (one line) for a
    file that is missing, damaged or not of this form, or holds fewer than three works.
    """
    if lang not in LANGUAGES:
        raise wrong("lang", repr(lang), "'zh' or 'en'")
    located = resolve("poems", path, shipped=f"poems/{lang}.txt.gz")
    documents = _documents(located.path)
    works = {}
    for document in documents:
        works.setdefault(document.name.partition(": ")[0], []).append(document)
    if len(works) < 3:
        raise unusable(
            located.path, f"{len(works)} work(s)", "at least 3, for training, validation and test"
        )
    parts = split_documents(
        [Document(name, "\n\n".join(d.text for d in poems)) for name, poems in works.items()],
        validation_share=validation_share,
        test_share=test_share,
        seed=seed,
    )
    train, validation, test = ([d for work in part for d in works[work.name]] for part in parts)
    source = located.source(len(documents), "poems")
    return Articles(f"poems_{lang}", train, validation, test, source)


def _documents(path):
    """Every poem of a file; its name is its first line."""
    form = "poems: a line with the name, then lines, an empty line between two"
    documents, names = [], set()
    for block in read_text(path).replace("\r\n", "\n").strip("\n").split("\n\n"):
        name, _, lines = block.partition("\n")
        if not name.strip() or not lines.strip() or block.startswith("\n"):
            raise unusable(path, f"after {len(documents)} poems {block[:40]!r}", form)
        if name in names:
            raise unusable(path, f"two poems named {name[:40]!r}", "a name for each")
        names.add(name)
        documents.append(Document(name, lines))
    return documents
