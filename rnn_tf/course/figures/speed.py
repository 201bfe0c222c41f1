"""Where the time goes: sketches of a processor at work, and times that were measured."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, StrMethodFormatter

from rnn_tf.course.figures.style import COLOURS, label, panels
from rnn_tf.course.numbers import rounded

WORK, INPUTS, GAP = COLOURS[1], COLOURS[0], "0.85"


def tokens(speeds, *, x, log=False):
    """Tokens a second, one bar a way, with its number.

    Args:
        speeds: name of the way → tokens a second.
        x: name of the axis.
        log: whether the axis is logarithmic.
    """
    figure, axis = plt.subplots(figsize=(7.0, 0.9 + 0.5 * len(speeds)))
    values = list(speeds.values())
    axis.barh(range(len(values)), values, color=COLOURS[0])
    for place, value in enumerate(values):
        axis.annotate(
            f"{value:,.0f}", (value, place), (5, 0), textcoords="offset points", va="center"
        )
    if log:
        axis.set(xscale="log", xlim=(min(values) / 3, max(values) * 6))
    else:
        axis.set_xlim(0, max(values) * 1.15)
    _names(axis, speeds)
    axis.set_xlabel(x)
    return figure


def waiting(rows, *, work, asking, x):
    """A sketch of one core: its work, and the asking for it.

    Args:
        rows: title → (how many pieces of work, length of a piece, length of the gap before it).
        work, asking: names of the two in the legend.
        x: name of the time axis.
    """
    figure, axes = plt.subplots(len(rows), 1, figsize=(7.0, 0.75 * len(rows) + 0.9), sharex=True)
    for axis, (title, (count, length, gap)) in zip(axes, rows.items(), strict=True):
        starts = np.arange(count) * (length + gap)
        axis.broken_barh([(start, gap) for start in starts], (0, 1), color=GAP)
        axis.broken_barh([(start + gap, length) for start in starts], (0, 1), color=WORK)
        axis.set_title(title, loc="left", fontsize=10)
        axis.set(yticks=[], ylim=(0, 1))
        axis.spines["left"].set_visible(False)
        axis.grid(False)
    axes[-1].set(xticks=[], xlabel=x)
    for colour, name in ((WORK, work), (GAP, asking)):
        axes[-1].broken_barh([], (0, 0), color=colour, label=name)
    axes[-1].legend(loc="lower right", bbox_to_anchor=(1, 0.9), ncols=2)
    return figure


def call(counts, measured, a_call, a_row, *, x, y, names):
    """Time of a call against the rows in it, with the line ``a_call + a_row · rows``.

    Args:
        counts, measured: (points,) rows, and microseconds.
        names: of the points, of the line, of its first part alone.
    """
    figure, (axis,) = panels()
    fine = np.geomspace(counts[0], counts[-1], 100)
    axis.plot(fine, a_call + a_row * fine, "-", color=COLOURS[0], label=names[1])
    axis.axhline(a_call, color=COLOURS[1], linestyle="--", label=names[2])
    axis.plot(counts, measured, "o", color="black", label=names[0])
    axis.set(xscale="log", yscale="log", xticks=counts, xticklabels=map(str, counts))
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.minorticks_off()
    axis.set_ylim(bottom=0.4 * min(a_call, *measured))
    label(axis, x, y)
    axis.legend(loc="upper left")
    return figure


def cores(rows, *, core, kinds, x):
    """A sketch of two cores at work on time steps and on inputs.

    Args:
        rows: title → for each core its pieces ``(start, length, kind)``, kind 0 a time step and
            1 inputs.
        core: what a core is called.
        kinds: names of the two kinds.
    """
    figure, axes = plt.subplots(len(rows), 1, figsize=(7.0, 1.15 * len(rows)), sharex=True)
    colours = (WORK, INPUTS)
    for axis, (title, by_core) in zip(axes, rows.items(), strict=True):
        for place, pieces in enumerate(by_core):
            for start, length, kind in pieces:
                axis.broken_barh([(start, length)], (0.6 - place, 0.75), color=colours[kind])
        axis.set(yticks=[0.97, -0.03], ylim=(-0.5, 1.45), xlim=(0, 10))
        axis.set_yticklabels([f"{core} {place}" for place in (1, 2)])
        axis.set_title(title, loc="left", fontsize=10)
        axis.grid(False)
    axes[-1].set(xticks=[], xlabel=x)
    for colour, name in zip(colours, kinds, strict=True):
        axes[-1].broken_barh([], (0, 0), color=colour, label=name)
    axes[-1].legend(loc="center right")
    return figure


def growth(counts, measured, line, *, x, y, names):
    """Times against a size, and the straight line through the first of them.

    Args:
        counts, measured, line: (points,)
        names: of the points, of the line.
    """
    figure, (axis,) = panels()
    axis.plot(counts, line, "--", color=COLOURS[1], label=names[1])
    axis.plot(counts, measured, "o", color=COLOURS[0], label=names[0])
    axis.set(xlim=(0, None), ylim=(0, None), xticks=counts)
    label(axis, x, y)
    axis.legend()
    return figure


def blocks(sizes, times, *, x, y, title):
    """A training step and its first call against the size of a block.

    Args:
        sizes: (points,)
        times: ``timing.Times`` of each.
        y: names of the two axes.
    """
    figure, (left, right) = panels(2, width=3.5, height=3.0)
    _spreads(left, sizes, times)
    right.plot(sizes, [one.first_call for one in times], marker="o")
    for axis, name in zip((left, right), y, strict=True):
        axis.set(xscale="log", ylim=(0, None), xticks=sizes, xticklabels=map(str, sizes))
        axis.minorticks_off()
        label(axis, x, name)
    figure.suptitle(title)
    return figure


def _spreads(axis, x, times):
    """Medians with their spread, in milliseconds."""
    medians = np.array([one.median for one in times])
    spans = np.abs([[one.seconds.min(), one.seconds.max()] for one in times] - medians[:, None])
    axis.errorbar(x, 1e3 * medians, 1e3 * spans.T, marker="o", capsize=3)


def ladder(groups, *, x, titles):
    """Times of many ways as bars, a panel a group; a line from the quickest turn to the slowest.

    Args:
        groups: two dicts name → ``timing.Times``; the first one's axis is logarithmic.
        x, titles: a name and a title for each panel.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.4, 3.9))
    for axis, times, name, title in zip(axes, groups, x, titles, strict=True):
        medians = 1e3 * np.array([one.median for one in times.values()])
        ends = 1e3 * np.array([[o.seconds.min(), o.seconds.max()] for o in times.values()])
        spans = np.abs(ends - medians[:, None]).T
        places = range(len(medians))
        axis.barh(places, medians, xerr=spans, color=COLOURS[0], capsize=2, ecolor="0.3")
        for place in places:
            axis.annotate(
                rounded(medians[place]),
                (ends[place, 1], place),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
        _names(axis, times)
        axis.set_xlabel(name)
        axis.set_title(title, fontsize=10)
        if axis is axes[0]:
            axis.set(xscale="log", xlim=(0.5 * ends.min(), 8 * ends.max()))
        else:
            axis.set_xlim(0, 1.25 * ends.max())
    return figure


def _names(axis, named):
    axis.set_yticks(range(len(named)), list(named))
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
