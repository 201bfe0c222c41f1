"""Install locked requirements and the package into the environment of this interpreter.

    .venv/bin/python tools/install.py requirements.txt [requirements-test.txt ...]

One line of progress instead of pip's hundreds; pip's own last words if it fails. Only modules
that the course uses are byte-compiled: compiling all of TensorFlow takes longer than its download.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
# From an index or there already; or a wheel file from a folder.
PACKAGE = re.compile(
    r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9_.-]+)"
    r"|Processing .*?([A-Za-z0-9_.]+)-\d[^/\\]*\.whl"
)
FIRST_USE = """
import rnn_tf.course.report, rnn_tf.course.notebooks, click, nbclient, jupytext, ipykernel.kernelapp
import matplotlib.pyplot, nltk, jupyterlab.labapp
from rnn_tf.backend import tf, keras
keras.Sequential([keras.layers.LSTM(1)]).predict(tf.zeros((1, 2, 1)), verbose=0)
"""


class Line:
    """One line that is rewritten in a terminal; elsewhere only its last state is printed."""

    def __init__(self):
        self.live = sys.stdout.isatty()
        self.width = 0

    def show(self, words):
        if self.live:
            words = words[: shutil.get_terminal_size().columns - 1]  # a longer one breaks it
            print("\r" + words.ljust(self.width), end="", flush=True)
            self.width = len(words)

    def end(self, words):
        print(("\r" if self.live else "") + words.ljust(self.width), flush=True)
        self.width = 0


def pip(arguments, on_line):
    """Run pip, give each line it prints to ``on_line``; its last lines and status if it fails."""
    process = subprocess.Popen(
        [*PIP, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    last = []
    for line in process.stdout:
        if "WARNING" not in line:
            last = [*last[-14:], line.rstrip()]
        on_line(line)
    if process.wait():
        print("\n" + "\n".join(last), file=sys.stderr)
        print("set-up failed: pip's last words are above", file=sys.stderr)
        sys.exit(1)


def main(files):
    started = time.perf_counter()
    total = sum(
        len(re.findall(r"^[a-z0-9].*==", Path(file).read_text(encoding="utf-8"), re.M))
        for file in files
    )
    line, seen = Line(), set()

    def packages(text):
        found = PACKAGE.match(text)
        if found:
            name = (found[1] or found[2]).lower().replace("_", "-")
            seen.add(name)
            line.show(f"packages: {len(seen)} of up to {total}, {name}")
        elif text.startswith("Installing collected"):
            line.show(f"packages: installing {len(seen)} of them")

    line.show(f"packages: {total} are locked")
    locked = [word for file in files for word in ("-r", file)]
    pip(["install", "--no-compile", "--require-hashes", *locked], packages)
    line.show("the package rnn-tf")
    pip(["install", "--no-deps", "--no-build-isolation", "-e", str(CLONE)], lambda text: None)
    line.show("first start of TensorFlow and JupyterLab")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    if subprocess.run([sys.executable, "-c", FIRST_USE], env=environment, cwd=CLONE).returncode:
        print("\nset-up failed: all is installed, but does not start (above)", file=sys.stderr)
        sys.exit(1)
    line.end(f"set-up: {len(seen)} packages, {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    try:
        main(sys.argv[1:] or ["requirements.txt"])
    except KeyboardInterrupt:
        print("\nset-up interrupted: start it again, and it goes on", file=sys.stderr)
        sys.exit(130)
