"""Opening: from a journal, and the snapshot beside it if that fits, to what the store knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from storage.documents import move
from storage.frames import FORMAT, Record, Torn
from storage.journal import DISK, Disk, Journal, open_for_writing
from storage.keys import KEYS, KeyIndex
from storage.lines import Line, Place, lines_in
from storage.places import NONE, Places
from storage.reading import JournalReader, chained
from storage.snapshot import Snapshot, read
from storage.upgrading import Upgraded, upgrade

JOURNAL = "journal"
SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was found, and what to go on with."""

    reader: JournalReader | None
    """None: there is no journal."""
    journal: Journal | None
    """To append to; None: opened for reading."""
    torn: Torn | None
    tables: dict[str, Places]
    index: KeyIndex
    snapshot_end: int
    """Up to where a snapshot made the work lighter."""
    upgraded: Upgraded | None = None
    """What was done first to a journal of an older format."""


class StaleSnapshot(Exception):  # noqa: N818 - caught where the journal is read without it
    """The snapshot is of another journal, or of another past of this one."""

    def __init__(self, torn: Torn | None = None) -> None:
        """`torn` was found, and may have been cut off, before that was seen."""
        super().__init__()
        self.torn = torn


def load(path: Path) -> Loaded:
    """For reading. A missing journal is an empty one. Raises as `JournalReader.replay` does."""
    try:
        reader = JournalReader(path)
    except FileNotFoundError:
        return Loaded(reader=None, journal=None, torn=None, tables={}, index=KeyIndex(), snapshot_end=0)
    try:
        # An older journal has a snapshot by what its documents meant then.
        taking = _Taking(read(path.with_name(SNAPSHOT)) if reader.version == FORMAT else None)
        _, torn = reader.replay(taking.take)
        return taking.loaded(reader, None, torn)
    except StaleSnapshot:
        taking = _Taking(None)
        _, torn = reader.replay(taking.take)
        return taking.loaded(reader, None, torn)


def load_for_writing(path: Path, *, disk: Disk = DISK) -> Loaded:
    """For writing, an older journal first upgraded; the caller holds the lock. Raises as `open_for_writing` does."""
    upgraded = upgrade(path, disk=disk)
    torn = upgraded.torn if upgraded else None
    try:
        loaded = _load_for_writing(path, read(path.with_name(SNAPSHOT)), disk)
    except StaleSnapshot as stale:
        torn = torn or stale.torn
        loaded = _load_for_writing(path, None, disk)
    return replace(loaded, torn=loaded.torn or torn, upgraded=upgraded)


def _load_for_writing(path: Path, snapshot: Snapshot | None, disk: Disk) -> Loaded:
    taking = _Taking(snapshot)
    journal, reader, torn = open_for_writing(path, taking.take, disk=disk)
    journal.chain = taking.chain
    try:
        return taking.loaded(reader, journal, torn)
    except BaseException:
        journal.close()
        raise


class _Taking:
    """Takes in records: those before the snapshot's end are known already, of the others the last word counts.

    No document is decoded that does not stand any more.
    """

    def __init__(self, snapshot: Snapshot | None) -> None:
        self.chain = 0
        self._snapshot = snapshot
        self._behind = snapshot is not None
        self._index = snapshot.index if snapshot else KeyIndex()
        self._tables = dict(snapshot.tables) if snapshot else {}
        self._before: dict[tuple[str, int], Place | None] = {}
        """Of what has changed since the snapshot: where it stood then."""

    def take(self, record: Record) -> None:
        """Raises `ValueError` for a record that makes no sense, `StaleSnapshot` for one that does not fit."""
        self.chain = chained(record, self.chain)
        if self._behind:
            self._compare(record)
            return
        for line in lines_in(record.payload, record.begin):
            self._note_before(line)
            move(self._tables, line)

    def loaded(self, reader: JournalReader, journal: Journal | None, torn: Torn | None) -> Loaded:
        """Raises `StaleSnapshot` when the journal ended before the snapshot did."""
        if self._behind:
            raise StaleSnapshot(torn)
        self._catch_up(reader)
        end = self._snapshot.end if self._snapshot else 0
        return Loaded(
            reader=reader, journal=journal, torn=torn, tables=self._tables, index=self._index, snapshot_end=end
        )

    def _compare(self, record: Record) -> None:
        assert self._snapshot is not None
        if record.end >= self._snapshot.end:
            if (record.end, self.chain) != (self._snapshot.end, self._snapshot.chain):
                raise StaleSnapshot
            self._behind = False

    def _note_before(self, line: Line) -> None:
        places = self._tables.get(line.table, NONE)
        if line.table not in KEYS:
            return
        if line.number is not None:
            self._before.setdefault((line.table, line.number), places.get(line.number))
        elif line.place is None:
            for number, place in places.pairs():
                self._before.setdefault((line.table, number), place)

    def _catch_up(self, reader: JournalReader) -> None:
        """Bring the index up to date: first what went, then what came, in the order of the file."""
        came: list[tuple[Place, str, int]] = []
        for (table, number), before in self._before.items():
            now = self._tables.get(table, NONE).get(number)
            if before is not None:
                self._index.note(table, number, reader.document(table, before), None)
            if now is not None:
                came.append((now, table, number))
        for place, table, number in sorted(came):
            self._index.note(table, number, None, reader.document(table, place))
