"""One person's blood glucose, every five minutes for half a year, with the gaps of a real sensor.

One person's data, and no claim about health: what holds here need not hold for anybody else.

Source: given to the public domain by the person measured; PyPI bokeh-sampledata 2026.1.
"""

import numpy as np

from rnn_tf.datasets import grid, series
from rnn_tf.datasets.base import resolve

SHIPPED = "glucose/glucose.csv.gz"


def read(path=None):
    """The readings on a grid of five minutes, ``Grid`` of one column ``glucose`` in mg/dl.

    A step holds the mean of the readings that fall into its five minutes; where there is none, NaN.
    """
    path = resolve("glucose", path, shipped=SHIPPED).path
    return grid.read(path, time="datetime", columns=("glucose",), every="5 min")


def load(path=None, *, num_steps=24, horizon=(6,), max_fill=2, validation=0.2, test=0.2, **cut):
    """Windows of past glucose and what it became: by default two hours, and 30 minutes ahead.

    Args:
        path: a file like the shipped one: columns ``datetime`` and ``glucose``.
        num_steps, horizon, max_fill: in steps of five minutes, as in ``series.prepare``.
        validation, test, cut: as there.

    Returns a ``Series``; ``actual`` and ``last`` are in mg/dl.
    """
    found = resolve("glucose", path, shipped=SHIPPED)
    measured = read(path)
    return series.prepare(
        measured,
        num_steps=num_steps,
        horizon=horizon,
        max_fill=max_fill,
        validation=validation,
        test=test,
        name="glucose",
        source=found.source(int(np.isfinite(measured.values).sum()), "steps of five minutes"),
        **cut,
    )
