"""What all data sets share: where a file comes from, what it must hold, what a loader returns."""

import http.client
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnn_tf import paths
from rnn_tf.errors import unusable, wrong
from rnn_tf.files import exists, must_hold_something, read_text, sha256_of, status

#: Seconds without a byte before a download is given up.
DOWNLOAD_TIMEOUT = 30
_RESTORE = "restore it from the repository"


@dataclass(frozen=True, repr=False)
class Split:
    """One part of a data set: ``inputs[i]`` belongs to ``targets[i]``."""

    inputs: np.ndarray
    targets: np.ndarray

    def __post_init__(self):
        if len(self.inputs) != len(self.targets):
            raise wrong("targets", f"{len(self.targets)} rows", f"{len(self.inputs)}, as inputs")

    def __len__(self):
        return len(self.inputs)

    def __repr__(self):
        arrays = {"inputs": self.inputs, "targets": self.targets}
        shown = (f"{name} {array.shape} {array.dtype}" for name, array in arrays.items())
        return f"<{type(self).__name__}: {', '.join(shown)}>"


@dataclass(frozen=True, repr=False)
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

    def __repr__(self):
        return f"<{type(self).__name__} {self}>"


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

    Returns a ``Located``. Raises ``DataError`` (one line) for a file that is missing or empty, is
    a pipe or a device, may not be read, has a wrong hash, or cannot be fetched. The shipped sample
    is what ``data/SHA256SUMS`` lists, byte for byte and nothing else.
    """
    if path is not None:
        return _full(name, full) if path == "full" else given(path)
    cached = paths.cache_folder() / name / Path(url or shipped).name
    if download:
        if url is None or sha256 is None:
            raise wrong("download", True, f"False: there is no checked download for {name}")
        if not exists(cached) or sha256_of(cached) != sha256:
            _fetch(url, cached, sha256)
            return Located(cached, "download")
    if exists(cached):
        _must_hash(cached, sha256)
        return Located(must_hold_something(cached), "cache")
    here = paths.data_folder() / shipped
    _check_shipped(here, shipped)
    return Located(must_hold_something(here), "shipped sample", f"data/{shipped}")


def given(path):
    """The caller's own file or folder, as ``Located``; ``InputError`` where it holds nothing."""
    try:
        path = Path(path)
    except TypeError as error:
        raise wrong("path", type(path).__name__, "the name of a file or folder") from error
    return Located(must_hold_something(path), "path given")


def _full(name, full):
    folder = paths.full_data_folder()
    if full is None:
        raise wrong("path", "'full'", f"a file: there is no full set for {name}")
    if folder is None:
        raise wrong("path", "'full'", "RNN_TF_DATA set to the folder of full data sets")
    return Located(must_hold_something(folder / full), "full data", f"RNN_TF_DATA/{full}")


def _must_hash(path, sha256, advice="delete it and try again"):
    if sha256 is None:
        return
    found = sha256_of(path)
    if found != sha256:
        raise unusable(path, f"sha256 {found[:12]}…", f"{sha256[:12]}…: damaged; {advice}")


def pinned_hashes(folder=None):
    """Relative path -> sha256 of the shipped files, as ``SHA256SUMS`` lists them.

    Args:
        folder: where they lie; ``None`` for the folder of the shipped data.

    Raises ``DataError`` for a list that is missing, blank, binary or damaged.
    """
    listing = (folder or paths.data_folder()) / "SHA256SUMS"
    status(listing, f"the list of shipped files: {_RESTORE}")
    pinned = {}
    for line in read_text(listing).splitlines():
        entry = re.fullmatch(r"([0-9a-f]{64}) [ *](.+)", line)
        if entry is None:
            raise unusable(
                listing, f"the line {line[:80]!r}", f"'<sha256>  <path>' lines: {_RESTORE}"
            )
        pinned[entry[2].removeprefix("./")] = entry[1]
    return pinned


def not_shipped(folder, pinned):
    """Paths below ``folder`` (sorted, as in ``pinned``) that lie there and are not listed.

    Hidden files, which systems and editors leave anywhere, are nobody's data: no loader reads
    them. A linked folder counts as a file: what it holds was not shipped.
    """
    listed = {*pinned, "SHA256SUMS"}
    there = (
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )
    return sorted(
        path.as_posix()
        for path in there
        if not any(part.startswith(".") for part in path.parts) and path.as_posix() not in listed
    )


def _check_shipped(here, shipped):
    below = f"{shipped.rstrip('/')}/"
    pinned = {
        relative: sha256
        for relative, sha256 in pinned_hashes().items()
        if relative == shipped or relative.startswith(below)
    }
    if not pinned:
        raise unusable(here, "nothing that SHA256SUMS lists", f"the shipped sample: {_RESTORE}")
    for relative, sha256 in pinned.items():
        file = paths.data_folder() / relative
        status(file, f"a shipped file: {_RESTORE}")
        _must_hash(file, sha256, _RESTORE)
    strays = not_shipped(here, {relative.removeprefix(below) for relative in pinned})
    if strays:
        raise unusable(
            here / strays[0],
            "a file that was not shipped",
            f"shipped files only in data/{shipped}: move it away, and load your own by path",
        )


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
