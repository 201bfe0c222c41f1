"""The cells of the fast layers: one time step and its hand-derived adjoint.

A cell is four numbers and two functions: how many ``gates`` blocks its pre-activations have, how
many ``states`` it carries (the first one is its output), how many (batch, units) tensors a step
saves (``saved_count``), whether the two parts below are only ever used as ``one_sum``; and

``step(x_part, h_part, state) -> (state, saved)``
    ``x_part`` is the step's share of the input, ``x_t W + b``; ``h_part`` the share of the
    previous output, ``h_{t-1} U + b_r``; both (batch, gates * units). ``state`` is a tuple of
    (batch, units) arrays. ``saved`` is what the adjoint will need.

``back(saved, d_state) -> (d_x_part, d_h_part, d_state)``
    Given the gradient of the loss with respect to the new state, the gradients with respect to
    the two parts and the *direct* share of the old state. The share that flows through
    ``h_part`` is the engine's work: it is the same product for every cell.

The equations are those of ``rnn_tf.reference``; the derivations are in lesson 3.
"""

from rnn_tf.backend import tf


def _tanh_back(y, d_y):
    return tf.raw_ops.TanhGrad(y=y, dy=d_y)


def _sigmoid_back(y, d_y):
    return tf.raw_ops.SigmoidGrad(y=y, dy=d_y)


class SimpleCell:
    """h = tanh(x_part + h_part)."""

    gates = 1
    states = 1
    saved_count = 1
    one_sum = True

    @staticmethod
    def step(x_part, h_part, state):
        hidden_state = tf.tanh(x_part + h_part)
        return (hidden_state,), (hidden_state,)

    @staticmethod
    def back(saved, d_state):
        d_sum = _tanh_back(saved[0], d_state[0])
        return d_sum, d_sum, (None,)


class LSTMCell:
    """Gate order as in Keras: input, forget, candidate, output.

    c = f * c_prev + i * g;  h = o * tanh(c)
    """

    gates = 4
    states = 2
    saved_count = 6
    one_sum = True

    @staticmethod
    def step(x_part, h_part, state):
        i, f, g, o = tf.split(x_part + h_part, 4, axis=-1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        cell_before = state[1]
        cell_state = f * cell_before + i * g
        squashed = tf.tanh(cell_state)
        return (o * squashed, cell_state), (i, f, g, o, cell_before, squashed)

    @staticmethod
    def back(saved, d_state):
        i, f, g, o, cell_before, squashed = saved
        d_hidden, d_cell = d_state
        d_cell = d_cell + _tanh_back(squashed, d_hidden * o)
        d_sum = tf.concat(
            [
                _sigmoid_back(i, d_cell * g),
                _sigmoid_back(f, d_cell * cell_before),
                _tanh_back(g, d_cell * i),
                _sigmoid_back(o, d_hidden * squashed),
            ],
            axis=-1,
        )
        return d_sum, d_sum, (None, d_cell * f)


class GRUCell:
    """Keras's default GRU (``reset_after=True``). Gate order: update z, reset r, candidate.

    g = tanh(x_g + r * h_g);  h = z * h_prev + (1 - z) * g
    """

    gates = 3
    states = 1
    saved_count = 5
    one_sum = False

    @staticmethod
    def step(x_part, h_part, state):
        x_z, x_r, x_g = tf.split(x_part, 3, axis=-1)
        h_z, h_r, h_g = tf.split(h_part, 3, axis=-1)
        z, r = tf.sigmoid(x_z + h_z), tf.sigmoid(x_r + h_r)
        g = tf.tanh(x_g + r * h_g)
        before = state[0]
        return (g + z * (before - g),), (z, r, g, h_g, before)

    @staticmethod
    def back(saved, d_state):
        z, r, g, h_g, before = saved
        (d_hidden,) = d_state
        d_kept = d_hidden * z
        d_g = _tanh_back(g, d_hidden - d_kept)
        d_z = _sigmoid_back(z, d_hidden * (before - g))
        d_r = _sigmoid_back(r, d_g * h_g)
        d_x_part = tf.concat([d_z, d_r, d_g], axis=-1)
        d_h_part = tf.concat([d_z, d_r, d_g * r], axis=-1)
        return d_x_part, d_h_part, (d_kept,)
