"""What a model accepts: shape mistakes are named in one line before training starts.

Keras finds some of them late and in words of its own, and broadcasts over others in silence.
"""

import types

import numpy as np

from rnn_tf.backend import keras, tf
from rnn_tf.errors import wrong
from rnn_tf.feeding import without_wait

_PER_CLASS = "CategoricalCrossentropy"
_SPARSE = "SparseCategoricalCrossentropy"


def features_of(input_shape):
    """The number of features in ``(batch, steps, features)``; ``InputError`` for other shapes."""
    shape = tuple(input_shape)
    if len(shape) == 4:
        raise wrong(
            "inputs",
            f"shape {shape}",
            "(batch, steps, features): drop the extra axis; the rows of a picture are the steps",
            "B-003-01",
        )
    if len(shape) != 3:
        raise wrong(
            "inputs",
            f"shape {shape}",
            "(batch, steps, features): inputs[..., None] makes each number a step of one feature",
            "B-001-21",
        )
    return shape[-1]


def check_sequences(inputs):
    """Raise ``InputError`` unless ``inputs`` are floats of shape (batch, steps, features)."""
    if not hasattr(inputs, "shape"):
        inputs = _array("inputs", inputs)
    features_of(inputs.shape)
    if not keras.backend.is_float_dtype(inputs.dtype):
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        raise wrong("inputs", dtype, "float32: inputs.astype('float32')", "B-001-16")


def check_shapes(model, inputs, targets=None, *, loss=None, allow_single_step=False):
    """Raise ``InputError`` if the model can't learn what is meant from these arrays.

    Args:
        model: a Keras model with one input and one output. An input of integers means token
            ids, (batch, steps); any other means (batch, steps, features).
        inputs: NumPy array, or tensor; or a ``keras.utils.PyDataset`` or ``tf.data.Dataset``
            of ``(inputs, targets)``, of which the first batch is looked at.
        targets: the targets, if not in ``inputs``.
        loss: a Keras loss; default: the one the model was compiled with.
        allow_single_step: accept sequences of one step, in which nothing recurs.

    Looks for lists instead of arrays (B-004-10), a wrong number of axes (B-003-01, B-001-21),
    a single step (B-003-02), numbers of the wrong kind (B-001-16), missing values, targets that
    would be broadcast over the outputs (B-000-01, B-001-17, B-001-18), and classes given in
    another form than the loss reads (B-004-11).
    """
    inputs, targets = _first_arrays(inputs, targets)
    if inputs is None:
        return
    ids = _takes_ids(model)
    inputs = _array("inputs", inputs)
    _check_inputs(inputs, ids, allow_single_step)
    features = None if ids else _features_wanted(model)
    if features is not None and inputs.shape[-1] != features:
        raise wrong("inputs", f"{inputs.shape[-1]} features (shape {inputs.shape})", f"{features}")
    if targets is None:
        return
    targets = _array("targets", targets)
    if len(targets) != len(inputs):
        raise wrong("targets", f"{len(targets)} of them", f"{len(inputs)}, one for every input")
    output_shape = _output_shape(model, inputs)
    if output_shape is None:
        return
    kind = _loss_name(model if loss is None else loss)
    if kind == _SPARSE:
        _check_classes(targets, output_shape)
    else:
        _check_same_shape(targets, output_shape, kind)
    _check_finite("targets", targets)


def _first_arrays(inputs, targets):
    """``(inputs, targets)`` to look at; ``(None, None)`` where there is nothing to see."""
    if isinstance(inputs, keras.utils.PyDataset):
        inputs = inputs[0]
    elif isinstance(inputs, tf.data.Dataset):
        inputs = next(iter(without_wait(inputs)), None)
    if isinstance(inputs, tuple):
        inputs, targets = (*inputs, None)[:2]
    # A generator gives each batch only once.
    if isinstance(inputs, (dict, types.GeneratorType)) or inputs is None:
        return None, None
    return inputs, targets


def _array(argument, values):
    if isinstance(values, (list, tuple)):
        raise wrong(
            argument, f"a Python {type(values).__name__}", "an array: np.array(...)", "B-004-10"
        )
    return np.asarray(values)


def _takes_ids(model):
    inputs = getattr(model, "inputs", None)
    return bool(inputs) and keras.backend.is_int_dtype(inputs[0].dtype)


def _features_wanted(model):
    try:
        shape = model.input_shape
    except (AttributeError, ValueError):  # a subclassed model knows only what it was built for
        shape = (model.get_build_config() or {}).get("input_shape")
    return shape[-1] if isinstance(shape, tuple) and len(shape) == 3 else None


def _check_inputs(inputs, ids, allow_single_step):
    if ids and (inputs.ndim != 2 or inputs.dtype.kind not in "iu"):
        raise wrong(
            "inputs",
            f"{inputs.dtype} of shape {inputs.shape}",
            "integer token ids (batch, steps)",
            "B-004-07",
        )
    if not ids:
        check_sequences(inputs)
        _check_finite("inputs", inputs)
    if 0 in inputs.shape:
        raise wrong("inputs", f"nothing in it, shape {inputs.shape}", "at least one step")
    if inputs.shape[1] == 1 and not allow_single_step:
        raise wrong(
            "inputs",
            f"one single step, shape {inputs.shape}",
            "two steps or more, since in one step nothing recurs and the recurrent weights get "
            "no gradient (allow_single_step=True if you mean it)",
            "B-004-08" if ids else "B-003-02",
        )


def _check_finite(argument, values):
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        count = int(np.size(values) - np.isfinite(values).sum())
        raise wrong(argument, f"{count} values that are NaN or infinite", "finite numbers: fill "
                    "gaps or leave their windows out")  # fmt: skip


def _output_shape(model, inputs):
    try:
        spec = model.compute_output_spec(keras.KerasTensor(inputs.shape, dtype=inputs.dtype.name))
    except (NotImplementedError, AttributeError):
        return None
    return tuple(spec.shape) if hasattr(spec, "shape") else None


def _loss_name(source):
    """Class name of a loss given as object, function or name; of a model, the compiled one."""
    if isinstance(source, keras.Model):
        source = getattr(source, "loss", None)
    if isinstance(source, str):
        source = keras.losses.get(source)
    if source is None or isinstance(source, (dict, list)):
        return None
    name = getattr(source, "__name__", type(source).__name__)
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _check_classes(targets, output_shape):
    """Whole-number classes (batch[, steps]) for outputs (batch[, steps], classes)."""
    wanted = output_shape[:-1]
    if targets.shape == output_shape and output_shape[-1] > 1:
        raise wrong(
            "targets",
            f"shape {targets.shape}, one-hot",
            f"class numbers of shape {wanted} with a sparse loss",
            "B-004-11",
        )
    if targets.shape not in (wanted, (*wanted, 1)):
        raise wrong("targets", f"shape {targets.shape}", f"class numbers of shape {wanted}")
    low, high, classes = targets.min(), targets.max(), output_shape[-1]
    if low < 0 or high >= classes:
        raise wrong("targets", f"classes from {low} to {high}", f"0 to {classes - 1}", "B-003-05")


def _check_same_shape(targets, output_shape, kind):
    if targets.shape == output_shape:
        return
    received, wanted = f"shape {targets.shape}", f"{output_shape} like the model's outputs"
    if kind == _PER_CLASS and targets.dtype.kind in "iu":
        raise wrong("targets", f"class numbers of {received}", f"{_SPARSE}, or one-hot {wanted}",
                    "B-004-11")  # fmt: skip
    if targets.ndim > len(output_shape):
        raise wrong("targets", received, f"{wanted}: the model gives one answer a sequence, and "
                    "the targets would be broadcast over the steps", "B-000-01")  # fmt: skip
    if (*targets.shape, 1) == output_shape:
        raise wrong("targets", received, f"{wanted}: targets[..., None]", "B-001-17")
    raise wrong("targets", received, wanted)
