"""Sentences and tokens, in English and Chinese, and back to text."""

import os
from pathlib import Path

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


@pytest.mark.parametrize(
    "sentence",
    [
        "The fox (a red one) can't sleep.",
        'He said: "It is 3.5% of $4.5 billion; that\'s all."',
        "Iceland's free-market economy, in 2008, fell.",
        "It slept. Then it ran! Why? Nobody knows.",
    ],
)
def test_english_comes_back_as_it_was(sentence):
    assert text.detokenize(text.tokenize(sentence, lower=False)) == sentence


def test_detokenized_sentences_begin_with_a_capital():
    tokens = text.tokenize("It slept. Then it ran.")
    assert text.detokenize(tokens) == "It slept. Then it ran."
    assert text.detokenize(tokens, capitals=False) == "it slept. then it ran."


def test_chinese_comes_back_without_spaces():
    tokens = text.tokenize("我用 Python 3.12 写程序，很快。")
    assert text.detokenize(tokens) == "我用python 3.12写程序，很快。"


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
