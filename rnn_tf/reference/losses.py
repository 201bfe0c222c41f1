"""Losses with their gradients. Every one is the mean over all entries, as Keras averages.

``outputs`` may be (batch, steps, outputs), a loss at every step, or (batch, outputs), a loss at
the last step only. Each function returns ``(loss, d_outputs)`` with ``d_outputs`` = ∂loss/∂outputs.
"""

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.reference.activations import sigmoid


def squared_error(outputs, targets):
    """Mean of (y − t)². ``targets`` has the shape of ``outputs``."""
    targets = _same_shape(outputs, targets)
    error = outputs - targets
    return float(np.mean(error**2)), 2.0 * error / error.size


def sigmoid_cross_entropy(logits, targets):
    """Mean of −t ln σ(z) − (1 − t) ln(1 − σ(z)) over logits z; targets t in [0, 1]."""
    targets = _same_shape(logits, targets)
    if targets.size and (targets.min() < 0.0 or targets.max() > 1.0):
        raise wrong("targets", f"{targets.min():g} … {targets.max():g}", "values from 0 to 1")
    # −ln σ(z) = ln(1 + e^−z), which logaddexp computes without overflow
    losses = np.logaddexp(0.0, logits) - targets * logits
    return float(np.mean(losses)), (sigmoid(logits) - targets) / targets.size


def softmax_cross_entropy(logits, labels):
    """Mean of −ln softmax(z)[label]; ``labels`` are whole numbers, one for each row of logits.

    Raises ``InputError`` for one class only, whose softmax is always 1 (B-001-28), for labels of
    another shape, and for labels that no logit stands for.
    """
    classes = logits.shape[-1]
    labels = np.asarray(labels)
    if classes < 2:
        raise wrong("logits", logits.shape, "two classes or more on the last axis", "B-001-28")
    if labels.shape != logits.shape[:-1] or not np.issubdtype(labels.dtype, np.integer):
        raise wrong("labels", f"{labels.dtype} {labels.shape}", f"integers {logits.shape[:-1]}")
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise wrong("labels", f"{labels.min()} … {labels.max()}", f"0 … {classes - 1}")
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    of_label = np.take_along_axis(log_probabilities, labels[..., None], axis=-1)
    one_hot = np.eye(classes)[labels]
    return float(-np.mean(of_label)), (np.exp(log_probabilities) - one_hot) / labels.size


LOSSES = {
    "squared_error": squared_error,
    "sigmoid_cross_entropy": sigmoid_cross_entropy,
    "softmax_cross_entropy": softmax_cross_entropy,
}


def _same_shape(outputs, targets):
    targets = np.asarray(targets, dtype=np.float64)
    if targets.shape != outputs.shape:  # (N, 1) against (N,) would broadcast to (N, N)
        raise wrong("targets", targets.shape, f"the outputs' shape {outputs.shape}", "B-001-18")
    return targets
