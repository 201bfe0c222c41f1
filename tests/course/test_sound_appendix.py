"""Functions of the sound lesson's appendix, held to values that are worked out in other ways."""

import ast
import itertools
from pathlib import Path

import numpy as np
import pytest

from rnn_tf.backend import keras, tf
from rnn_tf.course import catalogue
from tools import bands

WANTED = {"read_out", "edits", "token_error", "ctc", "mel", "hertz_of", "mel_bands"}


@pytest.fixture(scope="module")
def student():
    """Those functions of the source, by name."""
    (part,) = [p for p in catalogue.find("14_sound").parts.values() if p.name == "appendix"]
    tree = ast.parse(Path(part.source).read_text(encoding="utf-8"))
    tree.body = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in WANTED]
    names = {"np": np, "tf": tf, "RATE": 8000}
    exec(compile(tree, str(part.source), "exec"), names)
    assert set(names) >= WANTED
    return names


@pytest.mark.parametrize(
    ("said", "wanted", "count"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("intention", "execution", 5),
        ([1, 2, 3], [1, 2, 3], 0),
    ],
)
def test_edits_are_the_fewest_both_ways(student, said, wanted, count):
    assert student["edits"](said, wanted) == student["edits"](wanted, said) == count


def test_errors_are_counted_for_each_spoken_token(student):
    labels = np.array([[1, 2, 2], [3, 0, 0]])
    right, wrong = [[1, 1, 2, 0, 2], [0, 0, 3, 3, 0]], [[1, 1, 2, 2, 2], [4, 0, 3, 3, 0]]
    assert student["token_error"](right, labels) == 0
    assert student["token_error"](wrong, labels) == 2 / 4  # a 2 lost, a 4 put in; four tokens


def test_ctc_sums_every_path_that_reads_as_the_label(student):
    logits = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    labels = np.array([[1, 1], [2, 0]])
    shares = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    wanted = []
    for row, label in zip(shares, labels, strict=True):
        paths = itertools.product(range(3), repeat=4)
        reads = [p for p in paths if student["read_out"](p).tolist() == label[label > 0].tolist()]
        wanted.append(-np.log(sum(np.prod(row[range(4), path]) for path in reads)))
    found = student["ctc"](tf.constant(labels), tf.constant(logits))
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    ours = np.mean(found)
    assert keras.losses.CTC()(labels, logits).numpy() == pytest.approx(ours, rel=1e-5)


def test_the_bands_are_those_of_the_shipped_data(student):
    sound = np.random.default_rng(0).normal(size=4000) * np.linspace(0.2, 1, 4000)
    powers = student["mel_bands"](sound)
    decibels = 10 * np.log10(np.maximum(powers / powers.max(), 1e-6))
    np.testing.assert_allclose(bands.log_mel(sound), np.rint((decibels + 60) / 3), atol=1)
    assert np.mean(bands.log_mel(sound) == np.rint((decibels + 60) / 3)) > 0.99
