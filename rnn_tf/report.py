"""What the ``rnn-tf`` command shows: tables and progress, in English or Chinese."""

import contextlib
import time

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from rnn_tf.lesson import band_words, show

_WORDS = {
    "lesson": ("lesson", "课"),
    "about": ("title", "题目"),
    "articles": ("repairs", "对应文章"),
    "class": ("class mode", "课堂模式"),
    "full": ("full mode", "完整模式"),
    "result": ("result", "结果"),
    "value": ("value", "数值"),
    "baseline": ("baseline", "基线"),
    "band": ("band", "要求"),
    "seconds": ("seconds", "秒"),
    "memory": ("peak MB", "峰值 MB"),
    "in_band": ("ok", "达到"),
    "missed": ("MISSED", "未达到"),
    "failed": ("FAILED", "出错"),
    "written": ("written to", "已写入"),
    "cell": ("cells", "单元"),
    "together": ("all together", "合计"),
    "over": ("over its budget of", "超出预算"),
}


def _word(key, lang):
    return _WORDS[key][lang == "zh"]


def console(stderr=False):
    """A console wide enough for a table where there is no terminal to measure."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, width=200)
    return made


def catalogue(lessons, lang):
    """Show the lessons with their budgets."""
    heads = [_word(key, lang) for key in ("lesson", "about", "articles", "class", "full")]
    table = Table(*heads, box=box.SIMPLE)
    for chapter in lessons:
        table.add_row(
            chapter.name,
            chapter.title[lang],
            ", ".join(chapter.articles),
            *(
                f"{budget.seconds:g} s, {budget.memory_mb:g} MB"
                for budget in (chapter.budgets["class"], chapter.budgets["full"])
            ),
        )
    console().print(table)


@contextlib.contextmanager
def progress(lang):
    """Give ``step(chapter, lang)``, itself a context that gives ``watch(done, total)``.

    In a terminal each step is a live bar; elsewhere it is one line when it ends.
    """
    screen = console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(_word("cell", lang)),
        TimeElapsedColumn(),
        console=screen,
        disable=not screen.is_terminal,
    )

    @contextlib.contextmanager
    def step(chapter, lang):
        title = f"{chapter.name} {chapter.title[lang]}"
        bar = bars.add_task(title, total=None)
        started = time.perf_counter()
        yield lambda done, total: bars.update(bar, completed=done, total=total)
        bars.stop_task(bar)
        if not screen.is_terminal:
            screen.print(f"{title}: {time.perf_counter() - started:.0f} s")

    with bars:
        yield step


def outcomes(runs, lang, took, written):
    """Show every result beside its baseline and band, with what each lesson and all took."""
    keys = ("lesson", "result", "value", "baseline", "band", "", "seconds", "memory")
    table = Table(*(key and _word(key, lang) for key in keys), box=box.SIMPLE)
    for column in (2, 6, 7):
        table.columns[column].justify = "right"
        table.columns[column].no_wrap = True
    for run in runs:
        head = [run.chapter.name]
        cost = [f"{run.seconds:.1f}", f"{run.peak_mb:.0f}"]
        for row in run.rows:
            table.add_row(*head, *_result(row, lang), *cost)
            head, cost = [""], ["", ""]
        if run.error:
            table.add_row(*head, "", "", "", "", _mark("failed", lang, "bold red"), *cost)
        elif not run.rows:
            table.add_row(*head, "", "", "", "", _mark("in_band", lang, "green"), *cost)
    if len(runs) > 1:
        peak = max(run.peak_mb for run in runs)
        table.add_section()
        table.add_row(_word("together", lang), *[""] * 5, f"{took:.1f}", f"{peak:.0f}")
    screen = console()
    screen.print(table)
    # Budgets are seconds of a lesson alone: side by side each takes longer, and all together less.
    slow = took > sum(run.chapter.budgets[run.mode].seconds for run in runs)
    for run in runs:
        if run.error:
            screen.print(f"{run.chapter.name}: {run.error}", style="red", soft_wrap=True)
        budget = run.chapter.budgets[run.mode]
        if (slow and run.over_budget) or run.peak_mb > budget.memory_mb:
            screen.print(
                f"{run.chapter.name}: {_word('over', lang)} "
                f"{budget.seconds:g} s, {budget.memory_mb:g} MB",
                style="yellow",
            )
    screen.print(f"{_word('written', lang)} {written}")


def _result(row, lang):
    unit = f" {row['unit']}" if row["unit"] else ""
    value = show(row["median"], row["digits"]) + unit
    if len(row["values"]) > 1:
        spread = (show(edge(row["values"]), row["digits"]) for edge in (min, max))
        value += f" ({' … '.join(spread)})"
    baseline = row["baseline"]
    beside = f"{baseline[lang]}: {show(baseline['value'], row['digits'])}" if baseline else ""
    band = band_words(row)
    if not band:
        mark = Text("")
    elif row["in_band"]:
        mark = _mark("in_band", lang, "green")
    else:
        mark = _mark("missed", lang, "bold red")
    return row["title"][lang], value, beside, band, mark


def _mark(key, lang, style):
    return Text(_word(key, lang), style)


def checks(rows):
    """Show the environment check: one line a check, and how to mend what failed."""
    screen = console()
    table = Table(box=None, show_header=False, padding=(0, 1))
    for row in rows:
        state = Text("PASS", "green") if row.passed else Text("FAIL", "bold red")
        words = row.found if row.passed else f"{row.found}\n→ {row.mend}"
        table.add_row(state, row.name, words)
    screen.print(table)
