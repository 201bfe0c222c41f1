"""Killed at random moments: nothing is lost, nothing foreign touched, nothing left behind.

Half of the kills come at a random time, half at the sight of a file that is being written.
"""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from rnn_tf import locks
from rnn_tf.course import workspaces
from rnn_tf.training.checkpoint import read_checkpoint

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

COMMAND = [sys.executable, "-m", "rnn_tf"]
TRAINING = Path(__file__).parent.parent / "training" / "resumable_run.py"
HALF_WRITTEN = re.compile(r"\..+\.rnn_tf-[0-9a-f]{16}\.\w+")
ALIVE = "0123456789abcdef"  # what another process is at work on
#: None of these is ours, however much it looks so.
FOREIGN = (
    "build/.results.json.rnn_tf-backup.json",
    "build/.rnn_tf-run.old",
    "build/figures/.01_addition.sum.en.class.png.rnn_tf-0123456789abcdeg.png",
    "build/figures/01_addition.sum.en.class.png.rnn_tf-0123456789abcdef.png",
    "build/notebooks/en/.01_addition.class.12345678.ipynb",
    "build/notes/.mine.json.rnn_tf-0123456789abcdef.json",
    "cache/.x.npz.rnn_tf-0123456789ABCDEF.npz",
    "temporary/rnn_tf-notes/kernel.json",
    "temporary/rnn_tf-0123456789ABCDEF/kernel.json",
    "temporary/rnn_tf-0123456789ABCDEF.lock",
    "temporary/rnn_tf-0123456789abcde0.lock.bak",
    "temporary/rnn_tf-0123456789abcde0/kernel.json",
    f"temporary/rnn_tf-{ALIVE}/kernel.json",
    "training/.run[1].my_own_data.npz",
    "training/.run[1].npz.rnn_tf-backup.npz",
    f"training/.run[10].npz.rnn_tf-{ALIVE}.npz",
    "training/run[1].npz.bak",
)


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """A folder of foreign files and of another process's, whose places all runs here use."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "cache"))
    for name in FOREIGN:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    held = [
        tmp_path / f"temporary/rnn_tf-{ALIVE}.lock",
        tmp_path / f"build/.results.json.rnn_tf-{ALIVE}.json",
        tmp_path / f"training/.run[1].npz.rnn_tf-{ALIVE}.npz",
    ]
    handles = [locks.take(file) for file in held]
    yield tmp_path
    for name in FOREIGN:
        assert (tmp_path / name).read_text(encoding="utf-8") == name
    for file, handle in zip(held, handles, strict=True):
        assert os.path.samestat(os.stat(file), os.fstat(handle))
        locks.drop(file, handle)


def files(folder):
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir()}


def half_written(*folders):
    found = {file.name for folder in folders for file in folder.glob(".*")}
    return {name for name in found if HALF_WRITTEN.fullmatch(name) and ALIVE not in name}


def kill(process, rng, longest, *folders):
    """``kill -9`` at a random moment; whether it came before the process's own end."""
    limit = time.monotonic() + rng.uniform(0, longest)
    sights = rng.choice([0, 0, 1, 2, 4])  # half of the time: how many files to see begun
    seen = set()
    while process.poll() is None and (len(seen) < sights if sights else time.monotonic() < limit):
        seen |= half_written(*folders)
        time.sleep(0.0002 if sights else 0.01)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def kernels(scene):
    """The kernels whose connection files lie in the scene."""
    named = (process.info["cmdline"] or () for process in psutil.process_iter(["cmdline"]))
    return [line for line in named if any(str(scene / "temporary") in word for word in line)]


def whole(build):
    """Every file that a run shows is whole."""
    for file in build.rglob("[!.]*.ipynb"):
        assert json.loads(file.read_text(encoding="utf-8"))["cells"]
    for file in build.rglob("[!.]*.class.png"):
        with Image.open(file) as picture:
            picture.load()
    return json.loads((build / "results.json").read_text(encoding="utf-8"))


def start(*arguments, chapters):
    return subprocess.Popen(
        [*COMMAND, "run", *map(str, arguments)],
        env=os.environ | {"RNN_TF_CHAPTERS": str(chapters)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.full)])
@pytest.mark.timeout(3600)
def test_kills_in_the_middle_of_a_run(scene, small_course, kills):
    build, rng = scene / "build", random.Random(kills)
    arguments = ("--jobs", "2", "--build", build)
    began = time.monotonic()
    out, err = start(*arguments, chapters=small_course).communicate()
    longest = time.monotonic() - began
    expected, first = files(scene), whole(build)
    assert [row["key"] for row in first["rows"]] == ["sum", "half"], out + err
    effective = left = 0
    while effective < kills:
        run = start(*arguments, chapters=small_course)
        places = build, build / "figures", build / "notebooks" / "en"
        effective += kill(run, rng, longest, *places)
        assert whole(build)["rows"] == first["rows"]
        left += files(scene) != expected
        # The start of the next run, which kills do not wait for.
        with workspaces.only_run_in(build), workspaces.private(), workspaces.tidy(build):
            pass
        assert files(scene) == expected
        assert kernels(scene) == []
    assert left > 0  # or the kills were harmless
    start(*arguments, chapters=small_course).communicate()
    assert files(scene) == expected and whole(build)["rows"] == first["rows"]
    print(f"{effective} kills, {left} left something that the next start collected")


def train(checkpoint, weights, *fate):
    command = [sys.executable, str(TRAINING), checkpoint, weights, "1", "1", *fate]
    return subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.full)])
@pytest.mark.timeout(3600)
def test_kills_in_the_middle_of_a_checkpointed_training(scene, kills):
    folder, rng = scene / "training", random.Random(kills)
    whole_weights, weights = str(scene / "whole.npz"), str(scene / "weights.npz")
    _, err = train(str(scene / "whole_run.npz"), whole_weights).communicate()
    reference = dict(np.load(whole_weights))
    assert tuple(reference.pop("resumed")) == (-1, -1), err
    expected = files(folder)
    checkpoint = folder / "run[1].npz"
    effective = left = finished = 0
    done = False
    while effective < kills or not done:
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        run = train(str(checkpoint), weights, "slow", "0.05")
        while run.poll() is None and not (
            checkpoint.exists() and checkpoint.stat().st_mtime_ns > before
        ):
            time.sleep(0.01)
        assert len(half_written(folder)) <= 1  # this run's; the last one's is gone
        if effective < kills:
            effective += kill(run, rng, 0.4, folder)
            left += bool(half_written(folder))
        done = run.wait() == 0
        read_checkpoint(checkpoint)
        if done:
            finished += 1
            assert files(folder) == expected | {checkpoint.name}
            ended = dict(np.load(weights))
            ended.pop("resumed")
            for name, values in reference.items():
                np.testing.assert_array_equal(ended[name], values, err_msg=name)
            checkpoint.unlink()
    assert left > 0  # or no kill came while a file was written
    print(f"{effective} kills, {left} in the middle of a file, {finished} trainings ended")


@pytest.fixture
def slow_course(tmp_path, small_course):
    """A course whose second lesson writes a file and then takes five minutes."""
    chapters = tmp_path / "chapters"
    shutil.copytree(small_course, chapters)
    source = chapters / "02_failure" / "lesson.py"
    reached = tmp_path / "reached"
    long = f"import pathlib, time\npathlib.Path({str(reached)!r}).touch()\ntime.sleep(300)\n"
    source.write_text(source.read_text("utf-8") + long, "utf-8")
    return chapters, reached


@pytest.mark.parametrize("sent", ["SIGTERM", "SIGHUP"])
def test_a_signal_to_a_run_ends_its_kernels_and_leaves_nothing(scene, slow_course, sent):
    chapters, reached = slow_course
    before = files(scene)
    run = start("2", "--build", scene / "build", chapters=chapters)
    limit = time.monotonic() + 60
    while not reached.is_file():
        assert run.poll() is None and time.monotonic() < limit
        time.sleep(0.05)
    second = start("2", "--build", scene / "build", chapters=chapters)
    out, err = second.communicate(timeout=60)
    assert (second.returncode, out, err.count("\n")) == (2, "", 1)
    assert f"in use by another run (process {run.pid}, since " in err
    assert kernels(scene) != []
    run.send_signal(getattr(signal, sent))
    out, _ = run.communicate(timeout=30)
    assert (run.returncode, out) == (128 + getattr(signal, sent), "")
    assert kernels(scene) == []
    assert files(scene) == before | {"reached"}


@pytest.mark.timeout(120)
def test_a_signal_to_the_lab_ends_jupyterlab(scene, small_course):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*COMMAND, "lab", "--no-browser", "--folder", str(scene / "lessons"), "--"]
    command += ["--allow-root", f"--ServerApp.port={port}"]
    private = {name: str(scene / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    lab = subprocess.Popen(
        command,
        env=os.environ | private | {"RNN_TF_CHAPTERS": str(small_course)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not listens(port):
            assert lab.poll() is None
            time.sleep(0.1)
        lab.send_signal(signal.SIGTERM)
        lab.wait(30)
        assert not listens(port)
    finally:
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(lab.pid).children(recursive=True):
                process.kill()
        lab.kill()
        lab.wait()


def listens(port):
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
