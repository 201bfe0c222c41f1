"""Tokens and ids, both ways."""

import json
import reprlib
from collections import Counter
from pathlib import Path

import numpy as np

from rnn_tf.errors import DataError, InputError, unusable, wrong
from rnn_tf.files import read_text
from rnn_tf.paths import written_whole


class Vocabulary:
    """Which token has which id. Four ids are taken before the first word (B-004-06, -15):

    0 ``<pad>`` fills short windows, 1 ``<unk>`` stands for every word that is not in the
    vocabulary, 2 ``<bos>`` begins a document, 3 ``<eos>`` ends it.

    >>> vocabulary = Vocabulary.fit(training_tokens, min_count=2)
    >>> vocabulary.decode(vocabulary.encode(["the", "sea"]))
    ['the', 'sea']

    Args:
        tokens: the words from id 4 up, each once. ``fit`` finds them.

    Raises ``InputError`` for a word that is there twice, or is no string.
    """

    PAD, UNK, BOS, EOS = range(4)
    SPECIAL = ("<pad>", "<unk>", "<bos>", "<eos>")

    def __init__(self, tokens):
        self.tokens = (*self.SPECIAL, *tokens)
        if isinstance(tokens, str) or not all(isinstance(token, str) for token in self.tokens):
            raise wrong("tokens", "something else than words", "a list of strings")
        try:
            "".join(self.tokens).encode()
        except UnicodeEncodeError as error:
            raise wrong("tokens", "half a character", "text that can be written") from error
        self._ids = {token: number for number, token in enumerate(self.tokens)}
        if len(self._ids) != len(self.tokens):
            twice = [token for token, count in Counter(self.tokens).items() if count > 1]
            raise wrong("tokens", f"{reprlib.repr(twice)} more than once", "each token once")

    @classmethod
    def fit(cls, documents, *, min_count=1, max_size=None):
        """The vocabulary of training documents; the rarest words are left out.

        Args:
            documents: lists of tokens, of training documents only: words that only the test part
                knows must stay unknown (B-004-15).
            min_count: a word must occur this often.
            max_size: at most so many ids, the four special ones included; the commonest stay.
        """
        if min_count < 1:
            raise wrong("min_count", min_count, "a whole number from 1 up")
        if max_size is not None and max_size <= len(cls.SPECIAL):
            raise wrong("max_size", max_size, f"more than the {len(cls.SPECIAL)} special ids")
        counts = Counter()
        for document in documents:
            if isinstance(document, str):
                raise wrong("documents", "text", "lists of tokens: text.tokenize makes them")
            counts.update(document)
        for special in cls.SPECIAL:
            del counts[special]
        # By count, then by spelling: the same documents in any order give the same ids.
        kept = sorted((t for t in counts if counts[t] >= min_count), key=lambda t: (-counts[t], t))
        if not kept:
            raise wrong("documents", f"no token {min_count} times", "more text, or min_count=1")
        return cls(kept[: None if max_size is None else max_size - len(cls.SPECIAL)])

    def __len__(self):
        return len(self.tokens)

    def __contains__(self, token):
        return token in self._ids

    def __eq__(self, other):
        return isinstance(other, Vocabulary) and self.tokens == other.tokens

    def id(self, token):
        """The id of one token; that of ``<unk>`` for a word that is not in the vocabulary."""
        return self._ids.get(token, self.UNK)

    def encode(self, tokens, *, begin=True, end=True):
        """Ids of tokens as int32, (tokens + 2,), between ``<bos>`` and ``<eos>`` if asked for."""
        if isinstance(tokens, str):
            raise wrong("tokens", "text", "a list of tokens: text.tokenize makes it")
        ids = [self.id(token) for token in tokens]
        return np.array([self.BOS] * begin + ids + [self.EOS] * end, dtype=np.int32)

    def decode(self, ids, *, special=False):
        """Tokens of ids; padding, begin and end are left out unless ``special``.

        ``<unk>`` stays: dropping it would hide that a word is missing.
        """
        ids = np.asarray(ids)
        if ids.size and not (np.issubdtype(ids.dtype, np.integer) and ids.ndim == 1):
            raise wrong("ids", f"{ids.dtype} {ids.shape}", "whole numbers, (tokens,)")
        if ids.size and not (ids.min() >= 0 and ids.max() < len(self)):
            raise wrong("ids", f"{ids.min()} to {ids.max()}", f"0 to {len(self) - 1}")
        left_out = () if special else (self.PAD, self.BOS, self.EOS)
        return [self.tokens[number] for number in ids if number not in left_out]

    def save(self, path):
        """Write the vocabulary as UTF-8 JSON, whole or not at all."""
        with written_whole(path) as temporary:
            temporary.write_text(
                json.dumps({"tokens": self.tokens[len(self.SPECIAL) :]}, ensure_ascii=False),
                encoding="utf-8",
            )

    @classmethod
    def load(cls, path):
        """Read what ``save`` wrote. Raises ``DataError`` for any other file."""
        wanted = "a vocabulary written by Vocabulary.save"
        content = read_text(Path(path))
        try:
            content = json.loads(content)
        except (ValueError, RecursionError) as error:  # also a number of too many digits
            raise unusable(path, f"no JSON ({str(error)[:80]})", wanted) from error
        tokens = content.get("tokens") if isinstance(content, dict) else None
        if not isinstance(tokens, list):
            raise unusable(path, "no list of tokens", wanted)
        try:
            return cls(tokens)
        except InputError as error:
            raise DataError(f"{path}: {error}") from error
