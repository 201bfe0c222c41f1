"""The layers inside other people's programs: shapes known in advance, lengths that change, masks
and states for a whole batch, loops and maps of a graph."""

import numpy as np
import pytest

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from rnn_tf.layers import recurrent

NAMES = ("SimpleRNN", "LSTM", "GRU")
ROOMS = (keras.layers, layers)


def sequences(batch_size, steps, features=3, seed=0):
    return np.random.default_rng(seed).normal(size=(batch_size, steps, features)).astype("float32")


def models(build, shape):
    """The model of ``build(room)`` with Keras's layers and with ours, equal weights."""
    theirs, ours = (build(room) for room in ROOMS)
    for model in (theirs, ours):
        model.build((None, *shape))
    random = np.random.default_rng(5)
    theirs.set_weights([random.normal(size=w.shape) * 0.4 for w in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    return theirs, ours


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["predict", "train_on_batch", "drop_remainder", "bidirectional"])
def test_sequences_of_different_length_one_at_a_time(name, way):
    def build(room):
        layer = getattr(room, name)(4)
        if way == "bidirectional":
            layer = keras.layers.Bidirectional(layer)
        model = keras.Sequential([keras.Input((None, 3)), layer, keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        return model

    theirs, ours = models(build, (None, 3))
    found = []
    for model in (theirs, ours):
        values = []
        for steps in (5, 9, 70, 1):
            inputs = sequences(1, steps)
            if way == "train_on_batch":
                values.append(model.train_on_batch(inputs, inputs[:, -1, :1]))
            elif way == "drop_remainder":
                data = tf.data.Dataset.from_tensor_slices(inputs).batch(1, drop_remainder=True)
                values.append(model.predict(data, verbose=0))
            else:
                values.append(model.predict(inputs, verbose=0))
        found.append(np.ravel(values))
    assert len(set(found[0].round(6))) == 4  # four different lengths, four different answers
    np.testing.assert_allclose(*found, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [64, 65, 80, None])
@pytest.mark.parametrize("batch_size", [1, 7, None])
def test_shapes_known_in_advance_are_keras_s(name, steps, batch_size, monkeypatch):
    monkeypatch.setattr(recurrent, "cores", lambda: 3)
    shapes = []
    for room in ROOMS:
        layer = getattr(room, name)(4, return_sequences=True, return_state=True)
        layer.build((batch_size, steps, 3))

        def call(inputs, mask, layer=layer):
            results = layer(inputs, mask=mask)
            shapes.append([r.shape.as_list() for r in results])
            return results

        tf.function(call).get_concrete_function(
            tf.TensorSpec([batch_size, steps, 3]), tf.TensorSpec([batch_size, steps], tf.bool)
        )
    assert shapes[0][0] == [batch_size, steps, 4]
    assert shapes[0] == shapes[1]


#: Layers that go by the number of steps that they see when they are traced.
BEHIND = {
    "time distributed": lambda: keras.layers.TimeDistributed(keras.layers.Dense(2)),
    "batch norm over the steps": lambda: keras.layers.BatchNormalization(axis=1),
    "layer norm over steps and units": lambda: keras.layers.LayerNormalization(axis=[1, 2]),
    "unrolled": lambda: keras.layers.LSTM(2, unroll=True),
    "flat": lambda: keras.layers.Flatten(),
}


@pytest.mark.parametrize("behind", BEHIND)
def test_what_stands_behind_a_long_sequence_computes_and_learns_as_behind_keras_s(behind):
    def build(room):
        model = keras.Sequential(
            [keras.Input((66, 3)), room.LSTM(4, return_sequences=True), BEHIND[behind]()]
        )
        model.compile(keras.optimizers.SGD(0.1), "mse")
        return model

    theirs, ours = models(build, (66, 3))
    inputs = sequences(6, 66)
    wanted = np.ones(theirs(inputs).shape, "float32")
    assert ours.output_shape == theirs.output_shape
    losses = [[model.train_on_batch(inputs, wanted) for _ in range(3)] for model in (theirs, ours)]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    for a, b in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [70, None])
def test_inside_a_loop_and_a_map_of_the_graph(name, steps):
    inputs = sequences(4, 70, features=4)
    found = []
    theirs, ours = models(
        lambda room: keras.Sequential([getattr(room, name)(4, return_sequences=True)]), (steps, 4)
    )
    for model in (theirs, ours):

        @tf.function(input_signature=[tf.TensorSpec([4, steps, 4])])
        def again_and_again(x, model=model):
            return tf.while_loop(lambda n, _: n < 3, lambda n, x: (n + 1, model(x)), (0, x))[1]

        data = tf.data.Dataset.from_tensor_slices(inputs).batch(2).map(model)
        each = tf.map_fn(lambda x, model=model: model(x[None])[0], inputs)
        found.append([again_and_again(inputs), *data, each])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("known", [True, False])
def test_one_mask_and_one_state_for_the_whole_batch(name, known):
    inputs, random = sequences(5, 9), np.random.default_rng(1)
    mask = tf.constant(random.random((1, 9)) > 0.4)
    theirs, ours = (getattr(room, name)(4, return_sequences=True) for room in ROOMS)
    for layer in (theirs, ours):
        layer.build(inputs.shape)
    ours.set_weights(theirs.get_weights())
    count = 2 if name == "LSTM" else 1
    state = [tf.constant(random.normal(size=(1, 4)), tf.float32) for _ in range(count)]
    # Keras itself takes one state for the batch only where no graph is made.
    wanted = theirs(inputs, mask=mask, initial_state=state)
    np.testing.assert_allclose(ours(inputs, mask=mask, initial_state=state), wanted, atol=1e-6)

    @tf.function(input_signature=[tf.TensorSpec([5, 9, 3] if known else [None, None, 3])])
    def in_graph(x):
        return ours(x, mask=mask, initial_state=state)

    np.testing.assert_allclose(in_graph(inputs), wanted, atol=1e-6)


def test_a_state_without_a_batch_axis_is_broadcast_and_one_too_many_refused():
    inputs, state = sequences(5, 9), np.ones(4, "float32")
    theirs, ours = (room.SimpleRNN(4) for room in ROOMS)
    for layer in (theirs, ours):
        layer.build(inputs.shape)
    ours.set_weights(theirs.get_weights())
    found = [layer(inputs, initial_state=tf.constant(state)) for layer in (theirs, ours)]
    np.testing.assert_allclose(*found, atol=1e-6)
    with pytest.raises(
        ValueError, match="initial_state: got 2 tensors, expected 1 for a SimpleRNN"
    ):
        ours(inputs, initial_state=[tf.constant(state)] * 2)


@pytest.mark.parametrize("name", NAMES)
def test_inputs_without_a_feature(name):
    theirs, ours = models(
        lambda room: keras.Sequential([getattr(room, name)(4, bias_initializer="ones")]), (6, 0)
    )
    inputs = np.zeros((3, 6, 0), "float32")
    assert "without a feature" in ours.layers[0].fast_path_reason()
    np.testing.assert_allclose(theirs(inputs), ours(inputs), atol=1e-6)
    assert np.abs(ours(inputs)).max() > 0.1


def test_quantizing_a_model_quantizes_its_head_too():
    def build(room):
        return keras.Sequential([room.LSTM(4), keras.layers.Dense(3), room.Dense(5)])

    theirs, ours = models(build, (9, 3))
    for model in (theirs, ours):
        model.quantize("int8")
    assert [w.dtype for w in ours.weights] == [w.dtype for w in theirs.weights]
    assert ours.layers[2].quantization_mode == "int8"
    inputs = sequences(6, 9)
    np.testing.assert_allclose(theirs(inputs), ours(inputs), atol=1e-6)
