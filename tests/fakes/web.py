"""A web server on loopback that answers well, badly, or never: raw asyncio, so that nothing repairs the bytes.

    async with Web({"/feed": reply(b"<rss/>")}) as web:
        await client.fetch(Request(url=web.url("/feed"), headers=()), allow_private=True)
    assert web.asked == [...]

Every behaviour ends by itself or with the server; endless ones are bounded in count.
"""

from __future__ import annotations

import asyncio
import gzip
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Self

from tests.fakes.door import Door


@dataclass(frozen=True)
class Asked:
    """A request as it came; header names in lower case, values latin-1."""

    target: str
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]
Headers = Sequence[tuple[str, str]]
MANY = 100_000  # «endless», for a client that gives up after 30


@dataclass
class Web:
    """Answers each path with its behaviour, others with 404; remembers what it was asked."""

    paths: Mapping[str, Behaviour]
    host: str = "127.0.0.1"
    greeting: bytes = b""
    """Sent before anything is asked."""
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    most_at_once: int = 0
    _now: int = 0

    def url(self, path: str) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{path}"

    async def __aenter__(self) -> Self:
        self._door = Door(self._meet)
        self.port = await self._door.open(self.host, self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._door.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            writer.write(self.greeting)
            asked = read_request(await reader.readuntil(b"\r\n\r\n"))
            self.asked.append(asked)
            behaviour = self.paths.get(asked.target.split("?")[0], reply(b"not here", status=404))
            await behaviour(asked, writer)
        finally:
            self._now -= 1


def read_request(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return Asked(target=first.split(" ")[1], headers=tuple((name.lower(), value.strip()) for name, value in pairs))


def head(status: int, headers: Headers) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode("latin-1")


# --- good manners ---------------------------------------------------------------------------------------------------


def reply(body: bytes = b"", *, status: int = 200, headers: Headers = ()) -> Behaviour:
    """One proper answer."""
    return raw(head(status, [*headers, ("Content-Length", str(len(body)))]) + body)


def packed(body: bytes, coding: str, *, headers: Headers = ()) -> Behaviour:
    """The same answer, the body as it is under a Content-Encoding."""
    return reply(body, headers=[*headers, ("Content-Encoding", coding)])


def redirect(to: str, *, status: int = 302) -> Behaviour:
    return reply(b"elsewhere", status=status, headers=[("Location", to)])


def conditional(body: bytes, *, etag: str, headers: Headers = ()) -> Behaviour:
    """200 with an ETag, 304 to whoever sends it back."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        validators = [("ETag", etag), *headers]
        if asked.header("if-none-match") == etag:
            await raw(head(304, validators))(asked, writer)
        else:
            await reply(body, headers=validators)(asked, writer)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first behaviour for the first request, and so on; the last one stays."""
    left = list(behaviours)

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(asked, writer)

    return behave


# --- bad ones -------------------------------------------------------------------------------------------------------


def raw(*parts: bytes) -> Behaviour:
    """Bytes as they are, then the end of the connection."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return behave


def drip(first: bytes, drop: bytes, *, every: float = 0.02) -> Behaviour:
    """`first`, then a drop at a time for ever: each read of the client succeeds."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        for _ in range(MANY):
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(every)

    return behave


def flood(first: bytes, gush: bytes) -> Behaviour:
    """`first`, then the same bytes as fast as they are taken."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        for _ in range(MANY):
            writer.write(gush)
            await writer.drain()

    return behave


def silence() -> Behaviour:
    """Takes the request and says nothing."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    return behave


def reset(*parts: bytes) -> Behaviour:
    """Some bytes, then RST instead of an end."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
        await writer.drain()
        writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return behave


def bomb(size: int) -> bytes:
    """Gzip that unpacks to `size` zeros; about a thousandth of it on the wire."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"\0" * min(size, 1 << 20)
    return b"".join([packer.compress(block) for _ in range(size // len(block))]) + packer.flush()


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
