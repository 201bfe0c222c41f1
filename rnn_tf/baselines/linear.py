"""The linear rival: every value of the window has one weight, and nothing recurs. NumPy only.

>>> predict = linear.fit(train_rows, train_targets, ridge=100)
>>> predict(test_rows)
"""

import numpy as np

from rnn_tf.errors import wrong

#: Errors below this (in units of the targets) weigh no more: one of nothing would weigh all.
_SMALL = 0.02


def fit(rows, targets, *, ridge=1.0, loss="squared", rounds=8):
    """The weights that err least, with a penalty on large ones; returns ``predict``.

    Args:
        rows: what is known of each example, (n, ...): flattened to (n, values).
        targets: (n, outputs).
        ridge: penalty: ``ridge`` times the sum of squared weights. The constant is free.
        loss: ``"squared"``, or ``"absolute"``: then the rows are weighed anew, ``rounds`` times,
            by one over their last absolute error, which leads to the least absolute errors.

    ``predict(rows)`` gives (n, outputs).

    Source: A. Hoerl, R. Kennard (1970), Ridge regression; E. Schlossmacher (1973), An iterative
    technique for absolute deviations curve fitting.
    """
    table, targets = _table(rows), np.asarray(targets, dtype=np.float64)
    if targets.ndim != 2 or len(targets) != len(table):
        raise wrong("targets", f"shape {targets.shape}", f"({len(table)}, outputs)")
    if loss not in ("squared", "absolute"):
        raise wrong("loss", repr(loss), "'squared' or 'absolute'")
    if not ridge >= 0:
        raise wrong("ridge", ridge, "0 or more")
    weights = _solve(table, targets, np.ones(len(table)), ridge)
    if loss == "absolute":
        columns = []
        for target, column in zip(targets.T[..., None], weights.T[..., None], strict=True):
            for _ in range(rounds):
                error = np.abs(target - table @ column)[:, 0]
                column = _solve(table, target, 1 / np.maximum(error, _SMALL), ridge)
            columns.append(column)
        weights = np.concatenate(columns, axis=1)

    def predict(rows):
        table = _table(rows)
        if table.shape[1] != len(weights):
            raise wrong("rows", f"{table.shape[1] - 1} values", f"{len(weights) - 1}, as fitted")
        return table @ weights

    return predict


def _table(rows):
    """(n, values + 1): a column of ones first."""
    rows = np.asarray(rows, dtype=np.float64)
    return np.insert(rows.reshape(len(rows), -1), 0, 1, axis=1)


def _solve(table, targets, weigh, ridge):
    weighed = table * weigh[:, None]
    penalty = ridge * np.eye(table.shape[1])
    penalty[0, 0] = 0
    squares, products = weighed.T @ table + penalty, weighed.T @ targets
    if ridge == 0:  # columns that say the same leave more than one answer: take the smallest
        return np.linalg.lstsq(squares, products, rcond=None)[0]
    return np.linalg.solve(squares, products)
