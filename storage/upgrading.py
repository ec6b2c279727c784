"""An older journal becomes one of the present format when a writer opens it.

The newer one is made beside it and takes its name when it is complete and on disk: killed in the middle, the store is
as old as it was. The older one stays beside it under another name, for whoever wants to go back.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import StoreError
from storage.aside import take_name_keeping
from storage.compaction import standing_lines, write_lines
from storage.documents import move
from storage.formats import current_lines
from storage.frames import FORMAT, HEADER_SIZE, Record, Torn
from storage.journal import Disk, Journal, draft_of, new_draft
from storage.lines import table_line
from storage.places import Places
from storage.reading import JournalReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What an upgrade did."""

    version: int
    """The format that the journal had."""
    kept_as: Path | None
    """Where the older journal is now."""
    torn: Torn | None
    """The unfinished record at its end, which was left out."""


def upgrade(path: Path, *, disk: Disk) -> Upgraded | None:
    """Bring the journal at `path` to the present format; None when there is nothing to do.

    The caller holds the lock. Raises `StoreDamaged` when the journal is, `StoreError` when it cannot be read,
    `StoreFailed` when the disk refuses; it is as it was then.
    """
    try:
        reader = JournalReader(path)
    except FileNotFoundError:
        return None
    if reader.version >= FORMAT:
        return None  # whoever reads a newer one refuses it
    standing: dict[str, Places] = {}

    def take(record: Record) -> None:
        for line, _ in current_lines(record, reader.version):
            move(standing, line)

    end, torn = reader.replay(take)
    draft = new_draft(path, disk)
    try:
        _fill(draft, reader, end, standing)
        kept_as = take_name_keeping(draft, path, "before-upgrade", disk)
    except StoreError:
        with contextlib.suppress(OSError):
            draft_of(path).unlink(missing_ok=True)
        raise
    finally:
        draft.close()
    return Upgraded(version=reader.version, kept_as=kept_as, torn=torn)


def _fill(draft: Journal, reader: JournalReader, end: int, standing: dict[str, Places]) -> None:
    copied: dict[str, Places] = {}
    write_lines(draft, map(table_line, standing), copied)
    records = reader.records(HEADER_SIZE, end)
    write_lines(draft, standing_lines(records, standing, version=reader.version), copied)
    if {name: places.keys() for name, places in copied.items()} != {
        name: places.keys() for name, places in standing.items()
    }:
        raise StoreError(f"{reader.path} has other documents than its copy; it stays as it is")
