"""What passes between the main process and the one that answers readers: values as JSON beside bytes, in frames.

    frame            length of the head (u32, big-endian) · length of the body (u32) · head · body
    head             [name of the message's type, its fields]
    main to front    Begin · (Put | Drop)* Swap, again and again · Answered · Stop
    front to main    Swapped · Passed · Counted · Fault

Nothing that arrives is more than data. What the front sends is bounded: it talks with strangers.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from aggregator.strict import pack, unpack

LONGEST_HEAD = 512 * 1024
"""Bytes: a request's target and headers have 32 KiB, which JSON may spell six times as long."""
LONGEST_BODY = 1024 * 1024
_ANY = 2**32 - 1
_LENGTHS = struct.Struct(">II")
Message = TypeVar("Message")
_NOT_OURS = (ValueError, TypeError, LookupError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A path that the main process answers: what an `aggregator.serving.posts.Post` or `Look` says of it."""

    path: str
    takes: str = ""
    """The media type of what is sent there; empty: nothing is, it is looked at."""
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """The first message: what the front is to know before anything is on its shelf."""

    inside: tuple[Inside, ...] = ()
    within: timedelta = timedelta(seconds=5)
    """How long the front waits for an answer of the main process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A document, from the next `Swap` on; the frame's body is the plain document with the packed one behind it."""

    place: int
    """0: for everybody; from 1 on: the place among those behind a token."""
    path: str
    media_type: str
    etag: str
    gzip_etag: str
    last_modified: datetime
    fresh_for: timedelta | None
    link: str
    plain: int
    """Bytes of the plain document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """No document, from the next `Swap` on."""

    place: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What only those get who know a token."""

    token: str = field(repr=False)
    moved: tuple[tuple[str, str], ...] = ()
    coming: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Publish all that came since the last one, at once."""

    number: int
    private: tuple[Behind, ...] = ()
    """Those behind the places from 1 on; places beyond are empty."""
    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    max_age: timedelta = timedelta()
    """For documents that do not say how long they are fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the main process says to a `Passed`; the frame's body is the reply, ready for the wire."""

    number: int
    head: int
    """Bytes of it that are the reply's head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Accept nobody any more, finish the answers that are under way, and end."""

    patience: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """Readers get what this `Swap` published."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A request for the main process; the frame's body is the request's."""

    number: int
    method: str
    target: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many answers of each status readers got since it was told last."""

    answers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The front ends because of an exception that nobody foresaw."""

    problem: str
    """A traceback."""


ToFront = Begin | Put | Drop | Swap | Answered | Stop
ToMain = Swapped | Passed | Counted | Fault
_TO_FRONT: dict[str, type[ToFront]] = {kind.__name__: kind for kind in (Begin, Put, Drop, Swap, Answered, Stop)}
_TO_MAIN: dict[str, type[ToMain]] = {kind.__name__: kind for kind in (Swapped, Passed, Counted, Fault)}


class WireError(Exception):
    """What arrived is not what may pass here."""


async def streams(wire: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Both directions of one end of a pair of sockets, which is theirs from now on."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, protocol = await loop.connect_accepted_socket(lambda: asyncio.StreamReaderProtocol(reader), wire)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


def frame(message: ToFront | ToMain, body: bytes = b"") -> bytes:
    """The message as it crosses."""
    head = json.dumps([type(message).__name__, pack(message)], ensure_ascii=False, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(head), len(body)) + head + body


async def from_main(reader: asyncio.StreamReader) -> tuple[ToFront, bytes] | None:
    """The next message, None when there will be no more. Raises WireError."""
    found = await _next(reader, _ANY, _ANY)
    return (_read(_TO_FRONT, found[0]), found[1]) if found else None


async def from_front(reader: asyncio.StreamReader) -> tuple[ToMain, bytes] | None:
    """The same from a front, which may send only so much."""
    found = await _next(reader, LONGEST_HEAD, LONGEST_BODY)
    return (_read(_TO_MAIN, found[0]), found[1]) if found else None


async def _next(reader: asyncio.StreamReader, head: int, body: int) -> tuple[bytes, bytes] | None:
    try:
        lengths = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
        if lengths[0] > head or lengths[1] > body:
            raise WireError(f"a frame of {lengths[0]:,} and {lengths[1]:,} bytes")
        return await reader.readexactly(lengths[0]), await reader.readexactly(lengths[1])
    except (asyncio.IncompleteReadError, OSError):  # what was cut off is of no use to anybody
        return None


def _read(kinds: dict[str, type[Message]], head: bytes) -> Message:
    try:
        name, fields = json.loads(head)
        return unpack(kinds[name], fields)
    except _NOT_OURS as error:
        raise WireError(f"no message: {error}") from error
