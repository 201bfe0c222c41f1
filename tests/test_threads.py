"""One thread inside an operation, set at the start unless somebody has chosen otherwise."""

import json
import os
import types

import pytest

from rnn_tf import threads
from rnn_tf.errors import InputError

NAMES = {threads.CORES, threads.INTRA, threads.INTER}
#: What a fresh process found, as its last line.
TELL = """
import json
from rnn_tf import backend, threads
tf = backend.tf
asked = tf.config.threading
print(json.dumps({
    "inside": asked.get_intra_op_parallelism_threads(),
    "at_a_time": asked.get_inter_op_parallelism_threads(),
    "report": threads.report(),
}))
"""


@pytest.fixture
def fresh(python):
    """Run code before ``TELL`` in a process of its own; what it told, and its stderr."""

    def run(code="", **environment):
        plain = {k: v for k, v in os.environ.items() if k not in NAMES}
        done = python("-W", "always::RuntimeWarning", "-c", code + TELL, env=plain | environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1]), done.stderr

    return run


def test_by_default_one_thread_inside_an_operation(fresh):
    told, stderr = fresh("from rnn_tf import threads\nassert 'not started' in threads.report()\n")
    assert told["inside"] == 1 and told["at_a_time"] == 0  # 0: as many as there are cores
    assert told["report"] == (
        "one thread inside an operation (set by rnn_tf), operations at a time: all cores"
    )
    assert stderr == ""


def test_what_the_environment_says_is_left_alone(fresh):
    told, stderr = fresh(**{threads.INTRA: "3"})
    assert told["inside"] == 0 and f"{threads.INTRA}=3" in told["report"]
    assert stderr == ""


def test_operations_at_a_time_stay_as_the_environment_says(fresh):
    told, _ = fresh(**{threads.INTER: "5"})
    assert told["inside"] == 1 and told["report"].endswith("at a time: 5")


def test_a_share_of_the_cores_is_a_share_of_the_threads(fresh):
    told, stderr = fresh(
        "from rnn_tf import threads\nassert threads.cores() == 1\n", **{threads.CORES: "1"}
    )
    assert (told["inside"], told["at_a_time"]) == (1, 1)
    assert told["report"].endswith("at a time: 1")
    assert stderr == ""


def test_operations_at_a_time_are_the_users_before_the_shares(fresh):
    told, _ = fresh(**{threads.CORES: "1", threads.INTER: "5"})
    assert told["report"].endswith("at a time: 5")


def test_no_share_is_more_than_there_is(monkeypatch):
    monkeypatch.delenv(threads.CORES, raising=False)
    there = threads.cores()
    monkeypatch.setenv(threads.CORES, str(there + 7))
    assert threads.cores() == there


@pytest.mark.parametrize("share", ["0", "-1", "1.5", "half", "²"])
def test_a_share_that_is_none_is_refused_in_one_line(monkeypatch, share):
    monkeypatch.setenv(threads.CORES, share)
    with pytest.raises(InputError, match=f"^{threads.CORES}: got {share!r}, expected a whole"):
        threads.cores()


def test_what_the_program_set_is_left_alone(fresh):
    told, stderr = fresh(
        "import tensorflow as tf\n"
        "tf.config.threading.set_intra_op_parallelism_threads(2)\n"
        "tf.config.threading.set_inter_op_parallelism_threads(3)\n"
    )
    assert (told["inside"], told["at_a_time"]) == (2, 3)
    assert told["report"] == "threads left as the program set them: 2 inside an operation"
    assert "RuntimeWarning" not in stderr


def test_operations_at_a_time_stay_as_the_program_set_them(fresh):
    told, _ = fresh(
        "import tensorflow as tf\ntf.config.threading.set_inter_op_parallelism_threads(3)\n"
    )
    assert (told["inside"], told["at_a_time"]) == (1, 3)
    assert told["report"].endswith("at a time: 3")


def test_tensorflow_started_before_gives_one_warning_and_the_same_results(fresh):
    told, stderr = fresh("""
import numpy as np, tensorflow as tf
tf.zeros(1) + 1
from rnn_tf import backend, layers
import rnn_tf.models
inputs = np.random.default_rng(0).normal(size=(5, 7, 3)).astype("float32")
ours, theirs = layers.LSTM(4), backend.keras.layers.LSTM(4)
for layer in (ours, theirs):
    layer.build(inputs.shape)
theirs.set_weights(ours.get_weights())
assert ours.fast_path_reason() is None
np.testing.assert_allclose(ours(inputs), theirs(inputs), atol=1e-6)
""")
    assert told["inside"] == 0
    assert told["report"] == ("threads not set: TensorFlow was started before rnn_tf was imported")
    assert stderr.count("RuntimeWarning") == 1 and f"{threads.INTRA}=1" in stderr


class FakeThreading:
    def __init__(self, inside=0):
        self.inside, self.calls = inside, []

    def get_intra_op_parallelism_threads(self):
        return self.inside

    def get_inter_op_parallelism_threads(self):
        return 0

    def set_intra_op_parallelism_threads(self, number):
        self.calls.append(number)


@pytest.mark.parametrize(("gpus", "calls"), [(["GPU:0"], []), ([], [1])])
def test_with_a_gpu_nothing_is_set(gpus, calls, monkeypatch):
    monkeypatch.setattr(threads, "_done", "")
    monkeypatch.delenv(threads.INTRA, raising=False)
    threading = FakeThreading()
    config = types.SimpleNamespace(
        threading=threading,
        list_physical_devices=lambda kind=None: gpus if kind in (None, "GPU") else [],
    )
    line = threads.prepare(types.SimpleNamespace(config=config))
    assert threading.calls == calls and line == threads.report()
    assert ("there is a GPU" in line) is bool(gpus)
