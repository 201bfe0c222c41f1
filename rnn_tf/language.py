"""The two languages in which everything that is shown to a reader is written."""

import os
from pathlib import Path

from rnn_tf.errors import wrong

LANGUAGES = ("en", "zh")


def current_language():
    """``RNN_TF_LANG``; without it the folder a notebook lies in (``zh/``); else ``"en"``.

    Raises ``InputError`` for another language.
    """
    named = os.environ.get("RNN_TF_LANG")
    if named and named not in LANGUAGES:
        raise wrong("RNN_TF_LANG", repr(named), " or ".join(map(repr, LANGUAGES)))
    here = Path.cwd()
    return named or ("zh" if "zh" in (here.name, here.parent.name) else "en")
