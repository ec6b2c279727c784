"""One connection as the engine wants it, on asyncio's own streams, and metered.

The engine has a layer for this that serves two kinds of event loop, at a fifth of what an exchange costs. What takes
too long is not broken off here: a whole exchange has one deadline. But nothing is sent behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpcore

from aggregator.fetching.client.bodies import too_large
from feeds.errors import TransportError
from feeds.model import FailureKind

MOST_HEAD = 64 * 1024
"""Bytes until there is an answer, interim ones included: the headers of feeds in the wild stay below 8 KiB."""
READ = 16 * 1024
"""Bytes a read: the engine takes all that came apart at one go, and 64 KiB of the smallest chunks are a fifth of a
second in which nobody else is served."""


class Meter:
    """How much one exchange may still receive: first the head of an answer, then a body of `max_size` as sent.

    The engine bounds a line and a header, but neither interim answers nor what stands between the bytes of a body:
    both can go on for ever without a byte of a document.
    """

    def __init__(self, max_size: int, *, until: float | None = None) -> None:
        """`until` is the deadline, by the clock of the loop."""
        self._max_size = max_size
        self._until = until
        self._left = MOST_HEAD
        self._answered = False

    def answered(self) -> None:
        """The head is there: from now on bytes are the body's, and as many again for how it is cut into chunks."""
        self._answered = True
        self._left = 2 * self._max_size + MOST_HEAD

    def check(self) -> None:
        """Raises TransportError, `TOO_LARGE`, when no more may come."""
        if self._left <= 0:
            raise too_large(self._max_size) if self._answered else large_head()

    def count(self, size: int) -> None:
        self._left -= size

    def check_time(self) -> None:
        """Raises httpcore.WriteTimeout when the deadline is over.

        A process that was stopped, or a loop that was busy for long, goes on with what was ready before it looks at its
        timers; and by then the host may be another one's to ask.
        """
        if self._until is not None and asyncio.get_running_loop().time() > self._until:
            raise httpcore.WriteTimeout


def large_head() -> TransportError:
    return TransportError("the headers of the answer are too large", kind=FailureKind.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class _Ends:
    """Both ends of a transport; no more waits at the reading one than asyncio lets in ahead of its reader."""

    transport: asyncio.Transport
    protocol: asyncio.StreamReaderProtocol
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def connect(address: str, port: int, meter: Meter) -> Stream:
    """A plain connection to a numeric address; raises httpcore.ConnectError."""
    loop = asyncio.get_running_loop()
    reader, protocol = _ears(loop)
    with _told_as(httpcore.ConnectError):
        transport, _ = await loop.create_connection(lambda: protocol, address, port)
    return Stream(_ends(loop, transport, protocol, reader), meter)


class Stream(httpcore.AsyncNetworkStream):
    """One connection whose bytes count, as they are after TLS; raises httpcore's network errors."""

    def __init__(self, ends: _Ends, meter: Meter) -> None:
        self._ends = ends
        self._meter = meter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - the library's signature
        self._meter.check()
        with _told_as(httpcore.ReadError):
            data = await self._ends.reader.read(min(max_bytes, READ))
        self._meter.count(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        if buffer:
            self._meter.check_time()
            with _told_as(httpcore.WriteError):
                self._ends.writer.write(buffer)
                await self._ends.writer.drain()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS. What came before the handshake is nobody's: it is not read."""
        loop = asyncio.get_running_loop()
        reader, protocol = _ears(loop)
        try:
            with _told_as(httpcore.ConnectError):
                secure = await loop.start_tls(
                    self._ends.transport, protocol, ssl_context, server_hostname=server_hostname
                )
        except BaseException:
            self._ends.transport.abort()
            raise
        if secure is None:  # the other side left just as the handshake ended
            raise httpcore.ConnectError("the connection was closed")
        protocol.connection_made(secure)  # which asyncio leaves to whoever changes horses
        return Stream(_ends(loop, secure, protocol, reader), self._meter)

    def abort(self) -> None:
        """Let go at once: nothing that the other side might still say or wait for is of any use."""
        self._ends.transport.abort()

    async def aclose(self) -> None:
        self.abort()
        await asyncio.sleep(0)  # the socket itself is closed in the loop's next round

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library's signature
        """What the engine asks for: after TLS, which protocol was agreed on."""
        return self._ends.transport.get_extra_info(info) if info == "ssl_object" else None


def _ears(loop: asyncio.AbstractEventLoop) -> tuple[asyncio.StreamReader, asyncio.StreamReaderProtocol]:
    reader = asyncio.StreamReader(limit=READ, loop=loop)
    return reader, asyncio.StreamReaderProtocol(reader, loop=loop)


def _ends(
    loop: asyncio.AbstractEventLoop,
    transport: asyncio.Transport,
    protocol: asyncio.StreamReaderProtocol,
    reader: asyncio.StreamReader,
) -> _Ends:
    return _Ends(transport, protocol, reader, asyncio.StreamWriter(transport, protocol, reader, loop))


@contextlib.contextmanager
def _told_as(kind: type[httpcore.NetworkError]) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # ssl.SSLError is one
        raise kind(str(error)) from error
