"""What was measured, kept: one JSON file an experiment and mode.

The files lie inside the package, in ``rnn_tf/claims/stored``: pages and lessons of an installed
package find them as those of a clone do. ``RNN_TF_CLAIMS`` names another folder. Reading checks
everything and runs no code.
"""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnn_tf import files, paths
from rnn_tf.claims.experiment import MODES
from rnn_tf.errors import unusable

_SHIPPED = Path(__file__).resolve().parent / "stored"
_KEYS = {"experiment", "mode", "code", "date", "versions", "machine", "seconds", "values"}


@dataclass(frozen=True)
class Result:
    """One experiment, measured.

    Attributes:
        experiment, mode: which.
        code: ``Experiment.fingerprint`` of what measured it.
        date: day on which the last seed ended, ``"2026-11-25"``.
        versions, machine: what the numbers may depend on.
        seconds: processor seconds of each seed.
        values: condition -> a number for each seed, seeds 0, 1, …
    """

    experiment: str
    mode: str
    code: str
    date: str
    versions: dict[str, str]
    machine: dict[str, Any]
    seconds: tuple[float, ...]
    values: dict[str, tuple[float, ...]]

    @property
    def seeds(self):
        """How many seeds were measured."""
        return len(self.seconds)

    @property
    def evidence(self):
        """Condition -> array of a number a seed, as rules want it."""
        return {name: np.array(numbers) for name, numbers in self.values.items()}


def folder():
    """Where results lie."""
    named = os.environ.get("RNN_TF_CLAIMS")
    return Path(named) if named else _SHIPPED


def path(experiment, mode):
    """The file of an experiment's result."""
    return folder() / f"{experiment}.{mode}.json"


def load(experiment, mode=None):
    """The stored ``Result``, or ``None``; without a mode that of the full mode if there is one.

    Raises ``DataError`` for a file that is not what ``store`` writes.
    """
    for one in (mode,) if mode else reversed(MODES):
        file = path(experiment, one)
        if file.is_file():
            result = read(file)
            if (result.experiment, result.mode) != (experiment, one):
                raise unusable(file, f"{result.experiment}, {result.mode}", f"{experiment}, {one}")
            return result
    return None


def store(result):
    """Write a result whole; what was there before stays if that fails. Returns the path."""
    target = path(result.experiment, result.mode)
    write(target, result)
    return target


def write(target, result):
    """Write ``result`` to the file ``target``, whole."""
    data = {name: getattr(result, name) for name in sorted(_KEYS - {"values"})}
    data["values"] = {name: _summary(numbers) for name, numbers in result.values.items()}
    with paths.written_whole(target) as temporary:
        text = json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")


def mean(numbers):
    """Rounded once: ``sum`` rounds otherwise since Python 3.12."""
    return math.fsum(numbers) / len(numbers)


def _summary(numbers):
    return {
        "mean": mean(numbers),
        "spread": [min(numbers), max(numbers)],
        "by_seed": list(numbers),
    }


def read(file):
    """The ``Result`` in a file, every part of it checked; else ``DataError``."""
    try:
        data = json.loads(files.read_text(file))
    except ValueError as error:
        raise unusable(file, f"no JSON: {error}", "what rnn-tf claims run writes") from error
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise unusable(file, "other keys", ", ".join(sorted(_KEYS)))
    _check_words(file, data)
    seconds = _numbers(file, "seconds", data["seconds"])
    if not isinstance(data["values"], dict) or not data["values"] or not seconds:
        raise unusable(file, "no values", "values by condition, and a second or more")
    values = {}
    for name, summary in data["values"].items():
        if not isinstance(summary, dict) or set(summary) != {"mean", "spread", "by_seed"}:
            raise unusable(file, f"{name}: other keys", "mean, spread, by_seed")
        values[name] = _numbers(file, name, summary["by_seed"], count=len(seconds))
        if summary != _summary(values[name]):
            raise unusable(file, f"{name}: a summary of other numbers", "that of by_seed")
    return Result(**{**data, "seconds": seconds, "values": values})


def _check_words(file, data):
    for key in ("experiment", "mode", "code", "date"):
        if not isinstance(data[key], str):
            raise unusable(file, f"{key}: {data[key]!r}", "text")
    if data["mode"] not in MODES:
        raise unusable(file, f"mode: {data['mode']!r}", " or ".join(MODES))
    for key in ("versions", "machine"):
        if not isinstance(data[key], dict):
            raise unusable(file, f"{key}: {data[key]!r}", "names with values")


def _numbers(file, name, found, count=None):
    good = isinstance(found, list) and all(
        isinstance(x, (int, float)) and not isinstance(x, bool) and math.isfinite(x) for x in found
    )
    if not good or (count is not None and len(found) != count):
        wanted = "finite numbers" if count is None else f"{count} finite numbers, one a seed"
        raise unusable(file, f"{name}: {str(found)[:60]}", wanted)
    return tuple(float(x) for x in found)
