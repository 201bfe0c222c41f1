"""The gated cells, drawn: a conveyor belt that carries the state, and gates beside it.

One drawing for every lesson that means a gate. It holds mathematical symbols only; words and
numbers come from the caller.
"""

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyBboxPatch

from rnn_tf.course.figures.style import COLOURS

#: One colour a gate, in every drawing of the course; the candidate, which is no gate, is grey.
GATE_COLOURS = {
    "f": COLOURS[1],
    "i": COLOURS[2],
    "o": COLOURS[0],
    "z": COLOURS[1],
    "r": COLOURS[3],
    "g": "0.45",
}
_WIRE, _BELT = "0.25", COLOURS[4]
_BELT_HEIGHT, _BOX_HEIGHT, _RADIUS = 5.0, 2.0, 0.27
_HALF_WIDTH, _HALF_HEIGHT = 0.52, 0.42
_SIZE = (5.2, 3.3)


def cells(titles=("LSTM", "GRU"), *, words=None):
    """Both gated cells side by side: ``lstm`` and ``gru`` with a title each; a figure."""
    figure, axes = plt.subplots(1, 2, figsize=(2 * _SIZE[0], _SIZE[1]))
    for axis, draw, title in zip(axes, (lstm, gru), titles, strict=True):
        draw(axis, words=words)
        axis.set_title(title)
    return figure


def cell(draw, **given):
    """One cell alone, ``draw`` being ``lstm`` or ``gru``; a figure."""
    figure, axis = plt.subplots(figsize=(1.25 * _SIZE[0], 1.25 * _SIZE[1]))
    draw(axis, **given)
    return figure


def lstm(axis, *, words=None, values=None):
    r"""One LSTM cell: :math:`c_t = f \circ c_{t-1} + i \circ g`, :math:`h_t = o \circ \tanh c_t`.

    Args:
        words: names below the boxes, by symbol: ``{"f": "forget\ngate", …}``, also ``i g o``.
        values: numbers of one step, by symbol: ``x h_before c_before f i g o c h``. The boxes are
            filled as far as their gate is open.
    """
    words, values = words or {}, values or {}
    belt, rail, middle = _BELT_HEIGHT, 0.9, 3.5
    f, i, g, o, out = 2.0, 3.7, 5.1, 6.7, 8.3
    _frame(axis)
    _belt(axis, "c", values)
    _wire(axis, (-0.1, rail), (o, rail), arrow=False)
    _text(axis, -0.4, rail, _named("$h_{t-1}$", values.get("h_before")), ha="right")
    _wire(axis, (1.0, -0.75), (1.0, rail), arrow=False)
    _joint(axis, 1.0, rail)
    _text(axis, 1.0, -0.85, _named("$x_t$", values.get("x"), " = "), va="top")
    for symbol, place in zip("figo", (f, i, g, o), strict=True):
        _wire(axis, (place, rail), (place, _BOX_HEIGHT - _HALF_HEIGHT))
        _box(axis, place, symbol, words, values)
    top = _BOX_HEIGHT + _HALF_HEIGHT
    _wire(axis, (f, top), (f, belt - _RADIUS), colour=GATE_COLOURS["f"])
    _wire(axis, (i, top), (i, middle), (g - _RADIUS, middle), colour=GATE_COLOURS["i"])
    _wire(axis, (g, top), (g, middle - _RADIUS), colour=GATE_COLOURS["g"])
    _wire(axis, (g, middle + _RADIUS), (g, belt - _RADIUS))
    _wire(axis, (o, top), (o, 3.0), (out - _RADIUS, 3.0), colour=GATE_COLOURS["o"])
    _wire(axis, (out, belt), (out, 4.35))
    _wire(axis, (out, 3.75), (out, 3.0 + _RADIUS))
    _wire(axis, (out, 3.0 - _RADIUS), (out, rail), (10.5, rail))
    _joint(axis, out, belt)
    _pill(axis, out, 4.05, r"$\tanh$")
    for place in ((f, belt), (g, middle), (out, 3.0)):
        _sign(axis, *place, "×")
    _sign(axis, g, belt, "+")
    _text(axis, 10.7, rail, _named("$h_t$", values.get("h")), ha="left")
    for symbol, at in {"f": (f, 3.6), "i": (i, 2.95), "g": (g, 2.95), "o": (o, 2.7)}.items():
        if symbol in values:
            _text(axis, at[0] + 0.16, at[1], _number(values[symbol]), ha="left", size=9)


def gru(axis, *, words=None, values=None):
    r"""One GRU cell as in Keras: :math:`h_t = z \circ h_{t-1} + (1-z) \circ g`.

    Args:
        words, values: as of ``lstm``, for the symbols ``z r g`` and ``x h_before h``.
    """
    words, values = words or {}, values or {}
    belt, state_rail, input_rail, middle = _BELT_HEIGHT, 1.1, 0.55, 3.5
    z, g, reset, r = 2.3, 4.9, 6.3, 7.8
    _frame(axis)
    _belt(axis, "h", values)
    _wire(axis, (1.0, belt), (1.0, state_rail), (r - 0.2, state_rail), arrow=False)
    _joint(axis, 1.0, belt)
    _wire(axis, (1.5, -0.75), (1.5, input_rail), (r + 0.2, input_rail), arrow=False)
    _text(axis, 1.5, -0.85, _named("$x_t$", values.get("x"), " = "), va="top")
    bottom, top = _BOX_HEIGHT - _HALF_HEIGHT, _BOX_HEIGHT + _HALF_HEIGHT
    for place in (z - 0.2, r - 0.2):
        _wire(axis, (place, state_rail), (place, bottom))
    for place in (z + 0.2, g, r + 0.2):
        _wire(axis, (place, input_rail), (place, bottom))
    for at in ((z - 0.2, state_rail), (reset, state_rail), (z + 0.2, input_rail), (g, input_rail)):
        _joint(axis, *at)
    for symbol, place in zip("zgr", (z, g, r), strict=True):
        _box(axis, place, symbol, words, values)
    _wire(axis, (z, top), (z, belt - _RADIUS), colour=GATE_COLOURS["z"])
    _wire(axis, (z, middle), (g - _RADIUS, middle), colour=GATE_COLOURS["z"])
    _joint(axis, z, middle)
    _pill(axis, (z + g) / 2, middle, r"$1-z$")
    _wire(axis, (g, top), (g, middle - _RADIUS), colour=GATE_COLOURS["g"])
    _wire(axis, (g, middle + _RADIUS), (g, belt - _RADIUS))
    _wire(axis, (reset, state_rail), (reset, _BOX_HEIGHT - _RADIUS))
    _wire(
        axis,
        *((r, top), (r, 3.0), (reset, 3.0), (reset, _BOX_HEIGHT + _RADIUS)),
        colour=GATE_COLOURS["r"],
    )
    _wire(axis, (reset - _RADIUS, _BOX_HEIGHT), (g + _HALF_WIDTH, _BOX_HEIGHT))
    for place in ((z, belt), (g, middle), (reset, _BOX_HEIGHT)):
        _sign(axis, *place, "×")
    _sign(axis, g, belt, "+")
    for symbol, at in {"z": (z, 4.2), "g": (g, 2.95), "r": (r, 2.7)}.items():
        if symbol in values:
            _text(axis, at[0] + 0.16, at[1], _number(values[symbol]), ha="left", size=9)


def _frame(axis):
    """The cell's outline on an empty canvas on which a unit is as high as it is wide."""
    axis.set(xlim=(-1.6, 12.0), ylim=(-1.4, 5.9), aspect="equal")
    axis.set_axis_off()
    axis.add_patch(
        FancyBboxPatch(
            (0.4, -0.35), 9.4, 6.1, boxstyle="round,pad=0,rounding_size=0.4", fc="0.96", ec="0.6"
        )
    )


def _belt(axis, state, values):
    """The conveyor belt of the state ``state``, from step to step."""
    for width, colour, alpha in ((9, _BELT, 0.35), (1.8, _WIRE, 1.0)):
        axis.plot([-0.1, 10.3], [_BELT_HEIGHT] * 2, "-", lw=width, color=colour, alpha=alpha)
    _wire(axis, (10.2, _BELT_HEIGHT), (10.5, _BELT_HEIGHT))
    before = _named(f"${state}_{{t-1}}$", values.get(f"{state}_before"))
    _text(axis, -0.4, _BELT_HEIGHT, before, ha="right")
    _text(axis, 10.7, _BELT_HEIGHT, _named(f"${state}_t$", values.get(state)), ha="left")


def _named(name, value, between="\n"):
    return name if value is None else f"{name}{between}{_number(value)}"


def _number(value):
    return f"{value:.2f}".replace("-", "−")


def _text(axis, x, y, text, *, ha="center", va="center", size=11, **more):
    axis.text(x, y, text, ha=ha, va=va, fontsize=size, **more)


def _wire(axis, *points, arrow=True, colour=_WIRE):
    axis.plot(*zip(*points, strict=True), "-", color=colour, lw=1.6, solid_joinstyle="round")
    if arrow:
        (x0, y0), (x1, y1) = points[-2:]
        start = (x1 - 0.2 * _sign_of(x1 - x0), y1 - 0.2 * _sign_of(y1 - y0))
        style = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0, "lw": 1.6}
        axis.annotate("", (x1, y1), start, arrowprops=style)


def _sign_of(number):
    return (number > 0) - (number < 0)


def _joint(axis, x, y):
    axis.add_patch(Circle((x, y), 0.09, color=_WIRE, zorder=3))


def _sign(axis, x, y, sign):
    axis.add_patch(Circle((x, y), _RADIUS, fc="white", ec=_WIRE, lw=1.4, zorder=4))
    _text(axis, x, y, sign, size=12, zorder=5)


def _pill(axis, x, y, text):
    """A function that has no weights of its own."""
    style = {"boxstyle": "round,pad=0.25", "fc": "white", "ec": _WIRE}
    _text(axis, x, y, text, size=9, bbox=style, zorder=4)


def _box(axis, x, symbol, words, values):
    """A gate or the candidate: weights of its own; its colour is the paler the more it is shut."""
    colour = GATE_COLOURS[symbol]
    strength = min(abs(values.get(symbol, 1.0)), 1.0) if values else 0.25
    pale = tuple(1 - (1 - part) * (0.1 + 0.5 * strength) for part in to_rgb(colour))
    corner = (x - _HALF_WIDTH, _BOX_HEIGHT - _HALF_HEIGHT)
    shape = "round,pad=0,rounding_size=0.12"
    size = (2 * _HALF_WIDTH, 2 * _HALF_HEIGHT)
    axis.add_patch(
        FancyBboxPatch(corner, *size, boxstyle=shape, fc=pale, ec=colour, lw=1.8, zorder=3)
    )
    _text(axis, x, _BOX_HEIGHT + 0.1, f"${symbol}$", size=13, zorder=5)
    squashed = r"$\tanh$" if symbol == "g" else r"$\sigma$"
    _text(axis, x, _BOX_HEIGHT - 0.25, squashed, size=7.5, zorder=5)
    if symbol in words:
        _text(axis, x, 0.32, words[symbol], va="top", size=8, color="0.2", linespacing=0.95)
