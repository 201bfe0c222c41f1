"""A built wheel works outside the clone, its data and lessons included."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import rnn_tf

CLONE = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(
    not (CLONE / "pyproject.toml").is_file(), reason="there is no clone to build from"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "-w", str(folder)]
    subprocess.run([*command, str(CLONE)], check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the wheel; what it depends on is lent by this environment."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=os.name == "posix")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    fresh = scripts / "python"
    packages = subprocess.run(
        [fresh, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    ).stdout.strip()
    install = [sys.executable, "-m", "pip", "--python", str(fresh), "install", "--quiet"]
    install += ["--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run(install, check=True, timeout=300)
    # Only the folder itself is lent, not the .pth file in it that leads to the clone.
    lent = sysconfig.get_path("purelib")
    (Path(packages) / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    return scripts


@pytest.fixture
def outside(installed, tmp_path):
    """Run a program of the fresh environment in an empty folder far from the clone."""

    def run(program, *arguments):
        return subprocess.run(
            [installed / program, *arguments],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )

    return run


def test_wheel_holds_package_data_lessons_and_licences(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "rnn_tf/course/cli.py",
        "rnn_tf/_data/SHA256SUMS",
        "rnn_tf/course/_fonts/NotoSansSC-subset.otf",
        "rnn_tf/course/_fonts/OFL.txt",
    ):
        assert wanted in names
    licences = [path.relative_to(CLONE) for path in (CLONE / "data" / "licences").iterdir()]
    for wanted in (Path("LICENSE"), Path("rnn_tf/course/_fonts/OFL.txt"), *licences):
        assert any(name.endswith(f".dist-info/licenses/{wanted.as_posix()}") for name in names)
    for source in (CLONE / "chapters").glob("[0-9][0-9]_*/*.*"):
        assert f"rnn_tf/_chapters/{source.parent.name}/{source.name}" in names
    tops = {name.split("/")[0] for name in names}
    assert len(tops) == 2 and "rnn_tf" in tops  # the package and its metadata, nothing else


def metadata_of(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("METADATA")]
        return archive.read(name).decode("utf-8").splitlines()


def test_the_wheel_declares_the_licence_of_everything_in_it(wheel):
    (declared,) = [line for line in metadata_of(wheel) if line.startswith("License-Expression: ")]
    declared = set(declared.split(": ")[1].split(" AND "))
    page = (CLONE / "data" / "README.md").read_text("utf-8")
    table = page[: page.index("## What was done")]
    # As the table of the data names them; the public domain is no licence.
    of_data = set(re.findall(r"CC BY-SA 3\.0|Apache-2\.0|CC0 1\.0|MIT(?= \()", table))
    assert len(of_data) == 4 and "public domain" in table
    spdx = {"CC BY-SA 3.0": "CC-BY-SA-3.0", "CC0 1.0": "CC0-1.0"}
    assert declared == {"MIT", "OFL-1.1"} | {spdx.get(name, name) for name in of_data}


def test_the_version_is_the_one_of_the_package(wheel):
    assert f"Version: {rnn_tf.__version__}" in metadata_of(wheel)


def test_requirements_of_the_wheel_name_one_tensorflow_for_each_system(wheel):
    lines = metadata_of(wheel)
    flows = [line for line in lines if line.startswith("Requires-Dist: tensorflow")]
    assert len(flows) == 2 and all(";" in line for line in flows)
    assert "Requires-Python: <3.14,>=3.11" in lines


def test_it_is_the_wheel_that_runs(outside):
    done = outside("python", "-c", "import rnn_tf; print(rnn_tf.__file__)")
    assert "environment" in done.stdout and str(CLONE / "rnn_tf") not in done.stdout


def test_lessons_are_listed_outside_the_clone(outside):
    done = outside("rnn-tf", "list")
    assert (done.returncode, done.stderr) == (0, "")
    for lesson in (CLONE / "chapters").glob("[0-9][0-9]_*"):
        assert lesson.name in done.stdout


def test_the_benchmarks_and_their_workers_start_from_the_wheel(outside):
    code = """
from rnn_tf.course.bench import command
from rnn_tf._benchmarks import measure
worker = measure.Worker("limit_tf", "inference", "W4")
print(command.callback.__module__, worker.answer()["first_call_s"] > 0)
worker.close()
"""
    done = outside("python", "-c", code)
    assert done.stdout == "rnn_tf._benchmarks.run True\n", done.stderr


def test_the_lessons_of_an_installed_package_are_not_built(outside):
    done = outside("rnn-tf", "build")
    assert done.returncode == 2 and "work in a clone" in done.stderr


def test_doctor_passes_outside_the_clone(outside):
    done = outside("rnn-tf", "doctor")
    assert done.returncode == 0, done.stdout + done.stderr


def test_data_loads_and_a_model_trains_outside_the_clone(outside):
    code = """
from rnn_tf import datasets, models
from rnn_tf.backend import keras
digits = datasets.digits.load()
model = models.row_lstm(units=4)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
history = model.fit(digits.train.inputs[:64], digits.train.targets[:64], verbose=0)
print(digits.test.inputs.shape, history.history["loss"][0] > 0)
"""
    done = outside("python", "-c", code)
    assert done.stdout.splitlines()[-1:] == ["(2000, 28, 28) True"], done.stderr
    assert done.stderr == ""
