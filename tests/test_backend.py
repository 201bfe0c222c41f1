"""The package is quick to import and TensorFlow starts without a word."""

import os


def test_import_is_quick_and_leaves_tensorflow_alone(python):
    code = (
        "import sys, time; started = time.process_time(); import rnn_tf; "
        "print(time.process_time() - started); "
        "print(sorted(m for m in ('tensorflow', 'keras', 'matplotlib') if m in sys.modules))"
    )
    seconds, loaded = python("-c", code).stdout.splitlines()
    assert float(seconds) < 0.5
    assert loaded == "[]"


def test_rooms_without_models_need_no_tensorflow(python):
    code = (
        "import sys, rnn_tf; rnn_tf.reference, rnn_tf.datasets, rnn_tf.text, rnn_tf.course; "
        "print('tensorflow' in sys.modules)"
    )
    done = python("-c", code)
    assert done.stdout.strip() == "False", done.stderr


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
