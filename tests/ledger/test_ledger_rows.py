"""Every row of the ledger: it is there, it says something in both languages, and it is true."""

import dataclasses
import re
import time

import pytest

from rnn_tf import ledger
from rnn_tf.ledger import check
from rnn_tf.ledger.bibliography import BIBLIOGRAPHY
from rnn_tf.ledger.rows import Raises, Right

FAULTS_OF_EACH_ARTICLE = {"000": 8, "001": 29, "002": 23, "003": 8, "004": 21}
FORMULAS_OF_EACH_ARTICLE = {"000": 8, "001": 6, "002": 5, "003": 7, "004": 7}
REFERENCES_OF_EACH_ARTICLE = {"001": 19, "003": 1, "004": 2}
TOPIC_NUMBERS = [
    *range(1, 27),  # cells and theory
    *range(30, 39),  # data and tasks with code
    *range(40, 54),  # applications named
    *range(60, 69),  # tools and environment
    *(n for n in range(70, 89)),  # outlook
]

ROWS = ledger.rows()
RUNNING = [row for row in ROWS if row.runs]
LESSONS = {
    "01_by_hand",
    "02_keras_model",
    "03_gates",
    "04_next_value",
    "05_digits",
    "06_text",
    None,
}


def ids(letter, of_each_article):
    return [
        f"{letter}-{a}-{n:02d}" for a, last in of_each_article.items() for n in range(1, last + 1)
    ]


def by_id(rows):
    return pytest.mark.parametrize("row", rows, ids=[row.id for row in rows])


def test_no_fault_is_missing():
    wanted = ids("B", FAULTS_OF_EACH_ARTICLE)
    assert len(wanted) == 89
    assert [row.id for row in ledger.faults()] == wanted


def test_no_formula_is_missing():
    wanted = ids("F", FORMULAS_OF_EACH_ARTICLE)
    assert len(wanted) == 33
    assert [row.id for row in ledger.formulas()] == wanted


def test_no_reference_is_missing():
    wanted = ids("R", REFERENCES_OF_EACH_ARTICLE)
    assert len(wanted) == 22
    given = [row.id for row in ledger.references() if row.article]
    added = [row.id for row in ledger.references() if not row.article]
    assert given == wanted
    assert added == [f"R-ADD-{n:02d}" for n in range(1, len(added) + 1)]
    assert len(added) >= 10


def test_no_topic_is_missing():
    assert len(TOPIC_NUMBERS) == 77
    assert [row.id for row in ledger.topics()] == [f"S-{n:02d}" for n in TOPIC_NUMBERS]


def test_kinds_of_fault_are_the_audits():
    kinds = [row.kind for row in ledger.faults()]
    assert kinds.count("D") == 23
    assert len(kinds) - kinds.count("D") == 66
    assert set(kinds) == {"R", "S", "R/S", "D"}


@by_id(ROWS)
def test_row_is_written_in_both_languages(row):
    texts = [getattr(row, name) for name in row._texts]
    if row.runs:
        texts.append(row.evidence.what)
    for text in filter(None, texts):
        assert text.en.strip() and text.zh.strip()
        assert not re.search(r"[\u4e00-\u9fff]", text.en), text.en
    assert row.title and row.why
    words = row.title.zh + row.why.zh
    assert re.search(r"[\u4e00-\u9fff]", words), words
    assert row.lesson in LESSONS


@by_id(ledger.faults())
def test_fault_is_whole(row):
    assert row.section and row.repair
    if row.kind == "D":
        assert row.at, "a design row names where the course does it right"
    else:
        assert row.evidence and row.reproduce and row.repaired
    if row.kind == "R":
        assert isinstance(row.evidence, Raises) and row.evidence.fragment


@by_id(ledger.formulas())
def test_formula_is_whole(row):
    assert row.section and row.latex and row.names
    assert row.verdict in {"right", "one reading", "wrong"}
    assert row.latex.count("{") == row.latex.count("}")
    if isinstance(row.evidence, Right):
        assert row.as_printed is None and row.verdict != "wrong"
    else:
        assert row.as_printed is not None


@by_id(ledger.references())
def test_reference_is_whole(row):
    assert all(key in BIBLIOGRAPHY for key in row.entries)
    if row.verdict in {"not found", "added"}:
        assert row.entries
    assert (row.as_given is None) == (row.verdict == "added")


def test_every_publication_belongs_to_a_row():
    used = {key for row in ledger.references() for key in row.entries}
    assert used == set(BIBLIOGRAPHY)


@by_id(ledger.topics())
def test_topic_is_whole(row):
    assert row.verdict in {"here", "partly", "not yet", "out of scope"}
    assert row.centrality in {"core", "taught", "listed", "once"}
    assert bool(row.at) == (row.verdict in {"here", "partly"})
    assert set(row.articles) <= set(ledger.ARTICLES)


@by_id(ROWS)
def test_places_named_exist(row):
    absent = [place for place in getattr(row, "at", ()) if not check.exists(place)]
    assert not absent


@by_id(ROWS)
def test_row_holds(row):
    observation = check.observe(row)
    assert observation.holds, observation.reason


@by_id([row for row in RUNNING if row.reproduce])
def test_row_without_its_fault_does_not_hold(row):
    """The evidence tells the fault from its repair: with the fault removed the row breaks."""
    removed = "as_printed" if row.kind_of_row == "formula" else "reproduce"
    assert not check.holds(dataclasses.replace(row, **{removed: row.repaired}))


@by_id([row for row in RUNNING if row.reproduce])
def test_row_without_its_repair_does_not_hold(row):
    kept = "correct" if row.kind_of_row == "formula" else "repaired"
    assert not check.holds(dataclasses.replace(row, **{kept: row.reproduce}))


def test_miniatures_are_quick():
    seconds = []
    for row in RUNNING:
        started = time.process_time()
        check.observe(row)
        seconds.append((time.process_time() - started, row.id))
    assert max(seconds)[0] < 4, max(seconds)  # two halves of under two seconds each
    assert sum(s for s, _ in seconds) < 180
