"""Sockets: opened to judged addresses only, known until they are closed, and read within a measure."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from aggregator.client.bodies import too_large
from aggregator.client.connect import Resolve, permitted
from feeds.errors import TransportError
from feeds.model import FailureKind

ADDRESS_PATIENCE = 3.0
"""Seconds for one address of a host that has several: a route that swallows packets must leave time for the next."""
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

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
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


def large_head() -> TransportError:
    return TransportError("the headers of the answer are too large", kind=FailureKind.TOO_LARGE)


class Sockets(httpcore.AnyIOBackend):
    """Opens sockets and knows them: the engine forgets the one whose TLS handshake was cancelled."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._open: list[httpcore.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        self._open.append(stream)
        return _Metered(stream, self._meter)

    async def close(self) -> None:
        for stream in self._open:
            await stream.aclose()


class Guarded(Sockets):
    """Connects to judged addresses only: what is judged is what is connected to."""

    def __init__(self, meter: Meter, resolve: Resolve, *, allow_private: bool) -> None:
        super().__init__(meter)
        self._resolve = resolve
        self._allow_private = allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await permitted(host, port, resolve=self._resolve, allow_private=self._allow_private)
        for address in addresses[:-1]:
            try:
                return await super().connect_tcp(address, port, ADDRESS_PATIENCE, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await super().connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


class _Metered(httpcore.AsyncNetworkStream):
    """A stream whose bytes count, as they are after TLS."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        self._meter.check()
        data = await self._inner.read(min(max_bytes, READ), timeout)
        self._meter.count(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return _Metered(await self._inner.start_tls(ssl_context, server_hostname, timeout), self._meter)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library's signature
        return self._inner.get_extra_info(info)
