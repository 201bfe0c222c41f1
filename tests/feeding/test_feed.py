"""What is fed by ``Feed`` is what Keras feeds, without tf.data's autotuning."""

import os
import subprocess
import sys

import numpy as np
import pytest

from rnn_tf import feeding, models
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError

COUNT, STEPS, FEATURES, CLASSES = 52, 4, 3, 3
random = np.random.default_rng(0)
INPUTS = random.normal(size=(COUNT, STEPS, FEATURES)).astype("float32")
TARGETS = random.integers(0, CLASSES, COUNT).astype("int32")
WEIGHTS = random.random(COUNT).astype("float32")


def dataset(count=COUNT, batch_size=8):
    return tf.data.Dataset.from_tensor_slices((INPUTS[:count], TARGETS[:count])).batch(batch_size)


def generator():
    while True:
        yield INPUTS[:8], TARGETS[:8]


def compiled(kind=keras.Model, **options):
    """A model with dropout, so that the order of every random draw counts."""
    keras.utils.set_random_seed(5)
    inputs = keras.Input((STEPS, FEATURES))
    values = keras.layers.Flatten()(keras.layers.Dropout(0.3)(inputs))
    model = kind(inputs, keras.layers.Dense(CLASSES)(values))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.Adam(0.03),
        loss,
        weighted_metrics=["accuracy"],
        jit_compile=False,
        **options,
    )
    return model


@pytest.fixture
def tuned(monkeypatch):
    """Whether autotuning was asked for, for every dataset that somebody iterates over."""
    seen, plain = [], tf.data.Dataset.__iter__

    def noted(self):
        seen.append(self.options().autotune.enabled)
        return plain(self)

    monkeypatch.setattr(tf.data.Dataset, "__iter__", noted)
    return seen


FITS = {
    "arrays": lambda: {"x": INPUTS, "y": TARGETS},
    "arrays in order": lambda: {"x": INPUTS, "y": TARGETS, "shuffle": False, "batch_size": 7},
    "sample_weight": lambda: {"x": INPUTS, "y": TARGETS, "sample_weight": WEIGHTS},
    "class_weight": lambda: {"x": INPUTS, "y": TARGETS, "class_weight": {0: 1.0, 1: 3.0, 2: 0.5}},
    "validation_data": lambda: {
        "x": INPUTS, "y": TARGETS, "batch_size": 8, "validation_batch_size": 11,
        "validation_data": (INPUTS[:20], TARGETS[:20], WEIGHTS[:20]),
    },
    "validation dataset": lambda: {
        "x": dataset(), "validation_data": dataset(30, 4), "validation_steps": 5,
    },
    "validation_split": lambda: {
        "x": INPUTS, "y": TARGETS, "sample_weight": WEIGHTS, "validation_split": 0.3,
    },
    "initial_epoch": lambda: {"x": INPUTS, "y": TARGETS, "initial_epoch": 1, "batch_size": 16},
    "steps_per_epoch": lambda: {"x": INPUTS, "y": TARGETS, "steps_per_epoch": 4},
    "dataset": lambda: {"x": dataset()},
    "dataset with class_weight": lambda: {"x": dataset(), "class_weight": {1: 2.0, 2: 0.5}},
    "repeated dataset": lambda: {"x": dataset().repeat(), "steps_per_epoch": 5},
    "Batches": lambda: {"x": feeding.Batches(INPUTS, TARGETS, 8, seed=2), "shuffle": False},
    "generator": lambda: {"x": generator(), "steps_per_epoch": 3},
    "callback": lambda: {
        "x": INPUTS, "y": TARGETS, "validation_split": 0.25,
        "callbacks": [keras.callbacks.EarlyStopping("loss", patience=0, min_delta=1.0)],
    },
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed")
@pytest.mark.parametrize("how", FITS)
def test_fit_gives_what_keras_gives_and_no_dataset_is_tuned(tuned, how):
    at_once = {"steps_per_execution": 2} if how in ("arrays", "dataset") else {}
    theirs, ours = compiled(**at_once), compiled(models.CheckedModel, **at_once)
    wanted = theirs_fit(theirs, FITS[how]()).history
    assert None in tuned  # Keras alone does not settle it
    tuned.clear()
    assert theirs_fit(ours, FITS[how]()).history == wanted
    assert set(tuned) == {False}
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def theirs_fit(model, arguments):
    keras.utils.set_random_seed(9)
    return model.fit(**arguments, epochs=3, verbose=0)


@pytest.mark.parametrize(
    "data",
    [
        lambda: {"x": INPUTS, "y": TARGETS, "sample_weight": WEIGHTS, "batch_size": 9},
        lambda: {"x": dataset()},
        lambda: {"x": INPUTS, "y": TARGETS, "steps": 3},
    ],
    ids=["arrays", "dataset", "steps"],
)
def test_evaluate_and_predict_give_what_keras_gives(tuned, data):
    theirs, ours = compiled(), compiled(models.CheckedModel)
    wanted = theirs.evaluate(**data(), verbose=0), theirs.predict(INPUTS, 8, verbose=0)
    tuned.clear()
    assert ours.evaluate(**data(), verbose=0) == wanted[0]
    np.testing.assert_array_equal(ours.predict(INPUTS, 8, verbose=0), wanted[1])
    np.testing.assert_array_equal(ours.predict(dataset(), verbose=0), wanted[1])
    assert set(tuned) == {False}


def test_arguments_by_place_mean_what_they_mean_to_keras(tuned):
    theirs, ours = compiled(), compiled(models.CheckedModel)
    histories = []
    for model in (theirs, ours):
        keras.utils.set_random_seed(1)
        model.fit(INPUTS, TARGETS, 10, 2, 0, None, 0.2)
        histories.append(model.history.history)
        histories.append(model.evaluate(INPUTS, TARGETS, 7, 0, WEIGHTS))
    assert histories[:2] == histories[2:]


@pytest.mark.parametrize("build", [compiled, lambda: compiled(models.CheckedModel)])
def test_a_feed_serves_any_model(tuned, build):
    """The reader's own Keras model, with arrays: the numbers of fit(x, y), epoch by epoch."""
    model = compiled()
    keras.utils.set_random_seed(3)
    wanted = model.fit(
        INPUTS, TARGETS, batch_size=8, epochs=3, verbose=0, validation_data=(INPUTS, TARGETS)
    ).history
    outputs, measured = model.predict(INPUTS, verbose=0), model.evaluate(INPUTS, TARGETS, verbose=0)
    fed = build()
    tuned.clear()
    keras.utils.set_random_seed(3)
    feed = feeding.Feed(INPUTS, TARGETS, batch_size=8, shuffle=True)
    checked = feeding.Feed(INPUTS, TARGETS, batch_size=8)
    assert fed.fit(feed, epochs=3, verbose=0, validation_data=checked).history == wanted
    np.testing.assert_array_equal(fed.predict(feeding.Feed(INPUTS), verbose=0), outputs)
    assert fed.evaluate(feeding.Feed(INPUTS, TARGETS), verbose=0) == measured
    assert set(tuned) == {False}


def test_batches_in_a_feed_need_no_word_about_shuffling():
    model = compiled()
    batches = feeding.Batches(INPUTS, TARGETS, 8, seed=2)
    once = model.fit(feeding.Feed(batches), epochs=2, verbose=0).history
    again = compiled().fit(
        feeding.Batches(INPUTS, TARGETS, 8, seed=2), epochs=2, verbose=0, shuffle=False
    )
    assert once == again.history


def test_checks_look_into_a_feed():
    model = compiled(models.CheckedModel)
    with pytest.raises(InputError, match="targets: got shape"):
        model.fit(feeding.Feed(INPUTS, np.ones((COUNT, STEPS, 2))), verbose=0)
    with pytest.raises(InputError, match="x: got a Feed, and targets or weights beside it"):
        model.fit(feeding.Feed(INPUTS, TARGETS), TARGETS, verbose=0)


@pytest.mark.parametrize("asked_for", [True, False])
def test_a_dataset_that_settles_it_itself_is_left_alone(asked_for):
    options = tf.data.Options()
    options.autotune.enabled = asked_for
    settled = dataset().with_options(options)
    assert feeding.without_wait(settled) is settled
    assert feeding.Feed(settled).get_tf_dataset().options().autotune.enabled is asked_for
    quiet = feeding.without_wait(dataset())
    assert quiet.options().autotune.enabled is False and quiet.cardinality() == 7


SPOKEN = """
import sys, time
import numpy as np
from rnn_tf import feeding
from rnn_tf.backend import keras
inputs = np.ones((16, 2), "float32")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse", jit_compile=False)
class Slow(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        time.sleep(0.05)
def fit(*data):
    model.fit(*data, batch_size=8, epochs=2, verbose=0, callbacks=[Slow()])
fit(feeding.Feed(inputs, inputs[:, :1], batch_size=8, shuffle=True))
fit(feeding.Feed(feeding.Batches(inputs, inputs[:, :1], 8)))
print("Keras alone", file=sys.stderr, flush=True)
fit(inputs, inputs[:, :1])
"""


def test_nobody_waits_for_a_tuning_round():
    """By tf.data's own log, whatever the load of the machine: the tuning thread never starts."""
    environment = os.environ | {"TF_CPP_VMODULE": "model=2", "TF_CPP_MIN_LOG_LEVEL": "0"}
    spoken = subprocess.run(
        [sys.executable, "-c", SPOKEN], env=environment, capture_output=True, text=True, check=True
    ).stderr
    ours, theirs = spoken.split("Keras alone\n")
    assert "Waiting for" in theirs
    assert "Waiting for" not in ours
