"""Statements and rules on made-up evidence: every outcome, of every rule, can be reached."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import claims
from rnn_tf.claims.rules import CONFIRMED, DEPENDS, REFUTED, UNCLEAR, rule
from rnn_tf.claims.statements import (
    MOST_SEEDS,
    Difference,
    Growth,
    Ratio,
    Trend,
    Value,
    t_quantile,
)

SAYS = ("it holds", "成立")
RULES = [(one, name) for one in claims.all_experiments() for name in one.rules]


def value(low=-math.inf, high=math.inf, condition="a"):
    return Value(SAYS, low, high, condition)


@pytest.mark.parametrize(
    "freedom, wanted", [(1, 12.706), (4, 2.776), (11, 2.201), (20, 2.086), (120, 1.980)]
)
def test_quantiles_are_those_of_the_tables(freedom, wanted):
    assert t_quantile(freedom) == pytest.approx(wanted, abs=2e-3)


def test_the_interval_is_students():
    found = value(low=0.0).finding({"a": [1.0, 2.0, 3.0]})
    half = 4.303 * 1.0 / math.sqrt(3)
    assert (found.mean, found.left, found.right) == pytest.approx((2, 2 - half, 2 + half))
    assert (found.smallest, found.largest, found.seeds) == (1, 3, 3)
    assert found.holds is None


def test_seeds_needed_are_enough_and_one_fewer_is_not():
    found = value(low=0.0).finding({"a": [1.0, 2.0, 3.0]})
    assert found.needed is not None

    def half(seeds):
        return t_quantile(seeds - 1) * 1.0 / math.sqrt(seeds)

    assert half(found.needed) < 2.0
    assert found.needed == 4 or half(found.needed - 1) >= 2.0
    touching = value(low=2.0).finding({"a": [1.0, 2.0, 3.0]})
    assert touching.holds is None and touching.needed == MOST_SEEDS


def test_fewer_than_three_seeds_tell_nothing():
    found = value(low=0.0).finding({"a": [5.0, 5.0]})
    assert found.holds is None and found.needed == 3


@pytest.mark.parametrize(
    "numbers, holds", [([0.1] * 3, True), ([0.1 + 1e-12] * 3, True), ([0.09] * 3, False)]
)
def test_equal_seeds_are_certain_at_the_bound(numbers, holds):
    assert value(low=0.1).finding({"a": numbers}).holds is holds


def test_differences_are_paired():
    evidence = {"a": [1.0, 11.0, 21.0], "b": [0.5, 10.4, 20.6]}
    paired = Difference(SAYS, low=0.1, first="a", second="b").finding(evidence)
    assert paired.holds is True and paired.mean == pytest.approx(0.5)


def test_ratios_are_geometric_and_paired():
    found = Ratio(SAYS, low=1.5, first="a", second="b").finding(
        {"a": [2.0, 20.0, 200.0], "b": [1.0, 10.0, 100.0]}
    )
    assert found.holds is True and found.mean == pytest.approx(2.0)
    with pytest.raises(ValueError, match="not positive"):
        Ratio(SAYS, low=1.0, first="a", second="b").finding({"a": [0, 1, 1], "b": [1, 1, 1]})


@given(power=st.floats(-3, 3), scale=st.floats(0.01, 100))
def test_growth_finds_the_power(power, scale):
    along = ((1, "x1"), (3, "x3"), (10, "x10"))
    evidence = {name: [scale * x**power] * 3 for x, name in along}
    found = Growth(SAYS, low=0.0, along=along).finding(evidence)
    assert found.mean == pytest.approx(power, abs=1e-9)


def test_trend_counts_order():
    evidence = {"a": [1, 3, 1], "b": [2, 2, 3], "c": [3, 1, 2]}
    numbers = Trend(SAYS, low=0.0, along=("a", "b", "c")).numbers(evidence)
    assert numbers == pytest.approx([1, -1, 1 / 3])


def test_a_statement_that_says_nothing_is_refused():
    with pytest.raises(ValueError, match="says nothing"):
        value()
    with pytest.raises(ValueError, match="says nothing"):
        value(low=2, high=1)


def test_a_rule_says_what_differs_if_and_only_if_there_are_settings():
    with pytest.raises(ValueError, match="what differs"):
        rule(value(low=0), value(low=0, condition="b"))
    with pytest.raises(ValueError, match="what differs"):
        rule(value(low=0), on=SAYS)


TRUE, FALSE, OPEN = [2.0] * 3, [-2.0] * 3, [-2.0, 0.0, 2.0]


@pytest.mark.parametrize(
    "a, b, outcome",
    [
        (TRUE, TRUE, CONFIRMED),
        (FALSE, FALSE, REFUTED),
        (TRUE, FALSE, DEPENDS),
        (OPEN, FALSE, UNCLEAR),
        (OPEN, TRUE, UNCLEAR),
        (OPEN, OPEN, UNCLEAR),
    ],
)
def test_outcomes(a, b, outcome):
    verdict = rule(value(low=0), value(low=0, condition="b"), on=SAYS).verdict({"a": a, "b": b})
    assert verdict.outcome == outcome
    assert (verdict.on == SAYS) is (outcome == DEPENDS)
    assert (verdict.needed is not None) is (outcome == UNCLEAR)


@given(
    st.lists(st.sampled_from(["true", "false", "open"]), min_size=2, max_size=5),
    st.randoms(use_true_random=False),
)
def test_a_verdict_does_not_depend_on_the_order_of_statements(kinds, random):
    numbers = {"true": TRUE, "false": FALSE, "open": OPEN}
    evidence = {str(n): numbers[kind] for n, kind in enumerate(kinds)}
    statements = [value(low=0, condition=name) for name in evidence]
    first = rule(*statements, on=SAYS).verdict(evidence).outcome
    random.shuffle(statements)
    assert rule(*statements, on=SAYS).verdict(evidence).outcome == first


#: Numbers as experiments give them, not those whose squares vanish in rounding.
_NUMBERS = st.floats(-100, 100).map(lambda x: round(x, 6))


@given(st.lists(_NUMBERS, min_size=3, max_size=8), _NUMBERS)
def test_what_holds_does_not_fail_the_other_way_round(numbers, bound):
    above = value(low=bound).finding({"a": numbers}).holds
    below = value(high=bound).finding({"a": numbers}).holds
    assert (above, below) != (False, False)
    if above is True and below is True:
        assert min(numbers) == max(numbers) == pytest.approx(bound)


# --- every rule of every experiment ------------------------------------------------------------

SEEDS = 5
_STEPS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])


def made_up(one, truths, random):
    """Evidence for a rule: values drawn around what its statements ask for, until they agree."""
    start = {name: np.full(SEEDS, float(random.uniform(0.05, 2.0))) for name in one.conditions}
    for statement, truth in zip(one.statements, truths, strict=True):
        _move(start, statement, _wanted(statement, truth, random))
    return start


def _wanted(statement, truth, random):
    """A number a seed for which the statement is true, false or open."""
    low, high = statement.low, statement.high
    room = 10 ** random.uniform(-1, 1) * max(abs(e) for e in (low, high, 0.5) if math.isfinite(e))
    if truth is None:
        edge = low if math.isfinite(low) else high
        if isinstance(statement, Ratio):
            return edge * np.exp(_STEPS)
        return edge + _STEPS * room
    if math.isfinite(low) and math.isfinite(high):
        number = low if truth else high + room
    elif math.isfinite(low):
        number = low + room if truth else low - room
    else:
        number = high - room if truth else high + room
    if isinstance(statement, Ratio) and math.isfinite(low) and math.isfinite(high):
        number = math.sqrt(low * high) if truth else 3 * high
    elif isinstance(statement, Ratio):
        edge = low if math.isfinite(low) else high
        up = truth == math.isfinite(low)
        number = edge * (3.0 if up else 1 / 3)
    return np.full(SEEDS, number)


def _move(evidence, statement, number):
    """Change the first condition of a statement so that its number is ``number``."""
    if isinstance(statement, Value):
        evidence[statement.condition] = number
    elif isinstance(statement, Difference):
        evidence[statement.first] = evidence[statement.second] + number
    elif isinstance(statement, Ratio):
        evidence[statement.first] = evidence[statement.second] * number
    elif isinstance(statement, Growth):
        for x, name in statement.along:
            evidence[name] = float(x) ** number
    else:
        raise AssertionError(type(statement))


WANTED = {
    CONFIRMED: lambda count: [True] * count,
    REFUTED: lambda count: [False] * count,
    DEPENDS: lambda count: None,
    UNCLEAR: lambda count: [None] * count,
}


@pytest.mark.parametrize(("one", "name"), RULES, ids=[f"{e.name}-{n}" for e, n in RULES])
def test_every_outcome_of_every_rule_can_be_reached(one, name):
    tried = one.rules[name]
    random = np.random.default_rng(0)
    missing = set(tried.outcomes)
    for _ in range(4000):
        truths = [(True, False, None)[k] for k in random.integers(0, 3, len(tried.statements))]
        if random.random() < 0.7:
            wanted = WANTED[random.choice(sorted(missing))](len(tried.statements))
            truths = wanted or truths
        try:
            missing.discard(tried.verdict(made_up(tried, truths, random)).outcome)
        except ValueError:  # a ratio of numbers below zero, made by another statement
            continue
        if not missing:
            return
    raise AssertionError(f"out of reach: {missing}")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RULES), st.integers(0, 2**31))
def test_rules_are_pure(pair, seed):
    one, name = pair
    random = np.random.default_rng(seed)
    evidence = {key: random.uniform(0.1, 2.0, SEEDS) for key in one.rules[name].conditions}
    before = {key: numbers.copy() for key, numbers in evidence.items()}
    first, second = (one.rules[name].verdict(evidence) for _ in range(2))
    assert first.outcome == second.outcome and first.outcome in one.rules[name].outcomes
    assert all(np.array_equal(evidence[key], before[key]) for key in before)
