"""Data for ``fit`` without a wait at the end of every epoch.

While ``tf.data`` hands out batches, a thread beside it tunes the pipeline: after 20 ms, 40 ms
more, 80 ms more and so on, up to a minute. Who deletes the iterator at the end of an epoch often
has to wait until that thread wakes up for its next round, and by then the epoch can have taken
twice as long (``docs/notes/tf_data_epoch_wait.md``). Batches cut from arrays need no tuning.
"""

import functools
import inspect

from rnn_tf.backend import keras, tf
from rnn_tf.errors import wrong

# Keras takes a data adapter in the place of data, but has no public name for it.
_adapters = keras.src.trainers.data_adapters


def without_wait(dataset):
    """``dataset`` with autotuning off: the same batches, and nothing to wait for at the end.

    For loops of one's own over a ``tf.data.Dataset``. A dataset that says itself whether it is to
    be tuned (``options.autotune.enabled``) comes back as it is.
    """
    if not isinstance(dataset, tf.data.Dataset) or dataset.options().autotune.enabled is not None:
        return dataset
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)


class Feed(_adapters.data_adapter.DataAdapter):
    """Data for ``fit``, ``evaluate`` and ``predict`` of any Keras model, without the wait.

    >>> model.fit(Feed(inputs, targets, batch_size=64, shuffle=True), epochs=3)
    >>> model.evaluate(Feed(test_inputs, test_targets))
    >>> model.fit(Feed(dataset), validation_data=Feed(validation_dataset))

    The models of ``rnn_tf.models`` need none of this: their methods make a ``Feed`` of what they
    are given. The batches are Keras's own: with the same seed the same numbers in the same order.

    Args:
        inputs: an array, or a tuple, list or dict of them, (samples, ...); or whole batches: a
            ``tf.data.Dataset``, ``Batches`` or another ``keras.utils.PyDataset``, a generator.
        targets: the same for the targets, unless ``inputs`` brings them.
        sample_weight: for each sample, or for each step of each sample.
        batch_size: samples a batch, for arrays; 32 if neither this nor ``steps`` is given.
        steps: batches that the arrays are divided into where ``batch_size`` is not given.
        shuffle: a new order in each epoch, for arrays and ``PyDataset``. Leave it for
            ``predict``: its outputs come in the order of the batches.
        class_weight: ``{class: weight}``, in the place of ``sample_weight``.

    Give these arguments here: beside a ``Feed``, Keras overlooks its own of the same names, and
    our models raise ``InputError``. What is no data raises Keras's ``ValueError``.
    """

    def __init__(
        self,
        inputs,
        targets=None,
        sample_weight=None,
        *,
        batch_size=None,
        steps=None,
        shuffle=False,
        class_weight=None,
    ):
        self.inputs, self.targets = inputs, targets
        self._adapter = _adapters.get_data_adapter(
            inputs, targets, sample_weight, batch_size, steps, shuffle, class_weight
        )

    def get_tf_dataset(self):
        """What Keras iterates over: a ``tf.data.Dataset`` of batches."""
        return without_wait(self._adapter.get_tf_dataset())

    @property
    def num_batches(self):
        """Batches in an epoch, ``None`` where nobody knows."""
        return self._adapter.num_batches

    def on_epoch_begin(self):
        """Called by Keras before each pass."""
        self._adapter.on_epoch_begin()

    def on_epoch_end(self):
        """Called by Keras after each pass."""
        self._adapter.on_epoch_end()


def fed(method):
    """``keras.Model``'s ``fit``, ``evaluate`` or ``predict``, made to feed itself by ``Feed``."""
    signature = inspect.signature(method)
    shuffle = "shuffle" in signature.parameters  # of the three only fit does, unless told not to

    @functools.wraps(method)
    def feeding(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        given = bound.arguments  # what is left of them goes to Keras
        if given.get("validation_split") and given.get("validation_data") is None:
            _split_for_validation(given)
        if given.get("validation_data") is not None:
            given["validation_data"] = _fed(
                *keras.utils.unpack_x_y_sample_weight(given["validation_data"]),
                batch_size=given.get("validation_batch_size") or given.get("batch_size"),
                steps=given.get("validation_steps"),
            )
        given["x"] = _fed(
            given.get("x"),
            given.pop("y", None),
            given.pop("sample_weight", None),
            given.pop("class_weight", None),
            batch_size=given.get("batch_size"),
            steps=given.get("steps_per_epoch") or given.get("steps"),
            shuffle=given.get("shuffle", shuffle),
        )
        return method(*bound.args, **bound.kwargs)

    return feeding


def _split_for_validation(given):
    names = ("x", "y", "sample_weight")
    arrays, given["validation_data"] = _adapters.array_slicing.train_validation_split(
        tuple(given.get(name) for name in names), given["validation_split"]
    )
    given |= dict(zip(names, arrays, strict=True))


def _fed(inputs, targets=None, sample_weight=None, class_weight=None, **how):
    if not isinstance(inputs, Feed):
        return Feed(inputs, targets, sample_weight, class_weight=class_weight, **how)
    if any(beside is not None for beside in (targets, sample_weight, class_weight)):
        wanted = "the Feed alone: Feed(inputs, targets, sample_weight, class_weight=...)"
        raise wrong("x", "a Feed, and targets or weights beside it", wanted)
    return inputs
