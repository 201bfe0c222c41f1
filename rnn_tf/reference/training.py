"""Gradient descent with momentum, and back-propagation through time cut into segments."""

import numpy as np

from rnn_tf.errors import whole_number, wrong


class SGD:
    """w ← w + v, where v ← momentum · v − learning_rate · g. As ``keras.optimizers.SGD``.

    Args:
        learning_rate: positive.
        momentum: from 0 (plain gradient descent) up to, not including, 1.
        global_clipnorm: if the gradients of all weights taken together are longer than this,
            they are all shortened by one factor, g · min(1, c / ‖g‖).
    """

    def __init__(self, learning_rate, momentum=0.0, global_clipnorm=None):
        if not learning_rate > 0.0:
            raise wrong("learning_rate", learning_rate, "a positive number")
        if not 0.0 <= momentum < 1.0:
            raise wrong("momentum", momentum, "a number from 0 to below 1")
        if global_clipnorm is not None and not global_clipnorm > 0.0:
            raise wrong("global_clipnorm", global_clipnorm, "a positive number or None")
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.global_clipnorm = global_clipnorm
        self._velocity = {}

    def update(self, weights, gradients):
        """One step, in place. ``gradients`` may hold more names than ``weights``."""
        factor = 1.0
        if self.global_clipnorm is not None:
            norm = global_norm(gradients[name] for name in weights)
            factor = min(1.0, self.global_clipnorm / norm) if norm > 0.0 else 1.0
        for name, weight in weights.items():
            velocity = self._velocity.setdefault(name, np.zeros_like(weight))
            velocity *= self.momentum
            velocity -= self.learning_rate * factor * gradients[name]
            weight += velocity


def global_norm(gradients):
    """Euclidean length of all arrays laid end to end."""
    return float(np.sqrt(sum(np.sum(np.square(g)) for g in gradients)))


def segments(num_steps, segment_steps):
    """Slices that cut ``num_steps`` into pieces of ``segment_steps``; the last is the rest."""
    whole_number("segment_steps", segment_steps)
    return [
        slice(start, min(start + segment_steps, num_steps))
        for start in range(0, num_steps, segment_steps)
    ]


def truncated_gradients(network, inputs, targets, segment_steps, initial_state=None):
    """Truncated back-propagation through time: ``(loss, gradients)`` over a whole batch.

    The state goes on from segment to segment, the gradient stops at each border. With
    ``segment_steps`` ≥ steps this is full back-propagation.

    Args:
        network: a ``Network`` with ``per_step=True``.
        inputs: (batch, steps, features); targets: a target for every step.
        segment_steps: how many steps the gradient may go back at most.

    The gradients are those of the weights; they belong to the loss over all steps.
    """
    _needs_every_step(network)
    num_steps = inputs.shape[1]
    total, gradients = 0.0, {name: np.zeros_like(w) for name, w in network.weights.items()}
    state = initial_state
    for part in segments(num_steps, segment_steps):
        share = (part.stop - part.start) / num_steps  # each loss is a mean over its own steps
        trace = network.forward(inputs[:, part], state)
        loss, d_outputs = network.loss(trace.outputs, targets[:, part])
        total += share * loss
        of_segment = network.backward(trace, d_outputs)
        for name in gradients:
            gradients[name] += share * of_segment[name]
        state = trace.final_state  # numbers only: no gradient goes back through them
    return total, gradients


def train(
    network,
    inputs,
    targets,
    optimizer,
    *,
    epochs,
    batch_size=32,
    segment_steps=None,
    seed=0,
):
    """Train ``network`` in place; returns the mean loss of each epoch, (epochs,).

    Args:
        inputs: (count, steps, features); targets: as the network's loss wants them.
        optimizer: has ``update(weights, gradients)``, e.g. ``SGD``.
        batch_size: sequences a step; they are shuffled anew in every epoch.
        segment_steps: ``None`` for full back-propagation through time; else the weights are
            updated after every segment and the state is carried into the next one.
        seed: seed of the shuffling.
    """
    if len(inputs) != len(targets) or len(inputs) == 0:
        raise wrong("targets", f"{len(targets)} rows", f"one for each of {len(inputs)} inputs")
    num_steps = np.shape(inputs)[1]
    if segment_steps is not None:
        _needs_every_step(network)
    whole = [slice(0, num_steps)]
    parts = whole if segment_steps is None else segments(num_steps, segment_steps)
    random = np.random.default_rng(seed)
    history = []
    for _ in range(epochs):
        order = random.permutation(len(inputs))
        epoch_loss = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            state = None
            for part in parts:
                trace = network.forward(inputs[rows][:, part], state)
                wanted = targets[rows][:, part] if network.per_step else targets[rows]
                loss, d_outputs = network.loss(trace.outputs, wanted)
                optimizer.update(network.weights, network.backward(trace, d_outputs))
                state = trace.final_state
                epoch_loss += loss * len(rows) * (part.stop - part.start)
        history.append(epoch_loss / (len(inputs) * num_steps))
    return np.array(history)


def _needs_every_step(network):
    if not network.per_step:
        raise wrong("network", "per_step=False", "per_step=True: a segment needs its own loss")
