"""Experiments on what stands around a model: several devices, and the record of a run."""

import json
import os
import subprocess
import sys
import tempfile
import time
from functools import cache, partial
from pathlib import Path
from urllib import error, parse, request

import numpy as np

from rnn_tf import threads
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Ratio, Value


def distributed(seed, sizes=(8, 192), turns=6):
    """A mirrored strategy on two logical processor devices beside one device.

    In a process of its own, for devices are made before TensorFlow starts; and with as many threads
    inside an operation as there are cores, TensorFlow's own setting, so that one device may use
    them all.
    """
    process = _process(sizes, turns)
    process.stdin.write(f"{seed}\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError("the process with two devices ended; its last words are above")
    return json.loads(answer)


@cache
def _process(sizes, turns):
    """It answers each line, a seed, with a line of JSON; it ends with this process."""
    call = f"from {__name__} import {answer_seeds.__name__} as run; run({sizes}, {turns})"
    return subprocess.Popen(
        [sys.executable, "-c", call], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        encoding="utf-8", env=os.environ | {threads.INTRA: str(threads.cores())},
    )  # fmt: skip


def answer_seeds(sizes, turns):
    """Make the devices and the networks, then measure for each seed that standard input names."""
    from rnn_tf.backend import keras, tf

    processor = tf.config.list_physical_devices("CPU")[0]
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(processor, halves)
    strategies = {
        "one": tf.distribute.get_strategy(),
        "two": tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]),
    }
    models = {}
    for units in sizes:
        for name, strategy in strategies.items():
            with strategy.scope():
                model = keras.Sequential([
                    keras.Input((20, 8)), keras.layers.LSTM(units), keras.layers.Dense(1)
                ])  # fmt: skip
                model.compile(keras.optimizers.SGD(0.05), "mse", jit_compile=False)
                model.make_train_function()
            models[name, units] = model
    for line in sys.stdin:
        found = {}
        for units in sizes:
            pair = {name: models[name, units] for name in strategies}
            found |= {f"{what}/U{units}": x for what, x in _compared(pair, int(line), turns)}
        print(json.dumps(found), flush=True)


def _compared(models, seed, turns, steps=6, batch_size=64):
    """How far the losses are apart, and the seconds of a step: pairs of a name and a number.

    Both see the same batches from the same weights; two devices get half a batch each.
    """
    from rnn_tf.backend import tf

    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((steps * batch_size, 20, 8)).astype("float32")
    batches = tf.data.Dataset.from_tensor_slices((inputs, inputs[:, :, 0].sum(axis=1)))
    batches = batches.batch(batch_size).repeat()
    start = [rng.standard_normal(w.shape) / 8 for w in models["one"].get_weights()]
    ways, losses = {}, {}
    for name, model in models.items():
        model.set_weights(start)
        model.reset_metrics()
        iterator = iter(model.distribute_strategy.experimental_distribute_dataset(batches))
        ways[name] = partial(model.train_function, iterator)
        losses[name] = np.array([float(ways[name]()["loss"]) for _ in range(steps)])
    seconds = {name: [] for name in ways}
    for turn in range(turns):
        for name in sorted(ways, reverse=turn % 2 == 1):
            started = time.perf_counter()
            for _ in range(steps):
                float(ways[name]()["loss"])  # a number, not only a promise of one
            seconds[name].append((time.perf_counter() - started) / steps)
    yield "difference", float(np.abs(losses["two"] / losses["one"] - 1).max())
    yield from ((f"seconds/{name}", min(times)) for name, times in seconds.items())


DISTRIBUTED = Experiment(
    name="distributed",
    title=("An LSTM on one device, and mirrored on two logical ones of the same processor",
           "LSTM 在单个设备上训练，与在同一处理器的两个逻辑设备上镜像训练"),
    number=("seconds of a training step, quickest turn; relative difference of the losses",
            "一个训练步的秒数，取最快的一轮；损失的相对差值"),
    measure=distributed,
    budgets={"class": {}, "full": {"sizes": (8, 192, 512), "turns": 12}},
    labels={
        "one": ("one device", "单个设备"),
        "two": ("two devices", "两个设备"),
        "difference": ("losses, two devices from one", "两种做法的损失之差"),
    },
    rules={
        "faster": rule(
            *(
                Ratio((f"{units} units: a step on two devices takes 10 % less time than on one.",
                       f"{units} 个单元：两个设备上的一步比单个设备快 10 % 以上。"), high=0.9,
                      first=f"seconds/two/U{units}", second=f"seconds/one/U{units}")
                for units in (8, 192)
            ),
            on=("the size of the network", "网络的大小"),
        ),
    },
)  # fmt: skip


#: Seconds that TensorBoard is given to show what has happened; it looks once a second.
PATIENCE = 3


def tensorboard(seed, epochs=4):
    """A run recorded by Keras's callback; TensorBoard is asked for it during the run and after.

    It is the real one, started here, and asked over the address that a browser would use.
    """
    from rnn_tf import training
    from rnn_tf.backend import keras

    training.set_seed(seed)
    inputs = np.random.default_rng(seed).standard_normal((96, 10, 2)).astype("float32")
    model = keras.Sequential([
        keras.Input(inputs.shape[1:]), keras.layers.GRU(4), keras.layers.Dense(1)
    ])  # fmt: skip
    model.compile("adam", "mse", metrics=["mae"], jit_compile=False)
    folder, _ = viewer()
    run = f"{seed}-{time.monotonic_ns()}"
    during = []

    def look(epoch, logs):
        during.append(len(shown(run, logs, epoch + 1)) / (len(logs) * (epoch + 1)))

    history = model.fit(
        inputs, inputs.sum(axis=(1, 2)), validation_split=0.25, epochs=epochs, verbose=0,
        callbacks=[
            keras.callbacks.TensorBoard(str(Path(folder.name, run))),
            keras.callbacks.LambdaCallback(on_epoch_end=look),
        ],
    ).history  # fmt: skip
    found = shown(run, history, epochs)
    return {
        "share/during": min(during),
        "share/after": len(found) / (epochs * len(history)),
        "difference": max(
            (abs(value / history[name][epoch] - 1) for (name, epoch), value in found.items()),
            default=1.0,
        ),
    }


@cache
def viewer():
    """TensorBoard on a folder of its own, until this process ends: the folder and the address."""
    from tensorboard import program

    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    board = program.TensorBoard()
    how = ["--port", "0", "--reload_interval", "1", "--load_fast", "false"]
    board.configure(argv=[None, "--logdir", folder.name, *how])
    return folder, board.launch()


def shown(run, names, epochs):
    """What TensorBoard shows of a run: (name in the history, epoch) -> value.

    It is given ``PATIENCE`` seconds until the values of all ``epochs`` are there.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        found = {
            (name, epoch): value for name in names for epoch, value in _curve(run, name).items()
        }
        if len(found) >= len(names) * epochs or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _curve(run, name):
    _, address = viewer()
    part = "validation" if name.startswith("val_") else "train"
    asked = {"run": f"{run}/{part}", "tag": f"epoch_{name.removeprefix('val_')}"}
    direct = request.build_opener(request.ProxyHandler({}))
    try:
        with direct.open(
            f"{address}data/plugin/scalars/scalars?{parse.urlencode(asked)}"
        ) as answer:
            return {step: value for _, step, value in json.load(answer)}
    except error.HTTPError:  # it has seen nothing of that name yet
        return {}


TENSORBOARD = Experiment(
    name="tensorboard",
    title=("A run recorded by Keras's callback, and what TensorBoard shows of it",
           "用 Keras 的回调记录一次训练，看 TensorBoard 显示了什么"),
    number=("share of the values that are shown; largest relative difference",
            "已显示的数值所占比例；最大相对差值"),
    measure=tensorboard,
    budgets={"class": {}, "full": {"epochs": 20}},
    seeds={"class": 3, "full": 5},
    labels={
        "share": ("values shown", "已显示的数值"),
        "difference": ("shown, from the history", "显示值与 history 之差"),
        "during": ("while the run lasts", "训练进行时"),
        "after": ("after it", "训练结束后"),
    },
    rules={
        "recorded": rule(
            Value(("While the run lasts, three seconds after an epoch its values are shown.",
                   "训练进行时，每轮结束三秒之后，该轮的数值已显示出来。"), low=1.0,
                  condition="share/during"),
            Value(("After it, every value of the history is shown.",
                   "训练结束后，history 中的数值全部显示出来。"), low=1.0, condition="share/after"),
            Value(("What is shown is the history, to 1e-6.",
                   "显示的数值与 history 一致，相对误差不超过 1e-6。"), high=1e-6,
                  condition="difference"),
            on=("when one looks, and at what", "何时查看，以及看什么"),
            amended=("The files alone had been read, written by hand at every epoch. Now Keras's "
                     "callback writes them and TensorBoard itself is asked.",
                     "原先只是逐轮自行写入文件再读回；现由 Keras 的回调写入，"
                     "并向 TensorBoard 本身查询。"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    TENSORBOARD,
    DISTRIBUTED,
)
