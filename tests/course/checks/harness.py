"""Every check of a lab against answers: right ones are accepted, wrong ones told what is wrong.

A module of tests lists them and ends with the two calls:

    CASES = {
        check.one_step: Answers(
            right=[by_matrix, by_loop],
            wrong=[(without_memory, "old state"), (transposed, "shape"), (unwritten, "written")],
        ),
    }
    test_answers = harness.test_of(CASES)
    test_all = harness.completeness_of(CASES, check)

An answer is what the check is called with; several arguments are a ``Call(…)``. The words of a
wrong one are a part of the English verdict, so that it is refused for its own reason.
"""

from dataclasses import dataclass, field

import pytest

from rnn_tf.course import checks

LEAST_RIGHT, LEAST_WRONG = 2, 3


@dataclass
class Answers:
    """Answers to one exercise.

    Attributes:
        right: answers written in different ways, two or more.
        wrong: pairs (answer, words of the verdict), three or more; the articles' own fault among
            them where there is one.
    """

    right: list
    wrong: list


@dataclass
class Call:
    """Arguments of a check that takes several."""

    arguments: tuple
    named: dict = field(default_factory=dict)

    def __init__(self, *arguments, **named):
        self.arguments, self.named = arguments, named


def ask(check, answer):
    call = answer if isinstance(answer, Call) else Call(answer)
    return check(*call.arguments, **call.named)


def test_of(cases):
    """One test for each answer, in both languages."""
    listed = []
    for check, answers in cases.items():
        named = check.__name__
        listed += [
            pytest.param(check, a, None, id=f"{named}-right{n}")
            for n, a in enumerate(answers.right)
        ]
        listed += [
            pytest.param(check, a, words, id=f"{named}-wrong{n}")
            for n, (a, words) in enumerate(answers.wrong)
        ]

    @pytest.mark.parametrize(("check", "answer", "words"), listed)
    def test_answer(check, answer, words, capsys, monkeypatch):
        monkeypatch.delenv("RNN_TF_ROWS", raising=False)
        monkeypatch.setattr("rnn_tf.course.session._current", None)
        for lang in ("en", "zh"):
            monkeypatch.setenv("RNN_TF_LANG", lang)
            accepted = ask(check, answer)
            verdict = capsys.readouterr().out.strip().splitlines()[-1]
            assert accepted is (words is None), verdict
            assert verdict.startswith("✓" if words is None else "✗")
            if words and lang == "en":
                assert words in verdict
            if lang == "zh":
                assert any("\u4e00" <= letter <= "\u9fff" for letter in verdict)

    return test_answer


def completeness_of(cases, module):
    """A test that every check of the module is here, with answers enough."""

    def test_every_check_has_answers():
        found = {
            f
            for f in vars(module).values()
            if hasattr(f, "__wrapped__") and f.__module__.startswith(checks.__name__)
            if not hasattr(f, "cache_info")  # a cached helper is no check
        }
        assert found == set(cases)
        for check, answers in cases.items():
            assert len(answers.right) >= LEAST_RIGHT, check.__name__
            assert len(answers.wrong) >= LEAST_WRONG, check.__name__

    return test_every_check_has_answers
