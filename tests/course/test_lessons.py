"""Every lesson, executed: results in their bands, nothing on stderr, costs reported.

Also what was committed: each notebook is its source's, whole, executed and free of this machine.
"""

import json
import os
import re

import pytest

from rnn_tf import paths
from rnn_tf.course import catalogue, notebooks, running
from rnn_tf.course.settings import LANGUAGES

LESSONS = catalogue.lessons()
PARTS = [part for lesson in LESSONS for part in lesson.parts.values()]
#: An appendix that takes longer than 40 s is run with ``-m full``; its notebook is committed.
SHORT = [p for p in PARTS if p.name != "appendix" or p.budgets["class"].seconds <= 40]
LONG = [part for part in PARTS if part not in SHORT]
BUILT = [part for lesson in LESSONS for part in lesson.notebooks]
BOTH = [pytest.param(p, lang, id=f"{p.id}-{lang}") for p in BUILT for lang in LANGUAGES]
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


def language(part):
    """Each part runs in one language: only words differ. A lesson's script runs in the other."""
    return "zh" if part.name in {"lab", "appendix"} else "en"


@pytest.fixture(scope="module")
def in_class(tmp_path_factory):
    """All parts of all lessons, run as `rnn-tf run --part all` runs them; the outcomes by id."""
    todo = [(part, language(part)) for part in SHORT]
    build = tmp_path_factory.mktemp("build")
    outcomes = running.run_all(todo, build=build, jobs=running.suitable_jobs())
    return {outcome.part.source: outcome for outcome in outcomes}


@pytest.mark.lessons
@pytest.mark.timeout(3600)  # the first of these tests waits for all lessons
@pytest.mark.parametrize("part", SHORT, ids=lambda part: part.id)
def test_every_part_reaches_its_bands_in_class_mode(part, in_class, costs):
    check_outcome(part, in_class[part.source], costs)


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", LONG, ids=lambda part: part.id)
def test_every_long_part_reaches_its_bands_in_class_mode(part, tmp_path, costs):
    check_outcome(part, running.run(part, lang=language(part), build=tmp_path), costs)


def test_only_an_appendix_is_long():
    assert {part.name for part in LONG} <= {"appendix"}


def check_outcome(part, outcome, costs):
    budget = part.budgets["class"]
    name = f"{part.id} {outcome.lang}"
    costs(name, outcome.seconds, outcome.peak_mb, budget.seconds, budget.memory_mb)
    assert outcome.error == ""
    assert [row for row in outcome.rows if not row["in_band"]] == []
    assert faults(read(outcome.notebook)) == []
    assert outcome.peak_mb < MEMORY_LIMIT_MB
    if part.name == "lesson":
        assert any(
            row["at_least"] is not None or row["at_most"] is not None for row in outcome.rows
        )
        assert any(row["baseline"] for row in outcome.rows), "no result stands beside a baseline"
        figures = outcome.notebook.parents[2] / "figures"
        assert list(figures.glob(f"{part.id}.*.{outcome.lang}.class.png"))


#: A script runs the code that a notebook runs; only how things are shown differs. So two will do.
QUICKEST = sorted(LESSONS, key=lambda lesson: lesson.main.budgets["class"].seconds)[:2]


@pytest.mark.lessons
@pytest.mark.parametrize("lesson", QUICKEST, ids=lambda lesson: lesson.name)
def test_a_lesson_runs_as_a_script_in_chinese(lesson, tmp_path, python):
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "RNN_TF_LANG": "zh"}
    done = python(str(lesson.main.source), cwd=tmp_path, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    rows = read(tmp_path / "build" / "rows" / f"{lesson.name}.zh.class.json")
    assert rows and all(row["in_band"] for row in rows)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_a_source_has_nothing_that_only_a_notebook_understands(part):
    code = part.source.read_text(encoding="utf-8")
    compile(code, str(part.source), "exec")  # no magics, no await outside a function
    assert not re.search(r"\b(IPython|ipywidgets|get_ipython|display)\b", code)


@pytest.mark.full
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
@pytest.mark.timeout(1800)
def test_every_part_reaches_its_bands_in_full_mode(part, tmp_path, costs):
    outcome = running.run(part, mode="full", build=tmp_path)
    budget = part.budgets["full"]
    costs(f"{part.id} full", outcome.seconds, outcome.peak_mb, budget.seconds, budget.memory_mb)
    assert outcome.error == ""
    assert [row for row in outcome.rows if not row["in_band"]] == []
    assert outcome.peak_mb < MEMORY_LIMIT_MB


def test_budgets_keep_the_courses_promise():
    """Minutes in class and in full mode: the six lessons on the articles' programs, and seven."""
    for mode, six, seven in (("class", 4, 5), ("full", 25, 25)):
        seconds = [lesson.main.budgets[mode].seconds for lesson in LESSONS if lesson.number <= 7]
        assert sum(seconds[:6]) <= six * 60
        assert sum(seconds) <= seven * 60
        assert max(part.budgets[mode].memory_mb for part in PARTS) <= MEMORY_LIMIT_MB
    assert max(lesson.main.budgets["class"].seconds for lesson in LESSONS) <= 45


@pytest.mark.parametrize(("part", "lang"), BOTH)
def test_committed_notebook_is_its_sources_and_executed(part, lang):
    path = part.notebook(lang)
    assert notebooks.difference(part, path, lang) == "", "mend: rnn-tf build"
    notebook = read(path)
    assert faults(notebook) == []
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    ran = [None] * len(code) if part.name == "lab" else list(range(1, len(code) + 1))
    assert [cell["execution_count"] for cell in code] == ran
    assert all(cell["metadata"] == {} for cell in notebook["cells"])


def test_every_committed_notebook_has_a_source():
    folder = paths.chapters_folder()
    found = {path for lang in LANGUAGES for path in (folder / lang).rglob("*.ipynb")}
    # JupyterLab leaves these beside whatever it saves; git ignores them.
    built = {path for path in found if path.parent.name != ".ipynb_checkpoints"}
    assert built == {part.notebook(lang) for part in BUILT for lang in LANGUAGES}
