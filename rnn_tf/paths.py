"""Where things lie: shipped data, lessons, the cache; and writing without half-written files."""

import contextlib
import errno
import os
import re
import secrets
from pathlib import Path

import platformdirs

from rnn_tf import locks
from rnn_tf.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name):
    """A folder of the clone or, in an installed wheel, its copy inside the package."""
    in_clone = _PACKAGE.parent / name
    if (in_clone.parent / "pyproject.toml").is_file() and in_clone.is_dir():
        return in_clone
    return _PACKAGE / f"_{name}"


def data_folder():
    """The folder of the shipped data."""
    return _shipped("data")


def chapters_folder():
    """The folder of the lesson sources, with ``en/`` and ``zh/`` in it.

    ``RNN_TF_CHAPTERS`` names another, for lessons of one's own.
    """
    named = os.environ.get("RNN_TF_CHAPTERS")
    return Path(named) if named else _shipped("chapters")


def benchmarks_folder():
    """The folder of the benchmarks' programs."""
    return _shipped("benchmarks")


def cache_folder():
    """The project's own cache; ``RNN_TF_CACHE`` names another. Not created here."""
    named = os.environ.get("RNN_TF_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("rnn_tf"))


def full_data_folder():
    """The folder of full data sets named by ``RNN_TF_DATA``, or ``None``."""
    named = os.environ.get("RNN_TF_DATA")
    return Path(named) if named else None


def check_writable(folder):
    """Raise ``InputError`` unless files can be made in ``folder``, which is made if missing."""
    folder = Path(folder)
    locks.drop(*_temporary_beside(folder / "probe", named=folder))


def check_target(path):
    """Raise ``InputError`` now where ``written_whole(path)`` could not put its file later."""
    path = Path(path)
    check_writable(path.parent)
    if path.is_dir():
        raise InputError(f"{path}: cannot be written (it is a folder): move that folder away")


@contextlib.contextmanager
def written_whole(path):
    """Give a temporary path beside ``path``; move it there only if the block ends well.

    An interruption or an error leaves what was there before. The file is on the disk, not only
    in memory, before it takes its place. What a kill leaves is removed when the same file is
    written next. Raises ``InputError`` where the file cannot be written.
    """
    path = Path(path)
    temporary, handle = _temporary_beside(path)
    try:
        yield temporary
        os.fsync(handle)
        if os.name == "nt":  # Windows moves no open file
            os.close(handle)
            handle = None
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:  # such as a full disk, which is said without a name
        if error.filename is not None and str(error.filename) != str(temporary):
            raise
        raise _unwritable(path, error) from error
    finally:
        locks.drop(temporary, handle)


def remove_unfinished(folder, name=None):
    """Remove what killed processes left half-written in ``folder``; nothing else, nothing alive.

    Args:
        name: only what was to become the file of this name.
    """
    with contextlib.suppress(OSError):
        for found in os.listdir(folder):
            match = _TEMPORARY.fullmatch(found)
            if match and (name is None or match["name"] == name):
                locks.remove_abandoned(os.path.join(folder, found))


# ".run.npz.rnn_tf-0123456789abcdef.npz": nobody else's files are called that.
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.rnn_tf-[0-9a-f]{16}(\.[^.]*)?", re.DOTALL)


def _temporary_beside(path, named=None):
    """An empty file of a new name in the folder of ``path``, and the handle that holds it.

    It has the ending of ``path``, by which many writers choose the format.
    """
    temporary = path.with_name(f".{path.name}.rnn_tf-{secrets.token_hex(8)}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(path.parent, path.name)
        return temporary, locks.take(temporary)
    except OSError as error:
        raise _unwritable(named or path, error) from error


def _unwritable(path, error):
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    mend = "make room there, or choose another folder" if full else "choose a folder you own"
    return InputError(f"{path}: cannot be written ({error.strerror or error}): {mend}")


def _sync_folder(folder):
    """After a loss of power too, the folder then lists its new file."""
    if os.name == "posix":
        with contextlib.suppress(OSError):  # some file systems sync no folder
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
