"""Rows of the ledger as prose in a lesson."""

from rnn_tf import ledger
from rnn_tf.ledger import printing

_HEADS = {"cause": ("Cause", "原因"), "remedy": ("Remedy", "改法"), "instead": ("Here", "本课程")}


def chosen(lesson, ids, shown):
    """The rows that a lesson shows now, noted in ``shown``, a set of ids.

    Args:
        lesson: its name.
        ids: such as ``"B-001-03"``; none for all rows of the lesson that are not in ``shown``.
        shown: what it has shown so far.
    """
    if ids:
        found = [ledger.get(one) for one in ids]
    else:
        found = [row for row in ledger.rows() if row.lesson == lesson and row.id not in shown]
    shown.update(row.id for row in found)
    return found


def prose(row, lang):
    """One row as Markdown."""
    place = 0 if lang == "en" else 1
    end, colon = (". ", ": ") if lang == "en" else ("", "：")
    lines = [f"**{row.id}** {getattr(row.title, lang)} ({printing.place(row, lang)})", ""]
    head = "instead" if row.kind_of_row == "topic" else "cause"
    lines += [f"*{_HEADS[head][place]}*{colon}{getattr(row.why, lang)}", ""]
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
