"""What README says is so: its program runs, its lessons and commands exist."""

import re
from pathlib import Path

import pytest

from rnn_tf import ledger
from rnn_tf.course import catalogue, cli

CLONE = Path(__file__).resolve().parent.parent
PAGES = [CLONE / "README.md", CLONE / "README.zh.md"]

pytestmark = pytest.mark.skipif(not PAGES[0].is_file(), reason="there is no clone beside the tests")


def page(path):
    return path.read_text(encoding="utf-8")


def programs():
    return re.findall(r"```python\n(.*?)```", page(PAGES[0]), re.S)


def test_the_program_runs_and_learns(python, tmp_path):
    program, *_ = programs()
    program = program.replace("epochs=1", "epochs=1, verbose=0").replace(
        "targets, return", "targets, verbose=0, return"
    )
    done = python("-c", program, cwd=tmp_path)
    assert done.stderr == ""
    assert eval(done.stdout)["accuracy"] > 0.2  # ten digits: twice a guess, after one epoch


SOME_MODEL = """
import numpy as np
from rnn_tf.backend import keras
inputs = test_inputs = np.ones((9, 2), "float32")
targets = test_targets = np.ones((9, 1), "float32")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
"""


def test_the_programs_about_layers_and_feeding_run(python, tmp_path):
    _, fast_layer, feeding = programs()
    done = python("-c", f"{fast_layer}\n{SOME_MODEL}\n{feeding}", cwd=tmp_path)
    assert done.stderr == "" and "None" in done.stdout
    assert "Epoch 5/5" in done.stdout and float(done.stdout.split()[-1]) >= 0


def test_both_pages_have_the_same_sections_and_pictures():
    english, chinese = map(page, PAGES)
    heads = [re.findall(r"^#+ ", text, re.M) for text in (english, chinese)]
    assert heads[0] == heads[1] and len(heads[0]) > 5
    pictures = [re.findall(r"!\[[^]]*\]\(([^)]*)\)", text) for text in (english, chinese)]
    assert pictures[0] == pictures[1] and all((CLONE / name).is_file() for name in pictures[0])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)]*)\)", page(path)):
        assert (CLONE / target).exists(), target


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_lesson_is_in_the_table(path):
    listed = re.findall(r"^\| \d+ \| `(\w+)`", page(path), re.M)
    assert listed == [lesson.name for lesson in catalogue.lessons()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_and_file_named_exists(path):
    text = page(path)
    for command in re.findall(r"rnn-tf ([a-z]+)", text):
        assert cli.cli.get_command(None, command), command
    targets = re.findall(r"^([a-z]+):", page(CLONE / "Makefile"), re.M)
    assert set(re.findall(r"make ([a-z]+)\b", text)) <= {*targets, "and"}
    for name in re.findall(r"`((?:rnn_tf|benchmarks|chapters|data|tests|tools)/[\w./]*)`", text):
        assert (CLONE / name).exists(), name


def test_requirements_are_locked_with_hashes_and_no_address():
    least = {"": 100, "-test": 6, "-dev": 2, "-gpu": 20}
    for name, packages in least.items():
        text = page(CLONE / f"requirements{name}.txt")
        assert not re.search(r"https?://|--index|--find-links|file:", text)
        pinned = re.findall(r"^[A-Za-z0-9_.-]+==[^\n]*\\\n    --hash=sha256:", text, re.M)
        assert len(pinned) == len(re.findall(r"^[A-Za-z0-9]", text, re.M)) >= packages
    flows = re.findall(r"^tensorflow\S* ; .*", page(CLONE / "requirements.txt"), re.M)
    assert len(flows) == 2 and any("!=" in line or "or" in line for line in flows)


@pytest.mark.parametrize("path", [*PAGES, CLONE / "Makefile"], ids=lambda path: path.name)
def test_what_is_fetched_is_held_against_locked_hashes(path):
    fetching = re.findall(r"python -m pip install .*", page(path))
    assert fetching and all("--require-hashes -r requirements-" in line for line in fetching)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_coverage_said_is_that_of_the_ledger(path):
    verdicts = [row.verdict for row in ledger.rows("topic")]
    here, partly, not_yet, out = map(verdicts.count, ("here", "partly", "not yet", "out of scope"))
    said = {
        "README.md": f"Of the {len(verdicts)} topics they name, {here} are done here, {partly} in "
        f"part, {not_yet} not yet, and {out} are out of scope",
        "README.zh.md": f"{len(verdicts)} 个主题中，已有 {here} 个，部分已有 {partly} 个，"
        f"尚未收入 {not_yet} 个，不在范围内 {out} 个",
    }[path.name]
    assert "".join(said.split()) in "".join(page(path).split())
