"""The library without the course: nothing of Jupyter, no command line, no figures."""

import re
from importlib import metadata
from pathlib import Path

import rnn_tf

PACKAGE = Path(rnn_tf.__file__).parent
#: As they are imported, where that is not the package's name. Keras itself brings rich.
IMPORTED = {"pyyaml": "yaml"}
BROUGHT_BY_KERAS = {"rich"}

WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""
USE = """
import importlib
for name in {modules}:
    importlib.import_module(name)
import numpy as np
from rnn_tf import datasets, layers, reference
from rnn_tf.backend import keras
digits = datasets.digits.load()
model = keras.Sequential([keras.Input((28, 28)), layers.LSTM(4), keras.layers.Dense(10)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(digits.train.inputs[:64], digits.train.targets[:64], verbose=0)
cell = reference.LSTM.from_keras(model.layers[0])
there = model.layers[0](digits.test.inputs[:2]).numpy()
print(np.abs(cell.forward(digits.test.inputs[:2]).hidden_states[:, -1] - there).max() < 1e-5)
"""


def of_the_course():
    wanted = [
        line
        for line in metadata.requires("rnn-tf")
        if "extra == 'course'" in line.replace('"', "'")
    ]
    names = {re.match(r"[\w-]+", line)[0].lower() for line in wanted}
    assert {"jupyterlab", "click", "matplotlib"} <= names
    return {IMPORTED.get(name, name) for name in names} - BROUGHT_BY_KERAS


def modules():
    """Every module of the library, as it is imported."""
    files = [f for f in PACKAGE.rglob("*.py") if f.relative_to(PACKAGE).parts[0] != "course"]
    files = [
        f
        for f in files
        if f.name != "__main__.py" and not f.relative_to(PACKAGE).parts[0].startswith("_b")
    ]
    parts = [("rnn_tf", *f.relative_to(PACKAGE).with_suffix("").parts) for f in files]
    return sorted({".".join(p for p in part if p != "__init__") for part in parts})


def test_the_library_works_where_nothing_of_the_course_is_installed(python, tmp_path):
    missing = of_the_course()
    code = WITHOUT.format(missing=sorted(missing)) + USE.format(modules=modules())
    done = python("-c", code, cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


def test_the_command_says_what_brings_the_course(python, tmp_path):
    code = WITHOUT.format(missing=["click"]) + "from rnn_tf.__main__ import main\nmain()"
    done = python("-c", code, cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert 'pip install "rnn-tf[course]"' in done.stderr
