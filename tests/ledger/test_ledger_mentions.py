"""Code and lessons name rows of the ledger: every row that they name must be there."""

import re
from pathlib import Path

from rnn_tf import ledger

ROOT = Path(__file__).resolve().parents[2]
ID = re.compile(r"\b[BFR]-(?:\d{3}|ADD)-\d{2}\b|\bS-\d{2}\b")


def mentions():
    """Each place that names a row: file, id."""
    patterns = ("rnn_tf/**/*.py", "chapters/**/*.py", "*.md")
    for file in (file for pattern in patterns for file in ROOT.glob(pattern)):
        for id in ID.findall(file.read_text(encoding="utf-8")):
            yield file.relative_to(ROOT).as_posix(), id


def test_every_row_that_is_named_exists():
    known = {row.id for row in ledger.rows()}
    unknown = [mention for mention in mentions() if mention[1] not in known]
    assert not unknown


def test_errors_and_lessons_name_rows():
    named = set(mentions())
    files = {file for file, _ in named}
    assert len(named) > 100
    assert {"rnn_tf/shapes.py", "rnn_tf/reference/cell.py"} <= files
    assert sum(file.startswith("chapters/") for file in files) >= 6
