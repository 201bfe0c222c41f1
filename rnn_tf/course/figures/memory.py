"""Which network for which memory, drawn: gates on a line, what each network sees, scores."""

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels, spread

_IN, _STATE, _OUT = COLOURS[0], COLOURS[1], COLOURS[2]
_NOW, _LAST = 8, 10  # the step that answers, and the last step of the drawings of ``sight``


def accuracy_by_step(runs, *, trained_to, chance, x, y, mark):
    """Accuracy at each step, far beyond training; the band goes over the seeds.

    Args:
        runs: name → (seeds, steps)
        trained_to: the last step that training saw; ``mark`` names its line.
        chance: ``(name, value)`` of the dashed line.
        x, y: names of the axes.
    """
    figure, (axis,) = panels()
    for name, values in runs.items():
        spread(axis, np.arange(1, np.shape(values)[1] + 1), values, name)
    axis.axvline(trained_to, color="black", linestyle=":", linewidth=1, label=mark)
    axis.axhline(chance[1], color="black", linestyle="--", linewidth=1, label=chance[0])
    axis.set_ylim(0.3, 1.05)
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def gate_line(reaches, values, *, words, x, y, a="a", steps=8):
    """The line from −1 to 1: how far gates reach on it, and what each value does to a state.

    Args:
        reaches: name of an activation → ``(low, high)``
        values: numbers on the line; below it, a panel each with 1, a, a², …
        words: for each of them what it does, in one or two words.
        x, y: names of the axes of the panels.
    """
    figure = plt.figure(figsize=(8.4, 3.9))
    top, bottom = figure.subfigures(2, 1, height_ratios=[1, 1.5])
    axis = top.subplots()
    for place, (name, (low, high)) in enumerate(reaches.items()):
        axis.plot([low, high], [place + 1] * 2, color=COLOURS[place], linewidth=7, linestyle="-")
        axis.text(high + 0.05, place + 1, name, va="center", color=COLOURS[place])
    axis.plot([-1, 1], [0, 0], color="black", linewidth=1, linestyle="-")
    axis.plot(values, np.zeros(len(values)), "o", color="black")
    axis.set(xlim=(-1.3, 1.5), ylim=(-0.6, len(reaches) + 0.7), yticks=[], xticks=values)
    axis.set_xlabel(f"${a}$")
    axis.spines["left"].set_visible(False)
    axis.grid(False)
    for small, value, text in zip(
        bottom.subplots(1, len(values), sharey=True), values, words, strict=True
    ):
        powers = float(value) ** np.arange(steps + 1)
        small.axhline(0, color="0.6", linewidth=1)
        small.plot(powers, "o-", color="black", markersize=3, linewidth=1)
        small.set(ylim=(-1.15, 1.15), title=f"${a}$ = {value:g}\n{text}".replace("-", "−"))
        small.title.set_fontsize(10)
        label(small, x, y if value == values[0] else "")
    return figure


def learnt_gates(groups, wanted, *, x, y, names, reach):
    """What gates have learnt: their value at bit 0 against that at bit 1.

    Args:
        groups: name → (units, 2), all units of all seeds
        wanted: ``(at 0, at 1)``, drawn as a ring.
        names: of the ring and of the shaded square, 0 to ``reach``.
        reach: how far the shaded square goes, 1 for a sigmoid.
    """
    figure, (axis,) = panels()
    figure.set_size_inches(6.6, 4.2)
    square = plt.Rectangle((0, 0), reach, reach, color=COLOURS[0], alpha=0.15, label=names[1])
    axis.add_patch(square)
    for place, (name, gates) in enumerate(groups.items()):
        gates = np.asarray(gates)
        look = {"color": COLOURS[place], "alpha": 0.7, "label": name}
        axis.scatter(*gates.T, s=26, marker="os"[place % 2], **look)
    look = {"edgecolors": "black", "facecolors": "none", "linewidths": 1.6, "label": names[0]}
    axis.scatter(*wanted, s=260, **look)
    axis.axhline(0, color="0.6", linewidth=1)
    axis.axvline(0, color="0.6", linewidth=1)
    axis.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), aspect="equal")
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def sight(titles, *, now):
    """Six networks: which inputs an answer sees, and by how many arrows they are away.

    Args:
        titles: of the six drawings: a recurrence with a matrix, one without, bidirectional, a
            window, a dilated convolution, attention.
        now: word for the step that answers.
    """
    figure, axes = panels(6, columns=3, width=2.9, height=1.9)
    draw = (_recurrent, _linear, _bidirectional, _window, _convolution, _attention)
    for axis, one, title in zip(axes, draw, titles, strict=True):
        seen, height = one(axis)
        for step in range(1, _LAST + 1):
            colour = _IN if step in seen else "0.85"
            axis.plot(step, 0, "o", color=colour, markersize=7, zorder=3)
        axis.plot(_NOW, height, "s", color=_OUT, markersize=8, zorder=3)
        axis.text(_NOW, -0.55, now, ha="center", va="top", fontsize=9, color="0.3")
        axis.axvline(_NOW + 0.5, color="0.6", linewidth=1, linestyle=":")
        axis.set(xlim=(0.4, _LAST + 0.6), ylim=(-1.4, 3.4))
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    return figure


def _recurrent(axis, row=1.3, matrix=True):
    for step in range(1, _NOW + 1):
        _line(axis, (step, 0), (step, row))
        if step > 1:
            _line(axis, (step - 1, row), (step, row), _STATE, 2.4 if matrix else 1.2)
        axis.plot(step, row, "o" if matrix else "x", color=_STATE, markersize=7, zorder=3)
    _line(axis, (_NOW, row), (_NOW, 2.6))
    return range(1, _NOW + 1), 2.6


def _linear(axis):
    return _recurrent(axis, matrix=False)


def _bidirectional(axis):
    _recurrent(axis, row=0.9)
    for step in range(_LAST, _NOW - 1, -1):
        _line(axis, (step, 0), (step, 1.7))
        if step < _LAST:
            _line(axis, (step + 1, 1.7), (step, 1.7), COLOURS[3], 2.4)
        axis.plot(step, 1.7, "o", color=COLOURS[3], markersize=7, zorder=3)
    _line(axis, (_NOW, 1.7), (_NOW, 2.6))
    return range(1, _LAST + 1), 2.6


def _window(axis):
    steps = range(_NOW - 3, _NOW + 1)
    for step in steps:
        _line(axis, (step, 0), (_NOW, 2.6))
    return steps, 2.6


def _convolution(axis):
    nodes = {_NOW}
    for layer, apart in zip((3, 2, 1), (4, 2, 1), strict=True):
        below = nodes | {node - apart for node in nodes}
        for node in nodes:
            for source in (node, node - apart):
                _line(axis, (source, 0.87 * (layer - 1)), (node, 0.87 * layer))
        if layer > 1:
            height = 0.87 * (layer - 1)
            axis.plot(sorted(below), [height] * len(below), "o", color=_STATE, markersize=5)
        nodes = below
    return nodes, 2.6


def _attention(axis):
    steps = range(1, _NOW + 1)
    for step in steps:
        _line(axis, (step, 0), (_NOW, 2.6))
    return steps, 2.6


def _line(axis, start, end, colour="0.5", width=1.0):
    axis.plot(*zip(start, end, strict=True), color=colour, linewidth=width, linestyle="-")


def scores(tasks, *, names, guessing, guess, families):
    """A panel a task: every seed of every network as a point, guessing as a dashed line.

    Args:
        tasks: ``(title, name of the axis)`` → network → (seeds,); a network that is missing has
            no point.
        names: networks, from above.
        guessing: for each task the score of who knows nothing; ``guess`` names its line.
        families: for each network a number: networks of one family have one colour.
    """
    figure, axes = panels(len(tasks), columns=4, width=2.35, height=2.9)
    for place, (axis, ((title, unit), runs), floor) in enumerate(
        zip(axes, tasks.items(), guessing, strict=True)
    ):
        axis.axvline(floor, color="black", linestyle="--", linewidth=1, label=guess)
        for row, (name, family) in enumerate(zip(names, families, strict=True)):
            values = np.atleast_1d(runs.get(name, []))
            look = {"color": COLOURS[family], "alpha": 0.75, "markersize": 6}
            axis.plot(values, np.full(len(values), row), "o", **look)
        axis.set(ylim=(len(names) - 0.5, -0.5), yticks=range(len(names)))
        axis.set_yticklabels(names if place % 4 == 0 else [])
        label(axis, unit, "", title)
        axis.title.set_fontsize(10)
    axes[0].legend(loc="lower left", fontsize=8)
    return figure


def by_lag(lags, runs, *, chance, x, y):
    """Accuracy against how long something must be kept; the band goes over the seeds.

    Args:
        lags: (points,)
        runs: name → (seeds, points)
        chance: ``(name, value)`` of the dashed line.
    """
    figure, (axis,) = panels()
    for name, values in runs.items():
        spread(axis, lags, values, name)
    axis.axhline(chance[1], color="black", linestyle="--", linewidth=1, label=chance[0])
    axis.set_xscale("log", base=2)
    axis.set_xticks(lags, [f"{lag:g}" for lag in lags])
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
