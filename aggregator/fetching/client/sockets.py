"""Sockets: opened to judged addresses only, and known until they are closed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import httpcore

from aggregator.fetching.client.connect import Resolve, permitted
from aggregator.fetching.client.streams import Meter, Stream, connect

ADDRESS_PATIENCE = 3.0
"""Seconds for one address of a host that has several: a route that swallows packets must leave time for the next."""


class Sockets(httpcore.AsyncNetworkBackend):
    """Opens sockets and knows them: the engine forgets the one whose TLS handshake was cancelled."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._open: list[Stream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        async with asyncio.timeout(timeout):
            stream = await connect(host, port, self._meter)
        self._open.append(stream)
        return stream

    async def close(self) -> None:
        """Let go of all of them, also when whoever closes is itself cancelled meanwhile."""
        for stream in self._open:
            stream.abort()
        await asyncio.sleep(0)


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
            except (httpcore.ConnectError, TimeoutError):
                continue
        return await super().connect_tcp(addresses[-1], port, timeout, local_address, socket_options)
