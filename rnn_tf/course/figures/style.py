"""One style for every figure: colours that colour-blind readers can tell apart, labelled axes,
and Chinese labels that render without any font of the system."""

from importlib import resources

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib import font_manager, rcParams

#: Okabe and Ito (2008), "Color universal design": eight colours told apart by all readers.
COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#F0E442",
)
LINE_STYLES = ("-", "--", "-.", ":", "-", "--", "-.", ":")


def use_style():
    """Set the course's style for all figures of this process, Chinese glyphs included."""
    families = ["DejaVu Sans"]
    font = resources.files("rnn_tf.course") / "_fonts" / "NotoSansSC-subset.otf"
    if font.is_file():
        with resources.as_file(font) as path:
            font_manager.fontManager.addfont(path)
            families.append(font_manager.FontProperties(fname=path).get_name())
    rcParams.update(
        {
            "font.family": families,
            "axes.unicode_minus": False,
            "axes.prop_cycle": cycler(color=COLOURS[:7]) + cycler(linestyle=LINE_STYLES[:7]),
            "axes.grid": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.alpha": 0.3,
            "legend.frameon": False,
            "figure.figsize": (7.0, 3.6),
            "figure.dpi": 110,
            "savefig.dpi": 110,
            "figure.constrained_layout.use": True,
            "svg.hashsalt": "rnn_tf",
        }
    )


def missing_glyphs(text):
    """The characters of ``text`` that no font of the style can show, each once."""
    fonts = [
        font_manager.get_font(font_manager.findfont(family, fallback_to_default=False))
        for family in rcParams["font.family"]
    ]
    return [
        character
        for character in dict.fromkeys(text)
        if not character.isspace() and not any(f.get_char_index(ord(character)) for f in fonts)
    ]


def panels(count=1, *, columns=None, width=3.6, height=3.2):
    """A figure with ``count`` equal panels; returns ``(figure, list of axes)``."""
    columns = columns or min(count, 3)
    rows = -(-count // columns)
    size = (7.0, 3.6) if count == 1 else (width * columns, height * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
    flat = list(axes.flat)
    for spare in flat[count:]:
        spare.set_axis_off()
    return figure, flat[:count]


def label(axis, x, y, title=None):
    """Name both axes, units in round brackets: ``"time (h)"``."""
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    if title:
        axis.set_title(title)


def spread(axis, x, runs, name, *, colour=None):
    """One line a group of runs: the median over seeds, with the band from smallest to largest.

    Args:
        x: (points,)
        runs: (seeds, points)
    """
    runs = np.asarray(runs, dtype=float)
    (line,) = axis.plot(x, np.median(runs, axis=0), label=name, color=colour)
    axis.fill_between(x, runs.min(axis=0), runs.max(axis=0), color=line.get_color(), alpha=0.2)
    return line


def points_by_seed(axis, names, runs, *, baseline=None):
    """Every seed as a point, the median as a bar: nothing hides in a mean.

    Args:
        names: one label a model.
        runs: for each model its values, one a seed.
        baseline: ``(label, value)`` drawn as a dashed line.
    """
    for place, values in enumerate(runs):
        values = np.atleast_1d(values)
        colour = COLOURS[place % 7]
        axis.plot(np.full(len(values), place), values, "o", color=colour, alpha=0.8)
        axis.plot([place - 0.25, place + 0.25], [np.median(values)] * 2, "-", color=colour)
    axis.set_xticks(range(len(names)), names)
    if baseline is not None:
        axis.axhline(baseline[1], color="black", linestyle="--", linewidth=1, label=baseline[0])
        axis.legend()


def heatmap(axis, matrix, *, colour_label, diverging=False):
    """A matrix as colours with its scale; ``diverging`` centres the scale on zero."""
    matrix = np.asarray(matrix)
    limits = {}
    if diverging:
        largest = float(np.abs(matrix).max()) or 1.0
        limits = {"vmin": -largest, "vmax": largest}
    image = axis.imshow(
        matrix, aspect="auto", cmap="PuOr" if diverging else "cividis", origin="upper", **limits
    )
    axis.grid(False)
    axis.figure.colorbar(image, ax=axis, label=colour_label)
    return image
