"""The few words that choose what runs: part of a lesson, mode, language."""

import os
from pathlib import Path

from rnn_tf.errors import wrong

#: What a lesson consists of, each a source of its own; only the first must be there.
PARTS = ("lesson", "lab", "autopsy", "appendix")
MODES = ("class", "full")
LANGUAGES = ("en", "zh")


def one_of(argument, value, allowed):
    """``value``, if it is allowed; else ``InputError``."""
    if value not in allowed:
        raise wrong(argument, repr(value), " or ".join(map(repr, allowed)))
    return value


def current_mode():
    """``RNN_TF_MODE``, or ``"class"``."""
    return one_of("RNN_TF_MODE", os.environ.get("RNN_TF_MODE", "class"), MODES)


def current_language():
    """``RNN_TF_LANG``; without it the folder a notebook lies in (``zh/``); else ``"en"``."""
    named = os.environ.get("RNN_TF_LANG")
    if named:
        return one_of("RNN_TF_LANG", named, LANGUAGES)
    here = Path.cwd()
    return "zh" if "zh" in (here.name, here.parent.name) else "en"
