"""The few words that choose what runs: part of a lesson, mode, language."""

import os

from rnn_tf.errors import wrong
from rnn_tf.language import LANGUAGES, current_language

__all__ = ["LANGUAGES", "MODES", "PARTS", "current_language", "current_mode", "one_of"]

#: What a lesson consists of, each a source of its own; only the first must be there.
PARTS = ("lesson", "lab", "autopsy", "appendix")
MODES = ("class", "full")


def one_of(argument, value, allowed):
    """``value``, if it is allowed; else ``InputError``."""
    if value not in allowed:
        raise wrong(argument, repr(value), " or ".join(map(repr, allowed)))
    return value


def current_mode():
    """``RNN_TF_MODE``, or ``"class"``."""
    return one_of("RNN_TF_MODE", os.environ.get("RNN_TF_MODE", "class"), MODES)
