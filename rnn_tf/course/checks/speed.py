"""Checks of the lab of lesson 7: the price of a call, a stopwatch, a batch, tracing, a writer."""

import functools
import time

import numpy as np

from rnn_tf import generation, models, training
from rnn_tf.backend import tf
from rnn_tf.course import timing
from rnn_tf.course.checks import NotYet, exercise, expect_close, expect_number, expect_shape


@exercise
def prices(answer):
    """``answer(rows, seconds)`` gives ``(a_call, a_row)`` with seconds = a_call + a_row · rows."""
    rows = np.array([2.0, 8.0, 64.0, 512.0])
    for a_call, a_row in ((1e-5, 2e-6), (4e-6, 5e-7)):
        seconds = a_call + a_row * rows
        found = expect_shape(answer(rows.copy(), seconds.copy()), (2,), "(a_call, a_row)")
        if np.allclose(found, (a_row, a_call), atol=0):
            raise NotYet("the two prices are swapped: a call first.", "两笔开销反了：先写调用的。")
        if np.isclose(found[0], seconds[0], atol=0):
            raise NotYet(
                "a_call is the time of the first call with its rows; take their price off.",
                "a_call 取的是第一次调用连同它各行的时间；要减去这些行的开销。",
            )
        shares = (np.mean(seconds / rows), seconds[-1] / rows[-1])
        if any(np.isclose(found[1], share, atol=0) for share in shares):
            raise NotYet(
                "a_row still holds a share of the call. How much more do more rows take?",
                "a_row 里还混着调用的开销。行数多了，时间**多出**多少？",
            )
        for name, value, right in zip(("a_call", "a_row"), found, (a_call, a_row), strict=True):
            expect_close(value, right, at_most=1e-6 * right, name=name)


#: Seconds that the ways of ``stopwatch`` sleep: at their first call, and from then on.
FIRST, LATER = 0.05, 0.002


class _Sleeper:
    """A way whose first call is slow, and which writes down when it is called."""

    def __init__(self, name, calls):
        self.name, self.calls = name, calls

    def __call__(self):
        first = self.name not in self.calls
        self.calls.append(self.name)
        time.sleep(FIRST if first else LATER)


@exercise
def stopwatch(measure):
    """``measure(ways, turns)`` gives ``{name: seconds of each turn}``."""
    calls, turns = [], 4
    found = measure({name: _Sleeper(name, calls) for name in "abc"}, turns)
    if found is None or found is ...:
        raise NotImplementedError
    if not isinstance(found, dict) or set(found) != set("abc"):
        raise NotYet(
            "a dictionary with the names of the ways is wanted.", "应返回以各做法名称为键的字典。"
        )
    seconds = {name: expect_shape(values, (turns,), name) for name, values in found.items()}
    if any(min(values) < LATER / 2 for values in seconds.values()):
        raise NotYet(
            "a way that sleeps 2 ms is said to take none: that is not the time on a clock.",
            "有个做法要睡 2 毫秒，测出来却几乎为零：测的不是实际耗时。",
        )
    if len(calls) < 3 * (turns + 1):
        raise NotYet(
            "the first call of a way counts; call each way once before.",
            "首次调用也计进去了；应先把每种做法各调用一次。",
        )
    if max(values[0] for values in seconds.values()) > FIRST:
        raise NotYet(
            "the first turn takes as long as a first call; call each way once before.",
            "第一次轮流的用时同首次调用一样长；应先把每种做法各调用一次。",
        )
    timed = calls[-3 * turns :]
    if any(set(timed[place : place + 3]) != set("abc") for place in range(0, 3 * turns, 3)):
        raise NotYet(
            f"no turns are taken, the order was {''.join(timed)}: a pause would hit one way alone.",
            f"没有轮流，次序是 {''.join(timed)}：机器一卡顿，只有一种做法吃亏。",
        )


#: Seconds of an old and a new way, by turns; what may be said: 1 faster, −1 slower, 0 nothing.
_TURNS = {
    "agreed": ([3.0, 3.1, 3.0, 3.2, 3.1], [2.0, 2.1, 2.0, 2.1, 2.0], 1),
    "busy": ([3.0, 3.1, 9.0, 8.8, 3.0], [2.0, 2.1, 6.1, 5.9, 2.0], 1),
    "one against": ([3.0, 3.1, 3.0, 2.0, 3.1], [2.0, 2.1, 2.0, 2.1, 2.0], 0),
    "a hair": ([2.05, 2.06, 2.05, 2.07, 2.06], [2.0, 2.0, 2.01, 2.0, 2.02], 0),
    "worse": ([2.0, 2.1, 2.0, 2.1, 2.0], [4.0, 4.1, 4.0, 4.2, 4.1], -1),
}


@exercise
def claim(may_say):
    """``may_say(old, new)``: 1 if the new way is faster, −1 if slower, 0 if nobody can say."""
    found = {
        name: expect_number(may_say(np.array(old), np.array(new)))
        for name, (old, new, _) in _TURNS.items()
    }
    right = {name: verdict for name, (_, _, verdict) in _TURNS.items()}
    if all(found[name] == -right[name] for name in found):
        raise NotYet("the sign is turned round: less time is faster.", "符号反了：用时少才是更快。")
    if found["one against"] != 0:
        raise NotYet(
            "one turn of five says the opposite, and still you claim a difference.",
            "五次轮流里有一次结果相反，你却还说有差别。",
        )
    if found["busy"] == 0:
        raise NotYet(
            "the machine was busy in two turns, for both ways alike: compare within each turn.",
            "有两次轮流机器很忙，对两种做法一样：要在每次轮流之内比较。",
        )
    if found["a hair"] != 0:
        raise NotYet(
            "all turns agree on 3 %, but the next process may turn that round; wanted are 15 %.",
            "各次都一致，但只差 3%，换个进程就可能反过来；要差 15% 以上。",
        )
    for name, verdict in right.items():
        if found[name] != verdict:
            old, new, _ = _TURNS[name]
            raise NotYet(
                f"for {old} against {new} it says {found[name]:g}.",
                f"{old} 对 {new}，得到的是 {found[name]:g}。",
            )


class _Counted:
    """A ``Stepper`` that counts how often it is called."""

    def __init__(self, stepper):
        self.stepper, self.calls = stepper, 0

    def initial_states(self, batch_size=1):
        return self.stepper.initial_states(batch_size)

    def __call__(self, ids, states):
        self.calls += 1
        return self.stepper(ids, states)


@functools.cache
def _lively_model():
    """A small untrained language model whose greedy text does not stand still."""
    training.set_seed(3)
    model = models.word_language_model(30, embedding=16, units=64, dropout=0.0, pad_is_zero=False)
    random = np.random.default_rng(3)
    for weight in model.weights:
        weight.assign(random.normal(scale=0.4, size=weight.shape))
    return model


@functools.cache
def _stepper():
    return generation.Stepper(_lively_model())


def _log_probability(logits):
    logits = np.asarray(logits, float)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


@exercise
def scores(at_once):
    """``at_once(stepper, texts)``: ln p of each text's ids after its first, in few calls."""
    count, length = 6, 9
    texts = np.random.default_rng(0).integers(4, 30, (count, length)).astype("int32")
    log_p = _log_probability(_lively_model()(texts[:, :-1]))
    each = np.take_along_axis(log_p, texts[:, 1:, None], axis=-1)[..., 0]
    stepper = _Counted(_stepper())
    found = expect_shape(at_once(stepper, texts.copy()), (count,))
    other = np.take_along_axis(log_p, texts[:, :-1, None], axis=-1)[..., 0]
    if np.allclose(found, other.sum(axis=1), atol=1e-3):
        raise NotYet(
            "each step is asked for the token that it has just read; wanted is the next one.",
            "每一步查的是它刚读进的词元；应查下一个。",
        )
    if np.allclose(found, each.sum(axis=1) / (length - 1), atol=1e-3):
        raise NotYet("that is the mean over the tokens; wanted is their sum.", "应求和，不是平均。")
    if not np.allclose(found, each.sum(axis=1), atol=1e-3) and np.isclose(
        found[0], each[0].sum(), atol=1e-3
    ):
        raise NotYet("only the first text's score is right.", "只有第一段文字的得分对。")
    expect_close(found, each.sum(axis=1), at_most=1e-3)
    if stepper.calls > length:
        raise NotYet(
            f"the scores are right, but it took {stepper.calls} calls for {count} texts of "
            f"{length} tokens. One call can take a step in all texts.",
            f"得分对了，但 {count} 段文字、每段 {length} 个词元，用了 {stepper.calls} 次调用。"
            "一次调用可以让所有文字各走一步。",
        )


@exercise
def any_length(compiled):
    """``compiled(f)``: ``f`` as a graph for (any number, 28), traced once or twice."""
    runs = []

    def f(x):
        runs.append(x.shape)
        return tf.reduce_max(tf.tanh(x), axis=0)

    answer = compiled(f)
    if answer is None or answer is ...:
        raise NotImplementedError
    random = np.random.default_rng(0)
    given = [random.random((n, 28)).astype("float32") for n in (3, 3, 5, 8, 13, 21)]
    for x in given:
        expect_close(answer(tf.constant(x)), np.tanh(x).max(axis=0), at_most=1e-5)
    if len(runs) == len(given):
        raise NotYet(
            "Python runs at every call: this is no graph.", "每次调用都跑 Python：这不是计算图。"
        )
    if len(runs) > 2:
        raise NotYet(
            f"Python ran {len(runs)} times for {len(given)} calls: each length is traced again.",
            f"{len(given)} 次调用，Python 跑了 {len(runs)} 遍：每来一个新长度就重新追踪。",
        )


#: How many times the speed of ``predict`` the writer must have.
WRITER_WANTED = 5
_PROMPT, _COUNT = np.array([4, 9, 23, 17], "int32"), 5


def by_predict(model):
    """The slow writer: ``predict`` on the whole text, once for each token."""

    def write(prompt, count):
        ids = list(prompt)
        for _ in range(count):
            ids.append(int(np.argmax(model.predict(np.array([ids]), verbose=0)[0, -1])))
        return ids[len(prompt) :]

    return write


@functools.cache
def _greedy_text():
    return by_predict(_lively_model())(_PROMPT, _COUNT)


@exercise
def writer(make_writer):
    """``make_writer(model)``: a ``write(prompt, count)`` as exact as ``predict`` and faster."""
    write = make_writer(_lively_model())
    if write is None or write is ...:
        raise NotImplementedError
    wanted = np.array(_greedy_text())
    found = np.asarray(write(_PROMPT.copy(), _COUNT))
    if found.shape == (len(_PROMPT) + _COUNT,):
        raise NotYet(
            "give back the new tokens only, without the prompt.", "只返回新写的词元，不带提示文本。"
        )
    found = expect_shape(found, (_COUNT,))
    if found[0] == wanted[0] and not np.array_equal(found, wanted):
        raise NotYet(
            f"the first token is right, then it goes astray: {found.tolist()} instead of "
            f"{wanted.tolist()}. Is each new token fed back, and the state carried along?",
            f"第一个词元对，后面走偏了：{found.tolist()}，应为 {wanted.tolist()}。"
            "新词元都喂回去了吗？状态带着走了吗？",
        )
    if not np.array_equal(found, wanted):
        raise NotYet(
            f"it writes {found.tolist()}, predict writes {wanted.tolist()}.",
            f"它写出 {found.tolist()}，predict 写出 {wanted.tolist()}。",
        )
    ways = {"predict": by_predict(_lively_model()), "yours": write}
    times = timing.by_turns(
        {name: functools.partial(way, _PROMPT, _COUNT) for name, way in ways.items()},
        turns=3,
        lasting=0.0,
    )
    gain = timing.ratio(times["predict"], times["yours"]).median
    if gain < WRITER_WANTED:
        raise NotYet(
            f"right, but only {gain:.2g} times as fast as predict; wanted is {WRITER_WANTED}. What "
            "is made ready again at each call, or read again for each token?",
            f"写得对，但速度只是 predict 的 {gain:.2g} 倍，要求 {WRITER_WANTED} 倍。"
            "有什么每次调用都重新准备，或者每个词元都重读一遍？",
        )
    print(f"{gain:.0f} ×")
