"""One source is asked: fetched, understood and read, its pages too; what was found, nobody remembers here.

Whatever goes wrong costs that source alone: it is what was found. Only a store that cannot say what is known is
another's matter.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.fetching.articles import Articles, Fetcher
from aggregator.fetching.reader import Reader, read_here
from aggregator.ingesting.remember import keys_of
from feeds.conditional import interpret, request_for
from feeds.errors import ParseError, StoreError, TransportError
from feeds.model import Entry, Failed, FailureKind, Fetched, Outcome, ReadFeed, Source, SourceState
from feeds.read.fulltext import state_of
from storage.port import Keys

Known = Callable[[Keys], Awaitable[tuple[Entry, ...]]]
"""`storage.port.Store.known`; raises StoreError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What asking a source brought, before anything is remembered."""

    asked: str
    """The source's URL as configured where it was asked."""
    outcome: Outcome
    """A document that could not be read shows as `Failed`; of one that was, the bytes are let go."""
    feed: ReadFeed | None = None
    late: tuple[tuple[Entry, Entry], ...] = ()
    """Entries that are remembered without their page's text, each as it was known, and with that text."""
    problem: str = ""
    """A traceback, when asking failed in a way that nobody foresaw; else empty."""
    took: timedelta = timedelta()


def unforeseen(source: Source, error: Exception, *, took: timedelta = timedelta()) -> Found:
    """What is found where topicwire itself fails on a source."""
    reason = f"topicwire itself failed on this source ({type(error).__name__}: {error}); please report it"
    return Found(
        asked=source.url, outcome=Failed(kind=FailureKind.BROKEN, reason=reason), problem=_told(error), took=took
    )


class Asking:
    """Asks sources, any number side by side.

    `clock` gives the time (aware, UTC). Without `articles`, every entry keeps its feed's text; with them, `known` says
    which entries are remembered.
    """

    def __init__(
        self,
        *,
        client: Fetcher,
        clock: Callable[[], datetime],
        known: Known,
        articles: Articles | None = None,
        reader: Reader = read_here,
    ) -> None:
        self._client = client
        self._clock = clock
        self._known = known
        self._articles = articles
        self._reader = reader

    async def ask(self, source: Source, state: SourceState | None) -> Found:
        """Ask `source`, of which `state` is remembered, with its pages. Raises StoreError, if `known` does."""
        began = asyncio.get_running_loop().time()
        found = await self._with_late_pages(source, await self._asked(source, state))
        return replace(found, took=timedelta(seconds=asyncio.get_running_loop().time() - began))

    async def _asked(self, source: Source, state: SourceState | None) -> Found:
        try:
            request = request_for(source, state, user_agent=self._client.user_agent)
            response = await self._client.fetch(request, allow_private=source.allow_private)
            outcome = interpret(source, state, response, now=self._clock())
            if not isinstance(outcome, Fetched):
                return Found(asked=source.url, outcome=outcome)
            seen = state.seen if state and state.url == source.url else ()
            return await self._complete(source, await self._read(source, outcome, seen))
        except TransportError as error:
            return _failed(source, Failed(kind=error.kind, reason=str(error), retry_after=error.retry_after))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - hostile bytes find faults in parsers; they cost their source only
            return unforeseen(source, error)

    async def _read(self, source: Source, fetched: Fetched, seen: tuple[str, ...]) -> Found:
        """A document that cannot be read is a failure: nothing of it is remembered, its validators neither."""
        url, content_type, now = fetched.url, fetched.content_type, self._clock()
        try:
            feed = await self._reader(
                fetched.body, source=source, url=url, content_type=content_type, now=now, seen=seen
            )
        except ParseError as error:
            return _failed(source, Failed(kind=error.kind, reason=str(error), status=fetched.status))
        return Found(asked=source.url, outcome=replace(fetched, body=b""), feed=feed)

    async def _complete(self, source: Source, found: Found) -> Found:
        """Entries take their text from their own pages, where the source is configured so."""
        if not (source.full_text and self._articles and found.feed and found.feed.entries):
            return found
        known = await self._known(keys_of(found.feed.entries))
        return replace(found, feed=await self._articles.complete(source, found.feed, known=known))

    async def _with_late_pages(self, source: Source, found: Found) -> Found:
        """With the text of pages that failed earlier; a fault in it is told, and costs nothing that was found."""
        if not (source.full_text and self._articles and (addresses := self._articles.wanting(source))):
            return found
        try:
            known = await self._known(Keys(urls=addresses))
            listed = found.feed.entries if found.feed else ()
            return replace(found, late=await self._articles.again(source, _still(known, listed)))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - as where the source is asked
            return replace(found, problem=found.problem or _told(error))


def _still(known: tuple[Entry, ...], listed: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Without those that the document has edited: their page was asked for just now, in their new state."""
    addresses, states = {entry.canonical_url for entry in listed}, {state_of(entry) for entry in listed}
    return tuple(entry for entry in known if entry.canonical_url not in addresses or state_of(entry) in states)


def _failed(source: Source, failed: Failed) -> Found:
    return Found(asked=source.url, outcome=failed)


def _told(error: Exception) -> str:
    return "".join(traceback.format_exception(error))
