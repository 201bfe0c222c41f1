"""All 143 claims are there, in both languages, and each is settled or says why not."""

import dataclasses
import re

import pytest

from rnn_tf import claims, ledger
from rnn_tf.errors import InputError
from rnn_tf.ledger.bibliography import BIBLIOGRAPHY
from rnn_tf.ledger.rows import Words

OF_EACH_ARTICLE = {"000": 19, "001": 48, "002": 20, "003": 24, "004": 32}
HAN = re.compile(r"[\u4e00-\u9fff]")
ROWS = ledger.claims()


def flaws(row):
    """What is wrong with a row; nothing for a good one."""
    for text in filter(None, (row.title, row.why, row.left_out)):
        if not text.en.strip() or HAN.search(text.en):
            yield f"the English: {text.en}"
        if not HAN.search(text.zh) or re.search(r"[a-z]{4,} [a-z]{4,} [a-z]{4,}", text.zh):
            yield f"the Chinese: {text.zh}"
        if re.search(r"[\u4e00-\u9fff][,;:!?]", text.zh):
            yield f"punctuation of the other language: {text.zh}"
    if not re.match(r"L\d+", row.section):
        yield f"where: {row.section}"
    if row.left_out and not row.rule:
        yield "only a claim that is measured leaves something out"
    if row.kind == "measured":
        if not row.experiment or row.judgement or row.why:
            yield "a measured claim names an experiment, and no verdict"
        elif row.rule not in claims.get(row.experiment).rules:
            yield f"no rule {row.rule!r}"
    elif row.kind == "argued":
        if row.judgement not in {"confirmed", "depends", "refuted"} or not row.why:
            yield "an argued claim has a judgement and a reason"
        if not row.references or not all(map(known, row.references)):
            yield f"references: {row.references}"
    elif row.kind != "not testable" or not row.why or row.experiment or row.judgement:
        yield "a claim that can't be tested says why, and nothing else"


def known(reference):
    if reference in BIBLIOGRAPHY:
        return True
    try:
        return bool(ledger.get(reference))
    except InputError:
        return False


def test_no_claim_is_missing():
    wanted = [f"C-{a}-{n:02d}" for a, last in OF_EACH_ARTICLE.items() for n in range(1, last + 1)]
    assert len(wanted) == 143
    assert sorted(row.id for row in ROWS) == wanted
    assert len({row.title.en for row in ROWS}) > 135  # two articles may claim the same


def test_at_least_ninety_are_measured_by_an_experiment_that_exists():
    assert sum(row.kind == "measured" for row in ROWS) >= 95
    assert sum(bool(row.rule) for row in ROWS) >= 90


def test_rows_are_whole():
    assert {row.id: found for row in ROWS if (found := list(flaws(row)))} == {}


@pytest.mark.parametrize(
    "id, change",
    [
        ("C-000-01", {"title": Words("循环", "循环")}),
        ("C-000-01", {"title": Words("Memory", "memory")}),
        ("C-000-01", {"title": Words("Memory", "记忆,有")}),
        ("C-000-01", {"rule": "nowhere"}),
        ("C-000-01", {"rule": ""}),
        ("C-000-01", {"judgement": "confirmed"}),
        ("C-000-01", {"section": "somewhere"}),
        ("C-000-13", {"references": ()}),
        ("C-000-13", {"references": ("B-999-01",)}),
        ("C-000-13", {"judgement": "perhaps"}),
        ("C-000-13", {"left_out": Words("The rest", "其余")}),
        ("C-001-29", {"left_out": Words("The rest", "the rest")}),
        ("C-000-19", {"why": None}),
        ("C-000-19", {"experiment": "lags"}),
    ],
)
def test_a_flaw_in_a_row_is_found(id, change):
    assert list(flaws(ledger.get(id))) == []
    assert list(flaws(dataclasses.replace(ledger.get(id), **change))) != []


def test_every_rule_belongs_to_a_claim():
    used = {(row.experiment, row.rule) for row in ROWS if row.rule}
    there = {(one.name, name) for one in claims.all_experiments() for name in one.rules}
    assert there == used


def test_every_condition_has_a_name_in_both_languages():
    for one in claims.all_experiments():
        for condition in one.conditions:
            assert one.label(condition, "en") and one.label(condition, "zh")
    with pytest.raises(ValueError, match="what 'nothing' is called"):
        claims.get("lags").label("adding/nothing", "en")


def test_statements_are_written_in_both_languages():
    for one in claims.all_experiments():
        texts = [one.title, one.number, *one.labels.values()]
        for rule in one.rules.values():
            texts += [s.says for s in rule.statements]
            texts += filter(None, (rule.on, rule.amended))
        for english, chinese in texts:
            assert english.strip() and chinese.strip() and not HAN.search(english)
        assert all(HAN.search(s.says[1]) for r in one.rules.values() for s in r.statements)


def test_enough_seeds_are_asked_for():
    for one in claims.all_experiments():
        assert one.seeds["full"] >= one.seeds["class"] >= 3
        ranking = any(
            type(s).__name__ in {"Difference", "Ratio"} for r in one.rules.values()
            for s in r.statements
        )  # fmt: skip
        if ranking:
            assert one.seeds["class"] >= 5, one.name


def test_looking_up():
    assert claims.rule(ledger.get("c-004-10")).statements
    with pytest.raises(InputError, match="got 'lagz', expected lags"):
        claims.get("lagz")
    with pytest.raises(InputError, match="one that is measured"):
        claims.verdict("C-000-13")
    assert claims.outcome(ledger.get("C-000-13")) == "depends"
    assert claims.outcome(ledger.get("C-003-13")) == "refuted"
    assert claims.outcome(ledger.get("C-000-19")) == "not testable"
