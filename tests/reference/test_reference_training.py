"""Losses' shapes, gradient descent, and truncated back-propagation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import reference
from rnn_tf.errors import InputError
from rnn_tf.reference import SGD, Network, train, truncated_gradients
from tests.reference.reference_cases import (
    CELLS,
    OUTPUTS,
    STEPS,
    random_cell,
    random_inputs,
    random_state,
)


def per_step_case(name):
    network = Network(random_cell(name), OUTPUTS)
    inputs = random_inputs()
    targets = np.random.default_rng(8).normal(size=(*inputs.shape[:2], OUTPUTS))
    state, _ = random_state(network.cell)
    return network, inputs, targets, state


@pytest.mark.parametrize("name", CELLS)
def test_a_segment_that_covers_all_is_full_back_propagation(name):
    network, inputs, targets, state = per_step_case(name)
    loss, gradients = network.loss_and_gradients(inputs, targets, state)
    for segment_steps in (STEPS, STEPS + 10):
        cut_loss, cut = truncated_gradients(network, inputs, targets, segment_steps, state)
        assert cut_loss == pytest.approx(loss, abs=1e-14)
        for key in network.weights:
            assert np.allclose(cut[key], gradients[key], rtol=0, atol=1e-13)


@pytest.mark.parametrize("segment_steps", [1, 2, 4])  # 4 leaves a shorter rest
@pytest.mark.parametrize("name", CELLS)
def test_a_shorter_segment_keeps_the_loss_and_cuts_the_gradient(name, segment_steps):
    network, inputs, targets, state = per_step_case(name)
    loss, gradients = network.loss_and_gradients(inputs, targets, state)
    cut_loss, cut = truncated_gradients(network, inputs, targets, segment_steps, state)
    assert cut_loss == pytest.approx(loss, abs=1e-14)  # the state is carried
    for key in ("kernel", "recurrent_kernel", "bias"):
        assert reference.relative_error(cut[key], gradients[key]) > 1e-3
    for key in ("output_kernel", "output_bias"):  # nothing to cut: they act within their step
        assert np.allclose(cut[key], gradients[key], rtol=0, atol=1e-13)


def test_a_truncated_gradient_is_that_of_a_loss_with_states_held_fixed():
    # What "stopping the gradient" means, by finite differences: borders' states are constants.
    network, inputs, targets, state = per_step_case("lstm")
    half = STEPS // 2
    border = network.forward(inputs[:, :half], state).final_state
    held = tuple(np.array(part) for part in border)

    def loss():
        first = network.forward(inputs[:, :half], state).outputs
        second = network.forward(inputs[:, half:], held).outputs
        return (
            reference.squared_error(first, targets[:, :half])[0]
            + reference.squared_error(second, targets[:, half:])[0]
        ) / 2

    _, cut = truncated_gradients(network, inputs, targets, half, state)
    for key, array in network.weights.items():
        numeric = reference.numeric_gradient(loss, array)
        assert reference.relative_error(cut[key], numeric) <= 1e-7


def test_a_momentum_step_by_hand():
    weights = {"w": np.array([1.0, -2.0])}
    optimizer = SGD(0.1, momentum=0.5)
    optimizer.update(weights, {"w": np.array([10.0, 20.0]), "inputs": np.zeros(9)})
    assert np.allclose(weights["w"], [0.0, -4.0])  # v = −0.1 g
    optimizer.update(weights, {"w": np.array([0.0, 10.0])})
    assert np.allclose(weights["w"], [-0.5, -6.0])  # v = 0.5 v − 0.1 g


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-4, 1.0), st.integers(0, 50))
def test_a_plain_step_goes_down_the_gradient_by_the_rate(rate, seed):
    # B-002-20: the rate asked for is the rate that acts
    random = np.random.default_rng(seed)
    weights, gradient = {"w": random.normal(size=(3, 2))}, random.normal(size=(3, 2))
    before = weights["w"].copy()
    SGD(rate).update(weights, {"w": gradient})
    assert np.allclose(weights["w"] - before, -rate * gradient, rtol=1e-12)


def test_training_is_the_loop_written_out():
    inputs = random_inputs(batch=4)
    targets = np.random.default_rng(1).normal(size=(4, STEPS, OUTPUTS))
    one, two = (Network(random_cell("gru-after-keep"), OUTPUTS) for _ in range(2))
    history = train(one, inputs, targets, SGD(0.05), epochs=3, batch_size=4)
    for epoch in range(3):  # one batch holds all rows: their order does not matter
        loss, gradients = two.loss_and_gradients(inputs, targets)
        assert history[epoch] == pytest.approx(loss, rel=1e-12)
        for key, weight in two.weights.items():
            weight -= 0.05 * gradients[key]
    for key in one.weights:
        assert np.allclose(one.weights[key], two.weights[key], rtol=0, atol=1e-12)


@pytest.mark.parametrize("segment_steps", [None, 4])
def test_an_echo_is_learnt_and_the_seed_decides(segment_steps):
    random = np.random.default_rng(0)
    inputs = random.choice([-1.0, 1.0], size=(128, 12, 1))
    targets = np.zeros_like(inputs)
    targets[:, 1:] = inputs[:, :-1]
    runs = []
    for seed in (0, 0, 1):
        network = Network(reference.SimpleRNN(1, 8, seed=0), 1, seed=0)
        optimizer = SGD(0.2, momentum=0.9, global_clipnorm=1.0)
        runs.append(
            train(
                network,
                inputs,
                targets,
                optimizer,
                epochs=30,
                segment_steps=segment_steps,
                seed=seed,
            )
        )
    assert np.array_equal(runs[0], runs[1]) and not np.array_equal(runs[0], runs[2])
    always_zero = 11 / 12  # the best that a net without memory can do
    assert runs[0][-1] < 0.1 * always_zero


def test_refusals():
    last = Network(random_cell("simple"), OUTPUTS, per_step=False)
    inputs = random_inputs()
    with pytest.raises(InputError, match="per_step"):
        truncated_gradients(last, inputs, np.zeros((3, OUTPUTS)), 2)
    network = Network(random_cell("simple"), OUTPUTS)
    with pytest.raises(InputError, match="segment_steps"):
        truncated_gradients(network, inputs, np.zeros((3, STEPS, OUTPUTS)), 0)
    with pytest.raises(InputError, match="B-001-18"):
        network.loss_and_gradients(inputs, np.zeros((3, STEPS)))
    with pytest.raises(InputError, match="B-001-28"):
        reference.softmax_cross_entropy(np.zeros((3, 1)), np.zeros(3, int))
    with pytest.raises(InputError, match=r"labels: got 0 … 4, expected 0 … 3"):
        reference.softmax_cross_entropy(np.zeros((2, 4)), np.array([0, 4]))
    with pytest.raises(InputError, match="integers"):
        reference.softmax_cross_entropy(np.zeros((2, 4)), np.array([0.0, 1.0]))
    with pytest.raises(InputError, match="from 0 to 1"):
        reference.sigmoid_cross_entropy(np.zeros((2, 1)), np.array([[2.0], [0.0]]))
    with pytest.raises(InputError, match="loss"):
        Network(random_cell("simple"), 1, "hinge")
    with pytest.raises(InputError, match="targets"):
        train(network, inputs, np.zeros((2, STEPS, OUTPUTS)), SGD(0.1), epochs=1)
    for options in ({"learning_rate": 0.0}, {"learning_rate": 1.0, "momentum": 1.0}):
        with pytest.raises(InputError):
            SGD(**options)
