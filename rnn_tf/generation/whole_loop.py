"""The generation loop compiled whole, sampling included: no return to Python between tokens."""

import numpy as np

from rnn_tf.backend import tf
from rnn_tf.generation.choosing import NOTHING, Noise, choose, limits, no_numbers
from rnn_tf.generation.stepper import Stepper

#: Numbers of noise, 4 bytes each, that are made at a time.
NOISE_AT_ONCE = 1 << 19
#: Tokens written at a time, where the vocabulary is small enough for so many.
MOST_AT_ONCE = 4096


class WholeLoop(Stepper):
    """A ``Stepper`` that writes in one XLA-compiled loop.

    >>> whole_loop = WholeLoop(model)
    >>> generate(whole_loop, prompt_ids, strategy="top_k", k=40, seed=0)

    The ids are those of the step-by-step loop for the same seed, but for rounding, which XLA does
    in another order: ids whose chances agree to some six digits (two with products in bfloat16)
    may change places, and a network
    whose state amplifies rounding (recurrent weights several times the usual size) then writes
    another text. It is compiled once, at the first call, in a second or two at any size of the
    vocabulary, for every strategy and its settings and any number of tokens.
    """

    def __init__(self, model):
        super().__init__(model)
        self.compiled_loop = tf.function(self._loop, jit_compile=True)
        # A longer text goes through the loop several times: noise for all of it at once could
        # take gigabytes.
        self._at_once = max(1, min(MOST_AT_ONCE, NOISE_AT_ONCE // self.vocab_size))

    def write(
        self, prompt_ids, *, max_tokens, allowed, end_id, strategy="greedy", seed=0, **settings
    ):
        noise, bounds = Noise(strategy, seed), limits(strategy, self.vocab_size, **settings)
        allowed = tf.constant(allowed)
        stop = tf.constant(NOTHING if end_id is None else end_id)
        logits, states = self.read(prompt_ids)
        logits = tf.constant(logits, tf.float32)
        written = np.empty(0, np.int32)
        while len(written) < max_tokens and not (written.size and written[-1] == end_id):
            tokens = min(self._at_once, max_tokens - len(written))
            room = noise.next(tokens, self.vocab_size)
            if tokens < self._at_once:  # one shape, so that it is compiled once
                room = np.pad(room, ((0, self._at_once - tokens), (0, 0)))
            ids, count, logits, states = self.compiled_loop(
                logits, states, tf.constant(room), tf.constant(tokens), stop, allowed, *bounds
            )
            written = np.append(written, ids.numpy()[: int(count)])
            if written[-1] == NOTHING:
                raise no_numbers(len(prompt_ids) + len(written) - 1)
        return written

    def _loop(self, logits, states, noise, tokens, stop, allowed, *bounds):
        """Up to ``tokens`` ids: ``(ids, how many, logits after them, states)``."""

        def one_more(count, _, logits, states, ids):
            # tf.gather instead of an index: see ``choose``.
            chosen = choose(logits[0], allowed, tf.gather(noise, count), *bounds)
            # Beyond the last one, and after NOTHING, a step is taken that nobody reads.
            logits, states = self._step(tf.maximum(chosen, 0)[None], states)
            done = (chosen == stop) | (chosen == NOTHING)
            return count + 1, done, tf.cast(logits, tf.float32), states, ids.write(count, chosen)

        ids = tf.TensorArray(tf.int32, size=noise.shape[0], element_shape=())
        count, _, logits, states, ids = tf.while_loop(
            lambda count, done, *_: (count < tokens) & ~done,
            one_more,
            (tf.constant(0), tf.constant(False), logits, states, ids),
        )
        return ids.stack(), count, logits, states
