"""Number words: read back by rules of their own, parts that share no number, one digit more."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf.datasets import numbers
from rnn_tf.errors import InputError
from rnn_tf.text import Vocabulary

any_number = st.integers(0, numbers.LARGEST) | st.integers(0, 12).flatmap(
    # Round numbers are where zeros are spoken, or not.
    lambda power: st.integers(0, 99).map(lambda n: min(n * 10**power, numbers.LARGEST))
)


def from_chinese(words):
    """Its value, by place: a digit waits for its unit, 万 and 亿 lift what came before them."""
    above = below = section = digit = 0
    for place, word in enumerate(words):
        if word in "零一二三四五六七八九":
            digit = "零一二三四五六七八九".index(word)
        elif word in "十百千":
            section += (digit if place else digit or 1) * {"十": 10, "百": 100, "千": 1000}[word]
            digit = 0
        elif word == "万":
            below, section, digit = (below + section + digit) * 10**4, 0, 0
        else:
            above, below = (above + below + section + digit) * 10**8, 0
            section = digit = 0
    return above + below + section + digit


def from_english(words):
    ones = dict(zip(numbers._SMALL, range(20), strict=True))
    tens = dict(zip(numbers._TENS, range(20, 100, 10), strict=True))
    total = group = 0
    for word in words.split():
        if word == "hundred":
            group *= 100
        elif word in ("thousand", "million", "billion"):
            total += group * {"thousand": 10**3, "million": 10**6, "billion": 10**9}[word]
            group = 0
        else:
            group += (ones | tens)[word]
    return total + group


@given(any_number)
@settings(max_examples=500)
def test_chinese_is_read_back(number):
    assert from_chinese(numbers.in_chinese(number)) == number


@given(st.integers(0, 10**9 - 1))
@settings(max_examples=300)
def test_chinese_in_units_of_ten_thousand_is_read_back(number):
    spoken = numbers.in_chinese(number, largest_unit="万")
    assert "亿" not in spoken and from_chinese(spoken) == number


@given(any_number)
@settings(max_examples=500)
def test_english_is_read_back(number):
    assert from_english(numbers.in_english(number)) == number


@given(any_number)
@settings(max_examples=500)
def test_zeros_are_spoken_once_and_never_last(number):
    spoken = numbers.in_chinese(number)
    assert "零零" not in spoken
    assert number == 0 or not re.search("零([万亿]|$)", spoken)
    assert not spoken.startswith("一十")


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        (0, "零", "zero"),
        (10, "十", "ten"),
        (15, "十五", "fifteen"),
        (110, "一百一十", "one hundred ten"),
        (123, "一百二十三", "one hundred twenty three"),
        (1_001, "一千零一", "one thousand one"),
        (10_010, "一万零一十", "ten thousand ten"),
        (120_003, "十二万零三", "one hundred twenty thousand three"),
        (1_001_000, "一百万一千", "one million one thousand"),
        (1_000_100, "一百万零一百", "one million one hundred"),
        (
            47_382_915,
            "四千七百三十八万二千九百一十五",
            "forty seven million three hundred eighty two thousand nine hundred fifteen",
        ),
        (100_050_000, "一亿零五万", "one hundred million fifty thousand"),
    ],
)
def test_as_people_say_it(number, chinese, english):
    assert numbers.in_chinese(number) == chinese
    assert numbers.in_english(number) == english


def test_a_sum_of_ten_thousands():
    spoken = numbers.in_chinese(123_456_789, largest_unit="万")
    assert spoken == "一万二千三百四十五万六千七百八十九"
    assert numbers.in_chinese(123_456_789).startswith("一亿二千三百")


def test_the_parts_share_no_number():
    data = numbers.load(train=400, validation=60, test=80, longer=50)
    parts = [data.train, data.validation, data.test, data.longer]
    assert [len(part) for part in parts] == [400, 60, 80, 50]
    sources = [source for part in parts for source in part.sources]
    assert len(set(sources)) == len(sources)


def test_longer_numbers_have_one_digit_more_and_no_new_word():
    data = numbers.load(longer=100)
    inside = [from_chinese(source) for source in data.train.sources]
    beyond = [from_chinese(source) for source in data.longer.sources]
    assert max(inside) < 10**8 <= min(beyond) and max(beyond) < 10**9
    for ids in (data.longer.inputs, data.longer.targets, data.test.inputs, data.test.targets):
        assert not (ids == Vocabulary.UNK).any()
    assert data.longer.inputs.shape[1] > data.train.inputs.shape[1]


@pytest.mark.parametrize(
    ("most", "new"),
    [(99_999, set()), (9_999_999, set()), (9_999, {"万"}), (999_999, {"million"})],
)
def test_which_words_of_longer_numbers_are_new(most, new):
    data = numbers.load(train=700, validation=20, test=20, longer=200, most=most)
    characters = set("".join(data.longer.sources)) - set("".join(data.train.sources))
    spoken = (set(" ".join(part.translations).split()) for part in (data.longer, data.train))
    assert characters | set.difference(*spoken) == new


def test_ids_are_those_of_the_words():
    data = numbers.load(train=300, validation=20, test=20, longer=5)
    row = 7
    source, target = data.train.inputs[row], data.train.targets[row]
    assert "".join(data.source_vocabulary.decode(source)) == data.train.sources[row]
    assert target[0] == Vocabulary.BOS and data.decode(target[1:]) == data.train.translations[row]
    assert from_english(data.train.translations[row]) == from_chinese(data.train.sources[row])
    again = data.encode(data.train.sources[: row + 1])
    assert np.array_equal(again[row], source[: again.shape[1]])


def test_as_many_short_as_long_numbers():
    sources = numbers.load(train=3000).train.sources
    digits = np.array([len(str(from_chinese(source))) for source in sources])
    shares = [np.mean(digits == n) for n in (5, 6, 7, 8)]
    assert max(shares) - min(shares) < 0.05


def test_the_same_seed_gives_the_same_numbers():
    one, two, other = (numbers.load(train=50, validation=5, test=5, seed=s) for s in (1, 1, 2))
    assert one.train.sources == two.train.sources != other.train.sources


@pytest.mark.parametrize(
    ("named", "word"),
    [
        ({"train": 0}, "train"),
        ({"test": 1.5}, "test"),
        ({"most": 10**9}, "most"),
        ({"most": 99}, "most"),
        ({"train": 10_000, "most": 9_999}, "train + validation + test"),
    ],
)
def test_what_cannot_be_drawn_is_refused(named, word):
    with pytest.raises(InputError, match=re.escape(word)):
        numbers.load(**named)


@pytest.mark.parametrize("number", [-1, 1.0, "5", numbers.LARGEST + 1])
def test_what_is_no_such_number_is_refused(number):
    for rule in (numbers.in_chinese, numbers.in_english):
        with pytest.raises(InputError, match="number: got"):
            rule(number)
    with pytest.raises(InputError, match="largest_unit"):
        numbers.in_chinese(5, largest_unit="千")
