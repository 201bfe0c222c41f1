"""Text in another encoding is refused with the name of its own, and read when that is given."""

import pytest

from rnn_tf import files, text
from rnn_tf.encodings import decoded, likely_encoding
from rnn_tf.errors import DataError, InputError

FRENCH = "Où est la bibliothèque ? À côté de l'école, près du café. Ça va très bien, même l'été."
SIMPLIFIED = "大海很深。他用程序写作，很快。早上刮东风，晚上还是东风。我们一起去看海吧。\n"
TRADITIONAL = "大海很深。他用程式寫作，很快。早上颳東風，晚上還是東風。我們一起去看海吧。\n"
WRITTEN = [
    (FRENCH, "latin-1", "Latin-1"),
    (FRENCH, "utf-16", "UTF-16"),
    (FRENCH, "utf-16-le", "UTF-16 without a mark"),
    (FRENCH, "utf-16-be", "UTF-16 without a mark"),
    (FRENCH, "utf-32", "UTF-32"),
    (SIMPLIFIED, "gbk", "GBK"),
    (SIMPLIFIED, "gb18030", "GBK"),
    (SIMPLIFIED, "utf-16", "UTF-16"),
    (SIMPLIFIED, "utf-16-be", "UTF-16 without a mark"),
    (TRADITIONAL, "big5", "Big5"),
    (TRADITIONAL, "utf-16-le", "UTF-16 without a mark"),
]


@pytest.mark.parametrize("times", [1, 3_000])
@pytest.mark.parametrize(("content", "encoding", "name"), WRITTEN)
def test_the_refusal_names_an_encoding_that_reads_the_file(
    tmp_path, content, encoding, name, times
):
    content *= times
    (tmp_path / "a.txt").write_bytes(content.encode(encoding))
    with pytest.raises(DataError) as caught:
        text.read_documents(tmp_path)
    line = str(caught.value)
    assert "a.txt" in line and f"looks like {name}," in line and line.isprintable()
    named = line.split("encoding='")[1].split("'")[0]
    for given in (encoding, named):
        assert text.read_documents(tmp_path, encoding=given)[0].text == content


def test_utf_8_is_recognised_by_whoever_asked_for_something_else():
    with pytest.raises(DataError, match="looks like UTF-8, encoding='utf_8'"):
        decoded(SIMPLIFIED.encode() + b"\n", "a.txt", "gb18030")


def test_an_accent_late_in_a_long_text_tells_as_much_as_one_at_its_beginning():
    data = b"The sea is deep. " * 20_000 + "Un été à côté du café.".encode("latin-1")
    assert likely_encoding(data, at=data.index(b"\xe9")) == "cp1252"


def test_bytes_that_are_no_text_get_no_guess():
    with pytest.raises(DataError) as caught:
        decoded(bytes(range(256)) * 4, "a.txt")
    assert str(caught.value) == "a.txt: got byte 0x80 at 128, expected UTF-8 text"


def test_no_encoding_lets_nul_characters_through():
    for encoding in ("utf-8", "latin-1", "gb18030"):
        with pytest.raises(DataError, match="NUL characters.*looks like UTF-16 without a mark"):
            decoded("Deep is the sea.".encode("utf-16-le"), "a.txt", encoding)


def test_every_text_file_is_read_by_the_same_rule(tmp_path):
    """A table or a vocabulary that another program saved as UTF-16 or GBK is told what it is."""
    (tmp_path / "table.csv").write_bytes(
        "时间,气温,风向,天气很好\n2013-01-01,3.5,东,早上刮东风\n".encode("gb18030")
    )
    with pytest.raises(DataError, match="table.csv: got byte .* looks like GBK"):
        files.read_text(tmp_path / "table.csv")
    (tmp_path / "v.json").write_bytes('{"tokens": ["sea"]}'.encode("utf-16-le"))
    with pytest.raises(DataError, match="v.json: got NUL characters.*encoding='utf_16_le'"):
        text.Vocabulary.load(tmp_path / "v.json")


@pytest.mark.parametrize("name", ["klingon", "", "rot13", "undefined", "utf\0", None, 8])
def test_an_encoding_that_python_does_not_know_is_refused_before_any_file_is_read(tmp_path, name):
    (tmp_path / "a.txt").write_bytes(b"\xff")
    with pytest.raises(InputError, match="^encoding: got ") as caught:
        text.read_documents(tmp_path, encoding=name)
    assert not isinstance(caught.value, DataError)
    assert "\n" not in str(caught.value)
