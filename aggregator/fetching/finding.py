"""Is there a feed at an address, and what is in it?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.fetching.articles import Fetcher
from aggregator.fetching.reader import Reader
from feeds.conditional import interpret, request_for
from feeds.errors import ParseError, TransportError
from feeds.model import FailureKind, Fetched, ReadFeed, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that can be followed."""

    url: str
    """The address that was asked."""
    arrived: str
    """Where it came from in the end; the same without redirects."""
    feed: ReadFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """A web page that names its feeds."""

    page: str
    feeds: tuple[str, ...]
    """Absolute addresses, at least one, in the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFeed:
    """Nothing to follow, and why: a sentence for people."""

    reason: str
    shut: bool = False
    """True when the address was not even asked, as it is none that anybody may lead us to."""


Finding = Found | Offers | NoFeed


async def look_at(
    url: str, *, client: Fetcher, reader: Reader, now: datetime, allow_private: bool, home: str = ""
) -> Finding:
    """One request for `url`, with the manners of all others; `now` is aware and UTC. Raises nothing of its own.

    `home` is the address that somebody typed, where `url` is one that a page offered: only its port is trusted.
    """
    source = Source(id="new", url=url, allow_private=allow_private)
    try:
        request = request_for(source, None, user_agent=client.user_agent)
        response = await client.fetch(replace(request, home=home), allow_private=allow_private)
    except TransportError as error:
        return NoFeed(reason=str(error), shut=error.kind is FailureKind.FORBIDDEN)
    outcome = interpret(source, None, response, now=now)
    if not isinstance(outcome, Fetched):
        return NoFeed(reason=getattr(outcome, "reason", "the server has nothing to show"))
    try:
        feed = await reader(
            outcome.body, source=source, url=outcome.url, content_type=outcome.content_type, now=now, seen=()
        )
    except ParseError as error:
        return Offers(page=outcome.url, feeds=error.feeds_found) if error.feeds_found else NoFeed(reason=str(error))
    return Found(url=url, arrived=outcome.url, feed=feed)


def newest_titles(feed: ReadFeed, count: int) -> tuple[tuple[datetime, str], ...]:
    """When and what of the newest entries, at most `count` of them."""
    newest = sorted(feed.entries, key=lambda entry: entry.published, reverse=True)
    return tuple((entry.published, entry.title) for entry in newest[:count])
