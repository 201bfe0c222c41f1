"""The fingerprint follows what makes the numbers, and nothing else."""

import ast
import importlib.util
import sys

import pytest

from rnn_tf import claims
from rnn_tf.claims import code

SOURCE = '''
from rnn_tf import reference

SCALE = 2.0


class Doubled(reference.SimpleRNN):
    """A cell."""

    def twice(self, x):
        if x is None:
            raise ValueError("no x")
        return SCALE * x  # doubled


def helper(x):
    return Doubled(1, 2).twice(x)


def measure(seed):
    """Numbers."""
    return {"a": helper(seed)}
'''


@pytest.fixture
def behind(tmp_path, monkeypatch):
    """``behind(old, new)``: the texts behind ``measure`` of SOURCE with ``old`` replaced."""
    made = []

    def texts(old="", new=""):
        assert old in SOURCE
        name = f"rnn_tf.claims.made_up_{len(made)}"
        file = tmp_path / f"made_up_{len(made)}.py"
        made.append(file)
        file.write_text(SOURCE.replace(old, new), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return [text.replace(name, "made_up") for text in code.behind(module.measure)]

    return texts


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SCALE * x  #", "SCALE + x  #"),
        ("SCALE = 2.0", "SCALE = 3.0"),
        ("Doubled(1, 2)", "Doubled(1, 3)"),
        ("reference.SimpleRNN", "reference.GRU"),
        ('{"a": helper(seed)}', '{"b": helper(seed)}'),
    ],
)
def test_what_makes_numbers_counts(behind, old, new):
    """In a method, a constant, a helper, the base of a class, the function itself."""
    assert behind(old, new) != behind()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# doubled", "# twice as much"),
        ('"""A cell."""', '"""A cell that doubles."""'),
        ('"""Numbers."""\n', ""),
        ('"no x"', '"x is missing"'),
        ("SCALE * x", "(SCALE\n                * x)"),
    ],
)
def test_words_and_layout_do_not_count(behind, old, new):
    assert behind(old, new) == behind()


def test_the_text_is_the_same_in_every_version_of_python():
    assert code._text(ast.parse("""f"{a['b']}\"""")) == (
        "Module(body=[Expr(value=JoinedStr(values=[FormattedValue(value=Subscript("
        "value=Name(id='a', ctx=Load()), slice=Constant(value='b'), ctx=Load()),"
        " conversion=-1)]))])"
    )
    lambdas = {name: lambda: None for name in "a"}
    assert "comp>" not in code._constant(lambdas)


def test_cells_and_loops_of_the_reference_are_behind_an_experiment():
    texts = code.behind(claims.get("jacobians").measure)
    places = {text.partition(": ")[0] for text in texts}
    assert {"rnn_tf.reference.simple_rnn.SimpleRNN", "rnn_tf.reference.cell.Cell",
            "rnn_tf.reference.recurrence.backward"} <= places  # fmt: skip
    assert not any(place.startswith("rnn_tf.errors") for place in places)
    assert not any(" at 0x" in text for text in texts)
