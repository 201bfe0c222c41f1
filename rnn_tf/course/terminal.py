"""Records in a terminal: a table where it fits, else a block for each; nothing is cut off."""

from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnn_tf import wrapping

#: A column that may be wrapped keeps this width, or the table is given up.
WRAPPED_WIDTH = 24
_BETWEEN = "   "


@dataclass(frozen=True)
class Column:
    """One field of the records.

    Attributes:
        head: its heading in the table, its label in a block.
        depth: set where the field is a name, which heads a block: how deep it is nested.
        right: set to the right in the table.
        wraps: the table may break it between words; a block may break any field there.
    """

    head: str = ""
    depth: int | None = None
    right: bool = False
    wraps: bool = False


def console(stderr=False):
    """A console as wide as the terminal; where there is none, so wide that no line is broken."""
    made = Console(stderr=stderr, highlight=False, markup=False)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, markup=False, width=10_000)
    return made


def show_records(screen, columns, records):
    """Print records, each with one ``str`` or ``Text`` a column.

    Where the screen is too narrow for the table, every record is a block: its names on lines of
    their own, below them the other fields with their labels, as many to a line as fit.
    """
    records = [[_as_text(cell) for cell in record] for record in records]
    widths = _table_widths(screen.width, columns, records)
    if widths is None:
        for record in records:
            _show_block(screen, columns, record)
        return
    headed = any(column.head for column in columns)
    table = Table(box=box.SIMPLE if headed else None, show_header=headed)
    for column in columns:
        table.add_column(column.head, justify="right" if column.right else "left", no_wrap=True)
    for record in records:
        cells = zip(record, widths, strict=True)
        table.add_row(*(Text("\n").join(wrapped(cell, width, hanging=0)) for cell, width in cells))
    screen.print(table)


def _table_widths(room, columns, records):
    """The width of each column of a table, or ``None`` where ``room`` is too little for it."""
    widths, longest = [], []
    for column, *cells in zip(columns, *records, strict=True):
        lines = [line for cell in (Text(column.head), *cells) for line in cell.split("\n")]
        longest.append(max((line.cell_len for line in lines), default=0))
        if column.wraps:
            least = max(
                (wrapping.columns(p) for line in lines for p in wrapping.pieces(line.plain)),
                default=0,
            )
            widths.append(min(longest[-1], max(WRAPPED_WIDTH, least)))
        else:
            widths.append(longest[-1])
    spare = room - sum(widths) - 3 * len(columns) - 1  # padding, and what parts the columns
    if spare < 0:
        return None
    by_want = sorted(range(len(widths)), key=lambda n: longest[n] - widths[n])
    for done, n in enumerate(by_want):
        more = min(longest[n] - widths[n], spare // (len(widths) - done))
        widths[n] += more
        spare -= more
    return widths


def _show_block(screen, columns, record):
    line, of_names, depth = Text(), True, 0
    for column, cell in zip(columns, record, strict=True):
        if not cell:
            continue
        is_name = column.depth is not None
        if not is_name and column.head:
            cell = Text("; ").join(cell.split("\n"))
            between = " " if _fits(screen, depth, column.head, " ", cell) else "\n"
            cell = Text.assemble((column.head, "dim"), between, cell)
        longer = Text.assemble(line, _BETWEEN, cell) if line else cell
        goes_on = is_name == of_names and column.depth in {None, depth}
        if line and not (goes_on and (is_name or _fits(screen, depth, longer))):
            _show_line(screen, line, of_names, depth)
            longer = cell
        line, of_names, depth = longer, is_name, column.depth if is_name else depth
    if line:
        _show_line(screen, line, of_names, depth)


def _fits(screen, depth, *parts):
    line = Text.assemble(*parts)
    return "\n" not in line.plain and 2 * depth + 2 + line.cell_len <= screen.width


def _show_line(screen, line, of_names, depth):
    if of_names and not depth:
        line.stylize("bold")
    show_text(screen, line, indent=2 * depth if of_names else 2 * depth + 2)


def show_text(screen, text, *, indent=0):
    """Print words on ``screen``, broken between them; what is broken goes on further inside."""
    for line in wrapped(text, screen.width, indent=indent):
        screen.print(line, soft_wrap=True)


def wrapped(text, width, *, indent=0, hanging=2):
    """``text`` in lines of at most ``width`` columns, a wide character counted as two.

    The first line begins with ``indent`` spaces, those that follow with ``hanging`` more. Only a
    piece that is longer than a line by itself, a path perhaps, stands out, so that it stays whole.
    """
    lines = []
    for part in _as_text(text).split("\n", allow_blank=True):
        others = indent + hanging
        first = others if lines else indent
        for start, stop in wrapping.spans(part.plain, width - first, width - others):
            before = others if lines else indent
            lines.append(Text.assemble(" " * before if stop > start else "", part[start:stop]))
    return lines


def _as_text(cell):
    return Text(cell) if isinstance(cell, str) else cell
