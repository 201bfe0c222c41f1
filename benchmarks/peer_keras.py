"""Keras on TensorFlow, and the course's layers: one model, trained through ``fit``."""

from rnn_tf.backend import keras, tf

NAMES = {"simple": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def _layer(work, variant, place):
    arguments = {"return_sequences": bool(work.vocab_size) or place < work.layers - 1}
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


def build(work, variant):
    """The compiled model."""
    keras.utils.set_random_seed(0)
    fixed = {"batch_size": work.batch_size}
    if work.vocab_size:
        inputs = keras.Input((work.num_steps,), dtype="int32", **fixed)
        values = keras.layers.Embedding(work.vocab_size, work.features)(inputs)
    else:
        inputs = values = keras.Input((work.num_steps, work.features), **fixed)
    for place in range(work.layers):
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
        steps_per_execution=1 if variant == "keras" else work.steps_per_execution,
    )
    return model


def training(work, variant):
    """A function that trains for ``work.rounds`` steps through ``fit``."""
    model = build(work, variant)
    inputs, targets = work.batches()
    # An autotuned pipeline ends its epoch on a clock of its own (10, 30, 70, 150, 310 ms).
    plain = tf.data.Options()
    plain.autotune.enabled = False
    data = (
        tf.data.Dataset.from_tensor_slices((inputs, targets))
        .batch(work.batch_size, drop_remainder=True)
        .cache()
        .prefetch(1)
        .with_options(plain)
    )

    def run():
        model.fit(data, epochs=1, verbose=0)

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
