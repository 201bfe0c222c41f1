"""The fast layers give Keras's outputs, states and gradients, weight for weight."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from rnn_tf.layers import blocks, chains, engine, recurrent

NAMES = ("SimpleRNN", "LSTM", "GRU")


@pytest.fixture(scope="module", autouse=True)
def examples_are_cut_as_large_batches_are():
    """What is computed here is small, and would be left in one chain."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chains, "STEP_WORTH_CUTTING", 0)
        patch.setattr(recurrent, "cores", lambda: 2)
        yield


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
        (7, blocks.UNROLLED + blocks.BLOCK + 3, True, {}),
        (3, 257, False, {}),
        (4, 6, True, {"return_sequences": False}),
        (4, 6, False, {"return_sequences": False, "return_state": False}),
    ],
)
def test_outputs_states_and_gradients_are_keras_s(name, batch_size, steps, masked, arguments):
    inputs, mask, state = example(batch_size, steps, 3, 4, name=name, masked=masked)
    theirs, ours = twins(name, inputs, 4, **arguments)
    assert ours.fast_path_reason() is None
    results = []
    for layer in (theirs, ours):
        # Tracing takes the time: only where the engine's loop between blocks is in the graph.
        if steps > blocks.UNROLLED:
            results.append(tf.function(everything_in_graph)(layer, inputs, mask, state))
        else:
            results.append(everything(layer, inputs, mask, state))
    assert largest_difference(*results) < 1e-12


def everything_in_graph(layer, inputs, mask, initial_state):
    watched = [inputs, *initial_state]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        results = layer(inputs, mask=mask, initial_state=initial_state or None)
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


@pytest.mark.parametrize(
    ("name", "masked", "sequences", "known"),
    [
        ("SimpleRNN", True, False, False),
        ("LSTM", True, False, True),
        ("LSTM", False, True, False),
        ("GRU", True, True, True),
    ],
)
def test_inside_a_function_that_xla_compiles(name, masked, sequences, known, monkeypatch):
    steps = 11  # in small blocks: XLA takes its time over large ones
    monkeypatch.setattr(blocks, "UNROLLED", 4)
    monkeypatch.setattr(blocks, "BLOCK", 3)
    inputs, mask, state = example(5, steps, 3, 4, name=name, masked=masked)
    theirs, ours = twins(name, inputs, 4, return_sequences=sequences)
    size = [5, steps] if known else [None, None]
    signature = [
        tf.TensorSpec([*size, 3], tf.float64),
        tf.TensorSpec(size, tf.bool) if masked else None,
        [tf.TensorSpec([size[0], 4], tf.float64)] * len(state),
    ]
    compiled = tf.function(lambda i, m, s: everything_in_graph(ours, i, m, s), jit_compile=True)
    compiled.get_concrete_function(*signature)
    wanted = tf.function(everything_in_graph)(theirs, inputs, mask, state)
    assert largest_difference(wanted, compiled(inputs, mask, state)) < 1e-12


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


@pytest.mark.parametrize("name", NAMES)
def test_number_of_chains_changes_nothing(name, monkeypatch):
    inputs, mask, state = example(5, 7, 3, 4, name=name, masked=True)
    _, ours = twins(name, inputs, 4)
    one_chain, rows = ours._one_chain, []

    def noting(sequences, *rest):
        rows.append(sequences.shape[0])
        return one_chain(sequences, *rest)

    monkeypatch.setattr(ours, "_one_chain", noting)
    results = []
    for count, wanted in ((1, [5]), (2, [2, 3]), (3, [1, 2, 2]), (4, [1, 1, 1, 2]), (16, [1] * 5)):
        monkeypatch.setattr(recurrent, "cores", lambda count=count: count)
        rows.clear()
        results.append(everything(ours, inputs, mask, state))
        assert rows == wanted
    assert all(largest_difference(results[0], other) < 1e-12 for other in results[1:])
    monkeypatch.setattr(
        chains, "STEP_WORTH_CUTTING", 5 * ours.cell.recurrent_kernel.shape[-1] * 4 + 1
    )
    rows.clear()
    ours(inputs)
    assert rows == [5]  # too little work for several chains


def test_little_work_stays_in_one_chain(monkeypatch):
    monkeypatch.setattr(chains, "STEP_WORTH_CUTTING", 100)
    assert chains.chain_sizes(9, 2, 11) == [9]
    assert chains.chain_sizes(10, 2, 10) == [5, 5]


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
        {"dtype": "mixed_float16"},
    ],
)
def test_what_the_fast_loop_cannot_take_goes_to_keras(name, arguments):
    inputs, _, _ = example(3, 5, 2, 4, name=name)
    inputs = tf.cast(inputs, tf.float32)
    arguments = {"dtype": "float32", "return_state": False} | arguments
    theirs, ours = twins(name, inputs, 4, **arguments)
    assert ours.fast_path_reason()
    assert ours(inputs).dtype == ours.compute_dtype == theirs.compute_dtype
    np.testing.assert_array_equal(
        np.asarray(tf.cast(theirs(inputs), tf.float32)),
        np.asarray(tf.cast(ours(inputs), tf.float32)),
    )


def test_reset_before_goes_to_keras():
    inputs, _, _ = example(3, 5, 2, 4, name="GRU")
    theirs, ours = twins("GRU", inputs, 4, reset_after=False, return_state=False)
    assert "reset_after" in ours.fast_path_reason()
    np.testing.assert_array_equal(theirs(inputs), ours(inputs))


@pytest.mark.parametrize("name", NAMES)
def test_stateful_layers_carry_their_state(name):
    inputs, _, _ = example(3, 8, 2, 4, name=name)
    theirs, ours = twins(name, inputs, 4, stateful=True, return_state=False)
    halves = []
    for part in (inputs[:, :5], inputs[:, 5:]):
        halves.append(ours(part))
        np.testing.assert_allclose(theirs(part), halves[-1], atol=1e-12)
    for a, b in zip(theirs.states, ours.states, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)
    ours.reset_state()
    np.testing.assert_allclose(ours(inputs), tf.concat(halves, 1), atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_states_handed_on_make_two_halves_the_whole(name):
    inputs, mask, state = example(3, 70, 2, 4, name=name, masked=True)
    _, ours = twins(name, inputs, 4)
    whole, *end = ours(inputs, mask=mask, initial_state=state)
    first, *between = ours(inputs[:, :31], mask=mask[:, :31], initial_state=state)
    second, *last = ours(inputs[:, 31:], mask=mask[:, 31:], initial_state=between)
    np.testing.assert_allclose(first, whole[:, :31], atol=1e-12)
    # A row that has seen no step in the second half starts it with zeros, as in Keras.
    seen = tf.cumsum(tf.cast(mask[:, 31:], tf.int32), axis=1)[..., None] > 0
    np.testing.assert_allclose(second, tf.where(seen, whole[:, 31:], 0.0), atol=1e-12)
    for a, b in zip(last, end, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def wrapped_twins(wrap, name, inputs, **arguments):
    """The same wrapper around a Keras layer and around ours, with the same random weights."""
    arguments = {"dtype": "float64", "return_sequences": True} | arguments
    theirs, ours = (wrap(getattr(room, name)(4, **arguments)) for room in (keras.layers, layers))
    random = np.random.default_rng(5)
    for layer in (theirs, ours):
        layer.build(tuple(inputs.shape))
    theirs.set_weights([random.normal(size=w.shape) * 0.4 for w in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    return theirs, ours


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("merge_mode", "arguments"),
    [
        ("concat", {}),
        ("sum", {"return_sequences": False}),
        ("concat", {"return_state": True}),
        (None, {"return_sequences": False, "return_state": True}),
    ],
)
def test_bidirectional(name, masked, merge_mode, arguments):
    inputs, mask, _ = example(3, 8, 2, 4, name=name, masked=masked)

    def wrap(layer):
        return keras.layers.Bidirectional(layer, merge_mode=merge_mode, dtype="float64")

    theirs, ours = wrapped_twins(wrap, name, inputs, **arguments)
    assert type(ours.backward_layer) is getattr(layers, name)
    assert ours.forward_layer.fast_path_reason() is ours.backward_layer.fast_path_reason() is None
    found = [everything(layer, inputs, mask, None) for layer in (theirs, ours)]
    assert largest_difference(*found) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_time_distributed_with_masks(name):
    random = np.random.default_rng(2)
    inputs = tf.constant(random.normal(size=(3, 2, 5, 4)))
    mask = tf.constant(random.random((3, 2, 5)) > 0.4)

    def wrap(layer):
        return keras.layers.TimeDistributed(layer, dtype="float64")

    theirs, ours = wrapped_twins(wrap, name, inputs)
    np.testing.assert_allclose(ours(inputs, mask=mask), theirs(inputs, mask=mask), atol=1e-12)
    np.testing.assert_allclose(ours(inputs), theirs(inputs), atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_our_cell_in_keras_s_rnn(name):
    inputs, mask, state = example(3, 6, 2, 4, name=name, masked=True)
    _, ours = twins(name, inputs, 4)
    around = keras.layers.RNN(ours.cell, return_sequences=True, return_state=True, dtype="float64")
    found = [everything(layer, inputs, mask, state) for layer in (around, ours)]
    assert largest_difference(*found) < 1e-12


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("backwards", [False, True])
def test_input_dropout_is_keras_s(name, backwards):
    inputs, _, _ = example(4, 6, 3, 5, name=name)
    theirs, ours = twins(
        name, inputs, 5, dropout=0.5, seed=11, return_state=False, go_backwards=backwards
    )
    assert ours.fast_path_reason() is None
    for _ in range(3):
        dropped = ours(inputs, training=True)
        np.testing.assert_allclose(theirs(inputs, training=True), dropped, atol=1e-12)
    assert np.abs(dropped - ours(inputs)).max() > 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_dropout_of_everything_is_keras_s(name):
    inputs, _, _ = example(4, 6, 3, 5, name=name)
    theirs, ours = twins(name, inputs, 5, dropout=1.0, seed=11, return_state=False)
    np.testing.assert_allclose(theirs(inputs, training=True), ours(inputs, training=True))


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_dropout_for_each_gate_is_keras_s(name):
    inputs, _, _ = example(4, 6, 3, 5, name=name)
    arguments = {"dropout": 0.5, "implementation": 1, "use_cudnn": False, "return_state": False}
    theirs, ours = twins(name, inputs, 5, seed=11, **arguments)
    assert "implementation" in ours.fast_path_reason()
    np.testing.assert_allclose(theirs(inputs, training=True), ours(inputs, training=True))


@pytest.mark.parametrize("name", NAMES)
def test_not_a_number_comes_out_as_keras_s(name):
    inputs, _, _ = example(4, 6, 3, 5, name=name, given=False)
    inputs = tf.tensor_scatter_nd_update(
        inputs, [[1, 2, 0], [2, 4, 1], [3, 1, 2]], [np.nan, np.inf, -np.inf]
    )
    theirs, ours = twins(name, inputs, 5, return_state=False)
    expected = theirs(inputs)
    assert np.isnan(expected[1, 2:]).all() and np.isfinite(expected[0]).all()
    np.testing.assert_allclose(expected, ours(inputs), atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_bfloat16_products_are_close_and_off_by_default(name):
    inputs, _, _ = example(4, 12, 3, 16, name=name)
    inputs = tf.cast(inputs, tf.float32)
    theirs, ours = twins(name, inputs, 16, dtype="float32", return_state=False)
    rough = type(ours)(16, return_sequences=True, products="bfloat16")
    rough.build(inputs.shape)
    # A recurrence that does not amplify what it is given: what is left is the rounding.
    small = [w * 0.5 for w in theirs.get_weights()]
    for layer in (theirs, rough):
        layer.set_weights(small)
    (exact, *_), exact_gradients = everything(theirs, inputs, None, None)
    (near, *_), near_gradients = everything(rough, inputs, None, None)
    assert ours.products is None and near.dtype == np.float32
    # Rounding to bfloat16 changes a number by 2^-9 of it at most, and a product has two of them.
    rounding = 2 * 2.0**-9
    assert 2.0**-15 < np.abs(exact - near).max() < 2 * rounding  # two products make a step
    for a, b in zip(exact_gradients, near_gradients, strict=True):
        error = np.linalg.norm(a - b) / np.linalg.norm(a)
        assert 1e-5 < error < 2 * rounding
    assert type(ours).from_config(rough.get_config()).products == "bfloat16"
    assert "products" not in ours.get_config()


class MinimalGate:
    """Zhou et al. (2016): one gate, h = (1 - f) h_prev + f tanh(x_g + f * h_g)."""

    gates, states, saved_count, one_sum = 2, 1, 4, False

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
        outputs, _ = engine.recurrence(
            MinimalGate, x, kernel, bias, (state,), None, products=tf.float64, sequences=True
        )
        return outputs

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


# Every length around the blocks' edges, spread over the cells; all sizes differ.
@pytest.mark.parametrize(
    ("name", "steps", "batch_size", "features", "units", "count", "masked"),
    [
        ("LSTM", 1, 3, 2, 4, 3, True),
        ("GRU", 2, 5, 4, 3, 4, True),
        ("SimpleRNN", 15, 7, 2, 5, 3, False),
        ("LSTM", 16, 4, 5, 3, 3, False),
        ("GRU", 17, 5, 3, 4, 3, True),
        ("SimpleRNN", 63, 2, 3, 4, 5, True),
        ("LSTM", 64, 5, 2, 3, 4, True),
        ("GRU", 65, 3, 4, 2, 2, False),
        ("SimpleRNN", 65, 7, 4, 3, 4, True),
        ("LSTM", 80, 4, 3, 5, 3, True),
        ("GRU", 80, 2, 5, 3, 1, True),
        ("LSTM", 129, 2, 3, 4, 3, False),
        ("GRU", 129, 5, 2, 3, 3, True),
        ("SimpleRNN", 257, 3, 4, 5, 2, True),
    ],
)
def test_lengths_around_the_blocks(
    name, steps, batch_size, features, units, count, masked, monkeypatch
):
    monkeypatch.setattr(recurrent, "cores", lambda: count)
    inputs, mask, state = example(batch_size, steps, features, units, name=name, masked=masked)
    theirs, ours = twins(name, inputs, units)
    found = [everything(layer, inputs, mask, state) for layer in (theirs, ours)]
    assert largest_difference(*found) < 1e-12


@pytest.mark.parametrize(
    ("name", "batch_size", "steps", "features"),
    [("LSTM", None, 70, 3), ("GRU", 2, None, 3), ("SimpleRNN", None, None, None)],
)
def test_some_sizes_unknown_and_more_chains_than_rows(
    name, batch_size, steps, features, monkeypatch
):
    monkeypatch.setattr(recurrent, "cores", lambda: 3)
    inputs, mask, _ = example(2, 70, 3, 4, name=name, masked=True, given=False)
    theirs, ours = twins(name, inputs, 4)
    function = tf.function(
        lambda i, m: everything_in_graph(ours, i, m, []),
        input_signature=[
            tf.TensorSpec([batch_size, steps, features], tf.float64),
            tf.TensorSpec([batch_size, steps], tf.bool),
        ],
    )
    assert (
        largest_difference(everything(theirs, inputs, mask, None), function(inputs, mask)) < 1e-12
    )


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_with_masks_and_states_against_finite_differences(name):
    inputs, mask, state = example(3, 6, 2, 4, name=name, masked=True)
    _, ours = twins(name, inputs, 4)
    variables = ours.trainable_variables
    values = [inputs, *state, *[tf.convert_to_tensor(v) for v in variables]]
    _, gradients = everything(ours, inputs, mask, state)

    def loss(values):
        for variable, value in zip(variables, values[1 + len(state) :], strict=True):
            variable.assign(value)
        results = ours(values[0], mask=mask, initial_state=values[1 : 1 + len(state)])
        return sum(float(tf.reduce_sum(tf.sin(r * (n + 1.3)))) for n, r in enumerate(results))

    random, step = np.random.default_rng(8), 1e-5
    for place, gradient in enumerate(gradients):
        direction = random.normal(size=gradient.shape)
        moved = []
        for sign in (1, -1):
            changed = list(values)
            changed[place] = values[place] + sign * step * direction
            moved.append(loss(changed))
        slope = np.sum(gradient * direction)
        assert slope == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_changes_no_output_before_it(name):
    inputs, _, _ = example(3, 70, 2, 4, name=name)
    _, ours = twins(name, inputs, 4, return_state=False)
    before = ours(inputs)
    for step in (0, 5, 6, 40, 69):  # 70 steps are a segment of 6 and blocks of 16
        change = np.zeros(inputs.shape)
        change[1, step] = 1.0
        after = ours(inputs + change)
        np.testing.assert_array_equal(before[:, :step], after[:, :step])
        np.testing.assert_array_equal(np.delete(before, 1, 0), np.delete(after, 1, 0))
        assert np.abs(before[1, step] - after[1, step]).max() > 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_padding_behind_a_mask_changes_nothing(name):
    inputs, _, state = example(3, 13, 2, 4, name=name)
    _, ours = twins(name, inputs, 4)
    (outputs, *states), gradients = everything(ours, inputs, None, state)
    padded = tf.pad(inputs, [[0, 0], [0, 9], [0, 0]], constant_values=7.0)
    mask = tf.sequence_mask([13] * 3, 22)
    with tf.GradientTape() as tape:
        tape.watch(padded)
        long, *long_states = ours(padded, mask=mask, initial_state=state)
        results = [long[:, :13], *long_states]
        loss = tf.add_n([tf.reduce_sum(tf.sin(r * (n + 1.3))) for n, r in enumerate(results)])
    found = tape.gradient(loss, [padded, *ours.trainable_variables])
    assert largest_difference([[outputs, *states]], [results]) < 1e-12
    np.testing.assert_allclose(long[:, 13:], np.repeat(long[:, 12:13], 9, 1))
    np.testing.assert_array_equal(found[0][:, 13:], np.zeros((3, 9, 2)))
    expected = [gradients[0], *gradients[1 + len(state) :]]
    assert largest_difference([expected], [[found[0][:, :13], *found[1:]]]) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_whole_numbers_and_masks_of_other_kinds(name):
    theirs, ours = twins(name, np.zeros((3, 5, 2)), 4, dtype="float32")
    inputs = np.arange(30).reshape(3, 5, 2) % 3
    mask = np.arange(15).reshape(3, 5) % 4 > 0
    for kind in (mask, mask.astype("int32"), mask[..., None], np.zeros((3, 5), bool)):
        results = zip(theirs(inputs, mask=kind), ours(inputs, mask=kind), strict=True)
        for a, b in results:
            np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_weights_go_both_ways_by_name_shape_and_order(name):
    theirs, ours = twins(name, np.zeros((1, 1, 3)), 4)
    assert [(w.name, w.shape) for w in theirs.weights] == [(w.name, w.shape) for w in ours.weights]
    random = np.random.default_rng(1)
    ours.set_weights([random.normal(size=w.shape) for w in ours.get_weights()])
    theirs.set_weights(ours.get_weights())
    inputs = tf.constant(random.normal(size=(2, 5, 3)))
    np.testing.assert_allclose(theirs(inputs)[0], ours(inputs)[0], atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_keras_model_gets_our_layer(name, tmp_path):
    model = keras.Sequential(
        [
            keras.Input((None,)),
            keras.layers.Embedding(7, 3, mask_zero=True),
            getattr(keras.layers, name)(
                4, return_sequences=True, recurrent_initializer="glorot_normal"
            ),
            keras.layers.Dense(2),
        ]
    )
    model.save(tmp_path / "theirs.keras")
    loaded = keras.saving.load_model(tmp_path / "theirs.keras")

    def ours_for_theirs(layer):
        kind = getattr(layers, type(layer).__name__, type(layer))
        return kind.from_config(layer.get_config())

    ours = keras.models.clone_model(loaded, clone_function=ours_for_theirs)
    ours.set_weights(loaded.get_weights())
    assert type(ours.layers[1]) is getattr(layers, name)
    assert layers.fast_path_reason(ours.layers[1]) is None
    ids = np.random.default_rng(0).integers(0, 7, (5, 9))
    np.testing.assert_allclose(ours(ids), model(ids), atol=1e-6)
    model.save_weights(tmp_path / "theirs.weights.h5")
    ours.set_weights([w * 0 for w in ours.get_weights()])
    ours.load_weights(tmp_path / "theirs.weights.h5")
    np.testing.assert_allclose(ours(ids), model(ids), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({}, None),
        ({"products": "bfloat16", "dropout": 0.5, "stateful": True, "go_backwards": True}, None),
        ({"dtype": "float64"}, None),
        ({"activation": "tanh", "recurrent_activation": "sigmoid"}, None),
        ({"dtype": "mixed_float16"}, "float16"),
        ({"dtype": "bfloat16"}, "bfloat16"),
        ({"activation": "relu"}, "activation"),
        ({"recurrent_activation": "hard_sigmoid"}, "recurrent_activation"),
        ({"use_bias": False}, "use_bias"),
        ({"recurrent_dropout": 0.1}, "recurrent_dropout"),
        ({"dropout": 0.1, "implementation": 1}, "implementation=1"),
        ({"dropout": 1.0}, "dropout=1"),
        ({"unroll": True}, "unroll"),
        ({"reset_after": False}, "reset_after"),
    ],
    ids=str,
)
def test_every_reason_is_given(arguments, word):
    reason = layers.GRU(4, **arguments).fast_path_reason()
    assert reason is None if word is None else word in reason


def test_a_gpu_is_a_reason_and_so_is_another_layer(monkeypatch):
    layer = layers.LSTM(4)
    assert layers.fast_path_reason(layer) is None
    assert "none of rnn_tf.layers" in layers.fast_path_reason(keras.layers.LSTM(4))
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: ["GPU:0"])
    assert "GPU" in layers.fast_path_reason(layer)


def trained(name, room, dtype, **arguments):
    """Losses and weights of a model on 19 padded sequences, eight to a batch."""
    keras.utils.set_random_seed(4)
    random = np.random.default_rng(4)
    ids = random.integers(1, 6, (19, 7)) * (np.arange(7) < random.integers(2, 8, (19, 1)))
    model = keras.Sequential(
        [
            keras.Input((None,)),
            keras.layers.Embedding(6, 3, mask_zero=True, dtype=dtype),
            getattr(room, name)(4, dtype=dtype, **arguments),
            keras.layers.Dense(1, dtype=dtype),
        ]
    )
    model.compile(keras.optimizers.Adam(0.05), keras.losses.MeanSquaredError(dtype=dtype))
    targets = (ids == 3).sum(axis=1, keepdims=True)
    history = model.fit(ids, targets, batch_size=8, epochs=2, shuffle=False, verbose=0)
    predicted = model.predict(ids, batch_size=8, verbose=0)
    return model, [np.array(history.history["loss"]), predicted, *model.get_weights()]


@pytest.mark.parametrize(
    ("name", "dtype", "arguments"),
    [
        (
            "LSTM",
            "float32",  # Keras cannot add float64 penalties to its loss
            {
                "kernel_regularizer": "l2",
                "recurrent_regularizer": "l1",
                "bias_regularizer": "l2",
                "activity_regularizer": "l2",
            },
        ),
        (
            "GRU",
            "float64",
            {
                "kernel_constraint": keras.constraints.MaxNorm(0.3),
                "recurrent_constraint": "non_neg",
                "bias_constraint": "non_neg",
            },
        ),
        ("SimpleRNN", "float64", {"dropout": 0.3, "seed": 5}),
    ],
)
def test_training_is_keras_s_in_whole_and_partial_batches(name, dtype, arguments):
    _, theirs = trained(name, keras.layers, dtype, **arguments)
    model, ours = trained(name, layers, dtype, **arguments)
    for a, b in zip(theirs, ours, strict=True):
        # Losses are reported in float32 even where all else is float64.
        assert largest_difference([[a]], [[b]]) < (1e-6 if dtype == "float64" else 1e-5)
    assert theirs[0][0] != theirs[0][-1]
    kernel, recurrent_kernel, bias = (w.numpy() for w in model.layers[1].trainable_variables)
    if "kernel_constraint" in arguments:
        assert np.linalg.norm(kernel, axis=0).max() < 0.3 + 1e-9
        assert recurrent_kernel.min() == 0 and bias.min() == 0


@pytest.mark.parametrize("name", NAMES)
def test_losses_of_regularizers(name):
    inputs, _, _ = example(3, 5, 2, 4, name=name)
    theirs, ours = twins(
        name,
        inputs,
        4,
        kernel_regularizer=keras.regularizers.L1(0.1),
        recurrent_regularizer=keras.regularizers.L2(0.2),
        bias_regularizer=keras.regularizers.L2(0.3),
        activity_regularizer=keras.regularizers.L2(0.4),
        return_state=False,
    )
    for layer in (theirs, ours):
        layer(inputs)
    # Keras's SimpleRNN leaves the activity regularizer out.
    assert len(ours.losses) == (3 if name == "SimpleRNN" else 4)
    assert min(float(loss) for loss in ours.losses) > 0
    np.testing.assert_allclose(theirs.losses, ours.losses, rtol=1e-12)


def masks_of_a_kind(kind, random, batch_size, steps):
    if kind == "none":
        return None
    if kind == "right-padded":
        return np.arange(steps) < random.integers(0, steps + 1, (batch_size, 1))
    if kind == "left-padded":
        return np.arange(steps) >= random.integers(0, steps + 1, (batch_size, 1))
    return (
        np.full((batch_size, steps), False)
        if kind == "all False"
        else (random.random((batch_size, steps)) > 0.5)
    )


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    sizes=st.tuples(*[st.integers(1, 5)] * 4),
    count=st.integers(1, 4),
    mask_kind=st.sampled_from(["none", "right-padded", "left-padded", "all False", "scattered"]),
    dtype=st.sampled_from(["float32", "float64"]),
    given_state=st.booleans(),
    flags=st.fixed_dictionaries(
        {
            "return_sequences": st.booleans(),
            "return_state": st.booleans(),
            "go_backwards": st.booleans(),
            "stateful": st.booleans(),
            "dropout": st.just(0.0),
        }
    ),
    seed=st.integers(0, 999),
)
def test_any_configuration(name, sizes, count, mask_kind, dtype, given_state, flags, seed):
    batch_size, steps, features, units = sizes
    random = np.random.default_rng(seed)
    inputs, _, state = example(*sizes, name=name, seed=seed, given=given_state)
    inputs = tf.cast(inputs, dtype)
    state = None if state is None else [tf.cast(s, dtype) for s in state]
    mask = masks_of_a_kind(mask_kind, random, batch_size, steps)
    theirs, ours = twins(name, inputs, units, dtype=dtype, **flags)
    assert ours.fast_path_reason() is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recurrent, "cores", lambda: count)
        for _ in range(1 + flags["stateful"]):  # the second time from the states of the first
            found = [everything(layer, inputs, mask, state) for layer in (theirs, ours)]
            assert [r.shape for r in found[0][0]] == [r.shape for r in found[1][0]]
            assert {r.dtype for group in found[1] for r in group} == {np.dtype(dtype)}
            assert largest_difference(*found) < (1e-12 if dtype == "float64" else 1e-5)
