"""Who is speaking: what a file must hold, no utterance in two parts, every speaker in each."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from rnn_tf.datasets import speakers
from rnn_tf.errors import DataError, InputError
from tests import fuzzing

HEADER = "#made up\n@problemName Voices\n@dimensions 12\n@classLabel true anna bert carl\n@data\n"
LABELS = ("anna", "bert", "carl")


def utterances(count, seed):
    """``count`` of each speaker, near his number: tracks (frames, 12) and labels."""
    random = np.random.default_rng(seed)
    return [
        (random.normal(number, 0.1, (int(random.integers(3, 8)), 12)).round(4), label)
        for number, label in enumerate(LABELS)
        for _ in range(count)
    ]


def line(track, label):
    return ":".join([*(",".join(map(str, column)) for column in track.T), label])


def text(count, seed):
    return HEADER + "\n".join(line(*one) for one in utterances(count, seed)) + "\n"


def put(folder, train=None, test=None):
    """The folder, with the files of these texts in it; made-up ones where none is given."""
    for name, content, made_up in (
        (speakers.TRAIN, train, text(10, 0)),
        (speakers.TEST, test, text(4, 1)),
    ):
        content = made_up if content is None else content
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)
    return folder


def parts(data):
    return data.train, data.validation, data.test


def frames_of(part):
    return np.concatenate([row[:n] for row, n in zip(part.inputs, part.lengths, strict=True)])


def load_beside(path):
    """A training file, with the test file that lies beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return speakers.load((path, path.parent / speakers.TEST))


def test_the_made_up_voices(tmp_path):
    data = speakers.load(put(tmp_path), num_steps=9, validation=0.3)
    assert data.classes == LABELS and data.source == f"path given {tmp_path}, 42 utterances"
    assert [len(part) for part in parts(data)] == [21, 9, 12]
    for part, each in zip(parts(data), (7, 3, 4), strict=True):
        assert np.bincount(part.targets).tolist() == [each] * 3
        assert part.inputs.shape == (3 * each, 9, 12) and part.inputs.dtype == np.float32
        for row, length in zip(part.inputs, part.lengths, strict=True):
            assert (row[:length] != 0).all() and (row[length:] == 0).all() and 3 <= length < 8


def test_the_test_part_is_the_file_s_in_its_order(tmp_path):
    data = speakers.load(put(tmp_path), num_steps=9)
    frames = frames_of(data.test)
    raw = np.concatenate([track for track, _ in utterances(4, 1)])
    slope, constant = np.polyfit(raw[:, 5], frames[:, 5], 1)  # scaled, and nothing else
    np.testing.assert_allclose(slope * raw[:, 5] + constant, frames[:, 5], atol=1e-5)
    assert data.test.targets.tolist() == [0] * 4 + [1] * 4 + [2] * 4


def test_the_scale_is_that_of_the_training_part(tmp_path):
    data = speakers.load(put(tmp_path))
    frames = frames_of(data.train)
    np.testing.assert_allclose(frames.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(frames.std(axis=0), 1, atol=1e-5)


def test_every_training_utterance_is_in_one_of_two_parts(tmp_path):
    def lengths(data):
        return sorted([*data.train.lengths, *data.validation.lengths])

    one, again, other = (speakers.load(put(tmp_path), seed=seed) for seed in (0, 0, 1))
    assert lengths(one) == lengths(other) == sorted(len(t) for t, _ in utterances(10, 0))
    np.testing.assert_array_equal(one.validation.inputs, again.validation.inputs)
    assert not np.array_equal(one.validation.lengths, other.validation.lengths)


def test_a_longer_utterance_loses_its_end(tmp_path):
    short, long = (speakers.load(put(tmp_path), num_steps=n) for n in (4, 9))
    assert short.test.lengths.tolist() == np.minimum(long.test.lengths, 4).tolist()
    assert short.test.inputs.shape == (12, 4, 12)


def test_two_files_serve_as_well_as_a_folder(tmp_path):
    put(tmp_path)
    pair = (tmp_path / speakers.TRAIN, str(tmp_path / speakers.TEST))
    for one, other in zip(parts(speakers.load(pair)), parts(speakers.load(tmp_path)), strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)


def test_a_coefficient_that_never_changes_stays_finite(tmp_path):
    def same(count, seed):
        tracks = utterances(count, seed)
        for track, _ in tracks:
            track[:, 3] = 0.5
        return HEADER + "\n".join(line(*one) for one in tracks)

    data = speakers.load(put(tmp_path, same(10, 0), same(4, 1)))
    assert (data.test.inputs[:, :, 3] == 0).all() and np.isfinite(data.test.inputs).all()


def test_windows_line_ends_blanks_and_capitals_are_no_fault(tmp_path):
    changed = text(10, 0).replace("@data", "@DATA").replace("\n", "\r\n") + "\r\n \r\n"
    assert len(speakers.load(put(tmp_path, changed)).train) == 24


SOUND = text(10, 0)
FIRST = SOUND.splitlines()[5]


def replaced(old, new):
    changed = SOUND.replace(old, new, 1)
    assert changed != SOUND
    return changed


FAULTS = {
    "empty": (b"", "an empty file"),
    "binary": (b"\x80\x04\x95\x10\x00\x00\x00cos\nsystem\n", "expected"),
    "not UTF-8": (SOUND.encode().replace(b"made", b"m\xe4de"), "expected"),
    "UTF-16": (SOUND.encode("utf-16"), "expected"),
    "no '@data'": (replaced("@data\n", ""), "no line '@data'"),
    "nothing below": (HEADER, "no series below '@data'"),
    "no labels declared": (replaced("@classLabel true anna bert carl\n", ""), "0 lines"),
    "labels declared false": (replaced("@classLabel true", "@classLabel false"), "@classLabel"),
    "one label": (replaced("anna bert carl", "anna"), "the labels 'anna'"),
    "a label twice": (replaced("anna bert carl", "anna bert bert carl"), "each once"),
    "an unknown label": (replaced(":bert", ":dora"), "the label 'dora' in line 16"),
    "no label": (replaced(":anna", ":"), "the label '' in line 6"),
    "a coefficient missing": (replaced(FIRST, FIRST.split(":", 1)[1]), "11 lists of numbers"),
    "a coefficient too many": (replaced(FIRST, "1:" + FIRST), "13 lists of numbers"),
    "frames of unequal number": (replaced(FIRST, "1," + FIRST), "frames in line 6"),
    "a missing value": (replaced(FIRST, "?" + FIRST[FIRST.index(",") :]), "'?' in line 6"),
    "not a number": (replaced(FIRST, "nan" + FIRST[FIRST.index(",") :]), "'nan' in line 6"),
    "infinite": (replaced(FIRST, "-inf" + FIRST[FIRST.index(",") :]), "'-inf' in line 6"),
    "beyond measure": (replaced(FIRST, "1e300" + FIRST[FIRST.index(",") :]), "'1e300'"),
    "no frame": (replaced(FIRST, ":" * 12 + "anna"), "'' in line 6"),
    "time stamps": (replaced(FIRST, FIRST.replace(",", "),(")), "in line 6"),
    "code": (replaced(FIRST, "__import__('os')" + FIRST[FIRST.index(",") :]), "__import__('os')"),
    "an utterance twice": (SOUND + FIRST, "was there before"),
    "one of the test part": (SOUND + text(4, 1).splitlines()[5], "was there before"),
    "a speaker who says little": (text(1, 0), "1 utterances of speaker anna"),
    "a speaker who is silent": (SOUND.replace(":carl", ":bert"), "0 utterances of speaker carl"),
    "other speakers": (SOUND.replace("carl", "dora"), "the speakers anna, bert, carl"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_file_gets_one_line(tmp_path, fault):
    content, told = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        speakers.load(put(tmp_path, train=content))
    message = str(caught.value)
    assert told in message and str(tmp_path) in message and "\n" not in message
    assert len(message) < 400


def test_the_test_file_is_held_to_the_same(tmp_path):
    with pytest.raises(DataError, match=r"JapaneseVowels_TEST.ts: got '\?' in line 6"):
        speakers.load(put(tmp_path, test=FAULTS["a missing value"][0]))


def test_files_that_are_not_there(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="an empty folder"):
        speakers.load(tmp_path)
    put(tmp_path)
    (tmp_path / speakers.TEST).unlink()
    with pytest.raises(DataError, match=r"JapaneseVowels_TEST.ts: got no such file"):
        speakers.load(tmp_path)
    with pytest.raises(DataError, match="a single file"):
        speakers.load(tmp_path / speakers.TRAIN)
    (tmp_path / speakers.TEST).mkdir()
    (tmp_path / speakers.TEST / "x").touch()
    with pytest.raises(DataError, match="a folder"):
        speakers.load(tmp_path)
    monkeypatch.setenv("RNN_TF_DATA", str(tmp_path))
    with pytest.raises(DataError, match="aeon/datasets/data/JapaneseVowels: got no such file"):
        speakers.load()
    monkeypatch.delenv("RNN_TF_DATA")
    with pytest.raises(InputError, match="RNN_TF_DATA"):
        speakers.load()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"num_steps": 0}, "num_steps: got 0"),
        ({"num_steps": 2.5}, "num_steps: got 2.5"),
        ({"num_steps": "9"}, "num_steps: got '9'"),
        ({"validation": "half"}, "validation: got 'half'"),
        ({"validation": 0}, "validation: got 0"),
        ({"validation": 1}, "validation: got 1"),
        ({"validation": 0.01}, "validation=0.01"),
        ({"path": 7}, "path: got int"),
        ({"path": ("one",)}, "path: got 1 files"),
    ],
)
def test_bad_arguments_get_one_line(tmp_path, given, named):
    with pytest.raises(InputError) as caught:
        speakers.load(**({"path": put(tmp_path)} | given))
    assert named in str(caught.value) and "\n" not in str(caught.value)


def test_damaged_files_load_or_are_refused_in_one_line(tmp_path):
    path = put(tmp_path) / "voices.ts"
    seen = fuzzing.contained(fuzzing.fuzz, load_beside, SOUND.encode(), path, 500, seed=20)
    assert sum(seen.values()) == 500
    assert seen["refused"] > 100 and seen["loaded"] > 25, seen


_FULL = Path(os.environ.get("RNN_TF_DATA", "."), speakers.FOLDER)


@pytest.mark.skipif(not _FULL.is_dir(), reason=f"RNN_TF_DATA holds no {speakers.FOLDER}")
def test_the_nine_men():
    data = speakers.load()
    assert data.source == f"full data RNN_TF_DATA/{speakers.FOLDER}, 640 utterances"
    assert data.classes == tuple("123456789")
    assert [len(part) for part in parts(data)] == [216, 54, 370]
    assert np.bincount(data.validation.targets).tolist() == [6] * 9
    assert np.bincount(data.test.targets).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]
    lengths = np.concatenate([part.lengths for part in parts(data)])
    assert (lengths.min(), lengths.max()) == (7, 29)
    short = next(n for n, length in enumerate(data.test.lengths) if length < 29)
    assert (data.test.inputs[short, data.test.lengths[short] :] == 0).all()
