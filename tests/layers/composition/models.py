"""A model from a ``Case``, with the recurrent layers of ``keras.layers`` or of ``rnn_tf.layers``.

Nothing else in the model depends on whose layers they are.
"""

import dataclasses

import numpy as np

from rnn_tf import layers as ours
from rnn_tf.backend import keras

from .cases import Case

kl, ops = keras.layers, keras.ops
VOCABULARY = 7
WHOSE = {"keras": kl, "ours": ours}


@keras.saving.register_keras_serializable("composition")
class StaticSteps(kl.Layer):
    """Weighs the steps by their places: Python reads the static number of steps."""

    def call(self, inputs):
        places = np.arange(1, inputs.shape[1] + 1) / inputs.shape[1]
        return inputs * ops.cast(places[:, None], inputs.dtype)


@keras.saving.register_keras_serializable("composition")
class MaskedMean(kl.Layer):
    """The mean of the steps that the mask leaves."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs, mask=None):
        return None

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.mean(inputs, axis=1)
        kept = ops.cast(mask, inputs.dtype)[:, :, None]
        return ops.sum(inputs * kept, axis=1) / (1 + ops.sum(kept, axis=1))


def layer_of(name, case, whose):
    """The layer that a name in ``Case.before`` or ``Case.behind`` stands for."""
    mine, theirs = (getattr(library, case.cell) for library in (WHOSE[whose], kl))
    steps = -1 if case.steps is None else case.steps
    return {
        "embedding": lambda: kl.Embedding(VOCABULARY, 3),
        "masked_embedding": lambda: kl.Embedding(VOCABULARY, 3, mask_zero=True),
        "masking": lambda: kl.Masking(0.0),
        "conv": lambda: kl.Conv1D(3, 3, strides=1 + case.seed % 2, padding="same"),
        "recurrent": lambda: mine(3, return_sequences=True),
        "keras_recurrent": lambda: theirs(3, return_sequences=True),
        "reshape": lambda: kl.Reshape((steps, case.features)),
        "dense": lambda: kl.Dense(3, activation="tanh"),
        "concatenate": lambda: kl.Concatenate(),
        "dropout": lambda: kl.Dropout(0.4),
        "time_distributed": lambda: kl.TimeDistributed(kl.Dense(2)),
        "batch_norm": lambda: kl.BatchNormalization(),
        "batch_norm_steps": lambda: kl.BatchNormalization(axis=1),
        "layer_norm": lambda: kl.LayerNormalization(),
        "layer_norm_steps": lambda: kl.LayerNormalization(axis=[1, 2]),
        "unrolled": lambda: theirs(2, unroll=True, return_sequences=True),
        "last_of_recurrent": lambda: mine(3),
        "attention": lambda: kl.Attention(),
        "multi_head": lambda: kl.MultiHeadAttention(2, 2),
        "residual": lambda: kl.Concatenate(),
        "average_pool": lambda: kl.GlobalAveragePooling1D(),
        "max_pool": lambda: kl.GlobalMaxPooling1D(),
        "flatten": lambda: kl.Flatten(),
        "permute": lambda: kl.Permute((2, 1)),
        "static_steps": lambda: StaticSteps(),
        "masked_mean": lambda: MaskedMean(),
        "repeat": lambda: kl.RepeatVector(3),
    }[name]()


def _core_of(case, whose):
    """The layers in the middle: one, or a decoder and its encoder."""
    layer = getattr(WHOSE[whose], case.cell)
    main = layer(case.units, **_options(case, whose))
    match case.core:
        case "bidirectional":
            return [kl.Bidirectional(main, merge_mode=case.merge)]
        case "decoder":
            return [main, layer(case.units, return_state=True)]
        case "time_distributed":
            return [kl.TimeDistributed(main)]
        case "wrapped":
            return [kl.RNN(main.cell, **_options(case, whose))]
        case _:
            return [main]


def _options(case, whose):
    """``products`` is ours alone."""
    return {k: v for k, v in case.options if k != "products" or whose == "ours"}


class Stages:
    """The layers of one model, and how a tensor goes through them."""

    def __init__(self, case, whose):
        self.before = [layer_of(name, case, whose) for name in case.before]
        self.core = _core_of(case, whose)
        self.behind = [layer_of(name, case, whose) for name in case.behind]
        self.names = case.before, case.behind

    def in_line(self):
        return [*self.before, *self.core, *self.behind]

    def __call__(self, inputs):
        inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        x = inputs[:2] if "concatenate" in self.names[0] else inputs[0]
        for name, layer in zip(self.names[0], self.before, strict=True):
            x = _through(name, layer, x)
        main, *encoder = self.core
        x = main(x, initial_state=encoder[0](inputs[-1])[1:]) if encoder else main(x)
        x, *rest = x if isinstance(x, (list, tuple)) else [x]
        for name, layer in zip(self.names[1], self.behind, strict=True):
            x = _through(name, layer, x)
        return [x, *rest] if rest else x


def _through(name, layer, x):
    match name:
        case "attention" | "residual":
            return layer([x, x])
        case "multi_head":
            return layer(x, x)
        case _:
            return layer(x)


@keras.saving.register_keras_serializable("composition")
class Subclassed(keras.Model):
    """The stages in a model of one's own."""

    def __init__(self, case, whose, **kwargs):
        super().__init__(**kwargs)
        self.case, self.whose = case, whose
        stages = Stages(case, whose)
        self.before, self.core, self.behind = stages.before, stages.core, stages.behind
        self.stages = stages

    def call(self, inputs):
        return self.stages(inputs)

    def get_config(self):
        return {"case": dataclasses.asdict(self.case), "whose": self.whose}

    @classmethod
    def from_config(cls, config):
        case = {
            name: tuple(tuple(v) if isinstance(v, list) else v for v in value)
            if isinstance(value, list)
            else value
            for name, value in config["case"].items()
        }
        return cls(Case(**case), config["whose"])


def inputs_of(case, batch, steps):
    """``(shape, dtype)`` of each of the model's inputs, of these sizes."""
    sequences = (batch, steps, case.features), case.dtype
    first = sequences
    if case.before[:1] in (("embedding",), ("masked_embedding",)):
        first = (batch, steps), "int32"
    elif case.before[:1] == ("reshape",) and case.steps is not None:
        first = (batch, steps * case.features), case.dtype
    elif case.core == "time_distributed":
        first = (batch, 2, steps, case.features), case.dtype
    return [first] + [sequences] * (("concatenate" in case.before) + (case.core == "decoder"))


def build(case, whose):
    """The model, with random weights that depend on nothing but the case."""
    inputs = [
        kl.Input(batch_shape=shape, dtype=dtype)
        for shape, dtype in inputs_of(case, case.batch, case.steps)
    ]
    if case.style == "sequential":
        model = keras.Sequential([*inputs, *Stages(case, whose).in_line()])
    elif case.style == "subclassed":
        model = Subclassed(case, whose)
        model(arrays_of(case, *case.feeds[0]))
    else:
        inputs = inputs if len(inputs) > 1 else inputs[0]
        model = keras.Model(inputs, Stages(case, whose)(inputs))
    rng = np.random.default_rng(case.seed)
    for variable in model.weights:
        if variable.name != "moving_variance":
            variable.assign(rng.normal(size=variable.shape) * 0.4)
    # A subclassed model has read something to be built; states are not among the weights.
    for layer in model._flatten_layers():
        if getattr(layer, "stateful", False):
            layer.reset_state()
    return model


def arrays_of(case, batch, steps, more=0):
    """The inputs' values; ``more`` sets apart arrays of the same size. One array or a list."""
    rng = np.random.default_rng((case.seed, batch, steps, more))
    arrays = []
    for shape, dtype in inputs_of(case, batch, steps):
        if dtype == "int32":
            arrays.append(rng.integers(0, 4, shape, dtype))
            continue
        values = rng.normal(size=shape).astype(dtype)
        if "masking" in case.before:
            values[rng.random(shape[:2]) < 0.3] = 0
            values[0, rng.integers(0, steps) :] = 0
        arrays.append(values)
    return arrays[0] if len(arrays) == 1 else arrays
