"""What the checks of the formulas share: small settings of unequal sizes, written as printed.

The articles print columns: a state has the shape (units,) and matrices act from the left. Here
are 3 inputs, 5 units, 2 outputs and 6 steps; everything is float64. ``[h; x]`` is the state with
the input below it, and a matrix W (5, 8) that acts on it is ``[W_h W_x]``.
"""

from types import SimpleNamespace

import numpy as np

from rnn_tf import reference

FEATURES, UNITS, OUTPUTS, STEPS = 3, 5, 2, 6


def simple(seed=0):
    """A simple recurrent network with an output layer.

    W (5, 8) with its views W_h (5, 5) and W_x (5, 3), b (5,), W_y (2, 5), b_y (2,), inputs x
    (6, 3), and targets for the states (6, 5) and for the outputs (6, 2).
    """
    random = np.random.default_rng(seed)
    W = random.normal(scale=0.5, size=(UNITS, UNITS + FEATURES))
    return SimpleNamespace(
        W=W,
        W_h=W[:, :UNITS],
        W_x=W[:, UNITS:],
        b=random.normal(scale=0.3, size=UNITS),
        W_y=random.normal(scale=0.5, size=(OUTPUTS, UNITS)),
        b_y=random.normal(scale=0.3, size=OUTPUTS),
        x=random.normal(size=(STEPS, FEATURES)),
        wanted_states=random.normal(size=(STEPS, UNITS)),
        wanted_outputs=random.normal(size=(STEPS, OUTPUTS)),
    )


def simple_states(p, nudge=0.0):
    """h_0 … h_6, (7, 5), of h_t = tanh(W [h_{t-1}; x_t] + b) + nudge_t."""
    h = np.zeros((STEPS + 1, UNITS))
    for t in range(STEPS):
        h[t + 1] = np.tanh(p.W @ np.concatenate([h[t], p.x[t]]) + p.b)
        h[t + 1] += np.broadcast_to(nudge, (STEPS, UNITS))[t]
    return h


def simple_outputs(p, nudge=0.0):
    """y_1 … y_6, (6, 2), of y_t = tanh(W_y h_t + b_y)."""
    return np.tanh(simple_states(p, nudge)[1:] @ p.W_y.T + p.b_y)


def output_loss(p, nudge=0.0):
    """Half the squared distance of all outputs from what is wanted."""
    return 0.5 * np.sum((simple_outputs(p, nudge) - p.wanted_outputs) ** 2)


def simple_backward(p):
    """The errors of ``output_loss``, each (6, …), and the states h (7, 5) that they belong to.

    d_output: ∂L/∂y_t; dz: before the output's tanh; local: what reaches h_t from its own output;
    total: ∂L/∂h_t with all later steps; da: before the state's tanh.
    """
    h, y = simple_states(p), simple_outputs(p)
    d_output = y - p.wanted_outputs
    dz = d_output * (1 - y**2)
    local = dz @ p.W_y
    total, da = local.copy(), np.zeros((STEPS, UNITS))
    for t in reversed(range(STEPS)):
        if t + 1 < STEPS:
            total[t] += p.W_h.T @ da[t + 1]
        da[t] = (1 - h[t + 1] ** 2) * total[t]
    return SimpleNamespace(h=h, d_output=d_output, dz=dz, local=local, total=total, da=da)


def gated(names, seed=0):
    """Matrices W[name] (5, 8) and biases b[name] (5,) of a gated cell, x (6, 3), wanted (6, 5)."""
    random = np.random.default_rng(seed)
    shape = (UNITS, UNITS + FEATURES)
    return SimpleNamespace(
        W={name: random.normal(scale=0.5, size=shape) for name in names},
        b={name: random.normal(scale=0.3, size=UNITS) for name in names},
        x=random.normal(size=(STEPS, FEATURES)),
        wanted_states=random.normal(size=(STEPS, UNITS)),
    )


def lstm_states(p):
    """i, f, g, o (6, 5) and c, h (7, 5) of an LSTM, c and h with their zeros at the start."""
    W, b = np.vstack([p.W[n] for n in "ifog"]), np.concatenate([p.b[n] for n in "ifog"])
    s = SimpleNamespace(**{name: np.zeros((STEPS, UNITS)) for name in "ifgo"})
    s.c, s.h = np.zeros((STEPS + 1, UNITS)), np.zeros((STEPS + 1, UNITS))
    for t in range(STEPS):
        a = W @ np.concatenate([s.h[t], p.x[t]]) + b
        s.i[t], s.f[t], s.o[t] = reference.sigmoid(a[: 3 * UNITS]).reshape(3, UNITS)
        s.g[t] = np.tanh(a[3 * UNITS :])
        s.c[t + 1] = s.f[t] * s.c[t] + s.i[t] * s.g[t]
        s.h[t + 1] = s.o[t] * np.tanh(s.c[t + 1])
    return s


def for_keras(W, b):
    """``[kernel, recurrent_kernel, bias]`` as Keras holds them, from lists of [W_h W_x] and b."""
    kernel = np.hstack([one[:, UNITS:].T for one in W])
    recurrent_kernel = np.hstack([one[:, :UNITS].T for one in W])
    return [kernel, recurrent_kernel, np.concatenate(b)]


def keras_states(layer, weights, x):
    """All states (steps, units) that a Keras layer (float64, sequences) computes for x."""
    layer.build((1, *x.shape))
    layer.set_weights(weights)
    return np.asarray(layer(x[None]))[0]


def difference(found, wanted):
    """Largest difference, relative to the largest number wanted."""
    return float(np.max(np.abs(found - wanted)) / np.max(np.abs(wanted)))


def error(gradient, loss, tensor):
    """Relative error of a gradient against finite differences of ``loss()`` at ``tensor``."""
    return reference.relative_error(gradient, reference.numeric_gradient(loss, tensor))
