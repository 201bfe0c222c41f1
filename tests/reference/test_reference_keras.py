"""The reference against Keras: same weights, same numbers, same gradients; conversion."""

import numpy as np
import pytest

from rnn_tf import reference
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError
from tests.reference.reference_cases import (
    CELLS,
    FEATURES,
    UNITS,
    as_state,
    random_cell,
    random_inputs,
    random_state,
)


def keras_layer(cell, *, dtype="float64", **options):
    """A built Keras layer of the cell's kind and size, with weights of its own."""
    kind = getattr(keras.layers, type(cell).__name__)
    if isinstance(cell, reference.GRU):
        options.setdefault("reset_after", cell.reset_after)
    if isinstance(cell, reference.SimpleRNN):
        options.setdefault("activation", cell.activation)
    layer = kind(cell.units, return_sequences=True, return_state=True, dtype=dtype, **options)
    layer.build((None, None, cell.features))
    return layer


@pytest.mark.parametrize("name", CELLS)
def test_states_and_gradients_equal_the_tape(name):
    cell, inputs = random_cell(name), random_inputs()
    state, state_tensors = random_state(cell)
    layer = cell.to_keras(keras_layer(cell))
    trace = cell.forward(inputs, state)
    pull = np.random.default_rng(5).normal(size=trace.hidden_states.shape)
    gradients = cell.backward(trace, pull)

    x = tf.constant(inputs)
    states = [tf.constant(array) for array in state_tensors.values()]
    with tf.GradientTape() as tape:
        tape.watch([x, *states])
        hidden, *final = layer(x, initial_state=states)
        loss = tf.reduce_sum(hidden * pull)
    of_weights, of_x, of_states = tape.gradient(
        loss, [[w.value for w in layer.trainable_weights], x, states]
    )

    assert np.allclose(hidden, trace.hidden_states, rtol=0, atol=1e-12)
    assert np.allclose(as_state(final), trace.final_state, rtol=0, atol=1e-12)
    assert reference.relative_error(gradients["inputs"], of_x.numpy()) <= 1e-9
    for key, there in zip(cell.state_names, of_states, strict=True):
        assert reference.relative_error(gradients[key], there.numpy()) <= 1e-9
    signs = {key: np.ones(w.shape) for key, w in cell.weights.items()}
    if "replace" in name:  # Keras holds the update gate's weights negated
        for sign in signs.values():
            sign[..., :UNITS] = -1.0
    for key, there in zip(cell.weights, of_weights, strict=True):
        assert reference.relative_error(gradients[key], there.numpy() * signs[key]) <= 1e-9, key


@pytest.mark.parametrize("name", [n for n in CELLS if "replace" not in n])
def test_a_cell_made_from_a_fresh_float32_layer(name):
    layer = keras_layer(random_cell(name), dtype="float32")
    cell = CELLS[name][0].from_keras(layer)
    inputs = random_inputs(1)
    there = layer(inputs.astype("float32"))[0].numpy()
    assert np.abs(cell.forward(inputs).hidden_states - there).max() <= 1e-6
    assert cell.parameter_count == layer.count_params()


@pytest.mark.parametrize("name", CELLS)
def test_round_trip_through_keras(name):
    cell, inputs = random_cell(name), random_inputs()
    back = type(cell).from_keras(cell.to_keras(keras_layer(cell)))
    states = cell.forward(inputs).hidden_states
    assert np.allclose(back.forward(inputs).hidden_states, states, rtol=0, atol=1e-14)
    if "replace" not in name:  # that one comes back as the equal "keep" cell
        for key, array in cell.weights.items():
            assert np.array_equal(back.weights[key], array)


def test_the_gate_order_is_the_documented_one():
    # One gate is driven to 0 or 1 by its bias block in Keras; the reference must show that gate.
    for kind, attribute_of in [
        (
            reference.LSTM,
            {"input": "input_gates", "forget": "forget_gates", "output": "output_gates"},
        ),
        (reference.GRU, {"update": "update_gates", "reset": "reset_gates"}),
    ]:
        for gate, attribute in attribute_of.items():
            cell = kind(FEATURES, UNITS)
            place = cell.block_names.index(gate) * UNITS
            layer = keras_layer(cell)
            kernel, recurrent, bias = layer.get_weights()
            bias[..., place : place + UNITS] = 40.0
            layer.set_weights([kernel, recurrent, bias])
            trace = kind.from_keras(layer).forward(random_inputs())
            assert np.all(getattr(trace, attribute) > 1 - 1e-12)
            others = set(attribute_of.values()) - {attribute}
            assert all(np.all(getattr(trace, other) < 0.999) for other in others)


def test_a_closed_forget_gate_in_keras_is_the_second_block():
    # Independent of the reference: in Keras, too, block two empties the cell state.
    cell = reference.LSTM(FEATURES, UNITS)
    layer = keras_layer(cell)
    kernel, recurrent, bias = layer.get_weights()
    bias[UNITS : 2 * UNITS] = -60.0
    layer.set_weights([kernel, recurrent * 0, bias])
    x = random_inputs(steps=1, batch=1)
    h, c = np.zeros((1, UNITS)), np.full((1, UNITS), 7.0)
    forgotten = layer(x, initial_state=[h, c])[2].numpy()
    fresh = layer(x, initial_state=[h, 0 * c])[2].numpy()
    assert np.allclose(forgotten, fresh, atol=1e-12)


def test_sgd_with_momentum_equals_keras():
    cell = random_cell("lstm")
    mine = {key: array.copy() for key, array in cell.weights.items()}
    theirs = [keras.Variable(array, dtype="float64") for array in cell.weights.values()]
    optimizer = reference.SGD(0.1, momentum=0.9)
    keras_optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    random = np.random.default_rng(0)
    for _ in range(4):
        gradients = {key: random.normal(size=array.shape) for key, array in mine.items()}
        optimizer.update(mine, gradients)
        keras_optimizer.apply_gradients(
            zip([tf.constant(g) for g in gradients.values()], theirs, strict=True)
        )
    for (key, array), there in zip(mine.items(), theirs, strict=True):
        # Keras keeps rate and momentum as float32
        assert np.allclose(array, there.numpy(), rtol=0, atol=1e-6), key
        assert not np.allclose(array, cell.weights[key], atol=1e-2)


def test_clipping_equals_keras():
    weights = {"w": np.array([1.0, 2.0]), "v": np.array([[3.0]])}
    gradients = {"w": np.array([3.0, 0.0]), "v": np.array([[4.0]])}  # length 5
    theirs = [keras.Variable(array, dtype="float64") for array in weights.values()]
    keras.optimizers.SGD(1.0, global_clipnorm=0.5).apply_gradients(
        zip([tf.constant(g) for g in gradients.values()], theirs, strict=True)
    )
    reference.SGD(1.0, global_clipnorm=0.5).update(weights, gradients)
    assert np.allclose(weights["w"], [1.0 - 0.3, 2.0]) and np.allclose(weights["v"], 3.0 - 0.4)
    assert np.allclose(weights["w"], theirs[0].numpy(), atol=1e-6)
    assert np.allclose(weights["v"], theirs[1].numpy(), atol=1e-6)


def test_conversion_refuses_what_is_another_function():
    lstm, gru = reference.LSTM(2, 5), reference.GRU(2, 5)
    with pytest.raises(InputError, match="keras.layers.LSTM"):
        reference.LSTM.from_keras(keras_layer(gru))
    with pytest.raises(InputError, match="built layer"):
        reference.LSTM.from_keras(keras.layers.LSTM(5))
    with pytest.raises(InputError, match="F-004-04"):
        gru.to_keras(keras_layer(gru, reset_after=False))
    with pytest.raises(InputError, match="got recurrent_activation='hard_sigmoid'"):
        reference.LSTM.from_keras(keras_layer(lstm, recurrent_activation="hard_sigmoid"))
    with pytest.raises(InputError, match="forwards"):
        reference.LSTM.from_keras(keras_layer(lstm, go_backwards=True))
    with pytest.raises(InputError, match=r"kernel \(3, 20\)"):
        lstm.to_keras(keras_layer(reference.LSTM(3, 5)))
    with pytest.raises(InputError, match="got activation='relu', expected activation='tanh'"):
        reference.SimpleRNN(2, 5).to_keras(
            keras_layer(reference.SimpleRNN(2, 5), activation="relu")
        )
