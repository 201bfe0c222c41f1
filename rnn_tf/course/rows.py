"""Rows of the ledger as prose in a lesson."""

from rnn_tf import ledger
from rnn_tf.ledger import printing

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


def _show_markdown(text):
    from rnn_tf.course.session import in_notebook

    if in_notebook():
        from IPython.display import display

        display({"text/markdown": text, "text/plain": text}, raw=True)
    else:
        print(f"{text}\n")
