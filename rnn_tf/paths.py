"""Where things lie: shipped data, lessons, the cache; and writing without half-written files."""

import contextlib
import os
import tempfile
from pathlib import Path

import platformdirs

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
    _temporary_beside(Path(folder) / "probe").unlink()


@contextlib.contextmanager
def written_whole(path):
    """Give a temporary path beside ``path``; move it there only if the block ends well.

    An interruption or an error leaves what was there before. Raises ``InputError`` where the
    folder cannot be written.
    """
    path = Path(path)
    temporary = _temporary_beside(path)
    try:
        yield temporary
        if os.name == "posix":  # mkstemp makes files private; keep what the user's umask says
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_unfinished(folder, writer):
    """Remove what a killed process, whose ``RNN_TF_WRITER`` was ``writer``, left in ``folder``."""
    for unfinished in Path(folder).rglob(f".*.{writer}.*"):
        unfinished.unlink(missing_ok=True)


def _temporary_beside(path):
    """An empty file of a new name in the folder of ``path``; it cannot clash with another.

    The name holds ``RNN_TF_WRITER``, so that whoever kills this process knows what is its.
    """
    writer = os.environ.get("RNN_TF_WRITER")
    prefix = f".{path.stem}.{writer}." if writer else f".{path.stem}."
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=path.suffix)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}): choose a folder you own"
        ) from error
    os.close(handle)
    return Path(name)
