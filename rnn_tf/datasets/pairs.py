"""Pairs of sentences to learn a translation from: any file of ``source<TAB>translation`` lines.

>>> data = pairs.load()  # 19,399 short ones, Chinese and English
>>> data.train.inputs.shape, data.train.targets.shape
((15519, 17), (15519, 18))
>>> own = pairs.load("my.tsv")

Pairs that share a side, however many pairs lie between, form one group, and a group is in one part
only: a sentence with two translations is never half in training and half in the test part.
Vocabularies are learnt from the training part alone.

Source of the shipped pairs: Tatoeba, CC BY 2.0 FR; the ids of both sentences stand in the file.
"""

import functools
from dataclasses import dataclass

import numpy as np

from rnn_tf import text
from rnn_tf.datasets.base import Dataset, Split, resolve
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_text

SHIPPED = "translation/zh_en.tsv.gz"

_FORM = "lines of two texts with a tab between: source<TAB>translation"


@dataclass(frozen=True, repr=False)
class PairSplit(Split):
    """One part, a row a pair.

    ``inputs`` int32 (n, source_steps): ids of the source, filled up with 0;
    ``targets`` int32 (n, target_steps): begin token, ids of the translation, end token, then 0;
    ``sources``: n texts; ``translations``: n texts, the row's own;
    ``references``: n tuples of texts, every translation of this source in the part.
    """

    sources: tuple
    translations: tuple
    references: tuple

    def wholly_right(self, said):
        """Which of n texts are a translation of their source, token for token and whatever the
        case: bool (n,)."""
        if len(said) != len(self):
            raise wrong("said", f"{len(said)} texts", f"{len(self)}, one a source")
        return np.array(
            [
                _tokens(one) in map(_tokens, good)
                for one, good in zip(said, self.references, strict=True)
            ]
        )


@dataclass(frozen=True, repr=False)
class Pairs(Dataset):
    """A ``Dataset`` of ``PairSplit`` parts, with the vocabularies of both sides."""

    source_vocabulary: text.Vocabulary
    target_vocabulary: text.Vocabulary

    def encode(self, sources):
        """Ids of source texts, int32 (n, longest): what a translator reads."""
        rows = [self.source_vocabulary.encode(_tokens(s), begin=False, end=False) for s in sources]
        return padded(rows)

    def decode(self, ids):
        """The text of ids (steps,) up to the end token, words with spaces between; of ids
        (n, steps) a list of n texts."""
        ids = np.asarray(ids, dtype=np.int32)
        if ids.ndim == 2:
            return [self.decode(row) for row in ids]
        ends = np.flatnonzero(ids == text.Vocabulary.EOS)
        return " ".join(self.target_vocabulary.decode(ids[: ends[0]] if len(ends) else ids))


def load(path=None, *, min_count=1, most_tokens=30, validation_share=0.1, test_share=0.1, seed=0):
    """Pairs from a file, split by groups.

    Args:
        path: UTF-8, one pair a line: source, tab, translation; further columns are not read. A
            Chinese text has one token a character, any other one a word; case is dropped. Without
            one, the shipped pairs.
        min_count: a rarer token of the training part is unknown, ``<unk>``.
        most_tokens: pairs with a longer side are left out.
        validation_share, test_share: shares of the pairs.
        seed: which groups go where.

    Returns ``Pairs``. Raises ``DataError`` (one line) for a file that is missing, damaged or not
    of this form, or has fewer than three groups.
    """
    located = resolve("pairs", path, shipped=SHIPPED)
    found = read(located.path, most_tokens)
    if not (validation_share > 0 and test_share > 0 and validation_share + test_share < 1):
        raise wrong(
            "validation_share, test_share",
            (validation_share, test_share),
            "shares above 0, together below 1",
        )
    parts = _split(found, validation_share, test_share, seed)
    if min(map(len, parts)) == 0:
        raise unusable(
            located.path,
            f"{len(groups(found))} group(s) of pairs that share a side",
            "enough for three parts",
        )
    source = located.source(len(found), "pairs")
    return prepare(*parts, min_count=min_count, source=source)


def read(path, most_tokens=30):
    """The different pairs of a file, ``[(source, translation), …]``, in its order."""
    found = {}
    for number, line in enumerate(read_text(path).replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip():
            continue
        cells = [" ".join(cell.split()) for cell in line.split("\t")]
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise unusable(path, f"in line {number} {line[:40]!r}", _FORM)
        if max(len(_tokens(cell)) for cell in cells[:2]) <= most_tokens:
            found[cells[0], cells[1]] = True
    if not found:
        raise unusable(path, f"no pair of up to {most_tokens} tokens a side", _FORM)
    return list(found)


def groups(found):
    """Indices of pairs that share a source or a translation, directly or over others: a list of
    lists, in order of their first pair."""
    parent = list(range(len(found)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen = {}
    for i, pair in enumerate(found):
        for side in enumerate(map(str.lower, pair)):
            parent[root(i)] = root(seen.setdefault(side, i))
    gathered = {}
    for i in range(len(found)):
        gathered.setdefault(root(i), []).append(i)
    return list(gathered.values())


def prepare(train, validation, test, *, min_count=1, name="pairs", source="given pairs", **more):
    """``load`` for pairs that are in memory and split already.

    Args:
        train, validation, test: lists of (source, translation).
        min_count: as of ``load``.
        more: other parts, lists of pairs too, which get ids but no word in the vocabularies.

    Returns ``Pairs``; with other parts ``(Pairs, {name: PairSplit})``.
    """
    sides = [[_tokens(pair[side]) for pair in train] for side in (0, 1)]
    vocabularies = [text.Vocabulary.fit(side, min_count=min_count) for side in sides]
    parts = {"train": train, "validation": validation, "test": test} | more
    split = {key: _with_ids(part, *vocabularies) for key, part in parts.items()}
    data = Pairs(
        name, *(split.pop(k) for k in ("train", "validation", "test")), source, *vocabularies
    )
    return (data, split) if more else data


def plain(sentence):
    """A sentence as ``decode`` writes it: lower case, a space between tokens."""
    return " ".join(_tokens(sentence))


def padded(rows):
    """Rows of ids as one int32 array, filled up with 0: (n, longest)."""
    filled = np.zeros((len(rows), max(map(len, rows), default=0)), dtype=np.int32)
    for row, ids in zip(filled, rows, strict=True):
        row[: len(ids)] = ids
    return filled


def _with_ids(part, source_vocabulary, target_vocabulary):
    known = {}
    for source, translation in part:
        known.setdefault(source, []).append(translation)
    return PairSplit(
        padded([source_vocabulary.encode(_tokens(s), begin=False, end=False) for s, _ in part]),
        padded([target_vocabulary.encode(_tokens(t)) for _, t in part]),
        tuple(s for s, _ in part),
        tuple(t for _, t in part),
        tuple(tuple(dict.fromkeys(known[s])) for s, _ in part),
    )


def _split(found, validation_share, test_share, seed):
    """Whole groups, at random, until each part has its share of the pairs."""
    gathered = groups(found)
    order = np.random.default_rng(seed).permutation(len(gathered))
    wanted = [round(len(found) * share) for share in (test_share, validation_share)]
    parts, place = [[], [], []], 0
    for number in order:
        while place < 2 and len(parts[place]) >= wanted[place]:
            place += 1
        parts[place] += [found[i] for i in gathered[number]]
    test, validation, train = parts
    return train, validation, test


@functools.lru_cache(maxsize=2**16)  # a sentence is asked for its length, its words, its ids
def _tokens(sentence):
    sentence = sentence.lower()
    if sentence.isascii() and sentence.replace(" ", "").isalpha():
        # Words alone: NLTK's rules for marks take a hundred times as long.
        return tuple(sentence.split())
    return tuple(text.word_tokens(sentence))
