"""The journal as a file: created, read back, appended to; what is acknowledged is on disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import StoreDamaged, StoreError, StoreFailed
from storage.frames import FORMAT, HEADER_SIZE, LARGEST, Damage, Newer, Record, Torn, frame, header, scan

_BUFFER = 1 << 20  # bytes; 1 MiB reads a large journal 20 % faster than the default 8 KiB


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

    def __init__(self, path: Path, *, end: int, disk: Disk) -> None:
        """`end` is where the last whole record ends, and the file with it."""
        self._path = path
        self._end = end
        self._disk = disk
        self._failure = ""
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
        if len(payload) > LARGEST:
            raise StoreError(f"one change of {len(payload)} bytes is too large for {self._path}: at most {LARGEST}")
        begin = self._end
        try:
            self._write_out(frame(payload))
        except OSError as error:
            self._failure = f"{self._path} could not be written: {error.strerror}"
            # Pages that the kernel failed to write count as clean afterwards. Taking them back keeps them from ending
            # up unwritten in the middle, behind records that were acknowledged later.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, begin)
            raise StoreFailed(f"{self._failure}; nothing of this change is acknowledged") from error
        return Record(offset=begin, end=self._end, payload=payload)

    def _write_out(self, data: bytes) -> None:
        if os.fstat(self._file).st_nlink == 0:
            raise FileNotFoundError(0, "the file was deleted")
        _write_all(self._file, data, self._disk)
        self._end += len(data)

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            self._failure = self._failure or f"{self._path} is closed"


def open_for_writing(path: Path, take: Callable[[Record], None], *, disk: Disk = DISK) -> tuple[Journal, Torn | None]:
    """A journal to append to, after every record in it went through `take`, and what was cut off its end.

    A missing file is created; its folder exists. Raises as `replay` does, and `StoreFailed` when the disk refuses.
    """
    end, torn = replay(path, take)
    try:
        if end == 0:
            _create(path, disk)
        elif torn:
            _cut(path, end, disk)
    except OSError as error:
        raise StoreFailed(f"{path} cannot be written: {error.strerror}") from error
    return Journal(path, end=max(end, HEADER_SIZE), disk=disk), torn


def replay(path: Path, take: Callable[[Record], None]) -> tuple[int, Torn | None]:
    """Pass every record to `take`, oldest first; returns where the last one ends, and the unfinished one behind it.

    A missing file is an empty journal and ends at 0. Raises `StoreDamaged` at the first bytes that are not what was
    written, and at the first record that `take` refuses with `ValueError`; `StoreError` when the file cannot be read
    or is of a newer format.
    """
    end = HEADER_SIZE
    try:
        with path.open("rb", buffering=_BUFFER) as file:
            for found in scan(file):
                match found:
                    case Record(end=end):
                        _pass_on(found, take, path)
                    case Torn(offset=offset):
                        return offset, found
                    case Damage() as damage:
                        raise damaged(path, damage)
                    case Newer(version=version):
                        raise StoreError(
                            f"{path} was written by a newer topicwire (format {version}; this one reads up to {FORMAT})"
                        )
    except FileNotFoundError:
        return 0, None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    return end, None


def _pass_on(record: Record, take: Callable[[Record], None], path: Path) -> None:
    try:
        take(record)
    except ValueError as error:
        raise damaged(path, Damage(offset=record.offset, reason=f"a record cannot be understood: {error}")) from error


def damaged(path: Path, damage: Damage) -> StoreDamaged:
    """The error that tells a person where and what to do."""
    return StoreDamaged(
        f"{path} is damaged at byte {damage.offset}: {damage.reason}. "
        "`topicwire compact --repair` keeps what is whole and reports what is not"
    )


def make_folder(folder: Path, *, disk: Disk = DISK) -> None:
    """Create `folder` and what is missing above it, durably; raises `StoreFailed`."""
    try:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            _sync_folder(one.parent, disk)
    except OSError as error:
        raise StoreFailed(f"the folder {folder} cannot be made: {error.strerror}") from error


def _create(path: Path, disk: Disk) -> None:
    """Put an empty journal at `path` in one step, so that a crash leaves a whole header or no file."""
    draft = path.with_name(path.name + ".new")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        _write_all(file, header(), disk)
    finally:
        os.close(file)
    draft.replace(path)
    _sync_folder(path.parent, disk)


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
