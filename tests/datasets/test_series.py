"""Windows of any series: what leaks, what is known beforehand, what turns back into units."""

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import paths
from rnn_tf.datasets import glucose, series
from rnn_tf.datasets.grid import Grid
from rnn_tf.errors import DataError, InputError

START = np.datetime64("2024-01-01T00:00:00")  # a Monday
COLUMNS = ("sold", "price", "open")


def made_up(steps=120, seed=0, groups=("A", "B"), missing=0.02, every=3600):
    rng = np.random.default_rng(seed)
    values = rng.normal(10, 5, (len(groups), steps, len(COLUMNS)))
    values[rng.random(values.shape) < missing] = np.nan
    return Grid(START + np.arange(steps) * np.timedelta64(every, "s"), values, groups, COLUMNS)


def parts(data):
    return data.train, data.validation, data.test


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 99),
    num_steps=st.integers(1, 5),
    horizon=st.sampled_from([1, 3, (2,), (1, 4)]),
    max_fill=st.integers(0, 2),
)
def test_every_window_told_by_a_plain_loop(seed, num_steps, horizon, max_fill):
    """Which are kept, what they hold, what followed, and what was known of it."""
    grid = made_up(seed=seed)
    ahead = range(1, horizon + 1) if isinstance(horizon, int) else horizon
    data = series.prepare(
        grid,
        target="sold",
        columns=("sold", "price"),
        known=("open",),
        num_steps=num_steps,
        horizon=horizon,
        max_fill=max_fill,
        validation=0.25,
        test=0.25,
    )
    found = {
        (g, t): (x, k, y, now)
        for p in parts(data)
        for g, t, x, k, y, now in zip(
            p.group, p.times, p.inputs, p.known, p.actual, p.last, strict=True
        )
    }
    training = grid.values[:, :60]
    mean, std = np.nanmean(training, axis=(0, 1)), np.nanstd(training, axis=(0, 1))
    expected = 0
    for g, name in enumerate(grid.groups):
        for start, end in ((0, 60), (60, 90), (90, 120)):
            table = grid.values[g, start:end]
            for now in range(num_steps - 1, end - start - max(ahead)):
                window = [
                    [latest(table[: t + 1, c], table[t + 1 :, c], max_fill) for c in (0, 1)]
                    for t in range(now - num_steps + 1, now + 1)
                ]
                future = table[[now + a for a in ahead]]
                if np.isnan(window).any() or np.isnan([table[now, 0], *future[:, 0]]).any():
                    continue
                if np.isnan(future[:, 2]).any():
                    continue
                expected += 1
                inputs, known, actual, last = found[name, grid.times[start + now]]
                np.testing.assert_allclose(
                    inputs[:, :2], (np.array(window) - mean[:2]) / std[:2], rtol=1e-4, atol=1e-5
                )
                np.testing.assert_allclose(
                    known[:, 0], (future[:, 2] - mean[2]) / std[2], rtol=1e-4, atol=1e-5
                )
                np.testing.assert_array_equal(actual, future[:, 0])
                assert last == table[now, 0]
    assert len(found) == expected == sum(map(len, parts(data)))


def latest(past, future, max_fill):
    """The value now; in a gap of up to ``max_fill`` steps the last before it; else NaN."""
    known = np.flatnonzero(~np.isnan(past))
    if len(known) == 0:
        return np.nan
    after = np.flatnonzero(~np.isnan(future))
    behind = len(past) - 1 - known[-1]
    gap = behind + (after[0] if len(after) else len(future)) if behind else 0
    return past[known[-1]] if gap <= max_fill else np.nan


@pytest.mark.parametrize("predict", ["change", "level"])
def test_outputs_turn_back_into_units(predict):
    data = series.prepare(made_up(), horizon=3, num_steps=4, predict=predict)
    for part in parts(data):
        np.testing.assert_allclose(data.to_units(part, part.targets), part.actual, atol=1e-4)
    with pytest.raises(InputError, match="outputs: got"):
        data.to_units(data.test, data.test.targets[:, :1])


def test_the_season_before_is_the_latest_known_of_its_place():
    grid = made_up(missing=0)
    data = series.prepare(grid, num_steps=7, horizon=9, season=7)
    steps = {time: i for i, time in enumerate(grid.times)}
    for part in parts(data):
        for i in range(len(part)):
            group, now = grid.groups.index(part.group[i]), steps[part.times[i]]
            for a in range(1, 10):
                place = now + a
                while place > now:
                    place -= 7
                assert part.season_before[i, a - 1] == grid.values[group, place, 0]


def test_the_calendar_is_that_of_the_steps_and_is_known_beforehand():
    data = series.prepare(
        made_up(missing=0), num_steps=3, horizon=(5,), calendar=("day", "week", "year")
    )
    part = data.test
    hours = (part.times - START).astype(float) / 3600
    for wave, hours_a_turn in (("day", 24), ("week", 168), ("year", 8766)):
        place = data.features.index(f"{wave}_sin")
        angle = 2 * np.pi * hours / hours_a_turn
        np.testing.assert_allclose(part.inputs[:, -1, place], np.sin(angle), atol=1e-5)
        np.testing.assert_allclose(part.inputs[:, -1, place + 1], np.cos(angle), atol=1e-5)
    assert part.known.shape[1:] == (1, 6)
    angle = 2 * np.pi * (hours + 5) / 168
    np.testing.assert_allclose(part.known[:, 0, 2], np.sin(angle), atol=1e-5)


def test_any_file_of_the_readers_own(tmp_path):
    rows = [f"2024-01-{1 + i // 24:02d} {i % 24:02d}:30,{i % 7},{i}" for i in range(400)]
    path = tmp_path / "own.csv"
    path.write_text("when,sold,price\n" + "\n".join(rows[:200] + rows[203:]), encoding="utf-8")
    data = series.load(
        path, time="when", target="sold", features=("price",), every="1 h", num_steps=6, horizon=2
    )
    assert (
        data.source == f"path given {path}, 397 values of sold; 369 windows, 10 left out for gaps"
    )
    part = data.train
    assert part.inputs.shape[1:] == (6, 3) and data.features == ("sold", "price", "filled")
    np.testing.assert_array_equal((part.actual[:, 0] - part.last) % 7, 1)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"target": "bought"}, "target: got ('bought',)"),
        ({"columns": ("sold", "sold")}, "columns"),
        ({"columns": ()}, "columns"),
        ({"known": ("weather",)}, "known"),
        ({"num_steps": 0}, "num_steps"),
        ({"num_steps": 5, "season": 7}, "num_steps: got 5, expected 7"),
        ({"num_steps": 60}, "shortest part"),
        ({"horizon": 0}, "horizon: got 0"),
        ({"horizon": (3, 2)}, "horizon: got (3, 2)"),
        ({"horizon": ()}, "horizon"),
        ({"horizon": (0.5,)}, "horizon"),
        ({"predict": "both"}, "predict"),
        ({"calendar": ("month",)}, "calendar"),
        ({"max_fill": -1}, "max_fill"),
        ({"validation": 0.5, "test": 0.5}, "shares"),
        ({"validation": 0}, "shares"),
    ],
)
def test_bad_arguments_get_one_line_that_names_them(given, named):
    with pytest.raises(InputError) as caught:
        series.prepare(made_up(), **{"num_steps": 4} | given)
    assert named in str(caught.value) and "\n" not in str(caught.value)


# --- glucose ---------------------------------------------------------------------------------


def test_the_shipped_glucose():
    measured = glucose.read()
    assert measured.times[0] == np.datetime64("2010-03-24T09:50") and measured.columns == (
        "glucose",
    )
    lines = gzip.decompress((paths.data_folder() / glucose.SHIPPED).read_bytes()).decode()
    times = np.array([row["datetime"] for row in csv.DictReader(lines.splitlines())], "M8[s]")
    pause = np.diff(times).max() / np.timedelta64(5, "m")
    assert abs(max(steps for _, _, steps in measured.gaps("glucose")) - pause) <= 1
    data = glucose.load()
    assert data.source.startswith("shipped sample data/glucose/glucose.csv.gz, 52083 steps")
    assert [len(part) for part in parts(data)] == [28183, 9081, 9985]
    late = np.sqrt(np.mean((data.test.persistence() - data.test.actual) ** 2))
    assert late == pytest.approx(27.8, abs=0.05)


def test_glucose_of_the_readers_own(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("date,mmol\n2024-01-01,5\n", encoding="utf-8")
    with pytest.raises(DataError, match="own.csv: got no column datetime, glucose"):
        glucose.load(path)
