"""A notebook runs in this interpreter's kernel, leaves no trace of it, and can be ended."""

import os
import signal
import sys
import threading
import time

import psutil
import pytest

from rnn_tf import locks, threads
from rnn_tf.course import execution, notebooks
from tests.course.small_parts import write_part

PAIR = '# %% [markdown] lang="en"\n# One.\n# %% [markdown] lang="zh"\n# 一。\n'


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """One run in a home where a faulty kernel and a start-up file lie in wait."""
    home = tmp_path_factory.mktemp("home")
    kernel = home / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        '{"argv": ["/no/such/python"], "display_name": "old", "language": "python"}',
        encoding="utf-8",
    )
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("surprise = 1", encoding="utf-8")
    code = (
        PAIR
        + "# %%\nimport os, sys\nprint(sys.executable)\nprint(os.environ['RNN_TF_MODE'])\n"
        + "# %%\nprint(os.environ['RNN_TF_LANG'], 'surprise' in globals())\n"
        + "# %%\nprint(os.environ['RNN_TF_DATA'], 'RNN_TF_BUILD' in os.environ)\n"
        + "# %%\nblock = b'1' * 150_000_000\n"
        + "# %%\nblock = None\n"
    )
    notebook = notebooks.from_source(write_part(home / "05_x", code), "zh")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(home / "jupyter"))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        patch.setenv("RNN_TF_DATA", "full")
        report = execution.execute(notebook, mode="full", lang="zh")
    return notebook, report


def test_the_kernel_is_this_interpreter_with_the_runs_environment(executed):
    notebook, report = executed
    assert report.error == ""
    said = "".join(o.text for cell in notebook.cells for o in cell.get("outputs", [])).splitlines()
    assert said == [sys.executable, "full", "zh False", f"{os.path.abspath('full')} False"]


def test_executed_notebooks_carry_no_times_and_no_machine(executed):
    notebook, _ = executed
    assert notebook.metadata == notebooks._METADATA
    assert all(cell.metadata == {} for cell in notebook.cells)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == [1, 2, 3, 4, 5]


def test_peak_memory_is_each_cells_own(executed):
    before, block, after = (cell["peak_mb"] for cell in executed[1].cells[2:])
    assert block > before + 130
    assert after <= block
    assert executed[1].peak_mb >= block - 1


def run(folder, *cells, **named):
    part = write_part(folder / "05_x", "".join(f"# %%\n{cell}\n" for cell in cells))
    notebook = notebooks.from_source(part, "en")
    return notebook, execution.execute(notebook, mode="class", lang="en", **named)


@pytest.mark.parametrize(("cores", "told"), [(1, "1 1\n"), (None, "None None\n")])
def test_a_kernel_is_told_its_share_of_the_cores(tmp_path, monkeypatch, cores, told):
    for name in (threads.CORES, "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    code = (
        f"from os import environ\nprint(*map(environ.get, ['{threads.CORES}', 'OMP_NUM_THREADS']))"
    )
    notebook, report = run(tmp_path, code, cores=cores)
    assert report.error == ""
    assert notebook.cells[0].outputs[0].text == told


def test_the_first_error_ends_the_run_and_is_one_line(tmp_path):
    notebook, report = run(tmp_path, "1", "raise ValueError('two\\nlines')", "2")
    assert report.error == "cell 1: ValueError: two lines"
    assert len(report.cells) == 1
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, None]


@pytest.mark.timeout(60)
def test_a_kernel_that_dies_is_reported(tmp_path):
    _, report = run(tmp_path, "1", "import os; os._exit(9)", "2")
    assert report.error == "cell 1: the kernel died (out of memory?)"


@pytest.mark.parametrize("place", ["RNN_TF_BUILD", "RNN_TF_CACHE"])
def test_a_kernel_killed_while_it_writes_leaves_nothing_half_written(tmp_path, monkeypatch, place):
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "cache"))
    build = tmp_path / "build"
    other = build / "rows" / f".x.json.rnn_tf-{'0' * 16}.json"
    other.parent.mkdir(parents=True)
    handle = locks.take(other)  # still being written by somebody else
    _, report = run(
        tmp_path,
        "import os\nfrom pathlib import Path\nfrom rnn_tf.paths import written_whole",
        f"folder = Path(os.environ['{place}']) / 'rows'\n"
        "with written_whole(folder / 'whole.json') as temporary:\n"
        "    temporary.write_text('whole')",
        "with written_whole(folder / 'half.json') as temporary:\n"
        "    temporary.write_text('hal')\n"
        "    assert temporary.is_file()\n"
        "    os._exit(9)",
        build=build,
    )
    assert report.error == "cell 2: the kernel died (out of memory?)"
    left = {file.name for file in tmp_path.rglob("*") if file.is_file()}
    assert left == {other.name, "whole.json", "lesson.py", "lesson.yaml"}
    locks.drop(other, handle)


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder of temporary files, for this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX")
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("sent", "delay"),
    [("SIGINT", 0.1), ("SIGINT", 1.1), ("SIGINT", 2.5), ("SIGTERM", 0.7), ("SIGHUP", 1.5)],
)
def test_a_signal_at_any_moment_ends_kernel_and_run_and_leaves_nothing(
    tmp_path, temporary, sent, delay
):
    number = getattr(signal, sent)
    before = [signal.getsignal(one) for one in execution._SIGNALS]
    interruption = threading.Timer(delay, os.kill, (os.getpid(), number))
    interruption.start()
    with pytest.raises((KeyboardInterrupt, SystemExit)) as ended:
        run(tmp_path, *["for n in range(50):\n    print(n)"] * 40, "import time; time.sleep(60)")
    interruption.join()
    if number == signal.SIGINT:
        assert ended.type is KeyboardInterrupt
    else:
        assert ended.value.code == 128 + number
    assert [signal.getsignal(one) for one in execution._SIGNALS] == before
    time.sleep(0.1)
    assert not [
        child for child in psutil.Process().children() if "ipykernel" in str(child.cmdline())
    ]
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGHUP")
def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with execution.interruptible():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is execution._end_kernels
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.timeout(30)
def test_a_kernel_that_dies_at_its_start_says_why_at_once(tmp_path, temporary, monkeypatch, capfd):
    launcher = tmp_path / "path" / "ipykernel_launcher.py"
    launcher.parent.mkdir()
    launcher.write_text("raise OSError('no ports are left')", encoding="utf-8")
    path = os.pathsep.join([str(launcher.parent), os.environ["PYTHONPATH"]])
    monkeypatch.setenv("PYTHONPATH", path)
    _, report = run(tmp_path, "1")
    assert report.error == "the kernel did not start: OSError: no ports are left"
    assert report.cells == [] and list(temporary.iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.timeout(30)
def test_a_machine_that_cannot_connect_to_itself_is_told_at_once(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("socket.create_connection", refuse)
    _, report = run(tmp_path, "1")
    assert report.error.startswith("the kernel did not start: this machine cannot connect to itse")


@pytest.mark.skipif(os.name != "posix", reason="the limit is POSIX")
@pytest.mark.timeout(30)
def test_too_few_file_handles_are_told_at_once_with_the_mend(tmp_path):
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = psutil.Process().num_fds() + 30
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, before[1]))
    try:
        _, report = run(tmp_path, "1")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert report.error.startswith("the kernel did not start: Too many open files: ")
    assert report.error.endswith("'ulimit -n 1024' allows")


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_cache_that_cannot_be_read_does_not_end_a_run(tmp_path, monkeypatch):
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "loop"))
    _, report = run(tmp_path, "1 + 1")
    assert report.error == "" and len(report.cells) == 1
