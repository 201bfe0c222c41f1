"""Handwritten digits (MNIST), an image a sequence of 28 rows: 28 steps of 28 numbers.

The shipped sample is the first 10,000 training and the first 2,000 test images of the canonical
order. The whole set (60,000 and 10,000) is read from any ``.npz`` with Keras's keys.

Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), "Gradient-based learning applied to
document recognition", Proceedings of the IEEE 86(11):2278-2324. CC BY-SA 3.0.
Article 003, section 4.
"""

import numpy as np

from rnn_tf.datasets.base import Dataset, Split, resolve
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_arrays

NUM_CLASSES = 10
ROWS = COLUMNS = 28

#: Where the whole set is fetched from, only when asked, and what it must hash to.
URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"

_WANTED = {
    "x_train": (None, ROWS, COLUMNS),
    "y_train": (None,),
    "x_test": (None, ROWS, COLUMNS),
    "y_test": (None,),
}


def load(path=None, *, validation_size=1_000, seed=0, download=False):
    """The digits as sequences of rows, in three disjoint parts.

    Args:
        path: an ``.npz`` file with the keys ``x_train``, ``y_train``, ``x_test``, ``y_test``;
            ``"full"`` for ``mnist/mnist.npz`` below the folder that ``RNN_TF_DATA`` names;
            ``None`` for the cache, then the shipped sample.
        validation_size: images taken out of the training part, chosen at random by ``seed``.
            The test part is the file's own and is never used for choosing.
        seed: seed of that choice. The order of the training part is shuffled by it, too.
        download: fetch the whole set into the project's cache if it is not there.

    Returns:
        ``Dataset``; inputs (images, 28 rows, 28 columns) float32 from 0 (paper) to 1 (ink), so
        (batch, steps, features) with rows as the steps; targets (images,) int64 from 0 to 9.

    Raises:
        InputError: ``validation_size`` leaves no training or no validation image.
        DataError: the file is missing, empty, truncated, of another shape, holds labels that are
            not digits, or has a wrong hash.
    """
    located = resolve(
        "digits",
        path,
        shipped="digits/digits.npz",
        full="mnist/mnist.npz",
        url=URL,
        sha256=SHA256,
        download=download,
    )
    arrays = read_arrays(located.path, _WANTED)
    for part in ("train", "test"):
        _must_be_digits(located.path, part, arrays[f"x_{part}"], arrays[f"y_{part}"])
    count = len(arrays["x_train"])
    if not 0 < validation_size < count:
        raise wrong("validation_size", validation_size, f"1 to {count - 1} of {count} images")
    order = np.random.default_rng(seed).permutation(count)
    kept, held_out = order[validation_size:], order[:validation_size]
    images, labels = arrays["x_train"], arrays["y_train"]
    return Dataset(
        name="digits",
        train=_split(images[kept], labels[kept]),
        validation=_split(images[held_out], labels[held_out]),
        test=_split(arrays["x_test"], arrays["y_test"]),
        source=located.source(count + len(arrays["x_test"]), "images"),
    )


def _must_be_digits(path, part, images, labels):
    if len(images) != len(labels):
        raise unusable(path, f"{len(images)} images, {len(labels)} labels", f"as many in {part}")
    if not len(images):
        raise unusable(path, f"no image in x_{part}", "at least one")
    if images.dtype != np.uint8:
        raise unusable(path, f"x_{part} of type {images.dtype}", "uint8, 0 to 255")
    whole = np.issubdtype(labels.dtype, np.integer)
    if not whole or labels.min() < 0 or labels.max() >= NUM_CLASSES:
        shown = f"{labels.min()} to {labels.max()}" if whole else labels.dtype
        raise unusable(path, f"y_{part}: {shown}", "whole numbers 0 to 9")


def _split(images, labels):
    return Split(np.divide(images, 255, dtype=np.float32), labels.astype(np.int64))
