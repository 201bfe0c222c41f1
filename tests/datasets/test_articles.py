"""The shipped articles and folders of one's own."""

import shutil

import pytest

from rnn_tf import paths
from rnn_tf.datasets import articles
from rnn_tf.errors import DataError


def test_the_shipped_articles():
    loaded = articles.load()
    parts = (loaded.train, loaded.validation, loaded.test)
    assert [len(part) for part in parts] == [209, 26, 26]
    assert "261 documents" in loaded.source
    assert sum(len(d.text) for part in parts for d in part) == 731_073
    names = {d.name for part in parts for d in part}
    assert len(names) == 261
    assert {"china", "france", "iceland"} <= names
    assert "209 training, 26 validation, 26 test" in str(loaded)
    assert repr(loaded) == f"<Articles {loaded}>" and "\n" not in repr(loaded)


def test_parts_share_no_text_and_follow_the_seed():
    first, again, other = articles.load(), articles.load(), articles.load(seed=1)
    assert first == again
    assert [d.name for d in first.test] != [d.name for d in other.test]
    texts = [{d.text for d in part} for part in (first.train, first.validation, first.test)]
    assert not texts[0] & texts[1] and not texts[0] & texts[2] and not texts[1] & texts[2]


def test_a_folder_of_ones_own(tmp_path):
    for n, words in enumerate(["大海很深。", "高山很高。", "The sea is deep.", "Hills."]):
        (tmp_path / f"{n}.txt").write_text(words, encoding="utf-8")
    loaded = articles.load(tmp_path, validation_share=0.25, test_share=0.25)
    assert sorted(len(p) for p in (loaded.train, loaded.validation, loaded.test)) == [1, 1, 2]
    assert loaded.source.startswith("path given")


def test_too_few_files_get_one_clear_line(tmp_path):
    (tmp_path / "one.txt").write_text("Alone.", encoding="utf-8")
    with pytest.raises(DataError, match="1 text file") as caught:
        articles.load(tmp_path)
    assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match="no such file"):
        articles.load(tmp_path / "missing")


def test_a_changed_article_is_noticed(tmp_path, monkeypatch):
    copy = tmp_path / "data"
    (copy / "articles").mkdir(parents=True)
    shutil.copy(paths.data_folder() / "SHA256SUMS", copy)
    shutil.copytree(paths.data_folder() / "articles", copy / "articles", dirs_exist_ok=True)
    monkeypatch.setattr(paths, "data_folder", lambda: copy)
    assert len(articles.load().train) == 209
    changed = copy / "articles" / "france.txt"
    changed.write_bytes(changed.read_bytes()[:-9])
    with pytest.raises(DataError, match="france"):
        articles.load()


def test_a_stray_file_among_the_shipped_articles_is_named_and_not_loaded(tmp_path, monkeypatch):
    copy = tmp_path / "data"
    (copy / "articles").mkdir(parents=True)
    shutil.copy(paths.data_folder() / "SHA256SUMS", copy)
    shutil.copytree(paths.data_folder() / "articles", copy / "articles", dirs_exist_ok=True)
    monkeypatch.setattr(paths, "data_folder", lambda: copy)
    (copy / "articles" / "zz_mine.txt").write_text("Mine.", encoding="utf-8")
    with pytest.raises(DataError, match=r"zz_mine\.txt: got a file that was not shipped") as caught:
        articles.load()
    assert "\n" not in str(caught.value)
