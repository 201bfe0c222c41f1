"""Inside random small models our layers do what Keras's do: shapes, numbers, refusals."""

import types

import pytest

from rnn_tf import layers
from rnn_tf.backend import keras, tf
from tests.layers.composition import cases, models, ways
from tests.layers.composition.cases import Case
from tests.layers.composition.compare import outcome_of, reduced
from tests.layers.composition.jobs import in_processes

SEED, PARTS, EACH = 1, 10, 50


@pytest.fixture(scope="module")
def parts():
    """Cases are compared in two processes, while the first tests wait for them already."""
    numbers = [range(part * EACH, (part + 1) * EACH) for part in range(PARTS)]
    with in_processes(SEED, numbers, jobs=2) as futures:
        yield futures


@pytest.mark.timeout(1800)  # the first of these tests waits beside whatever else is running
@pytest.mark.parametrize("part", range(PARTS))
def test_fifty_random_models_are_the_same_with_our_layers(part, parts):
    differing = [outcome for outcome in parts[part].result() if outcome.kind == "differs"]
    if differing:
        least = reduced(differing[0])
        pytest.fail(f"{len(differing)} of {EACH} differ, such as {least.text}\n{least.case!r}")


@pytest.mark.timeout(1800)
def test_few_of_the_random_models_are_refused_by_keras_too(parts):
    kinds = [outcome.kind for part in parts for outcome in part.result()]
    assert kinds.count("refused alike") <= 0.05 * len(kinds)


def test_every_layer_and_every_way_occurs_in_them():
    tags = {tag for number in range(PARTS * EACH) for tag in cases.draw(SEED, number).tags()}
    names = cases.FIRST + cases.BETWEEN
    wanted = {f"before {name}" for name in names} | {f"way {way}" for way in ways.WAYS}
    wanted |= {f"behind {name}" for name in cases.KEEPS_STEPS + cases.ENDS_STEPS}
    wanted |= {f"option {name}" for name, _ in cases.OPTIONS}
    wanted |= {f"merge {mode}" for mode in cases.MERGES} | {f"core {core}" for core in cases.CORES}
    assert wanted <= tags


def test_the_same_number_is_the_same_case_and_its_repr_builds_it():
    case = cases.draw(SEED, 7)
    assert cases.draw(SEED, 7) == case == eval(repr(case))


class LosesSteps(layers.LSTM):
    """Forgets how many steps there are."""

    def inner_loop(self, *arguments, **named):
        last, outputs, state = super().inner_loop(*arguments, **named)
        return last, tf.compat.v1.placeholder_with_default(outputs, (None, None, self.units)), state


class SlightlyWrong(layers.LSTM):
    """A thousandth too much."""

    def inner_loop(self, *arguments, **named):
        last, outputs, state = super().inner_loop(*arguments, **named)
        return last, outputs * 1.001, state


class RefusesOne(layers.LSTM):
    """Takes no batch of one."""

    def inner_loop(self, sequences, *arguments, **named):
        if sequences.shape[0] == 1:
            raise ValueError("one sequence")
        return super().inner_loop(sequences, *arguments, **named)


@pytest.mark.parametrize(
    ("wrong", "changes", "words"),
    [
        (LosesSteps, {"ways": ("graph",)}, "static shape of Keras (None, 5, 4), ours"),
        (LosesSteps, {"ways": ("while_loop",)}, "while_loop: Keras works; ours ValueError"),
        (LosesSteps, {"behind": ("static_steps",), "ways": ("fit",)}, "Keras works; ours"),
        (SlightlyWrong, {"ways": ("call",)}, "apart"),
        (SlightlyWrong, {"ways": ("fit_eagerly",), "behind": ("flatten",)}, "apart"),
        (RefusesOne, {"ways": ("predict",), "feeds": ((1, 5),)}, "ours ValueError"),
    ],
)
def test_a_wrong_layer_is_found(wrong, changes, words, monkeypatch):
    monkeypatch.setitem(models.WHOSE, "ours", types.SimpleNamespace(LSTM=wrong))
    outcome = outcome_of(Case(options=(("return_sequences", True),), **changes))
    assert outcome.kind == "differs"
    assert words in outcome.text


def test_what_does_not_matter_is_left_out_of_a_case_that_differs(monkeypatch):
    monkeypatch.setitem(models.WHOSE, "ours", types.SimpleNamespace(LSTM=SlightlyWrong))
    case = Case(
        options=(("return_sequences", True), ("go_backwards", True)),
        before=("masking", "dense"),
        behind=("layer_norm",),
        style="subclassed",
        batch=2,
        feeds=((2, 5), (2, 5)),
        ways=("graph", "call"),
        dtype="float64",
        seed=3,
    )
    least = reduced(outcome_of(case)).case
    assert least == Case(options=case.options[:1], ways=("graph",), seed=3)


ONLY_OURS_EXPORTS = Case(
    cell="SimpleRNN",
    options=(("stateful", True),),
    steps=65,
    batch=1,
    feeds=((1, 65), (1, 65)),
    ways=("export", "call"),
)


def test_what_only_keras_cannot_export_must_compute_what_keras_computes(monkeypatch):
    outcome = outcome_of(ONLY_OURS_EXPORTS)
    assert outcome.kind == "only Keras refuses"
    assert "shape_invariants" in outcome.text

    class Wrong(layers.SimpleRNN):
        def inner_loop(self, *arguments, **named):
            last, outputs, state = super().inner_loop(*arguments, **named)
            return last * 1.001, outputs, state

    monkeypatch.setitem(models.WHOSE, "ours", types.SimpleNamespace(SimpleRNN=Wrong))
    outcome = outcome_of(ONLY_OURS_EXPORTS)
    assert outcome.kind == "differs"
    assert "export" in outcome.text and "apart" in outcome.text


def test_what_keras_refuses_is_refused_alike():
    case = Case(options=(("unroll", True),), steps=None, ways=("graph",))
    assert outcome_of(case).kind == "refused alike"
    assert keras.config.floatx() == "float32"
