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
LSTM blocks    i, f, g, o                 i, f, g, o                  nothing
GRU blocks     z, r, g                    r, z, n (= g)               z and r change places
GRU update     z·h + (1 − z)·g            z·h + (1 − z)·n             nothing
GRU reset      either                     after the product           no ``reset_after=False``
=============  =========================  ==========================  =========================

A GRU with ``update="replace"`` is the same function with the update gate's weights negated,
because 1 − σ(a) = σ(−a); so it can go to Keras and PyTorch too. What comes back is "keep".
"""

import numpy as np

from rnn_tf.errors import wrong

_PYTORCH_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def from_keras(kind, layer):
    """A cell of class ``kind`` with the weights and options of the built Keras ``layer``."""
    _check_layer(kind, layer)
    kernel, recurrent_kernel, bias = _keras_weights(layer)
    options = {name: _option(layer, name) for name in kind.keras_options}
    cell = kind(kernel.shape[0], recurrent_kernel.shape[0], **options)
    _fill(cell, kernel, recurrent_kernel, bias)
    return cell


def to_keras(cell, layer):
    """Write the weights of ``cell`` into the built Keras ``layer``; returns the layer."""
    _check_layer(type(cell), layer)
    for name, ledger in cell.keras_options.items():
        here, there = getattr(cell, name), _option(layer, name)
        if here != there:
            wanted = f"{name}={here!r}: with the other it is a different function"
            raise wrong("layer", f"{name}={there!r}", wanted, ledger)
    present = _keras_weights(layer)
    weights = cell.exported_weights()
    for name, there in zip(weights, present, strict=True):
        if there.shape != weights[name].shape:
            raise wrong("layer", f"{name} {there.shape}", f"{weights[name].shape}")
    layer.set_weights(list(weights.values()))
    return layer


def to_pytorch(cell):
    """The arrays a one-layer ``torch.nn.RNN``, ``LSTM`` or ``GRU`` would hold, by their names.

    Returns ``weight_ih_l0`` (G·U, F), ``weight_hh_l0`` (G·U, U), ``bias_ih_l0`` and
    ``bias_hh_l0`` (G·U,), NumPy float64. Raises ``InputError`` for a cell that PyTorch does not
    have, such as a GRU with ``reset_after=False``.
    """
    _check_pytorch_has(cell)
    weights = cell.exported_weights()
    bias = weights["bias"]
    biases = bias if cell.two_biases else (bias, np.zeros_like(bias))
    arrays = (weights["kernel"], weights["recurrent_kernel"], *biases)
    return {
        name: np.ascontiguousarray(_reordered(array, cell.pytorch_order).T)
        for name, array in zip(_PYTORCH_NAMES, arrays, strict=True)
    }


def from_pytorch(kind, arrays, **options):
    """A cell of class ``kind`` from PyTorch's four arrays, given as anything NumPy can read.

    Args:
        kind: ``SimpleRNN``, ``LSTM`` or ``GRU`` of this package, or a class made from one.
        arrays: the four names of ``to_pytorch`` -> array.
        options: further arguments of ``kind`` (``activation`` of a simple RNN).

    The two biases of a simple RNN or LSTM are added up: they only ever act as their sum.
    """
    _check_converts(kind, "pytorch_order")
    if set(_PYTORCH_NAMES) - set(arrays):
        raise wrong("arrays", sorted(arrays), f"{', '.join(_PYTORCH_NAMES)} (one layer, biases)")
    kernel, recurrent_kernel, *biases = (
        _reordered(np.asarray(arrays[name], dtype=np.float64).T, kind.pytorch_order)
        for name in _PYTORCH_NAMES
    )
    cell = kind(kernel.shape[0], recurrent_kernel.shape[0], **options)
    _check_pytorch_has(cell)
    _fill(cell, kernel, recurrent_kernel, np.stack(biases) if cell.two_biases else sum(biases))
    return cell


def _reordered(array, order):
    """Column blocks (the last axis) in another order."""
    if array.shape[-1] % len(order):
        raise wrong("arrays", array.T.shape, f"a first axis of {len(order)} equal blocks")
    blocks = np.split(array, len(order), axis=-1)
    return np.concatenate([blocks[place] for place in order], axis=-1)


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


def _option(layer, name):
    """An option of a Keras layer as one writes it: an activation is its name."""
    value = getattr(layer, name)
    return getattr(value, "__name__", value)


def _check_layer(kind, layer):
    _check_converts(kind, "keras_layer")
    if not _is_keras(layer, kind.keras_layer):
        raise wrong("layer", type(layer).__name__, f"a keras.layers.{kind.keras_layer}")
    if layer.go_backwards:
        raise wrong("layer", "go_backwards=True", "a layer that reads forwards")
    for name, wanted in kind.keras_fixed.items():
        there = _option(layer, name)
        if there != wanted:
            raise wrong("layer", f"{name}={there!r}", f"{name}={wanted!r}")


def _is_keras(layer, name):
    """Whether ``layer`` is Keras's layer of that name or made from it; does not import Keras."""
    return any(
        base.__name__ == name and base.__module__.partition(".")[0] == "keras"
        for base in type(layer).__mro__
    )


def _check_converts(kind, fact):
    if getattr(kind, fact) is None:
        raise wrong("cell", kind.__name__, f"a cell that states its {fact}")


def _check_pytorch_has(cell):
    _check_converts(type(cell), "pytorch_order")
    for name, values in cell.pytorch_options.items():
        here = getattr(cell, name)
        if here not in values:
            wanted = " or ".join(f"{name}={value!r}" for value in values)
            raise wrong("cell", f"{name}={here!r}", f"{wanted}: PyTorch has no other")
