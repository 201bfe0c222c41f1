"""Rules: evidence becomes a verdict. Pure functions of the numbers; no verdict is written down.

A claim is put as one statement a setting (a task, a cell, a length …). All hold: *confirmed*. All
fail: *refuted*. Some hold and some fail: *depends*, on what the settings differ in. Otherwise the
seeds can't tell: *not distinguishable*.
"""

from dataclasses import dataclass

from rnn_tf.claims.statements import Finding, Statement

CONFIRMED, DEPENDS, REFUTED = "confirmed", "depends", "refuted"
UNCLEAR = "not distinguishable"
OUTCOMES = (CONFIRMED, DEPENDS, REFUTED, UNCLEAR)


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Attributes:
        outcome: one of ``OUTCOMES``.
        findings: what the evidence said about each statement of the rule.
        on: where it depends: on what, (English, Chinese); else ``None``.
        needed: where it is not distinguishable: about how many seeds would tell; else ``None``.
    """

    outcome: str
    findings: tuple[Finding, ...]
    on: tuple[str, str] | None = None
    needed: int | None = None


@dataclass(frozen=True)
class Rule:
    """What must be seen for a claim to hold.

    Args:
        statements: the claim, once for each setting.
        on: what the settings differ in, (English, Chinese); needed from two statements up.
        amended: where the rule was changed after its numbers had been seen: why, (English,
            Chinese); else ``None``. Pages say so: such a rule is less than one written before.
    """

    statements: tuple[Statement, ...]
    on: tuple[str, str] | None = None
    amended: tuple[str, str] | None = None

    def __post_init__(self):
        if not self.statements or (len(self.statements) > 1) != (self.on is not None):
            raise ValueError("a rule of two statements or more, and only it, says what differs")

    @property
    def outcomes(self):
        """The outcomes that this rule can have: with one statement nothing depends."""
        return OUTCOMES if self.on else (CONFIRMED, REFUTED, UNCLEAR)

    @property
    def conditions(self):
        """The conditions whose numbers the rule looks at."""
        found = (name for one in self.statements for name in one.conditions)
        return tuple(dict.fromkeys(found))

    def verdict(self, evidence):
        """The ``Verdict`` on evidence: condition -> numbers by seed."""
        findings = tuple(one.finding(evidence) for one in self.statements)
        truths = {finding.holds for finding in findings}
        if {True, False} <= truths:
            return Verdict(DEPENDS, findings, on=self.on)
        if None in truths:
            needed = max(one.needed for one in findings if one.needed)
            return Verdict(UNCLEAR, findings, needed=needed)
        return Verdict(CONFIRMED if truths == {True} else REFUTED, findings)


def rule(*statements, on=None, amended=None):
    """A ``Rule`` of these statements."""
    return Rule(statements, on, amended)
