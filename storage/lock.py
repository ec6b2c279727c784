"""One writer: an operating system's lock on a file that names its holder.

The system releases the lock when its holder dies, however it dies, so there is no stale lock to clean up; the file
stays where it is. A child that was forked without exec shares the lock and keeps it alive. The file's own time of
change, which the file system notes, tells since when the holder has it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

from feeds.errors import StoreError, StoreLocked

LOCK = "lock"
"""The lock's name in a store's folder."""
_TRIES = 5  # somebody may delete the file between its opening and its locking; five times in a row is no accident


class Lock:
    """The right to write; held until `close` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock on `path`, in an existing folder.

        Raises `StoreLocked`, naming the holder, when another one has it; `StoreError` when the file cannot be used.
        """
        self._path = path
        for _ in range(_TRIES):
            self._take(path)
            if self.holds:
                return
            self.close()
        raise StoreError(f"the lock {path} is deleted again and again: leave it where it is")

    @property
    def holds(self) -> bool:
        """True as long as the file locked is the one that the next writer would ask for."""
        try:
            return self._file >= 0 and os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False

    def _take(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"the lock {path} cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _holder(self._file)
            self.close()
            raise StoreLocked(
                f"{path.parent} is in use by {holder}: one process writes at a time, so stop that one first"
            ) from error
        except OSError as error:
            self.close()
            raise StoreError(f"the lock {path} cannot be taken: {error.strerror}") from error
        with contextlib.suppress(OSError):  # a full disk holds the lock as well, and only its holder has no name
            os.ftruncate(self._file, 0)
            os.write(self._file, json.dumps({"host": socket.gethostname(), "pid": os.getpid()}).encode())

    def close(self) -> None:
        """Let the next writer in; closing twice is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def holder(path: Path) -> str:
    """Who holds the lock on `path` now, for a person; empty when nobody does, or when it cannot be seen.

    Asks for a share of the lock, and gives it back at once: a writer that starts at that very moment is refused.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(file)
    except OSError:
        return ""
    finally:
        os.close(file)
    return ""


def _holder(file: int) -> str:
    """Who holds the lock, for a person."""
    since = datetime.fromtimestamp(os.fstat(file).st_mtime, UTC)
    with contextlib.suppress(ValueError, KeyError, TypeError):  # a holder that has only just begun to write its name
        holder = json.loads(os.pread(file, 4096, 0))
        return f"process {holder['pid']} on {holder['host']} since {since:%Y-%m-%d %H:%M:%S} UTC"
    return "another process"
