"""Translation drawn: one state or a look at all, where attention lies, what length costs."""

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels, spread


def two_ways(source, words, weights, titles):
    """How the source gets to the decoder: through one state, or through a look at all of them.

    Args:
        source: tokens of the source, (places,).
        words: tokens of the translation, (steps,).
        weights: (places,), how much the last of ``words`` looks at each place.
        titles: a word for the way through one state, one for the look.

    Returns the figure.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.2, 2.9))
    for axis, title, looks in zip(axes, titles, (None, weights), strict=True):
        _encoder_decoder(axis, source, words, looks)
        axis.set_title(title)
    return figure


def _encoder_decoder(axis, source, words, weights):
    places, steps = len(source), len(words)
    arrow = {"arrowstyle": "-|>", "color": "0.35"}
    gap = places + 0.9  # where the decoder begins
    for x, word in [*enumerate(source), *((gap + t, "") for t in range(steps))]:
        reading = x < places
        box = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": COLOURS[0 if reading else 2]}
        axis.text(x, 1, "   ", ha="center", va="center", bbox=box)
        if reading:
            axis.text(x, 0, word, ha="center", va="center")
            axis.annotate("", (x, 0.72), (x, 0.28), arrowprops=arrow)
    for t, word in enumerate(words):
        axis.text(gap + t, 2, word, ha="center", va="center", rotation=30, fontsize=9)
        axis.annotate("", (gap + t, 1.62), (gap + t, 1.28), arrowprops=arrow)
    ends = [*range(places), *(gap + t for t in range(steps))]
    for left, right in zip(ends[:-1], ends[1:], strict=True):
        narrow = left == places - 1
        style = arrow | ({"color": COLOURS[1], "lw": 2.5} if narrow else {})
        axis.annotate("", (right - 0.3, 1), (left + 0.3, 1), arrowprops=style)
    if weights is not None:
        asking = gap + steps - 1
        for x, weight in enumerate(weights):
            look = {
                "arrowstyle": "-|>",
                "connectionstyle": "arc3,rad=0.28",
                "color": COLOURS[1],
                "lw": 0.4 + 5 * float(weight),
                "alpha": 0.35 + 0.65 * float(weight),
            }
            axis.annotate("", (asking - 0.1, 0.7), (x, 0.72), arrowprops=look)
    axis.set(xlim=(-0.5, ends[-1] + 0.6), ylim=(-1.0, 2.45))
    axis.set_axis_off()


def shares(places, runs, labels, *, log=False):
    """How many translations are wholly right, by length or by the pairs learnt from.

    Args:
        places: (points,), on the horizontal axis.
        runs: for each network ``{name: (seeds, points)}``, shares from 0 to 1.
        labels: names of both axes.
        log: whether the horizontal axis is logarithmic.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for name, values in runs.items():
        spread(axis, places, values, name)
    if log:
        axis.set_xscale("log")
    axis.set_xticks(places, [f"{place:,}" for place in places])
    axis.minorticks_off()
    axis.set_ylim(-0.03, 1.03)
    label(axis, *labels)
    axis.legend(loc="center left" if log else "center right")
    return figure


def looks(pictures, labels):
    """Where attention lies: a row a word of the translation, a column a token of the source.

    Args:
        pictures: ``{title: (weights, words, source)}`` with weights (steps, places).
        labels: words for the source, the translation and the weight.

    Returns the figure.
    """
    figure, axes = plt.subplots(
        1, len(pictures), figsize=(0.6 + 3.6 * len(pictures), 4.2), squeeze=False
    )
    written = next(iter(pictures.values()))[1]
    for axis, (title, (weights, words, source)) in zip(axes[0], pictures.items(), strict=True):
        image = axis.imshow(weights, cmap="cividis", vmin=0, vmax=1, aspect="auto")
        axis.grid(False)
        named = axis is axes[0][0] or list(words) != list(written)
        axis.set_xticks(range(len(source)), source)
        axis.set_yticks(range(len(words)), words if named else [""] * len(words))
        label(axis, labels[0], labels[1] if axis is axes[0][0] else "", title)
    figure.colorbar(image, ax=axes[0].tolist(), label=labels[2], fraction=0.05, pad=0.02)
    return figure


def learning(curves, labels, floor=None):
    """Loss after each epoch of several trainings.

    Args:
        curves: ``{name: (seeds, epochs)}``.
        labels: names of epoch and loss.
        floor: ``(name, loss)`` of what needs no source at all, as a dashed line.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for name, losses in curves.items():
        losses = np.atleast_2d(losses)
        spread(axis, np.arange(1, losses.shape[1] + 1), losses, name)
    if floor is not None:
        axis.axhline(floor[1], color="black", linestyle=":", linewidth=1.2, label=floor[0])
    axis.set_ylim(bottom=0)
    axis.xaxis.get_major_locator().set_params(integer=True)
    label(axis, *labels)
    axis.legend()
    return figure
