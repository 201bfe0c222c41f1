"""Windows of past measurements and what followed them, from any table with a column of times.

>>> data = series.load("my.csv", time="when", target="sales", features=("price",), every="1 d")

Cut in order of time into training, validation and test parts, and each part into windows. Nothing
is bridged in silence and nothing of the future leaks:

* A window is left out if its last input step or one of the steps to predict has no target.
* A gap of up to ``max_fill`` steps in the inputs is filled with the last value before it, and the
  feature ``filled`` says so. A window that holds a longer gap is left out.
* Means and standard deviations are learnt from the training part alone, values are carried
  forward within their part.

Source: articles 000 and 001 §6 (repaired: B-000-07, -08, -11); C-000-04.
"""

from dataclasses import dataclass

import numpy as np

from rnn_tf.datasets import grid as grids
from rnn_tf.datasets.base import Dataset, Split, given
from rnn_tf.errors import wrong

#: Names of turns, and how many days each has.
CALENDARS = {"day": 1.0, "week": 7.0, "year": 365.25}


@dataclass(frozen=True)
class Scaling:
    """What was learnt from the training part alone: (columns,) means and standard deviations of
    the inputs, the target's own, and the root mean square of the changes to predict."""

    mean: np.ndarray
    std: np.ndarray
    target_mean: float
    target_std: float
    change_std: float


@dataclass(frozen=True, repr=False)
class SeriesSplit(Split):
    """One part, in order of time (group by group).

    ``inputs`` (n, num_steps, features) and ``targets`` (n, horizon), float32, scaled;
    ``known`` (n, horizon, known), float32, scaled: what is known of the steps to predict;
    ``actual`` (n, horizon): the values to predict, in the target's unit;
    ``last`` (n,): the target at the last input step;
    ``season_before`` (n, horizon): the latest known target at the same place in the season;
    ``times`` (n,): the last input step; ``group`` (n,): its name.
    """

    known: np.ndarray
    actual: np.ndarray
    last: np.ndarray
    season_before: np.ndarray
    times: np.ndarray
    group: np.ndarray

    def persistence(self):
        """The forecast that nothing changes: (n, horizon)."""
        return np.repeat(self.last[:, None], self.actual.shape[1], axis=1)


@dataclass(frozen=True, repr=False)
class Series(Dataset):
    """A ``Dataset`` of ``SeriesSplit`` parts, with what turns outputs back into units."""

    features: tuple
    predict: str
    scaling: Scaling
    left_out: int

    #: The kind of its parts.
    PART = SeriesSplit

    def to_units(self, split, outputs):
        """Forecasts in the target's unit, (n, horizon), from a model's outputs for ``split``."""
        outputs = np.asarray(outputs, dtype=np.float64)
        if outputs.shape != split.actual.shape:
            raise wrong("outputs", outputs.shape, f"{split.actual.shape}: (n, horizon)")
        if self.predict == "change":
            return split.last[:, None] + outputs * self.scaling.change_std
        return outputs * self.scaling.target_std + self.scaling.target_mean


def load(path, *, time, target, features=(), group=None, every=None, known=(), **cut):
    """Windows from any comma-separated file.

    Args:
        path, time, group, every: as in ``grid.read``.
        target: name of the column to predict; it is the first of the inputs too.
        features: names of other columns that the model sees.
        known: names of columns whose values are known beforehand for the steps to predict (a
            timetable, a holiday). A measured column here would be a look into the future.
        cut: as in ``prepare``.

    Returns a ``Series``. Raises ``DataError`` for a file that is missing, damaged or no such
    table, and ``InputError`` for arguments that do not fit.
    """
    columns = tuple(dict.fromkeys((target, *features, *known)))
    measured = grids.read(path, time=time, columns=columns, group=group, every=every)
    rows = int(np.isfinite(measured.column(target)).sum())
    source = given(path).source(rows, f"values of {target}")
    return prepare(
        measured, target=target, columns=(target, *features), known=known, source=source, **cut
    )


def prepare(
    grid,
    *,
    target=None,
    columns=None,
    known=(),
    num_steps=24,
    horizon=1,
    predict="change",
    calendar=(),
    max_fill=0,
    season=1,
    validation=0.15,
    test=0.15,
    name="series",
    source="given values",
    kind=Series,
):
    """``load`` for measurements that are in memory already.

    Args:
        grid: a ``Grid``.
        target: the column to predict; the first of the grid unless named.
        columns: what the model sees; all of the grid unless named.
        known: columns whose values at the steps to predict are known beforehand.
        num_steps: steps in a window.
        horizon: steps to predict: 1, 2, ... ``horizon`` ahead; or the very steps, ``(6,)``.
        predict: ``"change"`` from the last input step, or the ``"level"`` itself.
        calendar: ``"day"``, ``"week"``, ``"year"``: each adds sine and cosine of the place in it,
            to the inputs and to what is known.
        max_fill: longest gap in the inputs, in steps, that is filled with the last value.
        season: steps of a season, for ``season_before``; a window must hold one.
        validation, test: shares of the time, at its end.
        kind: ``Series``, or a class made from it.

    Features: the columns, scaled to mean 0 and variance 1 over the training part; ``filled``, the
    share of the step's columns that were filled in; the calendar.
    """
    target = grid.columns[0] if target is None else target
    columns = tuple(grid.columns if columns is None else columns)
    known, calendar = tuple(known), tuple(calendar)
    ahead = _ahead(horizon)
    _check(grid, target, columns, known, num_steps, season)
    if predict not in ("change", "level"):
        raise wrong("predict", repr(predict), "'change' or 'level'")
    if not set(calendar) <= set(CALENDARS):
        raise wrong("calendar", calendar, f"some of {tuple(CALENDARS)}")
    if max_fill < 0:
        raise wrong("max_fill", max_fill, "steps, 0 or more")
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise wrong("validation, test", (validation, test), "shares above 0, together below 1")
    steps = len(grid.times)
    first, second = steps - round(steps * (validation + test)), steps - round(steps * test)
    bounds = [(0, first), (first, second), (second, steps)]
    if min(b - a for a, b in bounds) < num_steps + ahead[-1]:
        raise wrong(
            "num_steps, horizon",
            (num_steps, horizon),
            f"fewer steps than the shortest part of the {steps}",
        )
    mean, std = _learnt(grid, columns, first)
    known_mean, known_std = _learnt(grid, known, first)
    target_mean, target_std = _learnt(grid, (target,), first)
    turns = turning(grid.times, calendar)
    seen = _Seen(
        inputs=_chosen(grid, columns),
        known=(_chosen(grid, known) - known_mean) / known_std,
        target=grid.column(target),
        turns=turns,
    )
    cut = [
        _windows(grid, seen, bound, mean, std, num_steps, ahead, season, max_fill)
        for bound in bounds
    ]
    if any(len(part["last"]) == 0 for part in cut):
        raise wrong("num_steps", num_steps, "windows that fit between the gaps of every part")
    changes = cut[0]["actual"] - cut[0]["last"][:, None]
    change_std = float(np.sqrt(np.mean(changes**2))) or 1.0
    scaling = Scaling(mean, std, float(target_mean[0]), float(target_std[0]), change_std)
    parts = []
    for part in cut:
        if predict == "change":
            targets = (part["actual"] - part["last"][:, None]) / change_std
        else:
            targets = (part["actual"] - scaling.target_mean) / scaling.target_std
        parts.append(kind.PART(targets=targets.astype(np.float32), **part))
    possible = len(grid.groups) * sum(b - a - num_steps - ahead[-1] + 1 for a, b in bounds)
    kept = sum(map(len, parts))
    waves = tuple(f"{turn}_{wave}" for turn in calendar for wave in ("sin", "cos"))
    return kind(
        name,
        *parts,
        source=f"{source}; {kept} windows, {possible - kept} left out for gaps",
        features=(*columns, "filled", *waves),
        predict=predict,
        scaling=scaling,
        left_out=possible - kept,
    )


@dataclass(frozen=True)
class _Seen:
    """(groups, steps, ...) of one grid: inputs as measured, what is known, the target; and the
    calendar, (steps, waves)."""

    inputs: np.ndarray
    known: np.ndarray
    target: np.ndarray
    turns: np.ndarray


def _windows(grid, seen, bound, mean, std, num_steps, ahead, season, max_fill):
    """All windows that lie wholly within one part, with the values that followed."""
    start, end = bound
    here = slice(start, end)
    # Filled within the part: what is carried forward must not come over the border either.
    filled, gap = fill_forward(seen.inputs[:, here], max_fill)
    hidden = gap.mean(axis=-1, keepdims=True)
    turns = np.broadcast_to(seen.turns[here], (len(filled), end - start, seen.turns.shape[1]))
    features = np.concatenate([(filled - mean) / std, hidden, turns], axis=-1).astype(np.float32)
    known = np.concatenate([seen.known[:, here], turns], axis=-1).astype(np.float32)
    whole = np.isfinite(features).all(axis=-1)
    measured = seen.target[:, here]
    carried, _ = fill_forward(measured[:, :, None], max_fill)
    # The same place in the season, as late as it is known when the forecast is made.
    same_place = ahead - season * (-(-ahead // season))
    now_of_all = np.arange(num_steps - 1, end - start - ahead[-1])
    collected = {key: [] for key in ("inputs", "known", "actual", "last", "season_before")}
    collected |= {"times": [], "group": []}
    for g, name in enumerate(grid.groups):
        inputs_whole = np.lib.stride_tricks.sliding_window_view(whole[g], num_steps).all(axis=-1)
        future = now_of_all[:, None] + ahead
        usable = (
            inputs_whole[: len(now_of_all)]
            & np.isfinite(measured[g][now_of_all])
            & np.isfinite(measured[g][future]).all(axis=-1)
            & np.isfinite(known[g][future]).all(axis=(-1, -2))
        )
        now, future = now_of_all[usable], future[usable]
        collected["inputs"].append(features[g][now[:, None] + np.arange(1 - num_steps, 1)])
        collected["known"].append(known[g][future])
        collected["actual"].append(measured[g][future])
        collected["last"].append(measured[g][now])
        collected["season_before"].append(carried[g, :, 0][now[:, None] + same_place])
        collected["times"].append(grid.times[start + now])
        collected["group"].append(np.full(len(now), name))
    return {key: np.concatenate(pieces) for key, pieces in collected.items()}


def fill_forward(values, max_fill):
    """Carry the last value into gaps of up to ``max_fill`` steps; longer gaps stay whole.

    Args:
        values: (groups, steps, columns), NaN where nothing was measured.

    Returns the filled copy, and where it was filled (same shape, bool). The start of the series
    has no last value and stays open.
    """
    steps = np.arange(values.shape[1])[None, :, None]
    missing = np.isnan(values)
    before = np.maximum.accumulate(np.where(missing, -1, steps), axis=1)
    late = np.where(missing, values.shape[1], steps)[:, ::-1]
    after = np.minimum.accumulate(late, axis=1)[:, ::-1]
    fill = missing & (before >= 0) & (after - before - 1 <= max_fill)
    carried = np.take_along_axis(values, np.maximum(before, 0), axis=1)
    return np.where(fill, carried, values), fill


def turning(times, calendar):
    """(steps, 2 a turn): sine and cosine of the place in the day, the week, the year; in UTC, from
    midnight, Monday, and the new year of the first step."""
    new_year = times[0].astype("datetime64[Y]").astype("datetime64[s]")
    days = (times.astype("datetime64[s]") - new_year).astype(float) / 86400
    monday = (new_year.astype("datetime64[D]").astype(int) - 4) % 7  # 1970-01-05
    since = {"day": days, "week": days + monday, "year": days}
    turns = [2 * np.pi * since[name] / CALENDARS[name] for name in calendar]
    waves = [wave(turn) for turn in turns for wave in (np.sin, np.cos)]
    return np.stack(waves, axis=-1) if waves else np.zeros((len(times), 0))


def _chosen(grid, columns):
    """(groups, steps, columns), in the order asked for."""
    return grid.values[:, :, [grid.columns.index(name) for name in columns]]


def _learnt(grid, columns, end):
    """Means and standard deviations of columns over the first ``end`` steps of all groups."""
    training = np.concatenate(_chosen(grid, columns)[:, :end])
    unmeasured = np.isnan(training).all(axis=0)
    if unmeasured.any():
        names = ", ".join(np.array(columns)[unmeasured])
        raise wrong("columns", names, "columns with a measurement in the training part")
    mean, std = np.nanmean(training, axis=0), np.nanstd(training, axis=0)
    return mean, np.where(std > 0, std, 1.0)  # a column that never changes carries nothing


def _ahead(horizon):
    """Steps ahead, in rising order: (horizon,)."""
    steps = range(1, horizon + 1) if isinstance(horizon, int) else horizon
    ahead = np.array(list(steps))
    if len(ahead) == 0 or ahead.dtype.kind != "i" or ahead[0] < 1 or (np.diff(ahead) < 1).any():
        raise wrong("horizon", horizon, "1 or more steps ahead, or rising steps like (1, 6)")
    return ahead


def _check(grid, target, columns, known, num_steps, season):
    for argument, names in (("target", (target,)), ("columns", columns), ("known", known)):
        lacking = [name for name in names if name not in grid.columns]
        if lacking or len(set(names)) < len(names):
            raise wrong(argument, names, f"different names among {grid.columns}")
    if not columns:
        raise wrong("columns", columns, f"one or more of {grid.columns}")
    if num_steps < max(1, season):
        raise wrong("num_steps", num_steps, f"{max(1, season)} or more: one season is read back")
