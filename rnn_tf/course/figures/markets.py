"""Forecasts of shares and of traffic: what is late, what a series remembers, what chance can do."""

import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels, points_by_seed, spread

_MEASURED = {"color": "0.45", "linestyle": "-", "linewidth": 2.2}


def lag(days, actual, forecast, before, errors, names, labels):
    """A stretch of days with the forecast and the price of the day before, and the error of the
    forecast against the price of some days earlier.

    Args:
        days, actual, forecast, before: (days,); ``before`` is the last known price.
        errors: (seeds, shifts), against the price of 0, 1, ... days earlier.
        names: words for the price, the forecast, and the price of the day before.
        labels: names of the days, the price, the shift, and the error.

    Returns the figure.
    """
    figure, (left, right) = panels(2)
    left.plot(days, actual, label=names[0], marker=".", **_MEASURED)
    left.plot(days, forecast, color=COLOURS[1], ls="-", marker=".", lw=1.3, label=names[1])
    left.plot(days, before, color=COLOURS[0], ls="--", lw=1.3, label=names[2])
    label(left, labels[0], labels[1])
    left.margins(y=0.28)
    left.legend(loc="upper left", fontsize=8)
    errors = np.asarray(errors)
    shifts = np.arange(errors.shape[1])
    for seed in errors:
        right.plot(shifts, seed, color=COLOURS[1], marker="o", ls="-", lw=1, alpha=0.8)
    best = int(np.median(errors, axis=0).argmin())
    right.axvline(best, color="black", ls=":", lw=1)
    right.set_xticks(shifts)
    right.set_ylim(bottom=0)
    label(right, labels[2], labels[3])
    return figure


def memory(correlations, bands, names, labels):
    """What each series remembers: its correlation with itself some steps earlier.

    Args:
        correlations: one row of (lags,) a series, from lag 1 up.
        bands: for each series, how far chance alone goes.
        names: a title for each panel.
        labels: for each panel the name of its lags; then the name of the correlation.

    Returns the figure.
    """
    figure, axes = panels(len(names), width=3.1, height=2.9)
    for place, axis in enumerate(axes):
        lags = np.arange(1, len(correlations[place]) + 1)
        axis.axhspan(-bands[place], bands[place], color="0.6", alpha=0.35, lw=0)
        axis.vlines(lags, 0, correlations[place], color=COLOURS[place], lw=1.6)
        axis.plot(lags, correlations[place], ".", color=COLOURS[place])
        axis.axhline(0, color="black", lw=0.8, ls="-")
        axis.set_ylim(-0.45, 1)
        label(axis, labels[place], labels[-1] if place == 0 else "", names[place])
    return figure


def directions(shares, errors, baseline, names, labels):
    """How often the direction was right, with two standard errors up and down, counted twice.

    Args:
        shares: (seeds,), from 0 to 1.
        errors: two rows of (seeds,): as if all forecasts were independent, and by days.
        baseline: ``(word, share)``, drawn as a dashed line.
        names: words for the two ways to count the error.
        labels: the seeds' names, and the name of the vertical axis.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for place, (error, name) in enumerate(zip(errors, names, strict=True)):
        bars = {"fmt": "none", "ecolor": COLOURS[(0, 1)[place]], "capsize": 5, "lw": 2}
        at = np.arange(len(shares)) + (0.12 if place else -0.12)
        axis.errorbar(at, shares, 2 * np.asarray(error), label=name, **bars)
        axis.plot(at, shares, "o", color=COLOURS[(0, 1)[place]])
    axis.axhline(baseline[1], color="black", ls="--", lw=1, label=baseline[0])
    axis.set_xticks(range(len(shares)), labels[0])
    axis.set_xlim(-0.5, len(shares) - 0.5)
    axis.set_ylabel(labels[1])
    axis.margins(y=0.35)
    axis.legend(loc="upper center", ncols=3, fontsize=9)
    return figure


def off_the_map(days, actual, forecast, seen_until, highest, names, labels):
    """A price over many years, and its forecast, which was learnt in the first of them.

    Args:
        days: (days,) datetime64; actual, forecast: (days,).
        seen_until: the day on which training ended.
        highest: the highest price of the training part.
        names: words for the price, the forecast, the highest price seen, and the end of training.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    days = days.astype("datetime64[D]")
    axis.plot(days, actual, label=names[0], **_MEASURED)
    axis.plot(days, forecast, color=COLOURS[1], ls="-", lw=1.3, label=names[1])
    axis.axhline(highest, color=COLOURS[0], ls="--", lw=1, label=names[2])
    axis.axvline(seen_until.astype("datetime64[D]"), color="black", ls=":", lw=1.2, label=names[3])
    label(axis, *labels)
    axis.legend(loc="upper left")
    return figure


def tosses(best, one, chance, labels):
    """The best of many forecasters who toss coins, and where one of them would lie.

    Args:
        best: (trials,), the highest share of right directions among the forecasters.
        one: (trials,), the share of the first of them.
        chance: words for one and for the best.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    bins = np.linspace(min(one.min(), 0.45), max(best.max(), 0.55), 45)
    for place, values in enumerate((one, best)):
        axis.hist(values, bins, density=True, color=COLOURS[place], alpha=0.7, label=chance[place])
    axis.axvline(0.5, color="black", ls="--", lw=1)
    label(axis, *labels)
    axis.legend()
    return figure


def rivals(names, runs, score):
    """The error of each forecast, seed by seed where there are several.

    Args:
        names: a word for each forecast.
        runs: for each its errors.
        score: name of the error, with its unit.

    Returns the figure.
    """
    figure, (axis,) = panels()
    points_by_seed(axis, names, runs)
    axis.set_xlim(-0.6, len(names) - 0.4)
    axis.set_ylim(bottom=0)
    axis.set_ylabel(score)
    axis.tick_params(axis="x", labelsize=9)
    return figure


def by_hour_ahead(errors, labels):
    """The error of each forecast, hour by hour ahead.

    Args:
        errors: by name of a forecast, (seeds, hours); of several seeds the median is drawn, with a
            band from the smallest to the largest.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for name, runs in errors.items():
        spread(axis, np.arange(1, np.shape(runs)[1] + 1), runs, name)
    axis.set_xticks([1, *range(6, np.shape(runs)[1] + 1, 6)])
    axis.set_ylim(bottom=0)
    label(axis, *labels)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)
    return figure


def weights(rows, names, labels):
    """The weights of a linear forecast, day by day back from the last.

    Args:
        rows: for each forecast its weights, (days,), the last day at the end.
        names: a title for each panel.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, axes = panels(len(names), width=3.1, height=2.9)
    for place, axis in enumerate(axes):
        back = np.arange(len(rows[place]), 0, -1)
        axis.bar(back, rows[place], color=COLOURS[place])
        axis.axhline(0, color="black", lw=0.8, ls="-")
        axis.set_ylim(-0.25, 1.1)
        label(axis, labels[0], labels[1] if place == 0 else "", names[place])
    return figure
