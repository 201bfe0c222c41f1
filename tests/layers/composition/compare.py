"""The same case with Keras's layers and with ours, and the least case that still differs."""

import contextlib
import dataclasses
import gc
import tempfile
import time
import warnings
from pathlib import Path
from unittest import mock

import numpy as np

from rnn_tf.backend import keras, tf
from rnn_tf.layers import chains

from .cases import Case, draw
from .models import arrays_of, build
from .ways import WAYS, flat

#: Largest difference allowed, as a share of the largest number compared (at least of 1).
TOLERANCE = {"float32": 2e-5, "float64": 1e-10}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How the two models compare; ``text`` says where and what.

    ``kind`` is "equal", "refused alike", "only Keras refuses" (to export, and what ours exports
    computes what Keras's model does when it is called) or "differs".
    """

    case: Case
    kind: str
    text: str = ""
    seconds: float = 0.0


def outcome_of(case):
    """Build both models and use them in each way, until one differs or both refuse."""
    started, float_type = time.process_time(), keras.config.floatx()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        stack.callback(keras.utils.clear_session, free_memory=False)
        stack.callback(keras.config.set_floatx, float_type)
        keras.config.set_floatx(case.dtype)
        if case.chains:
            stack.enter_context(mock.patch.object(chains, "STEP_WORTH_CUTTING", 0))
        # Keras's warnings, of masks that end at a layer and the like, are about the model.
        stack.enter_context(warnings.catch_warnings(action="ignore"))
        kind, text = _compared(case, Path(folder))
    return Outcome(case, kind, text, time.process_time() - started)


def _compared(case, folder):
    models, errors = zip(*(_tried(build, case, whose) for whose in ("keras", "ours")), strict=True)
    if any(errors):
        return _refused("build", *errors)
    declared = [[str(tensor.shape) for tensor in _outputs(model)] for model in models]
    if declared[0] != declared[1]:
        return "differs", f"declared shapes: Keras {declared[0]}, ours {declared[1]}"
    feeds = [arrays_of(case, *sizes) for sizes in case.feeds]
    kind, text = "equal", ""
    for way in case.ways:
        results, errors = [], []
        for number, model in enumerate(models):
            place = folder / way / str(number)
            place.mkdir(parents=True)
            result, error = _tried(_numbers, WAYS[way], model, case, feeds, place)
            results.append(result)
            errors.append(error)
        if way == "export" and errors[0] and not errors[1]:
            kind, text = "only Keras refuses", f"{way}: Keras {_said(errors[0])}"
            results[0] = _numbers(_outputs_of_calls, build(case, "keras"), feeds)
        elif any(errors):
            return _refused(way, *errors)
        difference = _difference(*results, TOLERANCE[case.dtype])
        if difference:
            return "differs", f"{way}: {difference}"
    return kind, text


def _outputs(model):
    return flat(model.outputs) if getattr(model, "outputs", None) else []


def _outputs_of_calls(model, feeds):
    return [model(feed) for feed in feeds]


def _tried(function, *arguments):
    try:
        return function(*arguments), None
    except Exception as error:  # whatever a model may raise is what is compared
        return None, error


def _numbers(way, *arguments):
    return [v if isinstance(v, str) else np.array(v) for v in flat(way(*arguments))]


def _refused(way, keras_error, our_error):
    theirs, ours = (_said(error) if error else "works" for error in (keras_error, our_error))
    kind = "differs" if "works" in (theirs, ours) else "refused alike"
    return kind, f"{way}: Keras {theirs}; ours {ours}"


def _said(error):
    """The end of the message: before it come the places in TensorFlow's and Keras's code."""
    words = " ".join(str(error).split("Arguments received by")[0].split())
    return f"{type(error).__name__}: {words[-200:]}"


def _difference(wanted, got, tolerance):
    """What differs first, or an empty text."""
    if len(wanted) != len(got):
        return f"Keras gives {len(wanted)} results, ours {len(got)}"
    for number, (theirs, mine) in enumerate(zip(wanted, got, strict=True)):
        if isinstance(theirs, str) or isinstance(mine, str):
            if theirs != mine:
                return f"result {number}: static shape of Keras {theirs}, ours {mine}"
            continue
        if (theirs.shape, theirs.dtype) != (mine.shape, mine.dtype):
            return (
                f"result {number}: Keras {theirs.shape} {theirs.dtype}, "
                f"ours {mine.shape} {mine.dtype}"
            )
        if not np.array_equal(np.isfinite(theirs), np.isfinite(mine)):
            return f"result {number}: not finite at different places"
        finite = np.isfinite(theirs)
        distance = np.max(np.abs(theirs - mine), where=finite, initial=0)
        scale = np.max(np.abs(theirs), where=finite, initial=1)
        if distance > tolerance * scale:
            return f"result {number} {theirs.shape}: {distance / scale:.1e} apart"
    return ""


def reduced(outcome, tries=30):
    """The outcome of a smaller case that differs too: features are left out one by one."""
    smaller = True
    while smaller:
        smaller = False
        for case in _smaller(outcome.case):
            tries -= 1
            if tries < 0:
                return outcome
            again = outcome_of(case)
            if again.kind == "differs":
                outcome, smaller = again, True
                break
    return outcome


def _smaller(case):
    plain = Case()
    for way in case.ways if len(case.ways) > 1 else ():
        yield dataclasses.replace(case, ways=(way,))
    for place in range(len(case.feeds) if len(case.feeds) > 1 else 0):
        yield dataclasses.replace(case, feeds=case.feeds[:place] + case.feeds[place + 1 :])
    for name in ("options", "before", "behind"):
        items = getattr(case, name)
        for place in range(len(items)):
            yield dataclasses.replace(case, **{name: items[:place] + items[place + 1 :]})
    for name in ("core", "style", "dtype", "chains", "batch", "merge"):
        if getattr(case, name) != getattr(plain, name):
            yield dataclasses.replace(case, **{name: getattr(plain, name)})


def outcomes(seed, numbers):
    """The outcomes of these cases of ``seed``."""
    # Time: what is alive now, TensorFlow above all, is set aside, the garbage of ten cases is
    # collected at once, and errors go through no wrappers that shorten their tracebacks.
    gc.collect()
    gc.freeze()
    keras.config.disable_traceback_filtering()
    tf.debugging.disable_traceback_filtering()
    results = []
    for number in numbers:
        results.append(outcome_of(draw(seed, number)))
        if number % 10 == 0:
            gc.collect()
    gc.unfreeze()
    return results
