"""Text from a language model that runs freely: every token it writes is read back in.

The recurrent state is carried from step to step, so a token costs one step and not a whole
window. A ``Stepper`` runs one compiled step at a time, a ``WholeLoop`` the whole loop compiled.
Source: article 004 §4.6, repaired (B-004-16, B-004-21, C-004-18).
"""

from rnn_tf.generation.choosing import STRATEGIES, keep_nucleus, keep_top_k, with_temperature
from rnn_tf.generation.stepper import Stepper
from rnn_tf.generation.whole_loop import WholeLoop
from rnn_tf.generation.writing import FORBIDDEN, beam_search, generate, log_probability

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
