"""Two synthetic Mandarin voices that say the same syllables: tracks by espeak-ng.

The program is not under ``data/``, and what it utters is not under its licence. It is run only
where the version named here is installed; elsewhere the tracks that lie in ``data/`` stay.
"""

import io
import re
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

from tools.packages import npz_bytes
from tools.sounds import track, track_arrays

VERSION = "1.51"
#: Name of the file -> voice of espeak-ng, which takes syllables in Pinyin.
VOICES = {"espeak_man": "cmn-latn-pinyin", "espeak_woman": "cmn-latn-pinyin+f1"}


def _pairs(text):
    """``"ㄅ b ㄆ p"`` -> ``{"ㄅ": "b", "ㄆ": "p"}``"""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_INITIALS = _pairs(
    "ㄅ b ㄆ p ㄇ m ㄈ f ㄉ d ㄊ t ㄋ n ㄌ l ㄍ g ㄎ k ㄏ h ㄐ j ㄑ q ㄒ x "
    "ㄓ zh ㄔ ch ㄕ sh ㄖ r ㄗ z ㄘ c ㄙ s"
)
_FINALS = _pairs(
    "ㄚ a ㄛ o ㄜ e ㄝ ê ㄞ ai ㄟ ei ㄠ ao ㄡ ou ㄢ an ㄣ en ㄤ ang ㄥ eng ㄦ er ㄧ i ㄨ u ㄩ v "
    "ㄧㄚ ia ㄧㄛ io ㄧㄝ ie ㄧㄠ iao ㄧㄡ iu ㄧㄢ ian ㄧㄣ in ㄧㄤ iang ㄧㄥ ing "
    "ㄨㄚ ua ㄨㄛ uo ㄨㄞ uai ㄨㄟ ui ㄨㄢ uan ㄨㄣ un ㄨㄤ uang ㄨㄥ ong "
    "ㄩㄝ ve ㄩㄢ van ㄩㄣ vn ㄩㄥ iong"
)
#: Finals that are written in another way where no initial stands before them.
_ALONE = _pairs(
    "i yi in yin ing ying iu you u wu ui wei un wen ong weng v yu ve yue van yuan vn yun iong yong"
)


def pinyin(bopomofo):
    """``"ㄇㄚ"`` -> ``"ma"``, without the tone; v stands for ü."""
    initial, final = _INITIALS.get(bopomofo[0]), bopomofo[1:]
    if initial and not final:
        return f"{initial}i"
    if initial:
        final = _FINALS[final]
        return initial + (final.replace("v", "u") if initial in ("j", "q", "x") else final)
    final = _FINALS[bopomofo]
    if final in _ALONE:
        return _ALONE[final]
    return {"i": "y", "u": "w"}.get(final[0], final[0]) + final[1:]


def installed():
    """Whether this version of espeak-ng is there."""
    try:
        said = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True)
    except OSError:
        return False
    return bool(re.search(rf"\b{re.escape(VERSION)}\b", said.stdout))


def build(syllables, old):
    """The tracks of both voices, ``{path: bytes}``.

    Args:
        syllables: (sound, tone) of each recording of the real voice; the neutral tone, which is
            none of its own, is left out.
        old: data folder from which the files are taken where espeak-ng is not installed.
    """
    places = {name: f"sound/{name}.npz" for name in VOICES}
    if not installed():
        kept = {p: (old / p).read_bytes() for p in places.values() if (old / p).is_file()}
        what = "kept as they are" if kept else "left out"
        print(f"espeak-ng {VERSION} is not installed: its voices' tracks are {what}")
        return kept
    wanted = [(sound, tone) for sound, tone in syllables if tone <= 4]
    return {
        place: npz_bytes(track_arrays(wanted, [track(*said(*one, VOICES[name])) for one in wanted]))
        for name, place in places.items()
    }


def said(sound, tone, voice):
    """(samples,) and samples a second of one syllable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        command = ["espeak-ng", "-v", voice, "-w", str(path), f"{pinyin(sound)}{tone}"]
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(io.BytesIO(path.read_bytes())) as file:
            frames, rate = file.readframes(file.getnframes()), file.getframerate()
    return np.frombuffer(frames, "<i2") / 32768, rate
