"""The pieces of work that are timed, W1 to W8, and their random data."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Workload:
    """A recurrent model and its batch.

    Attributes:
        key: e.g. ``"W1-lstm"``.
        cell: ``"simple"``, ``"lstm"`` or ``"gru"``.
        layers: recurrent layers of ``units`` each, all but the last with outputs at every step.
        features: numbers a step, or the size of the embedding where ``vocab_size`` is set.
        vocab_size: inputs are ids and logits of the next one are put out at every step.
        outputs: logits or values after the last step where ``vocab_size`` is not set.
        decoder_steps: that many ids more follow the ``num_steps`` in the inputs. A second layer
            reads them, from the first one's last state on, and puts out the logits.
        dropout: share dropped after every recurrent layer.
        steps_per_execution: batches that one call of ``fit``'s inner function takes.
        rounds: steps timed at a go.
    """

    key: str
    cell: str
    units: int
    batch_size: int
    num_steps: int
    features: int
    layers: int = 1
    vocab_size: int = 0
    outputs: int = 10
    decoder_steps: int = 0
    dropout: float = 0.0
    steps_per_execution: int = 1
    rounds: int = 20

    def batches(self, seed=0):
        """``rounds`` batches: inputs and targets, joined along the batch axis."""
        random = np.random.default_rng(seed)
        count = self.batch_size * self.rounds
        if self.vocab_size:
            length = self.num_steps + self.decoder_steps + 1
            ids = random.integers(0, self.vocab_size, (count, length)).astype("int32")
            return ids[:, :-1], ids[:, self.num_steps + 1 if self.decoder_steps else 1 :]
        inputs = random.normal(size=(count, self.num_steps, self.features)).astype("float32")
        if self.outputs == 1:
            return inputs, random.normal(size=(count, 1)).astype("float32")
        return inputs, random.integers(0, self.outputs, count).astype("int32")


def _digits(cell):
    return Workload(
        f"W1-{cell}", cell, units=128, batch_size=128, num_steps=28, features=28,
        steps_per_execution=20, rounds=20,
    )  # fmt: skip


def _stack(batch_size):
    return Workload(
        f"W2-{batch_size}", "lstm", units=50, layers=3, dropout=0.2, batch_size=batch_size,
        num_steps=10, features=1, outputs=1, steps_per_execution=20, rounds=40,
    )  # fmt: skip


def _text(key, cell, vocab_size, rounds):
    return Workload(
        key, cell, units=256, batch_size=64, num_steps=100, features=64,
        vocab_size=vocab_size, rounds=rounds,
    )  # fmt: skip


WORKLOADS = {
    work.key: work
    for work in (
        _digits("lstm"),
        _digits("gru"),
        _digits("simple"),
        _stack(32),
        _stack(128),
        _text("W3-lstm", "lstm", 60, 3),
        _text("W3-gru", "gru", 60, 3),
        _text("W3-simple", "simple", 60, 3),
        _text("W3-words", "lstm", 5000, 2),
        Workload(
            "W4", "simple", units=64, batch_size=128, num_steps=50, features=10, outputs=1,
            steps_per_execution=20, rounds=40,
        ),
        Workload("W5", "lstm", units=128, batch_size=32, num_steps=1000, features=16, rounds=3),
        Workload(
            "W7", "lstm", units=32, batch_size=256, num_steps=120, features=8, outputs=1,
            rounds=20,
        ),
        Workload(
            "W8", "lstm", units=256, batch_size=64, num_steps=30, features=64, vocab_size=60,
            decoder_steps=30, rounds=5,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Generation:
    """One sequence written token by token by a language model of one recurrent layer."""

    key: str
    cell: str
    units: int = 256
    embedding: int = 64
    vocab_size: int = 60
    #: Tokens that the articles' way reads again for every new one.
    window: int = 100
    rounds: int = 10_000
    #: Tokens of the step-by-step loop in a turn.
    steps: int = 200
    strategy: str = "temperature"


GENERATION = {f"W6-{cell}": Generation(f"W6-{cell}", cell) for cell in ("lstm", "gru")}


def _vocabularies():
    for strategy in ("greedy", "temperature", "top_k", "nucleus"):
        for size in (500, 1000, 2000, 5000, 10_000, 20_000):
            key = f"{strategy}-{size}"
            yield Generation(key, "lstm", vocab_size=size, rounds=500, strategy=strategy)


#: Generation by size of the vocabulary: ``greedy-500`` to ``nucleus-20000``.
VOCABULARY = {work.key: work for work in _vocabularies()}


def _growing():
    base = {"cell": "lstm", "features": 16, "units": 128, "batch_size": 64, "num_steps": 64}
    axes = {
        "steps": ("num_steps", (8, 32, 128, 512, 2048)),
        "units": ("units", (16, 64, 256, 512)),
        "batch": ("batch_size", (1, 8, 32, 128, 512)),
    }
    for axis, (name, sizes) in axes.items():
        for size in sizes:
            rounds = max(2, min(60, 4000 // (size if axis == "steps" else 64)))
            yield Workload(f"{axis}-{size}", **base | {name: size}, rounds=rounds)


#: Cost by number of steps, units and rows: ``steps-8`` to ``steps-2048`` and so on.
GROWTH = {work.key: work for work in _growing()}


def _epochs():
    for source in ("arrays", "dataset"):
        for steps in (10, 20, 40, 80, 160):
            key = f"{source}-{steps}"
            yield replace(_digits("lstm"), key=key, rounds=steps, steps_per_execution=1)


#: One epoch of W1 in so many steps, through ``fit``: ``arrays-10`` to ``dataset-160``.
FEEDING = {work.key: work for work in _epochs()}

KINDS = {
    "training": WORKLOADS,
    # W7 and W8 ask how training is fed; forward, W1 and W3 stand for them.
    "inference": {key: work for key, work in WORKLOADS.items() if key not in ("W7", "W8")},
    "generation": GENERATION,
    "vocabulary": VOCABULARY,
    "growth": GROWTH,
    "feeding": FEEDING,
}
