"""Gradients on their way back drawn: spirals, norms by lag, the jump, and what clipping turns."""

import numpy as np

from rnn_tf.course.figures.style import COLOURS, LINE_STYLES, label, panels, spread


def fates(losses, *, x, y, baseline):
    """The losses of trainings that differ in one number.

    Args:
        losses: name → (training steps,)
        x, y: names of the axes.
        baseline: ``(name, value)`` of the dotted line.
    """
    figure, (axis,) = panels()
    for name, values in losses.items():
        axis.plot(np.arange(1, len(values) + 1), values, label=name, linewidth=1.2)
    axis.axhline(baseline[1], color="black", linestyle=":", linewidth=1, label=baseline[0])
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def spirals(walks, *, x, y):
    """A gradient of two numbers on its way back, and its norm on a scale of powers of ten.

    Args:
        walks: name → (steps back + 1, 2), the gradient after 0, 1, 2 … steps back.
        x, y: names of the axes of the last panel; those of the others are the two numbers.
    """
    figure, (*planes, last) = panels(len(walks) + 1, columns=len(walks) + 1, width=2.5, height=2.6)
    reach = 1.1 * max(np.abs(walk).max() for walk in walks.values())
    for place, (axis, (name, walk)) in enumerate(zip(planes, walks.items(), strict=True)):
        walk, colour = np.asarray(walk), COLOURS[place]
        for before, after in zip(walk[:-1], walk[1:], strict=True):
            arrow = {"arrowstyle": "->", "color": colour}
            axis.annotate("", xy=after, xytext=before, arrowprops=arrow)
        axis.plot(*walk[0], "o", color="black")
        axis.plot(0, 0, "+", color="black")
        axis.set(xlim=(-reach, reach), ylim=(-reach, reach), title=name)
        axis.set_box_aspect(1)
        norms = np.linalg.norm(walk, axis=1)
        last.plot(np.arange(len(walk)), norms, LINE_STYLES[place], color=colour, label=name)
    last.set_yscale("log")
    label(last, x, y)
    return figure


def by_lag(lags, groups, *, x, y, floor=1e-12):
    """Norms of gradients against the steps back, with the spread over seeds.

    Args:
        lags: (points,)
        groups: title of a panel → name → (seeds, points)
        x, y: names of the axes.
        floor: the scale ends here; what lies below is drawn on its edge.
    """
    figure, axes = panels(len(groups), width=3.8)
    for axis, (title, curves) in zip(axes, groups.items(), strict=True):
        for name, runs in curves.items():
            spread(axis, lags, np.maximum(runs, floor), name)
        axis.axhline(1, color="0.5", linewidth=1, linestyle="-")
        axis.set_yscale("log")
        label(axis, x, y if axis is axes[0] else "", title)
    low = min(axis.get_ylim()[0] for axis in axes)
    high = max(axis.get_ylim()[1] for axis in axes)
    for axis in axes:
        axis.set_ylim(low, high)
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def jump(losses, norms, at, *, x, y, mark):
    """Loss and gradient norm of the same training with and without a help; one step is marked.

    Args:
        losses, norms: name → (training steps,)
        at: index of the training step that is marked.
        x: name of the horizontal axis; y: names of the two vertical axes.
        mark: what the mark is called.
    """
    figure, axes = panels(2, columns=1, width=7.0, height=2.3)
    for axis, runs, name in zip(axes, (losses, norms), y, strict=True):
        for place, (run, values) in enumerate(runs.items()):
            steps = np.arange(1, len(values) + 1)
            axis.plot(
                *(steps, values, ("-", "--")[place % 2]),
                **{"color": COLOURS[1 - place % 2], "linewidth": 1.2, "label": run},
            )
        axis.axvline(at + 1, color="black", linestyle=":", linewidth=1, label=mark)
        axis.set_ylabel(name)
    axes[0].legend(loc="upper left", bbox_to_anchor=(1, 1))
    axes[0].tick_params(labelbottom=False)
    axes[1].set_yscale("log")
    axes[1].set_xlabel(x)
    return figure


def turned(gradient, clipped, *, bound, x, y, name):
    """A gradient of two numbers and what ways of clipping make of it, as arrows.

    Args:
        gradient: (2,)
        clipped: name → (2,)
        bound: the norm that is allowed: a circle; and the value that is allowed: a square.
        x, y: names of the axes.
        name: what the arrow of the gradient is called.
    """
    figure, (axis,) = panels()
    angle = np.linspace(0, 2 * np.pi, 200)
    axis.plot(bound * np.cos(angle), bound * np.sin(angle), "-", color="0.6", linewidth=1)
    corners = bound * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    axis.plot(*corners.T, "-", color="0.6", linewidth=1)
    arrows = {name: gradient, **clipped}
    for place, (text, end) in enumerate(arrows.items()):
        colour = ("0.4", COLOURS[0], COLOURS[1])[place]
        width = 0.006 + 0.004 * (place > 0)
        axis.quiver(
            *(0, 0, *end),
            **{"angles": "xy", "scale_units": "xy", "scale": 1, "color": colour, "width": width},
            zorder=2 + place,
            label=text,
        )
    reach = 1.15 * max(np.abs(gradient))
    axis.set(xlim=(-1.3 * bound, reach), ylim=(-1.3 * bound, 1.3 * bound), aspect="equal")
    label(axis, x, y)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
