"""Compaction: the journal anew, without what no longer stands.

A thread copies what stands into a draft, reading a part of the journal that cannot change any more, while the store
goes on; then it copies what was committed meanwhile, until little is left. The store itself copies the rest between
two commits and lets the draft take the journal's name. A crash at any moment leaves one of the two whole under that
name: the draft is on disk before it is renamed, and nothing is committed to it before its name is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Event, Thread

from feeds.errors import StoreError, StoreFailed
from storage.documents import move
from storage.formats import current_lines
from storage.frames import FORMAT, HEADER_SIZE, Record
from storage.journal import Disk, Journal, draft_of, new_draft, take_name
from storage.lines import joined, lines_in, raw_lines, table_line
from storage.places import NONE, Places
from storage.reading import JournalReader

BATCH = 1 << 22
"""Bytes of a record in the new journal: one wait for the disk each, and two of them in memory."""
LITTLE = 1 << 18
"""Bytes that the store may copy itself: with the wait for the disk a few milliseconds."""
LEAST = 1 << 20
"""Dead bytes below which compaction is not worth a thread."""


class Compaction:
    """One compaction under way; made, finished and abandoned by the thread that commits."""

    def __init__(
        self, path: Path, *, reader: JournalReader, journal: Journal, tables: Mapping[str, Places], disk: Disk
    ) -> None:
        self.failure = ""
        """Why it came to nothing; the journal is as it was then."""
        self._path = path
        self._reader = reader
        self._journal = journal
        self._disk = disk
        self._standing = {name: places.copy() for name, places in tables.items()}
        self._copied = journal.end
        self._tables: dict[str, Places] = {}
        self._draft: Journal | None = None
        self._complete = False
        self._abandoned = Event()
        self._thread = Thread(target=self._run, name="compaction", daemon=True)
        self._thread.start()

    @property
    def past(self) -> tuple[int, int] | None:
        """Where the draft ends, and its chain there."""
        return None if self._draft is None else (self._draft.end, self._draft.chain)

    @property
    def ready(self) -> bool:
        """True when `finish` will not take long."""
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        """Until it is ready, or that long; whether it is."""
        self._thread.join(seconds)
        return self.ready

    @property
    def written(self) -> int:
        """Bytes of the draft until now."""
        return self._draft.end if self._draft else 0

    def finish(self, standing: Mapping[str, int]) -> tuple[JournalReader, Journal, dict[str, Places]] | None:
        """Wait for the thread, copy the rest and switch; what to go on with, or None when it came to nothing.

        `standing` is how many documents each table has now; a draft with any other number takes nobody's place.
        Raises `StoreFailed` when the disk does not say which of the two journals has the name: then neither may be
        written to.
        """
        self._thread.join()
        if self._draft is None or self.failure or not self._complete:
            self.failure = self.failure or "it ended before all was copied"
            self.abandon()
            return None
        try:
            self._follow()
            reader = JournalReader(draft_of(self._path))
            self._compare(standing)
        except Exception as error:  # noqa: BLE001 - whatever it is, the draft is not whole and the journal is
            self.failure = _told(error)
            self.abandon()
            return None
        take_name(self._draft, self._path, self._disk)
        reader.path = self._path
        return reader, self._draft, self._tables

    def abandon(self) -> None:
        """Give up; the journal stays as it is."""
        self._abandoned.set()
        self._thread.join()
        self._clear_away()

    def _clear_away(self) -> None:
        if self._draft is not None:
            self._draft.close()
        with contextlib.suppress(OSError):
            draft_of(self._path).unlink(missing_ok=True)

    def _run(self) -> None:
        try:
            self._draft = new_draft(self._path, self._disk)
            self._write(map(table_line, self._standing))
            self._write(standing_lines(self._reader.records(HEADER_SIZE, self._copied), self._standing))
            while self._journal.end - self._copied > LITTLE and not self._abandoned.is_set():
                self._follow()
            self._complete = True
        except Exception as error:  # noqa: BLE001 - whatever it is, the draft is not whole
            self.failure = _told(error)
            self._clear_away()

    def _follow(self) -> None:
        """Copy what was committed since the last look."""
        end = self._journal.end
        self._write(raw for record in self._reader.records(self._copied, end) for raw in raw_lines(record.payload))
        self._copied = end

    def _compare(self, standing: Mapping[str, int]) -> None:
        self._journal.check()
        copied = {name: len(places) for name, places in self._tables.items()}
        if copied != dict(standing):
            raise StoreError(f"{self._path} has other documents than its copy: {dict(standing)}, not {copied}")

    def _write(self, lines: Iterable[bytes]) -> None:
        assert self._draft is not None
        write_lines(self._draft, lines, self._tables, stop=self._abandoned.is_set)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"


def let_go(old: list[object]) -> None:
    """Drop what was given, elsewhere: the system takes 100 ms to free a file of 300 MB when its last user goes."""
    try:
        Thread(target=old.clear, name="compaction clears away", daemon=True).start()
    except RuntimeError:  # no thread is left: slower, but done
        old.clear()


def standing_lines(
    records: Iterable[Record], standing: Mapping[str, Places], *, version: int = FORMAT
) -> Iterator[bytes]:
    """The lines of `records`, of format `version`, whose documents still stand where they are; in the present one."""
    for record in records:
        for line, raw in current_lines(record, version):
            if line.place and line.number is not None and standing.get(line.table, NONE).get(line.number) == line.place:
                yield raw


def write_lines(
    draft: Journal, lines: Iterable[bytes], tables: dict[str, Places], *, stop: Callable[[], bool] = lambda: False
) -> None:
    """Append lines as records of about `BATCH` bytes, and take down in `tables` where they stand."""
    batch: list[bytes] = []
    size = 0
    for raw in lines:
        batch.append(raw)
        size += len(raw)
        if size >= BATCH:
            if stop():
                raise StoreFailed("compaction was given up")
            _append(draft, batch, tables)
            batch, size = [], 0
    _append(draft, batch, tables)


def _append(draft: Journal, batch: list[bytes], tables: dict[str, Places]) -> None:
    if batch:
        record = draft.append(joined(batch))
        for line in lines_in(record.payload, record.begin):
            move(tables, line)
