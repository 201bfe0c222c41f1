"""Mandarin syllables as tracks of pitch: four tones, told by how the voice moves.

One speaker's 1,158 syllables, a frame every 10 milliseconds. The parts share no syllable: ``ma``
in any tone is in one of them only, so that a tone must be heard, not a recording recognised.
``synthetic`` gives the same syllables as a computer's two voices say them.

Source: gcin-voice, voice of Chu Lo, CC BY 3.0; synthetic voices: espeak-ng 1.51; pitch by YIN
(``tools/sounds.py``, ``tools/synthetic_voices.py``).
"""

from dataclasses import dataclass

import numpy as np

from rnn_tf.datasets.base import Dataset, Split, resolve
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_arrays

SHIPPED = "sound/tones.npz"
SYNTHETIC = {"man": "sound/espeak_man.npz", "woman": "sound/espeak_woman.npz"}
#: Seconds from one frame to the next.
HOP = 0.01
FEATURES = ("pitch", "slope")

_WANTED = {key: (None,) for key in ("syllable", "tone", "frames", "pitch", "energy")}
_SEMITONES = 12


@dataclass(frozen=True)
class Syllable:
    """One recording: its sound in Bopomofo, its tone (1 to 4; 5 is the neutral one), and its
    tracks, (frames,): pitch in hertz, NaN where there is none, and energy in decibels."""

    sound: str
    tone: int
    pitch: np.ndarray
    energy: np.ndarray


@dataclass(frozen=True, repr=False)
class TonesSplit(Split):
    """One part: ``inputs`` (n, num_steps, 2), float32, 0 behind a syllable's end; ``targets`` (n,),
    int64, 0 for the first tone; ``lengths`` (n,), frames before the end; ``sounds`` (n,)."""

    lengths: np.ndarray
    sounds: np.ndarray


def read(path=None):
    """Every ``Syllable`` of a file of tracks, in its order. Raises ``DataError``.

    Args:
        path: an ``.npz`` file like the shipped one: ``syllable``, ``tone`` and ``frames``
            (syllables,); ``pitch`` in tenths of a hertz, 0 where there is none, and ``energy``,
            the frames of all syllables one after the other.
    """
    return _read(resolve("tones", path, shipped=SHIPPED).path)


def synthetic(voice):
    """Every ``Syllable`` of a synthetic voice, ``"man"`` or ``"woman"``: those of the real voice
    but for its neutral tones. Not every one of them has pitch."""
    if voice not in SYNTHETIC:
        raise wrong("voice", repr(voice), f"one of {', '.join(SYNTHETIC)}")
    return _read(resolve("tones", shipped=SYNTHETIC[voice]).path)


def recordings():
    """The bytes of four Ogg files: the real voice says "ma" in tones 1 to 4."""
    found = [resolve("tones", shipped=f"sound/ma{tone}.ogg").path for tone in (1, 2, 3, 4)]
    return [path.read_bytes() for path in found]


def _read(path):
    arrays = read_arrays(path, _WANTED)
    sounds, tones, frames = (arrays[key] for key in ("syllable", "tone", "frames"))
    pitch, energy = arrays["pitch"], arrays["energy"]
    if not len(sounds) == len(tones) == len(frames):
        counts = f"{len(sounds)} syllables, {len(tones)} tones, {len(frames)} lengths"
        raise unusable(path, counts, "as many of each")
    if sounds.dtype.kind != "U" or any(a.dtype.kind not in "iu" for a in (tones, frames, pitch)):
        raise unusable(path, "other kinds of arrays", "names as text, whole numbers elsewhere")
    if len(tones) == 0 or tones.min() < 1 or tones.max() > 5:
        raise unusable(path, f"tones {sorted(set(tones.tolist()))[:9]}", "1 to 5")
    ends = np.cumsum(frames.astype(np.int64))
    if frames.min() < 1 or not ends[-1] == len(pitch) == len(energy):
        counts = f"{len(pitch)} of pitch, {len(energy)} of energy"
        raise unusable(path, counts, f"{ends[-1]} frames, as the lengths say, none of them 0")
    hertz = np.where(pitch > 0, pitch / 10, np.nan)
    return [
        Syllable(str(sound), int(tone), hertz[end - count : end], energy[end - count : end])
        for sound, tone, count, end in zip(sounds, tones, frames.astype(int), ends, strict=True)
    ]


def load(path=None, *, num_steps=40, validation=0.15, test=0.15, seed=0):
    """Pitch tracks and their tones, in three parts that share no syllable.

    Args:
        path: as in ``read``.
        num_steps: frames of a window; a longer syllable loses its end.
        validation, test: shares of the different sounds.
        seed: seed of their choice.

    Returns a ``Dataset`` of ``TonesSplit`` parts. Features: the pitch in semitones, from the
    voice's mean over the training part and divided by its standard deviation there; and its slope
    from frame to frame. The neutral tone and what has fewer than three frames of pitch are left
    out.
    """
    if num_steps < 3:
        raise wrong("num_steps", num_steps, "3 frames or more")
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise wrong("validation, test", (validation, test), "shares above 0, together below 1")
    found = resolve("tones", path, shipped=SHIPPED)
    spoken = audible(read(path))
    sounds = sorted({one.sound for one in spoken})
    held = round(len(sounds) * validation), round(len(sounds) * test)
    if not spoken or min(*held, len(sounds) - sum(held)) < 1:
        raise wrong("validation, test", (validation, test), f"a share of {len(sounds)} sounds each")
    order = np.random.default_rng(seed).permutation(sounds)
    borders = len(sounds) - sum(held), len(sounds) - held[1]
    groups = [set(part) for part in np.split(order, borders)]
    contours = [contour(one.pitch)[:num_steps] for one in spoken]
    training = np.concatenate(
        [c for one, c in zip(spoken, contours, strict=True) if one.sound in groups[0]]
    )
    mean, std = training.mean(), training.std() or 1.0
    parts = [
        _split(spoken, contours, group, num_steps, lambda semitones: (semitones - mean) / std)
        for group in groups
    ]
    return Dataset("tones", *parts, source=found.source(len(spoken), "syllables"))


def audible(syllables):
    """Those that have one of the four tones and three frames of pitch or more."""
    return [one for one in syllables if one.tone <= 4 and np.isfinite(one.pitch).sum() >= 3]


def contour(hertz):
    """The melody of a syllable in semitones above 1 Hz: (frames,) from its first frame of pitch to
    its last, gaps bridged by a straight line, each value the median of five.

    Args:
        hertz: (frames,), NaN where there is no pitch.
    """
    voiced = np.flatnonzero(np.isfinite(hertz))
    frames = np.arange(voiced[0], voiced[-1] + 1)
    semitones = np.interp(frames, voiced, _SEMITONES * np.log2(hertz[voiced]))
    padded = np.pad(semitones, 2, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)


def windows(melodies, num_steps=40):
    """What a network reads: (n, num_steps, 2), float32; each melody, (frames,), and its slope from
    frame to frame, 0 behind its end. A longer one loses its end."""
    inputs = np.zeros((len(melodies), num_steps, len(FEATURES)), np.float32)
    for row, melody in zip(inputs, melodies, strict=True):
        melody = melody[:num_steps]
        row[: len(melody)] = np.stack([melody, np.gradient(melody)], axis=1)
    return inputs


def _split(spoken, contours, group, num_steps, scaled):
    chosen = [i for i, one in enumerate(spoken) if one.sound in group]
    return TonesSplit(
        windows([scaled(contours[i]) for i in chosen], num_steps),
        np.array([spoken[i].tone - 1 for i in chosen], np.int64),
        np.array([len(contours[i]) for i in chosen]),
        np.array([spoken[i].sound for i in chosen]),
    )
