"""Keras on TensorFlow, and the course's layers: one model, trained through ``fit``."""

from rnn_tf.backend import keras, tf
from rnn_tf.feeding import Feed

NAMES = {"simple": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


#: Keras with TensorFlow's own thread settings and ``fit`` as it comes.
AS_IT_COMES = ("keras", "keras_quiet")


def _layer(work, variant, place=0, **arguments):
    arguments.setdefault("return_sequences", bool(work.vocab_size) or place < work.layers - 1)
    name = NAMES[work.cell]
    if variant == "ours_bf16":
        arguments["products"] = "bfloat16"
    if variant == "keras_best" and work.num_steps <= 100:
        arguments["unroll"] = True
    return getattr(_room(variant), name)(work.units, **arguments)


def _room(variant):
    """Where the layers come from; the peers from Keras never meet ours."""
    if not variant.startswith("ours"):
        return keras.layers
    from rnn_tf import layers

    return layers


def _in_two_chains(layer, values):
    """Keras's own layer on each half of the batch: what a user can do without us."""
    halves = keras.ops.split(values, 2, axis=0)
    return keras.ops.concatenate([layer(half) for half in halves], axis=0)


def _decoded(work, variant, values):
    """States of a decoder that starts where the encoder stopped."""
    encode = _layer(work, variant, return_sequences=False, return_state=True)
    _, *state = encode(values[:, : work.num_steps])
    return _layer(work, variant)(values[:, work.num_steps :], initial_state=state)


def build(work, variant):
    """The compiled model."""
    keras.utils.set_random_seed(0)
    fixed = {"batch_size": work.batch_size}
    if work.vocab_size:
        inputs = keras.Input((work.num_steps + work.decoder_steps,), dtype="int32", **fixed)
        values = keras.layers.Embedding(work.vocab_size, work.features)(inputs)
    else:
        inputs = values = keras.Input((work.num_steps, work.features), **fixed)
    if work.decoder_steps:
        values = _decoded(work, variant, values)
    for place in range(0 if work.decoder_steps else work.layers):
        layer = _layer(work, variant, place)
        values = _in_two_chains(layer, values) if variant == "keras_best" else layer(values)
        if work.dropout:
            values = keras.layers.Dropout(work.dropout)(values)
    room = _room(variant)
    head = {"products": "bfloat16"} if variant == "ours_bf16" else {}
    values = room.Dense(work.vocab_size or work.outputs, **head)(values)
    model = keras.Model(inputs, values)
    regression = not work.vocab_size and work.outputs == 1
    losses = room if variant.startswith("ours") else keras.losses
    loss = "mse" if regression else losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.Adam(),
        loss,
        steps_per_execution=1 if variant in AS_IT_COMES else work.steps_per_execution,
    )
    return model


def training(work, variant):
    """A function that trains for ``work.rounds`` steps through ``fit``."""
    model = build(work, variant)
    data = _dataset(work)
    if variant != "keras":
        data = Feed(data)

    def run():
        model.fit(data, epochs=1, shuffle=False, verbose=0)

    return run


def _dataset(work):
    return (
        tf.data.Dataset.from_tensor_slices(work.batches())
        .batch(work.batch_size, drop_remainder=True)
        .cache()
        .prefetch(1)
    )


def feeding(work, variant):
    """A function that trains for one epoch through ``fit``, and says that it was one round."""
    model = build(work, variant)
    shuffled = {"batch_size": work.batch_size, "shuffle": True}
    if work.key.startswith("dataset"):
        data, how = (_dataset(work),), {"shuffle": False}
    else:
        data, how = work.batches(), shuffled
    if variant != "keras":
        data = (Feed(*data, **how),)

    def run():
        model.fit(*data, **how, epochs=1, verbose=0)
        return 1

    return run


def inference(work, variant):
    """A function that runs ``work.rounds`` forward passes."""
    model = build(work, variant)
    inputs, _ = work.batches()
    batch = tf.constant(inputs[: work.batch_size])
    compiled = variant.endswith("_xla")
    forward = tf.function(lambda x: model(x, training=False), jit_compile=compiled)

    def run():
        for _ in range(work.rounds):
            forward(batch).numpy()

    return run
