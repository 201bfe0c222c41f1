"""Recurrent networks drawn: folded and unrolled, filled with numbers step by step, and the arrows
on which the gradient walks back."""

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf.course.figures.style import COLOURS

X_COLOUR, H_COLOUR, Y_COLOUR, BACK_COLOUR = COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[3]


def unrolled(steps, titles):
    """The same network folded, with an arrow from the state to itself, and unrolled.

    Args:
        steps: how many steps are unrolled.
        titles: titles of the two drawings.

    Returns the figure.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.1), width_ratios=[1, 3])
    for axis, places in ((left, ["t"]), (right, range(1, steps + 1))):
        for x, t in enumerate(places):
            _column(axis, x, t)
        axis.set(ylim=(-0.4, 2.4))
        axis.set_axis_off()
    loop = {"connectionstyle": "arc3,rad=-3.2", "shrinkA": 11, "shrinkB": 11, "color": H_COLOUR}
    _arrow(left, (-0.06, 0.86), (-0.06, 1.14), **loop)
    left.text(-0.68, 1.0, "$W_h$", ha="center", va="center")
    for x in range(-1, steps - 1):
        _arrow(right, (x, 1), (x + 1, 1), "$W_h$", (0.0, 0.16), color=H_COLOUR)
    right.text(-1, 1, "$h_0$", ha="center", va="center", fontsize=11)
    left.set(xlim=(-1.0, 0.5), title=titles[0])
    right.set(xlim=(-1.3, steps - 0.5), title=titles[1])
    return figure


def unrolling(inputs, hidden, said, *, names):
    """A network unrolled with its numbers, one more step in each figure.

    Args:
        inputs: (steps,), the bit heard at each step.
        hidden: (steps + 1, units), from h_0 on.
        said: (steps,), the bit said at each step.
        names: words for the three rows: heard, state, said.

    Returns a list of figures of one size, one a step: the frames of an animation.
    """
    return [_frame(inputs, hidden, said, names, now) for now in range(1, len(inputs) + 1)]


def _frame(inputs, hidden, said, names, now):
    steps, units = len(inputs), hidden.shape[1]
    figure, axis = plt.subplots(figsize=(7.4, 3.6))
    tops = 1.0 + 0.36 * np.arange(units)[::-1]  # the first unit on top
    middle, top = tops.mean(), tops[0] + 0.95
    for t in range(steps + 1):
        done = t <= now
        for unit, y in enumerate(tops):
            _number(axis, t, y, hidden[t, unit] if done else None, t == now)
        axis.text(t, tops[0] + 0.3, f"$h_{t}$", ha="center", va="center", color=_ink(done))
        if t == 0:
            continue
        _node(axis, t, 0, str(int(inputs[t - 1])), X_COLOUR if done else "0.85", _ink(done))
        words = str(int(said[t - 1])) if done else ""
        _node(axis, t, top, words, Y_COLOUR if done else "0.85", _ink(done))
        if done:
            look = {"shrinkA": 0, "shrinkB": 0}
            _arrow(axis, (t - 0.66, middle), (t - 0.36, middle), color=H_COLOUR, **look)
        if t == now:
            _arrow(axis, (t, 0.25), (t, tops[-1] - 0.22), shrinkA=0, shrinkB=0)
            _arrow(axis, (t, tops[0] + 0.42), (t, top - 0.25), shrinkA=0, shrinkB=0)
    for y, name in zip((0, middle, top), names, strict=True):
        axis.text(-0.65, y, name, ha="right", va="center")
    axis.set(xlim=(-1.7, steps + 0.5), ylim=(-0.35, top + 0.35))
    axis.set_axis_off()
    return figure


def _number(axis, x, y, value, now):
    """One unit's box: the larger its value, the darker."""
    edge, width = (H_COLOUR, 2.0) if now else ("0.7", 0.8)
    shade = plt.cm.Oranges(0.75 * abs(value)) if value else "white"
    box = plt.Rectangle((x - 0.31, y - 0.15), 0.62, 0.3, facecolor=shade, edgecolor=edge)
    box.set_linewidth(width)
    axis.add_patch(box)
    if value is not None:
        axis.text(x, y, f"{value:.2f}", ha="center", va="center", fontsize=9)


def _ink(done):
    return "black" if done else "0.8"


def gradient_arrows(steps):
    """The unrolled network with the arrows of its gradient, which walk back.

    Thin and grey: the way of the numbers. Thick: the way of the gradient, from the loss of each
    step to its state, and from each state to the one before. Returns the figure.
    """
    figure, axis = plt.subplots(figsize=(7.4, 4.0))
    back = {"color": BACK_COLOUR, "linewidth": 2.2, "mutation_scale": 16}
    for t in range(1, steps + 1):
        for y in (0, 1, 2):
            _arrow(axis, (t - 0.06, y), (t - 0.06, y + 1), color="0.75")
        _arrow(axis, (t - 1, 0.94), (t, 0.94), color="0.75")
        _arrow(axis, (t + 0.08, 3), (t + 0.08, 2), **back)
        _arrow(axis, (t + 0.08, 2), (t + 0.08, 1), "$W_y^\\top$", (0.2, 0.12), **back)
        _arrow(axis, (t + 0.08, 1), (t + 0.08, 0), "$W_x^\\top$", (0.2, 0.0), **back)
        _arrow(axis, (t, 1.1), (t - 1, 1.1), "$\\circ(1-h^2),\\ W_h^\\top$", (0.06, 0.17), **back)
        _node(axis, t, 0, f"$x_{t}$", X_COLOUR)
        _node(axis, t, 1, f"$h_{t}$", H_COLOUR)
        _node(axis, t, 2, f"$y_{t}$", Y_COLOUR)
        _node(axis, t, 3, f"$\\ell_{t}$", "0.4")
    _node(axis, 0, 1, "$h_0$", "0.7")
    axis.set(xlim=(-0.4, steps + 0.5), ylim=(-0.35, 3.35))
    axis.set_axis_off()
    return figure


def _column(axis, x, t):
    _arrow(axis, (x, 0), (x, 1), "$W_x$", (0.16, 0.0))
    _arrow(axis, (x, 1), (x, 2), "$W_y$", (0.16, 0.0))
    _node(axis, x, 0, f"$x_{t}$", X_COLOUR)
    _node(axis, x, 1, f"$h_{t}$", H_COLOUR)
    _node(axis, x, 2, f"$y_{t}$", Y_COLOUR)


def _node(axis, x, y, name, colour, ink="black"):
    axis.scatter([x], [y], s=620, color="white", edgecolor=colour, linewidth=2, zorder=2)
    axis.text(x, y, name, ha="center", va="center", fontsize=11, zorder=3, color=ink)


def _arrow(axis, start, end, name="", shift=(0.12, 0.0), **style):
    look = {"arrowstyle": "-|>", "shrinkA": 14, "shrinkB": 14, "color": "0.3", **style}
    axis.annotate("", xy=end, xytext=start, arrowprops=look)
    middle = (np.array(start) + end) / 2 + shift
    axis.text(*middle, name, ha="center", va="center", fontsize=9.5)
