"""Answers to the lab of lesson 5."""

import functools

import numpy as np

from rnn_tf import training
from rnn_tf.backend import keras, tf
from rnn_tf.course.checks import digits as check
from rnn_tf.datasets import digits
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def unwritten(*_):
    return ...


# 1. Rows are steps
def by_reshape(flat):
    return flat.reshape(-1, 28, 28)


def by_stacking(flat):
    return np.stack([flat[:, start : start + 28] for start in range(0, 784, 28)], axis=1)


def one_step(flat):
    return flat.reshape(len(flat), 1, 784)


def channel_axis(flat):
    return flat.reshape(len(flat), 1, 28, 28)  # B-003-01


def pixels(flat):
    return flat.reshape(len(flat), 784, 1)


def columns_as_steps(flat):
    return flat.reshape(-1, 28, 28).transpose(0, 2, 1)


# 2. When it has made up its mind
def settled_backwards(belief):
    leaders = belief.argmax(axis=1)
    row = len(leaders)
    while row > 1 and leaders[row - 2] == leaders[-1]:
        row -= 1
    return row


def settled_by_array(belief):
    leaders = belief.argmax(axis=1)
    others = np.flatnonzero(leaders != leaders[-1])
    return others[-1] + 2 if len(others) else 1


def from_zero(belief):
    return settled_backwards(belief) - 1


def first_time(belief):
    leaders = belief.argmax(axis=1)
    return int(np.argmax(leaders == leaders[-1])) + 1


def one_too_late(belief):
    return settled_backwards(belief) + 1


# 3. Choose and report
def choose_by_median(rates, validation, test):
    best = np.median(validation, axis=1).argmax()
    return rates[best], np.median(test[best])


def choose_by_sorting(rates, validation, test):
    middle = {r: sorted(v)[1] for r, v in zip(rates, validation, strict=True)}
    rate = max(middle, key=middle.get)
    return rate, sorted(test[list(rates).index(rate)])[1]


def choose_by_test(rates, validation, test):
    best = np.median(test, axis=1).argmax()  # B-003-04
    return rates[best], np.median(test[best])


def luckiest_seed(rates, validation, test):
    best = validation.max(axis=1).argmax()
    return rates[best], np.median(test[best])


def its_place(rates, validation, test):
    best = np.median(validation, axis=1).argmax()
    return best, np.median(test[best])


def reports_validation(rates, validation, test):
    best = np.median(validation, axis=1).argmax()
    return rates[best], np.median(validation[best])


def reports_best_seed(rates, validation, test):
    best = np.median(validation, axis=1).argmax()
    return rates[best], test[best].max()


def rate_only(rates, validation, test):
    return rates[2]


# 4. Each picture in an order of its own
def by_loop(pictures, rng):
    return np.array([picture[rng.permutation(28)] for picture in pictures])


def by_sorting_noise(pictures, rng):
    orders = rng.random(pictures.shape[:2]).argsort(axis=1)
    return np.take_along_axis(pictures, orders[:, :, None], axis=1)


def torn(pictures, rng):
    return rng.permuted(pictures, axis=1)


def one_order_for_all(pictures, rng):
    return pictures[:, rng.permutation(28)]


def in_place(pictures, rng):
    for picture in pictures:
        rng.shuffle(picture)
    return pictures


def columns(pictures, rng):
    return np.array([picture[:, rng.permutation(28)] for picture in pictures])


def nothing(pictures, rng):
    return pictures.copy()


# 5. Does anything recur?
def gradients(model, pictures, targets):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(targets, model(pictures))
    return tape.gradient(value, model.get_layer("lstm").trainable_weights)


def by_place(*given):
    return float(np.abs(gradients(*given)[1]).max())


def by_name(model, pictures, targets):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(targets, model(pictures, training=True))
    found = tape.gradient(value, model.get_layer("lstm").cell.recurrent_kernel)
    return tf.reduce_max(tf.abs(found)).numpy()


def of_input_kernel(*given):
    return np.abs(gradients(*given)[0]).max()


def of_bias(*given):
    return np.abs(gradients(*given)[2]).max()


def smallest(*given):
    return gradients(*given)[1].numpy().min()


def mean(*given):
    return np.abs(gradients(*given)[1]).mean()


# 6. Half a picture
@functools.cache
def trained(kind, half="upper"):
    data = digits.load().train
    training.set_seed(1)
    hidden = {
        "lstm": [keras.layers.LSTM(32)],
        "dense": [keras.layers.Flatten(), keras.layers.Dense(128, "relu")],
        "none": [keras.layers.Flatten()],
    }[kind]
    model = keras.Sequential([keras.Input((14, 28)), *hidden, keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.005), loss, steps_per_execution=15)
    if half:
        inputs = data.inputs[:, :14] if half == "upper" else data.inputs[:, 14:]
        model.fit(inputs, data.targets, batch_size=60, epochs=4, verbose=0)
    return model


CASES = {
    check.rows_as_steps: Answers(
        right=[by_reshape, by_stacking],
        wrong=[
            (one_step, "one step of 784"),
            (channel_axis, "an axis too many"),
            (pixels, "pixel by pixel"),
            (columns_as_steps, "a column of the picture"),
            (lambda flat: flat, "wanted is (3, 28, 28)"),
            (unwritten, "still to be written"),
        ],
    ),
    check.settled: Answers(
        right=[settled_backwards, settled_by_array],
        wrong=[
            (from_zero, "count from 1"),
            (first_time, "for the first time"),
            (one_too_late, "it says 17"),
            (unwritten, "still to be written"),
        ],
    ),
    check.choose: Answers(
        right=[choose_by_median, choose_by_sorting],
        wrong=[
            (choose_by_test, "best on the test set"),
            (luckiest_seed, "luckiest single seed"),
            (its_place, "place of a rate"),
            (reports_validation, "of the validation set"),
            (reports_best_seed, "its best seed"),
            (rate_only, "two numbers"),
            (unwritten, "still to be written"),
        ],
    ),
    check.shuffled_each: Answers(
        right=[by_loop, by_sorting_noise],
        wrong=[
            (torn, "torn apart"),
            (columns, "torn apart"),
            (one_order_for_all, "the same order"),
            (in_place, "have changed"),
            (nothing, "nothing has moved"),
            (unwritten, "still to be written"),
        ],
    ),
    check.recurrent_gradient: Answers(
        right=[by_place, by_name],
        wrong=[
            (of_input_kernel, "input kernel"),
            (of_bias, "one single step"),
            (smallest, "absolute value"),
            (mean, "off by"),
            (unwritten, "still to be written"),
        ],
    ),
    check.half_a_picture: Answers(
        right=[lambda pictures: trained("lstm")(pictures), lambda p: trained("dense")(p)],
        wrong=[
            (lambda pictures: trained("lstm", "lower")(pictures), "on the lower halves"),
            (lambda pictures: trained("lstm", None)(pictures), "Was it trained"),
            (lambda pictures: trained("none")(pictures), "wanted are"),
            (lambda pictures: np.zeros((len(pictures), 14, 10)), "wanted is (1, 10)"),
            (None, "still to be written"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
