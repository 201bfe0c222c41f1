"""Experiments on Keras and TensorFlow: what layers, losses, files and loops do."""

import ast
import inspect
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np

from rnn_tf.claims.code import without_docstrings
from rnn_tf.claims.experiment import Experiment
from rnn_tf.claims.experiments.seconds import FEATURES, quickest
from rnn_tf.claims.learning import Adam
from rnn_tf.claims.rules import rule
from rnn_tf.claims.statements import Ratio, Value


def keras_layers(seed):
    """Small facts about Keras's layers, losses, files and graphs."""
    from rnn_tf import training
    from rnn_tf.backend import keras, tf

    training.set_seed(seed)
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((16, 7, FEATURES)).astype("float32")
    lstm = keras.layers.LSTM(8, return_sequences=True)
    outputs = lstm(inputs).numpy()
    zeros = [tf.zeros((16, 8))] * 2
    found = {
        "difference/zeros": np.abs(outputs - lstm(inputs, initial_state=zeros).numpy()).max(),
        "outputs/every": _answers(keras, inputs, return_sequences=True) / 7,
        "outputs/last": _answers(keras, inputs) / 7,
    }
    for classes in (1, 2):
        logits = keras.layers.Dense(classes)(outputs[:, -1])  # tf: Keras's own warns of one class
        found[f"softmax/{classes}"] = np.ptp(tf.nn.softmax(logits).numpy()[:, 0])
    found |= _lines(inputs) | _loss_and_optimizer(keras, rng)
    found |= _eager_and_graph(tf, lstm, inputs) | _files(keras, inputs)
    return found


def _answers(keras, inputs, **options):
    """How many outputs of 8 numbers an LSTM gives for each sequence."""
    return keras.layers.LSTM(8, **options)(inputs).numpy().size / (len(inputs) * 8)


def _lines(inputs):
    """Lines of code of one model: of ready layers, and written out in ``rnn_tf.models``."""
    from rnn_tf.models import SequenceClassifier

    ready, written = _of_ready_layers(8, 1), SequenceClassifier(8)
    answers = ready(inputs).numpy()
    written.build(inputs.shape)
    written.set_weights(ready.get_weights())
    functions = (written.__init__, written.build, written.call, written.hidden_states)
    return {
        "lines/layer": _code_lines(_of_ready_layers),
        "lines/written": sum(map(_code_lines, functions)),
        "difference/written": np.abs(written(inputs).numpy() - answers).max(),
    }


def _of_ready_layers(units, outputs):
    from rnn_tf.backend import keras

    return keras.Sequential([keras.layers.SimpleRNN(units), keras.layers.Dense(outputs)])


def _code_lines(function):
    """Its statements, one a line: comments, docstrings and layout do not count."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return len(ast.unparse(without_docstrings(tree)).splitlines())


def _loss_and_optimizer(keras, rng):
    logits, targets = rng.standard_normal((32, 1)), rng.integers(0, 2, (32, 1)).astype(float)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)(targets, logits)
    formula = np.mean(np.logaddexp(0, logits) - targets * logits)
    start, gradient = rng.standard_normal(5), rng.standard_normal(5)
    variable, optimizer = keras.Variable(start), keras.optimizers.Adam(0.01)
    ours, own = {"w": start.copy()}, Adam(0.01)
    for _ in range(3):
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [variable])
        own.update(ours, {"w": gradient})
    return {
        "difference/cross_entropy": abs(float(loss) - formula),
        "difference/adam": np.abs(variable.numpy() - ours["w"]).max(),
    }


def _eager_and_graph(tf, layer, inputs):
    graph = tf.function(layer)
    started = time.perf_counter()
    layer(inputs)
    eager = time.perf_counter() - started
    started = time.perf_counter()
    graph(inputs)
    first = time.perf_counter() - started
    calls = {"later/eager": lambda: layer(inputs), "later/graph": lambda: graph(inputs)}
    return {"first/eager": eager, "first/graph": first} | quickest(calls)


def _files(keras, inputs):
    """A model saved and loaded."""
    model = keras.Sequential([keras.Input(inputs.shape[1:]), keras.layers.GRU(4)])
    with tempfile.TemporaryDirectory() as name:
        model.save(Path(name) / "model.keras")
        again = keras.models.load_model(Path(name) / "model.keras")
    return {"difference/loaded": np.abs(model(inputs) - again(inputs)).max()}


KERAS_LAYERS = Experiment(
    name="keras_layers",
    title=("Facts about Keras", "Keras 的若干事实"),
    number=("difference; share; lines; seconds", "差值；比例；行数；秒数"),
    measure=keras_layers,
    labels={
        "difference": ("difference", "差值"),
        "zeros": ("from a start at zero", "与从零开始的结果"),
        "outputs": ("outputs a step", "每步的输出个数"),
        "every": ("return_sequences=True", "return_sequences=True"),
        "last": ("as it is", "默认设置"),
        "softmax": ("range of a softmax", "softmax 的取值范围"),
        "1": ("one output", "一个输出"),
        "2": ("two outputs", "两个输出"),
        "lines": ("lines of code", "代码行数"),
        "layer": ("with a layer", "用现成的层"),
        "written": ("written out", "自己写出"),
        "cross_entropy": ("cross-entropy from its formula", "交叉熵与公式"),
        "adam": ("Adam from its formula", "Adam 与公式"),
        "first": ("first call, seconds", "首次调用的秒数"),
        "later": ("later call, seconds", "之后调用的秒数"),
        "eager": ("eager", "即时执行"),
        "graph": ("graph", "计算图"),
        "loaded": ("of the model saved and loaded", "模型保存后再加载"),
    },
    rules={
        "zero_start": rule(
            Value(("Keras's layers start at zero.", "Keras 的层从零开始。"), high=0.0,
                  condition="difference/zeros"),
        ),
        "one_output_a_step": rule(
            Value(("With return_sequences there is one output a step.",
                   "设 return_sequences 时，每步一个输出。"), 1, 1, "outputs/every"),
            Value(("Without it too.", "不设时也是如此。"), 1, 1, "outputs/last"),
            on=("what is asked for: an answer a step or one a sequence",
                "要的是每步一个输出，还是每个序列一个"),
        ),
        "softmax_answers": rule(
            Value(("A softmax of two outputs tells inputs apart.",
                   "两个输出的 softmax 能区分不同输入。"), low=1e-6, condition="softmax/2"),
            Value(("A softmax of one output does.", "一个输出的 softmax 也能。"), low=1e-6,
                  condition="softmax/1"),
            on=("the number of outputs: of one, a softmax is always 1",
                "输出个数：只有一个输出时，softmax 恒为 1"),
        ),
        "few_lines": rule(
            Value(("With a ready layer it takes 10 lines at most.", "用现成的层，不超过 10 行。"),
                  high=10, condition="lines/layer"),
            Value(("Written out, as in this course's own class, it takes 10 lines at most.",
                   "像本课程的类那样自己写出，不超过 10 行。"), high=10,
                  condition="lines/written"),
            on=("whether a ready layer is used", "是否使用现成的层"),
        ),
        "built_in": rule(
            Value(("Keras's cross-entropy is that of the formula.", "Keras 的交叉熵与公式一致。"),
                  high=1e-5, condition="difference/cross_entropy"),
            Value(("So is Adam.", "Adam 也与公式一致。"), high=1e-5,
                  condition="difference/adam"),
            on=("which of the two", "是哪一个"),
        ),
        "eager_is_quick": rule(
            Ratio(("The first call takes at most half as long eagerly as in a graph.",
                   "首次调用，即时执行的耗时不到计算图的一半。"), high=0.5,
                  first="first/eager", second="first/graph"),
            Ratio(("Later calls take no longer eagerly.", "之后的调用，即时执行也不更慢。"),
                  high=1.0, first="later/eager", second="later/graph"),
            on=("whether code runs once or many times", "代码只运行一次还是多次"),
        ),
        "saved_is_same": rule(
            Value(("Saved and loaded, the model answers the same.",
                   "保存后再加载，模型的输出不变。"), high=1e-6, condition="difference/loaded"),
        ),
    },
)  # fmt: skip


def training_loop(seed, epochs=5):
    """The loop written out, and ``fit``, from the same weights and batches."""
    from rnn_tf import feeding, models, training
    from rnn_tf.backend import keras
    from rnn_tf.datasets import toy

    data = toy.delayed_echo(256, 8, 2, seed=seed)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    weights = []
    for way in ("tape", "fit"):
        training.set_seed(seed)
        model = models.SequenceClassifier(8, return_sequences=True)
        batches = feeding.Batches(*data, batch_size=32, seed=seed)
        optimizer = keras.optimizers.SGD(0.5)
        if way == "tape":
            record = training.train_with_tape(
                model, batches, optimizer=optimizer, loss=loss, epochs=epochs
            )
        else:
            model.compile(optimizer, loss)
            model.fit(batches, epochs=epochs, verbose=0)
        weights.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    return {
        "difference": np.abs(weights[0] - weights[1]).max(),
        "loss/first": record.losses[:8].mean(),
        "loss/last": record.losses[-8:].mean(),
    }


TRAINING_LOOP = Experiment(
    name="training_loop",
    title=("The training loop written out, and fit", "手写的训练循环与 fit"),
    number=("largest difference of a weight; cross-entropy", "权重的最大差值；交叉熵"),
    measure=training_loop,
    budgets={"class": {}, "full": {"epochs": 30}},
    labels={
        "difference": ("weights of loop and fit", "循环与 fit 的权重之差"),
        "first": ("first epoch", "第一轮"),
        "last": ("last epoch", "最后一轮"),
    },
    rules={
        "loop_is_fit": rule(
            Value(("Both give the same weights, to 1e-5.", "两者权重一致，误差不超过 1e-5。"),
                  high=1e-5, condition="difference"),
            Ratio(("The loss falls.", "损失下降。"), high=0.99, first="loss/last",
                  second="loss/first"),
            on=("what is looked at", "看什么"),
        ),
    },
)  # fmt: skip

EXPERIMENTS = (
    TRAINING_LOOP,
    KERAS_LAYERS,
)
