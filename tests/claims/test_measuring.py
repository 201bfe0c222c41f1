"""Stored results: whole, checked, resumed; nothing that is finished is lost."""

import dataclasses
import json
import subprocess
import sys
import time

import numpy as np
import pytest

from rnn_tf import claims
from rnn_tf.claims import measuring, results
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.rules import CONFIRMED, rule
from rnn_tf.claims.statements import Value
from rnn_tf.errors import DataError, InputError

ABOUT = ({"numpy": "2"}, {"cores": 2})
CALLS = []


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("RNN_TF_CLAIMS", str(tmp_path / "stored"))
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "cache"))
    CALLS.clear()


def drawn(seed, shift=0.0, fail_at=None):
    if seed == fail_at:
        raise KeyboardInterrupt
    CALLS.append(seed)
    return {"a": 1.0 + shift + 0.01 * seed, "b": -seed}


def experiment(**budget):
    holds = rule(Value(("a is above 0", "a 大于 0"), low=0.0, condition="a"))
    return Experiment(
        "drawn", ("t", "题"), ("n", "数"), drawn, {"positive": holds},
        budgets={"class": budget, "full": {"shift": 5.0}}, seeds={"class": 3, "full": 4},
    )  # fmt: skip


def test_a_result_is_stored_and_read_back():
    made = claims.measure(experiment(), about=ABOUT)
    assert CALLS == [0, 1, 2] and made.seeds == 3
    assert results.load("drawn") == made
    assert made.values["a"] == (1.0, 1.01, 1.02) and made.machine == {"cores": 2}
    data = json.loads(results.path("drawn", "class").read_text(encoding="utf-8"))
    assert data["values"]["a"]["spread"] == [1.0, 1.02]
    assert experiment().rules["positive"].verdict(made.evidence).outcome == CONFIRMED


def test_a_mean_is_rounded_once_whatever_the_version_of_python():
    claims.measure(dataclasses.replace(experiment(), measure=lambda seed: {"a": 0.1}), seeds=10)
    data = json.loads(results.path("drawn", "class").read_text(encoding="utf-8"))
    assert data["values"]["a"]["mean"] == 0.1  # added one by one: 0.09999999999999999


def test_full_mode_counts_before_class_mode():
    claims.measure(experiment(), "class")
    claims.measure(experiment(), "full")
    assert results.load("drawn").mode == "full" and results.load("drawn").seeds == 4
    assert results.load("drawn", "class").values["a"][0] == 1.0
    assert results.load("nobody") is None


def test_an_interrupted_run_goes_on_after_the_last_finished_seed():
    claims.measure(experiment())
    before = results.path("drawn", "class").read_bytes()
    CALLS.clear()
    stopped = experiment(fail_at=2)
    with pytest.raises(KeyboardInterrupt):
        claims.measure(stopped, seeds=4)
    assert CALLS == [0, 1]
    assert results.path("drawn", "class").read_bytes() == before  # the old one stays till the end
    part = measuring.unfinished(stopped, "class")
    assert results.read(part).seeds == 2
    # The same code and budget, and no interruption this time: seed 2 only fails by that budget.
    fine = dataclasses.replace(stopped, measure=drawn_later)
    held = json.loads(part.read_text(encoding="utf-8"))
    held["code"] = fine.fingerprint("class")
    part.write_text(json.dumps(held), encoding="utf-8")
    CALLS.clear()
    claims.measure(fine, seeds=4)
    assert CALLS == [2, 3] and not part.exists()


def drawn_later(seed, fail_at=None):
    return drawn(seed)


def test_finished_seeds_of_other_code_or_budget_are_not_mixed_in():
    with pytest.raises(KeyboardInterrupt):
        claims.measure(experiment(fail_at=2))
    CALLS.clear()
    made = claims.measure(experiment(shift=1.0))
    assert CALLS == [0, 1, 2] and made.values["a"][0] == 2.0


def test_a_damaged_part_is_measured_again():
    part = measuring.unfinished(experiment(), "class")
    part.parent.mkdir(parents=True)
    part.write_text("{", encoding="utf-8")
    claims.measure(experiment())
    assert CALLS == [0, 1, 2]


def test_what_is_current_is_known():
    one = experiment()
    assert not measuring.is_current(one, "class")
    claims.measure(one)
    assert measuring.is_current(one, "class")
    assert not measuring.is_current(one, "class", seeds=5)
    assert not measuring.is_current(one, "full")
    assert not measuring.is_current(experiment(shift=1.0), "class")
    results.path("drawn", "class").write_text("damaged", encoding="utf-8")
    assert not measuring.is_current(one, "class")


def test_progress_is_told():
    told = []
    claims.measure(experiment(), watch=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"mode": "quick"}, "mode: got 'quick', expected class or full"),
        ({"seeds": 2}, "seeds: got 2, expected 3 or more"),
        ({"seeds": 0}, "seeds: got 0"),
        ({"seeds": True}, "seeds: got True"),
    ],
)
def test_wrong_arguments(options, words):
    with pytest.raises(InputError, match=words):
        claims.measure(experiment(), **options)
    assert CALLS == []


def test_evidence_must_be_finite_and_whole():
    def exploding(seed):
        return {"a": np.inf, "b": 0.0}

    def lacking(seed):
        return {"b": 0.0}

    for measure, words in ((exploding, r"not finite: \['a'\]"), (lacking, r"missing: \['a'\]")):
        with pytest.raises(ValueError, match=words):
            claims.measure(dataclasses.replace(experiment(), measure=measure))
    assert results.load("drawn") is None


def _changed(change):
    claims.measure(experiment(), about=ABOUT)
    file = results.path("drawn", "class")
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("date"),
        lambda data: data.update(more=1),
        lambda data: data.update(mode="quick"),
        lambda data: data.update(experiment="other"),
        lambda data: data.update(machine="here"),
        lambda data: data.update(seconds=[]),
        lambda data: data.update(seconds=[1.0, 2.0]),
        lambda data: data.update(values={}),
        lambda data: data["values"]["a"].update(mean=7.0),
        lambda data: data["values"]["a"]["by_seed"].append(1.0),
        lambda data: data["values"]["a"].update(by_seed=["1", "2", "3"]),
        lambda data: data["values"]["a"].update(by_seed=[True, True, True]),
        lambda data: data["values"]["a"].update(by_seed=[float("nan")] * 3),
        lambda data: data["values"].update(a=[1, 2, 3]),
    ],
)
def test_a_result_that_was_tampered_with_is_refused(change):
    _changed(change)
    with pytest.raises(DataError, match=r"drawn\.class\.json: got .+, expected"):
        results.load("drawn")


def test_text_that_is_no_json_is_refused():
    claims.measure(experiment())
    results.path("drawn", "class").write_text("import os", encoding="utf-8")
    with pytest.raises(DataError, match="no JSON"):
        results.load("drawn")


def test_the_fingerprint_is_of_code_and_budget_not_of_comments():
    one = experiment()
    assert one.fingerprint("class") == experiment().fingerprint("class")
    assert one.fingerprint("class") != one.fingerprint("full")
    assert one.fingerprint("class") != experiment(shift=2.0).fingerprint("class")
    other = dataclasses.replace(one, measure=drawn_later)
    assert other.fingerprint("class") != one.fingerprint("class")
    assert len({e.fingerprint("class") for e in claims.all_experiments()}) == len(
        claims.all_experiments()
    )


KILLED = """
import sys, time
from rnn_tf import claims
from tests.claims import test_measuring as made

def slow(seed):
    if seed == 3:
        print("three are finished", flush=True)
        time.sleep(600)
    return {"a": 1.0 + seed, "b": 0.0}

import dataclasses
claims.measure(dataclasses.replace(made.experiment(), measure=slow), seeds=5)
"""


def test_a_killed_run_keeps_its_seeds_and_frees_its_lock(tmp_path):
    script = tmp_path / "killed.py"  # a file, so that the code behind the numbers can be read
    script.write_text(KILLED, encoding="utf-8")
    run = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True,
                           env=_environment())  # fmt: skip
    assert run.stdout.readline().strip() == "three are finished"
    part = measuring.unfinished(experiment(), "class")
    with pytest.raises(InputError, match="another process"):
        claims.measure(experiment())
    run.kill()
    run.wait()
    assert results.read(part).values["a"] == (1.0, 2.0, 3.0)
    time.sleep(0.1)
    claims.measure(experiment())  # nobody holds it any more; other code, so from the start
    assert CALLS == [0, 1, 2]


def _environment():
    import os
    from pathlib import Path

    return os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
