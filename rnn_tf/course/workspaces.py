"""The folders of a run: its build folder, which it has to itself, and one that goes with it.

A run can be killed at any moment. What it leaves is recognised, by names that nobody else gives
and files that only the living hold, and the next start removes it.
"""

import contextlib
import functools
import os
import re
import secrets
import shutil
import tempfile
import time
from pathlib import Path

from rnn_tf import locks, paths
from rnn_tf.course.settings import LANGUAGES
from rnn_tf.errors import InputError

#: Name of the kernel's connection file in the private folder; the kernel's command line has it.
CONNECTION = "kernel.json"
# Where in a build folder files are written.
_PLACES = ("", "figures", "rows", *(f"notebooks/{lang}" for lang in LANGUAGES))


@contextlib.contextmanager
def tidy(build):
    """Before and after the block, remove what killed kernels and runs left half-written."""
    _remove_unfinished(build)
    try:
        yield
    finally:
        _remove_unfinished(build)


def _remove_unfinished(build):
    for folder, _, _ in os.walk(paths.cache_folder()):  # what cannot be read is passed over
        paths.remove_unfinished(folder)
    if build is not None:
        for place in _PLACES:
            paths.remove_unfinished(Path(build, place))


@contextlib.contextmanager
def only_run_in(build):
    """Hold the folder ``build`` for the run in this block.

    Raises ``InputError`` where another process's run holds it; one that was killed does not.
    """
    build = Path(build)
    paths.check_writable(build)
    lock = build / ".rnn_tf-run"
    try:
        handle = locks.take(lock)
    except BlockingIOError:
        raise InputError(
            f"{build}: in use by another run ({_said_in(lock)}): wait for its end, take another "
            f"folder, or delete {lock} if you know that run to be gone"
        ) from None
    os.write(handle, f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}".encode())
    try:
        yield
    finally:
        locks.drop(lock, handle)


def _said_in(lock):
    try:
        return lock.read_text(encoding="utf-8") or "just begun"
    except OSError:
        return "just ended"


_PRIVATE = re.compile(r"rnn_tf-[0-9a-f]{16}")


@contextlib.contextmanager
def private():
    """A new folder that only this run uses; it goes with the block.

    A file beside it is held meanwhile, so that what a killed run left is told from what lives.
    """
    place = Path(tempfile.gettempdir())
    for found in place.glob("rnn_tf-*.lock"):
        if _PRIVATE.fullmatch(found.stem):
            locks.remove_abandoned(found, before=functools.partial(_end, found.with_suffix("")))
    work = place / f"rnn_tf-{secrets.token_hex(8)}"
    lock = work.with_suffix(".lock")
    handle = locks.take(lock)
    try:
        work.mkdir(mode=0o700)
        yield work
    finally:
        try:
            _remove(work)
        except OSError:  # such as too many open files: the next start sees the lock and tries again
            os.close(handle)
        else:
            locks.drop(lock, handle)


def _end(work):
    """End the kernel that outlives its killed run, and remove the run's folder."""
    import psutil

    for process in psutil.process_iter(["cmdline"]):
        if str(work / CONNECTION) in (process.info["cmdline"] or ()):
            with contextlib.suppress(psutil.Error):
                process.kill()
                process.wait(5)
    _remove(work)


def _remove(work):
    if work.exists():
        shutil.rmtree(work)
