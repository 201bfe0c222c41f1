"""Imports run one way: from the course down to the library, and there from room to room."""

import ast
from pathlib import Path

import pytest

import rnn_tf

PACKAGE = Path(rnn_tf.__file__).parent

#: Each room imports only rooms that stand before it: so there is no circle either.
ROOMS = [
    *("errors", "encodings", "files", "locks", "paths", "language", "wrapping"),
    *("threads", "backend", "reference", "layers", "feeding", "shapes", "models", "zoo"),
    *("text", "datasets", "baselines", "training", "generation", "translation", "weights"),
    *("ledger", "claims", "course"),
]
#: The front door names the rooms without importing them; the command belongs to the course.
DOORS = {"__init__": "errors", "__main__": "course"}
WITHOUT_TENSORFLOW = {
    *("errors", "encodings", "files", "locks", "paths", "language", "wrapping", "threads"),
    *("reference", "text", "datasets", "baselines"),
}
OF_THE_COURSE = {
    *("click", "rich", "jupytext", "nbformat", "nbclient", "IPython", "ipykernel", "psutil"),
    *("jupyter_client", "jupyterlab", "matplotlib", "optuna", "yaml"),
}


def imports(tree):
    """Dotted names that a module imports, inside functions too, or reaches as ``rnn_tf.…``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: import by the whole name"
            # Of ``from rnn_tf import models`` the room is the name.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "rnn_tf":
                yield f"rnn_tf.{node.attr}"
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called == "import_module" and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def arrows():
    """``(file, room, imported)`` for every import in the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE)
        room = place.parts[0].removesuffix(".py")
        for imported in imports(ast.parse(file.read_text(encoding="utf-8"))):
            yield place.as_posix(), DOORS.get(room, room), imported


ARROWS = list(arrows())
OUTSIDE = [(file, room, imported.split(".")[0]) for file, room, imported in ARROWS]
INSIDE = [
    (file, room, imported.split(".")[1])
    for file, room, imported in ARROWS
    if imported.startswith("rnn_tf.") and not imported.startswith("rnn_tf.__")
]


def test_every_room_has_its_place_in_the_list():
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    rooms = {name for name in there if not name.startswith("_")}
    assert rooms == set(ROOMS)
    assert set(rnn_tf.__all__) - {"__version__"} <= rooms


def test_no_arrow_points_upward():
    assert ("models.py", "models", "layers") in INSIDE
    upward = [
        f"{file} imports {other}"
        for file, room, other in INSIDE
        if other not in ROOMS[: ROOMS.index(room) + 1]
    ]
    assert sorted(set(upward)) == []


def test_rooms_without_tensorflow_import_nothing_that_has_it():
    wrong = [
        f"{file} imports {other}"
        for file, room, other in [*INSIDE, *OUTSIDE]
        if room in WITHOUT_TENSORFLOW
        and (other in {"tensorflow", "keras"} or other in set(ROOMS) - WITHOUT_TENSORFLOW)
    ]
    assert wrong == []


def test_the_library_does_without_what_only_the_course_needs():
    wrong = [
        f"{file} imports {other}"
        for file, room, other in OUTSIDE
        if room != "course" and other in OF_THE_COURSE
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "code, named",
    [
        ("from rnn_tf import models, ledger", {"rnn_tf.models", "rnn_tf.ledger"}),
        ("def f():\n    import rnn_tf.course.cli as c", {"rnn_tf.course.cli"}),
        ("from rnn_tf.text.tokens import words", {"rnn_tf.text.tokens.words"}),
        ("import rnn_tf\ndef f(): return rnn_tf.plots.panels(1)", {"rnn_tf", "rnn_tf.plots"}),
        ("import_module('rnn_tf.course.doctor')", {"rnn_tf.course.doctor"}),
        ("importlib.import_module('rich')", {"rich"}),
    ],
)
def test_the_reader_of_imports_sees(code, named):
    assert set(imports(ast.parse(code))) == named


@pytest.mark.parametrize(
    "code",
    [
        "import rnn_tf.reference",
        "import rnn_tf.text",
        "import rnn_tf.datasets",
        "import rnn_tf.baselines",
        "from rnn_tf import ledger; ledger.rows()",
        "from rnn_tf import claims; claims.all_experiments()",
        "import rnn_tf.course",
    ],
)
def test_a_fresh_process_starts_no_tensorflow_for(code, python):
    shown = "print(sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)))"
    done = python("-c", f"import sys; {code}; {shown}")
    assert done.stdout.strip() == "[]", done.stderr


def test_the_page_on_the_architecture_names_every_room():
    page = PACKAGE.parent / "docs" / "architecture.md"
    if not page.is_file():
        pytest.skip("there is no clone beside the package")
    picture = page.read_text(encoding="utf-8").split("```")[1]
    named = set(picture.replace("/", " ").split())
    assert set(ROOMS) <= named
    course = {p.stem for p in (PACKAGE / "course").iterdir() if not p.name.startswith("_")}
    assert course <= named
