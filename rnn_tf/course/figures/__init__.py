"""Figures of the course: one style for all, and the drawings that lessons share."""

from rnn_tf.course.figures.style import (
    COLOURS,
    LINE_STYLES,
    heatmap,
    label,
    missing_glyphs,
    panels,
    points_by_seed,
    spread,
    use_style,
)

__all__ = [
    "COLOURS",
    "LINE_STYLES",
    "heatmap",
    "label",
    "missing_glyphs",
    "panels",
    "points_by_seed",
    "spread",
    "use_style",
]
