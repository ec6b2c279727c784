"""A new journal takes the name of an old one, which stays beside it under another name."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from feeds.errors import StoreError, StoreFailed
from storage.journal import Disk, Journal, draft_of, take_name


def take_name_keeping(draft: Journal, path: Path, why: str, disk: Disk) -> Path | None:
    """As `take_name`; returns where the old journal is now: the first free `path.why-N`, None if there was none.

    Raises `StoreFailed` as `take_name` does; while the old journal still has its name then, it has no other one.
    """
    if not path.exists():
        take_name(draft, path, disk)
        return None
    number = 1
    while (spare := path.with_name(f"{path.name}.{why}-{number}")).exists() and not spare.samefile(path):
        number += 1
    try:
        if not spare.exists():  # else somebody who was killed got so far
            _give_second_name(path, spare, disk)
        take_name(draft, path, disk)
    except (OSError, StoreError) as error:
        if draft_of(path).exists():  # not switched; afterwards the spare is the only name of the old journal
            with contextlib.suppress(OSError):
                spare.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreFailed(f"{spare} could not be made: {error.strerror}") from error
        raise
    return spare


def _give_second_name(path: Path, spare: Path, disk: Disk) -> None:
    """A link, or a copy where the file system has no hard links; a rename would leave a moment without a journal."""
    try:
        spare.hardlink_to(path)
    except OSError:
        shutil.copy2(path, spare)
        file = os.open(spare, os.O_RDONLY | os.O_CLOEXEC)
        try:
            disk.sync(file)
        finally:
            os.close(file)
