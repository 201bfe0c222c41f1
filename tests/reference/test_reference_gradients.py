"""Hand-written gradients against finite differences, and the checker against wrong gradients."""

import numpy as np
import pytest

from rnn_tf.errors import InputError
from rnn_tf.reference import (
    Network,
    gradient_check,
    numeric_gradient,
    relative_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    squared_error,
)
from tests.reference.reference_cases import (
    CELLS,
    OUTPUTS,
    random_cell,
    random_inputs,
    random_state,
    random_targets,
)

TOLERANCE = 1e-7


@pytest.mark.parametrize("per_step", [True, False], ids=["every-step", "last-step"])
@pytest.mark.parametrize("name", CELLS)
def test_every_gradient_of_a_network(name, per_step):
    # The loss alternates, so that each cell and each reading meets squared error and softmax.
    loss = "squared_error" if per_step else "softmax_cross_entropy"
    network = Network(random_cell(name), OUTPUTS, loss, per_step=per_step, seed=1)
    inputs = random_inputs()
    state, state_tensors = random_state(network.cell)
    targets = random_targets(loss, network.forward(inputs, state).outputs)

    report = gradient_check(
        lambda: network.loss_and_gradients(inputs, targets, state),
        {**network.weights, "inputs": inputs, **state_tensors},
        show=False,
    )

    names = {row.name for row in report}
    assert {"kernel", "recurrent_kernel", "bias", "output_kernel", "output_bias"} <= names
    assert {"inputs", *network.cell.state_names} <= names
    assert report.holds(TOLERANCE), f"\n{report}"
    # A gradient of zero would agree with anything that does not depend on the tensor.
    assert all(np.abs(row.numeric) > 0 for row in report)


@pytest.mark.parametrize("loss", ["squared_error", "sigmoid_cross_entropy"])
@pytest.mark.parametrize("name", ["simple", "lstm", "gru-after-keep"])
def test_last_step_with_the_other_losses(name, loss):
    network = Network(random_cell(name), OUTPUTS, loss, per_step=False)
    inputs = random_inputs()
    targets = random_targets(loss, network.forward(inputs).outputs)
    report = gradient_check(
        lambda: network.loss_and_gradients(inputs, targets),
        {**network.weights, "inputs": inputs},
        show=False,
    )
    assert report.holds(TOLERANCE), f"\n{report}"


@pytest.mark.parametrize("name", CELLS)
def test_gradient_through_the_final_state_alone(name):
    cell, inputs = random_cell(name), random_inputs()
    state, state_tensors = random_state(cell)
    pull, _ = random_state(cell, seed=9)

    def loss_and_gradients():
        trace = cell.forward(inputs, state)
        loss = np.sum(np.asarray(pull) * np.asarray(trace.final_state))
        return loss, cell.backward(trace, d_final_state=pull)

    report = gradient_check(
        loss_and_gradients, {**cell.weights, "inputs": inputs, **state_tensors}, show=False
    )
    assert report.holds(TOLERANCE), f"\n{report}"


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_other_activations(activation):
    from rnn_tf.reference import SimpleRNN

    cell, inputs = SimpleRNN(2, 5, seed=3, activation=activation), random_inputs(3)

    def loss_and_gradients():
        trace = cell.forward(inputs)
        return np.sum(trace.hidden_states**2), cell.backward(trace, 2 * trace.hidden_states)

    # a small step: ReLU has a kink, and the check must not reach over one
    report = gradient_check(
        loss_and_gradients, {**cell.weights, "inputs": inputs}, step=1e-5, show=False
    )
    assert report.holds(TOLERANCE), f"\n{report}"


@pytest.mark.parametrize("shape", [(3, 6, 4), (3, 4)], ids=["every-step", "last-step"])
@pytest.mark.parametrize("loss", [squared_error, sigmoid_cross_entropy, softmax_cross_entropy])
def test_losses(loss, shape):
    outputs = np.random.default_rng(0).normal(size=shape)
    targets = random_targets(loss.__name__, outputs)
    numeric = numeric_gradient(lambda: loss(outputs, targets)[0], outputs)
    assert relative_error(loss(outputs, targets)[1], numeric) <= TOLERANCE


def test_losses_stay_finite_far_out():
    far = np.array([[800.0, -800.0]])
    assert sigmoid_cross_entropy(far, np.array([[1.0, 0.0]]))[0] == 0.0
    assert sigmoid_cross_entropy(far, np.array([[0.0, 1.0]]))[0] == pytest.approx(800.0)
    assert softmax_cross_entropy(far, np.array([1]))[0] == pytest.approx(1600.0)


def test_losses_equal_keras():
    from rnn_tf.backend import keras

    outputs = np.random.default_rng(0).normal(size=(3, 6, 4))
    for mine, theirs in [
        (squared_error, keras.losses.MeanSquaredError(dtype="float64")),
        (
            sigmoid_cross_entropy,
            keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64"),
        ),
        (
            softmax_cross_entropy,
            keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64"),
        ),
    ]:
        targets = random_targets(mine.__name__, outputs)
        assert mine(outputs, targets)[0] == pytest.approx(
            float(theirs(targets, outputs)), abs=1e-12
        )


def _spoiled(name, spoil):
    """A report on gradients that ``spoil`` has changed in place."""
    network = Network(random_cell(name), OUTPUTS)
    inputs = random_inputs()
    targets = random_targets("squared_error", network.forward(inputs).outputs)

    def loss_and_gradients():
        loss, gradients = network.loss_and_gradients(inputs, targets)
        spoil(gradients)
        return loss, gradients

    return gradient_check(loss_and_gradients, network.weights, show=False)


def test_the_check_finds_one_wrong_entry():
    def spoil(gradients):
        gradients["kernel"][1, 3] *= 1.001

    report = _spoiled("lstm", spoil)
    assert report["kernel"].relative_error == pytest.approx(1e-3, rel=0.01)
    assert report["recurrent_kernel"].relative_error <= TOLERANCE
    assert not report.holds(TOLERANCE)


def test_the_check_finds_a_transposed_square_matrix():
    # Shapes cannot tell: the recurrent kernel is square (B-002-17, third case).
    def spoil(gradients):
        gradients["recurrent_kernel"][...] = gradients["recurrent_kernel"].T.copy()

    assert _spoiled("simple", spoil)["recurrent_kernel"].relative_error > 0.1


def test_the_check_does_not_pass_nan():
    def spoil(gradients):
        gradients["bias"][0] = np.nan

    assert not _spoiled("simple", spoil).holds(1.0)


def test_the_check_is_not_fooled_by_near_zero():
    numbers = {"flat": np.array([1.0, 2.0])}
    right = gradient_check(lambda: (3.0, {"flat": np.zeros(2)}), numbers, show=False)
    assert right.largest == 0.0
    # ... nor does the floor hide that a small gradient was left out
    small = {"w": np.array([2.0])}
    left_out = gradient_check(
        lambda: (1e-9 * small["w"][0] ** 2, {"w": np.zeros(1)}), small, show=False
    )
    assert left_out.largest > 1e-4


def test_the_check_puts_everything_back_and_prints_a_table(capsys):
    w = np.array([[1.0, -2.0], [0.5, 3.0]])
    before = w.copy()
    report = gradient_check(lambda: (np.sum(w**3), {"w": 3 * w**2}), {"w": w})
    assert np.array_equal(w, before)
    printed = capsys.readouterr().out
    assert str(report) in printed
    for word in ("tensor", "analytic", "numeric", "w", "2x2"):
        assert word in printed


@pytest.mark.parametrize(
    ("tensors", "gradients", "message"),
    [
        ({"w": np.zeros(2, "float32")}, {"w": np.zeros(2)}, "float64"),
        ({"w": np.zeros(2)}, {"v": np.zeros(2)}, "a gradient for 'w'"),
        ({"w": np.zeros((2, 1))}, {"w": np.zeros((2, 2))}, "the shape of its tensor"),
    ],
)
def test_the_check_refuses(tensors, gradients, message):
    with pytest.raises(InputError, match=message):
        gradient_check(lambda: (0.0, gradients), tensors, show=False)
