"""Derivatives of derivatives, forward mode and Jacobians are Keras's, eager and in a graph."""

import numpy as np
import pytest

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from rnn_tf.layers import blocks

NAMES = ("SimpleRNN", "LSTM", "GRU")
ROOMS = (keras.layers, layers)
SHORT, LONG = 4, 5  # one block; a shorter first block and a loop over two


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Graphs of derivatives of derivatives grow fast."""
    monkeypatch.setattr(blocks, "UNROLLED", 4)
    monkeypatch.setattr(blocks, "BLOCK", 2)
    monkeypatch.setattr(blocks, "SIZES", ())


def twins(name, steps, units=3, **arguments):
    """A Keras layer and ours with the same random weights, inputs (2, steps, 2) and a mask."""
    random = np.random.default_rng(8)
    inputs = tf.constant(random.normal(size=(2, steps, 2)))
    mask = tf.constant(random.random((2, steps)) > 0.3)
    both = [getattr(room, name)(units, dtype="float64", **arguments) for room in ROOMS]
    for layer in both:
        layer.build(inputs.shape)
    both[0].set_weights([random.normal(size=w.shape) * 0.5 for w in both[0].get_weights()])
    both[1].set_weights(both[0].get_weights())
    assert both[1].fast_path_reason() is None
    return *both, inputs, mask


def penalty_gradients(layer, inputs, mask):
    """A gradient penalty, |d loss / d inputs|^2, and its gradients."""
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            loss = tf.reduce_sum(tf.sin(3 * layer(inputs, mask=mask)))
        penalty = tf.reduce_sum(inner.gradient(loss, inputs) ** 2)
    return [penalty, *outer.gradient(penalty, [inputs, *layer.trainable_variables])]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("in_graph", "sequences"), [(False, False), (False, True), (True, True)])
def test_a_gradient_penalty_and_its_gradients_are_keras_s(name, in_graph, sequences):
    steps = LONG if in_graph else SHORT
    *both, inputs, mask = twins(name, steps, return_sequences=sequences)
    run = tf.function(penalty_gradients) if in_graph else penalty_gradients
    theirs, ours = (run(layer, inputs, mask) for layer in both)
    assert all(float(tf.reduce_max(tf.abs(value))) > 1e-3 for value in theirs)
    for a, b in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * float(tf.reduce_max(tf.abs(a))))


def test_a_gradient_penalty_can_be_compiled_as_keras_s_can():
    """XLA must know beforehand how often a loop goes round: one block, as up to 64 steps are."""
    *both, inputs, mask = twins("SimpleRNN", SHORT)
    run = tf.function(penalty_gradients, jit_compile=True)
    theirs, ours = (run(layer, inputs, mask) for layer in both)
    for a, b in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * float(tf.reduce_max(tf.abs(a))))


def test_third_derivatives_are_keras_s():
    *both, inputs, mask = twins("LSTM", SHORT)
    found = []
    for layer in both:
        with tf.GradientTape() as third:
            third.watch(inputs)
            seconds = penalty_gradients(layer, inputs, mask)
            total = tf.add_n([tf.reduce_sum(s**2) for s in seconds])
        found.append(third.gradient(total, [inputs, *layer.trainable_variables]))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * float(tf.reduce_max(tf.abs(a))))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [SHORT, LONG])
def test_forward_mode_is_keras_s(name, steps):
    *both, inputs, mask = twins(name, steps)
    found = []
    for layer in both:
        with tf.autodiff.ForwardAccumulator(inputs, tf.cos(inputs)) as accumulator:
            outputs = layer(inputs, mask=mask)
        found.append(accumulator.jvp(outputs))
    assert float(tf.reduce_max(tf.abs(found[0]))) > 1e-3
    np.testing.assert_allclose(*found, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("in_graph", [False, True])
def test_the_jacobian_over_a_long_sequence_is_keras_s(name, in_graph):
    *both, inputs, _ = twins(name, LONG)

    def jacobian(layer, inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
        return tape.jacobian(outputs, inputs)

    run = tf.function(jacobian) if in_graph else jacobian
    theirs, ours = (run(layer, inputs) for layer in both)
    assert theirs.shape == ours.shape == (2, 3, 2, LONG, 2)
    np.testing.assert_allclose(theirs, ours, atol=1e-12)


def test_a_forward_pass_in_a_function_of_its_own_is_differentiated_from_outside():
    theirs, ours, inputs, mask = twins("GRU", LONG, return_sequences=True)
    found = []
    for layer in (theirs, ours):
        function = tf.function(lambda x, m, layer=layer: layer(x, mask=m))
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(function(inputs, mask) ** 2)
        found.append(tape.gradient(loss, [inputs, *layer.trainable_variables]))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@pytest.mark.parametrize("in_graph", [False, True])
def test_the_loss_of_many_classes_has_keras_s_second_derivatives_too(in_graph):
    random = np.random.default_rng(1)
    logits, targets = tf.constant(random.normal(size=(4, 6))), tf.constant([0, 5, 2, 2])

    def hessian(loss, logits):
        with tf.GradientTape() as outer:
            outer.watch(logits)
            with tf.GradientTape() as inner:
                inner.watch(logits)
                value = loss(targets, logits)
            gradient = inner.gradient(value, logits)
        return outer.jacobian(gradient, logits)

    run = tf.function(hessian) if in_graph else hessian
    options = {"from_logits": True, "dtype": "float64"}
    rooms = (keras.losses, layers)
    theirs, ours = (run(r.SparseCategoricalCrossentropy(**options), logits) for r in rooms)
    assert float(tf.reduce_max(tf.abs(theirs))) > 1e-3
    np.testing.assert_allclose(theirs, ours, atol=1e-12)


def test_forward_mode_of_the_loss_is_keras_s():
    logits, targets = tf.constant(np.random.default_rng(1).normal(size=(4, 6))), [0, 5, 2, 2]
    found = []
    for room in (keras.losses, layers):
        loss = room.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
        with tf.autodiff.ForwardAccumulator(logits, tf.cos(logits)) as accumulator:
            value = loss(np.array(targets), logits)
        found.append(float(accumulator.jvp(value)))
    assert found[0] == pytest.approx(found[1], rel=1e-12) and abs(found[0]) > 1e-3
