"""Notebooks built from the lesson sources, one way only: source to notebook.

The same source gives the same notebook, cell ids included, so that a committed notebook can be
held against its source.
"""

import hashlib
import re
from pathlib import Path

from rnn_tf import files
from rnn_tf.course.translation import translated
from rnn_tf.errors import unusable
from rnn_tf.paths import written_whole

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def from_source(part, lang):
    """The notebook of a part in one language: its prose and code, without outputs.

    Of an exercise's two cells, ``# %% kind="starter"`` and ``# %% kind="solution"``, the lab has
    the first, the solutions have the second.

    Args:
        part: a ``catalogue.Part``.

    Raises ``DataError`` where prose does not come in pairs, English and then Chinese, or starter
    and solution do not.
    """
    import jupytext
    import nbformat

    read = jupytext.reads(files.read_text(part.source), fmt="py:percent")
    _check_pairs(part.source, read.cells)
    left_out = "starter" if part.name == "solutions" else "solution"
    cells = []
    for index, cell in enumerate(read.cells):
        if cell.metadata.get("kind") == left_out:
            continue
        if cell.cell_type == "markdown":
            if cell.metadata["lang"] != lang:
                continue
            text = cell.source
        else:
            text = _in_language(cell.source, lang, part.code)
        make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
        # The formatter puts blank lines before a def; at the top of a cell they are a gap.
        cells.append(make(text.strip("\n"), id=_cell_id(part.id, index)))
    if part.plan:
        cells.append(nbformat.v4.new_markdown_cell(_plan(part, lang), id=_cell_id(part.id, "plan")))
    return nbformat.v4.new_notebook(cells=cells, metadata=_METADATA, nbformat_minor=5)


def _in_language(code, lang, table):
    if lang == "en":
        return code
    # A Chinese notebook stays Chinese wherever its reader moves it.
    return re.sub(r"""\bbegin\((["'][^"']+["'])""", r'begin(\1, lang="zh"', translated(code, table))


def _plan(part, lang):
    """For the teacher: how the lesson hour is spent."""
    head = {
        "en": "## For the teacher: 45 minutes\n\n| minutes | |\n|---:|---|",
        "zh": "## 给老师：45 分钟怎么分\n\n| 分钟 | |\n|---:|---|",
    }
    rows = [f"| {stretch['minutes']:g} | {stretch[lang]} |" for stretch in part.plan]
    return "\n".join([head[lang], *rows])


def _cell_id(name, index):
    return hashlib.sha256(f"{name}:{index}".encode()).hexdigest()[:12]


def _check_pairs(source, cells):
    """Prose stands in pairs, and so do starter and solution; there is no other kind of cell."""
    expected = "en"
    for number, cell in enumerate(cells, start=1):
        kind = cell.metadata.get("lang") if cell.cell_type == "markdown" else cell.cell_type
        if kind == expected:
            expected = "zh" if expected == "en" else "en"
        elif kind != "code" or expected == "zh":
            first = cell.source.strip().split("\n")[0][:40]
            raise unusable(
                source,
                f"cell {number} ({cell.cell_type}, lang={kind!r}, {first!r})",
                f'code, or prose in pairs: here lang="{expected}"',
            )
    if expected == "zh":
        raise unusable(source, "English prose at its end", "its Chinese counterpart after it")
    kinds = [kind for cell in cells if (kind := cell.metadata.get("kind"))]
    if kinds != ["starter", "solution"] * (len(kinds) // 2):
        raise unusable(source, f"cells {', '.join(kinds)}", "each starter followed by its solution")


def save(notebook, path):
    """Write ``notebook`` whole, valid, with a final newline."""
    import nbformat

    nbformat.validate(notebook)
    with written_whole(path) as temporary:
        temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def difference(part, path, lang):
    """The first way in which the notebook at ``path`` is not its source's; ``""`` if none.

    Code, prose, order, ids and metadata count; outputs do not.
    """
    import nbformat

    path = Path(path)
    if not path.is_file():
        return "is not there"
    try:
        found = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, KeyError, nbformat.ValidationError) as error:
        return f"is no notebook ({' '.join(str(error).split())[:80]})"
    wanted = from_source(part, lang)
    if found.metadata != wanted.metadata:
        return "has other metadata"
    for number, (have, want) in enumerate(zip(found.cells, wanted.cells, strict=False), start=1):
        if (have.cell_type, have.source) != (want.cell_type, want.source):
            return f"differs in cell {number}: {_first_difference(have.source, want.source)}"
        if have.get("id") != want.id:
            return f"has another id in cell {number}"
    if len(found.cells) != len(wanted.cells):
        return f"has {len(found.cells)} cells where its source has {len(wanted.cells)}"
    return ""


def _first_difference(have, want):
    have, want = have.splitlines(), want.splitlines()
    for place in range(max(len(have), len(want))):
        left = have[place] if place < len(have) else ""
        right = want[place] if place < len(want) else ""
        if left != right:
            return f"{left[:60]!r}, in the source {right[:60]!r}"
    return "another kind of cell"


def keep_outputs(notebook, path):
    """Move the outputs of the notebook at ``path`` into ``notebook`` where all code is the same.

    Returns whether that was so; if not, ``notebook`` is left as it was.
    """
    import nbformat

    path = Path(path)
    if not path.is_file():
        return False
    old = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    before = [cell for cell in old.cells if cell.cell_type == "code"]
    after = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.source for cell in before] != [cell.source for cell in after]:
        return False
    for kept, cell in zip(before, after, strict=True):
        cell.outputs, cell.execution_count = kept.outputs, kept.execution_count
    return True
