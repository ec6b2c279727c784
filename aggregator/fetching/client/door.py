"""Connections: one per request, through the guard or through the proxy.

httpx's own seam, a transport, is used without the client that httpx builds on it: so there is no cookie jar, no
redirect, no environment and no log line to switch off. Nor is there a pool, which costs more time than the rest of an
exchange (2.6 ms with it, 1.0 without) and would find nothing to reuse between two polls.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpcore
import httpx

from aggregator.fetching.client.connect import Resolve, refuse_inside
from aggregator.fetching.client.sockets import Guarded, Sockets
from aggregator.fetching.client.streams import Meter
from feeds.errors import TransportError
from feeds.model import FailureKind


class Door(httpx.AsyncBaseTransport):
    """One connection per request, through the guard or through the proxy."""

    def __init__(self, *, resolve: Resolve, tls: ssl.SSLContext, proxy: httpx.URL | None, max_size: int) -> None:
        self._resolve = resolve
        self._max_size = max_size
        self._tls = tls
        self._tls.set_alpn_protocols(["http/1.1"])
        self._proxy = proxy

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        allow_private = bool(request.extensions["allow_private"])
        if self._proxy is not None:  # which resolves the name, and so has the last word on where it leads
            refuse_inside(request.url.raw_host.decode("ascii"), allow_private=allow_private)
        target = _for_engine(request.url)
        meter = Meter(self._max_size, until=request.extensions["until"])
        sockets = Sockets(meter) if self._proxy else Guarded(meter, self._resolve, allow_private=allow_private)
        wire = _Wire(sockets)
        try:
            wire.engine = (
                self._proxied(sockets, self._proxy) if self._proxy else await self._direct(target.origin, sockets)
            )
            wire.answer = await wire.engine.handle_async_request(
                httpcore.Request(request.method, target, headers=request.headers.raw, content=request.content or None)
            )
        except BaseException:
            await wire.aclose()
            raise
        meter.answered()
        return httpx.Response(wire.answer.status, headers=wire.answer.headers, stream=wire)

    async def _direct(self, origin: httpcore.Origin, sockets: Sockets) -> httpcore.AsyncHTTP11Connection:
        """A connection with nothing between it and us: httpcore's own way to make one is an eighth more work."""
        host = origin.host.decode("ascii")
        stream = await sockets.connect_tcp(host, origin.port)
        if origin.scheme == b"https":
            stream = await stream.start_tls(self._tls, server_hostname=host)
        return httpcore.AsyncHTTP11Connection(origin, stream)

    def _proxied(self, sockets: Sockets, proxy: httpx.URL) -> httpcore.AsyncHTTPProxy:
        return httpcore.AsyncHTTPProxy(
            _for_engine(proxy),
            proxy_auth=(proxy.username.encode(), proxy.password.encode()) if proxy.userinfo else None,
            ssl_context=self._tls,
            network_backend=sockets,
        )


class _Wire(httpx.AsyncByteStream):
    """A connection with the body that arrives on it; closing it leaves no socket behind."""

    def __init__(self, sockets: Sockets) -> None:
        self.engine: httpcore.AsyncHTTP11Connection | httpcore.AsyncHTTPProxy | None = None
        self.answer: httpcore.Response | None = None
        self._sockets = sockets

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.answer is not None:
            async for chunk in self.answer.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        try:
            if self.answer is not None:
                await self.answer.aclose()
            if self.engine is not None:
                await self.engine.aclose()
        finally:
            await self._sockets.close()


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
