"""``results.json``: what a run of lessons gave, on which machine."""

import json
from pathlib import Path

from rnn_tf import paths
from rnn_tf.course import machine


def results_file(build):
    return Path(build) / "results.json"


def write_results(outcomes, build="build"):
    """Write ``build/results.json``: machine, versions, lessons with their cost, result rows."""
    target = results_file(build)
    record = {
        "machine": machine.description(),
        "versions": machine.versions(),
        "lessons": [
            {
                "lesson": outcome.part.lesson,
                "part": outcome.part.name,
                "lang": outcome.lang,
                "mode": outcome.mode,
                "passed": outcome.passed,
                "error": outcome.error,
                "seconds": round(outcome.seconds, 1),
                "peak_mb": round(outcome.peak_mb),
                "budget": vars(outcome.part.budgets[outcome.mode]),
                "cells": outcome.cells,
            }
            for outcome in outcomes
        ],
        "rows": [row for outcome in outcomes for row in outcome.rows],
    }
    with paths.written_whole(target) as temporary:
        temporary.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    return target
