"""From a folder of articles to windows of ids: reading, splitting, tokens, vocabulary, windows.

Works on any folder of text files, English or Chinese, and needs no NLTK download: the tables of
the English sentence splitter are shipped with the course. No TensorFlow here.

>>> documents = text.read_documents("my_articles")
>>> train, validation, test = text.split_documents(documents, seed=0)
>>> tokens = [text.tokenize(document.text) for document in train]
>>> vocabulary = text.Vocabulary.fit(tokens, min_count=2)
>>> inputs, targets = text.windows([vocabulary.encode(t) for t in tokens], num_steps=32)

``text.character_tokens`` instead of ``text.tokenize`` makes a model that spells: few ids, no
unknown words.

Source: article 004 §4.1 to §4.3, repaired (B-004-01 to -08, -15, -19, -20).
"""

from rnn_tf.text.detokenizing import detokenize
from rnn_tf.text.folder import (
    Document,
    corpus_reader,
    cut_document,
    read_documents,
    split_documents,
)
from rnn_tf.text.tokens import (
    StopWordWarning,
    character_tokens,
    language_of,
    normalize,
    sentences,
    stop_words,
    tokenize,
    without_stop_words,
    word_tokens,
)
from rnn_tf.text.vocabulary import Vocabulary
from rnn_tf.text.windowing import whole_documents, windows

__all__ = [
    "Document",
    "StopWordWarning",
    "Vocabulary",
    "character_tokens",
    "corpus_reader",
    "cut_document",
    "detokenize",
    "language_of",
    "normalize",
    "read_documents",
    "sentences",
    "split_documents",
    "stop_words",
    "tokenize",
    "whole_documents",
    "windows",
    "without_stop_words",
    "word_tokens",
]
