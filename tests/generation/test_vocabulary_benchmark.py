"""The benchmark of generation by size of the vocabulary."""

import json

import pytest

from benchmarks import peer_generation, run, tables, workloads
from rnn_tf import paths

KEPT = paths.benchmarks_folder() / "results" / "vocabulary.json"


def test_every_strategy_is_timed_at_every_size_by_both_loops():
    works = workloads.KINDS["vocabulary"]
    assert len(works) == 4 * 6
    for key, work in works.items():
        assert key == f"{work.strategy}-{work.vocab_size}"
        assert run.variants("vocabulary", key) == ["stepper", "whole_loop"]


@pytest.mark.parametrize("variant", ["stepper", "whole_loop"])
def test_a_turn_writes_as_many_tokens_as_it_says(variant, monkeypatch):
    seen = []
    generate = peer_generation.generation.generate

    def spied(*args, **options):
        ids = generate(*args, **options)
        seen.append((options["strategy"], len(ids)))
        return ids

    monkeypatch.setattr(peer_generation.generation, "generate", spied)
    work = workloads.KINDS["vocabulary"]["nucleus-500"]
    tokens = peer_generation.writing(work, variant)()
    assert seen == [("nucleus", tokens)]


def test_tokens_a_second_are_those_of_the_times():
    found = {"first_call_s": 1.25, "median_ms": 0.5}
    table = tables.rates({"greedy-500": {"stepper": found, "whole_loop": found}})
    assert table.splitlines()[-1] == "| greedy-500 | 1.2 | 2000 | 1.2 | 2000 |"


@pytest.mark.skipif(not KEPT.is_file(), reason="no kept results of this kind yet")
def test_ten_thousand_words_are_compiled_within_three_seconds():
    results = json.loads(KEPT.read_text("utf-8"))["results"]
    assert results["nucleus-10000"]["whole_loop"]["first_call_s"] <= 3
    for found in results.values():
        assert found["whole_loop"]["median_ms"] < found["stepper"]["median_ms"]
