"""Spoken Mandarin syllables: from air pressure to a track of pitch and energy.

Needs the package ``soundfile``, which reads Ogg Vorbis.
"""

import io
import re

import numpy as np

from tools.packages import member_ending, npz_bytes

#: Seconds from frame to frame, seconds of a frame.
HOP, FRAME = 0.010, 0.040
#: Hertz: no voice is lower, none is higher.
LOWEST, HIGHEST = 60.0, 500.0
#: Of YIN's normalised difference: a frame above it has no pitch.
VOICED = 0.15
#: The voice whose licence lets its tracks be shipped.
VOICE = "5.ogg"


def build_tones(files):
    """The tracks of every syllable of one voice, four of them as sound, and the licence."""
    spoken = {}
    for name in files:
        found = re.search(rf"/ogg/([^/\d]+)(\d?)/{VOICE}$", name)
        if found:  # no digit: the first tone; a 1: the neutral one
            spoken[found[1], {"": 1, "1": 5}.get(found[2]) or int(found[2])] = files[name]
    keys = sorted(spoken)
    arrays = track_arrays(keys, [track(*decoded(spoken[key]())) for key in keys])
    return {
        "sound/tones.npz": npz_bytes(arrays),
        **{f"sound/ma{tone}.ogg": spoken["ㄇㄚ", tone]() for tone in (1, 2, 3, 4)},
        "licences/tones-copyright.txt": member_ending(files, "/doc/gcin-voice/copyright"),
    }


def track_arrays(syllables, tracks):
    """The arrays of a file of tracks, as ``rnn_tf.datasets.tones.read`` wants them.

    Args:
        syllables: (sound, tone) of each.
        tracks: pitch and energy of each, as ``track`` gives them.
    """
    return {
        "syllable": np.array([sound for sound, _ in syllables]),
        "tone": np.array([tone for _, tone in syllables], np.uint8),
        "frames": np.array([len(pitch) for pitch, _ in tracks], np.uint16),
        "pitch": np.concatenate([np.rint(10 * pitch) for pitch, _ in tracks]).astype(np.uint16),
        "energy": np.concatenate([np.rint(energy) for _, energy in tracks]).astype(np.int8),
    }


def syllables_of(built):
    """(sound, tone) of every syllable of ``build_tones``, in its order."""
    with np.load(io.BytesIO(built["sound/tones.npz"]), allow_pickle=False) as file:
        return list(zip(file["syllable"].tolist(), file["tone"].tolist(), strict=True))


def decoded(content):
    """(samples,) and samples a second of an Ogg Vorbis file."""
    from soundfile import read

    sound, rate = read(io.BytesIO(content))
    return (sound if sound.ndim == 1 else sound.mean(axis=1)), rate


def track(sound, rate):
    """Pitch in hertz, 0 where there is none, and energy in decibels: (frames,) each.

    Args:
        sound: (samples,), -1 to 1.
        rate: samples a second.

    Source: the method YIN, de Cheveigné and Kawahara (2002), steps 1 to 5.
    """
    hop, width = round(HOP * rate), round(FRAME * rate)
    count = 1 + max(0, len(sound) - width) // hop
    sound = np.pad(sound, (0, max(0, width - len(sound))))
    frames = sound[np.arange(count)[:, None] * hop + np.arange(width)]
    energy = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
    differences = _normalised(_differences(frames))
    return np.array([_pitch(one, rate) for one in differences]), energy


def _differences(frames):
    """(frames, lags): how much the first half of a frame differs from itself, ``lag`` later."""
    half = frames.shape[1] // 2
    size = 2 * frames.shape[1]
    first = np.fft.rfft(frames[:, :half], size)
    products = np.fft.irfft(np.conj(first) * np.fft.rfft(frames, size))[:, : half + 1]
    squares = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    lags = np.arange(half + 1)
    return squares[:, [half]] + squares[:, half + lags] - squares[:, lags] - 2 * products


def _normalised(differences):
    """Each difference over the mean of those at shorter lags; 1 at lag 0."""
    means = np.cumsum(differences, axis=1) / np.maximum(np.arange(differences.shape[1]), 1)
    silent = means < 1e-12
    return np.where(silent, 1.0, differences / np.where(silent, 1.0, means))


def _pitch(differences, rate):
    """Hertz of the first deep valley, 0 if there is none."""
    low, high = int(rate / HIGHEST), min(int(rate / LOWEST), len(differences) - 2)
    deep = np.flatnonzero(differences[low:high] < VOICED)
    if len(deep) == 0:
        return 0.0
    lag = low + deep[0]
    while lag + 1 < high and differences[lag + 1] < differences[lag]:
        lag += 1
    before, here, after = differences[lag - 1 : lag + 2]
    bend = before - 2 * here + after  # the valley's floor lies between two samples
    return rate / (lag + (0.5 * (before - after) / bend if bend > 0 else 0.0))
