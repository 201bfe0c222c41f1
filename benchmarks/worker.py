"""One peer with one piece of work in a process of its own; times it when told to.

Started by ``measure.py``; speaks JSON lines over its pipes, so that peers never share threads.
"""

import contextlib
import importlib
import json
import os
import sys
import time

import psutil

from .workloads import KINDS


def probe():
    """Seconds for a fixed piece of arithmetic: longer where something slows this machine down."""
    started = time.perf_counter()
    sum(range(200_000))
    return time.perf_counter() - started


def peak_mb():
    """The largest memory this process ever had, in MB, as the system itself counted it."""
    if os.name == "nt":
        return psutil.Process().memory_info().peak_wset / 2**20
    import resource  # POSIX only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)  # bytes there, kilobytes here


def main(peer, variant, kind, key):
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # whatever a library prints must not mix with the answers

    def answer(**fields):
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    module = importlib.import_module(f".{peer}", __package__)
    work = KINDS[kind][key]
    made = {"growth": "training", "generation": "writing", "vocabulary": "writing"}
    make = made.get(kind, kind)
    run = getattr(module, make)(work, variant)
    started = time.perf_counter()
    rounds = run() or work.rounds
    first_call = time.perf_counter() - started
    for _ in range(2):
        run()
    answer(first_call_s=first_call)
    for _ in sys.stdin:
        slowest = probe()
        before, started = time.process_time(), time.perf_counter()
        run()
        answer(
            seconds=time.perf_counter() - started,
            rounds=rounds,
            cpu=time.process_time() - before,
            probe=max(slowest, probe()),
            peak_mb=peak_mb(),
        )


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        main(*sys.argv[1:])
