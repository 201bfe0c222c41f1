"""Tokens as readable text again: English spacing by rules, Chinese joined."""

import re
from itertools import pairwise

from rnn_tf.text.tokens import checked_language, is_han

_DOTS = frozenset(["...", "\u2026"])
_CLOSING = _DOTS | frozenset([".", "..", ",", ";", ":", "?", "!", "%", ")", "]", "}", "''"])
_OPENING = frozenset(["(", "[", "{", "``", "$", "#"])
_QUOTES = {"``": '"', "''": '"'}
_SUFFIXES = frozenset(["'s", "'m", "'d", "'re", "'ve", "'ll", "n't"])
#: What the tokenizer takes apart inside a word.
_PARTS = frozenset(
    [
        *(("can", "not"), ("gon", "na"), ("got", "ta"), ("wan", "na"), ("lem", "me")),
        *(("gim", "me"), ("d", "'ye"), ("more", "'n"), ("us", "$"), ("nz", "$"), ("hk", "$")),
    ]
)
#: An apostrophe stands for letters at the beginning of these, and of two-digit years.
_CLIPPED = re.compile(
    r"em|tis|twas|twere|twill|twould|til|cause|bout|round|cept|neath|gainst|\d\ds?", re.IGNORECASE
)
#: These end in s and own nothing: an apostrophe behind them begins a quotation.
_NO_PLURALS = frozenset(
    [
        *("as", "asks", "calls", "does", "has", "his", "is", "its", "means", "reads", "says"),
        *("that's", "this", "us", "was", "yes"),
    ]
)
_SENTENCE_ENDS = frozenset([".", "?", "!"])
_CLOSERS = frozenset(["''", "'", ")", "]"])


def detokenize(tokens, language=None, *, capitals=True):
    """Tokens as readable text: English spacing undone, Chinese joined without spaces.

    What ``word_tokens`` made comes back as it was, but for what tokens do not tell: dots and
    dashes get spaces around them, "can not" becomes "cannot", spaces that were too many are gone.
    The way back from ``character_tokens`` is ``"".join(tokens)``.

    Args:
        tokens: as ``tokenize`` and ``word_tokens`` make them.
        language: ``"en"``, ``"zh"``, or ``None`` to find out.
        capitals: write the first letter of English sentences as a capital, unless the tokens
            have capitals of their own.
    """
    tokens = [token for token in tokens if token]
    if checked_language(language, "".join(tokens)) == "zh":
        return _join_chinese(tokens)
    shown = [_QUOTES.get(token, token) for token in tokens]
    if capitals and not any(token != token.lower() for token in tokens):
        shown = [
            word[0].upper() + word[1:] if first else word
            for word, first in zip(shown, _sentence_starts(tokens), strict=True)
        ]
    sides = _apostrophes(tokens)
    pieces = shown[:1]
    for number, pair in enumerate(pairwise(tokens)):
        last = number + 2 == len(tokens) or tokens[number + 2] in _CLOSING
        joined = _joined(*pair, *sides[number : number + 2], last)
        pieces += [shown[number + 1]] if joined else [" ", shown[number + 1]]
    return "".join(pieces)


def _joined(left, right, side_of_left, side_of_right, last):
    """Whether no space parts two neighbours; ``last``: no word comes after ``right``."""
    if side_of_left == "right" or side_of_right == "left":
        return True
    if side_of_right == "right":
        return left in _OPENING
    if (left.lower(), right.lower()) in _PARTS:
        return right != "$" or left.isupper()
    if right in _DOTS or right == "--":
        return last
    if left in _DOTS:
        return right in _CLOSING
    return bool(
        left in _OPENING
        or right in _CLOSING
        or right.lower() in _SUFFIXES
        or (left == "%" and re.match(r"-\d", right))  # 5%-10%
        or (left == ":" and right.startswith("//"))  # an address
    )


def _apostrophes(tokens):
    """For each token: on which side a lone ``'`` leans on its neighbour, ``""`` for the others.

    It opens a quotation, closes one, stands for letters left out, or makes a plural own
    something; the tokenizer writes all of them alike.
    """
    lone = [number for number, token in enumerate(tokens) if token == "'"]
    sides, opened = [""] * len(tokens), False
    for number in lone:
        before = tokens[number - 1].lower() if number else ""
        after = tokens[number + 1] if number + 1 < len(tokens) else ""
        if _CLIPPED.fullmatch(after):
            sides[number] = "right"
            continue
        begins = (
            not before
            or before in _OPENING
            or before == ":"
            or (before == "," and after[:1].isupper())
        )
        ends = not after or after in _CLOSING or before in _SENTENCE_ENDS
        owns = before == "o" or (before[-1:] == "s" and before not in _NO_PLURALS)
        closed_later = number < lone[-1] and not owns
        opened = not opened and not ends and (begins or closed_later)
        sides[number] = "right" if opened else "left"
    return sides


def _sentence_starts(tokens):
    """For each token whether it begins a sentence."""
    starts, ended = [], True
    for token in tokens:
        starts.append(ended and token[0].isalnum())
        if token in _SENTENCE_ENDS:
            ended = True
        elif token not in _CLOSERS and token not in _OPENING:
            ended = False
    return starts


def _join_chinese(tokens):
    joined = tokens[:1]
    for left, right in pairwise(tokens):
        latin = _is_latin(left[-1]) and _is_latin(right[0])
        joined += [" ", right] if latin else [right]
    return "".join(joined)


def _is_latin(character):
    return character.isalnum() and not is_han(character)
