"""Forecasts drawn beside what was measured, and beside the forecast that is only late."""

import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels, points_by_seed, spread

_MEASURED = {"color": "0.45", "linestyle": "-", "linewidth": 2.2}


def curves(time, measured, forecasts, names, labels, *, lag_at=()):
    """What was measured and one forecast or more, over time.

    Args:
        time: (points,), hours.
        measured: (points,)
        forecasts: rows of (points,), one a forecast.
        names: a word for what was measured and for each forecast.
        labels: names of the two axes.
        lag_at: times from which an arrow leads one step to the right, from a measured value to
            the same value of the first forecast.

    Returns the figure.
    """
    figure, (axis,) = panels()
    marker = "." if len(time) < 60 else None
    axis.plot(time, measured, marker=marker, label=names[0], **_MEASURED)
    for place, (values, name) in enumerate(zip(forecasts, names[1:], strict=True)):
        colour, style = COLOURS[(1, 0)[place]], ("-", "--")[place]
        axis.plot(time, values, color=colour, linestyle=style, marker=marker, lw=1.3, label=name)
    for start in lag_at:
        height = measured[np.flatnonzero(np.asarray(time) == start)[0]]
        arrow = {"arrowstyle": "-|>", "color": "black", "shrinkA": 0, "shrinkB": 0, "lw": 1.4}
        axis.annotate("", xy=(start + 1, height), xytext=(start, height), arrowprops=arrow)
    label(axis, *labels)
    axis.legend()
    return figure


def windows(series, num_steps, starts, names, labels):
    """A series, and below it some windows with the value that follows each.

    Args:
        series: (points,)
        num_steps: values in a window.
        starts: where the windows begin.
        names: words for window and target.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    axis.plot(series, color="0.45", linewidth=1, marker=".", linestyle="-")
    low, high = np.min(series), np.max(series)
    gap = (high - low) / 9
    for row, start in enumerate(starts):
        height = low - gap * (row + 1.2)
        shown = names if row == 0 else (None, None)
        ends = [start, start + num_steps - 1]
        axis.plot(ends, [height] * 2, color=COLOURS[0], lw=6, ls="-", label=shown[0])
        after = start + num_steps
        axis.plot(after, height, "s", color=COLOURS[1], label=shown[1])
        axis.plot([after] * 2, [height, series[after]], color=COLOURS[1], lw=0.8, ls=":")
    label(axis, *labels)
    axis.legend(loc="upper right", ncols=2)
    axis.set_ylim(top=high + 2 * gap)
    return figure


def with_errors(time, measured, forecasts, names, labels, *, expected=None):
    """Forecasts above, their errors below.

    Args:
        time: (points,)
        measured: (points,)
        forecasts: rows of (points,), one a forecast.
        names: a word for what was measured and for each forecast; one more for ``expected``.
        labels: names of the time, the values, and the error.
        expected: half the height of a grey band in the lower panel.

    Returns the figure.
    """
    figure, (above, below) = panels(2, columns=1, width=7.0, height=2.4)
    dots = expected is not None
    style = {"color": "0.45", "linestyle": "", "marker": "."} if dots else _MEASURED
    above.plot(time, measured, label=names[0], **style)
    for place, values in enumerate(forecasts):
        look = {"color": COLOURS[(0, 1)[place]], "linestyle": ("-", "--")[place], "lw": 1.3}
        above.plot(time, values, label=names[1 + place], **look)
        below.plot(time, np.asarray(values) - measured, **look)
    below.axhline(0, color="black", linewidth=0.8, linestyle="-")
    if expected is not None:
        below.axhspan(-expected, expected, color="0.6", alpha=0.3, lw=0, label=names[-1])
        below.legend(loc="upper right")
    label(above, "", labels[1])
    label(below, labels[0], labels[2])
    if dots:
        above.margins(y=0.3)
    above.legend(loc="upper right", ncols=3 if dots else 1)
    return figure


def by_lead_time(errors, example, names, labels):
    """Error against the hours ahead, and one forecast with its usual error.

    Args:
        errors: by name of a forecast, (hours,), or (seeds, hours); the first is the network's.
        example: measured (hours,), and the network's forecasts, (seeds, hours).
        names: words for what was measured, and for the error bars.
        labels: names of the hours ahead, the error, and the value.

    Returns the figure.
    """
    figure, (left, right) = panels(2)
    measured, runs = example
    ahead = np.arange(1, len(measured) + 1)
    network, own = next(iter(errors.items()))
    for name, values in errors.items():
        if np.ndim(values) == 2:
            spread(left, ahead, values, name)
        else:
            left.plot(ahead, values, label=name)
    label(left, labels[0], labels[1])
    left.legend(fontsize=8)
    right.plot(ahead, measured, marker=".", label=names[0], **_MEASURED)
    spread(right, ahead, runs, network, colour=COLOURS[0])
    usual, middle = np.median(own, axis=0), np.median(runs, axis=0)
    bars = {"fmt": "none", "ecolor": COLOURS[0], "alpha": 0.6, "capsize": 2}
    right.errorbar(ahead[2::6], middle[2::6], usual[2::6], label=names[1], **bars)
    label(right, labels[0], labels[2])
    right.legend(fontsize=8)
    return figure


def designs(names, runs, baseline, score):
    """The error of each design, seed by seed, with a baseline as a dashed line.

    Args:
        names: a word for each design.
        runs: for each design its errors, one a seed.
        baseline: ``(word, value)``
        score: name of the error, with its unit.

    Returns the figure.
    """
    figure, (axis,) = panels()
    points_by_seed(axis, names, runs, baseline=baseline)
    if baseline is not None:
        axis.legend(loc="center right")
    axis.set_xlim(-0.6, len(names) - 0.4)
    axis.set_ylabel(score)
    axis.tick_params(axis="x", labelsize=9)
    return figure


def on_noise(losses, targets, outputs, names, labels):
    """A loss that falls to the floor of noise, and what the outputs look like then.

    Args:
        losses: (epochs,)
        targets, outputs: values from 0 to 1, any number.
        names: words for the training loss, the targets and the outputs.
        labels: names of epoch, loss, value and density.

    Returns the figure.
    """
    figure, (left, right) = panels(2)
    epochs = np.arange(1, len(losses) + 1)
    left.plot(epochs, losses, marker="o", label=names[0])
    left.axhline(1 / 12, color="black", linestyle="--", linewidth=1, label="1/12")
    left.xaxis.get_major_locator().set_params(integer=True)
    label(left, labels[0], labels[1])
    left.legend()
    bins = np.linspace(0, 1, 41)
    for place, values in enumerate((targets, outputs)):
        look = {"color": COLOURS[place], "alpha": 0.75, "label": names[1 + place]}
        right.hist(np.ravel(values), bins, density=True, **look)
    label(right, labels[2], labels[3])
    right.legend()
    return figure


def gaps(time, values, name, labels):
    """A series with the hours marked in which nothing was measured.

    Args:
        time: (points,)
        values: (points,), NaN where nothing was measured.
        name: a word for the marked hours.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    axis.plot(time, values, marker=".")
    for number, place in enumerate(np.asarray(time)[np.isnan(values)]):
        shown = name if number == 0 else None
        axis.axvspan(place - 0.5, place + 0.5, color=COLOURS[1], alpha=0.3, lw=0, label=shown)
    label(axis, *labels)
    axis.legend()
    return figure
