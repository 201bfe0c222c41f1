"""One random model and its use, described in a dataclass whose repr builds it again."""

import dataclasses
import random

CELLS = ("SimpleRNN", "LSTM", "GRU")
MERGES = ("sum", "mul", "concat", "ave", None)
#: Numbers of steps, with how often each is drawn for an array and for a model's input.
STEPS = {1: (8, 7), 2: (14, 9), 5: (16, 12), 9: (14, 8), 63: (3, 4), 64: (3, 4), 65: (6, 8)}
STEPS |= {80: (4, 12), 257: (1, 2), None: (0, 34)}
BATCHES = {1: (40, 12), 2: (30, 12), 7: (20, 6), 32: (10, 2), None: (0, 68)}
#: The layer's options, with how often each is drawn, of a hundred.
OPTIONS = {
    ("return_state", True): 20,
    ("go_backwards", True): 20,
    ("stateful", True): 12,
    ("dropout", 0.3): 6,
    ("recurrent_dropout", 0.2): 3,
    ("use_bias", False): 5,
    ("activation", "relu"): 4,
    ("recurrent_activation", "hard_sigmoid"): 3,
    ("unroll", True): 3,
    ("reset_after", False): 3,
    ("products", None): 3,
    ("kernel_regularizer", "l2"): 3,
    ("recurrent_constraint", "max_norm"): 3,
}
CORES = {"layer": 60, "bidirectional": 20, "decoder": 10, "time_distributed": 9, "wrapped": 4}
FIRST = ("embedding", "masked_embedding", "masking", "reshape", "concatenate")
BETWEEN = ("conv", "recurrent", "keras_recurrent", "dense", "dropout", "layer_norm")
#: What may follow outputs for every step; the first ones give such outputs again.
KEEPS_STEPS = ("time_distributed", "batch_norm", "batch_norm_steps", "layer_norm", "recurrent")
KEEPS_STEPS += ("layer_norm_steps", "unrolled", "attention", "multi_head", "static_steps")
KEEPS_STEPS += ("residual",)
ENDS_STEPS = ("last_of_recurrent", "average_pool", "max_pool", "flatten", "permute", "masked_mean")
NEEDS_STEPS = {"batch_norm_steps", "layer_norm_steps", "unrolled", "flatten", "static_steps"}
TRAINING = ("fit", "fit_eagerly", "fit_dataset", "train_on_batch")
#: The ways, with how often each is drawn: tracing a training step takes seconds.
WAYS = {"call": 26, "graph": 14, "retraced": 14, "predict": 6, "while_loop": 6, "dataset_map": 6}
WAYS |= {"save": 6, "clone": 5, "map_fn": 6, "evaluate": 2, "xla": 2, "export": 3}
WAYS |= {"fit": 2, "fit_eagerly": 5, "fit_dataset": 2, "train_on_batch": 2}


@dataclasses.dataclass(frozen=True)
class Case:
    """What is built and how it is used.

    Args:
        cell: name of the layer in the middle.
        core: what stands around it: "layer", "bidirectional", "decoder" (its initial state comes
            from an encoder of the same cell), "time_distributed" or "wrapped" (``RNN`` of its
            cell).
        options: the layer's constructor arguments, as pairs.
        merge: ``merge_mode`` of "bidirectional".
        before, behind: names of ``models.layer_of``.
        style: "functional", "sequential" or "subclassed".
        steps, batch: as declared by the model's inputs; ``None`` is unknown.
        feeds: (batch, steps) of the arrays that go through the model, in this order.
        ways: names of ``ways.WAYS``.
        chains: whether work this small is cut into chains, as large work is.
    """

    cell: str = "LSTM"
    core: str = "layer"
    units: int = 4
    features: int = 3
    options: tuple = ()
    merge: str | None = "concat"
    before: tuple = ()
    behind: tuple = ()
    style: str = "functional"
    steps: int | None = 5
    batch: int | None = None
    feeds: tuple = ((2, 5),)
    ways: tuple = ("call",)
    dtype: str = "float32"
    chains: bool = True
    seed: int = 0

    def tags(self):
        """The features by which failures are counted."""
        steps = "unknown" if self.steps is None else "over 64" if self.steps > 64 else "up to 64"
        yield from (f"cell {self.cell}", f"core {self.core}", f"style {self.style}", self.dtype)
        yield from (f"steps {steps}", f"batch {self.batch or 'unknown'}")
        yield from (f"option {name}" for name, _ in self.options)
        yield from (f"before {name}" for name in self.before or ("nothing",))
        yield from (f"behind {name}" for name in self.behind or ("nothing",))
        yield from (f"way {way}" for way in self.ways)
        if self.core == "bidirectional":
            yield f"merge {self.merge}"
        if len(self.feeds) > 1:
            yield "several sizes in a row"


def draw(seed, number):
    """Case ``number`` of ``seed``: one that Keras should take, except for every fiftieth."""
    rng = random.Random(f"{seed}/{number}")
    while True:
        case = _any(rng)
        if _is_quick(case, rng) and (number % 50 == 49 or not any(_doubts(case))):
            return case


def _any(rng):
    def chance(hundredths):
        return rng.random() * 100 < hundredths

    def one(weights, column=None):
        values = [w if column is None else w[column] for w in weights.values()]
        return rng.choices(list(weights), values)[0]

    core, sequences = one(CORES), chance(80)
    before = (rng.choice(FIRST),) if chance(45) else ()
    before += (rng.choice(BETWEEN),) if chance(40) else ()
    behind = ()
    if sequences and chance(85):
        behind = (rng.choice(KEEPS_STEPS),) if chance(70) else ()
        behind += (rng.choice(ENDS_STEPS),) if chance(40) else ()
    elif not sequences and chance(40):
        behind = (rng.choice(("dense", "batch_norm", "repeat")),)
    options = (("return_sequences", True),) if sequences else ()
    options += tuple(option for option, often in OPTIONS.items() if chance(often))
    steps, batch = one(STEPS, 1), one(BATCHES, 1)
    if ("stateful", True) in options:
        batch = batch or rng.choice((1, 2, 7))
    feeds = [
        (batch or one(BATCHES, 0), steps or one(STEPS, 0)) for _ in range(rng.choice((1, 2, 3)))
    ]
    return Case(
        cell=rng.choice(CELLS),
        core=core,
        units=rng.choice((1, 3, 4)),
        features=rng.choice((1, 2, 3)),
        options=options,
        merge=rng.choice(MERGES) if core == "bidirectional" else "concat",
        before=before,
        behind=behind,
        style=rng.choice(("functional", "sequential", "subclassed")),
        steps=steps,
        batch=batch,
        feeds=tuple(feeds if ("stateful", True) in options else dict.fromkeys(feeds)),
        ways=tuple(dict.fromkeys(one(WAYS) for _ in range(rng.choice((1, 1, 1, 2))))),
        dtype="float64" if chance(25) else "float32",
        chains=chance(60),
        seed=rng.randrange(1000),
    )


def _is_quick(case, rng):
    """Long sequences are seldom trained on, unrolled or compiled: that takes seconds."""
    longest = max(steps for _, steps in case.feeds)
    unrolled = "unrolled" in case.behind or ("unroll", True) in case.options
    slow = {*TRAINING, "xla", "export", "map_fn"} & {*case.ways}
    if unrolled and (longest > 80 or longest > 9 and slow):
        return False
    return not slow or longest <= 9 or rng.random() < (0.4 if longest < 257 else 0.05)


def _doubts(case):
    """For each rule, whether Keras cannot be expected to take the case, or to be comparable."""
    options, names, ways = dict(case.options), {*case.before, *case.behind}, {*case.ways}
    several_out = options.get("return_state") or case.merge is None
    several_in = case.core == "decoder" or "concatenate" in names
    sequences = options.get("return_sequences")
    yield case.steps is None and (NEEDS_STEPS & names or "unroll" in options or "xla" in ways)
    yield {"dropout", "recurrent_dropout"} & {*options, *names} and {*TRAINING} & ways
    yield "recurrent_activation" in options and case.cell == "SimpleRNN"
    yield "reset_after" in options and case.cell != "GRU"
    yield case.core == "decoder" and not sequences and "repeat" in names
    yield case.core == "bidirectional" and "go_backwards" in options
    yield case.core == "bidirectional" and case.merge is None and case.behind
    yield case.core == "bidirectional" and {"stateful", "return_state"} <= {*options}
    yield case.core in ("time_distributed", "wrapped") and {*options} - {"return_sequences"}
    yield case.core == "time_distributed" and (names or case.steps is None)
    yield case.style == "sequential" and (several_in or several_out)
    yield case.style == "sequential" and names & {"attention", "multi_head", "residual"}
    yield case.style == "subclassed" and "clone" in ways
    # Keras loads such a model unbuilt, and without its weights.
    yield case.style == "subclassed" and "save" in ways and options.get("stateful")
    yield "map_fn" in ways and (several_in or case.batch not in (None, 1))
    yield "products" in options and case.core == "wrapped"
