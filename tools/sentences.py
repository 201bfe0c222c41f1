"""Sentences in ``data/``: snippets of film reviews with the ratings that readers gave them."""

import io
import tarfile

from tools.packages import member_ending
from tools.series_data import packed

_INNER = "/additional_resources/hutto_ICWSM_2014.tar.gz"
_MOVIES = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
COLUMNS = ("rating", "text")


def build_snippets(files):
    """One line a snippet: mean rating, tab, text, in the file's order.

    Args:
        files: members of the package file; the table lies in an archive within it.
    """
    inner = io.BytesIO(member_ending(files, _INNER))
    with tarfile.open(fileobj=inner, mode="r:gz") as archive:
        table = archive.extractfile(_MOVIES).read().decode("utf-8")
    rows = [line.split("\t") for line in table.split("\r\n") if line]
    lines = ["\t".join(row) for row in (COLUMNS, *((rating, text) for _, rating, text in rows))]
    return {
        "sentiment/en.tsv.gz": packed(("\n".join(lines) + "\n").encode("utf-8")),
        "licences/sentiment-MIT.txt": member_ending(files, "/LICENSE.txt"),
    }
