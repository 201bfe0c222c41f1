"""PyTorch's layout, held against PyTorch's documented formulas written out here (no torch)."""

import numpy as np
import pytest

from rnn_tf import reference
from rnn_tf.errors import InputError
from tests.reference.reference_cases import CELLS, FEATURES, UNITS, random_cell, random_inputs


def sigma(a):
    return 1 / (1 + np.exp(-a))


def torch_formula(kind, arrays, sequence):
    """One sequence through ``torch.nn.RNN``, ``LSTM`` or ``GRU`` as documented: column vectors,
    rows of gates stacked i, f, g, o or r, z, n, two biases."""
    W, U = arrays["weight_ih_l0"], arrays["weight_hh_l0"]
    b, b_h = arrays["bias_ih_l0"], arrays["bias_hh_l0"]
    size = U.shape[1]
    h, c, states = np.zeros(size), np.zeros(size), []
    for x in sequence:
        from_x, from_h = W @ x + b, U @ h + b_h
        if kind is reference.SimpleRNN:
            h = np.tanh(from_x + from_h)
        elif kind is reference.LSTM:
            i, f, g, o = (from_x + from_h).reshape(4, size)
            c = sigma(f) * c + sigma(i) * np.tanh(g)
            h = sigma(o) * np.tanh(c)
        else:
            x_r, x_z, x_n = from_x.reshape(3, size)
            h_r, h_z, h_n = from_h.reshape(3, size)
            r, z = sigma(x_r + h_r), sigma(x_z + h_z)
            n = np.tanh(x_n + r * h_n)
            h = (1 - z) * n + z * h
        states.append(h)
    return np.array(states)


IN_PYTORCH = [n for n in CELLS if "before" not in n and n != "simple-sigmoid"]


@pytest.mark.parametrize("name", IN_PYTORCH)
def test_to_pytorch_is_the_same_function(name):
    cell, inputs = random_cell(name), random_inputs()
    arrays = cell.to_pytorch()
    blocks = len(cell.block_names) * UNITS
    assert arrays["weight_ih_l0"].shape == (blocks, FEATURES)
    assert arrays["weight_hh_l0"].shape == (blocks, UNITS)
    assert arrays["bias_ih_l0"].shape == arrays["bias_hh_l0"].shape == (blocks,)
    for row, states in zip(inputs, cell.forward(inputs).hidden_states, strict=True):
        assert np.allclose(torch_formula(type(cell), arrays, row), states, rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", [reference.SimpleRNN, reference.LSTM, reference.GRU])
def test_from_pytorch_with_two_live_biases(kind):
    random = np.random.default_rng(4)
    blocks = len(kind.block_names) * UNITS
    arrays = {
        "weight_ih_l0": random.normal(size=(blocks, FEATURES)),
        "weight_hh_l0": random.normal(size=(blocks, UNITS)),
        "bias_ih_l0": random.normal(size=blocks),
        "bias_hh_l0": random.normal(size=blocks),
    }
    inputs = random_inputs(2)
    states = kind.from_pytorch(arrays).forward(inputs).hidden_states
    for row, mine in zip(inputs, states, strict=True):
        assert np.allclose(torch_formula(kind, arrays, row), mine, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", [n for n in IN_PYTORCH if "replace" not in n])
def test_round_trip_through_pytorch(name):
    cell = random_cell(name)
    back = type(cell).from_pytorch(cell.to_pytorch())
    for key, array in cell.weights.items():
        assert np.array_equal(back.weights[key], array)


def test_what_pytorch_does_not_have():
    with pytest.raises(InputError, match="reset_after"):
        reference.GRU(2, 5, reset_after=False).to_pytorch()
    with pytest.raises(InputError, match="reset_after"):  # its one bias would take the sum of two
        reference.GRU.from_pytorch(reference.GRU(2, 5).to_pytorch(), reset_after=False)
    with pytest.raises(InputError, match="activation='tanh' or activation='relu'"):
        reference.SimpleRNN(2, 5, activation="sigmoid").to_pytorch()
    with pytest.raises(InputError, match="weight_ih_l0"):
        reference.LSTM.from_pytorch({"weight_ih_l0": np.zeros((20, 2))})
    three_blocks = reference.GRU(2, 5).to_pytorch()
    with pytest.raises(InputError, match="4 equal blocks"):
        reference.LSTM.from_pytorch(three_blocks)
