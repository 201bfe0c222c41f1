"""Answers to the lab of lesson 7."""

import time

import numpy as np

from rnn_tf import generation
from rnn_tf.backend import tf
from rnn_tf.course.checks import speed as check
from tests.course.checks import harness
from tests.course.checks.harness import Answers


def unwritten(*_):
    return ...


# 1. Two prices
def by_ends(rows, seconds):
    a_row = (seconds[-1] - seconds[0]) / (rows[-1] - rows[0])
    return seconds[0] - a_row * rows[0], a_row


def by_fit(rows, seconds):
    a_row, a_call = np.polyfit(rows, seconds, 1)
    return a_call, a_row


def swapped(rows, seconds):
    return by_ends(rows, seconds)[::-1]


def first_point(rows, seconds):
    return seconds[0], by_ends(rows, seconds)[1]


def whole_share(rows, seconds):
    return by_ends(rows, seconds)[0], np.mean(seconds / rows)


# 2. A stopwatch
def in_turns(ways, turns, clock=time.perf_counter, warm=True):
    if warm:
        for way in ways.values():
            way()
    found = {name: [] for name in ways}
    for _ in range(turns):
        for name, way in ways.items():
            start = clock()
            way()
            found[name].append(clock() - start)
    return found


def turned_round(ways, turns):
    found, names = {name: [] for name in ways}, list(ways)
    for turn in range(-1, turns):
        for name in names:
            start = time.monotonic()
            ways[name]()
            if turn >= 0:
                found[name].append(time.monotonic() - start)
        names.reverse()
    return found


def one_after_the_other(ways, turns):
    found = {}
    for name, way in ways.items():
        way()
        found[name] = []
        for _ in range(turns):
            start = time.perf_counter()
            way()
            found[name].append(time.perf_counter() - start)
    return found


def cold(ways, turns):
    return in_turns(ways, turns, warm=False)


def cpu_time(ways, turns):
    return in_turns(ways, turns, clock=time.process_time)


def only_medians(ways, turns):
    return {name: np.median(values) for name, values in in_turns(ways, turns).items()}


# 3. What may be said
def by_ratios(old, new):
    ratios = old / new
    if ratios.min() > 1 and np.median(ratios) > 1.15:
        return 1
    return -1 if ratios.max() < 1 and np.median(ratios) < 1 / 1.15 else 0


def by_signs(old, new):
    signs = set(np.sign(old - new))
    large = abs(np.log(np.median(old / new))) > np.log(1.15)
    return signs.pop() if len(signs) == 1 and large else 0


def by_medians(old, new):
    return np.sign(np.median(old) - np.median(new))


def by_overlap(old, new):
    return 1 if new.max() < old.min() else -1 if old.max() < new.min() else 0


def any_agreement(old, new):
    return 1 if np.all(old > new) else -1 if np.all(old < new) else 0


def turned(old, new):
    return -by_ratios(old, new)


# 4. All texts at once
def log_p(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def step_by_step(stepper, texts):
    states, total = stepper.initial_states(len(texts)), 0
    for before, after in zip(texts.T[:-1], texts.T[1:], strict=True):
        logits, states = stepper(before, states)
        total = total + log_p(logits)[np.arange(len(texts)), after]
    return total


def kept_and_looked_up(stepper, texts):
    states, kept = stepper.initial_states(texts.shape[0]), []
    for t in range(texts.shape[1]):
        logits, states = stepper(texts[:, t], states)
        kept.append(log_p(logits))
    table = np.stack(kept[:-1], axis=1)
    return np.take_along_axis(table, texts[:, 1:, None], axis=2).sum(axis=(1, 2))


def one_text_at_a_time(stepper, texts):  # B-001-24
    return np.array([step_by_step(stepper, text[None])[0] for text in texts])


def state_dropped(stepper, texts):
    total = 0
    for before, after in zip(texts.T[:-1], texts.T[1:], strict=True):
        logits, _ = stepper(before, stepper.initial_states(len(texts)))
        total = total + log_p(logits)[np.arange(len(texts)), after]
    return total


def reads_itself(stepper, texts):
    states, total = stepper.initial_states(len(texts)), 0
    for before in texts.T[:-1]:
        logits, states = stepper(before, states)
        total = total + log_p(logits)[np.arange(len(texts)), before]
    return total


def averaged(stepper, texts):
    return step_by_step(stepper, texts) / (texts.shape[1] - 1)


# 5. Any length
def with_signature(f):
    return tf.function(f, input_signature=[tf.TensorSpec([None, 28], tf.float32)])


def relaxed(f):
    return tf.function(f, reduce_retracing=True)


def traced_for_each(f):
    return tf.function(f)


def no_graph(f):
    return f


def one_length_only(f):
    return tf.function(f, input_signature=[tf.TensorSpec([3, 28], tf.float32)])


# 6. A writer
def by_whole_loop(model):
    loop = generation.WholeLoop(model)
    return lambda prompt, count: generation.generate(
        loop, prompt, max_tokens=count, forbidden=(), end_id=None
    )


def by_stepper(model):
    stepper = generation.Stepper(model)

    def write(prompt, count):
        logits, states = stepper.read(prompt)
        written = []
        for _ in range(count):
            written.append(int(logits[0].argmax()))
            logits, states = stepper(written[-1:], states)
        return written

    return write


def made_each_time(model):
    return lambda prompt, count: by_stepper(model)(prompt, count)


def not_fed_back(model):  # B-004-16
    def write(prompt, count):
        logits = model(np.array([np.resize(prompt, count)])).numpy()
        first = model(np.array([prompt])).numpy()[0, -1].argmax()
        return [first, *logits[0].argmax(axis=-1)[1:]]

    return write


def with_the_prompt(model):
    write = by_stepper(model)
    return lambda prompt, count: [*prompt, *write(prompt, count)]


def forgetful(model):
    def write(prompt, count):
        written = list(prompt)
        for _ in range(count):
            written.append(int(model(np.array([written[-1:]])).numpy()[0, -1].argmax()))
        return written[len(prompt) :]

    return write


CASES = {
    check.prices: Answers(
        right=[by_ends, by_fit],
        wrong=[
            (unwritten, "written"),
            (swapped, "swapped"),
            (first_point, "take their price off"),
            (whole_share, "share of the call"),
        ],
    ),
    check.stopwatch: Answers(
        right=[in_turns, turned_round],
        wrong=[
            (unwritten, "written"),
            (one_after_the_other, "no turns"),
            (cold, "first call"),
            (cpu_time, "clock"),
            (only_medians, "shape"),
        ],
    ),
    check.claim: Answers(
        right=[by_ratios, by_signs],
        wrong=[
            (unwritten, "written"),
            (by_medians, "one turn of five"),
            (by_overlap, "within each turn"),
            (any_agreement, "15 %"),
            (turned, "turned round"),
        ],
    ),
    check.scores: Answers(
        right=[step_by_step, kept_and_looked_up],
        wrong=[
            (unwritten, "written"),
            (one_text_at_a_time, "48 calls"),
            (state_dropped, "off by"),
            (reads_itself, "just read"),
            (averaged, "mean"),
        ],
    ),
    check.any_length: Answers(
        right=[with_signature, relaxed],
        wrong=[
            (unwritten, "written"),
            (traced_for_each, "traced again"),
            (no_graph, "no graph"),
            (one_length_only, "it stops"),
        ],
    ),
    check.writer: Answers(
        right=[by_whole_loop, by_stepper],
        wrong=[
            (unwritten, "written"),
            (check.by_predict, "times as fast as predict"),
            (made_each_time, "times as fast as predict"),
            (not_fed_back, "fed back"),
            (with_the_prompt, "without the prompt"),
            (forgetful, "state carried along"),
        ],
    ),
}
test_answers = harness.test_of(CASES)
test_all = harness.completeness_of(CASES, check)
