"""The training loop that ``fit`` hides, written out."""

from dataclasses import dataclass

import numpy as np

from rnn_tf.backend import keras, tf
from rnn_tf.errors import wrong
from rnn_tf.shapes import check_shapes


@dataclass(frozen=True)
class Record:
    """What happened at every step: ``losses`` and ``gradient_norms``, both (steps,).

    A norm is the global one, over all weights, before clipping.
    """

    losses: np.ndarray
    gradient_norms: np.ndarray


def train_with_tape(
    model, batches, *, optimizer, loss, epochs=1, steps=None, clipnorm=None, progress=False
):
    """Train ``model`` with a ``GradientTape``; gives the weights that ``fit`` would give.

    Args:
        model: a Keras model.
        batches: ``feeding.Batches``, or another ``keras.utils.PyDataset`` of ``(inputs, targets)``.
        optimizer: a fresh Keras optimizer.
        loss: a Keras loss; it leaves masked steps out by itself.
        epochs: passes over the batches.
        steps: stop after this many steps, if not ``None``.
        clipnorm: scale the gradients down where their global norm is larger than this.
        progress: show a progress bar.

    Returns a ``Record``. Raises ``InputError`` for shapes the model can't learn from, for a
    model without trainable weights (B-001-19) and for weights without gradient (B-001-20).
    Source: article 001 §5.2, with batches and a compiled step (B-001-24).
    """
    check_shapes(model, batches, loss=loss)
    if not model.built:
        model(batches[0][0][:1])
    if not model.trainable_variables:
        raise wrong(
            "model",
            "no trainable weights",
            "weights made by add_weight: Keras does not see a bare tf.Variable",
            "B-001-19",
        )
    optimizer.build(model.trainable_variables)
    step = _compiled_step(model, optimizer, loss, clipnorm)
    total = epochs * batches.num_batches if steps is None else steps
    bar = keras.utils.Progbar(total, verbose=1 if progress else 0)
    losses, norms = [], []
    while len(losses) < total:
        batches.on_epoch_begin()
        for number in range(min(batches.num_batches, total - len(losses))):
            inputs, targets = map(tf.convert_to_tensor, batches[number])
            value, norm = step(inputs, targets)
            losses.append(float(value))
            norms.append(float(norm))
            bar.update(len(losses), [("loss", losses[-1])])
        batches.on_epoch_end()
    return Record(np.array(losses), np.array(norms))


def _compiled_step(model, optimizer, loss, clipnorm):
    weights = model.trainable_variables

    @tf.function(reduce_retracing=True, autograph=False)
    def step(inputs, targets):
        with tf.GradientTape() as tape:
            value = loss(targets, model(inputs, training=True))
            if model.losses:  # penalties on weights
                value += tf.add_n(model.losses)
        gradients = tape.gradient(value, weights)
        without = [w.path for w, g in zip(weights, gradients, strict=True) if g is None]
        if without:
            raise wrong("model", f"no gradient for {without}", "weights that are used", "B-001-20")
        norm = tf.linalg.global_norm(gradients)
        if clipnorm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, clipnorm, use_norm=norm)
        optimizer.apply(gradients, weights)
        return value, norm

    return step
