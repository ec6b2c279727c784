"""Which pages the robots.txt files of their hosts let us ask for (RFC 9309); each is asked for once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feeds.conditional import Response
from feeds.errors import TransportError
from feeds.model import Source
from feeds.read.robots import rules

LASTS = timedelta(hours=24)  # RFC 9309 §2.4
RETRY = timedelta(hours=1)
"""How long a host counts as closed whose robots.txt could not be had."""
HOSTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Robots:
    """What a host's robots.txt lets us have; None: it could not be had, so nothing is allowed (RFC 9309 §2.3.1.4)."""

    allows: Callable[[str], bool] | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Whose robots.txt it is (RFC 9309 §2.3: one for each scheme, host and port)."""

    scheme: str
    host: str
    port: int | None
    private: bool
    """Who may not reach a private host learns nothing of it that holds for one who may."""


class Welcome:
    """Remembers robots.txt files while the process lives.

    `ask` fetches a URL on behalf of a source, redirects followed, and raises TransportError; `clock` gives the time
    (aware, UTC).
    """

    def __init__(self, *, ask: Callable[[Source, str], Awaitable[Response]], clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[_Place, _Robots] = {}

    async def allows(self, source: Source, url: str) -> bool | None:
        """Whether we may ask for the page at `url`, an entry of `source` or where one redirects to.

        None: not now, as nobody knows. Raises MissingExtra when the library that reads such files is not installed.
        """
        try:
            place = _place(source, url)
        except ValueError:  # no address
            return False
        known = self._known.get(place)
        if known is None or known.until <= self._clock():
            known = await self._read(source, place)
            self._known.pop(place, None)
            self._known[place] = known
            if len(self._known) > HOSTS:
                del self._known[next(iter(self._known))]
        return None if known.allows is None else await asyncio.to_thread(known.allows, url)

    async def _read(self, source: Source, place: _Place) -> _Robots:
        try:
            response = await self._ask(source, _robots_url(place))
        except TransportError:
            return _Robots(allows=None, until=self._clock() + RETRY)
        # RFC 9309 §2.3.1.3: what is not there forbids nothing; a host that throttles or fails is another matter.
        if 400 <= response.status < 500 and response.status != 429:
            return _Robots(allows=_everything, until=self._clock() + LASTS)
        if not 200 <= response.status < 300:
            return _Robots(allows=None, until=self._clock() + RETRY)
        # Parsed once: it may take half a second.
        allows = await asyncio.to_thread(rules, response.body) if response.body else _everything
        return _Robots(allows=allows, until=self._clock() + LASTS)


def may_be_private(source: Source, url: str) -> bool:
    """What a source may reach its links may not, but on its own host: they are written by strangers."""
    return source.allow_private and urlsplit(url).hostname == urlsplit(source.url).hostname


def _place(source: Source, url: str) -> _Place:
    """Raises ValueError for what is no address."""
    parts = urlsplit(url)
    port = None if parts.port == {"http": 80, "https": 443}.get(parts.scheme) else parts.port
    return _Place(scheme=parts.scheme, host=parts.hostname or "", port=port, private=may_be_private(source, url))


def _robots_url(place: _Place) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{place.scheme}://{host}{f':{place.port}' if place.port is not None else ''}/robots.txt"


def _everything(_url: str) -> bool:
    return True
