"""Looking rows up, judging evidence, the command and the pages."""

import dataclasses
import importlib
import json
import types
import warnings

import numpy as np
import pytest
from click.testing import CliRunner

from rnn_tf import ledger
from rnn_tf.course import cli
from rnn_tf.course.ledger import command, select
from rnn_tf.errors import InputError
from rnn_tf.ledger import check, pages
from rnn_tf.ledger.bibliography import BIBLIOGRAPHY
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong

WHAT = ("a number", "一个数")


def fault(evidence, reproduce, repaired):
    return Fault("B-000-99", "§", "S", WHAT, WHAT, WHAT, evidence=evidence,
                 reproduce=reproduce, repaired=repaired)  # fmt: skip


def raising(error):
    def attempt():
        raise error

    return attempt


@pytest.mark.parametrize(
    "got, wanted, same",
    [
        (2, 2, True),
        (2, 3, False),
        (2.0000001, 2, True),
        (0.5, Near(0.4, 0.2), True),
        (0.7, Near(0.4, 0.2), False),
        (0.5, Between(0.5, 1), True),
        (np.nan, Between(0, 1), False),
        (np.nan, float("nan"), True),
        ((1, 2), (1, 2), True),
        ((1, 2), (1, 2, 3), False),
        (np.array([1.0, 2.0]), (1, Near(2, 0.1)), True),
        ("fox", "fox", True),
        ("fox", "dog", False),
        (True, False, False),
        (np.False_, False, True),
        (None, 0, False),
        (np.zeros(3), 0, False),
    ],
)
def test_matches(got, wanted, same):
    assert check.matches(got, wanted) is same


def test_a_row_holds_only_if_both_halves_do_as_stated():
    raises = Raises("LookupError", "lost", right=1, what=WHAT)
    assert check.holds(fault(raises, raising(KeyError("lost")), lambda: 1))  # a subclass will do
    assert not check.holds(fault(raises, raising(KeyError("other")), lambda: 1))
    assert not check.holds(fault(raises, raising(ValueError("lost")), lambda: 1))
    assert not check.holds(fault(raises, lambda: 1, lambda: 1))
    assert not check.holds(fault(raises, raising(KeyError("lost")), lambda: 2))
    assert not check.holds(fault(raises, raising(KeyError("lost")), raising(KeyError("lost"))))
    wrong = Wrong(3, right=4, what=WHAT)
    assert check.holds(fault(wrong, lambda: 3, lambda: 4))
    assert not check.holds(fault(wrong, lambda: 5, lambda: 4))
    assert not check.holds(fault(wrong, raising(ValueError()), lambda: 4))


def test_running_a_half_leaves_random_numbers_output_and_warnings_alone(capsys):
    def noisy():
        np.random.seed(3)  # noqa: NPY002
        print("noise")
        warnings.warn("noise", stacklevel=1)

    np.random.seed(1)  # noqa: NPY002
    wanted = np.random.rand()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check.run(noisy).error is None
    assert np.random.rand() == wanted  # noqa: NPY002
    assert capsys.readouterr().out == ""


def test_places_that_do_not_exist_are_named():
    assert check.exists("rnn_tf.reference.LSTM.backward")
    assert check.exists("rnn_tf.ledger.rows.Fault")
    assert not check.exists("rnn_tf.reference.LSTN")
    assert not check.exists("rnn_tf.nowhere.LSTM")
    assert not check.exists("tests/nowhere.py")


def test_a_row_without_code_holds_if_its_places_exist():
    design = Fault(
        "B-000-99", "§", "D", WHAT, WHAT, WHAT, at=("rnn_tf.models", "tests/conftest.py")
    )
    assert check.holds(design)
    lost = dataclasses.replace(design, at=("rnn_tf.models", "tests/nowhere.py"))
    assert not check.holds(lost)
    assert check.observe(lost).reason == "not found: tests/nowhere.py"


def test_places_in_the_course_pass_where_it_is_not_installed(python):
    code = (
        "import sys; sys.modules['rich'] = None; from rnn_tf.ledger import check; "
        "places = ('rnn_tf.course.terminal.wrapped', 'rnn_tf.course.nowhere.wrapped'); "
        "print([check.exists(place) for place in places])"
    )
    done = python("-c", code)
    assert done.stdout.strip() == "[True, False]", done.stderr


def test_tables_and_functions_of_the_same_names_do_not_hide_each_other():
    for name in ("faults", "formulas", "references", "topics"):
        module = importlib.import_module(f"rnn_tf.ledger.tables.{name}")
        assert isinstance(module, types.ModuleType) and callable(getattr(ledger, name))
        assert getattr(importlib.import_module("rnn_tf.ledger.tables"), name) is module


def test_get_is_forgiving_of_case_and_suggests_the_nearest():
    assert ledger.get(" b-003-01 ").id == "B-003-01"
    with pytest.raises(InputError, match="did you mean B-003-01"):
        ledger.get("B-003-1")
    with pytest.raises(InputError, match="rnn-tf ledger"):
        ledger.get("?")


def test_show_prints_failure_and_repair_in_the_wanted_language(capsys):
    ledger.show("B-004-14", lang="en")
    english = capsys.readouterr().out
    assert "TypeError: sequence item 0: expected str instance" in english
    assert "after the repair: The fox runs." in english
    assert "test_row_holds[B-004-14]" in english
    ledger.show("B-004-14", lang="zh")
    assert "改正之后: The fox runs." in capsys.readouterr().out


def test_show_stops_where_a_row_is_not_true_any_more(monkeypatch):
    broken = fault(Wrong(1, right=2, what=WHAT), lambda: 2, lambda: 2)
    monkeypatch.setattr(ledger, "get", lambda id: broken)
    with pytest.raises(AssertionError, match="does not hold"):
        ledger.show(broken.id, lang="en")


def test_filters():
    assert {row.article for row in select(article="003", kind="fault")} == {"003"}
    assert {row.verdict for row in select(verdict="design")} == {"design"}
    assert {row.lesson for row in select(lesson="5")} == {"05_digits"}
    assert "B-003-01" in {row.id for row in select(find="通道轴")}
    assert "B-003-01" in {row.id for row in select(find="CHANNEL AXIS")}
    assert "S-04" in {row.id for row in select(article="000", kind="topic")}
    assert select(find="no row says this") == []
    assert len(select()) == len(ledger.rows())


def run_command(*arguments):
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def test_the_table_in_both_languages():
    english = run_command("--article", "003", "--kind", "fault")
    assert english.exit_code == 0 and "B-003-08" in english.output and "8 rows" in english.output
    chinese = run_command("--article", "003", "--kind", "fault", "--lang", "zh")
    assert "无声出错" in chinese.output and "共 8 条" in chinese.output


def test_json_of_rows_and_of_a_run():
    data = json.loads(run_command("--json").output)
    assert len(data) == len(ledger.rows())
    (row,) = json.loads(run_command("B-004-13", "--json").output)
    assert row["holds"] and row["happens"] == "KeyError: np.int64(1)"
    assert row["evidence"]["fragment"] == "1" and row["title"]["zh"]


def test_check_counts_and_fails_where_a_row_does_not_hold(monkeypatch):
    good = run_command("--check", "--article", "004", "--find", "B-004-1")
    assert good.exit_code == 0 and "of 10 rows in all" in good.output
    broken = fault(Wrong(1, right=2, what=WHAT), lambda: 2, lambda: 2)
    monkeypatch.setattr(ledger, "rows", lambda kind=None: [broken])
    bad = run_command("--check")
    assert bad.exit_code == 1 and "B-000-99 does not hold" in bad.output


def test_an_unknown_id_on_the_command_line(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["ledger", "B-003-1"])
    assert ended.value.code == 2
    assert "did you mean B-003-01" in capsys.readouterr().err


def test_one_row_alone_in_a_fresh_process(python):
    done = python("-m", "rnn_tf", "ledger", "B-003-01")
    assert done.returncode == 0, done.stderr
    assert "found ndim=4" in done.stdout and "this row holds" in done.stdout


def test_pages_are_up_to_date():
    assert pages.out_of_date() == [], "run: rnn-tf ledger --pages"


def test_pages_hold_every_row_in_both_languages():
    written = pages.contents()
    for lang in ("en", "zh"):
        text = "\n".join(page for name, page in written.items() if name.startswith(lang))
        for row in ledger.rows():
            assert f"## {row.id}\n" in text and getattr(row.title, lang) in text


def test_a_changed_page_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "folder", lambda: tmp_path)
    pages.write()
    assert pages.out_of_date() == []
    (tmp_path / "en" / "topics.md").write_text("edited", encoding="utf-8")
    (tmp_path / "zh" / "topics.md").unlink()
    (tmp_path / "old.md").write_text("left over", encoding="utf-8")
    assert pages.out_of_date() == ["en/topics.md", "old.md", "zh/topics.md"]


def test_bibtex_has_every_publication_and_balanced_braces():
    text = pages.contents()["references.bib"]
    assert text.count("{") == text.count("}")
    assert text.count("\n}\n") == len(BIBLIOGRAPHY)
    entry = BIBLIOGRAPHY["hochreiter1997long"]
    assert "author = {Hochreiter, Sepp and Schmidhuber, Jürgen}," in entry.bibtex()
    assert "pages = {1735--1780}," in entry.bibtex()
    assert entry.text().startswith("S. Hochreiter, J. Schmidhuber (1997). Long short-term memory.")
