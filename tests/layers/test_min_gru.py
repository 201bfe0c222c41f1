"""``MinGRU``: by its definition, step by step, and put together two by two."""

import numpy as np
import pytest

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError
from rnn_tf.layers import min_gru
from rnn_tf.reference.gradient_check import numeric_gradient

GATE = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}


def made(steps=7, units=4, features=3, batch_size=5, **arguments):
    """A layer with random weights, biases too, and inputs for it."""
    random = np.random.default_rng(0)
    arguments = {"return_sequences": True, "dtype": "float64"} | arguments
    layer = layers.MinGRU(units, **arguments)
    inputs = random.normal(size=(batch_size, steps, features))
    layer.build(inputs.shape)
    layer.set_weights([random.normal(size=w.shape) for w in layer.get_weights()])
    return layer, inputs


def by_definition(layer, inputs, state):
    """The plain loop over rows, steps and units."""
    kernel, bias = layer.get_weights()
    units, states = layer.units, np.zeros((*inputs.shape[:2], layer.units))
    for row, sequence in enumerate(inputs):
        for t, x in enumerate(sequence):
            for u in range(units):
                a = GATE[layer.gate](x @ kernel[:, u] + bias[u])
                g = x @ kernel[:, units + u] + bias[units + u]
                before = states[row, t - 1, u] if t else state[row, u]
                states[row, t, u] = a * before + (1 - a) * g
    return states


@pytest.mark.parametrize("gate", GATE)
@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 8, 13])
def test_states_are_those_of_the_definition(gate, parallel, steps):
    layer, inputs = made(steps, gate=gate, parallel=parallel)
    start = np.random.default_rng(1).normal(size=(5, 4))
    for state in (np.zeros((5, 4)), start):
        found = layer(inputs, initial_state=state).numpy()
        np.testing.assert_allclose(found, by_definition(layer, inputs, state), atol=1e-12)
    layer.return_sequences = False
    np.testing.assert_allclose(layer(inputs, initial_state=start), found[:, -1], atol=1e-14)
    assert layer.compute_output_shape(inputs.shape) == (5, 4)


@pytest.mark.parametrize("gate", GATE)
def test_both_ways_agree_over_many_steps_in_float32(gate):
    """What the lesson states: the scan is the loop, to 1e-6."""
    ways = [made(200, 16, gate=gate, parallel=way, dtype="float32") for way in (False, True)]
    scale = np.float32(0.3)  # states about as large as a trained network's
    outcomes = [layer(inputs.astype("float32") * scale).numpy() for layer, inputs in ways]
    assert np.abs(outcomes[0] - outcomes[1]).max() <= 1e-6 * max(1, np.abs(outcomes[0]).max())


@pytest.mark.parametrize("parallel", [False, True])
def test_gradients_are_those_of_finite_differences(parallel):
    layer, inputs = made(6, units=4, features=3, batch_size=2, gate="tanh", parallel=parallel)
    mask = np.array([[True] * 6, [True, False, True, True, False, True]])
    state = np.random.default_rng(1).normal(size=(2, 4))

    @tf.function
    def loss_of(kernel, bias, inputs, state):
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)
        return tf.reduce_sum(tf.sin(layer(inputs, mask=mask, initial_state=state)))

    values = [*layer.get_weights(), inputs, state]
    watched = [tf.constant(inputs), tf.constant(state)]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        outcome = layer(watched[0], mask=mask, initial_state=watched[1])
        loss = tf.reduce_sum(tf.sin(outcome))
    analytic = tape.gradient(loss, [layer.kernel.value, layer.bias.value, *watched])
    for value, gradient in zip(values, analytic, strict=True):
        numeric = numeric_gradient(lambda: float(loss_of(*map(tf.constant, values))), value)
        np.testing.assert_allclose(gradient, numeric, atol=1e-7)


@pytest.mark.parametrize("parallel", [False, True])
def test_no_state_sees_a_later_input(parallel):
    layer, inputs = made(9, parallel=parallel)
    changed = inputs.copy()
    changed[:, 5] += 1.0
    before, after = layer(inputs).numpy(), layer(changed).numpy()
    np.testing.assert_allclose(before[:, :5], after[:, :5], atol=1e-14)
    assert np.abs(before[:, 5:] - after[:, 5:]).min() > 0


@pytest.mark.parametrize("parallel", [False, True])
def test_a_sequence_in_two_parts_is_one_sequence(parallel):
    layer, inputs = made(11, parallel=parallel)
    whole = layer(inputs).numpy()
    first = layer(inputs[:, :4])
    second = layer(inputs[:, 4:], initial_state=first[:, -1])
    np.testing.assert_allclose(np.concatenate([first, second], 1), whole, atol=1e-12)


@pytest.mark.parametrize("parallel", [False, True])
def test_a_masked_step_leaves_the_state(parallel):
    layer, inputs = made(8, parallel=parallel)
    mask = np.random.default_rng(2).random((5, 8)) > 0.4
    mask[0] = False
    states = layer(inputs, mask=mask).numpy()
    assert np.all(states[0] == 0)
    for row in range(1, 5):
        kept = layer(inputs[row : row + 1, mask[row]]).numpy()
        np.testing.assert_allclose(states[row, mask[row]], kept[0], atol=1e-12)
        waits = np.flatnonzero(~mask[row, 1:]) + 1
        np.testing.assert_allclose(states[row, waits], states[row, waits - 1], atol=1e-14)


def test_the_mask_of_an_embedding_arrives_and_goes_on():
    keras.utils.set_random_seed(0)
    ids = keras.Input((None,), dtype="int32")
    states = keras.layers.Embedding(9, 4, mask_zero=True)(ids)
    states = layers.MinGRU(4, return_sequences=True)(states)
    model = keras.Model(ids, layers.MinGRU(3)(states))
    short, long = np.array([[3, 4]]), np.array([[3, 4, 0, 0, 0]])
    alone = np.array(model(short))  # float32: rounding is a share of the largest, not of each
    np.testing.assert_allclose(alone, model(long), rtol=0, atol=1e-6 * np.abs(alone).max())
    unmasked = keras.layers.Embedding(9, 4, weights=[model.layers[1].get_weights()[0]])
    states = model.layers[3](model.layers[2](unmasked(np.array([[3, 4, 0, 0, 0]]))))
    assert np.abs(alone - states).max() > 1e-3 * np.abs(alone).max()


@pytest.mark.parametrize("steps", [None, 12])
def test_in_a_loop_of_the_graph_too(steps, monkeypatch):
    monkeypatch.setattr(min_gru, "UNROLLED_STEPS", 4)
    layer, inputs = made(12)
    signature = [tf.TensorSpec((None, steps, 3), tf.float64)]
    inside = tf.function(layer, input_signature=signature)(inputs)
    np.testing.assert_allclose(inside, by_definition(layer, inputs, np.zeros((5, 4))), atol=1e-12)


@pytest.mark.parametrize("parallel", [False, True])
def test_it_is_trained_saved_and_loaded(tmp_path, parallel):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6, 3))
    layer = layers.MinGRU(5, "tanh", parallel=parallel)
    model = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs)))
    values = np.random.default_rng(1).normal(size=(64, 6, 3)).astype(np.float32)
    model.compile("adam", "mse")
    losses = model.fit(values, values[:, 0, :1], epochs=8, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(values), model(values))
    settings = again.layers[1].get_config()
    assert (settings["gate"], settings["parallel"], settings["units"]) == ("tanh", parallel, 5)


def test_inside_a_larger_model_of_many_lengths_and_exported(tmp_path):
    """Behind a convolution, before other layers; one step and 300; served from a file.

    No ``TimeDistributed``: with an unknown number of steps Keras's own keeps the first length that
    it has seen (3.15).
    """
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, 3))
    states = keras.layers.Conv1D(4, 2, padding="causal")(inputs)
    states = layers.MinGRU(4, "tanh", return_sequences=True)(states)
    states = layers.GRU(3)(keras.layers.Dense(4)(states))
    model = keras.Model(inputs, keras.layers.Dense(1)(states))
    model.export(tmp_path, verbose=False)
    served = tf.saved_model.load(tmp_path)
    first, gru = model.layers[1], model.layers[2]
    for steps in (5, 300, 1):
        values = np.random.default_rng(steps).normal(size=(2, steps, 3)).astype(np.float32)
        wanted = model(values)
        np.testing.assert_allclose(served.serve(values), wanted, atol=1e-6)
        np.testing.assert_allclose(model.predict(values, verbose=0), wanted, atol=1e-6)
        seen = np.array(first(values))
        known = by_definition(gru, seen, np.zeros((2, 4)))
        np.testing.assert_allclose(gru(seen), known, atol=1e-5)


def test_a_sign_that_turns_at_every_one():
    """Weights by hand: a = 1 at a zero, -1 at a one and g = 1/2 make h the running parity."""
    layer = layers.MinGRU(1, "tanh", return_sequences=True)
    bits = np.array([[[1], [0], [1], [1], [0], [0], [1]]], np.float32)
    layer.build(bits.shape)
    layer.set_weights([np.array([[-60.0, 0.0]]), np.array([30.0, 0.5])])
    np.testing.assert_allclose(layer(bits)[0, :, 0], np.cumsum(bits) % 2, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: layers.MinGRU(4, "relu"), "gate: got 'relu', expected 'sigmoid' or 'tanh'"),
        (lambda: layers.MinGRU(4, ["tanh"]), "gate: got ['tanh'], expected 'sigmoid' or 'tanh'"),
        (lambda: layers.MinGRU(0), "units: got 0, expected a whole number from 1 up"),
        (lambda: layers.MinGRU(4).build((5, 3)), "inputs: got (5, 3), expected (batch, steps, "),
    ],
)
def test_bad_input_is_answered_in_one_line(make, said):
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value).startswith(said) and "\n" not in str(caught.value)
