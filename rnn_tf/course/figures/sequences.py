"""Sequences of unequal length drawn: padding, batches, gaps and what they cost."""

import numpy as np
from matplotlib.patches import Patch

from rnn_tf.course.figures.style import COLOURS, label, panels

_PADDING, _MARKS = "0.85", ("s", "o", "^", "v", "D", "X", "P")


def answers(believed, classes, ways, *, x, y):
    """What networks believe of one sequence, asked in two ways.

    Args:
        believed: title of a panel → for each way (classes,), probabilities.
        classes: names of the classes.
        ways: names of the ways in which it was asked.
        x, y: names of the axes.
    """
    figure, axes = panels(len(believed), width=3.6, height=3.0)
    places, width = np.arange(len(classes)), 0.8 / len(ways)
    for axis, (title, shares) in zip(axes, believed.items(), strict=True):
        for number, (way, heights) in enumerate(zip(ways, shares, strict=True)):
            shift = (number - (len(ways) - 1) / 2) * width
            look = {"color": COLOURS[number], "hatch": ("", "//")[number % 2], "edgecolor": "white"}
            axis.bar(places + shift, heights, width, label=way, **look)
        axis.set_xticks(places, classes)
        axis.set_ylim(0, 1)
        axis.grid(axis="x", visible=False)
        label(axis, x, y if axis is axes[0] else "", title)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(ways))
    return figure


def rectangle(lengths, num_steps, *, titles, x, y, kinds):
    """The same sequences as a padded rectangle, as its mask, and laid end to end.

    Args:
        lengths: (count,), real steps.
        num_steps: steps of the rectangle.
        titles: of the three panels.
        x, y: names of the axes of the first two panels; the third counts steps as well.
        kinds: names of a real step, of padding, and of a joint.
    """
    count = len(lengths)
    figure, axes = panels(3, width=2.9, height=3.0)
    for axis, width in zip(axes[:2], (0.0, 0.6), strict=True):
        for row, length in enumerate(lengths):
            colour = COLOURS[row % 6] if axis is axes[0] else "black"
            back = _PADDING if axis is axes[0] else "white"
            axis.barh(row, num_steps, 0.8, color=back, edgecolor="0.5", linewidth=width)
            axis.barh(row, length, 0.8, color=colour)
        axis.set(xlim=(0, num_steps), ylim=(count - 0.5, -0.5), yticks=[])
    ends = np.cumsum(lengths)
    for row, (start, end) in enumerate(zip(ends - lengths, ends, strict=True)):
        while start < end:  # a row of the packed sheet is as wide as the rectangle
            line, place = divmod(start, num_steps)
            piece = min(end - start, num_steps - place)
            axes[2].barh(line, piece, 0.8, left=place, color=COLOURS[row % 6])
            start += piece
        if row < count - 1:
            line, place = divmod(end, num_steps)
            axes[2].plot([place] * 2, [line - 0.5, line + 0.5], "-", color="black", linewidth=2)
    axes[2].set(xlim=(0, num_steps), ylim=(count - 0.5, -0.5), yticks=[])
    for axis, title in zip(axes, titles, strict=True):
        axis.grid(False)
        label(axis, x, y if axis is axes[0] else "", title)
    figure.legend(
        handles=[
            Patch(color=COLOURS[0], label=kinds[0]),
            Patch(color=_PADDING, label=kinds[1]),
            axes[2].plot([], [], "-", color="black", linewidth=2, label=kinds[2])[0],
        ],
        loc="outside lower center",
        ncols=3,
    )
    return figure


def batches(ways, *, x, y, kinds):
    """How wide the batches of an epoch are, in their order, and how much of them is real.

    Args:
        ways: title of a panel → (widths, means), both (batches,): steps of a batch, and the mean
            of its sequences' lengths.
        x, y: names of the axes.
        kinds: names of real steps and of padding.
    """
    figure, axes = panels(len(ways), width=2.9, height=2.8)
    for axis, (title, (widths, means)) in zip(axes, ways.items(), strict=True):
        places = np.arange(1, len(widths) + 1)
        axis.bar(places, widths, 0.8, color=_PADDING, label=kinds[1])
        axis.bar(places, means, 0.8, color=COLOURS[0], label=kinds[0])
        axis.set_ylim(0, max(max(found[0]) for found in ways.values()) * 1.05)
        axis.grid(axis="x", visible=False)
        label(axis, x, y if axis is axes[0] else "", title)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def filled(truth, missing, ways, *, measured, hidden, x, y):
    """A window that ends in a gap, what ways of filling make of it, and what came afterwards.

    Args:
        truth: (steps,), hidden where ``missing`` (steps,) is true, and behind the window.
        ways: name → (window's steps,), drawn inside the gap. Hour 0 is the last of the window.
        measured, hidden: names of the two parts of the truth.
        x, y: names of the axes.
    """
    figure, (axis,) = panels()
    width = len(next(iter(ways.values())))
    hours = np.arange(len(truth)) - width + 1
    unseen = np.asarray(missing) | (hours > 0)
    axis.axvspan(0.5, hours[-1] + 0.5, color=_PADDING, zorder=0)
    axis.plot(hours, np.where(unseen, np.nan, truth), "-", color="black", label=measured)
    beside = unseen | np.roll(unseen, 1) | np.roll(unseen, -1)
    axis.plot(hours, np.where(beside, truth, np.nan), ":", color="black", label=hidden)
    for number, (name, values) in enumerate(ways.items()):
        line = np.where(missing[:width], values, np.nan)
        look = {"marker": _MARKS[number], "color": COLOURS[number]}
        axis.plot(hours[:width], line, "-", ms=4, linewidth=1, label=name, **look)
    axis.set_xlim(hours[0] - 0.5, hours[-1] + 0.5)
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def two_errors(ways, *, x, y, hollow=None):
    """Two judgements of each way against each other: every seed a point, the medians large.

    Args:
        ways: name → (x values, y values), one a seed.
        hollow: the name that is drawn as rings, for it lies upon another one.
        x, y: names of the axes.
    """
    figure, (axis,) = panels()
    for number, (name, (across, up)) in enumerate(ways.items()):
        look = {"marker": _MARKS[number], "linestyle": "none", "color": COLOURS[number]}
        if name == hollow:
            look |= {"marker": "o", "fillstyle": "none"}
        axis.plot(across, up, ms=8 if name == hollow else 4, alpha=0.5, **look)
        size = 18 if name == hollow else 10
        axis.plot(np.median(across), np.median(up), ms=size, label=name, **look)
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
