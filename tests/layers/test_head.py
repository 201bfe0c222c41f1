"""The head gives Keras's outputs, losses and gradients, in however many chains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError
from rnn_tf.layers import head

PRECISION = {"float64": 1e-12, "float32": 1e-5}


def arrays(seed=4):
    """Normal numbers of the wanted shape and dtype."""
    random = np.random.default_rng(seed)
    return lambda *shape, dtype="float64": random.normal(size=shape).astype(dtype)


@pytest.fixture
def cut_into(monkeypatch):
    """Every ``layers.Dense`` in that many chains, however little there is to do."""

    def into(chains):
        monkeypatch.setattr("rnn_tf.layers.chains.PRODUCT_WORTH_CUTTING", 1)
        monkeypatch.setattr(head, "cores", lambda: chains)

    return into


def dense_twins(features, units=5, *, seed=4, **arguments):
    theirs, ours = keras.layers.Dense(units, **arguments), layers.Dense(units, **arguments)
    normal = arrays(seed)
    for layer in (theirs, ours):
        layer.build((None, features))
    theirs.set_weights([normal(*w.shape) for w in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    return theirs, ours


def outputs_and_gradients(layer, inputs):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs)
        loss = tf.reduce_sum(tf.sin(outputs * 1.3))
    return [outputs, *tape.gradient(loss, [inputs, *layer.trainable_variables])]


def assert_close(theirs, ours, tolerance):
    assert len(theirs) == len(ours)
    for a, b in zip(theirs, ours, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        np.testing.assert_allclose(b, a, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", [(7, 4), (7, 3, 4), (5, 2, 3, 4), (1, 4), (1, 6, 4), (2, 3, 4)])
@pytest.mark.parametrize(
    ("chains", "arguments"),
    [
        (3, {}),
        (3, {"use_bias": False}),
        (4, {"activation": "tanh"}),
        (1, {"activation": "softmax"}),
    ],
)
def test_dense_is_keras_s(shape, chains, arguments, dtype, cut_into):
    cut_into(chains)
    theirs, ours = dense_twins(shape[-1], dtype=dtype, **arguments)
    inputs = tf.constant(arrays()(*shape, dtype=dtype))
    assert len(ours._chain_sizes(inputs)) == min(chains, shape[0])
    found = [outputs_and_gradients(layer, inputs) for layer in (theirs, ours)]
    assert_close(*found, PRECISION[dtype])


def test_few_multiplications_stay_in_one_product(monkeypatch):
    monkeypatch.setattr(head, "cores", lambda: 2)
    theirs, ours = dense_twins(4, dtype="float64")
    inputs = tf.constant(arrays()(6, 3, 4))
    below = outputs_and_gradients(ours, inputs)
    assert ours._chain_sizes(inputs) == [6]
    monkeypatch.setattr("rnn_tf.layers.chains.PRODUCT_WORTH_CUTTING", 6 * 3 * 4 * 5)
    assert ours._chain_sizes(inputs) == [3, 3]
    assert_close(below, outputs_and_gradients(ours, inputs), 1e-12)
    for a, b in zip(outputs_and_gradients(theirs, inputs), below, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("signature", [(None, 4), (None, None, 4), (2, None, 4), (None, None)])
@pytest.mark.parametrize("products", [None, "float64"])
def test_dense_of_unknown_sizes(signature, products, cut_into):
    cut_into(3)
    theirs, ours = dense_twins(4, dtype="float64")
    ours.products = products
    function = tf.function(lambda inputs: outputs_and_gradients(ours, inputs))
    concrete = function.get_concrete_function(tf.TensorSpec(signature, tf.float64))
    assert concrete.output_shapes[0][-1] == 5
    for batch_size in (1, 2, 7):
        shape = [{0: batch_size, 1: 6}.get(place, 4) for place in range(len(signature))]
        shape[-1] = 4
        if signature[0] not in (None, batch_size):
            continue
        inputs = tf.constant(arrays()(*shape))
        assert_close(outputs_and_gradients(theirs, inputs), concrete(inputs), 1e-12)


def test_what_keras_takes_and_products_in_chains_do_not(cut_into):
    cut_into(2)
    theirs, ours = dense_twins(4, dtype="float32")
    whole_numbers = np.arange(24).reshape(6, 4)
    sparse = tf.sparse.from_dense(np.eye(4, dtype="float32"))
    for inputs in (whole_numbers, sparse, np.zeros((0, 4), "float32")):
        assert_close([theirs(inputs)], [ours(inputs)], 1e-5)
    for layer in (theirs, ours):
        layer.enable_lora(2, b_initializer="ones", a_initializer="ones")
    assert_close([theirs(whole_numbers)], [ours(whole_numbers)], 1e-5)


def test_a_gpu_gets_keras_s_own_operations(monkeypatch, cut_into):
    cut_into(2)
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: ["GPU:0"])
    layer = layers.Dense(5)
    layer.build((None, 4))
    assert layer._chain_sizes(tf.zeros((6, 4))) == [6]
    monkeypatch.setattr(head, "cross_entropy", lambda *_: pytest.fail("not Keras's own"))
    targets, logits = tf.constant([1, 0]), tf.constant(arrays()(2, 3, dtype="float32"))
    theirs, ours = losses_and_gradients(targets, logits)
    assert_close(theirs, ours, 0)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_dense_in_mixed_precision(policy, cut_into):
    cut_into(3)
    theirs, ours = dense_twins(4, dtype=policy)
    inputs = tf.constant(arrays()(7, 2, 4, dtype="float32"))
    found = [outputs_and_gradients(layer, inputs) for layer in (theirs, ours)]
    assert found[1][0].dtype == policy.removeprefix("mixed_")
    assert all(gradient.dtype == tf.float32 for gradient in found[1][1:])
    unit = {"mixed_float16": 2.0**-10, "mixed_bfloat16": 2.0**-7}[policy]
    assert_close(*[[tf.cast(f, tf.float32) for f in one] for one in found], 8 * unit)


def test_rough_products_are_close_and_off_by_default(cut_into):
    cut_into(2)
    assert layers.Dense(3).products is None and "products" not in layers.Dense(3).get_config()
    theirs, ours = dense_twins(64, dtype="float32")
    rough = layers.Dense.from_config(ours.get_config() | {"products": "bfloat16"})
    rough.build((None, 64))
    rough.set_weights(ours.get_weights())
    inputs = tf.constant(arrays(9)(32, 64, dtype="float32"))
    outputs = rough(inputs)
    error = np.abs(outputs - theirs(inputs)) / 8  # |x| |w| is about the root of 64
    assert outputs.dtype == tf.float32
    # A bfloat16 has 8 bits: one rounding is at most 2^-8 of its operand, and there are 3.
    assert 1e-4 < error.max() < 3 * 2.0**-8 * 4 and error.mean() < 2.0**-8
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(rough(inputs)))
    assert all(g.dtype == tf.float32 for g in tape.gradient(loss, rough.trainable_variables))


def test_rough_products_hold_below_the_threshold_too():
    rough, exact = layers.Dense(3, products="bfloat16"), keras.layers.Dense(3)
    inputs = arrays()(2, 4, dtype="float32")
    for layer in (rough, exact):
        layer.build(inputs.shape)
    exact.set_weights(rough.get_weights())
    assert 0 < np.abs(rough(inputs) - exact(inputs)).max() < 0.05


def test_dense_can_be_differentiated_twice(cut_into):
    cut_into(2)
    found = []
    for layer in dense_twins(4, dtype="float64", activation="tanh"):
        inputs = tf.constant(arrays()(5, 4))
        with tf.GradientTape() as outer:
            outer.watch(inputs)
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                loss = tf.reduce_sum(layer(inputs) ** 3)
            first = inner.gradient(loss, inputs)
        found.append([outer.gradient(first, inputs)])
    assert_close(*found, 1e-11)


@pytest.mark.parametrize("products", [None, "bfloat16"])
def test_a_model_with_the_head_is_saved_and_loaded(products, tmp_path, cut_into):
    cut_into(2)
    model = keras.Sequential(
        [
            keras.Input((3, 4)),
            keras.layers.Dense(6, activation="relu"),
            layers.Dense(5, products=products, kernel_regularizer="l2"),
        ]
    )
    model.compile("sgd", layers.SparseCategoricalCrossentropy(from_logits=True))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert type(loaded.layers[-1]) is layers.Dense and loaded.layers[-1].products == products
    assert type(loaded.loss) is layers.SparseCategoricalCrossentropy and loaded.loss.from_logits
    inputs, targets = arrays()(5, 3, 4, dtype="float32"), np.arange(15).reshape(5, 3) % 5
    np.testing.assert_array_equal(model(inputs), loaded(inputs))
    assert model.evaluate(inputs, targets, verbose=0) == loaded.evaluate(inputs, targets, verbose=0)


def test_in_a_functional_model(cut_into, capsys):
    cut_into(2)
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, layers.Dense(5)(keras.layers.LayerNormalization()(inputs)))
    assert model.output_shape == (None, None, 5)
    assert model.layers[-1].compute_output_shape((None, 9, 4)) == (None, 9, 5)
    assert model.layers[-1].count_params() == 25
    model.summary()
    assert "(Dense)" in capsys.readouterr().out


def test_time_distributed_over_unknown_steps(cut_into):
    cut_into(2)
    theirs, ours = dense_twins(4, dtype="float64")
    found = []
    for layer in (theirs, ours):
        distributed = keras.layers.TimeDistributed(layer, dtype="float64")
        function = tf.function(distributed)
        concrete = function.get_concrete_function(tf.TensorSpec([None, None, 4], tf.float64))
        found.append([concrete(tf.constant(arrays()(3, 6, 4)))])
    assert_close(*found, 1e-12)


def trained(dense, loss, *, mask_zero):
    """Losses and weights after three epochs whose last batch is smaller than the others."""
    random = np.random.default_rng(1)
    inputs = random.integers(0, 6, (19, 5))
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((None,)),
            keras.layers.Embedding(6, 4, mask_zero=mask_zero, dtype="float64"),
            dense(6, dtype="float64"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.05), loss(from_logits=True, dtype="float64"))
    history = model.fit(inputs, inputs[:, ::-1], batch_size=8, epochs=3, shuffle=False, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    return [np.array(history.history["loss"]), *model.get_weights()]


@pytest.mark.parametrize("mask_zero", [False, True])
def test_training_is_keras_s(mask_zero, cut_into):
    cut_into(3)
    assert_close(
        trained(
            keras.layers.Dense, keras.losses.SparseCategoricalCrossentropy, mask_zero=mask_zero
        ),
        trained(layers.Dense, layers.SparseCategoricalCrossentropy, mask_zero=mask_zero),
        1e-6,  # the metric that fit reports is a float32
    )


# ---------------------------------------------------------------- cross-entropy


def losses_and_gradients(targets, logits, *, sample_weight=None, mask=None, **arguments):
    """Value and gradient of Keras's loss and of ours."""
    arguments = {"from_logits": True, "dtype": tf.as_dtype(logits.dtype).name} | arguments
    found = []
    for kind in (
        keras.losses.SparseCategoricalCrossentropy,
        layers.SparseCategoricalCrossentropy,
    ):
        loss = kind(**arguments)
        values = tf.identity(logits)
        if mask is not None:
            values._keras_mask = tf.constant(mask)
        with tf.GradientTape() as tape:
            tape.watch(values)
            result = loss(targets, values, sample_weight=sample_weight)
            total = tf.reduce_sum(tf.sin(result) + result)
        found.append([result, tape.gradient(total, values)])
    return found


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", [(6, 7), (4, 3, 7), (2, 3, 2, 7), (1, 1, 2), (3, 1)])
def test_cross_entropy_is_keras_s(shape, dtype):
    targets = np.random.default_rng(0).integers(0, shape[-1], shape[:-1])
    logits = tf.constant(3 * arrays()(*shape, dtype=dtype))
    for labels in (
        targets,
        targets[..., None],
        targets.astype("int32"),
        targets.astype("uint8"),
        targets.astype("float32"),
        tf.constant(targets.astype("float64")),
    ):
        assert_close(*losses_and_gradients(labels, logits), PRECISION[dtype])


@pytest.mark.parametrize(
    "reduction", ["sum", "sum_over_batch_size", "none", None, "mean", "mean_with_sample_weight"]
)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_reductions_weights_and_masks(reduction, weighted, masked):
    random = np.random.default_rng(2)
    for shape in ((5, 7), (4, 3, 7)):
        logits = tf.constant(random.normal(size=shape))
        targets = random.integers(0, 7, shape[:-1])
        theirs, ours = losses_and_gradients(
            targets,
            logits,
            reduction=reduction,
            sample_weight=random.random(shape[:-1]) if weighted else None,
            mask=random.random(shape[:-1]) > 0.5 if masked else None,
        )
        assert_close(theirs, ours, 1e-12)
        assert not masked or (np.asarray(ours[1]) == 0).all(axis=-1).any()


def test_a_weight_a_row_and_a_mask_without_any_step():
    logits, targets = tf.constant(arrays()(4, 3, 7)), np.full((4, 3), 2)
    weights = np.array([0.0, 1.0, 2.0, 0.5])[:, None]
    assert_close(*losses_and_gradients(targets, logits, sample_weight=weights), 1e-12)
    theirs, ours = losses_and_gradients(targets, logits, mask=np.zeros((4, 3), bool))
    assert_close(theirs, ours, 1e-12)
    assert float(ours[0]) == 0


@pytest.mark.parametrize(
    "arguments",
    [{"from_logits": False}, {"ignore_class": 2}, {"ignore_class": -1}, {"axis": 2}],
    ids=str,
)
def test_the_rest_goes_to_keras(arguments, monkeypatch):
    monkeypatch.setattr(head, "cross_entropy", lambda *_: pytest.fail("not Keras's own"))
    random = np.random.default_rng(2)
    logits = tf.nn.softmax(random.normal(size=(4, 3, 7)))
    targets = random.integers(0, 7, (4, 3))
    assert_close(*losses_and_gradients(targets, logits, **arguments), 0)


def test_keras_tensors_go_to_keras():
    targets, logits = keras.Input((), dtype="int32"), keras.Input((3,))
    loss = layers.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    model = keras.Model([targets, logits], loss(targets, logits))
    labels, values = np.array([0, 2]), arrays()(2, 3, dtype="float32")
    assert_close([loss(labels, values)], [model([labels, values])], 1e-6)


@pytest.mark.parametrize("axis", [0, 1])
def test_another_axis_fails_as_keras_s_does(axis):
    loss = layers.SparseCategoricalCrossentropy(from_logits=True, axis=axis)
    with pytest.raises(ValueError, match="axis"):
        loss(np.zeros((5, 7), int), tf.zeros((5, 4, 7)))


@pytest.mark.parametrize(
    ("labels", "logits"),
    [
        ((2, 3), (3, 2, 7)),  # as many labels, but of other rows
        ((1,), (1, 4, 7)),
        ((3,), (3, 4, 7)),
        ((2,), (5, 7)),
        ((5, 7), (5, 7)),
    ],
)
def test_shapes_that_do_not_fit_are_refused_as_by_keras(labels, logits):
    messages = []
    for kind in (
        keras.losses.SparseCategoricalCrossentropy,
        layers.SparseCategoricalCrossentropy,
    ):
        with pytest.raises(ValueError) as caught:
            kind(from_logits=True)(np.zeros(labels, int), tf.zeros(logits))
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_rows_that_do_not_fit_are_refused_where_sizes_are_unknown():
    loss = layers.SparseCategoricalCrossentropy(from_logits=True)
    function = tf.function(
        loss,
        input_signature=[tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, None])],
    )
    assert float(function([1, 1], tf.zeros((2, 4)))) == pytest.approx(np.log(4))
    with pytest.raises(tf.errors.InvalidArgumentError):
        function([1], tf.zeros((5, 4)))


@pytest.mark.parametrize("label", [7, -1])
@pytest.mark.parametrize("in_graph", [False, True])
def test_a_label_that_is_no_class_is_named(label, in_graph):
    loss = layers.SparseCategoricalCrossentropy(from_logits=True)
    loss = tf.function(loss) if in_graph else loss
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        loss(np.array([0, 1, label]), tf.zeros((3, 7)))
    message = str(caught.value)
    assert "label_is_no_class" in message and f"[2, {label}]" in message and "[3,7]" in message


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_extreme_logits_give_finite_losses(dtype):
    logits = arrays()(6, 9, dtype=dtype)
    logits[0, 3], logits[1, 3], logits[2, :] = 1e4, -1e4, -1e4
    logits[3, 3], logits[3, 4] = -1e4, 1e4  # one class is certain, and it is the wrong one
    logits[4, :], logits[4, 3] = 1e4, 1e4 + 1
    theirs, ours = losses_and_gradients(np.full(6, 3), tf.constant(logits), reduction="none")
    assert np.isfinite(ours[0]).all() and np.isfinite(ours[1]).all()
    assert float(ours[0][3]) == 2e4 and float(ours[0][0]) == 0
    assert_close(theirs, ours, PRECISION[dtype])


@pytest.mark.parametrize("classes", [4, 1000])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_nan_and_infinite_logits_come_out_as_keras_s(classes, dtype):
    logits = arrays()(7, classes, dtype=dtype)
    logits[0, 1], logits[1, 2], logits[2, 0] = np.nan, np.inf, np.inf
    logits[3, 2] = -np.inf  # a class that is ruled out, and not the target
    logits[4, 0] = -np.inf  # the target is ruled out
    logits[5] = -np.inf
    theirs, ours = losses_and_gradients(np.zeros(7, int), tf.constant(logits), reduction="none")
    assert np.isnan(theirs[0][0]) and np.isfinite(theirs[0][3]) and np.isinf(theirs[0][4])
    np.testing.assert_allclose(ours[0], theirs[0], rtol=PRECISION[dtype])
    # The gradients of the losses themselves: with sin(infinity) none would be left.
    gradients = []
    for kind in (
        keras.losses.SparseCategoricalCrossentropy,
        layers.SparseCategoricalCrossentropy,
    ):
        values = tf.constant(logits)
        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = kind(from_logits=True, reduction="sum", dtype=dtype)(np.zeros(7, int), values)
        gradients.append(tape.gradient(loss, values))
    assert np.isfinite(gradients[0][3:5]).all() and np.isnan(gradients[0][0]).all()
    np.testing.assert_allclose(gradients[1], gradients[0], atol=PRECISION[dtype])


def test_gradient_against_finite_differences():
    logits, targets, step = arrays()(4, 6), np.array([0, 5, 2, 2]), 1e-5
    loss = layers.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    values = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(values)
        result = loss(targets, values)
    gradient = tape.gradient(result, values).numpy()
    for place in np.ndindex(logits.shape):
        moved = [logits.copy(), logits.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        difference = float(loss(targets, moved[0]) - loss(targets, moved[1])) / (2 * step)
        assert gradient[place] == pytest.approx(difference, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_half_precision_logits(half):
    """As a compiled model has them: the loss in float32; and wholly in half precision."""
    exact = arrays()(6, 9, dtype="float32")
    logits, targets = tf.cast(exact, half), np.arange(6)
    theirs, ours = losses_and_gradients(targets, logits, dtype="float32", reduction="none")
    assert ours[0].dtype == tf.float32 and ours[1].dtype == half
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-5)
    np.testing.assert_allclose(
        tf.cast(ours[1], tf.float32), tf.cast(theirs[1], tf.float32), atol=2.0**-8
    )
    _, wholly = losses_and_gradients(targets, logits, reduction="none")
    assert wholly[0].dtype == half  # computed in float32 and rounded once
    np.testing.assert_array_equal(
        tf.cast(wholly[0], tf.float32), tf.cast(tf.cast(ours[0], half), tf.float32)
    )


def test_no_rows_at_all():
    empty = losses_and_gradients(np.zeros(0, int), tf.zeros((0, 4)), reduction="none")
    assert_close(*empty, 0)


@pytest.mark.parametrize(
    "signature", [([None, None], [None, None, None]), ([None, 1], [None, 5]), ([None], [3, None])]
)
def test_cross_entropy_of_unknown_sizes(signature):
    random = np.random.default_rng(6)
    labels, logits = signature
    shape = [3, 4, 5] if len(logits) == 3 else [3, 5]
    values = tf.constant(random.normal(size=shape))
    targets = random.integers(0, 5, shape[:-1])
    targets = targets[..., None] if labels[-1] == 1 else targets
    found = []
    for kind in (
        keras.losses.SparseCategoricalCrossentropy,
        layers.SparseCategoricalCrossentropy,
    ):
        function = tf.function(kind(from_logits=True, reduction="none", dtype="float64"))
        concrete = function.get_concrete_function(
            tf.TensorSpec(labels, tf.int64), tf.TensorSpec(logits, tf.float64)
        )
        found.append([concrete(tf.constant(targets), values)])
    assert_close(*found, 1e-12)


def test_the_loss_is_configured_as_keras_s():
    ours = layers.SparseCategoricalCrossentropy(from_logits=True, reduction="sum", name="own")
    theirs = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, reduction="sum", name="own"
    )
    assert ours.get_config() == theirs.get_config()
    again = keras.losses.deserialize(keras.losses.serialize(ours))
    assert type(again) is layers.SparseCategoricalCrossentropy
    targets, logits = np.array([1, 0]), arrays()(2, 3, dtype="float32")
    assert float(again(targets, logits)) == float(ours(targets, logits))
    in_order = (True, None, "sum", -1, "own", "float64")
    assert layers.SparseCategoricalCrossentropy(*in_order).dtype == "float64"
    assert layers.SparseCategoricalCrossentropy().from_logits is False


@settings(max_examples=40, deadline=None)
@given(
    batch_size=st.integers(1, 6),
    steps=st.integers(0, 4),
    classes=st.integers(2, 12),
    scale=st.sampled_from([1e-3, 1.0, 30.0, 1e3]),
    offset=st.sampled_from([0.0, -1e5, 1e5]),
    reduction=st.sampled_from(["sum", "sum_over_batch_size", "none"]),
    weighted=st.booleans(),
    masked=st.booleans(),
    seed=st.integers(0, 999),
)
def test_any_small_batch_of_logits(
    batch_size, steps, classes, scale, offset, reduction, weighted, masked, seed
):
    random = np.random.default_rng(seed)
    shape = (batch_size, steps) if steps else (batch_size,)
    logits = tf.constant(scale * random.normal(size=(*shape, classes)) + offset)
    theirs, ours = losses_and_gradients(
        random.integers(0, classes, shape),
        logits,
        reduction=reduction,
        sample_weight=random.random(shape) if weighted else None,
        mask=random.random(shape) > 0.3 if masked else None,
    )
    # An offset of 1e5 leaves 11 of the 16 digits.
    assert_close(theirs, ours, 1e-9 if offset else 1e-11)


@settings(max_examples=25, deadline=None)
@given(
    shape=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    units=st.integers(1, 6),
    chains=st.integers(1, 6),
    use_bias=st.booleans(),
    seed=st.integers(0, 999),
)
def test_any_small_dense(shape, units, chains, use_bias, seed):
    theirs, ours = dense_twins(shape[-1], units, seed=seed, use_bias=use_bias, dtype="float64")
    ours._chain_sizes = lambda inputs: head.chain_sizes(inputs.shape[0], chains)
    inputs = tf.constant(arrays(seed + 1)(*shape))
    found = [outputs_and_gradients(layer, inputs) for layer in (theirs, ours)]
    assert_close(*found, 1e-12)


@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU", "Dense"])
def test_products_of_another_dtype_are_refused_in_one_line(name):
    with pytest.raises(InputError, match="^products: got 'float8', expected 'bfloat16' or None"):
        getattr(layers, name)(4, products="float8")
