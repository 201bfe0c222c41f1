"""Every test runs without a network, without a display, and with a cache of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing on a machine that does other things too.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

TESTS = Path(__file__).resolve().parent
GUARD = TESTS / "no_network"

sys.path.insert(0, str(GUARD))
import sitecustomize  # noqa: E402  (our guard; Python may have loaded the system's)

if not hasattr(sitecustomize, "NetworkRefused"):
    del sys.modules["sitecustomize"]
    import sitecustomize  # noqa: F401
sys.path.remove(str(GUARD))

_CACHE = tempfile.TemporaryDirectory(prefix="rnn_tf-tests-", ignore_cleanup_errors=True)
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(GUARD), os.environ.get("PYTHONPATH", "")])
)
os.environ["MPLBACKEND"] = "Agg"
os.environ["RNN_TF_CACHE"] = _CACHE.name
for _name in ("RNN_TF_MODE", "RNN_TF_LANG", "RNN_TF_BUILD", "RNN_TF_CHAPTERS"):
    os.environ.pop(_name, None)


@pytest.fixture(autouse=True)
def seeded():
    """Every test draws the same random numbers in every run, whatever ran before it."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture(scope="session")
def small_course():
    """A course of two lessons; the second misses its band, and in full mode it fails."""
    return TESTS / "course" / "small_course"


@pytest.fixture
def python():
    """Run this interpreter with the given arguments; its output as text."""

    def run(*arguments, **named):
        named = {"timeout": 300, "encoding": "utf-8", "capture_output": True} | named
        return subprocess.run([sys.executable, *arguments], **named)

    return run


@pytest.fixture
def costs(record_property):
    """Note what a lesson took; the terminal summary shows it beside the budget."""
    return lambda *cost: record_property("cost", cost)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Two processes where there are cores and memory for both: `make test` takes half the time.

    Each grows to three gigabytes, and the lessons that it runs take two more.
    """
    import psutil

    from rnn_tf.course import running

    return running.suitable_jobs() if psutil.virtual_memory().available > 9e9 else 1


def pytest_terminal_summary(terminalreporter):
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    noted = (note for report in reports for note in report.user_properties)
    rows = [cost for name, cost in noted if name == "cost"]
    if not rows:
        return
    terminalreporter.section("lessons: seconds and peak memory (budget)")
    for name, seconds, peak_mb, budget_s, budget_mb in rows:
        over = seconds > budget_s or peak_mb > budget_mb
        terminalreporter.line(
            f"{name:<28}{seconds:7.1f} s ({budget_s:g}){peak_mb:8.0f} MB "
            f"({budget_mb:g}){'  OVER' if over else ''}"
        )
