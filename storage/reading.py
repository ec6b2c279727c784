"""A journal as a file to read: all records in order, and single documents by their place."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from feeds.errors import StoreDamaged, StoreError
from storage.codec import Document
from storage.formats import current
from storage.frames import FORMAT, HEADER_SIZE, Damage, Newer, Record, Torn, records_in, scan, version_in
from storage.lines import Place, decode_document, length_of, offset_of

_BUFFER = 1 << 20  # bytes; 1 MiB reads a large journal 20 % faster than the default 8 KiB

_CHUNK = 1 << 22  # bytes that are looked through at once

Take = Callable[[Record], None]
"""Is given a record; raises `ValueError` when it makes no sense."""


class JournalReader:
    """The file that had the name when it was opened, whatever has it later: who holds one keeps reading the same."""

    def __init__(self, path: Path) -> None:
        """Raises `FileNotFoundError` when there is none, `StoreError` when it cannot be opened."""
        self.path = path
        self._file = -1
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror}") from error
        self.version = version_in(self._first())
        """The format of the file."""

    def _first(self) -> bytes:
        try:
            return os.pread(self._file, HEADER_SIZE, 0)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}") from error

    def replay(self, take: Take) -> tuple[int, Torn | None]:
        """Pass every record to `take`, oldest first; returns where the last one ends, and the unfinished one behind it.

        What a writer appends meanwhile is left out.

        Raises `StoreDamaged` at the first bytes that are not what was written, and at the first record that `take`
        refuses; `StoreError` when the file cannot be read or is of a newer format.
        """
        end = HEADER_SIZE
        try:
            with open(self._file, "rb", buffering=_BUFFER, closefd=False) as file:
                file.seek(0)
                for found in scan(_UpTo(file, os.fstat(self._file).st_size)):
                    match found:
                        case Record(end=end):
                            self._pass_on(found, take)
                        case Torn(offset=offset):
                            return offset, found
                        case Damage() as damage:
                            raise damaged(self.path, damage)
                        case Newer(version=version):
                            raise StoreError(
                                f"{self.path} was written by a newer topicwire "
                                f"(format {version}; this one reads up to {FORMAT})"
                            )
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}") from error
        return end, None

    def records(self, begin: int, end: int) -> Iterator[Record]:
        """The records from `begin` to `end`, both ends of records; raises `StoreDamaged` when one is not whole."""
        while begin < end:
            size = min(_CHUNK, end - begin)
            last = begin
            while last == begin:
                for record in records_in(self._bytes(begin, size), begin):
                    last = record.end
                    yield record
                if last == begin and size == end - begin:
                    raise damaged(self.path, Damage(offset=begin, reason="a record does not match its checksum"))
                size = min(size * 4, end - begin)
            begin = last

    def document(self, table: str, place: Place) -> Document:
        """The document of `table` at `place`, in the present format; raises `StoreDamaged` when it is none any more."""
        try:
            return current(table, decode_document(self.text(place)), self.version)
        except ValueError as error:
            reason = f"a document cannot be understood: {error}"
            raise damaged(self.path, Damage(offset=offset_of(place), reason=reason)) from error

    def text(self, place: Place) -> bytes:
        """The bytes at `place`."""
        return self._bytes(offset_of(place), length_of(place))

    def _bytes(self, offset: int, length: int) -> bytes:
        try:
            found = os.pread(self._file, length, offset)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}") from error
        if len(found) != length:
            raise damaged(self.path, Damage(offset=offset, reason="the file ends too early"))
        return found

    def _pass_on(self, record: Record, take: Take) -> None:
        try:
            take(record)
        except ValueError as error:
            damage = Damage(offset=record.offset, reason=f"a record cannot be understood: {error}")
            raise damaged(self.path, damage) from error

    def __del__(self) -> None:
        # Iterators over a snapshot hold on to the reader they began with: the last one of them lets the file go.
        if self._file >= 0:
            os.close(self._file)


class _UpTo:
    """The first bytes of a file that may grow while it is read.

    Otherwise half a record could be read, then what came after its other half, which would look like damage.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        found = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(found)
        return found


def require(path: Path, pasts: Collection[tuple[int, int]]) -> None:
    """Whether the journal at `path` holds all up to one of `pasts`, each an end and the chain there.

    Raises `StoreError` when it is missing, `StoreDamaged` when it holds less or something else.
    """
    reached = (HEADER_SIZE, 0) in pasts
    chain = 0

    def take(record: Record) -> None:
        nonlocal chain, reached
        chain = chained(record, chain)
        reached = reached or (record.end, chain) in pasts

    to_do = "put it back, or stop and restore a backup"
    try:
        JournalReader(path).replay(take)
    except FileNotFoundError as error:
        raise StoreError(f"{path} is gone, and what was acknowledged with it: {to_do}") from error
    if not reached:
        raise StoreDamaged(f"{path} no longer holds all that was acknowledged: {to_do}")


def damaged(path: Path, damage: Damage) -> StoreDamaged:
    """The error that tells a person where and what to do."""
    return StoreDamaged(
        f"{path} is damaged at byte {damage.offset}: {damage.reason}. "
        "`topicwire compact --repair` keeps what is whole and reports what is not"
    )


def chained(record: Record, chain: int) -> int:
    """A checksum of the checksums of a record and of all before it, for which it was `chain` (0: there are none)."""
    return crc32(record.checksum, chain)
