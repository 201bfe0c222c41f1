"""Strings of digits: what a file must hold, no voice in two parts, clips joined the same again."""

import io
import warnings

import numpy as np
import pytest

from rnn_tf.datasets import spoken_digits
from rnn_tf.errors import DataError, InputError
from tests import fuzzing

EACH = 6


def made_up(parts=spoken_digits.PARTS, seed=0):
    """Six strings a part, said by two voices; digit d is loud in band 2 d, for four frames."""
    random = np.random.default_rng(seed)
    arrays = {key: [] for key in ("part", "voice", "digits", "frames", "bands")}
    for part in parts:
        for number in range(EACH):
            digits = random.integers(10, size=random.integers(3, 6))
            bands = random.integers(0, 4, (4 * len(digits), 24))
            bands[np.arange(len(bands)), 2 * np.repeat(digits, 4)] = 20
            arrays["part"].append(part)
            arrays["voice"].append(f"{part} {number % 2}")
            arrays["digits"].append("".join(map(str, digits)))
            arrays["frames"].append(len(bands))
            arrays["bands"].append(bands)
    return {
        "part": np.array(arrays["part"]),
        "voice": np.array(arrays["voice"]),
        "digits": np.array(arrays["digits"]),
        "frames": np.array(arrays["frames"], np.uint16),
        "bands": np.concatenate(arrays["bands"]).astype(np.uint8),
    }


def put(folder, **changed):
    path = folder / "strings.npz"
    np.savez(path, **{k: v for k, v in (made_up() | changed).items() if v is not None})
    return path


def parts(data):
    return data.train, data.validation, data.test, data.other_synthesiser, data.real


def load_one(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return spoken_digits.load(path, count=5)


def sound_archive():
    file = io.BytesIO()
    np.savez(file, **made_up())
    return file.getvalue()


def test_the_shipped_strings():
    data = spoken_digits.load()
    assert data.source == "shipped sample data/sound/digit_strings.npz, 1340 strings"
    assert [len(part) for part in parts(data)] == [1000, 100, 120, 120, 150]
    for part in parts(data):
        assert part.inputs.shape[1:] == data.train.inputs.shape[1:]
        assert part.inputs.dtype == np.float32 and np.isfinite(part.inputs).all()
        counts = (part.targets > 0).sum(axis=1)
        assert counts.min() == 3 and counts.max() == 6 and part.targets.max() == 10
        assert (part.lengths >= counts).all() and part.lengths.max() <= part.inputs.shape[1]


def test_no_shipped_voice_is_in_two_parts():
    voices = [set(part.voices) for part in parts(spoken_digits.load())]
    assert [len(one) for one in voices] == [18, 4, 6, 4, 1]
    assert len(set.union(*voices)) == sum(map(len, voices))
    assert voices[-1] == {"Allison Smith"}


def test_every_digit_is_said_in_every_part():
    for part in parts(spoken_digits.load()):
        said = np.bincount(part.targets[part.targets > 0], minlength=11)
        assert said[1:].min() > 0.5 * said[1:].mean()


def test_the_shipped_hiss_is_high_and_its_vowel_low():
    """ "six": the hiss at both ends is louder above 2,000 hertz than below, the vowel is not."""
    six = spoken_digits.clips()[6]
    assert six.digits.tolist() == [6]
    high, low = six.bands[:, 16:].mean(axis=1), six.bands[:, :8].mean(axis=1)
    assert high[1] > low[1] + 5 and high[-2] > low[-2] + 3
    vowel = low.argmax()
    assert 0 < vowel < len(six.bands) - 1 and low[vowel] > high[vowel]


def test_the_recording_is_a_small_wave_file():
    content = spoken_digits.recording()
    assert content.startswith(b"RIFF") and len(content) < 15_000


def test_steps_hold_the_frames_in_their_order_scaled_and_nothing_behind(tmp_path):
    path = put(tmp_path)
    spoken, data = spoken_digits.read(path), spoken_digits.load(path, stack=2)
    centred = [one.bands - one.bands.mean(axis=0) for one in spoken if one.part == "train"]
    std = np.concatenate(centred).std(axis=0)
    for row, length, bands in zip(data.train.inputs, data.train.lengths, centred, strict=True):
        frames = row.reshape(-1, 24)
        np.testing.assert_allclose(frames[: len(bands)], bands / std, rtol=1e-5, atol=1e-6)
        assert (frames[len(bands) :] == 0).all() and length == -(-len(bands) // 2)
    targets = [(one.digits + 1).tolist() for one in spoken if one.part == "train"]
    assert [row[row > 0].tolist() for row in data.train.targets] == targets


def test_a_microphone_that_cuts_or_lifts_a_band_changes_nothing(tmp_path):
    arrays = made_up()
    arrays["bands"] = np.minimum(arrays["bands"], 17)
    before = spoken_digits.load(put(tmp_path, **arrays)).test.inputs
    lifted = arrays["bands"] + 3 * (np.arange(24) == 5).astype(np.uint8)
    after = spoken_digits.load(put(tmp_path, **arrays | {"bands": lifted})).test.inputs
    np.testing.assert_allclose(after, before, atol=1e-5)


@pytest.mark.parametrize("stack", [1, 3])
def test_another_stack_is_the_same_frames(tmp_path, stack):
    one, other = (spoken_digits.load(put(tmp_path), stack=n).validation for n in (2, stack))
    frames = [part.inputs.reshape(EACH, -1, 24)[:, :9] for part in (one, other)]
    np.testing.assert_array_equal(*frames)


def test_joined_clips_are_the_same_again_and_are_clips_and_silence():
    clips = spoken_digits.clips()
    first, again, other = (spoken_digits.joined(clips, 20, seed) for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.bands, two.bands)
        np.testing.assert_array_equal(one.digits, two.digits)
    assert any(len(a.bands) != len(b.bands) for a, b in zip(first, other, strict=True))
    pauses = set()
    for one in first:
        assert one.part == "real" and 3 <= len(one.digits) <= 6
        rest = one.bands
        for number, digit in enumerate(one.digits):
            clip = clips[digit].bands
            pause = 0
            if number:
                pause = next(n for n in range(9) if np.array_equal(rest[n : n + len(clip)], clip))
                pauses.add(pause)
            assert (rest[:pause] == 0).all()
            np.testing.assert_array_equal(rest[pause : pause + len(clip)], clip)
            rest = rest[pause + len(clip) :]
        assert len(rest) == 0
    assert len(pauses) > 4


FAULTS = {
    "no bands": ({"bands": None}, "'bands'"),
    "a part too many": ({"part": np.array(["train"] * 25)}, "25 parts"),
    "an unknown part": ({"part": np.array(["exam"] * 24)}, "the parts 'exam'"),
    "a part that lacks": ({"part": np.array(["train"] * 24)}, "the parts 'train'"),
    "a voice in two parts": ({"voice": np.array(["anna"] * 24)}, "the voice 'anna' in 'train'"),
    "digits in words": ({"digits": np.array(["one two"] * 24)}, "the digits 'one two'"),
    "no digit": ({"digits": np.array([""] * 24)}, "the digits ''"),
    "digits of another script": ({"digits": np.array(["٣٤٥"] * 24)}, "the digits"),
    "digits without end": ({"digits": np.array(["1" * 21] * 24)}, "the digits"),
    "digits as numbers": ({"digits": np.full(24, 123)}, "other kinds"),
    "names in bytes": ({"voice": np.array([b"anna"] * 24)}, "other kinds"),
    "bands in fractions": ({"bands": np.ones((9, 24))}, "other kinds"),
    "bands below nothing": ({"bands": np.full((9, 24), -1)}, "other kinds"),
    "bands beyond measure": ({"bands": np.full((9, 24), 21, np.uint8)}, "a band of 21"),
    "other bands": ({"bands": np.ones((9, 32), np.uint8)}, "bands of shape (9, 32)"),
    "frames that are not there": ({"bands": np.ones((9, 24), np.uint8)}, "9 frames"),
    "a string of no frame": ({"frames": np.zeros(24, np.uint16)}, "of 0 to 0 frames"),
    "a string without end": ({"frames": np.full(24, 501, np.uint16)}, "of 501 to 501 frames"),
    "too short for its digits": (
        {"frames": np.full(24, 4, np.uint16), "bands": np.ones((96, 24), np.uint8)}
        | {"digits": np.array(["122"] * 24)},
        "3 digits in 4 frames",
    ),
    "nothing": (
        {key: np.array([], str) for key in ("part", "voice", "digits")}
        | {"frames": np.ones(0, np.uint8)},
        "the parts ''",
    ),
    "objects": ({"voice": np.array([{}] * 24, dtype=object)}, "pickled objects"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_file_gets_one_line(tmp_path, fault):
    changed, told = FAULTS[fault]
    with pytest.raises(DataError) as caught:
        spoken_digits.load(put(tmp_path, **changed))
    message = str(caught.value)
    assert told in message and "strings.npz" in message and "\n" not in message


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(50), b"part,voice\ntrain,a\n"])
def test_other_files_get_one_line(tmp_path, content):
    path = tmp_path / "strings.npz"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        spoken_digits.load(path)
    assert "strings.npz" in str(caught.value) and "\n" not in str(caught.value)


def test_many_short_strings_beside_a_long_one_do_not_fill_the_memory(tmp_path):
    count = 4_001
    arrays = {
        "part": np.array([spoken_digits.PARTS[n % 4] for n in range(count)]),
        "voice": np.array([str(n % 4) for n in range(count)]),
        "digits": np.array(["1"] * count),
        "frames": np.array([500] + [1] * (count - 1), np.uint16),
        "bands": np.zeros((count + 499, 24), np.uint8),
    }
    with pytest.raises(DataError, match="4001 strings of 1 to 500 frames"):
        spoken_digits.load(put(tmp_path, **arrays))


def test_clips_are_ten_digits_each_once(tmp_path):
    with np.load(spoken_digits.resolve("x", shipped=spoken_digits.CLIPS).path) as file:
        arrays = dict(file)
    path = tmp_path / "clips.npz"
    turned = arrays | {"digits": arrays["digits"][::-1]}
    np.savez(path, **turned)
    assert [one.digits.tolist() for one in spoken_digits.clips(path)] == [[n] for n in range(10)]
    for digits in (["1"] * 10, ["12", *"0345678999"][:10]):
        np.savez(path, **arrays | {"digits": np.array(digits)})
        with pytest.raises(DataError, match="each digit 0 to 9, once"):
            spoken_digits.load(clip_path=path)
    with pytest.raises(DataError, match="the parts"):
        spoken_digits.clips(put(tmp_path))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"stack": 0}, "stack: got 0"),
        ({"stack": 1.5}, "stack: got 1.5"),
        ({"stack": 11}, "stack: got 11"),
        ({"count": 0}, "count: got 0"),
        ({"path": 7}, "path: got int"),
        ({"clip_path": "no such file"}, "no such file"),
    ],
)
def test_bad_arguments_get_one_line(tmp_path, given, named):
    with pytest.raises(InputError) as caught:
        spoken_digits.load(**({"path": put(tmp_path)} | given))
    assert named in str(caught.value) and "\n" not in str(caught.value)


def test_damaged_files_load_or_are_refused_in_one_line(tmp_path):
    path = tmp_path / "strings.npz"
    seen = fuzzing.contained(fuzzing.fuzz, load_one, sound_archive(), path, 500, seed=20)
    assert sum(seen.values()) == 500
    assert seen["refused"] > 100 and seen["loaded"] > 30, seen


def test_nothing_to_join_is_refused():
    with pytest.raises(InputError, match="spoken: got none, expected one clip or more"):
        spoken_digits.joined([])
