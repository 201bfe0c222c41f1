"""The cells and random data that the tests of the reference share. All sizes differ."""

import numpy as np

from rnn_tf import reference

BATCH, STEPS, FEATURES, UNITS, OUTPUTS = 3, 6, 2, 5, 4

CELLS = {
    "simple": (reference.SimpleRNN, {}),
    "simple-sigmoid": (reference.SimpleRNN, {"activation": "sigmoid"}),
    "lstm": (reference.LSTM, {}),
    "gru-after-keep": (reference.GRU, {"reset_after": True, "update": "keep"}),
    "gru-after-replace": (reference.GRU, {"reset_after": True, "update": "replace"}),
    "gru-before-keep": (reference.GRU, {"reset_after": False, "update": "keep"}),
    "gru-before-replace": (reference.GRU, {"reset_after": False, "update": "replace"}),
}


def random_cell(name, *, seed=0, features=FEATURES, units=UNITS):
    """A cell with no weight at zero, so that no mistake hides behind an empty bias."""
    kind, options = CELLS[name]
    cell = kind(features, units, seed=seed, **options)
    random = np.random.default_rng(seed + 100)
    for array in cell.weights.values():
        array += random.normal(scale=0.5, size=array.shape)
    return cell


def random_inputs(seed=0, *, batch=BATCH, steps=STEPS, features=FEATURES):
    return np.random.default_rng(seed).normal(size=(batch, steps, features))


def random_state(cell, seed=0, *, batch=BATCH):
    """``(state, tensors)``: a state to pass to ``forward`` and its arrays by gradient name."""
    random = np.random.default_rng(seed + 200)
    tensors = {name: random.normal(size=(batch, cell.units)) for name in cell.state_names}
    return as_state(tensors.values()), tensors


def as_state(arrays):
    arrays = tuple(arrays)
    return arrays if len(arrays) > 1 else arrays[0]


def random_targets(loss, outputs, seed=0):
    """Targets that suit ``loss`` for an array of outputs."""
    random = np.random.default_rng(seed + 300)
    if loss == "softmax_cross_entropy":
        return random.integers(0, outputs.shape[-1], size=outputs.shape[:-1])
    if loss == "sigmoid_cross_entropy":
        return random.integers(0, 2, size=outputs.shape).astype(float)
    return random.normal(size=outputs.shape)
