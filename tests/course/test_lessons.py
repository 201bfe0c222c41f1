"""Every lesson, executed: results in their bands, nothing on stderr, costs reported.

Also what was committed: each notebook is its source's, whole, executed and free of this machine.
"""

import json
import os
import re

import pytest
from rnn_tf.course.lesson import LANGUAGES

from rnn_tf import paths
from rnn_tf.course import catalogue, notebooks, running

LESSONS = catalogue.lessons()
BOTH = [pytest.param(c, lang, id=f"{c.name}-{lang}") for c in LESSONS for lang in LANGUAGES]
MEMORY_LIMIT_MB = 2000


def outputs(notebook):
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def faults(notebook):
    """What a reader must never meet in an executed notebook."""
    found = []
    for output in outputs(notebook):
        if output["output_type"] == "error":
            found.append(output["evalue"])
        if output.get("name") == "stderr":
            found.append("".join(output["text"])[:200])
        if "image/png" in output.get("data", {}):
            alt = output["metadata"].get("image/png", {}).get("alt", "")
            found += [] if len(alt) > 10 else ["a figure without alt text"]
        text = "".join(output.get("text", output.get("data", {}).get("text/html", "")))
        found += re.findall(r"(?:/home/|/root/|/tmp/|/Users/|[A-Z]:\\)\S*", text)
    return found


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def in_class(tmp_path_factory):
    """All lessons in both languages, as `make course` runs them; the outcomes by lesson."""
    todo = [(chapter, lang) for chapter in LESSONS for lang in LANGUAGES]
    build = tmp_path_factory.mktemp("build")
    outcomes = running.run_all(todo, build=build, jobs=running.suitable_jobs())
    return {(outcome.chapter.name, outcome.lang): outcome for outcome in outcomes}


@pytest.mark.lessons
@pytest.mark.timeout(1800)  # the first of these tests waits for all lessons
@pytest.mark.parametrize(("chapter", "lang"), BOTH)
def test_lesson_reaches_its_bands_in_class_mode(chapter, lang, in_class, costs):
    outcome = in_class[chapter.name, lang]
    costs(f"{chapter.name} {lang}", outcome.seconds, outcome.peak_mb, chapter.budgets["class"])
    assert outcome.error == ""
    assert [row for row in outcome.rows if not row["in_band"]] == []
    assert faults(read(outcome.notebook)) == []
    assert any(row["at_least"] is not None or row["at_most"] is not None for row in outcome.rows)
    assert any(row["baseline"] for row in outcome.rows), "no result stands beside a baseline"
    assert outcome.peak_mb < MEMORY_LIMIT_MB
    figures = outcome.notebook.parents[2] / "figures"
    assert list(figures.glob(f"{chapter.name}.*.{lang}.class.png"))


@pytest.mark.lessons
@pytest.mark.parametrize("chapter", LESSONS, ids=lambda chapter: chapter.name)
def test_lesson_runs_as_a_script(chapter, tmp_path, python):
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "RNN_TF_LANG": "zh"}
    done = python(str(chapter.source), cwd=tmp_path, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    rows = read(tmp_path / "build" / "rows" / f"{chapter.name}.zh.class.json")
    assert rows and all(row["in_band"] for row in rows)


@pytest.mark.full
@pytest.mark.parametrize("chapter", LESSONS, ids=lambda chapter: chapter.name)
@pytest.mark.timeout(1800)
def test_lesson_reaches_its_bands_in_full_mode(chapter, tmp_path, costs):
    outcome = running.run(chapter, mode="full", build=tmp_path)
    costs(f"{chapter.name} full", outcome.seconds, outcome.peak_mb, chapter.budgets["full"])
    assert outcome.error == ""
    assert [row for row in outcome.rows if not row["in_band"]] == []
    assert outcome.peak_mb < MEMORY_LIMIT_MB


def test_budgets_keep_the_courses_promise():
    # The six lessons of the articles, then the whole course.
    for mode, articles, all_lessons in (("class", 4, 5), ("full", 25, 25)):
        seconds = [chapter.budgets[mode].seconds for chapter in LESSONS]
        assert sum(seconds[:6]) <= articles * 60
        assert sum(seconds) <= all_lessons * 60
        assert max(chapter.budgets[mode].memory_mb for chapter in LESSONS) <= MEMORY_LIMIT_MB


@pytest.mark.parametrize(("chapter", "lang"), BOTH)
def test_committed_notebook_is_its_sources_and_executed(chapter, lang):
    path = chapter.notebook(lang)
    assert notebooks.difference(chapter.source, path, lang) == "", "mend: rnn-tf build"
    notebook = read(path)
    assert faults(notebook) == []
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(cell["metadata"] == {} for cell in notebook["cells"])


def test_every_committed_notebook_has_a_source():
    built = {path.stem for path in paths.chapters_folder().glob("*/*.ipynb")}
    assert built <= {chapter.name for chapter in LESSONS}


def test_prose_of_both_languages_stands_beside_the_same_code():
    for chapter in LESSONS:
        en, zh = (notebooks.from_source(chapter.source, lang).cells for lang in LANGUAGES)
        assert [cell.cell_type for cell in en] == [cell.cell_type for cell in zh]
        prose = [cell.source for cell in zh if cell.cell_type == "markdown"]
        assert sum(bool(re.search("[\u4e00-\u9fff]", text)) for text in prose) >= 0.8 * len(prose)
        english = "".join(cell.source for cell in en if cell.cell_type == "markdown")
        assert len(re.findall("[\u4e00-\u9fff]", english)) < 100
