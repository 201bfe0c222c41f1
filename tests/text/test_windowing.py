"""Sequences of ids as windows with next-token targets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf import text
from rnn_tf.errors import InputError
from rnn_tf.text import Document, Vocabulary

sequence_lists = st.lists(st.integers(2, 40), min_size=1, max_size=6).map(
    # Ids tell document and place: 1000 * document + place.
    lambda lengths: [
        1000 * (n + 1) + np.arange(length, dtype=np.int32) for n, length in enumerate(lengths)
    ]
)


@given(sequence_lists, st.integers(1, 12), st.data())
@settings(deadline=None)
def test_every_token_is_a_target_once_and_its_input_is_the_token_before(sequences, steps, data):
    steps = min(steps, max(map(len, sequences)) - 1)
    offsets = [data.draw(st.integers(0, steps - 1)) for _ in sequences]
    inputs, targets = text.windows(sequences, steps, offset=offsets)
    assert inputs.shape == targets.shape
    assert inputs.shape[1] == steps
    assert inputs.dtype == targets.dtype == np.int32
    real = targets > 0
    assert sorted(targets[real]) == sorted(np.concatenate([s[1:] for s in sequences]))
    np.testing.assert_array_equal(inputs[real], targets[real] - 1)
    np.testing.assert_array_equal(inputs > 0, real)
    for row in inputs:  # one document a window, padding only at its end
        filled = row[row > 0]
        assert len(set(filled // 1000)) == 1
        np.testing.assert_array_equal(row[: len(filled)], filled)


def test_windows_by_hand():
    inputs, targets = text.windows([np.array([2, 5, 6, 7, 3]), np.array([2, 8, 3])], 3)
    assert inputs.tolist() == [[2, 5, 6], [7, 0, 0], [2, 8, 0]]
    assert targets.tolist() == [[5, 6, 7], [3, 0, 0], [8, 3, 0]]
    inputs, _ = text.windows([np.array([2, 5, 6, 7, 3])], 3, offset=1)
    assert inputs.tolist() == [[2, 0, 0], [5, 6, 7]]


def test_windows_of_two_parts_share_no_token():
    train, validation, test = text.split_documents(
        [Document(f"d{n}", f"w{n} x{n} y{n} z{n}") for n in range(12)],
        validation_share=0.2,
        test_share=0.2,
    )
    tokens = [[text.tokenize(d.text) for d in part] for part in (train, validation, test)]
    vocabulary = Vocabulary.fit([t for part in tokens for t in part])
    seen = [
        set(text.windows([vocabulary.encode(t) for t in part], 3)[1].ravel()) - {0, 3}
        for part in tokens
    ]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]
    assert all(seen)


def test_whole_documents_are_not_filled_up():
    inputs, targets = text.whole_documents([np.array([2, 5, 3]), np.array([2, 5, 6, 7, 3])])
    assert [sequence.tolist() for sequence in inputs] == [[2, 5], [2, 5, 6, 7]]
    assert [sequence.tolist() for sequence in targets] == [[5, 3], [5, 6, 7, 3]]
    assert {sequence.dtype for sequence in inputs + targets} == {np.dtype(np.int32)}
    with pytest.raises(InputError):
        text.whole_documents([])


def test_too_little_text_says_how_much_is_needed():
    with pytest.raises(InputError) as caught:
        text.windows([np.arange(57), np.arange(12)], 100)
    assert str(caught.value) == (
        "sequences: got a longest document of 57 ids, expected 101 ids for windows of 100 steps: "
        "give more text, or num_steps=56 at most (B-004-20)"
    )


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: text.windows([], 3),
        lambda: text.windows([np.array([1])], 1),
        lambda: text.windows([np.array([0.5, 1.5])], 1),
        lambda: text.windows([np.ones((3, 4), int)], 1),
        lambda: text.windows([np.arange(5)], 0),
        lambda: text.windows([np.arange(5)], 2.0),
        lambda: text.windows([np.arange(5)], 3, offset=3),
    ],
)
def test_wrong_windows_get_one_clear_line(attempt):
    with pytest.raises(InputError) as caught:
        attempt()
    assert "\n" not in str(caught.value)
