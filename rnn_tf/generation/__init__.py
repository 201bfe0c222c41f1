"""Text from a language model that runs freely: every token it writes is read back in.

The recurrent state is carried from step to step, so a token costs one step and not a whole
window. A ``Stepper`` runs one compiled step at a time, a ``WholeLoop`` the whole loop compiled.
Source: article 004 §4.6, repaired (B-004-16, B-004-21, C-004-18).
"""

import numpy as np

from rnn_tf.errors import whole_number, wrong
from rnn_tf.generation import beam
from rnn_tf.generation.choosing import (
    STRATEGIES,
    check_choice,
    keep_nucleus,
    keep_top_k,
    with_temperature,
)
from rnn_tf.generation.stepper import Stepper
from rnn_tf.generation.whole_loop import WholeLoop
from rnn_tf.text import Vocabulary

__all__ = [
    "FORBIDDEN",
    "STRATEGIES",
    "Stepper",
    "WholeLoop",
    "beam_search",
    "generate",
    "keep_nucleus",
    "keep_top_k",
    "log_probability",
    "with_temperature",
]

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
        temperature: above 0; towards 0 it becomes greedy; used by the three that draw.
        seed: whole number from 0 up; the same seed gives the same text.
        forbidden: ids that are never written.
        end_id: writing stops after this id; ``None`` goes on to ``max_tokens``.

    Returns int32 (at most ``max_tokens``,): the new ids without the prompt; the last one is
    ``end_id`` if the model ended the text by itself. Raises ``InputError`` for a bad argument.

    Sources: A. Fan et al. (2018), Hierarchical neural story generation (top-k); A. Holtzman et
    al. (2020), The curious case of neural text degeneration (nucleus).
    """
    stepper = _stepper_of(model)
    prompt_ids = _checked_prompt(prompt_ids, stepper.vocab_size)
    check_choice(strategy, temperature, k, p, seed)
    whole_number("max_tokens", max_tokens)
    whole_number("beams", beams)
    if strategy == "beam":
        return beam.beam_search(stepper, prompt_ids, max_tokens, beams, forbidden, end_id)[0]
    return stepper.write(
        prompt_ids,
        max_tokens=max_tokens,
        forbidden=forbidden,
        end_id=end_id,
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
    to the end: a beam alone may drop it on the way.
    """
    stepper = _stepper_of(model)
    prompt_ids = _checked_prompt(prompt_ids, stepper.vocab_size)
    return beam.beam_search(stepper, prompt_ids, max_tokens, beams, forbidden, end_id)


def log_probability(model, prompt_ids, ids, *, forbidden=FORBIDDEN):
    """Sum of ln p of ``ids`` after the prompt, among the ids that may be written."""
    stepper = _stepper_of(model)
    prompt_ids = _checked_prompt(prompt_ids, stepper.vocab_size)
    return beam.log_probability(stepper, prompt_ids, ids, forbidden)


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
