"""Training a language model on whole documents."""

import numpy as np

from rnn_tf import text
from rnn_tf.backend import keras
from rnn_tf.layers import SparseCategoricalCrossentropy
from rnn_tf.models import parts_of

#: Steps that one call of TensorFlow makes.
_STEPS_AT_ONCE = 20


def train_language_model(
    model,
    sequences,
    *,
    epochs,
    seed=0,
    num_steps=32,
    batch_size=16,
    learning_rate=4e-3,
    after_epoch=None,
):
    """Train a ``word_language_model`` on windows that are cut anew in every epoch.

    Other borders in each epoch let the model see every token with other ones before it. The
    output bias starts as ln of the token frequencies, so that the first thing the model knows is
    the unigram. The learning rate rises for a tenth of the steps, then falls along a cosine;
    where the norm of the gradient over all weights is above 1 it is scaled down to 1 (B-004-17).

    Args:
        model: made by ``word_language_model``; it is compiled here.
        sequences: int arrays of ids, one a document, as ``text.Vocabulary.encode`` makes them.
        epochs: passes over all documents.
        seed: of borders and order; dropout and first weights follow ``training.set_seed``.
        num_steps: length of a window; where it holds the longest document, each is one window.
        batch_size: windows a step, fewer where there are fewer windows.
        learning_rate: the highest.
        after_epoch: called as ``after_epoch(epoch, loss)`` with the epoch's number, from 1 up.

    Returns the mean loss of each epoch, in nats a token, (epochs,).

    Raises ``InputError`` where no document fills a window. Source: article 004 §4.4, repaired.
    """
    random = np.random.default_rng(seed)
    longest = max(map(len, sequences)) - 1
    num_windows = len(text.windows(sequences, num_steps)[0])
    batch_size = min(batch_size, num_windows)
    total = epochs * (num_windows // batch_size)
    warm_up = max(1, total // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 10,
        decay_steps=max(1, total - warm_up),
        alpha=0.02,
        warmup_target=learning_rate,
        warmup_steps=warm_up,
    )
    start_from_unigram(model, sequences)
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, global_clipnorm=1.0),
        # With weights of 0 and 1 this is the mean over the tokens of weight 1.
        loss=SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
        steps_per_execution=min(_STEPS_AT_ONCE, max(1, num_windows // batch_size)),
        jit_compile=False,  # XLA makes this slower on a CPU
    )
    losses = []
    for epoch in range(1, epochs + 1):
        borders = random.integers(num_steps, size=len(sequences)) if num_steps < longest else 0
        inputs, targets = text.windows(sequences, num_steps, offset=borders)
        # Whole batches only: a step for one known shape is compiled sooner and runs faster.
        rows = random.permutation(len(inputs))[: len(inputs) // batch_size * batch_size]
        counted = (targets[rows] != text.Vocabulary.PAD).astype("float32")
        fitted = model.fit(
            inputs[rows], targets[rows], sample_weight=counted, batch_size=batch_size, verbose=0
        )
        losses.append(fitted.history["loss"][0])
        if after_epoch is not None:
            after_epoch(epoch, losses[-1])
    return np.array(losses)


def start_from_unigram(model, sequences):
    """Set the output bias to ln of the token frequencies in ``sequences``."""
    targets = np.concatenate([sequence[1:] for sequence in sequences])
    counts = np.bincount(targets, minlength=model.output_shape[-1]) + 0.1
    embedding, _, _ = parts_of(model)
    tied = hasattr(embedding, "output_bias")
    bias = embedding.output_bias if tied else model.get_layer("logits").bias
    bias.assign(np.log(counts / counts.sum()))
