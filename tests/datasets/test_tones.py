"""Tracks of pitch: what a file must hold, no syllable in two parts, melody and its scale."""

import numpy as np
import pytest

from rnn_tf.datasets import tones
from rnn_tf.errors import DataError, InputError


def made_up(sounds=20, seed=0):
    """Every sound in four tones that are what their names say: level, rising, dipping, falling."""
    rng = np.random.default_rng(seed)
    arrays = {"syllable": [], "tone": [], "frames": [], "pitch": [], "energy": []}
    for number in range(sounds):
        for tone in (1, 2, 3, 4):
            t = np.linspace(0, 1, int(rng.integers(8, 20)))
            melody = {1: 6 + 0 * t, 2: 6 * t, 3: 12 * (t - 0.5) ** 2, 4: 6 - 6 * t}[tone]
            hertz = 200 * 2 ** (melody / 12)
            hertz[rng.random(len(t)) < 0.1] = 0
            arrays["syllable"].append(f"s{number}")
            arrays["tone"].append(tone)
            arrays["frames"].append(len(t))
            arrays["pitch"].append(np.rint(10 * hertz))
            arrays["energy"].append(np.full(len(t), -20))
    return {
        "syllable": np.array(arrays["syllable"]),
        "tone": np.array(arrays["tone"], np.uint8),
        "frames": np.array(arrays["frames"], np.uint16),
        "pitch": np.concatenate(arrays["pitch"]).astype(np.uint16),
        "energy": np.concatenate(arrays["energy"]).astype(np.int8),
    }


def put(folder, **changed):
    path = folder / "tones.npz"
    np.savez(path, **{k: v for k, v in (made_up() | changed).items() if v is not None})
    return path


def parts(data):
    return data.train, data.validation, data.test


def test_the_shipped_syllables():
    spoken = tones.read()
    assert len(spoken) == 1158
    assert np.bincount([one.tone for one in spoken]).tolist() == [0, 303, 236, 288, 320, 11]
    data = tones.load()
    assert data.source == "shipped sample data/sound/tones.npz, 1117 syllables"
    assert [len(part) for part in parts(data)] == [776, 172, 169]
    falling = data.train.inputs[data.train.targets == 3][:, :, 1].sum(axis=1)
    rising = data.train.inputs[data.train.targets == 1][:, :, 1].sum(axis=1)
    assert (falling < 0).mean() > 0.9 and (rising > 0).mean() > 0.9


@pytest.mark.parametrize(("voice", "hertz"), [("man", 89), ("woman", 160)])
def test_a_synthetic_voice_says_the_same_syllables(voice, hertz):
    spoken = tones.synthetic(voice)
    real = {(one.sound, one.tone) for one in tones.read() if one.tone <= 4}
    assert {(one.sound, one.tone) for one in spoken} == real and len(spoken) == len(real)
    heard = tones.audible(spoken)
    assert np.median(np.concatenate([tones.contour(one.pitch) for one in heard])) == pytest.approx(
        12 * np.log2(hertz), abs=0.2
    )
    for tone, rises in ((2, True), (4, False)):  # what it was told to say is what is heard
        melodies = [tones.contour(one.pitch) for one in heard if one.tone == tone]
        assert np.mean([(one[-1] > one[0]) == rises for one in melodies]) > 0.9


def test_the_recordings_are_four_sounds():
    recorded = tones.recordings()
    assert len(set(recorded)) == 4 and all(one.startswith(b"OggS") for one in recorded)


def test_no_other_voice_is_known():
    with pytest.raises(InputError, match="one of man, woman"):
        tones.synthetic("child")


def test_a_window_holds_melody_and_slope_and_nothing_behind_the_end():
    short, long = np.array([1.0, 2, 4, 8]), np.arange(9.0)
    inputs = tones.windows([short, long], num_steps=6)
    assert inputs.shape == (2, 6, 2) and inputs.dtype == np.float32
    assert inputs[0].tolist() == [[1, 1], [2, 1.5], [4, 3], [8, 4], [0, 0], [0, 0]]
    assert inputs[1].tolist() == [[value, 1] for value in range(6)]


def test_what_has_no_tone_or_hardly_a_voice_is_left_out():
    nothing, voiced = np.full(5, np.nan), np.array([np.nan, 100, 100, 100, np.nan])
    given = [tones.Syllable("s", tone, pitch, voiced) for tone in (4, 5) for pitch in (voiced,)]
    given += [tones.Syllable("s", 1, nothing, voiced), tones.Syllable("s", 1, voiced[:3], voiced)]
    assert tones.audible(given) == given[:1]


def test_no_sound_is_in_two_parts_and_none_is_lost(tmp_path):
    for seed in range(5):
        data = tones.load(put(tmp_path), validation=0.2, test=0.3, seed=seed)
        sounds = [set(part.sounds) for part in parts(data)]
        assert [len(one) for one in sounds] == [10, 4, 6]
        assert len(set.union(*sounds)) == 20
        assert sum(map(len, parts(data))) == 80
    other = tones.load(put(tmp_path), validation=0.2, test=0.3, seed=5)
    assert set(other.test.sounds) != sounds[2]


def test_the_scale_is_that_of_the_training_part():
    data = tones.load()
    values = np.concatenate(
        [row[:n, 0] for row, n in zip(data.train.inputs, data.train.lengths, strict=True)]
    )
    assert abs(values.mean()) < 1e-3 and values.std() == pytest.approx(1, abs=1e-3)
    for part in parts(data):
        for row, length in zip(part.inputs, part.lengths, strict=True):
            assert (row[length:] == 0).all() and np.isfinite(row).all()
            np.testing.assert_allclose(row[:length, 1], np.gradient(row[:length, 0]), atol=1e-5)


def test_a_melody_begins_and_ends_with_a_voice_and_has_no_holes():
    hertz = np.array([np.nan, 100, 100, np.nan, 100, 200, 200, 200, np.nan])
    semitones = tones.contour(hertz)
    low = 12 * np.log2(100)
    assert len(semitones) == 7
    np.testing.assert_allclose(semitones[:2], low)
    np.testing.assert_allclose(semitones[-2:], low + 12)


def test_a_longer_syllable_loses_its_end(tmp_path):
    short, long = (tones.load(put(tmp_path), num_steps=n) for n in (5, 40))
    assert short.train.lengths.max() == 5 and long.train.lengths.max() > 5
    np.testing.assert_array_equal(short.train.targets, long.train.targets)


FAULTS = {
    "no tones": ({"tone": None}, "'tone'"),
    "a tone too many": ({"tone": np.ones(81, np.uint8)}, "81 tones"),
    "tone 6": ({"tone": np.full(80, 6, np.uint8)}, "tones [6]"),
    "tone 0": ({"tone": np.zeros(80, np.uint8)}, "tones [0]"),
    "tones in words": ({"tone": np.array(["first"] * 80)}, "other kinds"),
    "names in bytes": ({"syllable": np.array([b"ma"] * 80)}, "other kinds"),
    "pitch in fractions": ({"pitch": np.ones(9)}, "other kinds"),
    "frames that are not there": ({"pitch": np.ones(9, np.uint16)}, "9 of pitch"),
    "energy of something else": ({"energy": np.ones(3, np.int8)}, "3 of energy"),
    "a syllable of no frame": ({"frames": np.zeros(80, np.uint16)}, "frames"),
    "a table": ({"pitch": np.ones((9, 2), np.uint16)}, "pitch of shape (9, 2)"),
    "nothing": (
        {k: np.ones(0, np.uint8) for k in ("tone", "frames", "pitch", "energy")},
        "0 tones",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_file_gets_one_line(tmp_path, fault):
    changed, told = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        tones.load(put(tmp_path, **changed))
    message = str(caught.value)
    assert told in message and "tones.npz" in message and "\n" not in message


def test_objects_are_not_unpickled(tmp_path):
    with pytest.raises(DataError, match="pickled objects"):
        tones.load(put(tmp_path, syllable=np.array([{}] * 80, dtype=object)))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(50), b"syllable,tone\nma,1\n"])
def test_other_files_get_one_line(tmp_path, content):
    path = tmp_path / "tones.npz"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        tones.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"num_steps": 2}, "num_steps"),
        ({"validation": 0}, "validation"),
        ({"validation": 0.5, "test": 0.5}, "validation"),
        ({"test": 0.01}, "a share of 20 sounds"),
        ({"path": 7}, "path: got int"),
    ],
)
def test_bad_arguments_get_one_line(tmp_path, given, named):
    with pytest.raises(InputError) as caught:
        tones.load(**({"path": put(tmp_path)} | given))
    assert named in str(caught.value) and "\n" not in str(caught.value)
