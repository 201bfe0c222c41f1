"""Which network for which memory: all of ``rnn_tf.zoo`` on tasks that each ask for another one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from rnn_tf.claims.compiled import first_weights
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.memory import TEST
from rnn_tf.datasets import copying, digits, toy

KINDS = ("simple", "lstm", "gru", "bidirectional", "dense", "convolution", "attention",
         "min_gru", "min_gru2", "signed")  # fmt: skip
#: Where an answer may only look back, what sees the future is left out. ``next_value`` keeps it, to
#: show what cheating looks like.
CAUSAL = tuple(kind for kind in KINDS if kind != "bidirectional")
RATES = (0.003, 0.02)
BATCH = 32
#: Steps of a series before a forecast of it counts: one period.
WARM = 25
NOISE = 0.1


def next_values(count, seed, num_steps=40):
    """Noisy sines, each of a phase of its own, and at every step the value after it."""
    rng = np.random.default_rng(seed)
    parts = [
        toy.windows(toy.noisy_sine(num_steps + 1, noise=NOISE, seed=one), num_steps)[0][0]
        for one in rng.integers(2**31, size=count)
    ]
    inputs = np.stack(parts)
    return inputs[:, :-1], inputs[:, 1:]


@cache
def _digits():
    return digits.load()


def _pictures(count, seed, part="train"):
    split = getattr(_digits(), part)
    rows = np.random.default_rng(seed).integers(0, len(split.inputs), count)
    return split.inputs[rows], split.targets[rows]


@dataclass(frozen=True)
class Task:
    """A task: how it is drawn, what is asked, and how an answer is scored.

    Args:
        make: ``make(count, seed=…)`` -> inputs (count, steps, features) and targets.
        loss: ``"binary"``, ``"classes"`` (both from logits) or ``"mse"``.
        score: ``score(targets, answers)`` -> a number.
        outputs: numbers an answer.
        per_step: an answer at every step.
        steps: updates of training.
        solved: a loss on validation data at which training ends.
        kinds: networks that may try.
        held_out: part -> another ``make``, where validation and test data are files' own.
    """

    make: Callable
    loss: str
    score: Callable
    outputs: int = 1
    per_step: bool = False
    steps: int = 1000
    solved: float = 0.0
    kinds: tuple = KINDS
    held_out: dict = field(default_factory=dict)

    def held(self, part, count, seed):
        """Validation or test data."""
        make = self.held_out.get(part, self.make)
        return make(count, seed=seed + (TEST if part == "test" else TEST // 2))


def right(targets, answers):
    """Share of right yes-or-no answers; of those at every step the first is given away."""
    same = (np.asarray(answers) > 0) == (np.asarray(targets) > 0.5)
    return float(same[:, 1:].mean() if same.ndim == 3 else same.mean())


def squared(targets, answers):
    """Mean squared error of one answer a sequence."""
    return float(np.mean((np.asarray(answers) - targets) ** 2))


def squared_late(targets, answers):
    """Mean squared error of forecasts after the first ``WARM`` steps."""
    return squared(targets[:, WARM:], np.asarray(answers)[:, WARM:])


def symbols(targets, answers):
    """Share of right symbols."""
    return copying.share_right(targets, np.asarray(answers).argmax(axis=-1))


def named(targets, answers):
    """Share of right classes."""
    return float(np.mean(np.asarray(answers).argmax(axis=-1) == targets))


def _first_bit(num_steps):
    return lambda count, seed: toy.first_bit(count, num_steps, seed=seed)


TASKS = {
    "parity": Task(lambda count, seed: toy.running_parity(count, 24, seed=seed), "binary", right,
                   per_step=True, steps=2500, solved=0.003, kinds=CAUSAL),
    "first_bit": Task(_first_bit(40), "binary", right, steps=800, solved=0.003),
    "adding": Task(lambda count, seed: toy.adding_problem(count, 40, seed=seed), "mse", squared,
                   steps=1200, solved=0.0005),
    "copy": Task(lambda count, seed: copying.copy(count, seed=seed), "classes", symbols,
                 outputs=5, per_step=True, steps=1200, solved=0.002, kinds=CAUSAL),
    "selective_copy": Task(lambda count, seed: copying.selective_copy(count, seed=seed), "classes",
                           symbols, outputs=5, per_step=True, steps=1200, solved=0.002,
                           kinds=CAUSAL),
    "next_value": Task(next_values, "mse", squared_late, per_step=True, steps=300),
    "digits": Task(_pictures, "classes", named, outputs=10, steps=400,
                   held_out={part: lambda count, seed, part=part: _pictures(count, seed, part)
                             for part in ("validation", "test")}),
}  # fmt: skip


@cache
def _builder(kind, features, outputs, per_step):
    def build():
        from rnn_tf import zoo

        return zoo.network(kind, features, outputs, per_step=per_step)

    return build


@cache
def _model(build, loss):
    """A model, its loss, and ``updates(inputs, targets)``: one update of it a batch."""
    from rnn_tf.backend import keras, tf

    model = build()
    loss = {
        "binary": keras.losses.BinaryCrossentropy(from_logits=True),
        "classes": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "mse": keras.losses.MeanSquaredError(),
    }[loss]
    optimizer = keras.optimizers.Adam(global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    model.optimizer = optimizer

    @tf.function
    def updates(inputs, targets):
        for number in tf.range(tf.shape(inputs)[0]):
            with tf.GradientTape() as tape:
                value = loss(targets[number], model(inputs[number], training=True))
            gradients = tape.gradient(value, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)

    return model, loss, updates


def _batches(task, rng, count):
    """``count`` batches of ``BATCH`` examples: (count, batch, …)."""
    inputs, targets = task.make(count * BATCH, seed=int(rng.integers(2**31)))
    return [values.reshape(count, BATCH, *values.shape[1:]) for values in (inputs, targets)]


def trained(task, kind, seed, steps):
    """A network after training; validation data choose rate and moment.

    Each rate is tried for a fifth of ``steps``; the one of the lowest loss goes on. Training ends
    where the loss is below ``task.solved``.

    Returns the model, and its curve: rows (updates, processor seconds of training, score on
    validation data of the best weights so far).
    """
    from rnn_tf.training import reset

    held = task.held("validation", 256, seed)
    build = _builder(kind, held[0].shape[2], task.outputs, task.per_step)
    start = first_weights(build, seed)
    model, loss_of, updates = _model(build, task.loss)
    every, variables = max(steps // 20, 1), [*model.variables, *model.optimizer.variables]
    updates(*_batches(task, np.random.default_rng(seed), 1))  # the compiler's time does not count
    curve, kept, lowest, spent = [], [], np.inf, 0.0

    def go_on(rng, rounds):
        """Train; returns the last loss."""
        nonlocal kept, lowest, spent
        for _ in range(rounds):
            batches, started = _batches(task, rng, every), time.process_time()
            updates(*batches)
            spent += time.process_time() - started
            answers = model(held[0])
            loss = float(loss_of(held[1], answers))
            if loss < lowest:
                lowest, kept = loss, model.get_weights()
                score = task.score(held[1], answers)
            else:
                score = curve[-1][2]
            curve.append(((len(curve) + 1) * every, spent, score))
            if loss < task.solved:
                break
        return loss

    tried = []
    for rate in RATES:
        if lowest >= task.solved:
            reset(model, start)
            model.optimizer.learning_rate.assign(rate)
            rng = np.random.default_rng(seed)
            tried.append((go_on(rng, 4), rng, [v.numpy() for v in variables]))
    if lowest >= task.solved:
        _, rng, values = min(tried, key=lambda one: one[0])
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        go_on(rng, 16)
    model.set_weights(kept)
    return model, curve


def _guessing(name, test):
    """What the best answer without memory scores on the test data."""
    targets = test[1]
    if name in ("parity", "first_bit"):
        share = float(np.mean(targets[:, 1:] if name == "parity" else targets))
        return max(share, 1 - share)
    if name == "adding":
        return squared(targets, 1.0)
    if name == "next_value":
        return squared_late(targets, test[0])  # as now, so next
    if name == "digits":
        return float(np.bincount(targets).max() / len(targets))
    return copying.share_right(targets, np.ones_like(targets))


def which_network(seed, tasks=tuple(TASKS), kinds=KINDS, shorter=1):
    """Every network on every task, at about equal parameters.

    Its ``equal_time`` counts what first calls take, tracing (first seed) and making kernels (first
    and second): read ``which_time`` for that.

    Args:
        tasks, kinds: which.
        shorter: training is so many times shorter.
    """
    found = {}
    for name in tasks:
        task = TASKS[name]
        test, curves = task.held("test", 1000, seed), {}
        found[f"{name}/guessing"] = _guessing(name, test)
        for kind in (kind for kind in kinds if kind in task.kinds):
            model, curves[kind] = trained(task, kind, seed, task.steps // shorter)
            place = f"{name}/{kind}" + "/trained" * (name == "parity")
            if kind == "bidirectional" and name == "next_value":
                place = f"cheating/{place}"  # it has read the value that it forecasts
            found[place] = task.score(test[1], model(test[0]))
            if name == "parity":
                inputs, targets = toy.running_parity(500, 96, seed=TEST + seed)
                found[f"parity/{kind}/longer"] = right(targets, model(inputs))
        for kind, (updates, score) in _at_equal_time(curves).items():
            found[f"updates/{name}/{kind}"] = updates
            found[f"equal_time/{name}/{kind}"] = score
    return found | _costs(kinds)


def _at_equal_time(curves):
    """Updates of each network, and its score in the time that the quickest took for all of them.

    A network that had solved the task by then keeps its score.
    """
    updates = {kind: curve[-1][0] for kind, curve in curves.items()}
    given = min(c[-1][1] for kind, c in curves.items() if updates[kind] == max(updates.values()))
    return {
        kind: (
            updates[kind],
            [score for _, spent, score in curve if spent <= given or spent == curve[0][1]][-1],
        )
        for kind, curve in curves.items()
    }


def _costs(kinds, count=50):
    """Parameters of each network that reads bits, and processor seconds of an update, 40 steps."""
    found, task = {}, TASKS["first_bit"]
    for kind in kinds:
        model, _, updates = _model(_builder(kind, 1, 1, False), task.loss)
        batches = _batches(task, np.random.default_rng(0), count)
        updates(*batches)
        started = time.process_time()
        updates(*batches)
        found[f"parameters/{kind}"] = model.count_params()
        found[f"seconds/{kind}"] = (time.process_time() - started) / count
    return found


def which_lag(seed, lengths=(10, 20), kinds=KINDS, steps=800):
    """First bit of sequences of other lengths than in ``which_network``."""
    found = {}
    for num_steps in lengths:
        task = Task(_first_bit(num_steps), "binary", right, solved=0.003)
        for kind in kinds:
            model, _ = trained(task, kind, seed, steps)
            test = task.held("test", 1000, seed)
            found[f"first_bit/{kind}/T{num_steps}"] = right(test[1], model(test[0]))
    return found


def which_time(seed, tasks=("adding", "selective_copy"), kinds=KINDS, shorter=1):
    """Scores in equal time: ``which_network``'s, without what the first calls take."""
    found = {}
    for name in tasks:
        task, curves = TASKS[name], {}
        steps = task.steps // shorter
        for kind in (kind for kind in kinds if kind in task.kinds):
            inputs, _ = task.held("validation", 1, seed)
            build = _builder(kind, inputs.shape[2], task.outputs, task.per_step)
            first_weights(build, seed)  # seeding comes before: what is compiled is dropped by it
            _, _, updates = _model(build, task.loss)
            updates(*_batches(task, np.random.default_rng(seed), max(steps // 20, 1)))
            _, curves[kind] = trained(task, kind, seed, steps)
        for kind, (_, score) in _at_equal_time(curves).items():
            found[f"equal_time/{name}/{kind}"] = score
    return found


_NAMES = {
    "min_gru": ("minGRU", "minGRU"),
    "min_gru2": ("minGRU, two layers", "minGRU，两层"),
    "signed": ("minGRU, gate from −1 to 1", "minGRU，门取 −1 到 1"),
    "bidirectional": ("bidirectional GRU", "双向 GRU"),
    "dense": ("dense on a window of 16 steps", "16 步窗口上的全连接网络"),
    "convolution": ("causal convolution", "因果卷积"),
    "attention": ("causal attention", "因果注意力"),
    "guessing": ("without memory", "没有记忆"),
    "copy": ("copy", "复制"),
    "selective_copy": ("selective copy", "选择性复制"),
    "next_value": ("next value", "下一个值"),
    "digits": ("digits, row by row", "逐行读数字"),
    "trained": ("24 bits, as in training", "24 位，与训练时等长"),
    "longer": ("96 bits", "96 位"),
    "cheating": ("sees the future", "看得到未来"),
    "equal_time": ("in equal time, on validation data", "训练时间相同，在验证集上"),
    "updates": ("updates", "更新次数"),
}

WHICH_NETWORK = Experiment(
    name="which_network",
    title=("Which network for which memory: ten networks of 2,800 to 3,400 parameters, seven tasks "
           "(class mode: three networks, parity)",
           "哪种记忆用哪种网络：十种参数量为 2800 至 3400 的网络，七项任务"
           "（课堂模式：三种网络，逐步奇偶）"),
    number=("accuracy, share of right symbols, or mean squared error (adding, next value); seconds "
            "of an update; parameters",
            "准确率、符号正确率，或均方误差（加法问题、下一个值）；一次更新的秒数；参数量"),
    measure=which_network,
    rules={},
    budgets={
        "class": {"tasks": ("parity",), "kinds": ("gru", "min_gru", "signed"), "shorter": 3},
        "full": {},
    },
    seeds={"class": 3, "full": 3},
    labels={
        **_NAMES,
        "equal_time": ("in equal time, first calls counted: see which_time",
                       "训练时间相同，含首次调用，另见 which_time"),
    },
)  # fmt: skip

WHICH_LAG = Experiment(
    name="which_lag",
    title=("First bit at other distances (class mode: 10 steps, three networks)",
           "不同距离的首位比特（课堂模式：10 步，三种网络）"),
    number=("accuracy (guessing: 0.5)", "准确率（随机猜测：0.5）"),
    measure=which_lag,
    rules={},
    budgets={
        "class": {"lengths": (10,), "kinds": ("simple", "gru", "dense"), "steps": 400},
        "full": {},
    },
    seeds={"class": 3, "full": 3},
    labels=_NAMES,
)  # fmt: skip

WHICH_TIME = Experiment(
    name="which_time",
    title=("In equal time: each network gets the processor time that the quickest needs for all "
           "its updates (class mode: three networks)",
           "时间相同：每个网络得到最快的网络做完全部更新所用的处理器时间（课堂模式：三种网络）"),
    number=("mean squared error (adding), share of right symbols (selective copy)",
            "均方误差（加法问题），符号正确率（选择性复制）"),
    measure=which_time,
    rules={},
    budgets={
        "class": {"tasks": ("adding",), "kinds": ("gru", "dense", "min_gru"), "shorter": 3},
        "full": {},
    },
    seeds={"class": 3, "full": 3},
    labels=_NAMES,
)  # fmt: skip

EXPERIMENTS = (WHICH_NETWORK, WHICH_LAG, WHICH_TIME)
