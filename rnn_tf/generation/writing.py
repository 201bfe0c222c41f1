"""What a reader calls: text after a prompt, by any strategy, and how likely a text is."""

import numpy as np

from rnn_tf.errors import whole_number, wrong
from rnn_tf.generation import beam
from rnn_tf.generation.choosing import check_choice
from rnn_tf.generation.stepper import Stepper
from rnn_tf.text import Vocabulary

#: Never written: padding, the unknown word, and the begin token.
FORBIDDEN = (Vocabulary.PAD, Vocabulary.UNK, Vocabulary.BOS)


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
        model: a ``word_language_model``; or a ``Stepper`` of one, compiled once and used often;
            or a ``WholeLoop`` of one, which writes the same ids many times faster.
        prompt_ids: (tokens,) ids, usually ``vocabulary.encode(tokens, end=False)``.
        max_tokens: at most so many ids are written.
        strategy: ``"greedy"``: always the likeliest. ``"temperature"``: drawn from
            softmax(logits / temperature). ``"top_k"``: drawn among the ``k`` likeliest.
            ``"nucleus"``: drawn among the likeliest that together reach probability ``p``.
            ``"beam"``: the likeliest text that ``beams`` parallel attempts find.
        temperature: above 0, finite; towards 0 it becomes greedy; used by the three that draw.
        seed: whole number from 0 up; the same seed gives the same text.
        forbidden: ids that are never written; not all there are.
        end_id: writing stops after this id; ``None`` goes on to ``max_tokens``.

    Returns int32 (at most ``max_tokens``,): the new ids without the prompt; the last one is
    ``end_id`` if the model ended the text by itself. Raises ``InputError`` for a bad argument,
    and for a model whose logits are NaN or infinite.

    Sources: A. Fan et al. (2018), Hierarchical neural story generation (top-k); A. Holtzman et
    al. (2020), The curious case of neural text degeneration (nucleus).
    """
    stepper = _stepper_of(model)
    prompt_ids = _checked_prompt(prompt_ids, stepper.vocab_size)
    check_choice(strategy, temperature, k, p, seed)
    whole_number("max_tokens", max_tokens)
    if strategy == "beam":
        return beam_search(stepper, prompt_ids, max_tokens, beams, forbidden, end_id)[0]
    return stepper.write(
        prompt_ids,
        max_tokens=max_tokens,
        allowed=_allowed(forbidden, stepper.vocab_size),
        end_id=_checked_end(end_id, stepper.vocab_size),
        strategy=strategy,
        temperature=temperature,
        k=k,
        p=p,
        seed=seed,
    )


def beam_search(model, prompt_ids, max_tokens, beams=5, forbidden=FORBIDDEN, end_id=Vocabulary.EOS):
    """The likeliest continuation found by keeping the ``beams`` best at every step.

    Returns ``(ids, log_probability)``; the score is the sum of ln p over the ids written, among
    the ids that may be written. It is never below the greedy text's, as that is kept in the race
    to the end: a beam alone may drop it on the way. Raises ``InputError`` as ``generate`` does.
    """
    stepper = _stepper_of(model)
    prompt_ids = _checked_prompt(prompt_ids, stepper.vocab_size)
    whole_number("max_tokens", max_tokens)
    whole_number("beams", beams)
    allowed = _allowed(forbidden, stepper.vocab_size)
    end_id = _checked_end(end_id, stepper.vocab_size)
    return beam.beam_search(stepper, prompt_ids, max_tokens, beams, allowed, end_id)


def log_probability(model, prompt_ids, ids, *, forbidden=FORBIDDEN):
    """Sum of ln p of ``ids`` after the prompt, among the ids that may be written."""
    stepper = _stepper_of(model)
    prompt_ids = _checked_prompt(prompt_ids, stepper.vocab_size)
    ids = _checked_ids("ids", ids, stepper.vocab_size)
    allowed = _allowed(forbidden, stepper.vocab_size)
    return beam.log_probability(stepper, prompt_ids, ids, allowed)


def _stepper_of(model):
    return model if isinstance(model, Stepper) else Stepper(model)


def _checked_prompt(prompt_ids, vocab_size):
    ids = np.asarray(prompt_ids)
    if ids.ndim != 1 or not ids.size or not np.issubdtype(ids.dtype, np.integer):
        raise wrong(
            "prompt_ids", f"{ids.dtype} {ids.shape}", "ids (tokens,), at least the begin token"
        )
    if ids.min() < 0 or ids.max() >= vocab_size or (ids == Vocabulary.PAD).any():
        raise wrong("prompt_ids", f"{ids.min()} to {ids.max()}", f"1 to {vocab_size - 1}")
    return ids


def _checked_ids(argument, values, vocab_size):
    """``values`` as an array of ids, (any number,)."""
    ids = np.asarray(values if isinstance(values, np.ndarray) else list(values))
    if ids.size and not (ids.ndim == 1 and np.issubdtype(ids.dtype, np.integer)):
        raise wrong(argument, f"{ids.dtype} {ids.shape}", "ids: whole numbers")
    bad = ids[(ids < 0) | (ids >= vocab_size)]
    if bad.size:
        raise wrong(argument, bad[0], f"ids from 0 to {vocab_size - 1}")
    return ids.astype(np.int64)


def _checked_end(end_id, vocab_size):
    if end_id is None:
        return None
    return int(_checked_ids("end_id", [end_id], vocab_size)[0])


def _allowed(forbidden, vocab_size):
    """Bool (vocab_size,): which ids may be written."""
    allowed = np.ones(vocab_size, dtype=bool)
    allowed[_checked_ids("forbidden", forbidden, vocab_size)] = False
    if not allowed.any():
        raise wrong("forbidden", f"all {vocab_size} ids", "at least one left to write")
    return allowed
