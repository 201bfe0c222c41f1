"""Where the time of a workload goes, by kind of operation.

    python -m benchmarks.operations W1-lstm ours training

Uses TensorFlow's own profiler; times are summed over the cores, so two busy cores make two
milliseconds of one.
"""

import collections
import sys
import tempfile
import time
from pathlib import Path

from rnn_tf.backend import tf

from . import peer_keras, workloads


def by_kind(run):
    """``({kind of operation: milliseconds}, wall-clock milliseconds)`` of one call of ``run``."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            started = time.perf_counter()
            run()
            wall = time.perf_counter() - started
        space = xplane_pb2.XSpace()
        (file,) = Path(folder).rglob("*.xplane.pb")
        space.ParseFromString(file.read_bytes())
    found = collections.Counter()
    for plane in space.planes:
        names = {n: m.name for n, m in plane.event_metadata.items()}
        for line in plane.lines:
            for event in line.events:
                name = names[event.metadata_id]
                # TensorFlow calls an operation "its name:its kind".
                if ":" in name and " " not in name and "::" not in name:
                    found[name.rsplit(":", 1)[1]] += event.duration_ps / 1e9
    return found, wall * 1e3


if __name__ == "__main__":
    key, variant, kind = (*sys.argv[1:], *("W1-lstm", "ours", "training")[len(sys.argv) - 1 :])
    work = workloads.WORKLOADS[key]
    run = getattr(peer_keras, kind)(work, variant)
    for _ in range(3):
        run()
    by_kind(run)  # the profiler's first use is slow itself
    found, wall = by_kind(run)
    print(f"{key} {variant} {kind}: {wall / work.rounds:.2f} ms a step (profiled)")
    total = sum(found.values())
    for name, ms in found.most_common(14):
        print(f"{ms / work.rounds:8.3f} ms {ms / total:6.1%}  {name}")
    print(f"{total / work.rounds:8.3f} ms in operations, both cores together")
