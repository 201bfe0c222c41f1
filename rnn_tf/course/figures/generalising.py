"""Over-fitting and its remedies drawn: curves with their turn, remedies seed by seed."""

import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels, spread


def curves(epochs, runs, *, x, y, baseline=None, mark=None):
    """What happens during training, the median over seeds and the band from smallest to largest.

    Args:
        epochs: (points,)
        runs: name → (seeds, points)
        x, y: names of the axes.
        baseline: ``(name, value)`` of a dotted line, or ``None``.
        mark: ``(name, epoch)`` of a vertical line, or ``None``.
    """
    figure, (axis,) = panels()
    for name, values in runs.items():
        spread(axis, epochs, values, name)
    if baseline is not None:
        axis.axhline(baseline[1], color="black", linestyle=":", linewidth=1, label=baseline[0])
    if mark is not None:
        axis.axvline(mark[1], color="0.4", linestyle="-", linewidth=1, label=mark[0])
    axis.set_ylim(bottom=0)
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def by_remedy(groups, *, x, lines, limits=None):
    """Every seed of every remedy as a dot, the median as a bar; a panel each way of stopping.

    Args:
        groups: title of a panel → name of a remedy → (seeds,); the same remedies in each.
        x: name of the horizontal axes.
        lines: ``[(name, value), …]``: dotted and dashed lines to compare with.
        limits: of the horizontal axes; what lies beyond is drawn on the edge.
    """
    names = list(next(iter(groups.values())))
    figure, axes = panels(len(groups), width=4.2, height=0.6 + 0.33 * len(names))
    for axis, (title, remedies) in zip(axes, groups.items(), strict=True):
        for place, name in enumerate(names):
            values = np.asarray(remedies[name], dtype=float)
            shown = values if limits is None else np.clip(values, *limits)
            colour = COLOURS[place % 6]
            axis.plot(
                shown, np.full(len(shown), place), "o", color=colour, alpha=0.5, clip_on=False
            )
            middle = np.median(shown)
            axis.plot(
                [middle, middle], [place - 0.35, place + 0.35], "-", color=colour, linewidth=2
            )
        for (name, value), style in zip(lines, (":", "--", "-."), strict=False):
            axis.axvline(value, color="black", linestyle=style, linewidth=1, label=name)
        axis.set_yticks(range(len(names)), names if axis is axes[0] else [])
        axis.set_ylim(len(names) - 0.5, -0.5)
        if limits is not None:
            axis.set_xlim(*limits)
        label(axis, x, "", title)
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
