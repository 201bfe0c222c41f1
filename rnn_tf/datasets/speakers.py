"""Who is speaking? Nine men say the Japanese vowels /ae/, each utterance a track of cepstra.

640 utterances, 7 to 29 frames of 12 coefficients. The published parts are kept: of the 270
training utterances some are set apart for validation, the 370 of the test part stay what they are.
**The same nine men speak in all parts.** The files are not shipped; they are read from PyPI
``aeon`` 1.6.0 where the reader has it.

Source: M. Kudo, J. Toyama, M. Shimbo (1999), Multidimensional curve classification using
passing-through regions, Pattern Recognition Letters 20; UCI machine learning repository, CC BY 4.0.
"""

from dataclasses import dataclass
from numbers import Real
from pathlib import Path

import numpy as np

from rnn_tf.datasets.base import Dataset, Split, resolve
from rnn_tf.errors import unusable, whole_number, wrong
from rnn_tf.files import read_text

#: The folder of both files, below the folder that ``RNN_TF_DATA`` names.
FOLDER = "aeon/datasets/data/JapaneseVowels"
TRAIN, TEST = "JapaneseVowels_TRAIN.ts", "JapaneseVowels_TEST.ts"
#: Cepstrum coefficients of linear prediction (LPC), of a frame.
FEATURES = 12

#: No cepstrum comes near it; what does would swell beyond float32 when it is scaled.
_LARGEST = 1e6
_WANTED = f"{FEATURES} lists of numbers and a label, with ':' between them"


@dataclass(frozen=True, repr=False)
class SpeakersSplit(Split):
    """One part: ``inputs`` (n, num_steps, 12), float32, 0 behind an utterance's end; ``targets``
    (n,), int64, 0 for the first speaker; ``lengths`` (n,), frames before the end."""

    lengths: np.ndarray


@dataclass(frozen=True, repr=False)
class Speakers(Dataset):
    """A ``Dataset`` of ``SpeakersSplit`` parts; ``classes`` are the speakers' labels."""

    classes: tuple


def load(path="full", *, num_steps=29, validation=0.2, seed=0):
    """Utterances and who said them, in three parts that share no utterance.

    Args:
        path: a folder that holds ``JapaneseVowels_TRAIN.ts`` and ``JapaneseVowels_TEST.ts``, or
            the pair of two such files, training first; ``"full"`` for
            ``aeon/datasets/data/JapaneseVowels`` below the folder that ``RNN_TF_DATA`` names.
        num_steps: frames of a window; a longer utterance loses its end.
        validation: share of each speaker's training utterances that is set apart.
        seed: which of them.

    Returns ``Speakers``. Each coefficient is scaled by its mean and standard deviation over the
    frames of the training part. Raises ``DataError`` (one line) for files that are missing,
    damaged or of another form, or hold an utterance twice.
    """
    whole_number("num_steps", num_steps)
    if not (isinstance(validation, Real) and 0 < validation < 1):
        raise wrong("validation", repr(validation), "a share between 0 and 1")
    paths, source = _located(path)
    (known, targets, classes), (asked, asked_targets, others) = map(_read, paths)
    if classes != others:
        shown = f"the speakers {', '.join(others)}"[:80]
        raise unusable(paths[1], shown, f"{', '.join(classes)}, as in {paths[0].name}"[:120])
    _refuse_copies(paths, (known, asked))
    held = _held_out(paths[0], targets, classes, validation, seed)
    frames = np.concatenate([one for one, out in zip(known, held, strict=True) if not out])
    mean, std = frames.mean(axis=0), frames.std(axis=0)
    std[std == 0] = 1

    def part(utterances, labels, chosen):
        kept = [(utterances[n][:num_steps] - mean) / std for n in np.flatnonzero(chosen)]
        inputs = np.zeros((len(kept), num_steps, FEATURES), np.float32)
        for row, utterance in zip(inputs, kept, strict=True):
            row[: len(utterance)] = utterance
        return SpeakersSplit(inputs, labels[chosen], np.array([len(one) for one in kept]))

    train, held_out = part(known, targets, ~held), part(known, targets, held)
    test = part(asked, asked_targets, np.ones(len(asked), bool))
    counted = source(len(known) + len(asked), "utterances")
    return Speakers("speakers", train, held_out, test, counted, classes)


def _located(path):
    """Both files, and the function that words where they come from."""
    if isinstance(path, (tuple, list)):
        if len(path) != 2:
            raise wrong("path", f"{len(path)} files", "two: training and test")
        both = [resolve("speakers", one, shipped=FOLDER) for one in path]
        return [one.path for one in both], both[0].source
    found = resolve("speakers", path, shipped=FOLDER, full=FOLDER)
    if not Path(found.path).is_dir():
        raise unusable(found.path, "a single file", f"a folder with {TRAIN} and {TEST}")
    both = [resolve("speakers", found.path / name, shipped=FOLDER).path for name in (TRAIN, TEST)]
    return both, found.source


def _read(path):
    """Utterances, a list of (frames, 12); targets, (n,); and the labels that the file declares."""
    lines = [line.strip() for line in read_text(path).splitlines()]
    start = next((n for n, line in enumerate(lines) if line.lower() == "@data"), None)
    if start is None:
        raise unusable(path, "no line '@data'", "a .ts file: names, '@data', a series a line")
    classes = _declared(path, lines[:start])
    utterances, targets = [], []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line:
            continue
        *cells, label = line.split(":")
        label = label.strip()
        if len(cells) != FEATURES:
            raise unusable(path, f"{len(cells)} lists of numbers in line {number}", _WANTED)
        if label not in classes:
            shown = f"the label {label[:40]!r} in line {number}"
            raise unusable(path, shown, f"one of {', '.join(classes)}"[:120])
        utterances.append(_numbers(path, number, cells))
        targets.append(classes.index(label))
    if not utterances:
        raise unusable(path, "no series below '@data'", "one or more")
    return utterances, np.array(targets, np.int64), classes


def _declared(path, header):
    """The labels in the line ``@classLabel true 1 2 3``."""
    found = [words for words in map(str.split, header) if words[:1] and words[0] == "@classLabel"]
    if len(found) != 1 or found[0][1:2] != ["true"]:
        raise unusable(path, f"{len(found)} lines '@classLabel'", "one, '@classLabel true 1 2 …'")
    labels = tuple(found[0][2:])
    if len(labels) < 2 or len(set(labels)) != len(labels):
        raise unusable(path, f"the labels {' '.join(labels)[:80]!r}", "two or more, each once")
    return labels


def _numbers(path, number, cells):
    """The numbers of one line, (frames, 12)."""
    columns = [cell.split(",") for cell in cells]
    lengths = sorted({len(column) for column in columns})
    if len(lengths) > 1:
        shown = f"coefficients of {lengths[0]} and of {lengths[-1]} frames in line {number}"
        raise unusable(path, shown, "as many frames of each")
    for text in sum(columns, []):
        if not _is_number(text):
            wanted = f"a number, none beyond {_LARGEST:,.0f}"
            raise unusable(path, f"{text.strip()[:40]!r} in line {number}", wanted)
    return np.array(columns, dtype=object).astype(float).T


def _is_number(text):
    try:
        return abs(float(text)) <= _LARGEST  # not a number is not
    except ValueError:
        return False


def _refuse_copies(files, parts):
    """An utterance in two parts would be recognised, not its speaker."""
    seen = set()
    for file, utterances in zip(files, parts, strict=True):
        for utterance in utterances:
            if utterance.tobytes() in seen:
                raise unusable(file, "an utterance that was there before", "each once")
            seen.add(utterance.tobytes())


def _held_out(path, targets, classes, validation, seed):
    """Which training utterances are for validation, (n,): the same share of each speaker's."""
    random = np.random.default_rng(seed)
    held = np.zeros(len(targets), bool)
    for number, label in enumerate(classes):
        own = np.flatnonzero(targets == number)
        count = round(len(own) * validation)
        if not 0 < count < len(own):
            shown = f"{len(own)} utterances of speaker {label}"
            wanted = f"so many that validation={validation} leaves some on both sides"
            raise unusable(path, shown, wanted)
        held[random.choice(own, count, replace=False)] = True
    return held
