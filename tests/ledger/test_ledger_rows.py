"""Every row of the ledger: it is there, it says something in both languages, and it is true."""

import dataclasses
import re
import time
from functools import cache

import pytest

from rnn_tf import ledger, paths
from rnn_tf.ledger import check
from rnn_tf.ledger.bibliography import BIBLIOGRAPHY
from rnn_tf.ledger.rows import Raises, Right, Words

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

HAN = re.compile(r"[\u4e00-\u9fff]")

ROWS = ledger.rows()
RUNNING = [row for row in ROWS if row.runs]
LESSONS = {None, *(path.parent.name for path in paths.chapters_folder().glob("*/lesson.py"))}


def ids(letter, of_each_article):
    return [
        f"{letter}-{a}-{n:02d}" for a, last in of_each_article.items() for n in range(1, last + 1)
    ]


def by_id(rows):
    return pytest.mark.parametrize("row", rows, ids=[row.id for row in rows])


def flawed(rows, flaws):
    """What ``flaws`` finds in each row, by id; rows without a flaw are left out."""
    return {row.id: found for row in rows if (found := list(flaws(row)))}


def unmet(**conditions):
    """Names of the conditions that are not met."""
    return (name for name, met in conditions.items() if not met)


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


def flaws_of_language(row):
    texts = [getattr(row, name) for name in row._texts]
    if row.runs:
        texts.append(row.evidence.what)
    for text in filter(None, texts):
        if not text.en.strip() or not text.zh.strip():
            yield f"a language is missing: {text}"
        if HAN.search(text.en):
            yield f"Chinese in the English: {text.en}"
    if not (row.title and row.why) or not HAN.search(row.title.zh + row.why.zh):
        yield "no Chinese title or reason"
    if row.lesson not in LESSONS:
        yield f"there is no lesson {row.lesson}"


def flaws_of_fault(row):
    yield from unmet(section=row.section, repair=row.repair)
    if row.kind == "D":  # names where the course does it right
        yield from unmet(at=row.at)
    else:
        yield from unmet(evidence=row.evidence, reproduce=row.reproduce, repaired=row.repaired)
    if row.kind == "R":
        yield from unmet(message=isinstance(row.evidence, Raises) and row.evidence.fragment)


def flaws_of_formula(row):
    yield from unmet(section=row.section, latex=row.latex, names=row.names)
    yield from unmet(verdict=row.verdict in {"right", "one reading", "wrong"})
    if isinstance(row.evidence, Right):
        yield from unmet(right=row.as_printed is None and row.verdict != "wrong")
    else:
        yield from unmet(as_printed=row.as_printed)


def flaws_of_reference(row):
    yield from unmet(known=all(key in BIBLIOGRAPHY for key in row.entries))
    yield from unmet(as_given=(row.as_given is None) == (row.verdict == "added"))
    if row.verdict in {"not found", "added"}:
        yield from unmet(entries=row.entries)


def flaws_of_topic(row):
    yield from unmet(
        verdict=row.verdict in {"here", "partly", "not yet", "out of scope"},
        centrality=row.centrality in {"core", "taught", "listed", "once"},
        at=bool(row.at) == (row.verdict in {"here", "partly"}),
        articles=set(row.articles) <= set(ledger.ARTICLES),
    )


def test_rows_are_written_in_both_languages():
    assert flawed(ROWS, flaws_of_language) == {}


def test_faults_are_whole():
    assert flawed(ledger.faults(), flaws_of_fault) == {}


def test_formulas_are_whole():
    assert flawed(ledger.formulas(), flaws_of_formula) == {}


def test_references_are_whole():
    assert flawed(ledger.references(), flaws_of_reference) == {}


def test_topics_are_whole():
    assert flawed(ledger.topics(), flaws_of_topic) == {}


@pytest.mark.parametrize(
    "id, change, flaws, found",
    [
        ("B-003-01", {"why": Words("Why.", " ")}, flaws_of_language, "a language is missing"),
        (
            "B-003-01",
            {"why": Words("为什么", "为什么")},
            flaws_of_language,
            "Chinese in the English",
        ),
        (
            "S-01",
            {"title": Words("T", "T"), "why": Words("W", "W")},
            flaws_of_language,
            "no Chinese",
        ),
        ("B-003-01", {"lesson": "99"}, flaws_of_language, "there is no lesson 99"),
        ("B-003-01", {"repair": None}, flaws_of_fault, "repair"),
        ("B-003-01", {"reproduce": None}, flaws_of_fault, "reproduce"),
        ("B-001-24", {"at": ()}, flaws_of_fault, "at"),
        ("F-000-04", {"latex": ""}, flaws_of_formula, "latex"),
        ("F-000-02", {"as_printed": None}, flaws_of_formula, "as_printed"),
        ("R-001-01", {"entries": ("nobody1999nothing",)}, flaws_of_reference, "known"),
        ("R-ADD-01", {"entries": ()}, flaws_of_reference, "entries"),
        ("R-001-01", {"as_given": None}, flaws_of_reference, "as_given"),
        ("S-01", {"at": ()}, flaws_of_topic, "at"),
        ("S-01", {"section": "009 L1"}, flaws_of_topic, "articles"),
    ],
)
def test_a_flaw_in_a_row_is_found(id, change, flaws, found):
    assert list(flaws(ledger.get(id))) == []
    told = list(flaws(dataclasses.replace(ledger.get(id), **change)))
    assert told and told[0].startswith(found)


def test_every_publication_belongs_to_a_row():
    used = {key for row in ledger.references() for key in row.entries}
    assert used == set(BIBLIOGRAPHY)


def test_places_named_exist():
    """All that rows without code promise; and where the others say it is done right."""
    named = [(row.id, place) for row in ROWS for place in getattr(row, "at", ())]
    assert len({id for id, _ in named}) > 100
    assert [one for one in named if not check.exists(one[1])] == []


@cache
def observed(id):
    """What running a row showed, and the processor's seconds that it took."""
    from rnn_tf import backend  # noqa: F401  (started before the clock is)

    started = time.process_time()
    observation = check.observe(ledger.get(id))
    return observation, time.process_time() - started


@by_id(RUNNING)
def test_row_holds(row):
    observation, seconds = observed(row.id)
    assert observation.holds, observation.reason
    assert seconds < 4  # two halves of under two seconds each


def test_miniatures_are_quick_together():
    assert sum(observed(row.id)[1] for row in RUNNING) < 180


@by_id([row for row in RUNNING if row.reproduce])
def test_row_without_its_fault_does_not_hold(row):
    """The evidence tells the fault from its repair: with the fault removed the row breaks."""
    removed = "as_printed" if row.kind_of_row == "formula" else "reproduce"
    assert not check.holds(dataclasses.replace(row, **{removed: row.repaired}))


@by_id([row for row in RUNNING if row.reproduce])
def test_row_without_its_repair_does_not_hold(row):
    kept = "correct" if row.kind_of_row == "formula" else "repaired"
    assert not check.holds(dataclasses.replace(row, **{kept: row.reproduce}))
