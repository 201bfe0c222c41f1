"""Tokens as readable text again: how much of real English comes back as it was."""

import pytest

from rnn_tf import text
from rnn_tf.datasets import articles
from tests.text import corpora


@pytest.mark.parametrize(
    "sentence",
    [
        "The fox (a red one) can't sleep.",
        'He said: "It is 3.5% of $4.5 billion; that\'s all."',
        "Iceland's free-market economy, in 2008, fell.",
        "It slept. Then it ran! Why? Nobody knows.",
        "He said 'remove it' and left.",
        "'Remove it'",
        "In '62, or the '70s, the workers' rights were few.",
        "He said: 'yes', and 'no'.",
        "At 5 p.m. on Monday the U.S. slept.",
        "It was ... nothing -- a fox.",
        "It paid US$40, some 5%-10% of $800.",
        "\"'Tis so,' she said,\" he said.",
        "I'm gonna say it cannot be: rock 'n' roll.",
        "It is at http://example.org/fox for all.",
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


def exact_share(contents):
    """Share of the sentences that ``detokenize`` makes from their tokens as they were."""
    sentences = [
        " ".join(sentence.split())
        for content in contents
        for sentence in text.sentences(text.normalize(content, lower=False), "en")
    ]
    same = [
        text.detokenize(text.word_tokens(s, "en"), "en", capitals=False) == s for s in sentences
    ]
    return sum(same) / len(same)


def test_of_the_articles_998_sentences_in_a_thousand_come_back_as_they_were():
    loaded = articles.load()
    parts = (loaded.train, loaded.validation, loaded.test)
    assert exact_share(document.text for part in parts for document in part) > 0.998


@pytest.mark.parametrize(
    ("name", "share"), [("inaugural", 0.981), ("state_union", 0.973), ("webtext", 0.798)]
)
def test_of_nltks_corpora_at_least_so_many_sentences_come_back(tmp_path, name, share):
    folder = corpora.unpacked(name, tmp_path)
    documents = text.read_documents(folder, encoding=corpora.ENCODINGS[name])
    assert exact_share(document.text for document in documents) > share


def test_empty_tokens_are_nothing():
    assert text.detokenize(["", "a", "", "b"]) == "A b"
    assert text.detokenize(["", "海", "", "深"], "zh") == "海深"
    assert text.detokenize([], "zh") == text.detokenize([]) == ""


def test_tokens_with_capitals_of_their_own_keep_them():
    sentence = "the plant D. mawsoni ends. so what? The end"
    assert text.detokenize(text.word_tokens(sentence)) == sentence
