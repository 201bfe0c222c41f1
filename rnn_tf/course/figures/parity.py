"""Drawings about running parity: a lamp that each one switches, losses beside their floor."""

import math

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels, spread

_BIT, _STATE, _ANSWER = COLOURS[0], COLOURS[1], COLOURS[2]
_LAMP = {0: "0.93", 1: COLOURS[4]}


def lamp(bits, *, rows, answers):
    """Each bit and the lamp after it, which every one switches; a figure.

    Args:
        bits: 0 or 1 for each step.
        rows: what the three rows are, from below: bits, lamp, answers.
        answers: words for even and odd.
    """
    figure, axis = plt.subplots(figsize=(1.0 * len(bits) + 2.4, 2.9))
    state = 0
    for x, bit in enumerate(bits):
        new_state = (state + bit) % 2
        if x:
            _arrow(axis, (x - 1, 1), (x, 1), color=_STATE, lw=2)
        _arrow(axis, (x, 0), (x, 1))
        _arrow(axis, (x, 1), (x, 2), shrinkB=9)
        _box(axis, x, 0, str(bit), _BIT, boxstyle="square,pad=0.35")
        _box(axis, x, 1, "  ", _STATE, facecolor=_LAMP[new_state])
        colour = _ANSWER if new_state else "black"
        axis.text(x, 2, answers[new_state], ha="center", va="center", color=colour)
        state = new_state
    for y, words in enumerate(rows):
        axis.text(-0.7, y, words, ha="right", va="center", color="0.3")
    axis.set(xlim=(-2.0, len(bits) - 0.4), ylim=(-0.5, 2.4))
    axis.axis("off")
    return figure


def one_step_or_many(bits, *, titles):
    """The two ways in for a sequence: as the features of one step, or one value a step; a figure.

    Args:
        bits: what is drawn into the lowest row.
        titles: above the left and the right drawing.
    """
    figure, axes = plt.subplots(1, 2, figsize=(7.4, 2.9), width_ratios=[1, 1.5])
    at_once, in_turn = axes
    last = len(bits) - 1
    middle = last / 2
    for x, bit in enumerate(bits):
        _arrow(at_once, (x, 0), (middle, 1))
        _box(at_once, x, 0, str(bit), _BIT)
        _arrow(in_turn, (x, 0), (x, 1))
        _arrow(in_turn, (x, 1), (x, 2))
        if x:
            _arrow(in_turn, (x - 1, 1), (x, 1), color=_STATE, lw=2)
        _box(in_turn, x, 0, str(bit), _BIT)
        _box(in_turn, x, 1, f"$h_{x + 1}$", _STATE)
        _box(in_turn, x, 2, f"$y_{x + 1}$", _ANSWER)
    _arrow(at_once, (middle, 1), (middle, 2))
    _box(at_once, middle, 1, "$h$", _STATE)
    _box(at_once, middle, 2, "$y$", _ANSWER)
    for axis, title in zip(axes, titles, strict=True):
        axis.set_title(title)
        axis.set(xlim=(-0.5, last + 0.5), ylim=(-0.5, 2.5))
        axis.axis("off")
    return figure


def losses(curves, *, x, y, floor=None):
    """Losses over epochs; a figure.

    Args:
        curves: ``{name: (epochs,)}``; a single curve gets no legend.
        x, y: names of the axes.
        floor: ``(name, value)`` of a dashed line.
    """
    figure, (axis,) = panels()
    for name, values in curves.items():
        axis.plot(np.arange(1, len(values) + 1), values, label=name)
    _floor(axis, floor)
    axis.set_ylim(bottom=0)
    if len(curves) > 1:
        axis.legend(loc="upper left")
    label(axis, x, y)
    return figure


def learnt_and_kept(curves, right, *, trained_to, axes, titles, chance):
    """Left: losses of several seeds. Right: accuracy at each step, far beyond training; a figure.

    Args:
        curves: ``{name: (epochs,)}``, one a seed; the axis of losses is logarithmic.
        right: ``{name: (steps,)}``, the share of right answers at each step.
        trained_to: the last step that training saw.
        axes: names of the four axes: epoch, loss, step, accuracy.
        titles: above the left and the right panel.
        chance: name of the line at one half.
    """
    figure, (left, steps) = panels(2, width=4.2, height=3.4)
    for name, values in curves.items():
        left.plot(np.arange(1, len(values) + 1), values, label=name)
    left.set_yscale("log")
    _floor(left, ("ln 2", math.log(2)))
    left.legend(loc="lower left")
    label(left, *axes[:2], titles[0])
    for name, shares in right.items():
        steps.plot(np.arange(1, len(shares) + 1), shares, label=name)
    steps.axvline(trained_to, color="black", linestyle=":", linewidth=1)
    _floor(steps, (chance, 0.5))
    steps.set_ylim(0.4, 1.04)
    steps.legend(loc="lower left", bbox_to_anchor=(0.25, 0.2), frameon=True, edgecolor="none")
    label(steps, *axes[2:], titles[1])
    return figure


def gradient_norms(norms, *, x, y):
    """The norm of each weight's gradient over the training steps; a figure.

    Args:
        norms: ``{name: (steps,)}``.
    """
    figure, (axis,) = panels()
    for name, values in norms.items():
        axis.plot(np.arange(1, len(values) + 1), values, label=name, linewidth=1)
    axis.set_yscale("log")
    axis.legend(loc="lower left")
    label(axis, x, y)
    return figure


def logits_by_step(groups, *, trained_to, names, x, y):
    """Logits where the answer is odd and where it is even, over the steps; a figure.

    Args:
        groups: ``{title: (odd, even)}``, a panel each; both (steps, sequences), NaN where the
            other one is the answer. The line is the median, the band goes from the smallest
            tenth to the largest.
        trained_to: the last step that training saw.
        names: of odd and even.
    """
    figure, axes = panels(len(groups), width=4.2, height=3.4)
    for axis, (title, pair) in zip(axes, groups.items(), strict=True):
        for name, logits in zip(names, pair, strict=True):
            quantiles = np.nanquantile(logits, (0.1, 0.5, 0.9), axis=1)
            spread(axis, np.arange(1, len(logits) + 1), quantiles, name)
        axis.axhline(0, color="black", linewidth=1)
        axis.axvline(trained_to, color="black", linestyle=":", linewidth=1)
        label(axis, x, y, title)
    axes[0].legend(loc="lower right")
    return figure


def _floor(axis, floor):
    if floor is None:
        return
    name, value = floor
    axis.axhline(value, color="black", linestyle="--", linewidth=1)
    at = {"xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom"}
    axis.annotate(name, (0.99, value), **at)


def _box(axis, x, y, words, colour, *, facecolor="white", boxstyle="circle,pad=0.35"):
    frame = {"boxstyle": boxstyle, "facecolor": facecolor, "edgecolor": colour, "lw": 2}
    axis.text(x, y, words, ha="center", va="center", bbox=frame, fontsize=10, zorder=3)


def _arrow(axis, start, end, *, shrinkB=14, **look):  # noqa: N803, matplotlib's own name
    style = {"arrowstyle": "-|>", "shrinkA": 14, "shrinkB": shrinkB, "color": "0.4", **look}
    axis.annotate("", xy=end, xytext=start, arrowprops=style)
