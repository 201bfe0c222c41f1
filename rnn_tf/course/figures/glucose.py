"""Forecasts of a quantity that is dangerous when it is low: alarms, intervals, gaps."""

import numpy as np

from rnn_tf.course.figures.style import COLOURS, LINE_STYLES, label, panels, spread

_MEASURED = {"color": "0.45", "linestyle": "-", "linewidth": 2.2}


def alarms(time, measured, forecasts, low, names, labels):
    """What was measured, some forecasts of it, and below them when each of them warns.

    Args:
        time: (points,), hours.
        measured: (points,)
        forecasts: by name, (points,) each.
        low: warned is where a forecast is below.
        names: words for what was measured and for ``low``.
        labels: names of time and value; words for "warns" and "is low".

    Returns the figure.
    """
    figure, (above, below) = panels(2, columns=1, width=7.0, height=2.3)
    above.plot(time, measured, label=names[0], **_MEASURED)
    below.plot(*_where(time, measured < low, 0), "s", color="0.45", markersize=3)
    for row, (name, values) in enumerate(forecasts.items(), start=1):
        look = {"color": COLOURS[row - 1], "linestyle": LINE_STYLES[row - 1]}
        above.plot(time, values, lw=1.3, label=name, **look)
        below.plot(*_where(time, values < low, -row), "s", color=COLOURS[row - 1], markersize=3)
    above.axhline(low, color="black", linestyle=":", linewidth=1, label=names[1])
    below.set_yticks([-row for row in range(len(forecasts) + 1)], [labels[3], *forecasts])
    below.set_ylim(-len(forecasts) - 0.6, 0.6)
    below.set_xlim(above.get_xlim())
    label(above, "", labels[1])
    label(below, labels[0], "", labels[2])
    above.legend(fontsize=8, ncols=2)
    return figure


def _where(time, shown, height):
    return np.asarray(time)[shown], np.full(int(np.sum(shown)), height)


def what_came(values, low, words):
    """A histogram of what followed one and the same forecast, the part below ``low`` in red.

    Args:
        values: (cases,)
        low: the border.
        words: for "below", "above" and the mean; names of value and count.

    Returns the figure.
    """
    figure, (axis,) = panels()
    edges = np.arange(np.floor(np.min(values) / 5) * 5, np.max(values) + 5, 5)
    for place, part in ((1, values < low), (0, values >= low)):
        shown = words[0] if place else words[1]
        axis.hist(values[part], edges, color=COLOURS[place], alpha=0.8, label=shown)
    mean = float(np.mean(values))
    axis.axvline(mean, color="black", linestyle="--", linewidth=1.5, label=f"{words[2]} {mean:.0f}")
    axis.axvline(low, color="black", linestyle=":", linewidth=1)
    label(axis, *words[3:])
    axis.legend()
    return figure


def fan(time, measured, quantiles, low, names, labels):
    """An interval that moves with the forecast, and one low quantile that warns.

    Args:
        time: (points,), hours.
        measured: (points,)
        quantiles: lower end, warning quantile, median, upper end: (points, 4).
        low: warned is where the second quantile is below.
        names: words for measured, interval, median, warning quantile, warning.
        labels: names of time and value.

    Returns the figure.
    """
    figure, (axis,) = panels()
    lower, warning, middle, upper = np.transpose(quantiles)
    axis.fill_between(time, lower, upper, color=COLOURS[0], alpha=0.2, lw=0, label=names[1])
    axis.plot(time, middle, color=COLOURS[0], linestyle="--", lw=1.2, label=names[2])
    axis.plot(time, warning, color=COLOURS[1], linestyle="-", lw=1.2, label=names[3])
    axis.plot(time, measured, label=names[0], **_MEASURED)
    axis.axhline(low, color="black", linestyle=":", linewidth=1)
    floor = min(np.min(lower), low) - 8
    rings = _where(time, warning < low, floor)
    axis.plot(*rings, "s", color=COLOURS[1], markersize=3, label=names[4])
    label(axis, *labels)
    axis.legend(fontsize=8, ncols=2)
    return figure


def trade_off(curves, marks, name, labels, *, most):
    """What is warned of against what it costs in false alarms, for every cut.

    Args:
        curves: by name, false alarms a day (cuts,) and the share warned of (cuts,).
        marks: by name, the same two numbers at the usual cut.
        name: words for the marks.
        labels: names of the two axes.
        most: false alarms a day at which the picture ends.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for place, (who, (false, warned)) in enumerate(curves.items()):
        look = {"color": COLOURS[place], "linestyle": LINE_STYLES[place]}
        axis.plot(false, warned, label=who, **look)
        axis.plot(*marks[who], "o", color=COLOURS[place], markersize=8)
    axis.plot([], [], "o", color="0.4", label=name)
    axis.set_xlim(-0.5, most)
    axis.set_ylim(-0.03, 1)
    label(axis, *labels)
    axis.legend(fontsize=8, loc="upper left", ncols=2)
    return figure


def coverage(weeks, runs, promise, name, labels):
    """The share of measured values inside an interval, week by week.

    Args:
        weeks: (weeks,)
        runs: by name, (seeds, weeks) each.
        promise: the share that was promised.
        name: a word for it.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for who, values in runs.items():
        spread(axis, weeks, values, who).set_marker("o")
    axis.axhline(promise, color="black", linestyle="--", linewidth=1, label=name)
    axis.xaxis.get_major_locator().set_params(integer=True)
    label(axis, *labels)
    axis.legend(fontsize=8)
    return figure


def silent(shares, counts, names, labels):
    """How often nothing is measured a while later, by the value now.

    Args:
        shares: (bins,), from 0 to 1.
        counts: (bins,): of how many readings each is a share; stands above the bar.
        names: (bins,): words for the bins.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    bars = axis.bar(range(len(shares)), 100 * np.asarray(shares), color=COLOURS[0], alpha=0.85)
    bars[0].set_color(COLOURS[1])
    axis.bar_label(bars, [f"n = {count:,}" for count in counts], fontsize=8)
    axis.set_xticks(range(len(names)), names)
    label(axis, *labels)
    return figure


def mended(time, measured, fillings, hidden, names, labels):
    """A gap in a record, and two ways of filling it.

    Args:
        time, measured: (points,)
        fillings: rows of (points,), one a way.
        hidden: slice of the points that were hidden.
        names: words for measured, for each filling, and for hidden.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    half = (time[1] - time[0]) / 2
    first, last = time[hidden][0] - half, time[hidden][-1] + half
    axis.axvspan(first, last, color="0.6", alpha=0.25, lw=0, label=names[-1])
    axis.plot(time, measured, label=names[0], **_MEASURED)
    around = slice(hidden.start - 1, hidden.stop + 1)
    for place, values in enumerate(fillings):
        look = {"color": COLOURS[place], "linestyle": LINE_STYLES[place], "marker": "."}
        axis.plot(time[around], values[around], label=names[1 + place], **look)
    label(axis, *labels)
    axis.legend(fontsize=8)
    return figure


def calibration(said, came, names, labels):
    """How often it came true against how often it was said to.

    Args:
        said, came: (parts, groups): mean chance that was said, and share that came true.
        names: words for each part, and for the diagonal.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for place, (chance, share) in enumerate(zip(said, came, strict=True)):
        look = {"color": COLOURS[place], "linestyle": LINE_STYLES[place], "marker": "o"}
        axis.plot(chance, share, label=names[place], **look)
    top = max(np.max(said), np.max(came))
    axis.plot([0, top], [0, top], color="black", linestyle=":", linewidth=1, label=names[-1])
    label(axis, *labels)
    axis.legend()
    return figure
