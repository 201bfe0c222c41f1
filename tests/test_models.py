"""Values of the articles' repaired models: equality with Keras, masks, states, saving."""

import numpy as np
import pytest

from rnn_tf import models, training
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError

BATCH, STEPS, FEATURES, UNITS, OUTPUTS = 5, 7, 3, 4, 2


def random_inputs(steps=STEPS, seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, steps, FEATURES)).astype("float32")


def classifier(*, seed=1, features=FEATURES, **options):
    """A ``SequenceClassifier`` whose weights, biases too, are all different from zero."""
    model = models.SequenceClassifier(UNITS, OUTPUTS, **options)
    model.build((None, None, features))
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(scale=0.6, size=w.shape) for w in model.get_weights()])
    return model


def keras_twin(model, *, return_sequences=False):
    """``SimpleRNN`` and ``Dense`` with the same weights, called with ``mask`` and a state."""
    recurrent = keras.layers.SimpleRNN(UNITS, return_sequences=return_sequences)
    dense = keras.layers.Dense(OUTPUTS)
    recurrent.build((None, None, FEATURES))
    dense.build((None, UNITS))
    recurrent.set_weights(model.get_weights()[:3])
    dense.set_weights(model.get_weights()[3:])
    return lambda inputs, **options: dense(recurrent(inputs, **options)).numpy()


def right_padded():
    """A mask with 7, 1, 4, 2 and 6 real steps, then padding."""
    return np.arange(STEPS) < np.array([7, 1, 4, 2, 6])[:, None]


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("steps", [1, STEPS, models.UNROLLED_STEPS + 5])
def test_equals_keras_layers_weight_for_weight(return_sequences, with_state, steps):
    model = classifier(return_sequences=return_sequences)
    inputs = random_inputs(steps)
    state = np.random.default_rng(3).normal(size=(BATCH, UNITS)).astype("float32")
    options = {"initial_state": state} if with_state else {}
    ours = model(inputs, **options).numpy()
    keras_options = {"initial_state": [tf.constant(state)]} if with_state else {}
    theirs = keras_twin(model, return_sequences=return_sequences)(inputs, **keras_options)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_gradients_equal_those_of_keras_layers():
    model = classifier(return_sequences=True)
    recurrent = keras.layers.SimpleRNN(UNITS, return_sequences=True)
    dense = keras.layers.Dense(OUTPUTS)
    twin = keras.Sequential([keras.Input((None, FEATURES)), recurrent, dense])
    twin.set_weights(model.get_weights())
    inputs = random_inputs()

    def gradients(network):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.sin(network(inputs) * 1.7))
        return tape.gradient(loss, network.trainable_variables)

    for ours, theirs in zip(gradients(model), gradients(twin), strict=True):
        assert float(tf.reduce_max(tf.abs(theirs))) > 1e-3
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("steps", [STEPS, None])
def test_masked_steps_keep_the_state(left, steps):
    mask = right_padded()
    if left:
        mask = mask[:, ::-1]
    model, inputs = classifier(), random_inputs()

    masked = tf.function(
        lambda inputs, mask: model(inputs, mask=mask),
        input_signature=[
            tf.TensorSpec([None, steps, FEATURES]),
            tf.TensorSpec([None, steps], tf.bool),
        ],
    )
    answers = masked(tf.constant(inputs), tf.constant(mask)).numpy()
    for row in range(BATCH):
        alone = model(inputs[row : row + 1, mask[row]]).numpy()
        np.testing.assert_allclose(answers[row : row + 1], alone, atol=1e-6)
    np.testing.assert_allclose(answers, keras_twin(model)(inputs, mask=mask), atol=1e-6)


def test_a_fully_masked_sequence_answers_from_its_initial_state():
    model = classifier()
    state = np.full((BATCH, UNITS), 0.3, "float32")
    nothing = np.zeros((BATCH, STEPS), bool)
    answer = model(random_inputs(), initial_state=state, mask=nothing)
    _, _, _, kernel, bias = model.get_weights()
    np.testing.assert_allclose(answer, state @ kernel + bias, atol=1e-6)


def test_mask_value_finds_the_padding_and_keeps_it_out_of_the_loss():
    mask = right_padded()
    inputs = np.where(mask[:, :, None], random_inputs(), -9.0).astype("float32")
    targets = np.random.default_rng(5).normal(size=(BATCH, STEPS, OUTPUTS)).astype("float32")
    model = classifier(return_sequences=True, mask_value=-9.0)
    logits = model(inputs).numpy()
    loss = float(keras.losses.MeanSquaredError()(targets, model(inputs)))
    by_hand = np.mean(np.square(targets - logits).mean(axis=-1)[mask])
    assert loss == pytest.approx(by_hand, rel=1e-5)
    unmasked = np.mean(np.square(targets - logits))
    assert abs(unmasked - by_hand) > 1e-3  # the padding would have counted

    # What stands in the padded targets can change neither loss nor weights.
    weights = []
    for filler in (0.0, 100.0):
        fresh = classifier(return_sequences=True, mask_value=-9.0)
        fresh.compile("sgd", "mse")
        fresh.fit(inputs, np.where(mask[:, :, None], targets, filler), shuffle=False, verbose=0)
        weights.append(fresh.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_mask_of_a_layer_before_reaches_states_and_loss():
    mask = right_padded()
    inputs = np.where(mask[:, :, None], random_inputs(), 0.0).astype("float32")
    layer = classifier(return_sequences=True)
    entry = keras.Input((None, FEATURES))
    model = keras.Model(entry, layer(keras.layers.Masking()(entry)))
    np.testing.assert_allclose(model(inputs), layer(inputs, mask=mask), atol=1e-6)
    targets = np.ones((BATCH, STEPS, OUTPUTS), "float32")
    loss = float(keras.losses.MeanSquaredError()(targets, model(inputs)))
    right = np.mean(np.square(1 - layer(inputs, mask=mask).numpy()).mean(-1)[mask])
    assert loss == pytest.approx(right, rel=1e-5)


@pytest.mark.parametrize("return_sequences", [False, True])
def test_one_graph_serves_any_batch_and_any_number_of_steps(return_sequences):
    model = classifier(return_sequences=return_sequences)
    traced = tf.function(model, input_signature=[tf.TensorSpec([None, None, FEATURES])])
    for batch, steps in ((1, 1), (3, 2), (2, 60)):
        inputs = np.random.default_rng(steps).normal(size=(batch, steps, FEATURES))
        inputs = inputs.astype("float32")
        np.testing.assert_allclose(traced(inputs), model(inputs), atol=1e-6)


def test_a_carried_state_continues_the_sequence():
    model, inputs = classifier(return_sequences=True), random_inputs()
    whole = model(inputs).numpy()
    state = model.hidden_states(inputs[:, :3])[:, -1]
    rest = model(inputs[:, 3:], initial_state=state).numpy()
    np.testing.assert_allclose(rest, whole[:, 3:], atol=1e-6)


def test_recurrence_is_there():
    """Order matters, every weight gets a gradient: what article 001's model lacks (B-001-21)."""
    model, inputs = classifier(), random_inputs()
    swapped = inputs[:, [1, 0, *range(2, STEPS)]]
    assert np.abs(model(inputs) - model(swapped)).max() > 1e-3
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model(inputs)))
    for weight, gradient in zip(
        model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
    ):
        assert float(tf.reduce_max(tf.abs(gradient))) > 1e-3, weight.path
    with tf.GradientTape() as tape:  # one step only: the recurrent kernel is out of work
        loss = tf.reduce_sum(tf.square(model(inputs[:, :1])))
    gradient = tape.gradient(loss, model.recurrent_kernel)
    assert float(tf.reduce_max(tf.abs(gradient))) == 0.0


def test_fit_learns_the_first_bit():
    training.set_seed(0)
    inputs = np.random.default_rng(0).integers(0, 2, (512, 5, 1)).astype("float32")
    targets = inputs[:, 0]
    model = models.SequenceClassifier(8)
    model.compile(keras.optimizers.Adam(0.03), keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(inputs, targets, epochs=15, batch_size=64, verbose=0)
    decided = training.metrics.decide(model(inputs))
    assert training.metrics.accuracy(targets, decided) > 0.98


@pytest.mark.parametrize(
    "build",
    [
        lambda: models.SequenceClassifier(UNITS, OUTPUTS),
        lambda: models.stacked_lstm(STEPS, FEATURES, units=(4,), outputs=OUTPUTS),
    ],
)
def test_fit_traces_its_training_step_once(build):
    model, traces = build(), []
    step = model.train_step
    model.train_step = lambda data: traces.append(data) or step(data)
    model.compile("adam", "mse")
    model.fit(random_inputs(), np.ones((BATCH, OUTPUTS), "float32"), epochs=2, verbose=0)
    assert len(traces) == 1


def small_models():
    def sequence_classifier():
        return classifier(return_sequences=True, mask_value=-1.0)

    def language_model(cell, **options):
        return models.word_language_model(11, embedding=4, units=5, layers=2, cell=cell, **options)

    floats = random_inputs()
    ids = np.random.default_rng(0).integers(0, 11, (BATCH, STEPS))
    yield "classifier", sequence_classifier, floats
    yield "stacked", lambda: models.stacked_lstm(None, FEATURES, units=(4, 3), outputs=2), floats
    yield "rows", lambda: models.row_lstm(STEPS, FEATURES, units=4, num_classes=3), floats
    for cell in models.CELLS:
        yield cell, lambda cell=cell: language_model(cell), ids
    yield "tied", lambda: language_model("gru", tie_embeddings=True), ids


@pytest.mark.parametrize(
    ("build", "inputs"), [pytest.param(b, i, id=name) for name, b, i in small_models()]
)
def test_saved_and_loaded_with_no_difference(build, inputs, tmp_path):
    model = build()
    rng = np.random.default_rng(2)  # not as any start has them, and biases too
    model.set_weights([rng.normal(scale=0.6, size=w.shape) for w in model.get_weights()])
    before = model(inputs).numpy()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")  # safe_mode is on
    assert type(loaded) is type(model)
    assert np.abs(loaded(inputs).numpy() - before).max() == 0.0
    assert np.abs(before).max() > 0.1


def test_loaded_classifier_trains_on_as_before(tmp_path):
    inputs = random_inputs()
    targets = np.ones((BATCH, OUTPUTS), "float32")
    model = classifier()
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(inputs, targets, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for network in (model, loaded):
        network.fit(inputs, targets, epochs=3, verbose=0, shuffle=False)
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-7)


def test_parameter_counts():
    """Against the formulas of the gates: article 000's stack has 50,851 weights (B-000-06)."""
    assert models.stacked_lstm(10).count_params() == 50_851
    assert models.row_lstm().count_params() == 4 * 128 * (28 + 128 + 1) + 129 * 10
    tied = models.word_language_model(50, embedding=6, units=6, tie_embeddings=True)
    assert tied.count_params() == 50 * 6 + 50 + 4 * 6 * (6 + 6 + 1)


def test_language_model_steps_one_token_at_a_time():
    """Embedding, recurrent layers with states and head give what the whole model gives."""
    ids = np.random.default_rng(0).integers(1, 11, (BATCH, STEPS))
    for tied in (False, True):
        model = models.word_language_model(
            11, embedding=4, units=5, layers=2, cell="gru", tie_embeddings=tied
        )
        whole = model(ids).numpy()
        embedding, recurrent, head = models.parts_of(model)
        assert [layer.name for layer in recurrent] == ["recurrent_1", "recurrent_2"]
        states = [tf.zeros((BATCH, 5))] * 2
        for t in range(STEPS):
            values = tf.stop_gradient(embedding(ids[:, t]))  # a tensor without a mask
            for number, layer in enumerate(recurrent):
                values, _ = layer.cell(values, [states[number]])
                states[number] = values
            np.testing.assert_allclose(head(values), whole[:, t], atol=1e-6)


@pytest.mark.parametrize("tied", [False, True])
def test_padding_counts_neither_in_the_language_models_loss_nor_in_its_gradients(tied):
    ids = np.random.default_rng(0).integers(1, 11, (BATCH, STEPS))
    ids[~right_padded()] = 0
    model = models.word_language_model(11, embedding=4, units=5, tie_embeddings=tied)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    logits = model(ids).numpy()
    by_hand = training.metrics.negative_log_likelihood(ids, logits, mask=ids != 0)
    assert float(loss(ids, model(ids))) == pytest.approx(by_hand, rel=1e-5)
    assert abs(training.metrics.negative_log_likelihood(ids, logits) - by_hand) > 1e-5


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        (np.zeros((2, 1, 4, 4), "float32"), "B-003-01"),
        (np.zeros((2, 10), "float32"), "B-001-21"),
        (np.zeros((2, 10, 3), "int64"), "B-001-16"),
    ],
)
def test_a_direct_call_names_the_fault_too(inputs, told):
    with pytest.raises(InputError, match=told) as caught:
        models.SequenceClassifier(3)(inputs)
    assert "\n" not in str(caught.value)


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match="units: got 0"):
        models.SequenceClassifier(0)
    with pytest.raises(InputError, match="cell: got 'rnn'"):
        models.word_language_model(9, cell="rnn")
    with pytest.raises(InputError, match="word_language_model"):
        models.parts_of(models.row_lstm(3, 2, units=2))


class CountsTraces(keras.layers.Layer):
    traces = 0

    def call(self, inputs):
        type(self).traces += 1
        return 2 * inputs


def test_predict_is_traced_once_a_shape_and_not_once_a_step(monkeypatch):
    inputs = keras.Input((3, 1))
    model = models.CheckedModel(inputs, CountsTraces()(inputs))
    model.compile("sgd", "mse", steps_per_execution=20)
    x = np.arange(150.0, dtype="float32").reshape(50, 3, 1)
    CountsTraces.traces = 0
    np.testing.assert_array_equal(model.predict(x, batch_size=4, verbose=0), 2 * x)
    assert CountsTraces.traces <= 2  # whole batches, and the rest
    assert model.steps_per_execution == 20
    monkeypatch.setattr(models, "_predict", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model.predict(x, verbose=0)
    assert model.steps_per_execution == 20  # after a failure, too
