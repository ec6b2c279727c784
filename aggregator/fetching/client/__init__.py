"""The one door to the network: one exchange with one source, bounded in time, size and reach.

Only this package knows httpx and httpcore, the engine beneath it; nothing of either leaves it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from datetime import timedelta

import httpx

from aggregator.fetching.client.bodies import read_body, too_large
from aggregator.fetching.client.connect import Resolve, refuse_inside, system_resolver
from aggregator.fetching.client.door import Door, proxy_url
from aggregator.fetching.client.faults import transport_error
from aggregator.fetching.client.redirects import REDIRECTS, Hop, first_hop
from aggregator.fetching.client.room import ROOM, Room
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response
from feeds.errors import TransportError

__all__ = ["Client"]

LONGEST_VALUE = 4096
"""Bytes of a header that is handed on; those that tell us something are far shorter. A validator is stored and sent
back, and a request with a longer one is one that most servers refuse (their limit for all headers is 8 KiB)."""


class Client:
    """Fetches. Safe for any number of exchanges at once in one event loop.

    `timeout` bounds a whole exchange: names, connections, redirects and body, not the wait for a turn. `max_size` is
    in bytes, decoded. `proxy` is an http(s) URL or empty; the environment is never consulted. Raises TransportError
    for a proxy that is no such URL.
    """

    def __init__(  # noqa: PLR0913 - three bounds, and three doors that tests open
        self,
        *,
        user_agent: str,
        timeout: timedelta,
        max_size: int,
        proxy: str = "",
        turns: Turns | None = None,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.user_agent = user_agent
        self._timeout = timeout
        self._max_size = max_size
        self._turns = turns or Turns()
        self._room = Room(max(ROOM, 2 * max_size))
        self._door = Door(
            resolve=resolve or system_resolver(),
            tls=tls or httpx.create_ssl_context(trust_env=False),
            proxy=proxy_url(proxy) if proxy else None,
            max_size=max_size,
        )

    async def fetch(self, request: Request, *, allow_private: bool = False) -> Response:
        """One exchange, redirects followed unless it is to stay; whatever status it ends with is an answer.

        The body is decoded, and empty unless the status is 2xx. Raises TransportError and nothing else.
        """
        try:
            return await self._follow(first_hop(request, allow_private=allow_private))
        except TransportError:
            raise
        except Exception as error:  # a stranger's bytes reach h11, ssl, idna and zlib; the promise is one type
            raise transport_error(error, timeout=self._timeout) from error

    async def send(
        self, method: str, request: Request, *, body: bytes = b"", allow_private: bool = False, trusted: bool = False
    ) -> Response:
        """One exchange with a stranger's address, in its host's turn: nothing is followed, a redirect is an answer.

        The port is one where feeds are served unless the address is `trusted`. Of the answer to anything but a GET the
        body is left unread. Raises TransportError and nothing else.
        """
        try:
            hop = first_hop(request, allow_private=allow_private, trusted=trusted)
            async with self._turns.turn(hop.url.host), asyncio.timeout(self._timeout.total_seconds()) as deadline:
                return await self._exchange(method, hop, body, deadline)
        except TransportError:
            raise
        except Exception as error:  # as in `fetch`
            raise transport_error(error, timeout=self._timeout) from error

    def refusal(self, request: Request, *, allow_private: bool = False, trusted: bool = False) -> str:
        """Why `send` would refuse this address, as far as that is known without asking anybody; empty: nothing is."""
        try:
            hop = first_hop(request, allow_private=allow_private, trusted=trusted)
            refuse_inside(hop.url.raw_host.decode("ascii"), allow_private=allow_private)
        except TransportError as error:
            return str(error)
        except (httpx.InvalidURL, ValueError):
            return "it is no address"
        return ""

    async def _exchange(self, method: str, hop: Hop, body: bytes, deadline: asyncio.Timeout) -> Response:
        response = await self._door.handle_async_request(
            httpx.Request(
                method,
                hop.url,
                headers=hop.headers(),
                content=body or None,
                extensions={"allow_private": hop.allow_private, "until": deadline.when()},
            )
        )
        try:
            read = method == "GET" and response.is_success
            return Response(
                url=str(hop.url),
                status=response.status_code,
                headers=tuple(_as_text(response.headers.raw)),
                body=await self._body(response, deadline) if read else b"",
            )
        finally:
            await response.aclose()

    def hold(self, host: str, span: timedelta) -> None:
        """Ask nothing of `host` for that long: whoever tries gets a TransportError of the kind HELD."""
        self._turns.hold(host, span)

    async def _follow(self, hop: Hop) -> Response:
        """Go from host to host, each in its turn; the time spent waiting for turns is not the source's."""
        loop = asyncio.get_running_loop()
        left = self._timeout.total_seconds()
        while True:
            async with self._turns.turn(hop.url.host):
                began = loop.time()
                async with asyncio.timeout(left) as deadline:
                    answer = await self._ask_host(hop, deadline)
                left -= loop.time() - began
            if isinstance(answer, Response):
                return answer
            hop = answer

    async def _ask_host(self, hop: Hop, deadline: asyncio.Timeout) -> Response | Hop:
        """The answer, or the hop that leads to another host.

        Redirects inside a host are one visit, without a pause between them: its server asked for the next request,
        there are few, and a pause before each would hold the host's turn for longer than the visit takes.
        """
        host = hop.url.host
        while True:
            answer = await self._ask(hop, deadline)
            if isinstance(answer, Response) or answer.url.host != host:
                return answer
            hop = answer

    async def _ask(self, hop: Hop, deadline: asyncio.Timeout) -> Response | Hop:
        about = {"allow_private": hop.allow_private, "until": deadline.when()}
        request = httpx.Request("GET", hop.url, headers=hop.headers(), extensions=about)
        response = await self._door.handle_async_request(request)
        try:
            if response.status_code in REDIRECTS:
                onward = hop.onward(response.headers, status=response.status_code)
                if not (hop.request.stay and hop.leaves(onward)):
                    return onward
                return Response(url=str(hop.url), status=response.status_code, onward=onward.as_request())
            body = await self._body(response, deadline) if response.is_success else b""
            return Response(
                url=str(hop.url),
                status=response.status_code,
                headers=tuple(_as_text(response.headers.raw)),
                body=body,
                moved_to=hop.moved_to,
            )
        finally:
            await response.aclose()

    async def _body(self, response: httpx.Response, deadline: asyncio.Timeout) -> bytes:
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._max_size:
            raise too_large(self._max_size)
        encodings = response.headers.get_list("content-encoding")
        with self._room.body(deadline) as body:
            return await read_body(response.aiter_raw(), encodings=encodings, max_size=self._max_size, grown=body.grow)


def _as_text(raw: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    """Names in lower case, values as latin-1, so that every byte comes back as it was."""
    return (
        (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw if len(value) <= LONGEST_VALUE
    )
