"""Measuring an experiment seed by seed; what is finished is never lost.

Each finished seed is written to a file of its own kind in the cache at once. A run that was
interrupted or killed goes on after the last finished seed, if code and budget are still the same.
The stored result of before stays until all seeds are there.
"""

import contextlib
import datetime
import time

from rnn_tf import locks, paths
from rnn_tf.claims import results
from rnn_tf.claims.experiment import MODES
from rnn_tf.claims.statements import LEAST_SEEDS
from rnn_tf.errors import DataError, InputError, whole_number, wrong


def measure(experiment, mode="class", seeds=None, *, about=None, watch=None):
    """Measure one experiment and store the result.

    Args:
        experiment: an ``Experiment``.
        mode: ``"class"`` or ``"full"``.
        seeds: how many, 0, 1, …; ``None`` for as many as the experiment asks for.
        about: ``(versions, machine)``, two dictionaries for the record.
        watch: called as ``watch(done, total)`` before the first seed and after each.

    Returns the new ``Result``. Raises ``InputError`` for a mode that does not exist, fewer than
    three seeds, and while another process measures the same.
    """
    if mode not in MODES:
        raise wrong("mode", repr(mode), " or ".join(MODES))
    total = experiment.seeds[mode] if seeds is None else seeds
    whole_number("seeds", total)
    if total < LEAST_SEEDS:
        raise wrong("seeds", total, f"{LEAST_SEEDS} or more: fewer tell nothing")
    versions, machine = about or ({}, {})
    part = unfinished(experiment, mode)
    with _alone(part):
        done = _resumed(experiment, mode, part, total)
        watch = watch or (lambda done, total: None)
        watch(len(done), total)
        while len(done) < total:
            started = time.process_time()
            evidence = experiment.evidence(len(done), mode)
            done.append((time.process_time() - started, evidence))
            result = _result(experiment, mode, done, versions, machine)
            results.write(part, result)
            watch(len(done), total)
        result = _result(experiment, mode, done, versions, machine)
        results.store(result)
        with contextlib.suppress(OSError):
            part.unlink()
    return result


def is_current(experiment, mode, seeds=None):
    """Whether there is a result of this code and budget with as many seeds."""
    try:
        result = results.load(experiment.name, mode)
    except DataError:
        return False
    wanted = experiment.seeds[mode] if seeds is None else seeds
    return (
        result is not None
        and result.code == experiment.fingerprint(mode)
        and result.seeds >= wanted
    )


def unfinished(experiment, mode):
    """The file that holds the finished seeds of a run under way."""
    return paths.cache_folder() / "claims" / f"{experiment.name}.{mode}.json"


@contextlib.contextmanager
def _alone(part):
    lock = part.with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = locks.take(lock)
    except BlockingIOError as error:
        raise InputError(f"{part.stem}: is being measured by another process") from error
    try:
        yield
    finally:
        locks.drop(lock, handle)


def _resumed(experiment, mode, part, total):
    """The finished seeds of a run before this one: list of (seconds, evidence)."""
    if not part.is_file():
        return []
    try:
        before = results.read(part)
    except DataError:
        return []  # not worth stopping for: it is measured again
    if before.experiment != experiment.name or before.code != experiment.fingerprint(mode):
        return []
    rows = [
        (before.seconds[seed], {name: numbers[seed] for name, numbers in before.values.items()})
        for seed in range(before.seeds)
    ]
    return rows[:total]


def _result(experiment, mode, done, versions, machine):
    names = list(done[0][1])
    if any(list(evidence) != names for _, evidence in done):
        raise ValueError(f"{experiment.name}: not all seeds have the same conditions")
    return results.Result(
        experiment=experiment.name,
        mode=mode,
        code=experiment.fingerprint(mode),
        date=datetime.date.today().isoformat(),
        versions=dict(versions),
        machine=dict(machine),
        seconds=tuple(round(seconds, 3) for seconds, _ in done),
        values={name: tuple(evidence[name] for _, evidence in done) for name in names},
    )
