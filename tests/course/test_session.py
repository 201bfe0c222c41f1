"""What lessons call: mode and language, results beside their baseline, figures with alt text."""

import base64
import html
import io
import json
import math
import os
import re

import pytest
from PIL import Image

from rnn_tf.course import figures, numbers
from rnn_tf.course import session as module
from rnn_tf.course.session import Session
from rnn_tf.errors import InputError
from tests.course.small_parts import WORDS, write_part

TITLE = ("accuracy", "准确率")


@pytest.fixture(params=["en", "zh"])
def lesson(request, tmp_path):
    return Session("01_x", "class", request.param, build=tmp_path)


def saved(lesson):
    file = lesson.build / "rows" / f"01_x.{lesson.lang}.class.json"
    return json.loads(file.read_text(encoding="utf-8"))


def test_texts_follow_the_language(lesson, capsys):
    assert lesson.text("one", "一") == {"en": "one", "zh": "一"}[lesson.lang]
    lesson.say("one", "一")
    assert capsys.readouterr().out.strip() == lesson.text("one", "一")


def test_values_follow_the_mode():
    assert Session("x", "class", "en").pick(class_mode=1, full=2) == 1
    assert Session("x", "full", "en").pick(class_mode=1, full=2) == 2


def test_a_result_is_said_and_written_beside_its_baseline(lesson, capsys):
    lesson.result(
        "acc", [0.97, 0.99, 0.98], title=TITLE, baseline=("chance", "猜测", 0.5), at_least=0.95
    )
    said = capsys.readouterr().out
    for words in (TITLE[lesson.lang == "zh"], "0.980", "0.970 … 0.990", "0.500", "≥ 0.95"):
        assert words in said
    (row,) = saved(lesson)
    assert row["values"] == [0.97, 0.99, 0.98] and row["median"] == 0.98
    assert row["in_band"] is True
    assert row["baseline"] == {"en": "chance", "zh": "猜测", "value": 0.5}


@pytest.mark.parametrize(
    ("values", "band", "inside"),
    [
        (0.95, {"at_least": 0.95}, True),
        (0.9499, {"at_least": 0.95}, False),
        ([0.99, 0.99, 0.94], {"at_least": 0.95}, False),
        (2e-7, {"at_most": 1e-7}, False),
        (0.5, {"at_least": 0.4, "at_most": 0.6}, True),
        (0.7, {"at_least": 0.4, "at_most": 0.6}, False),
        (math.nan, {}, False),
        ([1.0, math.inf], {"at_least": 0}, False),
        (12, {}, True),
    ],
)
def test_every_seed_must_lie_in_the_band(tmp_path, capsys, values, band, inside):
    lesson = Session("01_x", "class", "en", build=tmp_path)
    lesson.result("key", values, title=TITLE, **band)
    assert saved(lesson)[0]["in_band"] is inside
    assert ("MISSED" in capsys.readouterr().out) == (bool(band) and not inside)


def test_a_result_stated_again_replaces_the_first(lesson):
    lesson.result("acc", 0.1, title=TITLE)
    lesson.result("other", 0.2, title=TITLE)
    lesson.result("acc", 0.3, title=TITLE)
    assert [(row["key"], row["median"]) for row in saved(lesson)] == [("other", 0.2), ("acc", 0.3)]


def test_nothing_is_written_without_a_build_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lesson = Session("01_x", "class", "en", build=None)
    lesson.result("acc", 0.3, title=TITLE)
    figure, _ = figures.panels(1)
    lesson.figure(figure, "f", en="A.", zh="一。")
    assert list(tmp_path.iterdir()) == []


def test_a_figure_is_saved_with_its_alt_text_and_described(lesson, capsys):
    figure, (axis,) = figures.panels(1)
    axis.plot([0, 1])
    lesson.figure(figure, "line", en="A rising line.", zh="上升的线。")
    alt = lesson.text("A rising line.", "上升的线。")
    with Image.open(lesson.build / "figures" / f"01_x.line.{lesson.lang}.class.png") as image:
        assert image.text["Description"] == alt
        assert image.width > 500
    assert alt in capsys.readouterr().out


def test_in_a_notebook_a_figure_is_displayed_with_its_alt_text_and_caption(lesson, monkeypatch):
    from nbconvert.filters import markdown2html

    shown = []
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda what, **_: shown.append(what))
    figure, _ = figures.panels(1)
    alt = r"h_1 * w_1 < 2 $ 3 $, [a](b), `c`, a\b, |x|, ~~d~~, #5, **e**, 40 % & 一。"
    lesson.figure(figure, "f", en=alt, zh=alt)
    data, metadata = shown[0]._repr_mimebundle_()
    assert data["image/png"] and metadata["image/png"]["alt"] == alt
    caption = lesson.text("Figure: ", "图：") + alt
    assert shown[1]["text/plain"] == caption
    page = markdown2html(shown[1]["text/markdown"])
    assert html.unescape(re.sub(r"<[^>]*>", "", page)).strip() == caption


def test_sounds_have_players_in_a_notebook_and_nowhere_else(lesson, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda what, **_: shown.append(what))
    lesson.hear({"a": b"OggS1"})
    assert shown == []
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    lesson.hear({"a <1>": b"OggS1", "b": b"OggS2", "c": b"RIFF3"})
    (data,) = shown
    assert data["text/plain"] == "a <1>, b, c" and "a &lt;1&gt;" in data["text/html"]
    packed = re.findall(r'src="data:audio/ogg;base64,([^"]*)"', data["text/html"])
    assert [base64.b64decode(one) for one in packed] == [b"OggS1", b"OggS2"]
    assert (
        data["text/html"].count("data:audio/wav;base64," + base64.b64encode(b"RIFF3").decode()) == 1
    )


def test_fails_prints_one_clean_line(lesson, capsys):
    def attempt():
        raise ValueError("\x1b[1mshape\x1b[0m\n  (2, 3)")

    lesson.fails(attempt, ValueError)
    assert capsys.readouterr().out == "ValueError: shape (2, 3)\n"


def test_a_fault_that_does_not_show_stops_the_lesson(lesson):
    with pytest.raises(AssertionError, match="out of date"):
        lesson.fails(lambda: 1, ValueError)
    with pytest.raises(KeyError):
        lesson.fails(lambda: {}["x"], ValueError)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.98765, "0.988"),
        (123.456, "123"),
        (12.3456, "12.3"),
        (-0.5, "-0.500"),
        (0.00012345, "1.23e-04"),
        (1.5e7, "1.50e+07"),
        (math.nan, "nan"),
    ],
)
def test_numbers_are_shown_with_three_significant_digits(value, shown):
    assert numbers.rounded(value) == shown


def test_tables_align_numbers_right_in_both_forms(monkeypatch, capsys):
    lesson = Session("x", "class", "en")
    lesson.table(["model", "loss"], [["a<b", 0.5], ["lstm", 12]])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("12") and lines[-2].endswith("0.500")
    assert len(lines[-1]) == len(lines[-2])
    shown = []
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    lesson.table(["model", "loss"], [["a<b", 0.5]])
    assert "a&lt;b" in shown[0].data
    assert '<td style="text-align:right">0.500</td>' in shown[0].data


def test_language_comes_from_the_variable_or_the_folder(tmp_path, monkeypatch):
    (tmp_path / "zh").mkdir()
    assert module.current_language() == "en"
    monkeypatch.chdir(tmp_path / "zh")
    assert module.current_language() == "zh"
    monkeypatch.setenv("RNN_TF_LANG", "en")
    assert module.current_language() == "en"


@pytest.mark.parametrize("variable", ["RNN_TF_LANG", "RNN_TF_MODE"])
def test_a_wrong_variable_is_named_with_the_choices(monkeypatch, variable):
    monkeypatch.setenv(variable, "fast")
    with pytest.raises(InputError, match=f"{variable}: got 'fast', expected '.*' or '.*'"):
        module.begin("01_x")


def test_begin_sets_seed_style_and_build_folder(tmp_path, monkeypatch, capsys):
    import matplotlib
    import numpy as np

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RNN_TF_MODE", "full")
    first = module.begin("01_x")
    drawn = np.random.rand()  # noqa: NPY002  (the seed of the old generator is what is tested)
    second = module.begin("01_x", mode="class", lang="zh")
    assert np.random.rand() == drawn  # noqa: NPY002
    assert (first.mode, first.lang, second.mode, second.lang) == ("full", "en", "class", "zh")
    assert str(first.build) == "build" and first.seeds == (0, 1, 2)
    assert "课堂模式" in capsys.readouterr().out
    assert matplotlib.rcParams["axes.grid"] is True


def test_a_script_runs_on_a_console_without_the_glyphs(python, tmp_path):
    code = (
        "from rnn_tf.course import begin; begin('x', lang='zh').result('k', 1, title=('a', '一'))"
    )
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = python("-c", code, cwd=tmp_path, env=environment)
    assert (done.returncode, done.stderr) == (0, "") and "?1.00" in done.stdout
    assert (tmp_path / "build" / "rows" / "x.zh.class.json").is_file()


# Words that stand beside the code


@pytest.fixture(params=["en", "zh"])
def worded(request, tmp_path):
    """A session whose words lie in a file."""
    words = (
        WORDS
        + """
results:
  acc: {title: {en: accuracy, zh: 准确率}, baseline: {en: chance, zh: 猜测}, at_least: 0.9}
  loss: {title: {en: loss, zh: 损失}, at_most: 1, unit: nats, digits: 2}
figures:
  line: {caption: {en: See it rise., zh: 看它上升。}, alt: {en: A rising line., zh: 上升的线。}}
"""
    )
    about = write_part(tmp_path / "01_x", words=words)
    return Session("01_x", "class", request.param, build=tmp_path, about=about)


def test_a_result_takes_title_band_and_baseline_from_its_words(worded, capsys):
    worded.result("acc", [0.95, 0.97], baseline=0.5)
    worded.result("loss", 1.234)
    said = capsys.readouterr().out
    for words in (worded.text("chance: 0.500", "猜测：0.500"), "≥ 0.9", "1.2 nats"):
        assert words in said
    first, second = saved(worded)
    assert (first["title"], first["in_band"]) == ({"en": "accuracy", "zh": "准确率"}, True)
    assert first["baseline"] == {"en": "chance", "zh": "猜测", "value": 0.5}
    assert (second["in_band"], second["unit"]) == (False, "nats")


@pytest.mark.parametrize(
    ("key", "baseline", "named"),
    [
        ("speed", None, "key: got 'speed', expected one of acc, loss"),
        ("acc", None, "baseline: got None"),
        ("loss", 0.5, "baseline: got 0.5"),
    ],
)
def test_a_result_that_its_words_do_not_know_is_refused(worded, key, baseline, named):
    with pytest.raises(InputError, match=re.escape(named)):
        worded.result(key, 1.0, baseline=baseline)


def test_caption_and_alt_text_of_a_figure_come_from_its_words(worded, capsys):
    figure, _ = figures.panels(1)
    worded.figure(figure, "line")
    assert capsys.readouterr().out.strip() == worded.text("See it rise.", "看它上升。")
    file = worded.build / "figures" / f"01_x.line.{worded.lang}.class.png"
    with Image.open(file) as image:
        assert image.text["Description"] == worded.text("A rising line.", "上升的线。")
    with pytest.raises(InputError, match="name: got 'curve', expected one of line"):
        worded.figure(figures.panels(1)[0], "curve")


def test_an_animation_shows_all_frames_and_keeps_the_last_for_print(worded, monkeypatch):
    shown = []
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr(
        "IPython.display.display", lambda what, **named: shown.append((what, named))
    )
    frames = []
    for height in (1, 2, 3):
        figure, (axis,) = figures.panels(1)
        axis.plot([0, height])
        frames.append(figure)
    worded.animation(frames, "line", seconds_a_frame=0.5)
    data, named = shown[0]
    alt = worded.text("A rising line.", "上升的线。")
    assert f'alt="{alt}"' in data["text/html"] and named["metadata"]["image/png"]["alt"] == alt
    gif = re.search(r"base64,([^\"]*)", data["text/html"])[1]
    with Image.open(io.BytesIO(base64.b64decode(gif))) as moving:
        assert moving.n_frames == 3 and moving.info["duration"] == 500
    still = worded.build / "figures" / f"01_x.line.{worded.lang}.class.png"
    assert still.read_bytes() == base64.b64decode(data["image/png"])
    with Image.open(still) as image:
        assert image.size == moving.size


SCRIPT = """# %%
from rnn_tf.course import begin

lesson = begin("01_x")
# %%
count = 3
print(f"{count} steps")
"""


@pytest.mark.parametrize(("lang", "said"), [("en", "3 steps"), ("zh", "3 步")])
def test_a_script_runs_in_either_language(python, tmp_path, lang, said):
    words = WORDS + 'code: {"{count} steps": "{count} 步"}\n'
    source = write_part(tmp_path / "01_x", SCRIPT, words).source
    environment = os.environ | {"RNN_TF_LANG": lang, "RNN_TF_CHAPTERS": str(tmp_path)}
    done = python(str(source), cwd=tmp_path, env=environment | {"PYTHONIOENCODING": "utf-8"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [said]


def test_rows_of_the_ledger_are_prose_with_a_link_to_their_page(worded, capsys):
    worded.ledger("B-001-03")
    said = capsys.readouterr().out
    assert "**B-001-03**" in said and worded.text("*Remedy*", "*改法*") in said
    assert f"docs/ledger/{worded.lang}/faults-001.md#b-001-03" in said
    assert "```" not in said and "tests/" not in said
