"""The `rnn-tf` command, used as a person would use it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from rnn_tf import __version__
from rnn_tf.course import cli
from tests.course.small_parts import write_part

COMMAND = [sys.executable, "-m", "rnn_tf"]


@pytest.fixture
def rnn_tf(small_course, tmp_path, monkeypatch, capfd):
    """Run the command in an empty folder on the small course: (status, stdout, stderr)."""
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(small_course))
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        said = capfd.readouterr()
        return ended.value.code, said.out, said.err

    return run


def test_version_and_help_with_examples(rnn_tf):
    assert rnn_tf("--version") == (0, f"rnn-tf, version {__version__}\n", "")
    status, out, _ = rnn_tf("--help")
    assert status == 0 and "rnn-tf run 5 --mode full" in out
    for command in ("list", "run", "build", "lab", "doctor"):
        assert command in out
        assert rnn_tf(command, "--help")[0] == 0


@pytest.mark.parametrize(("lang", "title"), [("en", "Addition"), ("zh", "加法")])
def test_list_shows_lessons_with_their_budgets(rnn_tf, lang, title):
    status, out, err = rnn_tf("list", "--lang", lang)
    assert (status, err) == (0, "")
    line = next(line for line in out.splitlines() if "01_addition" in line)
    for words in (title, "002", "30 s, 1500 MB", "40 s, 1500 MB"):
        assert words in line


def test_a_wrong_lesson_is_one_line_with_the_nearest_name(rnn_tf):
    status, out, err = rnn_tf("run", "adition")
    assert (status, out) == (2, "")
    assert err == "rnn-tf: no lesson is called 'adition': did you mean 01_addition?\n"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["rnu"], "rnu"),
        (["run", "--mode", "long"], "'class', 'full'"),
        (["list", "--lang", "fr"], "'en', 'zh'"),
    ],
)
def test_wrong_use_is_explained_and_exits_2(rnn_tf, arguments, hint):
    status, out, err = rnn_tf(*arguments)
    assert (status, out) == (2, "") and hint in err and "Traceback" not in err


def test_a_folder_that_cannot_be_written_is_one_line(rnn_tf, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    status, out, err = rnn_tf("run", "2", "--build", "file/build")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and "cannot be written" in err


def test_run_shows_results_beside_baseline_and_band(rnn_tf, tmp_path):
    status, out, err = rnn_tf("run", "addition", "--lang", "zh")
    assert status == 0, out + err
    line = next(line for line in out.splitlines() if "一加一之和" in line)
    for words in ("01_addition", "2.01 (2.00 … 2.02)", "猜测: 1.50", "≥ 1.99 ≤ 2.05", "达到"):
        assert words in line
    assert err.startswith("01_addition 加法: ")  # progress
    build = tmp_path / "build"
    record = json.loads((build / "results.json").read_text(encoding="utf-8"))
    assert record["lessons"][0]["passed"] is True
    assert record["rows"][0]["values"] == [2.0, 2.01, 2.02]
    notebook = json.loads((build / "notebooks/zh/01_addition.class.ipynb").read_text("utf-8"))
    kinds = [o["output_type"] for cell in notebook["cells"] for o in cell.get("outputs", [])]
    assert "display_data" in kinds and "error" not in kinds
    assert (build / "figures" / "01_addition.sum.zh.class.png").stat().st_size > 5000


def test_a_missed_band_ends_with_1_and_says_so(rnn_tf, tmp_path):
    status, out, _ = rnn_tf("run", "2", "--build", "elsewhere")
    assert status == 1 and "MISSED" in out and "a half" in out
    assert (tmp_path / "elsewhere" / "results.json").is_file()


def test_a_lesson_that_fails_ends_with_1_and_names_the_cell(rnn_tf):
    status, out, err = rnn_tf("run", "2", "2", "--mode", "full")
    assert status == 1 and "Traceback" not in err
    assert out.count("cell 2: ZeroDivisionError: division by zero") == 1


def test_a_corrupt_data_file_is_one_line_that_names_it(rnn_tf, tmp_path, monkeypatch):
    corrupt = tmp_path / "mnist.npz"
    corrupt.write_bytes(b"PK not an archive")
    code = f"# %%\nfrom rnn_tf import datasets\ndatasets.digits.load({str(corrupt)!r})\n"
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    write_part(chapters / "02_failure", code)
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(chapters))
    status, out, err = rnn_tf("run")
    assert status == 1 and "Traceback" not in out + err
    (line,) = [line for line in out.splitlines() if "DataError" in line]
    assert line.startswith("02_failure: cell 0: DataError: ") and "mnist.npz" in line


def test_mode_and_language_come_from_the_environment(rnn_tf, monkeypatch):
    monkeypatch.setenv("RNN_TF_MODE", "full")
    monkeypatch.setenv("RNN_TF_LANG", "zh")
    status, out, _ = rnn_tf("run", "2")
    assert status == 1 and "未达到" in out and "ZeroDivisionError" in out


def test_build_check_finds_a_changed_notebook(rnn_tf, small_course, tmp_path, monkeypatch):
    chapters = tmp_path / "chapters"
    shutil.copytree(small_course, chapters)
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(chapters))
    source = chapters / "02_failure" / "lesson.py"
    source.write_text(source.read_text("utf-8").replace("0.4,", "0.6,"), encoding="utf-8")
    status, _, err = rnn_tf("build", "2", "--check")
    assert status == 1
    assert "en/02_failure/lesson.ipynb: is not there" in err and "mend: rnn-tf build" in err
    assert rnn_tf("build", "2")[0] == 0
    assert rnn_tf("build", "2", "--check") == (0, "", "")
    built = chapters / "zh" / "02_failure" / "lesson.ipynb"
    built.write_text(built.read_text("utf-8").replace("除以零", "除以一"), encoding="utf-8")
    status, _, err = rnn_tf("build", "2", "--check")
    assert (
        status == 1 and "zh/02_failure/lesson.ipynb: differs in cell 1" in err and "en/" not in err
    )


def test_doctor_reports_every_check_and_its_mend(rnn_tf, tmp_path, monkeypatch):
    status, out, _ = rnn_tf("doctor")
    assert status == 0 and "FAIL" not in out and out.count("PASS") >= 9
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(tmp_path))
    status, out, _ = rnn_tf("doctor")
    assert status == 1 and out.count("FAIL") == 1 and "→ get the folder chapters anew" in out


def test_a_sub_command_can_live_elsewhere(rnn_tf, monkeypatch):
    monkeypatch.setitem(cli.ELSEWHERE, "other", "rnn_tf.course.cli:list_")
    assert "other" in rnn_tf("--help")[1]
    assert "01_addition" in rnn_tf("other")[1]


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a POSIX signal")
def test_ctrl_c_ends_at_once_and_leaves_nothing_half_written(small_course, tmp_path):
    import psutil

    slow = tmp_path / "chapters"
    shutil.copytree(small_course, slow)
    source = slow / "02_failure" / "lesson.py"
    reached = tmp_path / "reached"
    long = f"import pathlib, time\npathlib.Path({str(reached)!r}).touch()\ntime.sleep(300)\n"
    source.write_text(source.read_text("utf-8") + long, "utf-8")
    shutil.copytree(slow / "02_failure", slow / "03_other")
    build = tmp_path / "build"
    running = subprocess.Popen(
        [*COMMAND, "run", "2", "3", "--jobs", "2", "--build", str(build)],
        env=os.environ | {"RNN_TF_CHAPTERS": str(slow)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    limit = time.monotonic() + 60
    while not reached.is_file():  # then one of the kernels is in its long cell
        assert running.poll() is None and time.monotonic() < limit
        time.sleep(0.05)
    kernels = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert err.strip() == "interrupted: what was being written is left as it was before"
    assert kernels and not any(kernel.is_running() for kernel in kernels)
    assert [file for file in build.rglob("*") if file.is_file()] == []


posix_shell = pytest.mark.skipif(os.name != "posix", reason="streams are closed in a POSIX shell")
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")


@pytest.fixture
def in_shell(small_course):
    """Run a shell's line on the small course, ``rnn-tf`` being this interpreter's."""

    def run(line, **environment):
        return subprocess.run(
            ["bash", "-c", line.replace("rnn-tf", f"{sys.executable} -m rnn_tf")],
            env=os.environ | {"RNN_TF_CHAPTERS": str(small_course)} | environment,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )

    return run


@posix_shell
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_error(in_shell, closed):
    done = in_shell(f"rnn-tf list {closed}")
    assert (done.returncode, done.stderr) == (0, "")


@posix_shell
def test_a_closed_pipe_is_no_error(in_shell):
    assert in_shell("rnn-tf list | true").stderr == ""


@needs_full
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["list", "--help", "ledger --json"])
def test_a_full_disk_behind_the_output_is_one_line_that_names_it(in_shell, command, unbuffered):
    done = in_shell(f"rnn-tf {command} >/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert done.stderr == "rnn-tf: standard output: No space left on device\n"
    assert done.returncode == 2


@needs_full
@pytest.mark.parametrize("command", ["run no_such_lesson", "no_such_command"])
def test_the_status_is_that_of_the_error_where_it_cannot_be_said(in_shell, command):
    assert in_shell(f"rnn-tf {command} 2>/dev/full").returncode == 2


def test_another_keras_backend_is_refused_in_one_line(python):
    named = os.environ | {"KERAS_BACKEND": "jax"}
    done = python("-m", "rnn_tf", "ledger", "--check", "--article", "003", env=named)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "set KERAS_BACKEND=tensorflow" in done.stderr


def test_words_that_are_not_utf_8_are_one_line_that_names_them(rnn_tf, tmp_path, monkeypatch):
    source = write_part(tmp_path / "01_latin").source
    source.with_suffix(".yaml").write_bytes("title: caf\xe9\n".encode("latin-1"))
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(tmp_path))
    status, _, err = rnn_tf("list")
    assert status == 2 and err.count("\n") == 1
    assert "lesson.yaml: got byte 0xe9" in err and "expected UTF-8 text" in err


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a POSIX signal")
def test_ctrl_c_while_modules_are_loaded_prints_no_traceback(tmp_path):
    """Loading takes most of a second; here it hangs, so that the signal comes at that time."""
    loading = tmp_path / "loading"
    hangs = f"import time; open({str(loading)!r}, 'x').close(); time.sleep(60)"
    (tmp_path / "click.py").write_text(hangs, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])
    running = subprocess.Popen(
        [*COMMAND, "list"], env=os.environ | {"PYTHONPATH": path}, stderr=subprocess.PIPE
    )
    limit = time.monotonic() + 30
    while not loading.exists():
        assert running.poll() is None and time.monotonic() < limit
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=30)[1] == b""
    assert running.returncode == -signal.SIGINT


def test_a_console_without_the_glyphs_still_gets_its_table(small_course, python):
    environment = os.environ | {
        "RNN_TF_CHAPTERS": str(small_course),
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
    }
    done = python("-m", "rnn_tf", "list", "--lang", "zh", env=environment)
    assert done.returncode == 0 and "01_addition" in done.stdout


def test_a_part_that_no_lesson_has_is_one_line(rnn_tf):
    status, out, err = rnn_tf("run", "1", "--part", "lab")
    assert (status, out) == (2, "") and "part: got 'lab', which no lesson chosen has" in err


def test_the_lab_is_run_as_its_solutions(rnn_tf, small_course, tmp_path, monkeypatch):
    chapters = tmp_path / "chapters"
    shutil.copytree(small_course, chapters)
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(chapters))
    code = (
        "# %%\nfrom rnn_tf.course.checks import NotYet, exercise\n@exercise\ndef one(answer):\n"
        "    if answer != 1:\n        raise NotYet('no', '不')\n"
        '# %% kind="starter"\nanswer = 0\n# %% kind="solution"\nanswer = 1\n# %%\none(answer)\n'
    )
    write_part(chapters / "01_addition", code, name="lab")
    status, out, _ = rnn_tf("run", "1", "--part", "lab")
    assert status == 0 and "01_addition.solutions" in out
    write_part(chapters / "01_addition", code.replace("answer = 1", "answer = 2"), name="lab")
    status, out, _ = rnn_tf("run", "1", "--part", "course")
    assert status == 1 and "AssertionError: one: no" in out and "2.01" in out
