"""Compare many cases: ``python -m tests.layers.composition --cases 5000 --seed 1 --jobs 2``."""

import argparse
import collections
import sys

from .compare import reduced
from .jobs import in_processes

CHUNK = 25
#: Chunks for one pair of processes; new ones follow, for what TensorFlow keeps of each model.
CHUNKS = 24


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--reduce", type=int, default=10, help="differing cases to reduce")
    arguments = parser.parse_args()
    last = arguments.first + arguments.cases
    starts = range(arguments.first, last, CHUNK)
    parts = [range(start, min(start + CHUNK, last)) for start in starts]
    done, seconds, tags, failed = collections.Counter(), 0.0, {}, []
    for place in range(0, len(parts), CHUNKS):
        some = parts[place : place + CHUNKS]
        with in_processes(arguments.seed, some, arguments.jobs) as futures:
            found = [future.result() for future in futures]
        for part, results in zip(some, found, strict=True):
            for number, outcome in zip(part, results, strict=True):
                done[outcome.kind] += 1
                seconds += outcome.seconds
                for tag in outcome.case.tags():
                    tags.setdefault(tag, collections.Counter())[outcome.kind] += 1
                if outcome.kind != "equal":
                    print(f"case {number}, {outcome.kind}: {outcome.text}\n  {outcome.case!r}")
                if outcome.kind == "differs":
                    failed.append(outcome)
            print(f"up to {part[-1]}: {dict(done)}, {seconds:.0f} s of processor time", flush=True)
    print(f"\n{'feature':<32}{'cases':>7}{'differ':>8}{'refused alike':>15}{'by Keras alone':>16}")
    for tag, kinds in sorted(tags.items()):
        counts = (
            f"{kinds['differs']:>8}{kinds['refused alike']:>15}{kinds['only Keras refuses']:>16}"
        )
        print(f"{tag:<32}{kinds.total():>7}{counts}")
    for outcome in failed[: arguments.reduce]:
        least = reduced(outcome)
        print(f"\nreduced: {least.text}\n  {least.case!r}", flush=True)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
