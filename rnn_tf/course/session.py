"""What the code of a lesson calls: mode, language, results beside their baseline, figures.

A part of a lesson is one source for two languages and two modes. It starts with

>>> from rnn_tf.course import begin
>>> lesson = begin("01_by_hand")

and asks that object for everything that depends on where it runs. The words it needs, titles,
captions, bands, lie in the part's file of words (see ``catalogue``). In a notebook opened by hand
nothing is written to disk; ``rnn-tf run`` and a script collect results and figures in a build
folder. ``RNN_TF_BUILD`` names it; ``RNN_TF_ROWS`` names a folder of the run's own for the results,
so that none are mixed up with another run's.
"""

import base64
import io
import json
import math
import os
import re
import sys
import time
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np

from rnn_tf import paths
from rnn_tf.course import catalogue, tables
from rnn_tf.course.numbers import band_words, rounded
from rnn_tf.course.rows import chosen, prose
from rnn_tf.course.settings import (
    LANGUAGES,
    MODES,
    PARTS,
    current_language,
    current_mode,
    one_of,
)
from rnn_tf.errors import wrong
from rnn_tf.paths import written_whole

_current = None


def current():
    """The session that ``begin`` made last, or ``None``."""
    return _current


def rows_file(part_id, lang, mode):
    """Name of the file that holds the result rows of one run of a part."""
    return f"{part_id}.{lang}.{mode}.json"


def in_notebook():
    """Whether a notebook's kernel runs this, or a plain interpreter."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def begin(name, *, part="lesson", mode=None, lang=None):
    """Start a part of the lesson ``name``: TensorFlow, quietly, the figures' style, the seed.

    Args:
        name: name of the lesson's folder, e.g. ``"01_by_hand"``.
        part: one of ``settings.PARTS``.
        mode: ``"class"`` (seconds) or ``"full"`` (minutes); default ``RNN_TF_MODE`` or class.
        lang: ``"en"`` or ``"zh"``; default as ``settings.current_language`` says. A script, whose
            code is English, is run in Chinese with its words exchanged.

    Returns a ``Session``.
    """
    global _current
    one_of("part", part, PARTS)
    mode = current_mode() if mode is None else one_of("mode", mode, MODES)
    lang = current_language() if lang is None else one_of("lang", lang, LANGUAGES)
    source = paths.chapters_folder() / name / f"{part}.py"
    about = catalogue.read_part(source) if source.is_file() else None
    build = os.environ.get("RNN_TF_BUILD")
    if not in_notebook():
        build = build or "build"
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # a console that lacks a glyph such as ≥
        if about and lang == "zh":
            _go_on_in_chinese(about)
    from rnn_tf.backend import keras
    from rnn_tf.course import figures

    keras.utils.set_random_seed(0)
    figures.use_style()
    _current = Session(name, mode, lang, Path(build) if build else None, part=part, about=about)
    _current._write_rows()  # none yet: the run sees that it is this part that began
    _current.say(
        f"{name}: {mode} mode. For the long version: RNN_TF_MODE=full, "
        f'or begin("{name}", mode="full").',
        f"{name}：{'课堂模式' if mode == 'class' else '完整模式'}。"
        f'完整版：设 RNN_TF_MODE=full，或 begin("{name}", mode="full")。',
    )
    return _current


def _go_on_in_chinese(about):
    """Where ``about`` is the script that runs: run its code with Chinese words, and end."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    if file is None or getattr(main, "_in_chinese", False) or not os.path.exists(file):
        return
    if not about.code or not os.path.samefile(file, about.source):
        return
    from rnn_tf.course.translation import translated

    code = translated(about.source.read_text(encoding="utf-8"), about.code)
    main._in_chinese = True
    exec(compile(code, file, "exec"), main.__dict__)
    sys.exit(0)


@dataclass
class Session:
    """One run of one part of a lesson. Made by ``begin``."""

    name: str
    mode: str
    lang: str
    build: Path | None = None
    rows: list = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)
    part: str = "lesson"
    about: catalogue.Part | None = None
    _ledger_shown: set = field(default_factory=set, repr=False)

    @property
    def id(self):
        """The part's name among all parts, as ``catalogue.Part.id``."""
        return self.name if self.part == "lesson" else f"{self.name}.{self.part}"

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
        """Print a sentence in this run's language."""
        print(self.text(en, zh))

    def _markdown(self, text):
        if in_notebook():
            from IPython.display import display

            display({"text/markdown": text, "text/plain": text}, raw=True)
        else:
            print(f"{text}\n")

    def table(self, header, rows):
        """Show a table; numbers are right-aligned. ``header`` and cells are already in words."""
        if in_notebook():
            from IPython.display import HTML, display

            display(HTML(tables.as_html(header, rows)))
        else:
            print(tables.as_text(header, rows))

    def result(self, key, values, *, baseline=None, **words):
        """State a result beside its baseline and hold it against its band.

        Args:
            key: stable name of the result within the part, e.g. ``"echo_accuracy"``. Its title,
                the baseline's name, band, unit and digits stand under it in the file of words.
            values: one number, or one a seed. Every one of them must lie in the band.
            baseline: the value that it is held against.
            words: ``title=(en, zh)``, ``at_least``, ``at_most``, ``unit``, ``digits``, and
                ``baseline=(en, zh, value)``, where there is no file of words.

        A value outside its band does not stop the lesson; ``rnn-tf run`` reports it and ends
        with a non-zero exit status.
        """
        about = self._about_result(key, baseline, words)
        numbers = [float(v) for v in np.atleast_1d(values)]
        low, high = about.get("at_least"), about.get("at_most")
        in_band = all(
            math.isfinite(v) and (low is None or v >= low) and (high is None or v <= high)
            for v in numbers
        )
        row = {
            "lesson": self.name,
            "part": self.part,
            "mode": self.mode,
            "lang": self.lang,
            "key": key,
            "title": about["title"],
            "values": numbers,
            "median": float(np.median(numbers)),
            "baseline": about.get("baseline"),
            "at_least": low,
            "at_most": high,
            "unit": about.get("unit", ""),
            "digits": about.get("digits", 3),
            "in_band": in_band,
        }
        self.rows = [r for r in self.rows if r["key"] != key] + [row]
        print(self._result_line(row))
        self._write_rows()

    def _about_result(self, key, baseline, words):
        """Title, band and baseline of a result, from the file of words or as given."""
        if not words:
            known = self.about.results if self.about else {}
            if key not in known:
                raise wrong("key", repr(key), f"one of {', '.join(known) or 'none'}")
            about = dict(known[key])
            if ("baseline" in about) != (baseline is not None):
                raise wrong("baseline", repr(baseline), "a value where the file names one")
            if baseline is not None:
                about["baseline"] = about["baseline"] | {"value": float(baseline)}
            return about
        about = words | {"title": dict(zip(LANGUAGES, words["title"], strict=True))}
        if baseline is not None:
            about["baseline"] = dict(zip((*LANGUAGES, "value"), baseline, strict=True))
            about["baseline"]["value"] = float(about["baseline"]["value"])
        return about

    def _result_line(self, row):
        lang, digits = self.lang, row["digits"]
        colon, semicolon = (": ", "; ") if lang == "en" else ("：", "；")
        unit = f" {row['unit']}" if row["unit"] else ""
        line = f"{row['title'][lang]}{colon}{rounded(row['median'], digits)}{unit}"
        if len(row["values"]) > 1:
            low, high = (rounded(edge(row["values"]), digits) for edge in (min, max))
            seeds = len(row["values"])
            line += self.text(
                f" ({low} … {high} over {seeds} seeds)", f"（{seeds} 个随机种子，{low} … {high}）"
            )
        if row["baseline"]:
            line += f"{semicolon}{row['baseline'][lang]}{colon}"
            line += f"{rounded(row['baseline']['value'], digits)}{unit}"
        band = band_words(row)
        if band:
            verdict = (
                self.text("reached", "达到") if row["in_band"] else self.text("MISSED", "未达到")
            )
            line += f"{semicolon}{self.text('wanted', '要求')} {band}{colon}{verdict}"
        return line

    def _write_rows(self):
        if self.build is None:
            return
        folder = Path(os.environ.get("RNN_TF_ROWS") or self.build / "rows")
        with written_whole(folder / rows_file(self.id, self.lang, self.mode)) as temporary:
            temporary.write_text(
                json.dumps(self.rows, ensure_ascii=False, indent=1), encoding="utf-8"
            )

    def figure(self, figure, name, *, en=None, zh=None):
        """Show ``figure`` with its caption and alt text, and save it where results are collected.

        Args:
            figure: a matplotlib figure; it is closed afterwards.
            name: its name in the file of words: the caption says what to see, the alt text what
                a reader who cannot see the figure must know.
            en, zh: alt text and caption in one, where there is no file of words.
        """
        self._show_picture(name, *self._about_figure(name, en, zh), figure)

    def animation(self, frames, name, *, seconds_a_frame=1.0):
        """Show figures one after the other as a small animation; the last one is kept for print.

        Args:
            frames: matplotlib figures of one size, in order; they are closed afterwards.
            name: as of ``figure``.
        """
        self._show_picture(name, *self._about_figure(name), *frames, seconds=seconds_a_frame)

    def _about_figure(self, name, en=None, zh=None):
        if en is not None:
            return self.text(en, zh), self.text(f"Figure: {en}", f"图：{zh}")
        known = self.about.figures if self.about else {}
        if name not in known:
            raise wrong("name", repr(name), f"one of {', '.join(known) or 'none'}")
        about = known[name]
        return about["alt"][self.lang], about["caption"][self.lang]

    def _show_picture(self, name, alt, caption, *frames, seconds=1.0):
        import matplotlib.pyplot as plt

        stills = []
        for frame in frames:
            held = io.BytesIO()
            frame.savefig(held, format="png", metadata={"Description": alt, "Software": None})
            plt.close(frame)
            stills.append(held.getvalue())
        if self.build is not None:
            target = self.build / "figures" / f"{self.id}.{name}.{self.lang}.{self.mode}.png"
            with written_whole(target) as temporary:
                temporary.write_bytes(stills[-1])
        if not in_notebook():
            print(caption)
            return
        from IPython.display import Image, display

        if len(stills) == 1:
            display(Image(data=stills[0], format="png", alt=alt))
        else:
            # As HTML, which every viewer shows; on paper the last frame stands for all.
            moving = f'<img src="data:image/gif;base64,{_base64(_as_gif(stills, seconds))}" '
            shown = {"text/html": f'{moving}alt="{escape(alt)}">', "text/plain": alt}
            shown["image/png"] = _base64(stills[-1])
            display(shown, metadata={"image/png": {"alt": alt}}, raw=True)
        # As Markdown: JupyterLab breaks printed lines in the middle of a word.
        as_written = re.sub(r"([\\`*_\[\]<>$#|~])", r"\\\1", caption)
        display({"text/markdown": as_written, "text/plain": caption}, raw=True)

    def hear(self, sounds):
        """Players for sounds, side by side; outside a notebook there are none.

        Args:
            sounds: ``{name: the bytes of an Ogg or WAV file}``.
        """
        if not in_notebook():
            return
        from IPython.display import display

        players = "".join(
            f'<figure style="display: inline-block; margin: 0 1em"><figcaption>{escape(name)}'
            f'</figcaption><audio controls style="width: 9em" '
            f'src="data:audio/{"wav" if sound.startswith(b"RIFF") else "ogg"};base64,'
            f'{_base64(sound)}"></audio></figure>'
            for name, sound in sounds.items()
        )
        display({"text/html": players, "text/plain": ", ".join(sounds)}, raw=True)

    def ledger(self, *ids):
        """Show rows of the ledger as prose: what it is, its cause, its remedy, a link to its page.

        Args:
            ids: such as ``"B-001-03"``; without any, the rows of this lesson that were not shown.
        """
        for row in chosen(self.name, ids, self._ledger_shown):
            self._markdown(prose(row, self.lang))

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
            print(f"{type(error).__name__}: {_one_line(error)}")
            return
        raise AssertionError("this was meant to fail and did not: the lesson is out of date")


_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


def _one_line(error, width=240):
    """First words of an error message, without the colour codes that Keras puts into it."""
    words = " ".join(_COLOUR_CODE.sub("", str(error)).split())
    return words if len(words) <= width else words[: width - 1] + "…"


def _base64(data):
    return base64.b64encode(data).decode("ascii")


def _as_gif(stills, seconds):
    from PIL import Image

    first, *others = [Image.open(io.BytesIO(still)).convert("P") for still in stills]
    held = io.BytesIO()
    milliseconds = [round(1000 * seconds)] * len(stills)
    milliseconds[-1] *= 3
    first.save(held, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0)
    return held.getvalue()
