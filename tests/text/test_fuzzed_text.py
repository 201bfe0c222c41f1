"""Thousands of damaged texts and vocabularies: each is loaded or refused in one line."""

import json

import pytest

from rnn_tf import text
from rnn_tf.datasets import articles
from tests import fuzzing

COUNT = 2_000
ENGLISH = (
    b'The fox, Mr. Reynard, ran 3.5 km in 1962. "It\'s far!" he said.\n\n'
    b"The end ... of 5%-10% -- and 'more'.\r\nA line.\n"
) * 4
CHINESE = "大海很深。Python 3.12 很快！他说：“你好。”\n我们走吧？好……\n".encode("gb18030") * 4
VOCABULARY = json.dumps({"tokens": ["the", "sea", ",", "\u6d77", '"', "\\", "n't", "3.5"]}).encode()


def load_text(path, encoding="utf-8"):
    """The folder of the file, with three sound ones beside it; what is read can be used."""
    for name in ("a", "b", "c"):
        if not (path.parent / f"{name}.txt").exists():
            (path.parent / f"{name}.txt").write_text(f"Deep is the sea {name}.", encoding=encoding)
    loaded = articles.load(path.parent, encoding=encoding)
    for part in (loaded.train, loaded.validation, loaded.test):
        for document in part:
            if document.name == path.stem:
                text.detokenize(text.tokenize(document.text[:500]))


def load_gbk(path):
    return load_text(path, "gb18030")


def load_vocabulary(path):
    vocabulary = text.Vocabulary.load(path)
    vocabulary.save(path)
    assert text.Vocabulary.load(path) == vocabulary


@pytest.mark.parametrize(
    ("name", "load", "sound", "seed"),
    [
        ("odd.txt", load_text, ENGLISH, 1),
        ("odd.txt", load_gbk, CHINESE, 2),
        ("vocabulary.json", load_vocabulary, VOCABULARY, 3),
    ],
)
def test_damaged_files_are_read_or_refused_in_one_line(tmp_path, name, load, sound, seed):
    seen = fuzzing.contained(fuzzing.fuzz, load, sound, tmp_path / name, COUNT, seed)
    assert seen.total() == COUNT
    assert min(seen["loaded"], seen["refused"]) > COUNT // 10
