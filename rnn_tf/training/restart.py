"""Training one compiled model again and again: other weights, no second wait for the compiler."""

from rnn_tf.training.seeding import set_seed


def initial_weights(build, seeds):
    """What ``build()`` starts from at each seed: one list of arrays a seed, for ``reset``.

    Args:
        build: makes a built model, without arguments.
        seeds: whole numbers from 0 up.

    All are drawn at once, before the first training: TensorFlow drops what it has compiled when
    it is seeded.
    """
    found = []
    for seed in seeds:
        set_seed(seed)
        found.append(build().get_weights())
    return found


def reset(model, weights):
    """Bring a compiled model back to its start: these weights, an optimizer that has no memory.

    Args:
        model: a compiled, built Keras model.
        weights: as ``model.get_weights()`` orders them.

    The optimizer's settings stay, the learning rate among them, which Keras keeps as a variable
    beside the moments. What it has gathered (moments, averages, the step count) is as of a new
    one: not always zero. The random numbers of dropout go on.
    """
    optimizer = model.optimizer
    model.set_weights(weights)
    optimizer.build(model.trainable_variables)
    unused = type(optimizer).from_config(optimizer.get_config())
    unused.build(model.trainable_variables)
    for variable, start in zip(optimizer.variables, unused.variables, strict=True):
        variable.assign(start)
