"""Numbers for judging a model. NumPy arrays in, plain numbers out."""

import numpy as np

from rnn_tf.backend import keras, tf
from rnn_tf.errors import InputError, wrong
from rnn_tf.models import parts_of


def decide(logits):
    """The class that the logits favour.

    (…, 1) logits give 0 or 1 in the same shape; (…, K) logits give (…) class numbers.
    """
    logits = np.asarray(logits)
    if logits.shape[-1] == 1:
        return (logits > 0).astype(np.int64)
    return logits.argmax(axis=-1)


def accuracy(targets, predictions, mask=None):
    """Share of class numbers that are right.

    Args:
        targets: class numbers of any shape.
        predictions: the same shape, or one class for all.
        mask: same shape, True where a target counts.
    """
    targets, predictions = _alike(targets, predictions)
    return _mean(targets == predictions, mask)


def confusion_matrix(targets, predictions, num_classes):
    """Counts (num_classes, num_classes): row = true class, column = predicted class."""
    targets, predictions = _alike(targets, predictions)
    for name, values in (("targets", targets), ("predictions", predictions)):
        if np.any(values < 0) or np.any(values >= num_classes):
            received = f"classes {values.min()} to {values.max()}"
            raise wrong(name, received, f"0 to {num_classes - 1}")
    counts = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(counts, (targets.ravel().astype(int), predictions.ravel().astype(int)), 1)
    return counts


def mse(targets, predictions):
    """Mean squared error, in the targets' unit squared."""
    targets, predictions = _alike(targets, predictions)
    return float(np.mean(np.square(targets.astype(np.float64) - predictions)))


def rmse(targets, predictions):
    """Root of the mean squared error, in the targets' unit."""
    return float(np.sqrt(mse(targets, predictions)))


def skill(targets, predictions, reference):
    """1 − MSE / MSE of the reference: 1 is perfect, 0 as good as the reference, below 0 worse.

    Args:
        reference: what a baseline predicts, e.g. ``baselines.persistence(inputs)``.

    Source: A. Murphy (1988), Skill scores based on the mean square error.
    """
    of_reference = mse(targets, reference)
    if of_reference == 0:
        raise wrong("reference", "a baseline without any error", "one that skill can be held to")
    return 1 - mse(targets, predictions) / of_reference


def negative_log_likelihood(targets, logits, mask=None):
    """Mean of −ln p(target), in nats.

    Args:
        targets: class numbers, shape S.
        logits: S + (classes,).
        mask: shape S, True where a target counts.
    """
    targets, logits = np.asarray(targets), np.asarray(logits, dtype=np.float64)
    if logits.shape[:-1] != targets.shape:
        raise wrong("logits", f"shape {logits.shape}", f"{(*targets.shape, 'classes')}")
    top = logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(logits - top).sum(axis=-1)) + top[..., 0]
    of_target = np.take_along_axis(logits, targets[..., None].astype(int), axis=-1)[..., 0]
    return _mean(log_sum - of_target, mask)


def perplexity(targets, logits, mask=None):
    """exp of the mean negative log-likelihood: the uniform guess over V words has V."""
    return float(np.exp(negative_log_likelihood(targets, logits, mask)))


def model_perplexity(model, inputs, targets, *, batch_size=64, pad_id=0):
    """Perplexity of a language model over all targets, each token counted once.

    ``evaluate`` averages batch means instead, in which a short window weighs too much.

    Sequences of like length share a batch, and the logits of a ``word_language_model`` are made
    a part at a time: memory follows the text, not its longest document times the vocabulary.

    Args:
        model: ids (batch, steps) -> logits (batch, steps, vocab_size).
        inputs, targets: ids, (windows, steps); or lists of sequences (steps,) of any lengths, as
            ``text.whole_documents`` makes them.
        batch_size: at most so many sequences at once; fewer where they are long.
        pad_id: targets with this id don't count; ``None`` counts all.
    """
    total = Perplexity(pad_id)
    read, head, vocab_size = _in_two(model)
    lengths = np.array([len(sequence) for sequence in inputs])
    for rows in _of_like_length(lengths, batch_size):
        steps = lengths[rows].max()
        ids, wanted = np.zeros((2, len(rows), steps), np.int32)
        for place, row in enumerate(rows):
            ids[place, : lengths[row]], wanted[place, : lengths[row]] = inputs[row], targets[row]
        counted = (np.arange(steps) < lengths[rows, None]).astype(np.float32)
        values = read(ids)
        part = max(1, _LOGITS // (len(rows) * vocab_size)) if vocab_size else steps
        for first in range(0, steps, part):
            cut = slice(first, first + part)
            total.update_state(wanted[:, cut], head(values[:, cut]), counted[:, cut])
    return float(total.result())


#: Ids that are read at once, and logits that are made at once: 64 MB.
_IDS, _LOGITS = 64 * 128, 1 << 24


def _of_like_length(lengths, batch_size):
    """Row numbers in batches, the shortest first; equal lengths keep their order."""
    batch = []
    for row in np.argsort(lengths, kind="stable"):
        if batch and (len(batch) == batch_size or (len(batch) + 1) * lengths[row] > _IDS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _in_two(model):
    """``(read, head, vocab_size)``: ids -> states, compiled once for all shapes; states -> logits.

    Any other model than a ``word_language_model`` is its own ``read``, with nothing behind it.
    """
    try:
        _, recurrent, head = parts_of(model)
    except InputError:
        return lambda ids: model(ids, training=False), lambda logits: logits, None
    states = keras.Model(model.input, recurrent[-1].output)
    ids = tf.TensorSpec([None, None], tf.int32)
    # Without a graph each step of a long document is a round trip through Python.
    read = tf.function(lambda ids: states(ids, training=False), input_signature=[ids])
    return read, head, model.output_shape[-1]


@keras.saving.register_keras_serializable(package="rnn_tf")
class Perplexity(keras.metrics.Mean):
    """Keras metric for ``compile(metrics=[…])``: exp of the mean over tokens that count.

    Args:
        pad_id: targets with this id don't count; ``None`` counts all.
    """

    def __init__(self, pad_id=0, name="perplexity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.pad_id = pad_id

    def update_state(self, targets, logits, sample_weight=None):
        targets = tf.cast(targets, tf.int32)
        if targets.shape.rank == len(logits.shape):
            targets = targets[..., 0]
        surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
        weight = tf.ones_like(surprise)
        if self.pad_id is not None:
            weight = tf.cast(tf.not_equal(targets, self.pad_id), surprise.dtype)
        if sample_weight is not None:
            sample_weight = tf.cast(sample_weight, surprise.dtype)
            if sample_weight.shape.rank < surprise.shape.rank:  # one a sequence
                sample_weight = sample_weight[:, None]
            weight *= sample_weight
        # Flat: ``Mean`` averages all axes but the first before it weighs.
        super().update_state(tf.reshape(surprise, [-1]), sample_weight=tf.reshape(weight, [-1]))

    def result(self):
        return tf.exp(super().result())

    def get_config(self):
        return {**super().get_config(), "pad_id": self.pad_id}


def _alike(targets, predictions):
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    if predictions.ndim and predictions.shape != targets.shape:
        raise wrong(
            "predictions",
            f"shape {predictions.shape}",
            f"{targets.shape} like the targets: other shapes would be broadcast",
            "B-001-18",
        )
    return targets, np.broadcast_to(predictions, targets.shape)


def _mean(values, mask):
    if mask is None:
        return float(np.mean(values))
    mask = np.asarray(mask, dtype=bool)
    if mask.shape != values.shape:
        raise wrong("mask", f"shape {mask.shape}", f"{values.shape} like the targets")
    if not mask.any():
        raise wrong("mask", "False everywhere", "at least one value that counts")
    return float(np.mean(values[mask]))
