"""Language models drawn: reading and writing, learning, choosing, one unit in a text."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps

from rnn_tf.course.figures.style import COLOURS, label, panels


def reading_and_writing(tokens, titles):
    """The network unrolled twice: fed with the true tokens, and with its own.

    Args:
        tokens: what goes in at each step, and at last what comes out: (steps + 1,) words.
        titles: a word for the reading half, one for the writing half.

    Returns the figure.
    """
    figure, axes = plt.subplots(1, 2, figsize=(7.6, 2.9))
    for axis, title, own in zip(axes, titles, (False, True), strict=True):
        _unrolled(axis, tokens[:-1], tokens[1:], own)
        axis.set_title(title)
    return figure


def _unrolled(axis, inputs, outputs, own):
    plain, back = {"arrowstyle": "-|>"}, {"arrowstyle": "-|>", "ls": "--", "color": COLOURS[1]}
    for t, (below, above) in enumerate(zip(inputs, outputs, strict=True)):
        for y, word, colour in ((0, below, 0), (1, f"$h_{t + 1}$", 2), (2, above, 1)):
            box = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": COLOURS[colour]}
            axis.text(t, y, word, ha="center", va="center", bbox=box)
        for y in (0, 1):
            axis.annotate("", (t, y + 0.76), (t, y + 0.24), arrowprops=plain)
        if t + 1 < len(inputs):
            axis.annotate("", (t + 0.78, 1), (t + 0.22, 1), arrowprops=plain)
            if own:
                axis.annotate("", (t + 0.84, 0.22), (t + 0.16, 1.78), arrowprops=back)
    axis.set(xlim=(-0.5, len(inputs) - 0.5), ylim=(-0.35, 2.35))
    axis.set_axis_off()


def learning(perplexities, lines, labels):
    """Perplexity after every epoch, beside what others reach.

    Args:
        perplexities: (epochs + 1,), from before the first epoch on.
        lines: ``{name: perplexity}`` of models that do not change.
        labels: words for the epoch, the perplexity, and the curve.

    Returns the figure.
    """
    epoch, perplexity, own = labels
    figure, (axis,) = panels()
    epochs = np.arange(len(perplexities))
    axis.plot(epochs, perplexities, "o-", label=own)
    end = len(perplexities) - 0.9
    for place, (name, value) in enumerate(lines.items(), start=1):
        axis.axhline(value, color=COLOURS[place], linestyle="--", linewidth=1.2)
        axis.text(end, value, f" {name}", va="center", color=COLOURS[place])
    axis.set_yscale("log")
    axis.set_xticks(epochs)
    axis.set_xlim(-0.1, end)
    ticks = _ticks([*perplexities, *lines.values()])
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    label(axis, epoch, perplexity)
    axis.legend()
    return figure


def _ticks(values):
    """1, 2, 5, 10, … from just below the smallest to just above the largest value."""
    all_ticks = np.array([n * 10.0**power for power in range(6) for n in (1, 2, 5)])
    low = all_ticks[all_ticks <= min(values)].max(initial=1)
    high = all_ticks[all_ticks >= max(values)].min(initial=all_ticks[-1])
    return all_ticks[(all_ticks >= low) & (all_ticks <= high)]


def perplexities(values, names, labels):
    """Models as bars, the network's runs as points.

    Args:
        values: for each model its perplexity, or one a seed.
        names: a word for each model.
        labels: words for the perplexity and for the model.

    Returns the figure.
    """
    figure, (axis,) = panels()
    networks = 0
    for place, value in enumerate(values):
        if np.ndim(value):
            axis.plot(value, [place] * len(value), "o", color=COLOURS[networks])
            networks += 1
        else:
            axis.barh(place, value, color="0.75", height=0.6)
    axis.set_yticks(range(len(names)), names)
    axis.set_xlim(left=0)
    label(axis, *labels)
    return figure


def choosing(contexts, filters, labels):
    """What remains of a distribution after each filter: one row a context, one column a filter.

    Args:
        contexts: ``{title: (probabilities, tokens)}``: the likeliest tokens with their
            probabilities before any filter, both (shown,).
        filters: ``{title: [(shown,) probabilities, one array a context]}``; 0 is cut off.
        labels: words for the probability, the next token, and for what is cut off.

    Returns the figure.
    """
    probability, token, cut = labels
    figure, axes = plt.subplots(
        len(contexts), len(filters), figsize=(7.6, 2.9 * len(contexts)), squeeze=False
    )
    for row, (context, (before, tokens)) in enumerate(contexts.items()):
        for column, (title, after) in enumerate(filters.items()):
            axis, kept = axes[row][column], after[row]
            places = np.arange(len(tokens))
            gone = kept == 0
            axis.barh(places[~gone], kept[~gone], color=COLOURS[0])
            axis.barh(
                places[gone], before[gone], facecolor="none", edgecolor="0.6", ls=":", label=cut
            )
            axis.set_yticks(places, map(_visible, tokens) if column == 0 else [])
            axis.set_ylim(len(tokens) - 0.4, -0.6)
            axis.set_xlim(0, 1.1 * max(np.max(a[row]) for a in filters.values()))
            label(axis, probability, f"{context}\n{token}" if column == 0 else "", title)
            if gone.any() and row == 0:
                axis.legend(loc="lower right")
    return figure


def _visible(token):
    return {" ": "\u2423", "\n": "\u21b5"}.get(token, token)


def coloured(texts, values, labels):
    """Texts whose every character has the colour of one number.

    Args:
        texts: strings with line breaks.
        values: for each text (characters,), from -1 to 1.
        labels: words for the scale.

    Returns the figure.
    """
    lines = [line for text in texts for line in [*text.split("\n"), ""]][:-1]
    width = max(len(line) for line in lines)
    wide = any("\u3400" <= c <= "\u9fff" for line in lines for c in line)
    cell = 0.27 if wide else 0.125  # inches: Latin letters are narrow
    figure, axis = plt.subplots(figsize=(max(4.5, cell * width + 1.4), 0.3 * len(lines) + 0.3))
    colours, y = colormaps["PuOr"], 0
    for text, numbers in zip(texts, values, strict=True):
        x = 0
        for character, number in zip(text, numbers, strict=True):
            if character == "\n":
                x, y = 0, y + 1
                continue
            shade = colours((1 + number) / 2)
            axis.add_patch(plt.Rectangle((x, y), 1, 1, color=shade, lw=0))
            ink = "white" if np.dot(shade[:3], (0.3, 0.6, 0.1)) < 0.45 else "black"
            axis.text(x + 0.5, y + 0.5, character, ha="center", va="center", color=ink)
            x += 1
        y += 2
    axis.set(xlim=(0, width), ylim=(len(lines), 0))
    axis.set_axis_off()
    scale = plt.cm.ScalarMappable(plt.Normalize(-1, 1), colours)
    figure.colorbar(scale, ax=axis, label=labels, fraction=0.04, pad=0.02)
    return figure


def clipping(norms, losses, limit, names, labels):
    """Gradient norm and loss of every training step, with and without clipping.

    Args:
        norms, losses: for each run (steps,).
        limit: where gradients are cut.
        names: a word for each run.
        labels: words for the step, the norm, the loss.

    Returns the figure.
    """
    step, norm, loss = labels
    figure, (left, right) = panels(2, width=3.7)
    for run_norms, run_losses, name in zip(norms, losses, names, strict=True):
        left.semilogy(np.arange(1, len(run_norms) + 1), run_norms, label=name)
        right.plot(np.arange(1, len(run_losses) + 1), run_losses, label=name)
    left.axhline(limit, color="black", linewidth=1, linestyle=":")
    label(left, step, norm)
    label(right, step, loss)
    left.legend()
    return figure
