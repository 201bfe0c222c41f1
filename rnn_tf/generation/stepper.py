"""One compiled step of a language model, and the loop that writes with it."""

import numpy as np

from rnn_tf.backend import tf
from rnn_tf.generation.choosing import NOTHING, Noise, choose, limits, no_numbers
from rnn_tf.models import parts_of


class Stepper:
    """A ``word_language_model`` one token at a time, with its own weights.

    >>> stepper = Stepper(model)
    >>> states = stepper.initial_states(batch_size=1)
    >>> logits, states = stepper(np.array([id]), states)

    The step is compiled once, for any batch size. It uses the model's layers themselves: train
    the model further and the stepper has learnt too.
    """

    def __init__(self, model):
        self._embedding, self._recurrent, self._head = parts_of(model)
        self.vocab_size = model.output_shape[-1]
        self._dtype = self._recurrent[0].compute_dtype
        # LSTM cells have two states, hidden and cell; the others one.
        sizes = [layer.cell.state_size for layer in self._recurrent]
        self._sizes = [[size] if isinstance(size, int) else list(size) for size in sizes]
        ids = tf.TensorSpec([None], tf.int32)
        states = [
            [tf.TensorSpec([None, size], self._dtype) for size in sizes] for sizes in self._sizes
        ]
        self.compiled_step = tf.function(self._step, input_signature=[ids, states])
        self.compiled_reading = tf.function(self._reading, input_signature=[ids, states])
        self._compiled_choice = tf.function(choose)

    def _advance(self, ids, states):
        """Through the recurrent layers: the last one's outputs (batch, units) and all states."""
        values = tf.identity(self._embedding(ids))  # (batch, embedding); drops the mask: no padding
        new_states = []
        for layer, state in zip(self._recurrent, states, strict=True):
            values, state = layer.cell(values, state, training=False)
            new_states.append(list(state))
        return values, new_states

    def _step(self, ids, states):
        values, states = self._advance(ids, states)
        return self._head(values), states

    def _reading(self, ids, states):
        """One token after the other; only the last one's logits are asked for."""

        def one_more(states, token):
            return self._advance(token[None], states)[1]

        return self._step(ids[-1:], tf.foldl(one_more, ids[:-1], states))

    def initial_states(self, batch_size=1):
        """Zeros: for each recurrent layer its states, (batch, units) each."""
        return [[tf.zeros((batch_size, n), self._dtype) for n in sizes] for sizes in self._sizes]

    def __call__(self, ids, states):
        """One step.

        Args:
            ids: (batch,) whole numbers.
            states: as ``initial_states`` or the step before gave them.

        Returns ``(logits, states)``: logits (batch, vocab_size) as float64 NumPy.
        """
        logits, states = self.compiled_step(tf.constant(ids, tf.int32), states)
        return _as_float64(logits), states

    def read(self, ids):
        """Feed a prompt (tokens,); returns ``(logits after it, states)`` for a batch of one."""
        logits, states = self.compiled_reading(tf.constant(ids, tf.int32), self.initial_states())
        return _as_float64(logits), states

    def write(
        self, prompt_ids, *, max_tokens, allowed, end_id, strategy="greedy", seed=0, **settings
    ):
        """The ids after a prompt, int32 (at most ``max_tokens``,).

        Args:
            allowed: bool (vocab_size,), False for ids that are never written.
            settings: ``temperature``, ``k`` and ``p``, as for ``generate``.
        """
        noise, bounds = Noise(strategy, seed), limits(strategy, self.vocab_size, **settings)
        allowed = tf.constant(allowed)
        logits, states = self.read(prompt_ids)
        written = []
        while True:
            token_noise = noise.next(1, self.vocab_size)[0]
            chosen = self._compiled_choice(
                tf.constant(logits[0]), allowed, tf.constant(token_noise), *bounds
            )
            written.append(int(chosen))
            if written[-1] == NOTHING:
                raise no_numbers(len(prompt_ids) + len(written) - 1)
            if written[-1] == end_id or len(written) == max_tokens:
                return np.array(written, dtype=np.int32)
            logits, states = self(written[-1:], states)


def _as_float64(logits):
    return tf.cast(logits, tf.float64).numpy()
