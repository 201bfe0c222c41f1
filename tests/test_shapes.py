"""Every shape mistake gets its one line before training starts; right shapes pass."""

import numpy as np
import pytest

from rnn_tf import feeding, models, shapes
from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError

COUNT, STEPS, FEATURES = 6, 4, 3
BINARY = keras.losses.BinaryCrossentropy(from_logits=True)
SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
ONE_HOT = keras.losses.CategoricalCrossentropy(from_logits=True)


def floats(*shape):
    return np.random.default_rng(0).random(shape).astype("float32")


def digits(rows=STEPS, columns=FEATURES, loss=SPARSE):
    model = models.row_lstm(rows, columns, units=2, num_classes=5)
    model.compile("sgd", loss)
    return model


def per_step():
    model = models.SequenceClassifier(2, return_sequences=True)
    model.compile("sgd", BINARY)
    return model


def per_sequence():
    model = models.SequenceClassifier(2)
    model.compile("sgd", BINARY)
    return model


def next_value():
    model = models.stacked_lstm(STEPS, FEATURES, units=(2,), dropout=0)
    model.compile("sgd", "mse")
    return model


def words():
    model = models.word_language_model(9, embedding=2, units=2)
    model.compile("sgd", SPARSE)
    return model


GOOD = floats(COUNT, STEPS, FEATURES)
CLASSES = np.arange(COUNT) % 5
IDS = np.arange(COUNT * STEPS).reshape(COUNT, STEPS) % 9
GAPS = GOOD.copy()
GAPS[2, 1, 0] = np.nan
ONE = np.ones((COUNT, 1), "float32")

MISTAKES = {
    "four axes": (digits, GOOD[:, None], CLASSES, "B-003-01"),
    "no step axis": (per_sequence, GOOD[:, 0], ONE, "B-001-21"),
    "one single step": (digits, GOOD[:, :1], CLASSES, "B-003-02"),
    "one single word": (words, IDS[:, :1], IDS[:, :1], "B-004-08"),
    "words without steps": (words, IDS[:, 0], IDS[:, 0], "B-004-07"),
    "words as floats": (words, IDS.astype("float32"), IDS, "B-004-07"),
    "integers": (per_sequence, GOOD.astype("int64"), ONE, "B-001-16"),
    "other features": (digits, floats(COUNT, STEPS, 7), CLASSES, "7 features"),
    "python lists": (words, IDS.tolist(), IDS, "B-004-10"),
    "lists as targets": (per_sequence, GOOD, ONE.tolist(), "B-004-10"),
    "gaps": (next_value, GAPS, ONE, "1 values that are NaN"),
    "gaps in targets": (next_value, GOOD, ONE * np.inf, "6 values that are NaN"),
    "nothing": (per_sequence, GOOD[:0], ONE[:0], "nothing in it"),
    "fewer targets": (per_sequence, GOOD, ONE[:4], "4 of them, expected 6"),
    "targets with steps": (next_value, GOOD, floats(COUNT, STEPS, 1), "B-000-01"),
    "targets without steps": (per_step, GOOD, ONE, r"\(6, 4, 1\) like the model"),
    "label rank": (per_sequence, GOOD, ONE[:, 0], "B-001-17"),
    "label rank per step": (per_step, GOOD, floats(COUNT, STEPS), "B-001-17"),
    "classes for one-hot": (lambda: digits(loss=ONE_HOT), GOOD, CLASSES, "B-004-11"),
    "one-hot for sparse": (digits, GOOD, np.eye(5, dtype="float32")[CLASSES], "B-004-11"),
    "class out of range": (digits, GOOD, CLASSES + 1, "classes from 1 to 5, expected 0 to 4"),
    "steps for one class": (words, IDS, IDS[:, 0], "class numbers of shape"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_named_in_one_line_before_training(name):
    build, inputs, targets, told = MISTAKES[name]
    model = build()
    before = [w.copy() for w in model.get_weights()]
    with pytest.raises(InputError, match=told) as caught:
        model.fit(inputs, targets, verbose=0)
    assert "\n" not in str(caught.value)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


RIGHT = {
    "classes": (digits, GOOD, CLASSES),
    "classes in a column": (digits, GOOD, CLASSES[:, None]),
    "one-hot": (lambda: digits(loss=ONE_HOT), GOOD, np.eye(5, dtype="float32")[CLASSES]),
    "one answer a sequence": (per_sequence, GOOD, ONE),
    "integer labels": (per_sequence, GOOD, ONE.astype(int)),
    "one answer a step": (per_step, GOOD, floats(COUNT, STEPS, 1).round()),
    "next value": (next_value, GOOD, ONE),
    "words": (words, IDS, IDS),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_shapes_train(name):
    build, inputs, targets = RIGHT[name]
    loss = build().fit(inputs, targets, verbose=0).history["loss"][0]
    assert np.isfinite(loss)


class WithKernel(keras.Model):
    """A model of the reader's own; what it calls its kernel is not what its inputs meet."""

    def __init__(self):
        super().__init__()
        self.recurrent = keras.layers.LSTM(2)
        self.kernel = self.add_weight(shape=(2, 1))

    def call(self, inputs):
        return keras.ops.matmul(self.recurrent(inputs), self.kernel)


def test_a_subclassed_model_wants_the_features_it_was_built_for():
    model = WithKernel()
    model(GOOD)
    model.compile("sgd", "mse")
    shapes.check_shapes(model, GOOD, ONE)
    with pytest.raises(InputError, match=r"7 features .* expected 3"):
        shapes.check_shapes(model, floats(COUNT, STEPS, 7), ONE)


def test_the_broadcast_that_keras_lets_pass():
    """B-000-01: without the check the fault trains, and its loss is a number like any other."""
    plain = keras.Sequential(
        [keras.Input((STEPS, FEATURES)), keras.layers.LSTM(2), keras.layers.Dense(1)]
    )
    plain.compile("sgd", "mse")
    with_steps = floats(COUNT, STEPS, 1)
    assert np.isfinite(plain.fit(GOOD, with_steps, verbose=0).history["loss"][0])
    with pytest.raises(InputError, match="B-000-01"):
        shapes.check_shapes(plain, GOOD, with_steps)


def test_single_step_can_be_meant():
    model = models.SequenceClassifier(2)
    model.compile("sgd", BINARY)
    model.fit(GOOD[:, :1], ONE, allow_single_step=True, verbose=0)


@pytest.mark.parametrize(
    "data",
    [
        feeding.Batches(GOOD, floats(COUNT, STEPS, 1), 2),
        tf.data.Dataset.from_tensor_slices((GOOD, floats(COUNT, STEPS, 1))).batch(2),
    ],
    ids=["Batches", "tf.data"],
)
def test_batched_data_is_looked_at_too(data):
    with pytest.raises(InputError, match="B-000-01"):
        per_sequence().fit(data, verbose=0)


def test_loss_by_name_and_as_function():
    one_hot = np.eye(5, dtype="float32")[CLASSES]
    for loss in ("sparse_categorical_crossentropy", keras.losses.sparse_categorical_crossentropy):
        with pytest.raises(InputError, match="B-004-11"):
            shapes.check_shapes(digits(), GOOD, one_hot, loss=loss)
