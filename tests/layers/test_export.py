"""Models with our layers go to files for serving, and compute there what Keras's compute.

Where a format cannot take Keras's own layers either, the test is skipped and says so.
"""

import subprocess
import sys

import numpy as np
import pytest

from rnn_tf import layers
from rnn_tf.backend import keras, tf

ROOMS = (keras.layers, layers)


def small(room, name, steps, masked):
    inputs = keras.Input((steps, 3))
    values = keras.layers.Masking()(inputs) if masked else inputs
    values = getattr(room, name)(4, return_sequences=True)(values)
    return keras.Model(inputs, keras.layers.Dense(2)(values[:, -1]))


def served(model, folder, inputs):
    model.export(folder / "served", verbose=False)
    loaded = tf.saved_model.load(folder / "served")
    return loaded.serve(inputs)


def saved_by_tensorflow(model, folder, inputs):
    tf.saved_model.save(model, folder / "saved")
    loaded = tf.saved_model.load(folder / "saved")
    (outputs,) = loaded.signatures["serving_default"](tf.constant(inputs)).values()
    return outputs


def run_by_onnx(model, folder, inputs):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    model.export(folder / "model.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    (outputs,) = session.run(None, {session.get_inputs()[0].name: inputs})
    return outputs


#: In a process of its own: the interpreter ends the process where a loop is more than it can do.
INTERPRET = """
import sys
import numpy as np
import tensorflow as tf
model, inputs, outputs = sys.argv[1:]
run = tf.lite.Interpreter(model)
place, values = run.get_input_details()[0]["index"], np.load(inputs)
run.resize_tensor_input(place, values.shape)
run.allocate_tensors()
run.set_tensor(place, values)
run.invoke()
np.save(outputs, run.get_tensor(run.get_output_details()[0]["index"]))
"""


def run_by_litert(model, folder, inputs):
    files = [folder / "model.tflite", folder / "inputs.npy", folder / "outputs.npy"]
    model.export(files[0], format="litert", verbose=False)
    np.save(files[1], inputs)
    command = [sys.executable, "-c", INTERPRET, *map(str, files)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise RuntimeError(lines[-1].removeprefix("RuntimeError: "))
    return np.load(files[2])


def cells_of_the_matrix():
    """Every format, length and mask with an LSTM; the other layers where the loop is hardest."""
    for way in (served, saved_by_tensorflow, run_by_onnx, run_by_litert):
        for steps in (9, 80, None):
            for masked in (False, True):
                # Keras's own layers cannot be run from such a file, which takes long to find out.
                rare = [pytest.mark.full] if way is run_by_litert and masked else []
                yield pytest.param(way, "LSTM", steps, masked, marks=rare)
    for name in ("SimpleRNN", "GRU"):
        yield from ((way, name, None, True) for way in (served, run_by_onnx))


@pytest.mark.parametrize(("way", "name", "steps", "masked"), cells_of_the_matrix())
def test_exported_models_compute_what_keras_s_compute(way, name, steps, masked, tmp_path):
    theirs, ours = (small(room, name, steps, masked) for room in ROOMS)
    ours.set_weights(theirs.get_weights())
    inputs = np.random.default_rng(0).normal(size=(3, steps or 70, 3)).astype("float32")
    if masked:
        inputs[0, 5:] = 0
        inputs[1, :3] = 0
    wanted = theirs(inputs)
    np.testing.assert_allclose(ours(inputs), wanted, atol=1e-5)
    try:
        found = way(ours, tmp_path, inputs)
    except RuntimeError as error:
        with pytest.raises(RuntimeError) as same:
            way(theirs, tmp_path, inputs)
        pytest.skip(f"Keras's own layers fail too: {str(same.value)[:60]}; ours: {str(error)[:60]}")
    np.testing.assert_allclose(found, wanted, atol=1e-5)


class Trainer(tf.Module):
    """A model with its own training step, to be saved with it."""

    def __init__(self, model):
        self.model = model

    @tf.function(input_signature=[tf.TensorSpec([None, 70, 3])])
    def train(self, inputs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self.model(inputs, training=True) - 1) ** 2)
        weights = [w.value for w in self.model.trainable_variables]
        for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
            weight.assign_sub(0.1 * gradient)
        return loss


def test_a_training_step_is_saved_and_trains_after_loading(tmp_path):
    theirs, ours = (small(room, "LSTM", 70, False) for room in ROOMS)
    ours.set_weights(theirs.get_weights())
    inputs = np.random.default_rng(0).normal(size=(4, 70, 3)).astype("float32")
    found = []
    for name, model in (("theirs", theirs), ("ours", ours)):
        tf.saved_model.save(Trainer(model), tmp_path / name)
        loaded = tf.saved_model.load(tmp_path / name)
        found.append([float(loaded.train(inputs)) for _ in range(4)])
    np.testing.assert_allclose(*found, rtol=1e-5)
    assert found[0][-1] < 0.9 * found[0][0]
