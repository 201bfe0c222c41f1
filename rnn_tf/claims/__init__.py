"""The articles' claims, measured: experiments, the rules beside them, and what was found.

>>> from rnn_tf import claims
>>> claims.get("jacobians").title
>>> claims.verdict("C-004-02").outcome
>>> claims.measure(claims.get("jacobians"), "class")

The rooms: ``statements`` and ``rules`` turn numbers into verdicts; ``experiment`` says what an
experiment is, ``code`` what is behind its numbers, ``experiments/`` holds them all with their
rules; ``learning`` trains small networks in NumPy; ``measuring`` runs seeds and resumes;
``results`` keeps what was found; ``pages`` writes ``docs/claims``. To add an experiment, write it
and its rules in a module of ``experiments/``, name both in the claim's row
(``rnn_tf/ledger/tables/claims``), and commit that before you run it.
"""

import difflib
from functools import cache

from rnn_tf import ledger
from rnn_tf.claims import results
from rnn_tf.claims.measuring import measure
from rnn_tf.errors import wrong

__all__ = ["all_experiments", "get", "measure", "outcome", "results", "rule", "verdict"]

NOT_YET = "not measured yet"


@cache
def _table():
    from rnn_tf.claims.experiments import EXPERIMENTS

    return {one.name: one for one in EXPERIMENTS}


def all_experiments():
    """All experiments, in the order in which they run."""
    return list(_table().values())


def get(name):
    """The experiment of this name. Raises ``InputError`` that suggests the nearest."""
    if name not in _table():
        near = difflib.get_close_matches(name, _table(), n=3)
        raise wrong("experiment", repr(name), " or ".join(near) or "a name that a claim's row has")
    return _table()[name]


def rule(claim):
    """The ``Rule`` of a measured claim."""
    return get(claim.experiment).rules[claim.rule]


def verdict(claim, mode=None):
    """What became of a measured claim.

    Args:
        claim: a row, or its id.
        mode: whose results count; ``None``: those of full mode where there are any.

    Returns the ``Verdict``; ``None`` where nothing is measured yet. Raises ``InputError`` for a
    claim that is not measured.
    """
    claim = ledger.get(claim) if isinstance(claim, str) else claim
    if getattr(claim, "kind", None) != "measured":
        raise wrong("claim", claim.id, "one that is measured")
    found = results.load(claim.experiment, mode)
    if not found or not set(rule(claim).conditions) <= set(found.values):
        return None
    return rule(claim).verdict(found.evidence)


def outcome(claim, mode=None):
    """In one word what became of any claim: an outcome, its judgement, or why there is none."""
    if claim.kind == "measured":
        found = verdict(claim, mode)
        return found.outcome if found else NOT_YET
    return claim.judgement or claim.kind
