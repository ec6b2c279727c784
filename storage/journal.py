"""The journal as a file: created, read back, appended to; what is acknowledged is on disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import StoreError, StoreFailed
from storage.frames import HEADER_SIZE, LARGEST, Record, Torn, checksum_of, frame, header
from storage.reading import JournalReader, Take, chained


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The two calls that a disk can refuse long after a file was opened; tests bring their own."""

    write: Callable[[int, memoryview], int] = os.write
    sync: Callable[[int], None] = os.fsync


DISK = Disk()


class Journal:
    """A journal that is open for appending; the caller holds the store's lock.

    After a failed write or sync it takes nothing more: what the disk then holds is known only by reading it again.
    """

    def __init__(self, path: Path, *, end: int, chain: int = 0, disk: Disk) -> None:
        """`end` is where the last whole record ends, and the file with it; `chain` as `reading.chained` makes it."""
        self._path = path
        self.end = end
        self.chain = chain
        self._disk = disk
        self._failure = ""
        self._file = -1
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}") from error

    def append(self, payload: bytes) -> Record:
        """Write one record, UTF-8 text without zero bytes; when this returns, it is on disk.

        Raises `StoreFailed` when the disk refuses, and ever after; `StoreError`, and no harm done, when the payload is
        too long.
        """
        if self._failure:
            raise StoreFailed(f"{self._failure}; the store takes nothing more until it is opened again")
        self.check()
        if len(payload) > LARGEST:
            raise StoreError(f"one change of {len(payload)} bytes is too large for {self._path}: at most {LARGEST}")
        begin, data = self.end, frame(payload)
        try:
            self._write_out(data)
        except OSError as error:
            self._failure = f"{self._path} could not be written: {error.strerror}"
            # Pages that the kernel failed to write count as clean afterwards. Taking them back keeps them from ending
            # up unwritten in the middle, behind records that were acknowledged later.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, begin)
            raise StoreFailed(f"{self._failure}; nothing of this change is acknowledged") from error
        record = Record(offset=begin, end=self.end, payload=payload, checksum=checksum_of(data))
        self.chain = chained(record, self.chain)
        return record

    def check(self) -> None:
        """Whether the file is still this writer's alone; raises `StoreFailed` when not, and leaves it as it is."""
        try:
            own = os.fstat(self._file)
            if not os.path.samestat(own, self._path.stat()):
                reason = "another file has its name now"
            elif own.st_size != self.end:
                reason = f"it has {own.st_size} bytes, and {self.end} were written here: another process changes it"
            else:
                return
        except FileNotFoundError:
            reason = "the file was deleted"
        except OSError as error:
            reason = str(error.strerror)
        self.refuse(f"{self._path} could not be written: {reason}")
        raise StoreFailed(f"{self._failure}; nothing of this change is acknowledged")

    def _write_out(self, data: bytes) -> None:
        _write_all(self._file, data, self._disk)
        self.end += len(data)

    def refuse(self, failure: str) -> None:
        """Take nothing more, as after a failed write."""
        self._failure = self._failure or failure

    def renamed(self, path: Path) -> None:
        """The file has another name now."""
        self._path = path

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            self._failure = self._failure or f"{self._path} is closed"


def open_for_writing(path: Path, take: Take, *, disk: Disk = DISK) -> tuple[Journal, JournalReader, Torn | None]:
    """A journal to append to, after every record in it went through `take`, and what was cut off its end.

    A missing file is created; its folder exists. Raises as `JournalReader.replay` does, and `StoreFailed` when the
    disk refuses.
    """
    try:
        if not path.exists():
            _create(path, disk)
        draft_of(path).unlink(missing_ok=True)  # of a compaction that a crash ended
        _sync_folder(path.parent, disk)  # the name may be from a rename that a crash kept from being synced
        reader = JournalReader(path)
        end, torn = reader.replay(take)
        if torn:
            _cut(path, end, disk)
    except OSError as error:
        raise StoreFailed(f"{path} cannot be written: {error.strerror}") from error
    return Journal(path, end=end, disk=disk), reader, torn


def make_folder(folder: Path, *, disk: Disk = DISK) -> None:
    """Create `folder` and what is missing above it, durably; raises `StoreFailed`."""
    try:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            _sync_folder(one.parent, disk)
    except OSError as error:
        raise StoreFailed(f"the folder {folder} cannot be made: {error.strerror}") from error


def probe_room(folder: Path, size: int, *, disk: Disk) -> None:
    """Whether `size` bytes can be written in `folder` and synced; raises `StoreFailed`."""
    probe = folder / "room"
    try:
        file = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        try:
            _write_all(file, bytes(size), disk)
        finally:
            os.close(file)
            probe.unlink()
    except OSError as error:
        raise StoreFailed(f"{folder} has no room for {size} bytes: {error.strerror}") from error


def draft_of(path: Path) -> Path:
    """Where a journal is made that is to take the name `path`."""
    return path.with_name(path.name + ".new")


def new_draft(path: Path, disk: Disk) -> Journal:
    """An empty journal beside the one at `path`, in place of one that was left there; raises `StoreFailed`."""
    try:
        _write_header(draft_of(path), disk)
    except OSError as error:
        raise StoreFailed(f"{draft_of(path)} could not be written: {error.strerror}") from error
    return Journal(draft_of(path), end=HEADER_SIZE, disk=disk)


def take_name(draft: Journal, path: Path, disk: Disk) -> None:
    """Let `draft` be the journal at `path`; raises `StoreFailed` when it is not known whether it is that on disk."""
    try:
        draft_of(path).replace(path)
        _sync_folder(path.parent, disk)
    except OSError as error:
        draft.close()
        raise StoreFailed(f"{path} could not be replaced: {error.strerror}") from error
    draft.renamed(path)


def _create(path: Path, disk: Disk) -> None:
    """Put an empty journal at `path` in one step, so that a crash leaves a whole header or no file."""
    _write_header(draft_of(path), disk)
    draft_of(path).replace(path)
    _sync_folder(path.parent, disk)


def _write_header(path: Path, disk: Disk) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        _write_all(file, header(), disk)
    finally:
        os.close(file)


def _write_all(file: int, data: bytes, disk: Disk) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[disk.write(file, rest) :]
    disk.sync(file)


def _cut(path: Path, end: int, disk: Disk) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.ftruncate(file, end)
        disk.sync(file)
    finally:
        os.close(file)


def _sync_folder(folder: Path, disk: Disk) -> None:
    """A file's name is data of its folder, and durable only after the folder was synced."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        disk.sync(file)
    finally:
        os.close(file)
