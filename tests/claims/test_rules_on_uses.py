"""Claims on what networks are used for: made-up evidence for each outcome, and the parts alone."""

import time

import numpy as np
import pytest

from rnn_tf import claims, ledger
from rnn_tf.claims.experiments import patients, tools_around, voices
from rnn_tf.claims.rules import CONFIRMED, DEPENDS, REFUTED, UNCLEAR
from rnn_tf.datasets import tones

ILL = {"loss/order/gru": 0.2, "loss/order/rate": 0.3, "loss/amount/gru": 0.2,
       "loss/amount/rate": 0.3, "ranked/order/gru": 0.8, "ranked/order/counts": 0.7,
       "ranked/amount/gru": 0.8, "ranked/amount/counts": 0.7, "told/order/gru": 0.4,
       "ill/order/gru": 0.4, "told/order/balanced": 0.4, "ill/order/balanced": 0.4}  # fmt: skip
NO_USE = {"loss/order/gru": 0.3, "loss/amount/gru": 0.3, "ranked/order/gru": 0.7,
          "ranked/amount/gru": 0.7, "told/order/gru": 0.8, "told/order/balanced": 0.8}  # fmt: skip
HEARD = {f"{place}/gru": 0.97 for place in voices._VOICES} | {"new/as_trained/neighbours": 0.97}
DEAF = {f"{place}/gru": 0.3 for place in voices._VOICES}
WIDTHS = {"local/lstm": 1, "local/narrow": 1, "far/lstm": 1, "far/narrow": 0.5, "far/wide": 1}
TRIED = {"test/chosen": 0.03, "test/first": 0.08, "test/usual": 0.04}
PROBED = {"probe/count": 0.1, "probe/parity": 0.0, "evidence/occlusion": 0.2,
          "evidence/gradient": 0.2}  # fmt: skip
RATES = {f"rates/{kind}/D{delay}": 5 for kind in ("simple", "dense") for delay in (2, 6)}
LOGGED = {"share/during": 1, "share/after": 1, "difference": 0}
DEVICES = {f"seconds/{many}/U{units}": 1 for many in ("one", "two") for units in (8, 192)}
OPEN = np.array([0.02, 0.05, 0.2, 0.03, 0.4])

CASES = [
    ("C-001-28", ILL, {}, CONFIRMED),
    # Counting is as good where order does not matter; half a batch of ill spoils what is told.
    ("C-001-28", ILL, {"ranked/amount/counts": 0.8}, DEPENDS),
    ("C-001-28", ILL, {"told/order/balanced": 0.8}, DEPENDS),
    ("C-001-28", ILL, {"told/order/gru": 0.1}, DEPENDS),
    ("C-001-28", ILL, NO_USE, REFUTED),
    ("C-001-28", ILL, {"loss/order/rate": OPEN}, UNCLEAR),
    ("C-001-24", HEARD, {}, CONFIRMED),
    ("C-001-24", HEARD, {"man/as_trained/gru": 0.3}, DEPENDS),
    ("C-001-24", HEARD, DEAF, REFUTED),
    ("C-000-10", WIDTHS, {"local/narrow": 0.8, "far/wide": 0.8}, CONFIRMED),
    ("C-000-10", WIDTHS, {}, DEPENDS),
    ("C-003-01", WIDTHS, {"far/narrow": 1}, REFUTED),
    ("C-003-01", WIDTHS, {}, DEPENDS),
    ("C-003-21", WIDTHS, {"local/narrow": 0.6}, REFUTED),
    ("C-003-20", TRIED, {}, CONFIRMED),
    # To do better than settings drawn blindly is not to do better than the usual ones.
    ("C-003-20", TRIED, {"test/usual": 0.03}, DEPENDS),
    ("C-003-20", TRIED, {"test/first": 0.03, "test/usual": 0.03}, REFUTED),
    ("C-003-20", TRIED, {"test/first": OPEN}, UNCLEAR),
    ("C-000-09", PROBED, {}, CONFIRMED),
    ("C-000-09", PROBED, {"probe/count": 0.9}, DEPENDS),
    ("C-001-39", PROBED, {"evidence/occlusion": 0.9, "evidence/gradient": 0.9}, REFUTED),
    ("C-002-03", RATES, {}, REFUTED),
    ("C-002-03", RATES, {"rates/simple/D2": 7}, DEPENDS),
    ("C-002-03", RATES, {"rates/dense/D2": 3, "rates/dense/D6": 3}, CONFIRMED),
    ("C-001-31", LOGGED, {}, CONFIRMED),
    # Read back only when all is over: recorded, but nothing to watch.
    ("C-001-31", LOGGED, {"share/during": 0.2}, DEPENDS),
    ("C-001-31", LOGGED, {"share/during": 0, "share/after": 0.5, "difference": 0.1}, REFUTED),
    ("C-001-37", DEVICES, {}, REFUTED),
    ("C-001-37", DEVICES, {"seconds/two/U192": 0.6}, DEPENDS),
    ("C-001-37", DEVICES, {"seconds/two/U8": 0.6, "seconds/two/U192": 0.6}, CONFIRMED),
]  # fmt: skip


@pytest.mark.parametrize(("id", "made_up", "change", "outcome"), CASES)
def test_a_claim_is_judged_by_what_it_says(id, made_up, change, outcome):
    evidence = {name: np.broadcast_to(x, 5) for name, x in (made_up | change).items()}
    assert claims.rule(ledger.get(id)).verdict(evidence).outcome == outcome


def test_patients_fall_ill_as_often_as_their_chances_say():
    for illness in ("order", "amount"):
        events, ill, chances = patients.patients(20_000, illness, seed=3)
        assert ill.mean() == pytest.approx(chances.mean(), abs=0.01) and 0.05 < ill.mean() < 0.2
        assert (events.sum(axis=2) == 1).all()


def test_a_drug_does_harm_after_an_infection_and_only_soon():
    events, _, chances = patients.patients(5000, "order", seed=0)
    kinds = events.argmax(axis=2)
    for row, chance in zip(kinds, chances, strict=True):
        soon = any(
            row[a] == 0 and row[b] == 1 for a in range(16) for b in range(a + 1, min(a + 5, 16))
        )
        assert chance == (0.4 if soon else 0.03)


def test_logistic_regression_finds_the_weights_that_made_the_data():
    """Fitted to the chances themselves, so that luck has no part in it."""
    events, _, chances = patients.patients(5000, "amount", seed=1)
    table = np.c_[np.ones(len(events)), events.sum(axis=1)[:, 2]]
    assert patients.logistic(table, chances, 0.0) == pytest.approx([-4, 0.9], abs=1e-6)


def test_ranking_counts_pairs_and_halves_ties():
    risks, ill = np.array([0.1, 0.4, 0.4, 0.9]), np.array([0.0, 0.0, 1.0, 1.0])
    assert patients.ranked(risks, ill) == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    assert patients.ranked(np.full(4, 0.3), ill) == 0.5
    assert patients.ranked(-risks, ill) == pytest.approx(1 - 3.5 / 4)


def test_half_of_each_batch_is_ill():
    draw = patients._half_of_them_ill(*patients.patients(500, "order", seed=0)[:2])
    assert draw(np.random.default_rng(0))[1].mean() == 0.5


def test_what_the_listener_reads_ends_with_the_syllable_and_a_voice_has_its_own_ruler():
    data = tones.load(num_steps=voices.STEPS, seed=0)
    melodies, truth = voices._said(tones.read(), data.test)
    assert np.array_equal(truth, data.test.targets)
    inputs = voices._inputs(melodies)
    assert (inputs[:, -1, 0] > 0).all() and inputs[0, : -len(melodies[0])].sum() == 0
    higher = [melody + 12 for melody in melodies]
    for one, other in zip(
        voices._scaled(melodies, np.concatenate(melodies)),
        voices._scaled(higher, np.concatenate(higher)),
        strict=True,
    ):
        assert one == pytest.approx(other, abs=1e-9)


def test_tensorboard_shows_what_was_written_and_nothing_else():
    from rnn_tf.backend import tf

    folder, _ = tools_around.viewer()
    names = ["loss", "val_mae"]
    for part, name, values in (("train", "loss", (0.5, 0.25)), ("validation", "mae", (2.0, 1.5))):
        with tf.summary.create_file_writer(f"{folder.name}/run/{part}").as_default():
            for step, value in enumerate(values):
                tf.summary.scalar(f"epoch_{name}", value, step)
    wanted = {("loss", 0): 0.5, ("loss", 1): 0.25, ("val_mae", 0): 2.0, ("val_mae", 1): 1.5}
    deadline = time.monotonic() + 30
    while (found := tools_around.shown("run", names, 2)) != wanted:
        assert time.monotonic() < deadline, found
    assert tools_around.shown("another", ["loss"], 0) == {}


def test_two_devices_learn_what_one_learns_in_a_process_of_their_own():
    found = tools_around.distributed(0, sizes=(4,), turns=1)
    assert found["difference/U4"] < 1e-5
    assert min(found["seconds/one/U4"], found["seconds/two/U4"]) > 0
