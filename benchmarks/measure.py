"""Time peers side by side: one process each, taking turns, disturbed turns left out."""

import json
import os
import platform
import statistics
import subprocess
import sys
from importlib import metadata

import psutil

from rnn_tf.course.machine import processor
from rnn_tf.threads import cores

#: A turn is not counted if others used more than this share of a core meanwhile, ...
DISTURBED = 0.15
#: ... or if a fixed piece of arithmetic took so much longer than at its fastest.
SLOWED = 1.4

#: Which module plays which peer.
PEERS = {
    "keras": "peer_keras",
    "keras_quiet": "peer_keras",
    "keras_best": "peer_keras",
    "keras_xla": "peer_keras",
    "ours": "peer_keras",
    "ours_xla": "peer_keras",
    "ours_bf16": "peer_keras",
    "torch": "peer_torch",
    "torch_one": "peer_torch",
    "jax": "peer_jax",
    "limit": "peer_limit",
    "limit_tf": "peer_limit",
    "predict": "peer_generation",
    "stateful": "peer_generation",
    "stepper": "peer_generation",
    "whole_loop": "peer_generation",
    "torch_loop": "peer_generation_torch",
    "torch_script": "peer_generation_torch",
    "jax_scan": "peer_generation_jax",
}

#: As a user has it: TensorFlow's own thread settings.
OWN_THREADS = ("keras", "keras_quiet", "keras_xla")


class Worker:
    """A peer's process."""

    def __init__(self, variant, kind, key, module=None):
        self.variant = variant
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        if variant in OWN_THREADS:
            environment["TF_NUM_INTRAOP_THREADS"] = "0"
        command = [sys.executable, "-m", f"{__package__}.worker"]
        self.process = subprocess.Popen(
            [*command, module or PEERS[variant], variant, kind, key],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            reason = self.process.stderr.read().strip().splitlines()[-1:] or ["no reason given"]
            raise RuntimeError(f"{self.variant}: {reason[0]}")
        return json.loads(line)

    def turn(self):
        """One timed turn, with the share of a core that others used meanwhile."""
        busy = _busy()
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.answer()
        others = _busy() - busy - answer["cpu"]
        answer["disturbed"] = others / answer["seconds"] > DISTURBED
        return answer

    def close(self):
        self.process.kill()
        self.process.communicate()


def _busy():
    times = psutil.cpu_times()
    return times.user + times.system + times.nice + getattr(times, "steal", 0.0)


def side_by_side(variants, kind, key, *, turns=7, log=lambda line: None):
    """Let ``variants`` take turns at one workload.

    Returns for each variant milliseconds a round (``ms``: the undisturbed turns, or every turn
    where ``all_disturbed``), their median, the median of processor milliseconds a round, the first
    call in seconds and the peak memory in MB; a variant that could not start is left out, with the
    reason logged.
    """
    workers, found = [], {}
    for variant in variants:
        worker = Worker(variant, kind, key)
        try:
            found[variant] = {"first_call_s": worker.answer()["first_call_s"], "turns": []}
            workers.append(worker)
        except RuntimeError as error:
            log(f"left out: {error}")
            worker.close()
    try:
        for extra in range(2 * turns):
            if extra >= turns and all(len(_clean(found[w.variant])) > turns // 2 for w in workers):
                break
            for worker in workers:
                found[worker.variant]["turns"].append(worker.turn())
    finally:
        for worker in workers:
            worker.close()
    for entry in found.values():
        clean, all_turns = _clean(entry), entry.pop("turns")
        entry["left_out"] = len(all_turns) - len(clean)
        counted = clean or all_turns
        entry["ms"] = [t["seconds"] / t["rounds"] * 1e3 for t in counted]
        entry["cpu_ms"] = statistics.median(t["cpu"] / t["rounds"] * 1e3 for t in counted)
        entry["all_disturbed"] = not clean
        entry["median_ms"] = statistics.median(entry["ms"])
        entry["peak_mb"] = max(t["peak_mb"] for t in all_turns)
    return found


def _clean(entry):
    fastest = min(turn["probe"] for turn in entry["turns"])
    return [t for t in entry["turns"] if not t["disturbed"] and t["probe"] < SLOWED * fastest]


def machine():
    """What the figures were measured on."""
    versions = {}
    for name in ("tensorflow", "tensorflow-cpu", "keras", "torch", "jax", "numpy", "rnn-tf"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": processor(),
        "cores": cores(),
        "versions": versions,
    }
