"""The environment check tells a sound machine from every fault it knows."""

import hashlib
import os

import pytest

from rnn_tf.course import doctor, figures


@pytest.mark.parametrize(
    ("version", "passed"),
    [((3, 11, 0), True), ((3, 13, 9), True), ((3, 10, 14), False), ((3, 14, 0), False)],
)
def test_python_versions(version, passed):
    check = doctor.python(version)
    assert check.passed is passed and "3.12" in check.mend


def test_this_environment_passes():
    assert [check for check in doctor.packages() if not check.passed] == []
    assert doctor.tensorflow().passed and "GPU" in doctor.tensorflow().found


def test_another_keras_backend_is_mended_by_a_setting_not_by_a_new_environment(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    check = doctor.tensorflow()
    assert not check.passed and check.found == "KERAS_BACKEND=torch"
    assert "set KERAS_BACKEND=tensorflow" in check.mend and ".venv" not in check.mend


def test_a_settings_file_of_keras_that_names_another_backend_changes_nothing(python, tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "jax"}', encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    code = "from rnn_tf.backend import keras; print(keras.backend.backend())"
    done = python("-c", code, env=environment | {"KERAS_HOME": str(tmp_path)})
    assert (done.stdout, done.stderr) == ("tensorflow\n", "")


def test_the_threads_are_reported_as_they_are(monkeypatch):
    from rnn_tf import backend, threads

    assert backend.tf is not None and doctor.thread_setting().passed
    assert doctor.thread_setting().found == threads.report()
    monkeypatch.setattr(threads, "_done", "threads not set: some reason")
    check = doctor.thread_setting()
    assert check.passed and check.found == "threads not set: some reason"
    assert check in doctor.examine()


def test_a_missing_an_old_and_a_doubled_package(monkeypatch):
    real = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "rich" else real(name))
    assert "rich is not installed" in doctor.packages()[0].found
    monkeypatch.setattr(doctor, "_version", lambda name: "1.0" if name == "numpy" else real(name))
    assert "numpy 1.0, wanted" in doctor.packages()[0].found
    monkeypatch.setattr(
        doctor, "_version", lambda name: "2.21.0" if "tensor" in name else real(name)
    )
    assert doctor.packages()[1].passed is False


def test_the_gpu_line_may_replace_the_cpu_wheel(monkeypatch):
    real = doctor._version
    gpu = {"tensorflow": real("tensorflow-cpu") or real("tensorflow"), "tensorflow-cpu": None}
    monkeypatch.setattr(doctor, "_version", lambda name: gpu[name] if name in gpu else real(name))
    assert all(check.passed for check in doctor.packages())


def test_little_memory_and_little_disk():
    assert not doctor.memory(1.9e9).passed and doctor.memory(2.1e9).passed
    assert not doctor.disk(free=0.9e9).passed and doctor.disk(free=1.1e9).passed


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert doctor.working_folder(tmp_path).passed
    assert not doctor.working_folder(tmp_path / "file" / "x").passed


def test_data_are_held_against_their_sums(tmp_path):
    file = tmp_path / "text" / "a.txt"
    file.parent.mkdir()
    file.write_bytes(b"as shipped")
    digest = hashlib.sha256(b"as shipped").hexdigest()
    assert "SHA256SUMS: got no such file" in doctor.data(tmp_path).found
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  text/a.txt\n", encoding="utf-8")
    assert doctor.data(tmp_path).passed
    file.write_bytes(b"As shipped")
    assert doctor.data(tmp_path).found == "text/a.txt was changed"
    file.unlink()
    assert doctor.data(tmp_path).found == "text/a.txt is missing"


def test_a_stray_file_among_the_shipped_data_is_named(tmp_path):
    shipped = tmp_path / "text" / "a.txt"
    shipped.parent.mkdir()
    shipped.write_bytes(b"as shipped")
    digest = hashlib.sha256(b"as shipped").hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  text/a.txt\n", encoding="utf-8")
    (tmp_path / "text" / ".DS_Store").write_bytes(b"the system's")
    assert doctor.data(tmp_path).passed
    (tmp_path / "text" / "mine.txt").write_bytes(b"mine")
    check = doctor.data(tmp_path)
    assert not check.passed and check.found == "text/mine.txt was not shipped"
    assert "move away" in check.mend


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\0", b"no hash\n"])
def test_a_blank_or_binary_list_of_sums_is_a_failed_check(tmp_path, content):
    (tmp_path / "SHA256SUMS").write_bytes(content)
    check = doctor.data(tmp_path)
    assert not check.passed and "SHA256SUMS" in check.found and check.mend


def test_the_shipped_data_pass():
    assert doctor.data().passed, doctor.data().found


def test_a_font_without_chinese_fails(monkeypatch):

    assert doctor.fonts().passed
    monkeypatch.setattr(figures, "missing_glyphs", lambda text: ["循"])
    assert not doctor.fonts().passed and "循" in doctor.fonts().found


def test_every_failure_says_how_to_mend_it(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(tmp_path))
    checks = doctor.examine()
    assert [check.name for check in checks if not check.passed] == ["lessons"]
    assert all(check.mend for check in checks if not check.passed)
