"""Backup and restore: a copy of what was acknowledged, whole and checked, taken beside a running writer.

A journal only grows, and a compaction replaces it whole, so that the records of one opened file are a state that once
was; what is written meanwhile is left out.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import StoreDamaged, StoreError, StoreFailed
from storage.aside import take_name_keeping
from storage.compaction import write_lines
from storage.documents import move
from storage.formats import current_lines
from storage.frames import HEADER_SIZE, Record
from storage.journal import DISK, Disk, draft_of, make_folder, new_draft
from storage.loading import JOURNAL, SNAPSHOT, load
from storage.lock import LOCK, Lock
from storage.places import Places
from storage.reading import JournalReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied."""

    entries: int
    size: int
    """In bytes."""


def back_up(store: Path, folder: Path, *, disk: Disk = DISK) -> Copied:
    """Copy the store in `store` into `folder`, which holds none yet; when this returns, it is on disk.

    Raises `StoreDamaged` when the store is, and copies nothing then; `StoreError` when there is nothing to copy or
    something in the way, `StoreFailed` when the disk refuses.
    """
    if not (store / JOURNAL).exists():
        raise StoreError(f"{store} has no store to copy")
    if (folder / JOURNAL).exists():
        raise StoreError(f"{folder} holds a store already: name a folder of its own for each backup")
    make_folder(folder, disk=disk)
    lock = Lock(folder / LOCK)
    try:
        copied, _ = _copy(store / JOURNAL, folder / JOURNAL, disk)
        return copied
    finally:
        lock.close()


def restore(folder: Path, store: Path, *, disk: Disk = DISK) -> tuple[Copied, Path | None]:
    """Put the backup in `folder` in place of the store in `store`; also where the journal is now that was there.

    Raises `StoreLocked` while another process writes to the store, and otherwise as `back_up` does; the store is as it
    was then.
    """
    if not (folder / JOURNAL).exists():
        raise StoreError(f"{folder} has no backup: it holds no journal")
    make_folder(store, disk=disk)
    lock = Lock(store / LOCK)
    try:
        load(folder / JOURNAL)  # a damaged backup takes nobody's place
        return _copy(folder / JOURNAL, store / JOURNAL, disk)
    finally:
        lock.close()


def _checked(path: Path) -> tuple[JournalReader, int]:
    """The journal at `path`, read through, and where its last record ends. Raises as `JournalReader.replay` does."""
    reader = JournalReader(path)
    tables: dict[str, Places] = {}

    def take(record: Record) -> None:
        for line, _ in current_lines(record, reader.version):
            move(tables, line)

    end, _ = reader.replay(take)
    return reader, end


def _copy(source: Path, target: Path, disk: Disk) -> tuple[Copied, Path | None]:
    """Every record of one journal, checked, in a new one; also where the journal is now that was there."""
    try:
        reader, end = _checked(source)
    except StoreDamaged:  # a writer that just opened may have cut and written
        reader, end = _checked(source)
    try:
        draft = new_draft(target, disk)
        lines = (raw for record in reader.records(HEADER_SIZE, end) for _, raw in current_lines(record, reader.version))
        write_lines(draft, lines, {})
        kept_as = take_name_keeping(draft, target, "before-restore", disk)
        draft.close()
        (target.parent / SNAPSHOT).unlink(missing_ok=True)
    except StoreError:
        with contextlib.suppress(OSError):
            draft_of(target).unlink(missing_ok=True)
        raise
    except OSError as error:
        raise StoreFailed(f"{target} could not be written: {error.strerror}") from error
    return Copied(entries=load(target).index.count("entries"), size=end), kept_as
