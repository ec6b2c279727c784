"""Gzip of a document in pieces, so that what was compressed before need not be again (RFC 1951, RFC 1952).

Every piece is compressed with nothing in mind but the `REACH` bytes before it, and ends at a whole byte. Equal bytes in
equal context give equal compressed bytes, which one stream may hold beside others; for whoever unpacks it, it is a
stream like any other. The first piece, which holds dates of the whole, is context to none.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

REACH = 6 * 1024
"""How far before a piece its compression looks, in bytes; a change of a piece costs all of those within that distance.

Of 50 real news articles of 3 kB, one of them new, as three documents: with 2, 6, 16 and 32 KiB they are 24, 14, 9 and
4 % longer than compressed whole, and take 0.4, 0.8, 1.9 and 3.3 ms; whole, 13 ms. What the whole rendering takes:
benchmarks/rendering.py.
"""

_LEVEL = 6
"""As documents that are compressed whole."""

_HEADER = b"\x1f\x8b\x08\0" + b"\0\0\0\0" + b"\0\xff"
"""Deflated, without name or time, by whatever level and system: the same on every machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Squeezed:
    """A gzip stream, and what is where in it."""

    gzip: bytes = field(repr=False)
    starts: tuple[int, ...]
    """Where each piece begins in the document; the first at 0."""
    ends: tuple[int, ...]
    """Where each piece ends in the stream; the first begins behind the header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A document that was squeezed before."""

    body: bytes = field(repr=False)
    squeezed: Squeezed

    def piece(self, number: int) -> bytes:
        """Of the document."""
        starts = self.squeezed.starts
        return self.body[starts[number] : starts[number + 1] if number + 1 < len(starts) else len(self.body)]

    def stream(self, number: int) -> bytes:
        """What was made of that piece."""
        ends = self.squeezed.ends
        return self.squeezed.gzip[ends[number - 1] if number else len(_HEADER) : ends[number]]


def squeeze(
    body: bytes, starts: Sequence[int], *, known: Known | None = None, origins: Sequence[int | None] = ()
) -> Squeezed:
    """The gzip stream of `body`, cut where `starts` says: at 0 and, rising, behind it.

    It is the same with and without `known`, which only saves time: `origins` says of each piece which one of `known` is
    equal to it, byte for byte; None: none is, or it is not known.
    """
    kept = _kept(body, starts, known, origins) if known else [None] * len(starts)
    first = starts[1] if len(starts) > 1 else len(body)
    streams, ends, end = [_HEADER], [], len(_HEADER)
    for start, stop, ready in zip(starts, (*starts[1:], len(body)), kept, strict=True):
        context = body[max(first, start - REACH) : start]
        stream = ready or _stream(body[start:stop], context, last=stop == len(body))
        streams.append(stream)
        end += len(stream)
        ends.append(end)
    streams.append(zlib.crc32(body).to_bytes(4, "little") + (len(body) % 2**32).to_bytes(4, "little"))
    return Squeezed(gzip=b"".join(streams), starts=tuple(starts), ends=tuple(ends))


def _stream(piece: bytes, context: bytes, *, last: bool) -> bytes:
    """The deflated `piece`, which may refer to `context`, that stands directly before it."""
    settings = (_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY)
    deflater = zlib.compressobj(*settings, context) if context else zlib.compressobj(*settings)
    return deflater.compress(piece) + deflater.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)


def _kept(body: bytes, starts: Sequence[int], known: Known, origins: Sequence[int | None]) -> list[bytes | None]:
    """For each piece what was made of it in the same context; None: nothing was."""
    found: list[bytes | None] = []
    end, final = len(starts) - 1, len(known.squeezed.starts) - 1
    same, all_same = 0, True  # bytes directly before the piece that stand before its origin; are they all its context?
    expected: int | None = 0
    for number, (start, origin) in enumerate(zip(starts, origins, strict=True)):
        if number == 1:
            same, all_same = 0, origin == 1
        elif origin is None or origin != expected:
            same, all_same = 0, False
        usable = origin is not None and (all_same or same >= REACH) and (number == end) == (origin == final)
        found.append(known.stream(origin) if origin is not None and usable else None)
        same += (starts[number + 1] if number < end else len(body)) - start
        expected = None if origin is None else origin + 1
    return found
