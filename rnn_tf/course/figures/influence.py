"""Drawings of what a network sees: which output moves with which input, and counts kept."""

import numpy as np
from matplotlib.colors import LogNorm

from rnn_tf.course.figures.style import label, panels


def maps(matrices, *, x, y, unit, decades=6):
    """How far each output moves with each input, a map a network; white is exactly nothing.

    Args:
        matrices: name → (steps, steps), a row for each step of the output.
        x, y: names of the axes.
        unit: name of the colour scale, which is one for all, in powers of ten.
        decades: the scale goes this far down from the largest change; what is less has its
            last colour.
    """
    figure, axes = panels(len(matrices), width=2.9, height=2.9)
    largest = max(np.max(matrix) for matrix in matrices.values())
    norm = LogNorm(largest * 10.0**-decades, largest)
    for axis, (name, matrix) in zip(axes, matrices.items(), strict=True):
        shown = np.ma.masked_equal(matrix, 0.0)
        edge = len(matrix) + 0.5
        image = axis.imshow(
            np.ma.maximum(shown, norm.vmin),
            cmap="cividis",
            norm=norm,
            extent=(0.5, edge, edge, 0.5),
            interpolation="nearest",
        )
        axis.plot([0.5, edge], [0.5, edge], color="0.5", linestyle=":", linewidth=1)
        axis.grid(False)
        label(axis, x, y, name)
    figure.colorbar(image, ax=axes, label=unit)
    return figure


def counts(presses, states, *, x, y, true):
    """States that count presses, beside the true count.

    Args:
        presses: (points,), how many presses.
        states: name → (points,)
        x, y: names of the axes, both on a scale of powers of ten.
        true: name of the line on which state and count agree.
    """
    figure, (axis,) = panels()
    axis.plot(presses, presses, color="0.7", linewidth=5, linestyle="-", label=true)
    for name, values in states.items():
        axis.plot(presses, values, label=name)
    axis.set(xscale="log", yscale="log")
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
