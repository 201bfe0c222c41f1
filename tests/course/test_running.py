"""The catalogue of lessons, and what a run of them leaves behind."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_tf.course import catalogue, lab, results, running
from rnn_tf.errors import DataError, InputError
from tests.course.small_parts import WORDS, write_part


@pytest.fixture
def folder(tmp_path):
    for name in ("10_late", "03_gates", "notes"):
        write_part(tmp_path / name)
    write_part(tmp_path / "03_gates", name="lab")
    (tmp_path / "04_without_a_lesson").mkdir()
    return tmp_path


def test_catalogue_is_read_from_the_words_in_order(folder):
    first, second = catalogue.lessons(folder)
    assert (first.name, first.number, second.name, second.number) == ("03_gates", 3, "10_late", 10)
    assert list(first.parts) == ["lesson", "lab"] and list(second.parts) == ["lesson"]
    part = first.main
    assert (part.lesson, part.name, part.id) == ("03_gates", "lesson", "03_gates")
    assert part.title == {"en": "Gates", "zh": "门"}
    assert part.articles == ("003 §3.3", "004")
    assert part.budgets["class"] == catalogue.Budget(seconds=20, memory_mb=900)
    assert part.budgets["full"].seconds == 120
    assert part.notebook("zh") == folder / "zh" / "03_gates" / "lesson.ipynb"


def test_what_runs_of_a_lab_is_its_solutions(folder):
    part = catalogue.find("gates", folder).parts["lab"]
    assert (part.id, part.runs_as.id, part.rows_id) == (
        "03_gates.lab",
        "03_gates.solutions",
        "03_gates.lab",
    )
    built = [part.notebook("en").name for part in catalogue.find("gates", folder).notebooks]
    assert built == ["lesson.ipynb", "lab.ipynb", "solutions.ipynb"]


FULL_WORDS = (
    WORDS
    + """
built_in: full
plan: [{minutes: 45, en: all of it, zh: 全部}]
results:
  half: {title: {en: a half, zh: 一半}, baseline: {en: none, zh: 无}, at_least: 0.5, digits: 2}
figures:
  line: {caption: {en: "See.", zh: "看。"}, alt: {en: "A line.", zh: "一条线。"}}
code: {"epoch": 轮}
as_is: [the text]
"""
)


def test_words_of_results_figures_and_code_are_read(tmp_path):
    part = write_part(tmp_path / "03_gates", words=FULL_WORDS)
    assert part.results["half"]["title"]["zh"] == "一半" and part.results["half"]["at_least"] == 0.5
    assert part.figures["line"]["alt"]["en"] == "A line." and part.code == {"epoch": "轮"}
    assert (part.built_in, part.as_is, part.plan[0]["minutes"]) == ("full", ("the text",), 45)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("title:", "titel:", "title"),
        (', zh: "门"', "", "zh"),
        ("memory_mb: 900", "memory: 900", "memory"),
        ("\nclass:", "\nklass:", "class"),
        ("{en", "{en:", "Error"),
        ("at_least: 0.5", "at_leats: 0.5", "at_leats"),
        ("at_least: 0.5", "at_least: half", "half"),
        ("digits: 2", "digits: .nan", "nan"),
        ("built_in: full", "built_in: fast", "fast"),
        ("minutes: 45, ", "", "minutes"),
        ("alt:", "alternative:", "alt"),
        ("轮", "7", "text"),
    ],
)
def test_faulty_words_are_one_line_that_names_file_and_fault(tmp_path, old, new, named):
    assert old in FULL_WORDS
    with pytest.raises(DataError) as caught:
        write_part(tmp_path / "03_gates", words=FULL_WORDS.replace(old, new))
    message = str(caught.value)
    assert "lesson.yaml" in message and named in message and "\n" not in message


def test_a_source_without_its_words_says_so(tmp_path):
    write_part(tmp_path / "03_gates")
    (tmp_path / "03_gates" / "lesson.yaml").unlink()
    with pytest.raises(DataError, match="lesson.yaml: got no such file"):
        catalogue.lessons(tmp_path)


def test_a_folder_without_lessons_says_so(tmp_path):
    with pytest.raises(DataError, match="no lesson"):
        catalogue.lessons(tmp_path)


@pytest.mark.parametrize("wanted", ["3", "03", 3, "gates", "03_gates", "03_gates/"])
def test_a_lesson_is_found_by_name_or_number(folder, wanted):
    assert catalogue.find(wanted, folder).name == "03_gates"


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("gatse", "did you mean 03_gates?"),
        ("10_lat", "did you mean 10_late?"),
        ("4", "there are 03_gates, 10_late"),
        ("zzz", "there are 03_gates, 10_late"),
    ],
)
def test_a_wrong_name_gets_the_nearest_right_one(folder, wanted, hint):
    with pytest.raises(InputError) as caught:
        catalogue.find(wanted, folder)
    assert hint in str(caught.value)


@pytest.fixture(scope="module")
def failing(small_course, tmp_path_factory):
    """The second small lesson in full mode: a missed band and then an error."""
    build = tmp_path_factory.mktemp("build")
    part = catalogue.find("failure", small_course).main
    seen = []
    outcome = running.run(
        part, mode="full", lang="zh", build=build, watch=lambda *at: seen.append(at)
    )
    return outcome, build, seen


def test_an_error_in_a_lesson_is_recorded_with_its_cell(failing):
    outcome, _, seen = failing
    assert not outcome.passed
    assert outcome.error == "cell 2: ZeroDivisionError: division by zero"
    assert seen == [(1, 2)]


def test_the_notebook_of_a_failed_run_shows_the_error(failing):
    notebook = json.loads(failing[0].notebook.read_text(encoding="utf-8"))
    kinds = [o["output_type"] for cell in notebook["cells"] for o in cell.get("outputs", [])]
    assert kinds[-1] == "error"


def test_rows_cost_and_memory_are_collected(failing):
    outcome, build, _ = failing
    (row,) = outcome.rows
    assert (row["key"], row["values"], row["in_band"]) == ("half", [0.4], False)
    assert 0 < outcome.cells[0]["seconds"] < outcome.seconds
    assert 20 < outcome.cells[0]["peak_mb"] <= outcome.peak_mb + 1
    record = json.loads(results.write_results([outcome], build).read_text(encoding="utf-8"))
    assert record["rows"] == outcome.rows
    assert record["lessons"][0]["error"] == outcome.error
    assert record["machine"]["cores"] >= 1 and record["versions"]["keras"]


def lesson_of(folder, code):
    """A course of one lesson."""
    return write_part(folder / "02_failure", f"# %%\n{code}\n")


IN_BAND = [{"key": "half", "in_band": True, "median": 0.5}]


def test_rows_of_another_run_are_never_this_runs(tmp_path):
    rows = tmp_path / "build" / "rows" / "02_failure.en.class.json"
    rows.parent.mkdir(parents=True)
    rows.write_text(json.dumps(IN_BAND), encoding="utf-8")  # an earlier run's
    outcome = running.run(
        lesson_of(tmp_path, "raise SystemError('early')"), build=tmp_path / "build"
    )
    assert outcome.rows == [] and "early" in outcome.error
    # A script of the same lesson ends while this run goes on, and writes there too.
    code = (
        "from rnn_tf.course.session import Session\nimport os, pathlib\n"
        "lesson = Session('02_failure', 'class', 'en', pathlib.Path(os.environ['RNN_TF_BUILD']))\n"
        "lesson.result('half', 0.4, title=('a half', '一半'), at_least=0.5)\n"
        f"pathlib.Path({str(rows)!r}).write_text({json.dumps(IN_BAND)!r})\n"
    )
    outcome = running.run(lesson_of(tmp_path, code), build=tmp_path / "build")
    assert [row["values"] for row in outcome.rows] == [[0.4]] and not outcome.passed
    assert json.loads(rows.read_text(encoding="utf-8")) == IN_BAND


def test_a_lesson_that_states_results_and_writes_none_has_failed(tmp_path):
    code = (
        "from rnn_tf.course.session import Session\n"
        "lesson = Session('02_other', 'class', 'en', None)\n"
        "lesson.result('half', 0.6, title=('a half', '一半'), at_least=0.5)\n"
    )
    outcome = running.run(lesson_of(tmp_path, code), build=tmp_path / "build")
    assert not outcome.passed and "no result was written" in outcome.error
    outcome = running.run(lesson_of(tmp_path, "1 + 1"), build=tmp_path / "build")
    assert outcome.passed  # it states none


HOLDER = """
import sys
from rnn_tf.course import workspaces
with workspaces.only_run_in(sys.argv[1]):
    print(flush=True)
    sys.stdin.read()
"""


def test_a_second_run_in_a_build_folder_is_refused_and_told_of_the_first(small_course, tmp_path):
    todo = [(catalogue.find("2", small_course).main, "en")]
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        first.stdout.readline()
        told = rf"another run \(process {first.pid}, since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\)"
        with pytest.raises(InputError, match=told) as caught:
            running.run_all(todo, build=tmp_path)
        assert "\n" not in str(caught.value) and not (tmp_path / "notebooks").exists()
    finally:
        first.kill()
        first.communicate()
    (outcome,) = running.run_all(todo, build=tmp_path)  # a kill lets go
    assert outcome.rows and list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("place", ["results.json", "notebooks/en/02_failure.class.ipynb"])
def test_a_folder_in_the_place_of_a_result_is_noticed_before_the_run(
    small_course, tmp_path, monkeypatch, place
):
    monkeypatch.setattr("rnn_tf.course.execution.execute", lambda *_, **__: pytest.fail("it runs"))
    (tmp_path / place).mkdir(parents=True)
    with pytest.raises(InputError, match=f"{Path(place).name}: .*it is a folder"):
        running.run_all([(catalogue.find("2", small_course).main, "en")], build=tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_build_folder_that_is_a_loop_of_links_is_one_line(small_course, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="loop.*: cannot be written") as caught:
        running.run(catalogue.find("2", small_course).main, build=tmp_path / "loop")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="root is a user of POSIX")
def test_root_is_told_how_to_open_the_lab(tmp_path, monkeypatch):
    def become(program, command, environment):
        raise SystemExit(f"{program} has become {command[2]}")

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(InputError, match="rnn-tf lab -- --allow-root"):
        lab.open_lab(tmp_path)
    with pytest.raises(SystemExit, match="has become jupyterlab"):
        lab.open_lab(tmp_path, arguments=("--allow-root",))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="has become jupyterlab"):
        lab.open_lab(tmp_path)


def test_a_missed_band_fails_a_run_and_a_large_cost_does_not():
    budgets = {"class": catalogue.Budget(10, 100)}
    part = catalogue.Part("01_x", "lesson", None, {}, (), budgets)
    row = {"in_band": True}
    slow = running.Outcome(part, "en", "class", None, seconds=11, peak_mb=50, rows=[row])
    assert slow.passed and slow.over_budget
    missed = running.Outcome(part, "en", "class", None, seconds=9, rows=[row, {"in_band": False}])
    assert not missed.passed and not missed.over_budget


def test_a_build_folder_that_cannot_be_written_is_refused_before_the_run(small_course, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        running.run(catalogue.find("1", small_course).main, build=tmp_path / "file" / "build")


@pytest.fixture
def quick(tmp_path):
    """Four lessons that only leave a file; the first takes longest."""
    for number in (1, 2, 3, 4):
        code = f"import pathlib, time\ntime.sleep({1 / number})\n"
        code += f"pathlib.Path({str(tmp_path)!r}, '{number}').touch()"
        write_part(tmp_path / f"0{number}_quick", f"# %%\n{code}\n")
    return [lesson.main for lesson in catalogue.lessons(tmp_path)]


def test_lessons_run_side_by_side_and_come_back_in_order(quick, tmp_path):
    todo = [(part, lang) for part in quick[:2] for lang in ("en", "zh")]
    outcomes = running.run_all(todo, build=tmp_path / "build", jobs=2)
    assert [(outcome.part, outcome.lang) for outcome in outcomes] == todo
    assert all(outcome.passed for outcome in outcomes)


def test_jobs_share_the_cores_and_a_single_one_has_all(quick, tmp_path, monkeypatch):
    shares = []

    def run(part, *, cores, **_):
        shares.append(cores)

    monkeypatch.setattr(running, "run", run)
    monkeypatch.setattr(running, "cores", lambda: 5)
    for jobs in (1, 2, 7):
        running.run_all([(quick[0], "en")], build=tmp_path / "build", jobs=jobs)
    assert shares == [None, 2, 1]


def test_an_error_of_use_stops_the_lessons_that_wait(quick, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        running.run_all([(c, "en") for c in quick], build=tmp_path / "file" / "b", jobs=1)
    assert not [n for n in "1234" if (tmp_path / n).exists()]


def test_build_writes_the_notebook_only_when_all_is_well(small_course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chapters = tmp_path / "chapters"
    shutil.copytree(small_course, chapters)
    part = catalogue.find("2", chapters).main
    assert running.build(part, "zh") == "outside its band: 一半"
    assert not part.notebook("zh").exists()
    source = part.source.read_text(encoding="utf-8").replace('"half", 0.4', '"half", 0.6')
    part.source.write_text(source, encoding="utf-8")
    assert running.build(part, "zh") == ""
    built = part.notebook("zh").read_text(encoding="utf-8")
    assert "一半：0.600" in built
    part.source.write_text(source.replace("# 2. 除以零", "# 2. 零"), encoding="utf-8")
    assert running.build(part, "zh", prose_only=True) == ""
    assert part.notebook("zh").read_text(encoding="utf-8") == built.replace("除以零", "零")
    part.source.write_text(source.replace("0.6", "0.7"), encoding="utf-8")
    assert "without --prose" in running.build(part, "zh", prose_only=True)


def test_copied_notebooks_never_replace_the_readers_own(small_course, tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(small_course))
    assert lab.copy_notebooks(tmp_path) == 4
    mine = tmp_path / "zh" / "01_addition" / "lesson.ipynb"
    assert "加法" in mine.read_text(encoding="utf-8")
    mine.write_text("my work", encoding="utf-8")
    (tmp_path / "en" / "02_failure" / "lesson.ipynb").unlink()
    assert lab.copy_notebooks(tmp_path) == 1
    assert mine.read_text(encoding="utf-8") == "my work"
