"""What must be true of any recurrent cell: causality, carried state, independence of rows."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import reference
from rnn_tf.errors import InputError
from tests.reference.reference_cases import CELLS, random_cell, random_inputs, random_state

sizes = st.integers(1, 6)
any_cell = st.sampled_from(sorted(CELLS))
some = settings(max_examples=40, deadline=None)


@some
@given(any_cell, st.integers(1, 4), sizes, sizes, st.integers(2, 9), st.data())
def test_later_inputs_do_not_change_earlier_states(name, batch, features, units, steps, data):
    cell = random_cell(name, features=features, units=units)
    inputs = random_inputs(batch=batch, steps=steps, features=features)
    place = data.draw(st.integers(1, steps - 1))
    changed = inputs.copy()
    changed[:, place:] += 1.0
    before, after = cell.forward(inputs).hidden_states, cell.forward(changed).hidden_states
    assert np.array_equal(before[:, :place], after[:, :place])
    assert not np.array_equal(before[:, place:], after[:, place:])


@some
@given(any_cell, st.integers(1, 4), sizes, sizes, st.integers(2, 9), st.data())
def test_two_parts_with_the_state_carried_equal_the_whole(
    name, batch, features, units, steps, data
):
    cell = random_cell(name, features=features, units=units)
    inputs = random_inputs(batch=batch, steps=steps, features=features)
    state, _ = random_state(cell, batch=batch)
    cut = data.draw(st.integers(1, steps - 1))
    whole = cell.forward(inputs, state)
    first = cell.forward(inputs[:, :cut], state)
    second = cell.forward(inputs[:, cut:], first.final_state)
    joined = np.concatenate([first.hidden_states, second.hidden_states], axis=1)
    assert np.allclose(joined, whole.hidden_states, rtol=0, atol=1e-13)

    # ... and so do the gradients, handed from the second part to the first
    pull = np.random.default_rng(1).normal(size=whole.hidden_states.shape)
    of_whole = cell.backward(whole, pull)
    of_second = cell.backward(second, pull[:, cut:])
    handed = tuple(of_second[key] for key in cell.state_names)
    of_first = cell.backward(first, pull[:, :cut], handed if len(handed) > 1 else handed[0])
    for key in cell.weights:
        assert np.allclose(of_first[key] + of_second[key], of_whole[key], rtol=0, atol=1e-11)
    for key in cell.state_names:
        assert np.allclose(of_first[key], of_whole[key], rtol=0, atol=1e-11)


@some
@given(any_cell, st.integers(2, 5), sizes, sizes, st.integers(1, 6))
def test_rows_of_a_batch_do_not_meet(name, batch, features, units, steps):
    cell = random_cell(name, features=features, units=units)
    inputs = random_inputs(batch=batch, steps=steps, features=features)
    together = cell.forward(inputs).hidden_states
    alone = np.concatenate([cell.forward(row[None]).hidden_states for row in inputs])
    assert np.allclose(together, alone, rtol=0, atol=1e-13)


@some
@given(any_cell, sizes, sizes, st.integers(1, 30))
def test_states_of_squashing_cells_stay_inside_one(name, features, units, steps):
    cell = random_cell(name, features=features, units=units)
    states = cell.forward(20 * random_inputs(steps=steps, features=features)).hidden_states
    assert np.all(np.abs(states) <= 1.0)


@pytest.mark.parametrize("name", CELLS)
def test_the_first_input_reaches_a_loss_at_the_end(name):
    cell = random_cell(name)
    trace = cell.forward(random_inputs())
    d_states = np.zeros_like(trace.hidden_states)
    d_states[:, -1] = 1.0
    assert np.all(np.abs(cell.backward(trace, d_states)["inputs"][:, 0]) > 0)  # B-001-11


@pytest.mark.parametrize("name", CELLS)
def test_every_weight_moves_the_states(name):
    cell, inputs = random_cell(name), random_inputs()
    state, _ = random_state(cell)  # with a zero state the reset gate's blocks would not matter
    before = cell.forward(inputs, state).hidden_states
    for array in cell.weights.values():
        for index in np.ndindex(array.shape):
            array[index] += 0.1
            moved = cell.forward(inputs, state).hidden_states
            array[index] -= 0.1
            assert np.abs(moved - before).max() > 1e-9  # B-001-04, B-001-20


def test_the_start_is_seeded_and_scaled():
    one, same, other = (reference.LSTM(7, 9, seed=s) for s in (3, 3, 4))
    assert np.array_equal(one.weights["kernel"], same.weights["kernel"])
    assert not np.array_equal(one.weights["kernel"], other.weights["kernel"])
    assert np.all(np.abs(one.weights["kernel"]) <= np.sqrt(6 / 16))
    for block in np.split(one.weights["recurrent_kernel"], 4, axis=1):
        assert np.allclose(block @ block.T, np.eye(9))
    assert np.array_equal(one.weights["bias"][9:18], np.ones(9))
    assert np.count_nonzero(one.weights["bias"]) == 9
    binary = np.random.default_rng(0).integers(0, 2, size=(200, 1, 100)).astype(float)
    states = reference.SimpleRNN(100, 50).forward(binary).hidden_states
    assert np.mean(np.abs(states) > 0.99) < 0.05  # B-001-06


def test_sigmoid_far_out():
    with np.errstate(over="raise", invalid="raise"):
        values = reference.sigmoid(np.array([-800.0, 0.0, 800.0]))  # B-002-06
    assert np.array_equal(values, [0.0, 0.5, 1.0])


@pytest.mark.parametrize("name", ["simple", "lstm", "gru-after-keep"])
def test_wrong_shapes_are_named(name):
    cell = random_cell(name)
    with pytest.raises(InputError, match=r"inputs: got \(4, 1, 2, 2\).*B-003-01"):
        cell.forward(np.zeros((4, 1, 2, 2)))
    with pytest.raises(InputError, match=r"inputs: got \(4, 3, 9\)"):
        cell.forward(np.zeros((4, 3, 9)))
    with pytest.raises(InputError, match="a step or more"):
        cell.forward(np.zeros((4, 0, 2)))
    trace = cell.forward(random_inputs())
    with pytest.raises(InputError, match="d_hidden_states"):
        cell.backward(trace, np.zeros((3, 5)))
    one = np.zeros((1, 5))  # would broadcast over the batch (B-001-27)
    with pytest.raises(InputError, match="initial_state"):
        cell.forward(random_inputs(), (one, one) if len(cell.state_names) == 2 else one)


def test_other_wrong_arguments():
    with pytest.raises(InputError, match="a pair"):
        reference.LSTM(2, 5).forward(random_inputs(), np.zeros((3, 5)))
    with pytest.raises(InputError, match=r"initial_state\[1\]: got \(1, 5\)"):
        reference.LSTM(2, 5).forward(random_inputs(), (np.zeros((3, 5)), np.zeros((1, 5))))
    with pytest.raises(InputError, match="units: got 0"):
        reference.GRU(2, 0)
    with pytest.raises(InputError, match="F-004-04"):
        reference.GRU(2, 5, update="forget")
    with pytest.raises(InputError, match="activation"):
        reference.SimpleRNN(2, 5, activation="swish")


def test_the_reference_starts_no_tensorflow():
    code = (
        "import sys, rnn_tf.reference; "
        "sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
