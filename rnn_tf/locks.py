"""Files that a living process holds, and that are free when it ends, however it ends."""

import contextlib
import os

try:
    import fcntl
except ImportError:  # Windows: an open file cannot be removed there, which is lock enough
    fcntl = None


def take(path):
    """Make the file ``path`` and hold it.

    Returns a file descriptor: the file is held until that is closed or this process ends. What a
    dead process held under the same name is removed first.

    Raises ``BlockingIOError`` where a living process holds it, ``OSError`` where it cannot be made.
    """
    while True:
        remove_abandoned(path)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            raise BlockingIOError(f"{path} is held by another process") from None
        if fcntl is None:
            return handle
        with contextlib.suppress(OSError):  # no locks on this file system: nobody removes it
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:  # else somebody thought it abandoned before it was locked
            return handle
        os.close(handle)


def drop(path, handle):
    """Remove the file that ``take`` made, if still there, and close ``handle`` unless ``None``."""
    if fcntl is None and handle is not None:  # Windows removes no open file
        os.close(handle)
        handle = None
    with contextlib.suppress(OSError):
        os.unlink(path)
    if handle is not None:  # after the removal, so that nobody takes it in between
        os.close(handle)


def remove_abandoned(path, before=None):
    """Remove the file ``path`` unless a living process holds it, or it cannot be known.

    Args:
        before: called first, while nobody else can take or remove the file.
    """
    with contextlib.suppress(OSError):
        if fcntl is None:
            os.unlink(path)
            if before:
                before()
            return
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if before:
                before()
            os.unlink(path)
        finally:
            os.close(handle)
