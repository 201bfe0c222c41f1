"""Drawings of digits that a network reads row by row."""

import numpy as np

from rnn_tf.course.figures.style import COLOURS, label, panels, points_by_seed, spread

#: Left, right, bottom, top: rows and columns count from 1.
_EDGES = (0.5, 28.5, 28.5, 0.5)
_ROWS = (1, 7, 14, 21, 28)


def reading(pictures, beliefs, *, rows_read=28, column, row, answer, probability):
    """Each picture as far as it was read, and beside every row the belief after it.

    Args:
        pictures: (count, 28, 28), ink from 0 to 1.
        beliefs: (count, 28, classes): after each row, the probability of each class.
        rows_read: rows below are not drawn yet.
        column, row, answer, probability: words for the axes and the colour scale.
    """
    read = np.arange(28)[:, None] < rows_read
    figure, pairs = _pairs(len(pictures))
    for (seen, said), picture, belief in zip(pairs, pictures, beliefs, strict=True):
        picture_of(seen, np.where(read, picture, np.nan))
        edges = (-0.5, belief.shape[1] - 0.5, 28.5, 0.5)
        image = said.imshow(
            np.where(read, belief, np.nan), cmap="cividis", extent=edges, vmin=0, vmax=1
        )
        said.set_xticks(range(belief.shape[1]))
        for axis in (seen, said):
            _beside(axis)
            axis.set_facecolor("#DDDDDD")
            if rows_read < 28:
                axis.axhline(rows_read + 0.5, color=COLOURS[1], linestyle="-", linewidth=2)
        label(seen, column, row)
        label(said, answer, "")
    figure.colorbar(image, ax=[said for _, said in pairs], label=probability, shrink=0.8)
    return figure


def states_by_row(pictures, states, *, column, row, unit, state):
    """Each picture, and beside it the hidden state after every row, units by when they move most.

    Args:
        pictures: (count, 28, 28)
        states: (count, 28, units)
    """
    figure, pairs = _pairs(len(pictures))
    largest = float(np.abs(states).max())
    scale = {"cmap": "PuOr", "vmin": -largest, "vmax": largest}
    for (seen, inner), picture, values in zip(pairs, pictures, states, strict=True):
        picture_of(seen, picture)
        order = np.argsort(np.abs(np.diff(values, axis=0)).argmax(axis=0), kind="stable")
        edges = (0.5, values.shape[1] + 0.5, 28.5, 0.5)
        image = inner.imshow(values[:, order], extent=edges, **scale)
        for axis in (seen, inner):
            _beside(axis)
        label(seen, column, row)
        label(inner, unit, "")
    figure.colorbar(image, ax=[inner for _, inner in pairs], label=state, shrink=0.8)
    return figure


def _pairs(count):
    """Pairs of panels, two pairs a line: a picture and what belongs to its rows."""
    size = {"width": 3.1, "height": 3.1} if count == 1 else {"width": 2.3, "height": 2.4}
    figure, axes = panels(2 * count, columns=2 * min(count, 2), **size)
    return figure, list(zip(axes[::2], axes[1::2], strict=True))


def _beside(axis):
    """A square, whatever it shows: so the rows of two neighbours stand at the same height."""
    axis.set_aspect("auto")
    axis.set_box_aspect(1)
    axis.set_yticks(_ROWS)
    axis.grid(False)


def picture_of(axis, picture):
    """A digit on an axis, its rows and columns counted from 1."""
    axis.imshow(picture, cmap="Greys", vmin=0, vmax=1, extent=_EDGES)
    axis.set_xticks(_ROWS)
    axis.grid(False)


def rows_are_steps(picture, rows, *, column, row, ink):
    """A digit with some of its rows marked, and those rows as a network receives them.

    Args:
        picture: (28, 28)
        rows: their numbers, from 1 up.
    """
    figure, (left, right) = panels(2, width=3.9, height=3.3)
    picture_of(left, picture)
    left.set_yticks(_ROWS)
    for place, number in enumerate(rows):
        colour, lifted = COLOURS[place], 1.3 * (len(rows) - 1 - place)
        left.axhspan(number - 0.5, number + 0.5, color=colour, alpha=0.35)
        right.step(range(1, 29), picture[number - 1] + lifted, where="mid", color=colour, ls="-")
        right.text(1, lifted + 0.12, f"$x_{{{number}}}$", color=colour)
    right.set_yticks([])
    label(left, column, row)
    label(right, column, ink)
    return figure


def by_learning_rate(rates, scores, *, rate, accuracy):
    """Accuracy over the learning rate, a line a network, a ring where it is best.

    Args:
        rates: (rates,)
        scores: ``{name: (rates, seeds)}``
    """
    figure, (axis,) = panels()
    for name, values in scores.items():
        values = np.asarray(values)
        line = spread(axis, rates, values.T, name)
        best = np.median(values, axis=1).argmax()
        axis.plot(
            rates[best],
            np.median(values[best]),
            "o",
            markersize=12,
            fillstyle="none",
            markeredgewidth=2,
            color=line.get_color(),
        )
    axis.set_xscale("log")
    axis.set_xticks(rates, [f"{value:g}" for value in rates])
    axis.set_xticks([], minor=True)
    axis.legend()
    label(axis, rate, accuracy)
    return figure


def by_network(scores, *, network, accuracy):
    """One point a seed and a bar at the median, for ``{name: (seeds,)}``."""
    figure, (axis,) = panels()
    points_by_seed(axis, list(scores), list(scores.values()))
    axis.set_xlim(-0.6, len(scores) - 0.4)
    label(axis, network, accuracy)
    return figure


def gallery(pictures, titles, *, columns=6):
    """Small pictures in rows, a line of text over each."""
    figure, axes = panels(len(pictures), columns=columns, width=1.25, height=1.6)
    for axis, picture, title in zip(axes, pictures, titles, strict=True):
        axis.imshow(picture, cmap="Greys", vmin=0, vmax=1)
        axis.set_axis_off()
        axis.set_title(title, fontsize=9)
    return figure


def side_by_side(pictures, names, *, column, step):
    """A few pictures with a name over each."""
    figure, axes = panels(len(pictures), columns=len(pictures), width=2.7, height=2.9)
    for axis, picture, name in zip(axes, pictures, names, strict=True):
        picture_of(axis, picture)
        axis.set_yticks(_ROWS)
        label(axis, column, step, name)
    return figure


def confusion(counts, *, answer, truth, colour_label):
    """Wrong answers counted: a row for each true class, a column for each answer.

    Args:
        counts: (classes, classes); the diagonal is left out, and white like every zero.
    """
    errors = counts - np.diag(np.diag(counts))
    figure, (axis,) = panels()
    figure.set_size_inches(5.6, 4.6)
    image = axis.imshow(np.where(errors, errors, np.nan), cmap="Oranges", vmin=0)
    axis.grid(False)
    for i, j in np.argwhere(errors):
        dark = errors[i, j] > 0.6 * errors.max()
        axis.text(j, i, errors[i, j], ha="center", va="center", color="white" if dark else "black")
    axis.set(xticks=range(len(errors)), yticks=range(len(errors)))
    figure.colorbar(image, ax=axis, label=colour_label)
    label(axis, answer, truth)
    return figure


def error_curves(runs, *, epoch, errors):
    """Shares of errors over the epochs on a logarithmic scale: ``{name: (seeds, epochs)}``."""
    figure, (axis,) = panels()
    for name, values in runs.items():
        spread(axis, np.arange(1, len(values[0]) + 1), values, name)
    axis.set_yscale("log")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend()
    label(axis, epoch, errors)
    return figure
