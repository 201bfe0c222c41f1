"""Writes one topic row in few lines."""

from rnn_tf.ledger.rows import Topic

HERE, PARTLY, NOT_YET, OUT = "here", "partly", "not yet", "out of scope"
L1, L2, L3 = "01_by_hand", "02_keras_model", "03_gates"
L4, L5, L6, L7 = "04_next_value", "05_digits", "06_text", "07_speed"
L8 = "08_gradients"
L10 = "10_generalising"
L9 = "09_memory"
L11 = "11_real_sequences"


def topic(id, section, centrality, verdict, title, why, at="", lesson=None):
    """A ``Topic``. ``at``: places parted by spaces, library names without ``rnn_tf.``."""
    places = tuple(p if _is_file(p) else f"rnn_tf.{p}" for p in at.split())
    return Topic(id, section, centrality, verdict, title, why, places, lesson)


def _is_file(place):
    return "/" in place or place.endswith((".md", ".txt", ".toml"))
