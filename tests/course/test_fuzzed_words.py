"""Damaged files of words by the thousand: each is read, or refused in one line."""

from pathlib import Path

from rnn_tf.course import catalogue
from tests import fuzzing

SMALL = Path(__file__).parent / "small_course" / "01_addition"
WORDS = (SMALL / "lesson.yaml").read_bytes()


def read(path):
    part = catalogue.read_part(path.with_suffix(".py"))
    assert all(isinstance(title, str) for title in part.title.values())
    assert all(budget.seconds > 0 and budget.memory_mb > 0 for budget in part.budgets.values())
    for figure in part.figures.values():
        assert all(isinstance(words, str) for both in figure.values() for words in both.values())
    assert all(isinstance(words, str) for pair in part.code.items() for words in pair)


def test_damaged_words_are_read_or_refused_in_one_line(tmp_path):
    seen = fuzzing.contained(fuzzing.fuzz, read, WORDS, tmp_path / "lesson.yaml", 2_500, seed=7)
    assert seen["refused"] > 1_000 and seen["loaded"] > 200


BARE = WORDS.decode()
DOUBLED = "".join(f" a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
MERGED = "".join(f" a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60))
HARMFUL = (
    f" a0: &a0 [x, x]\n{DOUBLED} title: {{en: *a59, zh: *a59}}\n",
    f" a0: &a0 {{x: 1}}\n{MERGED}",
    f" title: {'[' * 5_000}\n",
    " title: 2001-01-01 00:00:00 +99999999999:00\n",
    " title: !!int ''\n",
    BARE.replace('"Addition"', "[1]"),
    BARE.replace('"Addition"', '"\\e[31mred"'),
    BARE.replace("30", ".inf"),
    BARE.replace("30", "true"),
    BARE.replace("30", "-1"),
    BARE.replace('["002"]', '"002\\n"'),
)


def not_refused(path):
    """Which of the harmful words are not refused in one line, in little time and memory."""
    left = []
    for words in HARMFUL:
        path.write_text(words, encoding="utf-8")
        if fuzzing.tolerated(read, path) != "refused":
            left.append(words)
    return left


def test_words_that_would_do_harm_are_refused_in_one_line(tmp_path):
    assert fuzzing.contained(not_refused, tmp_path / "lesson.yaml") == []
