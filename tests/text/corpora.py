"""NLTK's own corpora, where ``RNN_TF_DATA`` names a folder that has them; never fetched."""

import zipfile

import pytest

from rnn_tf import paths

#: What NLTK itself reads them as; genesis has files in three encodings, udhr2 an empty one.
ENCODINGS = {
    "state_union": "latin-1",
    "inaugural": "latin-1",
    "webtext": "latin-1",
    "genesis": "latin-1",
    "abc": "latin-1",
    "udhr2": "utf-8",
}


def unpacked(name, tmp_path):
    """The folder of one corpus; the test is skipped where it is not at hand."""
    folder = (paths.full_data_folder() or tmp_path) / "nltk_data" / "corpora"
    if (folder / name).is_dir():
        return folder / name
    if not (folder / f"{name}.zip").is_file():
        pytest.skip(f"RNN_TF_DATA names no folder with nltk_data/corpora/{name}.zip in it")
    with zipfile.ZipFile(folder / f"{name}.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / name
