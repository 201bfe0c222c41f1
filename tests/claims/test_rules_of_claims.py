"""What each claim says, held against its rule: evidence made up so that the answer is known.

The cases are those in which a rule once asked for something that the article does not say, or let
pass something that is no evidence.
"""

import numpy as np
import pytest

from rnn_tf import claims, ledger
from rnn_tf.claims.rules import CONFIRMED, DEPENDS, REFUTED, UNCLEAR

OPEN = object()


def evidence(condition_numbers):
    """The same number for each of five seeds; ``(OPEN, x)``: seeds that lie far around x."""
    return {
        name: number[1] + np.array([-1, -0.5, 0, 0.5, 1.0])
        if isinstance(number, tuple)
        else np.full(5, float(number))
        for name, number in condition_numbers.items()
    }


WAVES = {"error/same": 0.01, "error/quick": 0.5, "error/level": 0.3, "error/reversed": 0.01}
TUNED = {"share": 0.02, "related/head": 0.01, "related/all": 0.01,
         "unrelated/head": 0.3, "unrelated/all": 0.3}  # fmt: skip
FED_BACK = {"switch/state": 1, "echo/state": 1, "switch/output": 1, "echo/output": 1}
LAGS = {"first_bit/simple/short": 0.5, "adding/simple": 0.17, "adding/lstm": 0.01}
NORMS = {"tanh/rho0.5/T60": -18, "tanh/rho1.0/T60": 0, "tanh/rho2.5/T60": 7}
CELLS = {"lstm/b0": -1, "lstm/b1": -1, "lstm/b5": 0, "lstm/large": 1, "gru/start": -1,
         "gru/large": 1}  # fmt: skip
CLIPPED = {"step/large/plain": 9, "step/large/clipped": 1,
           "thrown/large/plain": 1, "thrown/large/clipped": 0,
           "learnt/large/plain": 0, "learnt/large/clipped": 1}  # fmt: skip
LEARNT = {"learnt/fitting/plain": 1, "learnt/large/plain": 0, "learnt/small/plain": 0}
STARTS = {"learnt/default": 1, "learnt/normal": 1, "learnt/tiny": 1}
STATES = {"change/held": 0, "change/anew": 1e-3}
PARTS = {"error/batches": 1e-16, "error/segments": 0.05,
         "memory/batches": 0.26, "memory/segments": 0.3}  # fmt: skip
FORECAST = {f"{name}/{rival}/h{ahead}": error for name in ("weather", "traffic")
            for ahead in (1, 6) for rival, error in {
                "model": 0.3, "linear": 0.3, "persistence": 0.9, "yesterday": 0.9,
                "last_week": 0.9}.items()}  # fmt: skip
STOPPED = {"loss/none": 0.5, "loss/quarter": 0.5, "loss/early": 0.5,
           "accuracy/none": 0.8, "accuracy/quarter": 0.8, "accuracy/early": 0.8}  # fmt: skip
SLOW = {f"train/lstm/T{n}": n / 100 for n in (50, 100, 200, 400)} | {
    "train/convolution/T50": 0.25, "train/convolution/T400": 0.8}  # fmt: skip
GRADIENT = {"error/through_time": 1e-10, "error/within_step": 1.5}
PARITY = {f"parity/{kind}/{place}": 1 for kind in ("simple", "min_gru")
          for place in ("trained", "longer")}  # fmt: skip
JUDGED = {"right/majority": 0.5} | {
    f"right/{way}/N{count}": share for count in (500, 2000)
    for way, share in {"scratch": 0.72, "tuned": 0.76, "counted": 0.74}.items()
}  # fmt: skip
POEMS = {"perplexity/gru": 60, "perplexity/unigram": 400, "perplexity/trigram": 150,
         "form/gru": 0.9, "pairs/gru": 0.4, "pairs/real": 0.4, "copied": 0}  # fmt: skip
NUMBERS = {f"{length}/{way}": share for length in ("trained", "longer")
           for way, share in {"attention": 0.97, "plain": 0.95, "words": 0.01,
                              "nearest": 0}.items()}  # fmt: skip
RECALL = {f"right/transformer/{place}": 1 for place in ("D10", "D50", "D150", "longer")} | {
    "right/lstm/D150": 0.5}  # fmt: skip
WEIGHTS = {f"{what}/{where}{how}": share for where in ("words", "states")
           for what, how, share in (("brightest", "", 1), ("right", "/whole", 1),
                                    ("right", "/erased", 0.5),
                                    ("right", "/permuted", 0.5))}  # fmt: skip
STACKS = {f"{task}/{name}": error for task in ("wave", "louder") for name, error in {
    "L1": 0.1, "L2": 0.05, "L3": 0.05, "stacked/few": 0.2, "features/few": 0.3,
    "stacked/many": 0.05, "features/many": 0.1}.items()}  # fmt: skip

CASES = [
    # Another distribution costs, the same one does not; the same one is no exception to the claim.
    ("C-001-40", WAVES, {}, CONFIRMED),
    ("C-001-40", WAVES, {"error/level": 0.01}, DEPENDS),
    # If the error grows where nothing shifted, it is not the shift.
    ("C-001-40", WAVES, {"error/reversed": 0.5}, DEPENDS),
    # Neither way learns the unrelated task: to be no worse than the other is no success.
    ("C-001-34", TUNED, {}, CONFIRMED),
    ("C-001-34", TUNED, {"unrelated/head": 0.98, "unrelated/all": 1.2}, DEPENDS),
    # To get below the mean is no success where all weights do far better.
    ("C-001-34", TUNED, {"unrelated/head": 0.8, "unrelated/all": 0.3}, DEPENDS),
    ("C-001-34", TUNED, {"share": 0.9, "related/head": 1, "unrelated/head": 1}, REFUTED),
    # A layer's output that is fed back is the state; that of the output layer need not do.
    ("C-000-02", FED_BACK, {}, CONFIRMED),
    ("C-003-05", FED_BACK, {"echo/output": 0.6}, DEPENDS),
    ("C-002-12", FED_BACK, {"echo/output": 0.6}, DEPENDS),
    ("C-002-12", FED_BACK, {"echo/output": 0.6, "switch/output": 0.7}, REFUTED),
    # Gates are needed where a network without them fails and one with them does not.
    ("C-000-11", LAGS, {}, CONFIRMED),
    ("C-000-11", LAGS, {"first_bit/simple/short": 1}, DEPENDS),
    ("C-000-11", LAGS, {"first_bit/simple/short": 1, "adding/lstm": 0.17}, REFUTED),
    # "May": a radius without either is no objection. "Do": it is.
    ("C-001-06", NORMS, {}, CONFIRMED),
    ("C-001-06", NORMS, {"tanh/rho2.5/T60": 0}, DEPENDS),
    ("C-004-02", NORMS, {}, DEPENDS),
    ("C-004-02", NORMS, {"tanh/rho1.0/T60": -4}, CONFIRMED),
    # Each cell by itself, and forget bias 0 too.
    ("C-004-04", CELLS, {}, CONFIRMED),
    ("C-004-04", CELLS, {"lstm/b0": -8}, DEPENDS),
    ("C-001-41", CELLS, {}, CONFIRMED),
    ("C-001-41", CELLS, {"gru/start": -8}, DEPENDS),
    ("C-001-41", CELLS, {"lstm/b1": -4, "gru/start": -4, "lstm/large": 5, "gru/large": 5}, REFUTED),
    # Clipping shortens steps; whether more is learnt, or the loss stops leaping, is not the same.
    ("C-004-11", CLIPPED, {}, CONFIRMED),
    ("C-004-11", CLIPPED, {"thrown/large/clipped": 1}, DEPENDS),
    ("C-004-11", CLIPPED, {"learnt/large/clipped": 0}, DEPENDS),
    ("C-004-11", CLIPPED, {"thrown/large/plain": (OPEN, 0.5)}, UNCLEAR),
    # Shares of seeds that learn, not a mean of those that do and those that guess.
    ("C-004-03", LEARNT, {}, CONFIRMED),
    ("C-004-03", LEARNT, {"learnt/small/plain": 1}, DEPENDS),
    ("C-004-03", LEARNT, {"learnt/fitting/plain": 0}, REFUTED),
    ("C-002-10", STARTS, {}, CONFIRMED),
    ("C-002-10", STARTS, {"learnt/tiny": 0}, DEPENDS),
    # The state that is held stays; that from the same inputs is another, for the weights are.
    ("C-001-04", STATES, {}, DEPENDS),
    ("C-001-04", STATES, {"change/held": 0.1}, CONFIRMED),
    ("C-001-04", STATES, {"change/anew": 0}, REFUTED),
    # Less memory is not enough, the gradient must be right; and the other way round.
    ("C-004-21", PARTS, {}, DEPENDS),
    ("C-004-21", PARTS, {"error/segments": 1e-16}, CONFIRMED),
    ("C-004-21", PARTS, {"error/batches": 1, "memory/batches": 1, "memory/segments": 1}, REFUTED),
    # A linear map of the same hours is the rival that counts.
    ("C-001-27", FORECAST, {}, CONFIRMED),
    ("C-001-27", FORECAST, {"weather/linear/h1": 0.2}, DEPENDS),
    ("C-001-29", FORECAST, {"traffic/last_week/h6": 0.3}, DEPENDS),
    ("C-001-29", FORECAST, {"traffic/model/h1": 0.95, "traffic/model/h6": 0.95}, REFUTED),
    # One set number of epochs is not all.
    ("C-004-13", STOPPED, {}, CONFIRMED),
    ("C-004-13", STOPPED, {"loss/none": 1.4, "accuracy/none": 0.7}, DEPENDS),
    ("C-004-13", STOPPED, {"loss/early": 0.4, "accuracy/early": 0.9}, REFUTED),
    # Long sequences: what 50 steps take does not count.
    ("C-003-16", SLOW, {}, CONFIRMED),
    ("C-000-08", SLOW, {}, DEPENDS),
    ("C-003-16", SLOW, {"train/convolution/T400": 4}, DEPENDS),
    # The article adds the recurrence itself; elsewhere it is left out.
    ("C-003-10", GRADIENT, {}, CONFIRMED),
    ("C-003-10", GRADIENT, {"error/within_step": 1e-10}, DEPENDS),
    ("C-001-09", GRADIENT, {}, DEPENDS),
    # The claim is on simple networks; what a minGRU can't do is another matter.
    ("C-001-14", PARITY, {"parity/min_gru/trained": 0.5, "parity/min_gru/longer": 0.5}, CONFIRMED),
    ("C-001-14", PARITY, {"parity/simple/longer": 0.5}, DEPENDS),
    # To be used it must do better than nothing, and no worse than the simplest rival.
    ("C-000-15", JUDGED, {}, DEPENDS),
    ("C-000-15", JUDGED, {"right/scratch/N2000": 0.735}, CONFIRMED),
    ("C-000-15", JUDGED, {"right/scratch/N2000": 0.55}, REFUTED),
    # Fine-tuning is of use where it gains over no reading at all.
    ("C-001-21", JUDGED, {}, CONFIRMED),
    ("C-001-21", JUDGED, {"right/scratch/N2000": 0.76}, DEPENDS),
    # A language model that knows the next character and copies has not generated anything new.
    ("C-001-22", POEMS, {}, CONFIRMED),
    ("C-001-22", POEMS, {"copied": 0.5}, DEPENDS),
    ("C-001-22", POEMS, {"pairs/gru": 0.1}, DEPENDS),
    ("C-001-23", NUMBERS, {}, CONFIRMED),
    ("C-001-23", NUMBERS, {"longer/attention": 0.1}, DEPENDS),
    ("C-002-05", NUMBERS, {"trained/plain": 0}, CONFIRMED),
    ("C-002-05", NUMBERS, {"longer/attention": 0.1}, DEPENDS),
    # Longer than trained is long too; what an LSTM does as well is no solution of its problem.
    ("C-001-42", RECALL, {}, CONFIRMED),
    ("C-001-42", RECALL, {"right/transformer/longer": 0.6}, DEPENDS),
    ("C-001-42", RECALL, {"right/lstm/D150": 1}, DEPENDS),
    # An explanation must name the evidence and matter.
    ("C-001-44", WEIGHTS, {}, CONFIRMED),
    ("C-001-44", WEIGHTS, {"right/states/permuted": 1}, DEPENDS),
    ("C-001-44", WEIGHTS, {f"{what}": 1 for what in WEIGHTS if what.startswith("right")}
     | {"brightest/words": 0.05, "brightest/states": 0.05}, REFUTED),
    # Both halves: deeper is better, and nobody need make features.
    ("C-002-07", STACKS, {}, CONFIRMED),
    ("C-002-07", STACKS, {"wave/features/few": 0.01}, DEPENDS),
    ("C-002-07", STACKS, {f"{task}/L{n}": 0.2 for task in ("wave", "louder") for n in (2, 3)}
     | {f"{task}/features/{n}": 0.01 for task in ("wave", "louder") for n in ("few", "many")},
     REFUTED),
]  # fmt: skip


@pytest.mark.parametrize(("id", "made_up", "change", "outcome"), CASES)
def test_a_claim_is_judged_by_what_it_says(id, made_up, change, outcome):
    verdict = claims.rule(ledger.get(id)).verdict(evidence(made_up | change))
    assert verdict.outcome == outcome


def test_words_tell_statements_of_an_experiment_apart():
    """In a figure statements stand without their rules: the same words must mean the same thing."""
    for one in claims.all_experiments():
        for place in (0, 1):
            said = {}
            for rule in one.rules.values():
                for statement in rule.statements:
                    meant = (type(statement), statement.conditions, statement.low, statement.high)
                    assert said.setdefault(statement.says[place], meant) == meant, one.name


def test_rules_that_were_amended_say_so_on_the_pages():
    from rnn_tf.claims import pages

    written = pages.contents()
    amended = [r.amended for one in claims.all_experiments() for r in one.rules.values()]
    assert sum(bool(words) for words in amended) >= 11
    for words in filter(None, amended):
        assert f"*rule amended after measuring*: {words[0]}" in written["en/experiments.md"]
        assert f"*规则在测量后修订*：{words[1]}" in written["zh/experiments.md"]


def test_what_is_left_out_of_a_claim_is_said_beside_its_verdict():
    from rnn_tf.claims import pages

    written = pages.contents()
    found = [row for row in ledger.claims() if row.left_out]
    assert {"C-001-29", "C-001-43", "C-001-46"} <= {row.id for row in found}
    for row in found:
        for lang, words in (("en", f"not measured: {row.left_out.en}"),
                            ("zh", f"未测：{row.left_out.zh}")):  # fmt: skip
            (line,) = [one for one in written[f"{lang}/README.md"].splitlines()
                       if f'<a id="{row.id.lower()}"></a>' in one]  # fmt: skip
            assert words in line
