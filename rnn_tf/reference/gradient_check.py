"""Compare gradients written by hand with gradients measured by wiggling every number."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnn_tf.errors import wrong


class GradientRow(NamedTuple):
    """One tensor of a check. ``analytic`` and ``numeric`` are shown where they differ most."""

    name: str
    shape: tuple
    analytic: float
    numeric: float
    relative_error: float


@dataclass(frozen=True)
class GradientReport:
    """The rows of a check; printed, a table."""

    rows: tuple[GradientRow, ...]

    @property
    def largest(self):
        """The largest relative error of all tensors."""
        return max(row.relative_error for row in self.rows)

    def holds(self, tolerance=1e-7):
        """Whether every tensor is within ``tolerance``."""
        return self.largest <= tolerance

    def __getitem__(self, name):
        return next(row for row in self.rows if row.name == name)

    def __iter__(self):
        return iter(self.rows)

    def __str__(self):
        width = max(len("tensor"), *(len(row.name) for row in self.rows))
        lines = [f"{'tensor':<{width}}  {'shape':<10} {'analytic':>13} {'numeric':>13}  rel. error"]
        lines += [
            f"{row.name:<{width}}  {'x'.join(map(str, row.shape)):<10} "
            f"{row.analytic:>13.6e} {row.numeric:>13.6e}  {row.relative_error:.1e}"
            for row in self.rows
        ]
        return "\n".join(lines)


def gradient_check(loss_and_gradients, tensors, *, step=1e-3, show=True):
    """Hold analytic gradients against finite differences, every entry of every tensor.

    Args:
        loss_and_gradients: function without arguments that returns ``(loss, gradients)``;
            ``gradients`` maps at least the names in ``tensors``. It must read the arrays in
            ``tensors`` themselves, not copies: they are changed in place, one entry at a time,
            and put back.
        tensors: name -> float64 array.
        step: how far an entry is moved.
        show: print the table.

    Returns a ``GradientReport``. Raises ``InputError`` if a tensor is not float64, or a gradient
    is missing or of another shape than its tensor.

    The relative error of a tensor is the largest of its entries' (see ``relative_error``).

    The slope is measured at four points, (8(L(+s) − L(−s)) − (L(+2s) − L(−2s))) / 12s: its error
    falls with s⁴, so a step of 1e-3 stays far from where float64 rounding starts to count.
    """
    _, gradients = loss_and_gradients()
    for name, tensor in tensors.items():
        _check_pair(name, tensor, gradients)
    analytic = {name: np.array(gradients[name], dtype=np.float64) for name in tensors}
    rows = []
    for name, tensor in tensors.items():
        numeric = numeric_gradient(lambda: loss_and_gradients()[0], tensor, step=step)
        errors = _entry_errors(analytic[name], numeric)
        worst = np.unravel_index(np.argmax(errors), errors.shape)
        rows.append(
            GradientRow(
                name,
                tensor.shape,
                float(analytic[name][worst]),
                float(numeric[worst]),
                float(errors[worst]),
            )
        )
    report = GradientReport(tuple(rows))
    if show:
        print(report)
    return report


def numeric_gradient(loss, tensor, *, step=1e-3):
    """∂loss/∂tensor by finite differences at four points; same shape as ``tensor``.

    ``loss`` takes no argument and must read ``tensor``, which is changed in place and put back.
    """
    gradient = np.empty_like(tensor)
    for index in np.ndindex(tensor.shape):
        here = tensor[index]

        def at(distance, index=index, here=here):
            tensor[index] = here + distance
            return float(loss())

        try:
            near = at(step) - at(-step)
            far = at(2 * step) - at(-2 * step)
        finally:
            tensor[index] = here
        gradient[index] = (8 * near - far) / (12 * step)
    return gradient


def relative_error(analytic, numeric):
    """The largest relative error of any entry of a tensor.

    An entry's error is |a − n| / max(|a|, |n|, m/1000, 1e-6), where m is the largest entry of
    both tensors. The third term keeps an entry that happens to be near zero from being judged
    by its rounding; the last does the same for a tensor that is zero all over. A right gradient
    of a smooth loss gives 1e-9 or less, a wrong one something near 1. Cosine similarity is no
    substitute: gradients that are half wrong reach 0.99 (F-000-02).
    """
    return float(np.max(_entry_errors(np.asarray(analytic), np.asarray(numeric))))


def _entry_errors(analytic, numeric):
    largest = max(np.abs(analytic).max(), np.abs(numeric).max())
    floor = max(largest / 1000.0, 1e-6)
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)
    errors = np.abs(analytic - numeric) / scale
    return np.where(np.isfinite(errors), errors, np.inf)  # nan must not pass


def _check_pair(name, tensor, gradients):
    if not isinstance(tensor, np.ndarray) or tensor.dtype != np.float64 or tensor.size == 0:
        kind = getattr(tensor, "dtype", type(tensor).__name__)
        raise wrong(f"tensors[{name!r}]", kind, "a float64 array: float32 rounds too coarsely")
    if name not in gradients:
        raise wrong("gradients", sorted(gradients), f"a gradient for {name!r}")
    shape = np.shape(gradients[name])
    if shape != tensor.shape:
        raise wrong(f"gradients[{name!r}]", shape, f"the shape of its tensor, {tensor.shape}")
