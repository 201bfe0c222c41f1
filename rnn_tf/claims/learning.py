"""Small networks trained in NumPy: no compiler to wait for, the same numbers on every machine.

``reference.Network`` gives loss and gradients; here are Adam, penalties, dropout before the
output, jitter, clipping, and a look at held-out data now and then.
"""

import numpy as np

from rnn_tf import reference
from rnn_tf.reference.training import global_norm

CELLS = {"simple": reference.SimpleRNN, "lstm": reference.LSTM, "gru": reference.GRU}
CROSS_ENTROPY, SQUARED = "sigmoid_cross_entropy", "squared_error"


def network(kind, inputs, outputs, units, *, seed, loss=SQUARED, per_step=False):
    """A cell of this kind (``"simple"``, ``"lstm"``, ``"gru"``) with an output layer."""
    cell = CELLS[kind](inputs.shape[2], units, seed=seed)
    return reference.Network(cell, outputs, loss, per_step=per_step, seed=seed + 1000)


class Adam:
    """Adam with Keras's settings. ``names``: the weights that are trained; ``None`` for all.

    Source: D. Kingma and J. Ba (2015), Adam: a method for stochastic optimization.
    """

    def __init__(self, learning_rate=0.01, names=None, clip=None):
        self.learning_rate, self.names, self.clip = learning_rate, names, clip
        self.steps, self.means, self.squares = 0, {}, {}

    def update(self, weights, gradients):
        """One step, in place; weights without a name in ``gradients`` stay."""
        self.steps += 1
        names = [n for n in weights if self.names is None or n in self.names]
        factor = 1.0
        if self.clip is not None:
            factor = min(1.0, self.clip / max(global_norm(gradients[n] for n in names), 1e-12))
        rate = self.learning_rate * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for name in names:
            gradient = factor * gradients[name]
            mean = self.means.setdefault(name, np.zeros_like(gradient))
            square = self.squares.setdefault(name, np.zeros_like(gradient))
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            weights[name] -= rate * mean / (np.sqrt(square) + 1e-7)


def learn(
    net,
    draw,
    *,
    steps,
    learning_rate=0.01,
    names=None,
    clip=1.0,
    l1=0.0,
    l2=0.0,
    dropout=0.0,
    jitter=0.0,
    seed=0,
    look=None,
    every=0,
):
    """Train ``net`` in place.

    Args:
        draw: ``draw(rng)`` -> a batch ``(inputs, targets)``.
        steps: updates.
        names: the weights that are trained; ``None`` for all.
        clip: largest global norm of a gradient, or ``None``.
        l1, l2: penalties on kernels, per weight and per squared weight.
        dropout: share of the last hidden state that is dropped before the output (one output a
            sequence only).
        jitter: standard deviation of noise added to the inputs.
        seed: of batches, dropout and jitter.
        look: called as ``look(net)`` after every ``every`` steps; what it returns is kept.

    Returns the list of what ``look`` returned.
    """
    rng, optimizer = np.random.default_rng(seed), Adam(learning_rate, names, clip)
    seen = []
    for number in range(1, steps + 1):
        inputs, targets = draw(rng)
        if jitter:
            inputs = inputs + jitter * rng.standard_normal(inputs.shape)
        gradients = _gradients(net, inputs, targets, dropout, rng)
        for name, weight in net.weights.items():
            if "kernel" in name and (l1 or l2):
                gradients[name] = gradients[name] + l1 * np.sign(weight) + 2 * l2 * weight
        optimizer.update(net.weights, gradients)
        if look is not None and every and number % every == 0:
            seen.append(look(net))
    return seen


def chosen(make, draw, score, *, rates, steps, looks=8, **options):
    """The network that does best on validation data, over learning rates and lengths of training.

    Args:
        make: ``make()`` -> a network as it is before training, always the same.
        draw: as for ``learn``.
        score: ``score(net)`` -> a number from validation data; the lowest is best.
        rates: learning rates that are tried.
        steps: updates with each; ``looks`` times on the way the network is scored.
        options: further arguments of ``learn``.

    Returns a network with the weights of the lowest score.
    """
    lowest, weights = np.inf, {}

    def look(net):
        nonlocal lowest, weights
        number = score(net)
        if number < lowest:
            lowest, weights = number, {name: w.copy() for name, w in net.weights.items()}

    for rate in rates:
        net = make()
        learn(net, draw, steps=steps, learning_rate=rate, look=look, every=max(steps // looks, 1),
              **options)  # fmt: skip
    for name, weight in weights.items():
        net.weights[name][...] = weight
    return net


def _gradients(net, inputs, targets, dropout, rng):
    if not dropout:
        return net.loss_and_gradients(inputs, targets)[1]
    trace = net.cell.forward(inputs)
    hidden = trace.hidden_states[:, -1]
    kept = (rng.random(hidden.shape) >= dropout) / (1 - dropout)
    weight = net.weights["output_kernel"]
    outputs = (hidden * kept) @ weight + net.weights["output_bias"]
    _, d_outputs = net.loss(outputs, targets)
    d_states = np.zeros_like(trace.hidden_states)
    d_states[:, -1] = (d_outputs @ weight.T) * kept
    gradients = net.cell.backward(trace, d_states)
    gradients["output_kernel"] = (hidden * kept).T @ d_outputs
    gradients["output_bias"] = d_outputs.sum(axis=0)
    return gradients


def batches_of(inputs, targets, size=32):
    """A ``draw`` that takes random rows of fixed arrays."""

    def draw(rng):
        rows = rng.integers(0, len(inputs), size)
        return inputs[rows], targets[rows]

    return draw


def fresh(make, size=32):
    """A ``draw`` that makes new examples each time: ``make(count, seed=…)``."""

    def draw(rng):
        return make(size, seed=int(rng.integers(2**31)))

    return draw


def accuracy(net, inputs, targets, skip=0):
    """Share of right yes-or-no answers; ``skip``: steps at the start that do not count."""
    outputs = net.forward(inputs).outputs
    right = (outputs > 0) == (targets > 0.5)
    return float(right[:, skip:].mean() if skip else right.mean())


def loss_of(net, inputs, targets):
    """The network's loss on these arrays."""
    return float(net.loss(net.forward(inputs).outputs, targets)[0])
