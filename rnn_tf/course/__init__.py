"""The course: lessons in parts, run, built, checked and opened; it stands on the library.

>>> from rnn_tf.course import begin
>>> lesson = begin("01_by_hand")

``docs/architecture.md`` shows the rooms; how a lesson is written is in ``CONTRIBUTING.md``.
"""


def begin(name, *, part="lesson", mode=None, lang=None):
    """Start a part of the lesson ``name``; see ``rnn_tf.course.session.begin``."""
    from rnn_tf.course import session

    return session.begin(name, part=part, mode=mode, lang=lang)
