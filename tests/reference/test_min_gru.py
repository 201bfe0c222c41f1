"""minGRU of the reference: equations by hand, gradients, and what the sign of a gate does."""

import numpy as np
import pytest

from rnn_tf import reference
from rnn_tf.datasets import toy
from rnn_tf.errors import InputError
from tests.reference.reference_cases import FEATURES, UNITS, random_inputs

GATES = ("sigmoid", "tanh")


def busy(gate, seed=0):
    """A cell with no weight at zero."""
    cell = reference.MinGRU(FEATURES, UNITS, seed=seed, gate=gate)
    rng = np.random.default_rng(seed)
    for array in cell.weights.values():
        array += rng.normal(scale=0.5, size=array.shape)
    return cell


@pytest.mark.parametrize("gate", GATES)
def test_states_are_those_of_the_equations(gate):
    cell, inputs = busy(gate), random_inputs()
    h = np.random.default_rng(1).normal(size=(len(inputs), UNITS))
    trace = cell.forward(inputs, h)
    W_a, W_g = np.split(cell.weights["kernel"], 2, axis=1)
    b_a, b_g = np.split(cell.weights["bias"], 2)
    for t in range(inputs.shape[1]):
        a = inputs[:, t] @ W_a + b_a
        a = np.tanh(a) if gate == "tanh" else 1 / (1 + np.exp(-a))
        g = inputs[:, t] @ W_g + b_g
        h = a * h + (1 - a) * g
        assert trace.hidden_states[:, t] == pytest.approx(h, abs=1e-13)
        assert trace.gates[:, t] == pytest.approx(a, abs=1e-13)
        assert trace.candidates[:, t] == pytest.approx(g, abs=1e-13)


@pytest.mark.parametrize("per_step", [True, False])
@pytest.mark.parametrize("gate", GATES)
def test_gradients_are_those_of_finite_differences(gate, per_step):
    net = reference.Network(busy(gate), 2, per_step=per_step)
    inputs = random_inputs()
    targets = np.random.default_rng(2).normal(size=net.forward(inputs).outputs.shape)
    found = net.loss_and_gradients(inputs, targets)[1]
    for name in ("kernel", "bias", "output_kernel"):
        numeric = reference.numeric_gradient(
            lambda: net.loss_and_gradients(inputs, targets)[0], net.weights[name]
        )
        assert found[name] == pytest.approx(numeric, abs=1e-7)
    assert found["recurrent_kernel"].shape == (UNITS, 0)


def test_there_is_no_recurrent_kernel_to_count():
    cell = reference.MinGRU(3, 5)
    assert cell.parameter_count == 2 * (3 * 5 + 5)
    assert not {"recurrent_kernel"} & {n for n, w in cell.weights.items() if w.size}


def test_a_gate_of_minus_one_at_each_one_counts_parity():
    """a = 1 at bit 0, −1 at bit 1, g = ½: h ← h or h ← 1 − h."""
    cell = reference.MinGRU(1, 1, gate="tanh")
    cell.weights["kernel"][...] = [[-80.0, 0.0]]
    cell.weights["bias"][...] = [40.0, 0.5]
    bits, parity = toy.running_parity(8, 500, seed=3)
    assert np.array_equal(cell.forward(bits).hidden_states, parity)


def test_a_positive_gate_never_turns_a_gap_over():
    cell = busy("sigmoid")
    inputs = random_inputs(steps=40)
    starts = np.random.default_rng(5).normal(size=(2, len(inputs), UNITS))
    one, other = (cell.forward(inputs, start).hidden_states for start in starts)
    assert np.array_equal(np.sign(one - other)[:, 0], np.sign(starts[0] - starts[1]))
    assert (np.sign(one - other)[:, :-1] * np.sign(one - other)[:, 1:] >= 0).all()


def test_another_gate_is_refused():
    with pytest.raises(InputError, match="gate.*'relu'.*'sigmoid' or 'tanh'"):
        reference.MinGRU(1, 1, gate="relu")
    with pytest.raises(InputError):
        reference.MinGRU.from_keras(None)
