"""Zoneout and layer normalisation: values by plain NumPy, and what is left at rate 0."""

import numpy as np
import pytest

from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError
from rnn_tf.layers.regularised import LayerNormLSTMCell, ZoneoutCell

CELLS = {
    "simple": keras.layers.SimpleRNNCell,
    "gru": keras.layers.GRUCell,
    "lstm": keras.layers.LSTMCell,
}
SEQUENCES = np.random.default_rng(0).normal(size=(3, 6, 2))


def layer_of(cell, **options):
    options = {"return_sequences": True, "dtype": "float64"} | options
    return keras.layers.RNN(cell, **options)


def cell_of(kind, units=4):
    return CELLS[kind](units, dtype="float64")


def zoned(cell, rate, **options):
    return layer_of(ZoneoutCell(cell, rate, dtype="float64", seed=1), **options)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# Zoneout


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", CELLS)
def test_zoneout_at_rate_0_is_the_plain_cell(kind, training):
    cell = cell_of(kind)
    plain = layer_of(cell)(SEQUENCES)
    np.testing.assert_array_equal(zoned(cell, 0)(SEQUENCES, training=training), plain)


@pytest.mark.parametrize("kind", CELLS)
def test_zoneout_in_training_keeps_old_values_or_takes_new_ones(kind):
    """One step, from a state of our own: each unit is the old or the new one, none is between."""
    cell = cell_of(kind, units=300)
    zone = ZoneoutCell(cell, 0.3, dtype="float64", seed=1)
    random = np.random.default_rng(5)
    inputs = random.normal(size=(40, 2))
    old = [random.normal(size=(40, 300)) for _ in zone.get_initial_state(40)]
    _, new = cell(inputs, old)
    new = new if isinstance(new, (list, tuple)) else [new]
    output, mixed = zone(inputs, old, training=True)
    np.testing.assert_array_equal(output, mixed[0])
    kept = []
    for before, after, found in zip(old, map(np.array, new), map(np.array, mixed), strict=True):
        assert np.all((found == before) | (found == after))
        kept.append(found == before)
        assert abs(kept[-1].mean() - 0.3) < 0.02
        assert np.any(kept[-1][0] != kept[-1][1])  # each sequence has choices of its own
    if len(kept) == 2:
        assert np.any(kept[0] != kept[1])


def test_zoneout_at_inference_is_the_mean_of_training():
    zone = ZoneoutCell(cell_of("lstm"), (0.4, 0.1), dtype="float64", seed=1)
    rows = 20_000
    inputs = np.repeat(SEQUENCES[:1, 0], rows, axis=0)
    old = [np.full((rows, 4), value) for value in (0.5, -1.0)]
    _, expected = zone(inputs[:1], [state[:1] for state in old])
    _, new = zone.cell(inputs[:1], [state[:1] for state in old])
    _, drawn = zone(inputs, old, training=True)
    for place, (before, rate) in enumerate([(0.5, 0.4), (-1.0, 0.1)]):
        mean = rate * before + (1 - rate) * new[place].numpy()
        np.testing.assert_allclose(expected[place], mean, rtol=1e-12)
        np.testing.assert_allclose(drawn[place].numpy().mean(axis=0), mean[0], atol=0.02)


def test_zoneout_chooses_anew_at_each_step_and_each_call():
    """A cell that counts: what is missing at the end tells how often each unit was kept."""

    class Counter(keras.layers.Layer):
        state_size = 500

        def call(self, inputs, states, training=False):
            return states[0] + 1, [states[0] + 1]

        def get_initial_state(self, batch_size=None):
            return [tf.zeros((batch_size, 500), "float64")]

    layer = zoned(Counter(dtype="float64"), 0.5)
    run = tf.function(lambda x: layer(x, training=True))
    sequences = np.zeros((1, 20, 1))
    first, second = run(sequences).numpy()[0], run(sequences).numpy()[0]
    steps = np.diff(first, axis=0, prepend=0)
    assert set(np.unique(steps)) == {0.0, 1.0}
    assert first[-1].min() > 0 and first[-1].max() < 20  # a mask for all steps would give 0 or 20
    assert abs(steps.mean() - 0.5) < 0.02
    assert np.any(first != second)
    np.testing.assert_allclose(layer(sequences)[0, -1], 20 * 0.5)


def test_zoneout_with_a_seed_gives_the_same_twice():
    cell = cell_of("gru")
    once, twice, other = (
        layer_of(ZoneoutCell(cell, 0.5, seed=seed, dtype="float64"))(SEQUENCES, training=True)
        for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(once, twice)
    assert np.any(once != other)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ZoneoutCell(cell_of("lstm"), 1.0), "rate: got 1.0"),
        (lambda: ZoneoutCell(cell_of("lstm"), -0.1), "rate: got -0.1"),
        (lambda: ZoneoutCell(cell_of("gru"), (0.1, 0.2)), "1 of them"),
        (lambda: ZoneoutCell(cell_of("gru"), "a lot"), "rate: got 'a lot'"),
        (lambda: ZoneoutCell(keras.layers.LSTM(3), 0.1), "not a layer"),
        (lambda: ZoneoutCell(keras.layers.StackedRNNCells([cell_of("lstm")]), 0.1), "or a stack"),
        (lambda: ZoneoutCell(keras.layers.GRUCell(3, dropout=0.1), 0.1), "a cell with dropout"),
        (lambda: LayerNormLSTMCell(1), "units: got 1"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(make, words):
    with pytest.raises(InputError) as raised:
        make()
    assert words in str(raised.value) and "\n" not in str(raised.value)


# Layer normalisation


def normalised(values, epsilon=1e-5):
    centred = values - values.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)


def by_numpy(weights, sequences, units):
    """h of all steps, by the docstring's formula, one gate after the other."""
    kernel, recurrent_kernel, bias, gain, cell_gain, cell_shift = weights
    hidden, cell = np.zeros((2, len(sequences), units))
    outputs = []
    for inputs in np.moveaxis(sequences, 1, 0):
        gates = []
        for place in range(4):
            own = slice(place * units, (place + 1) * units)
            sums = inputs @ kernel[:, own] + hidden @ recurrent_kernel[:, own]
            gates.append(gain[own] * normalised(sums) + bias[own])
        i, f, g, o = gates
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(cell_gain * normalised(cell) + cell_shift)
        outputs.append(hidden)
    return np.stack(outputs, axis=1)


def layer_norm(units=4, **options):
    """A layer whose weights are all random, gains and biases too, and those weights."""
    layer = layer_of(LayerNormLSTMCell(units, dtype="float64", **options))
    layer.build(SEQUENCES.shape)
    random = np.random.default_rng(3)
    weights = [random.normal(scale=0.7, size=weight.shape) for weight in layer.get_weights()]
    layer.set_weights(weights)
    return layer, weights


def test_layer_norm_is_its_formula():
    layer, weights = layer_norm()
    np.testing.assert_allclose(layer(SEQUENCES), by_numpy(weights, SEQUENCES, 4), atol=1e-13)


def test_layer_norm_starts_with_gains_of_one_and_an_open_forget_gate():
    layer = layer_of(LayerNormLSTMCell(3))
    layer.build((None, None, 2))
    _, _, bias, gain, cell_gain, cell_shift = layer.get_weights()
    np.testing.assert_array_equal(bias, np.repeat([0, 1, 0, 0], 3))
    assert np.all(gain == 1) and np.all(cell_gain == 1) and np.all(cell_shift == 0)


def test_layer_norm_does_not_see_how_large_the_weights_are():
    layer, (kernel, recurrent_kernel, *others) = layer_norm(epsilon=0.0)
    before = layer(SEQUENCES).numpy()
    layer.set_weights([100 * kernel, 100 * recurrent_kernel, *others])
    np.testing.assert_allclose(layer(SEQUENCES), before, rtol=1e-9)


def test_layer_norm_has_one_dropout_mask_for_all_steps_and_gates():
    """Inputs of 1 with and without the dropped features: of 8 features those that were kept."""
    layer = layer_of(LayerNormLSTMCell(4, dropout=0.5, seed=2, dtype="float64"))
    sequences = np.ones((1, 5, 8))
    layer.build(sequences.shape)
    weights = layer.get_weights()
    found = layer(sequences, training=True).numpy()
    every = np.array(np.meshgrid(*[[0, 2]] * 8)).reshape(8, -1).T  # kept ones count twice
    fits = [np.allclose(by_numpy(weights, sequences * mask, 4), found, atol=1e-9) for mask in every]
    assert sum(fits) == 1
    again = layer(sequences, training=True).numpy()
    assert np.any(again != found)
    np.testing.assert_allclose(layer(sequences), by_numpy(weights, sequences, 4), rtol=1e-10)


def test_layer_norm_with_recurrent_dropout_changes_training_only():
    layer = layer_of(LayerNormLSTMCell(4, recurrent_dropout=0.5, dtype="float64"))
    layer.build(SEQUENCES.shape)
    trained, plain = layer(SEQUENCES, training=True).numpy(), layer(SEQUENCES).numpy()
    np.testing.assert_array_equal(trained[:, 0], plain[:, 0])  # no state yet to drop
    assert np.any(trained[:, 1:] != plain[:, 1:])
    np.testing.assert_allclose(plain, by_numpy(layer.get_weights(), SEQUENCES, 4), rtol=1e-10)


# Both


def both():
    return {
        "zoneout": zoned(cell_of("lstm"), (0.2, 0.5)),
        "layer norm": layer_norm()[0],
        "together": zoned(LayerNormLSTMCell(4, dtype="float64"), 0.3),
    }


@pytest.mark.parametrize("name", both())
def test_gradients_are_those_of_finite_differences(name):
    layer = both()[name]
    read = np.random.default_rng(1).normal(size=(3, 6, 4))

    def loss():
        return tf.reduce_sum(layer(SEQUENCES) * read)

    with tf.GradientTape() as tape:
        value = loss()
    weights = layer.trainable_weights
    gradients = tape.gradient(value, [weight.value for weight in weights])
    assert len(gradients) == len(layer.cell.trainable_weights) >= 3
    random = np.random.default_rng(2)
    for weight, gradient in zip(weights, gradients, strict=True):
        start, way = weight.numpy(), random.normal(size=weight.shape)
        ends = []
        for sign in (1, -1):
            weight.assign(start + sign * 1e-5 * way)
            ends.append(float(loss()))
        weight.assign(start)
        slope = (ends[0] - ends[1]) / 2e-5
        assert np.sum(gradient.numpy() * way) == pytest.approx(slope, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("name", both())
def test_masked_steps_change_nothing(name):
    layer = both()[name]
    padded = np.concatenate([SEQUENCES, 9 + SEQUENCES], axis=1)
    mask = np.arange(12) < np.full((3, 1), 6)
    np.testing.assert_allclose(layer(padded, mask=mask)[:, -1], layer(SEQUENCES)[:, -1], rtol=1e-12)


@pytest.mark.parametrize("name", both())
def test_a_saved_model_is_the_same_and_learns_on(name, tmp_path):
    inputs = keras.Input((6, 2))
    states = both()[name](inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(states[:, -1]))
    model.compile(keras.optimizers.Adam(0.05), "mse", jit_compile=False)
    many = np.tile(SEQUENCES, (40, 1, 1))
    targets = many.sum(axis=(1, 2))[:, None]
    feeding = {"batch_size": 3, "shuffle": False, "verbose": 0}
    losses = model.fit(many, targets, epochs=4, **feeding).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(SEQUENCES), model(SEQUENCES))
    first, second = (one.layers[1].cell.get_config() for one in (model, again))
    for key in {"rate", "seed", "epsilon", "units"} & set(first):
        np.testing.assert_array_equal(first[key], second[key])
    assert again.fit(many, targets, **feeding).history["loss"][0] < 0.5 * losses[0]


@pytest.mark.parametrize("name", both())
def test_from_both_ends_at_any_length_and_exported(name, tmp_path):
    inputs = keras.Input((None, 2), dtype="float64")
    layer = keras.layers.Bidirectional(both()[name], dtype="float64")
    states = layer(keras.layers.Masking(dtype="float64")(inputs))
    averages = keras.layers.GlobalAveragePooling1D(dtype="float64")(states)
    model = keras.Model(inputs, averages)
    model.export(tmp_path, verbose=False)
    served = tf.saved_model.load(tmp_path)
    for steps in (70, 3):
        values = np.random.default_rng(steps).normal(size=(2, steps, 2))
        wanted = model(values)
        np.testing.assert_allclose(served.serve(values), wanted, rtol=1e-10)
        alone = layer.forward_layer(values)
        np.testing.assert_allclose(layer(values)[..., : alone.shape[-1]], alone, rtol=1e-12)
