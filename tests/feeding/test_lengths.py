"""Batches of like length: all there, little padding, and an order that is a matter of chance."""

import numpy as np
import pytest

from rnn_tf import feeding
from rnn_tf.errors import InputError

COUNT, STEPS = 103, 12
LENGTHS = np.random.default_rng(0).integers(1, STEPS + 1, COUNT)
# Sequence k holds k + 1 in its real steps.
SEQUENCES = (
    feeding.real_steps(LENGTHS, STEPS)[:, :, None] * np.arange(1.0, COUNT + 1)[:, None, None]
)
TARGETS = np.arange(1.0, COUNT + 1)


def epoch_of(batches):
    batches.on_epoch_begin()
    held = [batches[k] for k in range(batches.num_batches)]
    batches.on_epoch_end()
    return held


def padding(held):
    return 1 - sum(mask.sum() for (_, mask), _ in held) / sum(m.size for (_, m), _ in held)


def test_the_mask_is_true_where_a_step_is_real():
    assert feeding.real_steps([0, 2], 3).tolist() == [[False] * 3, [True, True, False]]


@pytest.mark.parametrize("lengths", [[4], [-1], [1.0], [[1]]])
def test_lengths_that_no_sequence_has(lengths):
    with pytest.raises(InputError, match="lengths"):
        feeding.real_steps(lengths, 3)


def test_every_sequence_once_an_epoch_whole_and_with_its_target():
    batches = feeding.ByLength(SEQUENCES, LENGTHS, TARGETS, 10, seed=1, pool=3)
    orders = []
    for _ in range(3):
        held = epoch_of(batches)
        order = np.concatenate([targets for _, targets in held])
        assert sorted(order) == TARGETS.tolist()
        for (sequences, mask), targets in held:
            assert mask.sum(axis=1).tolist() == LENGTHS[targets.astype(int) - 1].tolist()
            assert (sequences[:, :, 0] == mask * targets[:, None]).all()
            assert mask.any(axis=0).all()  # no wider than its longest
        assert [len(targets) for _, targets in held] == [10] * 10 + [3]
        orders.append(tuple(order))
    assert len(set(orders)) == 3


def test_larger_pools_leave_less_padding():
    shares = [
        padding(epoch_of(feeding.ByLength(SEQUENCES, LENGTHS, TARGETS, 10, pool=pool)))
        for pool in (1, 3, 10)
    ]
    assert shares[0] > 0.35 > 0.25 > shares[1] > shares[2] and shares[2] < 0.1


def test_short_batches_may_come_first_or_last():
    batches = feeding.ByLength(SEQUENCES, LENGTHS, TARGETS, 10, seed=0, pool=10)
    firsts, places = set(), []
    for _ in range(20):
        widths = [mask.shape[1] for (_, mask), _ in epoch_of(batches)[:-1]]
        firsts.add(widths[0])
        places.append(np.corrcoef(np.arange(10), widths)[0, 1])
    assert len(firsts) >= 5 and abs(np.mean(places)) < 0.3


def test_the_same_seed_gives_the_same_batches_and_any_epoch_can_be_had_at_once():
    one, other = (feeding.ByLength(SEQUENCES, LENGTHS, TARGETS, 10, seed=4) for _ in range(2))
    runs = [np.concatenate([t for _, t in epoch_of(one)]) for _ in range(3)]
    other.start(epoch=2)
    assert np.concatenate([t for _, t in epoch_of(other)]).tolist() == runs[2].tolist()


def test_a_model_is_trained_on_frames_and_mask():
    from rnn_tf import layers
    from rnn_tf.backend import keras

    frames, real = keras.Input((None, 1)), keras.Input((None,), dtype="bool")
    outputs = keras.layers.Dense(1)(layers.SimpleRNN(2)(frames, mask=real))
    model = keras.Model([frames, real], outputs)
    model.compile("sgd", "mse", jit_compile=False)
    batches = feeding.ByLength(SEQUENCES, LENGTHS, TARGETS, 20, pool=5)
    before = [weight.copy() for weight in model.get_weights()]
    history = model.fit(feeding.Feed(batches), epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize(
    "change",
    [{"lengths": LENGTHS[:-1]}, {"lengths": 0 * LENGTHS}, {"pool": 0}, {"batch_size": 0}],
)
def test_what_cannot_be_put_in_batches(change):
    arguments = {"lengths": LENGTHS, "targets": TARGETS, "batch_size": 10, "pool": 2} | change
    with pytest.raises(InputError, match=next(iter(change))):
        feeding.ByLength(SEQUENCES, **arguments)
