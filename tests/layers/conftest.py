"""Small examples go in chains too: elsewhere they are too small to be worth it."""

import pytest


@pytest.fixture(autouse=True)
def small_work_in_chains(monkeypatch):
    monkeypatch.setattr("rnn_tf.layers.chains.STEP_WORTH_CUTTING", 0)
