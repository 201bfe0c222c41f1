"""Notebooks built from the lesson sources, one way only: source to notebook.

The same source gives the same notebook, cell ids included, so that a committed notebook can be
held against its source.
"""

import hashlib
from pathlib import Path

from rnn_tf.errors import unusable
from rnn_tf.paths import written_whole

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def from_source(source, lang):
    """The notebook of one language: that language's prose and the code, without outputs.

    Raises ``DataError`` where prose does not come in pairs, English and then Chinese.
    """
    import jupytext
    import nbformat

    source = Path(source)
    read = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    _check_pairs(source, read.cells)
    cells = []
    for index, cell in enumerate(read.cells):
        if cell.cell_type == "markdown" and cell.metadata["lang"] != lang:
            continue
        make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
        # The formatter puts blank lines before a def; at the top of a cell they are a gap.
        cells.append(make(cell.source.strip("\n"), id=_cell_id(source.stem, index)))
    return nbformat.v4.new_notebook(cells=cells, metadata=_METADATA, nbformat_minor=5)


def _cell_id(name, index):
    return hashlib.sha256(f"{name}:{index}".encode()).hexdigest()[:12]


def _check_pairs(source, cells):
    """Prose stands in pairs; code and prose are the only kinds of cell."""
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


def save(notebook, path):
    """Write ``notebook`` whole, valid, with a final newline."""
    import nbformat

    nbformat.validate(notebook)
    with written_whole(path) as temporary:
        temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def difference(source, path, lang):
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
    wanted = from_source(source, lang)
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
