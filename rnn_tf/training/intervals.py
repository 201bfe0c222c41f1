"""Prediction intervals that keep their promise. NumPy arrays in, widths out.

An interval is judged by its *distances*: how far the truth lies outside of it, below 0 inside.
Widened by ``w`` on both sides, it holds what has a distance of ``w`` or less.
"""

import math

import numpy as np

from rnn_tf.errors import wrong


def distances(targets, lower, upper):
    """How far targets lie outside their intervals; below 0 inside. All of one shape."""
    shapes = {np.shape(values) for values in (targets, lower, upper)}
    if len(shapes) > 1:
        raise wrong("lower, upper", sorted(shapes), "the targets' shape", "B-001-18")
    targets = np.asarray(targets, dtype=np.float64)
    return np.maximum(lower - targets, targets - upper)


def conformal_width(distances, promise=0.9):
    """What to add on both sides so that ``promise`` of the values to come lie inside.

    Args:
        distances: (n,), on data that the model was not trained on.
        promise: share from 0 to 1.

    If the values to come are exchangeable with these, at least ``promise`` of them lie inside on
    average, whatever the model. Infinite where n values are too few to promise that.

    Source: Y. Romano, E. Patterson, E. Candès (2019), Conformalized quantile regression.
    """
    ordered = np.sort(_flat(distances))
    _check(promise=promise)
    rank = math.ceil((len(ordered) + 1) * promise)
    return float(ordered[rank - 1]) if rank <= len(ordered) else math.inf


def adaptive_widths(distances, steps, start, *, delay, promise=0.9, rate=0.3):
    """A width for each forecast, learnt from those before whose truth is known by then.

    Args:
        distances: (n,), in order of time.
        steps: (n,) whole numbers, rising: when each forecast was made.
        start: the width to begin with.
        delay: steps until a forecast's truth is known, 1 or more.
        promise: share from 0 to 1.
        rate: in the unit of the distances: a miss adds ``rate * promise`` to the width, a hit
            takes ``rate * (1 - promise)`` away.

    Returns (n,). Whatever the series does, the share inside comes near ``promise`` in the long
    run; it says nothing of a single hour.

    Source: I. Gibbs, E. Candès (2021), Adaptive conformal inference under distribution shift.
    """
    values, steps = _flat(distances), np.asarray(steps)
    _check(promise=promise)
    if steps.shape != values.shape or (np.diff(steps) <= 0).any():
        raise wrong("steps", f"shape {steps.shape}", f"{values.shape}, each later than the last")
    if delay < 1:
        raise wrong("delay", delay, "1 or more steps")
    widths, width, known = np.empty(len(values)), float(start), 0
    for place, now in enumerate(steps):
        while steps[known] + delay <= now:
            width += rate * ((values[known] > widths[known]) - (1 - promise))
            known += 1
        widths[place] = width
    return widths


def _flat(distances):
    values = np.asarray(distances, dtype=np.float64)
    if values.ndim != 1 or len(values) == 0 or np.isnan(values).any():
        raise wrong("distances", f"shape {values.shape}", "one or more numbers in a row, no NaN")
    return values


def _check(promise):
    if not 0 < promise < 1:
        raise wrong("promise", promise, "a share between 0 and 1")
