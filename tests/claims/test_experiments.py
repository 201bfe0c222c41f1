"""A sample of experiments end to end, and stored results that agree with rules and pages."""

from xml.etree import ElementTree

import numpy as np
import pytest

from rnn_tf import claims, ledger, reference
from rnn_tf.claims import drawing, learning, pages, results
from rnn_tf.claims.experiments import feedback, gradients, memory, series, windows
from rnn_tf.claims.learning import CROSS_ENTROPY
from rnn_tf.claims.statements import Value
from rnn_tf.datasets import toy
from rnn_tf.reference.gradient_check import numeric_gradient
from rnn_tf.wrapping import columns

QUICK = ("counts", "hand_set_gates", "state_ranges", "backpropagation", "fixed_window",
         "accumulation", "missing_values", "cell_jacobians", "jacobians")  # fmt: skip


@pytest.mark.parametrize("name", QUICK)
def test_a_seed_gives_the_same_numbers_twice_and_those_that_are_stored(name):
    one = claims.get(name)
    first, second = (one.evidence(1, "class") for _ in range(2))
    stored = results.load(name, "class")
    for condition, values in stored.values.items():
        if condition.startswith("memory/"):  # Python's own bookkeeping is in it too
            assert [first[condition], second[condition]] == pytest.approx([values[1]] * 2, rel=0.01)
            continue
        assert first[condition] == second[condition]
        assert first[condition] == pytest.approx(values[1], rel=1e-6, abs=1e-9)


def test_jacobians_are_the_product_of_the_analytic_ones():
    """Backward passes of the reference cell against ∏ diag(1 − h²) Uᵀ: the issue's 1e-6."""
    errors = results.load("jacobians", "class").values["error"]
    assert max(errors) <= 1e-6
    cell = reference.SimpleRNN(2, 3, seed=5)
    inputs = np.random.default_rng(0).standard_normal((7, 2))
    assert gradients.jacobian(cell, inputs) == pytest.approx(
        gradients.analytic_jacobian(cell, inputs), rel=1e-10
    )


@pytest.mark.parametrize("make", [reference.LSTM, reference.GRU])
def test_jacobians_of_gated_cells_are_those_of_finite_differences(make):
    cell = make(1, 3, seed=1)
    inputs = np.random.default_rng(0).standard_normal((5, 1))

    def last(start):
        parts = np.split(start, len(cell.state_names))
        given = parts[0][None] if len(parts) == 1 else tuple(part[None] for part in parts)
        final = cell.forward(inputs[None], given).final_state
        return np.concatenate([np.ravel(part) for part in np.atleast_2d(np.squeeze(final))])

    size = 3 * len(cell.state_names)
    numeric = np.stack(
        [(last(1e-5 * row) - last(-1e-5 * row)) / 2e-5 for row in np.eye(size)], axis=1
    )
    assert gradients.jacobian(cell, inputs) == pytest.approx(numeric, abs=1e-8)


def test_a_norm_of_zeros_is_finite():
    assert gradients.log_norm(np.zeros((2, 2))) == -300
    assert gradients.log_norm(100 * np.eye(3)) == pytest.approx(2)


def test_gradients_are_right_where_the_output_is_fed_back():
    rng = np.random.default_rng(0)
    net = feedback.Jordan(3, seed=1)
    inputs, targets = rng.standard_normal((4, 5, 1)), rng.integers(0, 2, (4, 5, 1)).astype(float)
    _, found = net.loss_and_gradients(inputs, targets)
    for name in ("kernel", "output_kernel", "fed_back"):
        numeric = numeric_gradient(
            lambda: net.loss_and_gradients(inputs, targets)[0], net.weights[name]
        )
        assert found[name] == pytest.approx(numeric, abs=1e-8)


def test_only_the_output_of_the_step_before_is_seen_where_it_is_fed_back():
    """h_t = tanh(x_t W + (h_{t-1} V) u + b): by hand, step by step."""
    net = feedback.Jordan(3, seed=1)
    inputs = np.random.default_rng(0).standard_normal((2, 4, 1))
    weights, fed, outputs = net.weights, np.zeros((2, 1)), []
    for x in inputs.swapaxes(0, 1):
        hidden = np.tanh(x @ weights["kernel"] + fed @ weights["fed_back"] + weights["bias"])
        fed = hidden @ weights["output_kernel"]
        outputs.append(fed + weights["output_bias"])
    assert net.forward(inputs).outputs == pytest.approx(np.stack(outputs, axis=1), abs=1e-12)


def test_a_switch_stays_as_it_was_last_set():
    inputs, targets = feedback.switch(50, seed=0)
    on, off = inputs == 1, inputs == -1
    assert targets[on].all() and not targets[off].any() and (on | off)[:, 0].all()
    waits = (inputs == 0)[:, 1:]
    assert (targets[:, 1:] == targets[:, :-1])[waits].all() and 0.6 < waits.mean() < 0.9


def test_with_dropout_the_gradient_is_that_of_the_thinned_network():
    """Without a share to drop both ways of computing agree."""
    rng = np.random.default_rng(0)
    net = learning.network("lstm", np.zeros((1, 1, 2)), 1, 4, seed=0, loss=CROSS_ENTROPY)
    inputs, targets = rng.standard_normal((6, 5, 2)), rng.integers(0, 2, (6, 1)).astype(float)
    plain = net.loss_and_gradients(inputs, targets)[1]
    nearly = learning._gradients(net, inputs, targets, 1e-12, rng)
    for name in net.weights:
        assert nearly[name] == pytest.approx(plain[name], abs=1e-9)
    thinned = learning._gradients(net, inputs, targets, 0.9, rng)
    assert np.abs(thinned["output_kernel"] - plain["output_kernel"]).max() > 1e-3


def test_adam_goes_down_and_leaves_alone_what_is_frozen():
    weights = {"a": np.array([3.0]), "b": np.array([3.0])}
    adam = learning.Adam(0.1, names={"a"})
    for _ in range(200):
        adam.update(weights, {name: 2 * weight for name, weight in weights.items()})
    assert abs(weights["a"][0]) < 0.1 and weights["b"][0] == 3.0


def test_validation_data_choose_rate_and_moment():
    """A rate that is too low learns nothing, one too high flies off: the middle one is taken."""
    make = memory.echo(8, 1)
    validation = make(64, seed=5)
    scores = []

    def score(net):
        scores.append(learning.loss_of(net, *validation))
        return scores[-1]

    net = learning.chosen(
        lambda: learning.network("simple", validation[0], 1, 8, seed=0, loss=CROSS_ENTROPY,
                                 per_step=True),
        learning.fresh(make), score, rates=(1e-5, 0.02, 30.0), steps=80, looks=4, seed=0,
    )  # fmt: skip
    assert len(scores) == 12 and int(np.argmin(scores)) in range(4, 8)
    assert learning.loss_of(net, *validation) == min(scores)


def test_learning_learns_and_is_seen():
    make = memory.echo(8, 1)
    net = learning.network("simple", np.zeros((1, 1, 1)), 1, 8, seed=0, loss=CROSS_ENTROPY,
                           per_step=True)  # fmt: skip
    test = make(64, seed=5)
    before = learning.accuracy(net, *test, skip=1)
    seen = learning.learn(net, learning.fresh(make), steps=150, seed=0, every=50,
                          look=lambda net: learning.loss_of(net, *test))  # fmt: skip
    assert len(seen) == 3 and seen[-1] < seen[0]
    assert learning.accuracy(net, *test, skip=1) > 0.95 > before


def test_a_before_b_has_one_of_each():
    inputs, targets = memory.a_before_b(50, seed=0)
    assert (inputs[:, :, :2].sum(axis=1) == 1).all()
    first = inputs[:, :, 0].argmax(axis=1) < inputs[:, :, 1].argmax(axis=1)
    assert np.array_equal(first, targets[:, 0] > 0.5) and 10 < first.sum() < 40


def test_an_autoregressive_series_has_the_correlation_that_it_should():
    x = series.ar_series(20_000, (0.6,), seed=0)
    assert np.mean(x[1:] * x[:-1]) == pytest.approx(0.6, abs=0.03)
    assert (x.mean(), x.std()) == pytest.approx((0, 1), abs=1e-9)


def test_ways_to_fill_change_only_what_is_lost():
    x = np.arange(40.0)
    lost = np.zeros(40, bool)
    lost[[5, 6, 30]] = True
    ways = windows._filled(x, lost)
    for filled in ways.values():
        assert np.array_equal(filled[~lost], x[~lost])
    assert ways["line"][lost] == pytest.approx([5, 6, 30])
    assert ways["last"][lost] == pytest.approx([4, 4, 29])
    assert ways["largest"][5] == 19 and ways["mean"][5] == np.mean(np.delete(x[:20], [5, 6]))


def test_targets_of_parity_toggle():
    """What the experiment on minGRU rests on."""
    inputs, targets = toy.running_parity(3, 6, seed=0)
    assert np.array_equal(targets[:, 1:] != targets[:, :-1], inputs[:, 1:] == 1)


# --- stored results, rules and pages agree -----------------------------------------------------

STORED = sorted(results._SHIPPED.glob("*.json"))


def test_enough_is_stored():
    assert len(STORED) >= 11


@pytest.mark.parametrize("file", STORED, ids=[file.stem for file in STORED])
def test_a_stored_result_belongs_to_an_experiment_as_it_is(file):
    found = results.read(file)
    assert file.name == f"{found.experiment}.{found.mode}.json"
    one = claims.get(found.experiment)
    assert set(one.conditions) <= set(found.values)
    assert found.seeds >= 3 and found.versions["numpy"] and found.machine["cores"]
    assert found.code == one.fingerprint(found.mode), "measured by other code: measure it again"
    if found.mode == "class":
        assert sum(found.seconds) <= 90
    for condition in found.values:
        assert one.label(condition, "en") and one.label(condition, "zh")


def test_verdicts_are_computed_from_what_is_stored():
    for row in ledger.claims():
        if row.rule and (found := results.load(row.experiment)):
            verdict = claims.verdict(row)
            assert verdict == claims.rule(row).verdict(found.evidence)
            assert claims.outcome(row) == verdict.outcome


def test_pages_are_up_to_date():
    assert pages.out_of_date() == [], "run: rnn-tf claims --pages"


def test_a_picture_shows_every_seed_and_the_wanted_range():
    one, found = claims.get("jacobians"), results.load("jacobians")
    statements = {s for rule in one.rules.values() for s in rule.statements}
    for lang in ("en", "zh"):
        drawn = ElementTree.fromstring(drawing.picture(one, found, lang))
        tags = [element.tag.rpartition("}")[2] for element in drawn.iter()]
        assert tags.count("circle") == found.seeds * len(statements)
        assert tags.count("rect") == 1 + len(statements)
        numbers = [float(v) for e in drawn.iter() for k, v in e.attrib.items() if k in {"cx", "x"}]
        assert min(numbers) >= 0 and max(numbers) <= drawing.WIDTH


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_stands_at_the_right_of_a_picture_fits(lang):
    for one in claims.all_experiments():
        tree = ElementTree.fromstring(drawing.picture(one, results.load(one.name), lang))
        for text in tree.iter("{http://www.w3.org/2000/svg}text"):
            size, left = float(text.get("font-size", 13)), float(text.get("x"))
            room = drawing.WIDTH - left
            assert columns(text.text) * 0.55 * size <= room, (one.name, text.text)


def test_a_seed_lies_in_the_wanted_range_of_a_picture_if_it_does_so():
    statement = Value(("a", "甲"), 0.9, condition="a")
    for numbers in ([0.95, 0.97, 0.92], [0.5, 0.91, 0.95], [1e-9, 0.5, 3.0]):
        finding = statement.finding({"a": numbers})
        place = drawing._axis(finding, statement, np.array(numbers))
        assert place(0.9) < drawing.WIDTH - drawing.RIGHT == place(np.inf)
        for number in numbers:
            assert (place(number) >= place(0.9)) == (number >= 0.9)


def test_every_claim_is_on_the_map_and_in_the_table_of_both_languages():
    written = pages.contents()
    for lang in ("en", "zh"):
        page, experiments = written[f"{lang}/README.md"], written[f"{lang}/experiments.md"]
        for row in ledger.claims():
            assert f'<a id="{row.id.lower()}"></a>{row.id}' in page
            assert f'"{row.id}: ' in page and getattr(row.title, lang) in page
            if row.experiment:
                heading, anchor = f"## {row.experiment}\n", f'<a id="{row.experiment}">'
                assert heading in experiments or anchor in experiments
            if row.rule:
                assert f"[{row.id}](README.md#{row.id.lower()})" in experiments
