"""What the command shows is whole at every width: another layout where it is narrow, no cut."""

import functools
import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from rich.console import Console

from benchmarks import run as bench
from benchmarks import tables
from rnn_tf import ledger, paths
from rnn_tf.course import catalogue, report, terminal
from rnn_tf.course import ledger as command
from rnn_tf.course.doctor import Check
from rnn_tf.ledger import printing, showing

WIDTHS = (40, 60, 80, 100, 200)
LANGUAGES = ("en", "zh")

at_every_width = pytest.mark.parametrize("width", WIDTHS)
in_both_languages = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture
def shown(monkeypatch, capsys):
    """Call a function as in a terminal of a width; the lines it printed, none of them too wide."""

    def call(width, function, *arguments):
        screen = functools.partial(Console, force_terminal=True, color_system=None, width=width)
        monkeypatch.setattr(terminal, "Console", screen)
        function(*arguments)
        said = "".join(capsys.readouterr())
        lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;?]*\w", "", said).splitlines()]
        assert [line for line in lines if cell_len(line) > width and " " in line.strip()] == []
        return lines

    return call


def unbroken(lines, wanted):
    """Those of the strings wanted that no line holds whole."""
    return [words for words in wanted if not any(words in line for line in lines)]


def in_order(lines, words):
    """Whether the words are there, broken between them at most."""
    return "".join(words.split()) in "".join("".join(lines).split())


def every_part():
    return [part for lesson in catalogue.lessons() for part in lesson.parts.values()]


@at_every_width
@in_both_languages
def test_the_list_of_lessons_is_whole(shown, width, lang):
    lines = shown(width, report.catalogue, catalogue.lessons(), lang)
    for part in every_part():
        budgets = [part.budgets[mode] for mode in ("class", "full")]
        spent = [f"{budget.seconds:g} s, {budget.memory_mb:g} MB" for budget in budgets]
        name = part.lesson if part.name == "lesson" else part.name
        assert unbroken(lines, [name, *spent]) == []
        words = part.title[lang].split()
        assert unbroken(lines, [word for word in words if word.isascii()]) == []
    assert not any("…" in line for line in lines)


@at_every_width
@in_both_languages
def test_the_bar_of_a_running_lesson_names_it_and_its_cells_whole(shown, width, lang):
    def run_all():
        with report.progress(lang) as step:
            for part in every_part():
                with step(part, lang) as watch:
                    watch(17, 40)

    lines = shown(width, run_all)
    for part in every_part():
        names = (part.id, f"{part.number} {part.name}")
        assert [line for line in lines if line.startswith(names) and " 17/40 " in line]
    assert not any("…" in line for line in lines)


TITLES = (
    (
        "weather, 1 h, LSTM that predicts the level: RMSE",
        "天气，1 小时，直接预测气温的 LSTM：均方根误差",
    ),
    ("largest relative error of our gradients", "手推梯度的最大相对误差"),
    ("the whole loop compiled, tokens a second", "整个循环编译，每秒词元数"),
)
BASELINE = (
    "median of the same LSTM predicting the change",
    "同样的 LSTM 预测变化（中位数）",
    0.612,
)


def results():
    """Rows as lessons write them: the longest titles, values, units and baselines there are."""
    common = {"digits": 3, "in_band": True, "at_least": None, "at_most": None, "unit": ""}
    rows = [common | {"title": dict(zip(LANGUAGES, title, strict=True))} for title in TITLES]
    baseline = dict(zip((*LANGUAGES, "value"), BASELINE, strict=True))
    rows[0] |= {"values": [0.652, 0.667, 0.681], "unit": "°C", "baseline": baseline}
    rows[1] |= {"values": [1.23e-7, 1.3e-7, 1.4e-7], "baseline": None, "at_most": 1e-7}
    rows[1]["in_band"] = False
    rows[2] |= {"values": [30123.0], "baseline": baseline, "at_least": 0.9, "at_most": 40000}
    return [row | {"median": sorted(row["values"])[len(row["values"]) // 2]} for row in rows]


def runs():
    first, second, *_ = every_part()
    cost = {"seconds": 41.23, "peak_mb": 1234.4, "over_budget": False, "mode": "class"}
    error = "cell 2: ZeroDivisionError: division by zero"
    return [
        SimpleNamespace(part=first, rows=results(), error="", **cost),
        SimpleNamespace(part=second, rows=[], error=error, **cost),
    ]


@at_every_width
@in_both_languages
def test_every_result_stands_whole_beside_its_baseline_band_and_verdict(shown, width, lang):
    lines = shown(width, report.outcomes, runs(), lang, 99.0, "build/results.json")
    zh = lang == "zh"
    wanted = [run.part.id for run in runs()]
    wanted += ["0.667 °C (0.652 … 0.681)", "1.30e-07 (1.23e-07 … 1.40e-07)", "30123"]
    wanted += ["≤ 1e-07", "≥ 0.9 ≤ 40000", "0.612", "41.2", "1234", "99.0"]
    wanted += ["达到", "未达到", "出错"] if zh else ["ok", "MISSED", "FAILED"]
    wanted += ["build/results.json", "ZeroDivisionError:"]
    assert unbroken(lines, wanted) == []
    verdicts = [line for line in lines if ("未达到" if zh else "MISSED") in line]
    assert len(verdicts) == 1 and in_order(verdicts, TITLES[1][zh].split()[0][:4])
    if width < 100:  # in the table other columns stand between the lines of a cell
        for title in TITLES:
            assert in_order(lines, title[zh])
        assert in_order(lines, f"{BASELINE[zh]}: 0.612")


def test_where_there_is_no_terminal_every_result_is_one_line(capsys):
    report.outcomes(runs(), "en", 99.0, "build/results.json")
    lines = capsys.readouterr().out.splitlines()
    for title in TITLES:
        (line,) = [line for line in lines if title[0] in line]
        assert any(mark in line for mark in ("ok", "MISSED", "°C"))


@at_every_width
def test_every_check_stands_whole_with_its_mend(shown, width):
    path = "/home/somebody/courses/recurrent/chapters/en/01_by_hand.ipynb"
    mend = "get the folder chapters anew: git checkout chapters"
    checks = [Check("Python", True, "3.12.1"), Check("lessons", False, f"{path}: is missing", mend)]
    lines = shown(width, report.checks, checks)
    assert unbroken(lines, ["Python", "3.12.1", "lessons", "FAIL", f"{path}:", "→ get"]) == []
    assert in_order(lines, mend)


@at_every_width
@in_both_languages
def test_the_ledger_is_listed_whole(shown, width, lang):
    rows = command.select(article="004")
    lines = shown(width, command._list, rows, lang, False)
    wanted = [word for row in rows for word in (row.id, printing.verdict(row, lang), row.lesson)]
    assert unbroken(lines, filter(None, wanted)) == []
    assert not any("…" in line for line in lines)
    if width < 80:
        assert all(in_order(lines, getattr(row.title, lang)) for row in rows)


@at_every_width
@in_both_languages
def test_a_row_of_the_ledger_is_wrapped_to_the_terminal(width, lang):
    row = ledger.get("B-004-02")
    ran = SimpleNamespace(holds=True, failing="a long error " * 9, right="")
    lines = showing.lines(row, lang, ran, width=width)
    # Code is indented, and broken by nobody.
    code = "\n".join(printing.source(half) for half in (row.reproduce, row.repaired))
    prose = [line for line in lines if line.strip() and line.split("\n")[0].strip() not in code]
    too_long = [line for line in prose if cell_len(line) > width and " " in line.strip()]
    assert len(prose) > 8 and too_long == []
    assert in_order(lines, getattr(row.why, lang))


@at_every_width
def test_every_figure_of_a_benchmark_stands_whole_beside_its_peer(shown, width):
    folder = paths.benchmarks_folder() / "results"
    found = json.loads((folder / "training.json").read_text("utf-8"))["results"]["W1-lstm"]
    columns, records = tables.sheet("W1-lstm", found, bench.UNITS["training"])
    lines = shown(width, lambda: terminal.show_records(terminal.console(), columns, records))
    assert len(records) > 5
    assert unbroken(lines, [cell for record in records for cell in record]) == []


def plain(text, width):
    return [line.plain for line in terminal.wrapped(text, width)]


def test_wide_characters_count_as_two_and_punctuation_ends_a_line():
    assert plain("循环神经网络", 8) == ["循环神经", "  网络"]
    assert plain("循环神，经网络", 6) == ["循环", "  神，", "  经网", "  络"]


def test_a_path_or_number_among_wide_characters_stays_whole():
    assert plain("写到/tmp/a/b里，共30,000个", 11) == [
        "写到",
        "  /tmp/a/b",
        "  里，共",
        "  30,000个",
    ]
    assert plain("see /a/very/long/path/of/it now", 10) == [
        "see",
        "  /a/very/long/path/of/it",
        "  now",
    ]


@at_every_width
def test_the_line_of_the_set_up_stays_one_line(capsys, monkeypatch, width):
    script = Path(__file__).parents[2] / "tools" / "install.py"
    spec = importlib.util.spec_from_file_location("install", script)
    install = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(install)
    monkeypatch.setattr(install.sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    install.Line().show("packages: 17 of up to 141, a-package-with-quite-a-long-name-of-its-own")
    said = capsys.readouterr().out
    assert said.startswith("\rpackages: 17 of up to 141") and len(said) <= width


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals on Windows")
def test_a_real_terminal_of_40_columns_shows_names_whole():
    import pty
    import subprocess
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 40))
    environment = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "rnn_tf", "list", "--lang", "zh"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment | {"TERM": "xterm"},
    )
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert process.wait(60) == 0
    assert [c.name for c in catalogue.lessons() if c.name not in said.decode("utf-8")] == []
