"""A row in full, run before one's eyes, as lines of plain text."""

import shutil
import sys
import textwrap

from rnn_tf.ledger import check, printing
from rnn_tf.ledger.rows import Raises
from rnn_tf.wrapping import wrapped

#: Columns of a line of prose, at the most.
WIDTH = 98


def print_row(row, lang, *, whole=False):
    """Print a row, run it and print what happened. Returns the ``Observation``."""
    observation = check.observe(row)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    print("\n".join(lines(row, lang, observation, whole=whole, width=min(WIDTH, width))))
    return observation


def lines(row, lang, observation, *, whole=False, width=WIDTH):
    """Everything about a row, with what running it just showed.

    With ``whole`` the functions that the miniatures call are there too. Prose has at most
    ``width`` columns, a Chinese character counted as two; code stays as it is.
    """
    out = [*_wrapped(row.id, getattr(row.title, lang), width, between="  "), ""]
    for name, text in printing.facts(row, lang):
        out += _wrapped(name, text, width)
    if row.runs:
        out += ["", *_run_lines(row, lang, observation, width)]
    if row.runs and whole and (called := printing.helpers(row)):
        code = textwrap.indent("\n\n".join(called), "    ")
        out += ["", f"{printing.label('helpers', lang)}:", code]
    out += ["", printing.label("holds" if observation.holds else "broken", lang)]
    if not observation.holds:
        out.append(f"    {observation.reason}")
    if row.runs:
        out += _wrapped(printing.label("test", lang), row.test, width)
    return out


def _run_lines(row, lang, observation, width):
    def labelled(name, text):
        return _wrapped(printing.label(name, lang), text, width)

    def code(name, half):
        return [f"{printing.label(name, lang)}:", textwrap.indent(printing.source(half), "    ")]

    what = labelled("what", getattr(row.evidence.what, lang))
    right = textwrap.shorten(str(observation.right), 400)
    if row.reproduce is None:
        return [*code("right code", row.repaired), *what, *labelled("happens", right)]
    raises = isinstance(row.evidence, Raises)  # then ``what`` is what the repaired half returns
    failing = textwrap.shorten(str(observation.failing), 400)
    return [
        *code("failing formula" if row.kind_of_row == "formula" else "failing code", row.reproduce),
        *([] if raises else what),
        *labelled("happens", failing),
        "",
        *code("right code", row.repaired),
        *(what if raises else []),
        *labelled("after", right),
    ]


def _wrapped(name, text, width, between=": "):
    return wrapped(f"{name}{between}{text}", width, hanging=4)
