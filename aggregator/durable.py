"""Files that are replaced whole: whoever reads one sees the old bytes or the new ones, also after a power cut."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

Sync = Callable[[int], None]
"""Puts an open file or folder on disk, or raises OSError."""


def replace_file(target: Path, body: bytes, *, sync: Sync = os.fsync) -> None:
    """Make `body` the content of `target`, whose folder is there; a file that is replaced hands on its permissions.

    Raises OSError; then the old file is as it was, or the new one whole.
    """
    fresh = target.with_name(f".{target.name}.new")
    mode = stat.S_IMODE(target.stat().st_mode) if target.is_file() else None
    fresh.unlink(missing_ok=True)  # one that a power cut left may be open to others
    try:
        _write_durably(fresh, body, sync, mode=mode)
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent, sync)


def _write_durably(file: Path, body: bytes, sync: Sync, *, mode: int | None) -> None:
    """Make `file` with `mode` before anything is in it, for it may hold secrets.

    None: as `open` would make it, so that the umask decides who may read it: a web server runs as somebody else.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
    with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor
        if mode is not None:
            os.fchmod(handle, mode)
        out.write(body)
        out.flush()
        sync(out.fileno())


def _sync_folder(folder: Path, sync: Sync) -> None:
    """A rename lasts once its folder is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        sync(handle)
    finally:
        os.close(handle)
