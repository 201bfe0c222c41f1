"""A cell is ``step`` and ``back``: the same two as in the fast layers, and all the loops need."""

import numpy as np
import pytest

from rnn_tf import layers, reference
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError
from rnn_tf.layers import cells
from rnn_tf.reference import Cell, gradient_check
from tests.reference.reference_cases import (
    BATCH,
    CELLS,
    FEATURES,
    STEPS,
    UNITS,
    random_cell,
    random_inputs,
    random_state,
)

FAST = {"simple": cells.SimpleCell, "lstm": cells.LSTMCell, "gru-after-keep": cells.GRUCell}


def assert_equal(ours, fast):
    """``None``, which stands for no direct share, is in both tuples or in neither."""
    for one, other in zip(ours, fast, strict=True):
        assert (one is None) is (other is None)
        assert one is None or np.allclose(one, other, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", FAST)
def test_step_and_back_are_those_of_the_fast_layers(name):
    cell, fast = random_cell(name), FAST[name]
    assert (len(cell.block_names), len(cell.state_names)) == (fast.gates, fast.states)
    random = np.random.default_rng(7)
    x_part, h_part = random.normal(size=(2, BATCH, fast.gates * UNITS))
    state, d_state = random.normal(size=(2, fast.states, BATCH, UNITS))

    new, saved = cell.step(x_part, h_part, tuple(state))
    fast_new, fast_saved = fast.step(*map(tf.constant, (x_part, h_part)), tuple(state))
    assert_equal(new, fast_new)
    assert_equal(saved, fast_saved)  # in the same order, too
    assert len(saved) == fast.saved_count

    d_x_part, d_h_part, direct = cell.back(saved, tuple(d_state))
    fast_d_x_part, fast_d_h_part, fast_direct = fast.back(
        fast_saved, tuple(map(tf.constant, d_state))
    )
    assert_equal([d_x_part, d_h_part], [fast_d_x_part, fast_d_h_part])
    assert_equal(direct, fast_direct)
    # Where one sum is all that counts, there is one bias.
    assert np.array_equal(d_x_part, d_h_part) is fast.one_sum is not cell.two_biases


class Leaky(Cell):
    """A tenth of the new, nine tenths of the old."""

    def step(self, x_part, h_part, state):
        squashed = np.tanh(x_part + h_part)
        return (0.9 * state[0] + 0.1 * squashed,), (squashed,)

    def back(self, saved, d_state):
        d_sum = 0.1 * d_state[0] * (1 - saved[0] ** 2)
        return d_sum, d_sum, (0.9 * d_state[0],)


class MinimalGated(Cell):
    """One gate that resets and updates: the minimal gated unit of G.-B. Zhou and others (2016)."""

    block_names = ("forget", "candidate")
    two_biases = True

    def step(self, x_part, h_part, state):
        (x_f, x_g), (h_f, h_g) = np.split(x_part, 2, axis=1), np.split(h_part, 2, axis=1)
        f = reference.sigmoid(x_f + h_f)
        g = np.tanh(x_g + f * h_g)
        return ((1 - f) * state[0] + f * g,), (f, g, h_g, state[0])

    def back(self, saved, d_state):
        f, g, h_g, before = saved
        (d_hidden,) = d_state
        d_g = d_hidden * f * (1 - g**2)
        d_f = (d_hidden * (g - before) + d_g * h_g) * f * (1 - f)
        return np.hstack([d_f, d_g]), np.hstack([d_f, d_g * f]), (d_hidden * (1 - f),)


class Momentum(Cell):
    """Two states, the second with a way of its own from step to step."""

    state_names = ("initial_state", "initial_velocity")

    def step(self, x_part, h_part, state):
        velocity = 0.5 * state[1] + x_part + h_part
        hidden_state = np.tanh(velocity)
        return (hidden_state, velocity), (hidden_state,)

    def back(self, saved, d_state):
        d_velocity = d_state[1] + d_state[0] * (1 - saved[0] ** 2)
        return d_velocity, d_velocity, (None, 0.5 * d_velocity)


OWN = [Leaky, MinimalGated, Momentum]


def own_cell(kind):
    cell = kind(FEATURES, UNITS, seed=2)
    random = np.random.default_rng(3)
    for array in cell.weights.values():
        array += random.normal(scale=0.5, size=array.shape)
    return cell


@pytest.mark.parametrize("kind", OWN)
def test_step_and_back_are_all_that_a_new_cell_needs(kind):
    cell, inputs = own_cell(kind), random_inputs()
    state, state_tensors = random_state(cell)
    pull = np.random.default_rng(5).normal(size=(BATCH, STEPS, UNITS))
    last_pull, _ = random_state(cell, seed=9)

    def loss_and_gradients():
        trace = cell.forward(inputs, state)
        assert type(trace) is reference.Trace
        loss = np.sum(pull * trace.hidden_states)
        loss += np.sum(np.asarray(last_pull) * np.asarray(trace.final_state))
        return loss, cell.backward(trace, pull, last_pull)

    report = gradient_check(
        loss_and_gradients, {**cell.weights, "inputs": inputs, **state_tensors}, show=False
    )
    assert report.holds(1e-7), f"\n{report}"
    assert all(np.abs(row.numeric) > 0 for row in report)


def test_the_states_of_a_new_cell_are_its_equation_step_by_step():
    cell, inputs = own_cell(Leaky), random_inputs()
    W, U, b = cell.weights.values()
    h = np.zeros((BATCH, UNITS))
    for t, states in enumerate(np.moveaxis(cell.forward(inputs).hidden_states, 1, 0)):
        h = 0.9 * h + 0.1 * np.tanh(inputs[:, t] @ W + h @ U + b)
        assert np.allclose(states, h, rtol=0, atol=1e-14)


@pytest.mark.parametrize("kind", [MinimalGated, Momentum])  # Leaky is too slow for an echo
def test_a_new_cell_learns_in_a_network(kind):
    network = reference.Network(kind(1, 8), 1)
    inputs = np.random.default_rng(0).choice([-1.0, 1.0], size=(64, 8, 1))
    targets = np.zeros_like(inputs)
    targets[:, 1:] = inputs[:, :-1]
    optimizer = reference.SGD(0.2, momentum=0.9, global_clipnorm=1.0)
    losses = reference.train(network, inputs, targets, optimizer, epochs=30)
    assert losses[-1] < 0.5 * 7 / 8  # 7/8: the best that a net without memory can do


NAMED = (reference.SimpleRNN, reference.LSTM, reference.GRU, reference.MinGRU)


@pytest.mark.parametrize("kind", [*NAMED, *OWN])
def test_no_cell_has_a_loop_of_its_own(kind):
    assert kind.forward is Cell.forward
    assert kind.backward is Cell.backward


def test_an_lstm_trace_holds_the_equations_by_name():
    cell = random_cell("lstm")
    state, _ = random_state(cell)
    trace = cell.forward(random_inputs(), state)
    assert np.array_equal(trace.initial_state, state[0])
    assert np.array_equal(trace.initial_cell_state, state[1])
    c_before = np.concatenate([state[1][:, None], trace.cell_states[:, :-1]], axis=1)
    cell_states = trace.forget_gates * c_before + trace.input_gates * trace.candidates
    assert trace.cell_states.shape == (BATCH, STEPS, UNITS)
    assert np.allclose(trace.cell_states, cell_states, rtol=0, atol=1e-14)
    assert np.allclose(
        trace.hidden_states, trace.output_gates * np.tanh(cell_states), rtol=0, atol=1e-14
    )
    for last, states in zip(
        trace.final_state, (trace.hidden_states, trace.cell_states), strict=True
    ):
        assert np.array_equal(last, states[:, -1])


@pytest.mark.parametrize("name", [name for name in CELLS if name.startswith("gru")])
def test_a_gru_trace_holds_the_equations_by_name(name):
    cell, inputs = random_cell(name), random_inputs()
    state, _ = random_state(cell)
    trace = cell.forward(inputs, state)
    before = np.concatenate([state[:, None], trace.hidden_states[:, :-1]], axis=1)
    z, r, g = trace.update_gates, trace.reset_gates, trace.candidates
    kept = z if cell.update == "keep" else 1 - z
    assert np.allclose(trace.hidden_states, kept * before + (1 - kept) * g, rtol=0, atol=1e-14)
    W, U, bias = cell.weights.values()
    b, b_r = bias if cell.reset_after else (bias, 0 * bias)
    x_part, h_part = inputs @ W + b, before @ U + b_r
    gates = reference.sigmoid((x_part + h_part)[..., : 2 * UNITS])
    assert np.allclose(np.concatenate([z, r], axis=-1), gates, rtol=0, atol=1e-14)
    U_g = U[:, 2 * UNITS :]
    reset = r * h_part[..., 2 * UNITS :] if cell.reset_after else (r * before) @ U_g
    assert np.allclose(g, np.tanh(x_part[..., 2 * UNITS :] + reset), rtol=0, atol=1e-14)


# Conversion asks the cell, not the name of its class.


def subclass(name):
    """A cell like ``random_cell(name)``, of a class of one's own that changes nothing."""
    cell = random_cell(name)
    kind = type("My" + type(cell).__name__, (type(cell),), {})
    mine = kind(FEATURES, UNITS, **CELLS[name][1])
    for key, array in mine.weights.items():
        array[...] = cell.weights[key]
    return mine


@pytest.mark.parametrize("name", CELLS)
def test_a_subclass_goes_to_keras_and_back(name):
    cell, inputs = subclass(name), random_inputs()
    options = {option: getattr(cell, option) for option in cell.keras_options}
    kind = getattr(keras.layers, cell.keras_layer)
    layer = kind(UNITS, return_sequences=True, dtype="float64", **options)
    layer.build((None, None, FEATURES))
    cell.to_keras(layer)
    hidden_states = cell.forward(inputs).hidden_states
    assert np.allclose(layer(inputs), hidden_states, rtol=0, atol=1e-12)
    back = type(cell).from_keras(layer)
    assert type(back) is type(cell)
    assert np.allclose(back.forward(inputs).hidden_states, hidden_states, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["simple", "lstm", "gru-after-keep", "gru-after-replace"])
def test_a_subclass_goes_to_pytorch_and_back(name):
    cell, inputs = subclass(name), random_inputs()
    arrays = cell.to_pytorch()
    for key, array in random_cell(name).to_pytorch().items():
        assert np.array_equal(arrays[key], array)
    back = type(cell).from_pytorch(arrays)
    assert type(back) is type(cell)
    assert np.allclose(
        back.forward(inputs).hidden_states, cell.forward(inputs).hidden_states, rtol=0, atol=1e-14
    )


def test_layers_made_from_keras_are_read_and_namesakes_are_not():
    class Named(keras.layers.LSTM):
        pass

    for kind in (Named, layers.LSTM):
        layer = kind(UNITS, return_sequences=True, dtype="float64")
        layer.build((None, None, FEATURES))
        inputs = random_inputs()
        states = reference.LSTM.from_keras(layer).forward(inputs).hidden_states
        assert np.allclose(layer(inputs), states, rtol=0, atol=1e-12)
    with pytest.raises(InputError, match="expected a keras.layers.LSTM"):
        reference.LSTM.from_keras(reference.LSTM(FEATURES, UNITS))


def test_a_new_cell_says_that_it_has_no_conversion():
    cell = own_cell(Leaky)
    layer = keras.layers.SimpleRNN(UNITS)
    layer.build((None, None, FEATURES))
    with pytest.raises(InputError, match="cell: got Leaky, .*keras_layer"):
        Leaky.from_keras(layer)
    with pytest.raises(InputError, match="cell: got Leaky, .*keras_layer"):
        cell.to_keras(layer)
    with pytest.raises(InputError, match="cell: got Leaky, .*pytorch_order"):
        cell.to_pytorch()
    with pytest.raises(InputError, match="cell: got Leaky, .*pytorch_order"):
        Leaky.from_pytorch(reference.SimpleRNN(FEATURES, UNITS).to_pytorch())


def test_the_zero_state_has_the_shape_of_a_state():
    assert reference.GRU(FEATURES, UNITS).zero_state(4).shape == (4, UNITS)
    for kind in (reference.LSTM, Momentum):
        hidden_state, other = kind(FEATURES, UNITS).zero_state(4)
        assert hidden_state.shape == other.shape == (4, UNITS)
        assert not hidden_state.any() and not other.any()
