"""The catalogue of lessons, and what a run of them leaves behind."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_tf.course import catalogue, running
from rnn_tf.errors import DataError, InputError

HEADER = """# ---
# jupyter:
#   rnn_tf:
#     title: {en: "Gates", zh: "门"}
#     articles: ["003 §3.3", "004"]
#     class: {seconds: 20, memory_mb: 900}
#     full: {seconds: 120, memory_mb: 1200}
# ---
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("10_late.py", "03_gates.py", "notes.py", "README.md"):
        (tmp_path / name).write_text(HEADER, encoding="utf-8")
    return tmp_path


def test_catalogue_is_read_from_the_headers_in_order(folder):
    first, second = catalogue.lessons(folder)
    assert (first.name, first.number, second.name, second.number) == ("03_gates", 3, "10_late", 10)
    assert first.title == {"en": "Gates", "zh": "门"}
    assert first.articles == ("003 §3.3", "004")
    assert first.budgets["class"] == catalogue.Budget(seconds=20, memory_mb=900)
    assert first.budgets["full"].seconds == 120
    assert first.notebook("zh") == folder / "zh" / "03_gates.ipynb"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("# ---\n", "# --\n", "no header"),
        ("title:", "titel:", "title"),
        (', zh: "门"', "", "zh"),
        ("memory_mb: 900", "memory: 900", "memory"),
        ("     class:", "     klass:", "class"),
        ("{en", "{en:", "Error"),
    ],
)
def test_a_faulty_header_is_one_line_that_names_file_and_fault(tmp_path, old, new, named):
    source = tmp_path / "03_gates.py"
    source.write_text(HEADER.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        catalogue.lessons(tmp_path)
    message = str(caught.value)
    assert "03_gates.py" in message and named in message and "\n" not in message


def test_a_folder_without_lessons_says_so(tmp_path):
    with pytest.raises(DataError, match="no lesson"):
        catalogue.lessons(tmp_path)


@pytest.mark.parametrize("wanted", ["3", "03", 3, "gates", "03_gates", "03_gates.py"])
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
    chapter = catalogue.find("failure", small_course)
    seen = []
    outcome = running.run(
        chapter, mode="full", lang="zh", build=build, watch=lambda *at: seen.append(at)
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
    record = json.loads(running.write_results([outcome], build).read_text(encoding="utf-8"))
    assert record["rows"] == outcome.rows
    assert record["lessons"][0]["error"] == outcome.error
    assert record["machine"]["cores"] >= 1 and record["versions"]["keras"]


def lesson_of(folder, code):
    """A course of one lesson."""
    source = folder / "02_failure.py"
    source.write_text(f"{HEADER}# %%\n{code}\n", encoding="utf-8")
    return catalogue.find("2", folder)


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
        "from rnn_tf.course.lesson import Lesson\nimport os, pathlib\n"
        "lesson = Lesson('02_failure', 'class', 'en', pathlib.Path(os.environ['RNN_TF_BUILD']))\n"
        "lesson.result('half', 0.4, title=('a half', '一半'), at_least=0.5)\n"
        f"pathlib.Path({str(rows)!r}).write_text({json.dumps(IN_BAND)!r})\n"
    )
    outcome = running.run(lesson_of(tmp_path, code), build=tmp_path / "build")
    assert [row["values"] for row in outcome.rows] == [[0.4]] and not outcome.passed
    assert json.loads(rows.read_text(encoding="utf-8")) == IN_BAND


def test_a_lesson_that_states_results_and_writes_none_has_failed(tmp_path):
    code = (
        "from rnn_tf.course.lesson import Lesson\n"
        "lesson = Lesson('02_other', 'class', 'en', None)\n"
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
    todo = [(catalogue.find("2", small_course), "en")]
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
        running.run_all([(catalogue.find("2", small_course), "en")], build=tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_build_folder_that_is_a_loop_of_links_is_one_line(small_course, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="loop.*: cannot be written") as caught:
        running.run(catalogue.find("2", small_course), build=tmp_path / "loop")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="root is a user of POSIX")
def test_root_is_told_how_to_open_the_lab(tmp_path, monkeypatch):
    def become(program, command, environment):
        raise SystemExit(f"{program} has become {command[2]}")

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(InputError, match="rnn-tf lab -- --allow-root"):
        running.open_lab(tmp_path)
    with pytest.raises(SystemExit, match="has become jupyterlab"):
        running.open_lab(tmp_path, arguments=("--allow-root",))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="has become jupyterlab"):
        running.open_lab(tmp_path)


def test_a_missed_band_fails_a_run_and_a_large_cost_does_not():
    chapter = catalogue.Chapter("01_x", None, {}, (), {"class": catalogue.Budget(10, 100)})
    row = {"in_band": True}
    slow = course.Outcome(chapter, "en", "class", None, seconds=11, peak_mb=50, rows=[row])
    assert slow.passed and slow.over_budget
    missed = course.Outcome(chapter, "en", "class", None, seconds=9, rows=[row, {"in_band": False}])
    assert not missed.passed and not missed.over_budget


def test_a_build_folder_that_cannot_be_written_is_refused_before_the_run(small_course, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        running.run(catalogue.find("1", small_course), build=tmp_path / "file" / "build")


@pytest.fixture
def quick(tmp_path):
    """Four lessons that only leave a file; the first takes longest."""
    for number in (1, 2, 3, 4):
        code = f"import pathlib, time\ntime.sleep({1 / number})\n"
        code += f"pathlib.Path({str(tmp_path)!r}, '{number}').touch()"
        source = tmp_path / f"0{number}_quick.py"
        source.write_text(f"{HEADER}# %%\n{code}\n", encoding="utf-8")
    return catalogue.lessons(tmp_path)


def test_lessons_run_side_by_side_and_come_back_in_order(quick, tmp_path):
    todo = [(chapter, lang) for chapter in quick[:2] for lang in ("en", "zh")]
    outcomes = running.run_all(todo, build=tmp_path / "build", jobs=2)
    assert [(outcome.chapter, outcome.lang) for outcome in outcomes] == todo
    assert all(outcome.passed for outcome in outcomes)


def test_an_error_of_use_stops_the_lessons_that_wait(quick, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        running.run_all([(c, "en") for c in quick], build=tmp_path / "file" / "b", jobs=1)
    assert not [n for n in "1234" if (tmp_path / n).exists()]


def test_build_writes_the_notebook_only_when_all_is_well(small_course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chapters = tmp_path / "chapters"
    shutil.copytree(small_course, chapters)
    chapter = catalogue.find("2", chapters)
    assert running.build(chapter, "zh") == "outside its band: 一半"
    assert not chapter.notebook("zh").exists()
    source = chapter.source.read_text(encoding="utf-8").replace('"half", 0.4', '"half", 0.6')
    chapter.source.write_text(source, encoding="utf-8")
    assert running.build(chapter, "zh") == ""
    built = chapter.notebook("zh").read_text(encoding="utf-8")
    assert "一半: 0.600" in built
    chapter.source.write_text(source.replace("# 2. 除以零", "# 2. 零"), encoding="utf-8")
    assert running.build(chapter, "zh", prose_only=True) == ""
    assert chapter.notebook("zh").read_text(encoding="utf-8") == built.replace("除以零", "零")
    chapter.source.write_text(source.replace("0.6", "0.7"), encoding="utf-8")
    assert "without --prose" in running.build(chapter, "zh", prose_only=True)


def test_copied_notebooks_never_replace_the_readers_own(small_course, tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TF_CHAPTERS", str(small_course))
    assert running.copy_notebooks(tmp_path) == 4
    mine = tmp_path / "zh" / "01_addition.ipynb"
    assert "加法" in mine.read_text(encoding="utf-8")
    mine.write_text("my work", encoding="utf-8")
    (tmp_path / "en" / "02_failure.ipynb").unlink()
    assert running.copy_notebooks(tmp_path) == 1
    assert mine.read_text(encoding="utf-8") == "my work"
