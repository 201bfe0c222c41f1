"""The rival that only remembers: what is asked gets the class of those known that are most like it.

>>> predict = neighbours.fit(resampled(train_curves, 10), train_classes, k=5)
>>> predict(resampled(test_curves, 10))
"""

import numpy as np

from rnn_tf.errors import wrong


def resampled(curves, points):
    """Curves of unequal length, (frames,) each, stretched to (n, points) by straight lines."""
    if points < 2:
        raise wrong("points", points, "2 or more")
    if min(map(len, curves), default=1) == 0:
        raise wrong("curves", "one without a value", "one value or more in each")
    rows = [np.interp(np.linspace(0, len(c) - 1, points), range(len(c)), c) for c in curves]
    return np.reshape(rows, (-1, points))


def fit(rows, classes, *, k=5):
    """The rows remembered; returns ``predict``.

    Args:
        rows: (n, values).
        classes: (n,), whole numbers from 0.
        k: how many neighbours vote. Of classes with as many votes the lowest wins.

    ``predict(rows)`` gives (n,): the class that most of the k nearest have, by Euclidean distance.

    Source: T. Cover, P. Hart (1967), Nearest neighbor pattern classification.
    """
    rows, classes = np.asarray(rows, dtype=np.float64), np.asarray(classes)
    if rows.ndim != 2 or classes.shape != (len(rows),):
        raise wrong("classes", f"shape {classes.shape}", f"one for each row of {rows.shape}")
    if not 1 <= k <= len(rows):
        raise wrong("k", k, f"1 to {len(rows)}, as many as there are rows")
    one_hot = np.eye(classes.max() + 1)[classes]

    def predict(asked):
        asked = np.asarray(asked, dtype=np.float64)
        if asked.ndim != 2 or asked.shape[1] != rows.shape[1]:
            raise wrong("rows", f"shape {asked.shape}", f"(n, {rows.shape[1]}), as fitted")
        distances = ((asked[:, None] - rows) ** 2).sum(axis=2)
        nearest = np.argsort(distances, axis=1, kind="stable")[:, :k]
        return one_hot[nearest].sum(axis=1).argmax(axis=1)

    return predict
