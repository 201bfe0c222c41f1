"""Sentences and tokens, in English and Chinese, and back to text."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import text
from rnn_tf.errors import InputError

CHINESE = "大海很深。Python 3.12 很快！他说：“你好。”我们走吧？好……"


def test_abbreviations_do_not_end_sentences():
    found = text.sentences("Dr. No left the U.S. in 1962. He was, e.g., angry. Why?")
    assert found == ["Dr. No left the U.S. in 1962.", "He was, e.g., angry.", "Why?"]


def test_a_paragraph_ends_a_sentence():
    assert text.sentences("A title\n\nA sentence.") == ["A title", "A sentence."]


def test_the_shipped_tables_split_as_nltks_own_do():
    folder = os.environ.get("RNN_TF_DATA")
    tables = Path(folder or "", "nltk_data/tokenizers/punkt_tab/english")
    if not folder or not tables.is_dir():
        pytest.skip("RNN_TF_DATA does not name a folder with nltk_data in it")
    from rnn_tf.text.tokens import english_sentence_tokenizer

    ours = english_sentence_tokenizer()._params
    words = {w for w in tables.joinpath("abbrev_types.txt").read_text("utf-8").split("\n") if w}
    assert ours.abbrev_types == words
    rows = [r for r in tables.joinpath("ortho_context.tab").read_text("utf-8").split("\n") if r]
    # Punkt notes every word that it looked up in vain, with 0.
    seen = {word: contexts for word, contexts in ours.ortho_context.items() if contexts}
    assert seen == {r.split("\t")[0]: int(r.split("\t")[1]) for r in rows}


def test_english_tokens():
    assert text.tokenize("Iceland's GDP — it can't “fall” by 3.5%.") == [
        *("iceland", "'s", "gdp", "—", "it", "ca", "n't", "``", "fall", "''", "by", "3.5"),
        *("%", "."),
    ]


def test_chinese_is_found_and_split_by_character():
    assert text.language_of(CHINESE) == "zh"
    assert text.language_of("The word 海 means sea.") == "en"
    assert text.sentences(CHINESE) == [
        *("大海很深。", "Python 3.12 很快！", "他说：“你好。”", "我们走吧？", "好……")
    ]
    assert text.tokenize(CHINESE)[:12] == [
        *("大", "海", "很", "深", "。", "python", "3.12", "很", "快", "！", "他", "说")
    ]


def test_the_language_can_be_given():
    assert text.tokenize("a b.", "zh") == ["a", "b", "."]
    with pytest.raises(InputError, match="language"):
        text.tokenize("a", "fr")


def test_normalize_gives_one_spelling_to_one_word():
    assert text.normalize("Cafe\u0301  “Fox”\t’s \n\n x") == text.normalize(
        'CAF\u00c9 "fox" \'s\n\nx'
    )
    assert text.normalize("Fox", lower=False) == "Fox"
    assert text.normalize("他说：“好”") == "他说：“好”"


@given(st.text(max_size=60))
@settings(deadline=None)
def test_chinese_tokens_lose_no_sign(line):
    joined = "".join(text.tokenize(line, "zh", lower=False))
    assert joined == "".join(text.normalize(line, lower=False).split())


# -- stop words


def test_stop_words_leave_with_a_warning():
    tokens = ["The", "fox", "is", "in", "the", "house"]
    with pytest.warns(text.StopWordWarning, match="B-004-04"):
        assert text.without_stop_words(tokens) == ["fox", "house"]
    with pytest.warns(text.StopWordWarning):
        assert text.without_stop_words(["他", "的", "书"], {"的"}) == ["他", "书"]
    assert len(text.stop_words()) == 153


# -- characters


@pytest.mark.parametrize(
    "content", [CHINESE, "The fox\n\nsaw  it:\t\u201cno.\u201d\n", "e\u0301 \U0001f30a"]
)
def test_characters_are_tokens_and_come_back_as_they_were(tmp_path, content):
    for n in range(3):
        (tmp_path / f"{n}.txt").write_text(f"{n}{content}", encoding="utf-8", newline="")
    documents = text.read_documents(tmp_path)
    spelt = [text.character_tokens(document.text) for document in documents]
    assert all(len(token) == 1 for tokens in spelt for token in tokens)
    vocabulary = text.Vocabulary.fit(spelt)
    assert len(vocabulary) == 4 + len({*content, *"012"})
    ids = [vocabulary.encode(tokens) for tokens in spelt]
    for document, sequence in zip(documents, ids, strict=True):
        assert "".join(vocabulary.decode(sequence)) == document.text
    inputs, targets = text.windows(ids, 5)
    read = "".join(vocabulary.decode(targets.ravel()))
    assert read == "".join(document.text for document in documents)
    np.testing.assert_array_equal(inputs[0, 1:], targets[0, :-1])
