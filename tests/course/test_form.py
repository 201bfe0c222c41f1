"""The form of a lesson, as CONTRIBUTING.md states it: what is counted is what a reader sees."""

import ast
import re

import pytest

from rnn_tf import ledger
from rnn_tf.course import catalogue, notebooks
from rnn_tf.course.settings import LANGUAGES, PARTS
from rnn_tf.course.translation import HAN, foreign, wordings

LESSONS = catalogue.lessons()
IN_FORM = [pytest.param(lesson, id=lesson.name) for lesson in LESSONS]
ALL_PARTS = [pytest.param(part, id=part.id) for lesson in LESSONS for part in lesson.notebooks]

MOST_LINES, LONGEST_CELL, LONGEST_LINE, FIRST_RESULT = 150, 25, 100, 5
SHOWS = r"lesson\.(result|figure|animation|table)\("
ROW = r"\b[BF]-\d{3}-\d{2}\b"


_built = {}


def built(part, lang="en"):
    """The cells of a notebook; each is made once."""
    if (part.id, lang) not in _built:
        _built[part.id, lang] = notebooks.from_source(part, lang).cells
    return _built[part.id, lang]


def code_of(part, lang="en"):
    return [cell.source for cell in built(part, lang) if cell.cell_type == "code"]


def lines(code):
    return [line for line in code.splitlines() if line.strip()]


def asked_of_lesson(code, names):
    """The keys in ``lesson.result("key", …)``, ``lesson.figure(…, "key")``."""
    return {
        next(a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
        for call in ast.walk(ast.parse(code))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in names
        and getattr(call.func.value, "id", "") == "lesson"
    }


def statements(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def faults_of(lesson):
    """Ids of the articles' faults and formulas that belong to a lesson."""
    return {row.id for row in ledger.rows() if row.lesson == lesson.name and row.id[0] in "BF"}


@pytest.mark.parametrize("lesson", IN_FORM)
def test_a_lesson_has_all_its_parts(lesson):
    """What the articles only name has nothing to dissect: an autopsy only where it is wanted."""
    dispensable = set() if faults_of(lesson) else {"autopsy"}
    assert set(PARTS) - set(lesson.parts) <= dispensable


@pytest.mark.parametrize("lesson", IN_FORM)
def test_the_lesson_is_short(lesson):
    cells = code_of(lesson.main)
    assert sum(len(lines(code)) for code in cells) <= MOST_LINES
    assert max(len(lines(code)) for code in cells) <= LONGEST_CELL


@pytest.mark.parametrize("part", ALL_PARTS)
def test_lines_are_not_packed(part):
    """One statement a line, none longer than the formatter would let it be."""
    for code in code_of(part):
        assert max(map(len, code.splitlines()), default=0) <= LONGEST_LINE, code
        starts = [node.lineno for node in statements(ast.parse(code))]
        assert len(starts) == len(set(starts)), code


@pytest.mark.parametrize("lesson", IN_FORM)
def test_something_is_seen_within_five_cells(lesson):
    assert re.search(SHOWS, "\n".join(cell.source for cell in built(lesson.main)[:FIRST_RESULT]))


@pytest.mark.parametrize("lesson", IN_FORM)
def test_the_hour_is_planned(lesson):
    assert sum(stretch["minutes"] for stretch in lesson.main.plan) == 45


@pytest.mark.parametrize("lesson", IN_FORM)
def test_the_story_needs_at_most_one_fault(lesson):
    assert len(set(re.findall(ROW, lesson.main.source.read_text(encoding="utf-8")))) <= 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", ALL_PARTS)
def test_the_code_is_in_one_language(part, lang):
    for code in code_of(part, lang):
        assert foreign(code, lang, part.as_is) == []
        assert "lesson.text(" not in code and "lesson.say(" not in code


@pytest.mark.parametrize("part", ALL_PARTS)
def test_the_words_are_those_that_the_code_asks_for(part):
    code = "\n\n".join(code_of(part))
    if part.name == "lab":
        code += "\n\n" + "\n\n".join(code_of(part.runs_as))
    said = {wording.words for wording in wordings(code)}
    if part.name != "solutions":
        assert set(part.code) - said == set(), "words that stand nowhere in the code"
    for names, known in (({"result"}, part.results), ({"figure", "animation"}, part.figures)):
        asked = asked_of_lesson(code, names)
        assert asked == set(known) or (part.name == "solutions" and asked <= set(known))


@pytest.mark.parametrize("part", ALL_PARTS)
def test_translated_f_strings_say_the_same_numbers(part):
    def fields(words):
        return sorted(re.findall(r"\{[^{}]*\}", words))

    for english, chinese in part.code.items():
        assert fields(english) == fields(chinese)


@pytest.mark.parametrize("part", ALL_PARTS)
def test_prose_is_in_its_language(part):
    prose = {
        lang: [cell.source for cell in built(part, lang) if cell.cell_type == "markdown"]
        for lang in LANGUAGES
    }
    assert len(prose["en"]) == len(prose["zh"])
    assert all(HAN.search(text) for text in prose["zh"])
    assert len(HAN.findall("".join(prose["en"]))) < 100


def exercises(lesson, lang):
    """The cells of each exercise of the lab: from its heading to the next one."""
    found = []
    for cell in built(lesson.parts["lab"], lang):
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            found.append([])
        if found:
            found[-1].append(cell)
    return [cells for cells in found if any("<details>" in cell.source for cell in cells)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("lesson", IN_FORM)
def test_every_exercise_has_two_hints_and_a_check(lesson, lang):
    found = exercises(lesson, lang)
    assert 4 <= len(found) <= 6
    for cells in found:
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        assert prose.count("<details>") == prose.count("</details>") == 2, prose[:60]
        assert re.search(r"\bcheck\.\w+\(", code), prose[:60]


@pytest.mark.parametrize("lesson", IN_FORM)
def test_every_exercise_has_a_solution(lesson):
    lab = lesson.parts["lab"]
    blank, solved = code_of(lab), code_of(lab.runs_as)
    assert len(blank) == len(solved)
    changed = sum(one != other for one, other in zip(blank, solved, strict=True))
    assert changed >= len(exercises(lesson, "en"))


@pytest.mark.parametrize("lesson", IN_FORM)
def test_the_autopsy_shows_every_row_of_the_lesson(lesson):
    rows = faults_of(lesson)
    source = lesson.parts["autopsy"].source.read_text(encoding="utf-8") if rows else ""
    assert rows <= set(re.findall(ROW, source)) or "lesson.ledger()" in source
