"""A server with bad intentions: one class per behaviour, each declaring how a pass over it must end.

Raw asyncio, so that nothing repairs the bytes. Every behaviour is bounded: it ends with its client, with the server,
or after `MANY` repetitions.

    async with EvilServer(DripsHeaders()) as server:
        …one pass over `server.source()`, through a client with `server.resolve`…
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import ClassVar, Self

import trustme

from feeds.model import FailureKind, Source
from tests.fakes.door import Door
from tests.fakes.web import Asked, head, read_request

MANY = 100_000
"""«Endless», for a client that gives up after a second."""
FEED = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tides</title><item><guid>1</guid>'
    b"<title>High water at noon</title><link>https://tides.example/1</link></item></channel></rss>"
)
RSS = ("Content-Type", "application/rss+xml")
CHUNKED = head(200, [RSS, ("Transfer-Encoding", "chunked")])
SLOW = "no complete answer within"
NO_HTTP = "the answer broke off or is no proper HTTP"
TOO_LARGE = "the document is larger than"


@dataclass(frozen=True)
class Fails:
    """The pass ends with a named reason: this kind, and a sentence with these words in it."""

    kind: FailureKind
    words: str


@dataclass(frozen=True)
class Reads:
    """The pass reads the feed all the same: whatever was wrong with it did no harm."""

    entries: int = 1


@dataclass(frozen=True)
class Unmoved:
    """The pass finds nothing new."""


def good(body: bytes = FEED, *headers: tuple[str, str], status: int = 200) -> bytes:
    """A proper answer, for behaviours that are evil elsewhere."""
    return head(status, [RSS, *headers, ("Content-Length", str(len(body)))]) + body


class Evil:
    """A behaviour. Subclasses with an `expected` are behaviours to test; the others are ways to write them."""

    expected: ClassVar[Fails | Reads | Unmoved]
    certificate: ClassVar[str] = ""
    """Which one the server shows; empty: it speaks plainly."""
    scheme: ClassVar[str] = "http"
    host: ClassVar[str] = "127.0.0.1"
    """What the source's address names; where it is no address, `addresses` says what it leads to."""
    trusted: ClassVar[bool] = True
    """Does the source have `allow_private`?"""
    known_etag: ClassVar[str] = ""
    """Validator of a document that was read before."""
    port = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection from beginning to end."""
        asked = read_request(await reader.readuntil(b"\r\n\r\n"))
        await self.answer(asked, writer)

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(good())

    def url(self, path: str = "/feed") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    async def look_up(self, lookups: int) -> tuple[str, ...]:
        """What the name leads to, the `lookups`th time that it is looked up."""
        return self.addresses(lookups)

    def addresses(self, lookups: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    def check(self, asked: list[Asked]) -> None:
        """What else must hold, about the requests that arrived."""


class Sends(Evil):
    """Some bytes, then the end of the connection."""

    wire: ClassVar[bytes]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(self.wire)
        await writer.drain()


class Holds(Evil):
    """Some bytes, then silence on an open connection."""

    wire: ClassVar[bytes] = b""

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(self.wire)
        await asyncio.sleep(3600)


class Drips(Evil):
    """Some bytes, then a drop at a time: each read of the client succeeds."""

    wire: ClassVar[bytes] = b""
    drop: ClassVar[bytes]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(self.wire)
        for _ in range(MANY):
            writer.write(self.drop)
            await writer.drain()
            await asyncio.sleep(0.02)


class Floods(Evil):
    """Some bytes, then the same ones as fast as they are taken."""

    wire: ClassVar[bytes] = b""
    gush: ClassVar[bytes]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(self.wire)
        gush = self.gush * max(1, 16_384 // len(self.gush))  # the cost to be measured is the client's
        for _ in range(MANY):
            writer.write(gush)
            await writer.drain()


class Resets(Evil):
    """Some bytes, then RST instead of an end."""

    wire: ClassVar[bytes] = b""

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(self.wire)
        await writer.drain()
        reset(writer)


class Redirects(Evil):
    """Leads elsewhere; `{port}` in the address is the server's own."""

    to: ClassVar[str]

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        to = self.to.format(port=self.port)
        writer.write(good() if asked.target == "/good" else head(302, [("Location", to), ("Content-Length", "0")]))


def reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def behaviours(*, of: type[Evil] = Evil) -> list[type[Evil]]:
    """Every behaviour to test, in the order of definition."""
    found = [of] if hasattr(of, "expected") else []
    return found + [each for child in of.__subclasses__() for each in behaviours(of=child)]


@dataclass
class EvilServer:
    """Serves one behaviour on loopback."""

    evil: Evil
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    lookups: int = 0

    async def __aenter__(self) -> Self:
        self._door = Door(self._meet)
        shown = contexts()[self.evil.certificate] if self.evil.certificate else None
        self.evil.port = await self._door.open(tls=shown)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._door.close()

    def source(self) -> Source:
        name = type(self.evil).__name__.lower()
        return Source(id=name, url=self.evil.url(), allow_private=self.evil.trusted)

    async def resolve(self, host: str, port: int) -> tuple[str, ...]:
        """The client's resolver."""
        self.lookups += 1
        return await self.evil.look_up(self.lookups)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await self.evil.meet(_Listening(reader, self.asked), writer)


class _Listening:
    """A reader that remembers the requests that it read."""

    def __init__(self, reader: asyncio.StreamReader, asked: list[Asked]) -> None:
        self._reader = reader
        self._asked = asked
        self.read = reader.read

    async def readuntil(self, end: bytes) -> bytes:
        found = await self._reader.readuntil(end)
        self._asked.append(read_request(found))
        return found


# --- certificates ---------------------------------------------------------------------------------------------------


@cache
def authority() -> trustme.CA:
    """The only one that the client trusts."""
    return trustme.CA()


@cache
def contexts() -> dict[str, ssl.SSLContext]:
    """What servers show, by name."""
    day, now = timedelta(days=1), datetime.now(UTC)
    issue = authority().issue_cert
    made: dict[str, Callable[[], trustme.LeafCert]] = {
        "good": lambda: issue("127.0.0.1", "tides.example"),
        "expired": lambda: issue("127.0.0.1", not_before=now - 9 * day, not_after=now - day),
        "early": lambda: issue("127.0.0.1", not_before=now + day, not_after=now + 9 * day),
        "other host": lambda: issue("other.example"),
        "other authority": lambda: trustme.CA().issue_cert("127.0.0.1"),
    }
    return {name: _showing(certificate()) for name, certificate in made.items()}


def _showing(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@cache
def trusting() -> ssl.SSLContext:
    """The client's context."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context
