"""The generation loop compiled whole, sampling included: no return to Python between tokens."""

import numpy as np

from rnn_tf.backend import tf
from rnn_tf.generation.choosing import gumbel_noise
from rnn_tf.generation.stepper import Stepper
from rnn_tf.layers import fast_path_reason

#: The compiled loop has room for so many tokens at least; else for the next power of two.
SMALLEST_ROOM = 64


class WholeLoop(Stepper):
    """A ``Stepper`` that writes in one XLA-compiled loop.

    >>> whole_loop = WholeLoop(model)
    >>> generate(whole_loop, prompt_ids, strategy="top_k", k=40, seed=0)

    The ids are those of the step-by-step loop for the same seed, but for rounding, which XLA does
    in another order: ids whose chances agree to some six digits may change places, and a network
    whose state amplifies rounding (recurrent weights several times the usual size) then writes
    another text. Compiling takes up to a second for each strategy, ``k`` and room.
    """

    def __init__(self, model):
        super().__init__(model)
        self.compiled_loop = tf.function(self._loop, jit_compile=True)

    def write(self, prompt_ids, *, max_tokens, forbidden, end_id, **choice):
        strategy = choice["strategy"]
        room = max(SMALLEST_ROOM, 1 << (max_tokens - 1).bit_length())
        noise = np.zeros((room, 1), np.float32)
        if strategy != "greedy":
            rng = np.random.default_rng(choice["seed"])
            noise = np.zeros((room, self.vocab_size), np.float32)
            noise[:max_tokens] = gumbel_noise(rng, (max_tokens, self.vocab_size))
        allowed = np.zeros(self.vocab_size, np.float32)
        allowed[list(forbidden)] = -np.inf
        logits, states = self.read(prompt_ids)
        written, count = self.compiled_loop(
            tf.constant(logits, tf.float32),
            states,
            tf.constant(noise),
            tf.constant(allowed),
            tf.constant(max_tokens),
            tf.constant(-1 if end_id is None else end_id),
            tf.constant(choice.get("temperature", 1.0), tf.float32),
            tf.constant(choice.get("p", 1.0), tf.float32),
            strategy=strategy,
            k=min(int(choice["k"]), self.vocab_size) if strategy == "top_k" else None,
        )
        return written.numpy()[: int(count)]

    def _loop(
        self, logits, states, noise, allowed, max_tokens, end_id, temperature, p, *, strategy, k
    ):
        def choose(logits, noise):
            if strategy == "greedy":
                return tf.argmax(logits + allowed, output_type=tf.int32)
            logits = (logits + allowed) / temperature
            if strategy == "temperature":
                return tf.argmax(logits + noise, output_type=tf.int32)
            logits, ids = tf.math.top_k(logits, k if strategy == "top_k" else self.vocab_size)
            if strategy == "nucleus":
                before = tf.cumsum(tf.nn.softmax(logits), exclusive=True)
                logits = tf.where(before < p, logits, -np.inf)
            return ids[tf.argmax(logits + tf.gather(noise, ids), output_type=tf.int32)]

        step = self._hoisted_step()

        def unfinished(count, last, *_):
            return (count < max_tokens) & (last != end_id)

        def one_more(count, last, logits, states, written):
            last = choose(logits[0], noise[count])
            logits, states = step(last[None], states)
            return count + 1, last, tf.cast(logits, tf.float32), states, written.write(count, last)

        written = tf.TensorArray(tf.int32, size=noise.shape[0], element_shape=())
        count, _, _, _, written = tf.while_loop(
            unfinished, one_more, (tf.constant(0), tf.constant(-2), logits, states, written)
        )
        return written.stack(), count

    def _hoisted_step(self):
        """The step with what the first layer reads of its input taken out of the loop.

        There are only ``vocab_size`` inputs: their shares of the gates are one product, and a
        step looks its token's up. Only for fast layers; others take their own cell's step.
        """
        if any(fast_path_reason(layer) for layer in self._recurrent):
            return self._step
        first, *above = self._recurrent
        table = first.x_part(tf.identity(self._embedding(tf.range(self.vocab_size))))

        def step(ids, states):
            new_states = [first.one_step(tf.gather(table, ids), states[0])]
            for layer, state in zip(above, states[1:], strict=True):
                new_states.append(layer.one_step(layer.x_part(new_states[-1][0]), state))
            return self._head(new_states[-1][0]), new_states

        return step
