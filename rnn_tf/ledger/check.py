"""Runs a row's two halves and judges them. CLI, lessons and tests all ask here."""

import contextlib
import io
import os
import random
import re
import time
import warnings
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from rnn_tf import paths
from rnn_tf.ledger.rows import Between, Near, Raises, Right

_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class HalfRun:
    """What one half did: a value, or an error with its message on one line."""

    value: Any = None
    error: BaseException | None = None
    message: str = ""

    def __str__(self):
        if self.error is None:
            return in_words(self.value)
        return f"{type(self.error).__name__}: {self.message}"


@dataclass(frozen=True)
class Observation:
    """A row that was run: both halves, whether the row holds and, if not, the reason."""

    row: Any
    failing: HalfRun | None
    right: HalfRun | None
    holds: bool
    reason: str
    seconds: float


def holds(row):
    """Whether a row is still true today. Never raises for a row that is not."""
    return observe(row).holds


def observe(row):
    """Run a row and judge it.

    Rows without code hold when every place that they name (``at``) exists.
    """
    started = time.perf_counter()
    failing = right = None
    if row.runs:
        if row.reproduce is not None:
            failing = run(row.reproduce)
        right = run(row.repaired)
        reason = _fault_in(row.evidence, failing, right)
    else:
        reason = _missing(row)
    return Observation(row, failing, right, not reason, reason, time.perf_counter() - started)


def run(function):
    """Call ``function`` without letting it disturb the caller's random numbers or warnings."""
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        # Several faults warn or print before they fail; what counts is in the evidence.
        with (
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            return HalfRun(value=function())
    except Exception as error:
        return HalfRun(error=error, message=_one_line(error))
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002


def _one_line(error):
    """The message without colour codes, rules of stars, and the path of the working folder."""
    text = _COLOUR_CODE.sub("", str(error)).replace(f"{Path.cwd()}{os.sep}", "")
    return " ".join(re.sub(r"\*{4,}", "", text).split())


def matches(got, wanted):
    """Whether a returned value is what the evidence says."""
    if isinstance(wanted, (tuple, list)):
        got = tuple(got) if isinstance(got, (tuple, list, np.ndarray)) else (got,)
        return len(got) == len(wanted) and all(map(matches, got, wanted))
    if got is None or isinstance(got, str) or isinstance(wanted, (str, bool)):
        return isinstance(got, (str, bool, np.bool_)) and bool(got == wanted)
    if np.size(got) != 1:
        return False
    number = float(np.asarray(got).reshape(()))
    if isinstance(wanted, Between):
        return wanted.low <= number <= wanted.high
    if isinstance(wanted, Near):
        return abs(number - wanted.value) <= wanted.tolerance
    if np.isnan(wanted):
        return bool(np.isnan(number))
    return number == wanted or abs(number - wanted) <= 1e-6


def in_words(value):
    """A returned value, for reading."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(in_words, value)) + ")"
    if isinstance(value, np.ndarray):
        return in_words(tuple(value.tolist()))
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    if isinstance(value, Near):
        return f"{value.value:g} ± {value.tolerance:g}"
    if isinstance(value, Between):
        return f"{value.low:g} … {value.high:g}"
    return str(value)


def _fault_in(evidence, failing, right):
    """Why the evidence is not met, or ``""``."""
    if isinstance(evidence, Raises):
        if failing.error is None:
            return f"the failing half returned {failing}, {evidence.types} was expected"
        ancestors = {c.__name__ for c in type(failing.error).__mro__}
        if not ancestors & set(evidence.types.split(" | ")):
            return f"the failing half raised {failing}, {evidence.types} was expected"
        if not any(part in failing.message for part in evidence.fragment.split(" | ")):
            return f"the message {failing.message!r} has no {evidence.fragment!r}"
    elif not isinstance(evidence, Right):
        if failing.error is not None:
            return f"the failing half raised {failing}, {in_words(evidence.value)} was expected"
        if not matches(failing.value, evidence.value):
            return f"the failing half gave {failing}, {in_words(evidence.value)} was expected"
    if right.error is not None:
        return f"the right half raised {right}, {in_words(evidence.right)} was expected"
    if not matches(right.value, evidence.right):
        return f"the right half gave {right}, {in_words(evidence.right)} was expected"
    return ""


def _missing(row):
    absent = [place for place in getattr(row, "at", ()) if not exists(place)]
    return f"not found: {', '.join(absent)}" if absent else ""


def exists(place):
    """Whether a place named by a row exists: a dotted name of the library, or a file.

    Tests, the Makefile and the like are only in a clone; in an installed wheel they pass.
    """
    if place.startswith("rnn_tf."):
        module, name = place.rsplit(".", 1)
        for _ in range(place.count(".")):
            try:
                found = import_module(module)
            except ModuleNotFoundError as error:
                if error.name.partition(".")[0] != "rnn_tf":
                    return True  # a place in the course, and what the course needs is not installed
                module, _, head = module.rpartition(".")
                name = f"{head}.{name}"
                continue
            for part in name.split("."):
                if not hasattr(found, part):
                    return False
                found = getattr(found, part)
            return True
        return False
    root = paths.chapters_folder().parent
    if place.startswith("chapters/"):
        return (paths.chapters_folder() / place.removeprefix("chapters/")).exists()
    return not (root / "pyproject.toml").is_file() or (root / place).exists()
