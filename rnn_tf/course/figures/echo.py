"""The delayed echo drawn: who says what, how it is learnt, what an answer hangs on, the cliff."""

import matplotlib.pyplot as plt
import numpy as np

from rnn_tf.course.figures.style import COLOURS, heatmap, label, panels, points_by_seed, spread


def rows(bits, names, *, delay, step):
    """Rows of bits under each other: heard, wanted, and what networks say.

    Arrows lead from each bit heard to the place where it is wanted; a cross marks a wrong answer.

    Args:
        bits: rows of (steps,): heard, wanted, then one row a network.
        names: a word for each row.
        delay: steps from hearing to saying.
        step: name of the horizontal axis.

    Returns the figure.
    """
    steps = len(bits[0])
    places = [0.0, 1.7, *(2.9 + 1.2 * np.arange(len(bits) - 2))]
    figure, axis = plt.subplots(figsize=(7.4, 0.9 + 0.45 * places[-1] + 0.5))
    for row, (values, y) in enumerate(zip(bits, places, strict=True)):
        for t in range(delay if row else 0, steps):
            bit = int(values[t])
            wrong = row > 1 and bit != int(bits[1][t])
            _square(axis, t + 1, y, bit, wrong)
    for t in range(steps - delay):
        arrow = {"arrowstyle": "-|>", "color": COLOURS[1] if bits[0][t] else "0.65"}
        axis.annotate("", xy=(t + 1 + delay, 1.2), xytext=(t + 1, 0.5), arrowprops=arrow)
    axis.set_yticks(places, names)
    axis.set_xticks(range(1, steps + 1))
    axis.set(xlim=(0.4, steps + 0.6), ylim=(places[-1] + 0.6, -0.6), xlabel=step)
    axis.tick_params(length=0)
    axis.grid(False)
    for spine in axis.spines.values():
        spine.set_visible(False)
    return figure


def _square(axis, x, y, bit, wrong):
    face, ink = (COLOURS[0], "white") if bit else ("white", "black")
    axis.add_patch(plt.Rectangle((x - 0.42, y - 0.45), 0.84, 0.9, facecolor=face, edgecolor="0.5"))
    axis.text(x, y, str(bit), ha="center", va="center", color=ink)
    if wrong:
        axis.plot([x - 0.36, x + 0.36], [y - 0.38, y + 0.38], color=COLOURS[1], lw=2, ls="-")
        axis.plot([x - 0.36, x + 0.36], [y + 0.38, y - 0.38], color=COLOURS[1], lw=2, ls="-")


def learning(losses, accuracies, names, labels):
    """Loss while training, and the accuracies afterwards beside guessing.

    Args:
        losses: for each network (seeds, training steps).
        accuracies: for each network (seeds,).
        names: a word for each network.
        labels: words for training step, loss, accuracy, and the dashed line of guessing.

    Returns the figure.
    """
    step, loss, accuracy, guessing = labels
    figure, (left, right) = panels(2, width=3.7)
    for runs, name in zip(losses, names, strict=True):
        spread(left, np.arange(1, np.shape(runs)[1] + 1), runs, name)
    label(left, step, loss)
    left.set_ylim(bottom=0)
    left.legend()
    points_by_seed(right, names, accuracies, baseline=(guessing, 0.5))
    right.set(ylim=(0.4, 1.05), xlim=(-0.6, len(names) - 0.4))
    right.set_ylabel(accuracy)
    return figure


def sensitivity(matrix, labels):
    """How strongly each answer hangs on each bit heard, as colours.

    Args:
        matrix: (steps, steps), row t: mean |∂y_t/∂x_s| for every s.
        labels: words for the columns (bits heard), the rows (answers) and the scale.

    Returns the figure.
    """
    heard, said, size = labels
    figure, axis = plt.subplots(figsize=(5.2, 4.2))
    steps = len(matrix)
    heatmap(axis, matrix, colour_label=size)
    axis.plot([-0.5, steps - 0.5], [-0.5, steps - 0.5], color="white", lw=1, ls=":")
    axis.set_xticks(range(steps), range(1, steps + 1))
    axis.set_yticks(range(steps), range(1, steps + 1))
    label(axis, heard, said)
    return figure


def cliff(delays, accuracies, reach, labels):
    """Accuracy against the delay, and how much gradient comes back from that far.

    Args:
        delays: (points,)
        accuracies: (points, seeds)
        reach: (seeds, steps), row by seed: |∂y_t/∂x_{t-d}| for d = 0, 1, … in a new network.
        labels: words for delay, accuracy, and the dashed line of guessing; for the distance and
            the size of the gradient.

    Returns the figure.
    """
    delay, accuracy, guessing, distance, gradient = labels
    figure, (left, right) = panels(2, width=3.7)
    spread(left, delays, np.transpose(accuracies), None).set_marker("o")
    left.axhline(0.5, color="black", linestyle="--", linewidth=1, label=guessing)
    left.set_ylim(0.4, 1.05)
    label(left, delay, accuracy)
    left.legend()
    spread(right, np.arange(np.shape(reach)[1]), reach, None)
    right.set_yscale("log")
    label(right, distance, gradient)
    return figure
