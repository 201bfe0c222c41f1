"""Curves over a number of steps: lengths, windows, places in a window; with their spread."""

from rnn_tf.course.figures.style import label, panels, spread


def curves(groups, *, x, ys, baseline=None, powers=False):
    """One panel a group, one curve a name: the median over seeds, with the band around it.

    Args:
        groups: title of a panel → name → (points, runs): (n,) and (seeds, n).
        x: name of the horizontal axes.
        ys: name of the vertical axis of each panel.
        baseline: ``(name, value)`` of a dotted line in the first panel.
        powers: horizontal axes on a scale of powers.

    Returns the figure.
    """
    figure, axes = panels(len(groups), width=4.0)
    for axis, y, (title, lines) in zip(axes, ys, groups.items(), strict=True):
        for name, (points, runs) in lines.items():
            line = spread(axis, points, runs, name)
            if len(points) < 15:
                line.set_marker("o")
                line.set_markersize(4)
        if powers:
            axis.set_xscale("log")
        axis.set_ylim(bottom=0)
        label(axis, x, y, title)
    if baseline:
        name, value = baseline
        axes[0].axhline(value, color="black", linestyle=":", linewidth=1, label=name)
    for place, axis in enumerate(axes):
        axis.legend(loc="lower right" if place else "lower left")
    return figure
