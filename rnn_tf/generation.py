"""Text from a language model that runs freely: every token it writes is read back in.

The recurrent state is carried by hand through one compiled step, so a token costs one step and
not a whole window. Source: article 004 §4.6, repaired (B-004-16, B-004-21, C-004-18).
"""

import numpy as np

from rnn_tf.backend import tf
from rnn_tf.errors import wrong
from rnn_tf.models import parts_of
from rnn_tf.text import Vocabulary

STRATEGIES = ("greedy", "temperature", "top_k", "nucleus", "beam")

#: Never written: padding, the unknown word, and the begin token.
FORBIDDEN = (Vocabulary.PAD, Vocabulary.UNK, Vocabulary.BOS)


class Stepper:
    """A ``word_language_model`` one token at a time, with its own weights.

    >>> stepper = Stepper(model)
    >>> states = stepper.initial_states(batch_size=1)
    >>> logits, states = stepper(np.array([id]), states)

    The step is compiled once, for any batch size. It uses the model's layers themselves: train
    the model further and the stepper has learnt too.
    """

    def __init__(self, model):
        embedding, recurrent, head = parts_of(model)
        cells = [layer.cell for layer in recurrent]
        self.vocab_size = model.output_shape[-1]
        self._dtype = recurrent[0].compute_dtype
        # LSTM cells have two states, hidden and cell; the others one.
        self._sizes = [
            [cell.state_size] if isinstance(cell.state_size, int) else list(cell.state_size)
            for cell in cells
        ]

        def step(ids, states):
            values = tf.identity(embedding(ids))  # (batch, embedding); drops the mask: no padding
            new_states = []
            for cell, state in zip(cells, states, strict=True):
                values, state = cell(values, state, training=False)
                new_states.append(list(state))
            return head(values), new_states

        self.compiled_step = tf.function(
            step,
            input_signature=[
                tf.TensorSpec([None], tf.int32),
                [
                    [tf.TensorSpec([None, size], self._dtype) for size in sizes]
                    for sizes in self._sizes
                ],
            ],
        )

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


def generate(
    model,
    prompt_ids,
    *,
    max_tokens=50,
    strategy="greedy",
    temperature=1.0,
    k=40,
    p=0.9,
    beams=5,
    seed=0,
    forbidden=FORBIDDEN,
    end_id=Vocabulary.EOS,
):
    """Ids that the model writes after a prompt.

    Args:
        model: a ``word_language_model``, or a ``Stepper`` of one (compiled once, used often).
        prompt_ids: (tokens,) ids, usually ``vocabulary.encode(tokens, end=False)``.
        max_tokens: at most so many ids are written.
        strategy: ``"greedy"``: always the likeliest. ``"temperature"``: drawn from
            softmax(logits / temperature). ``"top_k"``: drawn among the ``k`` likeliest.
            ``"nucleus"``: drawn among the likeliest that together reach probability ``p``.
            ``"beam"``: the likeliest text that ``beams`` parallel attempts find.
        temperature: above 0; towards 0 it becomes greedy; used by the three that draw.
        seed: whole number from 0 up; the same seed gives the same text.
        forbidden: ids that are never written.
        end_id: writing stops after this id; ``None`` goes on to ``max_tokens``.

    Returns int32 (at most ``max_tokens``,): the new ids without the prompt; the last one is
    ``end_id`` if the model ended the text by itself. Raises ``InputError`` for a bad argument.

    Sources: A. Fan et al. (2018), Hierarchical neural story generation (top-k); A. Holtzman et
    al. (2020), The curious case of neural text degeneration (nucleus).
    """
    stepper = model if isinstance(model, Stepper) else Stepper(model)
    prompt_ids = _checked_prompt(prompt_ids, stepper.vocab_size)
    if strategy not in STRATEGIES:
        raise wrong("strategy", repr(strategy), ", ".join(map(repr, STRATEGIES)))
    _whole_number("max_tokens", max_tokens)
    _whole_number("beams", beams)
    if strategy == "beam":
        return beam_search(stepper, prompt_ids, max_tokens, beams, forbidden, end_id)[0]
    choose = _chooser(strategy, temperature, k, p, seed)
    logits, states = stepper.read(prompt_ids)
    written = []
    while True:
        written.append(choose(_log_softmax(_without(logits[0], forbidden))))
        if written[-1] == end_id or len(written) == max_tokens:
            return np.array(written, dtype=np.int32)
        logits, states = stepper(written[-1:], states)


def _chooser(strategy, temperature, k, p, seed):
    """The function from log-probabilities (vocab_size,) to the next id."""
    if strategy == "greedy":
        return lambda log_p: int(np.argmax(log_p))
    narrow = {
        "temperature": lambda q: q,
        "top_k": lambda q: keep_top_k(q, k),
        "nucleus": lambda q: keep_nucleus(q, p),
    }[strategy]
    with_temperature(np.zeros(2), temperature), keep_top_k(np.ones(1), k), keep_nucleus([1.0], p)
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise wrong("seed", repr(seed), "a whole number from 0 up")
    rng = np.random.default_rng(seed)

    def draw(log_p):
        q = narrow(with_temperature(log_p, temperature))
        return int(rng.choice(len(q), p=q))

    return draw


def with_temperature(logits, temperature):
    """softmax(logits / temperature), (vocab_size,): below 1 sharper, above 1 flatter."""
    if not temperature > 0:
        raise wrong("temperature", temperature, "above 0; strategy='greedy' is its limit at 0")
    return np.exp(_log_softmax(np.asarray(logits, dtype=np.float64) / temperature))


def keep_top_k(probabilities, k):
    """The ``k`` largest probabilities, scaled to sum 1; all others 0. Ties: the lower id stays."""
    _whole_number("k", k)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    kept = np.argsort(-probabilities, kind="stable")[:k]
    return _only(probabilities, kept)


def keep_nucleus(probabilities, p):
    """The smallest set of likeliest ids with probability ``p`` or more, scaled to sum 1."""
    if not 0 < p <= 1:
        raise wrong("p", p, "a probability above 0, up to 1")
    probabilities = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(-probabilities, kind="stable")
    mass = np.cumsum(probabilities[order])
    # Rounding may leave the whole sum just below p = 1: then all are kept.
    size = min(int(np.searchsorted(mass, p)) + 1, len(order))
    return _only(probabilities, order[:size])


def _only(probabilities, kept):
    narrowed = np.zeros_like(probabilities)
    narrowed[kept] = probabilities[kept]
    return narrowed / narrowed.sum()


def beam_search(model, prompt_ids, max_tokens, beams=5, forbidden=FORBIDDEN, end_id=Vocabulary.EOS):
    """The likeliest continuation found by keeping the ``beams`` best at every step.

    Returns ``(ids, log_probability)``; the score is the sum of ln p over the ids written, among
    the ids that may be written. It is never below the greedy text's, as that is kept in the race
    to the end: a beam alone may drop it on the way.
    """
    stepper = model if isinstance(model, Stepper) else Stepper(model)
    greedy = generate(
        stepper, prompt_ids, max_tokens=max_tokens, forbidden=forbidden, end_id=end_id
    )
    best = (log_probability(stepper, prompt_ids, greedy, forbidden=forbidden), list(greedy))
    logits, states = stepper.read(prompt_ids)
    texts, scores = [[]], np.zeros(1)
    for _ in range(max_tokens):
        totals = scores[:, None] + _log_softmax(_without(logits, forbidden))
        # Twice as many as needed: at most half of them can be ends.
        order = np.argsort(-totals, axis=None, kind="stable")[: 2 * beams]
        rows, ids = np.unravel_index(order, totals.shape)
        live = []
        for row, number in zip(rows, ids, strict=True):
            score, text = totals[row, number], [*texts[row], int(number)]
            if number == end_id:
                best = max(best, (float(score), text))
            elif np.isfinite(score):
                live.append((float(score), text, row))
        live = live[:beams]
        if not live or live[0][0] <= best[0]:  # scores only fall from here
            break
        scores = np.array([score for score, _, _ in live])
        texts = [text for _, text, _ in live]
        if len(texts[0]) == max_tokens:
            best = max(best, (scores[0], texts[0]))
            break
        parents = [row for _, _, row in live]
        states = [[tf.gather(s, parents) for s in layer] for layer in states]
        logits, states = stepper([text[-1] for text in texts], states)
    return np.array(best[1], dtype=np.int32), float(best[0])


def log_probability(model, prompt_ids, ids, *, forbidden=FORBIDDEN):
    """Sum of ln p of ``ids`` after the prompt, among the ids that may be written."""
    stepper = model if isinstance(model, Stepper) else Stepper(model)
    logits, states = stepper.read(_checked_prompt(prompt_ids, stepper.vocab_size))
    total = 0.0
    for number in ids:
        total += _log_softmax(_without(logits[0], forbidden))[number]
        logits, states = stepper([number], states)
    return float(total)


def _without(logits, forbidden):
    logits = logits.copy()
    logits[..., list(forbidden)] = -np.inf
    return logits


def _log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _checked_prompt(prompt_ids, vocab_size):
    ids = np.asarray(prompt_ids)
    if ids.ndim != 1 or not ids.size or not np.issubdtype(ids.dtype, np.integer):
        raise wrong(
            "prompt_ids", f"{ids.dtype} {ids.shape}", "ids (tokens,), at least the begin token"
        )
    if ids.min() < 0 or ids.max() >= vocab_size or (ids == Vocabulary.PAD).any():
        raise wrong("prompt_ids", f"{ids.min()} to {ids.max()}", f"1 to {vocab_size - 1}")
    return ids


def _whole_number(name, value):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise wrong(name, repr(value), "a whole number from 1 up")
