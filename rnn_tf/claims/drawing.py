"""An experiment's statements as a picture: what must be seen, and what was, seed by seed. SVG."""

import math
from html import escape

import numpy as np

from rnn_tf.claims.showing import form, label, number, wanted
from rnn_tf.claims.statements import Ratio
from rnn_tf.wrapping import columns

WIDTH, LEFT, RIGHT, ROW = 940, 60, 170, 62
#: Of the range that is wanted; of a statement that holds, fails, or stays open.
_RANGE, _COLOURS = "#d7ead7", {True: "#1b7837", False: "#b2182b", None: "#666666"}
#: Columns of a statement's words at the width of the picture.
_ROOM = 112


def picture(experiment, result, lang):
    """The figure of an experiment, SVG text: one row a statement, the green range is wanted.

    A dot is a seed, the bar the 95 % interval of the mean. Each row has its own axis, logarithmic
    for ratios and where positive numbers lie far apart.
    """
    seen, rows = set(), []
    for rule in experiment.rules.values():
        for finding in rule.verdict(result.evidence).findings:
            if finding.statement not in seen:
                seen.add(finding.statement)
                rows.append(finding)
    height = ROW * len(rows) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="13">',
        f"<title>{escape(experiment.title[lang == 'zh'])}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
    ]
    for place, finding in enumerate(rows):
        parts += _row(finding, result.evidence, 8 + ROW * place, lang)
    return "\n".join([*parts, "</svg>", ""])


def _row(finding, evidence, top, lang):
    statement, numbers = finding.statement, finding.statement.numbers(evidence)
    words = statement.says[lang == "zh"]
    place = _axis(finding, statement, numbers)
    middle, colour = top + 38, _COLOURS[finding.holds]
    left, right = place(statement.low), place(statement.high)
    size = 13 if columns(words) <= _ROOM else 13 * _ROOM / columns(words)
    parts = [
        f'<text x="8" y="{top + 14}" font-size="{size:.1f}">{escape(words)}</text>',
        f'<rect x="{left:.1f}" y="{middle - 12}" width="{max(right - left, 2):.1f}" height="24" '
        f'fill="{_RANGE}"/>',
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{middle}" y2="{middle}" stroke="#bbbbbb"/>',
        f'<line x1="{place(finding.left):.1f}" x2="{place(finding.right):.1f}" y1="{middle}" '
        f'y2="{middle}" stroke="{colour}" stroke-width="5" stroke-opacity="0.5"/>',
    ]
    parts += [
        f'<circle cx="{place(value):.1f}" cy="{middle}" r="4" fill="{colour}" fill-opacity="0.7"/>'
        for value in numbers
    ]
    words = f"{label(finding.holds, lang)}: {number(finding.mean)}"
    need = form(statement, lang) + wanted(statement)
    return [
        *parts,
        f'<text x="{WIDTH - RIGHT + 10}" y="{middle - 2}" fill="{colour}">{escape(words)}</text>',
        f'<text x="{WIDTH - RIGHT + 10}" y="{middle + 14}" fill="#555555" font-size="11">'
        f"{escape(need)}</text>",
    ]


def _axis(finding, statement, numbers):
    """A function from a number to its x; an end of the range that is open lies at the edge."""
    shown = [*numbers, finding.left, finding.right, statement.low, statement.high]
    shown = np.array([x for x in shown if math.isfinite(x)])
    far = shown.min() > 0 and shown.max() > 50 * shown.min()
    scale = np.log if shown.min() > 0 and (far or isinstance(statement, Ratio)) else np.asarray
    low, high = float(scale(shown.min())), float(scale(shown.max()))
    room = (high - low) * 0.12 or 0.5 * abs(high) or 1.0

    def place(value):
        if not math.isfinite(value) or (scale is np.log and value <= 0):
            return LEFT if value <= 0 else WIDTH - RIGHT
        share = (float(scale(value)) - low + room) / (high - low + 2 * room)
        return LEFT + share * (WIDTH - RIGHT - LEFT)

    return place
