"""Sentences in ``data/``: film reviews with their readers' ratings, and translated ones."""

import collections
import io
import re
import tarfile

from tools.packages import member_ending
from tools.poems import simplifier
from tools.series_data import packed

TATOEBA_NOTICE = """\
Sentences in Chinese and English from Tatoeba, https://tatoeba.org
Licence: Creative Commons Attribution 2.0 France, https://creativecommons.org/licenses/by/2.0/fr/

Each line of translation/zh_en.tsv.gz ends with the ids of its two sentences; who wrote sentence
1276 stands at https://tatoeba.org/sentences/show/1276.

Changes made here: short pairs of frequent characters and words were chosen; traditional characters
were replaced by simplified ones; runs of spaces became one space.
"""

_INNER = "/additional_resources/hutto_ICWSM_2014.tar.gz"
_MOVIES = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
COLUMNS = ("rating", "text")
#: Of translated sentences: most characters and words, and how often each must stand somewhere.
MOST_CHARACTERS, MOST_WORDS, COMMON = 10, 8, 8


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


def build_translated(files, opencc):
    """Short Chinese sentences and their English translations, of characters and words that many
    sentences share: Chinese, English, and the ids of both, with tabs between, in the file's order.

    Args:
        files: members of the package of sentences; opencc: of OpenCC's conversion tables.
    """
    simplified = simplifier(opencc)
    pairs = {}
    for line in member_ending(files, "/tatoeba.tsv").decode("utf-8-sig").splitlines():
        chinese_id, chinese, english_id, english = line.split("\t")
        pair = " ".join(simplified(chinese).split()), " ".join(english.split())
        sides = [c for c in pair[0] if c.isalnum()], re.findall(r"\w+", pair[1].lower())
        if 1 <= len(sides[0]) <= MOST_CHARACTERS and 1 <= len(sides[1]) <= MOST_WORDS:
            pairs.setdefault(pair, (sides, (chinese_id, english_id)))
    common = _of_common_tokens({pair: sides for pair, (sides, _) in pairs.items()})
    lines = ["\t".join((*pair, *pairs[pair][1])) for pair in common]
    return {
        "translation/zh_en.tsv.gz": packed(("\n".join(lines) + "\n").encode("utf-8")),
        "licences/translation-CC-BY-2.0-FR.txt": TATOEBA_NOTICE.encode("utf-8"),
    }


def _of_common_tokens(tokens):
    """Those of ``{pair: (characters, words)}`` whose every token stands in ``COMMON`` of them."""
    while True:
        counts = [collections.Counter() for _ in range(2)]
        for sides in tokens.values():
            for count, side in zip(counts, sides, strict=True):
                count.update(set(side))
        kept = {
            pair: sides
            for pair, sides in tokens.items()
            if all(n[t] >= COMMON for n, side in zip(counts, sides, strict=True) for t in side)
        }
        if len(kept) == len(tokens):
            return kept
        tokens = kept
