"""The store by default: TinyDB documents on a journal, found through key indexes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from feeds.errors import StoreDamaged, StoreError, StoreFailed
from storage.changes import edits_of
from storage.compaction import LEAST, Compaction, let_go
from storage.documents import JournalDB
from storage.facts import Facts
from storage.journal import DISK, Disk, make_folder, probe_room
from storage.loading import JOURNAL, SNAPSHOT, Loaded, load, load_for_writing
from storage.lock import LOCK, Lock
from storage.port import Change, Counts
from storage.reading import require
from storage.snapshot import Snapshot, save

ROOM = 1 << 18
"""Bytes that a full disk must have again: a pass that brings a hundred entries with their texts."""
WORTH_A_SNAPSHOT = 1 << 20
"""Bytes of the journal that the last snapshot lacks: 1 MiB is read in 10 ms."""

GLANCE = 0.2
"""Seconds between two looks at how a compaction goes on."""


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


class TinyDBStore(Facts):
    """A `storage.port.Store`; made by `open_store`."""

    def __init__(self, path: Path, loaded: Loaded, *, held: Lock | None, disk: Disk = DISK) -> None:
        self._path = path
        self._held = held
        self._disk = disk
        self._go_on(loaded)

    def _go_on(self, loaded: Loaded) -> None:
        self.torn = loaded.torn
        """The unfinished, never acknowledged record found at the journal's end; opening for writing cut it off."""
        self.upgraded = loaded.upgraded
        """What was done first to a journal of an older format."""
        self._index = loaded.index
        self._journal = loaded.journal
        self._compaction: Compaction | None = None
        self._compact_from = 0
        """The size of the journal from which the next compaction is considered."""
        self._other_past: tuple[int, int] | None = None
        """Of the draft that may have the journal's name on disk, when a switch to it failed."""
        self._snapshot_end = loaded.snapshot_end
        self.database = JournalDB(loaded.index.note)
        if loaded.reader is not None:
            self.database.journal.start(loaded.reader, loaded.tables)
        if self._journal is not None:
            self.database.journal.write_to(self._journal.append)

    def commit(self, change: Change) -> None:
        """Remember `change` as one record; raises `StoreFailed` when the disk refuses, and from then on."""
        edits = edits_of(change, self._index, self.database.next_number)
        self.database.commit(edits)
        self._tidy()

    def counts(self) -> Counts:
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            size = 0
        except OSError as error:
            raise StoreError(f"{self._path} cannot be read: {error.strerror}") from error
        return Counts(
            entries=self._index.count("entries"),
            copies=self._index.copy_count,
            stories=len(self._index.stories),
            held=self._index.held_count,
            revisions=self._index.count("revisions"),
            sources=self._index.count("states"),
            size=size,
        )

    def keep_snapshot(self, *, worth: int = WORTH_A_SNAPSHOT) -> None:
        """Let the next opening begin here if it would have `worth` bytes to read otherwise; failing that is no harm."""
        if self.database.journal.behind:
            return  # the journal holds more than such a snapshot would know
        if self._journal is not None and self._journal.end - self._snapshot_end > worth:
            tables = self.database.journal.tables()
            snapshot = Snapshot(end=self._journal.end, chain=self._journal.chain, tables=tables, index=self._index)
            with contextlib.suppress(OSError, OverflowError, MemoryError):  # a hand can give a document any number
                save(self._path.with_name(SNAPSHOT), snapshot)
                self._snapshot_end = self._journal.end

    def compact(self, told: Callable[[int, int], None] = lambda _done, _of: None) -> None:
        """Free what is dead, now; raises `StoreError` when that cannot be done, and then nothing has changed.

        `told` learns a few times a second how many bytes are written, and of how many, about.
        """
        self._begin_compaction()
        assert self._compaction is not None
        while not self._compaction.wait(GLANCE):
            told(self._compaction.written, self.database.journal.live)
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
        if storage.behind:
            raise StoreError(f"the journal could not be compacted: {storage.behind}")
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
