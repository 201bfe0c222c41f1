"""A memory of one number, operated by hand: buttons, the lights of its gates, its two states."""

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf.course.figures.gates import GATE_COLOURS
from rnn_tf.course.figures.style import COLOURS, label, panels, spread

OPEN, SHUT = COLOURS[2], COLOURS[1]
#: From here on a gate counts as open, when its light is drawn.
HALF_OPEN = 0.5


def survival(heard, kept, *, x, y):
    """What is heard at each step, and what each memory has of it afterwards.

    Args:
        heard: (steps,)
        kept: name of the memory → its state after each step, (steps,)
        x, y: names of the axes.
    """
    figure, (axis,) = panels()
    steps = np.arange(len(heard))
    axis.bar(steps, heard, width=0.5, color="0.8", label="$x$")
    for place, (name, states) in enumerate(kept.items()):
        axis.plot(steps, states, label=name, color=COLOURS[1 - place % 2], lw=2)
    label(axis, x, y)
    axis.legend(loc="upper right", ncols=1 + len(kept))
    axis.set_ylim(top=1.3 * max(np.max(heard), *(np.max(states) for states in kept.values())))
    return figure


def scenes(traces, buttons, *, x, y, lights=("open", "shut"), unit=0):
    """Runs of an LSTM's unit side by side: buttons pressed, lights of its gates, its c and h.

    Args:
        traces: title of the scene → ``LSTMTrace``, whose first sequence is drawn; its inputs are
            the value and then one column a button.
        buttons: names of the buttons, in that order.
        x, y: names of the axes of c and h.
        lights: what an open and a shut gate are called.
        unit: which unit is drawn.
    """
    figure, rows = plt.subplots(
        *(3, len(traces)),
        figsize=(max(3.4 * len(traces), 7.4), 5.0),
        sharex=True,
        sharey="row",
        squeeze=False,
        gridspec_kw={"height_ratios": (1, 1, 2.2)},
    )
    for column, (title, trace) in enumerate(traces.items()):
        top, middle, bottom = rows[:, column]
        top.set_title(title, fontsize=11)
        _presses(top, trace.inputs[0, :, 1:], buttons)
        gates = {"i": trace.input_gates, "f": trace.forget_gates, "o": trace.output_gates}
        _lights(middle, {name: values[0, :, unit] for name, values in gates.items()}, lights)
        _states(bottom, trace, unit)
        bottom.set_xlabel(x)
    rows[2, 0].set_ylabel(y)
    low, high = rows[2, 0].get_ylim()
    rows[2, 0].set_ylim(low - 0.35 * (high - low), high)  # room for the legend
    rows[1, 0].legend(*_legend(lights), loc="lower left", bbox_to_anchor=(0, 0.96), ncols=2)
    rows[2, 0].legend(loc="lower left", ncols=3)
    return figure


def fading(distances, curves, *, x, y):
    """How much of a gradient is left, against the distance, on a scale of powers of ten.

    Args:
        curves: name → (distances,)
        x, y: names of the axes.
    """
    figure, (axis,) = panels()
    for name, left in curves.items():
        axis.plot(distances, left, label=name)
    axis.set_yscale("log")
    label(axis, x, y)
    axis.legend()
    return figure


def by_age(curves, *, x, y, baseline):
    """Error against the number of steps since the writing, with the spread over seeds.

    Args:
        curves: name of the cell → (seeds, ages), from age 0 on.
        x, y: names of the axes.
        baseline: ``(name, value)`` of the dashed line.
    """
    figure, (axis,) = panels()
    for name, runs in curves.items():
        spread(axis, np.arange(np.shape(runs)[1]), runs, name)
    axis.axhline(baseline[1], color="black", linestyle="--", linewidth=1, label=baseline[0])
    axis.axvline(10, color="0.6", linestyle=":", linewidth=1)
    label(axis, x, y)
    axis.set_ylim(bottom=0)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def said(wanted, answers, pressed, *, x, y):
    """What should be said at each step and what networks say; dots where a number was written.

    Args:
        wanted: name → (steps,), one entry.
        answers: name → (steps,)
        pressed: (steps,), where the button was down.
        x, y: names of the axes.
    """
    figure, (axis,) = panels()
    steps = np.arange(len(pressed))
    for name, values in wanted.items():
        axis.step(steps, values, "-", where="mid", color="0.7", lw=4, label=name)
        axis.plot(steps[pressed], np.asarray(values)[pressed], "o", color="0.3")
    for place, (name, values) in enumerate(answers.items()):
        style = ("--", "-")[place % 2]
        axis.plot(steps, values, style, label=name, color=COLOURS[1 - place % 2])
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _presses(axis, pressed, names):
    """A square at every step at which a button is pressed."""
    for row in range(len(names)):
        steps = np.flatnonzero(pressed[:, row] > HALF_OPEN)
        axis.plot(steps, np.full(len(steps), row), "s", color="0.15", ms=6)
    _rows(axis, names)


def _lights(axis, gates, words):
    """A light at every step for every gate: a green disc if it is open, a red cross if shut."""
    for row, values in enumerate(gates.values()):
        for shut, (marker, colour) in enumerate((("o", OPEN), ("x", SHUT))):
            steps = np.flatnonzero((values < HALF_OPEN) == bool(shut))
            axis.plot(steps, np.full(len(steps), row), marker, color=colour, ms=6, mew=2)
    _rows(axis, [f"${name}$" for name in gates])
    for name, tick in zip(gates, axis.get_yticklabels(), strict=False):
        tick.set_color(GATE_COLOURS[name])


def _rows(axis, names):
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.4, -0.6)
    axis.grid(visible=False)


def _legend(words):
    styles = (("o", OPEN), ("x", SHUT))
    handles = [plt.Line2D([], [], ls="", marker=m, color=c, ms=6, mew=2) for m, c in styles]
    return handles, words


def _states(axis, trace, unit):
    steps = np.arange(trace.inputs.shape[1])
    axis.plot(steps, trace.inputs[0, :, 0], ":", color="0.6", label="$x$")
    for name, states, colour, line in (
        ("$c$", trace.cell_states, COLOURS[4], "-"),
        ("$h$", trace.hidden_states, COLOURS[0], "--"),
    ):
        axis.step(steps, states[0, :, unit], line, where="mid", color=colour, label=name, lw=2)
    axis.xaxis.get_major_locator().set_params(integer=True)
