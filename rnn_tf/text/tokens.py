"""Sentences and tokens, in English and Chinese."""

import re
import unicodedata
import warnings
from functools import cache

from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

from rnn_tf import paths
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_text

LANGUAGES = ("en", "zh")

#: Han characters: the main block, its first extension, compatibility forms, the later extensions.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
#: A Chinese text's tokens: one Han character; a word or number in Latin script; any other sign.
CHINESE_TOKEN = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+(?:[.,'’-][^\W{_HAN}]+)*|\S")
_CHINESE_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）》]*|\n|$)")


class StopWordWarning(UserWarning):
    """Text without stop words is about to be used; a generator must not learn from it."""


def language_of(text):
    """``"zh"`` if at least three letters in ten are Chinese characters, else ``"en"``."""
    han = len(_HAN_CHARACTER.findall(text))
    return "zh" if han and han >= 0.3 * len(_LETTER.findall(text)) else "en"


def is_han(character):
    """Whether it is a Chinese character."""
    return bool(_HAN_CHARACTER.match(character))


def normalize(text, *, lower=True):
    """One spelling for one word: composed letters (NFC), plain quotes, single spaces, lower case.

    Empty lines stay, as they part paragraphs. Chinese punctuation is left alone. Case is lost on
    purpose: "Fox" and "fox" are one word to a small model (B-004-05).
    """
    text = unicodedata.normalize("NFC", text)
    if language_of(text) == "en":
        text = text.translate(_PLAIN_QUOTES)
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text).strip()
    return text.lower() if lower else text


_PLAIN_QUOTES = str.maketrans("‘’“”\u2011", "''\"\"-")


def sentences(text, language=None):
    """The sentences of ``text``, in order.

    Args:
        language: ``"en"`` (Punkt, with the tables shipped in ``data/nltk``), ``"zh"`` (cut after
            。！？), or ``None`` to find out.
    """
    if checked_language(language, text) == "zh":
        found = (part.strip() for part in _CHINESE_SENTENCE.findall(text))
    else:
        # A paragraph ends a sentence, whatever Punkt thinks of its last full stop.
        paragraphs = re.split(r"\n\s*\n", text)
        found = (s.strip() for p in paragraphs for s in english_sentence_tokenizer().tokenize(p))
    return [sentence for sentence in found if sentence]


def word_tokens(sentence, language=None):
    """The tokens of one sentence.

    English: words and marks as the Penn Treebank parts them ("Iceland's" -> "Iceland", "'s").
    Chinese: one token a character, with Latin words and numbers kept whole; no word list is
    needed and no word is unknown.
    """
    if checked_language(language, sentence) == "zh":
        return CHINESE_TOKEN.findall(sentence)
    return _word_tokenizer().tokenize(sentence)


def tokenize(text, language=None, *, lower=True):
    """All tokens of a text: ``normalize``, ``sentences``, ``word_tokens``.

    Sentences are found before lower-casing, as capitals help to find them.
    """
    language = checked_language(language, text)
    return [
        token.lower() if lower else token
        for sentence in sentences(normalize(text, lower=False), language)
        for token in word_tokens(sentence, language)
    ]


def character_tokens(text):
    """The characters of a text, one token each, spaces and line breaks included.

    For a model that spells: few ids, no unknown words, longer sequences than words make. Nothing
    is changed on the way, and ``"".join(tokens)`` is the text again; ``normalize`` or ``lower``
    it before for fewer ids.

    >>> tokens = [text.character_tokens(document.text) for document in train]
    >>> vocabulary = text.Vocabulary.fit(tokens)
    >>> "".join(vocabulary.decode(vocabulary.encode(tokens[0]))) == train[0].text
    True
    """
    return list(text)


def checked_language(language, text):
    """``"en"`` or ``"zh"``: the language given, or that of the text for ``None``."""
    if language is None:
        return language_of(text)
    if language not in LANGUAGES:
        raise wrong("language", repr(language), "'en', 'zh' or None")
    return language


@cache
def _word_tokenizer():
    return NLTKWordTokenizer()


@cache
def english_sentence_tokenizer():
    """NLTK's Punkt splitter, made from the shipped tables instead of NLTK's data path.

    NLTK's own loader wants a download, and refuses tables that a group may write to (B-004-02).
    Source: T. Kiss and J. Strunk (2006), Unsupervised multilingual sentence boundary detection.
    """
    folder = paths.data_folder() / "nltk" / "punkt_tab" / "english"

    def rows(name, columns):
        for line in read_text(folder / name).split("\n"):
            cells = line.split("\t")
            if line and len(cells) != columns:
                raise unusable(folder / name, repr(line[:40]), f"{columns} columns a line")
            if line:
                yield cells

    parameters = PunktParameters()
    parameters.abbrev_types = {word for (word,) in rows("abbrev_types.txt", 1)}
    parameters.sent_starters = {word for (word,) in rows("sent_starters.txt", 1)}
    parameters.collocations = {tuple(pair) for pair in rows("collocations.tab", 2)}
    for word, contexts in rows("ortho_context.tab", 2):
        parameters.ortho_context[word] = int(contexts)
    return PunktSentenceTokenizer(parameters)


@cache
def stop_words():
    """153 English function words, as a frozenset of lower-case words."""
    lines = read_text(paths.data_folder() / "nltk" / "stopwords" / "english.txt").split()
    return frozenset(lines)


def without_stop_words(tokens, words=None):
    """``tokens`` without the function words. Not for generation: it warns (B-004-04).

    Counting topics in a bag of words gains by it. A generator loses the words that make
    sentences: what is not in its training text it can never write.

    Args:
        words: lower-case words to leave out; ``None`` for the English ones shipped.
    """
    warnings.warn(
        "stop words removed: a generator trained on this can never write them (B-004-04)",
        StopWordWarning,
        stacklevel=2,
    )
    words = stop_words() if words is None else frozenset(words)
    return [token for token in tokens if token.lower() not in words]
