"""What all data sets share: where a file comes from, what it must hold, what a loader returns."""

import http.client
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnn_tf import paths
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import read_text, sha256_of

#: Seconds without a byte before a download is given up.
DOWNLOAD_TIMEOUT = 30


@dataclass(frozen=True)
class Split:
    """One part of a data set: ``inputs[i]`` belongs to ``targets[i]``."""

    inputs: np.ndarray
    targets: np.ndarray

    def __post_init__(self):
        if len(self.inputs) != len(self.targets):
            raise wrong("targets", f"{len(self.targets)} rows", f"{len(self.inputs)}, as inputs")

    def __len__(self):
        return len(self.inputs)


@dataclass(frozen=True)
class Dataset:
    """Three disjoint parts: learn from ``train``, choose by ``validation``, report on ``test``."""

    name: str
    train: Split
    validation: Split
    test: Split
    source: str

    def __str__(self):
        return (
            f"{self.name}: {len(self.train)} training, {len(self.validation)} validation, "
            f"{len(self.test)} test examples; {self.source}"
        )


@dataclass(frozen=True)
class Located:
    """A file (or folder) that was found, and where: ``path given``, ``cache``, ``download``,
    ``full data`` or ``shipped sample``."""

    path: Path
    origin: str
    shown: str = ""

    def source(self, rows, what="rows"):
        """One line for ``Dataset.source``: which file, how many rows."""
        return f"{self.origin} {self.shown or self.path}, {rows} {what}"


def resolve(name, path=None, *, shipped, full=None, url=None, sha256=None, download=False):
    """Find the file of a data set.

    Order: ``path``; the cache; a download, if asked for; the shipped sample.

    Args:
        name: name of the data set; its folder in the cache.
        path: a file or folder of the caller's, or ``"full"`` for the one named by ``full``.
        shipped: place below the data folder, e.g. ``"weather/weather.csv.gz"``. A folder is fine.
        full: place below the folder that ``RNN_TF_DATA`` names.
        url, sha256: where a download comes from and what it must hash to.
        download: fetch ``url`` into the cache if it is not there.

    Returns a ``Located``. Raises ``DataError`` (one line) for a file that is missing or empty, has
    a wrong hash, or cannot be fetched. Shipped files are held against ``data/SHA256SUMS``.
    """
    if path is not None:
        return _full(name, full) if path == "full" else _given(path)
    cached = paths.cache_folder() / name / Path(url or shipped).name
    if download:
        if url is None or sha256 is None:
            raise wrong("download", True, f"False: there is no checked download for {name}")
        if not cached.exists() or sha256_of(cached) != sha256:
            _fetch(url, cached, sha256)
            return Located(cached, "download")
    if cached.exists():
        _must_hash(cached, sha256)
        return Located(_must_hold_something(cached), "cache")
    here = paths.data_folder() / shipped
    _check_shipped(here, shipped)
    return Located(_must_hold_something(here), "shipped sample", f"data/{shipped}")


def _given(path):
    return Located(_must_hold_something(Path(path)), "path given")


def _full(name, full):
    folder = paths.full_data_folder()
    if full is None:
        raise wrong("path", "'full'", f"a file: there is no full set for {name}")
    if folder is None:
        raise wrong("path", "'full'", "RNN_TF_DATA set to the folder of full data sets")
    return Located(_must_hold_something(folder / full), "full data", f"RNN_TF_DATA/{full}")


def _must_hold_something(path):
    if not path.exists():
        raise unusable(path, "no such file", "a file or folder that exists")
    if path.is_file() and path.stat().st_size == 0:
        raise unusable(path, "an empty file", "data")
    if path.is_dir() and not any(path.iterdir()):
        raise unusable(path, "an empty folder", "data")
    return path


def _must_hash(path, sha256, advice="delete it and try again"):
    if sha256 is None:
        return
    found = sha256_of(path)
    if found != sha256:
        raise unusable(path, f"sha256 {found[:12]}…", f"{sha256[:12]}…: damaged; {advice}")


def pinned_hashes():
    """Relative path -> sha256 of the shipped files, as ``data/SHA256SUMS`` lists them."""
    listing = paths.data_folder() / "SHA256SUMS"
    if not listing.is_file():
        return {}
    pinned = {}
    for line in read_text(listing).splitlines():
        entry = re.fullmatch(r"([0-9a-f]{64}) [ *](.+)", line)
        if entry is None:
            raise unusable(listing, f"the line {line[:80]!r}", "'<sha256>  <path>' lines")
        pinned[entry[2].removeprefix("./")] = entry[1]
    return pinned


def _check_shipped(here, shipped):
    restore = "restore it from the repository"
    below = f"{shipped.rstrip('/')}/"
    for relative, sha256 in pinned_hashes().items():
        if relative == shipped or relative.startswith(below):
            file = paths.data_folder() / relative
            if not file.is_file():
                raise unusable(file, "no such file", f"a shipped file: {restore}")
            _must_hash(file, sha256, restore)
    if not here.exists():
        raise unusable(here, "no such file", f"the shipped sample: {restore}")


def _fetch(url, target, sha256):
    with paths.written_whole(target) as temporary:
        try:
            with (
                urllib.request.urlopen(url, timeout=DOWNLOAD_TIMEOUT) as answer,
                temporary.open("wb") as file,
            ):
                while block := answer.read(1 << 20):
                    file.write(block)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise unusable(
                url,
                f"no download ({reason})",
                "a reachable file; without download=True the shipped sample is used",
            ) from error
        found = sha256_of(temporary)
        if found != sha256:
            raise unusable(url, f"sha256 {found[:12]}…", f"{sha256[:12]}…: nothing was kept")
