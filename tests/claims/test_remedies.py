"""The experiment on remedies: its data, its network, and one small seed of it."""

import numpy as np
import pytest

from rnn_tf.claims import results
from rnn_tf.claims.experiments import remedies
from rnn_tf.claims.statements import Difference
from rnn_tf.datasets import tones


def test_a_quarter_of_the_labels_is_wrong_and_it_is_said_which():
    right = np.arange(60) % 4
    labels, bad = remedies.mislabelled(right, np.random.default_rng(0))
    assert bad.sum() == 15
    assert np.array_equal(labels != right, bad)
    assert set(labels) == {0, 1, 2, 3}


def test_no_label_is_wrong_where_none_should_be():
    right = np.arange(60) % 4
    labels, bad = remedies.mislabelled(right, np.random.default_rng(0), share=0.0)
    assert np.array_equal(labels, right) and not bad.any()


def test_sixty_are_of_the_training_part_and_more_data_holds_them():
    melodies, labels, bad = remedies.few(3)
    training = {one.tobytes() for one in remedies.parts()[0][0]}
    assert len(melodies) == len(labels) == 60 and bad.sum() == 15
    assert {one.tobytes() for one in melodies} <= training
    many = {one.tobytes() for one in remedies.few(3, count=480)[0]}
    assert {one.tobytes() for one in melodies} <= many


def test_melodies_are_those_that_lesson_14_reads_at_every_second_frame():
    data = tones.load(num_steps=32, validation=0.2, test=0.3)
    melodies, wanted = remedies.parts()[2]
    assert np.array_equal(wanted, data.test.targets)
    assert np.array_equal(melodies[4], data.test.inputs[4, : data.test.lengths[4] : 2, 0])
    assert max(map(len, melodies)) <= remedies.STEPS


def test_each_strength_is_an_option_that_the_network_or_its_training_knows():
    options = {name for ways in remedies.STRENGTHS.values() for way in ways for name in way}
    assert options == {
        *("units", "l1", "l2", "dropout", "recurrent_dropout", "zoneout", "layer_norm"),
        *("vary", "count", "wrong"),
    }


def test_a_network_starts_the_same_with_and_without_a_remedy():
    plain, penalised, zoned = (
        remedies.network(5, **way).get_weights() for way in ({}, {"l2": 0.1}, {"zoneout": 0.5})
    )
    for one, other, third in zip(plain, penalised, zoned, strict=True):
        assert np.array_equal(one, other) and np.array_equal(one, third)
    assert not np.array_equal(plain[0], remedies.network(6).get_weights()[0])


def test_remedies_reach_the_network():
    assert len(remedies.network(l2=0.1).losses) == 2  # both kernels; the biases are free
    assert remedies.network(units=4).layers[-2].units == 4
    assert remedies.network(recurrent_dropout=0.3).layers[-2].cell.recurrent_dropout == 0.3
    assert remedies.network(zoneout=0.3).layers[-2].cell.rates == [0.3, 0.3]


def test_training_over_fits_and_repeats(monkeypatch):
    monkeypatch.setattr(remedies, "LOOK_EVERY", 20)
    (loss, looks), (again, _) = (remedies._trained(1, 200) for _ in range(2))
    assert loss == pytest.approx(again, rel=0.05)
    checked = [look[0] for look in looks]
    assert loss < 0.4 and min(checked) < 0.6 and checked[-1] > 1.0
    assert looks[-1][1].shape == (len(remedies.parts()[2][1]), 4)


def stored():
    return results.load("remedies", "full").evidence


def test_what_is_stored_has_every_remedy_and_five_seeds_or_more():
    assert results.load("remedies", "full").seeds >= 5
    for name in remedies.STRENGTHS:
        for when in ("end", "stopped"):
            assert f"loss/{when}/{name}" in stored() and f"accuracy/{when}/{name}" in stored()


def test_lesson_10_says_what_is_stored():
    """Its closing words: who is better than early stopping alone, who is worse, who can't tell."""
    found = {}
    for name in remedies.STRENGTHS:
        pair = {"first": f"loss/stopped/{name}", "second": "loss/stopped/none"}
        found[name] = Difference(("", ""), high=0.0, **pair).finding(stored())
    verdicts = {name: one.holds for name, one in found.items()}
    assert [n for n, holds in verdicts.items() if holds is None] == [
        *("fewer_units", "dropout", "augmentation"),
    ]
    assert [n for n, holds in verdicts.items() if holds is False] == ["layer_norm"]
    best = min(found.keys() - {"repaired"}, key=lambda name: found[name].mean)
    assert best == "recurrent_dropout" and found["together"].mean > found[best].mean
    assert found["repaired"].right < found[best].left


def test_lesson_10_says_what_the_left_panel_shows():
    for name in ("l1", "l2", "recurrent_dropout", "zoneout", "augmentation"):
        assert stored()[f"loss/end/{name}"].max() < 0.6
    for name in ("none", "layer_norm"):
        assert np.median(stored()[f"loss/end/{name}"]) > np.log(4)


def test_lesson_10_says_that_neighbours_are_ahead_in_most_seeds():
    ahead = stored()["accuracy/neighbours"] > stored()["accuracy/stopped/none"]
    assert ahead.mean() > 0.8
