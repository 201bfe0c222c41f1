"""Number words, Chinese to English, made by rule: a small language pair without an end of data.

>>> in_chinese(40_320), in_english(40_320)
('四万零三百二十', 'forty thousand three hundred twenty')

Chinese counts in ten thousands (万), English in thousands: the words do not come in the same
order one by one, so a translator must learn more than a dictionary.
"""

from dataclasses import dataclass

import numpy as np

from rnn_tf.datasets import pairs
from rnn_tf.datasets.pairs import Pairs, PairSplit
from rnn_tf.errors import wrong

#: The largest number that both rules write.
LARGEST = 10**12 - 1

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


@dataclass(frozen=True, repr=False)
class Numbers(Pairs):
    """``Pairs`` of number words, and ``longer``: a ``PairSplit`` of numbers of one digit more than
    any in training."""

    longer: PairSplit


def in_chinese(number, *, largest_unit="亿"):
    """A whole number in Chinese words.

    Args:
        number: 0 to ``LARGEST``.
        largest_unit: ``"亿"``; or ``"万"``, as sums are read aloud that stand in ten thousands:
            12345 万 is 一万二千三百四十五万.

    A zero is spoken once for any zeros between two digits, and not at the end of a group of four;
    十 at the very beginning has no 一.
    """
    _check(number)
    if largest_unit not in ("亿", "万"):
        raise wrong("largest_unit", repr(largest_unit), "'亿' or '万'")
    spoken = _chinese(number, ((10**8, "亿"), (10**4, "万"))[largest_unit == "万" :])
    return spoken[1:] if spoken.startswith("一十") else spoken


def _chinese(number, units):
    for size, unit in units:
        if number >= size:
            high, low = divmod(number, size)
            between = "零" if 0 < low < size // 10 else ""
            return _chinese(high, units) + unit + between + (_chinese(low, units) if low else "")
    return _up_to_9999(number)


def _up_to_9999(number):
    if number == 0:
        return "零"
    spoken, skipped = "", False
    for size, unit in _UNITS:
        digit = number // size % 10
        if digit:
            spoken += ("零" if skipped and spoken else "") + _DIGITS[digit] + unit
        skipped = digit == 0
    return spoken


def in_english(number):
    """A whole number, 0 to ``LARGEST``, in English words: American, without "and" or hyphens."""
    _check(number)
    words = []
    for size, unit in _THOUSANDS:
        if number >= size:
            words += [*_below_thousand(number // size), unit]
            number %= size
    return " ".join(words + _below_thousand(number)) or "zero"


def _below_thousand(number):
    words = []
    if number >= 100:
        words += [_SMALL[number // 100], "hundred"]
    number %= 100
    if number >= 20:
        words.append(_TENS[number // 10 - 2])
        number %= 10
    return [*words, _SMALL[number]] if number else words


def load(*, train=3000, validation=500, test=1000, longer=500, most=99_999_999, seed=0):
    """Different numbers in random order, log-uniform: as many of three digits as of eight.

    Args:
        train, validation, test: pairs in each part; no number is in two.
        longer: numbers of one digit more than ``most`` has, uniform, with units up to 万. All
            their characters and words occur in training if ``most`` has 5, 7 or 8 digits; with 4
            digits 万 is new, with 6 "million".
        most: the largest number of the other parts, 9,999 to 99,999,999.
        seed: which numbers.

    Returns ``Numbers``. Small numbers are soon used up: above some hundreds there is no end.
    """
    for argument, value in {"train": train, "validation": validation, "test": test}.items():
        if not isinstance(value, (int, np.integer)) or value < 1:
            raise wrong(argument, repr(value), "a whole number from 1 up")
    if not 9_999 <= most <= 99_999_999:
        raise wrong("most", most, "9,999 to 99,999,999")
    if train + validation + test > most // 10:
        raise wrong("train + validation + test", train + validation + test, f"{most // 10} at most")
    random = np.random.default_rng(seed)
    drawn = {}
    while len(drawn) < train + validation + test:
        values = np.exp(random.uniform(0, np.log(most + 1), size=1000)).astype(np.int64)
        drawn |= dict.fromkeys(np.clip(values, 1, most).tolist())
    # Small numbers are drawn first more often than not: mixed, all parts have their share of them.
    numbers = random.permutation(list(drawn)).tolist()[: train + validation + test]
    digits = len(str(most))
    beyond = random.integers(10**digits, 10 ** (digits + 1), size=longer).tolist()
    ends = train, train + validation
    data, others = pairs.prepare(
        *map(_in_words, (numbers[: ends[0]], numbers[ends[0] : ends[1]], numbers[ends[1] :])),
        name="numbers",
        source=f"made by rule, 1 to {most:,}, seed {seed}",
        longer=_in_words(dict.fromkeys(beyond)),
    )
    return Numbers(**vars(data), **others)


def _in_words(numbers):
    return [(in_chinese(n, largest_unit="万"), in_english(n)) for n in numbers]


def _check(number):
    if not isinstance(number, (int, np.integer)) or not 0 <= number <= LARGEST:
        raise wrong("number", repr(number), f"a whole number from 0 to {LARGEST:,}")
