"""Rows of the ledger for readers: as prose in a lesson, in full and run in a terminal."""

import textwrap

from rnn_tf import ledger
from rnn_tf.course import terminal
from rnn_tf.ledger import check, printing
from rnn_tf.ledger.printing import label, source
from rnn_tf.ledger.rows import Raises

_HEADS = {"cause": ("Cause", "原因"), "remedy": ("Remedy", "改法"), "instead": ("Here", "本课程")}
_shown = {}


def show_prose(session, ids):
    """Show rows in a lesson: what it is, its cause, its remedy, a link to its page.

    Args:
        session: the lesson that shows them.
        ids: their ids; none for all rows of this lesson that it has not shown yet.
    """
    shown = _shown.setdefault((session.name, session.started), set())
    if ids:
        chosen = [ledger.get(one) for one in ids]
    else:
        chosen = [r for r in ledger.rows() if r.lesson == session.name and r.id not in shown]
    shown.update(row.id for row in chosen)
    for row in chosen:
        _show_markdown(prose(row, session.lang))


def prose(row, lang):
    """One row as Markdown."""
    place = 0 if lang == "en" else 1
    end, colon = (". ", ": ") if lang == "en" else ("", "：")
    lines = [f"**{row.id}** {getattr(row.title, lang)} ({printing.place(row, lang)})", ""]
    lines += [f"*{_HEADS['cause'][place]}*{colon}{getattr(row.why, lang)}", ""]
    if row.kind_of_row == "fault":
        head = "instead" if row.kind == "D" else "remedy"
        lines += [f"*{_HEADS[head][place]}*{colon}{getattr(row.repair, lang)}", ""]
    if row.kind_of_row == "formula":
        lines += [f"$${row.latex}$$", "", getattr(row.names, lang), ""]
    words = "its page" if lang == "en" else "查看详情"
    return "\n".join([*lines, f"[{words}]({page(row, lang)})"])


def page(row, lang):
    """Where the row's page lies, seen from a notebook."""
    name = {"fault": "faults", "formula": "formulas"}.get(row.kind_of_row)
    file = f"{name}-{row.article}" if name else f"{row.kind_of_row}s"
    return f"../../../docs/ledger/{lang}/{file}.md#{row.id.lower()}"


def _show_markdown(text):
    from rnn_tf.course.session import in_notebook

    if in_notebook():
        from IPython.display import display

        display({"text/markdown": text, "text/plain": text}, raw=True)
    else:
        print(f"{text}\n")


def lines(row, lang, observation, *, whole=False, width=98):
    """Everything about a row as lines of plain text, with what running it just showed.

    With ``whole`` the functions that the miniatures call are there too. Prose has at most
    ``width`` columns, a Chinese character counted as two; code stays as it is.
    """
    out = [*_wrapped(row.id, getattr(row.title, lang), width, between="  "), ""]
    for name, text in printing.facts(row, lang):
        out += _wrapped(name, text, width)
    if row.runs:
        out += ["", *_run_lines(row, lang, observation, width)]
    if row.runs and whole and (called := printing.helpers(row)):
        out += [
            "",
            f"{label('helpers', lang)}:",
            textwrap.indent("\n\n".join(called), "    "),
        ]
    mark = label("holds" if observation.holds else "broken", lang)
    out += ["", mark]
    if not observation.holds:
        out.append(f"    {observation.reason}")
    if row.runs:
        out += _wrapped(label("test", lang), row.test, width)
    return out


def _run_lines(row, lang, observation, width):
    out = []
    if row.reproduce is not None:
        name = "failing formula" if row.kind_of_row == "formula" else "failing code"
        out += [
            f"{label(name, lang)}:",
            textwrap.indent(source(row.reproduce), "    "),
        ]
        if not isinstance(row.evidence, Raises):
            out += _wrapped(label("what", lang), getattr(row.evidence.what, lang), width)
        out += [*_wrapped(label("happens", lang), _short(observation.failing), width), ""]
    out += [
        f"{label('right code', lang)}:",
        textwrap.indent(source(row.repaired), "    "),
    ]
    if row.reproduce is None or isinstance(row.evidence, Raises):
        out += _wrapped(label("what", lang), getattr(row.evidence.what, lang), width)
    name = "happens" if row.reproduce is None else "after"
    return [*out, *_wrapped(label(name, lang), _short(observation.right), width)]


def _short(outcome):
    return textwrap.shorten(str(outcome), 400)


def _wrapped(name, text, width, between=": "):
    lines = terminal.wrapped(f"{name}{between}{text}", width, hanging=4)
    return [line.plain for line in lines]


def show(row, lang, *, whole=False):
    """Print a row, run it and print what happened. Returns the ``Observation``."""
    observation = check.observe(row)
    width = min(98, terminal.console().width)
    print("\n".join(lines(row, lang, observation, whole=whole, width=width)))
    return observation
