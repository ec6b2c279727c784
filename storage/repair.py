"""Repair: a journal of what is whole in a damaged one, and a report of what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import StoreError, StoreFailed
from storage.aside import take_name_keeping
from storage.compaction import standing_lines, write_lines
from storage.documents import move
from storage.formats import current, document_in
from storage.frames import HEADER_SIZE, Damage, Newer, Record, Torn, scan, version_in
from storage.journal import DISK, Disk, new_draft
from storage.keys import Key, own_key
from storage.lines import Line, Place, lines_in, table_line
from storage.loading import JOURNAL
from storage.lock import LOCK, Lock
from storage.places import NONE, Places

_GIVES_WAY = {"entries": ("entries", "tombstones"), "tombstones": ("tombstones", "entries", "placements")}
"""What an id cannot have beside a document in this table; elsewhere only another one in the same table."""

Lost = Damage | Torn
"""What could not be kept: from `offset`, up to the next whole record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What a repair found."""

    records: int
    """Changes that are whole."""
    lost: tuple[Lost, ...]
    kept_as: Path | None
    """Where the damaged journal is now; None: nothing was wrong, and nothing was done."""


def repair(folder: Path, *, disk: Disk = DISK) -> Repaired:
    """Make the journal in `folder` of what is whole in it; the old one stays beside it under another name.

    A change that was damaged is lost whole: what it replaced stands again. Raises `StoreLocked` while another process
    writes, `StoreError` when there is no journal or a newer one, `StoreFailed` when the disk refuses.
    """
    path = folder / JOURNAL
    if not path.exists():
        raise StoreError(f"{folder} has no journal")
    lock = Lock(folder / LOCK)
    try:
        found = _Found(path)
        if not found.lost:
            return Repaired(records=found.records, lost=(), kept_as=None)
        draft = new_draft(path, disk)
        tables: dict[str, Places] = {}
        write_lines(draft, map(table_line, found.tables), tables)
        write_lines(draft, standing_lines(found.whole(), found.tables, version=found.version), tables)
        kept_as = take_name_keeping(draft, path, "damaged", disk)
        draft.close()
        return Repaired(records=found.records, lost=tuple(found.lost), kept_as=kept_as)
    except OSError as error:
        raise StoreFailed(f"{path} cannot be repaired: {error.strerror}") from error
    finally:
        lock.close()


class _Found:
    """What a journal holds, with no care for what is missing in between."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self.version = version_in(file.read(HEADER_SIZE))
        self.tables: dict[str, Places] = {}
        self.lost: list[Lost] = []
        self.records = 0
        self._senseless: set[int] = set()
        self._latest: dict[tuple[str, Key], tuple[int, Place]] = {}
        """The number and place that a key was last seen at."""
        self._unmatched: list[Lost] = []
        """Removals of what was not there."""
        for record in self.whole(first=True):
            try:
                self._take(record)
            except ValueError as error:
                self._senseless.add(record.offset)
                self.lost.append(Damage(offset=record.offset, reason=f"a record cannot be understood: {error}"))
        if not self.lost:  # else what they remove is among that
            self.lost += self._unmatched

    def whole(self, *, first: bool = False) -> Iterator[Record]:
        """The whole records; the first time, what is not is taken down."""
        with self._path.open("rb") as file:
            for found in scan(file):
                match found:
                    case Record(offset=offset):
                        if offset not in self._senseless:
                            yield found
                    case Newer(version=version):
                        raise StoreError(f"{self._path} was written by a newer topicwire (format {version})")
                    case Damage() | Torn():
                        if first:
                            self.lost.append(found)

    def _take(self, record: Record) -> None:
        # All is read before anything is moved: a record that cannot be understood takes nothing away.
        lines = [(line, _key_in(record, line, self.version)) for line in lines_in(record.payload, record.begin)]
        for line, key in lines:
            if line.place is None and line.number is not None:
                if self.tables.get(line.table, NONE).pop(line.number, None) is None:
                    reason = f"document {line.number} of {line.table!r} is removed, and was never there"
                    self._unmatched.append(Damage(offset=record.offset, reason=reason))
            else:
                move(self.tables, line)
            if key is not None and line.number is not None and line.place is not None:
                self._replace(line.table, key, (line.number, line.place))
        self.records += 1

    def _replace(self, table: str, key: Key, now: tuple[int, Place]) -> None:
        """Drop what else stands under `key`: the change that removed it is lost, and the later one counts."""
        for other in _GIVES_WAY.get(table, (table,)):
            if (earlier := self._latest.pop((other, key), None)) is not None:
                number, place = earlier
                if earlier != now and self.tables.get(other, NONE).get(number) == place:
                    del self.tables[other][number]
        self._latest[table, key] = now


def _key_in(record: Record, line: Line, version: int) -> Key | None:
    """The key of the document that a line holds, if it is one of ours; raises `ValueError` for no document."""
    if line.number is None or line.place is None:
        return None
    return own_key(line.table, current(line.table, document_in(record, line.place), version))
