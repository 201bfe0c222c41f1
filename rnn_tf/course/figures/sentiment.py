"""What classifiers of sentences look at: word weights, windows, attention."""

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels


def contributions(sentences, weights, labels):
    """The words of each sentence, in order, with the weight that each adds to its sum.

    Args:
        sentences: two or more lists of tokens.
        weights: for each sentence (tokens,).
        labels: names of the axis, and a word for the sum.

    Returns the figure.
    """
    axis_label, sum_label = labels
    figure, axes = panels(len(sentences), columns=1, width=7.2, height=1.9)
    height = 1.45 * max(np.abs(values).max() for values in weights)
    for axis, tokens, values in zip(axes, sentences, weights, strict=True):
        colours = [COLOURS[0] if value > 0 else COLOURS[1] for value in values]
        axis.bar(range(len(tokens)), values, color=colours, width=0.7)
        axis.axhline(0, color="black", linewidth=0.8, linestyle="-")
        axis.set_xticks(range(len(tokens)), tokens)
        axis.set_ylim(-height, height)
        axis.grid(False, axis="x")
        total = f"{sum_label} {np.sum(values):+.3f}"
        axis.text(1.0, 0.98, total, transform=axis.transAxes, ha="right", va="top")
        axis.set_ylabel(axis_label)
    return figure


def windows(pair, names, widths, focus):
    """Two sentences, and how much each kind of model sees of them at a time.

    Args:
        pair: two lists of tokens.
        names: a word for each kind of model.
        widths: words that it sees together; ``None`` for the whole sentence.
        focus: the token around which the windows are drawn.

    Returns the figure.
    """
    figure, axes = plt.subplots(2, 1, figsize=(8.2, 4.2))
    for axis, tokens in zip(axes, pair, strict=True):
        edges = np.cumsum([0, *(len(token) + 2 for token in tokens)])
        for token, start, stop in zip(tokens, edges, edges[1:], strict=False):
            box = {"boxstyle": "round,pad=0.2", "fc": "0.88", "ec": "none"}
            box = box if token == focus else None
            axis.text((start + stop) / 2, 0, token, ha="center", va="center", bbox=box)
        at = tokens.index(focus)
        for row, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
            if width is None:
                first, last = 0, len(tokens)
            else:
                first = max(0, min(at - width // 2, len(tokens) - width))
                last = first + width
            bar = [edges[first] + 0.4, edges[last] - 0.4]
            axis.plot(bar, [-row] * 2, "-", color=COLOURS[(row - 1) % 7], linewidth=5)
            axis.text(edges[-1] + 1, -row, name, va="center", color=COLOURS[(row - 1) % 7])
        axis.set(xlim=(-1, edges[-1] + 22), ylim=(-len(names) - 0.6, 0.7))
        axis.set_axis_off()
    return figure


def reach(gaps, accuracies, labels):
    """Share of right answers on contrast pairs against the gap, a panel a model.

    Args:
        gaps: (gaps,), words between the adjective and its verb.
        accuracies: ``{model: (seeds, gaps)}``; one seed for what needs none.
        labels: names of the two axes, and a word for guessing.

    Returns the figure.
    """
    figure, axes = panels(len(accuracies), columns=3, width=2.7, height=2.3)
    for place, (axis, (name, runs)) in enumerate(zip(axes, accuracies.items(), strict=True)):
        shifts = 0.14 * (np.arange(len(runs)) - (len(runs) - 1) / 2)
        for shift, run in zip(shifts, runs, strict=True):
            places = np.arange(len(gaps)) + shift
            axis.plot(places, run, "o", color=COLOURS[place], markersize=6)
        axis.axhline(0.5, color="black", linestyle="--", linewidth=1, label=labels[2])
        axis.set_xticks(range(len(gaps)), [str(gap) for gap in gaps])
        axis.set(xlim=(-0.5, len(gaps) - 0.5), ylim=(0.35, 1.06), title=name)
        lowest = place >= len(accuracies) - 3
        label(axis, labels[0] if lowest else "", labels[1] if place % 3 == 0 else "")
        if place == 0:
            axis.legend(loc="upper right", fontsize=8)
    return figure


def attention(sentences, shares, label_of_axis):
    """How the weights of attention pooling spread over the words.

    Args:
        sentences: lists of tokens.
        shares: for each sentence one row of (tokens,) a seed.
        label_of_axis: name of the weights.

    Returns the figure.
    """
    figure, axes = panels(len(sentences), columns=1, width=7.4, height=1.9)
    for axis, tokens, runs in zip(axes, sentences, shares, strict=True):
        width = 0.8 / len(runs)
        for seed, run in enumerate(runs):
            places = np.arange(len(tokens)) + (seed - (len(runs) - 1) / 2) * width
            axis.bar(places, run, width, color=COLOURS[seed])
        axis.set_xticks(range(len(tokens)), tokens, rotation=25, ha="right", fontsize=9)
        axis.set_ylabel(label_of_axis)
        axis.grid(False, axis="x")
    return figure


def erased(shares, changes, labels):
    """Every word of many sentences: its weight, and what happens without it.

    Args:
        shares, changes: (words,)
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    axis.plot(shares, changes, ".", color=COLOURS[0], alpha=0.35, markersize=5)
    axis.axhline(0, color="black", linewidth=0.8, linestyle="-")
    label(axis, *labels)
    return figure
