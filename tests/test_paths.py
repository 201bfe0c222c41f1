"""Where things lie, and files that are there whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from rnn_tf import paths
from rnn_tf.errors import InputError


def test_written_whole_moves_the_file_into_place_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "new" / "result.json"
    with paths.written_whole(target) as temporary:
        temporary.write_text("done", encoding="utf-8")
        assert not target.exists()
    assert target.read_text(encoding="utf-8") == "done"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_an_interruption_leaves_what_was_there(tmp_path, interruption):
    target = tmp_path / "result.json"
    target.write_text("before", encoding="utf-8")
    with pytest.raises(interruption), paths.written_whole(target) as temporary:
        temporary.write_text("hal", encoding="utf-8")
        raise interruption
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
def test_files_get_the_permissions_of_the_users_umask(tmp_path):
    before = os.umask(0o027)
    try:
        with paths.written_whole(tmp_path / "result.json") as temporary:
            temporary.write_text("", encoding="utf-8")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "result.json").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "use", [paths.check_writable, lambda f: paths.written_whole(f / "x").__enter__()]
)
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, use):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written") as caught:
        use(file / "folder")
    assert "\n" not in str(caught.value)


def test_check_writable_leaves_the_folder_empty(tmp_path):
    paths.check_writable(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_clone_uses_its_own_folders_and_a_wheel_the_copies_inside_it(tmp_path, monkeypatch):
    clone = tmp_path / "clone"
    (clone / "data").mkdir(parents=True)
    (clone / "rnn_tf").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", clone / "rnn_tf")
    assert paths.data_folder() == clone / "rnn_tf" / "_data"
    (clone / "pyproject.toml").write_text("", encoding="utf-8")
    assert paths.data_folder() == clone / "data"
    assert paths.chapters_folder() == clone / "rnn_tf" / "_chapters"


def test_environment_variables_name_other_folders(monkeypatch):
    monkeypatch.setenv("RNN_TF_CHAPTERS", "mine")
    monkeypatch.setenv("RNN_TF_CACHE", "cache")
    monkeypatch.setenv("RNN_TF_DATA", "full")
    assert paths.chapters_folder() == Path("mine")
    assert paths.cache_folder() == Path("cache")
    assert paths.full_data_folder() == Path("full")
    monkeypatch.delenv("RNN_TF_DATA")
    assert paths.full_data_folder() is None
