"""One compiled step of a language model, and the loop that writes with it."""

import numpy as np

from rnn_tf.backend import tf
from rnn_tf.generation.choosing import chooser, log_softmax, without
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
        self.compiled_step = tf.function(
            self._step,
            input_signature=[
                tf.TensorSpec([None], tf.int32),
                [
                    [tf.TensorSpec([None, size], self._dtype) for size in sizes]
                    for sizes in self._sizes
                ],
            ],
        )

    def _step(self, ids, states):
        values = tf.identity(self._embedding(ids))  # (batch, embedding); drops the mask: no padding
        new_states = []
        for layer, state in zip(self._recurrent, states, strict=True):
            values, state = layer.cell(values, state, training=False)
            new_states.append(list(state))
        return self._head(values), new_states

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
        return logits.numpy().astype(np.float64), states

    def read(self, ids):
        """Feed a prompt (tokens,); returns ``(logits after it, states)`` for a batch of one."""
        states = self.initial_states()
        for number in ids:
            logits, states = self([number], states)
        return logits, states

    def write(self, prompt_ids, *, max_tokens, forbidden, end_id, **choice):
        """The ids after a prompt, int32 (at most ``max_tokens``,); ``choice`` as for a chooser."""
        choose = chooser(**choice)
        logits, states = self.read(prompt_ids)
        written = []
        while True:
            written.append(choose(log_softmax(without(logits[0], forbidden))))
            if written[-1] == end_id or len(written) == max_tokens:
                return np.array(written, dtype=np.int32)
            logits, states = self(written[-1:], states)
