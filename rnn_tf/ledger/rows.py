"""The five kinds of row, and the evidence that a row promises.

Rows are data. Texts are pairs ``(english, chinese)`` in our own words; evidence says what a
miniature must do today, and ``check.holds`` is the one place that judges it.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    en: str
    zh: str


#: A text field: written as ``(english, chinese)``, ``Words`` once the row is made.
Text = Any

# --- what a returned value must be -------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """Within ``tolerance`` of ``value``."""

    value: float
    tolerance: float


@dataclass(frozen=True)
class Between:
    """From ``low`` to ``high``, both included."""

    low: float
    high: float


def at_most(high):
    """A relative error or a time: from 0 to ``high``."""
    return Between(0.0, high)


# --- evidence ----------------------------------------------------------------------------------
# ``value`` and ``right`` are what the failing and the repaired half must return: a number, text
# or bool (equal; floats within 1e-6), ``Near``, ``Between``, or a tuple of these.


class _Evidence:
    def __post_init__(self):
        object.__setattr__(self, "what", Words(*self.what))


@dataclass(frozen=True)
class Raises(_Evidence):
    """The failing half raises; the repaired half returns ``right``.

    ``types``: class names, ``"ValueError"`` or ``"ValueError | InvalidArgumentError"``, so that
    no row needs TensorFlow to be read. ``fragment``: part of the message ("" for none); two
    possible wordings are parted by ``" | "``. ``what``: what the repaired half returns.
    """

    types: str
    fragment: str
    right: Any
    what: Text


@dataclass(frozen=True)
class Wrong(_Evidence):
    """Nothing is raised: the failing half returns ``value`` and should return ``right``."""

    value: Any
    right: Any
    what: Text


@dataclass(frozen=True)
class Right(_Evidence):
    """A formula that is right as printed: only the right half exists and returns ``right``."""

    right: Any
    what: Text


# --- rows --------------------------------------------------------------------------------------


class _Row:
    """What all rows share: id, article, texts as ``Words``, the test that holds the row."""

    _texts: tuple[str, ...] = ("title", "why")
    kind_of_row = ""

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in self._texts and value is not None:
                object.__setattr__(self, field.name, Words(*value))

    @property
    def article(self):
        """``"003"``; ``None`` for what no article names."""
        part = self.id.split("-")[1]
        return part if part.isdigit() and len(part) == 3 else None

    @property
    def test(self):
        """The pytest id that holds this row."""
        return f"tests/ledger/test_ledger_rows.py::test_row_holds[{self.id}]"

    @property
    def runs(self):
        """Whether the row carries code that is run."""
        return getattr(self, "evidence", None) is not None


@dataclass(frozen=True)
class Fault(_Row):
    """One fault of an article's program (B-…).

    Args:
        id: the audit's id.
        section: section and lines of the article, ``"§4 L134–135"``.
        kind: ``"R"`` raises, ``"S"`` silently wrong, ``"R/S"`` either, ``"D"`` design.
        title: what the program does, in our own words.
        why: why it fails or misleads.
        repair: what to do instead. For D: what the course does instead.
        at: where the course does it right: dotted names (``"rnn_tf.models.row_lstm"``) and files
            (``"chapters/05_digits/lesson.py"``, ``"tests/…"``, ``"requirements.txt"``).
        lesson: the lesson that shows it, or ``None``.
        evidence: ``Raises`` or ``Wrong``; ``None`` for design rows without code.
        reproduce: miniature of our own, no arguments, that fails in the same way.
        repaired: the same thing done right, with the library's public functions where there are.
        versions: where Keras 2 or older packages behave differently.
    """

    id: str
    section: str
    kind: str
    title: Text
    why: Text
    repair: Text
    at: tuple[str, ...] = ()
    lesson: str | None = None
    evidence: Raises | Wrong | None = None
    reproduce: Callable[[], Any] | None = None
    repaired: Callable[[], Any] | None = None
    versions: Text = None

    _texts = ("title", "why", "repair", "versions")
    kind_of_row = "fault"

    @property
    def verdict(self):
        return {"R": "raises", "S": "silent", "R/S": "raises or silent", "D": "design"}[self.kind]


@dataclass(frozen=True)
class Formula(_Row):
    """One formula (F-…), its verdict, its right form and a numeric check.

    Args:
        verdict: ``"right"``, ``"one reading"`` (right under one reading) or ``"wrong"``.
        latex: the correct form.
        names: names and shapes of the symbols in ``latex``.
        why: what was wrong, or what must be added; for a right one, what it says.
        evidence: ``Wrong`` (value: what ``as_printed`` returns; right: what ``correct`` returns),
            ``Raises`` where the printed form cannot even be computed, or ``Right``.
        as_printed: the article's form, no arguments; ``None`` with ``Right``.
        correct: the right form; returns a relative error, a difference, a count …
    """

    id: str
    section: str
    verdict: str
    title: Text
    latex: str
    names: Text
    why: Text
    evidence: Raises | Wrong | Right
    correct: Callable[[], Any]
    as_printed: Callable[[], Any] | None = None
    lesson: str | None = None
    at: tuple[str, ...] = ()

    _texts = ("title", "why", "names")
    kind_of_row = "formula"

    @property
    def reproduce(self):
        return self.as_printed

    @property
    def repaired(self):
        return self.correct


@dataclass(frozen=True)
class Reference(_Row):
    """One reference (R-…): as the article gives it, and as it should be.

    Args:
        verdict: ``"right"``, ``"incomplete"``, ``"wrong"`` or ``"not found"``; ``"added"`` for
            those that no article names (ids R-ADD-…).
        as_given: what the article says; ``None`` for added ones.
        entries: keys of ``bibliography.BIBLIOGRAPHY``: the right reference.
        links: pages, where the thing is no publication.
    """

    id: str
    section: str
    verdict: str
    title: Text
    why: Text
    as_given: Text = None
    entries: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    lesson: str | None = None

    _texts = ("title", "why", "as_given")
    kind_of_row = "reference"


@dataclass(frozen=True)
class Topic(_Row):
    """One thing the articles talk about (S-…), and where it lives in the course.

    Args:
        section: articles and lines, ``"000 L64–83; 003 L82–118"``.
        centrality: ``"core"``, ``"taught"``, ``"listed"`` or ``"once"``.
        verdict: ``"here"``, ``"partly"`` (``why`` says what is missing), ``"not yet"`` or
            ``"out of scope"``.
        at: where it lives: dotted names and files, as in ``Fault``.
        why: what is there; or the reason why it is not.
    """

    id: str
    section: str
    centrality: str
    verdict: str
    title: Text
    why: Text
    at: tuple[str, ...] = ()
    lesson: str | None = None

    kind_of_row = "topic"

    @property
    def article(self):
        """A topic belongs to all articles that its section names."""
        return None

    @property
    def articles(self):
        return tuple(part.split()[0] for part in self.section.split("; ") if part)


@dataclass(frozen=True)
class Claim(_Row):
    """One thing an article claims (C-…), and how it is settled.

    Args:
        section: lines of the article.
        kind: ``"measured"``, ``"argued"`` or ``"not testable"``.
        title: the claim, in our own words.
        experiment, rule: of a measured claim: the experiment in ``rnn_tf.claims`` and the rule
            beside it that computes the verdict.
        judgement: of an argued claim: ``"confirmed"``, ``"depends"`` or ``"refuted"``.
        why: the argument; or the reason why no experiment can tell.
        references: of an argued claim: ids of rows, or keys of ``bibliography.BIBLIOGRAPHY``.
        left_out: of a measured claim: what the article says with it that is not measured.
    """

    id: str
    section: str
    kind: str
    title: Text
    experiment: str = ""
    rule: str = ""
    judgement: str = ""
    why: Text = None
    references: tuple[str, ...] = ()
    lesson: str | None = None
    left_out: Text = None

    _texts = ("title", "why", "left_out")
    kind_of_row = "claim"

    @property
    def verdict(self):
        """How it is settled; what measuring showed is in ``rnn_tf.claims.verdict``."""
        return self.kind
