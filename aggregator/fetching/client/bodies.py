"""Bodies as they come off the wire, decoded within a limit.

A body that unpacks to more than the limit is refused as soon as it passes it, whatever it claims: 492 bytes of gzip
can be 200 MiB of zeros, so the decompressor is never asked for more than what is still allowed.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, Callable, Sequence
from typing import Protocol

from feeds.errors import TransportError
from feeds.model import FailureKind

ACCEPT_ENCODING = "gzip, deflate"
"""What is asked for, and all that is accepted: each is bounded here."""

GZIP = 16 + zlib.MAX_WBITS  # zlib's own notation: gzip frame only
GZIP_MAGIC = b"\x1f\x8b"
MOST_MEMBERS = 1000  # bgzip needs 160 for 10 MB; each costs a copy of the chunk, so that empty ones would buy CPU time
FREE_PIECES = 10_000
SMALLEST_PIECE = 64
"""Bytes in a piece, on average, once there were `FREE_PIECES`: each costs 30 µs, and 10 MB could be ten million."""


class Decoder(Protocol):
    """Takes wire bytes, gives decoded bytes; `finish` complains when the body was cut off."""

    def decode(self, chunk: bytes, room: int) -> bytes:
        """At most `room` bytes of what `chunk` unpacks to, or one more, which tells that there is no room."""

    def finish(self) -> None: ...


async def read_body(
    chunks: AsyncIterable[bytes],
    *,
    encodings: Sequence[str],
    max_size: int,
    grown: Callable[[int], None] = lambda _: None,
) -> bytes:
    """The decoded body, at most `max_size` bytes.

    `encodings` are the values of the answer's Content-Encoding lines; `grown` is told of each part's size. Raises
    TransportError: `ENCODING` for codings that were not asked for, stacked, broken or cut off; `TOO_LARGE`.
    """
    decoder = decoder_for(encodings)
    parts: list[bytes] = []
    size = received = pieces = 0
    async for chunk in chunks:
        received += len(chunk)
        pieces += 1
        if pieces > FREE_PIECES + received // SMALLEST_PIECE:
            raise TransportError("the document comes in too many small pieces", kind=FailureKind.TOO_LARGE)
        if received > max_size:  # packed bytes that unpack to nothing must end too
            raise too_large(max_size)
        part = decoder.decode(chunk, max_size - size)
        size += len(part)
        grown(len(part))
        if size > max_size:
            raise too_large(max_size)
        parts.append(part)
    decoder.finish()
    return b"".join(parts)


def too_large(max_size: int) -> TransportError:
    reason = f"the document is larger than {max_size} bytes, as much as fetch.max_size allows it to be once unpacked"
    return TransportError(reason, kind=FailureKind.TOO_LARGE)


def decoder_for(encodings: Sequence[str]) -> Decoder:
    """The decoder for one answer (RFC 9110 §8.4); see `read_body` for what it refuses."""
    codings = [coding.strip().lower() for line in encodings for coding in line.split(",")]
    codings = [coding for coding in codings if coding not in {"", "identity"}]
    if not codings:
        return Plain()
    if len(codings) > 1:
        raise _bad(f"the body is packed {len(codings)} times over ({_named(', '.join(codings))})")
    if codings[0] in {"gzip", "x-gzip"}:
        return Gzip()
    if codings[0] == "deflate":
        return Deflate()
    raise _bad(f"the body is packed as {_named(codings[0])}, and only {ACCEPT_ENCODING} was asked for")


class Plain:
    """No coding at all."""

    def decode(self, chunk: bytes, room: int) -> bytes:
        return chunk[: room + 1]

    def finish(self) -> None:
        """Its length is judged by the protocol."""


class Gzip:
    """RFC 1952: one member after another; padding after the last one is ignored, as gzip(1) does."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(GZIP)
        self._members = 1
        self._pending = b""
        self._padding = False

    def decode(self, chunk: bytes, room: int) -> bytes:
        if self._padding:
            return b""
        out = b""
        data = self._pending + chunk
        self._pending = b""
        while data and len(out) <= room:
            if self._member.eof:
                if len(data) < len(GZIP_MAGIC):
                    self._pending = data
                    break
                if not data.startswith(GZIP_MAGIC):
                    self._padding = True
                    break
                self._members += 1
                if self._members > MOST_MEMBERS:
                    raise _bad(f"the packed body has more than {MOST_MEMBERS} parts")
                self._member = zlib.decompressobj(GZIP)
            out += _inflate(self._member, data, room - len(out), coding="gzip")
            data = self._member.unused_data
        return out

    def finish(self) -> None:
        if not self._member.eof:
            raise _bad("the packed body was cut off")


class Deflate:
    """RFC 9110 §8.4.1.2: a zlib stream, or the bare one that some servers send instead."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._head = b""

    def decode(self, chunk: bytes, room: int) -> bytes:
        if self._stream is None:
            self._head += chunk
            if len(self._head) < 2:
                return b""
            # RFC 1950 §2.2: method 8 in the low half of the first byte, and the first two bytes divide by 31.
            framed = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
            chunk, self._head = self._head, b""
        return b"" if self._stream.eof else _inflate(self._stream, chunk, room, coding="deflate")

    def finish(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise _bad("the packed body was cut off")


def _inflate(stream: zlib._Decompress, data: bytes, room: int, *, coding: str) -> bytes:
    """What `data` unpacks to; one byte more than `room` tells the caller that it does not fit."""
    try:
        return stream.decompress(data, room + 1)
    except zlib.error as error:
        raise _bad(f"the document cannot be unpacked: its {coding} data is broken") from error


def _named(text: str) -> str:
    return repr(text[:40])  # a header may hold anything, at any length


def _bad(reason: str) -> TransportError:
    return TransportError(reason, kind=FailureKind.ENCODING)
