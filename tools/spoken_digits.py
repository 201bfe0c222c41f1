"""Strings of spoken English digits as log-mel bands: synthetic voices, and ten clips of a woman.

espeak-ng says the strings to learn from and, with voices kept apart, those to choose and to test
by; flite, another synthesiser, says a second test. What the programs utter is not under their
licences. They are run only where the versions named here are installed; elsewhere the file that
lies in ``data/`` stays. The clips are those of Debian's ``asterisk-core-sounds-en-wav``.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tools import synthetic_voices
from tools.bands import log_mel, read_wave
from tools.packages import member_ending, npz_bytes

STRINGS, CLIPS, RECORDING = "sound/digit_strings.npz", "sound/digit_clips.npz", "sound/six.wav"
FLITE = "2.2"
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
FEWEST, MOST = 3, 6
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-us-nyc"]
#: Part -> how many strings, and who says them: variants of espeak-ng, or voices of flite.
PARTS = {
    "train": (
        1000,
        "m1 m2 m3 m5 m7 f1 f2 f4 Andy Annie Michael Alicia Lee Mike adam belinda edward linda",
    ),
    "validation": (100, "m4 f3 Mario anika"),
    "new voices": (120, "m6 m8 f5 john Jacky Andrea"),
    "other synthesiser": (120, "kal16 awb rms slt"),
}


def build_clips(files):
    """Ten digits of one woman as bands, one of them as sound, and the licence."""
    clips = [member_ending(files, f"/en_US_f_Allison/digits/{digit}.wav") for digit in range(10)]
    arrays = string_arrays(
        ["real"] * 10,
        ["Allison Smith"] * 10,
        [[digit] for digit in range(10)],
        [log_mel(read_wave(clip)) for clip in clips],
    )
    return {
        CLIPS: npz_bytes(arrays),
        RECORDING: clips[6],
        "licences/digit_clips-CC-BY-SA-3.0.txt": member_ending(
            files, "/doc/asterisk-core-sounds-en-wav/copyright"
        ),
    }


def string_arrays(parts, voices, strings, bands):
    """The arrays of a file of strings, as ``rnn_tf.datasets.spoken_digits`` wants them.

    Args:
        parts, voices: names, one a string.
        strings: the digits of each.
        bands: (frames, 24) of each.
    """
    return {
        "part": np.array(parts),
        "voice": np.array(voices),
        "digits": np.array(["".join(map(str, one)) for one in strings]),
        "frames": np.array([len(one) for one in bands], np.uint16),
        "bands": np.concatenate(bands),
    }


def installed():
    """Whether both synthesisers are there in the versions named here."""
    try:
        said = subprocess.run(["flite", "--version"], capture_output=True, text=True)
    except OSError:
        return False
    return synthetic_voices.installed() and bool(re.search(rf"flite-{FLITE}\b", said.stdout))


def build_strings(old):
    """The synthetic strings, ``{path: bytes}``.

    Args:
        old: data folder from which the file is taken where a synthesiser is not installed.
    """
    if not installed():
        there = (old / STRINGS).is_file()
        what = "kept as they are" if there else "left out"
        print(
            f"espeak-ng {synthetic_voices.VERSION} and flite {FLITE} are not both installed: "
            f"their strings of digits are {what}"
        )
        return {STRINGS: (old / STRINGS).read_bytes()} if there else {}
    random = np.random.default_rng(0)
    rows = [
        (part, voice, random.integers(10, size=random.integers(FEWEST, MOST + 1)))
        for part, (count, voices) in PARTS.items()
        for voice in random.choice(voices.split(), count)
    ]
    bands = [log_mel(said(*row, random)) for row in rows]
    return {STRINGS: npz_bytes(string_arrays(*zip(*rows, strict=True), bands))}


def said(part, voice, digits, random):
    """(samples,) at 8,000 a second of one string, at a random speed, pitch and accent."""
    text = " ".join(WORDS[digit] for digit in digits)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        if part == "other synthesiser":
            stretch = f"duration_stretch={random.uniform(0.8, 1.1):.2f}"
            command = ["flite", "-voice", voice, "--setf", stretch, "-t", text, "-o", str(path)]
        else:
            accent = random.choice(ACCENTS)
            speed, pitch, gap = random.integers([110, 25, 0], [221, 76, 7])
            command = ["espeak-ng", "-v", f"{accent}+{voice}", "-s", str(speed)]
            command += ["-p", str(pitch), "-g", str(gap), "-w", str(path), text]
        subprocess.run(command, check=True, capture_output=True)
        return read_wave(path.read_bytes())
