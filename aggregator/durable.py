"""Files that are replaced whole: whoever reads one sees the old bytes or the new ones, also after a power cut."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

Sync = Callable[[int], None]
"""Puts an open file or folder on disk, or raises OSError."""


def replace_file(target: Path, body: bytes, *, sync: Sync = os.fsync) -> None:
    """Make `body` the content of `target`, whose folder is there; a file that is replaced hands on its permissions.

    Raises OSError; then the old file is as it was, or the new one whole.
    """
    fresh = target.with_name(f".{target.name}.new")
    try:
        _write_durably(fresh, body, sync)
        if target.is_file():
            shutil.copymode(target, fresh)
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent, sync)


def _write_durably(file: Path, body: bytes, sync: Sync) -> None:
    """As `open` would make it, so that the umask decides who may read it: a web server runs as somebody else."""
    with file.open("wb") as out:
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
