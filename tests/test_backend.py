"""The package is quick to import and TensorFlow starts without a word."""

import os

import pytest


def test_import_is_quick_and_leaves_tensorflow_alone(python):
    code = (
        "import sys, time; started = time.process_time(); import rnn_tf; "
        "print(time.process_time() - started); "
        "print(sorted(m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules))"
    )
    seconds, loaded = python("-c", code).stdout.splitlines()
    assert float(seconds) < 0.5
    assert loaded == "[]"


def test_first_use_is_silent(python):
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    code = "from rnn_tf.backend import keras, tf; tf.zeros(1) + 1; keras.layers.LSTM(1)"
    done = python("-c", code, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_start_that_fails_shows_what_was_said(python, tmp_path):
    (tmp_path / "tensorflow.py").write_text(
        "import os; os.write(2, b'the native reason'); raise ImportError('broken')",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])
    done = python("-c", "import rnn_tf.backend", env=os.environ | {"PYTHONPATH": path})
    assert done.returncode == 1
    assert "the native reason" in done.stderr
    assert "ImportError: broken" in done.stderr


def test_another_keras_backend_is_refused_in_one_line(python):
    fake = "import sys, types; k = types.ModuleType('keras'); k.backend = types.SimpleNamespace("
    fake += "backend=lambda: 'jax'); sys.modules['keras'] = k; import rnn_tf.backend"
    done = python("-c", fake)
    last = done.stderr.strip().splitlines()[-1]
    assert "got 'jax', expected 'tensorflow'" in last


@pytest.mark.parametrize("name", ["jax", "torch", "numpy", "no_such_backend"])
def test_a_backend_named_by_the_environment_is_refused_before_its_package_is_missed(python, name):
    done = python("-c", "import rnn_tf.backend", env=os.environ | {"KERAS_BACKEND": name})
    last = done.stderr.strip().splitlines()[-1]
    assert last == (
        f"ImportError: KERAS_BACKEND: got {name!r}, expected 'tensorflow': "
        "set KERAS_BACKEND=tensorflow before Keras is imported"
    )


def test_an_import_alone_leaves_devices_and_threads_to_the_program(python):
    code = """
from rnn_tf.backend import keras, tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
tf.config.threading.set_inter_op_parallelism_threads(2)
print(len(tf.config.list_logical_devices("CPU")))
"""
    done = python("-c", code)
    assert done.stdout.strip() == "2", done.stderr


#: Imports in the parent, trains in a child made by fork, as a data loader or a pool would.
FORKED = """
import multiprocessing
from rnn_tf.backend import keras, tf
from rnn_tf import layers, models

def train(inputs):
    model = keras.Sequential([keras.Input((80, 3)), layers.LSTM(4), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    return model.fit(inputs, inputs[:, -1, :1], verbose=0).history["loss"][0]

if __name__ == "__main__":
    import numpy as np
    with multiprocessing.get_context("fork").Pool(2) as pool:
        losses = pool.map_async(train, [np.ones((8, 80, 3), "float32")] * 2).get(timeout=120)
    print(all(0 < loss < 10 for loss in losses))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_imported_the_backend_can_fork_and_train_in_the_children(python, tmp_path):
    program = tmp_path / "forked.py"
    program.write_text(FORKED, encoding="utf-8")
    done = python(str(program))
    assert done.stdout.strip() == "True", done.stderr
