"""The digits' loader: what it returns, and one clear line for every damaged file."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from rnn_tf import paths
from rnn_tf.datasets import digits
from rnn_tf.errors import DataError, InputError


@pytest.fixture
def arrays():
    """A small sound file's arrays: 30 training and 10 test images."""
    made = np.random.default_rng(7)
    return {
        "x_train": made.integers(0, 256, (30, 28, 28), dtype=np.uint8),
        "y_train": np.arange(30, dtype=np.uint8) % 10,
        "x_test": made.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        "y_test": np.arange(10, dtype=np.uint8),
    }


@pytest.fixture
def write(tmp_path):
    def written(arrays):
        np.savez_compressed(tmp_path / "mnist.npz", **arrays)
        return tmp_path / "mnist.npz"

    return written


def images_as_set(split):
    return {image.tobytes() for image in split.inputs}


@pytest.fixture(scope="module")
def shipped():
    return digits.load()


def test_shapes_types_and_units(shipped):
    for part, count in ((shipped.train, 9_000), (shipped.validation, 1_000), (shipped.test, 2_000)):
        assert part.inputs.shape == (count, 28, 28) and part.inputs.dtype == np.float32
        assert part.targets.shape == (count,) and part.targets.dtype == np.int64
        assert part.inputs.min() == 0 and part.inputs.max() == 1
        assert set(part.targets.tolist()) == set(range(10))
    assert shipped.source.startswith("shipped sample") and "12000 images" in shipped.source


def test_the_three_parts_share_no_image(shipped):
    train, validation, test = map(images_as_set, (shipped.train, shipped.validation, shipped.test))
    assert (len(train), len(validation), len(test)) == (9_000, 1_000, 2_000)
    assert not train & validation and not train & test and not validation & test


def test_every_image_keeps_its_label(arrays, write):
    arrays["x_train"][:, 0, 0] = arrays["y_train"]  # the label is written into a corner
    data = digits.load(write(arrays), validation_size=12, seed=3)
    for part in (data.train, data.validation):
        assert np.array_equal(np.rint(part.inputs[:, 0, 0] * 255), part.targets)
    together = np.concatenate([data.train.inputs, data.validation.inputs])
    assert np.array_equal(
        np.sort(np.rint(together * 255).astype(np.uint8).reshape(30, -1), axis=0),
        np.sort(arrays["x_train"].reshape(30, -1), axis=0),
    )


def test_the_seed_chooses_the_validation_part(arrays, write):
    path = write(arrays)
    first, again, other = (digits.load(path, validation_size=10, seed=s) for s in (1, 1, 2))
    assert np.array_equal(first.validation.inputs, again.validation.inputs)
    assert images_as_set(first.validation) != images_as_set(other.validation)
    assert np.array_equal(first.test.inputs, other.test.inputs)


@pytest.mark.parametrize("size", [0, -1, 30, 31])
def test_a_validation_size_that_leaves_nothing(arrays, write, size):
    with pytest.raises(InputError, match=r"^validation_size: got -?\d+, expected 1 to 29 of 30"):
        digits.load(write(arrays), validation_size=size)


def damaged(change):
    """Arrays changed by ``change``, for the table below."""

    def apply(arrays):
        change(arrays)
        return arrays

    return apply


DAMAGES = {
    "a flat image": (
        damaged(lambda a: a.update(x_train=a["x_train"].reshape(30, 784))),
        r"x_train of shape \(30, 784\), expected \(any, 28, 28\)",
    ),
    "the article's extra axis": (
        damaged(lambda a: a.update(x_test=a["x_test"][:, None])),
        r"x_test of shape \(10, 1, 28, 28\), expected \(any, 28, 28\)",
    ),
    "one-hot labels": (
        damaged(lambda a: a.update(y_train=np.eye(10)[a["y_train"]])),
        r"y_train of shape \(30, 10\), expected \(any\)",
    ),
    "a label too few": (
        damaged(lambda a: a.update(y_test=a["y_test"][:-1])),
        r"10 images, 9 labels, expected as many in test",
    ),
    "no image": (
        damaged(lambda a: a.update(x_test=a["x_test"][:0], y_test=a["y_test"][:0])),
        r"no image in x_test, expected at least one",
    ),
    "a label that is no digit": (
        damaged(lambda a: a.update(y_train=a["y_train"] + 1)),
        r"y_train: 1 to 10, expected whole numbers 0 to 9",
    ),
    "labels that are no whole numbers": (
        damaged(lambda a: a.update(y_train=a["y_train"] / 2)),
        r"y_train: float64, expected whole numbers 0 to 9",
    ),
    "pixels already scaled": (
        damaged(lambda a: a.update(x_train=a["x_train"] / 255)),
        r"x_train of type float64, expected uint8, 0 to 255",
    ),
    "another key": (
        damaged(lambda a: a.update(labels=a.pop("y_train"))),
        r"expected an array named 'y_train'",
    ),
    "a pickled object": (
        damaged(lambda a: a.update(y_train=np.array([{}] * 30, dtype=object))),
        r"y_train of pickled objects, expected an array of numbers or text",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_of_the_wrong_content_gets_one_line(arrays, write, damage):
    change, wanted = DAMAGES[damage]
    path = write(change(arrays))
    with pytest.raises(DataError, match=wanted) as caught:
        digits.load(path, validation_size=5)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0, 3, 200, 0.5, 0.99])
def test_a_cut_file_gets_one_line(arrays, write, kept):
    path = write(arrays)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if 0 < kept < 1 else int(kept)])
    with pytest.raises(DataError) as caught:
        digits.load(path, validation_size=5)
    message = str(caught.value)
    assert message.startswith(str(path)) and "expected a" in message or "expected data" in message
    assert "\n" not in message


def test_a_missing_file_gets_one_line(tmp_path):
    with pytest.raises(DataError, match=r"none\.npz: got no such file, expected a file or folder"):
        digits.load(tmp_path / "none.npz")


@pytest.fixture
def copied_data(tmp_path, monkeypatch):
    """A data folder with the digits alone, to be damaged."""
    folder = tmp_path / "data"
    (folder / "digits").mkdir(parents=True)
    for name in ("digits/digits.npz",):
        (folder / name).write_bytes((paths.data_folder() / name).read_bytes())
    sums = (paths.data_folder() / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in sums if line.endswith("  digits/digits.npz")]
    (folder / "SHA256SUMS").write_text(line + "\n", encoding="utf-8")
    monkeypatch.setattr(paths, "data_folder", lambda: folder)
    return folder


def test_one_flipped_bit_of_the_shipped_file_is_noticed(copied_data):
    assert len(digits.load().test) == 2_000
    file = copied_data / "digits" / "digits.npz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"digits\.npz: got sha256 .* restore it"):
        digits.load()


def test_a_file_in_the_cache_with_another_hash_is_refused(arrays, write, tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "cache"))
    cached = tmp_path / "cache" / "digits" / "mnist.npz"
    cached.parent.mkdir(parents=True)
    content = write(arrays).read_bytes()
    cached.write_bytes(content)
    with pytest.raises(DataError, match=r"mnist\.npz: got sha256 .*delete it and try again"):
        digits.load(validation_size=5)
    # With the right hash the same file is used before the shipped sample.
    monkeypatch.setattr(digits, "SHA256", hashlib.sha256(content).hexdigest())
    assert digits.load(validation_size=5).source.startswith("cache")


def test_a_download_that_cannot_be_had_gets_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path))
    monkeypatch.setattr(digits, "URL", (tmp_path / "not_there" / "mnist.npz").as_uri())
    with pytest.raises(DataError, match=r"no download .*the shipped sample is used"):
        digits.load(download=True)
    assert not list(tmp_path.rglob("*.npz"))


def test_keras_own_folder_is_never_touched(tmp_path, monkeypatch):
    """Keras deletes a file there whose hash is not its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    digits.load()
    assert not any(tmp_path.iterdir())


def test_the_full_set_needs_its_folder(monkeypatch):
    monkeypatch.delenv("RNN_TF_DATA", raising=False)
    with pytest.raises(InputError, match="RNN_TF_DATA set to the folder of full data sets"):
        digits.load("full")


@pytest.mark.skipif("RNN_TF_DATA" not in os.environ, reason="RNN_TF_DATA names no full data sets")
def test_the_shipped_digits_are_the_first_of_the_full_set():
    full = Path(os.environ["RNN_TF_DATA"], "mnist", "mnist.npz")
    shipped = paths.data_folder() / "digits" / "digits.npz"
    with np.load(full, allow_pickle=False) as whole, np.load(shipped, allow_pickle=False) as ours:
        for key, count in (("x_train", 10_000), ("y_train", 10_000), ("x_test", 2_000)):
            assert ours[key].dtype == np.uint8
            assert np.array_equal(ours[key], whole[key][:count])
        assert np.array_equal(ours["y_test"], whole["y_test"][:2_000])
    data = digits.load("full", validation_size=5_000)
    assert (len(data.train), len(data.validation), len(data.test)) == (55_000, 5_000, 10_000)
    assert data.source.startswith("full data")
