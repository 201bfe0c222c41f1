"""Notebooks from sources: the same every time, checked against each other, run in our kernel."""

import json
from dataclasses import replace

import jupytext
import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_tf.course import catalogue, notebooks
from rnn_tf.errors import DataError
from tests.course.small_parts import WORDS, write_part

PAIR = '# %% [markdown] lang="en"\n# One.\n# %% [markdown] lang="zh"\n# 一。\n'


@pytest.fixture
def lesson(tmp_path):
    """Writes a part from cells."""

    def write(text, name="05_x", **named):
        return write_part(tmp_path / name, text, **named)

    return write


def cells(part, lang):
    return [(cell.cell_type, cell.source) for cell in notebooks.from_source(part, lang).cells]


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
    assert named in str(caught.value) and "lesson.py" in str(caught.value)


def test_ids_come_from_name_and_place(lesson):
    text = PAIR + "# %%\nx = 1\n"
    ids = [cell.id for cell in notebooks.from_source(lesson(text), "en").cells]
    again = [cell.id for cell in notebooks.from_source(lesson(text), "en").cells]
    other = [cell.id for cell in notebooks.from_source(lesson(text, "06_y"), "en").cells]
    assert ids == again and len(set(ids + other)) == 2 * len(ids)


@given(
    st.lists(
        st.sampled_from(["x = 1", "y = 2\nprint(y)", "# a comment", "\n\ndef f():\n    pass"]),
        max_size=6,
    )
)
def test_a_built_notebook_never_differs_from_its_source(tmp_path_factory, codes):
    folder = tmp_path_factory.mktemp("lesson")
    source = write_part(folder / "07_z", PAIR + "".join(f"# %%\n{c}\n" for c in codes) + PAIR)
    for lang in ("en", "zh"):
        target = folder / f"{lang}.ipynb"
        notebooks.save(notebooks.from_source(source, lang), target)
        assert notebooks.difference(source, target, lang) == ""
        code = [
            cell.source.strip("\n")
            for cell in jupytext.read(source.source).cells
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
    for small in catalogue.lessons(small_course):
        assert len(cells(small.main, "en")) == len(cells(small.main, "zh"))


LAB = PAIR + '# %% kind="starter"\nx = ...\n# %% kind="solution"\nx = 1\n# %%\nprint(x)\n'


def test_the_lab_has_the_blanks_and_the_solutions_have_them_filled(lesson):
    lab = lesson(LAB, name="05_x", **{"words": WORDS})
    code = [text for kind, text in cells(replace(lab, name="lab"), "en") if kind == "code"]
    assert code == ["x = ...", "print(x)"]
    code = [text for kind, text in cells(replace(lab, name="solutions"), "en") if kind == "code"]
    assert code == ["x = 1", "print(x)"]


@pytest.mark.parametrize(
    "text",
    [
        LAB.replace('# %% kind="solution"', "# %%"),
        LAB.replace('kind="starter"', 'kind="solution"'),
        LAB + '# %% kind="starter"\n',
    ],
)
def test_a_blank_without_its_solution_is_refused(lesson, text):
    with pytest.raises(DataError, match="each starter followed by its solution"):
        notebooks.from_source(lesson(text), "en")


def test_a_chinese_notebook_has_the_same_code_in_chinese_words(lesson):
    words = WORDS + 'code: {"epoch": 轮, "a bit is heard": 听到一个比特, "{n} steps": "{n} 步"}\n'
    code = 'lesson = begin("05_x")  # a bit is heard\nprint("epoch", f"{n} steps", history["loss"])'
    part = lesson(f"{PAIR}# %%\n{code}\n", words=words)
    assert cells(part, "en")[1] == ("code", code)
    assert cells(part, "zh")[1][1] == (
        'lesson = begin("05_x", lang="zh")  # 听到一个比特\nprint("轮", f"{n} 步", history["loss"])'
    )


def test_the_plan_of_the_hour_ends_the_notebook(lesson):
    part = lesson(PAIR, words=WORDS + "plan: [{minutes: 5, en: the echo, zh: 回声}]\n")
    assert cells(part, "en")[-1][1].endswith("| 5 | the echo |")
    assert cells(part, "zh")[-1][1].endswith("| 5 | 回声 |")
