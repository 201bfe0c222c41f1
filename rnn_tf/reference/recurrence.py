"""One recurrence for every cell: the loop over the steps, and the loop back.

The twin of ``rnn_tf.layers.engine``, without what makes that one fast. What a step computes is
the cell's ``step``, its adjoint the cell's ``back``; see ``rnn_tf.reference.cell``. A sequence is
a list here, with a (batch, width) array for each step.
"""

import numpy as np


def forward(x_parts, state, *, cell, recurrent_kernel, recurrent_bias):
    """All steps of a batch, the first one first.

    Args:
        x_parts: for each step (batch, blocks * units), the input's share, x_t W + b.
        state: tuple of (batch, units), the state before the first step.
        cell: has ``step``.
        recurrent_kernel, recurrent_bias: U and b_r, which make the previous output's share.

    Returns ``(states, saved)``. ``states[t]`` is the state after t steps, so ``states[0]`` is the
    one given; ``saved`` is what each step keeps for ``back``.
    """
    states, all_saved = [state], []
    for x_part in x_parts:
        h_part = state[0] @ recurrent_kernel + recurrent_bias
        state, saved = cell.step(x_part, h_part, state)
        states.append(state)
        all_saved.append(saved)
    return states, all_saved


def backward(all_saved, d_outputs, d_state, *, cell, recurrent_kernel):
    """The same steps from the last to the first: back-propagation through time.

    Args:
        all_saved: what each step saved.
        d_outputs: for each step (batch, units), ∂L/∂h_t as far as the loss uses h_t itself.
        d_state: tuple of (batch, units), what comes from beyond the last step.
        cell: has ``back``.
        recurrent_kernel: U.

    Returns ``(d_x_parts, d_h_parts, d_state)``: for each step the gradients of its two parts,
    (batch, blocks * units), and the gradient of the state before the first step.
    """
    d_x_parts, d_h_parts = [], []
    for d_output, saved in zip(reversed(d_outputs), reversed(all_saved), strict=True):
        # The total ∂L/∂h_t: this step's own loss, and all later steps.
        d_state = (d_state[0] + d_output, *d_state[1:])
        d_x_part, d_h_part, direct = cell.back(saved, d_state)
        through = d_h_part @ recurrent_kernel.T
        d_state = (through if direct[0] is None else through + direct[0], *direct[1:])
        d_x_parts.insert(0, d_x_part)
        d_h_parts.insert(0, d_h_part)
    return d_x_parts, d_h_parts, d_state


def per_step(array):
    """A (batch, steps, width) array as a list with a (batch, width) array for each step."""
    return [array[:, t] for t in range(array.shape[1])]


def over_time(steps):
    """The way back: a list with an array for each step as (batch, steps, width)."""
    return np.stack(steps, axis=1)


def sum_of_products(lefts, rights):
    """Σ_t left_tᵀ right_t, (m, n), of (batch, m) and (batch, n) for each step.

    The gradient of a kernel: a step's input times the gradient of what it was made into.
    """
    return sum(left.T @ right for left, right in zip(lefts, rights, strict=True))
