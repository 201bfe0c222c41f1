"""``rnn-tf claims`` on the command line."""

import json

import pytest
from click.testing import CliRunner

from rnn_tf import claims
from rnn_tf.claims import pages, results
from rnn_tf.course import cli
from rnn_tf.course.claims import command


def run(*arguments):
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


@pytest.fixture
def own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("RNN_TF_CLAIMS", str(tmp_path / "stored"))
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "stored"


def test_the_list_in_both_languages():
    english = run()
    assert english.exit_code == 0 and "143 claims: " in english.output
    assert "C-004-32" in english.output
    chinese = run("--lang", "zh", "--article", "003")
    assert "共 24 条论断" in chinese.output and "不成立" in chinese.output


def test_filters_and_json():
    found = json.loads(run("--verdict", "refuted", "--json").output)
    assert {one["outcome"] for one in found} == {"refuted"}
    assert "C-003-13" in {one["id"] for one in found}
    (one,) = json.loads(run("C-004-10", "--json").output)
    assert one["rule"] == "bounded" and one["outcome"] == "depends"
    assert [finding["holds"] for finding in one["findings"]] == [True, False]


def test_one_claim_with_its_evidence():
    english = run("c-004-10").output
    assert "verdict: depends" in english and "depends on: which state" in english
    assert "The cell state stays within ±1." in english and "class mode" in english
    chinese = run("C-004-10", "--lang", "zh").output
    assert "视情况而定" in chinese and "单元状态不超出 ±1。" in chinese and "取决于" in chinese
    assert "Long short-term memory" in run("C-000-13").output


def test_a_claim_without_an_experiment_is_not_run(capsys):
    with pytest.raises(SystemExit):
        cli.main(["claims", "run", "C-000-13"])
    assert "C-000-13: got a claim that is not measured" in capsys.readouterr().err


def test_what_is_not_measured_and_what_was_amended_is_said():
    assert "not measured: accidents" in run("C-001-29").output
    assert "未测：文章同时提到的交通事故" in run("C-001-29", "--lang", "zh").output
    assert "rule amended after measuring: " in run("C-001-40").output
    assert "规则在测量后修订：" in run("C-001-40", "--lang", "zh").output
    (one,) = json.loads(run("C-001-29", "--json").output)
    assert one["left_out"]["zh"].startswith("文章")


def test_without_a_result_nothing_is_said(own_folders):
    shown = run("C-004-10").output
    assert "not measured yet" in shown and "wanted" in shown and "95 %" not in shown


def test_a_run_shows_old_and_new_and_leaves_alone_what_is_finished(own_folders):
    first = run("run", "counts")
    assert first.exit_code == 0 and "1 measured in" in first.output
    assert "C-004-05" in first.output and "refuted" in first.output
    assert results.load("counts", "class").machine["cores"] >= 1
    second = run("run", "C-004-05", "--seeds", "4")
    (line,) = [line for line in second.output.splitlines() if "C-004-05" in line]
    assert line.split() == ["C-004-05", "refuted", "refuted"]
    assert results.load("counts").seeds == 4


def test_a_run_without_names_measures_what_is_missing(own_folders, monkeypatch):
    monkeypatch.setattr(
        claims, "all_experiments", lambda: [claims.get("counts"), claims.get("state_ranges")]
    )
    run("run", "counts")
    second = run("run")
    assert "1 measured already" in second.output and "1 measured in" in second.output
    assert "2 measured already" in run("run").output
    assert "2 measured in" in run("run", "--again").output


def test_a_damaged_result_is_said_and_measured_again(own_folders):
    run("run", "counts")
    results.path("counts", "class").write_text("{}", encoding="utf-8")
    again = run("run", "counts")
    assert again.exit_code == 0 and "other keys" in again.output
    assert results.load("counts").seeds == 10


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["C-9"], "there is no row 'C-9'"),
        (["B-003-01"], "expected a claim"),
        (["run", "C-000-13"], "expected one that is"),
        (["run", "count"], "expected counts"),
        (["run", "counts", "--seeds", "2"], "3 or more"),
    ],
)
def test_wrong_names_get_one_line(arguments, words, capsys, own_folders):
    with pytest.raises(SystemExit) as ended:
        cli.main(["claims", *arguments])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert words in line


def test_pages_are_written_and_compared(monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "folder", lambda: tmp_path)
    assert run("--pages", "--check").exit_code == 1
    count = len(pages.contents())
    assert count > 20 and f"{count} files" in run("--pages").output
    assert "up to date" in run("--pages", "--check").output
    (tmp_path / "en" / "README.md").write_text("edited", encoding="utf-8")
    stale = run("--pages", "--check")
    assert stale.exit_code == 1 and "out of date: en/README.md" in stale.output
