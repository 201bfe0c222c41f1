"""Notebooks from sources: the same every time, checked against each other, run in our kernel."""

import json

import jupytext
import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_tf.course import catalogue, notebooks
from rnn_tf.errors import DataError

PAIR = '# %% [markdown] lang="en"\n# One.\n# %% [markdown] lang="zh"\n# 一。\n'


@pytest.fixture
def lesson(tmp_path):
    """Writes a source from cells and returns its path."""

    def write(text, name="05_x.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def cells(source, lang):
    return [(cell.cell_type, cell.source) for cell in notebooks.from_source(source, lang).cells]


def test_each_language_has_its_prose_and_all_the_code(lesson):
    source = lesson(PAIR + "# %%\nx = 1\n" + PAIR.replace("One", "Two").replace("一", "二"))
    assert cells(source, "en") == [("markdown", "One."), ("code", "x = 1"), ("markdown", "Two.")]
    assert cells(source, "zh") == [("markdown", "一。"), ("code", "x = 1"), ("markdown", "二。")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PAIR.split("# %%")[1].join(["# %%", ""]), "English prose at its end"),
        (PAIR + '# %% [markdown] lang="zh"\n# 二。\n', "cell 3"),
        (PAIR.replace('lang="zh"', 'lang="en"'), "cell 2"),
        (
            PAIR.replace('# %% [markdown] lang="zh"', "# %%\n1\n" + '# %% [markdown] lang="zh"'),
            "cell 2",
        ),
        (PAIR + "# %% [markdown]\n# Three.\n", "lang=None"),
        (PAIR + "# %% [raw]\n# Three.\n", "raw"),
    ],
)
def test_prose_that_is_not_in_pairs_is_refused(lesson, text, named):
    with pytest.raises(DataError) as caught:
        notebooks.from_source(lesson(text), "en")
    assert named in str(caught.value) and "05_x.py" in str(caught.value)


def test_ids_come_from_name_and_place(lesson):
    text = PAIR + "# %%\nx = 1\n"
    ids = [cell.id for cell in notebooks.from_source(lesson(text), "en").cells]
    again = [cell.id for cell in notebooks.from_source(lesson(text), "en").cells]
    other = [cell.id for cell in notebooks.from_source(lesson(text, "06_y.py"), "en").cells]
    assert ids == again and len(set(ids + other)) == 2 * len(ids)


@given(
    st.lists(
        st.sampled_from(["x = 1", "y = 2\nprint(y)", "# a comment", "\n\ndef f():\n    pass"]),
        max_size=6,
    )
)
def test_a_built_notebook_never_differs_from_its_source(tmp_path_factory, codes):
    folder = tmp_path_factory.mktemp("lesson")
    source = folder / "07_z.py"
    source.write_text(PAIR + "".join(f"# %%\n{c}\n" for c in codes) + PAIR, encoding="utf-8")
    for lang in ("en", "zh"):
        target = folder / f"{lang}.ipynb"
        notebooks.save(notebooks.from_source(source, lang), target)
        assert notebooks.difference(source, target, lang) == ""
        code = [
            cell.source.strip("\n")
            for cell in jupytext.read(source).cells
            if cell.cell_type == "code"
        ]
        built = json.loads(target.read_text(encoding="utf-8"))["cells"]
        assert ["".join(c["source"]) for c in built if c["cell_type"] == "code"] == code


def change(cell_number, **values):
    return lambda notebook: notebook.cells[cell_number].update(values)


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (change(0, source="Uno."), "cell 1: 'Uno.', in the source 'One.'"),
        (change(1, source="x = 2"), "cell 2"),
        (change(1, id="mine"), "another id in cell 2"),
        (lambda notebook: notebook.cells.pop(), "has 2 cells where its source has 3"),
        (lambda notebook: notebook.metadata.update(author="me"), "other metadata"),
    ],
)
def test_a_notebook_edited_by_hand_is_found_out(lesson, tmp_path, edit, named):
    source = lesson(PAIR + "# %%\nx = 1\n# %%\nx\n")
    notebook = notebooks.from_source(source, "en")
    edit(notebook)
    target = tmp_path / "x.ipynb"
    notebooks.save(notebook, target)
    assert named in notebooks.difference(source, target, "en")


def test_a_missing_or_broken_notebook_is_found_out(lesson, tmp_path):
    source = lesson(PAIR)
    assert notebooks.difference(source, tmp_path / "none.ipynb", "en") == "is not there"
    (tmp_path / "broken.ipynb").write_text('{"cells": [', encoding="utf-8")
    assert "is no notebook" in notebooks.difference(source, tmp_path / "broken.ipynb", "en")


def test_outputs_are_kept_only_while_the_code_is_the_same(lesson, tmp_path):
    source = lesson(PAIR + "# %%\nx = 1\n")
    done = notebooks.from_source(source, "en")
    output = nbformat.v4.new_output("stream", text="one\n")
    done.cells[1].update(outputs=[output], execution_count=1)
    target = tmp_path / "x.ipynb"
    notebooks.save(done, target)
    prose = notebooks.from_source(lesson(PAIR.replace("One", "Uno") + "# %%\nx = 1\n"), "en")
    assert notebooks.keep_outputs(prose, target)
    assert (prose.cells[0].source, prose.cells[1].outputs) == ("Uno.", [output])
    code = notebooks.from_source(lesson(PAIR + "# %%\nx = 2\n"), "en")
    assert not notebooks.keep_outputs(code, target)
    assert code.cells[1].outputs == []


def test_the_small_course_is_in_pairs(small_course):
    for chapter in catalogue.lessons(small_course):
        assert len(cells(chapter.source, "en")) == len(cells(chapter.source, "zh"))
