"""Tokens and ids, both ways, and on disk."""

import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf.errors import DataError, InputError
from rnn_tf.text import Vocabulary

token_lists = st.lists(
    st.lists(st.text(string.ascii_lowercase + "海的", min_size=1, max_size=3), max_size=20),
    min_size=1,
    max_size=5,
).filter(lambda lists: any(lists))


@given(token_lists)
@settings(deadline=None)
def test_encode_and_decode_are_inverse_for_known_tokens(documents):
    vocabulary = Vocabulary.fit(documents)
    for tokens in documents:
        ids = vocabulary.encode(tokens)
        assert ids.dtype == np.int32
        assert vocabulary.decode(ids) == tokens
        assert (ids[0], ids[-1]) == (Vocabulary.BOS, Vocabulary.EOS)
        assert Vocabulary.UNK not in ids
    assert len(set(vocabulary.tokens)) == len(vocabulary)


def test_special_ids_are_nobodys_words():
    vocabulary = Vocabulary.fit([["b", "a", "b", "<unk>"]])
    assert vocabulary.tokens == ("<pad>", "<unk>", "<bos>", "<eos>", "b", "a")
    assert vocabulary.encode(["a", "new"]).tolist() == [2, 5, 1, 3]
    assert vocabulary.encode(["a"], begin=False, end=False).tolist() == [5]
    assert vocabulary.decode([2, 5, 1, 3, 0]) == ["a", "<unk>"]
    assert vocabulary.decode([2, 5, 3], special=True) == ["<bos>", "a", "<eos>"]


def test_rare_words_stay_out():
    documents = [["a", "a", "a", "b", "b", "c"], ["d", "b"]]
    assert Vocabulary.fit(documents, min_count=2).tokens[4:] == ("a", "b")
    assert Vocabulary.fit(documents, max_size=5).tokens[4:] == ("a",)
    assert Vocabulary.fit(documents[::-1]) == Vocabulary.fit(documents)


def test_a_vocabulary_survives_the_disk(tmp_path):
    vocabulary = Vocabulary.fit([["sea", "海", '"', "\\", "sea"]])
    vocabulary.save(tmp_path / "v.json")
    assert Vocabulary.load(tmp_path / "v.json") == vocabulary
    assert "海" in (tmp_path / "v.json").read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["v.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"tokens": ' + "[" * 100_000 + "]" * 100_000 + "}", "no JSON"),
        ("9" * 6_000, "no JSON"),
        ("NaN", "no list"),
        ("[1]", "no list"),
        ("{}", "no list"),
        ('{"tokens": null}', "no list"),
        ('{"tokens": "abc"}', "no list"),
        ('{"tokens": {"a": 4}}', "no list"),
        ('{"tokens": [1]}', "something else than words"),
        ('{"tokens": ["a", ["b"]]}', "something else than words"),
        ('{"tokens": ["a", "b", "a"]}', "['a'] more than once"),
        ('{"tokens": ["<pad>"]}', "['<pad>'] more than once"),
        ('{"tokens": ["\\ud800"]}', "half a character"),
        ('{"tokens": ["' + "x" * 6_000 + '", "' + "x" * 6_000 + '"]}', "more than once"),
    ],
)
def test_other_files_are_no_vocabulary(tmp_path, content, words):
    (tmp_path / "v.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        Vocabulary.load(tmp_path / "v.json")
    line = str(caught.value)
    assert words in line and "v.json" in line and line.isprintable() and len(line) < 500


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: Vocabulary.fit(["a text"]),
        lambda: Vocabulary.fit([[]]),
        lambda: Vocabulary.fit([["a"]], min_count=2),
        lambda: Vocabulary.fit([["a"]], min_count=0),
        lambda: Vocabulary.fit([["a"]], max_size=4),
        lambda: Vocabulary("ab"),
        lambda: Vocabulary([1]),
        lambda: Vocabulary([["a"]]),
        lambda: Vocabulary(["a"]).encode("a text"),
        lambda: Vocabulary(["a"]).decode([9]),
        lambda: Vocabulary(["a"]).decode([0.5]),
        lambda: Vocabulary(["a"]).decode([[1]]),
    ],
)
def test_wrong_use_of_a_vocabulary_gets_one_clear_line(attempt):
    with pytest.raises(InputError) as caught:
        attempt()
    assert "\n" not in str(caught.value)
