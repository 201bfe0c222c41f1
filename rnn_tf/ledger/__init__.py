"""What the five articles say and what became of it: faults, formulas, references, topics, claims.

>>> from rnn_tf import ledger
>>> ledger.show("B-003-01")          # prints the row and runs it: how it fails, and the repair
>>> ledger.get("B-003-01").why.en
>>> [row.id for row in ledger.faults()]
>>> ledger.holds(ledger.get("F-004-04"))

To add a row, append it to the list of its article's module in ``tables/``:
``faults/article_003.py``, ``formulas/article_003.py``, ``references.py``, ``topics/`` or
``claims/article_003.py``. The fields
are explained in ``rows.py``; ids never change. Write the miniature above its row. Reading the
ledger loads no TensorFlow: miniatures take ``keras`` and ``tf`` from ``rnn_tf.ledger.late`` and the
library as ``rnn_tf.models…`` after ``import rnn_tf``.
"""

import difflib
from functools import cache
from importlib import import_module

from rnn_tf.errors import InputError
from rnn_tf.language import current_language
from rnn_tf.ledger.check import holds, observe
from rnn_tf.ledger.showing import print_row

ARTICLES = ("000", "001", "002", "003", "004")
KINDS = ("fault", "formula", "reference", "topic")

__all__ = [
    "ARTICLES",
    "KINDS",
    "claims",
    "faults",
    "formulas",
    "get",
    "holds",
    "observe",
    "references",
    "rows",
    "show",
    "topics",
]


@cache
def _table():
    """All rows by id, in the audit's order."""
    modules = [f"{kind}.article_{a}" for kind in ("faults", "formulas") for a in ARTICLES]
    table = {}
    for name in [*modules, "references", "topics"]:
        for row in import_module(f"{__name__}.tables.{name}").ROWS:
            if row.id in table:
                raise ValueError(f"two ledger rows have the id {row.id}")
            table[row.id] = row
    return table


def rows(kind=None):
    """All rows, or those of one kind (``"fault"``, ``"formula"``, ``"reference"``, ``"topic"``)."""
    if kind is not None and kind not in KINDS:
        raise InputError(f"kind: got {kind!r}, expected one of {', '.join(KINDS)}")
    return [row for row in _table().values() if kind in (None, row.kind_of_row)]


def faults():
    """The faults of the articles' programs, B-…"""
    return rows("fault")


def formulas():
    """The articles' formulas, F-…"""
    return rows("formula")


def references():
    """The articles' references, R-…, and those that the course adds, R-ADD-…"""
    return rows("reference")


def topics():
    """What the articles talk about, S-…"""
    return rows("topic")


@cache
def claims():
    """What the articles claim, C-…: not among ``rows``, they have a command of their own."""
    modules = (import_module(f"{__name__}.tables.claims.article_{a}") for a in ARTICLES)
    return [row for module in modules for row in module.ROWS]


def get(id):
    """The row with this id. Raises ``InputError`` that names the nearest id."""
    name = str(id).strip().upper()
    table = _table() | {row.id: row for row in claims()}
    if name in table:
        return table[name]
    near = difflib.get_close_matches(name, table, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`rnn-tf ledger` lists them"
    raise InputError(f"ledger: there is no row {id!r}; {hint}")


def show(id, lang=None):
    """Print a row and run it: what happens, why, the repair, the test that holds it.

    Args:
        id: e.g. ``"B-003-01"``.
        lang: ``"en"`` or ``"zh"``; default as ``rnn_tf.language.current_language`` says.

    Raises ``InputError`` for an unknown id, and ``AssertionError`` where the row does not hold
    any more.
    """
    observation = print_row(get(id), lang or current_language())
    if not observation.holds:
        raise AssertionError(f"{observation.row.id} does not hold: {observation.reason}")
