"""The store by default: TinyDB documents on a journal, found through key indexes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from feeds.errors import StoreDamaged, StoreError, StoreFailed
from feeds.model import Entry, Placement, Revision, Site, SourceState
from storage.changes import edits_of
from storage.codec import decode, encode_time
from storage.compaction import LEAST, Compaction, let_go
from storage.documents import JournalDB
from storage.journal import DISK, Disk, make_folder, probe_room
from storage.keys import Key, sign
from storage.loading import JOURNAL, SNAPSHOT, Loaded, load, load_for_writing
from storage.lock import LOCK, Lock
from storage.port import Change, Counts, Keys
from storage.reading import require
from storage.snapshot import Snapshot, save

ROOM = 1 << 18
"""Bytes that a full disk must have again: a pass that brings a hundred entries with their texts."""
WORTH_A_SNAPSHOT = 1 << 20
"""Bytes of the journal that the last snapshot lacks: 1 MiB is read in 10 ms."""

T = TypeVar("T")


def open_store(folder: Path, *, writable: bool, disk: Disk = DISK) -> TinyDBStore:
    """The store in `folder`, with all that was ever acknowledged in it.

    For writing, a missing folder is made and a lock is taken, which `close` or the end of the process releases. For
    reading, a missing folder is an empty store, and what a writer commits later does not show.

    Raises `StoreLocked` when another process writes, `StoreDamaged` when bytes are not what was written, `StoreError`
    when the files cannot be read or written.
    """
    path = folder / JOURNAL
    if writable:
        return _open_writer(folder, path, disk)
    try:
        return TinyDBStore(path, load(path), held=None)
    except StoreDamaged:
        return TinyDBStore(path, load(path), held=None)  # a writer that just opened may have cut and written


def _open_writer(folder: Path, path: Path, disk: Disk) -> TinyDBStore:
    make_folder(folder, disk=disk)
    lock = Lock(folder / LOCK)
    try:
        loaded = load_for_writing(path, disk=disk)
        store = TinyDBStore(path, loaded, held=lock, disk=disk)
        store.keep_snapshot()
    except BaseException:
        lock.close()
        raise
    else:
        return store


class TinyDBStore:
    """A `storage.port.Store`; made by `open_store`."""

    def __init__(self, path: Path, loaded: Loaded, *, held: Lock | None, disk: Disk = DISK) -> None:
        self._path = path
        self._held = held
        self._disk = disk
        self._go_on(loaded)

    def _go_on(self, loaded: Loaded) -> None:
        self.torn = loaded.torn
        """The unfinished, never acknowledged record found at the journal's end; opening for writing cut it off."""
        self._index = loaded.index
        self._journal = loaded.journal
        self._compaction: Compaction | None = None
        self._compact_from = 0
        """The size of the journal from which the next compaction is considered."""
        self._other_past: tuple[int, int] | None = None
        """Of the draft that may have the journal's name on disk, when a switch to it failed."""
        self._snapshot_end = loaded.snapshot_end
        self.database = JournalDB(loaded.index.note)
        """The TinyDB underneath, for questions nobody foresaw; what it is told to write is as safe as a commit."""
        if loaded.reader is not None:
            self.database.journal.start(loaded.reader, loaded.tables)
        if self._journal is not None:
            self.database.journal.write_to(self._journal.append)

    def commit(self, change: Change) -> None:
        """Remember `change` as one record; raises `StoreFailed` when the disk refuses, and from then on."""
        edits = edits_of(change, self._index, self.database.next_number)
        self.database.commit(edits)
        self._tidy()

    def known(self, keys: Keys) -> tuple[Entry, ...]:
        """The entries that share at least one key, by id; an empty guid or address is no key."""
        return self._sharing("entries", keys)

    def buried(self, keys: Keys) -> tuple[Entry, ...]:
        """The tombstones that share at least one key, by id."""
        return self._sharing("tombstones", keys)

    def aged(self, *, before: datetime, most: int) -> tuple[str, ...]:
        """Ids of entries first seen before `before`, and of all but the newest `most`; oldest first."""
        too_many = islice(self._index.oldest_first(), max(0, self._index.count("entries") - most))
        return tuple(dict.fromkeys((*too_many, *self._index.older_than(encode_time(before)))))

    def tombstones_beyond(self, most: int) -> tuple[str, ...]:
        """Ids of all tombstones but the `most` that were remembered last."""
        return tuple(islice(self._index.oldest_tombstones(), max(0, self._index.count("tombstones") - most)))

    def entry(self, entry_id: str) -> Entry | None:
        return self._one(Entry, "entries", entry_id)

    def entries(self) -> Iterator[Entry]:
        """All entries, newest `first_seen` first, equal times by id; what is committed later does not show."""
        return self._decoded(Entry, "entries", self._index.newest_first())

    def placements(self, entry_ids: Iterable[str]) -> Mapping[str, Placement]:
        asked = ((entry_id, self._one(Placement, "placements", entry_id)) for entry_id in entry_ids)
        return {entry_id: placement for entry_id, placement in asked if placement is not None}

    def revisions(self, entry_id: str) -> tuple[Revision, ...]:
        own = (self._one(Revision, "revisions", (entry_id, one)) for one in sorted(self._index.revisions.get(entry_id)))
        return tuple(revision for revision in own if revision is not None)

    def states(self) -> Mapping[str, SourceState]:
        """By source id."""
        states = self._decoded(SourceState, "states", self._index.numbers("states"))
        return {state.source: state for state in states}

    def site(self) -> Site | None:
        return self._one(Site, "site", ())

    def counts(self) -> Counts:
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            size = 0
        except OSError as error:
            raise StoreError(f"{self._path} cannot be read: {error.strerror}") from error
        return Counts(
            entries=self._index.count("entries"),
            copies=self._index.copies,
            revisions=self._index.count("revisions"),
            sources=self._index.count("states"),
            size=size,
        )

    def keep_snapshot(self, *, worth: int = WORTH_A_SNAPSHOT) -> None:
        """Let the next opening begin here if it would have `worth` bytes to read otherwise; failing that is no harm."""
        if self._journal is not None and self._journal.end - self._snapshot_end > worth:
            tables = self.database.journal.tables()
            snapshot = Snapshot(end=self._journal.end, chain=self._journal.chain, tables=tables, index=self._index)
            with contextlib.suppress(OSError):
                save(self._path.with_name(SNAPSHOT), snapshot)
                self._snapshot_end = self._journal.end

    def compact(self) -> None:
        """Free what is dead, now; raises `StoreError` when that cannot be done, and then nothing has changed."""
        self._begin_compaction()
        if failure := self._end_compaction():
            raise StoreError(f"the journal could not be compacted: {failure}")

    @property
    def dead(self) -> int:
        """Bytes of the journal that compaction would free, about."""
        return max(0, (self._journal.end if self._journal else 0) - self.database.journal.live)

    def _tidy(self) -> None:
        """Compact in the background when more is dead than stands."""
        assert self._journal is not None
        if self._compaction is not None:
            if self._compaction.ready:
                with contextlib.suppress(
                    StoreFailed
                ):  # what was committed is on disk either way; the next one is refused
                    self._end_compaction()
        elif self._journal.end > self._compact_from and self.dead > max(LEAST, self.database.journal.live):
            try:
                self._begin_compaction()
            except (StoreError, MemoryError):  # the change is on disk: what cannot be freed now is freed later
                self._compact_from = self._journal.end * 3 // 2

    def _begin_compaction(self) -> None:
        if self._journal is None:
            raise StoreError("the store was opened for reading only")
        storage = self.database.journal
        try:
            self._compaction = self._compaction or Compaction(
                self._path, reader=storage.reader, journal=self._journal, tables=storage.tables(), disk=self._disk
            )
        except RuntimeError as error:  # of a system that has no thread left
            raise StoreError(f"the journal could not be compacted: {error}") from error

    def _end_compaction(self) -> str:
        """Go on with the new journal; why there is none, else."""
        assert self._journal is not None
        assert self._compaction is not None
        compaction, self._compaction = self._compaction, None
        # Whatever comes of it: not again before the journal has grown by half.
        self._compact_from = self._journal.end * 3 // 2
        try:
            tables = self.database.journal.tables()
            switched = compaction.finish({name: len(places) for name, places in tables.items()})
        except StoreFailed as error:
            self._journal.refuse(str(error))
            self._other_past = compaction.past
            raise
        failure = compaction.failure
        if switched is not None:
            old: list[object] = [self._journal]
            reader, self._journal, tables = switched
            old += (compaction, self.database.journal.switch(reader, tables))
            del compaction
            self.database.journal.write_to(self._journal.append)
            let_go(old)
            self._compact_from = self._journal.end * 3 // 2
            self._snapshot_end = 0
        return failure

    def recover(self) -> None:
        """Look again at what is on disk after it refused a commit, and go on with that.

        Raises `StoreError` as long as the disk has no room for `ROOM` bytes, and when the journal is gone or lacks
        what was acknowledged; reading works as before then.
        """
        if self._held is None or self._journal is None:
            raise StoreError("the store is not open for writing")
        if not self._held.holds:
            raise StoreError(
                f"{self._path.parent / LOCK} was deleted, so another process may write: stop and start again"
            )
        if self._compaction is not None:
            self._compaction.abandon()
            self._compaction = None
        probe_room(self._path.parent, ROOM, disk=self._disk)
        own = (self._journal.end, self._journal.chain)
        require(self._path, [past for past in (own, self._other_past) if past is not None])
        self._journal.close()
        self._go_on(load_for_writing(self._path, disk=self._disk))

    def close(self, *, snapshot: bool = True) -> None:
        """Let go of the journal and the lock; reading goes on, committing does not."""
        if self._held is not None and self._journal is not None:
            if self._compaction is not None:
                self._compaction.abandon()
                self._compaction = None
            if snapshot:
                self.keep_snapshot()
            self._journal.close()
            self._held.close()
            self._held = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A signal may have ended a commit between the journal and the indexes: such indexes are not kept.
        self.close(snapshot=kind is None or issubclass(kind, Exception))

    def _sharing(self, table: str, keys: Keys) -> tuple[Entry, ...]:
        numbers = {number for one in keys.ids if (number := self._index.number(table, one)) is not None}
        for guid in keys.guids:
            numbers.update(self._index.guids[table].get(guid))
        for url in keys.urls:
            numbers.update(self._index.urls[table].get(url))
        for source, title in keys.titles:
            numbers.update(self._index.signs[table].get(sign(source, title)))
        for source, moment in keys.moments:
            numbers.update(self._index.signs[table].get(sign(source, encode_time(moment))))
        return tuple(sorted(self._decoded(Entry, table, numbers), key=lambda entry: entry.id))

    def _one(self, kind: type[T], table: str, key: Key) -> T | None:
        number = self._index.number(table, key)
        return None if number is None else next(self._decoded(kind, table, (number,)))

    def _decoded(self, kind: type[T], table: str, numbers: Iterable[int]) -> Iterator[T]:
        """What these documents are now, each read when it is asked for."""
        storage = self.database.journal
        places = storage.places(table)
        reader, found = storage.reader, [places[number] for number in numbers]
        return (decode(kind, reader.document(place)) for place in found)
