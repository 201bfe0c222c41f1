"""Weights from and to Keras layers and PyTorch modules, without importing either.

How the same numbers lie in the three places (F features, U units):

=============  =========================  ==========================  =========================
               here and in Keras          PyTorch                     what differs
=============  =========================  ==========================  =========================
input          ``kernel`` (F, G·U)        ``weight_ih_l0`` (G·U, F)   transposed
recurrent      ``recurrent_kernel``       ``weight_hh_l0`` (G·U, U)   transposed
               (U, G·U)
bias           ``bias`` (G·U,), GRU with  ``bias_ih_l0``,             PyTorch always has two;
               reset_after (2, G·U)       ``bias_hh_l0`` (G·U,)       only in the GRU's candidate
                                                                      does the second do
                                                                      something of its own
LSTM blocks    i, f, c̃, o                 i, f, g (= c̃), o            name only
GRU blocks     z, r, h̃                    r, z, n (= h̃)               z and r change places
GRU update     z·h + (1 − z)·h̃            z·h + (1 − z)·n             nothing
GRU reset      either                     after the product           no ``reset_after=False``
=============  =========================  ==========================  =========================

A GRU with ``update="replace"`` is the same function with the update gate's weights negated,
because 1 − σ(a) = σ(−a); so it can go to Keras and PyTorch too. What comes back is "keep".
"""

import numpy as np

from rnn_tf.errors import wrong

# Column blocks in PyTorch's order, given ours. Swapping two blocks undoes itself.
_PYTORCH_ORDER = {"SimpleRNN": (0,), "LSTM": (0, 1, 2, 3), "GRU": (1, 0, 2)}
_PYTORCH_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def from_keras(kind, layer):
    """A cell of class ``kind`` with the weights and options of the built Keras ``layer``."""
    _check_layer(kind, layer)
    kernel, recurrent_kernel, bias = _keras_weights(layer)
    options = {}
    if kind.__name__ == "SimpleRNN":
        options["activation"] = layer.activation.__name__
    if kind.__name__ == "GRU":
        options["reset_after"] = bool(layer.reset_after)
    cell = kind(kernel.shape[0], recurrent_kernel.shape[0], **options)
    _fill(cell, kernel, recurrent_kernel, bias)
    return cell


def to_keras(cell, layer):
    """Write the weights of ``cell`` into the built Keras ``layer``; returns the layer."""
    _check_layer(type(cell), layer)
    if hasattr(cell, "reset_after") and bool(layer.reset_after) != cell.reset_after:
        raise wrong(
            "layer",
            f"reset_after={bool(layer.reset_after)}",
            f"reset_after={cell.reset_after}: the variants are different functions",
            "F-004-04",
        )
    if hasattr(cell, "activation") and layer.activation.__name__ != cell.activation:
        raise wrong("layer", f"activation {layer.activation.__name__!r}", repr(cell.activation))
    present = _keras_weights(layer)
    weights = _keeping(cell)
    for name, there in zip(weights, present, strict=True):
        if there.shape != weights[name].shape:
            raise wrong("layer", f"{name} {there.shape}", f"{weights[name].shape}")
    layer.set_weights(list(weights.values()))
    return layer


def to_pytorch(cell):
    """The arrays a one-layer ``torch.nn.RNN``, ``LSTM`` or ``GRU`` would hold, by their names.

    Returns ``weight_ih_l0`` (G·U, F), ``weight_hh_l0`` (G·U, U), ``bias_ih_l0`` and
    ``bias_hh_l0`` (G·U,), NumPy float64. Raises ``InputError`` for ``reset_after=False``, which
    PyTorch does not have.
    """
    weights = _keeping(cell)
    bias = weights["bias"]
    if type(cell).__name__ == "GRU":
        if not cell.reset_after:
            raise wrong("cell", "reset_after=False", "reset_after=True: PyTorch has no other")
        bias_ih, bias_hh = bias
    else:
        bias_ih, bias_hh = bias, np.zeros_like(bias)
    arrays = (weights["kernel"], weights["recurrent_kernel"], bias_ih, bias_hh)
    order = _PYTORCH_ORDER[type(cell).__name__]
    return {
        name: np.ascontiguousarray(_reordered(array, order).T)
        for name, array in zip(_PYTORCH_NAMES, arrays, strict=True)
    }


def from_pytorch(kind, arrays, **options):
    """A cell of class ``kind`` from PyTorch's four arrays, given as anything NumPy can read.

    Args:
        kind: ``SimpleRNN``, ``LSTM`` or ``GRU`` of this package.
        arrays: the four names of ``to_pytorch`` -> array.
        options: further arguments of ``kind`` (``activation`` of a simple RNN).

    The two biases of a simple RNN or LSTM are added up: they only ever act as their sum.
    """
    if set(_PYTORCH_NAMES) - set(arrays):
        raise wrong("arrays", sorted(arrays), f"{', '.join(_PYTORCH_NAMES)} (one layer, biases)")
    order = _PYTORCH_ORDER[kind.__name__]
    kernel, recurrent_kernel, bias_ih, bias_hh = (
        _reordered(np.asarray(arrays[name], dtype=np.float64).T, order) for name in _PYTORCH_NAMES
    )
    if kind.__name__ == "GRU":
        options = {"reset_after": True, **options}
        bias = np.stack([bias_ih, bias_hh])
    else:
        bias = bias_ih + bias_hh
    cell = kind(kernel.shape[0], recurrent_kernel.shape[0], **options)
    _fill(cell, kernel, recurrent_kernel, bias)
    return cell


def _reordered(array, order):
    """Column blocks (the last axis) in another order."""
    if array.shape[-1] % len(order):
        raise wrong("arrays", array.T.shape, f"a first axis of {len(order)} equal blocks")
    blocks = np.split(array, len(order), axis=-1)
    return np.concatenate([blocks[place] for place in order], axis=-1)


def _keeping(cell):
    """Copies of the cell's weights, as those of a cell with ``update="keep"``."""
    weights = {name: array.copy() for name, array in cell.weights.items()}
    if getattr(cell, "update", "keep") == "replace":
        for array in weights.values():
            array[..., : cell.units] *= -1.0  # the update gate is the first block
    return weights


def _fill(cell, kernel, recurrent_kernel, bias):
    given = {"kernel": kernel, "recurrent_kernel": recurrent_kernel, "bias": bias}
    for name, array in given.items():
        if array.shape != cell.weights[name].shape:
            raise wrong(name, array.shape, f"{cell.weights[name].shape}")
        cell.weights[name][...] = array


def _keras_weights(layer):
    arrays = [np.asarray(array, dtype=np.float64) for array in layer.get_weights()]
    if len(arrays) != 3:
        raise wrong("layer", f"{len(arrays)} arrays", "a built layer with use_bias=True")
    return arrays


def _check_layer(kind, layer):
    name = type(layer).__name__
    if name != kind.__name__:
        raise wrong("layer", name, f"a keras.layers.{kind.__name__}")
    if layer.go_backwards:
        raise wrong("layer", "go_backwards=True", "a layer that reads forwards")
    if name == "SimpleRNN":
        return
    used = (layer.activation.__name__, layer.recurrent_activation.__name__)
    if used != ("tanh", "sigmoid"):
        raise wrong("layer", f"activations {used}", "('tanh', 'sigmoid')")
