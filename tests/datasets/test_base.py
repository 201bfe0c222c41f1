"""Where files come from, and what happens to damaged ones: real files, really damaged."""

import functools
import hashlib
import http.server
import os
import threading

import numpy as np
import pytest

from rnn_tf import files, paths
from rnn_tf.datasets import base
from rnn_tf.errors import DataError, InputError
from tests.fuzzing import one_line

CONTENT = b"hour,temperature\n0,1.5\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A data folder, a cache and a full-data folder of their own; all empty."""
    for name in ("data", "cache", "full"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(paths, "data_folder", lambda: tmp_path / "data")
    monkeypatch.setenv("RNN_TF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("RNN_TF_DATA", str(tmp_path / "full"))
    return tmp_path


def put(path, content=CONTENT):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def ship(home, relative="numbers/n.csv", content=CONTENT):
    """A file among the shipped data, and listed there."""
    with (home / "data/SHA256SUMS").open("a", encoding="utf-8") as listing:
        listing.write(f"{hashlib.sha256(content).hexdigest()}  {relative}\n")
    return put(home / "data" / relative, content)


def find(path=None, **more):
    return base.resolve("numbers", path, **{"shipped": "numbers/n.csv", **more})


@pytest.fixture
def site(tmp_path):
    """A web server on loopback: ``/n.csv`` is there, the rest is not; counts its answers."""
    folder = tmp_path / "site"
    put(folder / "n.csv")
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, form, *values):
            asked.append(self.path)

        def do_GET(self):
            if self.path == "/short.csv":  # promises more than it sends
                self.send_response(200)
                self.send_header("Content-Length", str(len(CONTENT)))
                self.end_headers()
                self.wfile.write(CONTENT[:5])
            else:
                super().do_GET()

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


# --- the order of places ---------------------------------------------------------------------


def test_order_path_then_cache_then_shipped(home):
    given = put(home / "mine.csv", b"mine")
    ship(home)
    assert find().origin == "shipped sample"
    put(home / "cache/numbers/n.csv", b"cached")
    assert (find().origin, find().path.read_bytes()) == ("cache", b"cached")
    assert find(given) == base.Located(given, "path given")
    assert find(str(given)).path == given


def test_the_source_says_which_file_and_how_many_rows(home):
    ship(home)
    assert find().source(7) == "shipped sample data/numbers/n.csv, 7 rows"
    given = put(home / "mine.csv")
    assert find(given).source(2, "hours") == f"path given {given}, 2 hours"


def test_the_full_set_is_asked_for_by_name(home, monkeypatch):
    put(home / "full/big/n.csv", b"big")
    found = find("full", full="big/n.csv")
    assert (found.origin, found.path.read_bytes()) == ("full data", b"big")
    with pytest.raises(DataError) as caught:
        find("full", full="big/other.csv")
    one_line(caught, "other.csv", "no such file")
    monkeypatch.delenv("RNN_TF_DATA")
    with pytest.raises(InputError) as caught:
        find("full", full="big/n.csv")
    one_line(caught, "RNN_TF_DATA")
    with pytest.raises(InputError):
        find("full")


def test_a_folder_may_be_shipped_or_given(home):
    ship(home)
    assert find(shipped="numbers").path == home / "data/numbers"
    (home / "empty").mkdir()
    with pytest.raises(DataError) as caught:
        find(home / "empty")
    one_line(caught, "empty folder")


# --- damaged files ---------------------------------------------------------------------------


def test_missing_and_empty_files(home):
    for attempt in (find, lambda: find(home / "mine.csv")):
        with pytest.raises(DataError) as caught:
            attempt()
        one_line(caught, "no such file")
    ship(home, content=b"")
    put(home / "mine.csv", b"")
    for attempt in (find, lambda: find(home / "mine.csv")):
        with pytest.raises(DataError) as caught:
            attempt()
        one_line(caught, "empty file")


@pytest.mark.parametrize("shipped", ["numbers/n.csv", "numbers"])
def test_a_shipped_file_is_held_against_its_pinned_hash(home, shipped):
    file = put(home / "data/numbers/n.csv")
    put(home / "data/SHA256SUMS", f"{SHA256}  numbers/n.csv\n{OTHER}  else/m.csv\n".encode())
    assert find(shipped=shipped).origin == "shipped sample"
    file.write_bytes(CONTENT.replace(b"1.5", b"2.5"))
    with pytest.raises(DataError) as caught:
        find(shipped=shipped)
    one_line(caught, "n.csv", "sha256", SHA256[:12], "restore")
    file.unlink()
    (home / "data/numbers/other.csv").write_bytes(b"here")
    with pytest.raises(DataError) as caught:
        find(shipped=shipped)
    one_line(caught, "n.csv", "no such file")


def test_the_shipped_sample_is_what_the_list_names_and_nothing_else(home):
    ship(home)
    ship(home, "else/m.csv")
    put(home / "data/numbers/.DS_Store", b"the system's")
    assert find(shipped="numbers").origin == "shipped sample"
    stray = put(home / "data/numbers/deeper/mine.csv")
    with pytest.raises(DataError) as caught:
        find(shipped="numbers")
    one_line(caught, stray, "not shipped", "move it away")
    assert find().origin == "shipped sample"  # beside a file that is asked for by name
    stray.unlink()
    (home / "mine").mkdir()
    put(home / "mine/o.csv")
    (home / "data/numbers/linked").symlink_to(home / "mine", target_is_directory=True)
    with pytest.raises(DataError) as caught:
        find(shipped="numbers")
    one_line(caught, "linked", "not shipped")


def test_a_file_that_no_list_names_is_no_shipped_sample(home):
    put(home / "data/numbers/n.csv")
    with pytest.raises(DataError) as caught:
        find()
    one_line(caught, "SHA256SUMS", "no such file", "restore")
    ship(home, "else/m.csv")
    with pytest.raises(DataError) as caught:
        find()
    one_line(caught, "numbers/n.csv", "SHA256SUMS", "restore")


def test_a_damaged_list_of_hashes_is_said_to_be_damaged(home):
    put(home / "data/numbers/n.csv")
    put(home / "data/SHA256SUMS", b"not a hash\n")
    with pytest.raises(DataError) as caught:
        find()
    one_line(caught, "SHA256SUMS", "not a hash")


def test_a_cached_file_with_a_wrong_hash(home):
    put(home / "cache/numbers/n.csv", CONTENT[:9])
    with pytest.raises(DataError) as caught:
        find(sha256=SHA256)
    one_line(caught, "cache", "sha256", "delete")


def test_every_shipped_file_has_its_pinned_hash():
    pinned = base.pinned_hashes()
    assert pinned
    for relative, sha256 in pinned.items():
        assert files.sha256_of(paths.data_folder() / relative) == sha256, relative


# --- paths that are no data ------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(home):
    os.mkfifo(home / "pipe")
    with pytest.raises(DataError) as caught:
        find(home / "pipe")
    one_line(caught, "pipe", "a pipe")
    (home / "cache/numbers").mkdir()
    os.mkfifo(home / "cache/numbers/n.csv")
    with pytest.raises(DataError) as caught:
        find(sha256=SHA256)
    one_line(caught, "cache", "a pipe")


def test_names_that_no_file_can_have(home):
    for name in ("n" * 5_000, "a\0b"):
        with pytest.raises(DataError) as caught:
            find(home / name)
        one_line(caught, str(home))
    with pytest.raises(InputError) as caught:
        find(7)
    one_line(caught, "path", "int")


def test_a_cache_that_is_a_file_is_no_cache(home, monkeypatch):
    ship(home)
    monkeypatch.setenv("RNN_TF_CACHE", str(put(home / "file")))
    assert find().origin == "shipped sample"


# --- download --------------------------------------------------------------------------------


def test_nothing_is_downloaded_unless_asked_for(home, site):
    url, asked = site
    ship(home)
    assert find(url=f"{url}/n.csv", sha256=SHA256).origin == "shipped sample"
    assert asked == []


def test_download_into_the_cache_and_once_only(home, site):
    url, asked = site
    where = {"url": f"{url}/n.csv", "sha256": SHA256}
    found = find(download=True, **where)
    assert found == base.Located(home / "cache/numbers/n.csv", "download")
    assert found.path.read_bytes() == CONTENT
    assert find(download=True, **where).origin == "cache"
    assert find(**where).origin == "cache"
    assert len(asked) == 1


def test_a_download_mends_a_damaged_cache(home, site):
    url, _ = site
    cached = put(home / "cache/numbers/n.csv", CONTENT[:9])
    find(url=f"{url}/n.csv", sha256=SHA256, download=True)
    assert cached.read_bytes() == CONTENT


@pytest.mark.parametrize("page", ["n.csv", "short.csv"])
def test_a_download_with_a_wrong_hash_leaves_nothing(home, site, page):
    url, _ = site
    with pytest.raises(DataError) as caught:
        find(url=f"{url}/{page}", sha256=OTHER if page == "n.csv" else SHA256, download=True)
    one_line(caught, page, "sha256", "nothing was kept")
    assert list((home / "cache/numbers").iterdir()) == []


def test_a_failed_download_keeps_the_old_file(home, site):
    url, _ = site
    cached = put(home / "cache/numbers/n.csv", b"old")
    with pytest.raises(DataError):
        find(url=f"{url}/n.csv", sha256=OTHER, download=True)
    assert [p.read_bytes() for p in cached.parent.iterdir()] == [b"old"]


def test_a_page_that_is_not_there_and_a_server_that_is_not_there(home, site):
    url, _ = site
    for bad in (f"{url}/none.csv", "http://127.0.0.1:9/n.csv"):
        with pytest.raises(DataError) as caught:
            find(url=bad, sha256=SHA256, download=True)
        one_line(caught, bad, "shipped sample")
        assert list((home / "cache/numbers").iterdir()) == []


def test_a_download_without_a_checksum_is_refused(home):
    for where in ({}, {"url": "http://127.0.0.1:9/n.csv"}):
        with pytest.raises(InputError) as caught:
            find(download=True, **where)
        one_line(caught, "download")


def test_a_data_set_shows_itself_in_one_line():
    part = base.Split(np.zeros((900, 28, 28), np.float32), np.zeros(900, np.int64))
    data = base.Dataset("numbers", part, part, part, "a source")
    assert repr(part) == "<Split: inputs (900, 28, 28) float32, targets (900,) int64>"
    counts = "900 training, 900 validation, 900 test examples"
    assert repr(data) == f"<Dataset numbers: {counts}; a source>"


def test_a_split_pairs_inputs_and_targets():
    assert len(base.Split(np.zeros((3, 2)), np.zeros(3))) == 3
    with pytest.raises(InputError):
        base.Split(np.zeros((3, 2)), np.zeros(4))
