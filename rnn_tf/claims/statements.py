r"""Statements about measured numbers, and the one criterion by which they hold, fail, or stay open.

Evidence is what an experiment measured: condition -> array with a number a seed. A statement makes
one number a seed of it (a value, a difference, a ratio, a growth, a trend) and says in which range
the mean of that number lies. The criterion: the 95 % interval of the mean, by Student's t,

$$\bar d \pm t_{0.975,\,n-1} \; s / \sqrt{n}$$

lies wholly inside the range: the statement holds; wholly outside: it fails; else the seeds can't
tell. Differences and ratios are paired by seed, since a seed fixes data and starting weights. Fewer
than three seeds never tell. Seeds that agree to the last digit are taken as certain. Intervals are
not corrected for the number of statements made.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Fewer seeds tell nothing, whatever they say.
LEAST_SEEDS = 3
#: No more seeds than this are worth asking for.
MOST_SEEDS = 1000

# Student's t, 97.5 %, for 1 … 10 degrees of freedom.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def t_quantile(freedom):
    """The 97.5 % point of Student's t; from 11 degrees of freedom up by a series in 1/freedom.

    Source: M. Abramowitz and I. Stegun (1964), Handbook of Mathematical Functions, 26.7.5.
    """
    if freedom <= len(_T):
        return _T[freedom - 1]
    z = 1.959964
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


@dataclass(frozen=True)
class Finding:
    """What evidence says about one statement.

    Attributes:
        statement: the statement.
        holds: ``True``, ``False``, or ``None`` where the seeds can't tell.
        mean: mean over the seeds of the statement's number.
        left, right: its 95 % interval.
        smallest, largest: its spread over the seeds.
        seeds: how many there were.
        needed: where ``holds`` is ``None``, about how many seeds would tell, at most
            ``MOST_SEEDS``; else ``None``.
    """

    statement: Any
    holds: bool | None
    mean: float
    left: float
    right: float
    smallest: float
    largest: float
    seeds: int
    needed: int | None


@dataclass(frozen=True)
class Statement:
    """``says`` = (English, Chinese): what holds where the number is from ``low`` to ``high``."""

    says: tuple[str, str]
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self):
        if not self.low <= self.high or (math.isinf(self.low) and math.isinf(self.high)):
            raise ValueError(f"{self.says[0]}: from {self.low} to {self.high} says nothing")

    @property
    def conditions(self):
        """The conditions whose numbers are looked at."""
        raise NotImplementedError

    def numbers(self, evidence):
        """One number a seed."""
        raise NotImplementedError

    def finding(self, evidence):
        """What ``evidence``, condition -> numbers by seed, says about this statement."""
        return judge(self, np.asarray(self.numbers(evidence), float))


@dataclass(frozen=True)
class Value(Statement):
    """The number measured under one condition."""

    condition: str = ""

    @property
    def conditions(self):
        return (self.condition,)

    def numbers(self, evidence):
        return np.asarray(evidence[self.condition], float)


@dataclass(frozen=True)
class _Pair(Statement):
    first: str = ""
    second: str = ""

    @property
    def conditions(self):
        return (self.first, self.second)

    def _both(self, evidence):
        return (np.asarray(evidence[name], float) for name in self.conditions)


@dataclass(frozen=True)
class Difference(_Pair):
    """``first`` − ``second``, seed by seed."""

    def numbers(self, evidence):
        first, second = self._both(evidence)
        return first - second


@dataclass(frozen=True)
class Ratio(_Pair):
    """``first`` / ``second``, seed by seed; both positive. The mean is the geometric one."""

    def numbers(self, evidence):
        first, second = self._both(evidence)
        return first / second

    def finding(self, evidence):
        return judge(self, self.numbers(evidence), logarithmic=True)


@dataclass(frozen=True)
class Growth(Statement):
    """The exponent p of value ~ x^p: slope of log value over log x, seed by seed.

    ``along``: pairs (x, condition), both positive, two or more.
    """

    along: tuple[tuple[float, str], ...] = ()

    @property
    def conditions(self):
        return tuple(name for _, name in self.along)

    def numbers(self, evidence):
        x = np.log([x for x, _ in self.along])
        y = np.log([np.asarray(evidence[name], float) for name in self.conditions])
        x = x - x.mean()
        return x @ (y - y.mean(axis=0)) / (x @ x)


@dataclass(frozen=True)
class Trend(Statement):
    """Kendall's τ of the values in the order of ``along``: 1 rises all the way, −1 falls."""

    along: tuple[str, ...] = ()

    @property
    def conditions(self):
        return self.along

    def numbers(self, evidence):
        values = np.array([np.asarray(evidence[name], float) for name in self.along])
        earlier, later = np.triu_indices(len(values), 1)
        return np.sign(values[later] - values[earlier]).mean(axis=0)


def judge(statement, numbers, *, logarithmic=False):
    """The ``Finding`` of one number a seed against the statement's range."""
    low, high = statement.low, statement.high
    scaled = numbers
    if logarithmic:
        if np.any(numbers <= 0):
            raise ValueError(f"{statement.says[0]}: a ratio of numbers that are not positive")
        scaled = np.log(numbers)
        low, high = (math.log(edge) if edge > 0 else -math.inf for edge in (low, high))
    count, mean = len(scaled), float(scaled.mean())
    # Equal numbers have no spread, whatever rounding makes of their mean.
    sd = float(scaled.std(ddof=1)) if count > 1 and np.ptp(scaled) > 0 else 0.0
    mean = float(scaled[0]) if sd == 0.0 and np.ptp(scaled) == 0 else mean
    half = t_quantile(count - 1) * sd / math.sqrt(count) if count >= LEAST_SEEDS else math.inf
    left, right = mean - half, mean + half
    if low <= left and right <= high:
        holds = True
    elif right < low or left > high:
        holds = False
    else:
        holds = None
    needed = None if holds is not None else _needed(mean, sd, low, high, count)
    back = math.exp if logarithmic else float
    return Finding(
        statement,
        holds,
        back(mean),
        _back(back, left),
        _back(back, right),
        float(numbers.min()),
        float(numbers.max()),
        count,
        needed,
    )


def _back(back, edge):
    try:
        return back(edge)
    except OverflowError:
        return math.inf


def _needed(mean, sd, low, high, count):
    """Seeds at which the interval would lie on one side of the nearer bound, sd staying so."""
    distance = min(abs(mean - edge) for edge in (low, high) if math.isfinite(edge))
    for seeds in range(max(LEAST_SEEDS, count + 1), MOST_SEEDS):
        if t_quantile(seeds - 1) * sd / math.sqrt(seeds) < distance:
            return seeds
    return MOST_SEEDS
