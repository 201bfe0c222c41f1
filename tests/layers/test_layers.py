"""The fast layers give Keras's outputs, states and gradients, weight for weight."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from rnn_tf.layers import chains, engine

NAMES = ("SimpleRNN", "LSTM", "GRU")


def twins(name, inputs, units, *, dtype="float64", **arguments):
    """A Keras layer and ours with the same random weights, biases included."""
    arguments = {"return_sequences": True, "return_state": True, "dtype": dtype} | arguments
    theirs = getattr(keras.layers, name)(units, **arguments)
    ours = getattr(layers, name)(units, **arguments)
    theirs.build(inputs.shape)
    ours.build(inputs.shape)
    random = np.random.default_rng(5)
    theirs.set_weights([random.normal(size=w.shape) * 0.4 for w in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    return theirs, ours


def everything(layer, inputs, mask, initial_state):
    """Outputs and states, then the gradients of a loss that uses them all."""
    watched = [inputs, *(initial_state or [])]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        results = layer(inputs, mask=mask, initial_state=initial_state)
        results = results if isinstance(results, (list, tuple)) else [results]
        loss = tf.add_n([tf.reduce_sum(tf.sin(r * (n + 1.3))) for n, r in enumerate(results)])
    gradients = tape.gradient(loss, watched + layer.trainable_variables)
    return [np.asarray(r) for r in results], [np.asarray(g) for g in gradients]


def largest_difference(first, second):
    return max(
        float(np.max(np.abs(a - b)) / max(1.0, np.max(np.abs(a))))
        for group_a, group_b in zip(first, second, strict=True)
        for a, b in zip(group_a, group_b, strict=True)
    )


def example(batch_size, steps, features, units, *, name, seed=3, masked=False, given=True):
    random = np.random.default_rng(seed)
    inputs = tf.constant(random.normal(size=(batch_size, steps, features)))
    mask = None
    if masked:
        mask = random.random((batch_size, steps)) > 0.4
        mask[0] = False  # a row without any step
        mask = tf.constant(mask)
    count = 2 if name == "LSTM" else 1
    state = [tf.constant(random.normal(size=(batch_size, units))) for _ in range(count)]
    return inputs, mask, state if given else None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("batch_size", "steps", "masked", "arguments"),
    [
        (5, 7, False, {}),
        (1, 1, False, {}),
        (5, 7, True, {}),
        (1, 5, True, {"go_backwards": True}),
        (7, engine.UNROLLED + engine.BLOCK + 3, True, {}),
        (3, 257, False, {}),
        (4, 6, True, {"return_sequences": False}),
        (4, 6, False, {"return_sequences": False, "return_state": False}),
    ],
)
def test_outputs_states_and_gradients_are_keras_s(name, batch_size, steps, masked, arguments):
    inputs, mask, state = example(batch_size, steps, 3, 4, name=name, masked=masked)
    theirs, ours = twins(name, inputs, 4, **arguments)
    assert ours.fast_path_reason() is None
    theirs, ours = (
        tf.function(lambda i, m, s, x=x: everything_in_graph(x, i, m, s)) for x in (theirs, ours)
    )
    assert largest_difference(theirs(inputs, mask, state), ours(inputs, mask, state)) < 1e-12


def everything_in_graph(layer, inputs, mask, initial_state):
    watched = [inputs, *initial_state]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        results = layer(inputs, mask=mask, initial_state=initial_state)
        results = results if isinstance(results, (list, tuple)) else [results]
        loss = tf.add_n([tf.reduce_sum(tf.sin(r * (n + 1.3))) for n, r in enumerate(results)])
    return list(results), tape.gradient(loss, watched + layer.trainable_variables)


@pytest.mark.parametrize(("name", "masked"), [("SimpleRNN", True), ("LSTM", False), ("GRU", True)])
def test_unknown_batch_size_and_number_of_steps(name, masked):
    inputs, mask, state = example(5, 37, 3, 4, name=name, masked=masked)
    theirs, ours = twins(name, inputs, 4)
    signature = [
        tf.TensorSpec([None, None, 3], tf.float64),
        tf.TensorSpec([None, None], tf.bool) if masked else None,
        [tf.TensorSpec([None, 4], tf.float64)] * len(state),
    ]
    both = []
    for layer in (theirs, ours):
        function = tf.function(lambda i, m, s, x=layer: everything_in_graph(x, i, m, s))
        function.get_concrete_function(*signature)
        both.append(function(inputs, mask, state))
    assert largest_difference(*both) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_float32_eager(name):
    inputs, _, _ = example(5, 9, 3, 4, name=name)
    inputs = tf.cast(inputs, tf.float32)
    theirs, ours = twins(name, inputs, 4, dtype="float32")
    assert (
        largest_difference(
            everything(theirs, inputs, None, None), everything(ours, inputs, None, None)
        )
        < 1e-5
    )


@settings(max_examples=8, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    batch_size=st.integers(1, 6),
    steps=st.integers(1, 20),
    features=st.integers(1, 4),
    units=st.integers(1, 5),
    masked=st.booleans(),
    backwards=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_small_configuration(name, batch_size, steps, features, units, masked, backwards, seed):
    inputs, mask, state = example(
        batch_size, steps, features, units, name=name, masked=masked, seed=seed
    )
    theirs, ours = twins(name, inputs, units, go_backwards=backwards)
    assert (
        largest_difference(
            everything(theirs, inputs, mask, state), everything(ours, inputs, mask, state)
        )
        < 1e-12
    )


@pytest.mark.parametrize("name", NAMES)
def test_gradients_against_finite_differences(name):
    inputs, _, state = example(2, 5, 3, 4, name=name)
    _, ours = twins(name, inputs, 4)
    _, gradients = everything(ours, inputs, None, state)
    for variable, gradient in zip(
        ours.trainable_variables, gradients[1 + len(state) :], strict=True
    ):
        value = variable.numpy()
        place = tuple(np.array(value.shape) - 1)
        step, losses = 1e-5, []
        for sign in (1, -1):
            moved = value.copy()
            moved[place] += sign * step
            variable.assign(moved)
            results, _ = everything(ours, inputs, None, state)
            losses.append(sum(np.sin(r * (n + 1.3)).sum() for n, r in enumerate(results)))
        variable.assign(value)
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-6)


def test_number_of_chains_changes_nothing(monkeypatch):
    inputs, mask, state = example(5, 7, 3, 4, name="LSTM", masked=True)
    _, ours = twins("LSTM", inputs, 4)
    results = []
    for count in (1, 2, 4, 16):
        monkeypatch.setattr(layers, "cores", lambda count=count: count)
        results.append(everything(ours, inputs, mask, state))
    assert all(largest_difference(results[0], other) < 1e-12 for other in results[1:])


@given(batch_size=st.integers(1, 50), count=st.integers(1, 9))
def test_chains_share_the_batch_out(batch_size, count):
    sizes = chains.chain_sizes(batch_size, count)
    assert sum(sizes) == batch_size and max(sizes) - min(sizes) <= 1 and min(sizes) >= 1


@pytest.mark.parametrize("name", NAMES)
def test_saved_and_loaded_by_keras(name, tmp_path):
    model = keras.Sequential([keras.Input((7, 3)), getattr(layers, name)(4, dropout=0.1)])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    inputs = np.random.default_rng(0).normal(size=(5, 7, 3)).astype("float32")
    assert type(loaded.layers[0]) is getattr(layers, name)
    np.testing.assert_array_equal(
        model.predict(inputs, verbose=0), loaded.predict(inputs, verbose=0)
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "arguments",
    [
        {"activation": "relu"},
        {"recurrent_dropout": 0.2},
        {"use_bias": False},
        {"unroll": True},
        {"dtype": "mixed_bfloat16"},
    ],
)
def test_what_the_fast_loop_cannot_take_goes_to_keras(name, arguments):
    inputs, _, _ = example(3, 5, 2, 4, name=name)
    inputs = tf.cast(inputs, tf.float32)
    arguments = {"dtype": "float32", "return_state": False} | arguments
    theirs, ours = twins(name, inputs, 4, **arguments)
    assert ours.fast_path_reason()
    np.testing.assert_array_equal(
        np.asarray(tf.cast(theirs(inputs), tf.float32)),
        np.asarray(tf.cast(ours(inputs), tf.float32)),
    )


def test_reset_before_goes_to_keras():
    inputs, _, _ = example(3, 5, 2, 4, name="GRU")
    theirs, ours = twins("GRU", inputs, 4, reset_after=False, return_state=False)
    assert "reset_after" in ours.fast_path_reason()
    np.testing.assert_array_equal(theirs(inputs), ours(inputs))


def test_stateful_layers_carry_their_state():
    inputs, _, _ = example(3, 8, 2, 4, name="LSTM")
    theirs, ours = twins("LSTM", inputs, 4, stateful=True, return_state=False)
    for part in (inputs[:, :5], inputs[:, 5:]):
        np.testing.assert_allclose(theirs(part), ours(part), atol=1e-12)
    ours.reset_state()
    whole = ours(inputs)
    theirs.reset_state()
    np.testing.assert_allclose(theirs(inputs), whole, atol=1e-12)


def test_bidirectional():
    inputs, _, _ = example(3, 8, 2, 4, name="GRU")
    theirs = keras.layers.Bidirectional(keras.layers.GRU(4, dtype="float64"), dtype="float64")
    ours = keras.layers.Bidirectional(layers.GRU(4, dtype="float64"), dtype="float64")
    theirs.build(inputs.shape)
    ours.build(inputs.shape)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(theirs(inputs), ours(inputs), atol=1e-12)


def test_input_dropout_is_keras_s():
    inputs, _, _ = example(4, 6, 3, 5, name="LSTM")
    theirs, ours = twins("LSTM", inputs, 5, dropout=0.5, seed=11, return_state=False)
    for _ in range(3):
        np.testing.assert_allclose(
            theirs(inputs, training=True), ours(inputs, training=True), atol=1e-12
        )


def test_not_a_number_comes_out_as_keras_s():
    inputs, _, _ = example(4, 6, 3, 5, name="LSTM", given=False)
    inputs = tf.tensor_scatter_nd_update(inputs, [[1, 2, 0], [2, 4, 1]], [np.nan, np.inf])
    theirs, ours = twins("LSTM", inputs, 5, return_state=False)
    np.testing.assert_allclose(theirs(inputs), ours(inputs), atol=1e-12)


def test_bfloat16_products_are_close_and_off_by_default():
    inputs, _, _ = example(4, 12, 3, 16, name="LSTM")
    inputs = tf.cast(inputs, tf.float32)
    theirs, ours = twins("LSTM", inputs, 16, dtype="float32", return_state=False)
    rough = layers.LSTM(16, return_sequences=True, products="bfloat16")
    rough.build(inputs.shape)
    rough.set_weights(theirs.get_weights())
    exact, near = np.asarray(theirs(inputs)), np.asarray(rough(inputs))
    assert ours.products is None
    assert 1e-6 < np.abs(exact - near).max() < 2e-2
    assert layers.LSTM.from_config(rough.get_config()).products == "bfloat16"


def test_second_order_derivatives_are_refused_in_one_line():
    inputs, _, _ = example(2, 4, 3, 4, name="GRU")
    _, ours = twins("GRU", inputs, 4, return_state=False)
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            loss = tf.reduce_sum(ours(inputs) ** 2)
        gradient = inner.gradient(loss, inputs)
    with pytest.raises(NotImplementedError, match="second-order"):
        outer.gradient(gradient, inputs)


def test_forward_mode_is_refused_in_one_line():
    inputs, _, _ = example(2, 4, 3, 4, name="GRU")
    _, ours = twins("GRU", inputs, 4, return_state=False)
    with (
        pytest.raises(NotImplementedError, match="forward-mode"),
        tf.autodiff.ForwardAccumulator(inputs, tf.ones_like(inputs)),
    ):
        ours(inputs)


class MinimalGate:
    """Zhou et al. (2016): one gate, h = (1 - f) h_prev + f tanh(x_g + f * h_g)."""

    gates, states, saved, one_sum = 2, 1, 4, False

    @staticmethod
    def step(x_part, h_part, state):
        x_f, x_g = tf.split(x_part, 2, axis=-1)
        h_f, h_g = tf.split(h_part, 2, axis=-1)
        f = tf.sigmoid(x_f + h_f)
        g = tf.tanh(x_g + f * h_g)
        return (state[0] + f * (g - state[0]),), (f, g, h_g, state[0])

    @staticmethod
    def back(saved, d_state):
        f, g, h_g, before = saved
        (d_hidden,) = d_state
        d_g = (1 - g * g) * d_hidden * f
        d_f = (d_hidden * (g - before) + d_g * h_g) * f * (1 - f)
        return tf.concat([d_f, d_g], -1), tf.concat([d_f, d_g * f], -1), (d_hidden * (1 - f),)


def test_a_new_cell_needs_its_step_and_its_adjoint_only():
    random = np.random.default_rng(0)
    x, kernel, bias, state = (
        tf.constant(random.normal(size=s)) for s in ((6, 3, 10), (5, 10), (10,), (3, 5))
    )

    def by_autodiff(x, kernel, bias, state):
        outputs = []
        for x_part in tf.unstack(x):
            (state,), _ = MinimalGate.step(x_part, state @ kernel + bias, (state,))
            outputs.append(state)
        return tf.stack(outputs)

    def by_engine(x, kernel, bias, state):
        return engine.recurrence(MinimalGate, x, kernel, bias, (state,), None, products=tf.float64)[
            0
        ]

    found = []
    for run in (by_autodiff, by_engine):
        with tf.GradientTape() as tape:
            tape.watch([x, kernel, bias, state])
            outputs = run(x, kernel, bias, state)
            loss = tf.reduce_sum(tf.sin(outputs))
        found.append(([outputs], tape.gradient(loss, [x, kernel, bias, state])))
    assert (
        largest_difference(
            *[[[np.asarray(v) for v in group] for group in groups] for groups in found]
        )
        < 1e-12
    )
