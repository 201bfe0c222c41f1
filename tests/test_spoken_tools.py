"""How strings of digits are made: bands of a sound, clips, and programs that may not be there."""

import io
import wave

import numpy as np
import pytest

from tools import bands, spoken_digits, synthetic_voices


def tone_of(hertz, seconds=0.3, rate=8000):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def wave_file(sound, rate=8000, channels=1):
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((channels, 2, rate, 0, "NONE", ""))
        written.writeframes(np.rint(32767 * sound).astype("<i2").tobytes())
    return file.getvalue()


def loaded(content):
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return dict(file)


def test_triangles_rise_to_one_and_meet_halfway():
    weights = bands.triangles()
    frequencies = np.arange(129) * 8000 / 256
    assert weights.shape == (24, 129) and weights.min() == 0 and weights.max() <= 1
    assert (weights.max(axis=1) > 0).all()  # no band is deaf
    middles = bands.hertz(np.linspace(bands.mel(100), bands.mel(3800), 26))[1:-1]
    inside = (frequencies >= middles[0]) & (frequencies <= middles[-1])
    np.testing.assert_allclose(weights[:, inside].sum(axis=0), 1)  # nothing is lost between two
    assert (weights[:, frequencies <= 100] == 0).all()
    assert (weights[:, frequencies >= 3800] == 0).all()


def test_bands_are_equally_wide_in_mel_and_wider_and_wider_in_hertz():
    assert bands.mel(1000) == pytest.approx(1000, abs=0.1)  # as the scale was fixed
    assert bands.hertz(bands.mel(321.0)) == pytest.approx(321)
    heard = bands.hertz(np.linspace(bands.mel(100), bands.mel(3800), 26))
    assert (np.diff(heard, 2) > 0).all()


@pytest.mark.parametrize("band", [4, 12, 20])
def test_a_tone_is_loudest_in_its_own_band(band):
    middle = bands.hertz(np.linspace(bands.mel(100), bands.mel(3800), 26))[band + 1]
    found = bands.log_mel(tone_of(middle))
    assert found.shape == (14, 24) and found.dtype == np.uint8  # 2400 samples: 1 + 2144 // 160
    assert (found.argmax(axis=1) == band).all()
    assert found.max() == 20 and np.delete(found, range(band - 2, band + 3), axis=1).max() < 5


def test_louder_is_the_same_and_half_as_strong_is_two_units_less():
    one = bands.log_mel(tone_of(1000))
    np.testing.assert_array_equal(bands.log_mel(0.01 * tone_of(1000)), one)
    both = bands.log_mel(np.concatenate([tone_of(1000), 0.5 * tone_of(1000)]))
    loud, soft = both[3].max(), both[-3].max()
    assert (loud, soft) == (20, 18)  # 20 log10(2) is 6 decibels


def test_silence_is_cut_off_at_the_ends_and_kept_in_the_middle():
    tone, silence = tone_of(500), np.zeros(2400)
    assert len(bands.log_mel(np.concatenate([silence, tone, silence]))) <= len(tone) // 160 + 2
    whole = bands.log_mel(np.concatenate([tone, silence, tone]))
    assert len(whole) == 1 + (7200 - 256) // 160 and (whole[20] == 0).all()


def test_another_rate_gives_the_same_bands():
    for rate in (22050, 16000, 8000):
        sound = bands.read_wave(wave_file(tone_of(700, rate=rate), rate))
        assert abs(len(sound) - 2400) < 170
        np.testing.assert_allclose(sound[200:2200], tone_of(700)[200:2200], atol=0.01)


def test_what_lies_above_half_the_rate_is_left_out():
    sound = bands.resampled(tone_of(6000, rate=16000) + tone_of(500, rate=16000), 16000)
    np.testing.assert_allclose(sound[200:2200], tone_of(500)[200:2200], atol=0.01)


def test_a_wave_file_of_two_channels_is_refused():
    with pytest.raises(ValueError, match="one channel of 16 bits"):
        bands.read_wave(wave_file(tone_of(500), channels=2))


def test_strings_are_kept_where_a_program_is_not_installed(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(synthetic_voices, "installed", lambda: False)
    assert spoken_digits.build_strings(tmp_path) == {}
    assert capsys.readouterr().out.endswith("their strings of digits are left out\n")
    (tmp_path / "sound").mkdir()
    (tmp_path / spoken_digits.STRINGS).write_bytes(b"strings")
    assert spoken_digits.build_strings(tmp_path) == {spoken_digits.STRINGS: b"strings"}
    assert "are kept as they are" in capsys.readouterr().out


def test_every_part_is_said_by_its_own_voices_and_the_same_twice(tmp_path, monkeypatch):
    def said(part, voice, digits, random):
        assert len(digits) in (3, 4, 5, 6)
        return tone_of(200 + 50 * digits[0], 0.1 * len(digits)) + random.normal(0, 0.01)

    monkeypatch.setattr(spoken_digits, "installed", lambda: True)
    monkeypatch.setattr(spoken_digits, "said", said)
    first, second = (spoken_digits.build_strings(tmp_path) for _ in range(2))
    assert first == second
    arrays = loaded(first[spoken_digits.STRINGS])
    for part, (count, voices) in spoken_digits.PARTS.items():
        chosen = arrays["part"] == part
        assert chosen.sum() == count
        assert set(arrays["voice"][chosen]) == set(voices.split())
    assert arrays["frames"].sum() == len(arrays["bands"])
    listed = " ".join(voices for _, voices in spoken_digits.PARTS.values()).split()
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("part", "voice", "program"),
    [("train", "f1", "espeak-ng"), ("other synthesiser", "rms", "flite")],
)
def test_a_program_is_told_the_words(monkeypatch, part, voice, program):
    commands = []

    def run(command, **_):
        commands.append(command)
        path = command[command.index("-w" if program == "espeak-ng" else "-o") + 1]
        with open(path, "wb") as file:
            file.write(wave_file(tone_of(300)))

    monkeypatch.setattr(spoken_digits.subprocess, "run", run)
    sound = spoken_digits.said(part, voice, [0, 9, 9], np.random.default_rng(0))
    np.testing.assert_allclose(sound, tone_of(300), atol=1e-4)
    (command,) = commands
    assert command[0] == program and "zero nine nine" in command
    assert any(word.endswith(voice) for word in command)


def test_clips_keep_their_digit_and_one_of_them_its_sound():
    folder = "./usr/share/asterisk/sounds/en_US_f_Allison/digits"
    files = {f"{folder}/{n}.wav": wave_file(tone_of(300 + 200 * n)) for n in range(10)}
    files |= {
        f"{folder}/10.wav": b"",
        "./usr/share/doc/asterisk-core-sounds-en-wav/copyright": b"CC",
    }
    built = spoken_digits.build_clips({name: lambda c=c: c for name, c in files.items()})
    arrays = loaded(built["sound/digit_clips.npz"])
    assert arrays["digits"].tolist() == list("0123456789")
    loudest = [
        one[3].argmax() for one in np.split(arrays["bands"], np.cumsum(arrays["frames"])[:-1])
    ]
    assert (np.diff(loudest) > 0).all()  # each clip is higher than the one before
    assert built["sound/six.wav"] == files[f"{folder}/6.wav"]
    assert built["licences/digit_clips-CC-BY-SA-3.0.txt"] == b"CC"
