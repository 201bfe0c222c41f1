"""Pairs of sentences with the same words, one positive and one negative: only the order tells.

    expected a dull film , got a great film        positive
    expected a great film , got a dull film        negative

What counts is the adjective of the clause that came true. Either clause may come first, so its
place in the sentence tells nothing either. ``gap`` words stand between an adjective and the verb
that says whether it counts, and as many after it, the same in both clauses: a model that looks at
fewer than ``gap + 2`` neighbouring words at a time sees the same in both sentences of a pair, and
cannot get more than half of them right.
"""

import itertools

import numpy as np

from rnn_tf.datasets.base import Dataset, Split
from rnn_tf.errors import wrong

# fmt: off
POSITIVE = (
    "good", "great", "funny", "moving", "charming", "brilliant", "clever", "fresh",
    "fascinating", "powerful", "beautiful", "enjoyable", "gripping", "delightful", "touching",
    "smart",
)
NEGATIVE = (
    "bad", "dull", "boring", "silly", "tedious", "predictable", "bland", "lame",
    "awful", "weak", "stupid", "slow", "empty", "pointless", "ugly", "stale",
)
# fmt: on
#: What somebody believed, and what came true.
VERBS = (("expected", "got"), ("anticipated", "discovered"), ("remembered", "saw"))
#: gap -> words before and after an adjective; all neighbours so far are the same in both clauses.
FRAMES = {
    0: ((), ()),
    1: (("a",), ("film",)),
    2: (("quite", "a"), ("film", "there")),
    3: (("to", "be", "a"), ("film", "for", "us")),
}


def load(gaps=(0, 1, 3), *, validation=0.15, test=0.15, seed=0):
    """Two sentences for each pair of adjectives and each gap, split by pairs of adjectives.

    Args:
        gaps: some of ``FRAMES``; one number, or several.
        validation, test: shares of the pairs of adjectives. A pair that is in the test part is
            nowhere in training, though each of its adjectives is, beside others.
        seed: which pairs go where.

    Returns a ``Dataset``: ``inputs`` (n,) strings, tokens parted by spaces; ``targets`` (n,)
    int64, 1 positive. Row 2k + 1 has the words of row 2k and the other target.
    """
    gaps = (gaps,) if isinstance(gaps, int) else tuple(gaps)
    if not gaps or not set(gaps) <= set(FRAMES):
        raise wrong("gaps", gaps, f"some of {tuple(FRAMES)}")
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise wrong("validation, test", (validation, test), "shares above 0, together below 1")
    pairs = list(itertools.product(POSITIVE, NEGATIVE))
    random = np.random.default_rng(seed)
    order = random.permutation(len(pairs))
    held_out = [round(len(pairs) * share) for share in (validation, test)]
    bounds = np.cumsum([0, len(pairs) - sum(held_out), *held_out])
    parts = []
    for start, stop in itertools.pairwise(bounds):
        texts = []
        for number, gap in itertools.product(order[start:stop], gaps):
            how = VERBS[random.integers(len(VERBS))], gap, random.integers(2) == 1
            good, bad = pairs[number]
            texts += [sentence(bad, good, *how), sentence(good, bad, *how)]
        parts.append(Split(np.array(texts, dtype=object), np.tile([1, 0], len(texts) // 2)))
    count = sum(map(len, parts))
    return Dataset("contrast", *parts, f"made by rule, {count} sentences, gaps {gaps}")


def sentence(believed, true, verbs=VERBS[0], gap=1, true_first=False):
    """One sentence: ``verbs[0]`` goes with what was believed, ``verbs[1]`` with what came true.

    >>> sentence("dull", "great")
    'expected a dull film , got a great film'
    """
    before, after = FRAMES[gap]
    clauses = [
        " ".join((verb, *before, adjective, *after))
        for verb, adjective in zip(verbs, (believed, true), strict=True)
    ]
    return " , ".join(clauses[::-1] if true_first else clauses)
