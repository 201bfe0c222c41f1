"""A lesson begun in one test is not the lesson of the next."""

import pytest

from rnn_tf.course import session


@pytest.fixture(autouse=True)
def no_lesson(monkeypatch):
    monkeypatch.setattr(session, "_current", None)
