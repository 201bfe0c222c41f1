"""Tables of a lesson: HTML in a notebook, plain text elsewhere."""

import io
from html import escape

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from rnn_tf.course.numbers import rounded


def _is_number(cell):
    return isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool)


def _cell(cell):
    if isinstance(cell, (float, np.floating)):
        return rounded(float(cell))
    return str(cell)


def as_html(header, rows):
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


def as_text(header, rows):
    table = Table(*map(str, header), box=box.SIMPLE)
    for column, value in enumerate(rows[0] if rows else []):
        table.columns[column].justify = "right" if _is_number(value) else "left"
    for row in rows:
        table.add_row(*map(_cell, row))
    held = io.StringIO()
    Console(file=held, width=110).print(table)
    return "\n".join(line.rstrip() for line in held.getvalue().splitlines() if line.strip())
