"""Small Keras models, traced once and trained often: other weights, no second wait.

``learning`` trains a cell with a head in NumPy. What has embeddings, several layers or attention is
a Keras model; tracing one takes longer than training it, so that an experiment keeps its model
(``functools.cache``) and every seed begins again from weights of its own.
"""

from functools import cache

import numpy as np

#: Seeds whose first weights are drawn together: TensorFlow drops what it has compiled when seeded.
_AT_ONCE = 5


def ready(build, loss, *, clip=1.0):
    """The model that ``build()`` makes, compiled with Adam, gradients clipped to norm ``clip``."""
    from rnn_tf.backend import keras

    model = build()
    optimizer = keras.optimizers.Adam(global_clipnorm=clip)
    model.compile(optimizer, loss, jit_compile=False)  # XLA makes this slower on a CPU
    optimizer.build(model.trainable_variables)
    return model


def first_weights(build, seed):
    """What ``build()`` starts from at this seed, a list of arrays."""
    return [weight.copy() for weight in _some(build, seed // _AT_ONCE)[seed % _AT_ONCE]]


@cache
def _some(build, number):
    from rnn_tf.training import initial_weights

    return initial_weights(build, range(_AT_ONCE * number, _AT_ONCE * (number + 1)))


def fit(model, weights, draw, check, *, steps, rates, trial, every, seed):
    """Train from ``weights``, with what validation likes best.

    Every learning rate is tried for ``trial`` updates; the one of the lowest loss goes on to
    ``steps``. The model is left with the weights that had the lowest loss of all.

    Args:
        model: made by ``ready``.
        draw: ``draw(rng)`` -> a batch, what ``train_on_batch`` takes.
        check: ``check()`` -> loss on validation data, asked after every ``every`` updates.
        seed: of batches and dropout.

    Returns the lowest loss.
    """
    best = np.inf, None

    def go_on(rng, updates):
        nonlocal best
        loss = np.inf
        for number in range(1, updates + 1):
            model.train_on_batch(*draw(rng))
            if number % every == 0 and (loss := check()) < best[0]:
                best = loss, model.get_weights()
        return loss

    tried = []
    for rate in rates:
        restart(model, weights, rate, seed)
        rng = np.random.default_rng(seed)
        tried.append((go_on(rng, trial), rng, [v.numpy() for v in _variables(model)]))
    _, rng, values = min(tried, key=lambda one: one[0])
    for variable, value in zip(_variables(model), values, strict=True):
        variable.assign(value)
    go_on(rng, steps - trial)
    model.set_weights(best[1])
    return best[0]


def _variables(model):
    return [*model.variables, *model.optimizer.variables]


def restart(model, weights, rate, seed):
    """Bring a model back to ``weights``, with a new optimizer and dropout's first numbers."""
    from rnn_tf.training import reset

    reset(model, weights)
    model.optimizer.learning_rate.assign(rate)
    for variable in model.variables:
        if variable.path.endswith("seed_generator_state"):
            variable.assign([seed, 0])
