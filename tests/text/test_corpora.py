"""NLTK's own corpora are read as they are."""

import pytest

from rnn_tf import text
from rnn_tf.datasets import articles
from rnn_tf.errors import DataError
from tests.text import corpora


@pytest.mark.parametrize("name", corpora.ENCODINGS)
def test_every_file_of_nltks_corpora_is_read_or_said_to_be_empty(tmp_path, name):
    folder, encoding = corpora.unpacked(name, tmp_path), corpora.ENCODINGS[name]
    documents = text.read_documents(folder, encoding=encoding, skip_bad=True)
    assert all("an empty file" in line for line in documents.skipped)
    assert len(documents.skipped) == (name == "udhr2")
    assert len(documents) + len(documents.skipped) == len(list(folder.rglob("*.txt")))
    for document in documents:
        content = (folder / f"{document.name}.txt").read_bytes().decode(encoding)
        assert document.text == content.replace("\r\n", "\n").replace("\r", "\n")


def test_the_one_inaugural_address_that_is_no_utf_8_is_named_with_its_encoding(tmp_path):
    folder = corpora.unpacked("inaugural", tmp_path)
    with pytest.raises(DataError, match=r"1 unusable of \d+ files \(2005-Bush.txt: .*Big5"):
        articles.load(folder)
    loaded = articles.load(folder, skip_bad=True)
    assert loaded.source.endswith("1 unusable files skipped") and len(loaded.skipped) == 1
    assert articles.load(folder, encoding="latin-1").skipped == ()
