"""Strings of spoken English digits as log-mel bands, and who says them.

**Synthetic** voices of espeak-ng say three to six digits; those to learn from, to choose and to
test by are different voices. A second test is said by another synthesiser (flite), a third is
joined here out of ten clips of **one woman**: it is no running speech.

Source: espeak-ng 1.51, flite 2.2; clips by Allison Smith, Debian ``asterisk-core-sounds-en-wav``,
CC BY-SA 3.0; bands as in ``tools/bands.py``.
"""

from dataclasses import dataclass

import numpy as np

from rnn_tf.datasets.base import Dataset, Split, resolve
from rnn_tf.errors import unusable, whole_number, wrong
from rnn_tf.files import read_arrays

SHIPPED, CLIPS = "sound/digit_strings.npz", "sound/digit_clips.npz"
RECORDING = "sound/six.wav"
PARTS = ("train", "validation", "new voices", "other synthesiser")
#: Seconds from frame to frame; bands of a frame; decibels of one unit of the stored bands.
HOP, BANDS, DECIBELS = 0.02, 24, 3
#: The stored bands' loudest unit: 60 decibels above 0.
LOUDEST = 20
#: Digits of a joined string, and frames of silence that may stand between two of them.
FEWEST, MOST, PAUSE = 3, 6, 8

_WANTED = {key: (None,) for key in ("part", "voice", "digits", "frames")} | {"bands": (None, BANDS)}
_LONGEST = 500  # frames, ten seconds
_ROOM = 2_000_000  # frames of all strings, each filled up to the longest


@dataclass(frozen=True)
class Spoken:
    """One string: its part and voice, its digits, (count,), and its bands, (frames, 24), uint8:
    units of three decibels, 20 for the loudest of the string."""

    part: str
    voice: str
    digits: np.ndarray
    bands: np.ndarray


@dataclass(frozen=True, repr=False)
class SpokenDigitsSplit(Split):
    """One part: ``inputs`` (n, steps, stack * 24), float32, 0 behind a string's end; ``targets``
    (n, most digits), int64, a digit plus 1, 0 fills up; ``lengths`` (n,), steps before the end;
    ``voices`` (n,)."""

    lengths: np.ndarray
    voices: np.ndarray


@dataclass(frozen=True, repr=False)
class SpokenDigits(Dataset):
    """A ``Dataset`` of ``SpokenDigitsSplit`` parts with three tests: ``test`` has new voices of the
    synthesiser that was learnt from, ``other_synthesiser`` and ``real`` what their names say."""

    other_synthesiser: SpokenDigitsSplit
    real: SpokenDigitsSplit


def read(path=None):
    """Every ``Spoken`` string of a file, in its order. Raises ``DataError``.

    Args:
        path: an ``.npz`` file like the shipped one: ``part``, ``voice``, ``digits`` (text) and
            ``frames`` (whole numbers), one a string; ``bands`` (all frames, 24), 0 to 20, the
            frames of all strings one after the other.
    """
    return _read(resolve("spoken_digits", path, shipped=SHIPPED).path, PARTS)


def clips(path=None):
    """The ten digits of one woman, in order, each a ``Spoken`` of one digit. Raises ``DataError``.

    Args:
        path: a file as in ``read``, with each digit once.
    """
    found = resolve("spoken_digits", path, shipped=CLIPS).path
    spoken = _read(found, ("real",))
    said = sorted("".join(map(str, one.digits)) for one in spoken)
    if said != list("0123456789"):
        raise unusable(found, f"the strings {', '.join(said)[:80]}", "each digit 0 to 9, once")
    return sorted(spoken, key=lambda one: one.digits[0])


def recording():
    """The bytes of a WAV file: the woman says "six"."""
    return resolve("spoken_digits", shipped=RECORDING).path.read_bytes()


def joined(spoken, count=150, seed=0):
    """``count`` strings of three to six clips in random order, up to 160 ms of silence between two.

    Args:
        spoken: ``Spoken`` of one digit each, as ``clips`` gives them.
    """
    whole_number("count", count)
    if not spoken:
        raise wrong("spoken", "none", "one clip or more, as clips() gives them")
    random, strings = np.random.default_rng(seed), []
    for _ in range(count):
        chosen = random.integers(len(spoken), size=random.integers(FEWEST, MOST + 1))
        pieces = []
        for n in chosen:
            pieces += [np.zeros((random.integers(PAUSE + 1), BANDS), np.uint8), spoken[n].bands]
        digits = np.concatenate([spoken[n].digits for n in chosen])
        strings.append(Spoken("real", spoken[0].voice, digits, np.concatenate(pieces[1:])))
    return strings


def load(path=None, *, clip_path=None, stack=2, count=150, seed=0):
    """Strings of digits in five parts; no voice is in two of them.

    Args:
        path: as in ``read``.
        clip_path: as in ``clips``.
        stack: frames of 20 ms that make one step.
        count: strings of the real part.
        seed: seed of their choice.

    Returns ``SpokenDigits``. Each band of a string is taken from its mean over that string, then
    divided by its standard deviation over the training part. All parts have as many steps as the
    longest string. Raises ``DataError`` (one line) for files that are missing, damaged or of
    another form, have a voice in two parts, or a string too short for its digits (CTC needs a step
    for each, and one between equal neighbours).
    """
    whole_number("stack", stack)
    if stack > 10:
        raise wrong("stack", stack, "10 frames at most")
    found = resolve("spoken_digits", path, shipped=SHIPPED)
    spoken = _read(found.path, PARTS)
    groups = [[one for one in spoken if one.part == part] for part in PARTS]
    groups.append(joined(clips(clip_path), count, seed))
    for one in spoken:
        steps, repeats = -(-len(one.bands) // stack), np.sum(one.digits[1:] == one.digits[:-1])
        if steps < len(one.digits) + repeats:
            shown = f"{len(one.digits)} digits in {len(one.bands)} frames"
            wanted = f"a step of {stack} frames for each, one more between equal neighbours"
            raise unusable(found.path, shown, wanted)
    every = [one for group in groups for one in group]
    steps = -(-max(len(one.bands) for one in every) // stack)
    most = max(len(one.digits) for one in every)
    std = np.concatenate([_centred(one) for one in groups[0]]).std(axis=0)
    std[std == 0] = 1
    train, validation, test, other, real = (_split(g, steps, stack, most, std) for g in groups)
    counted = found.source(len(spoken), "strings")
    return SpokenDigits("spoken digits", train, validation, test, counted, other, real)


def _centred(one):
    return one.bands - one.bands.mean(axis=0)


def _split(group, steps, stack, most, std):
    inputs = np.zeros((len(group), steps * stack, BANDS), np.float32)
    targets = np.zeros((len(group), most), np.int64)
    for row, target, one in zip(inputs, targets, group, strict=True):
        row[: len(one.bands)] = _centred(one) / std
        target[: len(one.digits)] = one.digits + 1
    return SpokenDigitsSplit(
        inputs.reshape(len(group), steps, stack * BANDS),
        targets,
        np.array([-(-len(one.bands) // stack) for one in group]),
        np.array([one.voice for one in group]),
    )


def _read(path, wanted_parts):
    arrays = read_arrays(path, _WANTED)
    parts, voices, digits = (arrays[key] for key in ("part", "voice", "digits"))
    frames, bands = arrays["frames"], arrays["bands"]
    names = parts, voices, digits
    if len({len(array) for array in (*names, frames)}) > 1:
        counts = f"{len(parts)} parts, {len(voices)} voices, {len(digits)} strings"
        raise unusable(path, f"{counts}, {len(frames)} lengths", "as many of each")
    if any(a.dtype.kind != "U" for a in names) or any(a.dtype.kind != "u" for a in (frames, bands)):
        raise unusable(path, "other kinds of arrays", "names as text, unsigned numbers elsewhere")
    if sorted(set(parts.tolist())) != sorted(wanted_parts):
        shown = ", ".join(sorted(set(parts.tolist())))[:80]
        raise unusable(path, f"the parts {shown!r}", ", ".join(wanted_parts))
    for said in digits.tolist():
        if not (said.isascii() and said.isdigit() and len(said) <= 20):
            raise unusable(path, f"the digits {said[:40]!r}", "0 to 9, one to 20 of them")
    if len(bands) and bands.max() > LOUDEST:
        raise unusable(path, f"a band of {bands.max()}", f"0 to {LOUDEST}, units of {DECIBELS} dB")
    longest, ends = int(frames.max()), np.cumsum(frames.astype(np.int64))
    if frames.min() < 1 or longest > _LONGEST or len(frames) * longest > _ROOM:
        shown = f"{len(frames)} strings of {frames.min()} to {longest} frames"
        wanted = f"1 to {_LONGEST} frames, {_ROOM:,} when all are as long as the longest"
        raise unusable(path, shown, wanted)
    if ends[-1] != len(bands):
        raise unusable(path, f"{len(bands)} frames", f"{ends[-1]}, as the lengths say")
    _refuse_shared_voices(path, parts, voices)
    return [
        Spoken(str(part), str(voice), np.array([*map(int, said)], np.int64), bands[end - n : end])
        for part, voice, said, n, end in zip(*names, frames.astype(int), ends, strict=True)
    ]


def _refuse_shared_voices(path, parts, voices):
    """A voice in two parts would make a test of what was learnt by heart."""
    of_voice = {}
    for part, voice in zip(parts.tolist(), voices.tolist(), strict=True):
        if of_voice.setdefault(voice, part) != part:
            shown = f"the voice {voice[:40]!r} in {of_voice[voice]!r} and in {part!r}"
            raise unusable(path, shown, "each voice in one part")
