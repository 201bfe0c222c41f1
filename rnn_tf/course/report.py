"""What the ``rnn-tf`` command shows: tables and progress, in English or Chinese."""

import contextlib
import time

from rich import table
from rich.cells import cell_len
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from rnn_tf.course.numbers import band_words, rounded
from rnn_tf.course.terminal import Column, console, show_records, show_text

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


def catalogue(lessons, lang):
    """Show the lessons and their parts with their budgets."""
    columns = (
        Column(_word("lesson", lang), depth=0),
        Column(_word("about", lang), depth=1, wraps=True),
        *(Column(_word(key, lang)) for key in ("articles", "class", "full")),
    )
    records = [
        (
            lesson.name if part is lesson.main else f"  {name}",
            part.title[lang],
            _by_article(part.articles),
            _budget(part.budgets["class"]),
            _budget(part.budgets["full"]),
        )
        for lesson in lessons
        for name, part in lesson.parts.items()
    ]
    show_records(console(), columns, records)


def _by_article(places):
    """Places such as "003 §4", an article a line."""
    found = {}
    for place in places:
        article, _, section = place.partition(" ")
        found.setdefault(article, []).append(section)
    return "\n".join(f"{article} {', '.join(parts)}".strip() for article, parts in found.items())


def _budget(budget):
    return f"{budget.seconds:g} s, {budget.memory_mb:g} MB"


#: Columns that a bar, the cells and the clock beside a title need.
_BAR_AND_CLOCK = 32


@contextlib.contextmanager
def progress(lang):
    """Give ``step(part, lang)``, itself a context that gives ``watch(done, total)``.

    In a terminal each step is a live bar; elsewhere it is one line when it ends.
    """
    screen = console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None if screen.width < 100 else 40),
        MofNCompleteColumn(table_column=table.Column(no_wrap=True)),
        TextColumn(_word("cell", lang)),
        TimeElapsedColumn(table_column=table.Column(no_wrap=True)),
        console=screen,
        disable=not screen.is_terminal,
    )

    @contextlib.contextmanager
    def step(part, lang):
        title = f"{part.id} {part.title[lang]}"
        names = (title, part.id, f"{part.number} {part.name}")
        fitting = [one for one in names[:2] if cell_len(one) + _BAR_AND_CLOCK <= screen.width]
        bar = bars.add_task((*fitting, names[2])[0], total=None)
        started = time.perf_counter()
        yield lambda done, total: bars.update(bar, completed=done, total=total)
        bars.stop_task(bar)
        if not screen.is_terminal:
            screen.print(f"{title}: {time.perf_counter() - started:.0f} s")

    with bars:
        yield step


def outcomes(runs, lang, took, written):
    """Show every result beside its baseline and band, with what each lesson and all took."""
    columns = (
        Column(_word("lesson", lang), depth=0),
        Column(_word("seconds", lang), right=True),
        Column(_word("memory", lang), right=True),
        Column(depth=1),
        Column(_word("result", lang), depth=1, wraps=True),
        Column(_word("value", lang), right=True),
        Column(_word("band", lang)),
        Column(_word("baseline", lang), wraps=True),
    )
    records = []
    for run in runs:
        head = [run.part.id, f"{run.seconds:.1f}", f"{run.peak_mb:.0f}"]
        for row in run.rows:
            records.append([*head, *_result(row, lang)])
            head = [""] * 3
        if run.error:
            records.append([*head, _mark("failed", lang, "bold red"), *[""] * 4])
        elif not run.rows:
            records.append([*head, _mark("in_band", lang, "green"), *[""] * 4])
    if len(runs) > 1:
        peak = max(run.peak_mb for run in runs)
        records.append([_word("together", lang), f"{took:.1f}", f"{peak:.0f}", *[""] * 5])
    screen = console()
    show_records(screen, columns, records)
    # Budgets are seconds of a lesson alone: side by side each takes longer, and all together less.
    slow = took > sum(run.part.budgets[run.mode].seconds for run in runs)
    for run in runs:
        if run.error:
            show_text(screen, Text(f"{run.part.id}: {run.error}", "red"))
        budget = run.part.budgets[run.mode]
        if (slow and run.over_budget) or run.peak_mb > budget.memory_mb:
            words = f"{run.part.id}: {_word('over', lang)} {_budget(budget)}"
            show_text(screen, Text(words, "yellow"))
    show_text(screen, f"{_word('written', lang)} {written}")


def _result(row, lang):
    unit = f" {row['unit']}" if row["unit"] else ""
    value = rounded(row["median"], row["digits"]) + unit
    if len(row["values"]) > 1:
        spread = (rounded(edge(row["values"]), row["digits"]) for edge in (min, max))
        value += f" ({' … '.join(spread)})"
    baseline = row["baseline"]
    beside = f"{baseline[lang]}: {rounded(baseline['value'], row['digits'])}" if baseline else ""
    band = band_words(row)
    if not band:
        mark = Text("")
    elif row["in_band"]:
        mark = _mark("in_band", lang, "green")
    else:
        mark = _mark("missed", lang, "bold red")
    return mark, row["title"][lang], value, band, beside


def _mark(key, lang, style):
    return Text(_word(key, lang), style)


def checks(rows):
    """Show the environment check: what was found, and how to mend what failed."""
    columns = (Column(depth=0), Column(depth=0), Column(wraps=True))
    records = [
        (
            Text("PASS", "green") if row.passed else Text("FAIL", "bold red"),
            row.name,
            row.found if row.passed else f"{row.found}\n→ {row.mend}",
        )
        for row in rows
    ]
    show_records(console(), columns, records)
