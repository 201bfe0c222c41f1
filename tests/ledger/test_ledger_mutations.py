"""Mend nothing but the fault in the source of a miniature: the row must notice.

``test_ledger_rows`` puts the repaired half in the failing one's place. Here the failing half
stays as it is, but for the few characters that make the fault.
"""

import dataclasses
import inspect
import textwrap

import pytest

from rnn_tf import ledger

DA = "(1 - trace.hidden_states[:, t] ** 2)"

# id, then pairs: what stands there, what is put instead
MENDED = [
    ("B-001-01", '"loop B"', '"hidden"'),
    ("B-001-02", '"kernel = np', '"import numpy as np; kernel = np'),
    ("B-001-03", "np.array([[5.0], [9.0]])", "np.array([5.0, 9.0])"),
    ("B-001-04", 'inputs @ weights["kernel"]', 'inputs @ weights["kernel"] + weights["bias"]'),
    ("B-001-05", "output = forward(x, before)", "output = before = forward(x, before)"),
    ("B-001-06", "normal(size=(100, 50))", "normal(size=(100, 50)) / 10"),
    ("B-001-07", "hidden**2", "np.tanh(np.ones(3)) ** 2"),
    ("B-001-08", "np.dot(hidden, d_outputs)", "np.dot(hidden.T, d_outputs)"),
    (
        "B-001-10",
        'd_kernel = a["inputs"] @ (outputs() - a["targets"])',
        'da = (outputs() - a["targets"]) @ a["output_kernel"].T\n'
        '    h = np.tanh(a["inputs"] @ a["kernel"] + a["before"] @ a["recurrent_kernel"])',
        'd_kernel @ a["inputs"].T',
        '(da * (1 - h**2)) @ a["kernel"].T',
    ),
    (
        "B-001-11",
        "da = d_states[:, t] *",
        'carry = 0 if t == 3 else da @ network.weights["recurrent_kernel"].T\n'
        "        da = (d_states[:, t] + carry) *",
    ),
    ("B-001-16", "size=(1, 10))", 'size=(1, 10)).astype("float32")'),
    ("B-001-17", "1.0, 0.0])", "1.0, 0.0])[:, None]"),
    ("B-001-18", "labels[:, 0]", "labels"),
    ("B-001-19", "tf.Variable(tf.ones((3, 1)))", "self.add_weight(shape=(3, 1))"),
    ("B-001-20", "tf.matmul(inputs, self.kernel)", "tf.matmul(inputs, self.kernel) + self.bias"),
    ("B-001-21", "bits[:, None, :]", "bits[:, :, None]"),
    ("B-001-22", "random.integers(0, 2, size=(count, 1))", "bits[:, 0]"),
    ("B-001-23", "0.1", "0.7"),
    ("B-001-27", "final_state[:1]", "final_state"),
    ("B-001-28", "tf.nn.softmax", "tf.nn.sigmoid"),
    ("B-001-29", "call(self, inputs, state)", "call(self, inputs, state=0.0)"),
    ("B-002-01", "@ state + bias", "@ state + bias + _x"),
    ("B-002-02", "np.dot(bias, np.ones(1))", "bias"),
    ("B-002-03", "x.reshape", "np.array(x).reshape"),
    ("B-002-04", "np.ones((1, 5)), np.ones((1, 5))", "np.ones((1, 5)), np.ones((5, 1))"),
    ("B-002-05", "np.dot(bias, np.ones(1))", "bias"),
    ("B-002-06", "(1 - e) / (1 + e)", "np.tanh(a)"),
    ("B-002-07", "@ state) * x", "@ state) + x"),
    ("B-002-08", "np.tanh(output)", "np.tanh(np.arange(5) * x + states[t])"),
    ("B-002-09", "@ state) * x)", "@ state) + x)"),
    ("B-002-10", "-np.sum(", "-np.sum(np.array(targets) * "),
    ("B-002-12", "outputs[:, -1] - targets[:, -1]", "outputs - targets"),
    ("B-002-13", "outputs.outputs - targets", "-1 / outputs.outputs / targets.size"),
    ("B-002-14", "output_kernel.T", "output_kernel"),
    ("B-002-16", f"d_states[:, t] + carry + {DA}", f"(d_states[:, t] + carry) * {DA}"),
    ("B-002-17", "right.T", "right"),
    ("B-002-18", "[:, t - 1]", "[:, t - 1] if t else trace.initial_state"),
    ("B-002-19", "d_states[:, t] + dh @", f"(dh * {DA}) @"),
    ("B-002-20", "*= 0.01", "*= 1.0"),
    ("B-002-21", '"losses', '"import matplotlib.pyplot as plt; losses'),
    ("B-002-22", "forget=True", "forget=False"),
]
IDS = [id for id, *_ in MENDED]


def mended(function, *replacements):
    """The function with parts of its source replaced, each of which must be there once."""
    source = textwrap.dedent(inspect.getsource(function))
    for old, new in zip(replacements[::2], replacements[1::2], strict=True):
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in\n{source}"
        source = source.replace(old, new)
    names = dict(vars(inspect.getmodule(function)))
    exec(compile(source, function.__name__, "exec"), names)
    return names[function.__name__]


@pytest.mark.parametrize("id, replacements", [(m[0], m[1:]) for m in MENDED], ids=IDS)
def test_a_mended_miniature_breaks_its_row(id, replacements):
    row = ledger.get(id)
    without_fault = dataclasses.replace(row, reproduce=mended(row.reproduce, *replacements))
    observation = ledger.observe(without_fault)
    assert observation.failing.error is None  # mended, and not broken in another way
    assert not observation.holds


def test_mending_leaves_the_rest_alone():
    """With nothing replaced the rows still hold: what breaks them above is the repair."""
    for id in IDS:
        row = ledger.get(id)
        assert ledger.holds(dataclasses.replace(row, reproduce=mended(row.reproduce))), id
