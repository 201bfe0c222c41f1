"""Damaged lesson sources by the thousand: each is read, or refused in one line."""

from pathlib import Path

import fuzzing

from rnn_tf.course import catalogue

SOUND = (Path(__file__).parent / "small_course" / "01_addition.py").read_bytes()
HEADER = SOUND[: SOUND.index(b"# %%")]


def read(path):
    (chapter,) = catalogue.lessons(path.parent)
    assert all(isinstance(title, str) for title in chapter.title.values())
    assert all(budget.seconds > 0 and budget.memory_mb > 0 for budget in chapter.budgets.values())


def test_a_damaged_header_is_read_or_refused_in_one_line(tmp_path):
    seen = fuzzing.contained(fuzzing.fuzz, read, HEADER, tmp_path / "01_x.py", 2_500, seed=7)
    assert seen["refused"] > 1_000 and seen["loaded"] > 200


BARE = HEADER.decode().replace("# ", "").strip("-\n")
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
    """Which of the harmful headers are not refused in one line, in little time and memory."""
    left = []
    for header in HARMFUL:
        lines = "".join(f"# {line}\n" for line in header.splitlines())
        path.write_text(f"# ---\n{lines}# ---\n", encoding="utf-8")
        if fuzzing.tolerated(read, path) != "refused":
            left.append(header)
    return left


def test_a_header_that_would_do_harm_is_refused_in_one_line(tmp_path):
    assert fuzzing.contained(not_refused, tmp_path / "01_x.py") == []
