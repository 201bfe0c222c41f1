"""Folders of text files as documents, for NLTK's reader, and in parts."""

import errno
import os
import sys
import time
from pathlib import Path

import nltk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.corpus import PlaintextCorpusReader

from rnn_tf import text
from rnn_tf.datasets import articles
from rnn_tf.errors import DataError, InputError
from rnn_tf.text import Document


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "fox.txt").write_text(
        "The fox, Mr. Reynard, ran 3.5 km. It slept.\n\nThe end", encoding="utf-8"
    )
    (tmp_path / "sea.txt").write_text("Deep is the sea.\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("not an article", encoding="utf-8")
    return tmp_path


# -- reading


def test_every_text_file_is_a_document(folder):
    (folder / "more").mkdir()
    (folder / "more" / "island.txt").write_text("An island.", encoding="utf-8")
    (folder / ".hidden.txt").write_text("hidden", encoding="utf-8")
    documents = text.read_documents(folder)
    assert [d.name for d in documents] == ["fox", "more/island", "sea"]
    assert documents[2].text == "Deep is the sea.\n"


@pytest.mark.parametrize(
    "name", ["two words", "a..b", "国家", "x.zip", "50%", "Mr. O'Neill [1]", "back\\slash"]
)
def test_files_of_any_name_and_content_come_as_they_are(tmp_path, name):
    content = "a\u2028b\u0085c\n\n\td\x0c — 海 \U0001f30a\n"
    (tmp_path / f"{name}.txt").write_text(content, encoding="utf-8", newline="")
    (document,) = text.read_documents(tmp_path)
    assert document == Document(name, content)


def test_nltk_itself_refuses_a_folder_of_ones_own_and_ours_reads_it(folder):
    path_before = list(nltk.data.path)
    if tuple(map(int, nltk.__version__.split(".")[:2])) >= (3, 10):
        with pytest.raises(PermissionError):
            PlaintextCorpusReader(str(folder), r".*\.txt").raw("sea.txt")
    with text.corpus_reader(folder) as reader:
        assert isinstance(reader, PlaintextCorpusReader)
        assert reader.raw("sea.txt") == "Deep is the sea.\n"
        assert list(reader.sents("fox.txt")) == [
            ["The", "fox", ",", "Mr.", "Reynard", ",", "ran", "3.5", "km", "."],
            ["It", "slept", "."],
            ["The", "end"],
        ]
        assert len(reader.paras("fox.txt")) == 2
    assert nltk.data.path == path_before


@pytest.mark.skipif(os.name != "posix", reason="group rights are a POSIX matter")
def test_a_clone_that_its_group_may_write_to_is_read(folder):
    """NLTK refuses such files; a clone with umask 002 consists of them (B-004-01)."""
    for path in folder.iterdir():
        path.chmod(0o664)
    folder.chmod(0o775)
    umask = os.umask(0o002)
    try:
        assert len(text.read_documents(folder)) == 2
    finally:
        os.umask(umask)


def test_the_reader_and_tokenize_agree(folder):
    with text.corpus_reader(folder) as reader:
        for document in text.read_documents(folder):
            sentences = reader.sents(document.name + ".txt")
            flat = [token for sentence in sentences for token in sentence]
            assert flat == text.tokenize(document.text, lower=False)


def test_line_ends_and_byte_order_marks_of_windows_are_dropped(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfOne.\r\n\r\nTwo.\r\n")
    assert text.read_documents(tmp_path)[0].text == "One.\n\nTwo.\n"


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda f: f / "missing", "no such file, expected a folder"),
        (lambda f: f / "sea.txt", "the folder"),
        (lambda f: _made(f / "empty"), "no .txt file"),
        (lambda f: _with(f, b""), "empty file"),
        (lambda f: _with(f, b"   \n"), "empty file"),
        (lambda f: _with(f, "Caf\u00e9".encode("latin-1")), "UTF-8"),
        (lambda f: _with(f, "海".encode("gbk")), "UTF-8"),
    ],
)
def test_unusable_folders_get_one_clear_line(folder, prepare, words):
    with pytest.raises(DataError) as caught:
        text.read_documents(prepare(folder))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_unusable_files_are_counted_and_the_first_are_named(folder):
    for n in range(5):
        (folder / f"bad{n}.txt").write_bytes("Un été à la mer".encode("latin-1"))
    (folder / "blank.txt").write_bytes(b" \n")
    with pytest.raises(DataError) as caught:
        text.read_documents(folder)
    line = str(caught.value)
    assert line.startswith(f"{folder}: got 6 unusable of 8 files (bad0.txt: got byte 0xe9 at 3,")
    assert "bad1.txt" in line and "bad2.txt" in line and "bad3.txt" not in line
    assert "; and 3 more)" in line
    assert "encoding=" in line and "skip_bad=True" in line and "\n" not in line


def test_unusable_files_are_left_out_on_request_and_counted(folder):
    (folder / "bad.txt").write_bytes(b"\xe9t\xe9")
    (folder / "blank.txt").write_bytes(b" \n")
    documents = text.read_documents(folder, skip_bad=True)
    assert [document.name for document in documents] == ["fox", "sea"]
    assert [line.split(":")[0] for line in documents.skipped] == ["bad.txt", "blank.txt"]
    assert text.read_documents(folder, encoding="latin-1", skip_bad=True).skipped == (
        "blank.txt: got an empty file, expected text",
    )
    with text.corpus_reader(folder, skip_bad=True) as reader:
        assert reader.fileids() == ["fox.txt", "sea.txt"]


def test_a_folder_of_nothing_but_unusable_files_is_refused_all_the_same(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"\xe9t\xe9")
    with pytest.raises(DataError, match="1 unusable of 1 files"):
        text.read_documents(tmp_path, skip_bad=True)


def test_endings_are_found_in_capitals_too(tmp_path):
    for name in ("UPPER.TXT", "Mixed.Txt", "both.txt", "both.TXT", "other.text"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    documents = text.read_documents(tmp_path)
    if len(list(tmp_path.iterdir())) == 5:  # a file system that tells them apart
        assert [d.name for d in documents] == ["Mixed", "UPPER", "both.TXT", "both.txt"]
    assert {"Mixed", "UPPER"} <= {d.name for d in text.read_documents(tmp_path, ending=".TXT")}
    with text.corpus_reader(tmp_path) as reader:
        assert "UPPER.TXT" in reader.fileids()


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_linked_folders_are_read_once_and_loops_end(tmp_path):
    own, other = tmp_path / "own", tmp_path / "other"
    for place, name in ((own / "part", "a"), (other, "b"), (other / "deep", "c")):
        place.mkdir(parents=True)
        (place / f"{name}.txt").write_text(name, encoding="utf-8")
    (own / "another").symlink_to(other)
    (own / "again").symlink_to(other)
    (own / "0_part").symlink_to(own / "part")  # found first, and named by its own place
    (other / "deep" / "loop").symlink_to(own)
    names = [document.name for document in text.read_documents(own)]
    assert names == ["again/b", "again/deep/c", "part/a"] or names == [
        *("another/b", "another/deep/c", "part/a")
    ]


@pytest.mark.skipif(os.name != "posix", reason="pipes and links as POSIX has them")
def test_what_bears_the_ending_and_is_no_file_is_said(folder):
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    os.mkfifo(folder / "pipe.txt")
    documents = text.read_documents(folder, skip_bad=True)
    assert [document.name for document in documents] == ["fox", "sea"]
    assert [line.split(",")[0] for line in documents.skipped] == [
        "gone.txt: got no such file",
        "pipe.txt: got a pipe",
        f"self.txt: got {os.strerror(errno.ELOOP)}",
    ]


def test_a_folder_that_cannot_be_read_is_said(folder, monkeypatch):
    (folder / "locked").mkdir()
    scandir = os.scandir

    def refused(place):  # the superuser may read everything
        if Path(place).name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(DataError, match="locked: got Permission denied"):
        text.read_documents(folder)
    assert len(text.read_documents(folder, skip_bad=True)) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are Linux's")
def test_names_that_are_no_utf_8_can_be_printed(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9t\xe9.txt")).write_bytes(b"An island.")
    assert text.read_documents(tmp_path)[0].name == "\ufffdt\ufffd"
    with text.corpus_reader(tmp_path) as reader:
        assert reader.raw("\ufffdt\ufffd.txt") == "An island."


@pytest.mark.skipif(os.name != "posix", reason="no such names on Windows")
def test_names_that_nltk_refuses_are_written_otherwise_for_it_alone(tmp_path):
    for name in ("a..b.txt", "c\\d.txt"):
        (tmp_path / name).write_text("An island.", encoding="utf-8")
    with text.corpus_reader(tmp_path) as reader:
        assert reader.fileids() == ["a\u2026b.txt", "c\uff3cd.txt"]
        assert [reader.raw(name) for name in reader.fileids()] == ["An island."] * 2
    (tmp_path / "a\u2026b.txt").write_text("Another.", encoding="utf-8")
    with (
        pytest.raises(DataError, match="two files of one name"),
        text.corpus_reader(tmp_path),
    ):
        pass
    assert len(text.read_documents(tmp_path)) == 3


def test_ten_thousand_small_files_are_read_in_five_seconds(tmp_path):
    for n in range(10_000):
        (tmp_path / f"{n}.txt").write_bytes(b"The sea was calm.\n")
    began = time.process_time()
    documents = text.read_documents(tmp_path)
    assert time.process_time() - began < 5
    assert len(documents) == 10_000


def _made(folder):
    folder.mkdir()
    return folder


def _with(folder, content):
    (folder / "odd.txt").write_bytes(content)
    return folder


# -- splitting


def documents_named(count):
    return [Document(f"d{n}", f"text {n}") for n in range(count)]


@given(st.integers(3, 60), st.floats(0.01, 0.45), st.floats(0.01, 0.45), st.integers(0, 5))
@settings(deadline=None)
def test_splits_share_no_document_and_lose_none(count, validation, test, seed):
    documents = documents_named(count)
    shares = {"validation_share": validation, "test_share": test, "seed": seed}
    parts = text.split_documents(documents, **shares)
    assert all(parts)
    assert sorted(d.name for part in parts for d in part) == sorted(d.name for d in documents)
    assert parts == text.split_documents(documents, **shares)


def test_shares_and_seed_of_a_split():
    parts = text.split_documents(documents_named(100), validation_share=0.2, test_share=0.1)
    assert [len(part) for part in parts] == [70, 20, 10]
    assert parts != text.split_documents(
        documents_named(100), validation_share=0.2, test_share=0.1, seed=1
    )


def test_equal_texts_stay_in_one_part():
    documents = documents_named(20) + [Document(f"copy{n}", f"text {n}") for n in range(20)]
    for part in text.split_documents(documents, validation_share=0.3, test_share=0.3):
        names = {d.name.removeprefix("copy").removeprefix("d") for d in part}
        assert len(part) == 2 * len(names)


@pytest.mark.parametrize(
    ("documents", "shares"),
    [
        (documents_named(2), {}),
        ([Document("a", "x"), Document("b", "x"), Document("c", "x")], {}),
        ([Document("a", "x"), Document("a", "y"), Document("b", "z")], {}),
        (documents_named(9), {"test_share": 0}),
        (documents_named(9), {"test_share": 0.5, "validation_share": 0.5}),
    ],
)
def test_splits_that_cannot_be_get_one_clear_line(documents, shares):
    with pytest.raises(InputError):
        text.split_documents(documents, **shares)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_a_cut_document_keeps_every_paragraph_in_order(lengths, data):
    paragraphs = [f"{n}" * length for n, length in enumerate(lengths)]
    parts = data.draw(st.integers(1, len(paragraphs)))
    pieces = text.cut_document(Document("long", "\n\n".join(paragraphs)), parts)
    assert len(pieces) == len({p.name for p in pieces}) == parts
    assert [p for piece in pieces for p in piece.text.split("\n\n")] == paragraphs


@pytest.mark.parametrize(
    ("content", "parts", "pieces"),
    [
        (
            "It slept. Then Mr. Fox ran. The end.",
            3,
            ["It slept.", "Then Mr. Fox ran.", "The end."],
        ),
        ("Title\nOne. Two. Three.", 4, ["Title", "One.", "Two.", "Three."]),
        ("大海很深。我们走吧。好！", 3, ["大海很深。", "我们走吧。", "好！"]),
        ("deep is the sea", 2, ["deep is", "the sea"]),
        ("大海很深", 4, ["大", "海", "很", "深"]),
    ],
)
def test_a_text_without_line_breaks_is_cut_between_sentences_or_words(content, parts, pieces):
    cut = text.cut_document(Document("long", content), parts)
    assert cut == [Document(f"long_{n}", piece) for n, piece in enumerate(pieces, start=1)]


@pytest.mark.parametrize("letters", ["a fox. ", "fox ", "海深。", "海"])
def test_a_long_text_without_line_breaks_is_cut_into_equal_parts(letters):
    content = letters * 20_000
    pieces = text.cut_document(Document("long", content), 10)
    lengths = [len(piece.text) for piece in pieces]
    assert max(lengths) - min(lengths) <= 2 * len(letters)
    assert "".join("".join(p.text for p in pieces).split()) == "".join(content.split())


def test_three_parts_of_one_line_are_enough_to_load(tmp_path):
    """What the loader recommends for too few files works with a text of a single line."""
    (tmp_path / "one.txt").write_text("It slept. It ran. It sat. It ate.", encoding="utf-8")
    with pytest.raises(DataError, match="cut_document"):
        articles.load(tmp_path)
    pieces = text.cut_document(*text.read_documents(tmp_path), 3)
    assert all(text.split_documents(pieces))


@pytest.mark.parametrize("parts", [3, 0, 2.5, "2"])
def test_a_document_cannot_be_cut_into_more_parts_than_words(parts):
    with pytest.raises(InputError, match="^parts: got"):
        text.cut_document(Document("long", "one\n\ntwo"), parts)
