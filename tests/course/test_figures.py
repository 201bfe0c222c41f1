"""Figures: Chinese without system fonts, colours that can be told apart, named axes."""

import re
import tokenize
import warnings

import matplotlib.colors
import numpy as np
import pytest
from matplotlib import pyplot as plt

from rnn_tf import paths
from rnn_tf.course import figures


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def chinese_strings(file):
    """The string literals of a source that hold Chinese, with their line."""
    with file.open("rb") as lines:
        for token in tokenize.tokenize(lines.readline):
            kinds = (tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))
            if token.type in kinds and re.search("[\u4e00-\u9fff]", token.string):
                yield token.start[0], token.string


def sources():
    """Where figures are drawn; the ledger's words are printed, never drawn."""
    library = [f for f in paths._PACKAGE.rglob("*.py") if "ledger" not in f.parts]
    return sorted(library) + sorted(paths.chapters_folder().glob("*.py"))


def test_every_chinese_string_of_library_and_lessons_has_its_glyphs():
    seen, missing = 0, []
    for file in sources():
        for line, text in chinese_strings(file):
            seen += 1
            missing += [f"{file.name}:{line} {c}" for c in figures.missing_glyphs(text)]
    assert seen > 20
    assert missing == []


def test_missing_glyphs_names_what_no_font_can_show():
    assert figures.missing_glyphs("循环 RNN：h_t ≈ σ(z)，60 ℃") == []
    assert figures.missing_glyphs("循\U000131a0环\U000131a0") == ["\U000131a0"]


def test_a_chinese_figure_is_drawn_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure, (axis,) = figures.panels(1)
        axis.plot([0, 1], [-1, 1], label="隐藏状态")
        axis.legend()
        figures.label(axis, "时间步（步）", "梯度范数", "沿时间反向传播")
        figure.canvas.draw()


def test_the_glyphs_come_from_the_shipped_font():
    from matplotlib import font_manager, rcParams

    _, chinese = rcParams["font.family"]
    assert font_manager.findfont(chinese).endswith("NotoSansSC-subset.otf")


def luminance(colour):
    """Relative luminance of WCAG 2.2."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


# Viénot, Brettel and Mollon (1999): what dichromats see, in linear RGB.
DICHROMATS = {
    "protan": [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
    "deutan": [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
}


@pytest.mark.parametrize("kind", DICHROMATS)
def test_first_colours_differ_for_colour_blind_readers_or_by_their_line(kind):
    rgb = np.array([matplotlib.colors.to_rgb(c) for c in figures.COLOURS[:4]])
    seen = np.clip((rgb**2.2) @ np.array(DICHROMATS[kind]).T, 0, 1) ** (1 / 2.2)
    for i in range(4):
        for j in range(i):
            apart = np.linalg.norm(seen[i] - seen[j]) > 0.15
            assert apart or figures.LINE_STYLES[i] != figures.LINE_STYLES[j]
    assert len(set(figures.LINE_STYLES[:4])) == 4


def test_lines_are_dark_enough_on_white():
    for colour in figures.COLOURS[:3]:
        assert 1.05 / (luminance(colour) + 0.05) >= 3, colour


def test_panels_are_laid_out_in_rows_of_three():
    figure, axes = figures.panels(4)
    assert len(axes) == 4 and len(figure.axes) == 6
    assert [axis.axison for axis in figure.axes] == [True] * 4 + [False] * 2
    _, (only,) = figures.panels()
    figures.label(only, "time (h)", "loss", "a title")
    assert (only.get_xlabel(), only.get_ylabel(), only.get_title()) == (
        "time (h)",
        "loss",
        "a title",
    )


def test_spread_shows_median_and_extremes():
    _, (axis,) = figures.panels()
    line = figures.spread(axis, [0, 1], [[1, 2], [5, 6], [2, 9]], "runs")
    assert line.get_ydata().tolist() == [2, 6]
    heights = axis.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (1, 9)


def test_points_by_seed_shows_every_seed_and_the_baseline():
    _, (axis,) = figures.panels()
    figures.points_by_seed(axis, ["a", "b"], [[1, 3, 2], [4]], baseline=("guess", 0.5))
    points = [line.get_ydata().tolist() for line in axis.lines if line.get_marker() == "o"]
    assert points == [[1, 3, 2], [4]]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["guess"]


def test_a_diverging_heatmap_is_centred_on_zero():
    _, (axis,) = figures.panels()
    image = figures.heatmap(axis, [[-1.0, 4.0]], colour_label="weight", diverging=True)
    assert image.get_clim() == (-4, 4)
    zeros = figures.heatmap(axis, np.zeros((2, 2)), colour_label="weight", diverging=True)
    assert zeros.get_clim() == (-1, 1)
