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

from aggregator.client.connect import Resolve, refuse_inside
from aggregator.client.sockets import Guarded, Meter, Sockets
from feeds.errors import TransportError
from feeds.model import FailureKind


class Door(httpx.AsyncBaseTransport):
    """One connection per request, through the guard or through the proxy."""

    def __init__(self, *, resolve: Resolve, tls: ssl.SSLContext, proxy: httpx.URL | None, max_size: int) -> None:
        self._resolve = resolve
        self._max_size = max_size
        self._tls = tls
        self._proxy = proxy

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        allow_private = bool(request.extensions["allow_private"])
        if self._proxy is not None:  # which resolves the name, and so has the last word on where it leads
            refuse_inside(request.url.host, allow_private=allow_private)
        target = _for_engine(request.url)
        meter = Meter(self._max_size)
        wire = self._wire(target.origin, meter, allow_private=allow_private)
        try:
            answer = await wire.engine.handle_async_request(
                httpcore.Request(b"GET", target, headers=request.headers.raw)
            )
        except BaseException:
            await wire.aclose()
            raise
        wire.answer = answer
        meter.answered()
        return httpx.Response(answer.status, headers=answer.headers, stream=wire)

    def _wire(self, origin: httpcore.Origin, meter: Meter, *, allow_private: bool) -> _Wire:
        if self._proxy is None:
            guarded = Guarded(meter, self._resolve, allow_private=allow_private)
            direct = httpcore.AsyncHTTPConnection(origin, ssl_context=self._tls, network_backend=guarded)
            return _Wire(direct, guarded)
        user, password = self._proxy.username, self._proxy.password
        sockets = Sockets(meter)
        proxied = httpcore.AsyncHTTPProxy(
            _for_engine(self._proxy),
            proxy_auth=(user.encode(), password.encode()) if user or password else None,
            ssl_context=self._tls,
            network_backend=sockets,
        )
        return _Wire(proxied, sockets)


class _Wire(httpx.AsyncByteStream):
    """A connection with the body that arrives on it; closing it leaves no socket behind."""

    def __init__(self, engine: httpcore.AsyncHTTPConnection | httpcore.AsyncHTTPProxy, sockets: Sockets) -> None:
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
