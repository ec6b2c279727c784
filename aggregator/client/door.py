"""Connections: one per request, through the guard or through the proxy.

httpx's own seam, a transport, is used without the client that httpx builds on it: so there is no cookie jar, no
redirect, no environment and no log line to switch off. Nor is there a pool, which costs more time than the rest of an
exchange (2.6 ms with it, 1.0 without) and would find nothing to reuse between two polls.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable

import httpcore
import httpx

from aggregator.client.connect import Resolve, permitted
from aggregator.guard import is_numeric
from feeds.errors import TransportError
from feeds.model import FailureKind

ADDRESS_PATIENCE = 3.0
"""Seconds for one address of a host that has several: a route that swallows packets must leave time for the next."""


class Door(httpx.AsyncBaseTransport):
    """One connection per request, through the guard or through the proxy."""

    def __init__(self, *, resolve: Resolve, tls: ssl.SSLContext, proxy: httpx.URL | None) -> None:
        self._resolve = resolve
        self._tls = tls
        self._proxy = proxy

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        allow_private = bool(request.extensions["allow_private"])
        if self._proxy is not None and is_numeric(request.url.host):  # a name is the proxy's to resolve
            await permitted(request.url.host, 0, resolve=self._resolve, allow_private=allow_private)
        target = _for_engine(request.url)
        wire = self._wire(target.origin, allow_private=allow_private)
        try:
            answer = await wire.engine.handle_async_request(
                httpcore.Request(b"GET", target, headers=request.headers.raw)
            )
        except BaseException:
            await wire.aclose()
            raise
        wire.answer = answer
        return httpx.Response(answer.status, headers=answer.headers, stream=wire)

    def _wire(self, origin: httpcore.Origin, *, allow_private: bool) -> _Wire:
        if self._proxy is None:
            guarded = _Guarded(self._resolve, allow_private=allow_private)
            direct = httpcore.AsyncHTTPConnection(origin, ssl_context=self._tls, network_backend=guarded)
            return _Wire(direct, guarded)
        user, password = self._proxy.username, self._proxy.password
        sockets = _Sockets()
        proxied = httpcore.AsyncHTTPProxy(
            _for_engine(self._proxy),
            proxy_auth=(user.encode(), password.encode()) if user or password else None,
            ssl_context=self._tls,
            network_backend=sockets,
        )
        return _Wire(proxied, sockets)


class _Wire(httpx.AsyncByteStream):
    """A connection with the body that arrives on it; closing it leaves no socket behind."""

    def __init__(self, engine: httpcore.AsyncHTTPConnection | httpcore.AsyncHTTPProxy, sockets: _Sockets) -> None:
        self.engine = engine
        self.answer: httpcore.Response | None = None
        self._sockets = sockets

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.answer is not None:
            async for chunk in self.answer.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        if self.answer is not None:
            await self.answer.aclose()
        await self.engine.aclose()
        await self._sockets.close()


class _Sockets(httpcore.AnyIOBackend):
    """Opens sockets and knows them: the engine forgets the one whose TLS handshake was cancelled."""

    def __init__(self) -> None:
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
        return stream

    async def close(self) -> None:
        for stream in self._open:
            await stream.aclose()


class _Guarded(_Sockets):
    """Connects to judged addresses only: what is judged is what is connected to."""

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        super().__init__()
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


def _for_engine(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def proxy_url(text: str) -> httpx.URL:
    problem = "the proxy must be an address like http://host:port"
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise TransportError(problem, kind=FailureKind.CONNECT) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise TransportError(problem, kind=FailureKind.CONNECT)
    return url
