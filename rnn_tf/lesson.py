"""What the code of a lesson calls: mode, language, results beside their baseline, figures.

A lesson is one source for two languages and two modes. It starts with

>>> lesson = begin("01_by_hand")

and asks that object for everything that depends on where it runs. In a notebook opened by hand
nothing is written to disk; ``rnn-tf run`` and a lesson run as a script collect results and
figures in a build folder. ``RNN_TF_BUILD`` names it; ``RNN_TF_ROWS`` names a folder of the run's
own for the results, so that none are mixed up with another run's.
"""

import json
import math
import os
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.paths import written_whole

MODES = ("class", "full")
LANGUAGES = ("en", "zh")


def rows_file(name, lang, mode):
    """Name of the file that holds the result rows of one run of the lesson ``name``."""
    return f"{name}.{lang}.{mode}.json"


def current_mode():
    """``RNN_TF_MODE``, or ``"class"``."""
    return _one_of("RNN_TF_MODE", os.environ.get("RNN_TF_MODE", "class"), MODES)


def current_language():
    """``RNN_TF_LANG``; without it the folder a notebook lies in (``zh/``); else ``"en"``."""
    named = os.environ.get("RNN_TF_LANG")
    if named:
        return _one_of("RNN_TF_LANG", named, LANGUAGES)
    return "zh" if Path.cwd().name == "zh" else "en"


def _one_of(argument, value, allowed):
    if value not in allowed:
        raise wrong(argument, repr(value), " or ".join(map(repr, allowed)))
    return value


def _in_notebook():
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def begin(name, *, mode=None, lang=None):
    """Start the lesson ``name``: start TensorFlow quietly, set the figure style and the seed.

    Args:
        name: name of the lesson's source without ``.py``, e.g. ``"01_by_hand"``.
        mode: ``"class"`` (seconds) or ``"full"`` (minutes); default ``RNN_TF_MODE`` or class.
        lang: ``"en"`` or ``"zh"``; default as ``current_language`` says.
    """
    mode = current_mode() if mode is None else _one_of("mode", mode, MODES)
    lang = current_language() if lang is None else _one_of("lang", lang, LANGUAGES)
    from rnn_tf import plots
    from rnn_tf.backend import keras

    keras.utils.set_random_seed(0)
    plots.use_style()
    build = os.environ.get("RNN_TF_BUILD")
    if not _in_notebook():
        build = build or "build"
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # a console that lacks a glyph such as ≥
    lesson = Lesson(name, mode, lang, build=Path(build) if build else None)
    lesson.say(
        f"{name}: {mode} mode. For the long version: RNN_TF_MODE=full, "
        f'or begin("{name}", mode="full").',
        f"{name}：{'课堂模式' if mode == 'class' else '完整模式'}。"
        f'完整版：设 RNN_TF_MODE=full，或 begin("{name}", mode="full")。',
    )
    return lesson


@dataclass
class Lesson:
    """One run of one lesson. Made by ``begin``."""

    name: str
    mode: str
    lang: str
    build: Path | None = None
    rows: list = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    @property
    def seeds(self):
        """The seeds of everything that is ranked: three of them."""
        return (0, 1, 2)

    def pick(self, *, class_mode, full):
        """The value for this run's mode."""
        return class_mode if self.mode == "class" else full

    def text(self, en, zh):
        """The words for this run's language."""
        return zh if self.lang == "zh" else en

    def say(self, en, zh):
        """Print a sentence in this run's language. Measured numbers reach prose only so."""
        print(self.text(en, zh))

    def table(self, header, rows):
        """Show a table; numbers are right-aligned. ``header`` and cells are already in words."""
        if _in_notebook():
            from IPython.display import HTML, display

            display(HTML(_html_table(header, rows)))
        else:
            print(_plain_table(header, rows))

    def result(
        self,
        key,
        values,
        *,
        title,
        baseline=None,
        at_least=None,
        at_most=None,
        unit="",
        digits=3,
    ):
        """State a result beside its baseline and hold it against its band.

        Args:
            key: stable name of the result within the lesson, e.g. ``"echo_accuracy"``.
            values: one number, or one a seed. Every one of them must lie in the band.
            title: ``(en, zh)`` words for what was measured.
            baseline: ``(en, zh, value)``: what it is held against.
            at_least, at_most: the band; either may be absent.
            unit: unit of the value, ``""`` for ratios and counts.
            digits: significant digits shown.

        A value outside its band does not stop the lesson; ``rnn-tf run`` reports it and ends
        with a non-zero exit status.
        """
        numbers = [float(v) for v in np.atleast_1d(values)]
        in_band = all(
            math.isfinite(v)
            and (at_least is None or v >= at_least)
            and (at_most is None or v <= at_most)
            for v in numbers
        )
        row = {
            "lesson": self.name,
            "mode": self.mode,
            "lang": self.lang,
            "key": key,
            "title": {"en": title[0], "zh": title[1]},
            "values": numbers,
            "median": float(np.median(numbers)),
            "baseline": None
            if baseline is None
            else {"en": baseline[0], "zh": baseline[1], "value": float(baseline[2])},
            "at_least": at_least,
            "at_most": at_most,
            "unit": unit,
            "digits": digits,
            "in_band": in_band,
        }
        self.rows = [r for r in self.rows if r["key"] != key] + [row]
        print(self._result_line(row))
        self._write_rows()

    def _result_line(self, row):
        lang, digits = self.lang, row["digits"]
        line = f"{row['title'][lang]}: {show(row['median'], digits)}{_unit(row)}"
        if len(row["values"]) > 1:
            line += f" ({show(min(row['values']), digits)} … {show(max(row['values']), digits)}"
            line += self.text(
                f" over {len(row['values'])} seeds)", f"，{len(row['values'])} 个随机种子)"
            )
        if row["baseline"]:
            line += f"; {row['baseline'][lang]}: {show(row['baseline']['value'], digits)}"
            line += _unit(row)
        band = band_words(row)
        if band:
            line += f"; {self.text('wanted', '要求')} {band}: "
            line += (
                self.text("reached", "达到") if row["in_band"] else self.text("MISSED", "未达到")
            )
        return line

    def _write_rows(self):
        if self.build is None:
            return
        folder = Path(os.environ.get("RNN_TF_ROWS") or self.build / "rows")
        with written_whole(folder / rows_file(self.name, self.lang, self.mode)) as temporary:
            temporary.write_text(
                json.dumps(self.rows, ensure_ascii=False, indent=1), encoding="utf-8"
            )

    def figure(self, figure, name, *, en, zh):
        """Show ``figure`` with its alt text, and save it where results are collected.

        Args:
            figure: a matplotlib figure; it is closed afterwards.
            name: file name without ending.
            en, zh: alt text: what a reader who cannot see the figure must know.
        """
        import io

        import matplotlib.pyplot as plt

        alt = self.text(en, zh)
        held = io.BytesIO()
        figure.savefig(held, format="png", metadata={"Description": alt, "Software": None})
        plt.close(figure)
        if self.build is not None:
            target = self.build / "figures" / f"{self.name}.{name}.{self.lang}.{self.mode}.png"
            with written_whole(target) as temporary:
                temporary.write_bytes(held.getvalue())
        caption = self.text(f"Figure: {alt}", f"图：{alt}")
        if _in_notebook():
            from IPython.display import Image, display

            display(Image(data=held.getvalue(), format="png", alt=alt))
            # As Markdown: JupyterLab breaks printed lines in the middle of a word.
            as_written = re.sub(r"([\\`*_\[\]<>$#|~])", r"\\\1", caption)
            display({"text/markdown": as_written, "text/plain": caption}, raw=True)
        else:
            print(caption)

    def fails(self, attempt, wanted):
        """Run ``attempt`` (no arguments), which must raise ``wanted``; print its message.

        Args:
            attempt: the faulty code as a function.
            wanted: the exception class, or a tuple of classes.

        Raises ``AssertionError`` if the fault does not show: the lesson would then tell a story
        that is not true any more.
        """
        try:
            attempt()
        except wanted as error:
            message = _one_line(error)
            print(f"{type(error).__name__}: {message}")
            return
        raise AssertionError("this was meant to fail and did not: the lesson is out of date")


_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


def _one_line(error, width=240):
    """First words of an error message, without the colour codes that Keras puts into it."""
    words = " ".join(_COLOUR_CODE.sub("", str(error)).split())
    return words if len(words) <= width else words[: width - 1] + "…"


def show(value, digits=3):
    """A number for reading: significant digits, plain or with an exponent as suits."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1e-3 <= abs(value) < 1e6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return f"{value:.{decimals}f}"
    return f"{value:.{max(0, digits - 1)}e}"


def band_words(row):
    """The band of a result row, as ``≥ 0.99`` or ``≤ 1e-07`` or both."""
    parts = []
    if row["at_least"] is not None:
        parts.append(f"≥ {row['at_least']:g}")
    if row["at_most"] is not None:
        parts.append(f"≤ {row['at_most']:g}")
    return " ".join(parts)


def _unit(row):
    return f" {row['unit']}" if row["unit"] else ""


def _is_number(cell):
    return isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool)


def _cell(cell):
    if isinstance(cell, (float, np.floating)):
        return show(float(cell))
    return str(cell)


def _html_table(header, rows):
    from html import escape

    head = "".join(f"<th>{escape(str(h))}</th>" for h in header)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{"right" if _is_number(c) else "left"}">{escape(_cell(c))}</td>'
            for c in row
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _plain_table(header, rows):
    import io

    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*map(str, header), box=box.SIMPLE)
    for column, value in enumerate(rows[0] if rows else []):
        table.columns[column].justify = "right" if _is_number(value) else "left"
    for row in rows:
        table.add_row(*map(_cell, row))
    held = io.StringIO()
    Console(file=held, width=110).print(table)
    return "\n".join(line.rstrip() for line in held.getvalue().splitlines() if line.strip())
