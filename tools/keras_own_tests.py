"""Run Keras's own tests of its recurrent layers with our layers in their place.

    .venv/bin/python tools/keras_own_tests.py [SDIST]

Keras's source distribution holds its tests; that of the installed version is fetched with pip, or
its path is given. Every test file of the recurrent layers, and every other one that uses an
``LSTM``, ``GRU`` or ``SimpleRNN``, runs twice: with Keras's layers, and with ``rnn_tf.layers``
where the tests look for them. Exit status 0 if the same tests pass.
"""

import argparse
import collections
import importlib
import importlib.metadata
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree
from pathlib import Path

NAMES = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "simple_rnn"}
USES_ONE = re.compile(rf"\b(?:{'|'.join(NAMES)})\b")
OURS = "RNN_TF_IN_KERAS_TESTS"


def pytest_configure():
    """This file is the pytest plugin of both runs; the second one puts our layers in place."""
    if not os.environ.get(OURS):
        return
    from rnn_tf import layers

    for module in ("keras.layers", "keras.src.layers"):
        for name in NAMES:
            setattr(importlib.import_module(module), name, getattr(layers, name))
    for name, module in NAMES.items():
        module = importlib.import_module(f"keras.src.layers.rnn.{module}")
        setattr(module, name, getattr(layers, name))


def fetched(folder):
    """The path of the installed version's source distribution, fetched into ``folder``."""
    version = importlib.metadata.version("keras")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "-d", folder, f"keras=={version}"], check=True)
    return next(Path(folder).glob("keras-*.tar.gz"))


def unpacked(sdist, folder):
    """Write the test files that concern recurrent layers to ``folder``; how many there are."""
    count = 0
    with tarfile.open(sdist) as archive:
        for member in archive:
            if not member.name.endswith("_test.py"):
                continue
            source = archive.extractfile(member).read().decode("utf-8")
            if "/layers/rnn/" in member.name or USES_ONE.search(source):
                # One folder, names that stay unique: these files are no package.
                name = "_".join(Path(member.name).parts[3:])
                (Path(folder) / name).write_text(source, encoding="utf-8")
                count += 1
    return count


def results(folder, ours):
    """``{test: "passed", "skipped" or the first line of why not}`` of one run."""
    report = Path(folder) / f"{'ours' if ours else 'keras'}.xml"
    paths = [Path(__file__).parent, Path(__file__).parent.parent, os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, map(str, paths)))}
    environment |= {OURS: "1" if ours else "", "KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", Path(__file__).stem, "--tb=short"]
    command += ["--rootdir", folder, "-o", "python_files=*_test.py", "-W", "ignore"]
    command += ["--continue-on-collection-errors", "--durations=12"]
    process = subprocess.run(
        [*command, f"--junitxml={report}", folder], env=environment, cwd=folder, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    if not report.exists():
        raise SystemExit(process.stdout[-2000:])
    found = {}
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        kinds = {child.tag: child.get("message", "") for child in case}
        bad = kinds.get("failure", kinds.get("error"))
        kind = "skipped" if "skipped" in kinds else "passed"
        found[name] = kind if bad is None else " ".join(bad.split())[:200] or "failed"
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sdist", nargs="?", type=Path, help="path of keras-VERSION.tar.gz")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sdist = arguments.sdist or fetched(folder)
        tests = Path(folder) / "tests"
        tests.mkdir()
        files = unpacked(sdist, tests)
        theirs, ours = results(str(tests), False), results(str(tests), True)
    print(f"{sdist.name}: {files} test files, {len(theirs)} tests")
    for whose, found in (("keras.layers", theirs), ("rnn_tf.layers", ours)):
        kinds = collections.Counter(
            kind if kind in ("passed", "skipped") else "failed" for kind in found.values()
        )
        print(f"with {whose}: {dict(kinds)}")
    differ = [name for name in sorted(theirs | ours) if theirs.get(name) != ours.get(name)]
    for name in differ:
        print(f"{name}:\n  keras.layers: {theirs.get(name)}\n  rnn_tf.layers: {ours.get(name)}")
    passed = {name for name, kind in theirs.items() if kind == "passed"}
    return bool(passed ^ {name for name, kind in ours.items() if kind == "passed"})


if __name__ == "__main__":
    sys.exit(main())
