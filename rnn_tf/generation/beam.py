"""Beam search: the likeliest text that a few parallel attempts find."""

import numpy as np

from rnn_tf.backend import tf
from rnn_tf.generation.choosing import log_probabilities


def beam_search(stepper, prompt_ids, max_tokens, beams, allowed, end_id):
    """See ``generation.beam_search``; ``(ids, log_probability)``."""
    greedy = stepper.write(prompt_ids, max_tokens=max_tokens, allowed=allowed, end_id=end_id)
    best = (log_probability(stepper, prompt_ids, greedy, allowed), list(greedy))
    logits, states = stepper.read(prompt_ids)
    texts, scores = [[]], np.zeros(1)
    for count in range(max_tokens):
        totals = scores[:, None] + log_probabilities(logits, allowed, len(prompt_ids) + count)
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


def log_probability(stepper, prompt_ids, ids, allowed):
    """See ``generation.log_probability``."""
    logits, states = stepper.read(prompt_ids)
    total = 0.0
    for count, number in enumerate(ids):
        total += log_probabilities(logits, allowed, len(prompt_ids) + count)[0, number]
        logits, states = stepper([number], states)
    return float(total)
