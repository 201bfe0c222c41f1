"""Generation with JAX: the whole loop as one ``lax.scan``, compiled."""

import jax
import jax.numpy as jnp
from jax import lax

from .peer_jax import GATES, matrix, step_of


def writing(work, variant):
    """A function that writes tokens and returns how many."""
    wide = GATES[work.cell] * work.units
    parameters = (
        matrix(work.vocab_size, work.embedding),
        matrix(work.embedding, wide),
        matrix(work.units, wide),
        jnp.zeros(wide),
        matrix(work.units, work.vocab_size),
    )
    step = step_of(work.cell, work.units)

    @jax.jit
    def write(parameters, first, key):
        embedding, kernel, recurrent, bias, head = parameters
        noise = jax.random.gumbel(key, (work.rounds, work.vocab_size))

        def one_more(carried, noise):
            number, state = carried
            state, hidden = step(state, embedding[number][None] @ kernel + bias, recurrent)
            number = jnp.argmax((hidden @ head)[0] + noise)
            return (number, state), number

        zeros = jnp.zeros((1, work.units))
        state = (zeros,) * (2 if work.cell == "lstm" else 1)
        return lax.scan(one_more, (first, state), noise)[1]

    def run():
        write(parameters, 4, jax.random.key(0)).block_until_ready()
        return work.rounds

    return run
