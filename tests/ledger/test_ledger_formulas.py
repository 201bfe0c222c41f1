"""What the checks of the formulas rest on, beyond each row's own evidence."""

import re

import numpy as np
import pytest

import rnn_tf
from rnn_tf import ledger
from rnn_tf.ledger import printing
from rnn_tf.ledger.tables.formulas import setting
from rnn_tf.ledger.tables.formulas.article_000 import recurrence
from rnn_tf.ledger.tables.formulas.article_004 import gru

# Of the commands that the pages' renderers know, those that a formula here may use.
KNOWN_TO_MATHJAX = re.findall(
    r"\w+",
    """arg Bigl Bigr bigl bigr cdot circ delta dots ell eta frac gamma ge hat in infty le leftarrow
    lesssim ln lVert rVert mathbb mathbf mathrel mathrm max min ne operatorname partial phi prod
    psi qquad quad rho sigma sum tanh text theta tilde to top varepsilon varphi""",
)


def test_the_setting_can_tell_matrices_apart():
    sizes = (setting.FEATURES, setting.UNITS, setting.OUTPUTS, setting.STEPS)
    assert len(set(sizes)) == len(sizes), "equal sizes let a wrong transpose pass"
    assert setting.STEPS >= 3
    p = setting.simple()
    assert all(array.dtype == np.float64 for array in vars(p).values())
    p.W[:] = 0.0
    assert not p.W_h.any() and not p.W_x.any(), "views: a change of W must reach both parts"


def test_cosine_would_let_wrong_readings_pass():
    """F-000-02: two wrong gradients point almost the right way, and are still wrong."""
    readings, measured = recurrence._four_readings()

    def cosine(a, b):
        return np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b)

    for wrong in (("direct", "immediate"), ("total", "total")):
        assert cosine(readings[wrong], measured) > 0.8
        assert rnn_tf.reference.relative_error(readings[wrong], measured) > 0.1
        assert np.linalg.norm(readings[wrong] - measured) / np.linalg.norm(measured) > 0.1
    for right in (("total", "immediate"), ("direct", "total")):
        assert rnn_tf.reference.relative_error(readings[right], measured) < 1e-7


@pytest.mark.parametrize("reset_after", [False, True])
@pytest.mark.parametrize("update", ["keep", "replace"])
def test_the_librarys_gru_is_each_convention_of_the_row(reset_after, update):
    """F-004-04: the four forms written out in the row are the four of rnn_tf.reference.GRU."""
    p = gru._gru_weights()
    cell = rnn_tf.reference.GRU(3, 5, reset_after=reset_after, update=update)
    order = [p.W[n] for n in "zrh"], [p.b[n] for n in "zrh"]
    kernel, recurrent_kernel, bias = setting.for_keras(*order)
    if reset_after:
        bias = np.stack([bias, np.concatenate([np.zeros(10), p.b["rec"]])])
    cell.weights["kernel"][...] = kernel
    cell.weights["recurrent_kernel"][...] = recurrent_kernel
    cell.weights["bias"][...] = bias
    states = cell.forward(p.x[None]).hidden_states[0]
    assert setting.difference(states, gru._gru(p, reset_after, update)) < 1e-12


def without_carry(p, right=setting.simple_backward):
    s = right(p)
    s.total = s.local
    s.da = (1 - s.h[1:] ** 2) * s.local
    return s


def last_output_only(p, right=setting.simple_backward):
    s = right(p)
    s.dz = s.dz * (np.arange(setting.STEPS) == setting.STEPS - 1)[:, None]
    return s


@pytest.mark.parametrize(
    "broken, ids",
    [
        (without_carry, ("F-002-02", "F-003-02", "F-003-04")),
        (last_output_only, ("F-003-03", "F-003-04")),
    ],
)
def test_a_broken_backward_pass_breaks_its_rows(monkeypatch, broken, ids):
    assert all(ledger.holds(ledger.get(id)) for id in ids)
    monkeypatch.setattr(setting, "simple_backward", broken)
    assert not any(ledger.holds(ledger.get(id)) for id in ids)


def test_a_broken_cell_breaks_its_row(monkeypatch):
    """An LSTM with another forget bias than the one given is not Keras's."""
    right = setting.lstm_states

    def states(p):
        return right(type(p)(**{**vars(p), "b": {**p.b, "f": p.b["f"] + 0.5}}))

    monkeypatch.setattr(setting, "lstm_states", states)
    assert not ledger.holds(ledger.get("F-000-04"))


def test_latex_has_only_commands_that_render():
    unknown = {
        row.id: commands
        for row in ledger.formulas()
        if (commands := set(re.findall(r"\\([A-Za-z]+)", row.latex)) - set(KNOWN_TO_MATHJAX))
    }
    assert unknown == {}


def test_latex_is_balanced_and_without_dollars():
    pairs = (("{", "}"), (r"\bigl", r"\bigr"), (r"\Bigl", r"\Bigr"))
    wrong = [
        row.id
        for row in ledger.formulas()
        if "$" in row.latex or any(row.latex.count(a) != row.latex.count(b) for a, b in pairs)
    ]
    assert wrong == []


def test_the_code_that_halves_share_is_shown_once_in_the_order_of_the_file():
    """What the pages print is all of a miniature but imports and other modules."""
    (shared,) = printing.helpers(ledger.get("F-000-05"))
    assert shared.startswith("def _errors_of_the_four_gates(through_cell):")
    names = [code.split("(")[0] for code in printing.helpers(ledger.get("B-001-09"))]
    assert names == ["def _checked_network", "def _errors_of", "def _one_step"]
    assert printing.helpers(ledger.get("B-001-08")) == []
