"""Lesson 2's checks: right answers are accepted, wrong ones told what is wrong with them."""

import numpy as np

from rnn_tf.backend import keras, tf
from rnn_tf.course.checks import keras_model as check
from rnn_tf.models import SequenceClassifier
from tests.course.checks import harness
from tests.course.checks.harness import Answers, Call


def entropy(share):
    return -share * np.log(share) - (1 - share) * np.log(1 - share)


def by_keras(share):
    """The loss of the constant answer, over ten labels."""
    labels = (np.arange(1000) < round(1000 * share)).astype("float64")
    return float(-np.mean(np.log(np.where(labels == 1, share, 1 - share))))


class Plain(keras.layers.Layer):
    def build(self, input_shape):
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones")
        self.shift = self.add_weight(shape=(input_shape[-1],), initializer="zeros")

    def call(self, inputs):
        return inputs * self.gain + self.shift


class InAList(keras.layers.Layer):
    def build(self, input_shape):
        self.kept = [keras.Variable(np.full(input_shape[-1], v, "float32")) for v in (1.0, 0.0)]

    def call(self, inputs):
        return inputs * self.kept[0] + self.kept[1]


class Arrays(keras.layers.Layer):
    def build(self, input_shape):
        self.gain, self.shift = np.ones(3, "float32"), np.zeros(3, "float32")

    def call(self, inputs):
        return inputs * self.gain + self.shift


class BareVariables(Arrays):
    def build(self, input_shape):
        self.gain, self.shift = tf.Variable(tf.ones(3)), tf.Variable(tf.zeros(3))


class ForgottenShift(Plain):
    def call(self, inputs):
        return inputs * self.gain


class OneShift(Plain):
    def build(self, input_shape):
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones")
        self.shift = self.add_weight(shape=(), initializer="zeros")


class Squared(Plain):
    def call(self, inputs):
        return inputs**2 * self.gain + self.shift


def update(gradients_of, apply):
    """A training step made of its two halves."""

    def step(model, optimizer, loss, inputs, targets):
        value, gradients = gradients_of(model, loss, inputs, targets)
        apply(optimizer, gradients, model)
        return value

    return step


def gradients(model, loss, inputs, targets):
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs))
    return value, tape.gradient(value, model.trainable_variables)


def swapped(model, loss, inputs, targets):
    return gradients(model, lambda a, b: loss(b, a), inputs, targets)


def outside(model, loss, inputs, targets):
    with tf.GradientTape() as tape:
        predictions = model(inputs)
    value = loss(targets, predictions)
    return value, tape.gradient(value, model.trainable_variables)


def apply_all(optimizer, gradients, model):
    optimizer.apply(gradients, model.trainable_variables)


def apply_pairs(optimizer, gradients, model):
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))


def uphill(optimizer, gradients, model):
    optimizer.apply([-g for g in gradients], model.trainable_variables)


def by_a_new_optimizer(optimizer, gradients, model):
    keras.optimizers.SGD(0.5).apply(gradients, model.trainable_variables)


def idle_by(test):
    def find(model, inputs, targets):
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        with tf.GradientTape() as tape:
            value = loss(targets, model(inputs)[:, :1])
        found = tape.gradient(value, model.trainable_variables)
        return [w.name for w, g in zip(model.trainable_variables, found, strict=True) if test(g)]

    return find


def only_none(model, inputs, targets):
    return idle_by(lambda g: g is None)(model, inputs, targets)


def set_by_hand(bits):
    model = SequenceClassifier(2, return_sequences=True)
    model.build((None, None, 1))
    kernels = [[[8, 8]], [[4, 4], [-4, -4]], [-4, -12], [[5], [-5]], [-5]]
    model.set_weights([np.array(weight, "float32") for weight in kernels])
    return model(bits)


def by_rule(bits):
    return np.cumsum(bits, axis=1) % 2 - 0.5


def right_up_to(step):
    return lambda bits: np.where(np.arange(40)[:, None] < step, by_rule(bits), 0.5)


CASES = {
    check.guessing: Answers(
        right=[entropy, by_keras],
        wrong=[
            (lambda share: 0.1, "nobody gets below ln 2 (B-001-23)"),
            (lambda share: np.log(2), "same price for every coin"),
            (lambda share: -entropy(share), "sign"),
            (lambda share: entropy(share) / np.log(2), "bits"),
            (lambda share: -np.log(share), "ones only"),
            (lambda share: None, "written"),
        ],
    ),
    check.gain: Answers(
        right=[Plain, InAList],
        wrong=[
            (BareVariables, "invisible to it (B-001-19)"),
            (Arrays, "invisible to it (B-001-19)"),
            (ForgottenShift, "gradient None"),
            (OneShift, "shapes"),
            (Squared, "is it really"),
        ],
    ),
    check.latch: Answers(
        right=[Call(8, 3, -1), Call(5.0, 2.0, 0.0), Call(20, 8, -4)],
        wrong=[
            (Call(8, 0, -1), "old state does nothing"),
            (Call(8, 0.5, 0), "does not keep itself up"),
            (Call(8, 3, 1), "before any 1"),
            (Call(1, 3, -1), "first 1 itself"),
            (Call(..., ..., ...), "written"),
        ],
    ),
    check.training_step: Answers(
        right=[update(gradients, apply_all), update(gradients, apply_pairs)],
        wrong=[
            (update(gradients, lambda *_: None), "have not moved"),
            (update(gradients, uphill), "loss rises"),
            (update(swapped, apply_all), "targets first"),
            (update(outside, apply_all), "it stops"),
            (update(gradients, by_a_new_optimizer), "away from those of fit"),
        ],
    ),
    check.idle_weights: Answers(
        right=[
            idle_by(lambda g: g is None or not np.any(g.numpy())),
            idle_by(lambda g: g is None or float(tf.reduce_max(tf.abs(g))) == 0),
        ],
        wrong=[
            (only_none, "B-001-21"),
            (idle_by(lambda g: not np.any(g.numpy())), "gradient None"),
            (idle_by(lambda g: g is None or float(tf.reduce_sum(g)) == 0), "absolute"),
            (idle_by(lambda g: g is None or float(tf.reduce_max(g)) < 1), "nothing is idle"),
            (lambda *_: 1, "list of names"),
            (lambda *_: None, "written"),
        ],
    ),
    check.carries: Answers(
        right=[set_by_hand, by_rule],
        wrong=[
            (lambda bits: bits - 0.5, "chance"),
            (right_up_to(10), "from step 11 on"),
            (lambda bits: 1 / (1 + np.exp(-by_rule(bits))), "probabilities"),
            (lambda bits: by_rule(bits)[:, -1], "shape"),
            (lambda bits: None, "written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
