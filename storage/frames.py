"""The journal's format: a header, then frames; and how to tell a torn end from damage.

    header   magic (8 bytes) · format version (u32) · CRC-32 of these 12 bytes (u32)
    frame    mark (4 bytes) · length of the payload (u32) · CRC-32 of these 8 bytes (u32) · payload · CRC-32 of it (u32)

All numbers are little-endian. A payload is UTF-8 text without zero bytes; the first byte of the mark occurs in no
UTF-8, so a mark inside a payload is impossible and whole frames behind a bad one are always found again. The length
has a checksum of its own, so that a wrong length is never taken for a record that the file is too short for.

A record is acknowledged only after it is on disk, and the next one is written only after that. So a crash can leave
nothing but the beginning of one record at the very end, or that record with sectors that never reached the disk, which
read as zeros; a payload has none. Anything else was once whole, and is damage.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from zlib import crc32

FORMAT = 2
"""The format that is written, and the newest that is read. It counts what documents mean, too: `storage.formats`
has a step from each older one."""
SECTOR = 512
"""The smallest unit that a disk writes whole, in bytes."""
LARGEST = 2**31 - 1
"""The longest payload in bytes: far above any batch, and below what the length field and a single write can carry."""

_MAGIC = b"\x89tpcwr\r\n"  # like PNG's: not text, and changed by whoever translates line ends
_MARK = b"\xf5TW\x1e"
_HEADER = struct.Struct("<8sII")
_START = struct.Struct("<4sII")
_SUM = struct.Struct("<I")
_ZEROS = re.compile(rb"\x00+")

HEADER_SIZE = _HEADER.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A whole record; `offset` is where its frame begins, `end` where the next one does."""

    offset: int
    end: int
    payload: bytes = field(repr=False)
    checksum: bytes = field(default=b"", repr=False, compare=False)
    """The payload's, as the file has it."""

    @property
    def begin(self) -> int:
        """Where the payload begins."""
        return self.offset + _START.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """The file ends with a record that was never finished, so never acknowledged."""

    offset: int
    size: int
    """Bytes from `offset` to the end of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Bytes that are not what was written; whole records may follow."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """The file is of a format that this program does not know."""

    version: int


def header(version: int = FORMAT) -> bytes:
    """The first bytes of a journal."""
    start = _HEADER.pack(_MAGIC, version, 0)[:-4]
    return start + _SUM.pack(crc32(start))


def version_in(first: bytes) -> int:
    """The format that a header names; the oldest where it is damaged, for steps leave alone what is newer already."""
    version = int(_HEADER.unpack(first)[1]) if len(first) == HEADER_SIZE else 0
    return version if version > 0 and first == header(version) else 1


def frame(payload: bytes) -> bytes:
    """The bytes that record `payload`; raises `ValueError` when it is longer than `LARGEST`."""
    if len(payload) > LARGEST:
        raise ValueError(f"a record of {len(payload)} bytes is too long: at most {LARGEST}")
    start = _START.pack(_MARK, len(payload), 0)[:-4]
    return b"".join((start, _SUM.pack(crc32(start)), payload, _SUM.pack(crc32(payload))))


def checksum_of(frame: bytes) -> bytes:
    """The checksum of a frame's payload."""
    return frame[-_SUM.size :]


class Readable(Protocol):
    """What gives bytes, as a binary file does."""

    def read(self, size: int = -1, /) -> bytes: ...


def scan(file: Readable) -> Iterator[Record | Torn | Damage | Newer]:
    """What a journal holds, in order; `file` stands at its beginning and is read once.

    Nothing follows `Torn` or `Newer`; after `Damage` come the records that are still whole.
    """
    first = file.read(HEADER_SIZE)
    match _judge_header(first):
        case None:
            yield from _scan_frames(file)
        case Damage() as damage:
            yield damage
            yield from _whole_after(file.read(), HEADER_SIZE)
        case end:
            yield end


def _judge_header(first: bytes) -> Damage | Newer | None:
    """What is wrong with a header; None: nothing.

    A journal gets its name with its whole header on disk, so a shorter file was cut off later.
    """
    if len(first) < HEADER_SIZE:
        begun = header().startswith(first)
        reason = "the file ends inside its header" if begun else "this is no journal of topicwire"
        return Damage(offset=0, reason=reason)
    magic, version, _ = _HEADER.unpack(first)
    if magic != _MAGIC:
        return Damage(offset=0, reason="this is no journal of topicwire, or its first bytes were changed")
    if first != header(version):
        return Damage(offset=0, reason="the header does not match its checksum")
    return Newer(version=version) if version > FORMAT else None


def _scan_frames(file: Readable) -> Iterator[Record | Torn | Damage]:
    offset = HEADER_SIZE
    while start := file.read(_START.size):
        body = file.read(length + _SUM.size) if (length := _length(start)) is not None else b""
        if length is None or not _holds(body, length):
            yield from _judge_rest(start + body + file.read(), offset)
            return
        end = offset + len(start) + len(body)
        yield Record(offset=offset, end=end, payload=body[:length], checksum=body[length:])
        offset = end


def _length(start: bytes) -> int | None:
    """The length that a frame's first bytes tell; None when they cannot be trusted."""
    if len(start) < _START.size:
        return None
    mark, length, checksum = _START.unpack(start)
    whole = mark == _MARK and checksum == crc32(start[: -_SUM.size])
    return int(length) if whole else None


def _holds(body: bytes, length: int) -> bool:
    """True when `body` is a payload of `length` bytes with its own checksum."""
    return len(body) == length + _SUM.size and _SUM.unpack(body[length:])[0] == crc32(memoryview(body)[:length])


def _judge_rest(rest: bytes, offset: int) -> Iterator[Record | Torn | Damage]:
    """What the end of a file is, whose first frame, at `offset` of the file, is not whole."""
    after = list(_whole_after(rest, offset))
    if after or not (_is_begun(rest) or _has_unwritten_sector(rest, offset)):
        yield Damage(offset=offset, reason=_reason(rest))
        yield from after
    else:
        yield Torn(offset=offset, size=len(rest))


def records_in(data: bytes, offset: int) -> Iterator[Record]:
    """The records of `data`, which begins with one at `offset` of a file, up to the first that is not whole."""
    at = 0
    while (length := _length(data[at : at + _START.size])) is not None:
        begin = at + _START.size
        body = data[begin : begin + length + _SUM.size]
        if not _holds(body, length):
            return
        end = begin + len(body)
        yield Record(offset=offset + at, end=offset + end, payload=body[:length], checksum=body[length:])
        at = end


def _is_begun(rest: bytes) -> bool:
    """True when `rest` is the beginning of a frame for which the file is too short."""
    start = rest[: _START.size]
    if len(start) < _START.size:
        return start.startswith(_MARK[: len(start)])
    length = _length(start)
    return length is not None and len(rest) < _START.size + length + _SUM.size


def _has_unwritten_sector(rest: bytes, offset: int) -> bool:
    """True when some sector's part of `rest`, which begins at `offset` of the file, is all zeros."""
    for zeros in _ZEROS.finditer(rest):
        first = max(0, -(-(offset + zeros.start()) // SECTOR) * SECTOR - offset) if zeros.start() else 0
        last = len(rest) if zeros.end() == len(rest) else (offset + zeros.end()) // SECTOR * SECTOR - offset
        if last > first:
            return True
    return False


def _reason(rest: bytes) -> str:
    whole = _length(rest[: _START.size]) is not None
    return "a record does not match its checksum" if whole else "no record begins here, where one should"


def _whole_after(rest: bytes, offset: int) -> Iterator[Record]:
    """The whole records in `rest`, which begins at `offset` of the file, wherever they begin."""
    at = rest.find(_MARK)
    while at >= 0:
        begin = at + _START.size
        length = _length(rest[at:begin])
        if length is not None and _holds(body := rest[begin : begin + length + _SUM.size], length):
            end = begin + len(body)
            yield Record(offset=offset + at, end=offset + end, payload=body[:length])
            at = rest.find(_MARK, end)
        else:
            at = rest.find(_MARK, at + 1)
