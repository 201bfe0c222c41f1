"""Timing by turns, and what may be said of two ways that were timed.

Whatever disturbs a machine, another program or a processor that gets warm, lasts longer than one
call. So the ways to be compared take turns, in an order that is turned round each time, and the
ratio of two ways is taken within each turn.
"""

import time
from dataclasses import dataclass

import numpy as np

from rnn_tf.course import session
from rnn_tf.course.numbers import rounded
from rnn_tf.errors import whole_number
from rnn_tf.language import current_language

#: A median ratio nearer to 1 is no difference, even if all turns agree: from one process to the
#: next the same program moves by as much (see ``benchmarks/README.md``).
TIE = 1.15


@dataclass
class Times:
    """One way timed: for each turn the seconds for one unit of work.

    Attributes:
        seconds: (turns,), as a clock on the wall gives them.
        cpu_seconds: (turns,), those of all cores together.
        first_call: seconds of the first call, with whatever is made ready in it.
    """

    seconds: np.ndarray
    cpu_seconds: np.ndarray
    first_call: float

    @property
    def median(self):
        """The median of ``seconds``."""
        return float(np.median(self.seconds))

    @property
    def quickest(self):
        """The smallest of ``seconds``: another program on the machine only adds to a turn."""
        return float(self.seconds.min())


def by_turns(ways, *, turns=7, lasting=0.03):
    """Time several ways to do the same work.

    Args:
        ways: ``{name: run}``; or ``{name: (run, units)}``, where one ``run()`` does so many units
            of work, such as samples or tokens.
        turns: how often each way has its turn.
        lasting: seconds that a turn takes at least; a quick way is called several times.

    Returns ``{name: Times}``. Each way is called twice before its first turn, to be ready and to
    see how quick it is.
    """
    whole_number("turns", turns)
    stopwatches = {name: _Stopwatch(*_run_and_units(way), lasting) for name, way in ways.items()}
    for turn in range(turns):
        order = list(stopwatches.values())
        for stopwatch in order if turn % 2 == 0 else reversed(order):
            stopwatch.take_a_turn()
    return {name: stopwatch.times() for name, stopwatch in stopwatches.items()}


def _run_and_units(way):
    return way if isinstance(way, tuple) else (way, 1)


class _Stopwatch:
    def __init__(self, run, units, lasting):
        self.run, self.units = run, units
        self.first_call, _ = self.seconds(1)
        quick, _ = self.seconds(1)
        self.calls = int(np.clip(np.ceil(lasting / max(quick, 1e-9)), 1, 1000))
        self.turns = []

    def seconds(self, calls):
        """Of so many calls: seconds, and processor seconds."""
        start, cpu_start = time.perf_counter(), time.process_time()
        for _ in range(calls):
            self.run()
        return time.perf_counter() - start, time.process_time() - cpu_start

    def take_a_turn(self):
        if self.calls > 1:
            self.run()  # untimed: it finds the cache as another way has left it
        self.turns.append(self.seconds(self.calls))

    def times(self):
        seconds, cpu_seconds = np.array(self.turns).T / (self.calls * self.units)
        return Times(seconds, cpu_seconds, self.first_call)


@dataclass
class Ratio:
    """How many times as fast one way is as another, turn by turn.

    ``str(ratio)`` says it in the language of the lesson; where ``clear`` is False, it says that
    there is no difference to speak of.
    """

    values: np.ndarray

    @property
    def median(self):
        """The median over the turns."""
        return float(np.median(self.values))

    @property
    def clear(self):
        """Whether all turns say the same, and the median is far enough from 1.

        Without any difference 7 turns would all say the same once in 64 times.
        """
        same = self.values.min() > 1 or self.values.max() < 1
        return bool(same and not 1 / TIE < self.median < TIE)

    def __str__(self):
        spread = _spread(self.values)
        now = session.current()
        lang = now.lang if now else current_language()
        if not self.clear:
            return {
                "en": f"no difference that two runs would agree on ({spread})",
                "zh": f"看不出差别：再测一次，结论可能就变（{spread}）",
            }[lang]
        turns, median = len(self.values), rounded(self.median)
        return {
            "en": f"{median} times as fast ({spread} over {turns} turns)",
            "zh": f"速度是其 {median} 倍（{turns} 次轮流，{spread}）",
        }[lang]


def ratio(slow, fast):
    """The ``Ratio`` of two ``Times`` of one ``by_turns``: above 1 if ``fast`` is the faster one."""
    return Ratio(slow.seconds / fast.seconds)


def work_ratio(slow, fast):
    """How many times less processor time, by the quickest turns: a disturbance only adds to it."""
    return float(slow.cpu_seconds.min() / fast.cpu_seconds.min())


def _spread(values):
    return f"{rounded(values.min())} … {rounded(values.max())}"


def rows(times, *, scale=1e3):
    """Rows of a table: name, median, spread, processor time, seconds of the first call.

    Args:
        times: ``{name: Times}``
        scale: 1e3 for milliseconds, 1e6 for microseconds.
    """
    return [
        [
            name,
            scale * one.median,
            _spread(scale * one.seconds),
            scale * float(np.median(one.cpu_seconds)),
            one.first_call,
        ]
        for name, one in times.items()
    ]
