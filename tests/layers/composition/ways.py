"""The ways in which programs use a model; each gives what two models are compared by.

A way takes the model, its case, the arrays to feed (one item, an array or a list, for each of
``case.feeds``), targets of the outputs' sizes, and a folder of its own. Static shapes
are texts, the rest becomes arrays.
"""

import numpy as np

from rnn_tf.backend import keras, tf

from .models import arrays_of, inputs_of


def flat(value):
    return tf.nest.flatten(value)


def shapes(value):
    return [str(tensor.shape) for tensor in flat(value)]


def _rows(case, count):
    """``count`` rows as inputs, of the first feed's steps."""
    return arrays_of(case, count, case.feeds[0][1], more=1)


def _spec(case):
    """The signature of a function of the model's declared inputs, one argument."""
    specs = [
        tf.TensorSpec(shape, dtype) for shape, dtype in inputs_of(case, case.batch, case.steps)
    ]
    return specs[0] if len(specs) == 1 else specs


def call(model, case, feeds, folder):
    """Eagerly; with the states that a stateful layer has afterwards."""
    return [[model(feed), states(model)] for feed in feeds]


def states(model):
    return [v for v in model.variables if v.name.startswith("rnn_state")]


def graph(model, case, feeds, folder):
    """In one ``tf.function`` of the declared sizes; its static shapes too."""
    return _in_graph(model, case, feeds)


def retraced(model, case, feeds, folder):
    """In a ``tf.function`` that learns from call to call which sizes vary, as ``predict`` does."""
    function = tf.function(model, reduce_retracing=True)
    return [function(tf.nest.map_structure(tf.constant, feed)) for feed in feeds]


def xla(model, case, feeds, folder):
    return _in_graph(model, case, feeds[:1], jit_compile=True)


def _in_graph(model, case, feeds, **options):
    seen = []

    def function(inputs):
        outputs = model(inputs)
        seen.append(shapes(outputs))
        return outputs

    function = tf.function(function, input_signature=[_spec(case)], **options)
    return [[function(feed) for feed in feeds], seen]


def predict(model, case, feeds, folder):
    return [model.predict(feed, batch_size=len(flat(feed)[0]), verbose=0) for feed in feeds]


def while_loop(model, case, feeds, folder):
    """Two turns: the outputs are loop variables, whose static shapes must stay."""
    wanted = model(feeds[0])

    @tf.function
    def function(inputs):
        def body(turn, *_):
            return turn + 1, *flat(model(inputs))

        start = [tf.zeros_like(tensor) for tensor in flat(wanted)]
        start = [tf.ensure_shape(tensor, tensor.shape) for tensor in start]
        return tf.while_loop(lambda turn, *_: turn < 2, body, (tf.constant(0), *start))

    return function(tf.nest.map_structure(tf.constant, feeds[0]))


def dataset_map(model, case, feeds, folder):
    """Known batches where the case declares them, as ``drop_remainder`` makes them."""
    batch = len(flat(feeds[0])[0])
    rows = tuple(feeds[0]) if isinstance(feeds[0], list) else feeds[0]
    data = tf.data.Dataset.from_tensor_slices(rows)
    data = data.batch(batch, drop_remainder=case.batch is not None)
    data = data.map(lambda *inputs: model(list(inputs) if len(inputs) > 1 else inputs[0]))
    return [shapes(data.element_spec), list(data)]


def map_fn(model, case, feeds, folder):
    """Row after row."""
    wanted = tf.nest.map_structure(lambda t: tf.TensorSpec(t.shape[1:], t.dtype), model(feeds[0]))

    def one(row):
        return tf.nest.map_structure(lambda tensor: tensor[0], model(row[None]))

    @tf.function
    def function(rows):
        return tf.map_fn(one, rows, fn_output_signature=wanted)

    return function(tf.constant(feeds[0]))


def save(model, case, feeds, folder):
    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras")
    return [loaded(feed) for feed in feeds]


def clone(model, case, feeds, folder):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return [copy(feed) for feed in feeds]


def export(model, case, feeds, folder):
    model.export(folder / "served", verbose=False)
    served = tf.saved_model.load(folder / "served")
    return [served.serve(feed) for feed in feeds]


def evaluate(model, case, feeds, folder):
    _compile(model)
    batch = len(flat(feeds[0])[0])
    return [
        model.evaluate(feed, targets(model, case, feed), batch_size=batch, verbose=0)
        for feed in feeds
    ]


def fit(model, case, feeds, folder, **options):
    """Five steps; the last batch is smaller where the batch is not declared."""
    _compile(model, **options)
    batch = len(flat(feeds[0])[0])
    inputs = _rows(case, 5 * batch - (case.batch is None and batch > 1))
    losses = model.fit(
        inputs, targets(model, case, inputs), batch_size=batch, verbose=0, shuffle=False
    ).history["loss"]
    return [losses, model.weights]


def fit_eagerly(model, case, feeds, folder):
    return fit(model, case, feeds, folder, run_eagerly=True)


def fit_dataset(model, case, feeds, folder):
    """Five steps fed by ``tf.data``, every second case with ``drop_remainder``."""
    _compile(model)
    batch = len(flat(feeds[0])[0])
    inputs = _rows(case, 5 * batch)
    rows = tuple(inputs) if isinstance(inputs, list) else inputs
    wanted = targets(model, case, inputs)
    data = tf.data.Dataset.from_tensor_slices(
        (rows, tuple(wanted) if len(wanted) > 1 else wanted[0])
    )
    data = data.batch(batch, drop_remainder=case.batch is not None or case.seed % 2 == 0)
    losses = model.fit(data, verbose=0).history["loss"]
    return [losses, model.weights]


def train_on_batch(model, case, feeds, folder):
    """Five steps, the sizes by turns."""
    _compile(model)
    feeds = [feeds[turn % len(feeds)] for turn in range(5)]
    losses = [model.train_on_batch(feed, targets(model, case, feed)) for feed in feeds]
    return [losses, model.weights]


def _compile(model, run_eagerly=False):
    # Not Adam: it divides by the gradient's size, so that noise where the gradient is zero
    # would move a weight as far as a gradient does.
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.5), "mse", run_eagerly=run_eagerly, jit_compile=False
    )


def targets(model, case, inputs):
    """Random ones of the outputs' sizes."""
    before = [state.numpy() for state in states(model)]
    rows = len(flat(inputs)[0])
    outputs = flat(model(tf.nest.map_structure(lambda array: array[: case.batch or rows], inputs)))
    for state, value in zip(states(model), before, strict=True):
        state.assign(value)
    rng = np.random.default_rng(case.seed)
    return [rng.normal(size=(rows, *output.shape[1:])).astype(case.dtype) for output in outputs]


WAYS = {
    way.__name__: way
    for way in (
        *(call, graph, retraced, predict, evaluate, fit, fit_eagerly, fit_dataset, train_on_batch),
        *(while_loop, dataset_map, map_fn, xla, save, clone, export),
    )
}
