"""The networks that read sequences, each small, each of about as many parameters as the others.

>>> from rnn_tf import zoo
>>> zoo.units_for("gru", features=1, outputs=1, parameters=3400)
32
>>> model = zoo.network("gru", features=1, outputs=1)     # about 3,400 parameters

All map (batch, steps, features) to logits or values (batch, outputs), read at the last step; with
``per_step`` to (batch, steps, outputs). All but ``bidirectional`` see only the past.
"""

import numpy as np

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from rnn_tf.errors import whole_number, wrong
from rnn_tf.models import CELLS, CheckedModel

#: About those of a GRU with 32 units that reads one number a step.
PARAMETERS = 3400
#: ``dense`` sees this many last steps.
WINDOW = 16
#: ``convolution``: a layer for each, two steps so far apart; together they see 64 last steps.
DILATIONS = (1, 2, 4, 8, 16, 32)
#: ``attention`` has so many heads.
HEADS = 2

KINDS = (
    *("simple", "lstm", "gru", "bidirectional", "dense", "convolution", "attention"),
    *("min_gru", "min_gru2", "signed"),
)


def network(kind, features, outputs, *, per_step=False, parameters=PARAMETERS, units=None):
    """One of the networks.

    Args:
        kind: one of ``KINDS``. ``simple``, ``lstm``, ``gru``: one recurrent layer;
            ``bidirectional``: two GRUs, one from each end; ``dense``: two layers on the last
            ``WINDOW`` steps; ``convolution``: causal, with ``DILATIONS``; ``attention``: one
            causal block; ``min_gru``, ``min_gru2``: one and two ``layers.MinGRU``; ``signed``:
            ``min_gru`` with its gate through tanh.
        features: numbers a step.
        outputs: numbers an answer.
        per_step: an answer at every step instead of one a sequence.
        parameters: at most so many, as near as ``units`` comes.
        units: width, instead of ``parameters``.

    Returns a ``CheckedModel`` for any number of steps. Raises ``InputError`` for another kind.
    """
    whole_number("features", features)
    whole_number("outputs", outputs)
    if units is None:
        units = units_for(kind, features, outputs, parameters)
    inputs = keras.Input((None, features))
    states = _BODIES[_known(kind)](inputs, units, per_step)
    if not (per_step or kind in RETURN_LAST):
        states = states[:, -1]
    return CheckedModel(inputs, keras.layers.Dense(outputs)(states), name=kind)


def units_for(kind, features, outputs, parameters=PARAMETERS):
    """The largest width with at most ``parameters``; even, where there are two heads."""
    whole_number("parameters", parameters)
    step = HEADS if kind == "attention" else 1
    units = 0
    while count(kind, units + step, features, outputs) <= parameters:
        units += step
    if not units:
        least = count(kind, step, features, outputs)
        raise wrong("parameters", parameters, f"{least} or more for {kind}")
    return units


def count(kind, units, features, outputs):
    """How many parameters a network has: the sum that one does on paper."""
    U, F = units, features
    gru = 3 * U * (F + U + 2)  # Keras's has two biases a gate
    embedded = U * (F + 1)
    body = {
        "simple": U * (F + U + 1),
        "lstm": 4 * U * (F + U + 1),
        "gru": gru,
        "bidirectional": 2 * gru,
        "dense": U * (WINDOW * F + 1) + U * (U + 1),
        "convolution": U * (2 * F + 1) + (len(DILATIONS) - 1) * U * (2 * U + 1),
        # Query, key, value and what joins the heads; two norms; twice as wide and back.
        "attention": embedded + 4 * U * (U + 1) + 4 * U + 2 * U * (U + 1) + U * (2 * U + 1),
        "min_gru": embedded + 2 * U * (U + 1),
        "min_gru2": embedded + 4 * U * (U + 1),
        "signed": embedded + 2 * U * (U + 1),
    }[_known(kind)]
    width = 2 * U if kind == "bidirectional" else U
    return body + outputs * (width + 1)


#: Their layer gives one state a sequence by itself.
RETURN_LAST = ("simple", "lstm", "gru", "bidirectional", "min_gru", "min_gru2", "signed")


def _recurrent(kind):
    return lambda inputs, units, per_step: CELLS[kind](units, return_sequences=per_step)(inputs)


def _bidirectional(inputs, units, per_step):
    return keras.layers.Bidirectional(layers.GRU(units, return_sequences=per_step))(inputs)


def _dense(inputs, units, per_step):
    # A window that moves along the sequence is a causal convolution as wide as the window.
    windows = keras.layers.Conv1D(units, WINDOW, padding="causal", activation="relu")(inputs)
    return keras.layers.Dense(units, activation="relu")(windows)


def _convolution(inputs, units, per_step):
    values = inputs
    for dilation in DILATIONS:
        layer = keras.layers.Conv1D(
            units, 2, padding="causal", dilation_rate=dilation, activation="relu"
        )
        values = layer(values) if dilation == 1 else values + layer(values)
    return values


def _attention(inputs, units, per_step):
    values = Positions()(keras.layers.Dense(units)(inputs))
    normed = keras.layers.LayerNormalization()(values)
    heads = keras.layers.MultiHeadAttention(HEADS, units // HEADS)
    values = values + heads(normed, normed, use_causal_mask=True)
    normed = keras.layers.LayerNormalization()(values)
    wide = keras.layers.Dense(2 * units, activation="relu")(normed)
    return values + keras.layers.Dense(units)(wide)


def _min_gru(gate="sigmoid", depth=1):
    def body(inputs, units, per_step):
        values = keras.layers.Dense(units, activation="relu")(inputs)
        for number in range(1, depth + 1):
            layer = layers.MinGRU(units, gate, return_sequences=per_step or number < depth)
            values = layer(values)
        return values

    return body


_BODIES = {
    **{kind: _recurrent(kind) for kind in CELLS},
    "bidirectional": _bidirectional,
    "dense": _dense,
    "convolution": _convolution,
    "attention": _attention,
    "min_gru": _min_gru(),
    "min_gru2": _min_gru(depth=2),
    "signed": _min_gru("tanh"),
}


@keras.saving.register_keras_serializable("rnn_tf")
class Positions(keras.layers.Layer):
    """Adds to every step what says which step it is: sines and cosines of many periods.

    Attention alone does not know which step came first. (batch, steps, units) to the same.
    Source: A. Vaswani and others (2017), Attention is all you need, §3.5.
    """

    def call(self, inputs):
        units = inputs.shape[-1]
        periods = 10_000 ** (np.arange(units // 2) / max(units // 2, 1))
        steps = tf.range(tf.shape(inputs)[1], dtype=inputs.dtype)
        angles = steps[:, None] / tf.constant(periods, inputs.dtype)
        waves = [tf.sin(angles), tf.cos(angles), tf.zeros_like(angles[:, : units % 2])]
        return inputs + tf.concat(waves, axis=-1)

    def compute_output_shape(self, input_shape):
        return input_shape


def _known(kind):
    if kind not in KINDS:
        raise wrong("kind", repr(kind), " or ".join(map(repr, KINDS)))
    return kind
