"""Where things lie, and files that are there whole or not at all."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_tf import locks, paths
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


WRITER = """
import sys
from rnn_tf.paths import written_whole
with written_whole(sys.argv[1]) as temporary:
    temporary.write_text("half", encoding="utf-8")
    print(temporary, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writers():
    """Start processes that hang in the middle of writing; gives them and their half files."""
    started = []

    def start(target):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(target)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        started.append(process)
        return process, Path(process.stdout.readline().strip())

    yield start
    for process in started:
        process.kill()
        process.communicate()


# None of these is ours, however much it looks so.
FOREIGN = (
    ".run[1].my_own_data.npz",
    ".run[1].npz.rnn_tf-backup.npz",
    ".run[1].npz.rnn_tf-0123456789abcde.npz",
    ".run[1].npz.rnn_tf-0123456789ABCDEF.npz",
    "run[1].npz.rnn_tf-0123456789abcdef.npz",
    ".run[1].npz.rnn_tf-0123456789abcdef.npz.old.npz",
    ".run1.12345678.npz",
)


def test_what_a_killed_writer_left_goes_and_nothing_that_lives_or_is_foreign(tmp_path, writers):
    target = tmp_path / "run[1].npz"
    dead, left = writers(target)
    alive, half = writers(target)
    neighbour, others = writers(tmp_path / "run[1].big.npz")
    dead.kill()
    dead.wait()
    foreign = [tmp_path / name for name in FOREIGN]
    for file in foreign:
        file.write_text("mine", encoding="utf-8")
    (tmp_path / f".run[1].npz.rnn_tf-{'0' * 16}.npz").mkdir()
    assert left.is_file()
    paths.remove_unfinished(tmp_path, target.name)
    assert not left.exists() and half.is_file() and others.is_file()
    assert [file.read_text(encoding="utf-8") for file in foreign] == ["mine"] * len(foreign)
    neighbour.kill()
    neighbour.wait()
    paths.remove_unfinished(tmp_path, target.name)
    assert others.is_file()  # of another file: not asked for
    alive.communicate("go on")
    assert alive.returncode == 0 and target.read_text(encoding="utf-8") == "half"
    paths.remove_unfinished(tmp_path)
    assert not others.exists() and len(list(tmp_path.iterdir())) == len(foreign) + 2


def test_writing_the_same_file_again_removes_what_a_kill_left(tmp_path, writers):
    target = tmp_path / "result.json"
    dead, _ = writers(target)
    dead.kill()
    dead.wait()
    with paths.written_whole(target) as temporary:
        temporary.write_text("done", encoding="utf-8")
    assert list(tmp_path.iterdir()) == [target]


def test_a_held_file_is_taken_over_only_when_its_process_is_gone(tmp_path, python):
    lock = tmp_path / "lock"
    take = f"from rnn_tf import locks; locks.take({str(lock)!r})"
    assert python("-c", take).returncode == 0 and lock.is_file()
    handle = locks.take(lock)
    with pytest.raises(BlockingIOError):
        locks.take(lock)
    assert "BlockingIOError" in python("-c", take).stderr
    locks.drop(lock, handle)
    assert not lock.exists()


@pytest.mark.skipif(os.name != "posix", reason="the limit is POSIX")
def test_a_full_disk_is_one_line_that_names_the_file_and_the_mend(tmp_path, python):
    code = (
        "import resource, sys\n"
        "from rnn_tf.paths import written_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with written_whole(sys.argv[1]) as temporary:\n"
        "    temporary.write_bytes(bytes(2000))\n"
    )
    target = tmp_path / "result.json"
    target.write_text("before", encoding="utf-8")
    last = python("-c", code, str(target)).stderr.splitlines()[-1]
    assert last.startswith("rnn_tf.errors.InputError") and f"{target}: cannot be written" in last
    assert last.endswith("make room there, or choose another folder")
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_about_another_file_keeps_its_name(tmp_path):
    with pytest.raises(FileNotFoundError), paths.written_whole(tmp_path / "result.json"):
        (tmp_path / "missing").read_bytes()


def test_a_folder_in_the_files_place_is_noticed_before_the_work(tmp_path):
    with pytest.raises(InputError, match=r"taken: .*it is a folder.*move"):
        (tmp_path / "taken").mkdir()
        paths.check_target(tmp_path / "taken")
    paths.check_target(tmp_path / "new" / "free")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="only POSIX syncs folders")
def test_file_and_folder_are_on_the_disk_when_the_file_takes_its_place(tmp_path, monkeypatch):
    seen, sync, replace = [], os.fsync, os.replace
    target = tmp_path / "result.json"

    def note(handle):
        seen.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(os, "replace", lambda *names: (seen.append("move"), replace(*names)))
    with paths.written_whole(target) as temporary:
        temporary.write_text("done", encoding="utf-8")
    assert seen == ["file", "move", "folder"]


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
